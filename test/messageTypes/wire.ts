import type { Values } from './cases';

/** Parameter values, and the content that has to arrive. */
export interface OnTheWire {
	values: Values;
	/** The content as the API's documents have it: cams-api.md 3.3; within `interactive`, Meta's Cloud API. */
	content: unknown;
	/** Where it is not the type's own name. */
	messageType?: string;
}

const LINK = 'https://example.com/files/shoe.jpg?size=l&from=mail#top';
const media = { mediaSource: 'link', mediaLink: LINK };

const LOCATION: OnTheWire = {
	values: {
		latitude: 1.2839,
		longitude: -103.8607,
		locationName: 'Demo Store',
		address: '1 Market Street',
	},
	content: {
		latitude: 1.2839,
		longitude: -103.8607,
		name: 'Demo Store',
		address: '1 Market Street',
	},
};

const VIDEO = { thumbnailLink: 'https://example.com/t.jpg', fileSize: 8, duration: 30 };
const VIDEO_ON_THE_WIRE = {
	link: LINK,
	thumbnail: 'https://example.com/t.jpg',
	fileSize: 8,
	duration: 30,
};
const BUTTON = { buttonLabel: 'Shop now', buttonUrl: 'https://example.com/sale' };
const BUTTON_ON_THE_WIRE = { caption: 'Shop now', action: 'https://example.com/sale' };

/** The documents name nothing but the type. */
const UNDOCUMENTED: OnTheWire = {
	values: { contentJson: '{"cards": [{"n": 1}], "deep": {"text": "Grüße \\u2713"}}' },
	content: { cards: [{ n: 1 }], deep: { text: 'Grüße ✓' } },
};

/** Raw JSON, for which the user enters the type. */
const raw = (messageType: string): OnTheWire => ({
	values: { messageTypeCode: messageType, contentJson: `{"text": "By hand", "link": "${LINK}"}` },
	content: { text: 'By hand', link: LINK },
	messageType,
});

const FILE: OnTheWire = { values: media, content: { link: LINK } };
const CAPTIONED: OnTheWire = {
	values: { ...media, caption: 'New color 🎨' },
	content: { link: LINK, caption: 'New color 🎨' },
};
const NAMED: OnTheWire = {
	values: { ...media, fileName: 'Rechnung Nr. 77.pdf' },
	content: { link: LINK, fileName: 'Rechnung Nr. 77.pdf' },
};
const TEXT: OnTheWire = {
	values: { text: ' Hello *Mia*,\n\nsee you 👋🏽 ' },
	content: { text: ' Hello *Mia*,\n\nsee you 👋🏽 ' },
};

const META: Record<string, OnTheWire> = {
	audio: FILE,
	buttonTemplate: UNDOCUMENTED,
	couponTemplate: UNDOCUMENTED,
	document: FILE,
	image: FILE,
	interactive: UNDOCUMENTED,
	quickReply: UNDOCUMENTED,
	raw: raw('text'),
	regularTemplate: UNDOCUMENTED,
	text: TEXT,
	video: FILE,
};

const CONTACTS: OnTheWire = {
	values: {
		contacts: {
			contact: [
				{
					formattedName: 'Dr. Mia Li Tan Jr.',
					firstName: 'Mia',
					lastName: 'Tan',
					middleName: 'Li',
					prefix: 'Dr.',
					suffix: 'Jr.',
					phones: {
						phone: [
							{ phone: '+65 9123 4567', type: 'IPHONE', waId: '6591234567' },
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
				},
				{ formattedName: 'Ben', firstName: 'Ben' },
			],
		},
	},
	content: [
		{
			name: {
				formatted_name: 'Dr. Mia Li Tan Jr.',
				first_name: 'Mia',
				last_name: 'Tan',
				middle_name: 'Li',
				prefix: 'Dr.',
				suffix: 'Jr.',
			},
			phones: [
				{ phone: '+65 9123 4567', type: 'IPHONE', wa_id: '6591234567' },
				{ phone: '+65 6123 4567', type: 'WORK' },
			],
			emails: [{ email: 'mia@example.com', type: 'HOME' }],
			addresses: [
				{
					street: '1 Market Street',
					city: 'Singapore',
					state: 'SG',
					zip: '048900',
					country: 'Singapore',
					country_code: 'sg',
					type: 'WORK',
				},
			],
			urls: [{ url: 'https://example.com/mia', type: 'WORK' }],
			org: { company: 'Demo Store', department: 'Sales', title: 'Manager' },
			birthday: '1990-02-28',
		},
		{ name: { formatted_name: 'Ben', first_name: 'Ben' } },
	],
};

const INTERACTIVE: Record<string, OnTheWire> = {
	button: {
		values: {
			headerType: 'image',
			headerSource: 'link',
			headerLink: LINK,
			bodyText: 'Keep or cancel your visit?',
			footerText: 'Demo Store',
			replyButtons: {
				button: [
					{ title: 'Keep', id: 'keep-77' },
					{ title: 'Cancel', id: 'cancel-77' },
					{ title: 'Later', id: 'later-77' },
				],
			},
		},
		content: {
			type: 'button',
			header: { type: 'image', image: { link: LINK } },
			body: { text: 'Keep or cancel your visit?' },
			footer: { text: 'Demo Store' },
			action: {
				buttons: [
					{ type: 'reply', reply: { id: 'keep-77', title: 'Keep' } },
					{ type: 'reply', reply: { id: 'cancel-77', title: 'Cancel' } },
					{ type: 'reply', reply: { id: 'later-77', title: 'Later' } },
				],
			},
		},
	},
	list: {
		values: {
			headerText: 'Your visit',
			bodyText: 'When does it suit you?',
			footerText: 'Demo Store',
			listButtonText: 'Choose a day',
			listSections: {
				section: [
					{
						title: 'This week',
						rows: {
							row: [
								{ title: 'Monday', id: 'mon', description: '9 to 12' },
								{ title: 'Tuesday', id: 'tue', description: '' },
							],
						},
					},
					{ title: 'Next week', rows: { row: [{ title: 'Friday', id: 'fri' }] } },
				],
			},
		},
		content: {
			type: 'list',
			header: { type: 'text', text: 'Your visit' },
			body: { text: 'When does it suit you?' },
			footer: { text: 'Demo Store' },
			action: {
				button: 'Choose a day',
				sections: [
					{
						title: 'This week',
						rows: [
							{ id: 'mon', title: 'Monday', description: '9 to 12' },
							{ id: 'tue', title: 'Tuesday' },
						],
					},
					{ title: 'Next week', rows: [{ id: 'fri', title: 'Friday' }] },
				],
			},
		},
	},
	product: {
		values: {
			bodyText: 'This one?',
			footerText: 'Demo Store',
			catalogId: '400000000000001',
			productId: 'sku-1',
		},
		content: {
			type: 'product',
			body: { text: 'This one?' },
			footer: { text: 'Demo Store' },
			action: { catalog_id: '400000000000001', product_retailer_id: 'sku-1' },
		},
	},
	productList: {
		values: {
			headerText: 'New in',
			bodyText: 'Have a look',
			footerText: 'Demo Store',
			catalogId: '400000000000001',
			productSections: {
				section: [
					{ title: 'Hats', productIds: 'sku-1, sku-2' },
					{ title: 'Bags', productIds: 'sku-3' },
				],
			},
		},
		content: {
			type: 'product_list',
			header: { type: 'text', text: 'New in' },
			body: { text: 'Have a look' },
			footer: { text: 'Demo Store' },
			action: {
				catalog_id: '400000000000001',
				sections: [
					{
						title: 'Hats',
						product_items: [{ product_retailer_id: 'sku-1' }, { product_retailer_id: 'sku-2' }],
					},
					{ title: 'Bags', product_items: [{ product_retailer_id: 'sku-3' }] },
				],
			},
		},
	},
	ctaUrl: {
		values: {
			headerType: 'text',
			headerText: 'Sale',
			bodyText: 'Only today',
			footerText: 'Demo Store',
			...BUTTON,
		},
		content: {
			type: 'cta_url',
			header: { type: 'text', text: 'Sale' },
			body: { text: 'Only today' },
			footer: { text: 'Demo Store' },
			action: {
				name: 'cta_url',
				parameters: { display_text: 'Shop now', url: 'https://example.com/sale' },
			},
		},
	},
	flow: {
		values: {
			headerType: 'document',
			headerSource: 'link',
			headerLink: LINK,
			bodyText: 'When does it suit you?',
			footerText: 'Demo Store',
			flowId: '500000000000001',
			flowReference: 'visit-77',
			buttonLabel: 'Book a visit',
			flowAction: 'navigate',
			flowScreen: 'WELCOME',
			flowDataJson: '{"couponCode": "SPRING15", "days": [1, 2]}',
		},
		content: {
			type: 'flow',
			header: { type: 'document', document: { link: LINK } },
			body: { text: 'When does it suit you?' },
			footer: { text: 'Demo Store' },
			action: {
				name: 'flow',
				parameters: {
					flow_message_version: '3',
					flow_id: '500000000000001',
					flow_token: 'visit-77',
					flow_cta: 'Book a visit',
					flow_action: 'navigate',
					flow_action_payload: {
						screen: 'WELCOME',
						data: { couponCode: 'SPRING15', days: [1, 2] },
					},
				},
			},
		},
	},
};

const prefixed = (channel: string, types: Record<string, OnTheWire>) =>
	Object.entries(types).map(([type, each]) => [`${channel} / ${type}`, each] as const);

/** One full message of each type of each channel, by its title. Written down by the documents, not by the node. */
export const WIRE: Readonly<Record<string, OnTheWire>> = Object.fromEntries([
	...prefixed('whatsapp', {
		audio: FILE,
		carousel: UNDOCUMENTED,
		contacts: CONTACTS,
		document: NAMED,
		image: CAPTIONED,
		location: LOCATION,
		pin: UNDOCUMENTED,
		raw: raw('carousel'),
		reaction: {
			values: { messageId: '202611210001', emoji: '👍🏾' },
			content: { messageId: '202611210001', emoji: '👍🏾' },
		},
		sticker: FILE,
		text: TEXT,
		typing_indicator: UNDOCUMENTED,
		video: CAPTIONED,
	}),
	...prefixed('whatsapp / interactive', INTERACTIVE),
	...prefixed('viber', {
		document: {
			values: { ...media, fileName: 'invoice-77.pdf', fileType: 'pdf' },
			content: { link: LINK, fileName: 'invoice-77.pdf', fileType: 'pdf' },
		},
		image: FILE,
		raw: raw('text_image'),
		text: TEXT,
		text_button: {
			values: { text: 'Sale', ...BUTTON },
			content: { text: 'Sale', ...BUTTON_ON_THE_WIRE },
		},
		text_image: { values: { text: 'Sale', ...media }, content: { text: 'Sale', link: LINK } },
		text_image_button: {
			values: { text: 'Sale', ...media, ...BUTTON },
			content: { text: 'Sale', link: LINK, ...BUTTON_ON_THE_WIRE },
		},
		text_video: {
			values: { text: 'Sale', ...media, ...VIDEO },
			content: { text: 'Sale', ...VIDEO_ON_THE_WIRE },
		},
		text_video_button: {
			values: { text: 'Sale', ...media, ...VIDEO, ...BUTTON },
			content: { text: 'Sale', ...VIDEO_ON_THE_WIRE, ...BUTTON_ON_THE_WIRE },
		},
		video: { values: { ...media, ...VIDEO }, content: VIDEO_ON_THE_WIRE },
	}),
	...prefixed('messenger', META),
	...prefixed('instagram', META),
	...prefixed('telegram', {
		audio: FILE,
		document: NAMED,
		gif: FILE,
		image: FILE,
		location: LOCATION,
		raw: raw('text'),
		sticker: FILE,
		text: TEXT,
		video: FILE,
	}),
]);
