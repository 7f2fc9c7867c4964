import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	ResourceMapperFields,
} from 'n8n-workflow';

import type { ListEntry } from '../../editor/listEntry';
import { chosen, search } from '../../editor/search';
import { chosenTemplate, notice, toMapperFields, toNotice } from '../../editor/templateMapper';
import { readAccount, type Account } from './client';
import { listSendNumbers, listTemplates, readOpenTemplate } from './lookups';

/** What the panel asks for while a user fills it in: lists to pick from, and a template's variables. */

/** The WhatsApp Business Account: the option's, else the credential's. */
async function readAsked(
	context: ILoadOptionsFunctions,
): Promise<{ account: Account; wabaId: string }> {
	const account = await readAccount(context);
	return { account, wabaId: chosen(context, 'options.wabaId') || account.wabaId };
}

async function searchOf(
	context: ILoadOptionsFunctions,
	filter: string | undefined,
	list: (account: Account, wabaId: string) => Promise<ListEntry[]>,
): Promise<INodeListSearchResult> {
	return await search(context, filter, async () => {
		const { account, wabaId } = await readAsked(context);
		return await list(account, wabaId);
	});
}

/** The numbers of the account that may send. */
export async function searchSendNumbers(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchOf(
		this,
		filter,
		async (account, wabaId) => await listSendNumbers(this, account, wabaId),
	);
}

/** The templates of the account, one entry for each language. */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchOf(
		this,
		filter,
		async (account, wabaId) => await listTemplates(this, account, wabaId),
	);
}

/** The variables of the chosen template, for the mapper. Never throws. */
export async function getTemplateVariables(
	this: ILoadOptionsFunctions,
): Promise<ResourceMapperFields> {
	const picked = chosenTemplate(this, 'use values in order');
	if ('emptyFieldsNotice' in picked) return picked;
	try {
		const { account, wabaId } = await readAsked(this);
		const template = await readOpenTemplate(
			this,
			account,
			wabaId,
			picked.template,
			picked.language,
		);
		if (template.variables.length > 0) return { fields: toMapperFields(template) };
		return notice(`This template has no variables. It says: ${template.lines.join(' ')}`);
	} catch (error) {
		return toNotice(error, 'Use values in order meanwhile.');
	}
}
