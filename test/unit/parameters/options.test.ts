import fc from 'fast-check';

import {
	booleanOption,
	numberOption,
	oneOf,
	wholeNumberOption,
} from '../../../nodes/shared/parameters/options';
import { refusal } from '../../support/refusal';

describe.each([
	['a number', numberOption],
	['a whole number', wholeNumberOption],
])('%s among the options', (_what, read) => {
	it.each<[unknown, number]>([
		[5, 5],
		[300, 300],
		['30', 30],
		[' 30 ', 30],
		['3e1', 30],
		[30n, 30],
	])('may be %p', (value, number) => {
		expect(read(value, 'Timeout', 5, 300)).toBe(number);
	});

	it.each<[unknown]>([
		[4],
		[301],
		[-30],
		[0],
		[''],
		[' '],
		[null],
		[undefined],
		['long'],
		['30 s'],
		['5,5'],
		[Infinity],
		[true],
		[NaN],
		[new Date(30)],
	])('is refused by the name of the field when it is %p', (value) => {
		expect(refusal(() => read(value, 'Timeout', 5, 300))).toMatchObject({
			title: 'Timeout is out of range',
			advice: 'Enter a number from 5 to 300.',
			notSentCause: 'invalidField',
		});
	});

	it.each<[unknown]>([[{}], [[30]], [new Date(NaN)]])(
		'is refused when it is no text at all: %p',
		(value) => {
			expect(refusal(() => read(value, 'Timeout', 5, 300)).title).toBe('Timeout is not a text');
		},
	);

	it('is in the range or rejected, for any value', () => {
		fc.assert(
			fc.property(
				fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
				(value) => {
					let number: number;
					try {
						number = read(value, 'Timeout', 5, 300);
					} catch {
						return expect(refusal(() => read(value, 'Timeout', 5, 300)).title).toMatch(
							/^Timeout is/,
						);
					}
					expect(number >= 5 && number <= 300).toBe(true);
				},
			),
			{ numRuns: 500 },
		);
	});
});

describe('the advice', () => {
	it('writes large numbers as people read them', () => {
		expect(refusal(() => numberOption(0, 'Recipients per Call', 1, 1_000)).advice).toBe(
			'Enter a number from 1 to 1,000.',
		);
	});
});

describe('a fraction', () => {
	it('is a number, but no whole one', () => {
		expect(numberOption(7.5, 'Timeout', 5, 300)).toBe(7.5);
		expect(refusal(() => wholeNumberOption('7.5', 'Recipients per Call', 5, 300))).toMatchObject({
			title: 'Recipients per Call is not a whole number',
			advice: 'Got 7.5.',
		});
	});
});

describe('a switch among the options', () => {
	it.each<[unknown, boolean]>([
		[true, true],
		['true', true],
		['TRUE', true],
		[1, true],
		['1', true],
		[false, false],
		['false', false],
		[0, false],
		['', false],
		[undefined, false],
		[null, false],
	])('is %p: %p', (value, on) => {
		expect(booleanOption(value, 'Validate Only')).toBe(on);
	});

	it.each<[unknown]>([['yes'], ['on'], [2], [{}], [[true]]])('is not guessed from %p', (value) => {
		expect(refusal(() => booleanOption(value, 'Validate Only')).title).toMatch(
			/^Validate Only is (neither true nor false|not a text)$/,
		);
	});
});

describe('one of two words', () => {
	it.each<[unknown, string]>([
		['a', 'a'],
		[' b ', 'b'],
		['', ''],
		[undefined, ''],
	])('%p gives %p', (value, word) => {
		expect(oneOf(value, 'Label', ['a', 'b'])).toBe(word);
	});

	it.each<[unknown, boolean]>([
		['c', false],
		['A', false],
		['', true],
	])('%p is refused (required: %p)', (value, required) => {
		expect(refusal(() => oneOf(value, 'Label', ['a', 'b'], required)).title).toBe(
			'Label is neither a nor b',
		);
	});
});
