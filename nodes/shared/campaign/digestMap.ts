const FIRST_SLOTS = 1_024;

/** Eight characters of one byte each, as two numbers. */
const half = (digest: string, from: number) =>
	(digest.charCodeAt(from) << 24) |
	(digest.charCodeAt(from + 1) << 16) |
	(digest.charCodeAt(from + 2) << 8) |
	digest.charCodeAt(from + 3);

/**
 * Values by digest (rows.ts). A Map of a million strings takes over 100 MB, and as long to collect; this takes 24 MB.
 * A digest is as good as random, so its own bits tell its slot.
 */
export class DigestMap<V> {
	size = 0;
	private high = new Int32Array(FIRST_SLOTS);
	private low = new Int32Array(FIRST_SLOTS);
	/** The place of the value in the list, from 1; 0 in a free slot. */
	private places = new Uint32Array(FIRST_SLOTS);
	/** The values; one that is set many times in a row is in here once. */
	private readonly list: V[] = [];

	get(digest: string): V | undefined {
		const place = this.places[this.slotOf(half(digest, 0), half(digest, 4))];
		return place === 0 ? undefined : this.list[place - 1];
	}

	set(digest: string, value: V): void {
		if (this.list.length === 0 || this.list[this.list.length - 1] !== value) this.list.push(value);
		const high = half(digest, 0);
		const low = half(digest, 4);
		const slot = this.slotOf(high, low);
		if (this.places[slot] === 0) this.size++;
		this.put(slot, high, low, this.list.length);
		if (this.size * 2 > this.places.length) this.grow();
	}

	/** The value of each digest. */
	*values(): Generator<V> {
		for (const place of this.places) if (place !== 0) yield this.list[place - 1];
	}

	private put(slot: number, high: number, low: number, place: number): void {
		this.high[slot] = high;
		this.low[slot] = low;
		this.places[slot] = place;
	}

	/** The slot of a digest, or the free one where it belongs. */
	private slotOf(high: number, low: number): number {
		const mask = this.places.length - 1;
		for (let slot = (high ^ low) & mask; ; slot = (slot + 1) & mask) {
			if (this.places[slot] === 0) return slot;
			if (this.high[slot] === high && this.low[slot] === low) return slot;
		}
	}

	private grow(): void {
		const { high, low, places } = this;
		const slots = places.length * 2;
		this.high = new Int32Array(slots);
		this.low = new Int32Array(slots);
		this.places = new Uint32Array(slots);
		for (let old = 0; old < places.length; old++)
			if (places[old] !== 0)
				this.put(this.slotOf(high[old], low[old]), high[old], low[old], places[old]);
	}
}
