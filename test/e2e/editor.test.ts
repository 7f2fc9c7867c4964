import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';

import { ACCOUNT } from '../../sandbox/catalogue';
import { CREDENTIAL_NAME, sandboxCredential } from '../../sandbox/exampleRun';
import { findChromium } from '../../sandbox/n8n/chromium';
import { Editor } from '../../sandbox/n8n/editor';
import { RealN8n, ensureN8n, freePort, installPackage } from '../../sandbox/n8n/realN8n';
import { startSandbox, type Sandbox } from '../../sandbox/server';

/** The real editor in Chromium, with the packed tarball. Skipped where there is no Chromium; `npm test` says so. */
const executablePath = findChromium();
const MANY = 'cams-many';

// A machine that is busy with something else is no reason to fail.
jest.setTimeout(300_000);

async function until(isSo: () => Promise<boolean>): Promise<void> {
	while (!(await isSo())) await delay(50);
}

(executablePath ? describe : describe.skip)('in the editor', () => {
	const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-editor-'));
	let sandbox: Sandbox;
	let n8n: RealN8n;
	let editor: Editor;

	beforeAll(async () => {
		const release = await ensureN8n();
		sandbox = await startSandbox();
		await installPackage(userFolder);
		n8n = await RealN8n.start(release, userFolder, await freePort());
		editor = await Editor.open(executablePath!, n8n, { width: 1440, height: 1080 });
	}, 1_200_000);

	afterAll(async () => {
		await editor?.close();
		await n8n?.stop();
		await sandbox?.close();
		rmSync(userFolder, { recursive: true, force: true });
	}, 60_000);

	beforeEach(() => sandbox.reset());

	/** Opens a CAMS Send of these parameters behind a trigger. */
	async function openNode(parameters: IDataObject, credential: Record<string, string> = {}): Promise<void> {
		const credentialId = await n8n.addCredential(CREDENTIAL_NAME, { ...sandboxCredential(sandbox), ...credential });
		const id = await n8n.addWorkflow(
			{
				name: 'Editor',
				nodes: [
					{ id: '1', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
					{
						id: '2',
						name: 'Send',
						type: 'n8n-nodes-chatapp.camsSend',
						typeVersion: 1,
						position: [220, 0],
						parameters: parameters as never,
						credentials: { chatAppApi: { id: '', name: CREDENTIAL_NAME } },
					},
				],
				connections: { Start: { main: [[{ node: 'Send', type: 'main', index: 0 }]] } },
			},
			{ [CREDENTIAL_NAME]: credentialId },
		);
		await editor.openWorkflow(id);
		await editor.openNode('Send');
	}

	test("a newcomer's first message, from an empty workflow", async () => {
		await editor.openWorkflow('new');
		const started = Date.now();
		const { page } = editor;

		await editor.click(editor.part('canvas-add-button'), 'Add first step');
		// The search has the focus already.
		await editor.part('node-creator-search-bar').waitFor();
		await page.keyboard.type('whatsapp', { delay: 20 });
		await editor.click(page.getByText('CAMS Send', { exact: true }), 'CAMS Send');
		await editor.click(page.getByText('Send template message'), 'Send template message');

		// Newer editors have a button of its own as long as there is no credential.
		const none = editor.part('node-credentials-empty-state');
		const select = editor.part('node-credentials-select');
		await none.or(select).first().waitFor();
		if ((await none.count()) > 0) {
			await editor.click(none.getByRole('button').first(), 'Set up credential');
		} else {
			await editor.click(select, 'Credential (open)');
			await editor.click(page.getByText('Create new credential'), 'Create new credential');
		}
		const dialog = editor.part('editCredential-modal');
		const field = (name: string) => dialog.locator(`[data-test-id="parameter-input-${name}"] input`);
		await editor.type(field('accessKeyId'), ACCOUNT.accessKeyId, 'AccessKey ID');
		await editor.type(field('accessKeySecret'), ACCOUNT.accessKeySecret, 'AccessKey Secret');
		await editor.type(field('custSpaceId'), MANY, 'Channel ID');
		// Only the sandbox needs it: neither click nor value is the newcomer's.
		await field('endpoint').fill(sandbox.url);
		await page.waitForTimeout(400);
		await editor.click(editor.part('credential-save-button'), 'Save');
		// Newer editors close the dialog when the test has gone well.
		const success = editor.part('credentials-config-container-test-success').getByText('Connection tested successfully');
		await until(async () => (await success.isVisible()) || !(await dialog.isVisible()));
		expect(sandbox.stats().calls).toMatchObject({ byOperation: { ListChatappTemplate: 1 }, rejected: 0 });
		if (await dialog.isVisible()) await editor.click(dialog.locator('.el-dialog__headerbtn'), 'Close');
		await dialog.waitFor({ state: 'hidden' });

		await editor.pick('from', /6580003333/);
		await editor.type(editor.field('to'), '+65 9123 4567', 'To');
		await editor.pick('template', /^notice_1, en/);
		await editor.type(editor.field('name'), 'Mia', 'Template variable "name"');
		await editor.execute();
		expect(await editor.outputWith('accepted')).toContain('6591234567');
		const seconds = Math.round((Date.now() - started) / 1000);

		expect(sandbox.stats().messages).toMatchObject([{ to: '6591234567', from: '6580003333', text: 'Notice 1 for Mia.' }]);
		const { clicks, typed } = editor;
		const intoCredential = ['AccessKey ID (to type)', 'AccessKey Secret (to type)', 'Channel ID (to type)'];
		const asAimed = clicks.filter((click) => ![...intoCredential, 'Add first step'].includes(click));
		process.stdout.write(
			`First send: ${clicks.length} clicks, ${asAimed.length} without those that the aim of 14 does not count (opening the node panel, which Tab opens, and the fields of the credential); ` +
				`${typed.length} typed values; ${seconds} s.\n  Clicks: ${clicks.join(', ')}\n  Typed: ${typed.join(', ')}\n`,
		);
		expect(asAimed.length).toBeLessThanOrEqual(14);
		expect(clicks.length).toBeLessThanOrEqual(17);
		expect(typed.length).toBeLessThanOrEqual(5);
		expect(seconds).toBeLessThan(180);
	});

	test('picks a channel, a sender and a template from their lists, fills the variables that appear, and sends', async () => {
		await openNode({});
		await editor.pick('custSpaceId', /cams-own/);
		await editor.pick('from', /6580002222/);
		await editor.type(editor.field('to'), '+65 9123 4567', 'To');
		await editor.pick('template', /^order_update, en_US/);
		await editor.type(editor.field('name'), 'Mia', 'name');
		await editor.type(editor.field('order'), 'A-77', 'order');
		const fields = editor.part('node-parameters');
		// The template's own example stands in the label, and is no value.
		expect(await fields.innerText()).toContain('name (e.g. Mia)');
		expect(await editor.field('Template Text').inputValue()).toBe('Hi $(name), your order $(order) is on its way. Sandbox Store');
		await editor.execute();
		await editor.outputWith('accepted');
		expect(sandbox.stats().messages).toMatchObject([
			{ custSpaceId: 'cams-own', from: '6580002222', to: '6591234567', text: 'Hi Mia, your order A-77 is on its way.\nSandbox Store' },
		]);
	});

	test('a variable that was left empty is marked, and keeps the message from going out', async () => {
		await openNode({ from: { __rl: true, mode: 'id', value: '6580001111' }, to: '+6591234567' });
		await editor.pick('template', /^order_update, en_US/);
		await editor.type(editor.field('name'), 'Mia', 'name');
		await editor.execute();
		const issue = editor.part('node-parameters').locator('[data-test-id="parameter-issues"]:visible');
		expect(await issue.count()).toBe(1);
		expect(sandbox.stats().messages).toEqual([]);
	});

	test('of a channel with 230 templates the list holds all, and a search finds one', async () => {
		await openNode({ custSpaceId: { __rl: true, mode: 'id', value: MANY } });
		await editor.locator('template').click();
		await editor.entries.nth(229).waitFor();
		expect(await editor.entries.count()).toBe(230);
		expect(await editor.entries.last().innerText()).toBe('notice_230, en, UTILITY, approved');
		await editor.page.keyboard.type('notice_177', { delay: 20 });
		await until(async () => (await editor.entries.count()) === 1);
		expect(await editor.entries.innerText()).toBe('notice_177, en, UTILITY, approved');
	});

	test('another message type keeps what the two share', async () => {
		await openNode({ operation: 'sendMessage', messageType: 'image' });
		await editor.type(editor.field('mediaLink'), 'https://example.com/hat.jpg', 'Media Link');
		await editor.type(editor.field('caption'), 'A hat', 'Caption');
		await editor.choose('messageType', 'Video');
		expect([await editor.field('mediaLink').inputValue(), await editor.field('caption').inputValue()]).toEqual(['https://example.com/hat.jpg', 'A hat']);
		await editor.choose('messageType', 'Document');
		await editor.field('fileName').waitFor();
		expect(await editor.field('mediaLink').inputValue()).toBe('https://example.com/hat.jpg');
		expect(await editor.field('caption').count()).toBe(0);
	});

	test('Validate Only says that nothing will be sent, and shows what the recipient would read', async () => {
		await openNode({
			from: { __rl: true, mode: 'list', value: '6580001111' },
			to: '+6591234567',
			template: { __rl: true, mode: 'list', value: '900100203/en_US' },
			specifyVariables: 'pairs',
			templateVariablePairs: { variable: Object.entries({ day: 'Monday', name: 'Mia', time: '9:30', visitId: '77' }).map(([name, value]) => ({ name, value })) },
		});
		await editor.page.getByPlaceholder('Add option').or(editor.page.getByText('Add option', { exact: true })).locator('visible=true').first().click();
		await editor.page.getByRole('option', { name: 'Validate Only', exact: true }).locator('visible=true').click();
		await editor.part('parameter-input-validateOnly').locator('.el-switch').click();
		await editor.outputWith('Validate Only is on, so nothing is sent');
		await editor.execute();
		const output = await editor.outputWith('validated');
		expect(output).toContain('Hi Mia, we see you at 9:30.');
		expect(output).toContain('Show the way');
		expect(output).toContain('Nothing was sent: Validate Only is on.');
		expect(sandbox.stats().messages).toEqual([]);
	});

	test('a wrong secret is told in the list, with the way to the credential', async () => {
		await openNode({}, { accessKeySecret: 'wrong' });
		await editor.locator('from').click();
		const list = editor.page.locator('[data-test-id="rlc-error-container"]:visible');
		await list.waitFor();
		expect(await list.innerText()).toMatch(/The AccessKey Secret does not belong to this AccessKey ID/);
		await list.getByText(/credential/i).last().click();
		await editor.part('editCredential-modal').waitFor();
	});
});
