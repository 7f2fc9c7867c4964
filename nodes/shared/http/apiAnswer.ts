import type { IDataObject } from 'n8n-workflow';

import { parseExact } from '../parameters/json';
import { hasOwn, isObject, textOf } from '../util/json';

/**
 * The proof that an answer, or its absence, gives about one call (docs/adr/0001-outcomes-by-proof.md).
 * - accepted: the API took the message. It is not delivered yet.
 * - rejected: the API refused it; nothing was sent.
 * - retryLater: proven not accepted, and the same call may pass later.
 * - unknown: the call may have been accepted. Never repeat it: the sends have no idempotency token.
 */
export type Answer = AcceptedAnswer | RejectedAnswer | RetryLaterAnswer | UnknownAnswer;

export interface AcceptedAnswer {
	outcome: 'accepted';
	body: IDataObject;
	/** Returned in receipts. A call with many recipients has the group's id instead. */
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
	/** How long the API asked to wait. */
	retryAfterMs?: number;
}

/**
 * Why nothing of a request was written.
 * - noConnection: nothing answers at the address
 * - noName: its host name is not known
 * - plainHttp: a server that does not speak HTTPS answers at an https:// address
 * - noTls: the server ended or let hang what was to become a secure connection
 * - certificate: its certificate is not trusted
 * - notAllowed: n8n does not let requests go there
 * - invalid: no such request can be made
 * - noCredential: n8n could not read the credential, e.g. because its database was away
 */
export type Unwritten =
	| 'noConnection'
	| 'noName'
	| 'plainHttp'
	| 'noTls'
	| 'certificate'
	| 'notAllowed'
	| 'invalid'
	| 'noCredential';

/** No connection stood, or no secure one, so nothing can have been written. */
export interface UnreachableAnswer {
	outcome: 'retryLater';
	cause: 'unreachable';
	why: Unwritten;
	/** The code of Node.js, e.g. ENOTFOUND. */
	network: string;
}

export interface UnknownAnswer {
	outcome: 'unknown';
	cause: 'timeout' | 'connectionLost' | 'serverError' | 'unreadableAnswer' | 'nonceUsed';
	code?: string;
	message?: string;
	requestId?: string;
	/** The code of Node.js or axios if there was no answer, e.g. ECONNRESET. */
	network?: string;
}

/** An HTTP response as n8n's helper returns it with `returnFullResponse` and text encoding. */
export interface HttpAnswer {
	statusCode: number;
	headers: IDataObject;
	body: string;
}

/** More of it tells a reader nothing, and would come with every recipient. */
const MOST_OF_MESSAGE = 1_000;
const MOST_OF_CODE = 100;
/** Of any other text. InnoPaaS's ids of a thousand messages are one. */
const MOST_OF_TEXT = 100_000;

/** Signatures and tokens of which nothing is known here but their looks: long runs of characters, and hex in several lines. */
const LOOKS_SECRET = /[A-Za-z0-9+/=_-]{40,}|(?=[\d\s]{0,80}[a-f])(?:[\da-f]\s{0,2}){63}[\da-f]/gi;

/** Nothing that is read stands deeper, and recursion has its limit. */
const MAX_DEPTH = 100;

const mapTexts = (value: unknown, change: (text: string) => string, depth = 0): unknown => {
	if (typeof value === 'string') return change(value);
	if (typeof value === 'object' && depth > MAX_DEPTH) return undefined;
	if (Array.isArray(value)) return value.map((each) => mapTexts(each, change, depth + 1));
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, each]) => [key, mapTexts(each, change, depth + 1)]),
	);
};

/**
 * An answer as it may be shown and stored: without secrets in any of its texts, wherever the server put them, and with no
 * text longer than a reader can use. Masked after parsing, as JSON can write a character in several ways.
 * @param hide masks what the request was signed with
 */
export function concealed<A extends Answer>(answer: A, hide: (text: string) => string): A {
	// Cut only after masking, as half a secret would not be found.
	const shown = (text: string, most: number, mask = hide) => {
		const masked = mask(text.slice(0, 2 * most));
		return masked.length > most ? `${masked.slice(0, most)}…` : masked;
	};
	const hideAll = (text: string) => hide(text).replace(LOOKS_SECRET, '***');
	const any = (text: string) => shown(text, MOST_OF_TEXT);
	const changes = {
		code: (text: string) => shown(text, MOST_OF_CODE, hideAll),
		message: (text: string) => shown(text, MOST_OF_MESSAGE, hideAll),
		requestId: (text: string) => shown(text, MOST_OF_CODE, hideAll),
		messageId: any,
		groupMessageId: any,
		body: any,
	};
	const known = Object.entries(changes).filter(([name]) => hasOwn(answer, name));
	return {
		...answer,
		...Object.fromEntries(
			known.map(([name, change]) => [name, mapTexts(answer[name as keyof A], change)]),
		),
	};
}

/** The object in a response, long ids exact; undefined if the text is no JSON object. */
export function parseAnswerBody(text: string): IDataObject | undefined {
	try {
		const parsed = parseExact(text);
		return isObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Statuses that say by themselves that the request was not acted upon, whichever server on the way answered: RFC 9110,
 * 15.5, and RFC 6585, 3 and 5. Long contents, wrong addresses and proxies bring them.
 */
export const NOT_ACTED_UPON: ReadonlySet<number> = new Set([
	401, 403, 404, 405, 406, 407, 410, 411, 413, 414, 415, 417, 421, 426, 428, 431,
]);

/** The header Retry-After: seconds, or a time. */
export function retryAfterMs(headers: IDataObject): number | undefined {
	const value = textOf(headers['retry-after']) ?? '';
	if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
	// Date.parse takes -5 and 1.5 for days that are long past.
	const at = /[a-z]/i.test(value) ? Date.parse(value) : NaN;
	return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/**
 * What proves that nothing was written, first match first: codes of Node.js, and its messages, of which n8n's own error
 * keeps no more than the text. Node.js holds a request back until TLS stands. What OpenSSL finds wrong before that ends
 * that waiting write, so its text begins with "write EPROTO"; the same text without it comes from a connection that
 * stood, where the request may have arrived.
 */
const NOT_WRITTEN: ReadonlyArray<readonly [Unwritten, RegExp]> = [
	['noName', /^(ENOTFOUND|EAI_\w+)$|^getaddrinfo E[A-Z_]+\b/],
	['plainHttp', /^write EPROTO .*wrong version number/],
	['noTls', /^write EPROTO .*:SSL routines:|before secure TLS connection was established/],
	[
		'certificate',
		/^(ERR_TLS_CERT_\w+|UNABLE_TO_\w+|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_\w+|HOSTNAME_MISMATCH)$/,
	],
	['noConnection', /^ECONNREFUSED$|^connect E[A-Z_]+\b/],
	// n8n's protection against requests to internal addresses (N8N_SSRF_PROTECTION_ENABLED).
	['notAllowed', /^The request was blocked because /],
	[
		'invalid',
		/^ERR_(INVALID_(URL|CHAR|HTTP_TOKEN|PROTOCOL)|HTTP_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/,
	],
];
const TIMED_OUT = /^(ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT)$/;

/** Properties of errors by n8n, axios and Node.js. How many of them n8n passes on depends on its version. */
interface Failure {
	code?: unknown;
	httpCode?: unknown;
	message?: string;
	/** Where n8n keeps the messages of the error it wrapped. */
	messages?: unknown[];
	cause?: unknown;
	errors?: unknown[];
	/** Newer versions of n8n pass the request on; `secureConnecting` until Node.js has made TLS. */
	request?: { socket?: { secureConnecting?: boolean } | null };
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

/** A code of Node.js or axios such as ECONNRESET, anywhere in the chain. */
function failureCode(chain: Failure[]): string {
	const codes = chain.flatMap(({ code, httpCode }) => [code, httpCode]);
	return (
		codes.find(
			(code): code is string => typeof code === 'string' && /^[A-Z][A-Z\d_]+$/.test(code),
		) ?? ''
	);
}

/** The answer of a call that failed before n8n made the request. */
export function readUnmade(error: unknown): UnreachableAnswer {
	const network = failureCode(causes(error));
	return { outcome: 'retryLater', cause: 'unreachable', why: 'noCredential', network };
}

/**
 * Classifies a call without an HTTP response. Only a call of which nothing was written counts as not accepted; every
 * other is unknown.
 */
export function readFailure(error: unknown): UnreachableAnswer | UnknownAnswer {
	const chain = causes(error);
	const network = failureCode(chain);
	const messages = chain
		.flatMap((failure) => [
			failure.message,
			...(Array.isArray(failure.messages) ? failure.messages : []),
		])
		.map(String);
	const texts = [network, ...messages];
	const [why] = NOT_WRITTEN.find(([, pattern]) => texts.some((text) => pattern.test(text))) ?? [
		chain.some(({ request }) => request?.socket?.secureConnecting) ? ('noTls' as const) : undefined,
	];
	if (why) return { outcome: 'retryLater', cause: 'unreachable', why, network };
	const timedOut =
		TIMED_OUT.test(network) || messages.some((message) => /^timeout of \d+ms/.test(message));
	return {
		outcome: 'unknown',
		cause: timedOut ? 'timeout' : 'connectionLost',
		network: network || undefined,
	};
}
