import type { Settings } from '../settings';
import { ok, required, refuse, findSpace, type Operation, type CallParameters } from './call';
import { EMPTY_WEBHOOK, type Webhook } from './webhookStore';

/**
 * Where CAMS pushes to, as UpdatePhoneWebhook and UpdateAccountWebhook set it. Names: their pages and Alibaba's SDK.
 * Which code a number that is not there, a wrong flag and a wrong address get is not documented; it is the sandbox's
 * choice, and so are the names of the queues, into which nothing is put.
 */

const isAddress = (text: string) =>
	text === '' || (/^https?:\/\/\S+$/i.test(text) && URL.canParse(text));

function readWebhook(
	parameters: CallParameters,
	before: Webhook,
	omittedParts: Settings['omittedWebhookParts'],
): Webhook {
	const given = Object.keys(EMPTY_WEBHOOK).flatMap((name) => {
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
	return { ...(omittedParts === 'kept' ? before : EMPTY_WEBHOOK), ...Object.fromEntries(given) };
}

/** Sets where the statuses of a number's messages and what customers write to it go. */
export const updatePhoneWebhook: Operation = (parameters, { webhooks, settings }) => {
	const custSpaceId = required(parameters, 'CustSpaceId');
	const number = required(parameters, 'PhoneNumber');
	if (!findSpace(parameters).phoneNumbers.some(({ PhoneNumber }) => PhoneNumber === number)) {
		throw refuse('InvalidParameter.PhoneNumberError', `The number ${number} is not registered.`);
	}
	webhooks.set(
		custSpaceId,
		number,
		readWebhook(parameters, webhooks.find(custSpaceId, number), settings.omittedWebhookParts),
	);
	return ok({});
};

/** Sets where the events of a space's templates and accounts go. Nothing reads it back. */
export const updateAccountWebhook: Operation = (parameters, { webhooks, settings }) => {
	const custSpaceId = required(parameters, 'CustSpaceId');
	findSpace(parameters);
	webhooks.set(
		custSpaceId,
		undefined,
		readWebhook(parameters, webhooks.find(custSpaceId), settings.omittedWebhookParts),
	);
	return ok({});
};
