import { makePeople, type Person } from './people';

export type Kind = 'mass' | 'single' | 'innoPaas';

/** What a contestant has to send. */
export interface SendJob {
	contestant: string;
	kind: Kind;
	url: string;
	/** Where the campaigns' table is; absent for sends without a campaign. */
	tablesUrl?: string;
	/** Executions, which all start at once and have recipients of their own. */
	executions: number[];
	/** Recipients of each execution. */
	count: number;
	/** Calls per second that the API allows. */
	limit: number;
	/** Recipients per call. */
	perCall: number;
}

/** What a contestant itself reports about an execution. */
export interface Report {
	execution: number;
	wallMs: number;
	accepted: number;
	rejected: number;
	notSent: number;
	unknown: number;
	error?: string;
}

type Counts = Omit<Report, 'execution' | 'wallMs'>;

/** Creates all recipients in advance, then runs and times the executions concurrently. */
export function prepareExecutions(
	{ executions, count }: SendJob,
	runOne: (people: Person[], execution: number) => Promise<Counts>,
): { ready: undefined; run: () => Promise<Report[]> } {
	const people = executions.map((execution) => makePeople(count, execution));
	const time = async (execution: number, index: number): Promise<Report> => {
		const start = performance.now();
		const counts = await runOne(people[index], execution);
		return { execution, wallMs: performance.now() - start, ...counts };
	};
	return { ready: undefined, run: () => Promise.all(executions.map(time)) };
}

export function noCounts(): Counts {
	return { accepted: 0, rejected: 0, notSent: 0, unknown: 0 };
}
