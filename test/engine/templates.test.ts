import type { IDataObject } from 'n8n-workflow';

import { TEMPLATES } from '../../sandbox/cams/templates';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import { WIRE } from '../messageTypes/wire';
import { call } from '../support/camsClient';
import { onlySends, withGateway } from '../support/gateway';
import { errorTitle, BEN, MIA, NODE, TEXT, locator, runNode } from '../support/harness';
import { mapperFields } from '../support/loadOptions';
import { SENDERS, asStored } from '../support/sendType';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

const taken = () => sandbox.stats().messages;
const sends = () => sandbox.stats().calls.byOperation.SendChatappMessage ?? 0;

const template = (key: string, more: IDataObject = {}, channelType = 'whatsapp'): IDataObject => ({
	operation: 'sendTemplate',
	channelType,
	from: locator(SENDERS[channelType]),
	to: '={{ $json.phone }}',
	template: locator(key, 'list'),
	...more,
});

/** The parameter as n8n's editor stores it: the fields that the node names, and what was filled in. */
async function mapped(
	key: string,
	value: IDataObject,
	channelType = 'whatsapp',
): Promise<IDataObject> {
	const { fields } = await mapperFields(sandbox.url, {
		parameters: template(key, {}, channelType),
	});
	const shown = Object.fromEntries(
		fields.flatMap(({ id, defaultValue }) =>
			defaultValue === undefined || defaultValue === null ? [] : [[id, defaultValue]],
		),
	);
	return {
		specifyVariables: 'fields',
		templateVariables: {
			mappingMode: 'defineBelow',
			value: { ...shown, ...value },
			matchingColumns: [],
			schema: fields.map((field) => ({ ...field, removed: false })),
			attemptToConvertTypes: false,
			convertFieldsToString: false,
		},
	} as unknown as IDataObject;
}

const pairs = (values: Record<string, string>): IDataObject => ({
	specifyVariables: 'pairs',
	templateVariablePairs: {
		variable: Object.entries(values).map(([name, value]) => ({ name, value })),
	},
});

/** Sends it, and gives what the sandbox took. */
async function send(parameters: IDataObject, item: IDataObject = MIA, name = 'camsSend') {
	const run = await runNode(sandbox, {
		parameters: await asStored(parameters, name),
		items: [item],
		node: { type: `n8n-nodes-chatapp.${name}` },
	});
	if (run.error) throw new Error(`${run.error.message}: ${run.error.description}`);
	expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted' }]);
	return taken()[taken().length - 1];
}

async function refusal(
	parameters: IDataObject,
	item: IDataObject = MIA,
): Promise<[title: string, advice: string]> {
	const before = sends();
	const run = await runNode(sandbox, { parameters, items: [item] });
	expect(sends()).toBe(before);
	expect(run.error?.description).toMatch(/^Nothing has been sent\. /);
	return [errorTitle(run)!, run.error!.description!.replace('Nothing has been sent. ', '')];
}

describe('the variables of a template', () => {
	const VISIT = '900100203/en_US';
	const item = {
		...MIA,
		day: 'Monday',
		time: '9:30',
		visitId: 77,
		'first name': 'Mia "😀" & <b>\n$(time) {{1}}',
	};
	const ORDER = { day: 'Monday', name: 'Mia', time: '9:30', visitId: '77' };
	const WORDS = 'Your visit on Monday\nHi Mia, we see you at 9:30.\nSandbox Store';

	it.each<[string, () => Promise<IDataObject> | IDataObject]>([
		[
			'from fields that were dragged',
			async () =>
				await mapped(VISIT, {
					day: '={{ $json.day }}',
					name: '={{ $json.name }}',
					time: '={{ $json["time"] }}',
					visitId: '={{ $json.visitId }}',
				}),
		],
		[
			'typed into the fields',
			async () => await mapped(VISIT, { day: 'Monday', name: 'Mia', time: '9:30', visitId: '77' }),
		],
		[
			'from fields with an expression of any kind',
			async () =>
				await mapped(VISIT, {
					day: '={{ ["Monday"][0] }}',
					name: '={{ $json.name.trim() }}',
					time: '9:{{ 30 }}'.replace(/^/, '='),
					visitId: '={{ 70 + 7 }}',
				}),
		],
		['from input fields of the same name', () => ({ specifyVariables: 'sameName' })],
		[
			'from name and value pairs',
			() =>
				pairs({
					day: '={{ $json.day }}',
					name: 'Mia',
					time: '={{ $json.time }}',
					visitId: '={{ $json.visitId }}',
				}),
		],
		[
			'from JSON',
			() => ({
				specifyVariables: 'json',
				templateVariablesJson:
					'={{ JSON.stringify({ day: $json.day, name: "Mia", time: $json.time, visitId: $json.visitId }) }}',
			}),
		],
		[
			'from JSON that an expression gives as an object',
			() => ({
				specifyVariables: 'json',
				templateVariablesJson:
					'={{ { day: $json.day, name: "Mia", time: $json.time, visitId: $json.visitId } }}',
			}),
		],
	])('come %s', async (_how, variables) => {
		expect(await send(template(VISIT, await variables()), item)).toMatchObject({
			templateCode: '900100203',
			language: 'en_US',
			templateParams: ORDER,
			text: WORDS,
		});
	});

	it('can hold any text', async () => {
		const { templateParams } = await send(
			template(
				'900100200/en_US',
				await mapped('900100200/en_US', {
					name: '={{ $json["first name"] }}',
					order: '={{ $json.phone }}',
				}),
			),
			item,
		);
		expect(templateParams).toEqual({ name: item['first name'], order: MIA.phone });
	});

	it('differ from item to item', async () => {
		const run = await runNode(sandbox, {
			parameters: template(
				'900100200/en_US',
				await mapped('900100200/en_US', { name: '={{ $json.name }}', order: '={{ $itemIndex }}' }),
			),
			items: [MIA, BEN],
		});
		expect(run.items(NODE)).toHaveLength(2);
		expect(taken().map(({ templateParams }) => templateParams)).toEqual([
			{ name: 'Mia', order: '0' },
			{ name: 'Ben', order: '1' },
		]);
	});

	it('take a field of the same name whose case differs, and prefer the one that is the same', async () => {
		const sameName = template('900100200/en_US', { specifyVariables: 'sameName' });
		expect(
			(await send(sameName, { phone: MIA.phone, NAME: 'Mia', Order: 7 })).templateParams,
		).toEqual({ name: 'Mia', order: '7' });
		expect(
			(
				await send(sameName, {
					phone: MIA.phone,
					NAME: 'no',
					name: 'Mia',
					order: 'yes',
					Order: 'no',
				})
			).templateParams,
		).toEqual({ name: 'Mia', order: 'yes' });
	});

	it.each<[string, IDataObject, string, RegExp]>([
		[
			'has no such field',
			{ ...MIA },
			'Template variable "order" is empty [item 0]',
			/^The item has no field of this name\. It has: phone, name, text\.$/,
		],
		[
			'has many others',
			Object.fromEntries(
				['phone', ...Array.from({ length: 12 }, (_, index) => `f${index}`)].map((name) => [
					name,
					MIA.phone,
				]),
			),
			'Template variable "name" is empty [item 0]',
			/^The item has no field of this name\. It has: phone, f0, .*, f8 and more\.$/,
		],
		['has it empty', { ...MIA, order: ' ' }, 'Template variable "order" is empty [item 0]', /./],
		['has it as null', { ...MIA, order: null }, 'Template variable "order" is empty [item 0]', /./],
		[
			'has an object there',
			{ ...MIA, order: { id: 7 } },
			'Template variable "order" is not a text [item 0]',
			/./,
		],
	])('of the same name are told when the item %s', async (_how, wrong, title, advice) => {
		const [message, description] = await refusal(
			template('900100200/en_US', { specifyVariables: 'sameName' }),
			wrong,
		);
		expect(message).toBe(title);
		expect(description).toMatch(advice);
	});

	it('of the same name cannot be taken when the template cannot be read: no text is made up, and nothing is sent', async () => {
		await withGateway(sandbox, onlySends, async (endpoint) => {
			const run = await runNode(sandbox, {
				parameters: template('900100200/en_US', { specifyVariables: 'sameName' }),
				items: [{ ...MIA, order: '7' }],
				credential: { endpoint },
			});
			expect(errorTitle(run)).toBe('The variables of the template could not be read [item 0]');
			expect(run.error?.description).toContain('Using Name and Value Pairs');
			expect(sends()).toBe(0);
		});
	});

	it('left open among the fields are told by name', async () => {
		expect(
			await refusal(
				template('900100200/en_US', await mapped('900100200/en_US', { name: 'Mia', order: null })),
			),
		).toEqual([
			'Template variable "order" is empty [item 0]',
			expect.stringMatching(/every item has the field it comes from\.$/),
		]);
	});

	it('of fields that were removed or belong to another template are told', async () => {
		const old = await mapped('900100203/en_US', { day: '1', name: 'Mia', time: '2', visitId: '3' });
		expect((await refusal(template('900100200/en_US', old)))[0]).toBe(
			'The template has no variable "day" [item 0]',
		);
	});

	it('are numbers where the template counts them', async () => {
		expect(
			await send(
				template(
					'900100210/en',
					await mapped('900100210/en', { 1: 'A-77', 2: '={{ $json.name }}' }),
				),
			),
		).toMatchObject({
			templateParams: { 1: 'A-77', 2: 'Mia' },
			text: 'Order A-77 is ready at Mia.',
		});
	});
});

/** One value for each variable, by template. */
const APPROVED = TEMPLATES.filter(({ auditStatus }) => auditStatus === 'pass');
/** What a template cannot be sent without, by its buttons. */
const ACTIONS: Record<string, IDataObject> = {
	book_a_visit: { flow: { values: { flowReference: 'visit-77' } } },
	picked_for_you: {
		products: { values: { sections: { section: [{ title: 'New', productIds: 'sku-1' }] } } },
	},
};
const valuesOf = ({ variables }: (typeof TEMPLATES)[number]) =>
	Object.fromEntries(
		variables.map((name, index) => [
			name,
			/image|link/i.test(name) ? `https://example.com/${index}.jpg` : `${name} ${index} ✓`,
		]),
	);

describe.each(
	APPROVED.map((each) => [`${each.name} (${each.code}/${each.language})`, each] as const),
)('the template %s', (_title, each) => {
	const channelType = each.type === 'VIBER' ? 'viber' : 'whatsapp';
	const key = `${each.code}/${each.language}`;
	// An authentication template does not say what its variable is called.
	const values = each.takesAnyName ? { code: '123456' } : valuesOf(each);
	const options = ACTIONS[each.name] ?? {};

	it('goes out, and Validate Only shows what the recipient gets', async () => {
		const parameters = template(
			key,
			{ ...pairs(values), label: 'transaction', options },
			channelType,
		);
		const message = await send(parameters);
		expect(message.templateParams).toEqual(values);

		const before = sends();
		const run = await runNode(sandbox, {
			parameters: { ...parameters, options: { ...options, validateOnly: true } },
			items: [MIA],
		});
		expect(sends()).toBe(before);
		const warnings =
			each.name === 'our_catalog'
				? [expect.stringMatching(/^The button "View catalog" of the template shows products/)]
				: [];
		expect(run.items(NODE)).toEqual([
			{
				outcome: 'validated',
				api: 'cams',
				to: '6591234567',
				from: SENDERS[channelType],
				channelType,
				templateCode: each.code,
				language: each.language,
				// WhatsApp's own text of such a template is no part of what the API tells.
				preview: each.takesAnyName ? '' : message.text,
				buttons: message.buttons,
				warnings,
			},
		]);
		expect(run.hints(NODE)).toEqual([
			'Nothing was sent: Validate Only is on. 1 of 1 items can be sent.',
			...warnings,
		]);
	});

	if (each.variables.length > 0) {
		it('goes out with its fields as CAMS Send shows them', async () => {
			expect(
				(
					await send(
						template(key, { ...(await mapped(key, values, channelType)), options }, channelType),
					)
				).templateParams,
			).toEqual(values);
		});
	}

	if (each.type === 'VIBER') {
		it('goes out from CAMS Viber Send', async () => {
			const { operation, from, to, template: picked } = template(key, {}, 'viber');
			expect(
				await send(
					{
						operation,
						from,
						to,
						template: picked,
						label: 'transaction',
						...(await mapped(key, values, 'viber')),
					},
					MIA,
					'camsViberSend',
				),
			).toMatchObject({
				channelType: 'viber',
				templateParams: values,
				label: 'transaction',
			});
		});
	}
});

describe('buttons of a template', () => {
	const filled = { day: '1', name: 'Mia', time: '2', visitId: '3' };

	it.each<[string, IDataObject, string[] | undefined]>([
		[
			'each button',
			{ 'Button 1 Payload': '={{ $json.name }}', 'Button 2 Payload': 'cancel-77' },
			['Mia', 'cancel-77'],
		],
		[
			'the second alone, which keeps its place',
			{ 'Button 2 Payload': 'cancel-77' },
			['', 'cancel-77'],
		],
		['the first alone', { 'Button 1 Payload': 'keep-77', 'Button 2 Payload': '' }, ['keep-77', '']],
		['none', { 'Button 1 Payload': '', 'Button 2 Payload': ' ' }, undefined],
	])('get the payloads of the fields: %s', async (_which, payloads, payload) => {
		expect(
			(
				await send(
					template('900100203/en_US', await mapped('900100203/en_US', { ...filled, ...payloads })),
				)
			).payload,
		).toEqual(payload);
	});

	it.each<[string, string[], string[] | undefined]>([
		['each button', ['={{ $json.name }}', 'cancel-77'], ['Mia', 'cancel-77']],
		['the second alone', ['', 'cancel-77'], ['', 'cancel-77']],
		['none', ['', ''], undefined],
	])('get the payloads of the options: %s', async (_which, payloads, payload) => {
		const buttonPayloads = { payload: payloads.map((value) => ({ value })) };
		const ways: Array<[number, IDataObject]> = [
			[1, { buttonPayloads }],
			[1.1, { buttonPayloadGroup: { values: { buttonPayloads } } }],
		];
		for (const [typeVersion, options] of ways) {
			const run = await runNode(sandbox, {
				parameters: template('900100203/en_US', { ...pairs(filled), options }),
				items: [MIA],
				node: { typeVersion },
			});
			expect(run.error).toBeUndefined();
			expect(taken().at(-1)?.payload).toEqual(payload);
		}
	});

	it.each<[string, IDataObject, unknown]>([
		[
			'token and data',
			{
				flowReference: '={{ "visit-" + $json.name }}',
				flowDataJson: '={{ JSON.stringify({ name: $json.name, days: [1, 2] }) }}',
			},
			{ FlowToken: 'visit-Mia', FlowActionData: { name: 'Mia', days: [1, 2] } },
		],
		['a token alone', { flowReference: 'visit-77' }, { FlowToken: 'visit-77' }],
		[
			'data alone',
			{ flowDataJson: '{"couponCode": "ü"}' },
			{ FlowActionData: { couponCode: 'ü' } },
		],
	])('of a flow get %s', async (_what, values, flowAction) => {
		expect(
			(
				await send(
					template('900100205/en', { ...pairs({ name: 'Mia' }), options: { flow: { values } } }),
				)
			).flowAction,
		).toEqual(flowAction);
	});

	it('of a flow or of products alone are rejected, because WhatsApp takes neither without', async () => {
		for (const [key, options, code] of [
			[
				'900100205/en',
				{ flow: { values: { flowReference: ' ', flowDataJson: '{}' } } },
				/FlowAction/,
			],
			['900100207/en', { products: { values: { thumbnailProductId: 'sku-1' } } }, /ProductAction/],
		] as const) {
			const run = await runNode(sandbox, {
				parameters: template(key, { ...pairs({ name: 'Mia' }), options }),
				items: [MIA],
				node: { onError: 'continueRegularOutput' },
			});
			expect(run.items(NODE)).toMatchObject([
				{ outcome: 'rejected', reason: expect.stringMatching(code) },
			]);
		}
	});

	const ids = (count: number) =>
		Array.from({ length: count }, (_, index) => `sku-${index}`).join(', ');
	const sections = (count: number, each: number) =>
		Array.from({ length: count }, (_, index) => ({
			title: `Part ${index}`,
			productIds: ids(each),
		}));
	const withProducts = (values: IDataObject, key = '900100207/en') =>
		template(key, { ...pairs({ name: 'Mia' }), options: { products: { values } } });

	it.each<[string, IDataObject, unknown]>([
		[
			'sections and a thumbnail',
			{
				thumbnailProductId: 'sku-1',
				sections: {
					section: [
						{ title: 'Hats', productIds: '={{ ["sku-1", "sku-2"] }}' },
						{ title: 'Bags', productIds: 'sku-3,\nsku-4' },
					],
				},
			},
			{
				ThumbnailProductRetailerId: 'sku-1',
				Sections: [
					{
						Title: 'Hats',
						ProductItems: [{ ProductRetailerId: 'sku-1' }, { ProductRetailerId: 'sku-2' }],
					},
					{
						Title: 'Bags',
						ProductItems: [{ ProductRetailerId: 'sku-3' }, { ProductRetailerId: 'sku-4' }],
					},
				],
			},
		],
		['a thumbnail alone', { thumbnailProductId: 'sku-1' }, { ThumbnailProductRetailerId: 'sku-1' }],
		['nothing', {}, undefined],
	])('of a catalog get %s', async (_what, values, productAction) => {
		expect((await send(withProducts(values, '900100206/en'))).productAction).toEqual(productAction);
	});

	it('of a catalog get ten sections and thirty products, and no more', async () => {
		expect(
			(await send(withProducts({ sections: { section: sections(10, 3) } }))).productAction,
		).toMatchObject({ Sections: { length: 10 } });
		for (const section of [
			sections(11, 1),
			sections(1, 31),
			[...sections(9, 3), ...sections(1, 4)],
		]) {
			expect((await refusal(withProducts({ sections: { section } })))[0]).toBe(
				'There are too many products [item 0]',
			);
		}
	});
});

describe('options', () => {
	const viber = (options: IDataObject): IDataObject => ({
		...TEXT,
		channelType: 'viber',
		from: locator('20001'),
		options,
	});
	const whatsapp = (options: IDataObject): IDataObject => ({ ...TEXT, options });

	it.each<[string, IDataObject, object]>([
		[
			'an answer to a message',
			whatsapp({ contextMessageId: '={{ "wamid." + $json.name }}' }),
			{ contextMessageId: 'wamid.Mia' },
		],
		[
			'tracking data, tag and TTL',
			viber({ trackingData: 'visit ü', tag: 'spring-2026', ttl: 86_400 }),
			{ trackingData: 'visit ü', tag: 'spring-2026', ttl: '86400' },
		],
		['the shortest TTL', viber({ ttl: 30 }), { ttl: '30' }],
		['the longest TTL', viber({ ttl: 1_209_600 }), { ttl: '1209600' }],
		[
			'a fallback with everything',
			viber({
				fallback: {
					values: {
						fallbackId: 'S01',
						fallbackContent: '={{ "Hi " + $json.name }}',
						fallbackDuration: 60,
						fallbackRule: 'sentFailed',
					},
				},
			}),
			{
				fallback: {
					FallBackId: 'S01',
					FallBackContent: 'Hi Mia',
					FallBackDuration: '60',
					FallBackRule: 'sentFailed',
				},
			},
		],
		[
			'the longest wait for a fallback',
			whatsapp({ fallback: { values: { fallbackId: 'S01', fallbackDuration: 43_200 } } }),
			{ fallback: { FallBackId: 'S01', FallBackDuration: '43200', FallBackRule: 'undelivered' } },
		],
		[
			'a fallback without waiting',
			whatsapp({ fallback: { values: { fallbackId: 'S01', fallbackDuration: 0 } } }),
			{ fallback: { FallBackId: 'S01', FallBackRule: 'undelivered' } },
		],
		['a task id', whatsapp({ taskId: '={{ "order-" + $json.name }}' }), { taskId: 'order-Mia' }],
	])('send %s', async (_what, parameters, expected) => {
		const run = await runNode(sandbox, { parameters, items: [MIA] });
		expect(run.error).toBeUndefined();
		expect(taken()).toMatchObject([expected]);
	});

	it.each<[string, IDataObject, string, Record<string, string>]>([
		[
			'a TTL too short',
			viber({ ttl: 29 }),
			'Time to Live (Seconds) is out of range',
			{ Ttl: '29' },
		],
		[
			'a TTL too long',
			viber({ ttl: 1_209_601 }),
			'Time to Live (Seconds) is out of range',
			{ Ttl: '1209601' },
		],
		[
			'a TTL with a fraction',
			viber({ ttl: 30.5 }),
			'Time to Live (Seconds) is not a whole number',
			{ Ttl: '30.5' },
		],
		[
			'a wait too short',
			viber({ fallback: { values: { fallbackId: 'S01', fallbackDuration: 59 } } }),
			'Wait Before Fallback (Seconds) is out of range',
			{ FallBackId: 'S01', FallBackDuration: '59' },
		],
		[
			'a wait too long',
			viber({ fallback: { values: { fallbackId: 'S01', fallbackDuration: 43_201 } } }),
			'Wait Before Fallback (Seconds) is out of range',
			{ FallBackId: 'S01', FallBackDuration: '43201' },
		],
		[
			'a label of another kind',
			{ ...viber({}), label: '={{ "both" }}' },
			'Message Category is neither promotion nor transaction',
			{ Label: 'both' },
		],
	])('refuse %s, as the API does', async (_what, parameters, title, form) => {
		expect((await refusal(parameters))[0]).toBe(`${title} [item 0]`);
		const right = {
			ChannelType: 'viber',
			Type: 'message',
			MessageType: 'text',
			Content: '{"text":"Hi"}',
			From: '20001',
			To: '6591234567',
			Label: 'promotion',
		};
		expect(await call(sandbox, 'SendChatappMessage', right)).toMatchObject({ Code: 'OK' });
		expect(await call(sandbox, 'SendChatappMessage', { ...right, ...form })).toMatchObject({
			Code: 'InvalidParameter',
		});
	});

	it('ask for the id of a fallback', async () => {
		expect((await refusal(viber({ fallback: { values: { fallbackId: ' ' } } })))[0]).toBe(
			'Fallback Strategy ID is empty [item 0]',
		);
	});

	it.each(['120363041234567890', 'grp-Zm9v/+=@g.us', ' 1203630-412 '])(
		'send to the group %s as it is, without looking for a phone number',
		async (to) => {
			const run = await runNode(sandbox, {
				parameters: { ...TEXT, to: '={{ $json.group }}', options: { recipientType: 'group' } },
				items: [{ ...MIA, group: to }],
			});
			expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted', to: to.trim() }]);
			expect(taken()).toMatchObject([{ to: to.trim(), recipientType: 'group' }]);
		},
	);

	it('say nothing of the recipient type when it is one person', async () => {
		await runNode(sandbox, { parameters: whatsapp({ recipientType: 'individual' }), items: [MIA] });
		expect(taken()[0].recipientType).toBeUndefined();
	});

	it('that were set for another channel do not go out', async () => {
		const ofOthers = {
			contextMessageId: 'x',
			tag: 'x',
			ttl: 99,
			trackingData: 'x',
			recipientType: 'group',
			buttonPayloads: { payload: [{ value: 'x' }] },
			flow: { values: { flowReference: 'x' } },
			products: { values: { thumbnailProductId: 'x' } },
		};
		for (const [channelType, to] of [
			['messenger', 'u-1'],
			['telegram', 'u-1'],
		] as const) {
			const run = await runNode(sandbox, {
				parameters: {
					...TEXT,
					channelType,
					from: locator(SENDERS[channelType]),
					to,
					options: ofOthers,
				},
				items: [MIA],
			});
			expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted', to }]);
		}
		await runNode(sandbox, {
			parameters: { ...TEXT, options: { tag: 'x', ttl: 99, trackingData: 'x' } },
			items: [MIA],
		});
		expect(sandbox.stats().calls.accepted).toBe(3);
		for (const message of taken())
			expect(
				Object.keys(message).filter(
					(name) =>
						[
							'contextMessageId',
							'tag',
							'ttl',
							'trackingData',
							'recipientType',
							'payload',
							'flowAction',
							'productAction',
						].includes(name) && message[name as keyof typeof message] !== undefined,
				),
			).toEqual([]);
	});
});

describe('CAMS Viber Send', () => {
	const base = {
		operation: 'sendMessage',
		from: locator('20001', 'list'),
		to: '={{ $json.phone }}',
	};
	const TYPES = [
		'text',
		'image',
		'text_image_button',
		'text_button',
		'document',
		'video',
		'text_video',
		'text_video_button',
		'text_image',
	];

	it.each(TYPES)('sends %s', async (messageType) => {
		const { values, content } = WIRE[`viber / ${messageType}`];
		expect(
			await send({ ...base, messageType, label: 'transaction', ...values }, MIA, 'camsViberSend'),
		).toMatchObject({
			channelType: 'viber',
			from: '20001',
			to: '6591234567',
			messageType,
			content,
			label: 'transaction',
		});
	});

	it('sends a promotion unless told otherwise, with its options', async () => {
		const options = {
			ttl: 3600,
			tag: 'spring',
			trackingData: 't-1',
			fallback: { values: { fallbackId: 'S01', fallbackContent: 'Sale!', fallbackDuration: 120 } },
		};
		expect(await send({ ...base, text: 'Sale!', options }, MIA, 'camsViberSend')).toMatchObject({
			label: 'promotion',
			ttl: '3600',
			tag: 'spring',
			trackingData: 't-1',
			fallback: { FallBackId: 'S01', FallBackContent: 'Sale!', FallBackDuration: '120' },
		});
	});

	it('always asks for the label, and takes no other than two', async () => {
		for (const label of ['', 'Promotion', 'both']) {
			const run = await runNode(sandbox, {
				parameters: { ...base, text: 'Hi', label: '={{ $json.label }}' },
				items: [{ ...MIA, label }],
				node: { type: 'n8n-nodes-chatapp.camsViberSend' },
			});
			expect(errorTitle(run)).toBe(
				'Message Category is neither promotion nor transaction [item 0]',
			);
		}
		expect(sends()).toBe(0);
	});
});

describe('Validate Only', () => {
	it('checks everything and sends nothing, in every mode of On Error', async () => {
		const parameters: IDataObject = { ...TEXT, options: { validateOnly: true } };
		for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
			const run = await runNode(sandbox, {
				parameters,
				items: [MIA, { ...BEN, phone: 'x' }],
				node: { onError },
			});
			const items = run
				.output(NODE)
				.flat()
				.map(({ json }) => json);
			expect(items[0]).toMatchObject({
				outcome: 'validated',
				to: '6591234567',
				preview: 'Hello Mia',
				buttons: [],
				warnings: [expect.stringContaining('24 hours')],
			});
			expect(JSON.stringify(items[1])).toContain('To is not a phone number');
			expect(run.hints(NODE)[0]).toMatch(
				/^Nothing was sent: Validate Only is on\. 1 of 2 items can be sent\./,
			);
		}
		const stopped = await runNode(sandbox, { parameters, items: [MIA, { ...BEN, phone: 'x' }] });
		expect(errorTitle(stopped)).toBe('To is not a phone number [item 1]');
		expect(sandbox.stats().calls.byOperation).toEqual({});
	});

	it('says what was sent when it is on for some items only', async () => {
		const run = await runNode(sandbox, {
			parameters: { ...TEXT, options: { validateOnly: '={{ $itemIndex === 0 }}' } },
			items: [MIA, BEN],
		});
		expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual(['validated', 'accepted']);
		expect(run.hints(NODE)).toEqual(['1 accepted, 1 only validated.']);
	});

	it('says when a template could not be checked', async () => {
		await withGateway(sandbox, onlySends, async (endpoint) => {
			const run = await runNode(sandbox, {
				parameters: template('900100200/en_US', {
					...pairs({ name: 'Mia' }),
					options: { validateOnly: true },
				}),
				items: [MIA],
				credential: { endpoint },
			});
			expect(run.items(NODE)).toMatchObject([
				{
					outcome: 'validated',
					preview: '',
					warnings: ['The template could not be read, so its variables were not checked.'],
				},
			]);
			expect(sends()).toBe(0);
		});
	});

	it.each<[string, boolean | string, number]>([
		['an expression that says yes', true, 0],
		['a text of a sheet that says yes', 'TRUE', 0],
		['what is neither yes nor no, which is not guessed', 'maybe', 0],
		['an expression that says no', false, 1],
	])('follows %s', async (_what, dry, count) => {
		await runNode(sandbox, {
			parameters: { ...TEXT, options: { validateOnly: '={{ $json.dry }}' } },
			items: [{ ...MIA, dry }],
		});
		expect(sends()).toBe(count);
	});
});
