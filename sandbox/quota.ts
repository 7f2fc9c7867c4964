/** Counts calls per key in a window of one second, as the API's quota does. */
export class Quota {
	private calls = new Map<string, number[]>();

	/** Takes a call if there is room for it; a call that is turned away does not count. */
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
