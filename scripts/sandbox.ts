import { parseArgs } from 'node:util';

import { ACCOUNT } from '../sandbox/cams/accounts';
import { INNOPAAS, MMLITE_PATH, WABAS, numbersOf } from '../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../sandbox/server';
import { Obstacle, hideProgress } from './npmInstall';

export const DEFAULT_PORT = 4010;

/** A port number from the command line. */
export function readPort(value: string, option: string): number {
	const port = Number(value);
	if (!/^\d+$/.test(value) || port < 1 || port > 65535) {
		throw new Obstacle(`${option} takes a port number from 1 to 65535; "${value}" is none.`);
	}
	return port;
}

/** Reads the command line; an option that does not exist is told instead of ignored. */
export function readArguments<
	T extends Record<string, { type: 'string' | 'boolean'; default: string | boolean }>,
>(args: string[], options: T) {
	try {
		return parseArgs({ args, options }).values;
	} catch {
		const known = Object.entries(options).map(([name, { type }]) =>
			type === 'string' ? `--${name} N` : `--${name}`,
		);
		throw new Obstacle(
			`Not understood: ${args.join(' ')}. Options: ${known.join(', ')}; with npm they stand behind --, e.g. npm start -- --once`,
		);
	}
}

/** Starts the sandbox on a port, and says in one line when the port is taken. */
export async function openSandbox(port: number, option: string, command: string): Promise<Sandbox> {
	return await startSandbox(port).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'EADDRINUSE') throw error;
		throw new Obstacle(
			`Port ${port}, for the sandbox, is taken by another program. Choose another: ${command} -- ${option} ${port + 10}`,
		);
	});
}

/**
 * Calls what ends a program when it is told to end: Ctrl-C, or a closed terminal. It gives the exit code.
 * @returns whether the program has been told; what fails from then on is no news
 */
export function whenToldToEnd(end: () => Promise<number>): () => boolean {
	let ending = false;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		// Until now the program just ended.
		process.removeAllListeners(signal);
		process.on(signal, () => {
			if (ending) return;
			ending = true;
			hideProgress();
			end().then(process.exit, (error) => {
				console.error(error);
				process.exit(1);
			});
		});
	}
	return () => ending;
}

/** `npm run sandbox`: the stand-in for both services on its own. */
export async function main(args: string[]): Promise<void> {
	const { port } = readArguments(args, { port: { type: 'string', default: String(DEFAULT_PORT) } });
	const sandbox = await openSandbox(readPort(String(port), '--port'), '--port', 'npm run sandbox');
	whenToldToEnd(async () => {
		await sandbox.close();
		return 0;
	});
	console.log(
		[
			`The sandbox plays Alibaba Cloud CAMS and InnoPaaS at ${sandbox.url} (this machine only).`,
			'',
			'For the ChatApp API credential in n8n, API Alibaba Cloud CAMS:',
			`  AccessKey ID           ${ACCOUNT.accessKeyId}`,
			`  AccessKey Secret       ${ACCOUNT.accessKeySecret}`,
			`  Channel ID / Space ID  ${ACCOUNT.custSpaceId}`,
			`  Endpoint               ${sandbox.url}`,
			'',
			'The same, API InnoPaaS:',
			`  App Key                ${INNOPAAS.appKey}`,
			`  Access Token           ${INNOPAAS.accessToken}`,
			`  WABA ID                ${INNOPAAS.wabaId}`,
			`  Base URL               ${sandbox.url}`,
			`A number to send from:   ${numbersOf(WABAS[0])[0]}; path of MMLite here: ${MMLITE_PATH}`,
			'',
			`What it saw: GET ${sandbox.url}/__sandbox/stats`,
			`Forget it:   POST ${sandbox.url}/__sandbox/reset`,
			`Change it:   POST ${sandbox.url}/__sandbox/config, e.g. {"latencyMs": 120}`,
			'',
			'Ctrl-C ends it.',
		].join('\n'),
	);
}
