import type { IDataObject, INode } from 'n8n-workflow';

import { CAMS_ERRORS } from '../../../nodes/shared/apis/cams/errors';
import { buildHints, type HintContext } from '../../../nodes/shared/send/hints';
import { buildRunError } from '../../../nodes/shared/send/nodeError';
import { buildOutputs, type OutputMode } from '../../../nodes/shared/send/output';
import type { SettledRecipient } from '../../../nodes/shared/send/recipientState';
import {
	resultFromAnswer,
	resultFromIssue,
	type Outcome,
	type Result,
} from '../../../nodes/shared/send/result';
import { told, type MassReport } from '../../../nodes/shared/send/summary';
import { UserIssue, type NotSentCause } from '../../../nodes/shared/util/userIssue';
import { pattern } from '../../support/pattern';

const node = {
	id: 'n',
	name: 'Mass',
	type: 'camsMassSend',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
} as INode;

const ABOUT = { api: 'cams', from: '65', channelType: 'whatsapp' };
const SENT_AT = '2026-11-22T03:00:00.000Z';
const sending = (chunk: number) => ({
	about: ABOUT,
	contains: { campaignId: 'n8n-1', chunk, templateCode: 't', language: 'en' },
	taskId: `n8n-1-c${chunk}`,
});

const accepted = (chunk: number): Result => ({
	...resultFromAnswer(
		{ outcome: 'accepted', body: {}, groupMessageId: `g${chunk}`, requestId: `R${chunk}` },
		sending(chunk),
		SENT_AT,
		CAMS_ERRORS,
	),
	durationMs: 100 + chunk,
});
const rejected = (chunk: number, code = 'DetailError.TemplateNotExist'): Result =>
	resultFromAnswer(
		{ outcome: 'rejected', code, message: '', httpStatus: 400, requestId: `R${chunk}` },
		sending(chunk),
		SENT_AT,
		CAMS_ERRORS,
	);
const unknown = (chunk: number): Result =>
	resultFromAnswer(
		{ outcome: 'unknown', cause: 'connectionLost' },
		sending(chunk),
		SENT_AT,
		CAMS_ERRORS,
	);
const throttled = (chunk: number): Result =>
	resultFromAnswer(
		{ outcome: 'retryLater', cause: 'throttled', code: 'Throttling.User', message: '' },
		sending(chunk),
		SENT_AT,
		CAMS_ERRORS,
	);
const notSent = (title: string, cause: NotSentCause = 'invalidRecipient'): Result =>
	resultFromIssue(new UserIssue(title, 'Mend it.', cause), {
		api: 'cams',
		channelType: 'whatsapp',
	});

const settled = (result: Outcome, itemIndex: number): SettledRecipient => ({
	itemIndex,
	to: `to${itemIndex}`,
	state: { name: 'settled', result },
});

interface Given extends MassReport {
	recipients: SettledRecipient[];
}

/** Recipients 0, 1, 2 ... with these results; those of one call share theirs. */
function report(results: Outcome[], more: Partial<MassReport> = {}): Given {
	const recipients = results.map(settled);
	const requests = new Set(
		results.map(({ json }) => json.chunk).filter((chunk) => chunk !== undefined),
	).size;
	return {
		api: 'cams',
		campaignId: 'n8n-1',
		recipients,
		...told(recipients),
		requests,
		durationMs: 412,
		...more,
	};
}

const times = (count: number, result: Result) => Array<Result>(count).fill(result);
const outputsOf = (given: Given, mode: OutputMode, isTool = false) =>
	buildOutputs(given, given.recipients, { mode, isTool, leavesOutEarlier: false });
const jsonOf = (given: Given, mode: OutputMode, isTool = false) =>
	outputsOf(given, mode, isTool).map((items) => items.map(({ json }) => json));

const MIXED = [
	...times(2, accepted(1)),
	...times(3, rejected(2)),
	notSent('To is empty'),
	...times(2, unknown(3)),
	notSent('Same recipient as an earlier one', 'duplicate'),
	...times(1, throttled(4)),
	accepted(5),
];

describe('one item per recipient', () => {
	it('has the outcome first, then whom it went to, and pairs to its item', () => {
		const [good, bad] = outputsOf(report(MIXED), 'recipient', false);
		expect(good.map(({ json, pairedItem }) => [json.to, pairedItem])).toEqual([
			['to0', { item: 0 }],
			['to1', { item: 1 }],
			['to10', { item: 10 }],
		]);
		expect(bad.map(({ json: { outcome, to } }) => [outcome, to])).toEqual([
			...[2, 3, 4].map((index) => ['rejected', `to${index}`]),
			['notSent', 'to5'],
			...[6, 7].map((index) => ['unknown', `to${index}`]),
			['notSent', 'to8'],
			['notSent', 'to9'],
		]);
		expect(Object.keys(good[0].json)).toEqual([
			'outcome',
			'to',
			'campaignId',
			'chunk',
			'templateCode',
			'language',
			'sentAt',
			'api',
			'from',
			'channelType',
			'groupMessageId',
			'taskId',
			'requestId',
		]);
		expect(bad[0].json).toMatchObject({
			cause: 'apiRefused',
			code: 'DetailError.TemplateNotExist',
			requestId: 'R2',
			chunk: 2,
		});
	});

	it('has the entry of a list beside it, whatever that is, and nothing undefined', () => {
		const given = report([notSent('The entry is not an object', 'invalidField')]);
		Object.assign(given.recipients[0], { to: undefined, entryIndex: 0, entry: null });
		const [{ json, pairedItem }] = outputsOf(given, 'recipient')[1];
		expect(json).toMatchObject({ entryIndex: 0, entry: null });
		expect(json).not.toHaveProperty('to');
		expect(pairedItem).toEqual({ item: 0 });
	});

	it('does not write into the result that others share', () => {
		const shared = accepted(1);
		const before = JSON.stringify(shared);
		outputsOf(report([shared, shared]), 'recipient', false);
		expect(JSON.stringify(shared)).toBe(before);
	});

	it('puts all into the first output for a tool, in the order of the input', () => {
		const [all, none] = jsonOf(report(MIXED), 'recipient', true);
		expect(all.map(({ to }) => to)).toEqual(MIXED.map((_result, index) => `to${index}`));
		expect(none).toEqual([]);
	});
});

describe('one item per chunk', () => {
	it('tells of each call, and by cause of those who were in none', () => {
		const [good, bad] = jsonOf(report(MIXED), 'chunk');
		expect(
			good.map(({ chunk, recipients, accepted: count, durationMs, sentAt, groupMessageId }) => [
				chunk,
				recipients,
				count,
				durationMs,
				sentAt,
				groupMessageId,
			]),
		).toEqual([
			[1, 2, 2, 101, SENT_AT, 'g1'],
			[5, 1, 1, 105, SENT_AT, 'g5'],
		]);
		expect(good.some((json) => 'to' in json)).toBe(false);
		expect(
			bad.map(
				({ outcome, chunk, cause, recipients, rejected: no, notSent: not, unknown: maybe, to }) => [
					outcome,
					chunk,
					cause,
					recipients,
					[no, not, maybe],
					to,
				],
			),
		).toEqual([
			['rejected', 2, 'apiRefused', 3, [3, 0, 0], ['to2', 'to3', 'to4']],
			['notSent', undefined, 'invalidRecipient', 1, [0, 1, 0], ['to5']],
			['unknown', 3, 'connectionLost', 2, [0, 0, 2], ['to6', 'to7']],
			['notSent', undefined, 'duplicate', 1, [0, 1, 0], ['to8']],
			['notSent', 4, 'gaveUp', 1, [0, 1, 0], ['to9']],
		]);
		expect(bad.every(({ reason }) => typeof reason === 'string')).toBe(true);
		expect([...good, ...bad].reduce((sum, { recipients }) => sum + Number(recipients), 0)).toBe(
			MIXED.length,
		);
	});

	it('pairs to all items of its recipients, each once', () => {
		const given = report(times(4, accepted(1)));
		given.recipients.forEach((recipient, index) =>
			Object.assign(recipient, { itemIndex: Math.floor(index / 2), entryIndex: index % 2 }),
		);
		expect(outputsOf(given, 'chunk')[0][0].pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
	});

	it('leaves the calls with equal results apart', () => {
		expect(jsonOf(report([rejected(1), rejected(2)]), 'chunk')[1]).toHaveLength(2);
	});
});

describe('the summary', () => {
	it('is one item on Accepted, and one on Not Accepted with the recipients', () => {
		const [[good], [bad]] = jsonOf(report(MIXED), 'summary');
		const counts = {
			api: 'cams',
			campaignId: 'n8n-1',
			recipients: 11,
			accepted: 3,
			rejected: 3,
			notSent: 3,
			unknown: 2,
			requests: 5,
			durationMs: 412,
			taskIds: [1, 2, 3, 4, 5].map((chunk) => `n8n-1-c${chunk}`),
		};
		expect(good).toMatchObject(counts);
		expect(bad).toMatchObject(counts);
		const told = (json: IDataObject) =>
			(json.reasons as IDataObject[]).map(({ outcome, cause, code, count, to }) => [
				outcome,
				cause,
				code,
				count,
				to,
			]);
		expect(told(bad)).toEqual([
			['rejected', 'apiRefused', 'DetailError.TemplateNotExist', 3, ['to2', 'to3', 'to4']],
			['unknown', 'connectionLost', undefined, 2, ['to6', 'to7']],
			['notSent', 'invalidRecipient', undefined, 1, ['to5']],
			['notSent', 'duplicate', undefined, 1, ['to8']],
			['notSent', 'gaveUp', 'Throttling.User', 1, ['to9']],
		]);
		expect(told(good).map((row) => row[4])).toEqual(Array(5).fill(undefined));
	});

	it('is one item only when everybody was accepted', () => {
		const [good, bad] = jsonOf(report(times(3, accepted(1))), 'summary');
		expect(good).toMatchObject([{ accepted: 3, reasons: [] }]);
		expect(bad).toEqual([]);
	});

	it('is one item for a tool, with the recipients', () => {
		const [good, bad] = jsonOf(report(MIXED), 'summary', true);
		expect(good).toHaveLength(1);
		expect((good[0].reasons as IDataObject[])[0].to).toEqual(['to2', 'to3', 'to4']);
		expect(bad).toEqual([]);
	});

	it('names every call in doubt, or none, where it says what to look for', () => {
		const [, [bad]] = jsonOf(report([unknown(1), unknown(2), accepted(3)]), 'summary');
		for (const { reason, count } of bad.reasons as IDataObject[]) {
			const named = ['n8n-1-c1', 'n8n-1-c2'].filter((taskId) => String(reason).includes(taskId));
			expect([count, named.length]).not.toEqual([2, 1]);
		}
	});

	it('of a run that only validated says so', () => {
		const good = {
			outcome: 'validated' as const,
			json: { outcome: 'validated', api: 'cams', chunk: 1 },
		};
		const results = [good, good, notSent('To is empty'), notSent('Same', 'duplicate')];
		const given = report(results, { expectedSeconds: 3 });
		const counts = {
			outcome: 'validated',
			api: 'cams',
			recipients: 4,
			valid: 2,
			invalid: 1,
			duplicates: 1,
			requests: 1,
			expectedSeconds: 3,
		};
		const [[all], [bad]] = jsonOf(given, 'summary');
		expect(all).toMatchObject(counts);
		expect(bad).toMatchObject({
			...counts,
			reasons: [
				{ cause: 'invalidRecipient', to: ['to2'] },
				{ cause: 'duplicate', to: ['to3'] },
			],
		});
		expect(jsonOf(given, 'chunk')[0]).toEqual([
			{ outcome: 'validated', api: 'cams', chunk: 1, recipients: 2 },
		]);
	});
});

describe('hints', () => {
	const NO_CONTEXT: HintContext = { retriesOnFail: false, readsLists: true, warnings: [] };
	const hints = (results: Result[], retriesOnFail = false, more?: Partial<MassReport>) =>
		buildHints(report(results, more), { ...NO_CONTEXT, retriesOnFail }).map(({ message, type }) => [
			type,
			message,
		]);

	it.each<[string, Result[], string, string]>([
		['everybody accepted', times(2500, accepted(1)), 'info', '2,500 accepted. In 1 request.'],
		['in several requests', [accepted(1), accepted(2)], 'info', '2 accepted. In 2 requests.'],
		[
			'not everybody',
			[accepted(1), rejected(2)],
			'warning',
			'1 accepted, 1 rejected. Not Accepted says why: 1 "The template does not exist in this language".',
		],
		[
			'nobody',
			times(2, notSent('To is empty')),
			'warning',
			'0 accepted, 2 not sent. Not Accepted says why: 2 invalid recipients.',
		],
	])('%s', (_what, results, type, message) => {
		expect(hints(results)).toEqual([[type, message]]);
	});

	it('name the most frequent causes, and do not pass over the others in silence', () => {
		const causes: NotSentCause[] = [
			'invalidRecipient',
			'missingVariable',
			'invalidField',
			'duplicate',
			'notReached',
		];
		const [[, message]] = hints([
			...causes.map((cause) => notSent('x', cause)),
			...times(90, rejected(1)),
			accepted(2),
		]);
		expect(message).toContain('90 "The template does not exist in this language"');
	});

	it('say that Retry On Fail is not needed, where it is on', () => {
		expect(hints([accepted(1)], true)[1]).toEqual([
			'info',
			'Retry On Fail is on. This node does not need it; recipients who were accepted are not sent to again.',
		]);
	});

	it('of a run that only validated say that nothing was sent', () => {
		expect(hints(times(3, notSent('To is empty')), true, { expectedSeconds: 0 })).toEqual([
			[
				'warning',
				'Nothing was sent: Validate Only is on. ' +
					'0 of 3 recipients can be sent to, in 0 requests, in about 0 s. ' +
					'Not Accepted says why: 3 invalid recipients.',
			],
		]);
	});
});

describe('the error that ends a run', () => {
	const error = (results: Result[], failIfAny = false, more: Partial<MassReport> = {}) => {
		const thrown = buildRunError(node, report(results, more), failIfAny) as
			(Error & { description?: string; context?: IDataObject }) | undefined;
		return (
			thrown && {
				title: thrown.message,
				description: thrown.description ?? '',
				itemIndex: thrown.context?.itemIndex,
			}
		);
	};

	it.each<[string, Result[], boolean]>([
		['everybody was accepted', [accepted(1)], false],
		['everybody was accepted, and Fail If Any Not Accepted', [accepted(1)], true],
		['somebody was accepted', [accepted(1), unknown(2), rejected(3)], false],
		['there was nobody', [], true],
	])('is none when %s', (_when, results, failIfAny) => {
		expect(error(results, failIfAny)).toBeUndefined();
	});

	it('of a single recipient is its own, with its item', () => {
		expect(error([rejected(1)])).toMatchObject({
			title: 'The template does not exist in this language [item 0: to0]',
			description: expect.stringMatching(
				/^Nothing has been sent\. Copy Template .* \(Code DetailError\.TemplateNotExist, request ID R1\)$/,
			),
		});
		expect(error([notSent('To is empty')])).toMatchObject({
			title: 'To is empty [item 0: to0]',
			description: 'Nothing has been sent. Mend it.',
		});
	});

	it('of a single recipient that may have got it does not say that nothing was sent', () => {
		const { title, description } = error([unknown(1)])!;
		expect(title).toBe('It is unknown whether the message was sent [item 0: to0]');
		expect(description).toMatch(
			/^The connection was lost before the response arrived, so the message may have been sent\. .* Task ID n8n-1-c1\.$/,
		);
	});

	it('names the entry of a list', () => {
		const given = report([notSent('To is empty')]);
		Object.assign(given.recipients[0], { itemIndex: 3, entryIndex: 7 });
		expect(buildRunError(node, given, false)?.message).toMatch(
			/^To is empty \[item 3, entry 7: to0\]$/,
		);
	});

	it('of nobody accepted says that it is safe, when it is, and the reasons', () => {
		expect(error([...times(2498, rejected(1)), ...times(2, notSent('To is empty'))])).toEqual({
			title: 'None of 2,500 recipients was accepted',
			description: expect.stringMatching(
				pattern(
					/^Nothing was sent; it is safe to run again\.<br>2,498 rejected: The template does not exist in this language\. /,
					/.*<br>2 invalid recipients: To is empty\. Mend it\.$/,
				),
			),
		});
	});

	it('of nobody known to be accepted names the calls in doubt, and is not safe', () => {
		const { title, description } = error([
			notSent('To is empty'),
			unknown(1),
			unknown(2),
			unknown(3),
			unknown(4),
		])!;
		expect(title).toBe('None of 5 recipients was accepted');
		expect(description).toMatch(
			/^4 may have got it: before you send to them again, look for receipts with Task ID n8n-1-c1, n8n-1-c2, n8n-1-c3 and 1 more\.<br>/,
		);
		expect(description).not.toMatch(/safe|Nothing was sent/);
	});

	it('of some not accepted says who would get it twice', () => {
		const { title, description } = error(
			[...times(3, accepted(1)), rejected(2), unknown(3)],
			true,
		)!;
		expect(title).toBe('2 of 5 recipients were not accepted');
		expect(description).toMatch(
			/^3 were accepted and would get the message again if you run this again; .* 1 may have got it: /,
		);
	});

	it('counts one as one', () => {
		const { title, description } = error([accepted(1), rejected(2)], true)!;
		expect(title).toBe('1 of 2 recipients was not accepted');
		expect(description).toMatch(/^1 was accepted /);
	});
});
