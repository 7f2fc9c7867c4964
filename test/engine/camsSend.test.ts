import { inspect } from 'node:util';
import fc from 'fast-check';
import Fastify from 'fastify';
import { stringify } from 'flatted';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { loadPackage } from '../../sandbox/n8n/engine';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import { ANA, BEN, MIA, NODE, TEMPLATE, TEXT, locator, runNode } from './harness';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

const taken = () => sandbox.stats().messages;

describe('what goes out', () => {
	it('sends a template to each item, and pairs one output item to each', async () => {
		const run = await runNode(sandbox, { parameters: TEMPLATE, items: [MIA, BEN] });
		expect(run.status).toBe('success');
		expect(taken().map(({ to, text }) => [to, text.split('\n')[0]])).toEqual([
			['6591234567', 'Hi Mia, your order A-77 is on its way.'],
			['6591234568', 'Hi Ben, your order A-77 is on its way.'],
		]);
		expect(run.items(NODE)).toEqual(
			['6591234567', '6591234568'].map((to, index) => ({
				outcome: 'accepted',
				api: 'cams',
				to,
				from: '6580001111',
				channelType: 'whatsapp',
				messageId: taken()[index].messageId,
				taskId: taken()[index].taskId,
				requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
				templateCode: '900100200',
				language: 'en_US',
				sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
			})),
		);
		expect(run.output(NODE)[0].map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(run.hints(NODE)).toEqual([]);
	});

	it.each([
		['whatsapp', '6580001111', '+65 9123-4567', '6591234567'],
		['viber', '20001', '+380 50 123 45 67', '380501234567'],
		['messenger', '102030', '24681357', '24681357'],
		['instagram', '17841400000000001', 'u-778', 'u-778'],
		['telegram', 'shop_bot', '@mia', '@mia'],
	])('sends text by %s', async (channelType, from, to, wireTo) => {
		const run = await runNode(sandbox, {
			parameters: { ...TEXT, channelType, from: locator(from), to, text: 'Hello' },
			items: [MIA],
		});
		expect(run.items(NODE)[0]).toMatchObject({ outcome: 'accepted', channelType, to: wireTo, messageType: 'text' });
		expect(taken()).toMatchObject([{ channelType, from, to: wireTo, text: 'Hello' }]);
		expect(taken()[0].label).toBe(channelType === 'viber' ? 'promotion' : undefined);
	});

	it.each(['promotion', 'transaction'])('labels a Viber message as %s', async (label) => {
		await runNode(sandbox, { parameters: { ...TEXT, channelType: 'viber', from: locator('20001'), label }, items: [MIA] });
		expect(taken()).toMatchObject([{ label }]);
	});

	it('takes the task id of the user, and makes up a different one for each item without', async () => {
		await runNode(sandbox, { parameters: { ...TEXT, options: { taskId: '=order {{ $json.name }}' } }, items: [MIA] });
		await runNode(sandbox, { parameters: TEXT, items: [BEN, ANA] });
		const [own, ...madeUp] = taken().map(({ taskId }) => taskId);
		expect(own).toBe('order Mia');
		expect(madeUp[0]).toMatch(/^n8n-\d+-i0-\w{6}$/);
		expect(madeUp[1]).toMatch(/^n8n-\d+-i1-\w{6}$/);
	});

	it('prefers its own channel over the one of the credential, and asks for one when there is none', async () => {
		await runNode(sandbox, { parameters: { ...TEXT, custSpaceId: locator(' cams-own ') }, items: [MIA] });
		await runNode(sandbox, { parameters: TEXT, items: [MIA] });
		expect(taken().map(({ custSpaceId }) => custSpaceId)).toEqual(['cams-own', 'cams-sandbox']);
		const run = await runNode(sandbox, { parameters: TEXT, items: [MIA], credential: { custSpaceId: '' } });
		expect(run.error?.message).toBe('No channel is chosen [item 0]');
	});

	it('reads variables from JSON, and a template that carries its language', async () => {
		const run = await runNode(sandbox, {
			parameters: {
				...TEMPLATE,
				template: locator('900100200/zh_CN', 'code'),
				specifyVariables: 'json',
				templateVariablesJson: '={{ JSON.stringify({ name: $json.name, order: 5 }) }}',
			},
			items: [{ ...MIA, name: '小米 "😀" & <b>' }],
		});
		expect(run.status).toBe('success');
		expect(taken()).toMatchObject([
			{ language: 'zh_CN', text: '小米 "😀" & <b>，您的订单 5 已发货。' },
		]);
	});

	it('carries any text unchanged', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter((text) => text.trim() !== '' && !text.startsWith('=')),
				async (text) => {
					sandbox.reset();
					const run = await runNode(sandbox, { parameters: TEXT, items: [{ ...MIA, text }] });
					expect(run.items(NODE)[0].outcome).toBe('accepted');
					expect(taken()[0].content).toEqual({ text });
				},
			),
			{ numRuns: 25 },
		);
	});

	it('works with a temporary AccessKey', async () => {
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items: [MIA],
			credential: {
				accessKeyId: 'STS.sandboxTemporary',
				accessKeySecret: 'sandboxTemporarySecret',
				securityToken: 'sandboxSecurityToken+/==',
			},
		});
		expect(run.items(NODE)[0].outcome).toBe('accepted');
	});
});

/** Bad input of one item: what the user reads, by the item's second place, and that nothing is sent for it. */
const BAD_INPUT: Array<[string, IDataObject, IDataObject, RegExp, string]> = [
	['no recipient', TEXT, { ...BEN, phone: '' }, /^To is empty \[item 1\]$/, 'invalidRecipient'],
	['a recipient with letters', TEXT, { ...BEN, phone: '65 9123 ABCD' }, /^To is not a phone number \[item 1\]$/, 'invalidRecipient'],
	['several recipients', TEXT, { ...BEN, phone: '6591234567, 6591234568' }, /^To holds 2 recipients \[item 1\]$/, 'invalidRecipient'],
	['an empty variable', TEMPLATE, { ...BEN, name: '' }, /^Template variable "name" is empty \[item 1\]$/, 'missingVariable'],
	['a field that is not there', TEMPLATE, { phone: BEN.phone }, /^Template variable "name" is empty \[item 1\]$/, 'missingVariable'],
	['an object as a variable', TEMPLATE, { ...BEN, name: { first: 'Ben' } }, /^Template variable "name" is not a text \[item 1\]$/, 'invalidField'],
	['an empty text', TEXT, { ...BEN, text: '  ' }, /^Text is empty \[item 1\]$/, 'invalidField'],
	[
		'invalid JSON',
		{ ...TEMPLATE, specifyVariables: 'json', templateVariablesJson: '={{ $json.json ?? \'{"name": "x", "order": "y"}\' }}' },
		{ ...BEN, json: '{"name": "Ben" "order": "5"}' },
		/^Template Variables \(JSON\) cannot be read \[item 1\]$/,
		'invalidField',
	],
	['a failing expression', { ...TEXT, text: '={{ $json.name.toUpperCase() }}' }, { phone: BEN.phone }, /\[item 1\]$/, 'invalidField'],
	['a task id that is an object', { ...TEXT, options: { taskId: '={{ $json.task ?? "t" }}' } }, { ...BEN, task: { id: 1 } }, /^Task ID is not a text \[item 1\]$/, 'invalidField'],
	['a time-out out of range', { ...TEXT, options: { timeout: '={{ $json.seconds ?? 30 }}' } }, { ...BEN, seconds: 301 }, /^Timeout \(Seconds\) is out of range \[item 1\]$/, 'invalidField'],
];

describe('bad input', () => {
	it.each(BAD_INPUT)('%s stops the workflow before anything is sent', async (_name, parameters, bad, title) => {
		const run = await runNode(sandbox, { parameters, items: [MIA, bad, ANA] });
		expect(run.status).toBe('error');
		expect(run.error?.message).toMatch(title);
		expect((run.error as { context?: object })?.context).toMatchObject({ itemIndex: 1 });
		expect(run.error?.description).toMatch(/^Nothing has been sent\. [A-Z"]/);
		expect(taken()).toEqual([]);
	});

	it.each(BAD_INPUT)('%s leaves the other items alone with On Error = Continue', async (_name, parameters, bad, _title, cause) => {
		const run = await runNode(sandbox, {
			parameters,
			items: [MIA, bad, ANA],
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.status).toBe('success');
		const items = run.items(NODE);
		// A failing expression has nothing to say for the others either way: they are checked by their outcome.
		expect(items.map(({ outcome }) => outcome)).toEqual(['accepted', 'notSent', 'accepted']);
		expect(items[1]).toMatchObject({ cause, reason: expect.any(String) });
		expect(items.some((item) => 'error' in item)).toBe(false);
		expect(taken().map(({ to }) => to)).toEqual(['6591234567', '6591234569']);
		expect(run.hints(NODE)).toEqual(['2 accepted, 1 not sent. The field "reason" of each item says why.']);
	});
});

/** What the API refuses. */
const REFUSED: Array<[string, { parameters: IDataObject }, IDataObject, string, string]> = [
	['an unknown template', { parameters: { ...TEMPLATE, template: locator('123', 'code') } }, {}, 'The template does not exist in this language [item 0]', 'DetailError.TemplateNotExist'],
	['a language the template lacks', { parameters: { ...TEMPLATE, language: locator('en-US', 'code') } }, {}, 'The template does not exist in this language [item 0]', 'DetailError.TemplateNotExist'],
	['a variable left out', { parameters: { ...TEMPLATE, templateVariablePairs: { variable: [{ name: 'name', value: 'Mia' }] } } }, {}, 'A template variable is missing [item 0]', 'TemplateParamInvalid'],
	['a template under review', { parameters: { ...TEMPLATE, template: locator('900100202', 'code') } }, {}, 'The template is not approved yet [item 0]', 'InvalidParameter.AuditStatusNotSupport'],
	['an unregistered sender', { parameters: { ...TEXT, from: locator('6599999999') } }, {}, 'Alibaba Cloud refused the call [item 0]', 'InvalidParameter.PhoneNumberError'],
	['a wrong secret', { parameters: TEXT }, { accessKeySecret: 'not-the-secret-of-this-key' }, 'The AccessKey Secret does not belong to this AccessKey ID [item 0]', 'SignatureDoesNotMatch'],
	['an unknown AccessKey', { parameters: TEXT }, { accessKeyId: 'nobody' }, 'This AccessKey ID does not exist [item 0]', 'InvalidAccessKeyId.NotFound'],
];

describe('what the API refuses', () => {
	it.each(REFUSED)('%s, with HTTP 400 and with 200', async (_name, { parameters }, credential, title, code) => {
		for (const refusalStatus of [400, 200] as const) {
			sandbox.configure({ refusalStatus });
			const run = await runNode(sandbox, { parameters, items: [MIA], credential });
			expect(run.error?.message).toBe(title);
			expect(run.error?.description).toMatch(new RegExp(`\\(Code ${code.replace('.', '\\.')}, request ID [0-9A-F-]{36}\\)$`));
			if (code === 'TemplateParamInvalid') expect(run.error?.description).toContain('Alibaba Cloud says: The variable order is missing.');
			expect(taken()).toEqual([]);
		}
	});

	it('is sent no more than once, and the items behind it not at all when the workflow stops', async () => {
		const run = await runNode(sandbox, {
			parameters: { ...TEMPLATE, template: '={{ $json.code ? { __rl: true, mode: "code", value: $json.code } : "900100200" }}' },
			items: [MIA, { ...BEN, code: '123' }, ANA],
		});
		expect(run.error?.message).toBe('The template does not exist in this language [item 1]');
		expect(run.error?.description).toMatch(/^Item 0 was accepted and sent, and would get the message again: leave it out when you run this again\. Copy Template/);
		expect(sandbox.stats().calls).toMatchObject({ received: 2, accepted: 1, rejected: 1 });
	});

	it('says which credential is meant when it is for the other API', async () => {
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items: [MIA],
			credential: { api: 'innoPaas', appKey: 'a', accessToken: 'b' },
		});
		expect(run.error?.message).toBe('This credential is for InnoPaaS');
	});

	it('is told before any call when the credential lacks its key or has no address', async () => {
		for (const credential of [{ accessKeyId: '' }, { accessKeySecret: ' ' }, { endpoint: 'cams.example' }, { endpoint: '', region: 'a b' }]) {
			const run = await runNode(sandbox, { parameters: TEXT, items: [MIA], credential });
			expect(run.error?.message).toBe('The credential is not complete');
		}
		expect(sandbox.stats().calls.received).toBe(0);
	});
});

describe('what cannot be known is never sent again', () => {
	it.each([
		['resetBefore', 'connectionLost', 0],
		['resetAfter', 'connectionLost', 1],
		['serverErrorBefore', 'serverError', 0],
		['serverErrorAfter', 'serverError', 1],
		['nonJson', 'unreadableAnswer', 1],
		['truncatedJson', 'unreadableAnswer', 1],
		['nonceUsed', 'nonceUsed', 1],
	] as const)('%s is unknown', async (kind, cause, messages) => {
		sandbox.configure({ faults: [{ kind, calls: [1] }] });
		const run = await runNode(sandbox, { parameters: TEXT, items: [MIA, BEN], node: { onError: 'continueRegularOutput' } });
		expect(run.items(NODE)).toMatchObject([{ outcome: 'unknown', cause, taskId: expect.any(String) }, { outcome: 'accepted' }]);
		expect(run.items(NODE)[0].reason).toContain(String(run.items(NODE)[0].taskId));
		expect(sandbox.stats().calls.received).toBe(2);
		expect(taken().filter(({ to }) => to === '6591234567')).toHaveLength(messages);
	});

	// Five seconds for real: the time-out is one of the socket's, which no test clock drives.
	it('an answer that does not come within the time-out is unknown', async () => {
		sandbox.configure({ faults: [{ kind: 'hangAfter', calls: [1] }] });
		const run = await runNode(sandbox, { parameters: { ...TEXT, options: { timeout: 5 } }, items: [MIA] });
		expect(run.error?.message).toBe('It is not known whether the message went out [item 0]');
		expect(run.error?.description).toMatch(/^No answer came in time/);
		expect(sandbox.stats().calls.received).toBe(1);
	}, 15_000);

	it.each(['throttle', 'otherCode'] as const)('%s is known not to be accepted', async (kind) => {
		sandbox.configure({ faults: [{ kind, calls: [1] }] });
		const run = await runNode(sandbox, { parameters: TEXT, items: [MIA], node: { onError: 'continueRegularOutput' } });
		expect(run.items(NODE)).toMatchObject([
			kind === 'throttle' ? { outcome: 'notSent', cause: 'gaveUp', code: 'Throttling.User' } : { outcome: 'rejected', code: 'Sandbox.Refused' },
		]);
		expect(taken()).toEqual([]);
	});

	it('an address that nothing listens on is known not to be accepted', async () => {
		const gone = await startSandbox();
		await gone.close();
		const run = await runNode(sandbox, { parameters: TEXT, items: [MIA], credential: { endpoint: gone.url }, node: { onError: 'continueRegularOutput' } });
		expect(run.items(NODE)).toMatchObject([{ outcome: 'notSent', cause: 'gaveUp' }]);
		expect(run.items(NODE)[0].reason).toMatch(/^Alibaba Cloud cannot be reached/);
	});
});

describe('On Error and Retry On Fail', () => {
	/** The second recipient's template does not exist. */
	const oneRefused = { ...TEMPLATE, template: '={{ { __rl: true, mode: "code", value: $json.name === "Ben" ? "123" : "900100200" } }}' };
	const three = [MIA, BEN, ANA];

	it.each([
		[{ onError: 'stopWorkflow' as const }],
		[{ onError: 'continueRegularOutput' as const }],
		[{ onError: 'continueErrorOutput' as const }],
	])('%j never sends twice, whether the node is tried three times or once', async ({ onError }) => {
		for (const retryOnFail of [false, true]) {
			// The first, a middle and the last item is the one that is refused.
			for (const items of [[BEN, MIA, ANA], [MIA, BEN, ANA], [MIA, ANA, BEN]]) {
				sandbox.reset();
				await runNode(sandbox, {
					parameters: oneRefused,
					items,
					node: { onError, retryOnFail, maxTries: 3, waitBetweenTries: 1 },
				});
				const { recipients } = sandbox.stats();
				expect(recipients.duplicate).toBe(0);
				expect(recipients.unique).toBe(onError === 'stopWorkflow' ? items.indexOf(BEN) : 2);
			}
		}
	});

	it('stops at a refusal, and a second try sends only what was not accepted before', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const run = await runNode(sandbox, { parameters: TEXT, items: three, node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } });
		expect(run.status).toBe('success');
		expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
		expect(run.items(NODE).map(({ messageId }) => messageId)).toEqual(taken().map(({ messageId }) => messageId));
		expect(sandbox.stats().calls).toMatchObject({ received: 4, accepted: 3 });
	});

	it('does not try an unknown outcome again', async () => {
		sandbox.configure({ faults: [{ kind: 'resetAfter', calls: [2] }] });
		const run = await runNode(sandbox, { parameters: TEXT, items: three, node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } });
		expect(run.error?.message).toBe('It is not known whether the message went out [item 1]');
		expect(sandbox.stats().calls.received).toBe(2);
	});

	it('does not take another execution, loop turn or node for a second try', async () => {
		const once = { parameters: oneRefused, items: three, node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } };
		await runNode(sandbox, once);
		await runNode(sandbox, once);
		await runNode(sandbox, { ...once, node: { ...once.node, id: 'other' } });
		expect(sandbox.stats().recipients).toMatchObject({ accepted: 3, unique: 1 });
	});

	it('Continue gives every item an outcome and no key "error"', async () => {
		const run = await runNode(sandbox, { parameters: oneRefused, items: three, node: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } });
		expect(run.items(NODE)).toMatchObject([
			{ outcome: 'accepted' },
			{
				outcome: 'rejected',
				to: '6591234568',
				cause: 'apiRefused',
				code: 'DetailError.TemplateNotExist',
				requestId: expect.any(String),
				reason: expect.stringMatching(/^The template does not exist in this language\. Copy Template/),
			},
			{ outcome: 'accepted' },
		]);
		expect(run.items(NODE).some((item) => 'error' in item)).toBe(false);
	});

	it('Continue (using error output) moves what was not accepted there, with the input beside it', async () => {
		const run = await runNode(sandbox, { parameters: oneRefused, items: [BEN, MIA], node: { onError: 'continueErrorOutput' } });
		const [main, error] = run.output(NODE);
		expect(main.map(({ json }) => json.to)).toEqual(['6591234567']);
		expect(error).toMatchObject([
			{
				json: {
					...BEN,
					error: { outcome: 'rejected', cause: 'apiRefused', code: 'DetailError.TemplateNotExist', to: '6591234568' },
					message: expect.stringMatching(/^The template does not exist in this language \[item 0\]\. .*\(Code DetailError\.TemplateNotExist, request ID /),
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('Continue (using error output) with Retry On Fail says the same in one text', async () => {
		const run = await runNode(sandbox, { parameters: oneRefused, items: [BEN, MIA], node: { onError: 'continueErrorOutput', retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } });
		const [main, error] = run.output(NODE);
		expect(main.map(({ json }) => json.to)).toEqual(['6591234567']);
		expect(error.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[expect.stringMatching(/^rejected: The template does not exist in this language \[item 0\]\. .*Code DetailError/), { item: 0 }],
		]);
		expect(sandbox.stats().calls.received).toBe(2);
	});

	it.each([false, true])('the error output tells the unknown from the refused, Retry On Fail %s', async (retryOnFail) => {
		sandbox.configure({ faults: [{ kind: 'resetAfter', calls: [1] }, { kind: 'otherCode', calls: [2] }] });
		const run = await runNode(sandbox, { parameters: TEXT, items: three, node: { onError: 'continueErrorOutput', retryOnFail, maxTries: 3, waitBetweenTries: 1 } });
		const [main, error] = run.output(NODE).map((items) => items.map(({ json }) => json));
		expect(main.map(({ to }) => to)).toEqual(['6591234569']);
		const unknown = 'It is not known whether the message went out [item 0]. The connection ended';
		if (retryOnFail) {
			expect(error.map((json) => String(json.error).slice(0, 40))).toEqual([`unknown: ${unknown}`.slice(0, 40), expect.stringMatching(/^rejected: /)]);
			expect(error[0].error).toMatch(/Do not send it again yet: look for a receipt with Task ID n8n-\d+-i0-/);
		} else {
			expect(error).toMatchObject([
				{ ...MIA, error: { outcome: 'unknown', taskId: expect.any(String), sentAt: expect.any(String) }, message: expect.stringContaining(unknown) },
				{ ...BEN, error: { outcome: 'rejected' } },
			]);
		}
		expect(sandbox.stats().calls.received).toBe(3);
	});

	it('a credential that cannot be used passes nothing off as sent, however long the list', async () => {
		const items = Array.from({ length: 150_000 }, () => MIA);
		const run = await runNode(sandbox, { parameters: TEXT, items, credential: { accessKeyId: '' }, node: { onError: 'continueRegularOutput' } });
		expect(run.items(NODE)).toHaveLength(items.length);
		expect(run.items(NODE).every(({ outcome, cause }) => outcome === 'notSent' && cause === 'credential')).toBe(true);
	}, 30_000);

	it('a try that waits is not forgotten over many other executions', async () => {
		// The refusal of the second item makes the first run wait; meanwhile others fail.
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const waiting = runNode(sandbox, { parameters: TEXT, items: [MIA, BEN], node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1_500 } });
		for (let run = 0; run < 200; run++) {
			await runNode(sandbox, { parameters: TEXT, items: [{ ...ANA, phone: '' }], node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } });
		}
		await waiting;
		expect(sandbox.stats().recipients).toEqual({ accepted: 2, unique: 2, duplicate: 0 });
	}, 20_000);
});

describe('redirects', () => {
	it('are not followed: a signature is for one address, and what it carries is for one host', async () => {
		const other = Fastify();
		const arrived: string[] = [];
		other.all('/', async (request) => void arrived.push(JSON.stringify(request.headers)));
		const target = await other.listen({ host: '127.0.0.1', port: 0 });
		const redirecting = Fastify();
		redirecting.removeAllContentTypeParsers();
		redirecting.addContentTypeParser('*', (_request, _body, done) => done(null));
		redirecting.all('/', async (_request, reply) => reply.redirect(target, 307));
		const endpoint = await redirecting.listen({ host: '127.0.0.1', port: 0 });

		const run = await runNode(sandbox, { parameters: TEXT, items: [MIA], credential: { endpoint }, node: { onError: 'continueRegularOutput' } });
		expect(run.items(NODE)).toMatchObject([{ outcome: 'unknown', cause: 'unreadableAnswer' }]);
		expect(arrived).toEqual([]);
		await Promise.all([other.close(), redirecting.close()]);
	});
});

describe('stopping the execution', () => {
	it('sends nothing after it, and what the node returns adds up', async () => {
		const { type } = (await loadPackage()).getNode('camsSend') as { type: INodeType };
		let returned: INodeExecutionData[] = [];
		// n8n keeps nothing of what a stopped node returns; here it is caught on its way.
		const watched: INodeType = {
			description: type.description,
			async execute(this: IExecuteFunctions) {
				const output = (await type.execute!.call(this)) as INodeExecutionData[][];
				[returned] = output;
				return output;
			},
		};
		let stop = () => {};
		const many = Array.from({ length: 20 }, (_, index) => ({ ...MIA, phone: `659123${4000 + index}` }));
		const stopAfterThird = setInterval(() => sandbox.stats().calls.received >= 3 && stop(), 1);
		sandbox.configure({ latencyMs: 20 });
		await runNode(sandbox, {
			parameters: TEXT,
			items: many,
			engine: { onStarted: (cancel) => (stop = cancel), nodeTypes: { 'n8n-nodes-chatapp.camsSend': watched } },
		});
		clearInterval(stopAfterThird);
		const { received } = sandbox.stats().calls;
		expect(received).toBeLessThan(6);
		// Whatever were still under way would have arrived before a later run's call has.
		await runNode(sandbox, { parameters: TEXT, items: [BEN] });
		expect(sandbox.stats().calls.received).toBe(received + 1);

		const outcomes = returned.map(({ json }) => json.outcome);
		const accepted = outcomes.indexOf('unknown');
		expect(outcomes).toEqual([
			...Array<string>(accepted).fill('accepted'),
			// The one under way when the stop came.
			'unknown',
			...Array<string>(19 - accepted).fill('notSent'),
		]);
		expect(returned.at(-1)?.json).toMatchObject({ cause: 'cancelled', to: '6591234019' });
	});
});

describe('as an AI tool', () => {
	it('returns the reason of a refusal instead of throwing, so that the model reads it', async () => {
		const loader = await loadPackage();
		const type = loader.getNode('camsSend').type as never;
		expect((type as { description: { usableAsTool: boolean } }).description.usableAsTool).toBe(true);
		const run = await runNode(sandbox, {
			parameters: { ...TEMPLATE, template: locator('123', 'code') },
			items: [MIA],
			node: { type: 'n8n-nodes-chatapp.camsSendTool' },
			engine: { nodeTypes: { 'n8n-nodes-chatapp.camsSendTool': type } },
		});
		expect(run.status).toBe('success');
		expect(run.items(NODE)).toMatchObject([
			{ outcome: 'rejected', reason: expect.stringMatching(/^The template does not exist/) },
		]);
	});
});

describe('secrets', () => {
	it('appear nowhere in the stored data of a run, whatever happens', async () => {
		const credential = {
			accessKeyId: 'STS.sandboxTemporary',
			accessKeySecret: 'sandboxTemporarySecret',
			securityToken: 'sandboxSecurityToken+/==',
		};
		const wrong = { ...credential, accessKeySecret: 'aWrongSecretNobodyMaySee' };
		const printed: string[] = [];
		const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
			jest.spyOn(console, level).mockImplementation((...args) => void printed.push(JSON.stringify(args))),
		);
		for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const) {
			for (const kind of [undefined, 'resetAfter', 'serverErrorAfter', 'nonJson', 'throttle', 'otherCode'] as const) {
				for (const values of [credential, wrong, { ...credential, endpoint: 'http://127.0.0.1:9' }]) {
					sandbox.reset();
					sandbox.configure({ faults: kind ? [{ kind, every: 1 }] : [] });
					const { run } = await runNode(sandbox, { parameters: TEXT, items: [MIA], credential: values, node: { onError } });
					// As n8n stores it, and as an error reporter would walk it.
					const seen = stringify(run) + inspect(run, { depth: 12 }) + printed.join();
					for (const secret of [values.accessKeySecret, values.securityToken, 'ACS3-HMAC-SHA256', 'Signature=']) {
						expect(seen).not.toContain(secret);
					}
				}
			}
		}
		spies.forEach((spy) => spy.mockRestore());
	});
});
