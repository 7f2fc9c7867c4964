interface Entry<Value> {
	expiresAt: number;
	value: Promise<Value>;
}

/**
 * Returns a function that loads a value once per key; calls that come while it loads share it, and a failed load is
 * not kept. With each load those go that are too old, and when the cache is full, the one that was loaded first.
 * @param maxAgeMs counted from the start of the load
 */
export function createCache<Value>({ maxAgeMs = Infinity, maxEntries = Infinity } = {}): (
	key: string,
	load: () => Promise<Value>,
) => Promise<Value> {
	const entries = new Map<string, Entry<Value>>();
	return async (key, load) => {
		const now = Date.now();
		const cached = entries.get(key);
		if (cached && cached.expiresAt > now) return await cached.value;
		// In the order in which they were loaded, and so in that in which they expire.
		for (const [old, { expiresAt }] of entries) {
			if (expiresAt > now) break;
			entries.delete(old);
		}
		const value = load();
		const entry = { expiresAt: now + maxAgeMs, value };
		entries.delete(key);
		entries.set(key, entry);
		if (entries.size > maxEntries) entries.delete([...entries.keys()][0]);
		value.catch(() => {
			if (entries.get(key) === entry) entries.delete(key);
		});
		return await value;
	};
}
