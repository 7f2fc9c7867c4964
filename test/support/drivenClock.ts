/**
 * A clock that tests drive, and an API with a quota that runs on it. Minutes of rate limiting pass in milliseconds, and
 * a seed makes every run the same.
 */
import type { Clock } from '../../nodes/shared/http/clock';

/** Numbers from 0 to 1 that a seed fixes (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

/** Time that passes only while a test calls `run`; no real timer is started. */
export class DrivenClock implements Clock {
	private time = 0;
	private timers: Array<{ at: number; wake: () => void }> = [];

	constructor(
		readonly random: () => number = seededRandom(1),
		/** How late a timer may fire, as real ones do. */
		private readonly lateness = 0,
	) {}

	now = () => this.time;

	sleep = (ms: number) =>
		new Promise<void>((resolve) => {
			this.timers.push({
				at: this.time + Math.max(0, ms) + this.random() * this.lateness,
				wake: resolve,
			});
		});

	/** Lets time pass until `end`, or until no timer is left. */
	async run(end = Infinity): Promise<void> {
		for (;;) {
			// Everything that can continue without time passing does so first.
			await new Promise((resolve) => setImmediate(resolve));
			if (this.timers.length === 0) break;
			const next = this.timers.reduce((first, each) => (each.at < first.at ? each : first));
			if (next.at > end) break;
			this.timers.splice(this.timers.indexOf(next), 1);
			this.time = Math.max(this.time, next.at);
			next.wake();
		}
		if (Number.isFinite(end)) this.time = end;
	}

	/** Blocks the process for a while: timers that fall due in that time fire late. */
	stall(ms: number): void {
		this.time += ms;
	}
}

/**
 * The time of a process on a busy machine. Its timers fire late, each by as much as it happens, and it may be made to
 * stand still, together with all that it would do meanwhile, while everybody else goes on.
 */
export class BusyClock implements Clock {
	private stillUntil = 0;

	constructor(
		private readonly clock: Clock,
		/** How late a timer may fire. */
		private readonly lateness = 0,
	) {}

	now = () => this.clock.now();
	random = () => this.clock.random();

	sleep = async (ms: number) => {
		await this.clock.sleep(Math.max(0, ms) + this.random() * this.lateness);
		while (this.now() < this.stillUntil) await this.clock.sleep(this.stillUntil - this.now());
	};

	standStill(ms: number): void {
		this.stillUntil = Math.max(this.now(), this.stillUntil) + ms;
	}
}

/** An API that accepts a number of calls per second and throttles the others. */
export class QuotaApi {
	/** When each accepted call arrived, in milliseconds. */
	readonly accepted: number[] = [];
	throttled = 0;
	private calls = 0;

	constructor(
		private readonly clock: Clock,
		/** Calls per second; can change while it runs. */
		public quota: number,
		private readonly window: 'rolling' | 'fixed' = 'rolling',
		private readonly latencyMs = 120,
		private readonly jitterMs = 40,
		/** How much longer the first call travels, because the connection has to be opened. */
		private readonly firstLateMs = 0,
	) {}

	/** @returns whether the call was accepted */
	async call(): Promise<boolean> {
		const late = this.calls++ === 0 ? this.firstLateMs : 0;
		await this.clock.sleep(1 + this.clock.random() * 4 + late);
		const now = this.clock.now();
		const inWindow = (at: number) =>
			this.window === 'rolling'
				? now - at < 1000
				: Math.floor(at / 1000) === Math.floor(now / 1000);
		// Calls are accepted in the order of time: when the oldest of a full quota is in the window, all of them are.
		const oldest = this.accepted.at(-this.quota);
		const taken = this.quota > 0 && (oldest === undefined || !inWindow(oldest));
		if (taken) this.accepted.push(now);
		else this.throttled++;
		await this.clock.sleep(this.latencyMs + this.clock.random() * this.jitterMs);
		return taken;
	}
}
