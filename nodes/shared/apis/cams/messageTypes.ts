import type {
	Field,
	FileField,
	JsonField,
	MediaKind,
	MessageType,
	TextField,
} from '../../messages/schema';
import {
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
	listButtonText,
	location,
	plain,
	productId,
	productIds,
	replyButtons,
	rows,
	sections,
	text,
} from '../../messages/whatsAppFields';

/**
 * The free-form messages of SendChatappMessage. Sources: the parameters MessageType and Content on its page, and the
 * page "Send Viber messages with Chat App". Interactive messages have the structure of Meta's Cloud API.
 */

const MAX_VIDEO_SECONDS = 600;

const fileType: TextField = {
	kind: 'text',
	name: 'fileType',
	label: 'File Type',
	path: 'fileType',
	required: true,
	example: 'pdf',
	description:
		"The file's extension, such as pdf. With Input Data Field, leave empty to use the extension of the file.",
	fromFile: 'type',
};

const UPLOAD =
	'The file is uploaded to the storage of Chat App, and its link is sent. Alibaba Cloud documents this only for templates.';

function media(kind: MediaKind): FileField {
	return {
		kind: 'file',
		media: kind,
		name: 'media',
		label: 'Media',
		path: 'link',
		required: true,
		upload: UPLOAD,
	};
}

const buttonLabel: TextField = {
	kind: 'text',
	name: 'buttonLabel',
	label: 'Button Label',
	path: 'caption',
	required: true,
	example: 'Shop now',
	description: 'Text on the button',
	shownAs: 'button',
};

const buttonUrl: TextField = {
	kind: 'link',
	name: 'buttonUrl',
	label: 'Button URL',
	path: 'action',
	required: true,
	example: 'https://example.com/sale',
	description: 'The page that the button opens',
};

const viberVideo: Field[] = [
	{
		kind: 'link',
		name: 'thumbnailLink',
		label: 'Thumbnail Link',
		path: 'thumbnail',
		required: true,
		example: 'https://example.com/t.jpg',
		description: 'The image shown before the video plays',
	},
	{
		kind: 'number',
		name: 'fileSize',
		label: 'File Size',
		path: 'fileSize',
		required: true,
		example: 8,
		min: 0,
		max: 200_000_000,
		description: 'Size of the video. The API documentation does not name the unit.',
	},
	{
		kind: 'number',
		name: 'duration',
		label: 'Duration (Seconds)',
		path: 'duration',
		required: true,
		example: 30,
		min: 0,
		max: MAX_VIDEO_SECONDS,
		description: 'Length of the video',
	},
];

function content(example: string): JsonField {
	return {
		kind: 'json',
		name: 'contentJson',
		label: 'Content (JSON)',
		path: 'contentJson',
		required: true,
		example,
		description: 'The value of Content, as the API expects it',
	};
}

/** A type that the API documentation lists without its fields. */
function undocumented(
	channel: string,
	type: string,
	name: string,
	example = '{"text": "Hello"}',
): MessageType {
	return {
		channel,
		type,
		name,
		fields: [content(example)],
		contentIs: 'contentJson',
		uncertain: 'The API documentation lists the type, but not its fields.',
	};
}

function raw(channel: string): MessageType {
	const messageTypeCode: TextField = {
		kind: 'text',
		name: 'messageTypeCode',
		label: 'Message Type Code',
		required: true,
		example: 'carousel',
		description: 'The value of MessageType in the request',
	};
	return {
		channel,
		type: 'raw',
		name: 'Raw JSON',
		fields: [messageTypeCode, content('{"text": "Hello"}')],
		contentIs: 'contentJson',
	};
}

const whenHeaderIs = (choice: string) => ({ when: { name: 'headerType', is: [choice] } });

function headerFile(kind: 'image' | 'video' | 'document'): FileField {
	return {
		kind: 'file',
		media: kind,
		name: 'header',
		label: 'Header',
		path: `header.${kind}.link`,
		required: true,
		upload: UPLOAD,
		...whenHeaderIs(kind),
	};
}

const anyHeader: Field[] = [
	headerType,
	{ ...headerText(true), ...whenHeaderIs('text') },
	headerFile('image'),
	headerFile('video'),
	headerFile('document'),
];

const flowFields: Field[] = [
	{
		kind: 'text',
		name: 'flowId',
		label: 'Flow ID',
		path: 'action.parameters.flow_id',
		required: true,
		isId: true,
		example: '500000000000001',
		description: 'The ID of the flow, as shown in Flow Management',
	},
	{
		kind: 'text',
		name: 'flowReference',
		label: 'Flow Token',
		path: 'action.parameters.flow_token',
		required: true,
		example: 'visit-77',
		description: 'Your own reference, returned with the submitted form',
	},
	{
		...buttonLabel,
		path: 'action.parameters.flow_cta',
		maxCharacters: 30,
		example: 'Book a visit',
	},
	{
		kind: 'choice',
		name: 'flowAction',
		label: 'Flow Starts With',
		path: 'action.parameters.flow_action',
		choices: [
			{ name: 'A Screen', value: 'navigate' },
			{ name: 'A Response From Your Endpoint', value: 'data_exchange' },
		],
		default: 'navigate',
		description: 'What the recipient sees first',
	},
	{
		kind: 'text',
		name: 'flowScreen',
		label: 'Flow Screen',
		path: 'action.parameters.flow_action_payload.screen',
		required: true,
		example: 'WELCOME',
		description: 'The ID of the first screen',
		when: { name: 'flowAction', is: ['navigate'] },
	},
	{
		kind: 'json',
		name: 'flowDataJson',
		label: 'Flow Data (JSON)',
		path: 'action.parameters.flow_action_payload.data',
		isObject: true,
		example: '{"couponCode": "SPRING15"}',
		description: 'Data to fill the first screen with',
		when: { name: 'flowAction', is: ['navigate'] },
	},
];

const INTERACTIVE: MessageType[] = [
	interactive(
		VARIANTS.button,
		[...anyHeader, bodyText, footerText, replyButtons('reply.', { max: 3 })],
		{ constants: { type: 'button' } },
	),
	interactive(
		VARIANTS.list,
		[
			{ ...headerText(false), constants: { header: { type: 'text' } } },
			bodyText,
			footerText,
			listButtonText,
			sections('listSections', [rows], {
				max: 10,
				maxTotal: { name: 'rows', max: 10 },
				uniqueAcross: { name: 'rows', field: 'id' },
			}),
		],
		{ constants: { type: 'list' } },
	),
	interactive(
		VARIANTS.product,
		[{ ...bodyText, required: false }, footerText, catalogId, productId],
		{ constants: { type: 'product' } },
	),
	interactive(
		VARIANTS.productList,
		[
			headerText(true),
			bodyText,
			footerText,
			catalogId,
			sections('productSections', [productIds], {
				max: 10,
				maxTotal: { name: 'productIds', max: 30 },
			}),
		],
		{ constants: { type: 'product_list', header: { type: 'text' } } },
	),
	interactive(
		{ value: 'ctaUrl', label: 'Link Button', description: 'A button that opens a page' },
		[
			...anyHeader,
			bodyText,
			footerText,
			{ ...buttonLabel, path: 'action.parameters.display_text', maxCharacters: 20 },
			{ ...buttonUrl, path: 'action.parameters.url' },
		],
		{ constants: { type: 'cta_url', action: { name: 'cta_url' } } },
	),
	interactive(
		{ value: 'flow', label: 'Flow', description: 'A form inside the chat' },
		[...anyHeader, bodyText, footerText, ...flowFields],
		{
			constants: {
				type: 'flow',
				action: { name: 'flow', parameters: { flow_message_version: '3' } },
			},
		},
	),
];

const EMOJI =
	/^(\p{Regional_Indicator}{2}|[#*\d]\ufe0f?\u20e3|\p{Extended_Pictographic}(\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic}|[\u{e0020}-\u{e007f}])*)$/u;

const ONE_EMOJI: TextField['format'] = {
	matches: (text) => EMOJI.test(text),
	name: 'an emoji',
	advice: 'Use one emoji, e.g. 👍.',
};

const WHATSAPP: MessageType[] = [
	{ channel: 'whatsapp', type: 'audio', name: 'Audio', fields: [media('audio')] },
	undocumented('whatsapp', 'carousel', 'Carousel', '{"cards": []}'),
	{
		channel: 'whatsapp',
		type: 'contacts',
		name: 'Contacts',
		fields: [contacts],
		contentIs: 'contacts',
	},
	{
		channel: 'whatsapp',
		type: 'document',
		name: 'Document',
		fields: [media('document'), fileName],
	},
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
			plain('messageId', 'Message ID', 'messageId', '202611210001', {
				required: true,
				isId: true,
				description: 'The messageId of the inbound message to react to',
			}),
			plain('emoji', 'Emoji', 'emoji', '👍', {
				required: true,
				isId: true,
				format: ONE_EMOJI,
				description: 'A single emoji',
				shownAs: 'text',
			}),
		],
	},
	{ channel: 'whatsapp', type: 'sticker', name: 'Sticker', fields: [media('sticker')] },
	{ channel: 'whatsapp', type: 'text', name: 'Text', fields: [text] },
	undocumented('whatsapp', 'typing_indicator', 'Typing Indicator', '{"messageId": "202611210001"}'),
	{ channel: 'whatsapp', type: 'video', name: 'Video', fields: [media('video'), caption] },
];

const VIBER: MessageType[] = [
	{
		channel: 'viber',
		type: 'document',
		name: 'Document',
		fields: [media('document'), fileName, fileType],
	},
	{ channel: 'viber', type: 'image', name: 'Image', fields: [media('image')] },
	raw('viber'),
	{ channel: 'viber', type: 'text', name: 'Text', fields: [text] },
	{
		channel: 'viber',
		type: 'text_button',
		name: 'Text and Button',
		fields: [text, buttonLabel, buttonUrl],
	},
	{
		channel: 'viber',
		type: 'text_image',
		name: 'Text and Image',
		fields: [text, media('image')],
		uncertain:
			'The API documentation lists the type, but not its fields. Text and link are taken from the other types.',
	},
	{
		channel: 'viber',
		type: 'text_video',
		name: 'Text and Video',
		fields: [text, media('video'), ...viberVideo],
	},
	{
		channel: 'viber',
		type: 'text_image_button',
		name: 'Text, Image and Button',
		fields: [text, media('image'), buttonLabel, buttonUrl],
	},
	{
		channel: 'viber',
		type: 'text_video_button',
		name: 'Text, Video and Button',
		fields: [
			text,
			media('video'),
			...viberVideo,
			buttonLabel,
			{
				...buttonUrl,
				required: false,
				description:
					'The page that the button opens. One page of the API documentation requires it, another says to leave it empty.',
			},
		],
		uncertain:
			'The API documentation contradicts itself about the URL of the button. It is sent if it is filled in.',
	},
	{ channel: 'viber', type: 'video', name: 'Video', fields: [media('video'), ...viberVideo] },
];

/** Messenger and Instagram have the same types. */
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

const FIELDS_FROM_OTHERS =
	'The API documentation lists the type, but not its fields. They are taken from the other channels.';

const TELEGRAM: MessageType[] = [
	{
		channel: 'telegram',
		type: 'audio',
		name: 'Audio',
		fields: [media('audio')],
		uncertain: FIELDS_FROM_OTHERS,
	},
	{
		channel: 'telegram',
		type: 'document',
		name: 'Document',
		fields: [media('document'), fileName],
		uncertain: FIELDS_FROM_OTHERS,
	},
	{
		channel: 'telegram',
		type: 'gif',
		name: 'GIF',
		fields: [media('image')],
		uncertain: FIELDS_FROM_OTHERS,
	},
	{
		channel: 'telegram',
		type: 'image',
		name: 'Image',
		fields: [media('image')],
		uncertain: FIELDS_FROM_OTHERS,
	},
	{
		channel: 'telegram',
		type: 'location',
		name: 'Location',
		fields: location,
		uncertain: FIELDS_FROM_OTHERS,
	},
	raw('telegram'),
	{
		channel: 'telegram',
		type: 'sticker',
		name: 'Sticker',
		fields: [media('sticker')],
		uncertain: FIELDS_FROM_OTHERS,
	},
	{
		channel: 'telegram',
		type: 'text',
		name: 'Text',
		fields: [text],
		uncertain: FIELDS_FROM_OTHERS,
	},
	{
		channel: 'telegram',
		type: 'video',
		name: 'Video',
		fields: [media('video')],
		uncertain: FIELDS_FROM_OTHERS,
	},
];

/** The message types of all channels. Panel, checks, content and documentation follow from an entry here. */
export const MESSAGE_TYPES: readonly MessageType[] = [
	...WHATSAPP,
	...VIBER,
	...metaChannel('messenger'),
	...metaChannel('instagram'),
	...TELEGRAM,
];
