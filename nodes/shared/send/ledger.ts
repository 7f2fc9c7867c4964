import { createHash, hash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Result } from './result';

/**
 * What was, or may have been, accepted by runs that did not end well: they threw, or were stopped. n8n runs the whole
 * node again after a throw (Retry On Fail: the same execution) and when somebody presses Retry (a new execution, which
 * does not say of which one, but has the same input); what stands in here is then reported again instead of sent
 * again. It lives as long as this process.
 */
interface Run {
	node: string;
	executionId: string;
	/** Of the input; absent when it cannot be told. */
	fingerprint?: string;
	endedAt: number;
	/** By the place of a message in the input. */
	results: Map<string, Pick<Sent, 'digest' | 'result'>>;
}

const keptRuns = new Set<Run>();

const KEPT_MS = 24 * 3_600_000;
const MAX_RESULTS = 1_000_000;
/** n8n waits 5 seconds at most between two tries of its own. */
const SURELY_KEPT_MS = 60_000;

type Context = Pick<
	IExecuteFunctions,
	| 'getExecutionCancelSignal'
	| 'getExecutionId'
	| 'getInputData'
	| 'getMode'
	| 'getNode'
	| 'getWorkflow'
>;

/** Drops what is old, and the oldest while there is too much; what may still be tried again at once stays. */
function forget(now: number): void {
	let newer = 0;
	for (const run of [...keptRuns].reverse()) {
		const age = now - run.endedAt;
		newer += run.results.size;
		if (age > KEPT_MS || (age > SURELY_KEPT_MS && newer > MAX_RESULTS)) keptRuns.delete(run);
	}
}

function fingerprint(context: Context): string | undefined {
	const inputHash = createHash('sha256');
	try {
		for (const { json } of context.getInputData()) inputHash.update(JSON.stringify(json));
		return inputHash.digest('hex');
	} catch {
		return undefined;
	}
}

/** A message that was, or may have been, accepted. */
export interface Sent {
	/** Of the message in the input. */
	place: string;
	/** Of what it says. */
	digest: string;
	result: Result;
}

/** What a message says, in 72 bits: it can be long, and there can be a million of them. */
export function digestOf(content: string): string {
	return hash('sha1', content, 'base64').slice(0, 12);
}

/** The account that one run of a node keeps of itself. */
export interface SendLedger {
	/**
	 * What an earlier try has sent, or may have.
	 * @param place of the message in the input
	 * @param content of the message: after Retry, the same place may hold another one; asked for only if it matters
	 */
	earlier(place: string, content: () => string): Result | undefined;
	/**
	 * To be called before anything is sent.
	 * @param sent lists all that was, or may have been, accepted, by this try or before; asked when the run has ended
	 */
	record(sent: () => Iterable<Sent>): void;
}

/**
 * Runs a node with an account of what it sends. Should it throw or be stopped, the next try of the same node on the
 * same input finds it. A try by n8n itself that ends well leaves nothing behind; Retry can be pressed again.
 */
export async function withSendLedger<T>(
	context: Context,
	work: (account: SendLedger) => Promise<T>,
): Promise<T> {
	forget(Date.now());
	const node = `${context.getWorkflow().id}/${context.getNode().id}`;
	const executionId = context.getExecutionId();
	const isRetry = context.getMode() === 'retry';
	const input = isRetry ? fingerprint(context) : undefined;
	const ofNode = [...keptRuns].filter((run) => run.node === node);
	const tries = ofNode.filter((run) => Boolean(executionId) && run.executionId === executionId);
	const retried = ofNode.filter((run) => input !== undefined && run.fingerprint === input);
	let recorded = (): Iterable<Sent> => [];

	let endedWell = false;
	try {
		const done = await work({
			earlier: (place, content) => {
				if (tries.length + retried.length === 0) return undefined;
				const at = (those: Run[]) => those.flatMap((run) => run.results.get(place) ?? []);
				// Within an execution nothing but the time has changed; a text may hold that.
				return (at(tries)[0] ?? at(retried).find(({ digest }) => digest === digestOf(content())))
					?.result;
			},
			record: (sent) => void (recorded = sent),
		});
		endedWell = !context.getExecutionCancelSignal()?.aborted;
		return done;
	} finally {
		const remember = (ofExecution: string) =>
			keptRuns.add({
				node,
				executionId: ofExecution,
				fingerprint: fingerprint(context),
				endedAt: Date.now(),
				results: new Map(
					[...recorded()].map(({ place, digest, result }) => [place, { digest, result }]),
				),
			});
		if (!endedWell) remember(executionId);
		else tries.forEach((each) => keptRuns.delete(each));
		// n8n lets a user press Retry again, even after it went well.
		if (endedWell && isRetry) remember('');
	}
}
