import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/server';
import { CREDENTIAL_NAME, formatCount, readReceiptExample } from './exampleRun';
import type { RealN8n } from './n8n/realN8n';
import { showProgress } from './npmInstall';

/** The second half of `npm start`: receipts come back into n8n, and a workflow there counts them. */

const NUMBER = '6580001111';
/** What the example calls its table. */
const TABLE = 'ChatApp receipts';

/** Of a hundred customers these three are not reached, each for another reason. */
const FAILING = { '13': 131026, '47': 131049, '88': 131050 };
const CUSTOMERS = 2_500;

function failNumbers(): Record<string, number> {
	const numbers = Array.from({ length: CUSTOMERS }, (_, index) => String(6_580_000_000 + index));
	return Object.fromEntries(
		numbers.flatMap((number) =>
			Object.entries(FAILING)
				.filter(([end]) => number.endsWith(end))
				.map(([, code]) => [number, code]),
		),
	);
}

/** Receipts as they come in life: in any order, some of them twice, and not everybody reads. */
export const RECEIPTS = {
	cams: { failNumbers: failNumbers(), readShare: 0.6, duplicateShare: 0.2, shuffle: true },
};

/** How long nothing may arrive before something is wrong. */
const PATIENCE_MS = 30_000;

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);

/**
 * Publishes the workflow that stores receipts; it enters its own address at the sandbox, as Register URL says.
 * @returns the workflow's id
 */
export async function publishFunnel(n8n: RealN8n, credentialId: string): Promise<string> {
	const workflow = readReceiptExample('receipts-funnel', {
		registerUrl: true,
		phoneNumbers: [NUMBER],
	});
	const id = await n8n.addWorkflow(workflow, { [CREDENTIAL_NAME]: credentialId });
	// The first run makes the table.
	await n8n.runWorkflow(id);
	await n8n.publish(id);
	return id;
}

/** Waits until every receipt that the sandbox pushes is a row, or nothing has come for long. @returns the rows */
async function waitForRows(n8n: RealN8n, workflowId: string, sandbox: Sandbox): Promise<number> {
	const due = () => sum(Object.values(sandbox.stats().receipts.cams.distinct));
	let rows = 0;
	const stop = showProgress(
		() => `Receipts come back: ${formatCount(rows)} of ${formatCount(due())}`,
	);
	for (let since = Date.now(); Date.now() - since < PATIENCE_MS; await delay(200)) {
		const before = rows;
		rows = await n8n.rowsOf(TABLE);
		if (rows > before) since = Date.now();
		const isOver =
			sandbox.stats().receipts.cams.open === 0 &&
			(await n8n.executionsOf(workflowId, 'running')).length === 0;
		if (isOver && rows >= due()) break;
	}
	stop();
	// Whatever came twice would be there by now as well.
	return await n8n.rowsOf(TABLE);
}

/**
 * Prints how far the messages of a campaign have come, as the second workflow counts it.
 * @param accepted how many the API has taken
 * @returns whether the counts are those of the sandbox, and every receipt has come once
 */
export async function reportFunnel(
	n8n: RealN8n,
	workflowId: string,
	sandbox: Sandbox,
	campaignId: string,
	accepted: number,
): Promise<boolean> {
	const rows = await waitForRows(n8n, workflowId, sandbox);
	const { data } = await n8n.runWorkflow(workflowId);
	const counted = (data.resultData.runData.Funnel?.[0]?.data?.main?.[0] ?? [])
		.map(({ json }) => json)
		.filter((item) => item.campaignId === campaignId);
	const of = (status: string): IDataObject[] => counted.filter((item) => item.status === status);
	const count = (status: string) =>
		sum(of(status).map((item) => Number(item.unique_count_messageId)));

	const { distinct, pushed, receipts } = sandbox.stats().receipts.cams;
	const line = (name: string, number: number) =>
		`  ${name.padEnd(10)} ${formatCount(number).padStart(7)}`;
	console.log(
		`\nWhat became of campaign ${campaignId}, counted by a second workflow from the receipts`,
	);
	console.log(
		[
			line('accepted', accepted),
			...['sent', 'delivered', 'read', 'failed'].map((status) => line(status, count(status))),
		].join('\n'),
	);
	const reasons = of('failed').map(
		(item) =>
			`  ${formatCount(Number(item.unique_count_messageId)).padStart(18)}  ${String(item.reason)}`,
	);
	for (const reason of reasons.sort()) console.log(reason);
	const different = sum(Object.values(distinct));
	console.log(
		`The sandbox pushed ${formatCount(receipts)} receipts in ${formatCount(pushed)} calls, in any order; ${formatCount(different)} are different, and ${formatCount(rows)} reached the workflow.`,
	);

	const agrees = ['Sent', 'Delivered', 'Read', 'Failed'].every(
		(status) => count(status.toLowerCase()) === (distinct[status] ?? 0),
	);
	return (
		agrees && rows === different && accepted > 0 && accepted === count('sent') + count('failed')
	);
}
