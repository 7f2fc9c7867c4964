import type { AcceptedMessage } from '../acceptedMessage';
import { Refusal } from '../refusal';
import type { Settings } from '../settings';
import { ACCOUNT, SPACES, type Space } from './accounts';
import type { UploadGrant } from './storage';
import type { Webhooks } from './webhookStore';

/** What the operations have in common: their parameters, what they are given and what they answer. */

/** Decoded parameters of a call, from query and form together. */
export type CallParameters = Map<string, string>;

/** What an operation answers, and the messages it took. */
export interface OperationResult {
	body: Record<string, unknown>;
	messages: AcceptedMessage[];
}

/** What an operation finds around it. */
export interface CallContext {
	history: readonly AcceptedMessage[];
	/** The sandbox as the caller reached it, e.g. http://127.0.0.1:4010 */
	address: string;
	grantUpload(): UploadGrant;
	webhooks: Webhooks;
	settings: Settings;
	now: number;
}

export type Operation = (parameters: CallParameters, surroundings: CallContext) => OperationResult;

/**
 * Codes and rules: Chat App's "API error codes" and the pages of the operations. Which code the API gives for a
 * missing template variable, an unregistered sender, a parameter of another channel and a list above 1,000 is not
 * documented; those are the sandbox's choice.
 */
export const refuse = (code: string, message: string) => new Refusal(400, code, message);

/** An operation's answer that took no message. */
export function ok(body: Record<string, unknown>): OperationResult {
	return { body: { Code: 'OK', Message: 'OK', ...body }, messages: [] };
}

export function required(parameters: CallParameters, name: string): string {
	const value = parameters.get(name);
	if (value === undefined || value === '') {
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

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The space that a call is about. CustSpaceId is formally optional on the pages of the sends and of several lists;
 * without it, it is the account's first.
 * @throws Refusal Unknown.ResourceOwnerId, which the pages of the sends give for what belongs to somebody else
 */
export function findSpace(parameters: CallParameters): Space {
	const custSpaceId = parameters.get('CustSpaceId') || ACCOUNT.custSpaceId;
	const space = SPACES.find((each) => each.custSpaceId === custSpaceId);
	if (!space)
		throw refuse('Unknown.ResourceOwnerId', `The space ${custSpaceId} is not one of this account.`);
	return space;
}
