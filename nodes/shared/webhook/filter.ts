import { idList } from '../parameters/options';
import type { Receipt, ReceiptEvent } from './event';

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

/** The statuses and types that the panel offers. */
export const STATUSES: readonly string[] = ['sent', 'delivered', 'read', 'failed'];
export const MESSAGE_TYPES: readonly string[] = [
	'audio',
	'buttonReply',
	'contacts',
	'document',
	'image',
	'interactive',
	'location',
	'order',
	'sticker',
	'text',
	'video',
];

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
		return new Set(chosen.includes('all') ? [] : chosen);
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

/** Chosen, or unknown to the list, or nothing chosen. */
function isChosen(value: unknown, chosen: ReadonlySet<string>, known: readonly string[]): boolean {
	return (
		chosen.size === 0 || typeof value !== 'string' || chosen.has(value) || !known.includes(value)
	);
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
export function matchesFilter(receipt: Receipt, wanted: EventFilter): boolean {
	const event: ReceiptEvent = receipt.event;
	if (event !== 'other' && !wanted.events.has(event)) return false;
	if (event === 'messageStatus' && !isChosen(receipt.status, wanted.statuses, STATUSES))
		return false;
	if (
		event === 'inboundMessage' &&
		!isChosen(receipt.messageType, wanted.messageTypes, MESSAGE_TYPES)
	)
		return false;
	return (
		isOneOf(receipt.custSpaceId, wanted.custSpaceIds) &&
		isOneOf(digitsOf(receipt.from), wanted.from) &&
		startsWithOne(digitsOf(receipt.to), wanted.toPrefixes) &&
		(event !== 'messageStatus' || startsWithOne(receipt.taskId ?? '', wanted.taskIdPrefixes))
	);
}
