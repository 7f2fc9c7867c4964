import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, IWorkflowBase } from 'n8n-workflow';

import { ACCOUNT } from './catalogue';
import type { Sandbox } from './server';

/** The credential that the example workflows name. */
export const CREDENTIAL_NAME = 'ChatApp Sandbox';

/** The values of that credential for a running sandbox. */
export function sandboxCredential(sandbox: Sandbox): Record<string, string> {
	return { api: 'cams', region: 'ap-southeast-1', ...ACCOUNT, endpoint: sandbox.url };
}

/** A workflow of the folder examples/, as the editor would import it. */
export function readExample(name: string): Partial<IWorkflowBase> {
	return JSON.parse(readFileSync(join(__dirname, '../examples', `${name}.json`), 'utf8')) as Partial<IWorkflowBase>;
}

/** Prints what a run of an example sent, as the sandbox saw it, and says whether all of it was accepted. */
export function report(workflow: Partial<IWorkflowBase>, items: IDataObject[], sandbox: Sandbox): boolean {
	const { calls, messages } = sandbox.stats();
	const count = (outcome: string) => items.filter((item) => item.outcome === outcome).length;
	console.log(`\nWorkflow "${workflow.name}"`);
	for (const { to, text, messageId } of messages) {
		console.log(`  ${to.padEnd(14)} ${text.split('\n')[0]}  (message ${messageId})`);
	}
	const refused = items.filter(({ outcome }) => outcome !== 'accepted');
	for (const { to, outcome, reason } of refused) console.log(`  ${String(to).padEnd(14)} ${String(outcome)}: ${String(reason)}`);
	console.log(
		`The node reports ${count('accepted')} of ${items.length} accepted; the sandbox took ${messages.length} of ${calls.received} calls, each with its signature checked.`,
	);
	return items.length > 0 && count('accepted') === items.length && messages.length === items.length;
}
