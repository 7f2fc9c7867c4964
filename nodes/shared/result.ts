import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { adviceFor, trace, unknownAdvice, type Advice } from './advice';
import type { Answer } from './answer';
import type { InvalidField, NotSentCause } from './invalidField';
import type { Message } from './message';

/**
 * What became of one item, in exactly one of four outcomes. `json` is the whole output item; an item that was not
 * accepted also carries the words to show.
 */
export type Result =
	| { outcome: 'accepted'; json: IDataObject }
	| ({ outcome: 'rejected' | 'notSent' | 'unknown'; json: IDataObject; httpStatus?: number } & Advice);

function notAccepted(
	outcome: 'rejected' | 'notSent' | 'unknown',
	about: IDataObject,
	cause: string,
	{ title, advice }: Advice,
	from: { code?: string; requestId?: string; httpStatus?: number } = {},
): Result {
	const { code, requestId, httpStatus } = from;
	return {
		outcome,
		title,
		advice: `${advice}${trace(code, requestId)}`,
		httpStatus,
		json: {
			outcome,
			...about,
			...(requestId && { requestId }),
			cause,
			...(code && { code }),
			reason: `${title}. ${advice}`,
		},
	};
}

/** The result of an item that was never sent because of what a field holds. */
export function fromInvalidField(invalid: InvalidField, about: IDataObject): Result {
	return notAccepted('notSent', about, invalid.notSentCause, {
		title: invalid.title,
		advice: invalid.advice,
	});
}

/** The result of an item that was not sent for another reason than its own fields. */
export function fromNotSent(cause: NotSentCause, advice: Advice, about: IDataObject): Result {
	return notAccepted('notSent', about, cause, advice);
}

/** The result of a call, told in the terms of the send it carried. */
export function fromAnswer(answer: Answer, message: Message, sentAt: string): Result {
	const { taskId } = message;
	const about = { ...message.about, taskId, ...message.contains };
	switch (answer.outcome) {
		case 'accepted': {
			const { MessageId: messageId } = answer.body;
			return {
				outcome: 'accepted',
				json: {
					outcome: 'accepted',
					...message.about,
					...(messageId !== undefined && { messageId: String(messageId) }),
					taskId,
					...(answer.requestId && { requestId: answer.requestId }),
					...message.contains,
					sentAt,
				},
			};
		}
		case 'rejected':
			return notAccepted('rejected', about, 'apiRefused', adviceFor(answer.code, answer.message), answer);
		case 'retryLater':
			return notAccepted(
				'notSent',
				about,
				'gaveUp',
				answer.cause === 'throttled'
					? {
							title: 'Alibaba Cloud takes no more calls right now',
							advice: 'This account has reached its calls per second. Nothing was sent; send it again later.',
						}
					: {
							title: 'Alibaba Cloud cannot be reached',
							advice:
								'Nothing was sent. Check Region and Endpoint in the credential and the network of this n8n server, then send it again.',
						},
				answer,
			);
		case 'unknown':
			return notAccepted('unknown', about, answer.cause, unknownAdvice(answer.cause, taskId), answer);
	}
}

/** The error that stops a workflow for an item; its title names the item, since n8n's own toast does not. */
export function toNodeError(
	node: INode,
	result: Exclude<Result, { outcome: 'accepted' }>,
	itemIndex: number,
	note: string,
): NodeApiError | NodeOperationError {
	const message = `${result.title} [item ${itemIndex}]`;
	const description = `${result.advice}${note}`;
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
export function toItem(result: Result, itemIndex: number): INodeExecutionData {
	return { json: result.json, pairedItem: { item: itemIndex } };
}

/**
 * An output item that n8n moves to the error output. With Retry On Fail an `error` in the JSON of a first item
 * would run the whole node again and send the others twice; the item's own `error` does not, at the price of the
 * input fields that n8n otherwise adds.
 */
export function toErrorItem(
	node: INode,
	result: Exclude<Result, { outcome: 'accepted' }>,
	itemIndex: number,
): INodeExecutionData {
	const pairedItem = { item: itemIndex };
	if (node.retryOnFail) {
		const words = `${result.title} [item ${itemIndex}]. ${result.advice}`;
		return { json: {}, error: new NodeOperationError(node, words, { itemIndex }), pairedItem };
	}
	return {
		json: { error: `${result.title} [item ${itemIndex}]`, message: result.advice },
		pairedItem,
	};
}
