import { createHash, hash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Result } from './result';

/**
 * A run that did not end well, because it threw or was stopped, and what it had sent by then. n8n runs the whole node
 * again after a throw (Retry On Fail: the same execution), and when a user presses Retry (a new execution, which does
 * not say of which one, but has the same input). What stands in here is then reported again instead of sent again. It
 * lives as long as this process.
 */
interface KeptRun {
	/** Node and execution; absent when no other try belongs to it. */
	execution?: string;
	/** Node and a digest of the input; absent when the input is no JSON. */
	input?: string;
	endedAt: number;
	results: Map<string, Pick<Sent, 'digest' | 'result'>>;
}

/** In the order in which they ended. A run that has sent nothing is not in here. */
const keptRuns = new Set<KeptRun>();
/** The same by execution, as every run looks for its own. */
const triesOf = new Map<string, KeptRun[]>();
let keptResults = 0;

const KEPT_MS = 24 * 3_600_000;
const MAX_RESULTS = 1_000_000;
const MAX_RUNS = 50_000;
/** However full the ledger is: n8n waits at most 5 seconds between two tries of its own. */
const MIN_KEPT_MS = 60_000;

type Context = Pick<
	IExecuteFunctions,
	| 'getExecutionCancelSignal'
	| 'getExecutionId'
	| 'getInputData'
	| 'getMode'
	| 'getNode'
	| 'getWorkflow'
>;

function keep(run: KeptRun): void {
	const { execution, results } = run;
	keptRuns.add(run);
	keptResults += results.size;
	if (execution !== undefined) triesOf.set(execution, [...(triesOf.get(execution) ?? []), run]);
}

function forget(run: KeptRun): void {
	const { execution, results } = run;
	if (!keptRuns.delete(run)) return;
	keptResults -= results.size;
	if (execution === undefined) return;
	const others = (triesOf.get(execution) ?? []).filter((each) => each !== run);
	if (others.length > 0) triesOf.set(execution, others);
	else triesOf.delete(execution);
}

/** Drops what is old, and the oldest while there is too much. */
function dropOld(now: number): void {
	for (const run of keptRuns) {
		const age = now - run.endedAt;
		const isTooMuch = keptResults > MAX_RESULTS || keptRuns.size > MAX_RUNS;
		if (age <= KEPT_MS && !(isTooMuch && age > MIN_KEPT_MS)) return;
		forget(run);
	}
}

const nodeOf = (context: Context) => `${context.getWorkflow().id}/${context.getNode().id}`;

function nameOfExecution(context: Context): string | undefined {
	const id = context.getExecutionId();
	return id ? `${nodeOf(context)} execution ${id}` : undefined;
}

function nameOfInput(context: Context): string | undefined {
	const inputHash = createHash('sha256');
	try {
		for (const { json } of context.getInputData()) inputHash.update(JSON.stringify(json));
		return `${nodeOf(context)} input ${inputHash.digest('base64')}`;
	} catch {
		return undefined;
	}
}

/** A message that was, or may have been, accepted. */
export interface Sent {
	/** Names its recipient within the input. */
	key: string;
	/** Of what it says. */
	digest: string;
	result: Result;
}

/** A message in 72 bits: it can be long, and there can be a million of them. */
export function digestOf(content: string): string {
	return hash('sha1', content, 'base64').slice(0, 12);
}

/** The messages that one run of a node, and earlier tries of it, have sent. */
export interface SendLedger {
	/**
	 * The result of an earlier try, if that sent this message or may have.
	 * Both are computed only if they matter.
	 * @param key names the recipient within the input
	 * @param content after Retry, the same recipient may get another message
	 */
	earlier(key: () => string, content: () => string): Result | undefined;
	/**
	 * To be called before anything is sent.
	 * @param sent lists everything that was, or may have been, accepted by this try or before; called when the run ends
	 */
	record(sent: () => Iterable<Sent>): void;
}

/**
 * Runs a node with a ledger of what it sends. If it throws or is stopped, the next try of the same node on the same
 * input finds it. A run that ends well clears the ledger of its execution.
 */
export async function withSendLedger<T>(
	context: Context,
	work: (ledger: SendLedger) => Promise<T>,
): Promise<T> {
	dropOld(Date.now());
	const isRetry = context.getMode() === 'retry';
	const execution = nameOfExecution(context);
	const input = isRetry ? nameOfInput(context) : undefined;
	const tries = triesOf.get(execution ?? '') ?? [];
	const retried = [...(input === undefined ? [] : keptRuns)].filter((run) => run.input === input);
	let recorded = (): Iterable<Sent> => [];

	let endedWell = false;
	try {
		const done = await work({
			earlier: (key, content) => {
				if (tries.length + retried.length === 0) return undefined;
				const name = key();
				const at = (runs: KeptRun[]) => runs.flatMap((run) => run.results.get(name) ?? []);
				// Within an execution a message differs only by what depends on the time, which is no reason to send it again.
				return (at(tries)[0] ?? at(retried).find(({ digest }) => digest === digestOf(content())))
					?.result;
			},
			record: (sent) => void (recorded = sent),
		});
		endedWell = !context.getExecutionCancelSignal()?.aborted;
		return done;
	} finally {
		if (endedWell) tries.forEach(forget);
		// A user can press Retry again, even after a retry that ended well.
		const results: KeptRun['results'] = new Map();
		for (const { key, digest, result } of !endedWell || isRetry ? recorded() : [])
			results.set(key, { digest, result });
		if (results.size > 0) {
			keep({
				execution: endedWell ? undefined : execution,
				input: input ?? nameOfInput(context),
				endedAt: Date.now(),
				results,
			});
		}
	}
}
