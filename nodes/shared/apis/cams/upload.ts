import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { HttpAnswer } from '../../http/apiAnswer';
import { ReadError } from '../../http/cachedRead';
import type { FileFact, FileToUpload } from '../../messages/read';
import type { MediaKind } from '../../messages/schema';
import { hasOwn } from '../../util/json';
import { UserIssue, quote } from '../../util/userIssue';
import { type Account } from './client';
import { readUploadAuthorization } from './lookups';

/**
 * Uploads of files. Chat App takes links only; operation GetChatappUploadAuthorization gives temporary credentials for
 * a storage of its own. That a link made so may stand in a message is not documented, only that template media work so.
 */

const MIB = 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Sizes: what public users of the API keep to. Types: Meta's Cloud API, "Supported media types". */
export const FILE_LIMITS: Readonly<
	Record<MediaKind, { bytes: number; types: RegExp; expected: string }>
> = {
	image: { bytes: 5 * MIB, types: /^image\//, expected: 'an image, e.g. JPEG or PNG' },
	video: { bytes: 16 * MIB, types: /^video\//, expected: 'a video, e.g. MP4' },
	audio: { bytes: 16 * MIB, types: /^audio\//, expected: 'a sound, e.g. MP3 or OGG' },
	document: { bytes: 64 * MIB, types: /./, expected: 'a file' },
	sticker: { bytes: 0.5 * MIB, types: /^image\/webp$/, expected: 'a WebP image' },
};

/** What a file tells about itself, where the user says nothing. */
function factsOf(binary: IBinaryData): Record<FileFact, string> {
	const extension = extensionOf(binary);
	return {
		name: binary.fileName || `file${extension && `.${extension}`}`,
		type: extension || (/\/([a-z\d]{1,8})$/.exec(typeOf(binary))?.[1] ?? ''),
	};
}

/** Only what can stand in an address as it is. */
function extensionOf({ fileExtension = '', fileName = '' }: IBinaryData): string {
	return /^[a-z\d]{1,8}$/i.test(fileExtension)
		? fileExtension
		: (/\.([a-z\d]{1,8})$/i.exec(fileName)?.[1] ?? '');
}

/** Without what can follow it, e.g. "; charset=binary". */
function typeOf({ mimeType }: IBinaryData): string {
	return mimeType.split(';')[0].trim().toLowerCase();
}

function checkSize(bytes: number, { media, label }: FileToUpload): void {
	const most = FILE_LIMITS[media].bytes;
	// Rounded up: one byte too many is not "5.0 MB; 5 MB is the most".
	if (bytes > most)
		throw new UserIssue(
			`The file of ${label} is too large`,
			`It has ${Math.ceil((bytes / MIB) * 10) / 10} MB; ${most / MIB} MB is the most.`,
		);
	if (bytes === 0)
		throw new UserIssue(`The file of ${label} is empty`, 'Look at the node that made it.');
}

/** The item's file, if it can be sent; it is not read for that. @throws UserIssue */
export async function findFile(
	context: IExecuteFunctions,
	itemIndex: number,
	file: FileToUpload,
): Promise<IBinaryData> {
	const { binaryPropertyName, media, label } = file;
	const binary = context.getInputData()[itemIndex].binary ?? {};
	const found = hasOwn(binary, binaryPropertyName) ? binary[binaryPropertyName] : undefined;
	if (!found) {
		const names = Object.keys(binary);
		throw new UserIssue(
			`The item has no file in ${quote(binaryPropertyName)}`,
			names.length > 0
				? `It has: ${names.join(', ')}. Enter one of them under Input Data Field Name.`
				: 'Let a node before this one read or download the file.',
		);
	}
	const { types, expected } = FILE_LIMITS[media];
	if (!types.test(typeOf(found))) {
		throw new UserIssue(
			`The file of ${label} is of the wrong type`,
			`It is ${quote(found.mimeType)}; this message needs ${expected}.`,
		);
	}
	const told = factsOf(found);
	if (file.facts.some(({ fact }) => told[fact] === ''))
		throw new UserIssue(
			'File Type is empty',
			'The file does not tell what kind it is: enter it, e.g. pdf.',
		);
	checkSize(
		found.id
			? (await context.helpers.getBinaryMetadata(found.id)).fileSize
			: Buffer.byteLength(found.data, 'base64'),
		file,
	);
	return found;
}

interface Authorization {
	accessKeyId: string;
	accessKeySecret: string;
	securityToken: string;
	bucket: string;
	dir: string;
	endpoint: URL;
}

const isNumeric = ({ hostname }: URL) => /^[\d.]+$|^\[/.test(hostname);

/** Where an object is: its bucket is the host's first part, but an address of numbers has no parts. */
function objectUrl(
	{ bucket, dir, endpoint }: Authorization,
	name: string,
): { url: string; key: string } {
	const key = [dir.replace(/^\/+|\/+$/g, ''), name].filter(Boolean).join('/');
	const isAddress = isNumeric(endpoint);
	const base = isAddress
		? `${endpoint.origin}/${bucket}`
		: `${endpoint.protocol}//${bucket}.${endpoint.host}`;
	return { url: `${base}/${key}`, key };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) =>
	createHmac('sha256', key).update(text).digest();

/** Where the storage is, as its address says, e.g. oss-ap-southeast-1.aliyuncs.com; Chat App has but this one region. */
function regionOf({ hostname }: URL): string {
	return /(?:^|\.)oss-([a-z]+(?:-[a-z]+)*-\d+)/.exec(hostname)?.[1] ?? 'ap-southeast-1';
}

/** Object storage, "Include a V4 signature in the Authorization header"; the body is not part of it. */
function signedHeaders(
	{ accessKeyId, accessKeySecret, securityToken, bucket, endpoint }: Authorization,
	key: string,
	contentType: string,
	md5: string,
): Record<string, string> {
	const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
	const scope = [date.slice(0, 8), regionOf(endpoint), 'oss', 'aliyun_v4_request'];
	const headers = {
		'content-md5': md5,
		'content-type': contentType,
		'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
		'x-oss-date': date,
		'x-oss-security-token': securityToken,
	};
	const signed = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
	const path = [bucket, ...key.split('/')].map((part) => `/${encodeURIComponent(part)}`).join('');
	const request = ['PUT', path, '', signed.join(''), '', 'UNSIGNED-PAYLOAD'].join('\n');
	const toSign = ['OSS4-HMAC-SHA256', date, scope.join('/'), sha256(request)].join('\n');
	const signingKey = scope.reduce<Buffer | string>(
		(under, part) => hmac(under, part),
		`aliyun_v4${accessKeySecret}`,
	);
	const signature = hmac(signingKey, toSign).toString('hex');
	return {
		...headers,
		authorization: `OSS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')},Signature=${signature}`,
	};
}

function toAuthorization(data: IDataObject): Authorization {
	const text = (name: string) => (typeof data[name] === 'string' ? data[name] : '');
	const given = text('EndPoint');
	const address = /^https?:\/\//.test(given) ? given : `https://${given}`;
	const isWhole =
		['AccessKeyId', 'AccessKeySecret', 'SecurityToken', 'BucketName'].every(
			(name) => text(name) !== '',
		) && URL.canParse(address);
	if (!isWhole) throw failed('Chat App gave no usable storage.');
	const endpoint = new URL(address);
	// Token and file never go in the clear; an address of numbers is somebody's own stand-in.
	if (!isNumeric(endpoint)) endpoint.protocol = 'https:';
	return {
		accessKeyId: text('AccessKeyId'),
		accessKeySecret: text('AccessKeySecret'),
		securityToken: text('SecurityToken'),
		bucket: text('BucketName'),
		dir: text('Dir'),
		endpoint,
	};
}

const failed = (advice: string) =>
	new UserIssue('The file could not be uploaded', `${advice} Nothing was sent.`, 'uploadFailed');

/** What an upload brings into a message. */
export interface Uploaded {
	link: string;
	facts: Record<FileFact, string>;
}

async function uploadFile(
	context: IExecuteFunctions,
	authorization: Authorization,
	itemIndex: number,
	file: FileToUpload,
): Promise<Uploaded> {
	const binary = await findFile(context, itemIndex, file);
	const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, file.binaryPropertyName);
	checkSize(bytes.length, file);
	const extension = extensionOf(binary);
	const { url, key } = objectUrl(authorization, `${randomUUID()}${extension && `.${extension}`}`);
	const md5 = createHash('md5').update(bytes).digest('base64');
	const answer = await put(
		context,
		url,
		bytes,
		signedHeaders(authorization, key, typeOf(binary), md5),
	);
	if (answer.statusCode < 200 || answer.statusCode >= 300) {
		const code = /<Code>([^<]+)<\/Code>/.exec(String(answer.body))?.[1];
		throw failed(`The storage answered with HTTP ${answer.statusCode}${code ? ` (${code})` : ''}.`);
	}
	return { link: url, facts: factsOf(binary) };
}

function toFailure(error: unknown): UserIssue {
	return error instanceof ReadError
		? failed(`${error.title}. ${error.advice}`)
		: failed((error as Error).message);
}

async function put(
	context: IExecuteFunctions,
	url: string,
	body: Buffer,
	headers: Record<string, string>,
): Promise<HttpAnswer> {
	return await context.helpers
		.httpRequest({
			method: 'PUT',
			url,
			body,
			headers,
			timeout: TIMEOUT_MS,
			encoding: 'text',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			abortSignal: context.getExecutionCancelSignal(),
		})
		// What went wrong may quote the request, and with it the token.
		.catch(
			async (error: { code?: unknown }) =>
				await Promise.reject(
					failed(
						`The storage could not be reached${typeof error.code === 'string' ? ` (${error.code})` : ''}.`,
					),
				),
		);
}

/** Files are large, and each is in memory as long as it is uploaded. */
const AT_ONCE = 4;
/** Credentials are asked for anew after so long; they are good for an hour or so. */
const FRESH_MS = 60_000;

/**
 * Uploads files of one run, a few at once. The storage's credentials live as long as the run.
 * @returns uploads the file of an item; throws UserIssue (invalidField, uploadFailed): the message has not been sent then
 */
export function uploader(
	context: IExecuteFunctions,
	account: Account,
): (custSpaceId: string, itemIndex: number, file: FileToUpload) => Promise<Uploaded> {
	const known = new Map<string, { until: number; authorization: Promise<Authorization> }>();
	const authorizationFor = async (custSpaceId: string): Promise<Authorization> => {
		const kept = known.get(custSpaceId);
		if (kept && kept.until > Date.now()) return await kept.authorization;
		const authorization = readUploadAuthorization(context, account, custSpaceId).then(
			toAuthorization,
			async (error) => await Promise.reject(toFailure(error)),
		);
		known.set(custSpaceId, { until: Date.now() + FRESH_MS, authorization });
		authorization.catch(() => known.delete(custSpaceId));
		return await authorization;
	};
	const lanes: Array<Promise<unknown>> = Array.from({ length: AT_ONCE }, async () => {});
	let next = 0;
	return async (custSpaceId, itemIndex, file) => {
		const lane = next++ % AT_ONCE;
		const uploading = lanes[lane].then(
			async () => await uploadFile(context, await authorizationFor(custSpaceId), itemIndex, file),
		);
		lanes[lane] = uploading.catch(() => undefined);
		return await uploading;
	};
}
