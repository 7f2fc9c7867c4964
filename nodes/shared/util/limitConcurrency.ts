/** Returns a function that runs work at most `maxConcurrency` at once; the rest waits in the order of the calls. */
export function limitConcurrency(
	maxConcurrency: number,
): <T>(work: () => Promise<T>) => Promise<T> {
	let running = 0;
	const waiting: Array<() => void> = [];
	return async (work) => {
		// Finished work hands its place to the next, so `running` does not change for work that has waited.
		if (running >= maxConcurrency) await new Promise<void>((resolve) => waiting.push(resolve));
		else running++;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else running--;
		}
	};
}
