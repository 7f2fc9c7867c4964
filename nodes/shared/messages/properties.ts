import type { INodeProperties } from 'n8n-workflow';

import { fileNames, type Field, type FileField, type MessageType } from './schema';

/** What a parameter is shown for: values of other parameters, all of which must hold. */
type Shown = Record<string, string[]>;

function withWhen(properties: INodeProperties[], when: Field['when']): INodeProperties[] {
	if (!when) return properties;
	return properties.map((property) => ({
		...property,
		displayOptions: { show: { ...property.displayOptions?.show, [when.name]: [...when.is] } },
	}));
}

function fileProperties({
	name,
	label,
	required,
	description,
	upload,
}: FileField): INodeProperties[] {
	const names = fileNames(name);
	const link: INodeProperties = {
		displayName: `${label} Link`,
		name: names.link,
		type: 'string',
		default: '',
		required,
		placeholder: 'e.g. https://example.com/shoe.jpg',
		description: description ?? 'Where the file is; it must be reachable from the internet',
	};
	if (upload === undefined) return [link];
	return [
		{
			displayName: `${label} Source`,
			name: names.source,
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Link', value: 'link' },
				{ name: 'Input Data Field', value: 'binary' },
			],
			default: 'link',
			description: 'Where the file comes from',
		},
		{ ...link, displayOptions: { show: { [names.source]: ['link'] } } },
		{
			displayName: 'Input Data Field Name',
			name: names.binary,
			type: 'string',
			default: 'data',
			required,
			hint: 'The input field that holds the file',
			description: upload,
			displayOptions: { show: { [names.source]: ['binary'] } },
		},
	];
}

function ownProperties(field: Field): INodeProperties[] {
	const { name, label: displayName, description } = field;
	// n8n holds a run back for a required field; a file can stand in for this one.
	const required = field.required && !('fromFile' in field && field.fromFile);
	const common = {
		displayName,
		name,
		...(required && { required }),
		...(description && { description }),
	};
	switch (field.kind) {
		case 'text':
		case 'link':
		case 'ids':
			return [
				{
					...common,
					type: 'string',
					...('rows' in field && field.rows && { typeOptions: { rows: field.rows } }),
					default: '',
					placeholder: `e.g. ${field.example}`,
				},
			];
		case 'number':
			return [
				{
					...common,
					type: 'number',
					typeOptions: { minValue: field.min, maxValue: field.max, numberPrecision: 7 },
					default: '',
					placeholder: `e.g. ${field.example}`,
				},
			];
		case 'choice':
			return [
				{
					...common,
					type: 'options',
					noDataExpression: true,
					options: [...field.choices],
					default: field.default,
				},
			];
		case 'json':
			return [{ ...common, type: 'json', default: '', placeholder: `e.g. ${field.example}` }];
		case 'file':
			return fileProperties(field);
		case 'list':
			return [
				{
					...common,
					type: 'fixedCollection',
					typeOptions: { multipleValues: true, sortable: true },
					placeholder: `Add ${field.entry.label}`,
					default: {},
					options: [
						{
							displayName: field.entry.label,
							name: field.entry.name,
							values: field.fields.flatMap(toProperties),
						},
					],
				},
			];
	}
}

/** The parameters that a field has in the panel, shown whenever its list or message type is. */
export function toProperties(field: Field): INodeProperties[] {
	return withWhen(ownProperties(field), field.when);
}

/** Where a parameter with just these properties is shown. */
interface Placed {
	key: string;
	property: INodeProperties;
	/** Which types of which channel have it. */
	typesByChannel: Map<string, Set<string>>;
	variant?: MessageType['variant'];
}

/**
 * The parameters of many message types, each shown for those that have it, in an order that is right for all of them.
 * What several types share is one parameter, so that it keeps its value when the type is changed.
 */
export function messageProperties(types: readonly MessageType[], shown: Shown): INodeProperties[] {
	const all: Placed[] = [];
	for (const { channel, type, variant, fields } of types) {
		let after = -1;
		for (const property of fields.flatMap(toProperties)) {
			const key = JSON.stringify([property, variant]);
			const known = all.findIndex((each, index) => index > after && each.key === key);
			const at = known >= 0 ? known : after + 1;
			if (known < 0) all.splice(at, 0, { key, property, typesByChannel: new Map(), variant });
			const { typesByChannel } = all[at];
			typesByChannel.set(channel, (typesByChannel.get(channel) ?? new Set()).add(type));
			after = at;
		}
	}
	return all.flatMap(({ property, typesByChannel, variant }) => {
		// Channels with the same types share a parameter; for others, all conditions together would say too much.
		const channelsByTypes = new Map<string, string[]>();
		for (const [channel, ofChannel] of typesByChannel) {
			const key = [...ofChannel].sort().join();
			channelsByTypes.set(key, [...(channelsByTypes.get(key) ?? []), channel]);
		}
		return [...channelsByTypes].map(([messageTypes, channelType]): INodeProperties => ({
			...property,
			displayOptions: {
				show: {
					...property.displayOptions?.show,
					...shown,
					channelType,
					messageType: messageTypes.split(','),
					...(variant && { [variant.name]: [variant.value] }),
				},
			},
		}));
	});
}

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
