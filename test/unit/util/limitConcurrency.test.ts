import { limitConcurrency } from '../../../nodes/shared/util/limitConcurrency';

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

describe('limited concurrency', () => {
	it('starts work in order, as soon as there is a free place', async () => {
		const started: string[] = [];
		const jobs = ['a', 'b', 'c', 'd', 'e'].map((name) => job(name, started));
		const limit = limitConcurrency(2);
		const results = jobs.map(async ({ work }) => await limit(work));
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
		const limit = limitConcurrency(1);
		const failing = limit(async () => {
			throw new Error('made up');
		});
		const next = limit(async () => 'next');
		await expect(failing).rejects.toThrow('made up');
		expect(await next).toBe('next');
		expect(await limit(async () => 'later')).toBe('later');
	});
});
