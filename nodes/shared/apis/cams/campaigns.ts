import type { CampaignApi } from '../../campaign/operations';
import { plainText } from '../../parameters/text';
import { UserIssue } from '../../util/userIssue';
import { NO_CHANNEL, readAccount } from './client';
import { HAS_HISTORY, readHistory } from './history';
import { withOnlyChannel } from './lookups';

/** What the operations on campaigns need of CAMS. */
export const camsCampaigns: CampaignApi = {
	numbersOnly: false,
	defaultCountry: async (context) => (await readAccount(context)).defaultCountry,
	history: async (context) => {
		const account = await readAccount(context);
		const chosen = plainText(
			context.getNodeParameter('custSpaceId', 0, '', { extractValue: true }),
			'Channel ID / Space ID',
		);
		return {
			channels: HAS_HISTORY,
			async *messages(query) {
				const custSpaceId =
					chosen || (await withOnlyChannel(context, account, query.channelType)).custSpaceId;
				if (custSpaceId === '') throw new UserIssue(NO_CHANNEL.title, NO_CHANNEL.advice);
				yield* readHistory(context, account, { ...query, custSpaceId });
			},
		};
	},
};
