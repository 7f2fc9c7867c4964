import type { Settings } from '../settings';
import { isHttpUrl } from '../validation';
import { findSpace, ok, required, type CallParameters, type Operation } from './call';
import { refuse } from './refusal';
import { EMPTY_WEBHOOK, type Webhook } from './webhookStore';

/**
 * UpdatePhoneWebhook and UpdateAccountWebhook. Names are from their pages and Alibaba's SDK. The codes for an unknown
 * number, an invalid flag and an invalid URL are not documented; they are the sandbox's choice.
 */

/** Merges the parameters of a call into a webhook. */
function readWebhook(
	parameters: CallParameters,
	before: Webhook,
	omittedParts: Settings['omittedWebhookParts'],
): Webhook {
	const parts = Object.keys(EMPTY_WEBHOOK).flatMap((name) => {
		const value = parameters.get(name);
		return value === undefined ? [] : [[name, value] as const];
	});
	for (const [name, value] of parts) {
		const isValid = name.endsWith('Flag')
			? ['Y', 'N'].includes(value)
			: value === '' || isHttpUrl(value);
		if (!isValid) {
			throw refuse(
				'InvalidParameter',
				`${name} must be ${name.endsWith('Flag') ? 'Y or N' : 'an http(s) URL'}.`,
			);
		}
	}
	return { ...(omittedParts === 'kept' ? before : EMPTY_WEBHOOK), ...Object.fromEntries(parts) };
}

/** Sets the webhook of a number, for its messages' statuses and for messages from customers. */
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

/** Sets the webhook for template and account events of a space. No operation reads it back. */
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
