import type { IDataObject } from 'n8n-workflow';

import { unknownAdvice, type UnknownCause } from '../http/errorCatalog';
import { formatCount } from '../util/format';
import type { SettledRecipient } from './recipientState';
import { countOutcomes, isSuccess, type Counts, type NotAccepted, type Outcome } from './result';

/** A run of a mass send that is over. */
export interface MassReport {
	api: string;
	/** Absent when nothing could be begun. */
	campaignId?: string;
	/** Whether a Campaign ID keeps anyone from getting it again. */
	isCampaign?: boolean;
	/** In the order of the input. */
	recipients: SettledRecipient[];
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
/** What to do about those of a campaign whose outcome is unknown. */
export function wayOutOfDoubt(unknown: SettledRecipient[]): string {
	const hasHistory = ({ state: { result } }: SettledRecipient) =>
		result.json.api === 'cams' &&
		(result.json.channelType === 'viber' || result.json.channelType === 'whatsapp');
	return unknown.every(hasHistory)
		? 'Run the operation Resolve Unknown, then run this again.'
		: 'Look for their receipts, and set their rows in the campaign table to accepted or notSent.';
}

/** A duplicate was sent to elsewhere in the same run, so it is no failure. */
export const isDuplicate = ({ state }: SettledRecipient) => state.result.json.cause === 'duplicate';

export function groupBy<K, T>(all: T[], keyOf: (each: T) => K): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const each of all) {
		const key = keyOf(each);
		const group = groups.get(key);
		if (group) group.push(each);
		else groups.set(key, [each]);
	}
	return groups;
}

export function countsOf(recipients: SettledRecipient[]): Counts {
	return countOutcomes(recipients.map(({ state }) => state.result));
}

export function addressesOf(recipients: SettledRecipient[]): string[] {
	return recipients.map(({ to }) => to).filter((to) => to !== undefined);
}

const MAX_TASK_IDS_NAMED = 3;

/** The task ids of calls whose outcome is unknown: as many as a reader can use. */
export function taskIdsOf(recipients: SettledRecipient[]): string {
	const taskIds = [...new Set(recipients.map(({ state }) => state.result.json.taskId))];
	const more = taskIds.length - MAX_TASK_IDS_NAMED;
	return `${taskIds.slice(0, MAX_TASK_IDS_NAMED).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** One sentence that is true of the whole group. */
function reasonOf(group: SettledRecipient[]): string {
	const { outcome, json } = group[0].state.result;
	if (outcome !== 'unknown') return json.reason ?? '';
	const { title, advice } = unknownAdvice(json.cause as UnknownCause, taskIdsOf(group));
	return `${title}. ${advice}`;
}

/** Held back because of others: of all reasons the least interesting. */
const isHeldBack = ({ state }: SettledRecipient) => state.result.json.cause === 'notReached';

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
	to?: string[];
}

/** Why recipients were not accepted, most frequent first. */
export function reasonsOf(recipients: SettledRecipient[], withRecipients: boolean): Reason[] {
	const failed = recipients.filter((recipient) => !hasSucceeded(recipient));
	const groups = groupBy(failed, ({ state: { result } }) =>
		[result.outcome, result.json.cause, result.json.code, (result as NotAccepted).title].join('/'),
	);
	return [...groups.values()]
		.sort(
			(left, right) =>
				Number(isHeldBack(left[0])) - Number(isHeldBack(right[0])) || right.length - left.length,
		)
		.map((group) => {
			const { outcome, json } = group[0].state.result;
			const { cause, code } = json;
			return {
				outcome,
				cause,
				...(code !== undefined && { code }),
				count: group.length,
				reason: reasonOf(group),
				...(withRecipients && { to: addressesOf(group) }),
			};
		});
}

/** The one item of Output: Summary. */
export function summaryJson(report: MassReport, withRecipients: boolean): IDataObject {
	const { api, campaignId, recipients, requests, durationMs, expectedSeconds } = report;
	const reasons = reasonsOf(recipients, withRecipients);
	if (expectedSeconds !== undefined) {
		const valid = recipients.filter(hasSucceeded).length;
		const duplicates = recipients.filter(isDuplicate).length;
		return {
			outcome: 'validated',
			api,
			recipients: recipients.length,
			valid,
			invalid: recipients.length - valid - duplicates,
			duplicates,
			requests,
			expectedSeconds,
			reasons,
		};
	}
	const taskIds = new Set(recipients.flatMap(({ state }) => state.result.json.taskId ?? []));
	const earlier = recipients.filter(hadItBefore).length;
	return {
		api,
		campaignId,
		recipients: recipients.length,
		...(report.isCampaign && { alreadyAccepted: earlier }),
		...countsOf(recipients),
		requests,
		durationMs,
		taskIds: [...taskIds],
		reasons,
	};
}
