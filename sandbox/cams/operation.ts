import type { Settings } from '../settings';
import type { Api } from '../stats';
import { ACCOUNT, SPACES, type Space } from './catalogue';
import { Refusal } from './refusal';
import type { Grant } from './storage';
import type { Webhooks } from './webhooks';

/** What the operations have in common: their parameters, what they are given and what they answer. */

/** Decoded parameters of a call, from query and form together. */
export type Parameters = Map<string, string>;

/** One message that the sandbox took, as it understood it. */
export interface TakenMessage {
	api: Api;
	operation: string;
	messageId: string;
	groupMessageId?: string;
	channelType: string;
	from: string;
	to: string;
	taskId?: string;
	templateCode?: string;
	language?: string;
	templateParams?: Record<string, string>;
	payload?: string[];
	productAction?: Record<string, unknown>;
	flowAction?: Record<string, unknown>;
	contextMessageId?: string;
	recipientType?: string;
	ttl?: string;
	tag?: string;
	trackingData?: string;
	fallback?: Record<string, string>;
	messageType?: string;
	content?: unknown;
	wabaId?: string;
	templateName?: string;
	/** The whole JSON of a call to InnoPaaS. */
	body?: Record<string, unknown>;
	label?: string;
	custSpaceId?: string;
	/** What the recipient would read. */
	text: string;
	/** The labels of the buttons, in order. */
	buttons: string[];
	at: number;
}

/** What an operation answers, and the messages it took. */
export interface Handled {
	body: Record<string, unknown>;
	messages: TakenMessage[];
}

/** What an operation finds around it. */
export interface Surroundings {
	history: readonly TakenMessage[];
	/** The sandbox as the caller reached it, e.g. http://127.0.0.1:4010 */
	address: string;
	grantUpload(): Grant;
	webhooks: Webhooks;
	settings: Settings;
	now: number;
}

export type Operation = (parameters: Parameters, surroundings: Surroundings) => Handled;

/**
 * Codes and rules: Chat App's "API error codes" and the pages of the operations. Which code the API gives for a
 * missing template variable, an unregistered sender, a parameter of another channel and a list above 1,000 is not
 * documented; those are the sandbox's choice.
 */
export const refuse = (code: string, message: string) => new Refusal(400, code, message);

/** An operation's answer that took no message. */
export function answer(body: Record<string, unknown>): Handled {
	return { body: { Code: 'OK', Message: 'OK', ...body }, messages: [] };
}

export function need(parameters: Parameters, name: string): string {
	const value = parameters.get(name);
	if (value === undefined || value === '') {
		throw refuse(`Missing${name}`, `${name} is mandatory for this action.`);
	}
	return value;
}

export function json(parameters: Parameters, name: string, code = 'InvalidParameter'): unknown {
	const value = parameters.get(name);
	if (value === undefined) return undefined;
	try {
		return JSON.parse(value);
	} catch {
		throw refuse(code, `${name} is not valid JSON.`);
	}
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The space that a call is about. CustSpaceId is formally optional on the pages of the sends and of several lists;
 * without it, it is the account's first.
 * @throws Refusal Unknown.ResourceOwnerId, which the pages of the sends give for what belongs to somebody else
 */
export function spaceOf(parameters: Parameters): Space {
	const custSpaceId = parameters.get('CustSpaceId') || ACCOUNT.custSpaceId;
	const space = SPACES.find((each) => each.custSpaceId === custSpaceId);
	if (!space)
		throw refuse('Unknown.ResourceOwnerId', `The space ${custSpaceId} is not one of this account.`);
	return space;
}
