import type { IDataObject } from 'n8n-workflow';

import type { Answer, UnreachableAnswer } from '../http/apiAnswer';
import {
	supportSuffix,
	unknownAdvice,
	unreachableAdvice,
	type Advice,
	type ErrorCatalog,
} from '../http/errorCatalog';
import { formatCount } from '../util/format';
import type { UserIssue } from '../util/userIssue';

/** An output item without its recipient. */
export interface ResultJson extends IDataObject {
	cause?: string;
	code?: string;
	reason?: string;
	requestId?: string;
	/** Absent unless it may. */
	fallbackMayBeSent?: boolean;
	taskId?: string;
	/** The number of the call in a mass send. */
	chunk?: number;
	sentAt?: string;
}

/**
 * The result of a call or of one recipient, in exactly one of four outcomes. `json` is the output item without its
 * recipient; whoever was not accepted also has the words to show.
 */
export type Result = Accepted | NotAccepted;

/**
 * Validate Only sends nothing, so what could be sent has an outcome of its own; so has what an earlier run of the same
 * campaign had sent.
 */
export type Outcome = Result | Validated | AlreadyAccepted;

export interface Accepted {
	outcome: 'accepted';
	json: ResultJson;
	/** From entering the queue to the answer. */
	durationMs?: number;
}

export interface Validated {
	outcome: 'validated';
	json: ResultJson;
}

export interface AlreadyAccepted {
	outcome: 'alreadyAccepted';
	json: ResultJson;
}

export interface NotAccepted extends Advice {
	outcome: 'rejected' | 'notSent' | 'unknown';
	json: ResultJson;
	durationMs?: number;
	httpStatus?: number;
}

/** The parts of a message that the output shows, whatever its outcome. */
export interface Sending {
	/** api, from, channelType */
	about: IDataObject;
	/** templateCode and language, or messageType */
	contains: IDataObject;
	/** Returned in its receipts. */
	taskId: string;
	/** Whether the API may send the fallback although it refuses the message. */
	fallsBackOnRefusal?: boolean;
}

/** Recipients or items by outcome. */
export type Counts = Record<Result['outcome'], number>;

export function isSuccess({ outcome }: Outcome): boolean {
	return outcome === 'accepted' || outcome === 'validated' || outcome === 'alreadyAccepted';
}

/** "2,497 accepted, 2 rejected, 1 unknown"; accepted is always there. */
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
		// n8n shows the columns of a table in this order: what a reader looks for comes first, ids last.
		json: {
			outcome,
			reason: `${title}. ${advice}`,
			cause,
			...(code && { code }),
			...about,
			...(requestId && { requestId }),
		},
	};
}

const FALLBACK_MAY_FOLLOW =
	' The fallback may still be sent, because the option SMS Fallback says so for a refusal.';

/** The result of a refusal. The gateway refuses a request before anybody looks at its fallback. */
function rejected(
	answer: Extract<Answer, { outcome: 'rejected' }>,
	{ about, contains, taskId, fallsBackOnRefusal }: Sending,
	errors: ErrorCatalog,
): NotAccepted {
	const { code, message, httpStatus } = answer;
	const { title, advice } = errors.adviceFor(code, message, httpStatus);
	const fallbackMayBeSent = fallsBackOnRefusal === true && !errors.isOfGateway(code, httpStatus);
	return notAccepted(
		'rejected',
		{ ...(fallbackMayBeSent && { fallbackMayBeSent }), ...contains, ...about, taskId },
		'apiRefused',
		{ title, advice: `${advice}${fallbackMayBeSent ? FALLBACK_MAY_FOLLOW : ''}` },
		answer,
	);
}

/** Whether the recipient may have got something, so that no retry may send it again. */
export function mayHaveArrived({ outcome, json }: Outcome): boolean {
	return outcome === 'accepted' || outcome === 'unknown' || json.fallbackMayBeSent === true;
}

function nothingSent(answer: UnreachableAnswer, errors: ErrorCatalog): Advice {
	const { title, advice } = unreachableAdvice(answer, errors);
	return { title, advice: `Nothing was sent. ${advice}` };
}

/** The result of what never left n8n. */
export function resultFromIssue(issue: UserIssue, about: IDataObject): NotAccepted {
	return notAccepted('notSent', about, issue.notSentCause, issue);
}

/** The result of a call, in terms of the message it carried. */
export function resultFromAnswer(
	answer: Answer,
	sending: Sending,
	sentAt: string,
	errors: ErrorCatalog,
): Result {
	const { about, contains, taskId } = sending;
	const known = { ...contains, ...about, taskId };
	switch (answer.outcome) {
		case 'accepted':
			return {
				outcome: 'accepted',
				json: {
					outcome: 'accepted',
					...contains,
					sentAt,
					...about,
					...(answer.messageId !== undefined && { messageId: answer.messageId }),
					...(answer.groupMessageId !== undefined && { groupMessageId: answer.groupMessageId }),
					taskId,
					...(answer.requestId && { requestId: answer.requestId }),
				},
			};
		case 'rejected':
			return rejected(answer, sending, errors);
		case 'retryLater':
			return answer.cause === 'throttled'
				? notAccepted(
						'notSent',
						known,
						'gaveUp',
						{
							title: `${errors.name} is receiving too many requests from this account`,
							advice:
								'The account has reached its requests per second. Nothing was sent; send it again later.',
						},
						answer,
					)
				: notAccepted('notSent', known, 'gaveUp', nothingSent(answer, errors));
		case 'unknown':
			return notAccepted(
				'unknown',
				{ sentAt, ...known },
				answer.cause,
				unknownAdvice(answer.cause, taskId),
				answer,
			);
	}
}
