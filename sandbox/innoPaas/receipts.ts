import { randomUUID } from 'node:crypto';

import type { AcceptedMessage } from '../acceptedMessage';
import { shuffled, type PushJob } from '../delivery';
import type { InnoPaasReceiptSettings } from '../deliverySettings';
import type { PushResponse } from '../deliveryStats';
import { INNOPAAS, WABAS, findAccount, numbersOf, type Account } from './accounts';

/**
 * Pushes of InnoPaaS. Envelope and status are from docs.innopaas.com, webhook, message status; inbound messages and
 * errorData from the webhook page of the vendor's predecessor documentation.
 */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Format of docs.innopaas.com. The time zone is not documented; the sandbox uses UTC. */
const formatTime = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

const toWamid = (id: string) => `wamid.${Buffer.from(id).toString('base64')}`;

/** How InnoPaaS pushes. Neither the expected response nor any retries are documented. */
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
	eventTime: formatTime(Date.now()),
	body,
});

type Envelope = ReturnType<typeof toEnvelope>;

/** Meta's code for undeliverable messages. */
const UNDELIVERABLE = { errorCode: '131026', errorMessage: 'Message undeliverable' };

/** The receipts of the messages of one call. */
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
				wamid: toWamid(`${messageId}-${index}`),
				sendPhone: to,
				uid: taskId,
				...(status === 'delivered' && {
					conversation: {
						initiateType: messageType === 'template' ? 'business_initiated' : 'customer_initiated',
						expireAt: formatTime(at + DAY_MS),
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

/** A customer's text message; undefined if no WABA has the number. */
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
		wamid: toWamid(id),
		from,
		to,
		sendTime: formatTime(Date.now()),
		customerProfile: { name: 'Mia' },
		type: 'text',
		text: { body: text },
	});
}
