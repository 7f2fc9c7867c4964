/**
 * Runs ChatApp Receipt Trigger in n8n's own contexts: a push that arrives, the execution that it starts, and publishing
 * and unpublishing the workflow.
 */
import '../../scripts/n8n/engineHome';

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
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

import { ACCOUNT } from '../../sandbox/cams/accounts';
import { loadPackage } from '../../scripts/n8n/engine';
import { locator, newExecutionId } from './harness';
import { ProcessedItems } from './processedItems';

export const SECRET = '0123456789abcdef0123456789abcdef';
const NODE = 'Receipts';
const NEXT = 'Next';
const BASE = 'https://n8n.example.com';

/** A node behind the trigger, whose output is the items that the trigger lets through. */
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

/** n8n's store of processed items: one row per node, which survives a restart. */
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

/** A webhook request. */
export interface Push {
	body?: unknown;
	/** The bytes of the body, where they are not the JSON of `body`. */
	raw?: Buffer | string;
	headers?: IDataObject;
	ip?: string;
	mode?: WorkflowExecuteMode;
	/** Whether n8n has left the body unread, as with content types that it does not parse. */
	isUnread?: boolean;
	/** What the process is that takes the request. */
	instanceType?: 'main' | 'webhook';
}

/** The result of a request. */
export interface Outcome {
	/** The response sent by the trigger; undefined if n8n is to send one. */
	answer?: { status: number; body: IDataObject };
	result: IWebhookResponseData;
	/** Input of the execution; undefined if none starts. */
	items?: INodeExecutionData[];
	/** Does what happens once n8n has answered. */
	answered(status: number): void;
}

export interface TriggerOptions {
	parameters?: IDataObject;
	credential?: IDataObject;
	/** Endpoint of CAMS. */
	endpoint?: string;
	/** Reuses the node and the static data of another trigger, e.g. as after a restart of n8n. */
	of?: Trigger;
	/** Replaces the reading of the credential, e.g. to fail. */
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
			// The trigger keeps its memory by workflow and node, so a new id stands for a new process.
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

	/** Hands a push to the trigger, as n8n does with a request to its webhook. @throws errors that n8n answers with 500 */
	async push({
		body,
		raw,
		headers,
		ip = '203.0.113.7',
		mode = 'webhook',
		isUnread = false,
		instanceType = 'main',
	}: Push): Promise<Outcome> {
		const rawBody = Buffer.from(raw ?? (body === undefined ? '' : JSON.stringify(body)));
		const answers: Array<NonNullable<Outcome['answer']>> = [];
		const finished = new EventEmitter();
		const response = {
			statusCode: 200,
			status(given: number) {
				response.statusCode = given;
				return response;
			},
			json(given: IDataObject) {
				answers.push({ status: response.statusCode, body: given });
				return response;
			},
			once: finished.once.bind(finished),
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
		Object.defineProperty(context, 'instanceSettings', { value: { instanceType } });
		const result = await this.type.webhook!.call(context);
		// Without a response the sender would wait forever; two of them make n8n fail.
		expect(answers).toHaveLength(result.noWebhookResponse ? 1 : 0);
		const answered = (status: number) => {
			response.statusCode = status;
			finished.emit('finish');
		};
		const outcome = { answer: answers[0], result, items: result.workflowData?.[0] };
		// Not a part of what a test compares.
		return Object.defineProperty(outcome as Outcome, 'answered', { value: answered });
	}

	/** Runs the workflow that a push starts. @returns the items that reach the node behind the trigger, among others */
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

	/** Hands over a push and runs the workflow. @returns the items that reach the node behind the trigger */
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

	/** Does what n8n does when a workflow is published or starts to listen for a test event. */
	async activate(
		mode: WorkflowExecuteMode = 'trigger',
		activation: WorkflowActivateMode = 'activate',
	): Promise<void> {
		const { checkExists, create } = this.type.webhookMethods!.default!;
		if (!(await checkExists.call(this.hook(mode, activation))))
			expect(await create.call(this.hook(mode, activation))).toBe(true);
	}

	/** Does what n8n does when a workflow is unpublished or stops listening. */
	async deactivate(
		mode: WorkflowExecuteMode = 'trigger',
		activation: WorkflowActivateMode = 'update',
	): Promise<void> {
		expect(await this.type.webhookMethods!.default!.delete.call(this.hook(mode, activation))).toBe(
			true,
		);
	}

	/** The webhook URL. */
	url(isTest = false): string | undefined {
		return this.hook(
			isTest ? 'manual' : 'trigger',
			isTest ? 'manual' : 'activate',
		).getNodeWebhookUrl('default');
	}

	/** Warnings in n8n's log since the last call. */
	takeWarnings(): string[] {
		return this.warnings.splice(0);
	}
}
