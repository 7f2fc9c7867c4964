import type { IDataObject } from 'n8n-workflow';

import { emptyVariable, mappedIds, type Mapped, isPayloadId } from '../../editor/templateMapper';
import { checkLink, linkWarning } from '../../messages/check';
import { CLEAN_VARIABLES, toOneLine, variableWarning } from '../../messages/templateText';
import { fieldNamed, listNames } from '../../parameters/dataPath';
import { readJsonObject } from '../../parameters/json';
import { booleanOption } from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import type { ChannelType } from '../../parameters/recipient';
import { exactText, plainText } from '../../parameters/text';
import { hasOwn } from '../../util/json';
import { UserIssue } from '../../util/userIssue';
import type { CamsOptions } from './options';
import { filled, type Template } from './template';

interface TemplateValues {
	/** Parameter TemplateParams. */
	variables: Record<string, string>;
	/** Parameter Payload: one text for each quick reply button; absent if the template's fields set none. */
	payload?: string[];
}

/** @param clean turns a value into one that the channel takes */
function toVariables(
	entries: Iterable<[string, unknown]>,
	clean: (text: string) => string,
): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const [name, value] of entries) {
		if (name.trim() === '') {
			throw new UserIssue(
				'A template variable has no name',
				'Enter the name that is written between $( and ) in the template.',
			);
		}
		const text = clean(exactText(value, `Template variable "${name}"`));
		if (text.trim() === '') throw emptyVariable(name);
		// An assignment would not create a variable named __proto__.
		if (name in variables)
			Object.defineProperty(variables, name, { value: text, enumerable: true });
		else variables[name] = text;
	}
	return variables;
}

function fromMapper(mapped: Mapped, clean: (text: string) => string): TemplateValues {
	const texts = mapped.value ?? {};
	const ids = mappedIds(mapped);
	// Empty payloads stay, since the position decides which button a payload belongs to.
	const payload = ids.filter(isPayloadId).map((id) => plainText(texts[id], id));
	return {
		variables: toVariables(
			ids.filter((id) => !isPayloadId(id)).map((id) => [id, texts[id]]),
			clean,
		),
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

function entriesOf(read: Read, { template, item = {} }: ValueSource): Array<[string, unknown]> {
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

/** What the values of a template are read by, besides the node's parameters. */
export interface ValueSource {
	/** As far as it could be read. */
	template?: Template;
	/** The fields of the item or entry, for Using Input Fields of the Same Name. */
	item?: IDataObject;
	/** Clean Template Variables, of the message's channel. */
	cleans?: boolean;
}

/** Whether a message's variables are cleaned: the option, which only WhatsApp needs. @throws UserIssue */
export function cleansVariables(
	channelType: ChannelType,
	{ cleanVariables }: CamsOptions,
): boolean {
	return channelType === 'whatsapp' && booleanOption(cleanVariables, CLEAN_VARIABLES);
}

/**
 * The values for a template and one recipient, with the names that the template has between $( and ).
 * @throws UserIssue for an empty value, a repeated name, an object as a value, or invalid JSON
 */
export function readTemplateValues(read: Read, source: ValueSource = {}): TemplateValues {
	const clean = source.cleans ? toOneLine : (text: string) => text;
	return read('specifyVariables', 'pairs') === 'fields'
		? fromMapper(read('templateVariables', {}) as Mapped, clean)
		: { variables: toVariables(entriesOf(read, source), clean) };
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

/**
 * @throws UserIssue if a variable has no value or is not in the template, which the API rejects, or if that of a file
 * makes no link, which the channel rejects
 */
export function checkVariables(
	{ lines, variables, category, files }: Template,
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
	for (const { link, variable } of files)
		checkLink(filled(link, values), `Template variable "${variable}"`);
}

const ACTIONS = {
	flow: ['FlowAction', 'opens a flow', 'Add WhatsApp Flow under Options'],
	products: ['ProductAction', 'shows products', 'Add Products under Options'],
} as const;

/** The buttons whose action the message lacks. Templates have no default for it. */
function actionWarnings({ buttons }: Template, parts: IDataObject): string[] {
	return buttons.flatMap(({ label, takes }) => {
		if (takes !== 'flow' && takes !== 'products') return [];
		const [part, what, advice] = ACTIONS[takes];
		return parts[part] === undefined
			? [
					`The button "${label}" of the template ${what}, but the message does not say which, so WhatsApp may reject it. ${advice}.`,
				]
			: [];
	});
}

/**
 * Why a template may not arrive, although the API accepts it.
 * @param parts of the request: TemplateParams, FlowAction, ProductAction
 */
export function templateWarnings(
	template: Template | undefined,
	channelType: ChannelType,
	parts: IDataObject,
): string[] {
	const values = (parts.TemplateParams ?? {}) as Record<string, string>;
	const warnings: Array<string | undefined> = [];
	if (channelType === 'whatsapp')
		for (const [name, text] of Object.entries(values))
			warnings.push(variableWarning(text, `Template variable "${name}"`));
	if (template) {
		for (const { link, variable } of template.files)
			warnings.push(linkWarning(filled(link, values), `Template variable "${variable}"`));
		if (channelType === 'whatsapp') warnings.push(...actionWarnings(template, parts));
	}
	return warnings.filter((warning) => warning !== undefined);
}
