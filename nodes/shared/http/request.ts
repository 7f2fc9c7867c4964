import type { IAllExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { CREDENTIAL_TYPE } from '../../../credentials/apis';
import { concealed, readFailure, readUnmade, type Answer, type HttpAnswer } from './apiAnswer';

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
	let isMade = false;
	const whole: IHttpRequestOptions = {
		...request,
		// n8n reads the credential from its database before each request, and fails while that is away. As long as nobody has
		// asked for the address, no request has left.
		get url() {
			isMade = true;
			return request.url;
		},
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
		return isMade ? readFailure(error) : readUnmade(error);
	}
}
