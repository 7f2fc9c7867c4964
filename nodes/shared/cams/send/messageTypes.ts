import type { ChoiceField, Field, FileField, JsonField, ListField, MediaKind, MessageType, NumberField, TextField } from '../../messages/describe';

/**
 * The free-form messages of SendChatappMessage. Sources: parameters MessageType and Content of its page, and of the
 * page "Send Viber messages with Chat App"; within `interactive`, Meta's Cloud API, whose form it has.
 */

const MOST_TEXT = 4_096;
const MOST_VIDEO_SECONDS = 600;

const text: TextField = {
	kind: 'text',
	name: 'text',
	label: 'Text',
	path: 'text',
	required: true,
	rows: 4,
	mostCharacters: MOST_TEXT,
	example: 'Your parcel is ready for pickup',
	description: 'What the recipient reads',
	shownAs: 'text',
};

const caption: TextField = {
	kind: 'text',
	name: 'caption',
	label: 'Caption',
	path: 'caption',
	mostCharacters: 1_024,
	example: 'New colour',
	description: 'What stands below it',
	shownAs: 'text',
};

const fileName: TextField = {
	kind: 'text',
	name: 'fileName',
	label: 'File Name',
	path: 'fileName',
	required: true,
	example: 'invoice-77.pdf',
	description: "The name the recipient sees; empty with Input Data Field means the file's own",
	fromFile: 'name',
	shownAs: 'text',
};

const fileType: TextField = { kind: 'text', name: 'fileType', label: 'File Type', path: 'fileType', required: true, example: 'pdf', description: "What kind of file it is; empty with Input Data Field means the file's own", fromFile: 'type' };

const UPLOAD = 'The file is uploaded to the storage of Chat App and its link is sent; Alibaba Cloud documents that for templates only';

/** The file of a message. */
function media(kind: MediaKind): FileField {
	return { kind: 'file', media: kind, name: 'media', label: 'Media', path: 'link', required: true, upload: UPLOAD };
}

const buttonLabel: TextField = {
	kind: 'text',
	name: 'buttonLabel',
	label: 'Button Label',
	path: 'caption',
	required: true,
	example: 'Shop now',
	description: 'What stands on the button',
	shownAs: 'button',
};

const buttonUrl: TextField = {
	kind: 'link',
	name: 'buttonUrl',
	label: 'Button URL',
	path: 'action',
	required: true,
	example: 'https://example.com/sale',
	description: 'What the button opens',
};

const viberVideo: Field[] = [
	{ kind: 'link', name: 'thumbnailLink', label: 'Thumbnail Link', path: 'thumbnail', required: true, example: 'https://example.com/t.jpg', description: 'The picture shown before the video plays' },
	{ kind: 'number', name: 'fileSize', label: 'File Size', path: 'fileSize', required: true, example: 8, least: 0, most: 200_000_000, description: 'How large the video is; the documents name no unit' },
	{ kind: 'number', name: 'duration', label: 'Duration (Seconds)', path: 'duration', required: true, example: 30, least: 0, most: MOST_VIDEO_SECONDS, description: 'How long the video is' },
];

function coordinate(name: string, label: string, most: number, example: number): NumberField {
	return { kind: 'number', name, label, path: name, required: true, example, least: -most, most };
}

const location: Field[] = [
	coordinate('latitude', 'Latitude', 90, 1.2839),
	coordinate('longitude', 'Longitude', 180, 103.8607),
	{ kind: 'text', name: 'locationName', label: 'Location Name', path: 'name', example: 'Demo Store', shownAs: 'text' },
	{ kind: 'text', name: 'address', label: 'Address', path: 'address', example: '1 Market Street', description: 'Shown only together with a name', shownAs: 'text' },
];

function content(example: string): JsonField {
	return {
		kind: 'json',
		name: 'contentJson',
		label: 'Content (JSON)',
		path: 'contentJson',
		required: true,
		example,
		description: 'The content as the API takes it',
	};
}

/** A type of which the documents name nothing but itself. */
function undocumented(channel: string, type: string, name: string, example = '{"text": "Hello"}'): MessageType {
	return { channel, type, name, fields: [content(example)], contentIs: 'contentJson', uncertain: 'The documents name no fields.' };
}

function raw(channel: string): MessageType {
	const messageTypeCode: TextField = {
		kind: 'text',
		name: 'messageTypeCode',
		label: 'Message Type Code',
		required: true,
		example: 'carousel',
		description: 'The value of MessageType',
	};
	return { channel, type: 'raw', name: 'Raw JSON', fields: [messageTypeCode, content('{"text": "Hello"}')], contentIs: 'contentJson' };
}

/** What a button or list row of an interactive message is made of. */
function title(label: string, path: string, mostCharacters: number, example: string): TextField {
	return { kind: 'text', name: 'title', label, path, required: true, mostCharacters, example, shownAs: 'button' };
}

function replyId(path: string, mostCharacters: number): TextField {
	return { kind: 'text', name: 'id', label: 'ID', path, required: true, isId: true, mostCharacters, example: 'keep', description: 'Comes back when it is pressed' };
}

const bodyText: TextField = {
	kind: 'text',
	name: 'bodyText',
	label: 'Body Text',
	path: 'body.text',
	required: true,
	rows: 4,
	mostCharacters: 1_024,
	example: 'Keep or cancel your visit?',
	shownAs: 'text',
};

const footerText: TextField = { kind: 'text', name: 'footerText', label: 'Footer Text', path: 'footer.text', mostCharacters: 60, example: 'Demo Store', shownAs: 'text' };

function headerText(required: boolean): TextField {
	return { kind: 'text', name: 'headerText', label: 'Header Text', path: 'header.text', required, mostCharacters: 60, example: 'Your visit', shownAs: 'text' };
}

const headerOf = (choice: string) => ({ when: { name: 'headerType', is: [choice] } });

function headerFile(kind: 'image' | 'video' | 'document'): FileField {
	return { kind: 'file', media: kind, name: 'header', label: 'Header', path: `header.${kind}.link`, required: true, upload: UPLOAD, ...headerOf(kind) };
}

const headerType: ChoiceField = {
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
	description: 'What stands above the text',
};

const anyHeader: Field[] = [headerType, { ...headerText(true), ...headerOf('text') }, headerFile('image'), headerFile('video'), headerFile('document')];

const rows: ListField = {
	kind: 'list',
	name: 'rows',
	label: 'Rows',
	path: 'rows',
	entry: { name: 'row', label: 'Row' },
	least: 1,
	most: 10,
	fields: [
		{ ...title('Title', 'title', 24, 'Monday'), shownAs: undefined },
		replyId('id', 200),
		{ kind: 'text', name: 'description', label: 'Description', path: 'description', mostCharacters: 72, example: '9 to 12' },
	],
};

const sectionTitle: TextField = { kind: 'text', name: 'title', label: 'Title', path: 'title', mostCharacters: 24, example: 'This week' };

const catalogId: TextField = { kind: 'text', name: 'catalogId', label: 'Catalog ID', path: 'action.catalog_id', required: true, isId: true, example: '400000000000001', description: 'As the catalog manager shows it' };

/** The kinds of interactive messages on WhatsApp. */
function interactive([value, label, description]: [string, string, string], wire: string, fields: Field[], constants: MessageType['constants'] = {}): MessageType {
	return {
		channel: 'whatsapp',
		type: 'interactive',
		name: 'Interactive',
		variant: { name: 'interactiveType', value, label, description },
		fields,
		constants: { type: wire, ...constants },
	};
}

const INTERACTIVE: MessageType[] = [
	interactive(['button', 'Reply Buttons', 'Up to three buttons to answer with'], 'button', [
		...anyHeader,
		bodyText,
		footerText,
		{
			kind: 'list',
			name: 'replyButtons',
			label: 'Reply Buttons',
			path: 'action.buttons',
			entry: { name: 'button', label: 'Button' },
			least: 1,
			most: 3,
			constants: { type: 'reply' },
			unique: ['title', 'id'],
			fields: [title('Title', 'reply.title', 20, 'Keep'), replyId('reply.id', 256)],
		},
	]),
	interactive(['list', 'List', 'A menu of up to 10 rows'], 'list', [
		{ ...headerText(false), constants: { header: { type: 'text' } } },
		bodyText,
		footerText,
		{ kind: 'text', name: 'listButtonText', label: 'List Button Text', path: 'action.button', required: true, mostCharacters: 20, example: 'Choose a day', description: 'What stands on the button that opens the list', shownAs: 'button' },
		{
			kind: 'list',
			name: 'listSections',
			label: 'Sections',
			path: 'action.sections',
			entry: { name: 'section', label: 'Section' },
			least: 1,
			most: 10,
			mostInAll: { name: 'rows', most: 10 },
			uniqueInAll: { name: 'rows', field: 'id' },
			neededIfSeveral: 'title',
			fields: [sectionTitle, rows],
		},
	]),
	interactive(['product', 'Product', 'One product of a catalog'], 'product', [
		{ ...bodyText, required: false },
		footerText,
		catalogId,
		{ kind: 'text', name: 'productId', label: 'Product ID', path: 'action.product_retailer_id', required: true, isId: true, example: 'sku-1', description: 'The Content ID of the product in the catalog' },
	]),
	interactive(
		['productList', 'Product List', 'Up to 30 products of a catalog'],
		'product_list',
		[
			headerText(true),
			bodyText,
			footerText,
			catalogId,
			{
				kind: 'list',
				name: 'productSections',
				label: 'Sections',
				path: 'action.sections',
				entry: { name: 'section', label: 'Section' },
				least: 1,
				most: 10,
				mostInAll: { name: 'productIds', most: 30 },
				neededIfSeveral: 'title',
				fields: [
					sectionTitle,
					{ kind: 'ids', name: 'productIds', label: 'Product IDs', path: 'product_items', key: 'product_retailer_id', required: true, example: 'sku-1, sku-2', description: 'Separated by commas; 30 in all sections together' },
				],
			},
		],
		{ header: { type: 'text' } },
	),
	interactive(
		['ctaUrl', 'Link Button', 'A button that opens a page'],
		'cta_url',
		[
			...anyHeader,
			bodyText,
			footerText,
			{ ...buttonLabel, path: 'action.parameters.display_text', mostCharacters: 20 },
			{ ...buttonUrl, path: 'action.parameters.url' },
		],
		{ action: { name: 'cta_url' } },
	),
	interactive(
		['flow', 'Flow', 'A form in the chat'],
		'flow',
		[
			...anyHeader,
			bodyText,
			footerText,
			{ kind: 'text', name: 'flowId', label: 'Flow ID', path: 'action.parameters.flow_id', required: true, isId: true, example: '500000000000001', description: 'As Flow Management shows it' },
			{ kind: 'text', name: 'flowReference', label: 'Flow Token', path: 'action.parameters.flow_token', required: true, example: 'visit-77', description: 'Your own mark, which comes back with what the recipient enters' },
			{ ...buttonLabel, path: 'action.parameters.flow_cta', mostCharacters: 30, example: 'Book a visit' },
			{
				kind: 'choice',
				name: 'flowAction',
				label: 'Flow Starts With',
				path: 'action.parameters.flow_action',
				choices: [
					{ name: 'A Screen', value: 'navigate' },
					{ name: 'An Answer of Your Endpoint', value: 'data_exchange' },
				],
				default: 'navigate',
				description: 'What the recipient sees first',
			},
			{ kind: 'text', name: 'flowScreen', label: 'Flow Screen', path: 'action.parameters.flow_action_payload.screen', required: true, example: 'WELCOME', description: 'The ID of the first screen', when: { name: 'flowAction', is: ['navigate'] } },
			{ kind: 'json', name: 'flowDataJson', label: 'Flow Data (JSON)', path: 'action.parameters.flow_action_payload.data', isObject: true, example: '{"couponCode": "SPRING15"}', description: 'What the first screen is filled with', when: { name: 'flowAction', is: ['navigate'] } },
		],
		{ action: { name: 'flow', parameters: { flow_message_version: '3' } } },
	),
];

const kindOf = (value: string, name: string) => ({ name, value });
const HOME_OR_WORK = [kindOf('HOME', 'Home'), kindOf('WORK', 'Work')];

function plain(name: string, label: string, path: string, example: string, more: Partial<TextField> = {}): TextField {
	return { kind: 'text', name, label, path, example, ...more };
}

/** Where somebody's number, address or page belongs. */
function place(): ChoiceField {
	return { kind: 'choice', name: 'type', label: 'Type', path: 'type', choices: HOME_OR_WORK, default: 'WORK' };
}

function several(name: string, label: string, entry: ListField['entry'], fields: Field[]): ListField {
	return { kind: 'list', name, label, path: name, entry, least: 0, most: 20, fields };
}

/** A day that the calendar has, as 1990-02-28. */
function isDay(text: string): boolean {
	const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const DAY: TextField['form'] = { is: isDay, called: 'a day', advice: 'Write year, month and day, e.g. 1990-02-28.' };

const contacts: ListField = {
	kind: 'list',
	name: 'contacts',
	label: 'Contacts',
	path: 'contacts',
	required: true,
	entry: { name: 'contact', label: 'Contact' },
	least: 1,
	most: 257,
	oneOf: ['firstName', 'lastName', 'middleName', 'prefix', 'suffix'],
	fields: [
		plain('formattedName', 'Formatted Name', 'name.formatted_name', 'Dr. Mia Tan', { required: true, description: 'The whole name, as it is shown', shownAs: 'text' }),
		plain('firstName', 'First Name', 'name.first_name', 'Mia', { description: 'One part of the name is needed beside the whole' }),
		plain('lastName', 'Last Name', 'name.last_name', 'Tan'),
		plain('middleName', 'Middle Name', 'name.middle_name', 'Li'),
		plain('prefix', 'Prefix', 'name.prefix', 'Dr.'),
		plain('suffix', 'Suffix', 'name.suffix', 'Jr.'),
		several('phones', 'Phones', { name: 'phone', label: 'Phone' }, [
			plain('phone', 'Phone', 'phone', '+65 9123 4567', { required: true }),
			{ kind: 'choice', name: 'type', label: 'Type', path: 'type', choices: [kindOf('CELL', 'Cell'), kindOf('MAIN', 'Main'), kindOf('IPHONE', 'iPhone'), kindOf('HOME', 'Home'), kindOf('WORK', 'Work')].sort((left, right) => left.name.localeCompare(right.name, 'en')), default: 'CELL' },
			plain('waId', 'WhatsApp ID', 'wa_id', '6591234567', { description: 'The number as WhatsApp knows it, which adds a button to write to it' }),
		]),
		several('emails', 'Emails', { name: 'email', label: 'Email' }, [plain('email', 'Email', 'email', 'mia@example.com', { required: true }), place()]),
		{ oneOf: ['street', 'city', 'state', 'zip', 'country', 'countryCode'], ...several('addresses', 'Addresses', { name: 'address', label: 'Address' }, [
			plain('street', 'Street', 'street', '1 Market Street'),
			plain('city', 'City', 'city', 'Singapore'),
			plain('state', 'State', 'state', 'SG'),
			plain('zip', 'Postal Code', 'zip', '048900'),
			plain('country', 'Country', 'country', 'Singapore'),
			plain('countryCode', 'Country Code', 'country_code', 'sg'),
			place(),
		]) },
		several('urls', 'URLs', { name: 'url', label: 'URL' }, [{ kind: 'link', name: 'url', label: 'URL', path: 'url', required: true, example: 'https://example.com' }, place()]),
		plain('company', 'Company', 'org.company', 'Demo Store'),
		plain('department', 'Department', 'org.department', 'Sales'),
		plain('jobTitle', 'Job Title', 'org.title', 'Manager'),
		plain('birthday', 'Birthday', 'birthday', '1990-02-28', { form: DAY, description: 'Year, month and day, e.g. 1990-02-28' }),
	],
};

const EMOJI = /^(\p{Regional_Indicator}{2}|[#*\d]\ufe0f?\u20e3|\p{Extended_Pictographic}(\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic}|[\u{e0020}-\u{e007f}])*)$/u;

const ONE_EMOJI: TextField['form'] = {
	is: (text) => EMOJI.test(text),
	called: 'an emoji',
	advice: 'Use one emoji, e.g. 👍.',
};

const WHATSAPP: MessageType[] = [
	{ channel: 'whatsapp', type: 'audio', name: 'Audio', fields: [media('audio')] },
	undocumented('whatsapp', 'carousel', 'Carousel', '{"cards": []}'),
	{ channel: 'whatsapp', type: 'contacts', name: 'Contacts', fields: [contacts], contentIs: 'contacts' },
	{ channel: 'whatsapp', type: 'document', name: 'Document', fields: [media('document'), fileName] },
	{ channel: 'whatsapp', type: 'image', name: 'Image', fields: [media('image'), caption] },
	...INTERACTIVE,
	{ channel: 'whatsapp', type: 'location', name: 'Location', fields: location },
	undocumented('whatsapp', 'pin', 'Pin', '{"messageId": "202611210001"}'),
	raw('whatsapp'),
	{
		channel: 'whatsapp',
		type: 'reaction',
		name: 'Reaction',
		fields: [
			plain('messageId', 'Message ID', 'messageId', '202611210001', { required: true, isId: true, description: 'The message to react to: the messageId that came with it' }),
			plain('emoji', 'Emoji', 'emoji', '👍', { required: true, isId: true, form: ONE_EMOJI, description: 'One emoji', shownAs: 'text' }),
		],
	},
	{ channel: 'whatsapp', type: 'sticker', name: 'Sticker', fields: [media('sticker')] },
	{ channel: 'whatsapp', type: 'text', name: 'Text', fields: [text] },
	undocumented('whatsapp', 'typing_indicator', 'Typing Indicator', '{"messageId": "202611210001"}'),
	{ channel: 'whatsapp', type: 'video', name: 'Video', fields: [media('video'), caption] },
];

const VIBER: MessageType[] = [
	{ channel: 'viber', type: 'document', name: 'Document', fields: [media('document'), fileName, fileType] },
	{ channel: 'viber', type: 'image', name: 'Image', fields: [media('image')] },
	raw('viber'),
	{ channel: 'viber', type: 'text', name: 'Text', fields: [text] },
	{ channel: 'viber', type: 'text_button', name: 'Text and Button', fields: [text, buttonLabel, buttonUrl] },
	{ channel: 'viber', type: 'text_image', name: 'Text and Image', fields: [text, media('image')], uncertain: 'The documents list the type, but not its fields; text and link are taken from the others.' },
	{ channel: 'viber', type: 'text_video', name: 'Text and Video', fields: [text, media('video'), ...viberVideo] },
	{ channel: 'viber', type: 'text_image_button', name: 'Text, Image and Button', fields: [text, media('image'), buttonLabel, buttonUrl] },
	{
		channel: 'viber',
		type: 'text_video_button',
		name: 'Text, Video and Button',
		fields: [text, media('video'), ...viberVideo, buttonLabel, { ...buttonUrl, required: false, description: 'What the button opens. One page of the documents asks for it, another says to leave it empty.' }],
		uncertain: 'The documents contradict each other about the URL of the button: it is sent when it is filled in.',
	},
	{ channel: 'viber', type: 'video', name: 'Video', fields: [media('video'), ...viberVideo] },
];

/** Messenger and Instagram, which have the same types. */
function metaChannel(channel: 'messenger' | 'instagram'): MessageType[] {
	return [
		{ channel, type: 'audio', name: 'Audio', fields: [media('audio')] },
		undocumented(channel, 'buttonTemplate', 'Button Template'),
		undocumented(channel, 'couponTemplate', 'Coupon Template'),
		{ channel, type: 'document', name: 'Document', fields: [media('document')] },
		{ channel, type: 'image', name: 'Image', fields: [media('image')] },
		undocumented(channel, 'interactive', 'Interactive'),
		undocumented(channel, 'quickReply', 'Quick Reply'),
		raw(channel),
		undocumented(channel, 'regularTemplate', 'Regular Template'),
		{ channel, type: 'text', name: 'Text', fields: [text] },
		{ channel, type: 'video', name: 'Video', fields: [media('video')] },
	];
}

const ANALOGOUS = 'The documents list the type, but not its fields; these are taken from the other channels.';

const TELEGRAM: MessageType[] = [
	{ channel: 'telegram', type: 'audio', name: 'Audio', fields: [media('audio')], uncertain: ANALOGOUS },
	{ channel: 'telegram', type: 'document', name: 'Document', fields: [media('document'), fileName], uncertain: ANALOGOUS },
	{ channel: 'telegram', type: 'gif', name: 'GIF', fields: [media('image')], uncertain: ANALOGOUS },
	{ channel: 'telegram', type: 'image', name: 'Image', fields: [media('image')], uncertain: ANALOGOUS },
	{ channel: 'telegram', type: 'location', name: 'Location', fields: location, uncertain: ANALOGOUS },
	raw('telegram'),
	{ channel: 'telegram', type: 'sticker', name: 'Sticker', fields: [media('sticker')], uncertain: ANALOGOUS },
	{ channel: 'telegram', type: 'text', name: 'Text', fields: [text], uncertain: ANALOGOUS },
	{ channel: 'telegram', type: 'video', name: 'Video', fields: [media('video')], uncertain: ANALOGOUS },
];

/** All of them. Adding a type is adding an entry. */
export const MESSAGE_TYPES: readonly MessageType[] = [...WHATSAPP, ...VIBER, ...metaChannel('messenger'), ...metaChannel('instagram'), ...TELEGRAM];
