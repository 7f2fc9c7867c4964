import { formatCount } from '../util/format';
import { UserIssue, plainText, quote } from '../util/userIssue';

/**
 * A number among the options.
 * @param label the field's name as the user sees it
 * @throws UserIssue when it is no number, or out of range
 */
export function numberOption(value: unknown, label: string, min: number, max: number): number {
	const number = Number(plainText(value, label) || NaN);
	if (!(number >= min && number <= max)) {
		throw new UserIssue(
			`${label} is out of range`,
			`Use ${formatCount(min)} to ${formatCount(max)}.`,
		);
	}
	return number;
}

/** The same for a number of whole things. */
export function wholeNumberOption(value: unknown, label: string, min: number, max: number): number {
	const number = numberOption(value, label, min, max);
	if (!Number.isInteger(number))
		throw new UserIssue(`${label} is not a whole number`, `Got ${number}.`);
	return number;
}

/**
 * A switch, which an expression can give in many forms.
 * @throws UserIssue for what is neither on nor off: a switch that keeps something from being sent must not be guessed
 */
export function booleanOption(value: unknown, label: string): boolean {
	const text = plainText(value, label).toLowerCase();
	if (text === 'true' || text === '1') return true;
	if (text === 'false' || text === '0' || text === '') return false;
	throw new UserIssue(
		`${label} is neither true nor false`,
		`Got ${quote(value)}. Let the expression give true or false.`,
	);
}

/** The option Max Requests per Second: the documented rate, or less. */
export function maxPerSecondOption(value: unknown, documentedRate: number): number {
	return wholeNumberOption(value ?? documentedRate, 'Max Requests per Second', 1, documentedRate);
}

/** The option Timeout (Seconds), in milliseconds. */
export function timeoutMsOption(value: unknown = 30): number {
	return numberOption(value, 'Timeout (Seconds)', 5, 300) * 1000;
}

/** Several ids in one text, separated by commas or line breaks, or a list of them. */
export function idList(value: unknown, label: string): string[] {
	const parts = Array.isArray(value) ? (value as unknown[]) : [value];
	return parts
		.flatMap((part) => plainText(part, label).split(/[,\n]/))
		.map((id) => id.trim())
		.filter((id) => id !== '');
}

/**
 * One of two words, or nothing where it is not required; an expression can give anything.
 * @throws UserIssue
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
		'Choose one of the two, or let the expression give one.',
	);
}
