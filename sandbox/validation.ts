import { z } from 'zod';

/** Checks that both APIs have in common. */

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isHttpUrl(text: string): boolean {
	return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}

/**
 * A phone number with its country code, digits only. ITU-T E.164: at most 15 digits, and no country code starts with 0.
 * InnoPaaS, SMS API: at least 5 digits, and the country code without 00.
 */
export const isPhoneNumber = (text: string) => /^[1-9]\d{4,14}$/.test(text);

export const nonEmpty = z.string().min(1, 'must not be empty');
export const optionalText = z.string().optional();
/** May be present, but only empty. */
export const unused = z.string().max(0, 'must not be set').optional();
export const httpUrl = nonEmpty.refine(isHttpUrl, 'is not an http(s) URL');

/** A text that may be empty. Counts code points, so that an emoji is one character. */
export const maxLength = (max: number) =>
	z.string().refine((text) => [...text].length <= max, `takes ${max} characters at most`);

export const requiredText = (max: number) => nonEmpty.and(maxLength(max));

/** A refinement for lists in which a property must be unique. */
export const allDiffer =
	<T>(read: (entry: T) => unknown) =>
	(entries: T[]) =>
		new Set(entries.map(read)).size === entries.length;

/** Puts the first problem of a failed check into words, e.g. "header.text: must not be empty." */
export function describeIssue({ issues: [{ path, message }] }: z.ZodError, root = ''): string {
	return `${path.join('.') || root}: ${message}.`;
}
