import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { IDataObject, INode, IWorkflowBase } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import {
	CREDENTIAL_NAME,
	INNOPAAS_CREDENTIAL_NAME,
	innoPaasCredential,
	readExample,
	readReceiptExample,
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

/** Receipts on their way into a real n8n, with the packed tarball: who gets in, and that each comes once. */
const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-receipts-'));
let release: N8nRelease;
let port: number;
let sandbox: Sandbox;
let n8n: RealN8n;
let credentialIds: Record<string, string>;

beforeAll(async () => {
	release = await ensureN8n();
	port = await freePort();
	sandbox = await startSandbox();
	await installPackage(userFolder);
	n8n = await RealN8n.start(release, userFolder, port);
	credentialIds = {
		[CREDENTIAL_NAME]: await n8n.addCredential(CREDENTIAL_NAME, {
			...sandboxCredential(sandbox),
			receiptUserName: 'mia',
			receiptSecret: 'Pass: word',
		}),
		[INNOPAAS_CREDENTIAL_NAME]: await n8n.addCredential(INNOPAAS_CREDENTIAL_NAME, {
			...innoPaasCredential(sandbox),
			receiptUserName: 'mia',
			receiptSecret: 'Bearer receipts',
		}),
	};
}, 1_200_000);

afterAll(async () => {
	await n8n?.stop();
	await sandbox?.close();
	rmSync(userFolder, { recursive: true, force: true });
}, 60_000);

const published: string[] = [];

beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

afterEach(async () => {
	for (const id of published.splice(0)) await n8n.unpublish(id);
});

jest.setTimeout(180_000);

const TRIGGER = 'ChatApp Receipt Trigger';
const OWN = '6580001111';
/** Set to somebody else's address from the start. */
const FOREIGN = '6580002222';

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await isSo())) await delay(50);
}

/** The trigger, and what stands behind it. */
function receiving(
	parameters: IDataObject = {},
	next?: Pick<INode, 'type' | 'parameters'>,
): Partial<IWorkflowBase> {
	const workflow = readReceiptExample('failed-to-viber', { statuses: ['all'], ...parameters });
	const trigger = workflow.nodes!.find(({ name }) => name === TRIGGER)!;
	const node: INode = {
		id: 'next',
		name: 'Next',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [220, 0],
		parameters: {},
		...next,
	};
	return {
		...workflow,
		name: 'Receiving',
		nodes: [trigger, node],
		connections: { [TRIGGER]: { main: [[{ node: 'Next', type: 'main', index: 0 }]] } },
	};
}

async function publish(workflow: Partial<IWorkflowBase>): Promise<{ id: string; url: string }> {
	const id = await n8n.addWorkflow(workflow, credentialIds);
	await n8n.publish(id);
	published.push(id);
	return { id, url: await n8n.receiptUrl(id) };
}

const itemsOf = ({ data }: RealRun, node: string): IDataObject[] =>
	(data.resultData.runData[node]?.[0]?.data?.main?.[0] ?? []).map(({ json }) => json);

/** Every run of a workflow, once there are so many and all of them have ended. */
async function runsOf(id: string, atLeast = 1): Promise<RealRun[]> {
	await until(
		() => sandbox.stats().receipts.cams.open + sandbox.stats().receipts.innoPaas.open === 0,
	);
	await until(async () => (await n8n.executionsOf(id)).length >= atLeast);
	return await Promise.all(
		(await n8n.executionsOf(id)).map(async (each) => await n8n.waitForExecution(each)),
	);
}

/** What has reached the node behind the trigger, once so many items have. */
async function arrived(id: string, atLeast: number): Promise<IDataObject[]> {
	const read = async () => (await runsOf(id)).flatMap((run) => itemsOf(run, 'Next'));
	await until(async () => (await read()).length >= atLeast);
	return await read();
}

const send = async (): Promise<RealRun> =>
	await n8n.runWorkflow(await n8n.addWorkflow(readExample('send-template'), credentialIds));

const keysOf = (items: IDataObject[]) =>
	items.map(({ messageId, status }) => `${String(messageId)} ${String(status)}`).sort();

/** The keys of what the sandbox has told of its messages. */
const due = (...statuses: string[]) =>
	sandbox
		.stats()
		.messages.flatMap(({ messageId }) => statuses.map((status) => `${messageId} ${status}`))
		.sort();

/** A push, as its sender sees it. */
async function push(url: string, body: unknown, headers: Record<string, string> = {}) {
	const start = performance.now();
	const { status, data } = await axios.post<unknown>(
		url,
		typeof body === 'string' ? Buffer.from(body) : body,
		{ headers, validateStatus: () => true, proxy: false },
	);
	return { status, data, ms: performance.now() - start };
}

const receipt = (MessageId: string, more: object = {}) => ({
	MessageId,
	From: OWN,
	To: '6591234567',
	Timestamp: 1_795_298_400_000,
	Status: 'Delivered',
	...more,
});

describe('the examples', () => {
	const withTables = chosenRelease().has.includes('dataTables') ? test : test.skip;

	withTables('receipts-funnel puts each receipt into a table once, and counts them', async () => {
		const id = await n8n.addWorkflow(
			readReceiptExample('receipts-funnel', { registerUrl: true, phoneNumbers: [OWN] }),
			credentialIds,
		);
		await n8n.runWorkflow(id);
		await n8n.publish(id);
		published.push(id);
		sandbox.configure({
			receipts: {
				cams: {
					failNumbers: { '3546111234': 131026 },
					duplicateShare: 0.5,
					batch: 2,
					shuffle: true,
				},
			},
		});
		const sent = await send();
		await until(
			async () =>
				(await n8n.rowsOf('ChatApp receipts')) >= 7 &&
				(await n8n.executionsOf(id, 'running')).length === 0,
		);
		const funnel = itemsOf(await n8n.runWorkflow(id), 'Funnel');
		const [{ taskId }] = itemsOf(sent, 'CAMS Send');
		expect(taskId).toBe('order-A-77');
		// Those that carry a Task ID of their own belong to no campaign.
		expect(
			funnel
				.map(({ status, reason, unique_count_messageId: count }) => [status, reason, count])
				.sort(),
		).toEqual([
			['delivered', null, 2],
			['failed', expect.stringMatching(/^WhatsApp could not deliver it/), 1],
			['read', null, 2],
			['sent', null, 2],
		]);
		expect(await n8n.rowsOf('ChatApp receipts')).toBe(7);
	});

	test('failed-to-viber sends to whom WhatsApp did not reach, with an SMS to fall back on, and never to itself', async () => {
		const { id, url } = await publish(readReceiptExample('failed-to-viber'));
		// Viber fails as well, and tells the same address.
		sandbox.configure({
			receipts: { cams: { url, failNumbers: { '6591234567': 131026, '3546111234': 131050 } } },
		});
		await send();
		await until(() => sandbox.stats().messages.length === 4);
		const runs = await runsOf(id, 3);
		expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'success'));
		const viber = sandbox.stats().messages.filter(({ channelType }) => channelType === 'viber');
		expect(viber).toMatchObject([
			{
				to: '6591234567',
				label: 'transaction',
				taskId: expect.stringMatching(/^viber-\d+$/),
				text: expect.stringMatching(/^Your parcel is ready/),
				fallback: {
					FallBackId: 'S01',
					FallBackContent: expect.stringMatching(/^Your parcel is ready/),
					FallBackDuration: '300',
					FallBackRule: 'undelivered',
				},
			},
		]);
	});

	withTables(
		'campaign-that-survives: whom no answer told of, a receipt does, and nobody gets it twice',
		async () => {
			const example = readReceiptExample('campaign-that-survives');
			const nodes = example.nodes!.map((node) => {
				// It would start when the hour is full.
				if (node.name === 'Every Hour') return { ...node, disabled: true };
				// It is slow only for people to see.
				if (node.name !== 'CAMS Mass Send') return node;
				const options = { maxRecipientsPerRequest: 100 };
				return { ...node, parameters: { ...node.parameters, options } };
			});
			const id = await n8n.addWorkflow({ ...example, nodes }, credentialIds);
			sandbox.configure({
				faults: [{ kind: 'resetAfter', calls: [3] }],
				historyDelayMs: 3_600_000,
			});
			const first = await n8n.runWorkflow(id);
			expect(first.status).toBe('success');
			expect(itemsOf(first, 'Have It')).toHaveLength(2900);
			const inDoubt = itemsOf(first, 'In Doubt');
			expect(inDoubt).toHaveLength(100);
			// Alibaba Cloud does not show them yet.
			expect(itemsOf(first, 'Resolve Unknown')).toMatchObject([{ accepted: 0, unknown: 100 }]);
			await n8n.publish(id);
			published.push(id);
			const taskIds = new Set(inDoubt.map(({ taskId }) => String(taskId)));
			expect(taskIds.size).toBe(1);
			const [TaskId] = taskIds;
			await push(await n8n.receiptUrl(id), [
				receipt('1', { TaskId }),
				receipt('2', { TaskId, To: '6591234568' }),
				receipt('3', { TaskId: 'n8n-4821-1f0c2e-c1' }),
				receipt('4', { TaskId: 'order-77' }),
			]);
			await until(async () => (await n8n.executionsOf(id, 'success')).length === 2);
			const [newest] = await n8n.executionsOf(id);
			expect(itemsOf(await n8n.waitForExecution(newest), 'Mark as Accepted')).toMatchObject([
				{ name: TaskId, state: 'accepted', recipients: 100 },
			]);
			const second = await n8n.runWorkflow(id);
			const outcomes = itemsOf(second, 'Have It').map(({ outcome }) => outcome);
			expect(outcomes).toEqual(Array(3000).fill('alreadyAccepted'));
			expect(itemsOf(second, 'In Doubt')).toEqual([]);
			expect(sandbox.stats().recipients).toMatchObject({ accepted: 3000, duplicate: 0 });
		},
	);

	withTables('stop-list leaves out of the next mass send who wrote STOP', async () => {
		const { id, url } = await publish(readReceiptExample('stop-list'));
		sandbox.configure({ receipts: { cams: { inboundUrl: url } } });
		const write = async (from: string, text: string) =>
			await push(`${sandbox.url}/__sandbox/inbound`, { api: 'cams', from, to: OWN, text });
		await write('3546111234', ' Stop! ');
		await write('6591234567', 'Please do not stop');
		await runsOf(id, 2);
		expect(sandbox.stats().messages.map(({ to, text }) => [to, text])).toEqual([
			['3546111234', 'You will get no more offers from us.'],
		]);
		const campaign = async () => {
			sandbox.reset();
			const run = await n8n.runWorkflow(id);
			expect(itemsOf(run, 'CAMS Mass Send').map(({ outcome }) => outcome)).toEqual(
				sandbox.stats().messages.map(() => 'accepted'),
			);
			return sandbox.stats().messages.map(({ to }) => to);
		};
		expect(await campaign()).toEqual(['6591234567', '8613800000001']);
		// Somebody whose number the receipt does not tell, but who is a customer with a number and this ID.
		sandbox.configure({ receipts: { cams: { inboundUrl: url } } });
		await push(`${sandbox.url}/__sandbox/inbound`, {
			api: 'cams',
			entry: {
				MessageId: 'no number',
				From: '',
				FromUserId: 'SG.13491208655302741918',
				To: OWN,
				Type: 'TEXT',
				Message: 'STOP',
			},
		});
		await until(async () => (await n8n.rowsOf('ChatApp opt-outs')) === 2);
		// Also its answer has gone: two receipts, a campaign, and this one.
		await runsOf(id, 4);
		expect(await campaign()).toEqual(['8613800000001']);
	});
});

test('receipts that come three times in any order reach the workflow once, one execution for each push', async () => {
	const { id, url } = await publish(receiving());
	sandbox.configure({ receipts: { cams: { url, repeat: 3, batch: 4, shuffle: true } } });
	await send();
	const items = await arrived(id, 9);
	expect(keysOf(items)).toEqual(due('delivered', 'read', 'sent'));
	expect(items[0]).toMatchObject({
		event: 'messageStatus',
		from: OWN,
		templateCode: '900100200',
		taskId: expect.stringMatching(/^order-A-/),
		api: 'cams',
	});
	const { answered, failed } = sandbox.stats().receipts.cams;
	expect([answered, failed]).toEqual([9, 0]);
	expect((await n8n.executionsOf(id)).length).toBeLessThanOrEqual(9);
});

describe('the address', () => {
	const withoutId = (name: string, parameters: IDataObject = {}): Partial<IWorkflowBase> => {
		const { nodes, connections, ...workflow } = receiving(parameters);
		const [{ webhookId, ...trigger }, ...rest] = nodes!;
		expect(webhookId).toMatch(/^[\da-f-]{36}$/);
		return {
			...workflow,
			nodes: [{ ...trigger, name }, ...rest],
			connections: { [name]: connections![TRIGGER] },
		};
	};

	test.each([TRIGGER, 'Empfänger', 'a/b', '100%'])(
		'of a workflow made without a webhook ID: with a node called %s it is not published, and the message says what to do; newer n8n adds the ID',
		async (name) => {
			if (chosenRelease().has.includes('webhookIds')) {
				const { id, url } = await publish(withoutId(name));
				await push(url, [receipt('1')]);
				expect(keysOf(await arrived(id, 1))).toEqual(['1 delivered']);
				return;
			}
			const id = await n8n.addWorkflow(withoutId(name), credentialIds);
			await expect(n8n.publish(id)).rejects.toThrow(
				/This node's URL cannot be reached.*no webhook ID.*rename the node.*publish again/,
			);
		},
	);

	test.each(['Receipts', "in.box_2~!*'()"])(
		'of a workflow made without a webhook ID: with a node called %s the registered one gets the pushes',
		async (name) => {
			const { id, url } = await publish(
				withoutId(name, { registerUrl: true, phoneNumbers: [OWN] }),
			);
			expect(sandbox.webhooks()[`cams-sandbox/${OWN}`].StatusCallbackUrl).toBe(url);
			await send();
			expect(keysOf(await arrived(id, 9))).toEqual(due('delivered', 'read', 'sent'));
		},
	);

	test.each(['GET', 'HEAD'])(
		'answers the %s of a console that checks it, and starts nothing',
		async (method) => {
			const ask = async (url: string) =>
				await axios.request<unknown>({ method, url, validateStatus: () => true, proxy: false });
			const { id, url } = await publish(receiving());
			const headers = await publish(receiving({ api: 'innoPaas', authentication: 'headers' }));
			for (const each of [url, headers.url]) expect((await ask(each)).status).toBe(200);
			expect((await ask(url)).data).toEqual(method === 'HEAD' ? '' : { code: 0, msg: 'OK' });
			expect((await ask(`${url}0`)).status).toBe(404);
			await push(url, [receipt('1')]);
			await arrived(id, 1);
			expect(await n8n.executionsOf(id)).toHaveLength(1);
			expect(await n8n.executionsOf(headers.id)).toEqual([]);
		},
	);
});

describe('who is let in', () => {
	test('with a wrong secret there is nothing at that address, and no execution', async () => {
		const { id, url } = await publish(receiving());
		const wrong = await Promise.all(
			[url.slice(0, -1), `${url}0`, url.replace(/[^/]+$/, 'receipts')].map(
				async (each) => await push(each, [receipt('1')]),
			),
		);
		expect(wrong.map(({ status }) => status)).toEqual([404, 404, 404]);
		expect(await n8n.executionsOf(id)).toEqual([]);
		expect(await push(url, [receipt('1')])).toMatchObject({
			status: 200,
			data: { code: 0, msg: 'OK' },
		});
		await until(async () => (await n8n.executionsOf(id)).length === 1);
	});

	const basic = (text: string) => ({
		Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
	});

	test.each<[string, string, string, unknown, Record<string, string>, Record<string, string>]>([
		[
			'Basic Auth',
			'cams',
			'basicAuth',
			[receipt('2')],
			basic('mia:Pass: word'),
			basic('mia:Pass: Word'),
		],
		[
			'User Name and Authorization headers',
			'innoPaas',
			'headers',
			{ id: 'e-2', type: 'whatsapp_message_status_updated', body: { id: '2', status: 'read' } },
			{ UserName: 'mia', Authorization: 'Pass: word' },
			{ UserName: 'mia', Authorization: 'Pass: wor' },
		],
	])(
		'%s: the right one, and nobody else',
		async (_what, api, authentication, body, right, wrong) => {
			const { id, url } = await publish(receiving({ api, authentication }));
			for (const headers of [{}, wrong]) {
				expect(await push(url, body, headers)).toMatchObject({
					status: 401,
					data: { code: 401, msg: 'Not authorized.' },
				});
			}
			expect(await n8n.executionsOf(id)).toEqual([]);
			expect(await push(url, body, right)).toMatchObject({ status: 200 });
			expect((await arrived(id, 1)).map(({ messageId }) => messageId)).toEqual(['2']);
		},
	);

	test('an address that is not allowed gets no further', async () => {
		const { id, url } = await publish(receiving({ options: { allowedIps: '203.0.113.0/24' } }));
		expect((await push(url, [receipt('1')])).status).toBe(401);
		expect(await n8n.executionsOf(id)).toEqual([]);
	});

	test.each([
		// n8n itself looks for what is required.
		['without a secret', '', /required parameters|URL Secret is empty/],
		[
			'with a secret that could be guessed',
			'abc',
			/URL Secret is too short.*select the new secret/,
		],
	])('%s the workflow is not published', async (_what, value, says) => {
		const id = await n8n.addWorkflow(
			receiving({ urlSecret: { __rl: true, mode: 'id', value } }),
			credentialIds,
		);
		await expect(n8n.publish(id)).rejects.toThrow(says);
	});

	test.each<[string, unknown, number, string]>([
		['text that is no JSON', '{"a":', 400, 'text/plain'],
		// n8n itself reads what says that it is JSON.
		['JSON that is none', '{"a":', 422, 'application/json'],
		['a number', '7', 400, 'text/plain'],
		['a form', 'a=1', 415, 'application/x-www-form-urlencoded'],
		['forty levels', `${'['.repeat(40)}${']'.repeat(40)}`, 400, 'application/json'],
		['11 MB', `[${`{"a":"${'x'.repeat(1_000)}"},`.repeat(11_000)}{}]`, 413, 'application/json'],
		// n8n itself reads no more than N8N_PAYLOAD_SIZE_MAX.
		['17 MB', `[${`{"a":"${'x'.repeat(1_000)}"},`.repeat(17_000)}{}]`, 500, 'application/json'],
	])('%s is turned away without an execution', async (_what, body, status, contentType) => {
		const { id, url } = await publish(receiving());
		const answer = await push(url, body, { 'content-type': contentType });
		expect(answer.status).toBe(status);
		expect(await n8n.executionsOf(id)).toEqual([]);
	});
});

test("InnoPaaS's receipts come with the values that were entered in its console", async () => {
	const workflow = receiving({ api: 'innoPaas', authentication: 'headers' });
	workflow.nodes![0].credentials = { chatAppApi: { id: '', name: INNOPAAS_CREDENTIAL_NAME } };
	const { id, url } = await publish(workflow);
	sandbox.configure({
		receipts: {
			innoPaas: {
				url,
				userName: 'mia',
				authorization: 'Bearer receipts',
				repeat: 2,
				failNumbers: ['6591234570'],
			},
		},
	});
	await n8n.runWorkflow(await n8n.addWorkflow(readExample('innopaas-campaign'), credentialIds));
	const items = await arrived(id, 7);
	expect(sandbox.stats().receipts.innoPaas).toMatchObject({ failed: 0, answered: 14 });
	expect(items.map(({ to, status }) => `${String(to)} ${String(status)}`).sort()).toEqual([
		'3546111234 delivered',
		'3546111234 read',
		'6591234567 delivered',
		'6591234567 read',
		'6591234570 failed',
		'8613800000001 delivered',
		'8613800000001 read',
	]);
	expect(items.find(({ status }) => status === 'failed')).toMatchObject({
		code: '131026',
		campaignId: expect.stringMatching(/^n8n-/),
		chunk: 2,
	});
	sandbox.configure({
		receipts: { innoPaas: { url, userName: 'mia', authorization: 'Bearer others' } },
	});
	const answer = await push(`${sandbox.url}/__sandbox/inbound`, { api: 'innoPaas', push: [{}] });
	expect(answer.data).toMatchObject({ status: 401 });
});

describe('Register URL', () => {
	const registering = (phoneNumbers: string[], options: IDataObject = {}, more: IDataObject = {}) =>
		receiving({ registerUrl: true, phoneNumbers, options, ...more });
	const entered = (number: string) => sandbox.webhooks()[`cams-sandbox/${number}`];

	test('enters the address when published, and takes it out when unpublished', async () => {
		const { id, url } = await publish(registering([OWN]));
		expect(entered(OWN)).toMatchObject({
			HttpFlag: 'Y',
			StatusCallbackUrl: url,
			UpCallbackUrl: '',
		});
		await send();
		expect(keysOf(await arrived(id, 9))).toEqual(due('delivered', 'read', 'sent'));
		await n8n.unpublish(id);
		expect(entered(OWN)).toMatchObject({ HttpFlag: 'N', StatusCallbackUrl: '', UpCallbackUrl: '' });
	});

	test("leaves somebody else's address alone, unless told", async () => {
		const refused = await n8n.addWorkflow(registering([OWN, FOREIGN]), credentialIds);
		await expect(n8n.publish(refused)).rejects.toThrow(
			new RegExp(`Another URL is registered for \\+?${FOREIGN}\\. Turn on Replace Existing URL`),
		);
		expect(entered(FOREIGN).StatusCallbackUrl).toBe('https://example.com/other');
		expect(entered(OWN)?.StatusCallbackUrl ?? '').toBe('');
		const { url } = await publish(registering([OWN, FOREIGN], { replaceExistingUrl: true }));
		expect([entered(OWN).StatusCallbackUrl, entered(FOREIGN).StatusCallbackUrl]).toEqual([
			url,
			url,
		]);
	});

	test('takes out no address that another has entered since', async () => {
		const { id } = await publish(registering([OWN]));
		const { url } = await publish(registering([OWN], { replaceExistingUrl: true }));
		await n8n.unpublish(id);
		expect(entered(OWN)).toMatchObject({ HttpFlag: 'Y', StatusCallbackUrl: url });
	});

	test('enters the address for template and account events, where that is asked for as well', async () => {
		const { id, url } = await publish(
			registering([], {}, { triggerOn: ['templateEvent'], registerAccountUrl: true }),
		);
		expect(sandbox.webhooks()['cams-sandbox/']).toMatchObject({
			HttpFlag: 'Y',
			StatusCallbackUrl: url,
		});
		await push(`${sandbox.url}/__sandbox/audit`, {
			entry: {
				WabaId: '100000000000001',
				TemplateCode: '900100202',
				Language: 'en_US',
				AuditStatus: 'pass',
				Type: 'template',
			},
		});
		expect(await arrived(id, 1)).toMatchObject([
			{ event: 'templateEvent', status: 'pass', templateCode: '900100202' },
		]);
	});
});

describe('after a restart, and where n8n runs one execution at a time', () => {
	/** As long as a workflow may run before the next has its turn. */
	const RUN_SECONDS = 5;
	const slow = {
		type: 'n8n-nodes-base.wait',
		parameters: { amount: RUN_SECONDS, unit: 'seconds' },
	};
	let quick: { id: string; url: string };
	let slowAndNow: { id: string; url: string };
	let slowAndStored: { id: string; url: string };

	beforeAll(async () => {
		quick = await publish(receiving());
		slowAndNow = await publish(receiving({}, slow));
		slowAndStored = await publish(receiving({ options: { acknowledge: 'stored' } }, slow));
		published.length = 0;
		await push(quick.url, [receipt('before 1'), receipt('before 2')]);
		await arrived(quick.id, 2);
		await n8n.stop();
		n8n = await RealN8n.start(release, userFolder, port, { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' });
	});

	test('what was pushed before comes to nothing, what is new goes on', async () => {
		expect(
			(
				await push(quick.url, [
					receipt('before 2'),
					receipt('after'),
					receipt('before 1', { Status: 'Read' }),
				])
			).status,
		).toBe(200);
		expect(keysOf(await arrived(quick.id, 4))).toEqual([
			'after delivered',
			'before 1 delivered',
			'before 1 read',
			'before 2 delivered',
		]);
	});

	test('a push is answered at once while another workflow runs, and its turn comes', async () => {
		await push(slowAndNow.url, [receipt('1')]);
		await until(async () => (await n8n.executionsOf(slowAndNow.id, 'running')).length === 1);
		const answers = await Promise.all(
			[2, 3, 4].map(async (each) => await push(quick.url, [receipt(`while ${each}`)])),
		);
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
		expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3_000);
		expect(await n8n.executionsOf(slowAndNow.id, 'running')).toHaveLength(1);
		await until(
			async () =>
				(await arrived(quick.id, 4)).filter(({ messageId }) =>
					String(messageId).startsWith('while'),
				).length === 3,
		);
	});

	const inTurn = chosenRelease().has.includes('answersInTurn') ? test : test.skip;

	inTurn('with After the Execution Is Stored the answer waits for the turn', async () => {
		await push(slowAndStored.url, [receipt('1')]);
		await until(async () => (await n8n.executionsOf(slowAndStored.id, 'running')).length === 1);
		const [first, second] = await Promise.all([
			push(slowAndStored.url, [receipt('2')]),
			push(quick.url, [receipt('last')]),
		]);
		expect([first.status, second.status]).toEqual([200, 200]);
		expect(first.ms).toBeGreaterThan(second.ms);
		expect(first.ms).toBeGreaterThan(RUN_SECONDS * 500);
	});
});
