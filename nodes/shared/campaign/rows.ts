import { hash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

/** The table of all campaigns, unless the user names another one. */
export const DEFAULT_TABLE = 'ChatApp Campaigns';

/** The rows of a campaign's table. Users see them, and n8n stores them: names and words never change. */

/** Every row belongs to a campaign, and is a run of it or a chunk (one call of a mass send). */
type Kind = 'run' | 'chunk';

/**
 * A run of the workflow that sends a campaign. `running` and `paused` are held by somebody who renews `at`; users set
 * `paused`, `running` and `stopped` themselves. `finished`: nobody of that run's list is left; `incomplete`: somebody
 * is; `interrupted`: it ended without a word, and another run has taken over.
 */
export type RunState = 'running' | 'paused' | 'stopped' | 'finished' | 'incomplete' | 'interrupted';

/** What became of a chunk; `notFound` is an unknown one that the API knew nothing of when it was asked. */
export type ChunkState = 'sending' | 'accepted' | 'rejected' | 'notSent' | 'unknown' | 'notFound';

const SETTLED = ['accepted', 'rejected', 'notSent', 'notFound'] as const;

/** What became of a chunk for certain; undefined where it is unknown, as with a word that somebody made up. */
export function settledStateOf(row: Pick<ChunkRow, 'state'>): (typeof SETTLED)[number] | undefined {
	const word = stateOf(row);
	return SETTLED.find((state) => state.toLowerCase() === word);
}

/** The counts of a run, as the table shows them. */
export interface RunCounts {
	recipients: number;
	alreadyAccepted: number;
	accepted: number;
	rejected: number;
	notSent: number;
	unknown: number;
}

export interface RunRow extends RunCounts {
	campaign: string;
	kind: 'run';
	/** Unique. */
	name: string;
	/** As it stands in the table, where a user may have written anything. */
	state: string;
	/** Its number: the highest one has the campaign. */
	run: number;
	execution: string;
	/** When its owner was last seen: an ISO time in UTC. */
	at: string;
	/** Whose quota it uses, as JSON (quotaShare.ts); empty until its first claim. */
	result?: string;
}

export interface ChunkRow {
	campaign: string;
	kind: 'chunk';
	/** Unique; the task id that is generated for the chunk. */
	name: string;
	state: string;
	/** The number of the run that sent it. */
	run: number;
	execution: string;
	/** When it was claimed or sent: an ISO time in UTC. */
	at: string;
	recipients: number;
	/** The output of its recipients as JSON, without what names or quotes anybody. */
	result: string;
	/** Of its recipients, packed. */
	digests: string;
}

export type Row = RunRow | ChunkRow;

/** The columns of the table, in the order in which it shows them. */
export const COLUMNS: ReadonlyArray<{ name: string; type: 'string' | 'number' }> = [
	{ name: 'campaign', type: 'string' },
	{ name: 'kind', type: 'string' },
	{ name: 'run', type: 'number' },
	{ name: 'state', type: 'string' },
	{ name: 'recipients', type: 'number' },
	{ name: 'alreadyAccepted', type: 'number' },
	{ name: 'accepted', type: 'number' },
	{ name: 'rejected', type: 'number' },
	{ name: 'notSent', type: 'number' },
	{ name: 'unknown', type: 'number' },
	{ name: 'at', type: 'string' },
	{ name: 'execution', type: 'string' },
	{ name: 'name', type: 'string' },
	{ name: 'result', type: 'string' },
	{ name: 'digests', type: 'string' },
];

export const isKind =
	<K extends Kind>(kind: K) =>
	(row: Row): row is Extract<Row, { kind: K }> =>
		row.kind === kind;

/** A word that somebody may have typed into the table. */
export const stateOf = ({ state }: Pick<Row, 'state'>) => String(state).trim().toLowerCase();

/**
 * Bytes of a recipient's digest. Two of a million recipients are taken for one with odds of 1 to 37 million
 * (n²/2 pairs, 2^64 digests); that one would be missed.
 */
const DIGEST_BYTES = 8;

/**
 * A recipient of a campaign in 8 bytes, one character each. Salted with the campaign, so that the same number has
 * other bytes in the next one. It keeps numbers out of the table; whoever has the table and a list of numbers can
 * still find out which of them are in it.
 * @param key names the recipient within the campaign
 */
export function digestOf(campaign: string, key: string): string {
	return hash('sha256', `${campaign}\n${key}`, 'buffer').toString('latin1', 0, DIGEST_BYTES);
}

/** Digests as one text. */
export function packDigests(digests: readonly string[]): string {
	return Buffer.from(digests.join(''), 'latin1').toString('base64');
}

/** @returns undefined if the text was changed by hand */
export function unpackDigests(packed: string): string[] | undefined {
	const bytes = Buffer.from(String(packed), 'base64').toString('latin1');
	if (bytes.length % DIGEST_BYTES !== 0) return undefined;
	return Array.from({ length: bytes.length / DIGEST_BYTES }, (_, index) =>
		bytes.slice(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES),
	);
}

/** The digests of a chunk; undefined if somebody has changed them. */
export function readDigests({ digests, recipients }: ChunkRow): string[] | undefined {
	const unpacked = unpackDigests(digests);
	return unpacked?.length === Number(recipients) ? unpacked : undefined;
}

/** The output of a chunk, or what a run uses of a quota, as its row keeps it. */
export function resultOf(row: Pick<Row, 'result'>): IDataObject {
	try {
		return (JSON.parse(row.result ?? '') ?? {}) as IDataObject;
	} catch {
		// Somebody has changed it; the state still counts.
		return {};
	}
}
