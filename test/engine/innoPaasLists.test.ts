import { NodeApiError, type IDataObject } from 'n8n-workflow';

import { MANY_TEMPLATES, TEMPLATES } from '../../sandbox/innoPaas/templates';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { withGateway } from '../support/gateway';
import { NODE, locator, runNode } from '../support/harness';
import { INNOPAAS_SUBMIT, OFFER, TYPE, credentialOf, person } from '../support/innoPaasGateway';
import { IN_WORDS, mapperFields, search, withoutText, type Panel } from '../support/loadOptions';
import { SharedSandbox } from '../support/sharedSandbox';

/** What the panel of InnoPaaS Submit lists. */

/** An address of its own for each test: answers are kept for a minute, and calls are paced, by address. */
const shared = new SharedSandbox();
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await shared.atNewAddress();
});
afterEach(() => sandbox.close());
afterAll(() => shared.close());

const panelOf = (
	parameters: IDataObject = {},
	credential: IDataObject = {},
	url = sandbox.url,
): Panel => ({
	name: INNOPAAS_SUBMIT,
	parameters: { operation: 'sendTemplate', ...parameters },
	credential: { ...credentialOf(url), ...credential },
});
const list = async (method: string, panel = panelOf(), filter?: string) =>
	(await search(sandbox.url, method, panel, filter)).results.map(({ name, value }) => [
		name,
		value,
	]);
const failure = async (method: string, panel: Panel) =>
	await search(sandbox.url, method, panel).then(
		() => Promise.reject(new Error('It did not fail')),
		(error: NodeApiError) => error,
	);
const calls = () => sandbox.stats().calls.byOperation;
const MANY = { options: { wabaId: '100000000000002' } };

describe('Send Number', () => {
	it('lists the numbers of the WABA, by their digits', async () => {
		expect(await list('searchSendNumbers')).toEqual([
			['+65 8000-1111, Sandbox Store, quality: green', '6580001111'],
			['+65 8000-2222, Sandbox Support, quality: yellow', '6580002222'],
		]);
		expect(await list('searchSendNumbers', panelOf(MANY))).toEqual([
			['+65 8000-3333, Sandbox Notices, quality: green', '6580003333'],
		]);
		expect(
			await list('searchSendNumbers', panelOf({}, { wabaId: '100000000000002' })),
		).toHaveLength(1);
	});

	it.each([
		['CONNECTED', ''],
		['connected', ''],
		['BANNED', ', state: BANNED'],
		['DISCONNECTED', ', state: DISCONNECTED'],
		['PENDING', ', state: PENDING'],
	])('shows the state %s', async (status, shown) => {
		const data = [{ displayPhoneNumber: '+65 8000-1111', verifiedName: 'Shop', status }];
		await withGateway(
			sandbox,
			() => ({ status: 200, body: { code: '0', success: true, data } }),
			async (url) => {
				expect(await list('searchSendNumbers', panelOf({}, {}, url))).toEqual([
					[`+65 8000-1111, Shop${shown}`, '6580001111'],
				]);
			},
		);
	});

	it.each([
		['support', 1],
		['658000', 2],
		['YELLOW', 1],
		['nobody', 0],
	] as const)('is searched for "%s"', async (filter, count) => {
		expect(await list('searchSendNumbers', panelOf(), filter)).toHaveLength(count);
	});

	it('needs a WABA', async () => {
		expect(await failure('searchSendNumbers', panelOf({}, { wabaId: '' }))).toMatchObject({
			message: 'WABA ID is empty',
			httpCode: '400',
			description: expect.stringContaining('credential'),
		});
		expect(calls()).toEqual({});
	});
});

describe('templates', () => {
	const names = TEMPLATES.map(({ name, messageLanguage }) => [
		`${name}, ${IN_WORDS[messageLanguage]}`,
		`${name}/${messageLanguage}`,
	]);

	it('are listed with their language, whatever their state, which is not documented', async () => {
		expect(await list('searchTemplates')).toEqual(names);
		expect(names.map(([, value]) => value)).toEqual(
			expect.arrayContaining(['order_update/en_US', 'order_update/zh_CN', 'summer_sale/en_US']),
		);
	});

	it('are listed to the last page, and searched in all of them without asking again', async () => {
		const panel = panelOf(MANY);
		expect((await list('searchTemplates', panel)).map(([, value]) => value)).toEqual(
			MANY_TEMPLATES.map(({ name }) => `${name}/en`),
		);
		expect(await list('searchTemplates', panel, 'Notice_130')).toEqual([
			['notice_130, English', 'notice_130/en'],
		]);
		expect(calls()).toEqual({ InnoPaaSTemplateList: 3 });
	});

	it('of an account without that list are typed: the list says so', async () => {
		sandbox.configure({ innoPaasTemplateList: false });
		const error = await failure('searchTemplates', panelOf());
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({
			message: 'This account has no template list',
			description: 'Switch to By Name and enter the name of the template.',
			httpCode: '400',
		});

		const run = await runNode(sandbox, {
			parameters: {
				...OFFER,
				template: locator('spring_offer_v1', 'name'),
				language: locator('en_US', 'code'),
			},
			items: [person(0)],
			node: { type: TYPE },
			credential: credentialOf(sandbox.url),
		});
		expect(run.items(NODE)).toMatchObject([
			{ outcome: 'accepted', templateName: 'spring_offer_v1' },
		]);
	});

	it('have languages to pick from without any call', async () => {
		expect(await list('searchLanguages', panelOf(), 'en_us')).toEqual([
			['English (US) - en_US', 'en_US'],
		]);
		expect(calls()).toEqual({});
	});
});

describe.each(['searchSendNumbers', 'searchTemplates'])('%s', (method) => {
	it.each([
		[
			'a token that a newer one has stopped',
			{ accessToken: 'sandboxOldToken' },
			'403',
			'The Access Token no longer works',
			/^Creating a new token in the console revokes the old one\. .*\(Code 102\)$/,
		],
		[
			'a wrong token',
			{ accessToken: 'wrongToken' },
			'403',
			'The Access Token no longer works',
			/\(Code 102\)$/,
		],
		[
			'an unknown App Key',
			{ appKey: 'nobody' },
			'403',
			'InnoPaaS does not know this App Key',
			/\(Code 101\)$/,
		],
		[
			'an address that is not allowed',
			{ appKey: 'sandboxOtherAddress', accessToken: 'sandboxOtherAddressToken' },
			'403',
			'InnoPaaS does not accept requests from this IP address',
			/\(Code 114\)$/,
		],
		[
			'a disabled account',
			{ appKey: 'sandboxDisabled', accessToken: 'sandboxDisabledToken' },
			'403',
			'The InnoPaaS account is disabled',
			/\(Code 116\)$/,
		],
		[
			'a WABA of somebody else',
			{ wabaId: '100000000000009' },
			'400',
			'The account is not set up for this',
			/Check WABA ID.*\(Code 112\)$/,
		],
		[
			'a credential for the other API',
			{ api: 'cams' },
			'401',
			'This credential is for Alibaba Cloud CAMS',
			/InnoPaaS/,
		],
		[
			'a credential without its token',
			{ accessToken: '' },
			'401',
			'The credential cannot be used',
			/^Access Token is empty/,
		],
	])('tells %s in plain words', async (_what, credential, httpCode, message, description) => {
		for (const innoPaasRefusalStatus of [200, 400] as const) {
			sandbox.configure({ innoPaasRefusalStatus });
			const error = await failure(method, panelOf({}, credential));
			expect(error).toMatchObject({
				message,
				description: expect.stringMatching(description),
				httpCode,
			});
			expect(JSON.stringify(error)).not.toMatch(/wrongToken|sandbox\w*Token/);
		}
	});

	it('says that nothing answers', async () => {
		const gone = await startSandbox();
		await gone.close();
		expect(await failure(method, panelOf({}, {}, gone.url))).toMatchObject({
			message: 'InnoPaaS cannot be reached',
			description: expect.stringContaining('Base URL'),
			httpCode: '503',
		});
	});

	it('keeps what it was told for a minute, for the same token and WABA only', async () => {
		await list(method);
		await list(method);
		expect(Object.values(calls())).toEqual([1]);
		expect(await failure(method, panelOf({}, { accessToken: 'sandboxOldToken' }))).toMatchObject({
			httpCode: '403',
		});
		await list(method, panelOf(MANY));
		expect(Object.values(calls())[0]).toBeGreaterThanOrEqual(3);
	});

	it('asks again after a refusal', async () => {
		for (let times = 1; times <= 2; times++)
			await failure(method, panelOf({}, { accessToken: 'sandboxOldToken' }));
		expect(Object.values(calls())).toEqual([2]);
	});
});

/** The fields that a template asks for, and the body's parts that they become. */
const FIELDS: Record<
	string,
	{ fields: Array<[id: string, label: string]>; values: IDataObject; parts: IDataObject }
> = {
	'spring_offer_v1/en_US': {
		fields: [
			['Header Image Link', 'Header Image Link'],
			['1', 'Body {{1}}'],
			['2', 'Body {{2}}'],
			['Button 1 Link', 'End of the link of "Shop now"'],
		],
		values: {
			'Header Image Link': 'https://example.com/a.jpg',
			1: 'Mia',
			2: '15%',
			'Button 1 Link': 'spring?c=42',
		},
		parts: {
			header: { type: 'image', link: 'https://example.com/a.jpg' },
			bodyParams: ['Mia', '15%'],
			buttonParams: [{ type: 'text', value: 'spring?c=42' }],
		},
	},
	'login_code/id': {
		fields: [
			['1', 'Body {{1}}'],
			['Button 1 Code', 'Button 1 Code, the code again'],
		],
		values: { 1: '482913', 'Button 1 Code': '482913' },
		parts: { bodyParams: ['482913'], buttonParams: [{ type: 'text', value: '482913' }] },
	},
	'login_autofill/en': {
		fields: [
			['1', 'Body {{1}}'],
			['Button 1 Code', 'Button 1 Code, the code again'],
		],
		values: { 1: '482913', 'Button 1 Code': '482913' },
		parts: { bodyParams: ['482913'], buttonParams: [{ type: 'text', value: '482913' }] },
	},
	'order_update/en_US': {
		fields: [
			['1', 'Body {{1}}'],
			['2', 'Body {{2}}'],
		],
		values: { 2: 'A-77', 1: 'Mia' },
		parts: { bodyParams: ['Mia', 'A-77'] },
	},
	'order_update/zh_CN': {
		fields: [
			['1', 'Body {{1}}'],
			['2', 'Body {{2}}'],
		],
		values: { 1: '小米', 2: 77 },
		parts: { bodyParams: ['小米', '77'] },
	},
	'visit_reminder/en_US': {
		fields: [
			['Header Text', 'Header Text'],
			['1', 'Body {{1}}'],
			['2', 'Body {{2}}'],
		],
		values: { 'Header Text': 'Monday', 1: 'Mia', 2: '9:30' },
		parts: { header: { type: 'text', paramValue: 'Monday' }, bodyParams: ['Mia', '9:30'] },
	},
	'invoice_ready/en': {
		fields: [
			['Header Document Link', 'Header Document Link'],
			['1', 'Body {{1}}'],
		],
		values: { 'Header Document Link': 'https://example.com/inv.pdf', 1: 'May' },
		parts: {
			header: { type: 'document', link: 'https://example.com/inv.pdf' },
			bodyParams: ['May'],
		},
	},
	'summer_sale/en_US': {
		fields: [
			['1', 'Body {{1}}'],
			['2', 'Body {{2}}'],
		],
		values: { 1: 'Mia', 2: 'Monday' },
		parts: { bodyParams: ['Mia', 'Monday'] },
	},
};

const picked = (template: unknown, more: IDataObject = {}) =>
	panelOf({ template: locator(template as string, 'list'), specifyVariables: 'fields', ...more });

describe('the fields of a template', () => {
	it('are written down here for every template that has variables', () => {
		expect([...Object.keys(FIELDS), 'opening_hours/en'].sort()).toEqual(
			TEMPLATES.map(({ name, messageLanguage }) => `${name}/${messageLanguage}`).sort(),
		);
	});

	describe.each(Object.entries(FIELDS))('%s', (key, { fields: expected, values, parts }) => {
		it('are its text, which takes nothing, and one for each variable, in their order and without a value', async () => {
			const { fields } = await mapperFields(sandbox.url, picked(key));
			const { shown, rest: open } = withoutText(fields);
			expect(shown).toContain('{{1}}');
			expect(open.map(({ id, displayName }) => [id, displayName])).toEqual(expected);
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
			const [name, language] = key.split('/');
			const typed = await mapperFields(
				sandbox.url,
				picked('', { template: locator(name, 'name'), language: locator(language, 'code') }),
			);
			expect(typed.fields).toEqual(fields);
			expect(calls()).toEqual({ InnoPaaSTemplateList: 1 });
		});

		it('become the parts of the body', async () => {
			const { fields: schema } = await mapperFields(sandbox.url, picked(key));
			const run = await runNode(sandbox, {
				parameters: {
					...OFFER,
					template: locator(key, 'list'),
					specifyVariables: 'fields',
					templateVariables: { mappingMode: 'defineBelow', value: values, schema } as never,
					options: { additionalBodyFields: '{"templateGroupId": "77"}' },
				},
				items: [person(0)],
				node: { type: TYPE },
				credential: credentialOf(sandbox.url),
			});
			expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted' }]);
			const {
				wabaId,
				sendNumber,
				recipientNumber,
				uid,
				messageType,
				language,
				templateGroupId,
				...rest
			} = sandbox.stats().messages[0].body!;
			expect(rest).toEqual(parts);
			expect([
				wabaId,
				sendNumber,
				recipientNumber,
				uid,
				messageType,
				language,
				templateGroupId,
			]).not.toContain(undefined);
		});

		it('are asked for one by one', async () => {
			const { fields: schema } = await mapperFields(sandbox.url, picked(key));
			for (const id of Object.keys(values)) {
				const run = await runNode(sandbox, {
					parameters: {
						...OFFER,
						template: locator(key, 'list'),
						specifyVariables: 'fields',
						templateVariables: {
							mappingMode: 'defineBelow',
							value: { ...values, [id]: '={{ $json.nothing }}' },
							schema,
						} as never,
					},
					items: [person(0)],
					node: { type: TYPE, onError: 'continueRegularOutput' },
					credential: credentialOf(sandbox.url),
				});
				expect(run.output(NODE)[1].map(({ json }) => json)).toMatchObject([
					{
						outcome: 'notSent',
						cause: 'missingVariable',
						reason: expect.stringMatching(new RegExp(`^Template variable "${id}" is empty\\. `)),
					},
				]);
			}
			expect(sandbox.stats().recipients.accepted).toBe(0);
		});
	});
});

describe('instead of fields there is a notice', () => {
	it.each<[string, () => Panel, string | RegExp]>([
		['no template is chosen', () => picked(''), 'Select a template to see its variables here.'],
		[
			'the template comes from an expression',
			() => picked('={{ $json.template }}'),
			'The template is set by an expression. Execute the previous node once, or use values in order.',
		],
		[
			'no language is chosen',
			() => picked('', { template: locator('order_update', 'name') }),
			"Select the template's language to see its variables here.",
		],
		[
			'the template has no variables',
			() => picked('opening_hours/en'),
			'This template has no variables. It says: We are open every day from 9 to 18.',
		],
		[
			'the template is gone',
			() => picked('order_updated/fr'),
			/^The variables could not be loaded\. The template is not in the list\. .* Use values in order meanwhile\.$/,
		],
		[
			'the template has other languages',
			() => picked('order_update/fr'),
			/^The variables could not be loaded\. The template does not exist in fr\. It exists in en_US and zh_CN\. .* Use values in order meanwhile\.$/,
		],
		[
			'the token is dead',
			() => ({
				...picked('order_update/en_US'),
				credential: { ...credentialOf(sandbox.url), accessToken: 'sandboxOldToken' },
			}),
			/^The variables could not be loaded\. The Access Token no longer works\./,
		],
		[
			'the credential is for the other API',
			() => ({
				...picked('order_update/en_US'),
				credential: { ...credentialOf(sandbox.url), api: 'cams' },
			}),
			/^The variables could not be loaded\. This credential is for Alibaba Cloud CAMS\./,
		],
		[
			'there is no WABA',
			() => ({
				...picked('order_update/en_US'),
				credential: { ...credentialOf(sandbox.url), wabaId: '' },
			}),
			/^The variables could not be loaded\. WABA ID is empty\./,
		],
	])('when %s', async (_when, panel, told) => {
		const { fields, emptyFieldsNotice } = await mapperFields(sandbox.url, panel());
		expect(fields).toEqual([]);
		expect(emptyFieldsNotice).toMatch(told);
		expect(emptyFieldsNotice).not.toContain('..');
	});

	it('when the account has no list of templates', async () => {
		sandbox.configure({ innoPaasTemplateList: false });
		const { emptyFieldsNotice } = await mapperFields(sandbox.url, picked('order_update/en_US'));
		expect(emptyFieldsNotice).toMatch(
			/^The variables could not be loaded\. This account has no template list\. .*Use values in order meanwhile\.$/,
		);
	});
});
