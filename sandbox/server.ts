import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';

import { Cams } from './cams/gateway';
import type { Webhooks } from './cams/webhookStore';
import { innoPaas } from './innoPaas/gateway';
import { servePushes } from './manualPushes';
import { SETTINGS_SCHEMA, type Settings } from './settings';
import { SandboxState } from './state';
import type { Stats } from './stats';

/** A running sandbox. */
export interface Sandbox {
	/** e.g. http://127.0.0.1:4010 */
	url: string;
	stats(): ReturnType<Stats['read']>;
	/** What UpdatePhoneWebhook and UpdateAccountWebhook have set. */
	webhooks(): ReturnType<Webhooks['read']>;
	/** @throws Error when receipts would leave this machine */
	configure(settings: Partial<Settings>): void;
	reset(): void;
	close(): Promise<void>;
}

/**
 * Starts a stand-in for Alibaba Cloud CAMS and for InnoPaaS on loopback. It checks signatures, dates, nonces, tokens,
 * parameters and calls per second for real and keeps count of what it took.
 * @param port 0 for any free one
 * @throws the error of Node.js when the port is taken (code EADDRINUSE)
 */
export async function startSandbox(port = 0, settings: Partial<Settings> = {}): Promise<Sandbox> {
	const run = new SandboxState();
	const cams = new Cams(run);
	run.configure(settings);
	const reset = () => {
		run.reset();
		cams.reset();
	};

	const app = Fastify({
		forceCloseConnections: true,
		bodyLimit: 32 * 1024 * 1024,
		// The newer official SDK puts a whole list of recipients into the address.
		http: { maxHeaderSize: 1024 * 1024 },
		ajv: { customOptions: { removeAdditional: false } },
	});

	app.register(async (admin) => {
		admin.get<{ Querystring: { messages: boolean } }>(
			'/__sandbox/stats',
			{
				schema: {
					querystring: {
						type: 'object',
						properties: { messages: { type: 'boolean', default: true } },
					},
				},
			},
			async (request) => ({
				...run.stats.read(),
				...(!request.query.messages && { messages: undefined }),
			}),
		);
		admin.get('/__sandbox/recipients', async () => run.stats.readRecipients());
		admin.post('/__sandbox/reset', async () => {
			reset();
			return { done: true };
		});
		admin.post<{ Body: Partial<Settings> }>(
			'/__sandbox/config',
			{ schema: { body: SETTINGS_SCHEMA } },
			async (request) => {
				run.configure(request.body);
				return run.settings;
			},
		);
		admin.get('/__sandbox/webhooks', async () => cams.webhooks.read());
		servePushes(admin, run, () => cams.webhooks);
	});
	app.register(async (api) => innoPaas(api, run));
	app.register(async (api) => cams.register(api));

	await app.listen({ host: '127.0.0.1', port });
	const { port: actualPort } = app.server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${actualPort}`,
		stats: () => run.stats.read(),
		webhooks: () => cams.webhooks.read(),
		configure: (change) => run.configure(change),
		reset,
		close: async () => {
			run.pushQueue.stop();
			await app.close();
		},
	};
}
