import type {
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { UserIssue } from '../util/userIssue';
import { chosen } from './search';

/** A text that a template leaves open. */
export interface TemplateVariable {
	name: string;
	/** Where it stands beside the text: "image link", "button 2 link", "card 1". */
	where: string;
	example: string;
}

/** A button to which a sender can give something. */
export interface TemplateButton {
	/** Its place among the buttons, from 1. */
	number: number;
	label: string;
	takes: 'payload' | 'flow' | 'products' | undefined;
}

/** What a template leaves open. */
export interface OpenTemplate {
	/** Lines that the recipient reads, as written. */
	lines: string[];
	variables: TemplateVariable[];
	buttons: TemplateButton[];
}

/** What n8n keeps of a resource mapper. */
export interface Mapped {
	value?: Record<string, unknown> | null;
	schema?: Array<{ id: string; readOnly?: boolean; removed?: boolean }>;
}

/** Ids of what is no variable. */
const TEMPLATE_TEXT = 'Template Text';
export const payloadId = (button: number) => `Button ${button} Payload`;

/** The ids that a mapper has values for. A workflow that was not made in the editor may lack the schema: then every key is meant. */
export function mappedIds({ value, schema }: Mapped): string[] {
	if (schema)
		return schema.filter(({ readOnly, removed }) => !readOnly && !removed).map(({ id }) => id);
	return Object.keys(value ?? {}).filter((id) => id !== TEMPLATE_TEXT);
}

const MAX_EXAMPLE = 18;
const MAX_LABEL = 40;

function shortened(text: string, most: number): string {
	const characters = [...text];
	return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

function field(
	id: string,
	label: string,
	more: Partial<ResourceMapperField> = {},
): ResourceMapperField {
	return {
		id,
		displayName: shortened(label, MAX_LABEL),
		required: false,
		defaultMatch: false,
		display: true,
		type: 'string',
		canBeUsedToMatch: false,
		...more,
	};
}

const ADD_UNDER_OPTIONS = {
	flow: ['Flow', 'Add Flow under Options'],
	products: ['Products', 'Add Products under Options'],
} as const;

/** A parameter for each thing that a template leaves open. An example stands in the label: a value would go out. */
export function toMapperFields({ lines, variables, buttons }: OpenTemplate): ResourceMapperField[] {
	// n8n would take a text that begins with = for an expression.
	const shownText = lines.join(' ').replace(/\s+/g, ' ').trim().replace(/^=/, ' =');
	return [
		...(shownText === ''
			? []
			: [field(TEMPLATE_TEXT, TEMPLATE_TEXT, { readOnly: true, defaultValue: shownText })]),
		...variables.map(({ name, where, example }) => {
			const isShort = example !== '' && !/^https?:/.test(example);
			const place = where === '' ? '' : `, ${where}`;
			return field(
				name,
				`${name}${place}${isShort ? ` (e.g. ${shortened(example, MAX_EXAMPLE)})` : ''}`,
				{ required: true },
			);
		}),
		...buttons.flatMap(({ number, label, takes }) => {
			if (takes === undefined) return [];
			if (takes === 'payload')
				return [field(payloadId(number), `Button ${number} Payload, "${label}"`)];
			const [what, advice] = ADD_UNDER_OPTIONS[takes];
			return [
				field(`Button ${number} ${what}`, `Button ${number}, "${label}"`, {
					readOnly: true,
					defaultValue: advice,
				}),
			];
		}),
	];
}

/** A sentence where the fields would be. */
type Notice = Required<Pick<ResourceMapperFields, 'fields' | 'emptyFieldsNotice'>>;

export const notice = (emptyFieldsNotice: string): Notice => ({ fields: [], emptyFieldsNotice });

/** Why the variables of a template cannot be shown; a throw here would leave the user with a red box. */
export function toNotice(error: unknown, meanwhile: string): Notice {
	if (!(error instanceof UserIssue)) return notice(`${(error as Error).message} ${meanwhile}`);
	return notice(`The variables cannot be read. ${error.title}. ${error.advice} ${meanwhile}`);
}

/**
 * The template whose fields are to be shown, and its language.
 * @param otherwise what else a user can do, e.g. "use name and value pairs"
 * @returns a notice where there is none yet
 */
export function chosenTemplate(
	context: ILoadOptionsFunctions,
	otherwise: string,
): { template: string; language: string } | Notice {
	const [template, ownLanguage] = chosen(context, 'template').split('/');
	if (template === '') return notice('Choose a template and its variables appear here.');
	if (template.startsWith('='))
		return notice(
			`The template comes from an expression. Run the previous node once, or ${otherwise}.`,
		);
	// Shown, and so to be read, only once there is a template without a language of its own.
	const language = ownLanguage || chosen(context, 'language');
	if (language.startsWith('='))
		return notice(
			`The language comes from an expression. Run the previous node once, or ${otherwise}.`,
		);
	if (language === '')
		return notice("Choose the template's language and its variables appear here.");
	return { template, language };
}
