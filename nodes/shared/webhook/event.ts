import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../../credentials/apis';
import { parseTaskId } from '../send/taskId';
import { hasOwn, isObject, textOf } from '../util/json';
import { jsonWithin } from './body';

/** The kinds of events. `other` is everything that the documentation does not describe; it is never filtered out. */
export type EventKind =
	'messageStatus' | 'inboundMessage' | 'templateEvent' | 'accountEvent' | 'other';

/** An event as the workflow gets it: flat, IDs as text, times in UTC, no empty fields. */
export interface ChatAppEvent extends IDataObject {
	event: EventKind;
	api: Api;
}

/** An event, and the object that the API sent. */
export interface ParsedEvent {
	event: ChatAppEvent;
	raw: IDataObject;
}

/** The webhook of an API. */
export interface WebhookParser {
	/** Reads the objects in a request body. */
	parse(pushed: IDataObject[]): ParsedEvent[];
	/** The response body that the API takes as an acknowledgement. */
	received: IDataObject;
}

/** A phone number without its +, any other ID unchanged. */
export function partyOf(value: unknown): string | undefined {
	const text = textOf(value);
	return text !== undefined && /^\+\d+$/.test(text) ? text.slice(1) : text;
}

/** Smaller timestamps are in seconds, larger ones in milliseconds. */
const MIN_MS = 100_000_000_000;

/** A date, with an optional time and time zone. */
const WRITTEN_TIME =
	/^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * A time as ISO 8601 in UTC. Numbers are seconds or milliseconds. A time without a zone, as InnoPaaS writes it, is
 * taken as UTC, since the documentation names no zone.
 */
export function timeOf(value: unknown): string | undefined {
	const text = textOf(value);
	if (text === undefined) return undefined;
	const number = /^\d{9,14}$/.test(text) ? Number(text) : undefined;
	// Date.parse alone accepts nearly any text, and assumes the time zone of this server.
	const [, day, clock = '00:00', zone = 'Z'] = WRITTEN_TIME.exec(text) ?? [];
	const time =
		number === undefined
			? Date.parse(`${day}T${clock}${zone}`)
			: number < MIN_MS
				? number * 1000
				: number;
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** An object, also one that is JSON within a string. */
export function objectOf(value: unknown): IDataObject | undefined {
	const object = jsonWithin(value) ?? value;
	return isObject(object) ? object : undefined;
}

/** The campaign and the request that a task ID made by this package stands for. */
export function originOf(taskId: string | undefined): { campaignId?: string; chunk?: number } {
	const origin = taskId === undefined ? undefined : parseTaskId(taskId);
	if (!origin) return {};
	const { campaignId, batch } = origin;
	return batch === undefined ? { campaignId } : { campaignId, chunk: batch };
}

const hasValue = (value: unknown) => value !== undefined && value !== null && value !== '';

/** The fields that have a value, in their order. No field of `json` may be called `__proto__`. */
function withValues<T extends IDataObject>(json: T): T {
	const whole: IDataObject = {};
	for (const name of Object.keys(json)) if (hasValue(json[name])) whole[name] = json[name];
	return whole as T;
}

/** Names of this package's own fields, and names with a special meaning in n8n or JavaScript. */
const RESERVED: ReadonlySet<string> = new Set([
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

/** Names of fields, as withUnmappedFields compares them. */
export const lowerCase = (names: string[]): ReadonlySet<string> =>
	new Set(names.map((name) => name.toLowerCase()));

/**
 * The event, followed by the fields of `pushed` that it does not cover, under their names in camel case.
 * @param mapped the fields that it does cover, in lower case
 */
export function withUnmappedFields(
	event: ChatAppEvent,
	pushed: IDataObject,
	mapped: ReadonlySet<string>,
): ChatAppEvent {
	const whole = withValues(event);
	for (const name of Object.keys(pushed)) {
		if (!hasValue(pushed[name]) || mapped.has(name.toLowerCase())) continue;
		const own = name.slice(0, 1).toLowerCase() + name.slice(1);
		// n8n reserves names that begin with $.
		if (!own.startsWith('$') && !RESERVED.has(own) && !hasOwn(whole, own))
			whole[own] = pushed[name];
	}
	return whole;
}

/** Reads the objects of a request one by one. An object that cannot be read becomes an `other` event. */
export function parseEach(
	api: Api,
	pushed: IDataObject[],
	eventOf: (raw: IDataObject) => ChatAppEvent,
): ParsedEvent[] {
	return pushed.map((raw) => {
		try {
			return { event: eventOf(raw), raw };
		} catch {
			return { event: withUnmappedFields({ event: 'other', api }, raw, new Set()), raw };
		}
	});
}
