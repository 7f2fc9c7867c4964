import type { IAllExecuteFunctions } from 'n8n-workflow';

import { FORM_CONTENT_TYPE } from '../../../../credentials/finalRequest';
import type { Answer } from '../../http/apiAnswer';
import { rateLimiterFor, type RateLimiter } from '../../http/rateLimiter';
import { callApi } from '../../http/request';
import type { Account } from './account';
import { readCamsAnswer } from './answer';

/** Parameters by their wire names; structured values are JSON text. */
export type Parameters = Record<string, string>;

/** Parameters that have a value: an empty one would be sent as empty. */
export function withoutEmpty(parameters: Record<string, string>): Parameters {
	return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

/** A call of CAMS. */
export interface CamsCall {
	/** E.g. SendChatappMessage. */
	operation: string;
	query?: Parameters;
	form?: Parameters;
	timeoutMs: number;
}

/**
 * Calls per second that an account may make, as the pages of the operations say ("QPS limit"). For an operation
 * whose page says nothing, the lowest of them.
 */
const CALLS_PER_SECOND: Readonly<Record<string, number>> = {
	SendChatappMessage: 250,
	SendChatappMassMessage: 10,
	QueryChatappPhoneNumbers: 10,
};
const MIN_CALLS_PER_SECOND = 5;

/** The documented rate of an operation. */
export function callsPerSecond(operation: string): number {
	return CALLS_PER_SECOND[operation] ?? MIN_CALLS_PER_SECOND;
}

/** The rate limiter that all calls of this account and operation share. */
export function camsRateLimiter({ key }: Account, operation: string): RateLimiter {
	return rateLimiterFor(`${key} ${operation}`, callsPerSecond(operation));
}

/**
 * The parameters of SendChatappMessage that go into the query. The official SDK sent these two there and the rest
 * as a form until 3.1.0, and everything in the query since; a form keeps long lists out of the address.
 */
const IN_QUERY: ReadonlySet<string> = new Set(['Content', 'Payload']);

/** The call that carries a message. */
export function sendCall(parameters: Parameters, timeoutMs: number): CamsCall {
	const pick = (inQuery: boolean) =>
		Object.fromEntries(
			Object.entries(parameters).filter(([name]) => IN_QUERY.has(name) === inQuery),
		);
	return { operation: 'SendChatappMessage', query: pick(true), form: pick(false), timeoutMs };
}

/** The call that carries a message to many; the list of recipients can be long, so all of it is a form. */
export function massCall(form: Parameters, timeoutMs: number): CamsCall {
	return { operation: 'SendChatappMassMessage', form, timeoutMs };
}

/** Makes a call, once. (The credential test has a way of its own, because n8n gives it another helper.) */
export async function callCams(
	context: Pick<IAllExecuteFunctions, 'helpers'>,
	{ operation, query, form, timeoutMs }: CamsCall,
): Promise<Answer> {
	const headers = { 'x-acs-action': operation, 'content-type': FORM_CONTENT_TYPE };
	return await callApi(
		context,
		{ url: '/', headers, qs: query, body: form, timeout: timeoutMs },
		readCamsAnswer,
	);
}
