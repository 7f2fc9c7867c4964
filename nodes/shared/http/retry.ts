import type { Answer, RetryLaterAnswer } from './apiAnswer';
import { REAL_CLOCK, pause, type Clock } from './clock';
import type { RateLimiter } from './rateLimiter';

/** How the calls of one run are made. */
export interface CallOptions {
	rateLimiter: RateLimiter;
	/** Identifies the run: each has a queue of its own. */
	execution: object;
	/** The user's own limit; the documented rate if absent. */
	maxPerSecond?: number;
	signal?: AbortSignal;
	/** Asked before each attempt; false ends the call as a cancel would. */
	goOn?: () => boolean;
	clock?: Clock;
}

/** @property sentAt when the last attempt left, as an ISO time in UTC */
export interface Called<A extends Answer = Answer> {
	answer: A;
	sentAt: string;
}

/** Attempts of a call that is proven not accepted. */
const MAX_ATTEMPTS = 10;
/** An address that cannot be reached rarely comes back within seconds; a database of n8n that is restarted does. */
const MAX_ATTEMPTS_UNREACHABLE = 3;
const maxAttempts = (answer: RetryLaterAnswer) =>
	answer.cause === 'throttled' || answer.why === 'noCredential'
		? MAX_ATTEMPTS
		: MAX_ATTEMPTS_UNREACHABLE;

/** Exponential backoff with full jitter. */
const FIRST_BACKOFF_MS = 400;
const MAX_BACKOFF_MS = 4_000;

/**
 * Makes a call within the quota. It is repeated, as a new request, only if the answer proves that it was not accepted;
 * every other answer is returned, unknown ones too.
 * @param call makes one request; must not throw
 * @returns undefined if the run ended before the call had left
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
		if (attempt >= maxAttempts(answer) || !rateLimiter.takeRetryToken()) return { answer, sentAt };
		const longest = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
		await pause(clock, clock.random() * longest, signal);
	}
	return undefined;
}
