import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

import { makeTable } from './table';

/** Writes credentials/countries.ts. */

const FILE = join(__dirname, '../../credentials/countries.ts');

const long = new Intl.DisplayNames('en', { type: 'region' });
const short = new Intl.DisplayNames('en', { type: 'region', style: 'short' });

/** Countries whose short name in the Unicode CLDR is the usual one, e.g. Hong Kong for Hong Kong SAR China. */
const SHORT = ['HK', 'MM', 'MO', 'PS'];

const rows = makeTable()
	.map(({ code, callingCode, trunkPrefixes, mobile }) => {
		const name = (SHORT.includes(code) ? short : long).of(code)!;
		const texts = [code, name, callingCode, trunkPrefixes.join(' ')].map((text) =>
			JSON.stringify(text),
		);
		const lengths = Object.entries(mobile).map(([length, first]) => `${length}: '${first}'`);
		return { name, row: `\t[${texts.join(', ')}, { ${lengths.join(', ')} }],` };
	})
	.sort((left, right) => left.name.localeCompare(right.name, 'en'))
	.map(({ row }) => row);

const SOURCE = `/**
 * The countries that a phone number without a country code can belong to. Made by "npm run countries" from the metadata
 * of Google's libphonenumber (Apache-2.0), as libphonenumber-js carries it, and from the names of the Unicode CLDR.
 */

/** How the mobile numbers of a country are written; where no others can be told from them, as in the USA, all numbers. */
export interface Country {
	/** ISO 3166-1 alpha-2. */
	code: string;
	name: string;
	callingCode: string;
	/** What people there write before a number of their own country, e.g. 0. */
	trunkPrefixes: readonly string[];
	/** The first digits that a mobile number can have, by its length without calling code and trunk prefix. */
	mobile: Readonly<Record<number, string>>;
}

type Row = [
	code: string,
	name: string,
	callingCode: string,
	trunkPrefixes: string,
	mobile: Record<number, string>,
];

const ROWS: Row[] = [
${rows.join('\n')}
];

export const COUNTRIES: readonly Country[] = ROWS.map(
	([code, name, callingCode, trunkPrefixes, mobile]) => ({
		code,
		name,
		callingCode,
		trunkPrefixes: trunkPrefixes.split(' ').filter(Boolean),
		mobile,
	}),
);
`;

async function main(): Promise<void> {
	const options = await resolveConfig(FILE);
	writeFileSync(FILE, await format(SOURCE, { ...options, filepath: FILE }));
}

void main();
