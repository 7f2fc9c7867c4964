import type { AcceptedMessage, Api } from './acceptedMessage';
import { isObject } from './validation';

/** At least this many of the newest messages are kept. */
const MAX_KEPT = 100_000;

/** Among so many of the last lines of a conversation, one with the same text counts as doubled. */
const LOOKED_AT = 20;

/** How far a message has come, as its receipts say. */
export type Status = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

const ORDER: readonly string[] = ['accepted', 'sent', 'delivered', 'read', 'failed'];

interface Line {
	/** Unique, and larger than those of all earlier ones. */
	id: number;
	at: number;
	text: string;
}

/** A message to the recipient. */
export interface Outbound extends Line {
	message: AcceptedMessage;
	status: Status;
	/** Why it failed. */
	reason?: string;
}

/** A message from the recipient. */
export type Inbound = Line;

/** What one recipient and one sender wrote to each other on one channel. */
export interface Conversation {
	key: string;
	api: Api;
	channelType: string;
	/** The recipient. */
	user: string;
	/** The sender. */
	business: string;
	lines: Array<Outbound | Inbound>;
}

type Parties = Pick<Conversation, 'api' | 'channelType' | 'user' | 'business'>;

const keyOf = ({ api, channelType, user, business }: Parties) =>
	[api, channelType, business, user].join('/');

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Messages of InnoPaaS have one ID per call. */
const receiptKey = (messageId: string, user: string) => `${messageId}/${user}`;

export const isOutbound = (line: Outbound | Inbound): line is Outbound => 'message' in line;

/** What chat messages looked like to those who got them: for the page, which is the only one to read it. */
export class Inbox {
	/** Grows with every change. */
	version = 0;
	/** Messages to somebody who had just got the same. */
	doubled = 0;
	private lastId = 0;
	/** The one with the newest line last. */
	private readonly conversations = new Map<string, Conversation>();
	private readonly byReceipt = new Map<string, Outbound>();
	/** In the order in which they came. */
	private readonly kept: Conversation[] = [];
	private dropped = 0;

	/** @param messages as the sandbox accepted them */
	add(messages: AcceptedMessage[]): void {
		for (const message of messages) {
			const { api, channelType, to: user, from: business, at, text, messageId } = message;
			const line: Outbound = { id: ++this.lastId, at, text, message, status: 'accepted' };
			const { lines } = this.append({ api, channelType, user, business }, line);
			if (lines.slice(-LOOKED_AT, -1).some((each) => isOutbound(each) && each.text === text))
				this.doubled++;
			this.byReceipt.set(receiptKey(messageId, user), line);
		}
	}

	/** A message from somebody, who need not have got one before. */
	addInbound(parties: Parties, text: string): void {
		this.append(parties, { id: ++this.lastId, at: Date.now(), text });
	}

	/** Notes the receipts in a body that was pushed; a status never goes back. */
	notePush(body: unknown): void {
		for (const each of Array.isArray(body) ? (body as unknown[]) : [body]) {
			const receipt = isObject(each) && isObject(each.body) ? each.body : each;
			if (!isObject(receipt)) continue;
			const { MessageId, To, Status: status, ErrorDescription, id, sendPhone } = receipt;
			const known = this.byReceipt.get(
				receiptKey(String(MessageId ?? id), String(To ?? sendPhone)),
			);
			if (!known) continue;
			const { errorData } = receipt;
			const reason = ErrorDescription ?? (isObject(errorData) && errorData.errorMessage);
			this.noteStatus(known, String(status ?? receipt.status), textOf(reason));
		}
	}

	/** @param status in any case; others than those of a message are passed over */
	noteStatus(line: Outbound, status: string, reason = 'Message failed'): void {
		const next = status.toLowerCase() as Status;
		if (ORDER.indexOf(next) <= ORDER.indexOf(line.status)) return;
		line.status = next;
		if (next === 'failed') line.reason = reason;
		this.version++;
	}

	/**
	 * Conversations, the one with the newest line first.
	 * @param search a part of a recipient, a sender, a text, or a task or template of a message, in any case
	 */
	list(search: string, limit: number): { total: number; found: Conversation[] } {
		const wanted = search.trim().toLowerCase();
		const matches = (text: string | undefined) => text?.toLowerCase().includes(wanted) ?? false;
		const all = [...this.conversations.values()].reverse();
		const found = all.filter(
			({ user, business, lines }) =>
				wanted === '' ||
				matches(user) ||
				matches(business) ||
				lines.some(
					(line) =>
						matches(line.text) ||
						(isOutbound(line) &&
							(matches(line.message.taskId) ||
								matches(line.message.templateCode) ||
								matches(line.message.templateName))),
				),
		);
		return { total: found.length, found: found.slice(0, limit) };
	}

	get(key: string): Conversation | undefined {
		return this.conversations.get(key);
	}

	/** How many messages to recipients have which status. */
	funnel(): Record<Status, number> {
		const counts = { accepted: 0, sent: 0, delivered: 0, read: 0, failed: 0 };
		for (const { status } of this.byReceipt.values()) counts[status]++;
		return counts;
	}

	/** Reasons of failures, and how many messages failed for each. */
	failures(): Record<string, number> {
		const counts: Record<string, number> = {};
		for (const { reason } of this.byReceipt.values())
			if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
		return counts;
	}

	private append(parties: Parties, line: Outbound | Inbound): Conversation {
		const key = keyOf(parties);
		const conversation = this.conversations.get(key) ?? { key, ...parties, lines: [] };
		this.conversations.delete(key);
		this.conversations.set(key, conversation);
		conversation.lines.push(line);
		this.kept.push(conversation);
		this.version++;
		if (this.kept.length - this.dropped > MAX_KEPT) this.dropOldest();
		return conversation;
	}

	private dropOldest(): void {
		const conversation = this.kept[this.dropped++];
		const line = conversation.lines.shift();
		if (line && isOutbound(line))
			this.byReceipt.delete(receiptKey(line.message.messageId, conversation.user));
		if (conversation.lines.length === 0) this.conversations.delete(conversation.key);
		if (this.dropped < MAX_KEPT) return;
		this.kept.splice(0, this.dropped);
		this.dropped = 0;
	}
}
