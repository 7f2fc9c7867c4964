/**
 * Loaded into n8n (NODE_OPTIONS): writes a line of JSON every 50 ms with the time, the memory and the processor time of
 * the process, and how long its event loop has been blocked at most since the last line.
 */
const { appendFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const { PROCESS_MONITOR_FILE: file } = process.env;
// n8n's task runner is a process of its own.
if (file && process.argv.includes('start')) {
	const RESOLUTION_MS = 5;
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delay.enable();
	setInterval(() => {
		const { user, system } = process.cpuUsage();
		const line = {
			at: Date.now(),
			rss: process.memoryUsage.rss(),
			cpuMs: (user + system) / 1000,
			blockedMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
		};
		delay.reset();
		appendFileSync(file, `${JSON.stringify(line)}\n`);
	}, 50).unref();
}
