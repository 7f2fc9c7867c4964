import type { IExecuteFunctions } from 'n8n-workflow';

import { readJsonObject } from '../jsonField';
import { NotSendable, plainText } from '../notSendable';

function toVariables(entries: Array<[string, unknown]>): Record<string, string> {
	if (entries.some(([name]) => name.trim() === '')) {
		throw new NotSendable('A template variable has no name', 'Enter the name that stands between $( and ) in the template.');
	}
	const checked = entries.map(([name, value]): [string, string] => {
		if (plainText(value, `Template variable "${name}"`) === '') {
			throw new NotSendable(
				`Template variable "${name}" is empty`,
				'The template needs a text for it; check that every item has the field it comes from.',
				'missingVariable',
			);
		}
		return [name, String(value)];
	});
	// Not an assignment: a variable may be called __proto__.
	return Object.fromEntries(checked);
}

/**
 * The template's variables of one item (parameter TemplateParams: names as the template writes them between
 * $( and ), values as text).
 * @throws NotSendable for an empty value, a name given twice, an object as value, unreadable JSON
 */
export function readTemplateVariables(
	context: IExecuteFunctions,
	itemIndex: number,
): Record<string, string> {
	const how = context.getNodeParameter('specifyVariables', itemIndex, 'pairs') as string;
	if (how === 'json') {
		const value = context.getNodeParameter('templateVariablesJson', itemIndex, '');
		if (value === '') return {};
		const label = 'Template Variables (JSON)';
		return toVariables(Object.entries(readJsonObject(value, label, '{"couponCode": "SPRING15"}')));
	}
	const pairs = context.getNodeParameter('templateVariablePairs.variable', itemIndex, []) as Array<{
		name?: unknown;
		value?: unknown;
	}>;
	const entries = pairs.map(({ name, value }): [string, unknown] => [plainText(name, 'The name of a template variable'), value]);
	const names = entries.map(([name]) => name);
	const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
	if (twice !== undefined) {
		throw new NotSendable(`Template variable "${twice}" is given twice`, 'Remove one of the two pairs.');
	}
	return toVariables(entries);
}
