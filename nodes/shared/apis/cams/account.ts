import { createHash } from 'node:crypto';
import type { IAllExecuteFunctions } from 'n8n-workflow';

import { camsAccount, credentialText } from '../../../../credentials/authenticate';
import { checkedCredential, newRunId, readCredential } from '../credential';

/** What to say where neither the node nor the credential names a channel. */
export const NO_CHANNEL = {
	title: 'No channel is chosen',
	advice:
		'Fill Channel ID / Space ID here or in the credential. It starts with "cams-" and is shown on the Channel Management page.',
};

/** What all items of a run take from the credential and the execution. */
export interface Account {
	/** The credential's Channel ID / Space ID; empty when it has none. */
	custSpaceId: string;
	/** Endpoint and AccessKey: whose calls per second these are. */
	key: string;
	/** Whose answers to reading calls these are: the same only for the same secret. */
	readerKey: string;
	/** Begins the task ids of a run. */
	runId: string;
}

/** @throws UserIssue (credential) when the node's credential cannot be used for CAMS */
export async function readAccount(
	context: Pick<IAllExecuteFunctions, 'getCredentials' | 'getExecutionId'>,
): Promise<Account> {
	const credentials = await readCredential(context, 'cams');
	const { endpoint, accessKey } = checkedCredential(() => camsAccount(credentials));
	const key = `${endpoint} ${accessKey.id}`;
	return {
		custSpaceId: credentialText(credentials, 'custSpaceId'),
		key,
		readerKey: createHash('sha256')
			.update(`${key} ${accessKey.secret} ${credentialText(credentials, 'securityToken')}`)
			.digest('hex'),
		runId: newRunId(context),
	};
}
