import type { CampaignApi } from '../../campaign/operations';
import { readAccount } from './client';

/** What the operations on campaigns need of InnoPaaS, which does not tell what it has accepted. */
export const innoPaasCampaigns: CampaignApi = {
	numbersOnly: true,
	defaultCountry: async (context) => (await readAccount(context)).defaultCountry,
};
