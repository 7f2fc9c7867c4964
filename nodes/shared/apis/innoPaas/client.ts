import type { IAllExecuteFunctions } from 'n8n-workflow';

import type { Answer } from '../../http/apiAnswer';
import { rateLimiterFor, type RateLimiter } from '../../http/rateLimiter';
import { callApi } from '../../http/request';
import type { Account } from './account';
import { readInnoPaasAnswer } from './answer';

/** Sources: docs.innopaas.com, WhatsApp Business API, pages "message" and "number query". */

const ROOT = '/api/whatsapp/v3';

export const SUBMIT_PATH = `${ROOT}/msg/submit`;
export const PHONE_INFO_PATH = `${ROOT}/account/phoneInfo`;
/** Not seen in the documents: taken from its predecessor, as the documented paths follow it. */
export const TEMPLATE_LIST_PATH = `${ROOT}/template/list`;

/** A call of InnoPaaS. */
export interface InnoPaasCall {
	path: string;
	/** JSON. */
	body: string;
	timeoutMs: number;
}

/** No rate is documented: a cautious one, until the user says what the account allows. */
export const USUAL_CALLS_PER_SECOND = 5;
export const MAX_CALLS_PER_SECOND = 100;

/**
 * The rate limiter that all calls of this account and kind share which want the same rate; it slows down when the API turns
 * calls away. What the account takes is known to the user alone: nodes that say the same have it together.
 */
export function innoPaasRateLimiter(
	{ key }: Account,
	kind: 'send' | 'read',
	callsPerSecond = USUAL_CALLS_PER_SECOND,
): RateLimiter {
	return rateLimiterFor(`${key} ${kind} ${callsPerSecond}`, callsPerSecond);
}

/** Makes a call, once. */
export async function callInnoPaas(
	context: Pick<IAllExecuteFunctions, 'helpers'>,
	{ hide }: Account,
	{ path, body, timeoutMs }: InnoPaasCall,
): Promise<Answer> {
	const headers = { 'content-type': 'application/json;charset=utf-8' };
	return await callApi(context, { url: path, headers, body, timeout: timeoutMs }, (answer) =>
		readInnoPaasAnswer({ ...answer, body: hide(answer.body) }),
	);
}
