import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';

import type { InnoPaasReceiptSettings } from '../../../sandbox/deliverySettings';
import { INNOPAAS } from '../../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS, type FaultKind } from '../../../sandbox/settings';
import { SUBMIT, post } from '../../support/innoPaasClient';
import { Listener, until, type ReceivedRequest } from '../../support/listener';

interface Envelope {
	id: string;
	type: string;
	eventTime: string;
	body: Record<string, unknown>;
}

let sandbox: Sandbox;
let listener: Listener;
let url: string;

beforeAll(async () => {
	sandbox = await startSandbox();
	listener = await Listener.start();
	url = `${listener.url}/webhook/innopaas?a=1`;
});
beforeEach(() => {
	listener.reset({ status: 200, body: 'heard' });
	sandbox.configure(DEFAULT_SETTINGS);
	sandbox.reset();
});
afterAll(async () => {
	await sandbox.close();
	await listener.close();
});

const stats = () => sandbox.stats().receipts.innoPaas;
const listen = (target: Partial<InnoPaasReceiptSettings> = {}) =>
	sandbox.configure({ receipts: { innoPaas: { url, ...target } } });

const TEXT = {
	wabaId: INNOPAAS.wabaId,
	sendNumber: '6580001111',
	recipientNumber: '6281200000001,6281200000002',
	uid: 'batch-0001',
	messageType: 'text',
	body: 'Hello',
};

const submit = async (body: object = TEXT) => (await post(sandbox, SUBMIT, body)).body!;

/** Waits until this many pushes have ended, and then a little longer for one that should not follow. */
async function pushes(count: number): Promise<Array<ReceivedRequest & { envelope: Envelope }>> {
	await until(() => stats().answered + stats().failed >= count);
	await delay(30);
	expect(stats().pushed).toBe(count);
	return listener.requests.map((got) => ({ ...got, envelope: JSON.parse(got.text) as Envelope }));
}

const said = (all: Array<{ envelope: Envelope }>) =>
	all.map(({ envelope }) => `${String(envelope.body.sendPhone)} ${String(envelope.body.status)}`);

const admin = async (path: string, body: object) =>
	await axios.post<Record<string, unknown>>(`${sandbox.url}/__sandbox/${path}`, body, {
		proxy: false,
		validateStatus: () => true,
	});

describe('the receipts of InnoPaaS', () => {
	it('tell what became of each message, in order', async () => {
		listen();
		const { data: id } = await submit();
		const all = await pushes(4);
		expect(said(all)).toEqual([
			'6281200000001 delivered',
			'6281200000001 read',
			'6281200000002 delivered',
			'6281200000002 read',
		]);
		const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
		const body = {
			id,
			accountName: 'SANDBOX001',
			wabaId: INNOPAAS.wabaId,
			wamid: expect.stringMatching(/^wamid\./),
			sendPhone: '6281200000001',
			uid: 'batch-0001',
		};
		expect(all[0].envelope).toEqual({
			id: expect.stringMatching(/^[0-9a-f-]{36}$/),
			type: 'whatsapp_message_status_updated',
			eventTime: time,
			body: {
				...body,
				status: 'delivered',
				conversation: { initiateType: 'customer_initiated', expireAt: time },
			},
		});
		expect(all[1].envelope.body).toEqual({ ...body, status: 'read' });
		expect(all[1].envelope.body.wamid).toBe(all[0].envelope.body.wamid);
		expect(all[2].envelope.body.wamid).not.toBe(all[0].envelope.body.wamid);
		expect(new Set(all.map(({ envelope }) => envelope.id)).size).toBe(4);
		expect(stats()).toEqual({
			...{
				pushed: 4,
				receipts: 4,
				answered: 4,
				failed: 0,
				retried: 0,
				givenUp: 0,
				notCalled: 0,
				open: 0,
			},
			...{
				distinct: { delivered: 2, read: 2 },
				last: Array(4).fill({ status: 200, body: 'heard' }),
			},
			...{ p50Ms: expect.any(Number), p99Ms: expect.any(Number), slowestMs: expect.any(Number) },
		});
		expect(sandbox.stats().receipts.cams).toMatchObject({ pushed: 0, open: 0 });
	});

	it('carry the two headers only when these are set, and go to the whole address', async () => {
		listen({ statuses: ['read'] });
		await submit({ ...TEXT, recipientNumber: '6281200000001' });
		const [{ path, headers }] = await pushes(1);
		expect(path).toBe('/webhook/innopaas?a=1');
		expect(headers['content-type']).toMatch(/^application\/json/);
		expect(headers).not.toHaveProperty('username');
		expect(headers).not.toHaveProperty('authorization');

		listen({ statuses: ['read'], userName: 'n8n', authorization: 'made-up secret' });
		await submit({ ...TEXT, recipientNumber: '6281200000001' });
		expect((await pushes(2))[1].headers).toMatchObject({
			username: 'n8n',
			authorization: 'made-up secret',
		});
	});

	it('tell of failing for the numbers that are set', async () => {
		listen({ failNumbers: ['6281200000002'] });
		await submit();
		const all = await pushes(3);
		expect(said(all)).toEqual([
			'6281200000001 delivered',
			'6281200000001 read',
			'6281200000002 failed',
		]);
		expect(all[2].envelope.body).toMatchObject({
			errorData: { errorCode: '131026', errorMessage: expect.any(String) },
		});
		expect(all[0].envelope.body).not.toHaveProperty('errorData');
		expect(all[2].envelope.body).not.toHaveProperty('conversation');
	});

	it('come as often as set, each time with the same id', async () => {
		listen({ statuses: ['delivered'], repeat: 3 });
		await submit({ ...TEXT, recipientNumber: '6281200000001', uid: undefined });
		const all = await pushes(3);
		expect(new Set(all.map(({ envelope }) => envelope.id)).size).toBe(1);
		expect(all[0].envelope.body).not.toHaveProperty('uid');
	});

	it('come in any order when set so, none left out', async () => {
		listen({ shuffle: true, repeat: 10 });
		await submit();
		const all = said(await pushes(40));
		expect(all).not.toEqual([...all].sort());
		expect(all.filter((each) => each === '6281200000002 read')).toHaveLength(10);
	});

	it('come when it is time', async () => {
		listen({ delayMs: 150 });
		const start = Date.now();
		await submit();
		await pushes(4);
		expect(Date.now() - start).toBeGreaterThanOrEqual(145);
	});

	it('do not come for what was refused, nor when no address is set', async () => {
		listen();
		await submit({ ...TEXT, body: '' });
		await pushes(0);
		sandbox.configure({ receipts: {} });
		await submit();
		await pushes(0);
	});

	it.each<[FaultKind, number]>([
		['serverErrorAfter', 4],
		['resetAfter', 4],
		['serverErrorBefore', 0],
		['otherCode', 0],
	])('of a call struck by %s: %i, by whether it was taken', async (kind, count) => {
		listen();
		sandbox.configure({ faults: [{ kind, calls: [1] }] });
		await submit().catch(() => undefined);
		await pushes(count);
	});

	it('count as failed when they are not taken, and are not led elsewhere', async () => {
		listen({ statuses: ['delivered'] });
		listener.reply = () => ({ status: 503, body: 'heard' });
		await submit();
		await pushes(2);
		listener.reply = () => ({ status: 307, location: '/elsewhere' });
		await submit();
		await pushes(4);
		expect(listener.requests.map(({ path }) => path)).toEqual(
			Array(4).fill('/webhook/innopaas?a=1'),
		);
		expect(stats()).toMatchObject({
			answered: 0,
			failed: 4,
			retried: 0,
			givenUp: 4,
			last: [{ status: 503, body: 'heard' }, {}, {}, { status: 307 }],
		});
	});

	it('count as failed when nobody listens', async () => {
		const nobody = await Listener.start();
		listen({ url: nobody.url });
		await nobody.close();
		await submit();
		await pushes(4);
		expect(stats()).toMatchObject({
			answered: 0,
			failed: 4,
			last: Array(4).fill({ error: expect.stringContaining('ECONNREFUSED') }),
		});
	});

	it.each<[string, (other: Sandbox) => unknown]>([
		['a reset', (other) => other.reset()],
		['the sandbox', (other) => other.close()],
	])('end with %s', async (_what, end) => {
		const other = await startSandbox(0, { receipts: { innoPaas: { url, delayMs: 60 } } });
		await post(other, SUBMIT, TEXT);
		await end(other);
		await delay(120);
		expect(listener.requests).toEqual([]);
		await other.close();
	});

	it('keep nobody waiting who closes the sandbox, whether under way or still to come', async () => {
		const other = await startSandbox(0, { receipts: { innoPaas: { url } } });
		listener.reply = () => ({});
		await post(other, SUBMIT, TEXT);
		await until(() => listener.requests.length === 1);
		other.configure({ receipts: { innoPaas: { url, delayMs: 60_000 } } });
		await post(other, SUBMIT, TEXT);
		const start = Date.now();
		await other.close();
		expect(Date.now() - start).toBeLessThan(1_000);
	});
});

describe('an inbound message', () => {
	const INBOUND = {
		api: 'innoPaas',
		from: '6281200000001',
		to: '6580003333',
		text: 'Is it ready? 👋',
	};

	it('is pushed as InnoPaaS pushes it', async () => {
		listen();
		const { status, data } = await admin('inbound', INBOUND);
		const [{ envelope }] = await pushes(1);
		expect([status, data]).toEqual([200, envelope]);
		expect(envelope).toMatchObject({
			type: 'whatsapp_mo_message_received',
			body: {
				accountName: 'SANDBOX001',
				wabaId: '100000000000002',
				from: '6281200000001',
				to: '6580003333',
				customerProfile: { name: 'Mia' },
				type: 'text',
				text: { body: 'Is it ready? 👋' },
			},
		});
	});

	it.each<[string, object]>([
		['no text', { ...INBOUND, text: undefined }],
		['another API', { ...INBOUND, api: 'sms' }],
		['a number that is none of its own', { ...INBOUND, to: '6580009999' }],
	])('is refused with %s', async (_what, body) => {
		listen();
		expect((await admin('inbound', body)).status).toBe(400);
		await pushes(0);
	});

	it('is refused when no address is set', async () => {
		expect((await admin('inbound', INBOUND)).status).toBe(400);
	});
});

describe('the address of receipts', () => {
	it.each([
		'http://127.0.0.1:5678/webhook',
		'http://localhost:5678/webhook',
		'http://[::1]:5678/',
		'https://localhost',
		'http://localhost?a=1',
	])('may be %s', async (target) => {
		expect((await admin('config', { receipts: { innoPaas: { url: target } } })).status).toBe(200);
		expect(() => sandbox.configure({ receipts: { innoPaas: { url: target } } })).not.toThrow();
	});

	it.each([
		'http://example.com/webhook',
		'http://10.0.0.1/',
		'http://127.0.0.1.example.com/',
		'http://127.0.0.10/',
		'http://localhost.example.com/',
		'http://localhost@example.com/',
		'http://localhost:1@example.com/',
		'http://localhost:pass@example.com/',
		'http://localhost\\@example.com/',
		'http://localhost#@example.com/',
		'http://localhost\n.example.com/',
		'http://example.com/?http://localhost/',
		'//localhost/',
		'file://localhost/etc/passwd',
		'http://127x0x0x1/',
		'localhost',
		'',
	])('may not be %j', async (target) => {
		const receipts = { innoPaas: { url: target } };
		expect((await admin('config', { receipts, latencyMs: 60_000 })).status).toBe(400);
		expect(() => sandbox.configure({ receipts, latencyMs: 60_000 })).toThrow(
			'is not on this machine',
		);
		await expect(startSandbox(0, { receipts })).rejects.toThrow('is not on this machine');
		// The settings are unchanged.
		expect((await submit()).code).toBe('0');
		await pushes(0);
	});

	it.each<[string, object]>([
		['a misspelt part', { url: 'http://localhost/', failNumber: [] }],
		['a status that does not exist', { url: 'http://localhost/', statuses: ['sent'] }],
		['no address', {}],
		['no repetition', { url: 'http://localhost/', repeat: 0 }],
	])('is refused with %s', async (_what, innoPaas) => {
		expect((await admin('config', { receipts: { innoPaas } })).status).toBe(400);
	});
});
