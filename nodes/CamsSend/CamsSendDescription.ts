import type { INodeProperties } from 'n8n-workflow';

import {
	channelTypeField,
	custSpaceIdField,
	fromFields,
	labelField,
	templateFields,
	templateVariableFields,
	toField,
} from '../shared/apis/cams/fields';
import { callsPerSecond } from '../shared/apis/cams/limits';
import { MESSAGE_TYPES } from '../shared/apis/cams/messageTypes';
import { sendOptions } from '../shared/apis/cams/optionFields';
import { messagePanel } from '../shared/messages/properties';

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
				description: 'Send an approved template, at any time',
			},
			{
				name: 'Send Message',
				value: 'sendMessage',
				action: 'Send message',
				description:
					"Send a free-form message; on WhatsApp only within 24 hours of the recipient's last message",
			},
		],
		default: 'sendTemplate',
	},
	channelTypeField,
	custSpaceIdField,
	...fromFields,
	toField,
	...templateFields,
	...templateVariableFields,
	...messagePanel(MESSAGE_TYPES),
	labelField,
	sendOptions(callsPerSecond('SendChatappMessage')),
];
