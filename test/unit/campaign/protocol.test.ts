/**
 * The protocol of campaigns (nodes/shared/campaign/lease.ts), explored in a model of the table, the API and the
 * processes around the real code. What is promised, World in test/support/campaignModel.ts checks after each step:
 * nobody is in two chunks that were sent, or may be; who is accepted was sent to. And from wherever everybody crashes,
 * one more run gets the campaign, and ends with everyone accepted, or unknown for a reason that stands in the table.
 */
import fc from 'fast-check';

import {
	World,
	exploreAll,
	goAtRandom,
	loadProcess,
	type ApiAnswer,
	type Events,
	type Fault,
	type Process,
	type RunPlan,
	type WorldPlan,
} from '../../support/campaignModel';
import { seededRandom } from '../../support/drivenClock';

/** Each run has one of its own, unless it shares it; the last one is for runs after all others have crashed. */
let processes: Process[];
beforeAll(async () => {
	processes = [];
	for (let count = 0; count < 4; count++) processes.push(await loadProcess());
});

/** A run that takes the campaign from whoever has it. */
const run = (process: number, recipients: string, more: Partial<RunPlan> = {}): RunPlan => ({
	process,
	recipients: [...recipients],
	chunkSize: 1,
	lies: true,
	...more,
});

const two = [run(0, 'ab'), run(1, 'ba')];
const twoPlaces = two.map((each) => ({ ...each, places: 2 }));
/** What a run loses at its end stays in its process, for the next run there. */
const sameProcess = [run(0, 'a', { canStop: true }), run(0, 'ab', { isLate: true })];

describe('a campaign keeps its promises, whoever stands still or crashes at any step,', () => {
	it.each<[string, WorldPlan]>([
		['two runs', { runs: two, attempts: 2 }],
		['two runs, answers get lost', { runs: two, answers: ['accepted', 'lost', 'rejected'] }],
		['two runs of two calls at a time', { runs: twoPlaces, callsAtOnce: true }],
		[
			'three runs, three switches',
			{
				runs: [run(0, 'a'), run(1, 'a'), run(2, 'a')],
				callsAtOnce: true,
				maxSwitches: 3,
			},
		],
		['two runs, the table fails', { runs: [run(0, 'a'), run(1, 'a')], faults: 1 }],
		[
			'two runs, a user pauses and resumes, the table fails, two switches',
			{
				runs: [run(0, 'a'), run(1, 'a', { isLate: true })],
				user: ['paused', 'running'],
				faults: 1,
				callsAtOnce: true,
				maxSwitches: 2,
			},
		],
		[
			'two runs, a user pauses and resumes, three switches',
			{
				runs: two,
				user: ['paused', 'running'],
				obeysUser: true,
				callsAtOnce: true,
				maxSwitches: 3,
			},
		],
		[
			'two runs, a user stops',
			{ runs: two, user: ['stopped'], obeysUser: true, callsAtOnce: true },
		],
		[
			'two runs of a process, n8n ends one, the table fails, two switches',
			{ runs: sameProcess, faults: 1, callsAtOnce: true, maxSwitches: 2 },
		],
	])(
		'%s',
		async (_what, plan) => {
			const { states, lastRuns } = await exploreAll({ attempts: 1, ...plan }, processes);
			if (process.env.CAMPAIGN_FIGURES) console.log(_what, { states, lastRuns });
			// A world in which nothing can happen keeps every promise.
			expect(states).toBeGreaterThan(3_000);
			expect(lastRuns).toBeGreaterThan(100);
			// Seconds where the machine has nothing else to do; on a full one more than jest's minute.
		},
		600_000,
	);
});

const TEN = [...'abcdefghij'];
const ANSWERS: ApiAnswer[] = ['accepted', 'lost', 'unheard', 'rejected', 'throttled'];
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const anyRun: fc.Arbitrary<RunPlan> = fc.record({
	process: fc.nat(2),
	isLate: fc.boolean(),
	// With rows added, removed and sorted anew.
	recipients: fc.shuffledSubarray(TEN, { minLength: 4 }),
	chunkSize: fc.integer({ min: 1, max: 4 }),
	places: fc.integer({ min: 1, max: 5 }),
	// Retry has the id of the execution that it repeats.
	execution: fc.constantFrom('7', '8', '9'),
	waits: fc.boolean(),
	lies: fc.boolean(),
	skewMs: fc.constantFrom(0, 0, -3_000, 3_000, -86_400_000, 86_400_000),
	renews: fc.boolean(),
	losesTable: fc.boolean(),
	faults: fc
		.array(fc.tuple(fc.nat(30), fc.constantFrom<Fault>('before', 'after', 'late')), {
			maxLength: 3,
		})
		.map((all) => new Map(all)),
	answers: fc.array(fc.constantFrom('accepted' as const, ...ANSWERS), { maxLength: 5 }),
});

const anyWorld = fc.record({
	runs: fc.array(anyRun, { minLength: 3, maxLength: 5 }),
	pageSize: fc.constantFrom(2, 5, Infinity),
	outage: seldom(
		fc.record({ from: fc.nat(30_000), lasts: fc.constantFrom(1_000, 30_000, 300_000) }),
	).map((outage) => outage && { from: outage.from, to: outage.from + outage.lasts }),
});

const at = fc.nat(150);
const anyEvents: fc.Arbitrary<Events> = fc.record({
	crashes: fc.array(fc.record({ at, process: fc.nat(2) }), { maxLength: 2 }),
	stops: fc.array(fc.record({ at, run: fc.nat(4) }), { maxLength: 2 }),
	edits: fc.array(fc.record({ at, state: fc.constantFrom('paused', 'running', 'stopped') }), {
		maxLength: 3,
	}),
});

const RUNS = Number(process.env.CAMPAIGN_SEEDS ?? 1_000);

describe('a campaign of many runs keeps its promises', () => {
	it('whatever happens, in any order', async () => {
		const all = { worlds: 0, steps: 0, over: 0, sent: 0 };
		await fc.assert(
			fc.asyncProperty(
				anyWorld,
				anyEvents,
				fc.constantFrom(0, 0.8, 0.95, 0.99),
				fc.integer(),
				async (plan, events, patience, seed) => {
					const random = seededRandom(seed);
					const way = { patience, events, maxSteps: 400 };
					const gone = await goAtRandom(plan, processes, random, way);
					all.worlds++;
					all.steps += gone.steps;
					all.over += Number(gone.isOver);
					all.sent += gone.sent;
				},
			),
			{ numRuns: RUNS },
		);
		if (process.env.CAMPAIGN_FIGURES) console.log(all);
		expect(all.sent).toBeGreaterThan(RUNS);
		expect(all.over).toBeGreaterThan(RUNS / 10);
	});

	it('also when a paused chunk could not be taken back, and is sent once the user resumes', async () => {
		const plan: WorldPlan = {
			runs: [
				{ process: 0, recipients: ['a'], chunkSize: 1 },
				{ process: 0, recipients: ['a'], chunkSize: 1, isLate: true },
			],
		};
		const world = await new World(plan, processes).start();
		const [first] = world.runs;
		const goOn = async (isThere: () => boolean) => {
			for (let steps = 0; !isThere() && steps < 500; steps++)
				await world.perform(world.actions().find((each) => each.run === first && each.isPlain)!);
			expect(isThere()).toBe(true);
		};
		await goOn(() => world.rows.some(({ kind }) => kind === 'chunk'));
		world.edit('paused');
		await goOn(() => first.steps[0].label.includes('notSent'));
		plan.outage = { from: 0, to: 200_000 };
		await goOn(() => world.time > 200_000);
		world.edit('running');
		await goOn(() => first.isDone);
		expect([...world.sent]).toEqual([['a', 'R1-c1']]);
		for (let steps = 0; world.actions().length > 0 && steps < 500; steps++)
			await world.perform(world.actions()[0]);
		expect(world.runs[1]).toMatchObject({ isDone: true, ended: 'taken' });
		expect([...world.sent]).toEqual([['a', 'R1-c1']]);
	});
});
