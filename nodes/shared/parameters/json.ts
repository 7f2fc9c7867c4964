import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../util/json';
import { UserIssue } from '../util/userIssue';

/** What JSON.parse says about a text: the value, or where the text breaks, in words. */
function parseJson(text: string): { value: unknown } | { brokenAt: string } {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		const { message } = error as Error;
		const position = /position (\d+)/.exec(message)?.[1];
		const character = /^Unexpected token (.+?), /s.exec(message)?.[1];
		if (position !== undefined) return { brokenAt: `Look near position ${position}` };
		return {
			brokenAt:
				character === undefined
					? 'The text ends too early'
					: `Look near the character ${character}`,
		};
	}
}

/**
 * What a JSON field holds, of whatever kind. n8n hands over text, or a value when an expression makes one.
 * @throws UserIssue naming the place where the text breaks
 */
export function readJson(value: unknown, label: string, example: string): unknown {
	if (typeof value === 'string' && value.trim() === '')
		throw new UserIssue(`${label} is empty`, `Expected e.g. ${example}.`);
	const parsed = typeof value === 'string' ? parseJson(value) : { value };
	if ('brokenAt' in parsed) {
		throw new UserIssue(`${label} cannot be read`, `${parsed.brokenAt}. Expected e.g. ${example}.`);
	}
	return parsed.value;
}

/**
 * The object in a JSON field. n8n hands over text, or an object when an expression makes one.
 * @param label the field's name as the user sees it
 * @param example valid JSON to show when the text cannot be read
 * @throws UserIssue naming the place where the text breaks
 */
export function readJsonObject(value: unknown, label: string, example: string): IDataObject {
	const json = readJson(value, label, example);
	if (!isObject(json)) {
		throw new UserIssue(`${label} is not an object`, `Expected e.g. ${example}.`);
	}
	return json;
}

/** The same for a list. */
export function readJsonList(value: unknown, label: string, example: string): unknown[] {
	const json = readJson(value, label, example);
	if (!Array.isArray(json))
		throw new UserIssue(`${label} is not a list`, `Expected e.g. ${example}.`);
	return json as unknown[];
}

/** As compact JSON. Half a character, which no text can hold, would make it unreadable for some servers. */
export function compactJson(value: unknown): string {
	const json = JSON.stringify(value);
	return json.includes('\\ud')
		? json.replace(/\\(ud[\da-f]{3}|.)/gi, (escape) => (escape.length > 2 ? '\\ufffd' : escape))
		: json;
}

/**
 * Parses JSON with every whole number of 16 digits or more kept as text: message ids can be above 2^53, and
 * JSON.parse would change their last digits.
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
	// Most texts hold no such number: a number stands at the start, or behind one of these.
	if (!/(?:^|[\s:,[])-?\d{16}/.test(text)) return JSON.parse(text);
	// Each match takes a whole string (even one that is cut off) or a whole number, so the text is read once.
	return JSON.parse(
		text.replace(/"(?:[^"\\]+|\\[^])*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
			/^-?\d{16,}$/.test(token) ? `"${token}"` : token,
		),
	);
}
