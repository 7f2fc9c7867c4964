import fc from 'fast-check';

import { toOneLine, variableWarning } from '../../../nodes/shared/messages/templateText';

/** As Meta words its refusal: no new line, no tab, at most four spaces in a row. */
const isTaken = (text: string) => !/\n|\r|\t/.test(text) && !text.includes(' '.repeat(5));

const TEXTS: Array<[what: string, text: string, clean: string]> = [
	['a line break', 'Mia\nTan', 'Mia Tan'],
	['a line break of Windows', 'Mia\r\nTan', 'Mia Tan'],
	['an empty line', '1 Market Street\n\nSingapore', '1 Market Street Singapore'],
	['a tab', 'A-77\t2 pieces', 'A-77 2 pieces'],
	['five spaces', 'Mia     Tan', 'Mia Tan'],
	['spaces around a break', 'Mia  \n  Tan', 'Mia Tan'],
	['a break at the end, as cells of sheets have it', 'Mia\n', 'Mia'],
	['a break at the beginning', '\tMia', 'Mia'],
	[
		'an address of several lines',
		'Mia Tan\n1 Market Street\n\t#02-03',
		'Mia Tan 1 Market Street #02-03',
	],
];

describe.each(TEXTS)('%s in a variable', (_what, text, clean) => {
	it('is cleaned', () => expect(toOneLine(text)).toBe(clean));

	it('is told', () =>
		expect(variableWarning(text, 'Body Value 1')).toBe(
			'Body Value 1 has a line break, a tab or more than four spaces in a row, which WhatsApp rejects. Turn on Clean Template Variables under Options.',
		));
});

it.each(['Mia', ' Mia ', 'Mia    Tan', '好 好', 'a\u00a0b', ''])(
	'leaves alone what WhatsApp takes: %j',
	(text) => {
		expect(toOneLine(text)).toBe(text);
		expect(variableWarning(text, '')).toBeUndefined();
	},
);

it('of any text makes one that WhatsApp takes and that says the same', () => {
	const gaps = fc.constantFrom('\n', '\r\n', '\t', '     ', '    ', ' ', '\u2028', 'x', '好', '👍');
	const texts = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.array(gaps).map((parts) => parts.join('')),
	);
	fc.assert(
		fc.property(texts, (text) => {
			const clean = toOneLine(text);
			expect(isTaken(clean)).toBe(true);
			expect(variableWarning(text, '') === undefined).toBe(isTaken(text));
			expect(clean.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
			// Words stay apart, and nothing is touched without a reason.
			expect(clean.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
			if (isTaken(text)) expect(clean).toBe(text);
			expect(toOneLine(clean)).toBe(clean);
		}),
		{ numRuns: 1_000 },
	);
});

it('takes no longer for a text of nothing but spaces', () => {
	const text = `${' '.repeat(200_000)}x`;
	expect(toOneLine(text)).toBe('x');
});
