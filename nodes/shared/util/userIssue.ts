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
	| 'gaveUp';

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
		`${(error as Error).message.replace(/\.?\s*$/, '.')} Check the expressions of this node for this item.`,
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

/** A value for an error message: text in quotes, everything else as JSON, shortened. */
export function quote(value: unknown): string {
	const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
	return typeof value === 'string' ? `"${short(value)}"` : short(toJson(value));
}

function isPlain(value: unknown): value is string | number | boolean | bigint {
	return ['string', 'number', 'boolean', 'bigint'].includes(typeof value) && !Number.isNaN(value);
}

/**
 * The text of a field, trimmed; empty when it has no value.
 * @param label the field's name as the user sees it
 * @throws UserIssue for an object, a list or no number
 */
export function plainText(value: unknown, label: string): string {
	if (value === undefined || value === null) return '';
	if (!isPlain(value)) {
		throw new UserIssue(
			`${label} is not a text`,
			`Got ${quote(value)}. Drag a field that holds text, not the object that contains it.`,
		);
	}
	return String(value).trim();
}
