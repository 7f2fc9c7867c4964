import { choose, type Choice } from './choice';
import type { Cost, CostJob } from './costWorker';
import { keep, median, printTable, rounded, tell } from './report';
import { Worker } from './worker';

const SCENARIOS = [{ name: 'whole' }, { name: 'parts' }];

/** What one call of a thousand recipients costs the client, beside what the SDK takes for the same. */
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
	tell('cost: SDK and ours in turns; ours waits for its quota meanwhile');
	const { idleMsPerSecond, pairs, parts, error } = await client.go();
	client.end();
	server.end();

	if (job.whole) {
		const ours = pairs.flatMap((pair) => pair.ours ?? []);
		printTable('CPU of the client per call of 1,000 recipients, median of the pairs', [
			{
				Client: 'SDK: build, sign, post',
				'CPU ms': rounded(median(pairs.map(({ sdk }) => sdk)), 2),
			},
			{
				Client: "This package in n8n's engine, all of it",
				'CPU ms': ours.length > 0 ? rounded(median(ours), 2) : undefined,
				'Of the SDK':
					ours.length > 0
						? rounded(median(pairs.map((pair) => pair.ours! / pair.sdk)), 2)
						: undefined,
				...(error && { Remark: `did not run: ${error}` }),
			},
		]);
	}
	if (job.parts) {
		printTable(
			'Parts of it on their own',
			parts.map(({ part, msPerCall }) => ({ Part: part, 'CPU ms': rounded(msPerCall, 2) })),
		);
	}
	console.log(
		`\nProcess time of the client alone, user and system; its idle CPU of ${rounded(idleMsPerSecond, 2)} ms per second is taken off.`,
	);
	keep('cost', { idleMsPerSecond, pairs, parts, error });
}
