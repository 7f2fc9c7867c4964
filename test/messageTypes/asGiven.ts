import type { IDataObject } from 'n8n-workflow';

import { fileNames, type Field, type MessageType } from '../../nodes/shared/messages/schema';
import type { Values } from './cases';

/**
 * Builds the content from the values without any check, so that tests can send invalid messages to the sandbox. It uses
 * the same descriptions as the node; that their paths are right is proven by wire.ts and innoPaasBodies.ts.
 */

const isBlank = (value: unknown) =>
	value === undefined || (typeof value === 'string' && value.trim() === '');

function put(into: IDataObject, path: string, value: unknown): void {
	const [first, ...rest] = path.split('.');
	if (rest.length === 0) into[first] = value as IDataObject;
	else put((into[first] ??= {}) as IDataObject, rest.join('.'), value);
}

function parsed(value: unknown): unknown {
	try {
		return typeof value === 'string' ? JSON.parse(value) : value;
	} catch {
		return value;
	}
}

function valueOf(field: Field, values: Values): unknown {
	switch (field.kind) {
		case 'file':
			return values[fileNames(field.name).link];
		case 'ids':
			return String(values[field.name])
				.split(',')
				.map((id) => id.trim())
				.filter((id) => id !== '')
				.map((id) => ({ [field.key]: id }));
		case 'json':
			return parsed(values[field.name]);
		case 'choice':
			return values[field.name] === field.none ? undefined : values[field.name];
		case 'list':
			return (values[field.name] as Record<string, Values[]> | undefined)?.[field.entry.name].map(
				(entry) => {
					const filled = fill(structuredClone(field.constants ?? {}), field.fields, entry);
					return field.entryIs === undefined
						? filled
						: filled[field.fields.find(({ name }) => name === field.entryIs)?.path ?? ''];
				},
			);
		case 'number':
			return field.asText && values[field.name] !== undefined
				? String(values[field.name])
				: values[field.name];
		default:
			return values[field.name];
	}
}

function fill(into: IDataObject, fields: readonly Field[], values: Values): IDataObject {
	for (const field of fields) {
		const isHidden = field.when && !field.when.is.includes(String(values[field.when.name]));
		const value = isHidden || field.path === undefined ? undefined : valueOf(field, values);
		// Optional fields are left out if blank; required ones are sent as they are.
		if (value === undefined || (isBlank(value) && !field.required)) continue;
		put(into, field.path as string, value);
		if (field.kind !== 'text' || !field.constants) continue;
		for (const [name, constant] of Object.entries(field.constants))
			into[name] =
				typeof constant === 'object'
					? { ...(into[name] as IDataObject), ...(constant as IDataObject) }
					: constant;
	}
	return into;
}

export function asGiven({ fields, constants, contentIs }: MessageType, values: Values): unknown {
	const content = fill(structuredClone(constants ?? {}), fields, values);
	return contentIs === undefined ? content : content[contentIs];
}
