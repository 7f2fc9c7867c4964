import fc from 'fast-check';
import Papa from 'papaparse';

import { toCsvRow } from '../../../nodes/shared/file/csvRow';
import { readFile } from '../../support/files';

it.each([
	['=1+1', "'=1+1"],
	['@SUM(A1)', "'@SUM(A1)"],
	['+cmd|x', '"\'+cmd|x"'],
	['- 20% off', "'- 20% off"],
	['\t=1', '"\'\t=1"'],
	['\r=1', '"\'\r=1"'],
	['＝1', "'＝1"],
	["'=1", "''=1"],
	// Numbers, which have to stay usable.
	['+65 9123 4567', '+65 9123 4567'],
	['+1 (415) 555-0100', '+1 (415) 555-0100'],
	['-12.5', '-12.5'],
	// A dash for nothing.
	['-', '-'],
	// Everything else.
	['a=1', 'a=1'],
	["'tis", "'tis"],
	['a "b"', '"a ""b"""'],
	[' a', '" a"'],
	['a\nb', '"a\nb"'],
	// Where Excel cuts at semicolons, what follows would be a formula.
	['a;=1', '"a;=1"'],
	['', ''],
])('writes %j as %j', (cell, written) => {
	expect(toCsvRow([cell])).toBe(`${written}\r\n`);
});

const cell = fc
	.oneof(
		fc.string({ unit: 'grapheme' }),
		fc.string({ unit: fc.constantFrom(...'\'=+-@\t\r\n",; 1a') }),
	)
	// Of these, the reader says that they were lost.
	.filter((text) => !/[\0\ufffd]/.test(text));

it('writes files that are read as they were, and in which nothing is a formula', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }),
			fc.constantFrom(',', ';', '\t', '|'),
			async (rows, delimiter) => {
				const all = rows.map((row, index) => [String(index), ...row, 'rejected', 'apiRefused', '']);
				const header = ['id', '@a', 'b', 'outcome', 'cause', 'reason'];
				const text = [header, ...all].map((row) => toCsvRow(row, delimiter)).join('');
				const read = await readFile(`\ufeff${text}`);
				expect(read.columns).toEqual(header);
				expect(read.records.map(Object.values)).toEqual(all);
				expect(read.issues).toEqual([]);
				const cells = Papa.parse<string[]>(text, { delimiter, newline: '\r\n' }).data.flat();
				const formulas = cells.filter((value) => /^[=+\-@\t\r]/.test(value));
				expect(formulas.filter((value) => !/^[-+\d ().]+$/.test(value))).toEqual([]);
			},
		),
	);
});

it("leaves other people's apostrophes", async () => {
	expect((await readFile("to,name\n1,'=1\n")).records).toEqual([{ to: '1', name: "'=1" }]);
});
