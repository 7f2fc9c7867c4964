import type { IDataObject } from 'n8n-workflow';

import { MMLITE_PATH } from '../../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';
import { MESSAGES, TEMPLATES } from '../../messageTypes/innoPaasBodies';
import { errorTitle, NODE, locator } from '../../support/harness';
import {
	OFFER,
	TEXT,
	callsOf,
	people,
	person,
	submit,
	type SubmitCase,
} from '../../support/innoPaasGateway';
import { outputs } from '../../support/massRun';
import { pattern } from '../../support/pattern';

/** The rules of msg/submit, each broken by one: what is hard is refused before sending, what is soft warns and is sent. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

const FAST = { maxRequestsPerSecond: 100 };
const of = (count: number, character = 'a') => character.repeat(count);
const times = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, index) => make(index));
const LINK = 'https://example.com/a.bin';

const from = (
	name: keyof typeof MESSAGES,
	values: IDataObject = {},
	options: IDataObject = {},
): SubmitCase => {
	const example = MESSAGES[name];
	return {
		parameters: { ...example.parameters, ...values },
		options: { ...example.options, ...options },
	};
};
const offer = (values: IDataObject = {}, options: IDataObject = {}): SubmitCase => ({
	parameters: { ...OFFER, ...values },
	options,
});
const more = (name: keyof typeof MESSAGES, additional: IDataObject): SubmitCase =>
	from(name, {}, { additionalBodyFields: JSON.stringify(additional) });
const raw = (interactive: unknown, options: IDataObject = {}): SubmitCase =>
	from('raw interactive', { contentJson: JSON.stringify(interactive) }, options);
const variables = (json: unknown): SubmitCase =>
	offer({ specifyVariables: 'json', templateVariablesJson: JSON.stringify(json) });

const button = (title: string, id = title) => ({ title, id });
const buttons = (all: IDataObject[]) => from('buttons, flat', { replyButtons: { button: all } });
const sections = (...rows: number[]) => ({
	section: rows.map((count, section) => ({
		title: `S${section}`,
		rows: { row: times(count, (index) => ({ title: `R${index}`, id: `${section}-${index}` })) },
	})),
});
const list = (values: IDataObject) => from('list, flat', values);
const oneRow = (row: IDataObject) =>
	list({
		listSections: { section: [{ title: 'S', rows: { row: [{ title: 'R', id: '1', ...row }] } }] },
	});
const products = (...counts: number[]) => ({
	section: counts.map((count, section) => ({
		title: `S${section}`,
		productIds: times(count, (index) => `sku-${section}-${index}`).join(),
	})),
});
const contact = (values: IDataObject) =>
	from('contacts', {
		contacts: { contact: [{ formattedName: 'Ana Lim', firstName: 'Ana', ...values }] },
	});

const REPLY = { type: 'reply', id: 'k', title: 'Keep' };
const NESTED_REPLY = { type: 'reply', reply: { id: 'k', title: 'Keep' } };
const asked = { type: 'button', body: { text: 'Keep?' } };
const PRODUCT = { type: 'product', action: { catalogId: '9', productRetailerId: 'SKU-1' } };
const PRODUCTS = {
	type: 'product_list',
	body: { text: 'For you' },
	action: {
		catalogId: '9',
		sections: [{ title: 'A', productItems: [{ productRetailerId: 'SKU-1' }] }],
	},
};
const LIST = {
	type: 'list',
	body: { text: 'Pick' },
	action: { button: 'Slots', sections: [{ title: 'A', rows: [{ id: '1', title: 'R' }] }] },
};

/** What is broken, and what the user reads of it. */
const HARD: Array<[string, SubmitCase, string]> = [
	['no WABA ID', { credential: { wabaId: '' } }, 'WABA ID is empty'],
	['a Task ID of 33 characters', { options: { taskId: of(33) } }, 'Task ID is too long'],
	['a Task ID of 33 emoji', { options: { taskId: of(33, '👋') } }, 'Task ID is too long'],
	['no sending number', { parameters: { from: locator('={{ "" }}') } }, 'From is empty'],
	[
		'two sending numbers',
		{ parameters: { from: locator('6580001111,6580002222') } },
		'From is not a number',
	],
	[
		'letters in the sending number',
		{ parameters: { from: locator('Shop') } },
		'From is not a number',
	],
	['no recipient', { parameters: { to: '={{ [] }}' } }, 'To is empty'],
	['nothing but commas', { parameters: { to: '={{ " , ，\\n" }}' } }, 'To is empty'],
	[
		'a message type that there is not',
		{ parameters: { messageType: '={{ "reaction" }}' } },
		'This channel has no such message type',
	],
	['a text of nothing', { parameters: { text: '={{ "" }}' } }, 'Text is empty'],

	[
		'a template without a name',
		offer({ template: '={{ "" }}', language: locator('en', 'code') }),
		'Template is empty',
	],
	[
		'a template without a language',
		offer({ template: locator('spring_offer_v1', 'name'), language: '={{ "" }}' }),
		'Language is empty',
	],
	[
		"a template's header without its link",
		offer({ headerLink: '={{ "" }}' }),
		'Header Link is empty',
	],
	[
		"a template's header whose link is none",
		offer({ headerLink: 'a.jpg' }),
		'Header Link is not a link',
	],
	[
		"a template's text header without its text",
		offer({ headerType: 'text', headerText: '={{ "" }}' }),
		'Header Text is empty',
	],
	[
		'an empty body value',
		offer({ bodyValues: { value: [{ text: 'Mia' }, { text: '={{ "" }}' }] } }),
		'Body Value 2: Value is empty',
	],
	[
		'an empty button value',
		offer({ buttonValues: { value: [{ text: '={{ "" }}' }] } }),
		'Button Value 1: Link Ending or Code is empty',
	],
	[
		'JSON with a header of no known type',
		variables({ header: { type: 'IMAGE', link: LINK } }),
		'Template Variables (JSON): Header has an unknown value',
	],
	[
		'JSON with a header without a type',
		variables({ header: { link: LINK } }),
		'Template Variables (JSON): Header has no type',
	],
	[
		'JSON with a header that is a text',
		variables({ header: 'Look' }),
		'Template Variables (JSON): Header has no type',
	],
	[
		'JSON with a header without its link',
		variables({ header: { type: 'image' } }),
		'Template Variables (JSON): Header Link is empty',
	],
	[
		'JSON with a caption on a text header',
		variables({ header: { type: 'text', paramValue: 'Mia', caption: 'Look' } }),
		'Template Variables (JSON): Header Caption cannot be sent with this type',
	],
	[
		'JSON with a variable in the header of an image',
		variables({ header: { type: 'image', link: LINK, paramValue: 'Mia' } }),
		'Template Variables (JSON): Header Text cannot be sent with this type',
	],
	[
		'JSON with an empty body value',
		variables(['Mia', '']),
		'Template Variables (JSON): Body Value 2: Value is empty',
	],
	[
		'JSON with a body value that is an object',
		variables({ bodyParams: [{ type: 'text', value: 'Mia' }] }),
		'Template Variables (JSON): Body Value 1 is not a text',
	],
	[
		'JSON with body values that are no list',
		variables({ bodyParams: 'Mia' }),
		'Template Variables (JSON): bodyParams is not a list',
	],
	[
		'JSON with a button value of nothing',
		variables({ buttonParams: [{ type: 'text' }] }),
		'Template Variables (JSON): Button Value 1: Link Ending or Code is empty',
	],
	[
		'JSON that breaks off',
		offer({ specifyVariables: 'json', templateVariablesJson: '["Mia"' }),
		'Template Variables (JSON) is not valid JSON',
	],
	[
		'JSON that is a text',
		variables('Mia'),
		'Template Variables (JSON) is neither an object nor a list',
	],
	[
		'a field of the template left empty',
		{
			parameters: {
				...OFFER,
				...TEMPLATES['marketing, by its fields'].parameters,
				templateVariables: { value: { 1: 'Mia', 2: '={{ $json.nothing }}' } },
			},
		},
		'Template variable "2" is empty',
	],
	[
		'JSON with a button value of an empty type',
		variables({ buttonParams: [{ type: '', value: 'x' }] }),
		'Template Variables (JSON): Button Value 1: type is not text',
	],
	[
		'MMLite without a path',
		offer({ operation: 'sendMmLite', mmLitePath: '={{ "" }}' }),
		'MMLite Path is empty',
	],

	['no link', from('image', { mediaLink: '={{ "" }}' }), 'Media Link is empty'],
	[
		'a link that is none',
		from('video', { mediaLink: 'ftp://example.com/a.mp4' }),
		'Media Link is not a link',
	],
	[
		'an audio with a caption',
		more('audio', { media: { caption: 'Listen' } }),
		'Additional Body Fields (JSON): Caption cannot be sent with this type',
	],
	[
		'a sticker with a caption',
		more('sticker', { media: { caption: 'Hi' } }),
		'Additional Body Fields (JSON): Caption cannot be sent with this type',
	],
	[
		'a sticker with a file name',
		more('sticker', { media: { filename: 'a.webp' } }),
		'Additional Body Fields (JSON): File Name cannot be sent with this type',
	],
	[
		'a document without its file name',
		from('document', { fileName: '={{ "" }}' }),
		'File Name is empty',
	],
	[
		'a document that loses its file name',
		more('document', { media: { filename: '' } }),
		'Additional Body Fields (JSON): File Name is empty',
	],

	['latitude 91', from('location', { latitude: 91 }), 'Latitude is out of range'],
	['latitude -90.1', from('location', { latitude: '-90.1' }), 'Latitude is out of range'],
	['longitude -181', from('location', { longitude: -181 }), 'Longitude is out of range'],
	['no longitude', from('location', { longitude: '={{ "" }}' }), 'Longitude is empty'],
	['a latitude in words', from('location', { latitude: 'north' }), 'Latitude is out of range'],
	[
		'latitude 91 in more of the body',
		more('location', { location: { latitude: '91' } }),
		'Additional Body Fields (JSON): Latitude is out of range',
	],

	['no contact', from('contacts', { contacts: '={{ {} }}' }), 'Contacts is empty'],
	[
		'a contact without its whole name',
		from('contacts', {
			contacts: {
				contact: [
					{ formattedName: 'Ana', firstName: 'Ana' },
					{ formattedName: '={{ "" }}', firstName: 'Ana' },
				],
			},
		}),
		'Contact 2: Formatted Name is empty',
	],
	[
		'a phone without its number',
		contact({
			phones: {
				phone: [
					{ phone: '1', type: 'HOME' },
					{ phone: '={{ "" }}', type: 'WORK' },
				],
			},
		}),
		'Contact 1: Phone 2: Phone is empty',
	],
	[
		'raw contacts that are no list',
		from('raw contacts', { contentJson: '{"name": {}}' }),
		'Content (JSON): Contacts is not a list',
	],
	[
		'an empty list of raw contacts',
		from('raw contacts', { contentJson: '[]' }),
		'Content (JSON): Contacts is empty',
	],
	[
		'a raw contact without its whole name',
		from('raw contacts', { contentJson: '[{"name": {"firstName": "Ana"}}]' }),
		'Content (JSON): Contact 1: Formatted Name is empty',
	],
	[
		"a raw contact with Meta's names",
		from('raw contacts', { contentJson: '[{"name": {"formatted_name": "Ana"}}]' }),
		'Content (JSON): Contact 1: Formatted Name is empty',
	],
	[
		'a raw contact that is a text',
		from('raw contacts', { contentJson: '["Ana"]' }),
		'Content (JSON): Contact 1 is not an object',
	],

	[
		'buttons without a body',
		from('buttons, flat', { bodyText: '={{ "" }}' }),
		'Body Text is empty',
	],
	['no button', buttons([]), 'Reply Buttons is empty'],
	[
		'a button title of 21 characters',
		buttons([button('Yes'), button(of(21), 'n')]),
		'Button 2: Title is too long',
	],
	[
		'a button title of 21 emoji',
		buttons([button(of(21, '👍'), 'n')]),
		'Button 1: Title is too long',
	],
	[
		'two equal titles',
		buttons([button('Keep', '1'), button('Keep', '2')]),
		'Reply Buttons has the same Title twice',
	],
	[
		'a button without a title',
		buttons([{ title: '={{ "" }}', id: '1' }]),
		'Button 1: Title is empty',
	],
	[
		'a button without an ID',
		buttons([{ title: 'Keep', id: '={{ "" }}' }]),
		'Button 1: ID is empty',
	],
	['a button ID of 257 characters', buttons([button('Keep', of(257))]), 'Button 1: ID is too long'],
	[
		'two equal button IDs',
		buttons([button('Yes', '1'), button('No', '1')]),
		'Reply Buttons has the same ID twice',
	],
	[
		'a header without its link',
		from('buttons below an image, flat', { headerLink: '={{ "" }}' }),
		'Header Link is empty',
	],
	[
		'a text header without its text',
		from('buttons, flat', { headerType: 'text', headerText: '={{ "" }}' }),
		'Header Text is empty',
	],
	[
		'a raw button of another type',
		raw({ ...asked, action: { buttons: [{ ...REPLY, type: 'url' }] } }),
		'Content (JSON): Button 1: type is not reply',
	],
	['raw buttons without an action', raw(asked), 'Content (JSON): Reply Buttons is empty'],
	[
		'a raw title of 21 characters',
		raw({ ...asked, action: { buttons: [{ ...REPLY, title: of(21) }] } }),
		'Content (JSON): Button 1: Title is too long',
	],
	[
		'a raw nested title of 21 characters',
		raw({ ...asked, action: { buttons: [{ type: 'reply', reply: { id: 'k', title: of(21) } }] } }),
		'Content (JSON): Button 1: Title is too long',
	],
	[
		'two equal raw titles',
		raw({ ...asked, action: { buttons: [REPLY, { ...REPLY, id: 'l' }] } }),
		'Content (JSON): Reply Buttons has the same Title twice',
	],
	[
		'a raw caption on a text header',
		raw({
			...asked,
			header: { type: 'text', paramValue: 'Hi', caption: 'Look' },
			action: { buttons: [REPLY] },
		}),
		'Content (JSON): Header Caption cannot be sent with this type',
	],
	[
		'a raw header without a type',
		raw({ ...asked, header: { link: LINK }, action: { buttons: [REPLY] } }),
		'Content (JSON): Header has no type',
	],
	[
		'a raw header that is a text',
		raw({ ...asked, header: 'Look', action: { buttons: [REPLY] } }),
		'Content (JSON): Header has no type',
	],
	[
		'an interactive message without a type',
		raw({ ...asked, type: ' ' }),
		'Content (JSON): the interactive message has no type',
	],
	['raw JSON that is a list', raw([asked]), 'Content (JSON): the interactive message has no type'],

	['a list without a body', list({ bodyText: '={{ "" }}' }), 'Body Text is empty'],
	['a list without its button', list({ listButtonText: '={{ "" }}' }), 'List Button Text is empty'],
	['a list without sections', list({ listSections: {} }), 'Sections is empty'],
	[
		'a section without rows',
		list({ listSections: { section: [{ title: 'A', rows: {} }] } }),
		'Section 1: Rows is empty',
	],
	['11 rows', list({ listSections: sections(11) }), 'Section 1: Rows has too many entries'],
	[
		'11 raw rows',
		raw({
			...LIST,
			action: {
				button: 'Slots',
				sections: [{ rows: times(11, (index) => ({ id: `${index}`, title: 'R' })) }],
			},
		}),
		'Content (JSON): Section 1: Rows has too many entries',
	],
	[
		'two sections of which one has no title',
		list({
			listSections: {
				section: sections(1, 1).section.map((section, index) => ({
					...section,
					title: index === 1 ? '' : 'A',
				})),
			},
		}),
		'Sections has an entry without Title',
	],
	[
		'a section title of 25 characters',
		list({ listSections: { section: [{ ...sections(1).section[0], title: of(25) }] } }),
		'Section 1: Title is too long',
	],
	['a row without a title', oneRow({ title: '={{ "" }}' }), 'Section 1: Row 1: Title is empty'],
	[
		'a row title of 25 characters',
		oneRow({ title: of(25) }),
		'Section 1: Row 1: Title is too long',
	],
	['a row without an ID', oneRow({ id: '={{ "" }}' }), 'Section 1: Row 1: ID is empty'],
	['a row ID of 201 characters', oneRow({ id: of(201) }), 'Section 1: Row 1: ID is too long'],
	[
		'the same row ID in two sections',
		list({
			listSections: {
				section: [
					{ title: 'A', rows: { row: [button('R', '1')] } },
					{ title: 'B', rows: { row: [button('S', '1')] } },
				],
			},
		}),
		'Sections has the same ID twice',
	],

	[
		'a product with a header',
		raw({ ...PRODUCT, header: { type: 'text', paramValue: 'Hi' } }),
		'Content (JSON): Header cannot be sent with this type',
	],
	[
		'a product with a header in more of the body',
		more('product', { interactive: { header: { type: 'text', paramValue: 'Hi' } } }),
		'Additional Body Fields (JSON): Header cannot be sent with this type',
	],
	[
		'a message type that there is not, in more of the body',
		more('text', { messageType: 'reaction' }),
		'Additional Body Fields (JSON): messageType is not known',
	],
	[
		'MMLite that is no template',
		offer(
			{ operation: 'sendMmLite', mmLitePath: MMLITE_PATH },
			{ additionalBodyFields: '{"messageType": "text", "body": "Hi"}' },
		),
		'Additional Body Fields (JSON): messageType is not template',
	],
	[
		'a template that loses its name',
		offer({}, { additionalBodyFields: '{"templateName": ""}' }),
		'Additional Body Fields (JSON): templateName is empty',
	],
	[
		'a template that loses its language',
		offer({}, { additionalBodyFields: '{"language": null}' }),
		'Additional Body Fields (JSON): language is empty',
	],
	[
		'a group of templates of nothing',
		offer(
			{ template: '={{ "" }}', language: locator('en', 'code') },
			{ additionalBodyFields: '{"templateGroupId": ""}' },
		),
		'Template is empty',
	],
	[
		'a product without its catalog',
		from('product', { catalogId: '={{ "" }}' }),
		'Catalog ID is empty',
	],
	['a product without its ID', from('product', { productId: '={{ "" }}' }), 'Product ID is empty'],
	[
		'a product ID of 101 characters',
		from('product', { productId: of(101) }),
		'Product ID is too long',
	],

	['products without a header', raw(PRODUCTS), 'Content (JSON): Header is empty'],
	[
		'products without a body',
		from('product list, flat', { bodyText: '={{ "" }}' }),
		'Body Text is empty',
	],
	[
		'products without a catalog',
		from('product list, flat', { catalogId: '={{ "" }}' }),
		'Catalog ID is empty',
	],
	[
		'products without sections',
		from('product list, flat', { productSections: {} }),
		'Sections is empty',
	],
	[
		'31 products',
		from('product list, flat', { productSections: products(31) }),
		'Sections has too many Product IDs',
	],
	[
		'31 products over two sections',
		from('product list, flat', { productSections: products(15, 16) }),
		'Sections has too many Product IDs',
	],
	[
		'a section without products',
		from('product list, flat', {
			productSections: { section: [{ title: 'A', productIds: '={{ "," }}' }] },
		}),
		'Section 1: Product IDs is empty',
	],
	[
		'two sections of products of which one has no title',
		from('product list, flat', {
			productSections: {
				section: products(1, 1).section.map((section, index) => ({
					...section,
					title: index === 0 ? '' : 'B',
				})),
			},
		}),
		'Sections has an entry without Title',
	],
	[
		'a product ID of 101 characters in a list',
		from('product list, flat', {
			productSections: { section: [{ title: 'A', productIds: `sku-1, ${of(101)}` }] },
		}),
		'Section 1: Product IDs has an entry that is too long',
	],
	[
		'raw products with the older key',
		raw({
			...PRODUCTS,
			header: { type: 'text', paramValue: 'Hi' },
			action: { catalogId: '9', sections: [{ product_items: [{ productRetailerId: 'SKU-1' }] }] },
		}),
		'Content (JSON): Section 1: Product IDs is empty',
	],
];

it.each(HARD)(
	'refuses %s, with item and field, and sends nothing',
	async (_what, broken, title) => {
		const run = await submit(sandbox, { ...broken, items: [person(0)] });
		expect(errorTitle(run)).toBe(`${title} [item 0]`);
		expect(run.error?.description).toMatch(/^Nothing has been sent\. \S.*\.$/s);
		expect(`${errorTitle(run)} ${run.error?.description}`).not.toMatch(
			/\b(error|problem|failure|mistake)\b/i,
		);
		expect(sandbox.stats().calls.received).toBe(0);

		const going = await submit(sandbox, {
			...broken,
			items: people(2),
			node: { onError: 'continueRegularOutput' },
		});
		expect(outputs(going)[0]).toEqual([]);
		expect(outputs(going)[1]).toMatchObject(
			[0, 1].map(() => ({
				outcome: 'notSent',
				reason: expect.stringMatching(new RegExp(`^${title.replace(/[()[\]."]/g, '\\$&')}\\. `)),
			})),
		);
		expect(sandbox.stats().calls.received).toBe(0);
	},
);

/** As much as is taken, so that each rule is known to begin where it says. */
const AT_THE_LIMIT: Array<[string, SubmitCase]> = [
	['a Task ID of 32 emoji', { options: { taskId: of(32, '👋') } }],
	['a button title of 20 characters', buttons([button(of(20), '1')])],
	['a button title of 20 emoji', buttons([button(of(20, '👍'), '1')])],
	['a button ID of 256 characters', buttons([button('Keep', of(256))])],
	['three buttons', buttons(['1', '2', '3'].map((each) => button(each)))],
	['10 rows', list({ listSections: sections(10) })],
	[
		'one section without a title',
		list({ listSections: { section: [{ ...sections(1).section[0], title: '' }] } }),
	],
	[
		'a section title of 24 characters',
		list({ listSections: { section: [{ ...sections(1).section[0], title: of(24) }] } }),
	],
	[
		'a row title of 24 and an ID of 200 characters',
		oneRow({ title: of(24), id: of(200), description: of(72) }),
	],
	[
		'30 products over two sections',
		from('product list, flat', { productSections: products(14, 16) }),
	],
	['a product ID of 100 characters', from('product', { productId: of(100) })],
	['latitude 90 and longitude -180', from('location', { latitude: 90, longitude: -180 })],
	[
		'a tiny longitude, which computers write with an exponent',
		from('location', { longitude: 0.0000001 }),
	],
	['zero degrees', from('location', { latitude: 0, longitude: '103.8' })],
	[
		'a raw product list with its header',
		raw({ ...PRODUCTS, header: { type: 'text', paramValue: 'Hi' } }),
	],
	[
		'a raw nested header',
		raw({ ...asked, header: { type: 'text', text: 'Hi' }, action: { buttons: [NESTED_REPLY] } }),
	],
	[
		'another type of button value in JSON',
		variables({
			header: { type: 'image', link: LINK },
			bodyParams: ['Mia', '15%'],
			buttonParams: [{ type: 'payload', value: 'x' }],
		}),
	],
	[
		'raw nested buttons below a flat header',
		raw({ ...asked, header: { type: 'image', link: LINK }, action: { buttons: [NESTED_REPLY] } }),
	],
	[
		'a button value in JSON without its type',
		variables({
			header: { type: 'image', link: LINK },
			bodyParams: ['Mia', '15%'],
			buttonParams: [{ value: 'x' }],
		}),
	],
	[
		'raw JSON in the other style than the chosen one',
		raw(
			{ ...asked, header: { type: 'text', paramValue: 'Hi' }, action: { buttons: [REPLY] } },
			{ interactiveStyle: 'nested' },
		),
	],
	[
		"a caption on a template's image",
		variables({
			header: { type: 'image', link: LINK, caption: 'Look' },
			bodyParams: ['Mia', '15%'],
			buttonParams: ['x'],
		}),
	],
];

it.each(AT_THE_LIMIT)('takes %s without a warning', async (_what, { options, ...rest }) => {
	const run = await submit(sandbox, {
		...rest,
		options: { ...options, ...FAST },
		items: [person(0)],
	});
	expect(run.error).toBeUndefined();
	expect(run.hints(NODE)).toEqual(['1 accepted. In 1 request.']);
});

const BUTTONS_BY = (values: IDataObject) => from('buttons, flat', values);

/** What may not arrive as it is meant, and what the user is told of it. */
const SOFT: Array<[string, SubmitCase, RegExp | RegExp[]]> = [
	[
		'a text of 4,097 characters',
		{ parameters: { text: of(4097) } },
		/^Text has 4,097 characters; messages with more than 4,096 may not be delivered\.$/,
	],
	[
		'a caption of 1,025 characters',
		from('image', { caption: of(1025) }),
		/^Caption has 1,025 characters; messages with more than 1,024 may not be delivered\.$/,
	],
	[
		'a link into the own network',
		from('image', { mediaLink: 'http://192.168.0.1/a.jpg' }),
		pattern(
			/^Media Link cannot be reached from the internet: /,
			/"http:\/\/192\.168\.0\.1\/a\.jpg" only works on your own network\. Use a public address\.$/,
		),
	],
	[
		"a header's link into the own network",
		from('buttons below an image, flat', { headerLink: 'http://localhost/a.jpg' }),
		/^Header Link cannot be reached from the internet: .*Use a public address\.$/,
	],
	[
		'a language that is not listed',
		{
			...offer({ template: locator('a_group', 'name'), language: locator('tlh', 'code') }),
			options: { additionalBodyFields: '{"templateGroupId": "77"}' },
		},
		/^Language "tlh" is not in InnoPaaS' list\.$/,
	],
	[
		'four buttons',
		buttons(['1', '2', '3', '4'].map((each) => button(each))),
		/^Reply Buttons has 4 entries; messages with more than 3 may not be delivered\.$/,
	],
	[
		'a header text of 61 characters',
		BUTTONS_BY({ headerType: 'text', headerText: of(61) }),
		/^Header Text has 61 characters; messages with more than 60 may not be delivered\.$/,
	],
	[
		'a header caption of 1,025 characters',
		from('buttons below an image, flat', { headerCaption: of(1025) }),
		/^Header Caption has 1,025 characters; messages with more than 1,024 may not be delivered\.$/,
	],
	[
		'a footer of 61 characters',
		BUTTONS_BY({ footerText: of(61) }),
		/^Footer Text has 61 characters; messages with more than 60 may not be delivered\.$/,
	],
	[
		'a body of 1,025 characters',
		BUTTONS_BY({ bodyText: of(1025) }),
		/^Body Text has 1,025 characters; messages with more than 1,024 may not be delivered\.$/,
	],
	[
		'a body of a list of 4,097 characters',
		list({ bodyText: of(4097) }),
		/^Body Text has 4,097 characters; messages with more than 4,096 may not be delivered\.$/,
	],
	[
		'a list button of 21 characters',
		list({ listButtonText: of(21) }),
		/^List Button Text has 21 characters; messages with more than 20 may not be delivered\.$/,
	],
	[
		'a row description of 73 characters',
		oneRow({ description: of(73) }),
		/^Section 1: Row 1: Description has 73 characters; messages with more than 72 may not be delivered\.$/,
	],
	[
		'11 rows over two sections',
		list({ listSections: sections(5, 6) }),
		/^Sections: there are 11 rows in total; WhatsApp allows 10\.$/,
	],
	[
		'11 sections',
		list({ listSections: sections(...times(11, () => 1)) }),
		[
			/^Sections has 11 entries; messages with more than 10 may not be delivered\.$/,
			/^Sections: there are 11 rows in total/,
		],
	],
	[
		'a picture above a list',
		list({ headerType: 'image', headerLink: LINK }),
		/^Header: WhatsApp supports only text headers for this type of message\.$/,
	],
	[
		'a picture above products',
		from('product list, flat', { headerType: 'image', headerLink: LINK }),
		/^Header: WhatsApp supports only text headers for this type of message\.$/,
	],
	[
		'a location without a name',
		from('location', { locationName: '' }),
		/^An older page of InnoPaaS also requires Location Name and Address\.$/,
	],
	[
		'a location without an address',
		from('location', { address: '' }),
		/^An older page of InnoPaaS also requires Location Name and Address\.$/,
	],
	[
		'a contact without a part of the name',
		contact({ firstName: '' }),
		/^Contact 1: WhatsApp requires at least one part of the name/,
	],
	[
		'a company without department',
		contact({ company: 'Demo' }),
		/^Contact 1: .* requires Department and Job Title/,
	],
	[
		'a birthday that is no day',
		contact({ birthday: '30.02.1990' }),
		/^Contact 1: Birthday is not in the format YYYY-MM-DD/,
	],
	[
		'a page without its address',
		contact({ urls: { url: [{ url: '', type: 'HOME' }] } }),
		/^Contact 1: .* requires a URL in each entry/,
	],
	[
		'raw JSON with four buttons',
		raw({
			...asked,
			action: { buttons: ['1', '2', '3', '4'].map((each) => ({ type: 'reply', ...button(each) })) },
		}),
		/^Content \(JSON\): Reply Buttons has 4 entries; messages with more than 3 may not be delivered\.$/,
	],
	[
		'more of the body that makes a caption too long',
		more('image', { media: { caption: of(1025) } }),
		/^Additional Body Fields \(JSON\): Caption has 1,025 characters; messages with more than 1,024 may not be delivered\.$/,
	],
];

it.each(SOFT)('warns of %s, and sends it', async (_what, { options, ...rest }, warning) => {
	const warnings = [warning].flat();
	const run = await submit(sandbox, {
		...rest,
		options: { ...options, ...FAST },
		items: [person(0)],
	});
	expect(run.error).toBeUndefined();
	expect(sandbox.stats().recipients.accepted).toBe(1);
	const [summary, told, ...others] = run.hints(NODE);
	expect([summary, others]).toEqual(['1 accepted. In 1 request.', []]);
	// One after the other, and nothing else.
	const inARow = warnings.map(({ source }) => source.replace(/^\^|\$$/g, '')).join(' ');
	expect(told).toMatch(new RegExp(`^${inARow}`));
	expect(run.run.data.resultData.runData[NODE][0].hints?.[1]).toMatchObject({
		type: 'warning',
		location: 'outputPane',
	});

	const only = await submit(sandbox, {
		...rest,
		options: { ...options, validateOnly: true },
		items: [person(0)],
	});
	expect(only.hints(NODE)[1]).toBe(told);
	const [{ outcome, messageType, warnings: shown }] = only.items(NODE);
	expect([outcome, shown]).toEqual([
		'validated',
		[
			...(messageType === undefined ? [] : [expect.stringContaining('24 hours')]),
			...warnings.map((each) => expect.stringMatching(each)),
		],
	]);
	expect(sandbox.stats().recipients.accepted).toBe(1);
});

it('warns of a template name that no template can have, which the API then refuses', async () => {
	for (const name of ['Spring Offer', 'größe', of(513)]) {
		const run = await submit(sandbox, {
			...offer({ template: locator(name, 'name'), language: locator('en', 'code') }),
			items: [person(0)],
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.hints(NODE)[1]).toMatch(
			/^Template ".*" has other characters than the small letters, digits and underscores that names have\.$/,
		);
		expect(outputs(run)[1]).toMatchObject([{ outcome: 'rejected', code: '143' }]);
	}
});

it('previews raw JSON in whichever style it is written, and what more of the body changes', async () => {
	for (const buttons of [[REPLY], [NESTED_REPLY]]) {
		const run = await submit(sandbox, {
			...raw({ ...asked, action: { buttons } }, { validateOnly: true }),
			items: [person(0)],
		});
		expect(run.items(NODE)).toMatchObject([{ preview: 'Keep?', buttons: ['Keep'] }]);
	}
	const run = await submit(sandbox, {
		...from(
			'image',
			{},
			{ additionalBodyFields: { media: { caption: 'Last word' } }, validateOnly: true },
		),
		items: [person(0)],
	});
	expect(run.items(NODE)).toMatchObject([{ preview: 'Last word' }]);
});

it('tells three warnings, and how many more there are', async () => {
	const items = times(5, (index) => ({ ...person(index), caption: of(1025 + index) }));
	const run = await submit(sandbox, {
		...from('image', { caption: '={{ $json.caption }}' }),
		options: FAST,
		items,
	});
	expect(run.hints(NODE)[1]).toMatch(
		/^(Caption has 1,0\d\d characters; messages with more than 1,024 may not be delivered\. ){3}And 2 more\.$/,
	);
});

it('sends 1,001 numbers in two calls', async () => {
	const run = await submit(sandbox, { options: FAST, items: people(1001) });
	expect(run.error).toBeUndefined();
	expect(callsOf(sandbox)).toBe(2);
	expect(sandbox.stats().recipients).toEqual({ accepted: 1001, unique: 1001, duplicate: 0 });
});

describe('where the call goes', () => {
	it.each([
		['a full address', 'https://evil.example/collect'],
		['an address without a scheme', '//evil.example/collect'],
		['one by a back slash', '/\\evil.example/collect'],
		['two back slashes', '\\\\evil.example'],
		['a path without its slash', 'api/mmlite'],
		['a blank within', '/api/mm lite'],
		['a line end', '/api\r\nHost: evil.example'],
		['nothing but a slash', '/'],
	])('MMLite Path is refused: %s', async (_what, mmLitePath) => {
		for (const path of [mmLitePath, '={{ $json.path }}']) {
			const run = await submit(sandbox, {
				...offer({ operation: 'sendMmLite', mmLitePath: path }),
				items: [{ ...person(0), path: mmLitePath }],
			});
			expect(errorTitle(run)).toBe('MMLite Path is not a path [item 0]');
		}
		expect(sandbox.stats().calls.received).toBe(0);
	});

	it('MMLite Path that is not there is told, with both places to look', async () => {
		const run = await submit(sandbox, {
			...offer({ operation: 'sendMmLite', mmLitePath: '/api/whatsapp/v3/mmlite/nowhere' }),
			items: [person(0)],
		});
		expect(errorTitle(run)).toBe('This address does not exist at InnoPaaS [item 0]');
		expect(run.error?.description).toMatch(
			/Check Base URL in the credential, and MMLite Path if the node has one\..*\(Code HTTP 404\)$/,
		);
	});

	it('a template that is not for marketing is refused by MMLite', async () => {
		const run = await submit(sandbox, {
			parameters: {
				...TEXT,
				...TEMPLATES['text in the header, in order'].parameters,
				operation: 'sendMmLite',
				mmLitePath: MMLITE_PATH,
			},
			items: [person(0)],
		});
		expect(run.error?.description).toContain('(Code 112)');
	});

	it('the path is nothing to the other operations', async () => {
		await submit(sandbox, {
			parameters: { mmLitePath: '//evil.example' },
			options: FAST,
			items: [person(0)],
		});
		expect(sandbox.stats().calls.byOperation).toEqual({ InnoPaaSSubmit: 1 });
	});
});

describe('Additional Body Fields (JSON)', () => {
	it.each([
		['recipientNumber', 'To'],
		['sendNumber', 'From (Sender Number)'],
		['uid', 'the option Task ID'],
		['wabaId', 'the option WABA ID'],
		['RecipientNumber', 'To'],
		[' uid ', 'the option Task ID'],
	])('cannot set %s', async (name, where) => {
		const run = await submit(sandbox, {
			options: { additionalBodyFields: JSON.stringify({ [name]: '6580009999' }) },
			items: [person(0)],
		});
		expect(errorTitle(run)).toBe(`Additional Body Fields (JSON) cannot set ${name} [item 0]`);
		expect(run.error?.description).toContain(`Use ${where} for it.`);
		expect(sandbox.stats().calls.received).toBe(0);
	});

	it.each([
		['is not valid JSON', '{"a": '],
		['is not an object', '[1]'],
		['is not an object', '"text"'],
	])('%s: %s', async (title, additionalBodyFields) => {
		const run = await submit(sandbox, { options: { additionalBodyFields }, items: [person(0)] });
		expect(errorTitle(run)).toBe(`Additional Body Fields (JSON) ${title} [item 0]`);
		expect(sandbox.stats().calls.received).toBe(0);
	});

	it('can hold anything without doing harm', async () => {
		const additionalBodyFields = `{
				"__proto__": {"polluted": true},
				"media": {"__proto__": {"polluted": true}},
				"constructor": {"prototype": {"polluted": true}},
				"toString": null,
				"a": {"b": [1, {"c": null}]}
			}`;
		const run = await submit(sandbox, {
			...from('image'),
			options: { additionalBodyFields, ...FAST },
			items: [person(0)],
		});
		expect(outputs(run)[0]).toMatchObject([{ outcome: 'accepted' }]);
		expect(({} as IDataObject).polluted).toBeUndefined();
		expect(sandbox.stats().messages[0].body).toMatchObject({
			a: { b: [1, { c: null }] },
			messageType: 'image',
		});
	});

	it('of an item that differs goes in a call of its own', async () => {
		const run = await submit(sandbox, {
			options: { additionalBodyFields: '={{ { n: $json.n } }}', ...FAST },
			items: people(4).map((each, index) => ({ ...each, n: index % 2 })),
		});
		expect(outputs(run)[0].map(({ chunk }) => chunk)).toEqual([1, 2, 1, 2]);
	});
});
