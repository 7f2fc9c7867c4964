import { UserIssue, quote } from '../util/userIssue';
import type { Read } from './parameters';

/** The channels of SendChatappMessage, by their wire values. */
export type ChannelType = 'instagram' | 'messenger' | 'telegram' | 'viber' | 'whatsapp';

/** Channels whose recipients are phone numbers; the others know their users by ids of their own. */
const PHONE_CHANNELS: ReadonlySet<string> = new Set(['viber', 'whatsapp']);

/** What people put between the digits of a phone number, and the invisible marks that copying brings along. */
const BETWEEN_DIGITS = /[\s+().\-/\p{Pd}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** What stands between several recipients in one text. */
const BETWEEN_RECIPIENTS = /[,;\n\r\u2028\u2029，；]/;

/** A number that a spreadsheet has rounded, e.g. 6.59E+09, or 6,59E+09 where the comma is the point. */
const ROUNDED = /^\s*\d+([.,]\d+)?E\+?\d+\s*$/i;

/** A number with decimals, e.g. 6591234567.0; a dot in front of more digits stands between groups. */
const FRACTION = /^[\s+]*\d{4,}\.\d{1,2}\s*$/;

/** One ordinary number; told apart first, because a list can have a million of them. */
const ORDINARY_NUMBER = /^\+?[1-9](?:[ -]?\d){6,14}$/;

const EMPTY_ADVICE: Record<'phone' | 'id', string> = {
	phone: 'Enter a phone number with country code, or drag the field that holds it.',
	id: 'Enter the user ID that came with an inbound message, or drag the field that holds it.',
};

/** A fraction is no recipient, and a number above 2^53 has lost its last digits already. */
function isOneText(value: unknown): value is string | number {
	return typeof value === 'string' || (Number.isSafeInteger(value) && (value as number) >= 0);
}

function invalid(title: string, advice: string): UserIssue {
	return new UserIssue(title, advice, 'invalidRecipient');
}

/** Full width digits and signs as the plain ones; nothing else, or a footnote mark would become a digit. */
function halfWidth(text: string): string {
	return text.replace(/[\uff01-\uff5e]/g, (each) =>
		String.fromCharCode(each.charCodeAt(0) - 0xfee0),
	);
}

/** Longer than any number with all that people write around it. */
const MAX_WRITTEN_CHARACTERS = 100;

function cleanPhone(written: string): string {
	if (written.length > MAX_WRITTEN_CHARACTERS) {
		throw invalid(
			'To is not a phone number',
			`Got ${quote(written)}. Use digits with the country code, e.g. +65 9123 4567.`,
		);
	}
	const given = halfWidth(written);
	if (ROUNDED.test(given)) {
		throw invalid(
			'To is not a phone number',
			`${quote(written)} was rounded by a spreadsheet. Format the column as text and enter the number again.`,
		);
	}
	if (given.includes('{{')) {
		throw invalid(
			'To is not a phone number',
			`${quote(written)} is meant as an expression. Switch the field from Fixed to Expression.`,
		);
	}
	if (/\(\s*0\s*\)/.test(given)) {
		throw invalid(
			'To is not a phone number',
			`Got ${quote(written)}. Leave out the (0) after the country code.`,
		);
	}
	// 00 is how many countries dial what + stands for; no country code begins with 0.
	const digits = given.replace(BETWEEN_DIGITS, '').replace(/^00(?=[1-9])/, '');
	const isSeveral = given.split('+').length > 2 || /\d{5,}\s*\/\s*\d{5,}/.test(given);
	// 6591234567.0 is how a table writes a number.
	const isFraction = FRACTION.test(given);
	// E.164 ends at 15 digits; longer ones are two numbers that lost what stood between them.
	if (!/^\d{5,15}$/.test(digits) || isSeveral || isFraction) {
		throw invalid(
			'To is not a phone number',
			`Got ${quote(written)}. Use digits with the country code, e.g. +65 9123 4567.`,
		);
	}
	if (digits.startsWith('0')) {
		throw invalid(
			'To has no country code',
			`${quote(written)} starts with 0. Put the country code in front, without zeros before it.`,
		);
	}
	return digits;
}

/** What stands in To where it can hold several, one by one and as it was given; empty ones do not count. */
export function recipientsIn(value: unknown): unknown[] {
	const list =
		typeof value === 'string' && value.trim().startsWith('[') ? (listIn(value) ?? value) : value;
	return (Array.isArray(list) ? (list as unknown[]) : [list])
		.flatMap((each) =>
			typeof each === 'string' && !ROUNDED.test(each)
				? each.split(BETWEEN_RECIPIENTS).map((part) => part.trim())
				: [each],
		)
		.filter((each) => each !== undefined && each !== null && each !== '');
}

/** A list that is written as JSON. */
function listIn(text: string): unknown[] | undefined {
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? (list as unknown[]) : undefined;
	} catch {
		return undefined;
	}
}

/** The recipients in a value, blanks at their ends removed; empty ones do not count. */
function listRecipients(value: unknown): string[] {
	const values = Array.isArray(value) ? (value as unknown[]) : [value];
	return values
		.filter((each) => each !== undefined && each !== null)
		.flatMap((each) => {
			if (!isOneText(each)) {
				throw invalid(
					'To is not a text',
					`Got ${quote(each)}. Drag the field that holds the recipient, and let it be text.`,
				);
			}
			const text = String(each);
			return ROUNDED.test(text) ? [text] : text.split(BETWEEN_RECIPIENTS);
		})
		.map((each) => each.trim())
		.filter((each) => each !== '');
}

/**
 * One recipient as the API takes it. Phone numbers are accepted as people write them and come back as digits
 * (CAMS refuses anything else: InvalidParameter.ToOnlyNumeric); other channels' user ids are only trimmed.
 * @param isGroup a group, which has an id on every channel
 * @throws UserIssue (invalidRecipient) for nothing, several, or no number
 */
export function cleanRecipient(value: unknown, channelType: ChannelType, isGroup = false): string {
	const isPhone = PHONE_CHANNELS.has(channelType) && !isGroup;
	if (isPhone && typeof value === 'string' && ORDINARY_NUMBER.test(value))
		return value.replace(/\D/g, '');
	const recipients = listRecipients(value);
	if (recipients.length === 0) throw invalid('To is empty', EMPTY_ADVICE[isPhone ? 'phone' : 'id']);
	if (recipients.length > 1) {
		throw invalid(
			`To holds ${recipients.length} recipients`,
			'Each message goes to one recipient. Put Split Out before this node, so that each has an item, or an entry of the list, of its own.',
		);
	}
	return isPhone ? cleanPhone(recipients[0]) : recipients[0];
}

/**
 * The registered sender. Phone numbers and Viber service ids go out as digits (InvalidParameter.FromOnlyNumeric),
 * page and account ids are only trimmed.
 * @throws UserIssue when empty or, for WhatsApp and Viber, not made of digits
 */
export function cleanSender(value: unknown, channelType: ChannelType): string {
	if (value !== undefined && value !== null && !isOneText(value)) {
		throw new UserIssue(
			'From is not a text',
			`Got ${quote(value)}. Drag the field that holds the sender, and let it be text.`,
		);
	}
	const given = String(value ?? '').trim();
	if (given === '') {
		throw new UserIssue(
			'From is empty',
			'Enter the registered sender, as your channel shows it in the console.',
		);
	}
	if (!PHONE_CHANNELS.has(channelType)) return given;
	const digits = halfWidth(given).replace(BETWEEN_DIGITS, '');
	const isSeveral =
		given.split('/').filter((part) => part.replace(/\D/g, '').length > 4).length > 1;
	if (!/^\d+$/.test(digits) || FRACTION.test(given) || isSeveral) {
		throw new UserIssue(
			'From is not a number',
			`Got ${quote(given)}. Enter the registered number or Service ID: digits only.`,
		);
	}
	return digits;
}

/** The field To as it was given, if it is one text: for telling about a message that could not be built. */
export function rawRecipient(read: Read): string | undefined {
	try {
		const to = read('to', '');
		return (typeof to === 'string' && to !== '') || typeof to === 'number' ? String(to) : undefined;
	} catch {
		// The very expression that failed.
		return undefined;
	}
}
