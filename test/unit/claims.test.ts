import { Memory } from '../../nodes/shared/receipts/once';

/** A store that answers when it is told to. */
function slowStore() {
	const known = new Set<string>();
	const answers: Array<() => void> = [];
	return {
		next: () => answers.shift()!(),
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
	const first = memory.claim(['a'], store);
	const waiting = [memory.claim(['b', 'c'], store), memory.claim(['c', 'd'], store), memory.claim(['a', 'd', 'e'], store)];
	store.next();
	await first;
	store.next();
	const claimed = (await Promise.all(waiting)).map((keys) => [...keys]);
	expect(claimed).toEqual([['b', 'c'], ['d'], ['e']]);
});
