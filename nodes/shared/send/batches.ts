import type { IDataObject } from 'n8n-workflow';

import type { Answer } from '../http/apiAnswer';
import type { ErrorCatalog } from '../http/errorCatalog';
import type { RateLimiter } from '../http/rateLimiter';
import type { Read } from '../parameters/parameters';
import { formatCount } from '../util/format';
import { UserIssue } from '../util/userIssue';
import type { Result, Validated } from './result';

/** What is the same for all recipients of a call. */
export interface MassMessage {
	/** By which way it goes: api, from, channelType. */
	about: IDataObject;
	/** What it holds: templateCode, language. */
	contains: IDataObject;
	/** The user's own task id; empty when one is to be made up for each call. */
	taskId: string;
	/** Equal for messages that may travel together. */
	key: string;
	/** What all recipients read alike; with the recipient's own part it tells whether a later try would send the same. */
	content: string;
	/** What can be sent, but may not arrive as it is meant. */
	warnings: string[];
	/** What Validate Only tells beside. */
	preview?: IDataObject;
	/**
	 * Makes the call that sends it.
	 * @param recipients the recipients' JSON, as `recipient` gave it
	 */
	call(recipients: string[], taskId: string): Promise<Answer>;
}

/** What a vendor's mass send is made of; everything else is the same for all of them. */
export interface BatchSender {
	api: string;
	errors: ErrorCatalog;
	/** What all runs share that want to be this fast. */
	rateLimiter(maxPerSecond: number): RateLimiter;
	/** Calls per second when the user does not say, and the most that a user can choose. */
	callsPerSecond: number;
	maxCallsPerSecond: number;
	/** The most recipients that a call takes. */
	maxRecipients: number;
	/**
	 * Whether a recipient is nothing but a number: then one To can hold several, and a number that comes twice goes out
	 * in two calls, as nobody says what one call does with it.
	 */
	numbersOnly: boolean;
	/** Begins the task ids of this run. */
	campaignId: string;
	/** Names of the parameters that `message` reads. */
	shared: readonly string[];
	/** @throws UserIssue */
	message(read: Read): MassMessage;
	/**
	 * One recipient, by its number or id and as its part of the call's JSON.
	 * `shape`: recipients of another one do not travel along, lest they have the whole call refused.
	 * @throws UserIssue
	 */
	recipient(read: Read): { to: string; json: string; shape: string };
}

/** Where a recipient of a run comes from, and what becomes of it. */
export interface Place {
	itemIndex: number;
	/** How often its recipient came before. */
	repeat?: number;
	/** Its position in a list, and the entry there. */
	entryIndex?: number;
	entry?: unknown;
	to?: string;
	message?: MassMessage;
	shape?: string;
	/** What goes over the wire for it, until it is known what became of it. */
	json?: string;
	/** Of what it said, once it was or may have been accepted; for a later try. */
	digest?: string;
	/** Shared by all recipients of a call; without `to`. */
	result?: MassResult;
}

/** With Validate Only nothing becomes of anybody. */
export type MassResult = Result | Validated;

/** Recipients that travel together. */
export interface Chunk {
	number: number;
	message: MassMessage;
	taskId: string;
	places: Place[];
}

/**
 * Bytes of recipients in one call, percent-encoded. No limit is documented for the API; a million is what ordinary
 * gateways take.
 */
export const MAX_BYTES = 1_000_000;

const COMMA = '%2C'.length;

/** Bytes of a recipient within the call. */
function bytesOf(json: string): number {
	return encodeURIComponent(json).length + COMMA;
}

/** @throws UserIssue for a recipient that is too long for any call */
export function checkLength(json: string): void {
	// An encoded character takes nine bytes at most: nearly all are told without encoding them.
	if (json.length * 9 + COMMA <= MAX_BYTES) return;
	const bytes = bytesOf(json);
	if (bytes > MAX_BYTES) {
		throw new UserIssue(
			'The values of this recipient are too long',
			`They take ${formatCount(bytes)} bytes; a call holds ${formatCount(MAX_BYTES)}. Look for a field with a whole file in it.`,
		);
	}
}

/** Puts recipients of the same message and shape together, in their order, as they come. */
export class Chunker {
	private opened = 0;
	private readonly open = new Map<MassMessage, Map<string, { chunk: Chunk; bytes: number }>>();

	/** @param maxRecipients in one chunk */
	constructor(
		private readonly maxRecipients: number,
		private readonly taskIdOf: (message: MassMessage, chunk: number) => string,
	) {}

	/** @returns the chunk that is full now, if one is */
	add(place: Place): Chunk | undefined {
		const { message, json, shape = '' } = place;
		if (!message || json === undefined) return undefined;
		const bytes = bytesOf(json);
		const ofMessage = this.open.get(message) ?? new Map<string, { chunk: Chunk; bytes: number }>();
		this.open.set(message, ofMessage);
		let current = ofMessage.get(shape);
		const isFull =
			current !== undefined &&
			(current.chunk.places.length >= this.maxRecipients || current.bytes + bytes > MAX_BYTES);
		const full = isFull ? current?.chunk : undefined;
		if (!current || isFull) {
			const number = ++this.opened;
			current = {
				chunk: { number, message, taskId: this.taskIdOf(message, number), places: [] },
				bytes: 0,
			};
			ofMessage.set(shape, current);
		}
		current.chunk.places.push(place);
		current.bytes += bytes;
		return full;
	}

	/** The chunks that are not full, when nobody comes any more. */
	rest(): Chunk[] {
		return [...this.open.values()]
			.flatMap((ofMessage) => [...ofMessage.values()])
			.map(({ chunk }) => chunk);
	}
}
