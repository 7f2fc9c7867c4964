import type { IDataObject } from 'n8n-workflow';

import { compactJson, readJson, readJsonObject } from '../input/jsonField';
import { idList } from '../input/options';
import { NotSendable, plainText, quote } from '../input/notSendable';
import { fileNames, type ChoiceField, type Field, type FileField, type IdsField, type JsonField, type ListField, type MediaKind, type MessageType, type NumberField, type TextField } from './describe';

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
}

/** The content's text with what its uploaded file brings. */
export function withFile(text: string, { path, facts }: FileToUpload, link: string, told: Record<FileFact, string>): string {
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

function at(from: IDataObject, path: string): unknown {
	return path.split('.').reduce<unknown>((value, step) => (value as IDataObject | undefined)?.[step], from);
}

function merge(into: IDataObject, from: IDataObject): void {
	for (const [key, value] of Object.entries(from)) {
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) merge((into[key] ??= {}) as IDataObject, value as IDataObject);
		else into[key] = value;
	}
}

/** Characters as people count them. */
function lengthOf(text: string): number {
	return [...text].length;
}

const inCharacters = (count: number) => `${count.toLocaleString('en-US')} ${count === 1 ? 'character' : 'characters'}`;

function empty(label: string): NotSendable {
	return new NotSendable(`${label} is empty`, 'Enter it, or drag the field that holds it.');
}

/** Hosts that only this computer or this network can reach. */
const PRIVATE_HOST =
	/^(localhost|.*\.(local|localhost|internal|lan)|(10|127)(\.\d+){3}|192\.168(\.\d+){2}|169\.254(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|0\.0\.0\.0|\[(::1?|::ffff:.*|f[cd].*|fe80.*)\])$/i;

/** @throws NotSendable unless it is a link */
function checkLink(link: string, label: string): void {
	const url = URL.canParse(link) ? new URL(link) : undefined;
	if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(link)) {
		throw new NotSendable(`${label} is not a link`, `Got ${quote(link)}. It begins with https://, e.g. https://example.com/shoe.jpg.`);
	}
}

/** A file is fetched by the channel. @throws NotSendable for a link that it cannot follow */
function checkReachable(link: string, label: string): void {
	if (PRIVATE_HOST.test(new URL(link).hostname.replace(/\.$/, ''))) {
		throw new NotSendable(
			`${label} cannot be reached from the internet`,
			`${quote(link)} only works in your own network. Use a public address, or set the source of the file to Input Data Field.`,
		);
	}
}

function readText({ kind, label, required, mostCharacters, isId, form }: TextField, value: unknown): string | undefined {
	// Blanks at the ends can be meant; a text of nothing but blanks cannot.
	const isBlank = plainText(value, label) === '';
	if (isBlank && required) throw empty(label);
	if (isBlank) return undefined;
	const text = kind === 'link' || isId ? plainText(value, label) : String(value);
	if (kind === 'link') checkLink(text, label);
	if (form && !form.is(text)) throw new NotSendable(`${label} is not ${form.called}`, `Got ${quote(value)}. ${form.advice}`);
	if (mostCharacters !== undefined && lengthOf(text) > mostCharacters) {
		throw new NotSendable(`${label} is too long`, `It has ${inCharacters(lengthOf(text))}; ${mostCharacters.toLocaleString('en-US')} is the most.`);
	}
	return text;
}

function readNumber({ label, required, least, most }: NumberField, value: unknown): number | undefined {
	const text = plainText(value, label);
	if (text === '' && required) throw empty(label);
	if (text === '') return undefined;
	const number = Number(text);
	if (!(number >= least && number <= most)) {
		throw new NotSendable(`${label} is out of range`, `Got ${quote(value)}. Use ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}.`);
	}
	return number;
}

function readChoice({ label, choices, default: usual, none }: ChoiceField, value: unknown): string | undefined {
	const text = plainText(value, label) || usual;
	if (!choices.some((choice) => choice.value === text)) {
		throw new NotSendable(`${label} is not known`, `Got ${quote(value)}. Use one of ${choices.map((choice) => choice.value).join(', ')}.`);
	}
	return text === none ? undefined : text;
}

function readIds({ label, required, key }: IdsField, value: unknown): IDataObject[] | undefined {
	const ids = idList(value, label);
	if (ids.length === 0 && required) throw empty(label);
	return ids.length > 0 ? ids.map((id) => ({ [key]: id })) : undefined;
}

function readAnyJson({ label, required, example, isObject }: JsonField, value: unknown): unknown {
	const isBlank = value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
	if (isBlank && !required) return undefined;
	if (!isObject) return readJson(value ?? '', label, example);
	const object = readJsonObject(value ?? '', label, example);
	return Object.keys(object).length > 0 || required ? object : undefined;
}

function readFile({ name, label, required, media, path }: FileField, read: ReadField): string | FileToUpload | undefined {
	const names = fileNames(name);
	if (read(names.source) !== 'binary') {
		const link = readText({ kind: 'link', name: names.link, label: `${label} Link`, example: '', required }, read(names.link));
		if (link !== undefined) checkReachable(link, `${label} Link`);
		return link;
	}
	const binaryPropertyName = plainText(read(names.binary) ?? 'data', 'Input Data Field Name');
	if (binaryPropertyName === '') throw empty('Input Data Field Name');
	return { binaryPropertyName, media, label, path, facts: [] };
}

/** Checks what is wrong with a list as a whole. @param given the entries as the user filled them in */
function checkEntries(list: ListField, entries: IDataObject[], given: IDataObject[]): void {
	const { label, entry, least, most, unique = [], mostInAll, uniqueInAll, neededIfSeveral } = list;
	const fieldOf = (name: string) => list.fields.find((field) => field.name === name) as Field;
	const textOf = (each: IDataObject, name: string) => plainText(each[name], fieldOf(name).label);
	if (entries.length < least) {
		const word = entry.label.toLowerCase();
		throw new NotSendable(entries.length === 0 ? `${label} is empty` : `${label} has too few entries`, `Add ${least === 1 ? `a ${word}` : `at least ${least}`}.`);
	}
	if (entries.length > most) throw new NotSendable(`${label} has too many entries`, `There are ${entries.length}; ${most} is the most.`);
	for (const name of unique) {
		const values = given.map((each) => textOf(each, name));
		const twice = values.find((value, index) => value !== '' && values.indexOf(value) !== index);
		if (twice !== undefined) throw new NotSendable(`${label} has the same ${fieldOf(name).label} twice`, `Got ${quote(twice)} twice. Give each ${entry.label.toLowerCase()} its own.`);
	}
	if (mostInAll) {
		const { path, label: inner } = fieldOf(mostInAll.name);
		const count = entries.reduce((sum, each) => sum + ((at(each, path as string) as unknown[] | undefined) ?? []).length, 0);
		if (count > mostInAll.most) throw new NotSendable(`${label} has too many ${inner}`, `There are ${count} in all; ${mostInAll.most} is the most.`);
	}
	if (uniqueInAll) {
		const { path, fields } = fieldOf(uniqueInAll.name) as ListField;
		const inner = fields.find(({ name }) => name === uniqueInAll.field) as Field;
		const values = entries.flatMap((each) => ((at(each, path) as IDataObject[] | undefined) ?? []).map((one) => at(one, inner.path as string)));
		const twice = values.find((value, index) => values.indexOf(value) !== index);
		if (twice !== undefined) throw new NotSendable(`${label} has the same ${inner.label} twice`, `Got ${quote(twice)} twice. Give each its own.`);
	}
	if (neededIfSeveral !== undefined && entries.length > 1 && given.some((each) => textOf(each, neededIfSeveral) === '')) {
		throw new NotSendable(`${label} has an entry without ${fieldOf(neededIfSeveral).label}`, 'Each entry needs one as soon as there are several.');
	}
}

function readEntry(list: ListField, given: IDataObject, where: string): IDataObject {
	const { constants, fields, oneOf } = list;
	const entry: IDataObject = {};
	if (constants) merge(entry, constants);
	fill(entry, fields, (name) => given[name], where);
	if (oneOf && oneOf.every((name) => plainText(given[name], name) === '')) {
		const labels = fields.filter(({ name }) => oneOf.includes(name)).map(({ label }) => label);
		throw new NotSendable(`${where}${labels[0]} is empty`, `Fill one of ${labels.join(', ')}.`);
	}
	return entry;
}

function readList(list: ListField, value: unknown, where: string): unknown[] | undefined {
	const { entry } = list;
	const given = ((value ?? {}) as Record<string, IDataObject[] | undefined>)[entry.name] ?? [];
	const entries = given.map((each, index) => readEntry(list, each, `${where}${entry.label} ${index + 1}: `));
	checkEntries({ ...list, label: `${where}${list.label}` }, entries, given);
	return entries.length > 0 ? entries : undefined;
}

/** n8n leaves a parameter out of the workflow whose value is the default. */
function defaultOf(fields: readonly Field[], name: string): string | undefined {
	const field = fields.find((each) => each.name === name);
	return field && 'default' in field ? field.default : undefined;
}

function readField(field: Exclude<Field, FileField>, value: unknown, where: string): unknown {
	switch (field.kind) {
		case 'text':
		case 'link':
			return readText(field, value);
		case 'number':
			return readNumber(field, value);
		case 'choice':
			return readChoice(field, value);
		case 'ids':
			return readIds(field, value);
		case 'json':
			return readAnyJson(field, value);
		case 'list':
			return readList(field, value, where);
	}
}

/**
 * Reads fields and puts their values into the content.
 * @param where stands in front of the fields' names in messages, e.g. "Button 2: "
 * @returns the file that is to be uploaded, if there is one
 * @throws NotSendable naming the field
 */
function fill(into: IDataObject, fields: readonly Field[], read: ReadField, where: string): FileToUpload | undefined {
	let file: FileToUpload | undefined;
	for (const field of fields) {
		const { when, path } = field;
		if (when && !when.is.includes(String(read(when.name) ?? defaultOf(fields, when.name)))) continue;
		const told = { ...field, label: `${where}${field.label}` };
		const fact = 'fromFile' in field ? field.fromFile : undefined;
		const value = told.kind === 'file' ? readFile(told, read) : readField({ ...told, ...(fact && file && { required: false }) } as Exclude<Field, FileField>, read(field.name), where);
		if (value !== undefined && told.kind === 'text' && told.constants) merge(into, told.constants);
		if (typeof value === 'object' && told.kind === 'file') file = value as FileToUpload;
		else if (value !== undefined && path !== undefined) put(into, path, value);
		else if (fact && file && path !== undefined) file.facts.push({ path, fact });
	}
	return file;
}

/**
 * The content of a message, as its type's description says.
 * @throws NotSendable for the first field that is missing or that the API would refuse, by the name the user sees
 */
export function readContent(type: MessageType, read: ReadField): Content {
	const content: IDataObject = {};
	if (type.constants) merge(content, type.constants);
	const file = fill(content, type.fields, read, '');
	const whole = type.contentIs === undefined ? content : content[type.contentIs];
	const written = type.fields.find(({ kind, path }) => kind === 'json' && path === type.contentIs);
	const given = written && read(written.name);
	return { content: whole, text: typeof given === 'string' ? given.trim() : compactJson(whole), file };
}

/** What the recipient would see of a message. */
export interface Preview {
	text: string;
	buttons: string[];
}

function shown(fields: readonly Field[], content: IDataObject, as: 'text' | 'button'): string[] {
	return fields.flatMap((field) => {
		const value = field.path === undefined ? undefined : at(content, field.path);
		if (field.kind === 'list') return Array.isArray(value) ? value.flatMap((each) => shown(field.fields, each as IDataObject, as)) : [];
		return field.shownAs === as && typeof value === 'string' ? [value] : [];
	});
}

/** What the recipient would see of a message of one's own, as far as its description says. */
export function previewContent({ fields, contentIs }: MessageType, content: unknown): Preview {
	const whole = contentIs === undefined ? (content as IDataObject) : { [contentIs]: content as IDataObject };
	return { text: shown(fields, whole, 'text').join('\n'), buttons: shown(fields, whole, 'button') };
}
