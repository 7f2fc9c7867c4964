import { DateTime } from 'luxon';
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

/** A value as text, a date in the ISO form that n8n itself gives it; undefined for what is no text. */
export function asText(value: unknown): string | undefined {
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
