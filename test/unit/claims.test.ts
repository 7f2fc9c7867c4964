import fc from 'fast-check';
import type { DeduplicationHelperFunctions } from 'n8n-workflow';

import { Memory, type Store } from '../../nodes/shared/receipts/once';

/** A store as n8n's, each of whose answers waits until it is let go. */
function heldStore(): { store: Store; release: () => void } {
	const known = new Set<unknown>();
	const waiting: Array<() => void> = [];
	const checkProcessedAndRecord: DeduplicationHelperFunctions['checkProcessedAndRecord'] = async (items) => {
		await new Promise<void>((resolve) => waiting.push(resolve));
		const fresh = items.filter((item) => !known.has(item));
		fresh.forEach((item) => known.add(item));
		return { new: fresh, processed: items.filter((item) => !fresh.includes(item)) };
	};
	return { store: { checkProcessedAndRecord }, release: () => waiting.splice(0).forEach((resolve) => resolve()) };
}

test('of claims that wait together each gets its own keys alone: a receipt in two pushes goes to one', async () => {
	const { store, release } = heldStore();
	const memory = new Memory();
	const claims = [['first'], ['a', 'b'], ['b', 'c']].map((keys) => memory.claim(keys, store));
	// The second and the third are made together, once the first is through.
	release();
	await claims[0];
	release();
	const fresh = await Promise.all(claims);
	expect(fresh.map((keys) => [...keys])).toEqual([['first'], ['a', 'b'], ['c']]);
});

test('whatever is claimed, in whatever turns: each key is given once', async () => {
	const push = fc.record({ keys: fc.array(fc.integer({ min: 0, max: 20 }).map(String), { maxLength: 6 }), releases: fc.boolean() });
	await fc.assert(
		fc.asyncProperty(fc.array(push, { maxLength: 12 }), async (pushes) => {
			const { store, release } = heldStore();
			const memory = new Memory();
			const claims: Array<Promise<ReadonlySet<string>>> = [];
			for (const { keys, releases } of pushes) {
				claims.push(memory.claim(keys, store));
				if (releases) release();
				await Promise.resolve();
			}
			const settled = Promise.all(claims);
			let isSettled = false;
			void settled.then(() => (isSettled = true));
			while (!isSettled) {
				release();
				await new Promise(setImmediate);
			}
			const given = (await settled).flatMap((keys) => [...keys]);
			expect(given.sort()).toEqual([...new Set(pushes.flatMap(({ keys }) => keys))].sort());
		}),
	);
});

test('what is remembered has a bound, and what was seen last is within it', async () => {
	const store: Store = { checkProcessedAndRecord: async (items) => ({ new: items, processed: [] }) };
	const memory = new Memory();
	const keys = Array.from({ length: 600_000 }, (_, index) => `key-${index}`);
	for (let from = 0; from < keys.length; from += 1_000) await memory.claim(keys.slice(from, from + 1_000), store);
	expect(keys.slice(-200_000).every((key) => memory.has(key))).toBe(true);
	expect(keys.filter((key) => memory.has(key)).length).toBeLessThanOrEqual(400_000);
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
