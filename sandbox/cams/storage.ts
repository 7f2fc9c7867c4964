import { createHash, randomBytes } from 'node:crypto';

import { Refusal } from '../refusal';
import { verifyStorage, type TemporaryKey } from './storageSignature';
import type { WireRequest } from './wireRequest';

const BUCKET = 'sandbox-uploads';
const DIR = '1000102939';

/** Temporary permission to upload into a directory. */
export interface UploadGrant extends TemporaryKey {
	accessKeyId: string;
	bucket: string;
	dir: string;
	/** Lifetime. */
	seconds: number;
}

/** An accepted file. */
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
 * Returns the key that a request refers to. A real OSS requires the bucket in the host name,
 * https://<bucket>.<endpoint>/<key>, and rejects it in the path (SecondLevelDomainForbidden). On loopback such a name
 * rarely resolves, so the sandbox also accepts http://<endpoint>/<bucket>/<key>. It ignores the rest of the host name,
 * because Alibaba's client (ali-oss 6.23.0) sends the name of its region as Host if the endpoint is an IP address.
 */
function locate({ path, headers }: WireRequest): string {
	const isInHost = String(headers.host ?? '').startsWith(`${BUCKET}.`);
	// Cannot throw: Fastify rejects malformed escapes.
	const fullPath = decodeURIComponent(isInHost ? `/${BUCKET}${path}` : path);
	if (!fullPath.startsWith(`/${BUCKET}/`))
		throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist.');
	return fullPath.slice(BUCKET.length + 2);
}

/** The object storage behind GetChatappUploadAuthorization. */
export class ObjectStorage {
	private grants = new Map<string, UploadGrant>();
	private objects = new Map<string, StoredObject>();

	/** Issues a new permission. */
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
	 * Stores a file.
	 * @throws Refusal with the status and code of OSS
	 */
	put(request: WireRequest, maxBytes: number, now: number): StoredUpload & { etag: string } {
		// A query selects another operation, e.g. ?acl.
		if (request.rawQuery !== '')
			throw new Refusal(501, 'NotImplemented', 'Only PutObject is implemented.');
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
	 * Returns a file without authentication, since recipients of a link have no key. Whether the real bucket is public
	 * is not documented.
	 * @throws Refusal NoSuchBucket or NoSuchKey
	 */
	get(request: WireRequest): StoredObject {
		const found = this.objects.get(locate(request));
		if (!found) throw new Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
		return found;
	}
}

const escapeXml = (value: string) =>
	value.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Formats an error response of OSS. */
export function toXml({ code, message }: Refusal, requestId: string, host: string): string {
	const parts = { Code: code, Message: message, RequestId: requestId, HostId: host };
	const lines = Object.entries(parts).map(
		([name, value]) => `  <${name}>${escapeXml(value)}</${name}>\n`,
	);
	return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n${lines.join('')}</Error>\n`;
}
