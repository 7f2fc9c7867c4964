import { randomUUID } from 'node:crypto';

import { pause, type Clock } from '../http/clock';
import type { CampaignTable } from './dataTable';
import { isKind, stateOf, type Row, type RunCounts, type RunRow } from './rows';

/**
 * Who may send a campaign. Any number of executions, in any number of processes, share a table and nothing else.
 *
 * A run takes the campaign by writing a row with the next number, **then** reading: it is the owner only if no other
 * run has that number or a higher one; both step back otherwise. An owner writes each chunk as `sending`, **then**
 * reads the runs, and sends only if no run has a higher number. So either the old owner sees that it has lost the
 * campaign, or the new one, which reads the chunks after it wrote its number, sees the chunk and leaves it alone.
 * This holds for any crash and any pause, however long; clocks decide only when somebody tries
 * (docs/adr/0010-campaign-ledger.md). It needs one database, in which a read sees what was written before.
 */

/** How often an owner says that it is there, and looks who else sends on its account; at least. */
export const RENEW_MS = 2_000;
/** How often somebody who waits looks. */
export const LOOK_MS = 1_000;
const MAX_STEP_BACK_MS = 2_000;

export interface LeaseOptions {
	campaign: string;
	execution: string;
	/** A campaign whose owner was not seen for so long can be taken. */
	takeOverMs: number;
	/** Whether to wait for an owner that is at work, instead of leaving it the campaign. */
	waits: boolean;
	/** Whether to take a campaign that a user has stopped: what runs sends nothing. */
	ignoresStop?: boolean;
	clock: Clock;
	/** Milliseconds since 1970: others compare it. */
	wallClock: () => number;
	signal?: AbortSignal;
	/** Called while it waits for an owner. */
	onWaiting?: (owner: RunRow) => void;
}

export type Taken =
	/** The campaign is ours. @property rows all rows, read after it was taken */
	| { taken: RunRow; rows: Row[] }
	/** Somebody else is at it. */
	| { heldBy: RunRow }
	/** A user has stopped it. */
	| { stopped: RunRow }
	/** The execution ended while it waited. */
	| undefined;

const NO_COUNTS: RunCounts = {
	recipients: 0,
	alreadyAccepted: 0,
	accepted: 0,
	rejected: 0,
	notSent: 0,
	unknown: 0,
};

const ENDED: ReadonlySet<string> = new Set(['stopped', 'finished', 'incomplete', 'interrupted']);

/** Whether its owner is, or may be, at it. A word that somebody made up means that nothing is sent for now. */
export const isOpen = (row: RunRow) => !ENDED.has(stateOf(row));

/** The runs with the highest number. */
export function latestRuns(runs: RunRow[]): RunRow[] {
	const highest = Math.max(...runs.map(({ run }) => run));
	return runs.filter(({ run }) => run === highest);
}

/** How a user holds the campaign, as these rows say. Whoever writes a later row has to pass it on. */
const holdOf = (runs: RunRow[]) =>
	(['stopped', 'paused'] as const).find((word) => runs.some((row) => stateOf(row) === word));

/** Takes the campaign, or says who has it. @throws what the table throws */
export async function takeCampaign(table: CampaignTable, options: LeaseOptions): Promise<Taken> {
	const { campaign, execution, takeOverMs, waits, clock, wallClock, signal, onWaiting } = options;
	const name = `run-${execution}-${randomUUID().slice(0, 8)}`;
	let looked: { at: string; since: number } | undefined;
	for (let attempt = 1; !signal?.aborted; attempt++) {
		const runs = await table.runs();
		const latest = latestRuns(runs);
		const stopped = latest.find((row) => stateOf(row) === 'stopped');
		if (stopped && !options.ignoresStop) return { stopped };
		// Of two that wanted the same number, the one that stepped back may have had no time to say so.
		const [owner] = latest.filter(isOpen).sort((left, right) => (left.at < right.at ? 1 : -1));
		if (owner) {
			const isNew = looked?.at !== `${owner.name} ${owner.at}`;
			// It was seen at work since this run looked first.
			if (looked && isNew && !waits) return { heldBy: owner };
			if (!looked || isNew) looked = { at: `${owner.name} ${owner.at}`, since: clock.now() };
			// The second is for a clock that is wrong, and for a time that somebody typed in.
			const isLate =
				wallClock() - Date.parse(owner.at) > takeOverMs || clock.now() - looked.since > takeOverMs;
			if (!isLate) {
				onWaiting?.(owner);
				await pause(clock, LOOK_MS, signal);
				continue;
			}
		}
		const mine: RunRow = {
			...NO_COUNTS,
			campaign,
			kind: 'run',
			name: `${name}-${attempt}`,
			state: holdOf(latest) ?? 'running',
			run: runs.length === 0 ? 1 : latest[0].run + 1,
			execution,
			at: new Date(wallClock()).toISOString(),
		};
		const stepBack = async (held = holdOf([mine])) =>
			await table.update(mine.name, { state: held ?? 'incomplete' });
		const rows = await table.addRun(mine).catch(async (error: Error) => {
			// The row may be there all the same, and would look like somebody at work.
			await stepBack().catch(() => false);
			throw error;
		});
		const others = rows.filter(isKind('run')).filter((row) => row.name !== mine.name);
		// A user may have held the campaign since this run looked: in this row, or in the one that was the latest.
		const own = rows.find((row) => row.name === mine.name) ?? mine;
		const held =
			stateOf(own) === mine.state
				? holdOf(latestRuns(others.filter(({ run }) => run < mine.run)))
				: holdOf([own as RunRow]);
		if (!others.some(({ run }) => run >= mine.run)) {
			if (held !== undefined) await table.update(mine.name, { state: held });
			if (held === 'stopped' && !options.ignoresStop) return { stopped: mine };
			for (const row of latest.filter(isOpen))
				await table.update(row.name, { state: 'interrupted' });
			return { taken: mine, rows };
		}
		await stepBack(held);
		await pause(clock, clock.random() * MAX_STEP_BACK_MS, signal);
	}
	return undefined;
}

interface RenewOptions {
	isOver: () => boolean;
	/** Asked after each time. */
	everyMs?: () => number;
	clock: Clock;
	signal?: AbortSignal;
}

/** Says every few seconds that a run is at work, until it is over. Never throws. @param say writes the time */
export async function renewLease(
	say: (values: { at: string }) => Promise<unknown>,
	{ isOver, everyMs = () => RENEW_MS, clock, signal }: RenewOptions,
): Promise<void> {
	while (!isOver() && !signal?.aborted) {
		await say({ at: new Date().toISOString() }).catch(() => undefined);
		await pause(clock, everyMs(), signal);
	}
}

/** What the runs say to the owner of one of them. */
export type Order = 'go' | 'pause' | 'stop' | 'lost' | 'deleted';

/** Whether the owner of `mine` may send. @param runs read after it wrote what it wants to send */
export function orderFor(mine: RunRow, runs: RunRow[]): Order {
	if (runs.some(({ run }) => run > mine.run)) return 'lost';
	// Its number is what others go by.
	const own = runs.find(({ name, run }) => name === mine.name && run === mine.run);
	if (!own) return 'deleted';
	const state = stateOf(own);
	if (state === 'running') return 'go';
	return ENDED.has(state) ? 'stop' : 'pause';
}
