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
 * The free-form messages of SendChatappMessage. Sources: parameters MessageType and Content of its page, and of the
 * page "Send Viber messages with Chat App"; within `interactive`, Meta's Cloud API, whose form it has.
 */

const MAX_VIDEO_SECONDS = 600;

const fileType: TextField = {
	kind: 'text',
	name: 'fileType',
	label: 'File Type',
	path: 'fileType',
	required: true,
	example: 'pdf',
	description: "What kind of file it is; empty with Input Data Field means the file's own",
	fromFile: 'type',
};

const UPLOAD =
	'The file is uploaded to the storage of Chat App and its link is sent; Alibaba Cloud documents that for templates only';

/** The file of a message. */
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
	{
		kind: 'link',
		name: 'thumbnailLink',
		label: 'Thumbnail Link',
		path: 'thumbnail',
		required: true,
		example: 'https://example.com/t.jpg',
		description: 'The picture shown before the video plays',
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
		description: 'How large the video is; the documents name no unit',
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
		description: 'How long the video is',
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
		description: 'The content as the API takes it',
	};
}

/** A type of which the documents name nothing but itself. */
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
		uncertain: 'The documents name no fields.',
	};
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
	return {
		channel,
		type: 'raw',
		name: 'Raw JSON',
		fields: [messageTypeCode, content('{"text": "Hello"}')],
		contentIs: 'contentJson',
	};
}

const headerOf = (choice: string) => ({ when: { name: 'headerType', is: [choice] } });

function headerFile(kind: 'image' | 'video' | 'document'): FileField {
	return {
		kind: 'file',
		media: kind,
		name: 'header',
		label: 'Header',
		path: `header.${kind}.link`,
		required: true,
		upload: UPLOAD,
		...headerOf(kind),
	};
}

const anyHeader: Field[] = [
	headerType,
	{ ...headerText(true), ...headerOf('text') },
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
		description: 'As Flow Management shows it',
	},
	{
		kind: 'text',
		name: 'flowReference',
		label: 'Flow Token',
		path: 'action.parameters.flow_token',
		required: true,
		example: 'visit-77',
		description: 'Your own mark, which comes back with what the recipient enters',
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
			{ name: 'An Answer of Your Endpoint', value: 'data_exchange' },
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
		description: 'What the first screen is filled with',
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
		{ value: 'flow', label: 'Flow', description: 'A form in the chat' },
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
				description: 'The message to react to: the messageId that came with it',
			}),
			plain('emoji', 'Emoji', 'emoji', '👍', {
				required: true,
				isId: true,
				format: ONE_EMOJI,
				description: 'One emoji',
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
			'The documents list the type, but not its fields; text and link are taken from the others.',
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
					'What the button opens. One page of the documents asks for it, another says to leave it empty.',
			},
		],
		uncertain:
			'The documents contradict each other about the URL of the button: it is sent when it is filled in.',
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

const ANALOGOUS =
	'The documents list the type, but not its fields; these are taken from the other channels.';

const TELEGRAM: MessageType[] = [
	{
		channel: 'telegram',
		type: 'audio',
		name: 'Audio',
		fields: [media('audio')],
		uncertain: ANALOGOUS,
	},
	{
		channel: 'telegram',
		type: 'document',
		name: 'Document',
		fields: [media('document'), fileName],
		uncertain: ANALOGOUS,
	},
	{ channel: 'telegram', type: 'gif', name: 'GIF', fields: [media('image')], uncertain: ANALOGOUS },
	{
		channel: 'telegram',
		type: 'image',
		name: 'Image',
		fields: [media('image')],
		uncertain: ANALOGOUS,
	},
	{
		channel: 'telegram',
		type: 'location',
		name: 'Location',
		fields: location,
		uncertain: ANALOGOUS,
	},
	raw('telegram'),
	{
		channel: 'telegram',
		type: 'sticker',
		name: 'Sticker',
		fields: [media('sticker')],
		uncertain: ANALOGOUS,
	},
	{ channel: 'telegram', type: 'text', name: 'Text', fields: [text], uncertain: ANALOGOUS },
	{
		channel: 'telegram',
		type: 'video',
		name: 'Video',
		fields: [media('video')],
		uncertain: ANALOGOUS,
	},
];

/** All of them. Adding a type is adding an entry. */
export const MESSAGE_TYPES: readonly MessageType[] = [
	...WHATSAPP,
	...VIBER,
	...metaChannel('messenger'),
	...metaChannel('instagram'),
	...TELEGRAM,
];
