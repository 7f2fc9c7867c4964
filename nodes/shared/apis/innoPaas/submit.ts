import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Country } from '../../../../credentials/countries';
import type { OpenTemplate } from '../../editor/templateMapper';
import { ReadError } from '../../http/cachedRead';
import { fileNames, type Field } from '../../messages/schema';
import { defaultCountry } from '../../parameters/defaultCountry';
import { compactJson } from '../../parameters/json';
import { booleanOption, oneOf, timeoutMsOption } from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import { cleanRecipient, cleanSender, isUserId } from '../../parameters/recipient';
import { plainText } from '../../parameters/text';
import { digestOf } from '../../send/ledger';
import type { BatchSender, MassMessage, MassRecipient } from '../../send/sender';
import { textOrEmpty } from '../../util/json';
import { UserIssue, quote } from '../../util/userIssue';
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
import { readOpenTemplate } from './lookups';
import { previewOf, readMessageBody, type InnoPaasOptions } from './messageBody';
import { MESSAGE_TYPES, TEMPLATE } from './messageTypes';

/** Sources: docs.innopaas.com, page "message": its table of fields, and the limits of recipients and uid. */

function readPath(read: Read): string {
	if (read('operation') !== 'sendMmLite') return SUBMIT_PATH;
	const path = plainText(read('mmLitePath', ''), 'MMLite Path');
	if (path === '') {
		throw new UserIssue(
			'MMLite Path is empty',
			'InnoPaaS does not publish it. Ask your account manager for the path that starts with /.',
		);
	}
	// The request carries the token, so it must not leave the credential's host.
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

/** The user's own uid; empty when each request gets one. */
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

function readRecipient(read: Read, country: Country | undefined, item: IDataObject): MassRecipient {
	const to = cleanRecipient(read('to', ''), 'whatsapp', { country, item });
	if (isUserId(to))
		throw new UserIssue(
			'To is a user ID',
			`Got ${quote(to)}. InnoPaaS documents phone numbers only; send to it by CAMS Send or CAMS Mass Send.`,
			'invalidRecipient',
		);
	return { to, payload: to, shape: '' };
}

/**
 * What the list of templates holds of the message's template, or why it could not be read. Asked for in Validate Only
 * alone, and warns rather than refuses: the list is not documented, so it proves nothing (innopaas-api.md 4).
 */
async function findTemplate(
	context: IExecuteFunctions,
	account: Account,
	{ messageType, templateName, language }: IDataObject,
): Promise<OpenTemplate | ReadError | undefined> {
	if (messageType !== 'template' || templateName === undefined) return undefined;
	return await readOpenTemplate(
		context,
		account,
		textOrEmpty(templateName),
		textOrEmpty(language),
	).catch((error) => {
		if (error instanceof ReadError) return error;
		throw error;
	});
}

async function readMessage(
	context: IExecuteFunctions,
	account: Account,
	read: Read,
): Promise<MassMessage> {
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
	const country = defaultCountry(options.defaultCountry, account.defaultCountry);
	const content = compactJson(message.body);
	const template = booleanOption(options.validateOnly, 'Validate Only')
		? await findTemplate(context, { ...account, wabaId }, message.body)
		: undefined;
	const preview = previewOf(message, style, template);
	const { messageType, templateName, language } = message.body;
	return {
		about: { from, channelType: 'whatsapp', wabaId, api: 'innoPaas' },
		contains:
			messageType === 'template'
				? { ...(templateName !== undefined && { templateName }), language }
				: { messageType },
		taskId,
		key: JSON.stringify([path, wabaId, from, content, taskId, timeoutMs, country?.code]),
		content: digestOf(content),
		warnings: message.warnings,
		preview: () => preview,
		recipient: (readIt, { itemIndex }) =>
			readRecipient(readIt, country, context.getInputData()[itemIndex].json),
		call: async (recipients, uid) => {
			const body = compactJson({
				...message.body,
				wabaId,
				sendNumber: from,
				recipientNumber: recipients.join(','),
				uid,
			});
			const answer = await callInnoPaas(context, account, { path, body, timeoutMs });
			// It is not documented which of several messages the one id names.
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

const SHARED: readonly string[] = [
	...new Set([
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
		message: async (read) => await readMessage(context, account, read),
	};
}
