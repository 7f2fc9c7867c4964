import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { CAMS_WEBHOOK } from '../../nodes/shared/apis/cams/webhook';
import { INNOPAAS_WEBHOOK } from '../../nodes/shared/apis/innoPaas/webhook';
import { SECRET, Trigger, rowOf, type Push } from '../support/trigger';

const status = (id: number | string, Status = 'Delivered', more: object = {}) => ({
	MessageId: String(id),
	From: '6580001111',
	To: `65912345${id}`,
	Timestamp: 1795298400000,
	Status,
	TaskId: 'spring-1',
	...more,
});
const INBOUND = {
	MessageId: 'in-1',
	From: '6591234567',
	To: '6580001111',
	NoticeType: 'inbound',
	Type: 'TEXT',
	Message: 'STOP',
	Timestamp: 1795298500000,
};
const ENVELOPE = {
	id: 'evt-1',
	type: 'whatsapp_message_status_updated',
	eventTime: '2023-02-22 12:00:00',
	body: { id: '9', status: 'read', sendPhone: '6281200000001' },
};

const OF_CAMS = { status: 200, body: { code: 0, msg: 'OK' } };
const OF_INNOPAAS = { status: 200, body: { code: '0', success: true, message: 'Success' } };
const NOT_AUTHORIZED = { status: 401, body: { code: 401, msg: 'Not authorized.' } };

/** As the console of InnoPaaS sends them. */
const CREDENTIAL = { receiptUserName: 'innopaas', receiptSecret: 'made-up secret' };
const HEADERS = { username: 'innopaas', authorization: 'made-up secret' };

const receipts = (pushed: object[]) =>
	CAMS_WEBHOOK.parse(pushed as IDataObject[]).map(({ event }) => event);

describe('a push', () => {
	it('of CAMS is answered as CAMS wants it, and starts one execution with an item for each receipt', async () => {
		const trigger = await Trigger.make();
		const body = [status(1), status(2, 'Failed', { ErrorCode: '131026' }), status(1, 'Read')];
		const { answer, items } = await trigger.push({ body });
		expect(answer).toEqual(OF_CAMS);
		expect(items!.map(({ json }) => json)).toEqual(receipts(body));
	});

	it('of InnoPaaS is answered as InnoPaaS answers itself', async () => {
		const trigger = await Trigger.make({ parameters: { api: 'innoPaas' }, credential: CREDENTIAL });
		const { answer, items } = await trigger.push({ body: ENVELOPE, headers: HEADERS });
		expect(answer).toEqual(OF_INNOPAAS);
		expect(items!.map(({ json }) => json)).toEqual(
			INNOPAAS_WEBHOOK.parse([ENVELOPE]).map(({ event }) => event),
		);
	});

	it.each([
		['cams', OF_CAMS.body],
		['innoPaas', OF_INNOPAAS.body],
	])(
		'of %s is answered by n8n once the execution is stored, where that is chosen',
		async (api, body) => {
			const trigger = await Trigger.make({
				parameters: {
					api,
					authentication: 'urlSecret',
					triggerOn: ['messageStatus'],
					options: { acknowledge: 'stored' },
				},
			});
			const { answer, result, items } = await trigger.push({
				body: api === 'cams' ? status(1) : ENVELOPE,
			});
			expect(answer).toBeUndefined();
			expect(items).toHaveLength(1);
			expect(result).toEqual({ webhookResponse: body, workflowData: [items] });
		},
	);

	it('is answered once the execution is stored by a webhook process, unless something else is chosen', async () => {
		const isAnsweredAtOnce = async (options: IDataObject, instanceType: Push['instanceType']) => {
			const trigger = await Trigger.make({ parameters: { options } });
			return (await trigger.push({ body: status(1), instanceType })).answer !== undefined;
		};
		expect([
			await isAnsweredAtOnce({}, 'main'),
			await isAnsweredAtOnce({}, 'webhook'),
			await isAnsweredAtOnce({ acknowledge: 'immediately' }, 'webhook'),
			await isAnsweredAtOnce({ acknowledge: 'stored' }, 'main'),
		]).toEqual([true, false, true, false]);
	});

	it('that comes again is dropped by the process that has handed it on, once n8n has answered the first', async () => {
		const trigger = await Trigger.make({ parameters: { triggerOn: ['messageStatus', 'other'] } });
		const anonymous = { Anything: 'without id or time' };
		const body = [status(1), status(2), anonymous];
		const push = async (more: Partial<Push> = {}) =>
			await trigger.push({ body, instanceType: 'webhook', ...more });
		const first = await push();
		// The execution could not be stored, so the API delivers again.
		first.answered(500);
		const second = await push();
		expect(second.items).toHaveLength(3);
		second.answered(200);
		const third = await push({ body: [...body, status(3)] });
		expect(third.items!.map(({ json }) => json.messageId)).toEqual([undefined, '3']);
		expect((await push({ body: status(2) })).answer).toEqual(OF_CAMS);
		// The execution gets what its push had.
		expect((await trigger.run(second.items!)).next).toHaveLength(3);
	});

	it('that is tried out is not remembered', async () => {
		const trigger = await Trigger.make();
		const push = async (mode?: Push['mode']) =>
			await trigger.push({ body: status(1), instanceType: 'webhook', mode });
		(await push('manual')).answered(200);
		expect((await push()).items).toHaveLength(1);
	});

	it.each(['immediately', 'stored'])(
		'of which nothing is wanted is acknowledged and starts nothing (%s)',
		async (acknowledge) => {
			const trigger = await Trigger.make({
				parameters: {
					triggerOn: ['messageStatus'],
					statuses: ['failed'],
					options: { acknowledge },
				},
			});
			for (const body of [[status(1), INBOUND], [], {}, [{}, {}], undefined])
				expect(await trigger.push({ body })).toMatchObject({ answer: OF_CAMS, items: undefined });
			const { answer, items } = await trigger.push({
				body: [status(1), status(2, 'Failed'), INBOUND],
			});
			expect(answer).toEqual(acknowledge === 'stored' ? undefined : OF_CAMS);
			expect(items!.map(({ json }) => json.messageId)).toEqual(['2']);
		},
	);

	it.each<[IDataObject, string[]]>([
		[{ triggerOn: ['messageStatus'] }, ['1', '2']],
		[{ triggerOn: ['inboundMessage'] }, ['in-1']],
		[{ triggerOn: ['messageStatus', 'inboundMessage'] }, ['1', '2', 'in-1']],
		[{ triggerOn: ['messageStatus'], statuses: ['read'] }, ['2']],
		[{ triggerOn: ['inboundMessage'], messageTypes: ['image'] }, []],
		[{ triggerOn: ['messageStatus'], options: { filterTo: '+65 9123 452' } }, ['2']],
		[
			{ triggerOn: ['messageStatus', 'inboundMessage'], options: { filterFrom: '6591234567' } },
			['in-1'],
		],
		[{ triggerOn: ['messageStatus'], options: { filterTaskId: 'summer, spring' } }, ['1', '2']],
		[{ triggerOn: ['messageStatus'], options: { filterCustSpaceIds: 'cams-a' } }, ['1', '2']],
		[{ triggerOn: ['messageStatus'], options: { filterCustSpaceIds: 'cams-b' } }, ['1']],
		[
			{ triggerOn: ['messageStatus', 'inboundMessage'], options: { filterTaskId: 'summer' } },
			['in-1'],
		],
	])('with %j starts the workflow with %j', async (parameters, ids) => {
		const trigger = await Trigger.make({ parameters });
		const { answer, items = [] } = await trigger.push({
			body: [status(1), status(2, 'Read', { CustSpaceId: 'cams-a' }), INBOUND],
		});
		expect(answer).toEqual(OF_CAMS);
		expect(items.map(({ json }) => json.messageId)).toEqual(ids);
	});

	it('holds what was pushed where that is asked for', async () => {
		const trigger = await Trigger.make({ parameters: { options: { includeRaw: true } } });
		const body = [{ ...status(1), ' Odd ': [null] }];
		expect((await trigger.push({ body })).items).toEqual([
			{ json: { ...receipts(body)[0], raw: body[0] } },
		]);
	});

	it('is read from its bytes, so that long ids stay exact', async () => {
		const trigger = await Trigger.make();
		const raw = '[{"MessageId":12345678901234567890,"Status":"Read"}]';
		for (const isUnread of [false, true]) {
			const { items } = await trigger.push({ raw, body: JSON.parse(raw), isUnread });
			expect(items![0].json.messageId).toBe('12345678901234567890');
		}
	});

	it.each<[string, number, Push]>([
		[
			'a form',
			415,
			{ raw: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
		],
		['a file', 415, { raw: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
		['broken JSON', 400, { raw: '[{"MessageId":' }],
		['a number', 400, { raw: '1' }],
		['what nests too deep', 400, { raw: `[{"a":${'['.repeat(50)}${']'.repeat(50)}}]` }],
		['what nests as deep as it can', 400, { raw: '['.repeat(5_000_000) }],
		[
			'what nests too deep within a text',
			400,
			{ raw: JSON.stringify(`["",${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}]`) },
		],
		['what is too large', 413, { raw: `"${' '.repeat(10 * 1024 * 1024)}"` }],
		['too many', 413, { raw: `[${Array(100_001).fill('{"a":1}').join(',')}]` }],
	])('of %s is refused with %i, and starts nothing', async (_what, refusal, push) => {
		const trigger = await Trigger.make();
		const { answer, items } = await trigger.push(push);
		expect(answer).toEqual({ status: refusal, body: { code: refusal, msg: expect.any(String) } });
		expect(items).toBeUndefined();
		expect(trigger.takeWarnings()).toHaveLength(1);
	});

	it('of whatever bytes is answered, once, and never stops n8n', async () => {
		const triggers = [
			await Trigger.make({ parameters: { triggerOn: ['messageStatus', 'inboundMessage'] } }),
			await Trigger.make({ parameters: { api: 'innoPaas', authentication: 'urlSecret' } }),
		];
		const names = fc.constantFrom(
			'MessageId',
			'Status',
			'Message',
			'Type',
			'NoticeType',
			'AuditStatus',
			'id',
			'type',
			'body',
			'__proto__',
			'constructor',
			'error',
			'toString',
		);
		const object = fc.dictionary(names, fc.jsonValue(), { noNullPrototype: true });
		const raw = fc.oneof(
			fc.uint8Array().map((bytes) => Buffer.from(bytes)),
			fc.string({ unit: 'binary' }),
			fc.json(),
			fc.array(object).map((list) => JSON.stringify(list)),
			fc.array(object).map((list) => `"${JSON.stringify(list)}"`),
		);
		await fc.assert(
			fc.asyncProperty(
				raw,
				fc.constantFrom(undefined, 'application/json', 'text/plain', 'nonsense'),
				async (bytes, contentType) => {
					for (const trigger of triggers) {
						const { answer, items } = await trigger.push({
							raw: bytes as string,
							headers: { 'content-type': contentType },
						});
						expect([200, 400, 413, 415]).toContain(answer!.status);
						expect(answer!.status === 200 || items === undefined).toBe(true);
					}
				},
			),
			{ numRuns: 400 },
		);
	});

	it('of 100,000 receipts starts one execution', async () => {
		const trigger = await Trigger.make();
		const { answer, items } = await trigger.push({
			body: Array.from({ length: 100_000 }, (_, index) => ({
				MessageId: `m${index}`,
				Status: 'Sent',
			})),
		});
		expect(answer).toEqual(OF_CAMS);
		expect(items).toHaveLength(100_000);
	});

	it('of 100,000 small objects that nobody knows lets n8n do other things meanwhile', async () => {
		const trigger = await Trigger.make({
			parameters: { triggerOn: ['other'] },
		});
		let turns = 0;
		const others = setInterval(() => turns++, 1);
		try {
			const { items } = await trigger.push({
				body: Array.from({ length: 100_000 }, (_, index) => ({ [`x${index}`]: index })),
			});
			expect(items).toHaveLength(100_000);
		} finally {
			clearInterval(others);
		}
		// Each slice takes 15 ms, and all of it takes a second here; in one piece there would be two or three turns.
		expect(turns).toBeGreaterThan(12);
	});
});

describe('somebody else', () => {
	const basic = (user: string, password: string) =>
		`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
	const body = [status(1)];

	it.each<[string, IDataObject, IDataObject, IDataObject]>([
		[
			'Basic Auth',
			{ authentication: 'basicAuth' },
			{ authorization: basic('innopaas', 'made-up secret') },
			{ authorization: basic('innopaas', 'made-up secreT') },
		],
		[
			'the two headers',
			{ api: 'innoPaas', authentication: 'headers' },
			HEADERS,
			{ username: 'innopaas', authorization: 'made-up secre' },
		],
	])(
		'gets 401 and no execution with %s that are wrong by one character',
		async (_what, parameters, right, wrong) => {
			// To InnoPaaS, a status of CAMS is an event that nobody knows.
			const trigger = await Trigger.make({
				parameters: { triggerOn: ['messageStatus', 'other'], ...parameters },
				credential: CREDENTIAL,
			});
			expect(await trigger.push({ body, headers: right })).toMatchObject({
				answer: { status: 200 },
				items: [expect.anything()],
			});
			for (const headers of [wrong, {}, { authorization: '' }]) {
				expect(await trigger.push({ body, headers })).toEqual({
					answer: NOT_AUTHORIZED,
					result: { noWebhookResponse: true },
					items: undefined,
				});
			}
		},
	);

	it.each<[string, IDataObject, IDataObject]>([
		['no secret in the URL', { urlSecret: { __rl: true, mode: 'list', value: '' } }, CREDENTIAL],
		[
			'a short secret in the URL',
			{ urlSecret: { __rl: true, mode: 'id', value: 'short' } },
			CREDENTIAL,
		],
		['Basic Auth without a credential for it', { authentication: 'basicAuth' }, {}],
		['headers without a credential for them', { api: 'innoPaas', authentication: 'headers' }, {}],
		['an empty list of addresses', { options: { allowedIps: '' } }, CREDENTIAL],
	])('and everybody gets 401 with %s', async (_what, parameters, credential) => {
		const trigger = await Trigger.make({ parameters, credential });
		for (const headers of [
			{},
			{ authorization: '' },
			{ username: '', authorization: '' },
			{ authorization: basic('', '') },
		]) {
			expect(await trigger.push({ body, headers })).toMatchObject({
				answer: NOT_AUTHORIZED,
				items: undefined,
			});
		}
	});

	it('is told the same for a wrong address, a wrong secret and both', async () => {
		const trigger = await Trigger.make({
			parameters: {
				api: 'innoPaas',
				authentication: 'headers',
				options: { allowedIps: '203.0.113.0/24' },
			},
			credential: CREDENTIAL,
		});
		const headers = HEADERS;
		expect(await trigger.push({ body, headers })).toMatchObject({ answer: OF_INNOPAAS });
		const wrong = [
			{ headers, ip: '203.0.114.7' },
			{ headers, ip: '' },
			{ headers: {}, ip: '203.0.113.7' },
			{ headers: {}, ip: '198.51.100.7' },
		];
		for (const each of wrong)
			expect(await trigger.push({ body, ...each })).toMatchObject({
				answer: NOT_AUTHORIZED,
				items: undefined,
			});
		// Nor does it learn what else would be wrong.
		expect(await trigger.push({ raw: '[', headers: { 'content-type': 'nonsense' } })).toMatchObject(
			{ answer: NOT_AUTHORIZED },
		);
		expect(
			await trigger.push({ raw: '[', headers: { ...headers, 'content-type': 'nonsense' } }),
		).toMatchObject({ answer: { status: 415 } });
	});

	it('cannot tell from the answer which of the two was looked at first', async () => {
		// What cannot be read shows that it was looked at.
		const NOT_READY = { answer: { status: 503 } };
		const unreadableIps = await Trigger.make({
			parameters: { api: 'innoPaas', options: { allowedIps: 'nonsense' } },
			credential: CREDENTIAL,
		});
		for (const headers of [HEADERS, {}])
			expect(await unreadableIps.push({ body, headers })).toMatchObject(NOT_READY);
		const unreadableSecret = await Trigger.make({
			parameters: {
				urlSecret: { __rl: true, mode: 'id', value: {} },
				options: { allowedIps: '203.0.113.0/24' },
			},
		});
		for (const ip of ['203.0.113.7', '198.51.100.7'])
			expect(await unreadableSecret.push({ body, ip })).toMatchObject(NOT_READY);
	});

	it.each<[string, Parameters<typeof Trigger.make>[0]]>([
		[
			'the list of addresses cannot be read',
			{ parameters: { options: { allowedIps: 'nonsense' } } },
		],
		[
			'the credential cannot be read',
			{
				getDecrypted: async () =>
					await Promise.reject(new Error('Credentials could not be decrypted')),
			},
		],
	])('and everybody is asked to come again while %s', async (_what, options) => {
		const trigger = await Trigger.make(options);
		expect(await trigger.push({ body })).toMatchObject({
			answer: { status: 503, body: { code: 503, msg: 'Not ready.' } },
			items: undefined,
		});
		expect(trigger.takeWarnings()).toHaveLength(1);
	});

	it('learns no secret from what is logged', async () => {
		const trigger = await Trigger.make({ parameters: { api: 'innoPaas' }, credential: CREDENTIAL });
		await trigger.push({ body, headers: { authorization: 'tried secret' } });
		expect(trigger.takeWarnings().join()).not.toMatch(/secret/);
	});
});

describe('the same receipt again', () => {
	it('does not come to the workflow: within a push, in another, and after n8n was started anew', async () => {
		const trigger = await Trigger.make();
		const ids = (items: IDataObject[]) =>
			items.map((each) => `${String(each.messageId)} ${String(each.status)}`);
		expect(
			ids(await trigger.receive({ body: [status(1), status(2), status(1), status(1, 'Read')] })),
		).toEqual(['1 delivered', '2 delivered', '1 read']);
		expect(ids(await trigger.receive({ body: [status(2), status(3)] }))).toEqual(['3 delivered']);
		const again = await Trigger.make({ of: trigger });
		expect(
			ids(await again.receive({ body: [status(1), status(1, 'Read'), status(3), status(4)] })),
		).toEqual(['4 delivered']);
	});

	it('starts no execution once it is known, and is acknowledged', async () => {
		const trigger = await Trigger.make();
		await trigger.receive({ body: [status(1)] });
		expect(await trigger.push({ body: [status(1)] })).toMatchObject({
			answer: OF_CAMS,
			items: undefined,
		});
		expect((await trigger.push({ body: [status(1), status(2)] })).items).toHaveLength(1);
	});

	it('ends the execution that it started before it was known, as a success', async () => {
		const trigger = await Trigger.make();
		const [first, second] = [
			await trigger.push({ body: [status(1)] }),
			await trigger.push({ body: [status(1)] }),
		];
		expect((await trigger.run(first.items!)).next).toHaveLength(1);
		expect(await trigger.run(second.items!)).toEqual({
			next: undefined,
			status: 'success',
			hints: ['1 of 1 receipts were duplicates and were dropped.'],
		});
	});

	it('comes once where pushes of it run at the same time', async () => {
		const trigger = await Trigger.make();
		const all = await Promise.all(
			Array.from(
				{ length: 20 },
				async (_, index) => await trigger.push({ body: [status(1), status(`x${index}`)] }),
			),
		);
		const came = (
			await Promise.all(all.map(async ({ items }) => await trigger.run(items!)))
		).flatMap(({ next }) => next ?? []);
		expect(came.map(({ messageId }) => messageId).sort()).toEqual(
			['1', ...Array.from({ length: 20 }, (_, index) => `x${index}`)].sort(),
		);
	});

	it('comes while somebody tries it out, and counts for nothing afterwards', async () => {
		const trigger = await Trigger.make();
		for (let time = 0; time < 2; time++)
			expect(await trigger.receive({ body: [status(1)], mode: 'manual' })).toHaveLength(1);
		expect(await trigger.receive({ body: [status(1)] })).toHaveLength(1);
		expect(await trigger.receive({ body: [status(1)] })).toHaveLength(0);
	});

	it('comes again where its execution is run again, once', async () => {
		const trigger = await Trigger.make();
		const { items } = await trigger.push({ body: [status(1), status(1, 'Read'), status(1)] });
		for (const mode of ['webhook', 'retry', 'retry'] as const) {
			expect(
				(await trigger.run(items!, mode)).next!.map((each) => [each.status, each.isLate]),
			).toEqual([
				['delivered', false],
				['read', false],
			]);
		}
		expect(await trigger.receive({ body: [status(1)] })).toEqual([]);
	});

	it('comes where it is asked for', async () => {
		const trigger = await Trigger.make({ parameters: { options: { repeatedReceipts: 'keep' } } });
		for (let time = 0; time < 2; time++)
			expect(await trigger.receive({ body: [status(1), status(1)] })).toHaveLength(2);
	});

	it('is told also with what was pushed beside it', async () => {
		const events = await Trigger.make({
			parameters: { triggerOn: ['templateEvent'], options: { includeRaw: true } },
		});
		expect(
			await events.receive({ body: [{ TemplateCode: '1', AuditStatus: 'pass' }] }),
		).toHaveLength(1);
		expect(
			await events.receive({ body: [{ TemplateCode: '1', AuditStatus: 'pass' }] }),
		).toHaveLength(0);
	});

	it('is let through when the database does not answer, rather than lost', async () => {
		const trigger = await Trigger.make();
		rowOf(trigger.node.id).failure = new Error('database is locked');
		expect(await trigger.receive({ body: [status(1)] })).toHaveLength(1);
	});
});

describe('a status that comes late', () => {
	const body = [status(1, 'Read'), status(1, 'Delivered'), status(1, 'Failed')];

	it.each<[string | undefined, Array<[string, boolean | undefined]>]>([
		[
			undefined,
			[
				['read', false],
				['delivered', true],
				['failed', false],
			],
		],
		[
			'mark',
			[
				['read', false],
				['delivered', true],
				['failed', false],
			],
		],
		[
			'drop',
			[
				['read', false],
				['failed', false],
			],
		],
		[
			'keep',
			[
				['read', undefined],
				['delivered', undefined],
				['failed', undefined],
			],
		],
	])('with %j', async (lateStatuses, expected) => {
		const trigger = await Trigger.make({
			parameters: { options: { ...(lateStatuses && { lateStatuses }) } },
		});
		expect((await trigger.receive({ body })).map((each) => [each.status, each.isLate])).toEqual(
			expected,
		);
	});
});

describe('the address', () => {
	it('ends in the secret, in production and while testing', async () => {
		const trigger = await Trigger.make();
		expect(trigger.url()).toBe(
			`https://n8n.example.com/webhook/${trigger.node.webhookId}/${SECRET}`,
		);
		expect(trigger.url(true)).toBe(
			`https://n8n.example.com/webhook-test/${trigger.node.webhookId}/${SECRET}`,
		);
	});

	it('says what to do where there is no secret', async () => {
		const urlSecret = { __rl: true, mode: 'list', value: '' };
		const trigger = await Trigger.make({ parameters: { urlSecret } });
		expect(trigger.url()).toBe(
			`https://n8n.example.com/webhook/${trigger.node.webhookId}/select-a-url-secret-first`,
		);
	});

	it.each<[string, IDataObject]>([
		['another authentication is chosen', { api: 'innoPaas', authentication: 'headers' }],
		[
			'another authentication is chosen, and none was made',
			{ authentication: 'basicAuth', urlSecret: undefined },
		],
	])('is plain where %s', async (_what, parameters) => {
		const trigger = await Trigger.make({ parameters });
		expect(trigger.url()).toBe(
			`https://n8n.example.com/webhook/${trigger.node.webhookId}/receipts`,
		);
	});
});
