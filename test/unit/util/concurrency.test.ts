import fc from 'fast-check';

import { Pool, Semaphore } from '../../../nodes/shared/util/concurrency';
import { DrivenClock } from '../../support/drivenClock';

describe('jobs in a pool', () => {
	/** Works through jobs of any length; says which were begun, and how many were at work at most. */
	async function work(durations: number[], maxConcurrency: number, stopAfter = Infinity) {
		const clock = new DrivenClock();
		const begun: number[] = [];
		const ended: number[] = [];
		let busiest = 0;
		const pool = new Pool(maxConcurrency);
		const workOff = async () => {
			for (const job of durations.keys()) {
				if (begun.length >= stopAfter) break;
				await pool.add(async () => {
					begun.push(job);
					busiest = Math.max(busiest, begun.length - ended.length);
					await clock.sleep(durations[job]);
					ended.push(job);
				});
			}
			await pool.finish();
		};
		const all = workOff();
		await clock.run();
		await all;
		return { begun, ended, busiest, time: clock.now() };
	}

	const durations = fc.array(fc.nat(500), { maxLength: 80 });

	it('are done once each, begun in order, and no more at once than allowed', async () => {
		await fc.assert(
			fc.asyncProperty(durations, fc.integer({ min: 1, max: 20 }), async (each, maxConcurrency) => {
				const { begun, ended, busiest } = await work(each, maxConcurrency);
				expect(begun).toEqual(each.map((_duration, job) => job));
				expect([...ended].sort((a, b) => a - b)).toEqual(begun);
				expect(busiest).toBe(Math.min(each.length, maxConcurrency));
			}),
		);
	});

	it('begin no more once they are told to stop, and end what they began', async () => {
		await fc.assert(
			fc.asyncProperty(
				durations,
				fc.integer({ min: 1, max: 20 }),
				fc.nat(80),
				async (each, maxConcurrency, stopAfter) => {
					const { begun, ended } = await work(each, maxConcurrency, stopAfter);
					expect(begun).toEqual([...Array(Math.min(each.length, stopAfter)).keys()]);
					expect(ended).toHaveLength(begun.length);
				},
			),
		);
	});

	it('do not wait for a slow one', async () => {
		const { time } = await work([1_000, ...Array<number>(30).fill(100)], 4);
		expect(time).toBe(1_000);
	});

	it('that throw end the pool, once those that were begun have ended', async () => {
		const clock = new DrivenClock();
		const pool = new Pool(2);
		let hasEnded = false;
		await pool.add(async () => {
			await clock.sleep(100);
			hasEnded = true;
		});
		await pool.add(async () => await Promise.reject(new Error('broken')));
		const finished = expect(pool.finish()).rejects.toThrow('broken');
		await clock.run();
		await finished;
		expect(hasEnded).toBe(true);
		await expect(pool.add(async () => undefined)).rejects.toThrow('broken');
	});

	it('are none when there are none', async () => {
		expect(await work([], 10)).toMatchObject({ begun: [], time: 0 });
	});
});

/** Work that ends when it is told to. */
function job(name: string, started: string[]) {
	let finish: (error?: Error) => void = () => {};
	const ended = new Promise<string>((resolve, reject) => {
		finish = (error) => (error ? reject(error) : resolve(name));
	});
	const work = async () => {
		started.push(name);
		return await ended;
	};
	return { work, finish: (error?: Error) => finish(error) };
}

const settled = async () => await new Promise((resolve) => setImmediate(resolve));

describe('a semaphore', () => {
	it('starts work in order, as soon as there is a free place', async () => {
		const started: string[] = [];
		const jobs = ['a', 'b', 'c', 'd', 'e'].map((name) => job(name, started));
		const places = new Semaphore(2);
		const results = jobs.map(async ({ work }) => await places.run(work));
		await settled();
		expect(started).toEqual(['a', 'b']);
		// The first stays slow, and holds back nothing but its own place.
		for (const [index, expected] of [
			[1, ['a', 'b', 'c']],
			[2, ['a', 'b', 'c', 'd']],
			[3, ['a', 'b', 'c', 'd', 'e']],
		] as const) {
			jobs[index].finish();
			await settled();
			expect(started).toEqual(expected);
		}
		jobs[4].finish();
		jobs[0].finish();
		expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd', 'e']);
	});

	it('frees the place of work that fails', async () => {
		const places = new Semaphore(1);
		const failing = places.run(async () => {
			throw new Error('made up');
		});
		const next = places.run(async () => 'next');
		await expect(failing).rejects.toThrow('made up');
		expect(await next).toBe('next');
		expect(await places.run(async () => 'later')).toBe('later');
	});
});
