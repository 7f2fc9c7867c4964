import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';

import { readRecords, type FileOptions } from '../../../nodes/shared/file/records';
import { inChunks, readFile } from '../../support/files';

const ROWS = 'to,name\n1,Jürgen\n';
const [RECORD] = [{ to: '1', name: 'Jürgen' }];

describe('encodings', () => {
	const CHINESE = 'to,name\n1,王小明€\n';
	const WESTERN = 'to,name\n1,L’Oréal – 5 €\n';
	it.each<[string, string, string, { addBOM?: boolean }, FileOptions['encoding']]>([
		['UTF-8', CHINESE, 'utf8', {}, undefined],
		['UTF-8 with its mark', CHINESE, 'utf8', { addBOM: true }, undefined],
		['UTF-8 with its mark, whatever is chosen', CHINESE, 'utf8', { addBOM: true }, 'gbk'],
		['UTF-16 with its mark', CHINESE, 'utf16le', { addBOM: true }, undefined],
		['UTF-16 with the big end first', CHINESE, 'utf16be', { addBOM: true }, undefined],
		['UTF-16 without its mark, chosen', CHINESE, 'utf16le', {}, 'utf16'],
		['GBK, chosen', CHINESE, 'gbk', {}, 'gbk'],
		['GB18030, chosen', `${CHINESE}2,𠀀\n`, 'gb18030', {}, 'gbk'],
		['Windows-1252, chosen', WESTERN, 'win1252', {}, 'windows1252'],
		['ASCII, whatever is chosen', 'to,name\n1,Mia\n', 'ascii', {}, 'gbk'],
	])('%s', async (_what, text, name, { addBOM }, encoding) => {
		// The euro sign of GBK is a character of two bytes, which iconv-lite reads and writes as one of its own.
		const bytes =
			name === 'gbk'
				? Buffer.concat(
						text
							.split('€')
							.flatMap((part, index) => [
								...(index > 0 ? [Buffer.from([0xa2, 0xe3])] : []),
								iconv.encode(part, name),
							]),
					)
				: iconv.encode(text, name, { addBOM });
		const expected = text
			.trim()
			.split('\n')
			.slice(1)
			.map((row) => ({ to: row.split(',')[0], name: row.split(',')[1] }));
		for (const size of [1, 3, bytes.length])
			expect((await readFile(inChunks(bytes, size), { encoding })).records).toEqual(expected);
	});

	it('reads each character of GBK like iconv-lite', async () => {
		const bytes: number[] = [];
		// GB 2312, which is what names and texts are written in.
		for (let high = 0xb0; high <= 0xf7; high++)
			for (let low = 0xa1; low <= 0xfe; low++) bytes.push(high, low);
		const text = iconv.decode(Buffer.from(bytes), 'gbk');
		const assigned = Array.from(text).filter(
			(character) => !/[\ufffd\ue000-\uf8ff]/.test(character),
		);
		expect(assigned).toHaveLength(6763);
		const { records } = await readFile(iconv.encode(`a\n${assigned.join('\n')}`, 'gbk'), {
			encoding: 'gbk',
		});
		expect(records.map(({ a }) => a)).toEqual(assigned);
	});

	it.each<[string, Buffer, FileOptions['encoding'], string]>([
		['GBK', iconv.encode('to,name\n1,王小明\n', 'gbk'), undefined, 'The file is not UTF-8 text'],
		['Windows-1252', iconv.encode(ROWS, 'win1252'), 'utf8', 'The file is not UTF-8 text'],
		['UTF-8 as GBK', Buffer.from('to,name\n1,王小明\n'), 'gbk', 'The file is UTF-8, not GBK'],
		[
			'UTF-8 as Windows-1252',
			Buffer.from(ROWS),
			'windows1252',
			'The file is UTF-8, not Windows-1252',
		],
		[
			'Windows-1252 as GBK',
			iconv.encode('to,name\n1,é\n', 'win1252'),
			'gbk',
			'The file is not GBK text',
		],
	])('is never guessed: %s', async (_what, bytes, encoding, title) => {
		const read = await readFile(bytes, { encoding });
		expect(read).toMatchObject({ end: title, records: [] });
		expect(read.advice).toContain('Encoding');
	});

	it('names the line of the first wrong byte', async () => {
		const { advice } = await readFile(iconv.encode('to,name\r\n1,a\r\n2,é\r\n', 'win1252'));
		expect(advice).toMatch(/^Line 3 holds bytes that are not UTF-8\. /);
	});

	it('makes a line with a wrong byte an issue, if the file has begun without', async () => {
		const many = 'to,name\n' + '1,a\n'.repeat(20_000);
		const bytes = Buffer.concat([Buffer.from(many), iconv.encode('2,é\n3,b\n4,é', 'win1252')]);
		const { records, issues } = await readFile(bytes);
		expect(records).toHaveLength(20_001);
		expect(issues).toEqual([
			'20002: Line 20002 has characters that were lost',
			'20004: Line 20004 has characters that were lost',
		]);
	});
});

describe('newline-delimited JSON', () => {
	it('is read line by line, with long numbers', async () => {
		const { records, lines, issues } = await readFile(
			'\r\n{"id":12345678901234567890,"a":{"b":[1]}}\r\n[1]\n{"a":}\r \n"a"\n{"name":"\ufffd"}\n{"a":2}',
		);
		expect(records).toEqual([{ id: '12345678901234567890', a: { b: [1] } }, { a: 2 }]);
		expect(lines).toEqual([2, 8]);
		expect(issues).toEqual([
			'3: Line 3 is not a JSON object',
			'4: Line 4 is not valid JSON',
			'6: Line 6 is not a JSON object',
			'7: Line 7 has characters that were lost',
		]);
	});

	it('may have a line that never ends', async () => {
		const { records, issues } = await readFile(
			`{"a":1}\n{"a":"${'x'.repeat(10_000_000)}"}\r\n{"a":3}`,
		);
		expect(records).toEqual([{ a: 1 }, { a: 3 }]);
		expect(issues).toEqual(['2: Line 2 is longer than 1,000,000 characters']);
	});

	it('is CSV if that is chosen', async () => {
		expect((await readFile('{a}\n1', { format: 'csv' })).columns).toEqual(['{a}']);
		expect((await readFile('a\n{"b":1}', { format: 'ndjson' })).records).toEqual([{ b: 1 }]);
	});
});

describe('files that are no list', () => {
	it.each<[string, string | Buffer, string]>([
		['nothing', '', 'The file is empty'],
		['blank lines', '\n \r\n\n', 'The file is empty'],
		['a mark', '\ufeff', 'The file is empty'],
		['XLSX', 'PK\x03\x04\x14\0\x06\0[Content_Types].xml', 'The file is an Excel workbook'],
		[
			'ODS',
			'PK\x03\x04\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet',
			'The file is an OpenDocument spreadsheet',
		],
		['ZIP', 'PK\x03\x04\x14\0list.csv', 'The file is a ZIP archive'],
		[
			'XLS',
			Buffer.from('d0cf11e0a1b11ae1', 'hex'),
			'The file is an Excel workbook of the old format (XLS)',
		],
		['PDF', '%PDF-1.7\n', 'The file is a PDF document'],
		['HTML', '\n<!DOCTYPE html>', 'The file is HTML or XML'],
		['a JSON list', ' [{"to":"1"}]', 'The file is a JSON list'],
		['JSON in several lines', '{\n  "to": "1"\n}', 'The file has a JSON object of several lines'],
		['null characters', 'to,name\n1,\0', 'The file is not text'],
		['UTF-16 without its mark', Buffer.from('to,name\n', 'utf16le'), 'The file is not text'],
		['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'The file is not text'],
	])('%s', async (_what, content, title) => {
		const bytes = typeof content === 'string' ? Buffer.from(content) : content;
		for (const size of [1, 1000])
			expect(await readFile(inChunks(bytes, size))).toMatchObject({ end: title, records: [] });
	});
});

describe('gzip', () => {
	const many = Array.from(
		{ length: 50_000 },
		(_each, index) => `${index},Mia ${(index * 7919) % 9973}\n`,
	);
	const packed = gzipSync(`to,name\n${many.join('')}`);

	it('is unpacked, also in several members', async () => {
		const parts = Buffer.concat([gzipSync('to,na'), gzipSync('me\n1,Jür'), gzipSync('gen\n')]);
		expect((await readFile(inChunks(parts, 1))).records).toEqual([RECORD]);
		expect((await readFile(packed)).records).toHaveLength(50_000);
	});

	it.each([
		['cut off', packed.subarray(0, packed.length / 2), 10_000],
		['cut off at its end', packed.subarray(0, -4), 40_000],
		['with something behind it', Buffer.concat([packed, Buffer.from('x')]), 40_000],
	])('%s, delivers the records before', async (_what, bytes, atLeast) => {
		const { end, records, issues } = await readFile(inChunks(bytes, 1000));
		expect(end).toBe('The gzip file is damaged or cut off');
		expect(records.length).toBeGreaterThan(atLeast);
		// Half a line is no record.
		expect(records.map(({ to, name }) => `${String(to)},${String(name)}\n`)).toEqual(
			many.slice(0, records.length),
		);
		expect(issues).toEqual([]);
	});

	it('that is a bomb is left early', async () => {
		const bomb = gzipSync(Buffer.alloc(200_000_000, `${' '.repeat(999)}\n`));
		const { end, advice } = await readFile(Buffer.concat([gzipSync('to\n1\n'), bomb]));
		expect(end).toBe('The gzip file unpacks to too much');
		expect(advice).toContain('more than 64 MB in less than a 200th of that');
	});
});

describe('the source', () => {
	async function* failing(bytes: Uint8Array) {
		yield bytes;
		throw new Error('ENOENT: no such file');
	}

	it.each([
		['plain', Buffer.from('to\n1\n2\n3')],
		['gzip', gzipSync('to\n1\n2\n').subarray(0, -8)],
	])('that fails half-way, %s', async (_what, bytes) => {
		const read = await readFile(failing(bytes));
		expect(read).toMatchObject({
			end: 'The file could not be read to its end',
			advice: 'ENOENT: no such file. Upload or download it again.',
		});
		// What gzip held back is lost with the failure.
		if (bytes[0] !== 0x1f) expect(read.records).toEqual([{ to: '1' }, { to: '2' }]);
	});

	it.each([
		['plain', (text: string) => Buffer.from(text)],
		['gzip', (text: string) => gzipSync(text)],
	])('is closed when reading is left early, %s', async (_what, pack) => {
		let isClosed = false;
		let chunks = 0;
		async function* source() {
			try {
				for (; chunks < 1000; chunks++) {
					// What can hardly be compressed, so that gzip has to read on.
					const rows = randomBytes(50_000).toString('hex').replace(/.{10}/g, '$&\n');
					yield pack(chunks === 0 ? 'to\n' : rows);
				}
			} finally {
				isClosed = true;
			}
		}
		for await (const { entries } of readRecords(source())) {
			expect(entries.length).toBeGreaterThan(0);
			break;
		}
		await new Promise(setImmediate);
		expect(isClosed).toBe(true);
		// Read as it is needed, with no more than a few pieces ahead.
		expect(chunks).toBeLessThan(20);
	});

	it('may give the whole file at once: it is read in pieces', async () => {
		const sizes: number[] = [];
		for await (const { entries } of readRecords(
			inChunks(Buffer.from(`to\n${'1\n'.repeat(200_000)}`)),
		))
			sizes.push(entries.length);
		expect(Math.max(...sizes)).toBeLessThan(40_000);
		expect(sizes.reduce((sum, size) => sum + size)).toBe(200_000);
	});
});
