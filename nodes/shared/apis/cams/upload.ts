import { createHash, randomUUID } from 'node:crypto';
import type {
	IBinaryData,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
} from 'n8n-workflow';

import type { HttpAnswer } from '../../http/apiAnswer';
import type { FileFact, FileToUpload } from '../../messages/read';
import type { MediaKind } from '../../messages/schema';
import { createCache } from '../../util/cache';
import { Semaphore } from '../../util/concurrency';
import { hasOwn } from '../../util/json';
import { UserIssue, quote } from '../../util/userIssue';
import { hidingSecrets } from '../maskSecrets';
import { type Account } from './client';
import { readUploadAuthorization } from './lookups';
import { objectUrl, signedHeaders, type StorageAuthorization } from './ossSignature';

/**
 * Uploads of files. Messages carry links, so a file first goes to Chat App's storage, with temporary credentials from
 * GetChatappUploadAuthorization. Alibaba Cloud documents such links for template media only, not for messages.
 */

const MIB = 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Sizes: those that other clients of the API use. Types: Meta's Cloud API, "Supported media types". */
export const FILE_LIMITS: Readonly<
	Record<MediaKind, { bytes: number; types: RegExp; expected: string }>
> = {
	image: { bytes: 5 * MIB, types: /^image\//, expected: 'an image, e.g. JPEG or PNG' },
	video: { bytes: 16 * MIB, types: /^video\//, expected: 'a video, e.g. MP4' },
	audio: { bytes: 16 * MIB, types: /^audio\//, expected: 'a sound, e.g. MP3 or OGG' },
	document: { bytes: 64 * MIB, types: /./, expected: 'a file' },
	sticker: { bytes: 0.5 * MIB, types: /^image\/webp$/, expected: 'a WebP image' },
};

/** Name and type of a file, for fields that the user leaves empty. */
function factsOf(binary: IBinaryData): Record<FileFact, string> {
	const extension = extensionOf(binary);
	return {
		name: binary.fileName || `file${extension && `.${extension}`}`,
		type: extension || (/\/([a-z\d]{1,8})$/.exec(typeOf(binary))?.[1] ?? ''),
	};
}

/** Letters and digits only, as it becomes part of a URL. */
function extensionOf({ fileExtension = '', fileName = '' }: IBinaryData): string {
	return /^[a-z\d]{1,8}$/i.test(fileExtension)
		? fileExtension
		: (/\.([a-z\d]{1,8})$/i.exec(fileName)?.[1] ?? '');
}

/** The media type without parameters such as "; charset=binary". */
function typeOf({ mimeType }: IBinaryData): string {
	return mimeType.split(';')[0].trim().toLowerCase();
}

function checkSize(bytes: number, { media, label }: FileToUpload): void {
	const maxBytes = FILE_LIMITS[media].bytes;
	// Rounded up, as one byte too many would read "5 MB, and the limit is 5 MB" otherwise.
	if (bytes > maxBytes)
		throw new UserIssue(
			`The file of ${label} is too large`,
			`It has ${Math.ceil((bytes / MIB) * 10) / 10} MB; the limit is ${maxBytes / MIB} MB.`,
		);
	if (bytes === 0)
		throw new UserIssue(`The file of ${label} is empty`, 'Check the node that created it.');
}

/** Finds the item's file and checks its type and size, without reading it. @throws UserIssue when it cannot be sent */
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
	const facts = factsOf(found);
	if (file.facts.some(({ fact }) => facts[fact] === ''))
		throw new UserIssue(
			'File Type is empty',
			'It cannot be determined from the file: enter it, e.g. pdf.',
		);
	checkSize(
		found.id
			? (await context.helpers.getBinaryMetadata(found.id)).fileSize
			: Buffer.byteLength(found.data, 'base64'),
		file,
	);
	return found;
}

/** The hosts of Object Storage Service. Others below aliyuncs.com belong to customers, too. Page "Regions and endpoints". */
const STORAGE_HOST = /^([a-z\d-]{0,60}oss-[a-z\d-]+|[a-z\d-]+\.oss)\.aliyuncs\.com$/;
/** Page "Bucket naming conventions". */
const BUCKET = /^[a-z\d][a-z\d-]{1,61}[a-z\d]$/;
const FOLDER = /^(?!\.+$)[\w.-]+$/;

/**
 * Where token and file may go: to Alibaba Cloud's storage, encrypted, or to the very server that the user entered as
 * Endpoint, e.g. the sandbox. The answer cannot lead elsewhere, also not into the network of this n8n server.
 */
function storageAddress(endPoint: string, ownEndpoint: string | undefined): URL | undefined {
	const address = /^https?:\/\//.test(endPoint) ? endPoint : `https://${endPoint}`;
	if (!URL.canParse(address)) return undefined;
	const { host } = new URL(address);
	if (STORAGE_HOST.test(host)) return new URL(`https://${host}`);
	const own = ownEndpoint === undefined ? undefined : new URL(ownEndpoint);
	return own && own.host === host ? new URL(own.origin) : undefined;
}

function toAuthorization(data: IDataObject, ownEndpoint: string | undefined): StorageAuthorization {
	const text = (name: string) => (typeof data[name] === 'string' ? data[name] : '');
	const isComplete = ['AccessKeyId', 'AccessKeySecret', 'SecurityToken', 'EndPoint'].every(
		(name) => text(name) !== '',
	);
	const folders = text('Dir').split('/').filter(Boolean);
	if (
		!isComplete ||
		!BUCKET.test(text('BucketName')) ||
		!folders.every((each) => FOLDER.test(each))
	)
		throw uploadFailed('Chat App gave no usable storage.');
	const endpoint = storageAddress(text('EndPoint'), ownEndpoint);
	if (!endpoint) {
		throw uploadFailed(
			`Chat App names ${quote(text('EndPoint'))} as its storage, which is not one of Alibaba Cloud. With a server of your own as Endpoint in the credential, the storage has to be at the same host and port.`,
		);
	}
	return {
		accessKeyId: text('AccessKeyId'),
		accessKeySecret: text('AccessKeySecret'),
		securityToken: text('SecurityToken'),
		bucket: text('BucketName'),
		dir: folders.join('/'),
		endpoint,
	};
}

function uploadFailed(advice: string): UserIssue {
	return new UserIssue(
		'The file could not be uploaded',
		`${advice} Nothing was sent.`,
		'uploadFailed',
	);
}

/** A file in the storage, as a message refers to it. */
export interface Uploaded {
	link: string;
	facts: Record<FileFact, string>;
}

async function uploadFile(
	context: IExecuteFunctions,
	authorization: StorageAuthorization,
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
		const { accessKeySecret, securityToken } = authorization;
		const hide = hidingSecrets({ accessKeySecret, securityToken });
		const code = hide(/<Code>([\w.-]{1,60})<\/Code>/.exec(String(answer.body))?.[1] ?? '');
		throw uploadFailed(
			`The storage answered with HTTP ${answer.statusCode}${code ? ` (${code})` : ''}.`,
		);
	}
	return { link: url, facts: factsOf(binary) };
}

function toUploadIssue(error: unknown): UserIssue {
	return uploadFailed((error as Error).message.replace(/\.?$/, '.'));
}

/** The error of n8n's helper may quote the request, and with it the token, so only its code is shown. */
function toUnreachable({ code }: { code?: unknown }): UserIssue {
	return uploadFailed(
		`The storage could not be reached${typeof code === 'string' ? ` (${code})` : ''}.`,
	);
}

async function put(
	context: IExecuteFunctions,
	url: string,
	body: Buffer,
	headers: Record<string, string>,
): Promise<HttpAnswer> {
	const options: IHttpRequestOptions = {
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
	};
	return (await context.helpers.httpRequest(options).catch((error: { code?: unknown }) => {
		throw toUnreachable(error);
	})) as HttpAnswer;
}

/** A file is in memory while it is uploaded, and may have up to 64 MB. */
const MAX_CONCURRENT_UPLOADS = 4;
/** Storage credentials are valid for about an hour. */
const MAX_AUTHORIZATION_AGE_MS = 60_000;

/**
 * Returns a function that uploads the file of an item, a few files at a time. Storage credentials are shared by the
 * uploads of a run.
 * @throws UserIssue (invalidField, uploadFailed), in which case the message has not been sent
 */
export function uploader(
	context: IExecuteFunctions,
	account: Account,
): (custSpaceId: string, itemIndex: number, file: FileToUpload) => Promise<Uploaded> {
	const cached = createCache<StorageAuthorization>({ maxAgeMs: MAX_AUTHORIZATION_AGE_MS });
	const authorizationFor = async (custSpaceId: string): Promise<StorageAuthorization> =>
		await cached(
			custSpaceId,
			async () =>
				await readUploadAuthorization(context, account, custSpaceId).then(
					(data) => toAuthorization(data, account.ownEndpoint),
					(error) => {
						throw toUploadIssue(error);
					},
				),
		);
	const uploads = new Semaphore(MAX_CONCURRENT_UPLOADS);
	return async (custSpaceId, itemIndex, file) =>
		await uploads.run(
			async () => await uploadFile(context, await authorizationFor(custSpaceId), itemIndex, file),
		);
}
