import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject, INode } from 'n8n-workflow';

import { CREDENTIAL_NAME } from '../scripts/exampleRun';
import { RealN8n, ensureN8n, freePort, installPackage } from '../scripts/n8n/realN8n';
import { CREDENTIALS, SENDER, credentialFor, makeWorkflow, massSend } from './engineRun';
import { logProgress, median, round, type Row } from './report';
import type { SandboxProcess } from './sandboxProcess';

/** One line of processMonitor.cjs. */
interface Sample {
	at: number;
	rss: number;
	cpuMs: number;
	blockedMs: number;
}

const READ_FILE = 'Read file';
const EXTRACT = 'Extract';

/** A CSV file of that many people, and its path. */
async function writeList(folder: string, count: number): Promise<string> {
	const path = join(folder, `people-${count}.csv`);
	function* lines() {
		yield 'phone,name,order\n';
		for (let index = 0; index < count; index++)
			yield `${6_500_000_000 + index},Mia ${index},A-${index}\n`;
	}
	await finished(Readable.from(lines()).pipe(createWriteStream(path)));
	return path;
}

const readFile = (path: string): Partial<INode> => ({
	name: READ_FILE,
	type: 'n8n-nodes-base.readWriteFile',
	parameters: { operation: 'read', fileSelector: path, options: {} },
});

const extract: Partial<INode> = {
	name: EXTRACT,
	type: 'n8n-nodes-base.extractFromFile',
	parameters: { operation: 'csv', options: {} },
};

function sender(parameters: IDataObject, options: IDataObject = {}): Partial<INode> {
	const node = massSend({ output: 'chunk', ...options });
	return {
		...node,
		parameters: { ...node.parameters, ...parameters } as INode['parameters'],
		credentials: CREDENTIALS,
	};
}

const FROM_FILE = {
	recipientSource: 'file',
	toField: 'phone',
	specifyVariables: 'sameName',
	templateVariablePairs: {},
};

const fromFile: Contestant['nodes'] = (path, _url, campaignId) => [
	readFile(path),
	sender({ ...FROM_FILE, campaignId }),
];

interface Contestant {
	title: string;
	/** More of them is out of reach. */
	counts: number[];
	/** What n8n may take for its heap; Node.js' own is gigabytes, which it uses before it collects garbage. */
	heapMiB?: number;
	nodes(path: string, url: string, campaign: string): Array<Partial<INode>>;
}

const CONTESTANTS: Contestant[] = [
	{
		title: 'CAMS Mass Send, From a File',
		counts: [10_000, 100_000, 1_000_000],
		nodes: fromFile,
	},
	{
		title: 'The same, with a heap of 400 MiB',
		counts: [1_000_000],
		heapMiB: 400,
		nodes: fromFile,
	},
	{
		title: 'The same, Validate Only: no quota',
		counts: [1_000_000],
		nodes: (path) => [readFile(path), sender(FROM_FILE, { validateOnly: true })],
	},
	{
		title: 'Extract from File, CAMS Mass Send with a Campaign ID',
		counts: [10_000, 100_000],
		nodes: (path, _url, campaignId) => [readFile(path), extract, sender({ campaignId })],
	},
	{
		title: 'The same, with a heap of 16 GiB',
		counts: [1_000_000],
		heapMiB: 16_384,
		nodes: (path, _url, campaignId) => [readFile(path), extract, sender({ campaignId })],
	},
	{
		title: 'Extract from File, HTTP Request (not signed, so refused)',
		counts: [10_000],
		nodes: (path, url) => [
			readFile(path),
			extract,
			{
				name: SENDER,
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					method: 'POST',
					// It signs nothing, so the sandbox refuses it; that costs it less than to be accepted.
					url: `${url}/?Action=SendChatappMessage`,
					sendBody: true,
					contentType: 'form-urlencoded',
					bodyParameters: { parameters: [{ name: 'To', value: '={{ $json.phone }}' }] },
					options: {},
				},
				onError: 'continueRegularOutput',
			},
		],
	},
];

/** What the process was at between two times, over what it was in the second before. */
function between(samples: Sample[], from: number, to: number) {
	const idle = samples.filter(({ at }) => at < from && at > from - 1_000);
	const during = samples.filter(({ at }) => at >= from && at <= to);
	const base = median(idle.map(({ rss }) => rss));
	return {
		peakMiB: (Math.max(...during.map(({ rss }) => rss)) - base) / 2 ** 20,
		cpuMs: during[during.length - 1].cpuMs - during[0].cpuMs,
		blockedMs: Math.max(...during.map(({ blockedMs }) => blockedMs)),
	};
}

async function measureOne(
	sandbox: SandboxProcess,
	release: Awaited<ReturnType<typeof ensureN8n>>,
	{ title, nodes, heapMiB }: Contestant,
	count: number,
): Promise<Row> {
	const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-bench-'));
	const about = { Recipients: count, Workflow: title };
	try {
		const folder = join(userFolder, 'files');
		mkdirSync(folder);
		const path = await writeList(folder, count);
		await installPackage(userFolder);
		const samplesFile = join(userFolder, 'samples.ndjson');
		const n8n = await RealN8n.start(release, userFolder, await freePort(), {
			N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
			N8N_RESTRICT_FILE_ACCESS_TO: folder,
			NODE_OPTIONS: `--require ${join(__dirname, 'processMonitor.cjs')}${heapMiB ? ` --max-old-space-size=${heapMiB}` : ''}`,
			PROCESS_MONITOR_FILE: samplesFile,
		});
		await sandbox.reset();
		const credential = await n8n.addCredential(CREDENTIAL_NAME, credentialFor(sandbox.url));
		const id = await n8n.addWorkflow(makeWorkflow(nodes(path, sandbox.url, `file-${count}`)), {
			[CREDENTIAL_NAME]: credential,
		});
		await delay(5_000);
		const from = Date.now();
		const { status, data } = await n8n.waitForExecution(await n8n.startWorkflow(id), {
			minutes: 10,
		});
		const to = Date.now();
		const lines = readFileSync(samplesFile, 'utf8').trim().split('\n');
		const samples = lines.map((line) => JSON.parse(line) as Sample);
		const all = between(samples, from, to);
		const task = data.resultData.runData[SENDER]?.at(-1);
		const { firstCallAt, recipients } = await sandbox.stats();
		return {
			...about,
			Status: status,
			'First call after s': firstCallAt && round((firstCallAt - from) / 1000, 2),
			'Whole s': round((to - from) / 1000),
			'Node s': task && round(task.executionTime / 1000),
			'Peak RSS over idle MiB': Math.round(all.peakMiB),
			'CPU ms per 1,000': round(all.cpuMs / (count / 1000)),
			'CPU of a core, %': round((all.cpuMs / (to - from)) * 100),
			'Longest block ms': Math.round(all.blockedMs),
			Accepted: recipients.unique,
			Doubled: recipients.duplicate,
			...(data.resultData.error && { Remark: data.resultData.error.message }),
		};
	} catch (error) {
		return { ...about, Remark: (error as Error).message };
	} finally {
		await RealN8n.stopAll();
		rmSync(userFolder, { recursive: true, force: true });
	}
}

/** Measures lists of people in a file, each in an n8n of its own. */
export async function measureFiles(sandbox: SandboxProcess): Promise<Row[]> {
	const release = await ensureN8n();
	const rows: Row[] = [];
	for (const contestant of CONTESTANTS) {
		for (const count of contestant.counts) {
			logProgress(`scale: ${count.toLocaleString('en')}, ${contestant.title}`);
			rows.push(await measureOne(sandbox, release, contestant, count));
			logProgress(JSON.stringify(rows[rows.length - 1]));
		}
	}
	return rows;
}
