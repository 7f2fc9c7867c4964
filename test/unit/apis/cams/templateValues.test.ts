import fc from 'fast-check';
import { DateTime } from 'luxon';

import { readTemplateValues } from '../../../../nodes/shared/apis/cams/templateValues';
import { anyString } from '../../../support/anyString';
import { refusal } from '../../../support/refusal';

type Pair = { name?: unknown; value?: unknown };

function read(parameters: Record<string, unknown>): Record<string, string> {
	return readTemplateValues((name, fallback) => (name in parameters ? parameters[name] : fallback))
		.variables;
}

const fromPairs = (...variable: Pair[]) =>
	read({ specifyVariables: 'pairs', templateVariablePairs: { variable } });
const fromJson = (templateVariablesJson: unknown) =>
	read({ specifyVariables: 'json', templateVariablesJson });

/** Both ways to give one variable, so that each rule is held to in both. */
const WAYS: Array<[string, (name: string, value: unknown) => Record<string, string>]> = [
	['as pairs', (name, value) => fromPairs({ name, value })],
	['as JSON', (name, value) => fromJson(Object.fromEntries([[name, value]]))],
];

describe.each(WAYS)('a template variable given %s', (_how, give) => {
	it.each([
		['a text, with the blanks that are part of it', ' Mia ', ' Mia '],
		['a text of any script', '小米 👋', '小米 👋'],
		['a whole number', 15, '15'],
		['zero', 0, '0'],
		['a fraction', 9.5, '9.5'],
		['false', false, 'false'],
		['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
		[
			'a date of n8n',
			DateTime.fromISO('2026-11-28T09:30:00.000+08:00', { setZone: true }),
			'2026-11-28T09:30:00.000+08:00',
		],
	])('goes out as text: %s', (_what, value, text) => {
		expect(give('name', value)).toEqual({ name: text });
	});

	it.each([
		['empty', ''],
		['blank', ' \t\n\u00a0'],
		['null', null],
		['undefined', undefined],
	])('is missing, and named, when its value is %s', (_what, value) => {
		expect(refusal(() => give('couponCode', value))).toMatchObject({
			title: 'Template variable "couponCode" is empty',
			notSentCause: 'missingVariable',
		});
	});

	it.each<[string, unknown, RegExp]>([
		['an object', { first: 'Mia' }, /^Got \{"first":"Mia"\}\. Drag a field that holds text, /],
		// Lookups of Airtable come so.
		['a list', ['Mia'], /^Got \["Mia"\]\. Drag one entry of the list, /],
		['a date that does not exist', new Date(NaN), /^Got null\. /],
		['a date of n8n that does not exist', DateTime.invalid('none'), /^Got null\. /],
	])('is refused when its value is %s', (_what, value, advice) => {
		expect(refusal(() => give('name', value))).toMatchObject({
			title: 'Template variable "name" is not a text',
			advice: expect.stringMatching(advice),
			notSentCause: 'invalidField',
		});
	});

	it.each([[''], ['  ']])('is refused when its name is %j', (name) => {
		expect(refusal(() => give(name, 'Mia')).title).toBe('A template variable has no name');
	});

	it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
		'may be called %s',
		(name) => {
			expect(JSON.stringify(give(name, 'Mia'))).toBe(`{"${name}":"Mia"}`);
			expect(Object.hasOwn(Object.prototype, 'Mia')).toBe(false);
			expect(({} as Record<string, unknown>)[name]).not.toBe('Mia');
		},
	);

	it('keeps name and value exactly, whatever characters they are made of', () => {
		const written = anyString({ minLength: 1 }).filter((text) => text.trim() !== '');
		fc.assert(
			fc.property(written, written, (name, value) => {
				expect(
					Object.entries(JSON.parse(JSON.stringify(give(name.trim(), value))) as object),
				).toEqual([[name.trim(), value]]);
			}),
			{ examples: [['__proto__', 'x']] },
		);
	});
});

describe('pairs', () => {
	it('are none when nothing was added', () => {
		expect(read({})).toEqual({});
	});

	it('keep their order', () => {
		expect(Object.keys(fromPairs({ name: 'b', value: 1 }, { name: 'a', value: 2 }))).toEqual([
			'b',
			'a',
		]);
	});

	it('are refused when two have one name, blanks around it aside', () => {
		const pairs = [
			{ name: 'day', value: 'Monday' },
			{ name: 'name', value: 'Mia' },
			{ name: ' day ', value: 'Friday' },
		];
		expect(refusal(() => fromPairs(...pairs)).title).toBe('Template variable "day" is set twice');
	});

	it('are refused when one has lost its name', () => {
		expect(refusal(() => fromPairs({ name: 'day', value: 'Monday' }, { value: 'Mia' })).title).toBe(
			'A template variable has no name',
		);
	});

	it('name the one that is empty, not the first', () => {
		expect(
			refusal(() => fromPairs({ name: 'day', value: 'Monday' }, { name: 'name', value: '' })).title,
		).toBe('Template variable "name" is empty');
	});
});

describe('JSON', () => {
	it.each(['', '{}'])('%j holds no variables', (value) => {
		expect(fromJson(value)).toEqual({});
	});

	it.each([undefined, null])(
		'is refused when its expression gives %s: the field it comes from is not there',
		(value) => {
			expect(refusal(() => fromJson(value)).title).toBe(
				'Template Variables (JSON) is not an object',
			);
		},
	);

	it('is read from text', () => {
		expect(fromJson('{"name": "Mia", "amount": 12.5, "__proto__": "x"}')).toEqual(
			JSON.parse('{"name": "Mia", "amount": "12.5", "__proto__": "x"}'),
		);
	});

	it.each([
		['{"name": "Mia",}', 'Template Variables (JSON) is not valid JSON'],
		['["Mia"]', 'Template Variables (JSON) is not an object'],
		['null', 'Template Variables (JSON) is not an object'],
		['7', 'Template Variables (JSON) is not an object'],
	])('is refused by the name of the field: %s', (text, title) => {
		expect(refusal(() => fromJson(text)).title).toBe(title);
	});
});
