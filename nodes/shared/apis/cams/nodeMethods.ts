import type { INodeType } from 'n8n-workflow';

import { searchLanguages } from '../../editor/search';
import { testChatAppApi } from '../credentialTest';
import { getTemplateVariables, searchChannels, searchSenders, searchTemplates } from './editor';

/** What the panels of the CAMS nodes call: the test of the credential, lists to pick from, a template's variables. */
export const camsMethods: INodeType['methods'] = {
	credentialTest: { testChatAppApi },
	listSearch: { searchChannels, searchLanguages, searchSenders, searchTemplates },
	resourceMapping: { getTemplateVariables },
};
