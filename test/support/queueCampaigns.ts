import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';

import { CREDENTIAL_NAME } from '../../scripts/exampleRun';
import type { N8nProcess, QueueN8n } from '../../scripts/n8n/queueN8n';
import type { N8nRelease, RealRun } from '../../scripts/n8n/realN8n';

/** The node that sends, in every workflow. */
export const SENDER = 'Send';
/** Runs after which a campaign that still has somebody to send to is given up. */
const MAX_RUNS = 8;

type Node = Partial<INode> & { name: string };

/** What it took until nobody was left to send to or in doubt. */
export interface Ending {
	runs: number;
	/** Recipients that were unknown after a run. */
	inDoubt: number;
	isComplete: boolean;
}

export const until = async (isSo: () => boolean | Promise<boolean>) => {
	while (!(await isSo())) await delay(50);
};

/** How many have which outcome, of a mass send with a summary or of single sends. */
export function countsOf({ data }: RealRun): Record<string, number> {
	const outputs = data.resultData.runData[SENDER]?.[0]?.data?.main ?? [];
	const [item] = outputs.flatMap((items) => items ?? []).map(({ json }) => json);
	if (!item) return {};
	if (item.outcome !== undefined) return { [String(item.outcome)]: 1 };
	const outcomes = ['alreadyAccepted', 'accepted', 'rejected', 'notSent', 'unknown'];
	return Object.fromEntries(
		outcomes.map((each) => [each, Number(item[each])]).filter(([, count]) => Number(count) > 0),
	) as Record<string, number>;
}

/** Campaigns in n8n's queue mode, each a webhook with CAMS Mass Send behind it, which sends to those in its body. */
export class QueueCampaigns {
	private readonly workflowIds = new Map<string, string>();

	private constructor(
		readonly queue: QueueN8n,
		private readonly credentialIds: Record<string, string>,
		private readonly people: number,
		private readonly perRequest: number,
	) {}

	/** @param credential of the sandbox @param people of a campaign */
	static async open(
		queue: QueueN8n,
		credential: IDataObject,
		people: number,
		perRequest: number,
	): Promise<QueueCampaigns> {
		const id = await queue.main.addCredential(CREDENTIAL_NAME, credential);
		return new QueueCampaigns(queue, { [CREDENTIAL_NAME]: id }, people, perRequest);
	}

	/** CAMS Mass Send to the people of the body, or another operation of it. */
	send(campaignId: string, parameters: IDataObject = {}): Node {
		return {
			name: SENDER,
			type: 'n8n-nodes-chatapp.camsMassSend',
			typeVersion: 1.1,
			credentials: { chatAppApi: { id: '', name: CREDENTIAL_NAME } },
			parameters: {
				operation: 'sendTemplate',
				from: { __rl: true, mode: 'id', value: '6580001111' },
				template: { __rl: true, mode: 'code', value: '900100201/en' },
				recipientSource: 'listField',
				listField: 'body.people',
				toField: 'phone',
				campaignId,
				options: {
					maxRecipientsPerRequest: this.perRequest,
					output: 'summary',
					takeOverAfter: 10,
				},
				...parameters,
			} as never,
		};
	}

	/** CAMS Send to the first of the body. */
	sendOne(): Node {
		return {
			...this.send(''),
			type: 'n8n-nodes-chatapp.camsSend',
			typeVersion: 1,
			parameters: {
				operation: 'sendTemplate',
				from: { __rl: true, mode: 'id', value: '6580001111' },
				template: { __rl: true, mode: 'code', value: '900100201/en' },
				to: '={{ $json.body.people[0].phone }}',
			} as never,
		};
	}

	/** Publishes a webhook of this path with a node behind it, by default one that sends the campaign of that name. */
	async publish(path: string, node = this.send(path)): Promise<void> {
		const webhook: Node = {
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			parameters: {
				httpMethod: 'POST',
				path,
				options: { responseData: '={{ $execution.id }}' },
			},
			// Without one, n8n puts the workflow's id before the path.
			webhookId: path,
		};
		const nodes = [webhook, node].map((each, index) => ({
			id: `node${index}`,
			position: [200 * index, 0],
			...each,
		})) as INode[];
		const id = await this.queue.main.addWorkflow(
			{
				name: path,
				nodes,
				connections: { Webhook: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
			},
			this.credentialIds,
		);
		await this.queue.main.publish(id);
		this.workflowIds.set(path, id);
	}

	/**
	 * Posts people to a webhook, by default through a webhook process.
	 * @param from the number of the first of them @param body in their place
	 * @returns the execution
	 */
	async start(
		path: string,
		{
			url = this.queue.webhooks[0].url,
			from = 0,
			count = this.people,
			body,
		}: { url?: string; from?: number; count?: number; body?: FormData } = {},
	): Promise<Execution> {
		const people = Array.from({ length: count }, (_, index) => ({
			phone: String(6_500_000_000 + from + index),
		}));
		const { data } = await axios.post<unknown>(`${url}/webhook/${path}`, body ?? { people }, {
			proxy: false,
		});
		return { id: String(data), workflowId: this.workflowIds.get(path)! };
	}

	/** Waits until an execution has ended, whatever cannot be reached meanwhile. */
	async ended({ id, workflowId }: Execution): Promise<RealRun> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		let run: RealRun | undefined;
		await until(async () => {
			try {
				// Without its data, which is large.
				const { data } = await this.queue.main.get<{
					data: { results: Array<{ id: string; status: string }> };
				}>(`/rest/executions?filter=${filter}&limit=20`);
				const { status } = data.results.find((each) => each.id === id)!;
				if (!['new', 'running', 'waiting'].includes(status))
					run = await this.queue.main.waitForExecution(id);
			} catch {
				await delay(500);
			}
			return run !== undefined;
		});
		return run!;
	}

	/** Starts a campaign and waits until that has ended. */
	async run(path: string, options: { from?: number; count?: number } = {}): Promise<RealRun> {
		return await this.ended(await this.start(path, options));
	}

	/** The workers that have begun an execution. */
	startsOf({ id }: Execution): N8nProcess[] {
		return this.queue.processes.filter((worker) =>
			worker.log().includes(`Worker started execution ${id} `),
		);
	}

	/** The first worker that has begun an execution. */
	async workerOf(execution: Execution): Promise<N8nProcess> {
		await until(() => this.startsOf(execution).length > 0);
		return this.startsOf(execution)[0];
	}

	/** Runs a campaign until nobody is left to send to or in doubt, as a user does. */
	async complete(campaign: string): Promise<Ending> {
		const resolving = `${campaign}-resolve`;
		let inDoubt = 0;
		for (let runs = 1; runs <= MAX_RUNS; runs++) {
			const counts = countsOf(await this.run(campaign));
			const { accepted = 0, alreadyAccepted = 0, unknown = 0 } = counts;
			if (accepted + alreadyAccepted === this.people) return { runs, inDoubt, isComplete: true };
			if (unknown === 0) continue;
			inDoubt = Math.max(inDoubt, unknown);
			if (!this.workflowIds.has(resolving)) {
				// The sandbox shows messages at once.
				const options = { notFoundAfter: 0 };
				const resolve = { operation: 'resolveUnknown', resolveSource: 'recipients', options };
				await this.publish(resolving, this.send(campaign, resolve));
			}
			await this.run(resolving);
		}
		return { runs: MAX_RUNS, inDoubt, isComplete: false };
	}
}

export interface Execution {
	id: string;
	workflowId: string;
}

interface BullQueue {
	isReady(): Promise<unknown>;
	client: { set(key: string, value: string): Promise<unknown>; del(key: string): Promise<unknown> };
	keys: Record<string, string>;
	moveUnlockedJobsToWait(): Promise<void>;
	close(): Promise<void>;
}

/**
 * Gives the jobs of a worker that is gone to another one, once, as n8n 1.x does unless it is told otherwise. n8n 2.8.4
 * hard-wires "never", so this is a member of the queue with a setting of its own, of the library that n8n uses.
 */
export class JobGiver {
	private constructor(
		private readonly bull: BullQueue,
		private readonly checked: string,
	) {}

	/** From then on workers do not end such jobs themselves. */
	static async open({ folder }: N8nRelease, { redis }: QueueN8n): Promise<JobGiver> {
		const Bull = createRequire(join(folder, 'package.json'))('bull') as new (
			name: string,
			options: object,
		) => BullQueue;
		const bull = new Bull('jobs', {
			redis: { host: '127.0.0.1', port: redis.port },
			prefix: 'bull',
			settings: { maxStalledCount: 1, stalledInterval: 1_000 },
		});
		await bull.isReady();
		// A worker looks only if nobody else has done so lately, which goes by this key; this one has a key of its own.
		const checked = bull.keys['stalled-check'];
		await bull.client.set(checked, 'test');
		bull.keys['stalled-check'] = `${checked}:test`;
		return new JobGiver(bull, checked);
	}

	async giveStalledJobs(): Promise<void> {
		await this.bull.moveUnlockedJobsToWait();
	}

	async close(): Promise<void> {
		await this.bull.client.del(this.checked);
		await this.bull.close();
	}
}
