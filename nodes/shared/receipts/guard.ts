import { createHash, timingSafeEqual } from 'node:crypto';
import { NodeOperationError, type ICredentialDataDecryptedObject, type IHookFunctions, type IWebhookFunctions } from 'n8n-workflow';

import { credentialText } from '../../../credentials/authenticate';
import { CREDENTIAL_TYPE } from '../credential';
import { NotSendable, plainText } from '../input/notSendable';
import { idList } from '../input/options';
import { readRanges } from './addresses';
import { Refused } from './push';

/** Who may push: those who know the secret, from the addresses that are allowed. */
export type Authentication = 'urlSecret' | 'basicAuth' | 'headers';

const ALLOWED = 'Allowed IP Addresses';

/** A shorter one could be guessed. */
export const LEAST_SECRET_CHARACTERS = 16;

/** Takes the same time wherever two texts differ, and whatever their lengths. */
function isSame(left: string, right: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(left), digest(right));
}

interface Headers {
	authorization?: string;
	[name: string]: string | string[] | undefined;
}

/** The secret in the URL; empty where the node has none. */
export function readUrlSecret(context: Pick<IHookFunctions | IWebhookFunctions, 'getNodeParameter'>): string {
	// n8n finds no value in a locator that is hidden.
	const locator = context.getNodeParameter('urlSecret', '');
	return plainText(typeof locator === 'object' ? (locator as { value?: unknown } | null)?.value : locator, 'URL Secret');
}

/** What is wrong with the settings, so that nobody could be told from anybody else; undefined when they will do. */
export function lackOf(authentication: Authentication, urlSecret: string, credentials: ICredentialDataDecryptedObject): { title: string; advice: string } | undefined {
	if (authentication === 'urlSecret') {
		if (urlSecret.length >= LEAST_SECRET_CHARACTERS && /^[\w-]+$/.test(urlSecret)) return undefined;
		return {
			title: urlSecret === '' ? 'URL Secret is empty' : 'URL Secret is too short or has other characters',
			advice: `Select New secret, then paste the new URL into the console. It takes at least ${LEAST_SECRET_CHARACTERS} letters, digits, - or _.`,
		};
	}
	if (credentialText(credentials, 'receiptSecret') !== '' && (authentication === 'headers' || credentialText(credentials, 'receiptUserName') !== '')) return undefined;
	return {
		title: authentication === 'headers' ? 'Receipt Authorization is empty' : 'Receipt User Name or Receipt Authorization is empty',
		advice: 'Enter it in the credential, as the console sends it with each receipt; without it everybody could start this workflow.',
	};
}

/**
 * Lets a push in, or not. The secret in the URL has been compared already: n8n answers 404 where no workflow has it.
 * @throws Refused (401) when it does not say who it is, or not rightly; nothing in it tells which
 */
export function checkSender(authentication: Authentication, urlSecret: string, credentials: ICredentialDataDecryptedObject, headers: Headers): void {
	const secret = credentialText(credentials, 'receiptSecret');
	const userName = credentialText(credentials, 'receiptUserName');
	const given = headers.authorization ?? '';
	const told = headers.username;
	const lacks = lackOf(authentication, urlSecret, credentials) !== undefined;
	const isBasic = isSame(given, `Basic ${Buffer.from(`${userName}:${secret}`).toString('base64')}`);
	const isHeaders = [isSame(given, secret), userName === '' || isSame(typeof told === 'string' ? told : '', userName)].every(Boolean);
	const isKnown = { urlSecret: true, basicAuth: isBasic, headers: isHeaders }[authentication];
	if (lacks || !isKnown) throw new Refused(401, 'Not authorized.');
}

/** @param allowed addresses and ranges; none means all. @throws Refused (401), as for a wrong secret */
export function checkAddress(allowed: readonly string[], address: string | undefined): void {
	if (allowed.length === 0) return;
	const ranges = readRanges(allowed, ALLOWED);
	if (address === undefined || !ranges.some((holds) => holds(address))) throw new Refused(401, 'Not authorized.');
}


/** @throws NodeOperationError when nobody could be told from anybody else: the workflow is not published then */
export async function checkSettings(context: IHookFunctions): Promise<void> {
	const fail = (title: string, advice: string) => new NodeOperationError(context.getNode(), title, { description: advice });
	const urlSecret = readUrlSecret(context);
	const lack = lackOf(context.getNodeParameter('authentication') as Authentication, urlSecret, await context.getCredentials(CREDENTIAL_TYPE));
	if (lack) throw fail(lack.title, lack.advice);
	const ranges = wrongRange(idList(context.getNodeParameter('options.allowedIps', ''), ALLOWED));
	if (ranges) throw fail(ranges.title, ranges.advice);
}

function wrongRange(allowed: string[]): NotSendable | undefined {
	try {
		readRanges(allowed, ALLOWED);
		return undefined;
	} catch (error) {
		return error as NotSendable;
	}
}
