import './engineHome';

import { join } from 'node:path';
import { ExecutionLifecycleHooks, PackageDirectoryLoader, WorkflowExecute } from 'n8n-core';
import { ICredentialsHelper, NodeHelpers, Workflow, createRunExecutionData } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeType,
	IRun,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';

const ROOT = join(__dirname, '../..');

/** The only built-in node that the example workflows need in the engine. Its pinned data is its output. */
const MANUAL_TRIGGER: INodeType = {
	description: {
		displayName: 'Manual Trigger',
		name: 'n8n-nodes-base.manualTrigger',
		group: ['trigger'],
		version: 1,
		description: 'Starts the workflow',
		defaults: { name: 'Manual Trigger' },
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

export type EngineCredentials = Record<string, ICredentialDataDecryptedObject>;

export interface EngineOptions {
	/** Credential values by credential name, as the nodes of the workflow refer to them. */
	credentials: EngineCredentials;
	/** Additional node types by full name. */
	nodeTypes?: Record<string, INodeType>;
	mode?: WorkflowExecuteMode;
	executionId?: string;
	/** Called with a function that cancels the execution, once it is running. */
	onStarted?: (stop: () => void) => void;
}

export interface EngineRun {
	status: IRun['status'];
	run: IRun;
	/** Items of a node's last run, by output. */
	output(nodeName: string): INodeExecutionData[][];
	/** JSON of the items on the first output. */
	items(nodeName: string): IDataObject[];
	error: IRun['data']['resultData']['error'];
	/** Hints of the node's last run. */
	hints(nodeName: string): string[];
}

let loading: Promise<PackageDirectoryLoader> | undefined;

/** Loads the built package from `dist` as n8n does. */
export function loadPackage(): Promise<PackageDirectoryLoader> {
	loading ??= (async () => {
		const loader = new PackageDirectoryLoader(ROOT);
		await loader.loadAll();
		return loader;
	})();
	return loading;
}

class FixedCredentials extends ICredentialsHelper {
	constructor(
		private readonly loader: PackageDirectoryLoader,
		private readonly values: EngineCredentials,
	) {
		super();
	}

	getParentTypes() {
		return [];
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions,
	) {
		const { authenticate } = this.loader.getCredential(typeName).type;
		if (typeof authenticate !== 'function')
			throw new Error(`${typeName} has no authenticate function`);
		return await authenticate(credentials, requestOptions);
	}

	async preAuthentication() {
		return undefined;
	}

	async getCredentials(): Promise<never> {
		throw new Error('Not used in the engine');
	}

	async getDecrypted(_data: unknown, node: { name: string }, type: string) {
		const { properties } = this.loader.getCredential(type).type;
		const values = this.values[node.name] as Parameters<typeof NodeHelpers.getNodeParameters>[1];
		return NodeHelpers.getNodeParameters(
			properties,
			values,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(typeName: string) {
		return this.loader.getCredential(typeName).type.properties;
	}

	async isCredentialUsableByNode() {
		return true;
	}
}

function createWorkflow(
	workflowJson: Partial<IWorkflowBase>,
	typeOf: (name: string) => INodeType,
): Workflow {
	return new Workflow({
		id: 'engine',
		// Sticky notes exist only in the editor.
		nodes: (workflowJson.nodes ?? []).filter(({ type }) => !type.endsWith('.stickyNote')),
		connections: workflowJson.connections ?? {},
		active: false,
		nodeTypes: {
			getByName: typeOf,
			getByNameAndVersion: typeOf,
			getKnownTypes: () => ({}),
		},
		settings: workflowJson.settings,
	});
}

function createAdditionalData(
	credentialsHelper: ICredentialsHelper,
	hooks: ExecutionLifecycleHooks,
	executionId: string,
	executeWorkflow: IWorkflowExecuteAdditionalData['executeWorkflow'],
): IWorkflowExecuteAdditionalData {
	const local = 'http://127.0.0.1:5678';
	return {
		credentialsHelper,
		hooks,
		executionId,
		executeWorkflow,
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: local,
		instanceBaseUrl: local,
		formWaitingBaseUrl: local,
		webhookBaseUrl: local,
		webhookWaitingBaseUrl: local,
		webhookTestBaseUrl: local,
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
	} as unknown as IWorkflowExecuteAdditionalData;
}

function toEngineRun(run: IRun): EngineRun {
	const lastTask = (nodeName: string) => run.data.resultData.runData[nodeName]?.at(-1);
	const output = (nodeName: string) =>
		(lastTask(nodeName)?.data?.main ?? []).map((items) => items ?? []);
	return {
		status: run.status,
		run,
		output,
		items: (nodeName) => (output(nodeName)[0] ?? []).map(({ json }) => json),
		error: run.data.resultData.error,
		hints: (nodeName) => (lastTask(nodeName)?.hints ?? []).map(({ message }) => message),
	};
}

/**
 * Runs a workflow with the nodes of the built package in n8n's engine (n8n-core), without the rest of n8n.
 * @param workflowJson as exported by the editor; must start with a Manual Trigger, whose pinned data is its output
 */
export async function runInEngine(
	workflowJson: Partial<IWorkflowBase>,
	options: EngineOptions,
): Promise<EngineRun> {
	const loader = await loadPackage();
	const { name: packageName } = loader.packageJson;
	const typeOf = (name: string): INodeType => {
		if (name === MANUAL_TRIGGER.description.name) return MANUAL_TRIGGER;
		const own = options.nodeTypes?.[name];
		if (own) return own;
		return NodeHelpers.getVersionedNodeType(
			loader.getNode(name.replace(`${packageName}.`, '')).type,
		);
	};
	const mode = options.mode ?? 'manual';
	const executionId = options.executionId ?? '1';
	const start = (json: Partial<IWorkflowBase>, items: INodeExecutionData[]) => {
		const workflow = createWorkflow(json, typeOf);
		const additionalData = createAdditionalData(
			new FixedCredentials(loader, options.credentials),
			new ExecutionLifecycleHooks(mode, executionId, json as IWorkflowBase),
			executionId,
			executeInline,
		);
		const node = workflow.getStartNode() as INode;
		const runData = createRunExecutionData({
			resultData: { pinData: json.pinData ?? {} },
			executionData: {
				nodeExecutionStack: [{ node, data: { main: [items] }, source: null }],
			},
		});
		return new WorkflowExecute(additionalData, mode, runData).processRunExecutionData(workflow);
	};
	/** As n8n runs a workflow that a node brings along: its error is thrown, its last node's items are returned. */
	const executeInline: IWorkflowExecuteAdditionalData['executeWorkflow'] = async (
		{ code },
		_additionalData,
		{ inputData },
	) => {
		const { data } = await start(code!, inputData ?? []);
		const { error, lastNodeExecuted, runData } = data.resultData;
		if (error) throw error;
		return { executionId, data: runData[lastNodeExecuted!].at(-1)!.data!.main };
	};
	const running = start(workflowJson, [{ json: {} }]);
	options.onStarted?.(() => running.cancel());
	return toEngineRun(await running);
}
