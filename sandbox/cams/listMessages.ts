import { createHash } from 'node:crypto';

import type { CamsReceiptSettings } from '../deliverySettings';
import { isObject } from '../validation';
import {
	findSpace,
	given,
	ok,
	parseJson,
	required,
	type CallParameters,
	type Operation,
} from './call';
import type { HistoryEntry } from './history';
import { checkOneOf, matches } from './lists';
import { conversationOf, failureOf, templateOf } from './receipts';
import { refuse } from './refusal';

/** ListChatappMessage. Names, values and required parameters are from the models of SDK 5.3.0 (cams-api.md 12). */

/** The largest page is not documented. Public programs that use the operation ask for no more than this. */
const MOST_ROWS = 100;

function readPage(parameters: CallParameters): { index: number; size: number } {
	required(parameters, 'Page');
	const page = parseJson(parameters, 'Page');
	if (!isObject(page) || page.Index === undefined || page.Size === undefined)
		throw refuse('InvalidParameter.PageInvalid', 'Page needs Index and Size.');
	const [index, size] = [Number(page.Index), Number(page.Size)];
	if (![index, size].every((number) => Number.isInteger(number) && number >= 1) || size > MOST_ROWS)
		throw refuse('InvalidParameter.PageInvalid', 'Page is not valid.');
	return { index, size };
}

/** Milliseconds since 1970, from a number or from the text that the parameter ending in Str has. */
function readTime(parameters: CallParameters, name: string): number | undefined {
	const number = given(parameters, name);
	if (number !== undefined && !/^\d+$/.test(number))
		throw refuse('InvalidParameter', `${name} must be a number of milliseconds.`);
	const text = given(parameters, `${name}Str`);
	// The time zone is not documented; UTC is a choice.
	const parsed =
		text !== undefined && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)
			? Date.parse(`${text.replace(' ', 'T')}Z`)
			: NaN;
	if (text !== undefined && Number.isNaN(parsed))
		throw refuse('InvalidParameter', `${name}Str must be YYYY-MM-DD HH:MM:SS.`);
	if (number !== undefined) return Number(number);
	return text === undefined ? undefined : parsed;
}

const isoTime = (at: number) => new Date(at).toISOString().replace('Z', '+00:00');

/**
 * A message as the operation returns it. Message, FailBackContent and the read status are left out: the form of the
 * texts and the values before reading are not documented. Neither are those of a message that failed; "fail" is a choice.
 */
function toRow(entry: HistoryEntry, receipts: CamsReceiptSettings) {
	const { messageId, channelType, from, to, templateCode, language, messageType } = entry;
	const time = isoTime(entry.at);
	const failure = failureOf(to, receipts);
	const template = templateOf(entry);
	const type = templateCode === undefined ? messageType : 'template';
	return {
		MessageId: messageId,
		// In the form of the example. The documents say no more of it than its name.
		UniqueMessageId: `${time.slice(0, 10).replaceAll('-', '')}${createHash('md5').update(messageId).digest('hex')}`,
		UserNumber: to,
		BusinessNumber: from,
		ChannelType: channelType.toUpperCase(),
		EventAction: 'DOWN',
		EventActionName: 'DOWN',
		MessageStatus: failure === undefined ? 'success' : 'fail',
		MessageStatusName: failure === undefined ? 'Success' : 'Fail',
		...(failure === undefined
			? { ClientAcceptStatusName: 'Success' }
			: { ClientAcceptStatusName: 'Fail', FailReason: failure }),
		FailBackFlag: entry.hasFallback ? 'Y' : 'N',
		SendTime: time,
		Month: time.slice(0, 7).replace('-', ''),
		MessageSource: 'api',
		Type: templateCode === undefined ? 'message' : 'template',
		MessageType: type?.toUpperCase(),
		MessageTypeName: type,
		TemplateCode: templateCode,
		TemplateName: template?.name,
		LanguageCode: language,
		ConversationId:
			failure === undefined ? conversationOf(entry, template?.category).ConversationId : undefined,
	};
}

/**
 * Single sends, and each recipient of mass sends, also of those whose response was lost. Newest first; the order is not
 * documented. Messages from customers (EventAction UP) are not kept.
 */
export const listMessages: Operation = (parameters, { history, settings }) => {
	const from = required(parameters, 'BusinessNumber');
	const channelType = required(parameters, 'ChannelType').toLowerCase();
	if (!['whatsapp', 'viber'].includes(channelType)) {
		throw refuse(
			'InvalidParameter.ChannelTypeNotSupport',
			`ChannelType ${channelType} is not supported.`,
		);
	}
	required(parameters, 'CustSpaceId');
	const { index, size } = readPage(parameters);
	checkOneOf(parameters, 'EventAction', ['DOWN', 'UP'], 'InvalidParameter');
	const start = readTime(parameters, 'StartTime') ?? 0;
	const end = readTime(parameters, 'EndTime') ?? Infinity;
	const entries = history.find(
		{
			custSpaceId: findSpace(parameters).custSpaceId,
			channelType,
			from,
			to: given(parameters, 'UserNumber'),
			groupMessageId: given(parameters, 'GroupMessageId'),
		},
		settings.historyDelayMs,
		settings.historyJitterMs,
	);
	const receipts = settings.receipts.cams ?? {};
	const rows: object[] = [];
	let skip = (index - 1) * size;
	for (const entry of entries) {
		if (rows.length === size) break;
		const status = failureOf(entry.to, receipts) === undefined ? 'success' : 'fail';
		const isWanted =
			entry.at >= start &&
			entry.at <= end &&
			matches(parameters, 'TemplateCode', entry.templateCode) &&
			matches(parameters, 'EventAction', 'DOWN') &&
			matches(parameters, 'MessageStatus', status) &&
			matches(parameters, 'ClientAcceptStatus', status);
		if (!isWanted) continue;
		if (skip > 0) skip--;
		else rows.push(toRow(entry, receipts));
	}
	return ok({ Success: true, Data: rows });
};
