/**
 * Requests of which nothing was written: an https:// address where a server without HTTPS answers, a server that ends
 * the connection before TLS stands, and credential texts that no HTTP header can hold. Everywhere nothing was sent, what
 * is to be mended is named, and after it is mended, Retry reaches everybody.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { CredentialTestContext } from 'n8n-core';
import type { IDataObject, NodeApiError } from 'n8n-workflow';

import { testChatAppApi } from '../../nodes/shared/apis/credentialTest';
import { ACCOUNT } from '../../sandbox/cams/accounts';
import type { Sandbox } from '../../sandbox/server';
import type { EngineCredentials, EngineRun } from '../../scripts/n8n/engine';
import { MASS } from '../support/camsMassSend';
import { NODE, TEMPLATE, TEXT, locator, newExecutionId, people, runNode } from '../support/harness';
import { OFFER, TEXT as INNOPAAS_TEXT, credentialOf } from '../support/innoPaasGateway';
import { mapperFields, search } from '../support/loadOptions';
import { SharedSandbox } from '../support/sharedSandbox';

/** A new address for each test, since nodes keep rates and answers by address. */
const shared = new SharedSandbox();
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await shared.atNewAddress();
});
afterEach(() => sandbox.close());
afterAll(() => shared.close());

/** No wait before a call is made again. */
const random = jest.spyOn(Math, 'random').mockReturnValue(0);
afterAll(() => random.mockRestore());

/** The address of the credential, by API. */
const addressed = (api: Api, url: string): IDataObject =>
	api === 'cams' ? { endpoint: url } : { baseUrl: url };
const good = (api: Api): IDataObject =>
	api === 'cams'
		? { api: 'cams', ...ACCOUNT, endpoint: sandbox.url }
		: { ...credentialOf(sandbox.url), changeHeaderNames: true };

type Api = 'cams' | 'innoPaas';

/** Each way of sending, with its API and parameters. */
const NODES: Array<[string, Api, string, IDataObject]> = [
	['CAMS Send, a text', 'cams', 'camsSend', TEXT],
	['CAMS Send, a template', 'cams', 'camsSend', TEMPLATE],
	['CAMS Mass Send', 'cams', 'camsMassSend', MASS],
	[
		'CAMS Viber Send',
		'cams',
		'camsViberSend',
		{ ...TEXT, channelType: 'viber', from: locator('20001'), label: 'transaction' },
	],
	[
		'InnoPaaS Submit, a text',
		'innoPaas',
		'innoPaasSubmit',
		{ ...INNOPAAS_TEXT, options: { maxRequestsPerSecond: 100 } },
	],
	[
		'InnoPaaS Submit, a template',
		'innoPaas',
		'innoPaasSubmit',
		{ ...OFFER, options: { maxRequestsPerSecond: 100 } },
	],
	[
		'CAMS Send, a file to upload',
		'cams',
		'camsSend',
		{ ...TEXT, messageType: 'image', mediaSource: 'binary' },
	],
];

/** Each list and the fields of a template, with its API. */
const LISTS: Array<[string, Api, string, IDataObject]> = [
	['searchChannels', 'cams', 'camsSend', { channelType: 'whatsapp' }],
	['searchSenders', 'cams', 'camsSend', { channelType: 'whatsapp' }],
	['searchSenders', 'cams', 'camsViberSend', {}],
	['searchSenders', 'cams', 'camsSend', { channelType: 'instagram' }],
	['searchTemplates', 'cams', 'camsMassSend', { channelType: 'whatsapp' }],
	['searchSendNumbers', 'innoPaas', 'innoPaasSubmit', {}],
	['searchTemplates', 'innoPaas', 'innoPaasSubmit', { operation: 'sendTemplate' }],
];

const PICTURE = { data: 'iVBORw0KGgo=', mimeType: 'image/png', fileName: 'a.png' };
const THREE = people(3).map((person) => ({ ...person, order: 'A-77' }));
const NUMBERS = THREE.map(({ phone }) => phone);

interface Attempt {
	name: string;
	parameters: IDataObject;
	id: string;
	credential: IDataObject;
}

/** Runs a node for three people. */
async function run(
	{ name, parameters, id, credential }: Attempt,
	node: { onError?: 'continueRegularOutput' } = {},
	mode: 'manual' | 'retry' = 'manual',
): Promise<EngineRun> {
	return await runNode(sandbox, {
		parameters,
		items: THREE,
		files: THREE.map(() => ({ data: PICTURE })),
		node: { id, type: `n8n-nodes-chatapp.${name}`, ...node },
		credential,
		engine: { mode, executionId: newExecutionId() },
	});
}

const accepted = () =>
	sandbox
		.stats()
		.messages.map(({ to }) => to)
		.sort();

/**
 * With On Error set to continue and to stop: nothing was sent, what the node says fits, and with the mended credential
 * Retry reaches everybody, once.
 */
async function expectNothingSent(
	[, api, name, parameters]: (typeof NODES)[number],
	broken: IDataObject,
	words: RegExp,
): Promise<void> {
	const attempt = { name, parameters, id: `unwritten ${newExecutionId()}` };
	const credential = { ...good(api), ...broken };
	const told = await run({ ...attempt, credential }, { onError: 'continueRegularOutput' });
	const items = told
		.output(NODE)
		.flat()
		.map(({ json }) => json);
	expect(items).toHaveLength(3);
	for (const item of items) {
		expect(item).toMatchObject({ outcome: 'notSent', reason: expect.stringMatching(words) });
	}

	const stopped = await run({ ...attempt, credential });
	const { message = '', description } = stopped.error ?? {};
	const error = `${message.replace(/ \[item \d+: .*\]$/, '')}. ${description}`;
	expect(error).toMatch(words);
	expect(error).not.toMatch(/unknown/);
	expect(accepted()).toEqual([]);

	const mended = await run({ ...attempt, credential: good(api) }, {}, 'retry');
	expect(mended.status).toBe('success');
	expect(accepted()).toEqual(NUMBERS);
}

/** The error of a list, as title and description. */
async function failureOf(
	[method, , name, parameters]: (typeof LISTS)[number],
	credential: IDataObject,
): Promise<string> {
	return await search('', method, { name, parameters, credential }).then(
		() => Promise.reject(new Error('It did not fail')),
		({ message, description }: NodeApiError) => `${message}. ${description}`,
	);
}

/** What the credential test says, in n8n's own context for such tests. */
const tested = async (credential: IDataObject) =>
	await testChatAppApi.call(new CredentialTestContext() as never, {
		id: '1',
		name: 'ChatApp',
		type: 'chatAppApi',
		data: credential as never,
	});

/** Ports that end a connection, and the one of the sandbox, which speaks plain HTTP. */
const closing: Server[] = [];
async function listen(server: Server): Promise<string> {
	closing.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => closing.splice(0).forEach((server) => server.close()));

type Address = [string, () => Promise<string> | string, RegExp];
const PLAIN_HTTP =
	/does not answer with HTTPS\. .*begins with https:\/\/.*Check .* in the credential: correct the port, or write http:\/\//;
const NO_TLS =
	/makes no secure connection\. .*before it was encrypted\. Check .* in the credential/;

const ADDRESSES: Address[] = [
	['speaks plain HTTP', () => sandbox.url.replace('http:', 'https:'), PLAIN_HTTP],
	[
		'closes when TLS begins',
		async () => await listen(createServer((socket) => socket.once('data', () => socket.end()))),
		NO_TLS,
	],
];

/** Others whose error comes the same way, so that one node of each run shows what is made of it. */
const MORE_ADDRESSES: Address[] = [
	[
		'closes at once',
		async () => await listen(createServer((socket) => socket.resume().end())),
		NO_TLS,
	],
	[
		'speaks another protocol',
		async () =>
			await listen(createServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.9\r\n'))),
		PLAIN_HTTP,
	],
	[
		// A fatal alert of TLS: handshake_failure.
		'agrees on no kind of TLS',
		async () =>
			await listen(
				createServer((socket) =>
					socket.once('data', () => socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 40]))),
				),
			),
		NO_TLS,
	],
];

describe.each(MORE_ADDRESSES)('an https:// address whose server %s', (_what, addressOf, words) => {
	it.each(NODES.filter(([, , name]) => name !== 'camsViberSend').slice(1, 4))(
		'%s',
		async (...row) => {
			await expectNothingSent(row, addressed(row[1], await addressOf()), words);
		},
	);
});

describe.each(ADDRESSES)('an https:// address whose server %s', (_what, addressOf, words) => {
	it.each(NODES)('%s', async (...row) => {
		await expectNothingSent(row, addressed(row[1], await addressOf()), words);
	});

	it.each(LISTS)('%s of %s, in %s with %j', async (...row) => {
		const credential = { ...good(row[1]), ...addressed(row[1], await addressOf()) };
		expect(await failureOf(row, credential)).toMatch(words);
	});

	it('the fields of a template', async () => {
		const { emptyFieldsNotice } = await mapperFields('', {
			parameters: TEMPLATE,
			credential: { ...good('cams'), ...addressed('cams', await addressOf()) },
		});
		expect(emptyFieldsNotice).toMatch(words);
	});

	it.each(['cams', 'innoPaas'] as const)('the test of a credential for %s', async (api) => {
		const address = await addressOf();
		const { status, message } = await tested({ ...good(api), ...addressed(api, address) });
		expect(status).toBe('Error');
		expect(message).toMatch(words);
		expect(message).toContain(new URL(address).host);
	});
});

/** A credential that n8n can read, but for some of the times. */
function readable(credential: IDataObject, isAway: (read: number) => boolean) {
	let reads = 0;
	return {
		get ChatApp() {
			if (isAway(++reads)) throw new Error('the database system is shutting down');
			return credential;
		},
	} as unknown as EngineCredentials;
}

describe("a database of n8n's that is away, so that the credential cannot be read", () => {
	const send = async (
		[, api, name, parameters]: (typeof NODES)[number],
		isAway: (read: number) => boolean,
	) =>
		await runNode(sandbox, {
			parameters,
			items: THREE,
			files: THREE.map(() => ({ data: PICTURE })),
			node: { type: `n8n-nodes-chatapp.${name}`, onError: 'continueRegularOutput' },
			engine: { credentials: readable(good(api), isAway) },
		});
	const itemsOf = (engineRun: EngineRun) => engineRun.output(NODE).flat();

	it.each(NODES)('for good: %s', async (...row) => {
		const items = itemsOf(await send(row, (read) => read > 1));
		expect(items).toHaveLength(3);
		for (const { json } of items) {
			expect(json).toMatchObject({
				outcome: 'notSent',
				reason: expect.stringMatching(/n8n could not read the credential/),
			});
		}
		expect(accepted()).toEqual([]);
	});

	it.each(NODES)('for a while: %s', async (...row) => {
		const items = itemsOf(await send(row, (read) => read > 1 && read < 8));
		expect(items.map(({ json }) => json.outcome)).toEqual(Array(3).fill('accepted'));
		expect(accepted()).toEqual(NUMBERS);
	});
});

/** Each field that is sent or makes the address, with a text that cannot be, and what names it. */
const FIELDS: Array<[string, Api, IDataObject, RegExp]> = [
	['AccessKey ID', 'cams', { accessKeyId: `${ACCOUNT.accessKeyId}\u200b` }, /U\+200B/],
	['AccessKey Secret', 'cams', { accessKeySecret: '\u202asecret' }, /U\+202A/],
	['STS Security Token', 'cams', { securityToken: 'CAIS\u2060' }, /U\+2060/],
	['Region', 'cams', { endpoint: '', region: 'ap\u2011southeast-1' }, /U\+2011/],
	['Endpoint', 'cams', { endpoint: 'http://127.0.0.1:4010\u200b' }, /U\+200B/],
	['App Key', 'innoPaas', { appKey: 'sandboxAppKey\u200b' }, /U\+200B/],
	['Access Token', 'innoPaas', { accessToken: 'sandbox\u00adAccessToken' }, /U\+00AD/],
	['Base URL', 'innoPaas', { baseUrl: 'http://127.0.0.1:4010\u200b' }, /U\+200B/],
	['App Key Header', 'innoPaas', { appHeaderName: 'AppKey\u200b' }, /U\+200B/],
	['App Key Header', 'innoPaas', { appHeaderName: 'AppKey:' }, /a space or a sign/],
	[
		'Access Token Header',
		'innoPaas',
		{ authorizationHeaderName: '\u200eAuthorization' },
		/U\+200E/,
	],
	['Access Token Prefix', 'innoPaas', { authorizationPrefix: 'Bearer\u200b ' }, /U\+200B/],
];

/** Texts with which a key would not arrive, or with which others would be sent in its place. */
const DROPPED: typeof FIELDS = [
	[
		'Endpoint',
		'cams',
		{ endpoint: 'http://somebody:secret@127.0.0.1:4010' },
		/^.*Endpoint contains a user name or a password\. Remove/,
	],
	[
		'Base URL',
		'innoPaas',
		{ baseUrl: 'http://somebody@127.0.0.1:4010' },
		/^.*Base URL contains a user name or a password\. Remove/,
	],
	...['__proto__', 'constructor', 'Get', 'common', 'Content-Length', 'Transfer-Encoding'].map(
		(appHeaderName): (typeof FIELDS)[number] => [
			'App Key Header',
			'innoPaas',
			{ appHeaderName },
			/App Key Header cannot be .* Enter the name that InnoPaaS expects/,
		],
	),
	[
		'Access Token Header',
		'innoPaas',
		{ authorizationHeaderName: '__proto__' },
		/Access Token Header cannot be __proto__.* Enter the name that InnoPaaS expects/,
	],
	[
		'Access Token Header',
		'innoPaas',
		{ authorizationHeaderName: 'appkey' },
		/App Key Header and Access Token Header are the same/,
	],
];

const STRAY = FIELDS.map(([label, api, broken, character]): (typeof FIELDS)[number] => [
	label,
	api,
	broken,
	new RegExp(`${label} contains .*${character.source}.* Enter it again`),
]);

describe.each([...STRAY, ...DROPPED])('%s of %s is %j', (_label, api, broken, words) => {
	it.each(NODES.filter(([, of]) => of === api))('%s', async (...row) => {
		await expectNothingSent(row, broken, words);
	});

	it.each(LISTS.filter(([, of]) => of === api))('%s of %s, in %s with %j', async (...row) => {
		expect(await failureOf(row, { ...good(api), ...broken })).toMatch(words);
	});

	it('the test of the credential', async () => {
		const { status, message } = await tested({ ...good(api), ...broken });
		expect(status).toBe('Error');
		expect(message).toMatch(words);
	});
});
