import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';

import { DataTables, type Before } from '../test/support/dataTables';
import { massSend, runNode } from './engineRun';
import { makePeople, toItems } from './people';
import { logProgress, round, type Row } from './report';
import type { SandboxProcess } from './sandboxProcess';
import { RECIPIENTS, isDone, judge, type RunResult } from './survivalJudge';

const EXECUTION_ID = '7';
const CAMPAIGN = 'same-id';
/** After a worker's end, a queue with n8n 1.x's settings gives its job away (measured: 13 to 20 s). */
const STALLED_MS = 13_000;
/** Reads and writes of the table by a run of 60 calls, roughly. */
const TABLE_USES = 120;

/** The same execution by a process that has the same table. */
async function execute(
	sandbox: SandboxProcess,
	tables: DataTables,
	options: IDataObject,
	before?: Before,
): Promise<RunResult> {
	const node = massSend({ takeOverAfter: 10, ...options });
	const { items } = await runNode(
		sandbox.url,
		{ ...node, parameters: { ...node.parameters, campaignId: CAMPAIGN } },
		toItems(makePeople(RECIPIENTS)),
		{ executionId: EXECUTION_ID, nodeTypes: tables.process(before) },
	);
	return { outcomes: new Map(items.map(({ to, outcome }) => [String(to), String(outcome)])) };
}

/** The first is cut off from the table for ever, which is as near to its end as one process comes. */
async function afterTheEnd(sandbox: SandboxProcess, uses: number): Promise<RunResult> {
	const tables = new DataTables();
	const never = new Promise<void>(() => {});
	let used = 0;
	void execute(sandbox, tables, {}, async () => {
		if (++used > uses) await never;
	});
	while (used <= uses) await delay(20);
	await delay(STALLED_MS);
	return await execute(sandbox, tables, {});
}

/** A worker that was thought to have ended goes on: both send, if they can. */
async function atOnce(sandbox: SandboxProcess): Promise<RunResult> {
	const tables = new DataTables();
	const options = { ifCampaignRunning: 'notAccepted' };
	const first = execute(sandbox, tables, options);
	await delay(2_000);
	const second = await execute(sandbox, tables, options);
	const { outcomes } = await first;
	for (const [to, outcome] of second.outcomes) if (outcome !== 'notSent') outcomes.set(to, outcome);
	return { outcomes };
}

/**
 * What a queue does that gives a job away: the same execution ID runs again. In n8n's engine with tables in memory.
 * @param random where the first run ends
 */
export async function runAgainWithSameId(
	sandbox: SandboxProcess,
	random: () => number,
): Promise<Row[]> {
	const rows: Row[] = [];
	const add = async (title: string, at: string, run: () => Promise<RunResult>) => {
		logProgress(`survival same-id: ${title}`);
		await sandbox.configure({ faults: [] });
		await sandbox.reset();
		await delay(2_000);
		const startedAt = performance.now();
		const last = await run();
		rows.push({
			'Campaign ID': true,
			'What happened': title,
			At: at,
			...(await judge(sandbox, last, true)),
			Done: isDone(last),
			Seconds: round((performance.now() - startedAt) / 1000),
		});
	};
	for (let times = 0; times < 3; times++) {
		const uses = Math.floor(random() * TABLE_USES);
		await add('the first run ended', `${uses} uses of the table`, () => afterTheEnd(sandbox, uses));
	}
	await add('the first run goes on', '2 s', () => atOnce(sandbox));
	return rows;
}
