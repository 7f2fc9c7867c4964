import fc from 'fast-check';

import { readInnoPaasAnswer } from '../../../../nodes/shared/apis/innoPaas/answer';
import { INNOPAAS_ERRORS } from '../../../../nodes/shared/apis/innoPaas/errors';
import { unknownRefusal } from '../../../../nodes/shared/http/errorCatalog';

const answer = (statusCode: number, body: unknown, headers: Record<string, string> = {}) =>
	readInnoPaasAnswer({
		statusCode,
		headers,
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});

describe('an answer that accepts', () => {
	it.each<[string, number, object, string | undefined]>([
		[
			'as the number query answers',
			200,
			{ code: '0', success: true, message: 'Success', data: '900000000000000001' },
			'900000000000000001',
		],
		['without success', 200, { code: '0', data: '9' }, '9'],
		['with six zeros, as one of its products', 200, { code: '000000', data: '9' }, '9'],
		['with a code that is a number', 200, { code: 0, data: '9' }, '9'],
		['with an id that is a number', 200, { code: '0', data: 42 }, '42'],
		['without an id', 200, { code: '0' }, undefined],
		['with an id that is nothing', 200, { code: '0', data: null }, undefined],
		['with several ids', 200, { code: '0', data: ['1', '2'] }, '["1","2"]'],
		['with an id inside something', 200, { code: '0', data: { id: '1' } }, '{"id":"1"}'],
		['with another status that is good', 202, { code: '0', data: '9' }, '9'],
		['whatever its message says', 200, { code: '0', message: 'Unauthorized', data: '9' }, '9'],
	])('has the code 0, %s', (_what, status, body, messageId) => {
		expect(answer(status, body)).toEqual({ outcome: 'accepted', body, messageId });
	});

	it.each(['9007199254740993', '900000000000000001', '12345678901234567890'])(
		'keeps every digit of an id that is a number: %s',
		(id) => {
			expect(answer(200, `{"code":"0","success":true,"data":${id}}`)).toMatchObject({
				outcome: 'accepted',
				messageId: id,
			});
			expect(answer(200, `{"code":0,"data":[${id}]}`)).toMatchObject({
				outcome: 'accepted',
				messageId: `["${id}"]`,
			});
		},
	);
});

describe('an answer that refuses', () => {
	it.each([
		[200, '101'],
		[200, '110'],
		[400, '118'],
		[401, '102'],
		[403, '114'],
		[404, '143'],
		[200, '999'],
		[200, 'A0001'],
	])('says so by HTTP %i with the code %s', (httpStatus, code) => {
		for (const more of [{}, { success: false }]) {
			expect(answer(httpStatus, { code, message: 'why', ...more })).toEqual({
				outcome: 'rejected',
				code,
				message: 'why',
				httpStatus,
			});
		}
	});

	it.each([401, 403, 404, 405, 406, 407, 410, 411, 413, 414, 415, 417, 421, 426, 428, 431])(
		'says so by HTTP %i alone, whatever stands in it',
		(httpStatus) => {
			for (const body of ['', '<html>', '{"status":1}', '{"code":null}', 'null', '[]', '{"code"']) {
				expect(answer(httpStatus, body)).toMatchObject({
					outcome: 'rejected',
					code: `HTTP ${httpStatus}`,
					httpStatus,
				});
			}
		},
	);

	it('may repeat its status as its code, as ordinary servers do', () => {
		expect(answer(401, { code: 401, message: 'Unauthorized' })).toEqual({
			outcome: 'rejected',
			code: 'HTTP 401',
			message: 'Unauthorized',
			httpStatus: 401,
		});
		expect(answer(404, { code: '404' })).toMatchObject({ outcome: 'rejected', code: 'HTTP 404' });
		expect(answer(200, { code: '404' })).toMatchObject({ outcome: 'rejected', code: '404' });
	});

	it('may have a number as its code', () => {
		expect(answer(200, { code: 110 })).toEqual({
			outcome: 'rejected',
			code: '110',
			message: '',
			httpStatus: 200,
		});
	});
});

describe('an answer that rateLimiters', () => {
	it.each<[string, string, string | undefined]>([
		['with a code', '{"code":"429","success":false,"message":"slow down"}', '429'],
		['with a code of its own', '{"code":"777"}', '777'],
		['without JSON', '<html>Too many requests</html>', '429'],
		['empty', '', '429'],
	])('is HTTP 429, %s', (_what, body, code) => {
		expect(answer(429, body)).toMatchObject({ outcome: 'retryLater', cause: 'throttled', code });
	});

	it('is not told by a business code', () => {
		expect(answer(200, { code: '131', message: 'daily cap' })).toMatchObject({
			outcome: 'rejected',
			code: '131',
		});
		expect(answer(200, { code: '429', message: 'Too many' })).toMatchObject({
			outcome: 'rejected',
			code: '429',
		});
	});

	it.each([
		['0', 0],
		['7', 7_000],
		[' 120 ', 120_000],
		['Wed, 21 Oct 2026 07:28:09 GMT', 9_000],
		// In the past: at once.
		['Wed, 21 Oct 2026 07:27:00 GMT', 0],
		// Read as a time in the past, each of these would mean: again at once.
		['-5', undefined],
		['1.5', undefined],
		['soon', undefined],
		['', undefined],
		['Infinity', undefined],
	])('asks for a wait by Retry-After: %j', (value, retryAfterMs) => {
		const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-10-21T07:28:00Z'));
		expect(answer(429, '', { 'retry-after': value })).toMatchObject({
			outcome: 'retryLater',
			retryAfterMs,
		});
		clock.mockRestore();
	});

	it('asks for no certain wait without that header', () => {
		expect(answer(429, '')).toMatchObject({ outcome: 'retryLater', retryAfterMs: undefined });
	});
});

describe('an answer that leaves open what became of the message', () => {
	it.each<[string, number, object | string]>([
		['HTTP 500', 500, { code: '110', success: false }],
		['HTTP 503 with success', 503, { code: '0', success: true, data: '9' }],
		['HTTP 502 of somebody on the way', 502, '<html>'],
		['a code that means "unknown"', 200, { code: '130', success: false }],
		['a code like a fault of a server', 200, { code: '500', success: false }],
		['the same as a number', 200, { code: 503 }],
		['the same with a refusing status', 400, { code: '502' }],
		['HTTP 408', 408, ''],
		['a code like HTTP 408', 200, { code: '408' }],
		['a refusal that says it timed out', 200, { code: '999', message: 'Request timed out' }],
		['a refusal by a busy system', 200, { code: '999', message: 'System busy, try later' }],
		['an internal one', 400, { code: '999', success: false, message: 'Internal error' }],
	])('is a fault of the server: %s', (_what, status, body) => {
		expect(answer(status, body)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
	});

	it.each<[string, number, object | string]>([
		['no JSON', 200, 'OK'],
		['JSON that is cut off', 200, '{"code":"0","succ'],
		['nothing', 200, ''],
		['a list', 200, '[{"code":"0"}]'],
		['no code', 200, { success: true, data: '9' }],
		['no code, and no success', 200, { success: false, message: 'no' }],
		['a code that is nothing', 200, { code: null, success: true }],
		['an empty code', 200, { code: '', success: false }],
		['a code of blanks', 200, { code: ' ' }],
		['a code that is an object', 200, { code: { value: '0' } }],
		['a code that is a switch', 200, { code: false }],
		['code 0 without success', 200, { code: '0', success: false }],
		['code 0 without success, as a text', 200, { code: '0', success: 'false' }],
		['a refusing code with success', 200, { code: '110', success: true }],
		['code 0 with HTTP 400', 400, { code: '0', success: true, data: '9' }],
		['code 0 with HTTP 401', 401, { code: '0', data: '9' }],
		// Sent again, it would arrive twice.
		['code 0 with HTTP 429', 429, { code: '0', success: true, data: '9' }],
		['HTTP 429 with success', 429, { success: true, data: '9' }],
		['code 0 with a redirect', 302, { code: '0', data: '9' }],
		['a refusing code with a redirect', 302, { code: '110' }],
		['HTTP 400 without a code', 400, { error: 'Bad Request' }],
		['HTTP 409', 409, '<html>'],
	])('cannot be read: %s', (_what, status, body) => {
		expect(answer(status, body)).toMatchObject({ outcome: 'unknown', cause: 'unreadableAnswer' });
	});
});

describe('whatever the answer', () => {
	const status = fc.oneof(
		fc.constantFrom(200, 201, 204, 301, 400, 401, 403, 404, 409, 413, 429, 500, 503),
		fc.integer({ min: 100, max: 599 }),
	);
	const code = fc.oneof(
		fc.constantFrom('0', 0, '000000', '', ' ', '00', '110', 110, '130', '500', null, true, [], {}),
		fc.string(),
		fc.integer(),
	);
	const body = fc.oneof(
		fc
			.record(
				{
					code,
					success: fc.constantFrom(true, false, 'true', 'false', null, 0),
					message: fc.anything(),
					data: fc.anything(),
				},
				{ requiredKeys: [] },
			)
			.map((each) => JSON.stringify(each)),
		fc.json(),
		fc.string(),
	);
	const codeOf = (text: string): unknown => {
		try {
			return (JSON.parse(text) as { code?: unknown } | null)?.code;
		} catch {
			return undefined;
		}
	};

	it('it is accepted only with code 0 and a good status, refused or tried again only where it does not say so', () => {
		fc.assert(
			fc.property(status, body, (statusCode, text) => {
				const { outcome } = answer(statusCode, text);
				const isZero = /^0+$/.test(String(codeOf(text)).trim());
				if (outcome === 'accepted')
					expect([isZero, statusCode >= 200 && statusCode < 300]).toEqual([true, true]);
				if (outcome === 'rejected' || outcome === 'retryLater')
					expect([isZero, statusCode < 500]).toEqual([false, true]);
				if (outcome === 'retryLater') expect(statusCode).toBe(429);
			}),
			{ numRuns: 2_000 },
		);
	});
});

describe('advice for a refusal', () => {
	it.each([
		['101', 'InnoPaaS does not know this App Key'],
		['102', 'The Access Token no longer works'],
		['105', 'The Task ID is too long'],
		['106', 'The text is too long'],
		['108', 'A phone number is not valid'],
		['109', 'There are too many numbers for one request'],
		['110', 'The account balance is too low'],
		['112', 'The account is not set up for this'],
		['114', 'InnoPaaS does not accept requests from this IP address'],
		['116', 'The InnoPaaS account is disabled'],
		['118', 'The sending number does not exist'],
		['143', 'The template does not exist in this language'],
		['HTTP 404', 'This address does not exist at InnoPaaS'],
		['HTTP 413', 'The request is too long for a server on the way'],
	])('%s: %s', (code, title) => {
		const { title: told, advice } = INNOPAAS_ERRORS.adviceFor(code, 'its own words');
		expect(told).toBe(title);
		expect(advice).toMatch(/^[A-Z].*\. InnoPaaS says: its own words\.$/);
		expect(`${told} ${advice}`).not.toMatch(/\b(error|problem|failure|mistake)\b/i);
	});

	// Documented too, but nothing that a call of this node can get, or without a meaning for WhatsApp.
	it.each([
		'103',
		'104',
		'115',
		'117',
		'119',
		'123',
		'124',
		'125',
		'126',
		'128',
		'129',
		'131',
		'132',
		'133',
		'134',
		'135',
		'999',
		'constructor',
		'__proto__',
	])('%s: what InnoPaaS says itself', (code) => {
		expect(INNOPAAS_ERRORS.adviceFor(code, 'Something about it')).toEqual({
			title: unknownRefusal(INNOPAAS_ERRORS),
			advice: 'InnoPaaS says: Something about it.',
		});
	});

	it('tells of a token that a newer one has stopped, whether by code, by status or by words', () => {
		for (const [code, message, status] of [
			['102', '', 200],
			['HTTP 401', 'Unauthorized', 401],
			['HTTP 403', '', 403],
			['999', 'Invalid access token', 200],
			['888', 'appkey is wrong', 200],
		] as const) {
			expect(INNOPAAS_ERRORS.adviceFor(code, message, status).advice).toMatch(
				/new token .*revokes the old one/,
			);
		}
	});

	it('does not take every word for one about signing in', () => {
		for (const message of ['The design is not allowed', 'Template param missing']) {
			expect(INNOPAAS_ERRORS.adviceFor('135', message, 200).title).toBe(
				unknownRefusal(INNOPAAS_ERRORS),
			);
		}
	});

	it.each([
		['101', 200, true],
		['102', 401, true],
		['114', 200, true],
		['116', 200, true],
		['HTTP 401', 401, true],
		['HTTP 403', 403, true],
		['110', 200, false],
		['118', 200, false],
		['135', 400, false],
		['HTTP 404', 404, false],
	])('%s with HTTP %i is the credential: %s', (code, status, isCredential) => {
		expect(INNOPAAS_ERRORS.isCredentialError(code, status)).toBe(isCredential);
	});
});
