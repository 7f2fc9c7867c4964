import { FOREIGN_WEBHOOK, SPACES } from './accounts';

export const EMPTY_WEBHOOK = {
	HttpFlag: 'N',
	QueueFlag: 'N',
	StatusCallbackUrl: '',
	UpCallbackUrl: '',
};

/** The webhook of a number, or of an account, which has no UpCallbackUrl. */
export type Webhook = typeof EMPTY_WEBHOOK;

const keyOf = (custSpaceId: string, phoneNumber = '') => `${custSpaceId}/${phoneNumber}`;

/** The webhooks set by UpdatePhoneWebhook and UpdateAccountWebhook. */
export class Webhooks {
	private webhooks = new Map<string, Webhook>();

	constructor() {
		for (const { custSpaceId, phoneNumbers } of SPACES) {
			if (phoneNumbers.some(({ PhoneNumber }) => PhoneNumber === FOREIGN_WEBHOOK.phoneNumber)) {
				this.webhooks.set(keyOf(custSpaceId, FOREIGN_WEBHOOK.phoneNumber), {
					...EMPTY_WEBHOOK,
					HttpFlag: 'Y',
					StatusCallbackUrl: FOREIGN_WEBHOOK.url,
					UpCallbackUrl: FOREIGN_WEBHOOK.url,
				});
			}
		}
	}

	/** Finds the webhook of a number, or without a number that of the account. */
	find(custSpaceId: string, phoneNumber?: string): Webhook {
		return this.webhooks.get(keyOf(custSpaceId, phoneNumber)) ?? EMPTY_WEBHOOK;
	}

	set(custSpaceId: string, phoneNumber: string | undefined, webhook: Webhook): void {
		this.webhooks.set(keyOf(custSpaceId, phoneNumber), webhook);
	}

	/**
	 * A number's webhook as QueryChatappPhoneNumbers returns it. The names of the queues are the sandbox's choice, and
	 * nothing is put into them.
	 */
	readBack(custSpaceId: string, phoneNumber: string) {
		const { QueueFlag, StatusCallbackUrl, UpCallbackUrl } = this.find(custSpaceId, phoneNumber);
		const queue = (name: string) => (QueueFlag === 'Y' ? `Alicom-Queue-sandbox-${name}` : '');
		return {
			StatusCallbackUrl,
			UpCallbackUrl,
			StatusQueue: queue('ChatAppStatus'),
			UpQueue: queue('ChatAppInbound'),
		};
	}

	/** All webhooks by space and number, e.g. cams-sandbox/6580002222, or cams-sandbox/ for the account's. */
	read(): Record<string, Webhook> {
		return Object.fromEntries(this.webhooks);
	}
}
