/**
 * One sandbox for all tests of a file, at a new address for each of them.
 *
 * The nodes keep rate limits, answers and upload permissions by the address of the API, so a test that must not find
 * those of another one needs an address of its own. To start a sandbox takes about 50 ms of CPU time, since it compiles
 * its JSON schemas; to open one more port that leads to it takes about one.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS, type Settings } from '../../sandbox/settings';

export class SharedSandbox {
	private running?: Promise<Sandbox>;

	/** Forgets what earlier tests did; `close` of the result closes its address only. */
	async atNewAddress(settings: Partial<Settings> = {}): Promise<Sandbox> {
		this.running ??= startSandbox();
		const sandbox = await this.running;
		sandbox.reset();
		sandbox.configure({ retryAfterMs: undefined, ...DEFAULT_SETTINGS, ...settings });
		const { port, close } = await forwardTo(Number(new URL(sandbox.url).port));
		return { ...sandbox, url: `http://127.0.0.1:${port}`, close };
	}

	async close(): Promise<void> {
		await (await this.running)?.close();
	}
}

/** Opens a port that passes on every byte in both directions, and ends a connection when either side does. */
async function forwardTo(target: number): Promise<{ port: number; close(): Promise<void> }> {
	const open = new Set<Socket>();
	const server = createServer({ noDelay: true }, (incoming) => {
		const outgoing = connect({ port: target, host: '127.0.0.1', noDelay: true });
		for (const [from, to] of [
			[incoming, outgoing],
			[outgoing, incoming],
		]) {
			open.add(from);
			from.pipe(to);
			from.on('error', () => to.destroy());
			from.on('close', () => {
				open.delete(from);
				to.destroySoon();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			for (const socket of open) socket.destroy();
			await closed;
		},
	};
}
