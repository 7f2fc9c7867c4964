import { randomInt } from 'node:crypto';
import { z } from 'zod';

import type { AcceptedMessage } from '../acceptedMessage';
import { Refusal } from '../refusal';
import { CHANNEL_TYPES, type Account } from './accounts';
import {
	isObject,
	parseJson,
	required,
	refuse,
	findSpace,
	type Operation,
	type CallParameters,
} from './call';
import { readContent } from './content';
import {
	findTemplate,
	listFlows,
	listInstagramPage,
	listInstances,
	listMessages,
	listTemplates,
	listViberServices,
	phoneNumbers,
	templateDetail,
	uploadAuthorization,
} from './lists';
import { render, type Template } from './templates';
import { updateAccountWebhook, updatePhoneWebhook } from './webhooks';

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

const isNumbered = (channelType: string) => channelType === 'whatsapp' || channelType === 'viber';

function checkFrom(parameters: CallParameters, channelType: string): string {
	const from = required(parameters, 'From');
	if (!isNumbered(channelType)) return from;
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

/** A group has no number; how its id looks is not documented. */
function checkTo(value: unknown, channelType: string, recipientType: unknown): string {
	if (typeof value !== 'string' || value === '')
		throw refuse('MissingTo', 'To is mandatory for this action.');
	if (isNumbered(channelType) && recipientType !== 'group' && !/^\d{5,20}$/.test(value)) {
		throw refuse('InvalidParameter.ToOnlyNumeric', 'To must be numeric.');
	}
	return value;
}

/** A template to send: approved, and of the channel's own kind. */
function templateToSend(parameters: CallParameters, channelType: string): Template {
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

function checkTemplateParams(template: Template, given: unknown): Record<string, string> {
	if (given !== undefined && !isObject(given))
		throw refuse('InvalidParameter', 'TemplateParams must be an object.');
	const values = given ?? {};
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
	if (template.takesAnyName && (all.length !== 1 || all[0] === '')) {
		throw refuse('TemplateParamInvalid', 'The template takes one variable, the code.');
	}
	return values as Record<string, string>;
}

const section = z.object({
	Title: z.string().optional(),
	ProductItems: z.array(z.object({ ProductRetailerId: z.string() })),
});

/** What only WhatsApp takes; 10 sections and 30 products at most. */
const WHATSAPP_PARTS = z.object({
	Payload: z.array(z.string()).optional(),
	ProductAction: z
		.object({
			ThumbnailProductRetailerId: z.string().optional(),
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

type WhatsAppParts = Pick<
	AcceptedMessage,
	'payload' | 'productAction' | 'flowAction' | 'contextMessageId' | 'recipientType'
>;

/** Reads the parts of a message that only WhatsApp has. Which other channels take an answered message's id is not documented. */
function readWhatsAppParts(entry: Record<string, unknown>, channelType: string): WhatsAppParts {
	const given = Object.keys(WHATSAPP_PARTS.shape).filter((name) => entry[name] !== undefined);
	if (given.length === 0) return {};
	if (channelType !== 'whatsapp')
		throw refuse('InvalidParameter', `${given.join(', ')}: for whatsapp only.`);
	const { error } = WHATSAPP_PARTS.safeParse(entry);
	if (error)
		throw refuse(
			'InvalidParameter',
			`${error.issues[0].path.join('.')}: ${error.issues[0].message}.`,
		);
	// As it was given: the form would drop what it does not know.
	return Object.fromEntries(
		given.map((name) => [name[0].toLowerCase() + name.slice(1), entry[name]]),
	);
}

function checkRange(parameters: CallParameters, name: string, min: number, max: number): void {
	const value = parameters.get(name);
	if (
		value !== undefined &&
		!(/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max)
	) {
		throw refuse('InvalidParameter', `${name} must be ${min} to ${max}.`);
	}
}

/** What only Viber has, and what goes out instead. */
function readDelivery(
	parameters: CallParameters,
	channelType: string,
): Pick<AcceptedMessage, 'label' | 'ttl' | 'tag' | 'trackingData' | 'fallback'> {
	const viberOnly = ['Label', 'Ttl', 'Tag', 'TrackingData'].filter((name) => parameters.has(name));
	if (channelType !== 'viber' && viberOnly.length > 0) {
		throw refuse('InvalidParameter', `${viberOnly.join(', ')}: for viber only.`);
	}
	if (
		channelType === 'viber' &&
		!['promotion', 'transaction'].includes(parameters.get('Label') ?? '')
	) {
		throw refuse('InvalidParameter', 'Label must be promotion or transaction.');
	}
	checkRange(parameters, 'Ttl', 30, 1_209_600);
	checkRange(parameters, 'FallBackDuration', 60, 43_200);
	if (!['undelivered', 'sentFailed', undefined].includes(parameters.get('FallBackRule'))) {
		throw refuse('InvalidParameter', 'FallBackRule must be undelivered or sentFailed.');
	}
	const fallback = ['FallBackId', 'FallBackContent', 'FallBackDuration', 'FallBackRule']
		.map((name) => [name, parameters.get(name)] as const)
		.filter((pair): pair is [string, string] => pair[1] !== undefined);
	return {
		label: parameters.get('Label'),
		ttl: parameters.get('Ttl'),
		tag: parameters.get('Tag'),
		trackingData: parameters.get('TrackingData'),
		...(fallback.length > 0 && { fallback: Object.fromEntries(fallback) }),
	};
}

let lastNumber = 0;

/** An id that no other message has, and that tells nothing about the one before. */
function newId(now: number): string {
	lastNumber = (lastNumber + randomInt(1, 10_000)) % 1e9;
	return `${now}${String(lastNumber).padStart(9, '0')}`;
}

type MessageBody = Pick<
	AcceptedMessage,
	'templateCode' | 'language' | 'templateParams' | 'messageType' | 'content' | 'text' | 'buttons'
>;

/** What the message says, by its type. */
function readMessage(parameters: CallParameters, channelType: string): MessageBody {
	const type = required(parameters, 'Type');
	if (type === 'message') return readContent(parameters, channelType);
	if (type !== 'template') throw refuse('InvalidParameter', `Type ${type} is not supported.`);
	const template = templateToSend(parameters, channelType);
	const templateParams = checkTemplateParams(template, parseJson(parameters, 'TemplateParams'));
	return {
		templateCode: template.code,
		language: template.language,
		templateParams,
		...render(template, templateParams),
	};
}

const sendMessage: Operation = (parameters, { now }) => {
	const channelType = checkChannel(parameters);
	required(parameters, 'Type');
	// Also for the channels that look nothing up there.
	findSpace(parameters);
	const messageId = newId(now);
	const parts = {
		Payload: parseJson(parameters, 'Payload'),
		ProductAction: parseJson(parameters, 'ProductAction'),
		FlowAction: parseJson(parameters, 'FlowAction'),
		ContextMessageId: parameters.get('ContextMessageId'),
		RecipientType: parameters.get('RecipientType'),
	};
	const message: AcceptedMessage = {
		api: 'cams',
		operation: 'SendChatappMessage',
		messageId,
		channelType,
		from: checkFrom(parameters, channelType),
		to: checkTo(parameters.get('To'), channelType, parts.RecipientType),
		taskId: parameters.get('TaskId'),
		custSpaceId: parameters.get('CustSpaceId'),
		...readDelivery(parameters, channelType),
		...readWhatsAppParts(parts, channelType),
		...readMessage(parameters, channelType),
		at: now,
	};
	return { body: { Code: 'OK', Message: 'OK', MessageId: messageId }, messages: [message] };
};

const sendMassMessage: Operation = (parameters, { now }) => {
	const channelType = checkChannel(parameters);
	if (channelType === 'telegram') {
		throw refuse(
			'InvalidParameter.ChannelTypeNotSupport',
			'ChannelType telegram is not supported.',
		);
	}
	const template = templateToSend(parameters, channelType);
	const from = checkFrom(parameters, channelType);
	const delivery = readDelivery(parameters, channelType);
	if (delivery.trackingData !== undefined)
		throw refuse('InvalidParameter', 'TrackingData: for a single send only.');
	const list = parseJson(parameters, 'SenderList');
	if (!Array.isArray(list) || list.length === 0)
		throw refuse('MissingSenderList', 'SenderList is mandatory for this action.');
	if (list.length > 1000)
		throw refuse('InvalidParameter', 'SenderList takes 1,000 entries at most.');

	const groupMessageId = newId(now);
	const messages = list.map((entry: unknown, index): AcceptedMessage => {
		if (!isObject(entry))
			throw refuse('InvalidParameter', `SenderList[${index}] is not an object.`);
		const templateParams = checkTemplateParams(template, entry.TemplateParams);
		return {
			api: 'cams',
			operation: 'SendChatappMassMessage',
			// The documents know no way from the group's id to those of its messages.
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
			...readWhatsAppParts(entry, channelType),
			...delivery,
			...render(template, templateParams),
			at: now,
		};
	});
	return { body: { Code: 'OK', Message: 'OK', GroupMessageId: groupMessageId }, messages };
};

const OPERATIONS: Record<string, Operation> = {
	SendChatappMessage: sendMessage,
	SendChatappMassMessage: sendMassMessage,
	ListInstance: listInstances,
	ListViberServiceMessage: listViberServices,
	ListInstagramPage: listInstagramPage,
	ListFlow: listFlows,
	ListChatappTemplate: listTemplates,
	GetChatappTemplateDetail: templateDetail,
	QueryChatappPhoneNumbers: phoneNumbers,
	ListChatappMessage: listMessages,
	GetChatappUploadAuthorization: uploadAuthorization,
	UpdatePhoneWebhook: updatePhoneWebhook,
	UpdateAccountWebhook: updateAccountWebhook,
};

/** @throws Refusal when the version or the operation is not one of CAMS */
export function findOperation(name: string, version: string): Operation {
	if (version !== '2020-06-06')
		throw new Refusal(400, 'NoSuchVersion', 'Specified version does not exist.');
	if (!Object.hasOwn(OPERATIONS, name)) {
		throw new Refusal(
			404,
			'InvalidApi.NotFound',
			'Specified api is not found, please check your url and method.',
		);
	}
	return OPERATIONS[name];
}

/** @throws Refusal for an account that may not use Chat App */
export function checkAccount(account: Account): void {
	if (account.state === 'noPermission') {
		throw new Refusal(400, 'Ram.PermissionDeny', 'The user lacks the permission for this action.');
	}
	if (account.state === 'notActivated') {
		throw new Refusal(400, 'Product.Unsubscript', 'The product is not activated.');
	}
}
