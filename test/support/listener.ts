/**
 * An HTTP server in the place of n8n's webhook: it records the receipts that the sandbox pushes, and gives the answers
 * that a test sets.
 */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request that the listener received. */
export interface ReceivedRequest {
	path?: string;
	headers: IncomingHttpHeaders;
	text: string;
}

/** How to respond. Without a status, the request is left unanswered. */
export interface Reply {
	status?: number;
	body?: string;
	location?: string;
	delayMs?: number;
}

/** An HTTP server that records the receipts it receives. */
export class Listener {
	requests: ReceivedRequest[] = [];
	/** Requests in flight, now and at most. */
	concurrent = { now: 0, max: 0 };
	/** The response to the n-th request. */
	reply: (index: number) => Reply = () => ({ status: 200, body: 'heard' });

	private constructor(private server: Server) {}

	static async start(): Promise<Listener> {
		const server = createServer();
		const listener = new Listener(server);
		server.on('request', (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const { status, body, location, delayMs = 0 } = listener.reply(listener.requests.length);
				listener.requests.push({
					path: request.url,
					headers: request.headers,
					text: Buffer.concat(chunks).toString('utf8'),
				});
				listener.concurrent.max = Math.max(listener.concurrent.max, ++listener.concurrent.now);
				void delay(delayMs).then(() => {
					listener.concurrent.now--;
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

	/** The bodies of all requests, parsed. */
	bodies<T>(): T[] {
		return this.requests.map(({ text }) => JSON.parse(text) as T);
	}

	reset(reply: Reply): void {
		this.requests = [];
		this.concurrent = { now: 0, max: 0 };
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
