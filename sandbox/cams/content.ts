import { z } from 'zod';

import { renderLines, type RenderedMessage } from '../renderedMessage';
import {
	allDiffer,
	describeIssue,
	httpUrl,
	maxLength,
	nonEmpty,
	optionalText,
	requiredText,
	unused,
} from '../validation';
import { parseJson, type CallParameters } from './call';
import { refuse } from './refusal';

/**
 * Free-form messages of SendChatappMessage: checks of their Content, and the message as the recipient reads it. Sources:
 * types and keys are from the parameters MessageType and Content on its page and in "Send Viber messages with Chat App",
 * codes from "API error codes", and the form of `interactive` and all size limits from Meta's Cloud API. Where these
 * leave something open, a comment names the sandbox's choice.
 */

type ContentReader = (content: unknown) => RenderedMessage;

/** Documented codes for missing or empty keys. */
const EMPTY_CODES: Record<string, string> = {
	text: 'InvalidParameter.TextNotEmpty',
	link: 'InvalidParameter.LinkNotEmpty',
};

function toRefusal(error: z.ZodError) {
	const [{ code, path }] = error.issues;
	const isEmpty = code === 'too_small' || code === 'invalid_type';
	return refuse(
		(isEmpty && EMPTY_CODES[path.join('.')]) || 'InvalidParameter.ContentError',
		describeIssue(error, 'Content'),
	);
}

/** Checks a content against a form, and renders its lines and button labels. */
function reader<T>(
	form: z.ZodType<T, z.ZodTypeDef, unknown>,
	linesOf: (content: T) => Array<string | undefined>,
	buttonsOf: (content: T) => string[] = () => [],
): ContentReader {
	return (content) => {
		const { data, error } = form.safeParse(content);
		if (error) throw toRefusal(error);
		return renderLines(linesOf(data), buttonsOf(data));
	};
}

/** A JSON number or a numeric string; the documentation does not say which. */
const amount = (min: number, max: number) =>
	z
		.number()
		.or(z.string().regex(/^-?\d+(\.\d+)?$/))
		.refine((value) => Number(value) >= min && Number(value) <= max, `must be ${min} to ${max}`);

const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
const MAX_BODY = 1_024;
const MAX_LIST_BODY = 4_096;

const textForm = z.object({ text: requiredText(MAX_TEXT) });
const linkForm = z.object({ link: httpUrl });

const plainText = reader(textForm, (content) => [content.text]);
const file = reader(linkForm, () => []);

/** For types of which only the names are documented: accepts any object or array. */
const undocumented = reader(z.record(z.unknown()).or(z.array(z.unknown())), (content) => [
	'text' in content && typeof content.text === 'string' ? content.text : '',
]);

const location = reader(
	z.object({
		longitude: amount(-180, 180),
		latitude: amount(-90, 90),
		name: z.string().optional(),
		address: z.string().optional(),
	}),
	// WhatsApp shows the address only together with a name.
	({ longitude, latitude, name, address }) => [
		name ? [name, address].filter(Boolean).join(', ') : `${latitude}, ${longitude}`,
	],
);

const contact = z.object({
	name: z
		.object({
			formatted_name: nonEmpty,
			first_name: optionalText,
			last_name: optionalText,
			middle_name: optionalText,
			prefix: optionalText,
			suffix: optionalText,
		})
		.refine(
			(name) =>
				[name.first_name, name.last_name, name.middle_name, name.prefix, name.suffix].some(Boolean),
			'needs one of first_name, last_name, middle_name, prefix, suffix',
		),
	addresses: z
		.array(
			z.object({
				street: optionalText,
				city: optionalText,
				state: optionalText,
				zip: optionalText,
				country: optionalText,
				country_code: optionalText,
				type: optionalText,
			}),
		)
		.optional(),
	birthday: z.string().date().optional(),
	emails: z.array(z.object({ email: optionalText, type: optionalText })).optional(),
	org: z
		.object({ company: optionalText, department: optionalText, title: optionalText })
		.optional(),
	phones: z
		.array(z.object({ phone: optionalText, type: optionalText, wa_id: optionalText }))
		.optional(),
	urls: z.array(z.object({ url: optionalText, type: optionalText })).optional(),
});

const body = z.object({ text: requiredText(MAX_BODY) });
const footer = z.object({ text: requiredText(60) }).optional();
const textHeader = z.object({ type: z.literal('text'), text: requiredText(60) });
// Meta also accepts the ID of a file uploaded to it, but Chat App has no way to get one.
const anyHeader = z.discriminatedUnion('type', [
	textHeader,
	z.object({ type: z.literal('image'), image: linkForm }),
	z.object({ type: z.literal('video'), video: linkForm }),
	z.object({ type: z.literal('document'), document: linkForm }),
]);

const replyButtons = z
	.array(
		z.object({
			type: z.literal('reply'),
			reply: z.object({ id: requiredText(256), title: requiredText(20) }),
		}),
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

/** Up to ten sections, which need titles if there are several, and which share a limit of entries. */
function sectionsOf<T extends { title?: string }>(
	section: z.ZodType<T>,
	countOf: (section: T) => number,
	max: number,
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
			(all) => all.reduce((sum, each) => sum + countOf(each), 0) <= max,
			`hold ${max} entries at most, all together`,
		);
}

const title = maxLength(24).optional();
const row = z.object({
	id: requiredText(200),
	title: requiredText(24),
	description: maxLength(72).optional(),
});
// Meta limits the IDs of a catalog's items.
const product = z.object({ product_retailer_id: requiredText(100) });
const rowSections = sectionsOf(
	z.object({ title, rows: z.array(row).min(1) }),
	({ rows }) => rows.length,
	10,
).refine(
	(sections) =>
		allDiffer(({ id }: z.infer<typeof row>) => id)(sections.flatMap(({ rows }) => rows)),
	'have an id twice',
);
const productSections = sectionsOf(
	z.object({ title, product_items: z.array(product).min(1) }),
	(section) => section.product_items.length,
	30,
);

const flowParameters = z
	.object({
		flow_id: nonEmpty,
		flow_token: nonEmpty,
		flow_cta: requiredText(30),
		flow_message_version: nonEmpty,
		// Meta's default.
		flow_action: z.enum(['navigate', 'data_exchange']).default('navigate'),
		flow_action_payload: z
			.object({ screen: nonEmpty, data: z.record(z.unknown()).optional() })
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
		body: z.object({ text: requiredText(MAX_LIST_BODY) }),
		footer,
		action: z.object({ button: requiredText(20), sections: rowSections }),
	}),
	z.object({
		type: z.literal('product'),
		header: z.undefined(),
		body: body.optional(),
		footer,
		action: product.extend({ catalog_id: nonEmpty }),
	}),
	z.object({
		type: z.literal('product_list'),
		header: textHeader,
		body,
		footer,
		action: z.object({ catalog_id: nonEmpty, sections: productSections }),
	}),
	z.object({
		type: z.literal('cta_url'),
		header: anyHeader.optional(),
		body,
		footer,
		action: z.object({
			name: z.literal('cta_url'),
			parameters: z.object({ display_text: requiredText(20), url: httpUrl }),
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

/** Button labels within the message; WhatsApp itself labels product buttons. */
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

const interactive = reader(
	interactiveForm,
	(message) => [
		message.header?.type === 'text' ? message.header.text : '',
		message.body?.text,
		message.footer?.text,
	],
	labelsOf,
);

const captioned = reader(
	linkForm.extend({ caption: maxLength(MAX_CAPTION).optional() }),
	({ caption }) => [caption],
);

const WHATSAPP: Record<string, ContentReader> = {
	// The operation's page forbids a caption for texts, but shows an empty one in its example.
	text: reader(textForm.extend({ caption: unused }), (content) => [content.text]),
	image: captioned,
	video: captioned,
	audio: file,
	document: reader(linkForm.extend({ fileName: nonEmpty }), ({ fileName }) => [fileName]),
	sticker: file,
	interactive,
	location,
	contacts: reader(z.array(contact).min(1), (contacts) => [
		contacts.map(({ name }) => name.formatted_name).join(', '),
	]),
	reaction: reader(z.object({ messageId: nonEmpty, emoji: nonEmpty }), ({ emoji }) => [emoji]),
	typing_indicator: undocumented,
	pin: undocumented,
	carousel: undocumented,
};

const viberVideo = linkForm.extend({
	thumbnail: httpUrl,
	fileSize: amount(0, Infinity),
	duration: amount(0, 600),
});
const viberButton = z.object({ caption: nonEmpty, action: httpUrl });

const VIBER: Record<string, ContentReader> = {
	text: plainText,
	image: file,
	video: reader(viberVideo, () => []),
	document: reader(linkForm.extend({ fileName: nonEmpty, fileType: nonEmpty }), ({ fileName }) => [
		fileName,
	]),
	text_button: reader(
		textForm.merge(viberButton),
		(content) => [content.text],
		({ caption }) => [caption],
	),
	// Documented without keys; text and link are inferred from its name.
	text_image: reader(textForm.merge(linkForm), (content) => [content.text]),
	text_image_button: reader(
		textForm.merge(linkForm).merge(viberButton),
		(content) => [content.text],
		({ caption }) => [caption],
	),
	text_video: reader(textForm.merge(viberVideo), (content) => [content.text]),
	// One page requires action, another forbids it; it is neither required nor refused.
	text_video_button: reader(
		textForm.merge(viberVideo).extend({ caption: nonEmpty }),
		(content) => [content.text],
		({ caption }) => [caption],
	),
};

const META: Record<string, ContentReader> = {
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

/** Alibaba's SDK 5.3.0 lists Telegram's types without keys; the sandbox uses those of the other channels. */
const TELEGRAM: Record<string, ContentReader> = {
	text: plainText,
	image: file,
	video: file,
	audio: file,
	document: file,
	location,
	gif: file,
	sticker: file,
};

const READERS_BY_CHANNEL: Record<string, Record<string, ContentReader>> = {
	whatsapp: WHATSAPP,
	viber: VIBER,
	messenger: META,
	instagram: META,
	telegram: TELEGRAM,
};

/**
 * Reads the free-form message of a call.
 * @throws Refusal if the channel does not support the type, or the content is malformed
 */
export function readContent(
	parameters: CallParameters,
	channelType: string,
): RenderedMessage & { messageType: string; content: unknown } {
	const messageType = parameters.get('MessageType');
	if (!messageType)
		throw refuse('InvalidParameter.MessageTypeNotEmpty', 'MessageType must not be empty.');
	if (!Object.hasOwn(READERS_BY_CHANNEL[channelType], messageType)) {
		throw refuse(
			'InvalidParameter.MessageTypeNotSupport',
			`${messageType} is not supported on ${channelType}.`,
		);
	}
	if (!parameters.get('Content'))
		throw refuse('InvalidParameter.ContentNotEmpty', 'Content must not be empty.');
	const content = parseJson(parameters, 'Content', 'InvalidParameter.ContentError');
	return { messageType, content, ...READERS_BY_CHANNEL[channelType][messageType](content) };
}
