import { REAL_CLOCK, onAbort, type Clock } from './clock';

/**
 * How much longer than a second the window is in which calls are counted: calls do not all travel equally fast,
 * and the API counts them where they arrive.
 */
const MARGIN_MS = 10;
const WINDOW_MS = 1000 + MARGIN_MS;

/** Share of the even distance between calls that is kept; the rest lets the pace catch up with late timers. */
const SPACING = 0.86;

/** A call that leaves later than this behind its schedule starts a new one, instead of a burst. */
const CATCH_UP_MS = 50;

/** Long sleeps are cut, so that a change of the pace, e.g. by an answer, is seen soon. */
const MAX_SLEEP_MS = 500;

/** How long after throttling more calls are tried again; doubles for each time that was too early. */
const PROBE_MS = 15_000;
/** After a good try the next one comes as soon as a full window has shown that it was good. */
const NEXT_PROBE_MS = 1_100;

/** One call turned away in so long, while nearly the whole window was ours, is taken for an accident on the way. */
const JITTER_MS = 2_000;
const JITTER_SHARE = 0.9;

/** After so long without a call nothing is known about the others any more. */
const FORGET_MS = 30_000;

/** Calls that may be repeated at once, and what an accepted one gives back: at most one in five in the long run. */
const RETRY_BUDGET = 100;
const RETRY_REFUND = 0.2;

/** A server that asks for more than this is not obeyed: it would stop every workflow of the account. */
const MAX_RETRY_AFTER_MS = 60_000;

/** A call that has left. */
interface Call {
	at: number;
	/** Until the answer, once there is one. */
	tookMs?: number;
	/** The first after a pause: a connection has to be made, and it arrives later than others. */
	isFirst: boolean;
	/** How much later than others it arrived, as far as the answer tells. */
	lateMs: number;
	execution: object;
	/** The API has turned it away, so that it takes no room in its window. */
	throttled: boolean;
}

/** Answers vary by so much without saying anything about the way there. */
const USUAL_SPREAD_MS = 50;
/** A call that takes longer has waited at the other end. */
const MAX_DELAY_MS = 500;

/** When one call more fits into the window. */
function hasRoomAt(calls: Call[], room: number): number {
	if (calls.length < room) return -Infinity;
	const times = calls.map(({ at, lateMs }) => at + lateMs);
	// Nearly always they are in order already.
	if (calls.some(({ lateMs }) => lateMs > 0)) times.sort((left, right) => left - right);
	return times[times.length - room] + WINDOW_MS;
}

/** When the next call is due, evenly spaced; one far behind its schedule begins a new one. */
function nextDue(due: number, room: number, now: number): number {
	return (now - due > CATCH_UP_MS ? now : due) + (WINDOW_MS / room) * SPACING;
}

interface Waiter {
	maxPerSecond: number;
	leave(permit: Permit | undefined): void;
}

/** The right to make one call now; the answer tells how it went. */
export interface Permit {
	/** An answer has come, of whatever kind. */
	answered(): void;
	accepted(): void;
	/** @param retryAfterMs what the API asked to wait */
	throttled(retryAfterMs?: number): void;
}

/**
 * Spaces the calls of one account and operation, for all executions of this process.
 *
 * Never more than the rate leaves within any rolling second. Where the API throttles nevertheless, others share
 * the account: it then had as many calls in the last second as it takes, and those of ours among them are our share.
 * So the window shrinks to just that many, which makes processes that know nothing of each other fit in at once;
 * from time to time one call more is tried, and soon more when it passes.
 *
 * Executions stand in a line each, and the lines are served in turn. One that wants to be slower than the rate is
 * passed over meanwhile.
 */
export class RateLimiter {
	private readonly lines = new Map<object, Waiter[]>();
	private serving = false;
	private wake: (() => void) | undefined;
	/** The calls of the last two windows, oldest first. */
	private calls: Call[] = [];
	/** When the next call is due by the even pace, of all executions and of those with a limit of their own. */
	private due = -Infinity;
	private readonly ownDue = new WeakMap<object, number>();
	/** Not before this: the API has said so. */
	private notBefore = -Infinity;
	/** Calls that the window takes now: the rate, or less while others share the account. */
	private room: number;
	private probeAt = Infinity;
	private probeStep = 1;
	private probing = false;
	private lastCut = -Infinity;
	private lastJitter = -Infinity;
	private retries = RETRY_BUDGET;

	/** @param callsPerSecond the documented rate, a whole number from 1 */
	constructor(
		private readonly callsPerSecond: number,
		private readonly clock: Clock = REAL_CLOCK,
	) {
		this.room = callsPerSecond;
	}

	/**
	 * Waits for the right to make a call.
	 * @param execution whose line to stand in
	 * @param maxPerSecond a limit of the execution's own, below the rate
	 * @returns the turn, or undefined as soon as the execution is cancelled
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
				leave: (permit) => {
					forget();
					resolve(permit);
				},
			};
			const forget = onAbort(signal, () => {
				this.remove(execution, waiter);
				resolve(undefined);
			});
			this.lines.set(execution, [...(this.lines.get(execution) ?? []), waiter]);
			if (!this.serving) void this.serve();
			else if (maxPerSecond >= this.callsPerSecond) this.wake?.();
		});
	}

	/** Ends the waiting of an execution: those of its calls that stand in line do not leave any more. */
	cancelQueued(execution: object): void {
		const line = this.lines.get(execution) ?? [];
		this.lines.delete(execution);
		line.forEach((waiter) => waiter.leave(undefined));
	}

	/** Whether one more call may be repeated; it is counted. */
	takeRetryToken(): boolean {
		if (this.retries < 1) return false;
		this.retries--;
		return true;
	}

	private remove(execution: object, waiter: Waiter): void {
		const line = (this.lines.get(execution) ?? []).filter((each) => each !== waiter);
		if (line.length > 0) this.lines.set(execution, line);
		else this.lines.delete(execution);
	}

	private async serve(): Promise<void> {
		this.serving = true;
		while (this.lines.size > 0) {
			const now = this.clock.now();
			this.calls = this.calls.filter(({ at }) => now - at < 2 * WINDOW_MS);
			this.probe(now);
			const readyAt = [...this.lines].map(([execution, [waiter]]) =>
				this.ownReadyAt(execution, waiter),
			);
			const [all, own] = [this.readyAt(), Math.min(...readyAt)];
			const wait = Math.max(all, own) - now;
			if (wait > 0) {
				await this.sleep(Math.min(wait, MAX_SLEEP_MS), own > all);
				continue;
			}
			const [execution, [waiter, ...others]] = [...this.lines][
				readyAt.findIndex((at) => at <= now)
			];
			// To the end of the lines: the next call is another execution's.
			this.lines.delete(execution);
			if (others.length > 0) this.lines.set(execution, others);
			waiter.leave(this.leave(execution, waiter));
		}
		this.serving = false;
	}

	/** @param wakes whether somebody who joins may be able to leave before */
	private async sleep(ms: number, wakes: boolean): Promise<void> {
		await new Promise<void>((resolve) => {
			this.wake = wakes ? resolve : undefined;
			void this.clock.sleep(ms).then(resolve);
		});
	}

	/** When the next call of anybody may leave. */
	private readyAt(): number {
		const taken = this.calls.filter(({ throttled }) => !throttled);
		return Math.max(
			hasRoomAt(this.calls, this.callsPerSecond),
			hasRoomAt(taken, this.room),
			this.due,
			this.notBefore,
		);
	}

	/** When an execution may go on by its own limit. */
	private ownReadyAt(execution: object, { maxPerSecond }: Waiter): number {
		if (maxPerSecond >= this.callsPerSecond) return -Infinity;
		const own = this.calls.filter((call) => call.execution === execution);
		return Math.max(hasRoomAt(own, maxPerSecond), this.ownDue.get(execution) ?? -Infinity);
	}

	private leave(execution: object, { maxPerSecond }: Waiter): Permit {
		const now = this.clock.now();
		this.due = nextDue(this.due, this.room, now);
		this.ownDue.set(execution, nextDue(this.ownDue.get(execution) ?? -Infinity, maxPerSecond, now));
		const call: Call = {
			at: now,
			isFirst: this.calls.length === 0,
			execution,
			lateMs: 0,
			throttled: false,
		};
		this.calls.push(call);
		return {
			answered: () => {
				call.tookMs = this.clock.now() - call.at;
				this.judgeArrivals();
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

	/** A call that took much longer than others arrived later than it left; so the next ones have to leave later too. */
	private judgeArrivals(): void {
		const fastest = this.calls.reduce(
			(least, { tookMs }) => Math.min(least, tookMs ?? Infinity),
			Infinity,
		);
		for (const call of this.calls) {
			const more = (call.tookMs ?? fastest) - fastest;
			call.lateMs = call.isFirst || more > USUAL_SPREAD_MS ? Math.min(more, MAX_DELAY_MS) : 0;
		}
	}

	/** Takes as much room as we had when the API's window was full. */
	private shrink(call: Call): void {
		// What left before the last cut was known says nothing new.
		if (call.at < this.lastCut) return;
		const share = this.calls.filter(
			({ at, throttled }) => !throttled && at <= call.at && call.at - at < 1000,
		).length;
		const now = this.clock.now();
		// Alone, one call in a while that met others of ours on the way is no sign of company.
		const isJitter =
			this.room === this.callsPerSecond &&
			share >= JITTER_SHARE * this.room &&
			now - this.lastJitter > JITTER_MS;
		if (isJitter) {
			this.lastJitter = now;
			return;
		}
		this.room = Math.max(1, Math.min(share, this.probing ? this.room - 1 : this.room));
		// At another moment than the others, who were turned away together with us.
		this.probeAt =
			now + PROBE_MS * (this.room / this.callsPerSecond) * (0.75 + this.clock.random() / 2);
		this.probing = false;
		this.probeStep = 1;
		this.lastCut = now;
	}

	/** Tries whether there is more room than before. */
	private probe(now: number): void {
		if (this.room >= this.callsPerSecond) return;
		const last = this.calls[this.calls.length - 1]?.at ?? -Infinity;
		if (now - Math.max(last, this.lastCut) > FORGET_MS) {
			this.room = this.callsPerSecond;
			return;
		}
		if (now < this.probeAt) return;
		if (this.probing) this.probeStep *= 2;
		this.probing = true;
		this.room = Math.min(this.callsPerSecond, this.room + this.probeStep);
		this.probeAt = now + NEXT_PROBE_MS;
	}
}

const rateLimiters = new Map<string, RateLimiter>();

/**
 * The one rate limiter of this process for an account and operation, shared by all nodes, workflows and executions.
 * @param key endpoint, account and operation
 */
export function rateLimiterFor(key: string, callsPerSecond: number): RateLimiter {
	const known = rateLimiters.get(key);
	if (known) return known;
	const rateLimiter = new RateLimiter(callsPerSecond);
	rateLimiters.set(key, rateLimiter);
	return rateLimiter;
}
