import type { IAllExecuteFunctions, ICredentialDataDecryptedObject } from 'n8n-workflow';

import { API_NAMES, type Api } from '../../../credentials/apis';
import { UserIssue } from '../util/userIssue';

export const CREDENTIAL_TYPE = 'chatAppApi';

/** @throws UserIssue (credential) when the node's credential is one for the other API */
export async function readCredential(
	context: Pick<IAllExecuteFunctions, 'getCredentials'>,
	api: Api,
): Promise<ICredentialDataDecryptedObject> {
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	const given: Api = credentials.api === 'innoPaas' ? 'innoPaas' : 'cams';
	if (given !== api) {
		throw new UserIssue(
			`This credential is for ${API_NAMES[given]}`,
			`Choose a ChatApp API credential whose API is ${API_NAMES[api]}.`,
			'credential',
		);
	}
	return credentials;
}

/** What `check` finds in a credential. @throws UserIssue (credential) for what it throws */
export function checkedCredential<T>(check: () => T): T {
	try {
		return check();
	} catch (error) {
		throw toIncompleteCredential(error);
	}
}

function toIncompleteCredential(error: unknown): UserIssue {
	return new UserIssue('The credential is not complete', (error as Error).message, 'credential');
}
