import { setTimeout as delay } from 'node:timers/promises';

import type { Settings } from '../sandbox/settings';
import { choose, type Choice } from './choice';
import type { Kind, Report, SendJob } from './contestant';
import { MAX_PER_CALL, executionOf } from './people';
import { logProgress, printTable, round, saveResults, type Row } from './report';
import { SandboxProcess } from './sandboxProcess';
import { TableServer } from './tableServer';
import { Worker } from './worker';

/** Documented limits of each kind of send; InnoPaaS documents no rate, so its is set in the node. */
const KINDS: Record<Kind, { limit: number; perCall: number; count: number }> = {
	mass: { limit: 10, perCall: MAX_PER_CALL, count: 60_000 },
	single: { limit: 250, perCall: 1, count: 5_000 },
	innoPaas: { limit: 20, perCall: 250, count: 50_000 },
};

const CONTESTANTS = [
	{ name: 'sdk', title: 'SDK in a loop', worker: 'sdkWorker.ts' },
	{ name: 'p-throttle', title: 'SDK + p-throttle', worker: 'sdkWorker.ts' },
	{ name: 'bottleneck', title: 'SDK + Bottleneck', worker: 'sdkWorker.ts' },
	{ name: 'http-request', title: 'HTTP Request, batched', worker: 'engineWorker.ts' },
	{ name: 'ours', title: 'This package', worker: 'engineWorker.ts' },
];
type Contestant = (typeof CONTESTANTS)[number];

interface Scenario {
	name: string;
	title: string;
	kind: Kind;
	processes: number;
	/** Concurrent executions per process. */
	executions: number;
	window?: Settings['window'];
	/** Processes beside it that do nothing but use the processors. */
	busyLoops?: number;
	/** Each execution is a campaign of its own, and all of them share a table. */
	areCampaigns?: true;
	/** Participating contestants; all if absent. */
	only?: string[];
}

// Without the bare loop, which would take a quarter of an hour to send 5,000 messages one after the other.
const LIMITED = ['p-throttle', 'bottleneck', 'http-request', 'ours'];
const SCENARIOS: Scenario[] = [
	{
		name: 'mass-1',
		title: '60,000 recipients, 1 execution',
		kind: 'mass',
		processes: 1,
		executions: 1,
	},
	{
		name: 'mass-2',
		title: '2 × 60,000 recipients, 2 executions at once',
		kind: 'mass',
		processes: 1,
		executions: 2,
	},
	{
		name: 'mass-5',
		title: '5 × 60,000 recipients, 5 executions at once',
		kind: 'mass',
		processes: 1,
		executions: 5,
		only: ['ours'],
	},
	{
		name: 'processes',
		title: '3 × 60,000 recipients, 3 processes that do not know of each other',
		kind: 'mass',
		processes: 3,
		executions: 1,
	},
	...[2, 3, 5].map((processes): Scenario => ({
		name: `campaigns-${processes}`,
		title: `${processes} × 60,000 recipients, ${processes} processes that send campaigns of one table`,
		kind: 'mass',
		processes,
		executions: 1,
		areCampaigns: true,
		only: ['ours'],
	})),
	{
		name: 'single-1',
		title: '5,000 single messages, 1 execution',
		kind: 'single',
		processes: 1,
		executions: 1,
		only: LIMITED,
	},
	{
		name: 'single-2',
		title: '2 × 5,000 single messages, 2 executions at once',
		kind: 'single',
		processes: 1,
		executions: 2,
		only: LIMITED,
	},
	{
		name: 'fixed-1',
		title: '60,000 recipients, 1 execution, quota by the seconds of the clock',
		kind: 'mass',
		processes: 1,
		executions: 1,
		window: 'fixed',
	},
	{
		name: 'fixed-2',
		title: '2 × 60,000 recipients, 2 executions at once, quota by the seconds of the clock',
		kind: 'mass',
		processes: 1,
		executions: 2,
		window: 'fixed',
	},
	{
		name: 'busy-1',
		title: '60,000 recipients, 1 execution, beside two busy loops',
		kind: 'mass',
		processes: 1,
		executions: 1,
		busyLoops: 2,
		only: LIMITED,
	},
	{
		name: 'busy-2',
		title: '2 × 60,000 recipients, 2 executions at once, beside two busy loops',
		kind: 'mass',
		processes: 1,
		executions: 2,
		busyLoops: 2,
		only: LIMITED,
	},
	{
		name: 'busy-single',
		title: '5,000 single messages, 1 execution, beside two busy loops',
		kind: 'single',
		processes: 1,
		executions: 1,
		busyLoops: 2,
		only: LIMITED,
	},
	{
		name: 'innopaas',
		title:
			'InnoPaaS Submit: 50,000 recipients, 250 per call, 20 calls per second set in the node, 1 execution',
		kind: 'innoPaas',
		processes: 1,
		executions: 1,
		only: ['ours'],
	},
];

/** Longer than the quota's window, so that runs do not affect each other. */
const PAUSE_MS = 1_100;

type RunOutcome = { reports: Report[][]; failure?: string };

/** Starts the processes, lets them run at the same time, and returns their reports. */
async function runProcesses({ worker }: Contestant, jobs: SendJob[]): Promise<RunOutcome> {
	const started = await Promise.allSettled(
		jobs.map((job) => Worker.start<SendJob, undefined, Report[]>(worker, job)),
	);
	const workers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
	try {
		const failed = started.find((each) => each.status === 'rejected');
		if (failed) throw failed.reason;
		return { reports: await Promise.all(workers.map((each) => each.go())) };
	} catch (error) {
		return { reports: [], failure: (error as Error).message };
	} finally {
		workers.forEach((each) => each.end());
	}
}

function sum<T>(list: T[], read: (each: T) => number): number {
	return list.reduce((total, each) => total + read(each), 0);
}

/** One job per process. Executions are numbered across all processes. */
function makeJobs(
	contestant: string,
	url: string,
	scenario: Scenario,
	tablesUrl: string | undefined,
): SendJob[] {
	const { kind, processes, executions } = scenario;
	return Array.from({ length: processes }, (_, number) => ({
		contestant,
		kind,
		url,
		tablesUrl,
		executions: Array.from({ length: executions }, (_each, index) => number * executions + index),
		...KINDS[kind],
	}));
}

/** Counts the recipients that the sandbox accepted, by execution. */
async function countByExecution(sandbox: SandboxProcess): Promise<Map<number, number>> {
	const counts = new Map<number, number>();
	for (const phone of (await sandbox.recipients()).keys()) {
		counts.set(executionOf(phone), (counts.get(executionOf(phone)) ?? 0) + 1);
	}
	return counts;
}

async function measure(
	sandbox: SandboxProcess,
	contestant: Contestant,
	scenario: Scenario,
): Promise<Row> {
	const { kind, processes, executions, busyLoops = 0 } = scenario;
	const { limit, perCall, count } = KINDS[kind];
	await sandbox.reset();
	await delay(PAUSE_MS);
	const tables = scenario.areCampaigns && (await TableServer.start());
	const jobs = makeJobs(contestant.name, sandbox.url, scenario, tables?.url);
	const loops = await Promise.all(
		Array.from({ length: busyLoops }, async () => await Worker.start('busyWorker.ts', undefined)),
	);
	// They end with this process at the latest, and by themselves.
	loops.forEach((loop) => void loop.go().catch(() => {}));
	const start = performance.now();
	const { reports, failure } = await runProcesses(contestant, jobs);
	loops.forEach((loop) => loop.end());
	tables?.end();
	const { calls, recipients } = await sandbox.stats();
	if (failure && calls.received === 0)
		return { Contestant: contestant.title, Remark: `failed: ${failure}` };

	const perExecution = await countByExecution(sandbox);
	const acceptedIn = (execution: number) => perExecution.get(execution) ?? 0;

	const all = reports.flat();
	const ended = !failure && all.length > 0;
	const wallMs = ended
		? Math.max(...all.map((report) => report.wallMs))
		: performance.now() - start;
	const ceiling = limit * perCall;
	const shares = reports.map((own) => {
		const seconds = Math.max(...own.map((report) => report.wallMs)) / 1000;
		return sum(own, ({ execution }) => acceptedIn(execution)) / seconds / (ceiling / processes);
	});
	const errors = [...new Set(all.flatMap(({ error }) => error ?? []))];
	return {
		Contestant: contestant.title,
		'Wall s': round(wallMs / 1000),
		Lost: count * processes * executions - recipients.unique,
		Doubled: recipients.duplicate,
		Calls: calls.received,
		Throttled: calls.throttled,
		'Throttled %': round((100 * calls.throttled) / calls.received),
		'Of ceiling %': round((100 * recipients.unique) / (wallMs / 1000) / ceiling),
		...(processes > 1 && {
			'Slowest of its share %': ended ? round(100 * Math.min(...shares)) : undefined,
		}),
		'Report agrees': ended
			? all.every((report) => report.accepted === acceptedIn(report.execution))
			: undefined,
		...((errors.length > 0 || failure) && { Remark: failure ?? errors.join('; ') }),
	};
}

/** Measures how much of the quota each contestant uses, and how many messages it loses. */
export async function quota({ only, scenario }: Choice): Promise<void> {
	const contestants = choose(CONTESTANTS, only, '--only');
	const scenarios = choose(SCENARIOS, scenario, '--scenario');
	const settings: Partial<Settings> = {
		latencyMs: 120,
		jitterMs: 40,
		limits: { InnoPaaSSubmit: KINDS.innoPaas.limit },
	};
	const sandbox = await SandboxProcess.start(settings);
	const tables = [];
	for (const each of scenarios) {
		await sandbox.configure({ window: each.window ?? 'rolling' });
		const rows: Row[] = [];
		for (const contestant of contestants) {
			if (each.only && !each.only.includes(contestant.name)) continue;
			logProgress(`quota ${each.name}: ${contestant.title}`);
			rows.push(await measure(sandbox, contestant, each));
		}
		printTable(each.title, rows);
		tables.push({ scenario: each.name, title: each.title, rows });
	}
	console.log(
		'\nLost: not accepted by the sandbox. Ceiling: quota × recipients per call; a short run can exceed it, since it can use the quota of the first second at once.',
	);
	saveResults('quota', { settings, tables });
	sandbox.end();
}
