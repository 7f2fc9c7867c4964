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
	description: string,
	example = '{"text": "Hello"}',
): MessageType {
	return messageType(channel, type, name, [content(example)], {
		description: `${description}; you write its JSON`,
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
		description: 'Content that you write yourself, for what this list does not have',
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
		{ value: 'flow', label: 'Flow', description: 'A form inside the chat (WhatsApp Flow)' },
		{
			constants: {
				type: 'flow',
				action: { name: 'flow', parameters: { flow_message_version: '3' } },
			},
		},
		[...anyHeader, bodyText, footerText, ...flowFields],
	),
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
];

const EMOJI =
	/^(\p{Regional_Indicator}{2}|[#*\d]\ufe0f?\u20e3|\p{Extended_Pictographic}(\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic}|[\u{e0020}-\u{e007f}])*)$/u;

const ONE_EMOJI: TextField['format'] = {
	matches: (text) => EMOJI.test(text),
	name: 'an emoji',
	advice: 'Use one emoji, e.g. 👍.',
};

const WITH_TEXT = 'With a text below if you like';

const WHATSAPP: MessageType[] = [
	messageType('whatsapp', 'text', 'Text', [text], { description: 'A text of your own' }),
	messageType('whatsapp', 'image', 'Image', [media('image'), caption], { description: WITH_TEXT }),
	messageType('whatsapp', 'document', 'Document', [media('document'), fileName], {
		description: 'A PDF or another file to open',
	}),
	messageType('whatsapp', 'video', 'Video', [media('video'), caption], { description: WITH_TEXT }),
	messageType('whatsapp', 'audio', 'Audio', [media('audio')], { description: 'Sound to play' }),
	...INTERACTIVE,
	messageType('whatsapp', 'location', 'Location', location, {
		description: 'A place on the map',
		warningsFor: placeWarnings,
	}),
	messageType('whatsapp', 'contacts', 'Contacts', [contacts], {
		description: 'Contact cards to save or to call',
		contentIs: 'contacts',
	}),
	messageType(
		'whatsapp',
		'reaction',
		'Reaction',
		[
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
		],
		{ description: "An emoji at one of the recipient's messages" },
	),
	messageType('whatsapp', 'sticker', 'Sticker', [media('sticker')], {
		description: 'A small picture without a frame',
	}),
	undocumented('whatsapp', 'carousel', 'Carousel', 'Cards side by side', '{"cards": []}'),
	undocumented(
		'whatsapp',
		'typing_indicator',
		'Typing Indicator',
		'Shows the recipient that an answer is being written',
		'{"messageId": "202611210001"}',
	),
	undocumented(
		'whatsapp',
		'pin',
		'Pin',
		'Pins a message in a group',
		'{"messageId": "202611210001"}',
	),
	raw('whatsapp'),
];

const VIBER: MessageType[] = [
	messageType('viber', 'text', 'Text', [text], { description: 'A text of your own' }),
	messageType('viber', 'text_button', 'Text and Button', [text, buttonLabel, buttonUrl], {
		description: 'A text with a button that opens a page',
	}),
	messageType('viber', 'text_image', 'Text and Image', [text, media('image')], {
		description: 'A text with a picture',
		uncertain:
			'The API documentation lists the type, but not its fields. Text and link are taken from the other types.',
	}),
	messageType(
		'viber',
		'text_image_button',
		'Text, Image and Button',
		[text, media('image'), buttonLabel, buttonUrl],
		{ description: 'A text with a picture and a button that opens a page' },
	),
	messageType('viber', 'text_video', 'Text and Video', [text, media('video'), ...viberVideo], {
		description: 'A text with a video',
	}),
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
			description: 'A text with a video and a button that opens a page',
			uncertain:
				'The API documentation contradicts itself about the URL of the button. It is sent if it is filled in.',
		},
	),
	messageType('viber', 'image', 'Image', [media('image')], { description: 'A picture alone' }),
	messageType('viber', 'video', 'Video', [media('video'), ...viberVideo], {
		description: 'A video alone',
	}),
	messageType('viber', 'document', 'Document', [media('document'), fileName, fileType], {
		description: 'A PDF or another file to open',
	}),
	raw('viber'),
];

/** Messenger and Instagram have the same types. */
function metaChannel(channel: 'messenger' | 'instagram'): MessageType[] {
	return [
		messageType(channel, 'text', 'Text', [text], { description: 'A text of your own' }),
		messageType(channel, 'image', 'Image', [media('image')], { description: 'A picture' }),
		messageType(channel, 'video', 'Video', [media('video')], { description: 'A video' }),
		messageType(channel, 'audio', 'Audio', [media('audio')], { description: 'Sound to play' }),
		messageType(channel, 'document', 'Document', [media('document')], {
			description: 'A PDF or another file to open',
		}),
		undocumented(channel, 'quickReply', 'Quick Reply', 'Buttons to reply with'),
		undocumented(channel, 'buttonTemplate', 'Button Template', 'A text with buttons'),
		undocumented(channel, 'regularTemplate', 'Regular Template', 'Cards with pictures and buttons'),
		undocumented(channel, 'couponTemplate', 'Coupon Template', 'A coupon to redeem'),
		undocumented(channel, 'interactive', 'Interactive', 'Parts to tap'),
		raw(channel),
	];
}

function telegram(
	type: string,
	name: string,
	description: string,
	fields: readonly Field[],
	more: Partial<MessageType> = {},
): MessageType {
	return messageType('telegram', type, name, fields, {
		description,
		uncertain:
			'The API documentation lists the type, but not its fields. They are taken from the other channels.',
		...more,
	});
}

const TELEGRAM: MessageType[] = [
	telegram('text', 'Text', 'A text of your own', [text]),
	telegram('image', 'Image', 'A picture', [media('image')]),
	telegram('document', 'Document', 'A PDF or another file to open', [media('document'), fileName]),
	telegram('video', 'Video', 'A video', [media('video')]),
	telegram('audio', 'Audio', 'Sound to play', [media('audio')]),
	telegram('gif', 'GIF', 'A moving picture', [media('image')]),
	telegram('location', 'Location', 'A place on the map', location, { warningsFor: placeWarnings }),
	telegram('sticker', 'Sticker', 'A small picture without a frame', [media('sticker')]),
	raw('telegram'),
];

/** The message types of all channels. Panel, checks, content and documentation follow from an entry here. */
export const MESSAGE_TYPES: readonly MessageType[] = [
	...WHATSAPP,
	...VIBER,
	...metaChannel('messenger'),
	...metaChannel('instagram'),
	...TELEGRAM,
];
