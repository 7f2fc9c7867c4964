import type { NodeExecutionHint } from 'n8n-workflow';

import { formatCount } from '../util/format';
import type { SettledRecipient } from './recipientState';
import { formatCounts } from './result';
import {
	countOf,
	countsOf,
	failedAmong,
	fallbacksOf,
	hadItBefore,
	namedCause,
	unknownAmong,
	wayOutOfDoubt,
	type Group,
	type MassReport,
} from './summary';

/** Facts about a mass send that its hints mention besides the counts. */
export interface HintContext {
	/** Retry On Fail is on. */
	retriesOnFail: boolean;
	/** A list of which To reads one entry only. */
	listBehindTo?: string;
	/** The node can read a whole list out of an item. */
	readsLists: boolean;
	/** About the output, and about messages that were sent but may not arrive as intended. */
	warnings: string[];
}

export function outputHint(message: string, type: NodeExecutionHint['type']): NodeExecutionHint {
	return { message, type, location: 'outputPane' };
}

const MAX_WARNINGS_NAMED = 3;

/** One hint for all warnings of a run, of which it tells the first. */
export function warningHints(warnings: string[]): NodeExecutionHint[] {
	if (warnings.length === 0) return [];
	const more = warnings.length - MAX_WARNINGS_NAMED;
	const named = warnings.slice(0, MAX_WARNINGS_NAMED).join(' ');
	return [outputHint(`${named}${more > 0 ? ` And ${formatCount(more)} more.` : ''}`, 'warning')];
}

function listHints({ listBehindTo, readsLists }: HintContext): NodeExecutionHint[] {
	if (listBehindTo === undefined) return [];
	const advice = readsLists
		? 'Set Recipients to From a List Field to send to all of them'
		: 'Give To the numbers of all of them, or put Split Out before this node';
	return [
		outputHint(
			`To reads one entry of the list "${listBehindTo}", so the others are left out. ${advice}.`,
			'warning',
		),
	];
}

const MAX_CAUSES_NAMED = 5;

/** Its cause, or the title of what the API refused. */
function causeOf({ state: { result } }: SettledRecipient): string {
	return result.outcome === 'rejected' ? `"${result.title}"` : String(result.json.cause);
}

/** " Not Accepted says why: 90 invalid recipient, 1 duplicate." */
function causes(failed: Group[]): string {
	if (failed.length === 0) return '';
	const counts = new Map<string, number>();
	for (const { first, count } of failed)
		counts.set(causeOf(first), (counts.get(causeOf(first)) ?? 0) + count);
	const named = [...counts]
		.sort(([, left], [, right]) => right - left)
		.slice(0, MAX_CAUSES_NAMED)
		.map(([cause, count]) => `${formatCount(count)} ${namedCause(cause, count)}`);
	return ` Not Accepted says why: ${named.join(', ')}.`;
}

/** A workflow that goes on to another channel for whoever was rejected would send twice. */
export function fallbackHints(groups: Group[]): NodeExecutionHint[] {
	const count = fallbacksOf(groups);
	if (count === 0) return [];
	return [
		outputHint(
			`The fallback may still be sent to ${formatCount(count)} of those rejected; they have the field "fallbackMayBeSent". Leave them out if you go on with another channel.`,
			'warning',
		),
	];
}

/** Within a campaign nobody who is unknown is sent to again, so they would be missed in silence. */
function doubtHints({ isCampaign, groups }: MassReport): NodeExecutionHint[] {
	const unknown = unknownAmong(groups);
	if (!isCampaign || unknown.length === 0) return [];
	return [
		outputHint(
			`${formatCount(countOf(unknown))} may have got the message or not, and are not sent to again. ${wayOutOfDoubt(unknown)}`,
			'warning',
		),
	];
}

/** The hints above the output of a mass send: counts and causes, and advice. */
export function buildHints(report: MassReport, context: HintContext): NodeExecutionHint[] {
	const { groups, requests, expectedSeconds } = report;
	const failed = failedAmong(groups);
	const calls = `${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}`;
	const others = [
		...fallbackHints(groups),
		...doubtHints(report),
		...warningHints(context.warnings),
		...listHints(context),
	];
	if (expectedSeconds !== undefined) {
		const recipients = countOf(groups);
		const valid = `${formatCount(recipients - countOf(failed))} of ${formatCount(recipients)} recipients can be sent to`;
		return [
			outputHint(
				`Nothing was sent: Validate Only is on. ${valid}, in ${calls}, in about ${formatCount(expectedSeconds)} s.${causes(failed)}`,
				'warning',
			),
			...others,
		];
	}
	const earlier = countOf(groups, hadItBefore);
	const before = earlier > 0 ? `${formatCount(earlier)} had it before; now ` : '';
	return [
		outputHint(
			`${before}${formatCounts(countsOf(groups))}.${causes(failed) || ` In ${calls}.`}`,
			failed.length > 0 ? 'warning' : 'info',
		),
		...others,
		...(context.retriesOnFail
			? [
					outputHint(
						'Retry On Fail is on. This node does not need it; recipients who were accepted are not sent to again.',
						'info',
					),
				]
			: []),
	];
}
