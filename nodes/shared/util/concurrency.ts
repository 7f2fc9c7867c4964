/** A number of places, which are given out in the order in which they are asked for. */
export class Semaphore {
	private free: number;
	private readonly waiting: Array<() => void> = [];

	constructor(places: number) {
		this.free = places;
	}

	/** Waits for a place. Each has to be given back by `release`. */
	async acquire(): Promise<void> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
	}

	release(): void {
		const next = this.waiting.shift();
		if (next) next();
		else this.free++;
	}

	/** Runs work in a place of its own. @throws what the work throws */
	async run<T>(work: () => Promise<T>): Promise<T> {
		await this.acquire();
		try {
			return await work();
		} finally {
			this.release();
		}
	}
}

/** Runs work in the background with bounded concurrency, each begun in the order in which it was added. */
export class Pool {
	private readonly places: Semaphore;
	private readonly running = new Set<Promise<void>>();
	private failure: Error | undefined;

	constructor(maxConcurrency: number) {
		this.places = new Semaphore(maxConcurrency);
	}

	/** Waits until `work` can begin, not until it ends. @throws what earlier work has thrown */
	async add(work: () => Promise<unknown>): Promise<void> {
		await this.places.acquire();
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
				this.places.release();
			});
		this.running.add(running);
	}

	/** Waits for everything that was begun. @throws what any of it has thrown */
	async finish(): Promise<void> {
		await Promise.all(this.running);
		if (this.failure) throw this.failure;
	}
}
