import { choose, type Choice } from './choice';
import { logProgress, printTable, round, saveResults, type Row } from './report';
import type { Load, SoakJob, Soaked } from './soakWorker';
import { Worker } from './worker';

const RUNS = 10_000;
/** Runs before the first figure, in which code is loaded and compiled. */
const WARM_UP = 50;
/** Runs between two figures. */
const STEP = 250;
const SHOWN = [1_000, 5_000, RUNS];
/** In MiB; a process that needs more ends. */
const HEAP_LIMIT = 1024;

const SCENARIOS: Array<{ name: Load; title: string }> = [
	{ name: 'idle', title: 'A node that does nothing' },
	{ name: 'sameKey', title: 'Sends, one AccessKey' },
	{ name: 'newKeys', title: 'Sends, a new AccessKey each' },
	{ name: 'pushes', title: 'Pushes with IDs and field names of 1 MB' },
];

/** Runs one load and returns what the heap had gained after each number of runs that is shown. */
async function measure(url: string, load: Load, title: string): Promise<Row> {
	const worker = await Worker.start<SoakJob, undefined, Soaked>(
		'soakWorker.ts',
		{ url, load, warmUp: WARM_UP, step: STEP, runs: RUNS },
		['--expose-gc', `--max-old-space-size=${HEAP_LIMIT}`],
	);
	const row: Row = { Runs: title };
	let soaked: Soaked | undefined;
	let runs = 0;
	try {
		const base = (await worker.go()).heapBytes;
		const gainedBy = ({ heapBytes }: Soaked) => round((heapBytes - base) / 2 ** 20);
		row['Heap before'] = round(base / 2 ** 20);
		while (runs < RUNS) {
			soaked = await worker.go();
			runs += STEP;
			const gained = gainedBy(soaked);
			logProgress(`soak: ${title}, ${runs} runs: ${gained} MiB`);
			if (SHOWN.includes(runs)) row[`After ${runs.toLocaleString('en')}`] = gained;
		}
		row['A day later'] = gainedBy(await worker.go());
	} catch (error) {
		row.Remark = `${(error as Error).message} between run ${runs} and ${runs + STEP}`;
	} finally {
		worker.end();
	}
	row.Endings = Object.entries(soaked?.endings ?? {})
		.map(([ending, count]) => `${count} ${ending}`)
		.join(', ');
	return row;
}

/** Measures what runs leave in the heap: good, failed and stopped ones, each with 1 MB of input. */
export async function soak({ scenario }: Choice): Promise<void> {
	const server = await Worker.start<undefined, string, void>('fixedServerWorker.ts', undefined);
	const title = 'MiB that the heap has gained after runs with 1 MB of input each';
	const rows: Row[] = [];
	for (const { name, title: load } of choose(SCENARIOS, scenario, '--scenario'))
		rows.push(await measure(server.ready, name, load));
	server.end();
	printTable(title, rows);
	console.log(
		`\nHeap: heapUsed of a separate process after collecting garbage, which ends at ${HEAP_LIMIT} MiB. "Heap before" is after ${WARM_UP} runs. What failed and stopped runs had sent is kept for a day.`,
	);
	saveResults('soak', { runs: RUNS, tables: [{ title, rows }] });
}
