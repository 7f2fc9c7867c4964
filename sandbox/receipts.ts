import { setTimeout as delay } from 'node:timers/promises';

import type { Stats } from './stats';

/** Pushes receipts to whoever is set to get them. */

/** Longer than who gets a receipt may take to answer it. */
const TIMEOUT_MS = 3_000;

/** One thing to push, as JSON. */
export interface Push {
	url: string;
	headers: Record<string, string>;
	body: unknown;
}

/** The pushes as often as wanted, in order or in any. */
export function arrange(pushes: Push[], { repeat = 1, shuffle = false }: { repeat?: number; shuffle?: boolean }): Push[] {
	const all = pushes.flatMap((push) => Array.from({ length: repeat }, () => push));
	if (!shuffle) return all;
	return all
		.map((push) => ({ push, place: Math.random() }))
		.sort((a, b) => a.place - b.place)
		.map(({ push }) => push);
}

export class Receipts {
	private stopped = new AbortController();

	constructor(private stats: Stats) {}

	/** Pushes one after the other, so that the order is kept. Nothing waits for it. */
	async push(pushes: Push[], delayMs = 0): Promise<void> {
		const { signal } = this.stopped;
		try {
			await delay(delayMs, undefined, { signal, ref: false });
		} catch {
			return;
		}
		for (const push of pushes) {
			if (signal.aborted) return;
			await this.pushOne(push);
		}
	}

	/** Ends what is under way and what is still to come. */
	stop(): void {
		this.stopped.abort();
	}

	private async pushOne({ url, headers, body }: Push): Promise<void> {
		this.stats.receiptPushed();
		try {
			const answer = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
				body: JSON.stringify(body),
				// It could lead away from this machine.
				redirect: 'manual',
				signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]),
			});
			this.stats.receiptEnded(answer.ok, { status: answer.status, body: await answer.text() });
		} catch (error) {
			this.stats.receiptEnded(false, { error: String((error as Error).cause ?? error) });
		}
	}
}
