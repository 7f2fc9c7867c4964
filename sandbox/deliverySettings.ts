/** The `receipts` part of the settings. */

/** Where InnoPaaS's receipts go and what they report. */
export interface InnoPaasReceiptSettings {
	/** A loopback URL; the sandbox never calls any other. */
	url: string;
	/** Sent as the headers UserName and Authorization, which the console lets customers configure. */
	userName?: string;
	authorization?: string;
	/** Statuses of each message, in order; delivered and read if absent. */
	statuses?: InnoPaasStatus[];
	/** Recipients whose messages fail instead. */
	failNumbers?: string[];
	/** Delay after the response to the call. */
	delayMs?: number;
	/** How many times each receipt is pushed; 1 if absent. */
	repeat?: number;
	/** Whether the receipts of a call are pushed in random order. */
	shuffle?: boolean;
}

export const INNOPAAS_STATUSES = ['delivered', 'read', 'failed'] as const;

export type InnoPaasStatus = (typeof INNOPAAS_STATUSES)[number];

/** What CAMS's receipts report, and where they go if UpdatePhoneWebhook has set no URL. */
export interface CamsReceiptSettings {
	/** A loopback URL for receipts of senders without a webhook; not pushed if absent. */
	url?: string;
	/** A loopback URL for messages from customers to senders without a webhook. */
	inboundUrl?: string;
	/** Statuses of each message, in order; Sent, Delivered and Read if absent. */
	statuses?: CamsStatus[];
	/** Recipients whose messages fail instead, as a list (131026) or with a code for each. */
	failNumbers?: string[] | Record<string, string | number>;
	/** Share of the other messages that fail too, with random codes; 0 to 1. */
	failShare?: number;
	/** Share of the delivered messages that are read, 0 to 1; 1 if absent. */
	readShare?: number;
	/** Receipts per push; 100 if absent. */
	batch?: number;
	/** How many times each push is made; 1 if absent. */
	repeat?: number;
	/** Share of the receipts that are pushed again later, 0 to 1. */
	duplicateShare?: number;
	/** Whether the receipts of a call are pushed in random order, with several pushes in flight. */
	shuffle?: boolean;
	/** Delay after the response to the call. */
	delayMs?: number;
	/** Delays before each retry of a push that was not acknowledged; 1 and 5 minutes if absent. */
	retryMs?: number[];
}

/** Statuses of ChatAppStatus. Its page lists Deleted, but says that WhatsApp never pushes it. */
export const CAMS_STATUSES = ['Sent', 'Delivered', 'Read', 'Failed', 'Deleted'] as const;

export type CamsStatus = (typeof CAMS_STATUSES)[number];

export interface ReceiptSettings {
	innoPaas?: InnoPaasReceiptSettings;
	cams?: CamsReceiptSettings;
	/** Maximum pushes in flight; 10 if absent. */
	connections?: number;
}

/** Anchored, so that a host like 127.0.0.1.example.com does not match. */
const LOOPBACK_URL = '^https?://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?([/?].*)?$';

export function isLoopbackUrl(url: string): boolean {
	return new RegExp(LOOPBACK_URL).test(url);
}

/** @throws Error if receipts would leave this machine */
export function assertLoopbackUrls({ innoPaas, cams }: ReceiptSettings): void {
	for (const url of [innoPaas?.url, cams?.url, cams?.inboundUrl]) {
		if (url !== undefined && !isLoopbackUrl(url)) throw new Error(`${url} is not on this machine.`);
	}
}

const url = { type: 'string', pattern: LOOPBACK_URL } as const;
const texts = { type: 'array', items: { type: 'string' } } as const;
const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const milliseconds = { type: 'number', minimum: 0 } as const;
const count = { type: 'integer', minimum: 1 } as const;

const innoPaas = {
	type: 'object',
	additionalProperties: false,
	required: ['url'],
	properties: {
		url,
		userName: { type: 'string' },
		authorization: { type: 'string' },
		statuses: { type: 'array', items: { enum: [...INNOPAAS_STATUSES] } },
		failNumbers: texts,
		delayMs: milliseconds,
		repeat: count,
		shuffle: { type: 'boolean' },
	},
} as const;

const cams = {
	type: 'object',
	additionalProperties: false,
	properties: {
		url,
		inboundUrl: url,
		statuses: { type: 'array', items: { enum: [...CAMS_STATUSES] } },
		// Ajv coerces numeric codes to strings.
		failNumbers: { anyOf: [texts, { type: 'object', additionalProperties: { type: 'string' } }] },
		failShare: share,
		readShare: share,
		batch: count,
		repeat: count,
		duplicateShare: share,
		shuffle: { type: 'boolean' },
		delayMs: milliseconds,
		retryMs: { type: 'array', items: milliseconds },
	},
} as const;

/** JSON schema of the `receipts` part. */
export const RECEIPTS_SCHEMA = {
	type: 'object',
	additionalProperties: false,
	properties: { innoPaas, cams, connections: count },
} as const;
