import { UserIssue } from '../util/userIssue';

/** How a file's characters are written. `auto` is UTF-16 if the file begins with its mark, and UTF-8 otherwise. */
export type FileEncoding = 'auto' | keyof typeof ENCODINGS;

const ENCODINGS = {
	utf8: { label: 'utf-8', name: 'UTF-8' },
	utf16: { label: 'utf-16le', name: 'UTF-16' },
	// It holds all of GBK, and reads the euro sign of GBK, which Node.js's decoder of GBK does not.
	gbk: { label: 'gb18030', name: 'GBK' },
	windows1252: { label: 'windows-1252', name: 'Windows-1252' },
} as const;

const CONVERT_LIST =
	'Convert it with n8n\'s Extract from File node and send to its items, or save it as "CSV UTF-8".';

const startsWith = (bytes: Uint8Array, ...signature: number[]) =>
	signature.every((byte, index) => bytes[index] === byte);

/** The beginning of a file as characters, one per byte. */
const beginning = (bytes: Uint8Array) => String.fromCharCode(...bytes.subarray(0, 4096));

/** @throws UserIssue for the kinds of files that are given instead of a CSV file */
function checkSignature(bytes: Uint8Array): void {
	if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04)) {
		const content = beginning(bytes);
		if (/\[Content_Types\]\.xml|_rels\/|xl\//.test(content))
			throw new UserIssue('The file is an Excel workbook', CONVERT_LIST);
		if (content.includes('opendocument.spreadsheet'))
			throw new UserIssue('The file is an OpenDocument spreadsheet', CONVERT_LIST);
		throw new UserIssue(
			'The file is a ZIP archive',
			"Unpack it with n8n's Compression node, or compress the list with gzip instead.",
		);
	}
	if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0))
		throw new UserIssue('The file is an Excel workbook of the old format (XLS)', CONVERT_LIST);
	if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46))
		throw new UserIssue(
			'The file is a PDF document',
			'Use a CSV file, or one JSON object per line.',
		);
}

function decodes(label: string, bytes: Uint8Array): boolean {
	try {
		new TextDecoder(label, { fatal: true }).decode(bytes, { stream: true });
		return true;
	} catch {
		return false;
	}
}

/** The encoding that the mark at the beginning of a file names. */
function marked(bytes: Uint8Array): string | undefined {
	if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return 'utf-8';
	if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
	if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
	return undefined;
}

/** "UTF-8", "UTF-16" */
const nameOf = (mark: string) => mark.replace(/[lb]e$/, '').toUpperCase();

/** The number of the line in which a character stands first. */
const lineOf = (text: string, character: string) =>
	text.slice(0, text.indexOf(character)).split(/\r\n|\r|\n/).length;

const CHOOSE_ENCODING =
	'If Excel saved it as CSV, choose the encoding of that computer under Encoding: GBK if its language is Chinese, Windows-1252 if it is a Western European one. Or save it as "CSV UTF-8".';

/**
 * The label of the encoding of a file, by its first piece. It is never guessed: a wrong one would send wrong names.
 * @throws UserIssue for a file that is not text, or not in the chosen encoding
 */
function encodingOf(first: Uint8Array, chosen: FileEncoding): string {
	checkSignature(first);
	const mark = marked(first);
	const { label, name } = ENCODINGS[chosen === 'auto' ? 'utf8' : chosen];
	// Only Unicode has a mark, so it says more than a choice that was made for other files.
	const encoding = mark ?? label;
	const text = new TextDecoder(encoding).decode(first, { stream: true });
	if (text.includes('\0')) {
		throw new UserIssue(
			'The file is not text',
			`Line ${lineOf(text, '\0')} holds a null character. Use a CSV file, or one JSON object per line.${mark ? '' : ' If it is text in UTF-16, choose that under Encoding.'}`,
		);
	}
	// Other text is valid UTF-8 only by chance: a letter with an accent hardly ever, several Chinese characters never.
	if (!mark && (chosen === 'gbk' || chosen === 'windows1252') && decodes('utf-8', first)) {
		const inUtf8 = new TextDecoder().decode(first, { stream: true });
		if ((chosen === 'gbk' ? /[\u0800-\uffff]/ : /[^\0-\x7f]/).test(inUtf8)) {
			throw new UserIssue(
				`The file is UTF-8, not ${name}`,
				'Choose UTF-8 under Encoding, or leave it on automatic detection.',
			);
		}
	}
	if (!decodes(encoding, first)) {
		const expected = mark ? nameOf(mark) : name;
		throw new UserIssue(
			`The file is not ${expected} text`,
			`Line ${lineOf(text, '\ufffd')} holds bytes that are not ${expected}. ${CHOOSE_ENCODING}`,
		);
	}
	return encoding;
}

/** The characters 80 to 9F of Windows-1252, where Node.js 20 reads the invisible ones of ISO 8859-1. */
const WINDOWS_1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ';

const withoutControls = (text: string) =>
	text.replace(/[\x80-\x9f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]);

/** Decodes piece by piece; without a piece, what is left of the last one. */
function decoderFor(encoding: string): (piece?: Uint8Array) => string {
	const decoder = new TextDecoder(encoding);
	return (piece) => {
		const text = decoder.decode(piece, { stream: piece !== undefined });
		return encoding === 'windows-1252' ? withoutControls(text) : text;
	};
}

/**
 * The text of a file. What cannot be decoded later than in the first piece becomes U+FFFD.
 * @throws UserIssue for a file that is not text, or not in the chosen encoding
 */
export async function* decoded(
	pieces: AsyncIterable<Uint8Array>,
	chosen: FileEncoding,
): AsyncGenerator<string> {
	let decode: ReturnType<typeof decoderFor> | undefined;
	for await (const piece of pieces) {
		decode ??= decoderFor(encodingOf(piece, chosen));
		yield decode(piece);
	}
	// Half a character at the end.
	if (decode) yield decode();
}
