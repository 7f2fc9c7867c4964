import { UserIssue, quote } from '../util/userIssue';

/** An IP address as a number. */
interface Address {
	bits: 32 | 128;
	value: bigint;
	/** Bits of the IPv6 prefix that an IPv4-mapped address was written with; a CIDR length counts them. */
	prefixBits: 0 | 96;
}

function readIPv4(text: string): bigint | undefined {
	const parts = text.split('.');
	// A leading 0 is rejected, as some programs read such a part as octal.
	if (
		parts.length !== 4 ||
		parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)
	)
		return undefined;
	return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function readIPv6(text: string): bigint | undefined {
	// The last 32 bits can be written as IPv4.
	const mixed = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
	const last = mixed ? readIPv4(mixed[2]) : undefined;
	if (mixed && last === undefined) return undefined;
	const hexadecimal =
		mixed && last !== undefined
			? `${mixed[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`
			: text;
	const halves = hexadecimal.split('::');
	if (halves.length > 2) return undefined;
	const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
	const missing = 8 - groups.flat().length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const all =
		halves.length === 2
			? [...groups[0], ...Array<string>(missing).fill('0'), ...groups[1]]
			: groups[0];
	if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
	return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

/** ::ffff:0:0/96, the prefix of IPv4-mapped addresses. */
const MAPPED_PREFIX = 0xffffn;

/** Reads an address; an IPv4-mapped IPv6 address is read as the IPv4 address. */
function readAddress(text: string): Address | undefined {
	const v4 = readIPv4(text);
	if (v4 !== undefined) return { bits: 32, value: v4, prefixBits: 0 };
	const v6 = readIPv6(text.replace(/%[^]*$/, ''));
	if (v6 === undefined) return undefined;
	return v6 >> 32n === MAPPED_PREFIX
		? { bits: 32, value: v6 & 0xffffffffn, prefixBits: 96 }
		: { bits: 128, value: v6, prefixBits: 0 };
}

/**
 * Reads addresses and CIDR ranges, IPv4 and IPv6, e.g. 203.0.113.7, 203.0.113.0/24, 2001:db8::/32.
 * @returns for each a function that says whether it includes an address
 * @throws UserIssue for an entry that is neither
 */
export function readRanges(
	list: readonly string[],
	label: string,
): Array<(address: string) => boolean> {
	return list.map((entry) => {
		const [text, prefix, ...rest] = entry.split('/');
		const from = readAddress(text.trim());
		const length = !from
			? NaN
			: prefix === undefined
				? from.bits
				: /^\d{1,3}$/.test(prefix.trim())
					? Number(prefix) - from.prefixBits
					: NaN;
		if (!from || !(length >= 0 && length <= from.bits) || rest.length > 0) {
			throw new UserIssue(
				`${label} contains an invalid address`,
				`Got ${quote(entry)}. Use e.g. 203.0.113.7 or 203.0.113.0/24.`,
			);
		}
		const shift = BigInt(from.bits - length);
		return (address) => {
			const candidate = readAddress(address);
			return (
				candidate !== undefined &&
				candidate.bits === from.bits &&
				candidate.value >> shift === from.value >> shift
			);
		};
	});
}
