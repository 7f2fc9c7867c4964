/**
 * The readers beside papaparse and csv-parse, on their test files and on generated ones, with any cut between pieces; and
 * whatever a file holds, no line is lost without a word.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import Papa from 'papaparse';

import { CsvReader } from '../../../nodes/shared/file/csv';
import type { FileEntry, RecordReader } from '../../../nodes/shared/file/entry';
import { NdjsonReader } from '../../../nodes/shared/file/ndjson';
import { PIECE_BYTES } from '../../../nodes/shared/file/pieces';
import { readFile } from '../../support/files';

/** What a reader makes of a text that comes in pieces, cut at places. */
function readPieces(reader: RecordReader, text: string, cuts: readonly number[] = []): FileEntry[] {
	const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b)];
	const entries = places.flatMap((place, index) =>
		reader.read(text.slice(place, places[index + 1]), false),
	);
	return [...entries, ...reader.read('', true)];
}

const inWords = (entries: FileEntry[]) =>
	entries.map((entry) => ('issue' in entry ? { ...entry, issue: entry.issue.title } : entry));

const isBlank = (row: readonly string[]) => row.every((cell) => cell.trim() === '');

/** Rows without the blank ones, and with as many cells as the longest. */
function completed(rows: readonly string[][]): string[][] {
	const width = Math.max(...rows.map((row) => row.length));
	return rows
		.filter((row) => !isBlank(row))
		.map((row) => [...row, ...Array<string>(width - row.length).fill('')]);
}

const headerOf = (columns: number, delimiter = ',') =>
	Array.from({ length: columns }, (_each, index) => `c${index}`).join(delimiter);

const valuesOf = (entries: FileEntry[]) =>
	entries.map((entry) => ('record' in entry ? Object.values(entry.record) : entry.issue.title));

describe('the files of csv-spectrum', () => {
	const folder = path.dirname(require.resolve('csv-spectrum/package.json'));
	const names = readdirSync(path.join(folder, 'csvs')).map((file) => path.parse(file).name);

	const bytesOf = (name: string) => readFileSync(path.join(folder, 'csvs', `${name}.csv`));

	// Its degree signs were lost before it came here.
	const LOST = 'location_coordinates';

	it.each(names.filter((name) => name !== LOST))('%s', async (name) => {
		const { records, issues, end } = await readFile(bytesOf(name));
		const expected: unknown = JSON.parse(
			readFileSync(path.join(folder, 'json', `${name}.json`), 'utf8'),
		);
		expect(records).toEqual(expected);
		expect(issues).toEqual([]);
		expect(end).toBeUndefined();
	});

	it(LOST, async () => {
		const { columns, issues } = await readFile(bytesOf(LOST));
		expect(columns).toContain('Location Coordinates');
		expect(issues).toEqual(['2: Line 2 has characters that were lost']);
	});
});

describe("papaparse's own cases", () => {
	interface Case {
		description: string;
		input: string;
		config?: Record<string, unknown>;
		expected: { data: string[][]; errors: unknown[] };
	}
	const file = path.join(path.dirname(require.resolve('papaparse')), 'tests/test-cases.js');
	// They are the variables of a script for browsers.
	const describe = Object.assign(() => undefined, { skip: () => undefined });
	const script = createContext({ Papa, chai: { assert: {} }, describe });
	runInContext(readFileSync(file, 'utf8'), script);
	const cases = (script as { CORE_PARSER_TESTS: Case[] }).CORE_PARSER_TESTS.filter(
		({ description, input, config = {} }) =>
			// Read as it is meant: the blanks are none of the value, and the quotes are quotes.
			description !== 'Quoted field with whitespace around quotes' &&
			Object.keys(config).every((key) => key === 'delimiter') &&
			!input.includes('\0'),
	);

	it('are found', () => expect(cases.length).toBeGreaterThan(30));

	it.each(cases.map((each) => [each.description, each] as const))('%s', (_what, each) => {
		const given = each.config?.delimiter ?? ',';
		const delimiter = typeof given === 'string' && given.length === 1 ? given : ',';
		const { data, errors } = each.expected;
		const columns = Math.max(...data.map((row) => row.length), 1);
		const text = `${headerOf(columns, delimiter)}\n${each.input}`;
		const read = valuesOf(readPieces(new CsvReader(delimiter), text));
		if (errors.length === 0)
			expect(read).toEqual(
				completed([[...Array<string>(columns).fill('')], ...data.map((row) => Array.from(row))]),
			);
		else expect(read.some((row) => typeof row === 'string')).toBe(true);
	});
});

const character = fc.constantFrom(
	'"',
	',',
	';',
	'\n',
	'\r',
	'\r\n',
	' ',
	"'",
	'a',
	'1',
	'é',
	'王',
	'😀',
	'\t',
);
const cell = fc.array(character, { maxLength: 6 }).map((characters) => characters.join(''));
const table = fc.integer({ min: 1, max: 4 }).chain((columns) =>
	fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
		minLength: 1,
		maxLength: 6,
	}),
);
const cuts = fc.array(fc.nat(120), { maxLength: 12 });

/** A cell as anyone may write it: in quotes if need be, or always. */
const written = (value: string, delimiter: string, always: boolean) =>
	always || /^ |["\r\n]/.test(value) || value.includes(delimiter)
		? `"${value.replaceAll('"', '""')}"`
		: value;

describe('a file that is well-formed', () => {
	it('is read as csv-parse reads it, wherever it is cut', () => {
		fc.assert(
			fc.property(
				table,
				fc.constantFrom(',', ';', '\t', '|'),
				fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
				fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 8, maxLength: 8 }),
				cuts,
				(rows, delimiter, always, lineEnds, places) => {
					const lines = [headerOf(rows[0].length, delimiter).split(delimiter), ...rows].map(
						(row, y) =>
							row.map((value, x) => written(value, delimiter, always[y * 4 + x])).join(delimiter),
					);
					const text = lines.map((line, y) => line + lineEnds[y]).join('');
					const expected = parse(text, {
						delimiter,
						record_delimiter: ['\r\n', '\n', '\r'],
						skip_empty_lines: true,
						relax_column_count: true,
						from: 2,
					}) as unknown as string[][];
					const read = readPieces(new CsvReader(delimiter), text, places);
					expect(valuesOf(read)).toEqual(expected.filter((row) => !isBlank(row)));
					expect(valuesOf(read)).toEqual(rows.filter((row) => !isBlank(row)));
				},
			),
			{ numRuns: 1500 },
		);
	});

	it('is read as papaparse reads it, of any length and in any encoding', async () => {
		const long = fc.array(cell, { minLength: 2, maxLength: 2 });
		await fc.assert(
			fc.asyncProperty(
				fc.array(long, { minLength: 1, maxLength: 20 }),
				fc.constantFrom('utf8', 'utf16le', 'utf16be'),
				fc.constantFrom('\n', '\r\n'),
				fc.nat(40),
				async (rows, encoding, newline, shift) => {
					// What is cut between two pieces are the generated rows.
					const filler = ['x'.repeat(PIECE_BYTES / (encoding === 'utf8' ? 1 : 2) - shift), ''];
					const text = Papa.unparse({ fields: ['c0', 'c1'], data: [filler, ...rows] }, { newline });
					const expected = Papa.parse<string[]>(text, { delimiter: ',', newline }).data.slice(2);
					const { records, issues } = await readFile(
						iconv.encode(text, encoding, { addBOM: true }),
					);
					expect(records.slice(1).map(Object.values)).toEqual(
						expected.filter((row) => !isBlank(row)),
					);
					expect(issues).toEqual([]);
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe('whatever a file holds', () => {
	/** Lines of garbage, in each of which stands a word of its own. */
	const garbage = fc
		.array(fc.tuple(cell, cell, fc.constantFrom('\n', '\r\n', '\r')), {
			minLength: 1,
			maxLength: 12,
		})
		.map((lines) =>
			lines.map(([before, after, end], index) => `${before}<${index}>${after}${end}`).join(''),
		);
	const lineOf = (text: string, position: number) =>
		text.slice(0, position).split(/\r\n|\r|\n/).length;

	it('no line is lost, and cuts change nothing', () => {
		let broken = 0;
		fc.assert(
			fc.property(garbage, cuts, (rows, places) => {
				const text = `c0,c1,c2\n${rows}`;
				const entries = readPieces(new CsvReader(','), text);
				expect(inWords(readPieces(new CsvReader(','), text, places))).toEqual(inWords(entries));
				const values = entries
					.flatMap((entry) => ('record' in entry ? Object.values(entry.record) : []))
					.join('\n');
				for (const { 0: word, index } of text.matchAll(/<\d+>/g)) {
					const line = lineOf(text, index);
					const isTold = entries.some(
						(entry) => 'issue' in entry && entry.line <= line && line <= entry.lastLine,
					);
					broken += isTold ? 1 : 0;
					expect(isTold || values.includes(word)).toBe(true);
				}
				// In order, none of them twice.
				const starts = entries.map(({ line }) => line);
				expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
			}),
			{ numRuns: 1500 },
		);
		expect(broken).toBeGreaterThan(500);
	});

	it('bytes of any kind are read or refused in words', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.uint8Array({ maxLength: 200 }),
				fc.constantFrom(
					'auto' as const,
					'utf8' as const,
					'utf16' as const,
					'gbk' as const,
					'windows1252' as const,
				),
				async (bytes, encoding) => {
					const { records, issues, end } = await readFile(bytes, { encoding });
					expect(records.length + issues.length > 0 || end !== undefined).toBe(true);
				},
			),
			{ numRuns: 2000 },
		);
	});
});

it('newline-delimited JSON is read as JSON.parse reads each line, but for long numbers, wherever it is cut', () => {
	const object = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));
	const broken = fc.constantFrom('', '{', '[1]', '"a"', '{"a":1}{"b":2}');
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.oneof(object, broken), fc.constantFrom('\n', '\r\n', '\r')), {
				minLength: 1,
			}),
			cuts,
			(lines, places) => {
				const text = lines.flat().join('');
				const expected = text.split(/\r\n|\r|\n/).flatMap((line, index) => {
					if (line === '') return [];
					try {
						const value: unknown = JSON.parse(line, (_key, each: unknown) =>
							typeof each === 'number' && /^-?\d{16,}$/.test(String(each)) ? String(each) : each,
						);
						const isObject = typeof value === 'object' && !Array.isArray(value);
						return [isObject ? { line: index + 1, record: value } : { line: index + 1 }];
					} catch {
						return [{ line: index + 1 }];
					}
				});
				const read = readPieces(new NdjsonReader(), text, places);
				expect(read.map((entry) => ('record' in entry ? entry : { line: entry.line }))).toEqual(
					expected,
				);
			},
		),
		{ numRuns: 1000 },
	);
});
