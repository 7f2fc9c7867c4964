import Client, {
	SendChatappMassMessageRequest,
	SendChatappMassMessageRequestSenderList,
	SendChatappMessageRequest,
} from '@alicloud/cams20200606';
import { Config } from '@alicloud/openapi-client';

import { ACCOUNT } from '../sandbox/cams/accounts';
import type { Person } from './people';

export const TEMPLATE = {
	channelType: 'whatsapp',
	custSpaceId: ACCOUNT.custSpaceId,
	from: '6580001111',
	templateCode: '900100200',
	language: 'en_US',
};

/** Alibaba's official SDK with a server on this machine as its endpoint. */
export function makeClient(url: string): Client {
	return new Client(
		new Config({
			accessKeyId: ACCOUNT.accessKeyId,
			accessKeySecret: ACCOUNT.accessKeySecret,
			regionId: 'ap-southeast-1',
			endpoint: new URL(url).host,
			protocol: 'HTTP',
		}),
	);
}

/** Makes one SendChatappMassMessage call. @returns the response's code */
export async function sendMass(client: Client, people: Person[]): Promise<string | undefined> {
	const senderList = people.map(
		({ phone, name, order }) =>
			new SendChatappMassMessageRequestSenderList({ to: phone, templateParams: { name, order } }),
	);
	const { body } = await client.sendChatappMassMessage(
		new SendChatappMassMessageRequest({ ...TEMPLATE, senderList }),
	);
	return body?.code;
}

/** Makes one SendChatappMessage call. @returns the response's code */
export async function sendSingle(
	client: Client,
	{ phone, name, order }: Person,
): Promise<string | undefined> {
	const { body } = await client.sendChatappMessage(
		new SendChatappMessageRequest({
			...TEMPLATE,
			type: 'template',
			to: phone,
			templateParams: { name, order },
		}),
	);
	return body?.code;
}
