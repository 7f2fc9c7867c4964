import { request } from 'node:http';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { Listener } from '../support/listener';

let sandbox: Sandbox;
let otherPort: Listener;
beforeAll(async () => {
	sandbox = await startSandbox();
	otherPort = await Listener.start();
});
afterAll(async () => {
	await sandbox.close();
	await otherPort.close();
});

/** A request as it comes over the wire: fetch would not let a header like Host be set. */
async function statusOf(
	method: string,
	path: string,
	headers: Record<string, string>,
	body = '',
): Promise<number> {
	const { hostname, port } = new URL(sandbox.url);
	return await new Promise((resolve, reject) => {
		const sent = request({ hostname, port, method, path, headers }, (answer) => {
			answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
		});
		sent.on('error', reject).end(body);
	});
}

/** Every kind of route, the ones of others' paths and one that does not exist. */
const ROUTES: Array<[string, string]> = [
	['GET', '/__sandbox/stats'],
	['GET', '/__sandbox/recipients'],
	['GET', '/__sandbox/webhooks'],
	['POST', '/__sandbox/reset'],
	['POST', '/__sandbox/config'],
	['POST', '/__sandbox/inbound'],
	['POST', '/__sandbox/audit'],
	['GET', '/'],
	['POST', '/'],
	['POST', '/api/whatsapp/v3/msg/submit'],
	['POST', '/api/whatsapp/v3/account/phoneInfo'],
	['PUT', '/sandbox-uploads/1/a.png'],
	['GET', '/sandbox-uploads/1/a.png'],
	['OPTIONS', '/__sandbox/config'],
	['DELETE', '/nowhere'],
];

const port = () => new URL(sandbox.url).port;
const PAGES: Array<[string, () => Record<string, string>]> = [
	['a name that leads here', () => ({ host: `rebound.example.com:${port()}` })],
	['a name that begins like this machine', () => ({ host: '127.0.0.1.example.com' })],
	['a name that begins like localhost', () => ({ host: 'localhost.example.com' })],
	['a name that ends like Alibaba', () => ({ host: 'xaliyuncs.com' })],
	['a private address', () => ({ host: `192.168.0.7:${port()}` })],
	['all addresses', () => ({ host: `0.0.0.0:${port()}` })],
	['a user name', () => ({ host: `localhost@example.com` })],
	['a page of another site', () => ({ origin: 'https://example.com' })],
	['a page of another port', () => ({ origin: 'http://127.0.0.1:5678' })],
	['a page of this port under another name', () => ({ origin: `http://localhost:${port()}` })],
	['a page in a frame or a file', () => ({ origin: 'null' })],
	['an image of another site', () => ({ 'sec-fetch-site': 'cross-site' })],
	['an image of another port', () => ({ 'sec-fetch-site': 'same-site' })],
];

describe.each(PAGES)('what a web page sends is refused: %s', (_what, headers) => {
	it.each(ROUTES)('%s %s', async (method, path) => {
		const body = method === 'GET' ? '' : '{}';
		for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
			const sent = { 'content-type': type, ...headers() };
			expect(await statusOf(method, path, sent, body)).toBe(403);
		}
	});
});

it('a page cannot let the sandbox call another port', async () => {
	const body = JSON.stringify({ from: '6591234567', text: 'x', url: otherPort.url });
	const sent = { 'content-type': 'application/json', origin: 'https://example.com' };
	expect(await statusOf('POST', '/__sandbox/inbound', sent, body)).toBe(403);
	expect(otherPort.requests).toEqual([]);
});

it.each([
	['by its address', () => ({ host: `127.0.0.1:${port()}` })],
	['by its name', () => ({ host: `localhost:${port()}` })],
	['in IPv6', () => ({ host: `[::1]:${port()}` })],
	['through a proxy of this machine', () => ({ host: '127.0.0.1:9999' })],
	['by a bucket', () => ({ host: 'sandbox-uploads.localhost' })],
	['by the client of the storage', () => ({ host: 'b.oss-ap-southeast-1.aliyuncs.com' })],
	[
		'in a browser, from itself',
		() => ({
			host: `127.0.0.1:${port()}`,
			origin: `http://127.0.0.1:${port()}`,
			'sec-fetch-site': 'same-origin',
		}),
	],
	['in a browser, typed', () => ({ 'sec-fetch-site': 'none' })],
] as Array<[string, () => Record<string, string>]>)(
	'is answered to whoever is on this machine: %s',
	async (_what, headers) => {
		expect(await statusOf('GET', '/__sandbox/stats', headers())).toBe(200);
	},
);
