import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Parameters, type Read } from '../parameters/parameters';
import { rawRecipient } from '../parameters/recipient';
import { Pool } from '../util/concurrency';
import { formatCount } from '../util/format';
import { UserIssue, toCredentialIssue, toIssue } from '../util/userIssue';
import { createYielder } from '../util/yield';
import { sendBatch } from './batch';
import { fallbackHints, outputHint, warningHints } from './hints';
import { withSendLedger } from './ledger';
import { NOTHING_SENT, toNodeError } from './nodeError';
import { onError, stoppedIssue } from './onError';
import { errorItem, recipientItem } from './output';
import {
	WAITING,
	assertSettled,
	isReady,
	markRemainingNotSent,
	restorePreviousResult,
	sentAmong,
	settle,
	settleAll,
	settleValidated,
	type ReadyRecipient,
	type Recipient,
	type SettledRecipient,
} from './recipientState';
import {
	formatCounts,
	isSuccess,
	mayHaveArrived,
	resultFromIssue,
	type NotAccepted,
	type Outcome,
} from './result';
import type { ItemMessage, ItemSender } from './sender';
import { countsOf, hasSucceeded, told } from './summary';

/** Calls in flight: at 250 a second enough for answers that take 400 ms. */
const MAX_IN_FLIGHT = 100;

/** The state that the steps of a run share. Every item is a recipient. */
interface Run {
	context: IExecuteFunctions;
	recipients: Recipient[];
	/** On Error: Stop Workflow. */
	stops: boolean;
	/** About messages that can be sent but may not arrive as intended. */
	warnings: Set<string>;
}

async function prepare(
	recipient: Recipient,
	read: Read,
	sender: ItemSender,
	warnings: Set<string>,
): Promise<void> {
	try {
		const message = await sender.message(read, recipient.itemIndex);
		recipient.to = message.to;
		for (const warning of message.warnings) warnings.add(warning);
		recipient.state = { name: 'ready', message, payload: '', shape: '' };
		if (message.validateOnly && isReady(recipient)) settleValidated([recipient], message.contains);
	} catch (error) {
		recipient.to = rawRecipient(read);
		const about = { api: sender.api, channelType: read('channelType') as string };
		settle(recipient, resultFromIssue(toIssue(error), about));
	}
}

async function prepareAll(
	{ context, recipients, warnings }: Run,
	sender: ItemSender,
): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	const parameters = new Parameters(context);
	const yieldToOthers = createYielder();
	for (const recipient of recipients) {
		if (signal?.aborted) return;
		await yieldToOthers();
		await prepare(recipient, parameters.of(recipient.itemIndex), sender, warnings);
	}
}

/**
 * Sends what is ready, several at once, but messages to the same recipient in the order of the items. When a run stops
 * at the first that is not accepted, the first item goes alone: what is wrong with all of them then costs one call.
 */
async function sendAll({ context, recipients, stops }: Run, sender: ItemSender): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	const { errors, rateLimiter } = sender;
	const execution = {};
	let stopped = false;
	const goOn = () => !stopped && !signal?.aborted;
	const send = async (recipient: ReadyRecipient) => {
		if (!goOn()) return;
		const message = recipient.state.message as ItemMessage;
		const { taskId, contains, maxPerSecond } = message;
		const batch = { message, name: taskId, taskId, contains, recipients: [recipient] };
		const callOptions = { rateLimiter, execution, maxPerSecond, signal, goOn };
		const result = await sendBatch(batch, errors, callOptions);
		if (!stops || (result && isSuccess(result))) return;
		stopped = true;
		rateLimiter.cancelQueued(execution);
	};
	const lastTo = new Map<string | undefined, Promise<void>>();
	const sendInOrder = async (recipient: ReadyRecipient) => {
		const before = lastTo.get(recipient.to) ?? Promise.resolve();
		const sending = before.then(async () => await send(recipient));
		lastTo.set(recipient.to, sending);
		await sending;
	};

	const pool = new Pool(MAX_IN_FLIGHT);
	for (const [index, recipient] of recipients.filter(isReady).entries()) {
		if (!goOn()) break;
		await pool.add(async () => await sendInOrder(recipient));
		if (stops && index === 0) await pool.finish();
	}
	await pool.finish();
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

const resultOf = ({ state }: Recipient) => (state.name === 'settled' ? state.result : undefined);

/** For the error that stops a workflow half-way: who has got the message, and would get it again. */
function whoHasGotIt(recipients: Recipient[], failed: Recipient): string {
	const indexesOf = (outcome: Outcome['outcome']) =>
		recipients
			.filter((recipient) => recipient !== failed && resultOf(recipient)?.outcome === outcome)
			.map(({ itemIndex }) => itemIndex);
	const accepted = indexesOf('accepted');
	const unknown = indexesOf('unknown');
	if (accepted.length === 0 && unknown.length === 0)
		return mayHaveArrived(resultOf(failed) as Outcome) ? '' : NOTHING_SENT;
	const one = accepted.length === 1;
	return [
		accepted.length > 0 &&
			`${namesOf(accepted)} ${one ? 'was' : 'were'} accepted and sent, and would get the message again: leave ${one ? 'it' : 'them'} out if you run this again.`,
		unknown.length > 0 && `${namesOf(unknown)} may have got it.`,
	]
		.filter(Boolean)
		.join(' ');
}

/** @throws NodeApiError, NodeOperationError for the first item that was not accepted, with On Error set to stop */
function throwIfStopped({ context, recipients, stops }: Run): void {
	if (!stops || context.getExecutionCancelSignal()?.aborted) return;
	const failed = recipients.find((recipient) => {
		const result = resultOf(recipient);
		return result && !isSuccess(result);
	});
	if (!failed) return;
	const note = whoHasGotIt(recipients, failed);
	const result = resultOf(failed) as NotAccepted;
	const isOfItem =
		recipients.length > 1 && result.outcome === 'notSent' && result.json.cause !== 'credential';
	const wayOn = isOfItem
		? ' To send the others all the same, set Settings > On Error to Continue.'
		: '';
	const told = { ...result, advice: `${result.advice}${wayOn}` };
	throw toNodeError(context.getNode(), told, failed, note);
}

function addHint(context: IExecuteFunctions, recipients: SettledRecipient[]): void {
	const { groups } = told(recipients);
	const counts = countsOf(groups);
	if (counts.accepted === recipients.length) return;
	const good = recipients.filter(hasSucceeded).length;
	const validated = good - counts.accepted;
	const isOnlyValidated = validated > 0 && counts.accepted + counts.rejected + counts.unknown === 0;
	const happened = isOnlyValidated
		? `Nothing was sent: Validate Only is on. ${formatCount(good)} of ${formatCount(recipients.length)} items can be sent.`
		: `${formatCounts(counts)}${validated > 0 ? `, ${formatCount(validated)} only validated` : ''}.`;
	const where =
		onError(context) === 'errorOutput'
			? 'The error output says why.'
			: 'The field "reason" of each item says why.';
	context.addExecutionHints(
		outputHint(good === recipients.length ? happened : `${happened} ${where}`, 'warning'),
		...fallbackHints(groups),
	);
}

/**
 * Sends one message per input item at the speed of the quota, and returns one output item for each, in their order.
 *
 * All items are built and checked before the first is sent. With On Error set to stop, an item that cannot be sent
 * throws before anything went out; then the first item goes alone, and after a refusal no further item is begun. What
 * was accepted is kept in the ledger, so that no retry sends it again. In the other modes, and as an AI tool, nothing
 * throws: a throw there would hand the whole input to the next node as if it had been sent.
 * @param open reads the credential @throws UserIssue
 */
export async function sendEach(
	context: IExecuteFunctions,
	api: string,
	open: (context: IExecuteFunctions) => Promise<ItemSender>,
): Promise<INodeExecutionData[][]> {
	return await withSendLedger(context, async (ledger) => {
		const recipients = context
			.getInputData()
			.map((_item, itemIndex): Recipient => ({ itemIndex, state: WAITING }));
		const run: Run = {
			context,
			recipients,
			stops: onError(context) === 'stop',
			warnings: new Set(),
		};
		const sender = await open(context).catch(toCredentialIssue);
		if (sender instanceof UserIssue) {
			settleAll(recipients, resultFromIssue(sender, { api }));
		} else {
			await prepareAll(run, sender);
			for (const recipient of recipients) restorePreviousResult(recipient, ledger);
			ledger.record(() => sentAmong(recipients));
			throwIfStopped(run);
			await sendAll(run, sender);
		}
		throwIfStopped(run);
		if (context.getExecutionCancelSignal()?.aborted)
			markRemainingNotSent(recipients, stoppedIssue(), { api });

		const settled = assertSettled(recipients);
		addHint(context, settled);
		context.addExecutionHints(...warningHints([...run.warnings]));
		return [
			settled.map((recipient) =>
				onError(context) === 'errorOutput' && !hasSucceeded(recipient)
					? errorItem(context.getNode(), recipient)
					: recipientItem(recipient),
			),
		];
	});
}
