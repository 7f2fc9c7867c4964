/** The two services that the sandbox simulates. */
export type Api = 'cams' | 'innoPaas';

/** A message that the sandbox accepted, as it understood the call. */
export interface AcceptedMessage {
	api: Api;
	operation: string;
	messageId: string;
	groupMessageId?: string;
	channelType: string;
	from: string;
	to: string;
	taskId?: string;
	templateCode?: string;
	language?: string;
	templateParams?: Record<string, string>;
	payload?: string[];
	productAction?: Record<string, unknown>;
	flowAction?: Record<string, unknown>;
	contextMessageId?: string;
	recipientType?: string;
	ttl?: string;
	tag?: string;
	trackingData?: string;
	fallback?: Record<string, string>;
	messageType?: string;
	content?: unknown;
	wabaId?: string;
	templateName?: string;
	/** The whole JSON body of a call to InnoPaaS. */
	body?: Record<string, unknown>;
	label?: string;
	custSpaceId?: string;
	/** The text as the recipient reads it. */
	text: string;
	/** Button labels in display order. */
	buttons: string[];
	at: number;
}
