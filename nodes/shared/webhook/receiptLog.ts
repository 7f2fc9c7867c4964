import { sleep, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { createYielder, mapInSlices } from '../util/yield';
import {
	newName,
	openReceiptTable,
	type Chain,
	type Head,
	type ReceiptTable,
} from './receiptTable';
import {
	MAX_UNUSED_MS,
	PASSED,
	REDELIVERY_MS,
	TwoGenerationMap,
	hasNoIdentity,
	isStatus,
	keyOf,
	memoryByTrigger,
	shortKey,
} from './seenEvents';

/**
 * Which execution had a receipt first, the same for all workers of an n8n: each follows the chain of claims in a Data
 * Table, and adds to it before it passes a receipt on. What it knows is always the chain up to some claim, and it can
 * add one only if nobody else has added one since. So nobody decides by what is out of date, however long it was held up.
 *
 * A claim names its execution. n8n runs an execution again whose worker has died, under the same ID, and that gets its
 * receipts again.
 */

/**
 * A receipt in the table: its key and one letter. For the four statuses that are compared, the key is that of the
 * message, and the letter is the status, in upper case if it was late. A `~` counts only while pushes come again.
 */
type Entry = string;
/** 72 bits, of those of shortKey. */
const KEY_LENGTH = 12;

const LETTERS: ReadonlyMap<unknown, string> = new Map([
	['sent', 's'],
	['delivered', 'd'],
	['read', 'r'],
	['failed', 'f'],
]);

/** By the letter of a status, those of the statuses after which it is late. */
const PASSED_BY = new Map<string, string[]>();
for (const [status, passed] of PASSED) {
	for (const each of passed) {
		const letter = LETTERS.get(each)!;
		PASSED_BY.set(letter, [...(PASSED_BY.get(letter) ?? []), LETTERS.get(status)!]);
	}
}

function entryOf(json: IDataObject): Entry {
	const letter = isStatus(json) ? LETTERS.get(json.status) : undefined;
	const key =
		letter === undefined ? keyOf(json) : shortKey(['message', json.api, json.messageId, json.to]);
	return key.slice(0, KEY_LENGTH) + (letter ?? (hasNoIdentity(json) ? '~' : '-'));
}

/** Who had a receipt first. */
interface Taken {
	/** ID of the execution. */
	by: string;
	/** In milliseconds since the epoch. */
	at: number;
	isLate: boolean;
}

/** What becomes of a receipt. */
export interface Decision {
	/** Whether this execution is the one that gets it; false for a duplicate. */
	isFirst: boolean;
	/** Whether a later status of the same message has come before it. */
	isLate: boolean;
}

type Context = Pick<IExecuteFunctions, 'executeWorkflow'>;

interface Waiting {
	context: Context;
	/** ID of the execution. */
	by: string;
	entries: Entry[];
	resolve(decisions: Decision[]): void;
	reject(error: unknown): void;
}

/** In the table per trigger, at least; whichever comes first. Pushes come again within six minutes. */
const KEEP_ROWS = 20_000;
const KEEP_RECEIPTS = 200_000;
/** Claims between two times that the table is pruned. */
const PRUNE_EVERY = 100;
/** Errors of the table in a row until a claim gives up. */
const MAX_ERRORS = 3;
/** Lost races for the head until a claim gives up. */
const MAX_RACES = 200;
/** How long it is not tried again after that, so that receipts do not wait for a table that is not there. */
const PAUSE_MS = 10_000;

export class ReceiptLog {
	/** In milliseconds since the epoch. */
	usedAt = Date.now();
	private readonly taken = new TwoGenerationMap<Taken>();
	private table: ReceiptTable | undefined;
	/** The end of the chain, as far as it is known here; undefined if it has not been read. */
	private head: Head | undefined;
	/** The claims of the chain with their numbers of receipts, oldest first. */
	private sizes: Array<{ seq: number; receipts: number }> = [];
	private waiting: Waiting[] = [];
	private isSettling = false;
	private failure: { error: unknown; at: number } | undefined;

	/** @param trigger its key in the table */
	constructor(
		private readonly trigger: string,
		private readonly open = openReceiptTable,
	) {}

	/**
	 * Claims the receipts of an execution. Claims that come meanwhile are written together.
	 * @returns what becomes of each receipt @throws what n8n throws if the table cannot be reached
	 */
	async claim(context: Context, by: string, receipts: IDataObject[]): Promise<Decision[]> {
		const { failure } = this;
		if (failure && Date.now() < failure.at + PAUSE_MS) throw failure.error;
		const entries = await mapInSlices(receipts, entryOf);
		return await new Promise((resolve, reject) => {
			this.waiting.push({ context, by, entries, resolve, reject });
			if (!this.isSettling) void this.settleAll();
		});
	}

	private async settleAll(): Promise<void> {
		this.isSettling = true;
		while (this.waiting.length > 0) await this.settleTogether(this.waiting.splice(0));
		this.isSettling = false;
	}

	/** A function of its own: it holds executions, and ends before the next ones wait. */
	private async settleTogether(batch: Waiting[]): Promise<void> {
		const decisions = await this.settle(batch).catch((error: unknown) => {
			this.failure = { error, at: Date.now() };
			return undefined;
		});
		for (const [index, { resolve, reject }] of batch.entries()) {
			// Resolving a claim runs its whole workflow before control returns; n8n has other things to do in between.
			if (index > 0) await sleep(0);
			if (decisions) resolve(decisions[index]);
			else reject(this.failure?.error);
		}
	}

	private async settle(batch: Waiting[]): Promise<Decision[][]> {
		const row = { name: newName(), isNew: true };
		let errors = 0;
		for (let races = 0; races < MAX_RACES;) {
			// Who has come meanwhile goes with it, as everything is worked out anew.
			batch.push(...this.waiting.splice(0));
			// An execution that times out takes its inline workflows with it, but not those of the others.
			const { context } = batch[(races + errors) % batch.length];
			const decisions = await this.attempt(context, batch, row).catch((error) => error as Error);
			if (Array.isArray(decisions)) return decisions;
			if (decisions) {
				// Whether the claim was added is not known; reading the chain tells.
				[this.table, this.head] = [undefined, undefined];
				if (++errors === MAX_ERRORS) throw decisions;
				await sleep(50 * errors);
			} else {
				errors = 0;
				await sleep(Math.random() * Math.min(5 * races++, 100));
			}
		}
		throw new Error('Too many workers write to the data table of receipts');
	}

	/** @returns what becomes of the receipts; undefined if somebody else has added a claim meanwhile */
	private async attempt(
		context: Context,
		batch: Waiting[],
		row: { name: string; isNew: boolean },
	): Promise<Decision[][] | undefined> {
		this.table ??= await this.open(context, this.trigger);
		if (!this.head) {
			await this.follow(await this.table.read(context));
			[row.name, row.isNew] = [newName(), true];
		}
		const { prev, seq } = this.head!;
		const at = Date.now();
		const fresh = new Map<Entry, Taken>();
		const decisions: Decision[][] = [];
		for (const { by, entries } of batch) decisions.push(await this.decide(by, at, entries, fresh));
		if (fresh.size === 0) return decisions;
		const claim = { name: row.name, prev, seq: seq + 1, at, claims: written(fresh) };
		const chain = await this.table.add(context, claim, row.isNew, this.pruneFor(claim.seq, at));
		if ((await this.follow(chain)).has(row.name)) return decisions;
		// The row is known not to be in the chain, and nobody tries any more to move the head to it.
		row.isNew = false;
		return undefined;
	}

	/** Decides by the chain as it is known here. @param fresh what this claim adds to it, in order */
	private async decide(
		by: string,
		at: number,
		entries: Entry[],
		fresh: Map<Entry, Taken>,
	): Promise<Decision[]> {
		const own = new Set<Entry>();
		const find = (entry: Entry) => fresh.get(entry) ?? this.taken.get(entry);
		return await mapInSlices(entries, (entry): Decision => {
			const known = find(entry);
			const isForgotten = entry.endsWith('~') && known && known.at <= at - REDELIVERY_MS;
			const isOwn = known?.by === by;
			const isFirst = !own.has(entry) && (!known || isForgotten || isOwn);
			own.add(entry);
			if (isFirst && isOwn) return { isFirst, isLate: known.isLate };
			const [key, letter] = [entry.slice(0, -1), entry.slice(-1)];
			const isLate = (PASSED_BY.get(letter) ?? []).some((each) => find(key + each));
			if (isFirst) fresh.set(entry, { by, at, isLate });
			return { isFirst, isLate };
		});
	}

	/**
	 * Follows the chain to its head, from the claim that is known here, or from the oldest that has not been pruned.
	 * @returns the names of the claims that were new here
	 */
	private async follow({ head, claims }: Chain): Promise<ReadonlySet<string>> {
		const byName = new Map(claims.map((claim) => [claim.name, claim]));
		const added = [];
		for (let name = head.prev; name !== this.head?.prev;) {
			const claim = byName.get(name);
			if (!claim) break;
			added.push(claim);
			name = claim.prev;
		}
		if (!this.head) this.sizes = [];
		for (const claim of added.reverse()) await this.take(claim);
		this.head = { prev: head.prev, seq: head.seq };
		return new Set(added.map((claim) => claim.name));
	}

	private async take({ seq, at, claims }: Chain['claims'][number]): Promise<void> {
		const yieldToOthers = createYielder();
		let receipts = 0;
		for (const [by, text] of JSON.parse(claims) as Array<[string, string]>) {
			const [inTime, late] = [false, true].map((isLate): Taken => ({ by, at, isLate }));
			for (let from = 0; from < text.length; from += KEY_LENGTH + 1) {
				const mark = text[from + KEY_LENGTH];
				const entry = text.slice(from, from + KEY_LENGTH) + mark.toLowerCase();
				this.taken.set(entry, mark === mark.toLowerCase() ? inTime : late);
				receipts++;
			}
			const others = yieldToOthers();
			if (others) await others;
		}
		this.sizes.push({ seq, receipts });
	}

	private pruneFor(seq: number, at: number) {
		if (seq % PRUNE_EVERY !== 0) return undefined;
		const { sizes } = this;
		let rows = sizes.length;
		for (let receipts = 0; rows > 0 && sizes.length - rows < KEEP_ROWS; rows--) {
			receipts += sizes[rows - 1].receipts;
			if (receipts > KEEP_RECEIPTS) break;
		}
		this.sizes = sizes.slice(rows);
		return { beforeSeq: this.sizes[0]?.seq ?? 0, beforeTime: at - MAX_UNUSED_MS };
	}
}

/** As JSON: the executions with their receipts, e.g. `[["4821", "Tm90IGEgc2Vjd"]]`. */
function written(fresh: ReadonlyMap<Entry, Taken>): string {
	const claims: Array<[by: string, entries: string[]]> = [];
	for (const [entry, { by, isLate }] of fresh) {
		if (claims.at(-1)?.[0] !== by) claims.push([by, []]);
		const mark = entry.slice(-1);
		claims.at(-1)![1].push(entry.slice(0, -1) + (isLate ? mark.toUpperCase() : mark));
	}
	return JSON.stringify(claims.map(([by, entries]) => [by, entries.join('')]));
}

/** The log of a trigger, as this process knows it. */
export const logOf = memoryByTrigger(
	(workflowId, nodeId) => new ReceiptLog(shortKey(['trigger', workflowId, nodeId])),
);
