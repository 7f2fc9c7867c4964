import type { INodeParameters, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import {
	fileNames,
	type Field,
	type FileField,
	type ListField,
	type MediaKind,
	type MessageType,
} from './schema';

/** A file of each kind, for the placeholder. */
const EXAMPLE_FILES: Readonly<Record<MediaKind, string>> = {
	audio: 'welcome.mp3',
	document: 'invoice.pdf',
	image: 'shoe.jpg',
	sticker: 'smile.webp',
	video: 'shoe.mp4',
};

function fileProperties(field: FileField): INodeProperties[] {
	const { name, label, required, description, upload } = field;
	const names = fileNames(name);
	const link: INodeProperties = {
		displayName: `${label} Link`,
		name: names.link,
		type: 'string',
		default: '',
		required,
		placeholder: `e.g. https://example.com/${EXAMPLE_FILES[field.media]}`,
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

/** An entry with the values that n8n gives to one that is added; lists within begin with an entry of their own. */
function firstEntry({ entry, fields }: ListField): INodeParameters {
	const values = fields.flatMap((field): Array<[string, unknown]> =>
		field.kind === 'list'
			? [[field.name, field.min > 0 || field.opened ? firstEntry(field) : {}]]
			: ownProperties(field).map(({ name, default: usual }) => [name, usual]),
	);
	return { [entry.name]: [Object.fromEntries(values) as INodeParameters] };
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
		// n8n fills an empty number in with 0 and takes it for filled, so numbers are texts; a stored number shows as well.
		case 'number':
		case 'ids':
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
				// An old workflow has entries of its own, or was refused for having none.
				default: field.min > 0 ? firstEntry(field) : {},
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

/** The choice of a type; one with variants is found by theirs, e.g. "Interactive (Reply Buttons, List and more)". */
function typeOption(
	{ type: value, name, description }: MessageType,
	types: readonly MessageType[],
): INodePropertyOptions {
	const variants = types.flatMap((each) => (each.type === value && each.variant) || []);
	const labels = variants.map(({ label }) => label);
	return {
		name: labels.length > 0 ? `${name} (${labels.slice(0, 2).join(', ')} and more)` : name,
		value,
		...(description && { description }),
	};
}

const WITHIN_24_HOURS =
	"WhatsApp delivers this only within 24 hours of the recipient's last message";

function typeSelector(channel: string, all: readonly MessageType[]): INodeProperties {
	const types = all.filter((each) => each.channel === channel);
	const options = new Map(types.map((each) => [each.type, typeOption(each, types)]));
	return {
		displayName: 'Message Type',
		name: 'messageType',
		type: 'options',
		noDataExpression: true,
		options: [...options.values()],
		default: 'text',
		description: 'The type of message to send',
		...(channel === 'whatsapp' && { hint: WITHIN_24_HOURS }),
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
			options: variants.map(({ label, value, description }) => ({
				name: label,
				value,
				description,
			})),
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
