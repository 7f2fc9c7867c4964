import { sleep } from 'n8n-workflow';

/** The longest time that work holds the event loop, on which the whole of n8n runs. */
const MAX_BLOCKING_MS = 15;

/**
 * Returns a function to await inside long loops: it yields to the event loop every MAX_BLOCKING_MS. Nearly always it
 * returns undefined, as awaiting a promise for each of a million recipients would take seconds of its own.
 */
export function createYielder(): () => Promise<void> | undefined {
	let since = Date.now();
	return () => {
		if (Date.now() - since < MAX_BLOCKING_MS) return undefined;
		return sleep(0).then(() => {
			since = Date.now();
		});
	};
}

/** Like map, but yields to the event loop, for lists of any length. */
export async function mapInSlices<T, R>(
	list: readonly T[],
	change: (each: T, index: number) => R,
): Promise<R[]> {
	const yieldToOthers = createYielder();
	const changed: R[] = [];
	for (const [index, each] of list.entries()) {
		changed.push(change(each, index));
		const others = yieldToOthers();
		if (others) await others;
	}
	return changed;
}
