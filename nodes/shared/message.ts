import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { InvalidField } from './invalidField';
import { cleanRecipient, cleanSender, type ChannelType } from './recipient';
import { readTemplateVariables } from './templateVariables';

/** One SendChatappMessage: what goes over the wire, and what the output item tells about it. */
export interface Message {
	/** Wire names and texts; structured values are JSON already. Unset parameters are absent. */
	parameters: Record<string, string>;
	/** Whom it goes to and by which way, for the output item. */
	about: IDataObject;
	/** What it holds, for the output item. */
	contains: IDataObject;
	taskId: string;
	timeoutMs: number;
}

/** What all items of a run share. */
export interface MessageDefaults {
	/** The credential's Channel ID / Space ID; empty when it has none. */
	custSpaceId: string;
	/** Makes the task id of an item that the user gave none. */
	makeTaskId: (itemIndex: number) => string;
}

interface SendOptions {
	taskId?: unknown;
	timeout?: number;
}

function text(value: unknown): string {
	return value === undefined || value === null ? '' : String(value).trim();
}

function located(context: IExecuteFunctions, name: string, itemIndex: number): string {
	return text(context.getNodeParameter(name, itemIndex, '', { extractValue: true }));
}

function templateParameters(context: IExecuteFunctions, itemIndex: number): Record<string, string> {
	// A template picked from a list carries its language: "code/language".
	const [code, ownLanguage] = located(context, 'template', itemIndex).split('/');
	if (code === '') {
		throw new InvalidField('Template is empty', 'Enter the code that Template Design shows in the console.');
	}
	const language = ownLanguage || located(context, 'language', itemIndex);
	if (language === '') {
		throw new InvalidField('Language is empty', 'Enter the language of the template as the console shows it, e.g. en_US.');
	}
	const variables = readTemplateVariables(context, itemIndex);
	return {
		Type: 'template',
		TemplateCode: code,
		Language: language,
		...(Object.keys(variables).length > 0 && { TemplateParams: JSON.stringify(variables) }),
	};
}

function textParameters(context: IExecuteFunctions, itemIndex: number): Record<string, string> {
	const content = context.getNodeParameter('text', itemIndex, '');
	if (typeof content === 'object' && content !== null) {
		throw new InvalidField('Text is not a text', 'Drag the field that holds the text, not the object around it.');
	}
	if (text(content) === '') {
		throw new InvalidField('Text is empty', 'Enter what the recipient should read, or drag the field that holds it.');
	}
	return {
		Type: 'message',
		MessageType: 'text',
		Content: JSON.stringify({ text: String(content) }),
	};
}

function timeoutMs(options: SendOptions): number {
	const seconds = Number(options.timeout ?? 30);
	if (!(seconds >= 5 && seconds <= 300)) {
		throw new InvalidField('Timeout (Seconds) is out of range', 'Use 5 to 300.');
	}
	return seconds * 1000;
}

/**
 * Builds the SendChatappMessage of one item from the node's fields and checks it, so that what the API would
 * refuse is told before anything is sent. Parameters: operation page of SendChatappMessage.
 * @throws InvalidField with the field's name as the user sees it
 */
export function buildMessage(
	context: IExecuteFunctions,
	itemIndex: number,
	defaults: MessageDefaults,
): Message {
	const channelType = context.getNodeParameter('channelType', itemIndex) as ChannelType;
	const operation = context.getNodeParameter('operation', itemIndex) as string;
	const options = context.getNodeParameter('options', itemIndex, {}) as SendOptions;

	const to = cleanRecipient(context.getNodeParameter('to', itemIndex, ''), channelType);
	const from = cleanSender(
		context.getNodeParameter('from', itemIndex, '', { extractValue: true }),
		channelType,
	);
	const custSpaceId = located(context, 'custSpaceId', itemIndex) || defaults.custSpaceId;
	if (custSpaceId === '') {
		throw new InvalidField(
			'No channel is chosen',
			'Fill Channel ID / Space ID here or in the credential. It starts with "cams-" and is shown on the Channel Management page.',
		);
	}
	const content =
		operation === 'sendTemplate'
			? templateParameters(context, itemIndex)
			: textParameters(context, itemIndex);
	const taskId = text(options.taskId) || defaults.makeTaskId(itemIndex);

	return {
		parameters: {
			ChannelType: channelType,
			From: from,
			To: to,
			CustSpaceId: custSpaceId,
			TaskId: taskId,
			...content,
			...(channelType === 'viber' && {
				Label: context.getNodeParameter('label', itemIndex) as string,
			}),
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
