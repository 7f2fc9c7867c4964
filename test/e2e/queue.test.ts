import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { CREDENTIAL_NAME, sandboxCredential } from '../../scripts/exampleRun';
import { QueueN8n, type N8nProcess } from '../../scripts/n8n/queueN8n';
import { ensureN8n, type N8nRelease, type RealRun } from '../../scripts/n8n/realN8n';
import { findStores } from '../../scripts/n8n/stores';

/**
 * Campaigns in n8n's queue mode: two workers share PostgreSQL, and lose each other, the database and Redis while they
 * send. The sandbox says who got a message, and how often.
 */
const PEOPLE = 4_000;
/** Forty calls, which take four seconds at the speed of the quota. */
const PER_REQUEST = 100;
const TABLE = 'ChatApp Campaigns';
const NODE = 'Send';
/** A job whose worker has not been heard of for so long is stalled; n8n's default is a minute. */
const LOCK_MS = 15_000;
const SINGLES = 20;
const OUTAGE_MS = 10_000;
/** Runs after which a campaign that still has somebody to send to is given up. */
const MAX_RUNS = 6;

let release: N8nRelease;
let queue: QueueN8n;
let sandbox: Sandbox;
let credentialIds: Record<string, string>;

const describeQueue = findStores() ? describe : describe.skip;

describeQueue('n8n in queue mode', () => {
	beforeAll(async () => {
		release = await ensureN8n();
		sandbox = await startSandbox();
		queue = await QueueN8n.start(release, {
			settings: {
				QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD: '60000',
				QUEUE_WORKER_LOCK_DURATION: String(LOCK_MS),
				QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
				QUEUE_WORKER_STALLED_INTERVAL: '5000',
			},
		});
		credentialIds = {
			[CREDENTIAL_NAME]: await queue.main.addCredential(
				CREDENTIAL_NAME,
				sandboxCredential(sandbox),
			),
		};
	}, 1_200_000);

	afterAll(async () => {
		await queue?.stop();
		await sandbox?.close();
	}, 120_000);

	beforeEach(() => sandbox.reset());

	test('two campaigns on two workers, with single sends between them', async () => {
		await publish('single', sendOne());
		for (let index = 0; index < 4; index++)
			await publish(`campaign-${index}`, send(`campaign-${index}`));
		const campaigns: string[] = [];
		const workers = new Set<N8nProcess>();
		// Two, unless Redis gives both to one worker.
		for (let index = 0; workers.size < 2; index++) {
			campaigns.push(await start(`campaign-${index}`, { from: index * PEOPLE }));
			workers.add(await workerOf(campaigns[index]));
		}
		const all = campaigns.length * PEOPLE + SINGLES;
		const singles: string[] = [];
		for (let from = all - SINGLES; from < all; from++)
			singles.push(await start('single', { from, count: 1 }));
		for (const each of campaigns) expect(countsOf(await ended(each))).toEqual({ accepted: PEOPLE });
		for (const each of singles) expect(countsOf(await ended(each))).toEqual({ accepted: 1 });
		expect(reached()).toEqual({ unique: all, duplicate: 0 });
	}, 180_000);

	test('the same campaign twice at once: one sends, the other says so', async () => {
		for (let index = 0, workers = 0; workers < 2; index++) {
			sandbox.reset();
			await publish(`twice-${index}`, send(`twice-${index}`));
			const executions = await Promise.all([start(`twice-${index}`), start(`twice-${index}`)]);
			const runs = await Promise.all(executions.map(ended));
			expect(reached()).toEqual({ unique: PEOPLE, duplicate: 0 });
			expect(runs.map(({ status }) => status).sort()).toEqual(['error', 'success']);
			workers = new Set(await Promise.all(executions.map(workerOf))).size;
		}
	}, 180_000);

	test('kill -9 of the worker that sends: n8n ends the execution with an error, and another run goes on', async () => {
		await publish('killed', send('killed'));
		const execution = await start('killed');
		await untilAccepted(PEOPLE / 4);
		await (await workerOf(execution)).crash();
		expect(reached().unique).toBeLessThan(PEOPLE);
		await Promise.all([queue.startWorker(), sendToEverybody('killed')]);
		const { status, data } = await ended(execution);
		expect([status, data.resultData.runData]).toEqual(['error', {}]);
	}, 240_000);

	test('kill -9 of the worker, where n8n runs the job again under the same execution ID', async () => {
		await publish('stalled', send('stalled'));
		const execution = await start('stalled');
		await untilAccepted(PEOPLE / 4);
		const killed = await workerOf(execution);
		const giver = await JobGiver.open();
		try {
			await killed.crash();
			expect(reached().unique).toBeLessThan(PEOPLE);
			const isGiven = async () => {
				await giver.giveStalledJobs();
				return startsOf(execution).length === 2;
			};
			await Promise.all([queue.startWorker(), until(isGiven)]);
		} finally {
			await giver.close();
		}
		const again = await ended(execution);
		expect(again.status).toBe('success');
		expect(countsOf(again)).toMatchObject({ alreadyAccepted: expect.any(Number) as number });
		expect(reached().duplicate).toBe(0);
		await sendToEverybody('stalled');
	}, 240_000);

	test('SIGTERM of the worker that sends: it ends after the campaign', async () => {
		await publish('terminated', send('terminated'));
		const execution = await start('terminated');
		await untilAccepted(PEOPLE / 10);
		const worker = await workerOf(execution);
		await Promise.all([queue.startWorker(), worker.terminate()]);
		const { status } = await ended(execution);
		expect([status, reached()]).toEqual(['success', { unique: PEOPLE, duplicate: 0 }]);
	}, 240_000);

	test("n8n's stop does not reach an execution that a webhook process has taken in", async () => {
		await publish('not-stopped', send('not-stopped'));
		const execution = await start('not-stopped');
		await untilAccepted(PEOPLE / 10);
		await queue.main.stopExecution(execution);
		await untilAccepted(PEOPLE);
		// What an execution says of its progress is stored when it ends.
		const said = { [`sent_by_${NODE}`]: '4,000 accepted of 4,000; campaign not-stopped' };
		await until(async () => Object.keys(await queue.main.customData(execution)).length > 0);
		expect(await queue.main.customData(execution)).toEqual(said);
		expect((await ended(execution)).status).toBe('success');
		await sendToEverybody('not-stopped');
	}, 180_000);

	test("n8n's stop reaches one that the main process has taken in", async () => {
		await publish('stopped-in-n8n', send('stopped-in-n8n'));
		const execution = await start('stopped-in-n8n', { url: queue.main.url });
		await untilAccepted(PEOPLE / 10);
		await queue.main.stopExecution(execution);
		const { status } = await ended(execution);
		const { unique } = await untilQuiet();
		expect([status, unique < PEOPLE]).toEqual(['canceled', true]);
		// n8n in one process keeps it.
		expect(await queue.main.customData(execution)).toEqual({});
		await sendToEverybody('stopped-in-n8n');
	}, 180_000);

	test("a stop in the campaign's row is obeyed, whoever sends it", async () => {
		await publish('stopped', send('stopped'));
		const state = (campaignState: string) =>
			send('stopped', { operation: 'setCampaignState', campaignState, options: {} });
		await publish('stop', state('stopped'));
		await publish('allow', state('running'));
		const execution = await start('stopped');
		await untilAccepted(PEOPLE / 10);
		await ended(await start('stop', { count: 1 }));
		const run = await ended(execution);
		const { unique } = await untilQuiet();
		expect(unique).toBeLessThan(PEOPLE);
		expect(countsOf(run)).toEqual({ accepted: unique, notSent: PEOPLE - unique });
		expect((await ended(await start('stopped'))).status).toBe('error');
		expect(reached().unique).toBe(unique);
		await ended(await start('allow', { count: 1 }));
		await sendToEverybody('stopped');
	}, 180_000);

	const outages: Array<
		[title: string, name: string, begin: () => Promise<void>, end: () => Promise<void>]
	> = [
		[
			'PostgreSQL is restarted',
			'postgres-restarted',
			async () => await queue.postgres.stop(),
			async () => await queue.postgres.start(),
		],
		[
			'PostgreSQL hangs',
			'postgres-hangs',
			async () => queue.postgres.freeze(),
			async () => queue.postgres.thaw(),
		],
		[
			'Redis is killed',
			'redis-killed',
			async () => await queue.redis.crash(),
			async () => await queue.redis.start(),
		],
		[
			'Redis hangs',
			'redis-hangs',
			async () => queue.redis.freeze(),
			async () => queue.redis.thaw(),
		],
	];
	test.each(outages)(
		'%s for ten seconds',
		async (_title, name, begin, end) => {
			await publish(name, send(name));
			const execution = await start(name);
			await untilAccepted(PEOPLE / 4);
			await begin();
			await delay(OUTAGE_MS);
			await end();
			const run = await ended(execution);
			// No request was lost on its way, so nobody is in doubt.
			expect(countsOf(run).unknown).toBeUndefined();
			expect(reached().duplicate).toBe(0);
			await sendToEverybody(name);
		},
		240_000,
	);
});

const phoneOf = (index: number) => String(6591000000 + index);

/** CAMS Mass Send to the people of the webhook's body. */
function send(campaignId: string, parameters: IDataObject = {}): Partial<INode> & { name: string } {
	return {
		name: NODE,
		type: 'n8n-nodes-chatapp.camsMassSend',
		typeVersion: 1.1,
		credentials: { chatAppApi: { id: '', name: CREDENTIAL_NAME } },
		parameters: {
			operation: 'sendTemplate',
			from: { __rl: true, mode: 'id', value: '6580001111' },
			template: { __rl: true, mode: 'code', value: '900100201/en' },
			recipientSource: 'listField',
			listField: 'body.people',
			toField: 'phone',
			campaignId,
			options: {
				maxRecipientsPerRequest: PER_REQUEST,
				takeOverAfter: 10,
				campaignTable: TABLE,
				includeInputFields: false,
			},
			...parameters,
		} as never,
	};
}

/** CAMS Send to the first of them. */
const sendOne = () => ({
	...send(''),
	type: 'n8n-nodes-chatapp.camsSend',
	typeVersion: 1,
	parameters: {
		operation: 'sendTemplate',
		from: { __rl: true, mode: 'id', value: '6580001111' },
		template: { __rl: true, mode: 'code', value: '900100201/en' },
		to: '={{ $json.body.people[0].phone }}',
	} as never,
});

/** Publishes a webhook with this path and a node behind it. @returns the workflow's ID */
async function publish(path: string, node: Partial<INode> & { name: string }): Promise<string> {
	const webhook = {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: {
			httpMethod: 'POST',
			path,
			options: { responseData: '={{ $execution.id }}' },
		},
		// Without one, n8n puts the workflow's id before the path.
		webhookId: path,
	};
	const nodes = [webhook, node].map((each, index) => ({
		id: `node${index}`,
		position: [200 * index, 0],
		...each,
	})) as INode[];
	const id = await queue.main.addWorkflow(
		{
			name: path,
			nodes,
			connections: { Webhook: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		},
		credentialIds,
	);
	await queue.main.publish(id);
	return id;
}

/** Posts people to a webhook, by default through the webhook process. @returns the ID of the execution */
async function start(
	path: string,
	{ url = queue.webhooks[0].url, from = 0, count = PEOPLE } = {},
): Promise<string> {
	const people = Array.from({ length: count }, (_, index) => ({ phone: phoneOf(from + index) }));
	const { data } = await axios.post<unknown>(
		`${url}/webhook/${path}`,
		{ people },
		{ proxy: false },
	);
	return String(data);
}

const until = async (isSo: () => boolean | Promise<boolean>) => {
	while (!(await isSo())) await delay(50);
};

/** Waits until an execution has ended, whatever is not reachable meanwhile. */
async function ended(execution: string): Promise<RealRun> {
	let run: RealRun | undefined;
	await until(async () => {
		run = await queue.main.waitForExecution(execution).catch(() => undefined);
		return run !== undefined;
	});
	return run!;
}

const reached = () => {
	const { unique, duplicate } = sandbox.stats().recipients;
	return { unique, duplicate };
};

const untilAccepted = async (recipients: number) =>
	await until(() => reached().unique >= recipients);

/** Waits until nobody is sent to for a while. */
async function untilQuiet(): Promise<{ unique: number; duplicate: number }> {
	for (let before = -1; reached().unique !== before;) {
		before = reached().unique;
		await delay(1_500);
	}
	return reached();
}

/** The workers that have begun an execution. */
const startsOf = (execution: string): N8nProcess[] =>
	queue.processes.filter((worker) =>
		worker.log().includes(`Worker started execution ${execution} `),
	);

/** The first worker that has begun an execution. */
async function workerOf(execution: string): Promise<N8nProcess> {
	await until(() => startsOf(execution).length > 0);
	return startsOf(execution)[0];
}

/** Runs a campaign until nobody is left to send to or in doubt, as a user does. */
async function sendToEverybody(campaign: string): Promise<void> {
	const resolving = `${campaign}-resolve`;
	let isResolving = false;
	for (let runs = 0; runs < MAX_RUNS; runs++) {
		const {
			accepted = 0,
			alreadyAccepted = 0,
			unknown = 0,
		} = countsOf(await ended(await start(campaign)));
		if (accepted + alreadyAccepted === PEOPLE) break;
		if (unknown === 0) continue;
		if (!isResolving) {
			// The sandbox shows messages at once.
			const options = { notFoundAfter: 0, campaignTable: TABLE };
			const resolve = { operation: 'resolveUnknown', resolveSource: 'recipients', options };
			await publish(resolving, send(campaign, resolve));
			isResolving = true;
		}
		await ended(await start(resolving));
	}
	expect(reached()).toEqual({ unique: PEOPLE, duplicate: 0 });
}

/**
 * Gives the jobs of a worker that is gone to another one, once, as n8n 1.x does unless it is told otherwise. n8n 2.8.4
 * hard-wires "never", so this is a member of the queue with a setting of its own, of the library that n8n uses.
 */
class JobGiver {
	private constructor(private readonly bull: BullQueue) {}

	static async open(): Promise<JobGiver> {
		const Bull = (await import(join(release.folder, 'node_modules/bull'))) as {
			default: new (name: string, options: object) => BullQueue;
		};
		const bull = new Bull.default('jobs', {
			redis: { host: '127.0.0.1', port: queue.redis.port },
			prefix: 'bull',
			settings: { maxStalledCount: 1, stalledInterval: 1_000 },
		});
		await bull.isReady();
		// Workers look only if nobody else has done so lately, which goes by this key; this one has a key of its own.
		await bull.client.set(bull.keys['stalled-check'], 'test');
		bull.keys['stalled-check'] += ':test';
		return new JobGiver(bull);
	}

	async giveStalledJobs(): Promise<void> {
		await this.bull.moveUnlockedJobsToWait();
	}

	async close(): Promise<void> {
		await this.bull.client.del('bull:jobs:stalled-check');
		await this.bull.close();
	}
}

interface BullQueue {
	isReady(): Promise<unknown>;
	client: { set(key: string, value: string): Promise<unknown>; del(key: string): Promise<unknown> };
	keys: Record<string, string>;
	moveUnlockedJobsToWait(): Promise<void>;
	close(): Promise<void>;
}

const itemsOf = ({ data }: RealRun): IDataObject[] =>
	(data.resultData.runData[NODE]?.[0]?.data?.main ?? []).flatMap((items) =>
		(items ?? []).map(({ json }) => json),
	);

function countsOf(run: RealRun): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { outcome } of itemsOf(run))
		counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1;
	return counts;
}
