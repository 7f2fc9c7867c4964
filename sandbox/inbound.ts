import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';

import { ACCOUNT, CHANNEL_TYPES } from './cams/catalogue';
import {
	accountUrl,
	inboundEntry,
	inboundUrl,
	wayOf as wayOfCams,
	type Addressee,
} from './cams/receipts';
import type { Webhooks } from './cams/webhooks';
import type { Job } from './delivery';
import { isOnThisMachine } from './deliverySettings';
import { inboundEnvelope, wayOf as wayOfInnoPaas } from './innoPaas/receipts';
import type { Run } from './state';

/** Ways to have something pushed that no call brought about. */

class CannotPush extends Error {}

const text = z.string();
const written = { from: text, to: text, text };
const addressee = {
	channelType: z.enum(CHANNEL_TYPES as [string, ...string[]]).default('whatsapp'),
	custSpaceId: text.optional(),
};
const onThisMachine = text.refine(isOnThisMachine, 'is not on this machine');

const FORMS = {
	innoPaas: z.object({ api: z.literal('innoPaas'), ...written }).strict(),
	cams: z.object({ api: z.literal('cams'), ...addressee, ...written }).strict(),
	entry: z.object({ api: z.literal('cams'), ...addressee, entry: z.record(z.unknown()) }).strict(),
	anything: z
		.object({
			api: z.enum(['cams', 'innoPaas']),
			...addressee,
			to: text.default(''),
			push: z.unknown(),
			url: onThisMachine.optional(),
			headers: z.record(text).optional(),
		})
		.strict(),
	audit: z
		.object({ custSpaceId: text.default(ACCOUNT.custSpaceId), entry: z.record(z.unknown()) })
		.strict(),
};

function read<T>(form: z.ZodType<T, z.ZodTypeDef, unknown>, body: unknown): T {
	const { data, error } = form.safeParse(body);
	if (error) throw new CannotPush(`${error.issues[0].path.join('.')}: ${error.issues[0].message}`);
	return data;
}

/** @throws CannotPush unless there is somewhere to push to */
function known<T>(value: T | undefined, missing: string): T {
	if (value === undefined) throw new CannotPush(missing);
	return value;
}

const has = (body: unknown, key: string) =>
	typeof body === 'object' && body !== null && key in body;

/** Serves /__sandbox/inbound, for what customers write and for anything else, and /__sandbox/audit. */
export function servePushes(admin: FastifyInstance, run: Run, webhooks: () => Webhooks): void {
	const cams = () => run.settings.receipts.cams ?? {};
	const innoPaas = () => known(run.settings.receipts.innoPaas, 'receipts.innoPaas is not set.');
	const inbound = (to: Addressee) =>
		known(inboundUrl(cams(), webhooks(), to), 'No address is set for what customers write.');

	/** Pushes one thing as the service would, and gives it. */
	function push(way: Pick<Job, 'api' | 'url' | 'isTaken'>, kind: string, body: unknown): unknown {
		void run.receipts.push({ ...way, pushes: [{ body, receipts: 1 }], kinds: { [kind]: 1 } });
		return body;
	}

	/** Pushes once whatever it is, and gives what came back. */
	async function pushAnything(body: unknown) {
		const { api, push: content, url: given, headers, ...to } = read(FORMS.anything, body);
		const ways = {
			cams: () => ({ ...wayOfCams(cams()), url: given ?? inbound(to), headers }),
			innoPaas: () => {
				const way = wayOfInnoPaas(given === undefined ? innoPaas() : { url: given });
				return { ...way, headers: { ...way.headers, ...headers } };
			},
		};
		const way = ways[api]();
		if (!isOnThisMachine(way.url)) throw new CannotPush(`${way.url} is not on this machine.`);
		return await run.receipts.pushOnce(way, {
			body: content,
			receipts: Array.isArray(content) ? content.length : 1,
		});
	}

	function pushInbound(body: unknown): unknown {
		if (has(body, 'entry')) {
			const { entry, ...to } = read(FORMS.entry, body);
			return push(
				{ ...wayOfCams(cams()), url: inbound({ ...to, to: String(entry.To) }) },
				'inbound',
				[entry],
			);
		}
		if ((body as { api?: unknown } | null)?.api === 'innoPaas') {
			const message = read(FORMS.innoPaas, body);
			return push(
				wayOfInnoPaas(innoPaas()),
				'inbound',
				known(inboundEnvelope(message), `${message.to} is no number of InnoPaaS.`),
			);
		}
		const { from, text: said, ...to } = read(FORMS.cams, body);
		const entry = known(inboundEntry(to, from, said), `${to.to} is no number of this account.`);
		return push({ ...wayOfCams(cams()), url: inbound(to) }, 'inbound', [entry]);
	}

	function pushAudit(body: unknown): unknown {
		const { custSpaceId, entry } = read(FORMS.audit, body);
		const url = known(
			accountUrl(webhooks(), custSpaceId),
			`No address is set for the events of ${custSpaceId}.`,
		);
		return push({ ...wayOfCams(cams()), url }, 'audit', [entry]);
	}

	async function answer(reply: FastifyReply, work: () => unknown) {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof CannotPush)) throw error;
			return reply.code(400).send({ error: error.message });
		}
	}

	admin.post(
		'/__sandbox/inbound',
		async ({ body }, reply) =>
			await answer(reply, async () =>
				has(body, 'push') ? await pushAnything(body) : pushInbound(body),
			),
	);
	admin.post(
		'/__sandbox/audit',
		async ({ body }, reply) => await answer(reply, () => pushAudit(body)),
	);
}
