import { randomUUID } from 'node:crypto';

import type { AcceptedMessage } from '../acceptedMessage';
import { shuffled, type PushJob } from '../delivery';
import type { InnoPaasReceiptSettings } from '../deliverySettings';
import type { PushResponse } from '../deliveryStats';
import { INNOPAAS, WABAS, findAccount, numbersOf, type Account } from './accounts';

/**
 * What InnoPaaS tells about messages. Envelope and status: docs.innopaas.com, webhook, message status; an inbound
 * message and errorData: predecessor docs of the same vendor, webhook.
 */

const DAY_MS = 24 * 60 * 60 * 1000;

/** As docs.innopaas.com writes it. Its time zone is not documented; in the sandbox it is UTC. */
const timeOf = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

const wamidOf = (of: string) => `wamid.${Buffer.from(of).toString('base64')}`;

/** How InnoPaaS pushes, whatever it is. Which answer it wants is not documented, nor that it would repeat a push. */
export const pushOptions = ({ url, userName, authorization }: InnoPaasReceiptSettings) => ({
	api: 'innoPaas' as const,
	url,
	headers: {
		...(userName !== undefined && { UserName: userName }),
		...(authorization !== undefined && { Authorization: authorization }),
	},
	isAcknowledged: ({ status = 0 }: PushResponse) => status >= 200 && status < 300,
});

const toEnvelope = (type: string, body: object) => ({
	id: randomUUID(),
	type,
	eventTime: timeOf(Date.now()),
	body,
});

type Envelope = ReturnType<typeof toEnvelope>;

/** Meta's code for a message that cannot be delivered. */
const UNDELIVERABLE = { errorCode: '131026', errorMessage: 'Message undeliverable' };

/** What becomes of the messages that one call brought. */
export function statusJob(
	target: InnoPaasReceiptSettings,
	{ accountName }: Account,
	messages: AcceptedMessage[],
): PushJob {
	const {
		statuses = ['delivered', 'read'],
		failNumbers = [],
		repeat = 1,
		shuffle = false,
		delayMs,
	} = target;
	const kinds: Record<string, number> = {};
	const envelopes = messages.flatMap(({ messageId, wabaId, to, taskId, messageType, at }, index) =>
		(failNumbers.includes(to) ? (['failed'] as const) : statuses).map((status) => {
			kinds[status] = (kinds[status] ?? 0) + 1;
			return toEnvelope('whatsapp_message_status_updated', {
				id: messageId,
				accountName,
				wabaId,
				status,
				wamid: wamidOf(`${messageId}-${index}`),
				sendPhone: to,
				uid: taskId,
				...(status === 'delivered' && {
					conversation: {
						initiateType: messageType === 'template' ? 'business_initiated' : 'customer_initiated',
						expireAt: timeOf(at + DAY_MS),
					},
				}),
				...(status === 'failed' && { errorData: UNDELIVERABLE }),
			});
		}),
	);
	const all = envelopes.flatMap((envelope) => Array.from({ length: repeat }, () => envelope));
	const pushes = (shuffle ? shuffled(all) : all).map((body) => ({ body, receipts: 1 }));
	return { ...pushOptions(target), pushes, kinds, delayMs, inOrder: !shuffle };
}

/** A text that somebody wrote to one of the numbers; undefined when it is none of them. */
export function inboundEnvelope({
	from,
	to,
	text,
}: {
	from: string;
	to: string;
	text: string;
}): Envelope | undefined {
	const waba = WABAS.find((each) => numbersOf(each).includes(to));
	if (!waba) return undefined;
	const id = randomUUID();
	return toEnvelope('whatsapp_mo_message_received', {
		id,
		accountName: findAccount(INNOPAAS.appKey)?.accountName,
		wabaId: waba.wabaId,
		wamid: wamidOf(id),
		from,
		to,
		sendTime: timeOf(Date.now()),
		customerProfile: { name: 'Mia' },
		type: 'text',
		text: { body: text },
	});
}
