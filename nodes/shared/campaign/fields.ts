import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_TABLE } from './open';

/** The fields and options of a campaign. Workflows store their internal names, which therefore never change. */

/** @param displayOptions of the node */
export function campaignIdField(
	displayOptions?: INodeProperties['displayOptions'],
): INodeProperties {
	return {
		displayName: 'Campaign ID',
		name: 'campaignId',
		type: 'string',
		default: '',
		placeholder: "e.g. spring-sale-{{ $now.format('yyyy-MM') }}",
		hint: 'Within a campaign nobody gets a message twice, even if n8n is restarted. Leave empty to send without.',
		description:
			'A name for this campaign. Run it again with the same name, and it goes on where it stopped. n8n keeps who has been sent to in a data table.',
		...(displayOptions && { displayOptions }),
	};
}

const IN_CAMPAIGN = { show: { '/campaignId': [{ _cnd: { not: '' } }] } };

export const campaignTableOption: INodeProperties = {
	displayName: 'Campaign Table',
	name: 'campaignTable',
	type: 'string',
	default: DEFAULT_TABLE,
	description:
		"The n8n data table that holds the campaigns, made on first use in the workflow's project",
};

/** The options of a send within a campaign. */
export const campaignOptions: INodeProperties[] = [
	{ ...campaignTableOption, displayOptions: IN_CAMPAIGN },
	{
		displayName: 'Campaign: Already Accepted',
		name: 'earlierRecipients',
		type: 'options',
		options: [
			{
				name: 'Include in Accepted',
				value: 'include',
				description: 'As "alreadyAccepted", with their task ID and time',
			},
			{ name: 'Leave Out', value: 'leaveOut' },
		],
		default: 'include',
		description: 'What to return for recipients that an earlier run of the campaign had sent to',
		displayOptions: IN_CAMPAIGN,
	},
	{
		displayName: 'Campaign: If Running',
		name: 'ifCampaignRunning',
		type: 'options',
		options: [
			{
				name: 'Fail',
				value: 'error',
				description: 'The workflow ends with an error; nobody is sent to',
			},
			{
				name: 'Return as Not Accepted',
				value: 'notAccepted',
				description: 'Everybody comes out by Not Accepted with the cause "campaignRunning"',
			},
			{ name: 'Wait', value: 'wait', description: 'Go on when the other execution has ended' },
		],
		default: 'error',
		description: 'What to do if another execution is sending this campaign',
		displayOptions: IN_CAMPAIGN,
	},
	{
		displayName: 'Campaign: Rejected Before',
		name: 'rejectedBefore',
		type: 'options',
		options: [
			{ name: 'Send Again', value: 'retry' },
			{ name: 'Leave as Rejected', value: 'leave' },
		],
		default: 'retry',
		description: 'What to do with recipients that were rejected in an earlier run of the campaign',
		displayOptions: IN_CAMPAIGN,
	},
	{
		displayName: 'Campaign: Take Over After (Seconds)',
		name: 'takeOverAfter',
		type: 'number',
		typeOptions: { minValue: 10, maxValue: 3600 },
		default: 60,
		description:
			'After a crash, a new run goes on with the campaign once the old one was not seen for this long',
		displayOptions: IN_CAMPAIGN,
	},
];
