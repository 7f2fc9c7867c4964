import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { messageOf } from '../util/dataTable';
import { formatCount } from '../util/format';
import { mapInSlices } from '../util/yield';
import { instanceTypeOf } from './instanceType';
import { logOf, type Decision } from './receiptLog';
import {
	SeenEvents,
	hasNoIdentity,
	isStatus,
	keyOf,
	lateKey,
	passedKeys,
	seenBy,
} from './seenEvents';

/**
 * The first step of each execution: drops the events that the workflow has had before, and marks or drops statuses
 * that come after a later one of the same message.
 */
export async function deduplicate(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const option = (name: string, fallback: string) =>
		context.getNodeParameter(`options.${name}`, 0, fallback) as string;
	const drops = dropsDuplicates(option('repeatedReceipts', 'drop'), context);
	const lateStatuses = option('lateStatuses', 'mark');
	const marks = lateStatuses !== 'keep';
	if (!drops && !marks) return [items];

	// Test events must not count for live executions, and a retried execution gets all of its events again.
	const isLive = !['manual', 'retry'].includes(context.getMode());
	const decisions =
		(isLive ? await decideAmongWorkers(context, items) : undefined) ??
		(await decideAlone(context, items, marks, isLive));
	const kept = await mapInSlices(items, ({ json, ...item }, index) => {
		const { isFirst, isLate } = decisions[index];
		if (drops && !isFirst) return undefined;
		return { ...item, json: marks && isStatus(json) ? { ...json, isLate } : json };
	});
	const fresh = kept.filter((item) => item !== undefined);
	if (fresh.length < items.length) {
		context.addExecutionHints({
			message: `${formatCount(items.length - fresh.length)} of ${formatCount(items.length)} receipts were duplicates and were dropped.`,
			location: 'outputPane',
		});
	}
	return [lateStatuses === 'drop' ? fresh.filter(({ json }) => json.isLate !== true) : fresh];
}

/** Manual runs are never deduplicated, so that the same test event can be sent again and again. */
export function dropsDuplicates(
	repeatedReceipts: unknown,
	context: Pick<IExecuteFunctions, 'getMode'>,
): boolean {
	return repeatedReceipts !== 'keep' && context.getMode() !== 'manual';
}

/** Decides so that all workers agree; undefined where there are none, or no data tables to agree in. */
async function decideAmongWorkers(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<Decision[] | undefined> {
	if (instanceTypeOf(context) !== 'worker') return undefined;
	const receipts = items.map(({ json }) => json);
	try {
		return await logOf(context).claim(context, context.getExecutionId(), receipts);
	} catch (error) {
		context.logger.warn(
			`${context.getNode().name}: duplicates of what other workers have had cannot be recognized, as n8n's data tables cannot be used: ${messageOf(error)}`,
		);
		return undefined;
	}
}

/** Decides by what this process has seen, and by n8n's store of processed items. */
async function decideAlone(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	marks: boolean,
	isLive: boolean,
): Promise<Decision[]> {
	const seen = isLive ? seenBy(context) : new SeenEvents();
	const keys = await mapInSlices(items, ({ json }) => keyOf(json));
	const statuses = marks ? items.map(({ json }) => json).filter(isStatus) : [];
	const stored = (await mapInSlices(statuses, passedKeys)).flat();
	const claimed = isLive
		? await claimKeys(context, items, keys, stored, seen)
		: new Set([...keys, ...stored]);
	const first = keys.map((key) => claimed.delete(key));
	return await mapInSlices(items, ({ json }, index): Decision => {
		const isFirst = first[index];
		if (!marks || !isStatus(json)) return { isFirst, isLate: false };
		const isLate = seen.isLate(json);
		// The key of a status that has come before is taken by itself.
		const key = isFirst ? lateKey(json) : undefined;
		return { isFirst, isLate: isLate || (key !== undefined && !claimed.has(key)) };
	});
}

/**
 * Claims the keys of the events for this execution.
 * @param keys of the events, in their order
 * @param stored keys of what is known about the messages
 * @returns the keys that this execution is the first to claim
 */
async function claimKeys(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	keys: string[],
	stored: string[],
	seen: SeenEvents,
): Promise<Set<string>> {
	const warn = ({ message }: Error) =>
		context.logger.warn(
			`${context.getNode().name}: duplicates from before a restart cannot be recognized: ${message}`,
		);
	const recentOnly = new Set(keys.filter((_key, index) => hasNoIdentity(items[index].json)));
	const claimed = await seen.claim(
		keys.filter((key) => !recentOnly.has(key)),
		stored,
		context.helpers,
		warn,
	);
	return new Set([...claimed, ...[...recentOnly].filter((key) => seen.claimRecent(key))]);
}
