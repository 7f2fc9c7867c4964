import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Obstacle } from './npmInstall';
import { PLACEHOLDER, readRepository, replacePlaceholder } from './release/addresses';
import { checkRelease, type Finding } from './release/checks';

const ROOT = join(__dirname, '..');
const TEXT = /(\.(md|json|ts|js|mjs|yml|yaml|svg)|^LICENSE)$/;

const git = (...args: string[]) =>
	execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** What is under version control, and nothing else: only that is in a release. */
function readFiles(): Record<string, string> {
	const files: Record<string, string> = {};
	for (const file of git('ls-files', '-z').split('\0').filter(Boolean)) {
		try {
			files[file] = TEXT.test(file) ? readFileSync(join(ROOT, file), 'utf8') : '';
		} catch {
			// Deleted but not committed: the check of the git tree tells.
		}
	}
	return files;
}

function print({ title, missing, places = [] }: Finding): void {
	console.log(`${missing.length === 0 ? 'ok     ' : 'missing'}  ${title}`);
	for (const instruction of missing) console.log(`           ${instruction}`);
	for (const place of places) console.log(`             ${place}`);
}

function fix(files: Record<string, string>): Record<string, string> {
	const { repository } = JSON.parse(files['package.json']) as { repository?: { url?: string } };
	const path = readRepository(repository?.url ?? '');
	if (path === undefined || path === PLACEHOLDER.repository)
		throw new Obstacle('Set repository.url in package.json first; the other places follow it.');
	const fixed = replacePlaceholder(files, path);
	for (const [file, text] of Object.entries(fixed)) {
		writeFileSync(join(ROOT, file), text);
		console.log(`fixed    ${file}`);
	}
	return { ...files, ...fixed };
}

function readOptions(args: string[]) {
	try {
		return parseArgs({
			args,
			options: { tag: { type: 'string' }, fix: { type: 'boolean' } },
		}).values;
	} catch (error) {
		throw new Obstacle((error as Error).message);
	}
}

/**
 * `npm run release:check`: what n8n's verification still lacks.
 * @param args --tag TAG: also whether the tag is the version; --fix: puts the repository in place of its placeholder
 * @throws Obstacle when something is missing
 */
export function main(args: string[]): void {
	const values = readOptions(args);
	let files: Record<string, string>;
	try {
		files = readFiles();
	} catch {
		throw new Obstacle('This needs git and a clone of the repository.');
	}
	if (values.fix) files = fix(files);
	const findings = checkRelease({
		files,
		gitStatus: git('status', '--porcelain'),
		tag: values.tag,
	});
	findings.forEach(print);
	const missing = findings.filter((finding) => finding.missing.length > 0).length;
	console.log(`\n${findings.length - missing} ok, ${missing} missing`);
	if (missing > 0) throw new Obstacle('Not ready for a release; docs/releasing.md says how.');
}
