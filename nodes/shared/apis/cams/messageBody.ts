import type { IDataObject } from 'n8n-workflow';

import { checkOpenJson } from '../../messages/checkJson';
import { previewContent, type Preview } from '../../messages/preview';
import { chosenType, readContent, type FileToUpload } from '../../messages/read';
import { compactJson } from '../../parameters/json';
import type { Read } from '../../parameters/parameters';
import { plainText } from '../../parameters/text';
import { templateInOutput, type Chosen } from './chosen';
import type { WireParameters } from './client';
import { MESSAGE_TYPES } from './messageTypes';
import { buttonParts, type CamsOptions } from './options';
import { previewTemplate, type Template } from './template';
import {
	checkVariables,
	cleansVariables,
	readTemplateValues,
	templateWarnings,
} from './templateValues';

export interface MessageBody {
	/** Its part of the call. */
	parameters: WireParameters;
	/** For the output: templateCode and language, or messageType. */
	contains: IDataObject;
	/** Reasons why it may not arrive as intended, although it can be sent. */
	warnings: string[];
	/** To be uploaded first, to complete the content. */
	file?: FileToUpload;
	/** As the recipient would see it, as far as that is known. */
	preview(): Preview;
}

/** Send Template. @throws UserIssue for what the API would refuse */
export function templateBody(
	read: Read,
	{ sender, template: chosen }: Required<Chosen>,
	options: CamsOptions,
	template: Template | undefined,
	item: IDataObject,
): MessageBody {
	const cleans = cleansVariables(sender.ChannelType, options);
	const { variables, payload } = readTemplateValues(read, { template, item, cleans });
	const parts = sender.ChannelType === 'whatsapp' ? buttonParts(options, payload) : {};
	if (template) checkVariables(template, variables);
	const sent: IDataObject = {
		...(Object.keys(variables).length > 0 && { TemplateParams: variables }),
		...parts,
	};
	return {
		parameters: {
			Type: 'template',
			...chosen,
			...Object.fromEntries(Object.entries(sent).map(([name, part]) => [name, compactJson(part)])),
		},
		contains: templateInOutput(chosen),
		warnings: templateWarnings(template, sender.ChannelType, sent),
		preview: () => (template ? previewTemplate(template, variables) : { text: '', buttons: [] }),
	};
}

/** Send Message. @throws UserIssue for what the API would refuse */
export function contentBody(read: Read, { sender }: Chosen): MessageBody {
	const type = chosenType(MESSAGE_TYPES, sender.ChannelType, read);
	const { content, text, file, warnings } = readContent(type, read);
	const messageType =
		type.type === 'raw' ? plainText(read('messageTypeCode'), 'Message Type Code') : type.type;
	return {
		parameters: { Type: 'message', MessageType: messageType, Content: text },
		contains: { messageType },
		warnings: [
			...warnings,
			...(type.contentIs === 'contentJson' ? checkOpenJson(content, 'Content (JSON): ') : []),
		],
		preview: () => previewContent(type, content),
		file,
	};
}
