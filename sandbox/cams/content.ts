import { z } from 'zod';

import { json, refuse, type Parameters } from './operation';

/**
 * The free-form messages of SendChatappMessage: what their Content must hold, and what the recipient reads of it.
 * Types and keys: parameters MessageType and Content of its page and of "Send Viber messages with Chat App"; the codes:
 * "API error codes". Within `interactive`, and how much fits where: Meta's Cloud API, whose form it has. Where these
 * leave something open, the comment says what the sandbox chose.
 */

/** What the recipient gets to see. */
interface Reading {
	text: string;
	buttons: string[];
}

type Kind = (content: unknown) => Reading;

/** The documented code for a key that is missing or empty, where there is one. */
const EMPTY_CODES: Record<string, string> = {
	text: 'InvalidParameter.TextNotEmpty',
	link: 'InvalidParameter.LinkNotEmpty',
};

function refusalOf({ code, path, message }: z.ZodIssue) {
	const where = path.join('.');
	const isEmpty = code === 'too_small' || code === 'invalid_type';
	return refuse(
		(isEmpty && EMPTY_CODES[where]) || 'InvalidParameter.ContentError',
		`${where || 'Content'}: ${message}.`,
	);
}

/** A kind of message: its form, the lines that are read and the labels of the buttons. */
function kind<T>(
	form: z.ZodType<T, z.ZodTypeDef, unknown>,
	linesOf: (content: T) => Array<string | undefined>,
	buttonsOf: (content: T) => string[] = () => [],
): Kind {
	return (content) => {
		const { data, error } = form.safeParse(content);
		if (error) throw refusalOf(error.issues[0]);
		const lines = linesOf(data).filter((line) => line !== undefined && line !== '');
		return { text: lines.join('\n'), buttons: buttonsOf(data) };
	};
}

const filled = z.string().min(1, 'must not be empty');
/** A text that may be empty. Characters are counted as people count them, so an emoji is one. */
const upTo = (most: number) =>
	z.string().refine((text) => [...text].length <= most, `takes ${most} characters at most`);
const text = (most: number) => filled.and(upTo(most));
const link = filled.refine(
	(value) => /^https?:\/\/\S+$/i.test(value) && URL.canParse(value),
	'is no http(s) address',
);

/** A number, or its digits as a text: the documents do not say which. */
const amount = (least: number, most: number) =>
	z
		.number()
		.or(z.string().regex(/^-?\d+(\.\d+)?$/))
		.refine(
			(value) => Number(value) >= least && Number(value) <= most,
			`must be ${least} to ${most}`,
		);

const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
const MAX_BODY = 1_024;

const textForm = z.object({ text: text(MAX_TEXT) });
const linkForm = z.object({ link });

const plainText = kind(textForm, (content) => [content.text]);
const file = kind(linkForm, () => []);

/** Nothing but their names is documented: any object or list is taken. */
const undocumented = kind(z.record(z.unknown()).or(z.array(z.unknown())), (content) => [
	'text' in content && typeof content.text === 'string' ? content.text : '',
]);

const location = kind(
	z.object({
		longitude: amount(-180, 180),
		latitude: amount(-90, 90),
		name: z.string().optional(),
		address: z.string().optional(),
	}),
	// The address shows only together with a name.
	({ longitude, latitude, name, address }) => [
		name ? [name, address].filter(Boolean).join(', ') : `${latitude}, ${longitude}`,
	],
);

const optional = z.string().optional();

const contact = z.object({
	name: z
		.object({
			formatted_name: filled,
			first_name: optional,
			last_name: optional,
			middle_name: optional,
			prefix: optional,
			suffix: optional,
		})
		.refine(
			(name) =>
				[name.first_name, name.last_name, name.middle_name, name.prefix, name.suffix].some(Boolean),
			'needs one of first_name, last_name, middle_name, prefix, suffix',
		),
	addresses: z
		.array(
			z.object({
				street: optional,
				city: optional,
				state: optional,
				zip: optional,
				country: optional,
				country_code: optional,
				type: optional,
			}),
		)
		.optional(),
	birthday: z.string().date().optional(),
	emails: z.array(z.object({ email: optional, type: optional })).optional(),
	org: z.object({ company: optional, department: optional, title: optional }).optional(),
	phones: z.array(z.object({ phone: optional, type: optional, wa_id: optional })).optional(),
	urls: z.array(z.object({ url: optional, type: optional })).optional(),
});

const body = z.object({ text: text(MAX_BODY) });
const footer = z.object({ text: text(60) }).optional();
const textHeader = z.object({ type: z.literal('text'), text: text(60) });
// Meta also takes the id of a file that was uploaded to it; Chat App has no way to get one.
const anyHeader = z.discriminatedUnion('type', [
	textHeader,
	z.object({ type: z.literal('image'), image: linkForm }),
	z.object({ type: z.literal('video'), video: linkForm }),
	z.object({ type: z.literal('document'), document: linkForm }),
]);

const allDiffer =
	<T>(read: (entry: T) => unknown) =>
	(entries: T[]) =>
		new Set(entries.map(read)).size === entries.length;

const replyButtons = z
	.array(
		z.object({ type: z.literal('reply'), reply: z.object({ id: text(256), title: text(20) }) }),
	)
	.min(1)
	.max(3)
	.refine(
		allDiffer(({ reply }) => reply.title),
		'have a title twice',
	)
	.refine(
		allDiffer(({ reply }) => reply.id),
		'have an id twice',
	);

/** Up to ten sections: titled as soon as there are several, and with a limit for what all of them hold together. */
function sectionsOf<T extends { title?: string }>(
	section: z.ZodType<T>,
	countOf: (section: T) => number,
	most: number,
) {
	return z
		.array(section)
		.min(1)
		.max(10)
		.refine(
			(all) => all.length === 1 || all.every(({ title }) => title),
			'need a title each when there are several',
		)
		.refine(
			(all) => all.reduce((sum, each) => sum + countOf(each), 0) <= most,
			`hold ${most} entries at most, all together`,
		);
}

const title = upTo(24).optional();
const row = z.object({ id: text(200), title: text(24), description: upTo(72).optional() });
const product = z.object({ product_retailer_id: filled });
const rowSections = sectionsOf(
	z.object({ title, rows: z.array(row).min(1) }),
	({ rows }) => rows.length,
	10,
);
const productSections = sectionsOf(
	z.object({ title, product_items: z.array(product).min(1) }),
	(section) => section.product_items.length,
	30,
);

const flowParameters = z
	.object({
		flow_id: filled,
		flow_token: filled,
		flow_cta: text(30),
		flow_message_version: filled,
		// navigate is what Meta takes when none is given.
		flow_action: z.enum(['navigate', 'data_exchange']).default('navigate'),
		flow_action_payload: z
			.object({ screen: filled, data: z.record(z.unknown()).optional() })
			.optional(),
	})
	.refine(
		(flow) => flow.flow_action !== 'navigate' || flow.flow_action_payload,
		'need a screen to navigate to',
	);

const interactiveForm = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('button'),
		header: anyHeader.optional(),
		body,
		footer,
		action: z.object({ buttons: replyButtons }),
	}),
	z.object({
		type: z.literal('list'),
		header: textHeader.optional(),
		body,
		footer,
		action: z.object({ button: text(20), sections: rowSections }),
	}),
	z.object({
		type: z.literal('product'),
		header: z.undefined(),
		body: body.optional(),
		footer,
		action: product.extend({ catalog_id: filled }),
	}),
	z.object({
		type: z.literal('product_list'),
		header: textHeader,
		body,
		footer,
		action: z.object({ catalog_id: filled, sections: productSections }),
	}),
	z.object({
		type: z.literal('cta_url'),
		header: anyHeader.optional(),
		body,
		footer,
		action: z.object({
			name: z.literal('cta_url'),
			parameters: z.object({ display_text: text(20), url: link }),
		}),
	}),
	z.object({
		type: z.literal('flow'),
		header: anyHeader.optional(),
		body,
		footer,
		action: z.object({ name: z.literal('flow'), parameters: flowParameters }),
	}),
]);

/** The labels that the message brings along; WhatsApp itself labels the button to a product. */
function labelsOf(message: z.infer<typeof interactiveForm>): string[] {
	switch (message.type) {
		case 'button':
			return message.action.buttons.map(({ reply }) => reply.title);
		case 'list':
			return [message.action.button];
		case 'cta_url':
			return [message.action.parameters.display_text];
		case 'flow':
			return [message.action.parameters.flow_cta];
		default:
			return [];
	}
}

const interactive = kind(
	interactiveForm,
	({ header, body: main, footer: end }) => [
		header?.type === 'text' ? header.text : '',
		main?.text,
		end?.text,
	],
	labelsOf,
);

const captioned = kind(
	linkForm.extend({ caption: upTo(MAX_CAPTION).optional() }),
	({ caption }) => [caption],
);

const WHATSAPP: Record<string, Kind> = {
	// The page of the operation: the caption must not be set for a text.
	text: kind(textForm.extend({ caption: z.undefined() }), (content) => [content.text]),
	image: captioned,
	video: captioned,
	audio: file,
	document: kind(linkForm.extend({ fileName: filled }), ({ fileName }) => [fileName]),
	sticker: file,
	interactive,
	location,
	contacts: kind(z.array(contact).min(1), (contacts) => [
		contacts.map(({ name }) => name.formatted_name).join(', '),
	]),
	reaction: kind(z.object({ messageId: filled, emoji: filled }), ({ emoji }) => [emoji]),
	typing_indicator: undocumented,
	pin: undocumented,
	carousel: undocumented,
};

const viberVideo = linkForm.extend({
	thumbnail: link,
	fileSize: amount(0, Infinity),
	duration: amount(0, 600),
});
const viberButton = z.object({ caption: filled, action: link });

const VIBER: Record<string, Kind> = {
	text: plainText,
	image: file,
	video: kind(viberVideo, () => []),
	document: kind(linkForm.extend({ fileName: filled, fileType: filled }), ({ fileName }) => [
		fileName,
	]),
	text_button: kind(
		textForm.merge(viberButton),
		(content) => [content.text],
		({ caption }) => [caption],
	),
	// Listed without its keys; text and link are what its name says.
	text_image: kind(textForm.merge(linkForm), (content) => [content.text]),
	text_image_button: kind(
		textForm.merge(linkForm).merge(viberButton),
		(content) => [content.text],
		({ caption }) => [caption],
	),
	text_video: kind(textForm.merge(viberVideo), (content) => [content.text]),
	// One page asks for action, another says to leave it empty: it is neither needed nor refused.
	text_video_button: kind(
		textForm.merge(viberVideo).extend({ caption: filled }),
		(content) => [content.text],
		({ caption }) => [caption],
	),
};

const META: Record<string, Kind> = {
	text: plainText,
	image: file,
	video: file,
	audio: file,
	document: file,
	interactive: undocumented,
	couponTemplate: undocumented,
	regularTemplate: undocumented,
	quickReply: undocumented,
	buttonTemplate: undocumented,
};

/** Alibaba's SDK 5.3.0 lists Telegram's types and no keys; they are those of the other channels. */
const TELEGRAM: Record<string, Kind> = {
	text: plainText,
	image: file,
	video: file,
	audio: file,
	document: file,
	location,
	gif: file,
	sticker: file,
};

const KINDS: Record<string, Record<string, Kind>> = {
	whatsapp: WHATSAPP,
	viber: VIBER,
	messenger: META,
	instagram: META,
	telegram: TELEGRAM,
};

/**
 * Reads the free-form message of a call.
 * @throws Refusal for a type that the channel does not have, or a content that is not of its type's form
 */
export function readContent(
	parameters: Parameters,
	channelType: string,
): Reading & { messageType: string; content: unknown } {
	const messageType = parameters.get('MessageType');
	if (!messageType)
		throw refuse('InvalidParameter.MessageTypeNotEmpty', 'MessageType must not be empty.');
	if (!Object.hasOwn(KINDS[channelType], messageType)) {
		throw refuse(
			'InvalidParameter.MessageTypeNotSupport',
			`${messageType} is not supported on ${channelType}.`,
		);
	}
	if (!parameters.get('Content'))
		throw refuse('InvalidParameter.ContentNotEmpty', 'Content must not be empty.');
	const content = json(parameters, 'Content', 'InvalidParameter.ContentError');
	return { messageType, content, ...KINDS[channelType][messageType](content) };
}
