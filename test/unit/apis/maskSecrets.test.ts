import fc from 'fast-check';

import { hidingSecrets } from '../../../nodes/shared/apis/maskSecrets';
import { CODES, ESCAPES, WRAPS } from '../../support/encodings';
import { growthOf, MAX_LINEAR_GROWTH } from '../../support/growth';

/** A token as JWTs and STS have it, with the characters that encodings differ in. */
const TOKEN = 'CAISnwJ1q6Ft5B2yfSjIr5bSEsj4g7BihPWGWHz/+Iif5==';
const hide = hidingSecrets({ accessToken: TOKEN, appKey: 'k3y&<"\\>\'~' });

it.each(Object.entries({ ...ESCAPES, ...WRAPS }))(
	'a secret is masked in its place: %s',
	(_how, encode) => {
		expect(hide(`The token ${encode(TOKEN)} has expired.`)).toBe('The token *** has expired.');
		expect(hide(`${encode('k3y&<"\\>\'~')}: not known`)).toBe('***: not known');
		expect(hide(encode(encode(TOKEN)))).toBe('***');
	},
);

it.each(Object.entries(CODES))('no part of a secret is left: %s', (_how, encode) => {
	const masked = hide(`The token ${encode(TOKEN)} has expired.`);
	expect(masked).toMatch(/^The token .{0,12}\*\*\*\s?.{0,12} has expired\.$/s);
	const encoded = encode(TOKEN).replace(/\s/g, '');
	for (let at = 0; at + 16 <= encoded.length; at++)
		expect(masked.replace(/\s/g, '')).not.toContain(encoded.slice(at, at + 16));
});

it.each([
	['its beginning', `Token ${TOKEN.slice(0, 30)}... is wrong`, 'Token ***... is wrong'],
	['its end', `Token ...${TOKEN.slice(-20)}`, 'Token ...***'],
	['twice', `${TOKEN} or ${TOKEN}`, '*** or ***'],
	['side by side', `${TOKEN}${TOKEN}`, '***'],
])('of a long secret, a part is masked too: %s', (_what, text, masked) =>
	expect(hide(text)).toBe(masked),
);

it.each([
	'',
	'No',
	'The template en_US does not exist',
	'100% of "all" & more\\n\u200b 😀',
	'CAISnwJ1q6Ft5B',
])('everything else stays as it is: %j', (text) => expect(hide(text)).toBe(text));

it('a secret that looks encoded itself is masked as it is and encoded', () => {
	const secret = 'ab%41cd&amp;ef\\ngh';
	const mask = hidingSecrets({ accessToken: secret });
	for (const encode of Object.values({ ...ESCAPES, ...WRAPS }))
		expect(mask(`The token ${encode(secret)}.`)).toBe('The token ***.');
});

it('values of less than eight characters are no secrets', () =>
	expect(hidingSecrets({ appKey: 'message', accessToken: '' })('The message')).toBe('The message'));

const anySecret = fc.string({
	unit: fc.constantFrom(...'abcXYZ0189+/=-_.:~<>"!'),
	minLength: 24,
	maxLength: 300,
});
const anyWords = fc.string({ unit: fc.constantFrom('a', 'Z', '7', ' ', '.', ',', '😀') });

it('any secret is found in any escape of an escape, in one line or several, between any words', () => {
	fc.assert(
		fc.property(
			anySecret,
			fc.array(fc.constantFrom(...Object.values(ESCAPES)), { maxLength: 3 }),
			fc.constantFrom((text: string) => text, ...Object.values(WRAPS)),
			anyWords,
			anyWords,
			(secret, escapes, wrap, before, after) => {
				const encoded = wrap(escapes.reduce((text, encode) => encode(text), secret));
				const masked = hidingSecrets({ accessToken: secret })(`${before} ${encoded} ${after}`);
				// A secret may occur in these words by chance.
				expect(masked).toMatch(/\*\*\*/);
				expect(masked).not.toContain(encoded);
				expect(masked.length).toBeLessThanOrEqual(before.length + after.length + 7);
			},
		),
	);
});

it.each<[string, (size: number) => string]>([
	['words', (size) => 'It says no. '.repeat(size)],
	['the beginnings of a secret', (size) => TOKEN.slice(0, 15).repeat(size)],
	['the ends of a secret', (size) => TOKEN.slice(-15).repeat(size)],
	['secrets', (size) => TOKEN.repeat(size)],
	['percent signs', (size) => '%'.repeat(size * 12)],
	['backslashes', (size) => '\\'.repeat(size * 12)],
	['blanks', (size) => ' '.repeat(size * 12)],
	['entities that do not end', (size) => '&#x000000'.repeat(size)],
])('the time for %s grows with their length', (_what, inputOf) => {
	expect(growthOf(hide, inputOf, 600)).toBeLessThan(MAX_LINEAR_GROWTH);
});
