import { randomUUID } from 'node:crypto';

import { pause, type Clock } from '../http/clock';
import { WINDOW_MS, type RateLimiter } from '../http/rateLimiter';
import { textOrEmpty } from '../util/json';
import { RENEW_MS } from './lease';
import { resultOf, stateOf, type RunRow } from './rows';

/**
 * How the processes that send campaigns on one account share its quota. The row of a run says whose quota it uses, and
 * in which process; each reads the rows of all, and comes to the same shares. Only the limiter's pace depends on this:
 * where somebody is not known, or not yet, the API turns calls away, and the limiter adapts as it does without a table.
 */

/** A run that was not seen for so long does not send: three looks that failed, and some time. */
const SEEN_MS = 10_000;

/** Whoever comes begins after so long: by then everybody has looked, and makes room at that very moment. */
const NOTICE_MS = RENEW_MS + 1_000;

/** Those who share look more often, so that what one of them leaves does not stay unused for long. */
const SHARED_LOOK_MS = 500;
/** The looks of all together in a second, however many they are. */
const LOOKS_PER_SECOND = 4;

/** Those who come at once have written their rows within this time. */
const SETTLE_MS = 300;

/**
 * Where there are more processes than calls in a window, they take turns by the clock. Each may begin a call for so
 * long, which allows for timers that are late and for clocks that differ.
 */
const TURN_MS = 100;

/** Names this process. */
const WORKER = randomUUID().slice(0, 8);

/** What a run uses of a quota. */
export interface Quota {
	rateLimiter: RateLimiter;
	/** The user's own limit. */
	maxPerSecond: number;
}

/** How the row of a run says that it sends. */
interface Sending {
	/** RateLimiter.quota */
	quota: string;
	worker: string;
	maxPerSecond: number;
	/** When its share begins: an ISO time in UTC. */
	from: string;
}

/** Where a process stands, all of its runs together. */
interface Worker {
	worker: string;
	/** Milliseconds since 1970. */
	from: number;
	maxPerSecond: number;
}

/**
 * Divides the calls of a window: as many as each has use for, in turn, and then what is left, since others may send in
 * these processes. The sum is the rate, unless there are more processes than calls.
 */
export function divide(rate: number, wanted: number[]): number[] {
	const calls = wanted.map(() => 0);
	let left = rate;
	for (const most of [wanted, wanted.map(() => rate)])
		for (let round = 0; round < rate; round++)
			for (const [index, own] of calls.entries())
				if (left > 0 && own <= round && own < most[index]) {
					calls[index]++;
					left--;
				}
	return calls;
}

/** Those who send on a quota, as the rows say, in an order that is the same for all. */
function workersOf(rows: RunRow[], quota: string): Worker[] {
	const workers = new Map<string, Worker>();
	for (const row of rows) {
		const sending = resultOf(row);
		const from = Date.parse(textOrEmpty(sending.from));
		if (stateOf(row) !== 'running' || sending.quota !== quota || Number.isNaN(from)) continue;
		const worker = textOrEmpty(sending.worker);
		const known = workers.get(worker);
		workers.set(worker, {
			worker,
			from: Math.min(from, known?.from ?? Infinity),
			maxPerSecond: Number(sending.maxPerSecond) + (known?.maxPerSecond ?? 0),
		});
	}
	return [...workers.values()].sort((left, right) => (left.worker < right.worker ? -1 : 1));
}

/** The share that a run has of its process's quota, from its first claim until it pauses or ends. */
export class QuotaShare {
	private sending: Sending | undefined;
	private joining: Promise<void> | undefined;
	private isSharing = false;
	private applied = 0;
	/** As read last. */
	private workers: Worker[] = [];

	/**
	 * @param renew changes the row of the run, **then** reads those of all that are running
	 * @param wallClock milliseconds since 1970: others compare it
	 */
	constructor(
		private readonly renew: (values: Partial<RunRow>) => Promise<RunRow[]>,
		private readonly quota: Quota,
		private readonly clock: Clock,
		private readonly signal?: AbortSignal,
		private readonly wallClock: () => number = () => Date.now(),
		private readonly worker = WORKER,
	) {}

	/** Waits until this run may use its share; to be called before each claim. Never throws. */
	async join(): Promise<void> {
		this.joining ??= this.begin();
		await this.joining;
	}

	/** Leaves the share to the others, who see it by the state of the run. */
	leave(): void {
		this.sending = undefined;
		this.joining = undefined;
		this.isSharing = false;
		this.quota.rateLimiter.share(this);
	}

	/** How long until the next look. */
	get lookMs(): number {
		const { length } = this.workers;
		const ms = Math.max(SHARED_LOOK_MS, (1000 * length) / LOOKS_PER_SECOND);
		return length > 1 ? Math.min(RENEW_MS, ms) : RENEW_MS;
	}

	/** Says that the run is at work, and looks who else is. @throws what the table throws */
	async look(values: Partial<RunRow> = {}): Promise<void> {
		const at = new Date(this.wallClock()).toISOString();
		const result = this.sending && { result: JSON.stringify(this.sending) };
		const rows = await this.renew({ ...values, ...result, at });
		const now = this.wallClock();
		const seen = rows.filter((row) => now - Date.parse(row.at) <= SEEN_MS);
		this.workers = workersOf(seen, this.quota.rateLimiter.quota);
		this.apply();
	}

	private async begin(): Promise<void> {
		const { rateLimiter, maxPerSecond } = this.quota;
		const from = this.wallClock() + NOTICE_MS;
		const sending: Sending = {
			quota: rateLimiter.quota,
			worker: this.worker,
			maxPerSecond,
			from: new Date(from).toISOString(),
		};
		this.sending = sending;
		const look = async () => await this.look().catch(() => undefined);
		await look();
		const others = () => this.workers.filter(({ worker }) => worker !== this.worker);
		const left = () =>
			(this.workers.find(({ worker }) => worker === this.worker)?.from ?? from) - this.wallClock();
		// Another run of this process may have a share already.
		if (left() > 0) {
			if (others().length > 0) {
				await pause(this.clock, SETTLE_MS, this.signal);
				await look();
			}
			if (others().every((other) => other.from > from)) {
				// Nobody has to make room for the first one.
				sending.from = new Date(this.wallClock()).toISOString();
				void look();
			} else {
				await pause(this.clock, left(), this.signal);
			}
		}
		if (this.sending !== sending) return;
		this.isSharing = true;
		this.apply();
	}

	/** Gives the limiter the share that this process has now, and as soon as somebody else's begins. */
	private apply(): void {
		if (!this.isSharing) return;
		const now = this.wallClock();
		const { rateLimiter } = this.quota;
		const isOwn = ({ worker }: Worker) => worker === this.worker;
		const active = this.workers.filter((each) => isOwn(each) || each.from <= now);
		const own = active.findIndex(isOwn);
		const changes = this.workers.map(({ from }) => from - now).filter((ms) => ms > 0);
		const rate = rateLimiter.callsPerSecond;
		if (active.length <= rate || own === -1) {
			// No share where the table does not know this run as running.
			const wanted = active.map(({ maxPerSecond }) => maxPerSecond);
			rateLimiter.share(this, divide(rate, wanted)[own]);
		} else {
			const apart = (WINDOW_MS + TURN_MS) / rate;
			const every = apart * active.length;
			const since = (now + every - apart * own) % every;
			const isTurn = since < TURN_MS;
			rateLimiter.share(this, isTurn ? 1 : 0);
			changes.push((isTurn ? TURN_MS : every) - since);
		}
		const round = ++this.applied;
		if (changes.length === 0) return;
		void pause(this.clock, Math.min(RENEW_MS, ...changes), this.signal).then(() => {
			if (round === this.applied) this.apply();
		});
	}
}
