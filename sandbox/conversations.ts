import type { Api } from './acceptedMessage';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * When WhatsApp users wrote last, to each number of a business. Both APIs document that a message that is no template can
 * be sent only within 24 hours of it (CAMS: Type on the page of SendChatappMessage; InnoPaaS: messageType, message).
 */
export class Conversations {
	private lastAt = new Map<string, number>();

	/** @param at milliseconds since 1970 */
	note(api: Api, business: string, user: string, at: number): void {
		this.lastAt.set(`${api}/${business}/${user}`, at);
	}

	isOpen(api: Api, business: string, user: string, now: number): boolean {
		const at = this.lastAt.get(`${api}/${business}/${user}`);
		return at !== undefined && now - at <= DAY_MS;
	}
}
