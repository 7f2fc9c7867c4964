import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json';
import parsePhoneNumber from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/types';

import { COUNTRIES, type Country } from '../../../credentials/countries';
import { defaultCountry } from '../../../nodes/shared/parameters/defaultCountry';
import { cleanRecipient } from '../../../nodes/shared/parameters/recipient';
import { UserIssue } from '../../../nodes/shared/util/userIssue';
import { makeTable } from '../../../scripts/countries/table';
import { refusal } from '../../support/refusal';

const countryOf = (code: string) => COUNTRIES.find((each) => each.code === code)!;
const clean = (value: unknown, country: Country | string | undefined, item?: unknown) =>
	cleanRecipient(value, 'whatsapp', {
		country: typeof country === 'string' ? countryOf(country) : country,
		item,
	});

/** What is sent to, or that it is refused. */
function sentTo(value: unknown, country: Country | string | undefined): string {
	try {
		return clean(value, country);
	} catch (error) {
		if (!(error instanceof UserIssue)) throw error;
		return 'refused';
	}
}

it('the table is that of libphonenumber; "npm run countries" generates it', () => {
	const byCode = (left: { code: string }, right: { code: string }) =>
		left.code.localeCompare(right.code);
	expect(COUNTRIES.map((country) => ({ ...country, name: undefined })).sort(byCode)).toEqual(
		makeTable().sort(byCode),
	);
	expect(new Set(COUNTRIES.map(({ name }) => name)).size).toBe(COUNTRIES.length);
});

/** Ways of writing libphonenumber's example that are refused, and why. */
const REFUSED: Record<string, string[]> = {
	// The national form has 0 and 15, the international one 9, in different places.
	AR: ['national, formatted'],
	// 9592123456 is +95 9 212 3456, or +95 9592123456.
	MM: ['with its code'],
};

const EXAMPLES = COUNTRIES.map((country) => {
	const code = country.code as CountryCode;
	return [country.name, country, parsePhoneNumber(examples[code], code)!] as const;
});

describe('the example of a mobile number that libphonenumber has', () => {
	it.each(EXAMPLES)('of %s is completed, once', (name, country, number) => {
		const digits = number.number.slice(1);
		const national = String(number.nationalNumber);
		const written: Record<string, unknown> = {
			national,
			'national, formatted': number.formatNational(),
			'between invisible characters': `\u202a${national}\u202c`,
			'as text in a spreadsheet': `'${national}`,
			'in a list': [national],
			// A number has lost its first zero; see below.
			...(!national.startsWith('0') && { 'as a number': Number(national) }),
			'with its code': digits,
			'with its code, as a number': Number(digits),
			'with plus': number.number,
			'with plus, formatted': number.formatInternational(),
			'with 00': `00${digits}`,
			'as a link': number.getURI(),
		};
		const refused = REFUSED[country.code] ?? [];
		for (const [way, value] of Object.entries(written)) {
			const isRefused = refused.some((each) => way.startsWith(each));
			expect([name, way, sentTo(value, country)]).toEqual([
				name,
				way,
				isRefused ? 'refused' : digits,
			]);
		}
		expect(sentTo(digits, undefined)).toBe(digits);
	});
});

it.each([
	// Country, as written, sent to.
	['SG', '9123 4567', '6591234567'],
	['SG', '9123-4567', '6591234567'],
	['SG', '(65) 9123-4567', '6591234567'],
	['SG', '09123 4567', 'refused'],
	['SG', '912 3456', 'refused'],
	['SG', '6123 4567', 'refused'],
	['SG', '9.1234567E+07', '6591234567'],
	['SG', '60123456789', 'refused'],
	['SG', '+60 12-345 6789', '60123456789'],
	['SG', '0060 12-345 6789', '60123456789'],
	['SG', '9123 4567 (2)', 'refused'],
	['SG', '+65 6123 4567', '6561234567'],
	// A national number that begins with the digits of the country code.
	['IN', '9123456789', '919123456789'],
	['IN', '919123456789', '919123456789'],
	['IN', '09123456789', '919123456789'],
	['IN', '91 09123456789', 'refused'],
	['ID', '0812-3456-789', '628123456789'],
	['ID', '8123456789', '628123456789'],
	['ID', '628123456789', '628123456789'],
	['ID', '62812345678', '62812345678'],
	// North America: the country code is the trunk prefix too; numbers without an area code are refused.
	['US', '(201) 555-0123', '12015550123'],
	['US', '1 (201) 555-0123', '12015550123'],
	['US', '555-0123', 'refused'],
	['US', '1 555-0123', 'refused'],
	['US', '011 65 9123 4567', 'refused'],
	['US', '1234567890', 'refused'],
	// In Italy, the zero of a landline is part of the number.
	['IT', '312 345 6789', '393123456789'],
	['IT', '06 6982 1234', 'refused'],
	['IT', '+39 06 6982 1234', '390669821234'],
	// Mexico's old prefixes, of which only +52 1 is still seen.
	['MX', '55 1234 5678', '525512345678'],
	['MX', '044 55 1234 5678', 'refused'],
	['MX', '01 55 1234 5678', 'refused'],
	['MX', '521 55 1234 5678', 'refused'],
	['MX', '+521 55 1234 5678', '5215512345678'],
	['AR', '9 11 2345 6789', '5491123456789'],
	['AR', '11 2345 6789', 'refused'],
	['AR', '11 15-2345-6789', 'refused'],
	['AR', '54 11 2345 6789', 'refused'],
	['BR', '(11) 96123-4567', '5511961234567'],
	['BR', '011 96123-4567', '5511961234567'],
	['BR', '0 15 11 96123-4567', 'refused'],
	['BR', '(55) 99612-3456', '5555996123456'],
	['BR', '96123-4567', 'refused'],
	['RU', '8 (912) 345-67-89', '79123456789'],
	['RU', '7 912 345-67-89', '79123456789'],
	['HU', '06 20 123 4567', '36201234567'],
	['BY', '8 029 491-19-11', '375294911911'],
	['LT', '8 612 34567', '37061234567'],
	['GB', '07400 123456', '447400123456'],
	['GB', '7400123456', '447400123456'],
	['GB', '+44 (0)7400 123456', 'refused'],
	// Zeros that belong to the number, and that a number of a spreadsheet has lost.
	['CI', '01 23 45 67 89', '2250123456789'],
	['CI', 123456789, 'refused'],
	['CG', 61234567, 'refused'],
	['BJ', 195123456, 'refused'],
])('with %s as default country, %p goes to %s', (code, written, expected) => {
	expect(sentTo(written, code)).toBe(expected);
});

it('a number that is refused says what it should look like, and how to get unstuck', () => {
	expect(refusal(() => clean('60123456789', 'SG'))).toMatchObject({
		title: 'To is not a mobile number of the Default Country, Singapore',
		advice:
			'Got "60123456789". A mobile number there has 8 digits that begin with 8 or 9, after +65 or without it. Start any other number with + and its country code.',
		notSentCause: 'invalidRecipient',
	});
	expect(refusal(() => clean('12345', 'DE')).advice).toContain(
		'10 or 11 digits that begin with 1, after +49',
	);
	expect(refusal(() => clean('12345', 'LA')).advice).toContain(
		'9 digits that begin with 3 or 10 digits that begin with 2, after',
	);
	expect(refusal(() => clean('9592123456', 'MM')).advice).toContain(
		'It can be +959592123456 or +9592123456.',
	);
	expect(refusal(() => clean('09123 4567', undefined)).advice).toContain('Default Country');
});

describe('any number', () => {
	const anyCountry = fc.constantFrom(...COUNTRIES);
	const anyDigits = fc.stringMatching(/^\d{1,15}$/);
	/** The beginning of the country's example with other digits behind it, behind anything that may stand before it. */
	const likely = fc
		.tuple(anyCountry, fc.nat(8), fc.nat(15), anyDigits)
		.chain(([country, kept, length, others]) => {
			const { code, callingCode, trunkPrefixes } = country;
			const national = examples[code as CountryCode];
			const digits = (national.slice(0, kept) + others).slice(0, length || national.length);
			const before = ['', '0', '1', '8', callingCode, `${callingCode}0`, ...trunkPrefixes];
			return fc.record({
				country: fc.constant(country),
				digits: fc.constantFrom(...before).map((each) => each + digits),
			});
		});
	const given = fc.oneof(fc.record({ country: anyCountry, digits: anyDigits }), likely);

	/** libphonenumber also reads landlines without their 0: for it, 62812345658 is one in Indonesia. */
	it('is sent to the mobile number that libphonenumber reads, or to nobody', () => {
		fc.assert(
			fc.property(given, ({ country, digits }) => {
				fc.pre(!digits.startsWith('00'));
				const number = sentTo(digits, country);
				const read = parsePhoneNumber(digits, country.code as CountryCode);
				if (number !== 'refused' && /MOBILE/.test(read?.getType() ?? ''))
					expect(`+${number}`).toBe(read?.number);
			}),
			{ numRuns: 5_000 },
		);
	});

	it('keeps all digits behind the country code', () => {
		fc.assert(
			fc.property(given, ({ country, digits }) => {
				fc.pre(!digits.startsWith('00'));
				const { callingCode, trunkPrefixes } = country;
				const number = sentTo(digits, country);
				const known = [callingCode, ...trunkPrefixes, '']
					.filter((prefix) => digits.startsWith(prefix))
					.map((prefix) => callingCode + digits.slice(prefix.length));
				expect([...known, 'refused']).toContain(number);
			}),
			{ numRuns: 5_000 },
		);
	});

	it('with + or 00 is what it is without a default country', () => {
		fc.assert(
			fc.property(
				anyCountry,
				anyDigits,
				fc.constantFrom('+', '+ ', '(+', '00', '00 '),
				(country, digits, plus) => {
					const text = plus + digits;
					fc.pre(plus.includes('+') || /[1-9]/.test(digits[0]));
					expect(sentTo(text, country)).toBe(sentTo(text, undefined));
				},
			),
			{ numRuns: 5_000 },
		);
	});
});

describe('Default Country', () => {
	it.each([
		['the option', 'SG', '', 'SG'],
		["the option before the credential's", 'SG', 'IN', 'SG'],
		["the credential's", undefined, 'IN', 'IN'],
		["the credential's, when an expression gives nothing", '', 'IN', 'IN'],
		['none by the option', 'none', 'IN', undefined],
		['none at all', undefined, '', undefined],
		['none by the credential', undefined, 'none', undefined],
		['small letters', ' sg ', '', 'SG'],
	])('is %s', (_what, option, ofCredential, code) => {
		expect(defaultCountry(option, ofCredential)?.code).toBe(code);
	});

	it.each([['Singapore'], ['65'], ['XX'], [{}]])('cannot be %p', (option) => {
		expect(refusal(() => defaultCountry(option, '')).notSentCause).toBe('invalidField');
	});

	it('leaves user IDs and groups alone', () => {
		const country = countryOf('SG');
		expect(cleanRecipient('91234567', 'messenger', { country })).toBe('91234567');
		expect(cleanRecipient('91234567', 'whatsapp', { country, isGroup: true })).toBe('91234567');
		expect(cleanRecipient('US.13491208655302741918', 'whatsapp', { country })).toBe(
			'US.13491208655302741918',
		);
	});
});

/** 6591234567 is a number of Singapore with its country code, or one of India without it. */
describe('a number that an item of this package holds has its country code', () => {
	const own = '6591234567';
	it.each([
		['the sender of an inbound message', { api: 'cams', event: 'inboundMessage', from: own }],
		['the recipient of a receipt', { api: 'innoPaas', event: 'messageStatus', to: own }],
		[
			'a recipient that was rejected',
			{ api: 'cams', outcome: 'rejected', cause: 'apiRefused', to: own },
		],
		[
			'one that could not be reached',
			{ api: 'cams', outcome: 'notSent', cause: 'gaveUp', to: own },
		],
		['the recipients of a chunk', { api: 'cams', outcome: 'unknown', to: ['6598765432', own] }],
		[
			'an item of the error output',
			{ phone: own, error: { api: 'cams', outcome: 'rejected', to: own } },
		],
	])('as %s', (_what, item) => {
		expect(clean(own, 'IN', item)).toBe(own);
	});

	it.each<[string, unknown]>([
		['with blanks around it', ` ${own}\n`],
		['in a list', [own]],
		['as a number', Number(own)],
	])('also %s', (_what, value) => {
		expect(clean(value, 'IN', { api: 'cams', from: own })).toBe(own);
	});

	it.each([
		['an item of the user', { to: own, from: own }],
		['another field of such an item', { api: 'cams', to: '6598765432', phone: own }],
		[
			'a number as it was entered',
			{ api: 'cams', outcome: 'notSent', cause: 'missingVariable', to: own },
		],
		['no item', undefined],
	])('but not in %s', (_what, item) => {
		expect(clean(own, 'IN', item)).toBe(`91${own}`);
	});
});
