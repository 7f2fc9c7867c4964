import { setTimeout as delay } from 'node:timers/promises';
import Bottleneck from 'bottleneck';

import { FAULT_KINDS, type FaultKind } from '../../sandbox/settings';
import { choose, type Choice } from './choice';
import type { FaultJob, FaultRun } from './faultWorker';
import { makePeople } from './people';
import { keep, printTable, tell, type Row } from './report';
import { SandboxProcess } from './sandboxProcess';
import { Worker } from './worker';

const COUNT = 10_000;
const PER_CALL = 50;
const SHARE = 0.05;
const CANCEL_AT = COUNT / PER_CALL / 2;

/** Runs at once; each waits for its quota most of the time. */
const AT_ONCE = 4;

/** After these nobody can know whether the message was taken; the others say clearly that it was not. */
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

/** Runs the node against a sandbox of its own, and then reads what the two say. */
async function withRun<T>(
	kind: FaultKind | undefined,
	job: Omit<FaultJob, 'url' | 'count'>,
	read: (sandbox: SandboxProcess, run: FaultRun) => Promise<T>,
): Promise<T> {
	const sandbox = await SandboxProcess.start({ latencyMs: 40, faults: kind ? [{ kind, share: SHARE }] : [] });
	try {
		const worker = await Worker.start<FaultJob, undefined, FaultRun>('faultWorker.ts', { url: sandbox.url, count: COUNT, ...job });
		const run = await worker.go().finally(() => worker.end());
		// Calls that were under way when the run ended are taken all the same.
		await delay(500);
		return await read(sandbox, run);
	} finally {
		sandbox.end();
	}
}

/** Compares what the node reported about each recipient with what the sandbox took. */
async function judge(sandbox: SandboxProcess, { reported, error }: FaultRun): Promise<Row> {
	const { calls, recipients, faults } = await sandbox.stats();
	const taken = await sandbox.recipients();
	const outcomes = new Map(reported);
	const count = (outcome: string) => reported.filter((each) => each[1] === outcome).length;
	const struck = Object.entries(faults).filter(([kind]) => AMBIGUOUS.has(kind));
	const ambiguous = struck.reduce((sum, [, { recipients: some }]) => sum + some, 0);
	const lost = makePeople(COUNT).filter(({ phone }) => !outcomes.has(phone)).length;
	const falselyAccepted = reported.filter(([to, outcome]) => outcome === 'accepted' && !taken.has(to)).length;
	const falselyDenied = reported.filter(([to, outcome]) => ['rejected', 'notSent'].includes(outcome) && taken.has(to)).length;
	const sumIsInput = reported.length === COUNT && outcomes.size === COUNT;
	const isRight = sumIsInput && lost === 0 && recipients.duplicate === 0 && falselyAccepted === 0 && falselyDenied === 0 && count('unknown') === ambiguous;
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

async function measureFault(kind: FaultKind, retry: boolean): Promise<Row> {
	const options = { maxRecipientsPerRequest: PER_CALL, ...(kind === 'hangAfter' && { timeout: 5 }) };
	return await withRun(kind, { options, retry }, judge);
}

/** n8n keeps nothing that a stopped node returns: only the custom data of the execution tells. */
async function measureCancelled(retry: boolean): Promise<Row> {
	const job = { options: { maxRecipientsPerRequest: PER_CALL }, retry, cancelAt: CANCEL_AT };
	return await withRun(undefined, job, async (sandbox, { status, metadata, error }) => {
		const { calls, recipients } = await sandbox.stats();
		return {
			Status: status,
			Calls: calls.received,
			Accepted: recipients.unique,
			Doubled: recipients.duplicate,
			'Custom data': Object.entries(metadata).map(([name, value]) => `${name}: ${value}`).join('; ') || undefined,
			...(error && status !== 'canceled' && { Error: error }),
		};
	});
}

const SCENARIOS = [
	...FAULT_KINDS.map((kind) => ({ name: kind as string, measure: (retry: boolean) => measureFault(kind, retry) })),
	{ name: 'cancelled', measure: measureCancelled },
];

/** What the node reports when every twentieth call goes wrong, beside what the sandbox took. */
export async function faults({ scenario }: Choice): Promise<void> {
	const queue = new Bottleneck({ maxConcurrent: AT_ONCE });
	const rows = await Promise.all(
		choose(SCENARIOS, scenario, '--scenario').flatMap(({ name, measure }) =>
			[false, true].map((retry) =>
				queue.schedule(async (): Promise<Row> => {
					tell(`faults: ${name}${retry ? ', Retry On Fail' : ''}`);
					const measured = await measure(retry).catch((error: Error): Row => ({ Error: `did not run: ${error.message}` }));
					return { Fault: name, Retry: retry, ...measured };
				}),
			),
		),
	);
	const isCancelled = ({ Fault }: Row) => Fault === 'cancelled';
	const struck = rows.filter((row) => !isCancelled(row));
	const cancelled = rows.filter(isCancelled);
	if (struck.length > 0) printTable(`${COUNT.toLocaleString('en')} recipients, ${PER_CALL} per call, ${SHARE * 100} % of the calls struck`, struck);
	if (cancelled.length > 0) printTable(`The same without faults, stopped at call ${CANCEL_AT}`, cancelled);
	keep('faults', { count: COUNT, perCall: PER_CALL, share: SHARE, rows });
}
