import type { Advice } from '../http/errorCatalog';
import { idList } from '../parameters/options';
import { cleanSender } from '../parameters/recipient';
import type { UserIssue } from '../util/userIssue';
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

/** Text that holds letters is an ID, e.g. US.1349, unless it is a number that a spreadsheet has rounded, e.g. 6.59E+09. */
const isUserId = (text: string) => /\p{L}/u.test(text) && !/^\+?[\d.,]+E\+?\d+$/i.test(text);

/**
 * A number, or its beginning, as receipts have it: digits only. Numbers are read as the sending nodes read them, so that
 * they match however they are written; an ID of another kind is returned unchanged.
 * @returns the reason for text that is neither
 */
function readParty(written: string): string | UserIssue {
	if (/^[1-9]\d*$/.test(written)) return written;
	try {
		return cleanSender(written, 'whatsapp').replace(/^00(?=[1-9])/, '');
	} catch (error) {
		return isUserId(written) ? written : (error as UserIssue);
	}
}

/** Like readParty, but text that is neither matches itself alone. */
function partyIn(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const party = readParty(value);
	return typeof party === 'string' ? party : value;
}

const FROM = 'Only From';
const TO = 'Only To Starting With';

/** What is wrong with an entry of Only From or Only To Starting With that would match nothing; undefined if there is none. */
export function filterIssue(options: Readonly<Record<string, unknown>>): Advice | undefined {
	for (const [name, label] of [
		['filterFrom', FROM],
		['filterTo', TO],
	]) {
		const issue = idList(options[name], label)
			.map(readParty)
			.find((party) => typeof party !== 'string');
		if (issue)
			return {
				title: `${label} contains an entry that is neither a number nor a user ID`,
				advice: issue.advice,
			};
	}
	return undefined;
}

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
	const parties = (name: string, label: string) => ids(name, label).map((each) => partyIn(each)!);
	return {
		kinds: choices('triggerOn'),
		statuses: choices('statuses'),
		messageTypes: choices('messageTypes'),
		custSpaceIds: new Set(ids('filterCustSpaceIds', 'Only Channel IDs / Space IDs')),
		from: new Set(parties('filterFrom', FROM)),
		toPrefixes: parties('filterTo', TO),
		taskIdPrefixes: ids('filterTaskId', 'Only Task ID Starting With'),
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

/** Whether the sender is chosen, by number or by user ID; an event without a sender is. */
function isFrom({ from, fromUserId, fromParentUserId }: ChatAppEvent, chosen: ReadonlySet<string>) {
	const senders = [from, fromUserId, fromParentUserId].filter((each) => typeof each === 'string');
	return (
		chosen.size === 0 || senders.length === 0 || senders.some((each) => chosen.has(partyIn(each)!))
	);
}

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
		isFrom(event, filter.from) &&
		startsWithAny(partyIn(event.to), filter.toPrefixes) &&
		(kind !== 'messageStatus' || startsWithAny(event.taskId ?? '', filter.taskIdPrefixes))
	);
}
