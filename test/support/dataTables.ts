/**
 * n8n's Data Table node for the engine, over tables in memory. It reads its parameters as n8n 2.8.4's node does, and
 * finds a table by any part of its name, as that does.
 */
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	IWorkflowBase,
} from 'n8n-workflow';

type Row = IDataObject & { id: number };

interface Table {
	id: string;
	name: string;
	columns: string[];
	rows: Row[];
}

interface Condition {
	keyName: string;
	condition: string;
	keyValue: unknown;
}

const COMPARE: Record<string, (left: unknown, right: unknown) => boolean> = {
	eq: (left, right) => left === right,
	neq: (left, right) => left !== right,
	gt: (left, right) => Number(left) > Number(right),
	gte: (left, right) => Number(left) >= Number(right),
	lt: (left, right) => Number(left) < Number(right),
};

/** Of the Data Table node, as they are used here. */
export interface Parameters {
	operation: string;
	options?: { filterName?: string };
	tableName?: string;
	columns?: { column?: Array<{ name: string }>; mappingMode?: string; value?: IDataObject };
	dataTableId?: { value: string };
	filters?: { conditions: Condition[] };
	orderByDirection?: string;
	limit?: number;
}

/** What happens before an operation: it may wait, or throw in place of it. */
export type Before = (operation: string, items: IDataObject[]) => Promise<void> | void;

const PARAMETERS = [
	'columns',
	'dataTableId',
	'filters',
	'inputSource',
	'limit',
	'matchType',
	'operation',
	'options',
	'orderBy',
	'orderByColumn',
	'orderByDirection',
	'resource',
	'returnAll',
	'tableName',
];

/** The node types of a process whose Data Table node does what `run` does. */
export function dataTableNodes(
	run: (parameters: Parameters, items: IDataObject[]) => Promise<IDataObject[]>,
): Record<string, INodeType> {
	const execute = async (context: IExecuteFunctions): Promise<INodeExecutionData[][]> => {
		const parameters = Object.fromEntries(
			PARAMETERS.map((name) => [name, context.getNodeParameter(name, 0, undefined)]),
		) as unknown as Parameters;
		const items = context.getInputData().map(({ json }) => json);
		return [(await run(parameters, items)).map((json) => ({ json }))];
	};
	const description = {
		group: ['transform' as const],
		version: [1, 1.1],
		description: '',
		inputs: ['main' as const],
		outputs: ['main' as const],
		// n8n drops a parameter that no property describes.
		properties: PARAMETERS.map((name) => ({
			displayName: name,
			name,
			type: 'json' as const,
			default: '',
		})),
	};
	return {
		'n8n-nodes-base.executeWorkflowTrigger': {
			description: {
				...description,
				displayName: 'Start',
				name: 'executeWorkflowTrigger',
				group: ['trigger'],
				inputs: [],
				defaults: {},
			},
			async execute() {
				return [this.getInputData()];
			},
		},
		'n8n-nodes-base.dataTable': {
			description: { ...description, displayName: 'Data Table', name: 'dataTable', defaults: {} },
			async execute() {
				return await execute(this);
			},
		},
	};
}

/** The parameters of a step, with the expressions that read the first item of the start. */
function evaluate(value: unknown, start: IDataObject): unknown {
	if (Array.isArray(value)) return value.map((each) => evaluate(each, start));
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(
			Object.entries(value).map(([name, each]) => [name, evaluate(each, start)]),
		);
	const column = /^=\{\{ \$\('Start'\)\.first\(\)\.json\.(\w+) \}\}$/.exec(String(value))?.[1];
	return column === undefined ? value : start[column];
}

export class DataTables {
	readonly tables: Table[] = [];
	private lastId = 0;

	/**
	 * The node types of one process that uses these tables.
	 * @param before each operation @param after it was done, and before anybody hears of it
	 */
	process(before: Before = () => {}, after: Before = () => {}): Record<string, INodeType> {
		return dataTableNodes(async (parameters, items) => {
			const { operation } = parameters;
			await before(operation, items);
			const done = this.run(parameters, items);
			await after(operation, items);
			return done;
		});
	}

	/** The rows of a table, as a user sees them. */
	rows(name = 'ChatApp Campaigns'): Row[] {
		return this.tables.find((table) => table.name === name)?.rows ?? [];
	}

	/** Does an operation. @returns a copy, as a database returns one */
	run(parameters: Parameters, items: IDataObject[]): IDataObject[] {
		return structuredClone(this.perform(parameters, items));
	}

	/**
	 * A context for inline workflows without an engine, of one process that uses these tables.
	 * @param before each operation @param after it was done, and before anybody hears of it
	 */
	context(
		before: Before = () => {},
		after: Before = () => {},
	): Pick<IExecuteFunctions, 'executeWorkflow'> {
		const executeWorkflow = async (
			{ code }: { code?: Pick<IWorkflowBase, 'nodes'> },
			input: INodeExecutionData[],
		) => {
			const start = input.map(({ json }) => json);
			let items = start;
			for (const { parameters, executeOnce } of code!.nodes.slice(1)) {
				const evaluated = evaluate(parameters, start[0]) as Parameters;
				const { operation } = evaluated;
				const given = executeOnce ? items.slice(0, 1) : items;
				await before(operation, given);
				const done = this.run(evaluated, given);
				await after(operation, given);
				items = done.length === 0 ? [{}] : done;
			}
			return { executionId: '', data: [items.map((json) => ({ json }))] };
		};
		return { executeWorkflow: executeWorkflow as IExecuteFunctions['executeWorkflow'] };
	}

	private perform(parameters: Parameters, items: IDataObject[]): IDataObject[] {
		const { operation } = parameters;
		if (operation === 'list') {
			const part = parameters.options!.filterName!.toLowerCase();
			return this.tables
				.filter(({ name }) => name.toLowerCase().includes(part))
				.map(({ id, name }) => ({ id, name }));
		}
		if (operation === 'create') {
			const name = parameters.tableName!;
			if (this.tables.some((table) => table.name === name))
				throw new Error(`Data table with name '${name}' already exists in this project`);
			const columns = parameters.columns!.column!.map((column) => column.name);
			const table: Table = { id: `table${this.tables.length}`, name, columns, rows: [] };
			this.tables.push(table);
			return [{ id: table.id, name }];
		}
		const id = parameters.dataTableId!.value;
		const table = this.tables.find((each) => each.id === id);
		if (!table) throw new Error(`Could not find the data table: '${id}'`);
		if (operation === 'insert') {
			return items.map((item) => {
				const row: Row = { ...this.checked(table, item), id: ++this.lastId };
				table.rows.push(row);
				return row;
			});
		}
		const conditions = parameters.filters!.conditions;
		const matching = table.rows.filter((row) =>
			conditions.every(({ keyName, condition, keyValue }) =>
				COMPARE[condition](row[keyName], keyValue),
			),
		);
		if (operation === 'deleteRows') {
			table.rows = table.rows.filter((row) => !matching.includes(row));
			return matching;
		}
		if (operation === 'get') {
			const ordered = parameters.orderByDirection === 'DESC' ? matching.reverse() : matching;
			return ordered.slice(0, parameters.limit);
		}
		const { mappingMode, value } = parameters.columns!;
		const values = this.checked(table, mappingMode === 'defineBelow' ? value! : items[0]);
		for (const row of matching) Object.assign(row, values);
		return matching;
	}

	private checked({ columns }: Table, item: IDataObject): IDataObject {
		const values = { ...item };
		for (const name of ['id', 'createdAt', 'updatedAt']) delete values[name];
		for (const [name, value] of Object.entries(values)) {
			if (!columns.includes(name))
				throw new Error(`Validation error with data table request: unknown column name '${name}'`);
			if (typeof value === 'object' && value !== null)
				throw new Error(`unexpected object input '${JSON.stringify(value)}' in row 0`);
		}
		return values;
	}
}
