import { createHash, timingSafeEqual } from 'node:crypto';
import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHookFunctions,
	type INode,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { CREDENTIAL_TYPE } from '../../../credentials/apis';
import { credentialText } from '../../../credentials/authenticate';
import type { Advice } from '../http/errorCatalog';
import { idList } from '../parameters/options';
import { plainText } from '../parameters/text';
import { UserIssue } from '../util/userIssue';
import { filterIssue } from './filter';
import { readRanges } from './ipAllowList';

/** Authentication of webhook requests: by a secret, and optionally by IP address. Requests without both are rejected. */

export type Authentication = 'urlSecret' | 'basicAuth' | 'headers';

const ALLOWED = 'Allowed IP Addresses';

export const MIN_SECRET_CHARACTERS = 16;

/** Compares digests in constant time, so that timing reveals neither the length nor a matching prefix. */
function isSame(left: string, right: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(left), digest(right));
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The value of a header; empty if it is missing or repeated. */
function headerText(headers: Headers, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value : '';
}

/** The URL Secret of the node; empty where it has none. */
export function readUrlSecret(
	context: Pick<IHookFunctions | IWebhookFunctions, 'getNodeParameter'>,
): string {
	// The field is hidden with other authentications, and n8n cannot extract the value of a hidden locator.
	const locator = context.getNodeParameter('urlSecret', '');
	return plainText(
		typeof locator === 'object' ? (locator as { value?: unknown } | null)?.value : locator,
		'URL Secret',
	);
}

/** Why these settings cannot authenticate a sender; undefined if they can. */
export function authProblem(
	authentication: Authentication,
	urlSecret: string,
	credentials: ICredentialDataDecryptedObject,
): Advice | undefined {
	if (authentication === 'urlSecret') {
		if (urlSecret.length >= MIN_SECRET_CHARACTERS && /^[\w-]+$/.test(urlSecret)) return undefined;
		return {
			title:
				urlSecret === ''
					? 'URL Secret is empty'
					: 'URL Secret is too short or has invalid characters',
			advice: `Open its list and select the new secret, then paste the new URL into the console. A secret has at least ${MIN_SECRET_CHARACTERS} letters, digits, - or _.`,
		};
	}
	if (
		credentialText(credentials, 'receiptSecret') !== '' &&
		(authentication === 'headers' || credentialText(credentials, 'receiptUserName') !== '')
	)
		return undefined;
	return {
		title:
			authentication === 'headers'
				? 'Receipt Authorization is empty'
				: 'Receipt User Name or Receipt Authorization is empty',
		advice:
			'Enter in the credential what the console sends with each receipt. Without it, anyone could start this workflow.',
	};
}

/** Whether a request is authentic. With a secret in the URL n8n has checked it: to a wrong URL it answers 404 by itself. */
export function isAuthentic(
	authentication: Authentication,
	urlSecret: string,
	credentials: ICredentialDataDecryptedObject,
	headers: Headers,
): boolean {
	const secret = credentialText(credentials, 'receiptSecret');
	const userName = credentialText(credentials, 'receiptUserName');
	const authorization = headerText(headers, 'authorization');
	const isConfigured = authProblem(authentication, urlSecret, credentials) === undefined;
	const isBasic = isSame(
		authorization,
		`Basic ${Buffer.from(`${userName}:${secret}`).toString('base64')}`,
	);
	const isHeaders = [
		isSame(authorization, secret),
		userName === '' || isSame(headerText(headers, 'username'), userName),
	].every(Boolean);
	const isAuthenticated =
		authentication === 'urlSecret' ||
		(authentication === 'basicAuth' && isBasic) ||
		(authentication === 'headers' && isHeaders);
	return isAuthenticated && isConfigured;
}

/** @param allowedIps addresses and ranges; undefined, where the option is not added, allows every address */
export function isAllowed(allowedIps: unknown, address: string | undefined): boolean {
	if (allowedIps === undefined) return true;
	return (
		address !== undefined &&
		readRanges(idList(allowedIps, ALLOWED), ALLOWED).some((includes) => includes(address))
	);
}

/** The error that keeps a workflow from being published. n8n shows only its message. */
export function notPublished(
	context: IHookFunctions,
	{ title, advice }: Advice,
): NodeOperationError {
	return new NodeOperationError(context.getNode(), `${title}. ${advice}`);
}

/**
 * Why nothing can reach the node's URL; undefined if it can be reached. Without a webhook ID, which only n8n's editor
 * adds, n8n puts the node's name into the URL and registers it encoded, but looks requests up decoded (2.8.4).
 */
function addressProblem({ name, webhookId }: INode): Advice | undefined {
	if (webhookId !== undefined || encodeURIComponent(name) === name) return undefined;
	return {
		title: "This node's URL cannot be reached",
		advice:
			'The node has no webhook ID, and a name with spaces or special characters. Open the workflow in the editor, which adds the ID, rename the node, e.g. to Receipts, and publish again. If you create workflows by API or command line, set "webhookId" in the node to a UUID.',
	};
}

/** Checks the settings when the workflow is published. @throws NodeOperationError when no sender could come through */
export async function checkSettings(context: IHookFunctions): Promise<void> {
	const unreachable = addressProblem(context.getNode());
	if (unreachable) throw notPublished(context, unreachable);
	const urlSecret = readUrlSecret(context);
	const problem = authProblem(
		context.getNodeParameter('authentication') as Authentication,
		urlSecret,
		await context.getCredentials(CREDENTIAL_TYPE),
	);
	if (problem) throw notPublished(context, problem);
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const { allowedIps } = options;
	const issue =
		(allowedIps === undefined ? undefined : rangeIssue(idList(allowedIps, ALLOWED))) ??
		filterIssue(options);
	if (issue) throw notPublished(context, issue);
	const registers =
		context.getNodeParameter('api') !== 'innoPaas' &&
		context.getNodeParameter('registerUrl', false) === true;
	if (registers && context.getNodeParameter('authentication') !== 'urlSecret') {
		throw notPublished(context, {
			title: 'Register URL works only with a secret in the URL',
			advice: 'Set Authentication to Secret in URL, or enter the URL in the console by hand.',
		});
	}
}

function rangeIssue(allowed: string[]): UserIssue | undefined {
	if (allowed.length === 0)
		return new UserIssue(
			`${ALLOWED} is empty`,
			'Enter e.g. 203.0.113.0/24, or remove the option to accept requests from any address.',
		);
	try {
		readRanges(allowed, ALLOWED);
		return undefined;
	} catch (error) {
		return error as UserIssue;
	}
}
