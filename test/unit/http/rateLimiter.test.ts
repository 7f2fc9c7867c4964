import { getEventListeners, setMaxListeners } from 'node:events';
import fc from 'fast-check';

import type { AcceptedAnswer, ThrottledAnswer } from '../../../nodes/shared/http/apiAnswer';
import { RateLimiter, rateLimiterFor, type Permit } from '../../../nodes/shared/http/rateLimiter';
import { callWithinQuota } from '../../../nodes/shared/http/retry';
import { Pool } from '../../../nodes/shared/util/concurrency';
import { BusyClock, DrivenClock, QuotaApi, seededRandom } from '../../support/drivenClock';
import { collectGarbage, stillHeld } from '../../support/garbage';

/** When a call left, and which one it was. */
interface Departure {
	at: number;
	execution: string;
	/** Its place in the line of its execution. */
	place: number;
	maxPerSecond: number;
}

/** Asks a rate limiter for permits, and notes when they were given. */
class Sender {
	readonly departures: Departure[] = [];
	private asked = new Map<string, number>();
	private lines = new Map<string, object>();

	constructor(
		private readonly rateLimiter: RateLimiter,
		private readonly clock: DrivenClock,
	) {}

	ask(
		execution: string,
		count: number,
		maxPerSecond?: number,
		signal?: AbortSignal,
	): Array<Promise<Permit | undefined>> {
		return Array.from({ length: count }, async () => {
			const place = this.asked.get(execution) ?? 0;
			this.asked.set(execution, place + 1);
			const line = this.lines.get(execution) ?? {};
			this.lines.set(execution, line);
			const permit = await this.rateLimiter.acquire(line, maxPerSecond, signal);
			if (permit)
				this.departures.push({
					at: this.clock.now(),
					execution,
					place,
					maxPerSecond: maxPerSecond ?? Infinity,
				});
			return permit;
		});
	}

	timesOf(execution: string): number[] {
		return this.departures.filter((each) => each.execution === execution).map(({ at }) => at);
	}
}

/** As n8n makes the signal of an execution: any number of calls may listen. */
function newController(): { signal: AbortSignal; abort: () => void } {
	const controller = new AbortController();
	setMaxListeners(Infinity, controller.signal);
	return { signal: controller.signal, abort: () => controller.abort() };
}

/** The most that any second holds, both its ends at a time of the list, the earlier one not counted. */
function maxInAnySecond(times: number[]): number {
	let first = 0;
	return Math.max(
		0,
		...times.map((at, index) => {
			while (at - times[first] >= 1000) first++;
			return index - first + 1;
		}),
	);
}

const gaps = (times: number[]) => times.slice(1).map((at, index) => at - times[index]);

describe('the pace', () => {
	const pattern = fc.record({
		rate: fc.oneof(fc.constantFrom(1, 5, 10, 250), fc.integer({ min: 1, max: 250 })),
		seed: fc.nat(),
		lateness: fc.constantFrom(0, 1, 15, 60, 400),
		executions: fc.array(
			fc.record({
				start: fc.nat(4_000),
				waves: fc.array(
					fc.record({
						after: fc.nat(2_000),
						waiters: fc.integer({ min: 1, max: 60 }),
						maxPerSecond: fc.option(fc.integer({ min: 1, max: 250 }), { nil: undefined }),
					}),
					{ minLength: 1, maxLength: 4 },
				),
			}),
			{ minLength: 1, maxLength: 4 },
		),
	});

	it("is never above the rate nor above a call's own limit, and everybody leaves, in order", async () => {
		await fc.assert(
			fc.asyncProperty(pattern, async ({ rate, seed, lateness, executions }) => {
				const clock = new DrivenClock(seededRandom(seed), lateness);
				const sender = new Sender(new RateLimiter(rate, clock), clock);
				const arriving = executions.map(async ({ start, waves }, index) => {
					await clock.sleep(start);
					for (const { after, waiters, maxPerSecond } of waves) {
						await clock.sleep(after);
						void sender.ask(String(index), waiters, maxPerSecond);
					}
				});
				await clock.run();
				await Promise.all(arriving);

				const { departures } = sender;
				const asked = executions
					.flatMap(({ waves }) => waves)
					.reduce((sum, { waiters }) => sum + waiters, 0);
				expect(departures).toHaveLength(asked);
				executions.forEach((_execution, index) => {
					const places = departures
						.filter(({ execution }) => execution === String(index))
						.map(({ place }) => place);
					expect(places).toEqual(places.map((_place, expected) => expected));
				});
				expect(maxInAnySecond(departures.map(({ at }) => at))).toBeLessThanOrEqual(rate);
				executions.forEach((_execution, line) => {
					const own = departures.filter(({ execution }) => execution === String(line));
					own.forEach(({ at, maxPerSecond }, index) => {
						const before = own[index - maxPerSecond];
						if (before) expect(at - before.at).toBeGreaterThanOrEqual(1000);
					});
				});
			}),
			{ numRuns: 60 },
		);
	});

	it('leaves room for calls that travel unequally fast', async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 250 }), fc.nat(), async (rate, seed) => {
				const random = seededRandom(seed);
				const clock = new DrivenClock(random, 2);
				const sender = new Sender(new RateLimiter(rate, clock), clock);
				void sender.ask('a', rate * 4);
				await clock.run();
				const arrivals = sender.departures.map(({ at }) => at + random() * 9).sort((a, b) => a - b);
				expect(maxInAnySecond(arrivals)).toBeLessThanOrEqual(rate);
			}),
			{ numRuns: 40 },
		);
	});

	it.each([1, 2, 5, 10, 50, 250])(
		'is even from the first call on, and close to the rate, at %i a second',
		async (rate) => {
			const clock = new DrivenClock();
			const sender = new Sender(new RateLimiter(rate, clock), clock);
			void sender.ask('a', rate * 5 + 1);
			await clock.run();
			const times = sender.timesOf('a');
			expect(times[0]).toBe(0);
			expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual((0.85 * 1000) / rate);
			expect(times.at(-1)).toBeLessThanOrEqual(5_000 * 1.03);
		},
	);

	it('is close to the rate although every timer is late', async () => {
		const clock = new DrivenClock(seededRandom(7), 4);
		const sender = new Sender(new RateLimiter(250, clock), clock);
		void sender.ask('a', 2_500);
		await clock.run();
		// One timer for each call, 2 ms late on average: without catching up that would be a third less.
		expect(sender.departures.at(-1)!.at).toBeLessThanOrEqual(10_000 * 1.05);
	});

	it('is made up for with few calls at once after the process stood still', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(50, clock), clock);
		void sender.ask('a', 300);
		await clock.run(1_500);
		clock.stall(300);
		await clock.run();
		const times = sender.timesOf('a');
		expect(times).toHaveLength(300);
		// It did stand still.
		expect(Math.max(...gaps(times))).toBeGreaterThan(250);
		expect(maxInAnySecond(times)).toBeLessThanOrEqual(50);
		// 15 calls have not left meanwhile; at once leave the late one and those of 80 ms.
		const spacing = 0.85 * 20;
		const atOnce = times.filter((at) => at >= 1_800 && at < 1_800 + spacing).length;
		expect(atOnce).toBeLessThanOrEqual(1 + Math.ceil(80 / spacing));
		const before = times.filter((at) => at < 1_800);
		expect(Math.min(...gaps(before))).toBeGreaterThanOrEqual(spacing);
	});

	it('is within the rate and close to it although timers are late by up to 80 ms', async () => {
		const rates = fc.oneof(fc.constantFrom(5, 10, 20, 250), fc.integer({ min: 5, max: 250 }));
		const lateness = fc.oneof(fc.constant(80), fc.nat(80));
		await fc.assert(
			fc.asyncProperty(rates, lateness, fc.nat(), async (rate, late, seed) => {
				const clock = new DrivenClock(seededRandom(seed));
				const busy = new BusyClock(clock, late);
				// The API itself, and the way there, are not late.
				const api = new QuotaApi(clock, rate, 'rolling', 120, 0);
				const rateLimiter = new RateLimiter(rate, busy);
				const seconds = 30;
				const calls = Array.from({ length: rate * seconds }, async () => {
					const permit = (await rateLimiter.acquire(rateLimiter))!;
					const isAccepted = await api.call();
					permit.answered();
					if (!isAccepted) permit.throttled();
				});
				await clock.run();
				await Promise.all(calls);
				expect(api.throttled).toBe(0);
				expect(maxInAnySecond(api.accepted)).toBeLessThanOrEqual(rate);
				expect(api.accepted.at(-1)).toBeLessThanOrEqual((seconds * 1000) / 0.94);
			}),
			{ numRuns: 20 },
		);
	});

	it("is that of an execution's own limit, which slows nobody else", async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(250, clock), clock);
		void sender.ask('slow', 10, 1);
		void sender.ask('fast', 1_000);
		await clock.run();
		expect(sender.timesOf('fast').at(-1)).toBeLessThanOrEqual(4_300);
		expect(Math.min(...gaps(sender.timesOf('slow')))).toBeGreaterThanOrEqual(850);
		expect(sender.timesOf('slow').at(-1)).toBeLessThanOrEqual(9_400);
	});

	it("is that of a call's own limit, and returns to the rate behind it", async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(100, clock), clock);
		void sender.ask('slow', 20, 5);
		await clock.run();
		const slow = sender.timesOf('slow');
		expect(Math.min(...gaps(slow))).toBeGreaterThanOrEqual((0.85 * 1000) / 5);
		expect(slow.at(-1)).toBeLessThanOrEqual(4_000 * 1.03);

		const from = clock.now();
		void sender.ask('fast', 200);
		await clock.run();
		expect(sender.timesOf('fast').at(-1)! - from).toBeLessThanOrEqual(2_400);
	});
});

describe('the lines', () => {
	it('are served in turn: who comes later with one call does not wait for the five hundred before', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(10, clock), clock);
		void sender.ask('many', 500);
		await clock.run(5_000);
		const before = sender.departures.length;
		void sender.ask('one', 1);
		await clock.run();
		const place = sender.departures.findIndex(({ execution }) => execution === 'one');
		expect(place - before).toBeLessThanOrEqual(2);
		expect(sender.departures).toHaveLength(501);
	});

	it('get equal shares', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(30, clock), clock);
		for (const execution of ['a', 'b', 'c']) void sender.ask(execution, 100);
		await clock.run(5_000);
		const counts = ['a', 'b', 'c'].map((execution) => sender.timesOf(execution).length);
		expect(Math.min(...counts)).toBeGreaterThan(40);
		// The first to come has left before the others came.
		expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
	});
});

describe('a share', () => {
	it('limits all executions of the process; of several the smallest counts, until nobody knows of one', async () => {
		const clock = new DrivenClock();
		const limiter = new RateLimiter(10, clock);
		const sender = new Sender(limiter, clock);
		const [one, another] = [{}, {}];
		void sender.ask('a', 200);
		void sender.ask('b', 200);
		const left = async (seconds: number) => {
			const before = sender.departures.length;
			await clock.run(clock.now() + seconds * 1000);
			return sender.departures.length - before;
		};
		limiter.share(one, 5);
		limiter.share(another, 2);
		expect(await left(10.1)).toBeLessThanOrEqual(2 * 11);
		expect(maxInAnySecond(sender.departures.map(({ at }) => at))).toBe(2);
		limiter.share(another);
		expect(await left(10.1)).toBeGreaterThanOrEqual(5 * 9);
		expect(maxInAnySecond(sender.departures.map(({ at }) => at))).toBe(5);
		limiter.share(one);
		expect(await left(10.1)).toBeGreaterThanOrEqual(10 * 9);
		expect(maxInAnySecond(sender.departures.map(({ at }) => at))).toBe(10);
	});

	it('of nothing keeps still, and of something lets a call go at once', async () => {
		const clock = new DrivenClock();
		const limiter = new RateLimiter(10, clock);
		const sender = new Sender(limiter, clock);
		limiter.share(sender, 0);
		void sender.ask('a', 3);
		await clock.run(10_000);
		expect(sender.departures).toEqual([]);
		limiter.share(sender, 1);
		await clock.run(10_001);
		expect(sender.timesOf('a')).toEqual([10_000]);
		await clock.run();
		expect(sender.departures).toHaveLength(3);
	});

	it('keeps processes within the rate, together, whenever they begin and however late their timers are', async () => {
		const shares = fc.array(
			fc.record({
				share: fc.integer({ min: 1, max: 10 }),
				start: fc.nat(3_000),
				waves: fc.array(fc.nat(2_000), { minLength: 1, maxLength: 4 }),
			}),
			{ minLength: 1, maxLength: 5 },
		);
		await fc.assert(
			fc.asyncProperty(shares, fc.nat(), fc.constantFrom(0, 2, 80), async (all, seed, lateness) => {
				const clock = new DrivenClock(seededRandom(seed), lateness);
				const rate = all.reduce((sum, { share }) => sum + share, 0);
				const times: number[] = [];
				all.forEach(({ share, start, waves }) => {
					const limiter = new RateLimiter(rate, clock);
					limiter.share({}, share);
					void clock.sleep(start).then(async () => {
						for (const after of waves) {
							await clock.sleep(after);
							for (let call = 0; call < 3 * share; call++)
								void limiter.acquire(all).then(() => times.push(clock.now()));
						}
					});
				});
				await clock.run();
				expect(times).toHaveLength(
					all.reduce((sum, { share, waves }) => sum + 3 * share * waves.length, 0),
				);
				expect(maxInAnySecond(times)).toBeLessThanOrEqual(rate);
			}),
		);
	});

	it('takes one refusal of a full share for jitter, however small the share is', async () => {
		const clock = new DrivenClock();
		const limiter = new RateLimiter(10, clock);
		const sender = new Sender(limiter, clock);
		limiter.share(sender, 3);
		const permits = sender.ask('a', 20);
		await clock.run(4_000);
		const granted = await Promise.all(permits.slice(0, 12));
		granted[11]!.throttled();
		expect(limiter).toHaveProperty('room', 3);
		granted[11]!.throttled();
		expect((limiter as unknown as { room: number }).room).toBeLessThan(3);
		await clock.run();
	});

	it('keeps what was learned of others on the account', async () => {
		const clock = new DrivenClock();
		const limiter = new RateLimiter(10, clock);
		const sender = new Sender(limiter, clock);
		limiter.share(sender, 8);
		void sender.ask('a', 40);
		await clock.run(2_900);
		const [next, after] = sender.ask('b', 2);
		await clock.run(4_000);
		// Long after their own calls, so that few of those are in the second before them.
		(await next)!.throttled();
		// Twice within a moment is no jitter.
		(await after)!.throttled();
		const { room } = limiter as unknown as { room: number };
		expect(room).toBeLessThan(8);
		limiter.share(sender, 4);
		expect(limiter).toHaveProperty('room', Math.round(room / 2));
		limiter.share(sender, 8);
		expect(limiter).toHaveProperty('room', 2 * Math.round(room / 2));
		await clock.run();
	});
});

describe('cancelling', () => {
	it('takes an execution out of the queue at once', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(1, clock), clock);
		const { signal, abort } = newController();
		const permits = sender.ask('a', 50, undefined, signal);
		await clock.run(0);
		expect(sender.departures).toHaveLength(1);

		abort();
		// No time passes while these are awaited.
		const [first, ...others] = await Promise.all(permits);
		expect(first).toBeDefined();
		expect(others).toEqual(Array(49).fill(undefined));
		expect(clock.now()).toBe(0);

		await clock.run();
		expect(sender.departures).toHaveLength(1);
	});

	it('delays nobody else', async () => {
		const timesOfB = async (waitingOfA: number) => {
			const clock = new DrivenClock();
			const sender = new Sender(new RateLimiter(4, clock), clock);
			const { signal, abort } = newController();
			void sender.ask('a', 1);
			void sender.ask('a', waitingOfA, undefined, signal);
			void sender.ask('b', 10);
			await clock.run(100);
			abort();
			await clock.run();
			expect(sender.timesOf('a')).toHaveLength(1);
			return sender.timesOf('b');
		};
		expect(await timesOfB(20)).toEqual(await timesOfB(0));
	});

	it('leaves what else stands in the same line alone', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(10, clock), clock);
		const { signal, abort } = newController();
		const permits = [
			...sender.ask('a', 2),
			...sender.ask('a', 2, undefined, signal),
			...sender.ask('a', 2),
		];
		abort();
		await clock.run();
		expect((await Promise.all(permits)).map((permit) => permit !== undefined)).toEqual([
			true,
			true,
			false,
			false,
			true,
			true,
		]);
	});

	it('before the call asked means no turn, though there would be room', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(10, clock), clock);
		expect(await Promise.all(sender.ask('a', 3, undefined, AbortSignal.abort()))).toEqual([
			undefined,
			undefined,
			undefined,
		]);
		// Nor does it take the room of others.
		void sender.ask('b', 1);
		await clock.run();
		expect(sender.timesOf('b')).toEqual([0]);
	});

	it('is listened for only while a call waits', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(10, clock), clock);
		const { signal, abort } = newController();
		const added = jest.spyOn(signal, 'addEventListener');
		const listeners = () => getEventListeners(signal, 'abort').length;

		void sender.ask('a', 30, undefined, signal);
		await clock.run(1_000);
		const left = sender.departures.length;
		expect(left).toBeGreaterThan(5);
		expect(listeners()).toBe(30 - left);
		await clock.run();
		expect(listeners()).toBe(0);

		void sender.ask('a', 30, undefined, signal);
		abort();
		expect(listeners()).toBe(0);
		expect(added).toHaveBeenCalledTimes(60);
	});
});

const ACCEPTED: AcceptedAnswer = { outcome: 'accepted', body: {} };
const THROTTLED: ThrottledAnswer = {
	outcome: 'retryLater',
	cause: 'throttled',
	code: 'Throttling',
	message: '',
};

describe('an API that throttles', () => {
	/** Works off calls as the nodes do; gives how many were accepted. */
	async function workOff(
		rateLimiter: RateLimiter,
		clock: DrivenClock,
		api: QuotaApi,
		calls: number,
		atOnce = 30,
		signal?: AbortSignal,
	): Promise<number> {
		let accepted = 0;
		const execution = {};
		const pool = new Pool(atOnce);
		for (let index = 0; index < calls; index++) {
			await pool.add(async () => {
				const call = async () => ((await api.call()) ? ACCEPTED : THROTTLED);
				const called = await callWithinQuota(call, { rateLimiter, execution, clock, signal });
				if (called?.answer.outcome === 'accepted') accepted++;
			});
		}
		await pool.finish();
		return accepted;
	}

	const countIn = (api: QuotaApi, from: number, to: number) =>
		api.accepted.filter((at) => at >= from && at < to).length;

	it('that asks to wait is given nothing before, whoever asks', async () => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(100, clock);
		const sender = new Sender(rateLimiter, clock);
		const [first] = sender.ask('a', 1);
		await clock.run(200);
		(await first)!.throttled(3_000);
		void sender.ask('a', 5);
		void sender.ask('b', 5);
		await clock.run();
		const [, ...later] = sender.departures.map(({ at }) => at);
		expect(later).toHaveLength(10);
		expect(later[0]).toBeGreaterThanOrEqual(3_200);
		expect(later[0]).toBeLessThan(3_300);
	});

	it('that asks to wait for days is obeyed for a minute', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(100, clock), clock);
		const [first] = sender.ask('a', 1);
		await clock.run(200);
		(await first)!.throttled(999_999_999);
		void sender.ask('a', 1);
		await clock.run();
		expect(sender.departures.at(-1)!.at).toBeCloseTo(60_200, -2);
	});

	it('a shorter wait asked for later does not end a longer one', async () => {
		const clock = new DrivenClock();
		const sender = new Sender(new RateLimiter(100, clock), clock);
		const [first, second] = sender.ask('a', 2);
		await clock.run(200);
		(await first)!.throttled(3_000);
		(await second)!.throttled(100);
		void sender.ask('a', 1);
		await clock.run();
		expect(sender.departures.at(-1)!.at).toBeGreaterThanOrEqual(3_200);
	});

	it.each([
		[10, 20],
		[10, 45],
		[10, 150],
	])(
		'with %i calls a second permits none away although the first came %i ms late, as over a new connection',
		async (rate, firstLateMs) => {
			for (let seed = 1; seed <= 20; seed++) {
				const clock = new DrivenClock(seededRandom(seed), 1);
				const api = new QuotaApi(clock, rate, 'rolling', 120, 40, firstLateMs);
				const done = workOff(new RateLimiter(rate, clock), clock, api, rate * 4);
				await clock.run();
				expect(await done).toBe(rate * 4);
				expect(api.throttled).toBe(0);
			}
		},
	);

	it.each([
		[10, 5, 'rolling'],
		[10, 5, 'fixed'],
		[10, 9, 'rolling'],
		[250, 100, 'rolling'],
		[250, 100, 'fixed'],
	] as const)(
		'of %i calls a second because it takes %i (%s) is kept to that at once, and used to the full',
		async (rate, quota, window) => {
			const clock = new DrivenClock(seededRandom(3), 1);
			const api = new QuotaApi(clock, quota, window);
			const calls = quota * 60;
			const done = workOff(
				new RateLimiter(rate, clock),
				clock,
				api,
				calls,
				Math.min(100, 3 * rate),
			);
			await clock.run();
			expect(await done).toBe(calls);
			expect(api.accepted).toHaveLength(calls);
			expect(calls / (api.accepted.at(-1)! / 1000)).toBeGreaterThanOrEqual(0.85 * quota);
			expect(api.throttled / calls).toBeLessThanOrEqual(0.1);
		},
	);

	it.each([
		[10, 5],
		[10, 7],
		[10, 1],
		[250, 20],
		[250, 200],
	])(
		'is soon used to the full again when it takes %i calls after a time of %i',
		async (rate, less) => {
			const clock = new DrivenClock(seededRandom(5), 1);
			const api = new QuotaApi(clock, rate);
			const rateLimiter = new RateLimiter(rate, clock);
			const { signal, abort } = newController();
			// More than there will be time for.
			const done = workOff(rateLimiter, clock, api, rate * 100, Math.min(100, rate * 3), signal);
			await clock.run(5_000);
			api.quota = less;
			await clock.run(10_000);
			expect(countIn(api, 6_000, 10_000)).toBeGreaterThanOrEqual(0.75 * 4 * less);
			expect(api.throttled).toBeGreaterThan(0);
			api.quota = rate;
			await clock.run(75_000);
			expect(countIn(api, 70_000, 75_000)).toBeGreaterThanOrEqual(0.9 * 5 * rate);
			abort();
			await clock.run();
			await done;
		},
	);

	it('is met with the full rate again after half a minute without a call', async () => {
		const clock = new DrivenClock(seededRandom(5), 2);
		const api = new QuotaApi(clock, 3);
		const rateLimiter = new RateLimiter(10, clock);
		const done = workOff(rateLimiter, clock, api, 60);
		await clock.run();
		expect(await done).toBe(60);
		expect(api.throttled).toBeGreaterThan(0);

		await clock.run(clock.now() + 31_000);
		const from = clock.now();
		const sender = new Sender(rateLimiter, clock);
		void sender.ask('later', 21);
		await clock.run();
		expect(sender.departures.at(-1)!.at - from).toBeLessThanOrEqual(2_000 * 1.05);
	});

	it('is not met with the full rate again while it goes on throttling', async () => {
		const clock = new DrivenClock(seededRandom(11), 2);
		const api = new QuotaApi(clock, 3);
		const done = workOff(new RateLimiter(10, clock), clock, api, 600);
		await clock.run();
		expect(await done).toBe(600);
		// Tries for more cost a few calls each, every now and then.
		expect(api.throttled / 600).toBeLessThanOrEqual(0.1);
	});

	it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
		'is shared well by three processes that know nothing of each other (seed %i)',
		async (seed) => {
			const [processes, calls, quota] = [3, 60, 10];
			const clock = new DrivenClock(seededRandom(seed), 2);
			const api = new QuotaApi(clock, quota);
			const working = Array.from({ length: processes }, async () => {
				await clock.sleep(clock.random() * 20);
				const from = clock.now();
				const accepted = await workOff(new RateLimiter(quota, clock), clock, api, calls);
				return { accepted, from, to: clock.now() };
			});
			await clock.run();
			const done = await Promise.all(working);

			expect(done.map(({ accepted }) => accepted)).toEqual([calls, calls, calls]);
			expect(api.accepted).toHaveLength(processes * calls);
			const seconds = Math.max(...done.map(({ to }) => to)) / 1000;
			expect((processes * calls) / seconds).toBeGreaterThanOrEqual(0.8 * quota);
			expect(api.throttled / (api.throttled + api.accepted.length)).toBeLessThanOrEqual(0.12);
			for (const { from, to } of done)
				expect(calls / ((to - from) / 1000)).toBeGreaterThanOrEqual((0.5 * quota) / processes);
		},
	);
});

describe('the calls that may be repeated', () => {
	const take = (rateLimiter: RateLimiter) => {
		let taken = 0;
		while (taken < 1_000 && rateLimiter.takeRetryToken()) taken++;
		return taken;
	};

	async function accept(
		rateLimiter: RateLimiter,
		clock: DrivenClock,
		count: number,
	): Promise<void> {
		const permits = Array.from(
			{ length: count },
			async () => await rateLimiter.acquire(rateLimiter),
		);
		await clock.run();
		for (const permit of permits) (await permit)!.accepted();
	}

	it('are a hundred in a row, and one more for every five that were accepted', async () => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(250, clock);
		expect(take(rateLimiter)).toBe(100);
		await accept(rateLimiter, clock, 4);
		expect(take(rateLimiter)).toBe(0);
		await accept(rateLimiter, clock, 1);
		expect(take(rateLimiter)).toBe(1);
		await accept(rateLimiter, clock, 51);
		expect(take(rateLimiter)).toBe(10);
	});

	it('never add up to more than a hundred', async () => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(250, clock);
		await accept(rateLimiter, clock, 2_000);
		expect(take(rateLimiter)).toBe(100);
	});
});

describe('an execution that has ended', () => {
	type End = (
		clock: DrivenClock,
		rateLimiter: RateLimiter,
		permits: Array<Promise<Permit | undefined>>,
		execution: object,
		abort: () => void,
	) => Promise<unknown>;
	const all: End = async (clock, _rateLimiter, permits) => {
		await clock.run();
		return await Promise.all(permits);
	};
	const report = (tell: (permit: Permit) => void): End => {
		return async (...of) => ((await all(...of)) as Permit[]).forEach(tell);
	};

	it.each<[string, End, number | undefined]>([
		['has got its permits', all, undefined],
		['has got its permits by a limit of its own', all, 5],
		['has been accepted', report((permit) => (permit.answered(), permit.accepted())), undefined],
		['has been turned away', report((permit) => permit.throttled(5_000)), undefined],
		[
			'was stopped while it waited',
			async (clock, _rateLimiter, _permits, _execution, abort) => {
				await clock.run(150);
				abort();
				await clock.run();
			},
			undefined,
		],
		[
			'emptied its queue',
			async (clock, rateLimiter, _permits, execution) => {
				await clock.run(150);
				rateLimiter.cancelQueued(execution);
				await clock.run();
			},
			3,
		],
	])('is not held by the limiter when it %s', async (_how, end, maxPerSecond) => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(10, clock);
		// What the callers keep of an execution, and their permits, must not hold it either.
		const kept: unknown[] = [];
		const run = async () => {
			const execution = { input: 'x'.repeat(1_000) };
			const { signal, abort } = newController();
			const permits = Array.from(
				{ length: 5 },
				async () => await rateLimiter.acquire(execution, maxPerSecond, signal),
			);
			kept.push(permits, signal);
			await end(clock, rateLimiter, permits, execution, abort);
			expect(getEventListeners(signal, 'abort')).toHaveLength(0);
			return new WeakRef(execution);
		};
		expect(await stillHeld([await run()])).toBe(0);
		// The limiter goes on: it was no wonder that it held nothing.
		const later = rateLimiter.acquire({});
		await clock.run();
		expect(await later).toBeDefined();
		expect(kept).toHaveLength(2);
	});
});

describe('the rateLimiters of a process', () => {
	it('are one for each account and operation', () => {
		expect(rateLimiterFor('a Send', 10)).toBe(rateLimiterFor('a Send', 10));
		expect(rateLimiterFor('a Send', 10)).not.toBe(rateLimiterFor('b Send', 10));
	});

	describe('of keys that rotate', () => {
		beforeEach(() => jest.useFakeTimers());
		afterEach(() => jest.useRealTimers());
		let names = 0;
		const newName = () => `rotating ${++names}`;

		/** A limiter with one call, which may have been turned away. */
		async function use(key: string, retryAfterMs?: number): Promise<WeakRef<RateLimiter>> {
			const rateLimiter = rateLimiterFor(key, 10);
			const permit = await rateLimiter.acquire({});
			if (retryAfterMs !== undefined) permit!.throttled(retryAfterMs);
			return new WeakRef(rateLimiter);
		}

		it.each<[string, number | undefined, number, number]>([
			['right after its call', undefined, 0, 1],
			['while it still knows something', undefined, 30_000, 1],
			['when it knows nothing any more', undefined, 30_001, 0],
			['while the API has asked to wait', 60_000, 59_999, 1],
			['when that is over', 60_000, 60_000, 0],
		])('%s: is there or gone, as it should', async (_when, retryAfterMs, afterMs, left) => {
			const limiter = await use(newName(), retryAfterMs);
			jest.advanceTimersByTime(afterMs);
			await use(newName());
			expect(await stillHeld([limiter], left)).toBe(left);
		});

		it('are shared as long as a run holds one, however long it prepares', async () => {
			const key = newName();
			const ofLongRun = rateLimiterFor(key, 10);
			jest.advanceTimersByTime(3_600_000);
			await use(newName());
			await collectGarbage();
			expect(rateLimiterFor(key, 10)).toBe(ofLongRun);
		});

		it('are few, however many keys there were', async () => {
			const limiters: Array<WeakRef<RateLimiter>> = [];
			for (let index = 0; index < 500; index++) {
				limiters.push(await use(newName()));
				jest.advanceTimersByTime(1_000);
			}
			await use(newName());
			expect(await stillHeld(limiters, 31)).toBeLessThanOrEqual(31);
		});
	});
});
