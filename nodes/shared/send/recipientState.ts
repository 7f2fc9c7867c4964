import type { IDataObject } from 'n8n-workflow';

import type { Answer } from '../http/apiAnswer';
import type { UserIssue } from '../util/userIssue';
import { digestOf, type SendLedger, type Sent } from './ledger';
import { mayHaveArrived, resultFromIssue, type Outcome, type Result } from './result';

/** Makes one call. @param payloads of its recipients, as they go over the wire */
export type Call = (payloads: string[], taskId: string) => Promise<Answer>;

/** A message that is ready to go out, to one recipient or to many that share it. */
export interface OutgoingMessage {
	/** For the output: api, from, channelType. */
	about: IDataObject;
	/** For the output: templateCode and language, or messageType. */
	contains: IDataObject;
	/** The user's own task id; empty when each batch gets one. */
	taskId: string;
	/** A digest of the shared part; together with the payload it tells whether a retry would send the same. */
	content: string;
	/** Whether the API may send the fallback although it refuses the message. */
	fallsBackOnRefusal?: boolean;
	/** Reasons why it may not arrive as intended, although it can be sent. Recipients can add to them as they are read. */
	warnings: Iterable<string>;
	/** For Validate Only: preview, buttons and warnings. @param payload of the recipient */
	preview?(payload: string): IDataObject;
	call: Call;
	/** Uploads the message's file, and returns the call that carries its link. @throws UserIssue */
	upload?(): Promise<Call>;
}

/** Where a recipient stands in the input: an item, an entry of a list in it, or a line of its file. */
export interface Position {
	itemIndex: number;
	entryIndex?: number;
	/** Counted from 1, as in a text editor. */
	line?: number;
	/** Of the list or the file. */
	entry?: unknown;
}

export const placeOf = ({ itemIndex, entryIndex, line, entry }: Position): Position => ({
	itemIndex,
	entryIndex,
	line,
	entry,
});

/** For the output: its place in a list or a file, with the values there; nothing for an item. */
export function shownPlace({ entryIndex, line, entry }: Position): IDataObject {
	if (line !== undefined) return { line, entry: entry as IDataObject };
	return entryIndex === undefined ? {} : { entryIndex, entry: entry as IDataObject };
}

/** Not prepared yet, or never reached. */
interface Waiting {
	name: 'waiting';
}

/** Built and checked; nothing was sent. */
interface Ready {
	name: 'ready';
	message: OutgoingMessage;
	/** The recipient's own part of the call. */
	payload: string;
	/** Recipients of different shapes do not share a call. */
	shape: string;
}

/** Shared by all recipients of a call. */
interface Settled {
	name: 'settled';
	result: Outcome;
}

/** A recipient of a run, and how far it has come. Settled is final: everyone ends with exactly one outcome. */
export interface Recipient extends Position {
	/** As the API takes it, or as it was given when that cannot be sent to. */
	to?: string;
	/** How often this recipient came before; absent for the first time. */
	repeat?: number;
	/** With Validate Only: the message as this recipient would get it. */
	preview?: IDataObject;
	/** Of what was sent, once something of it may have arrived; for a retry. */
	digest?: string;
	state: Waiting | Ready | Settled;
}

export type ReadyRecipient = Recipient & { state: Ready };
export type SettledRecipient = Recipient & { state: Settled };

export function isSettled(recipient: Recipient): recipient is SettledRecipient {
	return recipient.state.name === 'settled';
}

export const WAITING: Waiting = { name: 'waiting' };

export function isReady(recipient: Recipient): recipient is ReadyRecipient {
	return recipient.state.name === 'ready';
}

function contentOf({ message, payload }: Ready): string {
	return `${message.content}/${payload}`;
}

/** Records what became of recipients that share a result, and releases their payloads. */
export function settleAll(recipients: Recipient[], result: Outcome): void {
	const isKept = mayHaveArrived(result);
	const settled: Settled = { name: 'settled', result };
	for (const recipient of recipients) {
		const { state } = recipient;
		if (isKept && state.name === 'ready') recipient.digest = digestOf(contentOf(state));
		recipient.state = settled;
	}
}

export function settle(recipient: Recipient, result: Outcome): void {
	settleAll([recipient], result);
}

/** Settles the recipients of a message that is only validated, each with its preview. @param contains for the output */
export function settleValidated(recipients: ReadyRecipient[], contains: IDataObject): void {
	const [{ state }] = recipients;
	const { message } = state;
	for (const recipient of recipients)
		recipient.preview = message.preview?.(recipient.state.payload);
	const json = { outcome: 'validated', ...contains, ...message.about };
	settleAll(recipients, { outcome: 'validated', json });
}

/** Settles everyone who has no result yet. @param about for the output @returns how many those were */
export function markRemainingNotSent(
	recipients: Recipient[],
	issue: UserIssue,
	about: IDataObject,
): number {
	let count = 0;
	for (const recipient of recipients) {
		const { state } = recipient;
		if (state.name === 'settled') continue;
		const channelType = state.name === 'ready' ? state.message.about.channelType : undefined;
		settle(
			recipient,
			resultFromIssue(issue, { ...about, ...(channelType !== undefined && { channelType }) }),
		);
		count++;
	}
	return count;
}

/** All recipients, once a run is over. @throws Error if one has no outcome, which is a bug */
export function assertSettled(recipients: Recipient[]): SettledRecipient[] {
	const open = recipients.find(({ state }) => state.name !== 'settled');
	if (open) throw new Error(`Item ${open.itemIndex} has no outcome`);
	return recipients as SettledRecipient[];
}

/** Names a recipient for a later try. Not by its place in a list, which may be shorter by then. */
function keyOf({ itemIndex, to, repeat = 0 }: Recipient): string {
	return `${itemIndex}/${to}/${repeat}`;
}

/** Settles a recipient with the result of an earlier try of the same run, so that it is not sent to again. */
export function restorePreviousResult(recipient: Recipient, ledger: SendLedger): void {
	if (!isReady(recipient)) return;
	const { state } = recipient;
	const earlier = ledger.earlier(
		() => keyOf(recipient),
		() => contentOf(state),
	);
	if (earlier) settle(recipient, earlier);
}

/** The recipients that a later try must not send to again. */
export function* sentAmong(recipients: Iterable<Recipient>): Generator<Sent> {
	for (const recipient of recipients) {
		const { state, digest } = recipient;
		if (state.name === 'settled' && digest !== undefined)
			yield { key: keyOf(recipient), digest, result: state.result as Result };
	}
}
