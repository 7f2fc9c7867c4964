import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { RELEASES, type Release } from '../n8n/realN8n';

/** The table's columns: what the tests of one file prove. */
const FEATURES: Array<[title: string, file: string]> = [
	['Sending', 'realN8n.test.ts'],
	['Receipts', 'receipts.test.ts'],
	['Campaign ID', 'campaign.test.ts'],
	['Fields in the editor', 'editor.test.ts'],
	['Queue mode', 'queue.test.ts'],
];

const PASSED = '✓';
const NOT_TESTED = 'not tested';
/** Not in the README: this machine lacks what the tests need, e.g. Chromium. */
const SKIPPED = 'skipped';

const BEGIN = '<!-- compatibility: written by "node gulpfile.js compatibility" -->';
const END = '<!-- end of compatibility -->';

/** The part of jest's report that counts here. */
export interface JestReport {
	testResults: Array<{
		name: string;
		status: string;
		assertionResults: Array<{ status: string }>;
	}>;
}

type TestedRelease = Pick<Release, 'version' | 'nodeMajor' | 'has'>;

function cellOf({ has }: TestedRelease, report: JestReport, file: string): string {
	const result = report.testResults.find(({ name }) => basename(name) === file);
	if (!result) return NOT_TESTED;
	const statuses = result.assertionResults.map(({ status }) => status);
	// A file of which some tests were skipped is "focused".
	if (result.status === 'failed' || statuses.includes('failed')) return NOT_TESTED;
	if (!statuses.includes('passed')) return SKIPPED;
	return file === 'campaign.test.ts' && !has.includes('dataTables') ? 'needs a newer n8n' : PASSED;
}

/** The table's rows, its head included. @param reports by version; releases without one are left out */
export function compatibilityRows(
	reports: Record<string, JestReport>,
	releases: TestedRelease[] = RELEASES,
): string[][] {
	return [
		['n8n', 'Node.js', ...FEATURES.map(([title]) => title)],
		...releases
			.filter(({ version }) => version in reports)
			.map((release) => [
				release.version,
				String(release.nodeMajor),
				...FEATURES.map(([, file]) => cellOf(release, reports[release.version], file)),
			]),
	];
}

/** Puts the table into the README. @throws Error if it has no place for it */
export function withTable(readme: string, [head, ...rows]: string[][]): string {
	const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
	if (begin < 0 || end < begin) throw new Error(`README.md lacks "${BEGIN}" or "${END}".`);
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	const table = [head, head.map(() => '---'), ...rows].map(line).join('\n');
	return `${readme.slice(0, begin)}${BEGIN}\n${table}\n${readme.slice(end)}`;
}

/** The table of the README. */
function tableOf(readme: string): string[][] {
	return readme
		.slice(readme.indexOf(BEGIN), readme.indexOf(END))
		.split('\n')
		.filter((line) => line.startsWith('|') && !line.includes('---'))
		.map((line) => line.slice(2, -2).split(' | '));
}

/** Whether the README says what was tested. What this machine cannot test stands as it is. */
export function isUpToDate(readme: string, rows: string[][]): boolean {
	const written = tableOf(readme);
	const expected = rows.map((cells, row) =>
		cells.map((cell, column) => (cell === SKIPPED ? written[row]?.[column] : cell)),
	);
	return JSON.stringify(written) === JSON.stringify(expected);
}

/** jest's reports of the end-to-end tests, by version of n8n. */
export function readReports(folder: string): Record<string, JestReport> {
	const reports: Record<string, JestReport> = {};
	for (const { version } of RELEASES) {
		const file = join(folder, `e2e-${version}.json`);
		if (existsSync(file)) reports[version] = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
	}
	return reports;
}
