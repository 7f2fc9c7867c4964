import {
	findExpressions,
	msOf,
	textOf,
	worstAttackOn,
	type FoundExpression,
} from '../scripts/regularExpressions';
import { printTable, round, saveResults, type Row } from './report';

/** Longer than any text that the APIs document; the largest that n8n takes has 16 MB. */
const CHARACTERS = 100_000;
/** Enough to tell which text is the worst. */
const TRIED_CHARACTERS = 1_000;
const ROUNDS = 5;

function measure({ where, expression }: FoundExpression): Row {
	const { attack } = worstAttackOn(expression, TRIED_CHARACTERS);
	const fastest = (size: number) => {
		const text = textOf(attack, size);
		return Math.min(...Array.from({ length: ROUNDS }, () => msOf(expression, text)));
	};
	const [quarter, whole] = [fastest(CHARACTERS / 4), fastest(CHARACTERS)];
	return {
		Where: where,
		Expression: String(expression),
		'Worst text': JSON.stringify(`${attack.prefix}${attack.pump.repeat(3)}...${attack.suffix}`),
		ms: round(whole, 2),
		'Of a quarter': round(quarter, 2),
	};
}

/** Measures every regular expression of the nodes and the credential with the worst text that is found for it. */
export async function expressions(): Promise<void> {
	const rows = findExpressions()
		.literals.map(measure)
		.sort((left, right) => Number(right.ms) - Number(left.ms));
	printTable('Regular expressions with their worst texts', rows);
	saveResults('expressions', { rows });
}
