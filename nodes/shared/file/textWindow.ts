/** More than any record of a list has. What is longer is most likely not a list, and has to end somewhere. */
export const MAX_RECORD_CHARACTERS = 1_000_000;

/** Finds a character in a text. Each stretch is searched once, as long as positions go forward. */
export class Finder {
	/** Between these two it does not stand. */
	private since = 0;
	private found = -1;

	constructor(private readonly character: string) {}

	/** Where it stands at or after a position; the length of the text if nowhere. */
	from(text: string, position: number): number {
		if (position < this.since || position > this.found) {
			const found = text.indexOf(this.character, position);
			this.since = position;
			this.found = found === -1 ? text.length : found;
		}
		return this.found;
	}

	/** For another text. */
	reset(): void {
		this.found = -1;
	}
}

/** The part of a text that is being read: lines are taken from its beginning and text is added to its end. */
export class TextWindow {
	text = '';
	/** Where the rest begins that was not taken. */
	at = 0;
	/** The number of its line in the file. */
	line = 1;
	isLast = false;
	private isSkipping = false;
	private readonly finders = new Map<string, Finder>();
	private readonly lineFeed = this.finder('\n');
	private readonly carriageReturn = this.finder('\r');
	private readonly nul = this.finder('\0');
	private readonly replacement = this.finder('\ufffd');

	/** A finder for this text. */
	finder(character: string): Finder {
		const finder = this.finders.get(character) ?? new Finder(character);
		this.finders.set(character, finder);
		return finder;
	}

	add(text: string, isLast: boolean): void {
		this.text = this.text.slice(this.at) + text;
		this.at = 0;
		this.isLast = isLast;
		for (const finder of this.finders.values()) finder.reset();
		if (this.isSkipping) this.skipLine();
	}

	get isEmpty(): boolean {
		return this.at === this.text.length;
	}

	get isTooLong(): boolean {
		return this.text.length - this.at > MAX_RECORD_CHARACTERS;
	}

	/** Where the line ends that a position is in; undefined if only more text can tell. */
	lineEnd(position: number): number | undefined {
		const { text } = this;
		const end = Math.min(
			this.lineFeed.from(text, position),
			this.carriageReturn.from(text, position),
		);
		// A line feed may follow.
		const isKnown = end < text.length - 1 || text[end] === '\n' || this.isLast;
		return isKnown ? end : undefined;
	}

	/** Takes everything to the end of a line. */
	take(lineEnd: number, lines = 1): void {
		const isPair = this.text[lineEnd] === '\r' && this.text[lineEnd + 1] === '\n';
		this.at = Math.min(lineEnd + (isPair ? 2 : 1), this.text.length);
		this.line += lines;
	}

	/** Takes the rest of the line, however long it is. */
	skipLine(): void {
		const end = this.lineEnd(this.at);
		this.isSkipping = end === undefined;
		if (end !== undefined) this.take(end);
		else this.at = this.text.endsWith('\r') ? this.text.length - 1 : this.text.length;
	}

	/** How many line ends a stretch has. */
	lineEnds(from: number, to: number): number {
		return this.text.slice(from, to).match(/\r\n|\r|\n/g)?.length ?? 0;
	}

	/** Whether a stretch holds a character that stands for lost or foreign bytes. */
	hasLostCharacters(from: number, to: number): boolean {
		return this.nul.from(this.text, from) < to || this.replacement.from(this.text, from) < to;
	}
}
