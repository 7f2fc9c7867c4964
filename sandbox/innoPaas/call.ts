import type { z } from 'zod';

import type { TakenMessage } from '../cams/operation';
import type { Settings } from '../settings';
import { WABAS, type Account, type Waba } from './catalogue';
import { CODES, refuse } from './refusal';

/** What the calls of InnoPaaS have in common: what they are given and what they answer. */

export interface Call {
	account: Account;
	/** The decoded JSON. */
	body: Record<string, unknown>;
	settings: Settings;
	now: number;
}

/** What a call answers, and the messages it took. */
export interface Handled {
	data: unknown;
	messages: TakenMessage[];
}

export type Operation = (call: Call) => Handled;

/** The documented code for a parameter that is missing or wrong, where there is one. */
const PARAMETER_CODES: Record<string, string> = {
	uid: CODES.uidTooLong,
	recipientNumber: CODES.numberFormat,
	sendNumber: CODES.unknownSender,
	templateName: CODES.unknownTemplate,
};

/** @throws Refusal naming the first thing that is not of the form */
export function read<T>(form: z.ZodType<T, z.ZodTypeDef, unknown>, body: unknown): T {
	const { data, error } = form.safeParse(body);
	if (error) {
		const { path, message } = error.issues[0];
		throw refuse(
			PARAMETER_CODES[String(path[0])] ?? CODES.content,
			`${path.join('.')}: ${message}.`,
		);
	}
	return data;
}

/** @throws Refusal for a WABA that the account does not have */
export function findWaba(wabaId: string): Waba {
	const waba = WABAS.find((each) => each.wabaId === wabaId);
	if (!waba)
		throw refuse(CODES.notForThisAccount, `The WABA ${wabaId} is not one of this account.`);
	return waba;
}
