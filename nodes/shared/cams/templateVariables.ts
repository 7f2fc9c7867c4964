import { readJsonObject } from '../input/jsonField';
import { NotSendable, plainText } from '../input/notSendable';
import type { Read } from '../input/parameters';

function toVariables(entries: Iterable<[string, unknown]>): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const [name, value] of entries) {
		if (name.trim() === '') {
			throw new NotSendable('A template variable has no name', 'Enter the name that stands between $( and ) in the template.');
		}
		if (plainText(value, `Template variable "${name}"`) === '') {
			throw new NotSendable(
				`Template variable "${name}" is empty`,
				'The template needs a text for it; check that every item has the field it comes from.',
				'missingVariable',
			);
		}
		// A variable may be called __proto__, which no assignment would make.
		if (name in variables) Object.defineProperty(variables, name, { value: String(value), enumerable: true });
		else variables[name] = String(value);
	}
	return variables;
}

/**
 * The template's variables for one recipient (parameter TemplateParams: names as the template writes them between
 * $( and ), values as text).
 * @throws NotSendable for an empty value, a name given twice, an object as value, unreadable JSON
 */
export function readTemplateVariables(read: Read): Record<string, string> {
	const how = read('specifyVariables', 'pairs');
	if (how === 'json') {
		const value = read('templateVariablesJson', '');
		if (value === '') return {};
		return toVariables(Object.entries(readJsonObject(value, 'Template Variables (JSON)', '{"couponCode": "SPRING15"}')));
	}
	if (how === 'object') {
		return toVariables(Object.entries(readJsonObject(read('objectField'), 'Object Field', '{"couponCode": "SPRING15"}')));
	}
	const { variable: pairs = [] } = read('templateVariablePairs', {}) as { variable?: Array<{ name?: unknown; value?: unknown }> };
	const entries = pairs.map(({ name, value }): [string, unknown] => [plainText(name, 'The name of a template variable'), value]);
	const names = entries.map(([name]) => name);
	const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
	if (twice !== undefined) {
		throw new NotSendable(`Template variable "${twice}" is given twice`, 'Remove one of the two pairs.');
	}
	return toVariables(entries);
}
