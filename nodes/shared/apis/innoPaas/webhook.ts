import type { IDataObject } from 'n8n-workflow';

import { hasOwn, textOf } from '../../util/json';
import {
	objectOf,
	originOf,
	parseEach,
	partyOf,
	timeOf,
	withUnmappedFields,
	type ChatAppEvent,
	type WebhookParser,
} from '../../webhook/event';
import { codeIn, reasonFor } from '../../webhook/failureReasons';

/**
 * What InnoPaaS pushes: an envelope of id, type, eventTime and body. Sources: docs.innopaas.com, pages "message status"
 * and "inbound messages", and their predecessors by the same vendor where those are cut off.
 */

const read = (names: string[]) => new Set(names.map((name) => name.toLowerCase()));
const READ_WITHOUT_BODY = read(['id', 'type', 'eventTime']);
const READ_OF_ENVELOPE = new Set([...READ_WITHOUT_BODY, 'body']);
const READ_OF_STATUS = read([
	'id',
	'wabaId',
	'status',
	'wamid',
	'sendPhone',
	'uid',
	'conversation',
	'errorData',
]);
const READ_OF_INBOUND = read([
	'id',
	'wabaId',
	'wamid',
	'from',
	'to',
	'sendTime',
	'customerProfile',
	'type',
	'context',
]);
const READ_OF_TEMPLATE = read([
	'wabaId',
	'templateName',
	'templateLanguage',
	'templateStatus',
	'templateId',
	'reason',
]);

/** What an envelope says about all that is in it. */
type Frame = Pick<ChatAppEvent, 'api'> & { receiptId?: string; timestamp?: string };

function statusOf(body: IDataObject, frame: Frame): ChatAppEvent {
	const uid = textOf(body.uid);
	const said = textOf(body.status)?.toLowerCase();
	const { errorCode, errorMessage } = objectOf(body.errorData) ?? {};
	const { initiateType, expireAt, id: conversationId } = objectOf(body.conversation) ?? {};
	const code = codeIn(textOf(errorCode), textOf(errorMessage));
	// SMECL:FAILED
	const hasFailed = said?.endsWith('failed') === true;
	return withUnmappedFields(
		{
			event: 'messageStatus',
			status: hasFailed ? 'failed' : said,
			messageId: textOf(body.id),
			taskId: uid,
			...originOf(uid),
			to: partyOf(body.sendPhone),
			timestamp: frame.timestamp,
			code: code ?? (hasFailed && said !== 'failed' ? textOf(body.status) : undefined),
			reason: hasFailed || code !== undefined ? reasonFor(code, textOf(errorMessage)) : undefined,
			errorDescription: textOf(errorMessage),
			wabaId: textOf(body.wabaId),
			wamid: textOf(body.wamid),
			conversationId: textOf(conversationId),
			conversationType: textOf(initiateType),
			conversationExpiresAt: timeOf(expireAt),
			receiptId: frame.receiptId,
			api: frame.api,
		} as ChatAppEvent,
		body,
		READ_OF_STATUS,
	);
}

const MEDIA = ['image', 'video', 'audio', 'sticker', 'document'];

/** What an inbound message holds, by its type; the part of that name, or all of it. */
function contentOf(type: string, body: IDataObject): IDataObject {
	const part = objectOf(body[type] ?? body[type.replace(/s$/, '')]) ?? {};
	if (type === 'text') return { text: textOf(part.body) ?? textOf(body.text) };
	if (MEDIA.includes(type)) {
		return {
			mediaLink: textOf(part.link),
			mimeType: textOf(part.mimeType),
			caption: textOf(part.caption),
			fileName: textOf(part.filename),
			sha256: textOf(part.sha256),
		};
	}
	if (type === 'location')
		return {
			latitude: part.latitude,
			longitude: part.longitude,
			locationName: textOf(part.name),
			address: textOf(part.address),
		};
	if (type === 'button')
		return { messageType: 'buttonReply', text: textOf(part.text), payload: textOf(part.payload) };
	if (type === 'reaction') return { reactionTo: textOf(part.messageId), emoji: textOf(part.emoji) };
	if (type === 'interactive') {
		const kind = textOf(part.type);
		const reply = objectOf(part.listReply ?? part.buttonReply) ?? {};
		return {
			...(kind === 'buttonReply' && { messageType: 'buttonReply' }),
			text: textOf(reply.title),
			payload: textOf(reply.id),
			description: textOf(reply.description),
		};
	}
	return {};
}

function inboundOf(body: IDataObject, frame: Frame): ChatAppEvent {
	const type = textOf(body.type) ?? 'text';
	const content = contentOf(type, body);
	const isRead = Object.keys(content).length > 0;
	const { id: repliedTo } = objectOf(body.context) ?? {};
	return withUnmappedFields(
		{
			event: 'inboundMessage',
			messageType: type === 'contact' ? 'contacts' : type,
			...content,
			messageId: textOf(body.id),
			from: partyOf(body.from),
			fromName: textOf(objectOf(body.customerProfile)?.name),
			to: partyOf(body.to),
			replyTo: textOf(repliedTo),
			timestamp: timeOf(body.sendTime) ?? frame.timestamp,
			wabaId: textOf(body.wabaId),
			wamid: textOf(body.wamid),
			receiptId: frame.receiptId,
			api: frame.api,
		} as ChatAppEvent,
		body,
		isRead ? new Set([...READ_OF_INBOUND, type.toLowerCase()]) : READ_OF_INBOUND,
	);
}

function templateOf(body: IDataObject, frame: Frame): ChatAppEvent {
	return withUnmappedFields(
		{
			event: 'templateEvent',
			status: textOf(body.templateStatus)?.toLowerCase(),
			reason: textOf(body.reason),
			templateName: textOf(body.templateName),
			language: textOf(body.templateLanguage),
			templateId: textOf(body.templateId),
			wabaId: textOf(body.wabaId),
			timestamp: frame.timestamp,
			receiptId: frame.receiptId,
			api: frame.api,
		} as ChatAppEvent,
		body,
		READ_OF_TEMPLATE,
	);
}

const KINDS: Readonly<Record<string, (body: IDataObject, frame: Frame) => ChatAppEvent>> = {
	whatsapp_message_status_updated: statusOf,
	whatsapp_mo_message_received: inboundOf,
	whatsapp_template_status_updated: templateOf,
};

const ACCOUNT_EVENT = /^whatsapp_(account|phone)/;

function eventOf(envelope: IDataObject): ChatAppEvent {
	const type = textOf(envelope.type) ?? '';
	const body = objectOf(envelope.body);
	const frame: Frame = {
		api: 'innoPaas',
		receiptId: textOf(envelope.id),
		timestamp: timeOf(envelope.eventTime),
	};
	const read = hasOwn(KINDS, type) ? KINDS[type] : undefined;
	const event = read
		? read(body ?? {}, frame)
		: withUnmappedFields(
				{
					event: ACCOUNT_EVENT.test(type) ? 'accountEvent' : 'other',
					eventType: type,
					timestamp: frame.timestamp,
					receiptId: frame.receiptId,
					api: 'innoPaas',
				} as ChatAppEvent,
				body ?? {},
				new Set(),
			);
	return withUnmappedFields(event, envelope, body ? READ_OF_ENVELOPE : READ_WITHOUT_BODY);
}

/** Receipts as InnoPaaS pushes them. The answer that it wants is not documented: the form of its own answers. */
export const INNOPAAS_WEBHOOK: WebhookParser = {
	parse: (pushed) => parseEach('innoPaas', pushed, eventOf),
	received: { code: '0', success: true, message: 'Success' },
};
