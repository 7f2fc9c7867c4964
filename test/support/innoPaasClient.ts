/** Plain calls to the sandbox's InnoPaaS, without a node: for tests of the sandbox itself, and for malformed requests. */
import axios from 'axios';

import { INNOPAAS } from '../../sandbox/innoPaas/accounts';
import type { Sandbox } from '../../sandbox/server';

export const SUBMIT = '/api/whatsapp/v3/msg/submit';

export const SIGNED = { AppKey: INNOPAAS.appKey, Authorization: INNOPAAS.accessToken };

export interface Answer {
	status: number;
	headers: Record<string, string>;
	text: string;
	/** The parsed body; undefined if it is not JSON. */
	body?: Record<string, unknown>;
}

/** Calls the sandbox's InnoPaaS. Objects are sent as JSON, strings and buffers verbatim. */
export async function post(
	sandbox: Sandbox,
	path: string,
	body: object | string | Buffer,
	headers: object = SIGNED,
): Promise<Answer> {
	const answer = await axios.request<string>({
		url: sandbox.url + path,
		method: 'POST',
		headers: { 'Content-Type': 'application/json;charset=utf-8', ...headers },
		data: Buffer.isBuffer(body)
			? body
			: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
		proxy: false,
		responseType: 'text',
		transformResponse: (data: string) => data,
		validateStatus: () => true,
	});
	return {
		status: answer.status,
		headers: answer.headers as Record<string, string>,
		text: answer.data,
		body: parsed(answer.data),
	};
}

function parsed(text: string): Record<string, unknown> | undefined {
	try {
		return JSON.parse(text) as Record<string, unknown>;
	} catch {
		return undefined;
	}
}
