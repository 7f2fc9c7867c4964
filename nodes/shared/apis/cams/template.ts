import type { IDataObject } from 'n8n-workflow';

import type { OpenTemplate, TemplateButton, TemplateVariable } from '../../editor/templateMapper';
import type { Preview } from '../../messages/preview';
import { hasOwn, isObject } from '../../util/json';

/** A template in one language. */
export interface Template extends OpenTemplate {
	/** The links of its files that hold a variable, with the first of theirs. */
	files: Array<{ link: string; variable: string }>;
	/** The texts of all buttons, including those of carousel cards. */
	labels: string[];
	auditStatus: string;
	/** AUTHENTICATION, MARKETING or UTILITY. */
	category: string;
	/** WHATSAPP or VIBER. */
	templateType: string;
}

/** Chat App writes a variable as $(name), Meta as {{1}}. Names are short; without a limit, time would grow with the square of a text. */
const VARIABLE = /\$\(([^)]{1,200})\)|\{\{([^{}]+)\}\}/g;

const TAKES: Readonly<Record<string, TemplateButton['takes']>> = {
	QUICK_REPLY: 'payload',
	FLOW: 'flow',
	MPM: 'products',
	CATALOG: 'products',
};

/** The meaning of a variable in a button, by its key. */
const BUTTON_PARTS: Readonly<Record<string, string>> = { url: 'link', couponcode: 'code' };

/** Ignores the case of keys, in which the examples of the API documentation differ. */
function get(from: unknown, key: string): unknown {
	if (typeof from !== 'object' || from === null) return undefined;
	const found = Object.entries(from).find(([name]) => name.toLowerCase() === key);
	return found?.[1];
}

/** Some examples of the API documentation hold lists as JSON text. */
function parsed(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return undefined;
	}
}

function listOf(value: unknown): unknown[] {
	const list = parsed(value);
	return Array.isArray(list) ? (list as unknown[]) : [];
}

function textOf(from: unknown, key: string): string {
	const value = get(from, key);
	return typeof value === 'string' ? value : '';
}

function namesIn(text: string): string[] {
	return [...text.matchAll(VARIABLE)]
		.map(([, chatApp, meta]) => chatApp ?? meta.trim())
		.filter(Boolean);
}

/** Every text in a component of a template, with the name of its place. */
function* textsOf(
	component: unknown,
	where: string,
): Generator<{ text: string; where: string; isFile?: boolean }> {
	if (typeof component !== 'object' || component === null) return;
	const kind = textOf(component, 'format').toLowerCase();
	for (const [key, value] of Object.entries(component as IDataObject)) {
		const name = key.toLowerCase();
		if (name === 'buttons' || name === 'cards') continue;
		const isFile = name === 'url' && kind !== '';
		if (typeof value === 'string')
			yield {
				text: value,
				where: isFile ? `${where}${kind} link` : where.replace(/: $/, ''),
				isFile,
			};
	}
	for (const [index, button] of listOf(get(component, 'buttons')).entries()) {
		for (const [key, value] of Object.entries((button ?? {}) as IDataObject)) {
			const what = BUTTON_PARTS[key.toLowerCase()] ?? 'text';
			if (typeof value === 'string')
				yield { text: value, where: `${where}button ${index + 1} ${what}` };
		}
	}
	for (const [index, card] of listOf(get(component, 'cards')).entries()) {
		for (const part of listOf(get(card, 'cardcomponents')))
			yield* textsOf(part, `card ${index + 1}: `);
	}
}

/** The order in which the recipient reads the components. */
const READING_ORDER = ['HEADER', 'BODY', 'LIMITED_TIME_OFFER', 'FOOTER', 'BUTTONS', 'CAROUSEL'];

function inReadingOrder(components: unknown[]): unknown[] {
	const rank = (component: unknown) =>
		READING_ORDER.indexOf(textOf(component, 'type').toUpperCase()) + 1 || READING_ORDER.length + 1;
	return [...components].sort((left, right) => rank(left) - rank(right));
}

function linesOf(component: unknown): string[] {
	const text = textOf(component, 'text');
	const cards = listOf(get(component, 'cards')).flatMap((card) =>
		inReadingOrder(listOf(get(card, 'cardcomponents'))).flatMap(linesOf),
	);
	return [...(text === '' ? [] : [text]), ...cards];
}

function labelsOf(component: unknown): string[] {
	const cards = listOf(get(component, 'cards')).flatMap((card) =>
		listOf(get(card, 'cardcomponents')).flatMap(labelsOf),
	);
	return [...listOf(get(component, 'buttons')).map((button) => textOf(button, 'text')), ...cards];
}

/**
 * Parses the Data that GetChatappTemplateDetail returns for a template. The names of its variables are in the texts of
 * Components and are the keys of Example.
 */
export function parseTemplate(data: IDataObject): Template {
	const components = inReadingOrder(listOf(get(data, 'components')));
	const example = parsed(get(data, 'example'));
	const examples = isObject(example) ? example : {};
	const exampleOf = (name: string) => (typeof examples[name] === 'string' ? examples[name] : '');
	const variables = new Map<string, TemplateVariable>();
	const files: Template['files'] = [];
	for (const component of components) {
		for (const { text, where, isFile } of textsOf(component, '')) {
			const names = namesIn(text);
			if (isFile && names.length > 0) files.push({ link: text, variable: names[0] });
			for (const name of names)
				if (!variables.has(name)) variables.set(name, { name, where, example: exampleOf(name) });
		}
	}
	for (const name of Object.keys(examples))
		if (!variables.has(name)) variables.set(name, { name, where: '', example: exampleOf(name) });
	const buttons = components
		.flatMap((component) => listOf(get(component, 'buttons')))
		.map((button, index): TemplateButton => ({
			number: index + 1,
			label: textOf(button, 'text'),
			takes: TAKES[textOf(button, 'type').toUpperCase()],
		}));
	return {
		lines: components.flatMap(linesOf),
		variables: [...variables.values()],
		files,
		buttons,
		labels: components.flatMap(labelsOf),
		auditStatus: textOf(data, 'auditstatus'),
		category: textOf(data, 'category').toUpperCase(),
		templateType: textOf(data, 'templatetype').toUpperCase(),
	};
}

/** Fills in the variables of a text; one without a value stays as written. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
	return text.replace(VARIABLE, (whole, chatApp?: string, meta?: string) => {
		const name = chatApp ?? meta?.trim() ?? '';
		return hasOwn(values, name) ? values[name] : whole;
	});
}

/** Previews a template with its variables filled in. */
export function previewTemplate(
	{ lines, labels }: Template,
	values: Readonly<Record<string, string>>,
): Preview {
	return {
		text: lines.map((line) => filled(line, values)).join('\n'),
		buttons: labels.map((label) => filled(label, values)).filter((label) => label !== ''),
	};
}
