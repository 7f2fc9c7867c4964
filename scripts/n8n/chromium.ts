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

/** Where Chromium or Chrome is: CHROMIUM, else on the PATH, else where a Mac has it. */
export function findChromium(): string | undefined {
	if (process.env.CHROMIUM) return process.env.CHROMIUM;
	const folders = (process.env.PATH ?? '').split(delimiter);
	return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...MAC].find(
		isProgram,
	);
}

/** What to do about one that is missing. */
export const NO_CHROMIUM =
	'there is no Chromium on the PATH (on Debian: apt-get install chromium). Or set CHROMIUM to the path of a Chromium or Chrome.';
