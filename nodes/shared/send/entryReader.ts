import {
	listNames,
	pathInExpression,
	plainAt,
	readField,
	typedPath,
	type DataPath,
} from '../parameters/dataPath';
import { payloadValues, withPayloads, type PayloadOptions } from '../parameters/options';
import type { Parameters, Read } from '../parameters/parameters';
import { plainText } from '../parameters/text';
import { hasOwn, isObject } from '../util/json';
import { UserIssue, quote, type NotSentCause } from '../util/userIssue';

/** The names of the fields of an item or entry, for an error about one that is missing. */
export function namesOf(json: unknown): string {
	const names = isObject(json) ? Object.keys(json) : [];
	return names.length === 0
		? 'It has no fields.'
		: `It has: ${listNames(names, 12)}${names.length > 12 ? ', ...' : ''}.`;
}

/** What entries are called in errors. */
interface EntryWords {
	/** "The entry has no field" */
	lacks: string;
	/** Why an expression won't do. */
	readsOne: string;
	/** What to enter in its place. */
	name: string;
	/** How to name the recipient's. */
	addTo: string;
	addFirst: string;
}

const OF_LIST: EntryWords = {
	lacks: 'The entry has no field',
	readsOne: 'Its expression reads only one entry.',
	name: 'the name of a field of the entries',
	addTo: 'Drag the field with the recipient into To Field.',
	addFirst: 'A payload names a field of the entries. Add the text to the list first.',
};

/** For the rows of a file. */
export const OF_FILE: EntryWords = {
	lacks: 'The file has no column',
	readsOne: 'Its expression reads the item, not the rows of its file.',
	name: 'the name of a column',
	addTo: 'Enter the name of the column with the recipient in To Column.',
	addFirst: 'A payload names a column. Add it to the file first.',
};

type EntryReader = (entry: unknown) => Read;
type EntryParameter = (entry: unknown) => unknown;

/** Of which entries parameters are read. */
interface EntryKind {
	/** Where their list is in the item; undefined when an expression gives it, and for a file. */
	list: DataPath | undefined;
	words: EntryWords;
}

/**
 * The part of a path after the list and a position in it: `phone` of customers[0].phone.
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
 * entry stands for that field of every entry.
 * @param ofItem evaluates the parameter; given where one value for everybody makes sense
 * @throws UserIssue for an expression that reads one entry only
 */
function entryField(
	raw: unknown,
	{ list, words }: EntryKind,
	label: string,
	ofItem: (() => unknown) | undefined = undefined,
): EntryParameter {
	if (typeof raw !== 'string' || !raw.startsWith('=')) {
		const name = plainText(raw, label);
		const path = withinEntry(typedPath(name), list);
		return (entry) => (path ? plainAt(entry, path) : readField(entry, name));
	}
	// An expression that does not read the item has one value for everybody, and is meant to.
	if (ofItem && !raw.includes('$json')) return ofItem;
	const path = pathInExpression(raw);
	const within = path && withinEntry(path, list);
	if (!within) {
		throw new UserIssue(
			`${label} would be the same for every recipient`,
			`${words.readsOne} Enter ${words.name}, e.g. first_name.`,
		);
	}
	return (entry) => plainAt(entry, within);
}

type Pairs = { variable?: Array<{ name?: unknown; value?: unknown }> };

/** @throws UserIssue because the entry lacks a field that the user named */
function noField(
	{ lacks }: EntryWords,
	field: unknown,
	entry: unknown,
	advice: string,
	cause: NotSentCause = 'invalidField',
): never {
	throw new UserIssue(`${lacks} ${quote(field)}`, `${namesOf(entry)} ${advice}`, cause);
}

function missing(
	{ lacks, name }: EntryWords,
	variable: unknown,
	field: unknown,
	entry: unknown,
): never {
	throw new UserIssue(
		`Template variable ${quote(variable)} is empty`,
		`${lacks} ${quote(field)}. ${namesOf(entry)} Enter ${name} that holds its value.`,
		'missingVariable',
	);
}

const toObject = (entry: unknown): Record<string, unknown> => (isObject(entry) ? entry : {});

/** To, for an entry: the field that To Field names, or the entry's own To in the API's form. */
function entryTo(parameters: Parameters, kind: EntryKind): EntryParameter {
	const { words } = kind;
	const toField = parameters.raw('toField', 'to');
	const fieldOf = entryField(toField, kind, 'To Field');
	return (entry) => {
		const own = fieldOf(entry);
		const to = own === undefined ? toObject(entry).To : own;
		// An empty field is there; the check of the recipient reports it.
		if (to !== undefined) return to ?? '';
		return noField(words, toField, entry, words.addTo, 'invalidRecipient');
	};
}

/** Template Variables as name and value pairs, for an entry. A value left empty means the field of the variable's name. */
function entryPairs(parameters: Parameters, kind: EntryKind, ofItem: Read): EntryParameter {
	const { variable = [] } = parameters.raw('templateVariablePairs', {}) as Pairs;
	const pairs = variable.map(({ name: rawName, value }, index) => {
		const parameter = `templateVariablePairs.variable[${index}]`;
		const isExpression = typeof rawName === 'string' && rawName.startsWith('=');
		const name = isExpression ? ofItem(`${parameter}.name`) : rawName;
		const field = value === '' || value === '=' || value === undefined ? name : value;
		const textOf = entryField(field, kind, quote(name), () => ofItem(`${parameter}.value`));
		const valueOf = (entry: unknown) => {
			const text = textOf(entry);
			return text === undefined ? missing(kind.words, name, field, entry) : text;
		};
		return { name, valueOf };
	});
	return (entry) => ({
		variable: pairs.map(({ name, valueOf }) => ({ name, value: valueOf(entry) })),
	});
}

/** The options for an entry: its button payloads come from its fields. */
function entryOptions(parameters: Parameters, kind: EntryKind, ofItem: Read): EntryParameter {
	const { words } = kind;
	const payloads = payloadValues(parameters.raw('options', {}) as PayloadOptions).map((value) => {
		const textOf = value === '' ? () => '' : entryField(value, kind, 'Button payload');
		return (entry: unknown) => {
			const text = textOf(entry);
			if (text !== undefined) return text;
			return noField(words, value, entry, words.addFirst);
		};
	});
	return (entry) => ({
		...(ofItem('options', {}) as object),
		...(payloads.length > 0 && {
			...withPayloads(payloads.map((textOf) => textOf(entry))),
		}),
	});
}

/**
 * Makes the entries of an item's list, or the rows of its file, readable under the names of the node's parameters.
 * @throws UserIssue for a parameter that can name no field
 */
export function createEntryReader(
	parameters: Parameters,
	list: DataPath | undefined,
	ofItem: Read,
	words = OF_LIST,
): EntryReader {
	const kind: EntryKind = { list, words };
	const objectOf = entryField(parameters.raw('objectField', ''), kind, 'Object Field');
	const specifyVariables = parameters.raw('specifyVariables', 'pairs');
	// An entry in the API's own form brings its variables along.
	const ownVariables = (entry: unknown) => {
		const { TemplateParams } = toObject(entry);
		return isObject(TemplateParams) ? TemplateParams : undefined;
	};
	const ofEntry: Readonly<Record<string, EntryParameter>> = {
		to: entryTo(parameters, kind),
		specifyVariables: (entry) => (ownVariables(entry) ? 'object' : specifyVariables),
		objectField: (entry) => ownVariables(entry) ?? objectOf(entry),
		templateVariablePairs: entryPairs(parameters, kind, ofItem),
		options: entryOptions(parameters, kind, ofItem),
	};
	return (entry) => (name, fallback) =>
		hasOwn(ofEntry, name) ? ofEntry[name](entry) : ofItem(name, fallback);
}
