import type { INodeType } from 'n8n-workflow';

import { testChatAppApi } from '../../credentialTest';
import { searchLanguages } from '../../lists/listSearch';
import {
	getTemplateVariables,
	searchChannels,
	searchSenders,
	searchTemplates,
} from '../lists/listSearch';

/** What the panels of the CAMS nodes call: the test of the credential, lists to pick from, a template's variables. */
export const camsMethods: INodeType['methods'] = {
	credentialTest: { testChatAppApi },
	listSearch: { searchChannels, searchLanguages, searchSenders, searchTemplates },
	resourceMapping: { getTemplateVariables },
};
