import { startSandbox } from '../sandbox/server';
import { CREDENTIAL_NAME, readExample, report, sandboxCredential } from './exampleRun';
import { runInEngine } from './n8n/engine';

/** Runs the example workflow in n8n's engine against a new sandbox. @returns whether every message was accepted */
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

/** `npm run demo`: takes seconds and needs no installation of n8n. */
export async function main(build: () => Promise<void>): Promise<never> {
	await build();
	const accepted = await runDemo();
	console.log(
		"\nThis ran in n8n's engine, without the editor. To see it in a complete n8n, run npm start.",
	);
	process.exit(accepted ? 0 : 1);
}
