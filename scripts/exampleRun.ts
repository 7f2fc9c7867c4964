import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, IWorkflowBase } from 'n8n-workflow';

import { ACCOUNT } from '../sandbox/cams/accounts';
import { INNOPAAS } from '../sandbox/innoPaas/accounts';
import type { Sandbox } from '../sandbox/server';

/** Names of the credentials in the example workflows, one for each API. */
export const CREDENTIAL_NAME = 'ChatApp Sandbox';
export const INNOPAAS_CREDENTIAL_NAME = 'InnoPaaS sandbox';

/** The CAMS credential of a running sandbox. */
export function sandboxCredential(sandbox: Sandbox): Record<string, string> {
	return { api: 'cams', region: 'ap-southeast-1', ...ACCOUNT, endpoint: sandbox.url };
}

/** The InnoPaaS credential of a running sandbox. */
export function innoPaasCredential(sandbox: Sandbox): Record<string, string> {
	return { api: 'innoPaas', ...INNOPAAS, baseUrl: sandbox.url };
}

/** Reads a workflow from examples/. */
export function readExample(name: string): Partial<IWorkflowBase> {
	return JSON.parse(
		readFileSync(join(__dirname, '../examples', `${name}.json`), 'utf8'),
	) as Partial<IWorkflowBase>;
}

/**
 * Reads an example that starts with the receipt trigger, and adds a new URL secret, which an example must not contain.
 * @param parameters additional parameters of the trigger
 */
export function readReceiptExample(
	name: string,
	parameters: IDataObject = {},
): Partial<IWorkflowBase> {
	const workflow = readExample(name);
	const trigger = workflow.nodes!.find(
		({ type }) => type === 'n8n-nodes-chatapp.chatAppReceiptTrigger',
	)!;
	const secret = randomBytes(16).toString('hex');
	const urlSecret = {
		__rl: true,
		mode: 'list',
		value: secret,
		cachedResultName: `Secret ${secret.slice(0, 4)}…`,
	};
	Object.assign(trigger, { parameters: { ...trigger.parameters, urlSecret, ...parameters } });
	return workflow;
}

const MESSAGES_SHOWN = 3;

/** Formats a count, e.g. 2,500. */
export const formatCount = (count: number) => count.toLocaleString('en-US');

/**
 * Prints the result of an example run as reported by the node and by the sandbox.
 * @param items the items of all outputs of the node
 * @returns whether both agree, no recipient was messaged twice, and no outcome is unknown or rejected
 */
export function report(
	workflow: Partial<IWorkflowBase>,
	items: IDataObject[],
	sandbox: Sandbox,
): boolean {
	const { calls, messages, recipients } = sandbox.stats();
	const sends =
		(calls.byOperation.SendChatappMessage ?? 0) + (calls.byOperation.SendChatappMassMessage ?? 0);
	const count = (outcome: string) => items.filter((item) => item.outcome === outcome).length;
	const accepted = count('accepted');

	console.log(`\nWorkflow "${workflow.name}"`);
	for (const { to, text } of messages.slice(0, MESSAGES_SHOWN))
		console.log(`  ${to.padEnd(14)} ${text.split('\n')[0]}`);
	if (messages.length > MESSAGES_SHOWN)
		console.log(`  ${`and ${formatCount(recipients.accepted - MESSAGES_SHOWN)} more`}`);
	console.log(
		`The node reports ${formatCount(accepted)} of ${formatCount(items.length)} messages accepted.`,
	);
	for (const item of items.filter(({ outcome }) => outcome !== 'accepted').slice(0, 10)) {
		console.log(
			`  ${String(item.to ?? '').padEnd(16)} ${String(item.outcome)}: ${String(item.reason)}`,
		);
	}
	console.log(
		`The sandbox accepted ${formatCount(recipients.accepted)} messages for ${formatCount(recipients.unique)} recipients in ${formatCount(sends)} calls and verified each signature. ${recipients.duplicate === 0 ? 'No recipient was messaged twice' : `${formatCount(recipients.duplicate)} messages were duplicates`}.`,
	);
	const isCertain = count('unknown') + count('rejected') === 0;
	return (
		accepted > 0 && accepted === recipients.accepted && recipients.duplicate === 0 && isCertain
	);
}
