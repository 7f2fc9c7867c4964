import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../../credentials/apis';
import { parseTaskId } from '../send/taskId';
import { textOf } from '../util/json';

/** The kinds of events. `other` is everything that the documentation does not describe. */
export type EventKind =
	| 'messageStatus'
	| 'inboundMessage'
	| 'outboundMessage'
	| 'templateEvent'
	| 'accountEvent'
	| 'other';

/**
 * An event as the workflow gets it: flat, IDs as text, times in UTC, no empty fields. Everything that was pushed is in it:
 * under names that both APIs share, under its own name in camel case, or, if that name is taken, in `otherFields`, in the
 * form in which it was pushed.
 */
export interface ChatAppEvent extends IDataObject {
	event: EventKind;
	api: Api;
	otherFields?: IDataObject;
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

/** The campaign and the request that a task ID made by this package stands for. */
export function originOf(taskId: string | undefined): { campaignId?: string; chunk?: number } {
	const origin = taskId === undefined ? undefined : parseTaskId(taskId);
	if (!origin) return {};
	const { campaignId, batch } = origin;
	return batch === undefined ? { campaignId } : { campaignId, chunk: batch };
}
