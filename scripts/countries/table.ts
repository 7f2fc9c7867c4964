import { Metadata, type CountryCode } from 'libphonenumber-js/core';
import examples from 'libphonenumber-js/examples.mobile.json';
import parsePhoneNumber from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json';

import type { Country } from '../../credentials/countries';

/** Makes the table of credentials/countries.ts from Google's libphonenumber, as libphonenumber-js carries its metadata. */

/** The strings of a pattern, told by their first digit and length. */
interface Shape {
	first: string;
	length: number;
}

const distinct = (shapes: Shape[]) => [
	...new Map(shapes.map((shape) => [`${shape.first}/${shape.length}`, shape])).values(),
];

const joined = (left: Shape[], right: Shape[]) =>
	distinct(
		left.flatMap((a) =>
			right.map((b) => ({ first: a.first || b.first, length: a.length + b.length })),
		),
	);

const EMPTY: Shape[] = [{ first: '', length: 0 }];

/** The shapes of a pattern of libphonenumber: digits, classes, groups, alternatives, counts. @throws Error for others */
export function shapesOf(pattern: string): Shape[] {
	const tokens = pattern.match(/\(\?:|\[[\d-]+\]|\\d|\{\d+(?:,\d+)?\}|[\d|)?]/g) ?? [];
	if (tokens.join('') !== pattern) throw new Error(`Unknown pattern ${pattern}`);
	const oneOf = (digits: RegExp) =>
		[...'0123456789'].filter((each) => digits.test(each)).map((first) => ({ first, length: 1 }));
	const atom = (token: string) => {
		if (token !== '(?:') return oneOf(new RegExp(token));
		const inside = alternatives();
		tokens.shift();
		return inside;
	};
	const counted = (shapes: Shape[]) => {
		const [, least, most = least] = /^\{(\d+)(?:,(\d+))?\}$/.exec(tokens[0] ?? '') ?? [];
		const [from, to] = tokens[0] === '?' ? [0, 1] : [Number(least ?? 1), Number(most ?? 1)];
		if (least !== undefined || tokens[0] === '?') tokens.shift();
		let repeated = EMPTY;
		const all: Shape[] = from === 0 ? EMPTY : [];
		for (let count = 1; count <= to; count++) {
			repeated = joined(repeated, shapes);
			if (count >= from) all.push(...repeated);
		}
		return all;
	};
	const sequence = () => {
		let shapes = EMPTY;
		while (tokens.length > 0 && tokens[0] !== '|' && tokens[0] !== ')')
			shapes = joined(shapes, counted(atom(tokens.shift()!)));
		return shapes;
	};
	const alternatives = (): Shape[] => {
		const shapes = sequence();
		while (tokens[0] === '|') {
			tokens.shift();
			shapes.push(...sequence());
		}
		return distinct(shapes);
	};
	return alternatives();
}

/** The numbers of a country; libphonenumber-js declares other types for it. */
interface NumberingPlan {
	callingCode(): string;
	pattern(): string;
	type(name: 'FIXED_LINE' | 'MOBILE'): { pattern(): string } | undefined;
}

/** First digits of the country's mobile numbers, by length. Some countries tell mobile numbers from no others. */
function mobileOf(plan: NumberingPlan): Record<number, string> {
	const pattern =
		plan.type('MOBILE')?.pattern() || plan.type('FIXED_LINE')?.pattern() || plan.pattern();
	const mobile: Record<number, string> = {};
	for (const { first, length } of shapesOf(pattern))
		mobile[length] = [...new Set(`${mobile[length] ?? ''}${first}`)].sort().join('');
	return mobile;
}

/** The digits that libphonenumber takes off the country's example number when they stand before it. */
function trunkPrefixesOf(code: CountryCode, callingCode: string): string[] {
	const national = examples[code];
	const isTrunk = (prefix: string) =>
		!prefix.startsWith(callingCode) &&
		parsePhoneNumber(prefix + national, code)?.number === `+${callingCode}${national}`;
	const candidates = Array.from({ length: 100 }, (_each, index) => String(index).padStart(2, '0'));
	return [...'0123456789', ...candidates].filter(isTrunk);
}

/** The table, without the names of the countries. */
export function makeTable(): Array<Omit<Country, 'name'>> {
	const plans = new Metadata(metadata);
	return (Object.keys(examples) as CountryCode[]).map((code) => {
		plans.selectNumberingPlan(code);
		const plan = plans.numberingPlan as unknown as NumberingPlan;
		const callingCode = plan.callingCode();
		return {
			code,
			callingCode,
			trunkPrefixes: trunkPrefixesOf(code, callingCode),
			mobile: mobileOf(plan),
		};
	});
}
