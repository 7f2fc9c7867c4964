import {
	pathInExpression,
	plainAt,
	readField,
	typedPath,
	type DataPath,
} from '../parameters/dataPath';
import { readJsonList } from '../parameters/json';
import type { Parameters, Read } from '../parameters/parameters';
import { recipientsIn } from '../parameters/recipient';
import { checkEvaluated } from '../parameters/text';
import { formatCount } from '../util/format';
import { isObject } from '../util/json';
import { UserIssue, quote, toIssue } from '../util/userIssue';
import { createEntryReader, namesOf } from './entryReader';
import type { Position } from './recipientState';

/** A recipient of the input, and the node's parameters as they are for it. */
export interface RecipientSource extends Position {
	read: Read;
}

/** An item or an entry that cannot be read. */
export interface UnreadableRecipient extends Position {
	issue: UserIssue;
}

/** Reads each parameter once, for all entries of an item. */
export function memoizeRead(read: Read): Read {
	const values = new Map<string, unknown>();
	return (name, fallback) => {
		if (!values.has(name)) values.set(name, read(name, fallback));
		return values.get(name);
	};
}

const EXAMPLE_ENTRY = '{"to": "+65 9123 4567", "name": "Mia"}';
const EXAMPLE_LIST = `[${EXAMPLE_ENTRY}]`;

const isListText = (value: unknown) => typeof value === 'string' && /^\s*\[\s*\{/.test(value);

/** A list inside an item, or in the field Recipients (JSON). @throws UserIssue */
interface List {
	/** Where it is in the item; undefined when an expression gives it. */
	path: DataPath | undefined;
	isSame: boolean;
	of(itemIndex: number): unknown[];
}

function listField(parameters: Parameters, items: ReadonlyArray<{ json: unknown }>): List {
	const raw = parameters.raw('listField', '');
	const isExpression = typeof raw === 'string' && raw.startsWith('=');
	const dragged = isExpression ? pathInExpression(raw) : undefined;
	return {
		path: isExpression ? dragged : typedPath(String(raw)),
		isSame: false,
		of: (itemIndex) => {
			const { json } = items[itemIndex];
			const named = parameters.of(itemIndex)('listField', '');
			checkEvaluated(named, 'List Field');
			// An expression gives the list itself, or the name of its field.
			const given =
				typeof named === 'string' && !isListText(named) ? readField(json, named.trim()) : named;
			// A list of a database or a spreadsheet is often JSON text.
			const value = isListText(given) ? readJsonList(given, 'List Field', EXAMPLE_LIST) : given;
			if (Array.isArray(value)) return value as unknown[];
			const name = typeof named === 'string' ? named.trim() : '';
			if (name === '' && !isExpression)
				throw new UserIssue(
					'List Field is empty',
					'Drag the list from the input panel, or enter its name.',
				);
			if (value !== undefined)
				throw new UserIssue(
					`${quote(name || raw)} is not a list`,
					`It holds ${quote(value)}. Drag the list itself from the input panel into List Field.`,
				);
			throw new UserIssue(
				`The input has no list ${quote(name || raw)}`,
				`${namesOf(json)} Drag the list from the input panel into List Field.`,
			);
		},
	};
}

function listInJson(parameters: Parameters): List {
	const raw = parameters.raw('recipientsJson', '');
	return {
		path: typeof raw === 'string' ? pathInExpression(raw) : undefined,
		isSame: parameters.isFixed('recipientsJson'),
		of: (itemIndex) =>
			readJsonList(
				parameters.of(itemIndex)('recipientsJson', ''),
				'Recipients (JSON)',
				EXAMPLE_LIST,
			),
	};
}

/**
 * The list of which To reads one entry only, as when a field of the first entry is dragged into it; undefined when it
 * is no list, or the entry is the only one.
 */
export function listBehindTo(
	parameters: Parameters,
	items: ReadonlyArray<{ json: unknown }>,
): string | undefined {
	const raw =
		parameters.raw('recipientSource', 'items') === 'items' ? parameters.raw('to', '') : '';
	const path = typeof raw === 'string' ? (pathInExpression(raw) ?? []) : [];
	const position = path.findIndex((step) => typeof step === 'number');
	if (position < 1) return undefined;
	const list = path.slice(0, position);
	const hasMore = ({ json }: { json: unknown }) => {
		const value = plainAt(json, list);
		return Array.isArray(value) && value.length > 1;
	};
	return items.some(hasMore) ? list.join('.') : undefined;
}

/** More than this is a mistake, and more than n8n can hold. */
export const MAX_RECIPIENTS = 1_000_000;

/** The recipients of a run; how many they are may be known only when all are found. */
export interface Recipients {
	readonly count: number;
}

/** In the order of the input. */
export interface ItemRecipients
	extends Recipients, Iterable<RecipientSource | UnreadableRecipient> {}

function ofItems(parameters: Parameters, count: number): ItemRecipients {
	return {
		count,
		*[Symbol.iterator]() {
			for (let itemIndex = 0; itemIndex < count; itemIndex++)
				yield { itemIndex, read: parameters.of(itemIndex) };
		},
	};
}

/** Every item may hold several recipients in To, which all get what the item says. */
function ofSeveral(parameters: Parameters, items: number): ItemRecipients {
	let count = items;
	function* ofItem(itemIndex: number): Generator<RecipientSource> {
		const ofItem = memoizeRead(parameters.of(itemIndex));
		const found = recipientsIn(ofItem('to', ''));
		// An empty To is one recipient, which the check of the recipient reports.
		const recipients = found.length > 0 ? found : [''];
		if (count - 1 + recipients.length > MAX_RECIPIENTS) {
			throw new UserIssue(
				`There are more than ${formatCount(MAX_RECIPIENTS)} recipients`,
				`Nothing was sent to the ${formatCount(recipients.length)} of this item. Split them over several runs.`,
			);
		}
		count += recipients.length - 1;
		for (const [entryIndex, entry] of recipients.entries()) {
			const position = recipients.length > 1 ? { itemIndex, entryIndex, entry } : { itemIndex };
			const read: Read = (name, fallback) => (name === 'to' ? entry : ofItem(name, fallback));
			yield { ...position, read };
		}
	}
	return {
		get count() {
			return count;
		},
		*[Symbol.iterator]() {
			for (let itemIndex = 0; itemIndex < items; itemIndex++) {
				try {
					yield* ofItem(itemIndex);
				} catch (error) {
					yield { itemIndex, issue: toIssue(error) };
				}
			}
		},
	};
}

function ofLists(parameters: Parameters, list: List, items: number): ItemRecipients {
	const lists = Array.from({ length: items }, (_item, itemIndex) => {
		try {
			const entries = list.of(itemIndex);
			if (entries.length === 0)
				throw new UserIssue('The list of recipients is empty', 'It has no entries to send to.');
			const ofItem = memoizeRead(parameters.of(itemIndex));
			return { entries, readEntry: createEntryReader(parameters, list.path, ofItem) };
		} catch (error) {
			return toIssue(error);
		}
	});
	const noFields = (entry: unknown) =>
		new UserIssue(
			'The entry has no fields',
			`Got ${quote(entry)}. Expected an entry with fields, e.g. ${EXAMPLE_ENTRY}.`,
		);
	return {
		count: lists.reduce(
			(sum, each) => sum + (each instanceof UserIssue ? 1 : each.entries.length),
			0,
		),
		*[Symbol.iterator]() {
			for (const [itemIndex, each] of lists.entries()) {
				if (each instanceof UserIssue) {
					yield { itemIndex, issue: each };
					continue;
				}
				for (const [entryIndex, entry] of each.entries.entries()) {
					const position = { itemIndex, entryIndex, entry };
					yield isObject(entry)
						? { ...position, read: each.readEntry(entry) }
						: { ...position, issue: noFields(entry) };
				}
			}
		},
	};
}

/** @param severalInTo whether one To can hold several recipients */
export function findRecipients(
	parameters: Parameters,
	items: ReadonlyArray<{ json: unknown }>,
	severalInTo = false,
): ItemRecipients {
	if (severalInTo) return ofSeveral(parameters, items.length);
	const source = parameters.raw('recipientSource', 'items');
	if (source !== 'listField' && source !== 'json') return ofItems(parameters, items.length);
	const list = source === 'listField' ? listField(parameters, items) : listInJson(parameters);
	// A list that is the same for all items is sent to once.
	return ofLists(parameters, list, list.isSame ? Math.min(1, items.length) : items.length);
}
