import { RECEIPTS_SCHEMA, type ReceiptSettings } from './deliverySettings';

/** What a test may change about the sandbox: POST /__sandbox/config takes any part of it. */

/** Ways in which a call goes wrong; "Before" and "After" say whether the message was taken. */
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
	/** The sends it strikes, counted from 1 since the last reset. */
	calls?: number[];
	/** Or every n-th of them. */
	every?: number;
	/** Or this share of them, 0 to 1. */
	share?: number;
}

export interface Settings {
	/** Calls per second that an account may make, by operation; one that is not named has no limit. */
	limits: Record<string, number>;
	window: 'rolling' | 'fixed';
	throttleCode: 'Throttling.User' | 'Throttling.Api' | 'Throttling' | 'System.LimitControl';
	/** Value of x-acs-retry-after with a throttling answer, milliseconds (InnoPaaS: retry-after, seconds); none when absent. */
	retryAfterMs?: number;
	/** Time until an answer leaves, plus a random part up to the jitter. */
	latencyMs: number;
	jitterMs: number;
	/** HTTP status of a refusal for business reasons: the documents leave open whether 400 or 200. */
	refusalStatus: 200 | 400;
	/** The same for InnoPaaS, whose code carries the outcome. */
	innoPaasRefusalStatus: 200 | 400;
	/** How InnoPaaS takes buttons and headers of interactive messages: its documents show them in two ways. */
	innoPaasInteractive: 'both' | 'flat' | 'nested';
	/** Whether InnoPaaS gives a message's id as a JSON number, with all its digits. */
	innoPaasDataAsNumber: boolean;
	/** Whether InnoPaaS has a list of templates, which for its v3 is an inference. */
	innoPaasTemplateList: boolean;
	/** Receipts to push after a message was taken. */
	receipts: ReceiptSettings;
	/** What becomes of what UpdatePhoneWebhook and UpdateAccountWebhook are not given: the documents leave it open. */
	omittedWebhookParts: 'kept' | 'cleared';
	/** How far the gateway's clock is ahead of this machine's. */
	clockAheadMinutes: number;
	/** How long a permission to upload is good; 3600 in the example of GetChatappUploadAuthorization. */
	uploadExpireSeconds: number;
	/** The largest file that can be uploaded. */
	uploadMostBytes: number;
	faults: Fault[];
}

/** Calls per second as documented on the pages of the operations; the others, and InnoPaaS, name none. */
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
	latencyMs: 0,
	jitterMs: 0,
	refusalStatus: 400,
	innoPaasRefusalStatus: 200,
	innoPaasInteractive: 'both',
	innoPaasDataAsNumber: false,
	innoPaasTemplateList: true,
	receipts: {},
	omittedWebhookParts: 'kept',
	clockAheadMinutes: 0,
	uploadExpireSeconds: 3600,
	uploadMostBytes: 64 * 1024 * 1024,
	faults: [],
};

/** JSON schema of the settings, so that a misspelt one is refused instead of ignored. */
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
		latencyMs: { type: 'number', minimum: 0 },
		jitterMs: { type: 'number', minimum: 0 },
		refusalStatus: { enum: [200, 400] },
		innoPaasRefusalStatus: { enum: [200, 400] },
		innoPaasInteractive: { enum: ['both', 'flat', 'nested'] },
		innoPaasDataAsNumber: { type: 'boolean' },
		innoPaasTemplateList: { type: 'boolean' },
		receipts: RECEIPTS_SCHEMA,
		omittedWebhookParts: { enum: ['kept', 'cleared'] },
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
