import type { FastifyInstance, FastifyReply } from 'fastify';

import type { Webhooks } from './cams/webhookStore';
import { CannotPush, ManualPushes } from './manualPushes';
import { SETTINGS_SCHEMA, type Settings } from './settings';
import type { SandboxState } from './state';

/** The sandbox's own endpoints, below /__sandbox: statistics, settings, and pushes on request. */

/** @param reset resets both APIs */
export function registerAdmin(
	admin: FastifyInstance,
	state: SandboxState,
	webhooks: () => Webhooks,
	reset: () => void,
): void {
	registerState(admin, state, reset);
	admin.get('/__sandbox/webhooks', async () => webhooks().read());
	registerPushes(admin, new ManualPushes(state, webhooks));
}

const STATS_QUERY = {
	type: 'object',
	properties: { messages: { type: 'boolean', default: true } },
} as const;

function registerState(admin: FastifyInstance, state: SandboxState, reset: () => void): void {
	admin.get<{ Querystring: { messages: boolean } }>(
		'/__sandbox/stats',
		{ schema: { querystring: STATS_QUERY } },
		async ({ query }) => ({
			...state.stats.read(),
			...(!query.messages && { messages: undefined }),
		}),
	);
	admin.get('/__sandbox/recipients', async () => state.stats.readRecipients());
	admin.post('/__sandbox/reset', async () => {
		reset();
		return { done: true };
	});
	admin.post<{ Body: Partial<Settings> }>(
		'/__sandbox/config',
		{ schema: { body: SETTINGS_SCHEMA } },
		async ({ body }) => {
			state.configure(body);
			return state.settings;
		},
	);
}

function registerPushes(admin: FastifyInstance, pushes: ManualPushes): void {
	async function answer(reply: FastifyReply, push: () => unknown) {
		try {
			return await push();
		} catch (error) {
			if (!(error instanceof CannotPush)) throw error;
			return reply.code(400).send({ error: error.message });
		}
	}
	admin.post(
		'/__sandbox/inbound',
		async ({ body }, reply) => await answer(reply, () => pushes.inbound(body)),
	);
	admin.post(
		'/__sandbox/audit',
		async ({ body }, reply) => await answer(reply, () => pushes.audit(body)),
	);
}
