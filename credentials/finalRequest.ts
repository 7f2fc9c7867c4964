import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';

import { encodePairs } from './acs3';

export const FORM_CONTENT_TYPE = 'application/x-www-form-urlencoded';

/**
 * Options that the HTTP Request node passes in addition to the documented ones: it still uses n8n's older request
 * helper, which has `uri` for the URL and `form` for a form body.
 */
type CallerOptions = IHttpRequestOptions & { uri?: string; form?: IDataObject; formData?: unknown };

/** A request in its final form: nothing between signing and sending may change URL, query or body. */
export interface FinalRequest {
	method: IHttpRequestMethods;
	/** Absolute, without the query. */
	url: URL;
	/** Decoded pairs in the order in which they are sent. */
	query: Array<[string, string]>;
	/** Lower-case names, text values. */
	headers: Record<string, string>;
	body: string | Buffer;
}

/** A parameter's value as text; objects and arrays as compact JSON (style "json" of the SDK). */
function toText(value: unknown): string {
	return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
}

function toPairs(parameters: object | undefined): Array<[string, string]> {
	return Object.entries(parameters ?? {})
		.filter(([, value]) => value !== undefined && value !== null)
		.map(([name, value]) => [name, toText(value)]);
}

/** @throws Error for an address such as https://user:password@host, as axios would sign in with these instead */
export function refuseUser({ username, password }: URL, label: string): void {
	if (username === '' && password === '') return;
	throw new Error(
		`${label} contains a user name or a password. Remove what stands between // and @; the credential has fields for its keys.`,
	);
}

function resolveUrl(options: CallerOptions, endpoint: string): URL {
	const target = String(options.url || options.uri || '');
	const base = options.baseURL || endpoint;
	const isAbsolute = /^[a-z][a-z\d+.-]*:\/\//i.test(target);
	const address = isAbsolute
		? target
		: `${base.replace(/(?<!\/)\/+$/, '')}/${target.replace(/^\/+/, '')}`;
	if (!URL.canParse(address)) throw new Error('The URL of the request is not a web address.');
	const url = new URL(address);
	refuseUser(url, 'The URL of the request');
	return url;
}

/** JSON as bytes, because axios would trim or quote JSON text after it was signed. */
function asSent(json: string): Buffer {
	return Buffer.from(json);
}

/** Whether a body is a stream or n8n's FormData. It is recognized by its methods, as that class is not available here. */
function isStreamed(body: unknown): boolean {
	const methods = Object(body) as Record<string, unknown>;
	return ['pipe', 'append'].some((name) => typeof methods[name] === 'function');
}

function settleBody(
	options: CallerOptions,
	method: IHttpRequestMethods,
	contentType: string | undefined,
): { body: string | Buffer; contentType?: string } {
	// n8n's helpers never send a body with these methods.
	if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return { body: '' };

	const isJson = contentType?.includes('json') ?? false;
	const given: unknown = options.form ?? options.body;
	const asJson =
		isJson || (contentType === undefined && options.json === true && options.form === undefined);
	const jsonType = contentType ?? 'application/json';
	if (typeof given === 'string' && given !== '') {
		return asJson ? { body: asSent(given), contentType: jsonType } : { body: given, contentType };
	}
	if (given instanceof Uint8Array) {
		// n8n's older helper would treat the bytes of a form as an object, and encode them one by one.
		const isForm = (contentType ?? FORM_CONTENT_TYPE) === FORM_CONTENT_TYPE;
		const bytes = Buffer.from(given);
		return { body: isForm ? bytes.toString() : bytes, contentType };
	}
	if (given instanceof URLSearchParams) {
		return { body: encodePairs([...given]), contentType: FORM_CONTENT_TYPE };
	}
	if (
		options.formData !== undefined ||
		contentType?.startsWith('multipart/') ||
		isStreamed(given)
	) {
		throw new Error(
			'A multipart or streamed body cannot be signed. Send the parameters as a form (x-www-form-urlencoded) or in the query.',
		);
	}
	// n8n passes an empty object if there is no body.
	if (typeof given !== 'object' || given === null || Object.keys(given).length === 0) {
		return { body: '', contentType };
	}
	if (asJson) return { body: asSent(JSON.stringify(given)), contentType: jsonType };
	return { body: encodePairs(toPairs(given)), contentType: FORM_CONTENT_TYPE };
}

/**
 * Builds the final URL, query, headers and body from n8n's various options, so that what is signed is byte for byte
 * what is sent.
 * @param endpoint the base URL if the options hold only a path
 * @throws Error for an invalid URL and for a multipart or streamed body
 */
export function settleRequest(options: IHttpRequestOptions, endpoint: string): FinalRequest {
	const method = (options.method ?? 'GET').toUpperCase() as IHttpRequestMethods;
	const url = resolveUrl(options, endpoint);
	const query: Array<[string, string]> = [...url.searchParams, ...toPairs(options.qs)];
	url.search = '';
	url.hash = '';

	const headers: Record<string, string> = {};
	for (const [name, value] of toPairs(options.headers)) headers[name.toLowerCase()] = value.trim();

	const { body, contentType } = settleBody(options, method, headers['content-type']);
	delete headers['content-type'];
	if (contentType) headers['content-type'] = contentType;

	return { method, url, query, headers, body };
}

/** Options that the final request replaces. If they stayed, n8n or axios would apply them again. */
const REPLACED: ReadonlySet<string> = new Set([
	'arrayFormat',
	'baseURL',
	'body',
	'form',
	'formData',
	'headers',
	'method',
	'qs',
	'uri',
	'url',
]);

/** Converts a final request back to n8n's options. */
export function toRequestOptions(
	options: IHttpRequestOptions,
	request: FinalRequest,
): IHttpRequestOptions {
	const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !REPLACED.has(name)));
	const search = encodePairs(request.query);
	const address = search ? `${request.url.href}?${search}` : request.url.href;
	return {
		...kept,
		method: request.method,
		url: address,
		// The older helper reads `uri` first.
		...('uri' in options ? { uri: address } : {}),
		headers: request.headers,
		...(request.body.length > 0 ? { body: request.body } : {}),
	};
}
