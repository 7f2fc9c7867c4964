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

/**
 * States in which a channel or sender can send, as the examples name them in the models of Alibaba's SDK 5.3.0 and on
 * InnoPaaS' page "number query". No document lists all states.
 */
const CAN_SEND = /^(published|connected|verified)$/i;

/** What an entry says of its state; undefined where it can send or has none, e.g. "state: BANNED". */
export function stateNote(state: unknown): string | undefined {
	const text = textOf(state)?.trim();
	return !text || CAN_SEND.test(text) ? undefined : `state: ${text}`;
}

/** A word that an API writes in capitals, as a person writes it: Utility for UTILITY. */
export function inWords(value: unknown): string {
	const text = textOf(value) ?? '';
	return text.slice(0, 1) + text.slice(1).toLowerCase().replace(/_/g, ' ');
}
