import { exactText, plainText } from '../parameters/text';
import { formatCount } from '../util/format';
import { at } from '../util/path';
import { UserIssue, quote } from '../util/userIssue';
import type {
	ChoiceField,
	Field,
	FileField,
	IdsField,
	ListField,
	NumberField,
	TextField,
} from './schema';

/** Checks of the values of a content against the fields that describe them. */

/** Reports a message that is sent, but may not arrive as intended. */
type Warn = (warning: string) => void;

/** Where in the message a field is, and where its warnings go. */
export interface Context {
	/** Prefix of field labels in errors and warnings, e.g. "Button 2: ". */
	where: string;
	warn: Warn;
}

/** The context of one entry of a list. */
export function entryContext({ where, warn }: Context, { entry }: ListField, index: number) {
	return { where: `${where}${entry.label} ${index + 1}: `, warn };
}

/** The field with the label that errors and warnings use for it. */
export function labelled<F extends Field>(field: F, { where }: Context): F {
	return { ...field, label: `${where}${field.label}` };
}

/** Counts characters, not UTF-16 code units: the limits of the APIs count an emoji as one. */
function lengthOf(text: string): number {
	return [...text].length;
}

const inCharacters = (count: number) =>
	`${formatCount(count)} ${count === 1 ? 'character' : 'characters'}`;

/** @throws UserIssue for a text of more characters than that */
export function checkLength(text: string, label: string, max: number): void {
	// A text has at most as many characters as code units, so most need no counting.
	if (text.length <= max || lengthOf(text) <= max) return;
	throw new UserIssue(
		`${label} is too long`,
		`It has ${inCharacters(lengthOf(text))}; the limit is ${formatCount(max)}.`,
	);
}

export function emptyIssue(label: string, isVariable = false): UserIssue {
	return new UserIssue(
		`${label} is empty`,
		'Enter a value, or drag the field that holds it.',
		isVariable ? 'missingVariable' : 'invalidField',
	);
}

/** Hosts that only this computer or its network can reach. */
const PRIVATE_HOST =
	/^(localhost|.*\.(local|localhost|internal|lan)|(10|127)(\.\d+){3}|192\.168(\.\d+){2}|169\.254(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|0\.0\.0\.0|\[(::1?|::ffff:.*|f[cd].*|fe80.*)\])$/i;

const isPrivate = (link: string) => PRIVATE_HOST.test(new URL(link).hostname.replace(/\.$/, ''));

/** @throws UserIssue for what is no http(s) link */
export function checkLink(link: string, label: string): void {
	const url = URL.canParse(link) ? new URL(link) : undefined;
	if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(link)) {
		throw new UserIssue(
			`${label} is not a link`,
			`Got ${quote(link)}. Enter the full address, e.g. https://example.com/shoe.jpg.`,
		);
	}
}

/** The text of a value, blanks at its ends included; undefined if there is nothing but blanks. */
export function textIn(value: unknown, label: string): string | undefined {
	const text = exactText(value, label);
	return text.trim() === '' ? undefined : text;
}

function checkText(
	{ kind, label, required, isVariable, maxCharacters, warnAbove, format }: TextField,
	value: unknown,
	warn: Warn,
): void {
	const text = textIn(value, label);
	if (text === undefined && required) throw emptyIssue(label, isVariable);
	if (text === undefined) return;
	if (kind === 'link') checkLink(text, label);
	if (format && !format.matches(text))
		throw new UserIssue(`${label} is not ${format.name}`, `Got ${quote(text)}. ${format.advice}`);
	if (maxCharacters !== undefined) checkLength(text, label, maxCharacters);
	const length = lengthOf(text);
	if (warnAbove !== undefined && length > warnAbove)
		warn(
			`${label} has ${inCharacters(length)}; messages with more than ${formatCount(warnAbove)} may not be delivered.`,
		);
}

function checkNumber({ label, required, min, max }: NumberField, value: unknown): void {
	const text = typeof value === 'number' ? String(value) : plainText(value, label);
	if (text === '' && required) throw emptyIssue(label);
	const number = Number(text || min);
	if (!(number >= min && number <= max)) {
		throw new UserIssue(
			`${label} is out of range`,
			`Got ${quote(value)}. Enter a number from ${formatCount(min)} to ${formatCount(max)}.`,
		);
	}
}

function checkChoice({ label, choices, required, isOpen }: ChoiceField, value: unknown): void {
	const text = plainText(value, label);
	if (text === '' && required) throw emptyIssue(label);
	if (text === '' || isOpen || choices.some((choice) => choice.value === text)) return;
	throw new UserIssue(
		`${label} has an unknown value`,
		`Got ${quote(value)}. Choose one of ${choices.map((choice) => choice.value).join(', ')}.`,
	);
}

const onlyHere = (link: string) =>
	`${quote(link)} only works on your own network. Use a public address`;

/** The warning about a file that the channel, which fetches it, cannot reach; undefined for any other link. */
export function linkWarning(link: string, label: string): string | undefined {
	return isPrivate(link)
		? `${label} cannot be reached from the internet: ${onlyHere(link)}.`
		: undefined;
}

function checkFile({ label, required, upload }: FileField, value: unknown, warn: Warn): void {
	const link = plainText(value, `${label} Link`);
	if (link === '' && required) throw emptyIssue(`${label} Link`);
	if (link === '') return;
	checkLink(link, `${label} Link`);
	const warning = linkWarning(link, `${label} Link`);
	if (warning === undefined) return;
	if (upload === undefined) return warn(warning);
	throw new UserIssue(
		`${label} Link cannot be reached from the internet`,
		`${onlyHere(link)}, or set ${label} Source to Input Data Field.`,
	);
}

/** An absent list counts as empty. @throws UserIssue for anything but a list */
function listOf(value: unknown, label: string): unknown[] {
	const list: unknown = value ?? [];
	if (!Array.isArray(list)) throw new UserIssue(`${label} is not a list`, `Got ${quote(value)}.`);
	return list as unknown[];
}

function checkIds(
	{ label, required, key, maxCharacters = Infinity }: IdsField,
	value: unknown,
): void {
	const entries = listOf(value, label);
	if (entries.length === 0 && required) throw emptyIssue(label);
	for (const entry of entries) {
		const id = plainText(at(entry, key), label);
		if (id === '')
			throw new UserIssue(
				`${label} has an empty entry`,
				`Got ${quote(entry)}. Each entry needs an ID under "${key}".`,
			);
		if (lengthOf(id) > maxCharacters)
			throw new UserIssue(
				`${label} has an entry that is too long`,
				`${quote(id)} has ${inCharacters(lengthOf(id))}; the limit is ${formatCount(maxCharacters)}.`,
			);
	}
}

function fieldNamed({ fields }: ListField, name: string): Field {
	return fields.find((field) => field.name === name) as Field;
}

function textAt(entry: unknown, { path = '', label }: Field): string {
	return plainText(at(entry, path), label);
}

function listAt(entry: unknown, { path = '' }: Field): unknown[] {
	const list = at(entry, path);
	return Array.isArray(list) ? (list as unknown[]) : [];
}

/** @param owner completes "Give ... its own." */
function throwIfRepeated(list: ListField, field: Field, values: string[], owner: string): void {
	const seen = new Set<string>();
	const repeated = values.find((value) => value !== '' && seen.size === seen.add(value).size);
	if (repeated !== undefined) {
		throw new UserIssue(
			`${list.label} has the same ${field.label} twice`,
			`Got ${quote(repeated)} twice. Give ${owner} its own.`,
		);
	}
}

function checkEntryCount(
	{ label, entry, min, max = Infinity, warnAbove = Infinity }: ListField,
	{ length }: unknown[],
	warn: Warn,
): void {
	if (length < min) {
		throw new UserIssue(
			length === 0 ? `${label} is empty` : `${label} has too few entries`,
			`Add ${min === 1 ? `a ${entry.label.toLowerCase()}` : `at least ${min}`}.`,
		);
	}
	if (length > max) {
		throw new UserIssue(
			`${label} has too many entries`,
			`There are ${length}; the limit is ${max}.`,
		);
	}
	if (length > warnAbove)
		warn(
			`${label} has ${length} entries; messages with more than ${warnAbove} may not be delivered.`,
		);
}

function checkUnique(list: ListField, entries: unknown[]): void {
	for (const field of (list.unique ?? []).map((name) => fieldNamed(list, name))) {
		const values = entries.map((entry) => textAt(entry, field));
		throwIfRepeated(list, field, values, `each ${list.entry.label.toLowerCase()}`);
	}
}

function checkTotal(list: ListField, entries: unknown[]): void {
	if (!list.maxTotal) return;
	const { name, max } = list.maxTotal;
	const field = fieldNamed(list, name);
	const count = entries.reduce<number>((sum, entry) => sum + listAt(entry, field).length, 0);
	if (count > max) {
		throw new UserIssue(
			`${list.label} has too many ${field.label}`,
			`There are ${count} in total; the limit is ${max}.`,
		);
	}
}

function checkUniqueAcross(list: ListField, entries: unknown[]): void {
	if (!list.uniqueAcross) return;
	const inner = fieldNamed(list, list.uniqueAcross.name) as ListField;
	const field = fieldNamed(inner, list.uniqueAcross.field);
	const values = entries.flatMap((entry) =>
		listAt(entry, inner).map((each) => textAt(each, field)),
	);
	throwIfRepeated(list, field, values, 'each');
}

function checkRequiredIfSeveral(list: ListField, entries: unknown[]): void {
	if (list.requiredIfSeveral === undefined || entries.length < 2) return;
	const field = fieldNamed(list, list.requiredIfSeveral);
	if (entries.every((entry) => textAt(entry, field) !== '')) return;
	throw new UserIssue(
		`${list.label} has an entry without ${field.label}`,
		'With two or more entries, each needs one.',
	);
}

/** Wraps an entry that is a plain value in an object, so that its one field has a path. */
export function entryAsObject({ entryIs, fields }: ListField, entry: unknown): unknown {
	const path = fields.find(({ name }) => name === entryIs)?.path;
	return path === undefined ? entry : { [path]: entry };
}

function checkList(list: ListField, value: unknown, warn: Warn): void {
	const entries = listOf(value, list.label).map((entry) => entryAsObject(list, entry));
	checkEntryCount(list, entries, warn);
	checkUnique(list, entries);
	checkTotal(list, entries);
	checkUniqueAcross(list, entries);
	checkRequiredIfSeveral(list, entries);
}

/** Checks that an entry has at least one of the fields in `oneOf`. @throws UserIssue */
export function checkOneOf({ fields, oneOf }: ListField, entry: unknown, { where }: Context): void {
	const candidates = fields.filter(({ name }) => oneOf?.includes(name));
	if (candidates.length === 0 || candidates.some((field) => textAt(entry, field) !== '')) return;
	throw new UserIssue(
		`${where}${candidates[0].label} is empty`,
		`Fill in at least one of ${candidates.map(({ label }) => label).join(', ')}.`,
	);
}

/**
 * Checks a value as it is in the content, without looking into the entries of a list.
 * @throws UserIssue with the label that the user sees
 */
export function checkValue(field: Field, value: unknown, context: Context): void {
	const own = labelled(field, context);
	switch (own.kind) {
		case 'text':
		case 'link':
			return checkText(own, value, context.warn);
		case 'number':
			return checkNumber(own, value);
		case 'choice':
			return checkChoice(own, value);
		case 'file':
			return checkFile(own, value, context.warn);
		case 'ids':
			return checkIds(own, value);
		case 'json':
			if (value === undefined && own.required) throw emptyIssue(own.label);
			return;
		case 'list':
			return checkList(own, value, context.warn);
	}
}
