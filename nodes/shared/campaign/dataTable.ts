import type { IDataObject } from 'n8n-workflow';

import {
	PAGE_SIZE,
	findTable,
	fromStart,
	messageOf,
	rowSteps,
	runSteps,
	where,
	type Context,
	type Step,
} from '../util/dataTable';
import { UserIssue } from '../util/userIssue';
import {
	COLUMNS,
	isKind,
	type ChunkRow,
	type ChunkState,
	type Row,
	type RunRow,
	type RunState,
} from './rows';

/**
 * A campaign's rows in an n8n Data Table.
 *
 * Measured in n8n 2.8.4 with SQLite: a write 15 to 26 ms, 1,000 rows of 8 kB read in 90 ms.
 */
export interface CampaignTable {
	/** Names the campaign in its table, among all campaigns of all tables. */
	readonly key: string;
	/** All rows of the campaign. */
	rows(): Promise<Row[]>;
	/** The runs of the campaign alone. */
	runs(): Promise<RunRow[]>;
	/** Writes a run, **then** reads all rows. */
	addRun(row: RunRow): Promise<Row[]>;
	/** Writes a chunk, **then** reads the runs. */
	addChunk(row: ChunkRow): Promise<RunRow[]>;
	/** Changes the row of a run, **then** reads the runs of all campaigns of the table that are running. */
	renew(name: string, values: Partial<RunRow>): Promise<RunRow[]>;
	/** Writes rows of chunks. */
	addChunks(rows: ChunkRow[]): Promise<void>;
	/**
	 * Changes the row of this name.
	 * @param whileState only if it has this state: compared and written in one step
	 * @returns whether there is one
	 */
	update(
		name: string,
		values: Partial<RunRow> | Partial<ChunkRow>,
		whileState?: RunState | ChunkState,
	): Promise<boolean>;
}

const isOfCampaign = where('campaign', fromStart('campaign'));
const isNamed = where('name', fromStart('name'));
const isRun = where('kind', 'run');
const isRunning = where('state', 'running');
const isAfter = where('id', fromStart('after'), 'gt');

/** What a user can mend about the table; everything else may pass by itself, e.g. a database that is locked. */
const ISSUES: ReadonlyArray<[pattern: RegExp, title: string, advice: string]> = [
	[
		/unrecognized node type|unknown node type|module is disabled|does not support the operation|getDataTableProxy is not|is not allowed/i,
		'This n8n has no data tables',
		'A Campaign ID needs them. Update n8n, or let its administrator enable the module "data-table"; without a Campaign ID the node works as before.',
	],
	[
		// What a Data Table node says that knows rows only.
		/could not get parameter/i,
		'The data tables of this n8n are too old',
		'A Campaign ID needs n8n 2.4 or newer, where nodes can make and find tables. Update n8n; without a Campaign ID the node works as before.',
	],
	[
		/size limit exceeded/i,
		'The data tables of this n8n are full',
		'Delete rows of old campaigns, or let the administrator raise N8N_DATA_TABLES_MAX_SIZE_BYTES.',
	],
	[
		/unknown column name|do not exist in the selected table|does not match column type|No columns found/i,
		'The campaign table has other columns',
		'A table of this name was made for something else. Choose another name in the option Campaign Table; the node makes it.',
	],
	[
		/could not find the data table|data table with name|no such table|relation "?\w{1,128}"? does not exist/i,
		'The campaign table is gone',
		'Somebody deleted or renamed it. Its campaigns are forgotten with it: run this again only with those who were not sent to.',
	],
	[
		/permission|forbidden|not authorized|access denied/i,
		'The workflow may not use the campaign table',
		'Ask the owner of its project, or move the workflow into a project of your own.',
	],
];

/** The user's issue behind an error of the table; undefined for what may pass by itself. */
export function tableIssue(error: unknown): UserIssue | undefined {
	if (error instanceof UserIssue) return error;
	const message = messageOf(error);
	const known = ISSUES.find(([pattern]) => pattern.test(message));
	return known && new UserIssue(known[1], known[2], 'campaignTable');
}

/** The issue of a table that could not be reached for long. */
export function unreachableTable(error: unknown): UserIssue {
	return new UserIssue(
		'The campaign table cannot be reached',
		`n8n says: ${messageOf(error).trim().slice(0, 200) || 'nothing'}. Nothing is sent that the table does not know; run this again once n8n's database works.`,
		'campaignTable',
	);
}

/** Opens the table, and makes it on first use. @throws what n8n throws; see tableIssue */
export async function openTable(
	context: Context,
	tableName: string,
	campaign: string,
): Promise<CampaignTable> {
	const id = await findTable(context, tableName, COLUMNS);
	const { insert, update, select } = rowSteps(id);
	const read = (...conditions: IDataObject[]) => select([isOfCampaign, ...conditions]);
	const run = async (items: IDataObject[], ...steps: Step[]) =>
		(await runSteps(context, items, steps)).filter(
			(row) => row.campaign === campaign,
		) as unknown as Array<Row & { id: number }>;
	/** The rows of which `first` holds those with the lowest ids. */
	const restOf = async (first: Array<Row & { id: number }>): Promise<Row[]> => {
		const all = first;
		for (let page = first; page.length === PAGE_SIZE;) {
			const after = page[page.length - 1].id;
			page = await run([{ campaign, after }], read(isAfter));
			for (const row of page) all.push(row);
		}
		return all;
	};
	const runsOf = (rows: Row[]) => rows.filter(isKind('run'));
	// The newest, of which the last ones count.
	const readRuns = select([isOfCampaign, isRun], 'DESC');
	const readRunning = select([isRun, isRunning], 'DESC');
	return {
		key: `${id} ${campaign}`,
		rows: async () => await restOf(await run([{ campaign }], read())),
		runs: async () => runsOf(await run([{ campaign }], readRuns)),
		addRun: async (row) => await restOf(await run([{ ...row }], insert, read())),
		addChunk: async (row) => runsOf(await run([{ ...row }], insert, readRuns)),
		renew: async (name, values) => {
			const steps = [update(isOfCampaign, isNamed), readRunning];
			const rows = await runSteps(context, [{ ...values, campaign, name }], steps);
			// Where nothing is found, n8n gives an empty item.
			return runsOf(rows as unknown as Row[]);
		},
		addChunks: async (rows) =>
			void (await run(
				rows.map((row) => ({ ...row })),
				insert,
			)),
		update: async (name, values, whileState) => {
			const hasState = whileState ? [where('state', whileState)] : [];
			const changed = await run(
				[{ ...values, campaign, name }],
				update(isOfCampaign, isNamed, ...hasState),
			);
			return changed.length > 0;
		},
	};
}
