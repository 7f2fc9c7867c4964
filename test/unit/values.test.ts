/**
 * Every field whose value reaches a recipient or the API reads it in the same way, on both APIs: as text, with dates in
 * ISO form, and never an expression that nobody evaluated or a number that has lost its last digits.
 */
import { DateTime } from 'luxon';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { camsMass } from '../../nodes/shared/apis/cams/massMessage';
import { MESSAGE_TYPES as CAMS_TYPES } from '../../nodes/shared/apis/cams/messageTypes';
import { buildMessage } from '../../nodes/shared/apis/cams/sendMessage';
import {
	MESSAGE_TYPES as INNOPAAS_TYPES,
	TEMPLATE,
} from '../../nodes/shared/apis/innoPaas/messageTypes';
import { innoPaasSubmit } from '../../nodes/shared/apis/innoPaas/submit';
import { readContent } from '../../nodes/shared/messages/read';
import { fileNames, type Field, type MessageType } from '../../nodes/shared/messages/schema';
import { Parameters, type Read } from '../../nodes/shared/parameters/parameters';
import { UserIssue } from '../../nodes/shared/util/userIssue';
import { filledIn } from '../messageTypes/cases';

type Values = Record<string, unknown>;

/** What an expression gives. */
let evaluated: unknown;

/** The node's own way to read parameters, for parameters as a workflow stores them. */
const reader = (values: Values): Read =>
	new Parameters({
		getNodeParameter: (name: string, _itemIndex: number, fallback: unknown) =>
			at(values, name) ?? fallback,
		getInputData: () => [{ json: {} }],
		evaluateExpression: () => evaluated,
	} as unknown as IExecuteFunctions).of(0);

const at = (values: Values, path: string) =>
	path.split('.').reduce<unknown>((inner, key) => (inner as Values | undefined)?.[key], values);

/** What is wrong with a value, as the title says it. */
const WRONG: Array<[string, unknown, RegExp]> = [
	[
		'an expression in a fixed field',
		'Hi {{ $json.name }}',
		/holds an expression that is not evaluated$/,
	],
	[
		'an expression of a node',
		"{{ $('Sheet').item.json.name }}",
		/holds an expression that is not evaluated$/,
	],
	['a number above 2^53', 2 ** 60, /has lost its last digits$/],
	['an object', { name: 'Mia' }, /is not a text$|is not a list$/],
];

const context = (credential: IDataObject) =>
	({
		getCredentials: async () => credential,
		getExecutionId: () => '1',
		getInputData: () => [{ json: {} }],
		helpers: {
			httpRequestWithAuthentication: async () => ({
				statusCode: 200,
				headers: {},
				body: '{"Code":"OK","code":0}',
			}),
		},
	}) as unknown as IExecuteFunctions;

const CAMS = {
	api: 'cams',
	accessKeyId: 'key',
	accessKeySecret: 'secret',
	custSpaceId: 'cams-1',
	region: 'ap-southeast-1',
};
const INNOPAAS = { api: 'innoPaas', appKey: 'key', accessToken: 'token', wabaId: '1' };

/** Every text that a message type has, by API, with how it is read when one of them holds something else. */
const inTypes = (api: string, types: readonly MessageType[]) =>
	types.flatMap((type) =>
		type.fields.flatMap((field): Array<[string, (value: unknown) => unknown]> => {
			const name = field.kind === 'file' ? fileNames(field.name).link : field.name;
			if (!['text', 'link', 'file'].includes(field.kind) || isHidden(field, type)) return [];
			const read = (value: unknown) => {
				const values = { ...filledIn(type.fields, {}, true), [name]: value };
				return readContent(type, reader(values)).content;
			};
			return [[`${api} ${type.channel} ${type.type} ${field.label}`, read]];
		}),
	);

/** A field that counts only with another choice than the usual one. */
function isHidden({ when }: Field, { fields }: MessageType): boolean {
	const chooser = when && fields.find(({ name }) => name === when.name);
	return (
		chooser !== undefined && 'default' in chooser && !when!.is.includes(String(chooser.default))
	);
}

const camsSend = (values: Values) =>
	buildMessage(
		reader({
			operation: 'sendTemplate',
			channelType: 'whatsapp',
			from: '6580001111',
			to: '6591234567',
			template: '900100200',
			language: 'en_US',
			options: {},
			...values,
		}),
		0,
		{
			custSpaceId: 'cams-1',
			key: 'k',
			readerKey: 'r',
			defaultCountry: '',
			campaignId: 'c',
			hide: (text) => text,
		},
	).parameters;

const camsMassSend = async (values: Values) => {
	const read = reader({
		operation: 'sendTemplate',
		channelType: 'whatsapp',
		from: '6580001111',
		to: '6591234567',
		template: '900100200',
		language: 'en_US',
		options: {},
		...values,
	});
	const message = await (await camsMass(context(CAMS))).message(read);
	return message.recipient(read, { itemIndex: 0 });
};

const submit = async (values: Values) =>
	await (
		await innoPaasSubmit(context(INNOPAAS))
	).message(
		reader({
			operation: 'sendTemplate',
			from: '6580001111',
			template: 'a',
			language: 'en',
			specifyVariables: 'json',
			templateVariablesJson: '{}',
			options: {},
			...values,
		}),
	);

const pair = (value: unknown) => ({
	specifyVariables: 'pairs',
	templateVariablePairs: { variable: [{ name: 'name', value }] },
});
const mapped = (id: string, value: unknown) => ({
	specifyVariables: 'fields',
	templateVariables: { value: { [id]: value } },
});
const json = (value: unknown) => ({
	specifyVariables: 'json',
	templateVariablesJson: { name: value },
});
const options = (values: Values) => ({ options: values });
const viber = { channelType: 'viber', label: 'promotion' };

const PLACES: Array<[string, (value: unknown) => unknown]> = [
	...inTypes(
		'CAMS',
		CAMS_TYPES.filter(({ type }) => type !== 'raw'),
	),
	...inTypes(
		'InnoPaaS',
		[...INNOPAAS_TYPES.flat, TEMPLATE].filter(({ type }) => type !== 'raw'),
	),
	['CAMS From', (value) => camsSend({ from: value })],
	['CAMS To', (value) => camsSend({ to: value })],
	['CAMS Template', (value) => camsSend({ template: value })],
	['CAMS Language', (value) => camsSend({ language: value })],
	['CAMS Channel ID', (value) => camsSend({ custSpaceId: value })],
	['CAMS variable, pairs', (value) => camsSend(pair(value))],
	['CAMS variable, template fields', (value) => camsSend(mapped('name', value))],
	['CAMS variable, JSON', (value) => camsSend(json(value))],
	['CAMS payload, template fields', (value) => camsSend(mapped('Button 1 Payload', value))],
	['CAMS Task ID', (value) => camsSend(options({ taskId: value }))],
	['CAMS Reply To', (value) => camsSend(options({ contextMessageId: value }))],
	[
		'CAMS Button Payload',
		(value) => camsSend(options({ buttonPayloads: { payload: [{ value }] } })),
	],
	['CAMS Flow Token', (value) => camsSend(options({ flow: { values: { flowReference: value } } }))],
	['CAMS Fallback', (value) => camsSend(options({ fallback: { values: { fallbackId: value } } }))],
	[
		'CAMS SMS Text',
		(value) =>
			camsSend(
				options({
					fallback: { values: { fallbackId: 'S', fallbackDuration: 60, fallbackContent: value } },
				}),
			),
	],
	['CAMS Tag', (value) => camsSend({ ...viber, ...options({ tag: value }) })],
	['CAMS Tracking Data', (value) => camsSend({ ...viber, ...options({ trackingData: value }) })],
	[
		'CAMS product',
		(value) =>
			camsSend(
				options({
					products: { values: { sections: { section: [{ title: 'T', productIds: value }] } } },
				}),
			),
	],
	[
		'CAMS section title',
		(value) =>
			camsSend(
				options({
					products: { values: { sections: { section: [{ title: value, productIds: 'a' }] } } },
				}),
			),
	],
	['Mass Send To', (value) => camsMassSend({ to: value })],
	['Mass Send variable, pairs', (value) => camsMassSend(pair(value))],
	['Mass Send variable, template fields', (value) => camsMassSend(mapped('name', value))],
	['Mass Send variable, JSON', (value) => camsMassSend(json(value))],
	[
		'Mass Send variable, object',
		(value) => camsMassSend({ specifyVariables: 'object', objectField: { name: value } }),
	],
	['Mass Send Task ID', (value) => camsMassSend(options({ taskId: value }))],
	['InnoPaaS From', (value) => submit({ from: value })],
	['InnoPaaS Template', (value) => submit({ template: value })],
	['InnoPaaS Task ID', (value) => submit(options({ taskId: value }))],
	['InnoPaaS WABA ID', (value) => submit(options({ wabaId: value }))],
	['InnoPaaS variable, template fields', (value) => submit(mapped('1', value))],
	['InnoPaaS header, template fields', (value) => submit(mapped('Header Text', value))],
	['InnoPaaS button, template fields', (value) => submit(mapped('Button 1 Link', value))],
	['InnoPaaS variable, JSON', (value) => submit({ templateVariablesJson: [value] })],
	[
		'InnoPaaS button, JSON',
		(value) => submit({ templateVariablesJson: { buttonParams: [{ value }] } }),
	],
];

const titleOf = async (reading: () => unknown): Promise<string> => {
	try {
		await reading();
	} catch (error) {
		if (error instanceof UserIssue) return error.title;
		throw error;
	}
	return 'It was taken';
};

it('is a list of all places', () => {
	expect(PLACES.length).toBeGreaterThan(100);
});

describe.each(WRONG)('%s is told, wherever it stands', (_what, value, title) => {
	it.each(PLACES)('%s', async (_place, read) => {
		expect(await titleOf(() => read(value))).toMatch(title);
	});
});

describe('a number above 2^53 is told in JSON of any form', () => {
	const long = '{"deep": [{"id": 12345678901234567890}]}';
	it.each<[string, () => unknown]>([
		['CAMS flow data', () => camsSend(options({ flow: { values: { flowDataJson: long } } }))],
		[
			'Mass Send flow data',
			() => camsMassSend(options({ flow: { values: { flowDataJson: long } } })),
		],
		['InnoPaaS additional fields', () => submit(options({ additionalBodyFields: long }))],
		[
			'InnoPaaS raw content',
			() =>
				submit({
					operation: 'sendMessage',
					messageType: 'raw',
					messageTypeCode: 'contacts',
					contentJson:
						'[{"name": {"formatted_name": "Mia", "first_name": "Mia"}, "id": 12345678901234567890}]',
				}),
		],
	])('%s', async (_place, read) => {
		expect(await titleOf(read)).toBe('"id" has lost its last digits');
	});
});

describe('a date becomes the text that n8n makes of it', () => {
	const dates: Array<[string, unknown, string]> = [
		['of JavaScript', new Date(Date.UTC(2026, 10, 28)), '2026-11-28T00:00:00.000Z'],
		[
			'of n8n',
			DateTime.fromISO('2026-11-28T09:30:00.000+08:00', { setZone: true }),
			'2026-11-28T09:30:00.000+08:00',
		],
	];
	it.each(dates)('%s', async (_what, date, text) => {
		evaluated = date;
		const NOW = '={{ $now }}';
		expect(camsSend(pair(NOW)).TemplateParams).toBe(`{"name":"${text}"}`);
		expect(camsSend(json(NOW)).TemplateParams).toBe(`{"name":"${text}"}`);
		expect((await camsMassSend(pair(NOW))).payload).toContain(`{"name":"${text}"}`);
		expect((await submit(mapped('1', NOW))).key).toContain(text);
		const content = (type?: MessageType) =>
			JSON.stringify(readContent(type!, reader({ text: NOW })).content);
		expect(content(CAMS_TYPES.find(({ type }) => type === 'text'))).toContain(text);
		expect(content(INNOPAAS_TYPES.flat.find(({ type }) => type === 'text'))).toContain(text);
	});
});
