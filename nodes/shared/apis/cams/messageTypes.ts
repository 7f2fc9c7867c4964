import {
	fileField,
	messageType,
	textField,
	type Field,
	type JsonField,
	type MediaKind,
	type MessageType,
	type TextField,
} from '../../messages/schema';
import {
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

/**
 * The free-form messages of SendChatappMessage. Sources: the parameters MessageType and Content on its page, and the
 * page "Send Viber messages with Chat App". Interactive messages have the structure of Meta's Cloud API.
 */

const fileType = textField('fileType', 'File Type', 'fileType', 'pdf', {
	required: true,
	description:
		"The file's extension, such as pdf. With Input Data Field, leave empty to use the extension of the file.",
	fromFile: 'type',
});

const UPLOAD =
	'The file is uploaded to the storage of Chat App, and its link is sent. Alibaba Cloud documents this only for templates.';

const media = (kind: MediaKind) => fileField(kind, 'media', 'Media', 'link', UPLOAD);

const buttonLabel = textField('buttonLabel', 'Button Label', 'caption', 'Shop now', {
	required: true,
	description: 'Text on the button',
	shownAs: 'button',
});

const buttonUrl = textField('buttonUrl', 'Button URL', 'action', 'https://example.com/sale', {
	kind: 'link',
	required: true,
	description: 'The page that the button opens',
});

const viberVideo: Field[] = [
	textField('thumbnailLink', 'Thumbnail Link', 'thumbnail', 'https://example.com/t.jpg', {
		kind: 'link',
		required: true,
		description: 'The image shown before the video plays',
	}),
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
		max: 600,
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
	return messageType(channel, type, name, [content(example)], {
		contentIs: 'contentJson',
		uncertain: 'The API documentation lists the type, but not its fields.',
	});
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
	return messageType(channel, 'raw', 'Raw JSON', [messageTypeCode, content('{"text": "Hello"}')], {
		contentIs: 'contentJson',
	});
}

const anyHeader: Field[] = [
	headerType,
	{ ...headerText(true), when: { name: 'headerType', is: ['text'] } },
	headerFile('image', UPLOAD),
	headerFile('video', UPLOAD),
	headerFile('document', UPLOAD),
];

const flowFields: Field[] = [
	textField('flowId', 'Flow ID', 'action.parameters.flow_id', '500000000000001', {
		required: true,
		isId: true,
		description: 'The ID of the flow, as shown in Flow Management',
	}),
	textField('flowReference', 'Flow Token', 'action.parameters.flow_token', 'visit-77', {
		required: true,
		description: 'Your own reference, returned with the submitted form',
	}),
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
	textField(
		'flowScreen',
		'Flow Screen',
		'action.parameters.flow_action_payload.screen',
		'WELCOME',
		{
			required: true,
			description: 'The ID of the first screen',
			when: { name: 'flowAction', is: ['navigate'] },
		},
	),
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
	interactive(VARIANTS.button, { constants: { type: 'button' } }, [
		...anyHeader,
		bodyText,
		footerText,
		replyButtons('reply.', { max: 3 }),
	]),
	interactive(VARIANTS.list, { constants: { type: 'list' } }, [
		{ ...headerText(false), constants: { header: { type: 'text' } } },
		listBodyText,
		footerText,
		listButtonText,
		sections('listSections', [rows], {
			max: 10,
			maxTotal: { name: 'rows', max: 10 },
			uniqueAcross: { name: 'rows', field: 'id' },
		}),
	]),
	interactive(VARIANTS.product, { constants: { type: 'product' } }, [
		{ ...bodyText, required: false },
		footerText,
		catalogId,
		productId,
	]),
	interactive(
		VARIANTS.productList,
		{ constants: { type: 'product_list', header: { type: 'text' } } },
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
	),
	interactive(
		{ value: 'ctaUrl', label: 'Link Button', description: 'A button that opens a page' },
		{ constants: { type: 'cta_url', action: { name: 'cta_url' } } },
		[
			...anyHeader,
			bodyText,
			footerText,
			{ ...buttonLabel, path: 'action.parameters.display_text', maxCharacters: 20 },
			{ ...buttonUrl, path: 'action.parameters.url' },
		],
	),
	interactive(
		{ value: 'flow', label: 'Flow', description: 'A form inside the chat' },
		{
			constants: {
				type: 'flow',
				action: { name: 'flow', parameters: { flow_message_version: '3' } },
			},
		},
		[...anyHeader, bodyText, footerText, ...flowFields],
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
	messageType('whatsapp', 'audio', 'Audio', [media('audio')]),
	undocumented('whatsapp', 'carousel', 'Carousel', '{"cards": []}'),
	messageType('whatsapp', 'contacts', 'Contacts', [contacts], { contentIs: 'contacts' }),
	messageType('whatsapp', 'document', 'Document', [media('document'), fileName]),
	messageType('whatsapp', 'image', 'Image', [media('image'), caption]),
	...INTERACTIVE,
	messageType('whatsapp', 'location', 'Location', location, { warningsFor: placeWarnings }),
	undocumented('whatsapp', 'pin', 'Pin', '{"messageId": "202611210001"}'),
	raw('whatsapp'),
	messageType('whatsapp', 'reaction', 'Reaction', [
		textField('messageId', 'Message ID', 'messageId', '202611210001', {
			required: true,
			isId: true,
			description: 'The messageId of the inbound message to react to',
		}),
		textField('emoji', 'Emoji', 'emoji', '👍', {
			required: true,
			isId: true,
			format: ONE_EMOJI,
			description: 'A single emoji',
			shownAs: 'text',
		}),
	]),
	messageType('whatsapp', 'sticker', 'Sticker', [media('sticker')]),
	messageType('whatsapp', 'text', 'Text', [text]),
	undocumented('whatsapp', 'typing_indicator', 'Typing Indicator', '{"messageId": "202611210001"}'),
	messageType('whatsapp', 'video', 'Video', [media('video'), caption]),
];

const VIBER: MessageType[] = [
	messageType('viber', 'document', 'Document', [media('document'), fileName, fileType]),
	messageType('viber', 'image', 'Image', [media('image')]),
	raw('viber'),
	messageType('viber', 'text', 'Text', [text]),
	messageType('viber', 'text_button', 'Text and Button', [text, buttonLabel, buttonUrl]),
	messageType('viber', 'text_image', 'Text and Image', [text, media('image')], {
		uncertain:
			'The API documentation lists the type, but not its fields. Text and link are taken from the other types.',
	}),
	messageType('viber', 'text_video', 'Text and Video', [text, media('video'), ...viberVideo]),
	messageType('viber', 'text_image_button', 'Text, Image and Button', [
		text,
		media('image'),
		buttonLabel,
		buttonUrl,
	]),
	messageType(
		'viber',
		'text_video_button',
		'Text, Video and Button',
		[
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
		{
			uncertain:
				'The API documentation contradicts itself about the URL of the button. It is sent if it is filled in.',
		},
	),
	messageType('viber', 'video', 'Video', [media('video'), ...viberVideo]),
];

/** Messenger and Instagram have the same types. */
function metaChannel(channel: 'messenger' | 'instagram'): MessageType[] {
	return [
		messageType(channel, 'audio', 'Audio', [media('audio')]),
		undocumented(channel, 'buttonTemplate', 'Button Template'),
		undocumented(channel, 'couponTemplate', 'Coupon Template'),
		messageType(channel, 'document', 'Document', [media('document')]),
		messageType(channel, 'image', 'Image', [media('image')]),
		undocumented(channel, 'interactive', 'Interactive'),
		undocumented(channel, 'quickReply', 'Quick Reply'),
		raw(channel),
		undocumented(channel, 'regularTemplate', 'Regular Template'),
		messageType(channel, 'text', 'Text', [text]),
		messageType(channel, 'video', 'Video', [media('video')]),
	];
}

function telegram(type: string, name: string, fields: readonly Field[]): MessageType {
	return messageType('telegram', type, name, fields, {
		uncertain:
			'The API documentation lists the type, but not its fields. They are taken from the other channels.',
	});
}

const TELEGRAM: MessageType[] = [
	telegram('audio', 'Audio', [media('audio')]),
	telegram('document', 'Document', [media('document'), fileName]),
	telegram('gif', 'GIF', [media('image')]),
	telegram('image', 'Image', [media('image')]),
	{ ...telegram('location', 'Location', location), warningsFor: placeWarnings },
	raw('telegram'),
	telegram('sticker', 'Sticker', [media('sticker')]),
	telegram('text', 'Text', [text]),
	telegram('video', 'Video', [media('video')]),
];

/** The message types of all channels. Panel, checks, content and documentation follow from an entry here. */
export const MESSAGE_TYPES: readonly MessageType[] = [
	...WHATSAPP,
	...VIBER,
	...metaChannel('messenger'),
	...metaChannel('instagram'),
	...TELEGRAM,
];
