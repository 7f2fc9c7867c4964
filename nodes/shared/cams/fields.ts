import type { ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';

import { LANGUAGES } from './languages';

/** Fields that the CAMS nodes share. Internal names are stored in workflows: they do not change. */

export const channelTypeField: INodeProperties = {
	displayName: 'Channel Type',
	name: 'channelType',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Instagram', value: 'instagram' },
		{ name: 'Messenger', value: 'messenger' },
		{ name: 'Telegram', value: 'telegram' },
		{ name: 'Viber', value: 'viber' },
		{ name: 'WhatsApp', value: 'whatsapp' },
	],
	default: 'whatsapp',
	description: 'The channel that carries the message',
};

export const custSpaceIdField: INodeProperties = {
	displayName: 'Channel ID / Space ID',
	name: 'custSpaceId',
	type: 'resourceLocator',
	default: { mode: 'id', value: '' },
	modes: [
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'Empty: the one in the credential' },
	],
	description: 'As on Channel Management, e.g. cams-8c8abcdef; leave empty to use the one in the credential',
};

export const fromField: INodeProperties = {
	displayName: 'From',
	name: 'from',
	type: 'resourceLocator',
	default: { mode: 'id', value: '' },
	required: true,
	modes: [{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 6580001111' }],
	description: 'The registered sender: phone number, Page ID, account ID or Service ID',
};

export const toField: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +65 9123 4567',
	description:
		'One recipient: a phone number with country code, as people write it, or the user ID that came with an inbound message',
};

const TEMPLATE_PICKED = { hide: { template: [''] } };

/** Template and its language, shown for the operation Send Template. */
export const templateFields: INodeProperties[] = [
	{
		displayName: 'Template',
		name: 'template',
		type: 'resourceLocator',
		default: { mode: 'code', value: '' },
		required: true,
		modes: [{ displayName: 'By Code', name: 'code', type: 'string', placeholder: 'e.g. 900100200' }],
		description: 'The Template Code that Template Design shows in the console',
		displayOptions: { show: { operation: ['sendTemplate'] } },
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a language...',
				typeOptions: { searchListMethod: 'searchLanguages', searchable: true },
			},
			{ displayName: 'By Code', name: 'code', type: 'string', placeholder: 'e.g. en_US' },
		],
		description: 'Exactly as the console shows it for this template',
		// A template that carries its language ("code/language") needs none.
		displayOptions: {
			show: { operation: ['sendTemplate'], template: [{ _cnd: { regex: '^[^/]+$' } }] },
		},
	},
];

export const variableNameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. couponCode',
	description: 'The name that stands between $( and ) in the template',
};

/** The template's variables, for nodes whose items hold one recipient each. */
export const templateVariableFields: INodeProperties[] = [
	{
		displayName: 'Specify Template Variables',
		name: 'specifyVariables',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Using Name and Value Pairs', value: 'pairs' },
			{ name: 'Using JSON', value: 'json' },
		],
		default: 'pairs',
		description: 'How to give the texts that the template leaves open',
		displayOptions: { show: { operation: ['sendTemplate'] }, ...TEMPLATE_PICKED },
	},
	{
		displayName: 'Template Variables',
		name: 'templateVariablePairs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Variable',
		default: {},
		options: [
			{
				displayName: 'Variable',
				name: 'variable',
				values: [
					variableNameField,
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. SPRING15',
						description: 'The text the recipient reads in its place',
					},
				],
			},
		],
		displayOptions: {
			show: { operation: ['sendTemplate'], specifyVariables: ['pairs'] },
			...TEMPLATE_PICKED,
		},
	},
	{
		displayName: 'Template Variables (JSON)',
		name: 'templateVariablesJson',
		type: 'json',
		default: '',
		placeholder: 'e.g. {"couponCode": "SPRING15"}',
		description: 'One object: the names of the variables with their texts',
		displayOptions: {
			show: { operation: ['sendTemplate'], specifyVariables: ['json'] },
			...TEMPLATE_PICKED,
		},
	},
];

export const textField: INodeProperties = {
	displayName: 'Text',
	name: 'text',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	required: true,
	placeholder: 'e.g. Your parcel is ready for pickup',
	description: "What the recipient reads; on WhatsApp only within 24 hours of their last message",
	displayOptions: { show: { operation: ['sendMessage'] } },
};

export const labelField: INodeProperties = {
	displayName: 'Label',
	name: 'label',
	type: 'options',
	options: [
		{ name: 'Promotion', value: 'promotion' },
		{ name: 'Transaction', value: 'transaction' },
	],
	default: 'promotion',
	required: true,
	description: 'What kind of message it is; Viber asks for it',
	displayOptions: { show: { channelType: ['viber'] } },
};

export const taskIdOption: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '',
	placeholder: 'e.g. order-77',
	description: 'Your own ID for this message; it comes back in every receipt. Made up when empty.',
};

export const timeoutOption: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 5, maxValue: 300 },
	default: 30,
	description: 'How long to wait for the answer; after that the outcome is unknown',
};

/** How fast a node may be; the documented rate is the most. */
export function maxRequestsOption(documentedRate: number): INodeProperties {
	return {
		displayName: 'Max Requests per Second',
		name: 'maxRequestsPerSecond',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: documentedRate, numberPrecision: 0 },
		default: documentedRate,
		description: 'How many calls this node makes at most; all workflows together keep to what the account allows. Lower it when other tools send too.',
	};
}

/** The languages a template can have, for the resource locator that lists them. */
export async function searchLanguages(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	const wanted = filter.toLowerCase();
	const languages = LANGUAGES.map(([code, name]) => ({ name: `${name} - ${code}`, value: code }));
	return { results: languages.filter(({ name }) => name.toLowerCase().includes(wanted)) };
}
