import type { IncomingHttpHeaders } from 'node:http';

import { Refusal } from '../refusal';
import { findAccount, type Account } from './accounts';
import { CODES, refuse, WebRefusal } from './refusal';

/**
 * Says whose call it is, by the two headers as they are (docs.innopaas.com, API overview). Which code and status a
 * wrong one gets is not documented: the sandbox's choice.
 * @throws Refusal with HTTP 401
 */
export function signIn(headers: IncomingHttpHeaders): Account {
	const { appkey, authorization } = headers;
	if (typeof appkey !== 'string' || appkey === '' || !authorization)
		throw new WebRefusal(401, 'Unauthorized');
	const account = findAccount(appkey);
	if (!account) throw new Refusal(401, CODES.unknownAccount, 'The account does not exist.');
	if (account.deadTokens.includes(authorization)) {
		throw new Refusal(401, CODES.wrongToken, 'The access token has been replaced by a newer one.');
	}
	if (authorization !== account.accessToken)
		throw new Refusal(401, CODES.wrongToken, 'The access token is wrong.');
	return account;
}

/** @throws Refusal for an account that may not call at all */
export function checkAccount({ state }: Account): void {
	if (state === 'otherAddress')
		throw refuse(CODES.addressNotAllowed, 'The IP address of the client is not allowed.');
	if (state === 'disabled') throw refuse(CODES.disabled, 'The account is deleted or disabled.');
}
