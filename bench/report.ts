import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '..');

/** A row of a table: cells by the titles of their columns. */
export type Row = Record<string, string | number | boolean | undefined>;

const toCell = (value: Row[string]) =>
	typeof value === 'boolean'
		? value
			? 'yes'
			: 'no'
		: String(value ?? '—')
				.replaceAll('|', '\\|')
				.replaceAll('\n', ' ');

/** A table in Markdown, with columns as wide as their widest cell. */
export function toMarkdown(rows: Row[]): string {
	const titles = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const lines = [titles, ...rows.map((row) => titles.map((title) => toCell(row[title])))];
	const widths = titles.map((_title, column) =>
		Math.max(...lines.map((line) => line[column].length), 3),
	);
	const draw = (line: string[]) =>
		`| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
	const [head, ...body] = lines.map(draw);
	return [head, draw(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

/** Prints a table under its title. */
export function printTable(title: string, rows: Row[]): void {
	console.log(`\n### ${title}\n\n${toMarkdown(rows)}`);
}

/** Says on the error output what is going on, so that the tables can be sent into a file. */
export function tell(text: string): void {
	console.error(`  ${text}`);
}

/** A number with as many places as asked for. */
export function rounded(value: number, places = 1): number {
	return Number(value.toFixed(places));
}

/** The middle one of some numbers. */
export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What the figures were measured on. */
export function describeMachine() {
	const core = JSON.parse(
		readFileSync(join(ROOT, 'node_modules/n8n-core/package.json'), 'utf8'),
	) as { version: string };
	const processors = cpus();
	return {
		cpu: processors[0]?.model ?? 'unknown',
		cores: processors.length,
		node: process.version,
		n8nCore: core.version,
	};
}

/** Keeps the figures of a bench with their date and machine, and says where. */
export function keep(bench: string, results: object): void {
	const date = new Date().toISOString();
	const folder = join(ROOT, 'bench-results');
	mkdirSync(folder, { recursive: true });
	const file = join(folder, `${bench}-${date.replaceAll(':', '-')}.json`);
	writeFileSync(
		file,
		`${JSON.stringify({ bench, date, machine: describeMachine(), ...results }, undefined, '\t')}\n`,
	);
	console.log(`\nKept in ${relative(ROOT, file)}`);
}
