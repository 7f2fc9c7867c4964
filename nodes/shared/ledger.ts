import type { Result } from './result';

/**
 * What was, or may have been, accepted by runs that have just thrown. n8n's Retry On Fail runs the whole node again
 * after a throw, with every item; what stands in here is then reported again instead of sent again.
 */
const kept = new Map<string, { at: number; results: Map<number, Result> }>();

/** n8n waits 5 seconds at most between two tries. */
const KEPT_MS = 60_000;

/** Keeps the results of a run that is about to throw, by item. */
export function keepRun(runKey: string, results: Map<number, Result>): void {
	const now = Date.now();
	for (const [key, { at }] of kept) {
		if (now - at > KEPT_MS) kept.delete(key);
	}
	kept.set(runKey, { at: now, results });
}

/** Hands out, once, what an earlier try of the same run has kept. */
export function takeRun(runKey: string): Map<number, Result> | undefined {
	const run = kept.get(runKey);
	kept.delete(runKey);
	return run?.results;
}
