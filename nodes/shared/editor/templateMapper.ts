import type {
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { UserIssue } from '../util/userIssue';
import { chosen } from './search';

/** A variable of a template. */
export interface TemplateVariable {
	name: string;
	/** As the panel shows it, if not by its name. */
	label?: string;
	/** Where it is if not in the text: "image link", "button 2 link", "card 1". */
	where: string;
	example: string;
}

/** A button of a template. */
export interface TemplateButton {
	/** Its position among the buttons, from 1. */
	number: number;
	label: string;
	/** The part of a request that belongs to the button. */
	takes: 'payload' | 'flow' | 'products' | undefined;
}

/** A template with what the sender fills in. */
export interface OpenTemplate {
	/** The text that the recipient reads, with its variables unfilled. */
	lines: string[];
	variables: TemplateVariable[];
	buttons: TemplateButton[];
}

/** The value of a resource mapper as n8n stores it. */
export interface Mapped {
	value?: Record<string, unknown> | null;
	schema?: Array<{ id: string; readOnly?: boolean; removed?: boolean }>;
}

/** The ID of the field for a quick-reply button's payload. Workflows store it, so it never changes. */
const payloadId = (button: number) => `Button ${button} Payload`;
export const isPayloadId = (id: string) => /^Button \d+ Payload$/.test(id);

/** The IDs of the fields that only show the template's text begin with this. */
const TEMPLATE_TEXT = 'Template Text';
const textId = (index: number) => (index === 0 ? TEMPLATE_TEXT : `${TEMPLATE_TEXT} ${index + 1}`);
const isTextId = (id: string) => /^Template Text( \d+)?$/.test(id);

/** The IDs of the fields that hold values: all keys where there is no schema, as in workflows made outside the editor. */
export function mappedIds({ value, schema }: Mapped): string[] {
	if (schema)
		return schema.filter(({ readOnly, removed }) => !readOnly && !removed).map(({ id }) => id);
	return Object.keys(value ?? {}).filter((id) => !isTextId(id));
}

/** The issue of a variable whose field is empty. */
export const emptyVariable = (name: string) =>
	new UserIssue(
		`Template variable "${name}" is empty`,
		'The template requires a value; check that every item has the field it comes from.',
		'missingVariable',
	);

const MAX_EXAMPLE = 18;
/** Of longer labels n8n pushes the field aside. */
const MAX_LABEL = 40;
/** What a read-only field shows of a line at the usual width of the panel. */
const MAX_LINE = 52;
const MAX_LINES = 8;

function shortened(text: string, max: number): string {
	const characters = [...text];
	return characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : text;
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

/** The label of a variable: where it is, in the words of the template, and its name. */
function labelOf({ name, label, where }: TemplateVariable, buttons: TemplateButton[]): string {
	if (label !== undefined || where === '') return label ?? name;
	const [, number, part] = /^button (\d+) (\w+)$/.exec(where) ?? [];
	const button = buttons.find((each) => each.number === Number(number))?.label;
	const place = button ? `${part} of "${button}"` : where.replace(': ', ', ');
	return `${place[0].toUpperCase()}${place.slice(1)}: ${name}`;
}

/** Breaks a text into pieces that a field can show, at blanks. */
function wrapped(text: string): string[] {
	const pieces: string[] = [];
	for (const word of text.split(/\s+/).filter(Boolean)) {
		const last = pieces.at(-1);
		if (last !== undefined && last.length + word.length < MAX_LINE)
			pieces[pieces.length - 1] = `${last} ${word}`;
		else pieces.push(word);
	}
	return pieces;
}

/**
 * Read-only fields with the text of the template, which one line cannot hold. n8n has a bin beside each: only required
 * fields have none, and without its text a required one would keep the workflow from running.
 */
function textFields(lines: string[]): ResourceMapperField[] {
	const pieces = wrapped(lines.join(' '));
	const shown = pieces.slice(0, MAX_LINES);
	if (pieces.length > MAX_LINES) shown[MAX_LINES - 1] += ' …';
	return shown.map((piece, index) =>
		field(textId(index), index === 0 ? TEMPLATE_TEXT : `${TEMPLATE_TEXT} (continued)`, {
			readOnly: true,
			// n8n takes a value that starts with = for an expression.
			defaultValue: piece.replace(/^=/, ' ='),
		}),
	);
}

const ADD_UNDER_OPTIONS = {
	flow: ['Flow', 'Add WhatsApp Flow under Options'],
	products: ['Products', 'Add Products under Options'],
} as const;

/**
 * The fields of the mapper: the text of the template to read, then one for each variable and button. Examples are part
 * of the label, because a default value would be sent.
 */
export function toMapperFields({ lines, variables, buttons }: OpenTemplate): ResourceMapperField[] {
	return [
		...textFields(lines),
		...variables.map((variable) => {
			const { name, example } = variable;
			const label = labelOf(variable, buttons);
			const withExample = `${label} (e.g. ${shortened(example, MAX_EXAMPLE)})`;
			const isShown =
				example !== '' && !/^https?:/.test(example) && [...withExample].length <= MAX_LABEL;
			return field(name, isShown ? withExample : label, { required: true });
		}),
		...buttons.flatMap(({ number, label, takes }) => {
			if (takes === undefined) return [];
			if (takes === 'payload')
				return [field(payloadId(number), `Value returned by "${label}" (optional)`)];
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

/** A sentence that the panel shows in place of the fields. */
type Notice = Required<Pick<ResourceMapperFields, 'fields' | 'emptyFieldsNotice'>>;

export const notice = (emptyFieldsNotice: string): Notice => ({ fields: [], emptyFieldsNotice });

/**
 * Explains why the variables cannot be shown. A notice rather than an error, for which the panel would show only a red
 * box.
 * @param meanwhile what the user can do instead, as a sentence
 */
export function toNotice(error: unknown, meanwhile: string): Notice {
	if (!(error instanceof UserIssue)) return notice(`${(error as Error).message} ${meanwhile}`);
	return notice(`The variables could not be loaded. ${error.title}. ${error.advice} ${meanwhile}`);
}

/**
 * The template and language chosen in the panel.
 * @param otherwise what the user can do instead, e.g. "use name and value pairs"
 * @returns a notice if one of them is not known yet
 */
export function chosenTemplate(
	context: ILoadOptionsFunctions,
	otherwise: string,
): { template: string; language: string } | Notice {
	const setByExpression = (field: string) =>
		notice(
			`The ${field} is set by an expression. Execute the previous node once, or ${otherwise}.`,
		);
	const [template, ownLanguage] = chosen(context, 'template').split('/');
	if (template === '') return notice('Select a template to see its variables here.');
	if (template.startsWith('=')) return setByExpression('template');
	// The panel shows Language only for a template without its own language, so read it no earlier.
	const language = ownLanguage || chosen(context, 'language');
	if (language.startsWith('=')) return setByExpression('language');
	if (language === '') return notice("Select the template's language to see its variables here.");
	return { template, language };
}
