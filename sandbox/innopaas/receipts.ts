import { randomUUID } from 'node:crypto';

import type { TakenMessage } from '../operation';
import { arrange, type Push } from '../receipts';
import type { ReceiptTarget } from '../settings';
import { INNOPAAS, WABAS, findAccount, numbersOf, type Account } from './catalogue';

/**
 * What InnoPaaS tells about messages. Envelope and status: docs.innopaas.com, webhook, message status; an inbound
 * message and errorData: predecessor docs of the same vendor, webhook.
 */

const DAY_MS = 24 * 60 * 60 * 1000;

/** As docs.innopaas.com writes it. Its time zone is not documented; in the sandbox it is UTC. */
const timeOf = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

const wamidOf = (of: string) => `wamid.${Buffer.from(of).toString('base64')}`;

const toPush = ({ url, userName, authorization }: ReceiptTarget, type: string, body: object): Push => ({
	url,
	headers: { ...(userName !== undefined && { UserName: userName }), ...(authorization !== undefined && { Authorization: authorization }) },
	body: { id: randomUUID(), type, eventTime: timeOf(Date.now()), body },
});

/** Meta's code for a message that cannot be delivered. */
const UNDELIVERABLE = { errorCode: '131026', errorMessage: 'Message undeliverable' };

/** What becomes of the messages that one call brought. */
export function statusPushes(target: ReceiptTarget, { accountName }: Account, messages: TakenMessage[]): Push[] {
	const { statuses = ['delivered', 'read'], failNumbers = [] } = target;
	const pushes = messages.flatMap(({ messageId, wabaId, to, taskId, messageType, at }, index) =>
		(failNumbers.includes(to) ? (['failed'] as const) : statuses).map((status) =>
			toPush(target, 'whatsapp_message_status_updated', {
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
			}),
		),
	);
	return arrange(pushes, target);
}

/** A text that somebody wrote to one of the numbers; undefined when it is none of them. */
export function inboundPush(target: ReceiptTarget, { from, to, text }: { from: string; to: string; text: string }): Push | undefined {
	const waba = WABAS.find((each) => numbersOf(each).includes(to));
	if (!waba) return undefined;
	const id = randomUUID();
	return toPush(target, 'whatsapp_mo_message_received', {
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
