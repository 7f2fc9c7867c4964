/**
 * All regular expressions of the nodes and the credential, read from their sources, and texts that make them slow. None is
 * left out because somebody forgot to list it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

export interface FoundExpression {
	/** E.g. nodes/shared/webhook/body.ts:22. */
	where: string;
	expression: RegExp;
}

function sourceFiles(): string[] {
	return ['nodes', 'credentials'].flatMap((folder) =>
		readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.map((name) => join(folder, name)),
	);
}

function toExpression(literal: string): RegExp {
	const end = literal.lastIndexOf('/');
	return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}

/** The literals, in the order of the files. `new RegExp` is reported apart, as its text is not in the source. */
export function findExpressions(): { literals: FoundExpression[]; constructed: string[] } {
	const literals: FoundExpression[] = [];
	const constructed: string[] = [];
	for (const file of sourceFiles()) {
		const source = ts.createSourceFile(
			file,
			readFileSync(join(ROOT, file), 'utf8'),
			ts.ScriptTarget.Latest,
		);
		const visit = (node: ts.Node): void => {
			if (ts.isRegularExpressionLiteral(node)) {
				const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
				literals.push({ where: `${file}:${line + 1}`, expression: toExpression(node.text) });
			}
			if (
				(ts.isNewExpression(node) || ts.isCallExpression(node)) &&
				node.expression.getText(source) === 'RegExp'
			)
				constructed.push(file);
			ts.forEachChild(node, visit);
		};
		visit(source);
	}
	return { literals, constructed };
}

/** A text of about so many characters. */
export interface Attack {
	prefix: string;
	pump: string;
	suffix: string;
}

export const textOf = ({ prefix, pump, suffix }: Attack, characters: number) =>
	prefix + pump.repeat(Math.ceil(characters / pump.length)) + suffix;

/** One character for each class that expressions use. */
const REPRESENTATIVES: ReadonlyArray<readonly [RegExp, string]> = [
	[/\\d|0-9/, '1'],
	[/\\w|a-z|\[\^|\\p\{|\\D|\\S|\./i, 'a'],
	[/a-f/i, 'f'],
	[/\\s|\[\^|\./, ' '],
	[/\\s|\\n/, '\n'],
	[/Pictographic/, '😀'],
	[/Ignorable|u200b/, '\u200b'],
];

/** Enough to find each of the faults that the test knows, within seconds for all expressions together. */
const MOST_SINGLE = 8;
const MOST_PREFIXES = 9;

/** What an expression is about: its own characters and runs of them, and one character of each class. */
function partsOf({ source }: RegExp): { single: string[]; runs: string[] } {
	const plain = source
		.replace(/\\u\{([\da-f]+)\}|\\u([\da-f]{4})|\\x([\da-f]{2})/gi, (_all, a, b, c) =>
			String.fromCodePoint(parseInt(String(a ?? b ?? c), 16)),
		)
		.replace(
			/\(\?(?:<\w+>|[:=!]|<[=!])|\\[bBdDsSwWnrt]|\\[pP]\{\w+\}|\{\d+,?\d*\}|\\k<\w+>/g,
			'\0',
		);
	const runs = plain.match(/(?:\\.|[^\0\\()[\]|?*+^$.])+/gu) ?? [];
	const literal = runs.map((run) => run.replace(/\\(.)/gu, '$1'));
	const classes = REPRESENTATIVES.flatMap(([inSource, each]) =>
		inSource.test(source) ? [each] : [],
	);
	const single = new Set([...classes, ...literal.join('')]);
	return { single: [...single], runs: [...new Set(literal)] };
}

/** Texts that repeat a part of the expression, behind a beginning that it takes and before an end that it does not. */
export function attacksOn(expression: RegExp): Attack[] {
	const { single, runs } = partsOf(expression);
	const few = single.slice(0, MOST_SINGLE);
	const pairs = few.flatMap((one) => few.map((other) => one + other));
	const pumps = [...new Set(['x', ...single, ...runs, ...pairs])];
	const prefixes = [...new Set(['', '1', 'a', ...runs, ...runs.map((run) => `${run}1`)])];
	return prefixes
		.slice(0, MOST_PREFIXES)
		.flatMap((prefix) =>
			pumps.flatMap((pump) => ['', '\0', '\n'].map((suffix) => ({ prefix, pump, suffix }))),
		);
}

/** Runs an expression in the way that looks at the whole text. */
function run(expression: RegExp, text: string): void {
	expression.lastIndex = 0;
	if (expression.global) text.replace(expression, '');
	else expression.test(text);
}

export function msOf(expression: RegExp, text: string): number {
	const start = performance.now();
	run(expression, text);
	return performance.now() - start;
}

/** A text that takes so long is bad enough. */
const ENOUGH_MS = 20;

/** The slowest text for an expression, of so many characters. A machine that is busy only ever adds to a time. */
export function worstAttackOn(
	expression: RegExp,
	characters: number,
): { attack: Attack; ms: number } {
	let worst = { attack: { prefix: '', pump: 'x', suffix: '' }, ms: 0 };
	for (const attack of attacksOn(expression)) {
		const text = textOf(attack, characters);
		let ms = msOf(expression, text);
		if (ms > worst.ms) ms = Math.min(ms, msOf(expression, text));
		if (ms > worst.ms) worst = { attack, ms };
		if (ms > ENOUGH_MS) break;
	}
	return worst;
}
