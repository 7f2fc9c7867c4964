/**
 * ChatApp Receipt Trigger in n8n's queue mode: two webhook processes take the pushes, two workers run the executions.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { INode, IWorkflowBase } from 'n8n-workflow';

import { CREDENTIALS, credentialFor } from '../../bench/engineRun';
import { CREDENTIAL_NAME } from '../../scripts/exampleRun';
import { QueueN8n } from '../../scripts/n8n/queueN8n';
import { ensureN8n } from '../../scripts/n8n/realN8n';
import { makePushes } from '../support/receiptPushes';

let queue: QueueN8n;
/** Where the node behind the trigger writes what it gets. */
let file: string;
let folder: string;
let path: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'chatapp-receipts-'));
	file = join(folder, 'arrived.txt');
	queue = await QueueN8n.start(await ensureN8n(), {
		workers: 2,
		webhooks: 2,
		settings: { N8N_CUSTOM_EXTENSIONS: join(__dirname, '../../bench/receiptSink') },
	});
	const { main } = queue;
	const credentialIds = {
		[CREDENTIAL_NAME]: await main.addCredential(
			CREDENTIAL_NAME,
			credentialFor('http://127.0.0.1:9'),
		),
	};
	const id = await main.addWorkflow(receiving(), credentialIds);
	await main.publish(id);
	path = new URL(await main.receiptUrl(id)).pathname;
}, 1_200_000);

afterAll(async () => {
	await queue?.stop();
	rmSync(folder, { recursive: true, force: true });
}, 60_000);

jest.setTimeout(600_000);

function receiving(): Partial<IWorkflowBase> {
	const common = { typeVersion: 1, position: [0, 0] as [number, number] };
	const nodes: INode[] = [
		{
			...common,
			id: 'trigger',
			name: 'Trigger',
			webhookId: 'receipts',
			type: 'n8n-nodes-chatapp.chatAppReceiptTrigger',
			credentials: CREDENTIALS,
			parameters: {
				triggerOn: ['messageStatus'],
				authentication: 'urlSecret',
				urlSecret: { __rl: true, mode: 'id', value: 'queueSecretOfTheTrigger' },
			},
		},
		{
			...common,
			id: 'sink',
			name: 'Sink',
			type: 'CUSTOM.receiptSink',
			parameters: { file, details: true },
		},
	];
	return {
		name: 'Receiving',
		nodes,
		connections: { Trigger: { main: [[{ node: 'Sink', type: 'main', index: 0 }]] } },
	};
}

/** Pushes a body to one webhook process after the other until it is acknowledged, as the API does within minutes. */
async function push(body: string, first: number): Promise<void> {
	for (let tries = 0; ; tries++) {
		const { webhooks } = queue;
		const { url } = webhooks[(first + tries) % webhooks.length];
		const status = await axios
			.post(`${url}${path}`, body, {
				headers: { 'content-type': 'application/json' },
				proxy: false,
				timeout: 30_000,
			})
			.then(
				(answer) => answer.status,
				() => undefined,
			);
		if (status === 200) return;
		await delay(100);
	}
}

async function pushAll(bodies: string[], connections: number, onPush?: (index: number) => void) {
	let next = 0;
	const send = async () => {
		for (let index = next++; index < bodies.length; index = next++) {
			onPush?.(index);
			await push(bodies[index], index);
		}
	};
	await Promise.all(Array.from({ length: connections }, send));
}

/** After so long without a line, what has not come will not. */
const QUIET_MS = 90_000;

/** The lines of the node behind the trigger, once each of the keys has come and no more follow. */
async function arrived(keys: ReadonlySet<string>): Promise<string[]> {
	for (let before = -1, lastAt = Date.now(); ;) {
		const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
		const came = new Set(lines.map((line) => line.split(' ')[0]));
		const areAllThere = [...keys].every((key) => came.has(key));
		if (lines.length === before && (areAllThere || Date.now() > lastAt + QUIET_MS)) return lines;
		if (lines.length !== before) lastAt = Date.now();
		before = lines.length;
		await delay(2_000);
	}
}

const keysIn = (lines: string[]) => lines.map((line) => line.split(' ')[0]).sort();

/** A push of one status for each message. */
const statuses = (ids: string[], status: string) =>
	ids.map((id): string =>
		JSON.stringify([
			{
				MessageId: id,
				Status: status,
				From: '6580001111',
				To: '6591234567',
				Timestamp: '1795298400000',
			},
		]),
	);

const ids = (name: string, count: number) =>
	Array.from({ length: count }, (_, index) => `${name}${index}`);

test('a receipt reaches the workflow once, out of order, with 20 % duplicates, while a webhook process is killed', async () => {
	writeFileSync(file, '');
	const { bodies, keys } = makePushes(5, 300);
	await pushAll(bodies, 20, (index) => {
		if (index === 120) void queue.webhooks[0].crash();
	});
	expect(queue.webhooks).toHaveLength(1);
	await queue.startWebhook();
	expect(keysIn(await arrived(keys))).toEqual([...keys].sort());
});

test('a receipt in pushes to all processes at the same moment reaches the workflow once', async () => {
	writeFileSync(file, '');
	const all = ids('same', 60);
	for (const body of statuses(all, 'Read')) await pushAll([body, body, body, body], 4);
	const keys = new Set(all.map((id) => `${id}/read`));
	expect(keysIn(await arrived(keys))).toEqual([...keys].sort());
});

test('a status is late on every worker, whichever had the later one', async () => {
	writeFileSync(file, '');
	const [late, inTime] = [ids('late', 40), ids('inTime', 40)];
	const both = async (lateStatus: string, inTimeStatus: string) => {
		await pushAll([...statuses(late, lateStatus), ...statuses(inTime, inTimeStatus)], 10);
		const keys = [
			...late.map((id) => `${id}/${lateStatus.toLowerCase()}`),
			...inTime.map((id) => `${id}/${inTimeStatus.toLowerCase()}`),
		];
		return await arrived(new Set(keys));
	};
	await both('Read', 'Delivered');
	const lines = await both('Delivered', 'Read');
	const isLate = (line: string) => line.split(' ')[1] === 'late';
	expect(keysIn(lines.filter(isLate))).toEqual(late.map((id) => `${id}/delivered`).sort());
	// Otherwise nothing was tested.
	expect(new Set(lines.map((line) => line.split(' ')[2])).size).toBe(2);
});
