import type { IDataObject } from 'n8n-workflow';

import { emptyVariable, mappedIds, type Mapped } from '../../editor/templateMapper';
import { checkContent } from '../../messages/checkJson';
import { readContent } from '../../messages/read';
import { readJson } from '../../parameters/json';
import type { Read } from '../../parameters/parameters';
import { exactText, plainText } from '../../parameters/text';
import { isObject } from '../../util/json';
import { UserIssue } from '../../util/userIssue';
import { TEMPLATE } from './messageTypes';

/** The names of the fields that Using Template Fields has for parts of a template other than its body. */
export const HEADER_TEXT = 'Header Text';
export const headerLink = (kind: string) => `Header ${kind} Link`;
export const buttonLink = (button: number) => `Button ${button} Link`;
export const buttonCode = (button: number) => `Button ${button} Code`;

const HEADER_LINK = /^Header (Image|Video|Document) Link$/;
const BUTTON_VALUE = /^Button \d+ (Link|Code)$/;

function fromMapper(mapped: Mapped): IDataObject {
	const texts = mapped.value ?? {};
	const ids = mappedIds(mapped);
	const valueOf = (id: string) => {
		const text = exactText(texts[id], id);
		if (text.trim() === '') throw emptyVariable(id);
		return text;
	};
	const linkId = ids.find((id) => HEADER_LINK.test(id));
	const body = ids
		.filter((id) => /^\d+$/.test(id))
		.sort((left, right) => Number(left) - Number(right));
	// The API matches values to variables by position.
	const gap = body.findIndex((id, index) => Number(id) !== index + 1);
	if (gap >= 0)
		throw new UserIssue(
			`Template variable "${gap + 1}" is missing`,
			'Values are sent in order, so none can be left out. Select the template again to get all of its fields.',
			'missingVariable',
		);
	const buttons = ids.filter((id) => BUTTON_VALUE.test(id));
	return {
		...(ids.includes(HEADER_TEXT) && {
			header: { type: 'text', paramValue: valueOf(HEADER_TEXT) },
		}),
		...(linkId !== undefined && {
			header: { type: (HEADER_LINK.exec(linkId)?.[1] ?? '').toLowerCase(), link: valueOf(linkId) },
		}),
		...(body.length > 0 && { bodyParams: body.map(valueOf) }),
		...(buttons.length > 0 && {
			buttonParams: buttons.map((id) => ({ type: 'text', value: valueOf(id) })),
		}),
	};
}

const LABEL = 'Template Variables (JSON)';
const EXAMPLE = '{"bodyParams": ["Mia", "15%"], "buttonParams": ["spring?c=42"]}';

function listIn(value: unknown, name: string): unknown[] {
	if (value === undefined) return [];
	if (!Array.isArray(value))
		throw new UserIssue(`${LABEL}: ${name} is not a list`, `Expected e.g. ${EXAMPLE}.`);
	return value as unknown[];
}

const PARTS = ['header', 'bodyParams', 'buttonParams'];

/** Reads JSON in the form of the API. Short forms: a list alone holds the values of the body, a text the value of a button. */
function fromJson(value: unknown): IDataObject {
	if (typeof value === 'string' && value.trim() === '') return {};
	const json = readJson(value, LABEL, EXAMPLE);
	if (typeof json !== 'object' || json === null)
		throw new UserIssue(`${LABEL} is neither an object nor a list`, `Expected e.g. ${EXAMPLE}.`);
	const parts = Array.isArray(json)
		? { bodyParams: json as unknown[] }
		: (json as Record<string, unknown>);
	const unknown = Object.keys(parts).find((name) => !PARTS.includes(name));
	if (unknown !== undefined)
		throw new UserIssue(
			`${LABEL} cannot set ${unknown}`,
			`It takes ${PARTS.join(', ')}. For other fields, use the option Additional Body Fields (JSON).`,
		);
	const body = listIn(parts.bodyParams, 'bodyParams').map((each, index) =>
		plainText(each, `${LABEL}: Body Value ${index + 1}`),
	);
	const buttons = listIn(parts.buttonParams, 'buttonParams').map((each) =>
		typeof each === 'object' && each !== null
			? { type: 'text', ...each }
			: { type: 'text', value: plainText(each, LABEL) },
	);
	return {
		...(parts.header !== undefined && { header: parts.header as IDataObject }),
		...(body.length > 0 && { bodyParams: body }),
		...(buttons.length > 0 && { buttonParams: buttons }),
	};
}

/**
 * Reads the values of a template: header, bodyParams and buttonParams of the request body.
 * @returns these parts, and warnings for values that can be sent but may not arrive as intended
 * @throws UserIssue for an empty value, invalid JSON, or an invalid header
 */
export function readTemplateParts(read: Read): { parts: IDataObject; warnings: string[] } {
	switch (read('specifyVariables', 'ordered')) {
		case 'fields': {
			const parts = fromMapper(read('templateVariables', {}) as Mapped);
			return { parts, warnings: checkContent(TEMPLATE, parts, '') };
		}
		case 'json': {
			const parts = fromJson(read('templateVariablesJson', ''));
			return { parts, warnings: checkContent(TEMPLATE, parts, `${LABEL}: `) };
		}
		default: {
			const { content, warnings } = readContent(TEMPLATE, (name) => read(name));
			return { parts: content as IDataObject, warnings };
		}
	}
}

/**
 * Applies a rule to each text that fills a variable: header, body and button values, but not the link of a header.
 * @param rule gets the text and the label of its field
 */
export function withVariables(
	body: IDataObject,
	rule: (text: string, label: string) => string,
): IDataObject {
	const { header, bodyParams, buttonParams } = body;
	const ruled = (value: unknown, label: string) =>
		typeof value === 'string' ? rule(value, label) : value;
	const within = (part: unknown, key: string, label: string) =>
		isObject(part) && key in part ? { ...part, [key]: ruled(part[key], label) } : part;
	const each = (list: unknown, apply: (value: unknown, label: string) => unknown, label: string) =>
		Array.isArray(list)
			? list.map((value: unknown, index) => apply(value, `${label} ${index + 1}`))
			: list;
	const parts = {
		header: within(header, 'paramValue', HEADER_TEXT),
		bodyParams: each(bodyParams, ruled, 'Body Value'),
		buttonParams: each(
			buttonParams,
			(button, label) => within(button, 'value', label),
			'Button Value',
		),
	};
	return {
		...body,
		...Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)),
	} as IDataObject;
}
