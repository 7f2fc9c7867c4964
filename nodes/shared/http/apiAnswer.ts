import type { IDataObject } from 'n8n-workflow';

import { parseExact } from '../parameters/json';
import { isObject } from '../util/json';

/**
 * What became of one API call.
 * - accepted: the API says it took the message. Not yet delivered.
 * - rejected: the API says no; nothing was sent.
 * - retryLater: proven not accepted, and the same call may pass later.
 * - unknown: the call may have been accepted. Never send it again on your own: the sends have no idempotency token.
 */
export type Answer = AcceptedAnswer | RejectedAnswer | RetryLaterAnswer | UnknownAnswer;

export interface AcceptedAnswer {
	outcome: 'accepted';
	body: IDataObject;
	/** What receipts name the message by; one for many recipients has the other. */
	messageId?: string;
	groupMessageId?: string;
	requestId?: string;
}

export interface RejectedAnswer {
	outcome: 'rejected';
	code: string;
	message: string;
	httpStatus: number;
	requestId?: string;
}

export type RetryLaterAnswer = ThrottledAnswer | UnreachableAnswer;

export interface ThrottledAnswer {
	outcome: 'retryLater';
	cause: 'throttled';
	code: string;
	message: string;
	requestId?: string;
	/** Milliseconds the API asked to wait. */
	retryAfterMs?: number;
}

/** The connection was never made, so nothing can have been written. */
export interface UnreachableAnswer {
	outcome: 'retryLater';
	cause: 'unreachable';
	/** Node.js' own code, e.g. ENOTFOUND. */
	network: string;
}

export interface UnknownAnswer {
	outcome: 'unknown';
	cause: 'timeout' | 'connectionLost' | 'serverError' | 'unreadableAnswer' | 'nonceUsed';
	code?: string;
	message?: string;
	requestId?: string;
	/** Node.js' or axios' own code where there was no answer, e.g. ECONNRESET. */
	network?: string;
}

/** An HTTP answer as n8n's helper gives it with `returnFullResponse` and text encoding. */
export interface HttpAnswer {
	statusCode: number;
	headers: IDataObject;
	body: string;
}

/** The object in an answer, its long ids exact; undefined when the text is no JSON object. */
export function parseAnswerBody(text: string): IDataObject | undefined {
	try {
		const parsed = parseExact(text);
		return isObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/** Codes of Node.js for a connection that was never made, so that nothing can have been written. */
const NEVER_CONNECTED =
	/^(ENOTFOUND|EAI_\w+|ECONNREFUSED|ERR_TLS_\w+|ERR_INVALID_URL|UNABLE_TO_\w+|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_\w+|HOSTNAME_MISMATCH)$/;
const TIMED_OUT = /^(ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT)$/;

/** What n8n, axios and Node.js put on an error; how much of it n8n hands on differs by its version. */
interface Failure {
	code?: unknown;
	httpCode?: unknown;
	syscall?: string;
	message?: string;
	/** Where n8n keeps the message of what it wrapped. */
	messages?: unknown[];
	cause?: unknown;
	errors?: unknown[];
}

/** The chain of causes of an error, outermost first; n8n wraps what axios throws, axios what Node.js throws. */
function causes(error: unknown): Failure[] {
	const chain: Failure[] = [];
	for (let next: unknown = error; typeof next === 'object' && next !== null && chain.length < 6;) {
		const failure: Failure = next;
		chain.push(failure);
		next = failure.cause ?? failure.errors?.[0];
	}
	return chain;
}

/** A code of Node.js or axios such as ECONNRESET, wherever in the chain it stands. */
function failureCode(chain: Failure[]): string {
	const codes = chain.flatMap(({ code, httpCode }) => [code, httpCode]);
	return (
		codes.find(
			(code): code is string => typeof code === 'string' && /^[A-Z][A-Z\d_]+$/.test(code),
		) ?? ''
	);
}

/**
 * Classifies a call that brought no HTTP answer. Only what cannot have reached the API counts as not accepted;
 * everything else is unknown.
 */
export function readFailure(error: unknown): UnreachableAnswer | UnknownAnswer {
	const chain = causes(error);
	const network = failureCode(chain);
	const said = chain
		.flatMap(({ message, messages }) => [message, ...(Array.isArray(messages) ? messages : [])])
		.map(String);
	const neverConnected =
		NEVER_CONNECTED.test(network) ||
		chain.some(({ syscall }) => syscall === 'connect' || syscall === 'getaddrinfo') ||
		// n8n's own error drops the cause; the words of Node.js, "connect ETIMEDOUT 192.0.2.1:443", are what is left.
		said.some((words) => /^(connect|getaddrinfo) E[A-Z_]+\b/.test(words));
	if (neverConnected) return { outcome: 'retryLater', cause: 'unreachable', network };
	const timedOut = TIMED_OUT.test(network) || said.some((words) => /^timeout of \d+ms/.test(words));
	return {
		outcome: 'unknown',
		cause: timedOut ? 'timeout' : 'connectionLost',
		network: network || undefined,
	};
}
