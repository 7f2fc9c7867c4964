/** Campaigns: a table of n8n keeps who has been sent to, whatever happens to the run. */
import {
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
		const run = await sendCampaign({ items: people(30).reverse(), options: { maxRecipientsPerRequest: 7 } });
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
		expect(runsIn()[1]).toMatchObject({ run: 2, alreadyAccepted: 25, accepted: 5, state: 'finished' });
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
		let operations = 0;
		const crash = new Promise<void>(() => {});
		// The process ends at its ninth access to the table: every further one hangs for ever.
		void sendCampaign({ items: people(60), options: small }, async () => {
			if (++operations > 8) await crash;
		});
		while (operations <= 8) await new Promise((resolve) => setTimeout(resolve, 5));
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
		expect(range(60).map(numberOf).filter((to) => !got.has(to) && !unknown.includes(to))).toEqual([]);
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
