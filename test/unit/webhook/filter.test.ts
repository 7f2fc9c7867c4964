import type { IDataObject } from 'n8n-workflow';

import { properties } from '../../../nodes/ChatAppReceiptTrigger/ChatAppReceiptTriggerDescription';
import type { ChatAppEvent } from '../../../nodes/shared/webhook/event';
import { filterIssue, matchesFilter, readFilter } from '../../../nodes/shared/webhook/filter';

const ALL_STATUSES = ['sent', 'delivered', 'read', 'failed', 'deleted', 'subscribe', 'unsubscribe'];
const ALL_TYPES = [
	'audio',
	'buttonReply',
	'contacts',
	'document',
	'image',
	'interactive',
	'location',
	'order',
	'sticker',
	'text',
	'video',
];

const STATUS = {
	event: 'messageStatus',
	status: 'delivered',
	messageId: '1',
	taskId: 'spring-2026-1',
	from: '6580001111',
	to: '6591234567',
	custSpaceId: 'cams-a',
	api: 'cams',
};
const INBOUND = {
	event: 'inboundMessage',
	messageType: 'text',
	from: '6591234567',
	to: '6580001111',
	api: 'cams',
};
const OUTBOUND = { ...INBOUND, event: 'outboundMessage', from: '6580001111', to: '6591234567' };
const OTHERS = {
	templateEvent: { event: 'templateEvent', status: 'sent' },
	accountEvent: { event: 'accountEvent', status: 'sent' },
	other: { event: 'other' },
};

const ALL_EVENTS = [
	'messageStatus',
	'inboundMessage',
	'outboundMessage',
	'templateEvent',
	'accountEvent',
];

/** Whether the node wants a receipt, with these parameters and options. */
function wants(
	event: IDataObject,
	parameters: IDataObject = {},
	options: IDataObject = {},
): boolean {
	const all: IDataObject = {
		triggerOn: [...ALL_EVENTS, 'other'],
		statuses: ['all'],
		messageTypes: ['all'],
		...parameters,
	};
	return matchesFilter(
		event as ChatAppEvent,
		readFilter((name) => all[name], options),
	);
}

const wanted = (receipts: IDataObject[], parameters: IDataObject, options?: IDataObject) =>
	receipts.filter((each) => wants(each, parameters, options));

describe('what starts the workflow', () => {
	it.each(ALL_EVENTS)('is %s, alone', (event) => {
		const { templateEvent, accountEvent } = OTHERS;
		const all: IDataObject[] = [STATUS, INBOUND, OUTBOUND, templateEvent, accountEvent];
		expect(wanted(all, { triggerOn: [event] }).map((each) => each.event)).toEqual([event]);
		expect(
			wanted(all, { triggerOn: ALL_EVENTS.filter((each) => each !== event) }).map(
				(each) => each.event,
			),
		).toEqual(ALL_EVENTS.filter((each) => each !== event));
	});

	it('is what nobody knows only where it is chosen', () => {
		for (const triggerOn of [[], ['messageStatus'], ALL_EVENTS])
			expect(wants(OTHERS.other, { triggerOn })).toBe(false);
		const chosen = { triggerOn: ['other'], statuses: ['read'], messageTypes: ['text'] };
		expect(wants(OTHERS.other, chosen)).toBe(true);
		expect(wants(STATUS, chosen)).toBe(false);
	});

	it.each([INBOUND, OUTBOUND])('is by its type a message $event', (message) => {
		expect(wants(message, { messageTypes: ['text'] })).toBe(true);
		expect(wants(message, { messageTypes: ['image', 'other'] })).toBe(false);
	});

	it.each<[string[], string[]]>([
		[['all'], [...ALL_STATUSES, 'somethingnew']],
		[[], [...ALL_STATUSES, 'somethingnew']],
		[['failed'], ['failed']],
		[['unsubscribe'], ['unsubscribe']],
		[['other'], ['somethingnew']],
		[
			['failed', 'other'],
			['failed', 'somethingnew'],
		],
		[
			['delivered', 'read'],
			['delivered', 'read'],
		],
		[
			['all', 'read'],
			[...ALL_STATUSES, 'somethingnew'],
		],
	])('with the statuses %j is %j', (statuses, expected) => {
		const receipts = [...ALL_STATUSES, 'somethingnew'].map((status) => ({
			...STATUS,
			status,
		}));
		expect(wanted(receipts, { statuses }).map(({ status }) => status)).toEqual(expected);
		expect(wants({ ...STATUS, status: undefined }, { statuses })).toBe(
			expected.includes('somethingnew'),
		);
	});

	it.each<[string[], string[]]>([
		[['all'], [...ALL_TYPES, 'system', 'reaction']],
		[[], [...ALL_TYPES, 'system', 'reaction']],
		[['text'], ['text']],
		[['other'], ['system', 'reaction']],
		[
			['image', 'buttonReply'],
			['buttonReply', 'image'],
		],
	])('with the message types %j is %j', (messageTypes, expected) => {
		const receipts = [...ALL_TYPES, 'system', 'reaction'].map((messageType) => ({
			...INBOUND,
			messageType,
		}));
		expect(wanted(receipts, { messageTypes }).map(({ messageType }) => messageType)).toEqual(
			expected,
		);
	});

	it('of a status or type asks only for its own kind', () => {
		const parameters = { statuses: ['read'], messageTypes: ['image'] };
		expect(wants(OTHERS.templateEvent, parameters)).toBe(true);
		expect(wants({ ...INBOUND, messageType: 'image', status: 'sent' }, parameters)).toBe(true);
		expect(wants({ ...STATUS, status: 'read', messageType: 'text' }, parameters)).toBe(true);
	});

	it.each(['statuses', 'messageTypes'])('knows every one of the list %s', (name) => {
		const { options } = properties.find((each) => each.name === name)!;
		const values = options!
			.map((option) => ('value' in option ? option.value : undefined))
			.filter((value) => value !== 'all');
		expect([...values].sort()).toEqual(
			[...(name === 'statuses' ? ALL_STATUSES : ALL_TYPES), 'other'].sort(),
		);
	});
});

describe.each<[string, Record<string, boolean>, IDataObject]>([
	[
		'filterCustSpaceIds',
		{
			'cams-a': true,
			'cams-b, cams-a': true,
			'cams-b\ncams-a': true,
			'cams-': false,
			'cams-A': false,
			'cams-b': false,
			'': true,
			' , ': true,
		},
		STATUS,
	],
	[
		'filterFrom',
		{
			'6580001111': true,
			'+65 8000-1111': true,
			'(65) 80001111, 6580002222': true,
			'whatsapp:+6580001111': true,
			'0065 8000 1111': true,
			"'+65\u20118000\u200b1111": true,
			'１,６５８０００１１１１': true,
			'US.1349, 6580001111': true,
			'US.1349': false,
			'1. +6580001111': false,
			'658000111': false,
			'65800011112': false,
			'6591234567': false,
			'': true,
		},
		STATUS,
	],
	[
		'filterTo',
		{
			'65': true,
			'+65 9123': true,
			'0065': true,
			'(65)': true,
			'tel:+65\u200b': true,
			'1. +65': false,
			'66, 65': true,
			'6591234567': true,
			'66': false,
			'5': false,
			'65912345678': false,
			'': true,
		},
		STATUS,
	],
	[
		'filterTaskId',
		{
			spring: true,
			'summer, spring-2026-': true,
			Spring: false,
			pring: false,
			'spring-2026-11': false,
			'': true,
		},
		STATUS,
	],
])('the option %s', (option, cases, event) => {
	it.each(Object.entries(cases))('%j: %s', (value, expected) => {
		expect(wants(event, {}, { [option]: value })).toBe(expected);
		expect(wants(event, {}, { [option]: value.split(',') })).toBe(expected);
	});

	it(
		option === 'filterTaskId'
			? 'leaves out statuses that name none'
			: 'leaves out nothing that names none',
		() => {
			const bare = { event: 'messageStatus', status: 'delivered', messageId: '1', api: 'cams' };
			expect(wants(bare, {}, { [option]: '77' })).toBe(option !== 'filterTaskId');
			expect(wants(bare, {}, { [option]: '' })).toBe(true);
			for (const other of [
				{ event: 'inboundMessage', messageType: 'text' },
				...Object.values(OTHERS),
			])
				expect(wants(other, {}, { [option]: '77' })).toBe(true);
		},
	);
});

it('an inbound message and other events are asked for no task id', () => {
	for (const other of [INBOUND, ...Object.values(OTHERS)]) {
		expect(wants(other, {}, { filterTaskId: 'spring' })).toBe(true);
		expect(wants({ ...other, taskId: 'summer-1' }, {}, { filterTaskId: 'spring' })).toBe(true);
	}
});

it('what names another one is left out, whatever it is', () => {
	for (const [option, name] of [
		['filterCustSpaceIds', 'custSpaceId'],
		['filterFrom', 'from'],
		['filterTo', 'to'],
	]) {
		for (const other of [STATUS, INBOUND, ...Object.values(OTHERS)]) {
			expect(wants({ ...other, [name]: '66' }, {}, { [option]: '77' })).toBe(false);
			expect(wants({ ...other, [name]: '77' }, {}, { [option]: '77' })).toBe(true);
		}
	}
});

it('a sender or recipient that is no plain number is compared as it is written', () => {
	for (const id of ['my-brand (SG)', '+65 8000-1111', 'a b']) {
		expect(wants({ ...STATUS, from: id }, {}, { filterFrom: id })).toBe(true);
		expect(wants({ ...STATUS, to: id }, {}, { filterTo: id })).toBe(true);
	}
});

it('several options all have to fit', () => {
	expect(
		wants(
			STATUS,
			{},
			{
				filterFrom: '6580001111',
				filterTo: '65',
				filterTaskId: 'spring',
				filterCustSpaceIds: 'cams-a',
			},
		),
	).toBe(true);
	for (const wrong of [
		{ filterFrom: '1' },
		{ filterTo: '1' },
		{ filterTaskId: '1' },
		{ filterCustSpaceIds: '1' },
	]) {
		expect(
			wants(
				STATUS,
				{},
				{
					filterFrom: '6580001111',
					filterTo: '65',
					filterTaskId: 'spring',
					filterCustSpaceIds: 'cams-a',
					...wrong,
				},
			),
		).toBe(false);
	}
});

describe('a sender without a phone number', () => {
	const { from, ...nobody } = INBOUND;
	const user = { fromUserId: 'US.13491208655302741918', fromParentUserId: 'US.ENT.118' };

	it.each([
		['US.13491208655302741918', true],
		['US.ENT.118', true],
		['+65 9123 4567, US.ENT.118', true],
		['us.13491208655302741918', false],
		[from, false],
	])('is chosen by %s: %s', (filterFrom, expected) => {
		expect(wants({ ...nobody, ...user }, {}, { filterFrom })).toBe(expected);
	});

	it('is chosen by either, where both are known', () => {
		for (const filterFrom of [from, 'US.ENT.118'])
			expect(wants({ ...INBOUND, ...user }, {}, { filterFrom })).toBe(true);
	});
});

describe.each([
	['filterFrom', 'Only From'],
	['filterTo', 'Only To Starting With'],
])('an entry of %s', (option, label) => {
	it.each([
		'1. +6591234567',
		'+212522940770/74',
		'+65 9123 4567 (2)',
		'2026-11-28',
		'6.59E+09',
		'65#91',
		'٦٥٩١٢٣',
	])('%s is refused, with the reason', (entry) => {
		expect(filterIssue({ [option]: `65, ${entry}` })).toEqual({
			title: `${label} contains an entry that is neither a number nor a user ID`,
			advice: expect.stringContaining(entry),
		});
	});

	it.each([
		undefined,
		'',
		'65',
		'+65 9123-4567',
		'whatsapp:+65',
		'US.1349',
		'my-brand (SG)',
		'17841400000000001',
	])('%s is taken', (entry) => {
		expect(filterIssue({ [option]: entry })).toBeUndefined();
	});
});
