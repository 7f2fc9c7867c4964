import type { ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';

import { chosen, listSearch } from '../../editor/search';
import { chosenTemplate, notice, toMapperFields, toNotice } from '../../editor/templateMapper';
import { readAccount, type Account } from './client';
import { listSendNumbers, listTemplates, readOpenTemplate } from './lookups';

/** Lists to pick from and a template's variables, which the panel loads while the user fills it in. */

/** The account, with the WABA ID of the panel's option if that is set. */
async function readChosenAccount(context: ILoadOptionsFunctions): Promise<Account> {
	const account = await readAccount(context);
	return { ...account, wabaId: chosen(context, 'options.wabaId') || account.wabaId };
}

/** The numbers of the account that may send. */
export const searchSendNumbers = listSearch(
	async (context) => await listSendNumbers(context, await readChosenAccount(context)),
);

/** The templates of the account, one entry for each language. */
export const searchTemplates = listSearch(
	async (context) => await listTemplates(context, await readChosenAccount(context)),
);

/** The variables of the chosen template, for the mapper. Never throws. */
export async function getTemplateVariables(
	this: ILoadOptionsFunctions,
): Promise<ResourceMapperFields> {
	const picked = chosenTemplate(this, 'use values in order');
	if ('emptyFieldsNotice' in picked) return picked;
	try {
		const account = await readChosenAccount(this);
		const template = await readOpenTemplate(this, account, picked.template, picked.language);
		if (template.variables.length > 0) return { fields: toMapperFields(template) };
		return notice(`This template has no variables. It says: ${template.lines.join(' ')}`);
	} catch (error) {
		return toNotice(error, 'Use values in order meanwhile.');
	}
}
