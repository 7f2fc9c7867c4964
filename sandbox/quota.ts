/** Counts calls per key within one second, as the APIs' rate limits do. */
export class Quota {
	private calls = new Map<string, number[]>();

	/** Takes a call if the window has room for it. Rejected calls do not count. */
	take(key: string, limit: number, now: number, window: 'rolling' | 'fixed'): boolean {
		const second = (at: number) => Math.floor(at / 1000);
		const recent = (this.calls.get(key) ?? []).filter((at) =>
			window === 'rolling' ? now - at < 1000 : second(at) === second(now),
		);
		const hasRoom = recent.length < limit;
		if (hasRoom) recent.push(now);
		this.calls.set(key, recent);
		return hasRoom;
	}
}
