import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { parseTemplate, previewTemplate } from '../../../../nodes/shared/apis/cams/template';

const BODY = { Type: 'BODY', Text: 'Hi $(name), your order {{2}} is on its way to $(place).' };
const HEADER = { Type: 'HEADER', Format: 'TEXT', Text: 'Order {{ 1 }}' };
const FOOTER = { Type: 'FOOTER', Text: 'Demo Store' };
const BUTTONS = {
	Type: 'BUTTONS',
	Buttons: [
		{ Type: 'QUICK_REPLY', Text: 'Keep' },
		{
			Type: 'URL',
			Text: 'Show the way',
			Url: 'https://example.com/$(visitId)',
			UrlType: 'dynamic',
		},
		{ Type: 'FLOW', Text: 'Book' },
		{ Type: 'MPM', Text: 'View items' },
		{ Type: 'CATALOG', Text: 'View catalog' },
		{ Type: 'PHONE_NUMBER', Text: 'Call $(shop)', PhoneNumber: '+6580001111' },
		{ Type: 'COPY_CODE', Text: 'Copy', CouponCode: '$(code)' },
	],
};
const CARDS = {
	Type: 'CAROUSEL',
	Cards: ['first', 'second'].map((card) => ({
		CardComponents: [
			{
				Type: 'BUTTONS',
				Buttons: [{ Type: 'URL', Text: `Buy ${card}`, Url: `https://example.com/$(${card}Path)` }],
			},
			{ Type: 'BODY', Text: `$(${card}Offer)` },
			{ Type: 'HEADER', Format: 'IMAGE', Url: `$(${card}Image)` },
		],
	})),
};
const EXAMPLE = {
	name: 'Mia',
	2: 'A-77',
	place: 'the door',
	1: '77',
	visitId: '7',
	shop: 'us',
	code: 'SPRING15',
};

/** Keys as the example in the model of GetChatappTemplateDetail has them. */
function lowerCase(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(lowerCase);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, each]) => [
			key[0].toLowerCase() + key.slice(1),
			lowerCase(each),
		]),
	);
}

const PARTS = [HEADER, BODY, FOOTER, BUTTONS];
const WAYS: Array<[string, (components: unknown[], example: object) => IDataObject]> = [
	[
		'as objects',
		(Components, Example) => ({ Components, Example, AuditStatus: 'pass' }) as IDataObject,
	],
	[
		'as texts',
		(components, example) => ({
			Components: JSON.stringify(components),
			Example: JSON.stringify(example),
			AuditStatus: 'pass',
		}),
	],
	[
		'with keys in lower case',
		(components, example) =>
			({ components: lowerCase(components), example, auditStatus: 'pass' }) as IDataObject,
	],
	[
		'as texts with keys in lower case',
		(components, example) => ({
			Components: JSON.stringify(lowerCase(components)),
			Example: JSON.stringify(example),
			AuditStatus: 'pass',
		}),
	],
	[
		'with lists inside of it as texts',
		(components, example) =>
			({
				Components: (components as Array<Record<string, unknown>>).map((each) => ({
					...each,
					...(each.Buttons !== undefined && { Buttons: JSON.stringify(each.Buttons) }),
					...(each.Cards !== undefined && { Cards: JSON.stringify(each.Cards) }),
				})),
				Example: example,
				AuditStatus: 'pass',
			}) as unknown as IDataObject,
	],
];

describe.each(WAYS)('a template %s', (_way, write) => {
	it('is read whole, in the order of reading, whatever order its parts come in', () => {
		const template = parseTemplate(write(PARTS, EXAMPLE));
		expect(template).toMatchObject({
			lines: [
				'Order {{ 1 }}',
				'Hi $(name), your order {{2}} is on its way to $(place).',
				'Demo Store',
			],
			labels: [
				'Keep',
				'Show the way',
				'Book',
				'View items',
				'View catalog',
				'Call $(shop)',
				'Copy',
			],
			auditStatus: 'pass',
		});
		expect(parseTemplate(write([BUTTONS, FOOTER, BODY, HEADER], EXAMPLE))).toEqual(template);
	});

	it('names its variables, where they stand and their examples', () => {
		expect(
			parseTemplate(write(PARTS, EXAMPLE)).variables.map(({ name, where, example }) => [
				name,
				where,
				example,
			]),
		).toEqual([
			['1', '', '77'],
			['name', '', 'Mia'],
			['2', '', 'A-77'],
			['place', '', 'the door'],
			['visitId', 'button 2 link', '7'],
			['shop', 'button 6 text', 'us'],
			['code', 'button 7 code', 'SPRING15'],
		]);
	});

	it('says what each button takes', () => {
		expect(
			parseTemplate(write(PARTS, EXAMPLE)).buttons.map(({ number, takes }) => [number, takes]),
		).toEqual([
			[1, 'payload'],
			[2, undefined],
			[3, 'flow'],
			[4, 'products'],
			[5, 'products'],
			[6, undefined],
			[7, undefined],
		]);
	});

	it('shows its cards one after the other, and says of each variable on which one it is', () => {
		const template = parseTemplate(write([BODY, CARDS], {}));
		expect(template.lines).toEqual([BODY.Text, '$(firstOffer)', '$(secondOffer)']);
		expect(template.labels).toEqual(['Buy first', 'Buy second']);
		expect(
			Object.fromEntries(template.variables.map(({ name, where }) => [name, where])),
		).toMatchObject({
			firstImage: 'card 1: image link',
			firstOffer: 'card 1',
			firstPath: 'card 1: button 1 link',
			secondImage: 'card 2: image link',
			secondOffer: 'card 2',
			secondPath: 'card 2: button 1 link',
		});
		// The buttons of cards get no payload of their own: how that is given is not documented.
		expect(template.buttons).toEqual([]);
	});
});

describe('a template', () => {
	it('has each variable once, at its first place', () => {
		const { variables } = parseTemplate({
			Components: [
				{ Type: 'BODY', Text: '$(name) and $(name)' },
				{ Type: 'HEADER', Format: 'IMAGE', Url: '$(name)' },
			],
		} as unknown as IDataObject);
		expect(variables).toEqual([{ name: 'name', where: 'image link', example: '' }]);
	});

	it('has variables that only the example names', () => {
		expect(
			parseTemplate({ Components: [], Example: { code: '123456' } } as unknown as IDataObject)
				.variables,
		).toEqual([{ name: 'code', where: '', example: '123456' }]);
	});

	it.each(['IMAGE', 'VIDEO', 'DOCUMENT'])('says that the link is one to a file: %s', (Format) => {
		expect(
			parseTemplate({
				Components: [{ Type: 'HEADER', Format, Url: '$(link)' }],
			} as unknown as IDataObject).variables,
		).toMatchObject([{ where: `${Format.toLowerCase()} link` }]);
	});

	it.each<[string, unknown]>([
		['nothing', {}],
		['null', { Components: null, Example: null }],
		['broken JSON', { Components: '[{', Example: '{"a"' }],
		['texts in place of parts', { Components: ['a', 5, null], Example: 'x' }],
		['a list as example', { Components: [], Example: ['a'] }],
		[
			'buttons that are none',
			{
				Components: [
					{ Type: 'BUTTONS', Buttons: [null, 'x', 5] },
					{ Type: 'BUTTONS', Buttons: 'x' },
				],
			},
		],
		[
			'cards that are none',
			{ Components: [{ Type: 'CAROUSEL', Cards: [null, {}, { CardComponents: 'x' }] }] },
		],
	])('that is %s is read as far as it goes', (_what, data) => {
		expect(() => parseTemplate(data as IDataObject)).not.toThrow();
	});

	it('never fails, whatever the answer holds', () => {
		fc.assert(
			fc.property(
				fc.dictionary(
					fc.constantFrom('Components', 'components', 'Example', 'AuditStatus'),
					fc.anything(),
				),
				(data) => {
					const template = parseTemplate(data as IDataObject);
					previewTemplate(template, {});
				},
			),
		);
	});
});

describe('the preview of a template', () => {
	const template = parseTemplate({
		Components: [...PARTS, CARDS],
		Example: EXAMPLE,
	} as unknown as IDataObject);

	it('fills both ways to write a variable, in texts and buttons', () => {
		const values = {
			1: '77',
			2: 'A-77',
			name: 'Mia',
			place: 'you',
			shop: 'Ben',
			firstOffer: '15% off',
			secondOffer: '20% off',
		};
		expect(previewTemplate(template, values)).toEqual({
			text: 'Order 77\nHi Mia, your order A-77 is on its way to you.\nDemo Store\n15% off\n20% off',
			buttons: [
				'Keep',
				'Show the way',
				'Book',
				'View items',
				'View catalog',
				'Call Ben',
				'Copy',
				'Buy first',
				'Buy second',
			],
		});
	});

	it('leaves what has no value as it is written', () => {
		expect(previewTemplate(template, { name: 'Mia' }).text).toContain(
			'Hi Mia, your order {{2}} is on its way to $(place).',
		);
	});

	it('fills in each value once, whatever it holds', () => {
		expect(
			previewTemplate(template, { name: '$(place) {{2}} $& $1', place: 'B', 2: 'C' }).text,
		).toContain('Hi $(place) {{2}} $& $1, your order C is on its way to B.');
	});

	it('takes nothing that every object has for a value', () => {
		const inherited = parseTemplate({
			Components: [{ Type: 'BODY', Text: '$(constructor) $(toString) $(__proto__)' }],
		} as unknown as IDataObject);
		expect(previewTemplate(inherited, {}).text).toBe('$(constructor) $(toString) $(__proto__)');
	});
});
