import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';

import { loadPackage } from '../scripts/n8n/engine';
import { innoPaasSubmit, massSend, runNode } from './engineRun';
import { makePeople, toItems } from './people';
import type { SandboxStats } from './sandboxProcess';
import { serve } from './worker';

const SENDERS = { camsMassSend: massSend, innoPaasSubmit };

export interface FaultJob {
	sender: keyof typeof SENDERS;
	url: string;
	count: number;
	options: IDataObject;
	retry: boolean;
	/** Cancels the run once the sandbox has received this many calls. */
	cancelAt?: number;
}

export interface FaultRun {
	status: string;
	/** Every recipient with the outcome that the node reported. */
	reported: Array<[to: string, outcome: string]>;
	/** The execution's custom data. */
	metadata: Record<string, string>;
	error?: string;
}

async function stopAt(url: string, calls: number, stop: () => void): Promise<void> {
	for (;;) {
		const { data } = await axios.get<SandboxStats>(`${url}/__sandbox/stats?messages=false`, {
			proxy: false,
		});
		if (data.calls.received >= calls) return stop();
		await delay(20);
	}
}

serve<FaultJob, undefined, FaultRun>(async ({ sender, url, count, options, retry, cancelAt }) => {
	await loadPackage();
	const node: Partial<INode> = {
		...SENDERS[sender](options),
		...(retry && { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 }),
	};
	const items = toItems(makePeople(count));
	const run = async (): Promise<FaultRun> => {
		const { run: done, items: output } = await runNode(url, node, items, {
			executionId: 'faults',
			onStarted: (stop) => cancelAt !== undefined && void stopAt(url, cancelAt, stop),
		});
		return {
			status: done.status,
			reported: output.map(({ to, outcome }) => [String(to), String(outcome)]),
			metadata: done.run.data.resultData.metadata ?? {},
			error: done.error?.message,
		};
	};
	return { ready: undefined, run };
});
