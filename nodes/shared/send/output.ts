import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type NodeExecutionHint,
} from 'n8n-workflow';

import type { UnknownAnswer } from '../http/apiAnswer';
import { unknownAdvice } from '../http/errorCatalog';
import { formatCount } from '../util/format';
import type { MassResult, Place } from './batches';
import { countOutcomes, formatCounts, toNodeError, isSuccess, type NotAccepted } from './result';

export type OutputMode = 'recipient' | 'chunk' | 'summary';

/** A run of a mass send, as it is told. */
export interface MassReport {
	api: string;
	/** Absent when nothing could be begun. */
	campaignId?: string;
	/** Everybody, each with a result. */
	places: Place[];
	/** Calls that carried them. */
	requests: number;
	durationMs: number;
	/** A list of which each item gave one entry only; and whether the node can read a whole list out of an item. */
	onlyOneOf?: string;
	readsLists?: boolean;
	/** What can be sent, but may not arrive as it is meant. */
	warnings?: string[];
	/** With Validate Only: how long the calls would take. */
	expectedSeconds?: number;
}

type Told = Place & { result: MassResult };

const isHeldBack = ({ result: { json } }: Told) => json.cause === 'notReached';
const told = ({ places }: MassReport) => places as Told[];
const isGood = ({ result }: Told) => isSuccess(result);

function groupBy<K, T>(all: T[], keyOf: (each: T) => K): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const each of all) {
		const key = keyOf(each);
		const group = groups.get(key);
		if (group) group.push(each);
		else groups.set(key, [each]);
	}
	return groups;
}

const outcomes = (places: Told[]) => countOutcomes(places.map(({ result }) => result));

/** One item per recipient, paired to the item it came from; out of a list with the entry itself. */
function recipientItem({ itemIndex, entryIndex, entry, to, result }: Told): INodeExecutionData {
	const { outcome, ...rest } = result.json;
	const json: IDataObject = { outcome };
	if (to !== undefined) json.to = to;
	Object.assign(json, rest);
	if (entryIndex !== undefined) Object.assign(json, { entryIndex, entry });
	return { json, pairedItem: { item: itemIndex } };
}

function pairs(places: Told[]): Array<{ item: number }> {
	return [...new Set(places.map(({ itemIndex }) => itemIndex))].map((item) => ({ item }));
}

const recipientsOf = (places: Told[]) =>
	places.map(({ to }) => to).filter((to) => to !== undefined);

/** One item per call; whoever never reached one comes in one item per cause. */
function chunkItems(places: Told[]): Array<{ item: INodeExecutionData; isGood: boolean }> {
	const calls = groupBy<unknown, Told>(places, ({ result: { json } }) =>
		json.chunk === undefined ? json.cause : json,
	);
	return [...calls.values()].map((group) => {
		const [{ result }] = group;
		const { cause, code, reason, sentAt, ...rest } = result.json;
		const titles = new Set(group.map((place) => (place.result as NotAccepted).title));
		const good = isGood(group[0]);
		const json: IDataObject = {
			...rest,
			recipients: group.length,
			...(result.outcome !== 'validated' && outcomes(group)),
			...('durationMs' in result &&
				result.durationMs !== undefined && { durationMs: result.durationMs }),
			...(sentAt !== undefined && { sentAt }),
			...(cause !== undefined && { cause }),
			...(code !== undefined && { code }),
			...(reason !== undefined && {
				reason: titles.size > 1 ? `${[...titles].join('; ')}.` : reason,
			}),
			...(!good && { to: recipientsOf(group) }),
		};
		return { item: { json, pairedItem: pairs(group) }, isGood: good };
	});
}

const TASK_IDS_NAMED = 3;

/** The task ids of calls that are in doubt, as many as can be read. */
function taskIdsOf(places: Told[]): string {
	const taskIds = [...new Set(places.map(({ result }) => String(result.json.taskId)))];
	const more = taskIds.length - TASK_IDS_NAMED;
	return `${taskIds.slice(0, TASK_IDS_NAMED).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** So many reasons an error message names. */
const REASONS_TOLD = 4;

/** One sentence that is true of all of them. */
function reasonOf(group: Told[]): string {
	const { outcome, json } = group[0].result;
	if (outcome !== 'unknown') return String(json.reason);
	const { title, advice } = unknownAdvice(json.cause as UnknownAnswer['cause'], taskIdsOf(group));
	return `${title}. ${advice}`;
}

/** Why recipients were not accepted, most frequent first. */
function reasons(places: Told[], withRecipients: boolean): IDataObject[] {
	const bad = places.filter((place) => !isGood(place));
	const groups = groupBy(bad, ({ result }) =>
		[result.outcome, result.json.cause, result.json.code, (result as NotAccepted).title].join('/'),
	);
	return (
		[...groups.values()]
			// Whoever was only held back because of others comes last.
			.sort(
				(left, right) =>
					Number(isHeldBack(left[0])) - Number(isHeldBack(right[0])) || right.length - left.length,
			)
			.map((group) => {
				const { outcome, cause, code } = group[0].result.json;
				return {
					outcome,
					cause,
					...(code !== undefined && { code }),
					count: group.length,
					reason: reasonOf(group),
					...(withRecipients && { to: recipientsOf(group) }),
				} as IDataObject;
			})
	);
}

function summaryJson(report: MassReport, withRecipients: boolean): IDataObject {
	const places = told(report);
	const { api, campaignId, requests, durationMs, expectedSeconds } = report;
	if (expectedSeconds !== undefined) {
		const valid = places.filter(isGood).length;
		const duplicates = places.filter(({ result }) => result.json.cause === 'duplicate').length;
		return {
			outcome: 'validated',
			api,
			recipients: places.length,
			valid,
			invalid: places.length - valid - duplicates,
			duplicates,
			requests,
			expectedSeconds,
			reasons: reasons(places, withRecipients),
		};
	}
	const taskIds = new Set(
		places.map(({ result }) => result.json.taskId).filter((taskId) => taskId !== undefined),
	);
	return {
		api,
		campaignId,
		recipients: places.length,
		...outcomes(places),
		requests,
		durationMs,
		taskIds: [...taskIds] as string[],
		reasons: reasons(places, withRecipients),
	};
}

/**
 * The items of the two outputs, Accepted and Not Accepted, in the order of the input.
 * Never with a key `error`: n8n would run the node again, or send the item elsewhere.
 * @param isTool everything goes to the first output, the only one that a model sees
 */
export function buildOutputs(
	report: MassReport,
	mode: OutputMode,
	isTool: boolean,
): INodeExecutionData[][] {
	const places = told(report);
	const outputs: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
	const put = (item: INodeExecutionData, good: boolean) =>
		outputs[good || isTool ? 0 : 1].push(item);
	if (mode === 'recipient') {
		for (const place of places) put(recipientItem(place), isGood(place));
	} else if (mode === 'chunk') {
		for (const { item, isGood: good } of chunkItems(places)) put(item, good);
	} else {
		const someBad = places.some((place) => !isGood(place));
		put({ json: summaryJson(report, isTool), pairedItem: pairs(places) }, true);
		if (someBad && !isTool)
			put({ json: summaryJson(report, true), pairedItem: pairs(places) }, false);
	}
	return outputs;
}

/** So many warnings are told. */
const WARNINGS_TOLD = 3;

function inShort(warnings: string[]): string {
	const more = warnings.length - WARNINGS_TOLD;
	return `${warnings.slice(0, WARNINGS_TOLD).join(' ')}${more > 0 ? ` And ${formatCount(more)} more.` : ''}`;
}

/** What the node says about its run, beside its output. */
export function buildHints(report: MassReport, retriesOnFail: boolean): NodeExecutionHint[] {
	const places = told(report);
	const bad = places.filter((place) => !isGood(place));
	const calls = `${formatCount(report.requests)} ${report.requests === 1 ? 'request' : 'requests'}`;
	const hint = (message: string, type: NodeExecutionHint['type']): NodeExecutionHint => ({
		message,
		type,
		location: 'outputPane',
	});
	const words = ({ result }: Told) =>
		// "invalid recipient"; what the API refused in its title's words.
		result.outcome === 'rejected'
			? `"${result.title}"`
			: String(result.json.cause).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
	const causes = [...groupBy(bad, words)]
		.sort(([, left], [, right]) => right.length - left.length)
		.map(([cause, group]) => `${formatCount(group.length)} ${cause}`);
	const reasonsInShort =
		bad.length > 0 ? ` Not Accepted says why: ${causes.slice(0, 5).join(', ')}.` : '';
	const oneOfMany =
		report.onlyOneOf === undefined
			? []
			: [
					hint(
						`To reads one entry of the list "${report.onlyOneOf}", so the others are left out. ${report.readsLists === false ? 'Give To the numbers of all of them, or put Split Out before this node' : 'Set Recipients to From a List Field to send to all of them'}.`,
						'warning',
					),
				];
	const { warnings = [] } = report;
	const doubts = warnings.length > 0 ? [hint(inShort(warnings), 'warning')] : [];
	if (report.expectedSeconds !== undefined) {
		const valid = `${formatCount(places.length - bad.length)} of ${formatCount(places.length)} recipients can be sent to`;
		return [
			hint(
				`Nothing was sent: Validate Only is on. ${valid}, in ${calls}, in about ${formatCount(report.expectedSeconds)} s.${reasonsInShort}`,
				'warning',
			),
			...doubts,
			...oneOfMany,
		];
	}
	return [
		hint(
			`${formatCounts(outcomes(places))}.${reasonsInShort || ` In ${calls}.`}`,
			bad.length > 0 ? 'warning' : 'info',
		),
		...doubts,
		...oneOfMany,
		...(retriesOnFail
			? [
					hint(
						'Retry On Fail is on. It is not needed here; recipients already accepted are not sent to again.',
						'info',
					),
				]
			: []),
	];
}

/**
 * The error that ends a run with On Error set to stop: nobody was accepted, or not everybody and the user wants that
 * to be an error. n8n drops the items then, so it says what they would have said.
 */
export function buildRunError(
	node: INode,
	report: MassReport,
	failIfAny: boolean,
): Error | undefined {
	const places = told(report);
	const bad = places.filter((place) => !isGood(place));
	const accepted = places.length - bad.length;
	// A duplicate is somebody who was accepted at another place.
	const isFailure =
		accepted === 0
			? bad.length > 0
			: failIfAny && bad.some(({ result }) => result.json.cause !== 'duplicate');
	if (!isFailure) return undefined;

	const unknown = bad.filter(({ result }) => result.outcome === 'unknown');
	const safe =
		accepted === 0 && unknown.length === 0
			? 'Nothing was sent; it is safe to run again.'
			: [
					accepted > 0 &&
						`${formatCount(accepted)} ${accepted === 1 ? 'was' : 'were'} accepted and would get the message again when you run this again; Retry and Retry On Fail leave them out.`,
					unknown.length > 0 &&
						`${formatCount(unknown.length)} may have got it: do not send to them again before you have looked for receipts with Task ID ${taskIdsOf(unknown)}.`,
				]
					.filter(Boolean)
					.join(' ');
	const [first] = bad;
	const one = first.result as NotAccepted;
	if (places.length === 1)
		return toNodeError(
			node,
			one,
			first.itemIndex,
			accepted === 0 && unknown.length === 0 ? 'Nothing has been sent.' : '',
			first.entryIndex,
		);

	const all = reasons(places, false);
	const named = all
		.slice(0, REASONS_TOLD)
		.map(
			({ outcome, count, reason }) =>
				`${formatCount(Number(count))} ${outcome === 'notSent' ? 'not sent' : String(outcome)}: ${String(reason)}`,
		);
	const others = all.slice(REASONS_TOLD).reduce((sum, { count }) => sum + Number(count), 0);
	const why = [...named, others > 0 && `${formatCount(others)} for other reasons.`]
		.filter(Boolean)
		.join(' ');
	const title =
		accepted === 0
			? `None of ${formatCount(places.length)} recipients was accepted`
			: `${formatCount(bad.length)} of ${formatCount(places.length)} recipients ${bad.length === 1 ? 'was' : 'were'} not accepted`;
	return new NodeOperationError(node, title, { description: `${safe} ${why}`, level: 'warning' });
}
