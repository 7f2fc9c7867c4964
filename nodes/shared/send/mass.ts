import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';

import type { Campaign } from '../campaign/campaign';
import {
	checkSameCampaign,
	hasOneCampaignId,
	openCampaign,
	readCampaignId,
	readCampaignOptions,
	type OpenOptions,
} from '../campaign/open';
import type { RunCounts } from '../campaign/rows';
import { booleanOption, maxPerSecondOption, wholeNumberOption } from '../parameters/options';
import { Parameters, type Read } from '../parameters/parameters';
import { rawRecipient } from '../parameters/recipient';
import { Pool } from '../util/concurrency';
import { formatCount } from '../util/format';
import { UserIssue, toCredentialIssue, toIssue } from '../util/userIssue';
import { createYielder } from '../util/yield';
import { Batcher, checkLength, sendBatch, type Batch } from './batch';
import { buildHints } from './hints';
import { withSendLedger, type SendLedger } from './ledger';
import { NOTHING_SENT, buildRunError, toNodeError } from './nodeError';
import { isTool, onError, stoppedIssue } from './onError';
import { buildOutputs, type OutputMode } from './output';
import { Progress } from './progress';
import {
	MAX_RECIPIENTS,
	findRecipients,
	listBehindTo,
	type RecipientSource,
	type Recipients,
	type UnreadableRecipient,
} from './recipients';
import {
	WAITING,
	assertSettled,
	isReady,
	isSettled,
	markRemainingNotSent,
	restorePreviousResult,
	sentAmong,
	settle,
	settleValidated,
	type OutgoingMessage,
	type Position,
	type Recipient,
	type SettledRecipient,
} from './recipientState';
import { resultFromIssue } from './result';
import type { BatchSender, MassMessage } from './sender';
import { hadItBefore, hasSucceeded, isDuplicate, type MassReport } from './summary';

/** Calls in flight, as seconds' worth of the rate; a few more where the rate is low and answers are slow. */
const SECONDS_IN_FLIGHT = 2;
const MIN_IN_FLIGHT = 20;

interface RunOptions {
	/** Empty without a campaign. */
	campaignId: string;
	campaign: OpenOptions;
	duplicates: 'skip' | 'send';
	failIfAny: boolean;
	includeInput: boolean;
	invalid: 'skip' | 'stop';
	maxRecipients: number;
	maxPerSecond: number;
	validateOnly: boolean;
}

/** @throws UserIssue, because a campaign promises the opposite */
function readDuplicates(value: unknown, campaignId: string): RunOptions['duplicates'] {
	if (value !== 'send') return 'skip';
	if (campaignId === '') return 'send';
	throw new UserIssue(
		'Duplicate Recipients contradicts Campaign ID',
		'Within a campaign nobody gets a message twice. Remove the option Duplicate Recipients, or clear Campaign ID.',
	);
}

function readRunOptions(parameters: Parameters, sender: BatchSender): RunOptions {
	const read = parameters.of(0);
	const option = (name: string) => read(`options.${name}`);
	const campaignId = readCampaignId(parameters, read);
	return {
		campaignId,
		campaign: readCampaignOptions(read),
		duplicates: readDuplicates(option('duplicateRecipients'), campaignId),
		failIfAny: booleanOption(option('failIfAnyNotAccepted'), 'Fail If Any Not Accepted'),
		includeInput: booleanOption(option('includeInputFields'), 'Include Input Fields'),
		invalid: option('invalidRecipients') === 'stop' ? 'stop' : 'skip',
		maxRecipients: wholeNumberOption(
			option('maxRecipientsPerRequest') ?? sender.maxRecipients,
			'Max Recipients per Request',
			1,
			sender.maxRecipients,
		),
		maxPerSecond: maxPerSecondOption(
			option('maxRequestsPerSecond') ?? sender.callsPerSecond,
			sender.maxCallsPerSecond,
		),
		validateOnly: booleanOption(option('validateOnly'), 'Validate Only'),
	};
}

function readOutputMode(read: Read): OutputMode {
	const mode = read('options.output');
	return mode === 'chunk' || mode === 'summary' ? mode : 'recipient';
}

/**
 * Reads what recipients share: the same message for all items when no parameter of it depends on the item, and
 * otherwise one object for each message that differs on the wire.
 */
function createMessageReader(
	parameters: Parameters,
	sender: BatchSender,
): (source: RecipientSource) => MassMessage | Promise<MassMessage> {
	const isFixed = sender.shared.every((name) => parameters.isFixed(name));
	const byKey = new Map<string, MassMessage>();
	let last: { itemIndex: number; message: MassMessage } | undefined;
	const build = async ({ itemIndex, read }: RecipientSource) => {
		const built = await sender.message(read);
		const message = byKey.get(built.key) ?? built;
		byKey.set(message.key, message);
		last = { itemIndex, message };
		return message;
	};
	return (source) =>
		last && (isFixed || last.itemIndex === source.itemIndex) ? last.message : build(source);
}

const positionOf = ({ itemIndex, entryIndex }: Position) =>
	entryIndex === undefined ? `Item ${itemIndex}` : `Entry ${entryIndex} of item ${itemIndex}`;

/** Finds recipients that came before in the same channel, and how often. */
function createRepeatFinder(): (
	recipient: Recipient,
	channelType: unknown,
) => Recipient | undefined {
	// A map for each channel, so that no key is built for each of a million recipients.
	const firstByChannel = new Map<unknown, Map<string, Recipient>>();
	const repeats = new Map<Recipient, number>();
	return (recipient, channelType) => {
		const firsts = firstByChannel.get(channelType) ?? new Map<string, Recipient>();
		firstByChannel.set(channelType, firsts);
		const to = String(recipient.to);
		const first = firsts.get(to);
		if (!first) {
			firsts.set(to, recipient);
			return undefined;
		}
		recipient.repeat = (repeats.get(first) ?? 0) + 1;
		repeats.set(first, recipient.repeat);
		return first;
	};
}

/** Builds and checks recipients, one after the other; what keeps one from being sent to settles it. */
function createPreparer(
	parameters: Parameters,
	sender: BatchSender,
	{ duplicates, campaignId }: RunOptions,
): (source: RecipientSource | UnreadableRecipient) => Promise<Recipient> {
	const messageOf = createMessageReader(parameters, sender);
	const findRepeat = createRepeatFinder();
	const isSameForAll = hasOneCampaignId(parameters);
	return async (source) => {
		const { itemIndex, entryIndex, entry } = source;
		const recipient: Recipient = { itemIndex, entryIndex, entry, state: WAITING };
		const about: IDataObject = { api: sender.api };
		try {
			if ('issue' in source) throw source.issue;
			recipient.to = rawRecipient(source.read);
			const message = await messageOf(source);
			about.channelType = message.about.channelType;
			about.campaignId = campaignId || message.taskId || sender.campaignId;
			if (!isSameForAll) checkSameCampaign(parameters, source.read, campaignId);
			const { to, payload, shape } = message.recipient(source.read, source);
			recipient.to = to;
			checkLength(payload);
			const first = findRepeat(recipient, about.channelType);
			if (first && duplicates === 'skip') {
				throw new UserIssue(
					'Same recipient as an earlier one',
					`${positionOf(first)} has the same number or ID.${campaignId === '' ? ' Set Duplicate Recipients to Send Every Time to send to both.' : ''}`,
					'duplicate',
				);
			}
			const apart = sender.numbersOnly && recipient.repeat ? `#${recipient.repeat}` : '';
			recipient.state = { name: 'ready', message, payload, shape: `${shape}${apart}` };
		} catch (error) {
			settle(recipient, resultFromIssue(toIssue(error), about));
		}
		return recipient;
	};
}

interface Run {
	context: IExecuteFunctions;
	sender: BatchSender;
	options: RunOptions;
	sources: Recipients;
	prepare(source: RecipientSource | UnreadableRecipient): Promise<Recipient>;
	batcher: Batcher;
	ledger: SendLedger;
	/** Absent without a Campaign ID, which makes the ledger unnecessary. */
	campaign?: Campaign;
	progress: Progress;
	/** Those that were reached so far, in the order of the input. */
	recipients: Recipient[];
	/** Messages that somebody can be sent. */
	messages: Set<OutgoingMessage>;
	requests: number;
}

/** Prepares every recipient in turn, and hands on each batch as soon as it is full. */
async function prepareAll(run: Run, onBatch: (batch: Batch) => Promise<void>): Promise<void> {
	const { sources, prepare, batcher, ledger, campaign, progress, options, recipients, messages } =
		run;
	const signal = run.context.getExecutionCancelSignal();
	const yieldToOthers = createYielder();
	for (const source of sources) {
		const pause = yieldToOthers();
		if (pause) await pause;
		if (signal?.aborted) {
			const { itemIndex, entryIndex, entry } = source;
			recipients.push({ itemIndex, entryIndex, entry, state: WAITING });
			continue;
		}
		const recipient = await prepare(source);
		recipients.push(recipient);
		if (isReady(recipient)) messages.add(recipient.state.message);
		if (campaign) campaign.restore(recipient);
		else if (!options.validateOnly) restorePreviousResult(recipient, ledger);
		if (recipient.state.name === 'settled') progress.add(recipient.state.result.outcome, 1);
		const full = batcher.add(recipient);
		if (full) await onBatch(full);
	}
	for (const batch of batcher.rest()) await onBatch(batch);
}

/** After a stop: the recipients that were not reached, or whose call had not left. */
function markStopped(run: Run): void {
	if (run.context.getExecutionCancelSignal()?.aborted) markRest(run, stoppedIssue());
}

/** Sends batches with bounded concurrency, at the speed of the quota. */
function createBatchSender(run: Run): {
	send(batch: Batch): Promise<void>;
	finish(): Promise<void>;
} {
	const { context, sender, options, progress, campaign } = run;
	const { maxPerSecond } = options;
	const signal = context.getExecutionCancelSignal();
	const pool = new Pool(Math.max(MIN_IN_FLIGHT, maxPerSecond * SECONDS_IN_FLIGHT));
	const callOptions = {
		rateLimiter: sender.rateLimiter(maxPerSecond),
		execution: run,
		maxPerSecond,
		signal,
	};
	const sendOne = async (batch: Batch) => {
		if (signal?.aborted) return;
		run.requests++;
		const result = await sendBatch(batch, sender.errors, callOptions, campaign);
		if (result) progress.add(result.outcome, batch.recipients.length);
		progress.report();
	};
	return {
		send: async (batch) => {
			await campaign?.untilRoom();
			await pool.add(async () => await sendOne(batch));
		},
		finish: async () => {
			await pool.finish();
			markStopped(run);
			progress.end();
		},
	};
}

/** Why a run that is all or nothing sends nothing; undefined when everyone can be sent to. */
function allOrNothingIssue(recipients: Recipient[]): UserIssue | undefined {
	const invalid = recipients.filter(
		(recipient): recipient is SettledRecipient =>
			recipient.state.name === 'settled' &&
			recipient.state.result.outcome === 'notSent' &&
			!isDuplicate(recipient as SettledRecipient),
	);
	if (invalid.length === 0) return undefined;
	return new UserIssue(
		'Nothing was sent, because others cannot be sent to',
		`${formatCount(invalid.length)} of ${formatCount(recipients.length)} recipients ${invalid.length === 1 ? 'is' : 'are'} not valid, the first is ${positionOf(invalid[0]).toLowerCase()}. Fix them, or set Invalid Recipients to Leave Out and Send the Rest.`,
		'notReached',
	);
}

/** Prepares everyone first, and then sends to all, to nobody, or only says what would be sent. */
async function prepareThenSend(run: Run): Promise<void> {
	const { options, recipients } = run;
	const batches: Batch[] = [];
	await prepareAll(run, async (batch) => void batches.push(batch));
	const issue = options.invalid === 'stop' ? allOrNothingIssue(recipients) : undefined;
	if (issue) {
		markRest(run, issue);
	} else if (options.validateOnly) {
		for (const batch of batches) settleValidated(batch.recipients, batch.contains);
		run.requests = batches.length;
	} else {
		const { send, finish } = createBatchSender(run);
		for (const batch of batches) await send(batch);
		await finish();
	}
}

/** Prepares and sends at the same time, so that no more batches are held than are under way. */
async function sendWhilePreparing(run: Run): Promise<void> {
	const { send, finish } = createBatchSender(run);
	await prepareAll(run, send);
	await finish();
}

/** The recipient as it was given; undefined where that cannot be read. */
function givenTo(source: RecipientSource | UnreadableRecipient): string | undefined {
	try {
		return 'issue' in source ? undefined : rawRecipient(source.read);
	} catch {
		return undefined;
	}
}

/** Sends to nobody, for one reason. @param names whether to tell who they are */
function sendToNobody(run: Run, issue: UserIssue, names = true): void {
	const { sources, recipients } = run;
	for (const source of sources) {
		const { itemIndex, entryIndex, entry } = source;
		const to = names ? givenTo(source) : undefined;
		recipients.push({ itemIndex, entryIndex, entry, to, state: WAITING });
	}
	markRest(run, issue);
}

/** Settles everyone who has no result yet as not sent. */
function markRest({ recipients, sender, progress, options }: Run, issue: UserIssue): void {
	const { campaignId } = options;
	const about = { api: sender.api, ...(campaignId !== '' && { campaignId }) };
	progress.add('notSent', markRemainingNotSent(recipients, issue, about));
}

async function sendToAll(run: Run): Promise<void> {
	const { options, sources } = run;
	if (sources.count > MAX_RECIPIENTS) {
		sendToNobody(
			run,
			new UserIssue(
				`There are more than ${formatCount(MAX_RECIPIENTS)} recipients`,
				`Nothing was sent to these ${formatCount(sources.count)}. Split them over several runs.`,
			),
			false,
		);
		return;
	}
	if (options.validateOnly || options.invalid === 'stop') await prepareThenSend(run);
	else await sendWhilePreparing(run);
	markStopped(run);
}

/**
 * Takes the campaign, sends, and lets it go.
 * @returns why nobody is sent to, where that is told by Not Accepted
 * @throws NodeOperationError for a campaign that cannot be taken, with On Error set to stop
 */
async function sendCampaign(run: Run): Promise<UserIssue | undefined> {
	const { context, sender, options, sources, progress, recipients } = run;
	const { campaignId, campaign: campaignOptions } = options;
	let campaign: Campaign | undefined;
	try {
		const { maxPerSecond } = options;
		const quota = { rateLimiter: sender.rateLimiter(maxPerSecond), maxPerSecond };
		campaign = await openCampaign(context, campaignId, sender.errors, campaignOptions, quota);
	} catch (error) {
		const issue = toIssue(error);
		const isTold =
			issue.notSentCause === 'campaignRunning' && campaignOptions.ifRunning !== 'error';
		if (!isTold && onError(context) === 'stop') {
			const result = resultFromIssue(issue, { api: sender.api });
			throw toNodeError(context.getNode(), result, { itemIndex: 0 }, NOTHING_SENT);
		}
		sendToNobody(run, issue);
		return issue;
	}
	if (!campaign) {
		sendToNobody(run, stoppedIssue());
		return undefined;
	}
	run.campaign = campaign;
	const counts = (): RunCounts => ({ recipients: sources.count, ...progress.counts });
	void campaign.renew(counts);
	try {
		await sendToAll(run);
	} finally {
		const isFinished =
			recipients.length > 0 &&
			recipients.every((each) => isSettled(each) && (hasSucceeded(each) || isDuplicate(each)));
		await campaign.close(counts(), isFinished);
	}
	return undefined;
}

/** The outputs of a run that could not begin. @throws NodeOperationError with On Error set to stop */
function couldNotBegin(
	context: IExecuteFunctions,
	api: string,
	outputMode: OutputMode,
	error: unknown,
): INodeExecutionData[][] {
	const result = resultFromIssue(toIssue(error), { api });
	if (onError(context) === 'stop')
		throw toNodeError(context.getNode(), result, { itemIndex: 0 }, NOTHING_SENT);
	const recipients = context.getInputData().map((_item, itemIndex): SettledRecipient => ({
		itemIndex,
		state: { name: 'settled', result },
	}));
	const report: MassReport = { api, recipients, requests: 0, durationMs: 0 };
	return buildOutputs(report, outputMode, isTool(context));
}

function toReport(run: Run, began: number): MassReport {
	const { sender, options, requests } = run;
	const [firstMessage] = run.messages;
	return {
		api: sender.api,
		campaignId: options.campaignId || firstMessage?.taskId || sender.campaignId,
		isCampaign: options.campaignId !== '',
		recipients: assertSettled(run.recipients),
		requests,
		durationMs: Date.now() - began,
		...(options.validateOnly && { expectedSeconds: Math.ceil(requests / options.maxPerSecond) }),
	};
}

function hintsOf(
	{ context, sender, messages }: Run,
	report: MassReport,
	parameters: Parameters,
): NodeExecutionHint[] {
	return buildHints(report, {
		retriesOnFail: context.getNode().retryOnFail === true,
		listBehindTo: listBehindTo(parameters, context.getInputData()),
		readsLists: !sender.numbersOnly,
		warnings: [...new Set([...messages].flatMap(({ warnings }) => [...warnings]))],
	});
}

/**
 * Sends one message to any number of recipients, as many to a call as the API takes, at the speed of the quota.
 * Everyone ends with exactly one outcome.
 *
 * Once sending has started, only two conditions throw: nobody was accepted, or Fail If Any Not Accepted; both only
 * with On Error set to stop. What was accepted is kept in the ledger then, so that no retry sends it again.
 * @param open reads the credential @throws UserIssue
 * @returns Accepted and Not Accepted; as an AI tool everything is in the first, the only one that a model sees
 */
export async function massSend(
	context: IExecuteFunctions,
	api: string,
	open: (context: IExecuteFunctions) => Promise<BatchSender>,
): Promise<INodeExecutionData[][]> {
	return await withSendLedger(context, async (ledger) => {
		const began = Date.now();
		const parameters = new Parameters(context);
		let outputMode: OutputMode = 'recipient';
		let sender: BatchSender;
		let options: RunOptions;
		try {
			outputMode = readOutputMode(parameters.of(0));
			sender = await open(context).catch((error) => {
				throw toCredentialIssue(error);
			});
			options = readRunOptions(parameters, sender);
		} catch (error) {
			return couldNotBegin(context, api, outputMode, error);
		}

		const sources = findRecipients(parameters, context.getInputData(), sender.numbersOnly);
		const run: Run = {
			context,
			sender,
			options,
			sources,
			prepare: createPreparer(parameters, sender, options),
			batcher: new Batcher(options.maxRecipients, sender.campaignId, options.campaignId),
			ledger,
			progress: new Progress(context, sources, options.campaignId || sender.campaignId),
			recipients: [],
			messages: new Set(),
			requests: 0,
		};
		let nobody: UserIssue | undefined;
		if (options.campaignId !== '' && !options.validateOnly) {
			nobody = await sendCampaign(run);
		} else {
			ledger.record(() => sentAmong(run.recipients));
			await sendToAll(run);
		}

		const report = toReport(run, began);
		hintsOf(run, report, parameters).forEach((hint) => context.addExecutionHints(hint));
		const mayFail =
			onError(context) === 'stop' &&
			!nobody &&
			!options.validateOnly &&
			!context.getExecutionCancelSignal()?.aborted;
		const error = mayFail ? buildRunError(context.getNode(), report, options.failIfAny) : undefined;
		if (error) throw error;
		const inputs = options.includeInput ? context.getInputData() : undefined;
		// A summary counts everybody.
		if (!options.campaign.includesEarlier && outputMode !== 'summary')
			report.recipients = report.recipients.filter((each) => !hadItBefore(each));
		return buildOutputs(report, outputMode, isTool(context), inputs);
	});
}
