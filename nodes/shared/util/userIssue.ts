import { asText } from './json';

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
