import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../util/json';
import { UserIssue, quote } from '../util/userIssue';
import { checkEvaluated, lostDigits } from './text';

/** Parses JSON. The hint says where to look for the mistake; Node.js versions report it in different ways. */
export function parseJson(text: string): { value: unknown } | { hint: string } {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		const { message } = error as Error;
		const position = /position (\d+)/.exec(message)?.[1];
		const character = /^Unexpected token (.+?), /s.exec(message)?.[1];
		if (position !== undefined) return { hint: `Look near position ${position}` };
		return {
			hint:
				character === undefined
					? 'The text ends too early'
					: `Look near the character ${character}`,
		};
	}
}

/**
 * The value of a JSON field. n8n passes text, or a value if the field is an expression that returns one.
 * @param label the field's name as the user sees it
 * @param example valid JSON for the error message
 * @throws UserIssue with the position of the mistake
 */
export function readJson(value: unknown, label: string, example: string): unknown {
	if (typeof value === 'string' && value.trim() === '')
		throw new UserIssue(`${label} is empty`, `Expected e.g. ${example}.`);
	checkEvaluated(value, label);
	const parsed = typeof value === 'string' ? parseJson(value) : { value };
	if ('hint' in parsed) {
		throw new UserIssue(`${label} is not valid JSON`, `${parsed.hint}. Expected e.g. ${example}.`);
	}
	return parsed.value;
}

/** Like readJson, for a field that takes an object. @throws UserIssue for any other value */
export function readJsonObject(value: unknown, label: string, example: string): IDataObject {
	const json = readJson(value, label, example);
	if (!isObject(json)) {
		throw new UserIssue(`${label} is not an object`, `Expected e.g. ${example}.`);
	}
	return json;
}

/** Like readJson, for a field that takes a list. @throws UserIssue for any other value */
export function readJsonList(value: unknown, label: string, example: string): unknown[] {
	const json = readJson(value, label, example);
	if (!Array.isArray(json))
		throw new UserIssue(`${label} is not a list`, `Expected e.g. ${example}.`);
	return json as unknown[];
}

/** A whole number above 2^53 somewhere in a value, and the key under which it stands. */
function longNumberIn(value: unknown, key: string): { key: string; number: number } | undefined {
	if (typeof value === 'number')
		return Math.abs(value) > Number.MAX_SAFE_INTEGER ? { key, number: value } : undefined;
	if (typeof value !== 'object' || value === null) return undefined;
	for (const [name, each] of Object.entries(value)) {
		const found = longNumberIn(each, Array.isArray(value) ? key : name);
		if (found) return found;
	}
	return undefined;
}

/**
 * Compact JSON, as it is sent. Lone surrogates become U+FFFD, since some servers cannot parse JSON that escapes them.
 * @throws UserIssue for a number above 2^53, which has lost its last digits
 */
export function compactJson(value: unknown): string {
	const json = JSON.stringify(value);
	// Numbers this long are rare, and those above 1e21 have an exponent.
	const long = /\d{16}|\de\+\d/.test(json) ? longNumberIn(value, 'JSON') : undefined;
	if (long) throw lostDigits(quote(long.key), long.number);
	return json.includes('\\ud')
		? json.replace(/\\(ud[\da-f]{3}|.)/gi, (escape) => (escape.length > 2 ? '\\ufffd' : escape))
		: json;
}

/**
 * Parses JSON and keeps whole numbers of 16 or more digits as text: message IDs can exceed 2^53, and JSON.parse would
 * change their last digits.
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
	// Fast path: most texts have no number this long.
	if (!/(?:^|[\s:,[])-?\d{16}/.test(text)) return JSON.parse(text);
	// Each match is a whole string, even an unterminated one, or a whole number, so the text is scanned once.
	return JSON.parse(
		text.replace(/"(?:[^"\\]+|\\[^])*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
			/^-?\d{16,}$/.test(token) ? `"${token}"` : token,
		),
	);
}
