import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { fileNames, type Field, type FileField, type MessageType } from './schema';

function fileProperties(field: FileField): INodeProperties[] {
	const { name, label, required, description, upload } = field;
	const names = fileNames(name);
	const link: INodeProperties = {
		displayName: `${label} Link`,
		name: names.link,
		type: 'string',
		default: '',
		required,
		placeholder: 'e.g. https://example.com/shoe.jpg',
		description: description ?? 'Address of the file, which has to be reachable from the internet',
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
			hint: 'The name of the input field that contains the file',
			description: upload,
			displayOptions: { show: { [names.source]: ['binary'] } },
		},
	];
}

function kindProperties(
	field: Exclude<Field, FileField>,
): Omit<INodeProperties, 'displayName' | 'name'> {
	switch (field.kind) {
		case 'text':
		case 'link':
			return {
				type: 'string',
				...(field.rows && { typeOptions: { rows: field.rows } }),
				default: '',
				placeholder: `e.g. ${field.example}`,
			};
		case 'ids':
		// n8n fills an empty number in with 0 and takes it for filled, so numbers are texts; a stored number shows as well.
		case 'number':
			return { type: 'string', default: '', placeholder: `e.g. ${field.example}` };
		case 'choice':
			return {
				type: 'options',
				noDataExpression: true,
				options: [...field.choices],
				default: field.default,
			};
		case 'json':
			return { type: 'json', default: '', placeholder: `e.g. ${field.example}` };
		case 'list':
			return {
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
			};
	}
}

function ownProperties(field: Field): INodeProperties[] {
	if (field.kind === 'file') return fileProperties(field);
	const { name, label: displayName, description } = field;
	// n8n does not run a node with an empty required field, but the uploaded file can fill in for this one.
	const required = field.required && !('fromFile' in field && field.fromFile);
	return [
		{
			displayName,
			name,
			...(required && { required }),
			...(description && { description }),
			...kindProperties(field),
		},
	];
}

/** The parameters of a field in the panel, shown whenever its list or message type is. */
export function toProperties(field: Field): INodeProperties[] {
	const properties = ownProperties(field);
	const { when } = field;
	if (!when) return properties;
	return properties.map((property) => ({
		...property,
		displayOptions: { show: { ...property.displayOptions?.show, [when.name]: [...when.is] } },
	}));
}

const SEND_MESSAGE = { operation: ['sendMessage'] };

/** A parameter, and the message types that have it. */
interface SharedProperty {
	key: string;
	property: INodeProperties;
	typesByChannel: Map<string, Set<string>>;
	variant?: MessageType['variant'];
}

/**
 * Merges the parameters of all types into one list that has those of each type in its order. Equal parameters of
 * several types become one. From `text, caption` of one type and `text, fileName, caption` of another it makes
 * `text, fileName, caption`, where `text` and `caption` belong to both: `text` is known, `fileName` goes right behind
 * it, and `caption` is found further down. A parameter that is only found further up comes a second time. Since equal
 * parameters become one, a value survives a change of the type.
 */
function mergeProperties(types: readonly MessageType[]): SharedProperty[] {
	const merged: SharedProperty[] = [];
	for (const { channel, type, variant, fields } of types) {
		let previous = -1;
		for (const property of fields.flatMap(toProperties)) {
			const key = JSON.stringify([property, variant]);
			const known = merged.findIndex((each, index) => index > previous && each.key === key);
			const position = known >= 0 ? known : previous + 1;
			if (known < 0)
				merged.splice(position, 0, { key, property, typesByChannel: new Map(), variant });
			const { typesByChannel } = merged[position];
			typesByChannel.set(channel, (typesByChannel.get(channel) ?? new Set()).add(type));
			previous = position;
		}
	}
	return merged;
}

/**
 * A parameter once for each set of channels that have it for the same types: n8n combines the conditions of a
 * parameter with "and", so a single list of channels and types would show it for every pair of the two.
 */
function withConditions(shared: SharedProperty): INodeProperties[] {
	const { property, typesByChannel, variant } = shared;
	const channelsByTypes = new Map<string, string[]>();
	for (const [channel, types] of typesByChannel) {
		const key = [...types].sort().join();
		channelsByTypes.set(key, [...(channelsByTypes.get(key) ?? []), channel]);
	}
	return [...channelsByTypes].map(([messageTypes, channelType]) => ({
		...property,
		displayOptions: {
			show: {
				...property.displayOptions?.show,
				...SEND_MESSAGE,
				channelType,
				messageType: messageTypes.split(','),
				...(variant && { [variant.name]: [variant.value] }),
			},
		},
	}));
}

function byName(options: INodePropertyOptions[]): INodePropertyOptions[] {
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
		options: byName([...names].map(([value, name]) => ({ name, value }))),
		default: 'text',
		description: 'The type of message to send',
		displayOptions: { show: { ...SEND_MESSAGE, channelType: [channel] } },
	};
}

/** The selector of the variant; none if no type has variants. */
function variantSelector(types: readonly MessageType[]): INodeProperties[] {
	const variants = types.flatMap(({ channel, variant }) =>
		variant ? [{ channel, ...variant }] : [],
	);
	if (variants.length === 0) return [];
	return [
		{
			displayName: 'Interactive Type',
			name: 'interactiveType',
			type: 'options',
			noDataExpression: true,
			options: byName(
				variants.map(({ label, value, description }) => ({ name: label, value, description })),
			),
			default: 'button',
			description: 'What the message lets the recipient do',
			displayOptions: {
				show: {
					...SEND_MESSAGE,
					channelType: [...new Set(variants.map(({ channel }) => channel))],
					messageType: ['interactive'],
				},
			},
		},
	];
}

/** The parameters of Send Message: selectors of the message type, then the fields of all types. */
export function messagePanel(types: readonly MessageType[]): INodeProperties[] {
	const channels = [...new Set(types.map(({ channel }) => channel))];
	return [
		...channels.map((channel) => typeSelector(channel, types)),
		...variantSelector(types),
		...mergeProperties(types).flatMap(withConditions),
	];
}
