import { formatCount } from '../util/format';
import { UserIssue } from '../util/userIssue';
import { MAX_RECORD_CHARACTERS } from './textWindow';

/** A record, and the line where it begins, counted from 1 like in a text editor. */
export interface FileRecord {
	line: number;
	record: Record<string, unknown>;
}

/** Lines that hold no record. */
export interface UnreadableLines {
	line: number;
	lastLine: number;
	issue: UserIssue;
}

export type FileEntry = FileRecord | UnreadableLines;

/** What a file is, as far as its beginning tells. */
export type FileForm =
	{ format: 'csv'; columns: readonly string[]; delimiter: string } | { format: 'ndjson' };

/** Reads the records of one format. Text comes piece by piece; a record is read once all of it is there. */
export interface RecordReader {
	/** Undefined until the header is read. */
	readonly form: FileForm | undefined;
	/** @throws UserIssue for what makes all of the file unreadable */
	read(text: string, isLast: boolean): FileEntry[];
}

/** "Line 7 has", "Lines 7 to 9 have" */
export const linesHave = (line: number, lastLine: number) =>
	line === lastLine ? `Line ${line} has` : `Lines ${line} to ${lastLine} have`;

export const tooLong = (line: number): UnreadableLines => ({
	line,
	lastLine: line,
	issue: new UserIssue(
		`Line ${line} is longer than ${formatCount(MAX_RECORD_CHARACTERS)} characters`,
		'No recipient needs that much. Check how the file was written.',
	),
});

export const lostCharacters = (line: number, lastLine: number): UnreadableLines => ({
	line,
	lastLine,
	issue: new UserIssue(
		`${linesHave(line, lastLine)} characters that were lost`,
		'They are not valid in the encoding of the file, or were already lost when it was written (�). Type them again, or write the file again.',
	),
});
