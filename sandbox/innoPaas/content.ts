import { z } from 'zod';

import { renderLines, type RenderedMessage } from '../renderedMessage';
import type { Settings } from '../settings';
import {
	allDiffer,
	httpUrl,
	isObject,
	maxLength,
	nonEmpty,
	optionalText,
	requiredText,
	unused,
} from '../validation';
import { parseBody } from './call';

/**
 * Free-form messages of InnoPaaS: checks of each type, and the message as the recipient reads it. Fields and limits are
 * from docs.innopaas.com, message; required fields that this page leaves open are from the same page of the vendor's
 * predecessor documentation. Limits that only Meta documents are not checked.
 */

const degrees = z.string().regex(/^-?\d+(\.\d+)?$/, 'is not a number in a string');

/** Shared by templates and interactive messages. */
const mediaHeader = z.object({ link: httpUrl, caption: optionalText, paramValue: unused });
const MEDIA_HEADERS = [
	mediaHeader.extend({ type: z.literal('image') }),
	mediaHeader.extend({ type: z.literal('video') }),
	mediaHeader.extend({ type: z.literal('document') }),
] as const;

/** A template's header: the value of its only text variable, or a file. */
export const templateHeader = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), caption: unused, paramValue: optionalText }),
	...MEDIA_HEADERS,
]);

const interactiveHeader = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), caption: unused, paramValue: nonEmpty }),
	...MEDIA_HEADERS,
]);

type Style = Settings['innoPaasInteractive'];

/**
 * Accepts a part in the flat form of the field tables, the nested form of the predecessor's examples, or both. Which of
 * them the API accepts is not known.
 * @param unwrap returns the nested object, or undefined if there is none
 */
const inStyle = <T>(
	style: Style,
	form: z.ZodType<T, z.ZodTypeDef, unknown>,
	unwrap: (part: Record<string, unknown>) => object | undefined,
) =>
	z.preprocess((part) => {
		if (style === 'flat' || !isObject(part)) return part;
		const nested = unwrap(part);
		if (nested) return { type: part.type, ...nested };
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

const row = z.object({ id: requiredText(200), title: requiredText(24), description: optionalText });
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
const footer = z.object({ text: optionalText }).optional();

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
					)
					// The table of Button: the id is a unique identifier.
					.refine(
						allDiffer((button) => button.id),
						'have an id twice',
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
			body: z.object({ text: optionalText }).optional(),
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

/** Button labels within the message; WhatsApp itself labels product buttons. */
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
	type: optionalText,
	street: optionalText,
	city: optionalText,
	state: optionalText,
	zip: optionalText,
	country: optionalText,
	countryCode: optionalText,
});

/** The field tables call name and org lists; in the predecessor's examples they are objects, as in Meta's API. */
const contact = z.object({
	name: z.object({
		formattedName: nonEmpty,
		firstName: optionalText,
		lastName: optionalText,
		middleName: optionalText,
		suffix: optionalText,
		prefix: optionalText,
	}),
	phones: z.array(z.object({ type: nonEmpty, phone: nonEmpty, waID: optionalText })).optional(),
	org: z
		.object({ company: optionalText, department: optionalText, title: optionalText })
		.optional(),
	addresses: z.array(address).optional(),
	birthday: optionalText,
	emails: z.array(z.object({ type: optionalText, email: optionalText })).optional(),
	urls: z.array(z.object({ type: optionalText, url: optionalText })).optional(),
});

type MessageReader = (message: Record<string, unknown>, style: Style) => RenderedMessage;

/** Checks a message against a form that does not depend on the style, and renders its lines. */
function reader<T>(
	form: z.ZodType<T, z.ZodTypeDef, unknown>,
	linesOf: (message: T) => Array<string | undefined>,
): MessageReader {
	return (message) => renderLines(linesOf(parseBody(form, message)));
}

const mediaFields = { link: httpUrl, caption: optionalText, filename: optionalText };
const media = <More extends z.ZodRawShape>(more: More) =>
	z.object({ media: z.object({ ...mediaFields, ...more }) });
const captioned = reader(media({}), (message) => [message.media.caption]);

const MESSAGE_READERS: Record<string, MessageReader> = {
	text: reader(z.object({ body: nonEmpty }), (message) => [message.body]),
	image: captioned,
	video: captioned,
	audio: reader(media({ caption: unused }), () => []),
	document: reader(media({ filename: nonEmpty }), (message) => [
		message.media.caption,
		message.media.filename,
	]),
	sticker: reader(media({}), () => []),
	location: reader(
		z.object({
			location: z.object({
				latitude: degrees,
				longitude: degrees,
				name: optionalText,
				address: optionalText,
			}),
		}),
		// WhatsApp shows the address only together with a name.
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
		const { header } = interactive;
		return renderLines(
			[
				header?.type === 'text' ? header.paramValue : '',
				interactive.body?.text,
				interactive.footer?.text,
			],
			labelsOf(interactive),
		);
	},
};

/** All message types except template. */
export const FREE_FORM_TYPES = Object.keys(MESSAGE_READERS);

/**
 * Reads a free-form message.
 * @throws Refusal if the message is malformed
 */
export function readMessage(
	messageType: string,
	message: Record<string, unknown>,
	style: Style,
): RenderedMessage {
	return MESSAGE_READERS[messageType](message, style);
}
