import { createCache } from '../../../nodes/shared/util/cache';
import { stillHeld } from '../../support/garbage';

describe('a cache of promises', () => {
	afterEach(() => jest.restoreAllMocks());

	it('loads a key once, also for calls that come while it loads', async () => {
		const cached = createCache<string>();
		const load = jest.fn(async () => 'value');
		expect(await Promise.all([cached('a', load), cached('a', load)])).toEqual(['value', 'value']);
		expect(await cached('a', load)).toBe('value');
		expect(load).toHaveBeenCalledTimes(1);
		await cached('b', load);
		expect(load).toHaveBeenCalledTimes(2);
	});

	it('does not keep a failed load', async () => {
		const cached = createCache<string>();
		await expect(
			cached('a', async () => {
				throw new Error('made up');
			}),
		).rejects.toThrow('made up');
		expect(await cached('a', async () => 'value')).toBe('value');
	});

	it('loads again after the maximum age', async () => {
		const now = jest.spyOn(Date, 'now').mockReturnValue(1_000);
		const cached = createCache<number>({ maxAgeMs: 100 });
		let loads = 0;
		const load = async () => ++loads;
		expect(await cached('a', load)).toBe(1);
		now.mockReturnValue(1_099);
		expect(await cached('a', load)).toBe(1);
		now.mockReturnValue(1_100);
		expect(await cached('a', load)).toBe(2);
	});

	it.each([
		[1_099, 3],
		[1_100, 0],
	])('at %i, with the next load, has %i of those that are valid until 1,100', async (at, left) => {
		const now = jest.spyOn(Date, 'now').mockReturnValue(1_000);
		const cached = createCache<object>({ maxAgeMs: 100 });
		const load = async () => [{ some: 'body' }];
		const begin = async () =>
			(await Promise.all(['a', 'b', 'c'].map((key) => cached(key, load)))).map(
				(body) => new WeakRef(body),
			);
		const bodies = await begin();
		now.mockReturnValue(at);
		await cached('d', load);
		expect(await stillHeld(bodies, left)).toBe(left);
		expect(await cached('d', load)).toBe(await cached('d', load));
	});

	it('drops the entry that was loaded first when it is full', async () => {
		const cached = createCache<number>({ maxEntries: 2 });
		let loads = 0;
		const load = async () => ++loads;
		for (const key of ['a', 'b', 'c']) await cached(key, load);
		expect(await cached('b', load)).toBe(2);
		expect(await cached('c', load)).toBe(3);
		expect(await cached('a', load)).toBe(4);
	});
});
