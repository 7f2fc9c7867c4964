import type { IDataObject } from 'n8n-workflow';

import {
	fileField,
	messageType,
	textField,
	type ChoiceField,
	type Field,
	type JsonField,
	type ListField,
	type MediaKind,
	type MessageType,
	type TextField,
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
	headerFile,
	headerText,
	headerType,
	interactive,
	isDate,
	listBodyText,
	listButtonText,
	location,
	placeWarnings,
	productId,
	productIds,
	replyButtons,
	rows,
	sections,
	text,
} from '../../messages/whatsAppFields';
import { at } from '../../util/path';

/**
 * The messages of msg/submit. Sources: docs.innopaas.com, page "message", and an older page of InnoPaaS for the tables
 * that it omits. The API has Meta's fields with names in camel case. It documents few of Meta's limits; exceeding one
 * of the others is a warning, not an error.
 */

/** The structure of headers and buttons: flat in the table of the documentation, nested in the examples of the older page and in Meta's API. */
export type InteractiveStyle = 'flat' | 'nested';

/** The name that InnoPaaS gives to a field of Meta's. */
function camelCase(path: string): string {
	return path === 'wa_id'
		? 'waID'
		: path.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

/** A field with the paths that InnoPaaS has for it. */
function renamed<F extends Field>(field: F): F {
	return {
		...field,
		...(field.path !== undefined && { path: camelCase(field.path) }),
		...(field.kind === 'ids' && { key: camelCase(field.key) }),
		...(field.kind === 'list' && { fields: field.fields.map(renamed) }),
	};
}

/** Turns a limit of Meta's that InnoPaaS does not document into a warning. */
function asWarning(field: TextField): TextField {
	const { maxCharacters, ...rest } = field;
	return { ...rest, warnAbove: maxCharacters };
}

/** Fields whose part of the message is under a path of the request body. */
function within<F extends Field>(part: string, fields: readonly F[]): F[] {
	return fields.map((field) => ({
		...field,
		...(field.path !== undefined && { path: `${part}.${field.path}` }),
	}));
}

/** The file of a message: only as a link, since the API has no upload. */
const media = (kind: MediaKind) => fileField(kind, 'media', 'Media', 'media.link');

const [mediaCaption] = within('media', [asWarning(caption)]);

const mediaName: TextField = {
	...fileName,
	path: 'media.filename',
	fromFile: undefined,
	description: 'File name shown to the recipient',
};

const NO_CAPTION = { path: 'media.caption', label: 'Caption' };
const NO_NAME = { path: 'media.filename', label: 'File Name' };

const WITH_FILE = ['document', 'image', 'video'];

/** The header of a message or template; `paramValue` is its text, or the value of the variable in it. */
function headerFields(type: ChoiceField, style: InteractiveStyle): Field[] {
	const headerCaption: TextField = {
		...asWarning(caption),
		name: 'headerCaption',
		label: 'Header Caption',
		path: 'header.caption',
		when: { name: 'headerType', is: WITH_FILE },
	};
	const headerTextField: TextField = {
		...asWarning(headerText(true)),
		path: style === 'flat' ? 'header.paramValue' : 'header.text',
		when: { name: 'headerType', is: ['text'] },
	};
	if (style === 'flat')
		return [
			type,
			headerTextField,
			{
				...fileField('image', 'header', 'Header', 'header.link'),
				when: { name: 'headerType', is: WITH_FILE },
			},
			headerCaption,
		];
	return [type, headerTextField, headerFile('document'), headerFile('image'), headerFile('video')];
}

const requiredHeaderType: ChoiceField = {
	...headerType,
	choices: headerType.choices.filter(({ value }) => value !== 'none'),
	default: 'text',
	none: undefined,
	required: true,
};

/** WhatsApp supports only text headers for lists. */
function textHeaderWarnings({ interactive }: IDataObject): string[] {
	const kind = at(interactive, 'header.type');
	return kind === undefined || kind === 'text'
		? []
		: ['Header: WhatsApp supports only text headers for this type of message.'];
}

const [body, footer] = [asWarning(bodyText), asWarning(footerText)];

const MAX_ROWS = 10;

function listWarnings(content: IDataObject): string[] {
	const written = at(content, 'interactive.action.sections') as IDataObject[];
	const count = written.reduce(
		(sum, section) => sum + (Array.isArray(section.rows) ? section.rows.length : 0),
		0,
	);
	return [
		...textHeaderWarnings(content),
		...(count > MAX_ROWS
			? [`Sections: there are ${count} rows in total; WhatsApp allows ${MAX_ROWS}.`]
			: []),
	];
}

/** An interactive message with the paths of InnoPaaS. */
function ownInteractive(
	variant: (typeof VARIANTS)[keyof typeof VARIANTS],
	type: string,
	fields: Field[],
	more: Partial<MessageType> = {},
): MessageType {
	return interactive(
		variant,
		{ constants: { interactive: { type } }, ...more },
		within('interactive', fields.map(renamed)),
	);
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
			asWarning(listBodyText),
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
	[{ ...body, required: false }, footer, catalogId, productId],
	{ forbidden: [{ path: 'interactive.header', label: 'Header' }] },
);

function productListType(headers: InteractiveStyle): MessageType {
	return ownInteractive(
		VARIANTS.productList,
		'product_list',
		[
			...headerFields(requiredHeaderType, headers),
			body,
			footer,
			catalogId,
			sections('productSections', [productIds], {
				warnAbove: 10,
				maxTotal: { name: 'productIds', max: 30 },
			}),
		],
		{ warningsFor: textHeaderWarnings },
	);
}

/** What is known of an interactive message whose type InnoPaaS does not document: for its preview. */
export const UNLISTED: MessageType = messageType(
	'whatsapp',
	'interactive',
	'Interactive',
	within('interactive', [body, footer]),
);

/** Headers and buttons can differ in style: it is not documented that one style holds for both. */
export function interactiveTypes(
	headers: InteractiveStyle,
	buttons: InteractiveStyle,
): MessageType[] {
	return [buttonType(headers, buttons), listType(headers), productType, productListType(headers)];
}

/** Removes the requirements that only Meta has: InnoPaaS requires the formatted name, and number and type of a phone. */
function relaxed(field: Field, isRequired = false): Field {
	switch (field.kind) {
		case 'text':
			return {
				...field,
				format: undefined,
				required: isRequired || field.name === 'formattedName',
			};
		case 'link':
			return { ...field, required: false };
		case 'choice':
			return {
				...field,
				choices: HOME_OR_WORK,
				default: 'WORK',
				isOpen: true,
				required: isRequired,
			};
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
				'WhatsApp requires at least one part of the name besides Formatted Name, e.g. First Name.',
			has('org') &&
				!(has('org.department') && has('org.title')) &&
				'An older page of InnoPaaS requires Department and Job Title for a company.',
			birthday !== undefined &&
				!(typeof birthday === 'string' && isDate(birthday)) &&
				'Birthday is not in the format YYYY-MM-DD, e.g. 1990-02-28.',
			((contact.urls ?? []) as IDataObject[]).some(({ url }) => !url) &&
				'An older page of InnoPaaS requires a URL in each entry of URLs.',
		]
			.filter((warning): warning is string => Boolean(warning))
			.map((warning) => `Contact ${index + 1}: ${warning}`);
	});
}

function locationWarnings({ location: place }: IDataObject): string[] {
	const { name, address } = place as IDataObject;
	return [
		...placeWarnings(place as IDataObject),
		...(name && address
			? []
			: ['An older page of InnoPaaS also requires Location Name and Address.']),
	];
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
	description: 'The type of message in the JSON',
};

function rawContent(code: string, example: string): JsonField {
	return {
		kind: 'json',
		name: 'contentJson',
		label: 'Content (JSON)',
		path: code,
		required: true,
		example,
		description: `The value of "${code}" in the request body`,
		when: { name: 'messageTypeCode', is: [code] },
	};
}

const WITH_TEXT = 'With a text below if you like';

const USUAL: MessageType[] = [
	messageType('whatsapp', 'text', 'Text', [{ ...asWarning(text), path: 'body' }], {
		description: 'A text of your own',
	}),
	messageType('whatsapp', 'image', 'Image', [media('image'), mediaCaption], {
		description: WITH_TEXT,
	}),
	messageType('whatsapp', 'document', 'Document', [media('document'), mediaName, mediaCaption], {
		description: 'A PDF or another file to open',
	}),
	messageType('whatsapp', 'video', 'Video', [media('video'), mediaCaption], {
		description: WITH_TEXT,
	}),
	messageType('whatsapp', 'audio', 'Audio', [media('audio')], {
		description: 'Sound to play',
		forbidden: [NO_CAPTION],
	}),
];

const OTHERS: MessageType[] = [
	{
		channel: 'whatsapp',
		type: 'location',
		name: 'Location',
		description: 'A place on the map',
		fields: within('location', location).map((field) =>
			field.kind === 'number' ? { ...field, asText: true } : field,
		),
		warningsFor: locationWarnings,
	},
	messageType('whatsapp', 'contacts', 'Contacts', [relaxed(renamed(contacts))], {
		description: 'Contact cards to save or to call',
		warningsFor: contactsWarnings,
	}),
	messageType('whatsapp', 'sticker', 'Sticker', [media('sticker')], {
		description: 'A small picture without a frame',
		forbidden: [NO_CAPTION, NO_NAME],
	}),
	messageType(
		'whatsapp',
		'raw',
		'Raw JSON',
		[
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
		{ description: 'Content that you write yourself, for what this list does not have' },
	),
];

/** All message types, in the order of use. Panel, checks, content and documentation follow from an entry here. */
export const MESSAGE_TYPES: Readonly<Record<InteractiveStyle, readonly MessageType[]>> = {
	flat: [...USUAL, ...interactiveTypes('flat', 'flat'), ...OTHERS],
	nested: [...USUAL, ...interactiveTypes('nested', 'nested'), ...OTHERS],
};

function values(
	name: string,
	label: string,
	path: string,
	more: Partial<ListField> & Pick<ListField, 'fields' | 'entry' | 'description'>,
): ListField {
	return { kind: 'list', name, label, path, min: 0, ...more };
}

/** The variables of a template, in its order. MMLite messages consist of nothing else. */
export const TEMPLATE: MessageType = {
	channel: 'whatsapp',
	type: 'template',
	name: 'Template',
	fields: [
		...headerFields(
			{ ...headerType, description: 'The kind of variable in the header of the template' },
			'flat',
		).map((field): Field =>
			field.name === 'headerText'
				? {
						...(field as TextField),
						isVariable: true,
						description: 'The value of the variable in the header',
					}
				: field,
		),
		values('bodyValues', 'Body Values', 'bodyParams', {
			entry: { name: 'value', label: 'Body Value' },
			entryIs: 'text',
			fields: [textField('text', 'Value', 'text', 'Mia', { required: true, isVariable: true })],
			description: 'The values for {{1}}, {{2}} and so on, in this order',
		}),
		values('buttonValues', 'Button Values', 'buttonParams', {
			entry: { name: 'value', label: 'Button Value' },
			constants: { type: 'text' },
			constantsMayDiffer: true,
			fields: [
				textField('text', 'Link Ending or Code', 'value', 'spring?c=42', {
					required: true,
					isVariable: true,
					description: 'The variable part of the link of the button, or the one-time password',
				}),
			],
			description: 'One for each button whose link ends in a variable, in the order of the buttons',
		}),
	],
};
