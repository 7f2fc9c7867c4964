import type { IDataObject } from 'n8n-workflow';

import { unknownAdvice, type UnknownCause } from '../http/errorCatalog';
import { formatCount } from '../util/format';
import type { SettledRecipient } from './recipientState';
import { isSuccess, type Counts, type NotAccepted, type Outcome } from './result';

/** What became of recipients. */
export interface Told {
	/** By reason. */
	groups: Group[];
	/** Of their calls, and of those of an earlier run that is reported again. */
	taskIds: string[];
}

/** A run of a mass send that is over. */
export interface MassReport extends Told {
	api: string;
	/** Absent when nothing could be begun. */
	campaignId?: string;
	/** Whether a Campaign ID keeps anyone from getting it again. */
	isCampaign?: boolean;
	/** Calls that carried them. */
	requests: number;
	durationMs: number;
	/** With Validate Only: how long the calls would take. */
	expectedSeconds?: number;
}

export const hasSucceeded = ({ state }: SettledRecipient) => isSuccess(state.result);
/** An earlier run of the same campaign had sent to this one. */
export const hadItBefore = ({ state }: SettledRecipient) =>
	state.result.outcome === 'alreadyAccepted';
/** A duplicate was sent to elsewhere in the same run, so it is no failure. */
export const isDuplicate = ({ state }: SettledRecipient) => state.result.json.cause === 'duplicate';
const isUnknown = ({ state }: SettledRecipient) => state.result.outcome === 'unknown';

/** Whether its API tells what it has accepted. */
const hasHistory = ({ json: { api, channelType } }: Outcome) =>
	api === 'cams' && (channelType === 'viber' || channelType === 'whatsapp');

/** Recipients with the same outcome, cause, code and title. */
export interface Group {
	first: SettledRecipient;
	count: number;
	/** Of those who were not accepted; absent where a file names them. */
	to?: string[];
	/** The first lines of a file that they stand in. */
	lines: number[];
	taskIds: Set<string>;
	/** How many may still get the fallback of a message that was refused. */
	fallbacks: number;
	/** Whether the API tells what it has accepted, for all of them. */
	hasHistory: boolean;
}

const MAX_LINES_NAMED = 5;

/** Puts recipients into groups as they come. */
export class Groups {
	private readonly byKey = new Map<string, Group>();
	private readonly taskIds = new Set<string>();
	/** Those of a call share a result. */
	private last: { result: Outcome; group: Group } | undefined;

	/** @param keepsAddresses of those who were not accepted */
	constructor(private readonly keepsAddresses = true) {}

	/** All of them, and the task ids in the order in which they came. */
	get told(): Told {
		return { groups: [...this.byKey.values()], taskIds: [...this.taskIds] };
	}

	add(recipient: SettledRecipient): void {
		const { result } = recipient.state;
		const group = this.last?.result === result ? this.last.group : this.groupOf(recipient);
		this.last = { result, group };
		const { to, line } = recipient;
		group.count++;
		if (line !== undefined && group.lines.length < MAX_LINES_NAMED) group.lines.push(line);
		if (isSuccess(result)) return;
		if (to !== undefined) group.to?.push(to);
		if (result.json.fallbackMayBeSent) group.fallbacks++;
	}

	private groupOf(recipient: SettledRecipient): Group {
		const { result } = recipient.state;
		const { cause, code, taskId } = result.json;
		const key = [result.outcome, cause, code, (result as NotAccepted).title].join('/');
		let group = this.byKey.get(key);
		if (!group) {
			group = {
				first: recipient,
				count: 0,
				to: this.keepsAddresses ? [] : undefined,
				lines: [],
				taskIds: new Set(),
				fallbacks: 0,
				hasHistory: true,
			};
			this.byKey.set(key, group);
		}
		if (taskId !== undefined) {
			group.taskIds.add(taskId);
			this.taskIds.add(taskId);
		}
		group.hasHistory &&= hasHistory(result);
		return group;
	}
}

export function told(recipients: Iterable<SettledRecipient>): Told {
	const groups = new Groups();
	for (const recipient of recipients) groups.add(recipient);
	return groups.told;
}

type Condition = (recipient: SettledRecipient) => boolean;

/** How many recipients there are, of all or of those whose groups meet a condition. */
export const countOf = (groups: Group[], condition: Condition = () => true) =>
	groups.reduce((sum, { first, count }) => sum + (condition(first) ? count : 0), 0);

/** How many may have got it or not. */
export const unknownAmong = (groups: Group[]) => groups.filter(({ first }) => isUnknown(first));

/** How many may still get the fallback of a message that was refused. */
export const fallbacksOf = (groups: Group[]) =>
	groups.reduce((sum, { fallbacks }) => sum + fallbacks, 0);

export const failedAmong = (groups: Group[]) => groups.filter(({ first }) => !hasSucceeded(first));

/** What to do about those of a campaign whose outcome is unknown. */
export function wayOutOfDoubt(unknown: Group[]): string {
	return unknown.every((group) => group.hasHistory)
		? 'Run the operation Resolve Unknown, then run this again.'
		: 'Look for their receipts, and set their rows in the campaign table to accepted or notSent.';
}

/** How many of this run have each outcome; what was only validated, or accepted before, is not counted. */
export function countsOf(groups: Array<Pick<Group, 'first' | 'count'>>): Counts {
	const counts: Counts = { accepted: 0, rejected: 0, notSent: 0, unknown: 0 };
	for (const { first, count } of groups) {
		const { outcome } = first.state.result;
		if (outcome !== 'validated' && outcome !== 'alreadyAccepted') counts[outcome] += count;
	}
	return counts;
}

const MAX_TASK_IDS_NAMED = 3;

/** The task ids of calls whose outcome is unknown: as many as a reader can use. */
export function taskIdsOf(groups: Group[]): string {
	const taskIds = [...new Set(groups.flatMap((group) => [...group.taskIds]))];
	const more = taskIds.length - MAX_TASK_IDS_NAMED;
	return `${taskIds.slice(0, MAX_TASK_IDS_NAMED).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** One sentence that is true of the whole group. */
function reasonOf(group: Group): string {
	const { outcome, json } = group.first.state.result;
	if (outcome !== 'unknown') return json.reason ?? '';
	const { title, advice } = unknownAdvice(json.cause as UnknownCause, taskIdsOf([group]));
	return `${title}. ${advice}`;
}

/** Held back because of others: of all reasons the least interesting. */
const isHeldBack = ({ first }: Group) => first.state.result.json.cause === 'notReached';

/** Causes in words, for one and for several; a cause that is no noun stands for both. */
const CAUSES: Readonly<Record<string, [one: string, several: string]>> = {
	invalidRecipient: ['invalid recipient', 'invalid recipients'],
	missingVariable: ['missing variable', 'missing variables'],
	invalidField: ['invalid field', 'invalid fields'],
	duplicate: ['duplicate', 'duplicates'],
	notReached: ['not reached', 'not reached'],
	uploadFailed: ['failed upload', 'failed uploads'],
	gaveUp: ['given up', 'given up'],
	campaignRunning: ['held back by another run', 'held back by another run'],
	campaignStopped: ['held back by a stop', 'held back by a stop'],
	campaignTable: ['held back by the campaign table', 'held back by the campaign table'],
};

/** "duplicates"; what is no cause of its own stays as it is. */
export function namedCause(cause: string, count: number): string {
	const [one, several] = CAUSES[cause] ?? [cause, cause];
	return count === 1 ? one : several;
}

/** Why some recipients were not accepted. */
export interface Reason extends IDataObject {
	outcome: Outcome['outcome'];
	cause?: string;
	code?: string;
	count: number;
	reason: string;
	/** The first lines of a file. */
	lines?: number[];
	to?: string[];
}

/** Why recipients were not accepted, most frequent first. */
export function reasonsOf(groups: Group[], withRecipients: boolean): Reason[] {
	return failedAmong(groups)
		.sort(
			(left, right) =>
				Number(isHeldBack(left)) - Number(isHeldBack(right)) || right.count - left.count,
		)
		.map((group): Reason => {
			const { first, count, lines, to } = group;
			const { outcome, json } = first.state.result;
			const { cause, code } = json;
			return {
				outcome,
				cause,
				...(code !== undefined && { code }),
				count,
				reason: reasonOf(group),
				...(lines.length > 0 && { lines }),
				...(withRecipients && to && { to }),
			};
		});
}

/** The one item of Output: Summary. */
export function summaryJson(report: MassReport, withRecipients: boolean): IDataObject {
	const { api, campaignId, groups, taskIds, requests, durationMs, expectedSeconds } = report;
	const recipients = countOf(groups);
	const reasons = reasonsOf(groups, withRecipients);
	if (expectedSeconds !== undefined) {
		const valid = countOf(groups, hasSucceeded);
		const duplicates = countOf(groups, isDuplicate);
		return {
			outcome: 'validated',
			api,
			recipients,
			valid,
			invalid: recipients - valid - duplicates,
			duplicates,
			requests,
			expectedSeconds,
			reasons,
		};
	}
	return {
		api,
		campaignId,
		recipients,
		...(report.isCampaign && { alreadyAccepted: countOf(groups, hadItBefore) }),
		...countsOf(groups),
		requests,
		durationMs,
		taskIds,
		reasons,
	};
}
