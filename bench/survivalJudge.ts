import { setTimeout as delay } from 'node:timers/promises';

import { makePeople } from './people';
import type { Row } from './report';
import type { SandboxProcess } from './sandboxProcess';

export const RECIPIENTS = 60_000;

/** What a run of a campaign said. */
export interface RunResult {
	/** Outcomes by number; empty if the run ended without output. */
	outcomes: Map<string, string>;
	/** From the node's input to its output; undefined without output. */
	nodeMs?: number;
	/** How it ended, when it did not end well. */
	failure?: string;
}

/** Whether everybody's outcome is known or in doubt, so that another run has nobody to send to. */
export const isDone = ({ outcomes }: RunResult) =>
	outcomes.size === RECIPIENTS &&
	[...outcomes.values()].every((outcome) => outcome !== 'notSent' && outcome !== 'rejected');

/** How many have an outcome. */
export const countOf = ({ outcomes }: RunResult, outcome: string) =>
	[...outcomes.values()].filter((each) => each === outcome).length;

/** Waits until the sandbox accepts no more: calls of a run that ended may be on their way. */
export async function untilQuiet(sandbox: SandboxProcess): Promise<void> {
	for (let before = -1; ;) {
		const { recipients } = await sandbox.stats();
		if (recipients.accepted === before) return;
		before = recipients.accepted;
		await delay(700);
	}
}

/** Compares what the last run said with whom the sandbox accepted. @param promises nobody doubled, missed, told wrongly */
export async function judge(
	sandbox: SandboxProcess,
	{ outcomes }: RunResult,
	promises: boolean,
): Promise<Row> {
	await untilQuiet(sandbox);
	const { recipients } = await sandbox.stats();
	const reached = await sandbox.recipients();
	const people = makePeople(RECIPIENTS).map(({ phone }) => ({
		isReached: reached.has(phone),
		outcome: outcomes.get(phone) ?? '',
	}));
	const count = (matches: (person: (typeof people)[number]) => boolean) =>
		people.filter(matches).length;
	const missed = count(({ isReached, outcome }) => !isReached && outcome !== 'unknown');
	const wrong = count(({ isReached, outcome }) =>
		(isReached ? ['notSent', 'rejected'] : ['accepted', 'alreadyAccepted']).includes(outcome),
	);
	const left = countOf({ outcomes }, 'unknown');
	const isBroken = recipients.duplicate + missed + wrong > 0;
	return {
		Doubled: recipients.duplicate,
		Missed: missed,
		'Left in doubt': left,
		'Told wrongly': wrong,
		'Already accepted': countOf({ outcomes }, 'alreadyAccepted'),
		...(promises && { Promise: isBroken ? 'BROKEN' : left > 0 ? 'kept, with doubt' : 'kept' }),
	};
}
