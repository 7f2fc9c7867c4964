import type { INodeProperties } from 'n8n-workflow';

import {
	channelTypeField,
	custSpaceIdField,
	fromFields,
	labelField,
	templateFields,
	templateVariableFields,
	toFields,
} from '../shared/apis/cams/fields';
import { callsPerSecond } from '../shared/apis/cams/limits';
import { MESSAGE_TYPES } from '../shared/apis/cams/messageTypes';
import { sendOptions } from '../shared/apis/cams/optionFields';
import { messagePanel } from '../shared/messages/properties';
import { operationField } from '../shared/parameters/optionFields';

export const properties: INodeProperties[] = [
	operationField([
		{
			name: 'Send Template',
			value: 'sendTemplate',
			action: 'Send template message',
			description: 'Send an approved template, at any time',
		},
		{
			name: 'Send Message',
			value: 'sendMessage',
			action: 'Send message (WhatsApp: within 24 hours)',
			description:
				"Send a free-form message; on WhatsApp only within 24 hours of the recipient's last message",
		},
	]),
	channelTypeField,
	...fromFields,
	...toFields,
	...templateFields,
	...templateVariableFields,
	...messagePanel(MESSAGE_TYPES),
	labelField,
	custSpaceIdField,
	sendOptions(callsPerSecond('SendChatappMessage')),
];
