import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios, { type AxiosInstance } from 'axios';
import { parse } from 'flatted';
import type { ExecutionStatus, IDataObject, IRun, IWorkflowBase } from 'n8n-workflow';

import { Obstacle, installLocked, rebuild, runNpm } from '../npmInstall';
import { ProcessGroup } from './processGroup';

const ROOT = join(__dirname, '../..');

/**
 * What n8n got in the course of time:
 * dataTables: tables that nodes can make and find, which a Campaign ID needs. Since 2.4.
 * webhookIds: n8n gives an ID to each trigger that is stored without one, also by its API.
 * answersInTurn: at its concurrency limit, n8n's own answer to a webhook waits for the execution's turn. In 1.123.81 it
 * was seen not to.
 */
export type N8nFeature = 'dataTables' | 'webhookIds' | 'answersInTurn';

export interface Release {
	version: string;
	/** The Node.js that it is run on. */
	nodeMajor: number;
	has: N8nFeature[];
	/** Files of test/e2e/ that are not run on it. */
	leavesOut: string[];
}

/** The releases of n8n that the end-to-end tests run on, newest first; lock files are in test/e2e/. */
export const RELEASES: Release[] = [
	{
		version: '2.41.1',
		nodeMajor: 24,
		has: ['dataTables', 'webhookIds', 'answersInTurn'],
		leavesOut: ['queue', 'queueReceipts'],
	},
	{ version: '2.8.4', nodeMajor: 20, has: ['dataTables', 'answersInTurn'], leavesOut: [] },
	{
		version: '1.123.81',
		nodeMajor: 22,
		has: [],
		// Its editor is another one.
		leavesOut: ['commands', 'editor', 'installs', 'queue', 'queueReceipts'],
	},
];

/** The owner account. Not a secret, since this n8n listens on loopback only. */
export const OWNER = {
	email: 'you@example.com',
	password: 'ChatApp-Sandbox-1',
	firstName: 'Sandbox',
	lastName: 'User',
};

export interface N8nRelease {
	version: string;
	folder: string;
	/** The Node.js that runs it. */
	node: string;
}

const major = (version: string) => Number(version.split('.')[0]);

/** Finds a Node.js of this major version: the one that runs, or one from the npm registry. */
async function ensureNode(nodeMajor: number): Promise<string> {
	if (major(process.versions.node) === nodeMajor) return process.execPath;
	const folder = join(ROOT, 'test/e2e', `node-${nodeMajor}`);
	await installLocked(folder, `Node.js ${nodeMajor}`);
	const modules = join(folder, 'node_modules');
	// npm installs the one package that is for this platform.
	const name = existsSync(modules)
		? readdirSync(modules).find((each) => each.startsWith('node-'))
		: undefined;
	if (name === undefined)
		throw new Obstacle(
			`This needs Node.js ${nodeMajor}, of which npm has none for ${process.platform} on ${process.arch}. Run it with Node.js ${nodeMajor}.`,
		);
	return join(modules, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * The release that the environment variable N8N_RELEASE names, or the newest for this Node.js.
 * @throws Obstacle if there is no such release
 */
export function chosenRelease(): Release {
	const wanted = process.env.N8N_RELEASE;
	const release = RELEASES.find(({ version, nodeMajor }) =>
		wanted ? version === wanted : major(process.versions.node) >= nodeMajor,
	);
	if (release) return release;
	throw new Obstacle(
		`N8N_RELEASE is ${wanted}. Releases: ${RELEASES.map(({ version }) => version).join(', ')}`,
	);
}

/**
 * Installs the chosen release of n8n, unless an earlier run has installed it.
 * @throws Obstacle if it cannot be installed on this machine
 */
export async function ensureN8n(): Promise<N8nRelease> {
	const { version, nodeMajor } = chosenRelease();
	// A release that is not asked for by name runs on a newer Node.js as well.
	const node = process.env.N8N_RELEASE ? await ensureNode(nodeMajor) : process.execPath;
	const folder = join(ROOT, 'test/e2e', `n8n-${version}`);
	const built = join(folder, 'node_modules/.native-parts-built');
	const title = `n8n ${version}`;
	const installed = await installLocked(folder, title);
	if (installed || !existsSync(built)) {
		// One build for every Node.js, by Node-API. Other native parts come built, or n8n goes without.
		await rebuild(folder, title, ['sqlite3']);
		writeFileSync(built, '');
	}
	return { version, folder, node };
}

/** Finds a port on which nothing listens at the moment. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer().unref();
		server.on('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

/** @throws Obstacle if the port is in use */
export async function assertPortFree(port: number, purpose: string, option: string): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const server = createServer();
		server.on('error', () =>
			reject(
				new Obstacle(
					`Port ${port}, for ${purpose}, is already in use. Choose another one: npm start -- ${option} ${port + 10}`,
				),
			),
		);
		server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
	});
}

/** Packs this package. @returns the tarball's name in the folder */
export async function packPackage(folder: string): Promise<string> {
	const packed = await runNpm(ROOT, [
		'pack',
		'--ignore-scripts',
		'--silent',
		'--pack-destination',
		folder,
	]);
	const tarball = packed.output.trim().split('\n').pop() ?? '';
	if (packed.code !== 0 || !tarball.endsWith('.tgz'))
		throw new Error(`npm pack failed: ${packed.output}`);
	return tarball;
}

/** Installs this package from its tarball with npm, without peer dependencies, as n8n does. */
export async function installTarball(folder: string): Promise<void> {
	const tarball = await packPackage(folder);
	const installed = await runNpm(folder, [
		'install',
		`./${tarball}`,
		'--ignore-scripts',
		'--legacy-peer-deps',
		'--omit=dev',
		'--no-audit',
		'--no-fund',
	]);
	if (installed.code !== 0)
		throw new Error(`npm install of the tarball failed: ${installed.output}`);
}

/** Installs this package into n8n's folder for community packages. */
export async function installPackage(userFolder: string): Promise<void> {
	const nodes = join(userFolder, '.n8n/nodes');
	mkdirSync(nodes, { recursive: true });
	writeFileSync(
		join(nodes, 'package.json'),
		JSON.stringify({ name: 'installed-nodes', private: true, dependencies: {} }),
	);
	await installTarball(nodes);
}

export interface RealRun {
	status: string;
	data: IRun['data'];
	/** The execution's data as n8n stores it, serialized. */
	stored: string;
}

const RECEIPT_TRIGGER = 'n8n-nodes-chatapp.chatAppReceiptTrigger';

const START_TIMEOUT_MS = 180_000;

/** Environment of an n8n that listens on loopback only and is told to call no external service. */
async function environment(
	{ node }: N8nRelease,
	userFolder: string,
	port: number,
): Promise<NodeJS.ProcessEnv> {
	return {
		...process.env,
		// n8n starts its task runner as "node".
		PATH: [dirname(node), process.env.PATH].join(delimiter),
		// Jest's values would put n8n into its own test mode.
		NODE_ENV: 'production',
		JEST_WORKER_ID: undefined,
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		// Becomes the host of webhook URLs.
		N8N_HOST: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		// As n8n 2 has it, and as n8n 1 recommends in its log.
		DB_SQLITE_POOL_SIZE: '3',
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
	};
}

/** Starts a process of n8n, e.g. `start` or `worker`. @param port of its server @param settings more environment variables */
export async function startN8nProcess(
	release: N8nRelease,
	command: string[],
	userFolder: string,
	port: number,
	settings: Record<string, string>,
): Promise<ProcessGroup> {
	return new ProcessGroup(
		release.node,
		[join(release.folder, 'node_modules/n8n/bin/n8n'), ...command],
		{
			cwd: userFolder,
			env: { ...(await environment(release, userFolder, port)), ...settings },
			logFile: join(userFolder, 'n8n.log'),
		},
	);
}

/** A running n8n, controlled through the REST API of its editor. */
export class RealN8n {
	private constructor(
		readonly url: string,
		private readonly group: ProcessGroup,
		private readonly rest: AxiosInstance,
	) {}

	/**
	 * Starts n8n on loopback and waits until its REST API responds.
	 * @param settings additional environment variables
	 */
	static async start(
		release: N8nRelease,
		userFolder: string,
		port: number,
		settings: Record<string, string> = {},
	): Promise<RealN8n> {
		const group = await startN8nProcess(release, ['start'], userFolder, port, settings);
		const url = `http://127.0.0.1:${port}`;
		const rest = axios.create({
			baseURL: `${url}/rest`,
			validateStatus: () => true,
			proxy: false,
			// n8n closes a connection that is idle for seconds, perhaps just as it is used again.
			httpAgent: new Agent({ keepAlive: false }),
		});
		const n8n = new RealN8n(url, group, rest);
		await n8n.waitUntilReady();
		await n8n.logIn();
		return n8n;
	}

	private async waitUntilReady(): Promise<void> {
		const deadline = Date.now() + START_TIMEOUT_MS;
		for (;;) {
			if (this.group.hasExited) {
				const lastLines = this.log().split('\n').slice(-8).join('\n');
				throw new Obstacle(`n8n exited while it was starting:\n${lastLines}`);
			}
			const isReady = await this.rest.get('/settings').then(
				({ status, data }) => status === 200 && typeof data === 'object',
				() => false,
			);
			if (isReady) return;
			if (Date.now() > deadline) {
				await this.stop();
				throw new Obstacle('n8n did not respond within 3 minutes.');
			}
			await delay(250);
		}
	}

	/** Of the process group of n8n and its task runner. */
	get pid(): number {
		return this.group.pid;
	}

	/** The end of n8n's output. */
	log(): string {
		return this.group.log();
	}

	private async call<T = IDataObject>(method: string, path: string, data?: unknown): Promise<T> {
		const answer = await this.rest.request<{ data: T }>({ method, url: path, data });
		if (answer.status >= 400) {
			throw new Error(
				`n8n answered ${method} ${path} with ${answer.status}: ${JSON.stringify(answer.data).slice(0, 500)}`,
			);
		}
		return answer.data.data;
	}

	/** Creates the owner on the first start, and logs in otherwise. */
	private async logIn(): Promise<void> {
		const setup = await this.rest.post('/owner/setup', OWNER);
		const answer =
			setup.status === 200
				? setup
				: await this.rest.post('/login', {
						emailOrLdapLoginId: OWNER.email,
						password: OWNER.password,
					});
		const cookies = answer.headers['set-cookie'] ?? [];
		if (cookies.length === 0)
			throw new Error(`Login to n8n failed: ${JSON.stringify(answer.data)}`);
		this.rest.defaults.headers.common.Cookie = cookies
			.map((cookie) => cookie.split(';')[0])
			.join('; ');
	}

	/** @returns the credential's ID */
	async addCredential(name: string, data: IDataObject): Promise<string> {
		const { id } = await this.call<{ id: string }>('POST', '/credentials', {
			name,
			type: 'chatAppApi',
			data,
		});
		return id;
	}

	/** Tests a stored credential, as the editor does after saving it. */
	async testCredential(
		id: string,
		name: string,
		data: IDataObject,
	): Promise<{ status: string; message: string }> {
		return await this.call('POST', '/credentials/test', {
			credentials: { id, name, type: 'chatAppApi', data },
		});
	}

	/**
	 * Imports a workflow as the editor does, with credentials matched by name. A node without a webhook ID gets none, as
	 * with n8n's API.
	 * @returns the workflow's ID
	 */
	async addWorkflow(
		workflow: Partial<IWorkflowBase>,
		credentialIds: Record<string, string>,
	): Promise<string> {
		const nodes = workflow.nodes!.map((imported) => {
			// Part of the webhook's URL, which must be unique in n8n.
			const node =
				imported.webhookId === undefined ? imported : { ...imported, webhookId: randomUUID() };
			const credential = node.credentials?.chatAppApi;
			if (!credential) return node;
			const { name } = credential;
			return { ...node, credentials: { chatAppApi: { id: credentialIds[name], name } } };
		});
		const { id } = await this.call<{ id: string }>('POST', '/workflows', {
			settings: {},
			...workflow,
			nodes,
			active: false,
		});
		return id;
	}

	/**
	 * Publishes a workflow, which activates its trigger.
	 * @throws Error if the trigger cannot be activated
	 */
	async publish(id: string): Promise<void> {
		const { versionId } = await this.call<{ versionId: string }>('GET', `/workflows/${id}`);
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
		const failed = (await this.settledTriggers(id)).find(({ status }) => status === 'failed');
		if (failed) throw new Error(`The workflow could not be published: ${failed.errorMessage}`);
	}

	async unpublish(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/deactivate`, {});
		await this.settledTriggers(id);
	}

	/** Newer n8n publishes in the background and reports the status of each trigger; older n8n does neither. */
	private async settledTriggers(
		id: string,
	): Promise<Array<{ status: string; errorMessage: string }>> {
		for (;;) {
			const { status: code, data } = await this.rest.get<{
				data: { status: string; triggers: Array<{ status: string; errorMessage: string }> };
			}>(`/workflows/${id}/publication-status`);
			if (code === 404) return [];
			if (data.data.status !== 'in_progress') return data.data.triggers;
			await delay(50);
		}
	}

	/** The Production URL of a workflow's receipt trigger. */
	async receiptUrl(id: string): Promise<string> {
		const { nodes } = await this.call<IWorkflowBase>('GET', `/workflows/${id}`);
		const { name, webhookId, parameters } = nodes.find(({ type }) => type === RECEIPT_TRIGGER)!;
		const first = webhookId ?? `${id}/${encodeURIComponent(name.toLowerCase())}`;
		const { authentication, urlSecret } = parameters as {
			authentication: string;
			urlSecret?: { value: string };
		};
		return `${this.url}/webhook/${first}/${authentication === 'urlSecret' ? urlSecret?.value : 'receipts'}`;
	}

	/** The Production URL of a workflow's form. */
	async formUrl(id: string): Promise<string> {
		const { nodes } = await this.call<IWorkflowBase>('GET', `/workflows/${id}`);
		const { webhookId } = nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger')!;
		return `${this.url}/form/${webhookId}`;
	}

	/** IDs of a workflow's stored executions, newest first, optionally of one status only. */
	async executionsOf(id: string, status?: ExecutionStatus): Promise<string[]> {
		const filter = JSON.stringify({ workflowId: id, ...(status && { status: [status] }) });
		const { results } = await this.call<{ results: Array<{ id: string }> }>(
			'GET',
			`/executions?filter=${encodeURIComponent(filter)}&limit=100`,
		);
		return results.map((each) => each.id);
	}

	/** The path of a data table. */
	private async pathOf(table: string): Promise<string> {
		const { data } = await this.call<{
			data: Array<{ id: string; name: string; projectId: string }>;
		}>('GET', '/data-tables-global');
		const { id, projectId } = data.find(({ name }) => name === table)!;
		return `/projects/${projectId}/data-tables/${id}`;
	}

	/** Number of rows in a data table. */
	async rowsOf(table: string): Promise<number> {
		const path = await this.pathOf(table);
		const { count } = await this.call<{ count: number }>('GET', `${path}/rows?take=1`);
		return count;
	}

	/** Changes rows of a data table, as its page does. @param where values of columns */
	async updateRows(table: string, where: IDataObject, data: IDataObject): Promise<void> {
		const filters = Object.entries(where).map(([columnName, value]) => ({
			columnName,
			condition: 'eq',
			value,
		}));
		await this.call('PATCH', `${await this.pathOf(table)}/rows`, {
			filter: { type: 'and', filters },
			data,
		});
	}

	/** Runs a stored workflow manually and waits until it ends. */
	async runWorkflow(id: string): Promise<RealRun> {
		return await this.waitForExecution(await this.startWorkflow(id));
	}

	/**
	 * Starts a stored workflow manually.
	 * @returns the ID of the execution
	 */
	async startWorkflow(id: string): Promise<string> {
		const workflowData = await this.call<IWorkflowBase>('GET', `/workflows/${id}`);
		const trigger = workflowData.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger')!;
		const { executionId } = await this.call<{ executionId: string }>(
			'POST',
			`/workflows/${id}/run`,
			{
				workflowData,
				triggerToStartFrom: { name: trigger.name },
			},
		);
		return executionId;
	}

	/** Retries an execution as its page does, and waits until that ends. @returns the status of the new execution */
	async retryExecution(executionId: string): Promise<string> {
		const { status } = await this.call<{ status: string }>(
			'POST',
			`/executions/${executionId}/retry`,
			{ loadWorkflow: false },
		);
		return status;
	}

	async stopExecution(executionId: string): Promise<void> {
		await this.call('POST', `/executions/${executionId}/stop`);
	}

	/** The custom data of an execution. */
	async customData(executionId: string): Promise<Record<string, string>> {
		const { customData } = await this.call<{ customData?: Record<string, string> }>(
			'GET',
			`/executions/${executionId}`,
		);
		return customData ?? {};
	}

	/** @param unlessIn the statuses of an execution that has not ended */
	async waitForExecution(
		executionId: string,
		{ unlessIn = ['new', 'running', 'waiting'], minutes = 1 } = {},
	): Promise<RealRun> {
		for (const deadline = Date.now() + minutes * 60_000; Date.now() < deadline;) {
			const execution = await this.call<{ status: string; data: string; finished: boolean }>(
				'GET',
				`/executions/${executionId}`,
			);
			const data = parse(execution.data) as IRun['data'] | undefined;
			// n8n 1 stores the data a moment after the status.
			if (!unlessIn.includes(execution.status) && data?.resultData)
				return { status: execution.status, data, stored: execution.data };
			await delay(100);
		}
		throw new Error(`Execution ${executionId} did not end within ${minutes} min`);
	}

	/** Installs a community package, as Settings → Community Nodes → Install does. */
	async installCommunityPackage(name: string, version: string): Promise<void> {
		await this.call('POST', '/community-packages', { name, version });
	}

	/** The community packages that n8n knows as installed. */
	async communityPackages(): Promise<Array<{ packageName: string; installedVersion: string }>> {
		return await this.call('GET', '/community-packages');
	}

	/** Fetches JSON that the editor loads, e.g. the list of node types. */
	async get<T>(path: string): Promise<T> {
		const { data } = await this.rest.get<T>(path, { baseURL: this.url });
		return data;
	}

	/** Stops every n8n of this process, including one that is still starting. */
	static async stopAll(): Promise<void> {
		await ProcessGroup.stopAll();
	}

	/** Stops n8n and its child processes. */
	async stop(): Promise<void> {
		await this.group.stop();
	}

	/** Ends n8n as a power cut does. */
	async crash(): Promise<void> {
		await this.group.crash();
	}

	/** Asks n8n to end, as a system that restarts does, and waits as long as it takes. */
	async terminate(): Promise<void> {
		await this.group.terminate();
	}
}
