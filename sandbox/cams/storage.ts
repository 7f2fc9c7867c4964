import { createHash, randomBytes } from 'node:crypto';

import { Refusal } from '../refusal';
import type { WireRequest } from './signature';
import { verifyStorage, type TemporaryKey } from './storageSignature';

/** The object storage behind GetChatappUploadAuthorization. */

const BUCKET = 'sandbox-uploads';
const DIR = '1000102939';

/** A permission to upload. */
export interface UploadGrant extends TemporaryKey {
	accessKeyId: string;
	bucket: string;
	dir: string;
	/** How long it is good. */
	seconds: number;
}

/** A file that was taken. */
export interface StoredUpload {
	key: string;
	bytes: number;
	contentType: string;
	sha256: string;
}

interface StoredObject {
	body: Buffer;
	contentType: string;
	etag: string;
}

/**
 * Where a request leads. A real OSS wants the bucket in the host's name, https://<bucket>.<endpoint>/<key>, and refuses
 * the bucket in the path (SecondLevelDomainForbidden); on loopback such a name resolves hardly anywhere, so the sandbox
 * takes http://<endpoint>/<bucket>/<key> too. Of a host name only its beginning counts: for an endpoint that is an IP
 * address, Alibaba's own client (ali-oss 6.23.0) sends the name of its region as Host.
 */
function locate({ path, headers }: WireRequest): string {
	const isInHost = String(headers.host ?? '').startsWith(`${BUCKET}.`);
	// Fastify has turned away what cannot be decoded.
	const whole = decodeURIComponent(isInHost ? `/${BUCKET}${path}` : path);
	if (!whole.startsWith(`/${BUCKET}/`))
		throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist.');
	return whole.slice(BUCKET.length + 2);
}

export class ObjectStorage {
	private grants = new Map<string, UploadGrant>();
	private objects = new Map<string, StoredObject>();

	/** Gives a permission of its own to everybody who asks. */
	grant(now: number, seconds: number): UploadGrant {
		const grant = {
			accessKeyId: `STS.${randomBytes(9).toString('hex')}`,
			accessKeySecret: randomBytes(22).toString('base64url'),
			securityToken: randomBytes(48).toString('base64'),
			bucket: BUCKET,
			dir: DIR,
			seconds,
			expiresAt: now + seconds * 1000,
		};
		this.grants.set(grant.accessKeyId, grant);
		return grant;
	}

	/**
	 * Takes a file.
	 * @throws Refusal with OSS's own status and code
	 */
	put(request: WireRequest, maxBytes: number, now: number): StoredUpload & { etag: string } {
		// A query would make it another operation, e.g. ?acl.
		if (request.rawQuery !== '')
			throw new Refusal(501, 'NotImplemented', 'Only PutObject is played.');
		const key = locate(request);
		const { dir } = verifyStorage(request, `/${BUCKET}/${key}`, (id) => this.grants.get(id), now);
		if (!key.startsWith(`${dir}/`) || key.endsWith('/')) {
			throw new Refusal(403, 'AccessDenied', 'You have no right to access this object.');
		}
		const { body } = request;
		if (body.length > maxBytes)
			throw new Refusal(
				400,
				'EntityTooLarge',
				'Your proposed upload exceeds the maximum allowed size.',
			);
		const md5 = createHash('md5').update(body).digest();
		const claimedMd5 = request.headers['content-md5'];
		if (claimedMd5 !== undefined && claimedMd5 !== md5.toString('base64')) {
			throw new Refusal(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
		}
		const contentType = String(request.headers['content-type'] ?? 'application/octet-stream');
		const etag = `"${md5.toString('hex').toUpperCase()}"`;
		this.objects.set(key, { body, contentType, etag });
		return {
			key,
			bytes: body.length,
			contentType,
			sha256: createHash('sha256').update(body).digest('hex'),
			etag,
		};
	}

	/**
	 * Gives a file to anybody: who a message's link is for has no key. Whether the real bucket is open is not documented.
	 * @throws Refusal NoSuchBucket, NoSuchKey
	 */
	get(request: WireRequest): StoredObject {
		const found = this.objects.get(locate(request));
		if (!found) throw new Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
		return found;
	}
}

const escapeXml = (value: string) =>
	value.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A refusal in OSS's words. */
export function toXml({ code, message }: Refusal, requestId: string, host: string): string {
	const parts = { Code: code, Message: message, RequestId: requestId, HostId: host };
	const lines = Object.entries(parts).map(
		([name, value]) => `  <${name}>${escapeXml(value)}</${name}>\n`,
	);
	return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n${lines.join('')}</Error>\n`;
}
