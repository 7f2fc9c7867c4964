import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { LANGUAGES } from '../../editor/languages';
import { checkContent } from '../../messages/checkJson';
import { previewContent } from '../../messages/preview';
import { readContent } from '../../messages/read';
import { fileNames, type Field, type MessageType } from '../../messages/schema';
import { readChosenTemplate } from '../../parameters/chosenTemplate';
import { compactJson, readJsonObject } from '../../parameters/json';
import { booleanOption, oneOf, timeoutMsOption } from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import { cleanRecipient, cleanSender } from '../../parameters/recipient';
import { digestOf } from '../../send/ledger';
import type { BatchSender, MassMessage } from '../../send/sender';
import { at, merge } from '../../util/path';
import { UserIssue, plainText, quote } from '../../util/userIssue';
import {
	SUBMIT_PATH,
	callInnoPaas,
	innoPaasRateLimiter,
	readAccount,
	type Account,
} from './client';
import { INNOPAAS_ERRORS } from './errors';
import {
	MAX_RECIPIENTS_PER_CALL,
	MAX_UID_CHARACTERS,
	MAX_CALLS_PER_SECOND,
	DEFAULT_CALLS_PER_SECOND,
} from './limits';
import { MESSAGE_TYPES, TEMPLATE, interactiveTypes, type InteractiveStyle } from './messageTypes';
import { readTemplateParts } from './templateValues';

/** Sources: docs.innopaas.com, page "message": its table of fields, and the limits of recipients and uid. */

interface InnoPaasOptions {
	additionalBodyFields?: unknown;
	interactiveStyle?: unknown;
	repeatCodeInButton?: unknown;
	taskId?: unknown;
	timeout?: unknown;
	wabaId?: unknown;
}

/** What a message says: its part of the body, and what can be sent but may not arrive as it is meant. */
interface MessageBody {
	body: IDataObject;
	warnings: string[];
}

function readPath(read: Read): string {
	if (read('operation') !== 'sendMmLite') return SUBMIT_PATH;
	const path = plainText(read('mmLitePath', ''), 'MMLite Path');
	if (path === '') {
		throw new UserIssue(
			'MMLite Path is empty',
			'InnoPaaS does not publish it. Ask your account manager for the path that starts with /.',
		);
	}
	// The token goes along: to no other host than that of the credential.
	if (!/^\/[^/\\\s]\S*$/.test(path))
		throw new UserIssue(
			'MMLite Path is not a path',
			`Got ${quote(path)}. It starts with one /; the address before it is in the credential.`,
		);
	return path;
}

function readWabaId(options: InnoPaasOptions, account: Account): string {
	const wabaId = plainText(options.wabaId, 'WABA ID') || account.wabaId;
	if (wabaId === '')
		throw new UserIssue(
			'WABA ID is empty',
			'Enter it in the credential, or add it under Options. The console shows it beside the WhatsApp Business Account.',
		);
	return wabaId;
}

/** The user's own uid; empty when one is to be made up for each call. */
function readTaskId({ taskId }: InnoPaasOptions): string {
	const text = plainText(taskId, 'Task ID');
	const length = [...text].length;
	if (length > MAX_UID_CHARACTERS)
		throw new UserIssue(
			'Task ID is too long',
			`It has ${length} characters; InnoPaaS takes ${MAX_UID_CHARACTERS}.`,
		);
	return text;
}

const ADDITIONAL = 'Additional Body Fields (JSON)';

/** What else sets these; somebody who is not counted must not be sent to. */
const SET_ELSEWHERE = new Map([
	['recipientnumber', 'To'],
	['sendnumber', 'From (Send Number)'],
	['uid', 'the option Task ID'],
	['wabaid', 'the option WABA ID'],
]);

function readAdditional({ additionalBodyFields: given }: InnoPaasOptions): IDataObject {
	if (given === undefined || given === null || (typeof given === 'string' && given.trim() === ''))
		return {};
	const additional = readJsonObject(given, ADDITIONAL, '{"templateGroupId": "77"}');
	for (const name of Object.keys(additional)) {
		const instead = SET_ELSEWHERE.get(name.trim().toLowerCase());
		if (instead !== undefined)
			throw new UserIssue(`${ADDITIONAL} cannot set ${name}`, `Use ${instead} for it.`);
	}
	return additional;
}

const NAME = /^[a-z0-9_]{1,512}$/;

/** A text of the body that is not blank. */
const isFilled = (value: unknown) =>
	(typeof value === 'string' || typeof value === 'number') && String(value).trim() !== '';

function templateBody(read: Read, options: InnoPaasOptions, hasGroup: boolean): MessageBody {
	const { template, language } = readChosenTemplate(
		read,
		'Pick it from the list, or enter its name as the console shows it.',
		hasGroup,
	);
	const { parts, warnings } = readTemplateParts(read);
	const [code] = (parts.bodyParams ?? []) as string[];
	if (booleanOption(options.repeatCodeInButton, 'Repeat Code in Button') && code !== undefined)
		parts.buttonParams ??= [{ type: 'text', value: code }];
	const doubts = [
		!hasGroup &&
			!NAME.test(template) &&
			`Template ${quote(template)} has other characters than the small letters, digits and underscores that names have.`,
		!LANGUAGES.some(([known]) => known === language) &&
			`Language ${quote(language)} is not in InnoPaaS' list.`,
	].filter((doubt): doubt is string => Boolean(doubt));
	return {
		body: {
			messageType: 'template',
			language,
			...(!hasGroup && { templateName: template }),
			...parts,
		},
		warnings: [...doubts, ...warnings],
	};
}

/** In which style a part of an interactive message is written; where nothing tells, in the chosen one. */
function styleOf(isNested: boolean, isFlat: boolean, chosen: InteractiveStyle): InteractiveStyle {
	if (isNested === isFlat) return chosen;
	return isNested ? 'nested' : 'flat';
}

/** The description of what the user wrote. */
function typeOf(
	{ messageType, interactive }: IDataObject,
	chosen: InteractiveStyle,
): MessageType | undefined {
	if (messageType === 'template') return TEMPLATE;
	if (messageType !== 'interactive')
		return MESSAGE_TYPES.flat.find(({ type }) => type !== 'raw' && type === messageType);
	const has = (path: string) => at(interactive, path) !== undefined;
	const kind = at(interactive, 'header.type');
	const headers = styleOf(
		has('header.text') || (typeof kind === 'string' && has(`header.${kind}`)),
		has('header.paramValue') || has('header.link'),
		chosen,
	);
	const buttons = at(interactive, 'action.buttons');
	const isOf = (part: string) =>
		Array.isArray(buttons) && buttons.some((button) => at(button, part) !== undefined);
	const type = at(interactive, 'type');
	return interactiveTypes(headers, styleOf(isOf('reply'), isOf('title'), chosen)).find(
		({ constants }) => at(constants, 'interactive.type') === type,
	);
}

/** Name and company of a contact are lists in one table of the documents: the first of each is checked. */
function withoutLists(body: IDataObject): IDataObject {
	const first = (value: unknown) =>
		(Array.isArray(value) ? (value as unknown[])[0] : value) as IDataObject;
	if (!Array.isArray(body.contacts)) return body;
	const contacts = (body.contacts as unknown[]).map((contact) => {
		if (typeof contact !== 'object' || contact === null) return contact;
		const { name, org } = contact as IDataObject;
		return {
			...contact,
			...(name !== undefined && { name: first(name) }),
			...(org !== undefined && { org: first(org) }),
		};
	});
	return { ...body, contacts: contacts as IDataObject[] };
}

/**
 * Checks what the user wrote as JSON, whole.
 * @param where stands in front of the fields' names in messages
 * @throws UserIssue
 */
function checkBody(
	body: IDataObject,
	style: InteractiveStyle,
	isMmLite: boolean,
	where: string,
): string[] {
	const { messageType, language, templateName, templateGroupId } = body;
	const type = typeOf(body, style);
	if (!type && messageType === 'interactive')
		throw new UserIssue(
			`${where}the type of the interactive message is not known`,
			'Use one of button, list, product, product_list.',
		);
	if (!type)
		throw new UserIssue(
			`${where}messageType is not known`,
			`Got ${quote(messageType)}. Use one of template, text, image, video, audio, location, document, sticker, contacts, interactive.`,
		);
	if (isMmLite && type !== TEMPLATE)
		throw new UserIssue(`${where}messageType is not template`, 'MMLite sends nothing else.');
	if (type === TEMPLATE && !isFilled(language))
		throw new UserIssue(`${where}language is empty`, 'Choose it under Language.');
	if (type === TEMPLATE && !isFilled(templateName) && !isFilled(templateGroupId))
		throw new UserIssue(`${where}templateName is empty`, 'Choose it under Template.');
	return checkContent(type, withoutLists(body), where);
}

/** The description of the type that is chosen in the panel. */
function findType(read: Read, style: InteractiveStyle): MessageType {
	const chosen = read('messageType', 'text');
	const found = MESSAGE_TYPES[style].find(
		({ type, variant }) =>
			type === chosen && (!variant || read(variant.name, 'button') === variant.value),
	);
	if (!found) throw new UserIssue('There is no such message type', 'Choose another Message Type.');
	return found;
}

const WITHIN_A_DAY = "WhatsApp takes this only within 24 hours of the recipient's last message.";

function messageBody(read: Read, style: InteractiveStyle): MessageBody {
	const type = findType(read, style);
	const { content, warnings } = readContent(type, (name) => read(name));
	const isRaw = type.type === 'raw';
	const body = {
		messageType: isRaw ? Object.keys(content as IDataObject)[0] : type.type,
		...(content as IDataObject),
	};
	return { body, warnings: isRaw ? checkBody(body, style, false, 'Content (JSON): ') : warnings };
}

/** What the message says, with what the user adds to it. */
function readMessageBody(
	read: Read,
	options: InnoPaasOptions,
	style: InteractiveStyle,
): MessageBody {
	const additional = readAdditional(options);
	const message =
		read('operation') === 'sendMessage'
			? messageBody(read, style)
			: templateBody(read, options, isFilled(additional.templateGroupId));
	if (Object.keys(additional).length === 0) return message;
	// What stands in it may be the item's own.
	const body = JSON.parse(JSON.stringify(message.body)) as IDataObject;
	merge(body, additional);
	const warnings = checkBody(body, style, read('operation') === 'sendMmLite', `${ADDITIONAL}: `);
	return {
		body,
		warnings: [
			...message.warnings,
			...warnings.filter((warning) => !message.warnings.some((known) => warning.endsWith(known))),
		],
	};
}

/** What the recipient would see, where the node knows; a template's text it does not. */
function previewOf(
	{ body, warnings }: MessageBody,
	style: InteractiveStyle,
): IDataObject | undefined {
	if (body.messageType === 'template') return warnings.length > 0 ? { warnings } : undefined;
	const { text, buttons } = previewContent(typeOf(body, style) as MessageType, body);
	return { preview: text, buttons, warnings: [WITHIN_A_DAY, ...warnings] };
}

function readMessage(context: IExecuteFunctions, account: Account, read: Read): MassMessage {
	const options = read('options', {}) as InnoPaasOptions;
	const style =
		oneOf(options.interactiveStyle, 'Interactive Style', ['flat', 'nested']) === 'nested'
			? 'nested'
			: 'flat';
	const path = readPath(read);
	const from = cleanSender(read('from', ''), 'whatsapp');
	const wabaId = readWabaId(options, account);
	const message = readMessageBody(read, options, style);
	const taskId = readTaskId(options);
	const timeoutMs = timeoutMsOption(options.timeout);
	const content = JSON.stringify(message.body);
	const { messageType, templateName, language } = message.body;
	return {
		about: { api: 'innoPaas', from, channelType: 'whatsapp', wabaId },
		contains:
			messageType === 'template'
				? { ...(templateName !== undefined && { templateName }), language }
				: { messageType },
		taskId,
		key: JSON.stringify([path, wabaId, from, content, taskId, timeoutMs]),
		// It can be long, and is asked for with every recipient.
		content: digestOf(content),
		warnings: message.warnings,
		preview: previewOf(message, style),
		call: async (recipients, uid) => {
			const body = compactJson({
				...message.body,
				wabaId,
				sendNumber: from,
				recipientNumber: recipients.join(','),
				uid,
			});
			const answer = await callInnoPaas(context, account, { path, body, timeoutMs });
			// Which of several messages the one id names is not documented.
			return answer.outcome === 'accepted' && recipients.length > 1
				? { ...answer, messageId: undefined, groupMessageId: answer.messageId }
				: answer;
		},
	};
}

function namesOf(fields: readonly Field[]): string[] {
	return fields.flatMap((field) =>
		field.kind === 'file' ? Object.values(fileNames(field.name)) : [field.name],
	);
}

/** The parameters that a message reads. */
const SHARED: readonly string[] = [
	...new Set([
		...[
			'operation',
			'mmLitePath',
			'from',
			'template',
			'language',
			'specifyVariables',
			'templateVariables',
			'templateVariablesJson',
			'messageType',
			'interactiveType',
			'options',
		],
		...[TEMPLATE, ...MESSAGE_TYPES.flat].flatMap(({ fields }) => namesOf(fields)),
	]),
];

/** msg/submit, as the mass send of this package wants it. @throws UserIssue (credential) */
export async function innoPaasSubmit(context: IExecuteFunctions): Promise<BatchSender> {
	const account = await readAccount(context);
	return {
		api: 'innoPaas',
		errors: INNOPAAS_ERRORS,
		rateLimiter: (maxPerSecond) => innoPaasRateLimiter(account, 'send', maxPerSecond),
		callsPerSecond: DEFAULT_CALLS_PER_SECOND,
		maxCallsPerSecond: MAX_CALLS_PER_SECOND,
		maxRecipients: MAX_RECIPIENTS_PER_CALL,
		numbersOnly: true,
		campaignId: account.campaignId,
		shared: SHARED,
		message: (read) => readMessage(context, account, read),
		recipient: (read) => {
			const to = cleanRecipient(read('to', ''), 'whatsapp');
			return { to, payload: to, shape: '' };
		},
	};
}
