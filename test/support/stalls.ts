/**
 * For tests of call rates on the real clock. Node and sandbox run in one process: when a busy machine lets it stand
 * still, calls arrive in bunches although they left apart, and their times say nothing about the node.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The rate limiter allows for calls that arrive this much late. */
const TOLERATED_MS = 10;
const RESOLUTION_MS = 1;
const MAX_ATTEMPTS = 5;

/**
 * Runs a test, and again if it failed while the process stood still. A failure without a standstill counts at once; a
 * node that calls too fast fails every attempt.
 */
export async function unlessStalled(test: () => Promise<void>): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
		delays.enable();
		try {
			return await test();
		} catch (error) {
			const stalledMs = delays.max / 1e6 - RESOLUTION_MS;
			if (attempt === MAX_ATTEMPTS || stalledMs <= TOLERATED_MS) throw error;
		} finally {
			delays.disable();
		}
	}
}
