import { choose, type Choice } from './choice';
import { measureInN8n } from './costInN8n';
import type { Cost, CostJob } from './costWorker';
import { logProgress, median, printTable, round, saveResults } from './report';
import { Worker } from './worker';

const SCENARIOS = [{ name: 'whole' }, { name: 'parts' }, { name: 'n8n' }];

/** Measures the client's CPU time for a call with 1,000 recipients, compared with the official SDK. */
export async function cost({ scenario }: Choice): Promise<void> {
	const chosen = choose(SCENARIOS, scenario, '--scenario').map(({ name }) => name);
	const server = await Worker.start<undefined, string, void>('fixedServerWorker.ts', undefined);
	const job = {
		url: server.ready,
		whole: chosen.includes('whole'),
		parts: chosen.includes('parts'),
	};
	const client = await Worker.start<CostJob, undefined, Cost>('costWorker.ts', job, [
		'--expose-gc',
	]);
	logProgress('cost: alternating between the SDK and this package, which waits for its quota');
	const { idleMsPerSecond, pairs, parts, error } = await client.go();
	client.end();
	const inN8n = chosen.includes('n8n') ? await measureInN8n(server.ready) : [];
	server.end();

	if (job.whole) {
		const ours = pairs.flatMap((pair) => pair.ours ?? []);
		printTable('CPU of the client per call of 1,000 recipients, median of the pairs', [
			{
				Client: 'SDK: build, sign, post',
				'CPU ms': round(median(pairs.map(({ sdk }) => sdk)), 2),
			},
			{
				Client: "This package in n8n's engine, complete run",
				'CPU ms': ours.length > 0 ? round(median(ours), 2) : undefined,
				'Relative to the SDK':
					ours.length > 0
						? round(median(pairs.map((pair) => pair.ours! / pair.sdk)), 2)
						: undefined,
				...(error && { Remark: `failed: ${error}` }),
			},
		]);
	}
	if (job.parts) {
		printTable(
			'Parts measured separately',
			parts.map(({ part, msPerCall }) => ({ Part: part, 'CPU ms': round(msPerCall, 2) })),
		);
	}
	if (inN8n.length > 0)
		printTable(
			"CPU of a real n8n and its task runner per call of 1,000 recipients, from n8n's items to the answer",
			inN8n,
		);
	console.log(
		`\nUser and system time of the client process, less its idle CPU time of ${round(idleMsPerSecond, 2)} ms per second.`,
	);
	saveResults('cost', { idleMsPerSecond, pairs, parts, error, inN8n });
}
