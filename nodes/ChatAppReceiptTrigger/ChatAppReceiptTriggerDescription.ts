import type { INodeProperties } from 'n8n-workflow';

import { API_OPTIONS } from '../../credentials/apis';
import { custSpaceIdField } from '../shared/apis/cams/fields';
import { textProperty } from '../shared/editor/textProperty';
import { optionsCollection } from '../shared/parameters/optionFields';
import { ALL, MESSAGE_TYPES, OTHER, STATUSES } from '../shared/webhook/filter';

const BASIC_AUTH = {
	name: 'Basic Auth',
	value: 'basicAuth',
	description:
		'User name and password from the credential, for a URL of the form https://user:password@host',
};
const HEADERS = {
	name: 'User Name and Authorization Headers',
	value: 'headers',
	description: 'The two values from the credential, which InnoPaaS sends with each request',
};
const URL_SECRET = {
	name: 'Secret in URL',
	value: 'urlSecret',
	description: 'Only requests to this secret URL are accepted',
};

/** The choices differ by API. */
function authentication(
	api: string,
	options: INodeProperties['options'],
	defaultValue: string,
): INodeProperties {
	return {
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		noDataExpression: true,
		options,
		default: defaultValue,
		description:
			'How incoming requests are authenticated. Unauthenticated requests never start the workflow.',
		displayOptions: { show: { api: [api] } },
	};
}

const REGISTERS = { api: ['cams'], registerUrl: [true] };

/** Each default is what holds without the option, so that adding one changes nothing until its value is changed. */
const options: INodeProperties[] = [
	{
		displayName: 'Acknowledge Receipts',
		name: 'acknowledge',
		type: 'options',
		options: [
			{
				name: 'Immediately',
				value: 'immediately',
				description:
					'Respond at once. If n8n crashes at that moment, the receipts in this request are lost.',
			},
			{
				name: 'After the Execution Is Stored',
				value: 'stored',
				description:
					'Respond once n8n has stored the execution. At the concurrency limit this can be too late, and the API delivers again.',
			},
		],
		default: 'immediately',
		description:
			'When to tell the API that its receipts have arrived. Without this option it is immediately, or, in webhook processes of queue mode, after the execution is stored.',
	},
	textProperty(
		'Allowed IP Addresses',
		'allowedIps',
		'203.0.113.0/24, 198.51.100.7',
		"Comma-separated IP addresses or CIDR ranges that may send requests. Behind a proxy, set N8N_PROXY_HOPS, or n8n sees the proxy's address.",
	),
	{
		...textProperty(
			'Only Channel IDs / Space IDs',
			'filterCustSpaceIds',
			'cams-8c8abcdef',
			'Ignore receipts of other channels. Receipts without a channel pass, among them most statuses.',
		),
		displayOptions: { show: { '/api': ['cams'] } },
	},
	textProperty(
		'Only From',
		'filterFrom',
		'6580001111',
		'Ignore receipts with another sender: in a status that is your own number, in a message the customer',
	),
	{
		displayName: 'Include Raw Receipt',
		name: 'includeRaw',
		type: 'boolean',
		default: false,
		description: 'Whether to add the receipt as it was received, in the field "raw"',
	},
	{
		displayName: 'Late Statuses',
		name: 'lateStatuses',
		type: 'options',
		options: [
			{ name: 'Drop', value: 'drop', description: 'Discard them' },
			{ name: 'Keep', value: 'keep', description: 'Pass them through unchanged' },
			{
				name: 'Mark as Late',
				value: 'mark',
				description: 'Pass them through with isLate set to true',
			},
		],
		default: 'mark',
		description:
			'What to do with a status that arrives after a later one of the same message, e.g. Delivered after Read',
	},
	{
		displayName: 'Repeated Receipts',
		name: 'repeatedReceipts',
		type: 'options',
		options: [
			{ name: 'Drop', value: 'drop', description: 'Discard them' },
			{ name: 'Keep', value: 'keep', description: 'Pass them through' },
		],
		default: 'drop',
		description:
			'What to do with duplicates, also across a restart of n8n. Test events are never deduplicated.',
	},
	{
		displayName: 'Replace Existing URL',
		name: 'replaceExistingUrl',
		type: 'boolean',
		default: false,
		description: 'Whether to overwrite a different URL that is already registered',
		displayOptions: { show: { '/api': ['cams'], '/registerUrl': [true] } },
	},
	textProperty(
		'Only Task ID Starting With',
		'filterTaskId',
		'spring-2026',
		'Only statuses of messages with such a Task ID. Separate several prefixes with commas.',
	),
	textProperty(
		'Only To Starting With',
		'filterTo',
		'65, 66',
		'Ignore receipts to other numbers. Separate several prefixes with commas.',
	),
];

/** Where each console takes the address, in the words of the console. */
const WHERE_TO_PASTE = [
	[
		'cams',
		'Paste the Production URL into the Chat App console: Channel Management, your channel, Webhook settings. Or let Register URL do it.',
	],
	[
		'innoPaas',
		'Paste the Production URL into the InnoPaaS console: Developer Tools, API Keys, callback events.',
	],
] as const;

export const properties: INodeProperties[] = [
	{
		displayName: 'API',
		name: 'api',
		type: 'options',
		noDataExpression: true,
		options: API_OPTIONS,
		default: 'cams',
		description: 'The service that sends the receipts',
	},
	{
		displayName: 'Trigger On',
		name: 'triggerOn',
		type: 'multiOptions',
		noDataExpression: true,
		options: [
			{
				name: 'Account Event',
				value: 'accountEvent',
				description: 'The quality or name of a number, or the account itself, changed',
			},
			{
				name: 'Inbound Message',
				value: 'inboundMessage',
				description: 'A customer sent a message or tapped a button',
			},
			{
				name: 'Message Status',
				value: 'messageStatus',
				description: 'A message was sent, delivered or read, or failed',
			},
			{ ...OTHER, description: 'An event that the documentation of the API does not name' },
			{
				name: 'Outbound Message',
				value: 'outboundMessage',
				description: 'A message was sent to a customer from the inbox of InnoPaaS',
			},
			{
				name: 'Template Event',
				value: 'templateEvent',
				description: 'A template was approved, rejected, paused or disabled',
			},
		],
		default: ['messageStatus'],
		required: true,
	},
	{
		displayName: 'Statuses',
		name: 'statuses',
		type: 'multiOptions',
		noDataExpression: true,
		options: [ALL, ...STATUSES, OTHER],
		default: ['all'],
		description: 'Which statuses start the workflow. InnoPaaS does not report Sent.',
		displayOptions: { show: { triggerOn: ['messageStatus'] } },
	},
	{
		displayName: 'Message Types',
		name: 'messageTypes',
		type: 'multiOptions',
		noDataExpression: true,
		options: [ALL, ...MESSAGE_TYPES, OTHER],
		default: ['all'],
		description: 'Which messages start the workflow',
		displayOptions: { show: { triggerOn: ['inboundMessage', 'outboundMessage'] } },
	},
	authentication('cams', [BASIC_AUTH, URL_SECRET], 'urlSecret'),
	authentication('innoPaas', [BASIC_AUTH, URL_SECRET, HEADERS], 'headers'),
	{
		displayName: 'URL Secret',
		name: 'urlSecret',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Create a secret...',
				typeOptions: { searchListMethod: 'searchUrlSecrets' },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. at least 16 letters and digits',
			},
		],
		hint: 'Open the list to create one. It is part of the webhook URL, which does not work without.',
		description: 'Part of the webhook URL. After changing it, update the URL in the console too.',
		displayOptions: { show: { authentication: ['urlSecret'] } },
	},
	...WHERE_TO_PASTE.map(([api, displayName]): INodeProperties => ({
		displayName,
		name: `${api}Console`,
		type: 'notice',
		default: '',
		displayOptions: { show: { api: [api] } },
	})),
	{
		displayName: 'Register URL',
		name: 'registerUrl',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description:
			'Whether to register this URL for WhatsApp numbers when the workflow is published, and remove it when the workflow is unpublished',
		displayOptions: { show: { api: ['cams'] } },
	},
	// The list of channels reads the channel type from a parameter of this name.
	{ displayName: 'Channel Type', name: 'channelType', type: 'hidden', default: 'whatsapp' },
	{
		...custSpaceIdField,
		description:
			'The channel of the numbers, found in the Chat App console under Channel Management. Leave empty to use the one in the credential, or the only one of the account.',
		displayOptions: { show: REGISTERS },
	},
	{
		displayName: 'Phone Number Names or IDs',
		name: 'phoneNumbers',
		type: 'multiOptions',
		typeOptions: {
			loadOptionsMethod: 'getPhoneNumbers',
			loadOptionsDependsOn: ['custSpaceId.value'],
		},
		default: [],
		description:
			'Numbers whose receipts are sent to this URL. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: { show: REGISTERS },
	},
	{
		displayName: 'Register Account URL',
		name: 'registerAccountUrl',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description:
			'Whether to register this URL for template and account events too. It replaces the current one, which cannot be read, and stays registered when the workflow is unpublished.',
		displayOptions: { show: { ...REGISTERS, triggerOn: ['accountEvent', 'templateEvent'] } },
	},
	optionsCollection(options),
];
