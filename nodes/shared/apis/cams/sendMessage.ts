import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { WITHIN_24_HOURS } from '../../messages/preview';
import { withFile, type FileToUpload } from '../../messages/read';
import { defaultCountry } from '../../parameters/defaultCountry';
import {
	booleanOption,
	maxPerSecondOption,
	oneOf,
	timeoutMsOption,
} from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import { cleanRecipient } from '../../parameters/recipient';
import { plainText } from '../../parameters/text';
import { digestOf } from '../../send/ledger';
import type { ItemMessage, ItemSender } from '../../send/sender';
import { itemTaskId } from '../../send/taskId';
import { UserIssue } from '../../util/userIssue';
import { readChosen, type Chosen } from './chosen';
import { callCams, camsRateLimiter, sendCall, withoutEmpty, type Account } from './client';
import { CAMS_ERRORS } from './errors';
import { callsPerSecond } from './limits';
import { readSendingAccount } from './lookups';
import { contentBody, templateBody, type MessageBody } from './messageBody';
import {
	fallbackParameters,
	fallsBackOnRefusal,
	viberParameters,
	type CamsOptions,
} from './options';
import type { Template } from './template';
import { TEMPLATE_UNREAD, templateFinder } from './templateLookup';
import { findFile, uploader } from './upload';

const OPERATION = 'SendChatappMessage';

/** One SendChatappMessage: what goes over the wire, and what the output item says about it. */
export interface Message extends MessageBody {
	to: string;
	/** Which way it goes: api, from, channelType. */
	about: IDataObject;
	taskId: string;
	validateOnly: boolean;
	timeoutMs: number;
	maxPerSecond: number;
}

/**
 * Builds the SendChatappMessage of one item from the node's fields and checks it, so that what the API would refuse is
 * reported before anything is sent. Parameters: operation page of SendChatappMessage.
 * @param read the node's parameters for this item
 * @param chosen sender and template, as the template was looked up by them
 * @param item the fields of the item
 * @param template what the template holds; undefined when it could not be read
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
	const country = defaultCountry(options.defaultCountry, account.defaultCountry);
	const to = cleanRecipient(read('to', ''), channelType, { isGroup, country, item });
	const body = chosenTemplate
		? templateBody(read, { sender, template: chosenTemplate }, options, template, item)
		: contentBody(read, chosen);
	if (body.contains.messageType === 'pin' && !isGroup) {
		throw new UserIssue(
			'A message can be pinned in groups only',
			'Add Recipient Type under Options and set it to Group, or choose another Message Type.',
		);
	}
	const taskId = plainText(options.taskId, 'Task ID') || itemTaskId(account.campaignId, itemIndex);
	const { parameters, contains, warnings, preview, file } = body;

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
		to,
		about: { from: sender.From, channelType, api: 'cams' },
		contains,
		warnings,
		taskId,
		preview,
		file,
		validateOnly: booleanOption(options.validateOnly, 'Validate Only'),
		timeoutMs: timeoutMsOption(options.timeout),
		maxPerSecond: maxPerSecondOption(options.maxRequestsPerSecond, callsPerSecond(OPERATION)),
	};
}

function previewOf(message: Message, hasTemplate: boolean): IDataObject {
	const { about, contains, file, preview } = message;
	const isFreeForm = 'messageType' in contains;
	const warnings = [
		isFreeForm && about.channelType === 'whatsapp' && WITHIN_24_HOURS,
		!isFreeForm && !hasTemplate && TEMPLATE_UNREAD,
		file && 'The file is uploaded when the message is sent.',
		...message.warnings,
	].filter((warning): warning is string => Boolean(warning));
	const { text, buttons } = preview();
	return { preview: text, buttons, warnings };
}

/** Identifies the message for a retry. The task id is left out, because each try generates its own. */
function digestOfMessage(
	context: IExecuteFunctions,
	itemIndex: number,
	{ parameters, file }: Message,
): string {
	const { binary } = context.getInputData()[itemIndex];
	const data = file && binary?.[file.binaryPropertyName];
	const content = [{ ...parameters, TaskId: undefined }, data && (data.id ?? data.data)];
	return digestOf(JSON.stringify(content));
}

/** SendChatappMessage, as the send of one message per item wants it. @throws UserIssue (credential) */
export async function camsSend(context: IExecuteFunctions): Promise<ItemSender> {
	const account = await readSendingAccount(context);
	const findTemplate = templateFinder(context, account);
	const upload = uploader(context, account);
	const uploadInto = async (message: Message, itemIndex: number, file: FileToUpload) => {
		const { parameters, timeoutMs } = message;
		const { link, facts } = await upload(parameters.CustSpaceId, itemIndex, file);
		const Content = withFile(parameters.Content, file, link, facts);
		return async () =>
			await callCams(context, account, sendCall({ ...parameters, Content }, timeoutMs));
	};
	return {
		api: 'cams',
		errors: CAMS_ERRORS,
		campaignId: account.campaignId,
		rateLimiter: camsRateLimiter(account, OPERATION),
		message: async (read, itemIndex): Promise<ItemMessage> => {
			const chosen = readChosen(read, account);
			const template = await findTemplate(chosen);
			if (template instanceof UserIssue) throw template;
			const item = context.getInputData()[itemIndex].json;
			const message = buildMessage(read, itemIndex, account, { chosen, item, template });
			const { to, about, contains, warnings, taskId, file, validateOnly, maxPerSecond } = message;
			if (file) await findFile(context, itemIndex, file);
			return {
				to,
				about,
				contains,
				taskId,
				fallsBackOnRefusal: fallsBackOnRefusal(message.parameters),
				content: digestOfMessage(context, itemIndex, message),
				warnings,
				validateOnly,
				maxPerSecond,
				preview: () => previewOf(message, template !== undefined),
				...(file && { upload: async () => await uploadInto(message, itemIndex, file) }),
				call: async () =>
					await callCams(context, account, sendCall(message.parameters, message.timeoutMs)),
			};
		},
	};
}
