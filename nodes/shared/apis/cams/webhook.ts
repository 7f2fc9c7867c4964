import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../../util/json';
import { locationOf, replyOf } from '../../webhook/content';
import { originOf, type ChatAppEvent, type WebhookParser } from '../../webhook/event';
import { codeIn, reasonFor } from '../../webhook/failureReasons';
import { parseEach, type Fields } from '../../webhook/fields';

/**
 * Webhook requests of CAMS. Sources: pages "Message receipts" (ChatAppStatus), "Inbound messages" (ChatAppInbound) and
 * "Template review" (ChatAppAudit) of Chat App. Their examples and tables differ in the case of names, in spaces around
 * names, and in whether Message is a string.
 */

/** Links to files expire after this time. */
const MEDIA_DAYS = 7;

/** The customer since 2026, who may have no phone number: "Business-scoped user ID" and account name. */
function userOf(pushed: Fields): IDataObject {
	return {
		fromUserId: pushed.text('FromUserId'),
		fromParentUserId: pushed.text('FromParentUserId'),
		fromUserName: pushed.text('FromUserName'),
	};
}

function statusOf(pushed: Fields): ChatAppEvent {
	const messageId = pushed.text('MessageId');
	const taskId = pushed.text('TaskId');
	// If the sender set no task ID, CAMS puts the message ID there.
	const ownTaskId = taskId === messageId ? undefined : taskId;
	const isUndelivered = textOf(pushed.peek('Status'))?.toLowerCase() === 'undelivered';
	const status = isUndelivered ? 'failed' : pushed.lowerText('Status');
	const errorDescription = pushed.text('ErrorDescription');
	const statusDescription = pushed.text('StatusDescription');
	// An older page names the code Error.
	const code = codeIn(pushed.text('ErrorCode', 'Error'), errorDescription);
	const hasFailed = code !== undefined || status === 'failed';
	return pushed.complete({
		event: 'messageStatus',
		status,
		messageId,
		taskId: ownTaskId,
		...originOf(ownTaskId),
		from: pushed.party('From'),
		to: pushed.party('To'),
		...userOf(pushed),
		timestamp: pushed.time('Timestamp'),
		code,
		reason: hasFailed ? reasonFor(code, errorDescription ?? statusDescription) : undefined,
		errorDescription,
		statusDescription,
		templateCode: pushed.text('TemplateCode'),
		templateName: pushed.text('TemplateName'),
		language: pushed.text('Language'),
		conversationId: pushed.text('ConversationId'),
		conversationType: pushed.text('ConversationType'),
		messageType: pushed.lowerText('Type'),
		custSpaceId: pushed.text('CustSpaceId'),
		wabaId: pushed.text('WabaId'),
		api: 'cams',
	});
}

/** The API's types that differ from those in the trigger's list. */
const MESSAGE_TYPES: ReadonlyMap<string, string> = new Map([
	['reply', 'buttonReply'],
	['contact', 'contacts'],
]);

function mediaOf(content: Fields, timestamp: string | undefined): IDataObject {
	const link = content.text('url');
	return {
		mediaLink: link,
		mimeType: content.text('mimeType'),
		caption: content.text('caption'),
		fileName: content.text('filename') ?? (link === undefined ? undefined : content.text('name')),
		mediaId: content.text('id'),
		mediaExpiresAt:
			link !== undefined && timestamp !== undefined
				? new Date(Date.parse(timestamp) + MEDIA_DAYS * 86_400_000).toISOString()
				: undefined,
	};
}

/** The content of a message that is not a text; `text` and `payload` are what a customer chose. */
function contentOf(content: Fields, timestamp: string | undefined): IDataObject {
	const reply = replyOf(content.open('interactive') ?? content);
	return {
		...reply,
		text: reply.text ?? content.text('text'),
		payload: reply.payload ?? content.text('payload'),
		...(content.peek('latitude') === undefined ? mediaOf(content, timestamp) : locationOf(content)),
	};
}

function inboundOf(pushed: Fields): ChatAppEvent {
	pushed.drop('NoticeType', 'inbound');
	const type = pushed.lowerText('Type') ?? 'text';
	const timestamp = pushed.time('Timestamp');
	// A text message is never parsed, even if it looks like JSON.
	const content = type === 'text' ? undefined : pushed.open('Message', true);
	const displayName = pushed.text('DisplayName');
	const name = pushed.text('Name');
	return pushed.complete({
		event: 'inboundMessage',
		messageType: MESSAGE_TYPES.get(type) ?? type,
		...(content === undefined ? { text: pushed.text('Message') } : contentOf(content, timestamp)),
		messageId: pushed.text('MessageId'),
		from: pushed.party('From'),
		fromName: displayName ?? name,
		profileName: displayName === undefined || name === displayName ? undefined : name,
		...userOf(pushed),
		to: pushed.party('To'),
		timestamp,
		custSpaceId: pushed.text('CustSpaceId'),
		wabaId: pushed.text('WabaId'),
		api: 'cams',
	});
}

/** Version 2 of these requests covers accounts and numbers, too. */
function auditOf(pushed: Fields): ChatAppEvent {
	const kind = pushed.text('Type');
	const isTemplate =
		kind === undefined ? pushed.peek('TemplateCode') !== undefined : /^template/i.test(kind);
	return pushed.complete({
		event: isTemplate ? 'templateEvent' : 'accountEvent',
		eventType: kind,
		status: pushed.text('AuditStatus', 'Status')?.toLowerCase(),
		reason: pushed.text('Reason'),
		templateCode: pushed.text('TemplateCode'),
		templateName: pushed.text('TemplateName'),
		language: pushed.text('Language'),
		phoneNumber: pushed.party('PhoneNumber'),
		currentLimit: pushed.text('CurrentLimit'),
		custSpaceId: pushed.text('CustSpaceId'),
		wabaId: pushed.text('WabaId'),
		timestamp: pushed.time('Timestamp'),
		api: 'cams',
	});
}

function eventOf(pushed: Fields): ChatAppEvent {
	const has = (name: string) => pushed.peek(name) !== undefined;
	if (has('Message') || textOf(pushed.peek('NoticeType'))?.toLowerCase() === 'inbound')
		return inboundOf(pushed);
	if (has('MessageId') && has('Status')) return statusOf(pushed);
	if (has('AuditStatus') || (has('Type') && !has('MessageId'))) return auditOf(pushed);
	return pushed.complete({ event: 'other', api: 'cams' });
}

/** The acknowledgement is that of page "Message receipts", HTTP. */
export const CAMS_WEBHOOK: WebhookParser = {
	parse: (pushed) => parseEach('cams', pushed, eventOf),
	received: { code: 0, msg: 'OK' },
};
