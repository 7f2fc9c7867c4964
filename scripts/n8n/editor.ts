import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

import { OWNER, type RealN8n } from './realN8n';

const byId = (name: string) => `[data-test-id="${name}"]`;

/** Typing speed of a person. The editor applies an input 0.2 s after the last key. */
const KEY_MS = 20;
const AFTER_TYPING_MS = 400;

interface Viewport {
	width: number;
	height: number;
	/** Device pixels per CSS pixel. */
	scale?: number;
}

/** n8n's editor in Chromium, operated as a person would. Elements are located by the IDs of n8n's own tests. */
export class Editor {
	/** Descriptions of all clicks and inputs so far. */
	readonly clicks: string[] = [];
	readonly typed: string[] = [];

	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
	) {}

	/** Starts Chromium and logs in. */
	static async open(
		executablePath: string,
		n8n: RealN8n,
		{ width, height, scale }: Viewport,
	): Promise<Editor> {
		const browser = await chromium.launch({
			executablePath,
			// --no-sandbox because Chromium cannot use its sandbox as root, e.g. in a container.
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-dev-shm-usage',
				'--disable-background-networking',
				'--disable-component-update',
				'--no-first-run',
			],
		});
		const context = await browser.newContext({
			viewport: { width, height },
			deviceScaleFactor: scale,
			baseURL: n8n.url,
		});
		context.setDefaultTimeout(60_000);
		await context.request.post('/rest/login', {
			data: { emailOrLdapLoginId: OWNER.email, password: OWNER.password },
		});
		return new Editor(browser, await context.newPage());
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	/** The element with this test ID. */
	part(name: string): Locator {
		return this.page.locator(byId(name));
	}

	/** @param id of a stored workflow, or "new" */
	async openWorkflow(id: string): Promise<void> {
		// Leaves the page first, since a changed workflow asks for confirmation.
		await this.page.goto('about:blank');
		await this.page.goto(`/workflow/${id}`);
		await (
			id === 'new' ? this.part('canvas-add-button') : this.part('canvas-node').first()
		).waitFor();
		await this.tidy();
	}

	/** Hides elements that may cover the node and differ between versions of n8n. */
	async tidy(): Promise<void> {
		await this.page.addStyleTag({
			content: `${byId('ask-assistant-floating-button')}, .el-notification { display: none !important; }`,
		});
	}

	async openNode(name: string): Promise<void> {
		await this.page.locator(`${byId('canvas-node')}[data-node-name="${name}"]`).dblclick();
		await this.part('node-parameters').first().waitFor();
	}

	async click(target: Locator, what: string): Promise<void> {
		await target.click();
		this.clicks.push(what);
	}

	/** Clicks into a field and types. */
	async type(field: Locator, text: string, what: string): Promise<void> {
		await this.click(field, `${what} (to type)`);
		await this.page.keyboard.type(text, { delay: KEY_MS });
		await this.page.waitForTimeout(AFTER_TYPING_MS);
		this.typed.push(what);
	}

	/** The input of a parameter of the open node. */
	field(name: string): Locator {
		return this.part('node-parameters')
			.locator(`${byId(`parameter-input-${name}`)} :is(input, textarea)`)
			.first();
	}

	/** The input of a resource locator of the open node. */
	locator(name: string): Locator {
		return this.part(`resource-locator-${name}`).locator(byId('rlc-input'));
	}

	/** The entries of the open list. */
	get entries(): Locator {
		return this.page.locator(`${byId('rlc-item')}:visible`);
	}

	/** Picks an entry from a resource locator's list. */
	async pick(name: string, entry: RegExp): Promise<void> {
		await this.click(this.locator(name), `${name} (open)`);
		await this.click(this.entries.filter({ hasText: entry }).first(), `${name} (pick)`);
		await this.entries.first().waitFor({ state: 'hidden' });
	}

	/** Chooses a value of an options parameter. */
	async choose(name: string, option: string): Promise<void> {
		await this.click(this.field(name), `${name} (open)`);
		// Matched by name, because some options have a description below it.
		const named = this.page
			.getByRole('option')
			.filter({ has: this.page.getByText(option, { exact: true }) });
		await this.click(named.locator('visible=true'), `${name} (choose)`);
	}

	async execute(): Promise<void> {
		await this.click(this.part('node-execute-button').first(), 'Execute step');
	}

	/** Waits until the output pane contains a text, and returns all of its text. */
	async outputWith(text: string | RegExp): Promise<string> {
		const pane = this.part('output-panel');
		await pane.getByText(text).first().waitFor();
		return await pane.innerText();
	}
}
