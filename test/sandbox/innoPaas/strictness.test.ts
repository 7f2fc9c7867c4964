import { INNOPAAS, MMLITE_PATH } from '../../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { SUBMIT, post } from '../../support/innoPaasClient';

/**
 * Sends that the documents of InnoPaaS forbid, and samples that they show. Each names its document, whose short names are
 * those of docs/reference/innopaas-api.md.
 */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

type Body = Record<string, unknown>;

const ADDRESSED: Body = {
	wabaId: INNOPAAS.wabaId,
	sendNumber: '6580001111',
	recipientNumber: '6285234567899',
};
const TEXT: Body = { ...ADDRESSED, messageType: 'text', body: 'Thanks for using TIG WhatsApp.' };
const template = (templateName: string, language: string, more: Body = {}): Body => ({
	...ADDRESSED,
	messageType: 'template',
	language,
	templateName,
	...more,
});
const OFFER = template('spring_offer_v1', 'en_US', {
	header: { type: 'image', link: 'https://example.com/a.jpg' },
	bodyParams: ['Lucy', '15%'],
	buttonParams: [{ type: 'text', value: 'yHkYRww90' }],
});
const OPEN = template('opening_hours', 'en');
const HOURS = template('order_update', 'en_US', { bodyParams: ['TIG', '665578'] });
const VISIT = template('visit_reminder', 'en_US', {
	header: { type: 'text', paramValue: 'Monday' },
	bodyParams: ['TIG', '9:30'],
});
const interactive = (message: object): Body => ({
	...ADDRESSED,
	messageType: 'interactive',
	interactive: message,
});

async function codeOf(body: Body, path = SUBMIT): Promise<unknown> {
	return (await post(sandbox, path, body)).body!.code;
}

describe('a number is a country code and a number (Message page; SMS page: without 00; ITU-T E.164)', () => {
	it.each([
		['a leading zero', '06285234567899', '108'],
		['two leading zeros', '006285234567899', '108'],
		['16 digits', '6285234567890123', '108'],
		['20 digits', '62852345678901234567', '108'],
		['4 digits', '6285', '108'],
		['a plus sign', '+6285234567899', '108'],
		['15 digits', '628523456789012', '0'],
		['5 digits', '62852', '0'],
	])('with %s', async (_what, number, code) => {
		expect(await codeOf({ ...TEXT, recipientNumber: number })).toBe(code);
		expect(await codeOf({ ...OPEN, recipientNumber: `6281200000001,${number}` }, MMLITE_PATH)).toBe(
			code,
		);
	});
});

describe('values that the template has no place for (predecessor: in the order of the variables)', () => {
	it.each<[string, Body]>([
		['a body value too many', { ...OFFER, bodyParams: ['Lucy', '15%', 'more'] }],
		['an empty body value too many', { ...OFFER, bodyParams: ['Lucy', '15%', ''] }],
		['a body value for a text without variables', { ...OPEN, bodyParams: ['Lucy'] }],
		[
			'a button value too many',
			{
				...OFFER,
				buttonParams: [
					{ type: 'text', value: 'a' },
					{ type: 'text', value: 'b' },
				],
			},
		],
		[
			'a button value for quick replies',
			{ ...VISIT, buttonParams: [{ type: 'text', value: 'keep' }] },
		],
		['a header for a template without', { ...OPEN, header: { type: 'text', paramValue: 'Hi' } }],
	])('%s', async (_what, body) => {
		expect(await codeOf(body)).toBe('135');
	});

	it('are refused of Marketing Messages Lite too', async () => {
		expect(await codeOf(OFFER, MMLITE_PATH)).toBe('0');
		expect(await codeOf({ ...OFFER, bodyParams: ['Lucy', '15%', 'x'] }, MMLITE_PATH)).toBe('135');
	});
});

describe('the id of a button is unique (Message page)', () => {
	const flat = (id: string, title: string) => ({ type: 'reply', id, title });
	const nested = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
	const withButtons = (...buttons: object[]) =>
		interactive({ type: 'button', body: { text: 'Keep?' }, action: { buttons } });

	it.each([
		['flat', flat],
		['nested', nested],
	])('%s', async (_style, button) => {
		expect(await codeOf(withButtons(button('a', 'Keep'), button('a', 'Cancel')))).toBe('135');
		expect(await codeOf(withButtons(button('a', 'Keep'), button('b', 'Cancel')))).toBe('0');
	});
});

/** The predecessor's samples, with a WABA, a sender and templates of the sandbox. */
describe('what the predecessor shows passes:', () => {
	const MEDIA = 'http://oss-ycloud-publicread.oss-ap-southeast-1.aliyuncs.com/online/xxxx';
	const ROWS = (...ids: string[]) =>
		ids.map((id) => ({ id, title: `title${id.slice(-1)}`, description: 'some description' }));
	const WORDS = {
		header: { type: 'text', text: '5G Message header' },
		body: { text: 'meta Message Text ' },
		footer: { text: 'meta Message Text Footer' },
	};
	const ITEMS = [
		{ productRetailerId: 'product-SKU-in-catalog' },
		{ productRetailerId: 'product-SKU-in-catalog2' },
	];

	it.each<[string, Body]>([
		['a text', { account: 'IW2578654', ...TEXT }],
		['a template of fixed text', { account: 'IW9144659', ...OPEN }],
		['a template with a header and a link', { account: 'IW2907527', ...OFFER }],
		['a template with values', { account: 'IW2907527', ...HOURS }],
		['a template with a text header and quick replies', { account: 'IW9144659', ...VISIT }],
		['an image', { ...ADDRESSED, messageType: 'image', media: { link: `${MEDIA}.jpg` } }],
		['a video', { ...ADDRESSED, messageType: 'video', media: { link: `${MEDIA}.mp4` } }],
		['an audio', { ...ADDRESSED, messageType: 'audio', media: { link: `${MEDIA}.mp4` } }],
		[
			'a document',
			{
				...ADDRESSED,
				messageType: 'document',
				media: { link: `${MEDIA}.pdf`, filename: 'WhatsApp_api.pdf' },
			},
		],
		[
			'a location',
			{
				...ADDRESSED,
				messageType: 'location',
				location: {
					latitude: '-5.15161',
					longitude: '119.41629',
					name: 'Pizza Hut',
					address: 'xxx road No.123',
				},
			},
		],
		[
			'a contact',
			{
				...ADDRESSED,
				uid: '2023052500002',
				messageType: 'contacts',
				contacts: [
					{
						addresses: [
							{ street: 'XX', city: 'XX', country: 'cn', countryCode: '0086', type: 'WORK' },
						],
						birthday: '1992-08-13',
						emails: [{ email: 'xxx@gmail.com', type: 'WORK' }],
						name: { formattedName: 'jack chen', firstName: 'chen', suffix: 'jack', prefix: 'chen' },
						org: { company: '微软', department: '研发', title: '你好啊' },
						phones: [{ phone: '8616685177612', waId: '28288282', type: 'work' }],
						urls: [{ url: 'https://www.google.com/', type: 'HOME' }],
					},
				],
			},
		],
		[
			'a list',
			interactive({
				type: 'list',
				...WORDS,
				action: {
					button: 'button name',
					sections: [
						{ title: 'meta Message Title1', rows: ROWS('20230524001', '20230524002') },
						{ title: 'meta Message Title2', rows: ROWS('20230524003', '20230524004') },
					],
				},
			}),
		],
		[
			'buttons',
			interactive({
				type: 'button',
				...WORDS,
				action: {
					buttons: [
						{ type: 'reply', reply: { id: 'unique-postback-id', title: 'Button’s Title2' } },
						{ type: 'reply', reply: { id: 'unique-postback-id1', title: 'Button’s Title3' } },
					],
				},
			}),
		],
		[
			'a product',
			interactive({
				type: 'product',
				body: WORDS.body,
				footer: WORDS.footer,
				action: { catalogId: '202305241564', productRetailerId: '2023052415640001' },
			}),
		],
		[
			'a list of products, the same one in both sections',
			interactive({
				type: 'product_list',
				...WORDS,
				action: {
					catalogId: '202305241564',
					sections: [
						{ title: 'title1', productItems: ITEMS },
						{ title: 'title2', productItems: ITEMS },
					],
				},
			}),
		],
	])('%s', async (_what, body) => {
		expect(await codeOf(body)).toBe('0');
	});
});
