/**
 * The CAMS Mass Send of the engine tests: a sandbox at a new address for each test, the node's usual parameters, its
 * recipients, and what has arrived. Importing it registers the hooks that start and stop the sandbox.
 */
import { inspect } from 'node:util';
import type { IBinaryKeyData, IDataObject, INode } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS, type Settings } from '../../sandbox/settings';
import { type EngineOptions, type EngineRun } from '../../scripts/n8n/engine';
import { locator, runNode } from './harness';
import { expectSound as expectSoundAt } from './massRun';
import { SharedSandbox } from './sharedSandbox';

/** The rate is not the point of most tests; the node itself still keeps its calls 100 ms apart. */
export const NO_LIMIT: Settings = {
	...DEFAULT_SETTINGS,
	limits: { ...DEFAULT_SETTINGS.limits, SendChatappMassMessage: 1000 },
};

/** Each test has its own, and so a rate limiter that no other has filled. */
const shared = new SharedSandbox();
export let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await shared.atNewAddress(NO_LIMIT);
});
afterEach(() => sandbox.close());
afterAll(() => shared.close());

/** What n8n's log would hold. */
export const logged: string[] = [];
const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
	jest.spyOn(console, level).mockImplementation((...lines) => void logged.push(inspect(lines))),
);
afterAll(() => spies.forEach((spy) => spy.mockRestore()));

/** A sandbox of its own: its rate limiter is nobody else's. */
export async function inOwnSandbox<T>(
	settings: Partial<Settings>,
	work: (own: Sandbox) => Promise<T>,
): Promise<T> {
	const own = await startSandbox(0, { ...NO_LIMIT, ...settings });
	try {
		return await work(own);
	} finally {
		await own.close();
	}
}

export const MASS: IDataObject = {
	operation: 'sendTemplate',
	channelType: 'whatsapp',
	from: locator('6580001111'),
	template: locator('900100200', 'code'),
	language: locator('en_US', 'code'),
	recipientSource: 'items',
	to: '={{ $json.phone }}',
	specifyVariables: 'pairs',
	templateVariablePairs: {
		variable: [
			{ name: 'name', value: '={{ $json.name }}' },
			{ name: 'order', value: '={{ $json.order }}' },
		],
	},
};

/** The same out of the list `customers` of an item. */
export const LIST: IDataObject = {
	recipientSource: 'listField',
	listField: 'customers',
	toField: 'phone',
	templateVariablePairs: {
		variable: [
			{ name: 'name', value: 'name' },
			{ name: 'order', value: '' },
		],
	},
};

export const TEMPLATE_WITHOUT_VARIABLES: IDataObject = {
	template: locator('900100201/en', 'code'),
	templateVariablePairs: {},
};

export const person = (index: number) => ({
	phone: `+65 9${1_000_000 + index}`,
	name: `N${index}`,
	order: `A-${index}`,
});
export const people = (count: number, first = 0) =>
	Array.from({ length: count }, (_, index) => person(first + index));
export const numberOf = (index: number) => `659${1_000_000 + index}`;
export const range = (count: number, first = 0) =>
	Array.from({ length: count }, (_, index) => first + index);

export interface MassCase {
	parameters?: IDataObject;
	options?: IDataObject;
	items: IDataObject[];
	/** The binary data of the items, by item index. */
	files?: IBinaryKeyData[];
	node?: Partial<INode>;
	credential?: IDataObject;
	engine?: Partial<EngineOptions>;
}

export const TYPE = 'n8n-nodes-chatapp.camsMassSend';

export async function send(
	at: Sandbox,
	{ parameters, options, node, ...rest }: MassCase,
): Promise<EngineRun> {
	return await runNode(at, {
		parameters: { ...MASS, ...parameters, ...(options && { options }) },
		node: { type: TYPE, ...node },
		...rest,
	});
}

export const taken = (at = sandbox) => at.stats().messages;
export const reached = (at = sandbox) => taken(at).map(({ to }) => to);
export const texts = (at = sandbox) => taken(at).map(({ text }) => text.split('\n')[0]);
export const calls = (at = sandbox) => at.stats().calls.byOperation.SendChatappMassMessage ?? 0;

export const expectSound = (run: EngineRun, count: number, at = sandbox) =>
	expectSoundAt(at, run, count);
