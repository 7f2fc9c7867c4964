import { ACCOUNT } from '../../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';
import { call, type Body } from '../../support/camsClient';

let sandbox: Sandbox;
beforeAll(async () => {
	const unlimited = Object.fromEntries(
		Object.keys(DEFAULT_SETTINGS.limits).map((operation) => [operation, 10_000]),
	);
	sandbox = await startSandbox(0, { limits: unlimited });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const CustSpaceId = ACCOUNT.custSpaceId;
const list = async (operation: string, form: object = {}) => await call(sandbox, operation, form);
const rowsOf = (body: Body, key = 'Data') => body[key] as Body[];

describe('ListInstance', () => {
	it('names every channel of every space, with the keys of the documents', async () => {
		const body = await list('ListInstance', { PageSize: '100' });
		expect(body).toMatchObject({ Code: 'OK', TotalCount: 8 });
		expect(rowsOf(body)).toHaveLength(8);
		expect(rowsOf(body)[0]).toEqual({
			InstanceId: 'inst-cams-sandbox-whatsapp',
			InstanceName: 'Sandbox whatsapp',
			ChannelType: 'WHATSAPP',
			CustSpaceId,
			State: 'published',
		});
	});

	it.each([
		['whatsapp', ['cams-sandbox', 'cams-own', 'cams-many']],
		['VIBER', ['cams-sandbox', 'cams-own']],
		['instagram', ['cams-sandbox']],
		[
			'',
			[
				'cams-sandbox',
				'cams-sandbox',
				'cams-sandbox',
				'cams-sandbox',
				'cams-sandbox',
				'cams-own',
				'cams-own',
				'cams-many',
			],
		],
	])('filters by the channel %s', async (ChannelType, spaces) => {
		expect(
			rowsOf(await list('ListInstance', { ChannelType })).map((row) => row.CustSpaceId),
		).toEqual(spaces);
	});

	it('pages', async () => {
		const page = async (PageIndex: number) =>
			rowsOf(await list('ListInstance', { PageIndex, PageSize: 3 })).length;
		expect([await page(1), await page(2), await page(3), await page(4)]).toEqual([3, 3, 2, 0]);
	});

	it.each([
		[{ PageIndex: '0' }, 'InvalidParameter.PageInvalid'],
		[{ PageSize: '1.5' }, 'InvalidParameter.PageInvalid'],
		[{ PageSize: 'all' }, 'InvalidParameter.PageInvalid'],
		[{ ChannelType: 'line' }, 'InvalidParameter.ChannelTypeNotSupport'],
	])('refuses %j', async (form, code) => {
		expect((await list('ListInstance', form)).Code).toBe(code);
	});
});

describe('the senders', () => {
	it('of Viber come by space', async () => {
		expect(await list('ListViberServiceMessage', { CustSpaceId })).toMatchObject({
			Code: 'OK',
			Data: [
				{ ServiceId: '20001', BusinessAccountName: 'Sandbox Store', State: 'published' },
				{ ServiceId: '20002', BusinessAccountName: 'Sandbox Support', State: 'published' },
			],
		});
		expect(await list('ListViberServiceMessage', { CustSpaceId: 'cams-many' })).toMatchObject({
			Code: 'OK',
			Data: [],
		});
	});

	it('of WhatsApp come by space and status', async () => {
		const numbers = async (form: object) =>
			rowsOf(await list('QueryChatappPhoneNumbers', form), 'PhoneNumbers').map(
				(row) => row.PhoneNumber,
			);
		expect(await numbers({ CustSpaceId })).toEqual(['6580001111', '6580002222']);
		expect(await numbers({})).toEqual(['6580001111', '6580002222']);
		expect(await numbers({ CustSpaceId: 'cams-many' })).toEqual(['6580003333']);
		expect(await numbers({ CustSpaceId, Status: 'BANNED' })).toEqual([]);
	});

	it('of Instagram come by instance', async () => {
		const { Code, Data } = await list('ListInstagramPage', {
			InstanceId: 'inst-cams-sandbox-instagram',
		});
		expect([Code, Data]).toEqual([
			'OK',
			{
				InstagramInfo: expect.objectContaining({
					AccountId: '17841400000000001',
					AccountName: 'sandbox.store',
					PageId: '100000000000001',
				}),
			},
		]);
	});

	it.each([
		['ListViberServiceMessage', {}, 'MissingCustSpaceId'],
		['ListInstagramPage', {}, 'MissingInstanceId'],
		['ListInstagramPage', { InstanceId: 'inst-cams-sandbox-whatsapp' }, 'Unknown.ResourceOwnerId'],
		['ListInstagramPage', { InstanceId: CustSpaceId }, 'Unknown.ResourceOwnerId'],
	])('%s refuses %j', async (operation, form, code) => {
		expect((await list(operation, form)).Code).toBe(code);
	});
});

describe('ListFlow', () => {
	it('gives the flows of a space, by name and by page', async () => {
		const names = async (form: object) =>
			rowsOf(await list('ListFlow', form)).map((row) => row.FlowName);
		expect(await names({ CustSpaceId })).toEqual(['book_a_visit', 'survey']);
		expect(await names({ CustSpaceId, FlowName: 'survey' })).toEqual(['survey']);
		expect(await names({ CustSpaceId, Page: '{"Index":2,"Size":1}' })).toEqual(['survey']);
		expect(await names({ CustSpaceId: 'cams-many' })).toEqual([]);
	});
});

describe('ListChatappTemplate', () => {
	const many = async (form: object) =>
		await list('ListChatappTemplate', { CustSpaceId: 'cams-many', ...form });

	it('pages to the end of 230, each once', async () => {
		const codes: unknown[] = [];
		for (let Index = 1; ; Index++) {
			const body = await many({ Page: JSON.stringify({ Index, Size: 50 }) });
			expect(body).toMatchObject({ Code: 'OK', Total: 230 });
			const rows = rowsOf(body, 'ListTemplate');
			if (rows.length === 0) break;
			codes.push(...rows.map((row) => row.TemplateCode));
		}
		expect(codes).toHaveLength(230);
		expect(new Set(codes).size).toBe(230);
	});

	it('gives ten when no page is named', async () => {
		expect(rowsOf(await many({}), 'ListTemplate')).toHaveLength(10);
		expect(rowsOf(await many({ Page: '{}' }), 'ListTemplate')).toHaveLength(10);
	});

	it.each([
		[{ TemplateType: 'VIBER' }, 2],
		[{ TemplateType: 'WHATSAPP' }, 13],
		[{ TemplateType: 'WHATSAPP', AuditStatus: 'pass' }, 12],
		[{ AuditStatus: 'auditing' }, 1],
		[{ AuditStatus: 'fail' }, 0],
		[{ Language: 'zh_CN' }, 1],
		[{ Name: 'order_update' }, 2],
		[{ Code: '900100200', Language: 'en_US' }, 1],
		[{ Category: 'AUTHENTICATION' }, 1],
	])('counts what passes %j', async (form, total) => {
		expect(await list('ListChatappTemplate', { CustSpaceId, ...form })).toMatchObject({
			Code: 'OK',
			Total: total,
		});
	});

	it.each([
		[{ Page: '[]' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '{"Index":0,"Size":10}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '{"Index":1.5,"Size":10}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '{"Index":1,"Size":0}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '1' }, 'InvalidParameter.PageInvalid'],
		[{ Page: 'x' }, 'InvalidParameter'],
		[{ TemplateType: 'whatsapp' }, 'InvalidParameter.TemplateTypeNotSupport'],
		[{ AuditStatus: 'approved' }, 'InvalidParameter.AuditStatusNotSupport'],
	])('refuses %j', async (form, code) => {
		expect((await many(form)).Code).toBe(code);
	});
});

describe('GetChatappTemplateDetail', () => {
	const detail = async (TemplateCode: string, Language: string) =>
		(await list('GetChatappTemplateDetail', { CustSpaceId, TemplateCode, Language })).Data as Body;

	it('has components, buttons and cards with the keys of the documents', async () => {
		const { Components, Example } = await detail('900100203', 'en_US');
		expect(Components).toEqual([
			{ Type: 'HEADER', Format: 'TEXT', Text: 'Your visit on $(day)' },
			expect.objectContaining({ Type: 'BODY' }),
			expect.objectContaining({ Type: 'FOOTER' }),
			{
				Type: 'BUTTONS',
				Buttons: [
					{ Type: 'QUICK_REPLY', Text: 'Keep' },
					{ Type: 'QUICK_REPLY', Text: 'Cancel' },
					{
						Type: 'URL',
						Text: 'Show the way',
						Url: 'https://example.com/visits/$(visitId)',
						UrlType: 'dynamic',
					},
				],
			},
		]);
		expect(Example).toEqual({ day: 'Monday', name: 'Mia', time: '9:30', visitId: '77' });
		expect((await detail('900100208', 'en')).Components).toMatchObject([
			{ Type: 'BODY' },
			{
				Type: 'CAROUSEL',
				Cards: [
					{
						CardComponents: [
							{ Url: '$(firstImage)' },
							{ Text: '$(firstOffer)' },
							{ Type: 'BUTTONS' },
						],
					},
					{ CardComponents: expect.any(Array) },
				],
			},
		]);
	});

	it('may hold components and example as JSON texts, as the example of the documents does', async () => {
		const { Components, Example } = await detail('900100204', 'en');
		expect(JSON.parse(String(Components))).toMatchObject([
			{ Type: 'HEADER', Url: '$(imageLink)' },
			{ Type: 'BODY' },
		]);
		expect(JSON.parse(String(Example))).toEqual({
			imageLink: 'https://example.com/new.jpg',
			product: 'a straw hat',
		});
	});

	it('may have keys in lower case, as the example of the documents does', async () => {
		expect((await detail('900100211', 'en_US')).Components).toMatchObject([
			{ type: 'BODY', text: 'Your parcel is at $(place).' },
			{ type: 'HEADER', format: 'IMAGE', url: '$(linkVariable)' },
			{ type: 'FOOTER' },
			{
				type: 'BUTTONS',
				buttons: [
					{ type: 'PHONE_NUMBER', text: 'Call us' },
					{ type: 'URL', url: 'https://example.com/' },
				],
			},
		]);
	});

	it('names no variable of an authentication template', async () => {
		expect(await detail('900100209', 'en')).toMatchObject({
			Example: {},
			Components: [{ Type: 'BODY', Text: '' }, { Buttons: [{ Type: 'COPY_CODE' }] }],
		});
	});
});

describe("a space that is not the account's", () => {
	it.each([
		'ListViberServiceMessage',
		'ListFlow',
		'ListChatappTemplate',
		'QueryChatappPhoneNumbers',
		'GetChatappUploadAuthorization',
	])('is refused by %s', async (operation) => {
		expect((await list(operation, { CustSpaceId: 'cams-nobody' })).Code).toBe(
			'Unknown.ResourceOwnerId',
		);
	});

	it('is refused for a detail and for the history', async () => {
		const template = { TemplateCode: '900100201', Language: 'en' };
		expect(
			(await list('GetChatappTemplateDetail', { ...template, CustSpaceId: 'cams-nobody' })).Code,
		).toBe('Unknown.ResourceOwnerId');
		const history = {
			ChannelType: 'WHATSAPP',
			BusinessNumber: '6580001111',
			Page: '{"Index":1,"Size":10}',
		};
		expect(
			(await list('ListChatappMessage', { ...history, CustSpaceId: 'cams-nobody' })).Code,
		).toBe('Unknown.ResourceOwnerId');
	});

	// SDK 5.3.0, ListChatappMessage: whatsapp or viber, and a page with both of its parts.
	it.each([
		[{ ChannelType: 'messenger' }, 'InvalidParameter.ChannelTypeNotSupport'],
		[{ Page: '{}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '{"Index":1}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '{"Size":10}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '[]' }, 'InvalidParameter.PageInvalid'],
		[{ Page: undefined }, 'MissingPage'],
		[{}, 'OK'],
	])('has no history for %j', async (wrong, code) => {
		const history = {
			ChannelType: 'VIBER',
			BusinessNumber: '20001',
			CustSpaceId: 'cams-own',
			Page: '{"Index":1,"Size":10}',
		};
		expect((await list('ListChatappMessage', { ...history, ...wrong })).Code).toBe(code);
	});

	it('has neither the templates nor the messages of another', async () => {
		const template = { TemplateCode: '900100201', Language: 'en' };
		expect(
			(await list('GetChatappTemplateDetail', { ...template, CustSpaceId: 'cams-many' })).Code,
		).toBe('DetailError.TemplateNotExist');
		const send = {
			ChannelType: 'whatsapp',
			Type: 'template',
			From: '6580001111',
			To: '6591234567',
			...template,
		};
		expect((await list('SendChatappMessage', { ...send, CustSpaceId: 'cams-own' })).Code).toBe(
			'OK',
		);
		expect((await list('SendChatappMessage', send)).Code).toBe('OK');
		const history = async (space: string) =>
			rowsOf(
				await list('ListChatappMessage', {
					ChannelType: 'WHATSAPP',
					BusinessNumber: '6580001111',
					Page: '{"Index":1,"Size":10}',
					CustSpaceId: space,
				}),
			).length;
		expect([
			await history('cams-own'),
			await history('cams-sandbox'),
			await history('cams-many'),
		]).toEqual([1, 1, 0]);
	});
});

describe('the limits', () => {
	it('are the documented ones', () => {
		expect(DEFAULT_SETTINGS.limits).toEqual({
			SendChatappMessage: 250,
			SendChatappMassMessage: 10,
			ListChatappTemplate: 5,
			GetChatappTemplateDetail: 5,
			QueryChatappPhoneNumbers: 10,
			UpdatePhoneWebhook: 10,
			UpdateAccountWebhook: 10,
			ListFlow: 5,
			GetChatappUploadAuthorization: 5,
		});
	});
});
