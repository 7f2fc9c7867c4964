import type { IAllExecuteFunctions, IDataObject } from 'n8n-workflow';

import { trace, type Advice } from '../../outcome/advice';
import type { Answer } from '../../calls/answer';
import { callWithinQuota } from '../../calls/callWithinQuota';
import { NO_CHANNEL, type Account } from '../api/account';
import { ALIBABA_CLOUD } from '../api/advice';
import { parseTemplate, type Template } from '../template/template';
import { callCams, camsThrottle, withoutEmpty, type Parameters } from '../api/transport';

/** Reading operations: for the lists of the panel, and for what a template holds. They change nothing. */

type Context = Pick<IAllExecuteFunctions, 'helpers'>;

const TIMEOUT_MS = 15_000;

/** How long an answer is good for. The panel asks again at every opening of a list, a run for every template. */
const FRESH_MS = 60_000;
const MOST_KEPT = 200;

/** Rows that a page is asked for; what the operations take at most is not documented. */
const PAGE_SIZE = 100;
const MOST_PAGES = 100;

/** What could not be read, in the user's words. */
export class Unreadable extends Error {
	constructor(
		readonly title: string,
		readonly advice: string,
		/** n8n shows a link to the credential for 401 and 403. */
		readonly httpCode: string,
		/** The API's own, where it answered. */
		readonly code = '',
	) {
		super(`${title}. ${advice}`);
	}
}

const kept = new Map<string, { until: number; answer: Promise<IDataObject> }>();

/** What went wrong with the credential, its permissions or the account. */
const CREDENTIAL_CODE = /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurityToken|Ram\.PermissionDeny|Forbidden|NoPermission|Authentication\.NoAuth|Product\.Unsubscript)/;

function adviceFor(answer: Exclude<Answer, { outcome: 'accepted' }>, operation: string): Advice & { httpCode: string } {
	if (answer.outcome === 'rejected') {
		const { title, advice } = ALIBABA_CLOUD.adviceFor(answer.code, answer.message);
		const permission = /PermissionDeny|Forbidden|NoPermission|NoAuth/.test(answer.code) ? ` This list needs cams:${operation}.` : '';
		return { title, advice: `${advice}${permission}${trace(answer.code, answer.requestId)}`, httpCode: CREDENTIAL_CODE.test(answer.code) ? '403' : '400' };
	}
	if (answer.outcome === 'retryLater' && answer.cause === 'throttled') {
		return { title: 'Alibaba Cloud takes no more calls right now', advice: 'This account has reached its calls per second. Try again in a moment.', httpCode: '429' };
	}
	if (answer.outcome === 'unknown' && answer.cause !== 'timeout' && answer.cause !== 'connectionLost') {
		return { title: 'Alibaba Cloud gave no usable answer', advice: `Try again later, or check Endpoint in the credential.${trace(answer.code, answer.requestId)}`, httpCode: '503' };
	}
	return { title: 'Alibaba Cloud cannot be reached', advice: 'Check Region and Endpoint in the credential and the network of this n8n server, then try again.', httpCode: '503' };
}

async function ask(context: Context, account: Account, operation: string, query: Parameters): Promise<IDataObject> {
	const throttle = camsThrottle(account, operation);
	const called = await callWithinQuota(async () => await callCams(context, { operation, query, timeoutMs: TIMEOUT_MS }), { throttle, execution: {} });
	const answer = called?.answer;
	if (answer?.outcome === 'accepted') return answer.body;
	const refused = answer as Exclude<Answer, { outcome: 'accepted' }>;
	const { title, advice, httpCode } = adviceFor(refused, operation);
	throw new Unreadable(title, advice, httpCode, 'code' in refused ? refused.code : '');
}

/**
 * What an operation answers; asked again only after a while.
 * @throws Unreadable
 */
async function read(context: Context, account: Account, operation: string, query: Parameters): Promise<IDataObject> {
	const key = JSON.stringify([account.readerKey, operation, query]);
	const known = kept.get(key);
	if (known && known.until > Date.now()) return await known.answer;
	const answer = ask(context, account, operation, query);
	kept.delete(key);
	kept.set(key, { until: Date.now() + FRESH_MS, answer });
	// The oldest first; what failed is asked again.
	if (kept.size > MOST_KEPT) kept.delete([...kept.keys()][0]);
	answer.catch(() => kept.delete(key));
	return await answer;
}

/** A text or number of an answer as text. */
const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** What a row shows: its parts that have a value. */
const named = (...parts: unknown[]) => parts.map(text).filter(Boolean).join(', ');

function rowsIn(value: unknown): IDataObject[] {
	return Array.isArray(value) ? (value as IDataObject[]) : [];
}

interface Page {
	rows: IDataObject[];
	/** Of all pages, where the answer says so. */
	total?: number;
}

/** All rows of a list that comes in pages, up to its end; a page may hold less than it was asked for. */
async function readAllPages(readPage: (index: number) => Promise<Page>): Promise<IDataObject[]> {
	const all: IDataObject[] = [];
	for (let index = 1; index <= MOST_PAGES; index++) {
		const { rows, total } = await readPage(index);
		// A server that takes no pages gives the same rows again.
		const isNew = rows.length > 0 && JSON.stringify(rows[0]) !== JSON.stringify(all[0]);
		if (!isNew) break;
		all.push(...rows);
		if (total !== undefined && all.length >= total) break;
	}
	return all;
}

function totalOf(value: unknown): number | undefined {
	const total = Number(text(value) || NaN);
	return Number.isNaN(total) ? undefined : total;
}

/** A row of a list in the panel. */
export interface Row {
	name: string;
	value: string;
}

/** Instances of a channel type. Operation ListInstance. */
async function listInstances(context: Context, account: Account, channelType: string): Promise<IDataObject[]> {
	return await readAllPages(async (index) => {
		const body = await read(context, account, 'ListInstance', { ChannelType: channelType, PageIndex: String(index), PageSize: String(PAGE_SIZE) });
		return { rows: rowsIn(body.Data), total: totalOf(body.TotalCount) };
	});
}

/** Channels of a channel type, by the id that the sends take. */
export async function listChannels(context: Context, account: Account, channelType: string): Promise<Row[]> {
	const instances = await listInstances(context, account, channelType);
	return instances.map(({ CustSpaceId, InstanceId, InstanceName }) => {
		const value = text(CustSpaceId) || text(InstanceId);
		return { name: named(InstanceName, value), value };
	});
}

/** Channels whose senders no operation lists. */
export const WITHOUT_SENDER_LIST: readonly string[] = ['messenger', 'telegram'];

/** Registered senders. Operations QueryChatappPhoneNumbers, ListViberServiceMessage, ListInstagramPage. */
export async function listSenders(context: Context, account: Account, channelType: string, custSpaceId: string): Promise<Row[]> {
	if (custSpaceId === '' && channelType !== 'whatsapp' && !WITHOUT_SENDER_LIST.includes(channelType)) {
		throw new Unreadable(NO_CHANNEL.title, NO_CHANNEL.advice, '400');
	}
	switch (channelType) {
		case 'whatsapp': {
			const { PhoneNumbers } = await read(context, account, 'QueryChatappPhoneNumbers', withoutEmpty({ CustSpaceId: custSpaceId }));
			return rowsIn(PhoneNumbers).map((row) => ({ name: named(row.PhoneNumber, row.VerifiedName), value: text(row.PhoneNumber) }));
		}
		case 'viber': {
			const { Data } = await read(context, account, 'ListViberServiceMessage', { CustSpaceId: custSpaceId });
			return rowsIn(Data).map((row) => ({ name: named(row.BusinessAccountName, row.ServiceId), value: text(row.ServiceId) }));
		}
		case 'instagram': {
			const instances = await listInstances(context, account, channelType);
			const instance = instances.find(({ CustSpaceId }) => CustSpaceId === custSpaceId);
			const { Data } = await read(context, account, 'ListInstagramPage', { InstanceId: text(instance?.InstanceId) || custSpaceId });
			const pages = (Data as IDataObject | undefined)?.InstagramInfo;
			return (Array.isArray(pages) ? rowsIn(pages) : pages ? [pages as IDataObject] : []).map((row) => ({
				name: named(row.AccountName, row.AccountId),
				value: text(row.AccountId),
			}));
		}
		default:
			throw new Unreadable('This channel has no list of senders', 'Switch to By ID and enter the Page ID or account ID.', '400');
	}
}

/** The documents know these two; whether other channels share WhatsApp's is not said. */
export function templateType(channelType: string): 'VIBER' | 'WHATSAPP' {
	return channelType === 'viber' ? 'VIBER' : 'WHATSAPP';
}

/** Approved templates, each with its language. Operation ListChatappTemplate. */
export async function listTemplates(context: Context, account: Account, channelType: string, custSpaceId: string): Promise<Row[]> {
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
		name: named(row.TemplateName, row.Language, row.Category, row.AuditStatus === 'pass' ? 'approved' : row.AuditStatus),
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
export async function readTemplateDetail(context: Context, account: Account, { code, language, channelType, custSpaceId }: TemplateKey): Promise<Template> {
	const { Data } = await read(context, account, 'GetChatappTemplateDetail', {
		...withoutEmpty({ CustSpaceId: custSpaceId }),
		TemplateCode: code,
		Language: language,
		TemplateType: templateType(channelType),
	});
	return parseTemplate((Data ?? {}) as IDataObject);
}

/** Temporary credentials for the storage that files are uploaded to; never kept here. Operation GetChatappUploadAuthorization. @throws Unreadable */
export async function readUploadAuthorization(context: Context, account: Account, custSpaceId: string): Promise<IDataObject> {
	const { Data } = await ask(context, account, 'GetChatappUploadAuthorization', { CustSpaceId: custSpaceId });
	return (Data ?? {}) as IDataObject;
}

/** The languages in which a template is approved. Operation ListChatappTemplate. @throws Unreadable */
export async function readTemplateLanguages(context: Context, account: Account, { code, channelType, custSpaceId }: TemplateKey): Promise<string[]> {
	const rows = await listTemplates(context, account, channelType, custSpaceId);
	return rows.map(({ value }) => value.split('/')).flatMap(([each, language]) => (each === code ? [language] : []));
}
