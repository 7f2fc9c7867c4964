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
 * Webhook requests of InnoPaaS: envelopes with id, type, eventTime and body. Sources: docs.innopaas.com, pages "message
 * status" and "inbound messages"; where those are cut off, the pages of the predecessor API by the same vendor.
 */

const lowerCase = (names: string[]) => new Set(names.map((name) => name.toLowerCase()));
const MAPPED_WITHOUT_BODY = lowerCase(['id', 'type', 'eventTime']);
const MAPPED_OF_ENVELOPE = new Set([...MAPPED_WITHOUT_BODY, 'body']);
const MAPPED_OF_STATUS = lowerCase([
	'id',
	'wabaId',
	'status',
	'wamid',
	'sendPhone',
	'uid',
	'conversation',
	'errorData',
]);
const MAPPED_OF_INBOUND = lowerCase([
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
const MAPPED_OF_TEMPLATE = lowerCase([
	'wabaId',
	'templateName',
	'templateLanguage',
	'templateStatus',
	'templateId',
	'reason',
]);

/** The fields of an envelope that every event gets. */
type Envelope = Pick<ChatAppEvent, 'api'> & { receiptId?: string; timestamp?: string };

function statusOf(body: IDataObject, envelope: Envelope): ChatAppEvent {
	const uid = textOf(body.uid);
	const status = textOf(body.status)?.toLowerCase();
	const { errorCode, errorMessage } = objectOf(body.errorData) ?? {};
	const { initiateType, expireAt, id: conversationId } = objectOf(body.conversation) ?? {};
	const code = codeIn(textOf(errorCode), textOf(errorMessage));
	// E.g. SMECL:FAILED.
	const hasFailed = status?.endsWith('failed') === true;
	return withUnmappedFields(
		{
			event: 'messageStatus',
			status: hasFailed ? 'failed' : status,
			messageId: textOf(body.id),
			taskId: uid,
			...originOf(uid),
			to: partyOf(body.sendPhone),
			timestamp: envelope.timestamp,
			code: code ?? (hasFailed && status !== 'failed' ? textOf(body.status) : undefined),
			reason: hasFailed || code !== undefined ? reasonFor(code, textOf(errorMessage)) : undefined,
			errorDescription: textOf(errorMessage),
			wabaId: textOf(body.wabaId),
			wamid: textOf(body.wamid),
			conversationId: textOf(conversationId),
			conversationType: textOf(initiateType),
			conversationExpiresAt: timeOf(expireAt),
			receiptId: envelope.receiptId,
			api: envelope.api,
		} as ChatAppEvent,
		body,
		MAPPED_OF_STATUS,
	);
}

const MEDIA = ['image', 'video', 'audio', 'sticker', 'document'];

/** The content of an inbound message; for most types it is in the field with the name of the type. */
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

function inboundOf(body: IDataObject, envelope: Envelope): ChatAppEvent {
	const type = textOf(body.type) ?? 'text';
	const content = contentOf(type, body);
	const isKnown = Object.keys(content).length > 0;
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
			timestamp: timeOf(body.sendTime) ?? envelope.timestamp,
			wabaId: textOf(body.wabaId),
			wamid: textOf(body.wamid),
			receiptId: envelope.receiptId,
			api: envelope.api,
		} as ChatAppEvent,
		body,
		isKnown ? new Set([...MAPPED_OF_INBOUND, type.toLowerCase()]) : MAPPED_OF_INBOUND,
	);
}

function templateOf(body: IDataObject, envelope: Envelope): ChatAppEvent {
	return withUnmappedFields(
		{
			event: 'templateEvent',
			status: textOf(body.templateStatus)?.toLowerCase(),
			reason: textOf(body.reason),
			templateName: textOf(body.templateName),
			language: textOf(body.templateLanguage),
			templateId: textOf(body.templateId),
			wabaId: textOf(body.wabaId),
			timestamp: envelope.timestamp,
			receiptId: envelope.receiptId,
			api: envelope.api,
		} as ChatAppEvent,
		body,
		MAPPED_OF_TEMPLATE,
	);
}

const KINDS: Readonly<Record<string, (body: IDataObject, envelope: Envelope) => ChatAppEvent>> = {
	whatsapp_message_status_updated: statusOf,
	whatsapp_mo_message_received: inboundOf,
	whatsapp_template_status_updated: templateOf,
};

const ACCOUNT_EVENT = /^whatsapp_(account|phone)/;

function eventOf(pushed: IDataObject): ChatAppEvent {
	const type = textOf(pushed.type) ?? '';
	const body = objectOf(pushed.body);
	const envelope: Envelope = {
		api: 'innoPaas',
		receiptId: textOf(pushed.id),
		timestamp: timeOf(pushed.eventTime),
	};
	const kind = hasOwn(KINDS, type) ? KINDS[type] : undefined;
	const event = kind
		? kind(body ?? {}, envelope)
		: withUnmappedFields(
				{
					event: ACCOUNT_EVENT.test(type) ? 'accountEvent' : 'other',
					eventType: type,
					timestamp: envelope.timestamp,
					receiptId: envelope.receiptId,
					api: 'innoPaas',
				} as ChatAppEvent,
				body ?? {},
				new Set(),
			);
	return withUnmappedFields(event, pushed, body ? MAPPED_OF_ENVELOPE : MAPPED_WITHOUT_BODY);
}

/** The expected acknowledgement is not documented; this one has the form of the API's own answers. */
export const INNOPAAS_WEBHOOK: WebhookParser = {
	parse: (pushed) => parseEach('innoPaas', pushed, eventOf),
	received: { code: '0', success: true, message: 'Success' },
};
