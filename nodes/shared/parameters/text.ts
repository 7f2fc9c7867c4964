import { asText } from '../util/json';
import { UserIssue, quote, type NotSentCause } from '../util/userIssue';

/** The text of a fixed field with an expression in it, e.g. "Hi {{ $json.name }}", which n8n does not evaluate. */
export class UnevaluatedExpression {
	constructor(readonly text: string) {}
}

/** The issue of a whole number above 2^53, of which JavaScript keeps no more than about 16 digits. */
export function lostDigits(label: string, value: number, cause?: NotSentCause): UserIssue {
	return new UserIssue(
		`${label} has lost its last digits`,
		`Got ${value}. Use text for a number this long; in JSON, put it in quotes.`,
		cause,
	);
}

/** @throws UserIssue for the text of a fixed field with an expression in it, which would reach the recipient as it is */
export function checkEvaluated(value: unknown, label: string, cause?: NotSentCause): void {
	if (!(value instanceof UnevaluatedExpression)) return;
	throw new UserIssue(
		`${label} holds an expression that is not evaluated`,
		`Got ${quote(value.text)}. Switch the field from Fixed to Expression.`,
		cause,
	);
}

/**
 * The text of a field as it was entered: the one reader of all values that are sent. Empty when it has no value.
 * Numbers and booleans count as text; so do dates, in ISO form.
 * @param label the field's name as the user sees it
 * @throws UserIssue for an object or a list, for a number above 2^53, and for an expression in a fixed field
 */
export function exactText(value: unknown, label: string, cause?: NotSentCause): string {
	if (value === undefined || value === null) return '';
	checkEvaluated(value, label, cause);
	const text = asText(value);
	if (text === undefined) {
		// Lookups and multi-selects of Airtable and the like are lists.
		const advice = Array.isArray(value)
			? 'Drag one entry of the list, or join them in an expression with .join(", ").'
			: 'Drag a field that holds text, not the object that contains it.';
		throw new UserIssue(`${label} is not a text`, `Got ${quote(value)}. ${advice}`, cause);
	}
	if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
		throw lostDigits(label, value, cause);
	return text;
}

/** Like exactText, without blanks at its ends. */
export function plainText(value: unknown, label: string): string {
	return exactText(value, label).trim();
}
