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
 * What CAMS pushes. Sources: pages "Message receipts" (ChatAppStatus), "Inbound messages" (ChatAppInbound) and
 * "Template review" (ChatAppAudit) of Chat App; examples and tables differ in case, blanks and whether Message is text.
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

const read = (names: string[]) => new Set(names.map((name) => name.toLowerCase()));
const READ_OF_STATUS = read(STATUS_FIELDS);
const READ_OF_INBOUND = read(INBOUND_FIELDS);
const READ_OF_AUDIT = read(AUDIT_FIELDS);

const NAMES = [
	...STATUS_FIELDS,
	'StatusDescription',
	'ErrorDescription',
	...INBOUND_FIELDS,
	...AUDIT_FIELDS,
];
/** The names themselves too: most keys need no other look. */
const SPELLINGS = new Map(
	NAMES.flatMap((name) => [
		[name.toLowerCase(), name],
		[name, name],
	]),
);

const nameOf = (key: string) =>
	SPELLINGS.get(key) ?? SPELLINGS.get(key.trim().toLowerCase()) ?? key.trim();

/** What has a value, by the names of the tables: in the examples keys have blanks at their ends, or another case. */
function named(pushed: IDataObject): IDataObject {
	if (Object.keys(pushed).every((key) => pushed[key] !== null && nameOf(key) === key))
		return pushed;
	const entries = Object.entries(pushed).flatMap(([key, value]) =>
		value === null ? [] : [{ key, name: nameOf(key), value }],
	);
	// Of two keys for one name the very name counts.
	const [exact, other] = [
		entries.filter(({ key, name }) => key === name),
		entries.filter(({ key, name }) => key !== name),
	];
	return Object.fromEntries([...other, ...exact].map(({ name, value }) => [name, value]));
}

/** A link to a file is good for so long. */
const MEDIA_DAYS = 7;

function statusOf(pushed: IDataObject): ChatAppEvent {
	const messageId = textOf(pushed.MessageId);
	const taskId = textOf(pushed.TaskId);
	// Without a task id of the sender's, the message's own stands there.
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
		READ_OF_STATUS,
	);
}

/** The vendor's types by the words that the trigger's list has. */
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

/** What a content says under these names is not about the message itself. */
const NOT_OF_CONTENT = ['messageId', 'from', 'to', 'timestamp', 'custSpaceId', 'wabaId'];
const READ_OF_PLACE = read([
	...NOT_OF_CONTENT,
	'latitude',
	'longitude',
	'name',
	'address',
	'text',
	'payload',
]);
const READ_OF_CONTENT = read([
	...NOT_OF_CONTENT,
	'url',
	'mimeType',
	'caption',
	'filename',
	'id',
	'text',
	'payload',
]);
const READ_OF_FILE = new Set([...READ_OF_CONTENT, 'name']);

function inboundOf(pushed: IDataObject): ChatAppEvent {
	const given = textOf(pushed.Type)?.toLowerCase() ?? 'text';
	const timestamp = timeOf(pushed.Timestamp);
	const isText = given === 'text';
	const content = isText ? undefined : objectOf(pushed.Message);
	const isPlace = content?.latitude !== undefined;
	const event = {
		event: 'inboundMessage',
		messageType: MESSAGE_TYPES.get(given) ?? given,
		// A text may look like JSON.
		text:
			content === undefined
				? typeof pushed.Message === 'object'
					? undefined
					: textOf(pushed.Message)
				: textOf(content.text),
		...(content !== undefined && {
			payload: textOf(content.payload),
			...(isPlace && {
				latitude: content.latitude,
				longitude: content.longitude,
				locationName: textOf(content.name),
				address: textOf(content.address),
			}),
			...(!isPlace && mediaOf(content, timestamp)),
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
	// What is no text, and could not be read, comes as it is.
	const rest =
		content === undefined && typeof pushed.Message === 'object'
			? { Message: pushed.Message }
			: (content ?? {});
	const readOfContent = isPlace
		? READ_OF_PLACE
		: event.mediaLink === undefined
			? READ_OF_CONTENT
			: READ_OF_FILE;
	return withUnmappedFields(
		withUnmappedFields(event, rest, readOfContent),
		pushed,
		READ_OF_INBOUND,
	);
}

/** V2 of these pushes tells of more than templates. */
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
		READ_OF_AUDIT,
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

/** Receipts as CAMS pushes them, and the answer that it takes for "received" (page "Message receipts", HTTP). */
export const CAMS_WEBHOOK: WebhookParser = {
	parse: (pushed) => parseEach('cams', pushed, (raw) => eventOf(named(raw))),
	received: { code: 0, msg: 'OK' },
};
