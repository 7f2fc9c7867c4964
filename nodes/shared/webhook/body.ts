import type { IDataObject } from 'n8n-workflow';

import { parseExact } from '../parameters/json';
import { hasOwn, isObject } from '../util/json';

/** Limits for a public endpoint, far above what the APIs send. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_ENTRIES = 100_000;
const MAX_DEPTH = 30;
/** Of one object. */
const MAX_FIELDS = 1_000;
/** Of all lists and objects: JSON cannot be parsed in slices. */
const MAX_VALUES = 500_000;

/** A request that is rejected. Status and message go to its sender. */
export class HttpRejection extends Error {
	constructor(
		readonly status: 400 | 401 | 413 | 415,
		message: string,
	) {
		super(message);
	}
}

/** Content types that may hold JSON; the APIs do not document the one they send. */
const JSON_TYPES = /^(application|text)\/([\w.-]+\+)?(json|plain)\b/i;

/** @throws HttpRejection (415) for a content type that cannot hold JSON; without one, JSON is assumed */
export function checkType(contentType: string | undefined): void {
	if (contentType !== undefined && contentType !== '' && !JSON_TYPES.test(contentType.trim()))
		throw new HttpRejection(415, 'Send JSON.');
}

/**
 * Why JSON is not parsed: it is nested too deeply, or holds too much. Found without parsing, so that nothing large is ever
 * built; what stands within strings does not count.
 */
function excessOf(json: string): HttpRejection | undefined {
	/** The commas in each open list or object. */
	const open: Array<{ isList: boolean; commas: number }> = [];
	let values = 0;
	let inString = false;
	for (let index = 0; index < json.length; index++) {
		const character = json[index];
		if (inString) {
			if (character === '\\') index++;
			else inString = character !== '"';
		} else if (character === '"') inString = true;
		else if (character === '[' || character === '{') {
			if (open.push({ isList: character === '[', commas: 0 }) > MAX_DEPTH)
				return new HttpRejection(400, 'JSON is nested too deeply.');
		} else if (character === ']' || character === '}') open.pop();
		else if (character === ',') {
			const inner = open[open.length - 1] ?? { isList: true, commas: 0 };
			if (++inner.commas >= (inner.isList ? MAX_ENTRIES : MAX_FIELDS))
				return new HttpRejection(413, inner.isList ? 'Too many entries.' : 'Too many fields.');
			if (++values >= MAX_VALUES) return new HttpRejection(413, 'Too many values.');
		}
	}
	return undefined;
}

function parseJson(text: string): unknown {
	try {
		return parseExact(text);
	} catch {
		return undefined;
	}
}

/** The JSON within a JSON string. Some senders put quotes around it without escaping those inside. */
function unwrapped(text: string): string {
	if (!text.startsWith('"')) return text;
	const inside = parseJson(text);
	return (typeof inside === 'string' ? inside : text.replace(/^"([^]*)"$/, '$1')).trim();
}

/** The object or list that is JSON within a text; undefined for any other value, and for JSON that is too large. */
export function jsonWithin(value: unknown): IDataObject | unknown[] | undefined {
	if (typeof value !== 'string' || !/^\s*[{[]/.test(value) || excessOf(value)) return undefined;
	return parseJson(value) as IDataObject | unknown[] | undefined;
}

/** The objects in an entry: itself, or those in a list or a text. A bare value becomes an object, so that it is told. */
function objectsIn(entry: unknown): IDataObject[] {
	const pushed = jsonWithin(entry) ?? entry;
	if (Array.isArray(pushed)) return pushed.flatMap(objectsIn);
	if (!isObject(pushed)) return pushed === null || pushed === '' ? [] : [{ value: pushed }];
	// Consoles check an address with an empty object, too.
	return Object.keys(pushed).length > 0 ? [pushed] : [];
}

/** The list in an answer-like wrapper, `{"code": 0, "data": [...]}`; anything else unchanged. */
function unwrappedData(pushed: IDataObject | unknown[]): unknown {
	if (Array.isArray(pushed) || !hasOwn(pushed, 'code')) return pushed;
	const data = jsonWithin(pushed.data) ?? pushed.data;
	return Array.isArray(data) || isObject(data) ? data : pushed;
}

/**
 * Reads the objects in a request body: a list, a single one, or either in a wrapper or as JSON within a string. Numbers
 * with many digits, such as IDs, stay exact. An entry of a list that is no object is read as `{"value": ...}`.
 * @throws HttpRejection (400, 413) for a body that is too large, nested too deeply, or not JSON
 */
export function parseWebhookBody(body: Buffer | string): IDataObject[] {
	if (Buffer.byteLength(body) > MAX_BYTES) throw new HttpRejection(413, 'Payload too large.');
	const text = unwrapped(body.toString().trim());
	// Consoles check an address with an empty body.
	if (text === '') return [];
	const excess = excessOf(text);
	if (excess) throw excess;
	const pushed = parseJson(text);
	if (pushed === undefined) throw new HttpRejection(400, 'Invalid JSON.');
	if (!isObject(pushed) && !Array.isArray(pushed))
		throw new HttpRejection(400, 'Send an object, or a list of objects.');
	const entries = objectsIn(unwrappedData(pushed));
	if (entries.length > MAX_ENTRIES) throw new HttpRejection(413, 'Too many entries.');
	return entries;
}
