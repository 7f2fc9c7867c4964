import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';

import {
	UNREADABLE,
	pathInExpression,
	readField,
	readPath,
	typedPath,
	type DataPath,
} from '../../../nodes/shared/parameters/dataPath';
import { growthOf, MAX_LINEAR_GROWTH } from '../../support/growth';

it.each<[string, (size: number) => string]>([
	['many steps', (size) => `={{ $json${'.a'.repeat(size)} !`],
	['many brackets', (size) => `={{ $json${'["a"]'.repeat(size)} !`],
	['a long name', (size) => `={{ $json.${'a'.repeat(size)} !`],
	['a quote that does not end', (size) => `={{ $json["${'a'.repeat(size)}`],
	['blanks', (size) => `={{${' '.repeat(size)}$json.a${' '.repeat(size)}!`],
])('an expression is told from a path in time that grows with it: %s', (_what, expressionOf) => {
	expect(growthOf(pathInExpression, expressionOf, 2_000)).toBeLessThan(MAX_LINEAR_GROWTH);
});

describe('an expression that is nothing but a path into the item', () => {
	it.each<[string, DataPath]>([
		['={{ $json.phone }}', ['phone']],
		['={{$json.phone}}', ['phone']],
		['={{ \n$json.phone\t }}', ['phone']],
		['={{ $json.a.b[0].c }}', ['a', 'b', 0, 'c']],
		["={{ $json['first name'] }}", ['first name']],
		['={{ $json["first name"] }}', ['first name']],
		['={{ $json["it\'s"]["a.b"].c }}', ["it's", 'a.b', 'c']],
		['={{ $json[\'say "hi"\'] }}', ['say "hi"']],
		['={{ $json["[0]"] }}', ['[0]']],
		['={{ $json["a?.b"] }}', ['a?.b']],
		['={{ $json[""] }}', ['']],
		['={{ $json["0"] }}', ['0']],
		['={{ $json[0] }}', [0]],
		['={{ $json.rows[10][2] }}', ['rows', 10, 2]],
		['={{ $json.手机 }}', ['手机']],
		['={{ $json.größe.ñandú }}', ['größe', 'ñandú']],
		["={{ $json['🎈'] }}", ['🎈']],
		['={{ $json.𝒳1 }}', ['𝒳1']],
		['={{ $json._id.$oid }}', ['_id', '$oid']],
		['={{ $json.a?.b }}', ['a', 'b']],
		['={{ $json?.a }}', ['a']],
		['={{ $json.a?.[0]?.["b c"] }}', ['a', 0, 'b c']],
		['={{ $json.length }}', ['length']],
		['={{ $json.if.class }}', ['if', 'class']],
	])('%s', (expression, path) => {
		expect(pathInExpression(expression)).toEqual(path);
	});

	it.each([
		'$json.phone',
		'{{ $json.phone }}',
		'=$json.phone',
		'=Hi {{ $json.a }}',
		'={{ $json.a }}!',
		'={{ $json.a }} ',
		'= {{ $json.a }}',
		'={{ $json.a }}{{ $json.b }}',
		'={{ $json.a }} {{ $json.b }}',
		'={{ $json.a.toUpperCase() }}',
		'={{ $json.a() }}',
		'={{ $json.a + 1 }}',
		'={{ -$json.a }}',
		'={{ !$json.a }}',
		'={{ $json.a ?? "b" }}',
		'={{ $json.a, $json.b }}',
		'={{ ($json.a) }}',
		'={{ [$json.a] }}',
		'={{ $json.a; }}',
		'={{ $json.a // b }}',
		"={{ $('Node').item.json.x }}",
		'={{ $node["Node"].json.x }}',
		'={{ $input.item.json.x }}',
		'={{ $json }}',
		'={{ $jsonx.a }}',
		'={{ $json["a" + "b"] }}',
		'={{ $json[$json.a] }}',
		'={{ $json[`a`] }}',
		'={{ $json[-1] }}',
		'={{ $json[1.5] }}',
		'={{ $json[1e2] }}',
		'={{ $json["a\\"b"] }}',
		'={{ $json["\\u0061"] }}',
		"={{ $json['a\\nb'] }}",
		'={{ $json.\\u0061 }}',
		'={{ $json.1a }}',
		'={{ $json.a-b }}',
		'={{ $json.#a }}',
		'={{ $json..a }}',
		'={{ $json.a. }}',
		'={{ $json[] }}',
		'={{ $json.a[ }}',
		'={{ $json["a\'] }}',
		'={{ $json.a }}\n={{ $json.b }}',
		'',
		'=',
		'={{ }}',
	])('is not %j', (expression) => {
		expect(pathInExpression(expression)).toBeUndefined();
	});

	it.each([
		'constructor',
		'__proto__',
		'toString',
		'valueOf',
		'hasOwnProperty',
		'__defineGetter__',
		'__lookupSetter__',
	])('is not one that leads to what every object has: %s', (name) => {
		expect(pathInExpression(`={{ $json.${name} }}`)).toBeUndefined();
		expect(pathInExpression(`={{ $json["${name}"] }}`)).toBeUndefined();
		expect(pathInExpression(`={{ $json.a['${name}'].b }}`)).toBeUndefined();
	});

	it('holds every name that stands in quotes without a backslash', () => {
		const name = fc
			.string({ unit: 'grapheme' })
			.filter((text) => !/["\\]/.test(text) && !(text in {}));
		fc.assert(
			fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
				expect(
					pathInExpression(`={{ $json${names.map((each) => `["${each}"]`).join('')} }}`),
				).toEqual(names);
			}),
		);
	});

	it('is recognized quickly, however long the text is', () => {
		const start = performance.now();
		pathInExpression(`={{ $json${'.a'.repeat(50_000)}! }}`);
		pathInExpression(`={{ $json${'["a"]'.repeat(50_000)}! }}`);
		pathInExpression(`={{ ${' '.repeat(50_000)}! }}`);
		pathInExpression(`={{ $json.a${' '.repeat(50_000)}! }}`);
		// In linear time it takes some milliseconds, in quadratic time seconds of the whole process.
		expect(performance.now() - start).toBeLessThan(1_000);
	});
});

describe('a path as people type it', () => {
	it.each<[string, DataPath]>([
		['phone', ['phone']],
		['  phone ', ['phone']],
		['address.city', ['address', 'city']],
		['customers[0].phone', ['customers', 0, 'phone']],
		['[0]', [0]],
		['["first name"]', ['first name']],
		["a['b.c'].d", ['a', 'b.c', 'd']],
		['first name', ['first name']],
		['Größe in cm', ['Größe in cm']],
		['手机.号码', ['手机', '号码']],
		['a?.b', ['a', 'b']],
		['a-b', ['a-b']],
		['$oid', ['$oid']],
	])('%j', (text, path) => {
		expect(typedPath(text)).toEqual(path);
	});
});

describe('what is at the end of a path', () => {
	const mia = {
		name: 'Mia',
		tags: ['a', { b: 0 }],
		nothing: null,
		empty: '',
		no: false,
		rows: { length: 3 },
	};

	it.each<[DataPath, unknown]>([
		[['name'], 'Mia'],
		[['tags', 0], 'a'],
		[['tags', '0'], 'a'],
		[['tags', 1, 'b'], 0],
		[['tags', 'length'], 2],
		[['rows', 'length'], 3],
		[['tags', 1], { b: 0 }],
		[['nothing'], null],
		[['empty'], ''],
		[['no'], false],
		[[], mia],
		[['missing'], undefined],
		[['missing', 'b', 'c'], undefined],
		[['nothing', 'b'], undefined],
		[['tags', 2], undefined],
		[['tags', 2, 'b'], undefined],
		// Properties that all objects inherit are not the item's.
		[['toString'], undefined],
		[['constructor'], undefined],
		[['constructor', 'name'], undefined],
		[['__proto__'], undefined],
		[['tags', 'map'], undefined],
		// Through a text, a number or false only n8n knows the way.
		[['name', 'length'], UNREADABLE],
		[['name', 0], UNREADABLE],
		[['empty', 'a'], UNREADABLE],
		[['no', 'a'], UNREADABLE],
		[['tags', 1, 'b', 'toFixed'], UNREADABLE],
	])('%j', (path, value) => {
		expect(readPath(mia, path)).toEqual(value);
	});

	class Person {
		name = 'Mia';
	}

	it.each<[string, unknown]>([
		['a date', new Date(0)],
		['an object of a class', new Person()],
		['a map', new Map()],
		['bytes', Buffer.from('a')],
		['a function', () => 'a'],
	])('is for n8n to say when it is %s, or behind it', (what, value) => {
		if (what !== 'a function') expect(readPath({ a: value }, ['a'])).toBe(UNREADABLE);
		expect(readPath({ a: value }, ['a', 'name'])).toBe(UNREADABLE);
		expect(readPath({ a: [value] }, ['a', 0, 'x', 'y'])).toBe(UNREADABLE);
	});

	it('is read also from what another realm made, as Code nodes do, and from objects without a prototype', () => {
		const foreign: unknown = runInContext(
			'({ a: [{ b: "Mia" }], at: new Date(0) })',
			createContext(),
		);
		expect(readPath(foreign, ['a', 0, 'b'])).toBe('Mia');
		expect(readPath(foreign, ['at'])).toBe(UNREADABLE);
		expect(readPath(Object.assign(Object.create(null), { a: 'Mia' }), ['a'])).toBe('Mia');
	});

	it('is its own, be it called __proto__', () => {
		expect(readPath(JSON.parse('{"__proto__": {"a": "Mia"}}'), ['__proto__', 'a'])).toBe('Mia');
		expect(readPath({}, ['__proto__', 'constructor'])).toBeUndefined();
	});

	it('is what plain JavaScript gives, for whatever JSON holds', () => {
		const step = fc.oneof(fc.constantFrom('a', 'b', 'length'), fc.nat(3));
		const data = fc.letrec((tie) => ({
			value: fc.oneof(
				{ maxDepth: 5 },
				fc.constantFrom(null, 'text', 1, true),
				fc.dictionary(fc.constantFrom('a', 'b', 'length', '0'), tie('value')),
				fc.array(tie('value'), { maxLength: 3 }),
			),
		})).value;
		fc.assert(
			fc.property(data, fc.array(step, { maxLength: 5 }), (value, path) => {
				const read = readPath(value, path);
				if (read === UNREADABLE) return;
				expect(read).toBe(
					path.reduce<unknown>(
						(part, each) => (part as Record<string | number, unknown> | undefined | null)?.[each],
						value,
					),
				);
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe('a field that a user has named', () => {
	it.each<[string, unknown, unknown]>([
		['phone', { phone: '1' }, '1'],
		['a.b', { a: { b: 'nested' } }, 'nested'],
		['a.b', { 'a.b': 'own', a: { b: 'nested' } }, 'own'],
		['a.b', { 'a.b': undefined, a: { b: 'nested' } }, undefined],
		['rows[0]', { rows: ['first'], 'rows[0]': 'own' }, 'own'],
		['rows[0]', { rows: ['first'] }, 'first'],
		[' phone ', { phone: '1' }, '1'],
		['missing', { phone: '1' }, undefined],
		['toString', {}, undefined],
		['phone', 'a text', undefined],
		['phone', null, undefined],
		['phone', undefined, undefined],
		['name.length', { name: 'Mia' }, undefined],
		['at', { at: new Date(0) }, undefined],
	])('%j of %j', (name, data, value) => {
		// A field of its own is handed over as it is, whatever it holds.
		if (name === 'at') expect(readField(data, name)).toEqual(new Date(0));
		else expect(readField(data, name)).toEqual(value);
	});
});
