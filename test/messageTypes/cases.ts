import type { IDataObject } from 'n8n-workflow';

import {
	fileNames,
	type Field,
	type ListField,
	type MessageType,
	type TextField,
} from '../../nodes/shared/messages/schema';

/** Parameter values, valid and invalid, generated from the descriptions of the message types. */

export type Values = IDataObject;

/** Values with one invalid field. */
export interface BadCase {
	/** E.g. "Button 1: Title is too long". */
	what: string;
	values: Values;
	/** The label of the field, which the error has to contain. */
	names: string;
	/** Whether the documented API rejects it too; other checks exist only to help the user. */
	apiRefuses: boolean;
}

export const titleOf = ({ channel, type, variant }: MessageType) =>
	[channel, type, variant?.value].filter(Boolean).join(' / ');

const LINK = 'https://example.com/files/shoe.jpg';

/** Whether the values of other fields show a field in the panel. */
function isShown({ when }: Field, values: Values): boolean {
	return !when || when.is.includes(String(values[when.name]));
}

function valuesOf(field: Field, chosen: Values): Values {
	switch (field.kind) {
		case 'text':
		case 'link':
		case 'ids':
		case 'json':
			return { [field.name]: field.example };
		case 'number':
			return { [field.name]: field.example };
		case 'choice':
			return { [field.name]: chosen[field.name] ?? field.default };
		case 'file': {
			const names = fileNames(field.name);
			return { ...(field.upload !== undefined && { [names.source]: 'link' }), [names.link]: LINK };
		}
		case 'list':
			return { [field.name]: { [field.entry.name]: [filledIn(field.fields, {}, true)] } };
	}
}

/** Fills in the examples of all fields, or of those that are required. */
export function filledIn(fields: readonly Field[], chosen: Values, all: boolean): Values {
	let values: Values = { ...chosen };
	for (const field of fields) {
		const isChoice = field.kind === 'choice';
		const needsEntry = field.kind === 'list' && field.min > 0;
		if (isShown(field, values) && (all || field.required || isChoice || needsEntry))
			values = { ...values, ...valuesOf(field, values) };
	}
	return values;
}

/** Valid values: all fields filled in, once for each choice, and then only the required fields. */
export function validValues({ fields }: MessageType): Array<{ what: string; values: Values }> {
	const choices = fields.flatMap((field) =>
		field.kind === 'choice' ? field.choices.map(({ value }) => ({ [field.name]: value })) : [],
	);
	const full = (choices.length > 0 ? choices : [{}]).map((chosen) => ({
		what:
			Object.values(chosen).length > 0
				? `everything, with ${Object.entries(chosen)
						.map((pair) => pair.join(' '))
						.join(', ')}`
				: 'everything',
		values: filledIn(fields, chosen, true),
	}));
	const minimal = filledIn(fields, {}, false);
	// A name needs one part besides the formatted one.
	for (const field of fields) {
		if (field.kind === 'list' && field.oneOf) entriesOf(minimal, field)[0][field.oneOf[0]] = 'Mia';
	}
	return [...full, { what: 'only what is required', values: minimal }];
}

function entriesOf(values: Values, { name, entry }: ListField): Values[] {
	return (values[name] as Record<string, Values[]>)[entry.name];
}

function copy<T>(value: T): T {
	return structuredClone(value);
}

function longer({ maxCharacters = 0 }: TextField): string {
	return 'x'.repeat(maxCharacters + 1);
}

/** Ways to make one field of valid values invalid. */
function badOf(field: Field, values: Values, where: string): BadCase[] {
	const { label, name, required } = field;
	const named = `${where}${label}`;
	const set = (key: string, value: unknown): Values => ({
		...copy(values),
		[key]: value as IDataObject,
	});
	const bad = (what: string, change: Values, names = named, apiRefuses = true): BadCase => ({
		what: `${named} ${what}`,
		values: change,
		names,
		apiRefuses,
	});
	const blank = (key: string, names = named) =>
		required
			? [bad('is empty', set(key, ''), names), bad('is blank', set(key, ' \n\t '), names)]
			: [];
	switch (field.kind) {
		case 'text':
			return [
				...blank(name),
				...(field.format
					? [bad('has another form', set(name, 'something else'), named, false)]
					: []),
				...(field.maxCharacters
					? [bad('is one character too long', set(name, longer(field)))]
					: []),
				bad('is an object', set(name, { a: 1 }), named, false),
			];
		case 'link':
			return [
				...blank(name),
				bad('is no link', set(name, 'not a link')),
				bad('has no scheme', set(name, 'example.com/a.jpg')),
				bad('is a script', set(name, 'javascript:alert(1)')),
			];
		case 'number':
			return [
				...blank(name),
				bad('is below its range', set(name, field.min - 1)),
				bad('is above its range', set(name, field.max + 1)),
				bad('is no number', set(name, 'many')),
			];
		case 'choice':
			return field.isOpen
				? []
				: [bad('is something else', set(name, 'something else'), named, false)];
		case 'ids':
			return [
				...blank(name),
				...(field.maxCharacters
					? [
							bad(
								'has an ID that is one character too long',
								set(name, `sku-1, ${'x'.repeat(field.maxCharacters + 1)}`),
							),
						]
					: []),
			];
		case 'json':
			return [
				...(required ? [bad('is empty', set(name, ''))] : []),
				bad('cannot be parsed', set(name, '{"a": '), named, false),
			];
		case 'file': {
			const { link } = fileNames(name);
			return [
				...(required ? [bad('has no link', set(link, ''), `${named} Link`)] : []),
				bad('has a link that is none', set(link, 'shoe.jpg'), `${named} Link`),
				// Where only a link is possible, it is sent with a warning.
				...(field.upload === undefined
					? []
					: [
							bad(
								'is in the own network',
								set(link, 'http://localhost/a.jpg'),
								`${named} Link`,
								false,
							),
						]),
			];
		}
		case 'list':
			return badOfList(field, values, where);
	}
}

function badOfList(list: ListField, values: Values, where: string): BadCase[] {
	const {
		label,
		entry,
		fields,
		min,
		max,
		unique = [],
		maxTotal,
		uniqueAcross,
		requiredIfSeveral,
		oneOf,
	} = list;
	const named = `${where}${label}`;
	const withEntries = (entries: Values[]): Values => ({
		...copy(values),
		[list.name]: { [entry.name]: entries },
	});
	const [first] = entriesOf(values, list);
	/** Entries that differ in all unique fields. */
	const several = (count: number) =>
		Array.from({ length: count }, (_, index) => {
			const each = copy(first);
			for (const name of unique) each[name] = `${index}`;
			return each;
		});
	const bad = (what: string, entries: Values[], names = named, apiRefuses = true): BadCase => ({
		what: `${named} ${what}`,
		values: withEntries(entries),
		names,
		apiRefuses,
	});
	const inner = fields.find(({ name }) => name === maxTotal?.name);
	const tooManyInAll = (): Values => {
		const each = copy(first);
		const count = (maxTotal?.max ?? 0) + 1;
		if (inner?.kind === 'ids')
			each[inner.name] = Array.from({ length: count }, (_, index) => `sku-${index}`).join();
		if (inner?.kind === 'list') {
			const [entryValues] = entriesOf(each, inner);
			each[inner.name] = {
				[inner.entry.name]: Array.from({ length: count }, (_, index) => ({
					...entryValues,
					id: `${index}`,
				})),
			};
		}
		return each;
	};
	/** A copy of the first entry that differs in everything that has to be unique. */
	const another = (): Values => {
		const each = several(2)[1];
		const innerList = fields.find(({ name }) => name === uniqueAcross?.name);
		if (uniqueAcross && innerList?.kind === 'list')
			entriesOf(each, innerList).forEach(
				(one, index) => (one[uniqueAcross.field] = `another-${index}`),
			);
		return each;
	};
	return [
		...(min > 0 ? [bad('has no entry', [])] : []),
		// With a limit of the total as well, the error does not show which of the two was exceeded.
		...(maxTotal || max === undefined
			? []
			: [bad('has one entry too many', several(max + 1), named, max < 20)]),
		...unique.map((name) =>
			bad(`has ${name} twice`, [copy(first), { ...several(2)[1], [name]: first[name] }]),
		),
		...(inner ? [bad(`has one too many in ${inner.label}`, [tooManyInAll()], '')] : []),
		...(uniqueAcross
			? [
					bad(
						`has ${uniqueAcross.field} twice in different entries`,
						[
							copy(first),
							{ ...copy(first), ...Object.fromEntries(unique.map((name) => [name, 'another'])) },
						],
						`${named} has the same`,
					),
				]
			: []),
		...(requiredIfSeveral
			? [
					bad(
						'has an entry without what several need',
						[copy(first), { ...another(), [requiredIfSeveral]: '' }],
						`${named} has an entry without`,
					),
				]
			: []),
		...(oneOf
			? [
					bad(
						'has an entry without any of what one is needed of',
						[{ ...copy(first), ...Object.fromEntries(oneOf.map((name) => [name, ''])) }],
						`${entry.label} 1: `,
					),
				]
			: []),
		...fields.flatMap((field) =>
			badOf(field, first, `${where}${entry.label} 1: `).map((each): BadCase => ({
				...each,
				values: withEntries([each.values]),
			})),
		),
	];
}

/** All cases with one invalid field in a message of this type. */
export function badCases({ fields }: MessageType): BadCase[] {
	const cases: BadCase[] = [];
	for (const field of fields) {
		const chosen = field.when ? { [field.when.name]: field.when.is[0] } : {};
		cases.push(...badOf(field, filledIn(fields, chosen, true), ''));
	}
	return cases;
}
