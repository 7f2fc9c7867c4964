import type { AcceptedMessage } from '../acceptedMessage';
import { ACCOUNT } from './accounts';

/** What the history keeps of a message. Texts and values can be long and there may be very many, so they are left out. */
export interface HistoryEntry extends Pick<
	AcceptedMessage,
	| 'messageId'
	| 'groupMessageId'
	| 'channelType'
	| 'from'
	| 'to'
	| 'templateCode'
	| 'language'
	| 'messageType'
> {
	/** Whether it was sent with a fallback. */
	hasFallback: boolean;
	/** When it was accepted, by the gateway's clock, in milliseconds since 1970. */
	at: number;
	/** Which share of the random part of the delay applies to it, 0 to 1. */
	lateness: number;
}

/** The messages that a query looks through. */
export interface HistoryScope {
	custSpaceId: string;
	channelType: string;
	from: string;
	to?: string;
	groupMessageId?: string;
}

/** At least this many of the newest messages are kept, and at most twice as many. */
const KEPT = 100_000;

/** Names the shortest list that holds all messages of a scope: of a recipient, of a mass send, or of a sender. */
const keyOf = ({ custSpaceId, channelType, from, to, groupMessageId }: HistoryScope) => {
	const sender = `${custSpaceId}/${channelType}/${from}`;
	if (to !== undefined) return `${sender}/to/${to}`;
	return groupMessageId === undefined ? sender : `${sender}/group/${groupMessageId}`;
};

/** Some messages, in the order in which they were accepted, by each of the keys that lead to them. */
class Shelf {
	size = 0;
	private lists = new Map<string, HistoryEntry[]>();

	add(scope: HistoryScope, entry: HistoryEntry): void {
		const { to, groupMessageId, ...sender } = scope;
		this.size++;
		this.append(keyOf(sender), entry);
		this.append(keyOf({ ...sender, to }), entry);
		if (groupMessageId !== undefined) this.append(keyOf({ ...sender, groupMessageId }), entry);
	}

	get(scope: HistoryScope): readonly HistoryEntry[] {
		return this.lists.get(keyOf(scope)) ?? [];
	}

	private append(key: string, entry: HistoryEntry): void {
		const list = this.lists.get(key);
		if (list) list.push(entry);
		else this.lists.set(key, [entry]);
	}
}

/** The newest accepted messages of CAMS, as ListChatappMessage finds them. */
export class MessageHistory {
	private newer = new Shelf();
	private older = new Shelf();

	/** @param now the gateway's clock, milliseconds since 1970 */
	constructor(private now: () => number) {}

	add(messages: readonly AcceptedMessage[]): void {
		for (const message of messages) {
			const { messageId, groupMessageId, channelType, from, to } = message;
			const { templateCode, language, messageType, fallback } = message;
			const custSpaceId = message.custSpaceId || ACCOUNT.custSpaceId;
			if (this.newer.size >= KEPT) {
				this.older = this.newer;
				this.newer = new Shelf();
			}
			this.newer.add(
				{ custSpaceId, channelType, from, to, groupMessageId },
				{
					messageId,
					groupMessageId,
					channelType,
					from,
					to,
					templateCode,
					language,
					messageType,
					hasFallback: fallback !== undefined,
					at: this.now(),
					lateness: Math.random(),
				},
			);
		}
	}

	/**
	 * The messages of a scope that have appeared, newest first.
	 * @param delayMs how long after its acceptance a message appears
	 * @param jitterMs a random part of up to this time is added
	 */
	*find(scope: HistoryScope, delayMs: number, jitterMs: number): Generator<HistoryEntry> {
		const now = this.now();
		for (const list of [this.newer.get(scope), this.older.get(scope)]) {
			for (let index = list.length - 1; index >= 0; index--) {
				const entry = list[index];
				const hasAppeared = entry.at + delayMs + entry.lateness * jitterMs <= now;
				const isInGroup = (scope.groupMessageId ?? entry.groupMessageId) === entry.groupMessageId;
				if (hasAppeared && isInGroup) yield entry;
			}
		}
	}
}
