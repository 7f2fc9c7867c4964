import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import type { IWorkflowBase, NodeParameterValueType } from 'n8n-workflow';
import type { Page } from 'playwright-core';

import { startSandbox, type Sandbox } from '../sandbox/server';
import {
	CREDENTIAL_NAME,
	INNOPAAS_CREDENTIAL_NAME,
	innoPaasCredential,
	readExample,
	readReceiptExample,
	sandboxCredential,
} from './exampleRun';
import { RECEIPTS as FUNNEL_RECEIPTS, publishFunnel, publishOptOuts } from './funnel';
import { NO_CHROMIUM, findChromium } from './n8n/chromium';
import { Editor } from './n8n/editor';
import { RealN8n, ensureN8n, freePort, installPackage } from './n8n/realN8n';
import { Obstacle } from './npmInstall';

const FOLDER = join(__dirname, '../docs/images');

const WIDTH = 1440;
const HEIGHT = 1080;

const row = (title: string, description: string, id: string) => ({ title, description, id });

/** Replaces the example's template with a list message. */
const LIST: Record<string, NodeParameterValueType> = {
	operation: 'sendMessage',
	channelType: 'whatsapp',
	from: {
		__rl: true,
		mode: 'list',
		value: '6580001111',
		cachedResultName: '6580001111, Sandbox Store',
	},
	to: '={{ $json.phone }}',
	messageType: 'interactive',
	interactiveType: 'list',
	headerText: '=Order {{ $json.order }}',
	bodyText: '=Hi {{ $json.name }}, when shall we bring it?',
	listButtonText: 'Choose a day',
	listSections: {
		section: [
			{
				title: 'This week',
				rows: {
					row: [
						row('Thursday', '9 to 12', '={{ $json.order }} thu'),
						row('Friday', '14 to 18', '={{ $json.order }} fri'),
					],
				},
			},
		],
	},
	options: {},
};

/** Replaces the campaign's template with a message with reply buttons. */
const BUTTONS: Record<string, NodeParameterValueType> = {
	operation: 'sendMessage',
	from: {
		__rl: true,
		mode: 'list',
		value: '6580001111',
		cachedResultName: '+65 8000-1111, Sandbox Store, quality: green',
	},
	to: '={{ $json.phone }}',
	messageType: 'interactive',
	interactiveType: 'button',
	headerType: 'image',
	headerLink: 'https://example.com/spring.jpg',
	headerCaption: '',
	bodyText: '=Did you like the {{ $json.discount }}% offer?',
	footerText: 'Sandbox Store',
	replyButtons: {
		button: [
			{ title: 'Yes', id: '=yes {{ $json.discount }}' },
			{ title: 'Not this time', id: '=no {{ $json.discount }}' },
		],
	},
	options: {},
};

function withParameters(
	workflow: Partial<IWorkflowBase>,
	name: string,
	parameters: Record<string, NodeParameterValueType>,
): Partial<IWorkflowBase> {
	return {
		...workflow,
		nodes: workflow.nodes!.map((node) => (node.name === name ? { ...node, parameters } : node)),
	};
}

/** Pushed while the trigger listens for a test event. */
const RECEIPTS = [
	{
		MessageId: '179534055979100001',
		To: '6591234567',
		Status: 'Delivered',
		Timestamp: 1_795_340_562_000,
	},
	{
		MessageId: '179534055979100002',
		To: '3546111234',
		Status: 'Read',
		Timestamp: 1_795_340_571_000,
	},
	{
		MessageId: '179534055979100003',
		To: '8613800000001',
		Status: 'Failed',
		Timestamp: 1_795_340_563_000,
		ErrorCode: '131026',
		ErrorDescription: '131026:Message undeliverable',
	},
].map((each) => ({
	...each,
	From: '6580001111',
	TaskId: 'n8n-4821-1f0c2e-c1',
	MsgFrameType: 'template',
	Type: 'TEMPLATE',
	TemplateCode: '900100200',
	TemplateName: 'order_update',
	Language: 'en_US',
}));

/** Nodes to open after a run, with the editor's height that shows all of their fields. */
const NODES: Array<{
	picture: string;
	workflow: Partial<IWorkflowBase>;
	node: string;
	height?: number;
}> = [
	{
		picture: 'cams-send-template',
		workflow: readExample('order-update-buttons'),
		node: 'CAMS Send',
		height: 1500,
	},
	{
		picture: 'cams-send-list',
		workflow: withParameters(readExample('order-update-buttons'), 'CAMS Send', LIST),
		node: 'CAMS Send',
		height: 1760,
	},
	{
		picture: 'cams-viber-send',
		workflow: readExample('viber-promotion'),
		node: 'CAMS Viber Send',
		height: 1880,
	},
	{
		picture: 'cams-mass-send',
		workflow: readExample('mass-send'),
		node: 'CAMS Mass Send',
		height: 1340,
	},
	{
		picture: 'innopaas-submit',
		workflow: readExample('innopaas-campaign'),
		node: 'InnoPaaS Submit',
		height: 1330,
	},
	{
		picture: 'innopaas-submit-buttons',
		workflow: withParameters(readExample('innopaas-campaign'), 'InnoPaaS Submit', BUTTONS),
		node: 'InnoPaaS Submit',
		height: 1500,
	},
];

async function takePicture(page: Page, picture: string): Promise<void> {
	// No hover effects, and animations have ended.
	await page.mouse.move(0, 0);
	await page.waitForTimeout(1_500);
	await page.screenshot({ path: join(FOLDER, `${picture}.png`) });
}

async function addCredentials(n8n: RealN8n, sandbox: Sandbox): Promise<Record<string, string>> {
	return {
		[CREDENTIAL_NAME]: await n8n.addCredential(CREDENTIAL_NAME, sandboxCredential(sandbox)),
		[INNOPAAS_CREDENTIAL_NAME]: await n8n.addCredential(
			INNOPAAS_CREDENTIAL_NAME,
			innoPaasCredential(sandbox),
		),
	};
}

async function takeNodePictures(
	editor: Editor,
	n8n: RealN8n,
	credentialIds: Record<string, string>,
): Promise<void> {
	const { page } = editor;
	for (const { picture, workflow, node, height = HEIGHT } of NODES) {
		await page.setViewportSize({ width: WIDTH, height });
		await editor.openWorkflow(await n8n.addWorkflow(workflow, credentialIds));
		await editor.part('execute-workflow-button').first().click();
		await page.waitForTimeout(5_000);
		if (picture === 'cams-mass-send') await takePicture(page, 'workflow');
		await editor.openNode(node);
		await takePicture(page, picture);
	}
}

async function takeTriggerPicture(
	editor: Editor,
	n8n: RealN8n,
	credentialIds: Record<string, string>,
): Promise<void> {
	const { page } = editor;
	await page.setViewportSize({ width: 1900, height: HEIGHT });
	const workflow = readReceiptExample('receipts-funnel', {
		registerUrl: true,
		phoneNumbers: ['6580001111'],
	});
	const id = await n8n.addWorkflow(workflow, credentialIds);
	await editor.openWorkflow(id);
	await editor.openNode('ChatApp Receipt Trigger');
	await page.getByText('Webhook URLs', { exact: true }).click();
	await page.getByText('Production URL', { exact: true }).first().click();
	await editor.execute();
	const testUrl = (await n8n.receiptUrl(id)).replace('/webhook/', '/webhook-test/');
	const push = async () =>
		await axios.post(testUrl, RECEIPTS, { proxy: false, validateStatus: () => true });
	while ((await push()).status !== 200) await page.waitForTimeout(200);
	await editor.outputWith('6591234567');
	// n8n's tooltips would cover the items.
	await page.addStyleTag({
		content:
			'.el-popper, [data-reka-popper-content-wrapper], [data-radix-popper-content-wrapper], .reka-popper { display: none !important; }',
	});
	await takePicture(page, 'receipt-trigger');
}

/** The campaign table while a campaign runs for the second time. */
async function takeCampaignPicture(
	editor: Editor,
	n8n: RealN8n,
	sandbox: Sandbox,
	credentialIds: Record<string, string>,
): Promise<void> {
	const { page } = editor;
	const example = readExample('campaign-that-survives');
	const { parameters } = example.nodes!.find(({ name }) => name === 'CAMS Mass Send')!;
	// The row of the run shows its first counts after 5 seconds.
	Object.assign(parameters.options!, { maxRequestsPerSecond: 1 });
	const id = await n8n.addWorkflow(example, credentialIds);
	const claimed = async (rows: number) => {
		while ((await n8n.rowsOf('ChatApp Campaigns').catch(() => 0)) < rows)
			await page.waitForTimeout(100);
	};
	// The answer to the third request is lost.
	sandbox.reset();
	sandbox.configure({ faults: [{ kind: 'resetAfter', calls: [3] }] });
	const first = await n8n.startWorkflow(id);
	await claimed(7);
	await n8n.stopExecution(first);
	await n8n.waitForExecution(first);
	await page.setViewportSize({ width: 1900, height: 820 });
	await page.goto('/home/datatables');
	await page.getByText('ChatApp Campaigns', { exact: true }).first().click();
	await page.getByText('incomplete', { exact: true }).waitFor();
	await n8n.startWorkflow(id);
	await claimed(17);
	await page.reload();
	await page.getByText('running', { exact: true }).waitFor();
	await editor.tidy();
	await takePicture(page, 'campaign-table');
}

async function takeCredentialPicture(editor: Editor, credentialId: string): Promise<void> {
	const { page } = editor;
	await page.setViewportSize({ width: WIDTH, height: HEIGHT });
	await page.goto(`/home/credentials/${credentialId}`);
	await editor.part('editCredential-modal').first().waitFor();
	await editor.tidy();
	await takePicture(page, 'credential');
}

/** The sandbox's page after the mass send and a message with buttons, whose receipts have come back. */
async function takeSandboxPicture(
	editor: Editor,
	n8n: RealN8n,
	sandbox: Sandbox,
	credentialIds: Record<string, string>,
): Promise<void> {
	const { page } = editor;
	sandbox.configure({ receipts: FUNNEL_RECEIPTS });
	await publishFunnel(n8n, credentialIds[CREDENTIAL_NAME]);
	await publishOptOuts(n8n, credentialIds[CREDENTIAL_NAME]);
	for (const example of ['mass-send', 'order-update-buttons'])
		await n8n.runWorkflow(await n8n.addWorkflow(readExample(example), credentialIds));
	await page.setViewportSize({ width: WIDTH, height: 900 });
	await page.goto(sandbox.url);
	await page.locator('.conversation').first().click();
	await page.getByRole('button', { name: 'STOP' }).click();
	await page.locator('.lines').getByText('no more offers').waitFor();
	await page.getByRole('button', { name: 'Details' }).first().click();
	await page.waitForTimeout(8_000);
	await takePicture(page, 'sandbox');
}

/** `npm run screenshots`: takes the pictures of README and docs in the editor of a real n8n with the packed package. */
export async function main(build: () => Promise<void>): Promise<void> {
	const executablePath = findChromium();
	if (!executablePath) throw new Obstacle(`Cannot take screenshots. ${NO_CHROMIUM}`);
	await build();
	const sandbox = await startSandbox();
	const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-pictures-'));
	await installPackage(userFolder);
	const n8n = await RealN8n.start(await ensureN8n(), userFolder, await freePort());
	const editor = await Editor.open(executablePath, n8n, {
		width: WIDTH,
		height: HEIGHT,
		scale: 1.5,
	});
	try {
		const credentialIds = await addCredentials(n8n, sandbox);
		await takeSandboxPicture(editor, n8n, sandbox, credentialIds);
		await takeNodePictures(editor, n8n, credentialIds);
		await takeTriggerPicture(editor, n8n, credentialIds);
		await takeCampaignPicture(editor, n8n, sandbox, credentialIds);
		await takeCredentialPicture(editor, credentialIds[CREDENTIAL_NAME]);
	} finally {
		await editor.close();
		await n8n.stop();
		await sandbox.close();
		rmSync(userFolder, { recursive: true, force: true });
	}
	console.log(`Saved the screenshots in ${FOLDER}`);
	process.exit(0);
}
