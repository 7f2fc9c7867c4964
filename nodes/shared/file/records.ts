import { UserIssue } from '../util/userIssue';
import { CsvReader } from './csv';
import { decoded, type FileEncoding } from './decode';
import type { FileEntry, FileForm, RecordReader } from './entry';
import { unpacked } from './gunzip';
import { NdjsonReader } from './ndjson';

/** How a file is read. By default, everything is detected. */
export interface FileOptions {
	/** `auto` is newline-delimited JSON if the file begins with an object, and CSV otherwise. */
	format?: 'auto' | FileForm['format'];
	encoding?: FileEncoding;
	/** One character between the columns of a CSV file. */
	delimiter?: string;
}

/** Records that were read together. There is at least one. */
export interface FileBatch {
	form: FileForm;
	entries: FileEntry[];
}

const ONE_PER_LINE =
	'Write one object per line, without brackets around all and commas between them: {"to": "+65 9123 4567", "name": "Mia"}';

/** @throws UserIssue for text that is neither CSV nor newline-delimited JSON */
function readerFor(text: string, { format = 'auto', delimiter }: FileOptions): RecordReader {
	const [first = '', next = ''] = /\S\s*/.exec(text)?.[0] ?? '';
	if (delimiter !== undefined && !/^[^"\r\n ]$/.test(delimiter))
		throw new UserIssue('Delimiter is not one character', 'Use e.g. a comma or a semicolon.');
	if (first === '[' && format !== 'csv')
		throw new UserIssue('The file is a JSON list', ONE_PER_LINE);
	if (first === '{' && /[\r\n]/.test(next) && format !== 'csv')
		throw new UserIssue('The file has a JSON object of several lines', ONE_PER_LINE);
	if (first === '<')
		throw new UserIssue(
			'The file is HTML or XML',
			'It may be the page of a sign-in instead of the file. Use a CSV file, or one JSON object per line.',
		);
	const isJson = format === 'auto' ? first === '{' : format === 'ndjson';
	return isJson ? new NdjsonReader() : new CsvReader(delimiter);
}

/**
 * Reads the records of a CSV file or of newline-delimited JSON, also compressed with gzip. Memory doesn't grow with the
 * file: whoever keeps a value for long should copy it, because it is a slice of the text around it.
 *
 * A line that cannot be read is an entry with its issue; every line is in an entry, except blank ones.
 * @throws UserIssue for a file that cannot be read, or not to its end; then all records before have been delivered
 */
export async function* readRecords(
	chunks: AsyncIterable<Uint8Array>,
	options: FileOptions = {},
): AsyncGenerator<FileBatch> {
	let reader: RecordReader | undefined;
	let hasEntries = false;
	const read = (text: string, isLast: boolean): FileBatch[] => {
		reader ??= readerFor(text, options);
		const entries = reader.read(text, isLast);
		hasEntries ||= entries.length > 0;
		return reader.form && entries.length > 0 ? [{ form: reader.form, entries }] : [];
	};
	for await (const text of decoded(unpacked(chunks), options.encoding ?? 'auto'))
		yield* read(text, false);
	yield* read('', true);
	if (hasEntries) return;
	throw reader?.form?.format === 'csv'
		? new UserIssue(
				'The file has no recipients',
				'It has the names of the columns, but no line below.',
			)
		: new UserIssue('The file is empty', 'It has no recipients to send to.');
}
