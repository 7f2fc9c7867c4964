import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
	compatibilityRows,
	isUpToDate,
	withTable,
	type JestReport,
} from '../../../scripts/docs/compatibility';
import { RELEASES } from '../../../scripts/n8n/realN8n';

const NEW = { version: '9.1.0', nodeMajor: 40, has: ['dataTables' as const] };
const OLD = { version: '1.2.3', nodeMajor: 20, has: [] };

/** As jest 30 says it (formatTestResults.js). */
function statusOf(statuses: string[]): string {
	if (statuses.includes('failed')) return 'failed';
	return statuses.includes('pending') ? 'focused' : 'passed';
}

/** A report in which the tests of a file ended like this. */
const report = (files: Record<string, string[]>): JestReport => ({
	testResults: Object.entries(files).map(([file, statuses]) => ({
		name: `/project/test/e2e/${file}.test.ts`,
		status: statusOf(statuses),
		assertionResults: statuses.map((status) => ({ status })),
	})),
});

const all = {
	realN8n: ['passed', 'passed'],
	receipts: ['passed', 'pending'],
	campaign: ['passed'],
	editor: ['passed'],
};

const rowsOf = (newer: Record<string, string[]>, older: Record<string, string[]>) =>
	compatibilityRows({ [NEW.version]: report(newer), [OLD.version]: report(older) }, [NEW, OLD]);

const README = withTable(
	'Before\n<!-- compatibility: written by "node gulpfile.js compatibility" -->\nold\n<!-- end of compatibility -->\nAfter\n',
	rowsOf(all, { realN8n: ['passed'], campaign: ['passed', 'pending'] }),
);

it('has a row for each release, with what passed on it', () => {
	expect(README.split('\n')).toEqual([
		'Before',
		'<!-- compatibility: written by "node gulpfile.js compatibility" -->',
		'| n8n | Node.js | Sending | Receipts | Campaign ID | Fields in the editor | Queue mode |',
		'| --- | --- | --- | --- | --- | --- | --- |',
		'| 9.1.0 | 40 | ✓ | ✓ | ✓ | ✓ | not tested |',
		'| 1.2.3 | 20 | ✓ | not tested | needs a newer n8n | not tested | not tested |',
		'<!-- end of compatibility -->',
		'After',
		'',
	]);
});

it('leaves out a release without a report', () => {
	expect(compatibilityRows({ [OLD.version]: report(all) }, [NEW, OLD])).toHaveLength(2);
});

it.each<[string, Record<string, string[]>, boolean]>([
	['what it says', all, true],
	['more tests than before', { ...all, editor: ['passed', 'passed', 'passed'] }, true],
	['that something failed', { ...all, campaign: ['passed', 'failed'] }, false],
	['that something was not run', { realN8n: ['passed'] }, false],
	['something new', { ...all, queue: ['passed'] }, false],
	['that this machine lacks what a test needs', { ...all, editor: ['pending'] }, true],
])('the README is compared with %s', (_title, newer, isSame) => {
	const rows = rowsOf(newer, { realN8n: ['passed'], campaign: ['passed'] });
	expect(isUpToDate(README, rows)).toBe(isSame);
});

it('is out of date without a release that was tested', () => {
	expect(isUpToDate(README, compatibilityRows({ [NEW.version]: report(all) }, [NEW, OLD]))).toBe(
		false,
	);
});

it("the project's README has a place for it, and names every release", () => {
	const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
	expect(withTable(readme, [['n8n']])).toContain('| n8n |\n| --- |');
	for (const { version, nodeMajor } of RELEASES)
		expect(readme).toContain(`| ${version} | ${nodeMajor} |`);
});
