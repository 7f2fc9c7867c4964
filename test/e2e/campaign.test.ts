import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { IDataObject, IWorkflowBase } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import {
	CREDENTIAL_NAME,
	INNOPAAS_CREDENTIAL_NAME,
	innoPaasCredential,
	readExample,
	sandboxCredential,
} from '../../scripts/exampleRun';
import {
	RealN8n,
	chosenRelease,
	ensureN8n,
	freePort,
	installPackage,
	type N8nRelease,
	type RealRun,
} from '../../scripts/n8n/realN8n';

/** Campaigns in a real n8n, which is killed in the midst of them; their ledger is a data table of that n8n. */
const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-campaign-'));
let release: N8nRelease;
let sandbox: Sandbox;
let n8n: RealN8n;
let port: number;
let credentialIds: Record<string, string>;

const start = async () => await RealN8n.start(release, userFolder, port);

beforeAll(async () => {
	release = await ensureN8n();
	sandbox = await startSandbox();
	await installPackage(userFolder);
	port = await freePort();
	n8n = await start();
	credentialIds = {
		[CREDENTIAL_NAME]: await n8n.addCredential(CREDENTIAL_NAME, sandboxCredential(sandbox)),
		[INNOPAAS_CREDENTIAL_NAME]: await n8n.addCredential(
			INNOPAAS_CREDENTIAL_NAME,
			innoPaasCredential(sandbox),
		),
	};
}, 1_200_000);

afterAll(async () => {
	await n8n?.stop();
	await sandbox?.close();
	rmSync(userFolder, { recursive: true, force: true });
}, 60_000);

beforeEach(() => sandbox.reset());

const PEOPLE = 3_000;
const TABLE = 'ChatApp Campaigns';
const NODE = 'Send';

/** Thirty calls, which take three seconds at the speed of the quota. */
function campaign(campaignId: string, parameters: IDataObject = {}): Partial<IWorkflowBase> {
	return {
		name: campaignId,
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'send',
				name: NODE,
				type: 'n8n-nodes-chatapp.camsMassSend',
				typeVersion: 1.1,
				position: [200, 0],
				credentials: { chatAppApi: { id: '', name: CREDENTIAL_NAME } },
				parameters: {
					operation: 'sendTemplate',
					from: { __rl: true, mode: 'id', value: '6580001111' },
					template: { __rl: true, mode: 'code', value: '900100201/en' },
					to: '={{ $json.phone }}',
					campaignId,
					options: { maxRecipientsPerRequest: 100, takeOverAfter: 10, campaignTable: TABLE },
					...parameters,
				} as never,
			},
		],
		connections: { Start: { main: [[{ node: NODE, type: 'main', index: 0 }]] } },
		pinData: {
			Start: Array.from({ length: PEOPLE }, (_, index) => ({
				json: { phone: String(6591000000 + index) },
			})),
		},
	};
}

const itemsOf = ({ data }: RealRun, node = NODE): IDataObject[] =>
	(data.resultData.runData[node]?.[0]?.data?.main ?? []).flatMap((items) =>
		(items ?? []).map(({ json }) => json),
	);

function countsOf(run: RealRun, node = NODE): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { outcome } of itemsOf(run, node))
		counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1;
	return counts;
}

const [withTables, withoutTables] = chosenRelease().has.includes('dataTables')
	? [test, test.skip]
	: [test.skip, test];

const recipients = () => sandbox.stats().recipients;
const until = async (isSo: () => boolean) => {
	while (!isSo()) await delay(10);
};

withTables(
	'after kill -9 the campaign goes on; Resolve Unknown and a last run leave nobody out and nobody in doubt',
	async () => {
		const id = await n8n.addWorkflow(campaign('killed'), credentialIds);
		await n8n.startWorkflow(id);
		await until(() => recipients().accepted >= PEOPLE / 3);
		await n8n.crash();
		const reached = recipients().unique;
		expect(reached).toBeLessThan(PEOPLE);
		n8n = await start();

		const second = await n8n.runWorkflow(id);
		const { alreadyAccepted = 0, accepted = 0, unknown = 0 } = countsOf(second);
		expect(alreadyAccepted + accepted + unknown).toBe(PEOPLE);
		expect(alreadyAccepted).toBeGreaterThan(0);
		// Claimed ahead, and on their way.
		expect(unknown).toBeLessThanOrEqual(1_000);
		expect(recipients().duplicate).toBe(0);

		const resolving = await n8n.addWorkflow(
			campaign('killed', { operation: 'resolveUnknown', options: { notFoundAfter: 0 } }),
			credentialIds,
		);
		const [{ accepted: found, notFound, unknown: left }] = itemsOf(
			await n8n.runWorkflow(resolving),
		) as Array<Record<string, number>>;
		expect([found + notFound, left]).toEqual([unknown, 0]);

		expect(countsOf(await n8n.runWorkflow(id))).toEqual({
			alreadyAccepted: PEOPLE - notFound,
			...(notFound > 0 && { accepted: notFound }),
		});
		expect(recipients()).toMatchObject({ unique: PEOPLE, duplicate: 0 });
	},
	240_000,
);

withTables(
	'two that start at the same moment send to everybody once',
	async () => {
		const id = await n8n.addWorkflow(campaign('twice'), credentialIds);
		const executions = await Promise.all([n8n.startWorkflow(id), n8n.startWorkflow(id)]);
		const runs = await Promise.all(
			executions.map(async (each) => await n8n.waitForExecution(each)),
		);
		expect(recipients()).toMatchObject({ unique: PEOPLE, duplicate: 0 });
		expect(runs.some((run) => countsOf(run).accepted > 0)).toBe(true);
	},
	120_000,
);

withTables(
	'a row that is edited on the page of the table pauses the campaign, and lets it go on',
	async () => {
		const id = await n8n.addWorkflow(campaign('paused'), credentialIds);
		const execution = await n8n.startWorkflow(id);
		await until(() => recipients().accepted >= PEOPLE / 10);
		const run = { campaign: 'paused', kind: 'run' };
		await n8n.updateRows(TABLE, run, { state: 'paused' });
		await delay(1_500);
		const paused = recipients().accepted;
		expect(paused).toBeLessThan(PEOPLE);
		await delay(1_000);
		expect(recipients().accepted).toBe(paused);
		await n8n.updateRows(TABLE, run, { state: 'running' });
		expect(countsOf(await n8n.waitForExecution(execution))).toEqual({ accepted: PEOPLE });
		expect(recipients()).toMatchObject({ unique: PEOPLE, duplicate: 0 });
	},
	120_000,
);

withTables(
	'InnoPaaS Submit keeps the same promise',
	async () => {
		const submit = 'InnoPaaS Submit';
		const example = readExample('innopaas-campaign');
		const node = example.nodes!.find(({ name }) => name === submit)!;
		node.parameters = { ...node.parameters, campaignId: 'innoPaaS 🎉' };
		const id = await n8n.addWorkflow(example, credentialIds);
		const { accepted, ...others } = countsOf(await n8n.runWorkflow(id), submit);
		expect(accepted).toBeGreaterThan(1);
		expect(countsOf(await n8n.runWorkflow(id), submit)).toEqual({
			...others,
			alreadyAccepted: accepted,
		});
		expect(recipients()).toMatchObject({ accepted, duplicate: 0 });
	},
	60_000,
);

withoutTables(
	'a Campaign ID says in which n8n it works, and nothing is sent',
	async () => {
		const run = await n8n.runWorkflow(await n8n.addWorkflow(campaign('old'), credentialIds));
		expect(run.status).toBe('error');
		expect(run.data.resultData.error).toMatchObject({
			message: expect.stringMatching(/^The data tables of this n8n are too old/),
			description: expect.stringMatching(
				/^Nothing has been sent\. A Campaign ID needs n8n 2\.4 or newer/,
			),
		});
		expect(recipients().accepted).toBe(0);
	},
	120_000,
);

withTables(
	'csv-from-a-form sends to a list of 100,000 that is uploaded, and returns who was not accepted',
	async () => {
		const id = await n8n.addWorkflow(readExample('csv-from-a-form'), credentialIds);
		await n8n.publish(id);
		const lines = ['phone,name,order'];
		for (let index = 0; index < 100_000; index++)
			lines.push(`${6_500_000_000 + index},Mia ${index},A-${index}`);
		lines[73_213] = '123,Ben,A-1';
		const form = new FormData();
		form.append('field-0', 'order-update-2026-12');
		form.append('field-1', new Blob([lines.join('\n')], { type: 'text/csv' }), 'people.csv');
		const { status } = await axios.post(await n8n.formUrl(id), form, { proxy: false });
		expect(status).toBe(200);
		let executions: string[] = [];
		while (executions.length === 0) executions = await n8n.executionsOf(id);
		// It waits for somebody to look at its last page.
		const run = await n8n.waitForExecution(executions[0], { unlessIn: ['new', 'running'] });
		expect(itemsOf(run, 'CAMS Mass Send')).toMatchObject([
			{ recipients: 100_000, accepted: 99_999, notSent: 1, requests: 100 },
			{
				recipients: 1,
				fileName: 'people-not-accepted.csv',
				reasons: [{ cause: 'invalidRecipient', lines: [73_214] }],
			},
		]);
		expect(recipients()).toMatchObject({ accepted: 99_999, duplicate: 0 });
	},
	180_000,
);
