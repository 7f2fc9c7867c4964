import fc from 'fast-check';

import { Batcher, MAX_BYTES, checkLength } from '../../../nodes/shared/send/batch';
import {
	WAITING,
	type OutgoingMessage,
	type Recipient,
} from '../../../nodes/shared/send/recipientState';
import { refusal } from '../../support/refusal';

const message = (taskId = ''): OutgoingMessage => ({
	content: '',
	warnings: [],
	about: {},
	contains: {},
	taskId,
	call: async () => {
		throw new Error('Nothing is sent here');
	},
});
const MESSAGES = [message(), message(), message()];

/** All batches, in the order in which they were opened. */
function toBatches(recipients: Recipient[], maxRecipients: number) {
	const batcher = new Batcher(maxRecipients, 'run');
	const full = recipients.flatMap((recipient) => batcher.add(recipient) ?? []);
	return [...full, ...batcher.rest()].sort(
		(left, right) => Number(left.contains.chunk) - Number(right.contains.chunk),
	);
}

const payloadOf = ({ state }: Recipient) => (state.name === 'ready' ? state.payload : '');
const bytes = (recipients: readonly Recipient[]) =>
	recipients.reduce(
		(sum, recipient) => sum + encodeURIComponent(payloadOf(recipient)).length + '%2C'.length,
		0,
	);

function ready(itemIndex: number, one: OutgoingMessage, payload: string): Recipient {
	return { itemIndex, state: { name: 'ready', message: one, payload, shape: '' } };
}

/** Recipients of any message, short and long, some of which are not sent to. */
const recipients: fc.Arbitrary<Recipient[]> = fc
	.array(
		fc.record({
			message: fc.constantFrom(...MESSAGES),
			payload: fc.option(
				fc.oneof(
					fc.string({ unit: 'grapheme' }),
					fc.constantFrom('x'.repeat(400_000), 'é'.repeat(60_000), '👩'.repeat(40_000)),
				),
				{ nil: undefined, freq: 6 },
			),
		}),
		{ maxLength: 60 },
	)
	.map((all) =>
		all.map(({ message: one, payload }, itemIndex) =>
			payload === undefined ? { itemIndex, state: WAITING } : ready(itemIndex, one, payload),
		),
	);

describe('batches', () => {
	it('hold everyone who is ready exactly once, in order, with others of the same message, within both limits', () => {
		fc.assert(
			fc.property(recipients, fc.integer({ min: 1, max: 12 }), (all, most) => {
				const batches = toBatches(all, most);
				const sent = all.filter(({ state }) => state.name === 'ready');
				const inBatches = batches.flatMap((batch) => batch.recipients);
				expect(inBatches).toHaveLength(sent.length);
				expect(new Set(inBatches)).toEqual(new Set(sent));
				for (const each of MESSAGES) {
					const own = batches.filter((batch) => batch.message === each);
					expect(own.flatMap((batch) => batch.recipients)).toEqual(
						sent.filter(({ state }) => state.name === 'ready' && state.message === each),
					);
				}
				batches.forEach((batch, index) => {
					expect(batch.contains.chunk).toBe(index + 1);
					expect(batch.taskId).toBe(`run-c${index + 1}`);
					expect(batch.recipients.every(({ state }) => state.message === batch.message)).toBe(true);
					expect(batch.recipients.length).toBeGreaterThan(0);
					expect(batch.recipients.length).toBeLessThanOrEqual(most);
					expect(bytes(batch.recipients)).toBeLessThanOrEqual(MAX_BYTES);
				});
			}),
			{ numRuns: 100 },
		);
	});

	it('are as few as the limits allow', () => {
		fc.assert(
			fc.property(recipients, fc.integer({ min: 1, max: 12 }), (all, most) => {
				for (const each of MESSAGES) {
					const own = toBatches(all, most).filter((batch) => batch.message === each);
					own.slice(1).forEach((batch, index) => {
						const before = own[index].recipients;
						expect(
							before.length === most || bytes([...before, batch.recipients[0]]) > MAX_BYTES,
						).toBe(true);
					});
				}
			}),
			{ numRuns: 50 },
		);
	});

	it("take a task id for each, or the message's own", () => {
		const own = message('spring');
		const four = [own, own, MESSAGES[0], own].map((each, itemIndex) =>
			ready(itemIndex, each, '{}'),
		);
		expect(
			toBatches(four, 2).map(({ contains, taskId, recipients: { length } }) => [
				contains,
				taskId,
				length,
			]),
		).toEqual([
			[{ campaignId: 'spring', chunk: 1 }, 'spring', 2],
			[{ campaignId: 'run', chunk: 2 }, 'run-c2', 1],
			[{ campaignId: 'spring', chunk: 3 }, 'spring', 1],
		]);
	});

	it('are none for nobody', () => {
		expect(toBatches([], 1000)).toEqual([]);
		const settled: Recipient = {
			itemIndex: 1,
			state: { name: 'settled', result: { outcome: 'accepted', json: {} } },
		};
		expect(toBatches([{ itemIndex: 0, state: WAITING }, settled], 1000)).toEqual([]);
	});
});

describe('the length of a recipient', () => {
	const room = MAX_BYTES - '%2C'.length;

	it.each([
		['plain letters', 'x', 1],
		['letters that take two bytes', 'é', 6],
		['letters that take three', '中', 9],
		['emoji, which are two letters to JavaScript', '😀', 12],
	])('may fill a call, and not be a byte longer: %s', (_what, letter, each) => {
		const fitting = letter.repeat(Math.floor(room / each)) + 'x'.repeat(room % each);
		expect(encodeURIComponent(fitting)).toHaveLength(room);
		expect(() => checkLength(fitting)).not.toThrow();
		expect(toBatches([ready(0, MESSAGES[0], fitting)], 1000)).toHaveLength(1);

		const { title, advice, notSentCause } = refusal(() => checkLength(`${fitting}x`));
		expect(title).toBe('The values of this recipient are too long');
		expect(advice).toBe(
			'They take 1,000,001 bytes; a call holds 1,000,000. Look for a field with a whole file in it.',
		);
		expect(notSentCause).toBe('invalidField');
	});
});
