import { createHash, createHmac } from 'node:crypto';

/**
 * Alibaba Cloud's request signature V3, ACS3-HMAC-SHA256.
 * Source: "V3 request structure and signature" (alibabacloud.com/help/en/sdk/product-overview),
 * checked against requests captured from the official SDK (test/vectors).
 */
const SIGNATURE_ALGORITHM = 'ACS3-HMAC-SHA256';

/** A request as it is sent: `query` holds decoded pairs. */
export interface Acs3Request {
	method: string;
	path: string;
	query: ReadonlyArray<readonly [string, string]>;
	/** Must include every header that is signed: host, content-type and all x-acs-*. */
	headers: Record<string, string>;
	/** SHA-256 of the exact bytes of the body: a body can be long, and its hash is a header as well. */
	bodyHash: string;
}

/** The parts of a signature. Tests compare each with that of the official SDK. */
export interface Acs3Signature {
	canonicalRequest: string;
	stringToSign: string;
	signedHeaders: string;
	signature: string;
	authorization: string;
}

/**
 * Percent-encodes the UTF-8 bytes of a text, except `A-Z a-z 0-9 - _ . ~`, as ACS3 requires. A lone surrogate, which
 * UTF-8 cannot represent, becomes U+FFFD, as with Node.js' other encoders.
 */
export function percentEncode(text: string): string {
	const wellFormed = /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
	return encodeURIComponent(wellFormed).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/** Joins pairs to `name=value&...` in their order, with names and values percent-encoded. */
export function encodePairs(pairs: ReadonlyArray<readonly [string, string]>): string {
	return pairs.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
}

/** SHA-256 in lower-case hex. */
export function sha256(content: string | Buffer): string {
	return createHash('sha256').update(content).digest('hex');
}

function compareText(left: string, right: string): number {
	if (left === right) return 0;
	return left < right ? -1 : 1;
}

function isSigned(headerName: string): boolean {
	return headerName === 'host' || headerName === 'content-type' || headerName.startsWith('x-acs-');
}

/**
 * Signs a request. Date and nonce are headers set by the caller, so the same request always has the same signature.
 * @param accessKey the secret is the HMAC key itself, without derivation
 */
export function signAcs3(
	request: Acs3Request,
	accessKey: { id: string; secret: string },
): Acs3Signature {
	const query = [...request.query].sort(
		(left, right) => compareText(left[0], right[0]) || compareText(left[1], right[1]),
	);
	const headers = Object.entries(request.headers)
		.map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
		.filter(([name]) => isSigned(name))
		.sort((left, right) => compareText(left[0], right[0]));

	const signedHeaders = headers.map(([name]) => name).join(';');
	const canonicalRequest = [
		request.method,
		request.path,
		encodePairs(query),
		headers.map(([name, value]) => `${name}:${value}\n`).join(''),
		signedHeaders,
		request.bodyHash,
	].join('\n');
	const stringToSign = `${SIGNATURE_ALGORITHM}\n${sha256(canonicalRequest)}`;
	const signature = createHmac('sha256', accessKey.secret).update(stringToSign).digest('hex');

	return {
		canonicalRequest,
		stringToSign,
		signedHeaders,
		signature,
		authorization: `${SIGNATURE_ALGORITHM} Credential=${accessKey.id},SignedHeaders=${signedHeaders},Signature=${signature}`,
	};
}
