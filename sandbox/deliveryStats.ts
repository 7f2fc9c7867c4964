/** How many of the latest responses are kept, and how many characters of each. */
const RESPONSES_KEPT = 10;
const MAX_RESPONSE_LENGTH = 1_000;

/** The response to a push, or the error if there was none. */
export interface PushResponse {
	status?: number;
	body?: string;
	error?: string;
}

/** A histogram in steps of 0.1 ms, so that memory does not grow with the number of pushes. */
class Durations {
	private tenths = new Map<number, number>();
	private count = 0;

	add(milliseconds: number): void {
		const tenth = Math.round(milliseconds * 10);
		this.tenths.set(tenth, (this.tenths.get(tenth) ?? 0) + 1);
		this.count++;
	}

	/** The time that this share of the durations did not exceed; 0 if there are none. */
	percentile(share: number): number {
		let left = Math.ceil(share * this.count);
		for (const [tenth, times] of [...this.tenths].sort(([a], [b]) => a - b)) {
			left -= times;
			if (left <= 0) return tenth / 10;
		}
		return 0;
	}
}

/** Statistics of one API's pushes. */
export class PushStats {
	/** Jobs with pushes pending or in flight, plus pushes that wait for a retry. */
	open = 0;
	/** Pushes that were not acknowledged in any attempt. */
	givenUp = 0;
	private counts = { pushed: 0, receipts: 0, answered: 0, failed: 0, retried: 0, notCalled: 0 };
	private distinct: Record<string, number> = {};
	private durations = new Durations();
	private last: PushResponse[] = [];

	/** Counts the distinct receipts of a job by status, e.g. {"Sent": 1000}. */
	countDue(kinds: Record<string, number>): void {
		for (const [kind, count] of Object.entries(kinds))
			this.distinct[kind] = (this.distinct[kind] ?? 0) + count;
	}

	/** Counts receipts for a URL that is not on this machine. */
	countNotCalled(kinds: Record<string, number>): void {
		for (const count of Object.values(kinds)) this.counts.notCalled += count;
	}

	countPush(receipts: number, isRetry: boolean): void {
		this.counts.pushed++;
		this.counts.receipts += receipts;
		if (isRetry) this.counts.retried++;
	}

	countResponse(
		isAcknowledged: boolean,
		milliseconds: number,
		{ body, ...response }: PushResponse,
	): void {
		this.counts[isAcknowledged ? 'answered' : 'failed']++;
		this.durations.add(milliseconds);
		this.last = [...this.last, { ...response, body: body?.slice(0, MAX_RESPONSE_LENGTH) }].slice(
			-RESPONSES_KEPT,
		);
	}

	read() {
		const { counts, distinct, givenUp, open, durations, last } = this;
		return {
			...counts,
			givenUp,
			open,
			distinct: { ...distinct },
			p50Ms: durations.percentile(0.5),
			p99Ms: durations.percentile(0.99),
			slowestMs: durations.percentile(1),
			last,
		};
	}
}
