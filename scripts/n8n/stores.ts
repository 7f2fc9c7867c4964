import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Obstacle } from '../npmInstall';
import { findProgram } from './findProgram';
import { ProcessGroup } from './processGroup';
import { freePort } from './realN8n';

/** Debian keeps PostgreSQL's programs off the PATH, in a folder for each version. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';
/** PostgreSQL does not run as root; its package makes this user. */
const POSTGRES_USER = 'postgres';
const START_TIMEOUT_MS = 60_000;

export const NO_STORES =
	'PostgreSQL and Redis were not both found. Install them (on Debian: apt-get install postgresql redis-server).';

/** The programs of PostgreSQL and Redis, from the system's packages. Undefined unless both are there. */
export function findStores(): { initdb: string; postgres: string; redis: string } | undefined {
	const folders = existsSync(DEBIAN_POSTGRES)
		? readdirSync(DEBIAN_POSTGRES).map((version) => join(DEBIAN_POSTGRES, version, 'bin/postgres'))
		: [];
	const postgres = findProgram(['postgres'], folders);
	const redis = findProgram(['redis-server']);
	return postgres && redis
		? { initdb: join(dirname(postgres), 'initdb'), postgres, redis }
		: undefined;
}

/** @throws Obstacle if one of them is missing */
function requireStores() {
	const found = findStores();
	if (!found) throw new Obstacle(NO_STORES);
	return found;
}

/** A database server in a folder of its own, which can go away and come back with its data. */
abstract class Store {
	private group: ProcessGroup | undefined;

	protected constructor(
		protected readonly folder: string,
		readonly port: number,
		private readonly readyText: string,
		private readonly endSignal: NodeJS.Signals,
	) {}

	protected abstract command(): string[];

	/** Starts the server and waits until it can be used. */
	async start(): Promise<void> {
		const [file, ...args] = this.command();
		const group = new ProcessGroup(file, args, {
			cwd: this.folder,
			logFile: `${this.folder}.log`,
		});
		this.group = group;
		for (const deadline = Date.now() + START_TIMEOUT_MS; !group.log().includes(this.readyText);) {
			if (group.hasExited || Date.now() > deadline)
				throw new Obstacle(`${file} does not start: ${group.log().slice(-500)}`);
			await delay(50);
		}
	}

	/** Ends the server as its service does. */
	async stop(): Promise<void> {
		this.thaw();
		await this.group?.terminate(this.endSignal);
	}

	/** Ends the server as a power cut does. */
	async crash(): Promise<void> {
		await this.group?.crash();
	}

	/** Lets the server hang: connections stay, and nothing is answered. */
	freeze(): void {
		this.signal('SIGSTOP');
	}

	thaw(): void {
		this.signal('SIGCONT');
	}

	/** To the server and its child processes, which PostgreSQL puts into sessions of their own. */
	private signal(signal: NodeJS.Signals): void {
		const { group } = this;
		if (!group || group.hasExited) return;
		process.kill(group.pid, signal);
		const children = readFileSync(`/proc/${group.pid}/task/${group.pid}/children`, 'utf8');
		for (const child of children.split(' ').filter(Boolean)) {
			try {
				process.kill(Number(child), signal);
			} catch {
				// It has ended meanwhile.
			}
		}
	}
}

/** PostgreSQL on loopback, with the database `postgres` and the user `n8n`. */
export class Postgres extends Store {
	private constructor(
		private readonly program: string,
		folder: string,
		port: number,
	) {
		super(folder, port, 'database system is ready to accept connections', 'SIGINT');
	}

	/** @param folder to make for its data */
	static async create(folder: string): Promise<Postgres> {
		const { initdb, postgres } = requireStores();
		mkdirSync(folder);
		await asPostgresUser(folder);
		const [file, ...args] = [
			...prefix(),
			initdb,
			...['-D', folder, '-U', 'n8n', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'],
			'--no-sync',
		];
		await promisify(execFile)(file, args, { cwd: folder });
		return new Postgres(postgres, folder, await freePort());
	}

	protected command(): string[] {
		const settings = {
			listen_addresses: '127.0.0.1',
			unix_socket_directories: '',
			// In its folder, so that nothing stays in the machine's memory after a crash.
			dynamic_shared_memory_type: 'mmap',
		};
		return [
			...prefix(),
			this.program,
			...['-D', this.folder, '-p', String(this.port)],
			...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
		];
	}
}

const isRoot = () => process.getuid?.() === 0;

/** Runs the command behind it as the user of PostgreSQL, if this is root. */
const prefix = () =>
	isRoot()
		? ['setpriv', `--reuid=${POSTGRES_USER}`, `--regid=${POSTGRES_USER}`, '--clear-groups']
		: [];

async function asPostgresUser(folder: string): Promise<void> {
	if (!isRoot()) return;
	const id = async (option: string) =>
		Number((await promisify(execFile)('id', [option, POSTGRES_USER])).stdout);
	chownSync(folder, await id('-u'), await id('-g'));
}

/** Redis on loopback, which keeps what it was told when it is killed. */
export class Redis extends Store {
	private constructor(
		private readonly program: string,
		folder: string,
		port: number,
	) {
		super(folder, port, 'Ready to accept connections', 'SIGTERM');
	}

	/** @param folder to make for its data */
	static async create(folder: string): Promise<Redis> {
		mkdirSync(folder);
		return new Redis(requireStores().redis, folder, await freePort());
	}

	protected command(): string[] {
		const settings = {
			bind: '127.0.0.1',
			port: String(this.port),
			dir: this.folder,
			appendonly: 'yes',
			save: '',
		};
		return [
			this.program,
			...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
		];
	}
}
