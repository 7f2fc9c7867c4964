import { randomBytes } from 'node:crypto';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	rmSync,
	chmodSync,
	symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';

import { Obstacle } from '../npmInstall';
import { removeAtExit, type ProcessGroup } from './processGroup';
import { RealN8n, freePort, installPackage, startN8nProcess, type N8nRelease } from './realN8n';
import { Postgres, Redis } from './stores';

const START_TIMEOUT_MS = 180_000;
const LOGS = join(__dirname, '../../test-results/queue');

export type Settings = Record<string, string>;

export interface QueueOptions {
	workers?: number;
	webhooks?: number;
	/** Environment variables of every process. */
	settings?: Settings;
}

/** A worker or a webhook process. */
export class N8nProcess {
	constructor(
		readonly name: string,
		/** Of a webhook process, the base of its webhooks. */
		readonly url: string,
		private readonly group: ProcessGroup,
	) {}

	get isRunning(): boolean {
		return !this.group.hasExited;
	}

	/** The end of its output. */
	log(): string {
		return this.group.log();
	}

	/** Waits until it can work. @throws Obstacle if it ends or takes too long */
	async waitUntilReady(): Promise<void> {
		for (const deadline = Date.now() + START_TIMEOUT_MS; ;) {
			const isReady = await axios
				.get(`${this.url}/healthz/readiness`, { proxy: false, timeout: 5_000 })
				.then(
					() => true,
					() => false,
				);
			if (isReady) return;
			if (!this.isRunning || Date.now() > deadline)
				throw new Obstacle(`n8n's ${this.name} does not start:\n${this.log().slice(-2_000)}`);
			await delay(250);
		}
	}

	/** `kill -9` of it and its child processes. */
	async crash(): Promise<void> {
		await this.group.crash();
	}

	/** SIGTERM, and however long it takes to end. */
	async terminate(): Promise<void> {
		await this.group.terminate();
	}

	/** Ends it, within seconds. */
	async stop(): Promise<void> {
		await this.group.stop();
	}
}

/**
 * n8n in queue mode on loopback: PostgreSQL, Redis, a main process, workers and webhook processes. Each of n8n's
 * processes has a folder of its own, as in a container of its own, with the package installed from its tarball.
 */
export class QueueN8n {
	/** Workers and webhook processes, also those that have ended. */
	readonly processes: N8nProcess[] = [];
	private started: RealN8n | undefined;
	private readonly counts: Record<string, number> = {};

	private constructor(
		private readonly release: N8nRelease,
		private readonly folder: string,
		private readonly settings: Settings,
		readonly postgres: Postgres,
		readonly redis: Redis,
	) {}

	/** @throws Obstacle if PostgreSQL or Redis is missing */
	static async start(
		release: N8nRelease,
		{ workers = 2, webhooks = 1, settings = {} }: QueueOptions = {},
	): Promise<QueueN8n> {
		const folder = mkdtempSync(join(tmpdir(), 'chatapp-queue-'));
		removeAtExit(folder);
		// PostgreSQL's user has to get to its folder in it.
		chmodSync(folder, 0o711);
		const [postgres, redis] = await Promise.all([
			Postgres.create(join(folder, 'postgres')),
			Redis.create(join(folder, 'redis')),
			installPackage(join(folder, 'package')),
		]);
		const all = {
			EXECUTIONS_MODE: 'queue',
			// Workers log which executions they begin. The engine alone is silent, and sets this for its whole process.
			N8N_LOG_LEVEL: 'info',
			N8N_ENCRYPTION_KEY: randomBytes(16).toString('hex'),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			...settings,
		};
		const queue = new QueueN8n(release, folder, all, postgres, redis);
		try {
			await Promise.all([postgres.start(), redis.start()]);
			// It makes the tables, which the others need.
			queue.started = await RealN8n.start(release, queue.userFolder('main'), await freePort(), all);
			await Promise.all([
				...Array.from({ length: workers }, async () => await queue.startWorker()),
				...Array.from({ length: webhooks }, async () => await queue.startWebhook()),
			]);
			return queue;
		} catch (error) {
			await queue.stop();
			throw error;
		}
	}

	/** The main process. */
	get main(): RealN8n {
		return this.started!;
	}

	/** Workers that are running. */
	get workers(): N8nProcess[] {
		return this.running('worker');
	}

	/** Webhook processes that are running. */
	get webhooks(): N8nProcess[] {
		return this.running('webhook');
	}

	private running(kind: string): N8nProcess[] {
		return this.processes.filter(({ name, isRunning }) => isRunning && name.startsWith(kind));
	}

	/** Starts one more worker and waits until it can work. */
	async startWorker(settings: Settings = {}): Promise<N8nProcess> {
		return await this.startProcess('worker', settings);
	}

	/** Starts one more webhook process and waits until it can work. */
	async startWebhook(settings: Settings = {}): Promise<N8nProcess> {
		return await this.startProcess('webhook', settings);
	}

	private async startProcess(command: string, settings: Settings): Promise<N8nProcess> {
		const number = (this.counts[command] ?? 0) + 1;
		this.counts[command] = number;
		const name = `${command}-${number}`;
		const port = await freePort();
		const group = await startN8nProcess(this.release, [command], this.userFolder(name), port, {
			...this.settings,
			QUEUE_HEALTH_CHECK_PORT: String(port),
			...settings,
		});
		const started = new N8nProcess(name, `http://127.0.0.1:${port}`, group);
		this.processes.push(started);
		await started.waitUntilReady();
		return started;
	}

	/** A new one for each process: n8n waits ten seconds where it finds traces of one that was killed. */
	private userFolder(name: string): string {
		const folder = join(this.folder, name);
		mkdirSync(join(folder, '.n8n'), { recursive: true });
		symlinkSync(join(this.folder, 'package/.n8n/nodes'), join(folder, '.n8n/nodes'));
		return folder;
	}

	/** Ends everything, keeps the logs in test-results/queue/, and removes the rest. */
	async stop(): Promise<void> {
		await Promise.all([this.started, ...this.processes].map(async (each) => await each?.stop()));
		await Promise.all([this.postgres.stop(), this.redis.stop()]);
		mkdirSync(LOGS, { recursive: true });
		const n8n = ['main', ...this.processes.map(({ name }) => name)];
		const logs = { postgres: 'postgres.log', redis: 'redis.log' };
		Object.assign(logs, Object.fromEntries(n8n.map((name) => [name, `${name}/n8n.log`])));
		for (const [name, file] of Object.entries(logs)) {
			const from = join(this.folder, file);
			if (existsSync(from)) copyFileSync(from, join(LOGS, `${name}.log`));
		}
		rmSync(this.folder, { recursive: true, force: true });
	}
}
