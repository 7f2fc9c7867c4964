import { DateTime } from 'luxon';
import type { IExecuteFunctions } from 'n8n-workflow';

import { formatCount } from '../util/format';
import { formatCounts, type Counts, type Outcome } from './result';

const LOG_INTERVAL_MS = 5_000;

/**
 * Reports the progress of a run while it runs: to n8n's log, in manual runs to the browser's console, and to the custom
 * data of the execution, which is all that n8n keeps of a run that is stopped.
 */
export class Progress {
	/** `alreadyAccepted` by an earlier run of the same campaign. */
	readonly counts: Counts & { alreadyAccepted: number } = {
		alreadyAccepted: 0,
		accepted: 0,
		rejected: 0,
		notSent: 0,
		unknown: 0,
	};
	private readonly key: string;
	private readonly customData: { set(key: string, value: string): void } | undefined;
	private readonly beganAt = Date.now();
	private loggedAt = this.beganAt;

	/** @param recipients of the run; their count may grow while they are found, in a file with the part that was read */
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly recipients: Readonly<{ count: number; share?: number }>,
		private readonly campaignId: string,
	) {
		// n8n takes only letters, digits and underscores, at most 50.
		const { name, id } = context.getNode();
		this.key = `sent_by_${(/[a-z]/i.test(name) ? name : id).replace(/\W+/g, '_')}`.slice(0, 50);
		try {
			const { $execution } = context.getWorkflowDataProxy(0) as unknown as {
				$execution: { customData: Progress['customData'] };
			};
			this.customData = $execution.customData;
		} catch {
			// The log remains.
		}
	}

	/** Adds recipients that have a result. */
	add(outcome: Outcome['outcome'], recipients: number): void {
		if (outcome !== 'validated') this.counts[outcome] += recipients;
	}

	/** To be called after each batch. */
	report(): void {
		this.saveCustomData();
		if (Date.now() - this.loggedAt >= LOG_INTERVAL_MS) this.log();
	}

	end(): void {
		this.saveCustomData();
		this.log();
	}

	private text(): string {
		const { alreadyAccepted } = this.counts;
		const before = alreadyAccepted > 0 ? `${formatCount(alreadyAccepted)} had it before, ` : '';
		return `${before}${formatCounts(this.counts)} of ${formatCount(this.recipients.count)}${this.readSoFar()}; campaign ${this.campaignId}`;
	}

	/** How much of a file was read, and until when the rest takes. */
	private readSoFar(): string {
		const { share } = this.recipients;
		if (share === undefined || share === 0 || share >= 1) return '';
		const leftMs = ((Date.now() - this.beganAt) * (1 - share)) / share;
		const end = DateTime.now().plus(leftMs).setZone(this.context.getTimezone());
		return ` read so far (${Math.floor(share * 100)} % of the file, until about ${end.toFormat('HH:mm')})`;
	}

	private saveCustomData(): void {
		try {
			this.customData?.set(this.key, this.text());
		} catch {
			// Best effort: reporting progress must never fail the run.
		}
	}

	private log(): void {
		this.loggedAt = Date.now();
		try {
			this.context.logger.info(`${this.context.getNode().name}: ${this.text()}`, {
				...this.counts,
			});
			this.context.sendMessageToUI(this.text());
		} catch {
			// Best effort, as above.
		}
	}
}
