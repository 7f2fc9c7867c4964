import { createHash, timingSafeEqual } from 'node:crypto';
import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IHookFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { credentialText } from '../../../credentials/authenticate';
import { CREDENTIAL_TYPE } from '../apis/credential';
import { idList } from '../parameters/options';
import { UserIssue, plainText } from '../util/userIssue';
import { readRanges } from './ipAllowList';

/** Who may push: those who know the secret, from the addresses that are allowed. */
export type Authentication = 'urlSecret' | 'basicAuth' | 'headers';

const ALLOWED = 'Allowed IP Addresses';

/** A shorter one could be guessed. */
export const MIN_SECRET_CHARACTERS = 16;

/** Takes the same time wherever two texts differ, and whatever their lengths. */
function isSame(left: string, right: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(left), digest(right));
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The text of a header; empty where it is missing, or comes more than once. */
function headerText(headers: Headers, name: string): string {
	const value = headers[name];
	return typeof value === 'string' ? value : '';
}

/** The secret in the URL; empty where the node has none. */
export function readUrlSecret(
	context: Pick<IHookFunctions | IWebhookFunctions, 'getNodeParameter'>,
): string {
	// n8n finds no value in a locator that is hidden.
	const locator = context.getNodeParameter('urlSecret', '');
	return plainText(
		typeof locator === 'object' ? (locator as { value?: unknown } | null)?.value : locator,
		'URL Secret',
	);
}

/** What is wrong with the settings, so that nobody could be told from anybody else; undefined when they will do. */
export function authProblem(
	authentication: Authentication,
	urlSecret: string,
	credentials: ICredentialDataDecryptedObject,
): { title: string; advice: string } | undefined {
	if (authentication === 'urlSecret') {
		if (urlSecret.length >= MIN_SECRET_CHARACTERS && /^[\w-]+$/.test(urlSecret)) return undefined;
		return {
			title:
				urlSecret === ''
					? 'URL Secret is empty'
					: 'URL Secret is too short or has other characters',
			advice: `Select New secret, then paste the new URL into the console. It takes at least ${MIN_SECRET_CHARACTERS} letters, digits, - or _.`,
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
			'Enter it in the credential, as the console sends it with each receipt; without it everybody could start this workflow.',
	};
}

/** Whether a push says rightly who it is. The secret in the URL has been compared: n8n answers 404 where no workflow has it. */
export function isAuthentic(
	authentication: Authentication,
	urlSecret: string,
	credentials: ICredentialDataDecryptedObject,
	headers: Headers,
): boolean {
	const secret = credentialText(credentials, 'receiptSecret');
	const userName = credentialText(credentials, 'receiptUserName');
	const given = headerText(headers, 'authorization');
	const lacks = authProblem(authentication, urlSecret, credentials) !== undefined;
	const isBasic = isSame(given, `Basic ${Buffer.from(`${userName}:${secret}`).toString('base64')}`);
	const isHeaders = [
		isSame(given, secret),
		userName === '' || isSame(headerText(headers, 'username'), userName),
	].every(Boolean);
	const isKnown =
		authentication === 'urlSecret' ||
		(authentication === 'basicAuth' && isBasic) ||
		(authentication === 'headers' && isHeaders);
	return isKnown && !lacks;
}

/** Whether an address may push. @param given the option: addresses and ranges; all where it is not added */
export function isAllowed(given: unknown, address: string | undefined): boolean {
	if (given === undefined) return true;
	return (
		address !== undefined &&
		readRanges(idList(given, ALLOWED), ALLOWED).some((holds) => holds(address))
	);
}

/** What keeps a workflow from being published. n8n shows the message alone. */
export function notPublished(
	context: IHookFunctions,
	{ title, advice }: { title: string; advice: string },
): NodeOperationError {
	return new NodeOperationError(context.getNode(), `${title}. ${advice}`);
}

/** @throws NodeOperationError when nobody could be told from anybody else: the workflow is not published then */
export async function checkSettings(context: IHookFunctions): Promise<void> {
	const urlSecret = readUrlSecret(context);
	const lack = authProblem(
		context.getNodeParameter('authentication') as Authentication,
		urlSecret,
		await context.getCredentials(CREDENTIAL_TYPE),
	);
	if (lack) throw notPublished(context, lack);
	const { allowedIps } = context.getNodeParameter('options', {}) as { allowedIps?: unknown };
	const ranges = allowedIps === undefined ? undefined : wrongRange(idList(allowedIps, ALLOWED));
	if (ranges) throw notPublished(context, ranges);
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

function wrongRange(allowed: string[]): UserIssue | undefined {
	if (allowed.length === 0)
		return new UserIssue(
			`${ALLOWED} is empty`,
			'Enter e.g. 203.0.113.0/24, or remove the option: then everybody who knows the secret can push.',
		);
	try {
		readRanges(allowed, ALLOWED);
		return undefined;
	} catch (error) {
		return error as UserIssue;
	}
}
