import { setTimeout as delay } from 'node:timers/promises';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { sandboxCredential } from '../../scripts/exampleRun';
import { QueueN8n, type N8nProcess } from '../../scripts/n8n/queueN8n';
import { ensureN8n, type N8nRelease } from '../../scripts/n8n/realN8n';
import { findStores } from '../../scripts/n8n/stores';
import { N8N_SETTINGS } from '../support/compose';
import {
	JobGiver,
	QueueCampaigns,
	SENDER,
	countsOf,
	until,
	type Execution,
} from '../support/queueCampaigns';

/**
 * Campaigns in n8n's queue mode, set as docs/queue-mode/compose.yaml sets it: two workers share PostgreSQL, and lose each
 * other, the database and Redis while they send. The sandbox says who got a message, and how often.
 */
const PEOPLE = 4_000;
/** Forty calls, which take four seconds at the speed of the quota. */
const PER_REQUEST = 100;
const SINGLES = 20;
const OUTAGE_MS = 10_000;

let release: N8nRelease;
let queue: QueueN8n;
let sandbox: Sandbox;
let campaigns: QueueCampaigns;

const reached = () => {
	const { unique, duplicate } = sandbox.stats().recipients;
	return { unique, duplicate };
};

const untilAccepted = async (recipients: number) =>
	await until(() => reached().unique >= recipients);

/** Waits until nobody is sent to for a while. */
async function untilQuiet(): Promise<number> {
	for (let before = -1; reached().unique !== before;) {
		before = reached().unique;
		await delay(1_500);
	}
	return reached().unique;
}

/** Runs a campaign until nobody is left: everybody has got it, once. */
async function expectEverybody(campaign: string): Promise<void> {
	expect(await campaigns.complete(campaign)).toMatchObject({ isComplete: true });
	expect(reached()).toEqual({ unique: PEOPLE, duplicate: 0 });
}

/** Publishes and starts a campaign, and waits until a part of its people have it. */
async function begin(campaign: string, part: number, url?: string): Promise<Execution> {
	await campaigns.publish(campaign);
	const execution = await campaigns.start(campaign, { url });
	await untilAccepted(PEOPLE * part);
	return execution;
}

(findStores() ? describe : describe.skip)('in queue mode', () => {
	beforeAll(async () => {
		release = await ensureN8n();
		sandbox = await startSandbox();
		queue = await QueueN8n.start(release, {
			settings: {
				...N8N_SETTINGS,
				// A job whose worker has not been heard of for so long is stalled; n8n's own is a minute.
				QUEUE_WORKER_LOCK_DURATION: '15000',
				QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
				QUEUE_WORKER_STALLED_INTERVAL: '5000',
			},
		});
		campaigns = await QueueCampaigns.open(queue, sandboxCredential(sandbox), PEOPLE, PER_REQUEST);
	}, 1_200_000);

	afterAll(async () => {
		await queue?.stop();
		await sandbox?.close();
	}, 120_000);

	beforeEach(() => sandbox.reset());

	test('campaigns on two workers, with single sends between them', async () => {
		await campaigns.publish('single', campaigns.sendOne());
		for (let index = 0; index < 4; index++) await campaigns.publish(`campaign-${index}`);
		const started: Execution[] = [];
		const workers = new Set<N8nProcess>();
		// Two, unless Redis gives both to one worker.
		for (let index = 0; workers.size < 2; index++) {
			started.push(await campaigns.start(`campaign-${index}`, { from: index * PEOPLE }));
			workers.add(await campaigns.workerOf(started[index]));
		}
		const all = started.length * PEOPLE + SINGLES;
		const singles: Execution[] = [];
		for (let from = all - SINGLES; from < all; from++)
			singles.push(await campaigns.start('single', { from, count: 1 }));
		for (const each of started)
			expect(countsOf(await campaigns.ended(each))).toEqual({ accepted: PEOPLE });
		for (const each of singles)
			expect(countsOf(await campaigns.ended(each))).toEqual({ accepted: 1 });
		expect(reached()).toEqual({ unique: all, duplicate: 0 });
	}, 240_000);

	test('a campaign from a file, which a webhook process takes and n8n keeps in its database', async () => {
		const campaign = 'from-a-file';
		await campaigns.publish(
			campaign,
			campaigns.send(campaign, { recipientSource: 'file', binaryPropertyName: 'list' }),
		);
		const lines = Array.from({ length: PEOPLE }, (_, index) => String(6_500_000_000 + index));
		const form = new FormData();
		form.append('list', new Blob([`phone\n${lines.join('\n')}\n123`]), 'people.csv');
		const execution = await campaigns.start(campaign, { body: form });
		expect(countsOf(await campaigns.ended(execution))).toEqual({ accepted: PEOPLE, notSent: 1 });
		expect(reached()).toEqual({ unique: PEOPLE, duplicate: 0 });
	}, 120_000);

	test('the same campaign twice at once: one sends, the other says so', async () => {
		for (let index = 0, workers = 0; workers < 2; index++) {
			sandbox.reset();
			const name = `twice-${index}`;
			await campaigns.publish(name);
			const both = await Promise.all([campaigns.start(name), campaigns.start(name)]);
			const runs = await Promise.all(both.map(async (each) => await campaigns.ended(each)));
			expect(reached()).toEqual({ unique: PEOPLE, duplicate: 0 });
			expect(runs.map(({ status }) => status).sort()).toEqual(['error', 'success']);
			workers = new Set(both.flatMap((each) => campaigns.startsOf(each))).size;
		}
	}, 240_000);

	test('kill -9 of the worker that sends: n8n ends the execution with an error, and another run goes on', async () => {
		const execution = await begin('killed', 1 / 4);
		await (await campaigns.workerOf(execution)).crash();
		expect(reached().unique).toBeLessThan(PEOPLE);
		await Promise.all([queue.startWorker(), expectEverybody('killed')]);
		const { status, data } = await campaigns.ended(execution);
		expect([status, data.resultData.runData]).toEqual(['error', {}]);
	}, 240_000);

	test('kill -9 of the worker, where n8n runs the job again under the same execution ID', async () => {
		const execution = await begin('stalled', 1 / 4);
		const giver = await JobGiver.open(release, queue);
		try {
			await (await campaigns.workerOf(execution)).crash();
			expect(reached().unique).toBeLessThan(PEOPLE);
			const isGiven = async () => {
				await giver.giveStalledJobs();
				return campaigns.startsOf(execution).length === 2;
			};
			await Promise.all([queue.startWorker(), until(isGiven)]);
		} finally {
			await giver.close();
		}
		const again = await campaigns.ended(execution);
		expect(again.status).toBe('success');
		expect(countsOf(again).alreadyAccepted).toBeGreaterThan(0);
		expect(reached().duplicate).toBe(0);
		await expectEverybody('stalled');
	}, 240_000);

	test('SIGTERM of the worker that sends: it ends after the campaign', async () => {
		const execution = await begin('terminated', 1 / 10);
		const worker = await campaigns.workerOf(execution);
		await Promise.all([queue.startWorker(), worker.terminate()]);
		const { status } = await campaigns.ended(execution);
		expect([status, reached()]).toEqual(['success', { unique: PEOPLE, duplicate: 0 }]);
	}, 240_000);

	test("n8n's stop does not reach an execution that a webhook process has taken in", async () => {
		const execution = await begin('not-stopped', 1 / 10);
		await queue.main.stopExecution(execution.id);
		await untilAccepted(PEOPLE);
		// What an execution says of its progress is stored when it ends.
		const said = async () => await queue.main.customData(execution.id);
		await until(async () => Object.keys(await said()).length > 0);
		expect(await said()).toEqual({
			[`sent_by_${SENDER}`]: '4,000 accepted of 4,000; campaign not-stopped',
		});
		expect((await campaigns.ended(execution)).status).toBe('success');
		await expectEverybody('not-stopped');
	}, 240_000);

	test("n8n's stop reaches one that the main process has taken in", async () => {
		const execution = await begin('stopped-in-n8n', 1 / 10, queue.main.url);
		await queue.main.stopExecution(execution.id);
		const { status } = await campaigns.ended(execution);
		expect([status, (await untilQuiet()) < PEOPLE]).toEqual(['canceled', true]);
		// A single n8n would keep it.
		expect(await queue.main.customData(execution.id)).toEqual({});
		await expectEverybody('stopped-in-n8n');
	}, 240_000);

	test("a stop in the campaign's row is obeyed, whoever sends it", async () => {
		const state = (campaignState: string) =>
			campaigns.send('stopped', { operation: 'setCampaignState', campaignState, options: {} });
		await campaigns.publish('stop', state('stopped'));
		await campaigns.publish('allow', state('running'));
		const execution = await begin('stopped', 1 / 10);
		await campaigns.run('stop', { count: 1 });
		const run = await campaigns.ended(execution);
		const unique = await untilQuiet();
		expect(unique).toBeLessThan(PEOPLE);
		expect(countsOf(run)).toEqual({ accepted: unique, notSent: PEOPLE - unique });
		expect((await campaigns.run('stopped')).status).toBe('error');
		expect(reached().unique).toBe(unique);
		await campaigns.run('allow', { count: 1 });
		await expectEverybody('stopped');
	}, 240_000);

	const outages: Array<
		[
			title: string,
			name: string,
			begins: () => Promise<void> | void,
			ends: () => Promise<void> | void,
		]
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
			() => queue.postgres.freeze(),
			() => queue.postgres.thaw(),
		],
		[
			'Redis is killed',
			'redis-killed',
			async () => await queue.redis.crash(),
			async () => await queue.redis.start(),
		],
		['Redis hangs', 'redis-hangs', () => queue.redis.freeze(), () => queue.redis.thaw()],
	];
	test.each(outages)(
		'%s for ten seconds',
		async (_title, name, begins, ends) => {
			const execution = await begin(name, 1 / 4);
			await begins();
			await delay(OUTAGE_MS);
			await ends();
			const run = await campaigns.ended(execution);
			// No request was lost on its way, so nobody is in doubt.
			expect(countsOf(run).unknown).toBeUndefined();
			expect(reached().duplicate).toBe(0);
			await expectEverybody(name);
		},
		240_000,
	);
});
