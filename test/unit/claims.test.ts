import fc from 'fast-check';

import { Memory } from '../../nodes/shared/receipts/once';

/** A store that answers when it is told to. */
function slowStore() {
	const known = new Set<string>();
	const answers: Array<() => void> = [];
	return {
		next: () => answers.shift()?.(),
		checkProcessedAndRecord: async (items: unknown[]) => {
			await new Promise<void>((resolve) => answers.push(resolve));
			const fresh = (items as string[]).filter((item) => !known.has(item));
			fresh.forEach((item) => known.add(item));
			return { new: fresh, processed: [] };
		},
	};
}

test('of pushes that wait together and share a receipt, one gets it', async () => {
	const memory = new Memory();
	const store = slowStore();
	const claim = async (keys: string[]) => await memory.claim(keys, store, jest.fn());
	const first = claim(['a']);
	const waiting = [claim(['b', 'c']), claim(['c', 'd']), claim(['a', 'd', 'e'])];
	store.next();
	await first;
	store.next();
	const claimed = (await Promise.all(waiting)).map((keys) => [...keys]);
	expect(claimed).toEqual([['b', 'c'], ['d'], ['e']]);
});

test('whatever is pushed, in whatever turns: each receipt is given once', async () => {
	const push = fc.record({ keys: fc.array(fc.integer({ min: 0, max: 20 }).map(String), { maxLength: 6 }), answers: fc.boolean() });
	await fc.assert(
		fc.asyncProperty(fc.array(push, { maxLength: 12 }), async (pushes) => {
			const memory = new Memory();
			const store = slowStore();
			const claims: Array<Promise<ReadonlySet<string>>> = [];
			for (const { keys, answers } of pushes) {
				claims.push(memory.claim(keys, store, jest.fn()));
				if (answers) store.next();
				await Promise.resolve();
			}
			let isSettled = false;
			const settled = Promise.all(claims).finally(() => (isSettled = true));
			while (!isSettled) {
				store.next();
				await new Promise(setImmediate);
			}
			const given = (await settled).flatMap((keys) => [...keys]);
			expect(given.sort()).toEqual([...new Set(pushes.flatMap(({ keys }) => keys))].sort());
		}),
	);
});

test('to remember one more takes no longer after a million', () => {
	const memory = new Memory();
	const took = (from: number) => {
		const start = performance.now();
		for (let index = from; index < from + 20_000; index++) memory.isLate(`message-${index}`, 'sent');
		return performance.now() - start;
	};
	took(0);
	const early = took(20_000);
	for (let from = 40_000; from < 1_000_000; from += 20_000) took(from);
	// With room for a busy machine: it once took a hundred times as long.
	expect(took(1_000_000)).toBeLessThan(20 * early + 50);
}, 60_000);
