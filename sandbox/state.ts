import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { AcceptedMessage } from './acceptedMessage';
import { Conversations } from './conversations';
import { PushQueue } from './delivery';
import { assertLoopbackUrls } from './deliverySettings';
import { Inbox } from './inbox';
import { Quota } from './quota';
import { DEFAULT_SETTINGS, type FaultKind, type Settings } from './settings';
import { Stats } from './stats';

/** Pushes in flight at once unless the settings say otherwise. */
const DEFAULT_CONNECTIONS = 10;

/** Shared by both APIs: the settings, and everything that a reset forgets. */
export class SandboxState {
	settings: Settings = DEFAULT_SETTINGS;
	stats = new Stats();
	conversations = new Conversations();
	inbox = new Inbox();
	/** What the page knows and other pages do not. */
	readonly pageToken = randomBytes(16).toString('hex');
	pushQueue = this.newPushQueue();
	private quota = new Quota();

	/** @throws Error if receipts would leave this machine */
	configure(change: Partial<Settings>): void {
		assertLoopbackUrls(change.receipts ?? {});
		this.settings = {
			...this.settings,
			...change,
			limits: { ...this.settings.limits, ...change.limits },
		};
	}

	reset(): void {
		this.pushQueue.stop();
		this.stats = new Stats();
		this.conversations = new Conversations();
		this.inbox = new Inbox();
		this.pushQueue = this.newPushQueue();
		this.quota = new Quota();
	}

	private newPushQueue(): PushQueue {
		return new PushQueue(
			this.stats,
			() => this.settings.receipts.connections ?? DEFAULT_CONNECTIONS,
			(body) => this.inbox.notePush(body),
		);
	}

	/** Records messages as accepted. */
	accept(messages: AcceptedMessage[]): void {
		this.stats.countAccepted(messages);
		this.inbox.add(messages);
	}

	/** Takes a call if the operation's calls per second leave room for it. */
	takeQuota(caller: string, operation: string): boolean {
		const limit = this.settings.limits[operation];
		return (
			limit === undefined ||
			this.quota.take(`${caller}/${operation}`, limit, Date.now(), this.settings.window)
		);
	}

	/** Counts a send and returns the fault to simulate for it, if any. */
	nextFault(): FaultKind | undefined {
		const number = this.stats.countSend();
		return this.settings.faults.find(
			({ calls, every, share }) =>
				calls?.includes(number) ||
				(every !== undefined && number % every === 0) ||
				(share !== undefined && Math.random() < share),
		)?.kind;
	}

	/** Waits as long as a response is set to take. */
	async simulateLatency(): Promise<void> {
		const wait = this.settings.latencyMs + Math.random() * this.settings.jitterMs;
		if (wait > 0) await delay(wait);
	}
}
