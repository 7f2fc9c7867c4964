import type { IAllExecuteFunctions, IDataObject } from 'n8n-workflow';

import { languageName } from '../../editor/languages';
import { entryName, inWords, stateNote, type ListEntry } from '../../editor/listEntry';
import type { OpenTemplate, TemplateVariable } from '../../editor/templateMapper';
import { READ_TIMEOUT_MS, ReadError, fetchCached } from '../../http/cachedRead';
import { readAllPages, rowsIn, totalOf } from '../../http/pages';
import { textOf, textOrEmpty } from '../../util/json';
import {
	PHONE_INFO_PATH,
	TEMPLATE_LIST_PATH,
	callInnoPaas,
	innoPaasRateLimiter,
	type Account,
} from './client';
import { INNOPAAS_ERRORS } from './errors';
import { HEADER_TEXT, buttonCode, buttonLink, headerLink } from './templateValues';

type Context = Pick<IAllExecuteFunctions, 'helpers'>;

const PAGE_SIZE = 50;

/** The answer of a path for the account's WABA ID, cached. @throws ReadError */
async function readPath(
	context: Context,
	account: Account,
	path: string,
	page: IDataObject = {},
): Promise<IDataObject> {
	const { wabaId } = account;
	if (wabaId === '')
		throw new ReadError(
			'WABA ID is empty',
			'Enter it in the credential; the console shows it beside the WhatsApp Business Account.',
			'400',
		);
	const body = JSON.stringify({ wabaId, ...page });
	return await fetchCached(JSON.stringify([account.readerKey, path, body]), {
		errors: INNOPAAS_ERRORS,
		rateLimiter: innoPaasRateLimiter(account, 'read'),
		call: async () =>
			await callInnoPaas(context, account, { path, body, timeoutMs: READ_TIMEOUT_MS }),
	});
}

/** The numbers that may send; their values are digits only. Page "number query". @throws ReadError */
export async function listSendNumbers(context: Context, account: Account): Promise<ListEntry[]> {
	const { data } = await readPath(context, account, PHONE_INFO_PATH);
	return rowsIn(data).map(({ displayPhoneNumber, verifiedName, qualityRating, status }) => ({
		name: entryName(
			displayPhoneNumber,
			verifiedName,
			textOf(qualityRating) && `quality: ${inWords(qualityRating).toLowerCase()}`,
			stateNote(status),
		),
		value: textOrEmpty(displayPhoneNumber).replace(/\D/g, ''),
	}));
}

/** The path is not documented, so a 404 says that the list does not exist rather than that the address is wrong. */
function toTemplateListError(error: unknown): Error {
	if (error instanceof ReadError && error.code === 'HTTP 404')
		return new ReadError(
			'This account has no template list',
			'Switch to By Name and enter the name of the template.',
			'400',
			error.code,
		);
	return error as Error;
}

/** All templates of a WhatsApp Business Account. @throws ReadError */
async function readTemplates(context: Context, account: Account): Promise<IDataObject[]> {
	return await readAllPages(async (page) => {
		const { data } = await readPath(context, account, TEMPLATE_LIST_PATH, {
			page,
			size: PAGE_SIZE,
		});
		const { list, total } = (data ?? {}) as IDataObject;
		return { rows: rowsIn(list ?? data), total: totalOf(total) };
	}).catch((error) => {
		throw toTemplateListError(error);
	});
}

/** All templates, each with its language. They are not filtered by auditStatus, whose values are not documented. @throws ReadError */
export async function listTemplates(context: Context, account: Account): Promise<ListEntry[]> {
	const templates = await readTemplates(context, account);
	return templates.map(({ name, messageLanguage }) => ({
		name: entryName(name, languageName(textOrEmpty(messageLanguage))),
		value: [name, messageLanguage].map(textOf).filter(Boolean).join('/'),
	}));
}

const VARIABLE = /\{\{\s*(\d+)\s*\}\}/g;

const variablesIn = (value: unknown) => [
	...new Set([...textOrEmpty(value).matchAll(VARIABLE)].map(([, number]) => number)),
];

/** The category of a template with a one-time code; its footer holds the code's lifetime in minutes. */
const AUTHENTICATION = '2';

/** The actionTypes of the buttons that take a one-time code: they copy it, or fill it into an app. */
const TAKES_CODE = ['4', '5'];

/** By headerType: 1 is no header, 2 text, 3 image, 4 video, 5 document. */
const HEADER_FILES: Readonly<Record<string, string>> = {
	'3': 'Image',
	'4': 'Video',
	'5': 'Document',
};

/** A template's variables in reading order. Sources: page "template"; for buttons the page of the predecessor API. */
function toOpenTemplate({
	category,
	headerType,
	caption,
	messageBody,
	footer,
	buttons,
}: IDataObject): OpenTemplate {
	const file = HEADER_FILES[textOrEmpty(headerType)];
	const variable = (name: string, label = name): TemplateVariable => ({
		name,
		label,
		where: '',
		example: '',
	});
	const buttonVariables = rowsIn(buttons).flatMap(({ actionType, targetUrl, label }, index) => {
		if (variablesIn(targetUrl).length > 0)
			return [variable(buttonLink(index + 1), `End of the link of "${textOrEmpty(label)}"`)];
		return TAKES_CODE.includes(textOrEmpty(actionType))
			? [variable(buttonCode(index + 1), `${buttonCode(index + 1)}, the code again`)]
			: [];
	});
	return {
		lines: [
			file === undefined ? textOrEmpty(caption) : '',
			textOrEmpty(messageBody),
			textOrEmpty(category) === AUTHENTICATION ? '' : textOrEmpty(footer),
		].filter((line) => line !== ''),
		variables: [
			...(file !== undefined ? [variable(headerLink(file))] : []),
			...(file === undefined && variablesIn(caption).length > 0 ? [variable(HEADER_TEXT)] : []),
			...variablesIn(messageBody)
				.sort((left, right) => Number(left) - Number(right))
				.map((number) => variable(number, `Body {{${number}}}`)),
			...buttonVariables,
		],
		buttons: rowsIn(buttons).map(({ label }, index) => ({
			number: index + 1,
			label: textOrEmpty(label),
			takes: undefined,
		})),
	};
}

/** The contents of a template. @throws ReadError when the template or the list does not exist */
export async function readOpenTemplate(
	context: Context,
	account: Account,
	name: string,
	language: string,
): Promise<OpenTemplate> {
	const templates = await readTemplates(context, account);
	const ofName = templates.filter((each) => each.name === name);
	const found = ofName.find((each) => each.messageLanguage === language);
	if (found) return toOpenTemplate(found);
	if (ofName.length > 0) {
		const languages = ofName.map(({ messageLanguage }) => textOrEmpty(messageLanguage));
		throw new ReadError(
			`The template does not exist in ${language}`,
			`It exists in ${languages.join(' and ')}. Pick it again under Template; codes such as en_US are exact to the letter.`,
			'400',
		);
	}
	throw new ReadError('The template is not in the list', 'Pick it again under Template.', '400');
}
