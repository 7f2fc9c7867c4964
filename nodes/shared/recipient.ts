import { InvalidField, quote } from './invalidField';

/** The channels of SendChatappMessage, by their wire values. */
export type ChannelType = 'instagram' | 'messenger' | 'telegram' | 'viber' | 'whatsapp';

/** Channels whose recipients are phone numbers; the others know their users by ids of their own. */
const PHONE_CHANNELS: ReadonlySet<string> = new Set(['viber', 'whatsapp']);

/** What people put between the digits of a phone number, and the invisible marks that copying brings along. */
const BETWEEN_DIGITS = /[\s+().\-/\p{Pd}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

const EMPTY_ADVICE: Record<'phone' | 'id', string> = {
	phone: 'Enter a phone number with country code, or drag the field that holds it.',
	id: 'Enter the user ID that came with an inbound message, or drag the field that holds it.',
};

function isOneText(value: unknown): value is string | number {
	return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

function invalid(title: string, advice: string): InvalidField {
	return new InvalidField(title, advice, 'invalidRecipient');
}

function cleanPhone(given: string): string {
	if (/^\d+([.,]\d+)?E\+?\d+$/i.test(given)) {
		throw invalid(
			'To is not a phone number',
			`${quote(given)} was rounded by a spreadsheet. Format the column as text and enter the number again.`,
		);
	}
	if (/\(0\)/.test(given)) {
		throw invalid('To is not a phone number', `Got ${quote(given)}. Leave out the (0) after the country code.`);
	}
	const digits = given.normalize('NFKC').replace(BETWEEN_DIGITS, '');
	if (!/^\d{5,20}$/.test(digits)) {
		throw invalid(
			'To is not a phone number',
			`Got ${quote(given)}. Use digits with the country code, e.g. +65 9123 4567.`,
		);
	}
	if (digits.startsWith('0')) {
		throw invalid(
			'To has no country code',
			`${quote(given)} starts with 0. Put the country code in front, without zeros before it.`,
		);
	}
	return digits;
}

/**
 * One recipient as the API takes it. Phone numbers are accepted as people write them and come back as digits
 * (CAMS refuses anything else: InvalidParameter.ToOnlyNumeric); other channels' user ids are only trimmed.
 * @throws InvalidField (invalidRecipient) for nothing, several, or no number
 */
export function cleanRecipient(value: unknown, channelType: ChannelType): string {
	const isPhone = PHONE_CHANNELS.has(channelType);
	const single = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
	if (single === undefined || single === null || String(single).trim() === '') {
		throw invalid('To is empty', EMPTY_ADVICE[isPhone ? 'phone' : 'id']);
	}
	if (!isOneText(single) && !Array.isArray(single)) {
		throw invalid(
			'To is not a text',
			`Got ${quote(single)}. Drag the field that holds the recipient, not the whole object.`,
		);
	}
	const parts = (Array.isArray(single) ? single.map(String) : String(single).split(/[,;\n，；]/))
		.map((part) => part.trim())
		.filter((part) => part !== '');
	if (parts.length > 1) {
		throw invalid(
			`To holds ${parts.length} recipients`,
			'This node sends one message per item. Put Split Out before it, so that each recipient is an item.',
		);
	}
	if (parts.length === 0) throw invalid('To is empty', EMPTY_ADVICE[isPhone ? 'phone' : 'id']);
	return isPhone ? cleanPhone(parts[0]) : parts[0];
}

/**
 * The registered sender. Phone numbers and Viber service ids go out as digits (InvalidParameter.FromOnlyNumeric),
 * page and account ids are only trimmed.
 * @throws InvalidField when empty or, for WhatsApp and Viber, not made of digits
 */
export function cleanSender(value: unknown, channelType: ChannelType): string {
	const given = isOneText(value) ? String(value).trim() : '';
	if (given === '') {
		throw new InvalidField('From is empty', 'Enter the registered sender, as your channel shows it in the console.');
	}
	if (!PHONE_CHANNELS.has(channelType)) return given;
	const digits = given.normalize('NFKC').replace(BETWEEN_DIGITS, '');
	if (!/^\d+$/.test(digits)) {
		throw new InvalidField('From is not a number', `Got ${quote(given)}. Enter the registered number or Service ID: digits only.`);
	}
	return digits;
}
