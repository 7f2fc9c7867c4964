import type { IAllExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { CREDENTIAL_TYPE } from '../../../credentials/apis';
import { concealed, readFailure, type Answer, type HttpAnswer } from './apiAnswer';

/**
 * All calls of the nodes go through here: one POST through n8n's authenticated helper, which brings n8n's proxy settings,
 * cancelling and signing. Never throws for a response or a broken connection, and never repeats a request.
 * @param readAnswer classifies the API's response
 * @param hide masks the secrets of the credential
 */
export async function callApi(
	context: Pick<IAllExecuteFunctions, 'helpers'>,
	request: Pick<IHttpRequestOptions, 'url' | 'headers' | 'qs' | 'body' | 'timeout'>,
	readAnswer: (answer: HttpAnswer) => Answer,
	hide: (text: string) => string,
): Promise<Answer> {
	const whole: IHttpRequestOptions = {
		...request,
		method: 'POST',
		// The whole response as text: otherwise the helper repeats a request after a 401, hides the API's code, and rounds
		// long ids.
		encoding: 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	};
	try {
		const answer = readAnswer(
			(await context.helpers.httpRequestWithAuthentication.call(
				context as IAllExecuteFunctions,
				CREDENTIAL_TYPE,
				whole,
			)) as HttpAnswer,
		);
		return concealed(answer, hide);
	} catch (error) {
		return readFailure(error);
	}
}
