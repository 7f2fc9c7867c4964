import type { IDataObject } from 'n8n-workflow';

import { LANGUAGES } from '../../editor/languages';
import type { OpenTemplate } from '../../editor/templateMapper';
import { ReadError } from '../../http/cachedRead';
import { checkContent, checkOpenJson } from '../../messages/checkJson';
import { WITHIN_24_HOURS, previewContent } from '../../messages/preview';
import { chosenType, readContent } from '../../messages/read';
import type { MessageType } from '../../messages/schema';
import { CLEAN_VARIABLES, toOneLine, variableWarning } from '../../messages/templateText';
import { readChosenTemplate } from '../../parameters/chosenTemplate';
import { readJsonObject } from '../../parameters/json';
import { booleanOption } from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import { textOf } from '../../util/json';
import { at, merge } from '../../util/path';
import { UserIssue, quote } from '../../util/userIssue';
import {
	MESSAGE_TYPES,
	TEMPLATE,
	UNLISTED,
	interactiveTypes,
	type InteractiveStyle,
} from './messageTypes';
import { previewTemplate, templateDoubts } from './template';
import { readTemplateParts, withVariables } from './templateValues';

export interface InnoPaasOptions {
	additionalBodyFields?: unknown;
	cleanVariables?: unknown;
	defaultCountry?: unknown;
	interactiveStyle?: unknown;
	repeatCodeInButton?: unknown;
	taskId?: unknown;
	timeout?: unknown;
	validateOnly?: unknown;
	wabaId?: unknown;
}

export interface MessageBody {
	/** Its part of the request. */
	body: IDataObject;
	/** Reasons why it may not arrive as intended, although it can be sent. */
	warnings: string[];
}

const ADDITIONAL = 'Additional Body Fields (JSON)';

/** Fields that other options set: a recipient added here would be sent to without being counted. */
const SET_ELSEWHERE = new Map([
	['recipientnumber', 'To'],
	['sendnumber', 'From (Sender Number)'],
	['uid', 'the option Task ID'],
	['wabaid', 'the option WABA ID'],
]);

const isEmpty = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

function readAdditional({ additionalBodyFields }: InnoPaasOptions): IDataObject {
	if (isEmpty(additionalBodyFields)) return {};
	const additional = readJsonObject(additionalBodyFields, ADDITIONAL, '{"templateGroupId": "77"}');
	for (const name of Object.keys(additional)) {
		const instead = SET_ELSEWHERE.get(name.trim().toLowerCase());
		if (instead !== undefined)
			throw new UserIssue(`${ADDITIONAL} cannot set ${name}`, `Use ${instead} for it.`);
	}
	return additional;
}

const NAME = /^[a-z0-9_]{1,512}$/;

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

/** The style in which a part of an interactive message is written; the chosen one if it could be either. */
function styleOf(isNested: boolean, isFlat: boolean, chosen: InteractiveStyle): InteractiveStyle {
	if (isNested === isFlat) return chosen;
	return isNested ? 'nested' : 'flat';
}

/** The description of a message that the user wrote as JSON. */
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

/** In one table of the documents, name and company of a contact are lists: the first entry of each is checked. */
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

/** Checks an interactive message whose type InnoPaaS does not document, such as those that WhatsApp has added since. */
function checkUnlisted({ interactive }: IDataObject, where: string): string[] {
	const type = at(interactive, 'type');
	if (typeof type !== 'string' || type.trim() === '')
		throw new UserIssue(
			`${where}the interactive message has no type`,
			'Set "type", e.g. to button, list, product or product_list.',
		);
	return [
		...checkOpenJson(interactive, where),
		`${where}InnoPaaS does not document interactive messages of type ${quote(type)}, so this one is sent as written.`,
	];
}

/**
 * Checks a whole message that the user wrote as JSON.
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
	if (!type && messageType === 'interactive') return checkUnlisted(body, where);
	if (!type)
		throw new UserIssue(
			`${where}messageType is not known`,
			`Got ${quote(messageType)}. Use one of template, text, image, video, audio, location, document, sticker, contacts, interactive.`,
		);
	if (isMmLite && type !== TEMPLATE)
		throw new UserIssue(`${where}messageType is not template`, 'MMLite sends nothing else.');
	if (type === TEMPLATE && !textOf(language))
		throw new UserIssue(`${where}language is empty`, 'Choose it under Language.');
	if (type === TEMPLATE && !textOf(templateName) && !textOf(templateGroupId))
		throw new UserIssue(`${where}templateName is empty`, 'Choose it under Template.');
	return checkContent(type, withoutLists(body), where);
}

function messageBody(read: Read, style: InteractiveStyle): MessageBody {
	const type = chosenType(MESSAGE_TYPES[style], 'whatsapp', read);
	const { content, warnings } = readContent(type, (name) => read(name));
	const isRaw = type.type === 'raw';
	const body = {
		messageType: isRaw ? Object.keys(content as IDataObject)[0] : type.type,
		...(content as IDataObject),
	};
	return { body, warnings: isRaw ? checkBody(body, style, false, 'Content (JSON): ') : warnings };
}

/** The message with its variables as WhatsApp takes them, or with a warning. */
function withCheckedVariables({ body, warnings }: MessageBody, cleans: boolean): MessageBody {
	if (body.messageType !== 'template') return { body, warnings };
	const more: string[] = [];
	const checked = withVariables(body, (text, label) => {
		if (cleans) return toOneLine(text);
		const warning = variableWarning(text, label);
		if (warning !== undefined) more.push(warning);
		return text;
	});
	return { body: checked, warnings: [...warnings, ...more] };
}

/** The body of the message, including Additional Body Fields. @throws UserIssue */
export function readMessageBody(
	read: Read,
	options: InnoPaasOptions,
	style: InteractiveStyle,
): MessageBody {
	const cleans = booleanOption(options.cleanVariables, CLEAN_VARIABLES);
	return withCheckedVariables(readWholeBody(read, options, style), cleans);
}

function readWholeBody(read: Read, options: InnoPaasOptions, style: InteractiveStyle): MessageBody {
	const additional = readAdditional(options);
	const message =
		read('operation') === 'sendMessage'
			? messageBody(read, style)
			: templateBody(read, options, textOf(additional.templateGroupId) !== undefined);
	if (Object.keys(additional).length === 0) return message;
	// A copy, since parts of it may belong to the input item.
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

/**
 * The message as the recipient would see it.
 * @param template what the list of templates holds of it, or why that could not be read
 */
export function previewOf(
	{ body, warnings }: MessageBody,
	style: InteractiveStyle,
	template?: OpenTemplate | ReadError,
): IDataObject {
	if (template instanceof ReadError) return { warnings: [...warnings, template.message] };
	if (template) {
		const { text, buttons } = previewTemplate(template, body);
		return { preview: text, buttons, warnings: [...warnings, ...templateDoubts(template, body)] };
	}
	if (body.messageType === 'template') return { warnings };
	const { text, buttons } = previewContent(typeOf(body, style) ?? UNLISTED, body);
	return { preview: text, buttons, warnings: [WITHIN_24_HOURS, ...warnings] };
}
