import fc from 'fast-check';
import { parseExact } from '../../../nodes/shared/parameters/json';

const MANY = '1234567890123456789';

test.each([
	[MANY, MANY],
	[`-${MANY}`, `-${MANY}`],
	[`{"id":${MANY}}`, { id: MANY }],
	[`{"id" :\n-${MANY} }`, { id: `-${MANY}` }],
	[`[${MANY},${MANY},\t${MANY}]`, [MANY, MANY, MANY]],
	[`{"text":"id: ${MANY}, \\"[${MANY}]"}`, { text: `id: ${MANY}, "[${MANY}]` }],
	[`{"ms":1795343128993,"x":1.5e20}`, { ms: 1795343128993, x: 1.5e20 }],
])('%s keeps every digit of its whole numbers', (text, value) => {
	expect(parseExact(text)).toEqual(value);
});

test('what has no such number is read as JSON.parse reads it, however it is written', () => {
	fc.assert(
		fc.property(fc.jsonValue(), fc.constantFrom(0, 1, '\t'), (value, space) => {
			const text = JSON.stringify(
				value,
				(_name, part) => (typeof part === 'number' ? Math.trunc(part % 1e15) : part),
				space,
			);
			expect(parseExact(text)).toEqual(JSON.parse(text));
		}),
	);
});
