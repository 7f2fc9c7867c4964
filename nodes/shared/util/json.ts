import type { IDataObject } from 'n8n-workflow';

/** A plain object: neither a list nor null. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object has a property of its own; "constructor" is none. */
export function hasOwn(object: object, key: PropertyKey): boolean {
	return Object.prototype.hasOwnProperty.call(object, key);
}

/** A text or a number as text, trimmed; undefined for everything else and for a blank. */
export function textOf(value: unknown): string | undefined {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	return text === '' ? undefined : text;
}

/** Like textOf, but an empty text instead of undefined. */
export function textOrEmpty(value: unknown): string {
	return textOf(value) ?? '';
}
