import { createHash } from 'node:crypto';
import {
	sleep,
	type DeduplicationHelperFunctions,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';

import { sharedByKey } from '../util/sharedByKey';

/**
 * The events that a workflow has had before, for deduplication. n8n's store for processed items survives a restart,
 * but rewrites all of its entries with every call and loses calls that overlap. So calls are made one at a time, claims
 * that wait are put into one call, and events that this process has seen itself are not looked up.
 */

/** Entries in n8n's store, enough for the redeliveries that come shortly after a restart; a status has one to three. */
const MAX_STORED = 20_000;
/** Events in memory per trigger, at least. Redeliveries come within minutes. */
const MIN_REMEMBERED = 200_000;

/** A short key that is the same for two deliveries of one event. */
export function keyOf(json: IDataObject): string {
	const { event, api, receiptId, messageId, wamid, status, to } = json;
	const ofMessage =
		event === 'messageStatus'
			? [messageId, status, to]
			: event === 'inboundMessage' || event === 'outboundMessage'
				? [messageId ?? wamid]
				: [];
	// The message tells more than InnoPaaS' event ID, which two statuses of one message can share.
	const ids = typeof ofMessage[0] === 'string' ? ofMessage : [receiptId];
	// Events without an ID are keyed by their full content. So are the other kinds, of which a message can have several.
	const identity =
		typeof ids[0] === 'string'
			? [api, event, ...ids]
			: Object.entries(json).filter(([name]) => name !== 'raw');
	return shortKey(identity);
}

/** 96 bits. An id can be as long as a push, so no map holds the id itself. */
export const shortKey = (identity: unknown): string =>
	createHash('sha256')
		.update(JSON.stringify(identity))
		.digest()
		.subarray(0, 12)
		.toString('base64url');

/** The statuses that are late once another has come. Failed can be followed by Delivered, as WhatsApp tries again. */
export const PASSED: ReadonlyMap<unknown, readonly string[]> = new Map([
	['delivered', ['sent']],
	['failed', ['sent']],
	['read', ['sent', 'delivered']],
]);

/** Whether an event is a status of a message. */
export function isStatus({ event, messageId, status }: IDataObject): boolean {
	return event === 'messageStatus' && typeof messageId === 'string' && typeof status === 'string';
}

/** The key under which it is stored that a status of this message has been passed, or has come itself. */
const passedKey = ({ api, messageId, to }: IDataObject, status: string) =>
	shortKey(['passed', api, messageId, to, status]);

/** The key that is taken if a status was passed; undefined for a status that no other passes. */
export function lateKey(event: IDataObject): string | undefined {
	const { status } = event;
	return status === 'sent' || status === 'delivered' ? passedKey(event, status) : undefined;
}

/** The keys that a status takes: its own, and those of the statuses that it passes. */
export function passedKeys(event: IDataObject): string[] {
	const own = lateKey(event);
	const passed = (PASSED.get(event.status) ?? []).map((status) => passedKey(event, status));
	return own === undefined ? passed : [own, ...passed];
}

/**
 * Whether an event cannot be distinguished from a later one with the same content. It counts as a duplicate only while
 * redeliveries are to be expected.
 */
export function hasNoIdentity({ receiptId, messageId, timestamp }: IDataObject): boolean {
	return [receiptId, messageId, timestamp].every((each) => each === undefined);
}

/** CAMS redelivers after 1 and after 5 minutes. */
export const REDELIVERY_MS = 10 * 60_000;

/** n8n's store for processed items, of one node of one workflow. */
export type Store = Pick<DeduplicationHelperFunctions, 'checkProcessedAndRecord'>;

interface Claim {
	/** Keys that are looked up in the store. */
	keys: string[];
	store: Store;
	resolve(fresh: ReadonlySet<string>): void;
	warn(error: Error): void;
}

/**
 * A map that holds at least the latest MIN_REMEMBERED entries and drops older ones a whole generation at a time.
 * Deleting the oldest entry with each insertion would be slow: iteration has to skip the gaps of all deleted ones.
 */
export class TwoGenerationMap<Value> {
	private young = new Map<string, Value>();
	private old = new Map<string, Value>();

	get(key: string): Value | undefined {
		return this.young.get(key) ?? this.old.get(key);
	}

	set(key: string, value: Value): void {
		this.young.set(key, value);
		if (this.young.size < MIN_REMEMBERED) return;
		this.old = this.young;
		this.young = new Map();
	}
}

/** The events that one trigger has seen. */
export class SeenEvents {
	/** In milliseconds since the epoch. */
	usedAt = Date.now();
	/** False for what n8n has stored an execution for, as far as this process knows; true once one has claimed it. */
	private readonly seen = new TwoGenerationMap<boolean>();
	/** The statuses that are late, by message and recipient. */
	private readonly passed = new TwoGenerationMap<readonly string[]>();
	/** When events without an identity came, as milliseconds since the epoch. */
	private readonly recent = new TwoGenerationMap<number>();
	private claims: Claim[] = [];
	private isClaiming = false;

	/**
	 * Claims keys; a key goes to the first that claims it.
	 * @param stored further keys, which only the store remembers
	 * @param warn gets the store's error, after which keys that are new to this process count as new
	 * @returns the keys that were not claimed before
	 */
	async claim(
		keys: Iterable<string>,
		stored: readonly string[],
		store: Store,
		warn: (error: Error) => void,
	): Promise<ReadonlySet<string>> {
		const unseen = [...new Set(keys)].filter((key) => this.seen.get(key) !== true);
		for (const key of unseen) this.seen.set(key, true);
		if (unseen.length === 0) return new Set();
		return await new Promise((resolve) => {
			this.claims.push({ keys: [...unseen, ...new Set(stored)], store, resolve, warn });
			if (!this.isClaiming) void this.settleClaims();
		});
	}

	has(key: string): boolean {
		return this.seen.get(key) !== undefined || this.isRecent(key);
	}

	/** Remembers events whose execution n8n has stored, and which will be claimed by that. */
	remember(keys: Iterable<string>): void {
		for (const key of keys) if (this.seen.get(key) === undefined) this.seen.set(key, false);
	}

	private isRecent(key: string): boolean {
		return (this.recent.get(key) ?? -Infinity) > Date.now() - REDELIVERY_MS;
	}

	/** Claims the key of an event without identity, in memory only: n8n's store would keep it after REDELIVERY_MS. */
	claimRecent(key: string): boolean {
		if (this.isRecent(key)) return false;
		this.recent.set(key, Date.now());
		return true;
	}

	/** Whether a status that passes this one has come to this process, for the same message and recipient. */
	isLate({ messageId, to, status }: IDataObject): boolean {
		const message = shortKey([messageId, to]);
		const before = this.passed.get(message) ?? [];
		const passed = PASSED.get(status) ?? [];
		if (passed.length > before.length) this.passed.set(message, passed);
		return before.includes(status as string);
	}

	private async settleClaims(): Promise<void> {
		this.isClaiming = true;
		while (this.claims.length > 0) await settleTogether(this.claims.splice(0));
		this.isClaiming = false;
	}
}

/** A function of its own: it holds executions, and ends before the next ones wait. */
async function settleTogether(claims: Claim[]): Promise<void> {
	const fresh = await claimInStore(
		claims.flatMap(({ keys }) => keys),
		claims[0].store,
	).catch((error) => error as Error);
	for (const [index, { keys, resolve, warn }] of claims.entries()) {
		// Resolving a claim runs its whole workflow before control returns; n8n has to answer webhooks in between.
		if (index > 0) await sleep(0);
		if (fresh instanceof Error) warn(fresh);
		// An event delivered twice is better than one lost.
		resolve(new Set(fresh instanceof Error ? keys : keys.filter((key) => fresh.has(key))));
	}
}

/** In calls of at most MAX_STORED keys, as the store takes all keys of a larger one for new. */
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

/** After this long no push comes again, and a trigger that has no events may have been deleted. */
export const MAX_UNUSED_MS = 24 * 3_600_000;

type TriggerContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/** What this process keeps for each trigger, until that has not been used for long. */
export function memoryByTrigger<Memory extends { usedAt: number }>(
	create: (workflowId: string | undefined, nodeId: string) => Memory,
): (context: TriggerContext) => Memory {
	const memories = sharedByKey(({ usedAt }: Memory) => Date.now() - usedAt > MAX_UNUSED_MS);
	return (context) => {
		const [workflowId, nodeId] = [context.getWorkflow().id, context.getNode().id];
		const memory = memories(`${workflowId}/${nodeId}`, () => create(workflowId, nodeId));
		memory.usedAt = Date.now();
		return memory;
	};
}

/** The events that a trigger has seen in this process. */
export const seenBy = memoryByTrigger(() => new SeenEvents());
