import { Obstacle } from '../scripts/npmInstall';

/** What limits a bench to a part of it; empty for all of it. */
export interface Choice {
	only: string;
	scenario: string;
}

/** The entry that an option of the command line names, or all of them when it is empty. */
export function choose<T extends { name: string }>(list: T[], name: string, option: string): T[] {
	const chosen = name === '' ? list : list.filter((each) => each.name === name);
	if (chosen.length === 0)
		throw new Obstacle(
			`${option} takes one of ${list.map((each) => each.name).join(', ')}; "${name}" is none.`,
		);
	return chosen;
}
