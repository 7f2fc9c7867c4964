import type { INodeProperties } from 'n8n-workflow';

/** The fields of every mass send. Internal names are stored in workflows, so they never change. */

/** @param toFields the field for one recipient, in each of its forms */
export function recipientFields(toFields: INodeProperties[]): INodeProperties[] {
	return [
		{
			displayName: 'Recipients',
			name: 'recipientSource',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'From Input Items', value: 'items', description: 'Each item is one recipient' },
				{
					name: 'From a List Field',
					value: 'listField',
					description: 'One item holds a list of recipients',
				},
				{ name: 'From JSON', value: 'json', description: 'Enter or map a list here' },
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
					description: 'Each paired with its input item',
				},
				{ name: 'Summary', value: 'summary', description: 'One item with counts and reasons' },
			],
			default: 'recipient',
			description: 'How to return results. For very long lists, fewer items keep n8n fast.',
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
