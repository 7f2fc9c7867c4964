/** Answers to pushes that are kept, and how much of each. */
const ANSWERS_KEPT = 10;
const ANSWER_LENGTH = 1_000;

/** What came back for a push: an answer, or why there was none. */
export interface PushResponse {
	status?: number;
	body?: string;
	error?: string;
}

/** How long things took, in tenths of a millisecond: small, however many there were. */
class Durations {
	private tenths = new Map<number, number>();
	private count = 0;

	add(milliseconds: number): void {
		const tenth = Math.round(milliseconds * 10);
		this.tenths.set(tenth, (this.tenths.get(tenth) ?? 0) + 1);
		this.count++;
	}

	/** The time that this share of them took at most; 0 when there were none. */
	percentile(share: number): number {
		let left = Math.ceil(share * this.count);
		for (const [tenth, times] of [...this.tenths].sort(([a], [b]) => a - b)) {
			left -= times;
			if (left <= 0) return tenth / 10;
		}
		return 0;
	}
}

/** What became of the receipts of one API. */
export class PushStats {
	/** Calls and messages with pushes still to come or under way, and pushes that wait to be repeated. */
	open = 0;
	/** Pushes that were not answered well for the last time. */
	givenUp = 0;
	private counts = { pushed: 0, receipts: 0, answered: 0, failed: 0, retried: 0, notCalled: 0 };
	private distinct: Record<string, number> = {};
	private durations = new Durations();
	private last: PushResponse[] = [];

	/** Counts receipts that are to come, each once, by status: {"Sent": 1000}. */
	countDue(kinds: Record<string, number>): void {
		for (const [kind, count] of Object.entries(kinds))
			this.distinct[kind] = (this.distinct[kind] ?? 0) + count;
	}

	/** Counts receipts for an address that is never called. */
	countNotCalled(kinds: Record<string, number>): void {
		for (const count of Object.values(kinds)) this.counts.notCalled += count;
	}

	countPush(receipts: number, isRetry: boolean): void {
		this.counts.pushed++;
		this.counts.receipts += receipts;
		if (isRetry) this.counts.retried++;
	}

	/** Counts how a push ended: taken by who got it, or not. */
	countResponse(
		isAcknowledged: boolean,
		milliseconds: number,
		{ body, ...answer }: PushResponse,
	): void {
		this.counts[isAcknowledged ? 'answered' : 'failed']++;
		this.durations.add(milliseconds);
		this.last = [...this.last, { ...answer, body: body?.slice(0, ANSWER_LENGTH) }].slice(
			-ANSWERS_KEPT,
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
