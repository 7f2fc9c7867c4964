import { makePeople, type Person } from './people';

export type Kind = 'mass' | 'single' | 'innoPaas';

/** What a contestant has to send. */
export interface SendJob {
	contestant: string;
	kind: Kind;
	url: string;
	/** Its executions, which all start at once; each sends to people of its own. */
	executions: number[];
	/** Recipients of each execution. */
	count: number;
	/** Calls per second that the API allows, and recipients in one of them. */
	limit: number;
	perCall: number;
}

/** What it says itself about one execution. */
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

/** Makes the people of all executions beforehand, and then runs and times these at once. */
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
