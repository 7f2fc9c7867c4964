import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { parseWebhookBody } from '../../nodes/shared/webhook/body';
import type { ChatAppEvent, WebhookParser } from '../../nodes/shared/webhook/event';

/** Arbitrary request bodies, and invariants of the events parsed from them. */

const ODD_NAMES = [
	'error',
	'Error',
	' error ',
	'__proto__',
	' __proto__ ',
	'constructor',
	'prototype',
	'toString',
	'hasOwnProperty',
	'valueOf',
	'raw',
	'isLate',
	'receiptId',
	'ReceiptId',
	'$',
	'$json',
	' $json',
	'event',
	'Event',
	'api',
	'Api',
	'campaignId',
	'chunk',
	'',
	' ',
];
const ODD_TEXTS = [
	'',
	' ',
	'{',
	'{}',
	'[]',
	'{"a":1}',
	'[{"a":1}]',
	'{"__proto__":{"a":1}}',
	'\ud800',
	'null',
	'constructor',
	'__proto__',
	'TEXT',
	'IMAGE',
	'REPLY',
	'LOCATION',
	'Sent',
	'FAILED',
	'SMECL:FAILED',
	'template',
	'phoneNameUpdate',
	'+6591234567',
	'131026',
	'131026:x',
	'131026:',
	':',
	'n8n-4821-abcdef-c3',
	'1795298400000',
	'1795298400',
	'99999999999999',
	'2026-11-21 22:40:00',
	'2026-11-21T22:40:00Z',
	'+275760-09-13T00:00:00.000Z',
	'-271821-04-20T00:00:00.000Z',
	'not a time',
];

/** Any JSON, with names and texts that mean something here among it; names that the pusher reads come often. */
export function anyPushed(
	names: readonly string[],
	texts: readonly string[] = [],
): fc.Arbitrary<IDataObject> {
	const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
		value: fc.oneof(
			{ maxDepth: 4, withCrossShrink: true },
			fc.oneof(
				{ arbitrary: fc.constantFrom(...ODD_TEXTS, ...texts), weight: 4 },
				{
					arbitrary: fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, 1e308, 1795298400000),
					weight: 2,
				},
				fc.string({ unit: 'binary' }),
			),
			fc.array(tie('value'), { maxLength: 3 }),
			tie('object'),
			tie('object').map((object) => JSON.stringify(object)),
		),
		object: fc.dictionary(
			fc.oneof(
				{ arbitrary: fc.constantFrom(...names), weight: 6 },
				{ arbitrary: fc.constantFrom(...ODD_NAMES), weight: 2 },
				fc.string(),
			),
			tie('value'),
			{ maxKeys: 12, noNullPrototype: true },
		),
	}));
	// As it comes out of a parser: __proto__ is a name like any other.
	return fc
		.dictionary(
			fc.oneof(
				{ arbitrary: fc.constantFrom(...names), weight: 8 },
				{ arbitrary: fc.constantFrom(...ODD_NAMES), weight: 1 },
			),
			value,
			{ maxKeys: 20, noNullPrototype: true },
		)
		.map((each) => JSON.parse(JSON.stringify(each)) as IDataObject);
}

/** Fields by which workflows tell receipts apart: text, whatever was pushed. */
const READ: Record<string, string[]> = {
	messageStatus: ['messageId', 'status', 'taskId', 'campaignId'],
	inboundMessage: ['messageType'],
};

const EVENTS = ['messageStatus', 'inboundMessage', 'templateEvent', 'accountEvent', 'other'];

/** Reads a push from its text, as it comes over the wire. */
export function readText({ parse }: WebhookParser, text: string): ChatAppEvent[] {
	return parse(parseWebhookBody(text)).map(({ event }) => event);
}

/** The one receipt of a push. */
export function readOne(pusher: WebhookParser, pushed: object): ChatAppEvent {
	const [event, ...more] = readText(pusher, JSON.stringify([pushed]));
	expect(more).toEqual([]);
	return event;
}

/** Asserts the invariants of an event, whatever the request held. */
export function expectEvent(event: ChatAppEvent, api: string): void {
	expect(event.api).toBe(api);
	expect(EVENTS).toContain(event.event);
	expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
	const names = Object.keys(event);
	// n8n takes a key named error for a failed item.
	for (const taken of [
		'error',
		'__proto__',
		'raw',
		'isLate',
		...(api === 'cams' ? ['receiptId'] : []),
	])
		expect(names).not.toContain(taken);
	expect(names.filter((name) => name.startsWith('$'))).toEqual([]);
	for (const value of Object.values(event))
		expect(value === undefined || value === null || value === '').toBe(false);
	// Whatever n8n stores is what the workflow had: nothing but JSON.
	expect(JSON.parse(JSON.stringify(event))).toEqual(event);
	for (const name of READ[event.event] ?? []) {
		if (name in event) expect([name, typeof event[name]]).toEqual([name, 'string']);
	}
	for (const name of ['timestamp', 'mediaExpiresAt', 'conversationExpiresAt']) {
		if (!(name in event) || event.event === 'other') continue;
		expect(new Date(String(event[name])).toISOString()).toBe(event[name]);
	}
	if ('chunk' in event) expect(typeof event.chunk).toBe('number');
}
