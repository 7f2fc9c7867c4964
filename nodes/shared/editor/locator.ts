import type { INodeProperties } from 'n8n-workflow';

/** Fields that list what the account has. Workflows store their internal names, which therefore never change. */

type Shown = Record<string, string[]>;

const TYPED_MODES = { code: 'By Code', id: 'By ID', name: 'By Name' } as const;

/**
 * A resource locator with a searchable list, and modes for typing the value.
 * @param examples of the other modes' values, in the order of the modes
 */
export function locator(
	searchListMethod: string,
	placeholder: string,
	examples: Partial<Record<keyof typeof TYPED_MODES, string>>,
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
			...Object.entries(examples).map(([name, example]) => ({
				displayName: TYPED_MODES[name as keyof typeof TYPED_MODES],
				name,
				type: 'string' as const,
				placeholder: `e.g. ${example}`,
			})),
		],
	};
}

export const TEMPLATE_PICKED = { hide: { template: [''] } };

/** The language of a template whose value does not include it. */
export function languageField(show: Shown): INodeProperties {
	return {
		displayName: 'Language',
		name: 'language',
		...locator('searchLanguages', 'Select a language...', { code: 'en_US' }),
		required: true,
		description: 'The language code of the template, exactly as shown in the console',
		// A template picked from the list includes its language: "code/language".
		displayOptions: { show: { ...show, template: [{ _cnd: { regex: '^[^/]+$' } }] } },
	};
}

/** A field for each variable of the chosen template. @param dependsOn other parameters that reload the fields when they change */
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
