/** The first character beyond printable ASCII, which may look like another one or like none, e.g. "U+200B". */
export function strayCharacter(text: string): string | undefined {
	const [stray] = /[^\x20-\x7e]/u.exec(text) ?? [];
	const code = stray?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
	return code && `U+${code}`;
}
