/** Tells what is still held: by weak references, and by the size of the heap. */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects what nobody holds. What a promise held is free only once its jobs have run. */
export async function collectGarbage(): Promise<void> {
	for (let time = 0; time < 3; time++) {
		await delay(5);
		gc();
	}
}

/**
 * How many of these objects somebody still holds. Timers and sockets get two seconds to end.
 * @param expected ends the waiting
 */
export async function stillHeld(references: Array<WeakRef<object>>, expected = 0): Promise<number> {
	for (let time = 0; ; time++) {
		await collectGarbage();
		const held = references.filter((reference) => reference.deref() !== undefined).length;
		if (held <= expected || time === 20) return held;
		await delay(100);
	}
}

/** Megabytes that some work leaves behind. */
export async function megabytesLeftBy(work: () => unknown): Promise<number> {
	await collectGarbage();
	const before = process.memoryUsage().heapUsed;
	await work();
	await collectGarbage();
	return (process.memoryUsage().heapUsed - before) / 1e6;
}
