import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { OUTCOME_COLUMNS, toCsvRow } from '../file/csvRow';
import type { FileForm } from '../file/entry';
import { formatCount } from '../util/format';
import type { FileRecipients } from './fileRecipients';
import type { Outcomes } from './outcomes';
import { Chunks, buildOutputs, summaryItem, type OutputOptions } from './output';
import { isSettled, type Recipient, type SettledRecipient } from './recipientState';
import {
	Groups,
	countOf,
	countsOf,
	hadItBefore,
	hasSucceeded,
	reasonsOf,
	type MassReport,
	type Told,
} from './summary';

/** Items for recipients of a file. With more of them, an execution fills n8n's memory and database. */
const MAX_RECIPIENT_ITEMS = 10_000;

/** Rows are kept as bytes, which take half the memory of text, outside the heap. */
const PIECE_CHARACTERS = 64 * 1024;

type Row = Record<string, unknown>;

/** A file of the same form as the one that was read, with what became of each recipient. */
class OutcomeFile {
	private readonly pieces: Buffer[] = [];
	private text = '';
	private readonly textOf: (row: Row) => string;

	constructor(private readonly form: FileForm) {
		if (form.format === 'ndjson') {
			this.textOf = (row) => `${JSON.stringify(row)}\n`;
			return;
		}
		const own: readonly string[] = OUTCOME_COLUMNS;
		const columns = [...form.columns.filter((name) => !own.includes(name)), ...own];
		this.textOf = (row) => {
			const cells = columns.map((name) => (row[name] as string | undefined) ?? '');
			return toCsvRow(cells, form.delimiter);
		};
		// With the mark by which Excel knows UTF-8.
		this.write(`\ufeff${toCsvRow(columns, form.delimiter)}`);
	}

	add({ entry, state }: SettledRecipient): void {
		const { outcome, cause, reason } = state.result.json;
		this.write(this.textOf({ ...(entry as Row), outcome, cause, reason }));
	}

	bytes(): Buffer {
		this.flush();
		return Buffer.concat(this.pieces);
	}

	/** Its name and kind. @param given name of the file that was read */
	named(given = 'recipients'): [fileName: string, mimeType: string] {
		const name = given.replace(/\.gz$/i, '').replace(/\.[a-z]{1,6}$/i, '');
		return this.form.format === 'csv'
			? [`${name}-not-accepted.csv`, 'text/csv']
			: [`${name}-not-accepted.ndjson`, 'application/x-ndjson'];
	}

	private write(text: string): void {
		this.text += text;
		if (this.text.length >= PIECE_CHARACTERS) this.flush();
	}

	private flush(): void {
		this.pieces.push(Buffer.from(this.text));
		this.text = '';
	}
}

/** Those of an item's file who were not accepted. */
interface NotAccepted {
	groups: Groups;
	/** Absent for a file that could not be read. */
	file: OutcomeFile | undefined;
}

/**
 * The recipients of files. Only those are held whose outcome is open: memory doesn't grow with the file, but for the
 * rows of those who were not accepted.
 */
export class FileOutcomes implements Outcomes {
	private readonly groups = new Groups(false);
	private readonly chunks = new Chunks(false);
	private readonly waiting = new Set<Recipient>();
	private readonly notAccepted = new Map<number, NotAccepted>();
	/** With an item for each; given up when they are too many. */
	private held: SettledRecipient[] | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly files: FileRecipients,
		private readonly options: OutputOptions,
	) {
		if (options.mode === 'recipient') this.held = [];
	}

	add(recipient: Recipient): void {
		if (isSettled(recipient)) this.take(recipient);
		else this.waiting.add(recipient);
	}

	settled(recipients: Recipient[]): void {
		for (const recipient of recipients) {
			// One whose call had not left when the execution was stopped stays open.
			if (isSettled(recipient) && this.waiting.delete(recipient)) this.take(recipient);
		}
	}

	open(): Recipient[] {
		return [...this.waiting];
	}

	get remarks(): string[] {
		return this.options.mode === 'recipient' && !this.held
			? [
					`The output has one item per chunk, since the file has more than ${formatCount(MAX_RECIPIENT_ITEMS)} recipients.`,
				]
			: [];
	}

	told(): Told {
		return this.groups.told;
	}

	async outputs(report: MassReport): Promise<INodeExecutionData[][]> {
		if (this.held) return buildOutputs(report, this.held, this.options);
		const { mode, isTool } = this.options;
		const accepted: INodeExecutionData[] = [];
		const notAccepted: INodeExecutionData[] = isTool ? accepted : [];
		if (mode === 'summary') {
			accepted.push(summaryItem(report, this.context.getInputData().keys(), false));
		} else {
			for (const [isAccepted, item] of this.chunks.items()) if (isAccepted) accepted.push(item);
		}
		for (const [itemIndex, each] of this.notAccepted)
			notAccepted.push(await this.fileItem(itemIndex, each));
		return isTool ? [accepted, []] : [accepted, notAccepted];
	}

	private take(recipient: SettledRecipient): void {
		this.groups.add(recipient);
		if (this.options.leavesOutEarlier && hadItBefore(recipient)) return;
		this.chunks.add(recipient);
		if (!hasSucceeded(recipient)) this.keepRow(recipient);
		if (!this.held) return;
		this.held.push(recipient);
		if (this.held.length > MAX_RECIPIENT_ITEMS) this.held = undefined;
	}

	private keepRow(recipient: SettledRecipient): void {
		const { itemIndex } = recipient;
		let ofItem = this.notAccepted.get(itemIndex);
		if (!ofItem) {
			const form = this.files.formOf(itemIndex);
			ofItem = { groups: new Groups(false), file: form && new OutcomeFile(form) };
			this.notAccepted.set(itemIndex, ofItem);
		}
		ofItem.groups.add(recipient);
		ofItem.file?.add(recipient);
	}

	/** The one item for those of a file who were not accepted. */
	private async fileItem(
		itemIndex: number,
		{ groups, file }: NotAccepted,
	): Promise<INodeExecutionData> {
		const { groups: all } = groups.told;
		const json: IDataObject = {
			recipients: countOf(all),
			...countsOf(all),
			reasons: reasonsOf(all, false),
		};
		const pairedItem = [{ item: itemIndex }];
		if (!file) return { json, pairedItem };
		const [fileName, mimeType] = file.named(this.files.nameOf(itemIndex));
		const { helpers } = this.context;
		try {
			const data = await helpers.prepareBinaryData(file.bytes(), fileName, mimeType);
			return { json: { ...json, fileName }, binary: { data }, pairedItem };
		} catch (error) {
			// Everybody else has been sent to; a throw would hide that.
			const fileProblem = `n8n could not save the file "${fileName}": ${(error as Error).message}`;
			return { json: { ...json, fileProblem }, pairedItem };
		}
	}
}
