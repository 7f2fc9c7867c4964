/** Campaigns whose ID, table or database makes trouble: a clear sentence, and nothing is sent that the table does not know. */
import {
	LIST,
	NO_LIMIT,
	people,
	reached,
	sandbox,
	send,
	taken,
	type MassCase,
} from '../support/camsMassSend';
import { DataTables, type Before } from '../support/dataTables';
import { NODE } from '../support/harness';
import { outcomesOf, outputs } from '../support/massRun';

let tables: DataTables;
beforeEach(() => (tables = new DataTables()));

const small = { maxRecipientsPerRequest: 10 };

const sendCampaign = async (
	{ parameters, engine, ...rest }: MassCase,
	before?: Before,
	after?: Before,
) =>
	await send(sandbox, {
		...rest,
		parameters: { campaignId: 'spring-sale', ...parameters },
		engine: { ...engine, nodeTypes: tables.process(before, after) },
	});

const runsIn = () => tables.rows().filter(({ kind }) => kind === 'run');
const chunksIn = () => tables.rows().filter(({ kind }) => kind === 'chunk');
const messageOf = ({ error }: Awaited<ReturnType<typeof send>>) =>
	`${error?.message}. ${error?.description}`;

describe('the ID', () => {
	it.each([
		['blanks', '   ', /^Campaign ID is empty/],
		[
			'an expression that gives nothing',
			'={{ $json.campaign }}',
			/^Campaign ID is empty.*gives nothing/,
		],
		['5,000 characters', 'a'.repeat(5_000), /^Campaign ID is too long.*5000 characters/],
		['a line break', 'spring\nsale', /^Campaign ID has a line break/],
		['an expression that is not evaluated', 'sale-{{ $now }}', /not evaluated/],
		['an object', '={{ { a: 1 } }}', /^Campaign ID is not a text/],
	])('is refused before anything is sent: %s', async (_what, campaignId, message) => {
		const run = await sendCampaign({ items: people(3), parameters: { campaignId } });
		expect(messageOf(run)).toMatch(message);
		expect(taken()).toEqual([]);
	});

	it.each([
		'🎉 spring "sale" \'26\' `x` \\ %_',
		'={{ "sp" + "ring" }}',
		'$(name) {{name}}',
		'constructor',
		"'; DROP TABLE x; --",
		'="{{ 1 }}"',
	])('may be any line of text: %s', async (campaignId) => {
		const items = people(3);
		await sendCampaign({ items, parameters: { campaignId } });
		const run = await sendCampaign({ items, parameters: { campaignId } });
		expect(outcomesOf(outputs(run)[0])).toEqual(Array(3).fill('alreadyAccepted'));
		expect(taken()).toHaveLength(3);
	});

	it('is that of the first item: items of another campaign are refused, the others sent to', async () => {
		const items = people(4).map((each, index) => ({ ...each, wave: index < 3 ? 'a' : 'b' }));
		const run = await sendCampaign({ items, parameters: { campaignId: '={{ $json.wave }}' } });
		const [accepted, [refused]] = outputs(run);
		expect(accepted).toHaveLength(3);
		expect(refused).toMatchObject({
			outcome: 'notSent',
			reason: expect.stringMatching(/^This item belongs to another campaign.*"b".*"a"/),
		});
	});

	it('contradicts sending to duplicates every time', async () => {
		const run = await sendCampaign({
			items: people(3),
			options: { duplicateRecipients: 'send' },
		});
		expect(messageOf(run)).toMatch(/^Duplicate Recipients contradicts Campaign ID/);
		expect(taken()).toEqual([]);
	});
});

describe('the table', () => {
	const failing =
		(message: string): Before =>
		() => {
			throw new Error(message);
		};

	// As n8n 2.8.4 says it.
	it.each([
		['Unrecognized node type: n8n-nodes-base.dataTable', /^This n8n has no data tables/],
		['Attempted to use Data table node but the module is disabled', /^This n8n has no data tables/],
		['Could not get parameter', /^The data tables of this n8n are too old/],
		[
			'Validation error with data table request: Data table size limit exceeded: 50MB used, limit is 50MB',
			/^The data tables of this n8n are full/,
		],
	])('says in one sentence before anything is sent: %s', async (thrown, message) => {
		const run = await sendCampaign({ items: people(3) }, failing(thrown));
		expect(messageOf(run)).toMatch(message);
		expect(messageOf(run)).toContain('Nothing has been sent');
		expect(taken()).toEqual([]);
	});

	it('may not be one that was made for something else', async () => {
		tables.tables.push({ id: 'own', name: 'ChatApp Campaigns', columns: ['color'], rows: [] });
		const run = await sendCampaign({ items: people(3) });
		expect(messageOf(run)).toMatch(/^The campaign table has other columns/);
		expect(taken()).toEqual([]);
	});

	it('is found by its exact name, though n8n finds others whose names contain it', async () => {
		tables.tables.push({ id: 'own', name: 'Old ChatApp Campaigns', columns: ['color'], rows: [] });
		const run = await sendCampaign({ items: people(3) });
		expect(outputs(run)[0]).toHaveLength(3);
		expect(tables.rows()).toHaveLength(2);
	});

	it('can have another name', async () => {
		await sendCampaign({ items: people(3), options: { campaignTable: 'Spring' } });
		expect(tables.rows('Spring')).toHaveLength(2);
	});

	it('may be locked for a while: calls wait, nobody is missed, nothing leaves unclaimed', async () => {
		let lockedUntil = 0;
		let unclaimed = 0;
		const run = await sendCampaign({ items: people(60), options: small }, (operation, items) => {
			if (operation === 'insert' && items[0].kind === 'chunk' && lockedUntil === 0)
				lockedUntil = Date.now() + 1_500;
			if (Date.now() >= lockedUntil) return;
			unclaimed = Math.max(unclaimed, taken().length);
			throw new Error('SQLITE_BUSY: database is locked');
		});
		expect(outputs(run)[0]).toHaveLength(60);
		expect(unclaimed).toBe(0);
		expect(new Set(reached()).size).toBe(60);
		expect(chunksIn().every(({ state }) => state === 'accepted')).toBe(true);
	}, 30_000);

	it('may lose the answer to a write: the row is there once for the reader, nobody is sent to twice', async () => {
		let lost = 0;
		const run = await sendCampaign(
			{ items: people(40), options: small },
			undefined,
			(operation) => {
				if (operation === 'insert' && lost++ % 2 === 1) throw new Error('Connection terminated');
			},
		);
		expect(outputs(run)[0]).toHaveLength(40);
		expect(new Set(reached()).size).toBe(40);
		expect(reached()).toHaveLength(40);
		const again = await sendCampaign({ items: people(40) });
		expect(outcomesOf(outputs(again)[0])).toEqual(Array(40).fill('alreadyAccepted'));
	}, 30_000);

	it('may vanish half-way: nothing more is sent, and everybody has an outcome', async () => {
		const run = await sendCampaign({ items: people(100), options: small }, (operation) => {
			if (operation === 'insert' && taken().length >= 30) tables.tables.length = 0;
		});
		const [accepted, notAccepted] = outputs(run);
		expect(accepted.length + notAccepted.length).toBe(100);
		expect(accepted.length).toBeLessThan(100);
		expect(new Set(notAccepted.map(({ cause }) => cause))).toEqual(new Set(['campaignTable']));
		expect(taken()).toHaveLength(accepted.length);
	}, 30_000);

	it('may lose the row of the run, or of a chunk: sending stops, or the chunk is written anew', async () => {
		const run = await sendCampaign({ items: people(100), options: small }, (operation) => {
			if (operation !== 'insert' || taken().length < 30) return;
			const [table] = tables.tables;
			table.rows = table.rows.filter(({ kind }) => kind !== 'run');
		});
		const [accepted, notAccepted] = outputs(run);
		expect(accepted.length + notAccepted.length).toBe(100);
		expect(notAccepted[0]).toMatchObject({
			cause: 'campaignTable',
			reason: expect.stringMatching(/row of this run is gone/),
		});

		tables = new DataTables();
		let hasDeleted = false;
		await sendCampaign(
			{ items: people(20, 500), options: small, parameters: { campaignId: 'b' } },
			(operation, [item]) => {
				if (operation !== 'update' || item.state !== 'accepted' || hasDeleted) return;
				hasDeleted = true;
				const [table] = tables.tables;
				table.rows = table.rows.filter(({ name }) => name !== item.name);
			},
		);
		expect(hasDeleted).toBe(true);
		expect(chunksIn().map(({ state }) => state)).toEqual(['accepted', 'accepted']);
	}, 30_000);

	it('may have been edited: unknown words are unknown recipients, changed digests stop everything', async () => {
		await sendCampaign({ items: people(20), options: small });
		chunksIn()[0].state = ' Accepted ';
		chunksIn()[1].state = 'constructor';
		chunksIn()[1].result = 'no json';
		const run = await sendCampaign({ items: people(20) });
		expect(outcomesOf(outputs(run)[0])).toEqual(Array(10).fill('alreadyAccepted'));
		expect(outcomesOf(outputs(run)[1])).toEqual(Array(10).fill('unknown'));
		chunksIn()[0].digests = String(chunksIn()[0].digests).slice(0, 32);
		const refused = await sendCampaign({ items: people(20) });
		expect(messageOf(refused)).toMatch(/^A row of the campaign table cannot be read/);
		// The run lets the campaign go.
		expect(runsIn().at(-1)).toMatchObject({ state: 'incomplete' });
		expect(taken()).toHaveLength(20);
	});

	it('cannot be written after a time-out; the next run in this process catches up, and does not wait', async () => {
		let isOver = false;
		await sendCampaign({ items: people(20), options: small }, (operation, [item]) => {
			// n8n lets a workflow past its time-out run no inline workflow.
			if (operation === 'update' && item.state === 'accepted') isOver = true;
			if (isOver) throw new Error('Could not find the data table');
		});
		expect(taken().length).toBeGreaterThan(0);
		expect(chunksIn()[0].state).toBe('sending');
		const run = await sendCampaign({ items: people(20) });
		expect(outputs(run)[1]).toEqual([]);
		expect(new Set(reached()).size).toBe(20);
		expect(reached()).toHaveLength(20);
	}, 30_000);
});

describe('who else is at it', () => {
	it('ends in an error that names the execution, and sends to nobody', async () => {
		let second: ReturnType<typeof sendCampaign> | undefined;
		const first = await sendCampaign({ items: people(1_000), options: small }, () => {
			if (taken().length >= 20) second ??= sendCampaign({ items: people(1_000) });
		});
		const run = await second!;
		expect(messageOf(run)).toMatch(
			/^Campaign "spring-sale" is being sent by another execution\. Nothing has been sent\. Execution \d+ is at it: \d+ accepted so far/,
		);
		expect(outputs(first)[0]).toHaveLength(1_000);
		expect(reached()).toHaveLength(1_000);
	}, 60_000);

	it('may have more rows than one read holds', async () => {
		await sendCampaign({ items: people(10), options: { maxRecipientsPerRequest: 1 } });
		const [table] = tables.tables;
		const [sample] = chunksIn();
		// Two and a half reads of chunks of nobody, before the row of the last recipient.
		const others = Array.from({ length: 2_500 }, (_, index) => ({
			...sample,
			id: 100 + index,
			name: `other-${index}`,
			recipients: 0,
			digests: '',
		}));
		const rest = table.rows.splice(5);
		table.rows.push(...others, ...rest.map((row, index) => ({ ...row, id: 10_000 + index })));
		const run = await sendCampaign({ items: people(10) });
		expect(outcomesOf(outputs(run)[0])).toEqual(Array(10).fill('alreadyAccepted'));
	});

	it('is waited for, if the user wants that', async () => {
		const options = { ...small, ifCampaignRunning: 'wait' };
		const [first, second] = await Promise.all([
			sendCampaign({ items: people(60), options }),
			sendCampaign({ items: people(60), options }),
		]);
		const all = [...outputs(first)[0], ...outputs(second)[0]];
		expect(outcomesOf(all).filter((each) => each === 'accepted')).toHaveLength(60);
		expect(outcomesOf(all).filter((each) => each === 'alreadyAccepted')).toHaveLength(60);
		expect(reached()).toHaveLength(60);
	}, 30_000);

	it('may be the same workflow: two nodes with one campaign send to nobody twice', async () => {
		await sendCampaign({ items: people(10), node: { id: 'first' } });
		const run = await sendCampaign({ items: people(10), node: { id: 'second' } });
		expect(run.hints(NODE)[0]).toBe('10 had it before; now 0 accepted. In 0 requests.');
		expect(taken()).toHaveLength(10);
	});

	it('comes out as one item per recipient where On Error goes on, with names and sums', async () => {
		await sendCampaign({ items: people(2) });
		runsIn()[0].state = 'stopped';
		const customers = people(3);
		const list = { ...LIST, campaignId: 'spring-sale' };
		const [, notAccepted] = outputs(
			await sendCampaign({
				items: [{ customers }],
				parameters: list,
				node: { onError: 'continueRegularOutput' },
			}),
		);
		expect(notAccepted).toMatchObject(
			customers.map(({ phone }, entryIndex) => ({
				outcome: 'notSent',
				cause: 'campaignStopped',
				to: phone,
				entryIndex,
				campaignId: 'spring-sale',
			})),
		);
	});
});

describe('what others write meanwhile', () => {
	it('a receipt that proves a call stands, though the call itself ends without an answer', async () => {
		sandbox.configure({ ...NO_LIMIT, faults: [{ kind: 'resetAfter', every: 1 }], latencyMs: 300 });
		const run = sendCampaign(
			{ items: people(10), node: { onError: 'continueRegularOutput' } },
			(operation, [item]) => {
				if (operation === 'update' && item.state === 'unknown') chunksIn()[0].state = 'accepted';
			},
		);
		expect(outcomesOf(outputs(await run)[1])).toEqual(Array(10).fill('unknown'));
		expect(chunksIn()).toMatchObject([{ state: 'accepted', recipients: 10 }]);
	});

	it('a chunk that waited through a pause is claimed anew, at the time at which it is sent', async () => {
		let first: { name: string; at: string } | undefined;
		let claimedAt: string | undefined;
		const sending = sendCampaign({ items: people(30), options: small }, (operation, [item]) => {
			if (operation === 'insert' && item.kind === 'chunk' && !first) {
				first = { name: String(item.name), at: String(item.at) };
				for (const row of runsIn()) row.state = 'paused';
			}
			// As its second row was until its answer came.
			if (operation === 'update' && item.state === 'accepted' && item.name === `${first?.name}-2`)
				claimedAt ??= String(chunksIn().find(({ name }) => name === item.name)?.at);
		});
		while (!chunksIn().some(({ state }) => state === 'notSent'))
			await new Promise((resolve) => setTimeout(resolve, 20));
		await new Promise((resolve) => setTimeout(resolve, 300));
		for (const row of runsIn()) row.state = 'running';
		await sending;
		expect(Date.parse(claimedAt!) - Date.parse(first!.at)).toBeGreaterThan(300);
		expect(reached()).toHaveLength(30);
	}, 30_000);

	it('Resolve Unknown leaves a stop in force, and what a receipt has proved', async () => {
		await sendCampaign({ items: people(20), options: small });
		const [first, second] = chunksIn();
		for (const row of [first, second])
			Object.assign(row, {
				state: 'sending',
				at: new Date(Date.now() - 7_200_000).toISOString(),
			});
		runsIn()[0].state = 'stopped';
		const resolved = await sendCampaign(
			{ items: [{}], parameters: { operation: 'resolveUnknown' } },
			(operation, [item]) => {
				// In the moment before it is settled as not found.
				if (operation === 'update' && item.state === 'notFound') first.state = 'accepted';
			},
		);
		expect(outputs(resolved)[0]).toMatchObject([{ accepted: 10, notFound: 10, unknown: 0 }]);
		expect(runsIn().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
		const refused = await sendCampaign({ items: people(20) });
		expect(refused.error?.message).toBe('Campaign "spring-sale" is stopped');
	});
});
