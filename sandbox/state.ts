import { setTimeout as delay } from 'node:timers/promises';

import { Receipts } from './delivery';
import { checkReceipts } from './deliverySettings';
import { Quota } from './quota';
import { DEFAULT_SETTINGS, type FaultKind, type Settings } from './settings';
import { Stats } from './stats';

/** Pushes that are under way at once, where the settings do not say. */
const CONNECTIONS = 10;

/** What both halves of a running sandbox share: the settings, and what a reset forgets. */
export class Run {
	settings: Settings = DEFAULT_SETTINGS;
	stats = new Stats();
	receipts = this.newReceipts();
	private quota = new Quota();

	/** @throws Error when receipts would leave this machine */
	configure(change: Partial<Settings>): void {
		checkReceipts(change.receipts ?? {});
		this.settings = {
			...this.settings,
			...change,
			limits: { ...this.settings.limits, ...change.limits },
		};
	}

	reset(): void {
		this.receipts.stop();
		this.stats = new Stats();
		this.receipts = this.newReceipts();
		this.quota = new Quota();
	}

	private newReceipts(): Receipts {
		return new Receipts(this.stats, () => this.settings.receipts.connections ?? CONNECTIONS);
	}

	/** Takes a call if the calls per second leave room for it. */
	takeFromQuota(caller: string, operation: string): boolean {
		const limit = this.settings.limits[operation];
		return (
			limit === undefined ||
			this.quota.take(`${caller}/${operation}`, limit, Date.now(), this.settings.window)
		);
	}

	/** Counts a send, and says which fault strikes it. */
	strike(): FaultKind | undefined {
		const number = this.stats.sendReceived();
		return this.settings.faults.find(
			({ calls, every, share }) =>
				calls?.includes(number) ||
				(every !== undefined && number % every === 0) ||
				(share !== undefined && Math.random() < share),
		)?.kind;
	}

	/** How long the next answer takes. */
	async latency(): Promise<void> {
		const wait = this.settings.latencyMs + Math.random() * this.settings.jitterMs;
		if (wait > 0) await delay(wait);
	}
}
