import { setImmediate as turn } from 'node:timers/promises';
import axios, { type AxiosRequestConfig } from 'axios';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { sha256, signAcs3 } from '../../../credentials/acs3';
import { authenticate } from '../../../credentials/authenticate';
import { ACCOUNT, findAccount } from '../../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS, type FaultKind, type Settings } from '../../../sandbox/settings';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => {
	sandbox.configure({ ...DEFAULT_SETTINGS, retryAfterMs: undefined });
	sandbox.reset();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => sandbox.close());

const SINGLE = 'SendChatappMessage';
const MASS = 'SendChatappMassMessage';

const TEMPLATE = {
	ChannelType: 'whatsapp',
	Type: 'template',
	From: '6580001111',
	To: '6591234567',
	TemplateCode: '900100200',
	Language: 'en_US',
	TemplateParams: '{"name":"Mia","order":"A-77"}',
};
const TEXT = {
	ChannelType: 'whatsapp',
	Type: 'message',
	MessageType: 'text',
	From: '6580001111',
	To: '6591234567',
	Content: '{"text":"Hello"}',
};
const VIBER = { ...TEXT, ChannelType: 'viber', From: '20001', Label: 'promotion' };
const toMass = (...recipients: object[]) => ({
	ChannelType: 'whatsapp',
	From: '6580001111',
	TemplateCode: '900100201',
	Language: 'en',
	SenderList: JSON.stringify(recipients),
});

function credentialsOf(accessKeyId: string): ICredentialDataDecryptedObject {
	const { accessKeySecret, securityToken = '' } = findAccount(accessKeyId)!;
	return { api: 'cams', accessKeyId, accessKeySecret, securityToken, endpoint: sandbox.url };
}

function sign(
	operation: string,
	change: object,
	accessKeyId: string = ACCOUNT.accessKeyId,
): IHttpRequestOptions {
	const options = { method: 'POST', url: '/', headers: { 'x-acs-action': operation }, ...change };
	return authenticate(credentialsOf(accessKeyId), options as IHttpRequestOptions);
}

/** Sends a request as it is, including changes made after it was signed. */
async function send(
	{ url, method, headers, body }: IHttpRequestOptions,
	more: AxiosRequestConfig = {},
) {
	const answer = await axios.request<string>({
		url,
		method,
		headers: headers as Record<string, string>,
		data: body,
		proxy: false,
		responseType: 'text',
		transformResponse: (data: string) => data,
		validateStatus: () => true,
		...more,
	});
	return {
		status: answer.status,
		headers: answer.headers as Record<string, string>,
		text: answer.data,
	};
}

async function sendJson(options: IHttpRequestOptions) {
	const { status, headers, text } = await send(options);
	return { status, headers, body: JSON.parse(text) as Record<string, unknown> };
}

/** Makes a signed call with its parameters in a form. */
const call = async (operation: string, form: object, accessKeyId?: string) =>
	await sendJson(sign(operation, { form }, accessKeyId));

const codeOf = async (operation: string, form: object, accessKeyId?: string) =>
	(await call(operation, form, accessKeyId)).body.Code;

const accepted = () => sandbox.stats().recipients.accepted;

async function admin(path: string, body: object) {
	return await axios.post<Record<string, unknown>>(`${sandbox.url}/__sandbox/${path}`, body, {
		proxy: false,
		validateStatus: () => true,
	});
}

describe('a signed request', () => {
	const signed = () =>
		sign(
			SINGLE,
			{ qs: { Content: TEXT.Content }, form: { ...TEXT, Content: undefined } },
			'STS.sandboxTemporary',
		);

	/** Changes a header and signs the request again, so that only the header itself is wrong. */
	function resign(options: IHttpRequestOptions, name: string, value: string): IHttpRequestOptions {
		const headers = { ...(options.headers as Record<string, string>), [name]: value };
		const { pathname: path, searchParams } = new URL(options.url);
		const { accessKeyId: id, accessKeySecret: secret } = findAccount('STS.sandboxTemporary')!;
		const request = {
			method: 'POST',
			path,
			query: [...searchParams],
			headers,
			bodyHash: sha256(options.body as string),
		};
		return {
			...options,
			headers: { ...headers, authorization: signAcs3(request, { id, secret }).authorization },
		};
	}

	async function expectRefused(options: IHttpRequestOptions, code: string, status = 400) {
		const { status: actual, body } = await sendJson(options);
		expect([actual, body.Code]).toEqual([status, code]);
		expect(body).toMatchObject({ Message: expect.any(String), RequestId: expect.any(String) });
		expect(sandbox.stats()).toMatchObject({
			calls: { received: 1, accepted: 0, rejected: 1, refusedBy: { [code]: 1 } },
			recipients: { accepted: 0 },
			messages: [],
		});
	}

	it('is accepted as it is', async () => {
		const { status, body } = await sendJson(signed());
		expect(status).toBe(200);
		expect(body).toEqual({
			RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
			Code: 'OK',
			Message: 'OK',
			MessageId: expect.stringMatching(/^\d+$/),
		});
		expect(sandbox.stats().messages).toEqual([
			expect.objectContaining({ to: '6591234567', text: 'Hello', messageId: body.MessageId }),
		]);
	});

	it('is refused with one wrong byte in the body', async () => {
		const options = signed();
		await expectRefused(
			{ ...options, body: (options.body as string).replace('6591234567', '6591234568') },
			'SignatureDoesNotMatch',
		);
	});

	it('is refused with one wrong byte in the body, even if its hash is set right', async () => {
		const options = signed();
		const body = (options.body as string).replace('6591234567', '6591234568');
		const hash = sign(SINGLE, { body }).headers!['x-acs-content-sha256'];
		await expectRefused(
			{ ...options, body, headers: { ...options.headers, 'x-acs-content-sha256': hash } },
			'SignatureDoesNotMatch',
		);
	});

	it('is refused when the hash that it names is not that of its body, although signed', async () => {
		const hash = String(sign(SINGLE, { body: 'To=1' }).headers!['x-acs-content-sha256']);
		await expectRefused(resign(signed(), 'x-acs-content-sha256', hash), 'SignatureDoesNotMatch');
	});

	it('is refused with one wrong byte in the query', async () => {
		const options = signed();
		await expectRefused(
			{ ...options, url: options.url.replace('Hello', 'Hallo') },
			'SignatureDoesNotMatch',
		);
	});

	it('is refused with a parameter more in the query', async () => {
		const options = signed();
		await expectRefused({ ...options, url: `${options.url}&Tag=1` }, 'SignatureDoesNotMatch');
	});

	const COVERED: Array<[string, string]> = [
		['content-type', 'SignatureDoesNotMatch'],
		['host', 'SignatureDoesNotMatch'],
		['x-acs-accesskey-id', 'SignatureDoesNotMatch'],
		['x-acs-action', 'SignatureDoesNotMatch'],
		['x-acs-content-sha256', 'SignatureDoesNotMatch'],
		['x-acs-date', 'SignatureDoesNotMatch'],
		['x-acs-security-token', 'InvalidSecurityToken.MismatchWithAccessKey'],
		['x-acs-signature-nonce', 'SignatureDoesNotMatch'],
		['x-acs-version', 'SignatureDoesNotMatch'],
	];

	it('covers every header that the next test changes', () => {
		expect(String(signed().headers!.authorization)).toContain(
			`SignedHeaders=${COVERED.map(([name]) => name).join(';')},`,
		);
	});

	it.each(COVERED)('is refused with one wrong byte in the header %s', async (name, code) => {
		const options = signed();
		await expectRefused(
			{ ...options, headers: { ...options.headers, [name]: `${String(options.headers![name])}0` } },
			code,
		);
	});

	it.each([
		'content-type',
		'x-acs-action',
		'x-acs-date',
		'x-acs-signature-nonce',
		'x-acs-security-token',
	])('is refused when it does not sign the header %s', async (name) => {
		const options = signed();
		const authorization = String(options.headers!.authorization).replace(`${name};`, '');
		await expectRefused(
			{ ...options, headers: { ...options.headers, authorization } },
			'IncompleteSignature',
		);
	});

	it('is refused with an x-acs header that was added after signing', async () => {
		const options = signed();
		await expectRefused(
			{ ...options, headers: { ...options.headers, 'x-acs-extra': '1' } },
			'IncompleteSignature',
		);
	});

	it.each([
		['none', undefined],
		['garbage', 'Basic dXNlcjpwYXNz'],
		[
			'a signature of the wrong length',
			'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=abc',
		],
	])('is refused when its Authorization is %s', async (_what, authorization) => {
		const options = signed();
		await expectRefused(
			{ ...options, headers: { ...options.headers, authorization } },
			'IncompleteSignature',
		);
	});

	// "V3 request structure and signature": the common headers are required, the nonce is a unique random number.
	it.each([
		'x-acs-action',
		'x-acs-version',
		'x-acs-date',
		'x-acs-signature-nonce',
		'x-acs-content-sha256',
	])('is refused when its %s is empty', async (name) => {
		await expectRefused(resign(signed(), name, ''), 'IncompleteSignature');
	});

	// The same page: the names in lower case, sorted alphabetically.
	it.each<[string, (names: string[]) => string[]]>([
		['in another order', (names) => [...names].reverse()],
		['with the first two swapped', ([one, two, ...more]) => [two, one, ...more]],
		['with one of them twice', (names) => [names[0], ...names]],
		['in upper case', (names) => names.map((name) => name.toUpperCase())],
		['with one that is not sent', (names) => [...names, 'x-acs-unsent']],
	])('is refused with its signed headers %s', async (_how, change) => {
		const options = signed();
		const authorization = String(options.headers!.authorization).replace(
			/SignedHeaders=([^,]+)/,
			(_whole, names: string) => `SignedHeaders=${change(names.split(';')).join(';')}`,
		);
		await expectRefused(
			{ ...options, headers: { ...options.headers, authorization } },
			'IncompleteSignature',
		);
	});

	it('passes once: the same nonce is refused the second time', async () => {
		const options = signed();
		expect((await sendJson(options)).body.Code).toBe('OK');
		expect((await sendJson(options)).body.Code).toBe('SignatureNonceUsed');
		expect((await sendJson(sign(SINGLE, options, 'STS.sandboxTemporary'))).body.Code).toBe('OK');
		expect(accepted()).toBe(2);
	});

	it.each([
		[16, 'InvalidTimeStamp.Expired'],
		[14, 'OK'],
		[-14, 'OK'],
		[-16, 'InvalidTimeStamp.Expired'],
	])('meets a gateway whose clock is %i minutes ahead with %s', async (clockAheadMinutes, code) => {
		sandbox.configure({ clockAheadMinutes });
		const { body, headers } = await sendJson(signed());
		expect(body.Code).toBe(code);
		expect(Math.round((Date.parse(headers.date) - Date.now()) / 60_000)).toBe(clockAheadMinutes);
	});

	it.each([
		'2026-11-21 22:38:00',
		'2026-11-21T22:38:00.000Z',
		'Sat, 21 Nov 2026 22:38:00 GMT',
		'2026-13-41T22:38:00Z',
	])('is refused with the malformed date %s', async (date) => {
		await expectRefused(resign(signed(), 'x-acs-date', date), 'InvalidTimeStamp.Format');
	});

	it.each([
		['an operation that CAMS does not have', 'SendSms', {}, 'InvalidApi.NotFound', 404],
		['a name that every object has', 'constructor', {}, 'InvalidApi.NotFound', 404],
		['an operation in the wrong letter case', 'sendChatappMessage', {}, 'InvalidApi.NotFound', 404],
		['another version', SINGLE, { 'x-acs-version': '2019-01-01' }, 'NoSuchVersion', 400],
	])('is refused for %s', async (_what, operation, headers, code, status) => {
		await expectRefused(
			sign(operation, { headers: { 'x-acs-action': operation, ...headers }, form: TEXT }),
			code,
			status,
		);
	});

	it('is refused when a parameter is given twice, in one place or in two', async () => {
		const inBoth = sign(SINGLE, { qs: { To: '6591234567' }, form: TEXT });
		const inQuery = sign(SINGLE, { url: '/?To=6591234568', qs: TEXT });
		for (const options of [inBoth, inQuery])
			expect((await sendJson(options)).body.Code).toBe('InvalidParameter');
		expect(accepted()).toBe(0);
	});

	it('may carry its parameters in the query of a GET', async () => {
		expect((await sendJson(sign(SINGLE, { method: 'GET', qs: TEMPLATE }))).body.Code).toBe('OK');
		expect(accepted()).toBe(1);
	});

	it('may be a form in the body or the query, but is not read as JSON', async () => {
		expect((await sendJson(sign(SINGLE, { body: TEXT, json: true }))).body.Code).toBe(
			'MissingChannelType',
		);
	});

	it.each([
		['sandboxInactive', 'InvalidAccessKeyId.Inactive'],
		['sandboxNoPermission', 'Ram.PermissionDeny'],
		['sandboxNotActivated', 'Product.Unsubscript'],
	])('of the account %s is refused with %s', async (accessKeyId, code) => {
		await expectRefused(sign(SINGLE, { form: TEXT }, accessKeyId), code);
	});

	it('of an unknown account is refused with HTTP 404', async () => {
		const options = authenticate(
			{ ...credentialsOf(ACCOUNT.accessKeyId), accessKeyId: 'nobody' },
			{ method: 'POST', url: '/', headers: { 'x-acs-action': SINGLE }, body: TEXT },
		);
		await expectRefused(options, 'InvalidAccessKeyId.NotFound', 404);
	});
});

describe('the parameters of a single send', () => {
	const without = (name: string) => ({ ...TEMPLATE, [name]: undefined });

	it.each<[string, object, string]>([
		['no ChannelType', without('ChannelType'), 'MissingChannelType'],
		['no Type', without('Type'), 'MissingType'],
		['no From', without('From'), 'MissingFrom'],
		['no To', without('To'), 'MissingTo'],
		['an empty To', { ...TEMPLATE, To: '' }, 'MissingTo'],
		[
			'a channel that does not exist',
			{ ...TEMPLATE, ChannelType: 'line' },
			'InvalidParameter.ChannelTypeNotSupport',
		],
		[
			'a channel in capitals',
			{ ...TEMPLATE, ChannelType: 'WhatsApp' },
			'InvalidParameter.ChannelTypeNotSupport',
		],
		['a type that does not exist', { ...TEMPLATE, Type: 'text' }, 'InvalidParameter'],
		['a plus in From', { ...TEMPLATE, From: '+6580001111' }, 'InvalidParameter.FromOnlyNumeric'],
		[
			'a sender nobody registered',
			{ ...TEMPLATE, From: '6580009999' },
			'InvalidParameter.PhoneNumberError',
		],
		[
			'a sender of another channel',
			{ ...VIBER, From: '6580001111' },
			'InvalidParameter.PhoneNumberError',
		],
		['a plus in To', { ...TEMPLATE, To: '+6591234567' }, 'InvalidParameter.ToOnlyNumeric'],
		['blanks in To', { ...TEMPLATE, To: '65 9123 4567' }, 'InvalidParameter.ToOnlyNumeric'],
		[
			'two numbers in To',
			{ ...TEMPLATE, To: '6591234567,6591234568' },
			'InvalidParameter.ToOnlyNumeric',
		],
		['no TemplateCode', without('TemplateCode'), 'InvalidParameter.TemplateCodeNotEmpty'],
		['no Language', without('Language'), 'InvalidParameter.LanguageNotEmpty'],
		[
			'a template that does not exist',
			{ ...TEMPLATE, TemplateCode: '1' },
			'DetailError.TemplateNotExist',
		],
		[
			'a language with a hyphen',
			{ ...TEMPLATE, Language: 'en-US' },
			'DetailError.TemplateNotExist',
		],
		[
			'a template that is not approved',
			{ ...TEMPLATE, TemplateCode: '900100202' },
			'InvalidParameter.AuditStatusNotSupport',
		],
		['no variables', without('TemplateParams'), 'TemplateParamInvalid'],
		[
			'a variable missing',
			{ ...TEMPLATE, TemplateParams: '{"name":"Mia"}' },
			'TemplateParamInvalid',
		],
		[
			'a variable empty',
			{ ...TEMPLATE, TemplateParams: '{"name":"","order":"1"}' },
			'TemplateParamInvalid',
		],
		[
			'a variable that is a number',
			{ ...TEMPLATE, TemplateParams: '{"name":"Mia","order":1}' },
			'TemplateParamInvalid',
		],
		['variables that are a list', { ...TEMPLATE, TemplateParams: '["Mia"]' }, 'InvalidParameter'],
		['variables that are no JSON', { ...TEMPLATE, TemplateParams: 'name=Mia' }, 'InvalidParameter'],
		['no MessageType', { ...TEXT, MessageType: undefined }, 'InvalidParameter.MessageTypeNotEmpty'],
		[
			'a MessageType that does not exist',
			{ ...TEXT, MessageType: 'fax' },
			'InvalidParameter.MessageTypeNotSupport',
		],
		['no Content', { ...TEXT, Content: undefined }, 'InvalidParameter.ContentNotEmpty'],
		[
			'a Content that is a list',
			{ ...TEXT, Content: '["Hello"]' },
			'InvalidParameter.ContentError',
		],
		[
			'a Content without text',
			{ ...TEXT, Content: '{"Text":"Hello"}' },
			'InvalidParameter.TextNotEmpty',
		],
		['an empty text', { ...TEXT, Content: '{"text":""}' }, 'InvalidParameter.TextNotEmpty'],
		[
			'a text that is a number',
			{ ...TEXT, Content: '{"text":1}' },
			'InvalidParameter.TextNotEmpty',
		],
		['a Ttl too short', { ...VIBER, Ttl: 29 }, 'InvalidParameter'],
		['a Ttl too long', { ...VIBER, Ttl: 1_209_601 }, 'InvalidParameter'],
		['a Ttl that is no whole number', { ...VIBER, Ttl: '60.5' }, 'InvalidParameter'],
		['a FallBackDuration too short', { ...TEXT, FallBackDuration: 59 }, 'InvalidParameter'],
		['a FallBackDuration too long', { ...TEXT, FallBackDuration: 43_201 }, 'InvalidParameter'],
		['Viber without a Label', { ...VIBER, Label: undefined }, 'InvalidParameter'],
		[
			'Viber with the misspelt Label of newer pages',
			{ ...VIBER, Label: 'pormotion' },
			'InvalidParameter',
		],
	])('are refused with %s', async (_what, form, code) => {
		const { status, body } = await call(SINGLE, form);
		expect([status, body.Code]).toEqual([400, code]);
		expect(accepted()).toBe(0);
	});

	it.each<[string, object]>([
		['a template', TEMPLATE],
		[
			'a template by its name',
			{ ...TEMPLATE, TemplateCode: undefined, TemplateName: 'order_update' },
		],
		[
			'a template without variables',
			{ ...TEMPLATE, TemplateCode: '900100201', Language: 'en', TemplateParams: undefined },
		],
		['a text', TEXT],
		['Viber with the shortest Ttl', { ...VIBER, Ttl: 30 }],
		['Viber with the longest Ttl', { ...VIBER, Ttl: 1_209_600, Label: 'transaction' }],
		['the shortest FallBackDuration', { ...TEXT, FallBackDuration: 60 }],
		['the longest FallBackDuration', { ...TEXT, FallBackDuration: 43_200 }],
		[
			'ids of Messenger, which are no numbers',
			{ ...TEXT, ChannelType: 'messenger', From: 'page', To: 'psid-1' },
		],
		['Instagram', { ...TEXT, ChannelType: 'instagram', From: '1784', To: '17841400000000001' }],
		['Telegram', { ...TEXT, ChannelType: 'telegram', From: 'my_bot', To: '42' }],
	])('are accepted with %s', async (_what, form) => {
		const { status, body } = await call(SINGLE, form);
		expect([status, body.Code]).toEqual([200, 'OK']);
		expect(accepted()).toBe(1);
	});

	it('are refused with HTTP 200 when the sandbox is set so; who may not even call still gets 400', async () => {
		sandbox.configure({ refusalStatus: 200 });
		const { status, body } = await call(SINGLE, without('To'));
		expect([status, body.Code]).toEqual([200, 'MissingTo']);
		const unsigned = await sendJson({ ...sign(SINGLE, { form: TEXT }), body: 'To=1' });
		expect([unsigned.status, unsigned.body.Code]).toEqual([400, 'SignatureDoesNotMatch']);
		expect(sandbox.stats()).toMatchObject({
			calls: { accepted: 0, rejected: 2 },
			recipients: { accepted: 0 },
		});
	});
});

describe('the parameters of a mass send', () => {
	const many = (count: number) =>
		toMass(...Array.from({ length: count }, (_, index) => ({ To: String(6591000000 + index) })));

	it('may name 1,000 recipients', async () => {
		expect(await codeOf(MASS, many(1000))).toBe('OK');
		expect(sandbox.stats().recipients).toEqual({ accepted: 1000, unique: 1000, duplicate: 0 });
	});

	it.each<[string, object, string]>([
		['1,001 recipients', many(1001), 'InvalidParameter'],
		['no SenderList', { ...many(1), SenderList: undefined }, 'MissingSenderList'],
		['an empty SenderList', toMass(), 'MissingSenderList'],
		[
			'a SenderList that is no JSON',
			{ ...many(1), SenderList: '6591234567,6591234568' },
			'InvalidParameter',
		],
		[
			'a SenderList that is no list',
			{ ...many(1), SenderList: '{"To":"6591234567"}' },
			'MissingSenderList',
		],
		['an entry that is a text', { ...many(1), SenderList: '["6591234567"]' }, 'InvalidParameter'],
		['an entry without To', toMass({ To: '6591234567' }, {}), 'MissingTo'],
		['an entry whose To is a number', toMass({ To: 6591234567 }), 'MissingTo'],
		[
			'an entry with a plus',
			toMass({ To: '6591234567' }, { To: '+6591234568' }),
			'InvalidParameter.ToOnlyNumeric',
		],
		[
			'an entry whose variables are text',
			{
				...many(1),
				TemplateCode: '900100200',
				Language: 'en_US',
				SenderList: '[{"To":"6591234567","TemplateParams":"{}"}]',
			},
			'InvalidParameter',
		],
		[
			'an entry without its variables',
			{ ...many(1), TemplateCode: '900100200', Language: 'en_US' },
			'TemplateParamInvalid',
		],
		['no Language', { ...many(1), Language: undefined }, 'InvalidParameter.LanguageNotEmpty'],
		['no From', { ...many(1), From: undefined }, 'MissingFrom'],
		['Telegram', { ...many(1), ChannelType: 'telegram' }, 'InvalidParameter.ChannelTypeNotSupport'],
		[
			'Viber without a Label',
			{ ...many(1), ChannelType: 'viber', From: '20001', TemplateCode: '900100300' },
			'InvalidParameter',
		],
	])('are refused as a whole with %s', async (_what, form, code) => {
		expect(await codeOf(MASS, form)).toBe(code);
		expect(accepted()).toBe(0);
	});
});

describe('the calls per second', () => {
	/** Sets the gateway's clock. */
	const at = (milliseconds: number) =>
		jest.spyOn(Date, 'now').mockReturnValue(start + milliseconds);
	// A whole second, so that the fixed window starts here.
	const start = Math.ceil(Date.now() / 1000) * 1000;

	const attempt = async (operation = SINGLE, form: object = TEXT, accessKeyId?: string) =>
		await codeOf(operation, form, accessKeyId);

	it('are counted over any second: a call passes again when the first is a second old', async () => {
		sandbox.configure({ limits: { [SINGLE]: 3 } });
		const codes: unknown[] = [];
		for (const time of [0, 400, 800, 900, 999, 1000, 1001, 1399, 1400]) {
			at(time);
			codes.push(await attempt());
		}
		const no = 'Throttling.User';
		expect(codes).toEqual(['OK', 'OK', 'OK', no, no, 'OK', no, no, 'OK']);
		expect(accepted()).toBe(5);
		expect(sandbox.stats().calls).toMatchObject({
			received: 9,
			accepted: 5,
			throttled: 4,
			rejected: 0,
			refusedBy: { [no]: 4 },
		});
	});

	it("are counted by the clock's seconds when the window is fixed", async () => {
		sandbox.configure({ limits: { [SINGLE]: 2 }, window: 'fixed' });
		const codes: unknown[] = [];
		for (const time of [900, 950, 990, 1000, 1010, 1020, 2000]) {
			at(time);
			codes.push(await attempt());
		}
		const no = 'Throttling.User';
		expect(codes).toEqual(['OK', 'OK', no, 'OK', 'OK', no, 'OK']);
	});

	it('are counted apart by AccessKey and operation', async () => {
		sandbox.configure({ limits: { [SINGLE]: 1, [MASS]: 1 } });
		at(0);
		expect(await attempt()).toBe('OK');
		expect(await attempt()).toBe('Throttling.User');
		expect(await attempt(SINGLE, TEXT, 'STS.sandboxTemporary')).toBe('OK');
		expect(await attempt(MASS, toMass({ To: '6591234567' }))).toBe('OK');
		expect(await attempt('QueryChatappPhoneNumbers', {})).toBe('OK');
		expect(await attempt(SINGLE, TEXT, 'STS.sandboxTemporary')).toBe('Throttling.User');
	});

	it.each([
		[MASS, 10],
		['ListChatappTemplate', 5],
		['GetChatappTemplateDetail', 5],
		['QueryChatappPhoneNumbers', 10],
		['ListFlow', 5],
		['GetChatappUploadAuthorization', 5],
	])('of %s are %i, as documented', async (operation, limit) => {
		at(0);
		const codes: unknown[] = [];
		for (let number = 0; number <= limit; number++) codes.push(await attempt(operation, {}));
		expect(codes.indexOf('Throttling.User')).toBe(limit);
	});

	it('of a request with a wrong signature do not count', async () => {
		sandbox.configure({ limits: { [SINGLE]: 1 } });
		at(0);
		await send({ ...sign(SINGLE, { form: TEXT }), body: 'To=1' });
		expect(await attempt()).toBe('OK');
	});

	it.each(['Throttling.User', 'Throttling.Api', 'Throttling', 'System.LimitControl'] as const)(
		'are refused with %s and the wait that is set',
		async (throttleCode) => {
			sandbox.configure({ limits: { [SINGLE]: 0 }, throttleCode, retryAfterMs: 750 });
			const { status, headers, body } = await call(SINGLE, TEXT);
			expect([status, body.Code, headers['x-acs-retry-after']]).toEqual([400, throttleCode, '750']);
			expect(sandbox.stats().calls).toMatchObject({
				throttled: 1,
				rejected: 0,
				refusedBy: { [throttleCode]: 1 },
			});
		},
	);

	it('name no wait when none is set, and other refusals never do', async () => {
		sandbox.configure({ limits: { [SINGLE]: 0 } });
		expect((await call(SINGLE, TEXT)).headers).not.toHaveProperty('x-acs-retry-after');
		sandbox.configure({ limits: { [SINGLE]: 9 }, retryAfterMs: 750 });
		expect((await call(SINGLE, {})).headers).not.toHaveProperty('x-acs-retry-after');
	});

	it('keep the documented limits beside the one that a sandbox is started with, as config does', async () => {
		const other = await startSandbox(0, { limits: { [SINGLE]: 1 } });
		try {
			const list = () =>
				authenticate(
					{ ...credentialsOf(ACCOUNT.accessKeyId), endpoint: other.url },
					{ method: 'POST', url: '/', headers: { 'x-acs-action': 'ListChatappTemplate' } },
				);
			const now = Date.now();
			jest.spyOn(Date, 'now').mockReturnValue(now);
			for (let number = 0; number < 6; number++) await send(list());
			expect(other.stats().calls).toMatchObject({ accepted: 5, throttled: 1 });
		} finally {
			await other.close();
		}
	});
});

describe('a fault', () => {
	const strike = (kind: FaultKind, more: object = { calls: [1] }) =>
		sandbox.configure({ faults: [{ kind, ...more }] });

	it.each<[FaultKind, number, unknown, number]>([
		['serverErrorBefore', 503, 'ServiceUnavailable', 0],
		['serverErrorAfter', 500, 'InternalError', 1],
		['otherCode', 200, 'Sandbox.Refused', 0],
		['nonceUsed', 400, 'SignatureNonceUsed', 1],
		['throttle', 400, 'Throttling.User', 0],
	])(
		'%s answers HTTP %i with %s and has taken %i message',
		async (kind, expectedStatus, code, taken) => {
			strike(kind);
			const { status, body } = await call(SINGLE, TEXT);
			expect([status, body.Code]).toEqual([expectedStatus, code]);
			expect(body).not.toHaveProperty('MessageId');
			expect(accepted()).toBe(taken);
			expect(sandbox.stats().calls).toMatchObject({ received: 1, faulted: 1, accepted: taken });
		},
	);

	it.each<[FaultKind, RegExp]>([
		['nonJson', /^<html>/],
		['truncatedJson', /^\{"Code":"OK"/],
	])(
		'%s answers HTTP 200 with something that is no JSON, and has taken 1 message',
		async (kind, text) => {
			strike(kind);
			const answer = await send(sign(SINGLE, { form: TEXT }));
			expect(answer.status).toBe(200);
			expect(answer.text).toMatch(text);
			expect(() => void JSON.parse(answer.text)).toThrow(SyntaxError);
			expect(accepted()).toBe(1);
		},
	);

	it.each<[FaultKind, number]>([
		['resetBefore', 0],
		['resetAfter', 1],
	])('%s breaks the connection and has taken %i message', async (kind, taken) => {
		strike(kind);
		await expect(send(sign(SINGLE, { form: TEXT }))).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(accepted()).toBe(taken);
	});

	it('hangAfter takes the message and never answers, while other calls are answered', async () => {
		strike('hangAfter');
		const stop = new AbortController();
		let isAnswered = false;
		const hanging = send(sign(SINGLE, { form: TEXT }), { signal: stop.signal }).finally(
			() => (isAnswered = true),
		);
		while (accepted() === 0) await turn();
		expect(await codeOf(SINGLE, TEXT)).toBe('OK');
		expect(isAnswered).toBe(false);
		stop.abort();
		await expect(hanging).rejects.toMatchObject({ code: 'ERR_CANCELED' });
		expect(accepted()).toBe(2);
	});

	it('throttle names the wait that is set', async () => {
		sandbox.configure({ retryAfterMs: 750 });
		strike('throttle');
		expect((await call(SINGLE, TEXT)).headers['x-acs-retry-after']).toBe('750');
	});

	it('takes every recipient of a mass send, or none', async () => {
		const form = toMass({ To: '6591234567' }, { To: '6591234568' });
		strike('serverErrorAfter');
		await call(MASS, form);
		expect(accepted()).toBe(2);
		sandbox.reset();
		strike('serverErrorBefore');
		await call(MASS, form);
		expect(accepted()).toBe(0);
	});

	it('strikes the sends it names, counted since the reset, and no other operation', async () => {
		strike('otherCode', { calls: [2] });
		const codes = async () => {
			const found: unknown[] = [
				await codeOf(SINGLE, TEXT),
				await codeOf('QueryChatappPhoneNumbers', {}),
			];
			return [
				...found,
				await codeOf(MASS, toMass({ To: '6591234567' })),
				await codeOf(SINGLE, TEXT),
			];
		};
		expect(await codes()).toEqual(['OK', 'OK', 'Sandbox.Refused', 'OK']);
		sandbox.reset();
		expect(await codes()).toEqual(['OK', 'OK', 'Sandbox.Refused', 'OK']);
	});

	it('strikes every n-th send, all or none of them', async () => {
		const codes = async () => [
			await codeOf(SINGLE, TEXT),
			await codeOf(SINGLE, TEXT),
			await codeOf(SINGLE, TEXT),
			await codeOf(SINGLE, TEXT),
		];
		strike('otherCode', { every: 2 });
		expect(await codes()).toEqual(['OK', 'Sandbox.Refused', 'OK', 'Sandbox.Refused']);
		strike('otherCode', { share: 1 });
		expect(await codes()).toEqual(Array(4).fill('Sandbox.Refused'));
		strike('otherCode', { share: 0 });
		expect(await codes()).toEqual(Array(4).fill('OK'));
	});

	it('takes no message that the gateway would have refused', async () => {
		strike('resetAfter');
		const { body } = await sendJson({ ...sign(SINGLE, { form: TEXT }), body: 'To=1' });
		expect(body.Code).toBe('SignatureDoesNotMatch');
		strike('serverErrorAfter', { every: 1 });
		expect(await codeOf(SINGLE, { ...TEXT, To: '' })).toBe('MissingTo');
		expect(accepted()).toBe(0);
	});
});

describe('the settings', () => {
	it.each<[string, object]>([
		['a misspelt setting', { latencyMS: 5 }],
		['a misspelt part of a fault', { faults: [{ kind: 'throttle', call: [1] }] }],
		['a fault that does not exist', { faults: [{ kind: 'explode' }] }],
		['a fault without a kind', { faults: [{ calls: [1] }] }],
		['a size that is no whole number', { uploadMostBytes: 1.5 }],
		['a limit below zero', { limits: { [SINGLE]: -1 } }],
		['a status that the API does not give', { refusalStatus: 500 }],
	])('are refused with %s, and nothing of them is taken over', async (_what, settings) => {
		const answer = await admin('config', { throttleCode: 'System.LimitControl', ...settings });
		expect(answer.status).toBe(400);
		sandbox.configure({ limits: { [SINGLE]: 0 } });
		expect(await codeOf(SINGLE, TEXT)).toBe('Throttling.User');
	});

	it('are taken over in parts, and told', async () => {
		const answer = await admin('config', {
			limits: { [SINGLE]: 0 },
			throttleCode: 'Throttling.Api',
		});
		expect(answer.status).toBe(200);
		expect(answer.data).toMatchObject({
			throttleCode: 'Throttling.Api',
			window: 'rolling',
			limits: { [SINGLE]: 0, [MASS]: 10 },
		});
		expect(await codeOf(SINGLE, TEXT)).toBe('Throttling.Api');
	});
});

describe('the statistics', () => {
	it('count recipients by channel, doubled ones apart', async () => {
		await call(MASS, toMass({ To: '6591234567' }, { To: '6591234568' }, { To: '6591234567' }));
		await call(SINGLE, TEXT);
		await call(SINGLE, VIBER);
		const { data } = await axios.get<ReturnType<Sandbox['stats']>>(
			`${sandbox.url}/__sandbox/stats`,
			{ proxy: false },
		);
		expect(data.recipients).toEqual({ accepted: 5, unique: 3, duplicate: 2 });
		expect(data.calls).toEqual({
			received: 3,
			accepted: 3,
			throttled: 0,
			rejected: 0,
			faulted: 0,
			byOperation: { [MASS]: 1, [SINGLE]: 2 },
			refusedBy: {},
		});
		expect(data.messages.map(({ to }) => to)).toEqual([
			'6591234567',
			'6591234568',
			'6591234567',
			'6591234567',
			'6591234567',
		]);
	});

	const NO_RECEIPTS = {
		...{
			pushed: 0,
			receipts: 0,
			answered: 0,
			failed: 0,
			retried: 0,
			givenUp: 0,
			notCalled: 0,
			open: 0,
		},
		...{ distinct: {}, p50Ms: 0, p99Ms: 0, slowestMs: 0, last: [] },
	};

	it('are empty after a reset, which also forgets nonces and calls per second but not the settings', async () => {
		sandbox.configure({ limits: { [SINGLE]: 1 } });
		jest.spyOn(Date, 'now').mockReturnValue(Date.now());
		const options = sign(SINGLE, { form: TEXT });
		await send(options);
		expect((await admin('reset', {})).status).toBe(200);
		expect(sandbox.stats()).toEqual({
			calls: {
				received: 0,
				accepted: 0,
				throttled: 0,
				rejected: 0,
				faulted: 0,
				byOperation: {},
				refusedBy: {},
			},
			recipients: { accepted: 0, unique: 0, duplicate: 0 },
			faults: {},
			uploads: { count: 0, refusedBy: {}, files: [] },
			receipts: { cams: NO_RECEIPTS, innoPaas: NO_RECEIPTS },
			messages: [],
		});
		expect((await sendJson(options)).body.Code).toBe('OK');
		expect(await codeOf(SINGLE, TEXT)).toBe('Throttling.User');
	});

	const read = async (path: string) =>
		(await axios.get<Record<string, unknown>>(`${sandbox.url}/__sandbox/${path}`, { proxy: false }))
			.data;

	it('tell how often each recipient was accepted, until the reset', async () => {
		await call(MASS, toMass({ To: '6591234567' }, { To: '6591234568' }, { To: '6591234567' }));
		await call(SINGLE, VIBER);
		expect(await read('recipients')).toEqual({
			'whatsapp:6591234567': 2,
			'whatsapp:6591234568': 1,
			'viber:6591234567': 1,
		});
		sandbox.reset();
		expect(await read('recipients')).toEqual({});
	});

	it('come without the messages when these are not wanted', async () => {
		await call(SINGLE, TEXT);
		expect(await read('stats')).toMatchObject({ messages: [{ to: '6591234567' }] });
		const short = await read('stats?messages=false');
		expect(short).toMatchObject({ recipients: { accepted: 1 } });
		expect(short).not.toHaveProperty('messages');
	});

	it('count faults by kind, with the recipients that their calls carried, taken or not', async () => {
		sandbox.configure({
			faults: [
				{ kind: 'serverErrorBefore', calls: [1] },
				{ kind: 'nonceUsed', calls: [2, 3] },
				{ kind: 'throttle', calls: [4] },
			],
		});
		await call(MASS, toMass({ To: '6591234567' }, { To: '6591234568' }));
		await call(MASS, toMass({ To: '6591234567' }, { To: '6591234567' }, { To: '6591234568' }));
		await call(SINGLE, TEXT);
		await call(SINGLE, TEXT);
		await call(SINGLE, TEXT);
		expect(sandbox.stats().faults).toEqual({
			serverErrorBefore: { calls: 1, recipients: 2 },
			nonceUsed: { calls: 2, recipients: 4 },
			throttle: { calls: 1, recipients: 1 },
		});
	});

	it('count no fault for a call that the gateway refused before', async () => {
		sandbox.configure({ faults: [{ kind: 'serverErrorAfter', every: 1 }] });
		expect(await codeOf(SINGLE, { ...TEXT, To: '' })).toBe('MissingTo');
		expect(sandbox.stats()).toMatchObject({
			faults: {},
			calls: { received: 1, rejected: 1, faulted: 0 },
		});
	});

	it('tell when the first send came', async () => {
		const before = Date.now();
		await call('QueryChatappPhoneNumbers', {});
		expect(sandbox.stats().firstCallAt).toBeUndefined();
		await call(SINGLE, TEXT);
		const { firstCallAt } = sandbox.stats();
		expect(firstCallAt).toBeGreaterThanOrEqual(before);
		await call(SINGLE, TEXT);
		expect(sandbox.stats().firstCallAt).toBe(firstCallAt);
	});

	it('give every message an id of its own', async () => {
		const settings: Partial<Settings> = { limits: { [SINGLE]: 1000 } };
		sandbox.configure(settings);
		jest.spyOn(Date, 'now').mockReturnValue(Date.now());
		const ids = await Promise.all(
			Array.from({ length: 50 }, async () => (await call(SINGLE, TEXT)).body.MessageId),
		);
		expect(new Set(ids).size).toBe(50);
	});
});
