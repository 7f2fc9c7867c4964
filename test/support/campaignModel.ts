/**
 * Campaigns in a world of their own: a table in memory, an API, and runs of the real code (takeCampaign, Campaign,
 * Batcher, sendBatch) in any number of processes. Whatever takes time is a step that somebody chooses: each write and
 * each read, also within one operation of the table, each call of the API, each timer. A run whose steps are no longer
 * chosen has crashed, or stands still; nobody can tell which. Promises are checked after each step.
 */
import { hash } from 'node:crypto';

import type { Campaign } from '../../nodes/shared/campaign/campaign';
import type { CampaignTable } from '../../nodes/shared/campaign/dataTable';
import type { Taken } from '../../nodes/shared/campaign/lease';
import type { ChunkRow, Row, RunCounts, RunRow } from '../../nodes/shared/campaign/rows';
import type { Answer } from '../../nodes/shared/http/apiAnswer';
import type { Clock } from '../../nodes/shared/http/clock';
import type { ErrorCatalog } from '../../nodes/shared/http/errorCatalog';
import type { CallOptions } from '../../nodes/shared/http/retry';
import type { Batch } from '../../nodes/shared/send/batch';
import type { OutgoingMessage, Recipient } from '../../nodes/shared/send/recipientState';
import type { Result } from '../../nodes/shared/send/result';

const load = async () => ({
	...(await import('../../nodes/shared/campaign/campaign')),
	...(await import('../../nodes/shared/campaign/dataTable')),
	...(await import('../../nodes/shared/campaign/lease')),
	...(await import('../../nodes/shared/campaign/rows')),
	...(await import('../../nodes/shared/send/batch')),
	...(await import('../../nodes/shared/send/recipientState')),
	...(await import('../../nodes/shared/util/concurrency')),
});

/** The code as one process has it loaded: its variables are its own. */
export type Process = Awaited<ReturnType<typeof load>>;

export async function loadProcess(): Promise<Process> {
	let process: Process | undefined;
	const n8nWorkflow = jest.requireActual<object>('n8n-workflow');
	await jest.isolateModulesAsync(async () => {
		// What pauses only for others, however busy the machine is, is no step.
		jest.doMock('n8n-workflow', () => ({ ...n8nWorkflow, sleep: async () => {} }));
		process = await load();
	});
	return process!;
}

/** What the API does with a call: `lost` is accepted, and `unheard` is not; of neither comes an answer. */
export type ApiAnswer = 'accepted' | 'lost' | 'unheard' | 'rejected' | 'throttled';
/** An operation of the table that fails before it takes effect, or after; `late` takes effect at any time after. */
export type Fault = 'before' | 'after' | 'late';

export interface RunPlan {
	/** Runs of the same number share a process. */
	process: number;
	/** Whether it begins when it is chosen to, and not with the world. */
	isLate?: boolean;
	/** In their order. */
	recipients: string[];
	chunkSize: number;
	/** Calls in flight. */
	places?: number;
	execution?: string;
	waits?: boolean;
	/** Takes everybody else's lease for one that has expired. */
	lies?: boolean;
	/** By how much its clock is ahead, in milliseconds. */
	skewMs?: number;
	/** Whether it says that it is at work. */
	renews?: boolean;
	/** By the number of its step. */
	faults?: ReadonlyMap<number, Fault>;
	/** n8n ends it; its table fails from then on where `losesTable`. */
	canStop?: boolean;
	losesTable?: boolean;
	/** Of its calls, in turn; accepted from then on. */
	answers?: ApiAnswer[];
}

export interface WorldPlan {
	runs: RunPlan[];
	/** States that a user writes into the latest run, in turn. */
	user?: string[];
	/** Whether nobody may claim a chunk after a user has held the campaign. */
	obeysUser?: boolean;
	/** Ways on which a run that could go on stands still for others more often are left out. */
	maxSwitches?: number;
	/** Answers of the API among which each call has a choice. */
	answers?: ApiAnswer[];
	/** Operations of the table that may fail, any of them. */
	faults?: number;
	/** A call takes no step: it is made the moment it may be. Nobody sees when a call is made. */
	callsAtOnce?: boolean;
	/** Rows that a read takes in one step. */
	pageSize?: number;
	/** How often a run tries to take the campaign before it is given up. */
	attempts?: number;
	/** While operations of the table fail. */
	outage?: { from: number; to: number };
}

interface Step {
	label: string;
	/** For which it is taken. */
	chunk?: string;
	/** What can become of it; the first is what goes well. */
	ways: Array<[name: string, go: () => string | void]>;
	after?(): void;
	/** Whether it would change anything. */
	isUseful(): boolean;
}

class ModelRun {
	readonly steps: Step[] = [];
	readonly controller = new AbortController();
	/** What it has seen, by the chunk for which it looked; what it has seen otherwise by an empty name. */
	readonly histories = new Map<string, string>();
	performed = 0;
	attempts = 0;
	calls = 0;
	hasCrashed = false;
	isDone = false;
	ended: 'taken' | 'heldBy' | 'stopped' | 'nothing' | undefined;
	recipients: Recipient[] = [];
	counts: RunCounts | undefined;

	constructor(
		readonly label: string,
		readonly plan: RunPlan,
	) {}

	remember(what: string, chunk = ''): void {
		this.histories.set(chunk, digest(`${this.histories.get(chunk) ?? ''}\n${what}`));
	}

	/** Begins its memory anew, where nothing that comes depends on how it came to this. */
	forget(what: string, chunk = ''): void {
		this.histories.set(chunk, what);
	}

	/** All that its next steps depend on. */
	key(): unknown {
		return [[...this.histories].sort(), this.attempts, this.hasCrashed];
	}
}

export interface Action {
	run?: ModelRun;
	label: string;
	/** Whether it goes well. */
	isPlain: boolean;
	perform(): void;
}

const CHANNEL = 'whatsapp';
const START = Date.UTC(2026, 0, 1);
const LIE_MS = 3_600_000;
export const TAKE_OVER_MS = 10_000;
const LOOK_MS = 1_000;
const TRIES = 4;

const ERRORS: ErrorCatalog = {
	name: 'The API',
	addressFields: 'Address',
	adviceFor: () => ({ title: 'Refused', advice: 'Mend it.' }),
	isCredentialError: () => false,
	isOfGateway: () => false,
};

const BUSY = 'SQLITE_BUSY: database is locked';

const ANSWERS: Record<ApiAnswer, Answer> = {
	accepted: { outcome: 'accepted', body: {}, messageId: 'm' },
	lost: { outcome: 'unknown', cause: 'timeout' },
	unheard: { outcome: 'unknown', cause: 'connectionLost' },
	rejected: { outcome: 'rejected', code: 'no', message: '', httpStatus: 400 },
	throttled: { outcome: 'retryLater', cause: 'throttled', code: 'slow', message: '' },
};

/** The chunk of a row, which can have several. */
const chunkOf = (name: string) => name.replace(/(-c\d+)-\d+$/, '$1');

/** Lets everything go on that waits for nothing. */
const goOn = async () => await new Promise<void>((resolve) => process.nextTick(resolve));

let worlds = 0;

export class World {
	readonly runs: ModelRun[] = [];
	readonly trace: string[] = [];
	/** The first broken promise. */
	broken: string | undefined;
	/** Milliseconds since it began. */
	time = 0;
	rows: Row[] = [];
	faults = 0;
	/** Operations that failed, and take effect some time. */
	private late: Array<{ label: string; perform(): unknown }> = [];
	/** By recipient: the chunk that carried the message. */
	sent = new Map<string, string>();
	/** By recipient: the chunk that may be sent, or was. */
	private holders = new Map<string, string>();
	private names = new Map<string, string>();
	private digests = new Map<string, string>();
	private version = 0;
	private edits = 0;
	/** Chunks that were claimed after a user held the campaign. */
	private claimedWhileHeld: Set<string> | undefined;
	wasUnknown = false;

	constructor(
		readonly plan: WorldPlan,
		private readonly processes: readonly Process[],
		private readonly campaign = `campaign ${++worlds}`,
		private readonly random: () => number = () => 0.25,
	) {}

	/** Begins all runs. Each waits at its first step. */
	async start(): Promise<this> {
		this.plan.runs.forEach((plan, index) => this.begin(`R${index + 1}`, plan));
		await goOn();
		return this;
	}

	private begin(label: string, plan: RunPlan): ModelRun {
		const run = new ModelRun(label, plan);
		this.runs.push(run);
		const { digestOf, keyOf } = this.processes[plan.process];
		for (const to of plan.recipients)
			this.digests.set(digestOf(this.campaign, keyOf({ to }, CHANNEL)), to);
		this.send(run).catch((error: Error) => this.break(`${label} throws ${error.stack}`));
		return run;
	}

	/** Everything that can happen next. */
	actions(): Action[] {
		const actions: Action[] = [];
		for (const run of this.runs) {
			if (run.hasCrashed) continue;
			for (const step of run.steps) {
				if (!step.isUseful()) continue;
				step.ways.forEach(([name, go], index) => {
					if (index > 0 && name.startsWith('fails') && this.faults >= (this.plan.faults ?? 0))
						return;
					const label = `${run.label} ${step.label}${name && `, ${name}`}`;
					const perform = () => {
						run.steps.splice(run.steps.indexOf(step), 1);
						run.performed++;
						run.remember(`${step.label}/${name}=${go() ?? ''}`, step.chunk);
						step.after?.();
					};
					actions.push({ run, label, isPlain: index === 0, perform });
				});
			}
			if (run.plan.canStop && !run.isDone && !run.controller.signal.aborted)
				actions.push({
					run,
					label: `${run.label} is stopped`,
					isPlain: false,
					perform: () => this.stop(run),
				});
		}
		for (const each of this.late)
			actions.push({
				label: `${each.label}, late`,
				isPlain: true,
				perform: () => {
					this.late.splice(this.late.indexOf(each), 1);
					each.perform();
				},
			});
		const edit = this.plan.user?.[this.edits];
		if (edit !== undefined && this.canEdit())
			actions.push({
				label: `the user writes ${edit}`,
				isPlain: false,
				perform: () => {
					this.edits++;
					this.edit(edit);
				},
			});
		return actions;
	}

	/** @throws Error with the way there when a promise is broken */
	async perform(action: Action): Promise<void> {
		this.trace.push(action.label);
		action.perform();
		await goOn();
		this.check();
	}

	stop(run: ModelRun): void {
		run.remember('stopped');
		this.trace.push(`${run.label} is stopped`);
		run.controller.abort();
	}

	/** Its runs take no step any more. */
	crash(process: number): void {
		this.trace.push(`process ${process} crashes`);
		for (const run of this.runs) if (run.plan.process === process) run.hasCrashed = true;
	}

	/**
	 * Whether there is a run, and none of them is just about to write its own state: a table cannot compare and write
	 * in one step, so that what a user writes in that very moment can be lost.
	 */
	canEdit(): boolean {
		const isWriting = ({ label }: Step) =>
			label.startsWith('updates a run: ') && !label.endsWith(': time');
		return (
			this.rows.some(({ kind }) => kind === 'run') &&
			!this.runs.some(({ steps, hasCrashed }) => !hasCrashed && steps.some(isWriting))
		);
	}

	/** A user changes the state of the latest run. */
	edit(state: string): void {
		const runs = this.rows.filter((row): row is RunRow => row.kind === 'run');
		if (runs.length === 0) return;
		this.trace.push(`the user writes ${state}`);
		const highest = Math.max(...runs.map(({ run }) => run));
		for (const row of runs) if (row.run === highest) row.state = state;
		this.version++;
		this.claimedWhileHeld = state === 'running' ? undefined : new Set();
	}

	/** Names this state of the world: from two of the same key, the same can happen. */
	key(): string {
		return digest(
			JSON.stringify([
				this.tableKey(),
				this.runs.map((run) => run.key()),
				this.edits,
				this.faults,
				this.late.map(({ label }) => label),
				this.claimedWhileHeld && [...this.claimedWhileHeld],
			]),
		);
	}

	/** All that a run sees which begins now. */
	tableKey(): string {
		return JSON.stringify([
			this.rows
				.map((row) => `${this.names.get(row.name) ?? row.name}/${row.state}/${row.run}`)
				.sort(),
			[...this.sent].sort(),
			[...this.holders].sort(),
			this.wasUnknown,
		]);
	}

	/**
	 * Everybody crashes, and one more run begins, whose clock is right and which nothing disturbs.
	 * @param hasNoExcuse nothing happened for which anybody may be in doubt
	 */
	async checkLastRun(recipients: string[], hasNoExcuse: boolean, laterMs: number): Promise<void> {
		const process = this.processes.length - 1;
		const last = new World({ runs: [] }, this.processes, this.campaign);
		last.rows = this.rows.map((row) => ({ ...row }));
		last.sent = new Map(this.sent);
		last.holders = new Map(this.holders);
		last.digests = this.digests;
		last.time = this.time + laterMs;
		last.trace.push(...this.trace, 'all crash');
		const states = last.latest().map(({ state }) => state);
		if (states.includes('stopped') || states.includes('paused')) last.edit('running');
		const run = last.begin('last', {
			process,
			recipients,
			chunkSize: 2,
			waits: true,
		});
		await goOn();
		const inDoubt = new Set(
			last.rows.flatMap((row) =>
				row.kind === 'chunk' && ['sending', 'unknown'].includes(row.state)
					? last.recipientsOf(row)
					: [],
			),
		);
		for (let steps = 0; !run.isDone && steps < 2_000; steps++) {
			const next = last.actions()[0];
			if (!next) break;
			await last.perform(next);
		}
		if (!run.isDone) last.fail('the last run does not end');
		if (run.ended !== 'taken') last.fail(`the last run does not get the campaign: ${run.ended}`);
		for (const { to, state } of run.recipients) {
			const outcome = state.name === 'settled' ? state.result.outcome : state.name;
			const isSent = last.sent.has(to!);
			if (outcome === 'unknown') {
				if (!inDoubt.has(to!)) last.fail(`${to} is unknown, and no row says why`);
				if (hasNoExcuse) last.fail(`${to} is unknown, and nothing happened`);
			} else if (!(outcome === 'accepted' || outcome === 'alreadyAccepted') || !isSent) {
				last.fail(`${to} is ${outcome}, ${isSent ? '' : 'not '}sent`);
			}
		}
		const [row] = last.latest();
		const isFinished = run.recipients.every(
			({ state }) => state.name === 'settled' && state.result.outcome !== 'unknown',
		);
		if (row.state !== (isFinished ? 'finished' : 'incomplete'))
			last.fail(`the last run ends as ${row.state}`);
	}

	private latest(): RunRow[] {
		const runs = this.rows.filter((row): row is RunRow => row.kind === 'run');
		const highest = Math.max(...runs.map(({ run }) => run));
		return runs.filter(({ run }) => run === highest);
	}

	private break(what: string): void {
		this.broken ??= what;
	}

	private fail(what: string): never {
		throw new Error(
			`${what}\n${[...this.trace.map((each) => `  ${each}`), JSON.stringify(this.rows, undefined, 1)].join('\n')}`,
		);
	}

	private check(): void {
		for (const row of this.rows) {
			if (row.kind !== 'chunk' || row.state !== 'accepted') continue;
			const unsent = this.recipientsOf(row).find((to) => this.sent.get(to) !== chunkOf(row.name));
			if (unsent) this.break(`${unsent} was not sent ${row.name}, which says accepted`);
		}
		if (this.broken) this.fail(this.broken);
	}

	private recipientsOf({ digests }: ChunkRow): string[] {
		return this.processes[0].unpackDigests(digests)!.map((each) => this.digests.get(each)!);
	}

	private step<T>(
		run: ModelRun,
		label: string,
		perform: () => T,
		{
			chunk,
			see = String,
			after,
			isWrite = false,
		}: {
			chunk?: string;
			see?: (result: T) => string;
			after?: () => void;
			isWrite?: boolean;
		} = {},
	): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			const isBroken = () =>
				(run.plan.losesTable && run.controller.signal.aborted) ||
				(this.plan.outage !== undefined &&
					this.time >= this.plan.outage.from &&
					this.time < this.plan.outage.to);
			const fail = () => {
				this.faults++;
				reject(new Error(BUSY));
				return 'failed';
			};
			const failForNow = () => {
				this.late.push({ label: `${run.label} ${label}`, perform });
				return fail();
			};
			const goWell = () => {
				const fault = isBroken() ? 'before' : run.plan.faults?.get(run.performed);
				if (fault === 'before') return fail();
				if (fault === 'late') return failForNow();
				const result = perform();
				if (fault === 'after') return fail();
				resolve(result);
				return see(result);
			};
			run.steps.push({
				label,
				chunk,
				after,
				isUseful: () => true,
				ways: [
					['', goWell],
					['fails before', fail],
					[
						'fails after',
						() => {
							perform();
							return fail();
						},
					],
					...(isWrite ? [['fails for now', failForNow] as [string, () => string]] : []),
				],
			});
		});
	}

	private tableOf(run: ModelRun): CampaignTable {
		// The code asks the machine for the time of day: here the run's own clock says it.
		const stamped = <V extends { at?: string }>(values: V): V =>
			values.at === undefined
				? values
				: {
						...values,
						at: new Date(START + this.time + (run.plan.skewMs ?? 0)).toISOString(),
					};
		let mine: RunRow | undefined;
		const write = async (label: string, rows: Row[], chunk?: string) =>
			await this.step(
				run,
				label,
				() => {
					this.version++;
					for (const row of rows) {
						this.rows.push(stamped({ ...row }));
						if (row.kind === 'run')
							this.names.set(row.name, `${run.label}#${row.name.split('-').at(-1)}`);
						else this.noteClaim(row.name, row.state);
					}
				},
				{ chunk, isWrite: true },
			);
		// What of a read can make a difference to who reads: states are many, and few differ in it.
		const seen = (rows: Row[]) =>
			rows.map((row) => {
				if (row.kind === 'chunk') return `${row.name}/${row.state}`;
				return `${row.name === mine?.name ? 'own' : ''}${row.run}/${row.state}`;
			});
		const seenByOwner = (rows: Row[]) =>
			(rows as RunRow[]).map(({ name, run: number, state }) => {
				if (name === mine!.name) return state;
				return number === mine!.run ? `=${state}` : number > mine!.run ? '>' : '<';
			});
		const read = async <R extends Row>(
			label: string,
			kind?: 'run',
			chunk?: string,
		): Promise<R[]> => {
			const { pageSize = Infinity } = this.plan;
			const found: Row[] = [];
			for (;;) {
				const page: Row[] = await this.step(
					run,
					label,
					() =>
						this.rows
							.filter((row) => !kind || row.kind === kind)
							.slice(found.length, found.length + pageSize)
							.map((row) => ({ ...row })),
					{
						chunk,
						see: (rows) => [...new Set((chunk ? seenByOwner : seen)(rows))].sort().join(),
					},
				);
				found.push(...page);
				if (page.length < pageSize) return found as R[];
			}
		};
		return {
			key: this.campaign,
			rows: async () => await read('reads rows'),
			runs: async () => await read('reads runs', 'run'),
			addRun: async (row) => {
				// Its number is used up: as good as crashed.
				if (++run.attempts > (this.plan.attempts ?? Infinity)) run.hasCrashed = true;
				mine = row;
				await write(`adds run ${row.run}`, [row]);
				return await read('reads rows');
			},
			addChunk: async (row) => {
				const chunk = chunkOf(row.name);
				await write(`adds ${row.name}`, [row], chunk);
				return await read('reads runs', 'run', chunk);
			},
			renew: async () => {
				throw new Error('no run of the model has a quota');
			},
			addChunks: async (rows) => await write(`adds ${rows.map(({ name }) => name).join()}`, rows),
			update: async (name, values, whileState) => {
				const state = values.state ?? 'time';
				const shown = name.startsWith('run-') ? 'a run' : name;
				// Who steps back begins anew.
				const forget = () => run.histories.clear();
				return await this.step(
					run,
					`updates ${shown}: ${state}`,
					() => {
						const rows = this.rows.filter(
							(row) => row.name === name && (whileState === undefined || row.state === whileState),
						);
						for (const row of rows) Object.assign(row, stamped(values));
						if (values.state !== undefined) this.version++;
						this.noteClaim(name, values.state);
						return rows.length > 0;
					},
					{
						chunk: shown === name ? chunkOf(name) : undefined,
						after: name === mine?.name && !run.ended ? forget : undefined,
						isWrite: true,
					},
				);
			},
		};
	}

	private noteClaim(name: string, state: string | undefined): void {
		if (state === 'sending') this.claimedWhileHeld?.add(chunkOf(name));
	}

	private clockOf(run: ModelRun): Clock {
		return {
			now: () => this.time,
			random: this.random,
			sleep: async (ms) => {
				// Whatever comes after it is a step, which may come as late.
				if (run.plan.lies && ms !== LOOK_MS && ms > 0) return;
				await new Promise<void>((resolve) => {
					const due = this.time + ms;
					const { version } = this;
					run.steps.push({
						label: ms === 0 ? 'begins' : `waits ${Math.round(ms)}`,
						// Who looks again and again learns nothing while nothing changes.
						isUseful: () =>
							!run.plan.lies ||
							ms !== LOOK_MS ||
							version !== this.version ||
							run.controller.signal.aborted,
						ways: [
							[
								'',
								() => {
									this.time = Math.max(this.time, due);
									resolve();
								},
							],
						],
					});
				});
			},
		};
	}

	private async call(run: ModelRun, batch: Batch): Promise<Answer> {
		const accept = () => {
			for (const to of batch.recipients.map((each) => each.to!)) {
				const other = this.sent.get(to);
				if (other) this.break(`${to} got it twice: ${other} and ${batch.name}`);
				this.sent.set(to, batch.name);
			}
		};
		const answer = (what: ApiAnswer): Answer => {
			if (what === 'accepted' || what === 'lost') accept();
			if (what === 'lost' || what === 'unheard') this.wasUnknown = true;
			return ANSWERS[what];
		};
		const planned = run.plan.answers?.[run.calls++] ?? 'accepted';
		if (this.plan.callsAtOnce) return answer(planned);
		return await new Promise((resolve) => {
			const ways = (this.plan.answers ?? [planned]).map((what): [string, () => string] => [
				what === 'accepted' ? '' : what,
				() => {
					resolve(answer(what));
					return what;
				},
			]);
			run.steps.push({
				label: `sends ${batch.name}`,
				chunk: batch.name,
				isUseful: () => true,
				ways,
			});
		});
	}

	/** The campaign as the send knows it, observed. */
	private observed(campaign: Campaign, taken: RunRow): Campaign {
		const release = ({ recipients }: Batch) => {
			for (const { to } of recipients) this.holders.delete(to!);
		};
		return {
			claim: async (batch: Batch) => {
				const refused = await campaign.claim(batch);
				if (refused !== undefined && refused !== 'stopped') {
					const why = refused.notSentCause;
					const isLost = this.rows.some((row) => row.kind === 'run' && row.run > taken.run);
					if (!isLost && why !== 'campaignStopped' && why !== 'campaignTable')
						this.break(`${batch.name} may not be sent, and nobody else has the campaign`);
				}
				if (refused !== undefined) return refused;
				if (this.plan.obeysUser && this.claimedWhileHeld?.has(batch.name))
					this.break(`${batch.name} may be sent, although a user holds the campaign`);
				for (const { to } of batch.recipients) {
					const other = this.holders.get(to!);
					if (other) this.break(`${to} may be sent twice: in ${other} and ${batch.name}`);
					this.holders.set(to!, batch.name);
				}
				return undefined;
			},
			leaves: (batch: Batch) => campaign.leaves(batch),
			settle: async (batch: Batch, result: Result) => {
				if (result.outcome === 'rejected' || result.outcome === 'notSent') release(batch);
				await campaign.settle(batch, result);
			},
			withdraw: async (batch: Batch) => {
				release(batch);
				await campaign.withdraw(batch);
			},
		} as Campaign;
	}

	/** A run, as send/mass.ts has it. */
	private async send(run: ModelRun): Promise<void> {
		const { plan, controller } = run;
		const code = this.processes[plan.process];
		const { signal } = controller;
		const table = this.tableOf(run);
		const clock = this.clockOf(run);
		if (plan.isLate) await clock.sleep(0);
		const found = await this.take(run, table, clock);
		if (!found || !('taken' in found)) {
			run.ended = !found ? 'nothing' : 'heldBy' in found ? 'heldBy' : 'stopped';
			run.isDone = true;
			return;
		}
		run.ended = 'taken';
		const options = { retriesRejected: true };
		const { taken, rows } = found;
		const campaign = new code.Campaign(
			this.campaign,
			table,
			taken,
			await code.readChunks(rows),
			ERRORS,
			options,
			clock,
			signal,
		);
		const observed = this.observed(campaign, taken);
		const counts = (): RunCounts => {
			const all: RunCounts = {
				recipients: run.recipients.length,
				alreadyAccepted: 0,
				accepted: 0,
				rejected: 0,
				notSent: 0,
				unknown: 0,
			};
			for (const { state } of run.recipients)
				if (state.name === 'settled') all[state.result.outcome as 'accepted']++;
			return all;
		};
		if (plan.renews) void campaign.renew(counts);
		const message: OutgoingMessage = {
			about: { api: 'cams', channelType: CHANNEL },
			contains: {},
			taskId: '',
			content: '',
			warnings: [],
			call: async () => ANSWERS.throttled,
		};
		const permit = { answered: () => {}, accepted: () => {}, throttled: () => {} };
		const callOptions: CallOptions = {
			execution: run,
			signal,
			clock,
			rateLimiter: {
				acquire: async () => (signal.aborted ? undefined : permit),
				takeRetryToken: () => true,
			} as unknown as CallOptions['rateLimiter'],
		};
		const batcher = new code.Batcher(plan.chunkSize, run.label, this.campaign);
		const pool = new code.Pool(plan.places ?? 1);
		const sendOne = async (batch: Batch) => {
			if (signal.aborted) return;
			batch.message = { ...message, call: async () => await this.call(run, batch) };
			const result = await code.sendBatch(batch, ERRORS, callOptions, observed);
			run.forget(`${result?.outcome} ${result?.json.cause}`, batch.name);
		};
		run.recipients = plan.recipients.map((to, itemIndex) => ({
			itemIndex,
			to,
			state: { name: 'ready', message, payload: to, shape: '' },
		}));
		const batches: Batch[] = [];
		for (const recipient of run.recipients) {
			campaign.restore(recipient);
			const full = batcher.add(recipient);
			if (full) batches.push(full);
		}
		const known = run.recipients.map(({ to, state }) =>
			state.name === 'settled' ? `${to} ${state.result.outcome}` : to,
		);
		run.histories.clear();
		run.forget(`${taken.run} ${known.join()}`);
		for (const batch of [...batches, ...batcher.rest()])
			await pool.add(async () => await sendOne(batch));
		await pool.finish();
		const isFinished = run.recipients.every(
			({ state }) =>
				state.name === 'settled' && ['accepted', 'alreadyAccepted'].includes(state.result.outcome),
		);
		const stopped = run.recipients.filter(({ state }) => state.name !== 'settled').length;
		if (stopped > 0 && !signal.aborted)
			this.break(`${stopped} recipients of ${run.label} have no outcome`);
		const final = counts();
		final.notSent += stopped;
		const { recipients, ...parts } = final;
		if (Object.values(parts).reduce((sum, part) => sum + part, 0) !== recipients)
			this.break(`the counts of ${run.label} do not add up: ${JSON.stringify(final)}`);
		await campaign.close(final, isFinished);
		run.isDone = true;
	}

	/** As campaign/open.ts has it. */
	private async take(run: ModelRun, table: CampaignTable, clock: Clock): Promise<Taken> {
		const { plan, controller } = run;
		const { takeCampaign, writeUnwritten } = this.processes[plan.process];
		for (let tries = 1; ; tries++) {
			try {
				await writeUnwritten(table);
				return await takeCampaign(table, {
					campaign: this.campaign,
					execution: plan.execution ?? run.label,
					takeOverMs: TAKE_OVER_MS,
					waits: plan.waits ?? true,
					clock,
					wallClock: () => START + this.time + (plan.skewMs ?? 0) + (plan.lies ? LIE_MS : 0),
					signal: controller.signal,
				});
			} catch (error) {
				if ((error as Error).message !== BUSY) throw error;
				if (tries === TRIES) return undefined;
				await clock.sleep(500 * tries);
			}
		}
	}
}

const digest = (text: string) => hash('sha1', text, 'base64');

export interface Explored {
	/** Worlds from their beginning. */
	worlds: number;
	/** Different states, each of which was checked. */
	states: number;
	/** Of the longest way. */
	steps: number;
	/** Last runs, one after each different table. */
	lastRuns: number;
}

/**
 * Goes all ways that a plan can take, each until a state is reached that was reached before.
 * @throws Error with the way to a broken promise
 */
export async function exploreAll(
	plan: WorldPlan,
	processes: readonly Process[],
): Promise<Explored> {
	const { maxSwitches = Infinity } = plan;
	/** How many switches were left when a state was reached with the same run at work. */
	const seen = new Map<string, number>();
	const states = new Set<string>();
	const lastSeen = new Set<string>();
	const everyone = [...new Set(plan.runs.flatMap(({ recipients }) => recipients))];
	const explored = { worlds: 0, states: 0, steps: 0, lastRuns: 0 };
	const open: number[][] = [[]];
	for (let path = open.pop(); path; path = open.pop()) {
		// The test's own time-out works with a timer.
		if (explored.worlds++ % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
		const world = await new World(plan, processes).start();
		let current: Action['run'];
		let left = maxSwitches;
		const costOf = ({ run }: Action, actions: Action[]) =>
			run !== current && actions.some((action) => action.isPlain && action.run === current) ? 1 : 0;
		const perform = async (action: Action, actions: Action[]) => {
			left -= costOf(action, actions);
			current = action.run ?? current;
			await world.perform(action);
		};
		for (const choice of path) {
			const actions = world.actions();
			await perform(actions[choice], actions);
		}
		for (;;) {
			const state = world.key();
			const key = `${state}${maxSwitches === Infinity ? '' : current?.label}`;
			if ((seen.get(key) ?? -1) >= left) break;
			seen.set(key, left);
			states.add(state);
			explored.steps = Math.max(explored.steps, path.length);
			const actions = world.actions();
			const hasNoExcuse =
				world.runs.every(({ isDone }) => isDone) && !world.wasUnknown && world.faults === 0;
			const lastKey = `${hasNoExcuse}${world.tableKey()}`;
			if (!lastSeen.has(lastKey)) {
				lastSeen.add(lastKey);
				await world.checkLastRun(everyone, hasNoExcuse, LIE_MS);
			}
			const [first, ...others] = actions
				.map((_, index) => index)
				.filter((index) => costOf(actions[index], actions) <= left);
			if (first === undefined) break;
			for (const other of others.reverse()) open.push([...path, other]);
			path.push(first);
			await perform(actions[first], actions);
		}
	}
	explored.states = states.size;
	explored.lastRuns = lastSeen.size;
	return explored;
}

/** What happens to a world besides its steps, by the number of the step at which it does. */
export interface Events {
	/** Processes that crash, with all of their runs. */
	crashes: Array<{ at: number; process: number }>;
	/** Runs that n8n ends. */
	stops: Array<{ at: number; run: number }>;
	/** States that a user writes into the latest run. */
	edits: Array<{ at: number; state: string }>;
}

/**
 * Goes one way of a plan.
 * @param patience 0 to 1: how long the same run goes on, while all others stand still
 * @returns the steps it took, and whether everybody came to an end
 * @throws Error with the way to a broken promise
 */
export async function goAtRandom(
	plan: WorldPlan,
	processes: readonly Process[],
	random: () => number,
	{ patience, events, maxSteps }: { patience: number; events: Events; maxSteps: number },
): Promise<{ steps: number; isOver: boolean; sent: number }> {
	const world = await new World(plan, processes, undefined, random).start();
	const everyone = [...new Set(plan.runs.flatMap(({ recipients }) => recipients))];
	let current: Action['run'];
	let steps = 0;
	for (; steps < maxSteps; steps++) {
		const at = steps;
		for (const { process } of events.crashes.filter((each) => each.at === at)) world.crash(process);
		for (const { run } of events.stops.filter((each) => each.at === at))
			world.stop(world.runs[run % world.runs.length]);
		for (const { state } of events.edits.filter((each) => each.at === at))
			if (world.canEdit()) world.edit(state);
		const actions = world.actions().filter(({ isPlain }) => isPlain);
		const ofCurrent = actions.filter(({ run }) => run === current);
		const among = ofCurrent.length > 0 && random() < patience ? ofCurrent : actions;
		const action = among[Math.floor(random() * among.length)];
		if (!action) break;
		current = action.run;
		await world.perform(action);
	}
	const isOver = world.runs.every(({ isDone }) => isDone);
	const hasNoExcuse = isOver && !world.wasUnknown && world.faults === 0;
	await world.checkLastRun(everyone, hasNoExcuse, 0);
	return { steps, isOver, sent: world.sent.size };
}
