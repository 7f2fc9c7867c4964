import type { IExecuteFunctions } from 'n8n-workflow';

import { Parameters } from '../../../nodes/shared/parameters/parameters';
import { findRecipients } from '../../../nodes/shared/send/recipients';

type Fields = Record<string, unknown>;

/** A node with these parameters before these items; expressions that are no paths give what `evaluated` says. */
function find(
	parameters: Fields,
	items: unknown[],
	evaluated: Record<string, (itemIndex: number) => unknown> = {},
) {
	const inputs = items.map((json) => ({ json }));
	const context = {
		getInputData: () => inputs,
		getNodeParameter: (name: string, _itemIndex: number, fallback?: unknown) =>
			parameters[name] ?? fallback,
		evaluateExpression: (expression: string, itemIndex: number) => {
			const evaluate = evaluated[expression];
			if (!evaluate) throw new Error(`Cannot resolve ${expression}`);
			return evaluate(itemIndex);
		},
	} as unknown as IExecuteFunctions;
	return [...findRecipients(new Parameters(context), inputs)].map((found) => ({
		place:
			found.entryIndex === undefined
				? `${found.itemIndex}`
				: `${found.itemIndex}/${found.entryIndex}`,
		entry: found.entry,
		read: 'read' in found ? found.read : undefined,
		issue: 'issue' in found ? `${found.issue.title}. ${found.issue.advice}` : undefined,
	}));
}

const LIST: Fields = { recipientSource: 'listField', listField: 'customers', toField: 'phone' };
const variables = (pairs: Record<string, unknown>) => ({
	templateVariablePairs: {
		variable: Object.entries(pairs).map(([name, value]) => ({ name, value })),
	},
});

/** What stands for a recipient under the names of the node's own parameters. */
const toOf = (found: ReturnType<typeof find>) => found.map(({ read }) => read?.('to', ''));
const variablesOf = (found: ReturnType<typeof find>) =>
	found.map(({ read }) =>
		Object.fromEntries(
			(
				read!('templateVariablePairs', {}) as { variable: Array<{ name: string; value: unknown }> }
			).variable.map(({ name, value }) => [name, value]),
		),
	);

describe('recipients from items', () => {
	it('are the items, each with its own values', () => {
		const found = find({ to: '={{ $json.phone }}' }, [{ phone: '1' }, { phone: '2' }]);
		expect(found.map(({ place, issue }) => [place, issue])).toEqual([
			['0', undefined],
			['1', undefined],
		]);
		expect(toOf(found)).toEqual(['1', '2']);
	});

	it('are what an unknown source means too', () => {
		expect(find({ recipientSource: 'elsewhere', to: 'x' }, [{}])).toHaveLength(1);
	});
});

describe('recipients from a list', () => {
	const customers = [
		{ phone: '1', name: 'Mia', address: { city: 'Rome' }, 'full name': 'Mia M', 'a.b': 'dot' },
		{ phone: '2', name: 'Ben', address: { city: 'Oslo' }, 'full name': 'Ben B', 'a.b': 'dots' },
	];

	it.each<[string, unknown, unknown[]]>([
		['a name', 'name', ['Mia', 'Ben']],
		['a name with blanks around', ' name ', ['Mia', 'Ben']],
		['a path', 'address.city', ['Rome', 'Oslo']],
		['brackets', 'address["city"]', ['Rome', 'Oslo']],
		['a name with a blank', 'full name', ['Mia M', 'Ben B']],
		['a name with a dot', 'a.b', ['dot', 'dots']],
		['a dropped path of the first entry', 'customers[0].name', ['Mia', 'Ben']],
		['a dropped path of another entry', 'customers[1].address.city', ['Rome', 'Oslo']],
		['a dragged field', '={{ $json.customers[0].name }}', ['Mia', 'Ben']],
		[
			'a dragged field of another entry',
			'={{ $json.customers[1].address.city }}',
			['Rome', 'Oslo'],
		],
		[
			'a dragged field with brackets',
			'={{ $json["customers"][0]["full name"] }}',
			['Mia M', 'Ben B'],
		],
		["nothing, where the name is the variable's own", '', [undefined, undefined]],
		['a field that is not there', 'nope', [undefined, undefined]],
		['what every object inherits', 'constructor', [undefined, undefined]],
		['a path through a text', 'name.first', [undefined, undefined]],
		['a dropped path through a text', 'customers[0].name.first', [undefined, undefined]],
		['a position', 'customers', [undefined, undefined]],
	])('a field of the entries is given as %s', (_how, value, expected) => {
		const found = find({ ...LIST, ...variables({ couponCode: value }) }, [{ customers }]);
		expect(found.map(({ place }) => place)).toEqual(['0/0', '0/1']);
		if (expected[0] === undefined)
			expect(() => variablesOf(found)).toThrow('Template variable "couponCode" is empty');
		else expect(variablesOf(found)).toEqual(expected.map((couponCode) => ({ couponCode })));
		const asTo = () => toOf(find({ ...LIST, toField: value }, [{ customers }]));
		if (expected[0] !== undefined) expect(asTo()).toEqual(expected);
		else expect(asTo).toThrow('The entry has no field');
	});

	it("is the variable's own name when the field is left empty", () => {
		expect(
			variablesOf(
				find({ ...LIST, ...variables({ name: '', 'address.city': undefined }) }, [{ customers }]),
			),
		).toEqual([
			{ name: 'Mia', 'address.city': 'Rome' },
			{ name: 'Ben', 'address.city': 'Oslo' },
		]);
	});

	it.each([
		['a field of the item', '={{ $json.shop }}'],
		['a field of another list', '={{ $json.others[0].name }}'],
		['more than a path', '={{ $json.customers[0].name.toUpperCase() }}'],
		['the entry itself', '={{ $json.customers[0] }}'],
		['the list itself', '={{ $json.customers }}'],
		['a text around it', '=Hi {{ $json.customers[0].name }}'],
		['the length of the list', '={{ $json.customers.length }}'],
	])('refuses what would be the same for everybody: %s', (_what, value) => {
		const sameForAll =
			' would be the same for every recipient. Its expression reads only one entry. ' +
			'Enter the name of a field of the entries, e.g. first_name.';
		const issueOf = (parameters: Fields) =>
			find({ ...LIST, ...parameters }, [{ customers }]).map(({ place, issue }) => [place, issue]);
		expect(issueOf(variables({ name: value }))).toEqual([['0', `"name"${sameForAll}`]]);
		expect(issueOf({ toField: value })).toEqual([['0', `To Field${sameForAll}`]]);
		expect(issueOf({ specifyVariables: 'object', objectField: value })).toEqual([
			['0', `Object Field${sameForAll}`],
		]);
		expect(issueOf({ options: { buttonPayloads: { payload: [{ value }] } } })).toEqual([
			['0', `Button payload${sameForAll}`],
		]);
	});

	it.each<[string, string, unknown]>([
		['typed', 'customers', { customers }],
		['dragged', '={{ $json.customers }}', { customers }],
		['deep inside', 'data.rows[1].customers', { data: { rows: [{}, { customers }] } }],
		['with a dot in its name', 'my.customers', { 'my.customers': customers }],
	])('stands where List Field says: %s', (_how, listField, item) => {
		expect(toOf(find({ ...LIST, listField }, [item]))).toEqual(['1', '2']);
	});

	it('is what an expression gives, for each item', () => {
		const found = find({ ...LIST, listField: '={{ pick }}' }, [{ customers }, { customers }], {
			'{{ pick }}': (itemIndex) => (itemIndex === 0 ? [customers[1]] : 'customers'),
		});
		expect(found.map(({ place }) => place)).toEqual(['0/0', '1/0', '1/1']);
		expect(toOf(found)).toEqual(['2', '1', '2']);
	});

	it('reads a dropped path also when an expression makes the list', () => {
		const found = find(
			{ ...LIST, listField: '={{ pick }}', toField: 'customers[0].phone' },
			[{ customers }],
			{ '{{ pick }}': () => customers },
		);
		expect(toOf(found)).toEqual(['1', '2']);
	});

	it.each<[string, unknown, unknown, RegExp]>([
		[
			'not there',
			'customers',
			{ data: [], total: 3 },
			/^The input has no list "customers"\. It has: data, total\. Drag the list from the input panel into List Field\.$/,
		],
		[
			'not there, and nothing else either',
			'customers',
			{},
			/^The input has no list "customers"\. It has no fields\. /,
		],
		[
			'not there among many',
			'customers',
			Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, 1])),
			/f11, \.\.\.\. /,
		],
		[
			'not named',
			'',
			{ customers },
			/^List Field is empty\. Drag the list from the input panel, or enter its name\.$/,
		],
		['blank', '  ', { customers }, /^List Field is empty\. /],
		[
			'an expression in a fixed field',
			'{{ $json.customers }}',
			{ customers },
			/^List Field holds an expression that is not evaluated\. .* Switch the field from Fixed to Expression\.$/,
		],
		['empty', 'customers', { customers: [] }, /^The list of recipients is empty\. /],
		['an object', 'customers', { customers: { 0: 'x' } }, /customers/],
		['a text', 'customers', { customers: 'a,b' }, /customers/],
		['nothing', 'customers', { customers: null }, /customers/],
	])('says what is wrong when the list is %s', (_what, listField, item, issue) => {
		const found = find({ ...LIST, listField }, [
			item,
			{ customers: [customers[0]], data: [], f0: 1 },
		]);
		expect(found[0]).toMatchObject({ place: '0', issue: expect.stringMatching(issue) });
		if (listField === 'customers')
			expect(found[1]).toMatchObject({ place: '1/0', issue: undefined });
	});

	it('says of an entry that is no object what it is, and goes on with the next', () => {
		const found = find(LIST, [{ customers: [null, 'Mia', 7, ['x'], undefined, customers[0]] }]);
		expect(found.map(({ place, issue }) => [place, issue?.slice(0, 50)])).toEqual([
			['0/0', 'The entry has no fields. Got null. Expected an ent'],
			['0/1', 'The entry has no fields. Got "Mia". Expected an en'],
			['0/2', 'The entry has no fields. Got 7. Expected an entry '],
			['0/3', 'The entry has no fields. Got ["x"]. Expected an en'],
			['0/4', 'The entry has no fields. Got undefined. Expected a'],
			['0/5', undefined],
		]);
		expect(found.map(({ entry }) => entry)).toEqual([
			null,
			'Mia',
			7,
			['x'],
			undefined,
			customers[0],
		]);
	});

	it.each<[string, string, Fields]>([
		['a byte order mark', 'phone', { '\ufeffphone': '1' }],
		['blanks', 'phone', { 'phone ': '1' }],
		['another case', 'phone', { Phone: '1' }],
		['an invisible mark in what was typed', '\u200bphone', { phone: '1' }],
	])('finds a field whose header has %s', (_what, toField, entry) => {
		expect(toOf(find({ ...LIST, toField }, [{ customers: [entry] }]))).toEqual(['1']);
	});

	it('prefers the field whose name is the same, and quotes names that only look the same as another', () => {
		const entry = { 'phone ': '2', phone: '1', ' other ': '3' };
		expect(toOf(find(LIST, [{ customers: [entry] }]))).toEqual(['1']);
		const [found] = find({ ...LIST, toField: 'mobile' }, [{ customers: [entry] }]);
		expect(() => found.read!('to', '')).toThrow(
			expect.objectContaining({
				advice: expect.stringContaining('It has: "phone ", phone, " other ".'),
			}),
		);
	});

	it('takes an empty number for empty, not for missing', () => {
		expect(toOf(find(LIST, [{ customers: [{ phone: null }, { phone: '' }] }]))).toEqual(['', '']);
	});

	it('keeps a date of an entry', () => {
		const day = new Date(0);
		const found = find({ ...LIST, ...variables({ day: 'day' }) }, [
			{ customers: [{ phone: '1', day }] },
		]);
		expect(variablesOf(found)).toEqual([{ day }]);
	});

	it.each<[string, unknown]>([
		['a field with the list as JSON text', 'customers'],
		['an expression that gives JSON text', '={{ $json.customers }}'],
		['an expression that makes JSON text', '={{ JSON.stringify(list) }}'],
	])('takes %s', (_what, listField) => {
		const text = '[{"phone": "1"}, {"phone": "2"}]';
		const found = find({ ...LIST, listField }, [{ customers: text }], {
			'{{ JSON.stringify(list) }}': () => text,
		});
		expect(toOf(found)).toEqual(['1', '2']);
	});

	it('says where the JSON text of a list breaks', () => {
		const [{ issue }] = find(LIST, [{ customers: '[{"phone": 1},, ]' }]);
		expect(issue).toMatch(/^List Field is not valid JSON\. Look near /);
	});

	it("reads the item's own parameters for its entries, once for all of them", () => {
		let evaluated = 0;
		const found = find({ ...LIST, from: '={{ sender }}' }, [{ customers }, { customers }], {
			'{{ sender }}': (itemIndex) => (evaluated++, `sender ${itemIndex}`),
		});
		expect(found.map(({ read }) => read?.('from', ''))).toEqual([
			'sender 0',
			'sender 0',
			'sender 1',
			'sender 1',
		]);
		expect(evaluated).toBe(2);
	});
});

describe("entries in the API's own form", () => {
	const own = { To: '9', TemplateParams: { name: 'Mia' }, Payload: ['a'] };

	it('bring their number, variables and parts along', () => {
		const [{ read, entry }] = find({ ...LIST, toField: 'to' }, [{ customers: [own] }]);
		expect(read?.('to', '')).toBe('9');
		expect(read?.('specifyVariables', 'pairs')).toBe('object');
		expect(read?.('objectField', '')).toEqual({ name: 'Mia' });
		expect(entry).toMatchObject({ Payload: ['a'] });
	});

	it('do not override the field that To Field names', () => {
		expect(toOf(find(LIST, [{ customers: [{ ...own, phone: '1' }] }]))).toEqual(['1']);
	});

	it('keep the fields of the node where they have none of their own', () => {
		const [{ read }] = find({ ...LIST, specifyVariables: 'object', objectField: 'params' }, [
			{ customers: [{ phone: '1', params: { a: 'b' } }] },
		]);
		expect([read?.('specifyVariables', 'pairs'), read?.('objectField', '')]).toEqual([
			'object',
			{ a: 'b' },
		]);
	});
});

describe('button payloads of a list', () => {
	it("are fields of the entries, beside the item's other options", () => {
		const [{ read }] = find(
			{
				...LIST,
				options: {
					tag: 't',
					buttonPayloads: { payload: [{ value: 'yes' }, { value: 'customers[0].no' }] },
				},
			},
			[{ customers: [{ phone: '1', yes: 'y', no: 'n' }] }],
		);
		expect(read?.('options', {})).toEqual({
			tag: 't',
			buttonPayloads: { payload: [{ value: 'y' }, { value: 'n' }] },
		});
	});
});

describe('recipients from JSON', () => {
	const JSON_SOURCE: Fields = { recipientSource: 'json', toField: 'to' };

	it('are read once when the text is fixed, however many items come in', () => {
		const found = find({ ...JSON_SOURCE, recipientsJson: '[{"to": "1"}, {"to": "2"}]' }, [
			{},
			{},
			{},
		]);
		expect(found.map(({ place }) => place)).toEqual(['0/0', '0/1']);
		expect(toOf(found)).toEqual(['1', '2']);
	});

	it.each<[string, unknown]>([
		['text', '[{"to": "1"}]'],
		['a list', [{ to: '1' }]],
	])('are read for each item when an expression gives %s', (_what, value) => {
		const found = find({ ...JSON_SOURCE, recipientsJson: '={{ list }}' }, [{}, {}], {
			'{{ list }}': () => value,
		});
		expect(found.map(({ place }) => place)).toEqual(['0/0', '1/0']);
	});

	it('may be dragged, and their fields too', () => {
		const found = find(
			{
				...JSON_SOURCE,
				recipientsJson: '={{ $json.customers }}',
				toField: '={{ $json.customers[0].phone }}',
			},
			[{ customers: [{ phone: '1' }] }],
		);
		expect(found.map(({ issue }) => issue)).toEqual([undefined]);
		expect(toOf(found)).toEqual(['1']);
	});

	it.each<[string, unknown, RegExp]>([
		['broken text', '[{"to": "1"},]', /^Recipients \(JSON\) is not valid JSON\. Look near /],
		[
			'text that ends too early',
			'[{"to": "1"}',
			/^Recipients \(JSON\) is not valid JSON\. .*Expected e\.g\. \[\{"to": /,
		],
		['an object', '{"to": "1"}', /^Recipients \(JSON\) is not a list\. /],
		['nothing', null, /^Recipients \(JSON\) is not a list\. /],
		['an empty list', '[]', /^The list of recipients is empty\. /],
	])('say what is wrong with %s', (_what, recipientsJson, issue) => {
		const found = find({ ...JSON_SOURCE, recipientsJson: '={{ list }}' }, [{}], {
			'{{ list }}': () => recipientsJson,
		});
		expect(found).toMatchObject([{ place: '0', issue: expect.stringMatching(issue) }]);
	});

	it('say of each item whose expression fails that it does', () => {
		const found = find({ ...JSON_SOURCE, recipientsJson: '={{ nope }}' }, [{}, {}]);
		expect(found.map(({ place, issue }) => [place, issue])).toEqual([
			[
				'0',
				'A field could not be read. Cannot resolve {{ nope }}. Check the expressions of this node for this item.',
			],
			[
				'1',
				'A field could not be read. Cannot resolve {{ nope }}. Check the expressions of this node for this item.',
			],
		]);
	});
});
