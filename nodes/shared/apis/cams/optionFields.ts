import type { DisplayCondition, IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { textProperty } from '../../editor/textProperty';
import {
	cleanVariablesOption,
	defaultCountryOption,
	maxRequestsOption,
	optionsCollection,
	taskIdOption,
	timeoutOption,
} from '../../parameters/optionFields';

/** Options that the CAMS nodes share. Workflows store their internal names, which therefore never change. */

const WHATSAPP = { show: { '/channelType': ['whatsapp'] } };
export const TEMPLATE_ON_WHATSAPP = {
	show: { '/channelType': ['whatsapp'], '/operation': ['sendTemplate'] },
};
const VIBER = { show: { '/channelType': ['viber'] } };

export const defaultCountry: INodeProperties = {
	...defaultCountryOption,
	displayOptions: { show: { '/channelType': ['viber', 'whatsapp'] } },
};

const ONE_PAYLOAD = { payload: [{ value: '' }] };

/** Fields that are added together, once. */
function group(
	displayName: string,
	name: string,
	description: string,
	values: INodeProperties[],
): INodeProperties {
	return {
		displayName,
		name,
		type: 'fixedCollection',
		placeholder: `Add ${displayName}`,
		default: { values: {} },
		description,
		options: [{ displayName, name: 'values', values }],
	};
}

const PAYLOADS =
	'The text that is returned when the recipient taps a quick reply button of the template. Add one for each, in the order of the buttons.';

/** @param description of the text for one button */
function payloadList(description: string): INodeProperties {
	return {
		displayName: 'Payloads',
		name: 'buttonPayloads',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Payload',
		default: { payload: [{ value: '' }] },
		options: [
			{
				displayName: 'Payload',
				name: 'payload',
				values: [textProperty('Payload', 'value', 'yes', description)],
			},
		],
	};
}

/**
 * Button Payloads, once for each way in which versions of the nodes store them. n8n adds a list to the options without
 * an entry, and drops it again with the next change; since version 1.1 the list is within a group, which stays.
 * @param description of the text for one button
 * @param hide where the option means nothing
 */
export function buttonPayloads(
	description: string,
	hide?: IDisplayOptions['hide'],
): INodeProperties[] {
	const shownIn = (version: DisplayCondition): IDisplayOptions => ({
		show: { ...TEMPLATE_ON_WHATSAPP.show, '@version': [version] },
		...(hide && { hide }),
	});
	return [
		{
			...payloadList(description),
			displayName: 'Button Payloads',
			description: PAYLOADS,
			displayOptions: shownIn({ _cnd: { lt: 1.1 } }),
		},
		{
			...group('Button Payloads', 'buttonPayloadGroup', PAYLOADS, [payloadList(description)]),
			default: { values: { buttonPayloads: ONE_PAYLOAD } },
			displayOptions: shownIn({ _cnd: { gte: 1.1 } }),
		},
	];
}

export const fallback: INodeProperties = group(
	'SMS Fallback',
	'fallback',
	'What to send instead if delivery fails. Only available on the international site of Alibaba Cloud.',
	[
		textProperty(
			'Fallback Strategy ID',
			'fallbackId',
			'S01',
			'The ID shown under Fallback Strategy in the console',
		),
		{
			displayName: 'SMS Text',
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
			displayName: 'Send SMS When',
			name: 'fallbackRule',
			type: 'options',
			options: [
				{ name: 'Not Delivered', value: 'undelivered' },
				{ name: 'Not Delivered or Rejected', value: 'sentFailed' },
			],
			default: 'undelivered',
			description:
				'When to send the fallback. With Not Delivered or Rejected, rejected items have the field fallbackMayBeSent: do not send to them by another channel as well.',
		},
	],
);

export const flow: INodeProperties = {
	...group(
		'WhatsApp Flow',
		'flow',
		'For templates with a flow button. An entry of a list can have its own FlowAction.',
		[
			textProperty(
				'Flow Token',
				'flowReference',
				'visit-77',
				'Your own reference, returned with the submitted form',
			),
			{
				displayName: 'Flow Data (JSON)',
				name: 'flowDataJson',
				type: 'json',
				default: '{}',
				placeholder: 'e.g. {"couponCode": "SPRING15"}',
				description: 'Data to fill the first screen of the flow with',
			},
		],
	),
	displayOptions: WHATSAPP,
};

export const products: INodeProperties = {
	...group(
		'Products',
		'products',
		'For templates with a catalog or product list button. An entry of a list can have its own ProductAction.',
		[
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
							textProperty(
								'Product IDs',
								'productIds',
								'sku-1, sku-2',
								'Comma-separated, up to 30 across all sections',
							),
							textProperty('Title', 'title', 'New in', 'The heading of these products'),
						],
					},
				],
			},
			textProperty(
				'Thumbnail Product ID',
				'thumbnailProductId',
				'sku-1',
				'The product whose image is shown',
			),
		],
	),
	displayOptions: WHATSAPP,
};

export const tag: INodeProperties = {
	...textProperty(
		'Tag (In Viber Reports)',
		'tag',
		'spring-2026',
		"Your own name for a group of messages, which appears in Viber's reports",
	),
	displayOptions: VIBER,
};

export const ttl: INodeProperties = {
	displayName: 'Time to Live (Seconds)',
	name: 'ttl',
	type: 'number',
	typeOptions: { minValue: 30, maxValue: 1_209_600 },
	default: 86_400,
	description: 'How long Viber keeps trying to deliver',
	displayOptions: VIBER,
};

export const contextMessageId: INodeProperties = {
	...textProperty(
		'Reply To Message ID',
		'contextMessageId',
		'202611210001',
		'The messageId of the inbound message that this one replies to',
	),
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
	...textProperty(
		'Tracking Data (In Viber Receipts)',
		'trackingData',
		'visit-77',
		'Your own text about this message, which comes back with its receipts from Viber',
	),
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

/** The options of CAMS Send. */
export function sendOptions(documentedRate: number): INodeProperties {
	return optionsCollection([
		cleanVariablesOption(TEMPLATE_ON_WHATSAPP),
		// The fields of a template include them. Before a template is picked there are no fields to be seen.
		...buttonPayloads('The text for this button', {
			'/specifyVariables': ['fields'],
			'/template': [''],
		}),
		contextMessageId,
		defaultCountry,
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
	return optionsCollection([
		defaultCountryOption,
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
