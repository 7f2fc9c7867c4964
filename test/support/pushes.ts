/**
 * Arbitrary pushes for the property tests of both webhook parsers, and the invariants of the events parsed from them.
 */
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { parseExact } from '../../nodes/shared/parameters/json';
import { parseWebhookBody } from '../../nodes/shared/webhook/body';
import { timeOf, type ChatAppEvent, type WebhookParser } from '../../nodes/shared/webhook/event';
import { isObject } from '../../sandbox/validation';
import { anyString } from './anyString';

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

/** How many lists, objects and JSON texts can stand within one another below a field of the push. */
const MAX_DEPTH = 4;

/**
 * An object with any JSON in it, in which the names and texts that the parsers treat specially come up often.
 *
 * The levels are written out and objects are made of pairs: `fc.letrec` with `fc.dictionary` makes values of the same
 * variety, but takes about ten times as long.
 * @param names the fields that the parser reads
 * @param texts further values that the parser compares with
 */
export function anyPushed(
	names: readonly string[],
	texts: readonly string[] = [],
): fc.Arbitrary<IDataObject> {
	const leaf: fc.Arbitrary<unknown> = fc.oneof(
		{ arbitrary: fc.constantFrom(...ODD_TEXTS, ...texts), weight: 4 },
		{
			arbitrary: fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, 1e308, 1795298400000),
			weight: 2,
		},
		anyString(),
	);
	const name = fc.oneof(
		{ arbitrary: fc.constantFrom(...names), weight: 6 },
		{ arbitrary: fc.constantFrom(...ODD_NAMES), weight: 2 },
		fc.string(),
	);
	let value = leaf;
	for (let depth = 1; depth <= MAX_DEPTH; depth++) {
		const object = objectWith(name, value, 6);
		value = fc.oneof(
			{ arbitrary: leaf, weight: 3 },
			fc.array(value, { maxLength: 3 }),
			object,
			object.map((each) => JSON.stringify(each)),
		);
	}
	const topName = fc.oneof(
		{ arbitrary: fc.constantFrom(...names), weight: 8 },
		{ arbitrary: fc.constantFrom(...ODD_NAMES), weight: 1 },
	);
	return objectWith(topName, value, 20);
}

/** As out of a JSON parser: `__proto__` is a name like any other. */
function objectWith(
	name: fc.Arbitrary<string>,
	value: fc.Arbitrary<unknown>,
	maxKeys: number,
): fc.Arbitrary<IDataObject> {
	return fc
		.array(fc.tuple(name, value), { maxLength: maxKeys })
		.map((pairs) => Object.fromEntries(pairs) as IDataObject);
}

/** Fields that workflows compare; they are text, even where the push had a number. */
const READ: Record<string, string[]> = {
	messageStatus: ['messageId', 'status', 'taskId', 'campaignId'],
	inboundMessage: ['messageType'],
};

/** Fields that are times in ISO 8601, in every event but `other`, which keeps what was pushed. */
const TIMES = ['timestamp', 'mediaExpiresAt', 'conversationExpiresAt'];

const EVENTS = [
	'messageStatus',
	'inboundMessage',
	'outboundMessage',
	'templateEvent',
	'accountEvent',
	'other',
];

/** Parses the text of a push, as it comes over the wire. */
export function readText({ parse }: WebhookParser, text: string): ChatAppEvent[] {
	return parse(parseWebhookBody(text)).map(({ event }) => event);
}

/** The one receipt of a push. */
export function readOne(pusher: WebhookParser, pushed: object): ChatAppEvent {
	const [event, ...more] = readText(pusher, JSON.stringify([pushed]));
	expect(more).toEqual([]);
	return event;
}

/** Checks the invariants of an event, whatever the request held. */
export function expectEvent(event: ChatAppEvent, api: string): void {
	expect(event.api).toBe(api);
	expect(EVENTS).toContain(event.event);
	expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
	// n8n treats an item with a key named error as failed, and names with $ are its own.
	const reserved = [
		'error',
		'__proto__',
		'raw',
		'isLate',
		...(api === 'cams' ? ['receiptId'] : []),
	];
	const texts = READ[event.event] ?? [];
	const times = event.event === 'other' ? [] : TIMES;
	// One assertion for all fields: an `expect` each would take longer than what it looks at.
	const broken = Object.entries(event).filter(
		([name, value]) =>
			reserved.includes(name) ||
			name.startsWith('$') ||
			value === undefined ||
			value === null ||
			value === '' ||
			(texts.includes(name) && typeof value !== 'string') ||
			(times.includes(name) && new Date(String(value)).toISOString() !== value) ||
			(name === 'chunk' && typeof value !== 'number'),
	);
	expect(broken).toEqual([]);
	// An event survives being stored by n8n, which keeps JSON only.
	expect(JSON.parse(JSON.stringify(event))).toEqual(event);
}

/** Words that the fields `event` and `messageType` say in another way; docs/receipts.md lists them. */
const SAID_AS: ReadonlyMap<string, string> = new Map([
	['inbound', 'inboundmessage'],
	['reply', 'buttonreply'],
	['contact', 'contacts'],
	['button', 'buttonreply'],
	['interactive', 'buttonreply'],
	['button_reply', 'buttonreply'],
	['whatsapp_message_status_updated', 'messagestatus'],
	['whatsapp_mo_message_received', 'inboundmessage'],
	['whatsapp_template_status_updated', 'templateevent'],
	['chat_mo_message_notify', 'inboundmessage'],
	['chat_mt_message_notify', 'outboundmessage'],
]);

/** All texts, numbers and truths in a value, in JSON within a text too. Names that n8n cannot keep are left out. */
function scalarsIn(value: unknown): string[] {
	if (value === null || value === undefined) return [];
	if (typeof value === 'object')
		return Object.entries(value).flatMap(([name, each]) =>
			name === '__proto__' ? [] : scalarsIn(each),
		);
	if (typeof value === 'string' && /^\s*[{[]/.test(value)) {
		try {
			return scalarsIn(parseExact(value));
		} catch {
			// Text that only begins like JSON.
		}
	}
	const text = String(value).trim().toLowerCase();
	return text === '' ? [] : [text];
}

/** What was pushed and is not in its event: as it is, as a number without its +, as a time in UTC, or in other words. */
export function missingFrom(event: ChatAppEvent, raw: IDataObject): string[] {
	const said = new Set(scalarsIn(event));
	return scalarsIn(raw).filter(
		(each) =>
			![each, each.replace(/^\+/, ''), timeOf(each)?.toLowerCase(), SAID_AS.get(each)].some(
				(form) => form !== undefined && said.has(form),
			),
	);
}

/** A vendor's push in which fields, at any level, have got others beside them, other values, or other spellings. */
export function variationOf(
	pushes: readonly IDataObject[],
	names: readonly string[],
): fc.Arbitrary<IDataObject> {
	const value = fc.oneof(
		fc.constantFrom(...ODD_TEXTS),
		// JSON.stringify has no -0.
		fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each || 0),
		fc.integer(),
		fc.boolean(),
		fc.uuid(),
		fc.dictionary(fc.string(), fc.oneof(fc.uuid(), fc.integer()), { maxKeys: 3 }),
		fc.array(fc.uuid(), { maxLength: 2 }),
	);
	const name = fc.oneof(fc.constantFrom(...names), fc.constantFrom(...ODD_NAMES), fc.string());
	const spelled = fc.constantFrom<(key: string) => string>(
		(key) => key,
		(key) => key.toUpperCase(),
		(key) => ` ${key}\t`,
		(key) => key.replace(/[A-Z]/g, '_$&'),
	);
	/** Where a change happens: at a number of steps into the push, each to one of its objects. */
	const change = fc.record({
		steps: fc.array(fc.nat(5), { maxLength: 3 }),
		at: fc.nat(20),
		name,
		value,
		spelled,
		kind: fc.constantFrom('add', 'replace', 'respell'),
		asText: fc.boolean(),
	});
	type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
	const changed = (object: IDataObject, each: Change): IDataObject => {
		const entries = Object.entries(object);
		const inner = entries.filter(([, inside]) => isObject(inside));
		const [step, ...steps] = each.steps;
		if (step !== undefined && inner.length > 0) {
			const [key, inside] = inner[step % inner.length];
			const whole = changed(inside as IDataObject, { ...each, steps });
			return { ...object, [key]: each.asText ? JSON.stringify(whole) : whole };
		}
		if (each.kind === 'add') return { ...object, [each.name]: each.value as string };
		const index = each.at % entries.length;
		return Object.fromEntries(
			entries.map(([key, old], position) =>
				position !== index
					? [key, old]
					: each.kind === 'replace'
						? [key, each.value]
						: [each.spelled(key), old],
			),
		) as IDataObject;
	};
	return fc
		.tuple(fc.constantFrom(...pushes), fc.array(change, { maxLength: 4 }))
		.map(([pushed, changes]) => changes.reduce(changed, pushed));
}
