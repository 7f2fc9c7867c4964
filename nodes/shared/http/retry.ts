import type { Answer, RetryLaterAnswer } from './apiAnswer';
import { REAL_CLOCK, pause, type Clock } from './clock';
import type { RateLimiter } from './rateLimiter';

/** How calls of one run are made. */
export interface CallOptions {
	rateLimiter: RateLimiter;
	/** Any object of the run's own: its calls stand in one line. */
	execution: object;
	/** The user's own limit; the documented rate when absent. */
	maxPerSecond?: number;
	signal?: AbortSignal;
	/** Asked before each attempt; false ends the call as a cancel would. */
	goOn?: () => boolean;
	clock?: Clock;
}

/** What became of a call, and when it left, as an ISO time in UTC. */
export interface Called<A extends Answer = Answer> {
	answer: A;
	sentAt: string;
}

/** Attempts for a call that was proven not accepted. An address that cannot be reached rarely comes back in seconds. */
const MAX_ATTEMPTS: Record<RetryLaterAnswer['cause'], number> = { throttled: 10, unreachable: 3 };

/** Longest wait before the next attempt: doubles from attempt to attempt, and any part of it is waited. */
const FIRST_BACKOFF_MS = 400;
const MAX_BACKOFF_MS = 4_000;

/**
 * Makes a call when it is its turn. It is made again, as a new request, only when the answer proves that it was not
 * accepted; everything else is handed back as it is, the unknown too.
 * @param call makes one request; must not throw
 * @returns undefined when the execution was cancelled before the call had left
 */
export async function callWithinQuota<A extends Answer>(
	call: () => Promise<A>,
	{
		rateLimiter,
		execution,
		maxPerSecond,
		signal,
		goOn = () => true,
		clock = REAL_CLOCK,
	}: CallOptions,
): Promise<Called<A> | undefined> {
	for (let attempt = 1; goOn(); attempt++) {
		const permit = await rateLimiter.acquire(execution, maxPerSecond, signal);
		if (!permit) return undefined;
		const sentAt = new Date().toISOString();
		const answer = await call();
		if (answer.outcome !== 'unknown') permit.answered();
		if (answer.outcome === 'accepted') permit.accepted();
		if (answer.outcome !== 'retryLater') return { answer, sentAt };
		if (answer.cause === 'throttled') permit.throttled(answer.retryAfterMs);
		if (attempt >= MAX_ATTEMPTS[answer.cause] || !rateLimiter.takeRetryToken())
			return { answer, sentAt };
		const longest = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
		await pause(clock, clock.random() * longest, signal);
	}
	return undefined;
}
