import { createRequire } from 'node:module';
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INodeType } from 'n8n-workflow';

import type { Batch } from '../nodes/shared/send/batch';
import { ACCOUNT } from '../sandbox/cams/accounts';
import { credentialFor, massSend, runNode } from './engineRun';
import { MAX_PER_CALL, inChunks, makePeople, toItems, toSenderList } from './people';
import { makeClient, sendMass } from './sdk';

const load = createRequire(__filename);

/** As it is published: what runs these benches adds getters and names to every module. */
const { authenticate } = load(
	'../dist/credentials/authenticate',
) as typeof import('../credentials/authenticate');
const { camsMass } = load(
	'../dist/nodes/shared/apis/cams/massMessage',
) as typeof import('../nodes/shared/apis/cams/massMessage');
const { Parameters } = load(
	'../dist/nodes/shared/parameters/parameters',
) as typeof import('../nodes/shared/parameters/parameters');
const { Batcher } = load(
	'../dist/nodes/shared/send/batch',
) as typeof import('../nodes/shared/send/batch');
const { createPreparer } = load(
	'../dist/nodes/shared/send/prepare',
) as typeof import('../nodes/shared/send/prepare');
const { findRecipients } = load(
	'../dist/nodes/shared/send/recipients',
) as typeof import('../nodes/shared/send/recipients');

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
		headers: {
			'x-acs-action': 'SendChatappMassMessage',
			'content-type': 'application/x-www-form-urlencoded',
		},
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

/** What the node does with items until a request is signed, through its own functions. @returns the requests */
export async function signItems(
	url: string,
	items: ReturnType<typeof toItems>,
): Promise<IHttpRequestOptions[]> {
	const { parameters: raw } = massSend();
	const credentials = credentialFor(url);
	const signed: IHttpRequestOptions[] = [];
	const context = {
		getCredentials: async () => credentials,
		getExecutionId: () => '1',
		getInputData: () => items,
		getNodeParameter: (name: string, _itemIndex: number, fallback: unknown) =>
			(raw as IDataObject)[name] ?? fallback,
		helpers: {
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
				signed.push(authenticate(credentials, options));
				return { statusCode: 200, headers: {}, body: '{"Code":"OK"}' };
			},
		},
	} as unknown as IExecuteFunctions;
	const sender = await camsMass(context);
	const parameters = new Parameters(context);
	const prepare = createPreparer(parameters, sender, { campaignId: '', duplicates: 'skip' });
	const batcher = new Batcher(MAX_PER_CALL, sender.campaignId);
	const post = async ({ message, recipients, taskId }: Batch) =>
		await message.call(
			recipients.map(({ state }) => state.payload),
			taskId,
		);
	for (const source of findRecipients(parameters, items)) {
		const prepared = prepare(source);
		const full = batcher.add(prepared instanceof Promise ? await prepared : prepared);
		if (full) await post(full);
	}
	for (const batch of batcher.rest()) await post(batch);
	return signed;
}

/** Replaces the SDK's transport by an error, so that it builds and signs requests but does not post them. */
async function withoutPosting(work: () => Promise<void>): Promise<void> {
	// By require, because the bindings of an import cannot be replaced.
	const transport = load('@alicloud/tea-typescript') as { doAction: unknown };
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
	const fromItems = async () => {
		// The answers to its lookup of the template are no templates, so it is sent unread.
		const requests = await signItems(url, items);
		const sent = requests.filter(({ body }) => String(body).length > MAX_PER_CALL);
		if (sent.length !== CALLS) throw new Error(`${sent.length} calls were signed`);
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
		['SDK: from plain objects to signed bytes, without posting', sdkAlone],
		["This package: from n8n's items to signed bytes, checked", fromItems],
		['Of it: encode the form and sign (authenticate)', signMany],
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
