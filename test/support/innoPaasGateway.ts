/** Runs InnoPaaS Submit in n8n's engine against a sandbox. The counterpart of harness.ts for that node. */
import type { IDataObject } from 'n8n-workflow';

import { INNOPAAS } from '../../sandbox/innoPaas/accounts';
import type { Sandbox } from '../../sandbox/server';
import { loadPackage, type EngineRun } from '../../scripts/n8n/engine';
import { locator, runNode, type Case } from './harness';

export const INNOPAAS_SUBMIT = 'innoPaasSubmit';
export const TYPE = `n8n-nodes-chatapp.${INNOPAAS_SUBMIT}`;

/** The values of a ChatApp API credential for InnoPaaS. */
export const credentialOf = (baseUrl: string): IDataObject => ({
	api: 'innoPaas',
	...INNOPAAS,
	baseUrl,
});

/** A text message; text and recipient come from the item. */
export const TEXT: IDataObject = {
	operation: 'sendMessage',
	channelType: 'whatsapp',
	from: locator('6580001111'),
	to: '={{ $json.phone }}',
	messageType: 'text',
	text: '={{ $json.text }}',
};

/** A marketing template; the recipient and the first variable come from the item. */
export const OFFER: IDataObject = {
	operation: 'sendTemplate',
	channelType: 'whatsapp',
	from: locator('6580001111'),
	to: '={{ $json.phone }}',
	template: locator('spring_offer_v1/en_US', 'list'),
	specifyVariables: 'ordered',
	headerType: 'image',
	headerLink: 'https://example.com/a.jpg',
	bodyValues: { value: [{ text: '={{ $json.name }}' }, { text: '15%' }] },
	buttonValues: { value: [{ text: 'spring?c=42' }] },
};

export interface SubmitCase extends Partial<Case> {
	options?: IDataObject;
}

/** Runs the node once. Parameters that the case leaves out are those of a text message. */
export async function submit(
	at: Sandbox,
	{ parameters, options, node, credential, items = [{}], ...rest }: SubmitCase,
): Promise<EngineRun> {
	return await runNode(at, {
		parameters: { ...TEXT, ...parameters, ...(options && { options }) },
		node: { type: TYPE, ...node },
		credential: { ...credentialOf(at.url), ...credential },
		items,
		...rest,
	});
}

/** Runs the node once as a tool of an AI agent. */
export async function submitAsTool(at: Sandbox, submitCase: SubmitCase): Promise<EngineRun> {
	const { type } = (await loadPackage()).getNode(INNOPAAS_SUBMIT);
	return await submit(at, {
		...submitCase,
		node: { ...submitCase.node, type: `${TYPE}Tool` },
		engine: { ...submitCase.engine, nodeTypes: { [`${TYPE}Tool`]: type as never } },
	});
}

/** How many submit calls the sandbox received, MM Lite included. */
export function callsOf(at: Sandbox): number {
	const { InnoPaaSSubmit = 0, InnoPaaSMmLite = 0 } = at.stats().calls.byOperation;
	return InnoPaaSSubmit + InnoPaaSMmLite;
}

/** Items for people, and the phone numbers as they go out: each person has a different one. */
export const person = (index: number) => ({
	phone: `+62 812-${String(index).padStart(8, '0')}`,
	name: `N${index}`,
	text: 'Hello',
});
export const people = (count: number, first = 0) =>
	Array.from({ length: count }, (_, index) => person(first + index));
export const numberOf = (index: number) => `62812${String(index).padStart(8, '0')}`;
export const range = (count: number, first = 0) =>
	Array.from({ length: count }, (_, index) => first + index);
