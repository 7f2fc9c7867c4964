import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { IDataObject, INode, IWorkflowBase } from 'n8n-workflow';

import { CREDENTIAL_NAME } from '../scripts/exampleRun';
import { QueueN8n } from '../scripts/n8n/queueN8n';
import {
	RealN8n,
	ensureN8n,
	freePort,
	installPackage,
	type N8nRelease,
} from '../scripts/n8n/realN8n';
import { makePushes } from '../test/support/receiptPushes';
import { choose, type Choice } from './choice';
import { CREDENTIALS, credentialFor } from './engineRun';
import { logProgress, printTable, round, saveResults, type Row } from './report';

/** Receipts per push, and the number of pushes to measure. */
const SIZES = [
	{ receipts: 1, pushes: 800 },
	{ receipts: 10, pushes: 800 },
	{ receipts: 100, pushes: 800 },
	{ receipts: 1_000, pushes: 200 },
];
/** In queue mode an execution takes two processes, two stores and longer. */
const QUEUE_SIZES = [
	{ receipts: 1, pushes: 200 },
	{ receipts: 10, pushes: 200 },
	{ receipts: 100, pushes: 200 },
];
const CONNECTIONS = [10, 50];
/** Before the measurement, so that both nodes are warmed up. */
const WARM_UP = { receipts: 10, pushes: 200, connections: 10 };

/** The aims. */
const MAX_MS = 3_000;
const MIN_PER_SECOND = { receipts: 100, rate: 20_000 };

const CONTESTANTS: Array<{
	name: string;
	title: string;
	/** Whether it drops duplicates. */
	isOurs: boolean;
	/** Whether it is there in queue mode alone, where the default is another. */
	inQueueOnly?: boolean;
	trigger: Partial<INode>;
	url: (n8n: RealN8n, workflowId: string) => Promise<string>;
}> = [
	{
		name: 'webhook',
		title: 'Webhook node',
		isOurs: false,
		trigger: {
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			parameters: { httpMethod: 'POST', path: 'receipts', responseMode: 'onReceived', options: {} },
		},
		url: async (n8n) => `${n8n.url}/webhook/receipts`,
	},
	{
		name: 'ours',
		title: 'ChatApp Receipt Trigger',
		isOurs: true,
		...receiptTrigger('benchSecretOfTheTrigger'),
	},
	{
		name: 'ours-immediately',
		title: 'ChatApp Receipt Trigger, Immediately',
		isOurs: true,
		inQueueOnly: true,
		...receiptTrigger('benchSecretOfTheOther', { acknowledge: 'immediately' }),
	},
];
type Contestant = (typeof CONTESTANTS)[number];

function receiptTrigger(
	secret: string,
	options: IDataObject = {},
): Pick<Contestant, 'trigger' | 'url'> {
	return {
		trigger: {
			type: 'n8n-nodes-chatapp.chatAppReceiptTrigger',
			credentials: CREDENTIALS,
			parameters: {
				triggerOn: ['messageStatus'],
				authentication: 'urlSecret',
				urlSecret: { __rl: true, mode: 'id', value: secret },
				options,
			} as INode['parameters'],
		},
		url: async (n8n, workflowId) => await n8n.receiptUrl(workflowId),
	};
}

/** `limit`: of executions at a time. `webhooks`: processes, in queue mode. */
const SCENARIOS: Array<{ name: string; title: string; limit?: number; webhooks?: number }> = [
	{ name: 'unlimited', title: 'Concurrency unlimited', limit: -1 },
	{ name: 'limit-1', title: 'N8N_CONCURRENCY_PRODUCTION_LIMIT=1', limit: 1 },
	{ name: 'queue-1', title: 'Queue mode, 1 webhook process, 2 workers', webhooks: 1 },
	{ name: 'queue-2', title: 'Queue mode, 2 webhook processes, 2 workers', webhooks: 2 },
];

/** A workflow that writes the receipts that it gets into a file. */
function makeWorkflow({ name, trigger }: Contestant, file: string): Partial<IWorkflowBase> {
	const nodes = [
		{ name: 'Trigger', webhookId: name, ...trigger },
		{ name: 'Sink', type: 'CUSTOM.receiptSink', parameters: { file } },
	].map((node, index): INode => ({
		id: `${name}-${index}`,
		typeVersion: 1,
		type: '',
		position: [200 * index, 0],
		parameters: {},
		...node,
	}));
	return {
		name: `bench-${name}`,
		nodes,
		connections: { Trigger: { main: [[{ node: 'Sink', type: 'main', index: 0 }]] } },
	};
}

/** Long enough for n8n to start executions that are still pending. */
const QUIET_MS = 700;
const GIVE_UP_MS = 20_000;

/** Waits until enough receipts have arrived and no more follow, and counts each of them. */
async function readArrived(
	file: string,
	min: number,
): Promise<{ arrived: Map<string, number>; lastAt: number }> {
	for (;;) {
		const lastAt = statSync(file).mtimeMs;
		const quietMs = Date.now() - lastAt;
		const lines = quietMs < QUIET_MS ? [] : readFileSync(file, 'utf8').split('\n').slice(0, -1);
		if (quietMs > GIVE_UP_MS || (lines.length >= min && quietMs >= QUIET_MS)) {
			const arrived = new Map<string, number>();
			for (const line of lines) arrived.set(line, (arrived.get(line) ?? 0) + 1);
			return { arrived, lastAt };
		}
		await delay(50);
	}
}

/** Pushes everything over a number of connections, each of them sequentially, to each URL the same share. */
async function pushAll(urls: string[], bodies: string[], connections: number) {
	let next = 0;
	const startedAt = performance.now();
	let answeredAt = startedAt;
	const times: number[] = [];
	const results = await Promise.all(
		urls.map(
			async (url) =>
				await autocannon({
					url,
					connections: connections / urls.length,
					amount: bodies.length / urls.length,
					timeout: 60,
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					requests: [{ setupRequest: (request) => ({ ...request, body: bodies[next++] }) }],
					// Because autocannon's own duration is in whole seconds, and its percentiles are those of one URL.
					setupClient: (client) =>
						void client.on('response', (_status, _bytes, ms) => {
							answeredAt = performance.now();
							times.push(ms);
						}),
				}),
		),
	);
	times.sort((left, right) => left - right);
	const slowerThan = (share: number) => times[Math.ceil(times.length * share) - 1] ?? NaN;
	return {
		latency: { p50: slowerThan(0.5), p99: slowerThan(0.99), max: slowerThan(1) },
		unanswered: results.reduce((sum, { errors, non2xx }) => sum + errors + non2xx, 0),
		seconds: (answeredAt - startedAt) / 1_000,
	};
}

interface Case {
	receipts: number;
	pushes: number;
	connections: number;
}

/** A contestant with its workflow published. */
interface Running extends Pick<Contestant, 'name' | 'title' | 'isOurs'> {
	id: string;
	urls: string[];
	/** Where the sink writes the receipts. */
	file: string;
}

async function measure(
	{ title, isOurs, urls, file }: Running,
	{ receipts, pushes, connections }: Case,
) {
	const { bodies, keys, all } = makePushes(receipts, pushes);
	writeFileSync(file, '');
	const startedAt = Date.now();
	const { latency, unanswered, seconds } = await pushAll(urls, bodies, connections);
	const { arrived, lastAt } = await readArrived(file, isOurs ? keys.size : all);
	const figures = {
		rate: all / seconds,
		p99: latency.p99,
		slowest: latency.max,
		lost: [...keys].filter((key) => !arrived.has(key)).length,
		doubled: [...arrived.values()].reduce((sum, times) => sum + times - 1, 0),
		unanswered,
	};
	const row: Row = {
		'Receipts per push': receipts,
		Connections: connections,
		Node: title,
		Pushes: bodies.length,
		'Receipts/s': Math.round(figures.rate),
		'p50 ms': Math.round(latency.p50),
		'p99 ms': Math.round(figures.p99),
		'Slowest ms': Math.round(figures.slowest),
		'All arrived after s': round((lastAt - startedAt) / 1_000),
		Lost: figures.lost,
		Doubled: figures.doubled,
	};
	return { row, figures };
}

type Figures = Awaited<ReturnType<typeof measure>>['figures'];

/** Describes which aims were missed. @param hasRate whether there is one for the receipts per second */
function judgeAims(
	{ receipts }: Case,
	figures: Figures,
	webhook: Figures | undefined,
	hasRate: boolean,
): string {
	const aims: Array<[boolean, string]> = [
		[figures.slowest <= MAX_MS, `slower than ${MAX_MS / 1_000} s`],
		[webhook === undefined || figures.p99 < webhook.p99, 'p99 not below the Webhook node'],
		[
			!hasRate || receipts !== MIN_PER_SECOND.receipts || figures.rate >= MIN_PER_SECOND.rate,
			`below ${MIN_PER_SECOND.rate.toLocaleString('en')} receipts/s`,
		],
		[figures.lost === 0, 'lost'],
		[figures.doubled === 0, 'doubled'],
		[figures.unanswered === 0, `${figures.unanswered} not acknowledged`],
	];
	const missed = aims.filter(([isMet]) => !isMet).map(([, description]) => description);
	return missed.length === 0 ? 'met' : `MISSED: ${missed.join(', ')}`;
}

/** @param bases of the processes that take the pushes */
async function publish(
	n8n: RealN8n,
	bases: string[],
	contestants: Contestant[],
	file: string,
): Promise<Running[]> {
	const credentialIds = {
		[CREDENTIAL_NAME]: await n8n.addCredential(
			CREDENTIAL_NAME,
			credentialFor('http://127.0.0.1:9'),
		),
	};
	const running = [];
	for (const contestant of contestants) {
		const { name, title, isOurs } = contestant;
		const id = await n8n.addWorkflow(makeWorkflow(contestant, file), credentialIds);
		await n8n.publish(id);
		const { pathname } = new URL(await contestant.url(n8n, id));
		running.push({ name, title, isOurs, id, urls: bases.map((base) => base + pathname), file });
	}
	return running;
}

/** Starts n8n for a scenario. @returns its main process, the bases of those that take the pushes, and how it ends */
async function start(
	release: N8nRelease,
	userFolder: string,
	{ limit, webhooks }: (typeof SCENARIOS)[number],
): Promise<{ main: RealN8n; bases: string[]; log(): string; stop(): Promise<void> }> {
	const settings = { N8N_CUSTOM_EXTENSIONS: join(__dirname, 'receiptSink') };
	if (webhooks !== undefined) {
		const queue = await QueueN8n.start(release, { workers: 2, webhooks, settings });
		return {
			main: queue.main,
			bases: queue.webhooks.map(({ url }) => url),
			log: () => queue.webhooks.map((each) => each.log()).join('\n'),
			stop: async () => await queue.stop(),
		};
	}
	const n8n = await RealN8n.start(release, userFolder, await freePort(), {
		N8N_CONCURRENCY_PRODUCTION_LIMIT: String(limit),
		...settings,
	});
	return { main: n8n, bases: [n8n.url], log: n8n.log, stop: async () => await n8n.stop() };
}

async function measureAll(
	n8n: Awaited<ReturnType<typeof start>>,
	name: string,
	running: Running[],
) {
	const isQueue = name.startsWith('queue');
	for (const each of running) await measure(each, WARM_UP);
	const rows: Row[] = [];
	for (const each of (isQueue ? QUEUE_SIZES : SIZES).flatMap((size) =>
		CONNECTIONS.map((connections): Case => ({ ...size, connections })),
	)) {
		let webhook: Figures | undefined;
		for (const contestant of running) {
			logProgress(
				`receipts ${name}: ${each.receipts} per push, ${each.connections} connections, ${contestant.title}`,
			);
			const { row, figures } = await measure(contestant, each);
			if (figures.unanswered > 0) logProgress(`End of n8n's log: ${n8n.log().slice(-2_000)}`);
			const { isOurs } = contestant;
			if (!isOurs) webhook = figures;
			rows.push({ ...row, Aims: isOurs ? judgeAims(each, figures, webhook, !isQueue) : undefined });
		}
	}
	return rows;
}

/** Measures how a real n8n receives receipts, compared with n8n's Webhook node. */
export async function receipts({ scenario, only }: Choice): Promise<void> {
	const contestants = choose(CONTESTANTS, only, '--only');
	const release = await ensureN8n();
	const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-bench-'));
	const tables = [];
	try {
		await installPackage(userFolder);
		for (const each of choose(SCENARIOS, scenario, '--scenario')) {
			const { name, title, webhooks } = each;
			const n8n = await start(release, userFolder, each);
			try {
				const running = await publish(
					n8n.main,
					n8n.bases,
					contestants.filter(({ inQueueOnly }) => !inQueueOnly || webhooks !== undefined),
					join(userFolder, 'arrived.txt'),
				);
				const rows = await measureAll(n8n, name, running);
				printTable(title, rows);
				tables.push({ scenario: name, title, rows });
				for (const { id } of running) await n8n.main.unpublish(id);
			} finally {
				await n8n.stop();
			}
		}
	} finally {
		await RealN8n.stopAll();
		rmSync(userFolder, { recursive: true, force: true });
	}
	console.log(
		`\nn8n ${release.version}. Both nodes respond immediately, except in queue mode, where they respond once the execution is stored, unless a row says Immediately. Receipts/s: until the last acknowledgement. One receipt in five is a duplicate: half of them within other pushes, half in pushes that are repeated unchanged. Doubled: duplicates that the node passed on. Aims: every push acknowledged within ${MAX_MS / 1_000} s, p99 below the Webhook node's, ${MIN_PER_SECOND.rate.toLocaleString('en')} receipts/s at ${MIN_PER_SECOND.receipts} per push (not in queue mode), none lost or doubled.`,
	);
	saveResults('receipts', { n8n: release.version, tables });
}
