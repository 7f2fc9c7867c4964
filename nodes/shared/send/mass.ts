import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';

import type { Campaign } from '../campaign/campaign';
import {
	openCampaign,
	readCampaignId,
	readCampaignOptions,
	type OpenOptions,
} from '../campaign/open';
import type { RunCounts } from '../campaign/rows';
import { booleanOption, maxPerSecondOption, wholeNumberOption } from '../parameters/options';
import { Parameters } from '../parameters/parameters';
import { rawRecipient } from '../parameters/recipient';
import { Pool } from '../util/concurrency';
import { formatCount } from '../util/format';
import { UserIssue, toCredentialIssue, toIssue } from '../util/userIssue';
import { createYielder } from '../util/yield';
import { Batcher, sendBatch, type Batch } from './batch';
import { FileOutcomes } from './fileOutcomes';
import {
	inParts,
	isFromFile,
	isOfFiles,
	recipientsOf,
	type FileRecipients,
} from './fileRecipients';
import { buildHints } from './hints';
import { withSendLedger, type SendLedger } from './ledger';
import { NOTHING_SENT, buildRunError, toNodeError } from './nodeError';
import { isTool, onError, stoppedIssue } from './onError';
import { HeldOutcomes, type Outcomes } from './outcomes';
import { buildOutputs, type OutputMode, type OutputOptions } from './output';
import { createPreparer, positionOf, type PrepareOptions, type Preparer } from './prepare';
import { Progress } from './progress';
import {
	MAX_RECIPIENTS,
	listBehindTo,
	type ItemRecipients,
	type RecipientSource,
	type UnreadableRecipient,
} from './recipients';
import {
	WAITING,
	isReady,
	isSettled,
	markRemainingNotSent,
	placeOf,
	restorePreviousResult,
	sentAmong,
	settle,
	settleValidated,
	type OutgoingMessage,
	type Recipient,
	type SettledRecipient,
} from './recipientState';
import { resultFromIssue } from './result';
import type { BatchSender } from './sender';
import {
	Groups,
	countOf,
	failedAmong,
	isDuplicate,
	told,
	type Group,
	type MassReport,
} from './summary';

/** Calls in flight, as seconds' worth of the rate; a few more where the rate is low and answers are slow. */
const SECONDS_IN_FLIGHT = 2;
const MIN_IN_FLIGHT = 20;

interface RunOptions extends PrepareOptions {
	campaign: OpenOptions;
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
	const validateOnly = booleanOption(option('validateOnly'), 'Validate Only');
	if (campaignId === '' && !validateOnly && isFromFile(parameters)) {
		throw new UserIssue(
			'Campaign ID is empty',
			'Recipients from a file need one: it keeps who has been sent to, so that a run that was interrupted can go on where it stopped. Enter e.g. spring-sale-2026.',
		);
	}
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
		validateOnly,
	};
}

function readOutputMode(parameters: Parameters): OutputMode {
	const mode = parameters.of(0)('options.output');
	if (mode === 'chunk' || mode === 'summary') return mode;
	return mode === undefined && isFromFile(parameters) ? 'chunk' : 'recipient';
}

interface Run {
	context: IExecuteFunctions;
	sender: BatchSender;
	options: RunOptions;
	sources: ItemRecipients | FileRecipients;
	/** One for each time that the recipients are read. */
	createPreparer(): Preparer;
	batcher: Batcher;
	ledger: SendLedger;
	/** Absent without a Campaign ID, which makes the ledger unnecessary. */
	campaign?: Campaign;
	progress: Progress;
	/** Of those that were read so far. */
	outcomes: Outcomes;
	/** Messages that somebody can be sent. */
	messages: Set<OutgoingMessage>;
	requests: number;
}

/** Reads and prepares every recipient in turn; after a stop, none is prepared. */
async function readAll(
	{ context, sources, createPreparer }: Run,
	onRecipient: (recipient: Recipient) => Promise<void> | undefined,
): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	const yieldToOthers = createYielder();
	const prepare = createPreparer();
	for await (const part of inParts(sources)) {
		// Nobody has counted what a file still holds.
		if (signal?.aborted && isOfFiles(sources)) return;
		for (const source of part) {
			const others = yieldToOthers();
			if (others) await others;
			const prepared = signal?.aborted ? { ...placeOf(source), state: WAITING } : prepare(source);
			const pause = onRecipient(prepared instanceof Promise ? await prepared : prepared);
			if (pause) await pause;
		}
	}
}

/** Prepares every recipient in turn, and hands on each batch as soon as it is full. */
async function prepareAll(run: Run, onBatch: (batch: Batch) => Promise<void>): Promise<void> {
	const { batcher, ledger, campaign, progress, options, outcomes, messages } = run;
	await readAll(run, (recipient) => {
		if (isReady(recipient)) messages.add(recipient.state.message);
		if (campaign) campaign.restore(recipient);
		else if (!options.validateOnly) restorePreviousResult(recipient, ledger);
		if (isSettled(recipient)) progress.add(recipient.state.result.outcome, 1);
		outcomes.add(recipient);
		const full = batcher.add(recipient);
		return full && onBatch(full);
	});
	for (const batch of batcher.rest()) await onBatch(batch);
}

/** After a stop: the recipients that were not reached, or whose call had not left. */
function markStopped(run: Run): void {
	if (run.context.getExecutionCancelSignal()?.aborted) markRest(run, stoppedIssue());
}

/** What is done with batches. */
interface BatchHandler {
	add(batch: Batch): Promise<void>;
	finish(): Promise<void>;
}

/** Sends batches with bounded concurrency, at the speed of the quota. */
function createBatchSender(run: Run): BatchHandler {
	const { context, sender, options, progress, campaign, outcomes } = run;
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
		outcomes.settled(batch.recipients);
		progress.report();
	};
	return {
		add: async (batch) => {
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
function allOrNothingIssue(groups: Group[], recipients: number): UserIssue | undefined {
	const invalid = groups.filter(
		({ first }) => first.state.result.outcome === 'notSent' && !isDuplicate(first),
	);
	if (invalid.length === 0) return undefined;
	const count = countOf(invalid);
	return new UserIssue(
		'Nothing was sent, because others cannot be sent to',
		`${formatCount(count)} of ${formatCount(recipients)} recipients ${count === 1 ? 'is' : 'are'} not valid, the first is ${positionOf(invalid[0].first).toLowerCase()}. Fix them, or set Invalid Recipients to Leave Out and Send the Rest.`,
		'notReached',
	);
}

/** Prepares everyone first, and then sends to all or to nobody. */
async function sendToAllOrNobody(run: Run): Promise<void> {
	const { outcomes, sources } = run;
	const batches: Batch[] = [];
	await prepareAll(run, async (batch) => void batches.push(batch));
	const issue = allOrNothingIssue(outcomes.told().groups, sources.count);
	if (issue) {
		markRest(run, issue);
	} else {
		const { add, finish } = createBatchHandler(run);
		for (const batch of batches) await add(batch);
		await finish();
	}
}

/** The same for files, which are read twice instead of being held. */
async function sendFilesToAllOrNobody(run: Run): Promise<void> {
	const { outcomes, sources, campaign, progress } = run;
	const checked = new Groups(false);
	await readAll(run, (recipient) => {
		if (isSettled(recipient)) checked.add(recipient);
		return undefined;
	});
	const issue = allOrNothingIssue(checked.told.groups, sources.count);
	if (!issue) return await sendWhilePreparing(run);
	const notReached = resultFromIssue(issue, aboutRun(run));
	await readAll(run, (recipient) => {
		campaign?.restore(recipient);
		if (!isSettled(recipient)) settle(recipient, notReached);
		progress.add((recipient as SettledRecipient).state.result.outcome, 1);
		outcomes.add(recipient);
		return undefined;
	});
}

/** Says of batches what would be sent. */
function createBatchValidator(run: Run): BatchHandler {
	return {
		add: async (batch) => {
			settleValidated(batch.recipients, batch.contains);
			run.outcomes.settled(batch.recipients);
			run.requests++;
		},
		finish: async () => {},
	};
}

const createBatchHandler = (run: Run) =>
	run.options.validateOnly ? createBatchValidator(run) : createBatchSender(run);

/** Prepares and sends at the same time, so that no more batches are held than are under way. */
async function sendWhilePreparing(run: Run): Promise<void> {
	const { add, finish } = createBatchHandler(run);
	await prepareAll(run, add);
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
async function sendToNobody(run: Run, issue: UserIssue, names = true): Promise<void> {
	const { sources, outcomes, progress } = run;
	const result = resultFromIssue(issue, aboutRun(run));
	const yieldToOthers = createYielder();
	for await (const part of inParts(sources)) {
		for (const source of part) {
			const others = yieldToOthers();
			if (others) await others;
			const to = names ? givenTo(source) : undefined;
			const recipient: Recipient = { ...placeOf(source), to, state: WAITING };
			settle(recipient, result);
			progress.add('notSent', 1);
			outcomes.add(recipient);
		}
	}
}

const aboutRun = ({ sender, options: { campaignId } }: Run): IDataObject => ({
	api: sender.api,
	...(campaignId !== '' && { campaignId }),
});

/** Settles everyone who has no result yet as not sent. */
function markRest(run: Run, issue: UserIssue): void {
	const { outcomes, progress } = run;
	const open = outcomes.open();
	progress.add('notSent', markRemainingNotSent(open, issue, aboutRun(run)));
	outcomes.settled(open);
}

async function sendToAll(run: Run): Promise<void> {
	const { options, sources } = run;
	// A file is counted as it is read, and not held.
	if (!isOfFiles(sources) && sources.count > MAX_RECIPIENTS) {
		await sendToNobody(
			run,
			new UserIssue(
				`There are more than ${formatCount(MAX_RECIPIENTS)} recipients`,
				`Nothing was sent to these ${formatCount(sources.count)}. Split them over several runs.`,
			),
			false,
		);
		return;
	}
	if (options.invalid === 'skip') await sendWhilePreparing(run);
	else if (isOfFiles(sources)) await sendFilesToAllOrNobody(run);
	else await sendToAllOrNobody(run);
	markStopped(run);
}

/**
 * Takes the campaign, sends, and lets it go.
 * @returns why nobody is sent to, where that is told by Not Accepted
 * @throws NodeOperationError for a campaign that cannot be taken, with On Error set to stop
 */
async function sendCampaign(run: Run): Promise<UserIssue | undefined> {
	const { context, sender, options, sources, progress, outcomes } = run;
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
		await sendToNobody(run, issue);
		return issue;
	}
	if (!campaign) {
		await sendToNobody(run, stoppedIssue());
		return undefined;
	}
	run.campaign = campaign;
	const counts = (): RunCounts => ({ recipients: sources.count, ...progress.counts });
	void campaign.renew(counts);
	try {
		await sendToAll(run);
	} finally {
		const { groups } = outcomes.told();
		const isFinished =
			groups.length > 0 &&
			!context.getExecutionCancelSignal()?.aborted &&
			outcomes.open().length === 0 &&
			failedAmong(groups).every(({ first }) => isDuplicate(first));
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
	const report: MassReport = { api, ...told(recipients), requests: 0, durationMs: 0 };
	const output = { mode: outputMode, isTool: isTool(context), leavesOutEarlier: false };
	return buildOutputs(report, recipients, output);
}

function toReport(run: Run, began: number): MassReport {
	const { sender, options, requests } = run;
	const [firstMessage] = run.messages;
	return {
		api: sender.api,
		campaignId: options.campaignId || firstMessage?.taskId || sender.campaignId,
		isCampaign: options.campaignId !== '',
		...run.outcomes.told(),
		requests,
		durationMs: Date.now() - began,
		...(options.validateOnly && { expectedSeconds: Math.ceil(requests / options.maxPerSecond) }),
	};
}

function hintsOf(
	{ context, sender, messages, outcomes }: Run,
	report: MassReport,
	parameters: Parameters,
): NodeExecutionHint[] {
	return buildHints(report, {
		retriesOnFail: context.getNode().retryOnFail === true,
		listBehindTo: listBehindTo(parameters, context.getInputData()),
		readsLists: !sender.numbersOnly,
		warnings: [
			...outcomes.remarks,
			...new Set([...messages].flatMap(({ warnings }) => [...warnings])),
		],
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
			outputMode = readOutputMode(parameters);
			sender = await open(context).catch((error) => {
				throw toCredentialIssue(error);
			});
			options = readRunOptions(parameters, sender);
		} catch (error) {
			return couldNotBegin(context, api, outputMode, error);
		}

		const output: OutputOptions = {
			mode: outputMode,
			isTool: isTool(context),
			leavesOutEarlier: !options.campaign.includesEarlier,
			inputs: options.includeInput ? context.getInputData() : undefined,
		};
		const sources = recipientsOf(context, parameters, sender.numbersOnly);
		const held = new HeldOutcomes(output);
		const outcomes = isOfFiles(sources) ? new FileOutcomes(context, sources, output) : held;
		const run: Run = {
			context,
			sender,
			options,
			sources,
			createPreparer: () => createPreparer(parameters, sender, options),
			batcher: new Batcher(options.maxRecipients, sender.campaignId, options.campaignId),
			ledger,
			progress: new Progress(context, sources, options.campaignId || sender.campaignId),
			outcomes,
			messages: new Set(),
			requests: 0,
		};
		let nobody: UserIssue | undefined;
		if (options.campaignId !== '' && !options.validateOnly) {
			nobody = await sendCampaign(run);
		} else {
			ledger.record(() => sentAmong(held.recipients));
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
		return await outcomes.outputs(report);
	});
}
