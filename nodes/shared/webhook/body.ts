import type { IDataObject } from 'n8n-workflow';

import { parseExact } from '../parameters/json';
import { isObject } from '../util/json';

/** What comes in has limits: nobody but the vendor needs more, and everybody can send. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_ENTRIES = 100_000;
const MAX_LEVELS = 30;

/** A push that is not let in: the status that its sender gets. */
export class HttpRejection extends Error {
	constructor(
		readonly status: 400 | 401 | 413 | 415,
		message: string,
	) {
		super(message);
	}
}

/** Text that may be JSON: a vendor that names none, or another, still means it. */
const JSON_TYPES = /^(application|text)\/([\w.-]+\+)?(json|plain)\b/i;

/** @throws HttpRejection (415) for a body of another kind */
export function checkType(contentType: string | undefined): void {
	if (contentType !== undefined && contentType !== '' && !JSON_TYPES.test(contentType.trim()))
		throw new HttpRejection(415, 'Send JSON.');
}

/** How deep brackets nest, texts left out. */
function levelsIn(text: string): number {
	let level = 0;
	let most = 0;
	let inText = false;
	for (let index = 0; index < text.length; index++) {
		const character = text[index];
		if (inText) {
			if (character === '\\') index++;
			else inText = character !== '"';
		} else if (character === '"') inText = true;
		else if (character === '[' || character === '{') most = Math.max(most, ++level);
		else if (character === ']' || character === '}') level--;
	}
	return most;
}

/** Whether a text nests deeper than anything that is pushed; asked before parsing, so that nothing deep is ever built. */
export const isTooDeep = (text: string) => levelsIn(text) > MAX_LEVELS;

/** What a text holds. Undefined when it is no JSON. */
function parsed(text: string): unknown {
	try {
		return parseExact(text);
	} catch {
		return undefined;
	}
}

/** The list in a text; some wrap it in quotes without escaping what is in it. */
function unwrapped(text: string): string {
	if (!text.startsWith('"')) return text;
	const inside = parsed(text);
	return (typeof inside === 'string' ? inside : text.replace(/^"([^]*)"$/, '$1')).trim();
}

/**
 * The objects in a push: a list, a single one, or either as JSON within a text. Ids with many digits stay exact.
 * @param body the bytes as they came
 * @throws HttpRejection for what is too large, too deep, too many, or no JSON
 */
export function parseWebhookBody(body: Buffer | string): IDataObject[] {
	if (Buffer.byteLength(body) > MAX_BYTES) throw new HttpRejection(413, 'This is too large.');
	const text = unwrapped(body.toString().trim());
	// A console that only tries out the address.
	if (text === '') return [];
	if (isTooDeep(text)) throw new HttpRejection(400, 'This is nested too deep.');
	const pushed = parsed(text);
	if (pushed === undefined) throw new HttpRejection(400, 'This is not JSON.');
	const entries = Array.isArray(pushed) ? (pushed as unknown[]) : [pushed];
	if (entries.length > MAX_ENTRIES) throw new HttpRejection(413, 'These are too many entries.');
	if (entries.some((entry) => !isObject(entry)))
		throw new HttpRejection(400, 'Send an object, or a list of objects.');
	// An empty object is how a console tries out an address.
	return (entries as IDataObject[]).filter((entry) => Object.keys(entry).length > 0);
}
