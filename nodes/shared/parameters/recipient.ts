import type { Country } from '../../../credentials/countries';
import { strayCharacter } from '../../../credentials/strayCharacter';
import { formatCount } from '../util/format';
import { UserIssue, quote } from '../util/userIssue';
import { isComplete, withCountryCode } from './defaultCountry';
import type { Read } from './parameters';
import { UnevaluatedExpression, checkEvaluated, exactText, plainText } from './text';

/** The channels of SendChatappMessage, as the request names them. */
export type ChannelType = 'instagram' | 'messenger' | 'telegram' | 'viber' | 'whatsapp';

/** Channels whose recipients are phone numbers; the others have user IDs. */
const PHONE_CHANNELS: ReadonlySet<string> = new Set(['viber', 'whatsapp']);

/**
 * WhatsApp's ID of a person without a phone number, e.g. US.13491208655302741918: the country, and US.ENT. for one of
 * several portfolios. (Meta: business-scoped user IDs)
 */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[\dA-Za-z]{1,128}$/;

/** Whether a cleaned recipient of WhatsApp is a user ID rather than a number. */
export function isUserId(to: string): boolean {
	return USER_ID.test(to);
}

/** Characters that people write between the digits of a phone number; U+2212 is the minus sign that looks like a hyphen. */
const BETWEEN_DIGITS = /[\s+().\-/\u2212\p{Pd}]/gu;

/** Invisible characters, which come with copied text. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Forms in which apps and spreadsheets keep a number: whatsapp:+65..., tel:+65..., '+65..., ="65...". */
const WRAPPED = /^\s*(?:(?:whatsapp|tel):\s*(.*)|'(.*)|="(.*)")\s*$/is;

/** The code units between several recipients in one text. */
const SEPARATORS: ReadonlySet<number> = new Set(
	[...',;\n\r\u2028\u2029，；'].map((separator) => separator.charCodeAt(0)),
);

/** A number that a spreadsheet has rounded: 6.59E+09, or 6,59E+09 in locales with a decimal comma. */
const ROUNDED = /^\s*(\d+)(?:[.,](\d+))?E\+?(\d+)\s*$/i;

/** A number with decimals, e.g. 6591234567.0 or 6 591 234 567.00; other dots separate groups. */
const FRACTION = /^[\s+\d]*\d{3}\.\d{1,2}\s*$/;

/** Fast path for well-formed numbers: a list can have a million of them. Hyphens may make a date. */
const ORDINARY_NUMBER = /^\+?\d(?: ?\d){6,14}$/;

const EMPTY_ADVICE: Record<'phone' | 'id', string> = {
	phone: 'Enter a phone number with its country code, or drag the field that holds it.',
	id: 'Enter the user ID that came with an inbound message, or drag the field that holds it.',
};

/** Whether a value can be a recipient. A fraction or a negative number cannot. */
function isOneText(value: unknown): value is string | number {
	return typeof value === 'string' || (Number.isInteger(value) && (value as number) >= 0);
}

function invalidRecipient(title: string, advice: string): UserIssue {
	return new UserIssue(title, advice, 'invalidRecipient');
}

/** Full-width characters as ASCII. Unicode normalization is no alternative: it turns superscripts into digits. */
function halfWidth(text: string): string {
	return text.replace(/[\uff01-\uff5e]/g, (each) =>
		String.fromCharCode(each.charCodeAt(0) - 0xfee0),
	);
}

/** The number in the way spreadsheets write a long one, if it still has all of its digits: 6.591234567E+09. */
function lossless(number: string): string | undefined {
	const [, first, others = '', exponent] = ROUNDED.exec(number) ?? [];
	return first?.length === 1 && others.length === Number(exponent)
		? `${first}${others}`
		: undefined;
}

function noPhoneNumber(advice: string): UserIssue {
	return invalidRecipient('To is not a phone number', advice);
}

/** Longer than any phone number, however it is written. */
const MAX_WRITTEN_CHARACTERS = 100;

/** A number as written, without its wrapping and without characters that nobody sees. */
function plainNumber(written: string): string {
	const visible = halfWidth(written).replace(INVISIBLE, '');
	const [, ...wrapped] = WRAPPED.exec(visible) ?? [];
	return (wrapped.find((inside) => inside !== undefined) ?? visible).trim();
}

const digitsOf = (text: string) => text.replace(/\D/g, '');

/** 2026-11-28, and 28.11.2026 or 11/28/26. */
const DATES = [
	/^\d{4}(?<separator>[-./])(?<one>\d{1,2})\k<separator>(?<other>\d{1,2})$/,
	/^(?<one>\d{1,2})(?<separator>[-./])(?<other>\d{1,2})\k<separator>(?:\d{2}|\d{4})$/,
];

/** Whether two parts of a date are as large as a day and a month can be, in either order. */
function isDate(number: string): boolean {
	return DATES.some((form) => {
		const { one, other } = form.exec(number)?.groups ?? {};
		const [month, day] = [Number(one), Number(other)].sort((a, b) => a - b);
		return month >= 1 && month <= 12 && day <= 31;
	});
}

/**
 * Text that holds more than one number, of which the digits alone would make another number that somebody may have:
 * digits before the plus sign, a date, or a short group in brackets or after a slash behind a complete number.
 * @returns what is wrong with it, as a sentence
 */
function otherNumberIn(number: string): string | undefined {
	if (/^[^\d+]*[\d+].*\+/s.test(number))
		return 'It has digits before the plus sign, or two numbers.';
	if (/\d{5}\s*\/\s*\d{5}/.test(number)) return 'It holds two numbers.';
	if (isDate(number)) return 'It is a date.';
	const [, before, after] = /^([^/]*)\/([^/]*)$/.exec(number) ?? [];
	const isExtension =
		before !== undefined && digitsOf(before).length >= 8 && digitsOf(after).length <= 4;
	const [, complete] = /^(.*)\(\s*\d{1,4}\s*\)$/s.exec(number) ?? [];
	const hasGroup = complete !== undefined && digitsOf(complete).length >= 7;
	if (isExtension || hasGroup) return 'The short group at its end makes it two numbers.';
	return undefined;
}

/** Names a character that nobody can tell from a digit or a sign by looking at it. */
function strayCause(number: string): string {
	const stray = strayCharacter(number.replace(BETWEEN_DIGITS, ''));
	return stray === undefined ? '' : ` The character ${stray} is not a digit from 0 to 9.`;
}

/**
 * A number as the API takes it.
 * @param country completes it, unless it has its country code after + or 00
 */
function internationalNumber(
	written: string,
	hasPlus: boolean,
	digits: string,
	country: Country | undefined,
): string {
	// 00 is the dialing prefix that + stands for in many countries; no country code starts with 0.
	const international = digits.replace(/^00(?=[1-9])/, '');
	if (country && !hasPlus && international === digits)
		return withCountryCode(digits, country, written);
	// E.164 numbers have at most 15 digits; longer ones are two numbers that lost their separator.
	if (international.length < 5 || international.length > 15) throw useDigits(written);
	if (international.startsWith('0')) {
		throw invalidRecipient(
			'To has no country code',
			`${quote(written)} starts with 0. Start with the country code, without leading zeros, or choose a Default Country in Options or in the credential.`,
		);
	}
	return international;
}

function useDigits(written: string, cause = ''): UserIssue {
	return noPhoneNumber(
		`Got ${quote(written)}.${cause} Use digits with the country code, e.g. +65 9123 4567.`,
	);
}

function cleanPhone(written: string, country: Country | undefined): string {
	if (written.length > MAX_WRITTEN_CHARACTERS) throw useDigits(written);
	const plain = plainNumber(written);
	const number = lossless(plain) ?? plain;
	if (ROUNDED.test(number)) {
		throw noPhoneNumber(
			`${quote(written)} was rounded by a spreadsheet. Format the column as text and enter the number again.`,
		);
	}
	if (number.includes('{{')) {
		throw noPhoneNumber(
			`${quote(written)} looks like an expression. Switch the field from Fixed to Expression.`,
		);
	}
	if (FRACTION.test(number)) {
		throw noPhoneNumber(
			`${quote(written)} has decimals, as spreadsheets and databases write a number. Format the column as text.`,
		);
	}
	if (/\(\s*0\s*\)/.test(number)) {
		throw noPhoneNumber(`Got ${quote(written)}. Leave out the (0) after the country code.`);
	}
	const other = otherNumberIn(number);
	if (other !== undefined) throw useDigits(written, ` ${other}`);
	const digits = number.replace(BETWEEN_DIGITS, '');
	if (!/^\d+$/.test(digits)) throw useDigits(written, strayCause(number));
	return internationalNumber(written, number.includes('+'), digits, country);
}

const isRounded = (text: string) => text.length <= MAX_WRITTEN_CHARACTERS && ROUNDED.test(text);

/**
 * What stands between separators. By hand, since the text can have millions of characters: in a process that has run
 * for long, V8 no longer optimizes regular expressions, and one that repeats over 4 million of them ends in a
 * RangeError (kRegExpCompiledLimit in its regexp.h).
 */
function partsOf(text: string): string[] {
	const parts: string[] = [];
	let start = 0;
	for (let end = 0; end <= text.length; end++) {
		if (end < text.length && !SEPARATORS.has(text.charCodeAt(end))) continue;
		if (end > start) parts.push(text.slice(start, end));
		start = end + 1;
	}
	return parts;
}

/** The recipients in a To field that takes several, each as written; empty ones are left out. */
export function recipientsIn(value: unknown): unknown[] {
	const list =
		typeof value === 'string' && value.trim().startsWith('[') ? (jsonList(value) ?? value) : value;
	return (Array.isArray(list) ? (list as unknown[]) : [list])
		.flatMap((each) =>
			typeof each === 'string' && !isRounded(each)
				? partsOf(each).map((part) => part.trim())
				: [each],
		)
		.filter((each) => each !== undefined && each !== null && each !== '');
}

/** The list in a text of JSON; undefined if there is none. */
function jsonList(text: string): unknown[] | undefined {
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? (list as unknown[]) : undefined;
	} catch {
		return undefined;
	}
}

/** More than hundreds of numbers have. It is not looked through. */
const MAX_TO_CHARACTERS = 10_000;

const EACH_ONE =
	'Each message goes to one recipient. Use Split Out before this node to give each recipient its own item or list entry.';

/** The recipients in a To field that takes one, each trimmed; empty ones are left out. */
function splitRecipients(value: unknown): string[] {
	const values = Array.isArray(value) ? (value as unknown[]) : [value];
	return values
		.filter((each) => each !== undefined && each !== null)
		.flatMap((each) => {
			checkEvaluated(each, 'To', 'invalidRecipient');
			if (!isOneText(each)) {
				throw invalidRecipient(
					'To is not a text',
					`Got ${quote(each)}. Drag the field that holds the recipient as text.`,
				);
			}
			const text = exactText(each, 'To', 'invalidRecipient');
			if (text.length > MAX_TO_CHARACTERS) {
				throw invalidRecipient(
					'To is too long',
					`It has ${formatCount(text.length)} characters. ${EACH_ONE}`,
				);
			}
			return isRounded(text) ? [text] : partsOf(text);
		})
		.map((each) => each.trim())
		.filter((each) => each !== '');
}

/** What a recipient is, beside its text. */
interface RecipientContext {
	/** It is a group, which has an ID on every channel. */
	isGroup?: boolean;
	/** The country of numbers without a country code; without it they go as they are. */
	country?: Country;
	/** The item or entry that it comes from. */
	item?: unknown;
}

/**
 * The recipient as the API takes it. Phone numbers may have any format and are returned as digits, since CAMS rejects
 * anything else (InvalidParameter.ToOnlyNumeric). User IDs, of other channels and of WhatsApp, are only trimmed.
 * @throws UserIssue (invalidRecipient) for no recipient, several recipients, or text that is not a phone number
 */
export function cleanRecipient(
	value: unknown,
	channelType: ChannelType,
	{ isGroup = false, country, item }: RecipientContext = {},
): string {
	const isPhone = PHONE_CHANNELS.has(channelType) && !isGroup;
	const completing = (number: string) =>
		country && !isComplete(number, item) ? country : undefined;
	if (isPhone && typeof value === 'string' && ORDINARY_NUMBER.test(value)) {
		const digits = value.replace(/\D/g, '');
		return internationalNumber(value, value.startsWith('+'), digits, completing(value));
	}
	const recipients = splitRecipients(value);
	if (recipients.length === 0)
		throw invalidRecipient('To is empty', EMPTY_ADVICE[isPhone ? 'phone' : 'id']);
	if (recipients.length > 1) {
		throw invalidRecipient(`To holds ${recipients.length} recipients`, EACH_ONE);
	}
	const [recipient] = recipients;
	return !isPhone || (channelType === 'whatsapp' && isUserId(recipient))
		? recipient
		: cleanPhone(recipient, completing(recipient));
}

/**
 * The registered sender as the API takes it. Phone numbers and Viber service IDs are returned as digits, since CAMS
 * rejects anything else (InvalidParameter.FromOnlyNumeric); page and account IDs are only trimmed.
 * @throws UserIssue if it is empty or, for WhatsApp and Viber, not a number
 */
export function cleanSender(value: unknown, channelType: ChannelType): string {
	checkEvaluated(value, 'From');
	if (value !== undefined && value !== null && !isOneText(value)) {
		throw new UserIssue(
			'From is not a text',
			`Got ${quote(value)}. Drag the field that holds the sender as text.`,
		);
	}
	const sender = plainText(value, 'From');
	if (sender === '') {
		throw new UserIssue(
			'From is empty',
			'Enter the registered sender, as shown for your channel in the console.',
		);
	}
	if (!PHONE_CHANNELS.has(channelType)) return sender;
	const number = plainNumber(sender.slice(0, MAX_WRITTEN_CHARACTERS));
	const digits = number.replace(BETWEEN_DIGITS, '');
	const isSeveral = number.split('/').filter((part) => digitsOf(part).length > 4).length > 1;
	const other = isSeveral ? 'It holds two numbers.' : otherNumberIn(number);
	const isTooLong = sender.length > MAX_WRITTEN_CHARACTERS;
	if (isTooLong || !/^\d+$/.test(digits) || FRACTION.test(number) || other !== undefined) {
		const cause = other === undefined ? strayCause(number) : ` ${other}`;
		throw new UserIssue(
			'From is not a number',
			`Got ${quote(sender)}.${cause} Enter the registered phone number or Service ID, digits only.`,
		);
	}
	return digits;
}

/** Enough to find it in the input. */
const SHOWN_CHARACTERS = 200;

/** The beginning of the To field as entered, to identify a message that could not be built; undefined if it is not text or number. */
export function rawRecipient(read: Read): string | undefined {
	try {
		const given = read('to', '');
		const to = given instanceof UnevaluatedExpression ? given.text : given;
		if (typeof to !== 'number' && (typeof to !== 'string' || to === '')) return undefined;
		const text = String(to);
		return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
	} catch {
		// Its expression may be the reason why the message could not be built.
		return undefined;
	}
}
