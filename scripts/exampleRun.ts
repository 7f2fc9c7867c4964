import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, IWorkflowBase } from 'n8n-workflow';

import { ACCOUNT } from '../sandbox/cams/accounts';
import { INNOPAAS } from '../sandbox/innoPaas/accounts';
import type { Sandbox } from '../sandbox/server';

/** The credentials that the example workflows name, one for each API. */
export const CREDENTIAL_NAME = 'ChatApp Sandbox';
export const INNOPAAS_CREDENTIAL_NAME = 'InnoPaaS sandbox';

/** The values of that credential for a running sandbox. */
export function sandboxCredential(sandbox: Sandbox): Record<string, string> {
	return { api: 'cams', region: 'ap-southeast-1', ...ACCOUNT, endpoint: sandbox.url };
}

/** The same of the other API. */
export function innoPaasCredential(sandbox: Sandbox): Record<string, string> {
	return { api: 'innoPaas', ...INNOPAAS, baseUrl: sandbox.url };
}

/** A workflow of the folder examples/, as the editor would import it. */
export function readExample(name: string): Partial<IWorkflowBase> {
	return JSON.parse(
		readFileSync(join(__dirname, '../examples', `${name}.json`), 'utf8'),
	) as Partial<IWorkflowBase>;
}

/**
 * An example that begins with receipts, ready to be published: with a URL secret, which no example may bring along.
 * @param parameters others that its trigger is to have
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
		cachedResultName: `New secret (${secret.slice(0, 4)}…)`,
	};
	Object.assign(trigger, { parameters: { ...trigger.parameters, urlSecret, ...parameters } });
	return workflow;
}

const MESSAGES_SHOWN = 3;
/** A count as it is read: 2,500. */
export const formatCount = (count: number) => count.toLocaleString('en-US');

/**
 * Prints what a run of an example sent, as the node and as the sandbox tell it.
 * @param items what came out of all outputs of the node
 * @returns whether both agree, nobody was sent to twice, and nobody is left in doubt or refused
 */
export function report(
	workflow: Partial<IWorkflowBase>,
	items: IDataObject[],
	sandbox: Sandbox,
): boolean {
	const { calls, messages, recipients } = sandbox.stats();
	const sends =
		(calls.byOperation.SendChatappMessage ?? 0) + (calls.byOperation.SendChatappMassMessage ?? 0);
	const of = (outcome: string) => items.filter((item) => item.outcome === outcome);
	const accepted = of('accepted').length;

	console.log(`\nWorkflow "${workflow.name}"`);
	for (const { to, text } of messages.slice(0, MESSAGES_SHOWN))
		console.log(`  ${to.padEnd(14)} ${text.split('\n')[0]}`);
	if (messages.length > MESSAGES_SHOWN)
		console.log(`  ${`and ${formatCount(recipients.accepted - MESSAGES_SHOWN)} more`}`);
	console.log(
		`The node reports ${formatCount(accepted)} of ${formatCount(items.length)} accepted.`,
	);
	for (const item of items.filter(({ outcome }) => outcome !== 'accepted').slice(0, 10)) {
		console.log(
			`  ${String(item.to ?? '').padEnd(16)} ${String(item.outcome)}: ${String(item.reason)}`,
		);
	}
	console.log(
		`The sandbox took ${formatCount(recipients.accepted)} messages for ${formatCount(recipients.unique)} recipients in ${formatCount(sends)} calls, each with its signature checked; ${recipients.duplicate === 0 ? 'nobody got two' : `${formatCount(recipients.duplicate)} were doubled`}.`,
	);
	const isCertain = of('unknown').length + of('rejected').length === 0;
	return (
		accepted > 0 && accepted === recipients.accepted && recipients.duplicate === 0 && isCertain
	);
}
