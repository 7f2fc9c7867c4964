import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../../credentials/apis';
import { hasOwn, isObject, textOf } from '../util/json';
import { jsonWithin } from './body';
import { partyOf, timeOf, type ChatAppEvent, type ParsedEvent } from './event';

/** Names of this package's own fields, and names with a special meaning in n8n. */
const RESERVED: ReadonlySet<string> = new Set([
	'event',
	'api',
	'raw',
	'otherFields',
	'isLate',
	'campaignId',
	'chunk',
	'receiptId',
	'error',
	'__proto__',
	'',
]);

const hasValue = (value: unknown) => value !== undefined && value !== null && value !== '';

const MAX_SPELLINGS = 1_000;
const MAX_SPELLING_CHARACTERS = 50;
const spellings = new Map<string, string>();

/** A field's name as the documents' spellings have it in common: MessageId, "messageId ", message_id. */
function plainName(key: string): string {
	const known = spellings.get(key);
	if (known !== undefined) return known;
	const plain = key.trim().replace(/_/g, '').toLowerCase();
	if (spellings.size < MAX_SPELLINGS && key.length <= MAX_SPELLING_CHARACTERS)
		spellings.set(key, plain);
	return plain;
}

/** The name that a field gets in an item: trimmed, in camel case. */
function itemName(key: string): string {
	const name = key.trim();
	return name.slice(0, 1).toLowerCase() + name.slice(1);
}

/** Whether a value of the event already says this, e.g. a number with or without its +. */
function saysTheSame(said: unknown, value: unknown): boolean {
	return said !== undefined && [partyOf(value), timeOf(value)].includes(said as string);
}

/**
 * An object of a push. An event takes the fields that it has a name for, and passes on all others, so that nothing that
 * was pushed vanishes. A field is found however its name is spelled; of several spellings the documented one counts.
 */
export class Fields {
	/** Keys that are left, by their plain names. */
	private readonly left = new Map<string, string>();
	/** Further keys that are left, whose plain names others have. */
	private readonly again = new Set<string>();
	/** Objects within that were opened, by their keys. */
	private readonly opened = new Map<string, Fields>();

	/** @param isFlat whether what is left belongs to the event itself rather than to a field of this object's name */
	constructor(
		private readonly object: IDataObject,
		private readonly isFlat = true,
	) {
		for (const key of Object.keys(object)) {
			if (!hasValue(object[key]) || key === '__proto__') continue;
			const name = plainName(key);
			if (this.left.has(name)) this.again.add(key);
			else this.left.set(name, key);
		}
	}

	private keyOf(name: string): string | undefined {
		return this.again.has(name) ? name : this.left.get(plainName(name));
	}

	private remove(key: string): void {
		if (this.again.delete(key)) return;
		const name = plainName(key);
		this.left.delete(name);
		for (const other of this.again) {
			if (plainName(other) !== name) continue;
			this.again.delete(other);
			this.left.set(name, other);
			return;
		}
	}

	private keys(): string[] {
		return [...this.left.values(), ...this.again];
	}

	/** A value, which stays. */
	peek(name: string): unknown {
		const key = this.keyOf(name);
		return key === undefined ? undefined : this.object[key];
	}

	/** Takes the first of these fields that `read` can read. */
	take<T>(read: (value: unknown) => T | undefined, ...names: string[]): T | undefined {
		for (const name of names) {
			const key = this.keyOf(name);
			const value = key === undefined ? undefined : read(this.object[key]);
			if (key === undefined || value === undefined) continue;
			this.remove(key);
			return value;
		}
		return undefined;
	}

	/** Takes a value of any type. */
	value(name: string): IDataObject[string] {
		return this.take((value) => value as IDataObject[string], name);
	}

	text(...names: string[]): string | undefined {
		return this.take(textOf, ...names);
	}

	lowerText(name: string): string | undefined {
		return this.text(name)?.toLowerCase();
	}

	party(name: string): string | undefined {
		return this.take(partyOf, name);
	}

	time(name: string): string | undefined {
		return this.take(timeOf, name);
	}

	/** Takes a word that the event's kind says already. */
	drop(name: string, word: string): void {
		this.take((value) => (textOf(value)?.toLowerCase() === word ? word : undefined), name);
	}

	/** Opens an object, also one that is JSON within a text. What is not taken from it stays. */
	open(name: string, isFlat = false): Fields | undefined {
		const key = this.keyOf(name);
		if (key === undefined) return undefined;
		const object = jsonWithin(this.object[key]) ?? this.object[key];
		if (!isObject(object)) return undefined;
		const fields = new Fields(object, isFlat);
		this.opened.set(key, fields);
		return fields;
	}

	/** What is left of a field; undefined if everything in it was taken. */
	private restOf(key: string): IDataObject[string] {
		const opened = this.opened.get(key);
		if (!opened) return this.object[key];
		const rests = opened.keys().map((inner) => [inner, opened.restOf(inner)] as const);
		const left = rests.filter(([, rest]) => rest !== undefined);
		return left.length > 0 ? (Object.fromEntries(left) as IDataObject) : undefined;
	}

	/**
	 * Adds what is left to an item.
	 * @param named the event, with all names that it can have
	 * @returns what has no place, as its name is taken, in the form in which it was pushed; undefined if there is none
	 */
	private passOn(item: IDataObject, named: ChatAppEvent): IDataObject | undefined {
		const unplaced: IDataObject = {};
		const flat: string[] = [];
		for (const key of this.keys()) {
			if (this.opened.get(key)?.isFlat) {
				flat.push(key);
				continue;
			}
			const rest = this.restOf(key);
			if (rest === undefined) continue;
			const name = itemName(key);
			// n8n reserves names that begin with $.
			const isFree = !RESERVED.has(name) && !name.startsWith('$') && !hasOwn(named, name);
			if (isFree && !hasOwn(item, name)) item[name] = rest;
			else if (!saysTheSame(item[name], rest)) unplaced[key] = rest;
		}
		for (const key of flat) {
			const inside = this.opened.get(key)!.passOn(item, named);
			if (inside) unplaced[key] = inside;
		}
		return Object.keys(unplaced).length > 0 ? unplaced : undefined;
	}

	/** The event as an item: without empty fields, followed by everything that was pushed and not taken. */
	complete(event: ChatAppEvent): ChatAppEvent {
		const item: IDataObject = {};
		for (const name of Object.keys(event)) if (hasValue(event[name])) item[name] = event[name];
		const otherFields = this.passOn(item, event);
		if (otherFields) item.otherFields = otherFields;
		return item as ChatAppEvent;
	}
}

/** Reads the objects of a request one by one. An object that cannot be read becomes an `other` event. */
export function parseEach(
	api: Api,
	pushed: IDataObject[],
	eventOf: (fields: Fields) => ChatAppEvent,
): ParsedEvent[] {
	return pushed.map((raw) => {
		try {
			return { event: eventOf(new Fields(raw)), raw };
		} catch {
			return { event: new Fields(raw).complete({ event: 'other', api }), raw };
		}
	});
}
