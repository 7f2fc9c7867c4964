import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';

import { pushOptions } from '../../../sandbox/cams/receipts';
import type { CamsReceiptSettings } from '../../../sandbox/deliverySettings';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS, type FaultKind } from '../../../sandbox/settings';
import { call, callInQuery } from '../../support/camsClient';
import { SUBMIT, post } from '../../support/innoPaasClient';
import { Listener, until } from '../../support/listener';

type Receipt = Record<string, unknown>;

let sandbox: Sandbox;
let listener: Listener;
beforeAll(async () => {
	sandbox = await startSandbox();
	listener = await Listener.start();
});
const TAKEN = { status: 200, body: '{"code":0,"msg":"ok"}' };
beforeEach(() => {
	listener.reset(TAKEN);
	sandbox.configure({
		...DEFAULT_SETTINGS,
		limits: { SendChatappMassMessage: 10, SendChatappMessage: 250 },
	});
	sandbox.reset();
});
afterAll(async () => {
	await sandbox.close();
	await listener.close();
});

const stats = () => sandbox.stats().receipts.cams;
const listen = (cams: CamsReceiptSettings = {}, connections?: number) =>
	sandbox.configure({
		receipts: {
			cams: { url: `${listener.url}/settings`, ...cams },
			...(connections && { connections }),
		},
	});

const TEXT = {
	ChannelType: 'whatsapp',
	Type: 'message',
	MessageType: 'text',
	From: '6580001111',
	To: '6591234567',
	Content: '{"text":"Hello"}',
};
const send = async (change: object = {}) =>
	await call(sandbox, 'SendChatappMessage', { ...TEXT, ...change });

const numbers = (count: number) =>
	Array.from({ length: count }, (_, index) => String(6591000000 + index));
const sendMass = async (count: number, change: object = {}) =>
	await call(sandbox, 'SendChatappMassMessage', {
		ChannelType: 'whatsapp',
		From: '6580001111',
		TemplateCode: '900100200',
		Language: 'en_US',
		TaskId: 'campaign-7',
		SenderList: JSON.stringify(
			numbers(count).map((To) => ({ To, TemplateParams: { name: 'Mia', order: 'A-77' } })),
		),
		...change,
	});

/** Waits until nothing is left to be pushed, and returns the receipts of each push. */
async function pushes(): Promise<Receipt[][]> {
	await until(() => stats().open === 0);
	return listener.bodies<Receipt[]>();
}
const all = async () => (await pushes()).flat();

const keyOf = ({ MessageId, Status }: Receipt) => `${String(MessageId)} ${String(Status)}`;

async function admin(path: string, body: object) {
	const { status, data } = await axios.post<Receipt>(`${sandbox.url}/__sandbox/${path}`, body, {
		proxy: false,
		validateStatus: () => true,
	});
	return { status, data };
}

const setPhone = async (change: object = {}) => {
	const urls = {
		StatusCallbackUrl: `${listener.url}/status?a=1`,
		UpCallbackUrl: `${listener.url}/up`,
	};
	const body = await callInQuery(sandbox, 'UpdatePhoneWebhook', {
		CustSpaceId: 'cams-sandbox',
		PhoneNumber: '6580001111',
		HttpFlag: 'Y',
		QueueFlag: 'N',
		...urls,
		...change,
	});
	expect(body.Code).toBe('OK');
};

describe('the receipts of CAMS', () => {
	it('tell what became of a message, in the documented form', async () => {
		listen();
		const { MessageId } = await send();
		const [push, ...more] = await pushes();
		expect(more).toEqual([]);
		expect(push).toEqual(
			['Sent', 'Delivered', 'Read'].map((Status) => ({
				MessageId,
				From: '6580001111',
				To: '6591234567',
				Timestamp: expect.any(Number),
				Status,
				MsgFrameType: 'message',
				Type: 'TEXT',
				TaskId: MessageId,
				OriginPhoneNumber: '6580001111',
				ConversationId: push[0].ConversationId,
				ConversationType: 'service',
			})),
		);
		const times = push.map(({ Timestamp }) => Timestamp as number);
		expect([...times].sort()).toEqual(times);
		expect(new Set(times).size).toBe(3);
		expect(Math.abs(times[0] - Date.now())).toBeLessThan(60_000);
		expect(listener.requests[0]).toMatchObject({
			path: '/settings',
			headers: { 'content-type': 'application/json;charset=utf-8' },
		});
	});

	it('tell of every message of a mass send, by status, in pushes of a hundred', async () => {
		listen();
		const { GroupMessageId } = await sendMass(250);
		const receipts = await all();
		expect(listener.bodies<Receipt[]>().map((push) => push.length)).toEqual([
			...Array<number>(7).fill(100),
			50,
		]);
		expect(receipts.map(({ Status }) => Status)).toEqual(
			['Sent', 'Delivered', 'Read'].flatMap((status) => Array<string>(250).fill(status)),
		);
		expect(receipts.slice(0, 250).map(({ To }) => To)).toEqual(numbers(250));
		expect(new Set(receipts.map(keyOf)).size).toBe(750);
		expect(receipts[0]).toMatchObject({
			MsgFrameType: 'template',
			Type: 'TEMPLATE',
			TaskId: 'campaign-7',
			TemplateCode: '900100200',
			TemplateName: 'order_update',
			Language: 'en_US',
			ConversationType: 'utility',
		});
		// Nothing in a receipt refers to the group.
		expect(listener.requests.map(({ text }) => text).join()).not.toContain(GroupMessageId);
		expect(stats()).toMatchObject({
			pushed: 8,
			receipts: 750,
			answered: 8,
			failed: 0,
			retried: 0,
			givenUp: 0,
			notCalled: 0,
			distinct: { Sent: 250, Delivered: 250, Read: 250 },
		});
		expect(sandbox.stats().receipts.innoPaas).toMatchObject({ pushed: 0 });
	});

	it('have no conversation on another channel', async () => {
		listen({ statuses: ['Sent'] });
		await send({ ChannelType: 'viber', From: '20001', Label: 'promotion' });
		const [receipt] = await all();
		expect(receipt).toMatchObject({ From: '20001', Status: 'Sent' });
		expect(receipt).not.toHaveProperty('ConversationId');
	});

	it.each<[string, CamsReceiptSettings['failNumbers'], string, string]>([
		['a list', ['6591000001'], '131026', '131026:Message undeliverable'],
		[
			'codes',
			{ 6591000001: 131049 },
			'131049',
			expect.stringMatching(/^131049:This message was not delivered/) as unknown as string,
		],
		['a code that nobody knows', { 6591000001: '999' }, '999', '999:Message failed'],
	])('tell of failing, by %s', async (_what, failNumbers, ErrorCode, ErrorDescription) => {
		listen({ failNumbers });
		await sendMass(2);
		const receipts = await all();
		expect(receipts.map(({ To, Status }) => `${String(To)} ${String(Status)}`)).toEqual(
			expect.arrayContaining([
				'6591000000 Sent',
				'6591000000 Delivered',
				'6591000000 Read',
				'6591000001 Failed',
			]),
		);
		expect(receipts).toHaveLength(4);
		const failed = receipts.find(({ Status }) => Status === 'Failed');
		expect(failed).toMatchObject({ ErrorCode, ErrorDescription });
		expect(failed).not.toHaveProperty('ConversationId');
		expect(receipts[0]).not.toHaveProperty('ErrorCode');
		expect(stats().distinct).toEqual({ Sent: 1, Delivered: 1, Read: 1, Failed: 1 });
	});

	it('tell of a share failing, with real codes, each message once', async () => {
		listen({ failShare: 0.3, statuses: ['Sent', 'Delivered'] });
		await sendMass(1000);
		const receipts = await all();
		const failed = receipts.filter(({ Status }) => Status === 'Failed');
		expect(failed.length).toBeGreaterThan(200);
		expect(failed.length).toBeLessThan(400);
		expect(new Set(failed.map(({ ErrorCode }) => ErrorCode)).size).toBe(5);
		expect(stats().distinct).toEqual({
			Sent: 1000 - failed.length,
			Delivered: 1000 - failed.length,
			Failed: failed.length,
		});
		const others = new Set(
			receipts.filter(({ Status }) => Status !== 'Failed').map(({ MessageId }) => MessageId),
		);
		expect(failed.filter(({ MessageId }) => others.has(MessageId))).toEqual([]);
	});

	it('tell of a share being read, of those that were delivered', async () => {
		listen({ readShare: 0.6, failNumbers: ['6591000000'] });
		await sendMass(1000);
		const receipts = await all();
		const read = receipts.filter(({ Status }) => Status === 'Read');
		expect(read.length).toBeGreaterThan(500);
		expect(read.length).toBeLessThan(700);
		expect(stats().distinct).toEqual({ Sent: 999, Delivered: 999, Read: read.length, Failed: 1 });
	});

	it('come in the order and the pushes that are set', async () => {
		listen({ statuses: ['Read', 'Deleted', 'Sent'], batch: 2 });
		await send();
		const [first, second] = await pushes();
		expect([first, second].map((push) => push.map(({ Status }) => Status))).toEqual([
			['Read', 'Deleted'],
			['Sent'],
		]);
		expect(second[0].Timestamp).toBeLessThan(first[0].Timestamp as number);
	});

	it('come as often as set, each time the same', async () => {
		listen({ batch: 2, repeat: 3 });
		await send();
		const bodies = (await pushes()).map((push) => JSON.stringify(push));
		expect(bodies).toHaveLength(6);
		expect(bodies.slice(2, 4)).toEqual(bodies.slice(0, 2));
		expect(bodies.slice(4)).toEqual(bodies.slice(0, 2));
		expect(stats()).toMatchObject({
			pushed: 6,
			receipts: 9,
			distinct: { Sent: 1, Delivered: 1, Read: 1 },
		});
	});

	it('come double in the share that is set, none of them changed or left out', async () => {
		listen({ duplicateShare: 0.2 });
		await sendMass(1000);
		const receipts = await all();
		const distinct = new Map(receipts.map((receipt) => [keyOf(receipt), JSON.stringify(receipt)]));
		expect(distinct.size).toBe(3000);
		expect(
			receipts.filter((receipt) => distinct.get(keyOf(receipt)) !== JSON.stringify(receipt)),
		).toEqual([]);
		expect(receipts.length - 3000).toBeGreaterThan(450);
		expect(receipts.length - 3000).toBeLessThan(750);
		expect(stats().receipts).toBe(receipts.length);
	});

	it('come in any order when set so, none left out', async () => {
		listen({ shuffle: true, batch: 10 });
		await sendMass(100);
		const receipts = await all();
		expect(new Set(receipts.map(keyOf)).size).toBe(300);
		expect(receipts.slice(0, 100).every(({ Status }) => Status === 'Sent')).toBe(false);
	});

	it('come when it is time', async () => {
		listen({ delayMs: 150 });
		const start = Date.now();
		await send();
		expect(listener.requests).toEqual([]);
		const [receipt] = await all();
		expect(Date.now() - start).toBeGreaterThanOrEqual(145);
		expect(receipt.Timestamp).toBeGreaterThan(start + 145);
	});

	it.each<[FaultKind, number]>([
		['serverErrorAfter', 1],
		['hangAfter', 1],
		['nonceUsed', 1],
		['serverErrorBefore', 0],
		['throttle', 0],
	])('of a call struck by %s: %i, by whether it was taken', async (kind, count) => {
		listen();
		sandbox.configure({ faults: [{ kind, calls: [1] }] });
		void send().catch(() => undefined);
		await until(() => sandbox.stats().calls.faulted === 1);
		expect(await pushes()).toHaveLength(count);
	});

	it('do not come for what was refused, nor for reading, nor when no address is set', async () => {
		listen();
		await send({ To: '' });
		await call(sandbox, 'QueryChatappPhoneNumbers');
		sandbox.configure({ receipts: {} });
		await send();
		expect(await pushes()).toEqual([]);
		expect(stats()).toMatchObject({ pushed: 0, notCalled: 0, distinct: {} });
	});
});

describe('the address that UpdatePhoneWebhook has set', () => {
	it('gets the receipts of its number, without any setting and before those', async () => {
		await setPhone();
		await send();
		await sendMass(1);
		expect(await pushes()).toHaveLength(2);
		listen();
		await send();
		await pushes();
		expect(listener.requests.map(({ path }) => path)).toEqual(Array(3).fill('/status?a=1'));
	});

	it('gets neither those of another space nor of another channel', async () => {
		await setPhone();
		await send({ CustSpaceId: 'cams-own' });
		await send({ ChannelType: 'viber', From: '20001', Label: 'promotion' });
		expect(await pushes()).toEqual([]);
	});

	it('gets none while HTTP is off or the address is empty: they go where the settings say', async () => {
		listen();
		await setPhone({ HttpFlag: 'N' });
		await send();
		await setPhone({ StatusCallbackUrl: '' });
		await send();
		await pushes();
		expect(listener.requests.map(({ path }) => path)).toEqual(['/settings', '/settings']);
	});

	it('is never called when it is not on this machine', async () => {
		listen();
		await send({ From: '6580002222' });
		await setPhone({ StatusCallbackUrl: 'http://127.0.0.1.example.com/' });
		await sendMass(4);
		expect(await pushes()).toEqual([]);
		expect(stats()).toMatchObject({ pushed: 0, notCalled: 15, distinct: {} });
	});

	it('is forgotten with a reset', async () => {
		await setPhone();
		sandbox.reset();
		await send();
		expect(await pushes()).toEqual([]);
	});
});

describe('a push', () => {
	it.each([
		['with a code', '{"code":0,"msg":"ok"}', 200, true],
		['with another code', ' {"msg":"ok","code":-1} ', 200, true],
		['with a code that is a text', '{"code":"0"}', 200, false],
		['without a code', '{"msg":"ok"}', 200, false],
		['with a text', 'ok', 200, false],
		['with nothing', '', 200, false],
		['with null', 'null', 200, false],
		['with a list', '[{"code":0}]', 200, false],
		['with HTTP 201', '{"code":0}', 201, false],
		['with HTTP 500', '{"code":0}', 500, false],
		['with another address', '{"code":0}', 307, false],
	])('answered %s: %s', async (_what, body, status, isTaken) => {
		listener.reset({ body, status, ...(status === 307 && { location: '/elsewhere' }) });
		listen({ retryMs: [] });
		await send();
		await pushes();
		expect(listener.requests).toHaveLength(1);
		expect(stats()).toMatchObject({
			pushed: 1,
			answered: isTaken ? 1 : 0,
			failed: isTaken ? 0 : 1,
			givenUp: isTaken ? 0 : 1,
			last: [{ status }],
		});
	});

	it('comes again after each wait until it is answered well, the same', async () => {
		listener.reply = (index) => (index < 2 ? { status: 503 } : TAKEN);
		listen({ retryMs: [50, 100] });
		const start = Date.now();
		await send();
		const bodies = await pushes();
		expect(Date.now() - start).toBeGreaterThanOrEqual(145);
		expect(bodies).toHaveLength(3);
		expect(bodies).toEqual(Array(3).fill(bodies[0]));
		expect(stats()).toMatchObject({
			pushed: 3,
			receipts: 9,
			answered: 1,
			failed: 2,
			retried: 2,
			givenUp: 0,
			distinct: { Sent: 1 },
		});
	});

	it('is given up after the last wait', async () => {
		listener.reset({ status: 500 });
		listen({ retryMs: [5, 5] });
		await send();
		expect(await pushes()).toHaveLength(3);
		expect(stats()).toMatchObject({ pushed: 3, answered: 0, failed: 3, retried: 2, givenUp: 1 });
	});

	it('comes again after one minute and then after five: nothing comes before', async () => {
		expect(pushOptions({}).retryMs).toEqual([60_000, 300_000]);
		listener.reset({ status: 500 });
		listen();
		await send();
		await until(() => stats().failed === 1);
		await delay(100);
		expect(stats()).toMatchObject({ pushed: 1, retried: 0, givenUp: 0, open: 1 });
		sandbox.reset();
	});

	it('that comes again keeps none of the others waiting', async () => {
		listener.reply = (index) => (index === 0 ? { status: 503 } : TAKEN);
		listen({ batch: 1, retryMs: [150] });
		await send();
		expect((await all()).map(({ Status }) => Status)).toEqual([
			'Sent',
			'Delivered',
			'Read',
			'Sent',
		]);
	});

	it('counts as not answered after three seconds', async () => {
		listener.reply = (index) => ({ ...TAKEN, delayMs: index === 0 ? 3_300 : 0 });
		listen({ retryMs: [10] });
		await send();
		await pushes();
		expect(stats()).toMatchObject({
			pushed: 2,
			answered: 1,
			failed: 1,
			retried: 1,
			last: [{ error: expect.stringContaining('3000 ms') }, { status: 200 }],
		});
		expect(stats().slowestMs).toBeGreaterThanOrEqual(3_000);
		expect(stats().p50Ms).toBeLessThan(3_000);
	});

	it('ends with a reset, also one that would have come again', async () => {
		listener.reset({ status: 500 });
		listen({ retryMs: [80] });
		await send();
		await until(() => stats().failed === 1);
		sandbox.reset();
		await delay(150);
		expect(listener.requests).toHaveLength(1);
	});
});

describe('what a customer writes', () => {
	const INBOUND = {
		api: 'cams',
		channelType: 'whatsapp',
		from: '6591234567',
		to: '6580001111',
		text: 'STOP 👋',
	};

	it('is pushed as CAMS pushes it, where UpdatePhoneWebhook says', async () => {
		await setPhone();
		listen({ inboundUrl: `${listener.url}/inbound` });
		const { status, data } = await admin('inbound', INBOUND);
		const [push] = await pushes();
		expect([status, data]).toEqual([200, push]);
		expect(push).toEqual([
			{
				MessageId: expect.stringMatching(/^\d{22}$/),
				CustSpaceId: 'cams-sandbox',
				WabaId: expect.stringMatching(/^\d+$/),
				From: '6591234567',
				To: '6580001111',
				DisplayName: 'Mia',
				Name: 'Mia',
				NoticeType: 'inbound',
				Type: 'TEXT',
				Message: 'STOP 👋',
				Timestamp: expect.any(Number),
			},
		]);
		expect(listener.requests[0].path).toBe('/up');
		expect(stats()).toMatchObject({ pushed: 1, answered: 1, distinct: { inbound: 1 } });
	});

	it('is pushed where the settings say when no address is set, and on the other channels', async () => {
		listen({ inboundUrl: `${listener.url}/inbound` });
		await admin('inbound', { ...INBOUND, channelType: undefined });
		await pushes();
		await setPhone();
		await admin('inbound', { ...INBOUND, channelType: 'viber', to: '20001' });
		await pushes();
		await admin('inbound', { ...INBOUND, channelType: 'telegram', to: 'shop_bot' });
		const receipts = await all();
		expect(listener.requests.map(({ path }) => path)).toEqual(Array(3).fill('/inbound'));
		expect(receipts.map(({ To }) => To)).toEqual(['6580001111', '20001', 'shop_bot']);
		expect(receipts[1]).not.toHaveProperty('WabaId');
	});

	it('comes again when it is not answered well', async () => {
		listener.reply = (index) => (index === 0 ? { status: 500 } : TAKEN);
		listen({ inboundUrl: listener.url, retryMs: [5] });
		await admin('inbound', INBOUND);
		const bodies = await pushes();
		expect(bodies).toHaveLength(2);
		expect(bodies[1]).toEqual(bodies[0]);
	});

	it('is never pushed to an address that is not on this machine', async () => {
		listen({ inboundUrl: listener.url });
		await admin('inbound', { ...INBOUND, to: '6580002222' });
		expect(await pushes()).toEqual([]);
		expect(stats()).toMatchObject({ pushed: 0, notCalled: 1 });
	});

	it('may be a whole entry', async () => {
		await setPhone();
		const entry = { MessageId: '1', To: '6580001111', 'Timestamp ': '5', Message: { id: 'm1' } };
		expect(await admin('inbound', { api: 'cams', entry })).toEqual({ status: 200, data: [entry] });
		expect(await pushes()).toEqual([[entry]]);
		expect(listener.requests[0].path).toBe('/up');
	});

	it.each<[string, object]>([
		['no text', { ...INBOUND, text: undefined }],
		['a channel that is not there', { ...INBOUND, channelType: 'line' }],
		['a number that is none of its own', { ...INBOUND, to: '6580009999' }],
		['a misspelt part', { ...INBOUND, sender: '1' }],
		['an entry that is none', { api: 'cams', entry: 'STOP' }],
		['no API', { ...INBOUND, api: undefined }],
	])('is refused with %s', async (_what, body) => {
		listen({ inboundUrl: listener.url });
		expect(await admin('inbound', body)).toMatchObject({
			status: 400,
			data: { error: expect.any(String) },
		});
		expect(await pushes()).toEqual([]);
	});

	it('is refused when there is nowhere to push it', async () => {
		expect(await admin('inbound', INBOUND)).toMatchObject({
			status: 400,
			data: { error: expect.stringContaining('No URL is set') },
		});
	});
});

describe('anything', () => {
	it.each<[string, unknown, string]>([
		['a broken JSON', '[{"MessageId":', '[{"MessageId":'],
		['an array inside a text', '"[{\\"Status\\":\\"Read\\"}]"', '"[{\\"Status\\":\\"Read\\"}]"'],
		['a single object', { Status: 'Read' }, '{"Status":"Read"}'],
		['null', null, 'null'],
		['nothing', '', ''],
	])('can be pushed, and the answer is given: %s', async (_what, push, sent) => {
		listener.reset({ status: 400, body: 'no' });
		listen({ inboundUrl: `${listener.url}/inbound`, retryMs: [5] });
		expect(await admin('inbound', { api: 'cams', push })).toEqual({
			status: 200,
			data: { taken: false, status: 400, body: 'no' },
		});
		await delay(30);
		expect(listener.requests).toMatchObject([{ path: '/inbound', text: sent }]);
	});

	it('is pushed where it is to go, with the headers that it is to have', async () => {
		const answer = await admin('inbound', {
			api: 'cams',
			push: 'a=1',
			url: `${listener.url}/there`,
			headers: { 'content-type': 'text/plain', 'x-forwarded-for': '10.0.0.1' },
		});
		expect(answer.data).toMatchObject({ taken: true, status: 200 });
		expect(listener.requests).toMatchObject([
			{ path: '/there', headers: { 'content-type': 'text/plain', 'x-forwarded-for': '10.0.0.1' } },
		]);
		await setPhone();
		await admin('inbound', { api: 'cams', push: [], to: '6580001111' });
		expect(listener.requests[1].path).toBe('/up');
	});

	it('is pushed for InnoPaaS with the headers of its settings', async () => {
		sandbox.configure({
			receipts: {
				innoPaas: {
					url: `${listener.url}/innopaas`,
					userName: 'n8n',
					authorization: 'made-up secret',
				},
			},
		});
		expect(
			(
				await admin('inbound', {
					api: 'innoPaas',
					push: { type: 'something_new' },
					headers: { Authorization: 'wrong' },
				})
			).data,
		).toMatchObject({ taken: true });
		expect(listener.requests).toMatchObject([
			{
				path: '/innopaas',
				text: '{"type":"something_new"}',
				headers: { username: 'n8n', authorization: 'wrong' },
			},
		]);
		expect(sandbox.stats().receipts).toMatchObject({
			innoPaas: { pushed: 1 },
			cams: { pushed: 0 },
		});
	});

	it('may be large', async () => {
		const push = Array.from({ length: 100_000 }, (_, index) => ({
			MessageId: String(index),
			Status: 'Read',
		}));
		expect((await admin('inbound', { api: 'cams', push, url: listener.url })).data).toMatchObject({
			taken: true,
		});
		expect(listener.bodies<unknown[]>()[0]).toHaveLength(100_000);
		expect(stats()).toMatchObject({ pushed: 1, receipts: 100_000 });
	});

	it('is never pushed off this machine', async () => {
		expect(
			(await admin('inbound', { api: 'cams', push: [], url: 'http://example.com/' })).status,
		).toBe(400);
		expect(
			(await admin('inbound', { api: 'cams', push: [], to: '6580002222' })).data.error,
		).toContain('is not on this machine');
		expect((await admin('inbound', { api: 'cams', push: [] })).status).toBe(400);
		expect((await admin('inbound', { api: 'innoPaas', push: [] })).status).toBe(400);
		expect(stats().pushed).toBe(0);
	});
});

describe('an event of an account', () => {
	const entry = {
		WabaId: '300000000000001',
		TemplateCode: '900100202',
		Language: 'en_US',
		AuditStatus: 'pass',
		Type: 'template',
	};
	const setAccount = async (change: object = {}) => {
		const body = {
			CustSpaceId: 'cams-sandbox',
			HttpFlag: 'Y',
			StatusCallbackUrl: `${listener.url}/audit`,
			...change,
		};
		expect((await callInQuery(sandbox, 'UpdateAccountWebhook', body)).Code).toBe('OK');
	};

	it('is pushed where UpdateAccountWebhook says', async () => {
		await setAccount();
		expect(await admin('audit', { custSpaceId: 'cams-sandbox', entry })).toEqual({
			status: 200,
			data: [entry],
		});
		expect(await pushes()).toEqual([[entry]]);
		expect(listener.requests[0].path).toBe('/audit');
		expect(stats().distinct).toEqual({ audit: 1 });
	});

	it('is refused when nothing is set for its space, or HTTP is off', async () => {
		await setAccount();
		expect((await admin('audit', { custSpaceId: 'cams-own', entry })).status).toBe(400);
		await setAccount({ HttpFlag: 'N' });
		expect((await admin('audit', { entry })).status).toBe(400);
		expect((await admin('audit', { entry: [] })).status).toBe(400);
	});
});

describe('many pushes', () => {
	it.each([
		[undefined, 10],
		[3, 3],
	])('with %s connections are under way %i at once', async (connections, max) => {
		listener.reset({ ...TAKEN, delayMs: 20 });
		listen({ batch: 1, shuffle: true }, connections);
		await sendMass(40);
		await pushes();
		expect(listener.requests).toHaveLength(120);
		expect(listener.concurrent.max).toBe(max);
	});

	it('of one call come one after the other, those of several at once', async () => {
		listener.reset({ ...TAKEN, delayMs: 10 });
		listen({ batch: 10 });
		await sendMass(20);
		await pushes();
		expect(listener.concurrent.max).toBe(1);
		await Promise.all([sendMass(20), sendMass(20), sendMass(20)]);
		await pushes();
		expect(listener.concurrent.max).toBe(3);
	});

	it('share the connections with those of InnoPaaS', async () => {
		listener.reset({ ...TAKEN, delayMs: 10 });
		sandbox.configure({
			receipts: {
				cams: { url: listener.url, batch: 1 },
				innoPaas: { url: listener.url },
				connections: 1,
			},
		});
		await send();
		const body = {
			wabaId: '100000000000001',
			sendNumber: '6580001111',
			recipientNumber: '6281200000001',
			messageType: 'text',
			body: 'Hello',
		};
		await post(sandbox, SUBMIT, body);
		await until(() => sandbox.stats().receipts.innoPaas.answered === 2 && stats().answered === 3);
		expect(listener.concurrent.max).toBe(1);
	});

	it('keep no send waiting, 100,000 receipts', async () => {
		listener.reset({ ...TAKEN, delayMs: 20 });
		sandbox.configure({ limits: { SendChatappMassMessage: 1_000, SendChatappMessage: 1_000 } });
		listen({
			statuses: ['Sent', 'Delivered', 'Read', 'Deleted'],
			duplicateShare: 0.1,
			retryMs: [],
		});
		for (let count = 0; count < 25; count++) expect((await sendMass(1000)).Code).toBe('OK');
		for (let count = 0; count < 20; count++)
			expect((await send({ ChannelType: 'telegram', From: 'shop_bot' })).Code).toBe('OK');
		// If the calls had waited for the pushes, none would be open now.
		expect(stats().open).toBeGreaterThan(20);
		const receipts = await all();
		expect(receipts.length).toBeGreaterThan(100_000);
		expect(new Set(receipts.map(keyOf)).size).toBe(100_080);
		expect(stats().distinct).toEqual({
			Sent: 25_020,
			Delivered: 25_020,
			Read: 25_020,
			Deleted: 25_020,
		});
	});
});

describe('the settings of the receipts', () => {
	it('take codes as numbers too', async () => {
		const { status } = await admin('config', {
			receipts: { cams: { url: listener.url, failNumbers: { 6591234567: 131047 } } },
		});
		expect(status).toBe(200);
		await send();
		expect(await all()).toMatchObject([
			{ ErrorCode: '131047', ErrorDescription: '131047:Re-engagement message' },
		]);
	});

	it.each<[string, object]>([
		['an address elsewhere', { cams: { url: 'http://example.com/' } }],
		[
			'an address elsewhere for what customers write',
			{ cams: { inboundUrl: 'http://localhost@example.com/' } },
		],
		['a status in lower case', { cams: { statuses: ['read'] } }],
		['a misspelt part', { cams: { retry: [1] } }],
		['an empty push', { cams: { batch: 0 } }],
		['a share above one', { cams: { failShare: 2 } }],
		['no connection', { connections: 0 }],
	])('are refused with %s', async (_what, receipts) => {
		expect((await admin('config', { receipts })).status).toBe(400);
	});

	it('keep addresses elsewhere out, however they are given', () => {
		expect(() =>
			sandbox.configure({ receipts: { cams: { inboundUrl: 'http://10.0.0.1/' } } }),
		).toThrow('is not on this machine');
	});
});
