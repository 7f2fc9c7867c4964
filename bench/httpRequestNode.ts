import { join } from 'node:path';
import {
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeType,
	type IVersionedNodeType,
} from 'n8n-workflow';

import { ACCOUNT } from '../sandbox/cams/accounts';
import { ensureN8n } from '../scripts/n8n/realN8n';
import type { Kind } from './contestant';
import { MAX_PER_CALL, inChunks, toSenderList, type Person } from './people';

export const HTTP_REQUEST = 'n8n-nodes-base.httpRequest';
const VERSION = 4.2;

/** The HTTP Request node of the n8n release for this Node.js. */
export async function loadHttpRequest(): Promise<INodeType> {
	const { folder } = await ensureN8n();
	const file = join(
		folder,
		'node_modules/n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js',
	);
	const { HttpRequest } = (await import(file)) as { HttpRequest: new () => IVersionedNodeType };
	return NodeHelpers.getVersionedNodeType(new HttpRequest(), VERSION);
}

/** An HTTP Request node with this package's credential and batches of the API's calls per second. */
export function httpRequestNode(kind: Kind, url: string, limit: number): Partial<INode> {
	const form = {
		ChannelType: 'whatsapp',
		From: '6580001111',
		TemplateCode: '900100200',
		Language: 'en_US',
		CustSpaceId: ACCOUNT.custSpaceId,
		...(kind === 'mass'
			? { SenderList: '={{ $json.senderList }}' }
			: {
					Type: 'template',
					To: '={{ $json.phone }}',
					TemplateParams: '={{ $json.templateParams }}',
				}),
	};
	return {
		type: HTTP_REQUEST,
		typeVersion: VERSION,
		onError: 'continueRegularOutput',
		parameters: {
			method: 'POST',
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'chatAppApi',
			sendHeaders: true,
			headerParameters: {
				parameters: [
					{
						name: 'x-acs-action',
						value: kind === 'mass' ? 'SendChatappMassMessage' : 'SendChatappMessage',
					},
				],
			},
			sendBody: true,
			contentType: 'form-urlencoded',
			bodyParameters: {
				parameters: Object.entries(form).map(([name, value]) => ({ name, value })),
			},
			options: { batching: { batch: { batchSize: limit, batchInterval: 1000 } } },
		},
	};
}

/** Input items for it: one per call, with structured parameters as JSON. */
export function httpRequestItems(kind: Kind, people: Person[]): IDataObject[] {
	return kind === 'mass'
		? inChunks(people, MAX_PER_CALL).map((chunk) => ({
				senderList: JSON.stringify(toSenderList(chunk)),
				recipients: chunk.length,
			}))
		: people.map(({ phone, name, order }) => ({
				phone,
				templateParams: JSON.stringify({ name, order }),
				recipients: 1,
			}));
}
