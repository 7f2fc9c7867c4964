import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { FileForm } from '../../../nodes/shared/file/entry';
import { FileOutcomes } from '../../../nodes/shared/send/fileOutcomes';
import type { FileRecipients } from '../../../nodes/shared/send/fileRecipients';
import type { Recipient } from '../../../nodes/shared/send/recipientState';
import { resultFromIssue } from '../../../nodes/shared/send/result';
import { UserIssue } from '../../../nodes/shared/util/userIssue';
import { readFile } from '../../support/files';

const OPTIONS = { mode: 'chunk', isTool: false, leavesOutEarlier: false } as const;

/** Outcomes of a file of this form, and the files that n8n was given to keep. */
function outcomesOf(form: FileForm, fileName?: string, save?: () => Promise<never>) {
	const saved: Array<{ bytes: Buffer; fileName: string; mimeType: string }> = [];
	const context = {
		getInputData: () => [{ json: {} }],
		helpers: {
			prepareBinaryData: async (bytes: Buffer, name: string, mimeType: string) => {
				await save?.();
				saved.push({ bytes, fileName: name, mimeType });
				return { data: '', mimeType };
			},
		},
	} as unknown as IExecuteFunctions;
	const files = { formOf: () => form, nameOf: () => fileName } as unknown as FileRecipients;
	return { outcomes: new FileOutcomes(context, files, OPTIONS), saved };
}

const refused = (line: number, entry: IDataObject): Recipient => ({
	itemIndex: 0,
	line,
	entry,
	state: {
		name: 'settled',
		result: resultFromIssue(new UserIssue('To is empty', 'Fill it in.', 'invalidRecipient'), {
			api: 'cams',
		}),
	},
});

const REPORT = { api: 'cams', groups: [], taskIds: [], requests: 0, durationMs: 1 };
const CSV: FileForm = { format: 'csv', columns: ['phone', 'note'], delimiter: ';' };

describe('those of a file who were not accepted', () => {
	it('come out in a file of its form, with its delimiter and a name like its own', async () => {
		const { outcomes, saved } = outcomesOf(CSV, 'März 2026.csv.gz');
		outcomes.add(refused(2, { phone: '', note: 'a;b' }));
		await outcomes.outputs(REPORT);
		expect(saved).toMatchObject([{ fileName: 'März 2026-not-accepted.csv', mimeType: 'text/csv' }]);
		expect(saved[0].bytes.toString()).toBe(
			'\ufeffphone;note;outcome;cause;reason\r\n;"a;b";notSent;invalidRecipient;To is empty. Fill it in.\r\n',
		);
	});

	it('come out as one JSON object per line, values of any kind as they were', async () => {
		const { outcomes, saved } = outcomesOf({ format: 'ndjson' });
		const entry = { phone: '', order: 77, tags: ['a', { b: null }], note: '=1+1' };
		outcomes.add(refused(1, entry));
		outcomes.add(refused(2, entry));
		await outcomes.outputs(REPORT);
		expect(saved[0].fileName).toBe('recipients-not-accepted.ndjson');
		const told = { outcome: 'notSent', cause: 'invalidRecipient' };
		expect((await readFile(saved[0].bytes)).records).toMatchObject([
			{ ...entry, ...told },
			{ ...entry, ...told },
		]);
	});

	it('have no cell that a spreadsheet would run, and come back unchanged', async () => {
		const { outcomes, saved } = outcomesOf(CSV);
		const notes = ['=cmd|calc', '+65 9123 4567', '-1+1', '@SUM(A1)', "'=quoted", '\ttab'];
		for (const note of notes) outcomes.add(refused(2, { phone: '', note }));
		await outcomes.outputs(REPORT);
		const cells = saved[0].bytes.toString().split('\r\n').slice(1, -1);
		expect(cells.filter((row) => /^;"?[=@\t]|^;"?-1\+/.test(row))).toEqual([]);
		const { records } = await readFile(saved[0].bytes, { delimiter: ';' });
		expect(records.map(({ note }) => note)).toEqual(notes);
	});

	it('are counted all the same when n8n cannot keep the file', async () => {
		const full = async () => {
			throw new Error('ENOSPC: no space left on device, write');
		};
		const { outcomes } = outcomesOf(CSV, 'people.csv', full);
		for (let line = 2; line < 30_002; line++)
			outcomes.add(refused(line, { phone: '', note: 'x'.repeat(100) }));
		const [accepted, [item, ...others]] = await outcomes.outputs(REPORT);
		expect([accepted, others]).toEqual([[], []]);
		expect(item.binary).toBeUndefined();
		expect(item.json).toMatchObject({
			recipients: 30_000,
			notSent: 30_000,
			fileProblem:
				'n8n could not save the file "people-not-accepted.csv": ENOSPC: no space left on device, write',
			reasons: [{ count: 30_000, lines: [2, 3, 4, 5, 6] }],
		});
	});
});
