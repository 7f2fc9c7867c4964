import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { CAMS_WEBHOOK } from '../nodes/shared/apis/cams/webhook';
import { Pool } from '../nodes/shared/util/concurrency';
import { deduplicate } from '../nodes/shared/webhook/deduplicate';
import { CREDENTIAL_NAME } from '../scripts/exampleRun';
import { loadPackage } from '../scripts/n8n/engine';
import {
	IDLE_NODE,
	credentialFor,
	innoPaasSubmit,
	massSend,
	runNode,
	singleSend,
} from './engineRun';
import { makePeople, toItems } from './people';
import { serve } from './worker';

/** What is run again and again: sends with one key or a new one each time, pushes, or a node that does nothing. */
export type Load = 'idle' | 'sameKey' | 'newKeys' | 'pushes';

export interface SoakJob {
	url: string;
	load: Load;
	/** Runs of the first go(), in which code is loaded and compiled, and of each later one. */
	warmUp: number;
	step: number;
	/** After as many runs in all, the next go() has one run, a day later. */
	runs: number;
}

/** After the runs so far. */
export interface Soaked {
	/** With garbage collected. */
	heapBytes: number;
	/** How many runs have ended in which way. */
	endings: Record<string, number>;
}

/** Input of a run: as many characters, in as many items. */
const INPUT = 1_000_000;
const ITEMS = 10;
const AT_ONCE = 8;
const DAY_MS = 24 * 3_600_000;

function makeInput(count = ITEMS): INodeExecutionData[] {
	return toItems(makePeople(count)).map(({ json }) => ({
		json: { ...json, note: randomBytes(INPUT / count / 2).toString('hex') },
	}));
}

const withoutNumber = ([first, ...others]: INodeExecutionData[]) => [
	{ json: { ...first.json, phone: 'none' } },
	...others,
];

interface Ending {
	options?: IDataObject;
	input?(items: INodeExecutionData[]): INodeExecutionData[];
	/** When the user stops the run. */
	stopAfterMs?: number;
}

const SLOW = { maxRequestsPerSecond: 1 };
const FEW = { maxRecipientsPerRequest: 2 };

const camsSend = (options: IDataObject): Partial<INode> => {
	const { type, parameters } = singleSend();
	return { type, parameters: { ...parameters, options } as INode['parameters'] };
};

/** Each node with each way to end; CAMS Send fails before it has sent anything if one item cannot be sent. */
const CASES: Array<[node: (options: IDataObject) => Partial<INode>, Ending]> = [
	...[massSend, innoPaasSubmit].flatMap((node): typeof CASES => [
		[node, {}],
		[node, { input: withoutNumber, options: { invalidRecipients: 'stop' } }],
		[node, { input: withoutNumber, options: { failIfAnyNotAccepted: true } }],
		[node, { options: { ...SLOW, ...FEW }, stopAfterMs: 30 }],
	]),
	...([{}, { input: withoutNumber }, { options: SLOW, stopAfterMs: 30 }] as Ending[]).map(
		(ending): (typeof CASES)[number] => [camsSend, ending],
	),
];

/** @returns how it ended */
async function send(url: string, index: number, isNewKey: boolean): Promise<string> {
	const [node, { options = {}, input = (items: INodeExecutionData[]) => items, stopAfterMs }] =
		CASES[index % CASES.length];
	const chosen = node(options);
	const credential = credentialFor(url, chosen.type?.includes('innoPaas') ? 'innoPaas' : 'cams');
	const key = credential.api === 'cams' ? 'accessKeyId' : 'appKey';
	const { run } = await runNode(url, chosen, input(makeInput()), {
		executionId: `soak-${index}`,
		credentials: {
			[CREDENTIAL_NAME]: {
				...credential,
				...(isNewKey && { [key]: `${credential[key]}${index}` }),
			},
		},
		onStarted: (stop) => stopAfterMs !== undefined && void delay(stopAfterMs).then(stop),
	});
	return run.status;
}

async function doNothing(url: string, index: number): Promise<string> {
	const idle = { type: 'idle', credentials: undefined };
	const { run } = await runNode(url, idle, makeInput(), {
		nodeTypes: { idle: IDLE_NODE },
		executionId: `soak-${index}`,
	});
	return run.status;
}

/** The trigger's context, with a store that has seen nothing. */
function pushContext(items: INodeExecutionData[]): IExecuteFunctions {
	return {
		getInputData: () => items,
		getNodeParameter: (_name: string, _index: number, usual: unknown) => usual,
		getMode: () => 'webhook',
		getNode: () => ({ id: 'receipts', name: 'Receipts' }),
		getWorkflow: () => ({ id: 'soak' }),
		addExecutionHints: () => {},
		helpers: {
			checkProcessedAndRecord: async (keys: string[]) => ({ new: keys, processed: [] }),
		},
	} as unknown as IExecuteFunctions;
}

/** A push whose texts and field names are as long as an attacker can make them. */
async function push(): Promise<string> {
	const [{ json }] = makeInput(1);
	const long = json.note as string;
	const pushed = { MessageId: `m${long}`, Status: 'Read', To: json.phone, [`f${long}`]: 'x' };
	const parsed = CAMS_WEBHOOK.parse([JSON.parse(JSON.stringify(pushed)) as IDataObject]);
	await deduplicate(pushContext(parsed.map(({ event }) => ({ json: event }))));
	return 'success';
}

const LOADS: Record<Load, (url: string, index: number) => Promise<string>> = {
	idle: doNothing,
	sameKey: async (url, index) => await send(url, index, false),
	newKeys: async (url, index) => await send(url, index, true),
	pushes: push,
};

async function usedHeap(): Promise<number> {
	// Timers of stopped runs end, and what waited for them can be collected.
	await delay(1_500);
	for (let time = 0; time < 3; time++) {
		global.gc!();
		await delay(10);
	}
	return process.memoryUsage().heapUsed;
}

serve<SoakJob, undefined, Soaked>(async ({ url, load, warmUp, step, runs }) => {
	await loadPackage();
	const endings: Record<string, number> = {};
	let index = 0;
	const runOne = async () => {
		const ending = await LOADS[load](url, index++);
		endings[ending] = (endings[ending] ?? 0) + 1;
	};
	const run = async (): Promise<Soaked> => {
		const isNextDay = index >= warmUp + runs;
		if (isNextDay) {
			const now = Date.now;
			Date.now = () => now() + DAY_MS;
		}
		const upTo = index === 0 ? warmUp : index + (isNextDay ? 1 : step);
		const pool = new Pool(AT_ONCE);
		while (index < upTo) await pool.add(runOne);
		await pool.finish();
		return { heapBytes: await usedHeap(), endings };
	};
	return { ready: undefined, run };
});
