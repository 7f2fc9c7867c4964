import type { IncomingHttpHeaders } from 'node:http';

import { Refusal } from '../refusal';
import { findAccount, type Account } from './accounts';
import { CODES, refuse, WebRefusal } from './refusal';

/**
 * Authenticates a call by its headers AppKey and Authorization (docs.innopaas.com, API overview). Codes and status of
 * failures are not documented; they are the sandbox's choice.
 * @throws Refusal with HTTP 401
 */
export function authenticate(headers: IncomingHttpHeaders): Account {
	const { appkey, authorization } = headers;
	if (typeof appkey !== 'string' || appkey === '' || !authorization)
		throw new WebRefusal(401, 'Unauthorized');
	const account = findAccount(appkey);
	if (!account) throw new Refusal(401, CODES.unknownAccount, 'The account does not exist.');
	if (account.replacedTokens.includes(authorization)) {
		throw new Refusal(401, CODES.wrongToken, 'The access token has been replaced by a newer one.');
	}
	if (authorization !== account.accessToken)
		throw new Refusal(401, CODES.wrongToken, 'The access token is wrong.');
	return account;
}

/** @throws Refusal if the account may not call the API at all */
export function checkAccount({ state }: Account): void {
	if (state === 'ipNotAllowed')
		throw refuse(CODES.addressNotAllowed, 'The IP address of the client is not allowed.');
	if (state === 'disabled') throw refuse(CODES.disabled, 'The account is deleted or disabled.');
}
