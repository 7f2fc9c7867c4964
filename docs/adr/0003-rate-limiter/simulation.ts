import { setMaxListeners } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { Answer } from '../../../nodes/shared/http/apiAnswer';
import type { Clock } from '../../../nodes/shared/http/clock';
import { RateLimiter as CurrentLimiter } from '../../../nodes/shared/http/rateLimiter';
import * as currentRetry from '../../../nodes/shared/http/retry';
import { Pool } from '../../../nodes/shared/util/concurrency';
import { BusyClock, DrivenClock, QuotaApi, seededRandom } from '../../../test/support/drivenClock';
import { RunTable } from '../../../test/support/runTable';

/**
 * Runs the project's own rate limiter and retry against an API with a quota, on a clock that is driven by hand, and
 * prints what the constants do: `npx tsx docs/adr/0003-rate-limiter/simulation.ts`. It takes under a minute, opens no
 * connection, and prints the same figures every time, since all randomness comes from seeds.
 *
 * Another value of a constant is tried on a copy of the source with that one line changed. The copy lies in a temporary
 * directory and is removed at the end; the product is not touched.
 */

// The names of the class and of its place among the options of a call stand here and nowhere else in this file.
type Limiter = CurrentLimiter;
type NewRateLimiter = new (callsPerSecond: number, clock: Clock, quota?: string) => Limiter;
const exportedLimiter = (source: Record<string, unknown>) => source.RateLimiter as NewRateLimiter;
const callOptions = (limiter: Limiter) => ({ rateLimiter: limiter });

type Retry = Pick<typeof currentRetry, 'callWithinQuota'>;

/** The code under test, as it is or with one constant replaced. */
interface Code {
	Limiter: NewRateLimiter;
	retry: Retry;
}
const AS_IT_IS: Code = { Limiter: CurrentLimiter, retry: currentRetry };

const HTTP = resolve(__dirname, '../../../nodes/shared/http');
const copies = mkdtempSync(join(tmpdir(), 'rate-limiter-'));
let copied = 0;

/** Loads a copy of a source file in which constants have other values. @throws where a constant is not found once */
async function loadWith(
	file: string,
	values: Record<string, string>,
): Promise<Record<string, unknown>> {
	let source = readFileSync(join(HTTP, `${file}.ts`), 'utf8');
	for (const [name, value] of Object.entries(values)) {
		const declaration = new RegExp(`^(const ${name}\\b[^=]*= )[^;]+;`, 'gm');
		const found = source.match(declaration)?.length ?? 0;
		if (found !== 1) throw new Error(`${file}.ts declares ${name} ${found} times`);
		source = source.replace(declaration, `$1${value};`);
	}
	source = source.replace(
		/from '(\.{1,2}\/[\w/]+)'/g,
		(_all, name: string) => `from ${JSON.stringify(join(HTTP, name))}`,
	);
	const copy = join(copies, `${file}${++copied}.ts`);
	writeFileSync(copy, source);
	return (await import(copy)) as Record<string, unknown>;
}

async function limiterWith(values: Record<string, string>): Promise<Code> {
	return { ...AS_IT_IS, Limiter: exportedLimiter(await loadWith('rateLimiter', values)) };
}

async function retryWith(values: Record<string, string>): Promise<Code> {
	return { ...AS_IT_IS, retry: (await loadWith('retry', values)) as unknown as Retry };
}

const ACCEPTED: Answer = { outcome: 'accepted', body: {} };
const TURNED_AWAY: Answer = { outcome: 'retryLater', cause: 'throttled', code: '', message: '' };

/** An account that is in use, and who uses it. Times in milliseconds. */
interface Scenario {
	quota: number;
	window?: 'rolling' | 'fixed';
	/** Arrivals are spread over so much. */
	spread?: number;
	/** How much later the very first call arrives. */
	firstLate?: number;
	/** How late a timer may fire. */
	timersLate?: number;
	/** All processes and calls stand still for so long, each time after so long on average. */
	standstill?: { every: number; for: number };
	/** Other work keeps the processes busy. */
	busy?: Busy;
	/** From when until when the API takes nothing. */
	outage?: { from: number; to: number };
	/** From when until when each process has calls to make; its option Max Requests per Second. */
	processes: Array<{ from?: number; to?: number; maxPerSecond?: number; isUnknown?: boolean }>;
	/**
	 * They send campaigns of one table, unless they are unknown. How long a write or a read takes; how far their clocks
	 * are apart.
	 */
	table?: { ms: number; skew?: number };
	length: number;
	/** Of each process; it ends with the last one. Endless without. */
	calls?: number;
	/** When counting begins. */
	countedFrom?: number;
}

/** What a busy machine does to one process. Network and API go on meanwhile. */
interface Busy {
	/** How late a timer may fire and an answer may be handled. */
	late?: number;
	/** The process gets no processor, for so long on average, each time after so long on average. */
	stalls?: { every: number; for: number };
	/** How long it may take to build a call; nothing else is done meanwhile. */
	work?: number;
}

interface Process {
	accepted: number[];
	turnedAway: number[];
	givenUp: number;
}

/** What the test's API leaves of a spread is 4 ms; the rest is added on the way there. */
const OWN_SPREAD = 4;

async function play(
	scenario: Scenario,
	{ Limiter, retry }: Code,
	seed: number,
): Promise<Process[]> {
	const { quota, window, spread = OWN_SPREAD, firstLate = 0, timersLate = 2 } = scenario;
	const clock = new DrivenClock(seededRandom(seed), timersLate);
	const api = new QuotaApi(clock, quota, window, 120, 40, firstLate);
	const { standstill, outage, busy } = scenario;
	const standStill = async () => {
		while (standstill && clock.now() < scenario.length) {
			// At any moment of the pace.
			await clock.sleep(standstill.every * (0.5 + clock.random()));
			clock.stall(standstill.for);
		}
	};
	void standStill();
	if (outage) {
		void clock.sleep(outage.from).then(() => (api.quota = 0));
		void clock.sleep(outage.to).then(() => (api.quota = quota));
	}
	const runTable = scenario.table && new RunTable(clock, scenario.table.ms);
	const work = async (
		{ from = 0, to = scenario.length, maxPerSecond, isUnknown }: Scenario['processes'][number],
		index: number,
	) => {
		const process: Process = { accepted: [], turnedAway: [], givenUp: 0 };
		// Processes never begin at the very same moment.
		await clock.sleep(from + clock.random() * 20);
		const own = new BusyClock(clock, busy?.late);
		const stall = async () => {
			const { every, for: length } = busy?.stalls ?? { every: Infinity, for: 0 };
			while (busy?.stalls && clock.now() < scenario.length) {
				await clock.sleep(every * (0.5 + clock.random()));
				const ms = length * 2 * clock.random();
				own.standStill(ms);
				await clock.sleep(ms);
			}
		};
		void stall();
		const limiter = new Limiter(quota, busy ? own : clock, 'account');
		const skew = scenario.table?.skew ?? 0;
		const owner = isUnknown
			? undefined
			: runTable?.owner({
					rateLimiter: limiter,
					maxPerSecond: maxPerSecond ?? quota,
					worker: `worker${index}`,
					aheadMs: (skew * index) / Math.max(1, scenario.processes.length - 1),
				});
		const controller = new AbortController();
		setMaxListeners(Infinity, controller.signal);
		const { signal } = controller;
		const call = async () => {
			if (busy?.work) {
				own.standStill(clock.random() * busy.work);
				await own.sleep(0);
			}
			await clock.sleep(clock.random() * (spread - OWN_SPREAD));
			const isAccepted = await api.call();
			(isAccepted ? process.accepted : process.turnedAway).push(clock.now());
			if (busy) await own.sleep(0);
			return isAccepted ? ACCEPTED : TURNED_AWAY;
		};
		const execution = {};
		void clock.sleep(to - from).then(() => controller.abort());
		if (owner) await owner.share.join();
		const pool = new Pool(Math.max(20, Math.min(100, 2 * quota)));
		const calls = scenario.calls ?? (quota * scenario.length) / 500;
		for (let index = 0; index < calls && !signal.aborted; index++) {
			await pool.add(async () => {
				const options = {
					...callOptions(limiter),
					execution,
					maxPerSecond,
					clock: busy ? own : clock,
					signal,
				};
				const called = await retry.callWithinQuota(call, options);
				if (called?.answer.outcome === 'retryLater' && !signal.aborted) process.givenUp++;
			});
		}
		await pool.finish();
		if (owner) await owner.end();
		return process;
	};
	const working = scenario.processes.map(work);
	await clock.run();
	return await Promise.all(working);
}

interface Figures {
	/** Accepted calls a second, of the quota. */
	used: number;
	turnedAway: number;
	/** Accepted calls of the slowest process, of an equal share, while all of them send. */
	slowest: number;
	givenUp: number;
}

async function measure(scenario: Scenario, code: Code, seeds: number): Promise<Figures> {
	const { quota, countedFrom = 5_000 } = scenario;
	const sums: Figures = { used: 0, turnedAway: 0, slowest: 0, givenUp: 0 };
	for (let seed = 1; seed <= seeds; seed++) {
		const processes = await play(scenario, code, seed);
		const last = Math.max(...processes.flatMap(({ accepted }) => accepted));
		const length = scenario.calls ? last : scenario.length;
		const counted = (times: number[], from = countedFrom, to = length) =>
			times.filter((at) => at >= from && at < to).length;
		const accepted = processes.map((each) => counted(each.accepted));
		const all = accepted.reduce((sum, each) => sum + each, 0);
		// While all of them send.
		const from = Math.max(countedFrom, ...scenario.processes.map((each) => each.from ?? 0));
		const to = Math.min(length, ...scenario.processes.map((each) => each.to ?? length));
		const together = processes.map((each) => counted(each.accepted, from, to));
		const mean = together.reduce((sum, each) => sum + each, 0) / processes.length;
		const away = processes.reduce((sum, each) => sum + counted(each.turnedAway), 0);
		sums.used += all / ((quota * (length - countedFrom)) / 1000) / seeds;
		sums.turnedAway += away / (all + away) / seeds;
		sums.slowest += Math.min(...together) / mean / seeds;
		sums.givenUp += processes.reduce((sum, each) => sum + each.givenUp, 0);
	}
	return sums;
}

/** Seconds until the process that is left uses 90 % of the quota over 2 seconds, after the other has ended. */
async function secondsToRecover(code: Code, seeds: number): Promise<number> {
	const [ends, length] = [20_000, 80_000];
	const scenario: Scenario = { quota: 10, processes: [{}, { to: ends }], length };
	let sum = 0;
	for (let seed = 1; seed <= seeds; seed++) {
		const [{ accepted }] = await play(scenario, code, seed);
		let at = ends;
		while (at < length && accepted.filter((time) => time >= at && time < at + 2_000).length < 18)
			at += 100;
		sum += (at - ends) / 1000;
	}
	return sum / seeds;
}

/** The newcomer's share of what is accepted, by the time since it came to a process that has the account to itself. */
async function shareOfNewcomer(code: Code, seeds: number): Promise<string> {
	const [comes, steps] = [20_000, [0, 20_000, 60_000, 120_000, 240_000]];
	const length = comes + steps[steps.length - 1];
	const scenario: Scenario = { quota: 10, processes: [{}, { from: comes }], length };
	const runs: Process[][] = [];
	for (let seed = 1; seed <= seeds; seed++) runs.push(await play(scenario, code, seed));
	const within = (times: number[], step: number) =>
		times.filter((at) => at >= comes + steps[step] && at < comes + steps[step + 1]).length;
	return steps
		.slice(1)
		.map((to, step) => {
			const shares = runs.map(([old, young]) => {
				const own = within(young.accepted, step);
				return own / (own + within(old.accepted, step));
			});
			const mean = shares.reduce((sum, each) => sum + each, 0) / seeds;
			return `${percent(mean)} % from ${steps[step] / 1000} to ${to / 1000} s`;
		})
		.join(', ');
}

/** Seconds from the coming of a run with ten calls to its end, while one with 600 is under way in the same process. */
async function secondsOfSmallRun(seeds: number): Promise<number> {
	let sum = 0;
	for (let seed = 1; seed <= seeds; seed++) {
		const clock = new DrivenClock(seededRandom(seed), 2);
		const api = new QuotaApi(clock, 10);
		const limiter = new CurrentLimiter(10, clock);
		const call = async () => ((await api.call()) ? ACCEPTED : TURNED_AWAY);
		const run = async (calls: number) => {
			const options = { ...callOptions(limiter), execution: {}, clock };
			const pool = new Pool(20);
			for (let index = 0; index < calls; index++)
				await pool.add(async () => await currentRetry.callWithinQuota(call, options));
			await pool.finish();
		};
		const small = async () => {
			await clock.sleep(10_000);
			await run(10);
			sum += (clock.now() - 10_000) / 1000 / seeds;
		};
		const both = Promise.all([run(600), small()]);
		await clock.run();
		await both;
	}
	return sum;
}

function print(title: string, rows: Array<Record<string, string>>): void {
	const names = Object.keys(rows[0]);
	const widths = names.map((name) => Math.max(...rows.map((row) => row[name].length), name.length));
	const line = (cells: string[]) =>
		`| ${cells.map((cell, index) => cell.padEnd(widths[index])).join(' | ')} |`;
	console.log(`\n${title}\n`);
	console.log(line(names));
	console.log(line(widths.map((width) => '-'.repeat(width))));
	for (const row of rows) console.log(line(names.map((name) => row[name])));
}

const percent = (share: number) => (share * 100).toFixed(1);

const MINUTE = 60_000;
const ALONE = [{}];
const SEEDS = 10;
const mass = (more: Partial<Scenario> = {}): Scenario => ({
	quota: 10,
	processes: ALONE,
	length: MINUTE,
	...more,
});
/** Shorter: it is 25 times as many calls. */
const single = (more: Partial<Scenario> = {}): Scenario => ({
	quota: 250,
	processes: ALONE,
	length: 20_000,
	...more,
});

const LATE: Busy = { late: 80 };
const STALLS: Busy = { stalls: { every: 80, for: 40 }, work: 20 };

async function asItIs(): Promise<void> {
	const scenarios: Array<[string, Scenario]> = [
		['One process, 10/s, arrivals spread over 4 ms', mass()],
		['One process, 10/s, 10 ms', mass({ spread: 10 })],
		['One process, 10/s, 20 ms', mass({ spread: 20 })],
		['One process, 10/s, 50 ms', mass({ spread: 50 })],
		['One process, 10/s, first call 150 ms late', mass({ firstLate: 150, countedFrom: 0 })],
		['One process, 10/s by the seconds of the clock', mass({ window: 'fixed' })],
		['Two processes, 10/s', mass({ processes: [{}, {}] })],
		['Two processes, 10/s, 20 ms', mass({ processes: [{}, {}], spread: 20 })],
		['Three processes, 10/s', mass({ processes: [{}, {}, {}] })],
		[
			'One process, 10/s, stands still for 300 ms about every 2.5 s',
			mass({ standstill: { every: 2_500, for: 300 } }),
		],
		['One process, 10/s, timers and answers up to 80 ms late', mass({ busy: LATE })],
		[
			'Two processes, 10/s, timers and answers up to 80 ms late',
			mass({ busy: LATE, processes: [{}, {}] }),
		],
		['One process, 10/s, no processor for 0 to 80 ms about every 80 ms', mass({ busy: STALLS })],
		[
			'Two processes, 10/s, no processor for 0 to 80 ms about every 80 ms',
			mass({ busy: STALLS, processes: [{}, {}] }),
		],
		[
			'One process, 10/s, no processor for 0 to 600 ms about every 2.5 s',
			mass({ busy: { stalls: { every: 2_500, for: 300 }, work: 20 } }),
		],
		['One process, 250/s, timers and answers up to 80 ms late', single({ busy: LATE })],
		['One process, 250/s, 4 ms', single()],
		['One process, 250/s, 20 ms', single({ spread: 20 })],
		['One process, 250/s, 50 ms', single({ spread: 50 })],
		['Two processes, 250/s', single({ processes: [{}, {}] })],
	];
	const rows = [];
	for (const [name, scenario] of scenarios) {
		const { used, turnedAway, slowest, givenUp } = await measure(
			scenario,
			AS_IT_IS,
			scenario.quota === 10 ? SEEDS : 3,
		);
		rows.push({
			Scenario: name,
			'Of quota %': percent(used),
			'Turned away %': percent(turnedAway),
			'Slowest of its share %': scenario.processes.length > 1 ? percent(slowest) : '',
			'Given up': String(givenUp),
		});
	}
	print('The constants as they are', rows);
	console.log(
		`\nOf two processes one ends: the other uses 90 % of the quota after ${(await secondsToRecover(AS_IT_IS, SEEDS)).toFixed(1)} s (mean).` +
			`\nA second process comes after 20 s; its part of what is accepted: ${await shareOfNewcomer(AS_IT_IS, SEEDS)} (mean; an equal share is 50 %).` +
			`\nA run of 10 calls comes while one of 600 is under way in the same process: done after ${(await secondsOfSmallRun(SEEDS)).toFixed(1)} s (mean).`,
	);
}

/** Processes that send campaigns of one table, from the beginning on. */
async function knownShares(): Promise<void> {
	const known = (count: number, more: Partial<Scenario> = {}) =>
		mass({ processes: Array(count).fill({}), table: { ms: 30 }, countedFrom: 0, ...more });
	const unknown = (count: number) => known(count, { table: undefined });
	const skewed = (skew: number) => known(3, { table: { ms: 30, skew } });
	const comingAndGoing = [{}, { from: 5_000, to: 45_000 }, { from: 10_000 }, { to: 50_000 }, {}];
	const scenarios: Array<[string, Scenario]> = [
		['2 processes', known(2)],
		['2, that do not know of each other', unknown(2)],
		['3 processes', known(3)],
		['3, that do not know of each other', unknown(3)],
		['5 processes', known(5)],
		['5, that do not know of each other', unknown(5)],
		...[2, 3, 5].map((count): [string, Scenario] => [
			`${count}, of 60 calls each`,
			known(count, { calls: 60 }),
		]),
		['3, clocks up to 5 ms apart', skewed(5)],
		['3, clocks up to 50 ms apart', skewed(50)],
		['3, clocks up to 5 s apart', skewed(5_000)],
		['3, a look at the table takes 2 s', known(3, { table: { ms: 1_000 } })],
		['2, one comes after 20 s', known(2, { processes: [{}, { from: 20_000 }] })],
		['2, one ends after 20 s', known(2, { processes: [{}, { to: 20_000 }] })],
		['5, of which three come or end', known(5, { processes: comingAndGoing })],
		['2, one with a limit of 2/s', known(2, { processes: [{}, { maxPerSecond: 2 }] })],
		['3, of which one is not known', known(3, { processes: [{}, {}, { isUnknown: true }] })],
		['12 processes', known(12)],
		['100 processes, 2 minutes', known(100, { length: 2 * MINUTE })],
	];
	const rows = [];
	for (const [name, scenario] of scenarios) {
		const { used, turnedAway, slowest } = await measure(
			scenario,
			AS_IT_IS,
			scenario.processes.length < 100 ? SEEDS : 2,
		);
		rows.push({
			Scenario: name,
			'Of quota %': percent(used),
			'Turned away %': percent(turnedAway),
			'Slowest of its share %': percent(slowest),
		});
	}
	print('Campaigns of one table, 10/s, from the first second on', rows);
}

type Variant = [name: string, value: string, load: () => Promise<Code>];

const AS_IS: Variant = ['(as it is)', '', async () => AS_IT_IS];
const limiter = (name: string, ...values: string[]) =>
	values.map((value): Variant => [name, value, async () => await limiterWith({ [name]: value })]);
const retry = (name: string, ...values: string[]) =>
	values.map((value): Variant => [name, value, async () => await retryWith({ [name]: value })]);

/** One row for each variant, with the cells that `figures` gives. */
async function compare(
	title: string,
	all: Variant[],
	figures: (code: Code) => Promise<Record<string, string>>,
): Promise<void> {
	const rows = [];
	for (const [constant, value, load] of all)
		rows.push({ Constant: constant, Value: value, ...(await figures(await load())) });
	print(title, rows);
}

/** "98.7 / 0.0" */
const usedAndAway = ({ used, turnedAway }: Figures) => `${percent(used)} / ${percent(turnedAway)}`;

async function variants(): Promise<void> {
	await compare(
		'The pace: of quota % / turned away %',
		[
			AS_IS,
			...limiter('MARGIN_MS', '0', '5', '20', '40'),
			...limiter('SPACING', '0', '0.7', '0.95', '1'),
			...limiter('CATCH_UP_MS', '0', '50', '150', '500'),
			...limiter('USUAL_SPREAD_MS', '0', '50', '5000'),
			...limiter('MAX_DELAY_MS', '0'),
		],
		async (code) => ({
			'10/s, 4 ms': usedAndAway(await measure(mass(), code, SEEDS)),
			'20 ms': usedAndAway(await measure(mass({ spread: 20 }), code, SEEDS)),
			'first call 150 ms late': usedAndAway(
				await measure(mass({ firstLate: 150, countedFrom: 0, length: 10_000 }), code, SEEDS),
			),
			'stands still': usedAndAway(
				await measure(mass({ standstill: { every: 2_500, for: 300 } }), code, SEEDS),
			),
			'no processor': usedAndAway(await measure(mass({ busy: STALLS }), code, SEEDS)),
			'two processes': usedAndAway(await measure(mass({ processes: [{}, {}] }), code, SEEDS)),
			'250/s, timers 4 ms late': usedAndAway(
				await measure(single({ timersLate: 4, length: 10_000 }), code, 2),
			),
		}),
	);
	await compare(
		'The share: of quota % / turned away %',
		[
			AS_IS,
			...limiter('PROBE_MS', '2000', '5000', '30000', '60000'),
			...limiter('NEXT_PROBE_MS', '200', '5000'),
			...limiter('JITTER_SHARE', '0.5', '2'),
			...limiter('JITTER_MS', '0', '10000'),
		],
		async (code) => {
			const two = await measure(mass({ processes: [{}, {}] }), code, SEEDS);
			return {
				'Two processes': usedAndAway(two),
				'slower of its share %': percent(two.slowest),
				'used again after s': (await secondsToRecover(code, SEEDS)).toFixed(1),
				'one process, 20 ms': usedAndAway(await measure(mass({ spread: 20 }), code, SEEDS)),
			};
		},
	);
	const outage = mass({ outage: { from: 10_000, to: 40_000 }, countedFrom: 0 });
	await compare(
		'The API takes nothing for 30 s of a minute (at 250/s: 3 s of 10 s): calls turned away, and calls given up in 10 runs (at 250/s: 2)',
		[
			AS_IS,
			...limiter('RETRY_BUDGET', '20', '1000'),
			...limiter('RETRY_REFUND', '0', '1'),
			...retry('MAX_ATTEMPTS', '3', '30'),
			...retry('FIRST_BACKOFF_MS', '0', '4000'),
		],
		async (code) => {
			const slow = await measure(outage, code, SEEDS);
			const fast = await measure(
				single({ length: 10_000, countedFrom: 0, outage: { from: 2_000, to: 5_000 } }),
				code,
				2,
			);
			return {
				'10/s: away %': percent(slow.turnedAway),
				'given up': String(slow.givenUp),
				'250/s: away %': percent(fast.turnedAway),
				'given up ': String(fast.givenUp),
			};
		},
	);
}

async function main(): Promise<void> {
	try {
		await asItIs();
		await knownShares();
		await variants();
	} finally {
		rmSync(copies, { recursive: true, force: true });
	}
}

void main();
