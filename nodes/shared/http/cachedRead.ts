import type { IDataObject } from 'n8n-workflow';

import type { Answer } from './apiAnswer';
import { supportSuffix, type ErrorCatalog } from './errorCatalog';
import type { RateLimiter } from './rateLimiter';
import { callWithinQuota } from './retry';

/** Reading calls: for the lists of the panel, and for what a template holds. They change nothing. */

export const READ_TIMEOUT_MS = 15_000;

/** How long an answer is good for. The panel asks again at every opening of a list, a run for every template. */
const FRESH_MS = 60_000;
const MAX_KEPT = 200;

const MAX_PAGES = 100;

/** What could not be read, in the user's words. */
export class ReadError extends Error {
	constructor(
		readonly title: string,
		readonly advice: string,
		/** n8n shows a link to the credential for 401 and 403. */
		readonly httpCode: string,
		/** The API's own, where it answered. */
		readonly code = '',
	) {
		super(`${title}. ${advice}`);
	}
}

/** @param permission what the user lacks where the credential is to blame for a refusal, as a sentence */
function toReadError(
	answer: Exclude<Answer, { outcome: 'accepted' }>,
	errors: ErrorCatalog,
	permission: (code: string) => string,
): ReadError {
	const { name, addressFields } = errors;
	if (answer.outcome === 'rejected') {
		const { code, message, httpStatus, requestId } = answer;
		const { title, advice } = errors.adviceFor(code, message, httpStatus);
		return new ReadError(
			title,
			`${advice}${permission(code)}${supportSuffix(code, requestId)}`,
			errors.isCredentialError(code, httpStatus) ? '403' : '400',
			code,
		);
	}
	if (answer.outcome === 'retryLater' && answer.cause === 'throttled') {
		return new ReadError(
			`${name} takes no more calls right now`,
			'This account has reached its calls per second. Try again in a moment.',
			'429',
			answer.code,
		);
	}
	if (
		answer.outcome === 'unknown' &&
		answer.cause !== 'timeout' &&
		answer.cause !== 'connectionLost'
	) {
		return new ReadError(
			`${name} gave no usable answer`,
			`Try again later, or check ${addressFields} in the credential.${supportSuffix(answer.code, answer.requestId)}`,
			'503',
			answer.code,
		);
	}
	return new ReadError(
		`${name} cannot be reached`,
		`Check ${addressFields} in the credential and the network of this n8n server, then try again.`,
		'503',
	);
}

/** How a vendor is asked. */
export interface ReadRequest {
	errors: ErrorCatalog;
	rateLimiter: RateLimiter;
	call(): Promise<Answer>;
	permission?(code: string): string;
}

/** What a call answers. @throws Unreadable */
export async function ask({
	errors,
	rateLimiter,
	call,
	permission = () => '',
}: ReadRequest): Promise<IDataObject> {
	const called = await callWithinQuota(call, { rateLimiter, execution: {} });
	const answer = called?.answer as Answer;
	if (answer.outcome === 'accepted') return answer.body;
	throw toReadError(answer, errors, permission);
}

const kept = new Map<string, { until: number; answer: Promise<IDataObject> }>();

/**
 * The same, asked again only after a while.
 * @param key of the account and of what is asked
 * @throws Unreadable
 */
export async function read(key: string, request: ReadRequest): Promise<IDataObject> {
	const known = kept.get(key);
	if (known && known.until > Date.now()) return await known.answer;
	const answer = ask(request);
	kept.delete(key);
	kept.set(key, { until: Date.now() + FRESH_MS, answer });
	// The oldest first; what failed is asked again.
	if (kept.size > MAX_KEPT) kept.delete([...kept.keys()][0]);
	answer.catch(() => kept.delete(key));
	return await answer;
}

/** A text or number of an answer as text. */
export const text = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** What a row shows: its parts that have a value. */
export const named = (...parts: unknown[]) => parts.map(text).filter(Boolean).join(', ');

export function rowsIn(value: unknown): IDataObject[] {
	return (Array.isArray(value) ? (value as unknown[]) : []).filter(
		(row): row is IDataObject => typeof row === 'object' && row !== null,
	);
}

export function totalOf(value: unknown): number | undefined {
	const total = Number(text(value) || NaN);
	return Number.isNaN(total) ? undefined : total;
}

interface Page {
	rows: IDataObject[];
	/** Of all pages, where the answer says so. */
	total?: number;
}

/** All rows of a list that comes in pages, up to its end; a page may hold less than it was asked for. */
export async function readAllPages(
	readPage: (index: number) => Promise<Page>,
): Promise<IDataObject[]> {
	const all: IDataObject[] = [];
	for (let index = 1; index <= MAX_PAGES; index++) {
		const { rows, total } = await readPage(index);
		// A server that takes no pages gives the same rows again.
		const isNew = rows.length > 0 && JSON.stringify(rows[0]) !== JSON.stringify(all[0]);
		if (!isNew) break;
		all.push(...rows);
		if (total !== undefined && all.length >= total) break;
	}
	return all;
}

/** A row of a list in the panel. */
export interface Row {
	name: string;
	value: string;
}
