/**
 * Parses JSON with every whole number of 16 digits or more kept as text: message ids can be above 2^53, and
 * JSON.parse would change their last digits.
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
	// Most texts hold no such number: a number stands at the start, or behind one of these.
	if (!/(?:^|[\s:,[])-?\d{16}/.test(text)) return JSON.parse(text);
	// Each match takes a whole string (even one that is cut off) or a whole number, so the text is read once.
	return JSON.parse(
		text.replace(/"(?:[^"\\]+|\\[^])*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
			/^-?\d{16,}$/.test(token) ? `"${token}"` : token,
		),
	);
}
