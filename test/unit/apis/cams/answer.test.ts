import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';
import fc from 'fast-check';
import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { readCamsAnswer } from '../../../../nodes/shared/apis/cams/answer';
import { parseAnswerBody, readFailure } from '../../../../nodes/shared/http/apiAnswer';
import { anyString } from '../../../support/anyString';
import { growthOf, MAX_LINEAR_GROWTH } from '../../../support/growth';

const answer = (statusCode: number, body: unknown, headers: Record<string, string> = {}) =>
	readCamsAnswer({
		statusCode,
		headers,
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});

describe('an answer that accepts', () => {
	it.each([
		[
			'with a message id',
			200,
			{ Code: 'OK', Message: 'OK', RequestId: 'r-1', MessageId: '42' },
			{ messageId: '42' },
		],
		[
			'with the id of a group of messages',
			200,
			{ Code: 'OK', RequestId: 'r-1', GroupMessageId: 'g-7' },
			{ groupMessageId: 'g-7' },
		],
		[
			'with both',
			200,
			{ Code: 'OK', RequestId: 'r-1', MessageId: '42', GroupMessageId: '43' },
			{ messageId: '42', groupMessageId: '43' },
		],
		[
			'with ids that are numbers',
			200,
			{ Code: 'OK', RequestId: 'r-1', MessageId: 42, GroupMessageId: 0 },
			{ messageId: '42', groupMessageId: '0' },
		],
		['without a message id', 200, { Code: 'OK', RequestId: 'r-1' }, {}],
		[
			'with an id that is none',
			200,
			{ Code: 'OK', RequestId: 'r-1', MessageId: { a: 1 }, GroupMessageId: null },
			{},
		],
		[
			'whatever its Message says',
			200,
			{ Code: 'OK', Message: 'You are not authorized', RequestId: 'r-1' },
			{},
		],
		['with another 2xx status', 202, { Code: 'OK', RequestId: 'r-1' }, {}],
		['with names in lower case', 200, { code: 'OK', requestId: 'r-1' }, {}],
	])('is a 2xx with the code OK, %s', (_what, status, body, ids) => {
		expect(answer(status, body)).toEqual({ outcome: 'accepted', body, requestId: 'r-1', ...ids });
	});

	it.each([
		['MessageId', 'messageId'],
		['GroupMessageId', 'groupMessageId'],
	])('keeps every digit of a %s that is a number above 2^53', (name, field) => {
		for (const id of ['9007199254740993', '202611210001000001', '12345678901234567890']) {
			expect(answer(200, `{"Code":"OK","RequestId":"r-1","${name}":${id}}`)).toMatchObject({
				outcome: 'accepted',
				[field]: id,
			});
		}
	});
});

describe('an answer that refuses', () => {
	// cams-api: operation pages, business codes, gateway codes.
	it.each([
		[400, 'Product.Unsubscript'],
		[400, 'Ram.PermissionDeny'],
		[400, 'Unknown.ResourceOwnerId'],
		[400, 'Authentication.NoAuth'],
		[400, 'InvalidParameter.FromOnlyNumeric'],
		[400, 'InvalidParameter.AuditStatusNotSupport'],
		[400, 'DetailError.TemplateNotExist'],
		[400, 'TemplateListError.QueryError'],
		[400, 'SessionWindowExpired'],
		[404, 'InvalidAccessKeyId.NotFound'],
		[400, 'InvalidAccessKeyId.Inactive'],
		[403, 'SignatureDoesNotMatch'],
		[400, 'IncompleteSignature'],
		[400, 'InvalidTimeStamp.Expired'],
		[400, 'MissingTo'],
		[404, 'InvalidApi.NotFound'],
		[403, 'Forbidden.RAM'],
		[429, 'Some.NewCode'],
		[200, 'InvalidParameter.ToOnlyNumeric'],
		[200, 'ok'],
	])('says so by HTTP %i with the code %s', (httpStatus, code) => {
		expect(
			answer(httpStatus, { Code: code, Message: 'why', RequestId: 'r-1', HostId: 'h' }),
		).toEqual({
			outcome: 'rejected',
			code,
			message: 'why',
			httpStatus,
			requestId: 'r-1',
		});
	});

	it('is read in lower case too, and without a message', () => {
		expect(answer(400, { code: 'MissingTo', requestId: 'r-1' })).toEqual({
			outcome: 'rejected',
			code: 'MissingTo',
			message: '',
			httpStatus: 400,
			requestId: 'r-1',
		});
	});
});

describe('an answer that rateLimiters', () => {
	it.each([
		[400, 'Throttling'],
		[400, 'Throttling.User'],
		[400, 'Throttling.Api'],
		[400, 'System.LimitControl'],
		[429, 'Throttling.User'],
		[200, 'System.LimitControl'],
	])('may be tried again: HTTP %i with the code %s', (status, code) => {
		expect(
			answer(
				status,
				{ Code: code, Message: 'slow down', RequestId: 'r-1' },
				{ 'x-acs-retry-after': '750' },
			),
		).toEqual({
			outcome: 'retryLater',
			cause: 'throttled',
			code,
			message: 'slow down',
			requestId: 'r-1',
			retryAfterMs: 750,
		});
	});

	it.each([
		['absent', {}],
		['a word', { 'x-acs-retry-after': 'soon' }],
		['negative', { 'x-acs-retry-after': '-5' }],
		['endless', { 'x-acs-retry-after': 'Infinity' }],
		// Read as 0 it would mean: again at once, without any pause.
		['empty', { 'x-acs-retry-after': '' }],
	])('asks for no certain wait when x-acs-retry-after is %s', (_what, headers) => {
		expect(
			answer(400, { Code: 'Throttling.User' }, headers as Record<string, string>),
		).toMatchObject({
			outcome: 'retryLater',
			retryAfterMs: undefined,
		});
	});
});

describe('an answer that leaves open what became of the message', () => {
	it('is a used nonce: the first copy of the request may have been executed', () => {
		expect(answer(400, { Code: 'SignatureNonceUsed', RequestId: 'r-1' })).toMatchObject({
			outcome: 'unknown',
			cause: 'nonceUsed',
			code: 'SignatureNonceUsed',
			requestId: 'r-1',
		});
	});

	it.each([
		[500, { Code: 'InternalError', RequestId: 'r-1' }],
		[503, { Code: 'ServiceUnavailable', RequestId: 'r-1' }],
		[503, { Code: 'Throttling.User', RequestId: 'r-1' }],
		[500, { Code: 'OK', MessageId: '1', RequestId: 'r-1' }],
		[502, '<html>Bad Gateway</html>'],
		[504, ''],
	])('is a fault of the server: HTTP %i with %j', (status, body) => {
		expect(answer(status, body)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
	});

	it.each([
		['no JSON', 200, 'OK'],
		['JSON cut off', 200, '{"Code":"OK","Mess'],
		['empty', 200, ''],
		['an array', 200, '[{"Code":"OK"}]'],
		['null', 200, 'null'],
		['without a code', 200, '{"Message":"OK"}'],
		['a code that is an object', 200, '{"Code":{"OK":true}}'],
		// An empty code says nothing; counted as a refusal, the user would be told to send again.
		['an empty code', 200, '{"Code":""}'],
		['a page of something on the way, HTTP 400', 400, '<html>Bad Request</html>'],
		['a page of something on the way, HTTP 409', 409, '<html>Conflict</html>'],
		['the status again, by something on the way', 408, '{"code":408,"message":"Timeout"}'],
		['the status again as text', 400, '{"code":"400","message":"Bad Request"}'],
		['success in the words of another API', 200, '{"code":200,"message":"success"}'],
		['a redirect', 302, ''],
		['a redirect that says OK', 302, '{"Code":"OK"}'],
		['an interim answer', 100, '{"Code":"OK"}'],
		// Contradicts itself, so it proves nothing.
		['OK under HTTP 400', 400, '{"Code":"OK"}'],
	])('is unreadable: %s', (_what, status, body) => {
		expect(answer(status, body)).toMatchObject({ outcome: 'unknown', cause: 'unreadableAnswer' });
	});

	// nginx, Apache, Alibaba's SLB and Cloudflare answer so, before anything behind them has seen the request.
	it.each([401, 403, 404, 405, 406, 407, 410, 411, 413, 414, 415, 417, 421, 426, 428, 431])(
		'proves by HTTP %i alone that nothing was accepted',
		(status) => {
			const bodies = ['<html><h1>No</h1></html>', '{"error":"No"}', '', `{"code":${status}}`];
			for (const body of bodies) {
				expect(answer(status, body)).toMatchObject({
					outcome: 'rejected',
					code: `HTTP ${status}`,
					httpStatus: status,
				});
			}
			expect(answer(status, '{"Code":"OK"}')).toMatchObject({ outcome: 'unknown' });
		},
	);

	it('proves by HTTP 429 alone that the same call may pass later', () => {
		for (const body of ['<html>', '{"code":429,"message":"Too Many Requests"}']) {
			expect(
				readCamsAnswer({ statusCode: 429, headers: { 'retry-after': '2' }, body }),
			).toMatchObject({ outcome: 'retryLater', cause: 'throttled', retryAfterMs: 2_000 });
		}
	});
});

describe('any answer at all', () => {
	const anyCode = fc.oneof(
		fc.constantFrom(
			'OK',
			'ok',
			' OK',
			'Throttling',
			'System.LimitControl',
			'SignatureNonceUsed',
			'MissingTo',
		),
		fc.jsonValue(),
	);
	const anyBody = fc.oneof(
		anyString(),
		fc.json(),
		fc
			.record({ Code: anyCode, code: anyCode, Message: fc.jsonValue() }, { requiredKeys: [] })
			.map((body) => JSON.stringify(body)),
		fc.nat(40).map((length) => '{"Code":"OK","MessageId":"1234567890123456789"}'.slice(0, length)),
	);
	const anyStatus = fc.oneof(
		fc.constantFrom(200, 204, 302, 400, 429, 500, 503),
		fc.integer({ min: 100, max: 599 }),
	);

	it('is read without a throw, and accepts only as a 2xx whose code is OK', () => {
		fc.assert(
			fc.property(anyStatus, anyBody, (statusCode, body) => {
				const { outcome } = readCamsAnswer({ statusCode, headers: {}, body });
				if (outcome !== 'accepted') return;
				expect(statusCode).toBeGreaterThanOrEqual(200);
				expect(statusCode).toBeLessThan(300);
				const { Code, code } = JSON.parse(body) as Record<string, unknown>;
				expect([Code, code]).toContain('OK');
			}),
			{ numRuns: 2_000 },
		);
	});

	it('is unknown when it comes with a 5xx', () => {
		fc.assert(
			fc.property(fc.integer({ min: 500, max: 599 }), anyBody, (statusCode, body) => {
				expect(readCamsAnswer({ statusCode, headers: {}, body }).outcome).toBe('unknown');
			}),
		);
	});

	// The long number keeps the texts from the fast path of JSON.parse.
	const ID = '"RequestId":1234567890123456';
	it.each<[string, (size: number) => string]>([
		['a string that never ends, full of quotes', (size) => `{${ID},"Code":"${'\\"'.repeat(size)}`],
		['one endless number', (size) => `{${ID},"Code":${'1'.repeat(size)}.}`],
	])('is read in linear time, even %s', (_what, bodyOf) => {
		const read = (body: string) => readCamsAnswer({ statusCode: 200, headers: {}, body });
		expect(growthOf(read, bodyOf, 4_000)).toBeLessThan(MAX_LINEAR_GROWTH);
	});
});

describe('parseAnswerBody', () => {
	it('keeps every digit of ids that a number cannot hold', () => {
		expect(
			parseAnswerBody(
				'{"MessageId":9007199254740993,"Ids":[ 202611210001000001 , -12345678901234567890 ]}',
			),
		).toEqual({
			MessageId: '9007199254740993',
			Ids: ['202611210001000001', '-12345678901234567890'],
		});
	});

	it('gives any whole number of 16 to 30 digits back as the same text, wherever it stands', () => {
		const long = fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n - 1n });
		fc.assert(
			fc.property(long, fc.boolean(), fc.constantFrom('', ' ', '\n\t'), (id, isNegative, gap) => {
				const digits = `${isNegative ? '-' : ''}${id}`;
				expect(
					parseAnswerBody(
						`{"a":${gap}${digits}${gap},"b":[${gap}${digits}${gap},{"c":${digits}}]}`,
					),
				).toEqual({
					a: digits,
					b: [digits, { c: digits }],
				});
			}),
		);
	});

	it('leaves numbers that fit as they are', () => {
		expect(parseAnswerBody('{"a":0,"b":-1,"c":123456789012345}')).toEqual({
			a: 0,
			b: -1,
			c: 123456789012345,
		});
	});

	it('leaves digits inside strings alone', () => {
		fc.assert(
			fc.property(anyString(), fc.stringMatching(/^\d{16,30}$/), (text, digits) => {
				const body = {
					[`${text}${digits}`]: `${text}"${digits}\\${text}:${digits}`,
					after: digits,
				};
				expect(parseAnswerBody(JSON.stringify(body))).toEqual(body);
			}),
		);
	});

	it('leaves numbers with a fraction or an exponent alone, however many digits they have', () => {
		// A plain double such as 0.1 + 0.2 prints 17 digits: it must not cost the whole answer.
		const double = fc
			.double({ noNaN: true, noDefaultInfinity: true })
			.map(String)
			.filter((digits) => /[.e]/.test(digits));
		fc.assert(
			fc.property(double, (digits) => {
				expect(parseAnswerBody(`{"Code":"OK","Price":${digits}}`)).toEqual({
					Code: 'OK',
					Price: Number(digits),
				});
			}),
			{ examples: [['0.30000000000000004'], ['12345678901234567.5'], ['1234567890123456e2']] },
		);
	});
});

describe('a call that brought no answer', () => {
	const node = {
		id: '1',
		name: 'CAMS Send',
		type: 'camsSend',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	} as INode;
	const config = { url: 'https://cams.ap-southeast-1.aliyuncs.com/' } as InternalAxiosRequestConfig;

	const system = (code: string, syscall: string, message = `${syscall} ${code} 203.0.113.7:443`) =>
		Object.assign(new Error(message), { code, syscall });
	const tls = (code: string, message: string) => Object.assign(new Error(message), { code });
	/** What axios makes of an error of Node.js, as its http adapter does. */
	const thrown = (error: Error) => AxiosError.from(error, undefined, config, {});
	/** What n8n makes of that: httpRequestWithAuthentication wraps whatever it catches. */
	const wrapped = (error: Error) => new NodeApiError(node, error as unknown as JsonObject);

	const neverWritten: Array<[string, Error, string?]> = [
		['ECONNREFUSED', system('ECONNREFUSED', 'connect')],
		[
			'ENOTFOUND',
			system('ENOTFOUND', 'getaddrinfo', 'getaddrinfo ENOTFOUND cams.nowhere.aliyuncs.com'),
		],
		[
			'EAI_AGAIN',
			system('EAI_AGAIN', 'getaddrinfo', 'getaddrinfo EAI_AGAIN cams.ap-southeast-1.aliyuncs.com'),
		],
		['EHOSTUNREACH', system('EHOSTUNREACH', 'connect')],
		['ENETUNREACH', system('ENETUNREACH', 'connect')],
		['ETIMEDOUT', system('ETIMEDOUT', 'connect')],
		['CERT_HAS_EXPIRED', tls('CERT_HAS_EXPIRED', 'certificate has expired')],
		['DEPTH_ZERO_SELF_SIGNED_CERT', tls('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate')],
		[
			'SELF_SIGNED_CERT_IN_CHAIN',
			tls('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
		],
		[
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			tls('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
		],
		[
			'ERR_TLS_CERT_ALTNAME_INVALID',
			tls('ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"),
		],
		// Seen with Node.js 20.20.2 and axios against a port that speaks plain HTTP, and one that closes at once.
		[
			'EPROTO',
			system(
				'EPROTO',
				'write',
				'write EPROTO 00:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:354:',
			),
			' from plain HTTP',
		],
		[
			'ECONNRESET',
			tls(
				'ECONNRESET',
				'Client network socket disconnected before secure TLS connection was established',
			),
			' before TLS',
		],
		[
			// What Node.js throws after it tried every address of a host ("happy eyeballs").
			'ECONNREFUSED',
			Object.assign(
				new AggregateError([system('ECONNREFUSED', 'connect'), system('ECONNREFUSED', 'connect')]),
				{
					code: 'ECONNREFUSED',
				},
			),
			' of every address',
		],
	];

	describe.each([
		['as axios throws it', (error: Error): Error => error],
		['as n8n wraps it', wrapped],
	])('%s', (_how, make) => {
		it.each(
			neverWritten.map(([code, error, more = '']) => [`${code}${more}`, code, error] as const),
		)('may be tried again when nothing can have been written: %s', (_what, code, error) => {
			expect(readFailure(make(thrown(error)))).toEqual({
				outcome: 'retryLater',
				cause: 'unreachable',
				why: expect.any(String),
				network: code,
			});
		});

		it.each([
			[
				'the connection broke while reading',
				'connectionLost',
				thrown(system('ECONNRESET', 'read', 'read ECONNRESET')),
			],
			[
				'the connection broke before the answer',
				'connectionLost',
				thrown(tls('ECONNRESET', 'socket hang up')),
			],
			[
				'the connection broke while writing',
				'connectionLost',
				thrown(system('EPIPE', 'write', 'write EPIPE')),
			],
			['TLS broke down', 'connectionLost', thrown(system('EPROTO', 'write', 'write EPROTO'))],
			[
				'plain text came over TLS',
				'connectionLost',
				thrown(
					tls(
						'ERR_SSL_WRONG_VERSION_NUMBER',
						'80BC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:354:\n',
					),
				),
			],
			// On a connection that stood, these come after the retransmissions: the request may have arrived.
			[
				'the host went away while reading',
				'connectionLost',
				thrown(system('EHOSTUNREACH', 'read', 'read EHOSTUNREACH')),
			],
			[
				'the network went away while reading',
				'connectionLost',
				thrown(system('ENETUNREACH', 'read', 'read ENETUNREACH')),
			],
			[
				'the connection timed out while reading',
				'timeout',
				thrown(system('ETIMEDOUT', 'read', 'read ETIMEDOUT')),
			],
			[
				'no answer came in time',
				'timeout',
				new AxiosError('timeout of 30000ms exceeded', 'ECONNABORTED', config, {}),
			],
			[
				'no answer came in time (newer code)',
				'timeout',
				new AxiosError('timeout of 30000ms exceeded', 'ETIMEDOUT', config, {}),
			],
			['the execution was stopped', 'connectionLost', new CanceledError(undefined, config, {})],
			[
				'the answer was too large',
				'connectionLost',
				new AxiosError('maxContentLength size of 1 exceeded', 'ERR_BAD_RESPONSE', config, {}),
			],
			['nobody knows why', 'connectionLost', new Error('Something else')],
		])('is unknown when %s', (_what, cause, error) => {
			expect(readFailure(make(error))).toMatchObject({ outcome: 'unknown', cause });
		});
	});

	it.each([
		['undefined', undefined],
		['null', null],
		['a text', 'ECONNREFUSED'],
		['an empty object', {}],
	])('is unknown when what was thrown is %s', (_what, error) => {
		expect(readFailure(error)).toEqual({
			outcome: 'unknown',
			cause: 'connectionLost',
			network: undefined,
		});
	});

	it('may be tried again when only the single attempts of an AggregateError carry the code', () => {
		expect(readFailure(new AggregateError([system('ECONNREFUSED', 'connect')]))).toMatchObject({
			outcome: 'retryLater',
			network: 'ECONNREFUSED',
		});
	});

	it('is read to an end when its causes form a ring', () => {
		const ring = new Error('ring') as Error & { cause: unknown };
		ring.cause = ring;
		expect(readFailure(ring)).toMatchObject({ outcome: 'unknown', cause: 'connectionLost' });
	});
});
