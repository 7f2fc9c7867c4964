import type { AcceptedMessage } from '../../../sandbox/acceptedMessage';
import { ACCOUNT } from '../../../sandbox/cams/accounts';
import { MessageHistory } from '../../../sandbox/cams/history';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS, type FaultKind } from '../../../sandbox/settings';
import { call, type Body } from '../../support/camsClient';

const FROM = '6580001111';
const { custSpaceId: CustSpaceId } = ACCOUNT;

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => {
	sandbox.configure(DEFAULT_SETTINGS);
	sandbox.reset();
});
afterAll(() => sandbox.close());

const OPENING_HOURS = { TemplateCode: '900100201', Language: 'en' };
const WHATSAPP = { ChannelType: 'whatsapp', From: FROM, Type: 'template', ...OPENING_HOURS };

const send = async (To: string, form: object = {}) =>
	await call(sandbox, 'SendChatappMessage', { ...WHATSAPP, To, ...form });

const sendMass = async (to: string[], form: object = {}) =>
	await call(sandbox, 'SendChatappMassMessage', {
		ChannelType: 'whatsapp',
		From: FROM,
		...OPENING_HOURS,
		SenderList: JSON.stringify(to.map((To) => ({ To }))),
		...form,
	});

const list = async (form: object = {}) =>
	await call(sandbox, 'ListChatappMessage', {
		BusinessNumber: FROM,
		ChannelType: 'WHATSAPP',
		CustSpaceId,
		Page: '{"Index":1,"Size":100}',
		...form,
	});

/** Lists messages. @returns their recipients, in order */
async function recipients(form: object = {}): Promise<unknown[]> {
	const { Code, Data } = await list(form);
	expect(Code).toBe('OK');
	return (Data as Body[]).map((row) => row.UserNumber);
}

const sent = (index: number) => sandbox.stats().messages[index];

describe('a message in the history', () => {
	it('has the fields of the documents, and neither TaskId nor a count', async () => {
		await send('6591234567', { TaskId: 'order-77' });
		const answer = await list();
		const { messageId } = sent(0);
		expect(answer).toEqual({
			RequestId: expect.stringMatching(/./),
			Code: 'OK',
			Message: 'OK',
			Success: true,
			Data: [
				{
					MessageId: messageId,
					UniqueMessageId: expect.stringMatching(/^\d{8}[0-9a-f]{32}$/),
					UserNumber: '6591234567',
					BusinessNumber: FROM,
					ChannelType: 'WHATSAPP',
					EventAction: 'DOWN',
					EventActionName: 'DOWN',
					MessageStatus: 'success',
					MessageStatusName: 'Success',
					ClientAcceptStatusName: 'Success',
					FailBackFlag: 'N',
					SendTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/),
					Month: expect.stringMatching(/^\d{6}$/),
					MessageSource: 'api',
					Type: 'template',
					MessageType: 'TEMPLATE',
					MessageTypeName: 'template',
					TemplateCode: '900100201',
					TemplateName: 'opening_hours',
					LanguageCode: 'en',
					ConversationId: expect.stringMatching(/^[0-9a-f]{32}$/),
				},
			],
		});
		const [{ SendTime }] = answer.Data as Array<{ SendTime: string }>;
		expect(Math.abs(Date.parse(SendTime) - sent(0).at)).toBeLessThan(1000);
	});

	it('has no template if it is none', async () => {
		await send('6591234567', {
			Type: 'message',
			TemplateCode: undefined,
			Language: undefined,
			MessageType: 'text',
			Content: '{"text":"Hello"}',
		});
		const [row] = (await list()).Data as Body[];
		expect(row).toMatchObject({ Type: 'message', MessageType: 'TEXT', MessageTypeName: 'text' });
		expect(Object.keys(row)).not.toEqual(expect.arrayContaining(['TemplateCode']));
	});

	it('of Viber is found by its service ID', async () => {
		await send('6591234567', {
			ChannelType: 'viber',
			From: '20001',
			Label: 'promotion',
			TemplateCode: '900100300',
			TemplateParams: '{"couponCode":"A1"}',
			FallBackId: 'fallback-1',
		});
		const viber = { ChannelType: 'viber', BusinessNumber: '20001' };
		expect((await list(viber)).Data).toEqual([
			expect.objectContaining({
				ChannelType: 'VIBER',
				TemplateName: 'spring_offer',
				FailBackFlag: 'Y',
			}),
		]);
		expect(await recipients()).toEqual([]);
	});

	it('that fails says why, and is found by its status', async () => {
		sandbox.configure({ receipts: { cams: { failNumbers: { 6591234568: '131049' } } } });
		await send('6591234567');
		await send('6591234568');
		expect((await list({ MessageStatus: 'fail' })).Data).toEqual([
			expect.objectContaining({
				UserNumber: '6591234568',
				MessageStatus: 'fail',
				FailReason: expect.stringMatching(/^131049:/),
			}),
		]);
		expect(await recipients({ ClientAcceptStatus: 'success' })).toEqual(['6591234567']);
	});

	it.each<[FaultKind, boolean]>([
		['resetBefore', false],
		['resetAfter', true],
		['serverErrorBefore', false],
		['serverErrorAfter', true],
		['otherCode', false],
		['nonJson', true],
		['truncatedJson', true],
		['nonceUsed', true],
		['throttle', false],
	])('is there after %s: %s', async (kind, isThere) => {
		sandbox.configure({ faults: [{ kind, every: 1 }] });
		await sendMass(['6591234567', '6591234568']).catch(() => undefined);
		expect(sandbox.stats().faults).toHaveProperty(kind);
		expect(await recipients()).toEqual(isThere ? ['6591234568', '6591234567'] : []);
	});

	it('is there while its caller waits in vain', async () => {
		const own = await startSandbox(0, { faults: [{ kind: 'hangAfter', every: 1 }] });
		try {
			const hanging = call(own, 'SendChatappMessage', { ...WHATSAPP, To: '6591234567' });
			hanging.catch(() => undefined);
			while (own.stats().recipients.accepted === 0)
				await new Promise((resolve) => setTimeout(resolve, 5));
			const answer = await call(own, 'ListChatappMessage', {
				BusinessNumber: FROM,
				ChannelType: 'whatsapp',
				CustSpaceId,
				Page: '{"Index":1,"Size":10}',
			});
			expect(answer.Data).toEqual([expect.objectContaining({ UserNumber: '6591234567' })]);
		} finally {
			await own.close();
		}
	});

	it('is not there if it was refused, or after a reset', async () => {
		expect((await send('0')).Code).toBe('InvalidParameter.ToOnlyNumeric');
		expect(await recipients()).toEqual([]);
		await send('6591234567');
		sandbox.reset();
		expect(await recipients()).toEqual([]);
	});
});

describe('the history', () => {
	it('finds the recipients of a mass send by its GroupMessageId', async () => {
		const first = await sendMass(['6591234561', '6591234562']);
		await sendMass(['6591234561', '6591234563']);
		await send('6591234561');
		const { GroupMessageId } = first as { GroupMessageId: string };
		expect(await recipients({ GroupMessageId })).toEqual(['6591234562', '6591234561']);
		expect(await recipients({ GroupMessageId, UserNumber: '6591234561' })).toEqual(['6591234561']);
		expect(await recipients({ UserNumber: '6591234561' })).toHaveLength(3);
		expect(await recipients({ GroupMessageId: '1' })).toEqual([]);
	});

	it('filters by template, direction and sender, and takes empty filters for none', async () => {
		await send('6591234567');
		await send('6591234568', {
			TemplateCode: '900100200',
			Language: 'en_US',
			TemplateParams: '{"name":"Mia","order":"1"}',
		});
		await send('6591234569', { From: '6580002222' });
		expect(await recipients({ TemplateCode: '900100200' })).toEqual(['6591234568']);
		expect(await recipients({ EventAction: 'DOWN' })).toHaveLength(2);
		expect(await recipients({ EventAction: 'UP' })).toEqual([]);
		expect(await recipients({ MessageStatus: 'other' })).toEqual([]);
		expect(await recipients({ BusinessNumber: '6580002222' })).toEqual(['6591234569']);
		expect(await recipients({ UserNumber: '', StartTime: '', StartTimeStr: '' })).toHaveLength(2);
	});

	it('filters by time, both ends included, in milliseconds or as text in UTC', async () => {
		await send('6591234567');
		const [{ SendTime }] = (await list()).Data as Array<{ SendTime: string }>;
		const at = Date.parse(SendTime);
		const text = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ');
		expect(await recipients({ StartTime: at, EndTime: at })).toHaveLength(1);
		expect(await recipients({ StartTime: at + 1 })).toEqual([]);
		expect(await recipients({ EndTime: at - 1 })).toEqual([]);
		expect(await recipients({ StartTimeStr: text(at), EndTimeStr: text(at + 1000) })).toHaveLength(
			1,
		);
		expect(await recipients({ StartTimeStr: text(at + 1000) })).toEqual([]);
		expect(await recipients({ EndTimeStr: text(at - 1000) })).toEqual([]);
	});

	it('comes in pages, newest first', async () => {
		const to = Array.from({ length: 25 }, (_, index) => String(6591000000 + index));
		await sendMass(to);
		const page = async (Index: number) =>
			await recipients({ Page: JSON.stringify({ Index, Size: 10 }) });
		const pages = [await page(1), await page(2), await page(3), await page(4)];
		expect(pages.map((rows) => rows.length)).toEqual([10, 10, 5, 0]);
		expect(pages.flat()).toEqual(to.reverse());
	});

	it.each([
		[{ BusinessNumber: '' }, 'MissingBusinessNumber'],
		[{ ChannelType: '' }, 'MissingChannelType'],
		[{ ChannelType: 'telegram' }, 'InvalidParameter.ChannelTypeNotSupport'],
		[{ CustSpaceId: '' }, 'MissingCustSpaceId'],
		[{ Page: '{"Index":0,"Size":10}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '{"Index":1,"Size":1.5}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: '{"Index":1,"Size":101}' }, 'InvalidParameter.PageInvalid'],
		[{ Page: 'x' }, 'InvalidParameter'],
		[{ EventAction: 'down' }, 'InvalidParameter'],
		[{ StartTime: '2026-11-01' }, 'InvalidParameter'],
		[{ EndTime: '-1' }, 'InvalidParameter'],
		[{ StartTimeStr: '2026-11-01' }, 'InvalidParameter'],
		[{ EndTimeStr: '2026-13-01 00:00:00' }, 'InvalidParameter'],
	])('refuses %j', async (form, code) => {
		const answer = await list(form);
		expect(answer).toEqual({
			RequestId: expect.any(String),
			Code: code,
			Message: expect.any(String),
			HostId: expect.any(String),
			Recommend: expect.any(String),
		});
	});

	it('has no limit of its own, because none is documented, and takes one from the settings', async () => {
		expect(DEFAULT_SETTINGS.limits).not.toHaveProperty('ListChatappMessage');
		sandbox.configure({ limits: { ListChatappMessage: 2 }, window: 'rolling' });
		const codes = [];
		for (let index = 0; index < 3; index++) codes.push((await list()).Code);
		expect(codes).toEqual(['OK', 'OK', 'Throttling.User']);
		sandbox.configure({ limits: { ListChatappMessage: Number.MAX_SAFE_INTEGER } });
	});
});

describe('the delay of the history', () => {
	it("passes on the gateway's clock", async () => {
		sandbox.configure({ historyDelayMs: 5 * 60_000 });
		await send('6591234567');
		expect(await recipients()).toEqual([]);
		sandbox.configure({ clockAheadMinutes: 4 });
		expect(await recipients()).toEqual([]);
		sandbox.configure({ clockAheadMinutes: 6 });
		expect(await recipients()).toEqual(['6591234567']);
	});

	it("leaves SendTime at the moment of the send, by the gateway's clock", async () => {
		sandbox.configure({ clockAheadMinutes: 10 });
		await send('6591234567');
		const [{ SendTime }] = (await list()).Data as Array<{ SendTime: string }>;
		expect(Math.round((Date.parse(SendTime) - sent(0).at) / 60_000)).toBe(10);
	});

	it('may differ among the recipients of a mass send', () => {
		let now = 0;
		const history = new MessageHistory(() => now);
		history.add(Array.from({ length: 1000 }, (_, index) => message(index, '1')));
		const scope = { custSpaceId: CustSpaceId, channelType: 'whatsapp', from: FROM };
		const seen = (at: number) => {
			now = at;
			return [...history.find({ ...scope, groupMessageId: '1' }, 100, 1000)].length;
		};
		expect(seen(99)).toBe(0);
		const half = seen(600);
		expect(half).toBeGreaterThan(300);
		expect(half).toBeLessThan(700);
		expect(seen(1100)).toBe(1000);
	});
});

/** The message to the recipient with a number. */
const message = (index: number, groupMessageId?: string): AcceptedMessage => ({
	api: 'cams',
	operation: 'SendChatappMassMessage',
	messageId: String(index),
	groupMessageId,
	channelType: 'whatsapp',
	from: FROM,
	to: String(6590000000 + index),
	text: 'x'.repeat(1000),
	buttons: [],
	at: 0,
});

describe('a long history', () => {
	const scope = { custSpaceId: CustSpaceId, channelType: 'whatsapp', from: FROM };
	const ids = (history: MessageHistory, more: object) =>
		[...history.find({ ...scope, ...more }, 0, 0)].map(({ messageId }) => messageId);

	it('finds one of 100,000 messages at once, and forgets the oldest of many more', () => {
		const history = new MessageHistory(() => 0);
		let index = 0;
		const add = (count: number) => {
			const end = index + count;
			for (; index < end; index++) history.add([message(index, String(index % 100))]);
		};
		add(100_000);
		const everyone = Array.from({ length: 1000 }, (_, each) => each);
		const start = performance.now();
		const found = everyone.flatMap((each) => ids(history, { to: String(6590000000 + each) }));
		// A few milliseconds; looking through all messages takes seconds.
		expect(performance.now() - start).toBeLessThan(1000);
		expect(found).toEqual(everyone.map(String));
		expect(ids(history, { groupMessageId: '7' })).toHaveLength(1000);

		add(300_000);
		expect(ids(history, { to: '6590000000' })).toEqual([]);
		expect(ids(history, { to: String(6590000000 + 399_999) })).toEqual(['399999']);
		const kept = ids(history, {});
		expect(kept.slice(0, 100_000)).toEqual(
			Array.from({ length: 100_000 }, (_, each) => String(399_999 - each)),
		);
		expect(kept.length).toBeLessThanOrEqual(200_000);
	});

	it('is read in pages without waiting for all of it', () => {
		const history = new MessageHistory(() => 0);
		for (let each = 0; each < 100_000; each++) history.add([message(each)]);
		const start = performance.now();
		for (let each = 0; each < 100; each++)
			expect(history.find(scope, 0, 0).next().value).toMatchObject({ messageId: '99999' });
		expect(performance.now() - start).toBeLessThan(1000);
	});
});
