import type { IDataObject, NodeOperationError } from 'n8n-workflow';

import { FOREIGN_WEBHOOK } from '../../sandbox/cams/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { withGateway, type InsteadOf } from '../support/gateway';
import { locator } from '../support/harness';
import { choices } from '../support/loadOptions';
import { SECRET, Trigger, type TriggerOptions } from '../support/trigger';

/** A sandbox of its own for each test: what is entered there stays, and calls are paced by account. */
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const [OURS, THEIRS] = ['6580001111', FOREIGN_WEBHOOK.phoneNumber];
const SPACE = 'cams-sandbox';

/** For both URLs of a number, unless something else is asked for. */
const make = async (parameters: IDataObject = {}, more: TriggerOptions = {}) =>
	await Trigger.make({
		endpoint: sandbox.url,
		...more,
		parameters: {
			triggerOn: ['messageStatus', 'inboundMessage'],
			registerUrl: true,
			custSpaceId: locator(SPACE),
			phoneNumbers: [OURS],
			...parameters,
		},
	});

const REPLACES = { options: { replaceExistingUrl: true } };
const entered = (number = '', space = SPACE) => sandbox.webhooks()[`${space}/${number}`];
const calls = () => sandbox.stats().calls.byOperation;
const both = (url: string | undefined) => ({
	HttpFlag: url === '' ? 'N' : 'Y',
	QueueFlag: 'N',
	StatusCallbackUrl: url,
	UpCallbackUrl: url,
});

/** The title and advice with which publishing is refused. */
async function refusal(trigger: Trigger): Promise<[string, string]> {
	const error = await trigger.activate().then(
		() => Promise.reject(new Error('It was published')),
		(each: NodeOperationError) => each,
	);
	expect(error.constructor.name).toBe('NodeOperationError');
	// n8n shows nothing but the message.
	const end = error.message.indexOf('. ');
	return [error.message.slice(0, end), error.message.slice(end + 2)];
}

describe('publishing', () => {
	it('calls nobody unless it is asked to', async () => {
		for (const parameters of [
			{ registerUrl: false },
			{ registerUrl: undefined },
			{ registerUrl: true, api: 'innoPaas' },
		]) {
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
		expect(entered(OURS)).toEqual(both(trigger.url()));
		expect(trigger.url()).toMatch(new RegExp(`^https://n8n\\.example\\.com/webhook/.*/${SECRET}$`));
		expect(sandbox.webhooks()).toEqual({ ...before, [`${SPACE}/${OURS}`]: both(trigger.url()) });
		expect(calls()).toEqual({ QueryChatappPhoneNumbers: 3, UpdatePhoneWebhook: 1 });
	});

	it('takes the channel of the credential where none is chosen', async () => {
		const trigger = await make({ custSpaceId: locator('') });
		await trigger.activate();
		expect(entered(OURS)).toEqual(both(trigger.url()));
	});

	it('takes the only channel of the account where neither trigger nor credential names one', async () => {
		const onlyOne: InsteadOf = (operation) =>
			operation === 'ListInstance'
				? { status: 200, body: { Code: 'OK', Data: [{ CustSpaceId: SPACE }], TotalCount: 1 } }
				: undefined;
		await withGateway(sandbox, onlyOne, async (endpoint) => {
			const trigger = await make(
				{ custSpaceId: locator('') },
				{ endpoint, credential: { custSpaceId: '' } },
			);
			await trigger.activate();
			expect(entered(OURS)).toEqual(both(trigger.url()));
			await trigger.deactivate();
			expect(entered(OURS)).toEqual(both(''));
		});
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
		expect(entered(OURS)).toEqual(both(''));
		await trigger.activate();
		expect(entered(OURS)).toEqual(both(trigger.url()));
	});

	it('refuses a number with somebody else’s address, before anything is changed', async () => {
		const before = sandbox.webhooks();
		expect(await refusal(await make({ phoneNumbers: [OURS, THEIRS] }))).toEqual([
			`Another URL is registered for +${THEIRS}`,
			'Turn on Replace Existing URL under Options, or clear it in the console.',
		]);
		expect(sandbox.webhooks()).toEqual(before);
		expect(calls()).not.toHaveProperty('UpdatePhoneWebhook');
	});

	it('replaces somebody else’s address when told to', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		expect([entered(OURS), entered(THEIRS)]).toEqual([both(trigger.url()), both(trigger.url())]);
	});

	it('is not told to by an option that says no', async () => {
		expect(
			(
				await refusal(
					await make({ phoneNumbers: [THEIRS], options: { replaceExistingUrl: false } }),
				)
			)[0],
		).toBe(`Another URL is registered for +${THEIRS}`);
	});

	it('finds out when the address did not stay', async () => {
		const nothingStays: InsteadOf = (operation) =>
			operation === 'UpdatePhoneWebhook'
				? { status: 200, body: { Code: 'OK', RequestId: 'A-1' } }
				: undefined;
		await withGateway(sandbox, nothingStays, async (endpoint) => {
			expect(await refusal(await make({}, { endpoint }))).toEqual([
				`The URL for ${OURS} was not kept`,
				'Enter it in the console by hand, and turn Register URL off.',
			]);
		});
	});

	it.each<[string, IDataObject, IDataObject, string]>([
		['no number is chosen', { phoneNumbers: [] }, {}, 'Phone Numbers is empty'],
		[
			'a number is not one of the channel',
			{ phoneNumbers: [OURS, '6599999999'] },
			{},
			'The number 6599999999 does not belong to this channel',
		],
		[
			'no channel is named and there are several',
			{ custSpaceId: locator('') },
			{ custSpaceId: '' },
			'No channel is chosen',
		],
		[
			'the AccessKey lacks the permission',
			{},
			{ accessKeyId: 'sandboxNoPermission', accessKeySecret: 'sandboxNoPermissionSecret' },
			'The AccessKey works, but lacks a permission',
		],
		[
			'the credential is for InnoPaaS',
			{},
			{ api: 'innoPaas', appKey: 'a', accessToken: 'b' },
			'This credential is for InnoPaaS',
		],
		[
			'the switch is no switch',
			{ registerUrl: 'perhaps' },
			{},
			'Register URL is neither true nor false',
		],
	])('is refused where %s', async (_what, parameters, credential, title) => {
		const [told, advice] = await refusal(await make(parameters, { credential }));
		expect(told).toBe(title);
		expect(advice).toEqual(expect.stringMatching(/\w/));
		expect(calls()).not.toHaveProperty('UpdatePhoneWebhook');
	});

	it('names the permission that it needs', async () => {
		const noPermission: InsteadOf = (operation) =>
			operation === 'UpdatePhoneWebhook'
				? { status: 400, body: { Code: 'Ram.PermissionDeny', Message: 'No.', RequestId: 'A-1' } }
				: undefined;
		await withGateway(sandbox, noPermission, async (endpoint) => {
			expect((await refusal(await make({}, { endpoint })))[1]).toContain('cams:UpdatePhoneWebhook');
		});
	});

	it('does not tell the secret in its URL when the API quotes it', async () => {
		const quotes: InsteadOf = (operation) =>
			operation === 'UpdatePhoneWebhook'
				? {
						status: 400,
						body: { Code: 'X', Message: `No: https://n8n/${SECRET}`, RequestId: SECRET },
					}
				: undefined;
		await withGateway(sandbox, quotes, async (endpoint) => {
			const [, advice] = await refusal(await make({}, { endpoint }));
			expect(advice).toContain('https://n8n/***');
			expect(advice).not.toContain(SECRET);
		});
	});

	it.each<[string, IDataObject, IDataObject, string]>([
		['no secret in the URL', { urlSecret: locator('', 'list') }, {}, 'URL Secret is empty'],
		[
			'a short one',
			{ urlSecret: locator('short') },
			{},
			'URL Secret is too short or has invalid characters',
		],
		[
			'headers that the credential does not have',
			{ authentication: 'headers' },
			{},
			'Receipt Authorization is empty',
		],
		[
			'Basic Auth that it has half',
			{ authentication: 'basicAuth' },
			{ receiptSecret: 'x' },
			'Receipt User Name or Receipt Authorization is empty',
		],
		[
			'a sender that would match nothing',
			{ options: { filterFrom: '6580001111, 2026-11-28' } },
			{},
			'Only From contains an entry that is neither a number nor a user ID',
		],
		[
			'recipients that would match nothing',
			{ options: { filterTo: '1. +65' } },
			{},
			'Only To Starting With contains an entry that is neither a number nor a user ID',
		],
		['no addresses', { options: { allowedIps: ' ' } }, {}, 'Allowed IP Addresses is empty'],
		[
			'addresses that are none',
			{ options: { allowedIps: '203.0.113.0/33' } },
			{},
			'Allowed IP Addresses contains an invalid address',
		],
	])(
		'is refused with %s, also where nothing is registered',
		async (_what, parameters, credential, title) => {
			for (const registerUrl of [true, false])
				expect((await refusal(await make({ registerUrl, ...parameters }, { credential })))[0]).toBe(
					title,
				);
			expect(calls()).toEqual({});
		},
	);
});

it('registering asks for a secret in the URL: CAMS sends no other', async () => {
	const credential = { receiptUserName: 'a', receiptSecret: 'b' };
	for (const authentication of ['basicAuth', 'headers']) {
		expect((await refusal(await make({ authentication }, { credential })))[0]).toBe(
			'Register URL works only with a secret in the URL',
		);
		await (await make({ authentication, registerUrl: false }, { credential })).activate();
	}
	expect(calls()).toEqual({});
});

describe('one of the two URLs of a number', () => {
	it.each([
		['messageStatus', 'StatusCallbackUrl', 'UpCallbackUrl'],
		['inboundMessage', 'UpCallbackUrl', 'StatusCallbackUrl'],
	] as const)(
		'is entered and taken out for %s alone; the other stays whose it is',
		async (event, own, other) => {
			const trigger = await make({ triggerOn: [event], phoneNumbers: [OURS, THEIRS], ...REPLACES });
			await trigger.activate();
			expect(entered(OURS)).toEqual({
				HttpFlag: 'Y',
				QueueFlag: 'N',
				[own]: trigger.url(),
				[other]: '',
			});
			expect(entered(THEIRS)).toEqual({
				HttpFlag: 'Y',
				QueueFlag: 'N',
				[own]: trigger.url(),
				[other]: FOREIGN_WEBHOOK.url,
			});
			await trigger.activate('trigger', 'init');
			expect(calls()).toMatchObject({ UpdatePhoneWebhook: 2 });
			await trigger.deactivate();
			expect(entered(OURS)).toEqual(both(''));
			expect(entered(THEIRS)).toEqual({
				HttpFlag: 'Y',
				QueueFlag: 'N',
				[own]: '',
				[other]: FOREIGN_WEBHOOK.url,
			});
		},
	);

	it('can be that of one workflow, and the other of another', async () => {
		const [statuses, messages] = [
			await make({ triggerOn: ['messageStatus'] }),
			await make({ triggerOn: ['inboundMessage'] }),
		];
		await statuses.activate();
		await messages.activate();
		expect(entered(OURS)).toEqual({
			HttpFlag: 'Y',
			QueueFlag: 'N',
			StatusCallbackUrl: statuses.url(),
			UpCallbackUrl: messages.url(),
		});
		await statuses.deactivate();
		expect(entered(OURS)).toEqual({
			HttpFlag: 'Y',
			QueueFlag: 'N',
			StatusCallbackUrl: '',
			UpCallbackUrl: messages.url(),
		});
	});
});

describe('what was entered is put back', () => {
	const whole = () => JSON.parse(JSON.stringify(sandbox.webhooks())) as object;

	it('for all numbers, when one of them does not work', async () => {
		await (await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES })).activate();
		const before = whole();
		let updates = 0;
		const secondFails: InsteadOf = (operation) =>
			operation === 'UpdatePhoneWebhook' && ++updates === 2
				? { status: 400, body: { Code: 'InvalidParameter', Message: 'No.', RequestId: 'A-1' } }
				: undefined;
		await withGateway(sandbox, secondFails, async (endpoint) => {
			await refusal(await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES }, { endpoint }));
		});
		expect(updates).toBe(4);
		expect(whole()).toEqual(before);
	});

	it('when the URL for the account does not work', async () => {
		const before = whole();
		const accountFails: InsteadOf = (operation) =>
			operation === 'UpdateAccountWebhook'
				? { status: 400, body: { Code: 'Ram.PermissionDeny', Message: 'No.', RequestId: 'A-1' } }
				: undefined;
		await withGateway(sandbox, accountFails, async (endpoint) => {
			const trigger = await make(
				{ triggerOn: ['messageStatus', 'templateEvent'], registerAccountUrl: true },
				{ endpoint },
			);
			expect((await refusal(trigger))[1]).toContain('cams:UpdateAccountWebhook');
		});
		expect(whole()).toEqual({ ...before, [`${SPACE}/${OURS}`]: both('') });
	});

	it('or it is told what could not be', async () => {
		let updates = 0;
		const onceOnly: InsteadOf = (operation) =>
			operation === 'UpdatePhoneWebhook' && ++updates > 1
				? { status: 400, body: { Code: 'InvalidParameter', Message: 'No.', RequestId: 'A-1' } }
				: undefined;
		await withGateway(sandbox, onceOnly, async (endpoint) => {
			const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES }, { endpoint });
			await refusal(trigger);
			expect(trigger.takeWarnings().join()).toContain(OURS);
		});
	});
});

describe('a URL of its own from before', () => {
	it('is replaced by the one with a new secret, without being told to, and taken out', async () => {
		const trigger = await make();
		await trigger.activate();
		const renewed = await make(
			{ urlSecret: locator('fedcba9876543210fedcba9876543210', 'list') },
			{ of: trigger },
		);
		expect(renewed.url()).not.toBe(trigger.url());
		await renewed.activate();
		expect(entered(OURS)).toEqual(both(renewed.url()));
		await renewed.deactivate();
		expect(entered(OURS)).toEqual(both(''));
	});

	it('is taken out of a number that is no longer chosen', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		const fewer = await make({ phoneNumbers: [THEIRS], ...REPLACES }, { of: trigger });
		await fewer.activate();
		await fewer.deactivate();
		expect([entered(OURS), entered(THEIRS)]).toEqual([both(''), both('')]);
	});
});

describe('the events of templates and of the account', () => {
	const EVENTS = { triggerOn: ['templateEvent', 'accountEvent'], phoneNumbers: [] };

	it('are entered only when told to, as nobody can read what is entered', async () => {
		const trigger = await make({ ...EVENTS, ...REPLACES });
		await trigger.activate();
		expect(calls()).toEqual({});
		const told = await make({ ...EVENTS, registerAccountUrl: true });
		await told.activate();
		expect(entered()).toMatchObject({ HttpFlag: 'Y', StatusCallbackUrl: told.url() });
		expect(calls()).toEqual({ UpdateAccountWebhook: 1 });
	});

	it('are not touched by a trigger that does not want them, whatever was chosen before', async () => {
		const trigger = await make({ triggerOn: ['messageStatus'], registerAccountUrl: true });
		await trigger.activate();
		await trigger.deactivate();
		expect(calls()).not.toHaveProperty('UpdateAccountWebhook');
	});

	it('are entered beside those of the numbers, and stay, which is told', async () => {
		const trigger = await make({
			triggerOn: ['messageStatus', 'inboundMessage', 'templateEvent'],
			registerAccountUrl: true,
		});
		await trigger.activate();
		expect([entered(OURS), entered()]).toEqual([
			both(trigger.url()),
			expect.objectContaining({ StatusCallbackUrl: trigger.url() }),
		]);
		await trigger.activate('trigger', 'init');
		expect(calls()).toMatchObject({ UpdateAccountWebhook: 1, UpdatePhoneWebhook: 1 });
		await trigger.deactivate();
		expect([entered(OURS), entered()]).toEqual([
			both(''),
			expect.objectContaining({ StatusCallbackUrl: trigger.url() }),
		]);
		expect(trigger.takeWarnings()).toEqual([
			expect.stringContaining('template and account events is still registered'),
		]);
	});
});

describe('unpublishing', () => {
	it('takes the address out again', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		await trigger.deactivate();
		expect([entered(OURS), entered(THEIRS)]).toEqual([both(''), both('')]);
	});

	it('leaves what somebody else has entered meanwhile', async () => {
		const trigger = await make();
		await trigger.activate();
		const other = await make(REPLACES);
		await other.activate();
		await trigger.deactivate();
		expect(entered(OURS)).toEqual(both(other.url()));
	});

	it('takes out what was entered, whatever the panel says now', async () => {
		const trigger = await make();
		await trigger.activate();
		await (
			await make(
				{ registerUrl: false, phoneNumbers: [], custSpaceId: locator('cams-many') },
				{ of: trigger },
			)
		).deactivate();
		expect(entered(OURS)).toEqual(both(''));
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
		expect(trigger.takeWarnings()).toEqual([
			expect.stringContaining('the URL is still registered in the console'),
		]);
		sandbox = await startSandbox();
	});

	it('takes it out of the other numbers where one has left the channel', async () => {
		const trigger = await make({ phoneNumbers: [OURS, THEIRS], ...REPLACES });
		await trigger.activate();
		const withoutTheirs: InsteadOf = (operation) =>
			operation === 'QueryChatappPhoneNumbers'
				? {
						status: 200,
						body: {
							Code: 'OK',
							RequestId: 'A-1',
							PhoneNumbers: [
								{
									PhoneNumber: OURS,
									StatusCallbackUrl: trigger.url(),
									UpCallbackUrl: trigger.url(),
								},
							],
						},
					}
				: undefined;
		await withGateway(sandbox, withoutTheirs, async (endpoint) => {
			await (await make({}, { of: trigger, endpoint })).deactivate();
		});
		expect(entered(OURS)).toEqual(both(''));
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
		expect(entered(OURS)).toEqual(both(''));
	});

	it('is refused where everybody could start the workflow', async () => {
		const trigger = await make({ urlSecret: locator('', 'list') });
		await expect(trigger.activate('manual', 'manual')).rejects.toThrow('URL Secret is empty');
	});
});

describe('the numbers to choose from', () => {
	const numbers = async (parameters: IDataObject, credential?: IDataObject) =>
		await choices(sandbox.url, 'getPhoneNumbers', {
			name: 'chatAppReceiptTrigger',
			parameters: { registerUrl: true, ...parameters },
			credential,
		});

	it('are those of the channel, of the panel or of the credential', async () => {
		expect((await numbers({})).map(({ value }) => value)).toEqual([OURS, THEIRS]);
		expect(
			(await numbers({ custSpaceId: locator('cams-many', 'list') })).map(({ value }) => value),
		).toEqual(['6580003333']);
	});

	it('are not there for who may not see them, and the panel says why', async () => {
		await expect(
			numbers(
				{},
				{ accessKeyId: 'sandboxNoPermission', accessKeySecret: 'sandboxNoPermissionSecret' },
			),
		).rejects.toMatchObject({ message: 'The AccessKey works, but lacks a permission' });
	});
});

describe('a queue beside the URL', () => {
	it('stays', async () => {
		const flags: string[] = [];
		const queued: InsteadOf = (operation) =>
			operation === 'QueryChatappPhoneNumbers' && flags.length === 0
				? {
						status: 200,
						body: {
							Code: 'OK',
							RequestId: 'A-1',
							PhoneNumbers: [
								{
									PhoneNumber: OURS,
									StatusCallbackUrl: '',
									UpCallbackUrl: '',
									StatusQueue: 'Alicom-Queue-1',
									UpQueue: '',
								},
							],
						},
					}
				: undefined;
		await withGateway(
			sandbox,
			queued,
			async (endpoint) => {
				const trigger = await make({}, { endpoint });
				await trigger.activate();
				expect(entered(OURS)).toEqual({ ...both(trigger.url()), QueueFlag: 'Y' });
				await trigger.deactivate();
				expect(entered(OURS)).toEqual({ ...both(''), QueueFlag: 'Y' });
			},
			(operation) => operation === 'UpdatePhoneWebhook' && flags.push(operation),
		);
	});
});
