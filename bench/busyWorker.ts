import { setImmediate as turn } from 'node:timers/promises';

import { serve } from './worker';

/** Longer than any run of a contestant. */
const AT_MOST_MS = 200_000;

/** Uses a processor until it is ended. */
async function beBusy(): Promise<void> {
	const end = performance.now() + AT_MOST_MS;
	while (performance.now() < end) {
		const pause = performance.now() + 50;
		while (performance.now() < pause);
		// It ends with the bench, and has to notice.
		await turn();
	}
}

serve<undefined, undefined, void>(async () => ({ ready: undefined, run: beBusy }));
