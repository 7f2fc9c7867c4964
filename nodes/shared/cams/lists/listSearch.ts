import {
	NodeApiError,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type ResourceMapperField,
	type ResourceMapperFields,
} from 'n8n-workflow';

import { NotSendable } from '../../input/notSendable';
import { readAccount, type Account } from '../api/account';
import { LANGUAGES } from './languages';
import { Unreadable, listChannels, listSenders, listTemplates, readTemplateDetail, type Row } from './reads';
import type { Template } from '../template/template';
import { TEMPLATE_TEXT, payloadId } from '../template/templateVariables';

/** What the panel asks for while a user fills it in: lists to pick from, and a template's variables. */

interface Asked {
	account: Account;
	channelType: string;
	/** Chosen in the panel, else the credential's. */
	custSpaceId: string;
}

function chosen(context: ILoadOptionsFunctions, name: string): string {
	const value = context.getCurrentNodeParameter(name, { extractValue: true });
	return typeof value === 'string' ? value.trim() : '';
}

async function readAsked(context: ILoadOptionsFunctions): Promise<Asked> {
	const account = await readAccount(context);
	return { account, channelType: chosen(context, 'channelType'), custSpaceId: chosen(context, 'custSpaceId') || account.custSpaceId };
}

/** The error of a list: title, next step, and n8n's link to the credential where that is to blame. */
function toListError(context: ILoadOptionsFunctions, error: unknown): Error {
	if (!(error instanceof Unreadable || error instanceof NotSendable)) return error as Error;
	const { title: message, advice: description } = error;
	const httpCode = error instanceof Unreadable ? error.httpCode : '401';
	return new NodeApiError(context.getNode(), { message }, { message, description, httpCode });
}

function matching(rows: Row[], filter = ''): INodeListSearchResult {
	const wanted = filter.trim().toLowerCase();
	return { results: rows.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted)) };
}

async function search(context: ILoadOptionsFunctions, filter: string | undefined, list: (asked: Asked) => Promise<Row[]>): Promise<INodeListSearchResult> {
	const rows = await readAsked(context)
		.then(list)
		.catch(async (error) => await Promise.reject(toListError(context, error)));
	return matching(rows, filter);
}

/** Channels of the chosen channel type. */
export async function searchChannels(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await search(this, filter, async ({ account, channelType }) => await listChannels(this, account, channelType));
}

/** Senders of the chosen channel. */
export async function searchSenders(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await search(this, filter, async ({ account, channelType, custSpaceId }) => await listSenders(this, account, channelType, custSpaceId));
}

/** Approved templates of the chosen channel, one entry for each language. */
export async function searchTemplates(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return await search(this, filter, async ({ account, channelType, custSpaceId }) => await listTemplates(this, account, channelType, custSpaceId));
}

/** The languages a template can have. */
export async function searchLanguages(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	return matching(LANGUAGES.map(([value, name]) => ({ name: `${name} - ${value}`, value })), filter);
}

const MOST_EXAMPLE = 18;
const MOST_LABEL = 40;

function shortened(text: string, most: number): string {
	const characters = [...text];
	return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

function field(id: string, label: string, more: Partial<ResourceMapperField> = {}): ResourceMapperField {
	return { id, displayName: shortened(label, MOST_LABEL), required: false, defaultMatch: false, display: true, type: 'string', canBeUsedToMatch: false, ...more };
}

const ADD_UNDER_OPTIONS = { flow: ['Flow', 'Add Flow under Options'], products: ['Products', 'Add Products under Options'] } as const;

/** A parameter for each thing that a template leaves open. An example stands in the label: a value would go out. */
export function toMapperFields({ lines, variables, buttons }: Template): ResourceMapperField[] {
	// n8n would take a text that begins with = for an expression.
	const shownText = lines.join(' ').replace(/\s+/g, ' ').trim().replace(/^=/, ' =');
	return [
		...(shownText === '' ? [] : [field(TEMPLATE_TEXT, TEMPLATE_TEXT, { readOnly: true, defaultValue: shownText })]),
		...variables.map(({ name, where, example }) => {
			const isShort = example !== '' && !/^https?:/.test(example);
			const place = where === '' ? '' : `, ${where}`;
			return field(name, `${name}${place}${isShort ? ` (e.g. ${shortened(example, MOST_EXAMPLE)})` : ''}`, { required: true });
		}),
		...buttons.flatMap(({ number, label, takes }) => {
			if (takes === undefined) return [];
			if (takes === 'payload') return [field(payloadId(number), `Button ${number} Payload, "${label}"`)];
			const [what, advice] = ADD_UNDER_OPTIONS[takes];
			return [field(`Button ${number} ${what}`, `Button ${number}, "${label}"`, { readOnly: true, defaultValue: advice })];
		}),
	];
}

const notice = (emptyFieldsNotice: string): ResourceMapperFields => ({ fields: [], emptyFieldsNotice });

/** Why the variables of a template cannot be shown; a throw here would leave the user with a red box. */
function toNotice(error: unknown): ResourceMapperFields {
	if (!(error instanceof Unreadable || error instanceof NotSendable)) return notice(`${(error as Error).message} Use name and value pairs meanwhile.`);
	return notice(`The variables cannot be read. ${error.title}. ${error.advice} Use name and value pairs meanwhile.`);
}

/** The variables of the chosen template, for the mapper. Never throws. */
export async function getTemplateVariables(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const [code, ownLanguage] = chosen(this, 'template').split('/');
	if (code === '') return notice('Choose a template and its variables appear here.');
	if (code.startsWith('=')) return notice('The template comes from an expression. Run the previous node once, or use name and value pairs.');
	// Shown, and so to be read, only once there is a template without a language of its own.
	const language = ownLanguage || chosen(this, 'language');
	if (language.startsWith('=')) return notice('The language comes from an expression. Run the previous node once, or use name and value pairs.');
	if (language === '') return notice("Choose the template's language and its variables appear here.");
	return await readAsked(this)
		.then(async ({ account, ...where }) => await readTemplateDetail(this, account, { code, language, ...where }))
		.then((template) => {
			const { lines, variables, buttons } = template;
			if (variables.length > 0 || buttons.some(({ takes }) => takes)) return { fields: toMapperFields(template) };
			return notice(
				lines.length === 0
					? 'This template names no variable. Choose Using Name and Value Pairs and enter the name shown in Template Design.'
					: `This template has no variables. It says: ${lines.join(' ')}`,
			);
		})
		.catch(toNotice);
}
