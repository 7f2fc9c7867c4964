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
import { isObject } from '../util/json';
import { UserIssue, plainText, quote, type NotSentCause } from '../util/userIssue';

/** A recipient's own values: the item's, or those of an entry of a list. */
export interface Source {
	itemIndex: number;
	entryIndex?: number;
	entry?: unknown;
	read: Read;
}

type Field = (entry: unknown) => unknown;

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
): Field {
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
			'Its expression reads one entry only. Enter the name of the field of the entries, e.g. first_name.',
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
		`The entry has no field ${quote(field)}. ${namesOf(entry)} Enter the name of the field that holds its text.`,
		'missingVariable',
	);
}

/** Makes the values of the entries of an item's list readable under the names of the node's own parameters. */
function entryReader(
	parameters: Parameters,
	list: DataPath | undefined,
	ofItem: Read,
): (entry: unknown) => Read {
	const pairsOf = (read: Read) => (read('templateVariablePairs', {}) as Pairs).variable ?? [];
	const raw: Read = (name, fallback) => parameters.raw(name, fallback);
	const toField = raw('toField', 'to');
	const to = entryField(toField, list, 'To Field');
	const toOf = (entry: unknown, own: Record<string, unknown>) => {
		const value = to(entry) ?? own.To;
		if (value === undefined)
			noField(
				toField,
				entry,
				'Drag the field with the recipient into To Field.',
				'invalidRecipient',
			);
		return value;
	};
	const how = raw('specifyVariables', 'pairs');
	const object = entryField(raw('objectField', ''), list, 'Object Field');
	const pairs = pairsOf(raw).map(({ name: rawName, value }, index) => {
		const isExpression = typeof rawName === 'string' && rawName.startsWith('=');
		const name = isExpression ? ofItem(`templateVariablePairs.variable[${index}].name`) : rawName;
		// Left empty, the field of the variable's own name.
		const isEmpty = value === '' || value === '=' || value === undefined;
		const field = isEmpty ? name : value;
		const read = entryField(field, list, quote(name), () =>
			ofItem(`templateVariablePairs.variable[${index}].value`),
		);
		const valueOf = (entry: unknown) => {
			const text = read(entry);
			if (text === undefined) missing(name, field, entry);
			return text;
		};
		return { name, valueOf };
	});
	const payloads = ((raw('options', {}) as Payloads).buttonPayloads?.payload ?? []).map(
		({ value }) => {
			const read = value === '' ? () => '' : entryField(value, list, 'Button payload');
			return (entry: unknown) => {
				const text = read(entry);
				if (text === undefined)
					noField(
						value,
						entry,
						'A payload is the name of a field of the entries; put the text into the list first.',
					);
				return text;
			};
		},
	);

	return (entry) => {
		// An entry in the API's own form is taken as it is.
		const own = isObject(entry) ? entry : {};
		return (name, fallback) => {
			switch (name) {
				case 'to':
					return toOf(entry, own);
				case 'specifyVariables':
					return isObject(own.TemplateParams) ? 'object' : how;
				case 'objectField':
					return isObject(own.TemplateParams) ? own.TemplateParams : object(entry);
				case 'templateVariablePairs':
					return {
						variable: pairs.map((pair) => ({ name: pair.name, value: pair.valueOf(entry) })),
					};
				case 'ownParts':
					return own;
				case 'options':
					return {
						...(ofItem(name, fallback) as object),
						...(payloads.length > 0 && {
							buttonPayloads: { payload: payloads.map((valueOf) => ({ value: valueOf(entry) })) },
						}),
					};
				default:
					return ofItem(name, fallback);
			}
		};
	};
}

/** The same for all entries of an item is read once. */
function remembered(read: Read): Read {
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
			if (Array.isArray(value)) return value;
			const name = typeof named === 'string' ? named.trim() : '';
			if (name === '' && !isExpression)
				throw new UserIssue(
					'List Field is empty',
					'Drag the list from the left, or type its name.',
				);
			if (value !== undefined)
				throw new UserIssue(
					`${quote(name || raw)} is not a list`,
					`It holds ${quote(value)}. Drag the list itself from the left into List Field.`,
				);
			throw new UserIssue(
				`The input has no list ${quote(name || raw)}`,
				`${namesOf(json)} Drag the list from the left into List Field.`,
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

/** Somebody to send to, or what keeps an item or an entry from being that. */
export type Found = Source | (Omit<Source, 'read'> & { issue: UserIssue });

/** More than this is hardly meant, and more than n8n holds. */
export const MAX_RECIPIENTS = 1_000_000;

/** The recipients of a run, in the order of the input; how many they are may be known only when all are found. */
export interface Recipients extends Iterable<Found> {
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
	function* ofItem(itemIndex: number): Generator<Found> {
		const read = remembered(parameters.of(itemIndex));
		const to = recipientsIn(read('to', ''));
		if (count - 1 + to.length > MAX_RECIPIENTS) {
			throw new UserIssue(
				`There are more than ${formatCount(MAX_RECIPIENTS)} recipients`,
				`Nothing was sent to the ${formatCount(to.length)} of this item. Split them over several runs.`,
			);
		}
		count += Math.max(0, to.length - 1);
		// One that is missing is told as such.
		if (to.length < 2)
			return yield {
				itemIndex,
				read: (name, fallback) => (name === 'to' ? (to[0] ?? '') : read(name, fallback)),
			};
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
				throw new UserIssue('The list of recipients is empty', 'There is nobody in it to send to.');
			return {
				entries,
				readEntry: entryReader(parameters, list.path, remembered(parameters.of(itemIndex))),
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
