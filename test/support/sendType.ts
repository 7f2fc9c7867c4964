/**
 * Turns the cases of test/messageTypes into node parameters: as entered in the panel, as n8n stores them, or with every
 * value as an expression that reads it from the item.
 */
import { NodeHelpers, type IDataObject, type INode, type INodeParameters } from 'n8n-workflow';

import { fileNames, type Field, type MessageType } from '../../nodes/shared/messages/schema';
import { loadPackage } from '../../scripts/n8n/engine';
import { filledIn, type Values } from '../messageTypes/cases';
import { locator } from './harness';

/** A sender that the sandbox accepts, by channel. */
export const SENDERS: Readonly<Record<string, string>> = {
	whatsapp: '6580001111',
	viber: '20001',
	messenger: '102030',
	instagram: '17841400000000001',
	telegram: 'shop_bot',
};

/** The node's parameters for a message of a type; the recipient comes from the item. */
export function parametersOf(
	{ channel, type, variant }: Pick<MessageType, 'channel' | 'type' | 'variant'>,
	values: Values,
): IDataObject {
	return {
		operation: 'sendMessage',
		channelType: channel,
		from: locator(SENDERS[channel]),
		to: '={{ $json.phone }}',
		messageType: type,
		...(variant && { [variant.name]: variant.value }),
		...values,
	};
}

/** Parameters as n8n's editor stores them: without hidden ones and without defaults. */
export async function asStored(parameters: IDataObject, name = 'camsSend'): Promise<IDataObject> {
	const { description } = NodeHelpers.getVersionedNodeType(
		(await loadPackage()).getNode(name).type,
	);
	const node = { typeVersion: 1 } as INode;
	return (NodeHelpers.getNodeParameters(
		description.properties,
		parameters as INodeParameters,
		false,
		false,
		node,
		description,
	) ?? {}) as IDataObject;
}

/** The names of parameters that cannot hold an expression. */
export function fixedNames(fields: readonly Field[]): string[] {
	return fields.flatMap((field) => {
		if (field.kind === 'choice') return [field.name];
		if (field.kind === 'file') return [fileNames(field.name).source];
		return field.kind === 'list' ? fixedNames(field.fields) : [];
	});
}

/** Moves every value into the item, and replaces it with an expression, as if the field had been dragged there. */
export function dragged(
	{ fields }: MessageType,
	values: Values,
): { parameters: Values; item: { values: unknown[] } } {
	const fixed = new Set(fixedNames(fields));
	const item: { values: unknown[] } = { values: [] };
	const toExpressions = (value: unknown, name: string): unknown => {
		if (Array.isArray(value)) return value.map((each: unknown) => toExpressions(each, name));
		if (typeof value === 'object' && value !== null)
			return Object.fromEntries(
				Object.entries(value).map(([key, each]) => [key, toExpressions(each, key)]),
			);
		return fixed.has(name) ? value : `={{ $json.values[${item.values.push(value) - 1}] }}`;
	};
	return { parameters: toExpressions(values, '') as Values, item };
}

/** Valid values for the same choices: everything else is filled in. */
export function goodOf({ fields }: MessageType, values: Values): Values {
	const chosen = fields.flatMap((field) =>
		field.kind === 'choice' && field.choices.some(({ value }) => value === values[field.name])
			? [[field.name, values[field.name]] as const]
			: [],
	);
	return filledIn(fields, Object.fromEntries(chosen), true);
}

/**
 * Parameters for two items, one with the wrong values and one with the good ones: every difference becomes an expression
 * `{{ $json.values[n] }}`.
 * @returns undefined when no expression can make the difference: a list has another length, or a field takes none
 */
export function perItem(
	wrong: unknown,
	good: unknown,
	wrongs: unknown[],
	goods: unknown[],
	fixed: readonly string[],
): unknown {
	if (JSON.stringify(wrong) === JSON.stringify(good)) return wrong;
	if (Array.isArray(wrong) && Array.isArray(good) && wrong.length !== good.length) return undefined;
	const isCollection = (value: unknown): value is Record<string, unknown> =>
		typeof value === 'object' && value !== null;
	if (!isCollection(wrong) || !isCollection(good)) {
		goods.push(good);
		return `={{ $json.values[${wrongs.push(wrong) - 1}] }}`;
	}
	const entries = Object.keys(wrong).map(
		(key) => [key, perItem(wrong[key], good[key], wrongs, goods, fixed)] as const,
	);
	if (
		entries.some(
			([key, value]) =>
				(value === undefined && wrong[key] !== undefined) ||
				(fixed.includes(key) && wrong[key] !== good[key]),
		)
	)
		return undefined;
	return Array.isArray(wrong) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
