import { Socket } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import Fastify from 'fastify';
import { stringify } from 'flatted';
import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

import type { RateLimiter } from '../../nodes/shared/http/rateLimiter';
import { ACCOUNT } from '../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS, type Settings } from '../../sandbox/settings';
import { loadPackage } from '../../scripts/n8n/engine';
import { onlySends, withGateway } from '../support/gateway';
import {
	errorTitle,
	ANA,
	BEN,
	MIA,
	NODE,
	TEMPLATE,
	TEXT,
	locator,
	newExecutionId,
	people,
	runNode,
} from '../support/harness';
import { pattern } from '../support/pattern';

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

/** Calls that sent something; what a template holds is read besides, once a minute. */
const sends = () => sandbox.stats().calls.byOperation.SendChatappMessage ?? 0;

/** What nobody but the API can tell: whether a sender is registered. */
const UNREGISTERED = '6599999999';
/** The sender of an item of its own, else the registered one. */
const SENDER_OF_ITEM = '={{ $json.from ?? "6580001111" }}';
const NOT_REGISTERED =
	/^The sender is not registered for this channel\. Pick it again from the list; .* Alibaba Cloud says: The number 6599999999 is not registered\./;

/**
 * A sandbox of a test's own. The pace of calls is kept for each endpoint over all runs of the process: what provokes
 * throttling would slow every later test of the file.
 */
async function withOwnSandbox(
	settings: Partial<Settings>,
	test: (own: Sandbox) => Promise<void>,
): Promise<void> {
	const own = await startSandbox(0, settings);
	try {
		await test(own);
	} finally {
		await own.close();
	}
}

/** Calls that leave far enough apart to come in this order, and answers that take long enough for several to be in flight. */
const IN_ORDER: IDataObject = { options: { maxRequestsPerSecond: 20 } };
const SLOW: Partial<Settings> = { latencyMs: 250 };

/** The indexes in "Items 0 and 2 to 4 were accepted", and in "Item 2 may have got it", of the error of a stopped workflow. */
function namedBy(description: string | null | undefined): {
	accepted: number[];
	unknown: number[];
} {
	const indexes = (pattern: RegExp) => {
		const words = pattern.exec(description ?? '')?.[1] ?? '';
		return [...words.matchAll(/(\d+)(?: to (\d+))?/g)].flatMap(([, first, last = first]) =>
			Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
		);
	};
	return {
		accepted: indexes(/Items? ([\d, and to]+?) (?:was|were) accepted and sent/),
		unknown: indexes(/Items? ([\d, and to]+?) may have got it/),
	};
}

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
		expect(run.output(NODE)[0].map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
		]);
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
		expect(run.items(NODE)[0]).toMatchObject({
			outcome: 'accepted',
			channelType,
			to: wireTo,
			messageType: 'text',
		});
		expect(taken()).toMatchObject([{ channelType, from, to: wireTo, text: 'Hello' }]);
		expect(taken()[0].label).toBe(channelType === 'viber' ? 'promotion' : undefined);
	});

	it.each(['promotion', 'transaction'])('labels a Viber message as %s', async (label) => {
		await runNode(sandbox, {
			parameters: { ...TEXT, channelType: 'viber', from: locator('20001'), label },
			items: [MIA],
		});
		expect(taken()).toMatchObject([{ label }]);
	});

	it('takes the task id of the user, and makes up a different one for each item without', async () => {
		await runNode(sandbox, {
			parameters: { ...TEXT, options: { taskId: '=order {{ $json.name }}' } },
			items: [MIA],
		});
		await runNode(sandbox, { parameters: TEXT, items: [BEN, ANA] });
		const [own, ...madeUp] = taken().map(({ taskId }) => taskId);
		expect(own).toBe('order Mia');
		expect(madeUp[0]).toMatch(/^n8n-\d+-[\da-f]{6}-i0$/);
		expect(madeUp[1]).toBe(madeUp[0]!.replace(/0$/, '1'));
	});

	it('names the execution in the task ids it makes up, and makes up others for a second run of the same', async () => {
		await runNode(sandbox, { parameters: TEXT, items: [MIA], engine: { executionId: '4711' } });
		await runNode(sandbox, { parameters: TEXT, items: [BEN], engine: { executionId: '4711' } });
		const [first, second] = taken().map(({ taskId }) => taskId);
		expect(first).toMatch(/^n8n-4711-/);
		expect(second).toMatch(/^n8n-4711-/);
		expect(first).not.toBe(second);
	});

	it('gives the results in the order of the items, whatever order the answers come in', async () => {
		sandbox.configure({ jitterMs: 200 });
		const items = people(60);
		const run = await runNode(sandbox, { parameters: TEXT, items });
		expect(run.items(NODE).map(({ to }) => to)).toEqual(items.map(({ phone }) => phone));
		expect(run.output(NODE)[0].map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_item, item) => ({ item })),
		);
		const idOf = new Map(taken().map(({ to, messageId }) => [to, messageId]));
		expect(run.items(NODE).map(({ messageId }) => messageId)).toEqual(
			items.map(({ phone }) => idOf.get(phone)),
		);
		expect(sandbox.stats().recipients).toEqual({ accepted: 60, unique: 60, duplicate: 0 });
	});

	it('sends several messages to one recipient one after the other, and to others meanwhile', async () => {
		sandbox.configure({ latencyMs: 150 });
		const items = ['one', 'two', 'three'].flatMap((text) => [
			{ ...MIA, text },
			{ ...BEN, text },
		]);
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items,
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual(Array(6).fill('accepted'));
		for (const to of ['6591234567', '6591234568']) {
			const messages = taken().filter((message) => message.to === to);
			expect(messages.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
			// Each left when the one before was answered.
			expect(messages[1].at - messages[0].at).toBeGreaterThanOrEqual(140);
			expect(messages[2].at - messages[1].at).toBeGreaterThanOrEqual(140);
		}
		expect(
			taken()
				.slice(0, 2)
				.map(({ to }) => to),
		).toEqual(['6591234567', '6591234568']);
	});

	it('keeps to the limit of the user', async () => {
		await runNode(sandbox, {
			parameters: { ...TEXT, options: { maxRequestsPerSecond: 2 } },
			items: people(4),
		});
		const times = taken().map(({ at }) => at);
		// Of four, two leave in the first second at most. The margin is for the way to the sandbox.
		expect(times[2] - times[0]).toBeGreaterThan(900);
		expect(times[3] - times[1]).toBeGreaterThan(900);
	});

	it('prefers its own channel over the one of the credential, and asks for one when there is none', async () => {
		await runNode(sandbox, {
			parameters: { ...TEXT, custSpaceId: locator(' cams-own ') },
			items: [MIA],
		});
		await runNode(sandbox, { parameters: TEXT, items: [MIA] });
		expect(taken().map(({ custSpaceId }) => custSpaceId)).toEqual(['cams-own', 'cams-sandbox']);
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items: [MIA],
			credential: { custSpaceId: '' },
		});
		expect(errorTitle(run)).toBe('No channel is chosen [item 0]');
	});

	it.each(['camsSend', 'camsMassSend'])(
		'%s takes the only channel of the account where none is named',
		async (name) => {
			const run = await runNode(sandbox, {
				parameters: { ...TEMPLATE, channelType: 'messenger', from: locator('102030405060708') },
				node: { type: `n8n-nodes-chatapp.${name}` },
				items: [MIA, BEN],
				credential: { custSpaceId: '' },
			});
			expect(run.error).toBeUndefined();
			expect(taken().map(({ custSpaceId }) => custSpaceId)).toEqual([
				'cams-sandbox',
				'cams-sandbox',
			]);
			expect(sandbox.stats().calls.byOperation.ListInstance ?? 0).toBeLessThanOrEqual(1);
		},
	);

	it('a channel that is named costs no look-up', async () => {
		for (const custSpaceId of [locator('cams-own'), locator('={{ "cams-own" }}')])
			await runNode(sandbox, {
				parameters: { ...TEXT, custSpaceId },
				items: [MIA],
				credential: { custSpaceId: '' },
			});
		expect(taken()).toHaveLength(2);
		expect(sandbox.stats().calls.byOperation).not.toHaveProperty('ListInstance');
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
				fc
					.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
					.filter((text) => text.trim() !== '' && !text.startsWith('=')),
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
	[
		'a recipient with letters',
		TEXT,
		{ ...BEN, phone: '65 9123 ABCD' },
		/^To is not a phone number \[item 1\]$/,
		'invalidRecipient',
	],
	[
		'several recipients',
		TEXT,
		{ ...BEN, phone: '6591234567, 6591234568' },
		/^To holds 2 recipients \[item 1\]$/,
		'invalidRecipient',
	],
	[
		'an empty variable',
		TEMPLATE,
		{ ...BEN, name: '' },
		/^Template variable "name" is empty \[item 1\]$/,
		'missingVariable',
	],
	[
		'a field that is not there',
		TEMPLATE,
		{ phone: BEN.phone },
		/^Template variable "name" is empty \[item 1\]$/,
		'missingVariable',
	],
	[
		'an object as a variable',
		TEMPLATE,
		{ ...BEN, name: { first: 'Ben' } },
		/^Template variable "name" is not a text \[item 1\]$/,
		'invalidField',
	],
	['an empty text', TEXT, { ...BEN, text: '  ' }, /^Text is empty \[item 1\]$/, 'invalidField'],
	[
		'invalid JSON',
		{
			...TEMPLATE,
			specifyVariables: 'json',
			templateVariablesJson: '={{ $json.json ?? \'{"name": "x", "order": "y"}\' }}',
		},
		{ ...BEN, json: '{"name": "Ben" "order": "5"}' },
		/^Template Variables \(JSON\) is not valid JSON \[item 1\]$/,
		'invalidField',
	],
	[
		'a failing expression',
		{ ...TEXT, text: '={{ $json.name.toUpperCase() }}' },
		{ phone: BEN.phone },
		/\[item 1\]$/,
		'invalidField',
	],
	[
		'a task id that is an object',
		{ ...TEXT, options: { taskId: '={{ $json.task ?? "t" }}' } },
		{ ...BEN, task: { id: 1 } },
		/^Task ID is not a text \[item 1\]$/,
		'invalidField',
	],
	[
		'a limit of no calls',
		{ ...TEXT, options: { maxRequestsPerSecond: '={{ $json.most ?? 250 }}' } },
		{ ...BEN, most: 0 },
		/^Max Requests per Second is out of range \[item 1\]$/,
		'invalidField',
	],
	[
		'a limit above the documented rate',
		{ ...TEXT, options: { maxRequestsPerSecond: '={{ $json.most ?? 249 }}' } },
		{ ...BEN, most: 251 },
		/^Max Requests per Second is out of range \[item 1\]$/,
		'invalidField',
	],
	[
		'a limit that is no whole number',
		{ ...TEXT, options: { maxRequestsPerSecond: '={{ $json.most ?? 250 }}' } },
		{ ...BEN, most: 1.5 },
		/^Max Requests per Second is not a whole number \[item 1\]$/,
		'invalidField',
	],
	[
		'a time-out out of range',
		{ ...TEXT, options: { timeout: '={{ $json.seconds ?? 30 }}' } },
		{ ...BEN, seconds: 301 },
		/^Timeout \(Seconds\) is out of range \[item 1\]$/,
		'invalidField',
	],
];

describe('bad input', () => {
	it.each(BAD_INPUT)(
		'%s stops the workflow before anything is sent',
		async (_name, parameters, bad, title) => {
			const run = await runNode(sandbox, { parameters, items: [MIA, bad, ANA] });
			expect(run.status).toBe('error');
			expect(errorTitle(run)).toMatch(title);
			expect((run.error as { context?: object })?.context).toMatchObject({ itemIndex: 1 });
			expect(run.error?.description).toMatch(/^Nothing has been sent\. [A-Z"]/);
			expect(run.error?.description).toMatch(
				/ To send the others all the same, set Settings > On Error to Continue\.$/,
			);
			expect(taken()).toEqual([]);
		},
	);

	it.each(BAD_INPUT)(
		'%s leaves the other items alone with On Error = Continue',
		async (_name, parameters, bad, _title, cause) => {
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
			expect(run.hints(NODE)).toEqual([
				'2 accepted, 1 not sent. The field "reason" of each item says why.',
			]);
		},
	);
});

/** A template that cannot go out as it is filled in: its fields, what the user reads, the next step. */
const FORESEEN: Array<[string, IDataObject, string, string]> = [
	[
		'an unknown template',
		{ template: locator('123', 'code') },
		'The template does not exist in this language',
		'Copy Template and Language again from Template Design in the console',
	],
	[
		'a language the template lacks',
		{ language: locator('en-US', 'code') },
		'The template does not exist in en-US',
		'It exists in en_US and zh_CN. Pick it again under Template',
	],
	[
		'a language that a picked template lacks',
		{ template: locator('900100200/fr', 'list') },
		'The template does not exist in fr',
		'It exists in en_US and zh_CN.',
	],
	[
		'a language it lacks, of those it has one',
		{ template: locator('900100201/en_US', 'list') },
		'The template does not exist in en_US',
		'It exists in en.',
	],
	[
		'a variable left out',
		{ templateVariablePairs: { variable: [{ name: 'name', value: 'Mia' }] } },
		'Template variable "order" is missing',
		'The template requires a value for order.',
	],
	[
		'a variable it does not have',
		{ templateVariablePairs: { variable: [{ name: 'Name', value: 'Mia' }] } },
		'The template has no variable "Name"',
		'It has name and order. Names are case-sensitive.',
	],
	[
		'a variable for a template without any',
		{ template: locator('900100201/en', 'list') },
		'The template has no variable "name"',
		'It has no variables.',
	],
	[
		'a template under review',
		{ template: locator('900100202', 'code') },
		'The template is not approved yet',
		'Its status is "auditing". Send it once the console shows it as approved.',
	],
];

describe('what can be foreseen is refused before sending', () => {
	it.each(FORESEEN)(
		'%s, whether the API answers with HTTP 400 or 200',
		async (_name, parameters, title, advice) => {
			for (const refusalStatus of [400, 200] as const) {
				sandbox.configure({ refusalStatus });
				const run = await runNode(sandbox, {
					parameters: { ...TEMPLATE, ...parameters },
					items: [MIA],
				});
				expect(errorTitle(run)).toBe(`${title} [item 0]`);
				expect(run.error?.description).toMatch(/^Nothing has been sent\. /);
				expect(run.error?.description).toContain(advice);
				expect(sends()).toBe(0);
			}
		},
	);

	it.each(FORESEEN)(
		'%s leaves the other items alone with On Error = Continue',
		async (_name, parameters, title) => {
			const wrong = {
				template: TEMPLATE.template,
				language: TEMPLATE.language,
				templateVariablePairs: TEMPLATE.templateVariablePairs,
				...parameters,
			} as Record<string, { value?: string; variable?: unknown }>;
			// Each item has its own template, language and variables.
			const own = (name: string, right: string) =>
				`={{ $json.wrong?.${name} ?? ${JSON.stringify(right)} }}`;
			const run = await runNode(sandbox, {
				parameters: {
					...TEMPLATE,
					template: own('template', '900100200'),
					language: own('language', 'en_US'),
					specifyVariables: 'json',
					templateVariablesJson:
						'={{ $json.wrong?.variables ?? { name: $json.name, order: "A-77" } }}',
				},
				items: [
					MIA,
					{
						...BEN,
						wrong: {
							template: wrong.template.value,
							language: wrong.language.value,
							variables: Object.fromEntries(
								(wrong.templateVariablePairs.variable as Array<{ name: string }>).map(
									({ name }) => [name, 'Ben'],
								),
							),
						},
					},
					ANA,
				],
				node: { onError: 'continueRegularOutput' },
			});
			expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual([
				'accepted',
				'notSent',
				'accepted',
			]);
			expect(run.items(NODE)[1]).toMatchObject({
				cause: /variable "\w+" is missing/.test(title) ? 'missingVariable' : 'invalidField',
				to: BEN.phone,
				reason: expect.stringContaining(`${title}. `),
			});
			expect(taken().map(({ to }) => to)).toEqual(['6591234567', '6591234569']);
			expect(sends()).toBe(2);
		},
	);

	it('with one reading for all items, which later runs need no more for a minute', async () => {
		await withOwnSandbox({}, async (own) => {
			await runNode(own, { parameters: TEMPLATE, items: people(30) });
			await runNode(own, { parameters: TEMPLATE, items: [MIA] });
			expect(own.stats().calls.byOperation).toEqual({
				GetChatappTemplateDetail: 1,
				SendChatappMessage: 31,
			});
		});
	});

	it('with one reading for a long list whose template is gone, and none is sent', async () => {
		await withOwnSandbox({}, async (own) => {
			const run = await runNode(own, {
				parameters: { ...TEMPLATE, template: locator('123', 'code') },
				items: people(50),
				node: { onError: 'continueRegularOutput' },
			});
			expect(run.items(NODE).every(({ outcome }) => outcome === 'notSent')).toBe(true);
			// One to see whether it exists in another language.
			expect(own.stats().calls.byOperation).toEqual({
				GetChatappTemplateDetail: 1,
				ListChatappTemplate: 1,
			});
		});
	});

	it('but a template that cannot be read is no reason not to send', async () => {
		await withGateway(sandbox, onlySends, async (endpoint) => {
			const run = await runNode(sandbox, {
				parameters: TEMPLATE,
				items: [MIA, BEN],
				credential: { endpoint },
			});
			expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
			expect(taken().map(({ text }) => text.split(',')[0])).toEqual(['Hi Mia', 'Hi Ben']);
		});
	});
});

/** What the API refuses; the templates only where they cannot be read beforehand. */
const REFUSED: Array<[string, { parameters: IDataObject }, IDataObject, string, string]> = [
	[
		'an unknown template',
		{ parameters: { ...TEMPLATE, template: locator('123', 'code') } },
		{},
		'The template does not exist in this language [item 0]',
		'DetailError.TemplateNotExist',
	],
	[
		'a language the template lacks',
		{ parameters: { ...TEMPLATE, language: locator('en-US', 'code') } },
		{},
		'The template does not exist in this language [item 0]',
		'DetailError.TemplateNotExist',
	],
	[
		'a variable left out',
		{
			parameters: {
				...TEMPLATE,
				templateVariablePairs: { variable: [{ name: 'name', value: 'Mia' }] },
			},
		},
		{},
		'A template variable is missing [item 0]',
		'TemplateParamInvalid',
	],
	[
		'a template under review',
		{ parameters: { ...TEMPLATE, template: locator('900100202', 'code') } },
		{},
		'The template is not approved yet [item 0]',
		'InvalidParameter.AuditStatusNotSupport',
	],
	[
		'an unregistered sender',
		{ parameters: { ...TEXT, from: locator(UNREGISTERED) } },
		{},
		'The sender is not registered for this channel [item 0]',
		'InvalidParameter.PhoneNumberError',
	],
	[
		"a channel of somebody else's",
		{ parameters: { ...TEXT, custSpaceId: locator('cams-other') } },
		{},
		'The channel or sender belongs to another account [item 0]',
		'Unknown.ResourceOwnerId',
	],
	[
		'a wrong secret',
		{ parameters: TEXT },
		{ accessKeySecret: 'not-the-secret-of-this-key' },
		'The AccessKey Secret does not belong to this AccessKey ID [item 0]',
		'SignatureDoesNotMatch',
	],
	[
		'an unknown AccessKey',
		{ parameters: TEXT },
		{ accessKeyId: 'nobody' },
		'This AccessKey ID does not exist [item 0]',
		'InvalidAccessKeyId.NotFound',
	],
	[
		'a wrong secret, for a template',
		{ parameters: TEMPLATE },
		{ accessKeySecret: 'not-the-secret-of-this-key' },
		'The AccessKey Secret does not belong to this AccessKey ID [item 0]',
		'SignatureDoesNotMatch',
	],
];

describe('what the API refuses', () => {
	it.each(REFUSED)(
		'%s, with HTTP 400 and with 200',
		async (_name, { parameters }, credential, title, code) => {
			await withGateway(sandbox, onlySends, async (endpoint) => {
				for (const refusalStatus of [400, 200] as const) {
					sandbox.configure({ refusalStatus });
					const run = await runNode(sandbox, {
						parameters,
						items: [MIA],
						credential: { endpoint, ...credential },
					});
					expect(errorTitle(run)).toBe(title);
					expect(run.error?.description).toMatch(
						new RegExp(`\\(Code ${code.replace('.', '\\.')}, request ID [0-9A-F-]{36}\\)$`),
					);
					if (code === 'TemplateParamInvalid')
						expect(run.error?.description).toContain(
							'Alibaba Cloud says: The variable order is missing.',
						);
					expect(taken()).toEqual([]);
				}
				expect(sends()).toBe(2);
			});
		},
	);

	const oneRefused = { ...TEMPLATE, from: SENDER_OF_ITEM };

	it('is sent no more than once, and the error names who behind it has got the message', async () => {
		sandbox.configure(SLOW);
		const run = await runNode(sandbox, {
			parameters: { ...oneRefused, ...IN_ORDER },
			items: [MIA, { ...BEN, from: UNREGISTERED }, ANA],
		});
		expect(errorTitle(run)).toBe('The sender is not registered for this channel [item 1]');
		expect(run.error?.description).toMatch(
			pattern(
				/^Items 0 and 2 were accepted and sent, and would get the message again: /,
				/leave them out if you run this again\. Pick it again from the list; .*/,
				/Alibaba Cloud says: The number/,
			),
		);
		expect(sandbox.stats().calls).toMatchObject({ rejected: 1 });
		expect(sends()).toBe(3);
		expect(taken().map(({ to }) => to)).toEqual(['6591234567', '6591234569']);
	});

	it('is named apart from who may have got the message', async () => {
		sandbox.configure({
			...SLOW,
			faults: [
				{ kind: 'resetAfter', calls: [3] },
				{ kind: 'resetBefore', calls: [5] },
			],
		});
		const items = people(6);
		const run = await runNode(sandbox, {
			parameters: { ...oneRefused, ...IN_ORDER },
			items: items.map((item, index) => (index === 3 ? { ...item, from: UNREGISTERED } : item)),
		});
		// The first item in the order of the list that was not accepted is the one the workflow stops for.
		expect(errorTitle(run)).toBe('It is unknown whether the message was sent [item 2]');
		expect(run.error?.description).toMatch(
			pattern(
				/^Items 0, 1 and 5 were accepted and sent, and would get the message again: /,
				/leave them out if you run this again\. /,
				/Item 4 may have got it\. The connection was lost/,
			),
		);
		expect(
			taken()
				.map(({ to }) => to)
				.sort(),
		).toEqual([0, 1, 2, 5].map((index) => items[index].phone));
	});

	it('stops a long list after its first item, when it is wrong with all of them', async () => {
		sandbox.configure(SLOW);
		const run = await runNode(sandbox, {
			parameters: { ...TEMPLATE, from: locator(UNREGISTERED) },
			items: people(50),
		});
		expect(errorTitle(run)).toBe('The sender is not registered for this channel [item 0]');
		expect(run.error?.description).toMatch(/^Nothing has been sent\. /);
		expect(sends()).toBe(1);
	});

	it('keeps back what is still waiting for its turn', async () => {
		// A quarter of a second between calls: the refusal is known long before the third would leave.
		const run = await runNode(sandbox, {
			parameters: { ...oneRefused, options: { maxRequestsPerSecond: 4 } },
			items: [MIA, { ...BEN, from: UNREGISTERED }, ...people(4)],
		});
		expect(errorTitle(run)).toBe('The sender is not registered for this channel [item 1]');
		expect(sends()).toBe(2);
	});

	it('says which credential is meant when it is for the other API', async () => {
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items: [MIA],
			credential: { api: 'innoPaas', appKey: 'a', accessToken: 'b' },
		});
		expect(errorTitle(run)).toBe('This credential is for InnoPaaS');
	});

	it('is told before any call when the credential lacks its key or has no address', async () => {
		for (const credential of [
			{ accessKeyId: '' },
			{ accessKeySecret: ' ' },
			{ endpoint: 'cams.example' },
			{ endpoint: '', region: 'a b' },
		]) {
			const run = await runNode(sandbox, { parameters: TEXT, items: [MIA], credential });
			expect(errorTitle(run)).toBe('The credential cannot be used');
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
		const run = await runNode(sandbox, {
			parameters: { ...TEXT, ...IN_ORDER },
			items: [MIA, BEN],
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.items(NODE)).toMatchObject([
			{ outcome: 'unknown', cause, taskId: expect.any(String) },
			{ outcome: 'accepted' },
		]);
		expect(run.items(NODE)[0].reason).toContain(String(run.items(NODE)[0].taskId));
		expect(sandbox.stats().calls.received).toBe(2);
		expect(taken().filter(({ to }) => to === '6591234567')).toHaveLength(messages);
	});

	// Five seconds for real: the time-out is one of the socket's, which no test clock drives.
	it('an answer that does not come within the time-out is unknown', async () => {
		sandbox.configure({ faults: [{ kind: 'hangAfter', calls: [1] }] });
		const run = await runNode(sandbox, {
			parameters: { ...TEXT, options: { timeout: 5 } },
			items: [MIA],
		});
		expect(errorTitle(run)).toBe('It is unknown whether the message was sent [item 0]');
		expect(run.error?.description).toMatch(/^The request timed out/);
		expect(sandbox.stats().calls.received).toBe(1);
	}, 15_000);

	it('otherCode is known not to be accepted, and not sent again', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [1] }] });
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items: [MIA],
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.items(NODE)).toMatchObject([{ outcome: 'rejected', code: 'Sandbox.Refused' }]);
		expect(sandbox.stats().calls).toMatchObject({ received: 1, accepted: 0 });
	});
});

describe('what is proven not accepted is sent again', () => {
	it.each(['Throttling.User', 'Throttling.Api', 'Throttling', 'System.LimitControl'] as const)(
		'once the API takes it, after %s',
		async (throttleCode) => {
			await withOwnSandbox(
				{ throttleCode, faults: [{ kind: 'throttle', calls: [1, 2] }] },
				async (own) => {
					const run = await runNode(own, { parameters: TEXT, items: [MIA] });
					expect(run.items(NODE)).toMatchObject([
						{ outcome: 'accepted', messageId: own.stats().messages[0].messageId },
					]);
					expect(own.stats().calls).toMatchObject({ received: 3, throttled: 2, accepted: 1 });
					expect(own.stats().recipients).toEqual({ accepted: 1, unique: 1, duplicate: 0 });
					expect(own.stats().messages[0].taskId).toBe(run.items(NODE)[0].taskId);
				},
			);
		},
		15_000,
	);

	it('no sooner than the API has asked for', async () => {
		await withOwnSandbox(
			{ retryAfterMs: 700, faults: [{ kind: 'throttle', calls: [1] }] },
			async (own) => {
				await runNode(own, { parameters: TEXT, items: [MIA] });
				const { firstCallAt, messages } = own.stats();
				expect(messages[0].at - firstCallAt!).toBeGreaterThanOrEqual(690);
			},
		);
	}, 15_000);

	it('but not for ever: then it is not sent, with the code of the API', async () => {
		await withOwnSandbox({ faults: [{ kind: 'throttle', every: 1 }] }, async (own) => {
			// As after a hundred repetitions of other calls. Ten attempts would take half a minute for real.
			const { rateLimiterFor } = jest.requireActual<{
				rateLimiterFor(key: string, callsPerSecond: number): RateLimiter;
			}>('../../dist/nodes/shared/http/rateLimiter');
			const rateLimiter = rateLimiterFor(
				`${own.url} ${ACCOUNT.accessKeyId} SendChatappMessage`,
				250,
			);
			for (let retry = 1; rateLimiter.takeRetryToken(); retry++)
				expect(retry).toBeLessThanOrEqual(100);

			const run = await runNode(own, {
				parameters: TEXT,
				items: [MIA],
				node: { onError: 'continueRegularOutput' },
			});
			expect(run.items(NODE)).toMatchObject([
				{
					outcome: 'notSent',
					cause: 'gaveUp',
					code: 'Throttling.User',
					reason: expect.stringMatching(
						/^Alibaba Cloud is receiving too many requests from this account\./,
					),
				},
			]);
			expect(own.stats().calls).toMatchObject({ received: 1, accepted: 0 });
		});
	}, 15_000);

	it('three times where nothing listens on the address, and then it is not sent', async () => {
		const gone = await startSandbox();
		await gone.close();
		const connect = jest.spyOn(Socket.prototype, 'connect');
		try {
			const run = await runNode(gone, {
				parameters: TEXT,
				items: [MIA],
				node: { onError: 'continueRegularOutput' },
			});
			expect(run.items(NODE)).toMatchObject([
				{
					outcome: 'notSent',
					cause: 'gaveUp',
					reason: expect.stringMatching(/^Alibaba Cloud cannot be reached/),
				},
			]);
			// Node.js calls it with the options first, or in a list of their own.
			const ports = connect.mock.calls.map((args) =>
				String((args.flat()[0] as { port?: unknown }).port),
			);
			expect(ports.filter((port) => port === new URL(gone.url).port)).toHaveLength(3);
		} finally {
			connect.mockRestore();
		}
	}, 15_000);

	it('and a list longer than a low quota arrives whole, each recipient once', async () => {
		await withOwnSandbox({ limits: { SendChatappMessage: 40 } }, async (own) => {
			const items = people(80);
			const run = await runNode(own, { parameters: TEXT, items });
			expect(run.items(NODE).filter(({ outcome }) => outcome === 'accepted')).toHaveLength(80);
			expect(own.stats().recipients).toEqual({ accepted: 80, unique: 80, duplicate: 0 });
			expect(own.stats().calls.throttled).toBeGreaterThan(0);
		});
	}, 30_000);
});

describe('On Error and Retry On Fail', () => {
	/** The second recipient's sender is not registered, which only the API knows. */
	const oneRefused = {
		...TEMPLATE,
		from: `={{ { __rl: true, mode: "id", value: $json.name === "Ben" ? "${UNREGISTERED}" : "6580001111" } }}`,
	};
	const CODE = 'InvalidParameter.PhoneNumberError';
	const three = [MIA, BEN, ANA];

	it.each([
		[{ onError: 'stopWorkflow' as const }],
		[{ onError: 'continueRegularOutput' as const }],
		[{ onError: 'continueErrorOutput' as const }],
	])('%j never sends twice, whether the node is tried three times or once', async ({ onError }) => {
		for (const retryOnFail of [false, true]) {
			// The first, a middle and the last item is the one that is refused.
			for (const items of [
				[BEN, MIA, ANA],
				[MIA, BEN, ANA],
				[MIA, ANA, BEN],
			]) {
				sandbox.reset();
				const run = await runNode(sandbox, {
					parameters: oneRefused,
					items,
					node: { onError, retryOnFail, maxTries: 3, waitBetweenTries: 1 },
				});
				const { recipients } = sandbox.stats();
				expect(recipients.duplicate).toBe(0);
				if (onError === 'stopWorkflow') {
					const got = taken().map(({ to }) =>
						items.findIndex(({ phone }) => phone.replace(/\D/g, '') === to),
					);
					expect(namedBy(run.error?.description).accepted).toEqual(got.sort());
					// Those before it surely; those behind it only when they left before it was known; none when it was the first.
					expect(recipients.unique).toBeGreaterThanOrEqual(items.indexOf(BEN));
					if (items[0] === BEN) expect(recipients.unique).toBe(0);
				} else {
					expect(recipients.unique).toBe(2);
				}
			}
		}
	});

	it('stops at a refusal, and a second try sends only what was not accepted before', async () => {
		sandbox.configure({ ...SLOW, faults: [{ kind: 'otherCode', calls: [2] }] });
		const run = await runNode(sandbox, {
			parameters: { ...TEXT, ...IN_ORDER },
			items: three,
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(run.status).toBe('success');
		expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual([
			'accepted',
			'accepted',
			'accepted',
		]);
		// The third was in flight when the second was refused.
		expect(taken().map(({ to }) => to)).toEqual(['6591234567', '6591234569', '6591234568']);
		const idOf = new Map(taken().map(({ to, messageId }) => [to, messageId]));
		expect(run.items(NODE).map(({ to, messageId }) => messageId === idOf.get(String(to)))).toEqual([
			true,
			true,
			true,
		]);
		expect(sandbox.stats().calls).toMatchObject({ received: 4, accepted: 3 });
	});

	it('does not try an unknown outcome again, and names in every try who has got it', async () => {
		sandbox.configure({ ...SLOW, faults: [{ kind: 'resetAfter', calls: [2] }] });
		const run = await runNode(sandbox, {
			parameters: { ...TEXT, ...IN_ORDER },
			items: three,
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(errorTitle(run)).toBe('It is unknown whether the message was sent [item 1]');
		expect(namedBy(run.error?.description)).toEqual({ accepted: [0, 2], unknown: [] });
		expect(sandbox.stats().calls.received).toBe(3);
	});

	it('does not take another execution, loop turn or node for a second try', async () => {
		const once = {
			parameters: oneRefused,
			items: [MIA, BEN],
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		};
		await runNode(sandbox, once);
		await runNode(sandbox, once);
		await runNode(sandbox, { ...once, node: { ...once.node, id: 'other' } });
		expect(sandbox.stats().recipients).toMatchObject({ accepted: 3, unique: 1 });
	});

	it('Continue gives every item an outcome and no key "error"', async () => {
		const run = await runNode(sandbox, {
			parameters: oneRefused,
			items: three,
			node: {
				onError: 'continueRegularOutput',
				retryOnFail: true,
				maxTries: 3,
				waitBetweenTries: 1,
			},
		});
		expect(run.items(NODE)).toMatchObject([
			{ outcome: 'accepted' },
			{
				outcome: 'rejected',
				to: '6591234568',
				cause: 'apiRefused',
				code: CODE,
				requestId: expect.any(String),
				reason: expect.stringMatching(NOT_REGISTERED),
			},
			{ outcome: 'accepted' },
		]);
		expect(run.items(NODE).some((item) => 'error' in item)).toBe(false);
	});

	it('Continue (using error output) moves what was not accepted there, with the input beside it', async () => {
		const run = await runNode(sandbox, {
			parameters: oneRefused,
			items: [BEN, MIA],
			node: { onError: 'continueErrorOutput' },
		});
		const [main, error] = run.output(NODE);
		expect(main.map(({ json }) => json.to)).toEqual(['6591234567']);
		expect(error).toMatchObject([
			{
				json: {
					...BEN,
					error: { outcome: 'rejected', cause: 'apiRefused', code: CODE, to: '6591234568' },
					message: expect.stringMatching(
						/^The sender is not registered for this channel \[item 0\]\. .*\(Code InvalidParameter\.PhoneNumberError, request ID /,
					),
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('Continue (using error output) with Retry On Fail says the same in one text', async () => {
		const run = await runNode(sandbox, {
			parameters: oneRefused,
			items: [BEN, MIA],
			node: { onError: 'continueErrorOutput', retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		const [main, error] = run.output(NODE);
		expect(main.map(({ json }) => json.to)).toEqual(['6591234567']);
		expect(error.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[
				expect.stringMatching(
					/^rejected: The sender is not registered for this channel \[item 0\]\. .*Code InvalidParameter\.PhoneNumberError/,
				),
				{ item: 0 },
			],
		]);
		expect(sends()).toBe(2);
	});

	it.each([false, true])(
		'the error output tells the unknown from the refused, Retry On Fail %s',
		async (retryOnFail) => {
			sandbox.configure({
				faults: [
					{ kind: 'resetAfter', calls: [1] },
					{ kind: 'otherCode', calls: [2] },
				],
			});
			const run = await runNode(sandbox, {
				parameters: { ...TEXT, ...IN_ORDER },
				items: three,
				node: { onError: 'continueErrorOutput', retryOnFail, maxTries: 3, waitBetweenTries: 1 },
			});
			const [main, error] = run.output(NODE).map((items) => items.map(({ json }) => json));
			expect(main.map(({ to }) => to)).toEqual(['6591234569']);
			const unknown =
				'It is unknown whether the message was sent [item 0]. The connection was lost';
			if (retryOnFail) {
				expect(error.map((json) => String(json.error).slice(0, 40))).toEqual([
					`unknown: ${unknown}`.slice(0, 40),
					expect.stringMatching(/^rejected: /),
				]);
				expect(error[0].error).toMatch(
					/Before you send it again, look for a receipt with Task ID n8n-\d+-[\da-f]{6}-i0\./,
				);
			} else {
				expect(error).toMatchObject([
					{
						...MIA,
						error: { outcome: 'unknown', taskId: expect.any(String), sentAt: expect.any(String) },
						message: expect.stringContaining(unknown),
					},
					{ ...BEN, error: { outcome: 'rejected' } },
				]);
			}
			expect(sandbox.stats().calls.received).toBe(3);
		},
	);

	it('a credential that cannot be used passes nothing off as sent, however long the list', async () => {
		const items = Array.from({ length: 150_000 }, () => MIA);
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items,
			credential: { accessKeyId: '' },
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.items(NODE)).toHaveLength(items.length);
		expect(
			run
				.items(NODE)
				.every(({ outcome, cause }) => outcome === 'notSent' && cause === 'credential'),
		).toBe(true);
	}, 30_000);

	it('a try that waits is not forgotten over many other executions', async () => {
		// The refusal of the second item makes the first run wait; meanwhile others fail.
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const waiting = runNode(sandbox, {
			parameters: TEXT,
			items: [MIA, BEN],
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1_500 },
		});
		for (let run = 0; run < 200; run++) {
			await runNode(sandbox, {
				parameters: TEXT,
				items: [{ ...ANA, phone: '' }],
				node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
			});
		}
		await waiting;
		expect(sandbox.stats().recipients).toEqual({ accepted: 2, unique: 2, duplicate: 0 });
	}, 20_000);
});

describe('Retry of an execution, which is a new one in mode "retry"', () => {
	const retried = () => ({ mode: 'retry' as const, executionId: newExecutionId() });

	/** A node that nothing is remembered of. */
	let node: { id: string };
	beforeEach(() => {
		node = { id: `node ${newExecutionId()}` };
	});

	it('sends only what the stopped run did not', async () => {
		sandbox.configure({ ...SLOW, faults: [{ kind: 'otherCode', calls: [2] }] });
		const parameters = { ...TEXT, ...IN_ORDER };
		const stopped = await runNode(sandbox, { parameters, items: [MIA, BEN, ANA], node });
		expect(namedBy(stopped.error?.description).accepted).toEqual([0, 2]);

		const run = await runNode(sandbox, {
			parameters,
			items: [MIA, BEN, ANA],
			node,
			engine: retried(),
		});
		expect(run.status).toBe('success');
		const idOf = new Map(taken().map(({ to, messageId }) => [to, messageId]));
		expect(run.items(NODE)).toMatchObject(
			['6591234567', '6591234568', '6591234569'].map((to) => ({
				outcome: 'accepted',
				to,
				messageId: idOf.get(to),
			})),
		);
		expect(sandbox.stats().calls).toMatchObject({ received: 4, accepted: 3 });
	});

	it('does not send again what is unknown, however often it is retried', async () => {
		sandbox.configure({ ...SLOW, faults: [{ kind: 'resetAfter', calls: [2] }] });
		const parameters = { ...TEXT, ...IN_ORDER };
		await runNode(sandbox, { parameters, items: [MIA, BEN, ANA], node });
		for (let retry = 0; retry < 2; retry++) {
			const run = await runNode(sandbox, {
				parameters,
				items: [MIA, BEN, ANA],
				node,
				engine: retried(),
			});
			expect(errorTitle(run)).toBe('It is unknown whether the message was sent [item 1]');
			expect(namedBy(run.error?.description).accepted).toEqual([0, 2]);
		}
		expect(sandbox.stats().recipients).toEqual({ accepted: 3, unique: 3, duplicate: 0 });
		expect(sandbox.stats().calls.received).toBe(3);
	});

	it('sends only what a cancelled run did not', async () => {
		sandbox.configure(SLOW);
		const items = people(12);
		const parameters = { ...TEXT, ...IN_ORDER };
		let stop = () => {};
		const stopping = setInterval(() => sandbox.stats().calls.received >= 4 && stop(), 1);
		const cancelled = await runNode(sandbox, {
			parameters,
			items,
			node,
			engine: { onStarted: (cancel) => (stop = cancel) },
		});
		clearInterval(stopping);
		expect(cancelled.status).not.toBe('success');
		expect(sandbox.stats().calls.received).toBeLessThan(12);
		// The sandbox took all that arrived; the first alone was answered before the stop.
		const before = new Set(taken().map(({ to }) => to));

		const run = await runNode(sandbox, {
			parameters,
			items,
			node: { ...node, onError: 'continueRegularOutput' },
			engine: retried(),
		});
		const outcomes = run.items(NODE).map(({ outcome }) => outcome);
		expect(outcomes[0]).toBe('accepted');
		expect(
			items
				.filter((_item, index) => outcomes[index] === 'unknown')
				.every(({ phone }) => before.has(phone)),
		).toBe(true);
		expect(outcomes.every((outcome) => outcome === 'accepted' || outcome === 'unknown')).toBe(true);
		expect(sandbox.stats().recipients).toEqual({ accepted: 12, unique: 12, duplicate: 0 });
	});

	it('sends to everyone when the run before it ended well', async () => {
		await runNode(sandbox, { parameters: TEXT, items: [MIA, BEN], node });
		await runNode(sandbox, { parameters: TEXT, items: [MIA, BEN], node, engine: retried() });
		expect(sandbox.stats().recipients).toEqual({ accepted: 4, unique: 2, duplicate: 2 });
	});

	it('sends what another node, recipient or template has to send', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		await runNode(sandbox, { parameters: TEXT, items: [MIA, BEN], node });
		await runNode(sandbox, {
			parameters: TEXT,
			items: [MIA],
			node: { id: 'other' },
			engine: retried(),
		});
		await runNode(sandbox, { parameters: TEMPLATE, items: [MIA], node, engine: retried() });
		await runNode(sandbox, { parameters: TEXT, items: [ANA], node, engine: retried() });
		expect(taken().map(({ to, templateCode }) => [to, templateCode])).toEqual([
			['6591234567', undefined],
			['6591234567', undefined],
			['6591234567', '900100200'],
			['6591234569', undefined],
		]);
	});

	it('takes over nothing from another execution that stopped: what it has to say was never sent', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		await runNode(sandbox, {
			parameters: TEXT,
			items: [{ ...MIA, text: 'Your code is 111' }, BEN],
			node,
		});
		// An execution that had failed before it came to this node.
		const run = await runNode(sandbox, {
			parameters: TEXT,
			items: [{ ...MIA, text: 'Your code is 222' }],
			node,
			engine: retried(),
		});
		expect(taken().map(({ text }) => text)).toEqual(['Your code is 111', 'Your code is 222']);
		expect(run.items(NODE)).toMatchObject([
			{ outcome: 'accepted', messageId: taken()[1].messageId },
		]);
	});
});

describe('whatever happens', () => {
	const kinds = [
		'resetBefore',
		'resetAfter',
		'serverErrorBefore',
		'serverErrorAfter',
		'otherCode',
		'nonJson',
		'truncatedJson',
		'nonceUsed',
	] as const;
	const onErrors: Array<INode['onError']> = [
		'stopWorkflow',
		'continueRegularOutput',
		'continueErrorOutput',
	];

	it('nobody gets a message twice, nobody is forgotten, and what the node says agrees with what arrived', async () => {
		const trial = fc.record({
			count: fc.integer({ min: 1, max: 12 }),
			faults: fc.array(
				fc.record({
					kind: fc.constantFrom(...kinds),
					calls: fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 2 }),
				}),
				{ maxLength: 4 },
			),
			onError: fc.constantFrom(...onErrors),
			retryOnFail: fc.boolean(),
			jitterMs: fc.constantFrom(0, 20),
		});
		await fc.assert(
			fc.asyncProperty(trial, async ({ count, faults, onError, retryOnFail, jitterMs }) => {
				sandbox.reset();
				sandbox.configure({ faults, jitterMs });
				const items = people(count);
				// A node that nothing is remembered of.
				const node = {
					id: `node ${newExecutionId()}`,
					onError,
					retryOnFail,
					maxTries: 3,
					waitBetweenTries: 1,
				};
				const gotIt = () =>
					items.flatMap(({ phone }, index) =>
						taken().some(({ to }) => to === phone) ? [index] : [],
					);

				const check = (run: Awaited<ReturnType<typeof runNode>>) => {
					expect(sandbox.stats().recipients.duplicate).toBe(0);
					if (run.error) {
						const { accepted, unknown } = namedBy(run.error.description);
						const itself = Number(
							(run.error as { context?: { itemIndex?: number } }).context?.itemIndex,
						);
						const isUnknown = run.error.message.startsWith('It is unknown');
						const may = [...unknown, ...(isUnknown ? [itself] : [])];
						expect(accepted.every((index) => gotIt().includes(index))).toBe(true);
						expect(
							gotIt().filter((index) => !accepted.includes(index) && !may.includes(index)),
						).toEqual([]);
						expect(accepted.some((index) => may.includes(index))).toBe(false);
						return;
					}
					const [main, error = []] = run.output(NODE);
					expect(main.length + error.length).toBe(count);
					const outcomes: string[] = [];
					for (const { json, pairedItem } of [...main, ...error]) {
						const { error: told } = json as { error?: { outcome: string } | string };
						const outcome =
							told === undefined
								? String(json.outcome)
								: typeof told === 'string'
									? told.split(':')[0]
									: told.outcome;
						outcomes[(pairedItem as { item: number }).item] = outcome;
					}
					outcomes.forEach((outcome, index) => {
						expect(['accepted', 'rejected', 'unknown']).toContain(outcome);
						if (outcome !== 'unknown')
							expect([index, outcome === 'accepted']).toEqual([index, gotIt().includes(index)]);
					});
					expect(Object.keys(outcomes)).toHaveLength(count);
				};

				const first = await runNode(sandbox, { parameters: TEXT, items, node });
				check(first);
				if (!first.error) return;
				// Somebody presses Retry: now everyone has got it, or it is not known.
				sandbox.configure({ faults: [] });
				const retry = await runNode(sandbox, {
					parameters: TEXT,
					items,
					node: { ...node, onError: 'continueRegularOutput' },
					engine: { mode: 'retry', executionId: newExecutionId() },
				});
				check(retry);
				expect(
					retry.items(NODE).every(({ outcome }) => outcome === 'accepted' || outcome === 'unknown'),
				).toBe(true);
			}),
			{ numRuns: 60 },
		);
	});
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

		const run = await runNode(sandbox, {
			parameters: TEXT,
			items: [MIA],
			credential: { endpoint },
			node: { onError: 'continueRegularOutput' },
		});
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
		let atStop = 0;
		const many = people(20);
		const stopAfterThird = setInterval(() => {
			if (sandbox.stats().calls.received < 3 || atStop > 0) return;
			atStop = sandbox.stats().calls.received;
			stop();
		}, 1);
		sandbox.configure(SLOW);
		await runNode(sandbox, {
			// Enough between calls for none to leave unseen.
			parameters: { ...TEXT, options: { maxRequestsPerSecond: 10 } },
			items: many,
			engine: {
				onStarted: (cancel) => (stop = cancel),
				nodeTypes: { 'n8n-nodes-chatapp.camsSend': watched },
			},
		});
		clearInterval(stopAfterThird);
		expect(atStop).toBe(3);
		// Whatever were still to leave would have arrived before a later run's call has.
		await runNode(sandbox, {
			parameters: { ...TEXT, options: { maxRequestsPerSecond: 10 } },
			items: [BEN],
		});
		expect(sandbox.stats().calls.received).toBe(atStop + 1);

		// The first went alone and was answered; two were under way when the stop came.
		expect(returned.map(({ json }) => json.outcome)).toEqual([
			'accepted',
			'unknown',
			'unknown',
			...Array<string>(17).fill('notSent'),
		]);
		expect(returned.slice(3).map(({ json }) => json)).toEqual(
			many
				.slice(3)
				.map(({ phone }) =>
					expect.objectContaining({ outcome: 'notSent', cause: 'cancelled', to: phone }),
				),
		);
	}, 15_000);
});

describe('as an AI tool', () => {
	it.each<[string, IDataObject, string, RegExp]>([
		['the API', { from: locator(UNREGISTERED) }, 'rejected', NOT_REGISTERED],
		[
			'the checks before it',
			{ template: locator('123', 'code') },
			'notSent',
			/^The template does not exist in this language\. Copy Template/,
		],
	])(
		'returns the reason of a refusal by %s instead of throwing, so that the model reads it',
		async (_by, wrong, outcome, reason) => {
			const loader = await loadPackage();
			const type = loader.getNode('camsSend').type as never;
			expect((type as { description: { usableAsTool: boolean } }).description.usableAsTool).toBe(
				true,
			);
			const run = await runNode(sandbox, {
				parameters: { ...TEMPLATE, ...wrong },
				items: [MIA],
				node: { type: 'n8n-nodes-chatapp.camsSendTool' },
				engine: { nodeTypes: { 'n8n-nodes-chatapp.camsSendTool': type } },
			});
			expect(run.status).toBe('success');
			expect(run.items(NODE)).toMatchObject([{ outcome, reason: expect.stringMatching(reason) }]);
		},
	);
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
			jest
				.spyOn(console, level)
				.mockImplementation((...args) => void printed.push(JSON.stringify(args))),
		);
		/** As n8n stores it, and as an error reporter would walk it. */
		const look = (
			{ run }: Awaited<ReturnType<typeof runNode>>,
			{ accessKeySecret, securityToken }: typeof credential,
		) => {
			const seen = stringify(run) + inspect(run, { depth: 12 }) + printed.join();
			for (const secret of [accessKeySecret, securityToken, 'ACS3-HMAC-SHA256', 'Signature='])
				expect(seen).not.toContain(secret);
		};
		const gone = await startSandbox();
		await gone.close();
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
				'throttle',
				'otherCode',
			] as const) {
				for (const values of [credential, wrong]) {
					await withOwnSandbox({ faults: kind ? [{ kind, calls: [1] }] : [] }, async (own) => {
						look(
							await runNode(own, {
								parameters: TEXT,
								items: [MIA],
								credential: values,
								node: { onError },
							}),
							values,
						);
						expect(own.stats().calls.received).toBe(kind === 'throttle' ? 2 : 1);
					});
				}
			}
			look(
				await runNode(gone, { parameters: TEXT, items: [MIA], credential, node: { onError } }),
				credential,
			);
		}
		spies.forEach((spy) => spy.mockRestore());
	}, 30_000);
});
