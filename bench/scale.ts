import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CREDENTIAL_NAME } from '../scripts/exampleRun';
import { RealN8n, ensureN8n, freePort, installPackage } from '../scripts/n8n/realN8n';
import { choose, type Choice } from './choice';
import { CREDENTIALS, SENDER, credentialFor, makeWorkflow, massSend } from './engineRun';
import { measureFiles } from './fileScale';
import type { Memory, MemoryJob } from './memoryWorker';
import { logProgress, printTable, round, saveResults, type Row } from './report';
import { SandboxProcess } from './sandboxProcess';
import { Worker } from './worker';

const COUNT = 100_000;
const RUNS = 3;

const MAKE_ITEMS = `return Array.from({ length: ${COUNT} }, (_, index) => ({
	json: { phone: String(6500000000 + index), name: 'Mia ' + index, order: 'A-' + index },
}));`;

/** Measures the time to the first call of CAMS Mass Send after a Code node, in a real n8n. */
async function measureN8n(sandbox: SandboxProcess): Promise<Row[]> {
	const release = await ensureN8n();
	const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-bench-'));
	const rows: Row[] = [];
	try {
		await installPackage(userFolder);
		const n8n = await RealN8n.start(release, userFolder, await freePort());
		const credential = await n8n.addCredential(CREDENTIAL_NAME, credentialFor(sandbox.url));
		const workflow = makeWorkflow([
			{
				name: 'Recipients',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				parameters: { jsCode: MAKE_ITEMS },
			},
			{ ...massSend({ output: 'chunk' }), credentials: CREDENTIALS },
		]);
		const id = await n8n.addWorkflow(workflow, { [CREDENTIAL_NAME]: credential });
		for (let number = 1; number <= RUNS; number++) {
			logProgress(`scale: run ${number} of ${RUNS} in n8n ${release.version}`);
			await sandbox.reset();
			const { status, data } = await n8n.runWorkflow(id);
			const task = data.resultData.runData[SENDER]?.at(-1);
			const { firstCallAt, recipients, calls } = await sandbox.stats();
			rows.push({
				n8n: release.version,
				Run: number,
				Status: status,
				'First call after s':
					task && firstCallAt ? round((firstCallAt - task.startTime) / 1000, 2) : undefined,
				'Whole node s': task ? round(task.executionTime / 1000) : undefined,
				Accepted: recipients.unique,
				Doubled: recipients.duplicate,
				Throttled: calls.throttled,
				...(data.resultData.error && { Remark: data.resultData.error.message }),
			});
		}
	} catch (error) {
		rows.push({ n8n: release.version, Run: rows.length + 1, Remark: (error as Error).message });
	} finally {
		await RealN8n.stopAll();
		rmSync(userFolder, { recursive: true, force: true });
	}
	return rows;
}

const MEMORY_CASES = [
	{ title: 'A node that does nothing', sends: false },
	{ title: 'CAMS Mass Send, one item per chunk', sends: true },
];

/** Measures a run's peak memory above that of the engine with the input items. */
async function measureMemory(sandbox: SandboxProcess): Promise<Row[]> {
	const rows: Row[] = [];
	for (const { title, sends } of MEMORY_CASES) {
		for (const collect of [false, true]) {
			logProgress(`scale: memory, ${title}${collect ? ', garbage collected' : ''}`);
			await sandbox.reset();
			const job = { url: sandbox.url, count: COUNT, sends, collect };
			const worker = await Worker.start<MemoryJob, undefined, Memory>('memoryWorker.ts', job, [
				'--expose-gc',
			]);
			const memory = await worker
				.go()
				.catch((error: Error) => error)
				.finally(() => worker.end());
			const about = { Node: title, Sampled: collect ? 'after collecting garbage' : 'as it is' };
			if (memory instanceof Error) {
				rows.push({ ...about, Remark: `failed: ${memory.message}` });
				continue;
			}
			const { rssBytes, heapBytes, samples, error } = memory;
			rows.push({
				...about,
				'RSS MiB': round(rssBytes / 2 ** 20),
				'Heap MiB': round(heapBytes / 2 ** 20),
				'RSS bytes per recipient': Math.round(rssBytes / COUNT),
				'Heap bytes per recipient': Math.round(heapBytes / COUNT),
				Samples: samples,
				...(error && { Remark: error }),
			});
		}
	}
	return rows;
}

const SCENARIOS = [
	{
		name: 'n8n',
		title: `${COUNT.toLocaleString('en')} recipients in a real n8n`,
		measure: measureN8n,
	},
	{
		name: 'file',
		title: 'Recipients in a CSV file, in a real n8n, at the full quota',
		measure: measureFiles,
	},
	{
		name: 'memory',
		title: `Peak memory above the idle engine with ${COUNT.toLocaleString('en')} input items loaded`,
		measure: measureMemory,
	},
];

/** Measures time and memory with 100,000 recipients. */
export async function scale({ scenario }: Choice): Promise<void> {
	const sandbox = await SandboxProcess.start();
	const tables = [];
	for (const { name, title, measure } of choose(SCENARIOS, scenario, '--scenario')) {
		const rows = await measure(sandbox);
		printTable(title, rows);
		tables.push({ scenario: name, title, rows });
	}
	sandbox.end();
	console.log(
		'\nMemory: the peak of process.memoryUsage() in a separate process, sampled every 20 ms (with garbage collection: every 250 ms) while the event loop is free, less the value with the input items loaded and garbage collected. RSS: the peak of the operating system if it rose.',
	);
	saveResults('scale', { count: COUNT, tables });
}
