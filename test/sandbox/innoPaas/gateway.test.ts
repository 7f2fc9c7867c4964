import { INNOPAAS, MMLITE_PATH } from '../../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS, type FaultKind } from '../../../sandbox/settings';
import { call as callCams } from '../../support/camsClient';
import { SIGNED, SUBMIT, post } from '../../support/innoPaasClient';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => {
	sandbox.configure({
		...DEFAULT_SETTINGS,
		limits: { InnoPaaSSubmit: 10_000, InnoPaaSMmLite: 10_000, InnoPaaSPhoneInfo: 10_000 },
		retryAfterMs: undefined,
	});
	sandbox.reset();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => sandbox.close());

const PHONE_INFO = '/api/whatsapp/v3/account/phoneInfo';
const TEMPLATE_LIST = '/api/whatsapp/v3/template/list';

const LINK = 'https://example.com/file.bin?a=1&b=2';
const of = (count: number, character = 'a') => character.repeat(count);
const times = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, index) => make(index));

type Body = Record<string, unknown>;

const TO_MIA = {
	wabaId: INNOPAAS.wabaId,
	sendNumber: '6580001111',
	recipientNumber: '6281200000001',
};
const TEXT: Body = { ...TO_MIA, messageType: 'text', body: 'Your parcel is ready for pickup.' };
const OFFER: Body = {
	...TO_MIA,
	recipientNumber: '6281200000001,6281200000002',
	uid: 'batch-0001',
	messageType: 'template',
	language: 'en_US',
	templateName: 'spring_offer_v1',
	header: { type: 'image', link: 'https://example.com/a.jpg' },
	bodyParams: ['Mia', '15%'],
	buttonParams: [{ type: 'text', value: 'spring?c=42' }],
};
const CODE: Body = {
	...TO_MIA,
	messageType: 'template',
	language: 'id',
	templateName: 'login_code',
	bodyParams: ['482913'],
	buttonParams: [{ type: 'text', value: '482913' }],
};
const VISIT: Body = {
	...TO_MIA,
	messageType: 'template',
	language: 'en_US',
	templateName: 'visit_reminder',
	header: { type: 'text', paramValue: 'Monday' },
	bodyParams: ['Mia', '9:30'],
};
const OPEN: Body = {
	...TO_MIA,
	messageType: 'template',
	language: 'en',
	templateName: 'opening_hours',
};

const media = (messageType: string, content: object): Body => ({
	...TO_MIA,
	messageType,
	media: { link: LINK, ...content },
});
const at = (location: object): Body => ({
	...TO_MIA,
	messageType: 'location',
	location: { latitude: '1.29027', longitude: '103.85196', ...location },
});
const contacts = (...entries: object[]): Body => ({
	...TO_MIA,
	messageType: 'contacts',
	contacts: entries,
});
const interactive = (message: object): Body => ({
	...TO_MIA,
	messageType: 'interactive',
	interactive: message,
});

const ANA = {
	name: { formattedName: 'Ana Lim', firstName: 'Ana', lastName: 'Lim' },
	phones: [{ type: 'WORK', phone: '6581230000', waID: '6581230000' }],
	org: { company: 'Demo Pte', department: 'Sales', title: 'Lead' },
	emails: [{ type: 'WORK', email: 'ana@example.com' }],
};

const reply = (title: string, id = title) => ({ type: 'reply', id, title });
const nested = (title: string, id = title) => ({ type: 'reply', reply: { id, title } });
const buttons = (all: unknown[], more: object = {}) =>
	interactive({
		type: 'button',
		body: { text: 'Keep the booking?' },
		action: { buttons: all },
		...more,
	});
const KEEP = buttons([reply('Keep'), reply('Cancel')]);
const row = (id: string, more: object = {}) => ({ id, title: `Slot ${id}`, ...more });
const list = (sections: unknown[], more: object = {}, button: unknown = 'Slots') =>
	interactive({
		type: 'list',
		body: { text: 'Pick a slot' },
		action: { button, sections },
		...more,
	});
const product = (action: object = {}, more: object = {}) =>
	interactive({
		type: 'product',
		body: { text: 'Back in stock' },
		action: { catalogId: '900001', productRetailerId: 'SKU-1', ...action },
		...more,
	});
const TOP = { type: 'text', paramValue: 'Top picks' };
const items = (count: number) => times(count, (index) => ({ productRetailerId: `SKU-${index}` }));
const products = (sections: unknown, more: object = {}, action: object = {}) =>
	interactive({
		type: 'product_list',
		header: TOP,
		body: { text: 'For you' },
		action: { catalogId: '900001', sections, ...action },
		...more,
	});

const submit = async (body: object, headers: object = SIGNED) =>
	await post(sandbox, SUBMIT, body, headers);
const accepted = () => sandbox.stats().recipients.accepted;

describe('a submit', () => {
	it.each<[string, Body, string, string[]?]>([
		['text', TEXT, 'Your parcel is ready for pickup.'],
		['template', OFFER, 'Hi Mia, 15% off until Sunday.\nSandbox Store', ['Shop now']],
		['one-time code', CODE, '*482913* adalah kode verifikasi Anda.', ['Salin kode']],
		[
			'template with a text in its header',
			VISIT,
			'Your visit on Monday\nHi Mia, we see you at 9:30.\nSandbox Store',
			['Keep', 'Cancel'],
		],
		['template without variables', OPEN, 'We are open every day from 9 to 18.'],
		['image', media('image', { caption: 'New colour' }), 'New colour'],
		['document', media('document', { filename: 'invoice-77.pdf' }), 'invoice-77.pdf'],
		['audio', media('audio', {}), ''],
		['video', media('video', { caption: 'How it works' }), 'How it works'],
		['sticker', media('sticker', {}), ''],
		['location', at({ name: 'Demo Store', address: '1 Sample Road' }), 'Demo Store, 1 Sample Road'],
		['contacts', contacts(ANA), 'Ana Lim'],
		['interactive button', KEEP, 'Keep the booking?', ['Keep', 'Cancel']],
		[
			'interactive list',
			list(
				[
					{ title: 'Today', rows: [{ id: 't1', title: '10-12', description: 'free' }] },
					{ title: 'Tomorrow', rows: [{ id: 'm1', title: '14-16' }] },
				],
				{ header: { type: 'text', paramValue: 'Delivery' }, footer: { text: 'Times are local' } },
			),
			'Delivery\nPick a slot\nTimes are local',
			['Slots'],
		],
		['interactive product', product(), 'Back in stock'],
		[
			'interactive product list',
			products([
				{
					title: 'Shoes',
					productItems: [{ productRetailerId: 'SKU-1' }, { productRetailerId: 'SKU-2' }],
				},
			]),
			'Top picks\nFor you',
		],
	])('of the kind %s is taken and understood', async (_what, body, text, labels = []) => {
		const { status, headers, body: answer } = await submit(body);
		expect(status).toBe(200);
		expect(headers['content-type']).toMatch(/^application\/json/);
		expect(answer).toEqual({
			code: '0',
			success: true,
			message: 'Success',
			data: expect.stringMatching(/^[1-9]\d{17}$/),
		});
		const to = String(body.recipientNumber).split(',');
		expect(sandbox.stats().messages).toEqual(
			to.map((number) => ({
				api: 'innoPaas',
				operation: 'InnoPaaSSubmit',
				messageId: answer!.data,
				channelType: 'whatsapp',
				from: '6580001111',
				to: number,
				taskId: body.uid,
				wabaId: INNOPAAS.wabaId,
				templateName: body.templateName,
				language: body.language,
				messageType: body.messageType,
				text,
				buttons: labels,
				body,
				at: expect.any(Number),
			})),
		);
		expect(sandbox.stats()).toMatchObject({
			calls: { received: 1, accepted: 1, rejected: 0, byOperation: { InnoPaaSSubmit: 1 } },
			recipients: { accepted: to.length, unique: to.length },
		});
	});

	it('gives every call an id of its own, all of whose digits count', async () => {
		jest.spyOn(Date, 'now').mockReturnValue(Date.now());
		const ids = await Promise.all(times(50, async () => String((await submit(TEXT)).body!.data)));
		expect(new Set(ids).size).toBe(50);
		for (const id of ids) expect(String(Number(id))).not.toBe(id);
	});

	it('gives the id as a number with all its digits, when the sandbox is set so', async () => {
		sandbox.configure({ innoPaasDataAsNumber: true });
		const { text } = await submit(TEXT);
		expect(text).toBe(
			`{"code":"0","success":true,"message":"Success","data":${sandbox.stats().messages[0].messageId}}`,
		);
		expect((await post(sandbox, PHONE_INFO, { wabaId: INNOPAAS.wabaId })).body).toMatchObject({
			code: '0',
			data: [{}, {}],
		});
	});

	it('to a number twice is counted twice', async () => {
		await submit({ ...TEXT, recipientNumber: '6281200000001,6281200000002,6281200000001' });
		expect(sandbox.stats().recipients).toEqual({ accepted: 3, unique: 2, duplicate: 1 });
	});

	it('takes 1,000 recipients', async () => {
		expect(
			(
				await submit({
					...TEXT,
					recipientNumber: times(1000, (index) => 6281200000000 + index).join(),
				})
			).body!.code,
		).toBe('0');
		expect(accepted()).toBe(1000);
	});

	it('is no message of CAMS, whose history does not have it', async () => {
		await submit(TEXT);
		const page = {
			BusinessNumber: '6580001111',
			ChannelType: 'whatsapp',
			CustSpaceId: 'cams-sandbox',
			Page: '{"Index":1,"Size":10}',
		};
		expect(await callCams(sandbox, 'ListChatappMessage', page)).toMatchObject({
			Code: 'OK',
			Data: [],
		});
	});
});

describe('what the documents do not forbid is taken:', () => {
	it.each<[string, Body]>([
		['an empty uid', { ...TEXT, uid: '' }],
		['a uid of 32 emojis', { ...TEXT, uid: of(32, '👋') }],
		['a long text', { ...TEXT, body: of(5000) }],
		['blocks of other types', { ...TEXT, media: 'none', interactive: 1, header: {}, anything: [] }],
		[
			'a language nobody has listed, with a group of templates',
			{ ...OPEN, templateName: undefined, templateGroupId: '77', language: 'tlh' },
		],
		['an empty templateName beside a group', { ...OPEN, templateName: '', templateGroupId: '77' }],
		[
			'a caption on the header of a template',
			{ ...OFFER, header: { type: 'image', link: LINK, caption: 'Look' } },
		],
		['an image with a filename', media('image', { filename: 'a.jpg' })],
		['a caption that is empty, on an audio', media('audio', { caption: '' })],
		['a sticker with a caption', media('sticker', { caption: 'Hi' })],
		['a link of a private host', media('image', { link: 'http://192.168.0.1/a.jpg' })],
		['a caption of 2,000 characters', media('image', { caption: of(2000) })],
		['a location without name and address', at({})],
		['a location that is nowhere', at({ latitude: '-91', longitude: '200.5' })],
		['a contact with one name only', contacts({ name: { formattedName: 'Ana' } })],
		[
			'a contact with bits of everything',
			contacts({
				name: { formattedName: 'Ana' },
				org: {},
				birthday: 'spring',
				urls: [{}],
				emails: [{}],
				addresses: [{}],
				phones: [{ type: 'main', phone: '1', waId: '1' }],
			}),
		],
		['four buttons', buttons(['1', '2', '3', '4'].map((title) => reply(title)))],
		['the longest title and id, counted as people count', buttons([reply(of(20, '👋'), of(256))])],
		[
			'a long header, body and footer',
			buttons([reply('Keep')], {
				header: { type: 'text', paramValue: of(200) },
				body: { text: of(5000) },
				footer: { text: of(200) },
			}),
		],
		['a footer that is empty', buttons([reply('Keep')], { footer: {} })],
		[
			'a file in the header',
			buttons([reply('Keep')], { header: { type: 'document', link: LINK, caption: 'Plan' } }),
		],
		[
			'a file in the header of a list',
			list([{ rows: [row('1')] }], { header: { type: 'image', link: LINK } }),
		],
		[
			'the longest row',
			list([{ rows: [row(of(200), { title: of(24), description: of(200) })] }], {}, of(40)),
		],
		[
			'ten rows in each of eleven sections',
			list(
				times(11, (section) => ({
					title: of(24),
					rows: times(10, (index) => row(`${section}-${index}`)),
				})),
			),
		],
		['one section without a title', list([{ rows: [row('1')] }])],
		['a product without a body', product({}, { body: undefined })],
		['the longest product id', product({ productRetailerId: of(100) })],
		[
			'30 products over two sections',
			products([
				{ title: 'A', productItems: items(15) },
				{ title: 'B', productItems: items(15) },
			]),
		],
		[
			'a file in the header of products',
			products([{ productItems: items(1) }], { header: { type: 'image', link: LINK } }),
		],
	])('%s', async (_what, body) => {
		expect((await submit(body)).body).toMatchObject({ code: '0', success: true });
		expect(accepted()).toBe(1 + Number(body.templateName === 'spring_offer_v1'));
	});
});

describe('a submit is refused with', () => {
	const without = (body: Body, ...names: string[]) =>
		Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
	const numbers = (count: number) => times(count, (index) => 6281200000000 + index).join();

	it.each<[string, Body, string, string]>([
		['no wabaId', without(TEXT, 'wabaId'), '135', 'wabaId'],
		['an empty wabaId', { ...TEXT, wabaId: '' }, '135', 'wabaId'],
		['a wabaId that is a number', { ...TEXT, wabaId: 100000000000001 }, '135', 'wabaId'],
		[
			'the wabaId of somebody else',
			{ ...TEXT, wabaId: '100000000000009' },
			'112',
			'100000000000009',
		],
		['no messageType', without(TEXT, 'messageType'), '135', 'messageType'],
		[
			'a messageType that does not exist',
			{ ...TEXT, messageType: 'reaction' },
			'135',
			'messageType',
		],
		['a messageType in capitals', { ...TEXT, messageType: 'Text' }, '135', 'messageType'],
		['a name that every object has', { ...TEXT, messageType: 'constructor' }, '135', 'messageType'],
		['a uid of 33 characters', { ...TEXT, uid: of(33) }, '105', 'uid'],
		['a uid of 33 emojis', { ...TEXT, uid: of(33, '👋') }, '105', 'uid'],
		['a uid that is a number', { ...TEXT, uid: 7 }, '105', 'uid'],
		['no sendNumber', without(TEXT, 'sendNumber'), '118', 'sendNumber'],
		['a sendNumber nobody registered', { ...TEXT, sendNumber: '6580009999' }, '118', '6580009999'],
		['a sendNumber of another WABA', { ...TEXT, sendNumber: '6580003333' }, '118', '6580003333'],
		['a plus in sendNumber', { ...TEXT, sendNumber: '+6580001111' }, '118', '+6580001111'],
		['no recipientNumber', without(TEXT, 'recipientNumber'), '109', 'recipientNumber'],
		['an empty recipientNumber', { ...TEXT, recipientNumber: '' }, '109', 'recipientNumber'],
		['1,001 recipients', { ...TEXT, recipientNumber: numbers(1001) }, '109', '1001'],
		[
			'a list of recipients',
			{ ...TEXT, recipientNumber: ['6281200000001'] },
			'108',
			'recipientNumber',
		],
		[
			'a recipientNumber that is a number',
			{ ...TEXT, recipientNumber: 6281200000001 },
			'108',
			'recipientNumber',
		],
		[
			'a plus in a recipient',
			{ ...TEXT, recipientNumber: '6281200000001,+6281200000002' },
			'108',
			'+6281200000002',
		],
		[
			'a blank behind the comma',
			{ ...TEXT, recipientNumber: '6281200000001, 6281200000002' },
			'108',
			'" 6281200000002"',
		],
		['a comma at the end', { ...TEXT, recipientNumber: '6281200000001,' }, '108', '""'],
		[
			'another comma',
			{ ...TEXT, recipientNumber: '6281200000001，6281200000002' },
			'108',
			'recipientNumber',
		],
		['a number too short', { ...TEXT, recipientNumber: '6281' }, '108', '6281'],
		['a number too long', { ...TEXT, recipientNumber: of(16, '6') }, '108', '5 to 15'],

		['a text without body', without(TEXT, 'body'), '135', 'body'],
		['an empty body', { ...TEXT, body: '' }, '135', 'body'],
		['a body as CAMS has it', { ...TEXT, body: { text: 'Hello' } }, '135', 'body'],

		['a template without language', without(OPEN, 'language'), '135', 'language'],
		['an empty language', { ...OPEN, language: '' }, '135', 'language'],
		['a template without name', without(OPEN, 'templateName'), '143', 'templateName'],
		['a template with an empty name', { ...OPEN, templateName: '' }, '143', 'templateName'],
		[
			'a template with an empty group',
			{ ...OPEN, templateName: '', templateGroupId: '' },
			'143',
			'templateName',
		],
		[
			'a template that does not exist',
			{ ...OPEN, templateName: 'closing_hours' },
			'143',
			'closing_hours',
		],
		['a template of another WABA', { ...OPEN, templateName: 'notice_1' }, '143', 'notice_1'],
		['a template in another language', { ...OPEN, language: 'en_US' }, '143', 'en_US'],
		[
			'a template under review',
			{ ...OPEN, templateName: 'summer_sale', language: 'en_US', bodyParams: ['Mia', 'Monday'] },
			'143',
			'summer_sale',
		],
		[
			'a header of no known type',
			{ ...OFFER, header: { type: 'IMAGE', link: LINK } },
			'135',
			'header.type',
		],
		['a header without type', { ...OFFER, header: { link: LINK } }, '135', 'header.type'],
		['a header without link', { ...OFFER, header: { type: 'image' } }, '135', 'header.link'],
		[
			'a header whose link is none',
			{ ...OFFER, header: { type: 'image', link: 'a.jpg' } },
			'135',
			'header.link',
		],
		[
			'a variable in the header of an image',
			{ ...OFFER, header: { type: 'image', link: LINK, paramValue: 'Mia' } },
			'135',
			'header.paramValue',
		],
		[
			'a caption on a text header',
			{ ...VISIT, header: { type: 'text', paramValue: 'Monday', caption: 'Look' } },
			'135',
			'header.caption',
		],
		['no header where the template has one', without(OFFER, 'header'), '135', 'header.type'],
		[
			'a header of another type than the template',
			{ ...OFFER, header: { type: 'video', link: LINK } },
			'135',
			'header.type',
		],
		[
			'a header where the template has none',
			{ ...OPEN, header: { type: 'image', link: LINK } },
			'135',
			'header.type',
		],
		[
			'no value for the variable of the header',
			{ ...VISIT, header: { type: 'text' } },
			'135',
			'header.paramValue',
		],
		[
			'bodyParams that are objects',
			{ ...OFFER, bodyParams: [{ type: 'text', value: 'Mia' }, '15%'] },
			'135',
			'bodyParams.0',
		],
		['bodyParams that are a text', { ...OFFER, bodyParams: 'Mia,15%' }, '135', 'bodyParams'],
		[
			'a value of the body that is a number',
			{ ...OFFER, bodyParams: ['Mia', 15] },
			'135',
			'bodyParams.1',
		],
		['a value of the body missing', { ...OFFER, bodyParams: ['Mia'] }, '135', 'bodyParams.1'],
		['a value of the body empty', { ...OFFER, bodyParams: ['', '15%'] }, '135', 'bodyParams.0'],
		['no bodyParams', without(VISIT, 'bodyParams'), '135', 'bodyParams.0'],
		[
			'buttonParams that are texts',
			{ ...OFFER, buttonParams: ['spring'] },
			'135',
			'buttonParams.0',
		],
		[
			'buttonParams without type',
			{ ...OFFER, buttonParams: [{ value: 'spring' }] },
			'135',
			'buttonParams.0.type',
		],
		['no buttonParams', without(OFFER, 'buttonParams'), '135', 'buttonParams.0'],
		[
			'a button without its value',
			{ ...OFFER, buttonParams: [{ type: 'text' }] },
			'135',
			'buttonParams.0',
		],
		['a one-time code without its button', without(CODE, 'buttonParams'), '135', 'buttonParams.0'],

		['no media', without(media('image', {}), 'media'), '135', 'media'],
		['media that are a text', { ...TO_MIA, messageType: 'image', media: LINK }, '135', 'media'],
		[
			'no link',
			{ ...TO_MIA, messageType: 'video', media: { caption: 'Look' } },
			'135',
			'media.link',
		],
		['an empty link', media('sticker', { link: '' }), '135', 'media.link'],
		[
			'a link that is none',
			media('image', { link: 'ftp://example.com/a.jpg' }),
			'135',
			'media.link',
		],
		[
			'a link with something before it',
			media('image', { link: 'blob:https://example.com/a.jpg' }),
			'135',
			'media.link',
		],
		['a caption on an audio', media('audio', { caption: 'Listen' }), '135', 'media.caption'],
		['a document without filename', media('document', {}), '135', 'media.filename'],
		[
			'a document with an empty filename',
			media('document', { filename: '' }),
			'135',
			'media.filename',
		],

		['no location', { ...TO_MIA, messageType: 'location' }, '135', 'location'],
		['a latitude that is a number', at({ latitude: 1.29027 }), '135', 'location.latitude'],
		['a longitude missing', at({ longitude: undefined }), '135', 'location.longitude'],
		['a longitude in words', at({ longitude: 'NaN' }), '135', 'location.longitude'],

		['no contacts', { ...TO_MIA, messageType: 'contacts' }, '135', 'contacts'],
		['an empty list of contacts', contacts(), '135', 'contacts'],
		[
			'one contact instead of a list',
			{ ...TO_MIA, messageType: 'contacts', contacts: ANA },
			'135',
			'contacts',
		],
		['a contact without name', contacts({ ...ANA, name: undefined }), '135', 'contacts.0.name'],
		[
			'a contact whose name is a list',
			contacts({ ...ANA, name: [ANA.name] }),
			'135',
			'contacts.0.name',
		],
		[
			'a contact without formattedName',
			contacts(ANA, { name: { firstName: 'Ana' } }),
			'135',
			'contacts.1.name.formattedName',
		],
		[
			'a contact with the keys of Meta',
			contacts({ name: { formatted_name: 'Ana' } }),
			'135',
			'contacts.0.name.formattedName',
		],
		[
			'a phone without its number',
			contacts({ ...ANA, phones: [{ type: 'WORK' }] }),
			'135',
			'contacts.0.phones.0.phone',
		],
		[
			'a phone without its type',
			contacts({ ...ANA, phones: [{ phone: '6581230000' }] }),
			'135',
			'contacts.0.phones.0.type',
		],
		[
			'emails that are no list',
			contacts({ ...ANA, emails: { type: 'WORK', email: 'ana@example.com' } }),
			'135',
			'contacts.0.emails',
		],

		['no interactive', { ...TO_MIA, messageType: 'interactive' }, '135', 'interactive'],
		[
			'an interactive type that does not exist',
			interactive({ type: 'cta_url', body: { text: 'a' }, action: {} }),
			'135',
			'interactive.type',
		],
		['no action', buttons([], { action: undefined }), '135', 'interactive.action'],
		[
			'buttons without body',
			buttons([reply('Keep')], { body: undefined }),
			'135',
			'interactive.body',
		],
		[
			'an empty body of buttons',
			buttons([reply('Keep')], { body: { text: '' } }),
			'135',
			'interactive.body.text',
		],
		['no button', buttons([]), '135', 'interactive.action.buttons'],
		[
			'a button of another type',
			buttons([{ ...reply('Keep'), type: 'url' }]),
			'135',
			'interactive.action.buttons.0.type',
		],
		[
			'a button without title',
			buttons([reply('Keep'), { type: 'reply', id: '2' }]),
			'135',
			'interactive.action.buttons.1.title',
		],
		['an empty title', buttons([reply('', '1')]), '135', 'interactive.action.buttons.0.title'],
		[
			'a title too long',
			buttons([reply(of(21), '1')]),
			'135',
			'interactive.action.buttons.0.title',
		],
		[
			'a nested title too long',
			buttons([nested(of(21), '1')]),
			'135',
			'interactive.action.buttons.0.title',
		],
		[
			'the same title twice',
			buttons([reply('Keep', '1'), reply('Keep', '2')]),
			'135',
			'have a title twice',
		],
		[
			'the same title twice, once nested',
			buttons([reply('Keep', '1'), nested('Keep', '2')]),
			'135',
			'have a title twice',
		],
		[
			'a button without id',
			buttons([{ type: 'reply', title: 'Keep' }]),
			'135',
			'interactive.action.buttons.0.id',
		],
		[
			'a button id too long',
			buttons([reply('Keep', of(257))]),
			'135',
			'interactive.action.buttons.0.id',
		],
		[
			'a header of an interactive message without link',
			buttons([reply('Keep')], { header: { type: 'image' } }),
			'135',
			'interactive.header.link',
		],
		[
			'a text header without its text',
			buttons([reply('Keep')], { header: { type: 'text' } }),
			'135',
			'interactive.header.paramValue',
		],
		[
			'a caption on a text header of buttons',
			buttons([reply('Keep')], { header: { ...TOP, caption: 'Look' } }),
			'135',
			'interactive.header.caption',
		],
		[
			'a header that is a text',
			buttons([reply('Keep')], { header: 'Look' }),
			'135',
			'interactive.header',
		],
		[
			'a list without its button',
			list([{ rows: [row('1')] }], {}, ''),
			'135',
			'interactive.action.button',
		],
		[
			'a list without body',
			list([{ rows: [row('1')] }], { body: {} }),
			'135',
			'interactive.body.text',
		],
		['a list without sections', list([]), '135', 'interactive.action.sections'],
		[
			'a section without rows',
			list([{ title: 'Today' }]),
			'135',
			'interactive.action.sections.0.rows',
		],
		['a section of no rows', list([{ rows: [] }]), '135', 'interactive.action.sections.0.rows'],
		[
			'eleven rows in a section',
			list([{ rows: times(11, (index) => row(String(index))) }]),
			'135',
			'interactive.action.sections.0.rows',
		],
		[
			'two sections, one without title',
			list([{ title: 'Today', rows: [row('1')] }, { rows: [row('2')] }]),
			'135',
			'need a title',
		],
		[
			'a section title too long',
			list([{ title: of(25), rows: [row('1')] }]),
			'135',
			'interactive.action.sections.0.title',
		],
		['a row without title', list([{ rows: [{ id: '1' }] }]), '135', 'rows.0.title'],
		[
			'a row title too long',
			list([{ rows: [row('1', { title: of(25) })] }]),
			'135',
			'rows.0.title',
		],
		['a row without id', list([{ rows: [{ title: 'Slot' }] }]), '135', 'rows.0.id'],
		['a row id too long', list([{ rows: [row(of(201), { title: 'Slot' })] }]), '135', 'rows.0.id'],
		[
			'a row id twice, in two sections',
			list([
				{ title: 'A', rows: [row('1')] },
				{ title: 'B', rows: [row('1')] },
			]),
			'135',
			'have an id twice',
		],
		['a product with a header', product({}, { header: TOP }), '135', 'interactive.header'],
		[
			'a product without catalogId',
			product({ catalogId: undefined }),
			'135',
			'interactive.action.catalogId',
		],
		[
			'a product without its id',
			product({ productRetailerId: '' }),
			'135',
			'interactive.action.productRetailerId',
		],
		[
			'a product id too long',
			product({ productRetailerId: of(101) }),
			'135',
			'interactive.action.productRetailerId',
		],
		[
			'products without header',
			products([{ productItems: items(1) }], { header: undefined }),
			'135',
			'interactive.header',
		],
		[
			'products without body',
			products([{ productItems: items(1) }], { body: undefined }),
			'135',
			'interactive.body',
		],
		[
			'products without catalogId',
			products([{ productItems: items(1) }], {}, { catalogId: '' }),
			'135',
			'interactive.action.catalogId',
		],
		['products without sections', products(undefined), '135', 'interactive.action.sections'],
		[
			'a section without products',
			products([{ productItems: [] }]),
			'135',
			'sections.0.productItems',
		],
		[
			'products as the predecessor once spelt them',
			products([{ product_items: items(1) }]),
			'135',
			'sections.0.productItems',
		],
		[
			'31 products over two sections',
			products([
				{ title: 'A', productItems: items(15) },
				{ title: 'B', productItems: items(16) },
			]),
			'135',
			'30 products',
		],
		[
			'sections of products without titles',
			products([{ productItems: items(1) }, { productItems: items(1) }]),
			'135',
			'need a title',
		],
		[
			'a product without its id in a list',
			products([{ productItems: [{}] }]),
			'135',
			'productItems.0.productRetailerId',
		],
		[
			'a product id too long in a list',
			products([{ productItems: [{ productRetailerId: of(101) }] }]),
			'135',
			'productItems.0.productRetailerId',
		],
	])('%s', async (_what, body, code, said) => {
		const { status, body: answer } = await submit(body);
		expect([status, answer]).toEqual([
			200,
			{ code, success: false, message: expect.stringContaining(said) },
		]);
		expect(sandbox.stats()).toMatchObject({
			calls: { received: 1, accepted: 0, rejected: 1, refusedBy: { [code]: 1 } },
			recipients: { accepted: 0 },
		});
	});

	it('HTTP 400 instead of 200, when the sandbox is set so; the setting of CAMS changes nothing', async () => {
		sandbox.configure({ refusalStatus: 400, innoPaasRefusalStatus: 200 });
		expect((await submit({ ...TEXT, body: '' })).status).toBe(200);
		sandbox.configure({ refusalStatus: 200, innoPaasRefusalStatus: 400 });
		const { status, body } = await submit({ ...TEXT, body: '' });
		expect([status, body!.code]).toEqual([400, '135']);
	});
});

describe('the two ways to write an interactive message', () => {
	const FLAT = buttons([reply('Keep')], { header: TOP });
	const NESTED = buttons([nested('Keep')], { header: { type: 'text', text: 'Top picks' } });
	const FLAT_FILE = buttons([reply('Keep')], { header: { type: 'image', link: LINK } });
	const NESTED_FILE = buttons([nested('Keep')], {
		header: { type: 'image', image: { link: LINK } },
	});

	it.each([
		['both', ['0', '0', '0', '0']],
		['flat', ['0', '135', '0', '135']],
		['nested', ['135', '0', '135', '0']],
	] as const)('are taken as set: %s', async (innoPaasInteractive, codes) => {
		sandbox.configure({ innoPaasInteractive });
		const found: unknown[] = [];
		for (const body of [FLAT, NESTED, FLAT_FILE, NESTED_FILE])
			found.push((await submit(body)).body!.code);
		expect(found).toEqual(codes);
		for (const { text, buttons: labels } of sandbox.stats().messages) {
			expect(text).toMatch(/^(Top picks\n)?Keep the booking\?$/);
			expect(labels).toEqual(['Keep']);
		}
	});

	it.each([
		['flat', buttons([reply('Keep')], { header: { type: 'text', text: 'Top picks' } })],
		['nested', buttons([nested('Keep')], { header: TOP })],
		['nested', buttons([nested('Keep')], { header: { type: 'image', link: LINK } })],
	] as const)('are not mixed when set to %s', async (innoPaasInteractive, body) => {
		sandbox.configure({ innoPaasInteractive });
		expect((await submit(body)).body).toMatchObject({
			code: '135',
			message: expect.stringContaining('interactive.header'),
		});
	});
});

describe('MMLite', () => {
	const send = async (body: Body) => await post(sandbox, MMLITE_PATH, body);

	it('takes a template for marketing', async () => {
		expect((await send(OFFER)).body).toMatchObject({ code: '0', data: expect.any(String) });
		expect(sandbox.stats()).toMatchObject({
			calls: { byOperation: { InnoPaaSMmLite: 1 } },
			recipients: { accepted: 2 },
			messages: [{ operation: 'InnoPaaSMmLite', templateName: 'spring_offer_v1' }, {}],
		});
	});

	it.each<[string, Body, string]>([
		['a text', TEXT, '135'],
		['a template that is not for marketing', VISIT, '112'],
		['a uid too long', { ...OFFER, uid: of(33) }, '105'],
		['a template without its values', { ...OFFER, bodyParams: [] }, '135'],
	])('refuses %s', async (_what, body, code) => {
		expect((await send(body)).body!.code).toBe(code);
		expect(accepted()).toBe(0);
	});
});

describe('the sign-in', () => {
	it.each<[string, object, number, object]>([
		['no header', {}, 401, { status: 401, error: 'Unauthorized' }],
		['no token', { AppKey: INNOPAAS.appKey }, 401, { status: 401, error: 'Unauthorized' }],
		[
			'no key',
			{ Authorization: INNOPAAS.accessToken },
			401,
			{ status: 401, error: 'Unauthorized' },
		],
		['an unknown key', { ...SIGNED, AppKey: 'nobody' }, 401, { code: '101' }],
		['a wrong token', { ...SIGNED, Authorization: 'sandboxAccessTokeN' }, 401, { code: '102' }],
		[
			'a word before the token',
			{ ...SIGNED, Authorization: `Bearer ${INNOPAAS.accessToken}` },
			401,
			{ code: '102' },
		],
		[
			'the token of another account',
			{ ...SIGNED, Authorization: 'sandboxNoBalanceToken' },
			401,
			{ code: '102' },
		],
		[
			'a token that a newer one replaced',
			{ ...SIGNED, Authorization: 'sandboxOldToken' },
			401,
			{ code: '102', message: expect.stringContaining('replaced') },
		],
		[
			'an address that is not allowed',
			{ AppKey: 'sandboxOtherAddress', Authorization: 'sandboxOtherAddressToken' },
			200,
			{ code: '114' },
		],
		[
			'an account that is disabled',
			{ AppKey: 'sandboxDisabled', Authorization: 'sandboxDisabledToken' },
			200,
			{ code: '116' },
		],
	])('with %s is refused, on every path', async (_what, headers, expectedStatus, expected) => {
		for (const path of [SUBMIT, MMLITE_PATH, PHONE_INFO, TEMPLATE_LIST]) {
			const { status, body } = await post(sandbox, path, path === SUBMIT ? TEXT : OFFER, headers);
			expect([path, status]).toEqual([path, expectedStatus]);
			expect(body).toMatchObject(expected);
			if ('code' in expected)
				expect(body).toMatchObject({ success: false, message: expect.any(String) });
			else expect(body).not.toHaveProperty('code');
		}
		expect(sandbox.stats().calls).toMatchObject({ received: 4, accepted: 0, rejected: 4 });
	});

	it('of an account without balance is good for reading, not for sending', async () => {
		const headers = { AppKey: 'sandboxNoBalance', Authorization: 'sandboxNoBalanceToken' };
		expect((await post(sandbox, PHONE_INFO, { wabaId: INNOPAAS.wabaId }, headers)).body!.code).toBe(
			'0',
		);
		expect((await submit(TEXT, headers)).body!.code).toBe('110');
		expect((await post(sandbox, MMLITE_PATH, OFFER, headers)).body!.code).toBe('110');
		expect(accepted()).toBe(0);
	});

	it('takes headers in any letter case', async () => {
		expect(
			(await submit(TEXT, { appkey: INNOPAAS.appKey, AUTHORIZATION: INNOPAAS.accessToken })).body!
				.code,
		).toBe('0');
	});
});

describe('a request is turned away', () => {
	it.each<[string, string | object, object, number, string]>([
		[
			'with another type than JSON',
			TEXT,
			{ 'Content-Type': 'text/plain' },
			415,
			'Unsupported Media Type',
		],
		[
			'as a form',
			'wabaId=1',
			{ 'Content-Type': 'application/x-www-form-urlencoded' },
			415,
			'Unsupported Media Type',
		],
		[
			'with a type that begins like JSON',
			TEXT,
			{ 'Content-Type': 'application/json5' },
			415,
			'Unsupported Media Type',
		],
		['with half of its JSON', '{"wabaId":"1"', {}, 400, 'Bad Request'],
		['with a list', '[]', {}, 400, 'Bad Request'],
		['with null', 'null', {}, 400, 'Bad Request'],
		['with nothing', '', {}, 400, 'Bad Request'],
		[
			'with text that is not UTF-8',
			Buffer.from(JSON.stringify({ ...TEXT, body: 'café' }), 'latin1'),
			{},
			400,
			'Bad Request',
		],
	])('%s', async (_what, body, headers, expectedStatus, error) => {
		const { status, body: answer } = await post(sandbox, SUBMIT, body, { ...SIGNED, ...headers });
		expect([status, answer]).toEqual([expectedStatus, { status: expectedStatus, error }]);
		expect(sandbox.stats().calls).toMatchObject({
			accepted: 0,
			rejected: 1,
			refusedBy: { [expectedStatus]: 1 },
		});
	});

	it.each([
		'/api/whatsapp/v3/msg/send',
		'/api/whatsapp/v3/msg/submit/',
		'/api/whatsapp/v3/mmlite/submit',
		'/api/whatsapp/v3/account/wabaInfo',
	])('at %s, which is no path of it', async (path) => {
		const { status, body } = await post(sandbox, path, TEXT);
		expect([status, body]).toEqual([404, { status: 404, error: 'Not Found' }]);
		expect(sandbox.stats().calls).toMatchObject({
			received: 1,
			rejected: 1,
			byOperation: { [path]: 1 },
		});
	});

	it('but not for a JSON type without charset', async () => {
		expect((await submit(TEXT, { ...SIGNED, 'Content-Type': 'application/json' })).body!.code).toBe(
			'0',
		);
	});
});

describe('the calls per second', () => {
	it('have no limit unless one is set', async () => {
		expect(
			Object.keys(DEFAULT_SETTINGS.limits).filter((name) => name.startsWith('InnoPaaS')),
		).toEqual([]);
	});

	it('are refused with HTTP 429 over the limit, and pass again a second later', async () => {
		sandbox.configure({ limits: { InnoPaaSSubmit: 2 }, retryAfterMs: 1200 });
		const clock = jest.spyOn(Date, 'now');
		const start = Date.now();
		const found: unknown[] = [];
		for (const time of [0, 500, 999, 1000]) {
			clock.mockReturnValue(start + time);
			const { status, headers } = await submit(TEXT);
			found.push([status, headers['retry-after']]);
		}
		expect(found).toEqual([
			[200, undefined],
			[200, undefined],
			[429, '2'],
			[200, undefined],
		]);
		expect(accepted()).toBe(3);
		expect(sandbox.stats().calls).toMatchObject({
			received: 4,
			accepted: 3,
			throttled: 1,
			rejected: 0,
			refusedBy: { 429: 1 },
		});
	});

	it('name no wait when none is set, and are counted apart by path', async () => {
		sandbox.configure({ limits: { InnoPaaSSubmit: 0 } });
		const { status, headers, body } = await submit(TEXT);
		expect([status, body]).toEqual([
			429,
			{ code: '429', success: false, message: 'Too Many Requests' },
		]);
		expect(headers).not.toHaveProperty('retry-after');
		expect((await post(sandbox, PHONE_INFO, { wabaId: INNOPAAS.wabaId })).body!.code).toBe('0');
		expect((await post(sandbox, MMLITE_PATH, OFFER)).body!.code).toBe('0');
	});
});

describe('a fault', () => {
	const TWO = { ...TEXT, recipientNumber: '6281200000001,6281200000002' };
	const strike = (kind: FaultKind) => sandbox.configure({ faults: [{ kind, calls: [1] }] });

	it.each<[FaultKind, number, object | undefined, number]>([
		['serverErrorBefore', 503, { status: 503, error: 'Service Unavailable' }, 0],
		['serverErrorAfter', 500, { status: 500, error: 'Internal Server Error' }, 2],
		['nonceUsed', 500, { status: 500, error: 'Internal Server Error' }, 2],
		['otherCode', 200, { code: '999', success: false, message: 'Refused with HTTP 200.' }, 0],
		['throttle', 429, { code: '429', success: false, message: 'Too Many Requests' }, 0],
		['nonJson', 200, undefined, 2],
		['truncatedJson', 200, undefined, 2],
	])(
		'%s answers HTTP %i with %j and has taken %i messages',
		async (kind, expectedStatus, expected, taken) => {
			strike(kind);
			const { status, text, body } = await submit(TWO);
			expect([status, body]).toEqual([expectedStatus, expected]);
			if (!expected) expect(text).toMatch(/^(<html>|\{"code":"0")/);
			expect(accepted()).toBe(taken);
			expect(sandbox.stats()).toMatchObject({
				calls: { received: 1, faulted: 1 },
				faults: { [kind]: { calls: 1, recipients: 2 } },
			});
			expect((await submit(TEXT)).body!.code).toBe('0');
		},
	);

	it.each<[FaultKind, number]>([
		['resetBefore', 0],
		['resetAfter', 2],
	])('%s breaks the connection and has taken %i messages', async (kind, taken) => {
		strike(kind);
		await expect(submit(TWO)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(accepted()).toBe(taken);
	});

	it('hangAfter takes the messages and never answers', async () => {
		strike('hangAfter');
		let isAnswered = false;
		const hanging = submit(TWO).then(
			() => (isAnswered = true),
			() => undefined,
		);
		while (accepted() === 0) await new Promise(setImmediate);
		expect((await submit(TEXT)).body!.code).toBe('0');
		expect([isAnswered, accepted()]).toEqual([false, 3]);
		// close() also ends hanging requests.
		await sandbox.close();
		await hanging;
		expect(isAnswered).toBe(false);
		sandbox = await startSandbox();
	});

	it('strikes no call that reads, and none that would have been refused', async () => {
		sandbox.configure({ faults: [{ kind: 'serverErrorAfter', every: 1 }] });
		expect((await post(sandbox, PHONE_INFO, { wabaId: INNOPAAS.wabaId })).body!.code).toBe('0');
		expect((await submit({ ...TEXT, body: '' })).body!.code).toBe('135');
		expect((await submit(TEXT, {})).status).toBe(401);
		expect((await post(sandbox, MMLITE_PATH, OFFER)).status).toBe(500);
		expect(sandbox.stats()).toMatchObject({
			calls: { faulted: 1, rejected: 2 },
			recipients: { accepted: 2 },
		});
	});
});

describe('the numbers of a WABA', () => {
	it('are shown as people write them', async () => {
		const { status, body } = await post(sandbox, PHONE_INFO, { wabaId: INNOPAAS.wabaId });
		const number = (
			id: string,
			displayPhoneNumber: string,
			verifiedName: string,
			qualityRating: string,
		) => ({
			id,
			displayPhoneNumber,
			verifiedName,
			status: 'CONNECTED',
			qualityRating,
			messageLimit: 'TIER_250',
		});
		expect([status, body]).toEqual([
			200,
			{
				code: '0',
				success: true,
				message: 'Success',
				data: [
					number('200000000000001', '+65 8000-1111', 'Sandbox Store', 'GREEN'),
					number('200000000000002', '+65 8000-2222', 'Sandbox Support', 'YELLOW'),
				],
			},
		]);
		expect(sandbox.stats().calls.byOperation).toEqual({ InnoPaaSPhoneInfo: 1 });
	});

	it.each<[object, string]>([
		[{}, '135'],
		[{ wabaId: 100000000000001 }, '135'],
		[{ wabaId: '100000000000009' }, '112'],
	])('are refused for %j with %s', async (body, code) => {
		expect((await post(sandbox, PHONE_INFO, body)).body!.code).toBe(code);
	});
});

describe('the templates', () => {
	type Row = Record<string, unknown>;
	const MANY = '100000000000002';
	const list = async (query: object = {}, wabaId: string = INNOPAAS.wabaId) =>
		(await post(sandbox, TEMPLATE_LIST, { wabaId, page: 1, size: 50, ...query })).body!;
	const rowsOf = async (query: object, wabaId?: string) =>
		(await list(query, wabaId)).data as { total: number; pages: number; list: Row[] };

	it('come as the predecessor docs write them', async () => {
		const { total, pages, list: rows } = await rowsOf({});
		expect([total, pages, rows.length]).toEqual([9, 1, 9]);
		expect(rows[0]).toEqual({
			id: 201,
			wabaId: INNOPAAS.wabaId,
			accountName: 'SANDBOX001',
			name: 'spring_offer_v1',
			category: 1,
			messageLanguage: 'en_US',
			headerType: 3,
			caption: '',
			messageBody: 'Hi {{1}}, {{2}} off until Sunday.',
			footer: 'Sandbox Store',
			buttons: [{ actionType: 2, label: 'Shop now', targetUrl: 'https://example.com/{{1}}' }],
			auditStatus: 2,
			templateId: expect.stringMatching(/^[0-9A-F]{32}$/),
			sid: expect.stringMatching(/^\d{15}$/),
			safetyAdvice: 0,
			createDate: '2026-11-01 09:00:00',
			updateDate: '2026-11-01 09:00:00',
		});
		expect(rows.filter(({ auditStatus }) => auditStatus !== 2).map(({ name }) => name)).toEqual([
			'summer_sale',
		]);
		expect(sandbox.stats().calls.byOperation).toEqual({ InnoPaaSTemplateList: 1 });
	});

	it('can be looked for', async () => {
		const names = async (query: object) =>
			(await rowsOf(query)).list.map(
				({ name, messageLanguage }) => `${String(name)}/${String(messageLanguage)}`,
			);
		expect(await names({ name: 'order_update' })).toEqual([
			'order_update/en_US',
			'order_update/zh_CN',
		]);
		expect(await names({ name: 'order' })).toEqual([]);
		expect(await names({ name: '', category: [2] })).toEqual([
			'login_code/id',
			'login_autofill/en',
		]);
		expect(await names({ messageLanguage: ['zh_CN', 'id'] })).toEqual([
			'login_code/id',
			'order_update/zh_CN',
		]);
		expect(await names({ auditStatus: [1] })).toEqual(['summer_sale/en_US']);
	});

	it('come in pages, each of them once', async () => {
		const found: unknown[] = [];
		for (let page = 1; page <= 4; page++) {
			const { total, pages, list: rows } = await rowsOf({ page, size: 50 }, MANY);
			expect([total, pages]).toEqual([130, 3]);
			found.push(...rows.map(({ name }) => name));
		}
		expect(found).toEqual(times(130, (index) => `notice_${index + 1}`));
	});

	it.each<[object, string]>([
		[{ page: undefined }, 'page'],
		[{ size: undefined }, 'size'],
		[{ page: 0 }, 'page'],
		[{ size: 1.5 }, 'size'],
		[{ size: 'many' }, 'size'],
	])('are refused with %j', async (query, said) => {
		expect(await list(query)).toMatchObject({
			code: '135',
			message: expect.stringContaining(said),
		});
	});

	it('can be listed at no path, when the sandbox is set so', async () => {
		sandbox.configure({ innoPaasTemplateList: false });
		const { status, body } = await post(sandbox, TEMPLATE_LIST, {
			wabaId: INNOPAAS.wabaId,
			page: 1,
			size: 50,
		});
		expect([status, body]).toEqual([404, { status: 404, error: 'Not Found' }]);
		expect((await post(sandbox, PHONE_INFO, { wabaId: INNOPAAS.wabaId })).status).toBe(200);
	});
});
