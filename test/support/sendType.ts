import { NodeHelpers, type IDataObject, type INode, type INodeParameters } from 'n8n-workflow';

import { fileNames, type Field, type MessageType } from '../../nodes/shared/messages/schema';
import { loadPackage } from '../../scripts/n8n/engine';
import { filledIn, type Values } from '../messageTypes/cases';
import { locator } from './harness';

/** A sender that the sandbox takes, by channel. */
export const SENDERS: Readonly<Record<string, string>> = {
	whatsapp: '6580001111',
	viber: '20001',
	messenger: '102030',
	instagram: '17841400000000001',
	telegram: 'shop_bot',
};

/** The node's parameters for a message of a type; the recipient stands in the item. */
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

/** Parameters as n8n's editor stores them: what is hidden or as by default is left out. */
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

/** Parameters that take no expression. */
export function fixedNames(fields: readonly Field[]): string[] {
	return fields.flatMap((field) => {
		if (field.kind === 'choice') return [field.name];
		if (field.kind === 'file') return [fileNames(field.name).source];
		return field.kind === 'list' ? fixedNames(field.fields) : [];
	});
}

/** Every value as a field dragged from the item: the parameters with their expressions, and the item's fields. */
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

/** The values without what is wrong with them: the choices that were made, and everything filled in. */
export function goodOf({ fields }: MessageType, values: Values): Values {
	const chosen = fields.flatMap((field) =>
		field.kind === 'choice' && field.choices.some(({ value }) => value === values[field.name])
			? [[field.name, values[field.name]] as const]
			: [],
	);
	return filledIn(fields, Object.fromEntries(chosen), true);
}

/**
 * The wrong values as expressions that read them from the item, so that another item can have the good ones: what differs
 * becomes `{{ $json.values[n] }}`. Where a list has another length, or a field takes no expression, nothing can say so:
 * undefined.
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
