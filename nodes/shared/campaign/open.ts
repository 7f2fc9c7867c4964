import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { REAL_CLOCK } from '../http/clock';
import type { ErrorCatalog } from '../http/errorCatalog';
import { numberOption } from '../parameters/options';
import type { Parameters, Read } from '../parameters/parameters';
import { plainText } from '../parameters/text';
import { UserIssue, quote, toIssue } from '../util/userIssue';
import {
	Campaign,
	campaignRunning,
	campaignStopped,
	readChunks,
	writeUnwritten,
	type CampaignOptions,
} from './campaign';
import { openTable, tableIssue, unreachableTable, type CampaignTable } from './dataTable';
import { takeCampaign } from './lease';
import type { Quota } from './quotaShare';
import { DEFAULT_TABLE } from './rows';

const MAX_ID_CHARACTERS = 200;
const MAX_TABLE_CHARACTERS = 128;

/** How long the first reads and writes wait for a table that cannot be reached, before anything is sent. */
const PATIENCE_MS = 30_000;
const BETWEEN_TRIES_MS = 1_000;

/** The Campaign ID of an item; empty when the field is. @throws UserIssue */
export function readCampaignId(parameters: Parameters, read: Read): string {
	const value = read('campaignId', '');
	const id = plainText(value, 'Campaign ID');
	if (id === '') {
		// As the workflow stores it: an expression that gives nothing must not send without the protection.
		if ([undefined, null, ''].includes(parameters.raw('campaignId', '') as string)) return '';
		throw new UserIssue(
			'Campaign ID is empty',
			`The field is filled in, but gives ${value === undefined || value === null ? 'nothing' : quote(value)}. Check its expression; clear the field to send without a campaign.`,
		);
	}
	const length = [...id].length;
	if (length > MAX_ID_CHARACTERS)
		throw new UserIssue(
			'Campaign ID is too long',
			`It has ${length} characters; use at most ${MAX_ID_CHARACTERS}, e.g. spring-sale-2026.`,
		);
	if (/\p{Cc}/u.test(id))
		throw new UserIssue(
			'Campaign ID has a line break or a tab',
			`Got ${quote(id)}. Use one line, e.g. spring-sale-2026.`,
		);
	return id;
}

/** @throws UserIssue */
export function readTableName(read: Read): string {
	const name = plainText(read('options.campaignTable', ''), 'Campaign Table') || DEFAULT_TABLE;
	if ([...name].length > MAX_TABLE_CHARACTERS)
		throw new UserIssue(
			'Campaign Table is too long',
			`n8n takes ${MAX_TABLE_CHARACTERS} characters for the name of a data table.`,
		);
	return name;
}

/** Does what needs the table before anything is sent. @throws UserIssue */
export async function withTable<T>(
	context: Pick<IExecuteFunctions, 'executeWorkflow'>,
	tableName: string,
	campaign: string,
	work: (table: CampaignTable) => Promise<T>,
): Promise<T> {
	let failingSince: number | undefined;
	for (;;) {
		const startedAt = Date.now();
		try {
			const table = await openTable(context, tableName, campaign);
			await writeUnwritten(table);
			return await work(table);
		} catch (error) {
			const issue = tableIssue(error);
			if (issue) throw issue;
			const now = Date.now();
			// It has worked for long in between.
			if (now - startedAt > PATIENCE_MS) failingSince = undefined;
			failingSince ??= now;
			if (now - failingSince > PATIENCE_MS) throw unreachableTable(error);
			await sleep(BETWEEN_TRIES_MS);
		}
	}
}

export interface OpenOptions extends CampaignOptions {
	tableName: string;
	takeOverMs: number;
	ifRunning: 'error' | 'notAccepted' | 'wait';
	/** Whether those who had it before come out. */
	includesEarlier: boolean;
}

/** The options of a campaign. @throws UserIssue */
export function readCampaignOptions(read: Read): OpenOptions {
	const ifRunning = read('options.ifCampaignRunning');
	return {
		tableName: readTableName(read),
		takeOverMs:
			numberOption(read('options.takeOverAfter') ?? 60, 'Take Over After (Seconds)', 10, 3_600) *
			1000,
		ifRunning: ifRunning === 'notAccepted' || ifRunning === 'wait' ? ifRunning : 'error',
		includesEarlier: read('options.earlierRecipients') !== 'leaveOut',
		retriesRejected: read('options.rejectedBefore') !== 'leave',
	};
}

/**
 * Takes a campaign for this run.
 * @param quota which its calls use
 * @returns undefined if the execution ended while it waited
 * @throws UserIssue when somebody else is sending it, it is stopped, or its table cannot be used
 */
export async function openCampaign(
	context: IExecuteFunctions,
	id: string,
	errors: ErrorCatalog,
	options: OpenOptions,
	quota: Quota,
): Promise<Campaign | undefined> {
	const signal = context.getExecutionCancelSignal();
	let told = false;
	return await withTable(context, options.tableName, id, async (table) => {
		const found = await takeCampaign(table, {
			campaign: id,
			execution: context.getExecutionId() || 'test',
			takeOverMs: options.takeOverMs,
			waits: options.ifRunning === 'wait',
			clock: REAL_CLOCK,
			wallClock: () => Date.now(),
			signal,
			onWaiting: (owner) => {
				if (told) return;
				told = true;
				const text = `Campaign "${id}": waiting for execution ${owner.execution}, which was last seen at ${owner.at}`;
				context.logger.info(text);
				context.sendMessageToUI(text);
			},
		});
		if (!found) return undefined;
		if ('stopped' in found) throw campaignStopped(id);
		if ('heldBy' in found) throw campaignRunning(id, found.heldBy);
		try {
			return new Campaign(
				id,
				table,
				found.taken,
				await readChunks(found.rows),
				errors,
				options,
				REAL_CLOCK,
				signal,
				quota,
			);
		} catch (error) {
			await table.update(found.taken.name, { state: 'incomplete' }, 'running').catch(() => false);
			throw toIssue(error);
		}
	});
}

/** What makes an expression differ from item to item. Evaluating one for 100,000 items takes n8n half a minute. */
const DEPENDS_ON_ITEM = /\$(?:json|binary|item|input|node|data|position|evaluateExpression|\()/i;

/** Whether all items of a run have the same Campaign ID, as far as its expression tells without being evaluated. */
export function hasOneCampaignId(parameters: Parameters): boolean {
	return (
		parameters.isFixed('campaignId') ||
		!DEPENDS_ON_ITEM.test(String(parameters.raw('campaignId', '')))
	);
}

/** @throws UserIssue for an item of another campaign than the first: a run sends one campaign */
export function checkSameCampaign(parameters: Parameters, read: Read, campaignId: string): void {
	const id = readCampaignId(parameters, read);
	if (id === campaignId) return;
	throw new UserIssue(
		'This item belongs to another campaign',
		`Its Campaign ID is ${quote(id)}, that of the first item ${quote(campaignId)}. Put Loop Over Items or a Filter before this node, so that each run has one.`,
	);
}
