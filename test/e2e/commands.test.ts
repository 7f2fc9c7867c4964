import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

import { findChromium } from '../../scripts/n8n/chromium';
import { ensureN8n, freePort } from '../../scripts/n8n/realN8n';

/** `npm start` and its relatives as a newcomer runs them. */
const ROOT = join(__dirname, '../..');

interface Ended {
	code: number | null;
	output: string;
}

function start(...args: string[]): {
	child: ChildProcess;
	seen: (text: string) => Promise<void>;
	ended: Promise<Ended>;
} {
	const child = spawn(process.execPath, ['gulpfile.js', ...args], {
		cwd: ROOT,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	const watchers: Array<() => void> = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (data: Buffer) => {
			output += data.toString();
			watchers.forEach((watch) => watch());
		});
	}
	const ended = new Promise<Ended>((resolve) =>
		child.on('close', (code) => resolve({ code, output })),
	);
	const seen = (text: string) =>
		new Promise<void>((resolve, reject) => {
			watchers.push(() => output.includes(text) && resolve());
			void ended.then(() => reject(new Error(`ended without "${text}":\n${output}`)));
		});
	return { child, seen, ended };
}

const listens = (port: number) =>
	new Promise<boolean>((resolve) => {
		const socket = connect(port, '127.0.0.1', () => {
			socket.destroy();
			resolve(true);
		}).on('error', () => resolve(false));
	});

beforeAll(() => ensureN8n(), 1_200_000);

test('npm start -- --once runs the example and ends with 0 when the sandbox took it and every receipt came back once', async () => {
	const [port, sandboxPort] = [await freePort(), await freePort()];
	const { code, output } = await start(
		'start',
		'--once',
		'--port',
		`${port}`,
		'--sandbox-port',
		`${sandboxPort}`,
	).ended;
	expect(output).toContain('Hi 小米, your order A-1002 is on its way.');
	expect(output).toContain('The node reports 2,496 of 2,500 messages accepted.');
	expect(output).toContain(
		'The sandbox accepted 2,496 messages for 2,496 recipients in 3 calls and verified each signature. No recipient was messaged twice.',
	);
	expect(output).toMatch(
		/\n {2}accepted +2,496\n {2}sent +2,421\n {2}delivered +2,421\n {2}read +1,\d{3}\n {2}failed +75\n( +25 {2}\w.*\n){3}/,
	);
	expect(output).toMatch(
		/The sandbox pushed [\d,]+ receipts in \d+ requests, out of order and with duplicates\. Of ([\d,]+) unique receipts, \1 reached the workflow\./,
	);
	expect(code).toBe(0);
}, 600_000);

/** As somebody who has got a message of the campaign. */
async function answerStop(url: string, executablePath: string): Promise<void> {
	const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
	try {
		const page = await browser.newPage();
		await page.goto(url);
		await page.getByText('2,496 messages').waitFor();
		await page.getByLabel('Search conversations').fill('6580000001');
		await page.locator('.conversation', { hasText: '6580000001' }).click();
		await page.getByRole('button', { name: 'STOP' }).click();
		await page.getByLabel('Messages').getByText('You will get no more offers from us.').waitFor();
		expect(await page.getByRole('alert').innerText()).toBe('');
	} finally {
		await browser.close();
	}
}

test('npm start stays up until Ctrl-C, which leaves nothing running; on the page, the opt-out workflow answers STOP', async () => {
	const [port, sandboxPort] = [await freePort(), await freePort()];
	const run = start('start', '--port', `${port}`, '--sandbox-port', `${sandboxPort}`);
	await run.seen('n8n and the sandbox keep running until you press Ctrl-C.');
	expect([await listens(port), await listens(sandboxPort)]).toEqual([true, true]);
	const executablePath = findChromium();
	if (executablePath) await answerStop(`http://127.0.0.1:${sandboxPort}`, executablePath);
	run.child.kill('SIGINT');
	const { code, output } = await run.ended;
	expect(output).toContain('Stopped. Nothing is left running.');
	expect(code).toBe(0);
	expect([await listens(port), await listens(sandboxPort)]).toEqual([false, false]);
}, 600_000);

test('npm run demo sends in the engine alone', async () => {
	const { code, output } = await start('demo').ended;
	expect(output).toContain(
		'The node reports 3 of 3 messages accepted.\nThe sandbox accepted 3 messages for 3 recipients in 3 calls',
	);
	expect(code).toBe(0);
}, 600_000);

describe('says in one line what is in the way, and ends with 1', () => {
	/** The lines that are not the title of a task. */
	const lines = (output: string) => output.trim().split('\n');

	test('a port that is taken', async () => {
		const taken = createServer();
		await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
		const { port } = taken.address() as { port: number };
		const [editor, sandbox, alone] = await Promise.all([
			start('start', '--once', '--port', `${port}`).ended,
			start('start', '--once', '--port', `${await freePort()}`, '--sandbox-port', `${port}`).ended,
			start('sandbox', '--port', `${port}`).ended,
		]);
		taken.close();
		expect(lines(editor.output)).toEqual([
			expect.stringMatching(
				new RegExp(
					`^Port ${port}, for n8n's editor, is already in use\\. Choose another one: npm start -- --port \\d+$`,
				),
			),
		]);
		expect(lines(sandbox.output)).toEqual([
			expect.stringMatching(
				new RegExp(
					`^Port ${port}, for the sandbox, is already in use\\. .*: npm start -- --sandbox-port \\d+$`,
				),
			),
		]);
		expect(lines(alone.output)).toEqual([
			expect.stringMatching(
				new RegExp(
					`^Port ${port}, for the sandbox, is already in use\\. .*: npm run sandbox -- --port \\d+$`,
				),
			),
		]);
		expect([editor.code, sandbox.code, alone.code]).toEqual([1, 1, 1]);
	});

	test('an option or a task that does not exist', async () => {
		const option = await start('start', '--onec').ended;
		expect(lines(option.output)).toEqual([
			'Invalid arguments: --onec. Options: --once, --port N, --sandbox-port N. With npm, put them after --, e.g. npm start -- --once',
		]);
		const task = await start('strat').ended;
		expect(lines(task.output)).toEqual([
			expect.stringMatching(/^Unknown task "strat"\. Tasks: .*start/),
		]);
		expect([option.code, task.code]).toEqual([1, 1]);
	});
});
