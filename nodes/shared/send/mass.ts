import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { callWithinQuota, runConcurrently, type CallOptions } from '../http/retry';
import { booleanOption, maxPerSecondOption, wholeNumberOption } from '../parameters/options';
import { Parameters, type Read } from '../parameters/parameters';
import { rawRecipient } from '../parameters/recipient';
import { formatCount } from '../util/format';
import { UserIssue } from '../util/userIssue';
import { createYielder } from '../util/yield';
import {
	Chunker,
	checkLength,
	type Chunk,
	type MassMessage,
	type BatchSender,
	type Place,
} from './batches';
import { digestOf, withSendLedger, type SendLedger, type Sent } from './ledger';
import { STOPPED, isTool, onError, toCredentialIssue, toIssue } from './onError';
import {
	buildRunError,
	buildHints,
	buildOutputs,
	type MassReport,
	type OutputMode,
} from './output';
import { Progress } from './progress';
import {
	MAX_RECIPIENTS,
	findRecipients,
	listBehindTo,
	type Found,
	type Recipients,
	type Source,
} from './recipients';
import { resultFromAnswer, resultFromIssue, toNodeError, type Result } from './result';

/** Calls that may wait for their answers at once, in seconds of the rate; a few more where that is low and answers are slow. */
const SECONDS_IN_FLIGHT = 2;
const MIN_IN_FLIGHT = 20;

/** The options that are the same for the whole run. */
interface RunOptions {
	duplicates: 'skip' | 'send';
	failIfAny: boolean;
	invalid: 'skip' | 'stop';
	maxRecipients: number;
	maxPerSecond: number;
	validateOnly: boolean;
}

function readRunOptions(
	read: Read,
	{ maxRecipients, callsPerSecond, maxCallsPerSecond }: BatchSender,
): RunOptions {
	const option = (name: string) => read(`options.${name}`);
	return {
		duplicates: option('duplicateRecipients') === 'send' ? 'send' : 'skip',
		failIfAny: booleanOption(option('failIfAnyNotAccepted'), 'Fail If Any Not Accepted'),
		invalid: option('invalidRecipients') === 'stop' ? 'stop' : 'skip',
		maxRecipients: wholeNumberOption(
			option('maxRecipientsPerRequest') ?? maxRecipients,
			'Max Recipients per Request',
			1,
			maxRecipients,
		),
		maxPerSecond: maxPerSecondOption(
			option('maxRequestsPerSecond') ?? callsPerSecond,
			maxCallsPerSecond,
		),
		validateOnly: booleanOption(option('validateOnly'), 'Validate Only'),
	};
}

function readOutputMode(read: Read): OutputMode {
	const mode = read('options.output');
	return mode === 'chunk' || mode === 'summary' ? mode : 'recipient';
}

/** Notes what would be sent. */
function validated(chunks: Chunk[], campaignId: string): void {
	for (const { message, number, places } of chunks) {
		const json = {
			outcome: 'validated',
			...message.about,
			campaignId: message.taskId || campaignId,
			chunk: number,
			...message.contains,
			...message.preview,
		};
		for (const place of places) place.result = { outcome: 'validated', json };
	}
}

/** What is the same for all recipients, read once for each way in which items differ. */
function messages(parameters: Parameters, vendor: BatchSender): (found: Source) => MassMessage {
	const isFixed = vendor.shared.every((name) => parameters.isFixed(name));
	const known = new Map<string, MassMessage>();
	let last: { itemIndex: number; message: MassMessage } | undefined;
	return ({ itemIndex, read }) => {
		if (last && (isFixed || last.itemIndex === itemIndex)) return last.message;
		const message = vendor.message(read);
		const same = known.get(message.key) ?? message;
		known.set(message.key, same);
		last = { itemIndex, message: same };
		return same;
	};
}

function notSent(place: Place, issue: UserIssue, about: IDataObject): void {
	place.result = resultFromIssue(issue, about);
	place.json = undefined;
}

const where = ({ itemIndex, entryIndex }: Place) =>
	entryIndex === undefined ? `item ${itemIndex}` : `entry ${entryIndex} of item ${itemIndex}`;

/** What everything below works with. */
interface Run {
	context: IExecuteFunctions;
	parameters: Parameters;
	vendor: BatchSender;
	options: RunOptions;
	account: SendLedger;
	progress: Progress;
	/** Everybody who was come to so far, in the order of the input. */
	places: Place[];
}

/** Builds and checks recipients one after the other. */
function preparer({ parameters, vendor, options }: Run): (found: Found) => Place {
	const messageOf = messages(parameters, vendor);
	// By channel, so that no text is made for each of them.
	const seen = new Map<unknown, Map<string, Place>>();
	// Those that come again, by how often.
	const repeats = new Map<string, number>();
	return (found) => {
		const { itemIndex, entryIndex, entry } = found;
		const place: Place = { itemIndex, entryIndex, entry };
		const about: IDataObject = { api: vendor.api };
		try {
			if ('issue' in found) throw found.issue;
			place.to = rawRecipient(found.read);
			const message = messageOf(found);
			about.channelType = message.about.channelType;
			about.campaignId = message.taskId || vendor.campaignId;
			const { to, json, shape } = vendor.recipient(found.read);
			place.to = to;
			checkLength(json);
			const inChannel = seen.get(about.channelType) ?? new Map<string, Place>();
			seen.set(about.channelType, inChannel);
			const first = inChannel.get(to);
			if (first) {
				place.repeat = (repeats.get(`${String(about.channelType)}/${to}`) ?? 0) + 1;
				repeats.set(`${String(about.channelType)}/${to}`, place.repeat);
			}
			if (first && options.duplicates === 'skip') {
				throw new UserIssue(
					`Same recipient as ${where(first)}`,
					'Set Duplicate Recipients to Send Every Time to send to both.',
					'duplicate',
				);
			}
			inChannel.set(to, place);
			Object.assign(place, {
				message,
				json,
				shape: vendor.numbersOnly && place.repeat ? `${shape}#${place.repeat}` : shape,
			});
		} catch (error) {
			notSent(place, toIssue(error), about);
		}
		return place;
	};
}

/** Which recipient of the input it is, for a later try: a list may have become shorter by then. */
function placeOf({ itemIndex, to, repeat = 0 }: Place): string {
	return `${itemIndex}/${to}/${repeat}`;
}

function contentOf({ message, json }: Place): string {
	return `${message?.content}/${json}`;
}

/** Notes what became of a recipient; what it was sent need not be held any more. */
function settle(place: Place, result: Result): void {
	if (result.outcome === 'accepted' || result.outcome === 'unknown')
		place.digest = digestOf(contentOf(place));
	place.result = result;
	place.json = undefined;
}

/** What a later try must not send again. */
function* sentOf(places: Place[]): Generator<Sent> {
	for (const place of places) {
		const { digest, result } = place;
		if (digest !== undefined && result && result.outcome !== 'validated')
			yield { place: placeOf(place), digest, result };
	}
}

/** What an earlier try of the same run has sent is not sent again. */
function takeEarlier(place: Place, account: SendLedger): void {
	if (place.result) return;
	const earlier = account.earlier(placeOf(place), () => contentOf(place));
	if (earlier) settle(place, earlier);
}

/** The calls of a run, each made when it is asked for, so that no more of them are held than are under way. */
async function* makeChunks(run: Run, recipients: Recipients): AsyncGenerator<Chunk, undefined> {
	const { context, vendor, options, account, progress, places } = run;
	const signal = context.getExecutionCancelSignal();
	const othersTurn = createYielder();
	const prepare = preparer(run);
	const chunker = new Chunker(
		options.maxRecipients,
		(message, chunk) => message.taskId || `${vendor.campaignId}-c${chunk}`,
	);
	for (const found of recipients) {
		// Nearly always there is nothing to wait for, and waiting for nothing takes its time too.
		const pause = othersTurn();
		if (pause) await pause;
		if (signal?.aborted) {
			const { itemIndex, entryIndex, entry } = found;
			// No result yet: whoever was not come to is told so at the end.
			places.push({ itemIndex, entryIndex, entry });
			continue;
		}
		const place = prepare(found);
		places.push(place);
		if (!options.validateOnly) takeEarlier(place, account);
		if (place.result && place.result.outcome !== 'validated')
			progress.count(place.result.outcome, 1);
		const full = chunker.add(place);
		if (full) yield full;
	}
	yield* chunker.rest();
	return undefined;
}

/** Takes back what was prepared, or never was. */
function sendNothing({ vendor, progress, places }: Run, issue: UserIssue): void {
	for (const place of places) {
		if (place.result) continue;
		const channelType = place.message?.about.channelType;
		notSent(place, issue, { api: vendor.api, ...(channelType !== undefined && { channelType }) });
		progress.count('notSent', 1);
	}
}

/** Why nobody is sent to, where the user wants all or nobody. */
function heldBack(places: Place[]): UserIssue | undefined {
	const bad = places.filter(
		({ result }) => result && result.outcome !== 'accepted' && result.json.cause !== 'duplicate',
	);
	if (bad.length === 0) return undefined;
	return new UserIssue(
		'Nothing was sent, because others cannot be sent to',
		`${formatCount(bad.length)} of ${formatCount(places.length)} recipients ${bad.length === 1 ? 'is' : 'are'} not valid, the first is ${where(bad[0])}. Mend them, or set Invalid Recipients to Leave Out and Send the Rest.`,
		'notReached',
	);
}

/** Sends one chunk and notes for each of its recipients what became of it. Does not throw. */
async function sendChunk(
	{ message, taskId, number, places }: Chunk,
	{ errors, campaignId }: BatchSender,
	how: CallOptions,
): Promise<Result> {
	const recipients = places.map(({ json }) => json ?? '');
	const began = Date.now();
	const called = await callWithinQuota(async () => await message.call(recipients, taskId), how);
	const contains = { campaignId: message.taskId || campaignId, chunk: number, ...message.contains };
	const result = called
		? resultFromAnswer(
				called.answer,
				{ about: message.about, contains, taskId },
				called.sentAt,
				errors,
			)
		: resultFromIssue(STOPPED, { ...message.about, ...contains });
	result.durationMs = Date.now() - began;
	for (const place of places) settle(place, result);
	return result;
}

/** Sends chunks as they come. @returns how many calls that were */
async function sendChunks(
	run: Run,
	chunks: Iterator<Chunk> | AsyncIterator<Chunk>,
): Promise<number> {
	const { context, vendor, options, account, progress } = run;
	const signal = context.getExecutionCancelSignal();
	const how = {
		rateLimiter: vendor.rateLimiter(options.maxPerSecond),
		execution: account,
		maxPerSecond: options.maxPerSecond,
		signal,
	};
	let calls = 0;
	const work = async (chunk: Chunk) => {
		calls++;
		const { outcome } = await sendChunk(chunk, vendor, how);
		progress.count(outcome, chunk.places.length);
		progress.tell();
	};
	await runConcurrently(
		chunks,
		Math.max(MIN_IN_FLIGHT, options.maxPerSecond * SECONDS_IN_FLIGHT),
		work,
		() => !signal?.aborted,
	);
	// After a stop nobody has come to the others.
	while (!(await chunks.next()).done);
	sendNothing(run, STOPPED);
	progress.end();
	return calls;
}

/** Prepares everybody first, and then sends to all or to nobody. @returns the number of calls */
async function checkFirst(run: Run, recipients: Recipients): Promise<number> {
	const { vendor, options, places } = run;
	const chunks: Chunk[] = [];
	for await (const chunk of makeChunks(run, recipients)) chunks.push(chunk);
	const issue = options.invalid === 'stop' ? heldBack(places) : undefined;
	if (issue) sendNothing(run, issue);
	else if (options.validateOnly) validated(chunks, vendor.campaignId);
	else return await sendChunks(run, chunks.values());
	return issue ? 0 : chunks.length;
}

/** Sends to all recipients, or says why not. @returns the number of calls */
async function sendToAll(run: Run, recipients: Recipients): Promise<number> {
	const { options, places } = run;
	if (recipients.count > MAX_RECIPIENTS) {
		const issue = new UserIssue(
			`There are more than ${formatCount(MAX_RECIPIENTS)} recipients`,
			`Nothing was sent to these ${formatCount(recipients.count)}. Split them over several runs.`,
		);
		for (const { itemIndex, entryIndex, entry } of recipients)
			places.push({ itemIndex, entryIndex, entry });
		sendNothing(run, issue);
		return 0;
	}
	if (options.validateOnly || options.invalid === 'stop') return await checkFirst(run, recipients);
	return await sendChunks(run, makeChunks(run, recipients));
}

/**
 * Sends one message to any number of recipients, as many of them to a call as the vendor takes, at the speed of the
 * quota. Everybody comes out with exactly one outcome.
 *
 * From the first call on nothing throws but the two things a user can have: nobody was accepted, or Fail If Any Not
 * Accepted; both only with On Error set to stop. What was accepted is remembered then, so that no retry sends it again.
 * @returns Accepted and Not Accepted; as an AI tool everything is in the first, the only one that a model sees
 */
export async function massSend(
	context: IExecuteFunctions,
	api: string,
	open: (context: IExecuteFunctions) => Promise<BatchSender>,
): Promise<INodeExecutionData[][]> {
	return await withSendLedger(
		context,
		async (account) => await sendWithAccount(context, api, open, account),
	);
}

function warningsOf(places: Place[]): string[] {
	const messages = new Set(places.map(({ message }) => message));
	return [...new Set([...messages].flatMap((message) => message?.warnings ?? []))];
}

async function sendWithAccount(
	context: IExecuteFunctions,
	api: string,
	open: (context: IExecuteFunctions) => Promise<BatchSender>,
	account: SendLedger,
): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const stops = onError(context) === 'stop';
	const began = Date.now();
	const parameters = new Parameters(context);
	let output: OutputMode = 'recipient';
	let vendor: BatchSender;
	let options: RunOptions;
	try {
		output = readOutputMode(parameters.of(0));
		vendor = await open(context).catch((error) => Promise.reject(toCredentialIssue(error)));
		options = readRunOptions(parameters.of(0), vendor);
	} catch (error) {
		const result = resultFromIssue(toIssue(error), { api });
		if (stops) throw toNodeError(node, result, 0, 'Nothing has been sent.');
		const places = context.getInputData().map((_item, itemIndex): Place => ({ itemIndex, result }));
		return buildOutputs({ api, places, requests: 0, durationMs: 0 }, output, isTool(context));
	}

	const places: Place[] = [];
	account.record(() => sentOf(places));
	const recipients = findRecipients(
		parameters,
		context.getInputData(),
		toIssue,
		vendor.numbersOnly,
	);
	const progress = new Progress(context, recipients, vendor.campaignId);
	const requests = await sendToAll(
		{ context, parameters, vendor, options, account, progress, places },
		recipients,
	);
	const report: MassReport = {
		api,
		campaignId: places.find(({ message }) => message)?.message?.taskId || vendor.campaignId,
		places,
		requests,
		durationMs: Date.now() - began,
		onlyOneOf: listBehindTo(parameters, context.getInputData()),
		readsLists: !vendor.numbersOnly,
		warnings: warningsOf(places),
		expectedSeconds: options.validateOnly ? Math.ceil(requests / options.maxPerSecond) : undefined,
	};
	buildHints(report, node.retryOnFail === true).forEach((hint) => context.addExecutionHints(hint));
	if (context.getExecutionCancelSignal()?.aborted)
		return buildOutputs(report, output, isTool(context));
	if (stops && !options.validateOnly) {
		const error = buildRunError(node, report, options.failIfAny);
		if (error) throw error;
	}
	return buildOutputs(report, output, isTool(context));
}
