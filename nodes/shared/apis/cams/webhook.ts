import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../../util/json';
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
 * Webhook requests of CAMS. Sources: pages "Message receipts" (ChatAppStatus), "Inbound messages" (ChatAppInbound) and
 * "Template review" (ChatAppAudit) of Chat App. Their examples and tables differ in the case of names, in spaces around
 * names, and in whether Message is a string.
 */

const STATUS_FIELDS = [
	'MessageId',
	'From',
	'To',
	'Timestamp',
	'Status',
	'ErrorCode',
	'Type',
	'TaskId',
	'TemplateCode',
	'TemplateName',
	'Language',
	'ConversationType',
	'ConversationId',
	'CustSpaceId',
	'WabaId',
];
const INBOUND_FIELDS = [
	'MessageId',
	'CustSpaceId',
	'WabaId',
	'From',
	'To',
	'Timestamp',
	'DisplayName',
	'Name',
	'NoticeType',
	'Type',
	'Message',
];
const AUDIT_FIELDS = [
	'WabaId',
	'CustSpaceId',
	'TemplateCode',
	'TemplateName',
	'Language',
	'AuditStatus',
	'Reason',
	'Type',
	'PhoneNumber',
	'Status',
	'CurrentLimit',
	'Timestamp',
];

const lowerCase = (names: string[]) => new Set(names.map((name) => name.toLowerCase()));
const MAPPED_OF_STATUS = lowerCase(STATUS_FIELDS);
const MAPPED_OF_INBOUND = lowerCase(INBOUND_FIELDS);
const MAPPED_OF_AUDIT = lowerCase(AUDIT_FIELDS);

const NAMES = [
	...STATUS_FIELDS,
	'StatusDescription',
	'ErrorDescription',
	...INBOUND_FIELDS,
	...AUDIT_FIELDS,
];
/** Canonical names by lower-case and by canonical name, so that most keys are found without converting them. */
const SPELLINGS = new Map(
	NAMES.flatMap((name) => [
		[name.toLowerCase(), name],
		[name, name],
	]),
);

const nameOf = (key: string) =>
	SPELLINGS.get(key) ?? SPELLINGS.get(key.trim().toLowerCase()) ?? key.trim();

/** The fields that have a value, under their canonical names. */
function withCanonicalNames(pushed: IDataObject): IDataObject {
	if (Object.keys(pushed).every((key) => pushed[key] !== null && nameOf(key) === key))
		return pushed;
	const entries = Object.entries(pushed).flatMap(([key, value]) =>
		value === null ? [] : [{ key, name: nameOf(key), value }],
	);
	// If two keys stand for one name, the exact one wins.
	const [exact, other] = [
		entries.filter(({ key, name }) => key === name),
		entries.filter(({ key, name }) => key !== name),
	];
	return Object.fromEntries([...other, ...exact].map(({ name, value }) => [name, value]));
}

/** Links to files expire after this time. */
const MEDIA_DAYS = 7;

function statusOf(pushed: IDataObject): ChatAppEvent {
	const messageId = textOf(pushed.MessageId);
	const taskId = textOf(pushed.TaskId);
	// If the sender set no task ID, CAMS puts the message ID there.
	const ownTaskId = taskId === messageId ? undefined : taskId;
	const description = textOf(pushed.ErrorDescription) ?? textOf(pushed.StatusDescription);
	const status = textOf(pushed.Status)?.toLowerCase();
	const code = codeIn(textOf(pushed.ErrorCode), textOf(pushed.ErrorDescription));
	const hasFailed = code !== undefined || status === 'failed' || status === 'undelivered';
	return withUnmappedFields(
		{
			event: 'messageStatus',
			status: status === 'undelivered' ? 'failed' : status,
			messageId,
			taskId: ownTaskId,
			...originOf(ownTaskId),
			from: partyOf(pushed.From),
			to: partyOf(pushed.To),
			timestamp: timeOf(pushed.Timestamp),
			code,
			reason: hasFailed ? reasonFor(code, description) : undefined,
			templateCode: textOf(pushed.TemplateCode),
			templateName: textOf(pushed.TemplateName),
			language: textOf(pushed.Language),
			conversationId: textOf(pushed.ConversationId),
			conversationType: textOf(pushed.ConversationType),
			messageType: textOf(pushed.Type)?.toLowerCase(),
			custSpaceId: textOf(pushed.CustSpaceId),
			wabaId: textOf(pushed.WabaId),
			api: 'cams',
		} as ChatAppEvent,
		pushed,
		MAPPED_OF_STATUS,
	);
}

/** The API's types that differ from those in the trigger's list. */
const MESSAGE_TYPES: ReadonlyMap<string, string> = new Map([
	['reply', 'buttonReply'],
	['contact', 'contacts'],
]);

function mediaOf(content: IDataObject, timestamp: string | undefined): IDataObject {
	const link = textOf(content.url);
	const expires =
		link !== undefined && timestamp !== undefined
			? new Date(Date.parse(timestamp) + MEDIA_DAYS * 86_400_000).toISOString()
			: undefined;
	return {
		mediaLink: link,
		mimeType: textOf(content.mimeType),
		caption: textOf(content.caption),
		fileName: textOf(content.filename) ?? (link === undefined ? undefined : textOf(content.name)),
		mediaId: textOf(content.id ?? content.ID),
		mediaExpiresAt: expires,
	};
}

/** Fields of a content that must not end up in the event, where they would describe the message. */
const NOT_OF_CONTENT = ['messageId', 'from', 'to', 'timestamp', 'custSpaceId', 'wabaId'];
const MAPPED_OF_LOCATION = lowerCase([
	...NOT_OF_CONTENT,
	'latitude',
	'longitude',
	'name',
	'address',
	'text',
	'payload',
]);
const MAPPED_OF_CONTENT = lowerCase([
	...NOT_OF_CONTENT,
	'url',
	'mimeType',
	'caption',
	'filename',
	'id',
	'text',
	'payload',
]);
const MAPPED_OF_FILE = new Set([...MAPPED_OF_CONTENT, 'name']);

function inboundOf(pushed: IDataObject): ChatAppEvent {
	const type = textOf(pushed.Type)?.toLowerCase() ?? 'text';
	const timestamp = timeOf(pushed.Timestamp);
	const isText = type === 'text';
	const content = isText ? undefined : objectOf(pushed.Message);
	const isLocation = content?.latitude !== undefined;
	const event = {
		event: 'inboundMessage',
		messageType: MESSAGE_TYPES.get(type) ?? type,
		// A text message is never parsed, even if it looks like JSON.
		text:
			content === undefined
				? typeof pushed.Message === 'object'
					? undefined
					: textOf(pushed.Message)
				: textOf(content.text),
		...(content !== undefined && {
			payload: textOf(content.payload),
			...(isLocation && {
				latitude: content.latitude,
				longitude: content.longitude,
				locationName: textOf(content.name),
				address: textOf(content.address),
			}),
			...(!isLocation && mediaOf(content, timestamp)),
		}),
		messageId: textOf(pushed.MessageId),
		from: partyOf(pushed.From),
		fromName: textOf(pushed.DisplayName) ?? textOf(pushed.Name),
		to: partyOf(pushed.To),
		timestamp,
		custSpaceId: textOf(pushed.CustSpaceId),
		wabaId: textOf(pushed.WabaId),
		api: 'cams',
	} as ChatAppEvent;
	// An object that was not read as the content of the message is passed on unchanged.
	const rest =
		content === undefined && typeof pushed.Message === 'object'
			? { Message: pushed.Message }
			: (content ?? {});
	const mappedOfContent = isLocation
		? MAPPED_OF_LOCATION
		: event.mediaLink === undefined
			? MAPPED_OF_CONTENT
			: MAPPED_OF_FILE;
	return withUnmappedFields(
		withUnmappedFields(event, rest, mappedOfContent),
		pushed,
		MAPPED_OF_INBOUND,
	);
}

/** Version 2 of these requests covers accounts and numbers, too. */
function auditOf(pushed: IDataObject): ChatAppEvent {
	const kind = textOf(pushed.Type);
	const isTemplate =
		kind === undefined ? pushed.TemplateCode !== undefined : /^template/i.test(kind);
	return withUnmappedFields(
		{
			event: isTemplate ? 'templateEvent' : 'accountEvent',
			eventType: kind,
			status: (textOf(pushed.AuditStatus) ?? textOf(pushed.Status))?.toLowerCase(),
			reason: textOf(pushed.Reason),
			templateCode: textOf(pushed.TemplateCode),
			templateName: textOf(pushed.TemplateName),
			language: textOf(pushed.Language),
			phoneNumber: partyOf(pushed.PhoneNumber),
			currentLimit: textOf(pushed.CurrentLimit),
			custSpaceId: textOf(pushed.CustSpaceId),
			wabaId: textOf(pushed.WabaId),
			timestamp: timeOf(pushed.Timestamp),
			api: 'cams',
		} as ChatAppEvent,
		pushed,
		MAPPED_OF_AUDIT,
	);
}

function eventOf(pushed: IDataObject): ChatAppEvent {
	if (pushed.Message !== undefined || textOf(pushed.NoticeType)?.toLowerCase() === 'inbound')
		return inboundOf(pushed);
	if (pushed.MessageId !== undefined && pushed.Status !== undefined) return statusOf(pushed);
	if (
		pushed.AuditStatus !== undefined ||
		(pushed.Type !== undefined && pushed.MessageId === undefined)
	)
		return auditOf(pushed);
	return withUnmappedFields({ event: 'other', api: 'cams' } as ChatAppEvent, pushed, new Set());
}

/** The acknowledgement is that of page "Message receipts", HTTP. */
export const CAMS_WEBHOOK: WebhookParser = {
	parse: (pushed) => parseEach('cams', pushed, (raw) => eventOf(withCanonicalNames(raw))),
	received: { code: 0, msg: 'OK' },
};
