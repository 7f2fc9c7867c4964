import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** Finds the first of these programs on the PATH, or else the first of these files. */
export function findProgram(names: string[], files: string[] = []): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter);
	return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...files].find(
		isProgram,
	);
}
