import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a worker has prepared: a value to report at once, and the work to start later. */
export interface Prepared<Ready, Result> {
	ready: Ready;
	run: () => Promise<Result>;
}

/** A run that takes longer is killed. */
const TIME_LIMIT_MS = 180_000;

type Answer = { value: unknown } | { error: string };

/** Runs a TypeScript file of this folder in a separate process, which prepares a job and runs it on request. */
export class Worker<Ready, Result> {
	private constructor(
		private readonly child: ChildProcess,
		readonly ready: Ready,
	) {}

	/**
	 * Starts a worker and waits until it is ready.
	 * @param file a module of this folder that calls serve() with the same types
	 * @throws Error with the worker's message if it cannot prepare the job
	 */
	static async start<Job, Ready, Result>(
		file: string,
		job: Job,
		nodeOptions: string[] = [],
	): Promise<Worker<Ready, Result>> {
		// Its output goes to stderr, because stdout is for the tables.
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
	 * Starts the prepared work and returns its result.
	 * @throws Error if the work fails or takes more than three minutes
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
			throw isLate ? new Error(`not finished after ${TIME_LIMIT_MS / 1000} s`) : error;
		} finally {
			clearTimeout(timer);
		}
	}

	/** Kills the process; a pending go() rejects. */
	end(): void {
		this.child.kill('SIGKILL');
	}
}

async function ask(child: ChildProcess, message: object): Promise<unknown> {
	const settled = new AbortController();
	const { signal } = settled;
	try {
		const answered = once(child, 'message', { signal });
		const ended = once(child, 'exit', { signal }).then(() => {
			throw new Error('the process exited');
		});
		child.send(message);
		const [answer] = (await Promise.race([answered, ended])) as [Answer];
		if ('error' in answer) throw new Error(answer.error);
		return answer.value;
	} finally {
		settled.abort();
	}
}

/** The counterpart of Worker in its process. */
export function serve<Job, Ready, Result>(
	prepare: (job: Job) => Promise<Prepared<Ready, Result>>,
): void {
	let run: Prepared<Ready, Result>['run'];
	// So that workers do not outlive the bench, however it ends.
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
