import { randomBytes } from 'node:crypto';
import { sleep, type IDataObject } from 'n8n-workflow';

import {
	PAGE_SIZE,
	findTable,
	rowSteps,
	runSteps,
	where,
	type Column,
	type Context,
	type Step,
} from '../util/dataTable';

/**
 * The claims of one trigger in a Data Table that all workers share. Its rows are a chain: each claim names the one
 * before it, and one row, the head, names the last. Whoever adds a claim writes its row first and then moves the head,
 * which n8n's database does only if the head is still where it was. So the chain has one order, which everybody reads.
 */
export interface ReceiptTable {
	/**
	 * Writes a claim, moves the head to it if nobody else has moved it meanwhile, **then** reads.
	 * @param isNew whether there is no row of this name yet
	 * @param prune claims that nobody needs any more
	 * @returns the head and the claims after `claim.prev`, this one among them if the head was moved
	 */
	add(context: Context, claim: ClaimRow, isNew: boolean, prune?: Prune): Promise<Chain>;
	/** The head, and all claims. */
	read(context: Context): Promise<Chain>;
}

export interface ClaimRow {
	/** Unique. */
	name: string;
	/** The claim before it; empty for the first. */
	prev: string;
	/** Its number. Two rows can have the same, of which only one is in the chain. */
	seq: number;
	/** When it was made, in milliseconds since the epoch. */
	at: number;
	/** Who claims what, see receiptLog.ts. */
	claims: string;
}

export interface Head {
	/** The last claim; empty before the first. */
	prev: string;
	seq: number;
}

export interface Chain {
	head: Head;
	/** In no order; those that are not in the chain lost the race for the head. */
	claims: ClaimRow[];
}

export interface Prune {
	/** Claims of this trigger with a lower number go. */
	beforeSeq: number;
	/** Claims of any trigger made before this time go, e.g. those of a deleted workflow. */
	beforeTime: number;
}

const TABLE = 'ChatApp Receipts';

/** `kind` is `claim`, `head`, or `candidate`: a head that its maker has not looked around for others yet. */
const COLUMNS: readonly Column[] = [
	{ name: 'trigger', type: 'string' },
	{ name: 'kind', type: 'string' },
	{ name: 'seq', type: 'number' },
	{ name: 'name', type: 'string' },
	{ name: 'prev', type: 'string' },
	{ name: 'at', type: 'number' },
	{ name: 'claims', type: 'string' },
];

/** After this time whoever wanted to make a head is taken to have died. If it has not, it finds its row gone. */
const MAX_CANDIDATE_MS = 2_000;

/** A name for a row. Neither its letters nor those of a trigger's key make n8n take it for an expression. */
export const newName = () => randomBytes(12).toString('base64url');

type Row = ClaimRow & { id: number; kind: string };

/** Opens the table, and makes it on first use. @param trigger its key @throws what n8n throws */
export async function openReceiptTable(context: Context, trigger: string): Promise<ReceiptTable> {
	const { insert, update, set, remove, select } = rowSteps(
		await findTable(context, TABLE, COLUMNS),
	);
	const isOfTrigger = where('trigger', trigger);
	const read = (...conditions: IDataObject[]) => select([isOfTrigger, ...conditions]);
	const run = async (context: Context, items: IDataObject[], ...steps: Step[]) =>
		(await runSteps(context, items, steps)).filter(
			(row) => row.trigger === trigger,
		) as unknown as Row[];
	const heads = async (context: Context, ...before: Step[]) =>
		(await run(context, [{}], ...before, read(where('kind', 'claim', 'neq')))).filter(
			({ kind }) => kind === 'head' || kind === 'candidate',
		);

	/** The chain from a number on. The head is in the first page, and so not newer than the claims. */
	const chainOf = async (context: Context, seq: number, first: Row[]): Promise<Chain> => {
		const all = [...first];
		for (let page = first; page.length === PAGE_SIZE;) {
			const after = where('id', page[page.length - 1].id, 'gt');
			page = await run(context, [{}], read(where('seq', seq, 'gte'), after));
			for (const row of page) all.push(row);
		}
		const head = all.find(({ kind }) => kind === 'head');
		if (!head) throw new Error(`The data table "${TABLE}" has lost its first row`);
		return { head, claims: all.filter(({ kind }) => kind === 'claim') };
	};

	/**
	 * Makes the head, of which there must never be two. Whoever wants to make it inserts a candidate, then reads, and
	 * goes on only if nobody else's row is there: of two, at least one sees the other. Nothing depends on a clock.
	 */
	const makeHead = async (context: Context): Promise<void> => {
		const name = newName();
		const row = { trigger, kind: 'candidate', seq: 0, name, prev: '', at: Date.now(), claims: '' };
		const all = await run(context, [row], insert, read(where('kind', 'claim', 'neq')));
		const own = where('name', name);
		if (all.every((each) => each.name === name)) {
			await heads(context, set({ kind: 'head' }, own));
			return;
		}
		const stale = Date.now() - MAX_CANDIDATE_MS;
		await heads(
			context,
			remove(own),
			remove(isOfTrigger, where('kind', 'candidate'), where('at', stale, 'lt')),
		);
	};

	for (let attempt = 0; ; attempt++) {
		if ((await heads(context)).some(({ kind }) => kind === 'head')) break;
		if (attempt > 0) await sleep(Math.random() * 200 * attempt);
		if (attempt === 10) throw new Error(`The data table "${TABLE}" could not be set up`);
		await makeHead(context);
	}

	return {
		add: async (context, claim, isNew, prune) => {
			const { name, prev, seq } = claim;
			const from = seq - 1;
			const first = await run(
				context,
				[{ ...claim, trigger, kind: 'claim' }],
				isNew ? insert : update(where('name', name)),
				set({ prev: name, seq }, isOfTrigger, where('kind', 'head'), where('prev', prev)),
				...(prune
					? [
							remove(isOfTrigger, where('kind', 'claim'), where('seq', prune.beforeSeq, 'lt')),
							remove(where('kind', 'claim'), where('at', prune.beforeTime, 'lt')),
						]
					: []),
				read(where('seq', from, 'gte')),
			);
			return await chainOf(context, from, first);
		},
		read: async (context) =>
			await chainOf(context, 0, await run(context, [{}], read(where('seq', 0, 'gte')))),
	};
}
