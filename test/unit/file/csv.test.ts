import { readFile } from '../../support/files';

const HEADER = 'to,name\n';
const valuesOf = async (content: string) => (await readFile(content)).records.map(Object.values);

describe('rows', () => {
	it.each<[string, string, string[][]]>([
		[
			'line ends of all kinds',
			'1,a\r\n2,b\n3,c\r4,d',
			[
				['1', 'a'],
				['2', 'b'],
				['3', 'c'],
				['4', 'd'],
			],
		],
		['quotes', '"1","a, ""b""\r\nc"\n', [['1', 'a, "b"\r\nc']]],
		['blanks beside quotes', '1, "a" ,\n', [['1', 'a']]],
		['blanks within values', ' 1 , a b \n', [[' 1 ', ' a b ']]],
		[
			'a quote within a value',
			'1,5" screen\n2,b"\n',
			[
				['1', '5" screen'],
				['2', 'b"'],
			],
		],
		[
			'lines without any value',
			'\n1,a\n\r\n,\n  , \n""\n2,b\n\n',
			[
				['1', 'a'],
				['2', 'b'],
			],
		],
		[
			'missing values at the end',
			'1\n2,b\n',
			[
				['1', ''],
				['2', 'b'],
			],
		],
		['superfluous delimiters', '1,a,, ,\n', [['1', 'a']]],
		[
			'formulas, as they are',
			"=1+1,@a\n'=1,b\n",
			[
				['=1+1', '@a'],
				["'=1", 'b'],
			],
		],
		[
			'a value that is as long as a line may be',
			`1,${'x'.repeat(999_990)}\n`,
			[['1', 'x'.repeat(999_990)]],
		],
	])('%s', async (_what, rows, expected) => {
		expect(await valuesOf(HEADER + rows)).toEqual(expected);
	});

	it('name the line where they begin', async () => {
		const { lines } = await readFile(`${HEADER}\n1,"a\r\nb\n"\r\n2,b\r3,c`);
		expect(lines).toEqual([3, 6, 7]);
	});
});

describe('the delimiter', () => {
	it.each([
		['comma', 'to,name', ','],
		['semicolon', 'to;name', ';'],
		['tab', 'to\tname', '\t'],
		['pipe', 'to|name', '|'],
		['none', 'to', ','],
		['others in quotes', '"to, or not, to";"a\n,b";c', ';'],
		['the one that it has more of', 'to;name, first;code', ';'],
		["that of Excel's first line", 'sep=^\r\nto^name', '^'],
	])('is that of the header: %s', async (_what, header, delimiter) => {
		expect((await readFile(`${header}\n1`)).delimiter).toBe(delimiter);
	});

	it('is asked for when it is unclear', async () => {
		const { end, advice } = await readFile('to;name, first\n1;a');
		expect(end).toBe('It is unclear what separates the columns');
		expect(advice).toContain('as many of "," as of ";"');
		expect((await readFile('to;name, first\n1;a', { delimiter: ';' })).records).toEqual([
			{ to: '1', 'name, first': 'a' },
		]);
	});

	it('given has to be one character', async () => {
		expect((await readFile('a\n1', { delimiter: ';;' })).end).toBe(
			'Delimiter is not one character',
		);
		expect((await readFile('a\n1', { delimiter: '"' })).end).toBe('Delimiter is not one character');
	});
});

describe('the header', () => {
	it('names columns, also those without a name', async () => {
		const { columns, records } = await readFile('\n  \n to ,,"na""me",,\n1,2,3,,\n');
		expect(columns).toEqual(['to', 'Column 2', 'na"me']);
		expect(records).toEqual([{ to: '1', 'Column 2': '2', 'na"me': '3' }]);
	});

	it.each([
		[
			'a column twice',
			'a,b,a\n1,2,3\n',
			'There are two columns "a"',
			'Rename one of them in line 1.',
		],
		['no names', '\n,,\n1,2,3\n', 'The columns have no names', 'Line 2 is the header'],
		[
			'a recipient instead',
			'+65 9123 4567,Mia\n+65 9123 4568,Bo\n',
			'The file has no header',
			'Line 1 has "+65 9123 4567"',
		],
		[
			'a quote that is not closed',
			'to,"name\n1,a\n',
			'A quote in line 1 is not closed',
			'Close it',
		],
		[
			'a name that objects cannot have',
			'__proto__\n1\n',
			'A column is named "__proto__"',
			'Rename it',
		],
		[
			'more than a line may have',
			`${'a'.repeat(1_100_000)}\n1\n`,
			'Line 1 is longer than 1,000,000 characters',
			'',
		],
		['nothing below', HEADER, 'The file has no recipients', ''],
		['nothing but blank lines below', `${HEADER}\n,\n`, 'The file has no recipients', ''],
	])('is refused: %s', async (_what, content, title, advice) => {
		const read = await readFile(content);
		expect(read).toMatchObject({ end: title, records: [], issues: [] });
		expect(read.advice).toContain(advice);
	});
});

describe('a line that cannot be read is an issue, and reading goes on', () => {
	it.each<[string, string, string[], string[]]>([
		['too many values', '1,a,b\n2,b\n', ['2: Line 2 has more values than the header'], ['2']],
		[
			'too many values in several lines',
			'1,"a\nb",c\n2,b\n',
			['2-3: Lines 2 to 3 have more values than the header'],
			['2'],
		],
		['text after a quote', '1,"a"b\n2,b\n', ['2: A quote in line 2 is not closed'], ['2']],
		[
			'a quote that is not closed',
			'1,"a\n2,b\n3,"c"\n',
			['2: A quote in line 2 is not closed'],
			['2', '3'],
		],
		['at the end', '1,a\n2,"b', ['3: A quote in line 3 is not closed'], ['1']],
		[
			'after a value of several lines',
			'"1\n1","a\n2,"b"\n',
			['2-3: A quote in line 3 is not closed'],
			['2'],
		],
		[
			'the rest of its value',
			'1,"a" b\nc\n2,b\n3\n',
			['2: A quote in line 2 is not closed', '3: Line 3 has fewer values than the header'],
			['2', '3'],
		],
		[
			'a line that never ends',
			`${'x'.repeat(10_000_000)}\n2,b\n${'x,'.repeat(5_000_000)}\r\n3,c`,
			[
				'2: Line 2 is longer than 1,000,000 characters',
				'4: Line 4 is longer than 1,000,000 characters',
			],
			['2', '3'],
		],
		[
			'a line that never ends, in quotes',
			`1,"${'x'.repeat(3_000_000)}\n2,b\n`,
			['2: A quote in line 2 is not closed'],
			['2'],
		],
	])('%s', async (_what, rows, issues, rest) => {
		const read = await readFile(HEADER + rows);
		expect(read.issues).toEqual(issues);
		expect(read.records.map(({ to }) => to)).toEqual(rest);
		expect(read.end).toBeUndefined();
	});

	it('for a quote that is never closed, in a file of any size', async () => {
		const { records, issues, end } = await readFile(`${HEADER}1,"a\n${'2,b\n'.repeat(1_000_000)}`);
		expect(issues).toEqual(['2: A quote in line 2 is not closed']);
		expect(records).toHaveLength(1_000_000);
		expect(end).toBeUndefined();
	});

	it.each(['\0', '\ufffd'])('for a character that stands for lost bytes', async (lost) => {
		const many = '1,a\n'.repeat(20_000);
		const { records, issues } = await readFile(`${HEADER}${many}2,"a\n${lost}"\n3,c\n`);
		expect(issues).toEqual(['20002-20003: Lines 20002 to 20003 have characters that were lost']);
		expect(records).toHaveLength(20_001);
	});
});
