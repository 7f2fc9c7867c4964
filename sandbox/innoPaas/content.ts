import { z } from 'zod';

import { isObject } from '../cams/call';
import type { Settings } from '../settings';
import { parseBody } from './call';

/**
 * The messages of InnoPaaS: what each type must hold, and what the recipient reads of it. Fields and limits:
 * docs.innopaas.com, message; what is required where that page leaves it blank: predecessor docs of the same vendor,
 * message. Limits that only Meta names are not checked here.
 */

/** What the recipient gets to see. */
export interface RenderedMessage {
	text: string;
	buttons: string[];
}

const nonEmpty = z.string().min(1, 'must not be empty');
const optional = z.string().optional();
/** May be there, but with nothing in it. */
const unused = z.string().max(0, 'must not be set').optional();
/** A text that may be empty. Characters are counted as people count them, so an emoji is one. */
export const maxLength = (max: number) =>
	z.string().refine((text) => [...text].length <= max, `takes ${max} characters at max`);
const requiredText = (max: number) => nonEmpty.and(maxLength(max));
const link = nonEmpty.refine(
	(value) => /^https?:\/\/\S+$/i.test(value) && URL.canParse(value),
	'is no http(s) address',
);
const degrees = z.string().regex(/^-?\d+(\.\d+)?$/, 'is no number in a text');

/** The header of a template and of an interactive message. */
const mediaHeader = z.object({ link, caption: optional, paramValue: unused });
const MEDIA_HEADERS = [
	mediaHeader.extend({ type: z.literal('image') }),
	mediaHeader.extend({ type: z.literal('video') }),
	mediaHeader.extend({ type: z.literal('document') }),
] as const;

/** The header of a template: a text with its one variable, or a file. */
export const templateHeader = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), caption: unused, paramValue: optional }),
	...MEDIA_HEADERS,
]);

const interactiveHeader = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), caption: unused, paramValue: nonEmpty }),
	...MEDIA_HEADERS,
]);

type Style = Settings['innoPaasInteractive'];

/**
 * Reads a part that is written in two ways: flat in the tables of fields, with an object within in the examples of
 * the predecessor docs. Which of them the API takes is not known.
 * @param unwrap gives what stands within, or undefined when nothing does
 */
const inStyle = <T>(
	style: Style,
	form: z.ZodType<T, z.ZodTypeDef, unknown>,
	unwrap: (part: Record<string, unknown>) => object | undefined,
) =>
	z.preprocess((part) => {
		if (style === 'flat' || !isObject(part)) return part;
		const within = unwrap(part);
		if (within) return { type: part.type, ...within };
		return style === 'nested' ? { type: part.type } : part;
	}, form);

const headerIn = (style: Style) =>
	inStyle(style, interactiveHeader, (part) => {
		if (part.type === 'text')
			return part.text === undefined ? undefined : { paramValue: part.text };
		const file = part[String(part.type)];
		return isObject(file) ? file : undefined;
	});

const buttonIn = (style: Style) =>
	inStyle(
		style,
		z.object({ type: z.literal('reply'), title: requiredText(20), id: requiredText(256) }),
		({ reply }) => (isObject(reply) ? reply : undefined),
	);

const allDiffer =
	<T>(read: (entry: T) => unknown) =>
	(entries: T[]) =>
		new Set(entries.map(read)).size === entries.length;

const row = z.object({ id: requiredText(200), title: requiredText(24), description: optional });
const title = maxLength(24).optional();
const productRetailerId = requiredText(100);

const areTitled = (sections: Array<{ title?: string }>) =>
	sections.length === 1 || sections.every((section) => section.title);
const NEED_TITLES = 'need a title each when there are several';

const rowSections = z
	.array(z.object({ title, rows: z.array(row).min(1).max(10) }))
	.min(1)
	.refine(areTitled, NEED_TITLES)
	.refine(
		(all) => allDiffer(({ id }: z.infer<typeof row>) => id)(all.flatMap(({ rows }) => rows)),
		'have an id twice',
	);

const productSections = z
	.array(z.object({ title, productItems: z.array(z.object({ productRetailerId })).min(1) }))
	.min(1)
	.refine(areTitled, NEED_TITLES)
	.refine(
		(all) => all.flatMap(({ productItems }) => productItems).length <= 30,
		'hold 30 products at most, all together',
	);

const body = z.object({ text: nonEmpty });
const footer = z.object({ text: optional }).optional();

function interactiveIn(style: Style) {
	const header = headerIn(style);
	return z.discriminatedUnion('type', [
		z.object({
			type: z.literal('button'),
			header: header.optional(),
			body,
			footer,
			action: z.object({
				buttons: z
					.array(buttonIn(style))
					.min(1)
					.refine(
						allDiffer((button) => button.title),
						'have a title twice',
					),
			}),
		}),
		z.object({
			type: z.literal('list'),
			header: header.optional(),
			body,
			footer,
			action: z.object({ button: nonEmpty, sections: rowSections }),
		}),
		z.object({
			type: z.literal('product'),
			header: z.undefined(),
			body: z.object({ text: optional }).optional(),
			footer,
			action: z.object({ catalogId: nonEmpty, productRetailerId }),
		}),
		z.object({
			type: z.literal('product_list'),
			header,
			body,
			footer,
			action: z.object({ catalogId: nonEmpty, sections: productSections }),
		}),
	]);
}

type Interactive = z.infer<ReturnType<typeof interactiveIn>>;

/** The labels that the message brings along; WhatsApp itself labels the button to a product. */
function labelsOf(message: Interactive): string[] {
	switch (message.type) {
		case 'button':
			return message.action.buttons.map((button) => button.title);
		case 'list':
			return [message.action.button];
		default:
			return [];
	}
}

const address = z.object({
	type: optional,
	street: optional,
	city: optional,
	state: optional,
	zip: optional,
	country: optional,
	countryCode: optional,
});

/** The tables of fields call name and org lists; in the predecessor's examples they are objects, as at Meta. */
const contact = z.object({
	name: z.object({
		formattedName: nonEmpty,
		firstName: optional,
		lastName: optional,
		middleName: optional,
		suffix: optional,
		prefix: optional,
	}),
	phones: z.array(z.object({ type: nonEmpty, phone: nonEmpty, waID: optional })).optional(),
	org: z.object({ company: optional, department: optional, title: optional }).optional(),
	addresses: z.array(address).optional(),
	birthday: optional,
	emails: z.array(z.object({ type: optional, email: optional })).optional(),
	urls: z.array(z.object({ type: optional, url: optional })).optional(),
});

type MessageReader = (message: Record<string, unknown>, style: Style) => RenderedMessage;

const rendered = (lines: Array<string | undefined>, buttons: string[] = []): RenderedMessage => ({
	text: lines.filter((line) => line !== undefined && line !== '').join('\n'),
	buttons,
});

/** A kind of message whose form is one for all. */
function reader<T>(
	form: z.ZodType<T, z.ZodTypeDef, unknown>,
	linesOf: (message: T) => Array<string | undefined>,
): MessageReader {
	return (message) => rendered(linesOf(parseBody(form, message)));
}

const media = (more: z.ZodRawShape = {}) =>
	z.object({ media: z.object({ link, caption: optional, filename: optional }).extend(more) });
const captioned = reader(media(), (message) => [message.media.caption]);

const MESSAGE_READERS: Record<string, MessageReader> = {
	text: reader(z.object({ body: nonEmpty }), (message) => [message.body]),
	image: captioned,
	video: captioned,
	audio: reader(media({ caption: unused }), () => []),
	document: reader(media({ filename: nonEmpty }), (message) => [
		message.media.caption,
		message.media.filename,
	]),
	sticker: reader(media(), () => []),
	location: reader(
		z.object({
			location: z.object({
				latitude: degrees,
				longitude: degrees,
				name: optional,
				address: optional,
			}),
		}),
		// The address shows only together with a name.
		({ location }) => [
			location.name
				? [location.name, location.address].filter(Boolean).join(', ')
				: `${location.latitude}, ${location.longitude}`,
		],
	),
	contacts: reader(z.object({ contacts: z.array(contact).min(1) }), ({ contacts }) => [
		contacts.map(({ name }) => name.formattedName).join(', '),
	]),
	interactive: (message, style) => {
		const { interactive } = parseBody(z.object({ interactive: interactiveIn(style) }), message);
		const { header, body: main, footer: end } = interactive;
		return rendered(
			[header?.type === 'text' ? header.paramValue : '', main?.text, end?.text],
			labelsOf(interactive),
		);
	},
};

/** The types besides template. */
export const FREE_FORM_TYPES = Object.keys(MESSAGE_READERS);

/**
 * Reads a message that is no template.
 * @throws Refusal for what is not of its type's form
 */
export function readMessage(
	messageType: string,
	message: Record<string, unknown>,
	style: Style,
): RenderedMessage {
	return MESSAGE_READERS[messageType](message, style);
}
