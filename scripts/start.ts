import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Sandbox } from '../sandbox/server';
import { runDemo } from './demo';
import {
	CREDENTIAL_NAME,
	INNOPAAS_CREDENTIAL_NAME,
	innoPaasCredential,
	readExample,
	report,
	sandboxCredential,
} from './exampleRun';
import { RECEIPTS, publishFunnel, publishOptOuts, reportFunnel } from './funnel';
import {
	OWNER,
	RealN8n,
	assertPortFree,
	ensureN8n,
	installPackage,
	type N8nRelease,
} from './n8n/realN8n';
import { Obstacle, showProgress } from './npmInstall';
import { DEFAULT_PORT, openSandbox, parseOptions, parsePort, onShutdown } from './sandbox';

/** Shows a progress line while some work is under way. */
async function withProgress<T>(title: string, work: Promise<T>): Promise<T> {
	const stop = showProgress(() => title);
	return await work.finally(stop);
}

/** @returns undefined if n8n cannot be installed on this machine */
async function installN8n(): Promise<N8nRelease | undefined> {
	try {
		return await ensureN8n();
	} catch (error) {
		if (!(error instanceof Obstacle)) throw error;
		console.log(
			`${error.message} Running the workflow in n8n's engine instead, without the editor.`,
		);
		return undefined;
	}
}

function readOptions(args: string[]): { once: boolean; port: number; sandboxPort: number } {
	const options = parseOptions(args, {
		once: { type: 'boolean', default: false },
		port: { type: 'string', default: '5688' },
		'sandbox-port': { type: 'string', default: String(DEFAULT_PORT) },
	});
	return {
		once: options.once === true,
		port: parsePort(String(options.port), '--port'),
		sandboxPort: parsePort(String(options['sandbox-port']), '--sandbox-port'),
	};
}

/**
 * Starts n8n with the package, credentials and workflows, runs the mass send example, and waits for its receipts.
 * @returns the URLs of the workflows, and whether every message was accepted and every receipt arrived
 */
async function runInN8n(release: N8nRelease, sandbox: Sandbox, port: number) {
	const userFolder = mkdtempSync(join(tmpdir(), 'n8n-nodes-chatapp-'));
	process.on('exit', () => rmSync(userFolder, { recursive: true, force: true }));
	await withProgress('Packing this package and installing it into n8n', installPackage(userFolder));
	const n8n = await withProgress(
		`Starting n8n ${release.version}`,
		RealN8n.start(release, userFolder, port),
	);
	const credentialId = await n8n.addCredential(CREDENTIAL_NAME, sandboxCredential(sandbox));
	sandbox.configure({ receipts: RECEIPTS });
	const funnelId = await withProgress(
		'Publishing the workflow that counts receipts',
		publishFunnel(n8n, credentialId),
	);
	const optOutsId = await withProgress(
		'Publishing the workflow that answers STOP',
		publishOptOuts(n8n, credentialId),
	);
	const workflow = readExample('mass-send');
	const workflowId = await n8n.addWorkflow(workflow, { [CREDENTIAL_NAME]: credentialId });
	const { data } = await n8n.runWorkflow(workflowId);
	const outputs = data.resultData.runData['CAMS Mass Send']?.[0]?.data?.main ?? [];
	const items = outputs.flatMap((output) => output ?? []);
	if (data.resultData.error) console.error(data.resultData.error.message);
	const isSent = report(
		workflow,
		items.map(({ json }) => json),
		sandbox,
	);
	const campaign = String(items[0]?.json.campaignId);
	const accepted = items.filter(({ json }) => json.outcome === 'accepted').length;
	const haveReceiptsArrived = await reportFunnel(n8n, funnelId, sandbox, campaign, accepted);
	const innoPaasId = await n8n.addCredential(INNOPAAS_CREDENTIAL_NAME, innoPaasCredential(sandbox));
	const innoPaasWorkflowId = await n8n.addWorkflow(readExample('innopaas-campaign'), {
		[INNOPAAS_CREDENTIAL_NAME]: innoPaasId,
	});
	const workflowUrl = (id: string) => `${n8n.url}/workflow/${id}`;
	return {
		isSuccess: isSent && haveReceiptsArrived,
		campaignUrl: workflowUrl(workflowId),
		receiptsUrl: workflowUrl(funnelId),
		optOutsUrl: workflowUrl(optOutsId),
		innoPaasUrl: workflowUrl(innoPaasWorkflowId),
	};
}

function printUrls(
	{ campaignUrl, receiptsUrl, optOutsUrl, innoPaasUrl }: Awaited<ReturnType<typeof runInN8n>>,
	sandbox: Sandbox,
): void {
	console.log(
		[
			'',
			`Campaign workflow   ${campaignUrl}`,
			`Receipts workflow   ${receiptsUrl}`,
			`Opt-out workflow    ${optOutsUrl}`,
			`InnoPaaS workflow   ${innoPaasUrl}`,
			`Log in with         ${OWNER.email}  ${OWNER.password}`,
			'',
			`What arrived        ${sandbox.url}`,
			'Choose a conversation there and answer STOP: the opt-out workflow answers.',
			'',
			'n8n and the sandbox keep running until you press Ctrl-C.',
		].join('\n'),
	);
}

/** `npm start`: starts the sandbox, and n8n with the package, credentials and examples; runs the mass send example. */
export async function main(args: string[], build: () => Promise<void>): Promise<void> {
	const { once, port, sandboxPort } = readOptions(args);
	await assertPortFree(port, "n8n's editor", '--port');
	const sandbox = await openSandbox(sandboxPort, '--sandbox-port', 'npm start');
	const stopAll = async () => {
		await RealN8n.stopAll();
		await sandbox.close();
	};
	// An interrupted example run is a failure.
	let exitCode = 130;
	const isShuttingDown = onShutdown(async () => {
		console.log('\nStopping n8n and the sandbox...');
		await stopAll();
		console.log('Stopped. Nothing is left running.');
		return exitCode;
	});

	try {
		await withProgress('Building this package', build());
		const release = await installN8n();
		if (!release) {
			await sandbox.close();
			process.exit((await runDemo()) ? 0 : 1);
		}
		const result = await runInN8n(release, sandbox, port);
		if (once) {
			await stopAll();
			process.exit(result.isSuccess ? 0 : 1);
		}
		exitCode = 0;
		printUrls(result, sandbox);
	} catch (error) {
		if (!isShuttingDown()) {
			await stopAll();
			throw error;
		}
		// n8n was stopped by the shutdown, which will exit this process.
		await new Promise(() => {});
	}
}
