/** The quota among processes that send campaigns of one table: nodes/shared/campaign/quotaShare.ts. */
import fc from 'fast-check';

import { divide } from '../../../nodes/shared/campaign/quotaShare';
import type { Answer } from '../../../nodes/shared/http/apiAnswer';
import { RateLimiter } from '../../../nodes/shared/http/rateLimiter';
import { callWithinQuota } from '../../../nodes/shared/http/retry';
import { Pool } from '../../../nodes/shared/util/concurrency';
import { DrivenClock, QuotaApi, seededRandom } from '../../support/drivenClock';
import { RunTable, type Owner } from '../../support/runTable';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TABLE_MS = 30;

describe('the calls of a window', () => {
	const wanted = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 });

	it('are all given to somebody, and nobody gets less than half of an equal share who has use for it', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 250 }), wanted, (rate, most) => {
				fc.pre(most.length <= rate);
				const calls = divide(rate, most);
				expect(calls.reduce((sum, each) => sum + each, 0)).toBe(rate);
				calls.forEach((each, index) =>
					expect(each).toBeGreaterThanOrEqual(
						Math.min(most[index], Math.floor(rate / most.length)),
					),
				);
			}),
		);
	});

	it.each([
		[10, [10], [10]],
		[10, [10, 10, 10], [4, 3, 3]],
		[10, [2, 10], [2, 8]],
		[10, [2, 10, 10], [2, 4, 4]],
		// Others may send in these processes, too.
		[10, [1], [10]],
		[10, [2, 1], [5, 5]],
	])('%i are divided among those who have use for %j as %j', (rate, most, calls) => {
		expect(divide(rate, most)).toEqual(calls);
	});
});

/** A process that sends a campaign, with endless work. */
interface Sender {
	owner: Owner;
	limiter: RateLimiter;
	/** When its accepted calls were answered. */
	accepted: number[];
	/** Ends it, as it comes or as a crash. */
	end(how?: 'crash'): void;
}

class World {
	readonly clock: DrivenClock;
	readonly table: RunTable;
	readonly api: QuotaApi;

	constructor(
		readonly rate = 10,
		seed = 1,
		tableMs = TABLE_MS,
	) {
		this.clock = new DrivenClock(seededRandom(seed), 2);
		this.table = new RunTable(this.clock, tableMs);
		this.api = new QuotaApi(this.clock, rate);
	}

	private limiters = new Map<string, RateLimiter>();

	/** @param worker runs of the same one share a limiter */
	send(worker: string, { quota = 'account', aheadMs = 0, maxPerSecond = this.rate } = {}): Sender {
		const { clock, api } = this;
		const key = `${worker} ${quota}`;
		const limiter = this.limiters.get(key) ?? new RateLimiter(this.rate, clock, quota);
		this.limiters.set(key, limiter);
		const owner = this.table.owner({ rateLimiter: limiter, maxPerSecond, worker, aheadMs });
		const accepted: number[] = [];
		const execution = {};
		let isOver = false;
		const call = async (): Promise<Answer> => {
			if (await api.call()) {
				accepted.push(clock.now());
				return { outcome: 'accepted', body: {} };
			}
			return { outcome: 'retryLater', cause: 'throttled', code: '', message: '' };
		};
		const options = { rateLimiter: limiter, execution, maxPerSecond, clock, goOn: () => !isOver };
		const work = async () => {
			const pool = new Pool(20);
			while (!isOver) {
				await owner.share.join();
				await pool.add(async () => await callWithinQuota(call, options));
			}
		};
		void work();
		const end = (how?: 'crash') => {
			isOver = true;
			limiter.cancelQueued(execution);
			if (how === 'crash') owner.crash();
			else void owner.end();
		};
		return { owner, limiter, accepted, end };
	}

	/** Several processes that begin within a few milliseconds of each other. */
	async sendAll(count: number, options = {}): Promise<Sender[]> {
		const senders: Sender[] = [];
		for (let index = 0; index < count; index++) {
			senders.push(this.send(`worker${index}`, options));
			await this.clock.run(this.clock.now() + 7);
		}
		return senders;
	}
}

const countIn = (times: number[], from: number, to: number) =>
	times.filter((at) => at >= from && at < to).length;

/** Accepted calls, of what the quota takes in that time. */
const partOf = ({ rate }: World, times: number[], from: number, to: number) =>
	countIn(times, from, to) / ((rate * (to - from)) / SECOND);

const seeds = [1, 2, 3, 4, 5];

describe('processes that send campaigns of one table', () => {
	it.each([2, 3, 5].flatMap((count) => seeds.map((seed) => [count, seed])))(
		'use the quota to the full from the beginning on, with next to nothing turned away: %i (seed %i)',
		async (count, seed) => {
			const world = new World(10, seed);
			const senders = await world.sendAll(count);
			await world.clock.run(MINUTE);
			expect(partOf(world, world.api.accepted, 0, MINUTE)).toBeGreaterThanOrEqual(0.94);
			expect(world.api.throttled / world.api.accepted.length).toBeLessThanOrEqual(0.01);
			for (const { accepted } of senders)
				expect(partOf(world, accepted, 5_000, MINUTE)).toBeGreaterThanOrEqual(0.75 / count);
			senders.forEach(({ end }) => end());
			await world.clock.run();
		},
	);

	it('let somebody alone begin at once, with the whole rate', async () => {
		const world = new World();
		const { end } = world.send('worker');
		await world.clock.run(10 * SECOND);
		expect(world.api.accepted[0]).toBeLessThan(10 * TABLE_MS);
		expect(partOf(world, world.api.accepted, 500, 10 * SECOND)).toBeGreaterThanOrEqual(0.97);
		expect(world.api.throttled).toBe(0);
		end();
		await world.clock.run();
	});

	it.each([0, 50])(
		'make room for one that comes later, within seconds, and have its share back when it ends (clocks %i ms apart)',
		async (aheadMs) => {
			const world = new World();
			const { clock } = world;
			const first = world.send('first');
			await clock.run(20 * SECOND);
			const second = world.send('second', { aheadMs });
			await clock.run(40 * SECOND);
			expect(countIn(second.accepted, 20_000, 22_000)).toBe(0);
			expect(partOf(world, second.accepted, 24_000, 40_000)).toBeGreaterThanOrEqual(0.45);
			expect(partOf(world, world.api.accepted, 20_000, 40_000)).toBeGreaterThanOrEqual(0.94);
			second.end();
			await clock.run(50 * SECOND);
			expect(partOf(world, first.accepted, 41_000, 50_000)).toBeGreaterThanOrEqual(0.94);
			expect(world.api.throttled).toBeLessThanOrEqual(4);
			first.end();
			await clock.run();
		},
	);

	it.each([0, 300, 600, 900, 1_200, 1_500, 1_800])(
		'have the share of one that ends within a second, whenever that is: %i ms later',
		async (later) => {
			const world = new World();
			const [first, second] = await world.sendAll(2);
			await world.clock.run(20 * SECOND + later);
			expect(first.limiter).toHaveProperty('limit', 5);
			second.end();
			await world.clock.run(21 * SECOND + later);
			expect(first.limiter).toHaveProperty('limit', 10);
			first.end();
			await world.clock.run();
		},
	);

	it('have the share of one that has crashed soon after', async () => {
		const world = new World();
		const [first, second] = await world.sendAll(2);
		await world.clock.run(20 * SECOND);
		second.end('crash');
		await world.clock.run(50 * SECOND);
		expect(second.owner.row.state).toBe('running');
		expect(partOf(world, first.accepted, 35_000, 50_000)).toBeGreaterThanOrEqual(0.94);
		first.end();
		await world.clock.run();
	});

	it('have the share of one that a user pauses, and share again when it goes on', async () => {
		const world = new World();
		const { clock } = world;
		const [first, second] = await world.sendAll(2);
		await clock.run(20 * SECOND);
		second.owner.row.state = 'paused';
		second.owner.share.leave();
		// As Campaign.claim does: it does not come back while it is paused.
		const join = jest.spyOn(second.owner.share, 'join').mockImplementation(async () => {
			while (second.owner.row.state === 'paused') await clock.sleep(SECOND);
			join.mockRestore();
			await second.owner.share.join();
		});
		await clock.run(40 * SECOND);
		expect(second.limiter).toHaveProperty('limit', 10);
		expect(first.limiter).toHaveProperty('limit', 10);
		second.owner.row.state = 'running';
		await clock.run(60 * SECOND);
		for (const { limiter, accepted } of [first, second]) {
			expect(limiter).toHaveProperty('limit', 5);
			expect(partOf(world, accepted, 50_000, 60_000)).toBeGreaterThanOrEqual(0.45);
		}
		[first, second].forEach(({ end }) => end());
		await clock.run();
	});

	it('count once, however many campaigns they send; who sends on another account does not count', async () => {
		const world = new World();
		const one = world.send('one');
		const sameProcess = world.send('one');
		const other = world.send('two');
		const elsewhere = world.send('three', { quota: 'another account' });
		await world.clock.run(10 * SECOND);
		expect(one.limiter).toBe(sameProcess.limiter);
		for (const { limiter } of [one, other]) expect(limiter).toHaveProperty('limit', 5);
		expect(elsewhere.limiter).toHaveProperty('limit', 10);
		// One of its campaigns is left.
		one.end();
		await world.clock.run(20 * SECOND);
		expect(one.limiter).toHaveProperty('limit', 5);
		sameProcess.end();
		await world.clock.run(30 * SECOND);
		expect(one.limiter).toHaveProperty('limit', 10);
		expect(other.limiter).toHaveProperty('limit', 10);
		[other, elsewhere].forEach(({ end }) => end());
		await world.clock.run();
	});

	it('leave to others what a limit of their own keeps them from using', async () => {
		const world = new World();
		const slow = world.send('slow', { maxPerSecond: 2 });
		const fast = world.send('fast');
		await world.clock.run(20 * SECOND);
		expect(slow.limiter).toHaveProperty('limit', 2);
		expect(fast.limiter).toHaveProperty('limit', 8);
		[slow, fast].forEach(({ end }) => end());
		await world.clock.run();
	});

	it.each([
		[10, 12],
		[2, 3],
		[1, 2],
	])('take turns where a second has %i calls for %i of them', async (rate, count) => {
		const world = new World(rate);
		const senders = await world.sendAll(count);
		await world.clock.run(2 * MINUTE);
		expect(partOf(world, world.api.accepted, 0, 2 * MINUTE)).toBeGreaterThanOrEqual(0.85);
		expect(world.api.throttled / world.api.accepted.length).toBeLessThanOrEqual(0.02);
		for (const { accepted } of senders)
			expect(partOf(world, accepted, 10_000, 2 * MINUTE)).toBeGreaterThanOrEqual(0.7 / count);
		senders.forEach(({ end }) => end());
		await world.clock.run();
	});

	it('send without a share while the table cannot be used, and with one as soon as it can', async () => {
		const world = new World();
		world.table.failure = new Error('SQLITE_BUSY: database is locked');
		const senders = await world.sendAll(2);
		await world.clock.run(5 * SECOND);
		expect(world.api.accepted.length).toBeGreaterThan(10);
		world.table.failure = undefined;
		await world.clock.run(15 * SECOND);
		for (const { limiter } of senders) expect(limiter).toHaveProperty('limit', 5);
		senders.forEach(({ end }) => end());
		await world.clock.run();
	});

	it.each([
		'',
		'no json',
		'null',
		'[]',
		'{}',
		'{"quota":"account"}',
		'{"quota":"account","from":7}',
	])('are not disturbed by a row that somebody has changed: %s', async (result) => {
		const world = new World();
		const { limiter, end } = world.send('worker');
		const at = new Date(0).toISOString();
		world.table.rows.push({ ...world.table.rows[0], result, at });
		await world.clock.run(3 * SECOND);
		expect(limiter).toHaveProperty('limit', 10);
		end();
		await world.clock.run();
	});
});
