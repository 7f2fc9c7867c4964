/** What a test may change about the receipts: the part `receipts` of the settings. */

/** Where InnoPaaS's receipts go, and what they tell. */
export interface InnoPaasReceiptSettings {
	/** On this machine: the sandbox never sends anything anywhere else. */
	url: string;
	/** Sent along as headers, as the console lets one set them. */
	userName?: string;
	authorization?: string;
	/** What becomes of each message, in this order; delivered and read when absent. */
	statuses?: InnoPaasStatus[];
	/** Recipients whose messages fail instead. */
	failNumbers?: string[];
	/** Time after the message was taken. */
	delayMs?: number;
	/** How often each receipt comes, 1 when absent. */
	repeat?: number;
	/** Whether the receipts of a call come in any order. */
	shuffle?: boolean;
}

export const INNOPAAS_STATUSES = ['delivered', 'read', 'failed'] as const;

export type InnoPaasStatus = (typeof INNOPAAS_STATUSES)[number];

/** What CAMS's receipts tell, and where they go when UpdatePhoneWebhook has set no address. */
export interface CamsReceiptSettings {
	/** On this machine, for messages whose sender has no address of its own; none when absent. */
	url?: string;
	/** The same for what customers write. */
	inboundUrl?: string;
	/** What becomes of each message, in this order; Sent, Delivered and Read when absent. */
	statuses?: CamsStatus[];
	/** Recipients whose messages fail instead, with the code of each; 131026 for a list. */
	failNumbers?: string[] | Record<string, string | number>;
	/** This share of the other messages fails too, 0 to 1, with one code or another. */
	failShare?: number;
	/** This share of the messages that do not fail is read, 0 to 1; all when absent. */
	readShare?: number;
	/** Receipts in a push, 100 when absent. */
	batch?: number;
	/** How often each push comes, 1 when absent. */
	repeat?: number;
	/** This share of the receipts comes once more, in a later push where there is one. */
	duplicateShare?: number;
	/** Whether the receipts of a call come in any order, several pushes at once. */
	shuffle?: boolean;
	/** Time after the message was taken. */
	delayMs?: number;
	/** Waits before a push that was not answered well comes again; a minute and then five when absent. */
	retryMs?: number[];
}

/** The statuses of ChatAppStatus; Deleted is listed there, and said never to be pushed for WhatsApp. */
export const CAMS_STATUSES = ['Sent', 'Delivered', 'Read', 'Failed', 'Deleted'] as const;

export type CamsStatus = (typeof CAMS_STATUSES)[number];

export interface ReceiptSettings {
	innoPaas?: InnoPaasReceiptSettings;
	cams?: CamsReceiptSettings;
	/** How many pushes are under way at once at most, 10 when absent. */
	connections?: number;
}

/** Addresses of this machine, and nothing that only looks like one. */
const LOOPBACK_URL = '^https?://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?([/?].*)?$';

export function isLoopbackUrl(url: string): boolean {
	return new RegExp(LOOPBACK_URL).test(url);
}

/** @throws Error when receipts would leave this machine */
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
		// A number becomes a text here.
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

/** JSON schema of the part `receipts`. */
export const RECEIPTS_SCHEMA = {
	type: 'object',
	additionalProperties: false,
	properties: { innoPaas, cams, connections: count },
} as const;
