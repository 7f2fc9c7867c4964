import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { REAL_CLOCK } from '../http/clock';
import { Pool } from '../util/concurrency';
import { isObject, textOf, textOrEmpty } from '../util/json';
import { UserIssue, toIssue } from '../util/userIssue';
import { campaignRunning, keyOf } from './campaign';
import type { CampaignTable } from './dataTable';
import { renewLease, takeCampaign } from './lease';
import {
	digestOf,
	isKind,
	resultOf,
	settledStateOf,
	readDigests,
	type ChunkRow,
	type Row,
	type RunRow,
} from './rows';

/** Messages that an API has accepted. */
export interface History {
	/** The channels that it covers. */
	channels: readonly string[];
	/** @throws UserIssue when it cannot be read */
	messages(query: {
		channelType: string;
		from: string;
		to?: string;
		templateCode?: string;
		/** Milliseconds since 1970. */
		since: number;
		until: number;
	}): AsyncIterable<{ to: string; messageId?: string; sentAt?: string }>;
}

/** A chunk leaves soon after it is claimed, but may wait for its turn, and clocks differ. */
const BEFORE_MS = 15 * 60_000;
const AFTER_MS = 15 * 60_000;
/** Chunks further apart are looked for one after the other. */
const MAX_GAP_MS = 30 * 60_000;

/** A chunk whose outcome nobody knows. */
interface Doubt {
	row: ChunkRow;
	at: number;
	digests: Set<string>;
	/** Recipients to ask for; none where their numbers are not known. */
	sample: string[];
	asked: number;
	found: number;
}

/** Recipients of a chunk to ask for, where the numbers are known. */
const SAMPLE = 10;
/** Questions on their way at the same time. */
const AT_ONCE = 5;

const isInDoubt = (row: ChunkRow) => settledStateOf(row) === undefined;

/** A call goes to all of its recipients or to none; a few of them may have got the same message from elsewhere. */
const isFound = ({ found, asked }: Doubt) => found > 0 && found * 2 >= asked;

/** A recipient by number or ID, as the API takes it. */
export interface KnownByNumber {
	to: string;
	channelType: string;
}

/** Chunks of one sender and template, close in time: one question to the history. */
function toQuestions(doubts: Doubt[]): Doubt[][] {
	const groups = new Map<string, Doubt[]>();
	for (const doubt of [...doubts].sort((left, right) => left.at - right.at)) {
		const { from, channelType, templateCode } = resultOf(doubt.row);
		const key = JSON.stringify([from, channelType, templateCode]);
		const group = groups.get(key);
		const last = group?.at(-1);
		if (group && last && doubt.at - last.at <= MAX_GAP_MS) group.push(doubt);
		// A new one in its place: the old one goes on under a name of its own.
		else {
			if (group) groups.set(`${key}/${doubt.row.name}`, group);
			groups.set(key, [doubt]);
		}
	}
	return [...groups.values()];
}

const noHistory = (channel: string, { channels }: History) =>
	new UserIssue(
		`Messages by ${channel || 'this channel'} cannot be looked up`,
		`The API keeps a history of ${channels.join(' and ')} only. Receipts tell what arrived: look for the task ID.`,
	);

const byDigest = (doubts: Doubt[]) =>
	new Map(doubts.flatMap((doubt) => [...doubt.digests].map((digest) => [digest, doubt] as const)));

/** Adds the recipients to ask for. @param recipients of the campaign, and of others */
async function addSamples(
	campaign: string,
	doubts: Doubt[],
	recipients: AsyncIterable<KnownByNumber>,
): Promise<void> {
	const wanted = byDigest(doubts);
	for await (const { to, channelType } of recipients) {
		const doubt = wanted.get(digestOf(campaign, keyOf({ to }, channelType)));
		if (doubt && doubt.sample.length < SAMPLE && !doubt.sample.includes(to)) doubt.sample.push(to);
	}
}

/** Why the history cannot be asked for these. */
function refusalFor(history: History, [{ row }]: Doubt[]): UserIssue | undefined {
	const { from, channelType } = resultOf(row);
	const channel = textOrEmpty(channelType);
	return history.channels.includes(channel) && textOf(from) !== undefined
		? undefined
		: noHistory(channel, history);
}

/** One question for chunks of the same sender and template. */
function queryFor(doubts: Doubt[]): Parameters<History['messages']>[0] {
	const { from, channelType, templateCode } = resultOf(doubts[0].row);
	return {
		channelType: textOrEmpty(channelType),
		from: textOrEmpty(from),
		templateCode: textOf(templateCode),
		since: doubts[0].at - BEFORE_MS,
		until: doubts[doubts.length - 1].at + AFTER_MS,
	};
}

/** Asks for some recipients of a chunk. @throws UserIssue */
async function askForSample(history: History, doubt: Doubt): Promise<void> {
	const query = queryFor([doubt]);
	doubt.asked = doubt.sample.length;
	const pool = new Pool(AT_ONCE);
	for (const to of doubt.sample) {
		await pool.add(async () => {
			for await (const message of history.messages({ ...query, to })) {
				if (message.to !== to) continue;
				doubt.found++;
				return;
			}
		});
	}
	await pool.finish();
}

/** Counts for each chunk how many of its recipients the history knows. @throws UserIssue */
async function askForAll(history: History, campaign: string, doubts: Doubt[]): Promise<void> {
	const query = queryFor(doubts);
	const wanted = byDigest(doubts);
	for await (const { to } of history.messages(query)) {
		const digest = digestOf(campaign, keyOf({ to }, query.channelType));
		const doubt = wanted.get(digest);
		if (!doubt) continue;
		wanted.delete(digest);
		doubt.found++;
		if (doubts.every(isFound)) return;
	}
}

/** What became of those who were in doubt, in recipients. */
interface Resolved extends IDataObject {
	accepted: number;
	notFound: number;
	unknown: number;
}

const NOBODY: Resolved = { accepted: 0, notFound: 0, unknown: 0 };

/** None for a row that somebody has changed: it stays unknown. */
function toDoubt(row: ChunkRow): Doubt[] {
	const digests = readDigests(row);
	const at = Date.parse(row.at);
	if (!digests || Number.isNaN(at)) return [];
	return [{ row, at, digests: new Set(digests), sample: [], asked: digests.length, found: 0 }];
}

/** Writes what was found out, unless somebody else, e.g. a receipt, has said more meanwhile. */
async function settle(table: CampaignTable, doubt: Doubt, notFoundAfterMs: number): Promise<void> {
	const { row, at, found } = doubt;
	const isLate = Date.now() - at >= notFoundAfterMs;
	if (isFound(doubt)) await table.update(row.name, { state: 'accepted' });
	else if (found === 0 && isLate)
		await table.update(
			row.name,
			{ state: 'notFound' },
			row.state === 'sending' || row.state === 'unknown' ? row.state : undefined,
		);
}

/** Recipients by what the rows say in the end. @param chunks that were in doubt */
function countsIn(rows: Row[], chunks: ChunkRow[]): Resolved {
	const counts = { ...NOBODY };
	const names = new Set(chunks.map(({ name }) => name));
	for (const row of rows.filter(isKind('chunk'))) {
		if (!names.has(row.name)) continue;
		const state = settledStateOf(row);
		const count = state === 'accepted' || state === 'notFound' ? state : 'unknown';
		counts[count] += Number(row.recipients);
	}
	return counts;
}

/**
 * Asks the API for every chunk of a campaign whose outcome is unknown, and settles it: accepted, or not found once it
 * is old enough. Takes the campaign meanwhile, so that nobody sends.
 * @param notFoundAfterMs messages can appear late; "not found" is no proof
 * @param recipients of the campaign, so that a few of each chunk can be asked for; otherwise the whole history of that
 * time is read, since the table holds no numbers
 * @returns the output of Resolve Unknown
 * @throws UserIssue when somebody is sending it, or the API cannot be asked
 */
export async function resolveCampaign(
	context: IExecuteFunctions,
	table: CampaignTable,
	campaign: string,
	history: History,
	notFoundAfterMs: number,
	recipients?: AsyncIterable<KnownByNumber>,
): Promise<IDataObject> {
	if ((await table.runs()).length === 0)
		throw new UserIssue(
			`There is no campaign "${campaign}"`,
			'Check the ID, and the option Campaign Table.',
		);
	const signal = context.getExecutionCancelSignal();
	const found = await takeCampaign(table, {
		campaign,
		execution: context.getExecutionId() || 'test',
		takeOverMs: 60_000,
		waits: false,
		ignoresStop: true,
		clock: REAL_CLOCK,
		wallClock: () => Date.now(),
		signal,
	});
	if (!found || 'stopped' in found)
		throw new UserIssue('The execution was stopped', 'Nothing was resolved.', 'cancelled');
	if ('heldBy' in found) throw campaignRunning(campaign, found.heldBy, false);
	const { taken, rows } = found;
	let isOver = false;
	const renew = async (values: Partial<RunRow>) => await table.update(taken.name, values);
	void renewLease(renew, { isOver: () => isOver, clock: REAL_CLOCK });
	let counts: Resolved | undefined;
	try {
		const chunks = rows.filter(isKind('chunk')).filter(isInDoubt);
		const doubts = chunks.flatMap(toDoubt);
		if (recipients) await addSamples(campaign, doubts, recipients);
		const sampled = doubts.filter(({ sample }) => sample.length > 0);
		const questions = toQuestions(doubts.filter(({ sample }) => sample.length === 0));
		let refusal: UserIssue | undefined;
		let asked = 0;
		for (const question of [...sampled.map((doubt) => [doubt]), ...questions]) {
			if (signal?.aborted) break;
			const refused = refusalFor(history, question);
			refusal ??= refused;
			if (refused) continue;
			asked++;
			const [{ sample }] = question;
			if (sample.length > 0) await askForSample(history, question[0]);
			else await askForAll(history, campaign, question);
			for (const doubt of question) await settle(table, doubt, notFoundAfterMs);
		}
		if (refusal && asked === 0) throw refusal;
		counts = countsIn(await table.rows(), chunks);
	} finally {
		isOver = true;
		const { accepted, notFound: notSent, unknown } = counts ?? NOBODY;
		const values = { accepted, notSent, unknown };
		// A pause or a stop holds.
		await table
			.update(taken.name, { ...values, state: 'incomplete' }, 'running')
			.catch(() => false);
	}
	return {
		campaignId: campaign,
		...counts,
		nextStep:
			counts.unknown > 0
				? 'Some are still unknown: run Resolve Unknown again later.'
				: 'Run the campaign again to send to those who were not found and to everyone it has not reached.',
	};
}

/** Outcomes that leave by Accepted. */
const IS_SENT: ReadonlySet<unknown> = new Set(['accepted', 'alreadyAccepted', 'validated']);

/** Items that are asked for at the same time. */
const ITEMS_AT_ONCE = 5;

/** The output of a send, as an item has it: itself, or under `error` from the error output. */
function sendIn(json: IDataObject): IDataObject {
	return isObject(json.error) && json.error.outcome !== undefined ? json.error : json;
}

/** What became of one unknown item. @throws UserIssue */
async function resolveItem(
	json: IDataObject,
	history: History,
	notFoundAfterMs: number,
): Promise<IDataObject> {
	const sent = sendIn(json);
	if (sent.outcome !== 'unknown') return json;
	const channelType = textOrEmpty(sent.channelType);
	const from = textOrEmpty(sent.from);
	const to = textOrEmpty(sent.to);
	const at = Date.parse(textOrEmpty(sent.sentAt));
	if (from === '' || to === '' || Number.isNaN(at)) {
		throw new UserIssue(
			'The item is not the output of a send',
			'It lacks to, from or sentAt. Connect the output of CAMS Send, CAMS Mass Send (one item per recipient) or CAMS Viber Send.',
		);
	}
	if (!history.channels.includes(channelType)) throw noHistory(channelType, history);
	const found: Array<{ messageId?: string; sentAt?: string }> = [];
	const query = {
		channelType,
		from,
		to,
		templateCode: textOf(sent.templateCode),
		since: at - BEFORE_MS,
		until: at + AFTER_MS,
	};
	for await (const message of history.messages(query)) if (message.to === to) found.push(message);
	const known = { ...sent, reason: undefined, cause: undefined };
	if (found.length === 1)
		return {
			...known,
			outcome: 'accepted',
			...(found[0].messageId && { messageId: found[0].messageId }),
		};
	if (found.length > 1)
		return {
			...sent,
			reason: `The API knows ${found.length} messages to this recipient from that time. Which of them is this one, if any, cannot be told.`,
		};
	return Date.now() - at < notFoundAfterMs
		? sent
		: {
				...known,
				outcome: 'notFound',
				reason:
					'The API knows no message to this recipient from that time. That is no proof: messages can appear late.',
			};
}

/**
 * Asks the API for each item whose outcome is unknown; all others come out as they are.
 * @returns Accepted and Not Accepted
 */
export async function resolveItems(
	context: IExecuteFunctions,
	history: History,
	notFoundAfterMs: number,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const results: IDataObject[] = [];
	const pool = new Pool(ITEMS_AT_ONCE);
	for (const [index, { json }] of items.entries()) {
		await pool.add(async () => {
			results[index] = await resolveItem(json, history, notFoundAfterMs).catch((error) => {
				const { title, advice } = toIssue(error);
				return { ...sendIn(json), reason: `${title}. ${advice}` };
			});
		});
	}
	await pool.finish();
	const accepted: INodeExecutionData[] = [];
	const others: INodeExecutionData[] = [];
	for (const [item, json] of results.entries())
		(IS_SENT.has(json.outcome) ? accepted : others).push({ json, pairedItem: { item } });
	return [accepted, others];
}
