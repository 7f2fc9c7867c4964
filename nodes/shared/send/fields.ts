import type { INodeProperties } from 'n8n-workflow';

/** Fields of every mass send, whatever the vendor. Internal names are stored in workflows: they do not change. */

/** Where the recipients come from. @param toField the field for one recipient */
export function recipientFields(toField: INodeProperties): INodeProperties[] {
	return [
		{
			displayName: 'Recipients',
			name: 'recipientSource',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'From Input Items', value: 'items', description: 'One item, one recipient' },
				{
					name: 'From a List Field',
					value: 'listField',
					description: 'One item holds a list of recipients',
				},
				{ name: 'From JSON', value: 'json', description: 'A list that is typed or mapped here' },
			],
			default: 'items',
			description: 'Where the recipients are',
		},
		{ ...toField, displayOptions: { show: { recipientSource: ['items'] } } },
		{
			displayName: 'List Field',
			name: 'listField',
			type: 'string',
			requiresDataPath: 'single',
			default: '',
			required: true,
			placeholder: 'e.g. customers',
			hint: 'Drag the list from the left, or type its name',
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
				"A list of objects, one for each recipient; entries in the API's own form (To, TemplateParams, Payload) are taken as they are",
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
			hint: 'Dragged from the first entry, it means this field of every entry',
			description: 'The field of each entry that holds the recipient',
			displayOptions: { show: { recipientSource: ['listField', 'json'] } },
		},
	];
}

/** The options of every mass send. @param maxRecipients that a call takes */
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
			description: 'What to do with a recipient that comes twice; numbers are compared as digits',
		},
		{
			displayName: 'Fail If Any Not Accepted',
			name: 'failIfAnyNotAccepted',
			type: 'boolean',
			// Whoever adds it wants it.
			default: true,
			description:
				'Whether the run fails when anybody was not accepted, instead of only when nobody was; a duplicate does not count. n8n keeps no output of a failed run: the message tells the reasons, but not who. Retry sends only to those who were not accepted.',
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
			description:
				'What to do when some recipients have no valid number or lack a template variable',
		},
		{
			displayName: 'Max Recipients per Request',
			name: 'maxRecipientsPerRequest',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: maxRecipients, numberPrecision: 0 },
			default: maxRecipients,
			description:
				'How many recipients travel together; fewer means that less is in doubt when a connection breaks',
		},
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			options: [
				{ name: 'One Item per Chunk', value: 'chunk', description: 'One item for each request' },
				{
					name: 'One Item per Recipient',
					value: 'recipient',
					description: 'Each paired with the item it came from',
				},
				{
					name: 'Summary',
					value: 'summary',
					description: 'One item with the counts and the reasons',
				},
			],
			default: 'recipient',
			description: 'What comes out; for very long lists fewer items keep n8n fast',
		},
		{
			displayName: 'Validate Only',
			name: 'validateOnly',
			type: 'boolean',
			default: true,
			description: 'Whether to check everything and tell what would be sent, without sending',
		},
	];
}
