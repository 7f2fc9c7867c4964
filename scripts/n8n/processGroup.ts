import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const MAX_LOG_LENGTH = 1_000_000;
const isWindows = process.platform === 'win32';

/**
 * Runs a command, and kills its process group once standard input ends. That is when this process is gone, however it
 * ended: after a signal, jest runs no handler of `exit`.
 */
const WATCHED =
	'exec 3<&0; (trap "" TERM INT; read -r _ <&3; kill -KILL -$$) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

/** Removes a folder when this process is gone, however it ended; the programs in it have a second to end. */
export function removeAtExit(folder: string): void {
	if (isWindows) return;
	const script = 'trap "" TERM INT; read -r _; sleep 1; rm -rf -- "$1"';
	spawn('sh', ['-c', script, 'sh', folder], {
		cwd: '/',
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	}).unref();
}

/** Processes that must not outlive this one. */
const running = new Set<ProcessGroup>();
process.on('exit', () => running.forEach((group) => group.kill()));

/** A program and the processes that it starts: they end together, and with this process. */
export class ProcessGroup {
	private readonly child: ChildProcess;
	private output = '';

	/** @param logFile gets the program's output, behind what it has */
	constructor(
		file: string,
		args: string[],
		options: { cwd: string; env?: NodeJS.ProcessEnv; logFile: string },
	) {
		const { cwd, env, logFile } = options;
		const [command, ...rest] = isWindows
			? [file, ...args]
			: ['sh', '-c', WATCHED, 'sh', file, ...args];
		this.child = spawn(command, rest, {
			cwd,
			env,
			detached: !isWindows,
			stdio: [isWindows ? 'ignore' : 'pipe', 'pipe', 'pipe'],
		});
		const log = createWriteStream(logFile, { flags: 'a' });
		for (const stream of [this.child.stdout!, this.child.stderr!]) {
			stream.on('data', (data: Buffer) => {
				this.output = (this.output + data.toString()).slice(-MAX_LOG_LENGTH);
				log.write(data);
			});
		}
		this.child.on('close', () => log.end());
		running.add(this);
	}

	/** The end of the program's output. */
	log(): string {
		return this.output;
	}

	get pid(): number {
		return this.child.pid!;
	}

	get hasExited(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	/** Stops every program of this process, including one that is still starting. */
	static async stopAll(): Promise<void> {
		await Promise.all([...running].map((group) => group.stop()));
	}

	/** Stops the program and its child processes: kills those that are there after 8 seconds. */
	async stop(): Promise<void> {
		if (isWindows) {
			await promisify(execFile)('taskkill', ['/pid', String(this.pid), '/t', '/f']).catch(
				() => undefined,
			);
		} else {
			await Promise.race([this.end('SIGTERM'), delay(8_000)]);
		}
		await this.crash();
	}

	/** Ends the program as a power cut does. */
	async crash(): Promise<void> {
		await this.end('SIGKILL');
	}

	/** Asks the program to end, as a system that restarts does, and waits as long as it takes. */
	async terminate(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		await this.end(signal);
		// A child process may be left.
		this.kill();
	}

	private async end(signal: NodeJS.Signals): Promise<void> {
		const gone = new Promise((resolve) => this.child.once('exit', resolve));
		const isGone = this.hasExited;
		this.signal(signal);
		if (!isGone) await gone;
		if (signal === 'SIGKILL') running.delete(this);
	}

	/** Kills the program without waiting, for when this process exits. */
	kill(): void {
		this.signal('SIGKILL');
		running.delete(this);
	}

	/** Sends a signal to the program and its child processes. */
	signal(signal: NodeJS.Signals): void {
		if (isWindows) {
			this.child.kill(signal);
			return;
		}
		try {
			process.kill(-this.pid, signal);
		} catch {
			// The group has already exited.
		}
	}
}
