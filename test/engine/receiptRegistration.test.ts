import type { IDataObject, NodeOperationError } from 'n8n-workflow';

import { FOREIGN } from '../../sandbox/catalogue';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { callInQuery } from '../sandbox/client';
import { withGateway, type InsteadOf } from './gateway';
import { locator } from './harness';
import { choices } from './loadOptions';
import { SECRET, Trigger, type TriggerOptions } from './trigger';

/** A sandbox of its own for each test: what is entered there stays, and calls are paced by account. */
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const [OURS, THEIRS] = ['6580001111', FOREIGN.phoneNumber];
const SPACE = 'cams-sandbox';

const make = async (parameters: IDataObject = {}, more: TriggerOptions = {}) =>
	await Trigger.make({ endpoint: sandbox.url, ...more, parameters: { registerUrl: true, custSpaceId: locator(SPACE), phoneNumbers: [OURS], ...parameters } });

const REPLACES = { options: { replaceExistingUrl: true } };
const entered = (number = '', space = SPACE) => sandbox.webhooks()[`${space}/${number}`];
const calls = () => sandbox.stats().calls.byOperation;
const urls = (status: string | undefined, inbound: string | undefined) => ({ HttpFlag: status === '' && inbound === '' ? 'N' : 'Y', QueueFlag: 'N', StatusCallbackUrl: status, UpCallbackUrl: inbound });
const NOTHING = urls('', '');

/** What stands in the console for a number before anything is published. */
const enterBefore = async (StatusCallbackUrl: string, UpCallbackUrl: string, PhoneNumber = OURS) =>
	await callInQuery(sandbox, 'UpdatePhoneWebhook', { CustSpaceId: SPACE, PhoneNumber, ...urls(StatusCallbackUrl, UpCallbackUrl) });

const DENIED = { status: 400, body: { Code: 'Ram.PermissionDeny', Message: 'No.', RequestId: 'A-1' } };

/** Refuses some of the calls of an operation, counted from 1. */
function refuses(operation: string, ...which: number[]): InsteadOf {
	let calls = 0;
	return (each) => (each === operation && which.includes(++calls) ? DENIED : undefined);
}

/** The title and advice with which publishing is refused. */
async function refusal(trigger: Trigger): Promise<[string, string | null | undefined]> {
	const error = await trigger.activate().then(
		() => Promise.reject(new Error('It was published')),
		(each: NodeOperationError) => each,
	);
	expect(error.constructor.name).toBe('NodeOperationError');
	return [error.message, error.description];
}

describe('publishing', () => {
	it('calls nobody unless it is asked to', async () => {
		for (const parameters of [{ registerUrl: false }, { registerUrl: undefined }, { registerUrl: true, api: 'innoPaas', authentication: 'urlSecret' }]) {
			const trigger = await make(parameters);
			await trigger.activate();
			await trigger.deactivate();
		}
		expect(calls()).toEqual({});
	});

	it('enters the production address for the chosen numbers, reads it back, and leaves the others', async () => {
		const before = sandbox.webhooks();
		const trigger = await make();
		await trigger.activate();
		expect(entered(OURS)).toEqual(urls(trigger.url(), ''));
		expect(trigger.url()).toMatch(new RegExp(`^https://n8n\\.example\\.com/webhook/.*/${SECRET}$`));
		expect(sandbox.webhooks()).toEqual({ ...before, [`${SPACE}/${OURS}`]: urls(trigger.url(), '') });
		expect(calls()).toEqual({ QueryChatappPhoneNumbers: 3, UpdatePhoneWebhook: 1 });
	});

	it('takes the channel of the credential where none is chosen', async () => {
		const trigger = await make({ custSpaceId: locator('') });
		await trigger.activate();
		expect(entered(OURS)).toEqual(urls(trigger.url(), ''));
	});

	it('again, as after a restart, changes nothing', async () => {
		const trigger = await make();
		await trigger.activate();
		const again = await make({}, { of: trigger });
		await again.activate('trigger', 'init');
		expect(calls()).toMatchObject({ UpdatePhoneWebhook: 1 });
	});

	it('again enters the address where it was taken out meanwhile', async () => {
		const trigger = await make();
		await trigger.activate();
		await (await make({}, { of: trigger })).deactivate();
		expect(entered(OURS)).toEqual(NOTHING);
		await trigger.activate();
		expect(entered(OURS)).toEqual(urls(trigger.url(), ''));
	});

	it('refuses a number with somebody else’s address, before anything is changed', async () => {
		const before = sandbox.webhooks();
		expect(await refusal(await make({ phoneNumbers: [OURS, THEIRS] }))).toEqual([`Another URL is entered for +${THEIRS}`, 'Turn on Replace Existing URL under Options, or clear it in the console.']);
		expect(sandbox.webhooks()).toEqual(before);
		expect(calls()).not.toHaveProperty('UpdatePhoneWebhook');
	});

	it('replaces somebody else’s address when told to', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		expect([entered(OURS), entered(THEIRS)]).toEqual([urls(trigger.url(), ''), urls(trigger.url(), FOREIGN.url)]);
	});

	it('is not told to by an option that says no', async () => {
		expect((await refusal(await make({ phoneNumbers: [THEIRS], options: { replaceExistingUrl: false } })))[0]).toBe(`Another URL is entered for +${THEIRS}`);
	});

	it('finds out when the address did not stay', async () => {
		const nothingStays: InsteadOf = (operation) => (operation === 'UpdatePhoneWebhook' ? { status: 200, body: { Code: 'OK', RequestId: 'A-1' } } : undefined);
		await withGateway(sandbox, nothingStays, async (endpoint) => {
			expect(await refusal(await make({}, { endpoint }))).toEqual([`The URL for ${OURS} did not stay`, 'Enter it in the console by hand, and turn Register URL off.']);
		});
	});

	it.each<[string, IDataObject, IDataObject, string]>([
		['no number is chosen', { phoneNumbers: [] }, {}, 'Phone Numbers is empty'],
		['a number is not one of the channel', { phoneNumbers: [OURS, '6599999999'] }, {}, 'The number 6599999999 is not one of this channel'],
		['there is no channel', { custSpaceId: locator('') }, { custSpaceId: '' }, 'No channel is chosen'],
		['the AccessKey lacks the permission', {}, { accessKeyId: 'sandboxNoPermission', accessKeySecret: 'sandboxNoPermissionSecret' }, 'The AccessKey works, but lacks a permission'],
		['the credential is for InnoPaaS', {}, { api: 'innoPaas', appKey: 'a', accessToken: 'b' }, 'This credential is for InnoPaaS'],
		['the switch is no switch', { registerUrl: 'perhaps' }, {}, 'Register URL is neither true nor false'],
	])('is refused where %s', async (_what, parameters, credential, title) => {
		const [told, advice] = await refusal(await make(parameters, { credential }));
		expect(told).toBe(title);
		expect(advice).toEqual(expect.stringMatching(/\w/));
		expect(calls()).not.toHaveProperty('UpdatePhoneWebhook');
	});

	it('names the permission that it needs', async () => {
		await withGateway(sandbox, refuses('UpdatePhoneWebhook', 1), async (endpoint) => {
			expect((await refusal(await make({}, { endpoint })))[1]).toContain('cams:UpdatePhoneWebhook');
		});
	});

	it.each<[string[], [boolean, boolean]]>([
		[['messageStatus'], [true, false]],
		[['inboundMessage'], [false, true]],
		[['messageStatus', 'inboundMessage', 'templateEvent'], [true, true]],
	])('on %j enters what is asked for, and sends the rest back as it was read', async (triggerOn, [status, inbound]) => {
		// What a call leaves out could be cleared.
		sandbox.configure({ omittedWebhookParts: 'cleared' });
		const THEIR_URLS = ['https://example.com/status', 'https://example.com/inbound'];
		await enterBefore(status ? '' : THEIR_URLS[0], inbound ? '' : THEIR_URLS[1]);
		const trigger = await make({ triggerOn });
		await trigger.activate();
		const url = trigger.url();
		expect(entered(OURS)).toEqual(urls(status ? url : THEIR_URLS[0], inbound ? url : THEIR_URLS[1]));
		await trigger.activate('trigger', 'init');
		await trigger.deactivate();
		expect(entered(OURS)).toEqual(urls(status ? '' : THEIR_URLS[0], inbound ? '' : THEIR_URLS[1]));
		expect(calls()).toMatchObject({ UpdatePhoneWebhook: 3 });
	});

	it.each([
		['messageStatus', ['https://example.com/other', '']],
		['inboundMessage', ['', 'https://example.com/other']],
	])('on %s is refused where somebody else’s address is of that kind', async (triggerOn, [status, inbound]) => {
		await enterBefore(status, inbound);
		expect((await refusal(await make({ triggerOn: [triggerOn] })))[0]).toBe(`Another URL is entered for +${OURS}`);
		expect(entered(OURS)).toEqual(urls(status, inbound));
	});

	it.each([1, 2])('puts back what stood there when number %i of 2 fails', async (failing) => {
		await enterBefore('https://example.com/status', 'https://example.com/inbound');
		const before = sandbox.webhooks();
		await withGateway(sandbox, refuses('UpdatePhoneWebhook', failing), async (endpoint) => {
			const trigger = await make({ phoneNumbers: [OURS, THEIRS], triggerOn: ['messageStatus', 'inboundMessage'], ...REPLACES }, { endpoint });
			expect((await refusal(trigger))[0]).toBe('The AccessKey works, but lacks a permission');
			expect(sandbox.webhooks()).toEqual(before);
			expect(trigger.told()).toEqual([]);
			// Nothing of it is its own.
			const once = calls();
			await trigger.deactivate();
			expect(calls()).toEqual(once);
		});
	});

	it('puts the others back, and says which, when one cannot be put back', async () => {
		await withGateway(sandbox, refuses('UpdatePhoneWebhook', 2, 3), async (endpoint) => {
			const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES }, { endpoint });
			const before = entered(THEIRS);
			await refusal(trigger);
			expect(trigger.told()).toEqual([expect.stringContaining(`what was entered for ${OURS} could not be put back`)]);
			expect(entered(THEIRS)).toEqual(before);
		});
	});

	it('takes its own address with an older secret for its own', async () => {
		const trigger = await make();
		await trigger.activate();
		const older = trigger.url();
		const renewed = await make({ urlSecret: locator('f'.repeat(32)) }, { of: trigger });
		expect(renewed.url()).not.toBe(older);
		await renewed.activate();
		expect(entered(OURS)).toEqual(urls(renewed.url(), ''));
		await renewed.deactivate();
		expect(entered(OURS)).toEqual(NOTHING);
	});

	const FULL = { receiptUserName: 'somebody', receiptSecret: 'made-up secret' };
	it.each(['basicAuth', 'headers'])('is refused with Register URL and %s, which CAMS could not send', async (authentication) => {
		expect((await refusal(await make({ authentication }, { credential: FULL })))[0]).toBe('Register URL works only with a secret in the URL');
		for (const parameters of [{ registerUrl: false }, { api: 'innoPaas' }]) await (await make({ authentication, ...parameters }, { credential: FULL })).activate();
		expect(calls()).toEqual({});
	});

	it.each<[string, IDataObject, IDataObject, string]>([
		['no secret in the URL', { urlSecret: locator('', 'list') }, {}, 'URL Secret is empty'],
		['a short one', { urlSecret: locator('short') }, {}, 'URL Secret is too short or has other characters'],
		['headers that the credential does not have', { authentication: 'headers' }, {}, 'Receipt Authorization is empty'],
		['Basic Auth that it has half', { authentication: 'basicAuth' }, { receiptSecret: 'x' }, 'Receipt User Name or Receipt Authorization is empty'],
		['an empty list of addresses', { options: { allowedIps: '' } }, {}, 'Allowed IP Addresses is empty'],
		['a list of addresses that holds none', { options: { allowedIps: ' , ' } }, {}, 'Allowed IP Addresses is empty'],
		['addresses that are none', { options: { allowedIps: '203.0.113.0/33' } }, {}, 'Allowed IP Addresses holds something that is no address'],
	])('is refused with %s, also where nothing is registered', async (_what, parameters, credential, title) => {
		for (const registerUrl of [true, false]) expect((await refusal(await make({ registerUrl, ...parameters }, { credential })))[0]).toBe(title);
		expect(calls()).toEqual({});
	});
});

describe('the events of templates and of the account', () => {
	const EVENTS = { triggerOn: ['templateEvent', 'accountEvent'], phoneNumbers: [], registerAccountUrl: true };
	const OF_ACCOUNT = { HttpFlag: 'Y', QueueFlag: 'N', UpCallbackUrl: '' };
	const STAYS = expect.stringContaining('the URL for template and account events is still entered in the console') as unknown;

	it('are entered only when told to', async () => {
		for (const parameters of [{ registerAccountUrl: false }, { registerAccountUrl: undefined, ...REPLACES }]) await (await make({ ...EVENTS, ...parameters })).activate();
		expect(calls()).toEqual({});
		const trigger = await make(EVENTS);
		await trigger.activate();
		expect(entered()).toEqual({ ...OF_ACCOUNT, StatusCallbackUrl: trigger.url() });
		expect(calls()).toEqual({ UpdateAccountWebhook: 1 });
	});

	it('are not touched by a trigger that does not want them', async () => {
		const trigger = await make({ registerAccountUrl: true, ...REPLACES });
		await trigger.activate();
		await trigger.deactivate();
		expect(calls()).not.toHaveProperty('UpdateAccountWebhook');
		expect(trigger.told()).toEqual([]);
	});

	it('are entered beside those of the numbers, once, and stay when those are taken out', async () => {
		const trigger = await make({ triggerOn: ['messageStatus', 'templateEvent'], registerAccountUrl: true });
		await trigger.activate();
		const ofAccount = { ...OF_ACCOUNT, StatusCallbackUrl: trigger.url() };
		expect([entered(OURS), entered()]).toEqual([urls(trigger.url(), ''), ofAccount]);
		await trigger.activate('trigger', 'init');
		expect(calls()).toMatchObject({ UpdateAccountWebhook: 1, UpdatePhoneWebhook: 1 });
		await trigger.deactivate();
		expect([entered(OURS), entered()]).toEqual([NOTHING, ofAccount]);
		expect(trigger.told()).toEqual([STAYS]);
	});

	it('stay also where nothing else was entered, and are entered again', async () => {
		const trigger = await make(EVENTS);
		await trigger.activate();
		await trigger.deactivate();
		expect(trigger.told()).toEqual([STAYS]);
		await trigger.activate();
		expect(calls()).toEqual({ UpdateAccountWebhook: 2 });
	});

	it('leave a queue as it is', async () => {
		await callInQuery(sandbox, 'UpdateAccountWebhook', { CustSpaceId: SPACE, HttpFlag: 'N', QueueFlag: 'Y' });
		const trigger = await make(EVENTS);
		await trigger.activate();
		expect(entered()).toEqual({ ...OF_ACCOUNT, QueueFlag: 'Y', StatusCallbackUrl: trigger.url() });
	});

	it('that cannot be entered put back what was entered for the numbers', async () => {
		const before = sandbox.webhooks();
		await withGateway(sandbox, refuses('UpdateAccountWebhook', 1), async (endpoint) => {
			expect((await refusal(await make({ triggerOn: ['messageStatus', 'templateEvent'], registerAccountUrl: true, ...REPLACES, phoneNumbers: [THEIRS] }, { endpoint })))[1]).toContain('cams:UpdateAccountWebhook');
		});
		expect(sandbox.webhooks()).toEqual(before);
	});
});

describe('unpublishing', () => {
	it('takes the address out again', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		await trigger.deactivate();
		expect([entered(OURS), entered(THEIRS)]).toEqual([NOTHING, urls('', FOREIGN.url)]);
	});

	it('leaves what somebody else has entered meanwhile', async () => {
		const trigger = await make();
		await trigger.activate();
		const other = await make(REPLACES);
		await other.activate();
		await trigger.deactivate();
		expect(entered(OURS)).toEqual(urls(other.url(), ''));
	});

	it('takes out what was entered, whatever the panel says now', async () => {
		const trigger = await make();
		await trigger.activate();
		await (await make({ registerUrl: false, phoneNumbers: [], custSpaceId: locator('cams-many') }, { of: trigger })).deactivate();
		expect(entered(OURS)).toEqual(NOTHING);
	});

	it('calls nobody where nothing was entered, nor a second time', async () => {
		await (await make()).deactivate();
		expect(calls()).toEqual({});
		const trigger = await make();
		await trigger.activate();
		await trigger.deactivate();
		const once = calls();
		await trigger.deactivate();
		expect(calls()).toEqual(once);
	});

	it('works also when nobody answers, and says what is left', async () => {
		const trigger = await make();
		await trigger.activate();
		await sandbox.close();
		await trigger.deactivate();
		expect(trigger.told()).toEqual([expect.stringContaining('the URL is still entered in the console')]);
		sandbox = await startSandbox();
	});

	it('takes it out of the other numbers where one has left the channel', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		const withoutTheirs: InsteadOf = (operation) =>
			operation === 'QueryChatappPhoneNumbers'
				? { status: 200, body: { Code: 'OK', RequestId: 'A-1', PhoneNumbers: [{ PhoneNumber: OURS, StatusCallbackUrl: trigger.url(), UpCallbackUrl: '' }] } }
				: undefined;
		await withGateway(sandbox, withoutTheirs, async (endpoint) => {
			await (await make({}, { of: trigger, endpoint })).deactivate();
		});
		expect(entered(OURS)).toEqual(NOTHING);
	});

	it('goes on when one number fails, says which, and can be tried again for that', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		await withGateway(sandbox, refuses('UpdatePhoneWebhook', 1), async (endpoint) => {
			const again = await make({}, { of: trigger, endpoint });
			await again.deactivate();
			expect(again.told()).toEqual([expect.stringMatching(new RegExp(`still entered in the console for ${OURS}$`))]);
			expect([entered(OURS), entered(THEIRS)]).toEqual([urls(trigger.url(), ''), urls('', FOREIGN.url)]);
			await again.deactivate();
			expect([again.told(), entered(OURS)]).toEqual([[], NOTHING]);
		});
	});
});

describe('listening for a test event', () => {
	it('changes nothing, neither at its start nor at its end', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate('manual', 'manual');
		await trigger.deactivate('manual', 'manual');
		expect(calls()).toEqual({});
	});

	it('leaves what is live', async () => {
		const trigger = await make();
		await trigger.activate();
		const live = [calls(), entered(OURS)];
		await trigger.activate('manual', 'manual');
		await trigger.deactivate('manual', 'manual');
		expect([calls(), entered(OURS)]).toEqual(live);
		await trigger.deactivate();
		expect(entered(OURS)).toEqual(NOTHING);
	});

	it('is refused where everybody could start the workflow', async () => {
		const trigger = await make({ urlSecret: locator('', 'list') });
		await expect(trigger.activate('manual', 'manual')).rejects.toThrow('URL Secret is empty');
	});
});

describe('the numbers to choose from', () => {
	const numbers = async (parameters: IDataObject, credential?: IDataObject) => await choices(sandbox.url, 'getPhoneNumbers', { name: 'chatAppReceiptTrigger', parameters: { registerUrl: true, ...parameters }, credential });

	it('are those of the channel, of the panel or of the credential', async () => {
		expect((await numbers({})).map(({ value }) => value)).toEqual([OURS, THEIRS]);
		expect((await numbers({ custSpaceId: locator('cams-many', 'list') })).map(({ value }) => value)).toEqual(['6580003333']);
	});

	it('are not there for who may not see them, and the panel says why', async () => {
		await expect(numbers({}, { accessKeyId: 'sandboxNoPermission', accessKeySecret: 'sandboxNoPermissionSecret' })).rejects.toMatchObject({ message: 'The AccessKey works, but lacks a permission' });
	});
});

describe('a queue beside the URL', () => {
	it('stays', async () => {
		const flags: string[] = [];
		const queued: InsteadOf = (operation) =>
			operation === 'QueryChatappPhoneNumbers' && flags.length === 0
				? { status: 200, body: { Code: 'OK', RequestId: 'A-1', PhoneNumbers: [{ PhoneNumber: OURS, StatusCallbackUrl: '', UpCallbackUrl: '', StatusQueue: 'Alicom-Queue-1', UpQueue: '' }] } }
				: undefined;
		await withGateway(
			sandbox,
			queued,
			async (endpoint) => {
				const trigger = await make({}, { endpoint });
				await trigger.activate();
				expect(entered(OURS)).toEqual({ ...urls(trigger.url(), ''), QueueFlag: 'Y' });
				await trigger.deactivate();
				expect(entered(OURS)).toEqual({ ...NOTHING, QueueFlag: 'Y' });
			},
			(operation) => operation === 'UpdatePhoneWebhook' && flags.push(operation),
		);
	});
});
