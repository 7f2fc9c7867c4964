import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { MESSAGES } from '../messageTypes/innoPaasBodies';
import { MASS, TYPE as MASS_SEND } from '../support/camsMassSend';
import { MIA, NODE, TEXT, locator, runNode, type Case } from '../support/harness';
import { OFFER, submit } from '../support/innoPaasGateway';
import { mapperFields } from '../support/loadOptions';

/** What WhatsApp always refuses is told before sending, by every node and in every way to enter it. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.reset());

type Node = 'send' | 'mass' | 'viber' | 'innoPaas';

/** One place where a value can be entered, and the message that has it there. */
type Place = [name: string, node: Node, of: (value: string) => Partial<Case>];

interface Sent {
	json: IDataObject;
	outcome: unknown;
	reason: unknown;
	warnings: unknown;
	hints: string;
	/** What the sandbox has accepted. */
	messages: ReturnType<Sandbox['stats']>['messages'];
}

const TYPES: Partial<Record<Node, string>> = {
	mass: MASS_SEND,
	viber: 'n8n-nodes-chatapp.camsViberSend',
};

async function sent(node: Node, given: Partial<Case>): Promise<Sent> {
	const settings = { onError: 'continueRegularOutput' } as const;
	const { parameters = {}, items = [MIA] } = given;
	const run =
		node === 'innoPaas'
			? await submit(sandbox, { parameters, items, node: settings })
			: await runNode(sandbox, {
					parameters,
					items,
					node: { ...settings, ...(TYPES[node] && { type: TYPES[node] }) },
				});
	const [{ json }] = run.output(NODE).flat();
	return {
		json,
		outcome: json.outcome,
		reason: json.reason,
		warnings: json.warnings,
		hints: run.hints(NODE).join('\n'),
		messages: sandbox.stats().messages,
	};
}

const picked = (value: string) => locator(value, 'list');
const pairs = (values: Record<string, string>) => ({
	specifyVariables: 'pairs',
	templateVariablePairs: {
		variable: Object.entries(values).map(([name, value]) => ({ name, value })),
	},
});

/** CAMS Send: a template. */
const template = (name: string, parameters: IDataObject): Partial<Case> => ({
	parameters: {
		...TEXT,
		operation: 'sendTemplate',
		template: picked(name),
		...parameters,
	},
});

/** CAMS Send: a free-form message. */
const message = (messageType: string, parameters: IDataObject): Partial<Case> => ({
	parameters: { ...TEXT, messageType, ...parameters },
});

const rawCams = (messageTypeCode: string, content: unknown) =>
	message('raw', { messageTypeCode, contentJson: JSON.stringify(content) });

/** CAMS Mass Send: items. */
const mass = (name: string, parameters: IDataObject): Partial<Case> => ({
	parameters: { ...MASS, template: picked(name), ...parameters },
});

/** CAMS Mass Send: one entry of a list. */
const entry = (name: string, each: IDataObject): Partial<Case> => ({
	parameters: {
		...MASS,
		template: picked(name),
		recipientSource: 'listField',
		listField: 'customers',
		toField: 'phone',
		templateVariablePairs: {},
	},
	items: [{ customers: [{ phone: MIA.phone, ...each }] }],
});

/** CAMS Mass Send: the same entry as JSON. */
const jsonEntry = (name: string, each: IDataObject): Partial<Case> => ({
	parameters: {
		...entry(name, each).parameters,
		recipientSource: 'json',
		recipientsJson: JSON.stringify([{ phone: MIA.phone, ...each }]),
	},
});

/** InnoPaaS Submit: one of the documented messages, changed. */
const innoPaas = (name: keyof typeof MESSAGES, parameters: IDataObject): Partial<Case> => ({
	parameters: { ...MESSAGES[name].parameters, to: MIA.phone, ...parameters },
});

const rawInnoPaas = (interactive: unknown) =>
	innoPaas('raw interactive', { contentJson: JSON.stringify(interactive) });

const additional = (name: keyof typeof MESSAGES, body: unknown) =>
	innoPaas(name, { options: { additionalBodyFields: JSON.stringify(body) } });

const withParameters = (given: Partial<Case>, parameters: IDataObject): Partial<Case> => ({
	...given,
	parameters: { ...given.parameters, ...parameters },
});

const withOptions = (given: Partial<Case>, options: IDataObject): Partial<Case> =>
	withParameters(given, {
		options: { ...(given.parameters?.options as IDataObject | undefined), ...options },
	});

const of = (count: number) => 'x'.repeat(count);

describe('the ID of a product has at most 100 characters', () => {
	const CATALOG = '900100206/en';
	const MULTI = '900100207/en';
	const name = { name: 'Mia' };
	const section = (id: string) => ({ Title: 'New', ProductItems: [{ ProductRetailerId: id }] });
	const option = (id: string) => ({
		...pairs(name),
		options: {
			products: {
				values: { sections: { section: [{ title: 'New', productIds: `sku-1, ${id}` }] } },
			},
		},
	});
	const thumbnail = (id: string) => ({
		...pairs(name),
		options: { products: { values: { thumbnailProductId: id } } },
	});
	const inEntry = (action: unknown) =>
		({ TemplateParams: name, ProductAction: action }) as IDataObject;
	const camsProducts = (id: string) => ({
		type: 'product_list',
		header: { type: 'text', text: 'Hi' },
		body: { text: 'For you' },
		action: {
			catalog_id: '4',
			sections: [{ title: 'A', product_items: [{ product_retailer_id: id }] }],
		},
	});
	const products = (id: string) => ({
		type: 'product_list',
		header: { type: 'text', paramValue: 'Hi' },
		body: { text: 'For you' },
		action: {
			catalogId: '4',
			sections: [{ title: 'A', productItems: [{ productRetailerId: id }] }],
		},
	});

	it.each<Place>([
		[
			'a product',
			'send',
			(id) => message('interactive', { interactiveType: 'product', catalogId: '4', productId: id }),
		],
		[
			'a product list',
			'send',
			(id) =>
				message('interactive', {
					interactiveType: 'productList',
					headerText: 'Hi',
					bodyText: 'For you',
					catalogId: '4',
					productSections: { section: [{ title: 'A', productIds: `sku-1, ${id}` }] },
				}),
		],
		[
			'a product in JSON',
			'send',
			(id) =>
				rawCams('interactive', {
					type: 'product',
					action: { catalog_id: '4', product_retailer_id: id },
				}),
		],
		['a product list in JSON', 'send', (id) => rawCams('interactive', camsProducts(id))],
		['the option Products', 'send', (id) => template(MULTI, option(id))],
		['its thumbnail', 'send', (id) => template(CATALOG, thumbnail(id))],
		['the option Products', 'mass', (id) => mass(MULTI, option(id))],
		['its thumbnail', 'mass', (id) => mass(CATALOG, thumbnail(id))],
		[
			'ProductAction of an entry',
			'mass',
			(id) => entry(MULTI, inEntry({ Sections: [section('sku-1'), section(id)] })),
		],
		[
			'the thumbnail of an entry',
			'mass',
			(id) => entry(CATALOG, inEntry({ ThumbnailProductRetailerId: id })),
		],
		[
			'ProductAction of an entry in JSON',
			'mass',
			(id) => jsonEntry(MULTI, inEntry({ Sections: [section(id)] })),
		],
		['a product', 'innoPaas', (id) => innoPaas('product', { productId: id })],
		[
			'a product list',
			'innoPaas',
			(id) =>
				innoPaas('product list, flat', {
					productSections: { section: [{ title: 'A', productIds: `sku-1, ${id}` }] },
				}),
		],
		['a product list in JSON', 'innoPaas', (id) => rawInnoPaas(products(id))],
		[
			'Additional Body Fields',
			'innoPaas',
			(id) => additional('product', { interactive: { action: { productRetailerId: id } } }),
		],
	])('%s, %s', async (_place, node, withId) => {
		const refused = await sent(node, withId(of(101)));
		expect(refused.outcome).toBe('notSent');
		expect(refused.reason).toMatch(
			/Product IDs? (is|has an entry that is) too long\..* limit is 100\./,
		);
		expect(refused.messages).toEqual([]);

		const taken = await sent(node, withId(of(100)));
		expect(taken.outcome).toBe('accepted');
		expect(JSON.stringify(taken.messages)).toContain(of(100));
	});

	it('of a type that InnoPaaS does not document too', async () => {
		const carousel = (id: string) =>
			rawInnoPaas({
				type: 'carousel',
				body: { text: 'For you' },
				action: { cards: [{ action: { product_retailer_id: id, catalog_id: '4' } }] },
			});
		expect((await sent('innoPaas', carousel(of(101)))).reason).toMatch(
			/^Content \(JSON\): Product ID is too long\./,
		);
		// The sandbox knows no more types than the documents, so it refuses what reaches it.
		expect((await sent('innoPaas', carousel(of(100)))).outcome).toBe('rejected');
	});
});

describe('the body of an interactive message has at most 1,024 characters, that of a list 4,096', () => {
	const sections = { section: [{ rows: { row: [{ title: 'Monday', id: 'mon' }] } }] };
	const BODIES: Array<[string, IDataObject, number]> = [
		['button', { replyButtons: { button: [{ title: 'Keep', id: 'keep' }] } }, 1024],
		['list', { listButtonText: 'Choose', listSections: sections }, 4096],
		['product', { catalogId: '4', productId: 'sku-1' }, 1024],
		[
			'productList',
			{
				headerType: 'text',
				headerText: 'Hi',
				catalogId: '4',
				productSections: { section: [{ title: 'A', productIds: 'sku-1' }] },
			},
			1024,
		],
		['ctaUrl', { buttonLabel: 'Open', buttonUrl: 'https://example.com' }, 1024],
		['flow', { flowId: '5', flowReference: 'v', buttonLabel: 'Open', flowScreen: 'WELCOME' }, 1024],
	];

	it.each(BODIES)('CAMS Send: %s', async (interactiveType, values, max) => {
		const withBody = (count: number) =>
			message('interactive', { interactiveType, ...values, bodyText: of(count) });
		expect((await sent('send', withBody(max))).outcome).toBe('accepted');
		const { outcome, reason } = await sent('send', withBody(max + 1));
		expect([outcome, reason]).toEqual([
			'notSent',
			expect.stringContaining('Body Text is too long'),
		]);
	});

	it.each(BODIES.slice(0, 4))('InnoPaaS Submit warns: %s', async (interactiveType, values, max) => {
		const withBody = (count: number) => ({
			parameters: {
				...OFFER,
				operation: 'sendMessage',
				messageType: 'interactive',
				interactiveType,
				...values,
				bodyText: of(count),
			},
		});
		expect((await sent('innoPaas', withBody(max))).hints).not.toContain('Body Text');
		const { outcome, hints } = await sent('innoPaas', withBody(max + 1));
		expect(outcome).toBe('accepted');
		expect(hints).toContain('messages with more than');
	});
});

describe('a file is a link', () => {
	const KINDS = ['image', 'video', 'document'];
	const button = (header: unknown) => ({
		type: 'button',
		header,
		body: { text: 'Keep?' },
		action: { buttons: [{ type: 'reply', reply: { id: 'k', title: 'Keep' } }] },
	});
	const nested = (kind: string, link: string) => ({ type: kind, [kind]: { link } });

	const PLACES = KINDS.flatMap((kind): Place[] => [
		[
			`a header that is a ${kind}`,
			'send',
			(link) =>
				message('interactive', {
					interactiveType: 'button',
					headerType: kind,
					headerLink: link,
					bodyText: 'Keep?',
					replyButtons: { button: [{ title: 'Keep', id: 'k' }] },
				}),
		],
		[
			`a header in JSON that is a ${kind}`,
			'send',
			(link) => rawCams('interactive', button(nested(kind, link))),
		],
		[
			`a header that is a ${kind}`,
			'innoPaas',
			(link) => innoPaas('buttons, flat', { headerType: kind, headerLink: link }),
		],
		[
			`a header in JSON that is a ${kind}`,
			'innoPaas',
			(link) => rawInnoPaas(button(nested(kind, link))),
		],
		[
			`a flat header in JSON that is a ${kind}`,
			'innoPaas',
			(link) => rawInnoPaas(button({ type: kind, link })),
		],
		[
			`the header of a template that is a ${kind}`,
			'innoPaas',
			(link) => ({
				parameters: { ...OFFER, headerType: kind, headerLink: link },
			}),
		],
		[
			`the header of a template in JSON that is a ${kind}`,
			'innoPaas',
			(link) => ({
				parameters: {
					...OFFER,
					specifyVariables: 'json',
					templateVariablesJson: JSON.stringify({ header: { type: kind, link } }),
				},
			}),
		],
		[
			`the header of a template in more of the body that is a ${kind}`,
			'innoPaas',
			(link) => ({
				parameters: {
					...OFFER,
					options: { additionalBodyFields: JSON.stringify({ header: { type: kind, link } }) },
				},
			}),
		],
	]);

	it.each(PLACES)('%s, %s', async (_place, node, withLink) => {
		for (const link of [
			'shoe.jpg',
			'not a link',
			'ftp://example.com/a.jpg',
			'data:image/png;base64,AA',
		]) {
			const { outcome, reason, messages } = await sent(node, withLink(link));
			expect([outcome, reason]).toEqual([
				'notSent',
				expect.stringMatching(/Header Link is not a link\. Got "/),
			]);
			expect(messages).toEqual([]);
		}
	});

	it('a link in JSON into the own network is sent with a warning', async () => {
		const { outcome, hints } = await sent(
			'send',
			rawCams('interactive', button(nested('image', 'http://localhost/a.jpg'))),
		);
		expect(outcome).toBe('accepted');
		expect(hints).toContain(
			'Content (JSON): Header Link cannot be reached from the internet: "http://localhost/a.jpg" only works on your own network.',
		);
	});
});

describe('a variable of a template holds no line break, tab or gap', () => {
	const LETTER = 'Mia\n1 Market Street\t#02-03     Singapore';
	const CLEAN = 'Mia 1 Market Street #02-03 Singapore';
	const NAME = 'Template variable "name"';
	const ORDER = '900100200/en_US';
	const filled = { name: LETTER, order: 'A-77' };
	const mapped = (values: Record<string, string>, ids = Object.keys(values)) => ({
		specifyVariables: 'fields',
		templateVariables: {
			mappingMode: 'defineBelow',
			value: values,
			schema: ids.map((id) => ({ id })),
		},
	});
	const sameName = { specifyVariables: 'sameName' };
	const inJson = { specifyVariables: 'json', templateVariablesJson: JSON.stringify(filled) };
	const ofItem = (given: Partial<Case>): Partial<Case> => ({
		...given,
		items: [{ ...MIA, ...filled }],
	});
	const offer = (parameters: IDataObject): Partial<Case> => ({
		parameters: { ...OFFER, ...parameters },
	});
	const offered = { header: { type: 'image', link: 'https://example.com/a.jpg' } };
	const VISIT = {
		template: picked('visit_reminder/en_US'),
		headerType: 'text',
		headerText: 'Monday',
		bodyValues: { value: [{ text: 'Mia' }, { text: '9:30' }] },
		buttonValues: {},
	};
	const jsonOffer = (parts: IDataObject) =>
		offer({
			specifyVariables: 'json',
			templateVariablesJson: JSON.stringify({
				...offered,
				bodyParams: ['Mia', '15%'],
				buttonParams: ['spring'],
				...parts,
			}),
		});

	const PLACES: Array<[string, Node, Partial<Case>, string]> = [
		['pairs', 'send', template(ORDER, pairs(filled)), NAME],
		['fields of the template', 'send', template(ORDER, mapped(filled)), NAME],
		['JSON', 'send', template(ORDER, inJson), NAME],
		['fields of the item', 'send', ofItem(template(ORDER, sameName)), NAME],
		['pairs', 'mass', mass(ORDER, pairs(filled)), NAME],
		['fields of the template', 'mass', mass(ORDER, mapped(filled)), NAME],
		['JSON', 'mass', mass(ORDER, inJson), NAME],
		['fields of the item', 'mass', ofItem(mass(ORDER, sameName)), NAME],
		['TemplateParams of an entry', 'mass', entry(ORDER, { TemplateParams: filled }), NAME],
		['TemplateParams of JSON', 'mass', jsonEntry(ORDER, { TemplateParams: filled }), NAME],
		[
			'fields of an entry',
			'mass',
			withParameters(entry(ORDER, filled), pairs({ name: '', order: '' })),
			NAME,
		],
		[
			'an object of an entry',
			'mass',
			withParameters(entry(ORDER, { params: filled }), {
				specifyVariables: 'object',
				objectField: 'params',
			}),
			NAME,
		],
		[
			'fields of the same name of an entry',
			'mass',
			withParameters(entry(ORDER, filled), sameName),
			NAME,
		],
		[
			'a body value',
			'innoPaas',
			offer({ bodyValues: { value: [{ text: LETTER }, { text: '15%' }] } }),
			'Body Value 1',
		],
		[
			'a button value',
			'innoPaas',
			offer({ buttonValues: { value: [{ text: LETTER }] } }),
			'Button Value 1',
		],
		['a header', 'innoPaas', offer({ ...VISIT, headerText: LETTER }), 'Header Text'],
		[
			'fields of the template',
			'innoPaas',
			offer({
				...VISIT,
				...mapped({ 'Header Text': 'Monday', 1: 'Mia', 2: LETTER }),
			}),
			'Body Value 2',
		],
		[
			'a body value in JSON',
			'innoPaas',
			jsonOffer({ bodyParams: ['Mia', LETTER] }),
			'Body Value 2',
		],
		[
			'a button value in JSON',
			'innoPaas',
			jsonOffer({ buttonParams: [{ value: LETTER }] }),
			'Button Value 1',
		],
		[
			'more of the body',
			'innoPaas',
			offer({ options: { additionalBodyFields: JSON.stringify({ bodyParams: [LETTER, '15%'] }) } }),
			'Body Value 1',
		],
	];

	it.each(PLACES)('%s, %s', async (_place, node, given, label) => {
		const told = `${label} has a line break, a tab or more than four spaces in a row, which WhatsApp rejects. Turn on Clean Template Variables under Options.`;
		const { outcome, hints, messages } = await sent(node, given);
		expect([outcome, hints.includes(told)]).toEqual(['accepted', true]);
		expect(JSON.stringify(messages)).toContain(JSON.stringify(LETTER).slice(1, -1));

		const only = await sent(node, withOptions(given, { validateOnly: true }));
		expect([only.outcome, only.warnings]).toEqual(['validated', expect.arrayContaining([told])]);

		sandbox.reset();
		const clean = await sent(node, withOptions(given, { cleanVariables: true }));
		expect([clean.outcome, clean.hints.includes('WhatsApp rejects')]).toEqual(['accepted', false]);
		expect(JSON.stringify(clean.messages)).toContain(CLEAN);
		expect(JSON.stringify(clean.messages)).not.toContain('#02-03     Singapore');
	});

	it('is told once for a whole list, and cleaned for each recipient', async () => {
		const customers = Array.from({ length: 50 }, (_, index) => ({
			phone: `65912345${String(index).padStart(2, '0')}`,
			name: `Mia\n${index}`,
			order: `A ${index}`,
		}));
		const parameters = {
			...withParameters(entry(ORDER, {}), pairs({ name: '', order: '' })).parameters,
		};
		const { hints } = await sent('mass', { parameters, items: [{ customers }] });
		expect(hints.match(/has a line break/g)).toHaveLength(1);
		sandbox.reset();
		const { messages } = await sent('mass', {
			...withOptions({ parameters }, { cleanVariables: true }),
			items: [{ customers }],
		});
		expect(messages.map(({ text }) => text.split(',')[0])).toEqual(
			customers.map((_, index) => `Hi Mia ${index}`),
		);
	});

	it('is of no interest on Viber', async () => {
		const given = template('900100300/en', {
			channelType: 'viber',
			from: locator('20001'),
			label: 'promotion',
			...pairs({ couponCode: LETTER }),
			// Left from the time when the channel was WhatsApp.
			options: { cleanVariables: true },
		});
		const { outcome, hints, messages } = await sent('send', given);
		expect([outcome, hints]).toEqual(['accepted', '']);
		expect(messages[0].templateParams).toEqual({ couponCode: LETTER });
	});
});

describe('the file of a template is a link', () => {
	const ARRIVAL = '900100204/en';
	const arrival = (imageLink: string) => ({ imageLink, product: 'a hat' });
	const CARDS = '900100208/en';
	const cards = (secondImage: string) => ({
		name: 'Mia',
		firstImage: 'https://example.com/hat.jpg',
		firstOffer: 'Hats',
		firstPath: 'hats',
		secondImage,
		secondOffer: 'Bags',
		secondPath: 'bags',
	});
	const WEEKEND = '900100301/en';
	const viber = (imageLink: string) => ({
		channelType: 'viber',
		from: locator('20001'),
		label: 'promotion',
		...pairs({ imageLink, name: 'Mia', path: 'weekend' }),
	});
	const PLACES: Place[] = [
		['a header', 'send', (link) => template(ARRIVAL, pairs(arrival(link)))],
		['a card', 'send', (link) => template(CARDS, pairs(cards(link)))],
		['a header on Viber', 'send', (link) => template(WEEKEND, viber(link))],
		['a header', 'viber', (link) => template(WEEKEND, viber(link))],
		['a header', 'mass', (link) => mass(ARRIVAL, pairs(arrival(link)))],
		['a card', 'mass', (link) => mass(CARDS, pairs(cards(link)))],
		['a header on Viber', 'mass', (link) => mass(WEEKEND, viber(link))],
		['a header of an entry', 'mass', (link) => entry(ARRIVAL, { TemplateParams: arrival(link) })],
		['a header of JSON', 'mass', (link) => jsonEntry(ARRIVAL, { TemplateParams: arrival(link) })],
	];

	it.each(PLACES)('%s, %s', async (_place, node, withLink) => {
		for (const link of ['shoe.jpg', 'not a link', 'ftp://example.com/a.jpg', 'https://']) {
			const { outcome, reason, messages } = await sent(node, withLink(link));
			expect([outcome, reason, messages]).toEqual([
				'notSent',
				expect.stringMatching(/^Template variable "(imageLink|secondImage)" is not a link\. Got "/),
				[],
			]);
		}
		const here = await sent(node, withLink('http://localhost/a.jpg'));
		expect([here.outcome, here.hints]).toEqual([
			'accepted',
			expect.stringMatching(/" cannot be reached from the internet: "http:..localhost/),
		]);
		const there = await sent(node, withLink('https://example.com/a.jpg'));
		expect([there.outcome, there.hints.includes('internet')]).toEqual(['accepted', false]);
	});
});

describe('a template whose button needs an action', () => {
	const FLOW = '900100205/en';
	const MULTI = '900100207/en';
	const CATALOG = '900100206/en';
	const name = { name: 'Mia' };
	const told = (button: string, what: string) =>
		`The button "${button}" of the template ${what}, but the message does not say which, so WhatsApp may reject it.`;
	const ACTIONS: Array<[string, string, IDataObject, IDataObject]> = [
		[
			FLOW,
			told('Book a visit', 'opens a flow'),
			{ flow: { values: { flowReference: 'visit-77' } } },
			{ FlowAction: { FlowToken: 'visit-77' } },
		],
		[
			MULTI,
			told('View items', 'shows products'),
			{
				products: {
					values: { sections: { section: [{ title: 'New', productIds: 'sku-1' }] } },
				},
			},
			{
				ProductAction: {
					Sections: [{ Title: 'New', ProductItems: [{ ProductRetailerId: 'sku-1' }] }],
				},
			},
		],
		[
			CATALOG,
			told('View catalog', 'shows products'),
			{ products: { values: { thumbnailProductId: 'sku-1' } } },
			{ ProductAction: { ThumbnailProductRetailerId: 'sku-1' } },
		],
	];

	it.each(
		ACTIONS.flatMap(([code, warning, option, action]) => [
			[
				'send',
				code,
				warning,
				template(code, pairs(name)),
				template(code, { ...pairs(name), options: option }),
			] as const,
			[
				'mass',
				code,
				warning,
				mass(code, pairs(name)),
				mass(code, { ...pairs(name), options: option }),
			] as const,
			[
				'mass',
				code,
				warning,
				entry(code, { TemplateParams: name }),
				entry(code, { TemplateParams: name, ...action }),
			] as const,
		]),
	)('warns without it: %s, %s', async (node, code, warning, without, withIt) => {
		const { outcome, hints } = await sent(node, without);
		// It is sent all the same; the sandbox does without the action of a catalog alone.
		expect([outcome, hints.includes(warning)]).toEqual([
			code === CATALOG ? 'accepted' : 'rejected',
			true,
		]);
		const only = await sent(node, withOptions(without, { validateOnly: true }));
		expect(only.warnings).toEqual([expect.stringContaining(warning)]);
		const right = await sent(node, withIt);
		expect([right.outcome, right.hints.includes('may reject')]).toEqual(['accepted', false]);
	});
});

describe('a template is found by its name', () => {
	const byName = (name: string, language = 'en_US') => ({
		template: locator(name, 'name'),
		language: locator(language, 'code'),
	});
	const filled = pairs({ name: 'Mia', order: 'A-77' });
	const NODES: Array<['send' | 'mass', (parameters: IDataObject) => Partial<Case>]> = [
		['send', (parameters) => template('', parameters)],
		['mass', (parameters) => mass('', parameters)],
		[
			'mass',
			(parameters) =>
				withParameters(entry('', { name: 'Mia', order: 'A-77' }), {
					templateVariablePairs: filled.templateVariablePairs,
					...parameters,
					specifyVariables: 'sameName',
				}),
		],
	];

	it.each(NODES)('%s', async (node, of) => {
		const { outcome, json, messages } = await sent(
			node,
			of({ ...filled, ...byName('order_update') }),
		);
		expect([outcome, json.templateName, json.templateCode, json.language]).toEqual([
			'accepted',
			'order_update',
			undefined,
			'en_US',
		]);
		expect(messages).toMatchObject([
			{ templateCode: '900100200', text: expect.stringContaining('Hi Mia, your order A-77') },
		]);
		expect((await sent(node, of({ ...filled, ...byName('order_update/en_US') }))).outcome).toBe(
			'accepted',
		);
	});

	it.each(NODES)('is looked up as by its code: %s', async (node, of) => {
		const { outcome, reason } = await sent(
			node,
			of({ ...filled, ...byName('order_update', 'fr') }),
		);
		expect([outcome, reason]).toEqual([
			'notSent',
			expect.stringMatching(/^The template does not exist in fr\. It exists in en_US and zh_CN\./),
		]);
		expect((await sent(node, of({ ...filled, ...byName('order_updates') }))).reason).toMatch(
			/^The template does not exist in this language\./,
		);
		expect((await sent(node, of({ ...filled, ...byName('summer_sale') }))).reason).toMatch(
			/^The template is not approved yet\./,
		);
	});

	it('has a field for each of its variables in the editor', async () => {
		const { fields } = await mapperFields(sandbox.url, {
			name: 'camsSend',
			parameters: {
				operation: 'sendTemplate',
				channelType: 'whatsapp',
				specifyVariables: 'fields',
				...byName('order_update'),
			},
		});
		expect(fields.map(({ id }) => id)).toEqual([
			'Template Text',
			'Template Text 2',
			'name',
			'order',
		]);
	});

	it('from CAMS Viber Send', async () => {
		const { outcome, json } = await sent(
			'viber',
			template('', {
				channelType: 'viber',
				from: locator('20001'),
				...pairs({ couponCode: 'SPRING15' }),
				...byName('spring_offer', 'en'),
			}),
		);
		expect([outcome, json.templateName]).toEqual(['accepted', 'spring_offer']);
	});
});

describe('an interactive type that InnoPaaS does not document', () => {
	const LOCATION = { type: 'location_request_message', body: { text: 'Where are you?' } };
	const told = /InnoPaaS does not document interactive messages of type "location_request_message"/;

	it.each<[string, Partial<Case>]>([
		['Raw JSON', rawInnoPaas({ ...LOCATION, action: { name: 'send_location' } })],
		['more of the body', additional('buttons, flat', { interactive: LOCATION })],
	])('is sent as written, with a warning: %s', async (_where, given) => {
		const { outcome, hints } = await sent('innoPaas', given);
		// It reached the sandbox, which knows no more types than the documents.
		expect(outcome).toBe('rejected');
		expect(hints).toMatch(told);
	});

	it('has a preview', async () => {
		const run = await submit(sandbox, {
			...rawInnoPaas(LOCATION),
			parameters: { ...rawInnoPaas(LOCATION).parameters, options: { validateOnly: true } },
		});
		expect(run.items(NODE)).toMatchObject([
			{
				outcome: 'validated',
				preview: 'Where are you?',
				warnings: [expect.anything(), expect.stringMatching(told)],
			},
		]);
	});
});
