import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';

import { UNDELIVERABLE, describeFailure, statusJob as camsStatusJob } from '../cams/receipts';
import type { Webhooks } from '../cams/webhookStore';
import type { InnoPaasStatus } from '../deliverySettings';
import { isOutbound, type Conversation, type Outbound } from '../inbox';
import { INNOPAAS, findAccount } from '../innoPaas/accounts';
import { statusJob as innoPaasStatusJob } from '../innoPaas/receipts';
import { CannotPush, ManualPushes } from '../manualPushes';
import type { SandboxState } from '../state';
import { pageFiles } from './files';

const ROOT = '/__sandbox/page/';

/** How often the page learns of changes at most. */
const TICK_MS = 250;
/** Even if nothing changes, so that the calls of each second move on. */
const MOVE_MS = 1_000;

/** Nothing from elsewhere, and no script but the page's own; pictures from programs of this machine. */
const SECURITY = {
	'content-security-policy':
		"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-store',
};

const LIST_QUERY = {
	type: 'object',
	properties: {
		search: { type: 'string', default: '' },
		limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 50 },
	},
} as const;

const KEY_QUERY = {
	type: 'object',
	required: ['key'],
	properties: { key: { type: 'string' } },
} as const;

const FORMS = {
	reply: z.object({ key: z.string(), text: z.string().min(1) }),
	press: z.object({ key: z.string(), id: z.number(), button: z.number().int().min(0) }),
	status: z.object({
		key: z.string(),
		id: z.number(),
		status: z.enum(['Sent', 'Delivered', 'Read', 'Failed']),
		code: z.string().default(UNDELIVERABLE),
		repeat: z.number().int().min(1).max(10).default(1),
	}),
};

/** A conversation in the list. */
function summaryOf({ key, api, channelType, user, business, lines }: Conversation) {
	const last = lines[lines.length - 1];
	return {
		...{ key, api, channelType, user, business, count: lines.length, at: last.at },
		text: last.text,
		isInbound: !isOutbound(last),
		status: isOutbound(last) ? last.status : undefined,
	};
}

/** What is always in view. */
function overviewOf(state: SandboxState) {
	const { inbox, stats, settings } = state;
	const { calls, recipients, receipts } = stats.read();
	const { faults, latencyMs, limits } = settings;
	return {
		version: inbox.version,
		doubled: inbox.doubled,
		calls,
		recipients,
		givenUp: receipts.cams.givenUp + receipts.innoPaas.givenUp,
		perSecond: stats.sendsPerSecond(),
		funnel: inbox.funnel(),
		failures: inbox.failures(),
		settings: { faults, latencyMs, limits },
	};
}

/**
 * The page on which one sees what arrived, answers as a recipient, and acts as the platform. Everything that changes
 * something needs the page's token (ownRequests.ts).
 * @param webhooks read for every push, because a reset replaces them
 */
export function registerPage(
	page: FastifyInstance,
	state: SandboxState,
	webhooks: () => Webhooks,
): void {
	const pushes = new ManualPushes(state, webhooks);

	page.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY));
	page.get(ROOT.slice(0, -1), async (_request, reply) => await reply.redirect(ROOT));
	page.get(ROOT, async (_request, reply) =>
		reply.type('text/html; charset=utf-8').send((await pageFiles()).html(state.pageToken)),
	);
	page.get(`${ROOT}app.js`, async (_request, reply) =>
		reply.type('text/javascript; charset=utf-8').send((await pageFiles()).script),
	);
	page.get(`${ROOT}app.css`, async (_request, reply) =>
		reply.type('text/css; charset=utf-8').send((await pageFiles()).style),
	);
	page.get<{ Querystring: { search: string; limit: number } }>(
		`${ROOT}conversations`,
		{ schema: { querystring: LIST_QUERY } },
		async ({ query: { search, limit } }) => {
			const { total, found } = state.inbox.list(search, limit);
			return { total, conversations: found.map(summaryOf) };
		},
	);
	page.get<{ Querystring: { key: string } }>(
		`${ROOT}conversation`,
		{ schema: { querystring: KEY_QUERY } },
		async ({ query: { key } }, reply) =>
			state.inbox.get(key) ?? reply.code(404).send({ error: 'There is no such conversation.' }),
	);
	page.get(`${ROOT}events`, (_request, reply) => sendEvents(state, reply));

	async function change(reply: FastifyReply, work: () => unknown) {
		try {
			return { pushed: await work() };
		} catch (error) {
			if (error instanceof CannotPush || error instanceof z.ZodError)
				return reply.code(400).send({ error: error.message });
			throw error;
		}
	}
	const conversationOf = (key: string) => {
		const conversation = state.inbox.get(key);
		if (!conversation) throw new CannotPush('There is no such conversation.');
		return conversation;
	};
	const outboundOf = (key: string, id: number) => {
		const line = conversationOf(key).lines.find((each) => each.id === id);
		if (!line || !isOutbound(line)) throw new CannotPush('There is no such message.');
		return line;
	};
	page.post(
		`${ROOT}reply`,
		async ({ body }, reply) =>
			await change(reply, async () => {
				const { key, text } = FORMS.reply.parse(body);
				return await pushes.answer(conversationOf(key), text);
			}),
	);
	page.post(
		`${ROOT}press`,
		async ({ body }, reply) =>
			await change(reply, async () => {
				const { key, id, button } = FORMS.press.parse(body);
				const { message } = outboundOf(key, id);
				const label = message.buttons[button];
				if (label === undefined) throw new CannotPush('There is no such button.');
				const payload = message.payload?.[button] || label;
				return await pushes.answer(conversationOf(key), label, payload);
			}),
	);
	page.post(
		`${ROOT}status`,
		async ({ body }, reply) =>
			await change(reply, () => {
				const status = FORMS.status.parse(body);
				const line = outboundOf(status.key, status.id);
				state.inbox.noteStatus(line, status.status, describeFailure(status.code));
				return pushReceipt(state, webhooks(), line, status);
			}),
	);
}

/** Pushes one receipt, as the platform would. @throws CannotPush */
function pushReceipt(
	{ settings: { receipts }, pushQueue }: SandboxState,
	webhooks: Webhooks,
	{ message }: Outbound,
	{ status, code, repeat }: z.infer<typeof FORMS.status>,
): string {
	const isFailed = status === 'Failed';
	const one = { repeat, delayMs: 0 };
	const job =
		message.api === 'cams'
			? camsStatusJob(
					{
						...receipts.cams,
						...one,
						statuses: [status],
						failNumbers: isFailed ? { [message.to]: code } : [],
						failShare: 0,
						readShare: 1,
						duplicateShare: 0,
					},
					webhooks,
					[message],
				)
			: receipts.innoPaas &&
				innoPaasStatusJob(
					{
						...receipts.innoPaas,
						...one,
						statuses: status === 'Sent' ? [] : [status.toLowerCase() as InnoPaasStatus],
						failNumbers: isFailed ? [message.to] : [],
					},
					findAccount(INNOPAAS.appKey)!,
					[message],
				);
	if (!job) throw new CannotPush('No URL is set for receipts, so none was pushed.');
	void pushQueue.push(job);
	return status;
}

/** Whoever opens the sandbox's address in a browser means its page; the gateway, which is there too, is for programs. */
export function leadToPage(app: FastifyInstance): void {
	app.addHook('onRequest', async ({ method, url, headers }, reply) =>
		method === 'GET' && url === '/' && headers['sec-fetch-dest'] === 'document'
			? await reply.redirect(ROOT)
			: undefined,
	);
}

/** Server-sent events: an overview whenever something has changed. */
function sendEvents(state: SandboxState, reply: FastifyReply): void {
	reply.hijack();
	const { raw } = reply;
	raw.writeHead(200, { ...SECURITY, 'content-type': 'text/event-stream' });
	let sent = '';
	let sentAt = 0;
	const timer = setInterval(() => {
		const version = `${state.inbox.version}/${state.stats.changes}`;
		if (version === sent && Date.now() - sentAt < MOVE_MS) return;
		sent = version;
		sentAt = Date.now();
		raw.write(`data: ${JSON.stringify(overviewOf(state))}\n\n`);
	}, TICK_MS);
	raw.on('close', () => clearInterval(timer));
}
