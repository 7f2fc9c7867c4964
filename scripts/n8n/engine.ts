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

/** The one node of n8n's own that the example workflows begin with; it hands on what is pinned to it. */
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
	/** Credential values by credential name, as the nodes of the workflow name them. */
	credentials: EngineCredentials;
	/** Further node types by full name. */
	nodeTypes?: Record<string, INodeType>;
	mode?: WorkflowExecuteMode;
	executionId?: string;
	/** Called with a function that stops the execution, once it runs. */
	onStarted?: (stop: () => void) => void;
}

export interface EngineRun {
	status: IRun['status'];
	run: IRun;
	/** Output items of a node's last run, by output. */
	output(nodeName: string): INodeExecutionData[][];
	/** The JSON of the first output's items. */
	items(nodeName: string): IDataObject[];
	error: IRun['data']['resultData']['error'];
	/** What the node told through hints, in its last run. */
	hints(nodeName: string): string[];
}

let loading: Promise<PackageDirectoryLoader> | undefined;

/** The built package, loaded as n8n loads it. Build first: it reads `dist`. */
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
		throw new Error('Not needed by the engine runs');
	}

	async getDecrypted(_data: unknown, node: { name: string }, type: string) {
		const { properties } = this.loader.getCredential(type).type;
		const given = this.values[node.name] as Parameters<typeof NodeHelpers.getNodeParameters>[1];
		return NodeHelpers.getNodeParameters(
			properties,
			given,
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

/**
 * Runs a workflow in n8n's own engine (n8n-core), without n8n itself, with the nodes of the built package.
 * The workflow is the JSON that the editor exports; it must begin with a Manual Trigger, whose pinned data is used.
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
	const workflow = new Workflow({
		id: 'engine',
		// Notes are drawn in the editor and run nowhere.
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

	const mode = options.mode ?? 'manual';
	const executionId = options.executionId ?? '1';
	const hooks = new ExecutionLifecycleHooks(mode, executionId, workflowJson as IWorkflowBase);
	const local = 'http://127.0.0.1:5678';
	const additionalData = {
		credentialsHelper: new FixedCredentials(loader, options.credentials),
		hooks,
		executionId,
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

	const start = workflow.getStartNode() as INode;
	const runData = createRunExecutionData({
		resultData: { pinData: workflowJson.pinData ?? {} },
		executionData: {
			nodeExecutionStack: [{ node: start, data: { main: [[{ json: {} }]] }, source: null }],
		},
	});
	const execution = new WorkflowExecute(additionalData, mode, runData);
	const running = execution.processRunExecutionData(workflow);
	options.onStarted?.(() => running.cancel());
	const run = await running;

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
