import axios, { type AxiosInstance } from 'axios';

import type { Sandbox } from '../sandbox/server';
import type { Settings } from '../sandbox/settings';
import { Worker } from './worker';

export type SandboxStats = Omit<ReturnType<Sandbox['stats']>, 'messages'>;

/** A sandbox in a separate process, so that the measurement does not include it. */
export class SandboxProcess {
	private readonly admin: AxiosInstance;

	private constructor(private readonly worker: Worker<string, void>) {
		this.admin = axios.create({ baseURL: `${worker.ready}/__sandbox`, proxy: false });
	}

	/** Starts a sandbox on a free port. */
	static async start(settings: Partial<Settings> = {}): Promise<SandboxProcess> {
		return new SandboxProcess(
			await Worker.start<Partial<Settings>, string, void>('sandboxWorker.ts', settings),
		);
	}

	/** E.g. http://127.0.0.1:41234 */
	get url(): string {
		return this.worker.ready;
	}

	/** Changes some of the settings. */
	async configure(settings: Partial<Settings>): Promise<void> {
		await this.admin.post('/config', settings);
	}

	async reset(): Promise<void> {
		await this.admin.post('/reset', {});
	}

	/** Statistics since the last reset, without the messages. */
	async stats(): Promise<SandboxStats> {
		return (await this.admin.get<SandboxStats>('/stats?messages=false')).data;
	}

	/** Accepted messages by number. */
	async recipients(): Promise<Map<string, number>> {
		const { data } = await this.admin.get<Record<string, number>>('/recipients');
		return new Map(
			Object.entries(data).map(([recipient, times]) => [recipient.split(':')[1], times]),
		);
	}

	/** Kills the process. */
	end(): void {
		this.worker.end();
	}
}
