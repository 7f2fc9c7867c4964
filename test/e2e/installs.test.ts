import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import type { IWorkflowBase } from 'n8n-workflow';

import packageJson from '../../package.json';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { CREDENTIAL_NAME, readExample, sandboxCredential } from '../../scripts/exampleRun';
import {
	RealN8n,
	ensureN8n,
	freePort,
	installTarball,
	packPackage,
	type N8nRelease,
} from '../../scripts/n8n/realN8n';

/** The ways in which users install the package, apart from that of all other tests: npm in n8n's folder for packages. */
const { name: PACKAGE, version: VERSION } = packageJson;
const NODES = packageJson.n8n.nodes.map((file) => {
	const name = file.split('/')[2];
	return name[0].toLowerCase() + name.slice(1);
});
let folder: string;
let release: N8nRelease;
let sandbox: Sandbox;
let n8n: RealN8n | undefined;

beforeAll(async () => {
	release = await ensureN8n();
	sandbox = await startSandbox();
}, 1_200_000);

afterAll(async () => await sandbox?.close());

beforeEach(() => {
	sandbox.reset();
	folder = mkdtempSync(join(tmpdir(), 'chatapp-installs-'));
});

afterEach(async () => {
	await n8n?.stop();
	n8n = undefined;
	rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function start(settings: Record<string, string>): Promise<RealN8n> {
	n8n = await RealN8n.start(release, folder, await freePort(), settings);
	return n8n;
}

/** The types of n8n's nodes that come from this package, or as nodes of one's own. */
async function nodeTypes(): Promise<string[]> {
	const read = async () => await n8n!.get<Array<{ name: string }> | string>('/types/nodes.json');
	let types = await read();
	// n8n writes this file anew after an installation; whoever reads it just then gets a part of it.
	for (; typeof types === 'string'; types = await read()) await delay(100);
	return types
		.map(({ name }) => name)
		.filter((name) => /^(n8n-nodes-chatapp|CUSTOM)\./.test(name) && !name.endsWith('Tool'))
		.sort();
}

async function expectToSend(workflow: Partial<IWorkflowBase>): Promise<void> {
	const credential = await n8n!.addCredential(CREDENTIAL_NAME, sandboxCredential(sandbox));
	const id = await n8n!.addWorkflow(workflow, { [CREDENTIAL_NAME]: credential });
	expect((await n8n!.runWorkflow(id)).status).toBe('success');
	expect(sandbox.stats().recipients).toMatchObject({ accepted: 3, unique: 3 });
}

/** An npm registry that has this package alone, and an npm that asks no other: n8n names npm's own to it. */
async function startRegistry(): Promise<{ npm: string; server: FastifyInstance }> {
	const bytes = readFileSync(join(folder, await packPackage(folder)));
	const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
	const server = Fastify();
	server.get('/package.tgz', async () => bytes);
	server.get(`/${PACKAGE}`, async ({ host }) => ({
		name: PACKAGE,
		'dist-tags': { latest: VERSION },
		versions: {
			[VERSION]: { ...packageJson, dist: { tarball: `http://${host}/package.tgz`, integrity } },
		},
	}));
	const url = await server.listen({ host: '127.0.0.1', port: 0 });
	const npm = join(folder, 'npm');
	mkdirSync(npm);
	writeFileSync(
		join(npm, 'npm'),
		`#!/bin/sh
# The npm behind this one on the PATH.
PATH="\${PATH#*:}"
for argument do
	shift
	case "$argument" in --registry=*) argument=--registry=${url} ;; esac
	set -- "$@" "$argument"
done
exec npm "$@"
`,
	);
	chmodSync(join(npm, 'npm'), 0o755);
	return { npm, server };
}

(process.platform === 'win32' ? test.skip : test)(
	'Settings → Community Nodes → Install: the nodes are there at once, and after a restart',
	async () => {
		const { npm, server } = await startRegistry();
		const path = [npm, dirname(release.node), process.env.PATH].join(delimiter);
		const settings = { PATH: path, npm_config_cache: join(folder, 'cache') };
		await start(settings);
		await n8n!.installCommunityPackage(PACKAGE, VERSION);
		await server.close();
		const installed = async () => [await nodeTypes(), await n8n!.communityPackages()];
		const expected = [
			NODES.map((name) => `${PACKAGE}.${name}`).sort(),
			[expect.objectContaining({ packageName: PACKAGE, installedVersion: VERSION })],
		];
		expect(await installed()).toEqual(expected);
		await expectToSend(readExample('send-template'));
		await n8n!.stop();
		await start(settings);
		expect(await installed()).toEqual(expected);
	},
	600_000,
);

test('in an image of your own, with N8N_CUSTOM_EXTENSIONS: the nodes are there as CUSTOM, and send', async () => {
	const image = join(folder, 'image');
	mkdirSync(image);
	await installTarball(image);
	await start({ N8N_CUSTOM_EXTENSIONS: join(image, 'node_modules', PACKAGE) });
	expect(await nodeTypes()).toEqual(NODES.map((name) => `CUSTOM.${name}`).sort());
	const example = readExample('send-template');
	const nodes = example.nodes!.map((node) => ({
		...node,
		type: node.type.replace(PACKAGE, 'CUSTOM'),
	}));
	await expectToSend({ ...example, nodes });
}, 600_000);
