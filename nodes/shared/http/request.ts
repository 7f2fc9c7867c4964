import type { IAllExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { CREDENTIAL_TYPE } from '../apis/credential';
import { readFailure, type Answer, type HttpAnswer } from './apiAnswer';

/**
 * The one way in for the nodes' calls: POSTs a request once, through n8n's authenticated helper (its proxy, cancelling
 * and signing), and says what became of it. Never throws for an answer or a broken connection, and never repeats.
 * @param readAnswer what the vendor's answer means
 */
export async function callApi(
	context: Pick<IAllExecuteFunctions, 'helpers'>,
	request: Pick<IHttpRequestOptions, 'url' | 'headers' | 'qs' | 'body' | 'timeout'>,
	readAnswer: (answer: HttpAnswer) => Answer,
): Promise<Answer> {
	const whole: IHttpRequestOptions = {
		...request,
		method: 'POST',
		// As text and whole: the helper would send again after a 401, lose digits of long ids, and hide the code.
		encoding: 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	};
	try {
		return readAnswer(
			(await context.helpers.httpRequestWithAuthentication.call(
				context as IAllExecuteFunctions,
				CREDENTIAL_TYPE,
				whole,
			)) as HttpAnswer,
		);
	} catch (error) {
		return readFailure(error);
	}
}
