/**
 * What was made and may be wanted again, up to so many bytes; what was not asked for the longest is forgotten first.
 *
 * @module
 */

/** Values by a key. */
export interface Held<T> {
  /** The value of a key, made where it is not there. Asked for twice at once, it is made once; a failure is not kept. */
  get(key: string, make: () => Promise<T>): Promise<T>;
  /** Bytes held now. */
  readonly bytes: number;
}

/** Keeps values of `sizeOf` bytes each, together at most `maxBytes`; one that is larger is given out but not kept. */
export function holding<T>(maxBytes: number, sizeOf: (value: T) => number): Held<T> {
  const waiting = new Map<string, Promise<T>>();
  const values = new Map<string, T>();
  let bytes = 0;
  const keep = (key: string, value: T): void => {
    if (sizeOf(value) > maxBytes) return;
    values.set(key, value);
    bytes += sizeOf(value);
    for (const [oldest, old] of values) {
      if (bytes <= maxBytes) return;
      values.delete(oldest);
      bytes -= sizeOf(old);
    }
  };
  return {
    get bytes() {
      return bytes;
    },
    async get(key, make) {
      const known = values.get(key);
      if (known !== undefined) {
        // The last in the map is the one that was asked for last.
        values.delete(key);
        values.set(key, known);
        return known;
      }
      const begun = waiting.get(key);
      if (begun) return begun;
      const made = make();
      waiting.set(key, made);
      try {
        const value = await made;
        keep(key, value);
        return value;
      } finally {
        waiting.delete(key);
      }
    },
  };
}
