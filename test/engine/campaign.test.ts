/** Campaigns: a table of n8n keeps who has been sent to, whatever happens to the run. */
import type { IDataObject } from 'n8n-workflow';

import { ACCOUNT } from '../../sandbox/cams/accounts';
import {
	NO_LIMIT,
	numberOf,
	people,
	range,
	reached,
	sandbox,
	send,
	taken,
	type MassCase,
} from '../support/camsMassSend';
import { DataTables, type Before } from '../support/dataTables';
import { NODE } from '../support/harness';
import { outcomesOf, outputs, recipientsOf } from '../support/massRun';

let tables: DataTables;
beforeEach(() => (tables = new DataTables()));

const SPRING = { campaignId: 'spring-sale' };

const sendCampaign = async (
	{ parameters, engine, ...rest }: MassCase,
	before?: Before,
	after?: Before,
) =>
	await send(sandbox, {
		...rest,
		parameters: { ...SPRING, ...parameters },
		engine: { ...engine, nodeTypes: tables.process(before, after) },
	});

const small = { maxRecipientsPerRequest: 10 };
const runsIn = () => tables.rows().filter(({ kind }) => kind === 'run');
const chunksIn = () => tables.rows().filter(({ kind }) => kind === 'chunk');
const expectNobodyTwice = () => expect(new Set(reached()).size).toBe(reached().length);
/** As if the owner of the campaign had not been seen for an hour. */
const age = () => {
	for (const row of runsIn()) row.at = new Date(Date.now() - 3_600_000).toISOString();
};

describe('a campaign', () => {
	it('sends as usual, and keeps a row for each chunk and one for the run', async () => {
		const run = await sendCampaign({ items: people(25), options: small });
		expect(run.error).toBeUndefined();
		const [accepted] = outputs(run);
		expect(recipientsOf(accepted)).toEqual(range(25).map(numberOf));
		expect(accepted[0]).toMatchObject({ outcome: 'accepted', campaignId: 'spring-sale', chunk: 1 });
		expect(chunksIn().map(({ state, recipients }) => [state, recipients])).toEqual([
			['accepted', 10],
			['accepted', 10],
			['accepted', 5],
		]);
		expect(runsIn()).toMatchObject([
			{ state: 'finished', run: 1, recipients: 25, accepted: 25, campaign: 'spring-sale' },
		]);
		// Neither numbers nor texts.
		expect(JSON.stringify(tables.rows())).not.toMatch(/6591\d{6}|N1|on its way/);
	});

	it('sends to nobody twice: those who had it come out as alreadyAccepted, in any order, new ones are sent to', async () => {
		await sendCampaign({ items: people(25), options: small });
		const before = taken();
		const run = await sendCampaign({
			items: people(30).reverse(),
			options: { maxRecipientsPerRequest: 7 },
		});
		expect(run.error).toBeUndefined();
		const [accepted, notAccepted] = outputs(run);
		expect(notAccepted).toEqual([]);
		expect(outcomesOf(accepted)).toEqual([
			...Array<string>(5).fill('accepted'),
			...Array<string>(25).fill('alreadyAccepted'),
		]);
		expect(accepted.at(-1)).toMatchObject({
			outcome: 'alreadyAccepted',
			to: numberOf(0),
			taskId: before[0].taskId,
			groupMessageId: before[0].groupMessageId,
			sentAt: expect.any(String),
			templateCode: '900100200',
			campaignId: 'spring-sale',
		});
		expect(taken()).toHaveLength(30);
		expectNobodyTwice();
		expect(run.hints(NODE)[0]).toBe('25 had it before; now 5 accepted. In 1 request.');
		expect(runsIn()[1]).toMatchObject({
			run: 2,
			alreadyAccepted: 25,
			accepted: 5,
			state: 'finished',
		});
	});

	it('is another one with another Campaign ID', async () => {
		await sendCampaign({ items: people(3) });
		await sendCampaign({ items: people(3), parameters: { campaignId: 'autumn' } });
		expect(taken()).toHaveLength(6);
	});

	it('leaves out those who had it before, if the user wants that', async () => {
		await sendCampaign({ items: people(3) });
		const run = await sendCampaign({
			items: people(4),
			options: { earlierRecipients: 'leaveOut' },
		});
		expect(recipientsOf(outputs(run)[0])).toEqual([numberOf(3)]);
	});

	it('goes on after a crash: what was on its way is unknown, nobody gets it twice, everybody else is sent to', async () => {
		let claims = 0;
		const crash = new Promise<void>(() => {});
		// The process ends at its fourth claim: every further access to the table hangs for ever.
		void sendCampaign({ items: people(60), options: small }, async (operation, [item]) => {
			if (operation === 'insert' && item.kind === 'chunk') claims++;
			if (claims > 3) await crash;
		});
		while (claims <= 3) await new Promise((resolve) => setTimeout(resolve, 5));
		await new Promise((resolve) => setTimeout(resolve, 500));
		const before = reached();
		expect(before.length).toBeGreaterThan(0);
		expect(before.length).toBeLessThan(60);
		age();
		const run = await sendCampaign({ items: people(60), options: small });
		const [accepted, notAccepted] = outputs(run);
		expectNobodyTwice();
		expect(accepted.length + notAccepted.length).toBe(60);
		const unknown = recipientsOf(notAccepted);
		expect(new Set(outcomesOf(notAccepted))).toEqual(new Set(['unknown']));
		expect(notAccepted[0]).toMatchObject({ cause: 'interrupted', campaignId: 'spring-sale' });
		// Nobody is missed: who was not reached is unknown.
		const got = new Set(reached());
		expect(
			range(60)
				.map(numberOf)
				.filter((to) => !got.has(to) && !unknown.includes(to)),
		).toEqual([]);
		expect(runsIn().map(({ state }) => state)).toEqual(['interrupted', 'incomplete']);
	});

	it('is sent by one of two that start at once; the other says who is at it', async () => {
		const options = { ...small, ifCampaignRunning: 'notAccepted' };
		const runs = await Promise.all([
			sendCampaign({ items: people(200), options }),
			sendCampaign({ items: people(200), options }),
		]);
		expectNobodyTwice();
		expect(reached()).toHaveLength(200);
		const causes = runs.map((run) => outputs(run)[1].map(({ cause }) => cause));
		const loser = causes.find((each) => each.length > 0);
		if (loser) expect(new Set(loser)).toEqual(new Set(['campaignRunning']));
	}, 30_000);
});

describe('the quota of the account', () => {
	const quotaOf = ({ result }: IDataObject) => JSON.parse(result as string) as IDataObject;

	it('is shared with another process that sends a campaign of the table', async () => {
		await sendCampaign({ items: people(3) });
		const [mine] = runsIn();
		const told = quotaOf(mine);
		expect(told).toEqual({
			quota: expect.stringMatching(/^[0-9a-f]{12}$/),
			worker: expect.stringMatching(/^[0-9a-f]{8}$/),
			maxPerSecond: 10,
			from: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
		});
		expect(JSON.stringify(tables.rows())).not.toContain(ACCOUNT.accessKeyId);

		tables.rows().push({
			...mine,
			campaign: 'autumn',
			name: 'run-of-another-process',
			state: 'running',
			at: new Date(Date.now() + 3_600_000).toISOString(),
			result: JSON.stringify({ ...told, worker: 'another' }),
		});
		const began = Date.now();
		await sendCampaign({
			items: people(12, 100),
			options: { maxRecipientsPerRequest: 1 },
			parameters: { campaignId: 'winter' },
		});
		const chunks = chunksIn().filter(({ campaign }) => campaign === 'winter');
		const times = chunks.map(({ at }) => Date.parse(at as string)).sort((a, b) => a - b);
		expect(times).toHaveLength(12);
		// The other one has had the time to see it.
		expect(times[0] - began).toBeGreaterThanOrEqual(2_900);
		// Half of ten calls a second.
		times.slice(5).forEach((at, index) => expect(at - times[index]).toBeGreaterThanOrEqual(1_000));
	});
});

/** An operation that sends nothing. */
const operate = async (operation: string, parameters = {}, items: MassCase['items'] = [{}]) =>
	await sendCampaign({ items, parameters: { operation, ...parameters } });

describe('Get Campaign', () => {
	it('counts who was sent to', async () => {
		await sendCampaign({ items: people(25), options: small });
		const [[json]] = outputs(await operate('getCampaign'));
		expect(json).toMatchObject({
			campaignId: 'spring-sale',
			state: 'finished',
			accepted: 25,
			rejected: 0,
			unknown: 0,
			chunks: 3,
			runs: 1,
		});
	});

	it('tells of each recipient of the input what the campaign knows, and sends to nobody', async () => {
		await sendCampaign({ items: people(3) });
		const run = await operate('getCampaign', { campaignReturn: 'recipients' }, [
			...people(5),
			{ phone: 'ask at the desk' },
		]);
		const [accepted, others] = outputs(run);
		expect(accepted).toMatchObject(
			range(3).map((index) => ({ outcome: 'accepted', to: numberOf(index) })),
		);
		expect(outcomesOf(others)).toEqual(['notYetSent', 'notYetSent', 'notSent']);
		expect(others[2]).toMatchObject({ cause: 'invalidRecipient', to: 'ask at the desk' });
		expect(taken()).toHaveLength(3);
	});

	it('says so when there is no such campaign', async () => {
		const run = await operate('getCampaign', { campaignId: 'autumn' });
		expect(run.error?.message).toBe('There is no campaign "autumn"');
	});
});

describe('Set Campaign State', () => {
	it('pauses whoever is sending, lets it go on, and nobody is missed or sent to twice', async () => {
		const sending = sendCampaign({ items: people(120), options: small });
		while (taken().length < 20) await new Promise((resolve) => setTimeout(resolve, 10));
		const [[paused]] = outputs(await operate('setCampaignState', { campaignState: 'paused' }));
		expect(paused).toMatchObject({ state: 'paused', previousState: 'running' });
		await new Promise((resolve) => setTimeout(resolve, 800));
		const before = taken().length;
		expect(before).toBeLessThan(120);
		await new Promise((resolve) => setTimeout(resolve, 800));
		expect(taken()).toHaveLength(before);
		await operate('setCampaignState', { campaignState: 'running' });
		const run = await sending;
		expect(outputs(run)[0]).toHaveLength(120);
		expectNobodyTwice();
	}, 30_000);

	it('stops whoever is sending; the campaign is not sent again until it is set to running', async () => {
		const sending = sendCampaign({ items: people(120), options: small });
		while (taken().length < 20) await new Promise((resolve) => setTimeout(resolve, 10));
		await operate('setCampaignState', { campaignState: 'stopped' });
		const [accepted, notAccepted] = outputs(await sending);
		expect(accepted.length + notAccepted.length).toBe(120);
		expect(new Set(notAccepted.map(({ cause }) => cause))).toEqual(new Set(['campaignStopped']));
		const refused = await sendCampaign({ items: people(120), options: small });
		expect(refused.error?.message).toBe('Campaign "spring-sale" is stopped');
		await operate('setCampaignState', { campaignState: 'running' });
		await sendCampaign({ items: people(120), options: small });
		expect(taken()).toHaveLength(120);
		expectNobodyTwice();
	}, 30_000);
});

describe('Resolve Unknown', () => {
	it('asks the API, and settles as accepted what it knows', async () => {
		await sendCampaign({ items: people(40), options: small });
		// As if n8n had been killed before the answer to the first call.
		chunksIn()[0].state = 'sending';
		age();
		const before = taken().length;
		const [[json]] = outputs(await operate('resolveUnknown', { custSpaceId: '' }));
		expect(json).toMatchObject({
			campaignId: 'spring-sale',
			accepted: 10,
			notFound: 0,
			unknown: 0,
		});
		const run = await sendCampaign({ items: people(40), options: small });
		expect(outcomesOf(outputs(run)[0])).toEqual(Array<string>(40).fill('alreadyAccepted'));
		expect(taken()).toHaveLength(before);
	});

	it('settles as not found what the API does not know once it is old enough; the next run sends to them', async () => {
		await sendCampaign({ items: people(20), options: small });
		// As if the last call had been claimed and never left.
		const chunk = chunksIn()[1];
		chunk.state = 'sending';
		chunk.at = new Date(Date.now() - 7_200_000).toISOString();
		const early = outputs(await operate('resolveUnknown', { options: { notFoundAfter: 180 } }));
		expect(early[0][0]).toMatchObject({ accepted: 0, notFound: 0, unknown: 10 });
		const [[json]] = outputs(await operate('resolveUnknown'));
		expect(json).toMatchObject({ accepted: 0, notFound: 10, unknown: 0 });
		const run = await sendCampaign({ items: people(20), options: small });
		expect(outcomesOf(outputs(run)[0]).filter((each) => each === 'accepted')).toHaveLength(10);
	});

	it('asks for ten recipients of each call where it gets the list, and settles the call as a whole', async () => {
		await sendCampaign({ items: people(60), options: { maxRecipientsPerRequest: 20 } });
		const [sent, lost, foreign] = chunksIn();
		for (const row of [sent, lost, foreign]) row.state = 'sending';
		lost.at = new Date(Date.now() - 7_200_000).toISOString();
		age();
		const asked = () => sandbox.stats().calls.byOperation.ListChatappMessage ?? 0;
		// The third call's recipients are not in the list: its history is read.
		const parameters = { resolveSource: 'recipients' };
		const run = await operate('resolveUnknown', parameters, [
			...people(40).reverse(),
			{ phone: 'x' },
		]);
		expect(outputs(run)[0]).toMatchObject([{ accepted: 40, notFound: 20, unknown: 0 }]);
		expect(chunksIn().map(({ state }) => state)).toEqual(['accepted', 'notFound', 'accepted']);
		expect(asked()).toBeLessThanOrEqual(10 + 10 * 2 + 2);
	}, 30_000);

	it('finds the message of an unknown item, and hands on all others as they are', async () => {
		sandbox.configure({ ...NO_LIMIT, faults: [{ kind: 'resetAfter', every: 1 }] });
		const items = outputs(
			await send(sandbox, { items: people(3), node: { onError: 'continueRegularOutput' } }),
		).flat();
		expect(outcomesOf(items)).toEqual(['unknown', 'unknown', 'unknown']);
		const never = { ...items[0], to: '6599999999' };
		const rejected = { outcome: 'rejected', to: '6591234567' };
		const input = [...items, never, rejected, { name: 'Mia', outcome: 'unknown' }];
		const run = await operate(
			'resolveUnknown',
			{ resolveSource: 'items', options: { notFoundAfter: 0 } },
			input as never,
		);
		const [accepted, others] = outputs(run);
		expect(accepted).toMatchObject(
			range(3).map((index) => ({
				outcome: 'accepted',
				to: numberOf(index),
				messageId: taken().find(({ to }) => to === numberOf(index))?.messageId,
				taskId: items[index].taskId,
			})),
		);
		expect(others).toMatchObject([
			{ outcome: 'notFound', to: '6599999999' },
			rejected,
			{ outcome: 'unknown', reason: expect.stringMatching(/not the output of a send/) },
		]);
	});
});
