import { Obstacle } from '../scripts/npmInstall';
import { parseOptions } from '../scripts/sandbox';
import type { Choice } from './choice';
import { cost } from './cost';
import { expressions } from './expressions';
import { faults } from './faults';
import { queue } from './queue';
import { quota } from './quota';
import { receipts } from './receipts';
import { scale } from './scale';
import { soak } from './soak';
import { survival, type SurvivalChoice } from './survival';

const SCENARIO = { scenario: { type: 'string', default: '' } } as const;
const ONLY = { only: { type: 'string', default: '' } } as const;

const BENCHES: Record<
	string,
	{
		bench: (choice: Choice & SurvivalChoice) => Promise<void>;
		options: Parameters<typeof parseOptions>[1];
	}
> = {
	quota: { bench: quota, options: { ...ONLY, ...SCENARIO } },
	faults: { bench: faults, options: { ...ONLY, ...SCENARIO } },
	cost: { bench: cost, options: SCENARIO },
	scale: { bench: scale, options: SCENARIO },
	soak: { bench: soak, options: SCENARIO },
	expressions: { bench: expressions, options: {} },
	receipts: { bench: receipts, options: { ...ONLY, ...SCENARIO } },
	queue: { bench: queue, options: { ...ONLY, ...SCENARIO } },
	survival: {
		bench: survival,
		options: {
			...SCENARIO,
			kills: { type: 'string', default: '' },
			seed: { type: 'string', default: '' },
		},
	},
};

/**
 * `npm run bench`: measures, prints and saves the results. Does not fail on bad results.
 * @param build creates `dist`, which n8n's engine loads
 */
export async function main(args: string[], build: () => Promise<void>): Promise<void> {
	const names = Object.keys(BENCHES);
	const [name = '', ...rest] = args;
	if (name !== '' && !names.includes(name)) {
		throw new Obstacle(
			`Unknown bench "${name}". Benches: ${names.join(', ')}; without a name, all of them run. Put --scenario and --only after the name.`,
		);
	}
	const options = parseOptions(rest, name === '' ? {} : BENCHES[name].options);
	const choice = { only: '', scenario: '', kills: '', seed: '', ...options };
	await build();
	for (const each of name === '' ? names : [name]) {
		console.log(`\n## ${each}`);
		await BENCHES[each].bench(choice);
	}
	// Timers of n8n-core would keep the process alive.
	process.exit();
}
