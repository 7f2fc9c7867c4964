import type { INodeProperties } from 'n8n-workflow';

import { MAX_CALLS_PER_SECOND, DEFAULT_CALLS_PER_SECOND } from '../shared/apis/innoPaas/limits';
import { MESSAGE_TYPES, TEMPLATE } from '../shared/apis/innoPaas/messageTypes';
import { TEMPLATE_PICKED, languageField, locator, variableMapper } from '../shared/editor/locator';
import { toProperties, messagePanel } from '../shared/messages/properties';
import { maxRequestsOption, taskIdOption, timeoutOption } from '../shared/parameters/optionFields';
import { massOptions } from '../shared/send/fields';

const OF_TEMPLATES = { operation: ['sendTemplate', 'sendMmLite'] };

const templateFields: INodeProperties[] = [
	{
		displayName: 'Template',
		name: 'template',
		...locator('searchTemplates', 'Select a template...', 'name', 'order_update'),
		required: true,
		description: 'An approved template of the WhatsApp Business Account',
		displayOptions: { show: OF_TEMPLATES },
	},
	languageField(OF_TEMPLATES),
	{
		displayName: 'Specify Template Variables',
		name: 'specifyVariables',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Using Values in Order',
				value: 'ordered',
				description: 'Header, body and button values, as they stand in the template',
			},
			{
				name: 'Using Template Fields',
				value: 'fields',
				description:
					'A field for each variable of the chosen template, where the account has a template list',
			},
			{ name: 'Using JSON', value: 'json' },
		],
		default: 'ordered',
		description: 'How to give the texts that the template leaves open',
		displayOptions: { show: OF_TEMPLATES, ...TEMPLATE_PICKED },
	},
	...TEMPLATE.fields.flatMap(toProperties).map((property): INodeProperties => ({
		...property,
		displayOptions: {
			show: { ...OF_TEMPLATES, specifyVariables: ['ordered'], ...property.displayOptions?.show },
			...TEMPLATE_PICKED,
		},
	})),
	variableMapper('getTemplateVariables', ['options.wabaId'], OF_TEMPLATES),
	{
		displayName: 'Template Variables (JSON)',
		name: 'templateVariablesJson',
		type: 'json',
		default: '',
		placeholder: 'e.g. {"bodyParams": ["Mia", "15%"]}',
		description: 'The body values in a list, or an object with header, bodyParams and buttonParams',
		displayOptions: { show: { ...OF_TEMPLATES, specifyVariables: ['json'] }, ...TEMPLATE_PICKED },
	},
];

const options: INodeProperties[] = [
	...massOptions(1000),
	{
		displayName: 'Additional Body Fields (JSON)',
		name: 'additionalBodyFields',
		type: 'json',
		default: '',
		placeholder: 'e.g. {"templateGroupId": "77"}',
		description:
			'Added to the body of the call last, for what this node does not offer; with a templateGroupId, what stands under Template is left out',
	},
	{
		displayName: 'Interactive Style',
		name: 'interactiveStyle',
		type: 'options',
		options: [
			{ name: 'Flat', value: 'flat', description: 'As the table of the documents has it' },
			{
				name: 'Nested',
				value: 'nested',
				description: "As the examples of an older page and WhatsApp's own API have it",
			},
		],
		default: 'nested',
		description:
			'How buttons and headers are written; the documents of InnoPaaS contradict each other. Flat unless this is added.',
		displayOptions: { show: { '/operation': ['sendMessage'], '/messageType': ['interactive'] } },
	},
	{
		...maxRequestsOption(MAX_CALLS_PER_SECOND),
		default: DEFAULT_CALLS_PER_SECOND,
		description:
			'How many calls are made at most, by all nodes together that have the same number here; InnoPaaS names no limit, so ask what the account allows',
	},
	{
		displayName: 'Repeat Code in Button',
		name: 'repeatCodeInButton',
		type: 'boolean',
		// Whoever adds it wants it.
		default: true,
		description:
			'Whether to send the first body value as the value of the button too, as templates with a one-time password need it',
		displayOptions: { show: { '/operation': ['sendTemplate'] } },
	},
	{
		...taskIdOption,
		placeholder: 'e.g. spring-2026',
		description:
			'Your own ID (uid) of up to 32 characters for all of these messages; it comes back in every receipt. Made up when empty, one for each request.',
	},
	timeoutOption,
	{
		displayName: 'WABA ID',
		name: 'wabaId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 100000000000001',
		description:
			'The WhatsApp Business Account to send with; leave empty to use the one in the credential',
	},
];

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
				action: 'Send template message',
				description: 'Send an approved template, which works at any time',
			},
			{
				name: 'Send MMLite Template',
				value: 'sendMmLite',
				action: 'Send marketing lite template',
				description:
					'Send a marketing template by Marketing Messages Lite, for accounts with that permission',
			},
			{
				name: 'Send Message',
				value: 'sendMessage',
				action: 'Send message',
				description:
					"Send a message of your own; only within 24 hours of the recipient's last message",
			},
		],
		default: 'sendTemplate',
	},
	{
		displayName: 'MMLite Path',
		name: 'mmLitePath',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. the path InnoPaaS gave you, starting with /',
		description: 'InnoPaaS does not publish it; ask your account manager',
		displayOptions: { show: { operation: ['sendMmLite'] } },
	},
	// What is shared with CAMS Send reads the channel by this name.
	{ displayName: 'Channel Type', name: 'channelType', type: 'hidden', default: 'whatsapp' },
	{
		displayName: 'From (Send Number)',
		name: 'from',
		...locator('searchSendNumbers', 'Select a number...', 'id', '6580001111'),
		required: true,
		description: 'A number of the WhatsApp Business Account',
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. +65 9123 4567',
		hint: 'Several are separated by commas, or come as a list',
		description:
			'Phone numbers with country code, as people write them; items with the same message travel together',
	},
	...templateFields,
	...messagePanel(MESSAGE_TYPES.flat),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: options.sort((left, right) => left.displayName.localeCompare(right.displayName, 'en')),
	},
];
