import type {
	IConnections,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	IWorkflowBase,
} from 'n8n-workflow';

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
 * A campaign's rows in an n8n Data Table. n8n gives no other nodes access to its tables, but lets a node run an inline
 * workflow, and a Data Table node in that belongs to the project of the calling workflow.
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

const TABLE_NODE = 'n8n-nodes-base.dataTable';
const START = 'Start';

/** A Data Table node's parameters. */
type Step = INode['parameters'];

/** Values go in by the item and never stand in a parameter, where n8n would take `=` or `{{` for an expression. */
const fromStart = (column: string) => `={{ $('${START}').first().json.${column} }}`;

const isOfCampaign = { keyName: 'campaign', condition: 'eq', keyValue: fromStart('campaign') };
const isNamed = { keyName: 'name', condition: 'eq', keyValue: fromStart('name') };
const isAfter = { keyName: 'id', condition: 'gt', keyValue: fromStart('after') };

/** Rows of one read. */
const PAGE_SIZE = 1_000;

function inlineWorkflow(steps: Step[]): IWorkflowBase {
	const start: INode = {
		id: 'start',
		name: START,
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { inputSource: 'passthrough' },
	};
	const nodes = steps.map((parameters, index): INode => ({
		id: `step${index}`,
		name: `Step ${index}`,
		type: TABLE_NODE,
		typeVersion: 1.1,
		position: [200 * (index + 1), 0],
		parameters,
		// A read that finds nothing would end the workflow without output.
		alwaysOutputData: true,
		executeOnce: parameters.operation !== 'insert',
	}));
	const connections: IConnections = {};
	[start, ...nodes].forEach(({ name }, index) => {
		const next = nodes[index];
		if (next) connections[name] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	});
	return {
		id: '',
		name: 'Campaign table',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: [start, ...nodes],
		connections,
		settings: { saveDataSuccessExecution: 'none', saveDataErrorExecution: 'none' },
	};
}

type Context = Pick<IExecuteFunctions, 'executeWorkflow'>;

/** @throws what n8n throws for a node that fails */
async function runSteps(
	context: Context,
	items: IDataObject[],
	steps: Step[],
): Promise<IDataObject[]> {
	const { data } = await context.executeWorkflow(
		{ code: inlineWorkflow(steps) },
		items.map((json): INodeExecutionData => ({ json })),
	);
	return (data?.[0] ?? []).map(({ json }) => json);
}

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

const messageOf = (error: unknown) =>
	[error, (error as { cause?: unknown })?.cause]
		.map((each) => {
			const { message, description } = (each ?? {}) as { message?: unknown; description?: unknown };
			return [message, description].filter((text) => typeof text === 'string').join(' ');
		})
		.join(' ');

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

/**
 * Finds the table by its exact name, and makes it if there is none. By its id from then on: n8n finds a table by any
 * part of its name (data-table.repository.ts, LIKE).
 */
async function findTable(context: Context, tableName: string): Promise<string> {
	const find = async () => {
		const tables = await runSteps(
			context,
			[{ name: tableName }],
			[
				{
					resource: 'table',
					operation: 'list',
					returnAll: true,
					options: { filterName: fromStart('name') },
				},
			],
		);
		return tables.find(({ name }) => name === tableName)?.id as string | undefined;
	};
	const found = await find();
	if (found !== undefined) return found;
	const make = async () => {
		const column = COLUMNS.map((each) => ({ ...each }));
		const step = { resource: 'table', operation: 'create', tableName: fromStart('name') };
		const [{ id }] = await runSteps(
			context,
			[{ name: tableName }],
			[{ ...step, columns: { column }, options: {} }],
		);
		return id as string;
	};
	const made = await make().catch((error: Error) => error);
	if (typeof made === 'string') return made;
	// Somebody else may have made it at the same moment.
	const others = await find();
	if (others === undefined) throw made;
	return others;
}

/** Opens the table, and makes it on first use. @throws what n8n throws; see tableIssue */
export async function openTable(
	context: Context,
	tableName: string,
	campaign: string,
): Promise<CampaignTable> {
	const value = await findTable(context, tableName);
	const step = (parameters: IDataObject): Step =>
		({
			resource: 'row',
			dataTableId: { __rl: true, mode: 'id', value },
			...parameters,
		}) as Step;
	const insert = step({
		operation: 'insert',
		columns: { mappingMode: 'autoMapInputData', value: null },
		options: {},
	});
	/** By hand, page by page: n8n's own paging fails where somebody writes meanwhile. */
	const read = (...conditions: IDataObject[]) =>
		step({
			operation: 'get',
			matchType: 'allConditions',
			filters: { conditions: [isOfCampaign, ...conditions] },
			returnAll: false,
			limit: PAGE_SIZE,
			orderBy: true,
			orderByColumn: 'id',
			orderByDirection: 'ASC',
		});
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
	const readRuns = {
		...read({ keyName: 'kind', condition: 'eq', keyValue: 'run' }),
		orderByDirection: 'DESC',
	};
	return {
		key: `${value} ${campaign}`,
		rows: async () => await restOf(await run([{ campaign }], read())),
		runs: async () => runsOf(await run([{ campaign }], readRuns)),
		addRun: async (row) => await restOf(await run([{ ...row }], insert, read())),
		addChunk: async (row) => runsOf(await run([{ ...row }], insert, readRuns)),
		addChunks: async (rows) =>
			void (await run(
				rows.map((row) => ({ ...row })),
				insert,
			)),
		update: async (name, values, whileState) => {
			const hasState = { keyName: 'state', condition: 'eq', keyValue: whileState };
			const changed = await run(
				[{ ...values, campaign, name }],
				step({
					operation: 'update',
					matchType: 'allConditions',
					filters: { conditions: [isOfCampaign, isNamed, ...(whileState ? [hasState] : [])] },
					columns: { mappingMode: 'autoMapInputData', value: null },
					options: {},
				}),
			);
			return changed.length > 0;
		},
	};
}
