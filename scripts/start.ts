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
import { RECEIPTS, publishFunnel, reportFunnel } from './funnel';
import {
	OWNER,
	RealN8n,
	claimPort,
	ensureN8n,
	installPackage,
	type N8nRelease,
} from './n8n/realN8n';
import { Obstacle, showProgress } from './npmInstall';
import { DEFAULT_PORT, openSandbox, readArguments, readPort, whenToldToEnd } from './sandbox';

/** Shows what takes long while it does. */
async function during<T>(title: string, work: Promise<T>): Promise<T> {
	const stop = showProgress(() => title);
	return await work.finally(stop);
}

async function ensureOrExplain(): Promise<N8nRelease | undefined> {
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
	const options = readArguments(args, {
		once: { type: 'boolean', default: false },
		port: { type: 'string', default: '5688' },
		'sandbox-port': { type: 'string', default: String(DEFAULT_PORT) },
	});
	return {
		once: options.once === true,
		port: readPort(String(options.port), '--port'),
		sandboxPort: readPort(String(options['sandbox-port']), '--sandbox-port'),
	};
}

/**
 * Starts n8n with everything in place, runs the example once, lets the receipts come back, and says whether the sandbox
 * took all of it and all that it told has arrived.
 */
async function runInN8n(release: N8nRelease, sandbox: Sandbox, port: number) {
	const userFolder = mkdtempSync(join(tmpdir(), 'n8n-nodes-chatapp-'));
	process.on('exit', () => rmSync(userFolder, { recursive: true, force: true }));
	await during('Packing this package and installing it into n8n', installPackage(userFolder));
	const n8n = await during(
		`Starting n8n ${release.version}`,
		RealN8n.start(release, userFolder, port),
	);
	const credentialId = await n8n.addCredential(CREDENTIAL_NAME, sandboxCredential(sandbox));
	sandbox.configure({ receipts: RECEIPTS });
	const funnelId = await during(
		'Publishing the workflow that counts receipts',
		publishFunnel(n8n, credentialId),
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
	const hasArrived = await reportFunnel(n8n, funnelId, sandbox, campaign, accepted);
	const innoPaasId = await n8n.addCredential(INNOPAAS_CREDENTIAL_NAME, innoPaasCredential(sandbox));
	const innoPaasWorkflowId = await n8n.addWorkflow(readExample('innopaas-campaign'), {
		[INNOPAAS_CREDENTIAL_NAME]: innoPaasId,
	});
	const addressOf = (id: string) => `${n8n.url}/workflow/${id}`;
	return {
		isDone: isSent && hasArrived,
		address: addressOf(workflowId),
		funnelAddress: addressOf(funnelId),
		innoPaasAddress: addressOf(innoPaasWorkflowId),
	};
}

/** `npm start`: sandbox and n8n with the package, a credential and an example workflow in place, and one run of it. */
export async function main(args: string[], build: () => Promise<void>): Promise<void> {
	const { once, port, sandboxPort } = readOptions(args);
	await claimPort(port, "n8n's editor", '--port');
	const sandbox = await openSandbox(sandboxPort, '--sandbox-port', 'npm start');
	const end = async () => {
		await RealN8n.stopAll();
		await sandbox.close();
	};
	// Told to end before the run was seen, this has not done what it was asked for.
	let codeWhenTold = 130;
	const wasTold = whenToldToEnd(async () => {
		console.log('\nEnding n8n and the sandbox...');
		await end();
		console.log('Ended. Nothing is left running.');
		return codeWhenTold;
	});

	try {
		await during('Building this package', build());
		const release = await ensureOrExplain();
		if (!release) {
			await sandbox.close();
			process.exit((await runDemo()) ? 0 : 1);
		}
		const { isDone, address, funnelAddress, innoPaasAddress } = await runInN8n(
			release,
			sandbox,
			port,
		);
		if (once) {
			await end();
			process.exit(isDone ? 0 : 1);
		}
		codeWhenTold = 0;
		console.log(
			[
				'',
				`Open the workflow  ${address}`,
				`The receipts       ${funnelAddress}`,
				`Another, InnoPaaS  ${innoPaasAddress}`,
				`Log in with        ${OWNER.email}  ${OWNER.password}`,
				`Sandbox            ${sandbox.url}/__sandbox/stats`,
				'',
				'Both stay up until you press Ctrl-C.',
			].join('\n'),
		);
	} catch (error) {
		if (!wasTold()) {
			await end();
			throw error;
		}
		// n8n went away under our hands, as it was told to: what ends it also ends this process.
		await new Promise(() => {});
	}
}
