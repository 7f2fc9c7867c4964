import { createHash } from 'node:crypto';
import {
	sleep,
	type DeduplicationHelperFunctions,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';

/**
 * What the workflow has had already. n8n's store for processed items outlives a restart, but rewrites all it holds with
 * every claim, and loses claims that are made at the same time; so claims stand in line, those that wait are made
 * together, and what this process has seen itself is not looked up at all.
 */

/** In n8n's store: after a restart, what was pushed shortly before it is still known. */
const MAX_STORED = 10_000;
/** In memory, of one trigger, at least: pushes come again after minutes. */
const MIN_REMEMBERED = 200_000;

/** What makes a receipt the same as another, short. */
export function keyOf(json: IDataObject): string {
	const { event, api, receiptId, messageId, status } = json;
	const ofMessage =
		event === 'messageStatus' ? [messageId, status] : event === 'inboundMessage' ? [messageId] : [];
	const ids = receiptId === undefined ? ofMessage : [receiptId];
	// What has no id is told by all that it says; other kinds may be several about one message.
	const whole =
		typeof ids[0] === 'string'
			? [api, event, ...ids]
			: Object.entries(json).filter(([name]) => name !== 'raw');
	return createHash('sha256').update(JSON.stringify(whole)).digest('base64url').slice(0, 16);
}

/** Whether nothing tells a receipt from another with the same words later on: it is remembered only while pushes come again. */
export function hasNoIdentity({ receiptId, messageId, timestamp }: IDataObject): boolean {
	return [receiptId, messageId, timestamp].every((each) => each === undefined);
}

/** A push comes again after 1 and 5 minutes (CAMS). */
const MOMENT_MS = 10 * 60_000;

/** n8n's store, for one node of one workflow. */
export type Store = Pick<DeduplicationHelperFunctions, 'checkProcessedAndRecord'>;

interface Claim {
	keys: string[];
	settle(fresh: ReadonlySet<string>): void;
	tell(error: Error): void;
}

/** How far a message has come. */
const RANKS: Readonly<Record<string, number>> = { sent: 1, delivered: 2, read: 3, failed: 3 };

/**
 * A map that forgets its oldest half when it is full, at twice as many as it has to remember. Taking entries out one by
 * one would get slower with each: those that come after are found behind the gaps of all before.
 */
class TwoGenerationMap<Value> {
	private latest = new Map<string, Value>();
	private before = new Map<string, Value>();

	get(key: string): Value | undefined {
		return this.latest.get(key) ?? this.before.get(key);
	}

	set(key: string, value: Value): void {
		this.latest.set(key, value);
		if (this.latest.size < MIN_REMEMBERED) return;
		this.before = this.latest;
		this.latest = new Map();
	}
}

/** What one trigger has seen. */
export class SeenEvents {
	private readonly seen = new TwoGenerationMap<true>();
	private readonly ranks = new TwoGenerationMap<number>();
	/** Momentary ones, by when they came. */
	private readonly moments = new TwoGenerationMap<number>();
	private claims: Claim[] = [];
	private isClaiming = false;

	/**
	 * Claims keys for whoever asks first.
	 * @param tell gets what the store throws; what is new to this process then counts as new
	 * @returns those that nobody has claimed before
	 */
	async claim(
		keys: Iterable<string>,
		store: Store,
		tell: (error: Error) => void,
	): Promise<ReadonlySet<string>> {
		const unseen = [...new Set(keys)].filter((key) => this.seen.get(key) === undefined);
		for (const key of unseen) this.seen.set(key, true);
		if (unseen.length === 0) return new Set();
		return await new Promise((settle) => {
			this.claims.push({ keys: unseen, settle, tell });
			if (!this.isClaiming) void this.settleClaims(store);
		});
	}

	has(key: string): boolean {
		return this.seen.get(key) === true || this.isRecent(key);
	}

	private isRecent(key: string): boolean {
		return (this.moments.get(key) ?? -Infinity) > Date.now() - MOMENT_MS;
	}

	/** The same for momentary receipts, which n8n's store would keep for good. */
	claimRecent(key: string): boolean {
		if (this.isRecent(key)) return false;
		this.moments.set(key, Date.now());
		return true;
	}

	/** Whether a later status of this message came before; of its status only what ranks counts. */
	isLate(messageId: string, status: string): boolean {
		const rank = RANKS[status] ?? 0;
		const highest = this.ranks.get(messageId) ?? 0;
		if (rank > highest) this.ranks.set(messageId, rank);
		return rank > 0 && rank < highest;
	}

	private async settleClaims(store: Store): Promise<void> {
		this.isClaiming = true;
		while (this.claims.length > 0) {
			const together = this.claims.splice(0);
			const fresh = await claimInStore(
				together.flatMap(({ keys }) => keys),
				store,
			).catch((error) => error as Error);
			for (const [place, { keys, settle, tell }] of together.entries()) {
				// Each goes on with its whole workflow at once: in between n8n has to come to answer pushes.
				if (place > 0) await sleep(0);
				// A receipt twice is better than one lost.
				if (fresh instanceof Error) tell(fresh);
				// To each its own: what stands in line with a claim may hold the same receipts.
				settle(new Set(fresh instanceof Error ? keys : keys.filter((key) => fresh.has(key))));
			}
		}
		this.isClaiming = false;
	}
}

/** A call may hold no more than the store keeps: it would take all of them for new. */
async function claimInStore(keys: string[], store: Store): Promise<ReadonlySet<string>> {
	const fresh = new Set<string>();
	for (let from = 0; from < keys.length; from += MAX_STORED) {
		const { new: unclaimed } = await store.checkProcessedAndRecord(
			keys.slice(from, from + MAX_STORED),
			'node',
			{ mode: 'entries', maxEntries: MAX_STORED },
		);
		for (const key of unclaimed) fresh.add(String(key));
	}
	return fresh;
}

const seenByNode = new Map<string, SeenEvents>();

/** The one memory of this process for a trigger. */
export function seenBy(context: Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>): SeenEvents {
	const trigger = `${context.getWorkflow().id}/${context.getNode().id}`;
	const known = seenByNode.get(trigger) ?? new SeenEvents();
	seenByNode.set(trigger, known);
	return known;
}
