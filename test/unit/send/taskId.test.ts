import fc from 'fast-check';

import {
	batchTaskId,
	itemTaskId,
	newCampaignId,
	parseTaskId,
} from '../../../nodes/shared/send/taskId';

const campaignOf = (executionId: string) => newCampaignId({ getExecutionId: () => executionId });

describe('a campaign id', () => {
	it.each([
		['the id of its execution', '4821', /^n8n-4821-[\da-f]{6}$/],
		['the last 12 characters of a long one', '1234567890123456', /^n8n-567890123456-[\da-f]{6}$/],
		['"test" when the execution has no id', '', /^n8n-test-[\da-f]{6}$/],
	])('holds %s', (_what, executionId, pattern) => {
		expect(campaignOf(executionId)).toMatch(pattern);
	});

	it('differs between two runs of the same execution', () => {
		expect(campaignOf('4821')).not.toBe(campaignOf('4821'));
	});
});

describe('a task id', () => {
	it.each([
		['n8n-4821-abcdef-c1', { campaignId: 'n8n-4821-abcdef', batch: 1 }],
		['n8n-4821-abcdef-c120', { campaignId: 'n8n-4821-abcdef', batch: 120 }],
		['n8n-4821-abcdef-i0', { campaignId: 'n8n-4821-abcdef', itemIndex: 0 }],
		['n8n-test-012345-i7', { campaignId: 'n8n-test-012345', itemIndex: 7 }],
		['n8n-a-b-c1-012345-c2', { campaignId: 'n8n-a-b-c1-012345', batch: 2 }],
	])('%s leads back to its campaign', (taskId, origin) => {
		expect(parseTaskId(taskId)).toEqual(origin);
	});

	it.each([
		['an empty text', ''],
		['a text of the user', 'order-77'],
		['a campaign id alone', 'n8n-4821-abcdef'],
		['no execution', 'n8n--abcdef-c1'],
		['an execution of 13 characters', 'n8n-1234567890123-abcdef-c1'],
		['a random part of five characters', 'n8n-4821-abcde-c1'],
		['a random part in capital letters', 'n8n-4821-ABCDEF-c1'],
		['another kind of number', 'n8n-4821-abcdef-x1'],
		['no number', 'n8n-4821-abcdef-c'],
		['a negative number', 'n8n-4821-abcdef-c-1'],
		['text before it', 'my n8n-4821-abcdef-c1'],
		['text after it', 'n8n-4821-abcdef-c1 again'],
	])('is none of this package: %s', (_what, taskId) => {
		expect(parseTaskId(taskId)).toBeUndefined();
	});

	// Numbers, or the ids of other stores.
	const executionId = fc.oneof(
		fc.nat().map(String),
		fc.uuid(),
		fc.stringMatching(/^[\w-]{0,40}$/),
		fc.constantFrom('c1', '-c1', 'i0-abcdef-i0', 'n8n-1-abcdef-c1'),
	);
	// A run takes a million recipients.
	const number = fc.integer({ min: 0, max: 1_000_000 });

	it('of any execution and number is short enough for InnoPaaS and is read back', () => {
		fc.assert(
			fc.property(executionId, number, (id, count) => {
				const campaignId = campaignOf(id);
				const [batch, item] = [batchTaskId(campaignId, count), itemTaskId(campaignId, count)];
				expect(parseTaskId(batch)).toEqual({ campaignId, batch: count });
				expect(parseTaskId(item)).toEqual({ campaignId, itemIndex: count });
				expect(Math.max(batch.length, item.length)).toBeLessThanOrEqual(32);
			}),
		);
	});
});
