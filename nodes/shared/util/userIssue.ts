import { DateTime } from 'luxon';

/** Why an item was not sent. Users branch on these words in IF and Switch, so they never change. */
export type NotSentCause =
	| 'invalidRecipient'
	| 'missingVariable'
	| 'invalidField'
	| 'credential'
	| 'duplicate'
	| 'cancelled'
	| 'notReached'
	| 'uploadFailed'
	| 'gaveUp'
	| 'campaignRunning'
	| 'campaignStopped'
	| 'campaignTable';

/** A problem that the user can fix: `title` says what is wrong, `advice` what to do. Both are shown unchanged. */
export class UserIssue extends Error {
	constructor(
		readonly title: string,
		readonly advice: string,
		readonly notSentCause: NotSentCause = 'invalidField',
	) {
		super(title);
		this.name = 'UserIssue';
	}
}

/** An error in the user's words; what n8n throws itself is an expression that it cannot resolve. */
export function toIssue(error: unknown): UserIssue {
	if (error instanceof UserIssue) return error;
	return new UserIssue(
		'A field could not be read',
		`${(error as Error).message.trimEnd().replace(/\.?$/, '.')} Check the expressions of this node for this item.`,
	);
}

/** An error of reading the credential, in the user's words. */
export function toCredentialIssue(error: unknown): UserIssue {
	if (error instanceof UserIssue) return error;
	return new UserIssue('The credential could not be read', (error as Error).message, 'credential');
}

/** A value as JSON, or its type where JSON cannot hold it, e.g. a circular object. */
function toJson(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return typeof value === 'bigint' ? String(value) : typeof value;
	}
}

/** At most 60 characters of a text, for a message. */
export const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A value for an error message: text in quotes, a date in ISO form, everything else as JSON, shortened. */
export function quote(value: unknown): string {
	if (typeof value === 'string') return `"${shortened(value)}"`;
	// In quotes, as JSON has it, a date would look like the text that it is not.
	return typeof value === 'number' ? String(value) : shortened(asText(value) ?? toJson(value));
}

/** The text of a fixed field with an expression in it, e.g. "Hi {{ $json.name }}", which n8n does not evaluate. */
export class UnevaluatedExpression {
	constructor(readonly text: string) {}
}

/** A value as text, a date in the ISO form that n8n itself gives it; undefined for what is no text. */
function asText(value: unknown): string | undefined {
	switch (typeof value) {
		case 'string':
			return value;
		case 'boolean':
		case 'bigint':
			return String(value);
		case 'number':
			return Number.isFinite(value) ? String(value) : undefined;
		default: {
			if (DateTime.isDateTime(value)) return value.toISO() ?? undefined;
			// By its tag, because a date of the Code node belongs to another realm.
			const isDate = Object.prototype.toString.call(value) === '[object Date]';
			return isDate && !Number.isNaN(Number(value)) ? (value as Date).toISOString() : undefined;
		}
	}
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
