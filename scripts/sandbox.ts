import { parseArgs } from 'node:util';

import { ACCOUNT } from '../sandbox/cams/accounts';
import { INNOPAAS, MMLITE_PATH, WABAS, numbersOf } from '../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../sandbox/server';
import { Obstacle, hideProgress } from './npmInstall';

export const DEFAULT_PORT = 4010;

/** Parses a port number from the command line. */
export function parsePort(value: string, option: string): number {
	const port = Number(value);
	if (!/^\d+$/.test(value) || port < 1 || port > 65535) {
		throw new Obstacle(`${option} takes a port number from 1 to 65535, not "${value}".`);
	}
	return port;
}

/**
 * Parses the command line.
 * @throws Obstacle if an option is unknown
 */
export function parseOptions<
	T extends Record<string, { type: 'string' | 'boolean'; default: string | boolean }>,
>(args: string[], options: T) {
	try {
		return parseArgs({ args, options }).values;
	} catch {
		const known = Object.entries(options).map(([name, { type }]) =>
			type === 'string' ? `--${name} N` : `--${name}`,
		);
		throw new Obstacle(
			`Invalid arguments: ${args.join(' ')}. Options: ${known.join(', ')}. With npm, put them after --, e.g. npm start -- --once`,
		);
	}
}

/**
 * Starts the sandbox on a port.
 * @throws Obstacle if the port is in use
 */
export async function openSandbox(port: number, option: string, command: string): Promise<Sandbox> {
	return await startSandbox(port).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'EADDRINUSE') throw error;
		throw new Obstacle(
			`Port ${port}, for the sandbox, is already in use. Choose another one: ${command} -- ${option} ${port + 10}`,
		);
	});
}

/**
 * Shuts down on Ctrl-C or when the terminal is closed.
 * @param shutDown returns the exit code
 * @returns a function that tells whether a shutdown is in progress, in which case errors are to be expected
 */
export function onShutdown(shutDown: () => Promise<number>): () => boolean {
	let isShuttingDown = false;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		// Replaces the gulpfile's handlers, which exit at once.
		process.removeAllListeners(signal);
		process.on(signal, () => {
			if (isShuttingDown) return;
			isShuttingDown = true;
			hideProgress();
			shutDown().then(process.exit, (error) => {
				console.error(error);
				process.exit(1);
			});
		});
	}
	return () => isShuttingDown;
}

/** `npm run sandbox` */
export async function main(args: string[]): Promise<void> {
	const { port } = parseOptions(args, { port: { type: 'string', default: String(DEFAULT_PORT) } });
	const sandbox = await openSandbox(parsePort(String(port), '--port'), '--port', 'npm run sandbox');
	onShutdown(async () => {
		await sandbox.close();
		return 0;
	});
	console.log(
		[
			`The sandbox simulates Alibaba Cloud CAMS and InnoPaaS at ${sandbox.url} (this machine only).`,
			'',
			'To use it, create a ChatApp API credential in n8n with one of these sets of values.',
			'',
			'API: Alibaba Cloud CAMS',
			`  AccessKey ID           ${ACCOUNT.accessKeyId}`,
			`  AccessKey Secret       ${ACCOUNT.accessKeySecret}`,
			`  Channel ID / Space ID  ${ACCOUNT.custSpaceId}`,
			`  Endpoint               ${sandbox.url}`,
			'',
			'API: InnoPaaS',
			`  App Key                ${INNOPAAS.appKey}`,
			`  Access Token           ${INNOPAAS.accessToken}`,
			`  WABA ID                ${INNOPAAS.wabaId}`,
			`  Base URL               ${sandbox.url}`,
			'',
			`Send WhatsApp messages from ${numbersOf(WABAS[0])[0]}. MMLite Path is ${MMLITE_PATH}.`,
			'',
			`What arrives, as its recipients see it: ${sandbox.url}`,
			'',
			`Statistics and messages  GET  ${sandbox.url}/__sandbox/stats`,
			`Reset                    POST ${sandbox.url}/__sandbox/reset`,
			`Change settings          POST ${sandbox.url}/__sandbox/config, e.g. {"latencyMs": 120}`,
			'',
			'docs/sandbox.md describes test data, settings and faults. Press Ctrl-C to stop.',
		].join('\n'),
	);
}
