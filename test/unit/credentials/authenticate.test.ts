import { Readable } from 'node:stream';
import fc from 'fast-check';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { authenticate } from '../../../credentials/authenticate';
import { ACCOUNT, findAccount } from '../../../sandbox/cams/accounts';
import { NonceMemory, verify } from '../../../sandbox/cams/signature';
import type { WireRequest } from '../../../sandbox/cams/wireRequest';
import { Refusal } from '../../../sandbox/refusal';
import { anyString } from '../../support/anyString';

const ENDPOINT = 'http://127.0.0.1:4010';

const CAMS: ICredentialDataDecryptedObject = {
	api: 'cams',
	accessKeyId: ACCOUNT.accessKeyId,
	accessKeySecret: ACCOUNT.accessKeySecret,
	endpoint: ENDPOINT,
};
const { securityToken, ...TEMPORARY } = findAccount('STS.sandboxTemporary')!;
const STS = { ...CAMS, ...TEMPORARY, securityToken: securityToken! };

/** The HTTP Request node hands over more than the typed options: `uri`, `form`, `formData`. */
const sign = (options: object, credentials = CAMS) =>
	authenticate(credentials, options as IHttpRequestOptions);

/**
 * The request as it would reach the gateway. Fails when something outside address, headers and body is left to send,
 * and for a body that n8n would not send.
 */
function arrive(options: IHttpRequestOptions): WireRequest {
	for (const leftover of ['qs', 'form', 'formData', 'baseURL', 'arrayFormat'])
		expect(options).not.toHaveProperty(leftover);
	const url = new URL(options.url);
	const { body = '' } = options;
	expect(typeof body === 'string' || Buffer.isBuffer(body)).toBe(true);
	if (options.method === 'GET') expect(body).toBe('');
	expect(options.headers!.host).toBe(url.host);
	return {
		method: options.method!,
		path: url.pathname,
		rawQuery: url.search.slice(1),
		headers: options.headers as Record<string, string>,
		body: Buffer.from(body as string),
	};
}

const judge = (options: IHttpRequestOptions, now = Date.now()) =>
	verify(arrive(options), new NonceMemory(), now);

/** The decoded parameters of the query and of a form, in the order they arrive. */
function parameters(options: IHttpRequestOptions): Array<[string, string]> {
	const { rawQuery, body, headers } = arrive(options);
	const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
	return [...new URLSearchParams(rawQuery), ...new URLSearchParams(isForm ? body.toString() : '')];
}

const ACTION = { 'x-acs-action': 'SendChatappMessage' };
const GIVEN = {
	To: '6591234567',
	Content: '{"text":"Größe+1 & 100% = \'ok\'? (a*b)~ 小米 😀\\n"}',
};
const FORM = new URLSearchParams(GIVEN).toString();
const POST = { method: 'POST', url: '/', headers: ACTION };

/** Every way to give one and the same call. */
const WAYS: Array<[string, object]> = [
	['query, relative address', { ...POST, qs: GIVEN }],
	['query, no address', { ...POST, url: '', qs: GIVEN }],
	['query, absolute address', { ...POST, url: `${ENDPOINT}/`, qs: GIVEN }],
	['query, absolute address without a path', { ...POST, url: ENDPOINT, qs: GIVEN }],
	['query, base URL and path', { ...POST, baseURL: `${ENDPOINT}/`, qs: GIVEN }],
	[
		'query, older helper',
		{ method: 'POST', uri: ENDPOINT, headers: ACTION, qs: GIVEN, json: true },
	],
	['query inside the address', { ...POST, url: `/?${FORM}` }],
	[
		'query inside an absolute address, with a fragment',
		{ ...POST, url: `${ENDPOINT}?${FORM}#here` },
	],
	['query with an array format', { ...POST, qs: GIVEN, arrayFormat: 'brackets' }],
	['query of a GET', { ...POST, method: 'GET', qs: GIVEN }],
	[
		'query of a GET, with a body that n8n will not send',
		{ ...POST, method: 'GET', qs: GIVEN, body: { From: '1' }, json: true },
	],
	['query without a method', { url: '/', headers: ACTION, qs: GIVEN }],
	['query, and an empty object as body', { ...POST, qs: GIVEN, body: {} }],
	['query, and an empty body of JSON', { ...POST, qs: GIVEN, body: {}, json: true }],
	[
		'action and version in the query',
		{ ...POST, headers: {}, qs: { Action: 'SendChatappMessage', Version: '2020-06-06', ...GIVEN } },
	],
	[
		'action and version in the address',
		{ ...POST, headers: {}, url: `/?Action=SendChatappMessage&Version=2020-06-06&${FORM}` },
	],
	['body text', { ...POST, body: FORM }],
	[
		'body text under a content type in odd case',
		{
			...POST,
			headers: { ...ACTION, 'CONTENT-Type': 'application/x-www-form-urlencoded' },
			body: FORM,
		},
	],
	['body bytes', { ...POST, body: Buffer.from(FORM) }],
	['body of URLSearchParams', { ...POST, body: new URLSearchParams(GIVEN) }],
	['body object', { ...POST, body: GIVEN }],
	['form, older helper', { method: 'POST', uri: `${ENDPOINT}/`, headers: ACTION, form: GIVEN }],
	['form beside json: true', { ...POST, form: GIVEN, json: true }],
	[
		'part in the query, part in the body',
		{ ...POST, qs: { To: GIVEN.To }, body: { Content: GIVEN.Content } },
	],
	[
		'header names in odd case',
		{
			...POST,
			headers: { 'X-ACS-Action': ' SendChatappMessage ', Accept: 'text/plain' },
			qs: GIVEN,
		},
	],
	[
		'absent values, which are left out',
		{ ...POST, qs: { ...GIVEN, TaskId: undefined, Tag: null } },
	],
];

describe('a request for CAMS', () => {
	it.each(WAYS)('carries its parameters signed, given as %s', (_how, options) => {
		const signed = sign(options);
		expect(judge(signed).accessKeyId).toBe(ACCOUNT.accessKeyId);
		expect(Object.fromEntries(parameters(signed))).toEqual(GIVEN);
		expect(parameters(signed)).toHaveLength(2);
		expect(signed.headers).toMatchObject({
			'x-acs-action': 'SendChatappMessage',
			'x-acs-version': '2020-06-06',
		});
	});

	it.each(WAYS)('can be signed again on its own result, given as %s', (_how, options) => {
		const first = sign(options);
		const second = sign(first);
		judge(second);
		expect(parameters(second)).toEqual(parameters(first));
		expect(second.headers!['x-acs-signature-nonce']).not.toBe(
			first.headers!['x-acs-signature-nonce'],
		);
		judge(first);
	});

	it('leaves what it was given as it was', () => {
		const options = {
			...POST,
			headers: { ...ACTION },
			qs: { ...GIVEN },
			body: { ...GIVEN },
			timeout: 5,
		};
		const before = structuredClone(options);
		expect(sign(options).timeout).toBe(5);
		expect(options).toEqual(before);
	});

	it('puts the address where the older helper reads it, too', () => {
		const signed = sign({
			method: 'POST',
			uri: '/',
			headers: ACTION,
			qs: GIVEN,
		}) as IHttpRequestOptions & { uri: string };
		expect(signed.uri).toBe(signed.url);
	});

	it('hands a form over as text to the older helper, which takes the bytes of a form for an object', () => {
		const signed = sign({ method: 'POST', uri: '/', headers: ACTION, body: Buffer.from(FORM) });
		judge(signed);
		expect(signed.body).toBe(FORM);
	});

	it('sends an object under json: true, or under a JSON content type, as the JSON that it signed', () => {
		const viaFlag = sign({ ...POST, body: { a: ['é', 1] }, json: true });
		judge(viaFlag);
		expect(String(viaFlag.body)).toBe('{"a":["é",1]}');
		expect(viaFlag.headers!['content-type']).toBe('application/json');

		const viaType = sign({
			...POST,
			headers: { ...ACTION, 'Content-Type': 'application/json; charset=utf-8' },
			body: { a: 1 },
		});
		judge(viaType);
		expect(String(viaType.body)).toBe('{"a":1}');
		expect(viaType.headers!['content-type']).toBe('application/json; charset=utf-8');
	});

	it.each([' {"a":1}\n', 'no JSON at all'])(
		'sends text under a JSON content type as bytes, since axios rewrites such text after signing: %j',
		(body) => {
			const signed = sign({
				...POST,
				headers: { ...ACTION, 'content-type': 'application/json' },
				body,
			});
			judge(signed);
			expect(signed.body).toEqual(Buffer.from(body));
		},
	);

	it('writes structured values as compact JSON', () => {
		const signed = sign({
			...POST,
			qs: { Page: { Index: 1, Size: 20 } },
			body: { Payload: ['a', 'b'], Ttl: 60, Flag: true },
		});
		judge(signed);
		expect(parameters(signed)).toEqual([
			['Page', '{"Index":1,"Size":20}'],
			['Payload', '["a","b"]'],
			['Ttl', '60'],
			['Flag', 'true'],
		]);
	});

	it('goes to the address of the region when no endpoint is given', () => {
		expect(sign({ ...POST, qs: GIVEN }, { ...CAMS, endpoint: ' ', region: '' }).url).toMatch(
			/^https:\/\/cams\.ap-southeast-1\.aliyuncs\.com\/\?/,
		);
		const signed = sign(POST, { ...CAMS, endpoint: '', region: ' Eu-Central-1 ' });
		judge(signed);
		expect(signed.url).toBe('https://cams.eu-central-1.aliyuncs.com/');
	});

	it.each([`${ENDPOINT}/`, `${ENDPOINT}//`, ` ${ENDPOINT} `])(
		'takes the endpoint %j',
		(endpoint) => {
			const signed = sign({ ...POST, qs: GIVEN }, { ...CAMS, endpoint });
			judge(signed);
			expect(new URL(signed.url).href.split('?')[0]).toBe(`${ENDPOINT}/`);
		},
	);

	it('covers blanks around the keys by trimming them, as a paste brings them along', () => {
		judge(
			sign(POST, {
				...CAMS,
				accessKeyId: ` ${ACCOUNT.accessKeyId}\n`,
				accessKeySecret: `${ACCOUNT.accessKeySecret} `,
			}),
		);
	});

	it('is dated by the second in UTC, and refused a quarter of an hour later', () => {
		jest.useFakeTimers({ now: Date.parse('2026-11-21T23:59:59.987Z') });
		try {
			const signed = sign({ ...POST, qs: GIVEN });
			expect(signed.headers!['x-acs-date']).toBe('2026-11-21T23:59:59Z');
			judge(signed);
			jest.advanceTimersByTime(16 * 60_000);
			expect(() => judge(signed)).toThrow(
				expect.objectContaining({ code: 'InvalidTimeStamp.Expired' }),
			);
			judge(sign(signed));
		} finally {
			jest.useRealTimers();
		}
	});

	it('covers a temporary token, and drops it when signed again for a key without one', () => {
		const signed = sign({ ...POST, qs: GIVEN }, STS);
		expect(judge(signed).accessKeyId).toBe('STS.sandboxTemporary');
		expect(signed.headers!['x-acs-security-token']).toBe(securityToken);
		judge(sign(sign(POST, STS), STS));

		const plain = sign(signed);
		expect(judge(plain).accessKeyId).toBe(ACCOUNT.accessKeyId);
		expect(plain.headers).not.toHaveProperty('x-acs-security-token');
		expect(plain.headers).not.toHaveProperty('x-acs-accesskey-id');
	});
});

describe('parameters of any content', () => {
	// Half a surrogate pair comes about by cutting a text in the middle of an emoji.
	const loneSurrogate = fc
		.integer({ min: 0xd800, max: 0xdfff })
		.map((code) => String.fromCharCode(code));
	const anyText = fc.string({
		unit: fc.oneof({ weight: 9, arbitrary: anyString({ maxLength: 1 }) }, loneSurrogate),
	});
	const wireName = fc
		.stringMatching(/^[A-Za-z][A-Za-z0-9.]{0,9}$/)
		.filter((name) => !/^(Action|Version)$/.test(name));
	const asUtf8 = (text: string) => Buffer.from(text).toString();

	it('arrive in query and form as they were given, lone surrogates as U+FFFD', () => {
		fc.assert(
			fc.property(
				fc.dictionary(wireName, anyText),
				fc.dictionary(wireName, anyText),
				(qs, form) => {
					const signed = sign({ ...POST, qs, form });
					judge(signed);
					const given = [...Object.entries(qs), ...Object.entries(form)];
					expect(parameters(signed)).toEqual(given.map(([name, value]) => [name, asUtf8(value)]));
				},
			),
			{ numRuns: 300, examples: [[{ A: '\ud800' }, { A: 'x\udc00' }]] },
		);
	});

	it('verify under names of any characters', () => {
		// The signature orders names as they are, before encoding (the official SDK's getAuthorization).
		const anyName = anyString().filter((name) => !/^(Action|Version)$/.test(name));
		fc.assert(
			fc.property(fc.dictionary(anyName, anyText), (qs) => {
				const signed = sign({ ...POST, qs });
				judge(signed);
				expect(parameters(signed)).toEqual(Object.entries(qs).map((pair) => pair.map(asUtf8)));
			}),
			{ numRuns: 300, examples: [[{ 'Tag[0]': 'a', TagX: 'b' }]] },
		);
	});
});

describe('a signed request with one thing changed', () => {
	const signed = sign(
		{ ...POST, qs: { Content: GIVEN.Content }, body: { To: GIVEN.To, From: '6580001111' } },
		STS,
	);
	const wire = arrive(signed);
	const refused = (change: Partial<WireRequest>) => {
		const act = () => verify({ ...wire, ...change }, new NonceMemory(), Date.now());
		expect(act).toThrow(Refusal);
		expect(act).toThrow(
			expect.objectContaining({
				code: expect.stringMatching(/^(SignatureDoesNotMatch|InvalidSecurityToken)/),
			}),
		);
	};
	const coveredHeaders = /SignedHeaders=([^,]+)/
		.exec(wire.headers.authorization as string)![1]
		.split(';');

	it('verifies unchanged', () => {
		verify(wire, new NonceMemory(), Date.now());
	});

	it('covers exactly these headers', () => {
		expect(coveredHeaders).toEqual([
			'content-type',
			'host',
			'x-acs-accesskey-id',
			'x-acs-action',
			'x-acs-content-sha256',
			'x-acs-date',
			'x-acs-security-token',
			'x-acs-signature-nonce',
			'x-acs-version',
		]);
	});

	it.each(coveredHeaders)('is refused: the header %s', (name) => {
		refused({ headers: { ...wire.headers, [name]: `${wire.headers[name] as string}0` } });
	});

	it('is refused: any byte of the body', () => {
		for (let at = 0; at < wire.body.length; at++) {
			const body = Buffer.from(wire.body);
			body[at] ^= 1;
			refused({ body });
		}
		refused({ body: Buffer.concat([wire.body, Buffer.from(' ')]) });
	});

	it('is refused: any letter or digit of the query', () => {
		const { rawQuery } = wire;
		for (const { index } of rawQuery.matchAll(/(?<!%.?)[a-z0-9]/gi)) {
			const other = rawQuery[index] === 'x' ? 'y' : 'x';
			refused({ rawQuery: rawQuery.slice(0, index) + other + rawQuery.slice(index + 1) });
		}
		refused({ rawQuery: `${rawQuery}&Tag=1` });
	});

	it('is refused: method and path', () => {
		refused({ method: 'GET' });
		refused({ path: '/x' });
	});
});

describe('a request for CAMS that cannot be signed', () => {
	const SECRETS = [ACCOUNT.accessKeySecret, securityToken!, ACCOUNT.accessKeyId];
	const withToken = { ...CAMS, securityToken: securityToken! };

	function refusal(credentials: ICredentialDataDecryptedObject, options: object): string {
		try {
			sign(options, credentials);
		} catch (error) {
			expect(error).toBeInstanceOf(Error);
			const { message } = error as Error;
			for (const secret of SECRETS) expect(message).not.toContain(secret);
			return message;
		}
		throw new Error('Nothing was refused');
	}

	it.each([
		[
			'an endpoint without a scheme',
			{ endpoint: 'cams.ap-southeast-1.aliyuncs.com' },
			/^Endpoint is not a web address/,
		],
		[
			'an endpoint of another scheme',
			{ endpoint: 'ftp://cams.example.com' },
			/^Endpoint is not a web address/,
		],
		['an endpoint without a host', { endpoint: 'https://' }, /^Endpoint is not a web address/],
		[
			'an endpoint with a broken host',
			{ endpoint: 'https://[::1' },
			/^Endpoint is not a web address/,
		],
		[
			'a region that is none',
			{ endpoint: '', region: 'evil.example.com/?' },
			/^Region is not a region ID/,
		],
		['no AccessKey ID', { accessKeyId: ' ' }, /^AccessKey ID is empty/],
		[
			'no AccessKey Secret',
			{ accessKeySecret: undefined as unknown as string },
			/^AccessKey Secret is empty/,
		],
	])('says so in plain words: %s', (_what, change, words) => {
		expect(refusal({ ...withToken, ...change }, { ...POST, qs: GIVEN })).toMatch(words);
	});

	it('says so in plain words: no operation', () => {
		expect(refusal(withToken, { method: 'POST', url: '/', qs: GIVEN })).toMatch(
			/^No operation is named/,
		);
	});

	const filledForm = new FormData();
	filledForm.append('To', GIVEN.To);

	it.each([
		[
			'a multipart content type',
			{ headers: { ...ACTION, 'Content-Type': 'multipart/form-data' }, body: GIVEN },
		],
		['form data of the older helper', { formData: GIVEN }],
		// Otherwise nothing, or the innards of the object, would go out instead of its content.
		['a FormData as body', { body: filledForm }],
		['a stream as body', { body: Readable.from(['a=1']) }],
	])('says so in plain words: %s', (_what, change) => {
		expect(refusal(withToken, { ...POST, ...change })).toMatch(
			/cannot be signed\. Send the parameters as a form/,
		);
	});
});

describe('a request for InnoPaaS', () => {
	const INNOPAAS: ICredentialDataDecryptedObject = {
		api: 'innoPaas',
		appKey: 'app-key-1',
		accessToken: 'token-1',
		baseUrl: 'https://inno.example.com',
	};
	const RENAMED = {
		...INNOPAAS,
		changeHeaderNames: true,
		appHeaderName: 'X-App',
		authorizationHeaderName: 'X-Token',
		authorizationPrefix: 'Bearer ',
	};
	const SUBMIT = { method: 'POST', url: '/api/whatsapp/v3/msg/submit' };

	it("carries key and token raw in its two headers, beside the caller's own", () => {
		expect(
			sign({ ...SUBMIT, headers: { 'content-type': 'application/json' } }, INNOPAAS).headers,
		).toEqual({
			'content-type': 'application/json',
			AppKey: 'app-key-1',
			Authorization: 'token-1',
		});
	});

	it('carries them under other names, the prefix with its blank', () => {
		expect(sign(SUBMIT, RENAMED).headers).toEqual({
			'X-App': 'app-key-1',
			'X-Token': 'Bearer token-1',
		});
	});

	it('keeps the usual names when renaming is off, or a new name is empty', () => {
		expect(Object.keys(sign(SUBMIT, { ...RENAMED, changeHeaderNames: false }).headers!)).toEqual([
			'AppKey',
			'Authorization',
		]);
		expect(sign(SUBMIT, { ...RENAMED, changeHeaderNames: false }).headers!.Authorization).toBe(
			'token-1',
		);
		expect(
			sign(SUBMIT, { ...RENAMED, appHeaderName: ' ', authorizationPrefix: '' }).headers,
		).toEqual({
			AppKey: 'app-key-1',
			'X-Token': 'token-1',
		});
	});

	it('never carries one of them twice, whatever the letter case of the other', () => {
		const headers = { APPKEY: 'old', authorization: 'old', 'x-app': 'old', 'X-TOKEN': 'old' };
		expect(sign({ ...SUBMIT, headers }, INNOPAAS).headers).toEqual({
			'x-app': 'old',
			'X-TOKEN': 'old',
			AppKey: 'app-key-1',
			Authorization: 'token-1',
		});
		expect(sign({ ...SUBMIT, headers }, RENAMED).headers).toEqual({
			APPKEY: 'old',
			authorization: 'old',
			'X-App': 'app-key-1',
			'X-Token': 'Bearer token-1',
		});
		const once = sign(SUBMIT, INNOPAAS);
		expect(sign(once, INNOPAAS)).toEqual(once);
	});

	it.each([
		['a path goes to the base URL', SUBMIT, 'https://inno.example.com'],
		[
			'a path of the older helper goes to the base URL',
			{ uri: '/api' },
			'https://inno.example.com',
		],
		[
			'a path with a base URL of its own stays there',
			{ ...SUBMIT, baseURL: 'https://own.example.com' },
			'https://own.example.com',
		],
		['a whole address stays as it is', { url: 'HTTPS://other.example.com/api' }, undefined],
	])('%s', (_what, options, baseURL) => {
		const signed = sign(options, INNOPAAS);
		expect(signed.baseURL).toBe(baseURL);
		expect(signed.url).toBe((options as { url?: string }).url);
	});

	it('goes to the public address when the credential has no base URL', () => {
		expect(sign(SUBMIT, { ...INNOPAAS, baseUrl: ' ' }).baseURL).toBe('https://api.innopaas.com');
	});

	it('keeps body, query and everything else untouched', () => {
		const options = { ...SUBMIT, body: { to: ['1'] }, qs: { a: [1] }, json: true, timeout: 5 };
		const signed = sign(options, INNOPAAS);
		expect(signed).toEqual({
			...options,
			headers: expect.anything(),
			baseURL: 'https://inno.example.com',
			disableFollowRedirect: true,
			followRedirect: false,
			followAllRedirects: false,
		});
		expect(signed.body).toBe(options.body);
	});

	it.each([
		['no App Key', { appKey: '' }, /^App Key is empty/],
		['no Access Token', { accessToken: '  ' }, /^Access Token is empty/],
		['no web address', { baseUrl: 'api.innopaas.com' }, /^Base URL is not a web address/],
	])('says in plain words what is missing, and no secret: %s', (_what, change, words) => {
		const act = () => sign(SUBMIT, { ...INNOPAAS, ...change });
		expect(act).toThrow(words);
		expect(act).not.toThrow(/app-key-1|token-1/);
	});
});

describe('a credential with characters that no header can hold', () => {
	const cams = { api: 'cams', accessKeyId: 'LTAI5tExample', accessKeySecret: 'secret' };
	const innoPaas = {
		api: 'innoPaas',
		appKey: 'key',
		accessToken: 'token',
		changeHeaderNames: true,
	};
	it.each<[string, Record<string, unknown>, RegExp]>([
		[
			'AccessKey ID',
			{ ...cams, accessKeyId: 'LTAI5tExample\u200b' },
			/^AccessKey ID contains the character U\+200B\./,
		],
		[
			'AccessKey Secret',
			{ ...cams, accessKeySecret: 'sécret' },
			/^AccessKey Secret contains the character U\+00E9\./,
		],
		[
			'STS Security Token',
			{ ...cams, securityToken: 'CAIS\u2060' },
			/^STS Security Token contains the character U\+2060\./,
		],
		['App Key', { ...innoPaas, appKey: '密钥' }, /^App Key contains the character U\+5BC6\./],
		[
			'Access Token',
			{ ...innoPaas, accessToken: 'token\u202c' },
			/^Access Token contains the character U\+202C\./,
		],
		[
			'App Key Header',
			{ ...innoPaas, appHeaderName: 'App\u00adKey' },
			/^App Key Header contains the character U\+00AD\./,
		],
		[
			'Access Token Header',
			{ ...innoPaas, authorizationHeaderName: 'My Header:' },
			/^Access Token Header contains a space or a sign/,
		],
		[
			'Access Token Prefix',
			{ ...innoPaas, authorizationPrefix: 'Bearer\u3000' },
			/^Access Token Prefix contains the character U\+3000\./,
		],
	])('is refused before anything is sent: %s', (_field, credentials, message) => {
		expect(() =>
			authenticate(credentials as ICredentialDataDecryptedObject, {
				url: '/',
				method: 'POST',
				headers: { 'x-acs-action': 'SendChatappMessage' },
			}),
		).toThrow(message);
	});
});
