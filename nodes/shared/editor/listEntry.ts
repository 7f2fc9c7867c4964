import { textOf } from '../util/json';

/** An entry of a list in the panel: what it shows, and what is stored in the workflow. */
export interface ListEntry {
	name: string;
	value: string;
}

/** The name of an entry from those of its parts that have a value, e.g. "6580001111, Example Shop". */
export function entryName(...parts: unknown[]): string {
	return parts.map(textOf).filter(Boolean).join(', ');
}
