import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { formatCount } from '../util/format';
import { shortened, type NotSentCause } from '../util/userIssue';
import type { Recipient } from './recipientState';
import { mayHaveArrived, type NotAccepted } from './result';
import {
	countOf,
	failedAmong,
	fallbacksOf,
	isDuplicate,
	namedCause,
	reasonsOf,
	taskIdsOf,
	unknownAmong,
	wayOutOfDoubt,
	type Group,
	type MassReport,
} from './summary';

/** Causes that are the same for all items. */
const OF_ALL_ITEMS: ReadonlySet<unknown> = new Set<NotSentCause>([
	'campaignRunning',
	'campaignStopped',
	'campaignTable',
	'credential',
]);

export const NOTHING_SENT = 'Nothing has been sent.';

/**
 * The error that stops a workflow because of one recipient. Its title names the item, which n8n's own toast does not.
 * @param note who has got the message already; it comes first, since a second run would send to them again
 */
export function toNodeError(
	node: INode,
	result: NotAccepted,
	{ itemIndex, entryIndex, line, to }: Pick<Recipient, 'itemIndex' | 'entryIndex' | 'line' | 'to'>,
	note: string,
): NodeApiError | NodeOperationError {
	const entry =
		(entryIndex === undefined ? '' : `, entry ${entryIndex}`) +
		(line === undefined ? '' : `, line ${line}`);
	// n8n shows no row numbers, so the value tells which one it is.
	const value = to === undefined || to === '' ? '' : `: ${shortened(to)}`;
	const where = OF_ALL_ITEMS.has(result.json.cause) ? '' : ` [item ${itemIndex}${entry}${value}]`;
	const message = `${result.title}${where}`;
	// Some advice says it itself.
	const isSaid = note === NOTHING_SENT && result.advice.includes('Nothing was sent');
	const description = `${isSaid ? '' : note} ${result.advice}`.trim();
	if (result.outcome === 'rejected') {
		return new NodeApiError(
			node,
			{ code: result.json.code ?? '', requestId: result.json.requestId ?? '' },
			{ message, description, itemIndex, httpCode: String(result.httpStatus ?? '') },
		);
	}
	return new NodeOperationError(node, message, { description, itemIndex, level: 'warning' });
}

const MAX_REASONS_NAMED = 4;

/** "3 rejected: ...", "2 duplicates: ...", "12 for other reasons." */
function namedReasons(groups: Group[]): string[] {
	const reasons = reasonsOf(groups, false);
	const named = reasons.slice(0, MAX_REASONS_NAMED).map(({ outcome, cause, count, reason }) => {
		const what = outcome === 'notSent' ? namedCause(cause ?? '', count) : outcome;
		return `${formatCount(count)} ${what}: ${reason}`;
	});
	const others = reasons.slice(MAX_REASONS_NAMED).reduce((sum, { count }) => sum + count, 0);
	return [...named, ...(others > 0 ? [`${formatCount(others)} for other reasons.`] : [])];
}

/** Names those who have got the message, or may have, and would get it again from another run. */
function whoMayHaveGotIt(accepted: number, failed: Group[], isCampaign: boolean): string {
	const unknown = unknownAmong(failed);
	const inDoubt = countOf(unknown);
	const fellBack = fallbacksOf(failed);
	if (accepted + inDoubt + fellBack === 0) return 'Nothing was sent; it is safe to run again.';
	return [
		accepted > 0 &&
			`${formatCount(accepted)} ${accepted === 1 ? 'was' : 'were'} accepted ${
				isCampaign
					? 'and will not get the message again, however often you run this campaign.'
					: 'and would get the message again if you run this again; Retry and Retry On Fail skip them.'
			}`,
		inDoubt > 0 &&
			(isCampaign
				? `${formatCount(inDoubt)} may have got it or not, and are not sent to again. ${wayOutOfDoubt(unknown)}`
				: `${formatCount(inDoubt)} may have got it: before you send to them again, look for receipts with Task ID ${taskIdsOf(unknown)}.`),
		fellBack > 0 && `${formatCount(fellBack)} may still get the fallback.`,
	]
		.filter(Boolean)
		.join(' ');
}

/**
 * The error that ends a run with On Error set to stop: nobody was accepted, or not everybody and the user wants that
 * to be an error. n8n drops the items then, so it says what they would have said, in a line for each reason.
 */
export function buildRunError(
	node: INode,
	{ groups, requests, isCampaign = false }: MassReport,
	failIfAny: boolean,
): NodeApiError | NodeOperationError | undefined {
	const failed = failedAmong(groups);
	// There was nobody to send to: an earlier run left these in doubt, and the workflow goes on to resolve them.
	if (isCampaign && requests === 0 && unknownAmong(failed).length === failed.length)
		return undefined;
	const recipients = countOf(groups);
	const count = countOf(failed);
	const accepted = recipients - count;
	const isFailure =
		accepted === 0 ? count > 0 : failIfAny && !failed.every(({ first }) => isDuplicate(first));
	if (!isFailure) return undefined;

	if (recipients === 1) {
		const [{ first }] = failed;
		const { result } = first.state;
		const note = mayHaveArrived(result) ? '' : NOTHING_SENT;
		return toNodeError(node, result as NotAccepted, first, note);
	}
	const title =
		accepted === 0
			? `None of ${formatCount(recipients)} recipients was accepted`
			: `${formatCount(count)} of ${formatCount(recipients)} recipients ${count === 1 ? 'was' : 'were'} not accepted`;
	const description = [whoMayHaveGotIt(accepted, failed, isCampaign), ...namedReasons(groups)].join(
		'<br>',
	);
	return new NodeOperationError(node, title, { description, level: 'warning' });
}
