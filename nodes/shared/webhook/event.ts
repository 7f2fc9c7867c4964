import type { IDataObject } from 'n8n-workflow';

import { parseExact } from '../parameters/json';
import { parseTaskId } from '../send/taskId';
import { hasOwn, isObject, textOf } from '../util/json';
import { isTooDeep } from './body';

/** What a receipt tells of. `other`: something that the documents do not name; it is never filtered out. */
export type ReceiptEvent =
	'messageStatus' | 'inboundMessage' | 'templateEvent' | 'accountEvent' | 'other';

/** A receipt as the workflow gets it: flat, ids as text, times in UTC; what has no value is absent. */
export interface Receipt extends IDataObject {
	event: ReceiptEvent;
	api: 'cams' | 'innoPaas';
}

/** A receipt, and what was pushed. */
export interface ReadReceipt {
	receipt: Receipt;
	raw: IDataObject;
}

/** A phone number without its +; other ids as they are. */
export function partyOf(value: unknown): string | undefined {
	const text = textOf(value);
	return text !== undefined && /^\+\d+$/.test(text) ? text.slice(1) : text;
}

/** Before this a number of a time counts seconds, not milliseconds. */
const MIN_MS = 100_000_000_000;

/** A day, perhaps with its time, perhaps with a zone. */
const WRITTEN_TIME =
	/^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * A time as ISO 8601 in UTC. Numbers are milliseconds, or seconds where they are too small for that; a time of day
 * without a zone, as InnoPaaS writes it, is taken for UTC: the documents name none.
 */
export function timeOf(value: unknown): string | undefined {
	const text = textOf(value);
	if (text === undefined) return undefined;
	const number = /^\d{9,14}$/.test(text) ? Number(text) : undefined;
	// Date.parse alone finds a day in nearly everything, and takes the zone of this machine.
	const [, day, clock = '00:00', zone = 'Z'] = WRITTEN_TIME.exec(text) ?? [];
	const time =
		number === undefined
			? Date.parse(`${day}T${clock}${zone}`)
			: number < MIN_MS
				? number * 1000
				: number;
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** An object, or the object that a text holds as JSON. */
export function objectOf(value: unknown): IDataObject | undefined {
	if (isObject(value)) return value;
	if (typeof value !== 'string' || !value.trim().startsWith('{') || isTooDeep(value))
		return undefined;
	try {
		const parsed: unknown = parseExact(value);
		return isObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/** The campaign and the request that a task id of this package leads back to. */
export function originOf(taskId: string | undefined): { campaignId?: string; chunk?: number } {
	const origin = taskId === undefined ? undefined : parseTaskId(taskId);
	if (!origin) return {};
	const { campaignId, batch } = origin;
	return batch === undefined ? { campaignId } : { campaignId, chunk: batch };
}

const hasValue = (value: unknown) => value !== undefined && value !== null && value !== '';

/** Only what has a value, in this order; no name is `__proto__`. */
function withValues<T extends IDataObject>(json: T): T {
	const whole: IDataObject = {};
	for (const name of Object.keys(json)) if (hasValue(json[name])) whole[name] = json[name];
	return whole as T;
}

/** Names that are ours, or that n8n would take for something else. */
const TAKEN: ReadonlySet<string> = new Set([
	'event',
	'api',
	'raw',
	'isLate',
	'campaignId',
	'chunk',
	'receiptId',
	'error',
	'__proto__',
	'',
]);

/** A receipt with the fields that were pushed beside those that were read, under names in camel case. */
export function withUnmappedFields(
	receipt: Receipt,
	pushed: IDataObject,
	read: ReadonlySet<string>,
): Receipt {
	const whole = withValues(receipt);
	for (const name of Object.keys(pushed)) {
		if (!hasValue(pushed[name]) || read.has(name.toLowerCase())) continue;
		const own = name.slice(0, 1).toLowerCase() + name.slice(1);
		// What begins with $ is n8n's own.
		if (!own.startsWith('$') && !TAKEN.has(own) && !hasOwn(whole, own)) whole[own] = pushed[name];
	}
	return whole;
}

/** The receipts of a push, each on its own: what cannot be read comes as it is, and keeps no other back. */
export function readEach(
	api: Receipt['api'],
	pushed: IDataObject[],
	receiptOf: (raw: IDataObject) => Receipt,
): ReadReceipt[] {
	return pushed.map((raw) => {
		try {
			return { receipt: receiptOf(raw), raw };
		} catch {
			return { receipt: withUnmappedFields({ event: 'other', api }, raw, new Set()), raw };
		}
	});
}
