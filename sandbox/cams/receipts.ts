import { createHash, randomInt } from 'node:crypto';

import type { AcceptedMessage } from '../acceptedMessage';
import { shuffled, type PushJob, type Push } from '../delivery';
import { CAMS_STATUSES, type CamsReceiptSettings, type CamsStatus } from '../deliverySettings';
import type { PushResponse } from '../deliveryStats';
import { ACCOUNT, SPACES } from './accounts';
import type { Webhooks } from './webhookStore';

/**
 * What CAMS tells about messages. Bodies: Chat App's "ChatAppStatus" and "ChatAppInbound" for HTTP; the answer it wants
 * and its two repetitions: "ChatAppAudit" for HTTP.
 */

const RETRY_MS = [60_000, 300_000];
const BATCH = 100;

/** Codes of Meta that come with messages that failed, as its Cloud API names them. */
const REASONS: Record<string, string> = {
	130472: "User's number is part of an experiment",
	131026: 'Message undeliverable',
	131047: 'Re-engagement message',
	131049: 'This message was not delivered to maintain healthy ecosystem engagement.',
	131050: 'User has stopped receipt of marketing messages',
};
const UNDELIVERABLE = '131026';

const TEMPLATES = new Map(
	SPACES.flatMap(({ templates }) => templates).map((template) => [
		`${template.code}/${template.language}`,
		template,
	]),
);

/** HTTP 200 and a code that is a number, whichever. */
function isAcknowledged({ status, body = '' }: PushResponse): boolean {
	try {
		const answer = JSON.parse(body) as { code?: unknown } | null;
		return status === 200 && typeof answer?.code === 'number';
	} catch {
		return false;
	}
}

/** How CAMS pushes, whatever it is. */
export const pushOptions = ({ retryMs = RETRY_MS }: CamsReceiptSettings) =>
	({ api: 'cams', isAcknowledged, retryMs }) as const;

/** The address that is set for a number. Only those of WhatsApp can have one. */
function addressOf(
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

/** The code that a message fails with; undefined for one that does not. */
function codeOf(
	to: string,
	{ failNumbers = [], failShare = 0 }: CamsReceiptSettings,
): string | undefined {
	if (Array.isArray(failNumbers) ? failNumbers.includes(to) : Object.hasOwn(failNumbers, to)) {
		return Array.isArray(failNumbers) ? UNDELIVERABLE : String(failNumbers[to]);
	}
	const codes = Object.keys(REASONS);
	return Math.random() < failShare ? codes[Math.floor(Math.random() * codes.length)] : undefined;
}

/** One conversation for everything of a category between two numbers, as WhatsApp has it for a day. */
function conversationOf({ from, to, channelType }: AcceptedMessage, category = 'service') {
	if (channelType !== 'whatsapp') return {};
	const type = category.toLowerCase();
	return {
		ConversationId: createHash('md5').update(`${from}/${to}/${type}`).digest('hex'),
		ConversationType: type,
	};
}

function entryOf(message: AcceptedMessage, status: CamsStatus, code: string, delayMs: number) {
	const { messageId, from, to, taskId, templateCode, language, messageType, at } = message;
	const template = TEMPLATES.get(`${templateCode}/${language}`);
	return {
		MessageId: messageId,
		From: from,
		To: to,
		// In the order of what happened, in whichever order it is told.
		Timestamp: at + delayMs + CAMS_STATUSES.indexOf(status) + 1,
		Status: status,
		...(status === 'Failed' && {
			ErrorCode: code,
			ErrorDescription: `${code}:${REASONS[code] ?? 'Message failed'}`,
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

/** What becomes of the messages that one call brought; undefined when nobody is to know. */
export function statusJob(
	settings: CamsReceiptSettings,
	webhooks: Webhooks,
	messages: AcceptedMessage[],
): PushJob | undefined {
	if (messages.length === 0) return undefined;
	const { channelType, custSpaceId, from } = messages[0];
	const url =
		addressOf(
			channelType,
			custSpaceId || ACCOUNT.custSpaceId,
			from,
			webhooks,
			'StatusCallbackUrl',
		) ?? settings.url;
	if (url === undefined) return undefined;

	const {
		statuses = ['Sent', 'Delivered', 'Read'],
		readShare = 1,
		batch = BATCH,
		repeat = 1,
		duplicateShare = 0,
		shuffle = false,
		delayMs = 0,
	} = settings;
	const codes = messages.map(({ to }) => codeOf(to, settings));
	const areRead = messages.map(() => Math.random() < readShare);
	const kinds: Partial<Record<CamsStatus, number>> = {};
	// Numbers now, receipts only when their push has its turn: there may be many.
	const receipts = statuses.flatMap((status, place) =>
		messages.flatMap((_message, index) => {
			if (codes[index] !== undefined && place > 0) return [];
			if (codes[index] === undefined && status === 'Read' && !areRead[index]) return [];
			const kind = codes[index] === undefined ? status : 'Failed';
			kinds[kind] = (kinds[kind] ?? 0) + 1;
			return [place * messages.length + index];
		}),
	);
	const again = receipts.filter(() => Math.random() < duplicateShare);
	const all = shuffle ? shuffled([...receipts, ...again]) : [...receipts, ...again];

	const toEntry = (number: number) => {
		const index = number % messages.length;
		const status =
			codes[index] === undefined ? statuses[Math.floor(number / messages.length)] : 'Failed';
		return entryOf(messages[index], status, codes[index] ?? UNDELIVERABLE, delayMs);
	};
	function* pushes(): Generator<Push> {
		for (let time = 0; time < repeat; time++) {
			for (let start = 0; start < all.length; start += batch) {
				const body = all.slice(start, start + batch).map(toEntry);
				yield { body, receipts: body.length };
			}
		}
	}
	return { ...pushOptions(settings), url, pushes: pushes(), kinds, delayMs, inOrder: !shuffle };
}

/** What a customer writes to. */
export interface Addressee {
	channelType: string;
	/** That of the number when absent. */
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

/** Where what customers write is pushed to; undefined when nowhere. */
export function inboundUrl(
	settings: CamsReceiptSettings,
	webhooks: Webhooks,
	addressee: Addressee,
): string | undefined {
	const { channelType, to } = addressee;
	const custSpaceId = spaceOf(addressee)?.custSpaceId ?? ACCOUNT.custSpaceId;
	return addressOf(channelType, custSpaceId, to, webhooks, 'UpCallbackUrl') ?? settings.inboundUrl;
}

/** A text that somebody wrote, as ChatAppInbound has it; undefined when the number is none of the sandbox's. */
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

/** Where the events of a space's templates and accounts are pushed to; undefined when nowhere. */
export function accountUrl(webhooks: Webhooks, custSpaceId: string): string | undefined {
	const { HttpFlag, StatusCallbackUrl } = webhooks.find(custSpaceId);
	return HttpFlag === 'Y' ? StatusCallbackUrl || undefined : undefined;
}
