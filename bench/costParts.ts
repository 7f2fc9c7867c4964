import { createRequire } from 'node:module';
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INodeType } from 'n8n-workflow';

import { authenticate } from '../credentials/authenticate';
import { FORM_CONTENT_TYPE } from '../credentials/finalRequest';
import { camsMass } from '../nodes/shared/apis/cams/massMessage';
import { Parameters } from '../nodes/shared/parameters/parameters';
import { Batcher } from '../nodes/shared/send/batch';
import { findRecipients } from '../nodes/shared/send/recipients';
import type { Recipient } from '../nodes/shared/send/recipientState';
import { ACCOUNT } from '../sandbox/cams/accounts';
import { credentialFor, massSend, runNode } from './engineRun';
import { MAX_PER_CALL, inChunks, makePeople, toItems, toSenderList } from './people';
import { makeClient, sendMass } from './sdk';

/** Measures the CPU time of some work in milliseconds. */
export type MeasureCpu = (work: () => void | Promise<void>) => Promise<number>;

export interface Part {
	part: string;
	msPerCall: number;
}

const CALLS = 200;

/** The request for a call with 1,000 recipients, as the node passes it to n8n's HTTP helper. */
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

/** A node that repeatedly posts a request through n8n's HTTP helper, without a credential. */
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

/** Reads and checks items and builds their calls as the node does, up to the input of `authenticate`. */
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
	const message = await sender.message(parameters.of(0));
	const batcher = new Batcher(MAX_PER_CALL, sender.campaignId);
	const full = [...findRecipients(parameters, items)].flatMap((found) => {
		if (!('read' in found)) return [];
		const { to, payload, shape } = message.recipient(found.read, found);
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

/** Replaces the SDK's transport by an error, so that it builds and signs requests but does not post them. */
async function withoutPosting(work: () => Promise<void>): Promise<void> {
	// By require, because the bindings of an import cannot be replaced.
	const transport = createRequire(__filename)('@alicloud/tea-typescript') as { doAction: unknown };
	const { doAction } = transport;
	transport.doAction = async () => Promise.reject(new Error('not posted'));
	try {
		await work();
	} finally {
		transport.doAction = doAction;
	}
}

/** Measures the parts of a call separately, for the SDK and this package, against a server that responds at once. */
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
		['SDK: build and sign a prepared list, without posting', sdkAlone],
		['This package: read and check the items, build their JSON', build],
		['This package: encode the form and sign (authenticate)', signMany],
		["n8n's HTTP helper: post the finished body", post],
	];
	const measured: Part[] = [];
	for (const [part, work] of parts) {
		// Warm-up.
		await work();
		measured.push({ part, msPerCall: (await measureCpu(work)) / CALLS });
	}
	return measured;
}
