import type { z } from 'zod';

import type { AcceptedMessage } from '../acceptedMessage';
import type { Conversations } from '../conversations';
import type { Settings } from '../settings';
import { describeIssue } from '../validation';
import { WABAS, type Account, type Waba } from './accounts';
import { CODES, refuse } from './refusal';

/** The interface of InnoPaaS operations, and helpers to read their parameters. */

export interface Call {
	account: Account;
	/** The parsed JSON. */
	body: Record<string, unknown>;
	settings: Settings;
	conversations: Conversations;
	now: number;
}

/** The response data of an operation, and the messages that it accepted. */
export interface OperationResult {
	data: unknown;
	messages: AcceptedMessage[];
}

export type Operation = (call: Call) => OperationResult;

/** Documented codes for missing or invalid parameters. */
const PARAMETER_CODES: Record<string, string> = {
	uid: CODES.uidTooLong,
	recipientNumber: CODES.numberFormat,
	sendNumber: CODES.unknownSender,
	templateName: CODES.unknownTemplate,
};

/** @throws Refusal that names the first problem */
export function parseBody<T>(form: z.ZodType<T, z.ZodTypeDef, unknown>, body: unknown): T {
	const { data, error } = form.safeParse(body);
	if (error) {
		const [parameter] = error.issues[0].path;
		throw refuse(PARAMETER_CODES[String(parameter)] ?? CODES.content, describeIssue(error));
	}
	return data;
}

/** @throws Refusal if the account does not have the WABA */
export function findWaba(wabaId: string): Waba {
	const waba = WABAS.find((each) => each.wabaId === wabaId);
	if (!waba)
		throw refuse(CODES.notForThisAccount, `The WABA ${wabaId} is not one of this account.`);
	return waba;
}
