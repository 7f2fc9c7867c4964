import type { IDataObject } from 'n8n-workflow';

import { hasOwn, textOf } from '../../util/json';
import { locationOf, replyOf } from '../../webhook/content';
import { originOf, type ChatAppEvent, type WebhookParser } from '../../webhook/event';
import { codeIn, reasonFor } from '../../webhook/failureReasons';
import { Fields, parseEach } from '../../webhook/fields';

/**
 * Webhook requests of InnoPaaS: envelopes with id, type, eventTime and body. Sources: docs.innopaas.com, pages "message
 * status", "inbound messages" and "inbox chat message events"; where those are cut off, the pages of the predecessor API
 * by the same vendor.
 */

/** The fields of an envelope that every event gets. */
type Envelope = Pick<ChatAppEvent, 'api'> & { receiptId?: string; timestamp?: string };

function statusOf(body: Fields, envelope: Envelope): IDataObject {
	const uid = body.text('uid');
	const error = body.open('errorData');
	const errorDescription = error?.text('errorMessage');
	const conversation = body.open('conversation');
	// E.g. SMECL:FAILED, which stands in for a code.
	const hasFailed = textOf(body.peek('status'))?.toLowerCase().endsWith('failed') === true;
	const errorCode = codeIn(error?.text('errorCode'), errorDescription);
	body.drop('status', 'failed');
	const code = errorCode ?? (hasFailed ? body.text('status') : undefined);
	return {
		event: 'messageStatus',
		status: hasFailed ? 'failed' : body.lowerText('status'),
		messageId: body.text('id'),
		taskId: uid,
		...originOf(uid),
		to: body.party('sendPhone'),
		code,
		reason:
			hasFailed || errorCode !== undefined ? reasonFor(errorCode, errorDescription) : undefined,
		errorDescription,
		conversationId: conversation?.text('id'),
		conversationType: conversation?.text('initiateType'),
		conversationExpiresAt: conversation?.time('expireAt'),
		...envelope,
	};
}

function fileOf(file: Fields): IDataObject {
	return {
		mediaLink: file.text('link'),
		mimeType: file.text('mimeType'),
		caption: file.text('caption'),
		fileName: file.text('filename'),
		sha256: file.text('sha256'),
	};
}

function buttonOf(button: Fields): IDataObject {
	return {
		messageType: 'buttonReply',
		text: button.text('text'),
		payload: button.text('payload'),
	};
}

function reactionOf(reaction: Fields): IDataObject {
	return { reactionTo: reaction.text('messageId'), emoji: reaction.text('emoji') };
}

/** How the content of an inbound message is read, by its type. It is in the field with the name of the type. */
const CONTENTS: Readonly<Record<string, (part: Fields) => IDataObject>> = {
	text: (text) => ({ text: text.text('body') }),
	image: fileOf,
	video: fileOf,
	audio: fileOf,
	sticker: fileOf,
	document: fileOf,
	location: locationOf,
	button: buttonOf,
	reaction: reactionOf,
	interactive: replyOf,
};

function contentOf(type: string, body: Fields): IDataObject {
	const read = hasOwn(CONTENTS, type) ? CONTENTS[type] : undefined;
	const part = read && body.open(type);
	if (part) return read(part);
	return type === 'text' ? { text: body.text('text') } : {};
}

function inboundOf(body: Fields, envelope: Envelope): IDataObject {
	const type = body.text('type') ?? 'text';
	const sendTime = body.time('sendTime');
	return {
		event: 'inboundMessage',
		messageType: type === 'contact' ? 'contacts' : type,
		...contentOf(type, body),
		messageId: body.text('id'),
		from: body.party('from'),
		fromName: body.open('customerProfile')?.text('name'),
		to: body.party('to'),
		replyTo: body.open('context')?.text('id'),
		...envelope,
		...(sendTime !== undefined && {
			timestamp: sendTime,
			eventTime: envelope.timestamp === sendTime ? undefined : envelope.timestamp,
		}),
	};
}

/** A message in InnoPaaS's own inbox. Its content is in `context`, of which only the text is documented. */
function chatMessageOf(event: ChatAppEvent['event']) {
	return (body: Fields, envelope: Envelope): IDataObject => {
		const uid = body.text('uid');
		const content = body.open('context');
		return {
			event,
			messageType: body.text('messageType') ?? 'text',
			text: content ? content.text('text') : body.text('context'),
			...(content && fileOf(content)),
			messageId: body.text('id'),
			taskId: uid,
			...originOf(uid),
			from: body.party('from'),
			to: body.party('to'),
			...envelope,
		};
	};
}

function templateOf(body: Fields, envelope: Envelope): IDataObject {
	return {
		event: 'templateEvent',
		status: body.lowerText('templateStatus'),
		reason: body.text('reason'),
		templateName: body.text('templateName'),
		language: body.text('templateLanguage'),
		templateId: body.text('templateId'),
		...envelope,
	};
}

const KINDS: Readonly<Record<string, (body: Fields, envelope: Envelope) => IDataObject>> = {
	whatsapp_message_status_updated: statusOf,
	whatsapp_mo_message_received: inboundOf,
	whatsapp_template_status_updated: templateOf,
	chat_mo_message_notify: chatMessageOf('inboundMessage'),
	chat_mt_message_notify: chatMessageOf('outboundMessage'),
};

const ACCOUNT_EVENT = /^whatsapp_(account|phone)/;

function eventOf(pushed: Fields): ChatAppEvent {
	const type = pushed.text('type') ?? '';
	const envelope: Envelope = {
		api: 'innoPaas',
		receiptId: pushed.text('id'),
		timestamp: pushed.time('eventTime'),
	};
	const body = pushed.open('body', true) ?? new Fields({});
	if (hasOwn(KINDS, type)) {
		const ids = { wabaId: body.text('wabaId'), wamid: body.text('wamid') };
		return pushed.complete({ ...KINDS[type](body, envelope), ...ids } as unknown as ChatAppEvent);
	}
	return pushed.complete({
		event: ACCOUNT_EVENT.test(type) ? 'accountEvent' : 'other',
		eventType: type,
		...envelope,
	});
}

/** The expected acknowledgement is not documented; this one has the form of the API's own answers. */
export const INNOPAAS_WEBHOOK: WebhookParser = {
	parse: (pushed) => parseEach('innoPaas', pushed, eventOf),
	received: { code: '0', success: true, message: 'Success' },
};
