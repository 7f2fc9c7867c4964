import { z } from 'zod';

import type { Api } from './acceptedMessage';
import { ACCOUNT, CHANNEL_TYPES } from './cams/accounts';
import {
	accountUrl,
	inboundEntry,
	inboundUrl,
	pushOptions as camsPushOptions,
	type Addressee,
} from './cams/receipts';
import type { Webhooks } from './cams/webhookStore';
import type { PushJob } from './delivery';
import { isLoopbackUrl } from './deliverySettings';
import type { Conversation } from './inbox';
import { inboundEnvelope, pushOptions as innoPaasPushOptions } from './innoPaas/receipts';
import type { SandboxState } from './state';
import { isObject } from './validation';

/** Thrown when a request for a push is malformed or there is no URL to push to. */
export class CannotPush extends Error {}

const text = z.string();
const textMessage = { from: text, to: text, text };
const addressee = {
	channelType: z.enum(CHANNEL_TYPES as [string, ...string[]]).default('whatsapp'),
	custSpaceId: text.optional(),
};
const loopbackUrl = text.refine(isLoopbackUrl, 'is not on this machine');

const FORMS = {
	innoPaasText: z.object({ api: z.literal('innoPaas'), ...textMessage }).strict(),
	camsText: z.object({ api: z.literal('cams'), ...addressee, ...textMessage }).strict(),
	camsEntry: z
		.object({ api: z.literal('cams'), ...addressee, entry: z.record(z.unknown()) })
		.strict(),
	raw: z
		.object({
			api: z.enum(['cams', 'innoPaas']),
			...addressee,
			to: text.default(''),
			push: z.unknown(),
			url: loopbackUrl.optional(),
			headers: z.record(text).optional(),
		})
		.strict(),
	audit: z
		.object({ custSpaceId: text.default(ACCOUNT.custSpaceId), entry: z.record(z.unknown()) })
		.strict(),
};

function parse<T>(form: z.ZodType<T, z.ZodTypeDef, unknown>, body: unknown): T {
	const { data, error } = form.safeParse(body);
	if (error) throw new CannotPush(`${error.issues[0].path.join('.')}: ${error.issues[0].message}`);
	return data;
}

function assertDefined<T>(value: T | undefined, problem: string): T {
	if (value === undefined) throw new CannotPush(problem);
	return value;
}

type Parties = Pick<Conversation, 'api' | 'channelType' | 'user' | 'business'>;

/** What a ChatAppInbound says: texts as they are, everything else as JSON, of which the page shows a text or the type. */
function textOfEntry({ Type, Message }: Record<string, unknown>): string {
	if (typeof Message !== 'string') return String(Type);
	try {
		const { text: said, caption } = JSON.parse(Message) as Record<string, unknown>;
		return String(said ?? caption ?? Type);
	} catch {
		return Message;
	}
}

/** Pushes that no call triggers: messages from customers, account events, and raw bodies. */
export class ManualPushes {
	/** @param webhooks read for every push, because a reset replaces them */
	constructor(
		private state: SandboxState,
		private webhooks: () => Webhooks,
	) {}

	/**
	 * Pushes a customer's message, or with `push` any body at all.
	 * @returns the pushed body, or for a raw body the response to it
	 * @throws CannotPush
	 */
	async inbound(body: unknown): Promise<unknown> {
		const fields = isObject(body) ? body : {};
		if ('push' in fields) return await this.raw(body);
		if ('entry' in fields) return this.camsEntry(body);
		return fields.api === 'innoPaas' ? this.innoPaasText(body) : this.camsText(body);
	}

	/**
	 * Pushes what the recipient in a conversation answers.
	 * @param payload of the button that was pressed; a text that was typed has none
	 * @throws CannotPush
	 */
	answer({ api, channelType, user, business }: Parties, text: string, payload?: string): unknown {
		if (api === 'innoPaas') return this.innoPaasText({ api, from: user, to: business, text });
		const typed = assertDefined(
			inboundEntry({ channelType, to: business }, user, text),
			`${business} is not a number of this account.`,
		);
		const pressed = payload !== undefined && {
			Type: 'REPLY',
			Message: JSON.stringify({ text, payload }),
		};
		return this.camsEntry({ api, channelType, entry: { ...typed, ...pressed } });
	}

	/**
	 * Pushes an event of a CAMS account.
	 * @throws CannotPush
	 */
	audit(body: unknown): unknown {
		const { custSpaceId, entry } = parse(FORMS.audit, body);
		const url = assertDefined(
			accountUrl(this.webhooks(), custSpaceId),
			`No URL is set for the events of ${custSpaceId}.`,
		);
		return this.enqueue({ ...camsPushOptions(this.camsSettings()), url }, 'audit', [entry]);
	}

	private camsText(body: unknown): unknown {
		const { from, text: message, ...to } = parse(FORMS.camsText, body);
		const entry = assertDefined(
			inboundEntry(to, from, message),
			`${to.to} is not a number of this account.`,
		);
		this.note('cams', to, from, message);
		return this.pushInbound(to, entry);
	}

	private camsEntry(body: unknown): unknown {
		const { entry, ...to } = parse(FORMS.camsEntry, body);
		const message = textOfEntry(entry);
		for (const from of [entry.From, entry.FromUserId])
			this.note('cams', { ...to, to: entry.To }, from, message);
		return this.pushInbound({ ...to, to: String(entry.To) }, entry);
	}

	/**
	 * Shows the message on the page, and opens the 24 hours in which WhatsApp lets a business answer. Numbers may come with
	 * a plus sign.
	 */
	private note(
		api: Api,
		{ channelType = 'whatsapp', to }: { channelType?: string; to: unknown },
		from: unknown,
		message: string,
	): void {
		if (typeof from !== 'string' || typeof to !== 'string') return;
		const [business, user] = [to, from].map((number) => number.replace(/^\+/, ''));
		this.state.inbox.addInbound({ api, channelType, user, business }, message);
		if (channelType !== 'whatsapp') return;
		this.state.conversations.note(api, business, user, Date.now());
	}

	private pushInbound(to: Addressee, entry: object): unknown {
		const options = { ...camsPushOptions(this.camsSettings()), url: this.camsInboundUrl(to) };
		return this.enqueue(options, 'inbound', [entry]);
	}

	private innoPaasText(body: unknown): unknown {
		const message = parse(FORMS.innoPaasText, body);
		this.note('innoPaas', message, message.from, message.text);
		return this.enqueue(
			innoPaasPushOptions(this.innoPaasSettings()),
			'inbound',
			assertDefined(inboundEnvelope(message), `${message.to} is not a number of InnoPaaS.`),
		);
	}

	private async raw(body: unknown) {
		const { api, push, url, headers, ...to } = parse(FORMS.raw, body);
		const options =
			api === 'cams'
				? this.camsRawOptions(to, url, headers)
				: this.innoPaasRawOptions(url, headers);
		if (!isLoopbackUrl(options.url)) throw new CannotPush(`${options.url} is not on this machine.`);
		return await this.state.pushQueue.pushOnce(options, {
			body: push,
			receipts: Array.isArray(push) ? push.length : 1,
		});
	}

	private camsRawOptions(to: Addressee, url?: string, headers?: Record<string, string>) {
		return {
			...camsPushOptions(this.camsSettings()),
			url: url ?? this.camsInboundUrl(to),
			headers,
		};
	}

	private innoPaasRawOptions(url?: string, headers?: Record<string, string>) {
		const options = innoPaasPushOptions(url === undefined ? this.innoPaasSettings() : { url });
		return { ...options, headers: { ...options.headers, ...headers } };
	}

	/** Pushes one body in the background, as the service would, and returns it. */
	private enqueue(
		options: Pick<PushJob, 'api' | 'url' | 'isAcknowledged'>,
		kind: string,
		body: unknown,
	): unknown {
		void this.state.pushQueue.push({
			...options,
			pushes: [{ body, receipts: 1 }],
			kinds: { [kind]: 1 },
		});
		return body;
	}

	private camsSettings() {
		return this.state.settings.receipts.cams ?? {};
	}

	private innoPaasSettings() {
		return assertDefined(this.state.settings.receipts.innoPaas, 'receipts.innoPaas is not set.');
	}

	private camsInboundUrl(to: Addressee): string {
		return assertDefined(
			inboundUrl(this.camsSettings(), this.webhooks(), to),
			'No URL is set for messages from customers.',
		);
	}
}
