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

/** The value at a path: undefined if there is none, `UNREADABLE` if the path leads through a value that is not plain data. */
function follow(data: unknown, path: DataPath): unknown {
	let value = data;
	for (const step of path) {
		if (value === undefined || value === null) return undefined;
		if (typeof value !== 'object' || !isPlain(value)) return UNREADABLE;
		value = hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
	}
	return value;
}

/** Like follow, for the fields of items: a value that is not plain data itself is `UNREADABLE` too. */
export function readPath(data: unknown, path: DataPath): unknown {
	const value = follow(data, path);
	return typeof value === 'object' && value !== null && !isPlain(value) ? UNREADABLE : value;
}

/** Like follow, but undefined instead of `UNREADABLE`, for list entries, where n8n cannot evaluate the path instead. */
export function plainAt(data: unknown, path: DataPath): unknown {
	const value = follow(data, path);
	return value === UNREADABLE ? undefined : value;
}

/** A name without what nobody sees in the header of a file: a byte order mark, blanks around it. */
const visibleName = (name: string) => name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').trim();

/** The name among `names` that a user means: the same one, or else one that looks the same, or differs only in case. */
export function fieldNamed(names: string[], name: string): string | undefined {
	const wanted = visibleName(name);
	return (
		names.find((each) => each === name) ??
		names.find((each) => visibleName(each) === wanted) ??
		names.find((each) => visibleName(each).toLowerCase() === wanted.toLowerCase())
	);
}

/**
 * Like plainAt, for a field that a user named. A field whose name itself looks like a path takes precedence; one whose
 * name only looks the same comes last.
 */
export function readField(data: unknown, name: string): unknown {
	if (name === '') return undefined;
	if (typeof data !== 'object' || data === null) return plainAt(data, typedPath(name));
	const record = data as Record<string, unknown>;
	if (hasOwn(data, name)) return record[name];
	const value = plainAt(data, typedPath(name));
	if (value !== undefined) return value;
	const alike = fieldNamed(Object.keys(data), name);
	return alike === undefined ? undefined : record[alike];
}

/** Names of fields for an error; one with blanks or invisible characters around it is quoted, so that they can be seen. */
export function listNames(names: string[], max: number): string {
	const shown = names
		.slice(0, max)
		.map((name) => (visibleName(name) === name ? name : JSON.stringify(name)));
	return shown.join(', ');
}
