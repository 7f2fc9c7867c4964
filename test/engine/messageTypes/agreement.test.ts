import type { IDataObject } from 'n8n-workflow';

import { MESSAGE_TYPES } from '../../../nodes/shared/apis/cams/messageTypes';
import { readContent } from '../../../nodes/shared/messages/read';
import type { MessageType } from '../../../nodes/shared/messages/schema';
import { readContent as readBySandbox } from '../../../sandbox/cams/content';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { asGiven } from '../../messageTypes/asGiven';
import { badCases, titleOf, type Values } from '../../messageTypes/cases';
import { call } from '../../support/camsClient';
import { errorTitle, ANA, BEN, MIA, NODE, TEMPLATE, locator, runNode } from '../../support/harness';
import { SENDERS, fixedNames, goodOf, parametersOf, perItem } from '../../support/sendType';

/** What the node refuses before sending, and what the API refuses, are the same. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.reset());

const sends = () => sandbox.stats().calls.byOperation.SendChatappMessage ?? 0;

/** The code that the sandbox refuses a content with; undefined when it takes it. */
function refusedBySandbox(
	{ channel, type }: MessageType,
	values: Values,
	content: unknown,
): string | undefined {
	const messageType = type === 'raw' ? String(values.messageTypeCode) : type;
	try {
		readBySandbox(
			new Map([
				['MessageType', messageType],
				['Content', content === '' ? '' : JSON.stringify(content)],
			]),
			channel,
		);
		return undefined;
	} catch (error) {
		return (error as { code: string }).code;
	}
}

/** On these the documents say nothing (cams-api.md 3.3): the node is stricter than the sandbox, of its own. */
const STRICTER: Array<[string, RegExp]> = [
	['No size of a video is documented, and no unit', /^File Size is above its range$/],
	['Blanks are a text like any other, for all that is written', / is blank$/],
	[
		'What an entry of a contact must hold is not written',
		/^Contact 1: (Phone 1: Phone|Email 1: Email|URL 1: URL|Addresses) /,
	],
	[
		'One page asks for the URL of this button, another says to leave it empty',
		/^viber \/ text_video_button: Button URL /,
	],
	["Telegram's types are listed without their fields", /^telegram \/ document: File Name /],
];
const isStricter = (pattern: RegExp, type: MessageType, what: string) =>
	pattern.test(what) || pattern.test(`${titleOf(type)}: ${what}`);

describe.each(MESSAGE_TYPES.map((type) => [titleOf(type), type] as const))('%s', (_title, type) => {
	const cases = badCases(type).map((each) => [each.what, each] as const);

	it.each(cases)('refuses it before sending when %s', async (_what, { values, names }) => {
		const good = goodOf(type, values);
		const [wrongs, goods]: [unknown[], unknown[]] = [[], []];
		const expressions = perItem(values, good, wrongs, goods, fixedNames(type.fields)) as
			Values | undefined;
		expect(values).not.toEqual(good);
		const run = await runNode(sandbox, {
			parameters: {
				...parametersOf(type, expressions ?? values),
				// Pins are for groups only.
				...(type.type === 'pin' && { options: { recipientType: 'group' } }),
			},
			items: [
				{ ...MIA, values: goods },
				{ ...BEN, values: wrongs },
				{ ...ANA, values: goods },
			],
		});
		expect(errorTitle(run)).toContain(names);
		expect(errorTitle(run)).toMatch(new RegExp(` \\[item ${expressions ? 1 : 0}\\]$`));
		expect(run.error?.description).toMatch(/^Nothing has been sent\. \S/);
		expect(sends()).toBe(0);
	});

	const refusedByApi = cases.filter(
		([what, { apiRefuses }]) =>
			apiRefuses && !STRICTER.some(([, pattern]) => isStricter(pattern, type, what)),
	);

	it.each(refusedByApi)('would be refused by the API too when %s', (_what, { values }) => {
		expect(refusedBySandbox(type, values, asGiven(type, values))).toMatch(/^InvalidParameter\./);
	});

	it('would be taken by the API where nothing is wrong', () => {
		for (const [, { values }] of cases) {
			const good = goodOf(type, values);
			const known =
				type.type === 'raw' && type.channel !== 'whatsapp'
					? { ...good, messageTypeCode: 'text' }
					: good;
			expect(asGiven(type, good)).toEqual(readContent(type, (name) => good[name]).content);
			expect(refusedBySandbox(type, known, asGiven(type, good))).toBeUndefined();
		}
	});
});

describe('where the node is stricter than what is documented', () => {
	it.each(STRICTER)('%s', (_why, pattern) => {
		const strict = MESSAGE_TYPES.flatMap((type) =>
			badCases(type).flatMap((each) =>
				each.apiRefuses && isStricter(pattern, type, each.what) ? [{ type, ...each }] : [],
			),
		);
		// Each is needed: at least one of them is taken by the sandbox.
		expect(
			strict.some(
				({ type, values }) => refusedBySandbox(type, values, asGiven(type, values)) === undefined,
			),
		).toBe(true);
	});
});

describe('a day of birth', () => {
	const contacts = MESSAGE_TYPES.find(({ type }) => type === 'contacts') as MessageType;
	const withBirthday = (birthday: string) => ({
		contacts: { contact: [{ formattedName: 'Mia', firstName: 'Mia', birthday }] },
	});

	it('is year, month and day to the API', () => {
		for (const [birthday, code] of [
			['1990-02-28', undefined],
			['28.02.1990', 'InvalidParameter.ContentError'],
			['1990-02-30', 'InvalidParameter.ContentError'],
		] as const) {
			expect(refusedBySandbox(contacts, {}, asGiven(contacts, withBirthday(birthday)))).toBe(code);
		}
	});

	it.each(['28.02.1990'])('is refused before sending: %s', async (birthday) => {
		const run = await runNode(sandbox, {
			parameters: parametersOf(contacts, withBirthday(birthday)),
			items: [MIA],
		});
		expect(sends()).toBe(0);
		expect(errorTitle(run)).toContain('Contact 1: Birthday');
	});
});

/** A template that cannot go out: the node's fields, the parameters of the same call, and whether the API refuses it. */
interface WrongTemplate {
	what: string;
	fields: { template: string; language?: string; variables: Record<string, string> };
	title: string;
}

const WHATSAPP_TEMPLATES: WrongTemplate[] = [
	{
		what: 'of another language',
		fields: { template: '900100200', language: 'en', variables: { name: 'Mia', order: '7' } },
		title: 'The template does not exist in en',
	},
	{
		what: 'of a language in another case',
		fields: { template: '900100200', language: 'EN_US', variables: { name: 'Mia', order: '7' } },
		title: 'The template does not exist in EN_US',
	},
	{
		what: 'picked, of another language',
		fields: {
			template: '900100203/zh_CN',
			variables: { day: '1', name: 'Mia', time: '1', visitId: '1' },
		},
		title: 'The template does not exist in zh_CN',
	},
	{
		what: 'with a variable missing',
		fields: { template: '900100200/en_US', variables: { name: 'Mia' } },
		title: 'Template variable "order" is missing',
	},
	{
		what: 'with a variable missing in the link of a button',
		fields: { template: '900100203/en_US', variables: { day: '1', name: 'Mia', time: '1' } },
		title: 'Template variable "visitId" is missing',
	},
	{
		what: 'with a variable missing on a card',
		fields: {
			template: '900100208/en',
			variables: {
				name: 'M',
				firstImage: '1',
				firstOffer: '1',
				firstPath: '1',
				secondImage: '1',
				secondOffer: '1',
			},
		},
		title: 'Template variable "secondPath" is missing',
	},
	{
		what: 'with a variable missing in {{n}}',
		fields: { template: '900100210/en', variables: { 1: 'A-77' } },
		title: 'Template variable "2" is missing',
	},
	{
		what: 'with all variables missing',
		fields: { template: '900100200/en_US', variables: {} },
		title: 'Template variable "name" is missing',
	},
	{
		what: 'with an empty variable',
		fields: { template: '900100200/en_US', variables: { name: 'Mia', order: '' } },
		title: 'Template variable "order" is empty',
	},
	{
		what: 'with an unknown variable',
		fields: { template: '900100200/en_US', variables: { name: 'Mia', order: '7', Order: '7' } },
		title: 'The template has no variable "Order"',
	},
	{
		what: 'deleted since',
		fields: { template: '900100299/en_US', variables: { name: 'Mia' } },
		title: 'The template does not exist in this language',
	},
	{
		what: 'not approved',
		fields: { template: '900100202/en_US', variables: { name: 'Mia', day: 'Monday' } },
		title: 'The template is not approved yet',
	},
];

const VIBER_TEMPLATES: WrongTemplate[] = [
	{
		what: 'of another language',
		fields: { template: '900100300', language: 'fr', variables: { couponCode: 'S' } },
		title: 'The template does not exist in fr',
	},
	{
		what: 'with a variable missing',
		fields: {
			template: '900100301/en',
			variables: { imageLink: 'https://example.com/a.jpg', name: 'Mia' },
		},
		title: 'Template variable "path" is missing',
	},
	{
		what: 'with an unknown variable',
		fields: { template: '900100300/en', variables: { couponCode: 'S', coupon: 'S' } },
		title: 'The template has no variable "coupon"',
	},
	{
		what: 'deleted since',
		fields: { template: '900100399/en', variables: { couponCode: 'S' } },
		title: 'The template does not exist in this language',
	},
];

describe.each([
	[
		'camsSend',
		'whatsapp',
		{ template: '900100200/en_US', variables: { name: 'Mia', order: '7' } },
		WHATSAPP_TEMPLATES,
	],
	[
		'camsViberSend',
		'viber',
		{ template: '900100300/en', variables: { couponCode: 'S' } },
		VIBER_TEMPLATES,
	],
] as const)('%s refuses a template', (name, channelType, right, wrong) => {
	it.each(wrong.map((each) => [each.what, each] as const))(
		'%s',
		async (_what, { fields, title }) => {
			const parameters: IDataObject = {
				...TEMPLATE,
				channelType,
				from: locator(SENDERS[channelType]),
				template: '={{ $json.template }}',
				language: '={{ $json.language }}',
				specifyVariables: 'json',
				templateVariablesJson: '={{ $json.variables }}',
			};
			const items = [
				{ ...MIA, language: '', ...right },
				{ ...BEN, language: '', ...fields },
				{ ...ANA, language: '', ...right },
			];
			const node = { type: `n8n-nodes-chatapp.${name}` };
			const stopped = await runNode(sandbox, { parameters, items, node });
			expect(errorTitle(stopped)).toBe(`${title} [item 1]`);
			expect(stopped.error?.description).toMatch(/^Nothing has been sent\. [A-Z]/);
			expect(sends()).toBe(0);

			const going = await runNode(sandbox, {
				parameters,
				items,
				node: { ...node, onError: 'continueRegularOutput' },
			});
			expect(going.items(NODE).map(({ outcome }) => outcome)).toEqual([
				'accepted',
				'notSent',
				'accepted',
			]);
			expect(sandbox.stats().messages.map(({ to }) => to)).toEqual(['6591234567', '6591234569']);

			const [code, language = fields.language ?? ''] = fields.template.split('/');
			const answer = await call(sandbox, 'SendChatappMessage', {
				ChannelType: channelType,
				Type: 'template',
				From: SENDERS[channelType],
				To: '6591234567',
				TemplateCode: code,
				Language: language,
				TemplateParams: JSON.stringify(fields.variables),
				...(channelType === 'viber' && { Label: 'promotion' }),
			});
			expect(answer.Code).not.toBe('OK');
		},
	);
});

it.each([
	['camsSend', 'whatsapp', '900100300/en', { couponCode: 'S' }],
	['camsViberSend', 'viber', '900100200/en_US', { name: 'Mia', order: '7' }],
] as const)(
	'%s cannot send a template of another channel',
	async (name, channelType, template, variables) => {
		const parameters: IDataObject = {
			...TEMPLATE,
			channelType,
			from: locator(SENDERS[channelType]),
			template: locator(template, 'list'),
			specifyVariables: 'json',
			templateVariablesJson: JSON.stringify(variables),
		};
		const run = await runNode(sandbox, {
			parameters,
			items: [MIA],
			node: { type: `n8n-nodes-chatapp.${name}` },
		});
		expect(errorTitle(run)).toMatch(/ \[item 0\]$/);
		expect(run.error?.description).toMatch(/^Nothing has been sent\. /);
		expect(sandbox.stats().messages).toEqual([]);
	},
);
