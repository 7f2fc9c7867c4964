/**
 * Signed calls to the sandbox's CAMS with the credential's own signing, but without a node: for tests of the sandbox
 * itself, and for requests that no node makes.
 */
import axios from 'axios';

import { authenticate } from '../../credentials/authenticate';
import { ACCOUNT } from '../../sandbox/cams/accounts';
import type { Sandbox } from '../../sandbox/server';

export type Body = Record<string, unknown>;

/** Makes a signed call with its parameters in a form. @returns the response's body */
export async function call(sandbox: Sandbox, operation: string, form: object = {}): Promise<Body> {
	return await send(sandbox, operation, { form });
}

/** Makes a signed call with its parameters in the query. @returns the response's body */
export async function callInQuery(
	sandbox: Sandbox,
	operation: string,
	qs: object = {},
): Promise<Body> {
	return await send(sandbox, operation, { qs });
}

async function send(sandbox: Sandbox, operation: string, parameters: object): Promise<Body> {
	const signed = authenticate(
		{ api: 'cams', ...ACCOUNT, securityToken: '', endpoint: sandbox.url },
		{
			method: 'POST',
			url: '/',
			headers: { 'x-acs-action': operation },
			...parameters,
		} as unknown as Parameters<typeof authenticate>[1],
	);
	const { data } = await axios.request<Body>({
		url: signed.url,
		method: 'POST',
		headers: signed.headers as Record<string, string>,
		data: signed.body,
		proxy: false,
		validateStatus: () => true,
	});
	return data;
}
