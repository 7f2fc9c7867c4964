import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { CAMS_WEBHOOK } from '../../../nodes/shared/apis/cams/webhook';
import { INNOPAAS_WEBHOOK } from '../../../nodes/shared/apis/innoPaas/webhook';
import { HttpRejection, checkType, parseWebhookBody } from '../../../nodes/shared/webhook/body';
import type { WebhookParser } from '../../../nodes/shared/webhook/event';
import { parseEach } from '../../../nodes/shared/webhook/fields';

const MB = 1024 * 1024;

/** What a push gets: its entries, or the status with which it is refused. */
function outcome(
	body: Buffer | string,
	contentType: string | undefined = 'application/json',
): IDataObject[] | number {
	try {
		checkType(contentType);
		return parseWebhookBody(body);
	} catch (error) {
		if (error instanceof HttpRejection) return error.status;
		throw error;
	}
}

/** An entry that nests so deep, itself included, in a list. */
const nested = (levels: number, open = '[', close = ']') =>
	`[{"a":${open.repeat(levels - 2)}${close.repeat(levels - 2)}}]`;
const nestedObjects = (levels: number) =>
	`[${'{"a":'.repeat(levels - 1)}1${'}'.repeat(levels - 1)}]`;

describe('a push', () => {
	it.each<[string, string, unknown]>([
		['a list', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
		['one object', '{"a":1}', [{ a: 1 }]],
		['an empty list', '[]', []],
		['an empty object', '{}', []],
		['an empty object inside a text', '"{}"', []],
		['empty objects beside another', '[{},{"a":1},{ }]', [{ a: 1 }]],
		['nothing', '', []],
		['nothing but blanks', ' \r\n\t', []],
		['a list inside a text', '"[{\\"a\\":\\"x\\"}]"', [{ a: 'x' }]],
		['an object inside a text', '"{\\"a\\":1}"', [{ a: 1 }]],
		['a list in bare quotes', '"[{"a":"x"}]"', [{ a: 'x' }]],
		[
			'a list in bare quotes, with a text that has quotes itself',
			'"[{"a":"say \\"hi\\""}]"',
			[{ a: 'say "hi"' }],
		],
		['an object in bare quotes', '"{"a":1}"', [{ a: 1 }]],
		['an empty list in quotes', '"[]"', []],
		['blanks around all', ' \n"[ {"a":1} ]"\t', [{ a: 1 }]],
		['a mark of its byte order', '\ufeff[{"a":1}]', [{ a: 1 }]],
		[
			'brackets inside texts',
			`[{"a":"${'[{'.repeat(1000)}","b":"\\"${']}'.repeat(1000)}\\\\"}]`,
			[{ a: '[{'.repeat(1000), b: `"${']}'.repeat(1000)}\\` }],
		],
		['half a character', '[{"a":"\\ud800"}]', [{ a: '\ud800' }]],
		['no JSON', '[{"a":1}', 400],
		['no JSON in quotes', '"[{"a":1}"', 400],
		['a quote alone', '"', 400],
		['two quotes', '""', []],
		['a text in a text in a text', JSON.stringify(JSON.stringify('[{"a":1}]')), 400],
		['a comma too many', '[{"a":1},]', 400],
		['a form', 'MessageId=1&Status=Sent', 400],
		['a page', '<html></html>', 400],
		['null', 'null', 400],
		['a number', '1', 400],
		['a text', '"hello"', 400],
		['a list with null', '[{"a":1},null,{"a":2}]', [{ a: 1 }, { a: 2 }]],
		['a list with an empty text', '[{"a":1},""]', [{ a: 1 }]],
		['a list with a number', '[{"a":1},1]', [{ a: 1 }, { value: 1 }]],
		['a list with a truth', '[false,{"a":1}]', [{ value: false }, { a: 1 }]],
		['a list with a text', '[{"a":1},"hello"]', [{ a: 1 }, { value: 'hello' }]],
		['a list with a list', '[[{"a":1}],{"a":2}]', [{ a: 1 }, { a: 2 }]],
		['a list with objects as texts', '["{\\"a\\":1}","{}"," [{\\"a\\":2}]"]', [{ a: 1 }, { a: 2 }]],
		['a list with a text that only begins like an object', '["{a"]', [{ value: '{a' }]],
		['a wrapped list', '{"code":0,"msg":"OK","data":[{"a":1},{"a":2}]}', [{ a: 1 }, { a: 2 }]],
		['a wrapped object', '{"code":"0","success":true,"data":{"a":1}}', [{ a: 1 }]],
		['a wrapped text', '{"code":0,"data":"[{\\"a\\":1}]"}', [{ a: 1 }]],
		['a wrapper with an empty list', '{"code":0,"data":[]}', []],
		['no wrapper: its data is a text', '{"code":0,"data":"id"}', [{ code: 0, data: 'id' }]],
		['no wrapper: it has no code', '{"data":[{"a":1}]}', [{ data: [{ a: 1 }] }]],
		['brackets that close first', `${']'.repeat(100)}${'['.repeat(100)}`, 400],
		['two lists', '[{"a":1}][{"a":1}]', 400],
	])('that is %s', (_what, text, expected) => {
		expect(outcome(text)).toEqual(expected);
		expect(outcome(Buffer.from(text))).toEqual(expected);
	});

	it.each<[string | undefined, boolean]>([
		[undefined, true],
		['', true],
		['application/json', true],
		['Application/JSON; charset=utf-8', true],
		['application/vnd.api+json', true],
		['text/json', true],
		['text/plain;charset=UTF-8', true],
		[' application/json', true],
		['application/x-www-form-urlencoded', false],
		['multipart/form-data; boundary=x', false],
		['application/xml', false],
		['text/html', false],
		['application/octet-stream', false],
		['application/javascript', false],
		['image/svg+xml; a=application/json', false],
		['json', false],
		['nonsense', false],
	])('of the type %j', (type, isTaken) => {
		expect(outcome('[{"a":1}]', type === undefined ? undefined : type)).toEqual(
			isTaken ? [{ a: 1 }] : 415,
		);
	});

	it('without a type is taken', () => {
		expect(parseWebhookBody('[{"a":1}]')).toEqual([{ a: 1 }]);
	});

	it('of 10 MB is let in, of one byte more it is not', () => {
		const ofBytes = (bytes: number) => `[{"a":"${'x'.repeat(bytes - 10)}"}]`;
		expect(outcome(ofBytes(10 * MB))).toHaveLength(1);
		expect(outcome(ofBytes(10 * MB + 1))).toBe(413);
		expect(outcome(Buffer.from(ofBytes(10 * MB)))).toHaveLength(1);
		expect(outcome(Buffer.from(ofBytes(10 * MB + 1)))).toBe(413);
	});

	it('is measured in bytes, not in characters', () => {
		expect(outcome(`[{"a":"${'é'.repeat(5 * MB)}"}]`)).toBe(413);
		expect(outcome(`[{"a":"${'é'.repeat(5 * MB - 5)}"}]`)).toHaveLength(1);
	});

	it('too large is refused before anything is read', () => {
		expect(outcome('['.repeat(10 * MB + 1))).toBe(413);
	});

	it.each([
		['lists', (levels: number) => nested(levels)],
		['objects', nestedObjects],
		['lists within a text', (levels: number) => JSON.stringify(nested(levels))],
		[
			'lists and a text within a text',
			(levels: number) =>
				JSON.stringify(`[{"b":"x","a":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}]`),
		],
		['lists in bare quotes', (levels: number) => `"${nested(levels)}"`],
	])('of 30 levels of %s is let in, of one more it is not', (_what, ofLevels) => {
		expect(outcome(ofLevels(30))).toHaveLength(1);
		expect(outcome(ofLevels(31))).toBe(400);
	});

	it.each([
		['lists', `[${'['.repeat(4 * MB)}${']'.repeat(4 * MB)}]`],
		['lists that do not close', '['.repeat(10 * MB)],
		['objects', `${'{"a":'.repeat(MB)}1${'}'.repeat(MB)}`],
		['lists within a text', JSON.stringify(`["x",${'['.repeat(4 * MB)}${']'.repeat(4 * MB)}]`)],
	])('as deep as it can be, of %s, is refused', (_what, text) => {
		expect(outcome(text)).toBe(400);
	});

	const fields = (count: number) =>
		`{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join()}}`;
	it.each<[string, string, number | undefined]>([
		['an object with as many fields as it may have', fields(1_000), undefined],
		['one with more', fields(1_001), 413],
		['one with as many as fit in', fields(883_067), 413],
		['a list of it', `[{"a":1},${fields(1_001)}]`, 413],
		['one within an event', `[{"Message":{"a":${fields(1_001)}}}]`, 413],
		['one within a text', JSON.stringify(fields(1_001)), 413],
		['nothing but ones', `[${'1,'.repeat(4_900_000)}1]`, 413],
		['a list within an event', `[{"a":[${'1,'.repeat(100_000)}1]}]`, 413],
		['many fields in many objects', `[${`${fields(900)},`.repeat(600)}{}]`, 413],
		['commas within a text', `[{"a":"${','.repeat(1_000_000)}"}]`, undefined],
		[
			'as many receipts as fit in',
			`[${'{"MessageId":"1","Status":"Read"},'.repeat(99_999)}{"a":1}]`,
			undefined,
		],
	])('is taken up to its limits before it is parsed: %s', (_what, text, status) => {
		const read = outcome(text);
		if (status === undefined) expect(read).not.toEqual(expect.any(Number));
		else expect(read).toBe(status);
	});

	it('with a message of too many fields tells that message as a text', () => {
		const message = fields(1_001);
		const [{ event }] = INNOPAAS_WEBHOOK.parse(
			parseWebhookBody(JSON.stringify([{ id: 'e-1', type: 'x', body: message }])),
		);
		expect(event.body).toBe(message);
	});

	it('with a message as deep as it can be tells that message as a text', () => {
		const Message = `{"a":${'['.repeat(MB)}${']'.repeat(MB)}}`;
		const [{ event }] = CAMS_WEBHOOK.parse(
			parseWebhookBody(JSON.stringify([{ MessageId: '1', Type: 'CONTACTS', Message }])),
		);
		expect(event).toEqual({
			event: 'inboundMessage',
			messageType: 'contacts',
			messageId: '1',
			text: Message,
			api: 'cams',
		});
	});

	it('of 100,000 entries is let in, of one more it is not, in a text neither', () => {
		const ofEntries = (count: number) => `[${Array(count).fill('{"a":1}').join(',')}]`;
		for (const form of [(text: string) => text, (text: string) => JSON.stringify(text)]) {
			expect(outcome(form(ofEntries(100_000)))).toHaveLength(100_000);
			expect(outcome(form(ofEntries(100_001)))).toBe(413);
		}
	});

	it('with an entry that cannot be read gives that one as it is, and all others', () => {
		const pushed = parseWebhookBody(
			'[{"a":1},{"B":2,"$json":1,"error":1,"raw":1,"isLate":1,"receiptId":1,"api":1,"event":1},{"a":3}]',
		);
		const read = parseEach('innoPaas', pushed, (fields) => {
			const messageId = fields.text('a');
			if (messageId === undefined) throw new Error('unreadable');
			return { event: 'messageStatus', api: 'innoPaas', messageId };
		});
		const { B, $json, error, ...others } = pushed[1];
		expect(read.map(({ event }) => event)).toEqual([
			{ event: 'messageStatus', api: 'innoPaas', messageId: '1' },
			{ event: 'other', api: 'innoPaas', b: B, otherFields: { $json, error, ...others } },
			{ event: 'messageStatus', api: 'innoPaas', messageId: '3' },
		]);
		expect(read.map(({ raw }) => raw)).toEqual(pushed);
	});

	it.each<[string, WebhookParser]>([
		['CAMS', CAMS_WEBHOOK],
		['InnoPaaS', INNOPAAS_WEBHOOK],
	])('of %s with an entry that cannot be read gives the others', (_api, { parse }) => {
		const unreadable = Object.defineProperty({}, 'Type', {
			enumerable: false,
			get: () => {
				throw new Error('unreadable');
			},
		});
		Object.defineProperty(unreadable, 'type', {
			enumerable: false,
			get: () => {
				throw new Error('unreadable');
			},
		});
		expect(parse([{ new: 1 }, unreadable, { new: 2 }]).map(({ event }) => event.event)).toEqual([
			'other',
			'other',
			'other',
		]);
	});

	it('leaves nothing behind in what all objects share', () => {
		const [pushed] = parseWebhookBody(
			'[{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"a":{"__proto__":{"isAdmin":true}}}]',
		);
		const [{ event }] = CAMS_WEBHOOK.parse([pushed]);
		expect(({} as IDataObject).isAdmin).toBeUndefined();
		expect(event.isAdmin).toBeUndefined();
		expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
	});

	it('with a name of a million characters is a receipt like any other', () => {
		const name = 'x'.repeat(MB);
		const [{ event }] = CAMS_WEBHOOK.parse(parseWebhookBody(`[{"${name}":1}]`));
		expect(event).toEqual({ event: 'other', [name]: 1, api: 'cams' });
	});

	it('keeps every number: long ones as text, others as they are', () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.oneof(
						fc.bigInt().map(String),
						fc.integer().map(String),
						fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => JSON.stringify(each)),
					),
					{ minLength: 1 },
				),
				fc.string(),
				(numbers, text) => {
					const [{ a, t }] = parseWebhookBody(
						`[{"a":[${numbers.join(', ')}],"t":${JSON.stringify(text)}}]`,
					) as [{ a: unknown[]; t: string }];
					expect(a.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))).toEqual(
						numbers.map((number) =>
							/^-?\d{16,}$/.test(number) ? number : JSON.stringify(Number(number)),
						),
					);
					expect(t).toBe(text);
				},
			),
		);
	});

	it('holds what its JSON holds, whatever that is, or is refused', () => {
		const json = fc.oneof(
			fc.json(),
			fc.string(),
			fc.string().map((text) => `"[${text}]"`),
			fc.json().map((text) => JSON.stringify(`[${text}]`)),
		);
		fc.assert(
			fc.property(json, (text) => {
				const entries = outcome(text);
				if (typeof entries === 'number') expect([400, 413]).toContain(entries);
				else
					for (const entry of entries)
						expect(Object.prototype.toString.call(entry)).toBe('[object Object]');
			}),
			{ numRuns: 2000 },
		);
	});
});
