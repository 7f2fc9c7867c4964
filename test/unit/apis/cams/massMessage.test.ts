import fc from 'fast-check';
import type { IExecuteFunctions } from 'n8n-workflow';

import { camsMass } from '../../../../nodes/shared/apis/cams/massMessage';
import type { Read } from '../../../../nodes/shared/parameters/parameters';
import { UserIssue } from '../../../../nodes/shared/util/userIssue';
import { anyString } from '../../../support/anyString';
import { refusal } from '../../../support/refusal';

type Fields = Record<string, unknown>;

const requests: Array<{
	headers: Record<string, string>;
	body: Record<string, string>;
	timeout: number;
}> = [];
const context = (credential: Fields = {}) =>
	({
		getCredentials: async () => ({
			api: 'cams',
			accessKeyId: 'key',
			accessKeySecret: 'secret',
			custSpaceId: 'cams-credential',
			region: 'ap-southeast-1',
			...credential,
		}),
		getExecutionId: () => '4821',
		getInputData: () => [{ json: {} }],
		helpers: {
			httpRequestWithAuthentication: async (_type: string, request: (typeof requests)[number]) => {
				if (request.headers['x-acs-action'] === 'SendChatappMassMessage') requests.push(request);
				return { statusCode: 200, headers: {}, body: '{"Code":"OK","GroupMessageId":"g"}' };
			},
		},
	}) as unknown as IExecuteFunctions;

const reader =
	(fields: Fields): Read =>
	(name, fallback) =>
		fields[name] ?? fallback;

const FIELDS: Fields = {
	channelType: 'whatsapp',
	from: '+65 8000 1111',
	to: '+65 9123-4567',
	template: '900100200',
	language: 'en_US',
	specifyVariables: 'json',
	templateVariablesJson: '{"name": "Mia", "order": 7}',
};
const VIBER: Fields = { ...FIELDS, channelType: 'viber', from: '20001', label: 'promotion' };

beforeEach(() => void requests.splice(0));

/** @param ownParts what an entry of a list has in the API's own form */
async function recipient({ ownParts, ...fields }: Fields): Promise<Record<string, unknown>> {
	const read = reader({ ...FIELDS, label: 'promotion', ...fields });
	const message = await (await camsMass(context())).message(read);
	const { payload: json, to } = message.recipient(read, { itemIndex: 0, entry: ownParts });
	const entry = JSON.parse(json) as Record<string, unknown>;
	expect(entry.To).toBe(to);
	return entry;
}

async function form(fields: Fields, credential?: Fields): Promise<Record<string, string>> {
	const vendor = await camsMass(context(credential));
	const message = await vendor.message(reader({ ...FIELDS, ...fields }));
	await message.call(['{"To":"1"}', '{"To":"2"}'], 'task');
	return requests[0].body;
}

describe('a recipient on the wire', () => {
	const plain = { TemplateParams: { name: 'Mia', order: '7' }, To: '6591234567' };

	it.each<[string, Fields, object]>([
		['its variables and its number', {}, plain],
		['no variables where there are none', { templateVariablesJson: '' }, { To: '6591234567' }],
		[
			'payloads, blanks in their place',
			{
				options: {
					buttonPayloads: { payload: [{ value: '' }, { value: ' yes ' }, { value: undefined }] },
				},
			},
			{ ...plain, Payload: ['', 'yes', ''] },
		],
		[
			'no payloads when all are blank',
			{ options: { buttonPayloads: { payload: [{ value: '' }, {}] } } },
			plain,
		],
		[
			'products',
			{
				options: {
					products: {
						values: {
							thumbnailProductId: 'p',
							sections: {
								section: [{ title: 'A', productIds: 'p, q\n r,,' }, { productIds: ['s', 't,u'] }],
							},
						},
					},
				},
			},
			{
				...plain,
				ProductAction: {
					ThumbnailProductRetailerId: 'p',
					Sections: [
						{
							Title: 'A',
							ProductItems: ['p', 'q', 'r'].map((ProductRetailerId) => ({ ProductRetailerId })),
						},
						{
							Title: '',
							ProductItems: ['s', 't', 'u'].map((ProductRetailerId) => ({ ProductRetailerId })),
						},
					],
				},
			},
		],
		[
			'only a picture',
			{ options: { products: { values: { thumbnailProductId: 'p' } } } },
			{ ...plain, ProductAction: { ThumbnailProductRetailerId: 'p' } },
		],
		[
			'a flow',
			{ options: { flow: { values: { flowReference: 't', flowDataJson: '{"a": {"b": 1}}' } } } },
			{ ...plain, FlowAction: { FlowToken: 't', FlowActionData: { a: { b: 1 } } } },
		],
		[
			"a flow's data as an object",
			{ options: { flow: { values: { flowDataJson: { a: 1 } } } } },
			{ ...plain, FlowAction: { FlowActionData: { a: 1 } } },
		],
		[
			'parts of its own before those of the options',
			{
				ownParts: { Payload: ['own'], ProductAction: { ThumbnailProductRetailerId: 'own' } },
				options: {
					buttonPayloads: { payload: [{ value: 'all' }] },
					flow: { values: { flowReference: 'all' } },
				},
			},
			{
				...plain,
				Payload: ['own'],
				ProductAction: { ThumbnailProductRetailerId: 'own' },
				FlowAction: { FlowToken: 'all' },
			},
		],
		[
			'nothing that only WhatsApp has, for others',
			{
				channelType: 'viber',
				ownParts: { Payload: ['own'] },
				options: { flow: { values: { flowReference: 'all' } } },
			},
			plain,
		],
		[
			"the other channels' users by their own ids",
			{ channelType: 'messenger', to: ' user-7 ' },
			{ ...plain, To: 'user-7' },
		],
		[
			'half a character as the sign for none',
			{ templateVariablesJson: { name: 'a\ud800b', order: '\udc00' } },
			{ ...plain, TemplateParams: { name: 'a\ufffdb', order: '\ufffd' } },
		],
	])('%s', async (_what, fields, expected) => {
		expect(await recipient(fields)).toEqual(expected);
	});

	it.each<[string, Fields, string]>([
		['no recipient', { to: '' }, 'To is empty'],
		[
			'an empty variable',
			{ templateVariablesJson: '{"name": ""}' },
			'Template variable "name" is empty',
		],
		[
			'a payload that is an object',
			{ options: { buttonPayloads: { payload: [{ value: {} }] } } },
			'Button payload is not a text',
		],
		[
			'11 sections',
			{
				options: {
					products: { values: { sections: { section: Array(11).fill({ productIds: 'a' }) } } },
				},
			},
			'There are too many products',
		],
		[
			'31 products',
			{
				options: {
					products: {
						values: {
							sections: {
								section: [
									{ productIds: Array(16).fill('a').join() },
									{ productIds: Array(15).fill('a') },
								],
							},
						},
					},
				},
			},
			'There are too many products',
		],
		[
			'a product that is an object',
			{ options: { products: { values: { sections: { section: [{ productIds: [{}] }] } } } } },
			'Product IDs is not a text',
		],
		[
			'flow data that is a list',
			{ options: { flow: { values: { flowDataJson: '[1]' } } } },
			'Flow Data (JSON) is not an object',
		],
		[
			'flow data that breaks',
			{ options: { flow: { values: { flowDataJson: '{' } } } },
			'Flow Data (JSON) is not valid JSON',
		],
		[
			'a payload of its own that is a text',
			{ ownParts: { Payload: 'yes' } },
			'Payload is not a list',
		],
		[
			'products of its own that are a text',
			{ ownParts: { ProductAction: 'sku-1' } },
			'ProductAction is not an object',
		],
		[
			'a flow of its own that is a list',
			{ ownParts: { FlowAction: [] } },
			'FlowAction is not an object',
		],
	])('is refused before sending: %s', async (_what, { ownParts, ...fields }, title) => {
		const { recipient: read } = await (await camsMass(context())).message(reader(FIELDS));
		const reading = () => read(reader({ ...FIELDS, ...fields }), { itemIndex: 0, entry: ownParts });
		expect(refusal(reading)).toMatchObject({ title });
	});

	it('takes 10 sections and 30 products', async () => {
		const section = Array(10).fill({ title: 'T', productIds: 'a,b,c' });
		const { ProductAction } = await recipient({
			options: { products: { values: { sections: { section } } } },
		});
		expect((ProductAction as { Sections: unknown[] }).Sections).toHaveLength(10);
	});

	it('is JSON without half characters that says what the fields say, or refused in words', async () => {
		const { recipient: read } = await (await camsMass(context())).message(reader(FIELDS));
		const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true });
		const text = fc.oneof(
			anyString(),
			fc.string({ unit: fc.constantFrom('a', '\\', '"', '\ud83d', '\ude00') }),
		);
		const fields = fc.record({
			channelType: fc.constantFrom('whatsapp', 'viber', 'messenger', 'instagram'),
			to: fc.oneof(fc.constant('6591234567'), text, anything),
			templateVariablesJson: fc.oneof(fc.dictionary(text, text), anything),
			options: fc.record(
				{
					buttonPayloads: fc.record({ payload: fc.array(fc.record({ value: anything })) }),
					flow: fc.record({
						values: fc.record({ flowReference: anything, flowDataJson: anything }),
					}),
				},
				{ requiredKeys: [] },
			),
		});
		const entry = fc.record(
			{ Payload: anything, ProductAction: anything, FlowAction: anything },
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(fields, entry, (values, own) => {
				try {
					const { payload: json } = read(reader({ ...FIELDS, ...values }), {
						itemIndex: 0,
						entry: own,
					});
					expect(typeof (JSON.parse(json) as { To: string }).To).toBe('string');
					expect(() => encodeURIComponent(json)).not.toThrow();
					expect(json).not.toMatch(/[^\\](\\\\)*\\ud[89a-f]/);
				} catch (error) {
					if (!(error instanceof UserIssue)) throw error;
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe('the call', () => {
	const COMMON = {
		ChannelType: 'whatsapp',
		From: '6580001111',
		CustSpaceId: 'cams-credential',
		TemplateCode: '900100200',
		Language: 'en_US',
		TaskId: 'task',
		SenderList: '[{"To":"1"},{"To":"2"}]',
	};

	it.each<[string, Fields, object]>([
		['all of it is a form', {}, COMMON],
		[
			'a channel of the node, a template with its language',
			{ custSpaceId: ' cams-own ', template: '900100200/zh_CN' },
			{ ...COMMON, CustSpaceId: 'cams-own', Language: 'zh_CN' },
		],
		[
			'Viber: label, time to live and tag',
			{ ...VIBER, options: { ttl: 1_209_600, tag: ' t ' } },
			{
				...COMMON,
				ChannelType: 'viber',
				From: '20001',
				Label: 'promotion',
				Ttl: '1209600',
				Tag: 't',
			},
		],
		[
			'Viber with nothing of that',
			{ ...VIBER, options: { ttl: '', tag: '' } },
			{ ...COMMON, ChannelType: 'viber', From: '20001', Label: 'promotion' },
		],
		['WhatsApp has none of that', { label: 'promotion', options: { ttl: 30, tag: 't' } }, COMMON],
		[
			'a fallback',
			{
				options: {
					fallback: {
						values: {
							fallbackId: ' S01 ',
							fallbackContent: 'Hi',
							fallbackDuration: 43_200,
							fallbackRule: 'sentFailed',
						},
					},
				},
			},
			{
				...COMMON,
				FallBackId: 'S01',
				FallBackContent: 'Hi',
				FallBackDuration: '43200',
				FallBackRule: 'sentFailed',
			},
		],
		[
			'a fallback and no more',
			{
				options: {
					fallback: { values: { fallbackId: 'S01', fallbackContent: '', fallbackDuration: '' } },
				},
			},
			{ ...COMMON, FallBackId: 'S01' },
		],
	])('%s', async (_what, fields, expected) => {
		expect(await form(fields)).toEqual(expected);
	});

	it('goes to the one operation, and waits as long as the options say', async () => {
		await form({ options: { timeout: 5 } });
		expect(requests[0].headers['x-acs-action']).toBe('SendChatappMassMessage');
		expect(requests[0].timeout).toBe(5_000);
		await form({});
		expect(requests[1].timeout).toBe(30_000);
	});

	it.each<[string, Fields, string]>([
		['no sender', { from: '' }, 'From is empty'],
		['no template', { template: ' ' }, 'Template is empty'],
		['no language', { language: '' }, 'Language is empty'],
		[
			'a label of its own making',
			{ ...VIBER, label: 'news' },
			'Message Category is neither promotion nor transaction',
		],
		[
			'a time to live of 29 seconds',
			{ ...VIBER, options: { ttl: 29 } },
			'Time to Live (Seconds) is out of range',
		],
		[
			'a time to live above 14 days',
			{ ...VIBER, options: { ttl: 1_209_601 } },
			'Time to Live (Seconds) is out of range',
		],
		[
			'a time to live of 30.5',
			{ ...VIBER, options: { ttl: 30.5 } },
			'Time to Live (Seconds) is not a whole number',
		],
		[
			'a fallback without its strategy',
			{ options: { fallback: { values: { fallbackId: ' ' } } } },
			'Fallback Strategy ID is empty',
		],
		[
			'a fallback after 59 seconds',
			{ options: { fallback: { values: { fallbackId: 'S', fallbackDuration: 59 } } } },
			'Wait Before Fallback (Seconds) is out of range',
		],
		[
			'a fallback after 12 hours and a second',
			{ options: { fallback: { values: { fallbackId: 'S', fallbackDuration: 43_201 } } } },
			'Wait Before Fallback (Seconds) is out of range',
		],
		[
			'a fallback after a second',
			{ options: { fallback: { values: { fallbackId: 'S', fallbackDuration: 1 } } } },
			'Wait Before Fallback (Seconds) is out of range',
		],
		['a task id that is an object', { options: { taskId: {} } }, 'Task ID is not a text'],
		['4 seconds', { options: { timeout: 4 } }, 'Timeout (Seconds) is out of range'],
	])('is refused before sending: %s', async (_what, fields, title) => {
		const { message } = await camsMass(context());
		const building = message(reader({ ...FIELDS, ...fields }));
		await expect(building).rejects.toMatchObject({ name: 'UserIssue', title });
	});

	it('is the same for recipients that may travel together, and only for them', async () => {
		const { message } = await camsMass(context());
		const key = async (fields: Fields) => (await message(reader({ ...FIELDS, ...fields }))).key;
		const usual = await key({});
		// What is each recipient's own.
		expect(await key({ to: '1', templateVariablesJson: '{}' })).toBe(usual);
		expect(await key({ options: { buttonPayloads: { payload: [{ value: 'x' }] } } })).toBe(usual);
		// Written differently, the same on the wire.
		expect(await key({ from: '6580001111', template: '900100200/en_US' })).toBe(usual);
		const different = [
			{ from: '6580002222' },
			{ template: '1' },
			{ language: 'en' },
			{ custSpaceId: 'cams-own' },
			{ options: { taskId: 't' } },
			{ options: { timeout: 60 } },
			{ options: { fallback: { values: { fallbackId: 'S' } } } },
		];
		const others = await Promise.all(different.map(key));
		expect(new Set([usual, ...others]).size).toBe(others.length + 1);
	});

	it('tells what output items tell', async () => {
		const { message, campaignId } = await camsMass(context());
		expect(await message(reader(FIELDS))).toMatchObject({
			about: { api: 'cams', from: '6580001111', channelType: 'whatsapp' },
			contains: { templateCode: '900100200', language: 'en_US' },
			taskId: '',
		});
		const own = await message(reader({ ...FIELDS, options: { taskId: ' spring ' } }));
		expect(own.taskId).toBe('spring');
		expect(campaignId).toMatch(/^n8n-4821-[0-9a-f]{6}$/);
	});
});

describe('the credential', () => {
	it.each<[string, Fields, string]>([
		['for the other API', { api: 'innoPaas' }, 'This credential is for InnoPaaS'],
		['without its key', { accessKeyId: '' }, 'The credential cannot be used'],
	])('%s is refused', async (_what, credential, title) => {
		await expect(camsMass(context(credential))).rejects.toMatchObject({
			title,
			notSentCause: 'credential',
		});
	});
});
