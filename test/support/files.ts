import { readRecords, type FileOptions } from '../../nodes/shared/file/records';
import { UserIssue } from '../../nodes/shared/util/userIssue';

/** The bytes in chunks of a size, or cut at places. */
export async function* inChunks(
	bytes: Uint8Array,
	at: number | readonly number[] = bytes.length,
): AsyncGenerator<Uint8Array> {
	const places =
		typeof at === 'number'
			? Array.from({ length: Math.ceil(bytes.length / Math.max(at, 1)) }, (_each, i) => i * at)
			: [0, ...at.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b)];
	for (const [index, place] of places.entries())
		yield bytes.subarray(place, places[index + 1] ?? bytes.length);
}

interface FileContent {
	columns?: readonly string[];
	delimiter?: string;
	records: Array<Record<string, unknown>>;
	/** Of each record. */
	lines: number[];
	/** "2: title", "2-4: title" */
	issues: string[];
	/** The title of the issue with which reading ended. */
	end?: string;
	advice?: string;
}

/** Everything that is read of a file. */
export async function readFile(
	content: string | Uint8Array | AsyncIterable<Uint8Array>,
	options?: FileOptions,
): Promise<FileContent> {
	const found: FileContent = { records: [], lines: [], issues: [] };
	const bytes = typeof content === 'string' ? Buffer.from(content) : content;
	try {
		const chunks = bytes instanceof Uint8Array ? inChunks(bytes) : bytes;
		for await (const { form, entries } of readRecords(chunks, options)) {
			if (form.format === 'csv')
				Object.assign(found, { columns: form.columns, delimiter: form.delimiter });
			for (const entry of entries) {
				if ('record' in entry) {
					found.records.push(entry.record);
					found.lines.push(entry.line);
				} else {
					const { line, lastLine, issue } = entry;
					found.issues.push(`${line}${lastLine > line ? `-${lastLine}` : ''}: ${issue.title}`);
				}
			}
		}
	} catch (error) {
		if (!(error instanceof UserIssue)) throw error;
		found.end = error.title;
		found.advice = error.advice;
	}
	return found;
}
