import { formatCount } from '../util/format';
import { UserIssue } from '../util/userIssue';
import { inPieces } from './pieces';

/** A million recipients with 2 KB each. Reading more would take n8n minutes, whatever it holds. */
const MAX_BYTES = 2 * 1024 ** 3;

/**
 * A list shrinks to a fifth or, with the same long text in each line, to a fortieth; a million equal lines, to a
 * 500th. What is short may shrink further: ten million characters of anything do no harm.
 */
const MAX_RATIO = 200;
const RATIO_COUNTS_FROM = 64 * 1024 ** 2;

/** A step unpacks to no more than 8 MB, whatever it holds. */
const STEP_BYTES = 8 * 1024;

const damaged = ({ message }: Error) =>
	new UserIssue(
		'The gzip file is damaged or cut off',
		`gunzip says: ${message}. Upload or download it again.`,
	);

function tooMuch(packed: number, unpacked: number): UserIssue | undefined {
	const isBomb = unpacked > RATIO_COUNTS_FROM && unpacked > packed * MAX_RATIO;
	if (!isBomb && unpacked <= MAX_BYTES) return undefined;
	const megabytes = formatCount(Math.floor(unpacked / 1024 ** 2));
	return new UserIssue(
		'The gzip file unpacks to too much',
		isBomb
			? `It holds more than ${megabytes} MB in less than a ${MAX_RATIO}th of that, which no usual list does. If it is one, unpack it first.`
			: `It holds more than ${megabytes} MB. Split it into several files.`,
	);
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Passes on what another iterator still has, after what was taken from it. */
async function* andTheRest(
	first: Uint8Array,
	rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	yield first;
	yield* rest;
}

/**
 * Unpacks step by step: the next is begun when the last one's output was taken. Piped, Node.js 20 would read a large part of
 * the file ahead, since its DecompressionStream counts the chunks that it holds, not their bytes.
 */
async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const { readable, writable } = new DecompressionStream('gzip');
	const writer = writable.getWriter();
	const reader = (readable as ReadableStream<Uint8Array>).getReader();
	/** One of several promises fails first, and that failure is thrown. */
	const waitedFor = <T>(promise: Promise<T>) => {
		promise.catch(() => undefined);
		return promise;
	};
	const read = () => waitedFor(reader.read());
	let output = read();
	try {
		for await (const piece of pieces) {
			for (let from = 0; from < piece.length; from += STEP_BYTES) {
				const step = writer.write(piece.subarray(from, from + STEP_BYTES));
				const written = waitedFor(step.then(() => undefined));
				for (;;) {
					const chunk = await Promise.race([output, written]);
					if (chunk?.value === undefined) break;
					yield chunk.value;
					output = read();
				}
			}
		}
		void waitedFor(writer.close());
		for (;;) {
			const { value } = await output;
			if (value === undefined) return;
			yield value;
			output = read();
		}
	} finally {
		void waitedFor(reader.cancel());
	}
}

/** @throws UserIssue for a file that is damaged, cut off or far too large, and if reading the pieces throws it */
async function* checked(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	let packed = 0;
	let unpacked = 0;
	let failure: UserIssue | undefined;
	async function* counted() {
		for await (const piece of pieces) {
			packed += piece.length;
			yield piece;
		}
	}
	try {
		for await (const chunk of gunzip(counted())) {
			unpacked += chunk.length;
			failure = tooMuch(packed, unpacked);
			if (failure) break;
			yield chunk;
		}
	} catch (error) {
		failure = error instanceof UserIssue ? error : damaged(error as Error);
	}
	if (failure) throw failure;
}

/** The pieces of a file, unpacked if it is compressed with gzip. @throws like checked */
export async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const pieces = inPieces(chunks);
	try {
		const first = await pieces.next();
		if (first.done) return;
		const all = andTheRest(first.value, pieces);
		yield* isGzip(first.value) ? inPieces(checked(all)) : all;
	} finally {
		await pieces.return(undefined);
	}
}
