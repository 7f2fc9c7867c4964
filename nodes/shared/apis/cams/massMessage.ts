import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Country } from '../../../../credentials/countries';
import { defaultCountry } from '../../parameters/defaultCountry';
import { compactJson } from '../../parameters/json';
import { oneOf, timeoutMsOption } from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import { cleanRecipient, isUserId, type ChannelType } from '../../parameters/recipient';
import { plainText } from '../../parameters/text';
import type { BatchSender, MassMessage, MassRecipient } from '../../send/sender';
import { isObject } from '../../util/json';
import { at } from '../../util/path';
import { UserIssue, quote } from '../../util/userIssue';
import { readSender, readTemplate, templateInOutput } from './chosen';
import { callCams, camsRateLimiter, type WireParameters, type Account } from './client';
import { CAMS_ERRORS } from './errors';
import { MAX_RECIPIENTS_PER_CALL, callsPerSecond } from './limits';
import { readSendingAccount } from './lookups';
import {
	buttonParts,
	checkProducts,
	fallbackParameters,
	fallsBackOnRefusal,
	viberParameters,
	type CamsOptions,
} from './options';
import { previewTemplate, type Template } from './template';
import { TEMPLATE_UNREAD, templateFinder, type TemplateFinder } from './templateLookup';
import {
	checkVariables,
	cleansVariables,
	readTemplateValues,
	templateWarnings,
} from './templateValues';

/** Sources: operation page of SendChatappMassMessage; wire shapes as the official SDK sends them. */

const OPERATION = 'SendChatappMassMessage';

/** Parts in the API's own form are checked, because one wrong entry makes the API reject the whole request. */
function checkedObject(value: unknown, name: string): IDataObject {
	if (!isObject(value)) {
		throw new UserIssue(
			`${name} is not an object`,
			`Got ${quote(value)}. Give it the form that the API documents, or leave it out.`,
		);
	}
	return value;
}

function checkedPayload(value: unknown): string[] {
	if (!Array.isArray(value))
		throw new UserIssue(
			'Payload is not a list',
			`Got ${quote(value)}. Expected e.g. ["yes", "no"].`,
		);
	return value.map((each) => plainText(each, 'Payload'));
}

function checkedProducts(action: IDataObject): IDataObject {
	const sections: unknown = action.Sections ?? [];
	const itemsOf = (section: unknown) => at(section, 'ProductItems') ?? [];
	const lists: unknown[] = Array.isArray(sections) ? sections.map(itemsOf) : [undefined];
	const products = lists.flatMap((list) =>
		Array.isArray(list) ? (list as unknown[]) : [undefined],
	);
	const ids = products.map((product) => at(product, 'ProductRetailerId'));
	if (!ids.every((id) => typeof id === 'string')) {
		throw new UserIssue(
			'ProductAction cannot be read',
			'Expected e.g. {"Sections": [{"Title": "New in", "ProductItems": [{"ProductRetailerId": "sku-1"}]}]}.',
		);
	}
	const thumbnail = plainText(action.ThumbnailProductRetailerId, 'Thumbnail Product ID');
	checkProducts(lists.length, ids, thumbnail);
	return action;
}

function whatsAppParts(
	read: Read,
	entry: unknown,
	mappedPayload: string[] | undefined,
): IDataObject {
	const { FlowAction, Payload, ProductAction }: IDataObject = isObject(entry) ? entry : {};
	return {
		...buttonParts(read('options', {}) as CamsOptions, mappedPayload),
		...(FlowAction !== undefined && { FlowAction: checkedObject(FlowAction, 'FlowAction') }),
		...(Payload !== undefined && { Payload: checkedPayload(Payload) }),
		...(ProductAction !== undefined && {
			ProductAction: checkedProducts(checkedObject(ProductAction, 'ProductAction')),
		}),
	};
}

/** What the recipients of a message share. */
interface Shared {
	template: Template | undefined;
	channelType: ChannelType;
	country: Country | undefined;
	cleans: boolean;
	/** Of its recipients, as they are read. */
	warnings: Set<string>;
}

/** RecipientType of an entry in the API's own form; empty if it has none. */
function recipientTypeOf(entry: unknown, channelType: ChannelType): string {
	return channelType === 'whatsapp'
		? oneOf(at(entry, 'RecipientType'), 'RecipientType', ['individual', 'group'])
		: '';
}

/** An entry of SenderList. Its nested values stay objects. */
function readRecipient(
	read: Read,
	{ template, channelType, country, cleans, warnings }: Shared,
	item: IDataObject,
	entry: unknown,
): MassRecipient {
	const recipientType = recipientTypeOf(entry, channelType);
	const isGroup = recipientType === 'group';
	const to = cleanRecipient(read('to', ''), channelType, { isGroup, country, item });
	const { variables, payload } = readTemplateValues(read, { template, item, cleans });
	if (template) checkVariables(template, variables);
	const sent = {
		...(channelType === 'whatsapp' && whatsAppParts(read, entry, payload)),
		...(Object.keys(variables).length > 0 && { TemplateParams: variables }),
		...(recipientType !== '' && { RecipientType: recipientType }),
		To: to,
	};
	for (const warning of templateWarnings(template, channelType, sent)) warnings.add(warning);
	// Whether one call takes numbers, user IDs and groups alike is not documented, so each kind has calls of its own.
	const isNumber = channelType !== 'whatsapp' || !(recipientType === 'group' || isUserId(to));
	const kind = isNumber ? '' : `${recipientType}/`;
	return {
		to,
		payload: compactJson(sent),
		shape: `${kind}${Object.keys(variables).sort().join()}`,
	};
}

/** The preview of an entry of SenderList. */
function previewOf({ template, channelType }: Shared, payload: string): IDataObject {
	const sent = JSON.parse(payload) as IDataObject;
	const warnings = templateWarnings(template, channelType, sent);
	if (!template) return { preview: '', buttons: [], warnings: [TEMPLATE_UNREAD, ...warnings] };
	const { text, buttons } = previewTemplate(
		template,
		(sent.TemplateParams ?? {}) as Record<string, string>,
	);
	return { preview: text, buttons, warnings };
}

async function readMessage(
	context: IExecuteFunctions,
	{ account, findTemplate }: { account: Account; findTemplate: TemplateFinder },
	read: Read,
): Promise<MassMessage> {
	const options = read('options', {}) as CamsOptions;
	const sender = readSender(read, account);
	const chosen = readTemplate(read);
	const template = await findTemplate({ sender, template: chosen });
	if (template instanceof UserIssue) throw template;
	const shared: Shared = {
		template,
		channelType: sender.ChannelType,
		country: defaultCountry(options.defaultCountry, account.defaultCountry),
		cleans: cleansVariables(sender.ChannelType, options),
		warnings: new Set(),
	};
	const timeoutMs = timeoutMsOption(options.timeout);
	const taskId = plainText(options.taskId, 'Task ID');
	const parameters: WireParameters = {
		...sender,
		...chosen,
		...(sender.ChannelType === 'viber' && viberParameters(read, options)),
		...fallbackParameters(options),
	};
	return {
		about: { from: sender.From, channelType: sender.ChannelType, api: 'cams' },
		contains: templateInOutput(chosen),
		taskId,
		key: JSON.stringify([parameters, taskId, timeoutMs, shared.cleans, shared.country?.code]),
		content: Object.values(chosen).join('/'),
		fallsBackOnRefusal: fallsBackOnRefusal(parameters),
		warnings: shared.warnings,
		preview: (payload) => previewOf(shared, payload),
		recipient: (readIt, { itemIndex, entry }) => {
			const item = isObject(entry) ? entry : context.getInputData()[itemIndex].json;
			return readRecipient(readIt, shared, item, entry);
		},
		call: async (recipients, chunkTaskId) =>
			await callCams(context, account, {
				operation: OPERATION,
				// The list of recipients can be long, so all of it is a form.
				form: { ...parameters, TaskId: chunkTaskId, SenderList: `[${recipients.join(',')}]` },
				timeoutMs,
			}),
	};
}

/** SendChatappMassMessage, as the mass send of this package wants it. @throws UserIssue (credential) */
export async function camsMass(context: IExecuteFunctions): Promise<BatchSender> {
	const account = await readSendingAccount(context);
	const findTemplate = templateFinder(context, account);
	return {
		api: 'cams',
		errors: CAMS_ERRORS,
		rateLimiter: () => camsRateLimiter(account, OPERATION),
		callsPerSecond: callsPerSecond(OPERATION),
		maxCallsPerSecond: callsPerSecond(OPERATION),
		maxRecipients: MAX_RECIPIENTS_PER_CALL,
		numbersOnly: false,
		campaignId: account.campaignId,
		shared: ['channelType', 'custSpaceId', 'from', 'template', 'language', 'label', 'options'],
		message: async (read) => await readMessage(context, { account, findTemplate }, read),
	};
}
