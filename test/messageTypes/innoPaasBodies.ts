import type { IDataObject } from 'n8n-workflow';

import type { Values } from './cases';

/** Bodies of msg/submit as the documents have them, and what is filled in for each. All data is made up. */

const LINK = 'https://example.com/files/shoe.jpg?size=l&from=mail#top';

/** The fields of every body. */
export const ADDRESSED = {
	wabaId: '100000000000001',
	sendNumber: '6580001111',
	recipientNumber: '6281200000001',
};

/** A whole message: the node's parameters besides from and to, and the body besides who it goes from and to. */
export interface Example {
	parameters: Values;
	options?: IDataObject;
	body: IDataObject;
}

const message = (messageType: string, values: Values, part: IDataObject): Example => ({
	parameters: { operation: 'sendMessage', messageType, ...values },
	body: { messageType, ...part },
});

const interactive = (
	interactiveType: string,
	values: Values,
	part: IDataObject,
	nested = false,
): Example => ({
	...message('interactive', { interactiveType, ...values }, { interactive: part }),
	...(nested && { options: { interactiveStyle: 'nested' } }),
});

const picked = (value: string) => ({
	operation: 'sendTemplate',
	template: { __rl: true, mode: 'list', value },
});
const texts = (...all: string[]) => ({ value: all.map((text) => ({ text })) });
const mapped = (value: IDataObject) => ({
	mappingMode: 'defineBelow',
	value,
	schema: Object.keys(value).map((id) => ({
		id,
		displayName: id,
		required: true,
		defaultMatch: false,
		display: true,
		type: 'string',
	})),
});

const OFFER_BODY = {
	messageType: 'template',
	language: 'en_US',
	templateName: 'spring_offer_v1',
	header: { type: 'image', link: 'https://example.com/a.jpg' },
	bodyParams: ['Mia', '15%'],
	buttonParams: [{ type: 'text', value: 'spring?c=42' }],
};
const CODE_BODY = {
	messageType: 'template',
	language: 'id',
	templateName: 'login_code',
	bodyParams: ['482913'],
	buttonParams: [{ type: 'text', value: '482913' }],
};
const VISIT_BODY = {
	messageType: 'template',
	language: 'en_US',
	templateName: 'visit_reminder',
	header: { type: 'text', paramValue: 'Monday' },
	bodyParams: ['Mia', '9:30'],
};
const INVOICE_BODY = {
	messageType: 'template',
	language: 'en',
	templateName: 'invoice_ready',
	header: { type: 'document', link: 'https://example.com/inv.pdf', caption: 'Invoice 77' },
	bodyParams: ['May'],
};

/** Templates, with their variables specified in each way. */
export const TEMPLATES: Readonly<Record<string, Example>> = {
	'marketing, in order': {
		parameters: {
			...picked('spring_offer_v1/en_US'),
			specifyVariables: 'ordered',
			headerType: 'image',
			headerLink: 'https://example.com/a.jpg',
			bodyValues: texts('Mia', '15%'),
			buttonValues: texts('spring?c=42'),
		},
		body: OFFER_BODY,
	},
	'marketing, by its fields': {
		parameters: {
			...picked('spring_offer_v1/en_US'),
			specifyVariables: 'fields',
			templateVariables: mapped({
				'Header Image Link': 'https://example.com/a.jpg',
				1: 'Mia',
				2: '15%',
				'Button 1 Link': 'spring?c=42',
			}),
		},
		body: OFFER_BODY,
	},
	'marketing, as JSON like the API': {
		parameters: {
			...picked('spring_offer_v1/en_US'),
			specifyVariables: 'json',
			templateVariablesJson:
				'{"header": {"type": "image", "link": "https://example.com/a.jpg"}, "bodyParams": ["Mia", "15%"], "buttonParams": [{"type": "text", "value": "spring?c=42"}]}',
		},
		body: OFFER_BODY,
	},
	'marketing, as shorter JSON': {
		parameters: {
			...picked('spring_offer_v1/en_US'),
			specifyVariables: 'json',
			templateVariablesJson:
				'{"header": {"type": "image", "link": "https://example.com/a.jpg"}, "bodyParams": ["Mia", "15%"], "buttonParams": ["spring?c=42"]}',
		},
		body: OFFER_BODY,
	},
	'one-time password, in order': {
		parameters: {
			...picked('login_code/id'),
			specifyVariables: 'ordered',
			bodyValues: texts('482913'),
			buttonValues: texts('482913'),
		},
		body: CODE_BODY,
	},
	'one-time password, repeated in the button': {
		parameters: {
			...picked('login_code/id'),
			specifyVariables: 'ordered',
			bodyValues: texts('482913'),
		},
		options: { repeatCodeInButton: true },
		body: CODE_BODY,
	},
	'one-time password, by its fields': {
		parameters: {
			...picked('login_code/id'),
			specifyVariables: 'fields',
			templateVariables: mapped({ 1: '482913' }),
		},
		options: { repeatCodeInButton: true },
		body: CODE_BODY,
	},
	'one-time password, as a JSON list': {
		parameters: {
			...picked('login_code/id'),
			specifyVariables: 'json',
			templateVariablesJson: '[482913]',
		},
		options: { repeatCodeInButton: true },
		body: CODE_BODY,
	},
	'text in the header, in order': {
		parameters: {
			...picked('visit_reminder/en_US'),
			specifyVariables: 'ordered',
			headerType: 'text',
			headerText: 'Monday',
			bodyValues: texts('Mia', '9:30'),
		},
		body: VISIT_BODY,
	},
	'text in the header, by its fields': {
		parameters: {
			...picked('visit_reminder/en_US'),
			specifyVariables: 'fields',
			templateVariables: mapped({ 'Header Text': 'Monday', 1: 'Mia', 2: '9:30' }),
		},
		body: VISIT_BODY,
	},
	'document in the header, in order': {
		parameters: {
			...picked('invoice_ready/en'),
			specifyVariables: 'ordered',
			headerType: 'document',
			headerLink: 'https://example.com/inv.pdf',
			headerCaption: 'Invoice 77',
			bodyValues: texts('May'),
		},
		body: INVOICE_BODY,
	},
	'name and language typed': {
		parameters: {
			operation: 'sendTemplate',
			template: { __rl: true, mode: 'name', value: ' opening_hours ' },
			language: { __rl: true, mode: 'code', value: 'en' },
			specifyVariables: 'ordered',
		},
		body: { messageType: 'template', language: 'en', templateName: 'opening_hours' },
	},
	'a group of templates': {
		parameters: { ...picked('any/en'), specifyVariables: 'json', templateVariablesJson: '["Mia"]' },
		options: { additionalBodyFields: '{"templateGroupId": "77"}' },
		body: { messageType: 'template', language: 'en', bodyParams: ['Mia'], templateGroupId: '77' },
	},
};

const SLOTS = [
	{ title: 'Today', rows: [{ id: 't1', title: '10-12', description: 'free' }] },
	{ title: 'Tomorrow', rows: [{ id: 'm1', title: '14-16' }] },
];
const SLOT_VALUES = {
	headerType: 'text',
	headerText: 'Delivery',
	bodyText: 'Pick a slot',
	footerText: 'Times are local',
	listButtonText: 'Slots',
	listSections: {
		section: [
			{ title: 'Today', rows: { row: [{ id: 't1', title: '10-12', description: 'free' }] } },
			{ title: 'Tomorrow', rows: { row: [{ id: 'm1', title: '14-16', description: '' }] } },
		],
	},
};
const KEEP_VALUES = {
	headerType: 'none',
	bodyText: 'Keep the booking?',
	replyButtons: {
		button: [
			{ title: 'Keep', id: 'keep' },
			{ title: 'Cancel', id: 'drop' },
		],
	},
};
const SHOES = [
	{
		title: 'Shoes',
		productItems: [{ productRetailerId: 'SKU-1' }, { productRetailerId: 'SKU-2' }],
	},
];
const SHOE_VALUES = {
	headerType: 'text',
	headerText: 'Top picks',
	bodyText: 'For you',
	catalogId: '900001',
	productSections: { section: [{ title: 'Shoes', productIds: 'SKU-1, SKU-2' }] },
};
const FILE_HEADER = { headerLink: LINK };
const WITH_FILE = (type: string) => ({ ...KEEP_VALUES, headerType: type, ...FILE_HEADER });

const ANA = {
	name: { formattedName: 'Ana Lim', firstName: 'Ana', lastName: 'Lim' },
	phones: [{ type: 'WORK', phone: '6581230000', waID: '6581230000' }],
	org: { company: 'Demo Pte', department: 'Sales', title: 'Lead' },
	emails: [{ type: 'WORK', email: 'ana@example.com' }],
};
const ANA_VALUES = {
	formattedName: 'Ana Lim',
	firstName: 'Ana',
	lastName: 'Lim',
	phones: { phone: [{ phone: '6581230000', type: 'WORK', waId: '6581230000' }] },
	company: 'Demo Pte',
	department: 'Sales',
	jobTitle: 'Lead',
	emails: { email: [{ email: 'ana@example.com', type: 'WORK' }] },
};
/** Every field of a contact. */
const MIA = {
	name: {
		formattedName: 'Dr. Mia Li Tan Jr.',
		firstName: 'Mia',
		lastName: 'Tan',
		middleName: 'Li',
		prefix: 'Dr.',
		suffix: 'Jr.',
	},
	phones: [
		{ type: 'HOME', phone: '+65 9123 4567', waID: '6591234567' },
		{ type: 'WORK', phone: '+65 6123 4567' },
	],
	emails: [{ email: 'mia@example.com', type: 'HOME' }],
	addresses: [
		{
			street: '1 Market Street',
			city: 'Singapore',
			state: 'SG',
			zip: '048900',
			country: 'Singapore',
			countryCode: 'sg',
			type: 'WORK',
		},
	],
	urls: [{ url: 'https://example.com/mia', type: 'WORK' }],
	org: { company: 'Demo Store', department: 'Sales', title: 'Manager' },
	birthday: '1990-02-28',
};
const MIA_VALUES = {
	formattedName: 'Dr. Mia Li Tan Jr.',
	firstName: 'Mia',
	lastName: 'Tan',
	middleName: 'Li',
	prefix: 'Dr.',
	suffix: 'Jr.',
	phones: {
		phone: [
			{ phone: '+65 9123 4567', type: 'HOME', waId: '6591234567' },
			{ phone: '+65 6123 4567', type: 'WORK', waId: '' },
		],
	},
	emails: { email: [{ email: 'mia@example.com', type: 'HOME' }] },
	addresses: {
		address: [
			{
				street: '1 Market Street',
				city: 'Singapore',
				state: 'SG',
				zip: '048900',
				country: 'Singapore',
				countryCode: 'sg',
				type: 'WORK',
			},
		],
	},
	urls: { url: [{ url: 'https://example.com/mia', type: 'WORK' }] },
	company: 'Demo Store',
	department: 'Sales',
	jobTitle: 'Manager',
	birthday: '1990-02-28',
};

const KEEP = { type: 'button', body: { text: 'Keep the booking?' } };
const FLAT_BUTTONS = {
	buttons: [
		{ type: 'reply', id: 'keep', title: 'Keep' },
		{ type: 'reply', id: 'drop', title: 'Cancel' },
	],
};
const NESTED_BUTTONS = {
	buttons: [
		{ type: 'reply', reply: { id: 'keep', title: 'Keep' } },
		{ type: 'reply', reply: { id: 'drop', title: 'Cancel' } },
	],
};
const list = (header: IDataObject) => ({
	type: 'list',
	header,
	body: { text: 'Pick a slot' },
	footer: { text: 'Times are local' },
	action: { button: 'Slots', sections: SLOTS },
});
const products = (header: IDataObject) => ({
	type: 'product_list',
	header,
	body: { text: 'For you' },
	action: { catalogId: '900001', sections: SHOES },
});

/** Free-form messages, at least one of each type; interactive ones in both styles. */
export const MESSAGES: Readonly<Record<string, Example>> = {
	text: message(
		'text',
		{ text: 'Your parcel is ready for pickup.' },
		{ body: 'Your parcel is ready for pickup.' },
	),
	'text with blanks and line ends': message(
		'text',
		{ text: ' Hello *Mia*,\n\nsee you 👋🏽 ' },
		{ body: ' Hello *Mia*,\n\nsee you 👋🏽 ' },
	),
	image: message(
		'image',
		{ mediaLink: 'https://example.com/shoe.jpg', caption: 'New color' },
		{ media: { link: 'https://example.com/shoe.jpg', caption: 'New color' } },
	),
	'image without caption': message(
		'image',
		{ mediaLink: LINK, caption: ' ' },
		{ media: { link: LINK } },
	),
	document: message(
		'document',
		{ mediaLink: 'https://example.com/inv.pdf', fileName: 'invoice-77.pdf' },
		{ media: { link: 'https://example.com/inv.pdf', filename: 'invoice-77.pdf' } },
	),
	'document with caption': message(
		'document',
		{ mediaLink: LINK, fileName: 'Rechnung Nr. 77.pdf', caption: 'Yours' },
		{ media: { link: LINK, filename: 'Rechnung Nr. 77.pdf', caption: 'Yours' } },
	),
	audio: message(
		'audio',
		{ mediaLink: 'https://example.com/hello.ogg' },
		{ media: { link: 'https://example.com/hello.ogg' } },
	),
	video: message(
		'video',
		{ mediaLink: 'https://example.com/demo.mp4', caption: 'How it works' },
		{ media: { link: 'https://example.com/demo.mp4', caption: 'How it works' } },
	),
	sticker: message(
		'sticker',
		{ mediaLink: 'https://example.com/hi.webp' },
		{ media: { link: 'https://example.com/hi.webp' } },
	),
	location: message(
		'location',
		{
			latitude: 1.29027,
			longitude: 103.85196,
			locationName: 'Demo Store',
			address: '1 Sample Road',
		},
		{
			location: {
				latitude: '1.29027',
				longitude: '103.85196',
				name: 'Demo Store',
				address: '1 Sample Road',
			},
		},
	),
	'location in the south west': message(
		'location',
		{ latitude: -33.5, longitude: -70 },
		{ location: { latitude: '-33.5', longitude: '-70' } },
	),
	contacts: message('contacts', { contacts: { contact: [ANA_VALUES] } }, { contacts: [ANA] }),
	'two contacts, one with everything': message(
		'contacts',
		{ contacts: { contact: [MIA_VALUES, { formattedName: 'Ben', firstName: 'Ben' }] } },
		{ contacts: [MIA, { name: { formattedName: 'Ben', firstName: 'Ben' } }] },
	),
	'buttons, flat': interactive('button', KEEP_VALUES, { ...KEEP, action: FLAT_BUTTONS }),
	'buttons, nested': interactive('button', KEEP_VALUES, { ...KEEP, action: NESTED_BUTTONS }, true),
	'buttons below an image, flat': interactive(
		'button',
		{ ...WITH_FILE('image'), headerCaption: 'Look' },
		{ ...KEEP, header: { type: 'image', link: LINK, caption: 'Look' }, action: FLAT_BUTTONS },
	),
	'buttons below a video, nested': interactive(
		'button',
		WITH_FILE('video'),
		{ ...KEEP, header: { type: 'video', video: { link: LINK } }, action: NESTED_BUTTONS },
		true,
	),
	'list, flat': interactive('list', SLOT_VALUES, list({ type: 'text', paramValue: 'Delivery' })),
	'list, nested': interactive('list', SLOT_VALUES, list({ type: 'text', text: 'Delivery' }), true),
	product: interactive(
		'product',
		{ bodyText: 'Back in stock', catalogId: '900001', productId: 'SKU-1' },
		{
			type: 'product',
			body: { text: 'Back in stock' },
			action: { catalogId: '900001', productRetailerId: 'SKU-1' },
		},
	),
	'product without a text': interactive(
		'product',
		{ catalogId: '900001', productId: 'SKU-1' },
		{ type: 'product', action: { catalogId: '900001', productRetailerId: 'SKU-1' } },
		true,
	),
	'product list, flat': interactive(
		'productList',
		SHOE_VALUES,
		products({ type: 'text', paramValue: 'Top picks' }),
	),
	'product list, nested': interactive(
		'productList',
		SHOE_VALUES,
		products({ type: 'text', text: 'Top picks' }),
		true,
	),
	'raw interactive': message(
		'raw',
		{
			messageTypeCode: 'interactive',
			contentJson: JSON.stringify({ ...KEEP, action: FLAT_BUTTONS, extra: { a: [1] } }),
		},
		{
			messageType: 'interactive',
			interactive: { ...KEEP, action: FLAT_BUTTONS, extra: { a: [1] } },
		},
	),
	'raw interactive, nested though the style is flat': message(
		'raw',
		{
			messageTypeCode: 'interactive',
			contentJson: JSON.stringify({ ...KEEP, action: NESTED_BUTTONS }),
		},
		{ messageType: 'interactive', interactive: { ...KEEP, action: NESTED_BUTTONS } },
	),
	'raw contacts': message(
		'raw',
		{ messageTypeCode: 'contacts', contentJson: JSON.stringify([ANA]) },
		{ messageType: 'contacts', contacts: [ANA] },
	),
};
