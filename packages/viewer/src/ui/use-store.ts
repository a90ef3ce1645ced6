/**
 * What a part of the page watches of a store: it is drawn again when that is replaced, and not otherwise.
 *
 * @module
 */
import { useEffect, useReducer, useRef } from "preact/hooks";
import type { Scene } from "../scene/scene.js";
import type { Store } from "../scene/store.js";
import { useApp } from "./app-context.js";

/** What `pick` takes out of the store; the same object or number again draws nothing. */
export function useStore<T, U>(store: Store<T>, pick: (value: T) => U): U {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const picked = pick(store.get());
  const latest = useRef({ pick, picked });
  latest.current = { pick, picked };
  useEffect(() => {
    const look = () => {
      const { pick, picked } = latest.current;
      if (!Object.is(pick(store.get()), picked)) redraw(0);
    };
    // What was replaced between drawing and now must not be missed.
    look();
    return store.watch(look);
  }, [store]);
  return picked;
}

/** The same for the scene of the page. */
export function useScene<U>(pick: (scene: Scene) => U): U {
  return useStore(useApp().workspace.scene, pick);
}

/** Anything with `watch`, such as a lineage or the history: drawn again after each call of its listeners. */
export function useWatch(watched: { watch(listener: () => void): () => void } | undefined): number {
  const [count, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => watched?.watch(() => redraw(0)), [watched]);
  return count;
}
