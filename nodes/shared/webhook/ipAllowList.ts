import { UserIssue, quote } from '../util/userIssue';

/** An address as a number, and how many bits it has. */
interface Address {
	bits: 32 | 128;
	value: bigint;
	/** How many bits were written before these: an IPv4 address within IPv6 has 96. */
	before: 0 | 96;
}

function readIPv4(text: string): bigint | undefined {
	const parts = text.split('.');
	// Some read a part that starts with 0 as octal.
	if (
		parts.length !== 4 ||
		parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)
	)
		return undefined;
	return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function readIPv6(text: string): bigint | undefined {
	// The last 32 bits can be written as IPv4.
	const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
	const last = tail ? readIPv4(tail[2]) : undefined;
	if (tail && last === undefined) return undefined;
	const whole =
		tail && last !== undefined
			? `${tail[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`
			: text;
	const halves = whole.split('::');
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

const MAPPED = 0xffffn << 32n;

/** An IPv4 address within IPv6 is the IPv4 address. */
function readAddress(text: string): Address | undefined {
	const v4 = readIPv4(text);
	if (v4 !== undefined) return { bits: 32, value: v4, before: 0 };
	const v6 = readIPv6(text.replace(/%.*$/, ''));
	if (v6 === undefined) return undefined;
	return v6 >> 32n === MAPPED >> 32n
		? { bits: 32, value: v6 & 0xffffffffn, before: 96 }
		: { bits: 128, value: v6, before: 0 };
}

/** Addresses and ranges of them (CIDR). @throws UserIssue for what is neither */
export function readRanges(
	list: readonly string[],
	label: string,
): Array<(address: string) => boolean> {
	return list.map((entry) => {
		const [text, prefix, ...more] = entry.split('/');
		const from = readAddress(text.trim());
		const length = !from
			? NaN
			: prefix === undefined
				? from.bits
				: /^\d{1,3}$/.test(prefix.trim())
					? Number(prefix) - from.before
					: NaN;
		if (!from || !(length >= 0 && length <= from.bits) || more.length > 0) {
			throw new UserIssue(
				`${label} holds something that is no address`,
				`Got ${quote(entry)}. Use e.g. 203.0.113.7 or 203.0.113.0/24.`,
			);
		}
		const shift = BigInt(from.bits - length);
		return (address) => {
			const given = readAddress(address);
			return (
				given !== undefined &&
				given.bits === from.bits &&
				given.value >> shift === from.value >> shift
			);
		};
	});
}
