import type { IAllExecuteFunctions } from 'n8n-workflow';
import { sha256 } from '../../../../credentials/acs3';
import { credentialText, innoPaasAccount } from '../../../../credentials/authenticate';
import type { Answer } from '../../http/apiAnswer';
import { rateLimiterFor, type RateLimiter } from '../../http/rateLimiter';
import { callApi } from '../../http/request';
import { newCampaignId } from '../../send/taskId';
import { checkedCredential, readCredential } from '../credential';
import { hidingSecrets, type Hide } from '../maskSecrets';
import { readInnoPaasAnswer } from './answer';
import { DEFAULT_CALLS_PER_SECOND } from './limits';

/** Sources: docs.innopaas.com, WhatsApp Business API, pages "message" and "number query". */

const ROOT = '/api/whatsapp/v3';

export const SUBMIT_PATH = `${ROOT}/msg/submit`;
export const PHONE_INFO_PATH = `${ROOT}/account/phoneInfo`;
/** Not seen in the documents: taken from its predecessor, as the documented paths follow it. */
export const TEMPLATE_LIST_PATH = `${ROOT}/template/list`;

/** The part of the credential and the execution that all items of a run share. */
export interface Account {
	/** The credential's WhatsApp Business Account; empty when it has none. */
	wabaId: string;
	/** Base URL and App Key: whose calls these are. */
	key: string;
	/** Whose answers to reading calls these are: the same only for the same token. */
	readerKey: string;
	/** The credential's Default Country; empty when it has none. */
	defaultCountry: string;
	/** Begins the task ids of a run. */
	campaignId: string;
	/** A text without the secrets of the credential, which the API may quote. */
	hide: Hide;
}

/** @throws UserIssue (credential) when the node's credential cannot be used for InnoPaaS */
export async function readAccount(
	context: Pick<IAllExecuteFunctions, 'getCredentials' | 'getExecutionId'>,
): Promise<Account> {
	const credentials = await readCredential(context, 'innoPaas');
	const { baseUrl, appKey, accessToken } = checkedCredential(() => innoPaasAccount(credentials));
	const key = `${baseUrl} ${appKey}`;
	return {
		wabaId: credentialText(credentials, 'wabaId'),
		key,
		readerKey: sha256(`${key} ${accessToken}`),
		defaultCountry: credentialText(credentials, 'defaultCountry'),
		campaignId: newCampaignId(context),
		hide: hidingSecrets(credentials),
	};
}

interface InnoPaasCall {
	path: string;
	/** JSON. */
	body: string;
	timeoutMs: number;
}

/**
 * The rate limiter that all calls of this account and kind share which want the same rate; it slows down when the API turns
 * calls away. What the account takes is known to the user alone: nodes that say the same have it together.
 */
export function innoPaasRateLimiter(
	{ key }: Account,
	kind: 'send' | 'read',
	callsPerSecond = DEFAULT_CALLS_PER_SECOND,
): RateLimiter {
	return rateLimiterFor(`${key} ${kind} ${callsPerSecond}`, callsPerSecond);
}

/** Makes a call, once. */
export async function callInnoPaas(
	context: Pick<IAllExecuteFunctions, 'helpers'>,
	{ hide }: Account,
	{ path, body, timeoutMs }: InnoPaasCall,
): Promise<Answer> {
	const headers = { 'content-type': 'application/json;charset=utf-8' };
	const request = { url: path, headers, body, timeout: timeoutMs };
	return await callApi(context, request, readInnoPaasAnswer, hide);
}
