import type { IDataObject } from 'n8n-workflow';

import type {
	ChoiceField,
	Field,
	FileField,
	JsonField,
	ListField,
	MediaKind,
	MessageType,
	TextField,
} from '../../messages/schema';
import {
	HOME_OR_WORK,
	VARIANTS,
	bodyText,
	caption,
	catalogId,
	contacts,
	fileName,
	footerText,
	headerText,
	headerType,
	interactive,
	isDate,
	listButtonText,
	location,
	productId,
	productIds,
	replyButtons,
	rows,
	sections,
	text,
} from '../../messages/whatsAppFields';
import { at } from '../../util/path';

/**
 * The messages of msg/submit. Sources: docs.innopaas.com, page "message", and its predecessor by the same vendor where
 * that page leaves a table out. The API has Meta's fields under names in camel case; it names few of Meta's limits, and
 * those that it does not name are told as warnings.
 */

/** How interactive messages are written: the page's table says flat, the predecessor's examples nested, as Meta has it. */
export type InteractiveStyle = 'flat' | 'nested';

/** Meta's name as InnoPaaS writes it. */
function camelCase(path: string): string {
	return path === 'wa_id'
		? 'waID'
		: path.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

/** A field of Meta's by its name here. */
function renamed<F extends Field>(field: F): F {
	return {
		...field,
		...(field.path !== undefined && { path: camelCase(field.path) }),
		...(field.kind === 'ids' && { key: camelCase(field.key) }),
		...(field.kind === 'list' && { fields: field.fields.map(renamed) }),
	};
}

/** A limit of Meta's that InnoPaaS does not name. */
function asWarning(field: TextField): TextField {
	const { maxCharacters, ...rest } = field;
	return { ...rest, warnAbove: maxCharacters };
}

/** Fields by where their part stands in the body of the call. */
function within<F extends Field>(part: string, fields: readonly F[]): F[] {
	return fields.map((field) => ({
		...field,
		...(field.path !== undefined && { path: `${part}.${field.path}` }),
	}));
}

/** The file of a message; the API takes links only. */
function media(kind: MediaKind): FileField {
	return {
		kind: 'file',
		media: kind,
		name: 'media',
		label: 'Media',
		path: 'media.link',
		required: true,
	};
}

const [mediaCaption] = within('media', [asWarning(caption)]);

const mediaName: TextField = {
	...fileName,
	path: 'media.filename',
	fromFile: undefined,
	description: 'The name the recipient sees',
};

const NO_CAPTION = { path: 'media.caption', label: 'Caption' };
const NO_NAME = { path: 'media.filename', label: 'File Name' };

const WITH_FILE = ['document', 'image', 'video'];

/** What stands above a message or template; `paramValue` is the text, or the variable in it. */
function headerFields(type: ChoiceField, style: InteractiveStyle): Field[] {
	const file = { kind: 'file', name: 'header', label: 'Header', required: true } as const;
	const headerCaption: TextField = {
		...asWarning(caption),
		name: 'headerCaption',
		label: 'Header Caption',
		path: 'header.caption',
		description: 'What stands below the file',
		when: { name: 'headerType', is: WITH_FILE },
	};
	const theText: TextField = {
		...asWarning(headerText(true)),
		path: style === 'flat' ? 'header.paramValue' : 'header.text',
		when: { name: 'headerType', is: ['text'] },
	};
	if (style === 'flat')
		return [
			type,
			theText,
			{ ...file, media: 'image', path: 'header.link', when: { name: 'headerType', is: WITH_FILE } },
			headerCaption,
		];
	const kinds = ['document', 'image', 'video'] as const;
	return [
		type,
		theText,
		...kinds.map((kind): FileField => ({
			...file,
			media: kind,
			path: `header.${kind}.link`,
			when: { name: 'headerType', is: [kind] },
		})),
	];
}

const neededHeader: ChoiceField = {
	...headerType,
	choices: headerType.choices.filter(({ value }) => value !== 'none'),
	default: 'text',
	none: undefined,
	required: true,
};

/** WhatsApp shows nothing but text above a list. */
function textHeaderWarnings({ interactive }: IDataObject): string[] {
	const kind = at(interactive, 'header.type');
	return kind === undefined || kind === 'text'
		? []
		: ['Header: WhatsApp takes only a text above this kind of message.'];
}

const [body, footer] = [asWarning(bodyText), asWarning(footerText)];

const MAX_ROWS = 10;

function listWarnings(content: IDataObject): string[] {
	const written = at(content, 'interactive.action.sections') as IDataObject[];
	const all = written.reduce(
		(sum, section) => sum + (Array.isArray(section.rows) ? section.rows.length : 0),
		0,
	);
	return [
		...textHeaderWarnings(content),
		...(all > MAX_ROWS
			? [`Sections: there are ${all} rows in all; WhatsApp takes ${MAX_ROWS}.`]
			: []),
	];
}

/** An interactive message with the names and the place that InnoPaaS gives its parts. */
function ownInteractive(
	variant: (typeof VARIANTS)[keyof typeof VARIANTS],
	type: string,
	fields: Field[],
	more: Partial<MessageType> = {},
): MessageType {
	return interactive(variant, within('interactive', fields.map(renamed)), {
		constants: { interactive: { type } },
		...more,
	});
}

function buttonType(headers: InteractiveStyle, buttons: InteractiveStyle): MessageType {
	return ownInteractive(VARIANTS.button, 'button', [
		...headerFields(headerType, headers),
		body,
		footer,
		replyButtons(buttons === 'flat' ? '' : 'reply.', { warnAbove: 3 }),
	]);
}

function listType(headers: InteractiveStyle): MessageType {
	const rowsOfList: ListField = {
		...rows,
		fields: rows.fields.map((field) =>
			field.name === 'description' ? asWarning(field as TextField) : field,
		),
	};
	return ownInteractive(
		VARIANTS.list,
		'list',
		[
			...headerFields(headerType, headers),
			{ ...body, warnAbove: 4_096 },
			footer,
			asWarning(listButtonText),
			sections('listSections', [rowsOfList], {
				warnAbove: 10,
				uniqueAcross: { name: 'rows', field: 'id' },
			}),
		],
		{ warningsFor: listWarnings },
	);
}

const productType = ownInteractive(
	VARIANTS.product,
	'product',
	[{ ...body, required: false }, footer, catalogId, { ...productId, maxCharacters: 100 }],
	{ forbidden: [{ path: 'interactive.header', label: 'Header' }] },
);

function productListType(headers: InteractiveStyle): MessageType {
	return ownInteractive(
		VARIANTS.productList,
		'product_list',
		[
			...headerFields(neededHeader, headers),
			body,
			footer,
			catalogId,
			sections('productSections', [{ ...productIds, maxCharacters: 100 }], {
				warnAbove: 10,
				maxTotal: { name: 'productIds', max: 30 },
			}),
		],
		{ warningsFor: textHeaderWarnings },
	);
}

/** Headers and buttons can differ in style: it is not documented that one style holds for both. */
export function interactiveTypes(
	headers: InteractiveStyle,
	buttons: InteractiveStyle,
): MessageType[] {
	return [buttonType(headers, buttons), listType(headers), productType, productListType(headers)];
}

/** Without what only Meta asks for. Required by the documents: the whole name, a phone's number and type. */
function relaxed(field: Field, isNeeded = false): Field {
	switch (field.kind) {
		case 'text':
			return { ...field, format: undefined, required: isNeeded || field.name === 'formattedName' };
		case 'link':
			return { ...field, required: false };
		case 'choice':
			return { ...field, choices: HOME_OR_WORK, default: 'WORK', isOpen: true, required: isNeeded };
		case 'list':
			return {
				...field,
				max: undefined,
				oneOf: undefined,
				fields: field.fields.map((each) =>
					relaxed(each, field.name === 'phones' && each.name !== 'waId'),
				),
			};
		default:
			return field;
	}
}

const NAME_PARTS = ['firstName', 'lastName', 'middleName', 'prefix', 'suffix'];

function contactsWarnings({ contacts: all }: IDataObject): string[] {
	return (all as IDataObject[]).flatMap((contact, index) => {
		const has = (path: string) => Boolean(at(contact, path));
		const { birthday } = contact;
		return [
			!NAME_PARTS.some((part) => has(`name.${part}`)) &&
				'WhatsApp wants one part of the name beside the whole, e.g. First Name.',
			has('org') &&
				!(has('org.department') && has('org.title')) &&
				'an older page of InnoPaaS asks for Department and Job Title with a company.',
			birthday !== undefined &&
				!isDate(String(birthday)) &&
				'Birthday is not written as year, month and day, e.g. 1990-02-28.',
			((contact.urls ?? []) as IDataObject[]).some(({ url }) => !url) &&
				'an older page of InnoPaaS asks for a URL in each entry of URLs.',
		]
			.filter((warning): warning is string => Boolean(warning))
			.map((warning) => `Contact ${index + 1}: ${warning}`);
	});
}

function locationWarnings({ location: place }: IDataObject): string[] {
	const { name, address } = place as IDataObject;
	return name && address
		? []
		: ['An older page of InnoPaaS asks for Location Name and Address too.'];
}

const rawType: ChoiceField = {
	kind: 'choice',
	name: 'messageTypeCode',
	label: 'Message Type Code',
	choices: [
		{ name: 'Contacts', value: 'contacts' },
		{ name: 'Interactive', value: 'interactive' },
	],
	default: 'interactive',
	description: 'What kind of message the JSON is',
};

function rawContent(code: string, example: string): JsonField {
	return {
		kind: 'json',
		name: 'contentJson',
		label: 'Content (JSON)',
		path: code,
		required: true,
		example,
		description: `The value of "${code}" in the body of the call`,
		when: { name: 'messageTypeCode', is: [code] },
	};
}

const SIMPLE: MessageType[] = [
	{
		channel: 'whatsapp',
		type: 'audio',
		name: 'Audio',
		fields: [media('audio')],
		forbidden: [NO_CAPTION],
	},
	{
		channel: 'whatsapp',
		type: 'contacts',
		name: 'Contacts',
		fields: [relaxed(renamed(contacts))],
		warningsFor: contactsWarnings,
	},
	{
		channel: 'whatsapp',
		type: 'document',
		name: 'Document',
		fields: [media('document'), mediaName, mediaCaption],
	},
	{ channel: 'whatsapp', type: 'image', name: 'Image', fields: [media('image'), mediaCaption] },
	{
		channel: 'whatsapp',
		type: 'location',
		name: 'Location',
		fields: within('location', location).map((field) =>
			field.kind === 'number' ? { ...field, asText: true } : field,
		),
		warningsFor: locationWarnings,
	},
	{
		channel: 'whatsapp',
		type: 'raw',
		name: 'Raw JSON',
		fields: [
			rawType,
			rawContent(
				'contacts',
				'[{"name": {"formattedName": "Mia Tan"}, "phones": [{"type": "WORK", "phone": "+6591234567"}]}]',
			),
			rawContent(
				'interactive',
				'{"type": "button", "body": {"text": "Keep it?"}, "action": {"buttons": [{"type": "reply", "id": "keep", "title": "Keep"}]}}',
			),
		],
	},
	{
		channel: 'whatsapp',
		type: 'sticker',
		name: 'Sticker',
		fields: [media('sticker')],
		forbidden: [NO_CAPTION, NO_NAME],
	},
	{
		channel: 'whatsapp',
		type: 'text',
		name: 'Text',
		fields: [{ ...asWarning(text), path: 'body' }],
	},
	{ channel: 'whatsapp', type: 'video', name: 'Video', fields: [media('video'), mediaCaption] },
];

const byName = (left: MessageType, right: MessageType) => left.name.localeCompare(right.name, 'en');

/** All of them, by name; adding a type is adding an entry. */
export const MESSAGE_TYPES: Readonly<Record<InteractiveStyle, readonly MessageType[]>> = {
	flat: [...SIMPLE, ...interactiveTypes('flat', 'flat')].sort(byName),
	nested: [...SIMPLE, ...interactiveTypes('nested', 'nested')].sort(byName),
};

function values(
	name: string,
	label: string,
	path: string,
	more: Partial<ListField> & Pick<ListField, 'fields' | 'entry' | 'description'>,
): ListField {
	return { kind: 'list', name, label, path, min: 0, ...more };
}

/** What a template leaves open, in its order. MMLite takes nothing else. */
export const TEMPLATE: MessageType = {
	channel: 'whatsapp',
	type: 'template',
	name: 'Template',
	fields: [
		...headerFields(
			{ ...headerType, description: 'What the template leaves open above its text' },
			'flat',
		).map((field): Field =>
			field.name === 'headerText'
				? { ...(field as TextField), isVariable: true, description: 'The variable in the header' }
				: field,
		),
		values('bodyValues', 'Body Values', 'bodyParams', {
			entry: { name: 'value', label: 'Body Value' },
			entryIs: 'text',
			fields: [
				{
					kind: 'text',
					name: 'text',
					label: 'Text',
					path: 'text',
					required: true,
					isVariable: true,
					example: 'Mia',
				},
			],
			description: 'The texts for {{1}}, {{2}} and so on, in this order',
		}),
		values('buttonValues', 'Button Values', 'buttonParams', {
			entry: { name: 'value', label: 'Button Value' },
			constants: { type: 'text' },
			constantsMayDiffer: true,
			fields: [
				{
					kind: 'text',
					name: 'text',
					label: 'Text',
					path: 'value',
					required: true,
					isVariable: true,
					example: 'spring?c=42',
					description:
						'The part of the link that the template leaves open, or the code of a one-time password',
				},
			],
			description: 'One for each button with a link that ends in a variable, in their order',
		}),
	],
};
