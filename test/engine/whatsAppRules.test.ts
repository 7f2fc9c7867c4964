import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { MESSAGES } from '../messageTypes/innoPaasBodies';
import { MASS, TYPE as MASS_SEND } from '../support/camsMassSend';
import { MIA, NODE, TEXT, locator, runNode, type Case } from '../support/harness';
import { OFFER, submit } from '../support/innoPaasGateway';

/** What WhatsApp always refuses is told before sending, by every node and in every way to enter it. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.reset());

/** One place where a value can be entered, and the message that has it there. */
type Place = [
	name: string,
	node: 'send' | 'mass' | 'innoPaas',
	of: (value: string) => Partial<Case>,
];

interface Sent {
	outcome: unknown;
	reason: unknown;
	hints: string;
	/** What the sandbox has accepted. */
	messages: ReturnType<Sandbox['stats']>['messages'];
}

async function sent(node: Place[1], given: Partial<Case>): Promise<Sent> {
	const settings = { onError: 'continueRegularOutput' } as const;
	const { parameters = {}, items = [MIA] } = given;
	const run =
		node === 'innoPaas'
			? await submit(sandbox, { parameters, items, node: settings })
			: await runNode(sandbox, {
					parameters,
					items,
					node: { ...settings, ...(node === 'mass' && { type: MASS_SEND }) },
				});
	const [{ json }] = run.output(NODE).flat();
	return {
		outcome: json.outcome,
		reason: json.reason,
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
