/** Why an item was not sent: n8n users branch on these words in IF and Switch. */
export type NotSentCause =
	| 'invalidRecipient'
	| 'missingVariable'
	| 'invalidField'
	| 'cancelled'
	| 'gaveUp';

/**
 * A value of a field that cannot be sent. `title` says what is wrong, `advice` what to do; both are shown as
 * they are.
 */
export class InvalidField extends Error {
	constructor(
		readonly title: string,
		readonly advice: string,
		readonly notSentCause: NotSentCause = 'invalidField',
	) {
		super(title);
		this.name = 'InvalidField';
	}
}

/** A value as the user gave it, short enough for a message. */
export function quote(value: unknown): string {
	let text: string;
	try {
		text = typeof value === 'string' ? value : JSON.stringify(value) ?? String(value);
	} catch {
		// A value that JSON cannot hold: a bigint, a circular object.
		text = typeof value === 'bigint' ? String(value) : typeof value;
	}
	return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
