/** CAMS Mass Send with recipients from a file: each line has one outcome, and none is held for longer than its call. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { IBinaryData, IDataObject } from 'n8n-workflow';

import type { EngineRun } from '../../scripts/n8n/engine';
import {
	calls,
	numberOf,
	person,
	range,
	reached,
	sandbox,
	send,
	taken,
	texts,
	type MassCase,
} from '../support/camsMassSend';
import { DataTables, type Before } from '../support/dataTables';
import { readFile } from '../support/files';
import { NODE } from '../support/harness';
import { callsOf, submit } from '../support/innoPaasGateway';
import { outputs, runAndStop } from '../support/massRun';

let tables: DataTables;
beforeEach(() => (tables = new DataTables()));

const SPRING = { campaignId: 'spring-sale' };

const FILE: IDataObject = {
	...SPRING,
	recipientSource: 'file',
	toField: 'phone',
	specifyVariables: 'sameName',
	templateVariablePairs: {},
};

const fileOf = (content: string | Uint8Array, more: Partial<IBinaryData> = {}) => ({
	data: {
		data: Buffer.from(content).toString('base64'),
		mimeType: 'text/csv',
		fileName: 'people.csv',
		...more,
	},
});

type FileCase = Omit<MassCase, 'items'> & { contents: Array<string | Uint8Array> };

const sendFiles = async (
	{ contents, parameters, engine, ...rest }: FileCase,
	before?: Before,
): Promise<EngineRun> =>
	await send(sandbox, {
		items: contents.map(() => ({})),
		files: contents.map((content) => fileOf(content)),
		parameters: { ...FILE, ...parameters },
		engine: { ...engine, nodeTypes: tables.process(before) },
		...rest,
	});

const sendFile = async (content: string | Uint8Array, rest: Omit<FileCase, 'contents'> = {}) =>
	await sendFiles({ contents: [content], ...rest });

/** A CSV file of persons, the first in line 2. */
const csv = (count: number, first = 0) =>
	[
		'phone,name,order',
		...range(count, first).map((index) => Object.values(person(index)).join(',')),
	].join('\r\n');

const small = { maxRecipientsPerRequest: 10 };
const runsIn = () => tables.rows().filter(({ kind }) => kind === 'run');

/** The file on Not Accepted, as text. */
function fileFrom(run: EngineRun, index = 0): { name?: string; text: string; bytes: Buffer } {
	const { data } = run.output(NODE)[1][index].binary!;
	const bytes = Buffer.from(data.data, 'base64');
	return { name: data.fileName, bytes, text: bytes.toString() };
}

describe('recipients from a file', () => {
	it('get a message each, with the columns that have the names of the variables', async () => {
		const run = await sendFile(csv(25), { options: small });
		expect(run.error).toBeUndefined();
		const [accepted, notAccepted] = outputs(run);
		expect(
			accepted.map(({ outcome, chunk, recipients, firstLine, lastLine }) => [
				outcome,
				chunk,
				recipients,
				[firstLine, lastLine],
			]),
		).toEqual([
			['accepted', 1, 10, [2, 11]],
			['accepted', 2, 10, [12, 21]],
			['accepted', 3, 5, [22, 26]],
		]);
		expect(notAccepted).toEqual([]);
		expect(reached().sort()).toEqual(range(25).map(numberOf).sort());
		expect(texts()[0]).toContain('N0');
		expect(texts()[0]).toContain('A-0');
		expect(runsIn()).toMatchObject([{ state: 'finished', recipients: 25, accepted: 25 }]);
	});

	it('come from columns that are named, and constants go to everybody', async () => {
		const run = await sendFile('tel;who\n+65 9100 0001;Mia\n+65 9100 0002;"Ben; Jr."\n', {
			parameters: {
				toField: 'tel',
				specifyVariables: 'pairs',
				templateVariablePairs: {
					variable: [
						{ name: 'name', value: 'who' },
						{ name: 'order', value: '={{ "A-" + 77 }}' },
					],
				},
			},
		});
		expect(run.error).toBeUndefined();
		expect(taken().map(({ to, text }) => [to, /Mia|Ben; Jr\./.exec(text)?.[0]])).toEqual([
			['6591000001', 'Mia'],
			['6591000002', 'Ben; Jr.'],
		]);
		expect(texts().every((text) => text.includes('A-77'))).toBe(true);
	});

	it.each([
		['gzip', gzipSync(csv(3))],
		['UTF-16', Buffer.from(`\ufeff${csv(3)}`, 'utf16le')],
		[
			'JSON per line',
			range(3)
				.map((index) => JSON.stringify(person(index)))
				.join('\n'),
		],
	])('are read from %s', async (_what, content) => {
		const run = await sendFile(content);
		expect(run.error).toBeUndefined();
		expect(reached().sort()).toEqual(range(3).map(numberOf));
	});

	it('come out as a file of the same form if they were not accepted, ready to be mended and run again', async () => {
		const run = await sendFile(
			[
				'phone,name,order,note',
				'+65 9100 0001,Mia,A-1,=HYPERLINK("x")',
				'123,Ben,A-2,"a, b"',
				'+65 9100 0001,Mia again,A-3,',
				'+65 9100 0004,,A-4,',
				'+65 9100 0005,Ana,A-5,x,y',
				'+65 9100 0006,"Zo, A-6,',
			].join('\n'),
		);
		expect(run.error).toBeUndefined();
		const [accepted, [told, ...others]] = outputs(run);
		expect(accepted).toMatchObject([{ outcome: 'accepted', recipients: 1, firstLine: 2 }]);
		expect(others).toEqual([]);
		expect(told).toMatchObject({
			recipients: 5,
			notSent: 5,
			fileName: 'people-not-accepted.csv',
		});
		expect(
			(told.reasons as IDataObject[]).map(({ cause, lines }) => [cause, lines]).sort(),
		).toEqual([
			['duplicate', [4]],
			['invalidField', [6]],
			['invalidField', [7]],
			['invalidRecipient', [3]],
			['missingVariable', [5]],
		]);
		const { name, text, bytes } = fileFrom(run);
		expect(name).toBe('people-not-accepted.csv');
		expect(text).toMatch(/^\ufeffphone,name,order,note,outcome,cause,reason\r\n/);
		const { records, columns } = await readFile(bytes);
		expect(columns).toEqual(['phone', 'name', 'order', 'note', 'outcome', 'cause', 'reason']);
		expect(records).toMatchObject([
			{ phone: '123', name: 'Ben', note: 'a, b', outcome: 'notSent', cause: 'invalidRecipient' },
			{ phone: '+65 9100 0001', cause: 'duplicate', reason: expect.stringContaining('Line 2') },
			{ phone: '+65 9100 0004', cause: 'missingVariable' },
			{ phone: '', reason: expect.stringMatching(/^Line 6 has more values/) },
			{ phone: '', reason: expect.stringMatching(/^A quote in line 7 is not closed/) },
		]);

		const mended = text
			.replace(/^123,Ben/m, '+65 9100 0002,Ben')
			.replace('+65 9100 0004,,', '+65 9100 0004,Eve,');
		const again = await sendFile(mended);
		expect(again.error).toBeUndefined();
		expect(reached()).toEqual(['6591000001', '6591000002', '6591000004']);
		// The columns of the outcome are written anew, not once more.
		expect(fileFrom(again).text).toMatch(/^\ufeffphone,name,order,note,outcome,cause,reason\r\n/);
	});

	it('go on where a run was interrupted, and nobody gets it twice', async () => {
		const whole = csv(60);
		await runAndStop(
			async (engine) => await sendFile(whole, { options: small, engine }),
			() => calls() >= 2,
		);
		const before = reached().length;
		expect(before).toBeLessThan(60);
		expect(runsIn()).toMatchObject([{ state: 'incomplete' }]);
		const run = await sendFile(whole, { options: small });
		expect(run.error).toBeUndefined();
		const [accepted, notAccepted] = outputs(run);
		const countOf = (outcome: string) =>
			accepted
				.filter((each) => each.outcome === outcome)
				.reduce((sum, { recipients }) => sum + Number(recipients), 0);
		// The stop cut off a call whose answer was on its way.
		const unknown = notAccepted.reduce((sum, each) => sum + Number(each.unknown), 0);
		expect(countOf('alreadyAccepted') + countOf('accepted') + unknown).toBe(60);
		expect(new Set(reached()).size).toBe(reached().length);
	});

	it('come out one by one only up to 10,000', async () => {
		const options = { output: 'recipient' };
		const few = await sendFile(`${csv(2)}\nx,y,z`, { options });
		const [accepted, notAccepted] = outputs(few);
		expect(accepted.map(({ to, line, entry }) => [to, line, (entry as IDataObject).name])).toEqual([
			[numberOf(0), 2, 'N0'],
			[numberOf(1), 3, 'N1'],
		]);
		expect(notAccepted).toMatchObject([{ outcome: 'notSent', line: 4, entry: { name: 'y' } }]);
		expect(few.output(NODE)[1][0].binary).toBeUndefined();

		const many = await sendFile(`${csv(10_001, 10)}\nx,y,z`, { options });
		expect(outputs(many)[0]).toHaveLength(11);
		expect(many.hints(NODE).join()).toContain('since the file has more than 10,000 recipients');
		expect(outputs(many)[1]).toMatchObject([{ recipients: 1, fileName: expect.any(String) }]);
	});

	it('come out as counts with Output: Summary', async () => {
		const run = await sendFile(`${csv(12)}\nx,y,z`, { options: { ...small, output: 'summary' } });
		const [[all], [bad]] = outputs(run);
		expect(all).toMatchObject({ recipients: 13, accepted: 12, notSent: 1, requests: 2 });
		expect(JSON.stringify(all)).not.toMatch(/659\d{7}/);
		expect(bad).toMatchObject({ recipients: 1, notSent: 1 });
	});

	it('are all told of without sending with Validate Only', async () => {
		const run = await sendFile(`${csv(25)}\nx,y,z\n${numberOf(3)},Zo,A`, {
			parameters: { campaignId: '' },
			options: { ...small, validateOnly: true, output: 'summary' },
		});
		expect(run.error).toBeUndefined();
		expect(outputs(run)[0]).toMatchObject([
			{
				outcome: 'validated',
				recipients: 27,
				valid: 25,
				invalid: 1,
				duplicates: 1,
				requests: 3,
				reasons: [
					{ cause: 'invalidRecipient', lines: [27] },
					{ cause: 'duplicate', lines: [28] },
				],
			},
		]);
		expect(calls()).toBe(0);
		expect(fileFrom(run).text).toContain('x,y,z,notSent');
	});

	it('are all or none with Invalid Recipients: Send Nothing', async () => {
		const options = { ...small, invalidRecipients: 'stop' };
		const none = await sendFile(`${csv(12)}\nx,y,z`, {
			options,
			node: { onError: 'continueRegularOutput' },
		});
		const [accepted, [bad]] = outputs(none);
		expect(accepted).toEqual([]);
		expect(bad).toMatchObject({ recipients: 13, notSent: 13 });
		expect((bad.reasons as IDataObject[]).map(({ cause, count }) => [cause, count])).toEqual([
			['invalidRecipient', 1],
			['notReached', 12],
		]);
		expect(String((bad.reasons as IDataObject[])[1].reason)).toContain('the first is line 14');
		expect(calls()).toBe(0);

		const all = await sendFile(csv(12), { options });
		expect(all.error).toBeUndefined();
		expect(reached()).toHaveLength(12);
	});

	it('of several items have a file each', async () => {
		const run = await sendFiles({ contents: [`${csv(2)}\nx,a,b`, `${csv(2, 1)}\ny,a,b`] });
		expect(run.error).toBeUndefined();
		expect(reached().sort()).toEqual(range(3).map(numberOf));
		expect(run.output(NODE)[1].map(({ pairedItem }) => pairedItem)).toEqual([
			[{ item: 0 }],
			[{ item: 1 }],
		]);
		expect(fileFrom(run, 0).text).toContain('x,a,b');
		// The second is in both.
		expect(fileFrom(run, 1).text).toContain(`${person(1).phone},N1`);
		expect(fileFrom(run, 1).text).toContain('y,a,b');
	});
});

describe('a file that cannot be used', () => {
	it.each<[string, string | Uint8Array, IDataObject, RegExp]>([
		['is empty', '', {}, /The file is empty/],
		['has a header only', 'phone,name,order\n', {}, /The file has no recipients/],
		['has a column twice', 'phone,name,name\n1,2,3', {}, /There are two columns "name"/],
		[
			'lacks the column of the recipient',
			'tel,name,order\n+6591000001,Mia,A',
			{},
			/The file has no column "phone".*It has: tel, name, order\. Enter the name of the column/s,
		],
		[
			'lacks the column of a variable',
			'phone,name\n+6591000001,Mia',
			{
				specifyVariables: 'pairs',
				templateVariablePairs: { variable: [{ name: 'order', value: 'code' }] },
			},
			/The file has no column "code"/,
		],
		[
			'is read by an expression of the item',
			csv(1),
			{ toField: '={{ $json.phone }}' },
			/To Field would be the same for every recipient.*not the rows of its file/s,
		],
		[
			'is somewhere else',
			csv(1),
			{ binaryPropertyName: 'list' },
			/The item has no file "list".*It has: data/s,
		],
		['is an Excel workbook', Buffer.from('PK\x03\x04[Content_Types].xml'), {}, /Excel workbook/],
	])('%s', async (_what, content, parameters, message) => {
		const { error } = await sendFile(content, { parameters });
		expect(`${error?.message} ${(error as { description?: string })?.description}`).toMatch(
			message,
		);
		expect(calls()).toBe(0);
	});

	it('needs a Campaign ID', async () => {
		const { error } = await sendFile(csv(2), { parameters: { campaignId: '' } });
		expect(error?.message).toMatch(/^Campaign ID is empty/);
		expect(calls()).toBe(0);
	});

	it('ends early: those before are sent to, and the rest is told of', async () => {
		const whole = gzipSync(csv(12_000), { level: 1 });
		const run = await sendFile(whole.subarray(0, whole.length / 2));
		expect(run.error).toBeUndefined();
		const [accepted, [bad]] = outputs(run);
		const sent = accepted.reduce((sum, { recipients }) => sum + Number(recipients), 0);
		expect(sent).toBeGreaterThan(1_000);
		expect(reached()).toHaveLength(sent);
		expect(bad).toMatchObject({
			notSent: 1,
			reasons: [{ reason: expect.stringMatching(/^The gzip file is damaged or cut off/) }],
		});
		expect(runsIn()).toMatchObject([{ state: 'incomplete' }]);
		expect(gunzipSync(whole).toString().split('\n').length).toBeGreaterThan(sent);
	});
});

describe('InnoPaaS Submit', () => {
	it('sends the message to each line of a file, in full requests', async () => {
		const run = await submit(sandbox, {
			parameters: { ...SPRING, recipientSource: 'file', toField: 'phone', text: 'Hello' },
			files: [fileOf(`${csv(2_500)}\n123,x,y`)],
			engine: { nodeTypes: tables.process() },
		});
		expect(run.error).toBeUndefined();
		expect(outputs(run)[0].map(({ recipients, lastLine }) => [recipients, lastLine])).toEqual([
			[1_000, 1_001],
			[1_000, 2_001],
			[500, 2_501],
		]);
		expect(reached().sort()).toEqual(range(2_500).map(numberOf).sort());
		expect(callsOf(sandbox)).toBe(3);
		expect(outputs(run)[1]).toMatchObject([{ recipients: 1, reasons: [{ lines: [2_502] }] }]);
	});
});

describe('Get Campaign', () => {
	it('tells of each line of a file', async () => {
		await sendFile(csv(3));
		const run = await sendFile(csv(5), {
			parameters: { operation: 'getCampaign', campaignReturn: 'recipients' },
		});
		expect(run.error).toBeUndefined();
		const [accepted, others] = outputs(run);
		expect(accepted.map(({ line }) => line)).toEqual([2, 3, 4]);
		expect(others.map(({ line, outcome }) => [line, outcome])).toEqual([
			[5, 'notYetSent'],
			[6, 'notYetSent'],
		]);
	});
});
