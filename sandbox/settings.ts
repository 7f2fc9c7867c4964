import { RECEIPTS_SCHEMA, type ReceiptSettings } from './deliverySettings';

/** The settings of the sandbox. POST /__sandbox/config accepts any subset of them. */

/** Simulated failures. "Before" and "After" refer to the moment in which the message is accepted. */
export const FAULT_KINDS = [
	'resetBefore',
	'resetAfter',
	'hangAfter',
	'serverErrorBefore',
	'serverErrorAfter',
	'otherCode',
	'nonJson',
	'truncatedJson',
	'nonceUsed',
	'throttle',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
	kind: FaultKind;
	/** Numbers of the affected sends, counted from 1 since the last reset. */
	calls?: number[];
	/** Alternatively, every n-th send. */
	every?: number;
	/** Alternatively, a random share of the sends, 0 to 1. */
	share?: number;
}

export interface Settings {
	/** Calls per second and account, by operation; operations without an entry are not limited. */
	limits: Record<string, number>;
	window: 'rolling' | 'fixed';
	throttleCode: 'Throttling.User' | 'Throttling.Api' | 'Throttling' | 'System.LimitControl';
	/** Sent with throttled calls, as x-acs-retry-after in milliseconds or InnoPaaS's retry-after in seconds. */
	retryAfterMs?: number;
	/** How long after its acceptance a message appears in ListChatappMessage, to which a random part of up to historyJitterMs is added. */
	historyDelayMs: number;
	historyJitterMs: number;
	/** Response time, to which a random part of up to jitterMs is added. */
	latencyMs: number;
	jitterMs: number;
	/** HTTP status of business errors; the documentation leaves open whether it is 400 or 200. */
	refusalStatus: 200 | 400;
	/** HTTP status of InnoPaaS's business errors, which its codes tell apart. */
	innoPaasRefusalStatus: 200 | 400;
	/** How InnoPaaS expects buttons and headers of interactive messages; its documentation shows both forms. */
	innoPaasInteractive: 'both' | 'flat' | 'nested';
	/** Whether InnoPaaS returns message IDs as JSON numbers, which exceed the precision of a double. */
	innoPaasDataAsNumber: boolean;
	/** Whether InnoPaaS has a template list; that its v3 has one is an inference. */
	innoPaasTemplateList: boolean;
	/** Receipts that are pushed after a message was accepted. */
	receipts: ReceiptSettings;
	/** What UpdatePhoneWebhook and UpdateAccountWebhook do with omitted parameters; the documentation leaves it open. */
	omittedWebhookParts: 'kept' | 'cleared';
	/** What the gateway does with Content and Payload in a form; the SDKs of CAMS put them into the query. */
	contentInForm: 'read' | 'ignored';
	/** Whether messages that are no templates reach only who has written within 24 hours on WhatsApp. */
	serviceWindow: 'ignored' | 'enforced';
	/** Longest address (path and query) of a call; longer ones get HTTP 414. Servers commonly take 8 or 16 kB. */
	addressMostBytes: number;
	/** Most bytes of headers; more get HTTP 431. */
	headersMostBytes: number;
	/** Largest body of a call; larger ones get HTTP 413. */
	bodyMostBytes: number;
	/** How far the gateway's clock is ahead of this machine's. */
	clockAheadMinutes: number;
	/** Lifetime of an upload authorization; 3600 in the example of GetChatappUploadAuthorization. */
	uploadExpireSeconds: number;
	/** Maximum size of an uploaded file. */
	uploadMostBytes: number;
	faults: Fault[];
}

/** Rate limits as documented on the pages of the operations. Other operations and InnoPaaS document none. */
export const DEFAULT_SETTINGS: Settings = {
	limits: {
		SendChatappMessage: 250,
		SendChatappMassMessage: 10,
		ListChatappTemplate: 5,
		GetChatappTemplateDetail: 5,
		QueryChatappPhoneNumbers: 10,
		UpdatePhoneWebhook: 10,
		UpdateAccountWebhook: 10,
		ListFlow: 5,
		GetChatappUploadAuthorization: 5,
	},
	window: 'rolling',
	throttleCode: 'Throttling.User',
	historyDelayMs: 0,
	historyJitterMs: 0,
	latencyMs: 0,
	jitterMs: 0,
	refusalStatus: 400,
	innoPaasRefusalStatus: 200,
	innoPaasInteractive: 'both',
	innoPaasDataAsNumber: false,
	innoPaasTemplateList: true,
	receipts: {},
	omittedWebhookParts: 'kept',
	contentInForm: 'read',
	serviceWindow: 'ignored',
	addressMostBytes: 8 * 1024,
	headersMostBytes: 8 * 1024,
	bodyMostBytes: 32 * 1024 * 1024,
	clockAheadMinutes: 0,
	uploadExpireSeconds: 3600,
	uploadMostBytes: 64 * 1024 * 1024,
	faults: [],
};

/** JSON schema of the settings. It rejects unknown names, so that a typo is not ignored. */
export const SETTINGS_SCHEMA = {
	type: 'object',
	additionalProperties: false,
	properties: {
		limits: { type: 'object', additionalProperties: { type: 'number', minimum: 0 } },
		window: { enum: ['rolling', 'fixed'] },
		throttleCode: {
			enum: ['Throttling.User', 'Throttling.Api', 'Throttling', 'System.LimitControl'],
		},
		retryAfterMs: { type: 'number', minimum: 0 },
		historyDelayMs: { type: 'number', minimum: 0 },
		historyJitterMs: { type: 'number', minimum: 0 },
		latencyMs: { type: 'number', minimum: 0 },
		jitterMs: { type: 'number', minimum: 0 },
		refusalStatus: { enum: [200, 400] },
		innoPaasRefusalStatus: { enum: [200, 400] },
		innoPaasInteractive: { enum: ['both', 'flat', 'nested'] },
		innoPaasDataAsNumber: { type: 'boolean' },
		innoPaasTemplateList: { type: 'boolean' },
		receipts: RECEIPTS_SCHEMA,
		omittedWebhookParts: { enum: ['kept', 'cleared'] },
		contentInForm: { enum: ['read', 'ignored'] },
		serviceWindow: { enum: ['ignored', 'enforced'] },
		addressMostBytes: { type: 'integer', minimum: 1, maximum: 1_000_000 },
		headersMostBytes: { type: 'integer', minimum: 1, maximum: 1_000_000 },
		bodyMostBytes: { type: 'integer', minimum: 1, maximum: 256 * 1024 * 1024 },
		clockAheadMinutes: { type: 'number' },
		uploadExpireSeconds: { type: 'integer', minimum: 0 },
		uploadMostBytes: { type: 'integer', minimum: 0 },
		faults: {
			type: 'array',
			items: {
				type: 'object',
				additionalProperties: false,
				required: ['kind'],
				properties: {
					kind: { enum: [...FAULT_KINDS] },
					calls: { type: 'array', items: { type: 'integer', minimum: 1 } },
					every: { type: 'integer', minimum: 1 },
					share: { type: 'number', minimum: 0, maximum: 1 },
				},
			},
		},
	},
} as const;
