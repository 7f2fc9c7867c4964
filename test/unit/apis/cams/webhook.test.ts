import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { CAMS_WEBHOOK } from '../../../../nodes/shared/apis/cams/webhook';
import {
	anyPushed,
	expectEvent,
	missingFrom,
	readOne,
	readText,
	variationOf,
} from '../../../support/pushes';
import { CAMS_PUSHES } from '../../../support/vendorPushes';

const one = (pushed: object) => readOne(CAMS_WEBHOOK, pushed);

const FAILED = {
	MessageId: '202611210001',
	From: '6580001111',
	To: '6591234567',
	Timestamp: 1795298400000,
	Status: 'Failed',
	ErrorCode: '131026',
	ErrorDescription: '131026:Message undeliverable',
	MsgFrameType: 'template',
	Type: 'TEMPLATE',
	TaskId: 'order-77',
	TemplateCode: '900100200',
	TemplateName: 'order_update',
	Language: 'en',
	OriginPhoneNumber: '6580001111',
};
const READ = {
	MessageId: '202611210002',
	From: '6580001111',
	To: '6591234568',
	Timestamp: 1795298401000,
	Status: 'Read',
	MsgFrameType: 'message',
	Type: 'INTERACTIVE',
	TaskId: '202611210002',
	ConversationId: 'c-1',
	ConversationType: 'service',
};
const TEXT = {
	MessageId: '202611210100',
	CustSpaceId: 'cams-8c8abcdef',
	WabaId: '100200300',
	From: '6591234567',
	To: '6580001111',
	DisplayName: 'Ana',
	Name: 'Ana L',
	NoticeType: 'inbound',
	Type: 'TEXT',
	Message: 'hello',
	Timestamp: 1795298500000,
};
const FILE = {
	id: 'm1',
	mimeType: 'image/jpeg',
	url: 'https://example.com/m1.jpg',
	caption: 'pic',
};

describe('a status of CAMS', () => {
	it('tells all that was pushed, flat, once', () => {
		expect(one(FAILED)).toEqual({
			event: 'messageStatus',
			status: 'failed',
			messageId: '202611210001',
			taskId: 'order-77',
			from: '6580001111',
			to: '6591234567',
			timestamp: '2026-11-21T22:00:00.000Z',
			code: '131026',
			reason: expect.stringMatching(/may not use WhatsApp/),
			errorDescription: '131026:Message undeliverable',
			templateCode: '900100200',
			templateName: 'order_update',
			language: 'en',
			messageType: 'template',
			msgFrameType: 'template',
			originPhoneNumber: '6580001111',
			api: 'cams',
		});
	});

	it('has no task id where the message’s own id stands in its place', () => {
		const event = one(READ);
		expect(event).toEqual({
			event: 'messageStatus',
			status: 'read',
			messageId: '202611210002',
			from: '6580001111',
			to: '6591234568',
			timestamp: '2026-11-21T22:00:01.000Z',
			messageType: 'interactive',
			conversationId: 'c-1',
			conversationType: 'service',
			msgFrameType: 'message',
			api: 'cams',
		});
	});

	it.each([
		['Sent', 'sent'],
		['DELIVERED', 'delivered'],
		[' read ', 'read'],
		['Failed', 'failed'],
		['undelivered', 'failed'],
		['Deleted', 'deleted'],
		['SomethingNew', 'somethingnew'],
	])('%j is %j', (Status, status) => {
		expect(one({ ...READ, Status })).toMatchObject({ event: 'messageStatus', status });
	});

	it.each<[string, IDataObject, string | undefined, string | RegExp | undefined]>([
		[
			'a code and its description',
			{ ErrorCode: '131026', ErrorDescription: '131026:Message undeliverable' },
			'131026',
			/may not use WhatsApp/,
		],
		['a code as a number', { ErrorCode: 131049 }, '131049', /has received enough/],
		[
			'a code in the description only',
			{ ErrorDescription: '131047: Re-engagement message' },
			'131047',
			/more than 24 hours/,
		],
		[
			'a code that nobody knows',
			{ ErrorCode: '999999', ErrorDescription: '999999: Something new' },
			'999999',
			'Something new',
		],
		['a code named like a method', { ErrorCode: 'constructor' }, 'constructor', undefined],
		['a description only', { ErrorDescription: 'No such thing' }, undefined, 'No such thing'],
		['the description of the status', { StatusDescription: 'Not sent' }, undefined, 'Not sent'],
		['nothing', {}, undefined, undefined],
	])('that failed, with %s', (_what, more, code, reason) => {
		const event = one({ MessageId: '1', Status: 'Failed', ...more });
		expect(event.code).toBe(code);
		if (reason instanceof RegExp) expect(event.reason).toMatch(reason);
		else expect(event.reason).toBe(reason);
	});

	it.each([{}, { ErrorCode: '131026' }, { ErrorCode: '999999' }])(
		'that failed tells the vendor’s own words beside our reason, with %j',
		(more) => {
			const said = {
				ErrorDescription: '131026:Message undeliverable',
				statusDescription: 'Not sent',
			};
			expect(one({ MessageId: '1', Status: 'Failed', ...said, ...more })).toMatchObject({
				errorDescription: said.ErrorDescription,
				statusDescription: said.statusDescription,
				reason: expect.any(String),
			});
		},
	);

	it('that did not fail has no reason, whatever describes it', () => {
		const event = one({ ...READ, StatusDescription: 'Read' });
		expect(event).not.toHaveProperty('reason');
		expect(event).toMatchObject({ statusDescription: 'Read' });
	});

	it.each([
		['n8n-4821-0a1b2c-c3', { campaignId: 'n8n-4821-0a1b2c', chunk: 3 }],
		['n8n-4821-0a1b2c-c120', { campaignId: 'n8n-4821-0a1b2c', chunk: 120 }],
		['n8n-test-ffffff-i0', { campaignId: 'n8n-test-ffffff' }],
		['n8n-123456789012-0a1b2c-c1', { campaignId: 'n8n-123456789012-0a1b2c', chunk: 1 }],
		['order-77', {}],
		['n8n-4821-c3', {}],
		['n8n-4821-0a1b2-c3', {}],
		['n8n-4821-0A1B2C-c3', {}],
		['n8n-4821-0a1b2c-x3', {}],
		['n8n-4821-0a1b2c-c', {}],
		['n8n-4821-0a1b2c-c3x', {}],
		['my-n8n-4821-0a1b2c-c3', {}],
		['n8n--0a1b2c-c3', {}],
		['n8n-1234567890123-0a1b2c-c1', {}],
	])('with the task id %s belongs to %j', (TaskId, origin) => {
		const { campaignId, chunk, taskId } = one({ ...READ, TaskId });
		expect({
			...(campaignId !== undefined && { campaignId }),
			...(chunk !== undefined && { chunk }),
		}).toEqual(origin);
		expect(taskId).toBe(TaskId);
	});

	it('belongs to no campaign by what else is pushed', () => {
		expect(
			one({ ...READ, CampaignId: 'x', campaignId: 'y', Chunk: 7, chunk: 8 }),
		).not.toHaveProperty(['campaignId']);
		expect(
			one({ ...READ, CampaignId: 'x', campaignId: 'y', Chunk: 7, chunk: 8 }),
		).not.toHaveProperty(['chunk']);
	});
});

describe('an inbound message of CAMS', () => {
	const ALL = {
		event: 'inboundMessage',
		messageId: '202611210100',
		from: '6591234567',
		fromName: 'Ana',
		profileName: 'Ana L',
		to: '6580001111',
		timestamp: '2026-11-21T22:01:40.000Z',
		custSpaceId: 'cams-8c8abcdef',
		wabaId: '100200300',
		api: 'cams',
	};

	it('is a text', () => {
		expect(one(TEXT)).toEqual({ ...ALL, messageType: 'text', text: 'hello' });
	});

	it.each(['{"a":1}', '[1]', 'null', '{', '"x"', '0', 'true'])(
		'is a text also when that looks like JSON: %s',
		(Message) => {
			expect(one({ ...TEXT, Message })).toEqual({ ...ALL, messageType: 'text', text: Message });
		},
	);

	it('can be without the channel, as in the sample', () => {
		const event = one({ ...TEXT, CustSpaceId: undefined, WabaId: undefined });
		expect(event).toEqual({
			...ALL,
			custSpaceId: undefined,
			wabaId: undefined,
			messageType: 'text',
			text: 'hello',
		});
	});

	it.each<[IDataObject, IDataObject]>([
		[
			{ DisplayName: 'Ana', Name: 'Ana L' },
			{ fromName: 'Ana', profileName: 'Ana L' },
		],
		[{ DisplayName: 'Ana', Name: 'Ana' }, { fromName: 'Ana' }],
		[{ DisplayName: '', Name: 'Ana L' }, { fromName: 'Ana L' }],
		[{ DisplayName: 'Ana', Name: null }, { fromName: 'Ana' }],
	])('from %j is from %j', (names, expected) => {
		const { fromName, profileName, name } = one({ ...TEXT, ...names });
		expect({ fromName, profileName, name }).toEqual(expected);
	});

	it('from somebody without a phone number has their user ID', () => {
		const user = {
			FromUserId: 'US.13491208655302741918',
			FromParentUserId: 'US.ENT.11815799212886844830',
			FromUserName: 'ana',
		};
		for (const From of [undefined, null, '']) {
			const event = one({ ...TEXT, ...user, From });
			expect(event).not.toHaveProperty('from');
			expect(event).toMatchObject({
				fromUserId: user.FromUserId,
				fromParentUserId: user.FromParentUserId,
				fromUserName: 'ana',
			});
		}
	});

	const EXPIRES = { mediaExpiresAt: '2026-11-28T22:01:40.000Z' };
	describe.each([
		['as text', (message: object) => JSON.stringify(message) as unknown],
		['as an object', (message: object) => message as unknown],
	])('with its message %s', (_how, form) => {
		it.each<[string, object, IDataObject]>([
			[
				'IMAGE',
				FILE,
				{
					messageType: 'image',
					mediaId: 'm1',
					mimeType: 'image/jpeg',
					mediaLink: FILE.url,
					caption: 'pic',
					...EXPIRES,
				},
			],
			[
				'VIDEO',
				{ name: 'a.mp4', id: 'm2', mimeType: 'video/mp4', url: 'https://example.com/a' },
				{
					messageType: 'video',
					fileName: 'a.mp4',
					mediaId: 'm2',
					mimeType: 'video/mp4',
					mediaLink: 'https://example.com/a',
					...EXPIRES,
				},
			],
			[
				'AUDIO',
				{
					filename: 'a.ogg',
					animated: false,
					id: 'm3',
					mimeType: 'audio/ogg',
					url: 'https://example.com/b',
				},
				{
					messageType: 'audio',
					fileName: 'a.ogg',
					animated: false,
					mediaId: 'm3',
					mimeType: 'audio/ogg',
					mediaLink: 'https://example.com/b',
					...EXPIRES,
				},
			],
			[
				'AUDIO',
				{ name: 'first audio', id: 'm3', mimeType: 'audio', fileName: 'first.pdf', url: '' },
				{
					messageType: 'audio',
					fileName: 'first.pdf',
					name: 'first audio',
					mediaId: 'm3',
					mimeType: 'audio',
				},
			],
			[
				'DOCUMENT',
				{ name: 'the bill', filename: 'a.pdf', id: 'm4', url: 'https://example.com/c' },
				{
					messageType: 'document',
					fileName: 'a.pdf',
					name: 'the bill',
					mediaId: 'm4',
					mediaLink: 'https://example.com/c',
					...EXPIRES,
				},
			],
			[
				'DOCUMENT',
				{ filename: 'a.pdf', ID: 'm4', mimeType: 'application/pdf', url: 'https://example.com/c' },
				{
					messageType: 'document',
					fileName: 'a.pdf',
					mediaId: 'm4',
					mimeType: 'application/pdf',
					mediaLink: 'https://example.com/c',
					...EXPIRES,
				},
			],
			[
				'STICKER',
				{ id: 'm5', url: 'https://example.com/d' },
				{ messageType: 'sticker', mediaId: 'm5', mediaLink: 'https://example.com/d', ...EXPIRES },
			],
			[
				'LOCATION',
				{ address: '1 Market Street', latitude: 1.25, longitude: -103.5, name: 'Market' },
				{
					messageType: 'location',
					latitude: 1.25,
					longitude: -103.5,
					locationName: 'Market',
					address: '1 Market Street',
				},
			],
			[
				'LOCATION',
				{ latitude: 0, longitude: 0 },
				{ messageType: 'location', latitude: 0, longitude: 0 },
			],
			[
				'REPLY',
				{ text: 'Yes', payload: 'yes-1' },
				{ messageType: 'buttonReply', text: 'Yes', payload: 'yes-1' },
			],
			[
				'ORDER',
				{ product_items: [{ item_price: 5, quantity: 1, currency: 'SGD' }] },
				{ messageType: 'order', product_items: [{ item_price: 5, quantity: 1, currency: 'SGD' }] },
			],
			[
				'CONTACTS',
				{ contacts: [{ name: { formatted_name: 'Ben' } }] },
				{ messageType: 'contacts', contacts: [{ name: { formatted_name: 'Ben' } }] },
			],
			[
				'CONTACT',
				{ name: 'Ben', phones: ['6591234567'] },
				{ messageType: 'contacts', name: 'Ben', phones: ['6591234567'] },
			],
			[
				'SYSTEM',
				{
					from: '6599999999',
					to: 'x',
					type: 'number_changed',
					messageId: 'x',
					event: 'x',
					api: 'x',
					error: 'x',
				},
				{
					messageType: 'system',
					type: 'number_changed',
					otherFields: {
						Message: {
							from: '6599999999',
							to: 'x',
							messageId: 'x',
							event: 'x',
							api: 'x',
							error: 'x',
						},
					},
				},
			],
			[
				'INTERACTIVE',
				{ button: { id: 'b1' } },
				{ messageType: 'interactive', button: { id: 'b1' } },
			],
			[
				'INTERACTIVE',
				{ type: 'list_reply', list_reply: { id: 'r1', title: 'Tea', description: 'Green' } },
				{
					messageType: 'interactive',
					type: 'list_reply',
					text: 'Tea',
					payload: 'r1',
					description: 'Green',
				},
			],
			[
				'INTERACTIVE',
				{ interactive: { type: 'button_reply', button_reply: { id: 'b1', title: 'Yes' } } },
				{ messageType: 'buttonReply', text: 'Yes', payload: 'b1' },
			],
			[
				'INTERACTIVE',
				{
					type: 'nfm_reply',
					nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"t","size":"M"}' },
				},
				{
					messageType: 'interactive',
					type: 'nfm_reply',
					text: 'Sent',
					payload: '{"flow_token":"t","size":"M"}',
					flowResponse: { flow_token: 't', size: 'M' },
					nfm_reply: { name: 'flow' },
				},
			],
			[
				'SOMETHING_NEW',
				{ what: { ever: [1] } },
				{ messageType: 'something_new', what: { ever: [1] } },
			],
		])('%s %j', (Type, message, expected) => {
			expect(one({ ...TEXT, Type, Message: form(message) })).toEqual({ ...ALL, ...expected });
		});
	});

	it.each([
		['+6591234567', '+65 8000 1111', '6591234567', '+65 8000 1111'],
		['6591234567', '+6580001111', '6591234567', '6580001111'],
		['+my-page', '17841400000000001', '+my-page', '17841400000000001'],
	])('from %s to %s is from %s to %s', (From, To, from, to) => {
		expect(one({ ...TEXT, From, To })).toMatchObject({ from, to });
	});

	it('has its link’s end only with a time', () => {
		expect(one({ ...TEXT, Type: 'IMAGE', Message: FILE, Timestamp: 'soon' })).not.toHaveProperty(
			'mediaExpiresAt',
		);
	});

	it('keeps what is neither text nor object', () => {
		expect(one({ ...TEXT, Type: 'CONTACTS', Message: [{ name: 'Ben' }] })).toMatchObject({
			messageType: 'contacts',
			message: [{ name: 'Ben' }],
		});
	});

	it.each(['constructor', '__proto__', 'toString', 'valueOf'])('may have the type %s', (Type) => {
		expect(one({ ...TEXT, Type })).toMatchObject({ messageType: Type.toLowerCase() });
	});
});

describe('an audit of CAMS', () => {
	it('of a template, in its first form', () => {
		expect(
			one({
				WabaId: '100200300',
				TemplateCode: '900100200',
				Language: 'en_US',
				AuditStatus: 'fail',
				Reason: 'INVALID_FORMAT',
			}),
		).toEqual({
			event: 'templateEvent',
			status: 'fail',
			reason: 'INVALID_FORMAT',
			templateCode: '900100200',
			language: 'en_US',
			wabaId: '100200300',
			api: 'cams',
		});
	});

	it.each(['pass', 'fail', 'auditing', 'unaudit', 'disabled', 'paused', 'somethingNew'])(
		'is %s',
		(AuditStatus) => {
			expect(one({ TemplateCode: '900100200', AuditStatus })).toMatchObject({
				event: 'templateEvent',
				status: AuditStatus.toLowerCase(),
			});
		},
	);

	it.each([
		['template', 'templateEvent'],
		['templateCategoryUpdate', 'templateEvent'],
		['templateQualityUpdate', 'templateEvent'],
		['phoneNameUpdate', 'accountEvent'],
		['phoneQualityUpdate', 'accountEvent'],
		['wabaReviewUpdate', 'accountEvent'],
		['wabaAccountUpdate', 'accountEvent'],
		['somethingNew', 'accountEvent'],
	])('of the type %s is a %s', (Type, event) => {
		expect(
			one({
				WabaId: '1',
				Type,
				Status: 'GREEN',
				PhoneNumber: '+6580001111',
				CurrentLimit: 1000,
				New: { a: 1 },
			}),
		).toEqual({
			...{
				event,
				eventType: Type,
				status: 'green',
				phoneNumber: '6580001111',
				currentLimit: '1000',
				wabaId: '1',
				new: { a: 1 },
				api: 'cams',
			},
		});
	});
});

describe('a push of CAMS', () => {
	it('can be a list, one object, a list inside a text, or one in bare quotes', () => {
		const list = JSON.stringify([FAILED, READ]);
		const expected = [one(FAILED), one(READ)];
		expect(readText(CAMS_WEBHOOK, list)).toEqual(expected);
		expect(readText(CAMS_WEBHOOK, JSON.stringify(list))).toEqual(expected);
		expect(readText(CAMS_WEBHOOK, `"${list}"`)).toEqual(expected);
		expect(readText(CAMS_WEBHOOK, JSON.stringify(FAILED))).toEqual([expected[0]]);
		expect(readText(CAMS_WEBHOOK, JSON.stringify(JSON.stringify(FAILED)))).toEqual([expected[0]]);
	});

	it('in bare quotes can hold a message that is text itself', () => {
		const list = JSON.stringify([{ ...TEXT, Type: 'IMAGE', Message: JSON.stringify(FILE) }]);
		expect(readText(CAMS_WEBHOOK, `"${list}"`)).toEqual(readText(CAMS_WEBHOOK, list));
	});

	it.each([
		FAILED,
		READ,
		TEXT,
		{ ...TEXT, Type: 'IMAGE', Message: FILE },
		{ WabaId: '1', TemplateCode: '2', AuditStatus: 'pass', Type: 'template' },
	])('may have blanks around its keys: %j', (pushed) => {
		const blanks = Object.fromEntries(
			Object.entries(pushed).map(([name, value]) => [` ${name}\t`, value]),
		);
		expect(one(blanks)).toEqual(one(pushed));
	});

	it('tells what has no value by leaving it out', () => {
		const nulls = {
			ErrorCode: null,
			ErrorDescription: '',
			TaskId: null,
			New: null,
			Message: null,
			NoticeType: null,
			AuditStatus: null,
		};
		expect(one({ ...READ, ...nulls })).toEqual(one({ ...READ, TaskId: undefined }));
	});

	it('keeps fields that are new', () => {
		const more = {
			FromUserId: 'u-1',
			FromUserName: 'ana',
			Depth: { a: [1, { b: true }] },
			Zero: 0,
			No: false,
		};
		const kept = {
			fromUserId: 'u-1',
			fromUserName: 'ana',
			depth: { a: [1, { b: true }] },
			zero: 0,
			no: false,
		};
		for (const pushed of [
			FAILED,
			READ,
			TEXT,
			{ TemplateCode: '1', AuditStatus: 'pass' },
			{ Strange: true },
		]) {
			expect(one({ ...pushed, ...more })).toEqual({ ...one(pushed), ...kept });
		}
	});

	it('reads fields that are written in another case than in the documents', () => {
		expect(
			one({ MESSAGEID: '1', status: 'Sent', from: '6580001111', TO: '6591234567' }),
		).toMatchObject({
			event: 'messageStatus',
			status: 'sent',
			from: '6580001111',
			to: '6591234567',
		});
	});

	it('keeps kinds that are new, whatever their fields are called', () => {
		const pushed = { MessageId: '1', Event: 'x', Api: 'y', Kind: { a: 1 } };
		expect(one(pushed)).toEqual({
			event: 'other',
			messageId: '1',
			kind: { a: 1 },
			api: 'cams',
			otherFields: { Event: 'x', Api: 'y' },
		});
	});

	const OURS_OR_N8N = [
		'$',
		'$json',
		' $binary',
		'error',
		'Error',
		' error ',
		'raw',
		'Raw',
		'isLate',
		'IsLate',
		'receiptId',
		'ReceiptId',
	];
	it.each(OURS_OR_N8N)(
		'has no field from the name %j, but keeps it aside, in any kind and within a message',
		(name) => {
			const named = { [name]: 'x' };
			for (const pushed of [
				TEXT,
				{ TemplateCode: '1', AuditStatus: 'pass' },
				{ Strange: true },
				READ,
				...(name.trim().toLowerCase() === 'error' ? [] : [FAILED]),
			]) {
				const isCode = pushed === READ && name.trim().toLowerCase() === 'error';
				expect(one({ ...pushed, ...named })).toEqual({
					...one(pushed),
					...(isCode ? { code: 'x' } : { otherFields: named }),
				});
			}
			const image = { ...TEXT, Type: 'IMAGE', Message: FILE };
			expect(one({ ...image, Message: { ...FILE, [name.trim()]: 'x' } })).toEqual({
				...one(image),
				otherFields: { Message: { [name.trim()]: 'x' } },
			});
		},
	);

	it('has no field from the name "__proto__"', () => {
		const pushed = JSON.parse(JSON.stringify(READ).replace('{', '{"__proto__":"x",')) as object;
		expect(one(pushed)).toEqual(one(READ));
	});

	it('may name the code of a failure Error, as an older page does', () => {
		expect(one({ MessageId: '1', Status: 'Failed', Error: '131026' })).toMatchObject({
			code: '131026',
			reason: expect.stringMatching(/may not use WhatsApp/),
		});
		expect(one({ ...FAILED, Error: '1' })).toMatchObject({
			code: '131026',
			otherFields: { Error: '1' },
		});
	});

	it('tells its status by nothing but Status', () => {
		const others = {
			status: 'Failed',
			event: 'inboundMessage',
			Event: 'x',
			api: 'innoPaas',
			raw: 'x',
			isLate: true,
		};
		expect(one({ ...READ, ...others })).toEqual({ ...one(READ), otherFields: others });
	});

	it('says how a status was called that has another name here', () => {
		expect(one({ ...READ, Status: 'undelivered' })).toMatchObject({
			status: 'failed',
			otherFields: { Status: 'undelivered' },
		});
	});

	it.each(['9007199254740993', '12345678901234567890123', '1000000000000000'])(
		'keeps every digit of %s',
		(digits) => {
			const [event] = readText(
				CAMS_WEBHOOK,
				`[{"MessageId":${digits},"Status":"Sent","TaskId":${digits}1,"WabaId":${digits},"New":${digits},"Deep":{"a":[${digits}]}}]`,
			);
			expect(event).toMatchObject({
				messageId: digits,
				taskId: `${digits}1`,
				wabaId: digits,
				new: digits,
				deep: { a: [digits] },
			});
			const [inbound] = readText(
				CAMS_WEBHOOK,
				`[{"MessageId":${digits},"Type":"IMAGE","Message":"{\\"id\\":${digits}}"}]`,
			);
			expect(inbound).toMatchObject({ messageId: digits, mediaId: digits });
		},
	);

	const NAMES = [
		...Object.keys(FAILED),
		...Object.keys(READ),
		...Object.keys(TEXT),
		' Timestamp ',
		'AuditStatus',
		'Reason',
		'PhoneNumber',
		'CurrentLimit',
		'StatusDescription',
		'url',
		'id',
		'name',
		'latitude',
		'text',
		'contacts',
	];

	it('of any kind becomes a receipt each, with nothing in it that n8n could not keep', () => {
		fc.assert(
			fc.property(fc.array(anyPushed(NAMES), { minLength: 1, maxLength: 4 }), (pushed) => {
				const read = CAMS_WEBHOOK.parse(pushed);
				expect(read).toHaveLength(pushed.length);
				expect(read.every(({ raw }, index) => raw === pushed[index])).toBe(true);
				for (const { event } of read) expectEvent(event, 'cams');
			}),
			{ numRuns: 1000 },
		);
		expect(({} as IDataObject).a).toBeUndefined();
	});

	it.each(CAMS_PUSHES.map((pushed) => [JSON.stringify(pushed), pushed] as const))(
		'as documented loses nothing: %s',
		(_text, pushed) => {
			const event = one(pushed);
			expect(missingFrom(event, pushed)).toEqual([]);
			expect(event.event).not.toBe('other');
		},
	);

	it('loses nothing, whatever is in it and however it is written', () => {
		fc.assert(
			fc.property(variationOf(CAMS_PUSHES, NAMES), (pushed) => {
				const [{ event, raw }] = CAMS_WEBHOOK.parse([pushed]);
				expect(missingFrom(event, raw)).toEqual([]);
				expectEvent(event, 'cams');
			}),
			{ numRuns: 1000 },
		);
	});
});
