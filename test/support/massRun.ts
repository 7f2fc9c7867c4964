/**
 * Assertions shared by the nodes that send to many recipients and have the outputs Accepted and Not Accepted (CAMS Mass
 * Send and InnoPaaS Submit).
 */
import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/server';
import type { EngineOptions, EngineRun } from '../../scripts/n8n/engine';
import { NODE } from './harness';

/** The JSON of the items on both outputs: Accepted, Not Accepted. */
export function outputs(run: EngineRun): [IDataObject[], IDataObject[]] {
	const [accepted = [], notAccepted = []] = run
		.output(NODE)
		.map((items) => items.map(({ json }) => json));
	return [accepted, notAccepted];
}

export const allItems = (run: EngineRun) => run.output(NODE).flat();
export const outcomesOf = (items: IDataObject[]) => items.map(({ outcome }) => outcome);
export const recipientsOf = (items: IDataObject[]) => items.map(({ to }) => to);

/**
 * Checks what holds for every run that ends with items, whatever happened during it: each recipient has one item, in the
 * order of the input, and the items agree with what the sandbox received.
 */
export function expectSound(at: Sandbox, run: EngineRun, count: number): void {
	const [accepted, notAccepted] = outputs(run);
	expect(accepted.length + notAccepted.length).toBe(count);
	expect(accepted.every(({ outcome }) => outcome === 'accepted')).toBe(true);
	expect(
		notAccepted.every(({ outcome }) =>
			['rejected', 'notSent', 'unknown'].includes(String(outcome)),
		),
	).toBe(true);
	expect(allItems(run).some(({ json }) => 'error' in json)).toBe(false);

	const places = allItems(run).map(
		({ json, pairedItem }) =>
			`${(pairedItem as { item: number }).item}/${String(json.entryIndex ?? '')}`,
	);
	expect(new Set(places).size).toBe(count);
	for (const items of run.output(NODE)) {
		const order = items.map(
			({ json, pairedItem }) =>
				(pairedItem as { item: number }).item * 1e6 + Number(json.entryIndex ?? 0),
		);
		expect(order).toEqual([...order].sort((left, right) => left - right));
	}

	const got = new Map<string, number>();
	for (const { to } of at.stats().messages) got.set(to, (got.get(to) ?? 0) + 1);
	const told = [
		...recipientsOf(accepted),
		...recipientsOf(notAccepted.filter(({ outcome }) => outcome === 'unknown')),
	];
	// Nobody received the message twice, and everybody who received it is among the items.
	expect([...got].filter(([, times]) => times > 1)).toEqual([]);
	expect([...got.keys()].filter((to) => !told.includes(to))).toEqual([]);
	expect(recipientsOf(accepted).filter((to) => !got.has(String(to)))).toEqual([]);
}

/** Runs a workflow and cancels it as soon as `isTime` is true. */
export async function runAndStop(
	run: (engine: Partial<EngineOptions>) => Promise<EngineRun>,
	isTime: () => boolean,
): Promise<EngineRun> {
	let stop = () => {};
	const watch = setInterval(() => isTime() && stop(), 1);
	try {
		return await run({ onStarted: (cancel) => (stop = cancel) });
	} finally {
		clearInterval(watch);
	}
}
