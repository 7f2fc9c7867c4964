import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '..');

/** A table row: cells by column title. */
export type Row = Record<string, string | number | boolean | undefined>;

const toCell = (value: Row[string]) =>
	typeof value === 'boolean'
		? value
			? 'yes'
			: 'no'
		: String(value ?? '—')
				.replaceAll('|', '\\|')
				.replaceAll('\n', ' ');

/** Formats a Markdown table with aligned columns. */
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

/** Writes to stderr, so that stdout has the tables only. */
export function logProgress(text: string): void {
	console.error(`  ${text}`);
}

export function round(value: number, places = 1): number {
	return Number(value.toFixed(places));
}

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The machine and versions that the figures were measured with. */
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

/** Saves the results of a bench with date and machine in bench-results/. */
export function saveResults(bench: string, results: object): void {
	const date = new Date().toISOString();
	const folder = join(ROOT, 'bench-results');
	mkdirSync(folder, { recursive: true });
	const file = join(folder, `${bench}-${date.replaceAll(':', '-')}.json`);
	writeFileSync(
		file,
		`${JSON.stringify({ bench, date, machine: describeMachine(), ...results }, undefined, '\t')}\n`,
	);
	console.log(`\nSaved in ${relative(ROOT, file)}`);
}
