/**
 * Requests for what is in view: the most urgent first, few at a time, cancelled when nobody wants them any more.
 *
 * @module
 */

/** Something to load. */
export interface Wish {
  /** The same key is the same thing. */
  readonly key: string;
  readonly load: (signal: AbortSignal) => Promise<void>;
}

/** Loads wishes. */
export interface TileQueue {
  /** What is wanted from now on, the most urgent first: what else is under way is cancelled. */
  want(wishes: readonly Wish[]): void;
  /** How many are under way. */
  readonly busy: number;
}

/** A queue that loads up to `most` at once. Loads answer for their own errors. */
export function tileQueue(most: number): TileQueue {
  const running = new Map<string, AbortController>();
  let waiting: Wish[] = [];
  function start(): void {
    while (running.size < most && waiting.length > 0) {
      const wish = waiting.shift() as Wish;
      if (running.has(wish.key)) continue;
      const controller = new AbortController();
      running.set(wish.key, controller);
      void wish.load(controller.signal).finally(() => {
        if (running.get(wish.key) === controller) running.delete(wish.key);
        start();
      });
    }
  }
  return {
    want(wishes) {
      const keys = new Set(wishes.map(({ key }) => key));
      for (const [key, controller] of [...running])
        if (!keys.has(key)) {
          running.delete(key);
          controller.abort();
        }
      waiting = wishes.filter(({ key }) => !running.has(key));
      start();
    },
    get busy() {
      return running.size;
    },
  };
}
