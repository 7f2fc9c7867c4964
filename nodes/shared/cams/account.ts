import { randomUUID } from 'node:crypto';
import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import { camsAccount, credentialText } from '../../../credentials/authenticate';
import { NotSendable } from '../notSendable';

export const CREDENTIAL_TYPE = 'chatAppApi';

/** What all items of a run take from the credential and the execution. */
export interface Account {
	/** The credential's Channel ID / Space ID; empty when it has none. */
	custSpaceId: string;
	/** Makes the task id of an item that the user gave none: unique, and led back to execution and item. */
	makeTaskId: (itemIndex: number) => string;
}

/** What is wrong with a credential before any call, or undefined. */
function credentialIssue(credentials: ICredentialDataDecryptedObject): NotSendable | undefined {
	if (credentials.api === 'innoPaas') {
		return new NotSendable(
			'This credential is for InnoPaaS',
			'Choose a ChatApp API credential whose API is Alibaba Cloud CAMS.',
			'credential',
		);
	}
	try {
		camsAccount(credentials);
		return undefined;
	} catch (error) {
		return new NotSendable('The credential is not complete', (error as Error).message, 'credential');
	}
}

/** @throws NotSendable (credential) when the node's credential cannot be used for CAMS */
export async function readAccount(context: IExecuteFunctions): Promise<Account> {
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	const issue = credentialIssue(credentials);
	if (issue) throw issue;
	const execution = context.getExecutionId() || 'test';
	const unique = randomUUID().slice(0, 6);
	return {
		custSpaceId: credentialText(credentials, 'custSpaceId'),
		makeTaskId: (itemIndex) => `n8n-${execution}-i${itemIndex}-${unique}`,
	};
}
