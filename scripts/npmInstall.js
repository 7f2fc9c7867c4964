'use strict';
// Plain JavaScript for any Node: it runs before anything is installed.
const fs = require('fs');
const path = require('path');
const { spawn } = require('child_process');

/** Something the user can act on, said in one line. */
class Obstacle extends Error {}

/** How many packages lie in a folder's node_modules, the scoped ones included. */
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

/** How many packages the lock file puts right below node_modules. */
function countLocked(folder) {
	const lock = JSON.parse(fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8'));
	return Object.keys(lock.packages).filter(
		(name) => name && name.lastIndexOf('node_modules/') === 0,
	).length;
}

/** Ends the progress line that is shown, if any. */
let hideProgress = () => {};

/** Shows a line that is renewed in place on a terminal, and repeated now and then elsewhere. */
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

/** What must not outlive this process. */
const children = new Set();
// Not SIGINT: npm would take its time to undo what it did, and be in the way of the next try.
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Runs npm in a folder and gives its exit code and what it printed. */
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
			`${title}: the npm registry cannot be reached. Check the network (or npm's proxy settings) and run this again.`,
		);
	}
	const lines = output
		.split('\n')
		.filter((line) => /^npm (error|ERR!)/.test(line))
		.map((line) => line.replace(/^npm (error|ERR!)\s*(code )?/, '').trim())
		.filter((line) => line !== '');
	const reason = lines.slice(0, 2).join(': ') || 'npm ended early';
	return new Obstacle(`${title}: npm could not install it (${reason}).`);
}

/**
 * Runs `npm ci` in a folder with a lock file, telling how far it is, unless what is there is newer than the lock.
 * @param {string} folder
 * @param {string} title what is being installed, in the user's words
 * @returns {Promise<boolean>} whether anything had to be installed
 * @throws Obstacle with one clear line
 */
async function installLocked(folder, title) {
	const time = (file) => (fs.existsSync(file) ? fs.statSync(file).mtimeMs : -1);
	const installed = time(path.join(folder, 'node_modules/.package-lock.json'));
	if (installed >= 0 && installed >= time(path.join(folder, 'package-lock.json'))) return false;
	const total = countLocked(folder);
	const stop = showProgress(
		() => `Installing ${title}: ${countPackages(folder)} of ${total} packages, once`,
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
 * Builds the native parts of packages that need it.
 * @throws Obstacle when there is no compiler for them
 */
async function rebuild(folder, title, packages) {
	const stop = showProgress(() => `Building ${packages.join(' and ')} for ${title}, once`);
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
				? `${title} needs a C++ compiler, make and Python to build ${packages.join(' and ')}, and one of them is missing.`
				: `${title}: ${packages.join(' and ')} could not be built.`,
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
