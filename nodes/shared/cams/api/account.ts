import { createHash, randomUUID } from 'node:crypto';
import type { IAllExecuteFunctions, ICredentialDataDecryptedObject } from 'n8n-workflow';

import { camsAccount, credentialText } from '../../../../credentials/authenticate';
import { NotSendable } from '../../input/notSendable';

export const CREDENTIAL_TYPE = 'chatAppApi';

/** What to say where neither the node nor the credential names a channel. */
export const NO_CHANNEL = {
	title: 'No channel is chosen',
	advice: 'Fill Channel ID / Space ID here or in the credential. It starts with "cams-" and is shown on the Channel Management page.',
};

/** What all items of a run take from the credential and the execution. */
export interface Account {
	/** The credential's Channel ID / Space ID; empty when it has none. */
	custSpaceId: string;
	/** Endpoint and AccessKey: whose calls per second these are. */
	key: string;
	/** Whose answers to reading calls these are: the same only for the same secret. */
	readerKey: string;
	/** Begins the task ids of a run: unique, and led back to the execution. */
	runId: string;
}

/** @throws NotSendable (credential) when the node's credential cannot be used for CAMS */
export async function readAccount(context: Pick<IAllExecuteFunctions, 'getCredentials' | 'getExecutionId'>): Promise<Account> {
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	if (credentials.api === 'innoPaas') {
		throw new NotSendable(
			'This credential is for InnoPaaS',
			'Choose a ChatApp API credential whose API is Alibaba Cloud CAMS.',
			'credential',
		);
	}
	const checked = checkedAccount(credentials);
	if (checked instanceof NotSendable) throw checked;
	const { endpoint, accessKey } = checked;
	const key = `${endpoint} ${accessKey.id}`;
	return {
		custSpaceId: credentialText(credentials, 'custSpaceId'),
		key,
		readerKey: createHash('sha256').update(`${key} ${accessKey.secret} ${credentialText(credentials, 'securityToken')}`).digest('hex'),
		runId: `n8n-${context.getExecutionId() || 'test'}-${randomUUID().slice(0, 6)}`,
	};
}

function checkedAccount(credentials: ICredentialDataDecryptedObject): ReturnType<typeof camsAccount> | NotSendable {
	try {
		return camsAccount(credentials);
	} catch (error) {
		return new NotSendable('The credential is not complete', (error as Error).message, 'credential');
	}
}
