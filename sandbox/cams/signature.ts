import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { Refusal } from '../refusal';
import { findAccount, type Account } from './accounts';
import type { WireRequest } from './wireRequest';

/**
 * Verifies ACS3-HMAC-SHA256 signatures over the raw request, as described in Alibaba's "V3 request structure and
 * signature". Shares no code with the nodes, so that a mistake cannot cancel itself out.
 */

const CLOCK_TOLERANCE_MS = 15 * 60 * 1000;
const UNRESERVED = new Set(
	Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~'),
);

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

function escapeBytes(text: string): string {
	let escaped = '';
	for (const byte of Buffer.from(text, 'utf8')) {
		escaped += UNRESERVED.has(byte)
			? String.fromCharCode(byte)
			: `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
	}
	return escaped;
}

function canonicalQuery(rawQuery: string): string {
	const pairs = [...new URLSearchParams(rawQuery)];
	pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
	return pairs.map((pair) => pair.map(escapeBytes).join('=')).join('&');
}

function headerText(request: WireRequest, name: string): string | undefined {
	const value = request.headers[name];
	return Array.isArray(value)
		? value
				.map((each) => each.trim())
				.sort()
				.join(',')
		: value?.trim();
}

function readAuthorization(request: WireRequest) {
	const match =
		/^ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
			headerText(request, 'authorization') ?? '',
		);
	if (!match) {
		throw new Refusal(
			400,
			'IncompleteSignature',
			'The request signature does not conform to Aliyun standards.',
		);
	}
	const [, accessKeyId, signedHeaders, signature] = match;
	return { accessKeyId, signedHeaders: signedHeaders.split(';'), signature };
}

/** "V3 request structure and signature": these are required, and all of this kind that are sent must be signed. */
const REQUIRED_HEADERS = [
	'host',
	'x-acs-action',
	'x-acs-version',
	'x-acs-date',
	'x-acs-signature-nonce',
	'x-acs-content-sha256',
];
const mustBeSigned = (name: string) =>
	name === 'host' || name === 'content-type' || name.startsWith('x-acs-');

function checkSignedHeaders(request: WireRequest, signedHeaders: string[]): void {
	const incomplete = (reason: string) => new Refusal(400, 'IncompleteSignature', reason);
	const empty = REQUIRED_HEADERS.find((name) => !headerText(request, name));
	if (empty) throw incomplete(`The header ${empty} is missing or empty.`);
	const unsigned = Object.keys(request.headers).find(
		(name) => mustBeSigned(name) && !signedHeaders.includes(name),
	);
	if (unsigned) throw incomplete(`The header ${unsigned} is not signed.`);
	const absent = signedHeaders.find((name) => headerText(request, name) === undefined);
	if (absent) throw incomplete(`The header ${absent} is signed, but not sent.`);
	// The page: names in lower case, sorted alphabetically.
	const sorted = [...new Set(signedHeaders)].sort().join(';');
	if (signedHeaders.join(';') !== sorted)
		throw incomplete(`SignedHeaders is not in order; it must be ${sorted}.`);
}

function checkSignature(
	request: WireRequest,
	account: Account,
	signedHeaders: string[],
	signature: string,
): void {
	const mismatch = (reason: string) =>
		new Refusal(
			400,
			'SignatureDoesNotMatch',
			`Specified signature is not matched with our calculation. ${reason}`,
		);
	const payloadHash = sha256(request.body);
	if (headerText(request, 'x-acs-content-sha256') !== payloadHash) {
		throw mismatch('x-acs-content-sha256 is not the hash of the body.');
	}
	const canonicalHeaders = signedHeaders
		.map((name) => `${name}:${headerText(request, name) ?? ''}\n`)
		.join('');
	const canonical = `${request.method}\n${request.path}\n${canonicalQuery(request.rawQuery)}\n${canonicalHeaders}\n${signedHeaders.join(';')}\n${payloadHash}`;
	const expected = createHmac('sha256', account.accessKeySecret)
		.update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
		.digest();
	if (!timingSafeEqual(expected, Buffer.from(signature, 'hex')))
		throw mismatch(`Canonical request hash: ${sha256(canonical)}`);
}

function checkDate(request: WireRequest, now: number): void {
	const date = headerText(request, 'x-acs-date') ?? '';
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date) || Number.isNaN(Date.parse(date))) {
		throw new Refusal(
			400,
			'InvalidTimeStamp.Format',
			'Specified time stamp or date value is not well formatted.',
		);
	}
	if (Math.abs(Date.parse(date) - now) > CLOCK_TOLERANCE_MS) {
		throw new Refusal(
			400,
			'InvalidTimeStamp.Expired',
			'Specified time stamp or date value is expired.',
		);
	}
}

/** Remembers nonces for as long as a date is valid, so that a signed request cannot be replayed. */
export class NonceMemory {
	private seen = new Map<string, number>();

	/** @throws Refusal SignatureNonceUsed */
	claim(nonce: string, now: number): void {
		for (const [old, at] of this.seen) {
			if (now - at <= 2 * CLOCK_TOLERANCE_MS) break;
			this.seen.delete(old);
		}
		if (this.seen.has(nonce)) {
			throw new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
		}
		this.seen.set(nonce, now);
	}
}

/**
 * Authenticates a request and returns its account.
 * @param now the gateway's clock, milliseconds since 1970
 * @throws Refusal for everything that the gateway rejects before it reads the parameters
 */
export function verify(request: WireRequest, nonces: NonceMemory, now: number): Account {
	const { accessKeyId, signedHeaders, signature } = readAuthorization(request);
	checkSignedHeaders(request, signedHeaders);
	const account = findAccount(accessKeyId);
	if (!account)
		throw new Refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
	if (account.state === 'inactive') {
		throw new Refusal(400, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
	}
	if (headerText(request, 'x-acs-security-token') !== account.securityToken) {
		throw new Refusal(
			400,
			'InvalidSecurityToken.MismatchWithAccessKey',
			'The security token does not belong to the access key.',
		);
	}
	checkSignature(request, account, signedHeaders, signature);
	checkDate(request, now);
	nonces.claim(headerText(request, 'x-acs-signature-nonce') ?? '', now);
	return account;
}
