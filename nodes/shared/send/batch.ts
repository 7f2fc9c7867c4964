import type { IDataObject } from 'n8n-workflow';

import type { Campaign } from '../campaign/campaign';
import type { ErrorCatalog } from '../http/errorCatalog';
import { callWithinQuota, type CallOptions } from '../http/retry';
import { formatCount } from '../util/format';
import { UserIssue, toIssue } from '../util/userIssue';
import {
	settleAll,
	type OutgoingMessage,
	type ReadyRecipient,
	type Recipient,
	isReady,
} from './recipientState';
import { resultFromAnswer, resultFromIssue, type Result } from './result';
import { batchTaskId } from './taskId';

/** Recipients that share one call. */
export interface Batch {
	message: OutgoingMessage;
	/** Unique, also among runs. */
	name: string;
	taskId: string;
	/** For the output: the message's own fields, and campaignId and chunk in a mass send. */
	contains: IDataObject;
	recipients: ReadyRecipient[];
}

/**
 * Sends one batch and settles its recipients. Never throws: what cannot be sent is a result.
 * @param campaign in which the batch is claimed before it leaves
 * @returns undefined when the execution ended before the call had left; the recipients are as they were
 */
export async function sendBatch(
	batch: Batch,
	errors: ErrorCatalog,
	options: CallOptions,
	campaign?: Campaign,
): Promise<Result | undefined> {
	const { message, taskId, contains, recipients } = batch;
	const { about, fallsBackOnRefusal } = message;
	const began = Date.now();
	const settleWith = (result: Result): Result => {
		result.durationMs = Date.now() - began;
		settleAll(recipients, result);
		return result;
	};
	let call = message.call;
	try {
		if (message.upload) call = await message.upload();
	} catch (error) {
		return settleWith(resultFromIssue(toIssue(error), { ...about, ...contains }));
	}
	const payloads = recipients.map(({ state }) => state.payload);
	const refused = await campaign?.claim(batch);
	if (refused === 'stopped') return undefined;
	if (refused) return settleWith(resultFromIssue(refused, { ...about, ...contains }));
	const called = await callWithinQuota(async () => {
		campaign?.leaves(batch);
		return await call(payloads, taskId);
	}, options);
	if (!called) {
		await campaign?.withdraw(batch);
		return undefined;
	}
	const { answer, sentAt } = called;
	const sending = { about, contains, taskId, fallsBackOnRefusal };
	const result = settleWith(resultFromAnswer(answer, sending, sentAt, errors));
	await campaign?.settle(batch, result);
	return result;
}

/**
 * Bytes of recipients in one call, percent-encoded. No limit is documented; ordinary gateways take a million.
 */
export const MAX_BYTES = 1_000_000;

const COMMA = '%2C'.length;
/** An encoded character takes nine bytes at most. */
const MAX_BYTES_PER_CHARACTER = 9;

function bytesOf(payload: string): number {
	return encodeURIComponent(payload).length + COMMA;
}

/** @throws UserIssue for a recipient that is too long for any call */
export function checkLength(payload: string): void {
	// This upper bound spares nearly every recipient the encoding.
	if (payload.length * MAX_BYTES_PER_CHARACTER + COMMA <= MAX_BYTES) return;
	const bytes = bytesOf(payload);
	if (bytes > MAX_BYTES) {
		throw new UserIssue(
			'The values of this recipient are too long',
			`They take ${formatCount(bytes)} bytes; a call holds ${formatCount(MAX_BYTES)}. Look for a field with a whole file in it.`,
		);
	}
}

interface OpenBatch {
	batch: Batch;
	bytes: number;
}

/** Puts recipients of the same message and shape into batches, in their order, as they come. */
export class Batcher {
	private opened = 0;
	private readonly open = new Map<OutgoingMessage, Map<string, OpenBatch>>();

	/** @param maxRecipients in one batch @param runId begins its task ids @param campaignId the user's own */
	constructor(
		private readonly maxRecipients: number,
		private readonly runId: string,
		private readonly campaignId = '',
	) {}

	/** Adds a recipient; one that is not ready is passed over. @returns the batch that is full now, if one is */
	add(recipient: Recipient): Batch | undefined {
		if (!isReady(recipient)) return undefined;
		const { message, payload, shape } = recipient.state;
		const bytes = bytesOf(payload);
		const ofMessage = this.open.get(message) ?? new Map<string, OpenBatch>();
		this.open.set(message, ofMessage);
		const current = ofMessage.get(shape);
		const hasRoom =
			current !== undefined &&
			current.batch.recipients.length < this.maxRecipients &&
			current.bytes + bytes <= MAX_BYTES;
		if (hasRoom) {
			current.batch.recipients.push(recipient);
			current.bytes += bytes;
			return undefined;
		}
		ofMessage.set(shape, { batch: this.openBatch(message, recipient), bytes });
		return current?.batch;
	}

	/** The batches that are not full, once everyone was added. */
	rest(): Batch[] {
		return [...this.open.values()]
			.flatMap((ofMessage) => [...ofMessage.values()])
			.map(({ batch }) => batch);
	}

	private openBatch(message: OutgoingMessage, first: ReadyRecipient): Batch {
		const number = ++this.opened;
		const name = batchTaskId(this.runId, number);
		return {
			message,
			name,
			taskId: message.taskId || name,
			contains: {
				...message.contains,
				campaignId: this.campaignId || message.taskId || this.runId,
				chunk: number,
			},
			recipients: [first],
		};
	}
}
