import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import {
	MESSAGE_TYPES,
	TEMPLATE,
	type InteractiveStyle,
} from '../../../nodes/shared/apis/innoPaas/messageTypes';
import { readContent } from '../../../nodes/shared/messages/read';
import type { Field, MessageType } from '../../../nodes/shared/messages/schema';
import { MMLITE_PATH } from '../../../sandbox/innoPaas/accounts';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';
import { titleOf, validValues, type Values } from '../../messageTypes/cases';
import { ADDRESSED, MESSAGES, TEMPLATES, type Example } from '../../messageTypes/innoPaasBodies';
import { anyString } from '../../support/anyString';
import { NODE, runNode } from '../../support/harness';
import {
	INNOPAAS_SUBMIT,
	TEXT,
	TYPE,
	credentialOf,
	numberOf,
	people,
	submit,
} from '../../support/innoPaasGateway';
import { asStored, dragged, parametersOf } from '../../support/sendType';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

const FAST = { maxRequestsPerSecond: 100 };
const TO = '+62 812-0000 0001';
const MADE_UP = expect.stringMatching(/^n8n-\d+-[0-9a-f]{6}-c1$/);

/** Sends one message as n8n's editor would store it, and gives the body that the sandbox decoded. */
async function bodyOf(
	parameters: IDataObject,
	options: IDataObject = {},
	item: IDataObject = {},
): Promise<IDataObject> {
	sandbox.reset();
	const whole = await asStored(
		{ ...TEXT, ...parameters, to: TO, options: { ...FAST, ...options } },
		INNOPAAS_SUBMIT,
	);
	const run = await runNode(sandbox, {
		parameters: whole,
		items: [item],
		node: { type: TYPE },
		credential: credentialOf(sandbox.url),
	});
	if (run.error) throw new Error(`${run.error.message}: ${run.error.description}`);
	expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted' }]);
	const [taken, ...more] = sandbox.stats().messages;
	expect(more).toEqual([]);
	return taken.body as IDataObject;
}

const wireOf = (part: IDataObject) => ({ ...ADDRESSED, uid: MADE_UP, ...part });

const styleOf = ({ options }: Example): InteractiveStyle =>
	(options?.interactiveStyle as InteractiveStyle) ?? 'flat';

function typeOf({ parameters, ...rest }: Example): MessageType {
	if (parameters.operation === 'sendTemplate') return TEMPLATE;
	return MESSAGE_TYPES[styleOf({ parameters, ...rest })].find(
		({ type, variant }) =>
			type === parameters.messageType && variant?.value === parameters.interactiveType,
	)!;
}

/** The parts of a message that come from the fields of its description. */
function ownValues({ fields }: MessageType, parameters: Values): [own: Values, others: Values] {
	const names = new Set(
		fields.flatMap((field: Field) =>
			field.kind === 'file' ? [`${field.name}Link`, 'mediaLink'] : [field.name],
		),
	);
	const part = (isOwn: boolean) =>
		Object.fromEntries(Object.entries(parameters).filter(([name]) => names.has(name) === isOwn));
	return [part(true), part(false)];
}

const ALL = { ...TEMPLATES, ...MESSAGES };

it('every type, and every interactive one in both styles, has a message that is written down', () => {
	const written = Object.values(MESSAGES).map(
		(example) => `${styleOf(example)}: ${titleOf(typeOf(example))}`,
	);
	for (const style of ['flat', 'nested'] as const) {
		for (const type of MESSAGE_TYPES[style].filter((each) => style === 'flat' || each.variant))
			expect(written).toContain(`${style}: ${titleOf(type)}`);
	}
});

describe.each(Object.entries(ALL))('%s', (_what, example) => {
	const { parameters, options, body } = example;

	it('arrives as it was filled in, and nothing else with it', async () => {
		expect(await bodyOf(parameters, options)).toEqual(wireOf(body));
	});

	it('arrives as it was filled in with fields of the item', async () => {
		const type = typeOf(example);
		const [own, others] = ownValues(type, parameters);
		const { parameters: expressions, item } = dragged(type, own);
		expect(await bodyOf({ ...others, ...expressions }, options, item)).toEqual(wireOf(body));
	});

	it('is taken by an API that wants its style only', async () => {
		sandbox.configure({
			innoPaasInteractive: JSON.stringify(body).includes('"reply":{') ? 'nested' : styleOf(example),
		});
		await bodyOf(parameters, options);
	});
});

describe('what only an expression can give', () => {
	it.each<[string, Values, Values, IDataObject, IDataObject]>([
		// n8n asks for a language beside an expression; the template's own counts.
		[
			'the template with its language',
			TEMPLATES['marketing, in order'].parameters,
			{
				template: '={{ { __rl: true, mode: "list", value: $json.which } }}',
				language: { __rl: true, mode: 'code', value: 'zh_CN' },
			},
			{ which: 'spring_offer_v1/en_US' },
			TEMPLATES['marketing, in order'].body,
		],
		[
			'name and language apart',
			TEMPLATES['name and language typed'].parameters,
			{
				template: { __rl: true, mode: 'name', value: '={{ $json.name }}' },
				language: { __rl: true, mode: 'code', value: '={{ $json.language }}' },
			},
			{ name: 'opening_hours', language: 'en' },
			TEMPLATES['name and language typed'].body,
		],
		[
			'the sender, as people write it',
			MESSAGES.text.parameters,
			{ from: { __rl: true, mode: 'id', value: '={{ $json.from }}' } },
			{ from: '+65 8000-2222' },
			{ ...MESSAGES.text.body, sendNumber: '6580002222' },
		],
		[
			'the variables as JSON text',
			TEMPLATES['marketing, as JSON like the API'].parameters,
			{ templateVariablesJson: '={{ $json.json }}' },
			{
				json: String(TEMPLATES['marketing, as JSON like the API'].parameters.templateVariablesJson),
			},
			TEMPLATES['marketing, in order'].body,
		],
		[
			'the variables as an object',
			TEMPLATES['marketing, as JSON like the API'].parameters,
			{ templateVariablesJson: '={{ $json.object }}' },
			{
				object: JSON.parse(
					String(TEMPLATES['marketing, as JSON like the API'].parameters.templateVariablesJson),
				),
			},
			TEMPLATES['marketing, in order'].body,
		],
		[
			'the variables as a list',
			TEMPLATES['one-time password, as a JSON list'].parameters,
			{
				templateVariablesJson: '={{ [$json.code] }}',
				options: { repeatCodeInButton: '={{ $json.repeat }}', ...FAST },
			},
			{ code: 482913, repeat: 'true' },
			TEMPLATES['one-time password, in order'].body,
		],
		[
			'a field of the mapper',
			TEMPLATES['marketing, by its fields'].parameters,
			{
				templateVariables: {
					...(TEMPLATES['marketing, by its fields'].parameters.templateVariables as IDataObject),
					value: {
						'Header Image Link': 'https://example.com/a.jpg',
						1: '={{ $json.name }}',
						2: '={{ $json.off + "%" }}',
						'Button 1 Link': '=spring?c={{ $json.c }}',
					},
				},
			},
			{ name: 'Mia', off: 15, c: 42 },
			TEMPLATES['marketing, in order'].body,
		],
		[
			'content as an object',
			MESSAGES['raw contacts'].parameters,
			{ contentJson: '={{ $json.contacts }}' },
			{ contacts: MESSAGES['raw contacts'].body.contacts },
			MESSAGES['raw contacts'].body,
		],
		[
			'the style',
			MESSAGES['buttons, nested'].parameters,
			{ options: { interactiveStyle: '={{ $json.style }}', ...FAST } },
			{ style: 'nested' },
			MESSAGES['buttons, nested'].body,
		],
		[
			'the task id and the WABA',
			MESSAGES.text.parameters,
			{ options: { taskId: '={{ $json.id }}', wabaId: '={{ $json.waba }}', ...FAST } },
			{ id: ' order-77 ', waba: 100000000000001 },
			{ ...MESSAGES.text.body, uid: 'order-77' },
		],
		[
			'more of the body',
			MESSAGES.image.parameters,
			{
				options: {
					additionalBodyFields:
						'={{ { media: { caption: $json.caption, filename: "a.jpg" }, callBackUrl: "https://example.com/hook" } }}',
					...FAST,
				},
			},
			{ caption: 'Last word' },
			{
				messageType: 'image',
				media: { link: 'https://example.com/shoe.jpg', caption: 'Last word', filename: 'a.jpg' },
				callBackUrl: 'https://example.com/hook',
			},
		],
	])('%s', async (_what, parameters, expressions, item, body) => {
		const { options, ...others } = expressions;
		expect(await bodyOf({ ...parameters, ...others }, options as IDataObject, item)).toEqual(
			wireOf(body),
		);
	});
});

describe('MMLite', () => {
	it.each(Object.entries(TEMPLATES).filter(([what]) => what.startsWith('marketing')))(
		'sends the same body to the path of the user: %s',
		async (_what, { parameters, body }) => {
			expect(
				await bodyOf({ ...parameters, operation: 'sendMmLite', mmLitePath: ` ${MMLITE_PATH} ` }),
			).toEqual(wireOf(body));
			expect(sandbox.stats().calls.byOperation).toEqual({ InnoPaaSMmLite: 1 });
		},
	);

	it('does not repeat the code, which templates for marketing have none of', async () => {
		const run = await submit(sandbox, {
			parameters: {
				...TEMPLATES['marketing, in order'].parameters,
				buttonValues: {},
				operation: 'sendMmLite',
				mmLitePath: MMLITE_PATH,
				to: TO,
			},
			options: FAST,
		});
		expect(run.error?.description).toContain('buttonParams.0');
	});
});

/**
 * The lines that Validate Only shows of a message that the sandbox accepted: the text that the sandbox renders, the name
 * and address of a location, and the caption below a header's file.
 */
function shownOf({ type }: MessageType, text: string, body: IDataObject): string {
	const { header } = (body.interactive ?? {}) as { header?: IDataObject };
	if (header?.caption !== undefined) return `${String(header.caption)}\n${text}`;
	if (type === 'location') {
		const { name, address } = body.location as IDataObject;
		return [name, address].filter((line) => line !== undefined).join('\n');
	}
	if (type === 'contacts') return text.split(', ').join('\n');
	return text;
}

describe.each(['flat', 'nested'] as const)('in the %s style', (style) => {
	const types = MESSAGE_TYPES[style].filter(({ variant }) => style === 'flat' || variant);

	describe.each(types.map((type) => [titleOf(type), type] as const))('%s', (_title, type) => {
		it.each(validValues(type).map(({ what, values }) => [what, values] as const))(
			'arrives and is previewed with %s',
			async (_what, values) => {
				sandbox.configure({ innoPaasInteractive: type.variant ? style : 'both' });
				const parameters = parametersOf(type, values);
				const body = await bodyOf(parameters, { interactiveStyle: style });
				const { content, warnings } = readContent(type, (name) => values[name]);
				const messageType = type.type === 'raw' ? values.messageTypeCode : type.type;
				expect(body).toEqual(
					wireOf({ messageType: messageType as string, ...(content as IDataObject) }),
				);

				const [{ text, buttons }] = sandbox.stats().messages;
				const run = await submit(sandbox, {
					parameters: { ...parameters, to: TO },
					options: { validateOnly: true, interactiveStyle: style },
				});
				const [told] = run.items(NODE);
				expect(told).toMatchObject({
					outcome: 'validated',
					preview: expect.stringMatching(/^/),
					buttons,
				});
				expect(String(told.preview).split('\n').sort()).toEqual(
					shownOf(type, text, body).split('\n').sort(),
				);
				if (type.type !== 'raw')
					expect(told.warnings).toEqual([expect.stringContaining('24 hours'), ...warnings]);
				expect(sandbox.stats().messages).toHaveLength(1);
			},
		);
	});
});

it.each(validValues(TEMPLATE).map(({ what, values }) => [what, values] as const))(
	'a template is checked and built with %s',
	async (_what, values) => {
		const run = await submit(sandbox, {
			parameters: {
				operation: 'sendTemplate',
				template: { __rl: true, mode: 'list', value: 'any_name/en' },
				specifyVariables: 'ordered',
				...values,
				to: TO,
			},
			options: { validateOnly: true },
		});
		expect(run.items(NODE)).toEqual([
			expect.objectContaining({
				outcome: 'validated',
				templateName: 'any_name',
				language: 'en',
				warnings: ['The template is not in the list. Pick it again under Template.'],
			}),
		]);
	},
);

/** Whatever a text can hold: emoji of several parts, right to left, null bytes, halves of characters, quotes, line ends. */
const anyText = fc
	.array(
		fc.oneof(
			fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
			anyString({ minLength: 1, maxLength: 3 }),
			fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)),
			fc.constantFrom(
				'"',
				"'",
				'\\',
				'\n',
				'\r\n',
				'\0',
				'\u2028',
				'\u200f',
				'שלום',
				'{{',
				'}}',
				'$(',
				'%',
				',',
				'，',
				'👩‍👩‍👧‍👦',
				'🇸🇬',
				'\ufeff',
				'\\ud800',
			),
		),
		{ minLength: 1, maxLength: 12 },
	)
	.map((parts) => [...parts.join('')].slice(0, 20).join(''))
	.filter((text) => text.trim() !== '');

/** Half a character, which no text can hold, arrives as the sign for that. */
const whole = (text: string) => Buffer.from(text).toString();

it('any text arrives unchanged, in whatever field', async () => {
	const texts = fc.record({ text: anyText, title: anyText, value: anyText });
	await fc.assert(
		fc.asyncProperty(texts, async ({ text, title, value }) => {
			const item = { text, title, value };
			expect(
				await bodyOf({ ...MESSAGES.text.parameters, text: '={{ $json.text }}' }, {}, item),
			).toMatchObject({ body: whole(text) });
			const buttons = { button: [{ title: '={{ $json.title }}', id: '=id {{ $json.title }}' }] };
			expect(
				await bodyOf({ ...MESSAGES['buttons, flat'].parameters, replyButtons: buttons }, {}, item),
			).toMatchObject({
				interactive: {
					action: { buttons: [{ title: whole(title), id: whole(`id ${title}`.trim()) }] },
				},
			});
			expect(
				await bodyOf(
					{
						...TEMPLATES['marketing, in order'].parameters,
						bodyValues: { value: [{ text: '={{ $json.value }}' }, { text: '={{ $json.text }}' }] },
					},
					{},
					item,
				),
			).toMatchObject({ bodyParams: [whole(value), whole(text)] });
			expect(
				await bodyOf(
					{
						...TEMPLATES['marketing, as JSON like the API'].parameters,
						templateVariablesJson: `={{ {
								header: { type: "image", link: "https://example.com/a.jpg" },
								bodyParams: [$json.value, "x"],
								buttonParams: [$json.text],
							} }}`,
					},
					{},
					item,
				),
			).toMatchObject({
				bodyParams: [whole(value.trim()), 'x'],
				buttonParams: [{ type: 'text', value: whole(text.trim()) }],
			});
		}),
		{ numRuns: 25 },
	);
});

it('what each item says goes to its own recipient', async () => {
	const items = people(20).map((each, index) => ({ ...each, text: `Text ${index % 4}` }));
	await submit(sandbox, { items, options: FAST });
	expect(sandbox.stats().messages).toHaveLength(20);
	for (const { to, text } of sandbox.stats().messages)
		expect(text).toBe(`Text ${Number(to.slice(5)) % 4}`);
	expect(
		sandbox
			.stats()
			.messages.map(({ to }) => to)
			.sort(),
	).toEqual(items.map((_item, index) => numberOf(index)));
});
