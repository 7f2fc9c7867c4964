import type { IAllExecuteFunctions, IDataObject } from 'n8n-workflow';

import type { OpenTemplate, TemplateVariable } from '../../editor/templateMapper';
import {
	READ_TIMEOUT_MS,
	ReadError,
	named,
	read,
	readAllPages,
	rowsIn,
	text,
	totalOf,
	type Row,
} from '../../http/cachedRead';
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

async function readPath(
	context: Context,
	account: Account,
	path: string,
	given: IDataObject,
): Promise<IDataObject> {
	if (given.wabaId === '')
		throw new ReadError(
			'WABA ID is empty',
			'Enter it in the credential; the console shows it beside the WhatsApp Business Account.',
			'400',
		);
	const body = JSON.stringify(given);
	return await read(JSON.stringify([account.readerKey, path, body]), {
		errors: INNOPAAS_ERRORS,
		rateLimiter: innoPaasRateLimiter(account, 'read'),
		call: async () =>
			await callInnoPaas(context, account, { path, body, timeoutMs: READ_TIMEOUT_MS }),
	});
}

/** The numbers that may send, by their digits. Page "number query". @throws Unreadable */
export async function listSendNumbers(
	context: Context,
	account: Account,
	wabaId: string,
): Promise<Row[]> {
	const { data } = await readPath(context, account, PHONE_INFO_PATH, { wabaId });
	return rowsIn(data).map(({ displayPhoneNumber, verifiedName, qualityRating }) => ({
		name: named(displayPhoneNumber, verifiedName, qualityRating),
		value: text(displayPhoneNumber).replace(/\D/g, ''),
	}));
}

/** No page describes this list: an account, or all of InnoPaaS, may lack it. @throws Unreadable */
async function readTemplates(
	context: Context,
	account: Account,
	wabaId: string,
): Promise<IDataObject[]> {
	return await readAllPages(async (page) => {
		const { data } = await readPath(context, account, TEMPLATE_LIST_PATH, {
			wabaId,
			page,
			size: PAGE_SIZE,
		});
		const { list, total } = (data ?? {}) as IDataObject;
		return { rows: rowsIn(list ?? data), total: totalOf(total) };
	}).catch(async (error) => {
		const isMissing = error instanceof ReadError && error.code === 'HTTP 404';
		return await Promise.reject(
			isMissing
				? new ReadError(
						'This account has no template list',
						'Switch to By Name and enter the name of the template.',
						'400',
						error.code,
					)
				: error,
		);
	});
}

/** All templates, each with its language; what auditStatus says is not documented, so none is left out. @throws Unreadable */
export async function listTemplates(
	context: Context,
	account: Account,
	wabaId: string,
): Promise<Row[]> {
	const templates = await readTemplates(context, account, wabaId);
	return templates.map(({ name, messageLanguage }) => ({
		name: named(name, messageLanguage),
		value: [text(name), text(messageLanguage)].filter(Boolean).join('/'),
	}));
}

/** {{1}} */
const VARIABLE = /\{\{\s*(\d+)\s*\}\}/g;

const variablesIn = (value: unknown) => [
	...new Set([...text(value).matchAll(VARIABLE)].map(([, number]) => number)),
];

/** The field category of a template with a one-time code; its footer is the minutes for which the code is good. */
const AUTHENTICATION = '2';

/** The field actionType of a button that copies a one-time code. */
const COPY_CODE = '4';

/** The field headerType of a template: 1 none, 2 text, 3 image, 4 video, 5 document. */
const HEADER_FILES: Readonly<Record<string, string>> = {
	'3': 'Image',
	'4': 'Video',
	'5': 'Document',
};

/** What a template leaves open, in the order in which it is read. Page "template", and that of the predecessor for its buttons. */
function openPlaces({
	category,
	headerType,
	caption,
	messageBody,
	footer,
	buttons,
}: IDataObject): OpenTemplate {
	const file = HEADER_FILES[text(headerType)];
	const variable = (name: string, where = ''): TemplateVariable => ({ name, where, example: '' });
	const ofButtons = rowsIn(buttons).flatMap(({ actionType, targetUrl, label }, index) => {
		if (variablesIn(targetUrl).length > 0)
			return [variable(buttonLink(index + 1), `"${text(label)}"`)];
		return text(actionType) === COPY_CODE
			? [variable(buttonCode(index + 1), 'the code again')]
			: [];
	});
	return {
		lines: [
			file === undefined ? text(caption) : '',
			text(messageBody),
			text(category) === AUTHENTICATION ? '' : text(footer),
		].filter((line) => line !== ''),
		variables: [
			...(file !== undefined ? [variable(headerLink(file))] : []),
			...(file === undefined && variablesIn(caption).length > 0 ? [variable(HEADER_TEXT)] : []),
			...variablesIn(messageBody)
				.sort((left, right) => Number(left) - Number(right))
				.map((number) => variable(number)),
			...ofButtons,
		],
		buttons: [],
	};
}

/** What a template leaves open. @throws Unreadable when there is no such template, or no list */
export async function readOpenTemplate(
	context: Context,
	account: Account,
	wabaId: string,
	name: string,
	language: string,
): Promise<OpenTemplate> {
	const templates = await readTemplates(context, account, wabaId);
	const found = templates.find((each) => each.name === name && each.messageLanguage === language);
	if (!found)
		throw new ReadError('The template is not in the list', 'Pick it again under Template.', '400');
	return openPlaces(found);
}
