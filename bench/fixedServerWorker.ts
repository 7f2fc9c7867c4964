import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from './worker';

/** Both APIs take it for a yes: CAMS reads `Code`, InnoPaaS `code`. */
const OK = JSON.stringify({
	Code: 'OK',
	Message: 'OK',
	RequestId: '0',
	MessageId: '1',
	GroupMessageId: '1',
	code: '0',
	data: '1',
});

/** Responds to every call with the same OK, using as little CPU time as possible. */
serve<undefined, string, void>(
	() =>
		new Promise((resolve) => {
			const server = createServer((request, response) => {
				request
					.resume()
					.on('end', () => response.setHeader('content-type', 'application/json').end(OK));
			});
			server.listen(0, '127.0.0.1', () => {
				const { port } = server.address() as AddressInfo;
				resolve({ ready: `http://127.0.0.1:${port}`, run: async () => void server.close() });
			});
		}),
);
