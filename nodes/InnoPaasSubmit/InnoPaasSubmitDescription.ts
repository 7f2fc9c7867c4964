import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import {
	DEFAULT_CALLS_PER_SECOND,
	MAX_CALLS_PER_SECOND,
	MAX_RECIPIENTS_PER_CALL,
} from '../shared/apis/innoPaas/limits';
import { MESSAGE_TYPES, TEMPLATE } from '../shared/apis/innoPaas/messageTypes';
import { campaignOptions, withCampaigns } from '../shared/campaign/fields';
import { TEMPLATE_PICKED, languageField, locator, variableMapper } from '../shared/editor/locator';
import { toProperties, messagePanel } from '../shared/messages/properties';
import {
	cleanVariablesOption,
	defaultCountryOption,
	maxRequestsOption,
	operationField,
	optionsCollection,
	taskIdOption,
	timeoutOption,
} from '../shared/parameters/optionFields';
import { massOptions, recipientFields } from '../shared/send/fields';

const OF_TEMPLATES = { operation: ['sendTemplate', 'sendMmLite'] };

const SINCE_1_1 = { '@version': [{ _cnd: { gte: 1.1 } }] };

/**
 * How to provide the variables. Since version 1.1 of the node, a template picked from the list, "name/language", shows
 * its fields; before, and for a typed name, values in order were the default. n8n does not store a value that is the
 * default, so that of a version never changes.
 */
function specifyVariables(
	usual: 'fields' | 'ordered',
	show: IDisplayOptions['show'],
	hide?: IDisplayOptions['hide'],
): INodeProperties {
	return {
		displayName: 'Specify Template Variables',
		name: 'specifyVariables',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Using Template Fields',
				value: 'fields',
				description:
					'A field for each variable of the chosen template; needs an account with a template list',
			},
			{
				name: 'Using Values in Order',
				value: 'ordered',
				description:
					'Header, body and button values that you enter in the order of the template, e.g. for a template set by an expression',
			},
			{ name: 'Using JSON', value: 'json' },
		],
		default: usual,
		description: 'How to provide the template variables',
		displayOptions: { show: { ...OF_TEMPLATES, ...show }, ...(hide && { hide }) },
	};
}

const templateFields: INodeProperties[] = [
	{
		displayName: 'Template',
		name: 'template',
		...locator('searchTemplates', 'Select a template...', { name: 'order_update' }),
		required: true,
		description: 'An approved template of the WhatsApp Business Account',
		displayOptions: { show: OF_TEMPLATES },
	},
	languageField(OF_TEMPLATES),
	specifyVariables('ordered', { '@version': [1] }, { template: [''] }),
	specifyVariables('fields', { ...SINCE_1_1, template: [{ _cnd: { regex: '/' } }] }),
	specifyVariables('ordered', { ...SINCE_1_1, template: [{ _cnd: { regex: '^[^/]+$' } }] }),
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
		description: 'A list of the body values, or an object with header, bodyParams and buttonParams',
		displayOptions: { show: { ...OF_TEMPLATES, specifyVariables: ['json'] }, ...TEMPLATE_PICKED },
	},
];

const options: INodeProperties[] = [
	...massOptions(MAX_RECIPIENTS_PER_CALL),
	...campaignOptions,
	{
		displayName: 'Additional Body Fields (JSON)',
		name: 'additionalBodyFields',
		type: 'json',
		default: '',
		placeholder: 'e.g. {"templateGroupId": "77"}',
		description:
			'Fields to add to the request body, for what this node does not offer. With a templateGroupId, the template chosen above is not sent.',
	},
	cleanVariablesOption({ show: { '/operation': OF_TEMPLATES.operation } }),
	defaultCountryOption,
	{
		displayName: 'Interactive Style',
		name: 'interactiveStyle',
		type: 'options',
		options: [
			{ name: 'Flat', value: 'flat', description: "As in the table of InnoPaaS' documentation" },
			{
				name: 'Nested',
				value: 'nested',
				description: "As in WhatsApp's own API and the examples of an older page",
			},
		],
		default: 'flat',
		description:
			"How buttons and headers are written, since InnoPaaS' documentation contradicts itself. Try Nested if an interactive message is rejected.",
		displayOptions: { show: { '/operation': ['sendMessage'], '/messageType': ['interactive'] } },
	},
	{
		...maxRequestsOption(MAX_CALLS_PER_SECOND),
		default: DEFAULT_CALLS_PER_SECOND,
		description:
			'Maximum requests per second, shared by all nodes with the same number here. InnoPaaS publishes no limit: ask what your account allows.',
	},
	{
		displayName: 'Repeat Code in Button',
		name: 'repeatCodeInButton',
		type: 'boolean',
		// An option that is added is meant to be on.
		default: true,
		description:
			'Whether to send the first body value as the button value too, as templates for one-time passwords require',
		displayOptions: { show: { '/operation': ['sendTemplate'] } },
	},
	{
		...taskIdOption,
		placeholder: 'e.g. spring-2026',
		description:
			'Your own ID (uid) of up to 32 characters for all of these messages. It comes back with each receipt, to match receipts with sends. Leave empty to have one generated for each request.',
	},
	timeoutOption,
	{
		displayName: 'WABA ID',
		name: 'wabaId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 100000000000001',
		description:
			'The WhatsApp Business Account to send from; leave empty to use the one in the credential',
	},
];

const toField: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +65 9123 4567',
	hint: 'With country code, e.g. +65 9123 4567. Separate several with commas, or drag a list.',
	description:
		'Phone numbers in any format, with country code unless Default Country is set. Items with the same message share a request.',
};

export const properties: INodeProperties[] = withCampaigns(
	[
		operationField([
			{
				name: 'Send Template',
				value: 'sendTemplate',
				action: 'Send template message',
				description: 'Send an approved template, at any time',
			},
			{
				name: 'Send MMLite Template',
				value: 'sendMmLite',
				action: 'Send template through Marketing Messages Lite',
				description:
					'Send a marketing template through Marketing Messages Lite; your account needs permission for it',
			},
			{
				name: 'Send Message',
				value: 'sendMessage',
				action: 'Send message (within 24 hours)',
				description:
					"Send a free-form message; only within 24 hours of the recipient's last message",
			},
		]),
		{
			displayName: 'MMLite Path',
			name: 'mmLitePath',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. the path InnoPaaS gave you, starting with /',
			description: 'The path that InnoPaaS assigned to your account; ask your account manager',
			displayOptions: { show: { operation: ['sendMmLite'] } },
		},
		// Code that is shared with CAMS Send reads the channel by this name.
		{ displayName: 'Channel Type', name: 'channelType', type: 'hidden', default: 'whatsapp' },
		{
			displayName: 'From (Sender Number)',
			name: 'from',
			...locator('searchSendNumbers', 'Select a number...', { id: '6580001111' }),
			required: true,
			description: 'A number of the WhatsApp Business Account',
		},
		...recipientFields([toField], false),
		...templateFields,
		...messagePanel(MESSAGE_TYPES.flat),
		optionsCollection(options),
	],
	{ hasHistory: false, defaultCountry: defaultCountryOption },
);
