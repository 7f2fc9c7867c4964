import { setTimeout as delay } from 'node:timers/promises';
import type { INodeExecutionData } from 'n8n-workflow';

import { loadPackage } from '../scripts/n8n/engine';
import { measureParts, type Part } from './costParts';
import { massSend, runNode } from './engineRun';
import { MAX_PER_CALL, inChunks, makePeople, toItems, type Person } from './people';
import { makeClient, sendMass } from './sdk';
import { serve } from './worker';

export interface CostJob {
	url: string;
	whole: boolean;
	parts: boolean;
}

/** CPU time per call in milliseconds, measured one after the other. */
export interface Pair {
	sdk: number;
	ours?: number;
}

export interface Cost {
	/** CPU time of the idle process, which is subtracted from all figures. */
	idleMsPerSecond: number;
	pairs: Pair[];
	parts: Part[];
	error?: string;
}

const PAIRS = 5;
const CALLS_IN_A_BLOCK = 40;

/** CPU time of this process during some work. */
async function rawCpu(
	work: () => void | Promise<void>,
): Promise<{ cpuMs: number; wallMs: number }> {
	// So that this work is not charged for earlier garbage.
	global.gc?.();
	const start = performance.now();
	const before = process.cpuUsage();
	await work();
	const { user, system } = process.cpuUsage(before);
	return { cpuMs: (user + system) / 1000, wallMs: performance.now() - start };
}

serve<CostJob, undefined, Cost>(async ({ url, whole, parts }) => {
	await loadPackage();
	const client = makeClient(url);
	const people = makePeople(CALLS_IN_A_BLOCK * MAX_PER_CALL);
	const chunks = inChunks(people, MAX_PER_CALL);
	let executions = 0;
	let error: string | undefined;

	async function runSdk(some: Person[][]): Promise<void> {
		for (const chunk of some) await sendMass(client, chunk);
	}
	async function runOurs(items: INodeExecutionData[]): Promise<void> {
		const { run } = await runNode(url, massSend(), items, { executionId: `cost-${++executions}` });
		if (run.error) throw run.error;
	}

	async function run(): Promise<Cost> {
		const idle = await rawCpu(async () => await delay(3_000));
		const idleShare = idle.cpuMs / idle.wallMs;
		const measureCpu = async (work: () => void | Promise<void>) => {
			const { cpuMs, wallMs } = await rawCpu(work);
			return cpuMs - wallMs * idleShare;
		};
		const pairs: Pair[] = [];
		if (whole) {
			const input = toItems(people);
			const tryOurs = async (items: INodeExecutionData[]) => {
				if (error) return undefined;
				return await measureCpu(() => runOurs(items)).catch(
					(reason: Error) => void (error = reason.message),
				);
			};
			await runSdk(chunks);
			await tryOurs(input);
			for (let pair = 0; pair < PAIRS; pair++) {
				const sdk = (await measureCpu(() => runSdk(chunks))) / CALLS_IN_A_BLOCK;
				const ours = await tryOurs(input);
				pairs.push({ sdk, ours: ours === undefined ? undefined : ours / CALLS_IN_A_BLOCK });
			}
		}
		return {
			idleMsPerSecond: idleShare * 1000,
			pairs,
			parts: parts ? await measureParts(url, measureCpu) : [],
			error,
		};
	}
	return { ready: undefined, run };
});
