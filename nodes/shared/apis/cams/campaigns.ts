import type { CampaignApi } from '../../campaign/operations';
import { plainText } from '../../parameters/text';
import { UserIssue } from '../../util/userIssue';
import { NO_CHANNEL, readAccount } from './client';
import { HAS_HISTORY, readHistory } from './history';
import { readSendingAccount } from './lookups';

/** What the operations on campaigns need of CAMS. */
export const camsCampaigns: CampaignApi = {
	numbersOnly: false,
	defaultCountry: async (context) => (await readAccount(context)).defaultCountry,
	history: async (context) => {
		const account = await readSendingAccount(context);
		const chosen = context.getNodeParameter('custSpaceId', 0, '', { extractValue: true });
		const custSpaceId = plainText(chosen, 'Channel ID / Space ID') || account.custSpaceId;
		if (custSpaceId === '') throw new UserIssue(NO_CHANNEL.title, NO_CHANNEL.advice);
		return {
			channels: HAS_HISTORY,
			messages: (query) => readHistory(context, account, { ...query, custSpaceId }),
		};
	},
};
