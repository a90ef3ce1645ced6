/**
 * What was done, to be undone: one list for all layers. In: edits as they are made. Out: the next one to take back or
 * to make again.
 *
 * @module
 */
import type { Edit } from "./label-store.js";

/** An edit and the labels layer it was made on. */
export interface Step {
  readonly layer: string;
  readonly edit: Edit;
}

/** Steps behind and ahead. */
export interface History {
  readonly past: readonly Step[];
  readonly future: readonly Step[];
  /** Adds what was just done, and forgets what had been undone. */
  push(step: Step): void;
  /** Moves the last step to the future and answers it; the caller takes its change back. */
  undo(): Step | undefined;
  redo(): Step | undefined;
  /** Forgets the steps of a layer, which is gone. */
  drop(layer: string): void;
  watch(listener: () => void): () => void;
}

/** How much a history remembers. */
export interface HistoryOptions {
  /** Steps that are never forgotten, and the most there are; default 200 and 2000. */
  readonly least?: number;
  readonly most?: number;
  /** Bytes of edits beyond which steps older than those are forgotten; default 128 MiB. */
  readonly bytes?: number;
}

/** A history without steps. */
export function historyOf(options: HistoryOptions = {}): History {
  const { least = 200, most = 2000, bytes = 2 ** 27 } = options;
  let past: readonly Step[] = [];
  let future: readonly Step[] = [];
  let held = 0;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const forget = (): void => {
    let first = 0;
    while (past.length - first > least && (past.length - first > most || held > bytes))
      held -= bytesOf(past[first++].edit);
    if (first > 0) past = past.slice(first);
  };
  return {
    get past() {
      return past;
    },
    get future() {
      return future;
    },
    push: (step) => {
      for (const { edit } of future) held -= bytesOf(edit);
      future = [];
      past = [...past, step];
      held += bytesOf(step.edit);
      forget();
      tell();
    },
    undo: () => {
      const step = past.at(-1);
      if (!step) return undefined;
      past = past.slice(0, -1);
      future = [step, ...future];
      tell();
      return step;
    },
    redo: () => {
      const step = future[0];
      if (!step) return undefined;
      future = future.slice(1);
      past = [...past, step];
      tell();
      return step;
    },
    drop: (layer) => {
      const stays = (step: Step): boolean => step.layer !== layer;
      const gone = [...past, ...future].filter((step) => !stays(step));
      if (gone.length === 0) return;
      for (const { edit } of gone) held -= bytesOf(edit);
      past = past.filter(stays);
      future = future.filter(stays);
      tell();
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** About what an edit takes. Tracks are shared between edits but for the list of them. */
function bytesOf({ pages, tracks }: Edit): number {
  const lists = tracks ? 8 * (tracks.before.length + tracks.after.length) : 0;
  return pages.reduce(
    (sum, { before, after }) => sum + before.byteLength + after.byteLength,
    lists,
  );
}
