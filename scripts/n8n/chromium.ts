import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = [
	'chromium',
	'chromium-browser',
	'google-chrome',
	'google-chrome-stable',
	'chrome.exe',
];
const MAC = [
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** Finds Chromium or Chrome: the environment variable CHROMIUM, the PATH, or the default folders of macOS. */
export function findChromium(): string | undefined {
	if (process.env.CHROMIUM) return process.env.CHROMIUM;
	const folders = (process.env.PATH ?? '').split(delimiter);
	return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...MAC].find(
		isProgram,
	);
}

export const NO_CHROMIUM =
	'Chromium was not found on the PATH. Install it (on Debian: apt-get install chromium), or set CHROMIUM to the path of Chromium or Chrome.';
