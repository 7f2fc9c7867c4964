import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';

import { CREDENTIAL_NAME } from '../scripts/exampleRun';
import {
	RealN8n,
	ensureN8n,
	freePort,
	installPackage,
	type N8nRelease,
} from '../scripts/n8n/realN8n';
import { CREDENTIALS, credentialFor, massSend } from './engineRun';
import { makePeople } from './people';
import { SandboxProcess } from './sandboxProcess';
import { RECIPIENTS, type RunResult } from './survivalJudge';

/** A tenth of the quota's ceiling: recipients that 10 calls a second can reach. */
export const CEILING = 10_000;
/** The shortest time that the node takes, so that a row does not last a minute. */
const TAKE_OVER_AFTER_S = 10;
/** Shorter than a campaign, so that a restart outlasts it. */
const GRACE_S = 2;
const LATENCY = { latencyMs: 120, jitterMs: 40 };
/** A run that takes longer counts as failed. */
const LONGEST_RUN_MS = 180_000;

/** A campaign of the bench: a workflow of its own. */
export interface Case {
	name: string;
	/** With the field Campaign ID filled in. */
	isCampaign: boolean;
	workflowId: string;
}

/** What Resolve Unknown found out, in recipients. */
interface Resolved {
	accepted: number;
	notFound: number;
	unknown: number;
}

/** If two runs that were under way at once speak of the same number, the one that sent to it counts. */
const STRENGTH = ['notSent', 'rejected', 'unknown', 'alreadyAccepted', 'accepted'];

interface Execution {
	id: string;
	mode: string;
	status: string;
}

/** An n8n that is ended and started again and again, with its database and its workflows, and a sandbox as the judge. */
export class Stand {
	private n8n: RealN8n | undefined;
	private credentialIds: Record<string, string> = {};
	/** Campaigns with a workflow that resolves them. */
	private readonly resolving = new Set<string>();
	private readonly file: string;

	private constructor(
		private readonly release: N8nRelease,
		private readonly userFolder: string,
		private readonly port: number,
		readonly sandbox: SandboxProcess,
	) {
		this.file = join(userFolder, 'outcomes.txt');
	}

	static async open(): Promise<Stand> {
		const release = await ensureN8n();
		const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-bench-'));
		const sandbox = await SandboxProcess.start(LATENCY);
		const stand = new Stand(release, userFolder, await freePort(), sandbox);
		try {
			await installPackage(userFolder);
			await stand.start();
			stand.credentialIds = {
				[CREDENTIAL_NAME]: await stand.running.addCredential(
					CREDENTIAL_NAME,
					credentialFor(sandbox.url),
				),
			};
			return stand;
		} catch (error) {
			await stand.close();
			throw error;
		}
	}

	async close(): Promise<void> {
		await RealN8n.stopAll();
		this.sandbox.end();
		rmSync(this.userFolder, { recursive: true, force: true });
	}

	get version(): string {
		return this.release.version;
	}

	/** Starts n8n unless it is running. */
	async start(): Promise<void> {
		this.n8n ??= await RealN8n.start(this.release, this.userFolder, this.port, {
			N8N_CUSTOM_EXTENSIONS: join(__dirname, 'survivalNodes'),
			N8N_GRACEFUL_SHUTDOWN_TIMEOUT: String(GRACE_S),
		});
	}

	/** `kill -9` of n8n and its child processes. */
	async crash(): Promise<void> {
		const { running } = this;
		this.n8n = undefined;
		await running.crash();
	}

	/** SIGTERM, and however long n8n takes to end. */
	async terminate(): Promise<void> {
		const { running } = this;
		this.n8n = undefined;
		await running.terminate();
	}

	private get running(): RealN8n {
		if (!this.n8n) throw new Error('n8n is not running');
		return this.n8n;
	}

	/** Publishes a workflow that sends to everybody, and forgets what was sent before. */
	async publish(name: string, isCampaign: boolean, settings: IDataObject = {}): Promise<Case> {
		await this.start();
		await this.sandbox.configure({ faults: [] });
		await this.sandbox.reset();
		const send = massSend({ ...(isCampaign && { takeOverAfter: TAKE_OVER_AFTER_S }) });
		const workflowId = await this.publishNodes(
			name,
			[
				this.people(),
				{
					name: 'Send',
					...send,
					credentials: CREDENTIALS,
					parameters: { ...send.parameters, campaignId: isCampaign ? name : '' },
				},
				{ name: 'Sink', type: 'CUSTOM.outcomeSink', parameters: { file: this.file } },
			],
			settings,
		);
		return { name, isCampaign, workflowId };
	}

	/** A node that makes everybody. */
	private people(): Partial<INode> & { name: string } {
		const [{ phone }] = makePeople(1);
		return {
			name: 'People',
			type: 'CUSTOM.people',
			parameters: { file: this.file, first: Number(phone), count: RECIPIENTS },
		};
	}

	/** Asks the API about everybody in doubt, by the operation Resolve Unknown in a workflow of its own. */
	async resolve({ name }: Case): Promise<Resolved> {
		const path = `${name}-resolve`;
		if (!this.resolving.has(name)) {
			await this.publishNodes(path, [
				this.people(),
				{
					name: 'Resolve',
					type: massSend().type,
					credentials: CREDENTIALS,
					parameters: {
						operation: 'resolveUnknown',
						resolveSource: 'recipients',
						campaignId: name,
						channelType: 'whatsapp',
						recipientSource: 'items',
						to: massSend().parameters.to,
						// The sandbox shows messages at once.
						options: { notFoundAfter: 0 },
					},
				},
			]);
			this.resolving.add(name);
		}
		const { status, data } = await this.post<Resolved>(path);
		if (status !== 200) throw new Error(`Resolve Unknown failed: ${JSON.stringify(data)}`);
		return data;
	}

	/** A chain of nodes behind a webhook, which answers with the last one's item. @returns the workflow's id */
	private async publishNodes(
		path: string,
		nodes: Array<Partial<INode> & { name: string }>,
		settings: IDataObject = {},
	): Promise<string> {
		const webhook: Partial<INode> & { name: string } = {
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
			// Without one, n8n puts the workflow's id before the path.
			webhookId: path,
		};
		const all = [webhook, ...nodes].map((node, index) => ({
			id: `node${index}`,
			typeVersion: 1,
			position: [200 * index, 0] as [number, number],
			...node,
		})) as INode[];
		// Both outputs of the node that sends; others have one.
		const to = ({ name }: INode) => [{ node: name, type: 'main' as const, index: 0 }];
		const connections = all
			.slice(1)
			.map((node, index) => [all[index].name, { main: [to(node), to(node)] }]);
		const id = await this.running.addWorkflow(
			{
				name: path,
				nodes: all,
				connections: Object.fromEntries(connections),
				settings: { saveDataSuccessExecution: 'none', ...settings } as object,
			},
			this.credentialIds,
		);
		await this.running.publish(id);
		return id;
	}

	private async post<T>(path: string): Promise<{ status: number; data: T }> {
		return await axios.post<T>(
			`${this.running.url}/webhook/${path}`,
			{},
			{ proxy: false, timeout: LONGEST_RUN_MS, validateStatus: () => true },
		);
	}

	/** Runs the workflow by its webhook. Never throws. @param times how often in the same moment */
	async run({ name }: Case, times = 1): Promise<RunResult> {
		writeFileSync(this.file, '');
		const failures = await Promise.all(
			Array.from({ length: times }, async () => {
				try {
					const { status, data } = await this.post<{ message?: string }>(name);
					return status === 200 ? [] : [`${status} ${data.message ?? ''}`.trim()];
				} catch (error) {
					return [(error as Error).message];
				}
			}),
		);
		return this.readResult(failures.flat());
	}

	/** Retries the execution that was ended, as its page does. @returns undefined if n8n refuses that */
	async retry(each: Case): Promise<RunResult | undefined> {
		writeFileSync(this.file, '');
		const [ended] = await this.executions(each);
		if (!ended) return undefined;
		try {
			const status = await this.running.retryExecution(ended.id);
			return this.readResult(status === 'success' ? [] : [status]);
		} catch {
			return undefined;
		}
	}

	/** Stops the execution as its page does. @throws Error if none is running */
	async stopExecution(each: Case): Promise<void> {
		const running = (await this.executions(each)).filter(({ status }) => status === 'running');
		if (running.length === 0) throw new Error('There is no execution to stop');
		for (const { id } of running) await this.running.stopExecution(id);
	}

	/** The executions of a workflow by its webhook, newest first. */
	private async executions({ workflowId }: Case): Promise<Execution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { data } = await this.running.get<{ data: { results: Execution[] } }>(
			`/rest/executions?filter=${filter}&limit=100`,
		);
		return data.results.filter(({ mode }) => mode === 'webhook');
	}

	private readResult(failures: string[]): RunResult {
		const outcomes = new Map<string, string>();
		const times: Record<string, number> = {};
		for (const line of readFileSync(this.file, 'utf8').split('\n')) {
			const [word, value] = line.split(' ');
			if (word === 'begun' || word === 'ended') {
				times[word] ??= Number(value);
				continue;
			}
			if (word === '') continue;
			const strength = (outcome: string | undefined) => STRENGTH.indexOf(outcome ?? '');
			if (strength(word) >= strength(outcomes.get(value))) outcomes.set(value, word);
		}
		const { begun, ended } = times;
		return {
			outcomes,
			...(ended !== undefined && { nodeMs: ended - begun }),
			...(failures.length > 0 && { failure: failures.join('; ') }),
		};
	}
}
