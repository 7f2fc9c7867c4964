import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';

import { UserIssue } from '../../../nodes/shared/util/userIssue';
import { isAllowed } from '../../../nodes/shared/webhook/auth';
import { readRanges } from '../../../nodes/shared/webhook/ipAllowList';

const holds = (range: string, address: string) =>
	readRanges([range], 'Allowed').some((each) => each(address));

/** As Node's own list of addresses sees it. An IPv4 address within IPv6 is the IPv4 address. */
function oracle(range: string, address: string): boolean {
	const [net, prefix] = range.split('/');
	const family = (text: string) => (isIP(text) === 4 ? 'ipv4' : 'ipv6');
	const list = new BlockList();
	list.addSubnet(net, Number(prefix), family(net));
	return list.check(address, family(address));
}

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((address) => isIP(address) === 6 && !/^::ffff:/i.test(address));
/** Another address that has as many bits in front in common. */
const near = (address: string) =>
	address.replace(/[0-9a-f]$/i, (digit) => ((parseInt(digit, 16) ^ 1) % 10).toString());

describe('an address in a range', () => {
	it('of IPv4 is found as by Node, near and far', () => {
		fc.assert(
			fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (net, other, prefix) => {
				for (const address of [net, other, near(net)].filter((each) => isIP(each) === 4)) {
					expect([address, holds(`${net}/${prefix}`, address)]).toEqual([
						address,
						oracle(`${net}/${prefix}`, address),
					]);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('of IPv4 is found bit by bit', () => {
		const text = (value: number) =>
			[24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
		fc.assert(
			fc.property(
				fc.nat({ max: 0xffffffff }),
				fc.integer({ min: 0, max: 32 }),
				fc.integer({ min: 0, max: 31 }),
				(net, prefix, bit) => {
					const range = `${text(net)}/${prefix}`;
					const flipped = text((net ^ (1 << bit)) >>> 0);
					expect(holds(range, flipped)).toBe(32 - bit > prefix);
					expect(holds(range, flipped)).toBe(oracle(range, flipped));
				},
			),
			{ numRuns: 2000 },
		);
	});

	it('of IPv6 is found as by Node, in all its notations', () => {
		fc.assert(
			fc.property(ipv6, ipv6, fc.integer({ min: 0, max: 128 }), (net, other, prefix) => {
				for (const address of [net, other, near(net), net.toUpperCase()].filter(
					(each) => isIP(each) === 6,
				)) {
					expect([address, holds(`${net}/${prefix}`, address)]).toEqual([
						address,
						oracle(`${net}/${prefix}`, address),
					]);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('of IPv4 is the same within IPv6', () => {
		fc.assert(
			fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (net, address, prefix) => {
				const expected = holds(`${net}/${prefix}`, address);
				expect(holds(`${net}/${prefix}`, `::ffff:${address}`)).toBe(expected);
				expect(holds(`::ffff:${net}/${prefix + 96}`, address)).toBe(expected);
				expect(holds(`${net}/${prefix}`, `::${address}`)).toBe(false);
			}),
		);
	});

	it.each<[string, string, boolean]>([
		['203.0.113.7', '203.0.113.7', true],
		['203.0.113.7', '203.0.113.8', false],
		['203.0.113.7', '::ffff:203.0.113.7', true],
		['203.0.113.7', '::FFFF:cb00:7107', true],
		['203.0.113.0/24', '203.0.113.255', true],
		['203.0.113.0/24', '203.0.114.0', false],
		[' 203.0.113.0 / 24 ', '203.0.113.1', true],
		['0.0.0.0/0', '255.255.255.255', true],
		['0.0.0.0/0', '2001:db8::1', false],
		['::/0', '2001:db8::1', true],
		['::/0', '203.0.113.7', false],
		['::1', '0:0:0:0:0:0:0:1', true],
		['2001:db8::/32', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', true],
		['2001:db8::/32', '2001:db9::', false],
		['fe80::/10', 'fe80::1%eth0', true],
		['203.0.113.7', 'unknown', false],
		['203.0.113.7', '', false],
		['0.0.0.0/0', '', false],
		['0.0.0.0/0', '203.0.113.7:443', false],
		['0.0.0.0/0', '203.0.113', false],
		['0.0.0.0/0', '203.0.113.256', false],
		['0.0.0.0/0', '203.0.113.7, 198.51.100.1', false],
	])('%s holds %s: %s', (range, address, expected) => {
		expect(holds(range, address)).toBe(expected);
	});

	it('is told by what Node takes for an address, and by nothing else', () => {
		const character = fc.constantFrom(...'0123456789abcdefg:.:.%/ -'.split(''));
		const mangled = fc
			.tuple(
				fc.oneof(ipv4, fc.ipV6()),
				fc.nat(),
				fc.string({ unit: character, maxLength: 3 }),
				fc.nat({ max: 2 }),
			)
			.map(([address, at, text, cut]) => {
				const from = at % (address.length + 1);
				return address.slice(0, from) + text + address.slice(from + cut);
			});
		fc.assert(
			fc.property(fc.oneof(mangled, fc.string({ unit: character, maxLength: 20 })), (address) => {
				const [bare, ...zone] = address.split('%');
				const isAddress = zone.length === 0 ? isIP(bare) !== 0 : isIP(bare) === 6;
				expect([address, holds('0.0.0.0/0', address) || holds('::/0', address)]).toEqual([
					address,
					isAddress,
				]);
			}),
			{ numRuns: 5000 },
		);
	});

	it.each([
		'203.0.113.7/33',
		'203.0.113.7/-1',
		'203.0.113.7/',
		'203.0.113.7/8/8',
		'203.0.113.7/a',
		'203.0.113.7/8.0',
		'203.0.113.7/255.255.255.0',
		'2001:db8::/129',
		'2001:db8::1::',
		'1:2:3:4:5:6:7:8:9',
		'1:2:3:4:5:6:7',
		':::',
		':',
		'',
		'example.com',
		'010.0.0.1',
		'*',
		'203.0.113.*',
		'203.0.113.0-255',
		'::ffff:203.0.113.0/129',
		'::ffff:203.0.113.0/24',
		'::ffff:1.2.3.256',
		'1.2.3.4::',
	])('is not read from %j', (range) => {
		expect(() => readRanges([range], 'Allowed')).toThrow(UserIssue);
	});
});

describe('who may push', () => {
	const refused = (allowed: string[] | undefined, address?: string) => {
		try {
			return isAllowed(allowed, address) ? undefined : 401;
		} catch (error) {
			return error;
		}
	};

	it('is everybody without a list, and somebody on it with one', () => {
		expect(refused(undefined, '203.0.113.7')).toBeUndefined();
		expect(refused(undefined, undefined)).toBeUndefined();
		for (const empty of [[], [''], [' , ']]) expect(refused(empty, '203.0.113.7')).toBe(401);
		expect(refused(['198.51.100.7', '203.0.113.0/24'], '203.0.113.7')).toBeUndefined();
		expect(refused(['198.51.100.7', '203.0.113.0/24'], '203.0.114.7')).toBe(401);
		expect(refused(['198.51.100.7'], undefined)).toBe(401);
	});

	it('is nobody where one entry of the list cannot be read', () => {
		expect(refused(['203.0.113.7', 'nonsense'], '203.0.113.7')).toBeInstanceOf(UserIssue);
	});
});
