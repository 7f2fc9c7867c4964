import type { AcceptedMessage } from '../acceptedMessage';
import type { Conversations } from '../conversations';
import type { Settings } from '../settings';
import { ACCOUNT, SPACES, type Space } from './accounts';
import type { MessageHistory } from './history';
import { refuse } from './refusal';
import type { UploadGrant } from './storage';
import type { Webhooks } from './webhookStore';

/** The interface of CAMS operations, and helpers to read their parameters. */

/** Decoded parameters, merged from query and form. */
export type CallParameters = Map<string, string>;

/** The response body of an operation, and the messages that it accepted. */
export interface OperationResult {
	body: Record<string, unknown>;
	messages: AcceptedMessage[];
}

/** The sandbox as an operation sees it. */
export interface CallContext {
	history: MessageHistory;
	/** The sandbox's URL as the caller addressed it, e.g. http://127.0.0.1:4010 */
	address: string;
	grantUpload(): UploadGrant;
	webhooks: Webhooks;
	conversations: Conversations;
	settings: Settings;
	now: number;
}

export type Operation = (parameters: CallParameters, context: CallContext) => OperationResult;

/** The result of an operation that accepts no message. */
export function ok(body: Record<string, unknown>): OperationResult {
	return { body: { Code: 'OK', Message: 'OK', ...body }, messages: [] };
}

/** A parameter's value; undefined if it is absent or empty. */
export const given = (parameters: CallParameters, name: string) =>
	parameters.get(name) || undefined;

export function required(parameters: CallParameters, name: string): string {
	const value = given(parameters, name);
	if (value === undefined) {
		throw refuse(`Missing${name}`, `${name} is mandatory for this action.`);
	}
	return value;
}

export function parseJson(
	parameters: CallParameters,
	name: string,
	code = 'InvalidParameter',
): unknown {
	const value = parameters.get(name);
	if (value === undefined) return undefined;
	try {
		return JSON.parse(value);
	} catch {
		throw refuse(code, `${name} is not valid JSON.`);
	}
}

/**
 * Finds the space of a call. CustSpaceId is formally optional on the pages of the sends and of several lists; without
 * it, the account's first space is used.
 * @throws Refusal Unknown.ResourceOwnerId, which the pages of the sends give for resources of other accounts
 */
export function findSpace(parameters: CallParameters): Space {
	const custSpaceId = parameters.get('CustSpaceId') || ACCOUNT.custSpaceId;
	const space = SPACES.find((each) => each.custSpaceId === custSpaceId);
	if (!space)
		throw refuse('Unknown.ResourceOwnerId', `The space ${custSpaceId} is not one of this account.`);
	return space;
}
