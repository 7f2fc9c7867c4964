import type { IDataObject } from 'n8n-workflow';

import { mappedIds, type Mapped } from '../../editor/templateMapper';
import { readJsonObject } from '../../parameters/json';
import type { Read } from '../../parameters/parameters';
import { hasOwn } from '../../util/json';
import { UserIssue, plainText } from '../../util/userIssue';
import type { Template } from './template';

/** What a template's open places are filled with. */
export interface TemplateValues {
	/** Parameter TemplateParams. */
	variables: Record<string, string>;
	/** Parameter Payload, by button; absent when it comes from elsewhere. */
	payload?: string[];
}

function toVariables(entries: Iterable<[string, unknown]>): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const [name, value] of entries) {
		if (name.trim() === '') {
			throw new UserIssue(
				'A template variable has no name',
				'Enter the name that stands between $( and ) in the template.',
			);
		}
		if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
			throw new UserIssue(
				`Template variable "${name}" has lost its last digits`,
				`Got ${value}. A number this long has to be a text, in JSON in quotes.`,
			);
		}
		if (plainText(value, `Template variable "${name}"`) === '') {
			throw new UserIssue(
				`Template variable "${name}" is empty`,
				'The template needs a text for it; check that every item has the field it comes from.',
				'missingVariable',
			);
		}
		// A variable may be called __proto__, which no assignment would make.
		if (name in variables)
			Object.defineProperty(variables, name, { value: String(value), enumerable: true });
		else variables[name] = String(value);
	}
	return variables;
}

const PAYLOAD = /^Button \d+ Payload$/;

function fromMapper(mapped: Mapped): TemplateValues {
	const texts = mapped.value ?? {};
	const ids = mappedIds(mapped);
	// One for each quick-reply button, in their order; one without keeps its place.
	const payload = ids.filter((id) => PAYLOAD.test(id)).map((id) => plainText(texts[id], id));
	return {
		variables: toVariables(ids.filter((id) => !PAYLOAD.test(id)).map((id) => [id, texts[id]])),
		payload: payload.some((each) => each !== '') ? payload : undefined,
	};
}

/** Each variable from the field of its name; one whose case differs will do. */
function fromFields({ variables }: Template, item: IDataObject): Array<[string, unknown]> {
	const names = Object.keys(item);
	return variables.map(({ name }) => {
		const field =
			names.find((each) => each === name) ??
			names.find((each) => each.toLowerCase() === name.toLowerCase());
		if (field === undefined) {
			throw new UserIssue(
				`Template variable "${name}" is empty`,
				names.length > 0
					? `The item has no field of this name. It has: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' and more' : ''}.`
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
			`Template variable "${twice}" is given twice`,
			'Remove one of the two pairs.',
		);
	}
	return entries;
}

/**
 * What the template's open places are filled with for one recipient: names as the template writes them between
 * $( and ), values as text.
 * @param source the template, where it could be read, and the item's fields; needed for Using Input Fields of the Same Name
 * @throws UserIssue for an empty value, a name given twice, an object as value, unreadable JSON
 */
export function readTemplateValues(
	read: Read,
	source: { template?: Template; item?: IDataObject } = {},
): TemplateValues {
	switch (read('specifyVariables', 'pairs')) {
		case 'fields':
			return fromMapper(read('templateVariables', {}) as Mapped);
		case 'sameName':
			if (!source.template) {
				throw new UserIssue(
					'The variables of the template could not be read',
					'Specify the template variables in another way, e.g. Using Name and Value Pairs.',
				);
			}
			return { variables: toVariables(fromFields(source.template, source.item ?? {})) };
		case 'json': {
			const value = read('templateVariablesJson', '');
			if (value === '') return { variables: {} };
			return {
				variables: toVariables(
					Object.entries(
						readJsonObject(value, 'Template Variables (JSON)', '{"couponCode": "SPRING15"}'),
					),
				),
			};
		}
		case 'object':
			return {
				variables: toVariables(
					Object.entries(
						readJsonObject(read('objectField'), 'Object Field', '{"couponCode": "SPRING15"}'),
					),
				),
			};
		default:
			return { variables: toVariables(fromPairs(read)) };
	}
}

function listed(names: string[]): string {
	return names.length > 1
		? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
		: names.join();
}

/** What the API would refuse: a variable left open, or one that the template does not have. @throws UserIssue */
export function checkVariables(
	{ lines, variables }: Template,
	values: Readonly<Record<string, string>>,
): void {
	// An authentication template shows no text of its own and does not name the variable it takes.
	if (lines.length === 0 && variables.length === 0) return;
	const names = variables.map(({ name }) => name);
	const unknown = Object.keys(values).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw new UserIssue(
			`The template has no variable "${unknown}"`,
			names.length > 0
				? `It knows ${listed(names)}. Names are case-sensitive.`
				: 'It has no variables at all.',
		);
	}
	const missing = names.filter((name) => !hasOwn(values, name));
	if (missing.length > 0) {
		throw new UserIssue(
			`Template variable "${missing[0]}" is missing`,
			`The template needs a text for ${listed(missing)}.`,
			'missingVariable',
		);
	}
}
