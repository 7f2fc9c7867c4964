import { sleep } from 'n8n-workflow';

/** Time as the rate limiter sees it; tests drive one of their own. */
export interface Clock {
	/** Milliseconds from some fixed moment; never goes back, whatever is done to the clock of the server. */
	now(): number;
	sleep(ms: number): Promise<void>;
	/** 0 to 1, for jitter. */
	random(): number;
}

export const REAL_CLOCK: Clock = {
	now: () => performance.now(),
	sleep: async (ms) => await sleep(ms),
	random: () => Math.random(),
};

/** Runs `callback` once when the signal aborts; gives the function that takes it back. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
	signal?.addEventListener('abort', callback, { once: true });
	return () => signal?.removeEventListener('abort', callback);
}

/** Waits, but no longer than until the execution is cancelled: n8n's own sleep knows no signal before 2.34. */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	await new Promise<void>((resolve) => {
		const forget = onAbort(signal, resolve);
		void clock.sleep(ms).then(() => {
			forget();
			resolve();
		});
	});
}
