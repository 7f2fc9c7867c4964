import type { INodeProperties } from 'n8n-workflow';

import {
	custSpaceIdField,
	labelField,
	serviceIdField,
	templateFields,
	templateVariableFields,
	toField,
} from '../shared/apis/cams/fields';
import { callsPerSecond } from '../shared/apis/cams/limits';
import { MESSAGE_TYPES } from '../shared/apis/cams/messageTypes';
import { viberOptions } from '../shared/apis/cams/optionFields';
import { messagePanel } from '../shared/messages/properties';
import { operationField } from '../shared/parameters/optionFields';

export const properties: INodeProperties[] = [
	operationField([
		{
			name: 'Send Template',
			value: 'sendTemplate',
			action: 'Send template message',
			description: 'Send an approved template',
		},
		{
			name: 'Send Message',
			value: 'sendMessage',
			action: 'Send message',
			description: 'Send a free-form message',
		},
	]),
	// Code that is shared with CAMS Send reads the channel by this name.
	{ displayName: 'Channel Type', name: 'channelType', type: 'hidden', default: 'viber' },
	serviceIdField,
	{
		...toField,
		description:
			'The phone number of one recipient in any format, with country code unless Default Country is set',
	},
	...templateFields,
	...templateVariableFields,
	...messagePanel(MESSAGE_TYPES.filter(({ channel }) => channel === 'viber')),
	{ ...labelField, displayOptions: undefined },
	custSpaceIdField,
	viberOptions(callsPerSecond('SendChatappMessage')),
];
