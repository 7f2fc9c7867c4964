import { FOREIGN_WEBHOOK, SPACES } from './accounts';

export const EMPTY_WEBHOOK = {
	HttpFlag: 'N',
	QueueFlag: 'N',
	StatusCallbackUrl: '',
	UpCallbackUrl: '',
};

/** What is set for a number; for an account there is no UpCallbackUrl. */
export type Webhook = typeof EMPTY_WEBHOOK;

const keyOf = (custSpaceId: string, phoneNumber = '') => `${custSpaceId}/${phoneNumber}`;

/** What the two operations have set, until a reset. */
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

	/** What is set for a number, or for the account when none is given. */
	find(custSpaceId: string, phoneNumber?: string): Webhook {
		return this.webhooks.get(keyOf(custSpaceId, phoneNumber)) ?? EMPTY_WEBHOOK;
	}

	set(custSpaceId: string, phoneNumber: string | undefined, webhook: Webhook): void {
		this.webhooks.set(keyOf(custSpaceId, phoneNumber), webhook);
	}

	/** As QueryChatappPhoneNumbers gives it. */
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

	/** All that is set, by space and number: {"cams-sandbox/6580002222": ..., "cams-sandbox/": the account's}. */
	read(): Record<string, Webhook> {
		return Object.fromEntries(this.webhooks);
	}
}
