/**
 * Runs n8n's community package scanner on the source and on the packed tarball. Uses its API, because its command line
 * accepts published packages only.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
	SOURCE_FILE_PATTERNS,
	analyzePackage,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'chatapp-scan-'));
let failed = false;

async function scan(name, directory, patterns) {
	const { passed, message, details } = await analyzePackage(directory, patterns);
	console.log(`${name}: ${passed ? '0 errors' : `${message}\n${details ?? ''}`}`);
	failed ||= !passed || message !== undefined;
}

try {
	const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
	const packed = execFileSync(
		npm[0],
		[...npm.slice(1), 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
		{ cwd: root, encoding: 'utf8' },
	);
	execFileSync('tar', ['-xzf', packed.trim()], { cwd: folder });
	await scan('Source', root, SOURCE_FILE_PATTERNS);
	await scan('Packed tarball', join(folder, 'package'), ['**/*.js', 'package.json']);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
