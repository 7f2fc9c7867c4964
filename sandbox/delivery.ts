import { setTimeout as delay } from 'node:timers/promises';

import type { Api } from './acceptedMessage';
import { isLoopbackUrl } from './deliverySettings';
import type { PushResponse } from './deliveryStats';
import type { Stats } from './stats';

/** Receivers have to respond within this time. */
const TIMEOUT_MS = 3_000;

/** One request to a receiver. */
export interface Push {
	/** A string is sent verbatim, anything else as JSON. */
	body: unknown;
	/** How many receipts the body holds. */
	receipts: number;
}

/** The pushes that a call or a message triggers, all to one URL. */
export interface PushJob {
	api: Api;
	url: string;
	headers?: Record<string, string>;
	/** Consumed one at a time, so that a generator builds each push only when it is due. */
	pushes: Iterable<Push>;
	/** Number of distinct receipts by status. */
	kinds: Record<string, number>;
	/** Whether a response is what the API takes for an acknowledgement. */
	isAcknowledged(response: PushResponse): boolean;
	delayMs?: number;
	/** Whether each push waits for the one before, to keep the order; true if absent. */
	inOrder?: boolean;
	/** Delays before each retry of a push that was not acknowledged. */
	retryMs?: readonly number[];
}

/** A copy of a list in random order (Fisher-Yates). */
export function shuffled<T>(list: readonly T[]): T[] {
	const mixed = [...list];
	for (let index = mixed.length - 1; index > 0; index--) {
		const other = Math.floor(Math.random() * (index + 1));
		[mixed[index], mixed[other]] = [mixed[other], mixed[index]];
	}
	return mixed;
}

/** Delivers receipts and other pushes, with retries and a limited number of connections. */
export class PushQueue {
	private stopped = new AbortController();
	private inFlight = new Set<AbortController>();
	private waiting: Array<() => void> = [];

	/** @param connections the current limit of pushes in flight @param onPushed gets each body that was sent */
	constructor(
		private stats: Stats,
		private connections: () => number,
		private onPushed: (body: unknown) => void,
	) {}

	/**
	 * Counts a call's pushes as open from now on.
	 * @returns a function that starts them, to be called when the caller has the response
	 */
	announce(api: Api, makeJob: () => PushJob | undefined): () => void {
		const stats = this.stats.pushStats(api);
		stats.open++;
		return () => {
			const job = makeJob();
			if (job) void this.push(job);
			stats.open--;
		};
	}

	/** Runs all pushes of a job, except that retries may end later. */
	async push(job: PushJob): Promise<void> {
		const stats = this.stats.pushStats(job.api);
		if (!isLoopbackUrl(job.url)) return stats.countNotCalled(job.kinds);
		stats.countDue(job.kinds);
		stats.open++;
		if (await this.sleep(job.delayMs ?? 0)) {
			const pushes = job.pushes[Symbol.iterator]();
			const lanes = job.inOrder === false ? this.connections() : 1;
			await Promise.all(
				Array.from({ length: lanes }, async () => await this.pushRemaining(job, pushes)),
			);
		}
		stats.open--;
	}

	/** Pushes once, without retries, and returns the response. */
	async pushOnce(
		job: Omit<PushJob, 'pushes' | 'kinds'>,
		push: Push,
	): Promise<PushResponse & { taken: boolean }> {
		return await this.withConnection(async () => await this.send(job, push, false));
	}

	/** Aborts pushes in flight and drops those still to come. */
	stop(): void {
		this.stopped.abort();
		for (const push of this.inFlight) push.abort();
	}

	/** Resolves with false as soon as the queue is stopped. */
	private async sleep(milliseconds: number): Promise<boolean> {
		const { signal } = this.stopped;
		return await delay(milliseconds, true, { signal, ref: false }).catch(() => false);
	}

	private async pushRemaining(job: PushJob, pushes: Iterator<Push>): Promise<void> {
		let isDone = false;
		while (!isDone) {
			await this.withConnection(async () => {
				const next = this.stopped.signal.aborted ? { done: true as const } : pushes.next();
				isDone = next.done === true;
				if (!next.done) await this.pushWithRetries(job, next.value, 0);
			});
		}
	}

	/** Runs some work once a connection is free, first come, first served. */
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
		// In the background, so that the following pushes do not wait for it.
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
		const cancel = new AbortController();
		this.inFlight.add(cancel);
		const timer = setTimeout(
			() => cancel.abort(new Error(`No response within ${TIMEOUT_MS} ms`)),
			TIMEOUT_MS,
		);
		const start = performance.now();
		const response = await post(url, headers, body, cancel.signal);
		clearTimeout(timer);
		this.inFlight.delete(cancel);
		this.onPushed(body);
		const taken = response.error === undefined && isAcknowledged(response);
		stats.countResponse(taken, performance.now() - start, response);
		return { ...response, taken };
	}
}

async function post(
	url: string,
	headers: PushJob['headers'],
	body: unknown,
	signal: AbortSignal,
): Promise<PushResponse> {
	try {
		const response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
			// A redirect could lead away from this machine.
			redirect: 'manual',
			signal,
		});
		return { status: response.status, body: await response.text() };
	} catch (error) {
		return { error: String((error as Error).cause ?? error) };
	}
}
