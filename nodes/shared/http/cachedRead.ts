import type { IDataObject } from 'n8n-workflow';

import { createCache } from '../util/cache';
import { UserIssue } from '../util/userIssue';
import type { Answer } from './apiAnswer';
import { supportSuffix, unreachableAdvice, type ErrorCatalog } from './errorCatalog';
import type { RateLimiter } from './rateLimiter';
import { callWithinQuota } from './retry';

/** Calls that change nothing: the lists in the panels, the details of a template, the state of a webhook. */

export const READ_TIMEOUT_MS = 15_000;

/** The editor loads a list each time it is opened, and a run reads its template for each item. */
const FRESH_MS = 60_000;
const MAX_CACHED = 200;

/** A reading call that failed. Its message is title and advice, as logs show nothing else. */
export class ReadError extends UserIssue {
	constructor(
		title: string,
		advice: string,
		/** For n8n's error: with 401 and 403 it shows a link to the credential. */
		readonly httpCode: string,
		/** The API's own code; empty where no answer came. */
		readonly code = '',
	) {
		super(title, advice);
		this.message = `${title}. ${advice}`;
	}
}

function toReadError(
	answer: Exclude<Answer, { outcome: 'accepted' }>,
	errors: ErrorCatalog,
	permission: (code: string) => string,
): ReadError {
	const { name, addressFields } = errors;
	if (answer.outcome === 'rejected') {
		const { code, message, httpStatus, requestId } = answer;
		const { title, advice } = errors.adviceFor(code, message, httpStatus);
		return new ReadError(
			title,
			`${advice}${permission(code)}${supportSuffix(code, requestId)}`,
			errors.isCredentialError(code, httpStatus) ? '403' : '400',
			code,
		);
	}
	if (answer.outcome === 'retryLater' && answer.cause === 'throttled') {
		return new ReadError(
			`${name} is receiving too many requests from this account`,
			'The account has reached its requests per second. Try again in a moment.',
			'429',
			answer.code,
		);
	}
	if (
		answer.outcome === 'unknown' &&
		answer.cause !== 'timeout' &&
		answer.cause !== 'connectionLost'
	) {
		return new ReadError(
			`${name} gave no usable answer`,
			`Try again later, or check ${addressFields} in the credential.${supportSuffix(answer.code, answer.requestId)}`,
			'503',
			answer.code,
		);
	}
	if (answer.outcome === 'retryLater') {
		const { title, advice } = unreachableAdvice(answer, errors);
		return new ReadError(title, advice, '503');
	}
	return new ReadError(
		`${name} does not answer`,
		`Check ${addressFields} in the credential and the network of this n8n server, then try again.`,
		'503',
	);
}

/** A call that reads, and what explains its failures. */
export interface ReadRequest {
	errors: ErrorCatalog;
	rateLimiter: RateLimiter;
	/** Makes one request; must not throw. */
	call(): Promise<Answer>;
	/** A sentence to add where a code says that a permission is missing; empty for other codes. */
	permission?(code: string): string;
}

/** Makes the call and returns the body of an accepted answer. @throws ReadError */
export async function fetchBody({
	errors,
	rateLimiter,
	call,
	permission = () => '',
}: ReadRequest): Promise<IDataObject> {
	// Without a signal a call is never cancelled, so there is always an answer.
	const called = await callWithinQuota(call, { rateLimiter, execution: {} });
	const answer = called?.answer as Answer;
	if (answer.outcome === 'accepted') return answer.body;
	throw toReadError(answer, errors, permission);
}

const cached = createCache<IDataObject>({ maxAgeMs: FRESH_MS, maxEntries: MAX_CACHED });

/**
 * Like fetchBody, but a body that is younger than FRESH_MS is not fetched again.
 * @param key identifies the account and the request
 * @throws ReadError
 */
export async function fetchCached(key: string, request: ReadRequest): Promise<IDataObject> {
	return await cached(key, async () => await fetchBody(request));
}
