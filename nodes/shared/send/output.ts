import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { isObject } from '../util/json';
import type { SettledRecipient } from './recipientState';
import type { NotAccepted } from './result';
import {
	addressesOf,
	countsOf,
	groupBy,
	hasSucceeded,
	summaryJson,
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
	const { itemIndex, entryIndex, entry } = recipient;
	// The entry of a list tells its recipient from others; the item holds the whole list.
	const input = isObject(entry) ? undefined : inputs?.[itemIndex].json;
	const json = recipientJson(recipient, input);
	if (entryIndex !== undefined) Object.assign(json, { entryIndex, entry });
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

function pairs(recipients: SettledRecipient[]): Array<{ item: number }> {
	return [...new Set(recipients.map(({ itemIndex }) => itemIndex))].map((item) => ({ item }));
}

/** The item of one call, or of one cause for recipients that never made it into a call. */
function chunkItem(group: SettledRecipient[]): INodeExecutionData {
	const [first] = group;
	const { result } = first.state;
	const { cause, code, reason, sentAt, ...rest } = result.json;
	const titles = new Set(group.map(({ state }) => (state.result as NotAccepted).title));
	const json: IDataObject = {
		...rest,
		...first.preview,
		recipients: group.length,
		...(result.outcome !== 'validated' && countsOf(group)),
		...('durationMs' in result &&
			result.durationMs !== undefined && { durationMs: result.durationMs }),
		...(sentAt !== undefined && { sentAt }),
		...(cause !== undefined && { cause }),
		...(code !== undefined && { code }),
		...(reason !== undefined && {
			reason: titles.size > 1 ? `${[...titles].join('; ')}.` : reason,
		}),
		...(!hasSucceeded(first) && { to: addressesOf(group) }),
	};
	return { json, pairedItem: pairs(group) };
}

/**
 * The items of the two outputs, Accepted and Not Accepted, in the order of the input.
 * Never with a key `error`: n8n would run the node again, or send the item elsewhere.
 * @param isTool everything goes to the first output, the only one that a model sees
 * @param inputs to include the fields of its input item with each recipient
 */
export function buildOutputs(
	report: MassReport,
	mode: OutputMode,
	isTool: boolean,
	inputs?: INodeExecutionData[],
): INodeExecutionData[][] {
	const { recipients } = report;
	const accepted: INodeExecutionData[] = [];
	const notAccepted: INodeExecutionData[] = isTool ? accepted : [];
	const outputFor = (recipient: SettledRecipient) =>
		hasSucceeded(recipient) ? accepted : notAccepted;
	if (mode === 'recipient') {
		for (const recipient of recipients) outputFor(recipient).push(recipientItem(recipient, inputs));
	} else if (mode === 'chunk') {
		const groups = groupBy<unknown, SettledRecipient>(recipients, ({ state }) => {
			const { json } = state.result;
			return json.chunk === undefined ? json.cause : json;
		});
		for (const group of groups.values()) outputFor(group[0]).push(chunkItem(group));
	} else {
		const item = (withRecipients: boolean) => ({
			json: summaryJson(report, withRecipients),
			pairedItem: pairs(recipients),
		});
		accepted.push(item(isTool));
		if (!isTool && !recipients.every(hasSucceeded)) notAccepted.push(item(true));
	}
	return isTool ? [accepted, []] : [accepted, notAccepted];
}
