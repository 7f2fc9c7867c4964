import type { INodeProperties } from 'n8n-workflow';

import {
	channelTypeField,
	custSpaceIdField,
	fromFields,
	labelField,
	templateFields,
	templateVariableFields,
	toFields,
	variablePairs,
} from '../shared/apis/cams/fields';
import { MAX_RECIPIENTS_PER_CALL, callsPerSecond } from '../shared/apis/cams/limits';
import {
	TEMPLATE_ON_WHATSAPP,
	buttonPayloads,
	defaultCountry,
	fallback,
	flow,
	products,
	tag,
	ttl,
} from '../shared/apis/cams/optionFields';
import { campaignOptions, withCampaigns } from '../shared/campaign/fields';
import {
	cleanVariablesOption,
	maxRequestsOption,
	operationField,
	optionsCollection,
	taskIdOption,
	timeoutOption,
} from '../shared/parameters/optionFields';
import { massOptions, recipientFields } from '../shared/send/fields';

const FROM_ITEMS = { show: { recipientSource: ['items'] } };
const FROM_LIST = { show: { recipientSource: ['listField', 'json'] } };
const PICKED = { template: [''] };

function forItems(field: INodeProperties): INodeProperties {
	const { show, hide } = field.displayOptions ?? {};
	return {
		...field,
		displayOptions: { show: { ...show, ...FROM_ITEMS.show }, ...(hide && { hide }) },
	};
}

/** The variables of recipients that are entries of a list: the field of the entry that holds each of them. */
const entryVariableFields: INodeProperties[] = [
	{
		displayName: 'Specify Template Variables',
		name: 'specifyVariables',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Using Name and Field Pairs', value: 'pairs' },
			{ name: 'Using an Object Field', value: 'object' },
			{
				name: 'Using Entry Fields of the Same Name',
				value: 'sameName',
				description: 'Each variable gets the field of the entry with the same name',
			},
		],
		default: 'pairs',
		description: 'Where each entry of the list holds the template variables',
		displayOptions: { ...FROM_LIST, hide: PICKED },
	},
	variablePairs(
		{
			displayName: 'Entry Field',
			name: 'value',
			type: 'string',
			default: '',
			placeholder: 'e.g. coupon',
			hint: 'A field dragged from the first entry stands for that field of every entry',
			description:
				"The field of each entry that holds the value; leave empty if it has the variable's name",
		},
		{ show: { ...FROM_LIST.show, specifyVariables: ['pairs'] }, hide: PICKED },
	),
	{
		displayName: 'Object Field',
		name: 'objectField',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. params',
		description: 'The field of each entry that holds an object with the variables as keys',
		displayOptions: { show: { ...FROM_LIST.show, specifyVariables: ['object'] }, hide: PICKED },
	},
];

const FROM_FILE = { show: { recipientSource: ['file'] } };

/** The variables of recipients that are rows of a file: the column that holds each of them. */
const columnVariableFields: INodeProperties[] = [
	{
		displayName: 'Specify Template Variables',
		name: 'specifyVariables',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Using Columns of the Same Name',
				value: 'sameName',
				description: 'Each variable gets the column with the same name',
			},
			{ name: 'Using Name and Column Pairs', value: 'pairs' },
		],
		default: 'sameName',
		description: 'Which columns of the file hold the template variables',
		displayOptions: { ...FROM_FILE, hide: PICKED },
	},
	variablePairs(
		{
			displayName: 'Column',
			name: 'value',
			type: 'string',
			default: '',
			placeholder: 'e.g. coupon',
			description:
				"The name of the column that holds the value; leave empty if it has the variable's name",
		},
		{ show: { ...FROM_FILE.show, specifyVariables: ['pairs'] }, hide: PICKED },
	),
];

export const properties: INodeProperties[] = withCampaigns(
	[
		operationField([
			{
				name: 'Send Template',
				value: 'sendTemplate',
				action: 'Send template to many recipients',
				description: 'Send an approved template to many recipients at once',
			},
		]),
		{
			...channelTypeField,
			options: channelTypeField.options?.filter(
				(option) => !('value' in option && option.value === 'telegram'),
			),
		},
		...fromFields,
		...templateFields,
		...recipientFields(toFields),
		...templateVariableFields.map(forItems),
		...entryVariableFields,
		...columnVariableFields,
		labelField,
		custSpaceIdField,
		optionsCollection([
			...massOptions(MAX_RECIPIENTS_PER_CALL),
			...campaignOptions,
			cleanVariablesOption(TEMPLATE_ON_WHATSAPP),
			...buttonPayloads(
				'The text for this button. For recipients from a list or a file, the field or column that holds it.',
			),
			defaultCountry,
			fallback,
			flow,
			maxRequestsOption(callsPerSecond('SendChatappMassMessage')),
			products,
			tag,
			{
				...taskIdOption,
				placeholder: 'e.g. spring-2026',
				description:
					'Your own ID for all of these messages. It comes back with each receipt, to match receipts with sends. Leave empty to have one generated for each request.',
			},
			timeoutOption,
			ttl,
		]),
	],
	{ hasHistory: true, defaultCountry },
);
