import { NotSendable, plainText } from '../input/notSendable';
import { numberOption } from '../input/options';
import type { Read } from '../input/parameters';
import { cleanRecipient, cleanSender, type ChannelType } from '../input/recipient';
import type { Sending } from '../outcome/result';
import type { Account } from './account';
import { readTemplateVariables } from './templateVariables';
import type { Parameters } from './transport';

/** One SendChatappMessage: what goes over the wire, and what the output item tells about it. */
export interface Message extends Sending {
	parameters: Parameters;
	timeoutMs: number;
}

interface SendOptions {
	taskId?: unknown;
	timeout?: unknown;
}

/** The parameters that both sends have: who sends, by which channel. */
export function readSender(read: Read, account: Account): { ChannelType: ChannelType; From: string; CustSpaceId: string } {
	const channelType = read('channelType') as ChannelType;
	const from = cleanSender(read('from', ''), channelType);
	const custSpaceId = plainText(read('custSpaceId', ''), 'Channel ID / Space ID') || account.custSpaceId;
	if (custSpaceId === '') {
		throw new NotSendable(
			'No channel is chosen',
			'Fill Channel ID / Space ID here or in the credential. It starts with "cams-" and is shown on the Channel Management page.',
		);
	}
	return { ChannelType: channelType, From: from, CustSpaceId: custSpaceId };
}

/** The template and its language. */
export function readTemplate(read: Read): { TemplateCode: string; Language: string } {
	// A template picked from a list carries its language: "code/language".
	const [code, ownLanguage] = plainText(read('template', ''), 'Template').split('/');
	if (code === '') {
		throw new NotSendable('Template is empty', 'Enter the code that Template Design shows in the console.');
	}
	const language = ownLanguage || plainText(read('language', ''), 'Language');
	if (language === '') {
		throw new NotSendable('Language is empty', 'Enter the language of the template as the console shows it, e.g. en_US.');
	}
	return { TemplateCode: code, Language: language };
}

/** Viber asks what kind of message it is; an expression can give anything. */
export function readViberLabel(read: Read): { Label: string } {
	const label = plainText(read('label', ''), 'Label');
	if (label !== 'promotion' && label !== 'transaction') {
		throw new NotSendable('Label is neither promotion nor transaction', 'Choose one of the two, or let the expression give one.');
	}
	return { Label: label };
}

/** The option Timeout (Seconds), in milliseconds. */
export function readTimeoutMs(timeout: unknown = 30): number {
	return numberOption(timeout, 'Timeout (Seconds)', 5, 300) * 1000;
}

function templateParameters(read: Read): Parameters {
	const variables = readTemplateVariables(read);
	return {
		Type: 'template',
		...readTemplate(read),
		...(Object.keys(variables).length > 0 && { TemplateParams: JSON.stringify(variables) }),
	};
}

function textParameters(read: Read): Parameters {
	const content = read('text', '');
	if (plainText(content, 'Text') === '') {
		throw new NotSendable('Text is empty', 'Enter what the recipient should read, or drag the field that holds it.');
	}
	return {
		Type: 'message',
		MessageType: 'text',
		Content: JSON.stringify({ text: String(content) }),
	};
}

/**
 * Builds the SendChatappMessage of one item from the node's fields and checks it, so that what the API would
 * refuse is told before anything is sent. Parameters: operation page of SendChatappMessage.
 * @param read the node's parameters for this item
 * @throws NotSendable with the field's name as the user sees it
 */
export function buildMessage(read: Read, itemIndex: number, account: Account): Message {
	const channelType = read('channelType') as ChannelType;
	const options = read('options', {}) as SendOptions;
	const to = cleanRecipient(read('to', ''), channelType);
	const sender = readSender(read, account);
	const content = read('operation') === 'sendTemplate' ? templateParameters(read) : textParameters(read);
	const taskId = plainText(options.taskId, 'Task ID') || `${account.runId}-i${itemIndex}`;

	return {
		parameters: {
			...sender,
			To: to,
			TaskId: taskId,
			...content,
			...(channelType === 'viber' && readViberLabel(read)),
		},
		about: { to, api: 'cams', from: sender.From, channelType },
		contains:
			content.Type === 'template'
				? { templateCode: content.TemplateCode, language: content.Language }
				: { messageType: content.MessageType },
		taskId,
		timeoutMs: readTimeoutMs(options.timeout),
	};
}
