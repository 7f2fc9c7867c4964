import type { ICheckProcessedOptions } from 'n8n-workflow';

import type { Store } from '../../nodes/shared/webhook/seenEvents';

/** Lets a step of a call to the database wait. */
export type Step = (what: string) => Promise<unknown>;

/**
 * Stands in for n8n's store of processed items, with what its calls do to each other: a call reads the row, and writes
 * all of it later; two that find no row both insert one; a value twice within a call is new twice; only the newest stay.
 */
export class ProcessedItems implements Store {
	row: string[] | undefined;
	/** Thrown by every call, if set. */
	failure: Error | undefined;
	calls = 0;

	constructor(private readonly step: Step = async () => {}) {}

	/** A store with the same row, as a restarted process finds it. */
	reopened(step?: Step): ProcessedItems {
		const again = new ProcessedItems(step ?? this.step);
		again.row = this.row;
		return again;
	}

	async checkProcessedAndRecord(
		items: unknown[],
		scope: string,
		{ mode, maxEntries }: ICheckProcessedOptions,
	): ReturnType<Store['checkProcessedAndRecord']> {
		this.calls++;
		if (scope !== 'node' || mode !== 'entries' || maxEntries === undefined)
			throw new Error(`Not a row of one's own: ${scope}, ${mode}, ${maxEntries}`);
		await this.step('read');
		if (this.failure) throw this.failure;
		const values = items.map(String);
		const read = this.row;
		const known = new Set(read);
		const fresh = values.filter((value) => !known.has(value));
		const row = [...(read ?? []), ...fresh].slice(-maxEntries);
		await this.step('write');
		if (!read && this.row) throw new Error('UNIQUE constraint failed: processed_data');
		this.row = row;
		return { new: fresh, processed: values.filter((value) => known.has(value)) };
	}
}
