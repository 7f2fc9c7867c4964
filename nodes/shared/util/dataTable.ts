/**
 * n8n's Data Tables. n8n gives no other nodes access to its tables, but lets a node run an inline workflow, and a Data
 * Table node in that belongs to the project of the calling workflow. docs/reference/n8n-data-tables.md has what is known.
 */
import {
	sleep,
	type IConnections,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type IWorkflowBase,
} from 'n8n-workflow';

export interface Column {
	name: string;
	type: 'string' | 'number';
}

const TABLE_NODE = 'n8n-nodes-base.dataTable';
const START = 'Start';

/** A Data Table node's parameters. */
export type Step = INode['parameters'];

/** Values go in by the item and never stand in a parameter, where n8n would take `=` or `{{` for an expression. */
export const fromStart = (column: string) => `={{ $('${START}').first().json.${column} }}`;

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
		name: 'Data table',
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

/** A condition on the rows of an operation. */
export const where = (
	keyName: string,
	keyValue: IDataObject[string],
	condition = 'eq',
): IDataObject => ({ keyName, condition, keyValue });

/** Rows of one read. */
export const PAGE_SIZE = 1_000;

/** Operations on the rows of a table. Conditions all have to hold. */
export function rowSteps(tableId: string) {
	const step = (operation: string, parameters: IDataObject): Step =>
		({
			resource: 'row',
			operation,
			dataTableId: { __rl: true, mode: 'id', value: tableId },
			...parameters,
		}) as Step;
	const matching = (conditions: IDataObject[]) => ({
		matchType: 'allConditions',
		filters: { conditions },
	});
	const ofItem = { columns: { mappingMode: 'autoMapInputData', value: null }, options: {} };
	return {
		insert: step('insert', ofItem),
		/** Gives rows the values of the item. */
		update: (...conditions: IDataObject[]) =>
			step('update', { ...matching(conditions), ...ofItem }),
		/** Gives rows these values, whatever the item has. */
		set: (values: IDataObject, ...conditions: IDataObject[]) =>
			step('update', {
				...matching(conditions),
				columns: { mappingMode: 'defineBelow', value: values, schema: [] },
				options: {},
			}),
		remove: (...conditions: IDataObject[]) =>
			step('deleteRows', { ...matching(conditions), options: {} }),
		/** The first page, by id. By hand: n8n's own paging fails where somebody writes meanwhile. */
		select: (conditions: IDataObject[], orderByDirection: 'ASC' | 'DESC' = 'ASC') =>
			step('get', {
				...matching(conditions),
				returnAll: false,
				limit: PAGE_SIZE,
				orderBy: true,
				orderByColumn: 'id',
				orderByDirection,
			}),
	};
}

export type Context = Pick<IExecuteFunctions, 'executeWorkflow'>;

/**
 * n8n 2.8.4 now and then never ends an inline workflow whose connection to PostgreSQL was cut (docs/reference/n8n-data-tables.md).
 * Far beyond what an operation takes, and half of the shortest time after which others take a campaign over by default.
 */
const MAX_SECONDS = 30;

async function giveUp(): Promise<never> {
	await sleep(MAX_SECONDS * 1000);
	throw new Error(`The operation took longer than ${MAX_SECONDS} seconds`);
}

/**
 * Runs operations of the Data Table node, one after the other.
 * @returns the items of the last
 * @throws what n8n throws for a node that fails; also after half a minute, and then it can still take effect
 */
export async function runSteps(
	context: Context,
	items: IDataObject[],
	steps: Step[],
): Promise<IDataObject[]> {
	const { data } = await Promise.race([
		context.executeWorkflow(
			{ code: inlineWorkflow(steps) },
			items.map((json): INodeExecutionData => ({ json })),
		),
		giveUp(),
	]);
	return (data?.[0] ?? []).map(({ json }) => json);
}

/** All that an error of a table says. */
export const messageOf = (error: unknown): string =>
	[error, (error as { cause?: unknown })?.cause]
		.map((each) => {
			const { message, description } = (each ?? {}) as { message?: unknown; description?: unknown };
			return [message, description].filter((text) => typeof text === 'string').join(' ');
		})
		.join(' ');

/**
 * Finds the table by its exact name, and makes it if there is none. By its id from then on: n8n finds a table by any
 * part of its name (data-table.repository.ts, LIKE).
 */
export async function findTable(
	context: Context,
	tableName: string,
	columns: readonly Column[],
): Promise<string> {
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
		const column = columns.map((each) => ({ ...each }));
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
