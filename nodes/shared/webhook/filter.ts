import { idList } from '../parameters/options';
import type { ChatAppEvent, EventKind } from './event';

/** Which events start the workflow; other events are acknowledged and dropped. An empty set or list filters nothing. */
export interface EventFilter {
	kinds: ReadonlySet<string>;
	statuses: ReadonlySet<string>;
	messageTypes: ReadonlySet<string>;
	custSpaceIds: ReadonlySet<string>;
	from: ReadonlySet<string>;
	toPrefixes: readonly string[];
	taskIdPrefixes: readonly string[];
}

/** The choice of Statuses and Message Types that filters nothing. */
export const ALL = { name: 'All', value: 'all' } as const;

/** The choice that stands for everything the panel does not list. */
export const OTHER = { name: 'Other', value: 'other' } as const;

/** The documented statuses. Unsubscribe and Subscribe (Viber) tell that a customer blocked or unblocked the sender. */
export const STATUSES = [
	{ name: 'Deleted', value: 'deleted' },
	{ name: 'Delivered', value: 'delivered' },
	{ name: 'Failed', value: 'failed' },
	{ name: 'Read', value: 'read' },
	{ name: 'Sent', value: 'sent' },
	{ name: 'Subscribe', value: 'subscribe' },
	{ name: 'Unsubscribe', value: 'unsubscribe' },
] as const;

/** The documented types of inbound messages. */
export const MESSAGE_TYPES = [
	{ name: 'Audio', value: 'audio' },
	{ name: 'Button Reply', value: 'buttonReply' },
	{ name: 'Contacts', value: 'contacts' },
	{ name: 'Document', value: 'document' },
	{ name: 'Image', value: 'image' },
	{ name: 'Interactive', value: 'interactive' },
	{ name: 'Location', value: 'location' },
	{ name: 'Order', value: 'order' },
	{ name: 'Sticker', value: 'sticker' },
	{ name: 'Text', value: 'text' },
	{ name: 'Video', value: 'video' },
] as const;

const valuesOf = (choices: ReadonlyArray<{ value: string }>): ReadonlySet<string> =>
	new Set(choices.map(({ value }) => value));
const LISTED_STATUSES = valuesOf(STATUSES);
const LISTED_MESSAGE_TYPES = valuesOf(MESSAGE_TYPES);

/** A phone number without +, spaces and punctuation, so that numbers match however they are written. */
const normalized = (id: string) => id.replace(/^\+/, '').replace(/[\s()-]/g, '');
const normalizedIfText = (id: unknown) => (typeof id === 'string' ? normalized(id) : undefined);

/** @param read reads a parameter of the node */
export function readFilter(
	read: (name: string) => unknown,
	options: Readonly<Record<string, unknown>>,
): EventFilter {
	const choices = (name: string) => {
		const chosen = idList(read(name), name);
		return new Set(chosen.includes(ALL.value) ? [] : chosen);
	};
	const ids = (name: string, label: string) => idList(options[name], label);
	return {
		kinds: choices('triggerOn'),
		statuses: choices('statuses'),
		messageTypes: choices('messageTypes'),
		custSpaceIds: new Set(ids('filterCustSpaceIds', 'Channel IDs / Space IDs')),
		from: new Set(ids('filterFrom', 'From').map(normalized)),
		toPrefixes: ids('filterTo', 'To Starts With').map(normalized),
		taskIdPrefixes: ids('filterTaskId', 'Task ID Starts With'),
	};
}

/** Whether a value is chosen; one that the panel does not list is chosen by Other, and everything by no choice. */
function isChosen(
	value: unknown,
	chosen: ReadonlySet<string>,
	listed: ReadonlySet<string>,
): boolean {
	if (chosen.size === 0) return true;
	return chosen.has(typeof value === 'string' && listed.has(value) ? value : OTHER.value);
}

const startsWithAny = (value: unknown, prefixes: readonly string[]) =>
	prefixes.length === 0 ||
	typeof value !== 'string' ||
	prefixes.some((prefix) => value.startsWith(prefix));
const isOneOf = (value: unknown, ids: ReadonlySet<string>) =>
	ids.size === 0 || typeof value !== 'string' || ids.has(value);

/**
 * Whether an event passes the filter. An event without the sender, recipient or channel that is filtered by passes, as
 * statuses of InnoPaaS name no sender and those of CAMS no channel. A status without a Task ID does not pass that filter.
 */
export function matchesFilter(event: ChatAppEvent, filter: EventFilter): boolean {
	const kind: EventKind = event.event;
	if (!filter.kinds.has(kind)) return false;
	if (kind === 'messageStatus' && !isChosen(event.status, filter.statuses, LISTED_STATUSES))
		return false;
	if (
		(kind === 'inboundMessage' || kind === 'outboundMessage') &&
		!isChosen(event.messageType, filter.messageTypes, LISTED_MESSAGE_TYPES)
	)
		return false;
	return (
		isOneOf(event.custSpaceId, filter.custSpaceIds) &&
		isOneOf(normalizedIfText(event.from), filter.from) &&
		startsWithAny(normalizedIfText(event.to), filter.toPrefixes) &&
		(kind !== 'messageStatus' || startsWithAny(event.taskId ?? '', filter.taskIdPrefixes))
	);
}
