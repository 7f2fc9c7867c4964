import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { compactJson, readJsonObject } from '../../input/jsonField';
import { NotSendable, plainText, quote } from '../../input/notSendable';
import { booleanOption, oneOf, timeoutMsOption } from '../../input/options';
import type { Read } from '../../input/parameters';
import { cleanRecipient, cleanSender } from '../../input/recipient';
import { readChosenTemplate } from '../../input/template';
import { LANGUAGES } from '../../lists/languages';
import type { MassMessage, MassVendor } from '../../mass/chunks';
import { at, checkContent, merge, previewContent, readContent } from '../../messages/content';
import { fileNames, type Field, type MessageType } from '../../messages/describe';
import { digestOf } from '../../outcome/ledger';
import { readAccount, type Account } from '../api/account';
import { INNOPAAS } from '../api/advice';
import { MOST_CALLS_PER_SECOND, SUBMIT_PATH, USUAL_CALLS_PER_SECOND, callInnoPaas, innoPaasThrottle } from '../api/transport';
import { MESSAGE_TYPES, TEMPLATE, type InteractiveStyle } from './messageTypes';
import { readTemplateParts } from './template';

/** Sources: docs.innopaas.com, page "message": its table of fields, and the limits of recipients and uid. */

const MOST_RECIPIENTS = 1000;
const MOST_UID_CHARACTERS = 32;

interface InnoPaasOptions {
	additionalBodyFields?: unknown;
	interactiveStyle?: unknown;
	repeatCodeInButton?: unknown;
	taskId?: unknown;
	timeout?: unknown;
	wabaId?: unknown;
}

/** What a message says: its part of the body, and what the output item and Validate Only tell. */
interface Said {
	body: IDataObject;
	contains: IDataObject;
	warnings: string[];
}

function readPath(read: Read): string {
	if (read('operation') !== 'sendMmLite') return SUBMIT_PATH;
	const path = plainText(read('mmLitePath', ''), 'MMLite Path');
	if (path === '') {
		throw new NotSendable('MMLite Path is empty', 'InnoPaaS does not publish it. Ask your account manager for the path that starts with /.');
	}
	// The token goes along: to no other host than that of the credential.
	if (!/^\/[^/\\\s]\S*$/.test(path)) throw new NotSendable('MMLite Path is not a path', `Got ${quote(path)}. It starts with one /; the address before it is in the credential.`);
	return path;
}

function readWabaId(options: InnoPaasOptions, account: Account): string {
	const wabaId = plainText(options.wabaId, 'WABA ID') || account.wabaId;
	if (wabaId === '') throw new NotSendable('WABA ID is empty', 'Enter it in the credential, or add it under Options. The console shows it beside the WhatsApp Business Account.');
	return wabaId;
}

/** The user's own uid; empty when one is to be made up for each call. */
function readTaskId({ taskId }: InnoPaasOptions): string {
	const text = plainText(taskId, 'Task ID');
	const length = [...text].length;
	if (length > MOST_UID_CHARACTERS) throw new NotSendable('Task ID is too long', `It has ${length} characters; InnoPaaS takes ${MOST_UID_CHARACTERS}.`);
	return text;
}

const ADDITIONAL = 'Additional Body Fields (JSON)';

/** What else sets these; somebody who is not counted must not be sent to. */
const SET_ELSEWHERE: Readonly<Record<string, string>> = { recipientNumber: 'To', sendNumber: 'From (Send Number)', uid: 'the option Task ID', wabaId: 'the option WABA ID' };

function readAdditional({ additionalBodyFields }: InnoPaasOptions): IDataObject {
	if (additionalBodyFields === undefined || additionalBodyFields === '') return {};
	const additional = readJsonObject(additionalBodyFields, ADDITIONAL, '{"templateGroupId": "77"}');
	const taken = Object.keys(additional).find((name) => Object.prototype.hasOwnProperty.call(SET_ELSEWHERE, name));
	if (taken !== undefined) throw new NotSendable(`${ADDITIONAL} cannot set ${taken}`, `Use ${SET_ELSEWHERE[taken]} for it.`);
	return additional;
}

const NAME = /^[a-z0-9_]{1,512}$/;

function templateSaid(read: Read, options: InnoPaasOptions, additional: IDataObject): Said {
	const hasGroup = additional.templateGroupId !== undefined;
	const { template, language } = readChosenTemplate(read, 'Pick it from the list, or enter its name as the console shows it.', hasGroup);
	const { parts, warnings } = readTemplateParts(read);
	const [code] = (parts.bodyParams ?? []) as string[];
	if (booleanOption(options.repeatCodeInButton, 'Repeat Code in Button') && code !== undefined) parts.buttonParams ??= [{ type: 'text', value: code }];
	const doubts = [
		!hasGroup && !NAME.test(template) && `Template ${quote(template)} has other characters than the small letters, digits and underscores that names have.`,
		!LANGUAGES.some(([known]) => known === language) && `Language ${quote(language)} is not in InnoPaaS' list.`,
	].filter((doubt): doubt is string => Boolean(doubt));
	return {
		body: { messageType: 'template', language, ...(!hasGroup && { templateName: template }), ...parts },
		contains: { ...(!hasGroup && { templateName: template }), language },
		warnings: [...doubts, ...warnings],
	};
}

/** The description of a content's type; of an interactive one also by its kind. */
function typeOf(body: IDataObject, style: InteractiveStyle): MessageType | undefined {
	if (body.messageType === 'template') return TEMPLATE;
	const kind = (body.interactive as IDataObject | undefined)?.type;
	return MESSAGE_TYPES[style].find(({ type, constants }) => type === body.messageType && (type !== 'interactive' || (constants?.interactive as IDataObject).type === kind));
}

const NESTED_HEADER = ['text', 'image', 'video', 'document'].map((part) => `header.${part}`);
const FLAT_HEADER = ['header.paramValue', 'header.link'];

/** The same by the style in which its parts are written: which of the two the API wants is not known, so either will do. */
function writtenType(body: IDataObject, style: InteractiveStyle): MessageType | undefined {
	const has = (paths: string[]) => paths.some((path) => at(body.interactive, path) !== undefined);
	const styleOf = (nested: string[], flat: string[]) => (has(nested) ? 'nested' : has(flat) ? 'flat' : style);
	const isHeader = ({ path = '' }: Field) => path.startsWith('interactive.header.');
	const fieldsOf = (written: InteractiveStyle) => typeOf(body, written)?.fields ?? [];
	const type = typeOf(body, style);
	return (
		type && {
			...type,
			fields: [
				...fieldsOf(styleOf(NESTED_HEADER, FLAT_HEADER)).filter(isHeader),
				...fieldsOf(styleOf(['action.buttons.reply'], ['action.buttons.title'])).filter((field) => !isHeader(field)),
			],
		}
	);
}

/** Checks what the user wrote as JSON. @throws NotSendable */
function checkWritten(body: IDataObject, style: InteractiveStyle, where: string): string[] {
	const type = writtenType(body, style);
	if (!type && body.messageType === 'interactive') {
		throw new NotSendable(`${where}the type of the interactive message is not known`, 'Use one of button, list, product, product_list.');
	}
	return type ? checkContent(type, body, where) : [];
}

/** The description of the type that is chosen in the panel. */
function findType(read: Read, style: InteractiveStyle): MessageType {
	const chosen = read('messageType', 'text');
	const found = MESSAGE_TYPES[style].find(({ type, variant }) => type === chosen && (!variant || read(variant.name, 'button') === variant.value));
	if (!found) throw new NotSendable('There is no such message type', 'Choose another Message Type.');
	return found;
}

const WITHIN_A_DAY = "WhatsApp takes this only within 24 hours of the recipient's last message.";

function messageSaid(read: Read, style: InteractiveStyle): Said {
	const type = findType(read, style);
	const { content, warnings } = readContent(type, (name) => read(name));
	const isRaw = type.type === 'raw';
	const messageType = isRaw ? Object.keys(content as IDataObject)[0] : type.type;
	const body = { messageType, ...(content as IDataObject) };
	return { body, contains: { messageType }, warnings: isRaw ? checkWritten(body, style, 'Content (JSON): ') : warnings };
}

function previewOf(body: IDataObject, style: InteractiveStyle, warnings: string[]): IDataObject {
	const type = writtenType(body, style);
	const { text, buttons } = type ? previewContent(type, body) : { text: '', buttons: [] };
	return { preview: text, buttons, warnings: [WITHIN_A_DAY, ...warnings] };
}

function readMessage(context: IExecuteFunctions, account: Account, read: Read): MassMessage {
	const options = read('options', {}) as InnoPaasOptions;
	const style = oneOf(options.interactiveStyle, 'Interactive Style', ['flat', 'nested']) === 'nested' ? 'nested' : 'flat';
	const path = readPath(read);
	const from = cleanSender(read('from', ''), 'whatsapp');
	const wabaId = readWabaId(options, account);
	const additional = readAdditional(options);
	const isMessage = read('operation') === 'sendMessage';
	const { body, contains, warnings } = isMessage ? messageSaid(read, style) : templateSaid(read, options, additional);
	if (Object.keys(additional).length > 0) {
		merge(body, additional);
		warnings.push(...checkWritten(body, style, `${ADDITIONAL}: `).filter((warning) => !warnings.some((known) => warning.endsWith(known))));
	}
	const taskId = readTaskId(options);
	const timeoutMs = timeoutMsOption(options.timeout);
	const content = JSON.stringify(body);
	return {
		about: { api: 'innoPaas', from, channelType: 'whatsapp', wabaId },
		contains,
		taskId,
		key: JSON.stringify([path, wabaId, from, content, taskId, timeoutMs]),
		// It can be long, and is asked for with every recipient.
		content: digestOf(content),
		warnings,
		preview: isMessage ? previewOf(body, style, warnings) : warnings.length > 0 ? { warnings } : undefined,
		call: async (recipients, uid) => {
			const whole = compactJson({ wabaId, sendNumber: from, recipientNumber: recipients.join(','), uid, ...body });
			const answer = await callInnoPaas(context, { path, body: whole, timeoutMs });
			// Which of several messages the one id names is not documented.
			return answer.outcome === 'accepted' && recipients.length > 1 ? { ...answer, messageId: undefined, groupMessageId: answer.messageId } : answer;
		},
	};
}

function namesOf(fields: readonly Field[]): string[] {
	return fields.flatMap((field) => (field.kind === 'file' ? Object.values(fileNames(field.name)) : [field.name]));
}

/** The parameters that a message reads. */
const SHARED: readonly string[] = [
	...new Set([
		...['operation', 'mmLitePath', 'from', 'template', 'language', 'specifyVariables', 'templateVariables', 'templateVariablesJson', 'messageType', 'interactiveType', 'options'],
		...[TEMPLATE, ...MESSAGE_TYPES.flat].flatMap(({ fields }) => namesOf(fields)),
	]),
];

/** msg/submit, as the mass send of this package wants it. @throws NotSendable (credential) */
export async function innoPaasSubmit(context: IExecuteFunctions): Promise<MassVendor> {
	const account = await readAccount(context);
	return {
		api: 'innoPaas',
		vendor: INNOPAAS,
		throttle: innoPaasThrottle(account, 'send'),
		callsPerSecond: USUAL_CALLS_PER_SECOND,
		mostCallsPerSecond: MOST_CALLS_PER_SECOND,
		mostRecipients: MOST_RECIPIENTS,
		takesSeveral: true,
		runId: account.runId,
		shared: SHARED,
		message: (read) => readMessage(context, account, read),
		recipient: (read) => {
			const to = cleanRecipient(read('to', ''), 'whatsapp');
			return { to, json: to, shape: '' };
		},
	};
}
