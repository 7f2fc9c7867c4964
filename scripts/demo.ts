import { startSandbox } from '../sandbox/server';
import { CREDENTIAL_NAME, readExample, report, sandboxCredential } from './exampleRun';
import { runInEngine } from './n8n/engine';

/** Runs the example workflow in n8n's engine against a sandbox of its own; gives whether all was accepted. */
export async function runDemo(): Promise<boolean> {
	const sandbox = await startSandbox();
	const workflow = readExample('send-template');
	const run = await runInEngine(workflow, {
		credentials: { [CREDENTIAL_NAME]: sandboxCredential(sandbox) },
	});
	if (run.error) console.error(run.error.message);
	const accepted = report(workflow, run.items('CAMS Send'), sandbox);
	await sandbox.close();
	return accepted;
}

/** `npm run demo`: seconds, and no n8n to install. */
export async function main(build: () => Promise<void>): Promise<never> {
	await build();
	const accepted = await runDemo();
	console.log(
		"\nThat ran in n8n's engine alone. npm start does the same in a whole n8n, with its editor.",
	);
	process.exit(accepted ? 0 : 1);
}
