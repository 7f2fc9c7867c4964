import { setTimeout as delay } from 'node:timers/promises';
import Bottleneck from 'bottleneck';

import { FAULT_KINDS, type FaultKind } from '../sandbox/settings';
import { choose, type Choice } from './choice';
import type { FaultJob, FaultRun } from './faultWorker';
import { makePeople } from './people';
import { logProgress, printTable, saveResults, type Row } from './report';
import { SandboxProcess } from './sandboxProcess';
import { Worker } from './worker';

const PER_CALL = 50;

/** A node, its number of recipients, and the share of its calls that a fault hits. */
interface Sender {
	name: FaultJob['sender'];
	/** Prefix of its table titles. */
	title: string;
	count: number;
	share: number;
	options?: FaultJob['options'];
}

const SENDERS: Sender[] = [
	{ name: 'camsMassSend', title: '', count: 10_000, share: 0.05 },
	{
		name: 'innoPaasSubmit',
		title: 'InnoPaaS Submit: ',
		count: 2_500,
		share: 0.2,
		options: { maxRequestsPerSecond: 20 },
	},
];

const cancelAt = ({ count }: Sender) => count / PER_CALL / 2;

/** Concurrent runs; each of them mostly waits for its quota. */
const CONCURRENT_RUNS = 4;

/** After these faults the outcome is unknown; after all others it is certain that the message was not accepted. */
const AMBIGUOUS: ReadonlySet<string> = new Set<FaultKind>([
	'resetBefore',
	'resetAfter',
	'hangAfter',
	'serverErrorBefore',
	'serverErrorAfter',
	'nonJson',
	'truncatedJson',
	'nonceUsed',
]);

const OUTCOMES = ['accepted', 'rejected', 'notSent', 'unknown'] as const;

/** Runs the node against a new sandbox, and then reads the results of both. */
async function withRun<T>(
	{ name, count, share, options }: Sender,
	kind: FaultKind | undefined,
	job: Omit<FaultJob, 'sender' | 'url' | 'count'>,
	read: (sandbox: SandboxProcess, run: FaultRun) => Promise<T>,
): Promise<T> {
	const sandbox = await SandboxProcess.start({
		latencyMs: 40,
		faults: kind ? [{ kind, share }] : [],
	});
	try {
		const whole: FaultJob = {
			sender: name,
			url: sandbox.url,
			count,
			...job,
			options: { maxRecipientsPerRequest: PER_CALL, ...options, ...job.options },
		};
		const worker = await Worker.start<FaultJob, undefined, FaultRun>('faultWorker.ts', whole);
		const run = await worker.go().finally(() => worker.end());
		// The sandbox still accepts calls that were in flight when the run ended.
		await delay(500);
		return await read(sandbox, run);
	} finally {
		sandbox.end();
	}
}

/** Compares the node's report on each recipient with what the sandbox accepted. */
async function judge(
	total: number,
	sandbox: SandboxProcess,
	{ reported, error }: FaultRun,
): Promise<Row> {
	const { calls, recipients, faults } = await sandbox.stats();
	const acceptedRecipients = await sandbox.recipients();
	const outcomes = new Map(reported);
	const count = (outcome: string) => reported.filter((each) => each[1] === outcome).length;
	const ambiguousFaults = Object.entries(faults).filter(([kind]) => AMBIGUOUS.has(kind));
	const ambiguous = ambiguousFaults.reduce((sum, [, { recipients: some }]) => sum + some, 0);
	const lost = makePeople(total).filter(({ phone }) => !outcomes.has(phone)).length;
	const falselyAccepted = reported.filter(
		([to, outcome]) => outcome === 'accepted' && !acceptedRecipients.has(to),
	).length;
	const falselyDenied = reported.filter(
		([to, outcome]) => ['rejected', 'notSent'].includes(outcome) && acceptedRecipients.has(to),
	).length;
	const sumIsInput = reported.length === total && outcomes.size === total;
	const isRight =
		sumIsInput &&
		lost === 0 &&
		recipients.duplicate === 0 &&
		falselyAccepted === 0 &&
		falselyDenied === 0 &&
		count('unknown') === ambiguous;
	return {
		Calls: calls.received,
		Faulted: calls.faulted,
		...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])),
		'Sum is input': sumIsInput,
		Lost: lost,
		Doubled: recipients.duplicate,
		'In ambiguous faults': ambiguous,
		'Falsely accepted': falselyAccepted,
		'Falsely denied': falselyDenied,
		Verdict: isRight ? 'ok' : 'NOT OK',
		...(error && { Error: error }),
	};
}

async function measureFault(sender: Sender, kind: FaultKind, retry: boolean): Promise<Row> {
	const options = kind === 'hangAfter' ? { timeout: 5 } : {};
	return await withRun(
		sender,
		kind,
		{ options, retry },
		async (sandbox, run) => await judge(sender.count, sandbox, run),
	);
}

/** n8n discards the output of a cancelled node; only the execution's custom data remains. */
async function measureCancelled(sender: Sender, retry: boolean): Promise<Row> {
	const job = { options: {}, retry, cancelAt: cancelAt(sender) };
	return await withRun(sender, undefined, job, async (sandbox, { status, metadata, error }) => {
		const { calls, recipients } = await sandbox.stats();
		return {
			Status: status,
			Calls: calls.received,
			Accepted: recipients.unique,
			Doubled: recipients.duplicate,
			'Custom data':
				Object.entries(metadata)
					.map(([name, value]) => `${name}: ${value}`)
					.join('; ') || undefined,
			...(error && status !== 'canceled' && { Error: error }),
		};
	});
}

const SCENARIOS = [
	...FAULT_KINDS.map((kind) => ({
		name: kind as string,
		measure: (sender: Sender, retry: boolean) => measureFault(sender, kind, retry),
	})),
	{ name: 'cancelled', measure: measureCancelled },
];

async function measureSender(sender: Sender, scenario: string): Promise<Row[]> {
	const { title, count, share } = sender;
	const queue = new Bottleneck({ maxConcurrent: CONCURRENT_RUNS });
	const rows = await Promise.all(
		choose(SCENARIOS, scenario, '--scenario').flatMap(({ name, measure }) =>
			[false, true].map((retry) =>
				queue.schedule(async (): Promise<Row> => {
					logProgress(`faults: ${title}${name}${retry ? ', Retry On Fail' : ''}`);
					const measured = await measure(sender, retry).catch((error: Error): Row => ({
						Error: `failed: ${error.message}`,
					}));
					return { Fault: name, Retry: retry, ...measured };
				}),
			),
		),
	);
	const isCancelled = ({ Fault }: Row) => Fault === 'cancelled';
	const faulted = rows.filter((row) => !isCancelled(row));
	const cancelled = rows.filter(isCancelled);
	if (faulted.length > 0)
		printTable(
			`${title}${count.toLocaleString('en')} recipients, ${PER_CALL} per call, faults in ${share * 100} % of the calls`,
			faulted,
		);
	if (cancelled.length > 0)
		printTable(
			`${title}${title ? 'without' : 'Without'} faults, cancelled at call ${cancelAt(sender)}`,
			cancelled,
		);
	return rows;
}

/** Compares what the nodes report with what the sandbox accepted while some calls fail. */
export async function faults({ only, scenario }: Choice): Promise<void> {
	const measured = [];
	for (const sender of choose(SENDERS, only, '--only')) {
		const { name, count, share } = sender;
		measured.push({
			sender: name,
			count,
			perCall: PER_CALL,
			share,
			rows: await measureSender(sender, scenario),
		});
	}
	saveResults('faults', { measured });
}
