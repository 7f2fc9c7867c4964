import { setTimeout as delay } from 'node:timers/promises';
import Client, {
	SendChatappMassMessageRequest,
	SendChatappMassMessageRequestSenderList,
	SendChatappMessageRequest,
} from '@alicloud/cams20200606';
import { Config } from '@alicloud/openapi-client';
import axe from 'axe-core';
import axios from 'axios';
import { chromium, type Browser, type Page } from 'playwright-core';

import { ACCOUNT } from '../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import { findChromium } from '../../scripts/n8n/chromium';
import { Listener } from '../support/listener';

/** The sandbox's page in Chromium. Skipped where there is no Chromium; `npm test` says so. */
const executablePath = findChromium();

const TEMPLATE = {
	channelType: 'whatsapp',
	custSpaceId: ACCOUNT.custSpaceId,
	from: '6580001111',
	templateCode: '900100200',
	language: 'en_US',
};

let sandbox: Sandbox;
let receiver: Listener;
let browser: Browser;
let page: Page;
let client: Client;
/** What the page should never do. */
let troubles: string[];

beforeAll(async () => {
	if (!executablePath) return;
	sandbox = await startSandbox();
	receiver = await Listener.start();
	browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
	client = new Client(
		new Config({
			accessKeyId: ACCOUNT.accessKeyId,
			accessKeySecret: ACCOUNT.accessKeySecret,
			endpoint: new URL(sandbox.url).host,
			protocol: 'HTTP',
		}),
	);
});
beforeEach(async () => {
	if (!executablePath) return;
	sandbox.reset();
	sandbox.configure({
		...DEFAULT_SETTINGS,
		receipts: { cams: { inboundUrl: receiver.url, url: receiver.url, statuses: [] } },
	});
	receiver.requests.length = 0;
	troubles = [];
	page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
	page.on('pageerror', ({ message }) => troubles.push(message));
	page.on('dialog', (dialog) => troubles.push(dialog.message()));
	page.on('console', (said) => said.type() === 'error' && troubles.push(said.text()));
	page.on('request', (request) => {
		if (new URL(request.url()).origin !== sandbox.url && !request.url().startsWith('data:'))
			troubles.push(`called ${request.url()}`);
	});
});
afterEach(async () => await page?.close());
afterAll(async () => {
	await browser?.close();
	await receiver?.close();
	await sandbox?.close();
});

async function sendTo(numbers: string[], name = 'Mia'): Promise<void> {
	const senderList = numbers.map(
		(to) =>
			new SendChatappMassMessageRequestSenderList({ to, templateParams: { name, order: 'A-1' } }),
	);
	await client.sendChatappMassMessage(
		new SendChatappMassMessageRequest({ ...TEMPLATE, senderList, taskId: 'spring-sale' }),
	);
}

async function sendReminder(to: string): Promise<void> {
	await client.sendChatappMessage(
		new SendChatappMessageRequest({
			...TEMPLATE,
			type: 'template',
			templateCode: '900100203',
			to,
			templateParams: { day: 'Friday', name: 'Mia', time: '10:00', visitId: '7' },
			payload: ['keep-7', 'cancel-7'],
		}),
	);
}

/** The body of the n-th push. */
async function pushed(number: number): Promise<unknown> {
	while (receiver.requests.length < number) await delay(20);
	return JSON.parse(receiver.requests[number - 1].text);
}

const conversations = () => page.getByRole('region', { name: 'Conversations' }).locator('li');
const open = async (number: string) =>
	await page.getByRole('region', { name: 'Conversations' }).getByText(number).click();

async function expectNoFaults(): Promise<void> {
	await page.evaluate(axe.source);
	const { violations } = await page.evaluate(
		async () => await (globalThis as unknown as { axe: typeof axe }).axe.run(),
	);
	expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

(executablePath ? describe : describe.skip)("the sandbox's page", () => {
	it('opens at the address of the sandbox, and shows messages as they come', async () => {
		await page.goto(sandbox.url);
		expect(new URL(page.url()).pathname).toBe('/__sandbox/page/');
		await page.getByText('Nothing has arrived yet').waitFor();

		await sendTo(['6591234567', '6591234568']);
		await page.getByText('Hi Mia, your order A-1').first().waitFor();
		await expect(conversations().count()).resolves.toBe(2);
		const totals = page.getByRole('region', { name: 'Totals' });
		await expect(totals.innerText()).resolves.toMatch(
			/2\s+messages\s+2\s+recipients\s+0\s+doubled/,
		);

		await sendTo(['6591234567']);
		await totals
			.getByText('1 doubled')
			.or(totals.locator('.bad', { hasText: 'doubled' }))
			.waitFor();
		expect(troubles).toEqual([]);
	});

	it('pushes what a recipient types and presses', async () => {
		await sendReminder('6591234567');
		await page.goto(sandbox.url);
		await open('6591234567');
		await page.getByRole('button', { name: 'Cancel', exact: true }).click();
		expect(await pushed(1)).toEqual([
			expect.objectContaining({
				...{ From: '6591234567', To: '6580001111', NoticeType: 'inbound', Type: 'REPLY' },
				Message: JSON.stringify({ text: 'Cancel', payload: 'cancel-7' }),
			}),
		]);
		await page.getByRole('button', { name: 'STOP' }).click();
		expect(await pushed(2)).toEqual([
			expect.objectContaining({ From: '6591234567', Type: 'TEXT', Message: 'STOP' }),
		]);
		await page.getByLabel('Messages').getByText('STOP').waitFor();
		expect(troubles).toEqual([]);
	});

	it('acts as the platform: delivered twice, read, failed with a reason', async () => {
		await sendTo(['6591234567']);
		await page.goto(sandbox.url);
		await open('6591234567');
		await page.getByRole('button', { name: 'Details' }).click();
		const details = page.getByRole('complementary', { name: 'Details of the message' });
		await expect(details.locator('pre').innerText()).resolves.toContain('"taskId": "spring-sale"');
		await details.getByRole('button', { name: 'Delivered twice' }).click();
		const first = await pushed(1);
		expect(first).toEqual([expect.objectContaining({ To: '6591234567', Status: 'Delivered' })]);
		expect(await pushed(2)).toEqual(first);
		await page.getByLabel('delivered', { exact: true }).first().waitFor();
		await details.getByLabel('Fail with a reason').selectOption('131049');
		expect(await pushed(3)).toEqual([
			expect.objectContaining({ Status: 'Failed', ErrorCode: '131049' }),
		]);
		await page.getByText('Failed: 131049:This message was not delivered').waitFor();
		expect(troubles).toEqual([]);
	});

	it('says that nobody takes a receipt or an answer, and shows the answer all the same', async () => {
		sandbox.configure({ receipts: {} });
		await sendTo(['6591234567']);
		await page.goto(sandbox.url);
		await open('6591234567');
		await page.getByRole('button', { name: 'STOP' }).click();
		await page.getByRole('alert').getByText('No URL is set for messages from customers.').waitFor();
		await page.getByLabel('Messages').getByText('STOP').waitFor();
		await page.getByRole('button', { name: 'Details' }).click();
		await page.getByRole('button', { name: 'Read', exact: true }).click();
		await page.getByRole('alert').getByText('No URL is set for receipts').waitFor();
	});

	it('breaks the platform and mends it, and forgets everything', async () => {
		await page.goto(sandbox.url);
		await page.getByLabel('Sends', { exact: true }).selectOption('throttle');
		await page.getByLabel('How often').waitFor();
		await expect(sendTo(['6591234567'])).rejects.toThrow('Throttling.User');
		await page.locator('.bad', { hasText: 'over the quota' }).waitFor();
		await page.getByLabel('Sends', { exact: true }).selectOption('Works');
		await page.getByLabel('How often').waitFor({ state: 'detached' });
		await sendTo(['6591234567']);
		await page.getByText('6591234567').waitFor();
		await page.getByRole('button', { name: 'Clear' }).click();
		await page.getByText('Nothing has arrived yet').waitFor();
		// A request that the browser itself reports.
		expect(troubles).toEqual([]);
	});

	it('finds one of 100,000 conversations', async () => {
		await page.goto(sandbox.url);
		for (let call = 0; call < 100; call++) {
			sandbox.configure({ limits: { SendChatappMassMessage: 1_000 } });
			await sendTo(
				Array.from({ length: 1_000 }, (_, index) => `${6_500_000_000 + call * 1_000 + index}`),
			);
		}
		await page.getByRole('button', { name: 'Show more of 100,000' }).waitFor();
		await expect(conversations().count()).resolves.toBe(50);
		await page.getByLabel('Search conversations').fill('6500073214');
		await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
		await open('6500073214');
		await page.getByRole('heading', { name: '6500073214' }).waitFor();
		await page.getByLabel('Search conversations').fill('no such thing');
		await page.getByText('Nothing found.').waitFor();
		expect(troubles).toEqual([]);
	});

	it.each([
		'<script>alert(1)</script>',
		'<img src=x onerror=alert(1)>',
		'<svg/onload=alert(1)>',
		'</pre></script><script src="http://example.com/x.js"></script>',
		'javascript:alert(1)',
		'http://example.com/tracker.png',
		'"><iframe srcdoc="<script>alert(1)</script>">',
		'{{constructor.constructor("alert(1)")()}}',
	])('never executes or fetches what a message contains: %s', async (text) => {
		await client
			.sendChatappMessage(
				new SendChatappMessageRequest({
					...{ channelType: 'whatsapp', custSpaceId: ACCOUNT.custSpaceId, from: '6580001111' },
					...{ type: 'message', messageType: 'text', to: '6591234567', taskId: text.slice(0, 60) },
					content: JSON.stringify({ text, link: text }),
				}),
			)
			.catch(async () => await sendTo(['6591234567'], text));
		await axios.post(
			`${sandbox.url}/__sandbox/inbound`,
			{ api: 'cams', from: '6591234567', to: '6580001111', text },
			{ proxy: false },
		);
		await page.goto(sandbox.url);
		await open('6591234567');
		await page.getByRole('button', { name: 'Details' }).click();
		await page.locator('.bubble.inbound').getByText(text).waitFor();
		await page.locator('pre').waitFor();
		expect(troubles).toEqual([]);
	});

	it.each([
		['light', 1400],
		['dark', 1400],
		['light', 390],
		['dark', 390],
	] as const)('has no fault of accessibility: %s, %s pixels wide', async (colorScheme, width) => {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height: 844 });
		await sendReminder('6591234567');
		await sendTo(['6591234568'], 'مريم');
		await page.goto(sandbox.url);
		await page.getByText('6591234568').waitFor();
		await expectNoFaults();
		await open('6591234567');
		await page.getByRole('button', { name: 'Details' }).click();
		await page.getByRole('button', { name: 'STOP' }).click();
		await page.getByLabel('Messages').getByText('STOP').waitFor();
		await expectNoFaults();
	});

	it('changes nothing for a page that does not know its token, even of the same origin', async () => {
		await page.goto(sandbox.url);
		const status = await page.evaluate(
			async () => (await fetch('../reset', { method: 'POST', body: '{}' })).status,
		);
		expect(status).toBe(403);
	});

	it('is in no frame, and not what an uploaded file can be', async () => {
		const { headers } = await axios.get(`${sandbox.url}/__sandbox/page/`, { proxy: false });
		expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
	});
});
