import type { IDataObject } from 'n8n-workflow';

import { compactJson, readJson, readJsonObject } from '../parameters/json';
import { idList } from '../parameters/options';
import type { Read } from '../parameters/parameters';
import { plainText } from '../parameters/text';
import { at, merge, put } from '../util/path';
import { UserIssue } from '../util/userIssue';
import {
	checkOneOf,
	checkValue,
	emptyIssue,
	entryContext,
	labelled,
	textIn,
	type Context,
} from './check';
import {
	fileNames,
	type Field,
	type FileField,
	type IdsField,
	type JsonField,
	type ListField,
	type MediaKind,
	type MessageType,
} from './schema';

/** Reads a parameter of the message or, within a list, a field of an entry. */
type ReadField = (name: string) => unknown;

/** A property of the file that fills in for a field the user left empty. */
export type FileFact = 'name' | 'type';

/** A file in the item's binary data that has to be uploaded before its message can be sent. */
export interface FileToUpload {
	binaryPropertyName: string;
	media: MediaKind;
	/** As the user sees the field. */
	label: string;
	/** Path of its link in the content. */
	path: string;
	/** Paths that take another property of the file. */
	facts: Array<{ path: string; fact: FileFact }>;
}

/** The content of a message, and the file it still needs. */
export interface Content {
	content: unknown;
	/** The content as it is sent: JSON that the user wrote stays as written. */
	text: string;
	file?: FileToUpload;
	/** The message can be sent, but may not arrive as intended. */
	warnings: string[];
}

/** Completes the content's text with the link of its uploaded file and the file's properties. */
export function withFile(
	text: string,
	{ path, facts }: FileToUpload,
	link: string,
	properties: Record<FileFact, string>,
): string {
	const content = JSON.parse(text) as IDataObject;
	put(content, path, link);
	for (const each of facts) put(content, each.path, properties[each.fact]);
	return compactJson(content);
}

function readNumber(value: unknown, label: string, asText = false): unknown {
	const text = typeof value === 'number' ? String(value) : plainText(value, label);
	const number = Number(text);
	if (text === '') return undefined;
	// The check that follows rejects it and quotes it.
	if (Number.isNaN(number)) return value;
	return asText ? decimal(text, number) : number;
}

/** Keeps a plain decimal as written; JavaScript writes very small numbers with an exponent. */
function decimal(text: string, number: number): string {
	return /^-?\d+(\.\d+)?$/.test(text) ? text : number.toFixed(7).replace(/(?<![.0])0+$|\.0*$/, '');
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

/** @returns the link, or the file to upload; undefined if there is no link */
function readFile(
	{ name, label, media, path }: FileField,
	read: ReadField,
): string | FileToUpload | undefined {
	const names = fileNames(name);
	if (read(names.source) !== 'binary')
		return plainText(read(names.link), `${label} Link`) || undefined;
	const binaryPropertyName = plainText(read(names.binary) ?? 'data', 'Input Data Field Name');
	if (binaryPropertyName === '') throw emptyIssue('Input Data Field Name');
	return { binaryPropertyName, media, label, path, facts: [] };
}

function readList(list: ListField, value: unknown, context: Context): unknown[] | undefined {
	const { entry, constants, fields, entryIs } = list;
	const rows = ((value ?? {}) as Record<string, IDataObject[] | undefined>)[entry.name] ?? [];
	const entries = rows.map((row, index) => {
		const inEntry = entryContext(context, list, index);
		const content: IDataObject = {};
		if (constants) merge(content, constants);
		fill(content, fields, (name) => row[name], inEntry);
		checkOneOf(list, content, inEntry);
		return content;
	});
	if (entries.length === 0) return undefined;
	const path = fields.find(({ name }) => name === entryIs)?.path;
	return path === undefined ? entries : entries.map((content) => at(content, path));
}

function readValue(field: Exclude<Field, FileField>, value: unknown, context: Context): unknown {
	const { label } = labelled(field, context);
	switch (field.kind) {
		case 'text':
		case 'link': {
			// Blanks at the ends of a text can be intended; a text of nothing but blanks counts as empty.
			const text = textIn(value, label);
			return field.kind === 'link' || field.isId ? text?.trim() : text;
		}
		case 'number':
			return readNumber(value, label, field.asText);
		case 'choice':
			return plainText(value, label) || field.default;
		case 'ids':
			return readIds(field, value, label);
		case 'json':
			return readAnyJson(field, value, label);
		case 'list':
			return readList(field, value, context);
	}
}

/** Whether a field counts: not if another field has a value that hides it in the panel. */
function isActive({ when }: Field, fields: readonly Field[], read: ReadField): boolean {
	if (!when) return true;
	const chooser = fields.find(({ name }) => name === when.name);
	// n8n does not store a parameter whose value is its default.
	const usual = chooser && 'default' in chooser ? chooser.default : undefined;
	const chosen = read(when.name) ?? usual;
	return typeof chosen === 'string' && when.is.includes(chosen);
}

/**
 * Reads fields, checks them and puts their values into the content.
 * @returns the file to upload, if there is one
 * @throws UserIssue with the label of the field
 */
function fill(
	into: IDataObject,
	fields: readonly Field[],
	read: ReadField,
	context: Context,
): FileToUpload | undefined {
	let file: FileToUpload | undefined;
	for (const field of fields) {
		if (!isActive(field, fields, read)) continue;
		const { path } = field;
		const fact = 'fromFile' in field ? field.fromFile : undefined;
		const value =
			field.kind === 'file'
				? readFile(labelled(field, context), read)
				: readValue(field, read(field.name), context);
		if (field.kind === 'file' && typeof value === 'object') {
			file = value as FileToUpload;
			continue;
		}
		checkValue(fact && file ? { ...field, required: false } : field, value, context);
		if (value !== undefined && field.kind === 'text' && field.constants)
			merge(into, field.constants);
		const isSent = value !== undefined && !(field.kind === 'choice' && value === field.none);
		if (isSent && path !== undefined) put(into, path, value);
		else if (fact && file && path !== undefined) file.facts.push({ path, fact });
	}
	return file;
}

/** The message type that is chosen in the panel. @throws UserIssue if an expression names another */
export function chosenType(
	types: readonly MessageType[],
	channelType: string,
	read: Read,
): MessageType {
	const name = read('messageType', 'text');
	const chosen = types.find(
		({ channel, type, variant }) =>
			channel === channelType &&
			type === name &&
			(!variant || read(variant.name, 'button') === variant.value),
	);
	if (!chosen)
		throw new UserIssue('This channel has no such message type', 'Choose another Message Type.');
	return chosen;
}

/**
 * Reads the content of a message from the parameters of its type.
 * @throws UserIssue for the first field that is missing or that the API would reject, with the label the user sees
 */
export function readContent(type: MessageType, read: ReadField): Content {
	const { fields, constants, contentIs, warningsFor } = type;
	const content: IDataObject = {};
	const warnings: string[] = [];
	if (constants) merge(content, constants);
	const file = fill(content, fields, read, {
		where: '',
		warn: (warning) => warnings.push(warning),
	});
	warnings.push(...(warningsFor?.(content) ?? []));
	const whole = contentIs === undefined ? content : content[contentIs];
	const jsonField = fields.find(({ kind, path }) => kind === 'json' && path === contentIs);
	const written = jsonField && read(jsonField.name);
	return {
		content: whole,
		text: typeof written === 'string' ? written.trim() : compactJson(whole),
		file,
		warnings,
	};
}
