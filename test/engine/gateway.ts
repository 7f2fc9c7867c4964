import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Sandbox } from '../../sandbox/server';

/** What stands in the sandbox's place for one operation. */
export interface Instead {
	status: number;
	body: object;
}

const DENIED: Instead = { status: 400, body: { Code: 'Ram.PermissionDeny', Message: 'The user lacks the permission for this action.', RequestId: 'A-1' } };

/** For an AccessKey that may send, and nothing else. */
export const onlySends = (operation: string) => (operation.startsWith('Send') ? undefined : DENIED);

/**
 * Runs a test with an endpoint that hands on to the sandbox, byte by byte and with all signed headers, whatever is not
 * answered here. It is an account of its own: nothing that was read before counts for it.
 */
export async function withGateway(sandbox: Sandbox, instead: (operation: string) => Instead | undefined, test: (endpoint: string) => Promise<void>): Promise<void> {
	const { hostname, port } = new URL(sandbox.url);
	const server = createServer((incoming, outgoing) => {
		const { method, url: path, headers } = incoming;
		const answer = instead(String(headers['x-acs-action'] ?? ''));
		if (answer) {
			incoming.resume();
			outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
			return;
		}
		const onward = forward({ hostname, port, method, path, headers }, (response) => {
			outgoing.writeHead(response.statusCode ?? 502, response.headers);
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
