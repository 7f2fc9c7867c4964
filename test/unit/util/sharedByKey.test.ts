import { sharedByKey } from '../../../nodes/shared/util/sharedByKey';
import { collectGarbage, megabytesLeftBy, stillHeld } from '../../support/garbage';

class Thing {
	isIdle = false;
	readonly payload: string[];
	constructor(readonly key: string) {
		this.payload = Array.from({ length: 1_000 }, (_, index) => `${key} ${index}`);
	}
}

const shared = () => {
	const things = sharedByKey((thing: Thing) => thing.isIdle);
	return (key: string) => things(key, () => new Thing(key));
};

describe('an object that is shared by its key', () => {
	it('is the same for everyone', () => {
		const get = shared();
		expect(get('a')).toBe(get('a'));
		expect(get('a')).not.toBe(get('b'));
		expect(get('__proto__').key).toBe('__proto__');
	});

	it.each([
		[false, false, 1],
		[true, false, 0],
		[false, true, 1],
		[true, true, 1],
	])(
		'idle: %s, somebody holds it: %s, and when another key comes, %i is left',
		async (isIdle, isHeld, left) => {
			const get = shared();
			const begin = () => {
				const thing = get('a');
				thing.isIdle = isIdle;
				return { weak: new WeakRef(thing), holder: isHeld ? thing : undefined };
			};
			const { weak, holder } = begin();
			get('b');
			expect(await stillHeld([weak], left)).toBe(left);
			if (left > 0) expect(get('a')).toBe(weak.deref());
			else expect(get('a').isIdle).toBe(false);
			expect(holder?.key).toBe(isHeld ? 'a' : undefined);
		},
	);

	it('is kept again when it is used again, after it was idle', async () => {
		const get = shared();
		const useAgain = () => {
			const thing = get('a');
			thing.isIdle = true;
			get('b');
			get('a').isIdle = false;
			return new WeakRef(thing);
		};
		const weak = useAgain();
		get('c');
		await collectGarbage();
		expect(get('a')).toBe(weak.deref());
	});

	it('leaves nothing behind, however many keys come and go', async () => {
		const get = shared();
		const left = await megabytesLeftBy(async () => {
			for (let index = 0; index < 500; index++) {
				get(`key ${index}`).isIdle = true;
				if (index % 100 === 0) await collectGarbage();
			}
			get('last');
		});
		expect(left).toBeLessThan(5);
		expect(get('last').key).toBe('last');
	});
});
