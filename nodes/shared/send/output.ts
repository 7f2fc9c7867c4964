import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { isObject } from '../util/json';
import { shownPlace, type SettledRecipient } from './recipientState';
import type { NotAccepted } from './result';
import {
	countsOf,
	hadItBefore,
	hasSucceeded,
	summaryJson,
	type Group,
	type MassReport,
} from './summary';

export type OutputMode = 'recipient' | 'chunk' | 'summary';

/** The JSON of one recipient: the outcome first, then who it is. */
function recipientJson({ to, preview, state }: SettledRecipient, input?: IDataObject): IDataObject {
	const { outcome, ...rest } = state.result.json;
	return {
		outcome,
		...(to !== undefined && { to }),
		...(input && { input }),
		...preview,
		...rest,
	};
}

/**
 * The item of one recipient, paired with the item it came from; out of a list with its entry.
 * @param inputs to include the fields of the item it came from
 */
export function recipientItem(
	recipient: SettledRecipient,
	inputs?: INodeExecutionData[],
): INodeExecutionData {
	const { itemIndex, entry } = recipient;
	// The entry of a list tells its recipient from others; the item holds the whole list.
	const input = isObject(entry) ? undefined : inputs?.[itemIndex].json;
	const json = { ...recipientJson(recipient, input), ...shownPlace(recipient) };
	return { json, pairedItem: { item: itemIndex } };
}

/**
 * An item that n8n moves to the error output: it does with these two keys and no others, and adds the fields of the
 * input. `error` holds the whole result, so that unknown and rejected can be told apart.
 *
 * With Retry On Fail, a key `error` in the JSON of a first item would run the whole node again and send the others
 * twice. The item's own `error` does not; n8n keeps nothing but its text, so that begins with the outcome.
 */
export function errorItem(node: INode, recipient: SettledRecipient): INodeExecutionData {
	const { itemIndex } = recipient;
	const result = recipient.state.result as NotAccepted;
	const pairedItem = { item: itemIndex };
	const message = `${result.title} [item ${itemIndex}]. ${result.advice}`;
	if (!node.retryOnFail) return { json: { error: recipientJson(recipient), message }, pairedItem };
	const error = new NodeOperationError(node, result.title, { itemIndex });
	// Set afterwards: n8n puts a stock sentence in place of a message that names a code such as ECONNRESET.
	error.message = `${result.outcome}: ${message}`;
	return { json: {}, error, pairedItem };
}

type PairedItem = Array<{ item: number }>;

const pairs = (items: Iterable<number>): PairedItem => [...items].map((item) => ({ item }));

/** Recipients of one call, or those that never made it into a call, by cause. */
interface Chunk extends Pick<Group, 'first' | 'count' | 'to'> {
	titles: Set<string>;
	items: Set<number>;
	lastLine: number | undefined;
}

/** Puts recipients together by chunk, as they come. */
export class Chunks {
	private readonly byKey = new Map<unknown, Chunk>();

	/** @param keepsAddresses of those who were not accepted */
	constructor(private readonly keepsAddresses = true) {}

	add(recipient: SettledRecipient): void {
		const { itemIndex, line, to, state } = recipient;
		const { json } = state.result;
		// Those of a call share their result.
		const key = json.chunk === undefined ? json.cause : json;
		let chunk = this.byKey.get(key);
		if (!chunk) {
			chunk = {
				first: recipient,
				count: 0,
				to: this.keepsAddresses ? [] : undefined,
				titles: new Set(),
				items: new Set(),
				lastLine: line,
			};
			this.byKey.set(key, chunk);
		}
		chunk.count++;
		chunk.lastLine = line;
		chunk.items.add(itemIndex);
		if (hasSucceeded(recipient)) return;
		chunk.titles.add((state.result as NotAccepted).title);
		if (to !== undefined) chunk.to?.push(to);
	}

	/** Their items, each with whether it is of those who were accepted. */
	items(): Array<[isAccepted: boolean, item: INodeExecutionData]> {
		return [...this.byKey.values()].map((chunk) => [hasSucceeded(chunk.first), chunkItem(chunk)]);
	}
}

/** The item of one call, or of one cause for recipients that never made it into a call. */
function chunkItem(chunk: Chunk): INodeExecutionData {
	const { first, count, titles, to, items, lastLine } = chunk;
	const { result } = first.state;
	const { outcome, cause, code, reason, sentAt, ...rest } = result.json;
	const json: IDataObject = {
		outcome,
		recipients: count,
		...(first.line !== undefined && { firstLine: first.line, lastLine }),
		...rest,
		...first.preview,
		...(result.outcome !== 'validated' && countsOf([chunk])),
		...('durationMs' in result &&
			result.durationMs !== undefined && { durationMs: result.durationMs }),
		...(sentAt !== undefined && { sentAt }),
		...(cause !== undefined && { cause }),
		...(code !== undefined && { code }),
		...(reason !== undefined && {
			reason: titles.size > 1 ? `${[...titles].join('; ')}.` : reason,
		}),
		...(!hasSucceeded(first) && to && { to }),
	};
	return { json, pairedItem: pairs(items) };
}

/** How the outcomes of a run come out. */
export interface OutputOptions {
	mode: OutputMode;
	/** Everything goes to the first output, the only one that a model sees. */
	isTool: boolean;
	/** Who had it from an earlier run of the campaign does not come out; a summary counts everybody. */
	leavesOutEarlier: boolean;
	/** To include the fields of its input item with each recipient. */
	inputs?: INodeExecutionData[];
}

/** @param items of its recipients @param withRecipients whether each reason names them */
export function summaryItem(
	report: MassReport,
	items: Iterable<number>,
	withRecipients: boolean,
): INodeExecutionData {
	return { json: summaryJson(report, withRecipients), pairedItem: pairs(items) };
}

/**
 * The items of the two outputs, Accepted and Not Accepted, in the order of the input.
 * Never with a key `error`: n8n would run the node again, or send the item elsewhere.
 */
export function buildOutputs(
	report: MassReport,
	recipients: SettledRecipient[],
	{ mode, isTool, leavesOutEarlier, inputs }: OutputOptions,
): INodeExecutionData[][] {
	const told = leavesOutEarlier ? recipients.filter((each) => !hadItBefore(each)) : recipients;
	const accepted: INodeExecutionData[] = [];
	const notAccepted: INodeExecutionData[] = isTool ? accepted : [];
	if (mode === 'recipient') {
		for (const recipient of told)
			(hasSucceeded(recipient) ? accepted : notAccepted).push(recipientItem(recipient, inputs));
	} else if (mode === 'chunk') {
		const chunks = new Chunks();
		for (const recipient of told) chunks.add(recipient);
		for (const [isAccepted, item] of chunks.items())
			(isAccepted ? accepted : notAccepted).push(item);
	} else {
		const items = new Set(recipients.map(({ itemIndex }) => itemIndex));
		accepted.push(summaryItem(report, items, isTool));
		if (!isTool && !recipients.every(hasSucceeded))
			notAccepted.push(summaryItem(report, items, true));
	}
	return isTool ? [accepted, []] : [accepted, notAccepted];
}
