import type { IAllExecuteFunctions, IDataObject } from 'n8n-workflow';

import {
	READ_TIMEOUT_MS,
	ReadError,
	ask,
	named,
	read as readFresh,
	readAllPages,
	rowsIn,
	text,
	totalOf,
	type ReadRequest,
	type Row,
} from '../../http/cachedRead';
import {
	callCams,
	camsRateLimiter,
	withoutEmpty,
	type Parameters,
	NO_CHANNEL,
	type Account,
} from './client';
import { CAMS_ERRORS, permissionHint } from './errors';
import { parseTemplate, type Template } from './template';

type Context = Pick<IAllExecuteFunctions, 'helpers'>;

/** Rows that a page is asked for; what the operations take at most is not documented. */
const PAGE_SIZE = 100;

function request(
	context: Context,
	account: Account,
	operation: string,
	query: Parameters,
): ReadRequest {
	return {
		errors: CAMS_ERRORS,
		rateLimiter: camsRateLimiter(account, operation),
		call: async () => await callCams(context, { operation, query, timeoutMs: READ_TIMEOUT_MS }),
		permission: (code) => permissionHint(code, 'This list', operation),
	};
}

/** What an operation answers; asked again only after a while. @throws Unreadable */
async function read(
	context: Context,
	account: Account,
	operation: string,
	query: Parameters,
): Promise<IDataObject> {
	return await readFresh(
		JSON.stringify([account.readerKey, operation, query]),
		request(context, account, operation, query),
	);
}

/** Instances of a channel type. Operation ListInstance. */
async function listInstances(
	context: Context,
	account: Account,
	channelType: string,
): Promise<IDataObject[]> {
	return await readAllPages(async (index) => {
		const body = await read(context, account, 'ListInstance', {
			ChannelType: channelType,
			PageIndex: String(index),
			PageSize: String(PAGE_SIZE),
		});
		return { rows: rowsIn(body.Data), total: totalOf(body.TotalCount) };
	});
}

/** Channels of a channel type, by the id that the sends take. */
export async function listChannels(
	context: Context,
	account: Account,
	channelType: string,
): Promise<Row[]> {
	const instances = await listInstances(context, account, channelType);
	return instances.map(({ CustSpaceId, InstanceId, InstanceName }) => {
		const value = text(CustSpaceId) || text(InstanceId);
		return { name: named(InstanceName, value), value };
	});
}

/** Channels whose senders no operation lists. */
export const WITHOUT_SENDER_LIST: readonly string[] = ['messenger', 'telegram'];

/** Registered senders. Operations QueryChatappPhoneNumbers, ListViberServiceMessage, ListInstagramPage. */
export async function listSenders(
	context: Context,
	account: Account,
	channelType: string,
	custSpaceId: string,
): Promise<Row[]> {
	if (
		custSpaceId === '' &&
		channelType !== 'whatsapp' &&
		!WITHOUT_SENDER_LIST.includes(channelType)
	) {
		throw new ReadError(NO_CHANNEL.title, NO_CHANNEL.advice, '400');
	}
	switch (channelType) {
		case 'whatsapp': {
			const { PhoneNumbers } = await read(
				context,
				account,
				'QueryChatappPhoneNumbers',
				withoutEmpty({ CustSpaceId: custSpaceId }),
			);
			return rowsIn(PhoneNumbers).map((row) => ({
				name: named(row.PhoneNumber, row.VerifiedName),
				value: text(row.PhoneNumber),
			}));
		}
		case 'viber': {
			const { Data } = await read(context, account, 'ListViberServiceMessage', {
				CustSpaceId: custSpaceId,
			});
			return rowsIn(Data).map((row) => ({
				name: named(row.BusinessAccountName, row.ServiceId),
				value: text(row.ServiceId),
			}));
		}
		case 'instagram': {
			const instances = await listInstances(context, account, channelType);
			const instance = instances.find(({ CustSpaceId }) => CustSpaceId === custSpaceId);
			const { Data } = await read(context, account, 'ListInstagramPage', {
				InstanceId: text(instance?.InstanceId) || custSpaceId,
			});
			const pages = (Data as IDataObject | undefined)?.InstagramInfo;
			return (Array.isArray(pages) ? rowsIn(pages) : pages ? [pages as IDataObject] : []).map(
				(row) => ({
					name: named(row.AccountName, row.AccountId),
					value: text(row.AccountId),
				}),
			);
		}
		default:
			throw new ReadError(
				'This channel has no list of senders',
				'Switch to By ID and enter the Page ID or account ID.',
				'400',
			);
	}
}

/** The documents know these two; whether other channels share WhatsApp's is not said. */
export function templateType(channelType: string): 'VIBER' | 'WHATSAPP' {
	return channelType === 'viber' ? 'VIBER' : 'WHATSAPP';
}

/** Approved templates, each with its language. Operation ListChatappTemplate. */
export async function listTemplates(
	context: Context,
	account: Account,
	channelType: string,
	custSpaceId: string,
): Promise<Row[]> {
	const rows = await readAllPages(async (index) => {
		const { ListTemplate, Total } = await read(context, account, 'ListChatappTemplate', {
			...withoutEmpty({ CustSpaceId: custSpaceId }),
			TemplateType: templateType(channelType),
			AuditStatus: 'pass',
			Page: JSON.stringify({ Index: index, Size: PAGE_SIZE }),
		});
		return { rows: rowsIn(ListTemplate), total: totalOf(Total) };
	});
	return rows.map((row) => ({
		name: named(
			row.TemplateName,
			row.Language,
			row.Category,
			row.AuditStatus === 'pass' ? 'approved' : row.AuditStatus,
		),
		value: `${text(row.TemplateCode)}/${text(row.Language)}`,
	}));
}

/** Which template, and where. */
export interface TemplateKey {
	code: string;
	language: string;
	channelType: string;
	custSpaceId: string;
}

/** What a template holds. Operation GetChatappTemplateDetail. @throws Unreadable */
export async function readTemplateDetail(
	context: Context,
	account: Account,
	{ code, language, channelType, custSpaceId }: TemplateKey,
): Promise<Template> {
	const { Data } = await read(context, account, 'GetChatappTemplateDetail', {
		...withoutEmpty({ CustSpaceId: custSpaceId }),
		TemplateCode: code,
		Language: language,
		TemplateType: templateType(channelType),
	});
	return parseTemplate((Data ?? {}) as IDataObject);
}

/** Temporary credentials for the storage that files are uploaded to; never kept here. Operation GetChatappUploadAuthorization. @throws Unreadable */
export async function readUploadAuthorization(
	context: Context,
	account: Account,
	custSpaceId: string,
): Promise<IDataObject> {
	const { Data } = await ask(
		request(context, account, 'GetChatappUploadAuthorization', { CustSpaceId: custSpaceId }),
	);
	return (Data ?? {}) as IDataObject;
}

/** The languages in which a template is approved. Operation ListChatappTemplate. @throws Unreadable */
export async function readTemplateLanguages(
	context: Context,
	account: Account,
	{ code, channelType, custSpaceId }: TemplateKey,
): Promise<string[]> {
	const rows = await listTemplates(context, account, channelType, custSpaceId);
	return rows
		.map(({ value }) => value.split('/'))
		.flatMap(([each, language]) => (each === code ? [language] : []));
}
