import type { IDataObject } from 'n8n-workflow';
import { plainText } from '../parameters/text';

import { isObject } from '../util/json';
import { at } from '../util/path';
import { UserIssue, quote } from '../util/userIssue';
import { checkOneOf, checkValue, entryAsObject, entryContext, type Context } from './check';
import {
	fileField,
	type ChoiceField,
	type Field,
	type ListField,
	type MessageType,
} from './schema';
import { productId } from './whatsAppFields';

/** An object that the user wrote as JSON, with the fields it may have. */
interface Written extends Context {
	fields: readonly Field[];
	content: IDataObject;
}

const parentOf = (path: string) => path.split('.').slice(0, -1).join('.');

/**
 * The value of a choice on which other fields depend, e.g. the type of a header.
 * @throws UserIssue where the object that holds the choice is there without it
 */
function chosenIn({ fields, content, where }: Written, name: string): string {
	const field = fields.find((each) => each.name === name) as ChoiceField;
	const { label, path = '', none } = field;
	const value = plainText(at(content, path), `${where}${label}`);
	const isParentThere = path.includes('.') && at(content, parentOf(path)) !== undefined;
	if (value === none || (value === '' && isParentThere))
		throw new UserIssue(
			`${where}${label} has no type`,
			`Set "${path}", or leave out the part that it is in.`,
		);
	return value || (none ?? field.default);
}

/** @throws UserIssue where a step of the field's path is not an object */
function checkParents({ content, where }: Written, { path = '', label }: Field): void {
	for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
		const value = at(content, parent);
		if (value !== undefined && !isObject(value))
			throw new UserIssue(
				`${where}${label} cannot be found`,
				`"${parent}" has to be an object. Got ${quote(value)}.`,
			);
	}
}

/** The panel writes the constants of an entry itself; in JSON the user has to. */
function checkConstants(
	{ constants = {}, constantsMayDiffer }: ListField,
	entry: IDataObject,
	{ where }: Context,
): void {
	for (const [name, value] of Object.entries(constants)) {
		const isRight = constantsMayDiffer
			? typeof entry[name] === 'string' && entry[name] !== ''
			: entry[name] === value;
		if (!isRight)
			throw new UserIssue(
				`${where}${name} is not ${String(value as string)}`,
				`Got ${quote(entry[name])}. Set "${name}" to ${quote(value)}.`,
			);
	}
}

function checkWrittenEntries(list: ListField, entries: unknown[], context: Context): void {
	for (const [index, each] of entries.entries()) {
		const inEntry = entryContext(context, list, index);
		const entry = entryAsObject(list, each);
		if (!isObject(entry))
			throw new UserIssue(
				`${inEntry.where.replace(/: $/, '')} is not an object`,
				`Got ${quote(each)}.`,
			);
		checkConstants(list, entry, inEntry);
		checkWritten({ ...inEntry, fields: list.fields, content: entry });
		checkOneOf(list, entry, inEntry);
	}
}

function checkWritten(written: Written): void {
	const { fields, content, where } = written;
	const isActive = ({ when }: Field) => !when || when.is.includes(chosenIn(written, when.name));
	// Several fields can share a path, e.g. the files of a header; one of them is enough to allow a value there.
	const activePaths = new Set(fields.filter(isActive).map(({ path }) => path));
	for (const field of fields) {
		const { path, label } = field;
		if (path === undefined) continue;
		checkParents(written, field);
		const value = at(content, path);
		if (!activePaths.has(path) && value !== undefined)
			throw new UserIssue(
				`${where}${label} cannot be sent with this type`,
				`Remove "${path}", or choose another type.`,
			);
		if (!isActive(field)) continue;
		if (field.kind === 'list' && Array.isArray(value)) checkWrittenEntries(field, value, written);
		checkValue(field, value, written);
	}
}

/**
 * Checks a content that the user wrote as JSON by the fields of its type. Properties that no field describes pass.
 * @param where prefix of field labels in errors and warnings, e.g. "Content (JSON): "
 * @returns warnings: the content can be sent, but may not arrive as intended
 * @throws UserIssue for the first part that is missing or that the API would reject
 */
export function checkContent(
	{ fields, forbidden = [], warningsFor }: MessageType,
	content: IDataObject,
	where: string,
): string[] {
	for (const { path, label } of forbidden) {
		if (at(content, path) !== undefined)
			throw new UserIssue(
				`${where}${label} cannot be sent with this type`,
				'Remove it, or choose another type.',
			);
	}
	const warnings: string[] = [];
	checkWritten({ fields, content, where, warn: (warning) => warnings.push(warning) });
	return [...warnings, ...(warningsFor?.(content) ?? [])];
}

/** The files that a header can be, under their names in Meta's API; InnoPaaS also writes the link beside the type. */
const HEADER_FILES = ['image', 'video', 'document'];

const PRODUCT_ID = /^(thumbnail)?_?product_?retailer_?id$/i;

/**
 * Checks JSON whose form no field describes, but only for what WhatsApp never takes: the file of a header that is no
 * link, and an ID that no product can have.
 * @param where prefix of field labels in errors, e.g. "Content (JSON): "
 * @returns warnings: a link that only works in the user's own network
 * @throws UserIssue
 */
export function checkOpenJson(json: unknown, where: string): string[] {
	const warnings: string[] = [];
	const context: Context = { where, warn: (warning) => warnings.push(warning) };
	const visit = (part: unknown) => {
		if (Array.isArray(part)) part.forEach(visit);
		if (!isObject(part)) return;
		const { header } = part;
		for (const kind of HEADER_FILES.filter((each) => at(header, 'type') === each)) {
			const link = at(header, `${kind}.link`) ?? at(header, 'link');
			const file = fileField('image', 'header', 'Header', 'link');
			checkValue({ ...file, required: false }, link, context);
		}
		for (const [key, value] of Object.entries(part)) {
			if (PRODUCT_ID.test(key)) checkValue({ ...productId, required: false }, value, context);
			visit(value);
		}
	};
	visit(json);
	return warnings;
}
