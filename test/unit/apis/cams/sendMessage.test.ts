import fc from 'fast-check';

import { sendCall } from '../../../../nodes/shared/apis/cams/client';
import { buildMessage } from '../../../../nodes/shared/apis/cams/sendMessage';
import { UserIssue } from '../../../../nodes/shared/util/userIssue';
import { anyString } from '../../../support/anyString';

const account = {
	readerKey: 'reader',
	defaultCountry: '',
	hide: (text: string) => text,
	custSpaceId: 'cams-credential',
	key: 'account',
	campaignId: 'made-up',
};

/** A node with these fields. */
function build(fields: Record<string, unknown>, itemIndex = 0) {
	return buildMessage((name, fallback) => fields[name] ?? fallback, itemIndex, account);
}

const TEXT = {
	operation: 'sendMessage',
	channelType: 'whatsapp',
	from: '6580001111',
	to: '+65 9123 4567',
	text: 'Hello',
};
const TEMPLATE = {
	operation: 'sendTemplate',
	channelType: 'whatsapp',
	from: '+65 8000 1111',
	to: '6591234567',
	template: '900100200',
	language: 'en_US',
	specifyVariables: 'json',
	templateVariablesJson: '{"name": "Mia"}',
};
const COMMON = {
	ChannelType: 'whatsapp',
	From: '6580001111',
	To: '6591234567',
	CustSpaceId: 'cams-credential',
	TaskId: 'made-up-i0',
};

describe('the parameters of a message', () => {
	it.each<[string, Record<string, unknown>, Record<string, string>]>([
		[
			'a text',
			TEXT,
			{ ...COMMON, Type: 'message', MessageType: 'text', Content: '{"text":"Hello"}' },
		],
		[
			'a text with its blanks',
			{ ...TEXT, text: ' a\n b ' },
			{ ...COMMON, Type: 'message', MessageType: 'text', Content: '{"text":" a\\n b "}' },
		],
		[
			'a number as text',
			{ ...TEXT, text: 42 },
			{ ...COMMON, Type: 'message', MessageType: 'text', Content: '{"text":"42"}' },
		],
		[
			'a template',
			TEMPLATE,
			{
				...COMMON,
				Type: 'template',
				TemplateCode: '900100200',
				Language: 'en_US',
				TemplateParams: '{"name":"Mia"}',
			},
		],
		[
			'a template without variables',
			{ ...TEMPLATE, templateVariablesJson: '' },
			{ ...COMMON, Type: 'template', TemplateCode: '900100200', Language: 'en_US' },
		],
		[
			'a template that carries its language',
			{ ...TEMPLATE, template: '900100200/zh_CN', templateVariablesJson: '' },
			{ ...COMMON, Type: 'template', TemplateCode: '900100200', Language: 'zh_CN' },
		],
		[
			'a code that came as a number',
			{ ...TEMPLATE, template: 900100200, templateVariablesJson: '' },
			{ ...COMMON, Type: 'template', TemplateCode: '900100200', Language: 'en_US' },
		],
		[
			'Viber, its label and the channel of the node',
			{
				...TEXT,
				channelType: 'viber',
				from: '20001',
				label: 'transaction',
				custSpaceId: ' cams-own ',
			},
			{
				...COMMON,
				ChannelType: 'viber',
				From: '20001',
				CustSpaceId: 'cams-own',
				Label: 'transaction',
				Type: 'message',
				MessageType: 'text',
				Content: '{"text":"Hello"}',
			},
		],
		[
			'a label that other channels do not have',
			{ ...TEXT, channelType: 'messenger', from: '1020', to: 'user-7', label: 'transaction' },
			{
				...COMMON,
				ChannelType: 'messenger',
				From: '1020',
				To: 'user-7',
				Type: 'message',
				MessageType: 'text',
				Content: '{"text":"Hello"}',
			},
		],
		[
			'a task id',
			{ ...TEXT, options: { taskId: ' order-77 ' } },
			{
				...COMMON,
				TaskId: 'order-77',
				Type: 'message',
				MessageType: 'text',
				Content: '{"text":"Hello"}',
			},
		],
	])('%s', (_what, fields, parameters) => {
		expect(build(fields).parameters).toEqual(parameters);
	});

	it('waits 30 seconds, or as long as the options say', () => {
		expect(build(TEXT).timeoutMs).toBe(30_000);
		expect(build({ ...TEXT, options: { timeout: 5 } }).timeoutMs).toBe(5_000);
		expect(build({ ...TEXT, options: { timeout: '300' } }).timeoutMs).toBe(300_000);
	});

	it.each<[string, Record<string, unknown>, string]>([
		['no recipient', { ...TEXT, to: '' }, 'To is empty'],
		['no sender', { ...TEXT, from: undefined }, 'From is empty'],
		['no template', { ...TEMPLATE, template: ' ' }, 'Template is empty'],
		[
			'a template that is an object',
			{ ...TEMPLATE, template: { code: 1 } },
			'Template is not a text',
		],
		['no language', { ...TEMPLATE, language: '' }, 'Language is empty'],
		['a language that is a list', { ...TEMPLATE, language: ['en'] }, 'Language is not a text'],
		['a text of blanks', { ...TEXT, text: ' \n' }, 'Text is empty'],
		['a text that is an object', { ...TEXT, text: { a: 1 } }, 'Text is not a text'],
		[
			'a channel that is an object',
			{ ...TEXT, custSpaceId: {} },
			'Channel ID / Space ID is not a text',
		],
		['a task id that is no number', { ...TEXT, options: { taskId: NaN } }, 'Task ID is not a text'],
		[
			'Viber without a label',
			{ ...TEXT, channelType: 'viber', from: '20001' },
			'Message Category is neither promotion nor transaction',
		],
		[
			'a label in another case',
			{ ...TEXT, channelType: 'viber', from: '20001', label: 'Promotion' },
			'Message Category is neither promotion nor transaction',
		],
		['4 seconds', { ...TEXT, options: { timeout: 4 } }, 'Timeout (Seconds) is out of range'],
		['301 seconds', { ...TEXT, options: { timeout: 301 } }, 'Timeout (Seconds) is out of range'],
		[
			'seconds that are none',
			{ ...TEXT, options: { timeout: 'long' } },
			'Timeout (Seconds) is out of range',
		],
	])('are refused before sending: %s', (_what, fields, title) => {
		expect(() => build(fields)).toThrow(expect.objectContaining({ name: 'UserIssue', title }));
	});

	it('are text whatever the fields hold, or the item is refused in words', () => {
		const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true });
		const fields = fc.record({
			operation: fc.constantFrom('sendMessage', 'sendTemplate'),
			channelType: fc.constantFrom('whatsapp', 'viber', 'messenger', 'instagram', 'telegram'),
			from: fc.oneof(fc.constant('6580001111'), anything),
			to: fc.oneof(fc.constant('6591234567'), anything),
			text: fc.oneof(anyString(), anything),
			template: fc.oneof(fc.constant('900100200'), anything),
			language: fc.oneof(fc.constant('en'), anything),
			custSpaceId: anything,
			label: fc.oneof(fc.constant('promotion'), anything),
			specifyVariables: fc.constantFrom('json', 'pairs'),
			templateVariablesJson: fc.oneof(fc.dictionary(fc.string(), fc.string()), anything),
			options: fc.record(
				{ taskId: anything, timeout: fc.oneof(fc.constant(30), anything) },
				{ requiredKeys: [] },
			),
		});
		fc.assert(
			fc.property(fields, (values) => {
				try {
					const { parameters } = build(values);
					for (const value of Object.values(parameters)) expect(typeof value).toBe('string');
					if (parameters.Content)
						expect(JSON.parse(parameters.Content)).toEqual({
							text: values.text instanceof Date ? values.text.toISOString() : String(values.text),
						});
				} catch (error) {
					if (!(error instanceof UserIssue)) throw error;
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe('the call of a message', () => {
	it('has Content and Payload in the query and everything else in the form, as the official SDK had', () => {
		const call = sendCall({ To: '1', Content: '{}', Payload: '[]', From: '2' }, 5_000);
		expect(call).toEqual({
			operation: 'SendChatappMessage',
			query: { Content: '{}', Payload: '[]' },
			form: { To: '1', From: '2' },
			timeoutMs: 5_000,
		});
	});

	it.each([
		['a text of 1,800 Chinese characters', '好'.repeat(1_800)],
		['the longest text of WhatsApp, in Chinese', '好'.repeat(4_096)],
		['a long text in English', 'A long text. '.repeat(500)],
	])('is a form alone when the address would be too long: %s', (_what, text) => {
		const parameters = { To: '1', Content: JSON.stringify({ text }), Payload: '[]' };
		const call = sendCall(parameters, 5_000);
		expect(call).toEqual({ operation: 'SendChatappMessage', form: parameters, timeoutMs: 5_000 });
	});
});
