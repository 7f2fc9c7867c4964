import type { AcceptedMessage } from '../../../sandbox/acceptedMessage';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { call } from '../../support/camsClient';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox(0, { limits: { SendChatappMassMessage: 10_000 } });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const SINGLE = 'SendChatappMessage';
const MASS = 'SendChatappMassMessage';

const WHATSAPP = { ChannelType: 'whatsapp', From: '6580001111', To: '6591234567' };
const VIBER = { ChannelType: 'viber', From: '20001', To: '6591234567', Label: 'promotion' };
const TEXT = { Type: 'message', MessageType: 'text', Content: '{"text":"Hello"}' };
const template = (TemplateCode: string, Language: string, params: object = {}) => ({
	Type: 'template',
	TemplateCode,
	Language,
	TemplateParams: JSON.stringify(params),
});
const OPENING_HOURS = template('900100201', 'en');

const codeOf = async (operation: string, form: object) =>
	(await call(sandbox, operation, form)).Code;

/** Makes a call and returns the message that the sandbox accepted. */
async function send(form: object, operation = SINGLE): Promise<AcceptedMessage> {
	expect(await codeOf(operation, form)).toBe('OK');
	return sandbox.stats().messages[0];
}

const CARDS = {
	name: 'Mia',
	firstImage: 'https://example.com/1.jpg',
	firstOffer: 'Hats: 15% off',
	firstPath: 'hats',
	secondImage: 'https://example.com/2.jpg',
	secondOffer: 'Bags: 20% off',
	secondPath: 'bags',
};

/** Each template with its variables, rendered text and buttons. */
const TEMPLATES: Array<[string, string, string, Record<string, string>, string, string[]]> = [
	[
		'order_update',
		'900100200',
		'en_US',
		{ name: 'Mia', order: 'A-77' },
		'Hi Mia, your order A-77 is on its way.\nSandbox Store',
		[],
	],
	['opening_hours', '900100201', 'en', {}, 'We are open every day from 9 to 18.', []],
	[
		'visit_reminder',
		'900100203',
		'en_US',
		{ day: 'Monday', name: 'Mia', time: '9:30', visitId: '77' },
		'Your visit on Monday\nHi Mia, we see you at 9:30.\nSandbox Store',
		['Keep', 'Cancel', 'Show the way'],
	],
	[
		'new_arrival',
		'900100204',
		'en',
		{ imageLink: 'https://example.com/new.jpg', product: 'a hat' },
		'New in: a hat.',
		[],
	],
	[
		'book_a_visit',
		'900100205',
		'en',
		{ name: 'Mia' },
		'Hi Mia, when does it suit you?',
		['Book a visit'],
	],
	[
		'our_catalog',
		'900100206',
		'en',
		{ name: 'Mia' },
		'Hi Mia, this is all we have.',
		['View catalog'],
	],
	[
		'picked_for_you',
		'900100207',
		'en',
		{ name: 'Mia' },
		'Picked for you\nHi Mia, these go well with your last order.',
		['View items'],
	],
	[
		'weekend_cards',
		'900100208',
		'en',
		CARDS,
		'Hi Mia, only this weekend:\nHats: 15% off\nBags: 20% off',
		['Buy', 'Tell me more', 'Buy', 'Tell me more'],
	],
	[
		'numbered',
		'900100210',
		'en',
		{ 1: 'A-77', 2: '1 Market Street' },
		'Order A-77 is ready at 1 Market Street.',
		[],
	],
	[
		'delivery_photo',
		'900100211',
		'en_US',
		{ linkVariable: 'https://example.com/door.jpg', place: 'the front door' },
		'Your parcel is at the front door.\nSandbox Store',
		['Call us', 'Open the site'],
	],
	[
		'weekend_picture',
		'900100301',
		'en',
		{ imageLink: 'https://example.com/hat.jpg', name: 'Mia', path: 'weekend' },
		'Hi Mia, only this weekend.',
		['Shop now'],
	],
];
/** What the buttons of a template need. */
const ACTIONS: Record<string, object> = {
	book_a_visit: { FlowAction: {} },
	picked_for_you: {
		ProductAction: { Sections: [{ ProductItems: [{ ProductRetailerId: 'sku-1' }] }] },
	},
};
const asTexts = (fields: object = {}) =>
	Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
const channelOf = (code: string) => (code.startsWith('9001003') ? VIBER : WHATSAPP);

describe('the template', () => {
	it.each(TEMPLATES)(
		'%s is read, variables filled in, with its buttons',
		async (name, code, language, params, text, buttons) => {
			expect(
				await send({
					...channelOf(code),
					...template(code, language, params),
					...asTexts(ACTIONS[name]),
				}),
			).toMatchObject({ templateParams: params, text, buttons });
		},
	);

	it.each(TEMPLATES)(
		'%s is read the same in a mass send',
		async (name, TemplateCode, Language, TemplateParams, text, buttons) => {
			const { To, ...sender } = channelOf(TemplateCode);
			const form = {
				...sender,
				TemplateCode,
				Language,
				SenderList: JSON.stringify([{ To, TemplateParams, ...ACTIONS[name] }]),
			};
			expect(await send(form, MASS)).toMatchObject({ text, buttons });
		},
	);

	const variables = TEMPLATES.flatMap(([name, code, language, params]) =>
		Object.keys(params).map((variable) => [name, variable, code, language, params] as const),
	);
	it.each(variables)(
		'%s is refused without %s, wherever that stands',
		async (_name, variable, code, language, params) => {
			for (const value of [undefined, '']) {
				expect(
					await codeOf(SINGLE, {
						...channelOf(code),
						...template(code, language, { ...params, [variable]: value }),
					}),
				).toBe('TemplateParamInvalid');
			}
			expect(sandbox.stats().messages).toEqual([]);
		},
	);

	it('login_code takes one variable of any name, since its own is not documented', async () => {
		const loginCode = (params: object) => ({ ...WHATSAPP, ...template('900100209', 'en', params) });
		expect(await send(loginCode({ anything: '482913' }))).toMatchObject({
			text: '482913 is your verification code.',
			buttons: ['Copy code'],
		});
		for (const params of [{}, { code: '' }, { code: '1', other: '2' }])
			expect(await codeOf(SINGLE, loginCode(params))).toBe('TemplateParamInvalid');
	});

	it('of one channel is refused on another', async () => {
		const viber = template('900100301', 'en', { imageLink: 'a', name: 'b', path: 'c' });
		expect(await codeOf(SINGLE, { ...WHATSAPP, ...viber })).toBe(
			'InvalidParameter.TemplateTypeNotSupport',
		);
		expect(await codeOf(SINGLE, { ...VIBER, ...OPENING_HOURS })).toBe(
			'InvalidParameter.TemplateTypeNotSupport',
		);
	});
});

describe('a free-form message', () => {
	it('is kept with its content, its text and its buttons', async () => {
		const content = {
			text: 'Sale',
			link: 'https://example.com/a.jpg',
			caption: 'Shop now',
			action: 'https://example.com',
		};
		const form = {
			...VIBER,
			Type: 'message',
			MessageType: 'text_image_button',
			Content: JSON.stringify(content),
		};
		expect(await send(form)).toMatchObject({
			messageType: 'text_image_button',
			content,
			text: 'Sale',
			buttons: ['Shop now'],
		});
	});

	it('may have a list as its content', async () => {
		const content = [{ name: { formatted_name: 'Mia Tan', first_name: 'Mia' } }];
		const form = {
			...WHATSAPP,
			Type: 'message',
			MessageType: 'contacts',
			Content: JSON.stringify(content),
		};
		expect(await send(form)).toMatchObject({ content, text: 'Mia Tan', buttons: [] });
	});

	it('that is a text has no buttons', async () => {
		expect(await send({ ...WHATSAPP, ...TEXT })).toMatchObject({ text: 'Hello', buttons: [] });
	});
});

const products = (sections: number[]) => ({
	ThumbnailProductRetailerId: 'sku-1',
	Sections: sections.map((count) => ({
		Title: 'New',
		ProductItems: Array.from({ length: count }, (_, index) => ({
			ProductRetailerId: `sku-${index}`,
		})),
	})),
});
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

describe('what only WhatsApp has', () => {
	const GOOD: Array<[string, unknown, keyof AcceptedMessage]> = [
		['Payload', ['yes', '', 'no'], 'payload'],
		['ProductAction', products([30]), 'productAction'],
		['ProductAction', products([3, 3, 3, 3, 3, 3, 3, 3, 3, 3]), 'productAction'],
		['ProductAction', { ThumbnailProductRetailerId: 'sku-1' }, 'productAction'],
		[
			'FlowAction',
			{
				FlowToken: 'visit-77',
				FlowActionData: { couponCode: 'SPRING15', nested: [1, { a: null }] },
			},
			'flowAction',
		],
		['FlowAction', {}, 'flowAction'],
		['RecipientType', 'individual', 'recipientType'],
	];
	const BAD: Array<[string, unknown]> = [
		['Payload', 'yes'],
		['Payload', { 0: 'yes' }],
		['Payload', ['yes', 1]],
		['ProductAction', products([31])],
		['ProductAction', products([15, 16])],
		['ProductAction', products(Array<number>(11).fill(1))],
		['ProductAction', { ThumbnailProductRetailerId: 'x'.repeat(101) }],
		['ProductAction', { Sections: [{ ProductItems: [{ ProductRetailerId: 'x'.repeat(101) }] }] }],
		['ProductAction', []],
		['ProductAction', { Sections: [{ Title: 'New' }] }],
		['ProductAction', { Sections: [{ ProductItems: [{ Id: 'sku-1' }] }] }],
		['FlowAction', []],
		['FlowAction', { FlowToken: 5 }],
		['FlowAction', { FlowActionData: 'text' }],
		['RecipientType', 'everybody'],
	];
	const mass = (name: string, value: unknown) => ({
		ChannelType: 'whatsapp',
		From: '6580001111',
		TemplateCode: '900100201',
		Language: 'en',
		SenderList: JSON.stringify([{ To: '6591234567', [name]: value }]),
	});

	it.each(GOOD)('is kept: %s %j', async (name, value, field) => {
		expect((await send({ ...WHATSAPP, ...OPENING_HOURS, [name]: asText(value) }))[field]).toEqual(
			value,
		);
		sandbox.reset();
		expect((await send(mass(name, value), MASS))[field]).toEqual(value);
	});

	it.each(BAD)('is refused: %s %j', async (name, value) => {
		expect(await codeOf(SINGLE, { ...WHATSAPP, ...OPENING_HOURS, [name]: asText(value) })).toBe(
			'InvalidParameter',
		);
		expect(await codeOf(MASS, mass(name, value))).toBe('InvalidParameter');
	});

	it('is kept as it came, with what the sandbox does not know', async () => {
		const value = { ...products([1]), New: { a: 1 } };
		expect(
			(await send({ ...WHATSAPP, ...OPENING_HOURS, ProductAction: asText(value) })).productAction,
		).toEqual(value);
	});

	it('is refused when it is no JSON', async () => {
		for (const name of ['Payload', 'ProductAction', 'FlowAction']) {
			expect(await codeOf(SINGLE, { ...WHATSAPP, ...OPENING_HOURS, [name]: '{' })).toBe(
				'InvalidParameter',
			);
		}
	});

	it('tells which message is answered', async () => {
		expect(await send({ ...WHATSAPP, ...TEXT, ContextMessageId: '202611210001' })).toMatchObject({
			contextMessageId: '202611210001',
		});
		expect(await codeOf(SINGLE, { ...WHATSAPP, ...TEXT, ContextMessageId: '' })).toBe(
			'InvalidParameter',
		);
	});

	it('takes a group by an id that is no number', async () => {
		const group = { ...WHATSAPP, To: 'Y2FwaV9ncm91cDox', ...TEXT };
		expect(await codeOf(SINGLE, group)).toBe('InvalidParameter.ToOnlyNumeric');
		expect(await send({ ...group, RecipientType: 'group' })).toMatchObject({
			to: 'Y2FwaV9ncm91cDox',
			recipientType: 'group',
		});
	});

	it.each<[string, unknown]>([
		['Payload', ['yes']],
		['ProductAction', products([1])],
		['FlowAction', {}],
		['ContextMessageId', '1'],
		['RecipientType', 'individual'],
	])('is refused on other channels: %s', async (name, value) => {
		expect(await codeOf(SINGLE, { ...VIBER, ...TEXT, [name]: asText(value) })).toBe(
			'InvalidParameter',
		);
		expect(
			await codeOf(SINGLE, {
				...WHATSAPP,
				ChannelType: 'messenger',
				...TEXT,
				[name]: asText(value),
			}),
		).toBe('InvalidParameter');
	});
});

describe('what only Viber has', () => {
	it('is kept', async () => {
		const more = { Ttl: '60', Tag: 'spring', TrackingData: 'campaign 7', Label: 'transaction' };
		expect(await send({ ...VIBER, ...TEXT, ...more })).toMatchObject({
			ttl: '60',
			tag: 'spring',
			trackingData: 'campaign 7',
			label: 'transaction',
		});
	});

	it.each([
		['Ttl', '60'],
		['Tag', 'spring'],
		['TrackingData', 'a'],
		['Label', 'promotion'],
	])('is refused on other channels: %s', async (name, value) => {
		expect(await codeOf(SINGLE, { ...WHATSAPP, ...TEXT, [name]: value })).toBe('InvalidParameter');
		expect(
			await codeOf(SINGLE, { ...WHATSAPP, ChannelType: 'instagram', ...TEXT, [name]: value }),
		).toBe('InvalidParameter');
	});

	it('tracks single sends alone', async () => {
		const { To, ...sender } = VIBER;
		const form = {
			...sender,
			TemplateCode: '900100300',
			Language: 'en',
			SenderList: JSON.stringify([{ To, TemplateParams: { couponCode: 'A' } }]),
		};
		expect(await codeOf(MASS, { ...form, TrackingData: 'a' })).toBe('InvalidParameter');
		expect(await send({ ...form, Ttl: '30', Tag: 'spring' }, MASS)).toMatchObject({
			label: 'promotion',
			ttl: '30',
			tag: 'spring',
		});
	});
});

describe('the fallback', () => {
	it('is kept on every channel', async () => {
		const fallback = {
			FallBackId: 'S01',
			FallBackContent: 'Your order & more',
			FallBackDuration: '43200',
			FallBackRule: 'sentFailed',
		};
		for (const channel of [WHATSAPP, VIBER, { ...WHATSAPP, ChannelType: 'messenger' }]) {
			sandbox.reset();
			expect((await send({ ...channel, ...TEXT, ...fallback })).fallback).toEqual(fallback);
		}
	});

	it('is absent when none is given', async () => {
		expect(await send({ ...WHATSAPP, ...TEXT })).not.toHaveProperty('fallback');
	});

	it('is refused with a rule that does not exist', async () => {
		expect(await codeOf(SINGLE, { ...WHATSAPP, ...TEXT, FallBackRule: 'always' })).toBe(
			'InvalidParameter',
		);
	});
});

describe('the space', () => {
	const MANY = {
		ChannelType: 'whatsapp',
		From: '6580003333',
		To: '6591234567',
		CustSpaceId: 'cams-many',
	};

	it('has senders and templates of its own', async () => {
		expect(await send({ ...MANY, ...template('900200230', 'en', { name: 'Mia' }) })).toMatchObject({
			custSpaceId: 'cams-many',
			text: 'Notice 230 for Mia.',
		});
		expect(await codeOf(SINGLE, { ...MANY, ...OPENING_HOURS })).toBe(
			'DetailError.TemplateNotExist',
		);
		expect(await codeOf(SINGLE, { ...MANY, From: '6580001111', ...TEXT })).toBe(
			'InvalidParameter.PhoneNumberError',
		);
		expect(await codeOf(SINGLE, { ...WHATSAPP, From: '6580003333', ...TEXT })).toBe(
			'InvalidParameter.PhoneNumberError',
		);
		expect(await codeOf(SINGLE, { ...VIBER, CustSpaceId: 'cams-many', ...TEXT })).toBe(
			'InvalidParameter.PhoneNumberError',
		);
	});

	it.each([
		['cams-sandbox', 'OK'],
		['cams-own', 'OK'],
		['', 'OK'],
		['cams-nobody', 'Unknown.ResourceOwnerId'],
		['CAMS-SANDBOX', 'Unknown.ResourceOwnerId'],
	])('"%s" is answered with %s, single and mass', async (CustSpaceId, code) => {
		expect(await codeOf(SINGLE, { ...WHATSAPP, ...TEXT, CustSpaceId })).toBe(code);
		expect(
			await codeOf(SINGLE, { ...WHATSAPP, ChannelType: 'telegram', ...TEXT, CustSpaceId }),
		).toBe(code);
		const { To, ...sender } = WHATSAPP;
		const mass = {
			...sender,
			TemplateCode: '900100201',
			Language: 'en',
			CustSpaceId,
			SenderList: JSON.stringify([{ To }]),
		};
		expect(await codeOf(MASS, mass)).toBe(code);
	});
});
