/** Runs work with bounded concurrency, each begun in the order in which it was added. */
export class Pool {
	private readonly running = new Set<Promise<void>>();
	private wakeAdder: (() => void) | undefined;
	private failure: Error | undefined;

	constructor(private readonly maxConcurrency: number) {}

	/**
	 * Begins `work` as soon as fewer than `maxConcurrency` others are running. To be awaited before the next is added.
	 * @throws what earlier work has thrown
	 */
	async add(work: () => Promise<unknown>): Promise<void> {
		if (this.running.size >= this.maxConcurrency)
			await new Promise<void>((resolve) => (this.wakeAdder = resolve));
		if (this.failure) throw this.failure;
		const running: Promise<void> = work()
			.then(
				() => undefined,
				(error: Error) => {
					this.failure ??= error;
				},
			)
			.finally(() => {
				this.running.delete(running);
				this.wakeAdder?.();
			});
		this.running.add(running);
	}

	/** Waits for everything that was begun. @throws what any of it has thrown */
	async finish(): Promise<void> {
		await Promise.all(this.running);
		if (this.failure) throw this.failure;
	}
}
