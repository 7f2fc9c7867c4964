import { hasOwn } from '../util/json';

/** The keys and indexes that lead to a value, e.g. ["address", "city"] or ["customers", 0, "phone"]. */
export type DataPath = ReadonlyArray<string | number>;

const NAME = '[\\p{L}_$][\\p{L}\\p{N}_$]*';
const BRACKETS = '\\[(?:"[^"\\\\]*"|\'[^\'\\\\]*\'|0|[1-9]\\d*)\\]';
/** An expression that only follows a path into the item, as n8n writes it for a dragged field: ={{ $json.a["b c"][0] }}. */
const PATH_EXPRESSION = new RegExp(
	`^=\\{\\{\\s*\\$json((?:\\??\\.${NAME}|(?:\\?\\.)?${BRACKETS})+)\\s*\\}\\}$`,
	'u',
);
const STEP = /\[(?:"([^"]*)"|'([^']*)'|(\d+))\]|([^.?[\]]+)/gu;

function steps(text: string): DataPath {
	return [...text.matchAll(STEP)].map(([, double, single, position, name]) =>
		position === undefined ? (double ?? single ?? name) : Number(position),
	);
}

/** The path that an expression follows; undefined if it does more than that, so that n8n has to evaluate it. */
export function pathInExpression(expression: string): DataPath | undefined {
	const path = PATH_EXPRESSION.exec(expression)?.[1];
	if (path === undefined) return undefined;
	const keys = steps(path);
	// n8n has special rules for properties such as "constructor" that all objects inherit.
	return keys.some((key) => typeof key === 'string' && key in Object.prototype) ? undefined : keys;
}

/** Parses a path that a user typed: phone, address.city, customers[0].phone, ["first name"]. */
export function typedPath(text: string): DataPath {
	return steps(text.trim());
}

/** The result where a path meets text, a date or another value that is not plain data: only n8n knows its properties. */
export const UNREADABLE = Symbol('unreadable');

function isPlain(value: object): boolean {
	// Items can come from another realm, with its own Object.prototype; that object has no prototype in any realm.
	const prototype: unknown = Object.getPrototypeOf(value);
	return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The value at a path: undefined if there is none, `UNREADABLE` if the path meets a value that is not plain data. */
export function readPath(data: unknown, path: DataPath): unknown {
	let value = data;
	for (const step of path) {
		if (value === undefined || value === null) return undefined;
		if (typeof value !== 'object' || !isPlain(value)) return UNREADABLE;
		value = hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
	}
	return typeof value === 'object' && value !== null && !isPlain(value) ? UNREADABLE : value;
}

/** Like readPath, but undefined instead of `UNREADABLE`, for list entries, where n8n cannot evaluate the path instead. */
export function plainAt(data: unknown, path: DataPath): unknown {
	const value = readPath(data, path);
	return value === UNREADABLE ? undefined : value;
}

/** Like plainAt, for a field that a user named. A field whose name itself looks like a path takes precedence. */
export function readField(data: unknown, name: string): unknown {
	if (name === '') return undefined;
	if (typeof data === 'object' && data !== null && hasOwn(data, name))
		return (data as Record<string, unknown>)[name];
	return plainAt(data, typedPath(name));
}
