import type { INodeProperties } from 'n8n-workflow';

import { maxRequestsOption, taskIdOption, timeoutOption } from '../../parameters/optionFields';

/** Options that the CAMS nodes share. Workflows store their internal names, which therefore never change. */

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
			'The text that is returned when the recipient taps a quick reply button of the template. Add one for each, in the order of the buttons.',
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
	'The text for this button. For recipients from a list, the field of each entry that holds it.',
);

export const fallback: INodeProperties = {
	displayName: 'Fallback',
	name: 'fallback',
	type: 'fixedCollection',
	placeholder: 'Add Fallback',
	default: { values: {} },
	description:
		'What to send instead if delivery fails. Only available on the international site of Alibaba Cloud.',
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
					description: 'The ID shown under Fallback Strategy in the console',
				},
				{
					displayName: 'Text',
					name: 'fallbackContent',
					type: 'string',
					typeOptions: { rows: 2 },
					default: '',
					placeholder: 'e.g. Your order is on its way',
					description: 'The text of the SMS to send instead',
				},
				{
					displayName: 'Wait Before Fallback (Seconds)',
					name: 'fallbackDuration',
					type: 'number',
					typeOptions: { minValue: 0, maxValue: 43_200 },
					default: 0,
					description:
						'How long to wait for the receipt, at least 60. With 0, the fallback is sent only if the message fails.',
				},
				{
					displayName: 'When',
					name: 'fallbackRule',
					type: 'options',
					options: [
						{ name: 'Not Delivered', value: 'undelivered' },
						{ name: 'Not Delivered or Rejected', value: 'sentFailed' },
					],
					default: 'undelivered',
					description: 'When to send the fallback',
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
	description: 'For templates with a flow button. An entry of a list can have its own FlowAction.',
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
					description: 'Your own reference, returned with the submitted form',
				},
				{
					displayName: 'Flow Data (JSON)',
					name: 'flowDataJson',
					type: 'json',
					default: '{}',
					placeholder: 'e.g. {"couponCode": "SPRING15"}',
					description: 'Data to fill the first screen of the flow with',
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
		'For templates with a catalog or product list button. An entry of a list can have its own ProductAction.',
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
									description: 'Comma-separated, up to 30 across all sections',
								},
								{
									displayName: 'Title',
									name: 'title',
									type: 'string',
									default: '',
									placeholder: 'e.g. New in',
									description: 'The heading of these products',
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
					description: 'The product whose image is shown',
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
	description: "Your own tag, which appears in Viber's reports",
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
	description: 'The messageId of the inbound message that this one replies to',
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
	description: 'Your own text, returned in the Viber receipts',
	displayOptions: VIBER,
};

export const validateOnly: INodeProperties = {
	displayName: 'Validate Only',
	name: 'validateOnly',
	type: 'boolean',
	// Only the value with which the editor adds the option: n8n fills in no defaults for options that were not added.
	default: true,
	description: 'Whether to validate and preview the message without sending it',
};

/** The Options collection of a node, sorted by name. */
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

/** The options of CAMS Send. */
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

/** The options of CAMS Viber Send. */
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
