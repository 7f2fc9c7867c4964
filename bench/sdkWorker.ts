import Bottleneck from 'bottleneck';
import pThrottle from 'p-throttle';

import { noCounts, prepareExecutions, type Report, type SendJob } from './contestant';
import { MAX_PER_CALL, inChunks, type Person } from './people';
import { makeClient, sendMass, sendSingle } from './sdk';
import { serve } from './worker';

type Outcome = 'accepted' | 'rejected' | 'unknown';
type Send = (people: Person[]) => Promise<Outcome>;

/** The SDK throws for HTTP statuses from 400 as well as for connection errors. */
function readError(error: unknown): Outcome {
	const { statusCode } = error as { statusCode?: number };
	return statusCode !== undefined && statusCode < 500 ? 'rejected' : 'unknown';
}

serve<SendJob, undefined, Report[]>(async (job) => {
	const { contestant, kind, url, limit } = job;
	const client = makeClient(url);
	const send: Send = async (people) => {
		const sent = kind === 'mass' ? sendMass(client, people) : sendSingle(client, people[0]);
		return await sent.then((code) => (code === 'OK' ? 'accepted' : 'rejected'), readError);
	};
	// One limiter for all executions of the process, which is the fairest setup for it.
	const throttled: Record<string, Send> = {
		'p-throttle': pThrottle({ limit, interval: 1000, strict: true })(send),
		bottleneck: new Bottleneck({ minTime: 1000 / limit }).wrap(send),
	};

	return prepareExecutions(job, async (people) => {
		const counts = noCounts();
		const chunks = inChunks(people, kind === 'mass' ? MAX_PER_CALL : 1);
		const count = (chunk: Person[], outcome: Outcome) => (counts[outcome] += chunk.length);
		const limited = throttled[contestant];
		if (limited) await Promise.all(chunks.map(async (chunk) => count(chunk, await limited(chunk))));
		else for (const chunk of chunks) count(chunk, await send(chunk));
		return counts;
	});
});
