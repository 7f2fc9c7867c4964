import { createHash } from 'node:crypto';
import type { IAllExecuteFunctions } from 'n8n-workflow';

import { credentialText, innoPaasAccount } from '../../../../credentials/authenticate';
import { checkedCredential, newRunId, readCredential } from '../credential';

/** What all items of a run take from the credential and the execution. */
export interface Account {
	/** The credential's WhatsApp Business Account; empty when it has none. */
	wabaId: string;
	/** Base URL and App Key: whose calls these are. */
	key: string;
	/** Whose answers to reading calls these are: the same only for the same token. */
	readerKey: string;
	/** Begins the task ids of a run. */
	runId: string;
	/** A text without the key and the token, which the API may quote. */
	hide(text: string): string;
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
		readerKey: createHash('sha256').update(`${key} ${accessToken}`).digest('hex'),
		runId: newRunId(context),
		// Short ones are no secrets, and would tear every other word apart.
		hide: (text) =>
			[accessToken, appKey]
				.filter((secret) => secret.length >= 8)
				.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text),
	};
}
