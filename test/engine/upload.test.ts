import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import axios from 'axios';
import { stringify } from 'flatted';
import type { IBinaryData, IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/server';
import { onlySends, withGateway, type Instead, type InsteadOf } from '../support/gateway';
import {
	errorTitle,
	ANA,
	BEN,
	MIA,
	NODE,
	locator,
	newExecutionId,
	people,
	runNode,
} from '../support/harness';
import { Listener } from '../support/listener';
import { SENDERS } from '../support/sendType';
import { SharedSandbox } from '../support/sharedSandbox';

/** One for each test: a permission to upload is kept for a minute. */
const shared = new SharedSandbox();
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await shared.atNewAddress();
});
afterEach(() => sandbox.close());
afterAll(() => shared.close());

const MIB = 1024 * 1024;

/** A file as n8n keeps it in the item. */
function file(
	bytes: Buffer,
	{ mimeType = 'image/png', fileName, ...more }: Partial<IBinaryData> = {},
): IBinaryData {
	return {
		data: bytes.toString('base64'),
		mimeType,
		...(fileName !== undefined && { fileName }),
		...more,
	};
}

const PICTURE = randomBytes(3000);
const PNG = file(PICTURE, { fileName: 'shoe.png', fileExtension: 'png' });
const INVOICE = file(Buffer.from('%PDF-1.7 ü'), {
	mimeType: 'application/pdf',
	fileName: 'Rechnung Nr. 77 – März.pdf',
	fileExtension: 'pdf',
});

const fromBinary = (
	messageType: string,
	more: IDataObject = {},
	channelType = 'whatsapp',
): IDataObject => ({
	operation: 'sendMessage',
	channelType,
	from: locator(SENDERS[channelType]),
	to: '={{ $json.phone }}',
	messageType,
	mediaSource: 'binary',
	...more,
});

type Content = { link: string } & IDataObject;
const contents = () => sandbox.stats().messages.map(({ content }) => content as Content);
const calls = () => sandbox.stats().calls.byOperation;

async function fetched(link: string): Promise<{ bytes: Buffer; type: unknown }> {
	const { data, headers } = await axios.get<ArrayBuffer>(link, {
		responseType: 'arraybuffer',
		proxy: false,
	});
	return { bytes: Buffer.from(data), type: headers['content-type'] };
}

describe('a file of the item', () => {
	it.each<[string, string, string, IBinaryData, IDataObject]>([
		['an image', 'whatsapp', 'image', PNG, {}],
		[
			'a video',
			'whatsapp',
			'video',
			file(PICTURE, { mimeType: 'video/mp4', fileName: 'clip.mp4' }),
			{},
		],
		[
			'a sound',
			'whatsapp',
			'audio',
			file(PICTURE, { mimeType: 'audio/ogg; codecs=opus', fileName: 'voice.ogg' }),
			{},
		],
		[
			'a sticker',
			'whatsapp',
			'sticker',
			file(PICTURE, { mimeType: 'image/webp', fileName: 'wave.webp' }),
			{},
		],
		['a document', 'whatsapp', 'document', INVOICE, { fileName: 'Rechnung Nr. 77 – März.pdf' }],
		[
			'a document of Viber',
			'viber',
			'document',
			INVOICE,
			{ fileName: 'Rechnung Nr. 77 – März.pdf', fileType: 'pdf' },
		],
		['a picture of Viber', 'viber', 'image', PNG, {}],
		['a picture of Messenger', 'messenger', 'image', PNG, {}],
		['a document of Instagram', 'instagram', 'document', INVOICE, {}],
		[
			'a document of Telegram',
			'telegram',
			'document',
			INVOICE,
			{ fileName: 'Rechnung Nr. 77 – März.pdf' },
		],
	])(
		'%s is uploaded, and the message leads to its bytes',
		async (_what, channelType, messageType, binary, beside) => {
			const run = await runNode(sandbox, {
				parameters: fromBinary(messageType, {}, channelType),
				items: [MIA],
				files: [{ data: binary }],
			});
			expect(run.error).toBeUndefined();
			expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted', messageType }]);
			const [{ link, ...others }] = contents();
			expect(others).toEqual(beside);
			const { bytes, type } = await fetched(link);
			expect(bytes.equals(Buffer.from(binary.data, 'base64'))).toBe(true);
			expect(type).toBe(binary.mimeType.split(';')[0]);
			expect(sandbox.stats().uploads).toMatchObject({ count: 1, refusedBy: {} });
			// A name of its own, of which nobody learns what the file was called.
			expect(new URL(link).pathname).toMatch(
				/\/[0-9a-f]{8}-[0-9a-f-]{27}\.(png|mp4|ogg|webp|pdf)$/,
			);
		},
	);

	it('stands beside what is filled in', async () => {
		await runNode(sandbox, {
			parameters: fromBinary('image', {
				caption: '={{ "For " + $json.name }}',
				binaryPropertyName: 'photo',
			}),
			items: [MIA],
			files: [{ data: INVOICE, photo: PNG }],
		});
		expect(contents()).toEqual([{ link: expect.any(String), caption: 'For Mia' }]);
		expect((await fetched(contents()[0].link)).bytes.equals(PICTURE)).toBe(true);
	});

	it.each<[string, IDataObject, Partial<IBinaryData>, IDataObject]>([
		[
			'its own name',
			{},
			{ fileName: 'mine.pdf', fileExtension: 'pdf' },
			{ fileName: 'mine.pdf', fileType: 'pdf' },
		],
		[
			'the name that is filled in',
			{ fileName: '={{ $json.name }}.pdf' },
			{ fileName: 'mine.pdf', fileExtension: 'pdf' },
			{ fileName: 'Mia.pdf', fileType: 'pdf' },
		],
		[
			'its own name where only blanks are filled in',
			{ fileName: ' ' },
			{ fileName: 'mine.pdf', fileExtension: 'pdf' },
			{ fileName: 'mine.pdf', fileType: 'pdf' },
		],
		[
			'the type that is filled in',
			{ fileType: 'PDF/A' },
			{ fileName: 'mine.pdf', fileExtension: 'pdf' },
			{ fileName: 'mine.pdf', fileType: 'PDF/A' },
		],
		[
			'a name made up from its kind',
			{},
			{ fileExtension: 'pdf' },
			{ fileName: 'file.pdf', fileType: 'pdf' },
		],
		[
			'the kind that its name says',
			{},
			{ fileName: 'mine.tar.gz' },
			{ fileName: 'mine.tar.gz', fileType: 'gz' },
		],
	])('has %s in a document', async (_what, filled, named, expected) => {
		const binary = file(PICTURE, { mimeType: 'application/pdf', ...named });
		await runNode(sandbox, {
			parameters: fromBinary('document', filled, 'viber'),
			items: [MIA],
			files: [{ data: binary }],
		});
		expect(contents()).toEqual([{ link: expect.any(String), ...expected }]);
	});

	it.each(['../../x', 'p?g', 'a b', 'ü', 'x'.repeat(50)])(
		'with the odd extension %j goes where a link can lead',
		async (fileExtension) => {
			await runNode(sandbox, {
				parameters: fromBinary('image'),
				items: [MIA],
				files: [{ data: file(PICTURE, { fileExtension }) }],
			});
			expect((await fetched(contents()[0].link)).bytes.equals(PICTURE)).toBe(true);
		},
	);

	it.each(['image', 'video', 'document'])(
		'can be the header of an interactive message: %s',
		async (headerType) => {
			const binary = file(PICTURE, {
				mimeType: { image: 'image/jpeg', video: 'video/mp4', document: 'text/plain' }[headerType],
			});
			const run = await runNode(sandbox, {
				parameters: {
					...fromBinary('interactive'),
					interactiveType: 'button',
					headerType,
					headerSource: 'binary',
					headerBinaryPropertyName: 'photo',
					bodyText: 'Keep?',
					replyButtons: { button: [{ title: 'Yes', id: 'y' }] },
				},
				items: [MIA],
				files: [{ photo: binary }],
			});
			expect(run.error).toBeUndefined();
			const [content] = contents() as unknown as Array<{
				header: Record<string, { link: string }>;
			}>;
			expect(content).toEqual({
				type: 'button',
				header: { type: headerType, [headerType]: { link: expect.any(String) } },
				body: { text: 'Keep?' },
				action: { buttons: [{ type: 'reply', reply: { title: 'Yes', id: 'y' } }] },
			});
			expect((await fetched(content.header[headerType].link)).bytes.equals(PICTURE)).toBe(true);
		},
	);

	it('of each item goes to its own recipient, with one permission for all', async () => {
		const items = people(10);
		const files = items.map((_item, index) => ({ data: file(Buffer.from(`picture ${index}`)) }));
		const run = await runNode(sandbox, {
			parameters: fromBinary('image', { caption: '={{ $json.name }}' }),
			items,
			files,
		});
		expect(run.items(NODE).map(({ to }) => to)).toEqual(items.map(({ phone }) => phone));
		for (const { to, content } of sandbox.stats().messages) {
			const index = items.findIndex(({ phone }) => phone === to);
			expect(content).toEqual({ link: expect.any(String), caption: `Person ${index}` });
			expect((await fetched((content as Content).link)).bytes.toString()).toBe(`picture ${index}`);
		}
		expect(calls()).toEqual({ GetChatappUploadAuthorization: 1, SendChatappMessage: 10 });
	});

	it('arrives whole at its largest', async () => {
		const largest = Buffer.alloc(5 * MIB, 'ab');
		const run = await runNode(sandbox, {
			parameters: fromBinary('image'),
			items: [MIA],
			files: [{ data: file(largest) }],
		});
		expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted' }]);
		expect(sandbox.stats().uploads.files).toMatchObject([
			{ bytes: largest.length, sha256: createHash('sha256').update(largest).digest('hex') },
		]);
	});

	it('that Validate Only looks at stays where it is', async () => {
		const parameters = fromBinary('image', { options: { validateOnly: true } });
		const run = await runNode(sandbox, {
			parameters,
			items: [MIA, BEN],
			files: [{ data: PNG }, undefined],
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.items(NODE)).toMatchObject([
			{
				outcome: 'validated',
				warnings: expect.arrayContaining(['The file is uploaded when the message is sent.']),
			},
			{
				outcome: 'notSent',
				cause: 'invalidField',
				reason: expect.stringMatching(/^The item has no file in "data"\./),
			},
		]);
		expect(calls()).toEqual({});
		expect(sandbox.stats().uploads.count).toBe(0);
	});
});

/** A file that cannot go out: the fields, the files of the item, what the user reads. */
const BAD_FILES: Array<[string, IDataObject, IBinaryKeyData | undefined, string, RegExp]> = [
	[
		'an item without any file',
		fromBinary('image'),
		undefined,
		'The item has no file in "data"',
		/^Let a node before this one read or download the file\.$/,
	],
	[
		'an item with other files',
		fromBinary('image'),
		{ photo: PNG, invoice: INVOICE },
		'The item has no file in "data"',
		/^It has: photo, invoice\. Enter one of them under Input Data Field Name\.$/,
	],
	[
		'a name that every object has',
		fromBinary('image', { binaryPropertyName: 'constructor' }),
		{ data: PNG },
		'The item has no file in "constructor"',
		/^It has: data\./,
	],
	[
		'no name',
		fromBinary('image', { binaryPropertyName: ' ' }),
		{ data: PNG },
		'Input Data Field Name is empty',
		/\.$/,
	],
	[
		'a document as an image',
		fromBinary('image'),
		{ data: INVOICE },
		'The file of Media is of the wrong type',
		/^It is "application\/pdf"; this message needs an image, e\.g\. JPEG or PNG\.$/,
	],
	[
		'an image as a video',
		fromBinary('video'),
		{ data: PNG },
		'The file of Media is of the wrong type',
		/a video, e\.g\. MP4\.$/,
	],
	[
		'an image as a sound',
		fromBinary('audio'),
		{ data: PNG },
		'The file of Media is of the wrong type',
		/a sound, e\.g\. MP3 or OGG\.$/,
	],
	[
		'a PNG as a sticker',
		fromBinary('sticker'),
		{ data: PNG },
		'The file of Media is of the wrong type',
		/a WebP image\.$/,
	],
	[
		'a document as the image of a header',
		{
			...fromBinary('interactive'),
			headerType: 'image',
			headerSource: 'binary',
			bodyText: 'Keep?',
			replyButtons: { button: [{ title: 'Yes', id: 'y' }] },
		},
		{ data: INVOICE },
		'The file of Header is of the wrong type',
		/^It is "application\/pdf"/,
	],
	[
		'an empty file',
		fromBinary('image'),
		{ data: file(Buffer.alloc(0)) },
		'The file of Media is empty',
		/^Check the node that created it\.$/,
	],
	[
		'an image one byte too large',
		fromBinary('image'),
		{ data: file(Buffer.alloc(5 * MIB + 1)) },
		'The file of Media is too large',
		/ the limit is 5 MB\.$/,
	],
	[
		'a sticker one byte too large',
		fromBinary('sticker'),
		{ data: file(Buffer.alloc(MIB / 2 + 1), { mimeType: 'image/webp' }) },
		'The file of Media is too large',
		/ the limit is 0\.5 MB\.$/,
	],
	[
		'a sound one byte too large',
		fromBinary('audio'),
		{ data: file(Buffer.alloc(16 * MIB + 1), { mimeType: 'audio/mpeg' }) },
		'The file of Media is too large',
		/ the limit is 16 MB\.$/,
	],
	[
		'a document one byte too large',
		fromBinary('document'),
		{ data: file(Buffer.alloc(64 * MIB + 1), { mimeType: 'application/zip' }) },
		'The file of Media is too large',
		/ the limit is 64 MB\.$/,
	],
];

describe('a file that cannot go out', () => {
	it.each(BAD_FILES)(
		'%s: nothing is uploaded and nothing is sent',
		async (_what, parameters, binary, title, advice) => {
			const run = await runNode(sandbox, { parameters, items: [BEN], files: [binary] });
			expect(errorTitle(run)).toBe(`${title} [item 0]`);
			expect(run.error?.description?.replace('Nothing has been sent. ', '')).toMatch(advice);
			expect(calls().SendChatappMessage).toBeUndefined();
			expect(sandbox.stats().uploads.count).toBe(0);
		},
	);

	it.each(BAD_FILES.filter(([, { binaryPropertyName = 'data' }]) => binaryPropertyName === 'data'))(
		'%s leaves the other items alone with On Error = Continue',
		async (_what, parameters, binary, title) => {
			const isOf = (mimeType: string, kind: string) =>
				file(PICTURE, { mimeType, fileName: `good.${kind}` });
			const good = {
				image: PNG,
				video: isOf('video/mp4', 'mp4'),
				audio: isOf('audio/ogg', 'ogg'),
				sticker: isOf('image/webp', 'webp'),
				document: INVOICE,
				interactive: PNG,
			}[String(parameters.messageType)]!;
			const run = await runNode(sandbox, {
				parameters,
				items: [MIA, BEN, ANA],
				files: [{ data: good }, binary, { data: good }],
				node: { onError: 'continueRegularOutput' },
			});
			expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual([
				'accepted',
				'notSent',
				'accepted',
			]);
			expect(run.items(NODE)[1]).toMatchObject({
				cause: 'invalidField',
				reason: expect.stringMatching(new RegExp(`^${title}\\.`)),
			});
			expect(sandbox.stats().messages.map(({ to }) => to)).toEqual(['6591234567', '6591234569']);
		},
	);

	it.each(BAD_FILES)(
		'%s of a later item stops the workflow before anything is sent',
		async (_what, parameters, binary, title) => {
			const first = {
				data: {
					...PNG,
					mimeType:
						{ video: 'video/mp4', audio: 'audio/ogg', sticker: 'image/webp' }[
							String(parameters.messageType)
						] ?? 'image/png',
				},
				constructor: PNG,
			} as unknown as IBinaryKeyData;
			const run = await runNode(sandbox, { parameters, items: [MIA, BEN], files: [first, binary] });
			expect(errorTitle(run)).toContain(title);
			expect(run.error?.description).toMatch(/^Nothing has been sent\. /);
			expect(calls()).toEqual({});
		},
	);
});

const isStorage = (operation: string, method: string) => operation === '' && method === 'PUT';
const XML = (code: string) =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Secret: none</Message></Error>`;

/** A storage that is nowhere. */
const elsewhere = (endPoint: unknown, data: IDataObject = {}): Instead => ({
	status: 200,
	body: {
		Code: 'OK',
		Message: 'OK',
		RequestId: 'A-1',
		Data: {
			AccessKeyId: 'STS.x',
			AccessKeySecret: 'temporarySecret',
			SecurityToken: 'temporaryToken',
			BucketName: 'bucket',
			Dir: 'd',
			EndPoint: endPoint,
			...data,
		},
	},
});

const FAILURES: Array<[string, InsteadOf, RegExp]> = [
	[
		'refuses',
		(operation, method) =>
			isStorage(operation, method) ? { status: 403, body: XML('AccessDenied') } : undefined,
		/The storage answered with HTTP 403 \(AccessDenied\)\. Nothing was sent\.$/,
	],
	[
		'is out of order',
		(operation, method) =>
			isStorage(operation, method) ? { status: 503, body: '<html>Busy</html>' } : undefined,
		/The storage answered with HTTP 503\. Nothing was sent\.$/,
	],
	[
		'sends somewhere else',
		(operation, method) =>
			isStorage(operation, method) ? { status: 301, body: XML('AccessDenied') } : undefined,
		/The storage answered with HTTP 301 \(AccessDenied\)\. Nothing was sent\.$/,
	],
	[
		'breaks the line',
		(operation, method) => (isStorage(operation, method) ? 'breakLine' : undefined),
		/The storage could not be reached \(ECONNRESET\)\. Nothing was sent\.$/,
	],
	[
		'may not be used',
		onlySends,
		/The AccessKey works, but lacks a permission\. .*cams:GetChatappUploadAuthorization.*Nothing was sent\.$/,
	],
	[
		'has no address',
		(operation) => (operation === 'GetChatappUploadAuthorization' ? elsewhere('') : undefined),
		/Nothing was sent\.$/,
	],
	[
		'has an address that is none',
		(operation) =>
			operation === 'GetChatappUploadAuthorization' ? elsewhere('http://[') : undefined,
		/Nothing was sent\.$/,
	],
	[
		'is not told of',
		(operation) =>
			operation === 'GetChatappUploadAuthorization'
				? { status: 200, body: { Code: 'OK' } }
				: undefined,
		/Nothing was sent\.$/,
	],
];

describe('a storage that is not where it may be gets neither file nor token', () => {
	const NOT_ALIBABA = /as its storage, which is not one of Alibaba Cloud\./;
	const UNUSABLE = /Chat App gave no usable storage\./;
	it.each<[string, (listening: string) => unknown, IDataObject, RegExp]>([
		['another port of this machine', (listening) => listening, {}, NOT_ALIBABA],
		['without a scheme', (listening) => listening.replace('http://', ''), {}, NOT_ALIBABA],
		['the address of cloud metadata', () => 'http://100.100.100.200', {}, NOT_ALIBABA],
		['a private address', () => 'https://192.168.0.1', {}, NOT_ALIBABA],
		['a name inside', () => 'http://localhost:5678', {}, NOT_ALIBABA],
		['a stranger', () => 'https://storage.example.com', {}, NOT_ALIBABA],
		['a name that begins like it', () => 'oss-x.aliyuncs.com.example.com', {}, NOT_ALIBABA],
		['a name that ends like it', () => 'oss-x.evilaliyuncs.com', {}, NOT_ALIBABA],
		['a service that customers run', () => '1.ap-southeast-1.fc.aliyuncs.com', {}, NOT_ALIBABA],
		['another port of it', () => 'https://oss-x.aliyuncs.com:8443', {}, NOT_ALIBABA],
		['it as a user name', () => 'https://oss-x.aliyuncs.com@storage.example.com', {}, NOT_ALIBABA],
		['it as a path', () => 'https://storage.example.com/oss-x.aliyuncs.com', {}, NOT_ALIBABA],
		['a decimal address', () => 'http://2130706433', {}, NOT_ALIBABA],
		...['storage.example.com/', 'x@y', 'a.b', '..', 'UPPER', 'x', 'a#b', 'a?b', 'a:80'].map(
			(BucketName): [string, () => unknown, IDataObject, RegExp] => [
				`a bucket called ${BucketName}`,
				() => 'oss-ap-southeast-1.aliyuncs.com',
				{ BucketName },
				UNUSABLE,
			],
		),
		...['..', 'a/../b', 'a?b', 'a#b', 'a\\b', 'a%2fb', '@x', 'a b', 'a\n'].map(
			(Dir): [string, () => unknown, IDataObject, RegExp] => [
				`a folder called ${JSON.stringify(Dir)}`,
				() => 'oss-ap-southeast-1.aliyuncs.com',
				{ Dir },
				UNUSABLE,
			],
		),
	])('%s', async (_what, endPointOf, data, reason) => {
		const listener = await Listener.start();
		const storage: InsteadOf = (operation) =>
			operation === 'GetChatappUploadAuthorization'
				? elsewhere(endPointOf(listener.url), data)
				: undefined;
		await withGateway(sandbox, storage, async (endpoint) => {
			const run = await runNode(sandbox, {
				parameters: fromBinary('image'),
				items: [MIA],
				files: [{ data: PNG }],
				credential: { endpoint },
			});
			expect(errorTitle(run)).toBe('The file could not be uploaded [item 0]');
			expect(run.error?.description).toMatch(reason);
			expect(run.error?.description).toContain('Nothing was sent.');
		});
		expect(listener.requests).toEqual([]);
		await listener.close();
	});
});

describe('when the storage', () => {
	it.each(FAILURES)(
		'%s, the message is not sent, and the reason says so',
		async (_what, instead, reason) => {
			await withGateway(sandbox, instead, async (endpoint) => {
				const parameters = fromBinary('image');
				const run = await runNode(sandbox, {
					parameters,
					items: [MIA, BEN],
					files: [{ data: PNG }, { data: PNG }],
					credential: { endpoint },
					node: { onError: 'continueRegularOutput' },
				});
				for (const item of run.items(NODE)) {
					expect(item).toMatchObject({
						outcome: 'notSent',
						cause: 'uploadFailed',
						reason: expect.stringMatching(/^The file could not be uploaded\. /),
					});
					expect(item.reason).toMatch(reason);
				}
				const stopped = await runNode(sandbox, {
					parameters,
					items: [MIA, BEN],
					files: [{ data: PNG }, { data: PNG }],
					credential: { endpoint },
				});
				expect(errorTitle(stopped)).toBe('The file could not be uploaded [item 0]');
				expect(calls().SendChatappMessage).toBeUndefined();
			});
		},
	);

	it('quotes the token, its code is not told', async () => {
		let token = '';
		await withGateway(
			sandbox,
			(operation, method) =>
				isStorage(operation, method) ? { status: 403, body: XML(token.slice(0, 40)) } : undefined,
			async (endpoint) => {
				const run = await runNode(sandbox, {
					parameters: fromBinary('image'),
					items: [MIA],
					files: [{ data: PNG }],
					credential: { endpoint },
				});
				expect(token).not.toBe('');
				expect(run.error?.description).toContain('The storage answered with HTTP 403');
				expect(run.error?.description).not.toContain(token.slice(0, 12));
			},
			(_operation, answer) => {
				token = /"SecurityToken":"([^"]+)"/.exec(answer)?.[1] ?? token;
			},
		);
	});

	it.each([
		['takes less than that', { uploadMostBytes: PICTURE.length - 1 }, 'EntityTooLarge'],
		['takes the permission no more', { uploadExpireSeconds: 0 }, 'SecurityTokenExpired'],
	])('%s, its own code is told', async (_what, settings, code) => {
		sandbox.configure(settings);
		const run = await runNode(sandbox, {
			parameters: fromBinary('image'),
			items: [MIA],
			files: [{ data: PNG }],
		});
		expect(errorTitle(run)).toBe('The file could not be uploaded [item 0]');
		expect(run.error?.description).toContain(`(${code})`);
		expect(sandbox.stats().uploads.refusedBy).toEqual({ [code]: 1 });
		expect(calls().SendChatappMessage).toBeUndefined();
	});

	it('fails for one item, the others get theirs', async () => {
		let puts = 0;
		const onlySecond: InsteadOf = (operation, method) =>
			isStorage(operation, method) && ++puts === 2
				? { status: 500, body: XML('InternalError') }
				: undefined;
		await withGateway(sandbox, onlySecond, async (endpoint) => {
			const run = await runNode(sandbox, {
				parameters: fromBinary('image'),
				items: people(4),
				files: [1, 2, 3, 4].map(() => ({ data: PNG })),
				credential: { endpoint },
				node: { onError: 'continueRegularOutput' },
			});
			expect(
				run
					.items(NODE)
					.map(({ outcome }) => outcome)
					.sort(),
			).toEqual(['accepted', 'accepted', 'accepted', 'notSent']);
			expect(sandbox.stats().recipients).toEqual({ accepted: 3, unique: 3, duplicate: 0 });
		});
	});
});

describe('temporary secrets', () => {
	it.each<[string, InsteadOf, 'accepted' | 'notSent' | 'rejected']>([
		['a file that arrives', () => undefined, 'accepted'],
		[
			'a storage that refuses',
			(operation, method) =>
				isStorage(operation, method)
					? { status: 403, body: XML('SignatureDoesNotMatch') }
					: undefined,
			'notSent',
		],
		[
			'a storage that breaks the line',
			(operation, method) => (isStorage(operation, method) ? 'breakLine' : undefined),
			'notSent',
		],
		[
			'a message that is refused after the upload',
			(operation) =>
				operation.startsWith('Send')
					? { status: 400, body: { Code: 'InvalidParameter.LinkNotEmpty', Message: 'No.' } }
					: undefined,
			'rejected',
		],
	])('are nowhere to be seen: %s', async (_what, instead, outcome) => {
		const printed: string[] = [];
		const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
			jest
				.spyOn(console, level)
				.mockImplementation((...args) => void printed.push(inspect(args, { depth: 12 }))),
		);
		const writes = (['stdout', 'stderr'] as const).map((stream) =>
			jest
				.spyOn(process[stream], 'write')
				.mockImplementation((chunk) => printed.push(String(chunk)) > 0),
		);
		const secrets: string[] = [];
		await withGateway(
			sandbox,
			instead,
			async (endpoint) => {
				for (const onError of [
					'continueRegularOutput',
					'continueErrorOutput',
					'stopWorkflow',
				] as const) {
					const run = await runNode(sandbox, {
						parameters: fromBinary('image'),
						items: [MIA],
						files: [{ data: PNG }],
						credential: { endpoint },
						node: { onError, id: `node ${onError}` },
					});
					if (onError === 'continueRegularOutput')
						expect(run.items(NODE)).toMatchObject([{ outcome }]);
					const seen = stringify(run.run) + inspect(run.run, { depth: 12 }) + printed.join();
					for (const secret of [
						...secrets,
						'OSS4-HMAC-SHA256',
						'Signature=',
						'x-oss-security-token',
					])
						expect(seen).not.toContain(secret);
				}
			},
			(operation, answer) => {
				if (operation !== 'GetChatappUploadAuthorization') return;
				const { AccessKeySecret, SecurityToken, AccessKeyId } = (
					JSON.parse(answer) as { Data: Record<string, string> }
				).Data;
				secrets.push(AccessKeySecret, SecurityToken, AccessKeyId);
			},
		).finally(() => [...spies, ...writes].forEach((spy) => spy.mockRestore()));
		expect(secrets.length).toBeGreaterThanOrEqual(3);
	});
});

describe('Retry of an execution', () => {
	const again = { mode: 'retry' as const };
	const parameters = fromBinary('image');

	/** Mia gets it, Ben is refused: the run stops. */
	async function stopHalfWay(node: { id: string }): Promise<void> {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const stopped = await runNode(sandbox, {
			parameters,
			items: [MIA, BEN],
			files: [{ data: PNG }, { data: PNG }],
			node,
		});
		expect(errorTitle(stopped)).toContain('[item 1]');
		expect(sandbox.stats().messages.map(({ to }) => to)).toEqual(['6591234567']);
	}

	it('leaves out who has got the same file', async () => {
		const node = { id: newExecutionId() };
		await stopHalfWay(node);
		const run = await runNode(sandbox, {
			parameters,
			items: [MIA, BEN],
			files: [{ data: PNG }, { data: PNG }],
			node,
			engine: { ...again, executionId: newExecutionId() },
		});
		expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
		expect(sandbox.stats().messages.map(({ to }) => to)).toEqual(['6591234567', '6591234568']);
	});

	it('sends another file, though all fields are the same', async () => {
		const node = { id: newExecutionId() };
		await stopHalfWay(node);
		const other = { data: file(randomBytes(3000), { fileName: 'shoe.png', fileExtension: 'png' }) };
		const run = await runNode(sandbox, {
			parameters,
			items: [MIA, BEN],
			files: [other, other],
			node,
			engine: { ...again, executionId: newExecutionId() },
		});
		expect(run.error).toBeUndefined();
		expect(sandbox.stats().messages.map(({ to }) => to)).toEqual([
			'6591234567',
			'6591234567',
			'6591234568',
		]);
	});
});
