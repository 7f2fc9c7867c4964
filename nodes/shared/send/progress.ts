import type { IExecuteFunctions } from 'n8n-workflow';

import { formatCount } from '../util/format';
import { formatCounts, type Counts } from './result';

/** How often the log and the browser's console hear of it. */
const TOLD_EVERY_MS = 5_000;

/**
 * Tells how far a run is, while it runs: the log of n8n, in manual runs the browser's console, and the custom data of
 * the execution. The last is all that n8n keeps of a run that is stopped. None of it may end the run.
 */
export class Progress {
	private readonly counts: Counts = { accepted: 0, rejected: 0, notSent: 0, unknown: 0 };
	private readonly key: string;
	private readonly customData: { set(key: string, value: string): void } | undefined;
	private told = Date.now();

	/** @param recipients of the run, as far as they are found */
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly recipients: Readonly<{ count: number }>,
		private readonly campaignId: string,
	) {
		// Letters, digits and underscores, 50 at most: n8n takes no other keys.
		const { name, id } = context.getNode();
		this.key = `sent_by_${(/[a-z]/i.test(name) ? name : id).replace(/\W+/g, '_')}`.slice(0, 50);
		try {
			const { $execution } = context.getWorkflowDataProxy(0) as unknown as {
				$execution: { customData: Progress['customData'] };
			};
			this.customData = $execution.customData;
		} catch {
			// The log is left.
		}
	}

	count(outcome: keyof Counts, recipients: number): void {
		this.counts[outcome] += recipients;
	}

	/** To be called after each chunk. */
	tell(): void {
		this.record();
		if (Date.now() - this.told >= TOLD_EVERY_MS) this.say();
	}

	end(): void {
		this.record();
		this.say();
	}

	private words(): string {
		return `${formatCounts(this.counts)} of ${formatCount(this.recipients.count)}; campaign ${this.campaignId}`;
	}

	private record(): void {
		try {
			this.customData?.set(this.key, this.words());
		} catch {
			// A run does not end because nobody takes notes.
		}
	}

	private say(): void {
		this.told = Date.now();
		try {
			this.context.logger.info(`${this.context.getNode().name}: ${this.words()}`, {
				...this.counts,
			});
			this.context.sendMessageToUI(this.words());
		} catch {
			// As above.
		}
	}
}
