import { sleep, type IDataObject, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { keepRun, takeRun } from '../ledger';
import { NotSendable } from '../notSendable';
import { fromAnswer, fromNotSendable, toErrorItem, toItem, toNodeError, type Result } from '../result';
import { readAccount, type Account } from './account';
import { ALIBABA_CLOUD } from './advice';
import { buildMessage, type Message } from './message';
import { callCams, sendCall } from './transport';

type OnError = 'stop' | 'continue' | 'errorOutput';

/** As an AI tool the first output is all the model sees, and a throw tells it nothing or ends the whole run. */
function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

function onError(context: IExecuteFunctions): OnError {
	if (isTool(context)) return 'continue';
	if (!context.continueOnFail()) return 'stop';
	return context.getNode().onError === 'continueErrorOutput' ? 'errorOutput' : 'continue';
}

/** A message ready to send, or the result of an item that cannot be. */
type Prepared = { message: Message } | { result: Result };

const STOPPED = new NotSendable('The execution was stopped', 'This item was not sent.', 'cancelled');

/** Expressions of this many items are read in one go; then everything else in n8n gets its turn. */
const ITEMS_IN_ONE_GO = 100;

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

function prepare(context: IExecuteFunctions, itemIndex: number, account: Account): Prepared {
	try {
		return { message: buildMessage(context, itemIndex, account) };
	} catch (error) {
		// What n8n throws itself is an expression that cannot be resolved for this item.
		const issue =
			error instanceof NotSendable
				? error
				: new NotSendable(
						'A field could not be read',
						`${(error as Error).message.replace(/\.?\s*$/, '.')} Check the expressions of this node for this item.`,
					);
		return { result: fromNotSendable(issue, aboutUnbuilt(context, itemIndex)) };
	}
}

async function prepareAll(context: IExecuteFunctions): Promise<Prepared[]> {
	const items = context.getInputData();
	const signal = context.getExecutionCancelSignal();
	try {
		const account = await readAccount(context);
		const prepared: Prepared[] = [];
		for (let itemIndex = 0; itemIndex < items.length && !signal?.aborted; itemIndex++) {
			if (itemIndex % ITEMS_IN_ONE_GO === ITEMS_IN_ONE_GO - 1) await sleep(0);
			prepared.push(prepare(context, itemIndex, account));
		}
		const left = items.slice(prepared.length).map(() => ({ result: fromNotSendable(STOPPED, { api: 'cams' }) }));
		return prepared.concat(left);
	} catch (error) {
		const issue =
			error instanceof NotSendable
				? error
				: new NotSendable('The credential could not be read', (error as Error).message, 'credential');
		return items.map(() => ({ result: fromNotSendable(issue, { api: 'cams' }) }));
	}
}

async function sendPrepared(context: IExecuteFunctions, entry: Prepared): Promise<Result> {
	if ('result' in entry) return entry.result;
	const { message } = entry;
	if (context.getExecutionCancelSignal()?.aborted) return fromNotSendable(STOPPED, message.about);
	const sentAt = new Date().toISOString();
	const answer = await callCams(context, sendCall(message.parameters, message.timeoutMs));
	return fromAnswer(answer, message, sentAt, ALIBABA_CLOUD);
}

/** For the error that stops a workflow half-way: who has got it, and would get it again. */
function acceptedSoFar(sent: Map<number, Result>): string {
	const accepted = [...sent].filter(([, { outcome }]) => outcome === 'accepted').map(([itemIndex]) => itemIndex);
	if (accepted.length === 0) return sent.size === 0 ? 'Nothing has been sent.' : '';
	const [first] = accepted;
	const last = accepted[accepted.length - 1];
	return accepted.length === 1
		? `Item ${last} was accepted and sent, and would get the message again: leave it out when you run this again.`
		: `Items ${first} to ${last} were accepted and sent, and would get the message again: leave them out when you run this again.`;
}

function summarise(context: IExecuteFunctions, results: Result[], mode: OnError): void {
	const counts = (['accepted', 'rejected', 'notSent', 'unknown'] as const)
		.map((outcome) => [outcome, results.filter((result) => result.outcome === outcome).length] as const)
		.filter(([, count]) => count > 0);
	if (counts.every(([outcome]) => outcome === 'accepted')) return;
	const words = counts.map(([outcome, count]) => `${count} ${outcome === 'notSent' ? 'not sent' : outcome}`);
	const where = mode === 'errorOutput' ? 'The error output says why.' : 'The field "reason" of each item says why.';
	context.addExecutionHints({ message: `${words.join(', ')}. ${where}`, type: 'warning', location: 'outputPane' });
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
	const node = context.getNode();
	const mode = onError(context);
	const signal = context.getExecutionCancelSignal();
	// Only a throw makes n8n run the node again, and only with Retry On Fail.
	const runKey = mode === 'stop' && node.retryOnFail ? `${context.getExecutionId()}/${node.id}` : undefined;
	const sent = (runKey && takeRun(runKey)) || new Map<number, Result>();

	const stopAt = (itemIndex: number, result: Result) => {
		if (mode !== 'stop' || result.outcome === 'accepted' || signal?.aborted) return;
		if (runKey) keepRun(runKey, sent);
		throw toNodeError(node, result, itemIndex, acceptedSoFar(sent));
	};

	const prepared = await prepareAll(context);
	prepared.forEach((entry, itemIndex) => 'result' in entry && stopAt(itemIndex, entry.result));

	const results: Result[] = [];
	for (const [itemIndex, entry] of prepared.entries()) {
		const result = sent.get(itemIndex) ?? (await sendPrepared(context, entry));
		if (result.outcome === 'accepted' || result.outcome === 'unknown') sent.set(itemIndex, result);
		results.push(result);
		stopAt(itemIndex, result);
	}

	summarise(context, results, mode);
	return [
		results.map((result, itemIndex) =>
			mode === 'errorOutput' && result.outcome !== 'accepted'
				? toErrorItem(node, result, itemIndex)
				: toItem(result, itemIndex),
		),
	];
}
