import type {
	ChoiceField,
	Field,
	IdsField,
	ListField,
	MessageType,
	NumberField,
	TextField,
} from './schema';

/**
 * The fields of WhatsApp messages that both APIs share, with the paths and limits of Meta's Cloud API. Where an API
 * differs, its message types override the field.
 */

const MAX_TEXT = 4_096;

export const text: TextField = {
	kind: 'text',
	name: 'text',
	label: 'Text',
	path: 'text',
	required: true,
	rows: 4,
	maxCharacters: MAX_TEXT,
	example: 'Your parcel is ready for pickup',
	description: 'The text of the message',
	shownAs: 'text',
};

export const caption: TextField = {
	kind: 'text',
	name: 'caption',
	label: 'Caption',
	path: 'caption',
	maxCharacters: 1_024,
	example: 'New color',
	description: 'Text below the file',
	shownAs: 'text',
};

export const fileName: TextField = {
	kind: 'text',
	name: 'fileName',
	label: 'File Name',
	path: 'fileName',
	required: true,
	example: 'invoice-77.pdf',
	description:
		"File name shown to the recipient. With Input Data Field, leave empty to use the file's own name.",
	fromFile: 'name',
	shownAs: 'text',
};

function coordinate(name: string, label: string, max: number, example: number): NumberField {
	return { kind: 'number', name, label, path: name, required: true, example, min: -max, max };
}

export const location: Field[] = [
	coordinate('latitude', 'Latitude', 90, 1.2839),
	coordinate('longitude', 'Longitude', 180, 103.8607),
	{
		kind: 'text',
		name: 'locationName',
		label: 'Location Name',
		path: 'name',
		example: 'Demo Store',
		shownAs: 'text',
	},
	{
		kind: 'text',
		name: 'address',
		label: 'Address',
		path: 'address',
		example: '1 Market Street',
		description: 'Shown only together with a location name',
		shownAs: 'text',
	},
];

/** The title of a button or list row in an interactive message. */
export function title(
	label: string,
	path: string,
	maxCharacters: number,
	example: string,
): TextField {
	return {
		kind: 'text',
		name: 'title',
		label,
		path,
		required: true,
		maxCharacters,
		example,
		shownAs: 'button',
	};
}

export function replyId(path: string, maxCharacters: number): TextField {
	return {
		kind: 'text',
		name: 'id',
		label: 'ID',
		path,
		required: true,
		isId: true,
		maxCharacters,
		example: 'keep',
		description: 'Returned in the inbound message when the recipient selects it',
	};
}

export const bodyText: TextField = {
	kind: 'text',
	name: 'bodyText',
	label: 'Body Text',
	path: 'body.text',
	required: true,
	rows: 4,
	maxCharacters: 1_024,
	example: 'Keep or cancel your visit?',
	shownAs: 'text',
};

export const footerText: TextField = {
	kind: 'text',
	name: 'footerText',
	label: 'Footer Text',
	path: 'footer.text',
	maxCharacters: 60,
	example: 'Demo Store',
	shownAs: 'text',
};

export function headerText(required: boolean): TextField {
	return {
		kind: 'text',
		name: 'headerText',
		label: 'Header Text',
		path: 'header.text',
		required,
		maxCharacters: 60,
		example: 'Your visit',
		shownAs: 'text',
	};
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

export const rows: ListField = {
	kind: 'list',
	name: 'rows',
	label: 'Rows',
	path: 'rows',
	entry: { name: 'row', label: 'Row' },
	min: 1,
	max: 10,
	fields: [
		{ ...title('Title', 'title', 24, 'Monday'), shownAs: undefined },
		replyId('id', 200),
		{
			kind: 'text',
			name: 'description',
			label: 'Description',
			path: 'description',
			maxCharacters: 72,
			example: '9 to 12',
		},
	],
};

const sectionTitle: TextField = {
	kind: 'text',
	name: 'title',
	label: 'Title',
	path: 'title',
	maxCharacters: 24,
	example: 'This week',
};

export const catalogId: TextField = {
	kind: 'text',
	name: 'catalogId',
	label: 'Catalog ID',
	path: 'action.catalog_id',
	required: true,
	isId: true,
	example: '400000000000001',
	description: 'The ID of the catalog, as shown in Commerce Manager',
};

export const productId: TextField = {
	kind: 'text',
	name: 'productId',
	label: 'Product ID',
	path: 'action.product_retailer_id',
	required: true,
	isId: true,
	example: 'sku-1',
	description: 'The content ID of the product in the catalog',
};

export const productIds: IdsField = {
	kind: 'ids',
	name: 'productIds',
	label: 'Product IDs',
	path: 'product_items',
	key: 'product_retailer_id',
	required: true,
	example: 'sku-1, sku-2',
	description: 'Comma-separated, up to 30 across all sections',
};

export const listButtonText: TextField = {
	kind: 'text',
	name: 'listButtonText',
	label: 'List Button Text',
	path: 'action.button',
	required: true,
	maxCharacters: 20,
	example: 'Choose a day',
	description: 'Text on the button that opens the list',
	shownAs: 'button',
};

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
		fields: [title('Title', `${prefix}title`, 20, 'Keep'), replyId(`${prefix}id`, 256)],
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
	list: { value: 'list', label: 'List', description: 'A menu of up to 10 rows' },
	product: { value: 'product', label: 'Product', description: 'One product from a catalog' },
	productList: {
		value: 'productList',
		label: 'Product List',
		description: 'Up to 30 products from a catalog',
	},
} as const;

export function interactive(
	variant: Omit<Required<MessageType>['variant'], 'name'>,
	fields: Field[],
	more: Partial<MessageType>,
): MessageType {
	return {
		channel: 'whatsapp',
		type: 'interactive',
		name: 'Interactive',
		variant: { name: 'interactiveType', ...variant },
		fields,
		...more,
	};
}

const choice = (value: string, name: string) => ({ name, value });
export const HOME_OR_WORK = [choice('HOME', 'Home'), choice('WORK', 'Work')];

export function plain(
	name: string,
	label: string,
	path: string,
	example: string,
	more: Partial<TextField> = {},
): TextField {
	return { kind: 'text', name, label, path, example, ...more };
}

function homeOrWork(): ChoiceField {
	return {
		kind: 'choice',
		name: 'type',
		label: 'Type',
		path: 'type',
		choices: HOME_OR_WORK,
		default: 'WORK',
	};
}

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
		plain('formattedName', 'Formatted Name', 'name.formatted_name', 'Dr. Mia Tan', {
			required: true,
			description: 'The full name, as shown to the recipient',
			shownAs: 'text',
		}),
		plain('firstName', 'First Name', 'name.first_name', 'Mia', {
			description: 'WhatsApp requires at least one part of the name besides Formatted Name',
		}),
		plain('lastName', 'Last Name', 'name.last_name', 'Tan'),
		plain('middleName', 'Middle Name', 'name.middle_name', 'Li'),
		plain('prefix', 'Prefix', 'name.prefix', 'Dr.'),
		plain('suffix', 'Suffix', 'name.suffix', 'Jr.'),
		optionalList('phones', 'Phones', { name: 'phone', label: 'Phone' }, [
			plain('phone', 'Phone', 'phone', '+65 9123 4567', { required: true }),
			{
				kind: 'choice',
				name: 'type',
				label: 'Type',
				path: 'type',
				choices: [
					choice('CELL', 'Cell'),
					choice('MAIN', 'Main'),
					choice('IPHONE', 'iPhone'),
					choice('HOME', 'Home'),
					choice('WORK', 'Work'),
				].sort((left, right) => left.name.localeCompare(right.name, 'en')),
				default: 'CELL',
			},
			plain('waId', 'WhatsApp ID', 'wa_id', '6591234567', {
				description: "The contact's WhatsApp number, which adds a button to message them",
			}),
		]),
		optionalList('emails', 'Emails', { name: 'email', label: 'Email' }, [
			plain('email', 'Email', 'email', 'mia@example.com', { required: true }),
			homeOrWork(),
		]),
		{
			oneOf: ['street', 'city', 'state', 'zip', 'country', 'countryCode'],
			...optionalList('addresses', 'Addresses', { name: 'address', label: 'Address' }, [
				plain('street', 'Street', 'street', '1 Market Street'),
				plain('city', 'City', 'city', 'Singapore'),
				plain('state', 'State', 'state', 'SG'),
				plain('zip', 'Postal Code', 'zip', '048900'),
				plain('country', 'Country', 'country', 'Singapore'),
				plain('countryCode', 'Country Code', 'country_code', 'sg'),
				homeOrWork(),
			]),
		},
		optionalList('urls', 'URLs', { name: 'url', label: 'URL' }, [
			{
				kind: 'link',
				name: 'url',
				label: 'URL',
				path: 'url',
				required: true,
				example: 'https://example.com',
			},
			homeOrWork(),
		]),
		plain('company', 'Company', 'org.company', 'Demo Store'),
		plain('department', 'Department', 'org.department', 'Sales'),
		plain('jobTitle', 'Job Title', 'org.title', 'Manager'),
		plain('birthday', 'Birthday', 'birthday', '1990-02-28', {
			format: DATE,
			description: 'In the format YYYY-MM-DD',
		}),
	],
};
