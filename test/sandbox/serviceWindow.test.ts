import axios from 'axios';

import { INNOPAAS } from '../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import { call } from '../support/camsClient';
import { SUBMIT, post } from '../support/innoPaasClient';

/** WhatsApp's 24 hours: Type on CAMS's Send page, messageType on InnoPaaS's Message page. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => {
	sandbox.reset();
	sandbox.configure({ ...DEFAULT_SETTINGS, serviceWindow: 'enforced' });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => sandbox.close());

const MIA = '6591234567';
const BEN = '6591234568';
const STORE = '6580001111';
const SUPPORT = '6580002222';
const HOUR_MS = 60 * 60 * 1000;

type Fields = Record<string, unknown>;

const cams = async (fields: Fields) => (await call(sandbox, 'SendChatappMessage', fields)).Code;
const TEXT: Fields = {
	ChannelType: 'whatsapp',
	From: STORE,
	To: MIA,
	Type: 'message',
	MessageType: 'text',
	Content: '{"text":"Hello"}',
};
const innoPaas = async (body: Fields) => (await post(sandbox, SUBMIT, body)).body!.code;
const BODY: Fields = {
	wabaId: INNOPAAS.wabaId,
	sendNumber: STORE,
	recipientNumber: MIA,
	messageType: 'text',
	body: 'Hello',
};

/** A message from a customer, whether or not a webhook hears of it. */
async function write(push: Fields): Promise<void> {
	await axios.post(`${sandbox.url}/__sandbox/inbound`, push, {
		proxy: false,
		validateStatus: () => true,
	});
}
const fromMia = (api: string): Fields => ({ api, from: MIA, to: STORE, text: 'Hi' });

async function hoursAgo(hours: number, act: () => Promise<void>): Promise<void> {
	const now = Date.now();
	const clock = jest.spyOn(Date, 'now').mockImplementation(() => now - hours * HOUR_MS);
	await act();
	clock.mockRestore();
}

const APIS = [
	[
		'cams',
		{
			send: async (from: string, to: string) => await cams({ ...TEXT, From: from, To: to }),
			taken: 'OK',
			refused: 'SessionWindowExpired',
		},
	],
	[
		'innoPaas',
		{
			send: async (from: string, to: string) =>
				await innoPaas({ ...BODY, sendNumber: from, recipientNumber: to }),
			taken: '0',
			refused: '135',
		},
	],
] as const;

describe.each(APIS)('%s', (api, { send, taken, refused }) => {
	it('sends a message of its own only to who has written to the same number', async () => {
		expect(await send(STORE, MIA)).toBe(refused);
		await write(fromMia(api));
		expect(await send(STORE, MIA)).toBe(taken);
		expect(await send(STORE, BEN)).toBe(refused);
		expect(await send(SUPPORT, MIA)).toBe(refused);
		expect(sandbox.stats().messages).toHaveLength(1);
	});

	it.each([
		[23.9, taken],
		[24.1, refused],
	])('%d hours after that: %s', async (hours, code) => {
		await hoursAgo(hours, async () => await write(fromMia(api)));
		expect(await send(STORE, MIA)).toBe(code);
	});

	it('does not hear what was written to the other API, or before a reset', async () => {
		await write(fromMia(api === 'cams' ? 'innoPaas' : 'cams'));
		expect(await send(STORE, MIA)).toBe(refused);
		await write(fromMia(api));
		sandbox.reset();
		expect(await send(STORE, MIA)).toBe(refused);
	});

	it('does not mind when the setting is off, which it is by default', async () => {
		sandbox.configure({ serviceWindow: DEFAULT_SETTINGS.serviceWindow });
		expect(await send(STORE, MIA)).toBe(taken);
	});
});

it('A template can be sent at any time', async () => {
	expect(
		await cams({
			ChannelType: 'whatsapp',
			From: STORE,
			To: MIA,
			Type: 'template',
			TemplateCode: '900100201',
			Language: 'en',
		}),
	).toBe('OK');
	expect(
		await innoPaas({
			...BODY,
			messageType: 'template',
			templateName: 'opening_hours',
			language: 'en',
		}),
	).toBe('0');
});

it('The limit is for WhatsApp alone (SDK 1.6.0: not for Viber), and for single persons', async () => {
	expect(await cams({ ...TEXT, ChannelType: 'viber', From: '20001', Label: 'promotion' })).toBe(
		'OK',
	);
	expect(await cams({ ...TEXT, ChannelType: 'messenger', From: '1' })).toBe('OK');
	expect(await cams({ ...TEXT, To: 'Y2FwaV9ncm91cDox', RecipientType: 'group' })).toBe('OK');
});

it('One of many who has not written holds back the whole call of InnoPaaS', async () => {
	await write(fromMia('innoPaas'));
	const answer = await post(sandbox, SUBMIT, { ...BODY, recipientNumber: `${MIA},${BEN}` });
	expect(answer.body).toMatchObject({ code: '135', message: expect.stringContaining(BEN) });
	expect(sandbox.stats().recipients.accepted).toBe(0);
});

it('A whole ChatAppInbound counts too, with a plus sign or a user ID', async () => {
	const entry = { From: `+${MIA}`, To: `+${STORE}`, FromUserId: 'US.13491208655302741918' };
	await write({ api: 'cams', entry });
	expect(await cams(TEXT)).toBe('OK');
	expect(await cams({ ...TEXT, To: entry.FromUserId })).toBe('OK');
	await write({ api: 'cams', channelType: 'viber', entry: { From: BEN, To: STORE } });
	expect(await cams({ ...TEXT, To: BEN })).toBe('SessionWindowExpired');
});
