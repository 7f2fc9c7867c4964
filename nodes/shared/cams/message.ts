import type { IExecuteFunctions } from 'n8n-workflow';

import { NotSendable, plainText } from '../notSendable';
import { cleanRecipient, cleanSender, type ChannelType } from '../recipient';
import type { Sending } from '../result';
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

function located(context: IExecuteFunctions, name: string, label: string, itemIndex: number): string {
	return plainText(context.getNodeParameter(name, itemIndex, '', { extractValue: true }), label);
}

function templateParameters(context: IExecuteFunctions, itemIndex: number): Parameters {
	// A template picked from a list carries its language: "code/language".
	const [code, ownLanguage] = located(context, 'template', 'Template', itemIndex).split('/');
	if (code === '') {
		throw new NotSendable('Template is empty', 'Enter the code that Template Design shows in the console.');
	}
	const language = ownLanguage || located(context, 'language', 'Language', itemIndex);
	if (language === '') {
		throw new NotSendable('Language is empty', 'Enter the language of the template as the console shows it, e.g. en_US.');
	}
	const variables = readTemplateVariables(context, itemIndex);
	return {
		Type: 'template',
		TemplateCode: code,
		Language: language,
		...(Object.keys(variables).length > 0 && { TemplateParams: JSON.stringify(variables) }),
	};
}

function textParameters(context: IExecuteFunctions, itemIndex: number): Parameters {
	const content = context.getNodeParameter('text', itemIndex, '');
	if (plainText(content, 'Text') === '') {
		throw new NotSendable('Text is empty', 'Enter what the recipient should read, or drag the field that holds it.');
	}
	return {
		Type: 'message',
		MessageType: 'text',
		Content: JSON.stringify({ text: String(content) }),
	};
}

/** Viber asks what kind of message it is; an expression can give anything. */
function viberLabel(context: IExecuteFunctions, itemIndex: number): string {
	const label = plainText(context.getNodeParameter('label', itemIndex, ''), 'Label');
	if (label !== 'promotion' && label !== 'transaction') {
		throw new NotSendable('Label is neither promotion nor transaction', 'Choose one of the two, or let the expression give one.');
	}
	return label;
}

function timeoutMs(options: SendOptions): number {
	const seconds = Number(plainText(options.timeout ?? 30, 'Timeout (Seconds)'));
	if (!(seconds >= 5 && seconds <= 300)) {
		throw new NotSendable('Timeout (Seconds) is out of range', 'Use 5 to 300.');
	}
	return seconds * 1000;
}

/**
 * Builds the SendChatappMessage of one item from the node's fields and checks it, so that what the API would
 * refuse is told before anything is sent. Parameters: operation page of SendChatappMessage.
 * @throws NotSendable with the field's name as the user sees it
 */
export function buildMessage(
	context: IExecuteFunctions,
	itemIndex: number,
	account: Account,
): Message {
	const channelType = context.getNodeParameter('channelType', itemIndex) as ChannelType;
	const operation = context.getNodeParameter('operation', itemIndex) as string;
	const options = context.getNodeParameter('options', itemIndex, {}) as SendOptions;

	const to = cleanRecipient(context.getNodeParameter('to', itemIndex, ''), channelType);
	const from = cleanSender(
		context.getNodeParameter('from', itemIndex, '', { extractValue: true }),
		channelType,
	);
	const custSpaceId = located(context, 'custSpaceId', 'Channel ID / Space ID', itemIndex) || account.custSpaceId;
	if (custSpaceId === '') {
		throw new NotSendable(
			'No channel is chosen',
			'Fill Channel ID / Space ID here or in the credential. It starts with "cams-" and is shown on the Channel Management page.',
		);
	}
	const content =
		operation === 'sendTemplate'
			? templateParameters(context, itemIndex)
			: textParameters(context, itemIndex);
	const taskId = plainText(options.taskId, 'Task ID') || account.makeTaskId(itemIndex);

	return {
		parameters: {
			ChannelType: channelType,
			From: from,
			To: to,
			CustSpaceId: custSpaceId,
			TaskId: taskId,
			...content,
			...(channelType === 'viber' && { Label: viberLabel(context, itemIndex) }),
		},
		about: { api: 'cams', to, from, channelType },
		contains:
			content.Type === 'template'
				? { templateCode: content.TemplateCode, language: content.Language }
				: { messageType: content.MessageType },
		taskId,
		timeoutMs: timeoutMs(options),
	};
}
