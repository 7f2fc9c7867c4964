import { codeIn, reasonFor } from '../../../nodes/shared/webhook/failureReasons';

/** Codes with which messages fail, of Meta's list for the Cloud API; those of setting up an account left out. */
const CODES = [
	'368',
	'80007',
	'130429',
	'130472',
	'130497',
	'131000',
	'131005',
	'131008',
	'131009',
	'131016',
	'131021',
	'131026',
	'131031',
	'131037',
	'131042',
	'131045',
	'131047',
	'131048',
	'131049',
	'131050',
	'131051',
	'131052',
	'131053',
	'131056',
	'131057',
	'132000',
	'132001',
	'132005',
	'132007',
	'132012',
	'132015',
	'132016',
	'132068',
	'132069',
	'133004',
	'133010',
	'135000',
];

describe('the reason why a message failed', () => {
	it.each(CODES)('is in plain words for %s', (code) => {
		const reason = reasonFor(code, `${code}: What the vendor says`)!;
		expect(reason).not.toContain('What the vendor says');
		expect(reason).toMatch(/^[A-Z].*\.$/);
		expect(reason).not.toMatch(/\b(error|problem|failure|mistake)s?\b/i);
	});

	it.each<[string | undefined, string | undefined, string | undefined]>([
		['999999', '999999: What the vendor says', 'What the vendor says'],
		['999999', 'What the vendor says', 'What the vendor says'],
		[undefined, 'What the vendor says', 'What the vendor says'],
		['999999', undefined, undefined],
		[undefined, undefined, undefined],
		['toString', 'x', 'x'],
		['__proto__', undefined, undefined],
	])('is the vendor’s own else: %j, %j', (code, description, reason) => {
		expect(reasonFor(code, description)).toBe(reason);
	});

	it.each<[string | undefined, string | undefined, string | undefined]>([
		['131026', '131047: x', '131026'],
		[undefined, '131047:x', '131047'],
		[undefined, '368 : x', '368'],
		[undefined, 'see 131047: x', undefined],
		[undefined, '12:30 is too late', undefined],
		[undefined, '1: x', undefined],
		[undefined, '', undefined],
		[undefined, undefined, undefined],
	])('has its code from %j and %j: %s', (code, description, expected) => {
		expect(codeIn(code, description)).toBe(expected);
	});
});
