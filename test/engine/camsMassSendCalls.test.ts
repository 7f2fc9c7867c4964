import { inspect } from 'node:util';
import { stringify } from 'flatted';
import type { IDataObject, INode, INodeExecutionData, INodeType } from 'n8n-workflow';

import { ACCOUNT } from '../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { type Fault, type Settings } from '../../sandbox/settings';
import { loadPackage, runInEngine } from '../../scripts/n8n/engine';
import {
	LIST,
	MASS,
	TYPE,
	calls,
	expectSound,
	inOwnSandbox,
	logged,
	numberOf,
	people,
	person,
	range,
	reached,
	sandbox,
	send,
	taken,
	texts,
	type MassCase,
} from '../support/camsMassSend';
import { NODE, locator } from '../support/harness';
import { outputs, recipientsOf, runAndStop } from '../support/massRun';
import { pattern } from '../support/pattern';
import { unlessStalled } from '../support/stalls';

describe('what happens to one call happens to its recipients only', () => {
	const eight = people(8);
	const four = { maxRecipientsPerRequest: 2 };

	it.each([
		['resetBefore', 'unknown', 'connectionLost', false],
		['resetAfter', 'unknown', 'connectionLost', true],
		['serverErrorBefore', 'unknown', 'serverError', false],
		['serverErrorAfter', 'unknown', 'serverError', true],
		['nonJson', 'unknown', 'unreadableAnswer', true],
		['truncatedJson', 'unknown', 'unreadableAnswer', true],
		['nonceUsed', 'unknown', 'nonceUsed', true],
		['otherCode', 'rejected', 'apiRefused', false],
	] as const)('%s on the second of four', async (kind, outcome, cause, isTaken) => {
		sandbox.configure({ faults: [{ kind, calls: [2] }] });
		const run = await send(sandbox, { items: eight, options: four });
		expectSound(run, 8);
		expect(calls()).toBe(4);
		const [accepted, notAccepted] = outputs(run);
		expect(recipientsOf(accepted)).toEqual([0, 1, 4, 5, 6, 7].map(numberOf));
		expect(notAccepted).toMatchObject(
			[2, 3].map((index) => ({
				outcome,
				cause,
				to: numberOf(index),
				chunk: 2,
				taskId: expect.stringMatching(/-c2$/),
			})),
		);
		if (outcome === 'unknown')
			expect(notAccepted[0].reason).toContain(
				`look for a receipt with Task ID ${String(notAccepted[0].taskId)}`,
			);
		else expect(notAccepted[0]).toMatchObject({ code: 'Sandbox.Refused' });
		expect(reached().includes(numberOf(2))).toBe(isTaken);
		expect(run.hints(NODE)).toEqual([
			expect.stringMatching(
				new RegExp(`^6 accepted, 2 ${outcome}\\. Not Accepted says why: 2 ["A-Za-z. ]+\\.$`),
			),
		]);
	});

	// Five seconds for real: the time-out is one of the socket's, which no test clock drives.
	it('no answer within the time-out makes its recipients unknown, and holds up nobody else', async () => {
		await inOwnSandbox({ faults: [{ kind: 'hangAfter', calls: [2] }] }, async (own) => {
			const run = await send(own, { items: eight, options: { ...four, timeout: 5 } });
			expectSound(run, 8, own);
			expect(outputs(run)[1]).toMatchObject(
				[2, 3].map((index) => ({ outcome: 'unknown', cause: 'timeout', to: numberOf(index) })),
			);
			expect(calls(own)).toBe(4);
		});
	}, 15_000);

	it.each<[string, Partial<Settings>, number]>([
		['Throttling.User', { faults: [{ kind: 'throttle', calls: [2] }] }, 5],
		[
			'System.LimitControl, twice',
			{ throttleCode: 'System.LimitControl', faults: [{ kind: 'throttle', calls: [2, 5] }] },
			6,
		],
		['and a time to wait', { retryAfterMs: 300, faults: [{ kind: 'throttle', calls: [2] }] }, 5],
	])(
		'throttling is waited out: %s',
		async (_how, settings, expected) => {
			await inOwnSandbox(settings, async (own) => {
				const run = await send(own, { items: eight, options: four });
				expectSound(run, 8, own);
				expect(outputs(run)[0]).toHaveLength(8);
				expect(calls(own)).toBe(expected);
				expect(own.stats().recipients).toEqual({ accepted: 8, unique: 8, duplicate: 0 });
			});
		},
		20_000,
	);

	it('an address that nothing listens on has not sent anything', async () => {
		const gone = await startSandbox();
		await gone.close();
		const run = await send(sandbox, {
			items: eight,
			options: { maxRecipientsPerRequest: 4 },
			credential: { endpoint: gone.url },
			node: { onError: 'continueRegularOutput' },
		});
		expect(outputs(run)[1]).toMatchObject(
			range(8).map(() => ({
				outcome: 'notSent',
				cause: 'gaveUp',
				reason: expect.stringMatching(/^Alibaba Cloud cannot be reached\. Nothing was sent\./),
			})),
		);
		expect(outputs(run)[0]).toEqual([]);
	}, 30_000);
});

describe('On Error, Retry On Fail and the way the outcomes are told', () => {
	const SIX = { items: people(6), options: { maxRecipientsPerRequest: 2 } as IDataObject };
	const MODES = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;
	const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	const settings = MODES.flatMap((onError) =>
		[false, true].flatMap((retryOnFail) =>
			(['recipient', 'chunk', 'summary'] as const).map((output) => ({
				onError,
				retryOnFail,
				output,
			})),
		),
	);

	/** Calls of one try, whether it throws when On Error is Stop, and what Retry On Fail makes of it. */
	const SCENARIOS: Array<
		[
			string,
			{
				faults?: Fault[];
				parameters?: IDataObject;
				options?: IDataObject;
				throws: boolean;
				retried: 'not' | 'in vain' | 'with nothing to send' | 'well';
				accepted: number;
			},
		]
	> = [
		['everybody accepted', { throws: false, retried: 'not', accepted: 6 }],
		[
			'some refused',
			{ faults: [{ kind: 'otherCode', calls: [2] }], throws: false, retried: 'not', accepted: 4 },
		],
		[
			'some unknown',
			{ faults: [{ kind: 'resetAfter', calls: [2] }], throws: false, retried: 'not', accepted: 4 },
		],
		[
			'all refused',
			{
				parameters: { from: locator('6589999999') },
				throws: true,
				retried: 'in vain',
				accepted: 0,
			},
		],
		[
			'all unknown',
			{
				faults: [{ kind: 'resetAfter', every: 1 }],
				throws: true,
				retried: 'with nothing to send',
				accepted: 0,
			},
		],
		[
			'some refused, and Fail If Any Not Accepted',
			{
				faults: [{ kind: 'otherCode', calls: [2] }],
				options: { failIfAnyNotAccepted: true },
				throws: true,
				retried: 'well',
				accepted: 4,
			},
		],
		[
			'some unknown, and Fail If Any Not Accepted',
			{
				faults: [{ kind: 'resetAfter', calls: [2] }],
				options: { failIfAnyNotAccepted: true },
				throws: true,
				retried: 'with nothing to send',
				accepted: 4,
			},
		],
	];

	it.each(SCENARIOS)(
		'%s: nobody is sent to twice in any of the 18 settings',
		async (_name, { faults = [], parameters, options, throws, retried, accepted }) => {
			await Promise.all(
				settings.map(async ({ onError, retryOnFail, output }) =>
					inOwnSandbox({ faults }, async (own) => {
						const run = await send(own, {
							parameters,
							items: SIX.items,
							options: { ...SIX.options, ...options, output },
							node: { onError, retryOnFail, maxTries: 3, waitBetweenTries: 1 },
						});
						const name = JSON.stringify({ onError, retryOnFail, output });
						const { recipients } = own.stats();
						const isRetried = onError === 'stopWorkflow' && throws && retryOnFail;
						const endsWell =
							onError !== 'stopWorkflow' || !throws || (isRetried && retried === 'well');
						expect([name, recipients.duplicate]).toEqual([name, 0]);
						expect([name, calls(own)]).toEqual([
							name,
							!isRetried || retried === 'with nothing to send' ? 3 : retried === 'well' ? 4 : 9,
						]);
						expect([name, run.status]).toEqual([name, endsWell ? 'success' : 'error']);
						if (!endsWell) return;

						const out = outputs(run);
						expect([name, out.flat().some((json) => 'error' in json || 'phone' in json)]).toEqual([
							name,
							false,
						]);
						expect(run.output(NODE)[2] ?? []).toEqual([]);
						const good = isRetried ? 6 : accepted;
						if (output === 'recipient') {
							expectSound(run, 6, own);
							expect(out.map(({ length }) => length)).toEqual([good, 6 - good]);
						} else if (output === 'chunk') {
							expect(
								out.map((items) => items.reduce((sum, json) => sum + Number(json.recipients), 0)),
							).toEqual([good, 6 - good]);
							expect(out[0].every((json) => json.accepted === json.recipients)).toBe(true);
						} else {
							expect(out[0]).toHaveLength(1);
							expect(out[1]).toHaveLength(good === 6 ? 0 : 1);
							expect(out[0][0]).toMatchObject({ recipients: 6, accepted: good });
							expect(
								['accepted', 'rejected', 'notSent', 'unknown'].reduce(
									(sum, outcome) => sum + Number(out[0][0][outcome]),
									0,
								),
							).toBe(6);
						}
					}),
				),
			);
		},
	);

	it('says who has got it and what is safe when it stops', async () => {
		sandbox.configure({
			faults: [
				{ kind: 'otherCode', calls: [1] },
				{ kind: 'resetAfter', calls: [2] },
			],
		});
		const run = await send(sandbox, {
			...SIX,
			options: { ...SIX.options, failIfAnyNotAccepted: true },
		});
		expect(run.error?.message).toBe('4 of 6 recipients were not accepted');
		expect(run.error?.description).toMatch(
			pattern(
				/^2 were accepted and would get the message again if you run this again; /,
				/.* 2 may have got it: before you send to them again, /,
				/look for receipts with Task ID n8n-\d+-\w{6}-c2\.<br>/,
			),
		);
		expect(run.error?.description).toContain('2 rejected: ');
		expect(run.error?.description).toContain('2 unknown: ');
	});

	it('says that nothing was sent when nobody was accepted', async () => {
		const run = await send(sandbox, { ...SIX, parameters: { from: locator('6589999999') } });
		expect(run.error?.message).toBe('None of 6 recipients was accepted');
		expect(run.error?.description).toMatch(
			/^Nothing was sent; it is safe to run again\.<br>6 rejected: .*The number 6589999999 is not registered\./,
		);
	});

	it('does not call it safe when nobody is known to have got it', async () => {
		sandbox.configure({ faults: [{ kind: 'resetAfter', every: 1 }] });
		const run = await send(sandbox, SIX);
		expect(run.error?.message).toBe('None of 6 recipients was accepted');
		expect(run.error?.description).toMatch(
			/^6 may have got it: before you send to them again, look for receipts with Task ID \S+-c1, \S+-c2, \S+-c3\./,
		);
		expect(run.error?.description).not.toContain('safe');
		expect(run.error?.description).not.toContain('Nothing was sent');
	});

	it('Retry On Fail reports who was accepted in the first try, and sends to the others alone', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const run = await send(sandbox, {
			...SIX,
			options: { ...SIX.options, failIfAnyNotAccepted: true },
			node: RETRY,
		});
		expectSound(run, 6);
		expect(calls()).toBe(4);
		const groups = Object.fromEntries(
			taken().map(({ to, groupMessageId }) => [to, groupMessageId]),
		);
		expect(outputs(run)[0].map(({ to, groupMessageId }) => [to, groupMessageId])).toEqual(
			range(6).map((index) => [numberOf(index), groups[numberOf(index)]]),
		);
		const taskIds = Object.fromEntries(taken().map(({ to, taskId }) => [to, taskId]));
		expect(outputs(run)[0].map(({ taskId }) => taskId)).toEqual(
			range(6).map((index) => taskIds[numberOf(index)]),
		);
	});

	it('Retry, which is a new execution, does the same', async () => {
		const once = {
			...SIX,
			options: { ...SIX.options, failIfAnyNotAccepted: true },
			node: { id: 'retried' },
		};
		sandbox.configure({
			faults: [
				{ kind: 'otherCode', calls: [2] },
				{ kind: 'resetAfter', calls: [3] },
			],
		});
		const first = await send(sandbox, once);
		expect(first.status).toBe('error');
		const second = await send(sandbox, { ...once, engine: { mode: 'retry' } });
		// The unknown stay unknown.
		expect(second.error?.message).toBe('2 of 6 recipients were not accepted');
		expect(calls()).toBe(4);
		expect(sandbox.stats().recipients).toEqual({ accepted: 6, unique: 6, duplicate: 0 });
	});

	it('a second Retry of the same execution does not send to those whom the first one reached', async () => {
		const once = {
			...SIX,
			options: { ...SIX.options, failIfAnyNotAccepted: true },
			node: { id: 'retried twice' },
		};
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		await send(sandbox, once);
		await send(sandbox, { ...once, engine: { mode: 'retry' } });
		await send(sandbox, { ...once, engine: { mode: 'retry' } });
		expect(sandbox.stats().recipients).toEqual({ accepted: 6, unique: 6, duplicate: 0 });
	});

	it('a Retry of another execution sends what that one had to say', async () => {
		const once = {
			...SIX,
			options: { ...SIX.options, failIfAnyNotAccepted: true },
			node: { id: 'two campaigns' },
		};
		const tomorrow = { ...once, items: people(6).map((each) => ({ ...each, order: 'tomorrow' })) };
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2, 4, 5, 6] }] });
		await send(sandbox, once);
		expect((await send(sandbox, tomorrow)).error?.message).toBe(
			'None of 6 recipients was accepted',
		);
		const run = await send(sandbox, { ...tomorrow, engine: { mode: 'retry' } });
		expect(outputs(run)[0]).toHaveLength(6);
		expect(texts().filter((text) => text.includes('tomorrow'))).toHaveLength(6);
	});

	it.each<[string, (text: string) => Partial<MassCase>]>([
		[
			'typed as JSON',
			(order) => ({
				parameters: {
					...LIST,
					recipientSource: 'json',
					recipientsJson: JSON.stringify(people(6).map((each) => ({ ...each, order }))),
				},
			}),
		],
		[
			'in the fields of the node',
			(order) => ({
				parameters: {
					templateVariablePairs: {
						variable: [
							{ name: 'name', value: '={{ $json.name }}' },
							{ name: 'order', value: order },
						],
					},
				},
			}),
		],
	])(
		'and so it does when the input is the same and the text is another, %s',
		async (_where, campaign) => {
			const once = (order: string): MassCase => ({
				...SIX,
				options: { ...SIX.options, failIfAnyNotAccepted: true },
				node: { id: `another text ${_where}` },
				...campaign(order),
			});
			sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2, 4, 5, 6] }] });
			await send(sandbox, once('yesterday'));
			expect((await send(sandbox, once('today'))).error?.message).toBe(
				'None of 6 recipients was accepted',
			);
			const run = await send(sandbox, { ...once('today'), engine: { mode: 'retry' } });
			expect(outputs(run)[0]).toHaveLength(6);
			expect(texts().filter((text) => text.includes('today'))).toHaveLength(6);
		},
	);

	it('another execution, node or turn is not taken for a second try', async () => {
		const once = { ...SIX, options: { ...SIX.options, failIfAnyNotAccepted: true } };
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		await send(sandbox, once);
		await send(sandbox, once);
		await send(sandbox, { ...once, node: { id: 'other' }, engine: { mode: 'retry' } });
		expect(sandbox.stats().recipients.accepted).toBe(16);
	});

	it.each([
		['all refused', { parameters: { from: locator('6589999999') } }, 'rejected'],
		['all invalid', { parameters: { to: 'abc' } }, 'notSent'],
		['a list that is not there', { parameters: LIST }, 'notSent'],
		['a credential that lacks its secret', { credential: { accessKeySecret: '' } }, 'notSent'],
		[
			'Fail If Any Not Accepted',
			{
				parameters: { to: '={{ $json.name === "N1" ? "abc" : $json.phone }}' },
				options: { failIfAnyNotAccepted: true },
			},
			'notSent',
		],
	])('as an AI tool it tells the model on its one output: %s', async (_name, more, outcome) => {
		const { type } = (await loadPackage()).getNode('camsMassSend');
		const run = await send(sandbox, {
			items: people(3),
			...(more as Partial<MassCase>),
			node: { type: `${TYPE}Tool` },
			engine: { nodeTypes: { [`${TYPE}Tool`]: type as INodeType } },
		});
		expect(run.status).toBe('success');
		const [main, other] = outputs(run);
		expect(other).toEqual([]);
		expect(main).toHaveLength(3);
		expect(main.find((json) => json.outcome === outcome)).toMatchObject({
			reason: expect.stringMatching(/^[A-Z].*\.$/s),
		});
	});

	it('as an AI tool it tells the summary in one item, with those who were not accepted', async () => {
		const { type } = (await loadPackage()).getNode('camsMassSend');
		const run = await send(sandbox, {
			items: [...people(3), { ...person(3), phone: 'abc' }],
			options: { output: 'summary' },
			node: { type: `${TYPE}Tool` },
			engine: { nodeTypes: { [`${TYPE}Tool`]: type as INodeType } },
		});
		expect(outputs(run)).toMatchObject([
			[
				{
					recipients: 4,
					accepted: 3,
					notSent: 1,
					reasons: [{ cause: 'invalidRecipient', count: 1, to: ['abc'] }],
				},
			],
			[],
		]);
	});
});

describe('stopping the execution', () => {
	const stopAfter = async (at: Sandbox, count: number, massCase: MassCase) =>
		await runAndStop(
			async (engine) => await send(at, { ...massCase, engine: { ...massCase.engine, ...engine } }),
			() => calls(at) >= count,
		);

	it('lets no call leave after it, tells how many were accepted, and a later Retry sends to the others alone', async () => {
		await inOwnSandbox({ latencyMs: 60 }, async (own) => {
			const campaign: MassCase = {
				items: people(60),
				options: { maxRecipientsPerRequest: 3 },
				node: { id: 'stopped' },
			};
			const run = await stopAfter(own, 6, campaign);
			// On a busy machine a request that had left before arrives a little later.
			await new Promise((resolve) => setTimeout(resolve, 200));
			const left = calls(own);
			expect(left).toBeGreaterThanOrEqual(6);
			expect(left).toBeLessThan(9);
			const metadata = run.run.data.resultData.metadata as Record<string, string>;
			expect(Object.keys(metadata)).toEqual(['sent_by_CAMS_Send']);
			const [told] = Object.values(metadata);
			expect(told).toMatch(/^\d+ accepted,.* of 60; campaign n8n-\d+-\w{6}$/);
			const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(told)?.[1] ?? 0);
			expect(count('accepted') + count('unknown')).toBeGreaterThanOrEqual(
				own.stats().recipients.accepted,
			);
			expect(count('accepted')).toBeLessThanOrEqual(own.stats().recipients.accepted);
			expect(count('accepted') + count('unknown') + count('not sent') + count('rejected')).toBe(60);

			// Whatever were still under way would have arrived before a later run's call has.
			await new Promise((resolve) => setTimeout(resolve, 300));
			expect(calls(own)).toBe(left);

			const retried = await send(own, { ...campaign, engine: { mode: 'retry' } });
			expect(own.stats().recipients.duplicate).toBe(0);
			expectSound(retried, 60, own);
			expect(outputs(retried)[1].every(({ outcome }) => outcome === 'unknown')).toBe(true);
		});
	}, 30_000);

	it('while everybody is still being checked sends to nobody', async () => {
		let stop = () => {};
		const run = await send(sandbox, {
			parameters: { to: '={{ $json.phone + "" }}' },
			items: people(3000),
			engine: {
				onStarted: (cancel) => {
					stop = cancel;
					setTimeout(() => stop(), 60);
				},
			},
		});
		expect(run.status).not.toBe('success');
		expect(calls()).toBe(0);
	}, 20_000);
});

describe('two executions at once', () => {
	it('share what the account may do', async () => {
		await inOwnSandbox({ limits: { SendChatappMassMessage: 10 } }, async (own) => {
			const runs = await Promise.all(
				[0, 100].map((first) =>
					send(own, { items: people(12, first), options: { maxRecipientsPerRequest: 1 } }),
				),
			);
			expect(runs.map((run) => outputs(run)[0].length)).toEqual([12, 12]);
			expect(own.stats().recipients).toEqual({ accepted: 24, unique: 24, duplicate: 0 });
			expect(own.stats().calls.throttled).toBeLessThanOrEqual(1);
		});
	}, 20_000);

	it('a small one does not wait for a large one to end', async () => {
		await inOwnSandbox({ limits: { SendChatappMassMessage: 10 } }, async (own) => {
			const large = send(own, { items: people(20), options: { maxRecipientsPerRequest: 1 } });
			while (calls(own) < 3) await new Promise((resolve) => setTimeout(resolve, 5));
			const before = calls(own);
			await send(own, { items: [person(500)] });
			expect(calls(own) - before).toBeLessThanOrEqual(5);
			expect(outputs(await large)[0]).toHaveLength(20);
		});
	}, 20_000);

	it('keep to the lower rate that one of them wants', async () => {
		await unlessStalled(
			async () =>
				await inOwnSandbox({ limits: { SendChatappMassMessage: 4 } }, async (own) => {
					const run = await send(own, {
						items: people(7),
						options: { maxRecipientsPerRequest: 1, maxRequestsPerSecond: 4 },
					});
					expect(outputs(run)[0]).toHaveLength(7);
					expect(own.stats().calls.throttled).toBe(0);
				}),
		);
	}, 20_000);
});

describe('as n8n runs it', () => {
	it('Always Output Data adds an item that says nothing, and nobody to Accepted', async () => {
		const run = await send(sandbox, {
			items: [{ phone: 'abc' }, { phone: '' }],
			node: { alwaysOutputData: true, onError: 'continueRegularOutput' },
		});
		expect(outputs(run)[0]).toEqual([{}]);
		expect(outputs(run)[1]).toHaveLength(2);
	});

	it('Execute Once sends to the first item alone', async () => {
		await send(sandbox, { items: people(3), node: { executeOnce: true } });
		expect(reached()).toEqual([numberOf(0)]);
	});

	it('a loop through the node, and the same node twice, send each turn', async () => {
		const node = (name: string, id = name): INode => ({
			id,
			name,
			type: TYPE,
			typeVersion: 1,
			position: [0, 0],
			parameters: MASS as INode['parameters'],
			credentials: { chatAppApi: { id: '1', name: 'ChatApp' } },
			onError: 'stopWorkflow',
			retryOnFail: true,
		});
		/** Hands the same people on three times, then ends. */
		const again: INodeType = {
			description: {
				displayName: 'Again',
				name: 'again',
				group: ['transform'],
				version: 1,
				description: '',
				defaults: { name: 'Again' },
				inputs: ['main'],
				outputs: ['main', 'main'],
				properties: [],
			},
			async execute() {
				const items = people(2).map((json): INodeExecutionData => ({ json }));
				return (this.getWorkflowDataProxy(0).$runIndex as number) < 2 ? [items, []] : [[], items];
			},
		};
		const plain = (name: string, type: string): INode => ({
			id: name,
			name,
			type,
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		});
		const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
		const run = await runInEngine(
			{
				name: 'loop',
				nodes: [
					plain('Start', 'n8n-nodes-base.manualTrigger'),
					node('In the loop'),
					plain('Again', 'again'),
					node('群发'),
					node('Other'),
				],
				connections: {
					Start: { main: [to('In the loop')] },
					'In the loop': { main: [to('Again')] },
					Again: { main: [to('In the loop'), to('群发')] },
					群发: { main: [[]] },
				},
				pinData: { Start: people(2).map((json) => ({ json })) },
			},
			{
				credentials: { ChatApp: { api: 'cams', ...ACCOUNT, endpoint: sandbox.url } as never },
				executionId: 'loop',
				nodeTypes: { again },
			},
		);
		expect(run.status).toBe('success');
		const perRun = run.run.data.resultData.runData['In the loop'].map(
			(task) => task.data?.main[0]?.length,
		);
		expect(perRun).toEqual([2, 2, 2]);
		expect(run.items('群发')).toHaveLength(2);
		// Four turns, each of which is a campaign of its own.
		expect(sandbox.stats().recipients).toEqual({ accepted: 8, unique: 2, duplicate: 6 });
		expect(new Set(taken().map(({ taskId }) => taskId)).size).toBe(4);
	}, 20_000);
});

describe('secrets', () => {
	it('appear nowhere in the stored data of a run, whatever happens', async () => {
		const credential = {
			accessKeyId: 'STS.sandboxTemporary',
			accessKeySecret: 'sandboxTemporarySecret',
			securityToken: 'sandboxSecurityToken+/==',
		};
		for (const onError of [
			'stopWorkflow',
			'continueRegularOutput',
			'continueErrorOutput',
		] as const) {
			for (const kind of [
				undefined,
				'resetAfter',
				'serverErrorAfter',
				'nonJson',
				'otherCode',
			] as const) {
				for (const values of [
					credential,
					{ ...credential, accessKeySecret: 'aWrongSecretNobodyMaySee' },
				]) {
					sandbox.reset();
					sandbox.configure({ faults: kind ? [{ kind, every: 1 }] : [] });
					logged.length = 0;
					const { run } = await send(sandbox, {
						items: [person(0)],
						credential: values,
						node: { onError },
					});
					// As n8n stores it, as an error reporter would walk it, and what was logged.
					const seen = stringify(run) + inspect(run, { depth: 12 }) + logged.join();
					for (const secret of [
						values.accessKeySecret,
						values.securityToken,
						'ACS3-HMAC-SHA256',
						'Signature=',
					]) {
						expect(seen).not.toContain(secret);
					}
				}
			}
		}
	}, 30_000);
});
