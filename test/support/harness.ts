/**
 * Runs CAMS Send (or another node of this package) in n8n's own engine against a sandbox, in the workflow Start -> node.
 * Most engine tests call `runNode` with parameters from here and look at the output and at what the sandbox received.
 */
import type {
	IBinaryKeyData,
	IDataObject,
	INode,
	INodeExecutionData,
	IWorkflowBase,
} from 'n8n-workflow';

import { ACCOUNT } from '../../sandbox/cams/accounts';
import type { Sandbox } from '../../sandbox/server';
import { runInEngine, type EngineOptions, type EngineRun } from '../../scripts/n8n/engine';

export const NODE = 'CAMS Send';
const TRIGGER = 'Start';

const locator = (value: string, mode = 'id') => ({ __rl: true, mode, value });

/** A template message with both variables of the sandbox's template, read from the item. */
export const TEMPLATE: IDataObject = {
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
			{ name: 'order', value: 'A-77' },
		],
	},
};

/** A text message. */
export const TEXT: IDataObject = {
	operation: 'sendMessage',
	channelType: 'whatsapp',
	from: locator('6580001111'),
	to: '={{ $json.phone }}',
	text: '={{ $json.text }}',
};

export const MIA = { phone: '+65 9123-4567', name: 'Mia', text: 'Hello Mia' };
export const BEN = { phone: '+65 9123-4568', name: 'Ben', text: 'Hello Ben' };
export const ANA = { phone: '+65 9123-4569', name: 'Ana', text: 'Hello Ana' };

/** Items for that many people. Every phone number is different, and written the way the node sends it. */
export function people(count: number): Array<{ phone: string; name: string; text: string }> {
	return Array.from({ length: count }, (_, index) => ({
		phone: String(6591300000 + index),
		name: `Person ${index}`,
		text: `Hello ${index}`,
	}));
}

export interface Case {
	parameters: IDataObject;
	items: IDataObject[];
	/** The binary data of the items, by item index. */
	files?: Array<IBinaryKeyData | undefined>;
	/** Settings of the node, e.g. onError and retryOnFail, or another node type. */
	node?: Partial<INode>;
	credential?: IDataObject;
	engine?: Partial<EngineOptions>;
}

export { locator };

/** The title of the error that stopped a run, without the recipient's value behind its item: [item 0: +65...]. */
export const errorTitle = ({ error }: EngineRun) =>
	error?.message.replace(/(\[item \d+(?:, entry \d+)?): [^\]]*\]/, '$1]');

let executions = 0;

/** A new execution id. As in n8n, no two executions share one. */
export function newExecutionId(): string {
	return String(++executions);
}

/** Runs Start → CAMS Send in n8n's engine against a sandbox. */
export async function runNode(
	sandbox: Sandbox,
	{ parameters, items, files, node, credential, engine }: Case,
): Promise<EngineRun> {
	const workflow: Partial<IWorkflowBase> = {
		name: 'test',
		nodes: [
			{
				id: 'start',
				name: TRIGGER,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'send',
				name: NODE,
				type: 'n8n-nodes-chatapp.camsSend',
				typeVersion: 1,
				position: [200, 0],
				parameters: parameters as INode['parameters'],
				credentials: { chatAppApi: { id: '1', name: 'ChatApp' } },
				...node,
			},
		],
		connections: { [TRIGGER]: { main: [[{ node: NODE, type: 'main', index: 0 }]] } },
		pinData: {
			[TRIGGER]: items.map((json, index): INodeExecutionData => ({
				json,
				...(files?.[index] && { binary: files[index] }),
			})),
		},
	};
	return await runInEngine(workflow, {
		credentials: {
			ChatApp: { api: 'cams', ...ACCOUNT, endpoint: sandbox.url, ...credential } as never,
		},
		executionId: newExecutionId(),
		...engine,
	});
}
