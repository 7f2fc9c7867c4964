import fc from 'fast-check';
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';

import { Parameters } from '../../nodes/shared/parameters/parameters';
import { UnevaluatedExpression } from '../../nodes/shared/parameters/text';
import { runInEngine } from '../../scripts/n8n/engine';

const TRIGGER = 'Start';
const LOCATOR_MODES = [{ displayName: 'By ID', name: 'id', type: 'string' as const }];

/** A node with one field of each kind that the nodes have. */
const DESCRIPTION: INodeType['description'] = {
	displayName: 'Probe',
	name: 'test.probe',
	group: ['transform'],
	version: 1,
	description: 'Reads its parameters',
	defaults: { name: 'Probe' },
	inputs: ['main'],
	outputs: ['main'],
	properties: [
		{ displayName: 'Value', name: 'value', type: 'string', default: '' },
		{
			displayName: 'Locator',
			name: 'locator',
			type: 'resourceLocator',
			default: { mode: 'id', value: '' },
			modes: LOCATOR_MODES,
		},
		{
			displayName: 'Pairs',
			name: 'pairs',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			default: {},
			options: [
				{
					displayName: 'Pair',
					name: 'pair',
					values: [
						{ displayName: 'Name', name: 'name', type: 'string', default: '' },
						{ displayName: 'Value', name: 'value', type: 'string', default: '' },
					],
				},
			],
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			default: {},
			options: [
				{ displayName: 'Task ID', name: 'taskId', type: 'string', default: '' },
				{ displayName: 'Timeout', name: 'timeout', type: 'number', default: 30 },
			],
		},
	],
};

/** What reading gave, or that it failed. */
type Got = { value: unknown } | { failed: string };

function attempt(read: () => unknown): Got {
	try {
		return { value: read() };
	} catch (error) {
		return { failed: (error as Error).message };
	}
}

/** One parameter for every item: as n8n reads it, as we do, and how many expressions n8n was asked for by us. */
interface Comparison {
	n8n: Got[];
	ours: Got[];
	evaluated: number;
	isFixed: boolean;
}

/** Reads parameters of a node both ways in n8n's engine. */
async function compare(
	parameters: IDataObject,
	items: unknown[],
	fallback?: unknown,
): Promise<Record<string, Comparison>> {
	const found: Record<string, Comparison> = {};
	const probe: INodeType = {
		description: DESCRIPTION,
		async execute(this: IExecuteFunctions) {
			const indexes = this.getInputData().map((_item, index) => index);
			for (const name of Object.keys(parameters)) {
				const evaluate = jest.spyOn(this, 'evaluateExpression');
				const read = new Parameters(this);
				const ours = indexes.map((index) => attempt(() => read.of(index)(name, fallback)));
				const evaluated = evaluate.mock.calls.length;
				evaluate.mockRestore();
				const extractValue = name === 'locator';
				const n8n = indexes.map((index) =>
					attempt(() => this.getNodeParameter(name, index, fallback, { extractValue })),
				);
				found[name] = { n8n, ours, evaluated, isFixed: read.isFixed(name) };
			}
			return [[]];
		},
	};
	const run = await runInEngine(
		{
			name: 'test',
			nodes: [
				{
					id: 'start',
					name: TRIGGER,
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
				{
					id: 'probe',
					name: 'Probe',
					type: 'test.probe',
					typeVersion: 1,
					position: [0, 0],
					parameters: parameters as INodeParameters,
				},
			],
			connections: { [TRIGGER]: { main: [[{ node: 'Probe', type: 'main', index: 0 }]] } },
			pinData: {
				[TRIGGER]: items.map((json): INodeExecutionData => ({ json: json as IDataObject })),
			},
		},
		{ credentials: {}, nodeTypes: { 'test.probe': probe } },
	);
	expect(run.error).toBeUndefined();
	return found;
}

/** Every shape of item that a path may meet. */
const ITEMS: IDataObject[] = [
	{},
	{ phone: '+65 9123 4567' },
	{ phone: 6591234567 },
	{ phone: 0 },
	{ phone: '' },
	{ phone: ' blanks ' },
	{ phone: true },
	{ phone: false },
	{ phone: null },
	{ phone: ['a', 'b'] },
	{ phone: [] },
	{ phone: { number: '1', parts: [{ c: 'deep' }, null] } },
	{ phone: '={{ 1 + 1 }}' },
	{ phone: '{{ 1 + 1 }}' },
	{ phone: 'a\nb "c" \\ {{ d }}' },
	{ phone: 9007199254740991 },
	{ phone: 1.5e300 },
	{ phone: '2030-01-01T00:00:00.000Z' },
	{
		'first name': 'Mia',
		手机: '电话',
		größe: 'ü',
		'🎈': 'balloon',
		'a.b': 'dotted',
		'[0]': 'brackets',
		'': 'no name',
	},
	{ length: 7, name: 'n', item: 'i', json: { phone: 'json' }, if: 'keyword', class: { new: 'x' } },
	{ a: { b: [{ c: 'found' }, { c: null }], length: 'own' } },
	{ a: { b: { c: 'object' } } },
	{ a: { b: 'text' } },
	{ a: 'text' },
	{ a: 5 },
	{ a: null },
	{ a: [] },
	{ a: [[['deep']]] },
	{ many: [...'0123456789ab'] },
	{ 0: 'zero', 10: { 2: 'two' } },
	{ toString: 'own', constructor: 'own' } as unknown as IDataObject,
];

const PLAIN = [
	'$json.phone',
	'$json?.phone',
	'$json.phone?.number',
	'$json.phone.number',
	'$json.phone[0]',
	'$json.phone[1]',
	'$json.phone[99]',
	'$json.phone["0"]',
	'$json.phone.length',
	'$json.phone.parts[0].c',
	'$json.phone.parts[1].c',
	'$json.phone.parts[2].c',
	'$json["phone"]["number"]',
	'$json["first name"]',
	"$json['first name']",
	'$json.手机',
	'$json.größe',
	"$json['🎈']",
	'$json["a.b"]',
	'$json["[0]"]',
	'$json[""]',
	'$json.length',
	'$json.name',
	'$json.item',
	'$json.json.phone',
	'$json.if',
	'$json.class.new',
	'$json.a',
	'$json.a.b',
	'$json.a.length',
	'$json.a.b.length',
	'$json.a.b[0].c',
	'$json.a?.b?.[0]?.c',
	'$json.a.b[1].c',
	'$json.a.b[1].c.d',
	'$json.a.b.c',
	'$json.a[0][0][0]',
	'$json[0]',
	'$json[10][2]',
	'$json["10"]["2"]',
	'$json.many[010]',
	'$json.many[08]',
];

const EVALUATED = [
	'$json',
	'$json.phone.toString()',
	'$json.phone + 1',
	'$json.a.toUpperCase()',
	'$json.phone ?? "none"',
	'$json.constructor',
	'$json.toString',
	'$json["hasOwnProperty"]',
	'$json.__proto__',
	'$json.__proto__.polluted',
	'$json["a\\u002eb"]',
	'$json["phone" + ""]',
	'$itemIndex',
	'$("Start").item.json.phone',
	'1',
	'',
];

/** A field that is missing has no value, whichever of the two words of JavaScript says so. */
const plainly = (got: Got[]) =>
	got.map((each) => ('failed' in each ? 'failed' : (each.value ?? null)));

describe('what is read from the item', () => {
	it.each(PLAIN)('is what n8n evaluates: ={{ %s }}', async (path) => {
		const { value } = await compare({ value: `={{ ${path} }}` }, ITEMS);
		expect(value.ours).toEqual(value.n8n);
		expect(value.isFixed).toBe(false);
	});

	it.each(EVALUATED)('is left to n8n where it is no path: ={{ %s }}', async (expression) => {
		const { value } = await compare({ value: `={{ ${expression} }}` }, ITEMS);
		expect(value.ours).toEqual(value.n8n);
		expect(value.evaluated).toBe(ITEMS.length);
	});

	it.each([
		'Hi {{ $json.phone }}!',
		'{{ $json.phone }} ',
		'{{ $json.phone }}{{ $json.a }}',
		'$json.phone',
		'',
	])('is left to n8n where there is text around it: =%s', async (text) => {
		const { value } = await compare({ value: `=${text}` }, ITEMS);
		expect(value.ours).toEqual(value.n8n);
		expect(value.evaluated).toBe(ITEMS.length);
	});

	it('takes no evaluation by n8n for a path, and one for each item for everything else', async () => {
		const items = Array.from({ length: 50 }, (_, index) => ({ a: `text ${index}` }));
		expect((await compare({ value: '={{ $json.a }}' }, items)).value).toMatchObject({
			evaluated: 0,
			isFixed: false,
		});
		expect(
			(await compare({ value: '={{ $json.a.b.c }}' }, [{}, { a: {} }, { a: { b: null } }])).value
				.evaluated,
		).toBe(0);
		const upper = (await compare({ value: '={{ $json.a.toUpperCase() }}' }, items)).value;
		expect(upper.evaluated).toBe(50);
		expect(upper.ours[7]).toEqual({ value: 'TEXT 7' });
	});

	it('is what n8n evaluates, for any item and any path', async () => {
		const names = ['a', 'b', 'phone', 'length', 'first name', '手机', '0', 'name'];
		const leaf = fc.oneof(
			fc.constantFrom(null, '', 0, false, true),
			fc.string({ unit: 'grapheme' }),
			fc.double({ noNaN: true, noDefaultInfinity: true }),
		);
		const part = fc.letrec((tie) => ({
			value: fc.oneof(
				{ maxDepth: 4, depthIdentifier: 'item' },
				leaf,
				fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'item' }),
				fc.dictionary(fc.constantFrom(...names), tie('value'), {
					maxKeys: 4,
					depthIdentifier: 'item',
				}),
			),
		})).value;
		const item = fc.dictionary(fc.constantFrom(...names), part, { maxKeys: 5 });
		const step = fc.oneof(
			fc.constantFrom('.a', '.b', '.phone', '.length', '.手机', '.name', '?.a', '?.b'),
			fc.constantFrom(
				'["first name"]',
				"['first name']",
				'["a"]',
				"['length']",
				'[0]',
				'[1]',
				'["0"]',
				'?.[0]',
				'?.["b"]',
			),
		);
		await fc.assert(
			fc.asyncProperty(
				fc.array(item, { minLength: 1, maxLength: 8 }),
				fc
					.array(step, { minLength: 1, maxLength: 4 })
					.map((steps) => `={{ $json${steps.join('')} }}`),
				async (items, expression) => {
					const { value } = await compare({ value: expression }, items);
					expect(plainly(value.ours)).toEqual(plainly(value.n8n));
				},
			),
			{ numRuns: 150 },
		);
	});

	it("is what n8n evaluates, for a field of any name; a name that n8n refuses is the item's own field", async () => {
		const name = fc
			.string({ unit: 'grapheme' })
			.filter((text) => !/["\\\n\r\u2028\u2029]|\{\{|\}\}/.test(text));
		const refused = ['prototype', 'a.constructor', 'binding', 'arguments', 'caller', 'mainModule'];
		await fc.assert(
			fc.asyncProperty(name, async (key) => {
				const { value } = await compare({ value: `={{ $json["${key}"] }}` }, [
					JSON.parse(`{${JSON.stringify(key)}: "Mia"}`),
					{},
				]);
				const expected = refused.includes(key) ? ['Mia', null] : plainly(value.n8n);
				expect(plainly(value.ours)).toEqual(expected);
			}),
			{
				numRuns: 100,
				examples: [...refused, '__proto__', 'constructor', '__lookupGetter__'].map((each) => [
					each,
				]),
			},
		);
	});

	it.each<[string, unknown]>([
		['a date', new Date(0)],
		['an object of a class', new URL('https://example.com/a')],
		['a map', new Map([['a', 1]])],
	])('is what n8n evaluates for what no JSON holds: %s', async (_what, value) => {
		for (const path of ['$json.x', '$json.x.href', '$json.x.size', '$json.y[0]', '$json.y']) {
			const compared = (await compare({ value: `={{ ${path} }}` }, [{ x: value, y: [value] }]))
				.value;
			expect(compared.ours).toEqual(compared.n8n);
		}
	});
});

describe('a text without an expression', () => {
	it.each(['', 'Hello', 'Hi {{1}} for $5', ' =', '$json.phone'])(
		'is the same for every item: %j',
		async (text) => {
			const { value } = await compare({ value: text }, ITEMS.slice(0, 3));
			expect(value.ours).toEqual(value.n8n);
			expect(value.ours).toEqual(Array(3).fill({ value: text }));
			expect(value).toMatchObject({ isFixed: true, evaluated: 0 });
		},
	);
});

it('a fixed text with an expression is told from any other, for the same text in an item may be meant', async () => {
	for (const text of ['{{ $json.phone }}', 'Hi {{ $("Sheet").item.json.name }}!']) {
		const { value } = await compare({ value: text }, ITEMS.slice(0, 1));
		expect(value.ours).toEqual([{ value: new UnevaluatedExpression(text) }]);
		const { value: ofItem } = await compare({ value: '={{ $json.text }}' }, [{ text }]);
		expect(ofItem.ours).toEqual([{ value: text }]);
	}
});

describe('a resource locator', () => {
	const locator = (value: unknown) => ({ __rl: true, mode: 'id', value });

	it.each<[string, unknown, boolean]>([
		['a fixed value', locator('6580001111'), true],
		['a number', locator(6580001111), true],
		['no value', locator(''), true],
		['a path as value', locator('={{ $json.phone }}'), false],
		['a path into nothing as value', locator('={{ $json.a.b }}'), false],
		['an expression as value', locator('={{ "+" + $json.phone }}'), false],
		['a path in place of the whole', '={{ $json.phone }}', false],
		[
			'an expression in place of the whole',
			'={{ ({ __rl: true, mode: "id", value: String($json.phone) }) }}',
			false,
		],
	])('gives its value: %s', async (_what, value, isFixed) => {
		const compared = (await compare({ locator: value } as IDataObject, ITEMS)).locator;
		expect(compared.ours).toEqual(compared.n8n);
		expect(compared.isFixed).toBe(isFixed);
	});

	it('gives its value also when it comes with the item', async () => {
		const compared = (
			await compare({ locator: '={{ $json.from }}' }, [{ from: locator('1') }, { from: '2' }, {}])
		).locator;
		expect(compared.ours.map((got) => 'value' in got && got.value)).toEqual(['1', '2', undefined]);
		expect(plainly(compared.ours)).toEqual(plainly(compared.n8n));
	});
});

describe('fields in fields', () => {
	it.each<[string, IDataObject, boolean]>([
		['none', {}, true],
		[
			'fixed ones',
			{
				pair: [
					{ name: 'a', value: '1' },
					{ name: 'b', value: '2' },
				],
			},
			true,
		],
		[
			'paths',
			{
				pair: [
					{ name: 'a', value: '={{ $json.phone }}' },
					{ name: 'b', value: '={{ $json.a.b }}' },
				],
			},
			false,
		],
		[
			'expressions',
			{
				pair: [
					{ name: '={{ "n" + $itemIndex }}', value: '={{ $json.phone + "!" }}' },
					{ name: 'fixed', value: 'x' },
				],
			},
			false,
		],
	])('are read in their places: pairs, %s', async (_what, pairs, isFixed) => {
		const compared = (await compare({ pairs }, ITEMS)).pairs;
		expect(compared.ours).toEqual(compared.n8n);
		expect(compared.isFixed).toBe(isFixed);
	});

	it.each<[string, IDataObject, boolean]>([
		['none', {}, true],
		['fixed ones', { taskId: 'order', timeout: 10 }, true],
		['paths', { taskId: '={{ $json.phone }}', timeout: 10 }, false],
		['expressions', { taskId: '=order {{ $itemIndex }}', timeout: '={{ 5 + 5 }}' }, false],
	])('are read in their places: options, %s', async (_what, options, isFixed) => {
		const compared = (await compare({ options }, ITEMS)).options;
		expect(compared.ours).toEqual(compared.n8n);
		expect(compared.isFixed).toBe(isFixed);
	});

	it('of which one is a path are evaluated no more often than the others need', async () => {
		const items = ITEMS.slice(0, 10);
		const pairs = {
			pair: [
				{ name: 'a', value: '={{ $json.phone }}' },
				{ name: 'b', value: '={{ $json.phone + 1 }}' },
			],
		};
		expect((await compare({ pairs }, items)).pairs.evaluated).toBe(items.length);
	});

	it('of one item are not those of another', async () => {
		const { pairs } = await compare(
			{ pairs: { pair: [{ name: 'a', value: '={{ $json.phone }}' }] } },
			[{ phone: '1' }, { phone: '2' }],
		);
		expect(pairs.ours).toEqual([
			{ value: { pair: [{ name: 'a', value: '1' }] } },
			{ value: { pair: [{ name: 'a', value: '2' }] } },
		]);
	});
});

describe('a field that the workflow does not have', () => {
	it('is the fallback', async () => {
		const withFallback = await compare({ hidden: undefined } as never, [{}, {}], 'fallback');
		expect(withFallback.hidden.ours).toEqual([{ value: 'fallback' }, { value: 'fallback' }]);
		expect(withFallback.hidden.n8n).toEqual(withFallback.hidden.ours);
	});
});
