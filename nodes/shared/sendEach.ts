import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import { camsAccount, credentialText } from '../../credentials/authenticate';
import { callCams, CREDENTIAL_TYPE } from './camsTransport';
import { InvalidField } from './invalidField';
import { forgetRun, recallRun } from './ledger';
import { buildMessage, type Message, type MessageDefaults } from './message';
import {
	fromAnswer,
	fromInvalidField,
	fromNotSent,
	toErrorItem,
	toItem,
	toNodeError,
	type Result,
} from './result';

type OnError = 'stop' | 'continue' | 'errorOutput';

function onError(context: IExecuteFunctions): OnError {
	if (!context.continueOnFail()) return 'stop';
	return context.getNode().onError === 'continueErrorOutput' ? 'errorOutput' : 'continue';
}

/**
 * As an AI tool the first output is all the model sees, and a throw tells it nothing or ends the whole run.
 */
function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/** What is the same in every try of Retry On Fail, and differs between any two other runs. */
function runKey(context: IExecuteFunctions): string {
	const { $runIndex } = context.getWorkflowDataProxy(0);
	return [context.getExecutionId(), context.getNode().id, String($runIndex)].join('/');
}

/** What is wrong with a credential before any call, or undefined. */
function credentialIssue(credentials: ICredentialDataDecryptedObject): InvalidField | undefined {
	if (credentials.api === 'innoPaas') {
		return new InvalidField(
			'This credential is for InnoPaaS',
			'Choose a ChatApp API credential whose API is Alibaba Cloud CAMS.',
		);
	}
	try {
		camsAccount(credentials);
		return undefined;
	} catch (error) {
		return new InvalidField('The credential is not complete', (error as Error).message);
	}
}

async function readDefaults(context: IExecuteFunctions): Promise<MessageDefaults> {
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	const issue = credentialIssue(credentials);
	if (issue) throw issue;
	const execution = context.getExecutionId() || 'test';
	const unique = randomUUID().slice(0, 6);
	return {
		custSpaceId: credentialText(credentials, 'custSpaceId'),
		makeTaskId: (itemIndex) => `n8n-${execution}-i${itemIndex}-${unique}`,
	};
}

/** A message ready to send, or the result of an item that cannot be. */
type Prepared = { message: Message } | { result: Result };

function prepare(context: IExecuteFunctions, itemIndex: number, defaults: MessageDefaults): Prepared {
	try {
		return { message: buildMessage(context, itemIndex, defaults) };
	} catch (error) {
		// What n8n throws itself is an expression that cannot be resolved for this item.
		const invalid =
			error instanceof InvalidField
				? error
				: new InvalidField(
						'A field could not be read',
						`${(error as Error).message.replace(/\.?\s*$/, '.')} Check the expressions of this node for this item.`,
					);
		return { result: fromInvalidField(invalid, aboutUnbuilt(context, itemIndex)) };
	}
}

/** What is known about an item whose message could not be built: the recipient as it was given, if it is one text. */
function aboutUnbuilt(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const about: IDataObject = { api: 'cams' };
	try {
		const to = context.getNodeParameter('to', itemIndex, '');
		if ((typeof to === 'string' && to !== '') || typeof to === 'number') about.to = String(to);
	} catch {
		// The very expression that failed: the item goes without it.
	}
	about.channelType = context.getNodeParameter('channelType', itemIndex) as string;
	return about;
}

/** "Items 0 to 2 were accepted." for the error that stops a workflow half-way. */
function acceptedSoFar(results: Result[]): string {
	const accepted = results.flatMap(({ outcome }, index) => (outcome === 'accepted' ? [index] : []));
	if (accepted.length === 0) return '';
	const last = accepted[accepted.length - 1];
	if (accepted.length === 1) return ` Item ${last} was accepted and sent.`;
	return ` Items ${accepted[0]} to ${last} were accepted and sent.`;
}

function summarise(context: IExecuteFunctions, results: Result[]): void {
	const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
	const words = [
		`${count('accepted')} accepted`,
		`${count('rejected')} rejected`,
		`${count('notSent')} not sent`,
		`${count('unknown')} unknown`,
	].filter((words) => !words.startsWith('0 '));
	if (count('accepted') === results.length) return;
	context.addExecutionHints({
		message: `${words.join(', ')}. The field "reason" of each item says why.`,
		type: 'warning',
		location: 'outputPane',
	});
}

/**
 * Sends one message per input item, one after the other, and returns one output item for each.
 *
 * All items are built and checked before the first is sent. With On Error set to stop, an item that cannot be
 * sent throws before anything went out, and a refused one throws at once; what was accepted before is then
 * remembered, so that Retry On Fail does not send it again. In the other modes, and as an AI tool, nothing throws:
 * a throw there would hand the whole input to the next node as if it had been sent.
 */
export async function sendEach(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const node = context.getNode();
	const mode = isTool(context) ? 'continue' : onError(context);
	// Only a throw makes n8n run the node again, and only with Retry On Fail.
	const key = mode === 'stop' && node.retryOnFail ? runKey(context) : undefined;
	const results: Result[] = [];

	const stopAt = (itemIndex: number, result: Result) => {
		if (mode !== 'stop' || result.outcome === 'accepted') return;
		throw toNodeError(node, result, itemIndex, acceptedSoFar(results));
	};

	const prepared: Prepared[] = [];
	try {
		const defaults = await readDefaults(context);
		for (let itemIndex = 0; itemIndex < items.length; itemIndex++) {
			prepared.push(prepare(context, itemIndex, defaults));
		}
	} catch (error) {
		const invalid =
			error instanceof InvalidField
				? error
				: new InvalidField('The credential could not be read', (error as Error).message);
		prepared.push(...items.map(() => ({ result: fromInvalidField(invalid, { api: 'cams' }) })));
	}
	prepared.forEach((entry, itemIndex) => {
		if ('result' in entry) stopAt(itemIndex, entry.result);
	});

	const alreadySent = key ? recallRun(key) : new Map<number, Result>();
	const signal = context.getExecutionCancelSignal();
	for (const [itemIndex, entry] of prepared.entries()) {
		results.push(alreadySent.get(itemIndex) ?? (await sendPrepared(context, entry, signal)));
		const result = results[itemIndex];
		if (result.outcome === 'accepted' || result.outcome === 'unknown') alreadySent.set(itemIndex, result);
		if (!signal?.aborted) stopAt(itemIndex, result);
	}

	if (key) forgetRun(key);
	summarise(context, results);
	return [
		results.map((result, itemIndex) =>
			mode === 'errorOutput' && result.outcome !== 'accepted'
				? toErrorItem(node, result, itemIndex)
				: toItem(result, itemIndex),
		),
	];
}

async function sendPrepared(
	context: IExecuteFunctions,
	entry: Prepared,
	signal: AbortSignal | undefined,
): Promise<Result> {
	if ('result' in entry) return entry.result;
	const { message } = entry;
	if (signal?.aborted) {
		return fromNotSent(
			'cancelled',
			{ title: 'The execution was stopped', advice: 'This item was not sent.' },
			message.about,
		);
	}
	const sentAt = new Date().toISOString();
	const { parameters, timeoutMs } = message;
	const answer = await callCams(context, { operation: 'SendChatappMessage', parameters, timeoutMs });
	return fromAnswer(answer, message, sentAt);
}
