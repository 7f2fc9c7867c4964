import type { IDataObject } from 'n8n-workflow';

import { isObject, textOf } from '../util/json';

const MAX_PAGES = 100;

/** The objects of a list; none where the answer holds no list. */
export function rowsIn(value: unknown): IDataObject[] {
	return Array.isArray(value) ? (value as unknown[]).filter(isObject) : [];
}

/** The length of the whole list as an answer states it, as a number or as text. */
export function totalOf(value: unknown): number | undefined {
	const total = Number(textOf(value) ?? NaN);
	return Number.isNaN(total) ? undefined : total;
}

interface Page {
	rows: IDataObject[];
	/** Rows of all pages together; undefined where the answer does not say. */
	total?: number;
}

/**
 * Reads a list page by page. A page may hold fewer rows than were requested, so the end is an empty page or the total.
 * @param readPage gets the number of the page, from 1
 */
export async function readAllPages(
	readPage: (index: number) => Promise<Page>,
): Promise<IDataObject[]> {
	let all: IDataObject[] = [];
	for (let index = 1; index <= MAX_PAGES; index++) {
		const { rows, total } = await readPage(index);
		// A server that ignores the page number returns the first page again and again.
		const isNew = rows.length > 0 && JSON.stringify(rows[0]) !== JSON.stringify(all[0]);
		if (!isNew) break;
		all = all.concat(rows);
		if (total !== undefined && all.length >= total) break;
	}
	return all;
}
