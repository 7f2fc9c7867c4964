import { UserIssue, quote } from '../util/userIssue';
import { isOwnFile, unguarded } from './csvRow';
import {
	linesHave,
	lostCharacters,
	tooLong,
	type FileEntry,
	type FileForm,
	type RecordReader,
} from './entry';
import { TextWindow, type Finder } from './textWindow';

const DELIMITERS = [',', ';', '\t', '|'];

const delimiterName = (delimiter: string) => (delimiter === '\t' ? 'a tab' : quote(delimiter));

const isBlank = (cell: string) => cell.trim() === '';

/**
 * The delimiter of a header: of the usual ones, the one that it has most of outside quotes.
 * @throws UserIssue if there are two
 */
function detectDelimiter(text: string): string {
	const counts = new Map(DELIMITERS.map((delimiter) => [delimiter, 0]));
	let isQuoted = false;
	for (const character of text) {
		if (character === '"') isQuoted = !isQuoted;
		else if (!isQuoted && (character === '\n' || character === '\r')) break;
		const count = counts.get(character);
		if (count !== undefined && !isQuoted) counts.set(character, count + 1);
	}
	const most = Math.max(...counts.values());
	const [delimiter, other] = DELIMITERS.filter((each) => counts.get(each) === most);
	if (most > 0 && other !== undefined) {
		throw new UserIssue(
			'It is unclear what separates the columns',
			`The header has as many of ${delimiterName(delimiter)} as of ${delimiterName(other)}. Choose the right one under Delimiter.`,
		);
	}
	return most > 0 ? delimiter : ',';
}

/** A phone number where a column's name is expected. */
const isPhoneNumber = (name: string) =>
	/^[+\d ().-]+$/.test(name) && name.replace(/\D/g, '').length >= 8;

/** The names of the columns. @throws UserIssue for a header that doesn't name them */
function columnsOf(cells: readonly string[], line: number): string[] {
	const names = cells.map((cell) => cell.trim());
	// Spreadsheets write columns that are formatted and empty.
	while (names.length > 0 && names[names.length - 1] === '') names.pop();
	if (names.length === 0)
		throw new UserIssue(
			'The columns have no names',
			`Line ${line} is the header, but it is blank. Name the columns there.`,
		);
	const number = names.find(isPhoneNumber);
	if (number !== undefined) {
		throw new UserIssue(
			'The file has no header',
			`Line ${line} has ${quote(number)} where the name of a column is expected. Insert a line with the names of the columns above it.`,
		);
	}
	const columns = names.map((name, index) => name || `Column ${index + 1}`);
	const twice = columns.find((name, index) => columns.indexOf(name) < index);
	if (twice !== undefined) {
		throw new UserIssue(
			`There are two columns ${quote(twice)}`,
			`Rename one of them in line ${line}.`,
		);
	}
	// As a key of an object it would not be a value.
	if (columns.includes('__proto__'))
		throw new UserIssue('A column is named "__proto__"', `Rename it in line ${line}.`);
	return columns;
}

/** A row's cells, and where its last line ends. */
interface Row {
	cells: string[];
	end: number;
}

/** Where a quote stands that is not closed yet, or not where a value ends. */
interface OpenQuote {
	quoteAt: number;
	mayClose: boolean;
}

const CLOSE_QUOTE =
	'Close it where the value ends. If it is part of the value, write it twice ("") and put the value in double quotes.';

/**
 * Reads CSV as RFC 4180 has it, with any line ends and any delimiter. A quote is special only where a value begins, and
 * blanks may stand before and after a value in quotes. Lines without any value are skipped. What is missing at the
 * end of a row is empty.
 *
 * A quote that is not closed makes nothing unreadable but the lines up to its own: reading goes on with the line after.
 */
export class CsvReader implements RecordReader {
	form: (FileForm & { format: 'csv' }) | undefined;
	private readonly window = new TextWindow();
	private readonly quotes = this.window.finder('"');
	private delimiters: Finder | undefined;
	private isOwnFile = false;
	/** After a quote that is not closed, a row that is too short could be the rest of its value. */
	private mayBeWithinValue = false;

	/** @param delimiter undefined to detect it */
	constructor(private delimiter?: string) {}

	read(text: string, isLast: boolean): FileEntry[] {
		const { window } = this;
		window.add(text, isLast);
		const entries: FileEntry[] = [];
		while (!window.isEmpty) {
			const entry = this.next();
			if (entry === 'needsMore') break;
			if (entry === 'nothing') continue;
			if (!this.form && 'issue' in entry) throw entry.issue;
			entries.push(entry);
		}
		return entries;
	}

	private next(): FileEntry | 'nothing' | 'needsMore' {
		const { window } = this;
		const { at, line } = window;
		const lineEnd = window.lineEnd(at);
		if (lineEnd === at || (!this.delimiters && this.namesDelimiter(lineEnd))) {
			window.skipLine();
			return 'nothing';
		}
		const row = this.rowAt(at, lineEnd);
		if (row && 'cells' in row) {
			const lastLine = line + (row.end === lineEnd ? 0 : window.lineEnds(at, row.end));
			const isLost = window.hasLostCharacters(at, row.end);
			window.take(row.end, lastLine - line + 1);
			return isLost ? lostCharacters(line, lastLine) : this.entryOf(row.cells, line, lastLine);
		}
		if (!window.isTooLong && (!row || row.mayClose)) return 'needsMore';
		if (row) return this.openQuote(row.quoteAt);
		this.mayBeWithinValue = true;
		window.skipLine();
		return tooLong(line);
	}

	/** Takes the lines up to that of a quote that is not closed. */
	private openQuote(quoteAt: number): FileEntry | 'needsMore' {
		const { window } = this;
		const { at, line } = window;
		const lineEnd = window.lineEnd(quoteAt);
		if (lineEnd === undefined && !window.isTooLong) return 'needsMore';
		this.mayBeWithinValue = true;
		const lastLine = line + window.lineEnds(at, quoteAt);
		window.at = quoteAt;
		window.line = lastLine;
		window.skipLine();
		const issue = new UserIssue(`A quote in line ${lastLine} is not closed`, CLOSE_QUOTE);
		return { line, lastLine, issue };
	}

	/** Finds out the delimiter. Whether the first line only names it, as in Excel's "sep=;". */
	private namesDelimiter(lineEnd: number | undefined): boolean {
		const { window } = this;
		const named = /^"?sep=(.)"?$/i.exec(window.text.slice(window.at, lineEnd))?.[1];
		this.delimiter ??= named ?? detectDelimiter(window.text.slice(window.at));
		this.delimiters = window.finder(this.delimiter);
		return named !== undefined;
	}

	/** The row at a position; undefined if only more text can tell. */
	private rowAt(at: number, lineEnd: number | undefined): Row | OpenQuote | undefined {
		const { text } = this.window;
		if (this.quotes.from(text, at) < (lineEnd ?? text.length)) return this.quotedRow(at);
		if (lineEnd === undefined) return undefined;
		const cells: string[] = [];
		for (let position = at; ;) {
			const end = Math.min(this.delimiters!.from(text, position), lineEnd);
			cells.push(text.slice(position, end));
			if (end === lineEnd) return { cells, end };
			position = end + 1;
		}
	}

	private quotedRow(at: number): Row | OpenQuote | undefined {
		const { text, isLast } = this.window;
		const cells: string[] = [];
		for (let position = at; ;) {
			const start = this.skipBlanks(position);
			if (text[start] !== '"') {
				const end = Math.min(
					this.delimiters!.from(text, position),
					this.window.lineEnd(position) ?? text.length,
				);
				if (end === text.length && !isLast) return undefined;
				cells.push(text.slice(position, end));
				if (text[end] !== this.delimiter) return { cells, end };
				position = end + 1;
				continue;
			}
			const close = this.closingQuote(start + 1);
			if (close === undefined) return { quoteAt: start, mayClose: !isLast };
			const after = this.skipBlanks(close + 1);
			if (after === text.length && !isLast) return undefined;
			const value = text.slice(start + 1, close);
			cells.push(value.includes('"') ? value.replaceAll('""', '"') : value);
			if (text[after] !== this.delimiter) {
				const lineEnd = this.window.lineEnd(after);
				if (lineEnd === undefined) return undefined;
				return lineEnd === after ? { cells, end: after } : { quoteAt: start, mayClose: false };
			}
			position = after + 1;
		}
	}

	/** Where a value in quotes ends; undefined if it doesn't end in the text so far. */
	private closingQuote(from: number): number | undefined {
		const { text, isLast } = this.window;
		for (let position = from; ;) {
			const quoteAt = this.quotes.from(text, position);
			const isPair = text[quoteAt + 1] === '"';
			if (!isPair) return quoteAt < text.length - (isLast ? 0 : 1) ? quoteAt : undefined;
			position = quoteAt + 2;
		}
	}

	private skipBlanks(position: number): number {
		while (this.window.text[position] === ' ') position++;
		return position;
	}

	private entryOf(cells: string[], line: number, lastLine: number): FileEntry | 'nothing' {
		if (!this.form) {
			if (cells.length === 1 && isBlank(cells[0])) return 'nothing';
			const names = columnsOf(cells, line);
			this.isOwnFile = isOwnFile(names);
			const columns = this.isOwnFile ? names.map(unguarded) : names;
			this.form = { format: 'csv', columns, delimiter: this.delimiter as string };
			return 'nothing';
		}
		if (cells.every(isBlank)) return 'nothing';
		const { columns, delimiter } = this.form;
		const failed = (difference: string, advice: string): FileEntry => ({
			line,
			lastLine,
			issue: new UserIssue(
				`${linesHave(line, lastLine)} ${difference} values than the header`,
				`Got ${cells.length}, but the header has ${columns.length}. ${advice}`,
			),
		});
		if (cells.length < columns.length) {
			if (this.mayBeWithinValue)
				return failed(
					'fewer',
					'After a quote that is not closed, this may be the rest of its value.',
				);
		} else if (cells.slice(columns.length).every(isBlank)) {
			this.mayBeWithinValue = false;
		} else {
			const separator = delimiterName(delimiter);
			return failed('more', `If a value contains ${separator}, put the value in double quotes.`);
		}
		const record: Record<string, string> = {};
		for (let index = 0; index < columns.length; index++) {
			const cell = cells[index] ?? '';
			record[columns[index]] = this.isOwnFile ? unguarded(cell) : cell;
		}
		return { line, record };
	}
}
