import { findProgram } from './findProgram';

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

/** Finds Chromium or Chrome: the environment variable CHROMIUM, the PATH, or the default folders of macOS. */
export function findChromium(): string | undefined {
	return process.env.CHROMIUM || findProgram(NAMES, MAC);
}

export const NO_CHROMIUM =
	'Chromium was not found on the PATH. Install it (on Debian: apt-get install chromium), or set CHROMIUM to the path of Chromium or Chrome.';
