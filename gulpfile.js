'use strict';
/**
 * Every script of package.json is a task of this file. `node gulpfile.js TASK` first installs what is missing, so
 * that a fresh clone needs nothing before; `npx gulp TASK` runs the same tasks.
 */
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(
		`This needs Node.js 20.19 or newer; here it is ${process.version}. Get one from https://nodejs.org`,
	);
	process.exit(1);
}

const { Obstacle, installLocked } = require('./scripts/npmInstall');

/** Starts a script of an installed package. @param show gets what it prints; without it, that is shown as it comes */
function start(script, args, show) {
	return new Promise((resolve, reject) => {
		const file = path.join(__dirname, 'node_modules', script);
		const stdio = show ? ['ignore', 'pipe', 'pipe'] : 'inherit';
		const child = spawn(process.execPath, [file, ...args], { cwd: __dirname, stdio });
		if (show) [child.stdout, child.stderr].forEach((stream) => stream.on('data', show));
		child
			.on('error', reject)
			.on('close', (code) =>
				code === 0
					? resolve()
					: reject(
							new Obstacle(
								`${path.basename(script)} found something to mend (exit ${code}); see above.`,
							),
						),
			);
	});
}
const run = (script, ...args) => start(script, args);

/** Loads TypeScript of the sandbox, which is not built. */
function load(file) {
	require('tsx/cjs');
	return require(file);
}

const clean = () => fs.promises.rm(path.join(__dirname, 'dist'), { recursive: true, force: true });
const compile = () => run('typescript/bin/tsc', '-p', '.');

/** Icons and codex files go beside the JavaScript. Without `encoding: false` gulp 5 breaks binary files. */
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
const types = () => run('typescript/bin/tsc', '-p', 'test/tsconfig.json');
const scan = () => run('../scripts/scan.mjs');

/** Runs test projects and keeps jest's own account of them. Timers of n8n-core would keep jest from ending by itself. */
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

// The engine tests wait for answers and timeouts half of the time, so one worker more than there are cores pays.
const WORKERS = `--maxWorkers=${os.cpus().length + 1}`;

async function fastTests() {
	await fs.promises.rm('test-results', { recursive: true, force: true });
	await jest('fast', ['unit', 'sandbox', 'engine'], WORKERS);
}

/** Which lines of the nodes and credentials the unit tests reach: a summary, and coverage/index.html with every line. */
const coverage = () => jest('coverage', ['unit'], WORKERS, '--coverage');

async function e2eTests() {
	const { findChromium, NO_CHROMIUM } = load('./scripts/n8n/chromium');
	if (!findChromium()) {
		if (process.env.CI)
			throw new Obstacle(`The tests in the editor have to run here, but ${NO_CHROMIUM}`);
		console.log(`The tests in the editor are skipped: ${NO_CHROMIUM}`);
	}
	// Before the tests, so that the installation is seen, and done once.
	await load('./scripts/n8n/realN8n').ensureN8n();
	await jest('e2e', ['e2e']);
}

/** Adds up jest's own accounts. */
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

/** One after the other, told by name. gulp's own series() prints nothing outside of gulp. */
const inOrder =
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

const CACHE = 'node_modules/.cache/checks';
/**
 * The checks for every day. What has not changed is taken from a cache, also by the lint rules that look at types of
 * other files; `npm test` and `npm run lint` check everything.
 */
const CHANGED = [
	[
		'Format',
		'prettier/bin/prettier.cjs',
		'--check',
		'--log-level',
		'warn',
		'--cache',
		`--cache-location=${CACHE}/prettier`,
		'--cache-strategy=content',
		'.',
	],
	[
		'Lint',
		'eslint/bin/eslint.js',
		'--cache',
		`--cache-location=${CACHE}/eslint/`,
		'--cache-strategy=content',
		'.',
	],
	[
		'Types',
		'typescript/bin/tsc',
		'-p',
		'test/tsconfig.json',
		'--incremental',
		`--tsBuildInfoFile`,
		`${CACHE}/types.tsbuildinfo`,
	],
];

/** All at once and with the build; what each of them prints is shown in one piece when it ends. */
async function checkChanged() {
	const checks = CHANGED.map(async ([title, script, ...args]) => {
		const printed = [];
		try {
			await start(script, args, (chunk) => printed.push(chunk));
		} finally {
			console.log(`\n• ${title}`);
			process.stdout.write(Buffer.concat(printed));
		}
	});
	const ended = await Promise.allSettled([build(), ...checks]);
	const failed = ended.find(({ status }) => status === 'rejected');
	if (failed) throw failed.reason;
}

const checks = [
	['Lint: format, and the rules of n8n for community nodes', lint],
	['Types', types],
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
exports.coverage = coverage;
exports.testFast = inOrder(
	['Build; format, lint and types of what has changed', checkChanged],
	['Unit, sandbox and engine tests', fastTests],
	['Summary', summary],
);
exports.test = inOrder(
	...checks,
	['Scanner of n8n: source and packed tarball', scan],
	['Unit, sandbox and engine tests', fastTests],
	['End-to-end tests in a real n8n', e2eTests],
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
	// What is being installed ends with this process; a task that has more to end says so itself.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
	if (!Object.prototype.hasOwnProperty.call(exports, name)) {
		throw new Obstacle(`There is no task "${name}". Tasks: ${Object.keys(exports).join(', ')}`);
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
