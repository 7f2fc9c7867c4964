import { UserIssue } from '../util/userIssue';

/** Bytes that are read at a time: what a parser holds, and how long it blocks n8n, doesn't depend on who sends how much. */
export const PIECE_BYTES = 64 * 1024;

const cutOff = ({ message }: Error) =>
	new UserIssue(
		'The file could not be read to its end',
		`${message.trimEnd().replace(/\.?$/, '.')} Upload or download it again.`,
	);

/**
 * Cuts and joins chunks, so that each has PIECE_BYTES, except the last. Where n8n keeps a file in memory or in its
 * database, a chunk is the whole file. What came before a failure is delivered before it is thrown.
 * @throws UserIssue if reading the chunks throws
 */
export async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	let piece = new Uint8Array(PIECE_BYTES);
	let filled = 0;
	let failure: UserIssue | undefined;
	try {
		for await (const chunk of chunks) {
			for (let from = 0; from < chunk.length;) {
				const part = chunk.subarray(from, from + PIECE_BYTES - filled);
				piece.set(part, filled);
				filled += part.length;
				from += part.length;
				if (filled < PIECE_BYTES) continue;
				yield piece;
				piece = new Uint8Array(PIECE_BYTES);
				filled = 0;
			}
		}
	} catch (error) {
		failure = error instanceof UserIssue ? error : cutOff(error as Error);
	}
	if (filled > 0) yield piece.subarray(0, filled);
	if (failure) throw failure;
}
