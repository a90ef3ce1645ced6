/**
 * A store of a bounded number of bytes that forgets what was not used for the longest time.
 *
 * @module
 */

/** Values by key. */
export interface Lru<T> {
  readonly bytes: number;
  readonly count: number;
  /** The value, which counts as used now. */
  get(key: string): T | undefined;
  /** Keeps a value; forgets others where that is too much, but none that was used since {@link Lru.tick}. */
  put(key: string, value: T, bytes: number): void;
  /** From here on, what was used before may be forgotten. */
  tick(): void;
  /** Forgets all whose key is so. */
  drop(isSo: (key: string) => boolean): void;
}

/** A store for `most` bytes; `release` is called with what is forgotten. */
export function lruOf<T>(most: number, release: (value: T) => void): Lru<T> {
  const entries = new Map<string, { value: T; bytes: number; used: number }>();
  let total = 0;
  let now = 0;
  const forget = (key: string) => {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    total -= entry.bytes;
    release(entry.value);
  };
  return {
    get bytes() {
      return total;
    },
    get count() {
      return entries.size;
    },
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      // The order of a map is that of its insertions: the least recently used comes first.
      entries.delete(key);
      entry.used = now;
      entries.set(key, entry);
      return entry.value;
    },
    put(key, value, bytes) {
      forget(key);
      entries.set(key, { value, bytes, used: now });
      total += bytes;
      for (const [old, { used }] of entries) {
        if (total <= most || used === now) break;
        forget(old);
      }
    },
    tick() {
      now++;
    },
    drop(isSo) {
      for (const key of [...entries.keys()]) if (isSo(key)) forget(key);
    },
  };
}
