import { createRequire } from 'node:module';
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INodeType } from 'n8n-workflow';

import { authenticate } from '../credentials/authenticate';
import { FORM_CONTENT_TYPE } from '../credentials/finalRequest';
import { camsMass } from '../nodes/shared/apis/cams/massMessage';
import { Parameters } from '../nodes/shared/parameters/parameters';
import { Batcher } from '../nodes/shared/send/batch';
import { findRecipients } from '../nodes/shared/send/recipients';
import type { Recipient } from '../nodes/shared/send/recipientState';
import { toIssue } from '../nodes/shared/util/userIssue';
import { ACCOUNT } from '../sandbox/cams/catalogue';
import { credentialFor, massSend, runNode } from './engineRun';
import { MAX_PER_CALL, inChunks, makePeople, toItems, toSenderList } from './people';
import { makeClient, sendMass } from './sdk';

/** Measures the CPU of some work, in milliseconds. */
export type MeasureCpu = (work: () => void | Promise<void>) => Promise<number>;

export interface Part {
	part: string;
	msPerCall: number;
}

const CALLS = 200;

/** The request that the node hands to n8n's helper for one call of a thousand recipients. */
function makeRequest(): IHttpRequestOptions {
	return {
		method: 'POST',
		url: '/',
		headers: { 'x-acs-action': 'SendChatappMassMessage', 'content-type': FORM_CONTENT_TYPE },
		body: {
			ChannelType: 'whatsapp',
			From: '6580001111',
			TemplateCode: '900100200',
			Language: 'en_US',
			CustSpaceId: ACCOUNT.custSpaceId,
			SenderList: JSON.stringify(toSenderList(makePeople(MAX_PER_CALL))),
		},
		timeout: 30_000,
		encoding: 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	};
}

/** A node that posts the same request again and again through n8n's helper, without a credential. */
function postingNode(request: IHttpRequestOptions): INodeType {
	return {
		description: {
			displayName: 'Post',
			name: 'post',
			group: ['output'],
			version: 1,
			description: 'Posts',
			defaults: { name: 'Post' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
		},
		async execute() {
			for (let call = 0; call < CALLS; call++) await this.helpers.httpRequest({ ...request });
			return [[]];
		},
	};
}

/** Reads items as the node does, checks them and makes their calls, up to what `authenticate` gets. */
async function buildCalls(url: string, items: ReturnType<typeof toItems>): Promise<string[]> {
	const { parameters: raw } = massSend();
	const context = {
		getCredentials: async () => credentialFor(url),
		getExecutionId: () => '1',
		getInputData: () => items,
		getNodeParameter: (name: string, _itemIndex: number, fallback: unknown) =>
			(raw as IDataObject)[name] ?? fallback,
	} as unknown as IExecuteFunctions;
	const sender = await camsMass(context);
	const parameters = new Parameters(context);
	const message = sender.message(parameters.of(0));
	const batcher = new Batcher(MAX_PER_CALL, sender.campaignId);
	const full = [...findRecipients(parameters, items, toIssue)].flatMap((found) => {
		if (!('read' in found)) return [];
		const { to, payload, shape } = sender.recipient(found.read);
		const recipient: Recipient = {
			itemIndex: found.itemIndex,
			to,
			state: { name: 'ready', message, payload, shape },
		};
		return batcher.add(recipient) ?? [];
	});
	return [...full, ...batcher.rest()].map(
		({ recipients }) => `[${recipients.map(({ state }) => state.payload).join(',')}]`,
	);
}

/** The SDK with everything but the line: what it would post is thrown away. */
async function withoutPosting(work: () => Promise<void>): Promise<void> {
	// The SDK's own transport, by require: what an import gives cannot be changed.
	const transport = createRequire(__filename)('@alicloud/tea-typescript') as { doAction: unknown };
	const { doAction } = transport;
	transport.doAction = async () => Promise.reject(new Error('not posted'));
	try {
		await work();
	} finally {
		transport.doAction = doAction;
	}
}

/** What the parts of one call cost on their own, ours and the SDK's, against a server that answers at once. */
export async function measureParts(url: string, measureCpu: MeasureCpu): Promise<Part[]> {
	const request = makeRequest();
	const credentials = credentialFor(url);
	const people = makePeople(CALLS * MAX_PER_CALL);
	const [chunks, items, client] = [
		inChunks(people, MAX_PER_CALL),
		toItems(people),
		makeClient(url),
	];
	const sign = () => authenticate(credentials, { ...request, headers: { ...request.headers } });
	const signMany = () => {
		for (let call = 0; call < CALLS; call++) sign();
	};
	const build = async () => {
		const calls = await buildCalls(url, items);
		if (calls.length !== CALLS) throw new Error(`${calls.length} calls were built`);
	};
	const sdkAlone = async () => {
		await withoutPosting(async () => {
			for (const chunk of chunks)
				await sendMass(client, chunk).catch(
					({ message }: Error) => message === 'not posted' || Promise.reject(new Error(message)),
				);
		});
	};
	const post = async () => {
		const nodeTypes = { post: postingNode(sign()) };
		await runNode(url, { type: 'post', credentials: undefined }, [{ json: {} }], {
			nodeTypes,
			executionId: 'post',
		});
	};
	const parts: Array<[string, () => void | Promise<void>]> = [
		['SDK: build and sign a ready-made list, nothing posted', sdkAlone],
		['Ours: read and check the items, make their JSON', build],
		['Ours: encode the form and sign (authenticate)', signMany],
		["n8n's HTTP helper: post the finished text", post],
	];
	const measured: Part[] = [];
	for (const [part, work] of parts) {
		// Once to warm up.
		await work();
		measured.push({ part, msPerCall: (await measureCpu(work)) / CALLS });
	}
	return measured;
}
