import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { ReceiptLog, type Decision } from '../../../nodes/shared/webhook/receiptLog';
import { DataTables, type Before } from '../../support/dataTables';

/** The time, which passes when somebody sleeps; the half a minute after which an operation is given up never does. */
let mockNow = 0;
jest.mock('n8n-workflow', () => ({
	...jest.requireActual<object>('n8n-workflow'),
	sleep: async (ms: number) =>
		ms < 30_000 ? void (mockNow += ms) : await new Promise<void>(() => {}),
}));
beforeEach(() => {
	mockNow = 1_795_298_400_000;
	jest.spyOn(Date, 'now').mockImplementation(() => mockNow);
});
afterEach(() => jest.restoreAllMocks());

const status = (messageId: string, of: string): IDataObject => ({
	event: 'messageStatus',
	status: of,
	messageId,
	api: 'cams',
});

type Push = Array<[messageId: string, of: string]>;
const asReceipts = (push: Push) => push.map(([id, of]) => status(id, of));
const told = ({ messageId, status: of }: IDataObject) => `${String(messageId)} ${String(of)}`;

/** A process with the table, and a memory of its own. */
class Worker {
	private readonly log = new ReceiptLog('trigger');
	private readonly context: ReturnType<DataTables['context']>;

	constructor(tables: DataTables, before?: Before, after?: Before) {
		this.context = tables.context(before, after);
	}

	/** What becomes of the receipts of an execution. */
	async decide(execution: string, receipts: IDataObject[]): Promise<Decision[]> {
		return await this.log.claim(this.context, execution, receipts);
	}

	/** What an execution gets: its receipts, and those that are late. */
	async run(execution: string, push: Push): Promise<Array<{ receipt: string; isLate: boolean }>> {
		const receipts = asReceipts(push);
		const decisions = await this.decide(execution, receipts);
		return decisions.flatMap(({ isFirst, isLate }, index) =>
			isFirst ? [{ receipt: told(receipts[index]), isLate }] : [],
		);
	}
}

const rowsOf = (tables: DataTables) => tables.rows('ChatApp Receipts');
const headsOf = (tables: DataTables) => rowsOf(tables).filter(({ kind }) => kind === 'head');

/** The statuses in the order of the chain, as letters with their keys. */
function chainOf(tables: DataTables): string[] {
	const byName = new Map(rowsOf(tables).map((row) => [row.name, row]));
	const claims: string[] = [];
	for (let name = headsOf(tables)[0].prev; name !== '';) {
		const { prev, claims: text } = byName.get(name)!;
		claims.unshift(String(text));
		name = prev;
	}
	return claims.flatMap((text) =>
		(JSON.parse(text) as Array<[string, string]>).flatMap(([, entries]) =>
			entries.match(/.{13}/g)!,
		),
	);
}

const PASSED_BY: Record<string, string> = { s: 'drf', d: 'r' };

/** The entries of the chain that are marked as late, and those that are. */
function lateIn(chain: string[]): { marked: string[]; late: string[] } {
	const plain = chain.map((entry) => entry.slice(0, 12) + entry[12].toLowerCase());
	return {
		marked: plain.filter((_entry, index) => chain[index] !== plain[index]),
		late: plain.filter((entry, index) =>
			[...(PASSED_BY[entry[12]] ?? '')].some((letter) =>
				plain.slice(0, index).includes(entry.slice(0, 12) + letter),
			),
		),
	};
}

const push: fc.Arbitrary<Push> = fc.array(
	fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('sent', 'delivered', 'read', 'failed')),
	{ maxLength: 4 },
);
/** Executions, each with its worker. */
const executions = fc.array(fc.tuple(fc.nat(2), push), { maxLength: 8 });

const all = (pushes: Push[]) => [...new Set(pushes.flatMap(asReceipts).map(told))].sort();

describe('workers that share a table', () => {
	it('pass each receipt on once, whichever is first, and agree on what is late', async () => {
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), executions, async (scheduler, planned) => {
				const tables = new DataTables();
				const workers = [0, 1, 2].map(
					(index) =>
						new Worker(
							tables,
							async (what) => await scheduler.schedule(Promise.resolve(), `${index} ${what}`),
						),
				);
				const runs = planned.map(
					async ([worker, receipts], index) => await workers[worker].run(`e${index}`, receipts),
				);
				const passed = (await scheduler.waitFor(Promise.all(runs))).flat();
				const pushes = planned.map(([, receipts]) => receipts);
				expect(passed.map(({ receipt }) => receipt).sort()).toEqual(all(pushes));
				if (passed.length === 0) return;
				expect(headsOf(tables)).toHaveLength(1);
				const chain = chainOf(tables);
				const { marked, late } = lateIn(chain);
				expect(marked).toEqual(late);
				expect(passed.filter(({ isLate }) => isLate)).toHaveLength(late.length);
			}),
			{ numRuns: 200 },
		);
	});

	it('lose and double nothing when one stands still in the middle of a claim, for however long', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				executions,
				fc.nat(20),
				async (scheduler, planned, lastStep) => {
					const tables = new DataTables();
					const step: Before = async (what) =>
						void (await scheduler.schedule(Promise.resolve(), what));
					let goOn = () => {};
					const others = new Promise<void>((resolve) => (goOn = resolve));
					let steps = 0;
					const held = new Worker(tables, async (...what) => {
						if (++steps > lastStep) await others;
						await step(...what);
					});
					const workers = [held, new Worker(tables, step), new Worker(tables, step)];
					const run = async ([worker, receipts]: [number, Push], index: number) =>
						await workers[worker].run(`e${index}`, receipts);
					const runs = planned.map(async (each, index) => await run(each, index));
					const ofOthers = runs.filter((_run, index) => planned[index][0] > 0);
					await scheduler.waitFor(Promise.all(ofOthers));
					mockNow += 3_600_000;
					// Whoever finds an unfinished head takes it for one whose maker has died.
					const last = scheduler.waitFor(workers[1].run('last', [['9', 'read']]));
					expect(await last).toHaveLength(1);
					goOn();
					const passed = (await scheduler.waitFor(Promise.all(runs))).flat();
					const pushes = planned.map(([, receipts]) => receipts);
					expect(passed.map(({ receipt }) => receipt).sort()).toEqual(all(pushes));
					expect(headsOf(tables)).toHaveLength(1);
				},
			),
			{ numRuns: 150 },
		);
	});

	it('lose and double nothing when one dies and n8n runs its executions again, nor when the table fails now and then', async () => {
		const faults = fc.array(fc.constantFrom('', '', '', '', 'before', 'after'), { maxLength: 40 });
		await fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				executions,
				fc.nat(20),
				faults,
				async (scheduler, planned, lastStep, planOfFaults) => {
					const tables = new DataTables();
					let steps = 0;
					const dies = async () => {
						if (++steps > lastStep) await new Promise(() => {});
					};
					let operation = 0;
					const failing = { before: 0, after: 0 };
					/** Not so often that a claim gives up. */
					const fault = (when: 'before' | 'after') => () => {
						const index = when === 'before' ? operation++ : operation - 1;
						if (planOfFaults[index] !== when || index % 7 !== 0) return;
						failing[when]++;
						throw new Error('connection lost');
					};
					const step: Before = async (what) => {
						await scheduler.schedule(Promise.resolve(), what);
					};
					const mortal = new Worker(
						tables,
						async (...what) => {
							await dies();
							await step(...what);
						},
						dies,
					);
					const failingBefore = fault('before');
					const others = [1, 2].map(
						() =>
							new Worker(
								tables,
								async (...what) => {
									await step(...what);
									failingBefore();
								},
								fault('after'),
							),
					);
					const pushes = planned.map(([, receipts]) => receipts);
					const passed: string[] = [];
					const ended = new Set<number>();
					const run = async (worker: Worker, index: number) => {
						const got = await worker.run(`e${index}`, pushes[index]);
						passed.push(...got.map(({ receipt }) => receipt));
						ended.add(index);
					};
					const first = planned.map(([worker], index) => ({ worker, index }));
					for (const { index } of first.filter(({ worker }) => worker === 0))
						void run(mortal, index);
					await scheduler.waitFor(
						Promise.all(
							first
								.filter(({ worker }) => worker > 0)
								.map(async ({ worker, index }) => await run(others[worker - 1], index)),
						),
					);
					await scheduler.waitIdle();
					// n8n runs again what has not ended, under the same ID.
					const again = first.filter(({ index }) => !ended.has(index));
					await scheduler.waitFor(
						Promise.all(again.map(async ({ index }) => await run(others[index % 2], index))),
					);
					expect(passed.sort()).toEqual(all(pushes));
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe('an execution', () => {
	const push: Push = [
		['1', 'read'],
		['1', 'sent'],
		['1', 'sent'],
	];
	const got = [
		{ receipt: '1 read', isLate: false },
		{ receipt: '1 sent', isLate: true },
	];

	it('gets its receipts again when n8n runs it again, on whatever worker, and no other gets them', async () => {
		const tables = new DataTables();
		const [one, other] = [new Worker(tables), new Worker(tables)];
		expect(await one.run('e1', push)).toEqual(got);
		expect(await other.run('e1', push)).toEqual(got);
		expect(await one.run('e1', push)).toEqual(got);
		for (const worker of [one, other, new Worker(tables)])
			expect(await worker.run('e2', push)).toEqual([]);
	});

	it('costs one inline workflow, however many receipts it has and however many wait with it', async () => {
		const tables = new DataTables();
		const done: string[] = [];
		const worker = new Worker(tables, (operation) => void done.push(operation));
		await worker.run('e0', [['0', 'read']]);
		done.length = 0;
		const pushes = Array.from({ length: 9 }, (_, index): Push =>
			Array.from({ length: 100 }, (_each, item) => [`${index}/${item}`, 'read']),
		);
		const runs = pushes.map(async (each, index) => await worker.run(`e${index}`, each));
		expect((await Promise.all(runs)).flat()).toHaveLength(900);
		// The first one, and the others together.
		expect(done).toEqual(['insert', 'update', 'get', 'insert', 'update', 'get']);
		done.length = 0;
		expect(await worker.run('again', pushes[0])).toEqual([]);
		expect(done).toEqual([]);
	});
});

describe('the table', () => {
	const MINUTE = 60_000;

	it('forgets an event with neither id nor time after ten minutes', async () => {
		const green = { event: 'accountEvent', status: 'green', api: 'cams' };
		const tables = new DataTables();
		const [one, other] = [new Worker(tables), new Worker(tables)];
		const isFirst = async (worker: Worker, execution: string) =>
			(await worker.decide(execution, [green]))[0].isFirst;
		expect(await isFirst(one, 'e1')).toBe(true);
		mockNow += 10 * MINUTE - 1;
		expect(await isFirst(other, 'e2')).toBe(false);
		mockNow += 1;
		expect(await isFirst(other, 'e3')).toBe(true);
		expect(await isFirst(one, 'e4')).toBe(false);
	});

	it('keeps 20,000 claims of a trigger, and what comes after them is still known', async () => {
		const tables = new DataTables();
		const [one, other] = [new Worker(tables), new Worker(tables)];
		for (let index = 0; index < 300; index++) await one.run(`e${index}`, [[`${index}`, 'read']]);
		// As if they had been written long before.
		rowsOf(tables).splice(1, 0, { id: 0, trigger: 'of a deleted workflow', kind: 'claim', at: 0 });
		for (let index = 300; index < 400; index++) await one.run(`e${index}`, [[`${index}`, 'read']]);
		expect(rowsOf(tables).filter(({ kind }) => kind === 'claim')).toHaveLength(400);
		expect(await other.run('x', [['0', 'read']])).toEqual([]);
	});

	it('is set up once more by whoever finds a head that was never finished', async () => {
		const tables = new DataTables();
		const dead = new Worker(tables, async (what) => {
			if (what === 'update') await new Promise(() => {});
		});
		void dead.run('e0', [['0', 'read']]);
		await new Promise((resolve) => setImmediate(resolve));
		expect(rowsOf(tables)).toMatchObject([{ kind: 'candidate' }]);
		expect(await new Worker(tables).run('e1', [['1', 'read']])).toHaveLength(1);
		expect(headsOf(tables)).toHaveLength(1);
	});

	it('may lose rows: what a worker knows it keeps, and what the table has it reads', async () => {
		const tables = new DataTables();
		const worker = new Worker(tables);
		for (const id of ['1', '2', '3']) await worker.run(id, [[id, 'read']]);
		const rows = rowsOf(tables);
		rows.splice(
			rows.findIndex(({ kind }) => kind === 'claim'),
			1,
		);
		const other = new Worker(tables);
		expect(
			await other.run('e', [
				['3', 'read'],
				['1', 'read'],
			]),
		).toEqual([{ receipt: '1 read', isLate: false }]);
		tables.tables.length = 0;
		expect(
			await worker.run('f', [
				['2', 'read'],
				['4', 'read'],
			]),
		).toEqual([{ receipt: '4 read', isLate: false }]);
	});

	it('is left alone for a while when it cannot be used, and each that waits is told', async () => {
		const tables = new DataTables();
		let isGone = true;
		let operations = 0;
		const worker = new Worker(tables, () => {
			operations++;
			if (isGone) throw new Error('database is gone');
		});
		const claim = async () =>
			await worker.run('e', [['1', 'read']]).catch((error: Error) => error.message);
		expect(await Promise.all([claim(), claim()])).toEqual(['database is gone', 'database is gone']);
		const before = operations;
		expect(await claim()).toBe('database is gone');
		expect(operations).toBe(before);
		isGone = false;
		mockNow += 10_000;
		expect(await claim()).toEqual([{ receipt: '1 read', isLate: false }]);
	});
});
