/** The option that cleans variables, as errors name it. */
export const CLEAN_VARIABLES = 'Clean Template Variables';

/**
 * What WhatsApp takes in a variable of a template. Source: Meta's refusal, "Param text cannot have new-line/tab
 * characters or more than 4 consecutive spaces".
 */
const REFUSED = /[\n\r\t]| {5}/;

/** Writes a text on one line: each gap that WhatsApp refuses becomes one space, at the ends none. */
export function toOneLine(text: string): string {
	if (!REFUSED.test(text)) return text;
	return text.replace(/\s+/g, (gap) => (REFUSED.test(gap) ? ' ' : gap)).trim();
}

/** The warning about a variable that WhatsApp rejects; undefined for one that it takes. */
export function variableWarning(text: string, label: string): string | undefined {
	return REFUSED.test(text)
		? `${label} has a line break, a tab or more than four spaces in a row, which WhatsApp rejects. Turn on ${CLEAN_VARIABLES} under Options.`
		: undefined;
}
