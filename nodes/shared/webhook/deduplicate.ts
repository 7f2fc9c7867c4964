import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { formatCount } from '../util/format';
import { SeenEvents, hasNoIdentity, keyOf, seenBy } from './seenEvents';

/**
 * The first step of each execution: drops the events that the workflow has had before, and marks or drops statuses
 * that come after a later one of the same message.
 */
export async function deduplicate(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const option = (name: string, fallback: string) =>
		context.getNodeParameter(`options.${name}`, 0, fallback) as string;
	// Test events must not count for live executions, and a retried execution gets all of its events again.
	const seen = ['manual', 'retry'].includes(context.getMode()) ? new SeenEvents() : seenBy(context);

	const fresh = dropsDuplicates(option('repeatedReceipts', 'drop'), context)
		? await claimItems(context, items, seen)
		: items;
	if (fresh.length < items.length) {
		context.addExecutionHints({
			message: `${formatCount(items.length - fresh.length)} of ${formatCount(items.length)} receipts were duplicates and were dropped.`,
			location: 'outputPane',
		});
	}

	const lateStatuses = option('lateStatuses', 'mark');
	if (lateStatuses === 'keep') return [fresh];
	const marked = fresh.map((item) => withIsLate(item, seen));
	return [lateStatuses === 'drop' ? marked.filter(({ json }) => json.isLate !== true) : marked];
}

/** Manual runs are never deduplicated, so that the same test event can be sent again and again. */
export function dropsDuplicates(
	repeatedReceipts: unknown,
	context: Pick<IExecuteFunctions, 'getMode'>,
): boolean {
	return repeatedReceipts !== 'keep' && context.getMode() !== 'manual';
}

/** The items whose events this execution is the first to claim; of several with the same key the first. */
async function claimItems(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	seen: SeenEvents,
): Promise<INodeExecutionData[]> {
	const events = items.map(({ json }) => json);
	const keys = events.map(keyOf);
	// A retried execution gets events that it claimed when it ran first.
	const claimed =
		context.getMode() === 'retry' ? new Set(keys) : await claimKeys(context, events, keys, seen);
	return items.filter((_item, index) => claimed.delete(keys[index]));
}

/** @param keys of the events, in their order */
async function claimKeys(
	context: IExecuteFunctions,
	events: IDataObject[],
	keys: string[],
	seen: SeenEvents,
): Promise<Set<string>> {
	const warn = ({ message }: Error) =>
		context.logger.warn(
			`${context.getNode().name}: duplicates from before a restart cannot be recognized: ${message}`,
		);
	const recentOnly = new Set(keys.filter((_key, index) => hasNoIdentity(events[index])));
	const claimed = await seen.claim(
		keys.filter((key) => !recentOnly.has(key)),
		context.helpers,
		warn,
	);
	return new Set([...claimed, ...[...recentOnly].filter((key) => seen.claimRecent(key))]);
}

/** The item with isLate, if it is a status of a message. */
function withIsLate(item: INodeExecutionData, seen: SeenEvents): INodeExecutionData {
	const { event, messageId, status } = item.json;
	if (event !== 'messageStatus' || typeof messageId !== 'string' || typeof status !== 'string')
		return item;
	return { ...item, json: { ...item.json, isLate: seen.isLate(messageId, status) } };
}
