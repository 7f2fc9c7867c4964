import { createHmac } from 'node:crypto';

import { sha256 } from '../../../../credentials/acs3';

/** Temporary credentials for a bucket of object storage (OSS), and where it is. */
export interface StorageAuthorization {
	accessKeyId: string;
	accessKeySecret: string;
	securityToken: string;
	bucket: string;
	/** Folder of the objects, without slashes at its ends. */
	dir: string;
	endpoint: URL;
}

/** Whether the host is an IP address, as it is for a local test server. */
function isIpAddress({ hostname }: URL): boolean {
	return /^[\d.]+$|^\[/.test(hostname);
}

/** URL and key of an object. The bucket is the first label of the host name, or of the path if the host is an IP address. */
export function objectUrl(
	{ bucket, dir, endpoint }: StorageAuthorization,
	name: string,
): { url: string; key: string } {
	const key = [dir, name].filter(Boolean).join('/');
	const base = isIpAddress(endpoint)
		? `${endpoint.origin}/${bucket}`
		: `${endpoint.protocol}//${bucket}.${endpoint.host}`;
	return { url: `${base}/${key}`, key };
}

const hmac = (key: Buffer | string, text: string) =>
	createHmac('sha256', key).update(text).digest();

/** The region in an endpoint such as oss-ap-southeast-1.aliyuncs.com; Chat App is offered in this one region only. */
function regionOf({ hostname }: URL): string {
	return /(?:^|\.)oss-([a-z]+(?:-[a-z]+)*-\d+)/.exec(hostname)?.[1] ?? 'ap-southeast-1';
}

/**
 * The headers of a signed upload (PUT). The signature does not cover the body.
 * Source: Object Storage Service, "Include a V4 signature in the Authorization header".
 * @param md5 of the body, in Base64
 */
export function signedHeaders(
	{ accessKeyId, accessKeySecret, securityToken, bucket, endpoint }: StorageAuthorization,
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
