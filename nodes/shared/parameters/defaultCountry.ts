import { COUNTRIES, type Country } from '../../../credentials/countries';
import { NO_COUNTRY } from '../../../credentials/countryOptions';
import { isObject } from '../util/json';
import { UserIssue, quote, type NotSentCause } from '../util/userIssue';
import { plainText } from './text';

/**
 * The country whose code completes numbers that have none.
 * @param option the node's Default Country, which takes precedence over the credential's
 * @throws UserIssue for a text that is no country, which an expression can return
 */
export function defaultCountry(option: unknown, ofCredential: string): Country | undefined {
	const code = (plainText(option, 'Default Country') || ofCredential).toUpperCase();
	if (code === '' || code === NO_COUNTRY.toUpperCase()) return undefined;
	const country = COUNTRIES.find((each) => each.code === code);
	if (country) return country;
	throw new UserIssue(
		'Default Country is not a country',
		`Got ${quote(code)}. Choose it from the list, or use an expression that returns its two letters of ISO 3166, e.g. SG.`,
	);
}

function isMobile({ mobile }: Country, national: string): boolean {
	return mobile[national.length]?.includes(national[0]) ?? false;
}

/** How a number without a plus sign can be read: national, after a trunk prefix, or with its country code. */
function readingsOf(digits: string, country: Country): Set<string> {
	const { callingCode, trunkPrefixes } = country;
	const readings = new Set<string>();
	if (isMobile(country, digits)) readings.add(callingCode + digits);
	for (const prefix of [callingCode, ...trunkPrefixes]) {
		const rest = digits.slice(prefix.length);
		if (digits.startsWith(prefix) && isMobile(country, rest)) readings.add(callingCode + rest);
	}
	return readings;
}

/** Causes that keep an item from being built: its `to` is as entered. */
const AS_ENTERED: ReadonlySet<unknown> = new Set<NotSentCause>([
	'credential',
	'invalidField',
	'invalidRecipient',
	'missingVariable',
]);

/**
 * Whether a number has its country code because an API or a send of this package wrote it, without a plus sign: it is
 * the `to` or `from` of an item of ChatApp Receipt Trigger, or of the output or error output of a sending node.
 */
export function isComplete(number: string, item: unknown): boolean {
	if (!isObject(item)) return false;
	return [item, item.error].some(
		(each) =>
			isObject(each) &&
			(each.api === 'cams' || each.api === 'innoPaas') &&
			!AS_ENTERED.has(each.cause) &&
			[each.to, each.from].flat().includes(number),
	);
}

const listed = (words: string[]) =>
	words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}` : words[0];

/** "8 digits that begin with 8 or 9" */
function formOf({ mobile }: Country): string {
	const lengths = new Map<string, string[]>();
	for (const [length, first] of Object.entries(mobile))
		lengths.set(first, [...(lengths.get(first) ?? []), length]);
	return listed(
		[...lengths].map(
			([first, those]) => `${listed(those)} digits that begin with ${listed([...first])}`,
		),
	);
}

/**
 * A number without a plus sign, as digits with its country code. Nothing is guessed: it must have the form of the
 * country's mobile numbers, and of one only.
 * @param written the number as entered, for the error
 * @throws UserIssue (invalidRecipient)
 */
export function withCountryCode(digits: string, country: Country, written: string): string {
	const [number, other] = readingsOf(digits, country);
	if (number !== undefined && other === undefined) return number;
	const { name, callingCode } = country;
	const form =
		other === undefined
			? `A mobile number there has ${formOf(country)}, after +${callingCode} or without it.`
			: `It can be +${number} or +${other}.`;
	throw new UserIssue(
		`To is not a mobile number of the Default Country, ${name}`,
		`Got ${quote(written)}. ${form} Start any other number with + and its country code.`,
		'invalidRecipient',
	);
}
