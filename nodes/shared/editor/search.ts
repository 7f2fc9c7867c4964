import { NodeApiError, type ILoadOptionsFunctions, type INodeListSearchResult } from 'n8n-workflow';

import { ReadError } from '../http/cachedRead';
import { UserIssue } from '../util/userIssue';
import { LANGUAGES } from './languages';
import type { ListEntry } from './listEntry';

/** What the panel asks for while a user fills it in. */

/** A parameter as it is chosen in the panel now. */
export function chosen(context: ILoadOptionsFunctions, name: string): string {
	const value = context.getCurrentNodeParameter(name, { extractValue: true });
	return typeof value === 'string' ? value.trim() : '';
}

/** The error of a list: title, next step, and n8n's link to the credential where that is to blame. */
function toListError(context: ILoadOptionsFunctions, error: unknown): Error {
	if (!(error instanceof UserIssue)) return error as Error;
	const { title: message, advice: description } = error;
	const httpCode = error instanceof ReadError ? error.httpCode : '401';
	return new NodeApiError(context.getNode(), { message }, { message, description, httpCode });
}

function matching(rows: ListEntry[], filter = ''): INodeListSearchResult {
	const wanted = filter.trim().toLowerCase();
	return {
		results: rows.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted)),
	};
}

/** The rows that a user looks for. @param list may throw UserIssue */
export async function search(
	context: ILoadOptionsFunctions,
	filter: string | undefined,
	list: () => Promise<ListEntry[]>,
): Promise<INodeListSearchResult> {
	const rows = await list().catch((error) => {
		throw toListError(context, error);
	});
	return matching(rows, filter);
}

/** The languages a template can have. */
export async function searchLanguages(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return matching(
		LANGUAGES.map(([value, name]) => ({ name: `${name} - ${value}`, value })),
		filter,
	);
}
