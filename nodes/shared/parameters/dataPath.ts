import { hasOwn } from '../util/json';

/** Names and positions on the way into an object, e.g. ["address", "city"] or ["customers", 0, "phone"]. */
export type DataPath = ReadonlyArray<string | number>;

const NAME = '[\\p{L}_$][\\p{L}\\p{N}_$]*';
const BRACKETS = '\\[(?:"[^"\\\\]*"|\'[^\'\\\\]*\'|0|[1-9]\\d*)\\]';
/** An expression that is nothing but a path into the item, as dragging a field makes it: ={{ $json.a["b c"][0] }}. */
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

/** The path in an expression that is nothing but one; undefined for everything that only n8n can evaluate. */
export function pathInExpression(expression: string): DataPath | undefined {
	const path = PATH_EXPRESSION.exec(expression)?.[1];
	if (path === undefined) return undefined;
	const found = steps(path);
	// n8n has rules of its own for what every object inherits.
	return found.some((step) => typeof step === 'string' && step in Object.prototype)
		? undefined
		: found;
}

/** A path as people type it: phone, address.city, customers[0].phone, ["first name"]. */
export function typedPath(text: string): DataPath {
	return steps(text.trim());
}

/** Something that a path does not lead through, e.g. a text: only n8n can say what its parts are. */
export const UNREADABLE = Symbol('unreadable');

function isPlain(value: object): boolean {
	// An item can come from another realm, with an Object of its own: a plain object is one whose prototype has none.
	const prototype: unknown = Object.getPrototypeOf(value);
	return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What is at the end of a path: undefined where it leads to nothing, `UNREADABLE` where it meets no plain data. */
export function readPath(data: unknown, path: DataPath): unknown {
	let value = data;
	for (const step of path) {
		if (value === undefined || value === null) return undefined;
		if (typeof value !== 'object' || !isPlain(value)) return UNREADABLE;
		value = hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
	}
	return typeof value === 'object' && value !== null && !isPlain(value) ? UNREADABLE : value;
}

/** The same, where nobody else can be asked: undefined for what is no plain data. */
export function plainAt(data: unknown, path: DataPath): unknown {
	const value = readPath(data, path);
	return value === UNREADABLE ? undefined : value;
}

/** The same for a field that a user has named: one whose very name looks like a path comes first. */
export function readField(data: unknown, name: string): unknown {
	if (name === '') return undefined;
	if (typeof data === 'object' && data !== null && hasOwn(data, name))
		return (data as Record<string, unknown>)[name];
	return plainAt(data, typedPath(name));
}
