import { hash } from 'node:crypto';

import { sharedByKey } from '../util/sharedByKey';
import { REAL_CLOCK, onAbort, type Clock } from './clock';

/**
 * Calls do not all travel equally fast, and the API counts them where they arrive. So the window in which they are
 * counted here is this much longer than a second, and longer again after each rejection that jitter explains. All
 * constants: docs/adr/0003-rate-limiter.md.
 */
const MARGIN_MS = 10;
export const WINDOW_MS = 1000 + MARGIN_MS;

/** The part of the even spacing between calls that is kept; the rest lets late timers catch up. */
const SPACING = 0.86;

/** Lateness beyond this is not made up for, so that no long burst follows a standstill. */
const CATCH_UP_MS = 80;

/** Sleeps are cut to this, so that a new pace, e.g. after an answer, takes effect soon. */
const MAX_SLEEP_MS = 500;

/** How long after a throttled call a higher pace is tried. */
const PROBE_MS = 15_000;
/** After a successful probe the next follows as soon as a full window has confirmed it. */
const NEXT_PROBE_MS = 1_100;

/**
 * A single rejection within this time, while at least this share of the window was ours, is taken for network jitter and
 * not for another client.
 */
const JITTER_MS = 2_000;
const JITTER_SHARE = 0.9;

/** After this long without a call, nothing is known about other clients any more. */
const FORGET_MS = 30_000;

/** Retry tokens, and what an accepted call gives back: in the long run, at most one call in five is a retry. */
const RETRY_BUDGET = 100;
const RETRY_REFUND = 0.2;

/** Cap on Retry-After: a longer wait would stall every workflow of the account. */
const MAX_RETRY_AFTER_MS = 60_000;

interface Call {
	at: number;
	/** From leaving to the answer, once there is one. */
	tookMs?: number;
	/** The first after a pause, which arrives late because a connection has to be made. */
	isFirst: boolean;
	/** How long this process then had other things to do, which kept the call from leaving, too. */
	heldMs: number;
	/** Estimated extra delay on its way, compared with the fastest call. */
	lateMs: number;
	line: Line;
	/** The API rejected it, so it takes no room in the API's window. */
	throttled: boolean;
}

/**
 * Answer times vary by this much without telling anything about the way to the API: by the API's own work, and on a
 * busy machine because an answer waits until this process turns to it.
 */
const USUAL_SPREAD_MS = 125;
/** Of a longer answer time, the rest was spent at the API. */
const MAX_DELAY_MS = 500;

/** When one more call fits into the window. */
function hasRoomAt(calls: Call[], room: number, marginMs = MARGIN_MS): number {
	if (calls.length < room) return -Infinity;
	const times = calls.map(({ at, lateMs }) => at + lateMs);
	// Nearly always they are in order already, and sorting costs time.
	if (calls.some(({ lateMs }) => lateMs > 0)) times.sort((left, right) => left - right);
	return times[times.length - room] + 1000 + marginMs;
}

/** When the next call is due. One that left late does not delay those after it. */
function nextDue(due: number, room: number, now: number): number {
	return Math.max(due, now - CATCH_UP_MS) + (WINDOW_MS / room) * SPACING;
}

/** What is known of an execution. It outlives the execution, as calls do, and so holds nothing of it. */
interface Line {
	/** When its next call is due by a limit of its own. */
	due: number;
}

interface Waiter {
	maxPerSecond: number;
	resolve(permit: Permit | undefined): void;
}

/** The right to make one call now. Its holder reports how the call went. */
export interface Permit {
	/** Any answer arrived. */
	answered(): void;
	accepted(): void;
	/** @param retryAfterMs how long the API asked to wait */
	throttled(retryAfterMs?: number): void;
}

/**
 * Spaces the calls of one account and operation, for all executions of this process.
 *
 * No rolling second holds more calls than the rate. If the API throttles nevertheless, other clients share the account:
 * the API had as many calls in the last second as it takes, and those of ours among them are our share. So the window
 * shrinks to just that many, which lets processes that know nothing of each other fit in at once. From time to time one
 * more call is tried, and soon more if it passes. Where it is known who else sends, the window starts at a share of the
 * rate, and does not grow beyond that.
 *
 * Each execution has a queue of its own, and the queues take turns. One that waits for a lower limit of its own is
 * skipped meanwhile.
 */
export class RateLimiter {
	private readonly queues = new Map<object, Waiter[]>();
	private dispatching = false;
	private wake: (() => void) | undefined;
	/** The calls of the last two windows, oldest first. */
	private calls: Call[] = [];
	private readonly lines = new WeakMap<object, Line>();
	/** When the next call is due. */
	private due = -Infinity;
	/** The API asked for no call before this. */
	private notBefore = -Infinity;
	/** Calls that fit into the window now: the limit, or less while others share the account. */
	private room: number;
	/** Calls in a window that are left to this process, by who says so. */
	private readonly shares = new Map<object, number>();
	private probeAt = Infinity;
	private probeStep = 1;
	private probing = false;
	private lastShrink = -Infinity;
	/** When calls were rejected because of jitter, not of company. */
	private jitters: number[] = [];
	private retries = RETRY_BUDGET;

	/**
	 * @param callsPerSecond the documented rate, a whole number from 1
	 * @param quota names the account and operation to other processes, without telling them
	 */
	constructor(
		readonly callsPerSecond: number,
		private readonly clock: Clock = REAL_CLOCK,
		readonly quota = '',
	) {
		this.room = callsPerSecond;
	}

	/**
	 * Waits for the right to make a call.
	 * @param execution identifies the queue
	 * @param maxPerSecond a limit of the execution's own, below the rate
	 * @returns undefined as soon as the execution is cancelled
	 */
	async acquire(
		execution: object,
		maxPerSecond = this.callsPerSecond,
		signal?: AbortSignal,
	): Promise<Permit | undefined> {
		if (signal?.aborted) return undefined;
		return await new Promise((resolve) => {
			const waiter: Waiter = {
				maxPerSecond,
				resolve: (permit) => {
					forget();
					resolve(permit);
				},
			};
			const forget = onAbort(signal, () => {
				this.remove(execution, waiter);
				resolve(undefined);
			});
			this.queues.set(execution, [...(this.queues.get(execution) ?? []), waiter]);
			if (!this.dispatching) void this.dispatch();
			else if (maxPerSecond >= this.callsPerSecond) this.wake?.();
		});
	}

	/** Empties the queue of an execution: its waiting calls get no permit. */
	cancelQueued(execution: object): void {
		const queue = this.queues.get(execution) ?? [];
		this.queues.delete(execution);
		queue.forEach((waiter) => waiter.resolve(undefined));
	}

	/** @returns false when the retry budget is used up */
	takeRetryToken(): boolean {
		if (this.retries < 1) return false;
		this.retries--;
		return true;
	}

	/**
	 * Limits this process to its share while others are known to send. Shares that add up to the rate keep all of them
	 * within it, wherever in time their windows begin.
	 * @param holder who knows of it; of several shares the smallest counts
	 * @param calls in a window, none to keep still; undefined when nobody is known any more
	 */
	share(holder: object, calls?: number): void {
		const before = this.limit;
		if (calls === undefined) this.shares.delete(holder);
		else this.shares.set(holder, calls);
		const { limit } = this;
		if (limit === before) return;
		// What is known of others who use the account stays true in proportion.
		const part = before > 0 ? this.room / before : 1;
		this.room = Math.min(limit, Math.max(1, Math.round(part * limit)));
		// For a window, the API still counts calls of those who gave or got a part: it may turn some away, which says
		// nothing of the share.
		const now = this.clock.now();
		this.lastShrink = now + WINDOW_MS;
		if (limit > 0 && limit < before) this.due = now + (this.clock.random() * WINDOW_MS) / limit;
		this.wake?.();
	}

	private get limit(): number {
		return Math.min(this.callsPerSecond, ...this.shares.values());
	}

	/** Whether a new limiter would do the same, except that it has all its retry tokens. */
	isIdle(): boolean {
		const now = this.clock.now();
		return this.queues.size === 0 && now >= this.notBefore && this.isForgotten(now);
	}

	/** Whether the last call is so long ago that nothing is known about other clients any more. */
	private isForgotten(now: number): boolean {
		const last = this.calls[this.calls.length - 1]?.at ?? -Infinity;
		return now - Math.max(last, this.lastShrink) > FORGET_MS;
	}

	private remove(execution: object, waiter: Waiter): void {
		const queue = (this.queues.get(execution) ?? []).filter((each) => each !== waiter);
		if (queue.length > 0) this.queues.set(execution, queue);
		else this.queues.delete(execution);
	}

	private async dispatch(): Promise<void> {
		this.dispatching = true;
		// Nobody waited, so nobody is late: a new schedule.
		const start = this.clock.now();
		if (start - this.due > CATCH_UP_MS) this.due = start;
		while (this.queues.size > 0) {
			const now = this.clock.now();
			this.calls = this.calls.filter(({ at }) => now - at < 2 * WINDOW_MS);
			this.probe(now);
			const readyAt = [...this.queues].map(([execution, [waiter]]) =>
				this.ownReadyAt(execution, waiter),
			);
			const [all, own] = [this.readyAt(), Math.min(...readyAt)];
			const wait = Math.max(all, own) - now;
			if (wait > 0) {
				await this.sleep(Math.min(wait, MAX_SLEEP_MS), own > all || this.room === 0);
				continue;
			}
			const [execution, [waiter, ...others]] = [...this.queues][
				readyAt.findIndex((at) => at <= now)
			];
			// To the end of the map: the next call belongs to another execution.
			this.queues.delete(execution);
			if (others.length > 0) this.queues.set(execution, others);
			waiter.resolve(this.grant(execution, waiter));
		}
		this.dispatching = false;
	}

	/** @param canBeWoken whether a newly queued call may end the sleep early */
	private async sleep(ms: number, canBeWoken: boolean): Promise<void> {
		await new Promise<void>((resolve) => {
			this.wake = canBeWoken ? resolve : undefined;
			void this.clock.sleep(ms).then(resolve);
		});
	}

	/** When the next call of any execution may leave. */
	private readyAt(): number {
		if (this.room === 0) return Infinity;
		const taken = this.calls.filter(({ throttled }) => !throttled);
		const step = Math.min(MARGIN_MS, 1000 / this.callsPerSecond);
		const marginMs = MARGIN_MS + step * this.recentJitters().length;
		return Math.max(
			hasRoomAt(this.calls, this.callsPerSecond, marginMs),
			hasRoomAt(taken, this.room, marginMs),
			this.due,
			this.notBefore,
		);
	}

	/** When an execution may make a call by its own limit. */
	private ownReadyAt(execution: object, { maxPerSecond }: Waiter): number {
		if (maxPerSecond >= this.callsPerSecond) return -Infinity;
		const line = this.lineOf(execution);
		const own = this.calls.filter((call) => call.line === line);
		return Math.max(hasRoomAt(own, maxPerSecond), line.due);
	}

	private lineOf(execution: object): Line {
		const line = this.lines.get(execution) ?? { due: this.clock.now() };
		this.lines.set(execution, line);
		return line;
	}

	private grant(execution: object, { maxPerSecond }: Waiter): Permit {
		const now = this.clock.now();
		this.due = nextDue(this.due, this.room, now);
		const line = this.lineOf(execution);
		line.due = nextDue(line.due, maxPerSecond, now);
		const call: Call = {
			at: now,
			isFirst: this.calls.length === 0,
			line,
			heldMs: 0,
			lateMs: 0,
			throttled: false,
		};
		this.calls.push(call);
		void this.clock.sleep(0).then(() => (call.heldMs = this.clock.now() - now));
		return {
			answered: () => {
				call.tookMs = this.clock.now() - call.at;
				this.estimateDelays();
			},
			accepted: () => {
				this.retries = Math.min(RETRY_BUDGET, this.retries + RETRY_REFUND);
			},
			throttled: (retryAfterMs = 0) => {
				call.throttled = true;
				this.notBefore = Math.max(
					this.notBefore,
					this.clock.now() + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS),
				);
				this.shrink(call);
			},
		};
	}

	/**
	 * A call whose answer is late may have arrived late, and then the calls after it have to leave later, too. It has if
	 * this process was held up right after it, or if it took much longer than others.
	 */
	private estimateDelays(): void {
		const fastest = this.calls.reduce(
			(min, { tookMs }) => Math.min(min, tookMs ?? Infinity),
			Infinity,
		);
		for (const call of this.calls) {
			const more = (call.tookMs ?? fastest) - fastest;
			const held = call.heldMs > MARGIN_MS ? call.heldMs : 0;
			call.lateMs = Math.min(more, call.isFirst || more > USUAL_SPREAD_MS ? MAX_DELAY_MS : held);
		}
	}

	/** Shrinks the window to our share of the API's full one. */
	private shrink(call: Call): void {
		// A call that left before the last shrink says nothing new.
		if (call.at < this.lastShrink) return;
		const share = this.calls.filter(
			({ at, throttled }) => !throttled && at <= call.at && call.at - at < 1000,
		).length;
		const now = this.clock.now();
		// When we are the only client, an occasional rejection only means that our own calls bunched up on the way.
		const isJitter =
			this.room === this.limit &&
			share >= Math.min(JITTER_SHARE * this.room, this.room - 1) &&
			this.recentJitters(JITTER_MS).length === 0;
		if (isJitter) {
			this.jitters = [...this.recentJitters(), now];
			return;
		}
		const room = Math.max(1, Math.min(share, this.probing ? this.room - 1 : this.room));
		this.room = Math.min(room, this.limit);
		// Jittered, so that clients throttled together do not probe together.
		this.probeAt = now + PROBE_MS * (this.room / this.limit) * (0.75 + this.clock.random() / 2);
		this.probing = false;
		this.probeStep = 1;
		this.lastShrink = now;
	}

	private recentJitters(withinMs = FORGET_MS): number[] {
		const now = this.clock.now();
		return this.jitters.filter((at) => now - at <= withinMs);
	}

	/** Tries from time to time whether there is more room. */
	private probe(now: number): void {
		if (this.room >= this.limit) return;
		if (this.isForgotten(now)) {
			this.room = this.limit;
			return;
		}
		if (now < this.probeAt) return;
		if (this.probing) this.probeStep *= 2;
		this.probing = true;
		this.room = Math.min(this.limit, this.room + this.probeStep);
		this.probeAt = now + NEXT_PROBE_MS;
	}
}

const rateLimiters = sharedByKey((rateLimiter: RateLimiter) => rateLimiter.isIdle());

/**
 * The rate limiter of an account and operation, shared by all nodes, workflows and executions of this process.
 * @param key endpoint, account and operation
 */
export function rateLimiterFor(key: string, callsPerSecond: number): RateLimiter {
	const create = () =>
		new RateLimiter(callsPerSecond, REAL_CLOCK, hash('sha256', key).slice(0, 12));
	return rateLimiters(key, create);
}
