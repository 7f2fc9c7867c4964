import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { optionsCollection } from '../parameters/optionFields';
import { fileOptions } from '../send/fields';
import { DEFAULT_TABLE } from './rows';

/** The fields and options of campaigns. Workflows store their internal names, which therefore never change. */

/** The operations that send nothing. */
export const CAMPAIGN_OPERATIONS = ['getCampaign', 'resolveUnknown', 'setCampaignState'] as const;
const OF_CAMPAIGNS = { operation: [...CAMPAIGN_OPERATIONS] };

const campaignIdField: INodeProperties = {
	displayName: 'Campaign ID',
	name: 'campaignId',
	type: 'string',
	default: '',
	placeholder: "e.g. spring-sale-{{ $now.format('yyyy-MM') }}",
	hint: 'Within a campaign nobody gets a message twice, even if n8n is restarted. Leave empty to send without.',
	description:
		'A name for this campaign. Run it again with the same name, and it goes on where it stopped. Who has been sent to is kept in an n8n data table.',
};

const IN_CAMPAIGN = { show: { '/campaignId': [{ _cnd: { not: '' } }] } };

const campaignTableOption: INodeProperties = {
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

/** The operations on campaigns, for a node's list. @param hasHistory whether the API tells what it has accepted */
function campaignOperations(hasHistory: boolean): INodePropertyOptions[] {
	return [
		{
			name: 'Get Campaign',
			value: 'getCampaign',
			action: 'Get campaign',
			description: 'See how far a campaign is, or who of a list has been sent to',
		},
		...(hasHistory
			? [
					{
						name: 'Resolve Unknown',
						value: 'resolveUnknown',
						action: 'Resolve unknown recipients of campaign',
						description:
							'Ask the API what became of the recipients of a campaign whose outcome is unknown',
					},
				]
			: []),
		{
			name: 'Set Campaign State',
			value: 'setCampaignState',
			action: 'Pause, resume or stop campaign',
			description: 'Pause, resume or stop a campaign, whichever execution is sending it',
		},
	];
}

const showFor = (...operations: string[]): IDisplayOptions => ({ show: { operation: operations } });

const stateField: INodeProperties = {
	displayName: 'State',
	name: 'campaignState',
	type: 'options',
	options: [
		{ name: 'Paused', value: 'paused', description: 'Send nothing for now' },
		{ name: 'Running', value: 'running', description: 'Go on, or allow it to be run again' },
		{ name: 'Stopped', value: 'stopped', description: 'Send nothing any more' },
	],
	default: 'paused',
	description: 'Whoever is sending the campaign obeys within seconds',
	displayOptions: showFor('setCampaignState'),
};

const returnField: INodeProperties = {
	displayName: 'Return',
	name: 'campaignReturn',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Counts',
			value: 'counts',
			description: 'One item with the state of the campaign and its counts',
		},
		{
			name: 'Recipients of the Input',
			value: 'recipients',
			description: 'One item per recipient: accepted, rejected, unknown, or not yet sent to',
		},
	],
	default: 'counts',
	description: 'What to return',
	displayOptions: showFor('getCampaign'),
};

const sourceField: INodeProperties = {
	displayName: 'Resolve',
	name: 'resolveSource',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'A Campaign',
			value: 'campaign',
			description: 'Reads the history of that time; it can take minutes for a large campaign',
		},
		{
			name: 'A Campaign, by Its Recipients',
			value: 'recipients',
			description: 'Asks for a few of them, which takes seconds; connect the list you sent to',
		},
		{
			name: 'Input Items',
			value: 'items',
			description: 'Unknown items of CAMS Send, CAMS Mass Send or CAMS Viber Send',
		},
	],
	default: 'campaign',
	description: 'Whose outcome to ask for',
	displayOptions: showFor('resolveUnknown'),
};

const notFoundAfterOption: INodeProperties = {
	displayName: 'Not Found After (Minutes)',
	name: 'notFoundAfter',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 10080 },
	default: 60,
	description:
		'How old a message has to be to count as not found. It can take a while until the API shows a message; not finding it is no proof that it was not sent.',
};

const OF_RECIPIENTS = [
	'channelType',
	'recipientSource',
	'to',
	'listField',
	'recipientsJson',
	'toField',
	'binaryPropertyName',
];

/**
 * The panel of a node that sends campaigns: its own properties, for the operations that send, and those of the
 * operations on campaigns.
 * @param properties of the node, of which the first is Operation
 */
export function withCampaigns(
	[operation, ...properties]: INodeProperties[],
	{ hasHistory, defaultCountry }: { hasHistory: boolean; defaultCountry: INodeProperties },
): INodeProperties[] {
	const sends = properties.map((property): INodeProperties => {
		// A hidden property has its value only while it is shown.
		if (property.type === 'hidden') return property;
		const { show, hide } = property.displayOptions ?? {};
		if (show?.operation) return property;
		return {
			...property,
			displayOptions: {
				...(show && { show }),
				hide: { ...hide, ...OF_CAMPAIGNS },
			},
		};
	});
	const end = sends.findIndex(({ name }) => name === 'custSpaceId' || name === 'options');
	const ofRecipients = (show: IDisplayOptions['show']) =>
		properties
			.filter(({ name, type }) => OF_RECIPIENTS.includes(name) && type !== 'hidden')
			.map((property): INodeProperties => ({
				...property,
				displayOptions: {
					...property.displayOptions,
					show: { ...property.displayOptions?.show, ...show },
				},
			}));
	const channel = properties.find(({ name }) => name === 'custSpaceId');
	const idOf = (displayOptions: IDisplayOptions, isRequired: boolean): INodeProperties => ({
		...campaignIdField,
		...(isRequired && {
			required: true,
			hint: undefined,
			placeholder: 'e.g. spring-sale-2026-11',
			description: 'The ID under which the campaign was sent',
		}),
		displayOptions,
	});
	const optionsFor = (name: string, options: INodeProperties[]): INodeProperties => ({
		...optionsCollection([campaignTableOption, ...options]),
		displayOptions: showFor(name),
	});
	const known = operation.options as INodePropertyOptions[];
	return [
		{ ...operation, options: [...known, ...campaignOperations(hasHistory)] },
		sourceField,
		idOf(showFor('getCampaign', 'setCampaignState'), true),
		idOf(
			{ show: { operation: ['resolveUnknown'], resolveSource: ['campaign', 'recipients'] } },
			true,
		),
		stateField,
		returnField,
		...ofRecipients({ operation: ['getCampaign'], campaignReturn: ['recipients'] }),
		...(hasHistory
			? ofRecipients({ operation: ['resolveUnknown'], resolveSource: ['recipients'] })
			: []),
		...sends.slice(0, end),
		idOf({ hide: { ...OF_CAMPAIGNS, recipientSource: ['file'] } }, false),
		{
			...idOf({ show: { recipientSource: ['file'] }, hide: OF_CAMPAIGNS }, false),
			hint: 'A file needs one, except with Validate Only. Within a campaign nobody gets a message twice, even if n8n is restarted.',
		},
		...sends.slice(end),
		...(channel ? [{ ...channel, displayOptions: showFor('resolveUnknown') }] : []),
		optionsFor('getCampaign', [defaultCountry, ...fileOptions]),
		optionsFor('setCampaignState', []),
		...(hasHistory ? [optionsFor('resolveUnknown', [...fileOptions, notFoundAfterOption])] : []),
	];
}
