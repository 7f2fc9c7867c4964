import { NodeApiError, type ILoadOptionsFunctions, type INodeListSearchResult } from 'n8n-workflow';

import { ReadError } from '../http/cachedRead';
import { UserIssue } from '../util/userIssue';
import { LANGUAGES } from './languages';
import type { ListEntry } from './listEntry';

/** The current value of a parameter in the panel; empty if it is not text. */
export function chosen(context: ILoadOptionsFunctions, name: string): string {
	const value = context.getCurrentNodeParameter(name, { extractValue: true });
	return typeof value === 'string' ? value.trim() : '';
}

/** The mode in which a resource locator in the panel was filled in. */
export function chosenMode(context: ILoadOptionsFunctions, name: string): unknown {
	return context.getCurrentNodeParameter(`${name}.mode`);
}

/** The error that the panel shows in place of a list. With code 401, n8n adds a link to the credential. */
function toListError(context: ILoadOptionsFunctions, error: unknown): Error {
	if (!(error instanceof UserIssue)) return error as Error;
	const { title: message, advice: description } = error;
	const httpCode = error instanceof ReadError ? error.httpCode : '401';
	return new NodeApiError(context.getNode(), { message }, { message, description, httpCode });
}

function matching(rows: ListEntry[], filter = ''): INodeListSearchResult {
	const text = filter.trim().toLowerCase();
	return {
		results: rows.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(text)),
	};
}

/** The method that n8n calls to search a list. It throws a ReadError or UserIssue as an error that the panel can show. */
export function listSearch(list: (context: ILoadOptionsFunctions) => Promise<ListEntry[]>) {
	return async function (
		this: ILoadOptionsFunctions,
		filter?: string,
	): Promise<INodeListSearchResult> {
		try {
			return matching(await list(this), filter);
		} catch (error) {
			throw toListError(this, error);
		}
	};
}

/** List search of the template languages. */
export const searchLanguages = listSearch(async () =>
	LANGUAGES.map(([value, name]) => ({ name: `${name} - ${value}`, value })),
);
