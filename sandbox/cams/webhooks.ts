import type { Settings } from '../settings';
import { FOREIGN, SPACES } from './catalogue';
import { answer, need, refuse, spaceOf, type Operation, type Parameters } from './operation';

/**
 * Where CAMS pushes to, as UpdatePhoneWebhook and UpdateAccountWebhook set it. Names: their pages and Alibaba's SDK.
 * Which code a number that is not there, a wrong flag and a wrong address get is not documented; it is the sandbox's
 * choice, and so are the names of the queues, into which nothing is put.
 */

const NO_WEBHOOK = { HttpFlag: 'N', QueueFlag: 'N', StatusCallbackUrl: '', UpCallbackUrl: '' };

/** What is set for a number; for an account there is no UpCallbackUrl. */
export type Webhook = typeof NO_WEBHOOK;

const FOREIGN_WEBHOOK: Webhook = {
	HttpFlag: 'Y',
	QueueFlag: 'N',
	StatusCallbackUrl: FOREIGN.url,
	UpCallbackUrl: FOREIGN.url,
};

const keyOf = (custSpaceId: string, phoneNumber = '') => `${custSpaceId}/${phoneNumber}`;

/** What the two operations have set, until a reset. */
export class Webhooks {
	private all = new Map<string, Webhook>();

	constructor() {
		for (const { custSpaceId, phoneNumbers } of SPACES) {
			if (phoneNumbers.some(({ PhoneNumber }) => PhoneNumber === FOREIGN.phoneNumber)) {
				this.all.set(keyOf(custSpaceId, FOREIGN.phoneNumber), FOREIGN_WEBHOOK);
			}
		}
	}

	/** What is set for a number, or for the account when none is given. */
	find(custSpaceId: string, phoneNumber?: string): Webhook {
		return this.all.get(keyOf(custSpaceId, phoneNumber)) ?? NO_WEBHOOK;
	}

	set(custSpaceId: string, phoneNumber: string | undefined, webhook: Webhook): void {
		this.all.set(keyOf(custSpaceId, phoneNumber), webhook);
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
		return Object.fromEntries(this.all);
	}
}

const isAddress = (text: string) =>
	text === '' || (/^https?:\/\/\S+$/i.test(text) && URL.canParse(text));

function readWebhook(
	parameters: Parameters,
	before: Webhook,
	omittedParts: Settings['omittedWebhookParts'],
): Webhook {
	const given = Object.keys(NO_WEBHOOK).flatMap((name) => {
		const value = parameters.get(name);
		return value === undefined ? [] : [[name, value] as const];
	});
	for (const [name, value] of given) {
		if (name.endsWith('Flag') ? !['Y', 'N'].includes(value) : !isAddress(value)) {
			throw refuse(
				'InvalidParameter',
				`${name} must be ${name.endsWith('Flag') ? 'Y or N' : 'an http(s) address'}.`,
			);
		}
	}
	return { ...(omittedParts === 'kept' ? before : NO_WEBHOOK), ...Object.fromEntries(given) };
}

/** Sets where the statuses of a number's messages and what customers write to it go. */
export const updatePhoneWebhook: Operation = (parameters, { webhooks, settings }) => {
	const custSpaceId = need(parameters, 'CustSpaceId');
	const number = need(parameters, 'PhoneNumber');
	if (!spaceOf(parameters).phoneNumbers.some(({ PhoneNumber }) => PhoneNumber === number)) {
		throw refuse('InvalidParameter.PhoneNumberError', `The number ${number} is not registered.`);
	}
	webhooks.set(
		custSpaceId,
		number,
		readWebhook(parameters, webhooks.find(custSpaceId, number), settings.omittedWebhookParts),
	);
	return answer({});
};

/** Sets where the events of a space's templates and accounts go. Nothing reads it back. */
export const updateAccountWebhook: Operation = (parameters, { webhooks, settings }) => {
	const custSpaceId = need(parameters, 'CustSpaceId');
	spaceOf(parameters);
	webhooks.set(
		custSpaceId,
		undefined,
		readWebhook(parameters, webhooks.find(custSpaceId), settings.omittedWebhookParts),
	);
	return answer({});
};
