import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { callWithinQuota, inFlight, type CallOptions } from '../calls/callWithinQuota';
import { withAccount, type RunAccount } from '../outcome/ledger';
import { checkLength, toChunks, type Chunk, type MassMessage, type MassVendor, type Place } from './chunks';
import { toMassError, toMassHints, toMassOutputs, type MassReport, type OutputMode } from './massResult';
import { NotSendable } from '../input/notSendable';
import { wholeNumberOption } from '../input/options';
import { Parameters, type Read } from '../input/parameters';
import { Progress } from './progress';
import { findRecipients, listBehindTo } from './recipients';
import { fromAnswer, fromNotSendable, inWords, toNodeError, type Result } from '../outcome/result';
import { STOPPED, giveWay, isTool, onError, toCredentialIssue, toIssue } from '../run';

/** More than this is hardly meant, and more than n8n holds. */
const MOST_RECIPIENTS = 1_000_000;

/** Calls that may wait for their answers at once, in seconds of the rate. */
const SECONDS_IN_FLIGHT = 3;

/** The options that are the same for the whole run. */
interface RunOptions {
	duplicates: 'skip' | 'send';
	failIfAny: boolean;
	invalid: 'skip' | 'stop';
	mostRecipients: number;
	mostPerSecond: number;
	validateOnly: boolean;
}

function readRunOptions(read: Read, { mostRecipients, callsPerSecond }: MassVendor): RunOptions {
	const option = (name: string) => read(`options.${name}`);
	return {
		duplicates: option('duplicateRecipients') === 'send' ? 'send' : 'skip',
		failIfAny: option('failIfAnyNotAccepted') === true,
		invalid: option('invalidRecipients') === 'stop' ? 'stop' : 'skip',
		mostRecipients: wholeNumberOption(option('maxRecipientsPerRequest') ?? mostRecipients, 'Max Recipients per Request', 1, mostRecipients),
		mostPerSecond: wholeNumberOption(option('maxRequestsPerSecond') ?? callsPerSecond, 'Max Requests per Second', 1, callsPerSecond),
		validateOnly: option('validateOnly') === true,
	};
}

function readOutputMode(read: Read): OutputMode {
	const mode = read('options.output');
	return mode === 'chunk' || mode === 'summary' ? mode : 'recipient';
}

/** Notes what would be sent. */
function validated(chunks: Chunk[], runId: string): void {
	for (const { message, number, places } of chunks) {
		const json = { outcome: 'validated', ...message.about, campaignId: message.taskId || runId, chunk: number, ...message.contains };
		for (const place of places) place.result = { outcome: 'validated', json };
	}
}

/** What is the same for all recipients, read once for each way in which items differ. */
function messages(parameters: Parameters, vendor: MassVendor): (read: Read) => MassMessage {
	const isFixed = vendor.shared.every((name) => parameters.isFixed(name));
	const known = new Map<string, MassMessage>();
	let only: MassMessage | undefined;
	return (read) => {
		if (isFixed) return (only ??= vendor.message(read));
		const message = vendor.message(read);
		const same = known.get(message.key) ?? message;
		known.set(message.key, same);
		return same;
	};
}

/** The recipient as it was given, if it is one text. */
function givenTo(read: Read): string | undefined {
	try {
		const to = read('to', '');
		return (typeof to === 'string' && to !== '') || typeof to === 'number' ? String(to) : undefined;
	} catch {
		return undefined;
	}
}

function notSent(place: Place, issue: NotSendable, about: IDataObject): void {
	place.result = fromNotSendable(issue, about);
	place.json = undefined;
}

const where = ({ itemIndex, entryIndex }: Place) => (entryIndex === undefined ? `item ${itemIndex}` : `entry ${entryIndex} of item ${itemIndex}`);

/** Builds and checks everybody before anybody is sent to. */
async function prepare(context: IExecuteFunctions, vendor: MassVendor, options: RunOptions, parameters: Parameters): Promise<Place[]> {
	const signal = context.getExecutionCancelSignal();
	const othersTurn = giveWay();
	const messageOf = messages(parameters, vendor);
	const places: Place[] = [];
	const seen = new Map<string, Place>();
	for (const found of findRecipients(parameters, context.getInputData(), toIssue)) {
		// Nearly always there is nothing to wait for, and waiting for nothing takes its time too.
		const pause = othersTurn();
		if (pause) await pause;
		const { itemIndex, entryIndex, entry } = found;
		const place: Place = { itemIndex, entryIndex, entry };
		places.push(place);
		if (signal?.aborted) {
			notSent(place, STOPPED, { api: vendor.api });
			continue;
		}
		const about: IDataObject = { api: vendor.api };
		try {
			if ('issue' in found) throw found.issue;
			place.to = givenTo(found.read);
			const message = messageOf(found.read);
			about.channelType = message.about.channelType;
			about.campaignId = message.taskId || vendor.runId;
			const { to, json, shape } = vendor.recipient(found.read);
			place.to = to;
			place.json = json;
			place.shape = shape;
			place.message = message;
			checkLength(json);
			const key = `${String(message.about.channelType)}/${to}`;
			const first = seen.get(key);
			if (first && options.duplicates === 'skip') {
				throw new NotSendable(`Same recipient as ${where(first)}`, 'Set Duplicate Recipients to Send Every Time to send to both.', 'duplicate');
			}
			seen.set(key, place);
		} catch (error) {
			notSent(place, toIssue(error), about);
		}
	}
	return places;
}

/** Takes back what was prepared: the user wants all or nobody. */
function sendNothing(places: Place[], issue: NotSendable, api: string): void {
	for (const place of places) {
		const channelType = place.message?.about.channelType;
		if (!place.result) notSent(place, issue, { api, ...(channelType !== undefined && { channelType }) });
	}
}

function checkAll(places: Place[], { invalid }: RunOptions, api: string): void {
	if (places.length > MOST_RECIPIENTS) {
		const issue = new NotSendable(
			`There are more than ${inWords(MOST_RECIPIENTS)} recipients`,
			`Nothing was sent to these ${inWords(places.length)}. Split them over several runs.`,
		);
		places.forEach((place) => notSent(place, issue, { api }));
		return;
	}
	const bad = places.filter(({ result }) => result && result.json.cause !== 'duplicate');
	if (invalid === 'stop' && bad.length > 0) {
		sendNothing(
			places,
			new NotSendable(
				'Nothing was sent, because others cannot be sent to',
				`${inWords(bad.length)} of ${inWords(places.length)} recipients ${bad.length === 1 ? 'is' : 'are'} not valid, the first is ${where(bad[0])}. Mend them, or set Invalid Recipients to Leave Out and Send the Rest.`,
				'notReached',
			),
			api,
		);
	}
}

/** Where a recipient stands in the input and what it is sent, for a later try. */
function placeOf({ itemIndex, entryIndex, to }: Place): string {
	return `${itemIndex}/${entryIndex ?? ''}/${to}`;
}

function contentOf({ message, json }: Place): string {
	return `${String(message?.contains.templateCode)}/${String(message?.contains.language)}/${json}`;
}

/** Sends one chunk and notes for each of its recipients what became of it. Does not throw. */
async function sendChunk({ message, taskId, number, places }: Chunk, { vendor, runId }: MassVendor, how: CallOptions, run: RunAccount): Promise<Result> {
	const recipients = places.map(({ json }) => json ?? '');
	const began = Date.now();
	const called = await callWithinQuota(async () => await message.call(recipients, taskId), how);
	const contains = { campaignId: message.taskId || runId, chunk: number, ...message.contains };
	const result = called
		? fromAnswer(called.answer, { about: message.about, contains, taskId }, called.sentAt, vendor)
		: fromNotSendable(STOPPED, { ...message.about, ...contains });
	result.durationMs = Date.now() - began;
	for (const place of places) {
		if (result.outcome === 'accepted' || result.outcome === 'unknown') run.keep(placeOf(place), contentOf(place), result);
		place.result = result;
		place.json = undefined;
	}
	return result;
}

/** What an earlier try of the same run has sent is not sent again. */
function takeEarlier(places: Place[], run: RunAccount): void {
	for (const place of places) {
		if (place.result) continue;
		const [where, content] = [placeOf(place), contentOf(place)];
		const earlier = run.earlier(where, content);
		if (!earlier) continue;
		run.keep(where, content, earlier);
		place.result = earlier;
		place.json = undefined;
	}
}

async function sendAll(context: IExecuteFunctions, places: Place[], chunks: Chunk[], vendor: MassVendor, options: RunOptions, run: RunAccount): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	const progress = new Progress(context, places.length, vendor.runId);
	const countAlone = (those: Place[]) => {
		for (const { result } of those) if (result && result.outcome !== 'validated') progress.count(result.outcome, 1);
	};
	countAlone(places);
	const how = { throttle: vendor.throttle, execution: run, mostPerSecond: options.mostPerSecond, signal };
	await inFlight(
		chunks.length,
		vendor.callsPerSecond * SECONDS_IN_FLIGHT,
		async (index) => {
			const { outcome } = await sendChunk(chunks[index], vendor, how, run);
			progress.count(outcome, chunks[index].places.length);
			progress.tell();
		},
		() => !signal?.aborted,
	);
	const left = places.filter(({ result }) => !result);
	sendNothing(left, STOPPED, vendor.api);
	countAlone(left);
	progress.end();
}

/**
 * Sends one message to any number of recipients, as many of them to a call as the vendor takes, at the speed of the
 * quota. Everybody comes out with exactly one outcome.
 *
 * Everybody is checked before anybody is sent to. From the first call on nothing throws but the two things a user can
 * have: nobody was accepted, or Fail If Any Not Accepted; both only with On Error set to stop. What was accepted is
 * remembered then, so that no retry sends it again.
 * @returns Accepted and Not Accepted; as an AI tool everything is in the first, the only one that a model sees
 */
export async function massSend(
	context: IExecuteFunctions,
	api: string,
	open: (context: IExecuteFunctions) => Promise<MassVendor>,
): Promise<INodeExecutionData[][]> {
	return await withAccount(context, async (run) => await sendWithAccount(context, api, open, run));
}

async function sendWithAccount(
	context: IExecuteFunctions,
	api: string,
	open: (context: IExecuteFunctions) => Promise<MassVendor>,
	run: RunAccount,
): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const stops = onError(context) === 'stop';
	const began = Date.now();
	const parameters = new Parameters(context);
	let output: OutputMode = 'recipient';
	let vendor: MassVendor;
	let options: RunOptions;
	try {
		output = readOutputMode(parameters.of(0));
		vendor = await open(context).catch((error) => Promise.reject(toCredentialIssue(error)));
		options = readRunOptions(parameters.of(0), vendor);
	} catch (error) {
		const result = fromNotSendable(toIssue(error), { api });
		if (stops) throw toNodeError(node, result, 0, 'Nothing has been sent.');
		const places = context.getInputData().map((_item, itemIndex): Place => ({ itemIndex, result }));
		return toMassOutputs({ api, places, requests: 0, durationMs: 0 }, output, isTool(context));
	}

	const places = await prepare(context, vendor, options, parameters);
	checkAll(places, options, api);
	if (!options.validateOnly) takeEarlier(places, run);
	const chunks = toChunks(places, options.mostRecipients, (message, chunk) => message.taskId || `${vendor.runId}-c${chunk}`);
	if (options.validateOnly) validated(chunks, vendor.runId);
	else await sendAll(context, places, chunks, vendor, options, run);

	const report: MassReport = {
		api,
		campaignId: chunks[0]?.message.taskId || vendor.runId,
		places,
		requests: chunks.length,
		durationMs: Date.now() - began,
		onlyOneOf: listBehindTo(parameters, context.getInputData()),
		expectedSeconds: options.validateOnly ? Math.ceil(chunks.length / options.mostPerSecond) : undefined,
	};
	toMassHints(report, node.retryOnFail === true).forEach((hint) => context.addExecutionHints(hint));
	if (context.getExecutionCancelSignal()?.aborted) return toMassOutputs(report, output, isTool(context));
	if (stops && !options.validateOnly) {
		const error = toMassError(node, report, options.failIfAny);
		if (error) throw error;
	}
	return toMassOutputs(report, output, isTool(context));
}
