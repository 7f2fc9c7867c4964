import { NodeApiError, type IDataObject, type ResourceMapperField } from 'n8n-workflow';

import { ACCOUNT } from '../../sandbox/cams/accounts';
import { MANY_TEMPLATES, TEMPLATES } from '../../sandbox/cams/templates';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import type { Settings } from '../../sandbox/settings';
import { withGateway } from '../support/gateway';
import { MIA, TEMPLATE, TEXT, locator, runNode } from '../support/harness';
import {
	IN_WORDS,
	choices,
	mapperFields,
	search,
	withoutText,
	type Panel,
} from '../support/loadOptions';
import { pattern } from '../support/pattern';
import { SharedSandbox } from '../support/sharedSandbox';

/** An endpoint of its own for each test: answers are kept for a minute, and calls are paced, by endpoint. */
const shared = new SharedSandbox();
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await shared.atNewAddress();
});
afterEach(() => sandbox.close());
afterAll(() => shared.close());

const ofChannel = (channelType: string, more: IDataObject = {}): IDataObject => ({
	operation: 'sendTemplate',
	channelType,
	...more,
});
const list = async (method: string, panel: Panel, filter?: string) =>
	(await search(sandbox.url, method, panel, filter)).results.map(({ name, value }) => [
		name,
		value,
	]);
const calls = () => sandbox.stats().calls.byOperation;

describe('the list of channels', () => {
	const FROM_CREDENTIAL = ['From the Credential', ''];

	it.each([
		[
			'whatsapp',
			[
				['Sandbox whatsapp, cams-sandbox', 'cams-sandbox'],
				['Sandbox Branch whatsapp, cams-own', 'cams-own'],
				['Sandbox Notices whatsapp, cams-many', 'cams-many'],
			],
		],
		[
			'viber',
			[
				['Sandbox viber, cams-sandbox', 'cams-sandbox'],
				['Sandbox Branch viber, cams-own', 'cams-own'],
			],
		],
		['instagram', [['Sandbox instagram, cams-sandbox', 'cams-sandbox']]],
		['messenger', [['Sandbox messenger, cams-sandbox', 'cams-sandbox']]],
		['telegram', [['Sandbox telegram, cams-sandbox', 'cams-sandbox']]],
	])('of %s', async (channelType, rows) => {
		expect(await list('searchChannels', { parameters: ofChannel(channelType) })).toEqual([
			FROM_CREDENTIAL,
			...rows,
		]);
	});

	it('of CAMS Viber Send are those of Viber', async () => {
		expect(await list('searchChannels', { name: 'camsViberSend', parameters: {} })).toHaveLength(3);
	});

	it.each([
		['branch', ['cams-own']],
		['  CAMS-MANY ', ['cams-many']],
		['nothing like it', []],
		['credential', ['']],
	])('holds what was searched for: %s', async (filter, values) => {
		expect(
			(await list('searchChannels', { parameters: ofChannel('whatsapp') }, filter)).map(
				([, value]) => value,
			),
		).toEqual(values);
	});
});

describe('the way back to the channel of the credential', () => {
	it('is not offered where the credential has none', async () => {
		const credential = { custSpaceId: '' };
		expect(
			await list('searchChannels', { parameters: ofChannel('viber'), credential }),
		).toHaveLength(2);
	});

	it('sends by it', async () => {
		await runNode(sandbox, {
			parameters: { ...TEXT, custSpaceId: locator('', 'list') },
			items: [MIA],
		});
		expect(sandbox.stats().messages).toMatchObject([{ custSpaceId: ACCOUNT.custSpaceId }]);
	});
});

/** Each list that belongs to a channel. */
const OF_A_CHANNEL: Array<[string, Panel]> = [
	['searchSenders', { parameters: ofChannel('whatsapp') }],
	['searchSenders', { parameters: ofChannel('instagram') }],
	['searchSenders', { name: 'camsViberSend', parameters: {} }],
	['searchTemplates', { parameters: ofChannel('whatsapp') }],
	['searchTemplates', { name: 'camsMassSend', parameters: ofChannel('messenger') }],
	['searchTemplates', { name: 'camsViberSend', parameters: {} }],
];

describe('a channel that neither the panel nor the credential names', () => {
	const credential = { custSpaceId: ' ' };

	const isOnly = ({ parameters: { channelType } }: Panel) =>
		['instagram', 'messenger'].includes(String(channelType));

	it.each(OF_A_CHANNEL.filter(([, panel]) => isOnly(panel)))(
		'is the only one of the account for %s of %j',
		async (method, panel) => {
			expect(await search(sandbox.url, method, { ...panel, credential })).toEqual(
				await search(sandbox.url, method, {
					...panel,
					credential: { custSpaceId: ACCOUNT.custSpaceId },
				}),
			);
		},
	);

	it.each(OF_A_CHANNEL.filter(([, panel]) => !isOnly(panel)))(
		'is told by %s of %j',
		async (method, panel) => {
			const error = await search(sandbox.url, method, { ...panel, credential }).catch(
				(each: unknown) => each as NodeApiError,
			);
			expect(error).toMatchObject({
				message: 'No channel is chosen',
				description: expect.stringMatching(
					/^Fill Channel ID \/ Space ID here or in the credential/,
				),
			});
			expect(calls()).toEqual({ ListInstance: 1 });
		},
	);

	it('is told by the fields of a template', async () => {
		const { emptyFieldsNotice } = await mapperFields(sandbox.url, {
			parameters: TEMPLATE,
			credential,
		});
		expect(emptyFieldsNotice).toMatch(/No channel is chosen\. Fill Channel ID/);
	});

	it('is told by the phone numbers of the trigger', async () => {
		const error = await choices(sandbox.url, 'getPhoneNumbers', {
			name: 'chatAppReceiptTrigger',
			parameters: { registerUrl: true, triggerOn: ['messageStatus'] },
			credential,
		}).catch((each: unknown) => each as NodeApiError);
		expect(error).toMatchObject({ message: 'No channel is chosen' });
	});
});

/** Each list of what sends: its panel, an answer with the state, what the entry shows then, and a state that can send. */
const STATES: Array<[string, string, Panel, (state: string) => IDataObject, string, string]> = [
	[
		'searchChannels',
		'ListInstance',
		{ parameters: ofChannel('viber') },
		(State) => ({ Data: [{ InstanceName: 'Shop', CustSpaceId: 'cams-shop', State }] }),
		'Shop, cams-shop',
		'published',
	],
	[
		'searchSenders',
		'QueryChatappPhoneNumbers',
		{ parameters: ofChannel('whatsapp') },
		(Status) => ({ PhoneNumbers: [{ PhoneNumber: '6580001111', VerifiedName: 'Shop', Status }] }),
		'6580001111, Shop',
		'CONNECTED',
	],
	[
		'searchSenders',
		'ListViberServiceMessage',
		{ name: 'camsViberSend', parameters: {} },
		(State) => ({ Data: [{ BusinessAccountName: 'Shop', ServiceId: '25644', State }] }),
		'Shop, 25644',
		'published',
	],
	[
		'searchSenders',
		'ListInstagramPage',
		{ parameters: ofChannel('instagram') },
		(ConnectionStatus) => ({
			Data: { InstagramInfo: { AccountName: 'shop', AccountId: '176546546464', ConnectionStatus } },
		}),
		'shop, 176546546464',
		'connected',
	],
];

describe.each(STATES)('%s, which asks %s', (method, operation, panel, answer, name, good) => {
	it.each([
		[good, undefined],
		[good.toUpperCase(), undefined],
		['', undefined],
		// The example of Alibaba's model for a Viber service, and Meta's words for a number.
		['stop', 'stop'],
		['BANNED', 'BANNED'],
		['DISCONNECTED', 'DISCONNECTED'],
		['UNVERIFIED', 'UNVERIFIED'],
		['unpublished', 'unpublished'],
	])('shows the state %j', async (state, shown) => {
		await withGateway(
			sandbox,
			(called) =>
				called === operation ? { status: 200, body: { Code: 'OK', ...answer(state) } } : undefined,
			async (endpoint) => {
				const { results } = await search(endpoint, method, panel);
				const names = results.filter(({ value }) => value !== '').map((each) => each.name);
				expect(names).toEqual([shown === undefined ? name : `${name}, state: ${shown}`]);
			},
		);
	});
});

describe('the list of senders', () => {
	it.each<[string, Panel, string[][]]>([
		[
			'WhatsApp, in the channel of the credential',
			{ parameters: ofChannel('whatsapp') },
			[
				['6580001111, Sandbox Store', '6580001111'],
				['6580002222, Sandbox Support', '6580002222'],
			],
		],
		[
			'WhatsApp, in the channel of the panel',
			{ parameters: ofChannel('whatsapp', { custSpaceId: locator('cams-many', 'list') }) },
			[['6580003333, Sandbox Notices', '6580003333']],
		],
		[
			'Viber',
			{ parameters: ofChannel('viber') },
			[
				['Sandbox Store, 20001', '20001'],
				['Sandbox Support, 20002', '20002'],
			],
		],
		[
			'CAMS Viber Send',
			{ name: 'camsViberSend', parameters: {} },
			[
				['Sandbox Store, 20001', '20001'],
				['Sandbox Support, 20002', '20002'],
			],
		],
		[
			'Instagram',
			{ parameters: ofChannel('instagram') },
			[['sandbox.store, 17841400000000001', '17841400000000001']],
		],
	])('of %s', async (_of, panel, rows) => {
		expect(await list('searchSenders', panel)).toEqual(rows);
	});

	it('can be searched by name and by number', async () => {
		for (const [filter, count] of [
			['support', 1],
			['658000', 2],
			['nobody', 0],
		] as const) {
			expect(
				await list('searchSenders', { parameters: ofChannel('whatsapp') }, filter),
			).toHaveLength(count);
		}
		expect(calls()).toEqual({ QueryChatappPhoneNumbers: 1 });
	});

	it.each(['messenger', 'telegram'])(
		'of %s is none: the sender is entered by its ID',
		async (channelType) => {
			const error = await search(sandbox.url, 'searchSenders', {
				parameters: ofChannel(channelType),
			}).catch((each: unknown) => each as NodeApiError);
			expect(error).toMatchObject({
				message: 'This channel has no list of senders',
				description: 'Switch to By ID and enter the Page ID or account ID.',
			});
			expect(calls()).toEqual({});
		},
	);
});

describe('the list of templates', () => {
	it('holds every approved one of WhatsApp in each of its languages, and none of Viber', async () => {
		const approved = TEMPLATES.filter(
			({ type, auditStatus }) => type === 'WHATSAPP' && auditStatus === 'pass',
		);
		expect(await list('searchTemplates', { parameters: ofChannel('whatsapp') })).toEqual(
			approved.map(({ name, language, category, code }) => [
				`${name}, ${IN_WORDS[language]}, ${IN_WORDS[category]}`,
				`${code}/${language}`,
			]),
		);
		expect(approved.map(({ code }) => code)).not.toContain('900100202');
	});

	it.each(['messenger', 'instagram', 'telegram'])(
		'is the one of WhatsApp for %s',
		async (channelType) => {
			expect(
				(await list('searchTemplates', { parameters: ofChannel(channelType) })).map(
					([, value]) => value,
				),
			).toContain('900100200/en_US');
		},
	);

	it.each<[string, Panel]>([
		['CAMS Send', { parameters: ofChannel('viber') }],
		['CAMS Viber Send', { name: 'camsViberSend', parameters: {} }],
	])("holds Viber's own in %s", async (_node, panel) => {
		expect((await list('searchTemplates', panel)).map(([, value]) => value)).toEqual([
			'900100300/en',
			'900100301/en',
		]);
	});

	it('holds all 230 of a channel with many, and is searched in all of them without asking again', async () => {
		const panel = { parameters: ofChannel('whatsapp', { custSpaceId: locator('cams-many') }) };
		expect((await list('searchTemplates', panel)).map(([, value]) => value)).toEqual(
			MANY_TEMPLATES.map(({ code, language }) => `${code}/${language}`),
		);
		expect(await list('searchTemplates', panel, 'Notice_230')).toEqual([
			['notice_230, English, Utility', '900200230/en'],
		]);
		expect(await list('searchTemplates', panel, '900200101')).toHaveLength(1);
		expect(await list('searchTemplates', panel, 'utility')).toHaveLength(230);
		expect(calls()).toEqual({ ListChatappTemplate: 3 });
	});

	it('has languages to pick from without any call', async () => {
		expect(await list('searchLanguages', { parameters: ofChannel('whatsapp') }, 'en_us')).toEqual([
			['English (US) - en_US', 'en_US'],
		]);
		expect(
			(await list('searchLanguages', { parameters: ofChannel('whatsapp') })).length,
		).toBeGreaterThan(60);
		expect(calls()).toEqual({});
	});
});

/** Each list, and the operation that it needs. */
const LISTS: Array<[string, IDataObject, string]> = [
	['searchChannels', ofChannel('whatsapp'), 'ListInstance'],
	['searchSenders', ofChannel('whatsapp'), 'QueryChatappPhoneNumbers'],
	['searchSenders', ofChannel('viber'), 'ListViberServiceMessage'],
	['searchSenders', ofChannel('instagram'), 'ListInstance'],
	['searchTemplates', ofChannel('whatsapp'), 'ListChatappTemplate'],
];

const NO_PERMISSION = {
	accessKeyId: 'sandboxNoPermission',
	accessKeySecret: 'sandboxNoPermissionSecret',
};

describe.each(LISTS)('%s, %j, which asks %s', (method, parameters, operation) => {
	const ask = async (credential?: IDataObject, endpoint = sandbox.url) =>
		await search(endpoint, method, { parameters, credential });
	const failure = async (credential?: IDataObject, endpoint?: string) =>
		await ask(credential, endpoint).then(
			() => Promise.reject(new Error('It did not fail')),
			(error: NodeApiError) => error,
		);

	it.each([
		[
			'a wrong secret',
			{ accessKeySecret: 'wrongSecret' },
			'403',
			'The AccessKey Secret does not belong to this AccessKey ID',
			/^Paste the secret into the credential again\..*\(Code SignatureDoesNotMatch, request ID /,
		],
		[
			'an unknown AccessKey',
			{ accessKeyId: 'nobody' },
			'403',
			'This AccessKey ID does not exist',
			/^Copy it again from the RAM console/,
		],
		[
			'a disabled AccessKey',
			{ accessKeyId: 'sandboxInactive', accessKeySecret: 'sandboxInactiveSecret' },
			'403',
			'This AccessKey is disabled',
			/^Enable it in the RAM console/,
		],
		[
			'a missing permission',
			NO_PERMISSION,
			'403',
			'The AccessKey works, but lacks a permission',
			new RegExp(`This list needs cams:${operation}\\.`),
		],
		[
			'a product that is not activated',
			{ accessKeyId: 'sandboxNotActivated', accessKeySecret: 'sandboxNotActivatedSecret' },
			'403',
			'Chat App Message Service is not activated for this account',
			/^Activate it in the Alibaba Cloud console/,
		],
		[
			'a credential for InnoPaaS',
			{ api: 'innoPaas', appKey: 'a', accessToken: 'b' },
			'401',
			'This credential is for InnoPaaS',
			/^Choose a ChatApp API credential/,
		],
		[
			'a credential without a key',
			{ accessKeyId: '' },
			'401',
			'The credential cannot be used',
			/^AccessKey ID is empty/,
		],
	])(
		'tells %s in plain words, with the link to the credential',
		async (_what, credential, httpCode, message, description) => {
			for (const refusalStatus of [400, 200] as const) {
				sandbox.configure({ refusalStatus });
				const error = await failure(credential);
				expect(error).toBeInstanceOf(NodeApiError);
				expect(error).toMatchObject({
					message,
					description: expect.stringMatching(description),
					httpCode,
				});
				expect(JSON.stringify(error)).not.toMatch(/wrongSecret|sandbox\w*Secret/);
			}
		},
	);

	it('says that nothing answers, without a link to the credential', async () => {
		const gone = await startSandbox();
		await gone.close();
		expect(await failure({}, gone.url)).toMatchObject({
			message: 'Alibaba Cloud cannot be reached',
			httpCode: '503',
		});
	});

	it('keeps what it was told for a minute, and for the same account only', async () => {
		await ask();
		const once = calls();
		await ask();
		await ask();
		expect(calls()).toEqual(once);

		const inAMinute = Date.now() + 60_001;
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => inAMinute);
		await ask().finally(() => clock.mockRestore());
		expect(calls()).toEqual(
			Object.fromEntries(Object.entries(once).map(([name, count]) => [name, count * 2])),
		);

		await ask({
			accessKeyId: 'STS.sandboxTemporary',
			accessKeySecret: 'sandboxTemporarySecret',
			securityToken: 'sandboxSecurityToken+/==',
		});
		expect(calls()).toEqual(
			Object.fromEntries(Object.entries(once).map(([name, count]) => [name, count * 3])),
		);
	});

	it('shows nobody what another one is allowed to see', async () => {
		await ask();
		expect(await failure({ accessKeySecret: 'wrongSecret' })).toMatchObject({ httpCode: '403' });
		expect(await failure(NO_PERMISSION)).toMatchObject({ httpCode: '403' });
	});

	it('asks again after a failure', async () => {
		await failure(NO_PERMISSION);
		await failure(NO_PERMISSION);
		expect(calls()[operation]).toBe(2);
		expect((await ask()).results.length).toBeGreaterThan(0);
	});
});

it('waits for its turn where calls are throttled, and then fills the list', async () => {
	const throttling: Partial<Settings> = { limits: { ListChatappTemplate: 1 }, window: 'fixed' };
	sandbox.configure(throttling);
	expect(
		await list('searchTemplates', {
			parameters: ofChannel('whatsapp', { custSpaceId: locator('cams-many') }),
		}),
	).toHaveLength(230);
	expect(sandbox.stats().calls.throttled).toBeGreaterThan(0);
});

/** The fields that a template asks for, by its code and language: what is filled in, then what only tells. */
const FIELDS: Record<string, Array<[id: string, label: string]>> = {
	'900100200/en_US': [
		['name', 'name (e.g. Mia)'],
		['order', 'order (e.g. A-77)'],
	],
	'900100200/zh_CN': [
		['name', 'name (e.g. 小米)'],
		['order', 'order (e.g. A-77)'],
	],
	'900100202/en_US': [
		['name', 'name (e.g. Mia)'],
		['day', 'day (e.g. Monday)'],
	],
	'900100203/en_US': [
		['day', 'day (e.g. Monday)'],
		['name', 'name (e.g. Mia)'],
		['time', 'time (e.g. 9:30)'],
		['visitId', 'Link of "Show the way": visitId'],
		['Button 1 Payload', 'Value returned by "Keep" (optional)'],
		['Button 2 Payload', 'Value returned by "Cancel" (optional)'],
	],
	'900100204/en': [
		['imageLink', 'Image link: imageLink'],
		['product', 'product (e.g. a straw hat)'],
	],
	'900100205/en': [
		['name', 'name (e.g. Mia)'],
		['Button 1 Flow', 'Button 1, "Book a visit"'],
	],
	'900100206/en': [
		['name', 'name (e.g. Mia)'],
		['Button 1 Products', 'Button 1, "View catalog"'],
	],
	'900100207/en': [
		['name', 'name (e.g. Mia)'],
		['Button 1 Products', 'Button 1, "View items"'],
	],
	'900100208/en': [
		['name', 'name (e.g. Mia)'],
		['firstImage', 'Card 1, image link: firstImage'],
		['firstOffer', 'Card 1: firstOffer (e.g. Hats: 15% off)'],
		['firstPath', 'Card 1, button 1 link: firstPath'],
		['secondImage', 'Card 2, image link: secondImage'],
		['secondOffer', 'Card 2: secondOffer (e.g. Bags: 20% off)'],
		['secondPath', 'Card 2, button 1 link: secondPath'],
	],
	'900100210/en': [
		['1', '1 (e.g. A-77)'],
		['2', '2 (e.g. 1 Market Street)'],
	],
	'900100211/en_US': [
		['linkVariable', 'Image link: linkVariable'],
		['place', 'place (e.g. the front door)'],
	],
	'900100300/en': [['couponCode', 'couponCode (e.g. SPRING15)']],
	'900100301/en': [
		['imageLink', 'Image link: imageLink'],
		['name', 'name (e.g. Mia)'],
		['path', 'Link of "Shop now": path (e.g. weekend)'],
	],
};

const NOTICES: Record<string, string> = {
	'900100201/en': 'This template has no variables.',
	'900100209/en':
		'This template names no variable. Choose Using Name and Value Pairs and enter the name shown in Template Design.',
};

const picked = (template: unknown, more: IDataObject = {}): IDataObject =>
	ofChannel('whatsapp', { template: locator(template as string, 'list'), ...more });

describe('the fields of a template', () => {
	it('are written down here for every template of the catalogue', () => {
		expect([...Object.keys(FIELDS), ...Object.keys(NOTICES)].sort()).toEqual(
			TEMPLATES.map(({ code, language }) => `${code}/${language}`).sort(),
		);
	});

	describe.each(
		TEMPLATES.filter(({ code, language }) => FIELDS[`${code}/${language}`]).map(
			(template) => [template.name, template] as const,
		),
	)('%s', (_name, template) => {
		const key = `${template.code}/${template.language}`;
		const ask = async () =>
			await mapperFields(sandbox.url, {
				parameters: {
					...picked(key),
					channelType: template.type === 'VIBER' ? 'viber' : 'whatsapp',
				},
			});
		let fields: ResourceMapperField[];
		beforeEach(async () => {
			({ fields } = await ask());
		});

		it('has its text first, then a field for everything it leaves open', () => {
			const { shown, rest } = withoutText(fields);
			expect(shown).toBe(template.text.replace(/\n/g, ' '));
			expect(rest.map(({ id, displayName }) => [id, displayName])).toEqual(FIELDS[key]);
		});

		it('has a field for each of its variables, of which none has a value and all are asked for', () => {
			const open = fields.filter(({ id }) => !id.includes(' '));
			expect(open.map(({ id }) => id).sort()).toEqual([...template.variables].sort());
			for (const field of open)
				expect(field).toEqual({
					id: field.id,
					displayName: field.displayName,
					type: 'string',
					required: true,
					defaultMatch: false,
					display: true,
					canBeUsedToMatch: false,
				});
		});

		it('has labels that fit, ids that differ, and only what n8n knows', () => {
			for (const { displayName } of fields) expect([...displayName].length).toBeLessThanOrEqual(40);
			expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
			expect(fields.every(({ type }) => type === 'string')).toBe(true);
		});

		it('can be typed as code and language too', async () => {
			const typed = await mapperFields(sandbox.url, {
				parameters: ofChannel(template.type === 'VIBER' ? 'viber' : 'whatsapp', {
					template: locator(template.code, 'code'),
					language: locator(template.language, 'code'),
				}),
			});
			expect(typed).toEqual({ fields });
			expect(calls()).toEqual({ GetChatappTemplateDetail: 1 });
		});
	});

	it.each([
		['900100205/en', 'Button 1 Flow', 'Add WhatsApp Flow under Options'],
		['900100206/en', 'Button 1 Products', 'Add Products under Options'],
		['900100207/en', 'Button 1 Products', 'Add Products under Options'],
	])(
		'of %s say where %s is filled in, and take nothing themselves',
		async (key, id, defaultValue) => {
			const { fields } = await mapperFields(sandbox.url, { parameters: picked(key) });
			expect(fields.find((field) => field.id === id)).toMatchObject({
				readOnly: true,
				required: false,
				defaultValue,
			});
		},
	);

	it('of CAMS Viber Send are those of its templates', async () => {
		const { fields } = await mapperFields(sandbox.url, {
			name: 'camsViberSend',
			parameters: { operation: 'sendTemplate', template: locator('900100300/en', 'list') },
		});
		expect(fields.map(({ id }) => id)).toEqual(['Template Text', 'couponCode']);
	});
});

describe('instead of fields there is a notice', () => {
	it.each<[string, Panel, string | RegExp]>([
		[
			'no template is chosen',
			{ parameters: picked('') },
			'Select a template to see its variables here.',
		],
		[
			'the template comes from an expression',
			{ parameters: picked('={{ $json.template }}') },
			'The template is set by an expression. Execute the previous node once, or use name and value pairs.',
		],
		[
			'the template comes from an expression that gives the locator',
			{ parameters: ofChannel('whatsapp', { template: '={{ $json.template }}' }) },
			'The template is set by an expression. Execute the previous node once, or use name and value pairs.',
		],
		[
			'no language is chosen',
			{ parameters: ofChannel('whatsapp', { template: locator('900100200', 'code') }) },
			"Select the template's language to see its variables here.",
		],
		[
			'the template has no variables',
			{ parameters: picked('900100201/en') },
			NOTICES['900100201/en'],
		],
		[
			'the template does not say which',
			{ parameters: picked('900100209/en') },
			NOTICES['900100209/en'],
		],
		[
			'the template is gone',
			{ parameters: picked('900100299/en') },
			/^The variables could not be loaded\. The template does not exist in this language\. .* Use name and value pairs meanwhile\.$/,
		],
		[
			'the permission is missing',
			{ parameters: picked('900100200/en_US'), credential: NO_PERMISSION },
			pattern(
				/^The variables could not be loaded\. The AccessKey works, but lacks a permission\. /,
				/.*cams:GetChatappTemplateDetail.* Use name and value pairs meanwhile\.$/,
			),
		],
		[
			'the secret is wrong',
			{ parameters: picked('900100200/en_US'), credential: { accessKeySecret: 'wrong' } },
			/^The variables could not be loaded\. The AccessKey Secret does not belong to this AccessKey ID\./,
		],
		[
			'the credential is for the other API',
			{ parameters: picked('900100200/en_US'), credential: { api: 'innoPaas' } },
			/^The variables could not be loaded\. This credential is for InnoPaaS\./,
		],
		[
			'the language comes from an expression',
			{
				parameters: ofChannel('whatsapp', {
					template: locator('900100200', 'code'),
					language: locator('={{ $json.language }}', 'code'),
				}),
			},
			'The language is set by an expression. Execute the previous node once, or use name and value pairs.',
		],
	])('when %s', async (_when, panel, told) => {
		const { fields, emptyFieldsNotice } = await mapperFields(sandbox.url, panel);
		expect(fields).toEqual([]);
		expect(emptyFieldsNotice).toMatch(told);
		expect(emptyFieldsNotice).not.toContain('..');
	});

	it('when nothing answers', async () => {
		const gone = await startSandbox();
		await gone.close();
		const { fields, emptyFieldsNotice } = await mapperFields(gone.url, {
			parameters: picked('900100200/en_US'),
		});
		expect([fields, emptyFieldsNotice]).toEqual([
			[],
			expect.stringMatching(
				/^The variables could not be loaded\. Alibaba Cloud cannot be reached\./,
			),
		]);
	});

	it.each([[null], [5], [{ a: 1 }], [['x']]])(
		'whatever stands in the place of the template: %j',
		async (value) => {
			const { fields } = await mapperFields(sandbox.url, { parameters: picked(value) });
			expect(fields).toEqual([]);
		},
	);
});

it('no list or mapper asks with more than its own account', async () => {
	await list('searchTemplates', {
		parameters: ofChannel('whatsapp'),
		credential: { custSpaceId: ACCOUNT.custSpaceId },
	});
	expect(
		await list('searchTemplates', {
			parameters: ofChannel('whatsapp'),
			credential: { custSpaceId: 'cams-many' },
		}),
	).toHaveLength(230);
});
