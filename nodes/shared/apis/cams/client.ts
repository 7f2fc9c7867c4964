import type { IAllExecuteFunctions } from 'n8n-workflow';
import { encodePairs, sha256 } from '../../../../credentials/acs3';
import { camsAccount, credentialText } from '../../../../credentials/authenticate';
import { FORM_CONTENT_TYPE } from '../../../../credentials/finalRequest';
import type { Answer } from '../../http/apiAnswer';
import { rateLimiterFor, type RateLimiter } from '../../http/rateLimiter';
import { callApi } from '../../http/request';
import { newCampaignId } from '../../send/taskId';
import { checkedCredential, readCredential } from '../credential';
import { hidingSecrets, type Hide } from '../maskSecrets';
import { readCamsAnswer } from './answer';
import { callsPerSecond } from './limits';

/** The error if neither the node nor the credential names a channel. */
export const NO_CHANNEL = {
	title: 'No channel is chosen',
	advice:
		'Fill Channel ID / Space ID here or in the credential. It starts with "cams-" and is shown on the Channel Management page.',
};

/** The part of the credential and the execution that all items of a run share. */
export interface Account {
	/** The credential's Channel ID / Space ID; empty when it has none. */
	custSpaceId: string;
	/** The address that the user entered in place of Alibaba Cloud's. */
	ownEndpoint?: string;
	/** Endpoint and AccessKey: whose calls per second these are. */
	key: string;
	/** Whose answers to reading calls these are: the same only for the same secret. */
	readerKey: string;
	/** The credential's Default Country; empty when it has none. */
	defaultCountry: string;
	/** Begins the task ids of a run. */
	campaignId: string;
	/** A text without the secrets of the credential, which the API may quote. */
	hide: Hide;
}

/** @throws UserIssue (credential) when the node's credential cannot be used for CAMS */
export async function readAccount(
	context: Pick<IAllExecuteFunctions, 'getCredentials' | 'getExecutionId'>,
): Promise<Account> {
	const credentials = await readCredential(context, 'cams');
	const { endpoint, accessKey, securityToken } = checkedCredential(() => camsAccount(credentials));
	const key = `${endpoint} ${accessKey.id}`;
	return {
		custSpaceId: credentialText(credentials, 'custSpaceId'),
		...(credentialText(credentials, 'endpoint') !== '' && { ownEndpoint: endpoint }),
		key,
		readerKey: sha256(`${key} ${accessKey.secret} ${securityToken}`),
		defaultCountry: credentialText(credentials, 'defaultCountry'),
		campaignId: newCampaignId(context),
		hide: hidingSecrets(credentials),
	};
}

/** Parameters by their wire names; structured values are JSON text. */
export type WireParameters = Record<string, string>;

/** Parameters that have a value: an empty one would be sent as empty. */
export function withoutEmpty(parameters: Record<string, string>): WireParameters {
	return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

interface CamsCall {
	/** E.g. SendChatappMessage. */
	operation: string;
	query?: WireParameters;
	form?: WireParameters;
	timeoutMs: number;
}

/** The rate limiter that all calls of this account and operation share. */
export function camsRateLimiter({ key }: Account, operation: string): RateLimiter {
	return rateLimiterFor(`${key} ${operation}`, callsPerSecond(operation));
}

/**
 * The parameters of SendChatappMessage that go into the query. The official SDK sent these two there and the rest
 * as a form until 3.1.0, and everything in the query since; a form keeps long lists out of the address.
 */
const IN_QUERY: ReadonlySet<string> = new Set(['Content', 'Payload']);

/**
 * Characters of the query, encoded. The gateway refuses a long address (HTTP 414) and does not say how long is too
 * long; ordinary servers take 8 kB for address and headers. What is longer goes into the form, where Alibaba's client
 * for every API of this style puts all parameters (cams-api.md 2.3).
 */
const MAX_QUERY = 6_000;

/** The call that carries a message. */
export function sendCall(parameters: WireParameters, timeoutMs: number): CamsCall {
	const operation = 'SendChatappMessage';
	const pick = (inQuery: boolean) =>
		Object.entries(parameters).filter(([name]) => IN_QUERY.has(name) === inQuery);
	const query = pick(true);
	return encodePairs(query).length > MAX_QUERY
		? { operation, form: parameters, timeoutMs }
		: {
				operation,
				query: Object.fromEntries(query),
				form: Object.fromEntries(pick(false)),
				timeoutMs,
			};
}

/** Makes a call, once. (The credential test has a way of its own, because n8n gives it another helper.) */
export async function callCams(
	context: Pick<IAllExecuteFunctions, 'helpers'>,
	{ hide }: Pick<Account, 'hide'>,
	{ operation, query, form, timeoutMs }: CamsCall,
): Promise<Answer> {
	const headers = { 'x-acs-action': operation, 'content-type': FORM_CONTENT_TYPE };
	return await callApi(
		context,
		{ url: '/', headers, qs: query, body: form, timeout: timeoutMs },
		readCamsAnswer,
		hide,
	);
}
