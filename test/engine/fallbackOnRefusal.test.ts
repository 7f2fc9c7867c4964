/**
 * With When set to Not Delivered or Rejected, the API may send the fallback although it rejects the message
 * (cams-api.md 3.1). Then "rejected" must not read as "nothing went out", in any node.
 */
import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS, type Fault } from '../../sandbox/settings';
import { withGateway } from '../support/gateway';
import { NODE, TEMPLATE, locator, newExecutionId, runNode } from '../support/harness';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

const ITEMS = [{ phone: '6591234567', name: 'Mia' }];

const NODES: Array<[string, string, IDataObject]> = [
	['CAMS Send', 'camsSend', TEMPLATE],
	['CAMS Mass Send', 'camsMassSend', { ...TEMPLATE, recipientSource: 'items' }],
	[
		'CAMS Viber Send',
		'camsViberSend',
		{
			operation: 'sendMessage',
			from: locator('20001'),
			to: '={{ $json.phone }}',
			messageType: 'text',
			text: 'Hello',
			label: 'promotion',
		},
	],
];

const fallback = (fallbackRule: string) => ({
	fallback: {
		values: { fallbackId: 'S01', fallbackContent: 'Hi', fallbackDuration: 60, fallbackRule },
	},
});

describe.each(NODES)('%s', (_name, type, parameters) => {
	const send = async (
		rule: string,
		faults: Fault[],
		more: {
			onError?: 'continueRegularOutput';
			retried?: boolean;
			credential?: IDataObject;
			/** Tells the node from those of other tests, of which the ledger knows. */
			id?: string;
		} = {},
	) => {
		sandbox.configure({ faults });
		return await runNode(sandbox, {
			parameters: { ...parameters, options: fallback(rule) },
			items: ITEMS,
			node: {
				id: `${type} ${rule} ${more.id}`,
				type: `n8n-nodes-chatapp.${type}`,
				onError: more.onError,
			},
			credential: more.credential,
			engine: { mode: more.retried ? 'retry' : 'manual', executionId: newExecutionId() },
		});
	};
	const REFUSED: Fault[] = [{ kind: 'otherCode', every: 1 }];
	const resultOf = (run: Awaited<ReturnType<typeof send>>) =>
		run.run.data.resultData.runData[NODE][0].data!.main.flat()[0]!.json;

	it('says that the fallback may still be sent', async () => {
		const run = await send('sentFailed', REFUSED, { onError: 'continueRegularOutput' });
		expect(resultOf(run)).toMatchObject({
			outcome: 'rejected',
			fallbackMayBeSent: true,
			reason: expect.stringContaining('The fallback may still be sent'),
		});
		expect(run.hints(NODE)).toContainEqual(
			'The fallback may still be sent to 1 of those rejected; they have the field "fallbackMayBeSent". Leave them out if you go on with another channel.',
		);
	});

	it('does not say that nothing was sent when it stops the workflow, and a retry sends nothing', async () => {
		const { error } = await send('sentFailed', REFUSED);
		expect(error?.description).not.toMatch(/Nothing (was|has been) sent/);
		expect(error?.description).toContain('The fallback may still be sent');
		await send('sentFailed', [], { retried: true });
		expect(sandbox.stats().recipients.accepted).toBe(0);
	});

	it.each<[string, string, Fault[], IDataObject | undefined]>([
		['another rule', 'undelivered', REFUSED, undefined],
		['a wrong AccessKey', 'sentFailed', [], { accessKeySecret: 'wrong' }],
	])('is not in doubt after a refusal with %s', async (_what, rule, faults, credential) => {
		const run = await send(rule, faults, { onError: 'continueRegularOutput', credential });
		const result = resultOf(run);
		expect(result).toMatchObject({ outcome: 'rejected' });
		expect(result).not.toHaveProperty('fallbackMayBeSent');
		expect(result.reason).not.toContain('fallback');
	});

	it.each([
		['InvalidTimeStamp.Expired', 400],
		['InvalidAction.NotFound', 404],
		['IncompleteSignature', 400],
		['HTTP 403', 403],
	])(
		'is not in doubt after a refusal by the gateway, and a retry sends it: %s',
		async (Code, status) => {
			const refuse = (operation: string) =>
				operation.startsWith('Send')
					? {
							status,
							body: Code.startsWith('HTTP') ? '<html>' : { Code, Message: '', RequestId: 'r' },
						}
					: undefined;
			await withGateway(sandbox, refuse, async (endpoint) => {
				const { error } = await send('sentFailed', [], { credential: { endpoint }, id: Code });
				expect(error?.description).not.toContain('fallback');
			});
			await send('sentFailed', [], { retried: true, id: Code });
			expect(sandbox.stats().recipients.accepted).toBe(1);
		},
	);
});
