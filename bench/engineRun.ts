import type {
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
	IWorkflowBase,
} from 'n8n-workflow';

import { ACCOUNT } from '../sandbox/cams/accounts';
import { INNOPAAS } from '../sandbox/innoPaas/accounts';
import { CREDENTIAL_NAME } from '../scripts/exampleRun';
import { runInEngine, type EngineOptions, type EngineRun } from '../scripts/n8n/engine';

const TRIGGER = 'Start';
export const SENDER = 'Send';

/** Credential values for a server on this machine. */
export function credentialFor(
	url: string,
	api: 'cams' | 'innoPaas' = 'cams',
): Record<string, string> {
	return api === 'cams'
		? { api, region: 'ap-southeast-1', ...ACCOUNT, endpoint: url }
		: { api, ...INNOPAAS, baseUrl: url };
}

/** A node's reference to the credential. */
export const CREDENTIALS = { chatAppApi: { id: '1', name: CREDENTIAL_NAME } };

const locator = (value: string, mode = 'id') => ({ __rl: true, mode, value });

/** Parameters that CAMS Send and CAMS Mass Send share: a template with both variables from the item. */
const TEMPLATE: IDataObject = {
	operation: 'sendTemplate',
	channelType: 'whatsapp',
	from: locator('6580001111'),
	to: '={{ $json.phone }}',
	template: locator('900100200', 'code'),
	language: locator('en_US', 'code'),
	specifyVariables: 'pairs',
	templateVariablePairs: {
		variable: [
			{ name: 'name', value: '={{ $json.name }}' },
			{ name: 'order', value: '={{ $json.order }}' },
		],
	},
};

/** CAMS Send: one call per item. */
export function singleSend(): Pick<INode, 'type' | 'parameters'> {
	return {
		type: 'n8n-nodes-chatapp.camsSend',
		parameters: { ...TEMPLATE, options: {} } as INode['parameters'],
	};
}

/** CAMS Mass Send: one call per 1,000 items. */
export function massSend(options: IDataObject = {}): Pick<INode, 'type' | 'parameters'> {
	return {
		type: 'n8n-nodes-chatapp.camsMassSend',
		parameters: { ...TEMPLATE, recipientSource: 'items', options } as INode['parameters'],
	};
}

/** InnoPaaS Submit: items share calls, because they have the same message. */
export function innoPaasSubmit(options: IDataObject = {}): Pick<INode, 'type' | 'parameters'> {
	return {
		type: 'n8n-nodes-chatapp.innoPaasSubmit',
		parameters: {
			operation: 'sendMessage',
			from: locator('6580001111'),
			to: '={{ $json.phone }}',
			text: 'Hello',
			options,
		} as INode['parameters'],
	};
}

/** A node that does nothing, to compare with. */
export const IDLE_NODE: INodeType = {
	description: {
		displayName: 'Idle',
		name: 'idle',
		group: ['output'],
		version: 1,
		description: 'Does nothing',
		defaults: { name: 'Idle' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [[]];
	},
};

/** A Manual Trigger followed by a chain of nodes. */
export function makeWorkflow(
	nodes: Array<Partial<INode>>,
): Required<Pick<IWorkflowBase, 'name' | 'nodes' | 'connections'>> {
	const all = [{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger' }, ...nodes].map(
		(node, index): INode => ({
			id: String(index),
			name: SENDER,
			type: '',
			typeVersion: 1,
			position: [200 * index, 0],
			parameters: {},
			...node,
		}),
	);
	const connect = (from: INode, to: INode) => [
		from.name,
		{ main: [[{ node: to.name, type: 'main' as const, index: 0 }]] },
	];
	return {
		name: 'bench',
		nodes: all,
		connections: Object.fromEntries(all.slice(1).map((node, index) => connect(all[index], node))),
	};
}

export interface NodeRun {
	run: EngineRun;
	/** JSON of the items of all outputs. */
	items: IDataObject[];
}

/** Runs a node in n8n's engine against a sandbox. */
export async function runNode(
	url: string,
	node: Partial<INode>,
	items: INodeExecutionData[],
	engine: Partial<EngineOptions> & { executionId: string },
): Promise<NodeRun> {
	const api = node.type === innoPaasSubmit().type ? 'innoPaas' : 'cams';
	const run = await runInEngine(
		{ ...makeWorkflow([{ credentials: CREDENTIALS, ...node }]), pinData: { [TRIGGER]: items } },
		{ credentials: { [CREDENTIAL_NAME]: credentialFor(url, api) }, ...engine },
	);
	return { run, items: run.output(SENDER).flatMap((output) => output.map(({ json }) => json)) };
}
