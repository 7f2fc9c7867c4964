import fc from 'fast-check';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import {
	MIN_SECRET_CHARACTERS,
	isAuthentic,
	authProblem,
	readUrlSecret,
	type Authentication,
} from '../../../nodes/shared/webhook/auth';

const URL_SECRET = '0123456789abcdef';
const CREDENTIAL = { receiptUserName: 'innopaas', receiptSecret: 'made-up secret: äß' };
const BASIC = `Basic ${Buffer.from(`${CREDENTIAL.receiptUserName}:${CREDENTIAL.receiptSecret}`).toString('base64')}`;

type Headers = Record<string, string | string[] | undefined>;

const answerTo = (
	authentication: string,
	headers: Headers,
	credential: ICredentialDataDecryptedObject = CREDENTIAL,
	urlSecret = URL_SECRET,
) =>
	isAuthentic(authentication as Authentication, urlSecret, credential, headers)
		? 'let in'
		: 'refused';

const REFUSED = 'refused';

/** A text that differs from this one in one character, somewhere. */
const oneOff = (text: string) =>
	fc
		.record({
			at: fc.nat({ max: text.length }),
			what: fc.constantFrom('changed', 'missing', 'more'),
			character: fc.constantFrom('x', 'A', '0', ' ', '=', '\u0000'),
		})
		.map(
			({ at, what, character }) =>
				text.slice(0, at) +
				(what === 'missing' ? '' : character) +
				text.slice(what === 'more' ? at : at + 1),
		)
		.filter((each) => each !== text);

describe('with the two headers', () => {
	const RIGHT = { username: CREDENTIAL.receiptUserName, authorization: CREDENTIAL.receiptSecret };

	it('lets in who sends both rightly', () => {
		expect(answerTo('headers', RIGHT)).toBe('let in');
		expect(answerTo('headers', { ...RIGHT, 'content-type': 'application/json' })).toBe('let in');
	});

	it('needs no user name where the credential has none', () => {
		expect(
			answerTo(
				'headers',
				{ authorization: RIGHT.authorization },
				{ receiptSecret: CREDENTIAL.receiptSecret },
			),
		).toBe('let in');
		expect(
			answerTo(
				'headers',
				{ username: 'anybody', authorization: RIGHT.authorization },
				{ receiptSecret: CREDENTIAL.receiptSecret },
			),
		).toBe('let in');
		expect(
			answerTo(
				'headers',
				{ username: 'anybody', authorization: 'wrong' },
				{ receiptSecret: CREDENTIAL.receiptSecret },
			),
		).toBe(REFUSED);
	});

	it('refuses who is wrong by one character', () => {
		fc.assert(
			fc.property(oneOff(RIGHT.authorization), (authorization) =>
				expect(answerTo('headers', { ...RIGHT, authorization })).toBe(REFUSED),
			),
		);
		fc.assert(
			fc.property(oneOff(RIGHT.username), (username) =>
				expect(answerTo('headers', { ...RIGHT, username })).toBe(REFUSED),
			),
		);
	});

	it.each<[string, Headers]>([
		['nothing', {}],
		['no authorization', { username: RIGHT.username }],
		['no user name', { authorization: RIGHT.authorization }],
		['empty texts', { username: '', authorization: '' }],
		[
			'the two the other way round',
			{ username: RIGHT.authorization, authorization: RIGHT.username },
		],
		[
			'another case',
			{ username: RIGHT.username.toUpperCase(), authorization: RIGHT.authorization },
		],
		['Basic Auth', { ...RIGHT, authorization: BASIC }],
		[
			'the authorization twice',
			{ ...RIGHT, authorization: [RIGHT.authorization, RIGHT.authorization] },
		],
		['the user name twice', { ...RIGHT, username: [RIGHT.username, RIGHT.username] }],
		['lists of one', { username: [RIGHT.username], authorization: [RIGHT.authorization] }],
	])('refuses %s', (_what, headers) => {
		expect(answerTo('headers', headers)).toBe(REFUSED);
	});
});

describe('with Basic Auth', () => {
	it('lets in who sends it rightly', () => {
		expect(answerTo('basicAuth', { authorization: BASIC })).toBe('let in');
	});

	it('refuses who is wrong by one character', () => {
		fc.assert(
			fc.property(oneOff(BASIC), (authorization) =>
				expect(answerTo('basicAuth', { authorization })).toBe(REFUSED),
			),
		);
		fc.assert(
			fc.property(oneOff(`${CREDENTIAL.receiptUserName}:${CREDENTIAL.receiptSecret}`), (pair) => {
				expect(
					answerTo('basicAuth', { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
				).toBe(REFUSED);
			}),
		);
	});

	it.each<[string, Headers]>([
		['nothing', {}],
		['an empty text', { authorization: '' }],
		['a list', { authorization: [BASIC] }],
		['the secret alone', { authorization: CREDENTIAL.receiptSecret }],
		['a scheme that is another', { authorization: BASIC.replace('Basic', 'Bearer') }],
		['no scheme', { authorization: BASIC.slice('Basic '.length) }],
		['an empty pair', { authorization: `Basic ${Buffer.from(':').toString('base64')}` }],
	])('refuses %s', (_what, headers) => {
		expect(answerTo('basicAuth', headers)).toBe(REFUSED);
	});
});

describe('with a secret in the URL', () => {
	it('lets in whoever n8n found this trigger for', () => {
		expect(answerTo('urlSecret', {})).toBe('let in');
		expect(answerTo('urlSecret', { authorization: 'anything' }, {})).toBe('let in');
	});

	it.each<[string, boolean]>([
		['', false],
		['a'.repeat(MIN_SECRET_CHARACTERS - 1), false],
		['a'.repeat(MIN_SECRET_CHARACTERS), true],
		['A0_-'.repeat(4), true],
		['0123456789abcde/', false],
		['0123456789abcde?', false],
		['0123456789abcde.', false],
		['0123456789abcde é', false],
		['0123456789abcdeé', false],
		[':secret0123456789', false],
		['0123456789abcdef\n', false],
	])('%j will do: %s', (secret, isEnough) => {
		expect(authProblem('urlSecret', secret, {}) === undefined).toBe(isEnough);
		expect(answerTo('urlSecret', {}, CREDENTIAL, secret)).toBe(isEnough ? 'let in' : REFUSED);
	});

	it.each([
		[{ __rl: true, mode: 'list', value: URL_SECRET }, URL_SECRET],
		[{ __rl: true, mode: 'id', value: ` ${URL_SECRET} ` }, URL_SECRET],
		[URL_SECRET, URL_SECRET],
		[{ __rl: true, mode: 'list', value: '' }, ''],
		[{ __rl: true, mode: 'list' }, ''],
		[null, ''],
		[undefined, ''],
		['', ''],
	])('is read from %j', (parameter, secret) => {
		expect(readUrlSecret({ getNodeParameter: () => parameter } as never)).toBe(secret);
	});
});

describe('nobody gets in', () => {
	const EVERYTHING = [
		{},
		{ authorization: '' },
		{ username: '', authorization: '' },
		{ authorization: 'undefined' },
		{ username: 'undefined', authorization: 'undefined' },
		{ authorization: BASIC },
		{ authorization: `Basic ${Buffer.from(':').toString('base64')}` },
		{ username: CREDENTIAL.receiptUserName, authorization: CREDENTIAL.receiptSecret },
	];

	it.each<[string, string, ICredentialDataDecryptedObject, string]>([
		['headers and an empty credential', 'headers', {}, URL_SECRET],
		[
			'headers and a blank secret',
			'headers',
			{ receiptUserName: 'innopaas', receiptSecret: '  ' },
			URL_SECRET,
		],
		['headers and a user name only', 'headers', { receiptUserName: 'innopaas' }, URL_SECRET],
		['Basic Auth and an empty credential', 'basicAuth', {}, URL_SECRET],
		['Basic Auth and a secret only', 'basicAuth', { receiptSecret: 'made-up secret' }, URL_SECRET],
		['Basic Auth and a user name only', 'basicAuth', { receiptUserName: 'innopaas' }, URL_SECRET],
		['a secret that is an object', 'headers', { receiptSecret: {} as never }, URL_SECRET],
		['no secret in the URL', 'urlSecret', CREDENTIAL, ''],
		['an authentication that does not exist', 'none', CREDENTIAL, URL_SECRET],
		['no authentication', '', CREDENTIAL, URL_SECRET],
		['an authentication named like a method', 'constructor', CREDENTIAL, URL_SECRET],
		['an authentication named like what all objects share', '__proto__', CREDENTIAL, URL_SECRET],
	])('with %s', (_what, authentication, credential, urlSecret) => {
		for (const headers of EVERYTHING)
			expect(answerTo(authentication, headers, credential, urlSecret)).toBe(REFUSED);
	});
});

describe('settings that tell nobody from anybody are named', () => {
	it.each<[Authentication, string, ICredentialDataDecryptedObject, string | undefined]>([
		['urlSecret', URL_SECRET, {}, undefined],
		['urlSecret', '', {}, 'URL Secret is empty'],
		['urlSecret', 'short', {}, 'URL Secret is too short or has invalid characters'],
		['headers', '', CREDENTIAL, undefined],
		['headers', '', { receiptSecret: 'x' }, undefined],
		['headers', URL_SECRET, {}, 'Receipt Authorization is empty'],
		['basicAuth', '', CREDENTIAL, undefined],
		[
			'basicAuth',
			URL_SECRET,
			{ receiptSecret: 'x' },
			'Receipt User Name or Receipt Authorization is empty',
		],
	])('%s, %j, %j: %s', (authentication, urlSecret, credential, title) => {
		expect(authProblem(authentication, urlSecret, credential)?.title).toBe(title);
	});
});
