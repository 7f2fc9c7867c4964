/** A message as its recipient reads it. */
export interface RenderedMessage {
	text: string;
	/** Button labels in display order. */
	buttons: string[];
}

/** Joins the lines that have any text. */
export function renderLines(
	lines: Array<string | undefined>,
	buttons: string[] = [],
): RenderedMessage {
	return { text: lines.filter(Boolean).join('\n'), buttons };
}
