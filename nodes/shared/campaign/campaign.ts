import type { IDataObject } from 'n8n-workflow';

import { pause, type Clock } from '../http/clock';
import { unknownAdvice, type ErrorCatalog } from '../http/errorCatalog';
import type { Batch } from '../send/batch';
import { isReady, settle, type Recipient } from '../send/recipientState';
import type { Outcome, Result } from '../send/result';
import { Semaphore } from '../util/concurrency';
import { textOf, textOrEmpty } from '../util/json';
import { UserIssue, toIssue } from '../util/userIssue';
import { createYielder } from '../util/yield';
import { tableIssue, unreachableTable, type CampaignTable } from './dataTable';
import { DigestMap } from './digestMap';
import { LOOK_MS, RENEW_MS, orderFor, renewLease } from './lease';
import { QuotaShare, type Quota } from './quotaShare';
import {
	digestOf,
	isKind,
	packDigests,
	readDigests,
	resultOf,
	settledStateOf,
	stateOf,
	type ChunkRow,
	type ChunkState,
	type Row,
	type RunCounts,
	type RunRow,
	type RunState,
} from './rows';

/**
 * Chunks that are claimed before their turn to be called, so that the quota does not wait for the table. A crash
 * leaves them in doubt, with those whose answer is on its way.
 */
const CLAIMED_AHEAD = 3;

/** How long a write waits for a table that cannot be reached. */
const PATIENCE_MS = 120_000;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 3_000;

/** What earlier runs of a campaign say of a recipient, the strongest last. */
const RANKS = { notSent: 1, notFound: 1, rejected: 2, unknown: 4, accepted: 5 };
/** A rejection whose fallback may follow. */
const FALLBACK_RANK = 3;

export interface CampaignOptions {
	/** Whether those who were rejected before are sent to again. */
	retriesRejected: boolean;
}

/** Names a recipient within a campaign, whatever the message says. */
export function keyOf({ to }: Pick<Recipient, 'to'>, channelType: unknown): string {
	return `${String(channelType)}/${String(to)}`;
}

/** The row that says most about a recipient. */
export interface KnownRecipient {
	row: ChunkRow;
	rank: number;
}

const rankOf = (row: ChunkRow, result: IDataObject) =>
	stateOf(row) === 'rejected' && result.fallbackMayBeSent === true
		? FALLBACK_RANK
		: RANKS[settledStateOf(row) ?? 'unknown'];

/**
 * What the rows of chunks say of each recipient, by digest: the strongest of all that name it.
 * @throws UserIssue for a row that somebody has changed
 */
export async function readChunks(rows: Row[]): Promise<DigestMap<KnownRecipient>> {
	const known = new DigestMap<KnownRecipient>();
	const yieldToOthers = createYielder();
	for (const row of rows.filter(isKind('chunk'))) {
		const others = yieldToOthers();
		if (others) await others;
		const rank = rankOf(row, resultOf(row));
		const digests = readDigests(row);
		if (!digests) {
			throw new UserIssue(
				'A row of the campaign table cannot be read',
				`The digests of "${row.name}" were changed. Restore them; without them its ${row.recipients} recipients could get the message twice.`,
				'campaignTable',
			);
		}
		const found = { row, rank };
		for (const digest of digests)
			if (rank > (known.get(digest)?.rank ?? 0)) known.set(digest, found);
	}
	return known;
}

/** The output of a recipient whose outcome an earlier run knows. Undefined for somebody to be sent to. */
function earlierOutcome(
	{ row, rank }: KnownRecipient,
	campaign: string,
	errors: ErrorCatalog,
	{ retriesRejected }: CampaignOptions,
): Outcome | undefined {
	const kept = { ...resultOf(row), campaignId: campaign };
	if (rank === RANKS.accepted) {
		return {
			outcome: 'alreadyAccepted',
			json: { ...kept, outcome: 'alreadyAccepted', sentAt: row.at },
		};
	}
	if (rank === RANKS.unknown) {
		const cause = textOf((kept as IDataObject).cause) ?? 'interrupted';
		const taskId = textOf((kept as IDataObject).taskId) ?? row.name;
		const advice = unknownAdvice(cause as 'interrupted', taskId);
		return {
			outcome: 'unknown',
			...advice,
			json: {
				...kept,
				outcome: 'unknown',
				reason: `${advice.title}. ${advice.advice}`,
				cause,
				sentAt: row.at,
			},
		};
	}
	if (rank === FALLBACK_RANK || (rank === RANKS.rejected && !retriesRejected)) {
		const { code } = kept as IDataObject;
		const advice = errors.adviceFor(textOrEmpty(code), '');
		return {
			outcome: 'rejected',
			...advice,
			json: { ...kept, outcome: 'rejected', reason: `${advice.title}. ${advice.advice}` },
		};
	}
	return undefined;
}

/** A chunk's row, and what of it stands in the table. */
interface Claim {
	row: ChunkRow;
	isWritten: boolean;
	/** Rows, one more after each pause. */
	attempts: number;
	/** A request with it has left, so that the next one can be claimed. */
	hasLeft: boolean;
}

interface Change {
	values: Partial<ChunkRow> | Partial<RunRow>;
	whileState?: RunState | ChunkState;
}

/**
 * Changes that a run could not write any more, by campaign, e.g. because n8n ends a workflow's table access with its
 * time-out. The next run of the campaign in this process writes them first.
 */
const unwritten = new Map<string, Map<string, Change>>();
const MAX_UNWRITTEN = 1_000;

function writeLater({ key }: CampaignTable, name: string, change: Change): void {
	const changes = unwritten.get(key) ?? new Map<string, Change>();
	unwritten.delete(key);
	unwritten.set(key, changes.set(name, change));
	const [oldest] = unwritten.keys();
	if (unwritten.size > MAX_UNWRITTEN) unwritten.delete(oldest);
}

/** @throws what the table throws */
export async function writeUnwritten(table: CampaignTable): Promise<void> {
	for (const [name, { values, whileState }] of unwritten.get(table.key) ?? [])
		await table.update(name, values, whileState);
	unwritten.delete(table.key);
}

/** The owner's side of a campaign: claims chunks before they are sent, and settles them after. */
export class Campaign {
	private readonly outcomes = new Map<ChunkRow, Outcome | undefined>();
	private readonly claims = new Map<Batch, Claim>();
	private readonly ahead = new Semaphore(CLAIMED_AHEAD);
	private readonly share: QuotaShare | undefined;
	/** Why nobody can be sent to any more. */
	private ended: UserIssue | undefined;
	private pausing: Promise<void> | undefined;
	private isOver = false;

	/**
	 * @param id as the user calls it @param known of all rows, read after the campaign was taken
	 * @param quota which it shares with other campaigns of the table
	 */
	constructor(
		readonly id: string,
		private readonly table: CampaignTable,
		private readonly mine: RunRow,
		private readonly known: DigestMap<KnownRecipient>,
		private readonly errors: ErrorCatalog,
		private readonly options: CampaignOptions,
		private readonly clock: Clock,
		private readonly signal: AbortSignal | undefined,
		quota?: Quota,
	) {
		const renew = async (values: Partial<RunRow>) => await table.renew(mine.name, values);
		this.share = quota && new QuotaShare(renew, quota, clock, signal);
	}

	/** Settles a recipient with what an earlier run knows of it, if that means not to send to it. */
	restore(recipient: Recipient): void {
		if (this.known.size === 0 || !isReady(recipient)) return;
		const { about } = recipient.state.message;
		const found = this.known.get(digestOf(this.id, keyOf(recipient, about.channelType)));
		if (!found) return;
		let outcome = this.outcomes.get(found.row);
		if (!this.outcomes.has(found.row)) {
			outcome = earlierOutcome(found, this.id, this.errors, this.options);
			this.outcomes.set(found.row, outcome);
		}
		if (outcome) settle(recipient, outcome);
	}

	/**
	 * To be called before a batch is sent, as soon as it may be the next: waits for its turn, writes it into the table,
	 * and looks whether the campaign is still ours.
	 * @returns undefined when it may be sent; otherwise why not; "stopped" when the execution has ended
	 */
	async claim(batch: Batch): Promise<UserIssue | 'stopped' | undefined> {
		await this.ahead.acquire();
		const answer = await this.claimInTurn(batch).catch((error) => this.end(toIssue(error)));
		if (answer !== undefined) await this.withdraw(batch);
		return answer;
	}

	/**
	 * Waits while enough is claimed. Preparing more recipients would hold the event loop that claims need: the first call
	 * of 60,000 recipients left 0.3 s late.
	 */
	async untilRoom(): Promise<void> {
		await this.ahead.run(async () => {});
	}

	/** To be called when a request of a claimed batch leaves. */
	leaves(batch: Batch): void {
		const claim = this.claims.get(batch);
		if (!claim || claim.hasLeft) return;
		claim.hasLeft = true;
		this.ahead.release();
	}

	/** Writes what became of a claimed batch. Never throws: what cannot be written stands in the table as unknown. */
	async settle(batch: Batch, result: Result): Promise<void> {
		const claim = this.claims.get(batch);
		if (!claim) return;
		this.claims.delete(batch);
		const { outcome, json } = result;
		// The reason can quote the API, and the API a recipient.
		const kept = { ...json, outcome: undefined, reason: undefined };
		const values = {
			state: outcome,
			at: json.sentAt ?? new Date().toISOString(),
			result: JSON.stringify(kept),
		};
		// A receipt may have told meanwhile that it was accepted.
		await this.write(claim.row, values, outcome === 'unknown' ? 'sending' : undefined);
	}

	/** Takes back the claim of a batch that is not sent. */
	async withdraw(batch: Batch): Promise<void> {
		const claim = this.claims.get(batch);
		if (!claim) return;
		this.leaves(batch);
		this.claims.delete(batch);
		if (claim.isWritten) await this.write(claim.row, { state: 'notSent' });
	}

	/** Says every few seconds that this run is at work, until it ends. Never throws. @param counts so far */
	async renew(counts: () => RunCounts): Promise<void> {
		const say = async (values: { at: string }) => {
			const all = { ...counts(), ...values };
			if (this.share) await this.share.look(all);
			else await this.table.update(this.mine.name, all);
		};
		await renewLease(say, {
			isOver: () => this.isOver,
			everyMs: () => this.share?.lookMs ?? RENEW_MS,
			clock: this.clock,
			signal: this.signal,
		});
	}

	/** Lets the campaign go. Never throws: what a run could not say, the next one in this process does. */
	async close(counts: RunCounts, isFinished: boolean): Promise<void> {
		this.isOver = true;
		this.share?.leave();
		const values = { ...counts, at: new Date().toISOString() };
		const ended = { ...values, state: isFinished ? 'finished' : 'incomplete' };
		try {
			// A pause or a stop holds also for whoever comes next.
			if (!(await this.table.update(this.mine.name, ended, 'running')))
				await this.table.update(this.mine.name, values);
		} catch {
			writeLater(this.table, this.mine.name, { values: ended, whileState: 'running' });
		}
	}

	private end(issue: UserIssue): UserIssue {
		this.ended ??= issue;
		return this.ended;
	}

	private async claimInTurn(batch: Batch): Promise<UserIssue | 'stopped' | undefined> {
		const claim: Claim = {
			row: this.rowOf(batch),
			isWritten: false,
			attempts: 1,
			hasLeft: false,
		};
		this.claims.set(batch, claim);
		for (;;) {
			if (this.signal?.aborted) return 'stopped';
			if (this.ended) return this.ended;
			const joined = this.share?.join();
			const runs = await this.patiently(async () => {
				if (!claim.isWritten) {
					// Also if it throws: the row may be there all the same.
					claim.isWritten = true;
					return await this.table.addChunk(claim.row);
				}
				// From now on, since its messages are looked for around that time.
				claim.row.at = new Date().toISOString();
				const { name, at } = claim.row;
				if (!(await this.table.update(name, { state: 'sending', at })))
					await this.table.addChunks([claim.row]);
				return await this.table.runs();
			});
			if (!runs) return 'stopped';
			const order = orderFor(this.mine, runs);
			if (order === 'go') {
				await joined;
				return undefined;
			}
			if (order !== 'pause') return this.end(this.issueOf(order, runs));
			this.share?.leave();
			await this.write(claim.row, { state: 'notSent' });
			this.pausing ??= this.untilResumed().finally(() => (this.pausing = undefined));
			await this.pausing;
			// In another row: what was just written may take effect after this chunk was sent.
			claim.row = this.rowOf(batch, ++claim.attempts);
			claim.isWritten = false;
		}
	}

	private rowOf({ name, message, contains, taskId, recipients }: Batch, attempt = 1): ChunkRow {
		const { about } = message;
		const digests = recipients.map((recipient) =>
			digestOf(this.id, keyOf(recipient, about.channelType)),
		);
		return {
			campaign: this.id,
			kind: 'chunk',
			name: attempt === 1 ? name : `${name}-${attempt}`,
			state: 'sending',
			run: this.mine.run,
			execution: this.mine.execution,
			at: new Date().toISOString(),
			recipients: recipients.length,
			result: JSON.stringify({ ...contains, ...about, taskId }),
			digests: packDigests(digests),
		};
	}

	private issueOf(order: 'stop' | 'lost' | 'deleted', runs: RunRow[]): UserIssue {
		switch (order) {
			case 'stop':
				return campaignStopped(this.id);
			case 'lost':
				return campaignRunning(
					this.id,
					runs.find(({ run }) => run > this.mine.run)!,
				);
			case 'deleted':
				return new UserIssue(
					'The row of this run is gone from the campaign table',
					'Somebody deleted it, so sending stopped. Run this again to go on.',
					'campaignTable',
				);
		}
	}

	/** Waits while a user holds the campaign. */
	private async untilResumed(): Promise<void> {
		for (;;) {
			await pause(this.clock, LOOK_MS, this.signal);
			if (this.signal?.aborted) return;
			const runs = await this.table.runs().catch((error: Error) => error);
			// What does not pass by itself is told by the next claim.
			if (runs instanceof Error ? tableIssue(runs) : orderFor(this.mine, runs) !== 'pause') return;
		}
	}

	/**
	 * Does what needs the table, again and again while it cannot be reached.
	 * @returns undefined if the execution has ended @throws UserIssue for what does not pass by itself
	 */
	private async patiently<T>(work: () => Promise<T>): Promise<T | undefined> {
		const since = this.clock.now();
		for (let wait = FIRST_WAIT_MS; ; wait = Math.min(MAX_WAIT_MS, wait * 2)) {
			try {
				return await work();
			} catch (error) {
				const issue = tableIssue(error);
				if (issue) throw issue;
				if (this.signal?.aborted) return undefined;
				if (this.clock.now() - since > PATIENCE_MS) throw unreachableTable(error);
				await pause(this.clock, wait, this.signal);
			}
		}
	}

	/**
	 * Changes the row of a chunk, or writes it anew if somebody has deleted it.
	 * @param whileState only if it has this state; whoever gave it another one knows better
	 */
	private async write(
		row: ChunkRow,
		values: Partial<ChunkRow>,
		whileState?: ChunkState,
	): Promise<void> {
		const { name, execution } = row;
		try {
			const isWritten = await this.patiently(async () => {
				if (await this.table.update(name, values, whileState)) return true;
				const isThere = whileState !== undefined && (await this.table.update(name, { execution }));
				if (!isThere) await this.table.addChunks([{ ...row, ...values }]);
				return true;
			});
			if (!isWritten) writeLater(this.table, name, { values, whileState });
		} catch {
			writeLater(this.table, name, { values, whileState });
		}
	}
}

export function campaignRunning(id: string, owner: RunRow, canWait = true): UserIssue {
	const wait = canWait ? ', or set the option Campaign: If Running to Wait' : '';
	return new UserIssue(
		`Campaign "${id}" is being sent by another execution`,
		`Execution ${owner.execution} is at it: ${Number(owner.accepted ?? 0)} accepted so far. This run sent to nobody else. Run it again when that one has ended${wait}.`,
		'campaignRunning',
	);
}

export function campaignStopped(id: string): UserIssue {
	return new UserIssue(
		`Campaign "${id}" is stopped`,
		'Its row in the campaign table says so. To go on, set it to running with the operation Set Campaign State, and run this again.',
		'campaignStopped',
	);
}
