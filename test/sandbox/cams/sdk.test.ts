import Client, {
	GetChatappTemplateDetailRequest,
	GetChatappUploadAuthorizationRequest,
	ListChatappTemplateRequest,
	ListChatappTemplateRequestPage,
	ListFlowRequest,
	ListFlowRequestPage,
	QueryChatappPhoneNumbersRequest,
	SendChatappMassMessageRequest,
	SendChatappMassMessageRequestSenderList,
	SendChatappMessageRequest,
	UpdateAccountWebhookRequest,
	UpdatePhoneWebhookRequest,
} from '@alicloud/cams20200606';
import OpenApi, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';

import { ACCOUNT, findAccount } from '../../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';

/** Alibaba's SDK is the only client known to work with the real service, so the sandbox has to understand it. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

type Credentials = { accessKeyId: string; accessKeySecret: string; securityToken?: string };

const config = (credentials: Credentials = ACCOUNT) =>
	new Config({
		accessKeyId: credentials.accessKeyId,
		accessKeySecret: credentials.accessKeySecret,
		securityToken: credentials.securityToken,
		regionId: 'ap-southeast-1',
		endpoint: new URL(sandbox.url).host,
		protocol: 'HTTP',
	});

const HARD_TEXT = 'Größe+1 & 100% = "ok"? \'(a*b)~ 小米 Оля 😀\n¥';
const TEMPLATE = {
	channelType: 'whatsapp',
	custSpaceId: ACCOUNT.custSpaceId,
	from: '6580001111',
	templateCode: '900100200',
	language: 'en_US',
};

describe('the SDK generation that sends a form', () => {
	it('sends a template', async () => {
		const { body } = await new Client(config()).sendChatappMessage(
			new SendChatappMessageRequest({
				...TEMPLATE,
				type: 'template',
				to: '6591234567',
				taskId: 'order 77/+',
				templateParams: { name: HARD_TEXT, order: 'A-77' },
				payload: ['yes', 'no'],
			}),
		);
		expect(body).toMatchObject({
			code: 'OK',
			messageId: expect.stringMatching(/^\d+$/),
			requestId: expect.stringMatching(/.+/),
		});
		expect(sandbox.stats().messages).toEqual([
			expect.objectContaining({
				operation: 'SendChatappMessage',
				messageId: body!.messageId,
				channelType: 'whatsapp',
				from: '6580001111',
				to: '6591234567',
				taskId: 'order 77/+',
				templateCode: '900100200',
				language: 'en_US',
				templateParams: { name: HARD_TEXT, order: 'A-77' },
				text: `Hi ${HARD_TEXT}, your order A-77 is on its way.\nSandbox Store`,
			}),
		]);
	});

	it('sends the payloads of the buttons', async () => {
		const payload = ['payload1', 'payload2'];
		await new Client(config()).sendChatappMessage(
			new SendChatappMessageRequest({
				...TEMPLATE,
				templateCode: '900100203',
				type: 'template',
				to: '6591234567',
				templateParams: { day: 'Monday', name: 'Mia', time: '9:30', visitId: '77' },
				payload,
			}),
		);
		expect(sandbox.stats().messages).toMatchObject([{ payload }]);
	});

	it('sends a text', async () => {
		const { body } = await new Client(config()).sendChatappMessage(
			new SendChatappMessageRequest({
				channelType: 'viber',
				from: '20001',
				to: '6591234567',
				type: 'message',
				messageType: 'text',
				content: JSON.stringify({ text: HARD_TEXT }),
				label: 'promotion',
				ttl: 30,
			}),
		);
		expect(body!.code).toBe('OK');
		expect(sandbox.stats().messages).toEqual([
			expect.objectContaining({
				channelType: 'viber',
				label: 'promotion',
				messageType: 'text',
				content: { text: HARD_TEXT },
				text: HARD_TEXT,
			}),
		]);
	});

	it('sends to many', async () => {
		const recipients = [
			{ to: '6591234567', templateParams: { name: HARD_TEXT, order: '1' } },
			{ to: '6591234568', templateParams: { name: '李雷', order: '2' } },
			{ to: '6591234567', templateParams: { name: 'Оля', order: '3' } },
		];
		const { body } = await new Client(config()).sendChatappMassMessage(
			new SendChatappMassMessageRequest({
				...TEMPLATE,
				taskId: 'batch-7',
				senderList: recipients.map(
					(recipient) => new SendChatappMassMessageRequestSenderList(recipient),
				),
			}),
		);
		expect(body).toMatchObject({ code: 'OK', groupMessageId: expect.stringMatching(/^\d+$/) });
		const { messages, recipients: counted, calls } = sandbox.stats();
		expect(
			messages.map(({ to, templateParams, groupMessageId }) => ({
				to,
				templateParams,
				groupMessageId,
			})),
		).toEqual(
			recipients.map((recipient) => ({ ...recipient, groupMessageId: body!.groupMessageId })),
		);
		expect(counted).toEqual({ accepted: 3, unique: 2, duplicate: 1 });
		expect(calls).toMatchObject({
			received: 1,
			accepted: 1,
			byOperation: { SendChatappMassMessage: 1 },
		});
	});

	it('lists templates, page by page', async () => {
		const list = async (index: number) => {
			const page = new ListChatappTemplateRequestPage({ index, size: 2 });
			const { body } = await new Client(config()).listChatappTemplate(
				new ListChatappTemplateRequest({ templateType: 'WHATSAPP', page }),
			);
			expect(body).toMatchObject({ code: 'OK', total: 13 });
			return body!.listTemplate!.map(({ templateCode, language }) => `${templateCode}/${language}`);
		};
		expect(await list(1)).toEqual(['900100200/en_US', '900100200/zh_CN']);
		expect(await list(2)).toEqual(['900100201/en', '900100202/en_US']);
		expect(await list(7)).toEqual(['900100211/en_US']);
		expect(await list(8)).toEqual([]);
	});

	it('shows one template', async () => {
		const { body } = await new Client(config()).getChatappTemplateDetail(
			new GetChatappTemplateDetailRequest({
				templateCode: '900100200',
				language: 'zh_CN',
				custSpaceId: ACCOUNT.custSpaceId,
			}),
		);
		expect(body!.code).toBe('OK');
		expect(body!.data).toMatchObject({
			name: 'order_update',
			auditStatus: 'pass',
			example: { name: '小米', order: 'A-77' },
		});
		expect(body!.data!.components![0].text).toBe('$(name)，您的订单 $(order) 已发货。');
	});

	it('shows buttons and cards', async () => {
		const detail = async (templateCode: string, language: string) =>
			(
				await new Client(config()).getChatappTemplateDetail(
					new GetChatappTemplateDetailRequest({ templateCode, language }),
				)
			).body!.data!.components!;
		expect((await detail('900100205', 'en'))[1].buttons![0]).toMatchObject({
			type: 'FLOW',
			text: 'Book a visit',
			flowId: '500000000000001',
			navigateScreen: 'WELCOME',
		});
		const [, carousel] = await detail('900100208', 'en');
		expect(carousel.cards![1].cardComponents![2].buttons![0]).toMatchObject({
			type: 'URL',
			text: 'Buy',
			urlType: 'dynamic',
			url: 'https://example.com/offers/$(secondPath)',
		});
	});

	it('lists flows, page by page', async () => {
		const page = new ListFlowRequestPage({ index: 2, size: 1 });
		const { body } = await new Client(config()).listFlow(
			new ListFlowRequest({ custSpaceId: ACCOUNT.custSpaceId, page }),
		);
		expect(
			body!.data!.map(({ flowId, flowName, categories }) => ({ flowId, flowName, categories })),
		).toEqual([{ flowId: '500000000000002', flowName: 'survey', categories: ['SURVEY'] }]);
	});

	it('gets a permission to upload', async () => {
		const { body } = await new Client(config()).getChatappUploadAuthorization(
			new GetChatappUploadAuthorizationRequest({ custSpaceId: ACCOUNT.custSpaceId }),
		);
		const some = expect.stringMatching(/.+/) as unknown;
		expect(body!.data).toMatchObject({
			accessKeyId: some,
			accessKeySecret: some,
			securityToken: some,
			bucketName: some,
			dir: some,
			endPoint: sandbox.url,
			expire: 3600,
		});
	});

	it('lists the senders', async () => {
		const { body } = await new Client(config()).queryChatappPhoneNumbers(
			new QueryChatappPhoneNumbersRequest({ custSpaceId: ACCOUNT.custSpaceId }),
		);
		expect(body!.code).toBe('OK');
		expect(body!.phoneNumbers!.map(({ phoneNumber }) => phoneNumber)).toEqual([
			'6580001111',
			'6580002222',
		]);
	});

	it('sets where the receipts of a number go, and reads it back', async () => {
		const statusCallbackUrl = 'https://n8n.example.com/webhook/abc?k=1&z=é';
		const upCallbackUrl = 'https://n8n.example.com/webhook/abc';
		const urls = { statusCallbackUrl, upCallbackUrl };
		const { body } = await new Client(config()).updatePhoneWebhook(
			new UpdatePhoneWebhookRequest({
				custSpaceId: ACCOUNT.custSpaceId,
				phoneNumber: '6580001111',
				httpFlag: 'Y',
				queueFlag: 'N',
				...urls,
			}),
		);
		expect(body).toMatchObject({ code: 'OK', requestId: expect.stringMatching(/.+/) });
		const read = await new Client(config()).queryChatappPhoneNumbers(
			new QueryChatappPhoneNumbersRequest({ custSpaceId: ACCOUNT.custSpaceId }),
		);
		expect(read.body!.phoneNumbers![0]).toMatchObject({
			phoneNumber: '6580001111',
			statusQueue: '',
			upQueue: '',
			...urls,
		});
	});

	it('sets where the events of an account go', async () => {
		const { body } = await new Client(config()).updateAccountWebhook(
			new UpdateAccountWebhookRequest({
				custSpaceId: ACCOUNT.custSpaceId,
				httpFlag: 'Y',
				queueFlag: 'N',
				statusCallbackUrl: 'https://n8n.example.com/a',
			}),
		);
		expect(body!.code).toBe('OK');
		expect(sandbox.webhooks()['cams-sandbox/']).toMatchObject({
			HttpFlag: 'Y',
			QueueFlag: 'N',
			StatusCallbackUrl: 'https://n8n.example.com/a',
		});
	});

	it('signs in with a temporary key', async () => {
		const account = findAccount('STS.sandboxTemporary')!;
		const { body } = await new Client(config(account)).queryChatappPhoneNumbers(
			new QueryChatappPhoneNumbersRequest({}),
		);
		expect(body!.code).toBe('OK');
	});

	it.each([
		['a wrong secret', { ...ACCOUNT, accessKeySecret: 'wrong' }, 'SignatureDoesNotMatch'],
		['an unknown key', { ...ACCOUNT, accessKeyId: 'nobody' }, 'InvalidAccessKeyId.NotFound'],
		[
			'a temporary key without its token',
			{ ...findAccount('STS.sandboxTemporary')!, securityToken: undefined },
			'InvalidSecurityToken.MismatchWithAccessKey',
		],
	])('is refused with %s, by the code that the SDK reads', async (_what, credentials, code) => {
		const send = new Client(config(credentials)).sendChatappMessage(
			new SendChatappMessageRequest({
				...TEMPLATE,
				type: 'template',
				to: '6591234567',
				templateParams: { name: 'Mia', order: '1' },
			}),
		);
		await expect(send).rejects.toMatchObject({ code });
		expect(sandbox.stats().recipients.accepted).toBe(0);
	});
});

describe('the SDK generation that puts everything into the query', () => {
	async function call(action: string, query: Record<string, string>) {
		const params = new Params({
			action,
			version: '2020-06-06',
			protocol: 'HTTPS',
			pathname: '/',
			method: 'POST',
			authType: 'AK',
			style: 'RPC',
			reqBodyType: 'formData',
			bodyType: 'json',
		});
		const runtime = {} as Parameters<OpenApi['callApi']>[2];
		const answer = (await new OpenApi(config()).callApi(
			params,
			new OpenApiRequest({ query }),
			runtime,
		)) as {
			body: Record<string, unknown>;
		};
		return answer.body;
	}
	const TEMPLATE_QUERY = {
		ChannelType: 'whatsapp',
		From: '6580001111',
		TemplateCode: '900100200',
		Language: 'en_US',
	};

	it('sends a template', async () => {
		const templateParams = { name: HARD_TEXT, order: 'A-77' };
		const body = await call('SendChatappMessage', {
			...TEMPLATE_QUERY,
			Type: 'template',
			To: '6591234567',
			TemplateParams: JSON.stringify(templateParams),
		});
		expect(body.Code).toBe('OK');
		expect(sandbox.stats().messages).toEqual([
			expect.objectContaining({ messageId: body.MessageId, to: '6591234567', templateParams }),
		]);
	});

	it('sends to a thousand, all of them in the address, unless that is too long', async () => {
		// What the real gateway takes is not known; this generation puts 130 kB into it.
		sandbox.configure({ addressMostBytes: 200_000 });
		const senderList = Array.from({ length: 1000 }, (_, index) => ({
			To: String(6591000000 + index),
			TemplateParams: { name: `小米 ${index}`, order: `A-${index}` },
		}));
		const body = await call('SendChatappMassMessage', {
			...TEMPLATE_QUERY,
			SenderList: JSON.stringify(senderList),
		});
		expect(body).toMatchObject({ Code: 'OK', GroupMessageId: expect.stringMatching(/^\d+$/) });
		const { messages, recipients } = sandbox.stats();
		expect(recipients).toEqual({ accepted: 1000, unique: 1000, duplicate: 0 });
		expect(
			messages.map(({ to, templateParams }) => ({ To: to, TemplateParams: templateParams })),
		).toEqual(senderList);

		sandbox.configure({ addressMostBytes: DEFAULT_SETTINGS.addressMostBytes });
		await expect(
			call('SendChatappMassMessage', {
				...TEMPLATE_QUERY,
				SenderList: JSON.stringify(senderList),
			}),
		).rejects.toThrow();
		expect(sandbox.stats().calls.refusedBy).toEqual({ 414: 1 });
	});

	it('finds in the history what it sent', async () => {
		for (const To of ['6591234567', '6591234568']) {
			await call('SendChatappMessage', {
				...TEMPLATE_QUERY,
				Type: 'template',
				To,
				TemplateParams: '{"name":"Mia","order":"1"}',
			});
		}
		const body = await call('ListChatappMessage', {
			ChannelType: 'WHATSAPP',
			BusinessNumber: '6580001111',
			CustSpaceId: ACCOUNT.custSpaceId,
			UserNumber: '6591234568',
			Page: '{"Index":1,"Size":10}',
		});
		expect(body.Code).toBe('OK');
		expect(body.Data).toEqual([
			expect.objectContaining({
				UserNumber: '6591234568',
				MessageId: sandbox.stats().messages[1].messageId,
			}),
		]);
	});

	it('finds in the history the recipients of a mass send, by its GroupMessageId', async () => {
		const { GroupMessageId } = await call('SendChatappMassMessage', {
			...TEMPLATE_QUERY,
			SenderList: JSON.stringify(
				['6591234567', '6591234568'].map((To) => ({
					To,
					TemplateParams: { name: 'Mia', order: '1' },
				})),
			),
		});
		const now = Date.now();
		const body = await call('ListChatappMessage', {
			ChannelType: 'whatsapp',
			BusinessNumber: '6580001111',
			CustSpaceId: ACCOUNT.custSpaceId,
			GroupMessageId: String(GroupMessageId),
			StartTime: String(now - 60_000),
			EndTime: String(now + 60_000),
			Page: '{"Index":1,"Size":100}',
		});
		expect(body).toMatchObject({ Code: 'OK', Success: true });
		expect((body.Data as Array<{ UserNumber: string }>).map((row) => row.UserNumber)).toEqual([
			'6591234568',
			'6591234567',
		]);
	});
});
