/** Nothing of a run is held once it has ended, however it ended, by any of the nodes that send. */
import type { IDataObject, INode } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/server';
import type { Settings } from '../../sandbox/settings';
import type { EngineRun } from '../../scripts/n8n/engine';
import { MASS, TYPE as MASS_SEND } from '../support/camsMassSend';
import { stillHeld } from '../support/garbage';
import { TEXT as CAMS_TEXT, locator, people, runNode } from '../support/harness';
import { TEXT, TYPE as SUBMIT, credentialOf } from '../support/innoPaasGateway';
import { runAndStop } from '../support/massRun';
import { SharedSandbox } from '../support/sharedSandbox';

const shared = new SharedSandbox();
let sandbox: Sandbox;
afterEach(() => sandbox.close());
afterAll(() => shared.close());

const VIBER_TEXT = {
	operation: 'sendMessage',
	from: locator('20001'),
	to: '={{ $json.phone }}',
	messageType: 'text',
	text: 'Hello',
	label: 'promotion',
};
const ONE_EACH = { maxRecipientsPerRequest: 1, failIfAnyNotAccepted: true };

const NODES: Array<[name: string, type: string, parameters: IDataObject, options: IDataObject]> = [
	['CAMS Send', 'n8n-nodes-chatapp.camsSend', CAMS_TEXT, {}],
	['CAMS Viber Send', 'n8n-nodes-chatapp.camsViberSend', VIBER_TEXT, {}],
	['CAMS Mass Send', MASS_SEND, MASS, ONE_EACH],
	['InnoPaaS Submit', SUBMIT, TEXT, ONE_EACH],
];

interface Ending {
	settings?: Partial<Settings>;
	phones?: string[];
	node?: Partial<INode>;
	/** Stopped once the sandbox has accepted somebody. */
	isStopped?: boolean;
	/** Whether anybody is accepted. */
	sends: boolean;
	status: EngineRun['status'];
}

const COUNT = 4;
const toPeople = () => people(COUNT).map((each) => ({ ...each, order: 'A-1' }));

const ENDINGS: Array<[how: string, Ending]> = [
	['ended well', { sends: true, status: 'success' }],
	[
		'failed before it had sent anything',
		{ phones: ['none', 'no one'], sends: false, status: 'error' },
	],
	[
		'failed after it had sent something',
		{ settings: { faults: [{ kind: 'otherCode', calls: [3] }] }, sends: true, status: 'error' },
	],
	[
		'went on after an error',
		{
			settings: { faults: [{ kind: 'otherCode', calls: [3] }] },
			node: { onError: 'continueRegularOutput' },
			sends: true,
			status: 'success',
		},
	],
	[
		'did not know what became of a message',
		{ settings: { faults: [{ kind: 'resetAfter', calls: [1] }] }, sends: true, status: 'error' },
	],
	[
		'waited and was stopped',
		{ settings: { latencyMs: 50 }, isStopped: true, sends: true, status: 'canceled' },
	],
];

describe.each(NODES)('%s', (_name, type, parameters, options) => {
	it.each(ENDINGS)('holds nothing of a run that %s', async (_how, ending) => {
		sandbox = await shared.atNewAddress(ending.settings);
		const begin = async () => {
			const items = ending.phones?.map((phone) => ({ phone })) ?? toPeople();
			const run = async (engine: object) =>
				await runNode(sandbox, {
					parameters: { ...parameters, options: { ...options, maxRequestsPerSecond: 5 } },
					items,
					node: { type, ...ending.node },
					credential: type === SUBMIT ? credentialOf(sandbox.url) : {},
					engine,
				});
			const { status } = ending.isStopped
				? await runAndStop(run, () => sandbox.stats().recipients.accepted > 0)
				: await run({});
			expect(status).toBe(ending.status);
			return items.map((item) => new WeakRef(item));
		};
		const items = await begin();
		expect(sandbox.stats().recipients.accepted > 0).toBe(ending.sends);
		expect(await stillHeld(items)).toBe(0);
	});
});
