import type { INodeProperties } from 'n8n-workflow';

import { maxRequestsOption, taskIdOption, timeoutOption } from '../../parameters/optionFields';

/** Options that the CAMS nodes share. Internal names are stored in workflows: they do not change. */

/** Options are shown where they mean something. */
const WHATSAPP = { show: { '/channelType': ['whatsapp'] } };
const TEMPLATE_ON_WHATSAPP = {
	show: { '/channelType': ['whatsapp'], '/operation': ['sendTemplate'] },
};
const VIBER = { show: { '/channelType': ['viber'] } };

/** @param description of the text for one button */
function payloads(description: string): INodeProperties {
	return {
		displayName: 'Button Payloads',
		name: 'buttonPayloads',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Payload',
		default: { payload: [{ value: '' }] },
		description:
			'What comes back when a button of the template is pressed, one for each quick reply button, in their order',
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
						description,
					},
				],
			},
		],
		displayOptions: WHATSAPP,
	};
}

export const buttonPayloads = payloads('The text for this button');
export const massButtonPayloads = payloads(
	'The text for this button; for recipients from a list, the field of each entry that holds it',
);

export const fallback: INodeProperties = {
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
					description:
						'How long to wait for the receipt, 60 or more; 0 means only when the message has failed',
				},
				{
					displayName: 'When',
					name: 'fallbackRule',
					type: 'options',
					options: [
						{ name: 'Not Delivered', value: 'undelivered' },
						{ name: 'Also When the Send Is HttpRejection', value: 'sentFailed' },
					],
					default: 'undelivered',
					description: 'When to fall back',
				},
			],
		},
	],
};

export const flow: INodeProperties = {
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

export const products: INodeProperties = {
	displayName: 'Products',
	name: 'products',
	type: 'fixedCollection',
	placeholder: 'Add Products',
	default: { values: {} },
	description:
		'For templates with a catalog or product list button; an entry of a list can have its own ProductAction',
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

export const tag: INodeProperties = {
	displayName: 'Tag',
	name: 'tag',
	type: 'string',
	default: '',
	placeholder: 'e.g. spring-2026',
	description: "A tag of your own for Viber's reports",
	displayOptions: VIBER,
};

export const ttl: INodeProperties = {
	displayName: 'TTL (Seconds)',
	name: 'ttl',
	type: 'number',
	typeOptions: { minValue: 30, maxValue: 1_209_600 },
	default: 86_400,
	description: 'How long Viber keeps trying to deliver',
	displayOptions: VIBER,
};

export const contextMessageId: INodeProperties = {
	displayName: 'Reply To Message ID',
	name: 'contextMessageId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 202611210001',
	description: 'The message that this one answers: the messageId that came with it',
	displayOptions: WHATSAPP,
};

export const recipientType: INodeProperties = {
	displayName: 'Recipient Type',
	name: 'recipientType',
	type: 'options',
	options: [
		{ name: 'Individual', value: 'individual' },
		{ name: 'Group', value: 'group' },
	],
	default: 'individual',
	description: 'Whether To is a person or the ID of a WhatsApp group',
	displayOptions: WHATSAPP,
};

export const trackingData: INodeProperties = {
	displayName: 'Tracking Data',
	name: 'trackingData',
	type: 'string',
	default: '',
	placeholder: 'e.g. visit-77',
	description: "A text of your own for Viber's receipts",
	displayOptions: VIBER,
};

export const validateOnly: INodeProperties = {
	displayName: 'Validate Only',
	name: 'validateOnly',
	type: 'boolean',
	// Only the value with which the editor adds the option: n8n fills in no defaults for options that were not added.
	default: true,
	description:
		'Whether to check everything and return what the recipient would see, without sending',
};

/** The collection of a node's options, in the order of their names. */
function collection(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: options.sort((left, right) => left.displayName.localeCompare(right.displayName, 'en')),
	};
}

/** The options of a single send on any channel. */
export function sendOptions(documentedRate: number): INodeProperties {
	return collection([
		{
			...buttonPayloads,
			displayOptions: { ...TEMPLATE_ON_WHATSAPP, hide: { '/specifyVariables': ['fields'] } },
		},
		contextMessageId,
		fallback,
		{
			...flow,
			description: 'For templates with a flow button',
			displayOptions: TEMPLATE_ON_WHATSAPP,
		},
		maxRequestsOption(documentedRate),
		{
			...products,
			description: 'For templates with a catalog or product list button',
			displayOptions: TEMPLATE_ON_WHATSAPP,
		},
		recipientType,
		tag,
		taskIdOption,
		timeoutOption,
		trackingData,
		ttl,
		validateOnly,
	]);
}

/** Those that Viber has. */
export function viberOptions(documentedRate: number): INodeProperties {
	const always = (option: INodeProperties): INodeProperties => ({
		...option,
		displayOptions: undefined,
	});
	return collection([
		fallback,
		maxRequestsOption(documentedRate),
		always(tag),
		taskIdOption,
		timeoutOption,
		always(trackingData),
		always(ttl),
		validateOnly,
	]);
}
