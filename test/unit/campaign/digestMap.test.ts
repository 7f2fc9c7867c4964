import fc from 'fast-check';

import { DigestMap } from '../../../nodes/shared/campaign/digestMap';
import { digestOf } from '../../../nodes/shared/campaign/rows';

describe('a map of digests', () => {
	it('is a Map, whatever the digests are', () => {
		// Of few characters, so that many collide in a slot, and many come twice.
		const digest = fc.oneof(
			fc.string({ unit: fc.constantFrom('\0', '\xff', '\x80', 'a'), minLength: 8, maxLength: 8 }),
			fc.nat(50).map((id) => digestOf('spring', String(id))),
		);
		fc.assert(
			fc.property(
				fc.array(fc.tuple(digest, fc.nat(5)), { size: 'max', maxLength: 3_000 }),
				(entries) => {
					const map = new DigestMap<number>();
					const model = new Map<string, number>();
					for (const [key, value] of entries) {
						expect(map.get(key)).toBe(model.get(key));
						map.set(key, value);
						model.set(key, value);
					}
					expect(map.size).toBe(model.size);
					for (const [key, value] of model) expect(map.get(key)).toBe(value);
					const sorted = (values: Iterable<number>) => [...values].sort();
					expect(sorted(map.values())).toEqual(sorted(model.values()));
				},
			),
			{ numRuns: 50 },
		);
	});

	it('holds hundreds of thousands', () => {
		const map = new DigestMap<number>();
		const digests = Array.from({ length: 300_000 }, (_each, id) => digestOf('spring', `${id}`));
		digests.forEach((digest, id) => map.set(digest, id));
		expect(map.size).toBe(300_000);
		expect(digests.findIndex((digest, id) => map.get(digest) !== id)).toBe(-1);
		expect(map.get(digestOf('spring', 'nobody'))).toBeUndefined();
	});
});
