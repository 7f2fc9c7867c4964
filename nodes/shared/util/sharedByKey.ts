interface Entry<Value extends object> {
	value: WeakRef<Value>;
	/** The same; undefined once nobody has used it for long. */
	kept?: Value;
}

/**
 * Returns a function that gives everyone in this process the same object for a key. An object is let go once it is
 * idle and nobody holds it: keys come and go, e.g. AccessKeys that rotate. Whoever still holds one goes on sharing it.
 * @param isIdle whether a new object would behave the same
 */
export function sharedByKey<Value extends object>(
	isIdle: (value: Value) => boolean,
): (key: string, create: () => Value) => Value {
	const entries = new Map<string, Entry<Value>>();
	const letGo = () => {
		for (const [key, entry] of entries) {
			if (entry.kept && isIdle(entry.kept)) entry.kept = undefined;
			if (!entry.kept && !entry.value.deref()) entries.delete(key);
		}
	};
	return (key, create) => {
		const known = entries.get(key);
		const found = known?.value.deref();
		if (known && found) return (known.kept = found);
		letGo();
		const kept = create();
		entries.set(key, { value: new WeakRef(kept), kept });
		return kept;
	};
}
