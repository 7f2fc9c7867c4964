import { setTimeout as delay } from 'node:timers/promises';

import type { Api } from './acceptedMessage';
import { isLoopbackUrl } from './deliverySettings';
import type { PushResponse } from './deliveryStats';
import type { Stats } from './stats';

/** Pushes receipts to whoever is set to get them. */

/** Longer than who gets a receipt may take to answer it. */
const TIMEOUT_MS = 3_000;

/** One thing to push. */
export interface Push {
	/** A text goes out as it is, anything else as JSON. */
	body: unknown;
	/** How many receipts that is. */
	receipts: number;
}

/** What a call or a message brings about: pushes to one address. */
export interface PushJob {
	api: Api;
	url: string;
	headers?: Record<string, string>;
	/** Taken from one at a time, so that a push need not be made before its turn. */
	pushes: Iterable<Push>;
	/** How many receipts these are by status, each counted once. */
	kinds: Record<string, number>;
	/** Says whether an answer is the one that the API wants. */
	isAcknowledged(answer: PushResponse): boolean;
	delayMs?: number;
	/** Whether each push waits for the one before, so that the order is kept. */
	inOrder?: boolean;
	/** Waits before a push that was not answered well comes again. */
	retryMs?: readonly number[];
}

/** A list in any order. */
export function shuffled<T>(list: readonly T[]): T[] {
	const mixed = [...list];
	for (let place = mixed.length - 1; place > 0; place--) {
		const other = Math.floor(Math.random() * (place + 1));
		[mixed[place], mixed[other]] = [mixed[other], mixed[place]];
	}
	return mixed;
}

export class PushQueue {
	private stopped = new AbortController();
	private inFlight = new Set<AbortController>();
	private waiting: Array<() => void> = [];

	/** @param connections how many pushes may be under way at once */
	constructor(
		private stats: Stats,
		private connections: () => number,
	) {}

	/** Counts as open what a call is to bring about; it is pushed once the function that this gives is called. */
	announce(api: Api, makeJob: () => PushJob | undefined): () => void {
		const stats = this.stats.pushStats(api);
		stats.open++;
		return () => {
			const job = makeJob();
			if (job) void this.push(job);
			stats.open--;
		};
	}

	/** Pushes what a call brought about. Nothing waits for it. */
	async push(job: PushJob): Promise<void> {
		const stats = this.stats.pushStats(job.api);
		if (!isLoopbackUrl(job.url)) return stats.countNotCalled(job.kinds);
		stats.countDue(job.kinds);
		stats.open++;
		if (await this.sleep(job.delayMs ?? 0)) {
			const pushes = job.pushes[Symbol.iterator]();
			const lanes = job.inOrder === false ? this.connections() : 1;
			await Promise.all(
				Array.from({ length: lanes }, async () => await this.pushNext(job, pushes)),
			);
		}
		stats.open--;
	}

	/** Pushes once, and says what came back. */
	async pushOnce(
		job: Omit<PushJob, 'pushes' | 'kinds'>,
		push: Push,
	): Promise<PushResponse & { taken: boolean }> {
		return await this.withConnection(async () => await this.send(job, push, false));
	}

	/** Ends what is under way and what is still to come. */
	stop(): void {
		this.stopped.abort();
		for (const push of this.inFlight) push.abort();
	}

	/** Waits; gives false when all has been ended before. */
	private async sleep(milliseconds: number): Promise<boolean> {
		const { signal } = this.stopped;
		return await delay(milliseconds, true, { signal, ref: false }).catch(() => false);
	}

	private async pushNext(job: PushJob, pushes: Iterator<Push>): Promise<void> {
		let isDone = false;
		while (!isDone) {
			await this.withConnection(async () => {
				const next = this.stopped.signal.aborted ? { done: true as const } : pushes.next();
				isDone = next.done === true;
				if (!next.done) await this.pushWithRetries(job, next.value, 0);
			});
		}
	}

	/** Lets as many through at once as there may be connections, first come, first served. */
	private async withConnection<T>(work: () => Promise<T>): Promise<T> {
		while (this.inFlight.size >= this.connections())
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await work();
		} finally {
			this.waiting.shift()?.();
		}
	}

	private async pushWithRetries(job: PushJob, push: Push, retries: number): Promise<void> {
		const { taken } = await this.send(job, push, retries > 0);
		if (taken || this.stopped.signal.aborted) return;
		const wait = job.retryMs?.[retries];
		const stats = this.stats.pushStats(job.api);
		if (wait === undefined) {
			stats.givenUp++;
			return;
		}
		stats.open++;
		// The pushes that follow do not wait for it.
		void this.sleep(wait).then(async (isTime) => {
			if (isTime)
				await this.withConnection(async () => await this.pushWithRetries(job, push, retries + 1));
			stats.open--;
		});
	}

	private async send(
		{ api, url, headers, isAcknowledged }: Omit<PushJob, 'pushes' | 'kinds'>,
		{ body, receipts }: Push,
		isRetry: boolean,
	) {
		const stats = this.stats.pushStats(api);
		stats.countPush(receipts, isRetry);
		const end = new AbortController();
		this.inFlight.add(end);
		const timer = setTimeout(
			() => end.abort(new Error(`No answer within ${TIMEOUT_MS} ms`)),
			TIMEOUT_MS,
		);
		const start = performance.now();
		const answer = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
			// It could lead away from this machine.
			redirect: 'manual',
			signal: end.signal,
		})
			.then(async (response): Promise<PushResponse> => ({
				status: response.status,
				body: await response.text(),
			}))
			.catch((error: Error): PushResponse => ({ error: String(error.cause ?? error) }));
		clearTimeout(timer);
		this.inFlight.delete(end);
		const taken = answer.error === undefined && isAcknowledged(answer);
		stats.countResponse(taken, performance.now() - start, answer);
		return { ...answer, taken };
	}
}
