/**
 * Limits of CAMS, as constants: what the panels show does not load what signs and sends. Source: "QPS limit" on the
 * pages of the operations (docs/reference/cams-api.md).
 */

const CALLS_PER_SECOND: Readonly<Record<string, number>> = {
	SendChatappMessage: 250,
	SendChatappMassMessage: 10,
	QueryChatappPhoneNumbers: 10,
};
/** The lowest documented rate, for an operation whose page names none. */
const MIN_CALLS_PER_SECOND = 5;

/** Calls per second that an account may make of an operation. */
export function callsPerSecond(operation: string): number {
	return CALLS_PER_SECOND[operation] ?? MIN_CALLS_PER_SECOND;
}

/** Recipients of one SendChatappMassMessage. */
export const MAX_RECIPIENTS_PER_CALL = 1000;

/** Channel types whose senders no operation lists. */
export const WITHOUT_SENDER_LIST: readonly string[] = ['messenger', 'telegram'];

/** Channel types whose recipients have IDs instead of phone numbers. */
export const WITHOUT_PHONE_NUMBERS: readonly string[] = ['instagram', 'messenger', 'telegram'];
