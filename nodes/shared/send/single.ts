import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import {
	callCams,
	camsRateLimiter,
	sendCall,
	readAccount,
	type Account,
} from '../apis/cams/client';
import { CAMS_ERRORS } from '../apis/cams/errors';
import { buildMessage, readChosen, type Message } from '../apis/cams/sendMessage';
import { templateFinder } from '../apis/cams/templateLookup';
import { findFile, uploader } from '../apis/cams/upload';
import { callWithinQuota, runConcurrently } from '../http/retry';
import { withFile } from '../messages/read';
import { Parameters, type Read } from '../parameters/parameters';
import { rawRecipient } from '../parameters/recipient';
import { formatCount } from '../util/format';
import { UserIssue } from '../util/userIssue';
import { createYielder } from '../util/yield';
import { digestOf, withSendLedger, type SendLedger, type Sent } from './ledger';
import { STOPPED, onError, toCredentialIssue, toIssue, type OnError } from './onError';
import {
	countOutcomes,
	resultFromAnswer,
	resultFromIssue,
	formatCounts,
	toErrorItem,
	toItem,
	toNodeError,
	isSuccess,
	type NotAccepted,
	type Result,
	type Validated,
} from './result';

/** What became of an item. */
type Told = Result | Validated;

/** A message ready to send, or the result of an item that is not to be sent. */
type Prepared = { message: Message } | { result: Told };

const OPERATION = 'SendChatappMessage';

/** Calls that may wait for their answers at once: at 250 a second enough for 400 ms each. */
const MAX_IN_FLIGHT = 100;

/** What is known about an item whose message could not be built. */
function aboutUnbuilt(read: Read): IDataObject {
	const to = rawRecipient(read);
	return {
		api: 'cams',
		...(to !== undefined && { to }),
		channelType: read('channelType') as string,
	};
}

/** What Validate Only tells about a message. */
function validated({ about, contains, preview, file }: Message, hasTemplate: boolean): Validated {
	const isFreeForm = 'messageType' in contains;
	const warnings = [
		isFreeForm &&
			about.channelType === 'whatsapp' &&
			"WhatsApp takes this only within 24 hours of the recipient's last message.",
		!isFreeForm &&
			!hasTemplate &&
			'The template could not be read, so its variables were not checked.',
		file && 'The file is uploaded when the message is sent.',
	].filter((warning): warning is string => Boolean(warning));
	const { text, buttons } = preview();
	return {
		outcome: 'validated',
		json: { outcome: 'validated', ...about, ...contains, preview: text, buttons, warnings },
	};
}

async function prepareAll(context: IExecuteFunctions, account: Account): Promise<Prepared[]> {
	const items = context.getInputData();
	const signal = context.getExecutionCancelSignal();
	const parameters = new Parameters(context);
	const findTemplate = templateFinder(context, account);
	const othersTurn = createYielder();
	const prepare = async (read: Read, itemIndex: number): Promise<Prepared> => {
		try {
			const chosen = readChosen(read, account);
			const template = await findTemplate(chosen);
			if (template instanceof UserIssue) throw template;
			const message = buildMessage(read, itemIndex, account, {
				chosen,
				item: items[itemIndex].json,
				template,
			});
			if (message.file) await findFile(context, itemIndex, message.file);
			return message.validateOnly
				? { result: validated(message, template !== undefined) }
				: { message };
		} catch (error) {
			return { result: resultFromIssue(toIssue(error), aboutUnbuilt(read)) };
		}
	};
	const prepared: Prepared[] = [];
	for (let itemIndex = 0; itemIndex < items.length && !signal?.aborted; itemIndex++) {
		await othersTurn();
		prepared.push(await prepare(parameters.of(itemIndex), itemIndex));
	}
	return prepared;
}

/** "Items 0 to 2, 4 and 6 to 9" */
function namesOf(indexes: number[]): string {
	const ranges: Array<[number, number]> = [];
	for (const index of indexes) {
		const last = ranges[ranges.length - 1];
		if (last && last[1] === index - 1) last[1] = index;
		else ranges.push([index, index]);
	}
	const words = ranges.flatMap(([first, last]) =>
		last - first > 1 ? [`${first} to ${last}`] : [...new Set([first, last])].map(String),
	);
	const listed =
		words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}` : words[0];
	return `${indexes.length === 1 ? 'Item' : 'Items'} ${listed}`;
}

/** For the error that stops a workflow half-way: who has got it, and would get it again. */
function sentSoFar(results: Array<Told | undefined>, stoppedAt: number): string {
	const indexesOf = (outcome: Told['outcome']) =>
		results.flatMap((result, index) =>
			result?.outcome === outcome && index !== stoppedAt ? [index] : [],
		);
	const accepted = indexesOf('accepted');
	const unknown = indexesOf('unknown');
	if (accepted.length === 0 && unknown.length === 0)
		return results[stoppedAt]?.outcome === 'unknown' ? '' : 'Nothing has been sent.';
	const one = accepted.length === 1;
	return [
		accepted.length > 0 &&
			`${namesOf(accepted)} ${one ? 'was' : 'were'} accepted and sent, and would get the message again: leave ${one ? 'it' : 'them'} out when you run this again.`,
		unknown.length > 0 && `${namesOf(unknown)} may have got it.`,
	]
		.filter(Boolean)
		.join(' ');
}

function summarise(context: IExecuteFunctions, results: Told[], mode: OnError): void {
	const counts = countOutcomes(results);
	const good = results.filter(isSuccess).length;
	const where =
		mode === 'errorOutput'
			? 'The error output says why.'
			: 'The field "reason" of each item says why.';
	const validatedOnly = results.filter(({ outcome }) => outcome === 'validated').length;
	const somethingWent = counts.accepted + counts.rejected + counts.unknown > 0;
	const told =
		validatedOnly > 0 && !somethingWent
			? `Nothing was sent: Validate Only is on. ${formatCount(good)} of ${formatCount(results.length)} items can be sent.`
			: `${formatCounts(counts)}${validatedOnly > 0 ? `, ${formatCount(validatedOnly)} only validated` : ''}.`;
	if (counts.accepted === results.length) return;
	context.addExecutionHints({
		message: good === results.length ? told : `${told} ${where}`,
		type: 'warning',
		location: 'outputPane',
	});
}

/** Where a message stands in the input and what it says, for a later try. */
function placeOf({ about }: Message, itemIndex: number): string {
	return `${itemIndex}/${String(about.to)}`;
}

function contentOf({ parameters, file }: Message, item: INodeExecutionData): string {
	const binary = file && item.binary?.[file.binaryPropertyName];
	// A task id is made up anew for each try.
	return JSON.stringify([
		{ ...parameters, TaskId: undefined },
		binary && (binary.id ?? binary.data),
	]);
}

/** What a later try must not send again. */
function* sentOf(
	items: INodeExecutionData[],
	prepared: Prepared[],
	results: Array<Told | undefined>,
): Generator<Sent> {
	for (const [index, entry] of prepared.entries()) {
		const result = results[index];
		if (!('message' in entry) || (result?.outcome !== 'accepted' && result?.outcome !== 'unknown'))
			continue;
		yield {
			place: placeOf(entry.message, index),
			digest: digestOf(contentOf(entry.message, items[index])),
			result,
		};
	}
}

/**
 * Sends what is prepared, several at once, and notes for each item what became of it.
 * @param results what is known already is left alone
 * @param stops whether to begin no further item once one was not accepted
 */
async function sendPrepared(
	context: IExecuteFunctions,
	prepared: Prepared[],
	results: Array<Told | undefined>,
	{ account, run, stops }: { account: Account; run: SendLedger; stops: boolean },
): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	const rateLimiter = camsRateLimiter(account, OPERATION);
	let stopped = false;
	const goOn = () => !stopped && !signal?.aborted;
	const stop = () => {
		stopped = true;
		rateLimiter.cancelQueued(run);
	};

	const upload = uploader(context, account);
	const complete = async (
		{ file, parameters }: Message,
		itemIndex: number,
	): Promise<Message['parameters'] | UserIssue> => {
		if (!file) return parameters;
		return await upload(parameters.CustSpaceId, itemIndex, file)
			.then(({ link, facts }) => ({
				...parameters,
				Content: withFile(parameters.Content, file, link, facts),
			}))
			.catch(toIssue);
	};
	const send = async (message: Message, itemIndex: number): Promise<Result | undefined> => {
		const parameters = await complete(message, itemIndex);
		if (!goOn()) return undefined;
		if (parameters instanceof UserIssue)
			return resultFromIssue(parameters, { ...message.about, ...message.contains });
		const { maxPerSecond, timeoutMs } = message;
		const call = async () => await callCams(context, sendCall(parameters, timeoutMs));
		const called = await callWithinQuota(call, {
			rateLimiter,
			execution: run,
			maxPerSecond,
			signal,
			goOn,
		});
		return called && resultFromAnswer(called.answer, message, called.sentAt, CAMS_ERRORS);
	};

	// Whoever gets several messages gets them in the order of the items.
	const underWay = new Map<unknown, Promise<void>>();
	const settle = async (index: number, before?: Promise<void>) => {
		await before;
		const entry = prepared[index];
		if ('message' in entry && !results[index] && goOn()) {
			results[index] = await send(entry.message, index);
		}
		const known = results[index];
		if (stops && !(known && isSuccess(known))) stop();
	};
	const settleInOrder = async (index: number) => {
		const entry = prepared[index];
		const to = 'message' in entry ? entry.message.about.to : undefined;
		const settling = settle(index, underWay.get(to));
		if (to !== undefined) underWay.set(to, settling);
		await settling;
	};

	// What is wrong with all of them costs one call.
	if (stops && prepared.length > 0) await settleInOrder(0);
	await runConcurrently(prepared.keys(), MAX_IN_FLIGHT, settleInOrder, goOn);
}

/**
 * Sends one message per input item at the speed of the quota, and returns one output item for each, in their order.
 *
 * All items are built and checked before the first is sent. With On Error set to stop, an item that cannot be sent
 * throws before anything went out; then the first item goes alone, and at a refusal no further item is begun. What was
 * accepted is remembered, so that no retry sends it again. In the other modes, and as an AI tool, nothing throws: a
 * throw there would hand the whole input to the next node as if it had been sent.
 */
export async function sendEach(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await withSendLedger(context, async (run) => await sendWithAccount(context, run));
}

async function sendWithAccount(
	context: IExecuteFunctions,
	run: SendLedger,
): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const mode = onError(context);
	const stops = mode === 'stop';
	const signal = context.getExecutionCancelSignal();
	const results: Array<Told | undefined> = context.getInputData().map(() => undefined);

	const throwIfStopped = () => {
		const itemIndex = results.findIndex((result) => result && !isSuccess(result));
		if (!stops || itemIndex === -1 || signal?.aborted) return;
		throw toNodeError(
			node,
			results[itemIndex] as NotAccepted,
			itemIndex,
			sentSoFar(results, itemIndex),
		);
	};

	const items = context.getInputData();
	let prepared: Prepared[] = [];
	const account = await readAccount(context).catch(toCredentialIssue);
	if (account instanceof UserIssue) {
		results.fill(resultFromIssue(account, { api: 'cams' }));
	} else {
		prepared = await prepareAll(context, account);
		prepared.forEach((entry, index) => {
			results[index] =
				'result' in entry
					? entry.result
					: run.earlier(placeOf(entry.message, index), () =>
							contentOf(entry.message, items[index]),
						);
		});
		run.record(() => sentOf(items, prepared, results));
		throwIfStopped();
		await sendPrepared(context, prepared, results, { account, run, stops });
	}

	throwIfStopped();
	const told = results.map((result, index): Told => {
		const entry = prepared[index];
		return (
			result ??
			resultFromIssue(STOPPED, entry && 'message' in entry ? entry.message.about : { api: 'cams' })
		);
	});
	summarise(context, told, mode);
	return [
		told.map((result, itemIndex) =>
			mode === 'errorOutput' && result.outcome !== 'accepted' && result.outcome !== 'validated'
				? toErrorItem(node, result, itemIndex)
				: toItem(result, itemIndex),
		),
	];
}
