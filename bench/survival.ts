import { setTimeout as delay } from 'node:timers/promises';

import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../sandbox/settings';
import { Obstacle } from '../scripts/npmInstall';
import { choose, type Choice } from './choice';
import { logProgress, median, printTable, round, saveResults, type Row } from './report';
import { RECIPIENTS, countOf, isDone, judge, untilQuiet, type RunResult } from './survivalJudge';
import { runAgainWithSameId } from './survivalSameId';
import { CEILING, Stand, type Case } from './survivalStand';

/** What can happen to a call while n8n is at it; a throttled one is repeated, the other outcomes are unknown. */
const FAULTS: Fault[] = [
	{ kind: 'resetAfter', share: 0.05 },
	{ kind: 'resetBefore', share: 0.03 },
	{ kind: 'throttle', share: 0.05 },
	{ kind: 'otherCode', share: 0.05 },
];

const KILLS = 20;
/** Runs after which a campaign that still has somebody to send to is given up. */
const MAX_RUNS = 15;
const BETWEEN_RUNS_MS = 1_000;
/** Runs with and without a campaign, in turns, that the cost is measured with. */
const COST_RUNS = 5;
const COST_AIM = 96;
const TIMEOUT_S = 3;

export interface SurvivalChoice extends Choice {
	/** How often n8n is killed in each of the scenarios with kill -9; empty for 20. */
	kills: string;
	/** Of the moments; empty for another one each time. */
	seed: string;
}

/** Numbers from 0 to 1, always the same ones for a seed (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

type Then = 'run again' | 'Retry';

interface Happening {
	/** What happens to the first run. @returns what that says, where it ends by itself */
	happen: (stand: Stand, each: Case) => Promise<{ at?: string; result?: RunResult }>;
	settings?: IDataObject;
	faults?: Fault[];
}

interface Ending {
	last: RunResult;
	runs: number;
	/** n8n did not retry the execution, so the workflow was run again. */
	isRefused: boolean;
	/** Unknown before they were resolved. */
	inDoubt: number;
	notFound: number;
}

/** Ends a campaign as a user does: runs, until nobody is left to send to; then Resolve Unknown and a last run. */
async function end(stand: Stand, each: Case, then: Then, result?: RunResult): Promise<Ending> {
	// Without a campaign nobody can know whom to leave out, so there is one more run.
	const maxRuns = each.isCampaign ? MAX_RUNS : 1;
	let last = result ?? { outcomes: new Map<string, string>() };
	let runs = 0;
	let isRefused = false;
	const runOnce = async () => {
		if (runs > 0) await delay(BETWEEN_RUNS_MS);
		const retries = then === 'Retry' && runs === 0;
		const retried = retries ? await stand.retry(each) : undefined;
		isRefused ||= retries && !retried;
		last = retried ?? (await stand.run(each));
		runs++;
	};
	while (runs < maxRuns && !isDone(last)) await runOnce();
	const inDoubt = countOf(last, 'unknown');
	let notFound = 0;
	// In a loop, since calls of the runs that follow may fail too.
	while (each.isCampaign && runs < maxRuns && (!isDone(last) || countOf(last, 'unknown') > 0)) {
		await untilQuiet(stand.sandbox);
		notFound += (await stand.resolve(each)).notFound;
		await runOnce();
	}
	return { last, runs, isRefused, inDoubt, notFound };
}

/** A campaign to which something happens, and what it takes to end it. */
async function measure(
	stand: Stand,
	title: string,
	name: string,
	isCampaign: boolean,
	then: Then,
	{ happen, settings, faults = [] }: Happening,
): Promise<Row> {
	logProgress(`survival ${name}: ${title}, ${then}${isCampaign ? '' : ', without Campaign ID'}`);
	const began = { 'Campaign ID': isCampaign, 'What happened': title };
	try {
		const each = await stand.publish(name, isCampaign, settings);
		await stand.sandbox.configure({ faults });
		const { at, result } = await happen(stand, each);
		const { recipients } = await stand.sandbox.stats();
		const startedAt = performance.now();
		await stand.start();
		const { last, runs, isRefused, inDoubt, notFound } = await end(stand, each, then, result);
		const seconds = round((performance.now() - startedAt) / 1000);
		return {
			...began,
			Then: isRefused ? 'run again (n8n refused Retry)' : then,
			At: at,
			'Reached by then': recipients.unique,
			...(isCampaign && { 'In doubt': inDoubt, 'of them not found': notFound }),
			...(await judge(stand.sandbox, last, isCampaign)),
			Runs: runs,
			Seconds: seconds,
			...(last.failure && { 'Last run': last.failure.slice(0, 120) }),
		};
	} catch (error) {
		return {
			...began,
			Then: then,
			'Last run': `failed: ${(error as Error).message.slice(0, 200)}`,
		};
	}
}

const secondsText = (ms: number) => `${round(ms / 1000)} s`;

/** @param wait milliseconds after the run was started */
const kill =
	(wait: number): Happening['happen'] =>
	async (stand, each) => {
		const running = stand.run(each);
		await delay(wait);
		await stand.crash();
		await running;
		return { at: secondsText(wait) };
	};

const terminate =
	(wait: number): Happening['happen'] =>
	async (stand, each) => {
		const running = stand.run(each);
		await delay(wait);
		const askedAt = performance.now();
		await stand.terminate();
		await running;
		return { at: `${secondsText(wait)}, gone ${secondsText(performance.now() - askedAt)} later` };
	};

const stop =
	(wait: number): Happening['happen'] =>
	async (stand, each) => {
		const running = stand.run(each);
		await delay(wait);
		await stand.stopExecution(each);
		await running;
		await untilQuiet(stand.sandbox);
		return { at: secondsText(wait) };
	};

const timeOut: Happening['happen'] = async (stand, each) => {
	await stand.run(each);
	await untilQuiet(stand.sandbox);
	return { at: `${TIMEOUT_S} s` };
};

const twice: Happening['happen'] = async (stand, each) => {
	const result = await stand.run(each, 2);
	return { result, at: result.failure };
};

interface Bench {
	stand: Stand;
	kills: number;
	random: () => number;
	/** How long a campaign takes to which nothing happens. */
	usualMs: number;
}

const BOTH: Then[] = ['run again', 'Retry'];

/** Two kills without Campaign ID, and then as many as asked for. */
async function measureKills(
	bench: Bench,
	title: string,
	name: string,
	faults: Fault[],
): Promise<Row[]> {
	const { stand, kills, random, usualMs } = bench;
	const rows: Row[] = [];
	const one = async (index: number, isCampaign: boolean, wait: number) =>
		rows.push(
			await measure(
				stand,
				title,
				`${name}-${isCampaign ? index : `without-${index}`}`,
				isCampaign,
				BOTH[(index + 1) % 2],
				{ happen: kill(wait), faults },
			),
		);
	for (const index of [1, 2]) await one(index, false, usualMs / 2);
	for (let index = 1; index <= kills; index++) await one(index, true, random() * usualMs);
	return rows;
}

/** What happens once to a campaign, without and with Campaign ID. */
async function measureBoth(
	{ stand }: Bench,
	title: string,
	name: string,
	happening: Happening,
	thens = BOTH,
): Promise<Row[]> {
	const rows: Row[] = [];
	for (const isCampaign of [false, true]) {
		for (const [index, then] of thens.entries()) {
			const own = `${name}-${isCampaign ? 'with' : 'without'}-${index}`;
			rows.push(await measure(stand, title, own, isCampaign, then, happening));
		}
	}
	return rows;
}

/** The share of the quota's ceiling that a campaign takes, with and without Campaign ID in turns. */
async function measureCost({ stand }: Bench): Promise<Row[]> {
	const shares = new Map<boolean, number[]>([
		[false, []],
		[true, []],
	]);
	const calls = new Map<boolean, number>();
	for (let index = 0; index < COST_RUNS; index++) {
		for (const isCampaign of [false, true]) {
			logProgress(`survival cost: ${index + 1}, ${isCampaign ? 'with' : 'without'} Campaign ID`);
			const each = await stand.publish(
				`cost-${index}-${isCampaign ? 'with' : 'without'}`,
				isCampaign,
			);
			// Longer than the quota's window, so that runs do not affect each other.
			await delay(2_000);
			const { nodeMs, failure } = await stand.run(each);
			const { recipients, calls: made } = await stand.sandbox.stats();
			if (nodeMs === undefined || recipients.unique !== RECIPIENTS || recipients.duplicate > 0)
				throw new Error(`The campaign failed: ${failure ?? `${recipients.unique} reached`}`);
			shares.get(isCampaign)!.push((100 * RECIPIENTS) / (nodeMs / 1000) / CEILING);
			calls.set(isCampaign, (calls.get(isCampaign) ?? 0) + made.throttled);
		}
	}
	const usual = median(shares.get(false)!);
	return [...shares].map(([isCampaign, each]) => ({
		'Campaign ID': isCampaign,
		Runs: each.length,
		'Of ceiling %, median': round(median(each)),
		least: round(Math.min(...each)),
		most: round(Math.max(...each)),
		'Node s, median': round((RECIPIENTS / CEILING / median(each)) * 100, 2),
		'Of the speed without %': round((100 * median(each)) / usual),
		Throttled: calls.get(isCampaign),
		...(isCampaign && {
			Aim: median(each) >= COST_AIM ? 'met' : `MISSED: below ${COST_AIM} %`,
		}),
	}));
}

const HALF = 0.5;
/** Early enough for the grace to end before the campaign. */
const EARLY = 0.25;

const SCENARIOS: Array<{ name: string; title: string; rows: (bench: Bench) => Promise<Row[]> }> = [
	{
		name: 'cost',
		title: 'What the campaign costs: share of the ceiling',
		rows: measureCost,
	},
	{
		name: 'twice',
		title: 'The same campaign twice in the same moment',
		rows: async (bench) =>
			await measureBoth(bench, 'started twice', 'twice', { happen: twice }, ['run again']),
	},
	{
		name: 'timeout',
		title: `A workflow time-out after ${TIMEOUT_S} s`,
		rows: async (bench) =>
			await measureBoth(bench, 'time-out', 'timeout', {
				happen: timeOut,
				settings: { executionTimeout: TIMEOUT_S },
			}),
	},
	{
		name: 'stop',
		title: 'Stopped by the user half-way',
		rows: async (bench) =>
			await measureBoth(bench, 'stopped', 'stop', { happen: stop(bench.usualMs * HALF) }),
	},
	{
		name: 'sigterm',
		title: 'A restart (SIGTERM) that outlasts the grace',
		rows: async (bench) =>
			await measureBoth(bench, 'SIGTERM', 'sigterm', { happen: terminate(bench.usualMs * EARLY) }),
	},
	{
		name: 'same-id',
		title: 'Run again by n8n with the same execution ID (in the engine)',
		rows: async ({ stand, random }) => await runAgainWithSameId(stand.sandbox, random),
	},
	{
		name: 'kill',
		title: 'kill -9',
		rows: async (bench) => await measureKills(bench, 'kill -9', 'kill', []),
	},
	{
		name: 'kill-faults',
		title: 'kill -9, while calls fail',
		rows: async (bench) => await measureKills(bench, 'kill -9, faults', 'kill-faults', FAULTS),
	},
];

/** @throws Obstacle */
function wholeNumber(value: string, option: string): number {
	if (!/^\d{1,9}$/.test(value))
		throw new Obstacle(`${option} takes a whole number, not "${value}".`);
	return Number(value);
}

/** Does what ends campaigns half-way to a real n8n, and counts who got a message twice and who was missed. */
export async function survival(choice: SurvivalChoice): Promise<void> {
	const scenarios = choose(SCENARIOS, choice.scenario, '--scenario');
	const kills = wholeNumber(choice.kills || String(KILLS), '--kills');
	const seed = wholeNumber(choice.seed || String(Date.now() % 1_000_000), '--seed');
	console.log(`\nSeed ${seed}`);
	// Also when the user ends it: an n8n of its own process group would stay.
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
	const stand = await Stand.open();
	const tables = [];
	try {
		// Nothing happens to this one: it warms up, and tells how long a campaign takes.
		const first = await stand.publish('undisturbed', true);
		const startedAt = performance.now();
		const undisturbed = await stand.run(first);
		const usualMs = performance.now() - startedAt;
		if (!isDone(undisturbed))
			throw new Error(`The campaign does not even run undisturbed: ${undisturbed.failure ?? ''}`);
		const bench: Bench = { stand, kills, random: randomFrom(seed), usualMs };
		for (const { name, title, rows } of scenarios) {
			const table = { scenario: name, title, rows: await rows(bench) };
			printTable(table.title, table.rows);
			tables.push(table);
		}
	} finally {
		await stand.close();
	}
	console.log(
		`\nn8n ${stand.version} with SQLite; campaigns of ${RECIPIENTS.toLocaleString('en')}, 1,000 per call, 10 calls per second. Doubled: messages beyond the first, as the sandbox counts. In doubt: unknown until Resolve Unknown; not found: settled as not reached, and sent to by the next run. Missed: neither reached nor told as unknown by the last run. Told wrongly: accepted but not reached, or rejected or not sent but reached. Runs: after what happened, until nobody was left to send to or in doubt; without Campaign ID one. Seconds: for these runs, with the start of n8n.`,
	);
	saveResults('survival', { n8n: stand.version, seed, kills, tables });
}
