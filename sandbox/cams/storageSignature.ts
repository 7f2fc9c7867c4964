import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { Refusal } from '../refusal';
import type { WireRequest } from './wireRequest';

/**
 * Verifies Authorization headers of Object Storage Service, as described on its pages "Include a V1 signature in the
 * Authorization header" and "Include a V4 signature in the Authorization header". Supports both: known uploads for Chat
 * App use V1, which OSS is phasing out ("no longer available for new buckets" since 2025-09-01).
 */

const CLOCK_TOLERANCE_MS = 15 * 60 * 1000;

/** A parsed signature. */
interface Claim {
	accessKeyId: string;
	/** Time of signing, milliseconds since 1970. */
	at: number;
	/** Computes the expected signature. */
	signatureFor(secret: string): string;
	signature: string;
}

const headerOf = (request: WireRequest, name: string) => String(request.headers[name] ?? '').trim();

const ossHeaders = (request: WireRequest) =>
	Object.keys(request.headers).filter((name) => name.startsWith('x-oss-'));

const headerLines = (request: WireRequest, names: string[]) =>
	[...names]
		.sort()
		.map((name) => `${name}:${headerOf(request, name)}\n`)
		.join('');

/** @param resource /<bucket>/<key>, not encoded, whether the bucket is in the host name or the path */
function readV1(request: WireRequest, resource: string): Claim | undefined {
	const match = /^OSS ([^:\s]+):(\S+)$/.exec(headerOf(request, 'authorization'));
	if (!match) return undefined;
	// Clients that cannot set Date send x-oss-date instead.
	const date = headerOf(request, 'x-oss-date') || headerOf(request, 'date');
	const toSign = [
		request.method,
		headerOf(request, 'content-md5'),
		headerOf(request, 'content-type'),
		date,
		headerLines(request, ossHeaders(request)) + resource,
	].join('\n');
	return {
		accessKeyId: match[1],
		signature: match[2],
		at: Date.parse(date),
		signatureFor: (secret) => createHmac('sha1', secret).update(toSign).digest('base64'),
	};
}

function readV4(request: WireRequest, resource: string): Claim | undefined {
	const match =
		/^OSS4-HMAC-SHA256 Credential=([^/,\s]+)\/((\d{8})\/([^/,\s]+)\/oss\/aliyun_v4_request),\s*(?:AdditionalHeaders=([^,\s]*),\s*)?Signature=([0-9a-f]{64})$/.exec(
			headerOf(request, 'authorization'),
		);
	if (!match) return undefined;
	const [, accessKeyId, scope, day, region, additional = '', signature] = match;
	const signed = [
		...Object.keys(request.headers).filter(
			(name) => name === 'content-type' || name === 'content-md5',
		),
		...ossHeaders(request),
		...additional.split(';').filter((name) => name !== ''),
	];
	const escaped = encodeURIComponent(resource)
		.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
		.replace(/%2F/g, '/');
	const canonical = [
		request.method,
		escaped,
		'',
		headerLines(request, signed),
		additional,
		headerOf(request, 'x-oss-content-sha256'),
	].join('\n');
	const date = headerOf(request, 'x-oss-date');
	const toSign = [
		'OSS4-HMAC-SHA256',
		date,
		scope,
		createHash('sha256').update(canonical).digest('hex'),
	].join('\n');
	const isoDate = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
	return {
		accessKeyId,
		signature,
		at: Date.parse(isoDate),
		signatureFor: (secret) => {
			const key = [day, region, 'oss', 'aliyun_v4_request'].reduce<string | Buffer>(
				(last, part) => createHmac('sha256', last).update(part).digest(),
				`aliyun_v4${secret}`,
			);
			return createHmac('sha256', key).update(toSign).digest('hex');
		},
	};
}

/** The parts of a temporary key that authenticate a request. */
export interface TemporaryKey {
	accessKeySecret: string;
	securityToken: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
}

/**
 * Authenticates a request and returns the key that signed it.
 * @param resource /<bucket>/<key>, not encoded
 * @throws Refusal with the status and code of OSS
 */
export function verifyStorage<K extends TemporaryKey>(
	request: WireRequest,
	resource: string,
	findKey: (accessKeyId: string) => K | undefined,
	now: number,
): K {
	if (headerOf(request, 'authorization') === '') {
		throw new Refusal(
			403,
			'AccessDenied',
			'You have no right to access this object because of bucket acl.',
		);
	}
	const claim = readV1(request, resource) ?? readV4(request, resource);
	if (!claim) throw new Refusal(400, 'InvalidArgument', 'Authorization header is invalid.');
	if (Number.isNaN(claim.at))
		throw new Refusal(403, 'AccessDenied', 'OSS authentication requires a valid Date.');
	if (Math.abs(claim.at - now) > CLOCK_TOLERANCE_MS) {
		throw new Refusal(
			403,
			'RequestTimeTooSkewed',
			'The difference between the request time and the current time is too large.',
		);
	}
	const key = findKey(claim.accessKeyId);
	const token = headerOf(request, 'x-oss-security-token');
	// OSS does not know a temporary key without its token.
	if (!key || token === '') {
		throw new Refusal(
			403,
			'InvalidAccessKeyId',
			'The OSS Access Key Id you provided does not exist in our records.',
		);
	}
	if (token !== key.securityToken)
		throw new Refusal(403, 'InvalidSecurityToken', 'The security token you provided is invalid.');
	if (now > key.expiresAt)
		throw new Refusal(403, 'SecurityTokenExpired', 'The security token you provided has expired.');
	const [expected, actual] = [claim.signatureFor(key.accessKeySecret), claim.signature].map(
		(each) => Buffer.from(each),
	);
	if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) {
		throw new Refusal(
			403,
			'SignatureDoesNotMatch',
			'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
		);
	}
	return key;
}
