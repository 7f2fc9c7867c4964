import type { INodeProperties } from 'n8n-workflow';

import { TEMPLATE_PICKED, languageField, locator, variableMapper } from '../../editor/locator';
import { textProperty } from '../../editor/textProperty';
import { WITHOUT_PHONE_NUMBERS, WITHOUT_SENDER_LIST } from './limits';

/** Fields that the CAMS nodes share. Workflows store their internal names, which therefore never change. */

/** The channels of the API, by the names that the requests have for them. */
export const CHANNEL_TYPES = [
	{ name: 'Instagram', value: 'instagram' },
	{ name: 'Messenger', value: 'messenger' },
	{ name: 'Telegram', value: 'telegram' },
	{ name: 'Viber', value: 'viber' },
	{ name: 'WhatsApp', value: 'whatsapp' },
] as const;

export const channelTypeField: INodeProperties = {
	displayName: 'Channel Type',
	name: 'channelType',
	type: 'options',
	noDataExpression: true,
	options: [...CHANNEL_TYPES],
	default: 'whatsapp',
	description: 'The channel to send the message on',
};

export const custSpaceIdField: INodeProperties = {
	displayName: 'Channel ID / Space ID',
	name: 'custSpaceId',
	...locator('searchChannels', 'From the credential', { id: 'cams-8c8abcdef' }),
	description:
		'The channel to send by, found in the Chat App console under Channel Management. Leave empty to use the one in the credential, or the only one of the account.',
};

/** The registered sender: two fields of one name, since some channels have no list of senders to choose from. */
export const fromFields: INodeProperties[] = [
	{
		displayName: 'From',
		name: 'from',
		...locator('searchSenders', 'Select a sender...', { id: '6580001111' }),
		required: true,
		description: 'The registered sender: a phone number, account ID or Service ID',
		displayOptions: { hide: { channelType: [...WITHOUT_SENDER_LIST] } },
	},
	{
		displayName: 'From',
		name: 'from',
		type: 'resourceLocator',
		default: { mode: 'id', value: '' },
		required: true,
		modes: [
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 102030405060708' },
		],
		description: 'The registered sender: its Page ID or account ID',
		displayOptions: { show: { channelType: [...WITHOUT_SENDER_LIST] } },
	},
];

/** The sender, which Viber calls a service. */
export const serviceIdField: INodeProperties = {
	displayName: 'From (Service ID)',
	name: 'from',
	...locator('searchSenders', 'Select a service...', { id: '20001' }),
	required: true,
	description: 'The Viber service to send from, known by its Service ID',
};

export const toField: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +65 9123 4567',
	hint: 'With country code, e.g. +65 9123 4567',
	description:
		'One recipient: a phone number in any format, with country code unless Default Country is set, or the user ID from an inbound message',
};

/** The recipient, by phone number or by ID: two fields of one name. */
export const toFields: INodeProperties[] = [
	{ ...toField, displayOptions: { hide: { channelType: [...WITHOUT_PHONE_NUMBERS] } } },
	{
		...toField,
		placeholder: 'e.g. 102030405060708',
		hint: 'The user ID, which is "from" in an inbound message',
		description: 'One recipient: the user ID from an inbound message',
		displayOptions: { show: { channelType: [...WITHOUT_PHONE_NUMBERS] } },
	},
];

/** The template and its language. */
export const templateFields: INodeProperties[] = [
	{
		displayName: 'Template',
		name: 'template',
		...locator('searchTemplates', 'Select a template...', {
			code: '900100200',
			name: 'order_update',
		}),
		required: true,
		description:
			'An approved template, or its code or name as shown in Template Design in the console',
		displayOptions: { show: { operation: ['sendTemplate'] } },
	},
	languageField({ operation: ['sendTemplate'] }),
];

/** Template variables as pairs of a name and `value`. */
export function variablePairs(
	value: INodeProperties,
	displayOptions: INodeProperties['displayOptions'],
): INodeProperties {
	const name = textProperty(
		'Name',
		'name',
		'couponCode',
		'The name of the variable, as written between $( and ) in the template',
	);
	return {
		displayName: 'Template Variables',
		name: 'templateVariablePairs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Variable',
		default: {},
		options: [{ displayName: 'Variable', name: 'variable', values: [name, value] }],
		displayOptions,
	};
}

/** The template's variables, for nodes that send one message per item. */
export const templateVariableFields: INodeProperties[] = [
	{
		displayName: 'Specify Template Variables',
		name: 'specifyVariables',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Using Template Fields',
				value: 'fields',
				description: 'A field for each variable of the chosen template',
			},
			{
				name: 'Using Input Fields of the Same Name',
				value: 'sameName',
				description: 'Each variable gets the input field of the same name',
			},
			{
				name: 'Using Name and Value Pairs',
				value: 'pairs',
				description: 'Names that you type, e.g. for a template set by an expression',
			},
			{ name: 'Using JSON', value: 'json' },
		],
		default: 'fields',
		description: 'How to provide the template variables',
		displayOptions: { show: { operation: ['sendTemplate'] }, ...TEMPLATE_PICKED },
	},
	variableMapper('getTemplateVariables', ['channelType', 'custSpaceId.value'], {
		operation: ['sendTemplate'],
	}),
	variablePairs(textProperty('Value', 'value', 'SPRING15', 'The text that replaces the variable'), {
		show: { operation: ['sendTemplate'], specifyVariables: ['pairs'] },
		...TEMPLATE_PICKED,
	}),
	{
		displayName: 'Template Variables (JSON)',
		name: 'templateVariablesJson',
		type: 'json',
		default: '',
		placeholder: 'e.g. {"couponCode": "SPRING15"}',
		description: 'An object with the names of the variables and their values',
		displayOptions: {
			show: { operation: ['sendTemplate'], specifyVariables: ['json'] },
			...TEMPLATE_PICKED,
		},
	},
];

export const labelField: INodeProperties = {
	displayName: 'Message Category',
	name: 'label',
	type: 'options',
	options: [
		{ name: 'Promotion', value: 'promotion' },
		{ name: 'Transaction', value: 'transaction' },
	],
	default: 'promotion',
	required: true,
	description:
		'Promotion advertises, Transaction serves an order or account. Viber requires it, under the name "label".',
	displayOptions: { show: { channelType: ['viber'] } },
};
