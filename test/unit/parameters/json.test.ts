import { readJsonObject } from '../../../nodes/shared/parameters/json';
import { refusal } from '../../support/refusal';

const EXAMPLE = '{"couponCode": "SPRING15"}';
const read = (value: unknown) => readJsonObject(value, 'Template Variables (JSON)', EXAMPLE);

const refusalOf = (value: unknown) => refusal(() => read(value));

describe('readJsonObject', () => {
	it('takes a text, or the object that an expression made', () => {
		expect(read(' {"name": "Mia", "nested": {"n": 1}} ')).toEqual({
			name: 'Mia',
			nested: { n: 1 },
		});
		expect(read({ name: 'Mia' })).toEqual({ name: 'Mia' });
		expect(read('{}')).toEqual({});
	});

	it('keeps __proto__ as the plain name that it is', () => {
		const object = read('{"__proto__": "a", "constructor": "b"}');
		expect(JSON.stringify(object)).toBe('{"__proto__":"a","constructor":"b"}');
		expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
	});

	it.each([
		['a comma too many', '{"name": "Mia",}', 15],
		['a missing comma', '{"name": "Mia" "day": "Monday"}', 15],
		['a line break inside a text', '{"name": "Mi\na"}', 12],
	])('names the field and the place where the text breaks: %s', (_what, text, position) => {
		const { title, advice, notSentCause } = refusalOf(text);
		expect(title).toBe('Template Variables (JSON) is not valid JSON');
		expect(advice).toBe(`Look near position ${position}. Expected e.g. ${EXAMPLE}.`);
		expect(notSentCause).toBe('invalidField');
	});

	// For these, JSON.parse of Node.js 20 and later names the character but no position.
	it.each([
		['a text without quotes', '{"name": Mia}'],
		['single quotes', "{'name': 'Mia'}"],
		['a word', 'none'],
		[
			'a text without quotes, far inside',
			'{"couponCode": "SPRING15", "name": Mia, "day": "Monday", "hour": "18"}',
		],
	])(
		'does not claim that the text ends too early if the mistake is in the middle: %s',
		(_what, text) => {
			const { title, advice } = refusalOf(text);
			expect(title).toBe('Template Variables (JSON) is not valid JSON');
			expect(advice).not.toContain('too early');
			expect(advice).toContain(EXAMPLE);
		},
	);

	it.each([['{"name": '], ['{"name"'], ['[1, 2']])(
		'says that the text ends too early, or where: %j',
		(text) => {
			expect(refusalOf(text).advice).toMatch(
				new RegExp(`ends too early|position ${text.length}\\b`),
			);
		},
	);

	it.each([
		['a list', '[{"name": "Mia"}]'],
		['null', 'null'],
		['a number', '42'],
		['a text', '"Mia"'],
		['a list by expression', [{ name: 'Mia' }]],
		['null by expression', null],
		['nothing by expression', undefined],
		['a number by expression', 42],
		['true by expression', true],
	])('refuses what is not an object: %s', (_what, value) => {
		expect(refusalOf(value)).toMatchObject({
			title: 'Template Variables (JSON) is not an object',
			advice: `Expected e.g. ${EXAMPLE}.`,
		});
	});
});
