import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { readJsonObject } from '../input/jsonField';
import type { MassMessage, MassVendor } from '../mass/chunks';
import { NotSendable, plainText, quote } from '../input/notSendable';
import { wholeNumberOption } from '../input/options';
import type { Read } from '../input/parameters';
import { cleanRecipient, type ChannelType } from '../input/recipient';
import { readAccount, type Account } from './account';
import { ALIBABA_CLOUD } from './advice';
import { readSender, readTemplate, readTimeoutMs, readViberLabel } from './message';
import { readTemplateVariables } from './templateVariables';
import { callCams, callsPerSecond, camsThrottle, massCall, type Parameters } from './transport';

/** Sources: operation page of SendChatappMassMessage; wire shapes as the official SDK sends them. */

const OPERATION = 'SendChatappMassMessage';
const MOST_RECIPIENTS = 1000;
const MOST_SECTIONS = 10;
const MOST_PRODUCTS = 30;

interface MassOptions {
	buttonPayloads?: { payload?: Array<{ value?: unknown }> };
	fallback?: { values?: { fallbackId?: unknown; fallbackContent?: unknown; fallbackDuration?: unknown; fallbackRule?: unknown } };
	flow?: { values?: { flowReference?: unknown; flowDataJson?: unknown } };
	products?: { values?: { thumbnailProductId?: unknown; sections?: { section?: Array<{ title?: unknown; productIds?: unknown }> } } };
	tag?: unknown;
	taskId?: unknown;
	timeout?: unknown;
	ttl?: unknown;
}

/** What every recipient of a list may carry in the API's own form, and takes precedence then. */
interface OwnParts {
	Payload?: unknown;
	ProductAction?: unknown;
	FlowAction?: unknown;
}

function withoutEmpty(parameters: Record<string, string>): Parameters {
	return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

function fallbackParameters({ fallback }: MassOptions): Parameters {
	const values = fallback?.values;
	if (!values) return {};
	const id = plainText(values.fallbackId, 'Fallback Strategy ID');
	if (id === '') {
		throw new NotSendable('Fallback Strategy ID is empty', 'Enter the ID that Fallback Strategy shows in the console, or remove the option.');
	}
	const duration = plainText(values.fallbackDuration, 'Wait Before Fallback (Seconds)');
	return withoutEmpty({
		FallBackId: id,
		FallBackContent: plainText(values.fallbackContent, 'Fallback Text'),
		// 0: without waiting, only when the message has failed.
		FallBackDuration: Number(duration) === 0 ? '' : `${wholeNumberOption(duration, 'Wait Before Fallback (Seconds)', 60, 43_200)}`,
		FallBackRule: plainText(values.fallbackRule, 'Fallback When'),
	});
}

function viberParameters(read: Read, { ttl, tag }: MassOptions): Parameters {
	const seconds = plainText(ttl, 'TTL (Seconds)');
	return {
		...readViberLabel(read),
		...withoutEmpty({
			Ttl: seconds && `${wholeNumberOption(seconds, 'TTL (Seconds)', 30, 1_209_600)}`,
			Tag: plainText(tag, 'Tag'),
		}),
	};
}

function ids(value: unknown): string[] {
	const parts = Array.isArray(value) ? (value as unknown[]) : [value];
	return parts.flatMap((part) => plainText(part, 'Product IDs').split(/[,\n]/)).map((id) => id.trim()).filter((id) => id !== '');
}

function checkProductCount(sections: number, products: number): void {
	if (sections <= MOST_SECTIONS && products <= MOST_PRODUCTS) return;
	throw new NotSendable(
		'There are too many products',
		`WhatsApp takes ${MOST_SECTIONS} sections and ${MOST_PRODUCTS} products at most; there are ${sections} and ${products}.`,
	);
}

function productAction({ products }: MassOptions): IDataObject | undefined {
	const values = products?.values;
	if (!values) return undefined;
	const thumbnail = plainText(values.thumbnailProductId, 'Thumbnail Product ID');
	const sections = (values.sections?.section ?? []).map(({ title, productIds }) => ({
		Title: plainText(title, 'Section Title'),
		ProductItems: ids(productIds).map((id) => ({ ProductRetailerId: id })),
	}));
	checkProductCount(
		sections.length,
		sections.reduce((sum, { ProductItems }) => sum + ProductItems.length, 0),
	);
	if (thumbnail === '' && sections.length === 0) return undefined;
	return {
		...(thumbnail && { ThumbnailProductRetailerId: thumbnail }),
		...(sections.length > 0 && { Sections: sections }),
	};
}

function flowAction({ flow }: MassOptions): IDataObject | undefined {
	const values = flow?.values;
	if (!values) return undefined;
	const token = plainText(values.flowReference, 'Flow Token');
	const data = readJsonObject(values.flowDataJson || {}, 'Flow Data (JSON)', '{"couponCode": "SPRING15"}');
	const hasData = Object.keys(data).length > 0;
	return token !== '' || hasData ? { ...(token && { FlowToken: token }), ...(hasData && { FlowActionData: data }) } : undefined;
}

/** One text for each button; blanks keep their place. */
function payload({ buttonPayloads }: MassOptions): string[] | undefined {
	const payloads = (buttonPayloads?.payload ?? []).map(({ value }) => plainText(value, 'Button payload'));
	return payloads.some((each) => each !== '') ? payloads : undefined;
}

/** As compact JSON. Half a character, which no text can hold, would make the whole list unreadable for some servers. */
function toJson(entry: object): string {
	const json = JSON.stringify(entry);
	return json.includes('\\ud') ? json.replace(/\\(ud[\da-f]{3}|.)/gi, (escape) => (escape.length > 2 ? '\\ufffd' : escape)) : json;
}

/** What an entry of a list carries in the API's own form is checked: one that is wrong has the whole call refused. */
function checkedObject(value: unknown, name: string): IDataObject {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new NotSendable(`${name} is not an object`, `Got ${quote(value)}. Give it the form that the API documents, or leave it out.`);
	}
	return value as IDataObject;
}

function checkedPayload(value: unknown): string[] {
	if (!Array.isArray(value)) throw new NotSendable('Payload is not a list', `Got ${quote(value)}. Expected e.g. ["yes", "no"].`);
	return value.map((each) => plainText(each, 'Payload'));
}

function checkedProducts(action: IDataObject): IDataObject {
	const sections: unknown = action.Sections ?? [];
	const itemsOf = (section: unknown) => (section as { ProductItems?: unknown } | null)?.ProductItems ?? [];
	const lists: unknown[] = Array.isArray(sections) ? sections.map(itemsOf) : [undefined];
	const products = lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [undefined]));
	if (products.some((product) => typeof (product as { ProductRetailerId?: unknown } | null | undefined)?.ProductRetailerId !== 'string')) {
		throw new NotSendable('ProductAction cannot be read', 'Expected e.g. {"Sections": [{"Title": "New in", "ProductItems": [{"ProductRetailerId": "sku-1"}]}]}.');
	}
	checkProductCount(lists.length, products.length);
	return action;
}

function whatsAppParts(read: Read): IDataObject {
	const options = read('options', {}) as MassOptions;
	const own = read('ownParts', {}) as OwnParts;
	const hasParts = [own.FlowAction, own.Payload, own.ProductAction, options.flow, options.buttonPayloads, options.products];
	if (hasParts.every((part) => part === undefined)) return {};
	const parts = {
		FlowAction: own.FlowAction === undefined ? flowAction(options) : checkedObject(own.FlowAction, 'FlowAction'),
		Payload: own.Payload === undefined ? payload(options) : checkedPayload(own.Payload),
		ProductAction: own.ProductAction === undefined ? productAction(options) : checkedProducts(checkedObject(own.ProductAction, 'ProductAction')),
	};
	return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as IDataObject;
}

/** An entry of SenderList. Its nested values stay objects. */
function readRecipient(read: Read): ReturnType<MassVendor['recipient']> {
	const channelType = read('channelType') as ChannelType;
	const to = cleanRecipient(read('to', ''), channelType);
	const variables = readTemplateVariables(read);
	const entry = {
		...(channelType === 'whatsapp' && whatsAppParts(read)),
		...(Object.keys(variables).length > 0 && { TemplateParams: variables }),
		To: to,
	};
	return { to, json: toJson(entry), shape: Object.keys(variables).sort().join() };
}

function readMessage(context: IExecuteFunctions, account: Account, read: Read): MassMessage {
	const options = read('options', {}) as MassOptions;
	const sender = readSender(read, account);
	const template = readTemplate(read);
	const timeoutMs = readTimeoutMs(options.timeout);
	const taskId = plainText(options.taskId, 'Task ID');
	const parameters: Parameters = {
		...sender,
		...template,
		...(sender.ChannelType === 'viber' && viberParameters(read, options)),
		...fallbackParameters(options),
	};
	return {
		about: { api: 'cams', from: sender.From, channelType: sender.ChannelType },
		contains: { templateCode: template.TemplateCode, language: template.Language },
		taskId,
		key: JSON.stringify([parameters, taskId, timeoutMs]),
		call: async (recipients, chunkTaskId) =>
			await callCams(context, massCall({ ...parameters, TaskId: chunkTaskId, SenderList: `[${recipients.join(',')}]` }, timeoutMs)),
	};
}

/** SendChatappMassMessage, as the mass send of this package wants it. @throws NotSendable (credential) */
export async function camsMass(context: IExecuteFunctions): Promise<MassVendor> {
	const account = await readAccount(context);
	return {
		api: 'cams',
		vendor: ALIBABA_CLOUD,
		throttle: camsThrottle(account, OPERATION),
		callsPerSecond: callsPerSecond(OPERATION),
		mostRecipients: MOST_RECIPIENTS,
		runId: account.runId,
		shared: ['channelType', 'custSpaceId', 'from', 'template', 'language', 'label', 'options'],
		message: (read) => readMessage(context, account, read),
		recipient: readRecipient,
	};
}
