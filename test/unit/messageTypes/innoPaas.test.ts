import fc from 'fast-check';
import type { IExecuteFunctions } from 'n8n-workflow';

import { MESSAGE_TYPES, TEMPLATE } from '../../../nodes/shared/apis/innoPaas/messageTypes';
import { innoPaasSubmit } from '../../../nodes/shared/apis/innoPaas/submit';
import { checkContent } from '../../../nodes/shared/messages/checkJson';
import { readContent } from '../../../nodes/shared/messages/read';
import type { Read } from '../../../nodes/shared/parameters/parameters';
import { UserIssue } from '../../../nodes/shared/util/userIssue';
import { badCases, filledIn, titleOf, validValues, type Values } from '../../messageTypes/cases';
import { refusal } from '../../support/refusal';

type Fields = Record<string, unknown>;

const requests: Array<{ url: string; body: string; timeout: number }> = [];
const context = (answer = '{"code":"0","data":"9"}') =>
	({
		getCredentials: async () => ({
			api: 'innoPaas',
			appKey: 'key',
			accessToken: 'token',
			wabaId: '100000000000001',
		}),
		getExecutionId: () => '123456789012345',
		helpers: {
			httpRequestWithAuthentication: async (_type: string, request: (typeof requests)[number]) => {
				requests.push(request);
				return { statusCode: 200, headers: {}, body: answer };
			},
		},
	}) as unknown as IExecuteFunctions;

beforeEach(() => void requests.splice(0));

const reader =
	(fields: Fields, names = new Set<string>()): Read =>
	(name, fallback) => {
		names.add(name);
		return fields[name] ?? fallback;
	};

const TEXT: Fields = {
	operation: 'sendMessage',
	from: '+65 8000 1111',
	messageType: 'text',
	text: 'Hello',
};
const OFFER: Fields = {
	operation: 'sendTemplate',
	from: '6580001111',
	template: 'spring_offer_v1/en_US',
};

describe.each(
	[
		...(['flat', 'nested'] as const).flatMap((style) =>
			MESSAGE_TYPES[style].map((type) => [style, type] as const),
		),
		['flat', TEMPLATE] as const,
	].map(([style, type]) => [`${style} ${titleOf(type)}`, type] as const),
)('%s', (_title, type) => {
	const contentOf = (values: Values) => readContent(type, (name) => values[name]).content as Values;

	it.each(validValues(type).map(({ what, values }) => [what, values] as const))(
		'is built and found right as JSON too, with %s',
		(_what, values) => {
			const content = contentOf(values);
			expect(JSON.parse(JSON.stringify(content))).toEqual(content);
			if (type.type !== 'raw')
				expect(checkContent(type, content, 'JSON: ')).toEqual(
					readContent(type, (name) => values[name]).warnings,
				);
		},
	);

	it.each(badCases(type).map((each) => [each.what, each] as const))(
		'is refused when %s',
		(_what, { values, names }) => {
			const issue = refusal(() => contentOf(values));
			expect(issue.title).toContain(names);
			expect(issue.advice).toMatch(/\.$/);
		},
	);
});

it('whatever stands in the fields, what is refused is refused in words', async () => {
	const vendor = await innoPaasSubmit(context());
	const types = MESSAGE_TYPES.flat.filter(({ type }) => type !== 'raw');
	const anything = fc.oneof(
		fc.anything({ withNullPrototype: true, withBigInt: true }),
		fc.jsonValue(),
		fc.constantFrom('', ' ', 'https://example.com', {}, [], null),
	);
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...types),
			fc.nat(),
			anything,
			fc.jsonValue(),
			async (type, which, value, additional) => {
				const values = filledIn(type.fields, {}, true);
				const names = Object.keys(values);
				const fields = {
					...TEXT,
					...values,
					messageType: type.type,
					...(type.variant && { [type.variant.name]: type.variant.value }),
					[names[which % names.length]]: value,
					options: { additionalBodyFields: additional },
				};
				try {
					await vendor.message(reader(fields));
				} catch (error) {
					if (!(error instanceof UserIssue)) throw error;
				}
			},
		),
		{ numRuns: 1_000 },
	);
	expect(({} as Fields).polluted).toBeUndefined();
});

it('whatever stands in JSON, what is refused is refused in words', async () => {
	const vendor = await innoPaasSubmit(context());
	/** A part of a body, with something else at some places. */
	const around = (good: fc.JsonValue): fc.Arbitrary<fc.JsonValue> => {
		if (typeof good !== 'object' || good === null)
			return fc.oneof(
				{ weight: 8, arbitrary: fc.constant(good) },
				{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
			);
		const inner = Array.isArray(good)
			? fc.tuple(...good.map(around))
			: fc.record(
					Object.fromEntries(
						Object.entries(good).map(([key, value]) => [key, around(value as fc.JsonValue)]),
					),
					{ requiredKeys: [] },
				);
		return fc.oneof(
			{ weight: 12, arbitrary: inner as fc.Arbitrary<fc.JsonValue> },
			{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
		);
	};
	const contents = (['flat', 'nested'] as const).flatMap((style) =>
		MESSAGE_TYPES[style]
			.filter(({ type }) => type === 'interactive' || type === 'contacts')
			.map(
				(type) =>
					[
						type.type,
						(
							readContent(
								type,
								(name) => filledIn(type.fields, { headerType: 'image' }, true)[name],
							).content as Values
						)[type.type],
					] as const,
			),
	);
	const raw = fc.constantFrom(...contents).chain(([code, content]) =>
		around(content as fc.JsonValue).map((json) => ({
			...TEXT,
			messageType: 'raw',
			messageTypeCode: code,
			contentJson: json,
		})),
	);
	const parts = {
		header: { type: 'image', link: 'https://example.com', caption: 'c' },
		bodyParams: ['a', 'b'],
		buttonParams: [{ type: 'text', value: 'x' }, 'y'],
	};
	const template = around(parts).map((json) => ({
		...OFFER,
		specifyVariables: 'json',
		templateVariablesJson: json,
	}));
	const outcomes = { sent: 0, refused: 0 };
	await fc.assert(
		fc.asyncProperty(fc.oneof(raw, template), async (fields) => {
			try {
				await vendor.message(reader(fields as Fields));
				outcomes.sent++;
			} catch (error) {
				if (!(error instanceof UserIssue)) throw error;
				expect(error.title).toMatch(/JSON\)|^".*" has lost its last digits$/);
				outcomes.refused++;
			}
		}),
		{ numRuns: 2_000 },
	);
	// The cases are neither all good nor all bad.
	expect(Math.min(outcomes.sent, outcomes.refused)).toBeGreaterThan(50);
});

it('names every parameter that decides what is sent: otherwise items that differ would travel together', async () => {
	const vendor = await innoPaasSubmit(context());
	const names = new Set<string>();
	const readAll = async (fields: Fields) => {
		try {
			await vendor.message(reader(fields, names));
		} catch (error) {
			if (!(error instanceof UserIssue)) throw error;
		}
	};
	for (const style of ['flat', 'nested'] as const) {
		for (const type of MESSAGE_TYPES[style]) {
			for (const { values } of validValues(type))
				await readAll({
					...TEXT,
					...values,
					messageType: type.type,
					...(type.variant && { [type.variant.name]: type.variant.value }),
					options: { interactiveStyle: style },
				});
		}
	}
	for (const { values } of validValues(TEMPLATE)) await readAll({ ...OFFER, ...values });
	for (const specifyVariables of ['fields', 'json'])
		await readAll({ ...OFFER, template: 'a', language: 'en', specifyVariables });
	await readAll({ ...OFFER, operation: 'sendMmLite', mmLitePath: '/x' });
	expect(names.size).toBeGreaterThan(30);
	expect([...names].filter((name) => !vendor.shared.includes(name))).toEqual([]);
});

describe('a message', () => {
	it('is the same for recipients that may travel together, and only for them', async () => {
		const vendor = await innoPaasSubmit(context());
		const key = async (fields: Fields) =>
			(await vendor.message(reader({ ...OFFER, ...fields }))).key;
		const usual = await key({});
		// Written differently, the same on the wire.
		expect(
			await key({
				from: '+65 8000-1111',
				template: 'spring_offer_v1',
				language: 'en_US',
				to: '1',
				options: { maxRecipientsPerRequest: 7 },
			}),
		).toBe(usual);
		const different = [
			{ from: '6580002222' },
			{ template: 'a/en_US' },
			{ template: 'spring_offer_v1/en' },
			{ bodyValues: { value: [{ text: 'Mia' }] } },
			{ bodyValues: { value: [{ text: 'Ben' }] } },
			{ operation: 'sendMmLite', mmLitePath: '/a' },
			{ operation: 'sendMmLite', mmLitePath: '/b' },
			{ options: { taskId: 't' } },
			{ options: { timeout: 60 } },
			{ options: { wabaId: '2' } },
			{ options: { additionalBodyFields: '{"a": 1}' } },
		];
		const others = await Promise.all(different.map(key));
		expect(new Set([usual, ...others]).size).toBe(others.length + 1);
	});

	it('goes out with its numbers and its id, and waits as long as the options say', async () => {
		const { message } = await innoPaasSubmit(context());
		const quick = await message(reader({ ...TEXT, options: { timeout: 5 } }));
		const one = await quick.call(['6281200000001'], 'uid-1');
		const usual = await message(reader(TEXT));
		const two = await usual.call(['6281200000001', '6281200000002'], 'uid-2');
		expect(one).toMatchObject({ outcome: 'accepted', messageId: '9' });
		expect(two).toMatchObject({ outcome: 'accepted', groupMessageId: '9', messageId: undefined });
		expect(requests).toMatchObject([
			{ url: '/api/whatsapp/v3/msg/submit', timeout: 5_000 },
			{ timeout: 30_000 },
		]);
		expect(requests.map(({ body }) => JSON.parse(body) as object)).toEqual(
			['6281200000001', '6281200000001,6281200000002'].map((recipientNumber, index) => ({
				wabaId: '100000000000001',
				sendNumber: '6580001111',
				recipientNumber,
				uid: `uid-${index + 1}`,
				messageType: 'text',
				body: 'Hello',
			})),
		);
	});

	it('has an id of at most 32 characters, however many calls there are', async () => {
		const { campaignId } = await innoPaasSubmit(context());
		expect(`${campaignId}-c1000000`.length).toBeLessThanOrEqual(32);
		expect(campaignId).toMatch(/^n8n-456789012345-[0-9a-f]{6}$/);
	});
});
