import type { INodeProperties } from 'n8n-workflow';

import { messageProperties } from './properties';
import type { MessageType } from './schema';

const SEND_MESSAGE = { operation: ['sendMessage'] };

/** Options by their names. */
function inOrder(
	options: Array<{ name: string; value: string; description?: string }>,
): INodeProperties['options'] {
	return options.sort((left, right) => left.name.localeCompare(right.name, 'en'));
}

function typeSelector(channel: string, types: readonly MessageType[]): INodeProperties {
	const names = new Map(
		types.filter((each) => each.channel === channel).map(({ type, name }) => [type, name]),
	);
	return {
		displayName: 'Message Type',
		name: 'messageType',
		type: 'options',
		noDataExpression: true,
		options: inOrder([...names].map(([value, name]) => ({ name, value }))),
		default: 'text',
		description: 'What kind of message it is',
		displayOptions: { show: { ...SEND_MESSAGE, channelType: [channel] } },
	};
}

/** The parameters of Send Message: the kind of message, then what it is made of. */
export function messagePanel(types: readonly MessageType[]): INodeProperties[] {
	const channels = [...new Set(types.map(({ channel }) => channel))];
	const kinds = types.filter(({ variant }) => variant);
	const interactiveType: INodeProperties = {
		displayName: 'Interactive Type',
		name: 'interactiveType',
		type: 'options',
		noDataExpression: true,
		options: inOrder(
			kinds.flatMap(({ variant }) =>
				variant
					? [{ name: variant.label, value: variant.value, description: variant.description }]
					: [],
			),
		),
		default: 'button',
		description: 'What the recipient can do with it',
		displayOptions: {
			show: {
				...SEND_MESSAGE,
				channelType: [...new Set(kinds.map(({ channel }) => channel))],
				messageType: ['interactive'],
			},
		},
	};
	return [
		...channels.map((channel) => typeSelector(channel, types)),
		...(kinds.length > 0 ? [interactiveType] : []),
		...messageProperties(types, SEND_MESSAGE),
	];
}
