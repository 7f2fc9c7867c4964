import '../../scripts/n8n/engineHome';

import { randomUUID } from 'node:crypto';
import {
	DataDeduplicationService,
	ExecutionLifecycleHooks,
	HookContext,
	WebhookContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	createRunExecutionData,
	type IDataDeduplicator,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IRun,
	type IWebhookResponseData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { ACCOUNT } from '../../sandbox/cams/catalogue';
import { loadPackage } from '../../scripts/n8n/engine';
import { locator, newExecutionId } from './harness';
import { ProcessedItems } from './processedItems';

/** ChatApp Receipt Trigger in n8n's own contexts: a push, an execution, and what happens when its workflow is published. */

export const SECRET = '0123456789abcdef0123456789abcdef';
const NODE = 'Receipts';
const NEXT = 'Next';
const BASE = 'https://n8n.example.com';

/** Takes what the trigger lets through. */
const NEXT_TYPE: INodeType = {
	description: {
		displayName: 'Next',
		name: 'next',
		group: ['transform'],
		version: 1,
		description: 'Takes',
		defaults: { name: NEXT },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

/** n8n's store of processed items, one row for each node that stands for itself, whatever process asks. */
const rows = new Map<string, ProcessedItems>();
export const rowOf = (nodeId: string): ProcessedItems => {
	const row = rows.get(nodeId) ?? new ProcessedItems();
	rows.set(nodeId, row);
	return row;
};
const STORE = {
	checkProcessedAndRecord: async (
		items: unknown[],
		scope: string,
		{ node }: { node: INode },
		options: Parameters<ProcessedItems['checkProcessedAndRecord']>[2],
	) => await rowOf(node.id).checkProcessedAndRecord(items, scope, options),
};
let isStoreThere = false;

/** What came over the wire. */
export interface Push {
	body?: unknown;
	/** The bytes, where they are not the body as JSON. */
	raw?: Buffer | string;
	headers?: IDataObject;
	ip?: string;
	mode?: WorkflowExecuteMode;
	/** As of n8n's request where the content type is not one that it parses itself. */
	isUnread?: boolean;
}

/** What became of a push. */
export interface Outcome {
	/** What the trigger wrote itself; undefined when n8n is to answer. */
	answer?: { status: number; body: IDataObject };
	result: IWebhookResponseData;
	/** What an execution starts with; undefined when none starts. */
	items?: INodeExecutionData[];
}

export interface TriggerOptions {
	parameters?: IDataObject;
	credential?: IDataObject;
	/** Where CAMS is called. */
	endpoint?: string;
	/** The same one again, e.g. after n8n was started anew: its node, and what n8n keeps for it. */
	of?: Trigger;
	/** In place of what the credential holds. */
	getDecrypted?(): Promise<ICredentialDataDecryptedObject>;
}

export class Trigger {
	readonly node: INode;
	readonly workflow: Workflow;
	private readonly warnings: string[] = [];

	private constructor(
		private readonly type: INodeType,
		private readonly credentialsHelper: unknown,
		{ parameters, of }: TriggerOptions,
	) {
		this.node = {
			id: of?.node.id ?? randomUUID(),
			name: NODE,
			type: 'n8n-nodes-chatapp.chatAppReceiptTrigger',
			typeVersion: 1,
			position: [0, 0],
			webhookId: of?.node.webhookId ?? randomUUID(),
			parameters: {
				authentication: 'urlSecret',
				urlSecret: locator(SECRET, 'list'),
				...of?.node.parameters,
				...parameters,
			} as INodeParameters,
			credentials: { chatAppApi: { id: '1', name: 'ChatApp' } },
		};
		const next: INode = {
			id: 'next',
			name: NEXT,
			type: 'test.next',
			typeVersion: 1,
			position: [200, 0],
			parameters: {},
		};
		const typeOf = (name: string) => (name === 'test.next' ? NEXT_TYPE : type);
		this.workflow = new Workflow({
			// What a process remembers, it remembers by workflow and node: another id is another process.
			id: randomUUID(),
			nodes: [this.node, next],
			connections: { [NODE]: { main: [[{ node: NEXT, type: 'main', index: 0 }]] } },
			active: true,
			nodeTypes: { getByName: typeOf, getByNameAndVersion: typeOf, getKnownTypes: () => ({}) },
			staticData: of?.workflow.staticData,
		});
	}

	static async make(options: TriggerOptions = {}): Promise<Trigger> {
		if (!isStoreThere) await DataDeduplicationService.init(STORE as unknown as IDataDeduplicator);
		isStoreThere = true;
		const loader = await loadPackage();
		const { properties, authenticate } = loader.getCredential('chatAppApi').type;
		const values = {
			api: 'cams',
			...ACCOUNT,
			endpoint: options.endpoint,
			...options.credential,
		} as INodeParameters;
		return new Trigger(
			NodeHelpers.getVersionedNodeType(loader.getNode('chatAppReceiptTrigger').type),
			{
				getParentTypes: () => [],
				getDecrypted:
					options.getDecrypted ??
					(async () => NodeHelpers.getNodeParameters(properties, values, true, false, null, null)),
				getCredentialsProperties: () => properties,
				isCredentialUsableByNode: async () => true,
				preAuthentication: async () => undefined,
				authenticate: async (
					data: ICredentialDataDecryptedObject,
					_type: string,
					request: IHttpRequestOptions,
				) =>
					await (
						authenticate as (
							data: ICredentialDataDecryptedObject,
							request: IHttpRequestOptions,
						) => Promise<IHttpRequestOptions>
					)(data, request),
			},
			options,
		);
	}

	private additionalData(more: object = {}): IWorkflowExecuteAdditionalData {
		return {
			credentialsHelper: this.credentialsHelper,
			executionId: newExecutionId(),
			currentNodeExecutionIndex: 0,
			variables: {},
			restApiUrl: BASE,
			instanceBaseUrl: BASE,
			formWaitingBaseUrl: BASE,
			webhookBaseUrl: `${BASE}/webhook`,
			webhookWaitingBaseUrl: BASE,
			webhookTestBaseUrl: `${BASE}/webhook-test`,
			setExecutionStatus: () => {},
			sendDataToUI: () => {},
			...more,
		} as unknown as IWorkflowExecuteAdditionalData;
	}

	private get webhookDescription() {
		return this.type.description.webhooks![0];
	}

	/** Takes a push, as n8n does once it has found whose it is. @throws what would make n8n answer 500 */
	async push({
		body,
		raw,
		headers,
		ip = '203.0.113.7',
		mode = 'webhook',
		isUnread = false,
	}: Push): Promise<Outcome> {
		const rawBody = Buffer.from(raw ?? (body === undefined ? '' : JSON.stringify(body)));
		const answers: Array<NonNullable<Outcome['answer']>> = [];
		let status = 200;
		const response = {
			status(given: number) {
				status = given;
				return response;
			},
			json(given: IDataObject) {
				answers.push({ status, body: given });
				return response;
			},
		};
		const request: Record<string, unknown> = {
			body,
			headers: { 'content-type': 'application/json', ...headers },
			ip,
			query: {},
			params: {},
			method: 'POST',
		};
		if (!isUnread) request.rawBody = rawBody;
		request.readRawBody = async () => {
			request.rawBody = rawBody;
		};
		const context = new WebhookContext(
			this.workflow,
			this.node,
			this.additionalData({ httpRequest: request, httpResponse: response }),
			mode,
			{ webhookDescription: this.webhookDescription } as never,
			[],
			null,
		);
		Object.defineProperty(context, 'logger', {
			value: { debug() {}, warn: (message: string) => this.warnings.push(message) },
		});
		const result = await this.type.webhook!.call(context);
		// Else the sender waits for ever, or is told twice.
		expect(answers).toHaveLength(result.noWebhookResponse ? 1 : 0);
		return { answer: answers[0], result, items: result.workflowData?.[0] };
	}

	/** Runs the workflow that a push starts; what came to the node behind the trigger. */
	async run(
		items: INodeExecutionData[],
		mode: WorkflowExecuteMode = 'webhook',
	): Promise<{ next: IDataObject[] | undefined; status: IRun['status']; hints: string[] }> {
		const runData = createRunExecutionData({
			executionData: {
				nodeExecutionStack: [{ node: this.node, data: { main: [items] }, source: null }],
			},
		});
		const additionalData = this.additionalData();
		additionalData.hooks = new ExecutionLifecycleHooks(
			mode,
			additionalData.executionId!,
			{} as IWorkflowBase,
		);
		const run = await new WorkflowExecute(additionalData, mode, runData).processRunExecutionData(
			this.workflow,
		);
		const { runData: ran } = run.data.resultData;
		return {
			next: ran[NEXT]?.[0].data?.main[0]?.map(({ json }) => json),
			status: run.status,
			hints: (ran[NODE]?.[0].hints ?? []).map(({ message }) => message),
		};
	}

	/** Takes a push and runs what it starts; what came to the node behind the trigger. */
	async receive(push: Push): Promise<IDataObject[]> {
		const { items } = await this.push(push);
		return items ? ((await this.run(items, push.mode)).next ?? []) : [];
	}

	private hook(mode: WorkflowExecuteMode, activation: WorkflowActivateMode): HookContext {
		const context = new HookContext(
			this.workflow,
			this.node,
			this.additionalData(),
			mode,
			activation,
			{ webhookDescription: this.webhookDescription, isTest: mode === 'manual' } as never,
		);
		Object.defineProperty(context, 'logger', {
			value: { debug() {}, warn: (message: string) => this.warnings.push(message) },
		});
		return context;
	}

	/** What n8n does when the workflow is published, or when somebody listens for a test event. */
	async activate(
		mode: WorkflowExecuteMode = 'trigger',
		activation: WorkflowActivateMode = 'activate',
	): Promise<void> {
		const { checkExists, create } = this.type.webhookMethods!.default!;
		if (!(await checkExists.call(this.hook(mode, activation))))
			expect(await create.call(this.hook(mode, activation))).toBe(true);
	}

	/** What n8n does when the workflow is unpublished, or when nobody listens any more. */
	async deactivate(
		mode: WorkflowExecuteMode = 'trigger',
		activation: WorkflowActivateMode = 'update',
	): Promise<void> {
		expect(await this.type.webhookMethods!.default!.delete.call(this.hook(mode, activation))).toBe(
			true,
		);
	}

	/** Where receipts are pushed to. */
	url(isTest = false): string | undefined {
		return this.hook(
			isTest ? 'manual' : 'trigger',
			isTest ? 'manual' : 'activate',
		).getNodeWebhookUrl('default');
	}

	/** What it told the people who run n8n, since this was last asked. */
	told(): string[] {
		return this.warnings.splice(0);
	}
}
