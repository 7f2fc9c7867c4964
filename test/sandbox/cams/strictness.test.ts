import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';
import { call } from '../../support/camsClient';

/**
 * Sends that the documents of CAMS forbid, and samples that they show. Each names its document, whose short names are
 * those of docs/reference/cams-api.md.
 */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox(0, { limits: { SendChatappMassMessage: 10_000 } });
});
beforeEach(() => {
	sandbox.reset();
	sandbox.configure({ contentInForm: DEFAULT_SETTINGS.contentInForm });
});
afterAll(() => sandbox.close());

const SINGLE = 'SendChatappMessage';
const MASS = 'SendChatappMassMessage';

type Fields = Record<string, unknown>;

const SENDERS: Record<string, Fields> = {
	whatsapp: { ChannelType: 'whatsapp', From: '6580001111' },
	viber: { ChannelType: 'viber', From: '20001', Label: 'promotion' },
};
const TEMPLATE = (code: string, language: string): Fields => ({
	TemplateCode: code,
	Language: language,
});

/** The same recipient by a single send, and as one of a mass send. */
async function codesOf(
	channelType: string,
	template: Fields,
	{ To = '6591234567', ...own }: Fields,
): Promise<unknown[]> {
	const common = { ...SENDERS[channelType], ...template };
	const text = Object.fromEntries(
		Object.entries(own).map(([name, value]) => [
			name,
			typeof value === 'string' ? value : JSON.stringify(value),
		]),
	);
	const single = await call(sandbox, SINGLE, { ...common, Type: 'template', To, ...text });
	const mass = await call(sandbox, MASS, {
		...common,
		SenderList: JSON.stringify([{ To, ...own }]),
	});
	return [single.Code, mass.Code];
}

const OPENING_HOURS = TEMPLATE('900100201', 'en');
const ORDER = TEMPLATE('900100200', 'en_US');
const ORDER_PARAMS = { name: 'Mia', order: 'A-77' };
const SPRING = TEMPLATE('900100300', 'en');

const NOT_A_NUMBER = 'InvalidParameter.ToOnlyNumeric';
const WRONG_PARAMS = 'TemplateParamInvalid';

describe('To, which is a phone number with its country code (Send page; ITU-T E.164)', () => {
	it.each([
		['starts with a zero', '06591234567', NOT_A_NUMBER],
		['starts with two zeros', '006591234567', NOT_A_NUMBER],
		['has 16 digits', '6591234567890123', NOT_A_NUMBER],
		['has 20 digits', '65912345678901234567', NOT_A_NUMBER],
		['has 4 digits', '6591', NOT_A_NUMBER],
		['has a plus sign', '+6591234567', NOT_A_NUMBER],
		['has digits of another script', '６５９１２３４５６７', NOT_A_NUMBER],
		['has a line end', '6591234567\n', NOT_A_NUMBER],
		['has 15 digits', '659123456789012', 'OK'],
		['has 5 digits', '65912', 'OK'],
	])('%s', async (_what, To, code) => {
		expect(await codesOf('whatsapp', OPENING_HOURS, { To })).toEqual([code, code]);
		expect(await codesOf('viber', SPRING, { To, TemplateParams: { couponCode: 'A' } })).toEqual([
			code,
			code,
		]);
	});

	it.each([
		['US.13491208655302741918', 'OK'],
		['US.ENT.11815799212886844830', 'OK'],
		['us.13491208655302741918', NOT_A_NUMBER],
		['US.', NOT_A_NUMBER],
		['US13491208655302741918', NOT_A_NUMBER],
	])('is on WhatsApp a user ID as well, as receipts have it: %s', async (To, code) => {
		expect(await codesOf('whatsapp', OPENING_HOURS, { To })).toEqual([code, code]);
		expect(await codesOf('viber', SPRING, { To, TemplateParams: { couponCode: 'A' } })).toEqual([
			NOT_A_NUMBER,
			NOT_A_NUMBER,
		]);
	});
});

describe('TemplateParams, whose keys are variables of the template (Send page)', () => {
	it.each<[string, string, Fields, Fields]>([
		['one too many', 'whatsapp', ORDER, { ...ORDER_PARAMS, more: 'x' }],
		['one in another letter case', 'whatsapp', ORDER, { ...ORDER_PARAMS, Order: 'A-77' }],
		['one with a blank', 'whatsapp', ORDER, { ...ORDER_PARAMS, 'order ': 'A-77' }],
		['an empty one too many', 'whatsapp', ORDER, { ...ORDER_PARAMS, more: '' }],
		['one for a template without any', 'whatsapp', OPENING_HOURS, { name: 'Mia' }],
		['a name that every object has', 'whatsapp', OPENING_HOURS, { constructor: 'x' }],
		['one too many on Viber', 'viber', SPRING, { couponCode: 'A', name: 'Mia' }],
	])('have %s', async (_what, channelType, template, TemplateParams) => {
		expect(await codesOf(channelType, template, { TemplateParams })).toEqual([
			WRONG_PARAMS,
			WRONG_PARAMS,
		]);
	});
});

const FLOW = TEMPLATE('900100205', 'en');
const PRODUCTS = TEMPLATE('900100207', 'en');
const CATALOG = TEMPLATE('900100206', 'en');
const sections = (...ids: string[]) => [
	{ Title: 'New', ProductItems: ids.map((id) => ({ ProductRetailerId: id })) },
];

describe('the action of a button (Send page; Meta, flow and multi-product templates)', () => {
	it.each<[string, Fields, Fields, string]>([
		['a flow without one', FLOW, {}, 'InvalidParameter'],
		['a flow with an empty one', FLOW, { FlowAction: {} }, 'OK'],
		[
			"a flow with products' one",
			FLOW,
			{ ProductAction: { Sections: sections('1') } },
			'InvalidParameter',
		],
		['products without one', PRODUCTS, {}, 'InvalidParameter'],
		['products with an empty one', PRODUCTS, { ProductAction: {} }, 'InvalidParameter'],
		[
			'products with a thumbnail alone',
			PRODUCTS,
			{ ProductAction: { ThumbnailProductRetailerId: '1' } },
			'InvalidParameter',
		],
		[
			'products with an empty section',
			PRODUCTS,
			{ ProductAction: { Sections: sections() } },
			'InvalidParameter',
		],
		['products with one product', PRODUCTS, { ProductAction: { Sections: sections('1') } }, 'OK'],
		['a catalog without one', CATALOG, {}, 'OK'],
	])('%s', async (_what, template, own, code) => {
		expect(
			await codesOf('whatsapp', template, { TemplateParams: { name: 'Mia' }, ...own }),
		).toEqual([code, code]);
	});
});

const TEXT: Fields = {
	...SENDERS.whatsapp,
	Type: 'message',
	MessageType: 'text',
	To: '6591234567',
	Content: '{"text":"Hello"}',
};
const message = (MessageType: string, content: unknown): Fields => ({
	...TEXT,
	MessageType,
	Content: JSON.stringify(content),
});
const listOf = (...sectionsOfIds: string[][]) =>
	message('interactive', {
		type: 'list',
		body: { text: 'When?' },
		action: {
			button: 'Choose',
			sections: sectionsOfIds.map((ids, index) => ({
				title: `Part ${index}`,
				rows: ids.map((id) => ({ id, title: 'A day' })),
			})),
		},
	});
const buttonsOf = (...ids: string[]) =>
	message('interactive', {
		type: 'button',
		body: { text: 'Keep?' },
		action: {
			buttons: ids.map((id, index) => ({ type: 'reply', reply: { id, title: `Button ${index}` } })),
		},
	});
const CONTENT_ERROR = 'InvalidParameter.ContentError';

describe('a single send', () => {
	it.each<[string, Fields, string]>([
		['two rows with one id (Meta, interactive list messages)', listOf(['a', 'a']), CONTENT_ERROR],
		['one id in two sections (the same)', listOf(['a'], ['b', 'a']), CONTENT_ERROR],
		['rows that differ', listOf(['a'], ['b', 'A']), 'OK'],
		['two buttons with one id (Meta, reply buttons)', buttonsOf('a', 'a'), CONTENT_ERROR],
		[
			'a text with a caption (Send page)',
			message('text', { text: 'Hi', caption: 'no' }),
			CONTENT_ERROR,
		],
		[
			'a pin for one person (SDK 5.3.0)',
			message('pin', { messageId: '1' }),
			'InvalidParameter.MessageTypeNotSupport',
		],
		['a pin for a group', { ...message('pin', { messageId: '1' }), RecipientType: 'group' }, 'OK'],
		[
			'a Category without invitation (SDK 5.3.0)',
			{ ...TEXT, Category: 'UTILITY' },
			'InvalidParameter',
		],
	])('of %s', async (_what, fields, code) => {
		expect((await call(sandbox, SINGLE, fields)).Code).toBe(code);
	});
});

describe('a mass send, which has no such parameter (Mass page)', () => {
	const form = {
		...SENDERS.whatsapp,
		...OPENING_HOURS,
		SenderList: JSON.stringify([{ To: '6591234567' }]),
	};

	it.each([
		['Type', 'template'],
		['MessageType', 'text'],
		['Content', '{"text":"Hello"}'],
		['ContextMessageId', '1'],
		['TrackingData', 'a'],
		['To', '6591234567'],
		['TemplateParams', '{}'],
		['Payload', '[]'],
		['ProductAction', '{}'],
		['FlowAction', '{}'],
		['RecipientType', 'individual'],
	])('%s', async (name, value) => {
		expect((await call(sandbox, MASS, { ...form, [name]: value })).Code).toBe('InvalidParameter');
		expect((await call(sandbox, MASS, { ...form, [name]: '' })).Code).toBe('OK');
	});

	it('ContextMessageId of a recipient', async () => {
		const SenderList = JSON.stringify([{ To: '6591234567', ContextMessageId: '1' }]);
		expect((await call(sandbox, MASS, { ...form, SenderList })).Code).toBe('InvalidParameter');
	});
});

describe('what the documents show passes:', () => {
	it.each<[string, string, Fields]>([
		[
			'the content of the Viber page',
			SINGLE,
			{
				...SENDERS.viber,
				Type: 'message',
				MessageType: 'text',
				To: '861390000111',
				Content: '{"text": "hello whatsapp", "link": "", "caption": "", "fileName": "" }',
				FallBackId: 'S_000001',
				FallBackContent: 'This is a fallback message.',
				TrackingData: 'tracking_id:123456',
				Ttl: '50',
				Tag: 'tag',
				TaskId: '100000001',
				FallBackDuration: '120',
				FallBackRule: 'undelivered',
			},
		],
		[
			'the content of SDK 1.4.2 for WhatsApp',
			SINGLE,
			{
				...TEXT,
				Content: '{"text": "hello whatsapp", "link": "", "caption": "", "fileName": "" }',
			},
		],
		[
			'an empty FallBackRule, which is the default (Send page, Mass page)',
			SINGLE,
			{ ...TEXT, FallBackRule: '' },
		],
		[
			'an empty FallBackDuration, for which only failures count (Send page)',
			SINGLE,
			{ ...TEXT, FallBackDuration: '' },
		],
		[
			'the optional parameters of the Mass page',
			MASS,
			{
				...SENDERS.viber,
				...SPRING,
				SenderList: '[{"To":"861386666111","TemplateParams":{"couponCode":"value1"}}]',
				Ttl: '46',
				Label: 'promotion',
				Tag: 'Tag',
				TaskId: '10000111',
				FallBackId: 'S0111',
				FallBackContent: 'Fallback SMS',
				FallBackDuration: '120',
				FallBackRule: 'undelivered',
			},
		],
		[
			'a payload for each of two quick reply buttons (Usage notes on the Payload parameter)',
			SINGLE,
			{
				...SENDERS.whatsapp,
				...TEMPLATE('900100203', 'en_US'),
				Type: 'template',
				To: '6591234567',
				TemplateParams: '{"day":"Monday","name":"Mia","time":"9:30","visitId":"77"}',
				Payload: '["payload1","payload2"]',
			},
		],
		[
			'the buttons of the Agent skill',
			SINGLE,
			message('interactive', {
				type: 'button',
				body: { text: 'Keep?' },
				action: { buttons: [{ type: 'reply', reply: { id: 'b1', title: 'OK' } }] },
			}),
		],
	])('%s', async (_what, operation, fields) => {
		expect((await call(sandbox, operation, fields)).Code).toBe('OK');
	});
});

describe('Content and Payload in a form, where the SDKs of CAMS never put them', () => {
	it('are read, or not, as the settings say', async () => {
		expect((await call(sandbox, SINGLE, TEXT)).Code).toBe('OK');
		sandbox.configure({ contentInForm: 'ignored' });
		expect((await call(sandbox, SINGLE, TEXT)).Code).toBe('InvalidParameter.ContentNotEmpty');
	});
});
