/** One regular expression of several, matched one after the other: for texts that are too long for one line. */
export function pattern(...parts: RegExp[]): RegExp {
	return new RegExp(parts.map(({ source }) => source).join(''));
}
