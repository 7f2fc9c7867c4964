import type { IDataObject } from 'n8n-workflow';

import { hasOwn, isObject } from './json';

/** The value at a path such as "action.button"; undefined where the path leads nowhere. */
export function at(from: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), from);
}

/** Sets the value at a path and creates the objects on the way. */
export function put(into: IDataObject, path: string, value: unknown): void {
	const steps = path.split('.');
	const last = steps.pop() as string;
	let parent = into;
	for (const step of steps) parent = (parent[step] ??= {}) as IDataObject;
	parent[last] = value as IDataObject;
}

/** Merges an object into another on every level. Only plain objects are merged; lists and all other values are replaced. */
export function merge(into: IDataObject, from: IDataObject): void {
	for (const [key, value] of Object.entries(from)) {
		// An assignment to __proto__ would replace the prototype of the object.
		if (key === '__proto__') continue;
		const own = hasOwn(into, key) ? into[key] : undefined;
		if (!isObject(value)) into[key] = value;
		else if (isObject(own)) merge(own, value);
		else merge((into[key] = {}), value);
	}
}
