import type { IDataObject } from 'n8n-workflow';

import type { OpenTemplate } from '../../editor/templateMapper';
import type { Preview } from '../../messages/preview';
import { textOrEmpty } from '../../util/json';
import { at } from '../../util/path';
import { HEADER_TEXT } from './templateValues';

/** What the request body holds for a template: header, bodyParams, buttonParams. */
type Parts = IDataObject;

const listOf = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : []);

function filled(line: string, values: unknown[]): string {
	return line.replace(
		/\{\{\s*(\d+)\s*\}\}/g,
		(whole, number: string) => textOrEmpty(values[Number(number) - 1]) || whole,
	);
}

/** Previews a template with its values filled in; a variable without a value stays as written. */
export function previewTemplate(
	{ lines, variables, buttons }: OpenTemplate,
	{ header, bodyParams }: Parts,
): Preview {
	const hasHeaderText = variables.some(({ name }) => name === HEADER_TEXT);
	const text = lines.map((line, index) =>
		filled(line, hasHeaderText && index === 0 ? [at(header, 'paramValue')] : listOf(bodyParams)),
	);
	return {
		text: text.join('\n'),
		buttons: buttons.map(({ label }) => label).filter((label) => label !== ''),
	};
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Where the values of a message do not match its template, as sentences. */
export function templateDoubts(
	{ variables }: OpenTemplate,
	{ header, bodyParams, buttonParams }: Parts,
): string[] {
	const names = variables.map(({ name }) => name);
	const inText = names.filter((name) => /^\d+$/.test(name)).length;
	const inButtons = names.filter((name) => name.startsWith('Button ')).length;
	const ofHeader = names.find((name) => name.startsWith('Header '));
	const values = listOf(bodyParams).length;
	const buttonValues = listOf(buttonParams).length;
	return [
		inText !== values &&
			`The text of the template has ${counted(inText, 'variable')}, and ${counted(values, 'value')} ${values === 1 ? 'is' : 'are'} given.`,
		ofHeader !== undefined && header === undefined && `The template requires its ${ofHeader}.`,
		inButtons !== buttonValues &&
			`The buttons of the template have ${counted(inButtons, 'variable')}, and ${counted(buttonValues, 'value')} ${buttonValues === 1 ? 'is' : 'are'} given.`,
	].filter((doubt): doubt is string => Boolean(doubt));
}
