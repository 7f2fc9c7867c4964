/** What is added to each row of a file that comes out, e.g. the recipients who were not accepted. */
export const OUTCOME_COLUMNS = ['outcome', 'cause', 'reason'] as const;

/** What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"), and apostrophes before it. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/;

/** A phone number or another number: a formula that consists of nothing else can call nothing. */
const NUMBER = /^[+-]?[\d ().-]+$/;

const guarded = (cell: string) => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);

/** A cell as it was before toCsvRow wrote it. */
export const unguarded = (cell: string) => (GUARDED.test(cell) ? cell.slice(1) : cell);

/** Whether all cells of a file were written by toCsvRow; anyone else's apostrophe stays. */
export const isOwnFile = (columns: readonly string[]) =>
	OUTCOME_COLUMNS.every((name) => columns.includes(name));

/**
 * A row of a CSV file, with its line end. A cell that a spreadsheet would run as a formula gets an apostrophe in front,
 * which is taken away again when the file is read with its OUTCOME_COLUMNS. Phone numbers stay as they are.
 * Excel needs U+FEFF at the beginning of the file to read it as UTF-8.
 */
export function toCsvRow(cells: readonly string[], delimiter = ','): string {
	const written = cells.map((cell) => {
		const text = guarded(cell);
		// In quotes even with the delimiter of other countries, at which their Excel would cut, and see a formula.
		return text.includes(delimiter) || /^ |[",;\t|\r\n]| $/.test(text)
			? `"${text.replaceAll('"', '""')}"`
			: text;
	});
	return `${written.join(delimiter)}\r\n`;
}
