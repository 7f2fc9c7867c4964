import type {
	ILoadOptionsFunctions,
	INodePropertyOptions,
	INodeType,
	ResourceMapperFields,
} from 'n8n-workflow';

import type { ListEntry } from '../../editor/listEntry';
import { chosen, chosenMode, listSearch, searchLanguages } from '../../editor/search';
import { chosenTemplate, notice, toMapperFields, toNotice } from '../../editor/templateMapper';
import { testChatAppApi } from '../credentialTest';
import { templateParameters } from './chosen';
import { readAccount } from './client';
import {
	listChannels,
	listSenders,
	listTemplates,
	readTemplateDetail,
	withOnlyChannel,
	type Channel,
} from './lookups';

/** Lists to pick from and a template's variables, which the panels load while the user fills them in. */

/** The channel chosen in the panel; otherwise that of the credential, or the only one. */
async function readChannel(context: ILoadOptionsFunctions): Promise<Channel> {
	const account = await readAccount(context);
	const channelType = chosen(context, 'channelType');
	const custSpaceId =
		chosen(context, 'custSpaceId') ||
		(await withOnlyChannel(context, account, channelType)).custSpaceId;
	return { account, channelType, custSpaceId };
}

const searchOf = (list: typeof listSenders) =>
	listSearch(async (context) => await list(context, await readChannel(context)));

/** The way back from a channel that was picked. */
const FROM_CREDENTIAL: ListEntry = { name: 'From the Credential', value: '' };

/** Channels of the chosen channel type, and the credential's if it has one. */
export const searchChannels = listSearch(async (context) => {
	const channel = await readChannel(context);
	const channels = await listChannels(context, channel);
	return channel.account.custSpaceId === '' ? channels : [FROM_CREDENTIAL, ...channels];
});

const searchSenders = searchOf(listSenders);

/** Approved templates of the chosen channel, one entry for each language. */
const searchTemplates = searchOf(listTemplates);

/** Senders of the chosen channel as options, for a field that takes several. */
export async function getPhoneNumbers(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const { results } = await searchSenders.call(this);
	return results.map(({ name, value }) => ({ name, value }));
}

/** The variables of the chosen template, for the mapper. Never throws. */
async function getTemplateVariables(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const picked = chosenTemplate(this, 'use name and value pairs');
	if ('emptyFieldsNotice' in picked) return picked;
	const mode = chosenMode(this, 'template');
	try {
		const template = await readTemplateDetail(this, {
			...(await readChannel(this)),
			template: templateParameters(mode, picked.template, picked.language),
		});
		const { lines, variables, buttons } = template;
		if (variables.length > 0 || buttons.some(({ takes }) => takes))
			return { fields: toMapperFields(template) };
		return notice(
			lines.length === 0
				? 'This template names no variable. Choose Using Name and Value Pairs and enter the name shown in Template Design.'
				: `This template has no variables. It says: ${lines.join(' ')}`,
		);
	} catch (error) {
		return toNotice(error, 'Use name and value pairs meanwhile.');
	}
}

/** The methods of the CAMS nodes that the editor calls. */
export const camsMethods: INodeType['methods'] = {
	credentialTest: { testChatAppApi },
	listSearch: { searchChannels, searchLanguages, searchSenders, searchTemplates },
	resourceMapping: { getTemplateVariables },
};
