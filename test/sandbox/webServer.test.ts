import { request } from 'node:http';

import { INNOPAAS } from '../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS, type Settings } from '../../sandbox/settings';

/** The web server in front of both APIs refuses what is too long before the API sees it. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => {
	sandbox.configure(DEFAULT_SETTINGS);
	sandbox.reset();
});
afterAll(() => sandbox.close());

interface Answer {
	status: number;
	type?: string;
	text: string;
}

const APIS = [
	['CAMS', '/', { 'x-acs-action': 'SendChatappMessage' }, 'SendChatappMessage'],
	[
		'InnoPaaS',
		'/api/whatsapp/v3/msg/submit',
		{ AppKey: INNOPAAS.appKey, 'Content-Type': 'application/json' },
		'InnoPaaSSubmit',
	],
] as const;
type Headers = Record<string, string>;

/** Makes a call with a path, headers and a body as they are; the body in chunks, without its length, if wanted. */
async function call(
	path: string,
	headers: Headers,
	body: string,
	inChunks = false,
): Promise<Answer> {
	return await new Promise((resolve, reject) => {
		const call = request(sandbox.url, {
			path,
			method: 'POST',
			headers: { ...headers, ...(!inChunks && { 'Content-Length': Buffer.byteLength(body) }) },
		});
		call.on('error', reject).on('response', (response) => {
			const chunks: Buffer[] = [];
			response
				.on('data', (chunk: Buffer) => chunks.push(chunk))
				.on('end', () =>
					resolve({
						status: response.statusCode!,
						type: response.headers['content-type'],
						text: Buffer.concat(chunks).toString(),
					}),
				);
		});
		call.end(body);
	});
}

const of = (count: number) => 'a'.repeat(count);
const addressOf = (path: string, bytes: number) => `${path}?${of(bytes - path.length - 1)}`;

describe.each(APIS)('%s answers', (_api, path, headers, operation) => {
	it.each([8 * 1024, 16 * 1024])('414 for an address above %d bytes', async (most) => {
		sandbox.configure({ addressMostBytes: most });
		expect((await call(addressOf(path, most), headers, '')).status).not.toBe(414);
		expect(await call(addressOf(path, most + 1), headers, '')).toEqual({
			status: 414,
			type: 'text/html',
			text: expect.stringContaining('<h1>414 Request-URI Too Large</h1>'),
		});
		expect(sandbox.stats().calls).toMatchObject({
			received: 2,
			byOperation: { [operation]: 2 },
			refusedBy: { 414: 1 },
		});
	});

	it.each([8 * 1024, 16 * 1024])('431 for headers above %d bytes', async (most) => {
		sandbox.configure({ headersMostBytes: most });
		const padded = (bytes: number) => ({ ...headers, 'X-Padding': of(bytes) });
		expect((await call(path, padded(most - 500), '')).status).not.toBe(431);
		expect(await call(path, padded(most), '')).toEqual({
			status: 431,
			type: 'text/html',
			text: expect.stringContaining('<h1>431 Request Header Fields Too Large</h1>'),
		});
		expect(sandbox.stats().calls.refusedBy).toMatchObject({ 431: 1 });
	});

	it.each([false, true])('413 for a body above the limit, in chunks: %s', async (inChunks) => {
		sandbox.configure({ bodyMostBytes: 1000 });
		expect((await call(path, headers, of(1000), inChunks)).status).not.toBe(413);
		expect(await call(path, headers, of(1001), inChunks)).toEqual({
			status: 413,
			type: 'text/html',
			text: expect.stringContaining('<h1>413 Request Entity Too Large</h1>'),
		});
		expect(sandbox.stats().calls.refusedBy).toMatchObject({ 413: 1 });
	});

	it('none of these to a call as long as the settings allow', async () => {
		const most: Partial<Settings> = {
			addressMostBytes: 1_000_000,
			headersMostBytes: 1_000_000,
			bodyMostBytes: 64 * 1024 * 1024,
		};
		sandbox.configure(most);
		const { status } = await call(
			addressOf(path, 999_000),
			{ ...headers, 'X-Padding': of(990_000) },
			of(40 * 1024 * 1024),
		);
		expect([413, 414, 431]).not.toContain(status);
		expect(sandbox.stats().calls.received).toBe(1);
	});
});

it('By default an address has 8 kB, as in common servers, and so have the headers', () => {
	expect(DEFAULT_SETTINGS).toMatchObject({ addressMostBytes: 8192, headersMostBytes: 8192 });
});

it('The admin API has no such limits', async () => {
	sandbox.configure({ addressMostBytes: 1, headersMostBytes: 1, bodyMostBytes: 1 });
	const { status } = await call(
		'/__sandbox/config',
		{ 'Content-Type': 'application/json' },
		'{"latencyMs":0}',
	);
	expect(status).toBe(200);
});
