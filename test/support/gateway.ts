import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Sandbox } from '../../sandbox/server';

/** What stands in the sandbox's place for one call. */
export interface Instead {
	status: number;
	body: object | string;
}

/** Says what stands in the sandbox's place for an operation, or for a request to the storage, which has none. */
export type InsteadOf = (operation: string, method: string) => Instead | 'breakLine' | undefined;

const DENIED: Instead = {
	status: 400,
	body: {
		Code: 'Ram.PermissionDeny',
		Message: 'The user lacks the permission for this action.',
		RequestId: 'A-1',
	},
};

/** For an AccessKey that may send, and nothing else. */
export const onlySends: InsteadOf = (operation) =>
	operation.startsWith('Send') ? undefined : DENIED;

/**
 * Runs a test with an endpoint that hands on to the sandbox, byte by byte and with all signed headers, whatever is not
 * answered here. It is an account of its own: nothing that was read before counts for it.
 * @param watch gets to see what the sandbox answered
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
