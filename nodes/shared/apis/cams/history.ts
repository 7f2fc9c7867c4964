import type { IExecuteFunctions } from 'n8n-workflow';

import { fetchBody } from '../../http/cachedRead';
import { rowsIn } from '../../http/pages';
import { textOf } from '../../util/json';
import { UserIssue } from '../../util/userIssue';
import type { Account } from './client';
import { readRequest } from './lookups';

/**
 * The messages that CAMS has accepted, by operation ListChatappMessage (docs/reference/cams-api.md 9 and 12). It knows
 * neither task ids nor how many rows there are, and may show a message late.
 */

/** Rows per page; a public client asks for as many. */
const PAGE_SIZE = 100;
/** A million messages. */
const MAX_PAGES = 10_000;

/** Whose messages, and of what time. */
export interface HistoryQuery {
	custSpaceId: string;
	/** whatsapp or viber: no other channel has a history. */
	channelType: string;
	from: string;
	to?: string;
	templateCode?: string;
	/** Milliseconds since 1970. */
	since: number;
	until: number;
}

export interface HistoryMessage {
	to: string;
	messageId?: string;
	/** As the API writes it. */
	sentAt?: string;
}

/** The channels of which the API keeps a history. */
export const HAS_HISTORY: readonly string[] = ['whatsapp', 'viber'];

/**
 * Yields the messages to recipients that were accepted, page by page.
 * @throws ReadError
 */
export async function* readHistory(
	context: IExecuteFunctions,
	account: Account,
	{ custSpaceId, channelType, from, to, templateCode, since, until }: HistoryQuery,
): AsyncGenerator<HistoryMessage> {
	let first: string | undefined;
	for (let index = 1; index <= MAX_PAGES; index++) {
		const request = readRequest(
			context,
			account,
			'ListChatappMessage',
			{
				CustSpaceId: custSpaceId,
				ChannelType: channelType,
				BusinessNumber: from,
				...(to !== undefined && { UserNumber: to }),
				...(templateCode !== undefined && { TemplateCode: templateCode }),
				EventAction: 'DOWN',
				StartTime: String(since),
				EndTime: String(until),
				Page: JSON.stringify({ Index: index, Size: PAGE_SIZE }),
			},
			'Resolve Unknown',
		);
		const { Data } = await fetchBody(request);
		if (!Array.isArray(Data)) {
			throw new UserIssue(
				'Alibaba Cloud gave no list of messages',
				'Nothing was resolved. Run Resolve Unknown again later.',
			);
		}
		const rows = rowsIn(Data);
		// A server that ignores the page number returns the first page again and again.
		const start = JSON.stringify(rows[0]);
		if (rows.length === 0 || start === first) return;
		first ??= start;
		for (const { UserNumber, MessageId, SendTime } of rows) {
			const number = textOf(UserNumber);
			if (number !== undefined)
				yield {
					to: number.replace(/^\+/, ''),
					messageId: textOf(MessageId),
					sentAt: textOf(SendTime),
				};
		}
	}
	throw new UserIssue(
		'There are too many messages of that time',
		'More than a million were sent by this sender and template. Set Resolve to A Campaign, by Its Recipients, and connect the list you sent to.',
	);
}
