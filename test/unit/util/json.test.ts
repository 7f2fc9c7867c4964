import { hasOwn, isObject, textOf } from '../../../nodes/shared/util/json';

describe('isObject', () => {
	it.each<[string, unknown, boolean]>([
		['an object', { a: 1 }, true],
		['an empty object', {}, true],
		['an object without a prototype', Object.create(null), true],
		['a list', [], false],
		['null', null, false],
		['undefined', undefined, false],
		['a text', '{}', false],
		['a number', 1, false],
		['a function', () => {}, false],
	])('of %s', (_what, value, expected) => {
		expect(isObject(value)).toBe(expected);
	});
});

describe('hasOwn', () => {
	it.each<[string, object, PropertyKey, boolean]>([
		['a property', { a: 1 }, 'a', true],
		['a property without a value', { a: undefined }, 'a', true],
		['__proto__ out of JSON', JSON.parse('{"__proto__":1}') as object, '__proto__', true],
		['a property of an object without a prototype', { __proto__: null, a: 1 }, 'a', true],
		['an index of a list', ['x'], 0, true],
		['an index beyond a list', ['x'], 1, false],
		['a property that is not there', { a: 1 }, 'b', false],
		['what every object inherits', {}, 'constructor', false],
		['the prototype of every object', {}, '__proto__', false],
		['a property of its own that hides hasOwnProperty', { hasOwnProperty: 1 }, 'a', false],
	])('of %s', (_what, object, key, expected) => {
		expect(hasOwn(object, key)).toBe(expected);
	});
});

describe('textOf', () => {
	it.each<[string, unknown, string | undefined]>([
		['a text', 'Mia', 'Mia'],
		['a text with blanks around it', ' \tMia\n', 'Mia'],
		['a number', 77, '77'],
		['zero', 0, '0'],
		['a negative number', -1.5, '-1.5'],
		['an empty text', '', undefined],
		['blanks', ' \n', undefined],
		['true', true, undefined],
		['false', false, undefined],
		['null', null, undefined],
		['undefined', undefined, undefined],
		['an object', { a: 1 }, undefined],
		['a list', ['Mia'], undefined],
	])('of %s', (_what, value, expected) => {
		expect(textOf(value)).toBe(expected);
	});
});
