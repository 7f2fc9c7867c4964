import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';

import { registerAdmin } from './admin';
import { CamsGateway } from './cams/gateway';
import type { Webhooks } from './cams/webhookStore';
import { InnoPaasGateway } from './innoPaas/gateway';
import { refuseWebPages } from './ownRequests';
import { leadToPage, registerPage } from './page/routes';
import type { Settings } from './settings';
import { SandboxState } from './state';
import type { Stats } from './stats';

/** A running sandbox. */
export interface Sandbox {
	/** e.g. http://127.0.0.1:4010 */
	url: string;
	stats(): ReturnType<Stats['read']>;
	/** The webhooks set by UpdatePhoneWebhook and UpdateAccountWebhook. */
	webhooks(): ReturnType<Webhooks['read']>;
	/** @throws Error if receipts would leave this machine */
	configure(settings: Partial<Settings>): void;
	reset(): void;
	close(): Promise<void>;
}

function createApp(state: SandboxState, cams: CamsGateway, reset: () => void): FastifyInstance {
	const app = Fastify({
		forceCloseConnections: true,
		// Of the admin API; the gateways have limits of their own.
		bodyLimit: 32 * 1024 * 1024,
		// Above the largest address and headers that the settings allow together.
		http: { maxHeaderSize: 2 * 1024 * 1024 },
		ajv: { customOptions: { removeAdditional: false } },
	});
	refuseWebPages(app, state.pageToken);
	leadToPage(app);
	// Each in a scope of its own, because the gateways replace Fastify's body parsers.
	app.register(async (scope) => registerAdmin(scope, state, () => cams.webhooks, reset));
	app.register(async (scope) => registerPage(scope, state, () => cams.webhooks));
	app.register(async (scope) => new InnoPaasGateway(state).register(scope));
	app.register(async (scope) => cams.register(scope));
	return app;
}

/**
 * Starts a sandbox for Alibaba Cloud CAMS and InnoPaaS on loopback. It verifies signatures, dates, nonces, tokens,
 * parameters and rate limits as the real services do, and records what it accepts.
 * @param port 0 for any free port
 * @throws the error of Node.js if the port is taken (code EADDRINUSE)
 */
export async function startSandbox(port = 0, settings: Partial<Settings> = {}): Promise<Sandbox> {
	const state = new SandboxState();
	const cams = new CamsGateway(state);
	state.configure(settings);
	const reset = () => {
		state.reset();
		cams.reset();
	};
	const app = createApp(state, cams, reset);
	await app.listen({ host: '127.0.0.1', port });
	const { port: actualPort } = app.server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${actualPort}`,
		stats: () => state.stats.read(),
		webhooks: () => cams.webhooks.read(),
		configure: (change) => state.configure(change),
		reset,
		close: async () => {
			state.pushQueue.stop();
			await app.close();
		},
	};
}
