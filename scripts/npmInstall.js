'use strict';
// Plain JavaScript, because this runs before anything is installed.
const fs = require('fs');
const path = require('path');
const { spawn } = require('child_process');

/** An error that is reported to the user as one line, without a stack trace. */
class Obstacle extends Error {}

/** Counts the packages in a folder's node_modules, including scoped ones. */
function countPackages(folder) {
	const list = (directory) => {
		try {
			return fs.readdirSync(directory).filter((name) => !name.startsWith('.'));
		} catch (error) {
			return [];
		}
	};
	const modules = path.join(folder, 'node_modules');
	return list(modules).reduce(
		(count, name) => count + (name.startsWith('@') ? list(path.join(modules, name)).length : 1),
		0,
	);
}

/** Counts the packages that the lock file puts directly below node_modules. */
function countLocked(folder) {
	const lock = JSON.parse(fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8'));
	return Object.keys(lock.packages).filter(
		(name) => name && name.lastIndexOf('node_modules/') === 0,
	).length;
}

/** Removes the current progress line, if any. */
let hideProgress = () => {};

/** Shows a progress line: updated in place on a terminal, repeated every 15 s elsewhere. */
function showProgress(describe) {
	const isTerminal = Boolean(process.stdout.isTTY);
	const started = Date.now();
	const show = () => {
		const line = `${describe()} (${Math.round((Date.now() - started) / 1000)} s)`;
		const width = (process.stdout.columns || 80) - 1;
		process.stdout.write(isTerminal ? `\r\x1b[2K${line.slice(0, width)}` : `${line}\n`);
	};
	show();
	const timer = setInterval(show, isTerminal ? 500 : 15000);
	hideProgress = () => {
		clearInterval(timer);
		if (isTerminal) process.stdout.write('\r\x1b[2K');
		hideProgress = () => {};
	};
	return () => hideProgress();
}

/** Processes that must not outlive this one. */
const children = new Set();
// SIGKILL, because npm handles SIGINT by slowly undoing its work, which would block the next attempt.
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Runs npm in a folder and returns its exit code and output. */
function runNpm(folder, args) {
	const npm = process.env.npm_execpath;
	const command = npm ? process.execPath : 'npm';
	return new Promise((resolve) => {
		const child = spawn(command, npm ? [npm, ...args] : args, {
			cwd: folder,
			stdio: ['ignore', 'pipe', 'pipe'],
			shell: !npm && process.platform === 'win32',
		});
		children.add(child);
		let output = '';
		const keep = (data) => {
			output = (output + data).slice(-20000);
		};
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		child.on('error', (error) => resolve({ code: 1, output: String(error) }));
		child.on('close', (code) => {
			children.delete(child);
			resolve({ code, output });
		});
	});
}

function explain(title, output) {
	if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.test(output)) {
		return new Obstacle(
			`${title} failed: the npm registry cannot be reached. Check your network and npm's proxy settings, then try again.`,
		);
	}
	const lines = output
		.split('\n')
		.filter((line) => /^npm (error|ERR!)/.test(line))
		.map((line) => line.replace(/^npm (error|ERR!)\s*(code )?/, '').trim())
		.filter((line) => line !== '');
	const reason = lines.slice(0, 2).join(': ') || 'npm exited early';
	return new Obstacle(`${title} failed: npm reported "${reason}".`);
}

/**
 * Runs `npm ci` in a folder with a lock file and shows its progress, unless the installation is newer than the lock file.
 * @param {string} folder
 * @param {string} title names what is installed, for the user
 * @returns {Promise<boolean>} whether anything was installed
 * @throws Obstacle if npm fails
 */
async function installLocked(folder, title) {
	const time = (file) => (fs.existsSync(file) ? fs.statSync(file).mtimeMs : -1);
	const installed = time(path.join(folder, 'node_modules/.package-lock.json'));
	if (installed >= 0 && installed >= time(path.join(folder, 'package-lock.json'))) return false;
	const total = countLocked(folder);
	const stop = showProgress(
		() => `Installing ${title} (first run only): ${countPackages(folder)} of ${total} packages`,
	);
	const { code, output } = await runNpm(folder, [
		'ci',
		'--ignore-scripts',
		'--no-audit',
		'--no-fund',
		'--fetch-retries=1',
	]);
	stop();
	if (code !== 0) throw explain(`Installing ${title}`, output);
	console.log(`Installed ${title}.`);
	return true;
}

/**
 * Builds native addons.
 * @throws Obstacle if the build fails, e.g. because there is no compiler
 */
async function rebuild(folder, title, packages) {
	const stop = showProgress(
		() => `Building ${packages.join(' and ')} for ${title} (first run only)`,
	);
	const { code, output } = await runNpm(folder, [
		'rebuild',
		...packages,
		'--ignore-scripts=false',
		'--foreground-scripts',
	]);
	stop();
	if (code !== 0) {
		const lacksCompiler =
			/not found: make|find Python|No such file or directory.*(make|g\+\+|cc)|Could not find any Visual Studio/i.test(
				output,
			);
		throw new Obstacle(
			lacksCompiler
				? `${title} needs a C++ compiler, make and Python to build ${packages.join(' and ')}, but at least one of them is missing.`
				: `${title} cannot run because ${packages.join(' and ')} could not be built.`,
		);
	}
}

module.exports = {
	Obstacle,
	hideProgress: () => hideProgress(),
	installLocked,
	rebuild,
	runNpm,
	showProgress,
};
