import type { IAllExecuteFunctions, ICredentialDataDecryptedObject } from 'n8n-workflow';

import { API_NAMES, CREDENTIAL_TYPE, type Api } from '../../../credentials/apis';
import { UserIssue } from '../util/userIssue';

/** The node's credential. @throws UserIssue (credential) when it is for the other API */
export async function readCredential(
	context: Pick<IAllExecuteFunctions, 'getCredentials'>,
	api: Api,
): Promise<ICredentialDataDecryptedObject> {
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	const ownApi: Api = credentials.api === 'innoPaas' ? 'innoPaas' : 'cams';
	if (ownApi !== api) {
		throw new UserIssue(
			`This credential is for ${API_NAMES[ownApi]}`,
			`Choose a ChatApp API credential whose API is ${API_NAMES[api]}.`,
			'credential',
		);
	}
	return credentials;
}

/** Returns what `check` reads from a credential. @throws UserIssue (credential) in place of its errors */
export function checkedCredential<T>(check: () => T): T {
	try {
		return check();
	} catch (error) {
		throw unusable(error);
	}
}

/** The issue of a credential that was read, and whose values cannot be used. */
function unusable(error: unknown): UserIssue {
	return new UserIssue('The credential cannot be used', (error as Error).message, 'credential');
}
