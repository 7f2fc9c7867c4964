import type { IDataObject } from 'n8n-workflow';

import { textOrEmpty } from '../util/json';
import {
	fileField,
	messageType,
	textField,
	type ChoiceField,
	type Field,
	type FileField,
	type IdsField,
	type ListField,
	type MessageType,
	type NumberField,
	type TextField,
} from './schema';

/**
 * The fields of WhatsApp messages that both APIs share, with the paths and limits of Meta's Cloud API. Where an API
 * differs, its message types override the field.
 */

export const text = textField('text', 'Text', 'text', 'Your parcel is ready for pickup', {
	required: true,
	rows: 4,
	maxCharacters: 4_096,
	description: 'The text of the message',
	shownAs: 'text',
});

export const caption = textField('caption', 'Caption', 'caption', 'New color', {
	maxCharacters: 1_024,
	description: 'Text below the file',
	shownAs: 'text',
});

export const fileName = textField('fileName', 'File Name', 'fileName', 'invoice-77.pdf', {
	required: true,
	description:
		"File name shown to the recipient. With Input Data Field, leave empty to use the file's own name.",
	fromFile: 'name',
	shownAs: 'text',
});

function coordinate(name: string, label: string, max: number, example: number): NumberField {
	return { kind: 'number', name, label, path: name, required: true, example, min: -max, max };
}

export const location: Field[] = [
	coordinate('latitude', 'Latitude', 90, 1.2839),
	coordinate('longitude', 'Longitude', 180, 103.8607),
	textField('locationName', 'Location Name', 'name', 'Demo Store', { shownAs: 'text' }),
	textField('address', 'Address', 'address', '1 Market Street', {
		description: 'Shown only together with a location name',
		shownAs: 'text',
	}),
];

/** Warns of a place that is probably none: a number that was left empty elsewhere comes as 0. */
export function placeWarnings({ latitude, longitude }: IDataObject): string[] {
	const isZero = (value: unknown) => /^[-+]?0+(\.0*)?$/.test(textOrEmpty(value).trim());
	return isZero(latitude) && isZero(longitude)
		? ['Latitude and Longitude are both 0, a place in the Atlantic Ocean.']
		: [];
}

function title(path: string, maxCharacters: number, example: string): TextField {
	return textField('title', 'Title', path, example, {
		required: true,
		maxCharacters,
		shownAs: 'button',
	});
}

function replyId(path: string, maxCharacters: number): TextField {
	return textField('id', 'ID', path, 'keep', {
		required: true,
		isId: true,
		maxCharacters,
		description: 'Returned in the inbound message when the recipient selects it',
	});
}

export const bodyText = textField(
	'bodyText',
	'Body Text',
	'body.text',
	'Keep or cancel your visit?',
	{ required: true, rows: 4, maxCharacters: 1_024, shownAs: 'text' },
);

/** Lists may say more than other interactive messages. Source: Meta, "Interactive list messages". */
export const listBodyText: TextField = { ...bodyText, maxCharacters: 4_096 };

export const footerText = textField('footerText', 'Footer Text', 'footer.text', 'Demo Store', {
	maxCharacters: 60,
	shownAs: 'text',
});

export function headerText(required: boolean): TextField {
	return textField('headerText', 'Header Text', 'header.text', 'Your visit', {
		required,
		maxCharacters: 60,
		shownAs: 'text',
	});
}

export const headerType: ChoiceField = {
	kind: 'choice',
	name: 'headerType',
	label: 'Header',
	path: 'header.type',
	choices: [
		{ name: 'Document', value: 'document' },
		{ name: 'Image', value: 'image' },
		{ name: 'None', value: 'none' },
		{ name: 'Text', value: 'text' },
		{ name: 'Video', value: 'video' },
	],
	default: 'none',
	none: 'none',
	description: 'What to show above the body text',
};

/** @param upload description of the field for binary data; none where only a link is possible */
export function headerFile(kind: 'document' | 'image' | 'video', upload?: string): FileField {
	return {
		...fileField(kind, 'header', 'Header', `header.${kind}.link`, upload),
		when: { name: 'headerType', is: [kind] },
	};
}

export const rows: ListField = {
	kind: 'list',
	name: 'rows',
	label: 'Rows',
	path: 'rows',
	entry: { name: 'row', label: 'Row' },
	min: 1,
	max: 10,
	fields: [
		{ ...title('title', 24, 'Monday'), shownAs: undefined },
		replyId('id', 200),
		textField('description', 'Description', 'description', '9 to 12', { maxCharacters: 72 }),
	],
};

const sectionTitle = textField('title', 'Title', 'title', 'This week', { maxCharacters: 24 });

export const catalogId = textField(
	'catalogId',
	'Catalog ID',
	'action.catalog_id',
	'400000000000001',
	{
		required: true,
		isId: true,
		description: 'The ID of the catalog, as shown in Commerce Manager',
	},
);

/** The longest ID that a product can have. Sources: InnoPaaS, page "message"; for Meta's catalogs, their field `id`. */
export const MAX_PRODUCT_ID = 100;

export const productId = textField(
	'productId',
	'Product ID',
	'action.product_retailer_id',
	'sku-1',
	{
		required: true,
		isId: true,
		maxCharacters: MAX_PRODUCT_ID,
		description: 'The content ID of the product in the catalog',
	},
);

export const productIds: IdsField = {
	kind: 'ids',
	name: 'productIds',
	label: 'Product IDs',
	path: 'product_items',
	key: 'product_retailer_id',
	required: true,
	maxCharacters: MAX_PRODUCT_ID,
	example: 'sku-1, sku-2',
	description: 'Comma-separated, up to 30 across all sections',
};

export const listButtonText = textField(
	'listButtonText',
	'List Button Text',
	'action.button',
	'Choose a day',
	{
		required: true,
		maxCharacters: 20,
		description: 'Text on the button that opens the list',
		shownAs: 'button',
	},
);

type Limit = Pick<ListField, 'max' | 'warnAbove'>;

/** @param prefix of the paths within a button: Meta nests them, as in "reply.title" */
export function replyButtons(prefix: string, limit: Limit): ListField {
	return {
		kind: 'list',
		name: 'replyButtons',
		label: 'Reply Buttons',
		path: 'action.buttons',
		entry: { name: 'button', label: 'Button' },
		min: 1,
		...limit,
		constants: { type: 'reply' },
		unique: ['title', 'id'],
		fields: [title(`${prefix}title`, 20, 'Keep'), replyId(`${prefix}id`, 256)],
	};
}

export function sections(
	name: string,
	fields: Field[],
	more: Limit & Pick<ListField, 'maxTotal' | 'uniqueAcross'>,
): ListField {
	return {
		kind: 'list',
		name,
		label: 'Sections',
		path: 'action.sections',
		entry: { name: 'section', label: 'Section' },
		min: 1,
		requiredIfSeveral: 'title',
		fields: [sectionTitle, ...fields],
		...more,
	};
}

/** The interactive messages that both APIs have, as the panel shows them. */
export const VARIANTS = {
	button: {
		value: 'button',
		label: 'Reply Buttons',
		description: 'Up to three buttons to reply with',
	},
	list: {
		value: 'list',
		label: 'List Menu',
		description: 'A menu of up to 10 rows to choose from',
	},
	product: { value: 'product', label: 'Product', description: 'One product from a catalog' },
	productList: {
		value: 'productList',
		label: 'Product List',
		description: 'Up to 30 products from a catalog',
	},
} as const;

export function interactive(
	variant: Omit<Required<MessageType>['variant'], 'name'>,
	more: Partial<MessageType>,
	fields: Field[],
): MessageType {
	return messageType('whatsapp', 'interactive', 'Interactive', fields, {
		description: 'Buttons to reply with, a menu to choose from, products and more',
		variant: { name: 'interactiveType', ...variant },
		...more,
	});
}

const choice = (value: string, name: string) => ({ name, value });
export const HOME_OR_WORK = [choice('HOME', 'Home'), choice('WORK', 'Work')];

const PHONE_TYPES = [
	choice('CELL', 'Cell'),
	choice('HOME', 'Home'),
	choice('IPHONE', 'iPhone'),
	choice('MAIN', 'Main'),
	choice('WORK', 'Work'),
];

function contactType(choices: ChoiceField['choices'], usual: string): ChoiceField {
	return { kind: 'choice', name: 'type', label: 'Type', path: 'type', choices, default: usual };
}

const homeOrWork = contactType(HOME_OR_WORK, 'WORK');

function optionalList(
	name: string,
	label: string,
	entry: ListField['entry'],
	fields: Field[],
): ListField {
	return { kind: 'list', name, label, path: name, entry, min: 0, max: 20, fields };
}

/** Whether a text is a date that exists, in the format YYYY-MM-DD. */
export function isDate(text: string): boolean {
	const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const DATE: TextField['format'] = {
	matches: isDate,
	name: 'a date',
	advice: 'Use the format YYYY-MM-DD, e.g. 1990-02-28.',
};

export const contacts: ListField = {
	kind: 'list',
	name: 'contacts',
	label: 'Contacts',
	path: 'contacts',
	required: true,
	entry: { name: 'contact', label: 'Contact' },
	min: 1,
	max: 257,
	oneOf: ['firstName', 'lastName', 'middleName', 'prefix', 'suffix'],
	fields: [
		textField('formattedName', 'Formatted Name', 'name.formatted_name', 'Dr. Mia Tan', {
			required: true,
			description: 'The full name, as shown to the recipient',
			shownAs: 'text',
		}),
		textField('firstName', 'First Name', 'name.first_name', 'Mia', {
			description: 'WhatsApp requires at least one part of the name besides Formatted Name',
		}),
		{
			opened: true,
			...optionalList('phones', 'Phones', { name: 'phone', label: 'Phone' }, [
				textField('phone', 'Phone', 'phone', '+65 9123 4567', { required: true }),
				contactType(PHONE_TYPES, 'CELL'),
				textField('waId', 'WhatsApp ID', 'wa_id', '6591234567', {
					description: "The contact's WhatsApp number, which adds a button to message them",
				}),
			]),
		},
		textField('lastName', 'Last Name', 'name.last_name', 'Tan'),
		textField('middleName', 'Middle Name', 'name.middle_name', 'Li'),
		textField('prefix', 'Prefix', 'name.prefix', 'Dr.'),
		textField('suffix', 'Suffix', 'name.suffix', 'Jr.'),
		optionalList('emails', 'Emails', { name: 'email', label: 'Email' }, [
			textField('email', 'Email', 'email', 'mia@example.com', { required: true }),
			homeOrWork,
		]),
		{
			oneOf: ['street', 'city', 'state', 'zip', 'country', 'countryCode'],
			...optionalList('addresses', 'Addresses', { name: 'address', label: 'Address' }, [
				textField('street', 'Street', 'street', '1 Market Street'),
				textField('city', 'City', 'city', 'Singapore'),
				textField('state', 'State', 'state', 'SG'),
				textField('zip', 'Postal Code', 'zip', '048900'),
				textField('country', 'Country', 'country', 'Singapore'),
				textField('countryCode', 'Country Code', 'country_code', 'sg'),
				homeOrWork,
			]),
		},
		optionalList('urls', 'URLs', { name: 'url', label: 'URL' }, [
			textField('url', 'URL', 'url', 'https://example.com', { kind: 'link', required: true }),
			homeOrWork,
		]),
		textField('company', 'Company', 'org.company', 'Demo Store'),
		textField('department', 'Department', 'org.department', 'Sales'),
		textField('jobTitle', 'Job Title', 'org.title', 'Manager'),
		textField('birthday', 'Birthday', 'birthday', '1990-02-28', {
			format: DATE,
			description: 'In the format YYYY-MM-DD',
		}),
	],
};
