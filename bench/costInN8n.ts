import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import { ACCOUNT } from '../sandbox/cams/accounts';
import { CREDENTIAL_NAME } from '../scripts/exampleRun';
import { RealN8n, ensureN8n, freePort, installPackage } from '../scripts/n8n/realN8n';
import { CREDENTIALS, SENDER, credentialFor, makeWorkflow, massSend } from './engineRun';
import { MAX_PER_CALL } from './people';
import { logProgress, median, round, type Row } from './report';
import { TEMPLATE } from './sdk';

const CALLS = 40;
const ROUNDS = 7;
/** Longer than the calls of a run take at the quota. */
const RUN_MS = 6_000;

const code = (name: string, jsCode: string): Partial<INode> => ({
	name,
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode },
});

const makeItems = code(
	'Recipients',
	`return Array.from({ length: ${CALLS * MAX_PER_CALL} }, (_, index) => ({
	json: { phone: String(6500000000 + index), name: 'Mia ' + index, order: 'A-' + index },
}));`,
);

/** What a user writes who has read the SDK's sample. */
const withSdk = (url: string) =>
	code(
		SENDER,
		`const cams = require('@alicloud/cams20200606');
const { Config } = require('@alicloud/openapi-client');
const client = new cams.default(new Config({
	accessKeyId: '${ACCOUNT.accessKeyId}',
	accessKeySecret: '${ACCOUNT.accessKeySecret}',
	endpoint: '${new URL(url).host}',
	protocol: 'HTTP',
}));
const items = $input.all();
const results = [];
for (let start = 0; start < items.length; start += ${MAX_PER_CALL}) {
	const senderList = items.slice(start, start + ${MAX_PER_CALL}).map(
		({ json }) => new cams.SendChatappMassMessageRequestSenderList({
			to: json.phone,
			templateParams: { name: json.name, order: json.order },
		}),
	);
	const { body } = await client.sendChatappMassMessage(
		new cams.SendChatappMassMessageRequest({ ...${JSON.stringify(TEMPLATE)}, senderList }),
	);
	results.push({ json: { code: body.code, taskId: body.groupMessageId } });
}
return results;`,
	);

interface Contestant {
	title: string;
	sender(url: string): Partial<INode>;
}

const CONTESTANTS: Contestant[] = [
	{
		title: 'The items alone, which is taken off the others',
		sender: () => ({ name: SENDER, type: 'n8n-nodes-base.limit', parameters: { maxItems: 1 } }),
	},
	{
		title: 'CAMS Mass Send',
		sender: () => ({ ...massSend({ output: 'chunk' }), credentials: CREDENTIALS }),
	},
	{
		title: 'CAMS Mass Send with a Campaign ID',
		sender: () => {
			const { type, parameters } = massSend({ output: 'chunk' });
			// A campaign of its own for each execution.
			const campaignId = '={{ $execution.id }}';
			return { type, parameters: { ...parameters, campaignId }, credentials: CREDENTIALS };
		},
	},
	{ title: "Alibaba's SDK in a Code node", sender: withSdk },
];

const TICK_MS = 10;

/** Processor time that the processes of a group have taken, those that have ended included (proc(5), stat). */
function cpuMsOf(group: number): number {
	const ticks = readdirSync('/proc').map((entry) => {
		if (!/^\d+$/.test(entry)) return 0;
		try {
			const text = readFileSync(`/proc/${entry}/stat`, 'utf8');
			const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
			return Number(fields[2]) === group
				? fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0)
				: 0;
		} catch {
			// It has just ended.
			return 0;
		}
	});
	return ticks.reduce((sum, each) => sum + each, 0) * TICK_MS;
}

/** Measures whole workflows in a real n8n, in turns, against a server that responds at once. Linux only. */
export async function measureInN8n(url: string): Promise<Row[]> {
	const release = await ensureN8n();
	const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-bench-'));
	try {
		await installPackage(userFolder);
		const n8n = await RealN8n.start(release, userFolder, await freePort(), {
			NODE_FUNCTION_ALLOW_EXTERNAL: '@alicloud/cams20200606,@alicloud/openapi-client',
			// A runner that ends and begins again costs more than what is measured.
			N8N_RUNNERS_AUTO_SHUTDOWN_TIMEOUT: '0',
			NODE_PATH: join(__dirname, '../node_modules'),
		});
		const credential = await n8n.addCredential(CREDENTIAL_NAME, credentialFor(url));
		const entrants = [];
		for (const { title, sender } of CONTESTANTS) {
			const workflow = makeWorkflow([makeItems, sender(url)]);
			const id = await n8n.addWorkflow(workflow, { [CREDENTIAL_NAME]: credential });
			entrants.push({ title, id, cpuMs: [] as number[], remark: undefined as string | undefined });
		}
		// The first round warms up.
		for (let number = 0; number <= ROUNDS; number++) {
			logProgress(`cost: round ${number} of ${ROUNDS} in n8n ${release.version}`);
			for (const entrant of entrants) {
				await delay(1_000);
				const before = cpuMsOf(n8n.pid);
				const execution = await n8n.startWorkflow(entrant.id);
				// Asking n8n again and again whether it has ended would be charged to the slowest.
				await delay(RUN_MS);
				const { status, data } = await n8n.waitForExecution(execution);
				if (status !== 'success') entrant.remark = data.resultData.error?.message ?? status;
				if (number > 0) entrant.cpuMs.push(cpuMsOf(n8n.pid) - before);
			}
		}
		const base = median(entrants[0].cpuMs);
		return entrants.map(({ title, cpuMs, remark }, index) => ({
			Workflow: title,
			'CPU ms per call': round((median(cpuMs) - (index > 0 ? base : 0)) / CALLS, 1),
			Lowest: round((Math.min(...cpuMs) - (index > 0 ? base : 0)) / CALLS, 1),
			Highest: round((Math.max(...cpuMs) - (index > 0 ? base : 0)) / CALLS, 1),
			...(remark !== undefined && { Remark: remark }),
		}));
	} finally {
		await RealN8n.stopAll();
		rmSync(userFolder, { recursive: true, force: true });
	}
}
