/**
 * Pushes as the vendors' documents show them, in their shape; values are shortened.
 * CAMS: pages "ChatAppStatus" (HTTP, 2026-04-10; queue, 2026-06-03), "ChatAppInbound" (HTTP, 2024-04-19 and 2026-06-08)
 * and "ChatAppAudit". InnoPaaS: pages "message status" and "inbox chat message events", and the predecessor's
 * "WhatsApp Webhook" (chuanglan-international/whatsapp, api_cn/webhook.md). Flow answers: Meta, "Response message webhook".
 */
import type { IDataObject } from 'n8n-workflow';

const inbound = (Type: string, Message: unknown, more: object = {}): IDataObject =>
	({
		MessageId: '1000000000000003',
		CustSpaceId: 'cams-83m8j9adc',
		From: '+8613888880000',
		DisplayName: 'Mr Liu',
		NoticeType: 'inbound',
		To: '+8613788860000',
		Type,
		Message,
		'Timestamp ': 1662104191973,
		Name: 'jack',
		WabaId: '95271863233',
		...more,
	}) as IDataObject;

export const CAMS_PUSHES: IDataObject[] = [
	{
		Status: 'Failed',
		ErrorDescription:
			'131026:Receiver is incapable of receiving this message(Message Undeliverable.)',
		MsgFrameType: 'template',
		TaskId: '2023070301719',
		From: '86131000008',
		Timestamp: 1691043638000,
		OriginPhoneNumber: '86130000008',
		TemplateCode: '820561547132813184',
		Type: 'TEMPLATE',
		Language: 'id',
		TemplateName: 'wa_otp_v_0_0_3',
		To: '86138000008',
		ErrorCode: '131026',
		MessageId: '20230784694637033',
	},
	{
		Status: 'Read',
		MsgFrameType: 'message',
		Type: 'INTERACTIVE',
		TaskId: '20230684733530988',
		From: '86131000008',
		To: '86138000008',
		Timestamp: 1691132091000,
		OriginPhoneNumber: '86131000008',
		MessageId: '20230384705533988',
		ConversationId: '72222201111',
		ConversationType: 'service',
	},
	{
		MessageId: '1',
		From: '86131000008',
		To: '86138000008',
		FromUserId: 'US.13491208655302741918',
		FromParentUserId: 'US.ENT.11815799212886844830',
		FromUserName: 'jack',
		Timestamp: 1691132091000,
		Status: 'unsubscribe',
		StatusDescription: 'blocked',
		ConversationExpirationTime: 1691132092000,
	},
	{ MessageId: '2', Status: 'Failed', Error: '131047', To: '86138000008' },
	{
		MessageId: '1000000000000001',
		From: '8613888880000',
		To: '8613788880000',
		DisplayName: 'Mr Liu',
		Type: 'TEXT',
		Message: "hello,it's me",
		Timestamp: 1662104191973,
		Name: 'jack',
	},
	inbound(
		'AUDIO',
		'{ "name": "this is first audio message", "id": "6e098464", "mimeType": "application/pdf", "fileName": "first.pdf", "url": "" }',
	),
	inbound(
		'AUDIO',
		'{"filename":"File.ogg","animated":false,"id":"321452075431","mimeType":"audio/ogg","url":"https://example.com/1.ogg"}',
	),
	inbound('DOCUMENT', {
		name: 'the document',
		ID: '6e098464',
		filename: 'first.pdf',
		mimeType: 'application/pdf',
		url: 'https://example.com/1.pdf',
	}),
	inbound('IMAGE', {
		caption: 'pic',
		id: '7',
		mimeType: 'image/png',
		url: 'https://example.com/1',
	}),
	inbound('LOCATION', { address: 'Street', latitude: '30.1', longitude: '120.2', name: 'Office' }),
	inbound('REPLY', '{"text":"Yes","payload":"yes-1"}'),
	inbound('INTERACTIVE', {
		type: 'list_reply',
		list_reply: { id: 'r1', title: 'Tea', description: 'Green' },
	}),
	inbound('ORDER', { product_items: [{ item_price: 5.5, quantity: 2, currency: 'SGD' }] }),
	inbound('SYSTEM', { body: 'moved', wa_id: '8613888880001', type: 'user_changed_number' }),
	{
		WabaId: '100200300',
		TemplateCode: '900100200',
		Language: 'en_US',
		AuditStatus: 'fail',
		Reason: 'INVALID_FORMAT',
		Type: 'template',
	},
	{
		WabaId: '100200300',
		Type: 'phoneQualityUpdate',
		PhoneNumber: '+8613788860000',
		Status: 'GREEN',
		CurrentLimit: 'TIER_1K',
	},
];

const envelope = (type: string, body: object): IDataObject =>
	({
		id: 'b5e984b3-21b2-42a9-b08b-72e5a4096ac6',
		type,
		eventTime: '2023-02-22T12:00:00.000Z',
		body,
	}) as IDataObject;

const status = (body: object) =>
	envelope('whatsapp_message_status_updated', {
		id: '356139161272397824',
		accountName: 'IW123456',
		wabaId: '11231231212331',
		wamid: 'wamid.BgNODYxN',
		...body,
	});

const message = (type: string, body: object) =>
	envelope('whatsapp_mo_message_received', {
		id: '63f5d602367ea403f8175a6c',
		accountName: 'IW123456',
		wabaId: '11231231212331',
		wamid: 'wamid.HBgNOD',
		from: '8618300002197',
		customerProfile: { name: 'Jack' },
		to: '6281100006819',
		sendTime: '2023-02-22T11:59:59.000Z',
		type,
		...body,
	});

const CONTEXT = { context: { from: '6281100006819', id: 'wamid.ID' } };
const FILE = { caption: 'CAPTION', mimeType: 'image/jpeg', sha256: 'HASH', link: 'http://x/1' };

export const INNOPAAS_PUSHES: IDataObject[] = [
	status({
		status: 'delivered',
		sendPhone: '6281200000001',
		uid: 'batch-0001',
		conversation: {
			id: '00e5a7e14a588d96bd2343d105d03ec5',
			initiateType: 'business_initiated',
			expireAt: '2023-02-23T12:00:00.000Z',
			currency: 'EUR',
		},
		currency: 'USD',
	}),
	status({ status: 'read' }),
	status({
		status: 'failed',
		errorData: { errorCode: '131014', errorMessage: 'failed with error: 404', details: 'x' },
	}),
	status({ status: 'SMECL:FAILED', errorData: { errorCode: '131049' } }),
	message('text', { text: { body: 'OK' } }),
	message('reaction', { reaction: { messageId: 'wamid.HBgNODY', emoji: '👍' } }),
	message('image', { image: FILE }),
	message('sticker', { sticker: { ...FILE, animated: true } }),
	message('document', { document: { ...FILE, filename: 'filename.pdf' } }),
	message('location', {
		location: { latitude: 39.90539, longitude: 116.39134, name: 'NAME', address: 'ADDRESS' },
	}),
	message('contacts', {
		contact: [{ name: { firstName: 'A' }, phones: [{ phone: '1', wa_id: '2' }] }],
	}),
	message('button', { button: { text: 'No', payload: 'No-Button-Payload' }, ...CONTEXT }),
	message('unknown', {
		errors: [{ code: 131051, details: 'not supported', title: 'Unsupported message type' }],
	}),
	message('interactive', {
		interactive: {
			listReply: { id: 'row', title: 'title', description: 'description' },
			type: 'listReply',
		},
		...CONTEXT,
	}),
	message('interactive', {
		interactive: { buttonReply: { id: 'button', title: 'text' }, type: 'buttonReply' },
		...CONTEXT,
	}),
	message('interactive', {
		interactive: {
			type: 'nfm_reply',
			nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"t","size":"M"}' },
		},
	}),
	message('order', { order: { catalogId: '7', items: [{ price: 5.5 }] } }),
	message('system', { system: { body: 'moved', newWaId: '8618300002198' } }),
	envelope('whatsapp_template_status_updated', {
		accountName: 'IW2267527',
		category: 'AUTHENTICATION',
		reason: 'NONE',
		templateId: '998961841525295',
		templateLanguage: 'en_US',
		templateName: 'common_otp',
		templateStatus: 'APPROVED',
		wabaId: '110129512080569',
	}),
	envelope('whatsapp_account_review_updated', { decision: 'APPROVED', wabaId: '1' }),
	...['chat_mt_message_notify', 'chat_mo_message_notify'].map((type) =>
		envelope(type, {
			wabaId: '11231231212331',
			from: '6281100006819',
			to: '8618300002197',
			messageType: 'text',
			context: { text: 'this is test message' },
			wamid: 'wamid.BgNODYxN',
			conversationId: '12312312312312',
			uid: '123123123123123213123',
		}),
	),
];
