import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a worker prepares: something to tell at once, and what it does when it is told to go. */
export interface Prepared<Ready, Result> {
	ready: Ready;
	run: () => Promise<Result>;
}

/** After this long a run is ended as it is. */
const TIME_LIMIT_MS = 180_000;

type Answer = { value: unknown } | { error: string };

/** A TypeScript file of this folder in a process of its own: it prepares a job, waits for "go", and gives a result. */
export class Worker<Ready, Result> {
	private constructor(
		private readonly child: ChildProcess,
		readonly ready: Ready,
	) {}

	/**
	 * Starts a worker and waits until it is ready.
	 * @param file a module of this folder that calls serve() with the same types
	 * @throws Error with what the worker says when it cannot prepare the job
	 */
	static async start<Job, Ready, Result>(
		file: string,
		job: Job,
		nodeOptions: string[] = [],
	): Promise<Worker<Ready, Result>> {
		// What a worker prints goes to the error output: the other one is for the tables.
		const child = fork(join(__dirname, file), {
			execArgv: ['-r', 'tsx/cjs', ...nodeOptions],
			stdio: ['ignore', 2, 2, 'ipc'],
		});
		try {
			return new Worker<Ready, Result>(child, (await ask(child, { job })) as Ready);
		} catch (error) {
			child.kill('SIGKILL');
			throw error;
		}
	}

	/**
	 * Lets it run, and gives its result.
	 * @throws Error with what went wrong; after three minutes the worker is ended, and that is what went wrong
	 */
	async go(): Promise<Result> {
		let isLate = false;
		const timer = setTimeout(() => {
			isLate = true;
			this.end();
		}, TIME_LIMIT_MS);
		try {
			return (await ask(this.child, { go: true })) as Result;
		} catch (error) {
			throw isLate ? new Error(`not done after ${TIME_LIMIT_MS / 1000} s`) : error;
		} finally {
			clearTimeout(timer);
		}
	}

	/** Ends the process at once; a result that is still awaited is then an error. */
	end(): void {
		this.child.kill('SIGKILL');
	}
}

async function ask(child: ChildProcess, message: object): Promise<unknown> {
	const heard = new AbortController();
	const { signal } = heard;
	try {
		const answered = once(child, 'message', { signal });
		const ended = once(child, 'exit', { signal }).then(() => {
			throw new Error('its process ended');
		});
		child.send(message);
		const [answer] = (await Promise.race([answered, ended])) as [Answer];
		if ('error' in answer) throw new Error(answer.error);
		return answer.value;
	} finally {
		heard.abort();
	}
}

/** The worker's side of Worker. */
export function serve<Job, Ready, Result>(
	prepare: (job: Job) => Promise<Prepared<Ready, Result>>,
): void {
	let run: Prepared<Ready, Result>['run'];
	// However the bench ends, its workers end with it.
	process.on('disconnect', () => process.exit());
	const answer = async (message: { job: Job } | { go: true }) => {
		if ('go' in message) return await run();
		const prepared = await prepare(message.job);
		run = prepared.run;
		return prepared.ready;
	};
	process.on('message', (message: { job: Job } | { go: true }) => {
		void answer(message)
			.then(
				(value) => ({ value }),
				(error) => ({ error: (error as Error).message }),
			)
			.then((reply) => process.send!(reply));
	});
}
