import type { IExecuteFunctions } from 'n8n-workflow';

import { UNREADABLE, pathInExpression, readPath } from './dataPath';
import { UnevaluatedExpression } from './text';

/**
 * Reads a parameter of the node for one item, its expressions resolved; a resource locator gives its value.
 * @throws what n8n throws for an expression that fails
 */
export type Read = (name: string, fallback?: unknown) => unknown;

interface CompiledParameter {
	/** Whether every item has the same value. */
	isFixed: boolean;
	at(itemIndex: number): unknown;
}

const MISSING = Symbol('missing');

/** An expression as n8n writes it, e.g. {{ $json.name }}. {{1}} is none: it is how WhatsApp names a variable. */
const EXPRESSION = /\{\{[^{}]*\$[a-z(]/i;

function isLocator(value: object): value is { value: unknown } {
	return '__rl' in value && 'value' in value;
}

/**
 * Reads a node's parameters for many items. n8n takes up to 0.4 ms to evaluate one expression for one item, 39 s for
 * 100,000 items, so an expression that is only a path into the item is read from the item
 * (docs/adr/0005-parameters-read-by-path.md).
 */
export class Parameters {
	private readonly compiled = new Map<string, CompiledParameter>();

	constructor(
		private readonly context: Pick<
			IExecuteFunctions,
			'getNodeParameter' | 'evaluateExpression' | 'getInputData'
		>,
	) {}

	/** The parameters for one item. */
	of(itemIndex: number): Read {
		return (name, fallback) => {
			const value = this.compiledOf(name).at(itemIndex);
			return value === MISSING ? fallback : value;
		};
	}

	/** Whether a parameter is the same for every item. */
	isFixed(name: string): boolean {
		return this.compiledOf(name).isFixed;
	}

	/** A parameter as the workflow stores it, expressions unevaluated. */
	raw(name: string, fallback?: unknown): unknown {
		return this.context.getNodeParameter(name, 0, fallback, { rawExpressions: true });
	}

	private compiledOf(name: string): CompiledParameter {
		const known = this.compiled.get(name);
		if (known) return known;
		const compiled = this.compile(this.raw(name, MISSING));
		this.compiled.set(name, compiled);
		return compiled;
	}

	private compile(raw: unknown): CompiledParameter {
		if (typeof raw === 'string' && raw.startsWith('=')) return this.compileExpression(raw);
		if (typeof raw === 'string' && EXPRESSION.test(raw)) {
			const unevaluated = new UnevaluatedExpression(raw);
			return { isFixed: true, at: () => unevaluated };
		}
		if (typeof raw !== 'object' || raw === null) return { isFixed: true, at: () => raw };
		if (isLocator(raw)) return this.compile(raw.value);

		const entries = Object.entries(raw).map(([key, value]) => [key, this.compile(value)] as const);
		const at = (itemIndex: number) => {
			if (Array.isArray(raw)) return entries.map(([, source]) => source.at(itemIndex));
			const values: Record<string, unknown> = {};
			for (const [key, source] of entries) values[key] = source.at(itemIndex);
			return values;
		};
		if (!entries.every(([, { isFixed }]) => isFixed)) return { isFixed: false, at };
		const fixed = at(0);
		return { isFixed: true, at: () => fixed };
	}

	private compileExpression(expression: string): CompiledParameter {
		// An expression can return a whole resource locator.
		const valueOf = (value: unknown) =>
			typeof value === 'object' && value !== null && isLocator(value) ? value.value : value;
		const evaluate = (itemIndex: number) =>
			valueOf(this.context.evaluateExpression(expression.slice(1), itemIndex));
		const path = pathInExpression(expression);
		if (!path) return { isFixed: false, at: evaluate };
		const items = this.context.getInputData();
		return {
			isFixed: false,
			at: (itemIndex) => {
				const value = readPath(items[itemIndex].json, path);
				return value === UNREADABLE ? evaluate(itemIndex) : valueOf(value);
			},
		};
	}
}
