interface Entry<Value> {
	expiresAt: number;
	value: Promise<Value>;
}

/**
 * Returns a function that loads a value once per key; calls that come while it loads share it, and a failed load is
 * not kept. When the cache is full, the entry that was loaded first goes.
 * @param maxAgeMs counted from the start of the load
 */
export function createCache<Value>({ maxAgeMs = Infinity, maxEntries = Infinity } = {}): (
	key: string,
	load: () => Promise<Value>,
) => Promise<Value> {
	const entries = new Map<string, Entry<Value>>();
	return async (key, load) => {
		const cached = entries.get(key);
		if (cached && cached.expiresAt > Date.now()) return await cached.value;
		const value = load();
		const entry = { expiresAt: Date.now() + maxAgeMs, value };
		entries.delete(key);
		entries.set(key, entry);
		if (entries.size > maxEntries) entries.delete([...entries.keys()][0]);
		value.catch(() => {
			if (entries.get(key) === entry) entries.delete(key);
		});
		return await value;
	};
}
