/**
 * Arbitrary text for property tests: any Unicode characters except lone surrogates. Strings that JavaScript treats
 * specially, such as `__proto__` and `toString`, come up often.
 *
 * It makes the strings of `fc.string({ unit: 'binary' })`. That unit first lists all 1.1 million characters to find out
 * how such special strings are shrunk, which costs about a second of CPU time in every test file that uses it.
 */
import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const LAST_CODE_POINT = 0x10ffff;

const character = fc.integer({ min: 0, max: LAST_CODE_POINT - SURROGATES }).map(
	(index) => String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES),
	(text) => {
		const code = typeof text === 'string' && [...text].length === 1 ? text.codePointAt(0)! : NaN;
		if (code < FIRST_SURROGATE) return code;
		if (code >= FIRST_SURROGATE + SURROGATES) return code - SURROGATES;
		throw new Error('Not one character');
	},
);

/** @param constraints e.g. minLength and maxLength, in characters */
export function anyString(
	constraints: Omit<fc.StringConstraints, 'unit'> = {},
): fc.Arbitrary<string> {
	return fc.string({ ...constraints, unit: character });
}
