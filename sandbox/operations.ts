import { randomInt } from 'node:crypto';

import {
	CHANNEL_TYPES,
	PHONE_NUMBERS,
	TEMPLATES,
	VIBER_SERVICES,
	render,
	variablesOf,
	type Account,
	type Template,
} from './catalogue';
import { Refusal } from './refusal';

/** Decoded parameters of a call, from query and form together. */
export type Parameters = Map<string, string>;

/** One message that the sandbox took, as it understood it. */
export interface TakenMessage {
	operation: string;
	messageId: string;
	groupMessageId?: string;
	channelType: string;
	from: string;
	to: string;
	taskId?: string;
	templateCode?: string;
	language?: string;
	templateParams?: Record<string, string>;
	payload?: string[];
	productAction?: Record<string, unknown>;
	flowAction?: Record<string, unknown>;
	ttl?: string;
	tag?: string;
	fallback?: Record<string, string>;
	messageType?: string;
	content?: unknown;
	label?: string;
	custSpaceId?: string;
	/** What the recipient would read. */
	text: string;
	at: number;
}

/** What an operation answers, and the messages it took. */
export interface Handled {
	body: Record<string, unknown>;
	messages: TakenMessage[];
}

type Operation = (parameters: Parameters, history: readonly TakenMessage[], now: number) => Handled;

/**
 * Codes and rules: Chat App's "API error codes" and the pages of the operations. Which code the API gives for a
 * missing template variable, an unregistered sender and a list above 1,000 is not documented; those three are
 * the sandbox's choice.
 */
const refuse = (code: string, message: string) => new Refusal(400, code, message);

function need(parameters: Parameters, name: string): string {
	const value = parameters.get(name);
	if (value === undefined || value === '') {
		throw refuse(`Missing${name}`, `${name} is mandatory for this action.`);
	}
	return value;
}

function json(parameters: Parameters, name: string): unknown {
	const value = parameters.get(name);
	if (value === undefined) return undefined;
	try {
		return JSON.parse(value);
	} catch {
		throw refuse('InvalidParameter', `${name} is not valid JSON.`);
	}
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkChannel(parameters: Parameters): string {
	const channelType = need(parameters, 'ChannelType');
	if (!CHANNEL_TYPES.includes(channelType)) {
		throw refuse('InvalidParameter.ChannelTypeNotSupport', `ChannelType ${channelType} is not supported.`);
	}
	return channelType;
}

function checkFrom(parameters: Parameters, channelType: string): string {
	const from = need(parameters, 'From');
	const isNumber = channelType === 'whatsapp' || channelType === 'viber';
	if (isNumber && !/^\d+$/.test(from)) {
		throw refuse('InvalidParameter.FromOnlyNumeric', 'From must be numeric.');
	}
	const registered = {
		whatsapp: PHONE_NUMBERS.map(({ PhoneNumber }) => PhoneNumber),
		viber: VIBER_SERVICES,
	}[channelType];
	if (registered && !registered.includes(from)) {
		throw refuse('InvalidParameter.PhoneNumberError', `The number ${from} is not registered.`);
	}
	return from;
}

function checkTo(value: unknown, channelType: string): string {
	if (typeof value !== 'string' || value === '') throw refuse('MissingTo', 'To is mandatory for this action.');
	if ((channelType === 'whatsapp' || channelType === 'viber') && !/^\d{5,20}$/.test(value)) {
		throw refuse('InvalidParameter.ToOnlyNumeric', 'To must be numeric.');
	}
	return value;
}

function checkRanges(parameters: Parameters, channelType: string): void {
	const ranges: Array<[string, number, number]> = [
		['Ttl', 30, 1_209_600],
		['FallBackDuration', 60, 43_200],
	];
	for (const [name, least, most] of ranges) {
		const value = parameters.get(name);
		if (value !== undefined && !(/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most)) {
			throw refuse('InvalidParameter', `${name} must be ${least} to ${most}.`);
		}
	}
	if (!['undelivered', 'sentFailed', undefined].includes(parameters.get('FallBackRule'))) {
		throw refuse('InvalidParameter', 'FallBackRule must be undelivered or sentFailed.');
	}
	if (channelType === 'viber' && !['promotion', 'transaction'].includes(parameters.get('Label') ?? '')) {
		throw refuse('InvalidParameter', 'Label must be promotion or transaction.');
	}
}

/** A template to send: approved, and of the channel's own kind. */
function templateToSend(parameters: Parameters, channelType: string): Template {
	const template = findTemplate(parameters, { mustBeApproved: true });
	if (template.type !== (channelType === 'viber' ? 'VIBER' : 'WHATSAPP')) {
		throw refuse('InvalidParameter.TemplateTypeNotSupport', `The template is for ${template.type}.`);
	}
	return template;
}

function findTemplate(parameters: Parameters, account?: { mustBeApproved: boolean }): Template {
	const code = parameters.get('TemplateCode');
	const name = parameters.get('TemplateName');
	if (!code && !name) throw refuse('InvalidParameter.TemplateCodeNotEmpty', 'TemplateCode must not be empty.');
	const language = parameters.get('Language');
	if (!language) throw refuse('InvalidParameter.LanguageNotEmpty', 'Language must not be empty.');
	const template = TEMPLATES.find(
		(each) => (code ? each.code === code : each.name === name) && each.language === language,
	);
	if (!template) throw refuse('DetailError.TemplateNotExist', 'The template does not exist.');
	if (account?.mustBeApproved && template.auditStatus !== 'pass') {
		throw refuse('InvalidParameter.AuditStatusNotSupport', `The template is ${template.auditStatus}.`);
	}
	return template;
}

function checkTemplateParams(template: Template, given: unknown): Record<string, string> {
	if (given !== undefined && !isRecord(given)) throw refuse('InvalidParameter', 'TemplateParams must be an object.');
	const values = given ?? {};
	for (const [name, value] of Object.entries(values)) {
		if (typeof value !== 'string') throw refuse('TemplateParamInvalid', `The value of ${name} must be a string.`);
	}
	for (const name of variablesOf(template)) {
		const value = Object.hasOwn(values, name) ? values[name] : undefined;
		if (value === undefined || value === '') throw refuse('TemplateParamInvalid', `The variable ${name} is missing.`);
	}
	return values as Record<string, string>;
}

/** The rules of `Content` that the first message types need; each other type is refused as not supported. */
function checkContent(parameters: Parameters): { messageType: string; content: Record<string, unknown> } {
	const messageType = parameters.get('MessageType');
	if (!messageType) throw refuse('InvalidParameter.MessageTypeNotEmpty', 'MessageType must not be empty.');
	if (messageType !== 'text') throw refuse('InvalidParameter.MessageTypeNotSupport', `${messageType} is not supported.`);
	if (!parameters.get('Content')) throw refuse('InvalidParameter.ContentNotEmpty', 'Content must not be empty.');
	const content = json(parameters, 'Content');
	if (!isRecord(content)) throw refuse('InvalidParameter.ContentError', 'Content must be an object.');
	if (typeof content.text !== 'string' || content.text === '') {
		throw refuse('InvalidParameter.TextNotEmpty', 'text must not be empty.');
	}
	return { messageType, content };
}

/** The parts of a template message that only WhatsApp takes; 10 sections and 30 products at most. */
function checkWhatsAppParts(entry: Record<string, unknown>, channelType: string): Pick<TakenMessage, 'payload' | 'productAction' | 'flowAction'> {
	const { Payload: payload, ProductAction: productAction, FlowAction: flowAction } = entry;
	if (channelType !== 'whatsapp' && (payload ?? productAction ?? flowAction) !== undefined) {
		throw refuse('InvalidParameter', 'Payload, ProductAction and FlowAction are for whatsapp.');
	}
	if (payload !== undefined && !(Array.isArray(payload) && payload.every((each) => typeof each === 'string'))) {
		throw refuse('InvalidParameter', 'Payload must be a list of texts.');
	}
	if (productAction !== undefined) {
		const sections = isRecord(productAction) ? (productAction.Sections ?? []) : undefined;
		const products = Array.isArray(sections) ? sections.flatMap((section: unknown) => (isRecord(section) ? section.ProductItems : undefined)) : [];
		if (!Array.isArray(sections) || sections.length > 10 || products.length > 30 || !products.every((each) => isRecord(each) && typeof each.ProductRetailerId === 'string')) {
			throw refuse('InvalidParameter', 'ProductAction is not valid.');
		}
	}
	if (flowAction !== undefined && !isRecord(flowAction)) throw refuse('InvalidParameter', 'FlowAction must be an object.');
	return {
		...(payload !== undefined && { payload: payload as string[] }),
		...(isRecord(productAction) && { productAction }),
		...(isRecord(flowAction) && { flowAction }),
	};
}

/** What goes out instead, and what only Viber has, as given. */
function readDelivery(parameters: Parameters): Pick<TakenMessage, 'ttl' | 'tag' | 'fallback'> {
	const fallback = ['FallBackId', 'FallBackContent', 'FallBackDuration', 'FallBackRule']
		.map((name) => [name, parameters.get(name)] as const)
		.filter((pair): pair is [string, string] => pair[1] !== undefined);
	return {
		ttl: parameters.get('Ttl'),
		tag: parameters.get('Tag'),
		...(fallback.length > 0 && { fallback: Object.fromEntries(fallback) }),
	};
}

function newId(now: number): string {
	return `${now}${String(randomInt(1e9)).padStart(9, '0')}`;
}

const sendMessage: Operation = (parameters, _history, now) => {
	const channelType = checkChannel(parameters);
	const type = need(parameters, 'Type');
	const from = checkFrom(parameters, channelType);
	const to = checkTo(parameters.get('To'), channelType);
	checkRanges(parameters, channelType);
	const messageId = newId(now);
	const common = {
		operation: 'SendChatappMessage',
		messageId,
		channelType,
		from,
		to,
		taskId: parameters.get('TaskId'),
		label: parameters.get('Label'),
		custSpaceId: parameters.get('CustSpaceId'),
		at: now,
	};
	const body = { Code: 'OK', Message: 'OK', MessageId: messageId };

	if (type === 'template') {
		const template = templateToSend(parameters, channelType);
		const templateParams = checkTemplateParams(template, json(parameters, 'TemplateParams'));
		const { code: templateCode, language } = template;
		const text = render(template, templateParams);
		return { body, messages: [{ ...common, templateCode, language, templateParams, text }] };
	}
	if (type === 'message') {
		const { messageType, content } = checkContent(parameters);
		return { body, messages: [{ ...common, messageType, content, text: String(content.text) }] };
	}
	throw refuse('InvalidParameter', `Type ${type} is not supported.`);
};

const sendMassMessage: Operation = (parameters, _history, now) => {
	const channelType = checkChannel(parameters);
	if (channelType === 'telegram') {
		throw refuse('InvalidParameter.ChannelTypeNotSupport', 'ChannelType telegram is not supported.');
	}
	const template = templateToSend(parameters, channelType);
	const from = checkFrom(parameters, channelType);
	checkRanges(parameters, channelType);
	const list = json(parameters, 'SenderList');
	if (!Array.isArray(list) || list.length === 0) throw refuse('MissingSenderList', 'SenderList is mandatory for this action.');
	if (list.length > 1000) throw refuse('InvalidParameter', 'SenderList takes 1,000 entries at most.');

	const groupMessageId = newId(now);
	const delivery = readDelivery(parameters);
	const messages = list.map((entry: unknown, index): TakenMessage => {
		if (!isRecord(entry)) throw refuse('InvalidParameter', `SenderList[${index}] is not an object.`);
		const templateParams = checkTemplateParams(template, entry.TemplateParams);
		return {
			operation: 'SendChatappMassMessage',
			messageId: `${groupMessageId}-${index}`,
			groupMessageId,
			channelType,
			from,
			to: checkTo(entry.To, channelType),
			taskId: parameters.get('TaskId'),
			label: parameters.get('Label'),
			custSpaceId: parameters.get('CustSpaceId'),
			templateCode: template.code,
			language: template.language,
			templateParams,
			...checkWhatsAppParts(entry, channelType),
			...delivery,
			text: render(template, templateParams),
			at: now,
		};
	});
	return { body: { Code: 'OK', Message: 'OK', GroupMessageId: groupMessageId }, messages };
};

function pageOf<T>(rows: T[], parameters: Parameters): T[] {
	const page = json(parameters, 'Page');
	const index = isRecord(page) ? Number(page.Index ?? 1) : 1;
	const size = isRecord(page) ? Number(page.Size ?? 10) : 10;
	if (!(index >= 1 && size >= 1)) throw refuse('InvalidParameter.PageInvalid', 'Page is not valid.');
	return rows.slice((index - 1) * size, index * size);
}

const listTemplates: Operation = (parameters) => {
	const filters: Array<[string, (template: Template) => string]> = [
		['TemplateType', ({ type }) => type],
		['AuditStatus', ({ auditStatus }) => auditStatus],
		['Language', ({ language }) => language],
		['Name', ({ name }) => name],
		['Code', ({ code }) => code],
		['Category', ({ category }) => category],
	];
	const rows = TEMPLATES.filter((template) =>
		filters.every(([name, read]) => !parameters.get(name) || parameters.get(name) === read(template)),
	).map((template) => ({
		TemplateCode: template.code,
		TemplateName: template.name,
		Language: template.language,
		Category: template.category,
		AuditStatus: template.auditStatus,
		TemplateType: template.type,
		LastUpdateTime: Date.UTC(2026, 10, 1),
	}));
	return {
		body: { Code: 'OK', Message: 'OK', Total: rows.length, ListTemplate: pageOf(rows, parameters) },
		messages: [],
	};
};

const templateDetail: Operation = (parameters) => {
	const template = findTemplate(parameters);
	return {
		body: {
			Code: 'OK',
			Message: 'OK',
			Data: {
				TemplateCode: template.code,
				Name: template.name,
				Language: template.language,
				Category: template.category,
				AuditStatus: template.auditStatus,
				TemplateType: template.type,
				Components: template.components,
				Example: template.example,
			},
		},
		messages: [],
	};
};

const phoneNumbers: Operation = () => ({
	body: { Code: 'OK', Message: 'OK', PhoneNumbers: PHONE_NUMBERS },
	messages: [],
});

const listMessages: Operation = (parameters, history) => {
	const businessNumber = need(parameters, 'BusinessNumber');
	const channelType = need(parameters, 'ChannelType').toLowerCase();
	need(parameters, 'CustSpaceId');
	need(parameters, 'Page');
	const matches = (name: string, value: string | undefined) =>
		!parameters.get(name) || parameters.get(name) === value;
	const rows = history
		.filter(
			(message) =>
				message.from === businessNumber &&
				message.channelType === channelType &&
				matches('UserNumber', message.to) &&
				matches('GroupMessageId', message.groupMessageId) &&
				matches('TemplateCode', message.templateCode) &&
				message.at >= Number(parameters.get('StartTime') ?? 0) &&
				message.at <= Number(parameters.get('EndTime') ?? Infinity),
		)
		.map((message) => ({
			MessageId: message.messageId,
			UserNumber: message.to,
			BusinessNumber: message.from,
			MessageStatus: 'Sent',
			ClientAcceptStatusName: 'success',
			SendTime: new Date(message.at).toISOString(),
			TemplateCode: message.templateCode,
			LanguageCode: message.language,
			EventAction: 'DOWN',
		}));
	return { body: { Code: 'OK', Message: 'OK', Data: pageOf(rows, parameters) }, messages: [] };
};

const OPERATIONS: Record<string, Operation> = {
	SendChatappMessage: sendMessage,
	SendChatappMassMessage: sendMassMessage,
	ListChatappTemplate: listTemplates,
	GetChatappTemplateDetail: templateDetail,
	QueryChatappPhoneNumbers: phoneNumbers,
	ListChatappMessage: listMessages,
};

/** @throws Refusal when the version or the operation is not one of CAMS */
export function findOperation(name: string, version: string): Operation {
	if (version !== '2020-06-06') throw new Refusal(400, 'NoSuchVersion', 'Specified version does not exist.');
	if (!Object.hasOwn(OPERATIONS, name)) {
		throw new Refusal(404, 'InvalidApi.NotFound', 'Specified api is not found, please check your url and method.');
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
