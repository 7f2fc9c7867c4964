import type { IDataObject } from 'n8n-workflow';

import { compactJson, readJson, readJsonObject } from '../parameters/json';
import { idList } from '../parameters/options';
import { formatCount } from '../util/format';
import { hasOwn, isObject } from '../util/json';
import { UserIssue, plainText, quote } from '../util/userIssue';
import {
	fileNames,
	type ChoiceField,
	type Field,
	type FileField,
	type IdsField,
	type JsonField,
	type ListField,
	type MediaKind,
	type MessageType,
	type NumberField,
	type TextField,
} from './schema';

/** Reads a parameter of the message; within a list, a field of an entry. */
type ReadField = (name: string) => unknown;

/** What a file itself tells about a message, where the user says nothing. */
export type FileFact = 'name' | 'type';

/** A file of the item that has to be uploaded before its message can go out. */
export interface FileToUpload {
	binaryPropertyName: string;
	media: MediaKind;
	/** As the user sees the field. */
	label: string;
	/** Where its link belongs in the content. */
	path: string;
	/** Where else the content tells about it. */
	facts: Array<{ path: string; fact: FileFact }>;
}

/** A message's content, and the file that it still lacks. */
export interface Content {
	content: unknown;
	/** The content as it goes over the wire: JSON that the user wrote stays as it is. */
	text: string;
	file?: FileToUpload;
	/** What can be sent, but may not arrive as it is meant. */
	warnings: string[];
}

/** The content's text with what its uploaded file brings. */
export function withFile(
	text: string,
	{ path, facts }: FileToUpload,
	link: string,
	told: Record<FileFact, string>,
): string {
	const whole = JSON.parse(text) as IDataObject;
	put(whole, path, link);
	for (const each of facts) put(whole, each.path, told[each.fact]);
	return compactJson(whole);
}

/** Puts a value where a path leads, making objects on the way. */
function put(into: IDataObject, path: string, value: unknown): void {
	const steps = path.split('.');
	const last = steps.pop() as string;
	let at = into;
	for (const step of steps) at = (at[step] ??= {}) as IDataObject;
	at[last] = value as IDataObject;
}

/** The value where a path leads. */
export function at(from: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), from);
}

/** Puts the parts of an object into another, on every level; everything but objects is replaced. */
export function merge(into: IDataObject, from: IDataObject): void {
	for (const [key, value] of Object.entries(from)) {
		// What every object inherits is not this one's, and not to be written to.
		if (key === '__proto__') continue;
		const own = hasOwn(into, key) ? into[key] : undefined;
		if (!isObject(value)) into[key] = value;
		else if (isObject(own)) merge(own, value);
		else merge((into[key] = {}), value);
	}
}

/** Characters as people count them. */
function lengthOf(text: string): number {
	return [...text].length;
}

const inCharacters = (count: number) =>
	`${formatCount(count)} ${count === 1 ? 'character' : 'characters'}`;

/** Says something about a message that is sent nevertheless. */
type Warn = (warning: string) => void;

function empty(label: string, isVariable = false): UserIssue {
	return new UserIssue(
		`${label} is empty`,
		'Enter it, or drag the field that holds it.',
		isVariable ? 'missingVariable' : 'invalidField',
	);
}

/** Hosts that only this computer or this network can reach. */
const PRIVATE_HOST =
	/^(localhost|.*\.(local|localhost|internal|lan)|(10|127)(\.\d+){3}|192\.168(\.\d+){2}|169\.254(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|0\.0\.0\.0|\[(::1?|::ffff:.*|f[cd].*|fe80.*)\])$/i;

/** @throws UserIssue unless it is a link */
function checkLink(link: string, label: string): void {
	const url = URL.canParse(link) ? new URL(link) : undefined;
	if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(link)) {
		throw new UserIssue(
			`${label} is not a link`,
			`Got ${quote(link)}. It begins with https://, e.g. https://example.com/shoe.jpg.`,
		);
	}
}

/** Whether only this computer or this network can follow a link. */
const isPrivate = (link: string) => PRIVATE_HOST.test(new URL(link).hostname.replace(/\.$/, ''));

/** A text, or nothing where it is blank. */
function textIn(value: unknown, label: string): string | undefined {
	return plainText(value, label) === '' ? undefined : String(value);
}

function checkText(
	{ kind, label, required, isVariable, maxCharacters, maxAdvised, form }: TextField,
	value: unknown,
	warn: Warn,
): void {
	const text = textIn(value, label);
	if (text === undefined && required) throw empty(label, isVariable);
	if (text === undefined) return;
	if (kind === 'link') checkLink(text, label);
	if (form && !form.is(text))
		throw new UserIssue(`${label} is not ${form.called}`, `Got ${quote(text)}. ${form.advice}`);
	const length = lengthOf(text);
	if (maxCharacters !== undefined && length > maxCharacters) {
		throw new UserIssue(
			`${label} is too long`,
			`It has ${inCharacters(length)}; ${formatCount(maxCharacters)} is the most.`,
		);
	}
	if (maxAdvised !== undefined && length > maxAdvised)
		warn(
			`${label} has ${inCharacters(length)}; more than ${formatCount(maxAdvised)} may not arrive.`,
		);
}

function checkNumber({ label, required, least, most }: NumberField, value: unknown): void {
	const text = plainText(value, label);
	if (text === '' && required) throw empty(label);
	const number = Number(text || least);
	if (!(number >= least && number <= most)) {
		throw new UserIssue(
			`${label} is out of range`,
			`Got ${quote(value)}. Use ${formatCount(least)} to ${formatCount(most)}.`,
		);
	}
}

function checkChoice({ label, choices, required, isOpen }: ChoiceField, value: unknown): void {
	const text = plainText(value, label);
	if (text === '' && required) throw empty(label);
	if (text === '' || isOpen || choices.some((choice) => choice.value === text)) return;
	throw new UserIssue(
		`${label} is not known`,
		`Got ${quote(value)}. Use one of ${choices.map((choice) => choice.value).join(', ')}.`,
	);
}

/** A file is fetched by the channel, not from here. */
function checkFile({ label, required, upload }: FileField, value: unknown, warn: Warn): void {
	const link = plainText(value, `${label} Link`);
	if (link === '' && required) throw empty(`${label} Link`);
	if (link === '') return;
	checkLink(link, `${label} Link`);
	if (!isPrivate(link)) return;
	const advice = `${quote(link)} only works in your own network. Use a public address`;
	if (upload === undefined)
		return warn(`${label} Link cannot be reached from the internet: ${advice}.`);
	throw new UserIssue(
		`${label} Link cannot be reached from the internet`,
		`${advice}, or set the source of the file to Input Data Field.`,
	);
}

function checkIds(
	{ label, required, key, maxCharacters = Infinity }: IdsField,
	value: unknown,
): void {
	const entries: unknown = value ?? [];
	if (!Array.isArray(entries))
		throw new UserIssue(`${label} is not a list`, `Got ${quote(value)}.`);
	if (entries.length === 0 && required) throw empty(label);
	for (const entry of entries) {
		const id = plainText(at(entry, key), label);
		if (id === '')
			throw new UserIssue(
				`${label} has an empty entry`,
				`Got ${quote(entry)}. Each has its ID under "${key}".`,
			);
		if (lengthOf(id) > maxCharacters)
			throw new UserIssue(
				`${label} has an entry that is too long`,
				`${quote(id)} has ${inCharacters(lengthOf(id))}; ${formatCount(maxCharacters)} is the most.`,
			);
	}
}

/** What an entry is within a list of entries that are no objects. */
function entryAsObject({ entryIs, fields }: ListField, entry: unknown): unknown {
	const path =
		entryIs === undefined ? undefined : fields.find(({ name }) => name === entryIs)?.path;
	return path === undefined ? entry : { [path]: entry };
}

/** Checks what is wrong with a list as a whole. @param entries as they go into the content, each an object */
function checkEntries(list: ListField, entries: unknown[], warn: Warn): void {
	const {
		label,
		entry,
		least,
		most = Infinity,
		maxAdvised = Infinity,
		unique = [],
		maxInAll,
		uniqueInAll,
		neededIfSeveral,
	} = list;
	const fieldOf = (name: string) => list.fields.find((field) => field.name === name) as Field;
	const textOf = (each: unknown, { path = '', label: inner }: Field) =>
		plainText(at(each, path), inner);
	const listIn = (each: unknown, { path = '' }: Field) => {
		const inner = at(each, path);
		return Array.isArray(inner) ? (inner as unknown[]) : [];
	};
	if (entries.length < least) {
		const word = entry.label.toLowerCase();
		throw new UserIssue(
			entries.length === 0 ? `${label} is empty` : `${label} has too few entries`,
			`Add ${least === 1 ? `a ${word}` : `at least ${least}`}.`,
		);
	}
	if (entries.length > most)
		throw new UserIssue(
			`${label} has too many entries`,
			`There are ${entries.length}; ${most} is the most.`,
		);
	if (entries.length > maxAdvised)
		warn(`${label} has ${entries.length} entries; more than ${maxAdvised} may not arrive.`);
	for (const field of unique.map(fieldOf)) {
		const values = entries.map((each) => textOf(each, field));
		const twice = values.find((value, index) => value !== '' && values.indexOf(value) !== index);
		if (twice !== undefined)
			throw new UserIssue(
				`${label} has the same ${field.label} twice`,
				`Got ${quote(twice)} twice. Give each ${entry.label.toLowerCase()} its own.`,
			);
	}
	if (maxInAll) {
		const field = fieldOf(maxInAll.name);
		const count = entries.reduce<number>((sum, each) => sum + listIn(each, field).length, 0);
		if (count > maxInAll.most)
			throw new UserIssue(
				`${label} has too many ${field.label}`,
				`There are ${count} in all; ${maxInAll.most} is the most.`,
			);
	}
	if (uniqueInAll) {
		const field = fieldOf(uniqueInAll.name) as ListField;
		const inner = field.fields.find(({ name }) => name === uniqueInAll.field) as Field;
		const values = entries.flatMap((each) => listIn(each, field).map((one) => textOf(one, inner)));
		const twice = values.find((value, index) => values.indexOf(value) !== index);
		if (twice !== undefined)
			throw new UserIssue(
				`${label} has the same ${inner.label} twice`,
				`Got ${quote(twice)} twice. Give each its own.`,
			);
	}
	if (
		neededIfSeveral !== undefined &&
		entries.length > 1 &&
		entries.some((each) => textOf(each, fieldOf(neededIfSeveral)) === '')
	) {
		throw new UserIssue(
			`${label} has an entry without ${fieldOf(neededIfSeveral).label}`,
			'Each entry needs one as soon as there are several.',
		);
	}
}

/** Checks that an entry has one part of those of which it needs one. */
function checkOneOf({ fields, oneOf }: ListField, entry: unknown, where: string): void {
	const parts = fields.filter(({ name }) => oneOf?.includes(name));
	if (
		parts.length === 0 ||
		parts.some(({ path = '', label }) => plainText(at(entry, path), label) !== '')
	)
		return;
	throw new UserIssue(
		`${where}${parts[0].label} is empty`,
		`Fill one of ${parts.map(({ label }) => label).join(', ')}.`,
	);
}

const entryName = ({ entry }: ListField, index: number, where: string) =>
	`${where}${entry.label} ${index + 1}: `;

/** The same list by the name it has where it stands. */
const named = <F extends Field>(field: F, where: string): F => ({
	...field,
	label: `${where}${field.label}`,
});

/** Checks a value of the content by the description of its field. @throws UserIssue */
function checkValue(field: Field, value: unknown, where: string, warn: Warn): void {
	const told = named(field, where);
	switch (told.kind) {
		case 'text':
		case 'link':
			return checkText(told, value, warn);
		case 'number':
			return checkNumber(told, value);
		case 'choice':
			return checkChoice(told, value);
		case 'file':
			return checkFile(told, value, warn);
		case 'ids':
			return checkIds(told, value);
		case 'json':
			if (value === undefined && told.required) throw empty(told.label);
			return;
		case 'list': {
			const entries = (value ?? []) as unknown[];
			if (!Array.isArray(entries))
				throw new UserIssue(`${told.label} is not a list`, `Got ${quote(value)}.`);
			return checkEntries(
				told,
				entries.map((entry) => entryAsObject(told, entry)),
				warn,
			);
		}
	}
}

function readValue(
	field: Exclude<Field, FileField>,
	value: unknown,
	where: string,
	warn: Warn,
): unknown {
	const { label } = named(field, where);
	switch (field.kind) {
		case 'text':
		case 'link': {
			// Blanks at the ends can be meant; a text of nothing but blanks cannot.
			const text = textIn(value, label);
			return field.kind === 'link' || field.isId ? text?.trim() : text;
		}
		case 'number': {
			const text = plainText(value, label);
			const number = Number(text);
			if (text === '') return undefined;
			if (Number.isNaN(number)) return value;
			return field.asText ? decimal(text, number) : number;
		}
		case 'choice':
			return plainText(value, label) || field.default;
		case 'ids':
			return readIds(field, value, label);
		case 'json':
			return readAnyJson(field, value, label);
		case 'list':
			return readList(field, value, where, warn);
	}
}

/** As it was written where that is a plain number; computers write very small ones with an exponent. */
function decimal(text: string, number: number): string {
	return /^-?\d+(\.\d+)?$/.test(text) ? text : number.toFixed(7).replace(/\.?0+$/, '');
}

function readIds({ key }: IdsField, value: unknown, label: string): IDataObject[] | undefined {
	const ids = idList(value, label);
	return ids.length > 0 ? ids.map((id) => ({ [key]: id })) : undefined;
}

function readAnyJson(
	{ required, example, isObject: onlyObject }: JsonField,
	value: unknown,
	label: string,
): unknown {
	const isBlank =
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
	if (isBlank && !required) return undefined;
	if (!onlyObject) return readJson(value ?? '', label, example);
	const object = readJsonObject(value ?? '', label, example);
	return Object.keys(object).length > 0 || required ? object : undefined;
}

function readFile(
	{ name, label, media, path }: FileField,
	read: ReadField,
): string | FileToUpload | undefined {
	const names = fileNames(name);
	if (read(names.source) !== 'binary')
		return plainText(read(names.link), `${label} Link`) || undefined;
	const binaryPropertyName = plainText(read(names.binary) ?? 'data', 'Input Data Field Name');
	if (binaryPropertyName === '') throw empty('Input Data Field Name');
	return { binaryPropertyName, media, label, path, facts: [] };
}

function readList(
	list: ListField,
	value: unknown,
	where: string,
	warn: Warn,
): unknown[] | undefined {
	const { entry: called, constants, fields } = list;
	const given = ((value ?? {}) as Record<string, IDataObject[] | undefined>)[called.name] ?? [];
	const entries = given.map((each, index) => {
		const inEntry = entryName(list, index, where);
		const entry: IDataObject = {};
		if (constants) merge(entry, constants);
		fill(entry, fields, (name) => each[name], inEntry, warn);
		checkOneOf(list, entry, inEntry);
		return entry;
	});
	const whole = fields.find(({ name }) => name === list.entryIs)?.path;
	if (entries.length === 0) return undefined;
	return whole === undefined ? entries : entries.map((entry) => at(entry, whole));
}

/** n8n leaves a parameter out of the workflow whose value is the default. */
function defaultOf(fields: readonly Field[], name: string): string | undefined {
	const field = fields.find((each) => each.name === name);
	return field && 'default' in field ? field.default : undefined;
}

/**
 * Reads fields and puts their values into the content.
 * @param where stands in front of the fields' names in messages, e.g. "Button 2: "
 * @returns the file that is to be uploaded, if there is one
 * @throws UserIssue naming the field
 */
function fill(
	into: IDataObject,
	fields: readonly Field[],
	read: ReadField,
	where: string,
	warn: Warn,
): FileToUpload | undefined {
	let file: FileToUpload | undefined;
	for (const field of fields) {
		const { when, path } = field;
		if (when && !when.is.includes(String(read(when.name) ?? defaultOf(fields, when.name))))
			continue;
		const fact = 'fromFile' in field ? field.fromFile : undefined;
		const value =
			field.kind === 'file'
				? readFile(named(field, where), read)
				: readValue(field, read(field.name), where, warn);
		if (field.kind === 'file' && typeof value === 'object') {
			file = value as FileToUpload;
			continue;
		}
		checkValue(fact && file ? { ...field, required: false } : field, value, where, warn);
		if (value !== undefined && field.kind === 'text' && field.constants)
			merge(into, field.constants);
		const isSent = value !== undefined && !(field.kind === 'choice' && value === field.none);
		if (isSent && path !== undefined) put(into, path, value);
		else if (fact && file && path !== undefined) file.facts.push({ path, fact });
	}
	return file;
}

/**
 * The content of a message, as its type's description says.
 * @throws UserIssue for the first field that is missing or that the API would refuse, by the name the user sees
 */
export function readContent(type: MessageType, read: ReadField): Content {
	const content: IDataObject = {};
	const warnings: string[] = [];
	if (type.constants) merge(content, type.constants);
	const file = fill(content, type.fields, read, '', (warning) => warnings.push(warning));
	warnings.push(...(type.advise?.(content) ?? []));
	const whole = type.contentIs === undefined ? content : content[type.contentIs];
	const written = type.fields.find(({ kind, path }) => kind === 'json' && path === type.contentIs);
	const given = written && read(written.name);
	return {
		content: whole,
		text: typeof given === 'string' ? given.trim() : compactJson(whole),
		file,
		warnings,
	};
}

/** A content that the user wrote, as far as it is being checked. */
interface Written {
	fields: readonly Field[];
	content: IDataObject;
	/** Stands in front of the fields' names in messages. */
	where: string;
	warn: Warn;
}

const parentOf = (path: string) => path.split('.').slice(0, -1).join('.');

/** What a choice is within a content. @throws UserIssue where its part is there, but does not say */
function chosenIn({ fields, content, where }: Written, name: string): string {
	const {
		label,
		path = '',
		none,
		default: usual,
	} = fields.find((field) => field.name === name) as ChoiceField;
	const value = plainText(at(content, path), `${where}${label}`);
	const isThere = path.includes('.') && at(content, parentOf(path)) !== undefined;
	if (value === none || (value === '' && isThere))
		throw new UserIssue(
			`${where}${label} has no type`,
			`Give it one under "${path}", or leave it out.`,
		);
	return value || (none ?? usual);
}

/** @throws UserIssue where something on the way to a field is no object */
function checkWay({ content, where }: Written, { path = '', label }: Field): void {
	for (let way = parentOf(path); way !== ''; way = parentOf(way)) {
		const value = at(content, way);
		if (value !== undefined && !isObject(value))
			throw new UserIssue(
				`${where}${label} cannot be found`,
				`"${way}" is not an object: ${quote(value)}.`,
			);
	}
}

/** What stands in every entry has to stand there too. */
function checkConstants(
	{ constants = {}, constantsMayDiffer }: ListField,
	entry: IDataObject,
	where: string,
): void {
	for (const [name, value] of Object.entries(constants)) {
		const isRight = constantsMayDiffer
			? typeof entry[name] === 'string' && entry[name] !== ''
			: entry[name] === value;
		if (!isRight)
			throw new UserIssue(
				`${where}${name} is not ${String(value)}`,
				`Got ${quote(entry[name])}. Write "${name}": ${quote(value)}.`,
			);
	}
}

function checkWrittenEntries(list: ListField, entries: unknown[], where: string, warn: Warn): void {
	for (const [index, each] of entries.entries()) {
		const inEntry = entryName(list, index, where);
		const entry = entryAsObject(list, each);
		if (!isObject(entry))
			throw new UserIssue(`${inEntry}this is not an object`, `Got ${quote(each)}.`);
		checkConstants(list, entry, inEntry);
		checkWritten({ fields: list.fields, content: entry, where: inEntry, warn });
		checkOneOf(list, entry, inEntry);
	}
}

function checkWritten(written: Written): void {
	const { fields, content, where, warn } = written;
	const isMeant = ({ when }: Field) => !when || when.is.includes(chosenIn(written, when.name));
	const meant = new Set(fields.filter(isMeant).map(({ path }) => path));
	for (const field of fields) {
		const { path, label } = field;
		if (path === undefined) continue;
		checkWay(written, field);
		const value = at(content, path);
		if (!meant.has(path) && value !== undefined)
			throw new UserIssue(
				`${where}${label} cannot be sent with this type`,
				`Leave "${path}" out, or choose another type.`,
			);
		if (!isMeant(field)) continue;
		if (field.kind === 'list' && Array.isArray(value))
			checkWrittenEntries(field, value, where, warn);
		checkValue(field, value, where, warn);
	}
}

/**
 * Checks a content that the user wrote as JSON by the same description. What the description does not name passes.
 * @param where stands in front of the fields' names in messages, e.g. "Content (JSON): "
 * @returns what can be sent, but may not arrive as it is meant
 * @throws UserIssue for the first part that is missing or that the API would refuse
 */
export function checkContent(
	{ fields, without = [], advise }: MessageType,
	content: IDataObject,
	where: string,
): string[] {
	const warnings: string[] = [];
	for (const { path, label } of without) {
		if (at(content, path) !== undefined)
			throw new UserIssue(
				`${where}${label} cannot be sent with this type`,
				'Leave it out, or choose another type.',
			);
	}
	checkWritten({ fields, content, where, warn: (warning) => warnings.push(warning) });
	return [...warnings, ...(advise?.(content) ?? [])];
}

/** What the recipient would see of a message. */
export interface Preview {
	text: string;
	buttons: string[];
}

function shown(fields: readonly Field[], content: IDataObject, as: 'text' | 'button'): string[] {
	return fields.flatMap((field) => {
		const value = field.path === undefined ? undefined : at(content, field.path);
		if (field.kind === 'list')
			return Array.isArray(value)
				? value.flatMap((each) => shown(field.fields, each as IDataObject, as))
				: [];
		return field.shownAs === as && typeof value === 'string' ? [value] : [];
	});
}

/** What the recipient would see of a message of one's own, as far as its description says. */
export function previewContent({ fields, contentIs }: MessageType, content: unknown): Preview {
	const whole =
		contentIs === undefined ? (content as IDataObject) : { [contentIs]: content as IDataObject };
	return { text: shown(fields, whole, 'text').join('\n'), buttons: shown(fields, whole, 'button') };
}
