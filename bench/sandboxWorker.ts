import { startSandbox } from '../sandbox/server';
import type { Settings } from '../sandbox/settings';
import { serve } from './worker';

serve<Partial<Settings>, string, void>(async (settings) => {
	const sandbox = await startSandbox(0, settings);
	return { ready: sandbox.url, run: () => sandbox.close() };
});
