import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { INNOPAAS_WEBHOOK } from '../../../../nodes/shared/apis/innoPaas/webhook';
import {
	anyPushed,
	expectEvent,
	missingFrom,
	readOne,
	readText,
	variationOf,
} from '../../../support/pushes';
import { INNOPAAS_PUSHES } from '../../../support/vendorPushes';

const one = (pushed: object) => readOne(INNOPAAS_WEBHOOK, pushed);

const ENVELOPE = {
	id: 'evt-0001',
	type: 'whatsapp_message_status_updated',
	eventTime: '2023-02-22 12:00:00',
};
const FRAME = { receiptId: 'evt-0001', timestamp: '2023-02-22T12:00:00.000Z', api: 'innoPaas' };
const STATUS = {
	id: '900000000000000001',
	accountName: 'DEMO',
	wabaId: '100000000000001',
	wamid: 'wamid.DEMO',
	sendPhone: '6281200000001',
	uid: 'batch-0001',
};
const STATUS_READ = {
	messageId: '900000000000000001',
	accountName: 'DEMO',
	wabaId: '100000000000001',
	wamid: 'wamid.DEMO',
	to: '6281200000001',
	taskId: 'batch-0001',
};

const status = (body: object) => one({ ...ENVELOPE, body: { ...STATUS, ...body } });

describe('a status of InnoPaaS', () => {
	it('tells all that was pushed, flat, once', () => {
		expect(
			status({
				status: 'failed',
				errorData: { errorCode: '131026', errorMessage: 'Message undeliverable' },
			}),
		).toEqual({
			...{
				...STATUS_READ,
				...FRAME,
				event: 'messageStatus',
				status: 'failed',
				code: '131026',
				errorDescription: 'Message undeliverable',
			},
			reason: expect.stringMatching(/may not use WhatsApp/),
			errorDescription: 'Message undeliverable',
		});
		expect(
			status({
				status: 'delivered',
				conversation: {
					id: 'c-1',
					initiateType: 'business_initiated',
					expireAt: '2023-02-23 12:00:00',
				},
			}),
		).toEqual({
			...{
				...STATUS_READ,
				...FRAME,
				event: 'messageStatus',
				status: 'delivered',
				conversationId: 'c-1',
				conversationType: 'business_initiated',
				conversationExpiresAt: '2023-02-23T12:00:00.000Z',
			},
		});
	});

	it.each([
		['delivered', 'delivered'],
		['READ', 'read'],
		['failed', 'failed'],
		['SMECL:FAILED', 'failed'],
		['something_new', 'something_new'],
	])('%j is %j', (given, expected) => {
		expect(status({ status: given })).toMatchObject({ event: 'messageStatus', status: expected });
	});

	it('failed before it came to WhatsApp says so in its code', () => {
		expect(status({ status: 'SMECL:FAILED' })).toMatchObject({
			status: 'failed',
			code: 'SMECL:FAILED',
		});
		expect(status({ status: 'SMECL:FAILED', errorData: { errorCode: '131049' } })).toMatchObject({
			status: 'failed',
			code: '131049',
			reason: expect.stringMatching(/has received enough/),
			otherFields: { body: { status: 'SMECL:FAILED' } },
		});
	});

	it.each<[object | string, string | undefined, string | RegExp | undefined]>([
		[{ errorCode: 131047 }, '131047', /more than 24 hours/],
		[{ errorMessage: '131047: Re-engagement message' }, '131047', /more than 24 hours/],
		[{ errorCode: '999999', errorMessage: 'Something new' }, '999999', 'Something new'],
		[{ errorMessage: 'Something new' }, undefined, 'Something new'],
		['{"errorCode":"131047"}', '131047', /more than 24 hours/],
		['nothing to read', undefined, undefined],
	])('that failed with %j', (errorData, code, reason) => {
		const event = status({ status: 'failed', errorData });
		expect(event.code).toBe(code);
		if (reason instanceof RegExp) expect(event.reason).toMatch(reason);
		else expect(event.reason).toBe(reason);
		expect(event.errorDescription).toBe((errorData as { errorMessage?: string }).errorMessage);
	});

	it('tells also how the status is described', () => {
		expect(status({ status: 'failed', StatusDescription: 'Not sent' })).toMatchObject({
			statusDescription: 'Not sent',
		});
	});

	it.each([
		['n8n-4821-0a1b2c-c3', { campaignId: 'n8n-4821-0a1b2c', chunk: 3 }],
		['n8n-4821-0a1b2c-i3', { campaignId: 'n8n-4821-0a1b2c', chunk: undefined }],
		['batch-0001', { campaignId: undefined, chunk: undefined }],
	])('with the uid %s belongs to %j', (uid, origin) => {
		const { taskId, campaignId, chunk } = status({ status: 'read', uid });
		expect({ taskId, campaignId, chunk }).toEqual({ taskId: uid, ...origin });
	});

	it('can be without a number and a uid', () => {
		expect(one({ ...ENVELOPE, body: { id: '1', status: 'read' } })).toEqual({
			event: 'messageStatus',
			status: 'read',
			messageId: '1',
			...FRAME,
		});
	});
});

describe('an inbound message of InnoPaaS', () => {
	const INBOUND = {
		id: 'in-1',
		accountName: 'DEMO',
		wabaId: '100000000000001',
		wamid: 'wamid.IN',
		from: '+6281200000001',
		to: '6580001111',
		sendTime: '2023-02-22 11:59:58',
		customerProfile: { name: 'Ana' },
	};
	const ALL = {
		event: 'inboundMessage',
		messageId: 'in-1',
		accountName: 'DEMO',
		wabaId: '100000000000001',
		wamid: 'wamid.IN',
		from: '6281200000001',
		fromName: 'Ana',
		to: '6580001111',
		...FRAME,
		timestamp: '2023-02-22T11:59:58.000Z',
		eventTime: '2023-02-22T12:00:00.000Z',
	};
	const inbound = (body: object) =>
		one({ ...ENVELOPE, type: 'whatsapp_mo_message_received', body: { ...INBOUND, ...body } });
	const FILE = {
		mimeType: 'a/b',
		sha256: 'ab12',
		link: 'https://example.com/a',
		caption: 'pic',
		filename: 'a.b',
	};
	const FILE_READ = {
		mimeType: 'a/b',
		sha256: 'ab12',
		mediaLink: 'https://example.com/a',
		caption: 'pic',
		fileName: 'a.b',
	};

	it.each<[string, object, IDataObject]>([
		['text', { text: { body: 'STOP' } }, { text: 'STOP' }],
		['text', { text: 'STOP' }, { text: 'STOP' }],
		['image', { image: FILE }, FILE_READ],
		['video', { video: FILE }, FILE_READ],
		[
			'audio',
			{ audio: { mimeType: 'a/b', link: 'https://example.com/a' } },
			{ mimeType: 'a/b', mediaLink: 'https://example.com/a' },
		],
		['sticker', { sticker: FILE }, FILE_READ],
		['document', { document: JSON.stringify(FILE) }, FILE_READ],
		[
			'location',
			{ location: { latitude: 0, longitude: -103.5, name: 'Market', address: '1 Market Street' } },
			{ latitude: 0, longitude: -103.5, locationName: 'Market', address: '1 Market Street' },
		],
		[
			'reaction',
			{ reaction: { messageId: 'm-9', emoji: '👍' } },
			{ reactionTo: 'm-9', emoji: '👍' },
		],
		[
			'button',
			{ button: { text: 'Yes', payload: 'yes-1' } },
			{ messageType: 'buttonReply', text: 'Yes', payload: 'yes-1' },
		],
		[
			'interactive',
			{
				interactive: {
					type: 'listReply',
					listReply: { id: 'row-1', title: 'Tea', description: 'Green' },
				},
			},
			{
				text: 'Tea',
				payload: 'row-1',
				description: 'Green',
				interactive: { type: 'listReply' },
			},
		],
		[
			'interactive',
			{
				interactive: {
					type: 'nfmReply',
					nfmReply: { name: 'flow', body: 'Sent', responseJson: '{"flow_token":"t","size":"M"}' },
				},
			},
			{
				text: 'Sent',
				payload: '{"flow_token":"t","size":"M"}',
				flowResponse: { flow_token: 't', size: 'M' },
				interactive: { type: 'nfmReply', nfmReply: { name: 'flow' } },
			},
		],
		[
			'interactive',
			{ interactive: { type: 'nfm_reply', nfm_reply: { response_json: { size: 'M' } } } },
			{
				payload: '{"size":"M"}',
				flowResponse: { size: 'M' },
				interactive: { type: 'nfm_reply' },
			},
		],
		[
			'text',
			{ text: { body: 'STOP', previewUrl: false } },
			{ text: 'STOP', otherFields: { body: { text: { previewUrl: false } } } },
		],
		[
			'image',
			{ image: { ...FILE, id: 'm1' }, customerProfile: { name: 'Ana', userId: 'US.1349' } },
			{ ...FILE_READ, image: { id: 'm1' }, customerProfile: { userId: 'US.1349' } },
		],
		[
			'interactive',
			{ interactive: { type: 'buttonReply', buttonReply: { id: 'b-1', title: 'Yes' } } },
			{ messageType: 'buttonReply', text: 'Yes', payload: 'b-1' },
		],
		['contacts', { contacts: [{ name: 'Ben' }] }, { contacts: [{ name: 'Ben' }] }],
		['contacts', { contact: [{ name: 'Ben' }] }, { contact: [{ name: 'Ben' }] }],
		[
			'contact',
			{ contact: [{ name: 'Ben' }] },
			{ messageType: 'contacts', contact: [{ name: 'Ben' }] },
		],
		[
			'unknown',
			{ errors: [{ code: 1, details: 'x', title: 'y' }] },
			{ errors: [{ code: 1, details: 'x', title: 'y' }] },
		],
		['order', { order: { items: [1] } }, { order: { items: [1] } }],
		['system', { system: { body: 'moved' } }, { system: { body: 'moved' } }],
		['something_new', { something_new: { a: 1 }, b: 2 }, { something_new: { a: 1 }, b: 2 }],
	])('%s %j', (type, body, expected) => {
		expect(inbound({ type, ...body })).toEqual({ ...ALL, messageType: type, ...expected });
	});

	it('tells what it answers', () => {
		expect(
			inbound({ type: 'text', text: { body: 'Yes' }, context: { from: '6580001111', id: 'm-9' } }),
		).toEqual({
			...ALL,
			messageType: 'text',
			text: 'Yes',
			replyTo: 'm-9',
			context: { from: '6580001111' },
		});
	});

	it('tells the time of its envelope only where that is another', () => {
		const event = inbound({ type: 'text', text: { body: 'Yes' }, sendTime: ENVELOPE.eventTime });
		expect(event.timestamp).toBe(FRAME.timestamp);
		expect(event).not.toHaveProperty('eventTime');
	});

	it('has the time of its envelope where it has none itself', () => {
		expect(inbound({ type: 'text', text: { body: 'Yes' }, sendTime: undefined })).toMatchObject({
			timestamp: FRAME.timestamp,
		});
	});

	it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 's', ''])(
		'may have the type %j',
		(type) => {
			expect(inbound({ type })).toMatchObject({
				event: 'inboundMessage',
				messageType: type || 'text',
			});
		},
	);
});

describe('a push of InnoPaaS', () => {
	it('of a template', () => {
		const body = {
			accountName: 'DEMO',
			category: 'MARKETING',
			reason: 'INVALID_FORMAT',
			templateId: '77',
			templateLanguage: 'en',
			templateName: 'spring',
			templateStatus: 'REJECTED',
			wabaId: '1',
		};
		expect(one({ ...ENVELOPE, type: 'whatsapp_template_status_updated', body })).toEqual({
			...{
				event: 'templateEvent',
				status: 'rejected',
				reason: 'INVALID_FORMAT',
				templateName: 'spring',
				language: 'en',
				templateId: '77',
				wabaId: '1',
				accountName: 'DEMO',
				category: 'MARKETING',
			},
			...FRAME,
		});
	});

	it.each([
		['whatsapp_account_review_updated', 'accountEvent'],
		['whatsapp_phone_number_name_update', 'accountEvent'],
		['whatsapp_something_new', 'other'],
		['sms_status', 'other'],
		['constructor', 'other'],
		['__proto__', 'other'],
	])('of the type %s is a %s', (type, event) => {
		expect(
			one({ ...ENVELOPE, type, body: { decision: 'APPROVED', event: 'x', api: 'y' } }),
		).toEqual({
			event,
			eventType: type,
			decision: 'APPROVED',
			otherFields: { body: { event: 'x', api: 'y' } },
			...FRAME,
		});
	});

	it.each([
		['chat_mo_message_notify', 'inboundMessage'],
		['chat_mt_message_notify', 'outboundMessage'],
	])('of the type %s is a %s', (type, event) => {
		const body = {
			wabaId: '1',
			from: '+6580001111',
			to: '6281200000001',
			messageType: 'text',
			context: { text: 'this is a test message' },
			wamid: 'wamid.CHAT',
			conversationId: '12312312312312',
			uid: 'n8n-4821-0a1b2c-c3',
		};
		const expected = {
			...FRAME,
			event,
			messageType: 'text',
			text: 'this is a test message',
			from: '6580001111',
			to: '6281200000001',
			taskId: body.uid,
			campaignId: 'n8n-4821-0a1b2c',
			chunk: 3,
			wabaId: '1',
			wamid: 'wamid.CHAT',
			conversationId: '12312312312312',
		};
		expect(one({ ...ENVELOPE, type, body })).toEqual(expected);
		expect(
			one({
				...ENVELOPE,
				type,
				body: {
					...body,
					messageType: 'image',
					context: { link: 'https://example.com/a', caption: 'pic', size: 7 },
				},
			}),
		).toEqual({
			...expected,
			messageType: 'image',
			text: undefined,
			mediaLink: 'https://example.com/a',
			caption: 'pic',
			context: { size: 7 },
		});
	});

	it('may have its body as text', () => {
		const pushed = {
			...ENVELOPE,
			body: { ...STATUS, status: 'failed', errorData: { errorCode: '131026' } },
		};
		expect(one({ ...pushed, body: JSON.stringify(pushed.body) })).toEqual(one(pushed));
	});

	it('may be a list, or inside a text', () => {
		const pushed = { ...ENVELOPE, body: { ...STATUS, status: 'read' } };
		for (const text of [[pushed], JSON.stringify(pushed), JSON.stringify([pushed]), pushed]) {
			expect(readText(INNOPAAS_WEBHOOK, JSON.stringify(text))).toEqual([one(pushed)]);
		}
	});

	it.each([
		['2023-02-22 12:00:00', '2023-02-22T12:00:00.000Z'],
		['2023-02-22 12:00:00.250', '2023-02-22T12:00:00.250Z'],
		['2023-02-22T12:00:00Z', '2023-02-22T12:00:00.000Z'],
		['2023-02-22T12:00:00.250Z', '2023-02-22T12:00:00.250Z'],
		['2023-02-22T12:00:00+08:00', '2023-02-22T04:00:00.000Z'],
		['2023-02-22T12:00:00', '2023-02-22T12:00:00.000Z'],
		[1677067200000, '2023-02-22T12:00:00.000Z'],
		[1677067200, '2023-02-22T12:00:00.000Z'],
		['1677067200', '2023-02-22T12:00:00.000Z'],
		['yesterday', undefined],
		['1', undefined],
		[-1, undefined],
		['', undefined],
		['+275760-09-13T00:00:00Z', undefined],
	])('at %j is at %s, wherever n8n runs', (eventTime, timestamp) => {
		expect(one({ ...ENVELOPE, eventTime, body: { ...STATUS, status: 'read' } }).timestamp).toBe(
			timestamp,
		);
	});

	it('keeps fields that are new', () => {
		const more = { accountId: 7, Depth: { a: [1] } };
		for (const [type, body] of [
			[ENVELOPE.type, { status: 'read' }],
			['whatsapp_mo_message_received', { type: 'text', text: { body: 'x' } }],
			['whatsapp_template_status_updated', { templateStatus: 'PAUSED' }],
			['new', {}],
		] as const) {
			expect(one({ ...ENVELOPE, type, body: { ...body, ...more } })).toEqual({
				...one({ ...ENVELOPE, type, body }),
				accountId: 7,
				depth: { a: [1] },
			});
		}
	});

	it.each(['$', '$json', 'error', 'Error', 'raw', 'isLate', 'receiptId', 'ReceiptId'])(
		'has no field from the name %j, but keeps it aside',
		(name) => {
			for (const [type, body] of [
				[ENVELOPE.type, { status: 'read' }],
				['whatsapp_mo_message_received', { type: 'text', text: { body: 'x' } }],
				['whatsapp_template_status_updated', { templateStatus: 'PAUSED' }],
				['new', {}],
			] as const) {
				expect(one({ ...ENVELOPE, type, [name]: 'x', body: { ...body, [name]: 'y' } })).toEqual({
					...one({ ...ENVELOPE, type, body }),
					otherFields: { [name]: 'x', body: { [name]: 'y' } },
				});
			}
		},
	);

	it('keeps what is no envelope at all', () => {
		expect(one({ hello: 'world' })).toEqual({ event: 'other', hello: 'world', api: 'innoPaas' });
		expect(one({ ...ENVELOPE, type: 'new', body: [1, 2], product: 'whatsapp' })).toEqual({
			event: 'other',
			eventType: 'new',
			body: [1, 2],
			product: 'whatsapp',
			...FRAME,
		});
	});

	it.each(['9007199254740993', '12345678901234567890123'])('keeps every digit of %s', (digits) => {
		const body = `{"id":${digits},"status":"read","uid":${digits},"wabaId":${digits},"new":${digits}}`;
		const expected = {
			messageId: digits,
			taskId: digits,
			wabaId: digits,
			new: digits,
			receiptId: digits,
		};
		for (const form of [body, JSON.stringify(body)]) {
			expect(
				readText(INNOPAAS_WEBHOOK, `{"id":${digits},"type":"${ENVELOPE.type}","body":${form}}`),
			).toEqual([expect.objectContaining(expected)]);
		}
	});

	it('of any kind becomes a receipt each, with nothing in it that n8n could not keep', () => {
		const TYPES = [
			'whatsapp_message_status_updated',
			'whatsapp_mo_message_received',
			'whatsapp_template_status_updated',
			'whatsapp_account_review_updated',
			'new',
		];
		const INBOUND_TYPES = [
			'text',
			'image',
			'location',
			'button',
			'reaction',
			'interactive',
			'contact',
			'contacts',
			'listReply',
			'buttonReply',
			'unknown',
		];
		const body = anyPushed(
			[
				...Object.keys(STATUS),
				'status',
				'errorData',
				'errorCode',
				'errorMessage',
				'conversation',
				'expireAt',
				'initiateType',
				'from',
				'to',
				'sendTime',
				'customerProfile',
				'type',
				'context',
				'name',
				'body',
				'link',
				'latitude',
				'templateStatus',
				'reason',
				...INBOUND_TYPES,
			],
			INBOUND_TYPES,
		);
		const envelope = fc
			.tuple(
				anyPushed([...Object.keys(ENVELOPE), 'body'], TYPES),
				fc.option(fc.constantFrom(...TYPES)),
				fc.option(body),
				fc.boolean(),
			)
			.map(
				([any, type, inside, asText]) =>
					({
						...any,
						...(type && { type }),
						...(inside && { body: asText ? JSON.stringify(inside) : inside }),
					}) as IDataObject,
			);
		fc.assert(
			fc.property(fc.array(envelope, { minLength: 1, maxLength: 4 }), (pushed) => {
				const read = INNOPAAS_WEBHOOK.parse(pushed);
				expect(read).toHaveLength(pushed.length);
				expect(read.every(({ raw }, index) => raw === pushed[index])).toBe(true);
				for (const { event } of read) expectEvent(event, 'innoPaas');
			}),
			{ numRuns: 1000 },
		);
		expect(({} as IDataObject).a).toBeUndefined();
	});

	it.each(INNOPAAS_PUSHES.map((pushed) => [JSON.stringify(pushed), pushed] as const))(
		'as documented loses nothing: %s',
		(_text, pushed) => {
			const event = one(pushed);
			expect(missingFrom(event, pushed)).toEqual([]);
			expect(event.event).not.toBe('other');
		},
	);

	it('loses nothing, whatever is in it and however it is written', () => {
		fc.assert(
			fc.property(
				variationOf(INNOPAAS_PUSHES, [
					...Object.keys(ENVELOPE),
					'body',
					...Object.keys(STATUS),
					'status',
					'text',
					'type',
					'context',
				]),
				(pushed) => {
					const [{ event, raw }] = INNOPAAS_WEBHOOK.parse([pushed]);
					expect(missingFrom(event, raw)).toEqual([]);
					expectEvent(event, 'innoPaas');
				},
			),
			{ numRuns: 1000 },
		);
	});
});
