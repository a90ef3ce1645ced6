/**
 * Pages of labels that are on their way, given up when no view wants them any more.
 *
 * @module
 */

/** Loads by key. */
export interface LabelLoads {
  readonly busy: number;
  /** Starts to load, where that is not under way; false where it failed a moment ago. */
  ask(key: string, load: (signal: AbortSignal) => Promise<void>): boolean;
  /** Gives up what nobody asked for since the last call. */
  stopOthers(): void;
  /** Gives up and forgets all whose key is so. */
  drop(isSo: (key: string) => boolean): void;
}

/** Milliseconds after which what could not be loaded is asked for again. */
const RETRY = 15_000;

/** Nothing on its way. `failed` is told of errors, but not of what was given up. */
export function labelLoads(failed: (key: string, error: unknown) => void): LabelLoads {
  const running = new Map<string, { readonly controller: AbortController; wanted: boolean }>();
  const failures = new Map<string, number>();
  const stop = (key: string): void => {
    running.get(key)?.controller.abort();
    running.delete(key);
  };
  return {
    get busy() {
      return running.size;
    },
    ask(key, load) {
      const known = running.get(key);
      if (known) known.wanted = true;
      if (known) return true;
      if (performance.now() - (failures.get(key) ?? -RETRY) < RETRY) return false;
      const controller = new AbortController();
      running.set(key, { controller, wanted: true });
      void load(controller.signal)
        .catch((error: unknown) => {
          if (controller.signal.aborted) return;
          failures.set(key, performance.now());
          failed(key, error);
        })
        .finally(() => {
          if (running.get(key)?.controller === controller) running.delete(key);
        });
      return true;
    },
    stopOthers() {
      for (const [key, load] of [...running]) {
        if (!load.wanted) stop(key);
        load.wanted = false;
      }
    },
    drop(isSo) {
      for (const key of [...running.keys()]) if (isSo(key)) stop(key);
      for (const key of [...failures.keys()]) if (isSo(key)) failures.delete(key);
    },
  };
}
