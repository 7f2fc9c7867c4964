import { sleep } from 'n8n-workflow';

/** The time of the rate limiter. Tests drive one of their own. */
export interface Clock {
	/** Milliseconds since some fixed moment; monotonic, so that setting the server's clock does no harm. */
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

/** Runs `callback` once when the signal aborts. @returns removes it */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
	signal?.addEventListener('abort', callback, { once: true });
	return () => signal?.removeEventListener('abort', callback);
}

/** Waits, at most until the execution is cancelled. n8n's own sleep takes no signal before 2.34. */
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
