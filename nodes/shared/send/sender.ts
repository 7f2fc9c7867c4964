import type { ErrorCatalog } from '../http/errorCatalog';
import type { RateLimiter } from '../http/rateLimiter';
import type { Read } from '../parameters/parameters';
import type { OutgoingMessage, Position } from './recipientState';

/** The part of a send that depends on the API. */
interface Sender {
	/** As the output names it: cams, innoPaas. */
	api: string;
	errors: ErrorCatalog;
	/** Begins the task ids of this run. */
	campaignId: string;
}

/** The message of one item, to one recipient. */
export interface ItemMessage extends OutgoingMessage {
	to: string;
	taskId: string;
	/** Build and check only. */
	validateOnly: boolean;
	maxPerSecond: number;
}

/** An API's send of one message per item. */
export interface ItemSender extends Sender {
	rateLimiter: RateLimiter;
	/** Builds and checks the message of an item. @throws UserIssue */
	message(read: Read, itemIndex: number): Promise<ItemMessage>;
}

/** A message of a mass send, which recipients can share. */
export interface MassMessage extends OutgoingMessage {
	/** Equal for messages that are the same on the wire. */
	key: string;
	/**
	 * Builds and checks one of its recipients.
	 * @param position of an entry of a list, which may carry parts in the API's own form
	 * @throws UserIssue
	 */
	recipient(read: Read, position: Position): MassRecipient;
}

/** One recipient of a mass send, as part of a call. */
export interface MassRecipient {
	to: string;
	payload: string;
	/** Recipients of different shapes do not share a call, since the API would refuse it as a whole. */
	shape: string;
}

/** An API's send of one message to many recipients in a call. */
export interface BatchSender extends Sender {
	rateLimiter(maxPerSecond: number): RateLimiter;
	/** Calls per second when the user does not say, and the most that a user can choose. */
	callsPerSecond: number;
	maxCallsPerSecond: number;
	/** Of one call. */
	maxRecipients: number;
	/**
	 * Whether a recipient is nothing but a number. Then one To can hold several, and a number that comes twice goes out
	 * in two calls, as it is not documented what one call does with it.
	 */
	numbersOnly: boolean;
	/** Names of the parameters that `message` reads. */
	shared: readonly string[];
	/** Builds and checks what recipients share; may look its template up. @throws UserIssue */
	message(read: Read): Promise<MassMessage>;
}
