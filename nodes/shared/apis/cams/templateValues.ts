import type { IDataObject } from 'n8n-workflow';

import { emptyVariable, mappedIds, type Mapped, isPayloadId } from '../../editor/templateMapper';
import { fieldNamed, listNames } from '../../parameters/dataPath';
import { readJsonObject } from '../../parameters/json';
import type { Read } from '../../parameters/parameters';
import { hasOwn } from '../../util/json';
import { UserIssue, exactText, plainText } from '../../util/userIssue';
import type { Template } from './template';

interface TemplateValues {
	/** Parameter TemplateParams. */
	variables: Record<string, string>;
	/** Parameter Payload: one text for each quick reply button; absent if the template's fields set none. */
	payload?: string[];
}

function toVariables(entries: Iterable<[string, unknown]>): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const [name, value] of entries) {
		if (name.trim() === '') {
			throw new UserIssue(
				'A template variable has no name',
				'Enter the name that is written between $( and ) in the template.',
			);
		}
		const text = exactText(value, `Template variable "${name}"`);
		if (text.trim() === '') throw emptyVariable(name);
		// An assignment would not create a variable named __proto__.
		if (name in variables)
			Object.defineProperty(variables, name, { value: text, enumerable: true });
		else variables[name] = text;
	}
	return variables;
}

function fromMapper(mapped: Mapped): TemplateValues {
	const texts = mapped.value ?? {};
	const ids = mappedIds(mapped);
	// Empty payloads stay, since the position decides which button a payload belongs to.
	const payload = ids.filter(isPayloadId).map((id) => plainText(texts[id], id));
	return {
		variables: toVariables(ids.filter((id) => !isPayloadId(id)).map((id) => [id, texts[id]])),
		payload: payload.some((each) => each !== '') ? payload : undefined,
	};
}

/** Takes each variable from the field of the same name. */
function fromFields({ variables }: Template, item: IDataObject): Array<[string, unknown]> {
	const names = Object.keys(item);
	return variables.map(({ name }) => {
		const field = fieldNamed(names, name);
		if (field === undefined) {
			throw new UserIssue(
				`Template variable "${name}" is empty`,
				names.length > 0
					? `The item has no field of this name. It has: ${listNames(names, 10)}${names.length > 10 ? ' and more' : ''}.`
					: 'The item has no fields.',
				'missingVariable',
			);
		}
		return [name, item[field]];
	});
}

function fromPairs(read: Read): Array<[string, unknown]> {
	const { variable: pairs = [] } = read('templateVariablePairs', {}) as {
		variable?: Array<{ name?: unknown; value?: unknown }>;
	};
	const entries = pairs.map(({ name, value }): [string, unknown] => [
		plainText(name, 'The name of a template variable'),
		value,
	]);
	const names = entries.map(([name]) => name);
	const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
	if (twice !== undefined) {
		throw new UserIssue(
			`Template variable "${twice}" is set twice`,
			'Remove one of the two pairs.',
		);
	}
	return entries;
}

function fromObject(value: unknown, label: string): Array<[string, unknown]> {
	return Object.entries(readJsonObject(value, label, '{"couponCode": "SPRING15"}'));
}

function entriesOf(
	read: Read,
	{ template, item = {} }: { template?: Template; item?: IDataObject },
): Array<[string, unknown]> {
	switch (read('specifyVariables', 'pairs')) {
		case 'sameName':
			if (!template) {
				throw new UserIssue(
					'The variables of the template could not be read',
					'Specify the template variables in another way, e.g. Using Name and Value Pairs.',
				);
			}
			return fromFields(template, item);
		case 'json': {
			const value = read('templateVariablesJson', '');
			return value === '' ? [] : fromObject(value, 'Template Variables (JSON)');
		}
		case 'object':
			return fromObject(read('objectField'), 'Object Field');
		default:
			return fromPairs(read);
	}
}

/**
 * The values for a template and one recipient, with the names that the template has between $( and ).
 * @param source the template, if it could be read, and the item's fields, for Using Input Fields of the Same Name
 * @throws UserIssue for an empty value, a repeated name, an object as a value, or invalid JSON
 */
export function readTemplateValues(
	read: Read,
	source: { template?: Template; item?: IDataObject } = {},
): TemplateValues {
	return read('specifyVariables', 'pairs') === 'fields'
		? fromMapper(read('templateVariables', {}) as Mapped)
		: { variables: toVariables(entriesOf(read, source)) };
}

function joinWithAnd(names: string[]): string {
	return names.length > 1
		? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
		: names.join();
}

const missingCode = () =>
	new UserIssue(
		'The one-time code is missing',
		'The template is for authentication and requires a code. Use Name and Value Pairs, with the name of the variable that the console shows.',
		'missingVariable',
	);

/** @throws UserIssue if a variable has no value or is not in the template, both of which the API rejects */
export function checkVariables(
	{ lines, variables, category }: Template,
	values: Readonly<Record<string, string>>,
): void {
	// An authentication template has no text of its own and does not name the variable it takes.
	if (lines.length === 0 && variables.length === 0) {
		if (category === 'AUTHENTICATION' && Object.keys(values).length === 0) throw missingCode();
		return;
	}
	const names = variables.map(({ name }) => name);
	const unknown = Object.keys(values).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw new UserIssue(
			`The template has no variable "${unknown}"`,
			names.length > 0
				? `It has ${joinWithAnd(names)}. Names are case-sensitive.`
				: 'It has no variables.',
		);
	}
	const missing = names.filter((name) => !hasOwn(values, name));
	if (missing.length > 0) {
		throw new UserIssue(
			`Template variable "${missing[0]}" is missing`,
			`The template requires a value for ${joinWithAnd(missing)}.`,
			'missingVariable',
		);
	}
}
