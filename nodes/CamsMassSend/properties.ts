import type { INodeProperties } from 'n8n-workflow';

import {
	channelTypeField,
	custSpaceIdField,
	fromField,
	labelField,
	maxRequestsOption,
	taskIdOption,
	templateFields,
	templateVariableFields,
	timeoutOption,
	toField,
	variableNameField,
} from '../shared/cams/fields';
import { callsPerSecond } from '../shared/cams/transport';
import { massOptions, recipientFields } from '../shared/mass/massFields';

const WHATSAPP = { show: { '/channelType': ['whatsapp'] } };
const VIBER = { show: { '/channelType': ['viber'] } };
const FROM_ITEMS = { show: { recipientSource: ['items'] } };
const FROM_LIST = { show: { recipientSource: ['listField', 'json'] } };
const PICKED = { template: [''] };

/** The same field for recipients from items only. */
function forItems(field: INodeProperties): INodeProperties {
	const { show, hide } = field.displayOptions ?? {};
	return { ...field, displayOptions: { show: { ...show, ...FROM_ITEMS.show }, ...(hide && { hide }) } };
}

/** The variables of recipients that are entries of a list: which field of the entry holds which. */
const entryVariableFields: INodeProperties[] = [
	{
		displayName: 'Specify Template Variables',
		name: 'specifyVariables',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Using Name and Field Pairs', value: 'pairs' },
			{ name: 'Using an Object Field', value: 'object' },
		],
		default: 'pairs',
		description: 'Where each entry of the list keeps the texts that the template leaves open',
		displayOptions: { ...FROM_LIST, hide: PICKED },
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
						displayName: 'Entry Field',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. coupon',
						hint: 'Dragged from the first entry, it means this field of every entry',
						description: "The field of each entry that holds its text; leave empty when it has the variable's own name",
					},
				],
			},
		],
		displayOptions: { show: { ...FROM_LIST.show, specifyVariables: ['pairs'] }, hide: PICKED },
	},
	{
		displayName: 'Object Field',
		name: 'objectField',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. params',
		description: 'The field of each entry that holds an object with the variables: their names with their texts',
		displayOptions: { show: { ...FROM_LIST.show, specifyVariables: ['object'] }, hide: PICKED },
	},
];

const buttonPayloads: INodeProperties = {
	displayName: 'Button Payloads',
	name: 'buttonPayloads',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Payload',
	default: { payload: [{ value: '' }] },
	description: 'What comes back when a button of the template is pressed, in the order of the buttons',
	options: [
		{
			displayName: 'Payload',
			name: 'payload',
			values: [
				{
					displayName: 'Payload',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. yes',
					description: 'The text for this button; for recipients from a list, the field of each entry that holds it',
				},
			],
		},
	],
	displayOptions: WHATSAPP,
};

const fallback: INodeProperties = {
	displayName: 'Fallback',
	name: 'fallback',
	type: 'fixedCollection',
	placeholder: 'Add Fallback',
	default: { values: {} },
	description: 'What goes out instead when the message does not arrive; international site only',
	options: [
		{
			displayName: 'Fallback',
			name: 'values',
			values: [
				{
					displayName: 'Fallback Strategy ID',
					name: 'fallbackId',
					type: 'string',
					default: '',
					placeholder: 'e.g. S01',
					description: 'As Fallback Strategy shows it in the console',
				},
				{
					displayName: 'Text',
					name: 'fallbackContent',
					type: 'string',
					typeOptions: { rows: 2 },
					default: '',
					placeholder: 'e.g. Your order is on its way',
					description: 'The text of the SMS that goes out instead',
				},
				{
					displayName: 'Wait Before Fallback (Seconds)',
					name: 'fallbackDuration',
					type: 'number',
					typeOptions: { minValue: 0, maxValue: 43_200 },
					default: 0,
					description: 'How long to wait for the receipt, 60 or more; 0 means only when the message has failed',
				},
				{
					displayName: 'When',
					name: 'fallbackRule',
					type: 'options',
					options: [
						{ name: 'Not Delivered', value: 'undelivered' },
						{ name: 'Also When the Send Is Refused', value: 'sentFailed' },
					],
					default: 'undelivered',
					description: 'When to fall back',
				},
			],
		},
	],
};

const flow: INodeProperties = {
	displayName: 'Flow',
	name: 'flow',
	type: 'fixedCollection',
	placeholder: 'Add Flow',
	default: { values: {} },
	description: 'For templates with a flow button; an entry of a list can have its own FlowAction',
	options: [
		{
			displayName: 'Flow',
			name: 'values',
			values: [
				{
					displayName: 'Flow Token',
					name: 'flowReference',
					type: 'string',
					default: '',
					placeholder: 'e.g. visit-77',
					description: 'Your own mark, which comes back with what the recipient enters',
				},
				{
					displayName: 'Flow Data (JSON)',
					name: 'flowDataJson',
					type: 'json',
					default: '{}',
					placeholder: 'e.g. {"couponCode": "SPRING15"}',
					description: 'What the first screen of the flow is filled with',
				},
			],
		},
	],
	displayOptions: WHATSAPP,
};

const products: INodeProperties = {
	displayName: 'Products',
	name: 'products',
	type: 'fixedCollection',
	placeholder: 'Add Products',
	default: { values: {} },
	description: 'For templates with a catalog or product list button; an entry of a list can have its own ProductAction',
	options: [
		{
			displayName: 'Products',
			name: 'values',
			values: [
				{
					displayName: 'Sections',
					name: 'sections',
					type: 'fixedCollection',
					typeOptions: { multipleValues: true },
					placeholder: 'Add Section',
					default: {},
					options: [
						{
							displayName: 'Section',
							name: 'section',
							values: [
								{
									displayName: 'Product IDs',
									name: 'productIds',
									type: 'string',
									default: '',
									placeholder: 'e.g. sku-1, sku-2',
									description: 'Separated by commas; 30 in all sections together',
								},
								{
									displayName: 'Title',
									name: 'title',
									type: 'string',
									default: '',
									placeholder: 'e.g. New in',
									description: 'What stands above these products',
								},
							],
						},
					],
				},
				{
					displayName: 'Thumbnail Product ID',
					name: 'thumbnailProductId',
					type: 'string',
					default: '',
					placeholder: 'e.g. sku-1',
					description: 'The product whose picture is shown',
				},
			],
		},
	],
	displayOptions: WHATSAPP,
};

const tag: INodeProperties = {
	displayName: 'Tag',
	name: 'tag',
	type: 'string',
	default: '',
	placeholder: 'e.g. spring-2026',
	description: "A tag of your own for Viber's reports",
	displayOptions: VIBER,
};

const ttl: INodeProperties = {
	displayName: 'TTL (Seconds)',
	name: 'ttl',
	type: 'number',
	typeOptions: { minValue: 30, maxValue: 1_209_600 },
	default: 86_400,
	description: 'How long Viber keeps trying to deliver',
	displayOptions: VIBER,
};

export const properties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Send Template',
				value: 'sendTemplate',
				action: 'Send template to many recipients',
				description: 'Send an approved template to many recipients at once',
			},
		],
		default: 'sendTemplate',
	},
	{
		...channelTypeField,
		options: channelTypeField.options?.filter((option) => !('value' in option && option.value === 'telegram')),
	},
	custSpaceIdField,
	fromField,
	...templateFields,
	...recipientFields(toField),
	...templateVariableFields.map(forItems),
	...entryVariableFields,
	labelField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			...massOptions(1000),
			buttonPayloads,
			fallback,
			flow,
			maxRequestsOption(callsPerSecond('SendChatappMassMessage')),
			products,
			tag,
			{ ...taskIdOption, placeholder: 'e.g. spring-2026', description: 'Your own ID for all of these messages; it comes back in every receipt. Made up when empty, one for each request.' },
			timeoutOption,
			ttl,
		].sort((left, right) => left.displayName.localeCompare(right.displayName, 'en')),
	},
];
