/**
 * A value that others watch: the scene, the jobs that run, the history of edits. Values are replaced, never changed.
 *
 * @module
 */

/** A value, and who wants to know when it is replaced. */
export interface Store<T> {
  get(): T;
  /** Replaces the value by what `change` makes of it; the same value again tells nobody. */
  update(change: (value: T) => T): void;
  /** Calls `listener` after each replacement; what it returns ends that. */
  watch(listener: (value: T, before: T) => void): () => void;
}

/** A store that holds `initial`. */
export function storeOf<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<(value: T, before: T) => void>();
  return {
    get: () => value,
    update(change) {
      const before = value;
      value = change(before);
      if (value !== before) for (const listener of [...listeners]) listener(value, before);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
