import { inspect } from 'node:util';
import fc from 'fast-check';
import { stringify } from 'flatted';
import type { IDataObject } from 'n8n-workflow';

import { INNOPAAS } from '../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS, type Fault, type Settings } from '../../sandbox/settings';
import type { EngineRun } from '../../scripts/n8n/engine';
import { MESSAGES } from '../messageTypes/innoPaasBodies';
import { withGateway } from '../support/gateway';
import { errorTitle, NODE, locator } from '../support/harness';
import {
	OFFER,
	callsOf,
	numberOf,
	people,
	person,
	range,
	submit,
	submitAsTool,
	type SubmitCase,
} from '../support/innoPaasGateway';
import {
	allItems,
	expectSound,
	outcomesOf,
	outputs,
	recipientsOf,
	runAndStop,
} from '../support/massRun';
import { SharedSandbox } from '../support/sharedSandbox';
import { unlessStalled } from '../support/stalls';

/** Each test has its own, and so a rate limiter that no other has filled. */
const shared = new SharedSandbox();
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await shared.atNewAddress();
});
afterEach(() => sandbox.close());
afterAll(() => shared.close());

/** What n8n's log would hold. */
const logged: string[] = [];
const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
	jest.spyOn(console, level).mockImplementation((...lines) => void logged.push(inspect(lines))),
);
afterAll(() => spies.forEach((spy) => spy.mockRestore()));

async function inOwnSandbox<T>(
	settings: Partial<Settings>,
	work: (own: Sandbox) => Promise<T>,
): Promise<T> {
	const own = await startSandbox(0, { ...DEFAULT_SETTINGS, ...settings });
	try {
		return await work(own);
	} finally {
		await own.close();
	}
}

/** The rate is not the point of most tests. */
const FAST = { maxRequestsPerSecond: 100 };
const send = async (submitCase: SubmitCase, at = sandbox) =>
	await submit(at, { ...submitCase, options: { ...FAST, ...submitCase.options } });

const taken = (at = sandbox) => at.stats().messages;
const reached = (at = sandbox) => taken(at).map(({ to }) => to);
/** What the calls carried, in the order in which they came. */
const carried = (at = sandbox) => [
	...new Set(taken(at).map(({ body }) => String(body!.recipientNumber))),
];

describe('n8n stores no value that is the default', () => {
	const { operation, from, to, template, headerType, headerLink, bodyValues, buttonValues } = OFFER;
	const CHOSEN = { operation, from, to, template };
	const IN_ORDER = { ...CHOSEN, headerType, headerLink, bodyValues, buttonValues };
	const MAPPED = {
		...CHOSEN,
		templateVariables: {
			mappingMode: 'defineBelow',
			value: {
				'Header Image Link': 'https://example.com/a.jpg',
				1: '={{ $json.name }}',
				2: '15%',
				'Button 1 Link': 'spring?c=42',
			},
		},
	};
	const TYPED = { template: locator('spring_offer_v1', 'name'), language: locator('en_US') };
	const EXPRESSION = { template: locator('={{ "spring_offer_v1" }}', 'name') };

	it.each<[string, number, IDataObject]>([
		['1, template from the list, values in order', 1, IN_ORDER],
		['1, typed template, values in order', 1, { ...IN_ORDER, ...TYPED }],
		['1, template fields', 1, { ...MAPPED, specifyVariables: 'fields' }],
		['1.1, template from the list, template fields', 1.1, MAPPED],
		[
			'1.1, template from the list, values in order',
			1.1,
			{ ...IN_ORDER, specifyVariables: 'ordered' },
		],
		['1.1, typed template, values in order', 1.1, { ...IN_ORDER, ...TYPED }],
		[
			'1.1, template by an expression, values in order',
			1.1,
			{ ...IN_ORDER, ...TYPED, ...EXPRESSION },
		],
		[
			'1.1, typed template, template fields',
			1.1,
			{ ...MAPPED, ...TYPED, specifyVariables: 'fields' },
		],
	])('version %s', async (_what, typeVersion, parameters) => {
		const run = await send({ parameters, items: [person(0)], node: { typeVersion } });
		expect(run.error).toBeUndefined();
		expect(taken()).toMatchObject([
			{
				to: numberOf(0),
				body: {
					templateName: 'spring_offer_v1',
					language: 'en_US',
					header: { type: 'image', link: 'https://example.com/a.jpg' },
					bodyParams: ['N0', '15%'],
					buttonParams: [{ type: 'text', value: 'spring?c=42' }],
				},
			},
		]);
	});
});

describe('one To holds', () => {
	const two = [numberOf(0), numberOf(1)];

	it.each<[string, unknown]>([
		['numbers with commas', `${numberOf(0)}, +${numberOf(1)}`],
		['full width commas', `${numberOf(0)}，${numberOf(1)}`],
		['line breaks', `${numberOf(0)}\n${numberOf(1)}\r\n`],
		['semicolons', `${numberOf(0)};${numberOf(1)}；`],
		['some empty places', `,, ${numberOf(0)} ,\n，${numberOf(1)},`],
		['an array of texts', [person(0).phone, person(1).phone]],
		['an array of numbers', [Number(numberOf(0)), Number(numberOf(1))]],
		['an array whose entries hold several', [`${numberOf(0)},${numberOf(1)}`, '', null]],
		['JSON text of an array', JSON.stringify([person(0).phone, person(1).phone])],
		['JSON text of an array of numbers', ` [${numberOf(0)}, ${numberOf(1)}]`],
		[
			'full width digits',
			`＋${numberOf(0).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))}，${numberOf(1)}`,
		],
	])('%s', async (_what, to) => {
		const run = await send({
			parameters: { to: '={{ $json.to }}', text: 'Hello' },
			items: [{ to } as IDataObject],
		});
		expect(run.error).toBeUndefined();
		expectSound(sandbox, run, 2);
		expect(carried()).toEqual([two.join()]);
		expect(outputs(run)[0]).toMatchObject(
			two.map((number, entryIndex) => ({
				to: number,
				entryIndex,
				groupMessageId: expect.stringMatching(/^\d{18}$/),
			})),
		);
		expect(outputs(run)[0][0]).not.toHaveProperty('messageId');
		expect(allItems(run).map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }]);
	});

	it.each<[string, unknown]>([
		['a text', person(0).phone],
		['a number', Number(numberOf(0))],
		['a text with a comma behind it', `${numberOf(0)},`],
		['an array of one', [person(0).phone]],
	])('one: %s, whose message has an id of its own', async (_what, to) => {
		const run = await send({
			parameters: { to: '={{ $json.to }}', text: 'Hello' },
			items: [{ to } as IDataObject],
		});
		expect(outputs(run)[0]).toEqual([
			{
				outcome: 'accepted',
				to: numberOf(0),
				api: 'innoPaas',
				from: '6580001111',
				channelType: 'whatsapp',
				wabaId: INNOPAAS.wabaId,
				messageId: taken()[0].messageId,
				taskId: expect.stringMatching(/^n8n-\d+-[0-9a-f]{6}-c1$/),
				campaignId: expect.stringMatching(/^n8n-\d+-[0-9a-f]{6}$/),
				chunk: 1,
				messageType: 'text',
				sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			},
		]);
	});

	it('typed text as well', async () => {
		const run = await send({ parameters: { to: `${numberOf(0)}, ${numberOf(1)}`, text: 'Hello' } });
		expect(recipientsOf(outputs(run)[0])).toEqual(two);
	});

	it('bad ones among good ones: they come out at their places, and the others are sent', async () => {
		const to = [
			person(0).phone,
			'abc',
			'09123 4567',
			{ phone: '1' },
			person(1).phone,
			'6.59E+09',
			person(0).phone,
			12.5,
		];
		const run = await send({
			parameters: { to: '={{ $json.to }}', text: 'Hello' },
			items: [{ to: 'nobody' }, { to } as IDataObject],
		});
		expectSound(sandbox, run, 9);
		expect(outputs(run)[0].map(({ entryIndex, entry }) => [entryIndex, entry])).toEqual([
			[0, to[0]],
			[4, to[4]],
		]);
		expect(
			outputs(run)[1].map(({ cause, entryIndex, entry, reason }) => [
				cause,
				entryIndex,
				entry,
				String(reason).split('. ')[0],
			]),
		).toEqual([
			['invalidRecipient', undefined, undefined, 'To is not a phone number'],
			['invalidRecipient', 1, 'abc', 'To is not a phone number'],
			['invalidRecipient', 2, '09123 4567', 'To has no country code'],
			['invalidRecipient', 3, { phone: '1' }, 'To is not a text'],
			['invalidRecipient', 5, '6.59E+09', 'To is not a phone number'],
			['duplicate', 6, to[6], 'Same recipient as an earlier one'],
			['invalidRecipient', 7, 12.5, 'To is not a text'],
		]);
		expect(run.output(NODE)[1].map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			...Array(6).fill({ item: 1 }),
		]);
	});

	it('a list of which a dragged field reads one entry only: the user is told', async () => {
		const run = await send({
			parameters: { to: '={{ $json.customers[0].phone }}', text: 'Hello' },
			items: [{ customers: people(3) }],
		});
		expect(run.hints(NODE)[1]).toBe(
			'To reads one entry of the list "customers", so the others are left out. ' +
				'Give To the numbers of all of them, or put Split Out before this node.',
		);
	});

	it('more than a million, which is hardly meant', async () => {
		const run = await send({
			parameters: {
				to: '={{ Array.from({ length: 1000001 }, (_, i) => 6580000000 + i) }}',
				text: 'Hello',
			},
		});
		expect(errorTitle(run)).toBe('There are more than 1,000,000 recipients [item 0]');
		expect(callsOf(sandbox)).toBe(0);
	});
});

describe('items', () => {
	it('with the same message travel together, in three calls for 2,500', async () => {
		const run = await send({ items: people(2500) });
		expectSound(sandbox, run, 2500);
		expect(callsOf(sandbox)).toBe(3);
		expect(
			carried()
				.map((numbers) => numbers.split(',').length)
				.sort(),
		).toEqual([1000, 1000, 500]);
		expect(recipientsOf(outputs(run)[0])).toEqual(range(2500).map(numberOf));
		expect(run.output(NODE)[0].map(({ pairedItem }) => pairedItem)).toEqual(
			range(2500).map((item) => ({ item })),
		);
		expect(new Set(outputs(run)[0].map(({ taskId }) => taskId)).size).toBe(3);
		for (const { to, taskId } of outputs(run)[0].filter((_each, index) => index % 499 === 0)) {
			expect(taken().find((message) => message.to === to)?.taskId).toBe(taskId);
		}
		expect(run.hints(NODE)).toEqual(['2,500 accepted. In 3 requests.']);
	});

	it('one To with 2,500 numbers does the same', async () => {
		const run = await send({
			parameters: { to: '={{ $json.to }}', text: 'Hello' },
			items: [{ to: range(2500).map(numberOf).join() }],
		});
		expectSound(sandbox, run, 2500);
		expect(callsOf(sandbox)).toBe(3);
	});

	it('whose message differs go apart, in order', async () => {
		const run = await send({
			parameters: {
				...OFFER,
				from: '={{ { __rl: true, mode: "id", value: $json.support ? "6580002222" : "6580001111" } }}',
			},
			items: people(6).map((each, index) => ({
				...each,
				name: index % 2 === 1 ? 'Ben' : 'Mia',
				support: index === 4,
			})),
		});
		expectSound(sandbox, run, 6);
		expect(outputs(run)[0].map(({ chunk }) => chunk)).toEqual([1, 2, 1, 2, 3, 2]);
		expect(carried().sort()).toEqual(
			[[0, 2], [1, 3, 5], [4]].map((group) => group.map(numberOf).join()).sort(),
		);
		const byNumber = Object.fromEntries(
			taken().map(({ to, from, text }) => [to, [from, text.split(',')[0]]]),
		);
		expect(byNumber[numberOf(1)]).toEqual(['6580001111', 'Hi Ben']);
		expect(byNumber[numberOf(4)]).toEqual(['6580002222', 'Hi Mia']);
	});

	it.each<[string, IDataObject]>([
		['another Task ID', { taskId: '={{ "t" + $json.n }}' }],
		['another WABA', { wabaId: '={{ "10000000000000" + (1 + $json.n) }}' }],
		['another time-out', { timeout: '={{ 30 + $json.n }}' }],
	])('with %s go apart', async (_what, options) => {
		const run = await send({
			parameters: {
				text: 'Hello',
				from: '={{ { __rl: true, mode: "id", value: $json.n && $json.waba ? "6580003333" : "6580001111" } }}',
			},
			options,
			items: people(4).map((each, index) => ({ ...each, n: index % 2, waba: 'wabaId' in options })),
		});
		expectSound(sandbox, run, 4);
		expect(outputs(run)[0].map(({ chunk }) => chunk)).toEqual([1, 2, 1, 2]);
	});

	it('with a Task ID of the user carry it in every call', async () => {
		const run = await send({
			items: people(4),
			options: { taskId: ' spring ', maxRecipientsPerRequest: 2 },
		});
		expect(taken().map(({ taskId }) => taskId)).toEqual(Array(4).fill('spring'));
		expect(outputs(run)[0]).toMatchObject(
			range(4).map((index) => ({
				taskId: 'spring',
				campaignId: 'spring',
				chunk: Math.floor(index / 2) + 1,
			})),
		);
	});

	it('of the same number are sent to once, however they are written, or every time', async () => {
		const items = [
			person(0),
			{ ...person(0), phone: `00${numberOf(0)}` },
			{ ...person(1), phone: `+${numberOf(0)}, ${numberOf(1)}` },
		];
		const once = await send({ items });
		expectSound(sandbox, once, 4);
		expect(reached()).toEqual([numberOf(0), numberOf(1)]);
		expect(
			outputs(once)[1].map(({ cause, reason }) => [cause, String(reason).split('. ')[0]]),
		).toEqual(Array(2).fill(['duplicate', 'Same recipient as an earlier one']));

		sandbox.reset();
		const always = await send({ items, options: { duplicateRecipients: 'send' } });
		expect(recipientsOf(outputs(always)[0])).toEqual([0, 0, 0, 1].map(numberOf));
		expect(sandbox.stats().recipients).toEqual({ accepted: 4, unique: 2, duplicate: 2 });
	});

	it('hold everybody back when Invalid Recipients is Send Nothing', async () => {
		const run = await send({
			items: [person(0), { ...person(1), phone: 'abc' }, { ...person(2), text: '' }],
			options: { invalidRecipients: 'stop' },
			node: { onError: 'continueRegularOutput' },
		});
		expect(outputs(run)[1].map(({ cause }) => cause)).toEqual([
			'notReached',
			'invalidRecipient',
			'invalidField',
		]);
		expect(callsOf(sandbox)).toBe(0);
	});

	it('come out with one outcome each, whatever the mix', async () => {
		const kinds = fc.constantFrom('valid', 'again', 'invalid', 'noText', 'several', 'none');
		await fc.assert(
			fc.asyncProperty(
				fc.array(kinds, { minLength: 1, maxLength: 10 }),
				fc.integer({ min: 2, max: 9 }),
				async (mix, maxRecipientsPerRequest) => {
					sandbox.reset();
					const seen = new Set<string>();
					const expected: string[] = [];
					const accept = (number: string) => {
						expected.push(seen.has(number) ? 'duplicate' : 'accepted');
						seen.add(number);
					};
					const items = mix.map((kind, index): IDataObject => {
						if (kind === 'valid') accept(numberOf(10 + index));
						if (kind === 'again') accept(numberOf(0));
						if (kind === 'several') {
							accept(numberOf(100 + index));
							expected.push('invalidRecipient');
							accept(numberOf(1));
							return {
								phone: [numberOf(100 + index), 'abc', person(1).phone],
								text: `Text ${index % 3}`,
							};
						}
						if (kind === 'invalid' || kind === 'none') expected.push('invalidRecipient');
						if (kind === 'noText') expected.push('invalidField');
						const phone = {
							valid: person(10 + index).phone,
							again: person(0).phone,
							invalid: 'abc',
							none: ' , ',
							noText: person(50 + index).phone,
						}[kind];
						return { phone, text: kind === 'noText' ? ' ' : `Text ${index % 3}` };
					});
					const run = await send({
						items,
						options: { maxRecipientsPerRequest },
						node: { onError: 'continueRegularOutput' },
					});
					expectSound(sandbox, run, expected.length);
					const told = allItems(run)
						.map(({ json, pairedItem }) => ({
							place: (pairedItem as { item: number }).item * 10 + Number(json.entryIndex ?? 0),
							what: String(json.cause ?? json.outcome),
						}))
						.sort((left, right) => left.place - right.place);
					expect(told.map(({ what }) => what)).toEqual(expected);
					expect(reached().sort()).toEqual([...seen].sort());
				},
			),
			{ numRuns: 20 },
		);
	});
});

describe('the shapes of the output', () => {
	const mixed = [
		...people(5),
		{ ...person(5), phone: 'abc' },
		{ ...person(6), phone: '' },
		person(0),
	];

	it('one item per chunk', async () => {
		sandbox.configure({ faults: [{ kind: 'resetBefore', calls: [2] }] });
		const run = await send({
			items: mixed,
			options: { output: 'chunk', maxRecipientsPerRequest: 2 },
		});
		const [accepted, notAccepted] = outputs(run);
		expect(accepted).toEqual(
			[1, 3].map((chunk) => ({
				outcome: 'accepted',
				api: 'innoPaas',
				from: '6580001111',
				channelType: 'whatsapp',
				wabaId: INNOPAAS.wabaId,
				[chunk === 1 ? 'groupMessageId' : 'messageId']: expect.stringMatching(/^\d{18}$/),
				taskId: expect.stringMatching(new RegExp(`-c${chunk}$`)),
				campaignId: expect.any(String),
				chunk,
				messageType: 'text',
				recipients: chunk === 1 ? 2 : 1,
				accepted: chunk === 1 ? 2 : 1,
				rejected: 0,
				notSent: 0,
				unknown: 0,
				durationMs: expect.any(Number),
				sentAt: expect.any(String),
			})),
		);
		expect(
			notAccepted.map(({ outcome, cause, recipients, to }) => [outcome, cause, recipients, to]),
		).toEqual([
			['unknown', 'connectionLost', 2, [numberOf(2), numberOf(3)]],
			['notSent', 'invalidRecipient', 2, ['abc']],
			['notSent', 'duplicate', 1, [numberOf(0)]],
		]);
	});

	it('summary', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const run = await send({
			items: mixed,
			options: { output: 'summary', maxRecipientsPerRequest: 2 },
		});
		const [[told], [bad]] = outputs(run);
		expect(told).toEqual({
			api: 'innoPaas',
			campaignId: expect.stringMatching(/^n8n-/),
			recipients: 8,
			accepted: 3,
			rejected: 2,
			notSent: 3,
			unknown: 0,
			requests: 3,
			durationMs: expect.any(Number),
			taskIds: [1, 2, 3].map((chunk) => expect.stringMatching(new RegExp(`-c${chunk}$`))),
			reasons: expect.any(Array),
		});
		expect((bad.reasons as IDataObject[]).flatMap(({ to }) => to)).toEqual(
			expect.arrayContaining([numberOf(2), numberOf(3), 'abc', numberOf(0)]),
		);
		expect(bad.reasons).toContainEqual(
			expect.objectContaining({
				outcome: 'rejected',
				code: '999',
				count: 2,
				reason: expect.stringContaining('Refused with HTTP 200'),
			}),
		);
	});
});

describe('Validate Only', () => {
	const mixed = [
		...people(5),
		person(0),
		{ ...person(6), phone: 'abc' },
		{ ...person(7), text: '' },
	];
	const only = { validateOnly: true, maxRecipientsPerRequest: 2, maxRequestsPerSecond: 2 };
	const HINT =
		'Nothing was sent: Validate Only is on. ' +
		'5 of 8 recipients can be sent to, in 3 requests, in about 2 s. ' +
		'Not Accepted says why: 1 duplicate, 1 invalid recipient, 1 invalid field.';

	it('sends nothing, and says of each what would happen', async () => {
		const run = await send({ items: mixed, options: only });
		const [valid, invalid] = outputs(run);
		expect(valid).toEqual(
			range(5).map((index) => ({
				outcome: 'validated',
				to: numberOf(index),
				api: 'innoPaas',
				from: '6580001111',
				channelType: 'whatsapp',
				wabaId: INNOPAAS.wabaId,
				campaignId: expect.stringMatching(/^n8n-/),
				chunk: Math.floor(index / 2) + 1,
				messageType: 'text',
				preview: 'Hello',
				buttons: [],
				warnings: ["WhatsApp accepts this only within 24 hours of the recipient's last message."],
			})),
		);
		expect(outcomesOf(invalid)).toEqual(['notSent', 'notSent', 'notSent']);
		expect(run.hints(NODE)).toEqual([HINT]);
		expect(sandbox.stats().calls.received).toBe(0);
	});

	it('says it in one summary, or per chunk', async () => {
		const counts = {
			outcome: 'validated',
			api: 'innoPaas',
			recipients: 8,
			valid: 5,
			invalid: 2,
			duplicates: 1,
			requests: 3,
			expectedSeconds: 2,
		};
		expect(
			outputs(await send({ items: mixed, options: { ...only, output: 'summary' } })),
		).toMatchObject([[counts], [counts]]);
		const [valid] = outputs(await send({ items: mixed, options: { ...only, output: 'chunk' } }));
		expect(valid.map(({ outcome, recipients }) => [outcome, recipients])).toEqual([
			['validated', 2],
			['validated', 2],
			['validated', 1],
		]);
		expect(sandbox.stats().calls.received).toBe(0);
	});

	it('does not fail, whoever cannot be sent to', async () => {
		const run = await send({
			items: [{ phone: 'abc', text: 'x' }],
			options: { validateOnly: true, failIfAnyNotAccepted: true },
		});
		expect([run.status, outcomesOf(outputs(run)[1])]).toEqual(['success', ['notSent']]);
	});

	it('by an expression that says neither yes nor no sends nothing', async () => {
		const run = await send({ items: people(1), options: { validateOnly: '={{ "maybe" }}' } });
		expect(errorTitle(run)).toMatch(/^Validate Only is neither true nor false/);
		expect(sandbox.stats().calls.received).toBe(0);
	});
});

describe('what happens to one call happens to its recipients only', () => {
	const four = { maxRecipientsPerRequest: 2 };

	it.each([
		['resetBefore', 'unknown', 'connectionLost', false],
		['resetAfter', 'unknown', 'connectionLost', true],
		['serverErrorBefore', 'unknown', 'serverError', false],
		['serverErrorAfter', 'unknown', 'serverError', true],
		['nonJson', 'unknown', 'unreadableAnswer', true],
		['truncatedJson', 'unknown', 'unreadableAnswer', true],
		['otherCode', 'rejected', 'apiRefused', false],
	] as const)('%s on the second of four', async (kind, outcome, cause, isTaken) => {
		sandbox.configure({ faults: [{ kind, calls: [2] }] });
		const run = await send({ items: people(8), options: four });
		expectSound(sandbox, run, 8);
		expect(callsOf(sandbox)).toBe(4);
		const [accepted, notAccepted] = outputs(run);
		expect(recipientsOf(accepted)).toEqual([0, 1, 4, 5, 6, 7].map(numberOf));
		expect(notAccepted).toMatchObject(
			[2, 3].map((index) => ({
				outcome,
				cause,
				to: numberOf(index),
				chunk: 2,
				wabaId: INNOPAAS.wabaId,
				taskId: expect.stringMatching(/-c2$/),
			})),
		);
		if (outcome === 'unknown')
			expect(notAccepted[0].reason).toContain(
				`look for a receipt with Task ID ${String(notAccepted[0].taskId)}`,
			);
		else
			expect(notAccepted[0]).toMatchObject({
				code: '999',
				reason: expect.stringMatching(
					/^InnoPaaS rejected the request\. InnoPaaS says: Refused with HTTP 200\.$/,
				),
			});
		expect(reached().includes(numberOf(2))).toBe(isTaken);
	});

	// Five seconds for real: the time-out is one of the socket's, which no test clock drives.
	it('no answer within the time-out makes its recipients unknown', async () => {
		sandbox.configure({ faults: [{ kind: 'hangAfter', calls: [2] }] });
		const run = await send({ items: people(8), options: { ...four, timeout: 5 } });
		expectSound(sandbox, run, 8);
		expect(outputs(run)[1]).toMatchObject(
			[2, 3].map((index) => ({ outcome: 'unknown', cause: 'timeout', to: numberOf(index) })),
		);
	});

	it.each<[string, Partial<Settings>]>([
		['HTTP 429', { faults: [{ kind: 'throttle', calls: [2] }] }],
		[
			'HTTP 429, twice, with a time to wait',
			{ retryAfterMs: 1_000, faults: [{ kind: 'throttle', calls: [2, 5] }] },
		],
	])('%s is waited out', async (_how, settings) => {
		await inOwnSandbox(settings, async (own) => {
			const run = await send({ items: people(8), options: four }, own);
			expectSound(own, run, 8);
			expect(outputs(run)[0]).toHaveLength(8);
			expect(own.stats().recipients).toEqual({ accepted: 8, unique: 8, duplicate: 0 });
		});
	});

	it('an address that nothing listens on has not sent anything', async () => {
		const gone = await startSandbox();
		await gone.close();
		const run = await send({
			items: people(2),
			credential: { baseUrl: gone.url },
			node: { onError: 'continueRegularOutput' },
		});
		expect(outputs(run)[1]).toMatchObject(
			range(2).map(() => ({
				outcome: 'notSent',
				cause: 'gaveUp',
				reason: expect.stringMatching(/^InnoPaaS cannot be reached\. Nothing was sent\./),
			})),
		);
	});

	it('keeps the calls of the set rate apart', async () => {
		await unlessStalled(
			async () =>
				await inOwnSandbox({ limits: { InnoPaaSSubmit: 20 } }, async (own) => {
					const run = await submit(own, {
						items: people(50),
						options: { maxRecipientsPerRequest: 1, maxRequestsPerSecond: 20 },
					});
					expectSound(own, run, 50);
					expect(own.stats().calls.throttled).toBe(0);
					const at = taken(own).map(({ at: when }) => when);
					for (let index = 20; index < at.length; index++)
						expect(at[index] - at[index - 20]).toBeGreaterThanOrEqual(1000);
				}),
		);
	});
});

describe('On Error, Fail If Any, Retry and tools', () => {
	const SIX: SubmitCase = { items: people(6), options: { maxRecipientsPerRequest: 2 } };
	const ANY = { ...SIX, options: { ...SIX.options, failIfAnyNotAccepted: true } };
	const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	const settings = (
		['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const
	).flatMap((onError) => [false, true].map((retryOnFail) => ({ onError, retryOnFail })));

	const SCENARIOS: Array<
		[
			string,
			{
				faults?: Fault[];
				more?: SubmitCase;
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
				more: { parameters: { from: locator('6580009999') } },
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
				more: ANY,
				throws: true,
				retried: 'well',
				accepted: 4,
			},
		],
		[
			'some unknown, and Fail If Any Not Accepted',
			{
				faults: [{ kind: 'resetAfter', calls: [2] }],
				more: ANY,
				throws: true,
				retried: 'with nothing to send',
				accepted: 4,
			},
		],
	];

	it.each(SCENARIOS)(
		'%s: nobody is sent to twice in any setting',
		async (_name, { faults = [], more = {}, throws, retried, accepted }) => {
			await Promise.all(
				settings.map(async ({ onError, retryOnFail }) =>
					inOwnSandbox({ faults }, async (own) => {
						const run = await send(
							{
								...SIX,
								...more,
								options: { ...SIX.options, ...more.options },
								node: { onError, ...RETRY, retryOnFail },
							},
							own,
						);
						const name = JSON.stringify({ onError, retryOnFail });
						const isRetried = onError === 'stopWorkflow' && throws && retryOnFail;
						const endsWell =
							onError !== 'stopWorkflow' || !throws || (isRetried && retried === 'well');
						expect([name, own.stats().recipients.duplicate]).toEqual([name, 0]);
						expect([name, callsOf(own)]).toEqual([
							name,
							!isRetried || retried === 'with nothing to send' ? 3 : retried === 'well' ? 4 : 9,
						]);
						expect([name, run.status]).toEqual([name, endsWell ? 'success' : 'error']);
						if (!endsWell) return;
						expectSound(own, run, 6);
						expect([name, outputs(run)[0].length, run.output(NODE)[2] ?? []]).toEqual([
							name,
							isRetried ? 6 : accepted,
							[],
						]);
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
		const run = await send(ANY);
		expect(errorTitle(run)).toBe('4 of 6 recipients were not accepted');
		expect(run.error?.description).toMatch(
			/^2 were accepted and would get the message again .* 2 may have got it: .* receipts with Task ID n8n-\d+-\w{6}-c2\.<br>/,
		);
	});

	it('Retry, which is a new execution, sends to nobody who was or may have been accepted', async () => {
		const once = { ...ANY, node: { id: 'innoPaas retried' } };
		sandbox.configure({
			faults: [
				{ kind: 'otherCode', calls: [2] },
				{ kind: 'resetAfter', calls: [3] },
			],
		});
		expect((await send(once)).status).toBe('error');
		const second = await send({ ...once, engine: { mode: 'retry' } });
		// The unknown stay unknown.
		expect(errorTitle(second)).toBe('2 of 6 recipients were not accepted');
		expect(sandbox.stats().recipients).toEqual({ accepted: 6, unique: 6, duplicate: 0 });
	});

	it('a Retry with another text sends it', async () => {
		const once = (text: string): SubmitCase => ({
			...ANY,
			parameters: { text },
			node: { id: 'innoPaas another text' },
		});
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		await send(once('yesterday'));
		const run = await send({ ...once('today'), engine: { mode: 'retry' } });
		expect(outputs(run)[0]).toHaveLength(6);
		expect(taken().filter(({ text }) => text === 'today')).toHaveLength(6);
	});

	it('Retry finds each of the several recipients of one item at its place', async () => {
		const once: SubmitCase = {
			parameters: { to: '={{ $json.to }}', text: 'Hello' },
			items: [{ to: range(6).map(numberOf) }],
			options: { maxRecipientsPerRequest: 2, failIfAnyNotAccepted: true },
			node: RETRY,
		};
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const run = await send(once);
		expectSound(sandbox, run, 6);
		expect(callsOf(sandbox)).toBe(4);
		expect(outputs(run)[0].map(({ to, entryIndex }) => [to, entryIndex])).toEqual(
			range(6).map((index) => [numberOf(index), index]),
		);
	});

	it('Retry knows a recipient by its number: the list may have become shorter', async () => {
		const once = (to: string[]): SubmitCase => ({
			parameters: { to: `={{ ${JSON.stringify(to)} }}`, text: 'Hello' },
			items: [{}],
			options: { maxRecipientsPerRequest: 2, failIfAnyNotAccepted: true },
			node: { id: 'innoPaas shorter' },
		});
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [1] }] });
		expect((await send(once(range(6).map(numberOf)))).status).toBe('error');
		const run = await send({ ...once(range(4, 1).map(numberOf)), engine: { mode: 'retry' } });
		expect(recipientsOf(outputs(run)[0])).toEqual(range(4, 1).map(numberOf));
		expect(sandbox.stats().recipients).toEqual({ accepted: 5, unique: 5, duplicate: 0 });
	});

	it('stopped in the midst it sends no more, says how far it came, and a later Retry sends to the others alone', async () => {
		await inOwnSandbox({ latencyMs: 60 }, async (own) => {
			const campaign: SubmitCase = {
				items: people(90),
				options: { maxRecipientsPerRequest: 3, maxRequestsPerSecond: 10 },
				node: { id: 'innoPaas stopped' },
			};
			const run = await runAndStop(
				async (engine) => await send({ ...campaign, engine }, own),
				() => callsOf(own) >= 6,
			);
			const left = callsOf(own);
			expect(left).toBeLessThan(9);
			const [told] = Object.values(run.run.data.resultData.metadata as Record<string, string>);
			expect(told).toMatch(/^\d+ accepted,.* of 90; campaign n8n-\d+-\w{6}$/);

			const retried = await send(
				{ ...campaign, options: { maxRecipientsPerRequest: 3 }, engine: { mode: 'retry' } },
				own,
			);
			expect(own.stats().recipients.duplicate).toBe(0);
			expectSound(own, retried, 90);
			expect(outputs(retried)[1].every(({ outcome }) => outcome === 'unknown')).toBe(true);
		});
	});

	it.each<[string, SubmitCase, string]>([
		['all refused', { parameters: { from: locator('6580009999') } }, 'rejected'],
		['all invalid', { parameters: { to: 'abc' } }, 'notSent'],
		['a credential that lacks its token', { credential: { accessToken: '' } }, 'notSent'],
		[
			'a rule broken',
			{
				parameters: {
					messageType: 'document',
					mediaLink: 'https://example.com/a',
					fileName: '={{ "" }}',
				},
			},
			'notSent',
		],
		[
			'Fail If Any Not Accepted',
			{
				parameters: { to: '={{ $json.name === "N1" ? "abc" : $json.phone }}' },
				options: { failIfAnyNotAccepted: true },
			},
			'notSent',
		],
	])('as an AI tool it tells the model on its one output: %s', async (_name, more, outcome) => {
		const run = await submitAsTool(sandbox, { items: people(3), ...more });
		expect(run.status).toBe('success');
		const [main, other] = outputs(run);
		expect(other).toEqual([]);
		expect(main).toHaveLength(3);
		expect(main.find((json) => json.outcome === outcome)).toMatchObject({
			reason: expect.stringMatching(/^[A-Z].*\.$/s),
		});
	});

	it('says that Retry On Fail is not needed', async () => {
		const run = await send({ items: people(1), node: { retryOnFail: true } });
		expect(run.hints(NODE)).toEqual([
			'1 accepted. In 1 request.',
			'Retry On Fail is on. This node does not need it; recipients who were accepted are not sent to again.',
		]);
	});
});

describe('the account', () => {
	it.each<[string, SubmitCase, string, RegExp]>([
		[
			'an App Key that nobody has',
			{ credential: { appKey: 'nobody' } },
			'InnoPaaS does not know this App Key',
			/^Nothing has been sent\. Copy it again .*\(Code 101\)$/,
		],
		[
			'a token that a newer one has stopped',
			{ credential: { accessToken: 'sandboxOldToken' } },
			'The Access Token no longer works',
			/Creating a new token in the console revokes the old one\..* replaced by a newer one\. \(Code 102\)$/,
		],
		[
			'a wrong token',
			{ credential: { accessToken: 'wrongToken' } },
			'The Access Token no longer works',
			/InnoPaaS says: The access token is wrong\. \(Code 102\)$/,
		],
		[
			'an address that is not allowed',
			{ credential: { appKey: 'sandboxOtherAddress', accessToken: 'sandboxOtherAddressToken' } },
			'InnoPaaS does not accept requests from this IP address',
			/IP address to the allow list in the console\..*\(Code 114\)$/,
		],
		[
			'too little balance',
			{ credential: { appKey: 'sandboxNoBalance', accessToken: 'sandboxNoBalanceToken' } },
			'The account balance is too low',
			/^Nothing has been sent\. Top it up .*\(Code 110\)$/,
		],
		[
			'a disabled account',
			{ credential: { appKey: 'sandboxDisabled', accessToken: 'sandboxDisabledToken' } },
			'The InnoPaaS account is disabled',
			/\(Code 116\)$/,
		],
		[
			'a number that does not send',
			{ parameters: { from: locator('6580009999') } },
			'The sending number does not exist',
			/Pick it again under From \(Sender Number\).* InnoPaaS says: .*6580009999.*\(Code 118\)$/,
		],
		[
			'the number of another WABA',
			{ options: { wabaId: '100000000000002' } },
			'The sending number does not exist',
			/\(Code 118\)$/,
		],
		[
			'a WABA of somebody else',
			{ credential: { wabaId: '100000000000009' } },
			'The account is not set up for this',
			/Check WABA ID.*\(Code 112\)$/,
		],
		[
			'a template that does not exist',
			{ parameters: { ...OFFER, template: locator('no_such_offer/en', 'list') } },
			'The template does not exist in this language',
			/InnoPaaS says: The template no_such_offer does not exist in en\. \(Code 143\)$/,
		],
		[
			'a template without its values',
			{ parameters: { ...OFFER, bodyValues: {} } },
			'The values do not match the template',
			/Add one Body Value for each .* InnoPaaS says: bodyParams\.0: .*\(Code 135\)$/,
		],
		[
			'a template without its header',
			{ parameters: { ...OFFER, headerType: 'none' } },
			'The header does not match the template',
			/Set Header to Image and fill the field below it, or .* Using Template Fields.*\(Code 135\)$/,
		],
		[
			'a template without the value of its button',
			{ parameters: { ...OFFER, buttonValues: {} } },
			'The button values do not match the template',
			/Add one Button Value for each button .*\(Code 135\)$/,
		],
		[
			'an address that is not InnoPaaS',
			{ credential: { baseUrl: 'SANDBOX/elsewhere' } },
			'This address does not exist at InnoPaaS',
			/Check Base URL in the credential.*\(Code HTTP 404\)$/,
		],
		[
			'other names of the headers',
			{ credential: { changeHeaderNames: true, appHeaderName: 'X-Key' } },
			'InnoPaaS does not accept this App Key and Access Token',
			/Creating a new token revokes the old one\..*\(Code HTTP 401\)$/,
		],
	])(
		'%s is told in plain words, with the code',
		async (_what, { credential, ...more }, title, description) => {
			for (const innoPaasRefusalStatus of [200, 400] as const) {
				sandbox.configure({ innoPaasRefusalStatus });
				const baseUrl =
					credential?.baseUrl === undefined
						? sandbox.url
						: String(credential.baseUrl).replace('SANDBOX', sandbox.url);
				const run = await send({
					...more,
					credential: { ...credential, baseUrl },
					items: [person(0)],
				});
				expect(errorTitle(run)).toBe(`${title} [item 0]`);
				expect(run.error?.description).toMatch(description);
				expect(`${errorTitle(run)} ${run.error?.description}`).not.toMatch(
					/\b(error|problem|failure|mistake)\b|wrongToken|sandbox\w*Token/i,
				);
			}
			expect(sandbox.stats().recipients.accepted).toBe(0);
		},
	);

	it.each<[string, IDataObject, string, RegExp]>([
		[
			'is for the other API',
			{ api: 'cams' },
			'This credential is for Alibaba Cloud CAMS',
			/Choose a ChatApp API credential whose API is InnoPaaS\./,
		],
		['lacks its key', { appKey: ' ' }, 'The credential cannot be used', /App Key is empty/],
		[
			'lacks its token',
			{ accessToken: '' },
			'The credential cannot be used',
			/Access Token is empty/,
		],
		[
			'has an address that is none',
			{ baseUrl: 'innopaas' },
			'The credential cannot be used',
			/Base URL is not a web address/,
		],
	])('a credential that %s sends nothing', async (_what, credential, title, description) => {
		const run = await send({ items: people(2), credential });
		expect([errorTitle(run), run.error?.description]).toEqual([
			title,
			expect.stringMatching(description),
		]);
		const going = await send({
			items: people(2),
			credential,
			node: { onError: 'continueRegularOutput' },
		});
		expect(outputs(going)).toMatchObject([
			[],
			range(2).map(() => ({ outcome: 'notSent', cause: 'credential' })),
		]);
		expect(sandbox.stats().calls.received).toBe(0);
	});

	it('keeps every digit of an id that comes as a number', async () => {
		sandbox.configure({ innoPaasDataAsNumber: true });
		const run = await send({ items: people(3), options: { maxRecipientsPerRequest: 2 } });
		const ids = Object.fromEntries(taken().map(({ to, messageId }) => [to, messageId]));
		expect(
			outputs(run)[0].map(({ to, messageId, groupMessageId }) => [to, messageId ?? groupMessageId]),
		).toEqual(Object.entries(ids));
		expect(String(Number(ids[numberOf(0)]))).not.toBe(ids[numberOf(0)]);
	});

	it('takes headers of other names, and a prefix', async () => {
		let seen: Record<string, unknown> = {};
		const { createServer } = await import('node:http');
		const server = createServer((request, response) => {
			seen = request.headers;
			response.end('{"code":"0","data":"1"}');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		try {
			const { port } = server.address() as { port: number };
			const credential = {
				baseUrl: `http://127.0.0.1:${port}`,
				changeHeaderNames: true,
				appHeaderName: 'X-Key',
				authorizationHeaderName: 'X-Token',
				authorizationPrefix: 'Bearer ',
			};
			const run = await send({ items: people(1), credential });
			expect(outputs(run)[0]).toMatchObject([{ outcome: 'accepted', messageId: '1' }]);
			expect(seen).toMatchObject({
				'x-key': INNOPAAS.appKey,
				'x-token': `Bearer ${INNOPAAS.accessToken}`,
				'content-type': 'application/json;charset=utf-8',
			});
			expect(seen).not.toHaveProperty('authorization');
		} finally {
			server.closeAllConnections();
			server.close();
		}
	});

	it('learns nothing from a redirect, which is not followed', async () => {
		await withGateway(
			sandbox,
			() => ({ status: 302, body: { code: '0', data: '1' } }),
			async (endpoint) => {
				const run = await send({
					items: people(1),
					credential: { baseUrl: endpoint },
					node: { onError: 'continueRegularOutput' },
				});
				expect(outputs(run)[1]).toMatchObject([{ outcome: 'unknown', cause: 'unreadableAnswer' }]);
			},
		);
	});

	it('appears nowhere in the stored data of a run, whatever happens', async () => {
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
				for (const credential of [{}, { accessToken: 'aWrongTokenNobodyMaySee' }]) {
					sandbox.reset();
					sandbox.configure({ faults: kind ? [{ kind, every: 1 }] : [] });
					logged.length = 0;
					const { run }: EngineRun = await send({
						items: [person(0)],
						credential,
						node: { onError },
					});
					const seen = stringify(run) + inspect(run, { depth: 12 }) + logged.join();
					for (const secret of [INNOPAAS.accessToken, INNOPAAS.appKey, 'aWrongTokenNobodyMaySee'])
						expect(seen).not.toContain(secret);
				}
			}
		}
	});
});

it('options out of their range are refused before sending', async () => {
	for (const [options, title] of [
		[{ maxRecipientsPerRequest: 0 }, 'Max Recipients per Request is out of range'],
		[{ maxRecipientsPerRequest: 1001 }, 'Max Recipients per Request is out of range'],
		[{ maxRequestsPerSecond: 101 }, 'Max Requests per Second is out of range'],
		[{ maxRequestsPerSecond: 2.5 }, 'Max Requests per Second is not a whole number'],
		[{ timeout: 4 }, 'Timeout (Seconds) is out of range'],
		[{ taskId: '={{ ({ a: 1 }) }}' }, 'Task ID is not a text'],
	] as const) {
		const run = await submit(sandbox, { items: people(1), options });
		expect(errorTitle(run)).toBe(`${title} [item 0]`);
	}
	const { parameters } = MESSAGES['buttons, flat'];
	const run = await submit(sandbox, {
		parameters,
		items: people(1),
		options: { interactiveStyle: '={{ "round" }}' },
	});
	expect(errorTitle(run)).toBe('Interactive Style is neither flat nor nested [item 0]');
	expect(sandbox.stats().calls.received).toBe(0);
});
