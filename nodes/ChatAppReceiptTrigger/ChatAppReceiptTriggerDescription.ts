import type { INodeProperties } from 'n8n-workflow';

import { API_OPTIONS } from '../../credentials/apis';
import { custSpaceIdField } from '../shared/apis/cams/fields';
import { ALL, MESSAGE_TYPES, STATUSES } from '../shared/webhook/filter';

const BASIC_AUTH = {
	name: 'Basic Auth',
	value: 'basicAuth',
	description:
		'User name and password of the credential, for an address written as https://user:password@host',
};
const HEADERS = {
	name: 'User Name and Authorization Headers',
	value: 'headers',
	description: 'The values that InnoPaaS sends with each push, from the credential',
};
const URL_SECRET = {
	name: 'Secret in URL',
	value: 'urlSecret',
	description: 'Only who knows the URL can push',
};

/** What each API has of it differs. */
function authentication(
	api: string,
	options: INodeProperties['options'],
	usual: string,
): INodeProperties {
	return {
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		noDataExpression: true,
		options,
		default: usual,
		description: 'How the sender shows that it may push; nothing starts without it',
		displayOptions: { show: { api: [api] } },
	};
}

const REGISTERS = { api: ['cams'], registerUrl: [true] };

const text = (
	displayName: string,
	name: string,
	placeholder: string,
	description: string,
): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder,
	description,
});

/** Each default is what holds without the option, so that adding one changes nothing until its value is changed. */
const options: INodeProperties[] = [
	{
		displayName: 'Acknowledge',
		name: 'acknowledge',
		type: 'options',
		options: [
			{
				name: 'Immediately',
				value: 'immediately',
				description:
					'A push is answered at once; should n8n break down in that moment, its receipts are lost',
			},
			{
				name: 'After the Execution Is Stored',
				value: 'stored',
				description:
					'A push is answered when n8n has taken it up; while n8n is at its limit it is late, and is pushed again',
			},
		],
		default: 'immediately',
		description: 'When a push is answered',
	},
	text(
		'Allowed IP Addresses',
		'allowedIps',
		'e.g. 203.0.113.0/24, 198.51.100.7',
		'Who may push, separated by commas; Behind a proxy n8n sees its address unless N8N_PROXY_HOPS is set.',
	),
	{
		...text(
			'Channel IDs / Space IDs',
			'filterCustSpaceIds',
			'e.g. cams-8c8abcdef',
			'Receipts that name another one are left out; most statuses name none',
		),
		displayOptions: { show: { '/api': ['cams'] } },
	},
	text(
		'From',
		'filterFrom',
		'e.g. 6580001111',
		'Receipts that name another sender are left out: that is your own number in a status, the other person in a message',
	),
	{
		displayName: 'Include Raw Receipt',
		name: 'includeRaw',
		type: 'boolean',
		default: false,
		description: 'Whether to add what was pushed under "raw"',
	},
	{
		displayName: 'Late Statuses',
		name: 'lateStatuses',
		type: 'options',
		options: [
			{ name: 'Drop', value: 'drop', description: 'They do not reach the workflow' },
			{ name: 'Keep', value: 'keep', description: 'As any other' },
			{ name: 'Mark', value: 'mark', description: 'The field isLate says it' },
		],
		default: 'mark',
		description:
			'What to do with a status when a later one of the same message came before, e.g. Delivered after Read',
	},
	{
		displayName: 'Repeated Receipts',
		name: 'repeatedReceipts',
		type: 'options',
		options: [
			{ name: 'Drop', value: 'drop' },
			{ name: 'Keep', value: 'keep' },
		],
		default: 'drop',
		description:
			'What to do with a receipt that is pushed again, also shortly after n8n was started anew; while you listen for a test event all are kept',
	},
	{
		displayName: 'Replace Existing URL',
		name: 'replaceExistingUrl',
		type: 'boolean',
		default: false,
		description: 'Whether to register this URL where another one is entered',
		displayOptions: { show: { '/api': ['cams'], '/registerUrl': [true] } },
	},
	text(
		'Task ID Starts With',
		'filterTaskId',
		'e.g. spring-2026',
		'Only statuses of messages with such a Task ID; several are separated by commas',
	),
	text(
		'To Starts With',
		'filterTo',
		'e.g. 65, 66',
		'Receipts to other numbers are left out; several are separated by commas',
	),
];

export const properties: INodeProperties[] = [
	{
		displayName: 'API',
		name: 'api',
		type: 'options',
		noDataExpression: true,
		options: API_OPTIONS,
		default: 'cams',
		description: 'The service that pushes the receipts',
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
				description: 'The quality or name of a number, or the account itself, has changed',
			},
			{
				name: 'Inbound Message',
				value: 'inboundMessage',
				description: 'Somebody has written or pressed a button',
			},
			{
				name: 'Message Status',
				value: 'messageStatus',
				description: 'A message was sent, delivered or read, or has failed',
			},
			{
				name: 'Template Event',
				value: 'templateEvent',
				description: 'A template was approved, refused, paused or disabled',
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
		options: [ALL, ...STATUSES],
		default: ['all'],
		description: 'Which statuses start the workflow; InnoPaaS pushes none for Sent',
		displayOptions: { show: { triggerOn: ['messageStatus'] } },
	},
	{
		displayName: 'Message Types',
		name: 'messageTypes',
		type: 'multiOptions',
		noDataExpression: true,
		options: [ALL, ...MESSAGE_TYPES],
		default: ['all'],
		description: 'Which messages start the workflow',
		displayOptions: { show: { triggerOn: ['inboundMessage'] } },
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
				placeholder: 'Select to make one...',
				typeOptions: { searchListMethod: 'searchUrlSecrets' },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. at least 16 letters and digits',
			},
		],
		description: 'Part of the URL above; change it and the URL in the console has to change too',
		displayOptions: { show: { authentication: ['urlSecret'] } },
	},
	{
		displayName: 'Register URL',
		name: 'registerUrl',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description:
			'Whether to enter this URL in the console by itself when the workflow is published, for WhatsApp numbers; it is taken out when the workflow is unpublished',
		displayOptions: { show: { api: ['cams'] } },
	},
	// The lists read the channel by this name.
	{ displayName: 'Channel Type', name: 'channelType', type: 'hidden', default: 'whatsapp' },
	{ ...custSpaceIdField, displayOptions: { show: REGISTERS } },
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
			'Numbers whose receipts come here. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: { show: REGISTERS },
	},
	{
		displayName: 'Register Account URL',
		name: 'registerAccountUrl',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description:
			'Whether to enter this URL for template and account events too. What is entered for them now cannot be read: it is replaced, and this one stays when the workflow is unpublished.',
		displayOptions: { show: { ...REGISTERS, triggerOn: ['accountEvent', 'templateEvent'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	},
];
