import type { INodeProperties } from 'n8n-workflow';

import type { MessageType } from '../messages/describe';
import { messageProperties } from '../messages/panel';

const SEND_MESSAGE = { operation: ['sendMessage'] };

/** The kinds of an interactive message, by the value of `interactiveType`. */
const INTERACTIVE_TYPES: INodeProperties['options'] = [
	{ name: 'Flow', value: 'flow', description: 'A form in the chat' },
	{ name: 'Link Button', value: 'ctaUrl', description: 'A button that opens a page' },
	{ name: 'List', value: 'list', description: 'A menu of up to 10 rows' },
	{ name: 'Product', value: 'product', description: 'One product of a catalog' },
	{ name: 'Product List', value: 'productList', description: 'Up to 30 products of a catalog' },
	{ name: 'Reply Buttons', value: 'button', description: 'Up to three buttons to answer with' },
];

function typeSelector(channel: string, types: readonly MessageType[]): INodeProperties {
	const names = new Map(types.filter((each) => each.channel === channel).map(({ type, name }) => [type, name]));
	return {
		displayName: 'Message Type',
		name: 'messageType',
		type: 'options',
		noDataExpression: true,
		options: [...names].map(([value, name]) => ({ name, value })).sort((left, right) => left.name.localeCompare(right.name, 'en')),
		default: 'text',
		description: 'What kind of message it is',
		displayOptions: { show: { ...SEND_MESSAGE, channelType: [channel] } },
	};
}

/** The parameters of Send Message: the kind of message, then what it is made of. */
export function messagePanel(types: readonly MessageType[]): INodeProperties[] {
	const channels = [...new Set(types.map(({ channel }) => channel))];
	const withKinds = [...new Set(types.filter(({ variant }) => variant).map(({ channel }) => channel))];
	const interactiveType: INodeProperties = {
		displayName: 'Interactive Type',
		name: 'interactiveType',
		type: 'options',
		noDataExpression: true,
		options: INTERACTIVE_TYPES,
		default: 'button',
		description: 'What the recipient can do with it',
		displayOptions: { show: { ...SEND_MESSAGE, channelType: withKinds, messageType: ['interactive'] } },
	};
	return [...channels.map((channel) => typeSelector(channel, types)), ...(withKinds.length > 0 ? [interactiveType] : []), ...messageProperties(types, SEND_MESSAGE)];
}
