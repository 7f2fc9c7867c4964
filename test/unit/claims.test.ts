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
	const claim = async (keys: string[]) => await memory.claim(keys, store, jest.fn());
	const first = claim(['a']);
	const waiting = [claim(['b', 'c']), claim(['c', 'd']), claim(['a', 'd', 'e'])];
	store.next();
	await first;
	store.next();
	const claimed = (await Promise.all(waiting)).map((keys) => [...keys]);
	expect(claimed).toEqual([['b', 'c'], ['d'], ['e']]);
});
