import type { INodeProperties } from 'n8n-workflow';

/** The fields of every mass send. Internal names are stored in workflows, so they never change. */

const FROM_FILE = { show: { recipientSource: ['file'] } };

/** The fields for recipients in a file. */
const fileFields: INodeProperties[] = [
	{
		displayName: 'Input Data Field Name',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the input field that holds the file. Each line gets a message; the file is read bit by bit.',
		description:
			'A CSV file with the names of its columns in the first line, or one JSON object per line; also compressed with gzip, up to 2 GB unpacked. For an Excel workbook, use Extract from File, and Recipients From Input Items.',
		displayOptions: FROM_FILE,
	},
	{
		displayName: 'To Column',
		name: 'toField',
		type: 'string',
		default: 'to',
		required: true,
		placeholder: 'e.g. phone',
		description: 'The name of the column that holds the recipient',
		displayOptions: FROM_FILE,
	},
];

const OF_FILE = { show: { '/recipientSource': ['file'] } };

/** How a file of recipients is read. */
export const fileOptions: INodeProperties[] = [
	{
		displayName: 'File: Delimiter',
		name: 'fileDelimiter',
		type: 'string',
		default: '',
		placeholder: 'e.g. ;',
		description:
			'The character between the columns of a CSV file, \\t for a tab. Leave empty to take the one that its first line has most of.',
		displayOptions: OF_FILE,
	},
	{
		displayName: 'File: Encoding',
		name: 'fileEncoding',
		type: 'options',
		options: [
			{
				name: 'Detect Automatically',
				value: 'auto',
				description: 'UTF-8, or UTF-16 if the file begins with its mark',
			},
			{
				name: 'GBK',
				value: 'gbk',
				description: 'As Excel saves "CSV" on a computer whose language is Chinese',
			},
			{ name: 'UTF-16', value: 'utf16' },
			{ name: 'UTF-8', value: 'utf8' },
			{
				name: 'Windows-1252',
				value: 'windows1252',
				description: 'As Excel saves "CSV" on a computer of Western Europe or America',
			},
		],
		default: 'auto',
		description: 'How the characters of the file are written',
		displayOptions: OF_FILE,
	},
	{
		displayName: 'File: Format',
		name: 'fileFormat',
		type: 'options',
		options: [
			{
				name: 'Detect Automatically',
				value: 'auto',
				description: 'JSON per line if the file begins with {, otherwise CSV',
			},
			{ name: 'CSV', value: 'csv' },
			{ name: 'JSON per Line', value: 'ndjson', description: 'Also known as NDJSON or JSON Lines' },
		],
		default: 'auto',
		description: 'What the file is',
		displayOptions: OF_FILE,
	},
];

/** The fields for recipients in a list. */
const listFields: INodeProperties[] = [
	{
		displayName: 'List Field',
		name: 'listField',
		type: 'string',
		requiresDataPath: 'single',
		default: '',
		required: true,
		placeholder: 'e.g. customers',
		hint: 'Drag the list from the input panel, or enter its name',
		description: 'The field of the item that holds the list',
		displayOptions: { show: { recipientSource: ['listField'] } },
	},
	{
		displayName: 'Recipients (JSON)',
		name: 'recipientsJson',
		type: 'json',
		default: '',
		required: true,
		placeholder: 'e.g. [{"to": "+65 9123 4567", "name": "Mia"}]',
		description:
			"A list of objects, one per recipient. Entries in the API's own form (To, TemplateParams, Payload) are sent unchanged.",
		displayOptions: { show: { recipientSource: ['json'] } },
	},
	{
		displayName: 'To Field',
		name: 'toField',
		type: 'string',
		requiresDataPath: 'single',
		default: 'to',
		required: true,
		placeholder: 'e.g. phone',
		hint: 'A field dragged from the first entry stands for that field of every entry',
		description: 'The field of each entry that holds the recipient',
		displayOptions: { show: { recipientSource: ['listField', 'json'] } },
	},
];

/**
 * @param toFields the field for one recipient, in each of its forms
 * @param hasLists whether an item can hold a list of recipients with values of their own
 */
export function recipientFields(toFields: INodeProperties[], hasLists = true): INodeProperties[] {
	return [
		{
			displayName: 'Recipients',
			name: 'recipientSource',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'From Input Items',
					value: 'items',
					description: hasLists ? 'Each item is one recipient' : 'Each item has one or several',
				},
				{
					name: 'From a File',
					value: 'file',
					description: 'Each line of a CSV file is one recipient; for any number of them',
				},
				...(hasLists
					? [
							{
								name: 'From a List Field',
								value: 'listField',
								description: 'One item holds a list of recipients',
							},
							{ name: 'From JSON', value: 'json', description: 'Enter or map a list here' },
						]
					: []),
			],
			default: 'items',
			description: 'Where to take the recipients from',
		},
		...toFields.map(({ displayOptions, ...field }): INodeProperties => ({
			...field,
			displayOptions: {
				...displayOptions,
				show: { ...displayOptions?.show, recipientSource: ['items'] },
			},
		})),
		...fileFields,
		...(hasLists ? listFields : []),
	];
}

/** The options of every mass send. @param maxRecipients the most that one call takes */
export function massOptions(maxRecipients: number): INodeProperties[] {
	return [
		{
			displayName: 'Duplicate Recipients',
			name: 'duplicateRecipients',
			type: 'options',
			options: [
				{ name: 'Send Every Time', value: 'send' },
				{ name: 'Send Once', value: 'skip' },
			],
			default: 'skip',
			description:
				'How to handle a recipient that occurs more than once; numbers are compared as digits',
		},
		{
			displayName: 'Fail If Any Not Accepted',
			name: 'failIfAnyNotAccepted',
			type: 'boolean',
			// An option that is added is meant to be on.
			default: true,
			description:
				'Whether to fail if any recipient was not accepted, instead of only if none was; duplicates do not count. n8n keeps no output of a failed run: the error names the reasons, but not the recipients. Retry sends only to those who were not accepted.',
		},
		...fileOptions,
		{
			displayName: 'Include Input Fields',
			name: 'includeInputFields',
			type: 'boolean',
			default: true,
			description:
				'Whether each recipient in the output also has the fields of its input item, under "input", e.g. to see the name of who was not accepted',
		},
		{
			displayName: 'Invalid Recipients',
			name: 'invalidRecipients',
			type: 'options',
			options: [
				{ name: 'Leave Out and Send the Rest', value: 'skip' },
				{ name: 'Send Nothing', value: 'stop' },
			],
			default: 'skip',
			description: 'What to do if some recipients have no valid number or lack a template variable',
		},
		{
			displayName: 'Max Recipients per Request',
			name: 'maxRecipientsPerRequest',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: maxRecipients, numberPrecision: 0 },
			default: maxRecipients,
			description:
				'The most recipients in one request. Smaller requests leave fewer outcomes unknown if a connection drops.',
		},
		{
			displayName: 'Output Format',
			name: 'output',
			type: 'options',
			options: [
				{ name: 'One Item per Chunk', value: 'chunk', description: 'One item per request' },
				{
					name: 'One Item per Recipient',
					value: 'recipient',
					description:
						'Each paired with its input item. From a file, only up to 10,000 recipients.',
				},
				{ name: 'Summary', value: 'summary', description: 'One item with counts and reasons' },
			],
			default: 'recipient',
			description:
				'How to return results. For very long lists, fewer items keep n8n fast. With recipients from a file, one item per chunk unless set here; who was not accepted is returned as a file.',
		},
		{
			displayName: 'Validate Only',
			name: 'validateOnly',
			type: 'boolean',
			default: true,
			description: 'Whether to validate and preview everything without sending',
		},
	];
}
