import { randomUUID } from 'node:crypto';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { sha256, signAcs3 } from './acs3';
import { FORM_CONTENT_TYPE, refuseUser, settleRequest, toRequestOptions } from './finalRequest';
import { strayCharacter } from './strayCharacter';

const CAMS_API_VERSION = '2020-06-06';

/** The value of a credential field as trimmed text; empty if the field is empty. */
export function credentialText(credentials: ICredentialDataDecryptedObject, field: string): string {
	const value = credentials[field];
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/**
 * A text of the credential as it may be sent. Copied text brings characters along unseen, for which Node.js throws in a
 * header.
 * @param allowed of the whole text
 */
function checkedText(value: string, label: string, allowed: RegExp): string {
	if (allowed.test(value)) return value;
	const stray = strayCharacter(value);
	const what =
		stray === undefined ? 'a space or a sign that it cannot have' : `the character ${stray}`;
	throw new Error(
		`${label} contains ${what}. Enter it again in the ChatApp API credential, without copying what is around it.`,
	);
}

const KEY = /^[\x21-\x7e]*$/;
/** RFC 9110, 5.6.2: token. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]*$/;
const PREFIX = /^[\x20-\x7e]*$/;

/** Names under which no key arrives: JavaScript and axios take them for something else, or they describe the request itself. */
const UNUSABLE_HEADERS: ReadonlySet<string> = new Set(
	(
		'__proto__ constructor prototype common delete get head link options patch post purge put query unlink ' +
		'connection content-encoding content-length content-type expect host keep-alive te trailer transfer-encoding upgrade'
	).split(' '),
);

function checkedHeaderName(value: string, label: string, example: string): string {
	const name = checkedText(value, label, HEADER_NAME);
	if (!UNUSABLE_HEADERS.has(name.toLowerCase())) return name;
	throw new Error(
		`${label} cannot be ${name}, because nothing would arrive under that name. Enter the name that InnoPaaS expects, e.g. ${example}`,
	);
}

function required(
	credentials: ICredentialDataDecryptedObject,
	field: string,
	label: string,
): string {
	const value = credentialText(credentials, field);
	if (value === '') throw new Error(`${label} is empty. Fill it in the ChatApp API credential.`);
	if (/\s/.test(value))
		throw new Error(`${label} contains a space. Copy it again into the ChatApp API credential.`);
	return checkedText(value, label, KEY);
}

function checkedUrl(url: string, label: string, example: string): string {
	if (/^https?:\/\/[^/]/i.test(url) && URL.canParse(url)) {
		refuseUser(new URL(url), label);
		return url;
	}
	checkedText(url, label, KEY);
	throw new Error(`${label} is not a web address. Enter it in full, e.g. ${example}`);
}

/** The base URL of CAMS: Endpoint if set, else the endpoint of the region (rule "regional" of the SDK). */
export function camsEndpoint(credentials: ICredentialDataDecryptedObject): string {
	const endpoint = credentialText(credentials, 'endpoint');
	if (endpoint !== '')
		return checkedUrl(endpoint, 'Endpoint', 'https://cams.ap-southeast-1.aliyuncs.com');
	const region = credentialText(credentials, 'region') || 'ap-southeast-1';
	if (!/^[a-z0-9-]+$/i.test(region)) {
		checkedText(region, 'Region', KEY);
		throw new Error('Region is not a region ID. Enter e.g. ap-southeast-1');
	}
	return `https://cams.${region.toLowerCase()}.aliyuncs.com`;
}

/** The base URL of InnoPaaS. */
export function innoPaasBaseUrl(credentials: ICredentialDataDecryptedObject): string {
	const usual = 'https://api.innopaas.com';
	return checkedUrl(credentialText(credentials, 'baseUrl') || usual, 'Base URL', usual);
}

/**
 * The AccessKey and endpoint for calls of CAMS.
 * @throws Error for the user when a field is empty or not a URL
 */
export function camsAccount(credentials: ICredentialDataDecryptedObject): {
	endpoint: string;
	accessKey: { id: string; secret: string };
	/** Of a temporary AccessKey; empty for an ordinary one. */
	securityToken: string;
} {
	return {
		securityToken: checkedText(
			credentialText(credentials, 'securityToken'),
			'STS Security Token',
			KEY,
		),
		endpoint: camsEndpoint(credentials),
		accessKey: {
			id: required(credentials, 'accessKeyId', 'AccessKey ID'),
			secret: required(credentials, 'accessKeySecret', 'AccessKey Secret'),
		},
	};
}

/**
 * The keys and base URL for calls of InnoPaaS.
 * @throws Error for the user when a field is empty or not a URL
 */
export function innoPaasAccount(credentials: ICredentialDataDecryptedObject): {
	baseUrl: string;
	appKey: string;
	accessToken: string;
	/** The two headers that carry them. */
	headers: Record<string, string>;
} {
	const custom = credentials.changeHeaderNames === true;
	const name = (field: string, label: string, defaultName: string) =>
		checkedHeaderName(
			(custom && credentialText(credentials, field)) || defaultName,
			label,
			defaultName,
		);
	const appHeader = name('appHeaderName', 'App Key Header', 'AppKey');
	const tokenHeader = name('authorizationHeaderName', 'Access Token Header', 'Authorization');
	if (appHeader.toLowerCase() === tokenHeader.toLowerCase())
		throw new Error(
			'App Key Header and Access Token Header are the same, and a header carries one of them. Enter two names, e.g. AppKey and Authorization',
		);
	// The prefix is not trimmed, as "Bearer " ends with a space.
	const { authorizationPrefix } = credentials;
	const prefix = custom && typeof authorizationPrefix === 'string' ? authorizationPrefix : '';
	const appKey = required(credentials, 'appKey', 'App Key');
	const accessToken = required(credentials, 'accessToken', 'Access Token');
	return {
		baseUrl: innoPaasBaseUrl(credentials),
		appKey,
		accessToken,
		headers: {
			[appHeader]: appKey,
			[tokenHeader]: checkedText(prefix, 'Access Token Prefix', PREFIX) + accessToken,
		},
	};
}

function signForCams(
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
): IHttpRequestOptions {
	const { endpoint, accessKey, securityToken } = camsAccount(credentials);
	const request = settleRequest(options, endpoint);

	// Action and Version in the query are the older, widely documented way to name an operation.
	const fromQuery = (name: string) => request.query.find(([key]) => key === name)?.[1];
	const action = request.headers['x-acs-action'] || fromQuery('Action');
	if (!action) {
		throw new Error('No operation is named. Set the header x-acs-action, e.g. ListChatappTemplate');
	}
	const version = request.headers['x-acs-version'] || fromQuery('Version') || CAMS_API_VERSION;
	request.query = request.query.filter(([key]) => key !== 'Action' && key !== 'Version');

	const bodyHash = sha256(request.body);
	// After an HTTP 401 n8n signs the same options again: headers of the earlier signature are removed, and date and
	// nonce are new.
	const headers = { ...request.headers };
	delete headers.authorization;
	delete headers['x-acs-security-token'];
	delete headers['x-acs-accesskey-id'];
	request.headers = {
		accept: 'application/json',
		...headers,
		host: request.url.host,
		'x-acs-action': action,
		'x-acs-version': version,
		'x-acs-date': new Date().toISOString().replace(/\.\d{3}Z$/, 'Z'),
		'x-acs-signature-nonce': randomUUID(),
		'x-acs-content-sha256': bodyHash,
		...(securityToken
			? { 'x-acs-security-token': securityToken, 'x-acs-accesskey-id': accessKey.id }
			: {}),
	};
	// Without a content type axios would add one after the request was signed.
	if (['POST', 'PUT', 'PATCH'].includes(request.method)) {
		request.headers['content-type'] ??= FORM_CONTENT_TYPE;
	}

	request.headers.authorization = signAcs3(
		{
			method: request.method,
			path: request.url.pathname,
			query: request.query,
			headers: request.headers,
			bodyHash,
		},
		accessKey,
	).authorization;
	return toRequestOptions(options, request);
}

function signForInnoPaas(
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
): IHttpRequestOptions {
	const { baseUrl, headers: own } = innoPaasAccount(credentials);
	const given = String(options.url || (options as { uri?: string }).uri || '');
	for (const address of [given, options.baseURL ?? ''])
		if (URL.canParse(address)) refuseUser(new URL(address), 'The URL of the request');
	const headers = { ...options.headers };
	for (const key of Object.keys(headers)) {
		if (Object.keys(own).some((mine) => mine.toLowerCase() === key.toLowerCase())) {
			delete headers[key];
		}
	}
	return {
		...options,
		...(/^https?:/i.test(given) || options.baseURL ? {} : { baseURL: baseUrl }),
		headers: { ...headers, ...own },
	};
}

/** For n8n's helper, and the last two for its older one. */
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
};

/**
 * Signs in a request of any operation: for CAMS with ACS3-HMAC-SHA256 (Alibaba Cloud, "V3 request structure and
 * signature"), for InnoPaaS with its two raw headers (docs.innopaas.com, API overview, authentication). A path
 * without a host goes to the credential's own endpoint.
 * Works on a copy and may be applied to its own result.
 * @throws Error for the user, without any value of the credential
 */
export function authenticate(
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
): IHttpRequestOptions {
	const signed =
		credentials.api === 'innoPaas'
			? signForInnoPaas(credentials, options)
			: signForCams(credentials, options);
	// n8n would send signature and tokens to the target of a redirect, too.
	return { ...signed, ...NO_REDIRECTS };
}
