import { createHash, randomInt } from 'node:crypto';

import type { AcceptedMessage } from '../acceptedMessage';
import { shuffled, type PushJob, type Push } from '../delivery';
import { CAMS_STATUSES, type CamsReceiptSettings, type CamsStatus } from '../deliverySettings';
import type { PushResponse } from '../deliveryStats';
import { ACCOUNT, SPACES } from './accounts';
import type { Webhooks } from './webhookStore';

/**
 * Pushes of CAMS. Bodies are from Chat App's "ChatAppStatus" and "ChatAppInbound" for HTTP, the expected response and the
 * two retries from "ChatAppAudit" for HTTP.
 */

const RETRY_MS = [60_000, 300_000];
const DEFAULT_BATCH = 100;

/** Error codes of failed messages, from Meta's Cloud API. */
const FAILURES: Record<string, string> = {
	130472: "User's number is part of an experiment",
	131026: 'Message undeliverable',
	131047: 'Re-engagement message',
	131049: 'This message was not delivered to maintain healthy ecosystem engagement.',
	131050: 'User has stopped receipt of marketing messages',
};
export const UNDELIVERABLE = '131026';

const TEMPLATES = new Map(
	SPACES.flatMap(({ templates }) => templates).map((template) => [
		`${template.code}/${template.language}`,
		template,
	]),
);

/** The template that a message was sent with. */
export function templateOf({
	templateCode,
	language,
}: Pick<AcceptedMessage, 'templateCode' | 'language'>) {
	return TEMPLATES.get(`${templateCode}/${language}`);
}

/** HTTP 200 and any numeric code. */
function isAcknowledged({ status, body = '' }: PushResponse): boolean {
	try {
		const answer = JSON.parse(body) as { code?: unknown } | null;
		return status === 200 && typeof answer?.code === 'number';
	} catch {
		return false;
	}
}

/** How CAMS pushes. */
export const pushOptions = ({ retryMs = RETRY_MS }: CamsReceiptSettings) =>
	({ api: 'cams', isAcknowledged, retryMs }) as const;

/** The URL that is set for a number. Only WhatsApp numbers can have one. */
function webhookUrl(
	channelType: string,
	custSpaceId: string,
	number: string,
	webhooks: Webhooks,
	name: 'StatusCallbackUrl' | 'UpCallbackUrl',
) {
	if (channelType !== 'whatsapp') return undefined;
	const webhook = webhooks.find(custSpaceId, number);
	return webhook.HttpFlag === 'Y' ? webhook[name] || undefined : undefined;
}

/** The code that every message to a recipient fails with, by the settings; undefined if they name none. */
function codeFor(to: string, { failNumbers = [] }: CamsReceiptSettings): string | undefined {
	if (Array.isArray(failNumbers)) return failNumbers.includes(to) ? UNDELIVERABLE : undefined;
	return Object.hasOwn(failNumbers, to) ? String(failNumbers[to]) : undefined;
}

/** E.g. 131026:Message undeliverable */
export const describeFailure = (code: string) => `${code}:${FAILURES[code] ?? 'Message failed'}`;

/** The reason that every message to a recipient fails for, by the settings; undefined if they name none. */
export function failureOf(to: string, settings: CamsReceiptSettings): string | undefined {
	const code = codeFor(to, settings);
	return code === undefined ? undefined : describeFailure(code);
}

/** The code that a message fails with; undefined if it does not fail. */
function failureCode(to: string, settings: CamsReceiptSettings): string | undefined {
	const { failShare = 0 } = settings;
	const named = codeFor(to, settings);
	if (named !== undefined) return named;
	const codes = Object.keys(FAILURES);
	return Math.random() < failShare ? codes[Math.floor(Math.random() * codes.length)] : undefined;
}

/** One conversation per category and pair of numbers, as WhatsApp keeps it for a day. */
export function conversationOf(
	{ from, to, channelType }: Pick<AcceptedMessage, 'from' | 'to' | 'channelType'>,
	category = 'service',
): { ConversationId?: string; ConversationType?: string } {
	if (channelType !== 'whatsapp') return {};
	const type = category.toLowerCase();
	return {
		ConversationId: createHash('md5').update(`${from}/${to}/${type}`).digest('hex'),
		ConversationType: type,
	};
}

function toStatusEntry({ message, status, code = UNDELIVERABLE }: Receipt, delayMs: number) {
	const { messageId, from, to, taskId, templateCode, language, messageType, at } = message;
	const template = templateOf(message);
	return {
		MessageId: messageId,
		From: from,
		To: to,
		// In the order of the events, whatever the order of the pushes.
		Timestamp: at + delayMs + CAMS_STATUSES.indexOf(status) + 1,
		Status: status,
		...(status === 'Failed' && {
			ErrorCode: code,
			ErrorDescription: describeFailure(code),
		}),
		MsgFrameType: templateCode === undefined ? 'message' : 'template',
		Type: templateCode === undefined ? messageType?.toUpperCase() : 'TEMPLATE',
		TaskId: taskId || messageId,
		...(templateCode !== undefined && {
			TemplateCode: templateCode,
			TemplateName: template?.name,
			Language: language,
		}),
		OriginPhoneNumber: from,
		...(status !== 'Failed' && conversationOf(message, template?.category)),
	};
}

/** The receipts of the messages of one call; undefined if there is no URL to push them to. */
export function statusJob(
	settings: CamsReceiptSettings,
	webhooks: Webhooks,
	messages: AcceptedMessage[],
): PushJob | undefined {
	if (messages.length === 0) return undefined;
	const { channelType, custSpaceId = '', from } = messages[0];
	const url =
		webhookUrl(
			channelType,
			custSpaceId || ACCOUNT.custSpaceId,
			from,
			webhooks,
			'StatusCallbackUrl',
		) ?? settings.url;
	if (url === undefined) return undefined;

	const { duplicateShare = 0, shuffle = false, delayMs = 0 } = settings;
	const receipts = listReceipts(settings, messages);
	const kinds: Record<string, number> = {};
	for (const { status } of receipts) kinds[status] = (kinds[status] ?? 0) + 1;
	const duplicates = receipts.filter(() => Math.random() < duplicateShare);
	const all = [...receipts, ...duplicates];
	const pushes = makePushes(settings, shuffle ? shuffled(all) : all);
	return { ...pushOptions(settings), url, pushes, kinds, delayMs, inOrder: !shuffle };
}

/** A receipt before it is pushed. It only refers to its message, because there may be very many. */
interface Receipt {
	message: AcceptedMessage;
	status: CamsStatus;
	/** The error code, for status Failed. */
	code?: string;
}

/** All receipts of some messages, by status and then by message. A failed message has only one, in the first place. */
function listReceipts(settings: CamsReceiptSettings, messages: AcceptedMessage[]): Receipt[] {
	const { statuses = ['Sent', 'Delivered', 'Read'], readShare = 1 } = settings;
	const outcomes = messages.map((message) => ({
		message,
		code: failureCode(message.to, settings),
		isRead: Math.random() < readShare,
	}));
	return statuses.flatMap((status, index) =>
		outcomes.flatMap(({ message, code, isRead }): Receipt[] => {
			if (code !== undefined) return index === 0 ? [{ message, status: 'Failed', code }] : [];
			return status !== 'Read' || isRead ? [{ message, status }] : [];
		}),
	);
}

/** Batches receipts into pushes, building each body only when it is due. */
function* makePushes(settings: CamsReceiptSettings, receipts: Receipt[]): Generator<Push> {
	const { batch = DEFAULT_BATCH, repeat = 1, delayMs = 0 } = settings;
	for (let round = 0; round < repeat; round++) {
		for (let start = 0; start < receipts.length; start += batch) {
			const body = receipts
				.slice(start, start + batch)
				.map((receipt) => toStatusEntry(receipt, delayMs));
			yield { body, receipts: body.length };
		}
	}
}

/** The recipient of a customer's message. */
export interface Addressee {
	channelType: string;
	/** The number's space if absent. */
	custSpaceId?: string;
	to: string;
}

function spaceOf({ channelType, custSpaceId, to }: Addressee) {
	if (custSpaceId !== undefined) return SPACES.find((space) => space.custSpaceId === custSpaceId);
	return SPACES.find(({ phoneNumbers, viberServices }) => {
		if (channelType === 'whatsapp')
			return phoneNumbers.some(({ PhoneNumber }) => PhoneNumber === to);
		return channelType !== 'viber' || viberServices.some(({ ServiceId }) => ServiceId === to);
	});
}

/** The URL for messages from customers; undefined if none is set. */
export function inboundUrl(
	settings: CamsReceiptSettings,
	webhooks: Webhooks,
	addressee: Addressee,
): string | undefined {
	const { channelType, to } = addressee;
	const custSpaceId = spaceOf(addressee)?.custSpaceId ?? ACCOUNT.custSpaceId;
	return webhookUrl(channelType, custSpaceId, to, webhooks, 'UpCallbackUrl') ?? settings.inboundUrl;
}

/** A customer's text message as in ChatAppInbound; undefined if no space has the number. */
export function inboundEntry(addressee: Addressee, from: string, text: string) {
	const space = spaceOf(addressee);
	return (
		space && {
			MessageId: `${Date.now()}${String(randomInt(1e9)).padStart(9, '0')}`,
			CustSpaceId: space.custSpaceId,
			...(addressee.channelType === 'whatsapp' && { WabaId: space.wabaId }),
			From: from,
			To: addressee.to,
			DisplayName: 'Mia',
			Name: 'Mia',
			NoticeType: 'inbound',
			Type: 'TEXT',
			Message: text,
			Timestamp: Date.now(),
		}
	);
}

/** The URL for template and account events of a space; undefined if none is set. */
export function accountUrl(webhooks: Webhooks, custSpaceId: string): string | undefined {
	const { HttpFlag, StatusCallbackUrl } = webhooks.find(custSpaceId);
	return HttpFlag === 'Y' ? StatusCallbackUrl || undefined : undefined;
}
