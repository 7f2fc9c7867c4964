import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { MESSAGE_TYPES } from '../../../nodes/shared/apis/cams/messageTypes';
import { readContent } from '../../../nodes/shared/messages/read';
import type { MessageType } from '../../../nodes/shared/messages/schema';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../../sandbox/settings';
import { titleOf, validValues, type Values } from '../../messageTypes/cases';
import { WIRE } from '../../messageTypes/wire';
import { anyString } from '../../support/anyString';
import { MIA, NODE, people, runNode } from '../../support/harness';
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

/** Sends one message, and gives what the sandbox took. */
async function send(parameters: IDataObject, item: IDataObject = {}) {
	sandbox.reset();
	const run = await runNode(sandbox, { parameters, items: [{ ...MIA, ...item }] });
	if (run.error) throw new Error(`${run.error.message}: ${run.error.description}`);
	expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted' }]);
	const [taken, ...more] = sandbox.stats().messages;
	expect(more).toEqual([]);
	return taken;
}

async function validated(parameters: IDataObject) {
	const run = await runNode(sandbox, {
		parameters: {
			...parameters,
			options: { ...(parameters.options as IDataObject), validateOnly: true },
		},
		items: [MIA],
	});
	if (run.error) throw new Error(`${run.error.message}: ${run.error.description}`);
	return run.items(NODE)[0];
}

/**
 * What Validate Only shows of a message that the sandbox took: what the sandbox renders, but nothing of a content that
 * the documents leave open, of a place only what it is called, a line each, and of a Telegram file its name.
 */
function shownOf(
	{ channel, type, contentIs }: MessageType,
	{ text, buttons, content }: Awaited<ReturnType<typeof send>>,
): { preview: string; buttons: string[] } {
	if (contentIs === 'contentJson') return { preview: '', buttons: [] };
	const { name, address, fileName } = content as {
		name?: string;
		address?: string;
		fileName?: string;
	};
	if (channel === 'telegram' && fileName !== undefined) return { preview: fileName, buttons };
	if (type !== 'location') return { preview: text, buttons };
	return { preview: [name, address].filter((line) => line !== undefined).join('\n'), buttons };
}

/** As the example of the panel; what other channels do not know as raw JSON is sent as a text. */
function known({ channel, type }: MessageType, values: Values): Values {
	return type === 'raw' && channel !== 'whatsapp' ? { ...values, messageTypeCode: 'text' } : values;
}

/** The parameters of a message; pins are for groups only. */
const messageOf = (type: MessageType, values: Values): IDataObject => ({
	...parametersOf(type, values),
	...(type.type === 'pin' && { options: { recipientType: 'group' } }),
});

const TYPES = MESSAGE_TYPES.map((type) => [titleOf(type), type] as const);

it('every type has a message whose content is written down', () => {
	expect(Object.keys(WIRE).sort()).toEqual(TYPES.map(([title]) => title).sort());
});

describe.each(TYPES)('%s', (title, type) => {
	const { values: written, content: onTheWire, messageType = type.type } = WIRE[title];

	it('arrives as it was filled in', async () => {
		const taken = await send(await asStored(messageOf(type, written)));
		expect(taken).toMatchObject({ channelType: type.channel, messageType });
		expect(taken.content).toEqual(onTheWire);
	});

	it('arrives as it was filled in with fields of the item', async () => {
		const { parameters, item } = dragged(type, written);
		const taken = await send(await asStored(messageOf(type, parameters)), item);
		expect(taken.content).toEqual(onTheWire);
	});

	it.each(validValues(type).map(({ what, values }) => [what, known(type, values)] as const))(
		'arrives and is previewed with %s',
		async (_what, values) => {
			const parameters = await asStored(messageOf(type, values));
			const taken = await send(parameters);
			expect(taken.content).toEqual(readContent(type, (name) => values[name]).content);
			expect(await validated(parameters)).toMatchObject({
				outcome: 'validated',
				...shownOf(type, taken),
			});
		},
	);
});

/** Whatever a text can hold: emoji of several parts, right to left, null bytes, halves of characters, quotes, line ends. */
function anyText(most: number) {
	const character = fc.oneof(
		{ weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
		{ weight: 4, arbitrary: anyString({ minLength: 1, maxLength: 1 }) },
		{
			weight: 1,
			arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)),
		},
		{
			weight: 3,
			arbitrary: fc.constantFrom(
				'"',
				"'",
				'\\',
				'\n',
				'\r\n',
				'\0',
				'\u2028',
				'\u200f',
				'שלום',
				'مرحبا',
				'{{',
				'}}',
				'$(',
				'%',
				'+',
				'&',
				'=',
				'<b>',
				'👩‍👩‍👧‍👦',
				'🇸🇬',
				'\ufeff',
				'\u0301',
				'#',
				'~!*()',
			),
		},
	);
	return fc
		.array(character, { minLength: 1, maxLength: most })
		.map((characters) => [...characters.join('')].slice(0, most).join(''))
		.filter((text) => text.trim() !== '');
}

/** Half a character, which no text can hold, arrives as the sign for that. */
const whole = (text: string) => Buffer.from(text).toString();

/** An id has no blanks at its ends. */
const asId = (text: string) => text.trim();

const typeOf = (channel: string, type: string, variant?: string): MessageType =>
	MESSAGE_TYPES.find(
		(each) => each.channel === channel && each.type === type && each.variant?.value === variant,
	)!;

/** Every text field of a type, each with the most characters it takes, and where its text stands in the content. */
const TEXT_FIELDS: Array<
	[
		MessageType,
		Record<string, number>,
		(texts: Record<string, string>) => Values,
		(texts: Record<string, string>) => unknown,
	]
> = [
	...(['whatsapp', 'viber', 'messenger', 'instagram', 'telegram'] as const).map(
		(channel): (typeof TEXT_FIELDS)[number] => [
			typeOf(channel, 'text'),
			{ text: 300 },
			({ text }) => ({ text }),
			({ text }) => ({ text }),
		],
	),
	[
		typeOf('whatsapp', 'image'),
		{ caption: 200 },
		({ caption }) => ({ mediaLink: 'https://example.com/a', caption }),
		({ caption }) => ({ link: 'https://example.com/a', caption }),
	],
	[
		typeOf('telegram', 'document'),
		{ fileName: 50 },
		({ fileName }) => ({ mediaLink: 'https://example.com/a', fileName }),
		({ fileName }) => ({ link: 'https://example.com/a', fileName }),
	],
	[
		typeOf('whatsapp', 'location'),
		{ locationName: 50, address: 50 },
		(texts) => ({ latitude: 0, longitude: -0.5, ...texts }),
		({ locationName, address }) => ({ latitude: 0, longitude: -0.5, name: locationName, address }),
	],
	[
		typeOf('whatsapp', 'reaction'),
		{ messageId: 30 },
		(texts) => ({ ...texts, emoji: '👩‍👩‍👧‍👦' }),
		({ messageId }) => ({ messageId: asId(messageId), emoji: '👩‍👩‍👧‍👦' }),
	],
	[
		typeOf('whatsapp', 'interactive', 'button'),
		{ headerText: 60, bodyText: 200, footerText: 60, first: 19, second: 19, id: 255 },
		({ headerText, bodyText, footerText, first, second, id }) => ({
			headerType: 'text',
			headerText,
			bodyText,
			footerText,
			replyButtons: {
				button: [
					{ title: `1${first}`, id: `1${id}` },
					{ title: `2${second}`, id: `2${id}` },
				],
			},
		}),
		({ headerText, bodyText, footerText, first, second, id }) => ({
			type: 'button',
			header: { type: 'text', text: headerText },
			body: { text: bodyText },
			footer: { text: footerText },
			action: {
				buttons: [
					{ type: 'reply', reply: { title: `1${first}`, id: asId(`1${id}`) } },
					{ type: 'reply', reply: { title: `2${second}`, id: asId(`2${id}`) } },
				],
			},
		}),
	],
	[
		typeOf('whatsapp', 'interactive', 'list'),
		{ bodyText: 100, listButtonText: 20, section: 24, title: 24, id: 200, description: 72 },
		({ bodyText, listButtonText, section, title, id, description }) => ({
			bodyText,
			listButtonText,
			listSections: { section: [{ title: section, rows: { row: [{ title, id, description }] } }] },
		}),
		({ bodyText, listButtonText, section, title, id, description }) => ({
			type: 'list',
			body: { text: bodyText },
			action: {
				button: listButtonText,
				sections: [{ title: section, rows: [{ title, id: asId(id), description }] }],
			},
		}),
	],
	[
		typeOf('whatsapp', 'contacts'),
		{ formattedName: 40, firstName: 20, street: 30, company: 30 },
		({ formattedName, firstName, street, company }) => ({
			contacts: {
				contact: [
					{ formattedName, firstName, company, addresses: { address: [{ street, type: 'HOME' }] } },
				],
			},
		}),
		({ formattedName, firstName, street, company }) => [
			{
				name: { formatted_name: formattedName, first_name: firstName },
				addresses: [{ street, type: 'HOME' }],
				org: { company },
			},
		],
	],
	[
		typeOf('viber', 'text_button'),
		{ text: 200, buttonLabel: 30 },
		({ text, buttonLabel }) => ({ text, buttonLabel, buttonUrl: 'https://example.com/?q=%20' }),
		({ text, buttonLabel }) => ({
			text,
			caption: buttonLabel,
			action: 'https://example.com/?q=%20',
		}),
	],
];

describe('any text arrives unchanged', () => {
	it.each(TEXT_FIELDS.map((each) => [titleOf(each[0]), ...each] as const))(
		'in %s',
		async (_title, type, fields, valuesOf, contentOf) => {
			const texts = fc.record(
				Object.fromEntries(Object.entries(fields).map(([name, most]) => [name, anyText(most)])),
			);
			await fc.assert(
				fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 8 }), async (several) => {
					sandbox.reset();
					const items = people(several.length).map((item, index) => ({
						...item,
						...dragged(type, valuesOf(several[index])).item,
					}));
					const { parameters } = dragged(type, valuesOf(several[0]));
					const run = await runNode(sandbox, { parameters: parametersOf(type, parameters), items });
					expect(run.items(NODE).map(({ outcome }) => outcome)).toEqual(
						several.map(() => 'accepted'),
					);
					const byRecipient = new Map(
						sandbox.stats().messages.map(({ to, content }) => [to, content]),
					);
					expect(items.map(({ phone }) => byRecipient.get(phone))).toEqual(
						several.map((each) =>
							contentOf(
								Object.fromEntries(Object.entries(each).map(([name, text]) => [name, whole(text)])),
							),
						),
					);
				}),
				{ numRuns: 20 },
			);
		},
	);

	it('as raw JSON, of whatever kind', async () => {
		const type = typeOf('whatsapp', 'raw');
		await fc.assert(
			fc.asyncProperty(
				fc
					.oneof(
						fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
						fc.array(fc.jsonValue()),
					)
					// A number above 2^53 is refused: it has lost its last digits.
					.filter((content) => !/\d{16}|e\+/.test(JSON.stringify(content))),
				async (content) => {
					const written = parametersOf(type, {
						messageTypeCode: 'carousel',
						contentJson: '={{ $json.text }}',
					});
					const made = parametersOf(type, {
						messageTypeCode: 'carousel',
						contentJson: '={{ $json.value }}',
					});
					const item = { text: JSON.stringify(content), value: content } as IDataObject;
					expect(JSON.stringify((await send(written, item)).content)).toBe(JSON.stringify(content));
					expect(JSON.stringify((await send(made, item)).content)).toBe(JSON.stringify(content));
				},
			),
			{ numRuns: 30 },
		);
	});
});
