import fc from 'fast-check';

import {
	Chunker,
	MAX_BYTES,
	checkLength,
	type MassMessage,
	type Place,
} from '../../../nodes/shared/send/batches';
import { refusal } from '../../support/refusal';

const message = (key: string, taskId = ''): MassMessage => ({
	content: '',
	warnings: [],
	about: {},
	contains: {},
	taskId,
	key,
	call: async () => {
		throw new Error('Nothing is sent here');
	},
});
const MESSAGES = ['a', 'b', 'c'].map((key) => message(key));

/** All chunks, by their numbers. */
function toChunks(all: Place[], most: number, taskIds: typeof taskIdOf) {
	const chunker = new Chunker(most, taskIds);
	const full = all.flatMap((place) => chunker.add(place) ?? []);
	return [...full, ...chunker.rest()].sort((left, right) => left.number - right.number);
}

const taskIdOf = ({ key, taskId }: MassMessage, chunk: number) => taskId || `${key}-${chunk}`;
const bytes = (places: readonly Place[]) =>
	places.reduce((sum, { json = '' }) => sum + encodeURIComponent(json).length + '%2C'.length, 0);

/** Recipients of any message, short and long, some of which are not sent to. */
const places: fc.Arbitrary<Place[]> = fc
	.array(
		fc.record({
			message: fc.option(fc.constantFrom(...MESSAGES), { nil: undefined }),
			json: fc.option(
				fc.oneof(
					fc.string({ unit: 'grapheme' }),
					fc.constantFrom('x'.repeat(400_000), 'é'.repeat(60_000), '👩'.repeat(40_000)),
				),
				{ nil: undefined, freq: 6 },
			),
		}),
		{ maxLength: 60 },
	)
	.map((all) => all.map((place, itemIndex) => ({ ...place, itemIndex })));

describe('chunks', () => {
	it('hold whoever is to be sent to exactly once, in order, with others of the same message, within both limits', () => {
		fc.assert(
			fc.property(places, fc.integer({ min: 1, max: 12 }), (all, most) => {
				const chunks = toChunks(all, most, taskIdOf);
				const sent = all.filter((place) => place.message && place.json !== undefined);
				const inChunks = chunks.flatMap((chunk) => chunk.places);
				expect(inChunks).toHaveLength(sent.length);
				expect(new Set(inChunks)).toEqual(new Set(sent));
				for (const each of MESSAGES) {
					const own = chunks.filter((chunk) => chunk.message === each);
					expect(own.flatMap((chunk) => chunk.places)).toEqual(
						sent.filter((place) => place.message === each),
					);
				}
				chunks.forEach((chunk, index) => {
					expect(chunk.number).toBe(index + 1);
					expect(chunk.taskId).toBe(`${chunk.message.key}-${index + 1}`);
					expect(chunk.places.every((place) => place.message === chunk.message)).toBe(true);
					expect(chunk.places.length).toBeGreaterThan(0);
					expect(chunk.places.length).toBeLessThanOrEqual(most);
					expect(bytes(chunk.places)).toBeLessThanOrEqual(MAX_BYTES);
				});
			}),
			{ numRuns: 100 },
		);
	});

	it('are as few as the limits allow', () => {
		fc.assert(
			fc.property(places, fc.integer({ min: 1, max: 12 }), (all, most) => {
				for (const each of MESSAGES) {
					const own = toChunks(all, most, taskIdOf).filter((chunk) => chunk.message === each);
					own.slice(1).forEach((chunk, index) => {
						const before = own[index].places;
						expect(before.length === most || bytes([...before, chunk.places[0]]) > MAX_BYTES).toBe(
							true,
						);
					});
				}
			}),
			{ numRuns: 50 },
		);
	});

	it("take a task id for each, or the message's own", () => {
		const own = message('d', 'spring');
		const four = [own, own, MESSAGES[0], own].map((each, itemIndex): Place => ({
			itemIndex,
			message: each,
			json: '{}',
		}));
		expect(
			toChunks(four, 2, taskIdOf).map(({ number, taskId, places: { length } }) => [
				number,
				taskId,
				length,
			]),
		).toEqual([
			[1, 'spring', 2],
			[2, 'a-2', 1],
			[3, 'spring', 1],
		]);
	});

	it('are none for nobody', () => {
		expect(toChunks([], 1000, taskIdOf)).toEqual([]);
		expect(
			toChunks(
				[{ itemIndex: 0 }, { itemIndex: 1, message: MESSAGES[0] }, { itemIndex: 2, json: '{}' }],
				1000,
				taskIdOf,
			),
		).toEqual([]);
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
		expect(
			toChunks([{ itemIndex: 0, message: MESSAGES[0], json: fitting }], 1000, taskIdOf),
		).toHaveLength(1);

		const { title, advice, notSentCause } = refusal(() => checkLength(`${fitting}x`));
		expect(title).toBe('The values of this recipient are too long');
		expect(advice).toBe(
			'They take 1,000,001 bytes; a call holds 1,000,000. Look for a field with a whole file in it.',
		);
		expect(notSentCause).toBe('invalidField');
	});
});
