'use strict';
/**
 * The tasks behind the scripts of package.json. `node gulpfile.js TASK` installs missing packages first, so that it works
 * in a fresh clone; `npx gulp TASK` runs the same tasks.
 */
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(
		`This needs Node.js 20.19 or newer, but found ${process.version}. Download a newer version from https://nodejs.org`,
	);
	process.exit(1);
}

const { Obstacle, installLocked } = require('./scripts/npmInstall');

/** Runs a script of an installed package, with its output shown as it comes. */
function run(script, ...args) {
	return new Promise((resolve, reject) => {
		const file = path.join(__dirname, 'node_modules', script);
		spawn(process.execPath, [file, ...args], { cwd: __dirname, stdio: 'inherit' })
			.on('error', reject)
			.on('close', (code) =>
				code === 0
					? resolve()
					: reject(new Obstacle(`${path.basename(script)} failed (exit code ${code}); see above.`)),
			);
	});
}

/** Loads a TypeScript file that is not part of the build. */
function load(file) {
	require('tsx/cjs');
	return require(file);
}

const clean = () => fs.promises.rm(path.join(__dirname, 'dist'), { recursive: true, force: true });
const compile = () => run('typescript/bin/tsc', '-p', '.');

/** Copies icons and codex files next to the JavaScript. Without `encoding: false`, gulp 5 breaks binary files. */
function assets() {
	const { src, dest } = require('gulp');
	return src(['nodes/**/*.{svg,png,node.json}', 'credentials/**/*.{svg,png}'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

/** @param mode --check or --write */
const prettier = (mode) => run('prettier/bin/prettier.cjs', mode, '--log-level', 'warn', '.');

async function lint() {
	await prettier('--check');
	await run('eslint/bin/eslint.js', '.');
}
async function types() {
	await run('typescript/bin/tsc', '-p', 'test/tsconfig.json');
	// The sandbox's page, which runs in a browser.
	await run('typescript/bin/tsc', '-p', 'sandbox/page/client');
}
const scan = () => run('../scripts/scan.mjs');

/** Runs test projects and stores jest's report. --forceExit, because timers of n8n-core keep the process alive. */
async function jest(report, projects, ...options) {
	await fs.promises.mkdir('test-results', { recursive: true });
	await run(
		'jest/bin/jest.js',
		'-c',
		'test/jest.config.js',
		'--selectProjects',
		...projects,
		'--json',
		`--outputFile=test-results/${report}.json`,
		'--forceExit',
		...options,
	);
}

// The engine tests spend about half of their time waiting for responses and timeouts.
const WORKERS = `--maxWorkers=${2 * os.cpus().length}`;

async function fastTests() {
	await fs.promises.rm('test-results', { recursive: true, force: true });
	await jest('fast', ['unit', 'sandbox', 'engine'], WORKERS);
}

/** Reports how much of the nodes and credentials the unit tests cover; coverage/index.html shows it line by line. */
const coverage = () => jest('coverage', ['unit'], WORKERS, '--coverage');

async function e2eTests() {
	const { findChromium, NO_CHROMIUM } = load('./scripts/n8n/chromium');
	if (!findChromium()) {
		if (process.env.CI) throw new Obstacle(`The editor tests are mandatory in CI. ${NO_CHROMIUM}`);
		console.log(`Skipping the editor tests. ${NO_CHROMIUM}`);
	}
	const { findStores, NO_STORES } = load('./scripts/n8n/stores');
	if (!findStores()) {
		if (process.env.CI)
			throw new Obstacle(`The tests in queue mode are mandatory in CI. ${NO_STORES}`);
		console.log(`Skipping the tests in queue mode. ${NO_STORES}`);
	}
	const { RELEASES, ensureN8n } = load('./scripts/n8n/realN8n');
	for (const { version, leavesOut } of RELEASES) {
		console.log(`\n  n8n ${version}`);
		process.env.N8N_RELEASE = version;
		// Before the tests, so that its progress is visible and it happens only once.
		await ensureN8n();
		await jest(
			`e2e-${version}`,
			['e2e'],
			...leavesOut.map((name) => `--testPathIgnorePatterns=/test/e2e/${name}\\.test\\.ts$`),
		);
	}
	delete process.env.N8N_RELEASE;
}

/** @returns the README, and the rows of its table of compatibility as the last end-to-end tests passed */
function tested() {
	const { compatibilityRows, readReports } = load('./scripts/docs/compatibility');
	return [fs.readFileSync('README.md', 'utf8'), compatibilityRows(readReports('test-results'))];
}

/** Writes the README's table of compatibility. */
async function compatibility() {
	const [readme, rows] = tested();
	fs.writeFileSync('README.md', load('./scripts/docs/compatibility').withTable(readme, rows));
}

async function checkCompatibility() {
	if (!load('./scripts/docs/compatibility').isUpToDate(...tested()))
		throw new Obstacle(
			'The table of compatibility in README.md is not what these tests passed on. Write it: node gulpfile.js compatibility',
		);
}

/** Prints the totals of jest's reports. */
async function summary() {
	const reports = fs.readdirSync('test-results').filter((file) => file.endsWith('.json'));
	const totals = reports
		.map((file) => JSON.parse(fs.readFileSync(path.join('test-results', file), 'utf8')))
		.reduce(
			(sum, { numPassedTests, numFailedTests, numPendingTests }) => ({
				passed: sum.passed + numPassedTests,
				failed: sum.failed + numFailedTests,
				skipped: sum.skipped + numPendingTests,
			}),
			{ passed: 0, failed: 0, skipped: 0 },
		);
	console.log(
		`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`,
	);
}

/** Runs tasks one after the other and prints their titles, which gulp's series() does only within gulp. */
const inSeries =
	(...tasks) =>
	async () => {
		for (const [title, task] of tasks) {
			console.log(`\n• ${title}`);
			await task();
		}
	};

const finished = (stream) =>
	new Promise((resolve, reject) =>
		stream.on('end', resolve).on('finish', resolve).on('error', reject).resume(),
	);

async function build() {
	await clean();
	await compile();
	await finished(assets());
}

const checks = [
	["Lint: formatting and n8n's rules for community nodes", lint],
	['Type check', types],
	['Build', build],
];

exports.clean = clean;
exports.build = build;
exports.format = () => prettier('--write');
exports.lint = lint;
exports.types = types;
exports.scan = scan;
exports.unit = () => jest('unit', ['unit']);
exports.engine = () => jest('engine', ['engine'], WORKERS);
exports.e2e = e2eTests;
exports.compatibility = compatibility;
exports.coverage = coverage;
exports.testFast = inSeries(
	['Build', build],
	['Type check; unit, sandbox and engine tests', () => Promise.all([types(), fastTests()])],
	['Summary', summary],
);
exports.test = inSeries(
	...checks,
	["n8n's package scanner: source and packed tarball", scan],
	['Unit, sandbox and engine tests', fastTests],
	['End-to-end tests in real releases of n8n', e2eTests],
	['Table of compatibility', checkCompatibility],
	['Summary', summary],
);
exports.sandbox = () => load('./scripts/sandbox').main(process.argv.slice(3));
exports.demo = () => load('./scripts/demo').main(build);
exports.start = () => load('./scripts/start').main(process.argv.slice(3), build);
exports.bench = () => load('./bench/main').main(process.argv.slice(3), build);
exports.screenshots = () => load('./scripts/screenshots').main(build);
exports.releaseCheck = () => load('./scripts/releaseCheck').main(process.argv.slice(3));
exports.default = build;

async function main(name) {
	// A running npm is killed with this process. Tasks that have more to stop replace these handlers.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
	if (!Object.prototype.hasOwnProperty.call(exports, name)) {
		throw new Obstacle(`Unknown task "${name}". Tasks: ${Object.keys(exports).join(', ')}`);
	}
	await installLocked(__dirname, 'development packages');
	await exports[name]();
}

if (require.main === module) {
	main(process.argv[2] || 'default').catch((error) => {
		console.error(error instanceof Obstacle ? error.message : error);
		process.exit(1);
	});
}
