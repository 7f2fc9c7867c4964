import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/server';
import { CREDENTIAL_NAME, formatCount, readReceiptExample } from './exampleRun';
import type { RealN8n } from './n8n/realN8n';
import { showProgress } from './npmInstall';

/** The second part of `npm start`: a workflow that receives and counts the receipts of the campaign. */

const NUMBER = '6580001111';
/** The data table of the example. */
const TABLE = 'ChatApp receipts';

/** Three in a hundred messages fail, each with a different code, by the last two digits of the number. */
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

/** Realistic receipts: out of order, with duplicates, and not every message is read. */
export const RECEIPTS = {
	cams: { failNumbers: failNumbers(), readShare: 0.6, duplicateShare: 0.2, shuffle: true },
};

/** Gives up when no row has been added for this long. */
const IDLE_TIMEOUT_MS = 30_000;

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);

/** Adds an example whose trigger registers its own URL with the sandbox (Register URL). @returns the workflow's ID */
async function addRegistering(
	n8n: RealN8n,
	example: string,
	credentialId: string,
): Promise<string> {
	const workflow = readReceiptExample(example, { registerUrl: true, phoneNumbers: [NUMBER] });
	return await n8n.addWorkflow(workflow, { [CREDENTIAL_NAME]: credentialId });
}

/** Publishes the workflow that answers whoever writes STOP. @returns the workflow's ID */
export async function publishOptOuts(n8n: RealN8n, credentialId: string): Promise<string> {
	const id = await addRegistering(n8n, 'stop-list', credentialId);
	await n8n.publish(id);
	return id;
}

/**
 * Publishes the workflow that stores receipts.
 * @returns the workflow's ID
 */
export async function publishFunnel(n8n: RealN8n, credentialId: string): Promise<string> {
	const id = await addRegistering(n8n, 'receipts-funnel', credentialId);
	// The first run creates the table.
	await n8n.runWorkflow(id);
	await n8n.publish(id);
	return id;
}

/** Waits until every receipt that the sandbox pushes is stored. @returns the number of rows */
async function waitForRows(n8n: RealN8n, workflowId: string, sandbox: Sandbox): Promise<number> {
	const due = () => sum(Object.values(sandbox.stats().receipts.cams.distinct));
	let rows = 0;
	const stop = showProgress(
		() => `Receiving receipts: ${formatCount(rows)} of ${formatCount(due())}`,
	);
	for (let since = Date.now(); Date.now() - since < IDLE_TIMEOUT_MS; await delay(200)) {
		const before = rows;
		rows = await n8n.rowsOf(TABLE);
		if (rows > before) since = Date.now();
		const isOver =
			sandbox.stats().receipts.cams.open === 0 &&
			(await n8n.executionsOf(workflowId, 'running')).length === 0;
		if (isOver && rows >= due()) break;
	}
	stop();
	// Read again, since duplicates would have been stored by now, too.
	return await n8n.rowsOf(TABLE);
}

/**
 * Prints the funnel of a campaign as counted by the second workflow.
 * @param accepted number of messages that the API accepted
 * @returns whether the counts match the sandbox's, and every receipt was stored exactly once
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
	const itemsOf = (status: string): IDataObject[] =>
		counted.filter((item) => item.status === status);
	const count = (status: string) =>
		sum(itemsOf(status).map((item) => Number(item.unique_count_messageId)));

	const { distinct, pushed, receipts } = sandbox.stats().receipts.cams;
	const line = (name: string, number: number) =>
		`  ${name.padEnd(10)} ${formatCount(number).padStart(7)}`;
	console.log(
		`\nDelivery of campaign ${campaignId}, counted by a second workflow from the receipts`,
	);
	console.log(
		[
			line('accepted', accepted),
			...['sent', 'delivered', 'read', 'failed'].map((status) => line(status, count(status))),
		].join('\n'),
	);
	const reasons = itemsOf('failed').map(
		(item) =>
			`  ${formatCount(Number(item.unique_count_messageId)).padStart(18)}  ${String(item.reason)}`,
	);
	for (const reason of reasons.sort()) console.log(reason);
	const unique = sum(Object.values(distinct));
	console.log(
		`The sandbox pushed ${formatCount(receipts)} receipts in ${formatCount(pushed)} requests, out of order and with duplicates. Of ${formatCount(unique)} unique receipts, ${formatCount(rows)} reached the workflow.`,
	);

	const agrees = ['Sent', 'Delivered', 'Read', 'Failed'].every(
		(status) => count(status.toLowerCase()) === (distinct[status] ?? 0),
	);
	return agrees && rows === unique && accepted > 0 && accepted === count('sent') + count('failed');
}
