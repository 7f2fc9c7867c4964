import fc from 'fast-check';
import { DateTime } from 'luxon';

import {
	cleanRecipient,
	cleanSender,
	type ChannelType,
} from '../../../nodes/shared/parameters/recipient';
import { UnevaluatedExpression } from '../../../nodes/shared/parameters/text';
import { UserIssue } from '../../../nodes/shared/util/userIssue';
import { refusal } from '../../support/refusal';

describe('a phone number', () => {
	it.each([
		['with plus and blanks', '+65 9123 4567'],
		['with brackets', '(65) 9123-4567'],
		['with a dialling prefix', '0065 9123 4567'],
		['with dots', '65.9123.4567'],
		['with slashes', '65/9123/4567'],
		['with en dashes', '+65–9123–4567'],
		['with a non-breaking hyphen', '+65\u20119123\u20114567'],
		['with no-break spaces', '+65\u00a09123\u202f4567'],
		['with a tab', '+65\t9123 4567'],
		['with zero width characters', '\u200b+65\u200d9123\u20604567\ufeff'],
		['between direction marks', '\u202a+65 9123 4567\u202c\u200e'],
		['in full width', '＋６５ ９１２３－４５６７'],
		['with minus signs', '+65\u22129123\u22124567'],
		['with soft hyphens', '+65\u00ad9123\u00ad4567'],
		['with a variation selector', '+65 9123 4567\ufe0f'],
		['with a Hangul filler', '+65\u31649123 4567'],
		['as Twilio writes it', 'whatsapp:+6591234567'],
		['as a link', 'tel:+65-9123-4567'],
		['as text in a spreadsheet', "'+65 9123 4567"],
		['as a formula in a CSV', '="6591234567"'],
		['as a number', 6591234567],
		['alone in a list', ['+65 9123 4567']],
		['with blanks and a line break around it', ' 6591234567\n'],
		['with a comma after it', '6591234567, '],
	])('written %s goes out as digits', (_what, value) => {
		expect(cleanRecipient(value, 'whatsapp')).toBe('6591234567');
		expect(cleanRecipient(value, 'viber')).toBe('6591234567');
	});

	it.each([
		['the shortest', '12345', '12345'],
		['the longest', '123456789012345', '123456789012345'],
		['a dot after the country code', '+65.91234567', '6591234567'],
		// In Italy the zero belongs to the number.
		['a zero in brackets that is part of the area code', '+39 (06) 6982 1234', '390669821234'],
		['a slash after the area code', '+49 761/47810900', '4976147810900'],
		['slashes between all groups', '+1/415/555/2671', '14155552671'],
		['the country code in brackets', '(65) 9123-4567', '6591234567'],
		['the plus in brackets', '(+65) 9123 4567', '6591234567'],
	])('is taken: %s', (_what, value, digits) => {
		expect(cleanRecipient(value, 'whatsapp')).toBe(digits);
	});

	it.each([
		['letters', '65 9123 ABCD', 'To is not a phone number'],
		['a word', 'NaN', 'To is not a phone number'],
		['too few digits', '1234', 'To is not a phone number'],
		['too many digits', '1234567890123456', 'To is not a phone number'],
		['no digit', '+', 'To is not a phone number'],
		['an extension', '+65 9123 4567 ext 8', 'To is not a phone number'],
		['an optional zero', '+44 (0) 20 7946 0000', 'To is not a phone number'],
		['digits of another script', '٦٥٩١٢٣٤٥٦٧', 'To is not a phone number'],
		['a national number', '09123 4567', 'To has no country code'],
		['a zero behind a dialling prefix', '000 9123 4567', 'To has no country code'],
		[
			'an expression typed as text',
			new UnevaluatedExpression('{{ $json.phone }}'),
			'To holds an expression that is not evaluated',
		],
		['a placeholder', '{{ phone }}', 'To is not a phone number'],
		['a number above 2^53', 2 ** 60, 'To has lost its last digits'],
		['two, by comma', '+6591234567, +6591234568', 'To holds 2 recipients'],
		['two, by semicolon', '6591234567;6591234568', 'To holds 2 recipients'],
		['two, by a full width comma', '6591234567，6591234568', 'To holds 2 recipients'],
		['two, by a full width semicolon', '6591234567；6591234568', 'To holds 2 recipients'],
		['three, by line breaks', '6591234567\n6591234568\r\n6591234569\n', 'To holds 3 recipients'],
		['a list of two', ['6591234567', 6591234568], 'To holds 2 recipients'],
		['5 MB of commas', ','.repeat(5_000_000), 'To is too long'],
		['5 MB of numbers', '6591234567,'.repeat(450_000), 'To is too long'],
		['an object', { phone: '6591234567' }, 'To is not a text'],
		['a list with an object', [{ phone: '6591234567' }], 'To is not a text'],
		['NaN', NaN, 'To is not a text'],
		['true', true, 'To is not a text'],
		['nothing', undefined, 'To is empty'],
		['null', null, 'To is empty'],
		['an empty text', '', 'To is empty'],
		['blanks', ' \n ', 'To is empty'],
		['only a comma', ' , ', 'To is empty'],
		['an empty list', [], 'To is empty'],
		['a list of nothing', [null], 'To is empty'],
	])('is refused: %s', (_what, value, title) => {
		expect(refusal(() => cleanRecipient(value, 'whatsapp'))).toMatchObject({
			title,
			notSentCause: 'invalidRecipient',
		});
	});

	it.each([
		['a date', new Date(0)],
		['a date of n8n', DateTime.fromMillis(0, { zone: 'utc' })],
	])('is refused as %s, which is not shown as the text that it is not', (_what, value) => {
		expect(refusal(() => cleanRecipient(value, 'whatsapp'))).toMatchObject({
			title: 'To is not a text',
			advice: expect.stringMatching(/^Got 1970-01-01T00:00:00\.000Z\. /),
		});
	});

	it.each([['6.591234567E+09'], ['6,591234567e9'], [' 6.591234567E+9 ']])(
		'that a spreadsheet wrote with all of its digits is taken: %s',
		(value) => {
			expect(cleanRecipient(value, 'whatsapp')).toBe('6591234567');
		},
	);

	it.each([
		['6591234567.0'],
		['6591234567.00'],
		['+6591234567.5'],
		['6 591 234 567.00'],
		['6\u202f591\u202f234\u202f567.0'],
		['91 234 567.0'],
	])('that has decimals says so: %s', (value) => {
		expect(refusal(() => cleanRecipient(value, 'whatsapp')).advice).toContain('has decimals');
	});

	it.each([['+33 6.12.34.56.78'], ['+41 79 123.45.67'], ['+32 478 12.34.56'], ['6.591.234.567']])(
		'that has dots between its groups is taken: %s',
		(value) => {
			expect(cleanRecipient(value, 'whatsapp')).toBe(value.replace(/\D/g, ''));
		},
	);

	it.each([['6.59E+09'], ['6.59123e9'], ['6,59E+09'], ['6.5912345678E+09'], ['65.91234567E+08']])(
		'that a spreadsheet rounded is reported as such: %s',
		(value) => {
			expect(refusal(() => cleanRecipient(value, 'whatsapp')).advice).toContain(
				'rounded by a spreadsheet',
			);
		},
	);

	it.each([
		['٦٥٩١٢٣٤٥٦٧', 'The character U+0666 is not a digit from 0 to 9.'],
		['+65 9123 4567①', 'The character U+2460 is not a digit from 0 to 9.'],
		['2026-11-28', 'It is a date.'],
		['1. +6591234567', 'It has digits before the plus sign, or two numbers.'],
		['+65 9123 4567 (2)', 'The short group at its end makes it two numbers.'],
	])('that is rejected says why: %s', (value, cause) => {
		expect(refusal(() => cleanRecipient(value, 'whatsapp')).advice).toContain(cause);
	});

	it('that is rejected is quoted as entered', () => {
		expect(refusal(() => cleanRecipient('65 9123 ABCD', 'whatsapp')).advice).toContain(
			'"65 9123 ABCD"',
		);
	});

	// Each of these would become a number that somebody else may have.
	it.each([
		['two numbers with a blank between', '+6591234567 +6591234568'],
		['two numbers with a blank between', '6591234567 6591234568'],
		['two numbers with a tab between', '+6591234567\t+6591234568'],
		['two numbers with a slash between', '+6591234567/+6591234568'],
		['two numbers with a carriage return between', '6591234567\r6591234568'],
		['two numbers with a line separator between', '6591234567\u20286591234568'],
		['a number that a table wrote with decimals', '6591234567.0'],
		['a fraction', 6591234567.5],
		['a number too large to be exact', Number('12345678901234567890')],
		['a negative number', -6591234567],
		['a footnote mark', '+65 9123 4567¹'],
		['a circled digit', '+65 9123 4567①'],
		['an optional zero with blanks', '+44 ( 0 ) 20 7946 0000'],
		['an optional zero in full width brackets', '+44（0）20 7946 0000'],
		['the number of a row', '1. +6591234567'],
		['the number of a row, behind an invisible mark', '\u200e1. +6591234567'],
		['an alternative ending', '+212522940770/74'],
		['a count in brackets', '+65 9123 4567 (2)'],
		['a count in brackets without a blank', '6591234567(12)'],
		['a date', '2026-11-28'],
		['a German date', '28.11.2026'],
		['an American date', '11/28/2026'],
		['a date with slashes', '2026/11/28'],
		['a short date', '28-11-26'],
	])('is refused rather than glued into another one: %s', (_what, value) => {
		expect(refusal(() => cleanRecipient(value, 'whatsapp')).notSentCause).toBe('invalidRecipient');
	});

	const digit = fc.integer({ min: 0, max: 9 }).map(String);
	/** Groups of two to four digits, as people write them; 5 to 15 digits in all. */
	const groups = fc
		.array(
			fc.array(digit, { minLength: 2, maxLength: 4 }).map((digits) => digits.join('')),
			{ minLength: 3, maxLength: 6 },
		)
		.filter(([first, ...rest]) => !first.startsWith('0') && [first, ...rest].join('').length <= 15);

	it('comes back as exactly its digits, however it is decorated', () => {
		const decoration = fc.record({
			groups,
			plus: fc.constantFrom('', '+', '＋', '+ '),
			between: fc.constantFrom('', ' ', '-', '–', '\u00a0', '.', '/', ' - ', '\u200b', '\u2060 '),
			bracketed: fc.nat(5),
			isFullWidth: fc.boolean(),
			around: fc.constantFrom(
				['', ''],
				[' ', ' '],
				['\u202a', '\u202c'],
				['\u2066', '\u2069\n'],
				['\ufeff', ''],
			),
		});
		fc.assert(
			fc.property(decoration, ({ groups, plus, between, bracketed, isFullWidth, around }) => {
				// Three groups between such signs may be a date, which is refused.
				fc.pre(groups.length > 3 || !/^[-./]$/.test(between));
				const body = groups
					// In brackets at the end, a short group would be another number.
					.map((group, index) =>
						index === bracketed && index < groups.length - 1 ? `(${group})` : group,
					)
					.join(between);
				const shown = isFullWidth
					? body.replace(/\d/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0))
					: body;
				expect(cleanRecipient(around[0] + plus + shown + around[1], 'whatsapp')).toBe(
					groups.join(''),
				);
			}),
			{ numRuns: 500 },
		);
	});

	it('is what a person reads, or refused: all visible digits in their order, and nothing glued on', () => {
		const piece = fc.oneof(
			fc.stringMatching(/^\d{1,6}$/),
			fc.constantFrom('+', ' ', '-', '.', '/', '(', ')', '1. ', '(2)', '\u200b', '\u2212', '00'),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
				const text = pieces.join('');
				let sent: string;
				try {
					sent = cleanRecipient(text, 'whatsapp');
				} catch (error) {
					if (!(error instanceof UserIssue)) throw error;
					return;
				}
				expect(sent).toBe(text.replace(/\D/g, '').replace(/^00/, ''));
				// One plus at most, and nothing but signs before it.
				expect(text).toMatch(/^[^\d+]*\+?[^+]*$/);
				expect(text).not.toMatch(/\d{7,}\D*\(\d{1,4}\)\s*$/);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('is 5 to 15 digits without a leading zero, or refused in words; nothing else ever happens', () => {
		const anyValue = fc.oneof(
			fc.string({ unit: fc.constantFrom(...'0123456789+()-. /,;E\n\u200b٣³') }),
			fc.double(),
			fc.array(fc.stringMatching(/^\d{4,21}$/), { maxLength: 3 }),
			fc.anything({ withNullPrototype: true, withBigInt: true }),
		);
		fc.assert(
			fc.property(anyValue, (value) => {
				try {
					expect(cleanRecipient(value, 'whatsapp')).toMatch(/^[1-9]\d{4,14}$/);
				} catch (error) {
					if (!(error instanceof UserIssue)) throw error;
				}
			}),
			{
				numRuns: 2_000,
				examples: [[{ toString: 'x' }], [Object.create(null)], [10n], [[Object.create(null), 1]]],
			},
		);
	});
});

describe('a user id of another channel', () => {
	it.each(['messenger', 'instagram', 'telegram'] as ChannelType[])(
		'is only trimmed for %s',
		(channelType) => {
			expect(cleanRecipient(' 0017841-400.A_b ', channelType)).toBe('0017841-400.A_b');
			expect(cleanRecipient(1784140000000000, channelType)).toBe('1784140000000000');
		},
	);

	it('is refused when it is nothing, several, or no text', () => {
		expect(refusal(() => cleanRecipient('', 'messenger'))).toMatchObject({
			title: 'To is empty',
			advice: expect.stringContaining('user ID'),
		});
		expect(refusal(() => cleanRecipient('a, b', 'messenger')).title).toBe('To holds 2 recipients');
		expect(refusal(() => cleanRecipient({ id: 1 }, 'messenger')).title).toBe('To is not a text');
	});

	it('is refused as a number above 2^53, whose last digits are lost already', () => {
		expect(
			refusal(() => cleanRecipient(Number('17841400000000001'), 'instagram')).notSentCause,
		).toBe('invalidRecipient');
	});
});

describe('a sender', () => {
	it.each([
		['a phone number as people write it', '+65 8000-1111', 'whatsapp', '6580001111'],
		['a phone number in full width', '６５８０００１１１１', 'whatsapp', '6580001111'],
		['a number', 6580001111, 'whatsapp', '6580001111'],
		['as Twilio writes it', 'whatsapp:+6580001111', 'whatsapp', '6580001111'],
		[
			'with invisible characters and minus signs',
			'\u2066+65\u22128000\u22121111\u2069',
			'whatsapp',
			'6580001111',
		],
		['a Viber service id', ' 20001 ', 'viber', '20001'],
		['a page id', ' 00100-200 ', 'messenger', '00100-200'],
		['a bot', '@my_bot', 'telegram', '@my_bot'],
	] as Array<[string, unknown, ChannelType, string]>)(
		'goes out as the channel knows it: %s',
		(_what, value, channelType, sent) => {
			expect(cleanSender(value, channelType)).toBe(sent);
		},
	);

	it.each([
		['nothing', undefined, 'From is empty'],
		['blanks', '  ', 'From is empty'],
		['a name', 'Acme', 'From is not a number'],
		['two numbers', '6580001111, 6580002222', 'From is not a number'],
		['a number that a table wrote with decimals', '6580001111.0', 'From is not a number'],
		['the number of a row', '1. +6580001111', 'From is not a number'],
		['an alternative ending', '+6580001111/12', 'From is not a number'],
		['a date', '2026-11-28', 'From is not a number'],
		['a text of any length', '1'.repeat(100_000), 'From is not a number'],
	])('is refused: %s', (_what, value, title) => {
		expect(refusal(() => cleanSender(value, 'whatsapp'))).toMatchObject({
			title,
			notSentCause: 'invalidField',
		});
	});

	it('is refused when it is an object, without being called empty', () => {
		expect(refusal(() => cleanSender({ phone: '6580001111' }, 'whatsapp')).title).not.toBe(
			'From is empty',
		);
	});
});
