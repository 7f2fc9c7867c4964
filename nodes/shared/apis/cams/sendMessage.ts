import type { IDataObject } from 'n8n-workflow';

import { previewContent, type Preview } from '../../messages/preview';
import { readContent, type FileToUpload } from '../../messages/read';
import type { MessageType } from '../../messages/schema';
import { readChosenTemplate } from '../../parameters/chosenTemplate';
import { compactJson } from '../../parameters/json';
import {
	booleanOption,
	maxPerSecondOption,
	oneOf,
	timeoutMsOption,
} from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import { cleanRecipient, cleanSender, type ChannelType } from '../../parameters/recipient';
import type { Sending } from '../../send/result';
import { itemTaskId } from '../../send/taskId';
import { UserIssue, plainText } from '../../util/userIssue';
import { withoutEmpty, type Parameters, NO_CHANNEL, type Account } from './client';
import { callsPerSecond } from './limits';
import { MESSAGE_TYPES } from './messageTypes';
import { buttonParts, fallbackParameters, viberParameters, type CamsOptions } from './options';
import { previewTemplate, type Template } from './template';
import { checkVariables, readTemplateValues } from './templateValues';

/** One SendChatappMessage: what goes over the wire, and what the output item tells about it. */
export interface Message extends Sending {
	parameters: Parameters;
	/** To be uploaded first, to complete the content. */
	file?: FileToUpload;
	/** What the recipient would see, as far as it is known. */
	preview(): Preview;
	validateOnly: boolean;
	timeoutMs: number;
	maxPerSecond: number;
}

/** The parameters that both sends have: who sends, by which channel. */
export function readSender(
	read: Read,
	account: Account,
): { ChannelType: ChannelType; From: string; CustSpaceId: string } {
	const channelType = read('channelType') as ChannelType;
	const from = cleanSender(read('from', ''), channelType);
	const custSpaceId =
		plainText(read('custSpaceId', ''), 'Channel ID / Space ID') || account.custSpaceId;
	if (custSpaceId === '') {
		throw new UserIssue(NO_CHANNEL.title, NO_CHANNEL.advice);
	}
	return { ChannelType: channelType, From: from, CustSpaceId: custSpaceId };
}

/** The template and its language. */
export function readTemplate(read: Read): { TemplateCode: string; Language: string } {
	const { template, language } = readChosenTemplate(
		read,
		'Pick it from the list, or enter the code that Template Design shows in the console.',
	);
	return { TemplateCode: template, Language: language };
}

/** What is chosen for a message before it is written: looked up once, and used as it was looked up. */
export interface Chosen {
	sender: ReturnType<typeof readSender>;
	/** Absent for a message of one's own. */
	template?: ReturnType<typeof readTemplate>;
}

/** @throws UserIssue */
export function readChosen(read: Read, account: Account): Chosen {
	return {
		sender: readSender(read, account),
		...(read('operation') === 'sendTemplate' && { template: readTemplate(read) }),
	};
}

/** What a message says: its wire parameters, and what the output item and the preview tell. */
type Body = Pick<Message, 'contains' | 'file' | 'parameters' | 'preview'>;

/** Whether other channels than these two share WhatsApp's templates is not documented. */
function isForAnother({ templateType }: Template, channelType: ChannelType): boolean {
	return (
		['viber', 'whatsapp'].includes(channelType) &&
		['VIBER', 'WHATSAPP'].includes(templateType) &&
		templateType.toLowerCase() !== channelType
	);
}

function templateBody(
	read: Read,
	{ sender, template: chosen }: Required<Chosen>,
	options: CamsOptions,
	template: Template | undefined,
	item: IDataObject,
): Body {
	const { variables, payload } = readTemplateValues(read, { template, item });
	const parts = sender.ChannelType === 'whatsapp' ? buttonParts(options, payload) : {};
	if (template) {
		if (isForAnother(template, sender.ChannelType)) {
			throw new UserIssue(
				'The template is for another channel',
				`It is one for ${template.templateType === 'VIBER' ? 'Viber' : 'WhatsApp'}. Pick one of this channel under Template.`,
			);
		}
		if (template.auditStatus !== '' && template.auditStatus !== 'pass') {
			throw new UserIssue(
				'The template is not approved yet',
				`Its status is "${template.auditStatus}". Send it when the console shows it as approved.`,
			);
		}
		checkVariables(template, variables);
	}
	return {
		parameters: {
			Type: 'template',
			...chosen,
			...(Object.keys(variables).length > 0 && { TemplateParams: compactJson(variables) }),
			...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, compactJson(part)])),
		},
		contains: { templateCode: chosen.TemplateCode, language: chosen.Language },
		preview: () => (template ? previewTemplate(template, variables) : { text: '', buttons: [] }),
	};
}

/** The description of the type that is chosen in the panel. */
function findType(read: Read, channelType: ChannelType): MessageType {
	const chosen = read('messageType', 'text');
	const found = MESSAGE_TYPES.find(
		({ channel, type, variant }) =>
			channel === channelType &&
			type === chosen &&
			(!variant || read(variant.name, 'button') === variant.value),
	);
	if (!found)
		throw new UserIssue('This channel has no such message type', 'Choose another Message Type.');
	return found;
}

function contentBody(read: Read, { sender }: Chosen): Body {
	const type = findType(read, sender.ChannelType);
	const { content, text, file } = readContent(type, read);
	const messageType =
		type.type === 'raw' ? plainText(read('messageTypeCode'), 'Message Type Code') : type.type;
	return {
		parameters: { Type: 'message', MessageType: messageType, Content: text },
		contains: { messageType },
		preview: () => previewContent(type, content),
		file,
	};
}

/**
 * Builds the SendChatappMessage of one item from the node's fields and checks it, so that what the API would
 * refuse is told before anything is sent. Parameters: operation page of SendChatappMessage.
 * @param read the node's parameters for this item
 * @param chosen what was looked up for this item
 * @param item the fields of the item
 * @param template what the template holds, where it could be read
 * @throws UserIssue with the field's name as the user sees it
 */
export function buildMessage(
	read: Read,
	itemIndex: number,
	account: Account,
	{
		chosen = readChosen(read, account),
		item = {},
		template,
	}: { chosen?: Chosen; item?: IDataObject; template?: Template } = {},
): Message {
	const { sender, template: chosenTemplate } = chosen;
	const channelType = sender.ChannelType;
	const options = read('options', {}) as CamsOptions;
	const isGroup =
		channelType === 'whatsapp' &&
		oneOf(options.recipientType, 'Recipient Type', ['individual', 'group']) === 'group';
	const to = cleanRecipient(read('to', ''), channelType, isGroup);
	const body = chosenTemplate
		? templateBody(read, { sender, template: chosenTemplate }, options, template, item)
		: contentBody(read, chosen);
	const taskId = plainText(options.taskId, 'Task ID') || itemTaskId(account.campaignId, itemIndex);
	const { parameters, contains, preview, file } = body;

	return {
		parameters: {
			...sender,
			To: to,
			TaskId: taskId,
			...parameters,
			...(channelType === 'viber' && viberParameters(read, options)),
			...fallbackParameters(options),
			...withoutEmpty({
				ContextMessageId:
					channelType === 'whatsapp'
						? plainText(options.contextMessageId, 'Reply To Message ID')
						: '',
				RecipientType: isGroup ? 'group' : '',
			}),
		},
		about: { to, api: 'cams', from: sender.From, channelType },
		contains,
		taskId,
		preview,
		file,
		validateOnly: booleanOption(options.validateOnly, 'Validate Only'),
		timeoutMs: timeoutMsOption(options.timeout),
		maxPerSecond: maxPerSecondOption(
			options.maxRequestsPerSecond,
			callsPerSecond('SendChatappMessage'),
		),
	};
}
