import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { HttpAnswer } from '../calls/answer';
import { NotSendable, quote } from '../input/notSendable';
import type { FileFact, FileToUpload } from '../messages/content';
import type { MediaKind } from '../messages/describe';
import type { Account } from './account';
import { Unreadable, readUploadAuthorization } from './reads';

/**
 * Uploads of files. Chat App takes links only; operation GetChatappUploadAuthorization gives temporary credentials for
 * a storage of its own. That a link made so may stand in a message is not documented, only that template media work so.
 */

const MIB = 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Sizes: what public users of the API keep to. Types: Meta's Cloud API, "Supported media types". */
const LIMITS: Readonly<Record<MediaKind, { bytes: number; types: RegExp; expected: string }>> = {
	image: { bytes: 5 * MIB, types: /^image\//, expected: 'an image, e.g. JPEG or PNG' },
	video: { bytes: 16 * MIB, types: /^video\//, expected: 'a video, e.g. MP4' },
	audio: { bytes: 16 * MIB, types: /^audio\//, expected: 'a sound, e.g. MP3 or OGG' },
	document: { bytes: 64 * MIB, types: /./, expected: 'a file' },
	sticker: { bytes: 0.5 * MIB, types: /^image\/webp$/, expected: 'a WebP image' },
};

function extensionOf({ fileExtension, fileName = '' }: IBinaryData): string {
	return fileExtension || /\.([A-Za-z0-9]{1,8})$/.exec(fileName)?.[1] || '';
}

/** What is wrong with a file, as far as can be told without reading it. @throws NotSendable */
export function checkFile(context: IExecuteFunctions, itemIndex: number, { binaryPropertyName, media, label }: FileToUpload): IBinaryData {
	const binary = context.getInputData()[itemIndex].binary ?? {};
	const found = Object.prototype.hasOwnProperty.call(binary, binaryPropertyName) ? binary[binaryPropertyName] : undefined;
	if (!found) {
		const names = Object.keys(binary);
		throw new NotSendable(
			`The item has no file in ${quote(binaryPropertyName)}`,
			names.length > 0 ? `It has: ${names.join(', ')}. Enter one of them under Input Data Field Name.` : 'Let a node before this one read or download the file.',
		);
	}
	const { types, expected } = LIMITS[media];
	if (!types.test(found.mimeType)) {
		throw new NotSendable(`The file of ${label} is of the wrong type`, `It is ${quote(found.mimeType)}; this message needs ${expected}.`);
	}
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

/** Where an object is: its bucket is the host's first part, but an address of numbers has no parts. */
function objectUrl({ bucket, dir, endpoint }: Authorization, name: string): { url: string; key: string } {
	const key = `${dir.replace(/^\/|\/$/g, '')}/${name}`;
	const isAddress = /^[\d.]+$|^\[/.test(endpoint.hostname);
	const base = isAddress ? `${endpoint.origin}/${bucket}` : `${endpoint.protocol}//${bucket}.${endpoint.host}`;
	return { url: `${base}/${key}`, key };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** Where the storage is, as its address says, e.g. oss-ap-southeast-1.aliyuncs.com; Chat App has but this one region. */
function regionOf({ hostname }: URL): string {
	return /(?:^|\.)oss-([a-z]+(?:-[a-z]+)*-\d+)/.exec(hostname)?.[1] ?? 'ap-southeast-1';
}

/** Object storage, "Include a V4 signature in the Authorization header"; the body is not part of it. */
function signedHeaders({ accessKeyId, accessKeySecret, securityToken, bucket, endpoint }: Authorization, key: string, contentType: string, md5: string): Record<string, string> {
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
	const signingKey = scope.reduce<Buffer | string>((under, part) => hmac(under, part), `aliyun_v4${accessKeySecret}`);
	const signature = hmac(signingKey, toSign).toString('hex');
	return { ...headers, authorization: `OSS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')},Signature=${signature}` };
}

function toAuthorization(data: IDataObject): Authorization {
	const text = (name: string) => (typeof data[name] === 'string' ? data[name] : '');
	const endpoint = text('EndPoint');
	return {
		accessKeyId: text('AccessKeyId'),
		accessKeySecret: text('AccessKeySecret'),
		securityToken: text('SecurityToken'),
		bucket: text('BucketName'),
		dir: text('Dir'),
		endpoint: new URL(/^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`),
	};
}

const failed = (advice: string) => new NotSendable('The file could not be uploaded', `${advice} Nothing was sent.`, 'uploadFailed');

/** What an upload brings into a message. */
export interface Uploaded {
	link: string;
	facts: Record<FileFact, string>;
}

/**
 * Uploads the item's file for a message.
 * @throws NotSendable (invalidField, uploadFailed): the message has not been sent then
 */
export async function uploadFile(context: IExecuteFunctions, account: Account, custSpaceId: string, itemIndex: number, file: FileToUpload): Promise<Uploaded> {
	const binary = checkFile(context, itemIndex, file);
	const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, file.binaryPropertyName);
	const most = LIMITS[file.media].bytes;
	if (bytes.length > most) {
		throw new NotSendable(`The file of ${file.label} is too large`, `It has ${(bytes.length / MIB).toFixed(1)} MB; ${most / MIB} MB is the most.`);
	}
	if (bytes.length === 0) throw new NotSendable(`The file of ${file.label} is empty`, 'Look at the node that made it.');
	const authorization = toAuthorization(await readUploadAuthorization(context, account, custSpaceId).catch(async (error) => await Promise.reject(toFailure(error))));
	const extension = extensionOf(binary);
	const { url, key } = objectUrl(authorization, `${randomUUID()}${extension && `.${extension}`}`);
	const md5 = createHash('md5').update(bytes).digest('base64');
	const answer = await put(context, url, bytes, signedHeaders(authorization, key, binary.mimeType, md5));
	if (answer.statusCode < 200 || answer.statusCode >= 300) {
		const code = /<Code>([^<]+)<\/Code>/.exec(String(answer.body))?.[1];
		throw failed(`The storage answered with HTTP ${answer.statusCode}${code ? ` (${code})` : ''}.`);
	}
	return { link: url, facts: { name: binary.fileName || `file${extension && `.${extension}`}`, type: extension } };
}

function toFailure(error: unknown): NotSendable {
	return error instanceof Unreadable ? failed(`${error.title}. ${error.advice}`) : failed((error as Error).message);
}

async function put(context: IExecuteFunctions, url: string, body: Buffer, headers: Record<string, string>): Promise<HttpAnswer> {
	return await context.helpers
		.httpRequest({ method: 'PUT', url, body, headers, timeout: TIMEOUT_MS, encoding: 'text', returnFullResponse: true, ignoreHttpStatusErrors: true, abortSignal: context.getExecutionCancelSignal() })
		// What went wrong may quote the request, and with it the token.
		.catch(async (error: { code?: unknown }) => await Promise.reject(failed(`The storage could not be reached${typeof error.code === 'string' ? ` (${error.code})` : ''}.`)));
}
