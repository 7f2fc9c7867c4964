import fc from 'fast-check';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { deduplicate } from '../../../nodes/shared/webhook/deduplicate';
import { SeenEvents, keyOf } from '../../../nodes/shared/webhook/seenEvents';
import { DataTables } from '../../support/dataTables';
import { ProcessedItems, type Step } from '../../support/processedItems';

const status = (messageId: string, of: string, more: IDataObject = {}): IDataObject => ({
	event: 'messageStatus',
	status: of,
	messageId,
	api: 'cams',
	...more,
});

describe('the same receipt again', () => {
	it.each<[string, IDataObject, IDataObject]>([
		[
			'a status, with whatever else',
			status('1', 'read'),
			status('1', 'read', { timestamp: 'later', raw: { a: 1 } }),
		],
		[
			'an inbound message',
			{ event: 'inboundMessage', messageId: '1', text: 'a', api: 'cams' },
			{ event: 'inboundMessage', messageId: '1', api: 'cams' },
		],
		...['inboundMessage', 'outboundMessage'].map((event): [string, IDataObject, IDataObject] => [
			`an ${event} that has Meta's ID alone, in another envelope`,
			{ event, wamid: 'w', receiptId: 'e1', text: 'a', api: 'innoPaas' },
			{ event, wamid: 'w', receiptId: 'e2', api: 'innoPaas' },
		]),
		[
			'an envelope of InnoPaaS',
			status('1', 'read', { receiptId: 'e', api: 'innoPaas' }),
			status('1', 'read', { receiptId: 'e', api: 'innoPaas', raw: {} }),
		],
		[
			'a status that comes again in another envelope',
			status('1', 'read', { receiptId: 'e1', api: 'innoPaas' }),
			status('1', 'read', { receiptId: 'e2', api: 'innoPaas' }),
		],
		[
			'an event without an id',
			{ event: 'templateEvent', status: 'fail', templateCode: '1', api: 'cams' },
			{ event: 'templateEvent', status: 'fail', templateCode: '1', api: 'cams', raw: { a: 1 } },
		],
		[
			'something new without an id',
			{ event: 'other', a: { b: [1] }, api: 'cams' },
			{ event: 'other', a: { b: [1] }, api: 'cams' },
		],
	])('is told of %s', (_what, left, right) => {
		expect(keyOf(left)).toBe(keyOf(right));
	});

	it.each<[string, IDataObject, IDataObject]>([
		['two statuses of a message', status('1', 'sent'), status('1', 'delivered')],
		['two messages', status('1', 'sent'), status('2', 'sent')],
		['ids that look alike side by side', status('1/a', 'b'), status('1', 'a/b')],
		[
			'an inbound message and a status',
			{ event: 'inboundMessage', messageId: '1', api: 'cams' },
			status('1', 'read'),
		],
		['two APIs', status('1', 'read'), status('1', 'read', { api: 'innoPaas' })],
		[
			'two statuses of a message in envelopes with the same id',
			status('1', 'delivered', { receiptId: 'e', api: 'innoPaas' }),
			status('1', 'failed', { receiptId: 'e', api: 'innoPaas' }),
		],
		[
			'one status of a message to two recipients',
			status('1', 'read', { to: '6591234567' }),
			status('1', 'read', { to: '6591234568' }),
		],
		[
			'two events in envelopes with ids of their own',
			{ event: 'templateEvent', receiptId: 'e1', api: 'innoPaas' },
			{ event: 'templateEvent', receiptId: 'e2', api: 'innoPaas' },
		],
		[
			'two events of a template',
			{ event: 'templateEvent', status: 'pass', templateCode: '1', api: 'cams' },
			{ event: 'templateEvent', status: 'paused', templateCode: '1', api: 'cams' },
		],
		[
			'two new kinds about one message',
			{ event: 'other', messageId: '1', typing: true, api: 'cams' },
			{ event: 'other', messageId: '1', typing: false, api: 'cams' },
		],
		[
			'ids that are no text',
			{ event: 'other', messageId: { a: 1 }, api: 'cams' },
			{ event: 'other', messageId: { a: 2 }, api: 'cams' },
		],
		[
			'statuses without an id',
			{ event: 'messageStatus', status: 'read', to: '1', api: 'cams' },
			{ event: 'messageStatus', status: 'read', to: '2', api: 'cams' },
		],
	])('is not told of %s', (_what, left, right) => {
		expect(keyOf(left)).not.toBe(keyOf(right));
	});

	it('is told by few characters, whatever is in it', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (json) =>
				expect(keyOf(json as IDataObject)).toMatch(/^[\w-]{16}$/),
			),
		);
	});
});

let triggers = 0;
let executions = 0;

/** A trigger of its own: each has one memory in a process. */
class Trigger {
	private readonly id = `trigger-${++triggers}`;
	readonly warnings: string[] = [];
	readonly hints: string[] = [];

	constructor(
		private readonly store: ProcessedItems,
		private readonly options: IDataObject = {},
		/** Set in a worker: what n8n lets it do with data tables. */
		private readonly worker?: ReturnType<DataTables['context']>,
	) {}

	/** The first step of an execution: what of these goes on. */
	async run(
		receipts: IDataObject[],
		mode = 'webhook',
		execution = String(++executions),
	): Promise<IDataObject[]> {
		const context = {
			getInputData: () => receipts.map((json) => ({ json })),
			getNodeParameter: (name: string, _item: number, usual: unknown) =>
				name === 'options' ? this.options : (this.options[name.replace('options.', '')] ?? usual),
			getMode: () => mode,
			getNode: () => ({ id: this.id, name: 'Receipts' }),
			getWorkflow: () => ({ id: 'workflow' }),
			addExecutionHints: ({ message }: { message: string }) => this.hints.push(message),
			logger: { warn: (message: string) => this.warnings.push(message) },
			helpers: this.store,
			instanceSettings: { instanceType: this.worker ? 'worker' : 'main' },
			getExecutionId: () => execution,
			...this.worker,
		};
		const [items] = await deduplicate(context as unknown as IExecuteFunctions);
		return items.map(({ json }) => json);
	}
}

const told = (receipts: IDataObject[]) =>
	receipts.map(({ messageId, status: of }) => `${String(messageId)} ${String(of)}`);

/** Executions, each with its receipts; few messages, so that many come again. */
const pushes = fc.array(
	fc.array(
		fc.tuple(
			fc.constantFrom('1', '2', '3', '4'),
			fc.constantFrom('sent', 'delivered', 'read', 'failed'),
		),
		{ maxLength: 6 },
	),
	{ maxLength: 8 },
);
const asReceipts = (push: Array<[string, string]>) => push.map(([id, of]) => status(id, of));

describe('every receipt goes on once', () => {
	it('whichever executions run at the same time, in whatever order the database answers', async () => {
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), pushes, async (scheduler, all) => {
				const step: Step = async (what) => await scheduler.schedule(Promise.resolve(), what);
				const trigger = new Trigger(new ProcessedItems(step));
				const passed: IDataObject[] = [];
				const runs = all.map(async (push, index) => {
					await scheduler.schedule(Promise.resolve(), `start ${index}`);
					passed.push(...(await trigger.run(asReceipts(push))));
				});
				await scheduler.waitFor(Promise.all(runs));
				expect(told(passed).sort()).toEqual([...new Set(told(all.flatMap(asReceipts)))].sort());
				expect(trigger.warnings).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});

	it('also after n8n was started anew, as often as that happens', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				fc.array(pushes, { maxLength: 4 }),
				async (scheduler, lives) => {
					let store = new ProcessedItems(
						async (what) => await scheduler.schedule(Promise.resolve(), what),
					);
					const passed: IDataObject[] = [];
					for (const all of lives) {
						// Another trigger id is another memory; the row is the same.
						store = store.reopened();
						const trigger = new Trigger(store);
						await scheduler.waitFor(
							Promise.all(
								all.map(async (push) => passed.push(...(await trigger.run(asReceipts(push))))),
							),
						);
					}
					expect(told(passed).sort()).toEqual(
						[...new Set(told(lives.flat().flatMap(asReceipts)))].sort(),
					);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('in the order in which it came', async () => {
		const trigger = new Trigger(new ProcessedItems());
		const all = [
			status('2', 'sent'),
			status('1', 'sent'),
			status('2', 'sent'),
			status('1', 'read'),
			status('1', 'sent'),
		];
		expect(told(await trigger.run(all))).toEqual(['2 sent', '1 sent', '1 read']);
		expect(trigger.hints).toEqual(['2 of 5 receipts were duplicates and were dropped.']);
		expect(await trigger.run(all)).toEqual([]);
	});

	it('with those that wait written together', async () => {
		let go = () => {};
		const gate = new Promise<void>((resolve) => (go = resolve));
		const store = new ProcessedItems(async () => await gate);
		const trigger = new Trigger(store);
		const runs = Array.from(
			{ length: 50 },
			async (_, index) => await trigger.run([status(String(index), 'sent')]),
		);
		await new Promise((resolve) => setImmediate(resolve));
		go();
		expect((await Promise.all(runs)).flat()).toHaveLength(50);
		expect(store.calls).toBe(2);
		// Each status, and that it has come.
		expect(store.row).toHaveLength(100);
	});

	it('of each trigger for itself', async () => {
		const [one, other] = [new Trigger(new ProcessedItems()), new Trigger(new ProcessedItems())];
		expect(await one.run([status('1', 'sent')])).toHaveLength(1);
		expect(await other.run([status('1', 'sent')])).toHaveLength(1);
	});

	it('of a push that holds more than the store keeps', async () => {
		const store = new ProcessedItems();
		const receipts = Array.from({ length: 25_000 }, (_, index) => status(String(index), 'read'));
		const keepsLate = { lateStatuses: 'keep' };
		const both = [...receipts, ...receipts];
		expect(await new Trigger(store, keepsLate).run(both)).toHaveLength(25_000);
		expect(store.row).toHaveLength(20_000);
		// What the store keeps is known after a restart.
		const again = new Trigger(store.reopened(), keepsLate);
		expect(await again.run(receipts.slice(-20_000))).toEqual([]);
	});
});

describe('a repeated receipt goes on', () => {
	it('where it is asked for', async () => {
		const store = new ProcessedItems();
		const trigger = new Trigger(store, { repeatedReceipts: 'keep' });
		expect(await trigger.run([status('1', 'sent'), status('1', 'sent')])).toHaveLength(2);
		expect(await trigger.run([status('1', 'sent')])).toHaveLength(1);
		expect(
			told(
				await new Trigger(store.reopened(), { repeatedReceipts: 'keep' }).run([
					status('1', 'sent'),
				]),
			),
		).toEqual(['1 sent']);
	});

	it('without the store where late ones are not looked for either', async () => {
		const store = new ProcessedItems();
		const trigger = new Trigger(store, { repeatedReceipts: 'keep', lateStatuses: 'keep' });
		expect(await trigger.run([status('1', 'sent'), status('1', 'sent')])).toHaveLength(2);
		expect(store.calls).toBe(0);
	});

	it('while somebody tries it out, and that is not remembered', async () => {
		const store = new ProcessedItems();
		const trigger = new Trigger(store);
		const event = { event: 'accountEvent', status: 'green', api: 'cams' };
		for (let time = 0; time < 2; time++)
			expect(await trigger.run([status('1', 'sent'), event], 'manual')).toHaveLength(2);
		expect(store.row).toBeUndefined();
		expect(await trigger.run([status('1', 'sent'), event])).toHaveLength(2);
	});

	it.each(['mark', 'drop', 'keep'])(
		'with its whole execution, when that is run again, each once (%s)',
		async (lateStatuses) => {
			const store = new ProcessedItems();
			const trigger = new Trigger(store, { lateStatuses });
			const event = { event: 'accountEvent', status: 'green', api: 'cams' };
			const push = [status('1', 'sent'), status('1', 'read'), status('1', 'sent'), event, event];
			const first = await trigger.run(push);
			expect(told(first)).toEqual(['1 sent', '1 read', 'undefined green']);
			expect(await trigger.run(push)).toEqual([]);
			for (let time = 0; time < 2; time++) expect(await trigger.run(push, 'retry')).toEqual(first);
			// Also by a process that was started anew.
			expect(await new Trigger(store.reopened(), { lateStatuses }).run(push, 'retry')).toEqual(
				first,
			);
			expect(await trigger.run(push)).toEqual([]);
		},
	);

	it('never while the database does not answer: what is new goes on, once, and is told', async () => {
		const store = new ProcessedItems();
		const trigger = new Trigger(store);
		store.failure = new Error('database is locked');
		expect(
			told(await trigger.run([status('1', 'sent'), status('1', 'sent'), status('2', 'sent')])),
		).toEqual(['1 sent', '2 sent']);
		expect(trigger.warnings).toEqual([expect.stringContaining('database is locked')]);
		expect(told(await trigger.run([status('1', 'sent'), status('4', 'sent')]))).toEqual(['4 sent']);
		store.failure = undefined;
		expect(told(await trigger.run([status('1', 'sent'), status('3', 'sent')]))).toEqual(['3 sent']);
		// Status 3, and that 1 and 3 have come.
		expect(store.row).toHaveLength(3);
	});

	it('of every execution that waited for a database that fails', async () => {
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), pushes, async (scheduler, all) => {
				const store = new ProcessedItems(
					async (what) => await scheduler.schedule(Promise.resolve(), what),
				);
				store.failure = new Error('database is locked');
				const trigger = new Trigger(store);
				const passed: IDataObject[] = [];
				await scheduler.waitFor(
					Promise.all(
						all.map(async (push) => passed.push(...(await trigger.run(asReceipts(push))))),
					),
				);
				expect(told(passed).sort()).toEqual([...new Set(told(all.flatMap(asReceipts)))].sort());
			}),
		);
	});
});

describe('in a worker', () => {
	it.each(['drop', 'keep'])(
		'receipts are claimed in a data table, and not in the store (%s)',
		async (repeatedReceipts) => {
			const store = new ProcessedItems();
			const tables = new DataTables();
			const trigger = new Trigger(store, { repeatedReceipts }, tables.context());
			const push = [status('1', 'read'), status('1', 'sent'), status('1', 'sent')];
			const all = [
				status('1', 'read', { isLate: false }),
				status('1', 'sent', { isLate: true }),
				status('1', 'sent', { isLate: true }),
			];
			const isDropped = repeatedReceipts === 'drop';
			const expected = isDropped ? all.slice(0, 2) : all;
			expect(await trigger.run(push, 'webhook', 'e1')).toEqual(expected);
			// n8n runs it again, as its worker has died.
			expect(await trigger.run(push, 'webhook', 'e1')).toEqual(expected);
			expect(await trigger.run(push, 'webhook', 'e2')).toHaveLength(isDropped ? 0 : 3);
			expect(await trigger.run(push, 'retry', 'e3')).toHaveLength(expected.length);
			expect(store.calls).toBe(0);
			expect(trigger.warnings).toEqual([]);
		},
	);

	it('the store does it where there are no data tables, and that is told', async () => {
		const store = new ProcessedItems();
		const trigger = new Trigger(
			store,
			{},
			{
				executeWorkflow: async () => {
					throw new Error('Unrecognized node type: n8n-nodes-base.dataTable');
				},
			},
		);
		expect(await trigger.run([status('1', 'sent')])).toHaveLength(1);
		expect(await trigger.run([status('1', 'sent')])).toEqual([]);
		expect(store.row).toHaveLength(2);
		expect(trigger.warnings[0]).toContain('Unrecognized node type');
	});
});

describe('an event with neither id nor time', () => {
	const quality = (of: string, more: IDataObject = {}) => ({
		event: 'accountEvent',
		eventType: 'phoneQualityUpdate',
		status: of,
		phoneNumber: '6580001111',
		api: 'cams',
		...more,
	});
	const MINUTE = 60_000;
	beforeEach(() => jest.useFakeTimers());
	afterEach(() => jest.useRealTimers());
	const passes = async (trigger: Trigger, ...events: IDataObject[]) =>
		(await trigger.run(events)).map((each) => each.status);

	it('comes again after ten minutes, and not while pushes of it come again', async () => {
		const store = new ProcessedItems();
		const trigger = new Trigger(store);
		expect(await passes(trigger, quality('green'), quality('green'))).toEqual(['green']);
		jest.advanceTimersByTime(5 * MINUTE);
		expect(await passes(trigger, quality('yellow'), quality('green'))).toEqual(['yellow']);
		jest.advanceTimersByTime(5 * MINUTE - 1);
		expect(await passes(trigger, quality('green'))).toEqual([]);
		jest.advanceTimersByTime(1);
		expect(await passes(trigger, quality('green'), quality('yellow'))).toEqual(['green']);
		jest.advanceTimersByTime(9 * MINUTE);
		expect(await passes(trigger, quality('green'), quality('yellow'))).toEqual(['yellow']);
		// It would be kept there for good.
		expect(store.row ?? []).toEqual([]);
	});

	it('is forgotten by its memory, too', () => {
		const memory = new SeenEvents();
		expect([
			memory.has('a'),
			memory.claimRecent('a'),
			memory.has('a'),
			memory.claimRecent('a'),
		]).toEqual([false, true, true, false]);
		jest.advanceTimersByTime(10 * MINUTE);
		expect([memory.has('a'), memory.claimRecent('a'), memory.has('a')]).toEqual([
			false,
			true,
			true,
		]);
	});

	it.each([{ timestamp: '2026-11-21T22:00:00.000Z' }, { receiptId: 'e' }, { messageId: '1' }])(
		'is not one that has %j: that comes once',
		async (more) => {
			const trigger = new Trigger(new ProcessedItems());
			expect(await passes(trigger, quality('green', more))).toEqual(['green']);
			jest.advanceTimersByTime(24 * 60 * MINUTE);
			expect(await passes(trigger, quality('green', more))).toEqual([]);
		},
	);
});

describe('memory', () => {
	const LEAST = 200_000;
	const tell = (error: Error) => {
		throw error;
	};
	const keys = (from: number, count: number) =>
		Array.from({ length: count }, (_, index) => `k${from + index}`);

	it('forgets the oldest half when it is full, and goes on', async () => {
		const memory = new SeenEvents();
		const store = new ProcessedItems();
		for (let from = 0; from < 2 * LEAST; from += 50_000)
			expect((await memory.claim(keys(from, 50_000), [], store, tell)).size).toBe(50_000);
		expect([0, LEAST - 1, LEAST, 2 * LEAST - 1].map((index) => memory.has(`k${index}`))).toEqual([
			false,
			false,
			true,
			true,
		]);
		expect((await memory.claim([`k${LEAST}`, `k${2 * LEAST - 1}`], [], store, tell)).size).toBe(0);
		expect([...(await memory.claim(['k0'], [], store, tell))]).toEqual(['k0']);
		expect([`k${LEAST}`, 'k0'].map((key) => memory.has(key))).toEqual([true, true]);
	});

	it('forgets how far the oldest messages have come, and goes on', () => {
		const memory = new SeenEvents();
		const isLate = (messageId: string, of: string) => memory.isLate(status(messageId, of));
		for (let index = 0; index < 2 * LEAST; index++) isLate(String(index), 'read');
		expect(
			[0, LEAST - 1, LEAST, 2 * LEAST - 1].map((index) => isLate(String(index), 'sent')),
		).toEqual([false, false, true, true]);
		expect([
			isLate('new', 'read'),
			isLate('new', 'delivered'),
			isLate(String(2 * LEAST - 1), 'sent'),
		]).toEqual([false, true, true]);
	});

	it('tells what the store throws, to each who waits', async () => {
		const store = new ProcessedItems();
		store.failure = new Error('database is locked');
		const memory = new SeenEvents();
		const told: string[] = [];
		const claim = async (name: string) =>
			await memory.claim([name], [], store, ({ message }) => told.push(`${name}: ${message}`));
		expect(await Promise.all([claim('a'), claim('b'), claim('a')])).toEqual([
			new Set(['a']),
			new Set(['b']),
			new Set(),
		]);
		expect(told).toEqual(['a: database is locked', 'b: database is locked']);
	});

	it('asks the store for nothing that it knows itself', async () => {
		const memory = new SeenEvents();
		const store = new ProcessedItems();
		await memory.claim(['a', 'b'], [], store, tell);
		await memory.claim(['a', 'b'], [], store, tell);
		await memory.claim([], ['passed'], store, tell);
		expect(store.calls).toBe(1);
	});
});

describe('a status that comes late', () => {
	const ALL = [
		status('1', 'read'),
		status('1', 'delivered'),
		status('2', 'sent'),
		status('1', 'sent'),
		status('2', 'delivered'),
		status('1', 'failed'),
		status('1', 'new'),
	];

	it('is marked', async () => {
		const passed = await new Trigger(new ProcessedItems()).run(ALL);
		expect(passed.map(({ messageId, status: of, isLate }) => [messageId, of, isLate])).toEqual([
			['1', 'read', false],
			['1', 'delivered', true],
			['2', 'sent', false],
			['1', 'sent', true],
			['2', 'delivered', false],
			['1', 'failed', false],
			['1', 'new', false],
		]);
	});

	it.each([
		['sent', true],
		// WhatsApp delivers a message that it could not deliver before.
		['delivered', false],
		['read', false],
		['deleted', false],
	])('after Failed, when it is %s: %s', async (of, isLate) => {
		expect(
			await new Trigger(new ProcessedItems()).run([status('1', 'failed'), status('1', of)]),
		).toEqual([expect.anything(), expect.objectContaining({ status: of, isLate })]);
	});

	it.each(['mark', 'drop'])(
		'is told without what somebody tries out, and the other way round (%s)',
		async (lateStatuses) => {
			const trigger = new Trigger(new ProcessedItems(), { lateStatuses });
			expect(await trigger.run([status('1', 'read'), status('2', 'sent')], 'manual')).toHaveLength(
				2,
			);
			expect(await trigger.run([status('1', 'delivered'), status('2', 'read')])).toEqual([
				status('1', 'delivered', { isLate: false }),
				status('2', 'read', { isLate: false }),
			]);
			expect(await trigger.run([status('2', 'delivered')], 'manual')).toEqual([
				status('2', 'delivered', { isLate: false }),
			]);
		},
	);

	it('is marked across executions', async () => {
		const trigger = new Trigger(new ProcessedItems());
		await trigger.run([status('1', 'read')]);
		expect(await trigger.run([status('1', 'delivered')])).toEqual([
			expect.objectContaining({ status: 'delivered', isLate: true }),
		]);
	});

	it('is told for each recipient, where several have one message ID', async () => {
		const receipts = [
			status('1', 'read', { to: '65' }),
			status('1', 'delivered', { to: '66' }),
			status('1', 'delivered', { to: '65' }),
		];
		const trigger = new Trigger(new ProcessedItems());
		expect((await trigger.run(receipts)).map(({ isLate }) => isLate)).toEqual([false, false, true]);
	});

	it.each(['drop', 'keep'])(
		'is marked also after a restart of n8n, and nothing else is (repeated: %s)',
		async (repeatedReceipts) => {
			const store = new ProcessedItems();
			const before = [
				status('1', 'read'),
				status('2', 'failed'),
				status('3', 'delivered'),
				status('4', 'sent'),
			];
			expect(
				(await new Trigger(store, { repeatedReceipts }).run(before)).map(({ isLate }) => isLate),
			).toEqual([false, false, false, false]);
			const after = [
				status('1', 'delivered'),
				status('1', 'sent'),
				status('2', 'sent'),
				status('2', 'delivered'),
				status('3', 'sent'),
				status('3', 'read'),
				status('4', 'delivered'),
				status('5', 'sent'),
			];
			const passed = await new Trigger(store.reopened(), { repeatedReceipts }).run(after);
			expect(passed.map(({ isLate }) => isLate)).toEqual([
				true,
				true,
				true,
				false,
				true,
				false,
				false,
				false,
			]);
		},
	);

	it('is dropped', async () => {
		expect(
			told(await new Trigger(new ProcessedItems(), { lateStatuses: 'drop' }).run(ALL)),
		).toEqual(['1 read', '2 sent', '2 delivered', '1 failed', '1 new']);
	});

	it('is kept as it is', async () => {
		expect(await new Trigger(new ProcessedItems(), { lateStatuses: 'keep' }).run(ALL)).toEqual(ALL);
	});

	it('is found by what has come of its message, in any order, however often n8n is started anew', async () => {
		const PASSED_BY: Record<string, string[]> = {
			sent: ['delivered', 'failed', 'read'],
			delivered: ['read'],
		};
		const receipt = fc.tuple(
			fc.constantFrom('1', '2', 'constructor'),
			fc.constantFrom('sent', 'delivered', 'read', 'failed', 'constructor'),
		);
		const lives = fc.array(fc.array(fc.array(receipt, { maxLength: 4 }), { maxLength: 4 }), {
			maxLength: 4,
		});
		await fc.assert(
			fc.asyncProperty(lives, async (all) => {
				let store = new ProcessedItems();
				const passed: IDataObject[] = [];
				for (const life of all) {
					store = store.reopened();
					const trigger = new Trigger(store);
					for (const push of life) passed.push(...(await trigger.run(asReceipts(push))));
				}
				passed.forEach(({ messageId, status: of, isLate }, index) => {
					const before = passed.slice(0, index).filter((each) => each.messageId === messageId);
					const passing = Object.hasOwn(PASSED_BY, String(of)) ? PASSED_BY[String(of)] : [];
					expect(isLate).toBe(before.some((each) => passing.includes(String(each.status))));
				});
			}),
			{ numRuns: 500 },
		);
	});

	it('is nothing that other events have', async () => {
		const others = [
			{ event: 'inboundMessage', messageId: '1', api: 'cams' },
			{ event: 'templateEvent', status: 'sent', api: 'cams' },
			{ event: 'other', messageId: '1', status: 'sent', api: 'cams' },
		];
		expect(
			await new Trigger(new ProcessedItems(), { lateStatuses: 'drop' }).run([
				status('1', 'read'),
				...others,
			]),
		).toEqual([expect.anything(), ...others]);
	});
});
