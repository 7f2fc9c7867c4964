import { parseExact, parseJson } from '../parameters/json';
import { isObject } from '../util/json';
import { UserIssue, quote } from '../util/userIssue';
import { lostCharacters, tooLong, type FileEntry, type RecordReader } from './entry';
import { TextWindow } from './textWindow';

const EXAMPLE = '{"to": "+65 9123 4567", "name": "Mia"}';

/** Reads newline-delimited JSON: one object per line. */
export class NdjsonReader implements RecordReader {
	readonly form = { format: 'ndjson' } as const;
	private readonly window = new TextWindow();

	read(text: string, isLast: boolean): FileEntry[] {
		const { window } = this;
		window.add(text, isLast);
		const entries: FileEntry[] = [];
		while (!window.isEmpty) {
			const { at, line } = window;
			const end = window.lineEnd(at);
			if (end !== undefined) {
				const json = window.text.slice(at, end).trim();
				const isLost = window.hasLostCharacters(at, end);
				window.take(end);
				if (isLost) entries.push(lostCharacters(line, line));
				else if (json !== '') entries.push(entryOf(json, line));
			} else {
				if (!window.isTooLong) break;
				entries.push(tooLong(line));
				window.skipLine();
			}
		}
		return entries;
	}
}

function entryOf(json: string, line: number): FileEntry {
	const failed = (title: string, advice: string): FileEntry => ({
		line,
		lastLine: line,
		issue: new UserIssue(title, advice),
	});
	try {
		const record = parseExact(json);
		return isObject(record)
			? { line, record }
			: failed(
					`Line ${line} is not a JSON object`,
					`Got ${quote(record)}. Expected e.g. ${EXAMPLE}.`,
				);
	} catch {
		const parsed = parseJson(json);
		const hint = 'hint' in parsed ? `${parsed.hint} of this line. ` : '';
		return failed(`Line ${line} is not valid JSON`, `${hint}Expected e.g. ${EXAMPLE}.`);
	}
}
