import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

import { CREDENTIAL_NAME, readExample, sandboxCredential } from './exampleRun';
import { Obstacle } from './n8n/npmInstall';
import { OWNER, RealN8n, ensureN8n, freePort, installPackage } from './n8n/realN8n';
import { startSandbox } from './server';

/**
 * `npm run screenshots`: takes the pictures of README and docs from the real editor, with the package installed as
 * a user has it. Needs Chromium: CHROMIUM, or the place where Linux distributions put it.
 */
const FOLDER = join(__dirname, '../docs/images');

/** Hides what changes with every n8n and says nothing about the node. */
async function tidy(page: Page): Promise<void> {
	await page.addStyleTag({ content: '[data-test-id="ask-assistant-floating-button"], .el-notification { display: none !important; }' });
}

async function openNode(page: Page, name: string): Promise<void> {
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
	await page.locator('[data-test-id="ndv"], [data-test-id="node-parameters"]').first().waitFor();
}

export async function main(build: () => Promise<void>): Promise<void> {
	const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
	if (!existsSync(executablePath)) throw new Obstacle(`Screenshots need Chromium, and there is none at ${executablePath}. Set CHROMIUM to its path.`);
	await build();
	const sandbox = await startSandbox();
	const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-pictures-'));
	await installPackage(userFolder);
	const n8n = await RealN8n.start(await ensureN8n(), userFolder, await freePort());
	const browser = await chromium.launch({
		executablePath,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
	});
	try {
		const credentialId = await n8n.addCredential(CREDENTIAL_NAME, sandboxCredential(sandbox));
		const add = async (name: string) => await n8n.addWorkflow(readExample(name), { [CREDENTIAL_NAME]: credentialId });
		const [single, mass] = [await add('send-template'), await add('mass-send')];
		const context = await browser.newContext({ viewport: { width: 1440, height: 1080 }, deviceScaleFactor: 1.5, baseURL: n8n.url });
		await context.request.post('/rest/login', { data: { emailOrLdapLoginId: OWNER.email, password: OWNER.password } });
		const page = await context.newPage();

		const run = async (workflowId: string) => {
			await page.goto(`/workflow/${workflowId}`);
			await page.locator('[data-test-id="canvas-node"]').first().waitFor();
			await tidy(page);
			await page.locator('[data-test-id="execute-workflow-button"]').first().click();
			await page.waitForTimeout(5_000);
		};
		await run(single);
		await openNode(page, 'CAMS Send');
		await page.waitForTimeout(1_500);
		await page.screenshot({ path: join(FOLDER, 'cams-send.png') });

		await run(mass);
		await page.screenshot({ path: join(FOLDER, 'workflow.png') });
		await openNode(page, 'CAMS Mass Send');
		await page.waitForTimeout(1_500);
		await page.screenshot({ path: join(FOLDER, 'cams-mass-send.png') });

		await page.goto(`/home/credentials/${credentialId}`);
		await page.locator('[data-test-id="credential-edit-dialog"], [data-test-id="editCredential-modal"]').first().waitFor();
		await tidy(page);
		await page.waitForTimeout(1_500);
		await page.screenshot({ path: join(FOLDER, 'credential.png') });
	} finally {
		await browser.close();
		await n8n.stop();
		await sandbox.close();
		rmSync(userFolder, { recursive: true, force: true });
	}
	console.log(`Pictures are in ${FOLDER}`);
	process.exit(0);
}
