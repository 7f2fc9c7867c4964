import type { Result } from './result';

/**
 * Remembers, for the life of the process, which items of a run were or may have been accepted. n8n's Retry On
 * Fail runs the whole node again after a throw, with every item; what stands in here is then reported again
 * instead of sent again.
 */
const runs = new Map<string, Map<number, Result>>();

/** Runs that are remembered at most; the oldest are forgotten first. n8n retries within seconds. */
const MOST_RUNS = 1_000;

/** The results of a run so far; the same key gives the same map. */
export function recallRun(runKey: string): Map<number, Result> {
	const known = runs.get(runKey);
	if (known) return known;
	const started = new Map<number, Result>();
	runs.set(runKey, started);
	if (runs.size > MOST_RUNS) {
		const [oldest] = runs.keys();
		runs.delete(oldest);
	}
	return started;
}

/** Forgets a run that has ended well: n8n has no reason to run it again. */
export function forgetRun(runKey: string): void {
	runs.delete(runKey);
}
