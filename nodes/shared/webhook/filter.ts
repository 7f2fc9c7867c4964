import { idList } from '../parameters/options';
import type { ChatAppEvent, EventKind } from './event';

/** What starts the workflow; the rest is acknowledged and forgotten. */
export interface EventFilter {
	events: ReadonlySet<string>;
	/** Without one, all; an unknown status or type is never left out. */
	statuses: ReadonlySet<string>;
	messageTypes: ReadonlySet<string>;
	custSpaceIds: ReadonlySet<string>;
	from: ReadonlySet<string>;
	toPrefixes: readonly string[];
	taskIdPrefixes: readonly string[];
}

/** The choice of Statuses and Message Types that filters nothing. */
export const ALL = { name: 'All', value: 'all' } as const;

/** The statuses that the panel lists; any other one passes the filter. */
export const STATUSES = [
	{ name: 'Delivered', value: 'delivered' },
	{ name: 'Failed', value: 'failed' },
	{ name: 'Read', value: 'read' },
	{ name: 'Sent', value: 'sent' },
] as const;

/** The types of inbound messages that the panel lists; any other one passes the filter. */
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

/** A number however it is written, on both sides. */
const digits = (id: string) => id.replace(/^\+/, '').replace(/[\s()-]/g, '');
const digitsOf = (id: unknown) => (typeof id === 'string' ? digits(id) : undefined);

/** @param read a parameter of the node */
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
		events: choices('triggerOn'),
		statuses: choices('statuses'),
		messageTypes: choices('messageTypes'),
		custSpaceIds: new Set(ids('filterCustSpaceIds', 'Channel IDs / Space IDs')),
		from: new Set(ids('filterFrom', 'From').map(digits)),
		toPrefixes: ids('filterTo', 'To Starts With').map(digits),
		taskIdPrefixes: ids('filterTaskId', 'Task ID Starts With'),
	};
}

/** Whether a value is chosen, or could not be: nothing is chosen, or the panel does not list it. */
function isChosen(
	value: unknown,
	chosen: ReadonlySet<string>,
	listed: ReadonlySet<string>,
): boolean {
	return chosen.size === 0 || typeof value !== 'string' || chosen.has(value) || !listed.has(value);
}

const startsWithOne = (value: unknown, prefixes: readonly string[]) =>
	prefixes.length === 0 ||
	typeof value !== 'string' ||
	prefixes.some((prefix) => value.startsWith(prefix));
const isOneOf = (value: unknown, ids: ReadonlySet<string>) =>
	ids.size === 0 || typeof value !== 'string' || ids.has(value);

/**
 * Nothing is left out for what it does not say: statuses of InnoPaaS name no sender, those of CAMS no channel. Only who
 * asks for task ids gets no status without one.
 */
export function matchesFilter(event: ChatAppEvent, wanted: EventFilter): boolean {
	const kind: EventKind = event.event;
	if (kind !== 'other' && !wanted.events.has(kind)) return false;
	if (kind === 'messageStatus' && !isChosen(event.status, wanted.statuses, LISTED_STATUSES))
		return false;
	if (
		kind === 'inboundMessage' &&
		!isChosen(event.messageType, wanted.messageTypes, LISTED_MESSAGE_TYPES)
	)
		return false;
	return (
		isOneOf(event.custSpaceId, wanted.custSpaceIds) &&
		isOneOf(digitsOf(event.from), wanted.from) &&
		startsWithOne(digitsOf(event.to), wanted.toPrefixes) &&
		(kind !== 'messageStatus' || startsWithOne(event.taskId ?? '', wanted.taskIdPrefixes))
	);
}
