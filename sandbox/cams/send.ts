import { randomInt } from 'node:crypto';
import { z } from 'zod';

import type { AcceptedMessage } from '../acceptedMessage';
import { describeIssue, isObject, isPhoneNumber, maxLength } from '../validation';
import { CHANNEL_TYPES } from './accounts';
import {
	findSpace,
	given,
	parseJson,
	required,
	type CallContext,
	type CallParameters,
	type Operation,
} from './call';
import { readContent } from './content';
import { findTemplate } from './lists';
import { refuse } from './refusal';
import { render, type Template } from './templates';

function checkChannel(parameters: CallParameters): string {
	const channelType = required(parameters, 'ChannelType');
	if (!CHANNEL_TYPES.includes(channelType)) {
		throw refuse(
			'InvalidParameter.ChannelTypeNotSupport',
			`ChannelType ${channelType} is not supported.`,
		);
	}
	return channelType;
}

/** Whether a channel addresses senders and recipients by number. */
const usesNumbers = (channelType: string) => channelType === 'whatsapp' || channelType === 'viber';

function checkFrom(parameters: CallParameters, channelType: string): string {
	const from = required(parameters, 'From');
	if (!usesNumbers(channelType)) return from;
	if (!/^\d+$/.test(from))
		throw refuse('InvalidParameter.FromOnlyNumeric', 'From must be numeric.');
	const space = findSpace(parameters);
	const registered =
		channelType === 'viber'
			? space.viberServices.map(({ ServiceId }) => ServiceId)
			: space.phoneNumbers.map(({ PhoneNumber }) => PhoneNumber);
	if (!registered.includes(from)) {
		throw refuse('InvalidParameter.PhoneNumberError', `The number ${from} is not registered.`);
	}
	return from;
}

/** Meta's business-scoped user IDs, e.g. US.13491208655302741918; US.ENT. for those of several portfolios. */
const USER_ID = /^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$/;

/**
 * The pages of the sends: a phone number with its country code on WhatsApp and Viber. The format of group IDs is not
 * documented, so any is accepted. Neither is whether To takes WhatsApp's user IDs, which receipts have; it does here.
 */
function checkTo(value: unknown, channelType: string, recipientType: unknown): string {
	if (typeof value !== 'string' || value === '')
		throw refuse('MissingTo', 'To is mandatory for this action.');
	if (!usesNumbers(channelType) || (channelType === 'whatsapp' && recipientType === 'group'))
		return value;
	if (channelType === 'whatsapp' && USER_ID.test(value)) return value;
	if (!isPhoneNumber(value)) {
		throw refuse(
			'InvalidParameter.ToOnlyNumeric',
			'To must be a number with its country code: 5 to 15 digits, of which the first is not 0.',
		);
	}
	return value;
}

/** @throws Refusal unless the template exists, is approved, and is of the channel's type */
function findSendableTemplate(parameters: CallParameters, channelType: string): Template {
	const template = findTemplate(parameters);
	if (template.auditStatus !== 'pass') {
		throw refuse(
			'InvalidParameter.AuditStatusNotSupport',
			`The template is ${template.auditStatus}.`,
		);
	}
	if (template.type !== (channelType === 'viber' ? 'VIBER' : 'WHATSAPP')) {
		throw refuse(
			'InvalidParameter.TemplateTypeNotSupport',
			`The template is for ${template.type}.`,
		);
	}
	return template;
}

function checkTemplateParams(template: Template, params: unknown): Record<string, string> {
	if (params !== undefined && !isObject(params))
		throw refuse('InvalidParameter', 'TemplateParams must be an object.');
	const values = params ?? {};
	for (const [name, value] of Object.entries(values)) {
		if (typeof value !== 'string')
			throw refuse('TemplateParamInvalid', `The value of ${name} must be a string.`);
	}
	for (const name of template.variables) {
		const value = Object.hasOwn(values, name) ? values[name] : undefined;
		if (value === undefined || value === '')
			throw refuse('TemplateParamInvalid', `The variable ${name} is missing.`);
	}
	const all = Object.values(values);
	if (template.takesAnyName) {
		if (all.length !== 1 || all[0] === '')
			throw refuse('TemplateParamInvalid', 'The template takes one variable, the code.');
		return values as Record<string, string>;
	}
	const unknown = Object.keys(values).find((name) => !template.variables.includes(name));
	if (unknown !== undefined)
		throw refuse('TemplateParamInvalid', `The template has no variable ${unknown}.`);
	return values as Record<string, string>;
}

// Meta limits the IDs of a catalog's items.
const productId = maxLength(100);
const section = z.object({
	Title: z.string().optional(),
	ProductItems: z.array(z.object({ ProductRetailerId: productId })),
});

/** Parameters that only WhatsApp has. */
const WHATSAPP_PARAMETERS = z.object({
	Payload: z.array(z.string()).optional(),
	ProductAction: z
		.object({
			ThumbnailProductRetailerId: productId.optional(),
			Sections: z.array(section).max(10).optional(),
		})
		.refine(
			({ Sections = [] }) => Sections.flatMap(({ ProductItems }) => ProductItems).length <= 30,
			'takes 30 products at most',
		)
		.optional(),
	FlowAction: z
		.object({ FlowToken: z.string().optional(), FlowActionData: z.record(z.unknown()).optional() })
		.optional(),
	ContextMessageId: z.string().min(1).optional(),
	RecipientType: z.enum(['individual', 'group']).optional(),
});

type WhatsAppParameters = Pick<
	AcceptedMessage,
	'payload' | 'productAction' | 'flowAction' | 'contextMessageId' | 'recipientType'
>;

/** The documentation leaves open which other channels accept ContextMessageId. */
function readWhatsAppParameters(
	entry: Record<string, unknown>,
	channelType: string,
): WhatsAppParameters {
	const names = Object.keys(WHATSAPP_PARAMETERS.shape).filter((name) => entry[name] !== undefined);
	if (names.length === 0) return {};
	if (channelType !== 'whatsapp')
		throw refuse('InvalidParameter', `${names.join(', ')}: for whatsapp only.`);
	const { error } = WHATSAPP_PARAMETERS.safeParse(entry);
	if (error) throw refuse('InvalidParameter', describeIssue(error));
	// The original values, because parsing drops unknown keys.
	return Object.fromEntries(
		names.map((name) => [name[0].toLowerCase() + name.slice(1), entry[name]]),
	);
}

/**
 * The actions that a template's buttons cannot do without: a flow button its own, and a button for several products the
 * products. A catalog needs none. Sources: FlowAction and ProductAction on the pages of the sends, and Meta's pages on
 * sending flow templates and multi-product templates. Whether WhatsApp minds actions without a button is not documented.
 */
function checkActions(
	{ buttonTypes }: Template,
	{ productAction, flowAction }: WhatsAppParameters,
): void {
	if (buttonTypes.includes('FLOW') && !flowAction)
		throw refuse('InvalidParameter', 'FlowAction: the template has a flow button.');
	const sections = productAction?.Sections as Array<z.infer<typeof section>> | undefined;
	if (
		buttonTypes.includes('MPM') &&
		!sections?.some(({ ProductItems }) => ProductItems.length > 0)
	) {
		throw refuse('InvalidParameter', 'ProductAction: the template has a button for products.');
	}
}

function checkRange(parameters: CallParameters, name: string, min: number, max: number): void {
	const value = given(parameters, name);
	if (
		value !== undefined &&
		!(/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max)
	) {
		throw refuse('InvalidParameter', `${name} must be ${min} to ${max}.`);
	}
}

/** Reads the parameters that only Viber has, and the fallback message. Empty ones count as absent, as the pages say. */
function readDelivery(
	parameters: CallParameters,
	channelType: string,
): Pick<AcceptedMessage, 'label' | 'ttl' | 'tag' | 'trackingData' | 'fallback'> {
	const viberOnly = ['Label', 'Ttl', 'Tag', 'TrackingData'].filter((name) =>
		given(parameters, name),
	);
	if (channelType !== 'viber' && viberOnly.length > 0) {
		throw refuse('InvalidParameter', `${viberOnly.join(', ')}: for viber only.`);
	}
	if (
		channelType === 'viber' &&
		!['promotion', 'transaction'].includes(given(parameters, 'Label') ?? '')
	) {
		throw refuse('InvalidParameter', 'Label must be promotion or transaction.');
	}
	checkRange(parameters, 'Ttl', 30, 1_209_600);
	checkRange(parameters, 'FallBackDuration', 60, 43_200);
	if (!['undelivered', 'sentFailed', undefined].includes(given(parameters, 'FallBackRule'))) {
		throw refuse('InvalidParameter', 'FallBackRule must be undelivered or sentFailed.');
	}
	const fallback = ['FallBackId', 'FallBackContent', 'FallBackDuration', 'FallBackRule']
		.map((name) => [name, given(parameters, name)] as const)
		.filter((pair): pair is [string, string] => pair[1] !== undefined);
	return {
		label: given(parameters, 'Label'),
		ttl: given(parameters, 'Ttl'),
		tag: given(parameters, 'Tag'),
		trackingData: given(parameters, 'TrackingData'),
		...(fallback.length > 0 && { fallback: Object.fromEntries(fallback) }),
	};
}

let lastNumber = 0;

/** Unique IDs with random gaps, so that no code can rely on consecutive ones. */
function newId(now: number): string {
	lastNumber = (lastNumber + randomInt(1, 10_000)) % 1e9;
	return `${now}${String(lastNumber).padStart(9, '0')}`;
}

type MessageBody = Pick<
	AcceptedMessage,
	'templateCode' | 'language' | 'templateParams' | 'messageType' | 'content' | 'text' | 'buttons'
>;

function readMessage(
	parameters: CallParameters,
	channelType: string,
	whatsApp: WhatsAppParameters,
): MessageBody {
	const type = required(parameters, 'Type');
	if (type === 'message') {
		const message = readContent(parameters, channelType);
		// SDK 5.3.0, MessageType: pins are for group messages only.
		if (message.messageType === 'pin' && whatsApp.recipientType !== 'group')
			throw refuse('InvalidParameter.MessageTypeNotSupport', 'pin is for groups only.');
		return message;
	}
	if (type !== 'template') throw refuse('InvalidParameter', `Type ${type} is not supported.`);
	const template = findSendableTemplate(parameters, channelType);
	const templateParams = checkTemplateParams(template, parseJson(parameters, 'TemplateParams'));
	checkActions(template, whatsApp);
	return {
		templateCode: template.code,
		language: template.language,
		templateParams,
		...render(template, templateParams),
	};
}

/**
 * On the page of SendChatappMessage: a message of one's own within 24 hours of the user's last one. The page of SDK 1.6.0
 * exempts Viber. The code is from Alibaba's agent skill.
 */
function checkServiceWindow(
	{ channelType, messageType, recipientType, from, to }: AcceptedMessage,
	{ settings, conversations, now }: CallContext,
): void {
	if (settings.serviceWindow === 'ignored' || channelType !== 'whatsapp') return;
	if (messageType === undefined || recipientType === 'group') return;
	if (!conversations.isOpen('cams', from, to, now)) {
		throw refuse('SessionWindowExpired', `${to} has not written to ${from} within 24 hours.`);
	}
}

export const sendMessage: Operation = (parameters, context) => {
	const { now } = context;
	const channelType = checkChannel(parameters);
	required(parameters, 'Type');
	// The page: sending fails for everybody whom Meta has not invited.
	if (given(parameters, 'Category'))
		throw refuse('InvalidParameter', 'Category: for customers whom Meta has invited.');
	// Checked for every channel, also those that look up nothing in it.
	findSpace(parameters);
	const messageId = newId(now);
	const fields = {
		Payload: parseJson(parameters, 'Payload'),
		ProductAction: parseJson(parameters, 'ProductAction'),
		FlowAction: parseJson(parameters, 'FlowAction'),
		ContextMessageId: parameters.get('ContextMessageId'),
		RecipientType: parameters.get('RecipientType'),
	};
	const whatsApp = readWhatsAppParameters(fields, channelType);
	const message: AcceptedMessage = {
		api: 'cams',
		operation: 'SendChatappMessage',
		messageId,
		channelType,
		from: checkFrom(parameters, channelType),
		to: checkTo(parameters.get('To'), channelType, fields.RecipientType),
		taskId: parameters.get('TaskId'),
		custSpaceId: parameters.get('CustSpaceId'),
		...readDelivery(parameters, channelType),
		...whatsApp,
		...readMessage(parameters, channelType, whatsApp),
		at: now,
	};
	checkServiceWindow(message, context);
	return { body: { Code: 'OK', Message: 'OK', MessageId: messageId }, messages: [message] };
};

/** Parameters of SendChatappMessage that the page of the mass send does not have, of those that would change a message. */
const SINGLE_ONLY = [
	'Type',
	'MessageType',
	'Content',
	'ContextMessageId',
	'TrackingData',
	'To',
	'TemplateParams',
	'Payload',
	'ProductAction',
	'FlowAction',
	'RecipientType',
];

export const sendMassMessage: Operation = (parameters, { now }) => {
	const channelType = checkChannel(parameters);
	if (channelType === 'telegram') {
		throw refuse(
			'InvalidParameter.ChannelTypeNotSupport',
			'ChannelType telegram is not supported.',
		);
	}
	const surplus = SINGLE_ONLY.find((name) => given(parameters, name));
	if (surplus) throw refuse('InvalidParameter', `${surplus}: for a single send only.`);
	const template = findSendableTemplate(parameters, channelType);
	const from = checkFrom(parameters, channelType);
	const delivery = readDelivery(parameters, channelType);
	const list = parseJson(parameters, 'SenderList');
	if (!Array.isArray(list) || list.length === 0)
		throw refuse('MissingSenderList', 'SenderList is mandatory for this action.');
	if (list.length > 1000)
		throw refuse('InvalidParameter', 'SenderList takes 1,000 entries at most.');

	const groupMessageId = newId(now);
	const messages = list.map((entry: unknown, index): AcceptedMessage => {
		if (!isObject(entry))
			throw refuse('InvalidParameter', `SenderList[${index}] is not an object.`);
		if (entry.ContextMessageId !== undefined)
			throw refuse('InvalidParameter', 'ContextMessageId: for a single send only.');
		const templateParams = checkTemplateParams(template, entry.TemplateParams);
		const whatsApp = readWhatsAppParameters(entry, channelType);
		checkActions(template, whatsApp);
		return {
			api: 'cams',
			operation: 'SendChatappMassMessage',
			// The documentation gives no relation between GroupMessageId and message IDs.
			messageId: newId(now),
			groupMessageId,
			channelType,
			from,
			to: checkTo(entry.To, channelType, entry.RecipientType),
			taskId: parameters.get('TaskId'),
			custSpaceId: parameters.get('CustSpaceId'),
			templateCode: template.code,
			language: template.language,
			templateParams,
			...whatsApp,
			...delivery,
			...render(template, templateParams),
			at: now,
		};
	});
	return { body: { Code: 'OK', Message: 'OK', GroupMessageId: groupMessageId }, messages };
};
