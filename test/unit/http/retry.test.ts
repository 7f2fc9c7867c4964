import fc from 'fast-check';

import type { Answer, RetryLaterAnswer, UnknownAnswer } from '../../../nodes/shared/http/apiAnswer';
import { RateLimiter } from '../../../nodes/shared/http/rateLimiter';
import { callWithinQuota, type CallOptions, type Called } from '../../../nodes/shared/http/retry';
import { DrivenClock, seededRandom } from '../../support/drivenClock';

/** The run whose calls these are. */
const RUN = {};

const ACCEPTED: Answer = { outcome: 'accepted', body: {}, messageId: '1' };
const REJECTED: Answer = { outcome: 'rejected', code: 'MissingTo', message: '', httpStatus: 400 };
const THROTTLED: RetryLaterAnswer = {
	outcome: 'retryLater',
	cause: 'throttled',
	code: 'Throttling.User',
	message: '',
};
const UNREACHABLE: RetryLaterAnswer = {
	outcome: 'retryLater',
	cause: 'unreachable',
	why: 'noConnection',
	network: 'ECONNREFUSED',
};
const unknown = (cause: UnknownAnswer['cause']): Answer => ({ outcome: 'unknown', cause });

/** A call that gets these answers, the last one for good; and when it was made. */
class Api {
	readonly calls: number[] = [];

	constructor(
		private readonly clock: DrivenClock,
		private readonly answers: Answer[],
		private readonly latencyMs = 10,
	) {}

	call = async (): Promise<Answer> => {
		const answer = this.answers[Math.min(this.calls.length, this.answers.length - 1)];
		this.calls.push(this.clock.now());
		await this.clock.sleep(this.latencyMs);
		return answer;
	};
}

/** Makes a call with these answers, and lets the time pass that it takes. */
async function make(
	answers: Answer[],
	options: Partial<CallOptions> = {},
	clock = new DrivenClock(),
) {
	const api = new Api(clock, answers);
	const rateLimiter = options.rateLimiter ?? new RateLimiter(250, clock);
	const calling = callWithinQuota(api.call, { rateLimiter, execution: RUN, clock, ...options });
	await clock.run();
	return { called: await calling, calls: api.calls, clock };
}

describe('a call is made once, and its answer handed back as it is,', () => {
	it.each<[string, Answer]>([
		['when it is accepted', ACCEPTED],
		['when it is rejected', REJECTED],
		...(['timeout', 'connectionLost', 'serverError', 'unreadableAnswer', 'nonceUsed'] as const).map(
			(cause): [string, Answer] => [
				`when it is unknown what became of it: ${cause}`,
				unknown(cause),
			],
		),
	])('%s', async (_when, answer) => {
		// What would come next would be taken for the outcome of the first.
		const { called, calls } = await make([answer, ACCEPTED]);
		expect(called?.answer).toBe(answer);
		expect(calls).toHaveLength(1);
	});

	it.each<[string, Answer]>([
		['rejected', REJECTED],
		['unknown', unknown('timeout')],
	])('when it is %s after it was throttled', async (_what, answer) => {
		const { called, calls } = await make([THROTTLED, answer, ACCEPTED]);
		expect(called?.answer).toBe(answer);
		expect(calls).toHaveLength(2);
	});
});

describe('a call that is proven not accepted', () => {
	it.each([
		['throttled', THROTTLED, 10],
		['unreachable', UNREACHABLE, 3],
	])('is made again, and handed back when it is %s too often', async (_cause, answer, attempts) => {
		const { called, calls } = await make([answer]);
		expect(called?.answer).toBe(answer);
		expect(calls).toHaveLength(attempts);
	});

	it.each([
		['throttled', THROTTLED, 9],
		['unreachable', UNREACHABLE, 2],
	])(
		'is accepted by the last attempt that there is, after having been %s',
		async (_cause, answer, times) => {
			const { called, calls } = await make([...Array<Answer>(times).fill(answer), ACCEPTED]);
			expect(called?.answer).toBe(ACCEPTED);
			expect(calls).toHaveLength(times + 1);
		},
	);

	it('was sent when the last attempt left', async () => {
		const real = [
			'setImmediate',
			'nextTick',
			'queueMicrotask',
			'performance',
			'setTimeout',
			'setInterval',
		] as const;
		jest.useFakeTimers({ now: 0, doNotFake: [...real] });
		try {
			const clock = new DrivenClock();
			const answers = [THROTTLED, THROTTLED, ACCEPTED];
			const leaving: string[] = [];
			const call = async () => {
				leaving.push(new Date().toISOString());
				// As long as the call is under way.
				jest.setSystemTime(Date.now() + 7_000);
				return answers[leaving.length - 1];
			};
			const calling = callWithinQuota(call, {
				rateLimiter: new RateLimiter(250, clock),
				execution: RUN,
				clock,
			});
			await clock.run();
			expect(await calling).toEqual({ answer: ACCEPTED, sentAt: '1970-01-01T00:00:14.000Z' });
			expect(leaving).toHaveLength(3);
		} finally {
			jest.useRealTimers();
		}
	});

	it('does not leave again before the API has said that it may', async () => {
		const { calls } = await make([{ ...THROTTLED, retryAfterMs: 9_000 }, ACCEPTED]);
		expect(calls[1]).toBeGreaterThanOrEqual(9_000);
	});

	it('is handed back at once when enough calls have been repeated', async () => {
		for (const answer of [THROTTLED, UNREACHABLE]) {
			const clock = new DrivenClock();
			const rateLimiter = new RateLimiter(250, clock);
			while (rateLimiter.takeRetryToken());
			const { called, calls } = await make([answer, ACCEPTED], { rateLimiter }, clock);
			expect(called?.answer).toBe(answer);
			expect(calls).toHaveLength(1);
		}
	});

	it('may be made again once others were accepted', async () => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(250, clock);
		while (rateLimiter.takeRetryToken());
		for (let call = 0; call < 5; call++) await make([ACCEPTED], { rateLimiter }, clock);
		expect((await make([UNREACHABLE, ACCEPTED], { rateLimiter }, clock)).calls).toHaveLength(2);
		expect((await make([UNREACHABLE, ACCEPTED], { rateLimiter }, clock)).calls).toHaveLength(1);
	});

	it('takes of what may be repeated only for what is', async () => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(250, clock);
		const takeRetryToken = jest.spyOn(rateLimiter, 'takeRetryToken');
		await make([UNREACHABLE], { rateLimiter }, clock);
		expect(takeRetryToken).toHaveBeenCalledTimes(2);
		await make([unknown('timeout')], { rateLimiter }, clock);
		await make([ACCEPTED], { rateLimiter }, clock);
		expect(takeRetryToken).toHaveBeenCalledTimes(2);
	});
});

describe("the user's own limit", () => {
	it('is kept to', async () => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(250, clock);
		const api = new Api(clock, [ACCEPTED]);
		const calling = Array.from(
			{ length: 5 },
			async () =>
				await callWithinQuota(api.call, { rateLimiter, execution: RUN, maxPerSecond: 1, clock }),
		);
		await clock.run();
		await Promise.all(calling);
		expect(api.calls[4]).toBeGreaterThanOrEqual(4_000);
	});
});

describe('the wait before the next attempt', () => {
	/** Gives permits at once, so that all waiting is that between attempts. */
	const noQueue = {
		acquire: async () => ({ answered() {}, accepted() {}, throttled() {} }),
		takeRetryToken: () => true,
	} as unknown as RateLimiter;

	/** The waits of a call that is throttled ten times. */
	async function waits(random: () => number): Promise<number[]> {
		const clock = new DrivenClock(random);
		const api = new Api(clock, [THROTTLED], 0);
		const calling = callWithinQuota(api.call, { rateLimiter: noQueue, execution: RUN, clock });
		await clock.run();
		await calling;
		return api.calls.slice(1).map((at, index) => at - api.calls[index]);
	}

	it('is at most 0.4 seconds, then twice as much each time, and never above 4 seconds', async () => {
		const longest = [400, 800, 1_600, 3_200, 4_000, 4_000, 4_000, 4_000, 4_000];
		await fc.assert(
			fc.asyncProperty(fc.nat(), async (seed) => {
				const all = await waits(seededRandom(seed));
				expect(all).toHaveLength(9);
				all.forEach((wait, index) => expect(wait).toBeLessThanOrEqual(longest[index]));
			}),
		);
		(await waits(() => 0.999)).forEach((wait, index) =>
			expect(wait).toBeCloseTo(0.999 * longest[index]),
		);
	});

	it('is any part of that, so that those turned away together do not come back together', async () => {
		(await waits(() => 0.25)).forEach((wait, index) =>
			expect(wait).toBeCloseTo([100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000, 1_000][index]),
		);
		const [one, other] = await Promise.all([waits(seededRandom(1)), waits(seededRandom(2))]);
		one.forEach((wait, index) => expect(Math.abs(wait - other[index])).toBeGreaterThan(0));
	});
});

describe('a cancelled execution', () => {
	it('makes no call when it is cancelled before', async () => {
		const { called, calls } = await make([ACCEPTED], { signal: AbortSignal.abort() });
		expect(called).toBeUndefined();
		expect(calls).toEqual([]);
	});

	it('makes no call when it is cancelled while it waits for its turn', async () => {
		const clock = new DrivenClock();
		const rateLimiter = new RateLimiter(1, clock);
		await rateLimiter.acquire({});
		const controller = new AbortController();
		const api = new Api(clock, [ACCEPTED]);
		const calling = callWithinQuota(api.call, {
			rateLimiter,
			execution: RUN,
			clock,
			signal: controller.signal,
		});
		await clock.run(500);
		controller.abort();
		expect(await calling).toBeUndefined();
		await clock.run();
		expect(api.calls).toEqual([]);
	});

	it.each([THROTTLED, UNREACHABLE])(
		'makes no further call when it is cancelled between attempts, and waits no longer: %j',
		async (answer) => {
			const clock = new DrivenClock(() => 0.999);
			const controller = new AbortController();
			const api = new Api(clock, [answer, ACCEPTED]);
			const calling = callWithinQuota(api.call, {
				rateLimiter: new RateLimiter(250, clock),
				execution: RUN,
				clock,
				signal: controller.signal,
			});
			await clock.run(200);
			controller.abort();
			// No time passes while this is awaited.
			expect(await calling).toBeUndefined();
			await clock.run();
			expect(api.calls).toHaveLength(1);
		},
	);

	it('hears the answer of a call that had left', async () => {
		const clock = new DrivenClock();
		const controller = new AbortController();
		const api = new Api(clock, [unknown('connectionLost')], 1_000);
		const calling: Promise<Called | undefined> = callWithinQuota(api.call, {
			rateLimiter: new RateLimiter(250, clock),
			execution: RUN,
			clock,
			signal: controller.signal,
		});
		await clock.run(500);
		controller.abort();
		await clock.run();
		expect((await calling)?.answer).toEqual(unknown('connectionLost'));
	});
});
