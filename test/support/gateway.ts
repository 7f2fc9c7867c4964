/**
 * A proxy in front of the sandbox that answers some operations itself: for answers that the sandbox never gives, such as
 * a missing permission or a storage that is down.
 */
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Sandbox } from '../../sandbox/server';

/** An answer given in place of the sandbox's. */
export interface Instead {
	status: number;
	body: object | string;
}

/**
 * Chooses the answer to a call, or `undefined` to pass it on to the sandbox.
 * @param operation the CAMS operation; empty for a request to the storage
 */
export type InsteadOf = (operation: string, method: string) => Instead | 'breakLine' | undefined;

const DENIED: Instead = {
	status: 400,
	body: {
		Code: 'Ram.PermissionDeny',
		Message: 'The user lacks the permission for this action.',
		RequestId: 'A-1',
	},
};

/** Denies everything but sending, as for an AccessKey without the other permissions. */
export const onlySends: InsteadOf = (operation) =>
	operation.startsWith('Send') ? undefined : DENIED;

/**
 * Runs a test against a new endpoint. A call that is not answered here goes on to the sandbox unchanged, with its signed
 * headers. The nodes keep caches and rate limits by endpoint, so those of earlier tests do not apply.
 * @param watch is called with every answer of the sandbox
 */
export async function withGateway(
	sandbox: Sandbox,
	instead: InsteadOf,
	test: (endpoint: string) => Promise<void>,
	watch: (operation: string, answer: string) => void = () => {},
): Promise<void> {
	const { hostname, port } = new URL(sandbox.url);
	const server = createServer((incoming, outgoing) => {
		const { method = '', url: path, headers } = incoming;
		const operation = String(headers['x-acs-action'] ?? '');
		const answer = instead(operation, method);
		if (answer === 'breakLine') {
			incoming.socket.destroy();
			return;
		}
		if (answer) {
			const { status, body } = answer;
			incoming.resume();
			outgoing.writeHead(status, {
				'content-type': typeof body === 'string' ? 'application/xml' : 'application/json',
			});
			outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
			return;
		}
		const onward = forward({ hostname, port, method, path, headers }, (response) => {
			outgoing.writeHead(response.statusCode ?? 502, response.headers);
			const chunks: Buffer[] = [];
			response
				.on('data', (chunk: Buffer) => chunks.push(chunk))
				.on('end', () => watch(operation, Buffer.concat(chunks).toString()));
			response.pipe(outgoing);
		});
		onward.on('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
}
