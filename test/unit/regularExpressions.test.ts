/**
 * No text can stop n8n by way of a regular expression: each one in the sources takes time that grows with the length of the
 * text, whatever stands in it. `npm run bench -- expressions` prints their times.
 */
import { findExpressions, msOf, textOf, worstAttackOn } from '../../scripts/regularExpressions';
import { growthOf, MAX_LINEAR_GROWTH } from '../support/growth';

const { literals, constructed } = findExpressions();
/** So few that even a cubic one ends soon. */
const CHARACTERS = 1_000;
/** Expressions that are linear take a tenth of that; a busy machine is asked again below. */
const SUSPICIOUS_MS = 0.1;
/** The shortest text whose time can be measured is the small one that a longer one is compared with. */
const MEASURABLE_MS = 0.05;
const MAX_CHARACTERS = 16_000;

/** How many times as long the worst text takes when it is 16 times as long; 0 for one that takes no time at all. */
function growthOfWorst(expression: RegExp): number {
	const { attack, ms } = worstAttackOn(expression, CHARACTERS);
	if (ms < SUSPICIOUS_MS) return 0;
	let characters = 64;
	// The fastest of a few times, since one pause would end the search at a text that is too short to tell.
	const fastest = (text: string) =>
		Math.min(...Array.from({ length: 5 }, () => msOf(expression, text)));
	while (characters < MAX_CHARACTERS && fastest(textOf(attack, characters)) < MEASURABLE_MS)
		characters *= 2;
	return growthOf(
		(text) => msOf(expression, text),
		(size) => textOf(attack, size),
		characters,
	);
}

describe.each(literals)('$where: $expression', ({ expression }) => {
	it('takes time that grows with the text', () =>
		expect(growthOfWorst(expression)).toBeLessThan(MAX_LINEAR_GROWTH));
});

it('sees every expression that is not built at run time', () => {
	expect(literals.length).toBeGreaterThan(150);
	// Of a path that the author of the workflow wrote, measured in dataPath.test.ts.
	expect(constructed).toEqual(['nodes/shared/parameters/dataPath.ts']);
});

it.each([
	// That of a template's variables, as it was until it was attacked: cubic.
	/\$\(([^)]+)\)|\{\{\s*([^{}]+?)\s*\}\}/g,
	/\$\(([^)]+)\)/g,
	// Quadratic, in five ways that were found in these sources.
	/\.?\s*$/,
	/^\/+|\/+$/g,
	/\d{5,}\s*\/\s*\d{5,}/,
	/[\d+].*\+/s,
	/%.*$/,
])('would notice %s', (expression) => {
	expect(growthOfWorst(expression)).toBeGreaterThan(MAX_LINEAR_GROWTH);
});
