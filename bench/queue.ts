import { setTimeout as delay } from 'node:timers/promises';

import { QueueN8n } from '../scripts/n8n/queueN8n';
import { ensureN8n, type N8nRelease, type RealRun } from '../scripts/n8n/realN8n';
import { N8N_SETTINGS } from '../test/support/compose';
import {
	JobGiver,
	QueueCampaigns,
	SENDER,
	countsOf,
	until,
	type Execution,
} from '../test/support/queueCampaigns';
import { choose, type Choice } from './choice';
import { credentialFor } from './engineRun';
import { MAX_PER_CALL } from './people';
import { logProgress, printTable, round, saveResults, type Row } from './report';
import { SandboxProcess } from './sandboxProcess';

const RECIPIENTS = 60_000;
/** Recipients that 10 calls a second can reach. */
const CEILING = 10 * MAX_PER_CALL;
const SINGLES = 100;
const OUTAGE_MS = 10_000;
/** Longer than the quota's window, so that runs do not affect each other. */
const PAUSE_MS = 2_000;
const LATENCY = { latencyMs: 120, jitterMs: 40 };

interface Bench {
	release: N8nRelease;
	queue: QueueN8n;
	campaigns: QueueCampaigns;
	sandbox: SandboxProcess;
}

const reached = async ({ sandbox }: Bench) => (await sandbox.stats()).recipients.unique;

/** Publishes and starts a campaign, and waits until a part of its people have it. */
async function begin(bench: Bench, name: string, part: number, url?: string): Promise<Execution> {
	await bench.campaigns.publish(name);
	const execution = await bench.campaigns.start(name, { url });
	await until(async () => (await reached(bench)) >= RECIPIENTS * part);
	return execution;
}

/** When the node that sends began and ended, in milliseconds; undefined for a run without its data. */
function timesOf({ data }: RealRun): { from: number; to: number } | undefined {
	const [task] = data.resultData.runData[SENDER] ?? [];
	return task && { from: task.startTime, to: task.startTime + task.executionTime };
}

/** How fast campaigns were sent that nothing happened to, as far as their runs tell. */
function speedOf(runs: RealRun[]): Row {
	const times = runs.map(timesOf);
	if (times.some((each) => each === undefined)) return {};
	const from = Math.min(...times.map((each) => each!.from));
	const seconds = (Math.max(...times.map((each) => each!.to)) - from) / 1000;
	const shares = times.map(
		({ from: start, to } = { from: 0, to: 0 }) =>
			RECIPIENTS / ((to - start) / 1000) / (CEILING / runs.length),
	);
	return {
		'Send s': round(seconds),
		'Of ceiling %': round((100 * RECIPIENTS * runs.length) / seconds / CEILING),
		...(runs.length > 1 && { 'Slowest of its share %': round(100 * Math.min(...shares)) }),
	};
}

/** One campaign on each of so many workers, all of them at once. */
async function atOnce(bench: Bench, workers: number, singles: number): Promise<Row> {
	const { queue, campaigns, sandbox } = bench;
	for (let missing = workers - queue.workers.length; missing > 0; missing--)
		await queue.startWorker();
	for (const each of queue.workers.slice(workers)) await each.stop();
	const names = Array.from(
		{ length: workers },
		(_, index) => `${singles > 0 ? 'mixed' : 'quiet'}-${workers}-${index}`,
	);
	for (const name of names) await campaigns.publish(name);
	await delay(PAUSE_MS);
	const started: Execution[] = [];
	for (const [index, name] of names.entries())
		started.push(await campaigns.start(name, { from: index * RECIPIENTS }));
	const first = workers * RECIPIENTS;
	for (let index = 0; index < singles; index++)
		await campaigns.start('single', { from: first + index, count: 1 });
	const runs = await Promise.all(started.map(async (each) => await campaigns.ended(each)));
	const all = workers * RECIPIENTS + singles;
	// Single sends may be on their way.
	for (let tries = 0; tries < 100 && (await reached(bench)) < all; tries++) await delay(100);
	const { calls, recipients } = await sandbox.stats();
	return {
		Workers: workers,
		'Workers that sent': new Set(started.flatMap((each) => campaigns.startsOf(each))).size,
		Reached: recipients.unique,
		Missed: all - recipients.unique,
		Doubled: recipients.duplicate,
		...speedOf(runs),
		'Throttled %': round((100 * calls.throttled) / calls.received),
	};
}

interface Trouble {
	name: string;
	title: string;
	/** Begins a campaign of this name, and does something to it. @returns its executions, which end by themselves */
	happen: (bench: Bench, name: string) => Promise<Execution[]>;
}

const outage =
	(
		begins: (queue: QueueN8n) => Promise<void> | void,
		ends: (queue: QueueN8n) => Promise<void> | void,
	): Trouble['happen'] =>
	async (bench, name) => {
		const execution = await begin(bench, name, 0.4);
		await begins(bench.queue);
		await delay(OUTAGE_MS);
		await ends(bench.queue);
		return [execution];
	};

const TROUBLES: Trouble[] = [
	{
		name: 'twice',
		title: 'The same campaign twice at once',
		happen: async ({ campaigns }, name) => {
			await campaigns.publish(name);
			return await Promise.all([campaigns.start(name), campaigns.start(name)]);
		},
	},
	{
		name: 'kill',
		title: 'kill -9 of the worker, stalled count 0',
		happen: async (bench, name) => {
			const execution = await begin(bench, name, 0.4);
			await (await bench.campaigns.workerOf(execution)).crash();
			return [];
		},
	},
	{
		name: 'stalled',
		title: 'kill -9 of the worker, stalled count 1: the same execution again',
		happen: async (bench, name) => {
			const { release, queue, campaigns } = bench;
			const execution = await begin(bench, name, 0.4);
			const giver = await JobGiver.open(release, queue);
			await (await campaigns.workerOf(execution)).crash();
			await until(async () => {
				await giver.giveStalledJobs();
				return campaigns.startsOf(execution).length === 2;
			});
			await giver.close();
			return [execution];
		},
	},
	{
		name: 'sigterm',
		title: 'SIGTERM of the worker',
		happen: async (bench, name) => {
			const execution = await begin(bench, name, 0.2);
			await (await bench.campaigns.workerOf(execution)).terminate();
			return [execution];
		},
	},
	{
		name: 'stop-webhook',
		title: "n8n's stop, taken in by a webhook process",
		happen: async (bench, name) => {
			const execution = await begin(bench, name, 0.4);
			await bench.queue.main.stopExecution(execution.id);
			await until(async () => (await reached(bench)) === RECIPIENTS);
			return [];
		},
	},
	{
		name: 'stop-main',
		title: "n8n's stop, taken in by the main process",
		happen: async (bench, name) => {
			const execution = await begin(bench, name, 0.4, bench.queue.main.url);
			await bench.queue.main.stopExecution(execution.id);
			return [execution];
		},
	},
	{
		name: 'stop-row',
		title: "A stop in the campaign's row",
		happen: async (bench, name) => {
			const { campaigns } = bench;
			const state = (campaignState: string) =>
				campaigns.send(name, { operation: 'setCampaignState', campaignState, options: {} });
			await campaigns.publish(`${name}-stop`, state('stopped'));
			await campaigns.publish(`${name}-allow`, state('running'));
			const execution = await begin(bench, name, 0.2);
			await campaigns.run(`${name}-stop`, { count: 1 });
			await campaigns.ended(execution);
			await campaigns.run(`${name}-allow`, { count: 1 });
			return [execution];
		},
	},
	{
		name: 'postgres',
		title: 'PostgreSQL restarted, gone for 10 s',
		happen: outage(
			async ({ postgres }) => await postgres.stop(),
			async ({ postgres }) => await postgres.start(),
		),
	},
	{
		name: 'postgres-hangs',
		title: 'PostgreSQL hanging for 10 s',
		happen: outage(
			({ postgres }) => postgres.freeze(),
			({ postgres }) => postgres.thaw(),
		),
	},
	{
		name: 'redis',
		title: 'Redis killed, gone for 10 s',
		happen: outage(
			async ({ redis }) => await redis.crash(),
			async ({ redis }) => await redis.start(),
		),
	},
	{
		name: 'redis-hangs',
		title: 'Redis hanging for 10 s',
		happen: outage(
			({ redis }) => redis.freeze(),
			({ redis }) => redis.thaw(),
		),
	},
];

const WORKERS = 2;

/** A campaign to which something happens, and what it takes to complete it. */
async function measure(bench: Bench, { name, title, happen }: Trouble): Promise<Row> {
	const { queue, campaigns, sandbox } = bench;
	while (queue.workers.length < WORKERS) await queue.startWorker();
	await delay(PAUSE_MS);
	const executions = await happen(bench, name);
	const statuses: string[] = [];
	for (const each of executions) {
		const run = await campaigns.ended(each);
		const counts = Object.entries(countsOf(run)).map(([outcome, count]) => `${count} ${outcome}`);
		statuses.push([run.status, ...counts].join(', '));
	}
	const then = await reached(bench);
	while (queue.workers.length < WORKERS) await queue.startWorker();
	const { runs, inDoubt, isComplete } = await campaigns.complete(name);
	const { recipients } = await sandbox.stats();
	return {
		'What happened': title,
		Workers: WORKERS,
		'The execution says': statuses.join('; ') || undefined,
		'Reached by then': then,
		'In doubt': inDoubt,
		'Runs after': runs,
		Doubled: recipients.duplicate,
		Missed: RECIPIENTS - recipients.unique,
		Complete: isComplete,
	};
}

type Work = (bench: Bench) => Promise<Row>;

/** Each table, with the work that makes its rows. */
const SCENARIOS: Array<{ name: string; title: string; rows: Array<{ name: string; work: Work }> }> =
	[
		{
			name: 'share',
			title: 'One campaign on each worker, all at once',
			rows: [2, 3, 5].map((workers) => ({
				name: String(workers),
				work: async (bench) => await atOnce(bench, workers, 0),
			})),
		},
		{
			name: 'singles',
			title: `Two campaigns on two workers, with ${SINGLES} single sends between them`,
			rows: [
				{
					name: 'singles',
					work: async (bench) => {
						await bench.campaigns.publish('single', bench.campaigns.sendOne());
						return await atOnce(bench, 2, SINGLES);
					},
				},
			],
		},
		{
			name: 'survival',
			title: 'What a campaign survives',
			rows: TROUBLES.map((each) => ({
				name: each.name,
				work: async (bench) => await measure(bench, each),
			})),
		},
	];

/** Sends campaigns in n8n's queue mode, and takes away workers, PostgreSQL and Redis meanwhile. */
export async function queue({ scenario, only }: Choice): Promise<void> {
	const scenarios = choose(SCENARIOS, scenario, '--scenario').map((each) => ({
		...each,
		rows: choose(each.rows, only, '--only'),
	}));
	// Also when the user ends it: programs of their own process groups would stay.
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
	const release = await ensureN8n();
	const sandbox = await SandboxProcess.start(LATENCY);
	const tables = [];
	const started = await QueueN8n.start(release, { workers: WORKERS, settings: N8N_SETTINGS });
	try {
		const campaigns = await QueueCampaigns.open(
			started,
			credentialFor(sandbox.url),
			RECIPIENTS,
			MAX_PER_CALL,
		);
		const bench = { release, queue: started, campaigns, sandbox };
		// Nothing is measured of the first one, which makes the campaign table.
		await campaigns.publish('warm-up');
		await campaigns.run('warm-up');
		for (const { name, title, rows: works } of scenarios) {
			const rows: Row[] = [];
			for (const { name: row, work } of works) {
				logProgress(`queue ${name}: ${row}`);
				await sandbox.reset();
				try {
					rows.push(await work(bench));
				} catch (error) {
					// Its campaign may go on, so no row after it would count.
					const { message } = error as Error;
					rows.push({ 'What happened': row, Remark: `failed: ${message.slice(0, 200)}` });
					break;
				}
			}
			printTable(title, rows);
			tables.push({ scenario: name, title, rows });
		}
	} finally {
		await started.stop();
		sandbox.end();
	}
	console.log(
		`\nn8n ${release.version} in queue mode, PostgreSQL and Redis on the same machine; campaigns of ${RECIPIENTS.toLocaleString('en')}, 1,000 per call, 10 calls per second. Doubled: messages beyond the first, as the sandbox counts. Missed: not reached after the campaign was run again and those in doubt were resolved. Slowest of its share: the slowest campaign's speed, of the ceiling divided by the campaigns.`,
	);
	saveResults('queue', { n8n: release.version, tables });
}
