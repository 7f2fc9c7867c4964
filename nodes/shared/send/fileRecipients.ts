import type { IExecuteFunctions } from 'n8n-workflow';

import type { FileEncoding } from '../file/decode';
import type { FileForm } from '../file/entry';
import { PIECE_BYTES } from '../file/pieces';
import { readRecords, type FileOptions } from '../file/records';
import { listNames } from '../parameters/dataPath';
import type { Parameters, Read } from '../parameters/parameters';
import { plainText } from '../parameters/text';
import { UserIssue, quote, toIssue } from '../util/userIssue';
import { OF_FILE, createEntryReader } from './entryReader';
import {
	findRecipients,
	memoizeRead,
	type ItemRecipients,
	type RecipientSource,
	type Recipients,
	type UnreadableRecipient,
} from './recipients';

type Context = Pick<IExecuteFunctions, 'getInputData' | 'helpers'>;

/** Whether the recipients are rows of files. */
export const isFromFile = (parameters: Parameters) =>
	parameters.raw('recipientSource', 'items') === 'file';

function readFileOptions(read: Read): FileOptions {
	const format = read('options.fileFormat');
	const delimiter = read('options.fileDelimiter', '');
	return {
		format: format === 'csv' || format === 'ndjson' ? format : 'auto',
		encoding: (read('options.fileEncoding') as FileEncoding | undefined) ?? 'auto',
		// "\t" as it is typed.
		delimiter: delimiter === '' ? undefined : String(delimiter).replace(/^\\t$/, '\t'),
	};
}

/** The files of a run, as a part of them is read. */
interface ReadBytes {
	read: number;
	/** As far as n8n tells their sizes. */
	total: number;
}

/**
 * The bytes of an item's file: a stream where n8n keeps files on disk; all at once where it keeps them in memory or in
 * its database.
 * @throws UserIssue if the item has no such file
 */
async function* chunksOf(
	context: Context,
	itemIndex: number,
	field: string,
	bytes: ReadBytes,
): AsyncGenerator<Uint8Array> {
	const files = context.getInputData()[itemIndex].binary ?? {};
	const file = files[field];
	if (!file) {
		const names = Object.keys(files);
		throw new UserIssue(
			`The item has no file ${quote(field)}`,
			names.length > 0
				? `It has: ${listNames(names, 12)}. Enter that under Input Data Field Name.`
				: 'Connect a node that gives one, e.g. Read/Write Files from Disk, HTTP Request or a form with a file field.',
		);
	}
	const chunks = file.id
		? await context.helpers.getBinaryStream(file.id, PIECE_BYTES)
		: [Buffer.from(file.data, 'base64')];
	for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
		bytes.read += chunk.length;
		yield chunk;
	}
}

async function sizeOf(context: Context, itemIndex: number, field: string): Promise<number> {
	const file = context.getInputData()[itemIndex].binary?.[field];
	if (!file?.id) return ((file?.data.length ?? 0) * 3) / 4;
	return (await context.helpers.getBinaryMetadata(file.id)).fileSize;
}

/** The recipients of the items' files, line by line. Reading them again begins at their beginning. */
export interface FileRecipients
	extends Recipients, AsyncIterable<Array<RecipientSource | UnreadableRecipient>> {
	/** What the file of an item is, once its beginning was read. */
	formOf(itemIndex: number): FileForm | undefined;
	/** The name of an item's file; undefined if it has none. */
	nameOf(itemIndex: number): string | undefined;
	/** The part of the files that was read, from 0 to 1; undefined where n8n doesn't tell their size. */
	readonly share: number | undefined;
}

/** @param context whose items have the files */
function ofFiles(parameters: Parameters, context: Context): FileRecipients {
	const items = context.getInputData().length;
	const forms = new Map<number, FileForm>();
	const bytes: ReadBytes = { read: 0, total: 0 };
	let count = 0;

	const fieldOf = (itemIndex: number) =>
		plainText(parameters.of(itemIndex)('binaryPropertyName', 'data'), 'Input Data Field Name') ||
		'data';

	async function* ofItem(itemIndex: number) {
		const read = memoizeRead(parameters.of(itemIndex));
		const field = fieldOf(itemIndex);
		const readEntry = createEntryReader(parameters, undefined, read, OF_FILE);
		const chunks = chunksOf(context, itemIndex, field, bytes);
		for await (const { form, entries } of readRecords(chunks, readFileOptions(read))) {
			if (!forms.has(itemIndex)) checkColumns(form, readEntry);
			forms.set(itemIndex, form);
			count += entries.length;
			yield entries.map((each): RecipientSource | UnreadableRecipient => {
				const { line } = each;
				if ('issue' in each) return { itemIndex, line, issue: each.issue };
				return { itemIndex, line, entry: each.record, read: readEntry(each.record) };
			});
		}
	}

	return {
		get count() {
			return count;
		},
		get share() {
			return bytes.total > 0 ? Math.min(1, bytes.read / bytes.total) : undefined;
		},
		formOf: (itemIndex) => forms.get(itemIndex),
		nameOf: (itemIndex) => context.getInputData()[itemIndex].binary?.[fieldOf(itemIndex)]?.fileName,
		async *[Symbol.asyncIterator]() {
			Object.assign(bytes, { read: 0, total: 0 });
			count = 0;
			try {
				for (let itemIndex = 0; itemIndex < items; itemIndex++)
					bytes.total += await sizeOf(context, itemIndex, fieldOf(itemIndex));
			} catch {
				// What is wrong with the file is told when it is read.
			}
			for (let itemIndex = 0; itemIndex < items; itemIndex++) {
				try {
					yield* ofItem(itemIndex);
				} catch (error) {
					count++;
					yield [{ itemIndex, issue: toIssue(error) }];
				}
			}
		},
	};
}

/** Told once, rather than for each of a million rows. @throws UserIssue for a column that is named but not there */
function checkColumns(form: FileForm, readEntry: (entry: unknown) => Read): void {
	if (form.format !== 'csv') return;
	const read = readEntry(Object.fromEntries(form.columns.map((name) => [name, ''])));
	for (const name of ['to', 'templateVariablePairs', 'options']) read(name);
}

/** The recipients of the input, wherever the node's parameters say that they are. @param severalInTo see findRecipients */
export function recipientsOf(
	context: Context,
	parameters: Parameters,
	severalInTo: boolean,
): ItemRecipients | FileRecipients {
	return isFromFile(parameters)
		? ofFiles(parameters, context)
		: findRecipients(parameters, context.getInputData(), severalInTo);
}

export const isOfFiles = (
	recipients: ItemRecipients | FileRecipients,
): recipients is FileRecipients => Symbol.asyncIterator in recipients;

/** Some at a time, since waiting for each of a million takes seconds of its own. */
export const inParts = (recipients: ItemRecipients | FileRecipients) =>
	isOfFiles(recipients) ? recipients : [recipients];
