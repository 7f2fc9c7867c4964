import type { IDataObject } from 'n8n-workflow';

import { InvalidField } from './invalidField';

/** What JSON.parse says about a text: the value, or where the text breaks (undefined: at its end). */
function parseJson(text: string): { value: unknown } | { brokenAt: string | undefined } {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		return { brokenAt: /position (\d+)/.exec((error as Error).message)?.[1] };
	}
}

/**
 * The object in a JSON field. n8n hands over text, or an object when an expression makes one.
 * @param label the field's name as the user sees it
 * @param example valid JSON to show when the text cannot be read
 * @throws InvalidField naming the place where the text breaks
 */
export function readJsonObject(value: unknown, label: string, example: string): IDataObject {
	const parsed = typeof value === 'string' ? parseJson(value) : { value };
	if ('brokenAt' in parsed) {
		const where =
			parsed.brokenAt === undefined ? 'The text ends too early' : `Look near position ${parsed.brokenAt}`;
		throw new InvalidField(`${label} cannot be read`, `${where}. Expected e.g. ${example}.`);
	}
	if (typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value)) {
		throw new InvalidField(`${label} is not an object`, `Expected e.g. ${example}.`);
	}
	return parsed.value as IDataObject;
}
