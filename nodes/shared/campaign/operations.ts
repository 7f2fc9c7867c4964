import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { defaultCountry } from '../parameters/defaultCountry';
import { numberOption } from '../parameters/options';
import { Parameters, type Read } from '../parameters/parameters';
import { cleanRecipient, rawRecipient, type ChannelType } from '../parameters/recipient';
import { inParts, recipientsOf } from '../send/fileRecipients';
import { isTool, onError } from '../send/onError';
import { placeOf, shownPlace, type Position } from '../send/recipientState';
import { isObject } from '../util/json';
import { at } from '../util/path';
import { UserIssue, toCredentialIssue, toIssue } from '../util/userIssue';
import { createYielder } from '../util/yield';
import { keyOf, readChunks, type KnownRecipient } from './campaign';
import type { CampaignTable } from './dataTable';
import type { DigestMap } from './digestMap';
import { CAMPAIGN_OPERATIONS } from './fields';
import { isOpen, latestRuns } from './lease';
import { readCampaignId, readTableName, withTable } from './open';
import { resolveCampaign, resolveItems, type History, type KnownByNumber } from './resolve';
import { digestOf, isKind, resultOf, settledStateOf, stateOf, type Row, type RunRow } from './rows';

/** The operations on a campaign that send nothing. */

type CampaignOperation = (typeof CAMPAIGN_OPERATIONS)[number];

/** What the operations need of an API. */
export interface CampaignApi {
	/** Whether one To can hold several numbers. */
	numbersOnly: boolean;
	/** The Default Country of the credential; empty when it has none. */
	defaultCountry(context: IExecuteFunctions): Promise<string>;
	/** Where the API keeps what it has accepted; absent for one that does not tell. */
	history?(context: IExecuteFunctions): Promise<History>;
}

const noCampaign = (id: string, tableName: string) =>
	new UserIssue(
		`There is no campaign "${id}"`,
		`The table "${tableName}" has no row of it. Check the ID, and the option Campaign Table; a campaign begins with its first send.`,
	);

/** The newest run. @throws UserIssue if there is none */
function newestRun(rows: Row[], id: string, tableName: string): RunRow {
	const runs = rows.filter(isKind('run'));
	if (runs.length === 0) throw noCampaign(id, tableName);
	const latest = latestRuns(runs);
	return latest.find((row) => stateOf(row) !== 'incomplete') ?? latest[0];
}

/** Recipients by what the rows of chunks say of them. */
function countKnown(known: DigestMap<KnownRecipient>): IDataObject {
	const counts = { accepted: 0, rejected: 0, notSent: 0, notFound: 0, unknown: 0, sending: 0 };
	const names = new Map(Object.keys(counts).map((name) => [name.toLowerCase(), name]));
	for (const { row } of known.values())
		counts[(names.get(stateOf(row)) ?? 'unknown') as keyof typeof counts]++;
	return counts;
}

/** The one item of Get Campaign. */
async function campaignJson(rows: Row[], id: string, tableName: string): Promise<IDataObject> {
	const newest = newestRun(rows, id, tableName);
	const chunks = rows.filter(isKind('chunk'));
	const known = await readChunks(rows);
	return {
		campaignId: id,
		state: stateOf(newest),
		...countKnown(known),
		chunks: chunks.length,
		runs: rows.length - chunks.length,
		execution: newest.execution,
		lastSeenAt: newest.at,
	};
}

/** A recipient of the input, or why it cannot be read. */
type InputRecipient = Position & Partial<KnownByNumber> & { issue?: UserIssue };

/** The recipients of the input, as a send would read them. */
async function* readRecipients(
	context: IExecuteFunctions,
	parameters: Parameters,
	numbersOnly: boolean,
	accountCountry: string,
): AsyncGenerator<InputRecipient> {
	const items = context.getInputData();
	const yieldToOthers = createYielder();
	for await (const part of inParts(recipientsOf(context, parameters, numbersOnly))) {
		for (const source of part) {
			const pause = yieldToOthers();
			if (pause) await pause;
			const position = placeOf(source);
			if ('issue' in source) {
				yield { ...position, issue: source.issue };
				continue;
			}
			const { itemIndex, entry } = position;
			try {
				const channelType = source.read('channelType') as ChannelType;
				const to = cleanRecipient(source.read('to', ''), channelType, {
					isGroup: at(entry, 'RecipientType') === 'group',
					country: defaultCountry(source.read('options.defaultCountry', ''), accountCountry),
					item: isObject(entry) ? entry : items[itemIndex].json,
				});
				yield { ...position, to, channelType };
			} catch (error) {
				yield { ...position, to: rawRecipient(source.read), issue: toIssue(error) };
			}
		}
	}
}

/** Those of the input that can be read. */
async function* knownByNumber(
	recipients: AsyncIterable<InputRecipient>,
): AsyncGenerator<KnownByNumber> {
	for await (const { to, channelType, issue } of recipients)
		if (!issue && to !== undefined && channelType !== undefined) yield { to, channelType };
}

/** Each recipient of the input, with what the campaign knows of it; Accepted and the others. */
async function statusOfRecipients(
	context: IExecuteFunctions,
	recipients: AsyncIterable<InputRecipient>,
	id: string,
	rows: Row[],
): Promise<INodeExecutionData[][]> {
	const known = await readChunks(rows);
	const accepted: INodeExecutionData[] = [];
	const others: INodeExecutionData[] = [];
	for await (const recipient of recipients) {
		const { itemIndex, to, channelType, issue } = recipient;
		const json: IDataObject = {
			outcome: 'notYetSent',
			...(to !== undefined && { to }),
			...shownPlace(recipient),
		};
		if (issue) {
			const reason = `${issue.title}. ${issue.advice}`;
			Object.assign(json, { outcome: 'notSent', reason, cause: issue.notSentCause });
		}
		const found = issue ? undefined : known.get(digestOf(id, keyOf({ to }, channelType)));
		if (found) {
			const outcome = settledStateOf(found.row) ?? 'unknown';
			Object.assign(json, { ...resultOf(found.row), outcome, sentAt: found.row.at });
		}
		json.campaignId = id;
		(json.outcome === 'accepted' ? accepted : others).push({
			json,
			pairedItem: { item: itemIndex },
		});
	}
	return isTool(context) ? [[...accepted, ...others], []] : [accepted, others];
}

/** Pauses, resumes or stops a campaign. Whoever sends it obeys within seconds. */
async function setState(
	table: CampaignTable,
	read: Read,
	id: string,
	tableName: string,
): Promise<IDataObject> {
	const wanted = String(read('campaignState', 'paused'));
	const newest = newestRun(await table.runs(), id, tableName);
	const before = stateOf(newest);
	const isAtWork = isOpen(newest);
	if (wanted === 'paused' && !isAtWork) {
		throw new UserIssue(
			`Campaign "${id}" is not being sent`,
			`It is ${before}, so there is nothing to pause. Stop it to keep others from sending it.`,
		);
	}
	// Who had stopped keeps nobody waiting when it is to go on.
	const state = wanted === 'running' && !isAtWork ? 'incomplete' : wanted;
	await table.update(newest.name, { state });
	// Another run may have taken it at that moment, without having seen this.
	const now = newestRun(await table.runs(), id, tableName);
	if (now.run > newest.run) return await setState(table, read, id, tableName);
	return { campaignId: id, state, previousState: before, execution: newest.execution };
}

/** @throws UserIssue (credential) in place of what n8n throws */
async function ofCredential<T>(reading: Promise<T>): Promise<T> {
	return await reading.catch((error) => {
		throw toCredentialIssue(error);
	});
}

/**
 * Runs the operation of the node if it is one on a campaign.
 * @returns undefined for an operation that sends
 * @throws NodeOperationError with On Error set to stop
 */
export async function runCampaignOperation(
	context: IExecuteFunctions,
	api: CampaignApi,
): Promise<INodeExecutionData[][] | undefined> {
	const parameters = new Parameters(context);
	const read = parameters.of(0);
	const operation = read('operation') as CampaignOperation;
	if (!CAMPAIGN_OPERATIONS.includes(operation)) return undefined;
	const items = context.getInputData();
	const all = items.map((_item, item) => ({ item }));
	const one = (json: IDataObject) => [[{ json, pairedItem: all }], []];
	const notFoundAfterMs = () =>
		numberOption(read('options.notFoundAfter') ?? 60, 'Not Found After (Minutes)', 0, 10_080) *
		60_000;
	try {
		const history =
			operation === 'resolveUnknown' ? await ofCredential(api.history!(context)) : undefined;
		if (history && read('resolveSource', 'campaign') === 'items') {
			const [accepted, others] = await resolveItems(context, history, notFoundAfterMs());
			return isTool(context) ? [[...accepted, ...others], []] : [accepted, others];
		}
		const id = readCampaignId(parameters, read);
		if (id === '')
			throw new UserIssue('Campaign ID is empty', 'Enter the ID under which it was sent.');
		const tableName = readTableName(read);
		const readsRecipients =
			(history ? read('resolveSource', 'campaign') : read('campaignReturn', 'counts')) ===
			'recipients';
		const country = readsRecipients ? await ofCredential(api.defaultCountry(context)) : '';
		const recipients = () => readRecipients(context, parameters, api.numbersOnly, country);
		return await withTable(context, tableName, id, async (table) => {
			if (operation === 'setCampaignState') return one(await setState(table, read, id, tableName));
			if (history) {
				const known = readsRecipients ? knownByNumber(recipients()) : undefined;
				return one(await resolveCampaign(context, table, id, history, notFoundAfterMs(), known));
			}
			const rows = await table.rows();
			return readsRecipients
				? await statusOfRecipients(context, recipients(), id, rows)
				: one(await campaignJson(rows, id, tableName));
		});
	} catch (error) {
		const { title, advice, notSentCause } = toIssue(error);
		if (onError(context) === 'stop')
			throw new NodeOperationError(context.getNode(), title, {
				description: advice,
				level: 'warning',
			});
		const json = { outcome: 'failed', reason: `${title}. ${advice}`, cause: notSentCause };
		const failed = [{ json, pairedItem: all }];
		return isTool(context) ? [failed, []] : [[], failed];
	}
}
