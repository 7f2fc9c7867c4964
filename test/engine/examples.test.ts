import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject, INodeExecutionData, INodeType } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/server';
import {
	CREDENTIAL_NAME,
	INNOPAAS_CREDENTIAL_NAME,
	innoPaasCredential,
	readExample,
	sandboxCredential,
} from '../../scripts/exampleRun';
import { loadPackage, runInEngine } from '../../scripts/n8n/engine';
import { DataTables } from '../support/dataTables';
import { newExecutionId } from '../support/harness';
import { mapperFields } from '../support/loadOptions';

/** Examples in the engine alone; the real n8n runs all of them. What stands behind the node is n8n's own. */
test('innopaas-campaign sends two calls for two discounts', async () => {
	const sandbox = await startSandbox();
	const whole = readExample('innopaas-campaign');
	const workflow = {
		...whole,
		nodes: whole.nodes!.slice(0, 2),
		connections: { Customers: whole.connections!.Customers },
	};
	const run = await runInEngine(workflow, {
		credentials: { [INNOPAAS_CREDENTIAL_NAME]: innoPaasCredential(sandbox) },
	});
	expect(run.error).toBeUndefined();
	const [accepted, notAccepted] = run.output('InnoPaaS Submit');
	expect(accepted.map(({ json }) => json.to)).toEqual([
		'6591234567',
		'3546111234',
		'8613800000001',
		'6591234570',
	]);
	expect(notAccepted.map(({ json, pairedItem }) => [json.cause, pairedItem])).toEqual([
		['invalidRecipient', { item: 3 }],
		['duplicate', { item: 5 }],
	]);
	expect(sandbox.stats().calls).toMatchObject({ received: 2, byOperation: { InnoPaaSSubmit: 2 } });
	await sandbox.close();
});

/** n8n's Code node, as far as the examples use it. */
const CODE: INodeType = {
	description: {
		displayName: 'Code',
		name: 'n8n-nodes-base.code',
		group: ['transform'],
		version: 2,
		description: '',
		defaults: { name: 'Code' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Code', name: 'jsCode', type: 'string', default: '' }],
	},
	async execute() {
		const run = new Function(this.getNodeParameter('jsCode', 0) as string);
		return [run() as INodeExecutionData[]];
	},
};

test('campaign-that-survives resolves those in doubt, and run again it sends to nobody twice', async () => {
	const sandbox = await startSandbox();
	const whole = readExample('campaign-that-survives');
	const kept = [
		"When clicking 'Execute workflow'",
		'Customers',
		'CAMS Mass Send',
		'Resolve Unknown',
	];
	const nodes = whole.nodes!.filter(({ name }) => kept.includes(name));
	expect(nodes).toHaveLength(4);
	const parameters = nodes.find(({ name }) => name === 'CAMS Mass Send')!.parameters;
	expect(parameters.options).toEqual({ maxRecipientsPerRequest: 100, maxRequestsPerSecond: 2 });
	// It is slow only for people to see.
	parameters.options = { maxRecipientsPerRequest: 100 };
	const workflow = {
		...whole,
		nodes,
		connections: {
			[kept[0]]: whole.connections![kept[0]],
			Customers: whole.connections!.Customers,
			'CAMS Mass Send': {
				main: [[], [{ node: 'Resolve Unknown', type: 'main' as const, index: 0 }]],
			},
		},
	};
	const tables = new DataTables();
	const runIt = async () =>
		await runInEngine(workflow, {
			credentials: { [CREDENTIAL_NAME]: sandboxCredential(sandbox) as never },
			nodeTypes: { ...tables.process(), 'n8n-nodes-base.code': CODE },
			executionId: newExecutionId(),
		});
	// Accepted, and the answer is lost.
	sandbox.configure({ faults: [{ kind: 'resetAfter', calls: [3] }] });
	const first = await runIt();
	expect(first.error).toBeUndefined();
	const [accepted, notAccepted] = first.output('CAMS Mass Send');
	expect([accepted.length, notAccepted.length]).toEqual([2900, 100]);
	expect(first.items('Resolve Unknown')).toMatchObject([
		{ accepted: 100, notFound: 0, unknown: 0 },
	]);
	const second = await runIt();
	const had = second.items('CAMS Mass Send');
	expect(had).toHaveLength(3000);
	expect(new Set(had.map(({ outcome }) => outcome))).toEqual(new Set(['alreadyAccepted']));
	expect(sandbox.stats().recipients).toMatchObject({ accepted: 3000, duplicate: 0 });
	await sandbox.close();
}, 60_000);

test('each node of an example that has an address has a webhook ID, and each its own', async () => {
	const loader = await loadPackage();
	const names = readdirSync(join(__dirname, '../../examples')).map((file) =>
		file.replace(/\.json$/, ''),
	);
	const nodes = names.flatMap((name) => readExample(name).nodes!);
	const triggers = loader.types.nodes
		.filter(({ webhooks }) => webhooks !== undefined)
		.map(({ name }) => `n8n-nodes-chatapp.${name}`);
	const ids = nodes.filter(({ type }) => triggers.includes(type)).map(({ webhookId }) => webhookId);
	expect(ids.length).toBeGreaterThanOrEqual(3);
	expect(ids).toEqual(
		ids.map(() => expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)),
	);
	expect(new Set(ids).size).toBe(ids.length);
});

test('examples open with what a person picks: names from the lists, and the fields of the template', async () => {
	const sandbox = await startSandbox();
	const examples = readdirSync(join(__dirname, '../../examples')).map((file) =>
		readExample(file.replace(/\.json$/, '')),
	);
	const nodes = examples
		.flatMap((example) => example.nodes!)
		.filter(({ parameters }) => parameters.operation === 'sendTemplate');
	expect(nodes.length).toBeGreaterThanOrEqual(6);
	for (const { name, type, parameters } of nodes) {
		for (const field of ['from', 'template'])
			expect([name, parameters[field]]).toEqual([
				name,
				expect.objectContaining({ mode: 'list', cachedResultName: expect.stringMatching(/./) }),
			]);
		const { specifyVariables, templateVariables } = parameters;
		// The one-time code's variable is named in the console only.
		if (specifyVariables === 'pairs') {
			expect(parameters.template).toMatchObject({ value: '900100209/en' });
			continue;
		}
		// There is nothing to map in a file.
		if (parameters.recipientSource === 'file') {
			expect(specifyVariables).toBe('sameName');
			continue;
		}
		expect(specifyVariables).toBe('fields');
		const isInnoPaas = type.endsWith('innoPaasSubmit');
		const { fields } = await mapperFields(sandbox.url, {
			name: type.split('.')[1],
			parameters: parameters as IDataObject,
			...(isInnoPaas && { credential: innoPaasCredential(sandbox) }),
		});
		const { schema, value } = templateVariables as { schema: unknown; value: object };
		expect(schema).toEqual(fields);
		expect(Object.keys(value).sort()).toEqual(fields.map(({ id }) => id).sort());
	}
	await sandbox.close();
});
