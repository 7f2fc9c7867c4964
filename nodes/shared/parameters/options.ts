import { formatCount } from '../util/format';
import { UserIssue, quote } from '../util/userIssue';
import { plainText } from './text';

/**
 * The value of a number option.
 * @param label the field's name as the user sees it
 * @throws UserIssue if it is not a number, or out of range
 */
export function numberOption(value: unknown, label: string, min: number, max: number): number {
	const number = typeof value === 'number' ? value : Number(plainText(value, label) || NaN);
	if (!(number >= min && number <= max)) {
		throw new UserIssue(
			`${label} is out of range`,
			`Enter a number from ${formatCount(min)} to ${formatCount(max)}.`,
		);
	}
	return number;
}

/** Like numberOption, for whole numbers. */
export function wholeNumberOption(value: unknown, label: string, min: number, max: number): number {
	const number = numberOption(value, label, min, max);
	if (!Number.isInteger(number))
		throw new UserIssue(`${label} is not a whole number`, `Got ${number}.`);
	return number;
}

/**
 * The value of a switch, which an expression can also set as text or number.
 * @throws UserIssue for any other value: a wrong guess about Validate Only would send the messages
 */
export function booleanOption(value: unknown, label: string): boolean {
	const text = plainText(value, label).toLowerCase();
	if (text === 'true' || text === '1') return true;
	if (text === 'false' || text === '0' || text === '') return false;
	throw new UserIssue(
		`${label} is neither true nor false`,
		`Got ${quote(value)}. Use an expression that returns true or false.`,
	);
}

/** The option Max Requests per Second: at most the documented rate, which is the default. */
export function maxPerSecondOption(value: unknown, documentedRate: number): number {
	return wholeNumberOption(value ?? documentedRate, 'Max Requests per Second', 1, documentedRate);
}

/** The option Timeout (Seconds), in milliseconds. */
export function timeoutMsOption(value: unknown = 30): number {
	return numberOption(value, 'Timeout (Seconds)', 5, 300) * 1000;
}

/** The IDs in a text, separated by commas or line breaks, or in a list of such texts. */
export function idList(value: unknown, label: string): string[] {
	const parts = Array.isArray(value) ? (value as unknown[]) : [value];
	return parts
		.flatMap((part) => plainText(part, label).split(/[,\n]/))
		.map((id) => id.trim())
		.filter((id) => id !== '');
}

/**
 * A choice between two words; empty if it is not required.
 * @throws UserIssue for any other value, which an expression can return
 */
export function oneOf(
	value: unknown,
	label: string,
	words: readonly [string, string],
	required = false,
): string {
	const text = plainText(value, label);
	if ((text === '' && !required) || words.includes(text)) return text;
	throw new UserIssue(
		`${label} is neither ${words.join(' nor ')}`,
		'Choose one of the two, or use an expression that returns one of them.',
	);
}

interface PayloadList {
	payload?: Array<{ value?: unknown }>;
}

/** Button Payloads as the options hold them: since version 1.1 of the nodes within a group. */
export interface PayloadOptions {
	buttonPayloads?: PayloadList;
	buttonPayloadGroup?: { values?: { buttonPayloads?: PayloadList } };
}

/** The values of Button Payloads, in the order of the buttons. */
export function payloadValues({ buttonPayloads, buttonPayloadGroup }: PayloadOptions): unknown[] {
	const list = buttonPayloadGroup?.values?.buttonPayloads ?? buttonPayloads;
	return (list?.payload ?? []).map(({ value }) => value);
}

/** Options with these values of Button Payloads, to take the place of those that were read. */
export const withPayloads = (values: unknown[]): PayloadOptions => ({
	buttonPayloads: { payload: values.map((value) => ({ value })) },
	buttonPayloadGroup: undefined,
});
