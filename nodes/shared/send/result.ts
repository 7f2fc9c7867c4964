import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import type { Answer } from '../http/apiAnswer';
import { supportSuffix, unknownAdvice, type Advice, type ErrorCatalog } from '../http/errorCatalog';
import { formatCount } from '../util/format';
import type { UserIssue } from '../util/userIssue';

/**
 * What became of one item, in exactly one of four outcomes. `json` is the whole output item; an item that was not
 * accepted also carries the words to show.
 */
export type Result = Accepted | NotAccepted;

export interface Accepted {
	outcome: 'accepted';
	json: IDataObject;
	/** From standing in line to the answer. */
	durationMs?: number;
}

/** What Validate Only makes of what could be sent. */
export interface Validated {
	outcome: 'validated';
	json: IDataObject;
}

export interface NotAccepted extends Advice {
	outcome: 'rejected' | 'notSent' | 'unknown';
	json: IDataObject;
	durationMs?: number;
	httpStatus?: number;
}

/** What the output item tells about a message before anything became of it. */
export interface Sending {
	/** Whom it goes to and by which way. */
	about: IDataObject;
	/** What it holds. */
	contains: IDataObject;
	/** What receipts will carry. */
	taskId: string;
}

/** Recipients or items by outcome. */
export type Counts = Record<Result['outcome'], number>;

/** Nothing is wrong with it. */
export function isSuccess({ outcome }: Result | Validated): boolean {
	return outcome === 'accepted' || outcome === 'validated';
}

/** How many of each outcome; what was only validated has none. */
export function countOutcomes(results: Iterable<Result | Validated>): Counts {
	const counts: Counts = { accepted: 0, rejected: 0, notSent: 0, unknown: 0 };
	for (const { outcome } of results) if (outcome !== 'validated') counts[outcome]++;
	return counts;
}

/** "2,497 accepted, 2 rejected, 1 unknown"; accepted is always told. */
export function formatCounts(counts: Counts): string {
	const others = (['rejected', 'notSent', 'unknown'] as const).filter(
		(outcome) => counts[outcome] > 0,
	);
	return (['accepted', ...others] as const)
		.map(
			(outcome) =>
				`${formatCount(counts[outcome])} ${outcome === 'notSent' ? 'not sent' : outcome}`,
		)
		.join(', ');
}

function notAccepted(
	outcome: NotAccepted['outcome'],
	about: IDataObject,
	cause: string,
	{ title, advice }: Advice,
	from: { code?: string; requestId?: string; httpStatus?: number } = {},
): NotAccepted {
	const { code, requestId, httpStatus } = from;
	return {
		outcome,
		title,
		advice: `${advice}${supportSuffix(code, requestId)}`,
		httpStatus,
		// What a reader looks for comes first: n8n shows the columns of a table in this order.
		json: {
			outcome,
			...(about.to !== undefined && { to: about.to }),
			cause,
			reason: `${title}. ${advice}`,
			...(code && { code }),
			...about,
			...(requestId && { requestId }),
		},
	};
}

/** The result of an item that never left n8n. */
export function resultFromIssue(issue: UserIssue, about: IDataObject): NotAccepted {
	return notAccepted('notSent', about, issue.notSentCause, issue);
}

/** The result of a call, told in the terms of the message it carried. */
export function resultFromAnswer(
	answer: Answer,
	sending: Sending,
	sentAt: string,
	vendor: ErrorCatalog,
): Result {
	const { about, contains, taskId } = sending;
	const known = { ...about, taskId, ...contains };
	switch (answer.outcome) {
		case 'accepted':
			return {
				outcome: 'accepted',
				json: {
					outcome: 'accepted',
					...about,
					...(answer.messageId !== undefined && { messageId: answer.messageId }),
					...(answer.groupMessageId !== undefined && { groupMessageId: answer.groupMessageId }),
					taskId,
					...(answer.requestId && { requestId: answer.requestId }),
					...contains,
					sentAt,
				},
			};
		case 'rejected':
			return notAccepted(
				'rejected',
				known,
				'apiRefused',
				vendor.adviceFor(answer.code, answer.message, answer.httpStatus),
				answer,
			);
		case 'retryLater':
			return answer.cause === 'throttled'
				? notAccepted(
						'notSent',
						known,
						'gaveUp',
						{
							title: `${vendor.name} takes no more calls right now`,
							advice:
								'This account has reached its calls per second. Nothing was sent; send it again later.',
						},
						answer,
					)
				: notAccepted('notSent', known, 'gaveUp', {
						title: `${vendor.name} cannot be reached`,
						advice:
							'Nothing was sent. Check the address in the credential and the network of this n8n server, then send it again.',
					});
		case 'unknown':
			return notAccepted(
				'unknown',
				{ ...known, sentAt },
				answer.cause,
				unknownAdvice(answer.cause, taskId),
				answer,
			);
	}
}

/**
 * The error that stops a workflow for an item; its title names the item, since n8n's own toast does not.
 * @param note who has got the message before; stands first, since it is what a second run would repeat
 */
export function toNodeError(
	node: INode,
	result: NotAccepted,
	itemIndex: number,
	note: string,
	entryIndex?: number,
): NodeApiError | NodeOperationError {
	// A credential is everybody's.
	const entry = entryIndex === undefined ? '' : `, entry ${entryIndex}`;
	const where = result.json.cause === 'credential' ? '' : ` [item ${itemIndex}${entry}]`;
	const message = `${result.title}${where}`;
	const description = `${note} ${result.advice}`.trim();
	if (result.outcome === 'rejected') {
		return new NodeApiError(
			node,
			{ code: String(result.json.code ?? ''), requestId: String(result.json.requestId ?? '') },
			{ message, description, itemIndex, httpCode: String(result.httpStatus ?? '') },
		);
	}
	return new NodeOperationError(node, message, { description, itemIndex, level: 'warning' });
}

/** An output item, paired to the input item it came from. */
export function toItem(result: Result | Validated, itemIndex: number): INodeExecutionData {
	return { json: result.json, pairedItem: { item: itemIndex } };
}

/**
 * An output item that n8n moves to the error output: with these two keys and no others it does, and adds the
 * fields of the input. `error` holds the whole result, so that the unknown can be told from the refused.
 *
 * With Retry On Fail an `error` in the JSON of a first item would run the whole node again and send the others
 * twice. The item's own `error` does not; n8n keeps nothing but its text, so that begins with the outcome.
 */
export function toErrorItem(
	node: INode,
	result: NotAccepted,
	itemIndex: number,
): INodeExecutionData {
	const pairedItem = { item: itemIndex };
	const message = `${result.title} [item ${itemIndex}]. ${result.advice}`;
	if (!node.retryOnFail) return { json: { error: result.json, message }, pairedItem };
	const error = new NodeOperationError(node, result.title, { itemIndex });
	// Set afterwards: n8n puts a stock sentence in place of a message that names a code such as ECONNRESET.
	error.message = `${result.outcome}: ${message}`;
	return { json: {}, error, pairedItem };
}
