import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import {
	LIST,
	TEMPLATE_WITHOUT_VARIABLES,
	calls,
	expectSound,
	numberOf,
	people,
	person,
	range,
	reached,
	sandbox,
	send,
	taken,
	texts,
	type MassCase,
} from '../support/camsMassSend';
import { NODE, locator } from '../support/harness';
import { allItems, outcomesOf, outputs, recipientsOf } from '../support/massRun';

describe('what goes out', () => {
	it('sends 2,500 items in three calls, each recipient with its own variables, and pairs one output item to each', async () => {
		const run = await send(sandbox, { items: people(2500) });
		expect(run.status).toBe('success');
		expectSound(run, 2500);
		expect(calls()).toBe(3);
		const sizes = new Map<string, number>();
		for (const { groupMessageId = '' } of taken())
			sizes.set(groupMessageId, (sizes.get(groupMessageId) ?? 0) + 1);
		expect([...sizes.values()].sort((left, right) => right - left)).toEqual([1000, 1000, 500]);
		for (const { to, text } of taken()) {
			const index = Number(to.slice(3)) - 1_000_000;
			expect(text.split('\n')[0]).toBe(`Hi N${index}, your order A-${index} is on its way.`);
		}
		const [accepted, notAccepted] = outputs(run);
		expect(notAccepted).toEqual([]);
		expect(recipientsOf(accepted)).toEqual(range(2500).map(numberOf));
		expect(run.output(NODE)[0].map(({ pairedItem }) => pairedItem)).toEqual(
			range(2500).map((item) => ({ item })),
		);
		const campaignId = String(accepted[0].campaignId);
		expect(campaignId).toMatch(/^n8n-\d+-[0-9a-f]{6}$/);
		for (const index of [0, 999, 1000, 2499]) {
			const chunk = Math.floor(index / 1000) + 1;
			expect(accepted[index]).toEqual({
				outcome: 'accepted',
				api: 'cams',
				to: numberOf(index),
				from: '6580001111',
				channelType: 'whatsapp',
				groupMessageId: taken().find(({ to }) => to === numberOf(index))?.groupMessageId,
				taskId: `${campaignId}-c${chunk}`,
				campaignId,
				chunk,
				requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
				templateCode: '900100200',
				language: 'en_US',
				sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
			});
		}
		expect(Object.keys(accepted[0]).slice(0, 3)).toEqual(['outcome', 'to', 'templateCode']);
		expect(
			taken().every(
				({ to, taskId }) => taskId === accepted[Number(to.slice(3)) - 1_000_000].taskId,
			),
		).toBe(true);
		expect(run.hints(NODE)).toEqual(['2,500 accepted. In 3 requests.']);
	});

	it("puts the user's own task id on every call, and it is the campaign's", async () => {
		const run = await send(sandbox, {
			items: people(4),
			options: { taskId: ' spring ', maxRecipientsPerRequest: 2 },
		});
		expect(taken().map(({ taskId }) => taskId)).toEqual(Array(4).fill('spring'));
		expect(outputs(run)[0]).toMatchObject(
			range(4).map((index) => ({
				taskId: 'spring',
				campaignId: 'spring',
				chunk: Math.floor(index / 2) + 1,
			})),
		);
	});

	it('gives every run task ids of its own', async () => {
		await send(sandbox, { items: people(1) });
		await send(sandbox, { items: people(1, 1) });
		expect(new Set(taken().map(({ taskId }) => taskId)).size).toBe(2);
	});

	it('sends recipients with another template or sender by expression in calls of their own, in order', async () => {
		const run = await send(sandbox, {
			parameters: {
				template:
					'={{ { __rl: true, mode: "code", value: $json.chinese ? "900100200/zh_CN" : "900100200/en_US" } }}',
				from: '={{ { __rl: true, mode: "id", value: $json.support ? "6580002222" : "6580001111" } }}',
			},
			items: people(6).map((each, index) => ({
				...each,
				chinese: index % 2 === 1,
				support: index === 4,
			})),
		});
		expectSound(run, 6);
		expect(calls()).toBe(3);
		expect(outputs(run)[0].map(({ chunk, language, from }) => [chunk, language, from])).toEqual([
			[1, 'en_US', '6580001111'],
			[2, 'zh_CN', '6580001111'],
			[1, 'en_US', '6580001111'],
			[2, 'zh_CN', '6580001111'],
			[3, 'en_US', '6580002222'],
			[2, 'zh_CN', '6580001111'],
		]);
		const byNumber = Object.fromEntries(
			taken().map(({ to, text, from }) => [to, [text.split('\n')[0], from]]),
		);
		expect(byNumber[numberOf(1)]).toEqual(['N1，您的订单 A-1 已发货。', '6580001111']);
		expect(byNumber[numberOf(4)]).toEqual(['Hi N4, your order A-4 is on its way.', '6580002222']);
	});

	it.each([
		['viber', '20001', '900100300/en', '+380 50 123 45 67', '380501234567'],
		['messenger', '102030', '900100201/en', '24681357', '24681357'],
		['instagram', '17841400000000001', '900100201/en', 'u-778', 'u-778'],
	])('sends by %s', async (channelType, from, template, to, wireTo) => {
		const run = await send(sandbox, {
			parameters: {
				channelType,
				from: locator(from),
				template: locator(template, 'code'),
				to,
				label: 'transaction',
				templateVariablePairs:
					channelType === 'viber' ? { variable: [{ name: 'couponCode', value: 'SPRING15' }] } : {},
			},
			items: [{}],
		});
		expect(outputs(run)[0]).toMatchObject([{ outcome: 'accepted', channelType, from, to: wireTo }]);
		expect(taken()).toMatchObject([{ channelType, from, to: wireTo }]);
		expect(taken()[0].label).toBe(channelType === 'viber' ? 'transaction' : undefined);
	});

	const VIBER: IDataObject = {
		channelType: 'viber',
		from: locator('20001'),
		template: locator('900100300/en', 'code'),
		label: 'promotion',
		templateVariablePairs: { variable: [{ name: 'couponCode', value: 'SPRING15' }] },
	};
	const WHATSAPP_PARTS = {
		buttonPayloads: {
			payload: [{ value: '=yes {{ $json.name }}' }, { value: '' }, { value: 'stop' }],
		},
		products: {
			values: {
				thumbnailProductId: ' sku-1 ',
				sections: {
					section: [
						{ title: 'New in', productIds: 'sku-1, sku-2,' },
						{ title: '', productIds: 'sku-3' },
					],
				},
			},
		},
		flow: {
			values: { flowReference: 'visit-77', flowDataJson: '={{ { couponCode: $json.order } }}' },
		},
	};

	it.each<[string, IDataObject, IDataObject, object]>([
		[
			'button payloads, blanks in their place',
			{},
			{ buttonPayloads: WHATSAPP_PARTS.buttonPayloads },
			{ payload: ['yes N0', '', 'stop'] },
		],
		[
			'products',
			{},
			{ products: WHATSAPP_PARTS.products },
			{
				productAction: {
					ThumbnailProductRetailerId: 'sku-1',
					Sections: [
						{
							Title: 'New in',
							ProductItems: [{ ProductRetailerId: 'sku-1' }, { ProductRetailerId: 'sku-2' }],
						},
						{ Title: '', ProductItems: [{ ProductRetailerId: 'sku-3' }] },
					],
				},
			},
		],
		[
			"a flow with each recipient's own data",
			{},
			{ flow: WHATSAPP_PARTS.flow },
			{ flowAction: { FlowToken: 'visit-77', FlowActionData: { couponCode: 'A-0' } } },
		],
		[
			'a fallback',
			{},
			{
				fallback: {
					values: {
						fallbackId: 'S01',
						fallbackContent: 'Your order & more',
						fallbackDuration: 60,
						fallbackRule: 'sentFailed',
					},
				},
			},
			{
				fallback: {
					FallBackId: 'S01',
					FallBackContent: 'Your order & more',
					FallBackDuration: '60',
					FallBackRule: 'sentFailed',
				},
			},
		],
		[
			'a fallback that only waits for the send to fail',
			{},
			{ fallback: { values: { fallbackId: 'S01' } } },
			{ fallback: { FallBackId: 'S01', FallBackRule: 'undelivered' } },
		],
		[
			"Viber's label, time to live and tag",
			VIBER,
			{ ttl: 30, tag: 'spring' },
			{ label: 'promotion', ttl: '30', tag: 'spring' },
		],
		[
			'a channel of its own',
			{ custSpaceId: locator(' cams-own ') },
			{},
			{ custSpaceId: 'cams-own' },
		],
		['the channel of the credential', {}, {}, { custSpaceId: 'cams-sandbox' }],
		[
			'a template that carries its language',
			{ template: locator('900100200/zh_CN', 'code'), language: locator('', 'list') },
			{},
			{ language: 'zh_CN' },
		],
		[
			'variables as JSON',
			{
				specifyVariables: 'json',
				templateVariablesJson: '={{ JSON.stringify({ name: $json.name, order: 5 }) }}',
			},
			{},
			{ templateParams: { name: 'N0', order: '5' } },
		],
	])('carries %s', async (_what, parameters, options, expected) => {
		const run = await send(sandbox, { parameters, options, items: [person(0)] });
		expect(outcomesOf(outputs(run)[0])).toEqual(['accepted']);
		expect(taken()).toMatchObject([expected]);
	});

	it('sends what only WhatsApp has to WhatsApp alone, though the fields are still filled', async () => {
		const run = await send(sandbox, {
			parameters: VIBER,
			options: WHATSAPP_PARTS,
			items: [person(0)],
		});
		expect(outcomesOf(outputs(run)[0])).toEqual(['accepted']);
		await send(sandbox, { options: { ttl: 30, tag: 'spring' }, items: [person(1)] });
		expect(taken()[1]).not.toHaveProperty('ttl', '30');
		expect(taken()[1].tag).toBeUndefined();
	});

	it('needs no variables for a template without', async () => {
		await send(sandbox, { parameters: TEMPLATE_WITHOUT_VARIABLES, items: [person(0)] });
		expect(taken()).toMatchObject([
			{ to: numberOf(0), text: 'We are open every day from 9 to 18.' },
		]);
	});

	it('carries any text to its own recipient unchanged', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(
					fc
						.string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
						.filter((text) => text.trim() !== ''),
					{ minLength: 1, maxLength: 40 },
				),
				async (names) => {
					sandbox.reset();
					await send(sandbox, { items: names.map((name, index) => ({ ...person(index), name })) });
					expect(taken().map(({ templateParams }) => templateParams?.name)).toEqual(names);
				},
			),
			{ numRuns: 10 },
		);
	}, 20_000);
});

describe('lists', () => {
	const two = people(2);
	const nested = [
		{
			contact: { 'the phone': '+65 9123-4567', list: ['x', '+65 1'] },
			name: 'Mia',
			address: { city: 'A-1' },
		},
		{
			contact: { 'the phone': '+65 9123-4568', list: ['x', '+65 2'] },
			name: 'Ben',
			address: { city: 'A-2' },
		},
	];
	const pairs = (name: string, order: string) => ({
		variable: [
			{ name: 'name', value: name },
			{ name: 'order', value: order },
		],
	});

	it.each<[string, IDataObject, IDataObject]>([
		[
			'names are typed',
			{ listField: 'customers', toField: 'phone', templateVariablePairs: pairs('name', 'order') },
			{ customers: two },
		],
		[
			'everything is dragged',
			{
				listField: '={{ $json.customers }}',
				toField: '={{ $json.customers[0].phone }}',
				templateVariablePairs: pairs(
					'={{ $json.customers[0].name }}',
					'={{ $json.customers[1].order }}',
				),
			},
			{ customers: two },
		],
		[
			'paths are dropped',
			{
				listField: 'customers',
				toField: 'customers[0].phone',
				templateVariablePairs: pairs('customers[0].name', 'customers[0].order'),
			},
			{ customers: two },
		],
		[
			'fields are left empty, since they have the names of the variables',
			{ toField: 'phone', templateVariablePairs: pairs('', '') },
			{ customers: two },
		],
		[
			'the list stands deep inside',
			{
				listField: 'answer.data[0].people',
				toField: 'answer.data[0].people[0].phone',
				templateVariablePairs: pairs('name', '={{ $json.answer.data[0].people[0].order }}'),
			},
			{ answer: { data: [{ people: two }] } },
		],
		[
			'the names have blanks and dots',
			{
				listField: '={{ $json["my customers"] }}',
				toField: '={{ $json["my customers"][0]["phone no."] }}',
				templateVariablePairs: pairs('full name', 'the.order'),
			},
			{
				'my customers': two.map(({ phone, name, order }) => ({
					'phone no.': phone,
					'full name': name,
					'the.order': order,
				})),
			},
		],
		[
			'an expression makes the list',
			{
				listField: '={{ $json.customers.filter((each) => each.name !== "No") }}',
				toField: 'phone',
				templateVariablePairs: pairs('name', 'order'),
			},
			{ customers: [{ ...person(7), name: 'No' }, ...two] },
		],
		[
			'an expression names the list',
			{
				listField: '={{ "customers" }}',
				toField: 'phone',
				templateVariablePairs: pairs('name', 'order'),
			},
			{ customers: two },
		],
		[
			'the list has the variables in an object',
			{ toField: 'phone', specifyVariables: 'object', objectField: 'params' },
			{ customers: two.map(({ phone, ...params }) => ({ phone, params })) },
		],
		[
			'that object is dragged',
			{
				toField: 'phone',
				specifyVariables: 'object',
				objectField: '={{ $json.customers[0].params }}',
			},
			{ customers: two.map(({ phone, ...params }) => ({ phone, params })) },
		],
		[
			'that object is JSON text',
			{ toField: 'phone', specifyVariables: 'object', objectField: 'params' },
			{ customers: two.map(({ phone, ...params }) => ({ phone, params: JSON.stringify(params) })) },
		],
		[
			"the entries have the API's own form",
			{ toField: 'to', templateVariablePairs: {} },
			{ customers: two.map(({ phone, ...params }) => ({ To: phone, TemplateParams: params })) },
		],
		[
			'it is typed as JSON',
			{
				recipientSource: 'json',
				recipientsJson: JSON.stringify(two),
				toField: 'phone',
				templateVariablePairs: pairs('', 'order'),
			},
			{},
		],
		[
			'an expression makes JSON text',
			{
				recipientSource: 'json',
				recipientsJson: '={{ JSON.stringify($json.customers) }}',
				toField: 'phone',
				templateVariablePairs: pairs('', 'order'),
			},
			{ customers: two },
		],
		[
			"an expression makes the JSON's list",
			{
				recipientSource: 'json',
				recipientsJson: '={{ $json.customers }}',
				toField: 'phone',
				templateVariablePairs: pairs('', 'order'),
			},
			{ customers: two },
		],
		[
			'it is dragged into JSON, and so are the fields',
			{
				recipientSource: 'json',
				recipientsJson: '={{ $json.customers }}',
				toField: '={{ $json.customers[0].phone }}',
				templateVariablePairs: pairs('={{ $json.customers[0].name }}', 'order'),
			},
			{ customers: two },
		],
		[
			'JSON holds expressions',
			{
				recipientSource: 'json',
				recipientsJson:
					'=[{"phone": "{{ $json.customers[0].phone }}", "name": "N0", "order": "A-0"}, {{ JSON.stringify($json.customers[1]) }}]',
				toField: 'phone',
				templateVariablePairs: pairs('', ''),
			},
			{ customers: two },
		],
	])('are read when %s', async (_how, parameters, item) => {
		const run = await send(sandbox, { parameters: { ...LIST, ...parameters }, items: [item] });
		expect(run.error).toBeUndefined();
		expectSound(run, 2);
		expect(reached()).toEqual([numberOf(0), numberOf(1)]);
		expect(texts()).toEqual([
			'Hi N0, your order A-0 is on its way.',
			'Hi N1, your order A-1 is on its way.',
		]);
		expect(outputs(run)[0]).toMatchObject(
			range(2).map((entryIndex) => ({ entryIndex, to: numberOf(entryIndex) })),
		);
		expect(allItems(run).map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }]);
	});

	it('reach into the entries', async () => {
		const run = await send(sandbox, {
			parameters: {
				...LIST,
				toField: 'contact["the phone"]',
				templateVariablePairs: pairs('name', 'address.city'),
			},
			items: [{ customers: nested }],
		});
		expectSound(run, 2);
		expect(texts()).toEqual([
			'Hi Mia, your order A-1 is on its way.',
			'Hi Ben, your order A-2 is on its way.',
		]);
		expect(outputs(run)[0].map(({ entry }) => entry)).toEqual(nested);
	});

	it("take an entry in the API's own form as it is", async () => {
		const entry = {
			To: '6591234567',
			TemplateParams: { name: 'Mia', order: 7 },
			Payload: ['a', ''],
			ProductAction: {
				ThumbnailProductRetailerId: 'p',
				Sections: [{ Title: 'T', ProductItems: [{ ProductRetailerId: 'p' }] }],
			},
			FlowAction: { FlowToken: 't', FlowActionData: { a: { b: 1 } } },
		};
		const { To, TemplateParams, ...parts } = entry;
		await send(sandbox, {
			parameters: {
				...LIST,
				recipientSource: 'json',
				recipientsJson: JSON.stringify([
					entry,
					{ To: '6591234568', TemplateParams: { name: 'Ben', order: 'B' } },
				]),
				toField: 'to',
			},
			options: { flow: { values: { flowReference: 'everybody' } } },
			items: [{}],
		});
		expect(taken()).toMatchObject([
			{
				to: To,
				templateParams: { ...TemplateParams, order: '7' },
				payload: parts.Payload,
				productAction: parts.ProductAction,
				flowAction: parts.FlowAction,
			},
			{
				to: '6591234568',
				templateParams: { name: 'Ben', order: 'B' },
				flowAction: { FlowToken: 'everybody' },
			},
		]);
		expect(taken()[1].payload).toBeUndefined();
	});

	const buttonPayloads = {
		payload: [{ value: 'yes' }, { value: '={{ $json.customers[0].no }}' }],
	};

	it.each<[number, IDataObject]>([
		[1, { buttonPayloads }],
		[1.1, { buttonPayloadGroup: { values: { buttonPayloads } } }],
	])(
		'give each recipient the payloads of its own entry (version %s)',
		async (typeVersion, options) => {
			await send(sandbox, {
				parameters: LIST,
				options,
				node: { typeVersion },
				items: [
					{ customers: two.map((each, index) => ({ ...each, yes: `y${index}`, no: `n${index}` })) },
				],
			});
			expect(taken().map(({ payload }) => payload)).toEqual([
				['y0', 'n0'],
				['y1', 'n1'],
			]);
		},
	);

	it('of several items travel together, and pair to their items', async () => {
		const run = await send(sandbox, {
			parameters: LIST,
			items: [
				{ customers: people(3) },
				{ customers: people(2, 3) },
				{ customers: [person(1), person(9)] },
			],
		});
		expectSound(run, 7);
		expect(calls()).toBe(1);
		expect(reached()).toEqual([...range(5), 9].map(numberOf));
		expect(outputs(run)[1]).toMatchObject([
			{
				cause: 'duplicate',
				to: numberOf(1),
				entryIndex: 0,
				entry: person(1),
				reason: expect.stringMatching(
					/^Same recipient as an earlier one\. Entry 1 of item 0 has the same number or ID\. /,
				),
			},
		]);
		expect(run.output(NODE)[0].map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 0, 0, 1, 1, 2].map((item) => ({ item })),
		);
	});

	it('that do not depend on the item are sent once, however many items come in', async () => {
		const parameters = { ...LIST, recipientSource: 'json', recipientsJson: JSON.stringify(two) };
		const run = await send(sandbox, {
			parameters,
			options: { duplicateRecipients: 'send' },
			items: [{ a: 1 }, { a: 2 }, { a: 3 }],
		});
		expectSound(run, 2);
		expect(reached()).toEqual([numberOf(0), numberOf(1)]);
	});
});

describe('duplicates', () => {
	const sameNumber = [
		person(0),
		{ ...person(0), phone: `00${numberOf(0)}`, order: 'B' },
		{ ...person(0), phone: `+${numberOf(0).replace(/(\d\d)/g, '$1-')}` },
		person(1),
	];

	it('are sent to once, however they are written', async () => {
		const run = await send(sandbox, { items: sameNumber });
		expectSound(run, 4);
		expect(texts()).toEqual([
			'Hi N0, your order A-0 is on its way.',
			'Hi N1, your order A-1 is on its way.',
		]);
		expect(outputs(run)[1]).toEqual(
			[1, 2].map(() => ({
				outcome: 'notSent',
				api: 'cams',
				to: numberOf(0),
				channelType: 'whatsapp',
				campaignId: expect.stringMatching(/^n8n-/),
				cause: 'duplicate',
				reason:
					'Same recipient as an earlier one. Item 0 has the same number or ID. Set Duplicate Recipients to Send Every Time to send to both.',
			})),
		);
	});

	it('are sent to every time when the user wants that', async () => {
		const run = await send(sandbox, {
			items: sameNumber,
			options: { duplicateRecipients: 'send' },
		});
		expect(outputs(run)[0].map(({ to }) => to)).toEqual([0, 0, 0, 1].map(numberOf));
		expect(texts()[1]).toBe('Hi N0, your order B is on its way.');
	});

	it('of a recipient that cannot be sent to are not left out', async () => {
		const run = await send(sandbox, { items: [{ ...person(0), name: '' }, person(0)] });
		expectSound(run, 2);
		expect(reached()).toEqual([numberOf(0)]);
	});
});

describe('everybody comes out with one outcome', () => {
	/** Recipients by what is the matter with them. */
	type Kind =
		{ kind: 'valid' | 'again'; who: number } | { kind: 'invalid' | 'noVariable' | 'noObject' };
	const writings = [
		(digits: string) => `+${digits}`,
		(digits: string) => digits,
		(digits: string) => `00${digits}`,
		(digits: string) => `+${digits.slice(0, 2)} (${digits.slice(2, 5)}) ${digits.slice(5)}\u200e`,
	];
	const kinds: fc.Arbitrary<Kind> = fc.oneof(
		{ weight: 4, arbitrary: fc.record({ kind: fc.constant('valid' as const), who: fc.nat(1000) }) },
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), who: fc.nat(3) }) },
		fc.record({
			kind: fc.constantFrom('invalid' as const, 'noVariable' as const, 'noObject' as const),
		}),
	);

	it.each(['items', 'a list'])(
		'with any mix of %s',
		async (source) => {
			await fc.assert(
				fc.asyncProperty(
					fc.array(kinds, { minLength: 1, maxLength: 12 }),
					fc.integer({ min: 3, max: 12 }),
					async (mix, maxRecipientsPerRequest) => {
						sandbox.reset();
						const seen = new Set<string>();
						const expected: string[] = [];
						const entries = mix.map((each, index): unknown => {
							if (each.kind === 'valid' || each.kind === 'again') {
								const digits = numberOf(each.kind === 'again' ? each.who : 10 + each.who);
								expected.push(seen.has(digits) ? 'duplicate' : 'accepted');
								seen.add(digits);
								return { ...person(index), phone: writings[index % writings.length](digits) };
							}
							expected.push(
								each.kind === 'noVariable'
									? 'missingVariable'
									: each.kind === 'noObject' && source === 'a list'
										? 'invalidField'
										: 'invalidRecipient',
							);
							if (each.kind === 'noVariable') return { phone: person(index).phone, order: 'x' };
							return each.kind === 'noObject' && source === 'a list'
								? [null, 'text', 7, ['x']][index % 4]
								: { ...person(index), phone: 'abc' };
						});
						const node = { onError: 'continueRegularOutput' as const };
						const run =
							source === 'items'
								? await send(sandbox, {
										items: entries as IDataObject[],
										options: { maxRecipientsPerRequest },
										node,
									})
								: await send(sandbox, {
										parameters: LIST,
										items: [{ customers: entries } as IDataObject],
										options: { maxRecipientsPerRequest },
										node,
									});
						expectSound(run, mix.length);
						const places = new Map<unknown, unknown>();
						for (const { json, pairedItem } of allItems(run)) {
							places.set(
								source === 'items' ? (pairedItem as { item: number }).item : json.entryIndex,
								json.cause ?? json.outcome,
							);
						}
						expect(range(mix.length).map((index) => places.get(index))).toEqual(expected);
						expect(reached().sort()).toEqual([...seen].sort());
						expect(run.hints(NODE)[0]).toMatch(new RegExp(`^${seen.size} accepted`));
					},
				),
				{ numRuns: 20 },
			);
		},
		30_000,
	);
});

describe('the shapes of chunks and summaries', () => {
	const mixed = [
		...people(5),
		{ ...person(5), phone: 'abc' },
		{ ...person(6), phone: '' },
		person(0),
	];

	it('one item per chunk: what happened to each call, and one for each cause that kept recipients from any', async () => {
		sandbox.configure({ faults: [{ kind: 'resetBefore', calls: [2] }] });
		const run = await send(sandbox, {
			items: mixed,
			options: { output: 'chunk', maxRecipientsPerRequest: 2 },
		});
		const [accepted, notAccepted] = outputs(run);
		const zero = { accepted: 0, rejected: 0, notSent: 0, unknown: 0 };
		expect(accepted).toEqual(
			[1, 3].map((chunk) => ({
				outcome: 'accepted',
				api: 'cams',
				from: '6580001111',
				channelType: 'whatsapp',
				groupMessageId: expect.any(String),
				taskId: expect.stringMatching(new RegExp(`-c${chunk}$`)),
				campaignId: expect.any(String),
				chunk,
				requestId: expect.any(String),
				templateCode: '900100200',
				language: 'en_US',
				recipients: chunk === 1 ? 2 : 1,
				...zero,
				accepted: chunk === 1 ? 2 : 1,
				durationMs: expect.any(Number),
				sentAt: expect.any(String),
			})),
		);
		expect(
			notAccepted.map(({ outcome, cause, recipients, to }) => [outcome, cause, recipients, to]),
		).toEqual([
			['unknown', 'connectionLost', 2, [numberOf(2), numberOf(3)]],
			['notSent', 'invalidRecipient', 2, ['abc']],
			['notSent', 'duplicate', 1, [numberOf(0)]],
		]);
		expect(run.output(NODE).map((items) => items.map(({ pairedItem }) => pairedItem))).toEqual([
			[[{ item: 0 }, { item: 1 }], [{ item: 4 }]],
			[[{ item: 2 }, { item: 3 }], [{ item: 5 }, { item: 6 }], [{ item: 7 }]],
		]);
	});

	it('summary: one item on Accepted always, and one on Not Accepted with those who are in it', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const run = await send(sandbox, {
			items: mixed,
			options: { output: 'summary', maxRecipientsPerRequest: 2 },
		});
		const [accepted, notAccepted] = outputs(run);
		expect(accepted).toEqual([
			{
				api: 'cams',
				campaignId: expect.stringMatching(/^n8n-/),
				recipients: 8,
				accepted: 3,
				rejected: 2,
				notSent: 3,
				unknown: 0,
				requests: 3,
				durationMs: expect.any(Number),
				taskIds: [1, 2, 3].map((chunk) => expect.stringMatching(new RegExp(`-c${chunk}$`))),
				reasons: expect.any(Array),
			},
		]);
		const reasons = notAccepted[0].reasons as IDataObject[];
		expect(notAccepted).toHaveLength(1);
		expect(reasons.reduce((sum, { count }) => sum + Number(count), 0)).toBe(5);
		expect(reasons.flatMap(({ to }) => to)).toEqual(
			expect.arrayContaining([numberOf(2), numberOf(3), 'abc', numberOf(0)]),
		);
		expect((accepted[0].reasons as IDataObject[]).some((reason) => 'to' in reason)).toBe(false);
		expect(run.output(NODE)[0][0].pairedItem).toEqual(range(8).map((item) => ({ item })));
	});

	it('summary: a reason is true for everybody it counts', async () => {
		const run = await send(sandbox, {
			items: [
				person(0),
				{ ...person(5), phone: '' },
				{ ...person(6), phone: 'abc' },
				{ ...person(7), phone: '09123 4567' },
			],
			options: { output: 'summary' },
		});
		const reasons = outputs(run)[1][0].reasons as IDataObject[];
		for (const { reason, count } of reasons) {
			if (Number(count) > 1) expect(reason).not.toMatch(/^To is empty/);
		}
	});

	it.each(['recipient', 'chunk', 'summary'])(
		'%s: also when nobody could be sent to',
		async (output) => {
			for (const more of [
				{ parameters: { to: '={{ "" }}' } },
				{ credential: { accessKeyId: '' } },
			] as Array<Partial<MassCase>>) {
				const run = await send(sandbox, {
					items: people(3),
					options: { output },
					node: { onError: 'continueRegularOutput' },
					...more,
				});
				const [accepted, notAccepted] = outputs(run);
				if (output === 'summary')
					expect([accepted, notAccepted]).toMatchObject([
						[{ recipients: 3, accepted: 0, notSent: 3 }],
						[{ notSent: 3 }],
					]);
				else expect(accepted).toEqual([]);
				if (output === 'chunk') expect(notAccepted).toMatchObject([{ recipients: 3, notSent: 3 }]);
				if (output === 'recipient')
					expect(outcomesOf(notAccepted)).toEqual(Array(3).fill('notSent'));
			}
			expect(calls()).toBe(0);
		},
	);
});

/** What keeps the whole run from starting: what the user reads. */
const NOTHING_CAN_GO: Array<[string, Partial<MassCase>, RegExp, RegExp, string]> = [
	[
		'an empty list',
		{ parameters: LIST, items: [{ customers: [] }] },
		/^The list of recipients is empty /,
		/no entries to send to/,
		'invalidField',
	],
	[
		'a list that is not there',
		{ parameters: LIST, items: [{ data: [], total: 3 }] },
		/^The input has no list "customers" /,
		/It has: data, total\. Drag the list from the input panel into List Field\./,
		'invalidField',
	],
	[
		'a text in the place of the list',
		{ parameters: LIST, items: [{ customers: 'Mia, Ben' }] },
		/customers/,
		/List Field/,
		'invalidField',
	],
	[
		'JSON with a comma too many',
		{
			parameters: { ...LIST, recipientSource: 'json', recipientsJson: '[{"to": "1",}]' },
			items: [{}],
		},
		/^Recipients \(JSON\) is not valid JSON /,
		/Look near position 12\. Expected e\.g\. \[\{"to": /,
		'invalidField',
	],
	[
		'JSON that is an object',
		{
			parameters: { ...LIST, recipientSource: 'json', recipientsJson: '{"to": "1"}' },
			items: [{}],
		},
		/^Recipients \(JSON\) is not a list /,
		/Expected e\.g\. \[\{"to": /,
		'invalidField',
	],
	[
		'a field of the entries that is the same for all',
		{
			parameters: {
				...LIST,
				templateVariablePairs: { variable: [{ name: 'name', value: '={{ $json.shop }}' }] },
			},
			items: [{ shop: 'S', customers: people(2) }],
		},
		/^"name" would be the same for every recipient /,
		/Enter the name of a field of the entries/,
		'invalidField',
	],
	[
		'a To Field that is the same for all',
		{
			parameters: { ...LIST, toField: '={{ $json.phone }}' },
			items: [{ phone: '1', customers: people(2) }],
		},
		/^To Field would be the same for every recipient /,
		/name of a field/,
		'invalidField',
	],
	[
		'entries that are no objects',
		{ parameters: LIST, items: [{ customers: ['+65 9123 4567'] }] },
		/^The entry has no fields /,
		/Got "\+65 9123 4567"\. Expected an entry with fields, e\.g\. \{"to": /,
		'invalidField',
	],
	[
		'no recipients in a request',
		{ options: { maxRecipientsPerRequest: 0 } },
		/^Max Recipients per Request is out of range/,
		/Enter a number from 1 to 1,000\./,
		'invalidField',
	],
	[
		'1,001 recipients in a request',
		{ options: { maxRecipientsPerRequest: 1001 } },
		/^Max Recipients per Request is out of range/,
		/Enter a number from 1 to 1,000\./,
		'invalidField',
	],
	[
		'11 requests a second',
		{ options: { maxRequestsPerSecond: 11 } },
		/^Max Requests per Second is out of range/,
		/Enter a number from 1 to 10\./,
		'invalidField',
	],
	[
		'half a request',
		{ options: { maxRequestsPerSecond: 2.5 } },
		/^Max Requests per Second is not a whole number/,
		/Got 2\.5\./,
		'invalidField',
	],
	[
		'a fallback without its strategy',
		{ options: { fallback: { values: { fallbackContent: 'x' } } } },
		/^Fallback Strategy ID is empty /,
		/Enter the ID/,
		'invalidField',
	],
	[
		'a fallback after 59 seconds',
		{ options: { fallback: { values: { fallbackId: 'S', fallbackDuration: 59 } } } },
		/^Wait Before Fallback \(Seconds\) is out of range /,
		/Enter a number from 60 to 43,200\./,
		'invalidField',
	],
	[
		'31 products',
		{
			options: {
				products: { values: { sections: { section: [{ productIds: range(31).join() }] } } },
			},
		},
		/^There are too many products /,
		/at most 10 sections and 30 products/,
		'invalidField',
	],
	[
		'flow data that cannot be read',
		{ options: { flow: { values: { flowDataJson: '{"a": }' } } } },
		/^Flow Data \(JSON\) is not valid JSON /,
		/Expected e\.g\. \{/,
		'invalidField',
	],
	[
		'a time-out of 4 seconds',
		{ options: { timeout: 4 } },
		/^Timeout \(Seconds\) is out of range /,
		/Enter a number from 5 to 300\./,
		'invalidField',
	],
	[
		'no channel',
		{ credential: { custSpaceId: '' } },
		/^No channel is chosen/,
		/Fill Channel ID/,
		'invalidField',
	],
	[
		'a sender with letters',
		{ parameters: { from: locator('Shop') } },
		/^From is not a number/,
		/./,
		'invalidField',
	],
	[
		'a credential for the other API',
		{ credential: { api: 'innoPaas', appKey: 'a', accessToken: 'b' } },
		/^This credential is for InnoPaaS$/,
		/Alibaba Cloud CAMS/,
		'credential',
	],
	[
		'a credential without its key',
		{ credential: { accessKeyId: '' } },
		/^The credential cannot be used$/,
		/AccessKey/,
		'credential',
	],
	[
		'no country code',
		{ items: [{ ...person(0), phone: '09123 4567' }] },
		/^To has no country code /,
		/starts with 0/,
		'invalidRecipient',
	],
];

describe('what cannot be sent at all', () => {
	const asGiven = (more: Partial<MassCase>): MassCase => ({ items: [person(0)], ...more });

	it.each(NOTHING_CAN_GO)(
		'%s stops the workflow, says why, and sends nothing',
		async (_name, more, title, advice) => {
			const run = await send(sandbox, asGiven(more));
			expect(run.status).toBe('error');
			expect(run.error?.message).toMatch(title);
			expect(run.error?.description).toMatch(/^Nothing has been sent\. /);
			expect(run.error?.description).toMatch(advice);
			expect(calls()).toBe(0);
		},
	);

	it.each(NOTHING_CAN_GO)(
		'%s is told on Not Accepted with On Error = Continue',
		async (_name, more, title, advice, cause) => {
			for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
				const run = await send(sandbox, {
					...asGiven(more),
					node: { onError, retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
				});
				expect(run.status).toBe('success');
				const [accepted, notAccepted] = outputs(run);
				expect(accepted).toEqual([]);
				expect(notAccepted.length).toBeGreaterThan(0);
				for (const json of notAccepted) {
					expect(json).toMatchObject({ outcome: 'notSent', cause });
					expect(`${String(json.reason).split('. ')[0]} `).toMatch(
						new RegExp(title.source.replace(/\$$/, ' ')),
					);
					expect(json.reason).toMatch(advice);
				}
				expect(run.output(NODE)[2] ?? []).toEqual([]);
			}
			expect(calls()).toBe(0);
		},
	);

	it('says that a text is not a list, instead of that there is none', async () => {
		const run = await send(sandbox, {
			parameters: LIST,
			items: [{ customers: 'Mia, Ben', total: 2 }],
		});
		expect(run.error?.message).not.toMatch(/has no list "customers"/);
	});

	it('holds more than a million recipients to be a mistake', async () => {
		const parameters = {
			...LIST,
			recipientSource: 'json',
			recipientsJson:
				'={{ Array.from({ length: 1000001 }, (_, i) => ({ phone: String(6580000000 + i), name: "x", order: "y" })) }}',
		};
		const run = await send(sandbox, { parameters, items: [{}] });
		expect(run.error?.message).toBe('None of 1,000,001 recipients was accepted');
		expect(run.error?.description).toMatch(
			/There are more than 1,000,000 recipients\. .*Split them over several runs\.$/,
		);
		expect(calls()).toBe(0);
	});
});

/** One bad recipient among three: what the user reads. */
const ONE_BAD: Array<[string, IDataObject, IDataObject, RegExp, string]> = [
	['an empty recipient', {}, { phone: '' }, /^To is empty\. /, 'invalidRecipient'],
	[
		'letters',
		{},
		{ phone: '65 9123 ABCD' },
		/^To is not a phone number\. Got "65 9123 ABCD"\. /,
		'invalidRecipient',
	],
	[
		'two recipients',
		{},
		{ phone: '6591234567; 6591234568' },
		/^To holds 2 recipients\. /,
		'invalidRecipient',
	],
	[
		'a rounded number',
		{},
		{ phone: '6.59E+09' },
		/^To is not a phone number\. "6\.59E\+09" was rounded by a spreadsheet\./,
		'invalidRecipient',
	],
	[
		'an object as recipient',
		{},
		{ phone: { number: '1' } },
		/^To is not a text\. /,
		'invalidRecipient',
	],
	[
		'an empty variable',
		{},
		{ name: '' },
		/^Template variable "name" is empty\. /,
		'missingVariable',
	],
	[
		'blanks in a variable',
		{},
		{ name: ' \u00a0\n' },
		/^Template variable "name" is empty\. /,
		'missingVariable',
	],
	[
		'an object in a variable',
		{},
		{ name: { first: 'Ben' } },
		/^Template variable "name" is not a text\. Got \{"first":"Ben"\}\. /,
		'invalidField',
	],
	[
		'a list in a variable',
		{},
		{ name: ['Ben'] },
		/^Template variable "name" is not a text\. /,
		'invalidField',
	],
	[
		'a file in a variable',
		{},
		{ name: 'x'.repeat(5_000_000) },
		/^The values of this recipient are too long\. They take 5,000,\d{3} bytes; a call holds 1,000,000\. /,
		'invalidField',
	],
];

describe('one that cannot be sent to', () => {
	const trio = (bad: IDataObject): IDataObject[] => [
		person(0),
		{ ...person(1), ...bad },
		person(2),
	];

	it.each([
		...ONE_BAD,
		[
			'an expression that fails',
			{ to: '={{ $json.bad ? $("Nowhere").first().json.x : $json.phone }}' },
			{ bad: true },
			/^A field could not be read\. .*Check the expressions of this node for this item\.$/,
			'invalidField',
		],
		[
			'a template by an expression that fails',
			{ template: '={{ $json.bad ? $("Nowhere").first().json.x : "900100200" }}' },
			{ bad: true },
			/^A field could not be read\. /,
			'invalidField',
		],
		[
			'a task id that is an object',
			{ options: { taskId: '={{ $json.task ?? "t" }}' } },
			{ task: { id: 1 } },
			/^Task ID is not a text\. /,
			'invalidField',
		],
		[
			'an option by an expression that fails',
			{ options: { taskId: '={{ $json.bad ? $("Nowhere").first().json.x : "t" }}' } },
			{ bad: true },
			/^A field could not be read\. /,
			'invalidField',
		],
	] as typeof ONE_BAD)(
		'%s: the others are sent, in every mode of On Error',
		async (_name, parameters, bad, reason, cause) => {
			for (const onError of [
				'stopWorkflow',
				'continueRegularOutput',
				'continueErrorOutput',
			] as const) {
				// As the first item, whose parameters are read for the whole run, and as another.
				const items = onError === 'stopWorkflow' ? trio(bad) : [trio(bad)[1], person(0), person(2)];
				sandbox.reset();
				const run = await send(sandbox, { parameters, items, node: { onError } });
				expect(run.status).toBe('success');
				expectSound(run, 3);
				expect(outputs(run)[1]).toMatchObject([
					{ outcome: 'notSent', cause, reason: expect.stringMatching(reason) },
				]);
				expect(reached()).toEqual([numberOf(0), numberOf(2)]);
			}
		},
		20_000,
	);

	it.each(ONE_BAD)(
		'%s in a list: the others are sent',
		async (_name, _parameters, bad, reason, cause) => {
			const run = await send(sandbox, { parameters: LIST, items: [{ customers: trio(bad) }] });
			expect(run.status).toBe('success');
			expectSound(run, 3);
			expect(outputs(run)[1]).toMatchObject([
				{ outcome: 'notSent', cause, reason: expect.stringMatching(reason), entryIndex: 1 },
			]);
			expect(reached()).toEqual([numberOf(0), numberOf(2)]);
		},
	);

	it('holds back everybody when Invalid Recipients is Send Nothing, and says who is meant', async () => {
		const items = [
			person(0),
			person(0),
			{ ...person(1), phone: 'abc' },
			{ ...person(2), name: '' },
		];
		const stopped = await send(sandbox, { items, options: { invalidRecipients: 'stop' } });
		expect(stopped.error?.message).toBe('None of 4 recipients was accepted');
		expect(stopped.error?.description).toMatch(
			/^Nothing was sent; it is safe to run again\.<br>.*2 of 4 recipients are not valid, the first is item 2\. /,
		);
		const run = await send(sandbox, {
			items,
			options: { invalidRecipients: 'stop' },
			node: { onError: 'continueRegularOutput' },
		});
		expect(outputs(run)[0]).toEqual([]);
		expect(outputs(run)[1].map(({ cause }) => cause)).toEqual([
			'notReached',
			'duplicate',
			'invalidRecipient',
			'missingVariable',
		]);
		expect(calls()).toBe(0);
	});

	it('does not hold back anybody for a duplicate', async () => {
		const run = await send(sandbox, {
			items: [person(0), person(0)],
			options: { invalidRecipients: 'stop' },
		});
		expect(recipientsOf(outputs(run)[0])).toEqual([numberOf(0)]);
	});

	it.each<[string, IDataObject]>([
		['Payload', { Payload: 'yes' }],
		['Payload of numbers and nothing', { Payload: [1, null] }],
		['ProductAction', { ProductAction: 'sku-1' }],
		[
			'ProductAction with 31 products',
			{
				ProductAction: {
					Sections: [
						{ Title: 'x', ProductItems: range(31).map((id) => ({ ProductRetailerId: `${id}` })) },
					],
				},
			},
		],
		['FlowAction', { FlowAction: 'visit' }],
		['variables without the one that others have', { TemplateParams: { name: 'x' } }],
	])("an entry in the API's own form with a wrong %s takes nobody along", async (_what, own) => {
		const run = await send(sandbox, {
			parameters: {
				...LIST,
				recipientSource: 'json',
				recipientsJson: JSON.stringify([person(0), { ...person(1), ...own }, person(2)]),
			},
			items: [{}],
			node: { onError: 'continueRegularOutput' },
		});
		expect(recipientsOf(outputs(run)[0])).toEqual(
			expect.arrayContaining([numberOf(0), numberOf(2)]),
		);
	});

	it('says what a field of the entries leads to in words', async () => {
		const run = await send(sandbox, {
			parameters: {
				...LIST,
				templateVariablePairs: {
					variable: [
						{ name: 'name', value: 'customers[0].name.first' },
						{ name: 'order', value: '' },
					],
				},
			},
			items: [{ customers: people(2) }],
			node: { onError: 'continueRegularOutput' },
		});
		expect(
			outputs(run)[1]
				.map(({ reason }) => String(reason))
				.join(),
		).not.toContain('Symbol');
	});

	it('a name of a variable by expression is the one that the expression gives, in a list too', async () => {
		await send(sandbox, {
			parameters: {
				...LIST,
				templateVariablePairs: {
					variable: [
						{ name: '={{ "name" }}', value: 'name' },
						{ name: 'order', value: '' },
					],
				},
			},
			items: [{ customers: people(1) }],
		});
		expect(taken()).toMatchObject([{ templateParams: { name: 'N0', order: 'A-0' } }]);
	});
});

describe('hostile data', () => {
	it.each<[string, IDataObject, string]>([
		['half a character', { name: 'a\ud800b' }, 'a\ufffdb'],
		[
			'null bytes and marks of direction',
			{ name: '\u0000\u202e\u200fMia\u2066' },
			'\u0000\u202e\u200fMia\u2066',
		],
		[
			'JSON, quotes, tags and percent signs',
			{ name: '"},{"To":"6590000000"} %2C &To=6590000001 <b> \\ \\ud800' },
			'"},{"To":"6590000000"} %2C &To=6590000001 <b> \\ \\ud800',
		],
		['an expression', { name: '={{ $json.order }} $(order)' }, '={{ $json.order }} $(order)'],
		['a thousand emoji', { name: '👩‍👩‍👧‍👦'.repeat(1000) }, '👩‍👩‍👧‍👦'.repeat(1000)],
	])("%s in one recipient's variable stays there", async (_what, bad, expected) => {
		for (const parameters of [{}, LIST]) {
			sandbox.reset();
			const three = [person(0), { ...person(1), ...bad }, person(2)];
			const run = await send(sandbox, {
				parameters,
				items: parameters === LIST ? [{ customers: three }] : three,
			});
			expectSound(run, 3);
			expect(taken().map(({ to, templateParams }) => [to, templateParams])).toEqual([
				[numberOf(0), { name: 'N0', order: 'A-0' }],
				[numberOf(1), { name: expected, order: 'A-1' }],
				[numberOf(2), { name: 'N2', order: 'A-2' }],
			]);
		}
	});

	it('__proto__ and constructor are names like any others', async () => {
		const params = JSON.parse(
			'{"name": "N0", "order": "A-0", "__proto__": "p", "constructor": "c", "toString": "t"}',
		) as IDataObject;
		const entries = [
			{ phone: person(0).phone, params },
			{ phone: person(1).phone, params: { name: 'N1', order: 'A-1' } },
			JSON.parse(
				`{"phone": "${person(2).phone}", "__proto__": {"phone": "1"}, "params": {"name": "N2", "order": "A-2"}}`,
			) as IDataObject,
		];
		for (const parameters of [
			{ ...LIST, specifyVariables: 'object', objectField: 'params' },
			{
				...LIST,
				specifyVariables: 'object',
				objectField: 'params',
				recipientSource: 'json',
				recipientsJson: JSON.stringify(entries),
			},
		]) {
			sandbox.reset();
			const run = await send(sandbox, { parameters, items: [{ customers: entries }] });
			expect(run.status).toBe('success');
			expect(reached()).toEqual([numberOf(1), numberOf(2)]);
			expect(outputs(run)[1].map(({ reason }) => reason)).toEqual([
				'The template has no variable "__proto__". It has name and order. Names are case-sensitive.',
			]);
			expect(JSON.stringify(taken()[1].templateParams)).toBe('{"name":"N2","order":"A-2"}');
		}
		expect(({} as IDataObject).phone).toBeUndefined();
	});

	it('a variable whose name is what every object inherits is missing unless the entry has it', async () => {
		const run = await send(sandbox, {
			parameters: {
				...LIST,
				templateVariablePairs: {
					variable: [
						{ name: 'name', value: 'constructor' },
						{ name: 'order', value: '__proto__' },
					],
				},
			},
			items: [{ customers: people(2) }],
			node: { onError: 'continueRegularOutput' },
		});
		expect(outputs(run)[1].map(({ cause }) => cause)).toEqual([
			'missingVariable',
			'missingVariable',
		]);
	});

	it('long values are spread over calls of a million bytes', async () => {
		const long = people(5).map((each) => ({ ...each, name: 'é'.repeat(60_000) }));
		const run = await send(sandbox, { items: long });
		expectSound(run, 5);
		expect(outputs(run)[0].map(({ chunk }) => chunk)).toEqual([1, 1, 2, 2, 3]);
		expect(taken().every(({ templateParams }) => templateParams?.name.length === 60_000)).toBe(
			true,
		);
	}, 20_000);

	it('a recipient as long as a file is refused at once', async () => {
		const began = Date.now();
		const run = await send(sandbox, {
			items: [
				person(0),
				{ ...person(1), phone: '9'.repeat(30_000) },
				{ ...person(2), phone: `${'1'.repeat(30_000)}/` },
			],
		});
		expect(outputs(run)[1].map(({ cause }) => cause)).toEqual([
			'invalidRecipient',
			'invalidRecipient',
		]);
		expect(Date.now() - began).toBeLessThan(600);
	});
});

describe('Validate Only', () => {
	const mixed = [
		...people(5),
		{ ...person(0), phone: `00${numberOf(0)}` },
		{ ...person(6), phone: 'abc' },
		{ ...person(7), name: '' },
	];
	const only = { validateOnly: true, maxRecipientsPerRequest: 2, maxRequestsPerSecond: 2 };
	const HINT =
		'Nothing was sent: Validate Only is on. ' +
		'5 of 8 recipients can be sent to, in 3 requests, in about 2 s. ' +
		'Not Accepted says why: 1 duplicate, 1 invalid recipient, 1 missing variable.';

	it('sends nothing, and says of each what would happen', async () => {
		const run = await send(sandbox, { items: mixed, options: only });
		const [valid, invalid] = outputs(run);
		expect(valid).toEqual(
			range(5).map((index) => ({
				outcome: 'validated',
				api: 'cams',
				to: numberOf(index),
				from: '6580001111',
				channelType: 'whatsapp',
				campaignId: expect.stringMatching(/^n8n-/),
				chunk: Math.floor(index / 2) + 1,
				templateCode: '900100200',
				language: 'en_US',
				preview: `Hi N${index}, your order A-${index} is on its way.\nSandbox Store`,
				buttons: [],
				warnings: [],
			})),
		);
		expect(invalid.map(({ outcome, cause, to }) => [outcome, cause, to])).toEqual([
			['notSent', 'duplicate', numberOf(0)],
			['notSent', 'invalidRecipient', 'abc'],
			['notSent', 'missingVariable', expect.stringContaining('9')],
		]);
		expect(run.hints(NODE)).toEqual([HINT]);
		expect(calls()).toBe(0);
	});

	it('says it per chunk', async () => {
		const run = await send(sandbox, { items: mixed, options: { ...only, output: 'chunk' } });
		const [valid, invalid] = outputs(run);
		expect(valid.map(({ outcome, chunk, recipients }) => [outcome, chunk, recipients])).toEqual([
			['validated', 1, 2],
			['validated', 2, 2],
			['validated', 3, 1],
		]);
		expect(invalid.map(({ cause, recipients }) => [cause, recipients])).toEqual([
			['duplicate', 1],
			['invalidRecipient', 1],
			['missingVariable', 1],
		]);
		expect(run.hints(NODE)).toEqual([HINT]);
		expect(calls()).toBe(0);
	});

	it('says it in one summary', async () => {
		const run = await send(sandbox, { items: mixed, options: { ...only, output: 'summary' } });
		const counts = {
			outcome: 'validated',
			api: 'cams',
			recipients: 8,
			valid: 5,
			invalid: 2,
			duplicates: 1,
			requests: 3,
			expectedSeconds: 2,
		};
		expect(outputs(run)).toMatchObject([[counts], [counts]]);
		expect(calls()).toBe(0);
	});

	it('does not fail, whoever cannot be sent to', async () => {
		const run = await send(sandbox, {
			items: [{ phone: 'abc' }],
			options: { validateOnly: true, failIfAnyNotAccepted: true },
			node: { retryOnFail: true, waitBetweenTries: 1 },
		});
		expect(run.status).toBe('success');
		expect(outcomesOf(outputs(run)[1])).toEqual(['notSent']);
	});
});

describe('hints', () => {
	it('count and say why', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [1] }] });
		const run = await send(sandbox, {
			items: [...people(3), { ...person(4), phone: '' }],
			options: { maxRecipientsPerRequest: 2 },
		});
		expect(run.hints(NODE)).toEqual([
			expect.stringMatching(
				/^1 accepted, 2 rejected, 1 not sent\. Not Accepted says why: 2 "Alibaba Cloud rejected the request", 1 invalid recipient\.$/,
			),
		]);
	});

	it('say that Retry On Fail is not needed', async () => {
		const run = await send(sandbox, { items: people(1), node: { retryOnFail: true } });
		expect(run.hints(NODE)).toEqual([
			'1 accepted. In 1 request.',
			'Retry On Fail is on. This node does not need it; recipients who were accepted are not sent to again.',
		]);
		const told = run.run.data.resultData.runData[NODE][0].hints ?? [];
		expect(told.map(({ type, location }) => [type, location])).toEqual([
			['info', 'outputPane'],
			['info', 'outputPane'],
		]);
	});
});
