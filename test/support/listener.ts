/**
 * An HTTP server in the place of n8n's webhook: it records the receipts that the sandbox pushes, and gives the answers
 * that a test sets.
 */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One recorded request. */
export interface Got {
	path?: string;
	headers: IncomingHttpHeaders;
	text: string;
}

/** The answer to a request. Without a status there is none, and the connection stays open. */
export interface Reply {
	status?: number;
	body?: string;
	location?: string;
	lateMs?: number;
}

export class Listener {
	got: Got[] = [];
	/** Requests that are not answered yet: how many now, and how many at the highest. */
	atOnce = { now: 0, most: 0 };
	/** Chooses the answer to a request by its index. */
	reply: (index: number) => Reply = () => ({ status: 200, body: 'heard' });

	private constructor(private server: Server) {}

	static async start(): Promise<Listener> {
		const server = createServer();
		const listener = new Listener(server);
		server.on('request', (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const { status, body, location, lateMs = 0 } = listener.reply(listener.got.length);
				listener.got.push({
					path: request.url,
					headers: request.headers,
					text: Buffer.concat(chunks).toString('utf8'),
				});
				listener.atOnce.most = Math.max(listener.atOnce.most, ++listener.atOnce.now);
				void delay(lateMs).then(() => {
					listener.atOnce.now--;
					if (status !== undefined)
						response.writeHead(status, location ? { location } : {}).end(body);
				});
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return listener;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** The recorded bodies, parsed as JSON. */
	bodies<T>(): T[] {
		return this.got.map(({ text }) => JSON.parse(text) as T);
	}

	forget(reply: Reply): void {
		this.got = [];
		this.atOnce = { now: 0, most: 0 };
		this.reply = () => reply;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}

export async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await delay(5);
}
