import type { RenderedMessage } from '../renderedMessage';

/** CAMS's made-up templates, and how they are rendered. */

interface Button {
	Type: string;
	Text?: string;
	Url?: string;
	UrlType?: 'static' | 'dynamic';
	PhoneNumber?: string;
	FlowId?: string;
	FlowAction?: string;
	NavigateScreen?: string;
}

interface Component {
	Type: string;
	Format?: string;
	Text?: string;
	Url?: string;
	AddSecretRecommendation?: boolean;
	Buttons?: Button[];
	Cards?: Array<{ CardComponents: Component[] }>;
}

/** A template as GetChatappTemplateDetail returns it. */
interface TemplateDefinition {
	code: string;
	name: string;
	language: string;
	category: string;
	type: 'WHATSAPP' | 'VIBER';
	auditStatus: 'pass' | 'auditing' | 'fail';
	components: Component[];
	example: Record<string, string>;
	/**
	 * How its detail is encoded, if not as plain objects. The example in GetChatappTemplateDetail's model (Alibaba's SDK
	 * 5.3.0) has Components and Example as JSON strings, and the keys of components and buttons in lower case.
	 */
	encodedAs?: 'jsonTexts' | 'lowerCaseKeys';
}

export interface Template extends TemplateDefinition {
	/** Names of the variables in all of its parts. */
	variables: string[];
	/** The text as the recipient reads it, with variables. */
	text: string;
	/** Button labels, with variables. */
	buttons: string[];
	/** The type of each button. */
	buttonTypes: string[];
	/** Whether it needs one variable of any name: that of authentication templates is not documented. */
	takesAnyName: boolean;
}

/** $(name) is Chat App's syntax; {{1}} is WhatsApp's, in templates that were created elsewhere. */
const VARIABLE = /\$\(([^)]+)\)|\{\{([^}]+)\}\}/g;

/** Meta's fixed text of authentication templates, which Chat App returns with an empty one. */
const AUTHENTICATION_TEXT = '$(code) is your verification code.';

function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const READING_ORDER = ['HEADER', 'BODY', 'FOOTER'];

function linesOf(components: Component[]): string[] {
	const own = READING_ORDER.flatMap((type) => components.filter(({ Type }) => Type === type)).map(
		({ Text }) => Text ?? '',
	);
	const cards = components
		.flatMap(({ Cards = [] }) => Cards)
		.flatMap(({ CardComponents }) => linesOf(CardComponents));
	return [...own, ...cards].filter((line) => line !== '');
}

function buttonsOf(components: Component[]): Button[] {
	const own = components.flatMap(({ Buttons = [] }) => Buttons);
	const cards = components
		.flatMap(({ Cards = [] }) => Cards)
		.flatMap(({ CardComponents }) => buttonsOf(CardComponents));
	return [...own, ...cards];
}

function complete(written: TemplateDefinition): Template {
	const takesAnyName = written.category === 'AUTHENTICATION';
	const buttons = buttonsOf(written.components);
	const found = textsIn(written.components).flatMap((text) => [...text.matchAll(VARIABLE)]);
	return {
		...written,
		variables: [...new Set(found.map(([, ours, metas]) => ours ?? metas))],
		text: takesAnyName ? AUTHENTICATION_TEXT : linesOf(written.components).join('\n'),
		buttons: buttons.map(({ Text }) => Text ?? ''),
		buttonTypes: buttons.map(({ Type }) => Type),
		takesAnyName,
	};
}

export function render(template: Template, values: Record<string, string>): RenderedMessage {
	const known = template.takesAnyName ? { code: Object.values(values)[0] } : values;
	const fill = (text: string) =>
		text.replace(
			VARIABLE,
			(whole, ours?: string, metas?: string) => known[ours ?? metas ?? ''] ?? whole,
		);
	return { text: fill(template.text), buttons: template.buttons.map(fill) };
}

const WHATSAPP = { type: 'WHATSAPP', auditStatus: 'pass' } as const;
const VIBER = { type: 'VIBER', auditStatus: 'pass' } as const;

const DEFINITIONS: TemplateDefinition[] = [
	{
		...WHATSAPP,
		code: '900100200',
		name: 'order_update',
		language: 'en_US',
		category: 'UTILITY',
		components: [
			{ Type: 'BODY', Text: 'Hi $(name), your order $(order) is on its way.' },
			{ Type: 'FOOTER', Text: 'Sandbox Store' },
		],
		example: { name: 'Mia', order: 'A-77' },
	},
	{
		...WHATSAPP,
		code: '900100200',
		name: 'order_update',
		language: 'zh_CN',
		category: 'UTILITY',
		components: [{ Type: 'BODY', Text: '$(name)，您的订单 $(order) 已发货。' }],
		example: { name: '小米', order: 'A-77' },
	},
	{
		...WHATSAPP,
		code: '900100201',
		name: 'opening_hours',
		language: 'en',
		category: 'MARKETING',
		components: [{ Type: 'BODY', Text: 'We are open every day from 9 to 18.' }],
		example: {},
	},
	{
		...WHATSAPP,
		auditStatus: 'auditing',
		code: '900100202',
		name: 'summer_sale',
		language: 'en_US',
		category: 'MARKETING',
		components: [{ Type: 'BODY', Text: 'Hi $(name), the sale starts on $(day).' }],
		example: { name: 'Mia', day: 'Monday' },
	},
	{
		...WHATSAPP,
		code: '900100203',
		name: 'visit_reminder',
		language: 'en_US',
		category: 'UTILITY',
		components: [
			{ Type: 'HEADER', Format: 'TEXT', Text: 'Your visit on $(day)' },
			{ Type: 'BODY', Text: 'Hi $(name), we see you at $(time).' },
			{ Type: 'FOOTER', Text: 'Sandbox Store' },
			{
				Type: 'BUTTONS',
				Buttons: [
					{ Type: 'QUICK_REPLY', Text: 'Keep' },
					{ Type: 'QUICK_REPLY', Text: 'Cancel' },
					{
						Type: 'URL',
						Text: 'Show the way',
						Url: 'https://example.com/visits/$(visitId)',
						UrlType: 'dynamic',
					},
				],
			},
		],
		example: { day: 'Monday', name: 'Mia', time: '9:30', visitId: '77' },
	},
	{
		...WHATSAPP,
		encodedAs: 'jsonTexts',
		code: '900100204',
		name: 'new_arrival',
		language: 'en',
		category: 'MARKETING',
		components: [
			{ Type: 'HEADER', Format: 'IMAGE', Url: '$(imageLink)' },
			{ Type: 'BODY', Text: 'New in: $(product).' },
		],
		example: { imageLink: 'https://example.com/new.jpg', product: 'a straw hat' },
	},
	{
		...WHATSAPP,
		code: '900100205',
		name: 'book_a_visit',
		language: 'en',
		category: 'UTILITY',
		components: [
			{ Type: 'BODY', Text: 'Hi $(name), when does it suit you?' },
			{
				Type: 'BUTTONS',
				Buttons: [
					{
						Type: 'FLOW',
						Text: 'Book a visit',
						FlowId: '500000000000001',
						FlowAction: 'navigate',
						NavigateScreen: 'WELCOME',
					},
				],
			},
		],
		example: { name: 'Mia' },
	},
	{
		...WHATSAPP,
		code: '900100206',
		name: 'our_catalog',
		language: 'en',
		category: 'MARKETING',
		components: [
			{ Type: 'BODY', Text: 'Hi $(name), this is all we have.' },
			{ Type: 'BUTTONS', Buttons: [{ Type: 'CATALOG', Text: 'View catalog' }] },
		],
		example: { name: 'Mia' },
	},
	{
		...WHATSAPP,
		code: '900100207',
		name: 'picked_for_you',
		language: 'en',
		category: 'MARKETING',
		components: [
			{ Type: 'HEADER', Format: 'TEXT', Text: 'Picked for you' },
			{ Type: 'BODY', Text: 'Hi $(name), these go well with your last order.' },
			{ Type: 'BUTTONS', Buttons: [{ Type: 'MPM', Text: 'View items' }] },
		],
		example: { name: 'Mia' },
	},
	{
		...WHATSAPP,
		code: '900100208',
		name: 'weekend_cards',
		language: 'en',
		category: 'MARKETING',
		components: [
			{ Type: 'BODY', Text: 'Hi $(name), only this weekend:' },
			{
				Type: 'CAROUSEL',
				Cards: ['first', 'second'].map((card) => ({
					CardComponents: [
						{ Type: 'HEADER', Format: 'IMAGE', Url: `$(${card}Image)` },
						{ Type: 'BODY', Text: `$(${card}Offer)` },
						{
							Type: 'BUTTONS',
							Buttons: [
								{
									Type: 'URL',
									Text: 'Buy',
									Url: `https://example.com/offers/$(${card}Path)`,
									UrlType: 'dynamic',
								},
								{ Type: 'QUICK_REPLY', Text: 'Tell me more' },
							],
						},
					],
				})),
			},
		],
		example: {
			name: 'Mia',
			firstImage: 'https://example.com/hat.jpg',
			firstOffer: 'Hats: 15% off',
			firstPath: 'hats',
			secondImage: 'https://example.com/bag.jpg',
			secondOffer: 'Bags: 20% off',
			secondPath: 'bags',
		},
	},
	{
		...WHATSAPP,
		code: '900100209',
		name: 'login_code',
		language: 'en',
		category: 'AUTHENTICATION',
		components: [
			{ Type: 'BODY', Text: '', AddSecretRecommendation: false },
			{ Type: 'BUTTONS', Buttons: [{ Type: 'COPY_CODE', Text: 'Copy code' }] },
		],
		example: {},
	},
	{
		...WHATSAPP,
		code: '900100210',
		name: 'numbered',
		language: 'en',
		category: 'UTILITY',
		components: [{ Type: 'BODY', Text: 'Order {{1}} is ready at {{2}}.' }],
		example: { 1: 'A-77', 2: '1 Market Street' },
	},
	{
		...WHATSAPP,
		encodedAs: 'lowerCaseKeys',
		code: '900100211',
		name: 'delivery_photo',
		language: 'en_US',
		category: 'UTILITY',
		components: [
			{ Type: 'BODY', Text: 'Your parcel is at $(place).' },
			{ Type: 'HEADER', Format: 'IMAGE', Url: '$(linkVariable)' },
			{ Type: 'FOOTER', Text: 'Sandbox Store' },
			{
				Type: 'BUTTONS',
				Buttons: [
					{ Type: 'PHONE_NUMBER', Text: 'Call us', PhoneNumber: '+6580001111' },
					{ Type: 'URL', Text: 'Open the site', Url: 'https://example.com/', UrlType: 'static' },
				],
			},
		],
		example: { place: 'the front door', linkVariable: 'https://example.com/door.jpg' },
	},
	{
		...VIBER,
		code: '900100300',
		name: 'spring_offer',
		language: 'en',
		category: 'MARKETING',
		components: [{ Type: 'BODY', Text: 'Use $(couponCode) before Sunday.' }],
		example: { couponCode: 'SPRING15' },
	},
	{
		...VIBER,
		code: '900100301',
		name: 'weekend_picture',
		language: 'en',
		category: 'text_image_button',
		// SDK 5.3.0: "In Viber message templates, media resources [...] are placed in the HEADER component".
		components: [
			{ Type: 'HEADER', Format: 'IMAGE', Url: '$(imageLink)' },
			{ Type: 'BODY', Text: 'Hi $(name), only this weekend.' },
			{
				Type: 'BUTTONS',
				Buttons: [
					{ Type: 'URL', Text: 'Shop now', Url: 'https://example.com/$(path)', UrlType: 'dynamic' },
				],
			},
		],
		example: { imageLink: 'https://example.com/hat.jpg', name: 'Mia', path: 'weekend' },
	},
];

/** Templates of most spaces. */
export const TEMPLATES: readonly Template[] = DEFINITIONS.map(complete);

/** Templates of the space cams-many, enough to need paging. */
export const MANY_TEMPLATES: readonly Template[] = Array.from({ length: 230 }, (_, index) =>
	complete({
		...WHATSAPP,
		code: String(900200001 + index),
		name: `notice_${index + 1}`,
		language: 'en',
		category: 'UTILITY',
		components: [{ Type: 'BODY', Text: `Notice ${index + 1} for $(name).` }],
		example: { name: 'Mia' },
	}),
);
