/** The sandbox, as the page asks it. Shapes are those of sandbox/page/routes.ts and inbox.ts. */

export type Status = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

export interface Summary {
	key: string;
	api: 'cams' | 'innoPaas';
	channelType: string;
	user: string;
	business: string;
	count: number;
	at: number;
	text: string;
	isInbound: boolean;
	status?: Status;
}

/** What the sandbox accepted; of all that the request said, the page itself reads only this. */
export interface Sent {
	buttons: string[];
	content?: unknown;
	templateCode?: string;
	templateName?: string;
	taskId?: string;
	templateParams?: Record<string, string>;
}

export interface Line {
	id: number;
	at: number;
	text: string;
	/** Absent in a message from the recipient. */
	message?: Sent;
	status?: Status;
	reason?: string;
}

export interface Conversation extends Omit<Summary, 'count' | 'at' | 'text' | 'isInbound'> {
	lines: Line[];
}

export interface Fault {
	kind: string;
	every?: number;
}

export interface Overview {
	version: number;
	doubled: number;
	calls: {
		received: number;
		accepted: number;
		throttled: number;
		rejected: number;
		faulted: number;
	};
	recipients: { accepted: number; unique: number };
	givenUp: number;
	perSecond: Array<{ at: number; sends: number; throttled: number }>;
	funnel: Record<Status, number>;
	failures: Record<string, number>;
	settings: { faults: Fault[]; latencyMs: number; limits: Record<string, number> };
}

const token = document.querySelector<HTMLMetaElement>('meta[name="sandbox-token"]')?.content ?? '';

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
	const answer = await fetch(path, init);
	const body = (await answer.json()) as T & { error?: string };
	if (!answer.ok) throw new Error(body.error ?? `HTTP ${answer.status}`);
	return body;
}

const post = async (path: string, body: object) =>
	await ask(path, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-sandbox-token': token },
		body: JSON.stringify(body),
	});

export const listConversations = async (search: string, limit: number) =>
	await ask<{ total: number; conversations: Summary[] }>(
		`conversations?${new URLSearchParams({ search, limit: String(limit) })}`,
	);

export const readConversation = async (key: string) =>
	await ask<Conversation>(`conversation?${new URLSearchParams({ key })}`);

export const reply = async (key: string, text: string) => await post('reply', { key, text });

export const press = async (key: string, id: number, button: number) =>
	await post('press', { key, id, button });

export const pushStatus = async (
	key: string,
	id: number,
	receipt: { status: string; code?: string; repeat?: number },
) => await post('status', { key, id, ...receipt });

export const configure = async (settings: object) => await post('../config', settings);

export const reset = async () => await post('../reset', {});
