import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import OSS from 'ali-oss';
import axios from 'axios';

import { ACCOUNT } from '../../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';
import { call } from '../../support/camsClient';

/** Alibaba's storage client sends what a real storage gets, and parses the sandbox's responses. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox(0, { limits: { GetChatappUploadAuthorization: 10_000 } });
});
beforeEach(() => {
	sandbox.configure({ ...DEFAULT_SETTINGS, limits: {} });
	sandbox.reset();
});
// Silences ali-oss's recommendation to refresh the token.
beforeEach(() => jest.spyOn(console, 'warn').mockImplementation());
afterEach(() => jest.restoreAllMocks());
afterAll(() => sandbox.close());

interface Grant {
	AccessKeyId: string;
	AccessKeySecret: string;
	SecurityToken: string;
	BucketName: string;
	Dir: string;
	EndPoint: string;
	Expire: number;
}

async function authorize(): Promise<Grant> {
	const { Code, Data } = await call(sandbox, 'GetChatappUploadAuthorization', {
		CustSpaceId: ACCOUNT.custSpaceId,
	});
	expect(Code).toBe('OK');
	return Data as Grant;
}

type Options = Partial<OSS.Options> & { authorizationV4?: boolean; sldEnable?: boolean };

const clientFor = (grant: Grant, more: Options = {}) =>
	new OSS({
		accessKeyId: grant.AccessKeyId,
		accessKeySecret: grant.AccessKeySecret,
		stsToken: grant.SecurityToken,
		bucket: grant.BucketName,
		endpoint: grant.EndPoint,
		region: 'oss-ap-southeast-1',
		...more,
	} as OSS.Options);

/** With an IP address as its endpoint, the client puts the bucket into the Host header, as a real storage requires. */
const WAYS: Array<[string, (grant: Grant) => Options]> = [
	['V1, bucket in the host', () => ({})],
	[
		'V1, bucket in the path',
		({ EndPoint }) => ({ endpoint: EndPoint.replace('127.0.0.1', 'localhost'), sldEnable: true }),
	],
	['V4, bucket in the host', () => ({ authorizationV4: true })],
	[
		'V4, bucket in the path',
		({ EndPoint }) => ({
			endpoint: EndPoint.replace('127.0.0.1', 'localhost'),
			sldEnable: true,
			authorizationV4: true,
		}),
	],
];

const FILE = Buffer.concat([randomBytes(70_000), Buffer.from('größe 小米 😀')]);
const SHA256 = createHash('sha256').update(FILE).digest('hex');
const HARD_NAME = "Größe+1 & 100% (a*b)~ '小米' 😀.jpg";

const linkTo = (grant: Grant, key: string) =>
	`${sandbox.url}/${grant.BucketName}/${key.split('/').map(encodeURIComponent).join('/')}`;
const fetchFile = async (url: string, headers: Record<string, string> = {}) =>
	await axios.get<Buffer>(url, {
		headers,
		proxy: false,
		responseType: 'arraybuffer',
		validateStatus: () => true,
	});

/** Uploads a file that must be refused, and returns the status and code that the client parses. */
async function refusal(work: Promise<unknown>): Promise<[number, string]> {
	const error = await work.then(
		() => new Error('It was taken.'),
		(reason: Error) => reason,
	);
	const { status, code } = error as Error & { status: number; code: string };
	return [status, code];
}

describe('the permission to upload', () => {
	it('has the keys and the kinds of values of the documents', async () => {
		expect(await authorize()).toEqual({
			AccessKeyId: expect.stringMatching(/^STS\.\w+$/),
			AccessKeySecret: expect.stringMatching(/.{20,}/),
			SecurityToken: expect.stringMatching(/.{20,}/),
			BucketName: expect.stringMatching(/^[a-z0-9-]+$/),
			Dir: expect.stringMatching(/^\w+$/),
			EndPoint: sandbox.url,
			Expire: 3600,
		});
	});

	it('is another each time, and needs a space', async () => {
		const [first, second] = [await authorize(), await authorize()];
		expect(first.AccessKeyId).not.toBe(second.AccessKeyId);
		expect((await call(sandbox, 'GetChatappUploadAuthorization')).Code).toBe('MissingCustSpaceId');
	});
});

describe.each(WAYS)('a file put by ali-oss (%s)', (_way, optionsFor) => {
	it('is kept, comes back with its type, and is counted', async () => {
		const grant = await authorize();
		const client = clientFor(grant, optionsFor(grant));
		const key = `${grant.Dir}/photo.jpg`;
		const { res } = await client.put(key, FILE);
		expect((res as { status: number }).status).toBe(200);
		expect(sandbox.stats().uploads).toEqual({
			count: 1,
			refusedBy: {},
			files: [{ key, bytes: FILE.length, contentType: 'image/jpeg', sha256: SHA256 }],
		});
		const { status, headers, data } = await fetchFile(linkTo(grant, key));
		expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
		expect(data.equals(FILE)).toBe(true);
	});

	it('may have any name, and any type', async () => {
		const grant = await authorize();
		const key = `${grant.Dir}/${HARD_NAME}`;
		await clientFor(grant, optionsFor(grant)).put(key, FILE, {
			headers: { 'Content-Type': 'application/x-sandbox' },
		});
		expect(sandbox.stats().uploads.files).toMatchObject([
			{ key, contentType: 'application/x-sandbox', sha256: SHA256 },
		]);
		expect((await fetchFile(linkTo(grant, key))).data.equals(FILE)).toBe(true);
	});

	it('is refused with a wrong secret', async () => {
		const grant = await authorize();
		const client = clientFor(
			{ ...grant, AccessKeySecret: `${grant.AccessKeySecret}0` },
			optionsFor(grant),
		);
		expect(await refusal(client.put(`${grant.Dir}/a.txt`, FILE))).toEqual([
			403,
			'SignatureDoesNotMatch',
		]);
		expect(sandbox.stats().uploads).toEqual({
			count: 0,
			refusedBy: { SignatureDoesNotMatch: 1 },
			files: [],
		});
		expect((await fetchFile(linkTo(grant, `${grant.Dir}/a.txt`))).status).toBe(404);
	});

	it('is refused with a key that nobody gave, or without its token', async () => {
		const grant = await authorize();
		const unknown = clientFor({ ...grant, AccessKeyId: 'STS.nobody' }, optionsFor(grant));
		expect(await refusal(unknown.put(`${grant.Dir}/a.txt`, FILE))).toEqual([
			403,
			'InvalidAccessKeyId',
		]);
		const bare = clientFor({ ...grant, SecurityToken: '' }, optionsFor(grant));
		expect(await refusal(bare.put(`${grant.Dir}/a.txt`, FILE))).toEqual([
			403,
			'InvalidAccessKeyId',
		]);
	});

	it('is refused with the token of another key', async () => {
		const [grant, other] = [await authorize(), await authorize()];
		const client = clientFor({ ...grant, SecurityToken: other.SecurityToken }, optionsFor(grant));
		expect(await refusal(client.put(`${grant.Dir}/a.txt`, FILE))).toEqual([
			403,
			'InvalidSecurityToken',
		]);
	});

	it('is refused outside of its directory', async () => {
		const grant = await authorize();
		const client = clientFor(grant, optionsFor(grant));
		for (const key of ['a.txt', `${grant.Dir}a.txt`, `other/${grant.Dir}/a.txt`]) {
			expect(await refusal(client.put(key, FILE))).toEqual([403, 'AccessDenied']);
		}
	});

	it('is refused with the checksum of another file', async () => {
		const grant = await authorize();
		const md5 = createHash('md5').update('other').digest('base64');
		const put = clientFor(grant, optionsFor(grant)).put(`${grant.Dir}/a.txt`, FILE, {
			headers: { 'Content-MD5': md5 },
		});
		expect(await refusal(put)).toEqual([400, 'InvalidDigest']);
	});

	it.each([
		[14, undefined],
		[-14, undefined],
		[16, 'RequestTimeTooSkewed'],
		[-16, 'RequestTimeTooSkewed'],
	])('meets a storage whose clock is %i minutes ahead with %s', async (clockAheadMinutes, code) => {
		const grant = await authorize();
		sandbox.configure({ clockAheadMinutes });
		const work = clientFor(grant, optionsFor(grant)).put(`${grant.Dir}/a.txt`, FILE);
		if (code) expect(await refusal(work)).toEqual([403, code]);
		else await expect(work).resolves.toMatchObject({ name: `${grant.Dir}/a.txt` });
	});

	it('is refused when the permission has expired', async () => {
		sandbox.configure({ uploadExpireSeconds: 60 });
		const grant = await authorize();
		expect(grant.Expire).toBe(60);
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 59_000);
		const client = clientFor(grant, optionsFor(grant));
		await client.put(`${grant.Dir}/a.txt`, FILE);
		clock.mockReturnValue(now + 61_000);
		expect(await refusal(client.put(`${grant.Dir}/a.txt`, FILE))).toEqual([
			403,
			'SecurityTokenExpired',
		]);
	});

	it('is refused when it is too large, by one byte', async () => {
		sandbox.configure({ uploadMostBytes: FILE.length });
		const grant = await authorize();
		const client = clientFor(grant, optionsFor(grant));
		await client.put(`${grant.Dir}/a.txt`, FILE);
		expect(
			await refusal(client.put(`${grant.Dir}/a.txt`, Buffer.concat([FILE, Buffer.from('0')]))),
		).toEqual([400, 'EntityTooLarge']);
	});
});

describe('a file', () => {
	it('may come in pieces of unknown length', async () => {
		const grant = await authorize();
		await clientFor(grant).putStream(
			`${grant.Dir}/a.pdf`,
			Readable.from([FILE.subarray(0, 5), FILE.subarray(5)]),
		);
		expect(sandbox.stats().uploads.files).toMatchObject([
			{ contentType: 'application/pdf', sha256: SHA256 },
		]);
	});

	it('may be empty', async () => {
		const grant = await authorize();
		await clientFor(grant).put(`${grant.Dir}/empty.txt`, Buffer.alloc(0));
		expect(sandbox.stats().uploads.files).toMatchObject([{ bytes: 0 }]);
	});

	it('replaces the one of its name', async () => {
		const grant = await authorize();
		for (const content of ['one', 'two'])
			await clientFor(grant).put(`${grant.Dir}/a.txt`, Buffer.from(content));
		expect(String((await fetchFile(linkTo(grant, `${grant.Dir}/a.txt`))).data)).toBe('two');
		expect(sandbox.stats().uploads.count).toBe(2);
	});

	it('can be asked for with the bucket in the host, by anybody', async () => {
		const grant = await authorize();
		await clientFor(grant).put(`${grant.Dir}/a.txt`, FILE);
		const answer = await fetchFile(`${sandbox.url}/${grant.Dir}/a.txt`, {
			host: `${grant.BucketName}.oss-ap-southeast-1.aliyuncs.com`,
		});
		expect(answer.data.equals(FILE)).toBe(true);
		const head = await axios.head(linkTo(grant, `${grant.Dir}/a.txt`), { proxy: false });
		expect(head.headers).toMatchObject({
			'content-type': 'text/plain',
			'content-length': String(FILE.length),
		});
	});

	it('is gone after a reset, and so is the permission', async () => {
		const grant = await authorize();
		await clientFor(grant).put(`${grant.Dir}/a.txt`, FILE);
		sandbox.reset();
		expect((await fetchFile(linkTo(grant, `${grant.Dir}/a.txt`))).status).toBe(404);
		expect(await refusal(clientFor(grant).put(`${grant.Dir}/a.txt`, FILE))).toEqual([
			403,
			'InvalidAccessKeyId',
		]);
	});

	it.each([
		['NoSuchKey', '/sandbox-uploads/1000102939/nowhere.txt', 404],
		['NoSuchBucket', '/other-bucket/1000102939/a.txt', 404],
	])('that is not there is answered with %s, in XML', async (code, path, expected) => {
		const { status, headers, data } = await fetchFile(sandbox.url + path);
		expect([status, headers['content-type']]).toEqual([expected, 'application/xml']);
		expect(String(data)).toMatch(
			new RegExp(
				`^<\\?xml[^]*<Error>[^]*<Code>${code}</Code>[^]*<RequestId>[0-9A-F]{24}</RequestId>[^]*</Error>`,
			),
		);
	});
});

describe('a signed request for the storage', () => {
	/** The request that ali-oss would send, to be modified by tests. */
	async function prepare(options: Options) {
		const grant = await authorize();
		const client = clientFor(grant, options) as unknown as {
			urllib: {
				request(url: string, params: { headers: Record<string, string> }): Promise<unknown>;
			};
			put: OSS['put'];
		};
		let sent: { url: string; headers: Record<string, string> } | undefined;
		jest.spyOn(client.urllib, 'request').mockImplementation(async (url, { headers }) => {
			sent = { url, headers };
			return { status: 200, headers: {}, res: {} };
		});
		await client.put(`${grant.Dir}/a.txt`, FILE, {
			headers: { 'Content-Type': 'text/plain', 'x-oss-meta-a': '1' },
		});
		return { grant, ...sent! };
	}

	async function codeOf({
		url,
		headers,
	}: {
		url: string;
		headers: Record<string, string | undefined>;
	}) {
		const { data } = await axios.put<string>(url, FILE, {
			headers,
			proxy: false,
			validateStatus: () => true,
		});
		return /<Code>(.*)<\/Code>/.exec(data)?.[1] ?? 'OK';
	}

	describe.each([false, true])('(V4: %s)', (authorizationV4) => {
		it('is taken as it is', async () => {
			expect(await codeOf(await prepare({ authorizationV4 }))).toBe('OK');
		});

		it.each([
			['Content-Type', 'text/html', 'SignatureDoesNotMatch'],
			['Content-MD5', createHash('md5').update('other').digest('base64'), 'SignatureDoesNotMatch'],
			['Content-MD5', undefined, 'SignatureDoesNotMatch'],
			['x-oss-meta-a', '2', 'SignatureDoesNotMatch'],
			['x-oss-meta-a', undefined, 'SignatureDoesNotMatch'],
			['x-oss-meta-b', '1', 'SignatureDoesNotMatch'],
			['x-oss-security-token', 'other', 'InvalidSecurityToken'],
			['x-oss-date', 'yesterday', 'AccessDenied'],
			['authorization', undefined, 'AccessDenied'],
			['authorization', 'Basic dXNlcjpwYXNz', 'InvalidArgument'],
		])('is refused with %s changed to %s', async (name, value, code) => {
			const { url, headers } = await prepare({ authorizationV4 });
			expect(Object.keys(headers)).toEqual(
				expect.arrayContaining(name === 'x-oss-meta-b' ? [] : [name]),
			);
			expect(await codeOf({ url, headers: { ...headers, [name]: value } })).toBe(code);
		});

		it('is refused for another file', async () => {
			const { url, headers } = await prepare({ authorizationV4 });
			expect(await codeOf({ url: url.replace('a.txt', 'b.txt'), headers })).toBe(
				'SignatureDoesNotMatch',
			);
		});
	});

	it('is read with Date where there is no x-oss-date', async () => {
		// Signed by hand according to the V1 page, since ali-oss always sends x-oss-date.
		const grant = await authorize();
		const date = new Date().toUTCString();
		const resource = `/${grant.BucketName}/${grant.Dir}/a.txt`;
		const sign = (secret: string) =>
			createHmac('sha1', secret)
				.update(
					`PUT\n\ntext/plain\n${date}\nx-oss-security-token:${grant.SecurityToken}\n${resource}`,
				)
				.digest('base64');
		const put = async (secret: string) =>
			await codeOf({
				url: sandbox.url + resource,
				headers: {
					date,
					'content-type': 'text/plain',
					'x-oss-security-token': grant.SecurityToken,
					authorization: `OSS ${grant.AccessKeyId}:${sign(secret)}`,
				},
			});
		expect(await put(grant.AccessKeySecret)).toBe('OK');
		expect(await put('other')).toBe('SignatureDoesNotMatch');
	});

	it('is not played for another operation than PutObject', async () => {
		const grant = await authorize();
		await clientFor(grant).put(`${grant.Dir}/a.txt`, FILE);
		expect(await refusal(clientFor(grant).putACL(`${grant.Dir}/a.txt`, 'public-read'))).toEqual([
			501,
			'NotImplemented',
		]);
	});
});

it('the statistics hold no secret of the storage', async () => {
	const grant = await authorize();
	await clientFor(grant).put(`${grant.Dir}/a.txt`, FILE);
	await refusal(clientFor({ ...grant, AccessKeySecret: 'other' }).put(`${grant.Dir}/a.txt`, FILE));
	const { data } = await axios.get<string>(`${sandbox.url}/__sandbox/stats`, {
		proxy: false,
		transformResponse: (text: string) => text,
	});
	expect(JSON.parse(data)).toMatchObject({
		uploads: { count: 1, files: [{ key: `${grant.Dir}/a.txt` }] },
	});
	for (const secret of [grant.AccessKeyId, grant.AccessKeySecret, grant.SecurityToken])
		expect(data).not.toContain(secret);
});
