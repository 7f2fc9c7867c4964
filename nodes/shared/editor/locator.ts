import type { INodeProperties } from 'n8n-workflow';

/** Fields that list what there is at the vendor. Internal names are stored in workflows: they do not change. */

type Shown = Record<string, string[]>;

/** A resource locator that lists what there is, and takes what is typed as well. */
export function locator(
	searchListMethod: string,
	placeholder: string,
	typed: 'code' | 'id' | 'name',
	example: string,
): Pick<INodeProperties, 'default' | 'modes' | 'type'> {
	return {
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder,
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: { code: 'By Code', id: 'By ID', name: 'By Name' }[typed],
				name: typed,
				type: 'string',
				placeholder: `e.g. ${example}`,
			},
		],
	};
}

export const TEMPLATE_PICKED = { hide: { template: [''] } };

/** The language of a template that does not carry its own. */
export function languageField(show: Shown): INodeProperties {
	return {
		displayName: 'Language',
		name: 'language',
		...locator('searchLanguages', 'Select a language...', 'code', 'en_US'),
		required: true,
		description: 'Exactly as the console shows it for this template',
		// A template that carries its language ("code/language") needs none.
		displayOptions: { show: { ...show, template: [{ _cnd: { regex: '^[^/]+$' } }] } },
	};
}

/** A field for each variable of the picked template. @param dependsOn other parameters that decide which template it is */
export function variableMapper(
	resourceMapperMethod: string,
	dependsOn: string[],
	show: Shown,
): INodeProperties {
	return {
		displayName: 'Template Variables',
		name: 'templateVariables',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		typeOptions: {
			loadOptionsDependsOn: [...dependsOn, 'template.value', 'language.value'],
			resourceMapper: {
				resourceMapperMethod,
				mode: 'add',
				valuesLabel: 'Template Variables',
				fieldWords: { singular: 'variable', plural: 'variables' },
				addAllFields: true,
				supportAutoMap: false,
				multiKeyMatch: false,
			},
		},
		displayOptions: { show: { ...show, specifyVariables: ['fields'] }, ...TEMPLATE_PICKED },
	};
}
