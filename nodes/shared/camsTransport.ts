import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { encodePairs } from '../../credentials/acs3';
import { FORM_CONTENT_TYPE } from '../../credentials/finalRequest';
import { readCamsAnswer, readFailure, type Answer, type HttpAnswer } from './answer';

export const CREDENTIAL_TYPE = 'chatAppApi';

/** A call of CAMS: an operation and its parameters under their wire names. */
export interface CamsCall {
	operation: string;
	parameters: Record<string, string>;
	timeoutMs: number;
}

/**
 * The parameters that SendChatappMessage carries in the query. The official SDK sent these two there and the rest
 * as a form until 3.1.0, and everything in the query since; a form keeps long lists out of the address.
 */
const IN_QUERY: ReadonlySet<string> = new Set(['Content', 'Payload']);

/**
 * The one way in for every CAMS call: sends it once, through n8n's authenticated helper (its proxy, cancelling and
 * signing), and says what became of it. Never throws for an answer or a failed connection, and never repeats.
 */
export async function callCams(context: IExecuteFunctions, call: CamsCall): Promise<Answer> {
	const parameters = Object.entries(call.parameters);
	const request: IHttpRequestOptions = {
		method: 'POST',
		url: '/',
		headers: { 'x-acs-action': call.operation, 'content-type': FORM_CONTENT_TYPE },
		qs: Object.fromEntries(parameters.filter(([name]) => IN_QUERY.has(name))),
		body: encodePairs(parameters.filter(([name]) => !IN_QUERY.has(name))),
		timeout: call.timeoutMs,
		// As text and whole: the helper would send again after a 401, lose digits of long ids, and hide the code.
		encoding: 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
	};
	try {
		const answer = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL_TYPE,
			request,
		)) as HttpAnswer;
		return readCamsAnswer(answer);
	} catch (error) {
		return readFailure(error);
	}
}
