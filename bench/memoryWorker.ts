import type { INode } from 'n8n-workflow';

import { loadPackage } from '../scripts/n8n/engine';
import { IDLE_NODE, massSend, runNode } from './engineRun';
import { makePeople, toItems } from './people';
import { serve } from './worker';

export interface MemoryJob {
	url: string;
	count: number;
	/** Whether to run CAMS Mass Send or a node that does nothing. */
	sends: boolean;
	/** Whether to collect garbage before each sample, so that only reachable objects count. */
	collect: boolean;
}

export interface Memory {
	rssBytes: number;
	heapBytes: number;
	samples: number;
	wallMs: number;
	error?: string;
}

serve<MemoryJob, undefined, Memory>(async ({ url, count, sends, collect }) => {
	await loadPackage();
	const node: Partial<INode> = sends
		? massSend({ output: 'chunk' })
		: { type: 'idle', credentials: undefined };
	const engine = { nodeTypes: { idle: IDLE_NODE }, executionId: 'memory' };
	const run = async (): Promise<Memory> => {
		// Created here, so that no earlier garbage is collected during the measurement.
		const items = toItems(makePeople(count));
		global.gc!();
		const base = process.memoryUsage();
		const highestBefore = process.resourceUsage().maxRSS;
		const peak = { rss: base.rss, heapUsed: base.heapUsed };
		let samples = 0;
		const sample = () => {
			if (collect) global.gc!();
			const { rss, heapUsed } = process.memoryUsage();
			peak.rss = Math.max(peak.rss, rss);
			peak.heapUsed = Math.max(peak.heapUsed, heapUsed);
			samples++;
		};
		const timer = setInterval(sample, collect ? 250 : 20);
		const start = performance.now();
		const { run: done } = await runNode(url, node, items, engine);
		const wallMs = performance.now() - start;
		clearInterval(timer);
		// While the whole result is still referenced.
		sample();
		// The operating system's peak (in KiB) misses nothing, but only counts here if it has risen since the start.
		const { maxRSS } = process.resourceUsage();
		if (maxRSS > highestBefore) peak.rss = Math.max(peak.rss, maxRSS * 1024);
		return {
			rssBytes: peak.rss - base.rss,
			heapBytes: peak.heapUsed - base.heapUsed,
			samples,
			wallMs,
			error: done.error?.message,
		};
	};
	return { ready: undefined, run };
});
