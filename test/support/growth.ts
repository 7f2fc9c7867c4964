/**
 * Tells linear work from quadratic work without a limit in milliseconds, which a busy machine would break.
 *
 * A small and a large input are measured in turns, many times each, and the fastest time of each counts: other processes
 * and the garbage collector only ever add to a time. With 16 times the input, linear work was measured to take 12 to 26
 * times as long, and a regular expression that backtracks 250 to 290 times; the limit leaves a factor of three on both
 * sides.
 */
const FACTOR = 16;
const MAX_ROUNDS = 40;
/** Quadratic work would take minutes for all rounds, and one of them tells. */
const MAX_TOTAL_MS = 1_000;

/** More than linear work grows by, with room for noise, and less than quadratic work does. */
export const MAX_LINEAR_GROWTH = 80;

/** A pause of the whole machine can spoil all rounds; quadratic work stays quadratic however often it is measured. */
const MAX_TRIES = 5;

/**
 * Measures how many times as long some work takes when its input becomes 16 times as long.
 * @param size the length of the small input; large enough for quadratic work to take a few milliseconds
 */
export function growthOf(
	work: (input: string) => void,
	inputOf: (size: number) => string,
	size: number,
): number {
	const [small, large] = [inputOf(size), inputOf(size * FACTOR)];
	let growth = Infinity;
	for (let time = 0; time < MAX_TRIES && growth >= MAX_LINEAR_GROWTH; time++)
		growth = Math.min(growth, measure(work, small, large));
	return growth;
}

function measure(work: (input: string) => void, small: string, large: string): number {
	const fastest = { small: Infinity, large: Infinity };
	const start = performance.now();
	for (let round = 0; round < MAX_ROUNDS && performance.now() - start < MAX_TOTAL_MS; round++) {
		fastest.small = Math.min(fastest.small, timeOf(work, small));
		fastest.large = Math.min(fastest.large, timeOf(work, large));
	}
	return fastest.large / fastest.small;
}

function timeOf(work: (input: string) => void, input: string): number {
	const start = performance.now();
	work(input);
	return performance.now() - start;
}
