import type { RenderedMessage } from '../renderedMessage';

/** InnoPaaS's made-up templates, and how they are rendered. */

/** 1 quick reply, 2 link, 3 phone call, 4 copy code, 5 autofill. */
type ActionType = 1 | 2 | 3 | 4 | 5;

interface Button {
	actionType: ActionType;
	label: string;
	/** May end with the variable {{1}}. */
	targetUrl?: string;
	phoneArea?: string;
	phone?: string;
}

/** A template as the list returns it. Source: template query in the vendor's predecessor documentation. */
export interface Template {
	id: number;
	name: string;
	/** 1 marketing, 2 authentication, 3 utility. */
	category: 1 | 2 | 3;
	messageLanguage: string;
	/** 1 none, 2 text, 3 image, 4 video, 5 document. */
	headerType: 1 | 2 | 3 | 4 | 5;
	/** Header text. */
	caption: string;
	messageBody: string;
	/** For authentication: minutes until the code expires. */
	footer: string;
	buttons: Button[];
	/** The meanings are not documented; the sandbox takes 2, the documented example, for approved. */
	auditStatus: number;
	templateId: string;
	sid: string;
	safetyAdvice: 0 | 1;
	createDate: string;
	updateDate: string;
}

export const APPROVED = 2;
const UNDER_REVIEW = 1;

export const AUTHENTICATION = 2;
export const MARKETING = 1;

/** The header type that a send has to provide, by headerType. */
export const HEADER_TYPES: Record<number, string> = {
	2: 'text',
	3: 'image',
	4: 'video',
	5: 'document',
};

type TemplateDefinition = Pick<Template, 'name' | 'category' | 'messageLanguage' | 'messageBody'> &
	Partial<Template>;

const complete = (written: TemplateDefinition, id: number): Template => ({
	id,
	headerType: 1,
	caption: '',
	footer: '',
	buttons: [],
	auditStatus: APPROVED,
	templateId: id.toString(16).toUpperCase().padStart(32, 'A'),
	sid: String(300_000_000_000_000 + id),
	safetyAdvice: 0,
	createDate: '2026-11-01 09:00:00',
	updateDate: '2026-11-01 09:00:00',
	...written,
});

const DEFINITIONS: TemplateDefinition[] = [
	{
		name: 'spring_offer_v1',
		category: 1,
		messageLanguage: 'en_US',
		headerType: 3,
		messageBody: 'Hi {{1}}, {{2}} off until Sunday.',
		footer: 'Sandbox Store',
		buttons: [{ actionType: 2, label: 'Shop now', targetUrl: 'https://example.com/{{1}}' }],
	},
	{
		name: 'login_code',
		category: 2,
		messageLanguage: 'id',
		messageBody: '*{{1}}* adalah kode verifikasi Anda.',
		footer: '10',
		buttons: [{ actionType: 4, label: 'Salin kode' }],
	},
	{
		name: 'login_autofill',
		category: 2,
		messageLanguage: 'en',
		messageBody: '*{{1}}* is your verification code.',
		footer: '10',
		buttons: [{ actionType: 5, label: 'Autofill' }],
	},
	{
		name: 'order_update',
		category: 3,
		messageLanguage: 'en_US',
		messageBody: 'Hi {{1}}, your order {{2}} is on its way.',
		footer: 'Sandbox Store',
	},
	{
		name: 'order_update',
		category: 3,
		messageLanguage: 'zh_CN',
		messageBody: '{{1}}，您的订单 {{2}} 已发货。',
	},
	{
		name: 'opening_hours',
		category: 1,
		messageLanguage: 'en',
		messageBody: 'We are open every day from 9 to 18.',
	},
	{
		name: 'visit_reminder',
		category: 3,
		messageLanguage: 'en_US',
		headerType: 2,
		caption: 'Your visit on {{1}}',
		messageBody: 'Hi {{1}}, we see you at {{2}}.',
		footer: 'Sandbox Store',
		buttons: [
			{ actionType: 1, label: 'Keep' },
			{ actionType: 1, label: 'Cancel' },
		],
	},
	{
		name: 'invoice_ready',
		category: 3,
		messageLanguage: 'en',
		headerType: 5,
		messageBody: 'Your invoice for {{1}} is ready.',
		buttons: [
			{ actionType: 3, label: 'Call us', phoneArea: '65', phone: '80001111' },
			{ actionType: 2, label: 'Open the site', targetUrl: 'https://example.com/' },
		],
	},
	{
		name: 'summer_sale',
		category: 1,
		messageLanguage: 'en_US',
		messageBody: 'Hi {{1}}, the sale starts on {{2}}.',
		auditStatus: UNDER_REVIEW,
	},
];

/** Templates of the first WABA. */
export const TEMPLATES: readonly Template[] = DEFINITIONS.map((written, index) =>
	complete(written, 201 + index),
);

/** Templates of the second WABA, enough to need paging. */
export const MANY_TEMPLATES: readonly Template[] = Array.from({ length: 130 }, (_, index) =>
	complete(
		{
			name: `notice_${index + 1}`,
			category: 3,
			messageLanguage: 'en',
			messageBody: `Notice ${index + 1} for {{1}}.`,
		},
		1001 + index,
	),
);

/** Number of values that a text needs for its variables {{1}}, {{2}} and so on. */
export function countVariables(text: string): number {
	return Math.max(0, ...[...text.matchAll(/\{\{(\d+)\}\}/g)].map(([, number]) => Number(number)));
}

/** Labels of the buttons that need a value (the end of a link, or the code to copy), in order. */
export function buttonsWithValue({ buttons }: Template): string[] {
	return buttons
		.filter(({ actionType, targetUrl = '' }) => actionType >= 4 || countVariables(targetUrl) > 0)
		.map(({ label }) => label);
}

const fill = (text: string, values: string[]) =>
	text.replace(/\{\{(\d+)\}\}/g, (whole, number: string) => values[Number(number) - 1] ?? whole);

export function render(
	template: Template,
	headerValue: string | undefined,
	values: string[],
): RenderedMessage {
	const header = fill(template.caption, headerValue === undefined ? [] : [headerValue]);
	const footer = template.category === AUTHENTICATION ? '' : template.footer;
	return {
		text: [header, fill(template.messageBody, values), footer]
			.filter((line) => line !== '')
			.join('\n'),
		buttons: template.buttons.map(({ label }) => label),
	};
}
