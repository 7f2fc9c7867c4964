import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
	INodeType,
	ResourceMapperFields,
} from 'n8n-workflow';

import type { ListEntry } from '../../editor/listEntry';
import { chosen, search, searchLanguages } from '../../editor/search';
import { chosenTemplate, notice, toMapperFields, toNotice } from '../../editor/templateMapper';
import { testChatAppApi } from '../credentialTest';
import { readAccount, type Account } from './client';
import { listChannels, listSenders, listTemplates, readTemplateDetail } from './lookups';

/** What the panels of the CAMS nodes ask for while a user fills them in: lists to pick from, and a template's variables. */

interface Asked {
	account: Account;
	channelType: string;
	/** Chosen in the panel, else the credential's. */
	custSpaceId: string;
}

async function readAsked(context: ILoadOptionsFunctions): Promise<Asked> {
	const account = await readAccount(context);
	return {
		account,
		channelType: chosen(context, 'channelType'),
		custSpaceId: chosen(context, 'custSpaceId') || account.custSpaceId,
	};
}

async function searchOf(
	context: ILoadOptionsFunctions,
	filter: string | undefined,
	list: (asked: Asked) => Promise<ListEntry[]>,
): Promise<INodeListSearchResult> {
	return await search(context, filter, async () => await list(await readAsked(context)));
}

/** Channels of the chosen channel type. */
export async function searchChannels(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchOf(
		this,
		filter,
		async ({ account, channelType }) => await listChannels(this, account, channelType),
	);
}

/** Senders of the chosen channel. */
export async function searchSenders(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchOf(
		this,
		filter,
		async ({ account, channelType, custSpaceId }) =>
			await listSenders(this, account, channelType, custSpaceId),
	);
}

/** The same as options, for a field that takes several. */
export async function getPhoneNumbers(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const { results } = await searchSenders.call(this);
	return results.map(({ name, value }) => ({ name, value }));
}

/** Approved templates of the chosen channel, one entry for each language. */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchOf(
		this,
		filter,
		async ({ account, channelType, custSpaceId }) =>
			await listTemplates(this, account, channelType, custSpaceId),
	);
}

/** The variables of the chosen template, for the mapper. Never throws. */
export async function getTemplateVariables(
	this: ILoadOptionsFunctions,
): Promise<ResourceMapperFields> {
	const picked = chosenTemplate(this, 'use name and value pairs');
	if ('emptyFieldsNotice' in picked) return picked;
	const { template: code, language } = picked;
	return await readAsked(this)
		.then(
			async ({ account, ...where }) =>
				await readTemplateDetail(this, account, { code, language, ...where }),
		)
		.then((template) => {
			const { lines, variables, buttons } = template;
			if (variables.length > 0 || buttons.some(({ takes }) => takes))
				return { fields: toMapperFields(template) };
			return notice(
				lines.length === 0
					? 'This template names no variable. Choose Using Name and Value Pairs and enter the name shown in Template Design.'
					: `This template has no variables. It says: ${lines.join(' ')}`,
			);
		})
		.catch((error) => toNotice(error, 'Use name and value pairs meanwhile.'));
}

/** What the panels of the CAMS nodes call: the test of the credential, lists to pick from, a template's variables. */
export const camsMethods: INodeType['methods'] = {
	credentialTest: { testChatAppApi },
	listSearch: { searchChannels, searchLanguages, searchSenders, searchTemplates },
	resourceMapping: { getTemplateVariables },
};
