import { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import fc from 'fast-check';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	IRequestOptions,
} from 'n8n-workflow';

import { testChatAppApi } from '../../../nodes/shared/apis/credentialTest';
import { findAccount } from '../../../sandbox/cams/accounts';
import { NonceMemory, verify } from '../../../sandbox/cams/signature';
import { anyString } from '../../support/anyString';

const NOW = Date.parse('2026-11-21T22:38:00Z');

const { accessKeyId, accessKeySecret, securityToken } = findAccount('STS.sandboxTemporary')!;
const CAMS: ICredentialDataDecryptedObject = {
	api: 'cams',
	accessKeyId,
	accessKeySecret,
	securityToken: securityToken!,
	custSpaceId: 'cams-8c8abcdef',
	endpoint: 'https://cams.ap-southeast-2.aliyuncs.com',
};
const INNOPAAS: ICredentialDataDecryptedObject = {
	api: 'innoPaas',
	appKey: 'inno-app-key',
	accessToken: 'inno-access-token',
	wabaId: '100000000000001',
	baseUrl: 'https://api.example.com',
};

interface Reply {
	status: number;
	body: unknown;
	headers?: Record<string, string>;
}

/** Runs the test against one answer or failure; gives the sentence of a failed test, and the requests it made. */
async function ask(
	credentials: ICredentialDataDecryptedObject,
	reply: Reply | Error | ((request: IRequestOptions) => Reply),
) {
	const requests: IRequestOptions[] = [];
	const request = async (options: IRequestOptions) => {
		requests.push(options);
		const given = typeof reply === 'function' ? reply(options) : reply;
		if (given instanceof Error) throw given;
		const { status, body, headers = {} } = given;
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		// n8n's older helper gives an empty body as undefined.
		return { statusCode: status, headers, body: text === '' ? undefined : text };
	};
	const context = { helpers: { request } } as unknown as ICredentialTestFunctions;
	const credential = { id: '1', name: 'ChatApp', type: 'chatAppApi', data: credentials };
	const { status, message } = await testChatAppApi.call(context, credential);
	expect(message).toBeTruthy();
	return { sentence: status === 'OK' ? undefined : message, requests };
}

const failure = (code: string, syscall: string) =>
	AxiosError.from(
		Object.assign(new Error(`${syscall} ${code}`), { code, syscall }),
		undefined,
		{} as InternalAxiosRequestConfig,
		{},
	);
const refusal = (status: number, Code: string, Message = 'Something'): Reply => ({
	status,
	body: { Code, Message, RequestId: 'r-1' },
});

beforeEach(() => jest.useFakeTimers({ now: NOW }));
afterEach(() => jest.useRealTimers());

describe('the test of a CAMS credential', () => {
	it('passes on a 2xx whose code is OK, and has asked one signed, harmless question', async () => {
		const credentials = { ...CAMS, custSpaceId: ' cams-8c8abcdef ' };
		const { sentence, requests } = await ask(credentials, {
			status: 200,
			body: { Code: 'OK', ListTemplate: [] },
		});
		expect(sentence).toBeUndefined();
		expect(requests).toHaveLength(1);
		const [{ url, method, headers, body = '' }] = requests;
		const { host, pathname: path, search, searchParams } = new URL(url!);
		expect(host).toBe('cams.ap-southeast-2.aliyuncs.com');
		expect(headers!['x-acs-action']).toBe('ListChatappTemplate');
		expect(Object.fromEntries(searchParams)).toEqual({
			TemplateType: 'WHATSAPP',
			Page: '{"Index":1,"Size":1}',
			CustSpaceId: 'cams-8c8abcdef',
		});
		const wire = {
			method: method!,
			path,
			rawQuery: search.slice(1),
			headers: headers as Record<string, string>,
			body: Buffer.from(body as string),
		};
		expect(verify(wire, new NonceMemory(), NOW).accessKeyId).toBe(accessKeyId);
	});

	it('asks for the answer as text and whole, so that no status hides the code', async () => {
		const { requests } = await ask(CAMS, { status: 200, body: { Code: 'OK' } });
		expect(requests[0]).toMatchObject({
			simple: false,
			resolveWithFullResponse: true,
			followRedirect: false,
		});
		expect(requests[0].json).toBeFalsy();
		expect(requests[0].timeout).toBeGreaterThan(0);
	});

	const causes: Array<[string, Reply | Error, string]> = [
		[
			'an unknown AccessKey',
			refusal(404, 'InvalidAccessKeyId.NotFound'),
			'This AccessKey ID does not exist. ',
		],
		[
			'a wrong secret',
			refusal(400, 'SignatureDoesNotMatch'),
			'The AccessKey Secret does not belong to this AccessKey ID. ',
		],
		[
			'a token that has run out',
			refusal(400, 'InvalidSecurityToken.Expired'),
			'The STS Security Token does not match this AccessKey. ',
		],
		[
			'a user without permission',
			refusal(400, 'Ram.PermissionDeny'),
			'The AccessKey works, but lacks a permission. ',
		],
		[
			'a service that is off',
			refusal(400, 'Product.Unsubscript'),
			'Chat App Message Service is not activated for this account. ',
		],
		[
			'a clock that is off',
			{
				...refusal(400, 'InvalidTimeStamp.Expired'),
				headers: { date: new Date(NOW - 22 * 60_000).toUTCString() },
			},
			'The clock of this n8n server is 22 minutes off. ',
		],
		[
			'an address that is no CAMS',
			refusal(404, 'InvalidApi.NotFound'),
			'There is no Chat App service at this address. ',
		],
		['too many calls', refusal(400, 'Throttling.User'), 'The AccessKey could not be checked. '],
		[
			'a code nobody listed',
			refusal(400, 'Some.NewCode', 'The moon is full'),
			'Alibaba Cloud rejected the request. Alibaba Cloud says: The moon is full. ',
		],
		[
			'a page instead of an answer',
			{ status: 200, body: '<html>Login</html>' },
			'The address does not answer like Alibaba Cloud. It returned HTTP 200. ',
		],
		[
			'a host that does not exist',
			failure('ENOTFOUND', 'getaddrinfo'),
			'cams.ap-southeast-2.aliyuncs.com cannot be found. ',
		],
		[
			'a refused connection',
			failure('ECONNREFUSED', 'connect'),
			'cams.ap-southeast-2.aliyuncs.com cannot be reached. ',
		],
		[
			'no answer',
			new AxiosError(
				'timeout of 15000ms exceeded',
				'ECONNABORTED',
				{} as InternalAxiosRequestConfig,
				{},
			),
			'cams.ap-southeast-2.aliyuncs.com does not answer. ',
		],
	];

	it.each(causes)('names the cause: %s', async (_what, reply, beginning) => {
		const { sentence } = await ask(CAMS, reply);
		expect(sentence!.slice(0, beginning.length)).toBe(beginning);
		// What happened and what to do about it, with nothing left unfilled.
		expect(sentence).toMatch(/\. [A-Z].+\.( \(.+\))?$/);
		expect(sentence).not.toMatch(/undefined|null|NaN|\[object|\.\.|: \./);
	});

	it('has a sentence of its own for each cause', () => {
		expect(new Set(causes.map(([, , beginning]) => beginning)).size).toBe(causes.length);
	});

	it.each([
		[
			'an inactive AccessKey as such',
			refusal(400, 'InvalidAccessKeyId.Inactive'),
			/^This AccessKey is disabled\./,
		],
		['Forbidden.RAM as missing permission', refusal(403, 'Forbidden.RAM'), /lacks a permission/],
		[
			'a mismatched token as an invalid one',
			refusal(400, 'InvalidSecurityToken.MismatchWithAccessKey'),
			/^The STS Security Token/,
		],
		[
			'a fault of the server by its status',
			refusal(500, 'InternalError'),
			/^The address does not answer like Alibaba Cloud\. It returned HTTP 500\..*r-1/,
		],
		[
			'a page under HTTP 403 by its status',
			{ status: 403, body: '<html>' },
			/It returned HTTP 403\./,
		],
		[
			'a refusal under HTTP 200 like one under 400',
			refusal(200, 'Ram.PermissionDeny'),
			/lacks a permission/,
		],
		[
			'a name that cannot be resolved for now',
			failure('EAI_AGAIN', 'getaddrinfo'),
			/cannot be found/,
		],
		[
			'a broken connection',
			failure('ECONNRESET', 'read'),
			/closed the connection without an answer/,
		],
	])('treats %s', async (_what, reply, words) => {
		expect((await ask(CAMS, reply)).sentence).toMatch(words);
	});

	it('ends with the code and the request id, for support', async () => {
		expect((await ask(CAMS, refusal(400, 'Ram.PermissionDeny'))).sentence).toMatch(
			/Ram\.PermissionDeny.*r-1/,
		);
	});

	it.each([
		['there is no Date header', {}],
		['the Date header is garbage', { date: 'yesterday' }],
		['the two clocks agree', { date: new Date(NOW).toUTCString() }],
	])('says only that the clock is off when %s', async (_what, headers) => {
		const { sentence } = await ask(CAMS, {
			...refusal(400, 'InvalidTimeStamp.Expired'),
			headers: headers as Record<string, string>,
		});
		expect(sentence).toMatch(/^The clock of this n8n server is more than 15 minutes off\. /);
	});

	it('tells the clock that runs behind like the one that runs ahead', async () => {
		const headers = { date: new Date(NOW + 90 * 60_000).toUTCString() };
		expect(
			(await ask(CAMS, { ...refusal(400, 'InvalidTimeStamp.Expired'), headers })).sentence,
		).toMatch(/is 90 minutes off/);
	});

	describe('without a channel', () => {
		const NONE = { ...CAMS, custSpaceId: '' };
		const asked = ({ headers, url }: IRequestOptions) =>
			[headers!['x-acs-action'], new URL(url!).searchParams.get('ChannelType')] as const;
		/** Answers with the channels of each type, as many as `counts` says. */
		const account =
			(counts: Record<string, number>) =>
			(request: IRequestOptions): Reply => {
				const [operation, type] = asked(request);
				if (operation === 'ListChatappTemplate') return { status: 200, body: { Code: 'OK' } };
				expect(operation).toBe('ListInstance');
				const all = Array.from({ length: counts[type!] ?? 0 }, (_, index) => ({
					CustSpaceId: `cams-${type}-${index + 1}`,
					InstanceName: `Shop ${index + 1}`,
					State: 'published',
				}));
				const page = Number(new URL(request.url!).searchParams.get('PageIndex'));
				// Two rows for each page, whatever was asked for.
				const Data = all.slice((page - 1) * 2, page * 2);
				return { status: 200, body: { Code: 'OK', Data, TotalCount: all.length } };
			};

		it('passes where each channel type has one at most, as the nodes take it by themselves', async () => {
			for (const custSpaceId of [undefined, '', ' ']) {
				const { sentence, requests } = await ask(
					{ ...NONE, custSpaceId: custSpaceId! },
					account({ whatsapp: 1, viber: 1 }),
				);
				expect(sentence).toBeUndefined();
				expect(requests[0].url).not.toContain('CustSpaceId');
				expect(requests.slice(1).map(asked)).toEqual(
					['instagram', 'messenger', 'telegram', 'viber', 'whatsapp'].map((type) => [
						'ListInstance',
						type,
					]),
				);
			}
		});

		it('names the channels to choose from, however many pages they fill', async () => {
			expect((await ask(NONE, account({ viber: 1, whatsapp: 3 }))).sentence).toBe(
				'The AccessKey works, but there are 3 channels for WhatsApp to choose from. Enter the ID of one under Channel ID / Space ID: Shop 1, cams-whatsapp-1; Shop 2, cams-whatsapp-2; Shop 3, cams-whatsapp-3. If every node names its own channel, save the credential as it is.',
			);
			const { sentence } = await ask(NONE, account({ whatsapp: 9 }));
			expect(sentence).toMatch(/9 channels .*cams-whatsapp-5 and 4 more\. If/);
			expect(sentence).not.toContain('cams-whatsapp-6');
		});

		const without =
			(instead: Reply | Error) =>
			(request: IRequestOptions): Reply => {
				if (asked(request)[0] !== 'ListInstance') return { status: 200, body: { Code: 'OK' } };
				if (instead instanceof Error) throw instead;
				return instead;
			};

		it.each([
			['there is none', account({})],
			['they may not be read', without(refusal(400, 'Ram.PermissionDeny'))],
			['the answer cannot be read', without({ status: 200, body: '<html>' })],
		])('asks for one where %s', async (_what, reply) => {
			expect((await ask(NONE, reply)).sentence).toMatch(
				/^The AccessKey works, but no channel was found\. Fill Channel ID \/ Space ID, .*Channel Management/,
			);
		});

		it('says what kept it from reading them, if another test can succeed', async () => {
			expect((await ask(NONE, without(refusal(400, 'Throttling.User')))).sentence).toMatch(
				/^The AccessKey could not be checked\. .*Throttling\.User/,
			);
			expect((await ask(NONE, without(failure('ECONNREFUSED', 'connect')))).sentence).toMatch(
				/cannot be reached/,
			);
		});
	});

	it.each([
		['the AccessKey ID', { accessKeyId: '' }],
		['the AccessKey Secret', { accessKeySecret: ' ' }],
		['a whole address', { endpoint: 'cams.example.com' }],
	])('asks nothing without %s', async (_what, change) => {
		const { sentence, requests } = await ask(
			{ ...CAMS, ...change },
			{ status: 200, body: { Code: 'OK' } },
		);
		expect(sentence).toMatch(/^(AccessKey ID|AccessKey Secret|Endpoint) is /);
		expect(requests).toHaveLength(0);
	});
});

describe('the test of an InnoPaaS credential', () => {
	it('passes on the code 0, as number or text, and has asked for the numbers of the account', async () => {
		for (const code of ['0', 0]) {
			const { sentence, requests } = await ask(INNOPAAS, {
				status: 200,
				body: { code, success: true, data: [] },
			});
			expect(sentence).toBeUndefined();
			expect(requests).toHaveLength(1);
			expect(requests[0]).toMatchObject({
				method: 'POST',
				baseURL: 'https://api.example.com',
				url: '/api/whatsapp/v3/account/phoneInfo',
				body: '{"wabaId":"100000000000001"}',
				headers: { AppKey: 'inno-app-key', Authorization: 'inno-access-token' },
			});
		}
	});

	it.each([
		[
			'calls are not taken from this address',
			{ status: 200, body: { code: '114', message: 'ip' } },
			/^InnoPaaS does not accept requests from this IP address\. .*InnoPaaS says: ip\. \(Code 114\)$/,
		],
		[
			'the key is not accepted',
			{ status: 401, body: { code: '401' } },
			/^InnoPaaS does not accept this App Key and Access Token\. /,
		],
		[
			'the key is not accepted, without a body',
			{ status: 403, body: '' },
			/^InnoPaaS does not accept this App Key and Access Token\. /,
		],
		[
			'it refuses for a known reason',
			{ status: 200, body: { code: '110', message: 'no balance' } },
			/^The account balance is too low\. .*InnoPaaS says: no balance\. \(Code 110\)$/,
		],
		[
			'it refuses otherwise',
			{ status: 200, body: { code: '999', message: 'no way' } },
			/^InnoPaaS rejected the request\. InnoPaaS says: no way\. Check App Key, Access Token and WABA ID; .*\(Code 999\)$/,
		],
		[
			'the token is not accepted, with HTTP 200',
			{ status: 200, body: { code: '102', message: 'password' } },
			/^The Access Token no longer works\. Creating a new token in the console revokes the old one\. /,
		],
		[
			'there are too many calls',
			{ status: 429, body: { code: '429' } },
			/^The Access Token could not be checked\. /,
		],
		[
			'the address is another site',
			{ status: 404, body: { status: 404, error: 'Not Found' } },
			/^The address does not answer like InnoPaaS\. It returned HTTP 404\. /,
		],
		[
			'the code 0 comes with a fault of the server',
			{ status: 500, body: { code: '0' } },
			/^The address does not answer like InnoPaaS/,
		],
		[
			'the answer is a page',
			{ status: 200, body: '<html>' },
			/^The address does not answer like InnoPaaS\. It returned HTTP 200\. /,
		],
		[
			'the answer leads elsewhere',
			{ status: 302, body: '' },
			/^The address does not answer like InnoPaaS\. It returned HTTP 302\. /,
		],
		[
			'the host does not exist',
			failure('ENOTFOUND', 'getaddrinfo'),
			/^api\.example\.com cannot be found\. .*Check Base URL \(usually https:\/\/api\.innopaas\.com\)/,
		],
		[
			'the connection is refused',
			failure('ECONNREFUSED', 'connect'),
			/^api\.example\.com cannot be reached\. /,
		],
	] as Array<[string, Reply | Error, RegExp]>)(
		'names the cause when %s',
		async (_what, reply, words) => {
			expect((await ask(INNOPAAS, reply)).sentence).toMatch(words);
		},
	);

	it('does not quote a reason that InnoPaaS did not give', async () => {
		const { sentence } = await ask(INNOPAAS, { status: 200, body: { code: '103' } });
		expect(sentence).toMatch(/^InnoPaaS rejected the request\. .*\(Code 103\)$/);
		expect(sentence).not.toMatch(/says: *\./);
	});

	it('asks nothing without a WABA ID', async () => {
		const { sentence, requests } = await ask(
			{ ...INNOPAAS, wabaId: ' ' },
			{ status: 200, body: { code: '0' } },
		);
		expect(sentence).toMatch(/^WABA ID is empty\. /);
		expect(requests).toHaveLength(0);
	});
});

describe('whatever is answered', () => {
	const secrets = [accessKeySecret, securityToken!, 'inno-app-key', 'inno-access-token'];
	const anyStatus = fc.oneof(
		fc.constantFrom(200, 204, 302, 400, 401, 403, 500),
		fc.integer({ min: 100, max: 599 }),
	);
	const anyCode = fc.oneof(
		fc.constantFrom('OK', 'ok', 0, '0', 'InvalidTimeStamp.Expired', 'Throttling', '114'),
		fc.jsonValue(),
	);
	const anyBody = fc.oneof(
		anyString(),
		fc.json(),
		fc
			.record(
				{ Code: anyCode, code: anyCode, Message: fc.jsonValue(), message: fc.jsonValue() },
				{ requiredKeys: [] },
			)
			.map((body) => JSON.stringify(body)),
	);

	function fieldOf(body: string, ...names: string[]): unknown {
		try {
			const parsed = JSON.parse(body) as Record<string, unknown>;
			return names
				.map((name) => parsed[name])
				.find((value) => value !== undefined && value !== null);
		} catch {
			return undefined;
		}
	}

	it('only a 2xx with the code OK passes for CAMS', async () => {
		await fc.assert(
			fc.asyncProperty(anyStatus, anyBody, async (status, body) => {
				fc.pre(!(status >= 200 && status < 300 && fieldOf(body, 'Code', 'code') === 'OK'));
				expect((await ask(CAMS, { status, body })).sentence).toBeTruthy();
			}),
			{ numRuns: 500 },
		);
	});

	it('only a 2xx with the code 0 passes for InnoPaaS', async () => {
		await fc.assert(
			fc.asyncProperty(anyStatus, anyBody, async (status, body) => {
				fc.pre(
					!(status >= 200 && status < 300 && ['0', 0].includes(fieldOf(body, 'code') as string)),
				);
				expect((await ask(INNOPAAS, { status, body })).sentence).toBeTruthy();
			}),
			{
				numRuns: 500,
				examples: [
					[200, '{"code":[0]}'],
					[100, '{"code":0}'],
				],
			},
		);
	});

	it.each([
		['CAMS', CAMS],
		['InnoPaaS', INNOPAAS],
	])(
		'the sentence never holds a secret, a token or the signature of %s, not even from a server that echoes the request',
		async (_api, credentials) => {
			// E.g. "Access Token abc has expired", or an endpoint that shows what it was sent.
			await fc.assert(
				fc.asyncProperty(
					anyStatus,
					fc.constantFrom('Code', 'Message', 'RequestId'),
					async (status, field) => {
						let signature = '';
						const { sentence } = await ask(credentials, ({ headers = {} }) => {
							signature = String(headers.authorization ?? headers.Authorization)
								.split('Signature=')
								.pop()!;
							const echo = Object.values(headers).join(' ');
							const said = { Code: 'Some.NewCode', Message: 'No', RequestId: 'r-1', [field]: echo };
							return { status, body: { ...said, code: said.Code, message: said.Message } };
						});
						expect(signature).not.toBe('');
						for (const secret of [...secrets, signature]) expect(sentence).not.toContain(secret);
					},
				),
			);
		},
	);
});
