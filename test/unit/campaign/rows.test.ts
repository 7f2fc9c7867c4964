import fc from 'fast-check';

import {
	digestOf,
	packDigests,
	resultOf,
	unpackDigests,
} from '../../../nodes/shared/campaign/rows';

const keys = fc.uniqueArray(fc.string(), { maxLength: 50 });

describe('digests', () => {
	it('come back out of the table as they went in, in 8 bytes each', () => {
		fc.assert(
			fc.property(fc.string(), keys, (campaign, of) => {
				const digests = of.map((key) => digestOf(campaign, key));
				const packed = packDigests(digests);
				expect(unpackDigests(packed)).toEqual(digests);
				expect(packed).toHaveLength(Math.ceil((digests.length * 8) / 3) * 4);
				expect(new Set(digests).size).toBe(of.length);
			}),
		);
	});

	it('of a thousand recipients take 10,668 characters', () => {
		const digests = Array.from({ length: 1000 }, (_, index) => digestOf('a', String(index)));
		expect(packDigests(digests)).toHaveLength(10_668);
	});

	it('are other ones in another campaign', () => {
		expect(digestOf('a', 'whatsapp/6591234567')).not.toBe(digestOf('b', 'whatsapp/6591234567'));
	});

	it('that somebody has cut are none', () => {
		expect(unpackDigests(packDigests([digestOf('a', 'x')]).slice(0, -4))).toBeUndefined();
	});
});

describe('a result', () => {
	it.each(['', 'no json', 'null', '{'])('that somebody has changed is empty: %j', (result) => {
		expect(resultOf({ result })).toEqual({});
	});
});
