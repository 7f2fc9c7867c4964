import { Obstacle } from '../scripts/npmInstall';

/** Restricts a bench to a contestant or a scenario; empty strings for all of them. */
export interface Choice {
	only: string;
	scenario: string;
}

/**
 * Selects the entry with a name, or all entries if the name is empty.
 * @param option for the error message
 * @throws Obstacle if there is no such entry
 */
export function choose<T extends { name: string }>(list: T[], name: string, option: string): T[] {
	const chosen = name === '' ? list : list.filter((each) => each.name === name);
	if (chosen.length === 0)
		throw new Obstacle(
			`${option} takes one of ${list.map((each) => each.name).join(', ')}, not "${name}".`,
		);
	return chosen;
}
