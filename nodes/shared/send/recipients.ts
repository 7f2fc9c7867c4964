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
import { formatCount } from '../util/format';
import { hasOwn, isObject } from '../util/json';
import { UserIssue, plainText, quote, type NotSentCause } from '../util/userIssue';
import type { Position } from './recipientState';

/** A recipient of the input, and the node's parameters as they are for it. */
export interface RecipientSource extends Position {
	read: Read;
}

/** An item or an entry that cannot be read. */
export interface UnreadableRecipient extends Position {
	issue: UserIssue;
}

/** Reads the parameters of a node for one entry of a list. */
type EntryReader = (entry: unknown) => Read;
type EntryParameter = (entry: unknown) => unknown;

/**
 * What stands after the list and a position in it: `phone` of customers[0].phone.
 * @param list undefined when an expression gives the list: then any position will do
 */
function withinEntry(path: DataPath, list: DataPath | undefined): DataPath | undefined {
	if (!list) {
		const position = path.findIndex((step) => typeof step === 'number');
		return position >= 0 && position < path.length - 1 ? path.slice(position + 1) : undefined;
	}
	const leadsThere =
		path.length > list.length + 1 && list.every((step, index) => path[index] === step);
	return leadsThere && typeof path[list.length] === 'number'
		? path.slice(list.length + 1)
		: undefined;
}

/**
 * The field of each entry that a parameter names. Typed text is a path into the entry; a field dragged from the first
 * entry means that field of every entry.
 * @param ofItem the parameter as n8n evaluates it, where one value for everybody makes sense
 * @throws UserIssue for an expression that would give the same value to everybody
 */
function entryField(
	raw: unknown,
	list: DataPath | undefined,
	label: string,
	ofItem: (() => unknown) | undefined = undefined,
): EntryParameter {
	if (typeof raw !== 'string' || !raw.startsWith('=')) {
		const name = plainText(raw, label);
		const path = withinEntry(typedPath(name), list);
		return (entry) => (path ? plainAt(entry, path) : readField(entry, name));
	}
	// What does not look at the item is meant for everybody.
	if (ofItem && !raw.includes('$json')) return ofItem;
	const path = pathInExpression(raw);
	const within = path && withinEntry(path, list);
	if (!within) {
		throw new UserIssue(
			`${label} would be the same for every recipient`,
			'Its expression reads only one entry. Enter the name of a field of the entries, e.g. first_name.',
		);
	}
	return (entry) => plainAt(entry, within);
}

type Pairs = { variable?: Array<{ name?: unknown; value?: unknown }> };
type Payloads = { buttonPayloads?: { payload?: Array<{ value?: unknown }> } };

/** @throws UserIssue always: a field that the user has named is not in the entry */
function noField(
	field: unknown,
	entry: unknown,
	advice: string,
	cause: NotSentCause = 'invalidField',
): never {
	throw new UserIssue(
		`The entry has no field ${quote(field)}`,
		`${namesOf(entry)} ${advice}`,
		cause,
	);
}

function missing(variable: unknown, field: unknown, entry: unknown): never {
	throw new UserIssue(
		`Template variable ${quote(variable)} is empty`,
		`The entry has no field ${quote(field)}. ${namesOf(entry)} Enter the name of the field that holds its value.`,
		'missingVariable',
	);
}

const toObject = (entry: unknown): Record<string, unknown> => (isObject(entry) ? entry : {});

/** To, for an entry: the field that To Field names, or the entry's own To in the API's form. */
function entryTo(parameters: Parameters, list: DataPath | undefined): EntryParameter {
	const toField = parameters.raw('toField', 'to');
	const fieldOf = entryField(toField, list, 'To Field');
	return (entry) => {
		const to = fieldOf(entry) ?? toObject(entry).To;
		if (to !== undefined) return to;
		const advice = 'Drag the field with the recipient into To Field.';
		return noField(toField, entry, advice, 'invalidRecipient');
	};
}

/** Template Variables as name and value pairs, for an entry. A value left empty means the field of the variable's name. */
function entryPairs(
	parameters: Parameters,
	list: DataPath | undefined,
	ofItem: Read,
): EntryParameter {
	const { variable = [] } = parameters.raw('templateVariablePairs', {}) as Pairs;
	const pairs = variable.map(({ name: rawName, value }, index) => {
		const parameter = `templateVariablePairs.variable[${index}]`;
		const isExpression = typeof rawName === 'string' && rawName.startsWith('=');
		const name = isExpression ? ofItem(`${parameter}.name`) : rawName;
		const field = value === '' || value === '=' || value === undefined ? name : value;
		const textOf = entryField(field, list, quote(name), () => ofItem(`${parameter}.value`));
		const valueOf = (entry: unknown) => {
			const text = textOf(entry);
			return text === undefined ? missing(name, field, entry) : text;
		};
		return { name, valueOf };
	});
	return (entry) => ({
		variable: pairs.map(({ name, valueOf }) => ({ name, value: valueOf(entry) })),
	});
}

/** The options for an entry: its button payloads come from its fields. */
function entryOptions(
	parameters: Parameters,
	list: DataPath | undefined,
	ofItem: Read,
): EntryParameter {
	const { buttonPayloads } = parameters.raw('options', {}) as Payloads;
	const payloads = (buttonPayloads?.payload ?? []).map(({ value }) => {
		const textOf = value === '' ? () => '' : entryField(value, list, 'Button payload');
		return (entry: unknown) => {
			const text = textOf(entry);
			if (text !== undefined) return text;
			const advice = 'A payload names a field of the entries. Add the text to the list first.';
			return noField(value, entry, advice);
		};
	});
	return (entry) => ({
		...(ofItem('options', {}) as object),
		...(payloads.length > 0 && {
			buttonPayloads: { payload: payloads.map((textOf) => ({ value: textOf(entry) })) },
		}),
	});
}

/** Makes the values of the entries of an item's list readable under the names of the node's own parameters. */
function createEntryReader(
	parameters: Parameters,
	list: DataPath | undefined,
	ofItem: Read,
): EntryReader {
	const objectOf = entryField(parameters.raw('objectField', ''), list, 'Object Field');
	const specifyVariables = parameters.raw('specifyVariables', 'pairs');
	// An entry in the API's own form brings its variables along.
	const ownVariables = (entry: unknown) => {
		const { TemplateParams } = toObject(entry);
		return isObject(TemplateParams) ? TemplateParams : undefined;
	};
	const ofEntry: Readonly<Record<string, EntryParameter>> = {
		to: entryTo(parameters, list),
		specifyVariables: (entry) => (ownVariables(entry) ? 'object' : specifyVariables),
		objectField: (entry) => ownVariables(entry) ?? objectOf(entry),
		templateVariablePairs: entryPairs(parameters, list, ofItem),
		options: entryOptions(parameters, list, ofItem),
	};
	return (entry) => (name, fallback) =>
		hasOwn(ofEntry, name) ? ofEntry[name](entry) : ofItem(name, fallback);
}

/** Reads each parameter once, for all entries of an item. */
function memoizeRead(read: Read): Read {
	const values = new Map<string, unknown>();
	return (name, fallback) => {
		if (!values.has(name)) values.set(name, read(name, fallback));
		return values.get(name);
	};
}

/** What a user reads about an item's fields, to find the one that was meant. */
function namesOf(json: unknown): string {
	const names = isObject(json) ? Object.keys(json) : [];
	return names.length === 0
		? 'It has no fields.'
		: `It has: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', ...' : ''}.`;
}

const EXAMPLE_ENTRY = '{"to": "+65 9123 4567", "name": "Mia"}';
const EXAMPLE_LIST = `[${EXAMPLE_ENTRY}]`;

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
			// An expression gives the list itself, or the name of its field.
			const value = typeof named === 'string' ? readField(json, named.trim()) : named;
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

/** The recipients of a run, in the order of the input; how many they are may be known only when all are found. */
export interface Recipients extends Iterable<RecipientSource | UnreadableRecipient> {
	readonly count: number;
}

function ofItems(parameters: Parameters, count: number): Recipients {
	return {
		count,
		*[Symbol.iterator]() {
			for (let itemIndex = 0; itemIndex < count; itemIndex++)
				yield { itemIndex, read: parameters.of(itemIndex) };
		},
	};
}

/** Every item may hold several recipients in To, which all get what the item says. */
function ofSeveral(
	parameters: Parameters,
	items: number,
	toIssue: (error: unknown) => UserIssue,
): Recipients {
	let count = items;
	function* ofItem(itemIndex: number): Generator<RecipientSource> {
		const read = memoizeRead(parameters.of(itemIndex));
		const to = recipientsIn(read('to', ''));
		if (count - 1 + to.length > MAX_RECIPIENTS) {
			throw new UserIssue(
				`There are more than ${formatCount(MAX_RECIPIENTS)} recipients`,
				`Nothing was sent to the ${formatCount(to.length)} of this item. Split them over several runs.`,
			);
		}
		count += Math.max(0, to.length - 1);
		// An empty To is reported by the check of the recipient.
		if (to.length < 2) {
			yield {
				itemIndex,
				read: (name, fallback) => (name === 'to' ? (to[0] ?? '') : read(name, fallback)),
			};
			return;
		}
		for (const [entryIndex, entry] of to.entries()) {
			yield {
				itemIndex,
				entryIndex,
				entry,
				read: (name, fallback) => (name === 'to' ? entry : read(name, fallback)),
			};
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

/**
 * @param toIssue what a thrown error means to the user
 * @param severalInTo whether one To can hold several recipients
 */
export function findRecipients(
	parameters: Parameters,
	items: ReadonlyArray<{ json: unknown }>,
	toIssue: (error: unknown) => UserIssue,
	severalInTo = false,
): Recipients {
	if (severalInTo) return ofSeveral(parameters, items.length, toIssue);
	const source = parameters.raw('recipientSource', 'items');
	if (source !== 'listField' && source !== 'json') return ofItems(parameters, items.length);

	const list = source === 'listField' ? listField(parameters, items) : listInJson(parameters);
	// A list that does not depend on the item is sent to once.
	const lists = items.slice(0, list.isSame ? 1 : undefined).map((_item, itemIndex) => {
		try {
			const entries = list.of(itemIndex);
			if (entries.length === 0)
				throw new UserIssue('The list of recipients is empty', 'It has no entries to send to.');
			return {
				entries,
				readEntry: createEntryReader(parameters, list.path, memoizeRead(parameters.of(itemIndex))),
			};
		} catch (error) {
			return toIssue(error);
		}
	});
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
					yield isObject(entry)
						? { itemIndex, entryIndex, entry, read: each.readEntry(entry) }
						: {
								itemIndex,
								entryIndex,
								entry,
								issue: new UserIssue(
									'The entry has no fields',
									`Got ${quote(entry)}. Expected an entry with fields, e.g. ${EXAMPLE_ENTRY}.`,
								),
							};
				}
			}
		},
	};
}
