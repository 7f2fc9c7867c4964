import { FOREIGN_WEBHOOK } from '../../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';
import { call, callInQuery, type Body } from '../../support/camsClient';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => {
	sandbox.configure(DEFAULT_SETTINGS);
	sandbox.reset();
});
afterAll(() => sandbox.close());

const PHONE = {
	CustSpaceId: 'cams-sandbox',
	PhoneNumber: '6580001111',
	HttpFlag: 'Y',
	QueueFlag: 'N',
	StatusCallbackUrl: 'https://n8n.example.com/webhook/a?k=1&z=é',
	UpCallbackUrl: 'http://127.0.0.1:5678/webhook/b',
};
const ACCOUNT_WEBHOOK = {
	CustSpaceId: 'cams-sandbox',
	HttpFlag: 'Y',
	QueueFlag: 'N',
	StatusCallbackUrl: 'https://n8n.example.com/webhook/c',
};

const setPhone = async (change: object = {}) =>
	await callInQuery(sandbox, 'UpdatePhoneWebhook', { ...PHONE, ...change });
const setAccount = async (change: object = {}) =>
	await callInQuery(sandbox, 'UpdateAccountWebhook', { ...ACCOUNT_WEBHOOK, ...change });

async function readBack(PhoneNumber = '6580001111', CustSpaceId = 'cams-sandbox'): Promise<Body> {
	const rows = (await call(sandbox, 'QueryChatappPhoneNumbers', { CustSpaceId }))
		.PhoneNumbers as Body[];
	const { StatusCallbackUrl, UpCallbackUrl, StatusQueue, UpQueue } = rows.find(
		(row) => row.PhoneNumber === PhoneNumber,
	)!;
	return { StatusCallbackUrl, UpCallbackUrl, StatusQueue, UpQueue };
}

const NOTHING = { StatusCallbackUrl: '', UpCallbackUrl: '', StatusQueue: '', UpQueue: '' };
const { StatusCallbackUrl, UpCallbackUrl } = PHONE;

describe('the address of a number', () => {
	it('is set and read back, for that number in that space only', async () => {
		expect(await readBack()).toEqual(NOTHING);
		expect(await setPhone()).toMatchObject({ Code: 'OK', RequestId: expect.any(String) });
		expect(await readBack()).toEqual({ ...NOTHING, StatusCallbackUrl, UpCallbackUrl });
		expect(await readBack('6580001111', 'cams-own')).toEqual(NOTHING);
		expect(await readBack('6580003333', 'cams-many')).toEqual(NOTHING);
	});

	it('is emptied, and its queue named while there is one', async () => {
		await setPhone({ HttpFlag: 'N', QueueFlag: 'Y', StatusCallbackUrl: '', UpCallbackUrl: '' });
		const queue = expect.stringMatching(/^Alicom-Queue-/) as unknown;
		expect(await readBack()).toEqual({ ...NOTHING, StatusQueue: queue, UpQueue: queue });
		await setPhone({ QueueFlag: 'N', StatusCallbackUrl: '', UpCallbackUrl: '' });
		expect(await readBack()).toEqual(NOTHING);
	});

	it('is somebody else’s for one number, until it is set, and again after a reset', async () => {
		const foreign = {
			...NOTHING,
			StatusCallbackUrl: FOREIGN_WEBHOOK.url,
			UpCallbackUrl: FOREIGN_WEBHOOK.url,
		};
		expect(await readBack('6580002222')).toEqual(foreign);
		expect(await readBack('6580002222', 'cams-own')).toEqual(foreign);
		await setPhone({ PhoneNumber: '6580002222' });
		await setPhone();
		expect(await readBack('6580002222')).toMatchObject({ StatusCallbackUrl });
		sandbox.reset();
		expect(await readBack('6580002222')).toEqual(foreign);
		expect(await readBack()).toEqual(NOTHING);
	});

	it.each([
		['kept', { StatusCallbackUrl, UpCallbackUrl: 'https://n8n.example.com/other', HttpFlag: 'Y' }],
		[
			'cleared',
			{ StatusCallbackUrl: '', UpCallbackUrl: 'https://n8n.example.com/other', HttpFlag: 'N' },
		],
	] as const)(
		'is %s in the parts that a call leaves out, as set',
		async (omittedWebhookParts, expected) => {
			sandbox.configure({ omittedWebhookParts });
			await setPhone();
			const omitted = { HttpFlag: undefined, QueueFlag: undefined, StatusCallbackUrl: undefined };
			await setPhone({ ...omitted, UpCallbackUrl: 'https://n8n.example.com/other' });
			expect(sandbox.webhooks()['cams-sandbox/6580001111']).toEqual({
				...expected,
				QueueFlag: 'N',
			});
		},
	);

	it.each<[string, object, string]>([
		['without a space', { CustSpaceId: undefined }, 'MissingCustSpaceId'],
		['without a number', { PhoneNumber: undefined }, 'MissingPhoneNumber'],
		['for an unknown space', { CustSpaceId: 'cams-nobody' }, 'Unknown.ResourceOwnerId'],
		['for an unknown number', { PhoneNumber: '6580009999' }, 'InvalidParameter.PhoneNumberError'],
		[
			'for the number of another space',
			{ PhoneNumber: '6580003333' },
			'InvalidParameter.PhoneNumberError',
		],
		[
			'for the service of another channel',
			{ PhoneNumber: '20001' },
			'InvalidParameter.PhoneNumberError',
		],
		['with another flag', { HttpFlag: 'true' }, 'InvalidParameter'],
		['with an empty flag', { QueueFlag: '' }, 'InvalidParameter'],
		['with an address of a file', { StatusCallbackUrl: 'file:///etc/passwd' }, 'InvalidParameter'],
		['with what is no address', { UpCallbackUrl: 'n8n.example.com' }, 'InvalidParameter'],
		[
			'with a blank in the address',
			{ UpCallbackUrl: 'https://n8n.example.com/a b' },
			'InvalidParameter',
		],
	])('is not set %s', async (_what, change, code) => {
		expect((await setPhone(change)).Code).toBe(code);
		expect(await readBack()).toEqual(NOTHING);
	});

	it('is not set by a form', async () => {
		expect((await call(sandbox, 'UpdatePhoneWebhook', PHONE)).Code).toBe('MissingCustSpaceId');
	});

	it('is not set more than ten times a second', async () => {
		const codes = (
			await Promise.all(Array.from({ length: 12 }, async () => (await setPhone()).Code))
		).sort();
		expect(codes).toEqual([...Array<string>(10).fill('OK'), 'Throttling.User', 'Throttling.User']);
	});
});

describe('the address of an account', () => {
	it('is set, for its space only', async () => {
		expect(await setAccount()).toMatchObject({ Code: 'OK' });
		expect(sandbox.webhooks()).toMatchObject({
			'cams-sandbox/': {
				HttpFlag: 'Y',
				QueueFlag: 'N',
				StatusCallbackUrl: 'https://n8n.example.com/webhook/c',
			},
			'cams-sandbox/6580002222': { HttpFlag: 'Y', StatusCallbackUrl: FOREIGN_WEBHOOK.url },
		});
		expect(sandbox.webhooks()).not.toHaveProperty(['cams-own/']);
		sandbox.reset();
		expect(sandbox.webhooks()).not.toHaveProperty(['cams-sandbox/']);
	});

	it.each<[string, object, string]>([
		['without a space', { CustSpaceId: undefined }, 'MissingCustSpaceId'],
		['for an unknown space', { CustSpaceId: 'cams-nobody' }, 'Unknown.ResourceOwnerId'],
		['with another flag', { HttpFlag: 'y' }, 'InvalidParameter'],
		['with what is no address', { StatusCallbackUrl: 'javascript:alert(1)' }, 'InvalidParameter'],
	])('is not set %s', async (_what, change, code) => {
		expect((await setAccount(change)).Code).toBe(code);
		expect(sandbox.webhooks()).not.toHaveProperty(['cams-sandbox/']);
	});
});
