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
	textField,
	timeoutOption,
	toField,
} from '../shared/cams/fields';
import { callsPerSecond } from '../shared/cams/transport';

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
				name: 'Send Message',
				value: 'sendMessage',
				action: 'Send message',
				description:
					"Send a text of your own; on WhatsApp only within 24 hours of the recipient's last message",
			},
		],
		default: 'sendTemplate',
	},
	channelTypeField,
	custSpaceIdField,
	fromField,
	toField,
	...templateFields,
	...templateVariableFields,
	textField,
	labelField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [maxRequestsOption(callsPerSecond('SendChatappMessage')), taskIdOption, timeoutOption],
	},
];
