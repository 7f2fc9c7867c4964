import type { IAllExecuteFunctions, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { languageName } from '../../editor/languages';
import { entryName, inWords, stateNote, type ListEntry } from '../../editor/listEntry';
import {
	READ_TIMEOUT_MS,
	ReadError,
	fetchBody,
	fetchCached,
	type ReadRequest,
} from '../../http/cachedRead';
import { readAllPages, rowsIn, totalOf } from '../../http/pages';
import { textOrEmpty } from '../../util/json';
import { at } from '../../util/path';
import type { TemplateParameters } from './chosen';
import {
	callCams,
	camsRateLimiter,
	readAccount,
	type WireParameters,
	NO_CHANNEL,
	type Account,
} from './client';
import { CAMS_ERRORS, permissionHint } from './errors';
import { parseTemplate, type Template } from './template';

type Context = Pick<IAllExecuteFunctions, 'helpers'>;

/** A channel of an account, whose lists are read. */
export interface Channel {
	account: Account;
	channelType: string;
	custSpaceId: string;
}

/** The ID without which nothing can be sent. @throws ReadError when neither the panel nor the credential has one */
function requiredId({ custSpaceId }: Channel): string {
	if (custSpaceId === '') throw new ReadError(NO_CHANNEL.title, NO_CHANNEL.advice, '400');
	return custSpaceId;
}

/** Rows per page; the documentation names no maximum. */
const PAGE_SIZE = 100;

/** A call for fetchBody or fetchCached. @param purpose begins the sentence that names a missing permission, e.g. "This list" */
export function readRequest(
	context: Context,
	account: Account,
	operation: string,
	query: WireParameters,
	purpose = 'This list',
): ReadRequest {
	return {
		errors: CAMS_ERRORS,
		rateLimiter: camsRateLimiter(account, operation),
		call: async () =>
			await callCams(context, account, { operation, query, timeoutMs: READ_TIMEOUT_MS }),
		permission: (code) => permissionHint(code, purpose, operation),
	};
}

/** The answer of an operation, cached. @throws ReadError */
async function read(
	context: Context,
	account: Account,
	operation: string,
	query: WireParameters,
): Promise<IDataObject> {
	return await fetchCached(
		JSON.stringify([account.readerKey, operation, query]),
		readRequest(context, account, operation, query),
	);
}

/**
 * All rows of operation ListInstance, the instances of a channel type.
 * @param ask makes the call; its errors come through
 */
export async function readInstances(
	channelType: string,
	ask: (query: WireParameters) => Promise<IDataObject>,
): Promise<IDataObject[]> {
	return await readAllPages(async (index) => {
		const body = await ask({
			ChannelType: channelType,
			PageIndex: String(index),
			PageSize: String(PAGE_SIZE),
		});
		return { rows: rowsIn(body.Data), total: totalOf(body.TotalCount) };
	});
}

/** Instances of a channel type. Operation ListInstance. */
async function listInstances(
	context: Context,
	{ account, channelType }: Channel,
): Promise<IDataObject[]> {
	return await readInstances(
		channelType,
		async (query) => await read(context, account, 'ListInstance', query),
	);
}

/** The channels in rows of ListInstance; their values are the IDs that the sends take. */
export function toChannels(rows: IDataObject[]): ListEntry[] {
	return rows.map(({ CustSpaceId, InstanceId, InstanceName, State }) => {
		const value = textOrEmpty(CustSpaceId) || textOrEmpty(InstanceId);
		return { name: entryName(InstanceName, value, stateNote(State)), value };
	});
}

/** Channels of a channel type. */
export async function listChannels(context: Context, channel: Channel): Promise<ListEntry[]> {
	return toChannels(await listInstances(context, channel));
}

/**
 * The account with its channel of that type if it has only one and the credential names none; unchanged otherwise, or
 * if its channels cannot be read.
 */
export async function withOnlyChannel(
	context: Context,
	account: Account,
	channelType: string,
): Promise<Account> {
	if (account.custSpaceId !== '') return account;
	const channels = await listChannels(context, { account, channelType, custSpaceId: '' }).catch(
		(error) => {
			if (error instanceof ReadError) return [];
			throw error;
		},
	);
	return channels.length === 1 ? { ...account, custSpaceId: channels[0].value } : account;
}

/**
 * The account of a run, with its only channel if neither node nor credential names one.
 * @throws UserIssue (credential)
 */
export async function readSendingAccount(context: IExecuteFunctions): Promise<Account> {
	const account = await readAccount(context);
	if (account.custSpaceId !== '') return account;
	// As it is stored: an expression names a channel, too.
	const stored = context.getNode().parameters.custSpaceId;
	if (textOrEmpty(at(stored, 'value') ?? stored) !== '') return account;
	return await withOnlyChannel(
		context,
		account,
		textOrEmpty(context.getNodeParameter('channelType', 0, '')),
	);
}

/** Registered senders. Operations QueryChatappPhoneNumbers, ListViberServiceMessage, ListInstagramPage. */
export async function listSenders(context: Context, channel: Channel): Promise<ListEntry[]> {
	const { account, channelType } = channel;
	switch (channelType) {
		case 'whatsapp': {
			const query = { CustSpaceId: requiredId(channel) };
			const { PhoneNumbers } = await read(context, account, 'QueryChatappPhoneNumbers', query);
			return rowsIn(PhoneNumbers).map((row) => ({
				name: entryName(row.PhoneNumber, row.VerifiedName, stateNote(row.Status)),
				value: textOrEmpty(row.PhoneNumber),
			}));
		}
		case 'viber': {
			const query = { CustSpaceId: requiredId(channel) };
			const { Data } = await read(context, account, 'ListViberServiceMessage', query);
			return rowsIn(Data).map((row) => ({
				name: entryName(row.BusinessAccountName, row.ServiceId, stateNote(row.State)),
				value: textOrEmpty(row.ServiceId),
			}));
		}
		case 'instagram': {
			const custSpaceId = requiredId(channel);
			const instances = await listInstances(context, channel);
			const instance = instances.find(({ CustSpaceId }) => CustSpaceId === custSpaceId);
			const { Data } = await read(context, account, 'ListInstagramPage', {
				InstanceId: textOrEmpty(instance?.InstanceId) || custSpaceId,
			});
			const pages = at(Data, 'InstagramInfo');
			// A single page comes as an object.
			return rowsIn(Array.isArray(pages) ? pages : [pages]).map((row) => ({
				name: entryName(row.AccountName, row.AccountId, stateNote(row.ConnectionStatus)),
				value: textOrEmpty(row.AccountId),
			}));
		}
		default:
			throw new ReadError(
				'This channel has no list of senders',
				'Switch to By ID and enter the Page ID or account ID.',
				'400',
			);
	}
}

/** The documentation knows these two types; that other channels share WhatsApp's is an assumption. */
function templateType(channelType: string): 'VIBER' | 'WHATSAPP' {
	return channelType === 'viber' ? 'VIBER' : 'WHATSAPP';
}

/** Approved templates in each of their languages. Operation ListChatappTemplate. @throws ReadError */
async function readTemplates(context: Context, channel: Channel): Promise<IDataObject[]> {
	const { account, channelType } = channel;
	const custSpaceId = requiredId(channel);
	return await readAllPages(async (index) => {
		const { ListTemplate, Total } = await read(context, account, 'ListChatappTemplate', {
			CustSpaceId: custSpaceId,
			TemplateType: templateType(channelType),
			AuditStatus: 'pass',
			Page: JSON.stringify({ Index: index, Size: PAGE_SIZE }),
		});
		return { rows: rowsIn(ListTemplate), total: totalOf(Total) };
	});
}

/** Approved templates, each with its language. @throws ReadError */
export async function listTemplates(context: Context, channel: Channel): Promise<ListEntry[]> {
	const rows = await readTemplates(context, channel);
	return rows.map((row) => ({
		name: entryName(
			row.TemplateName,
			languageName(textOrEmpty(row.Language)),
			inWords(row.Category),
			// The list was asked for approved ones.
			row.AuditStatus === 'pass' ? '' : row.AuditStatus,
		),
		value: `${textOrEmpty(row.TemplateCode)}/${textOrEmpty(row.Language)}`,
	}));
}

/** Identifies a template in one language. */
export interface TemplateKey extends Channel {
	template: TemplateParameters;
}

/** The contents of a template. Operation GetChatappTemplateDetail. @throws ReadError */
export async function readTemplateDetail(
	context: Context,
	{ template, ...channel }: TemplateKey,
): Promise<Template> {
	const { account, channelType } = channel;
	const { Data } = await read(context, account, 'GetChatappTemplateDetail', {
		CustSpaceId: requiredId(channel),
		...template,
		TemplateType: templateType(channelType),
	});
	return parseTemplate((Data ?? {}) as IDataObject);
}

/** Temporary credentials for the storage that files are uploaded to; not cached here. Operation GetChatappUploadAuthorization. @throws ReadError */
export async function readUploadAuthorization(
	context: Context,
	account: Account,
	custSpaceId: string,
): Promise<IDataObject> {
	const { Data } = await fetchBody(
		readRequest(context, account, 'GetChatappUploadAuthorization', { CustSpaceId: custSpaceId }),
	);
	return (Data ?? {}) as IDataObject;
}

/**
 * What the list of approved templates says of one that was not found: the languages it has, and whether its name was
 * given as its code. Operation ListChatappTemplate. @throws ReadError
 */
export async function searchTemplate(
	context: Context,
	{ template, ...channel }: TemplateKey,
): Promise<{ languages: string[]; isName: boolean }> {
	const rows = await readTemplates(context, channel);
	const [key, text] =
		'TemplateCode' in template
			? ['TemplateCode', template.TemplateCode]
			: ['TemplateName', template.TemplateName];
	return {
		languages: rows.filter((row) => row[key] === text).map(({ Language }) => textOrEmpty(Language)),
		isName: key === 'TemplateCode' && rows.some(({ TemplateName }) => TemplateName === text),
	};
}
