/**
 * Nothing that was drawn is lost: each edit is written to a journal at once, and a page that opens again reads it.
 * In: a workspace and a place for files. Out: files; and from those, layers with the very labels, tracks and points.
 *
 * @module
 */
import type { Scene } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { watchEdits } from "./apply.js";
import { Keeper } from "./keeper.js";
import { tellNotice } from "./notice.js";
import type { AutosaveStorage } from "./storage.js";

export { type Restored, type RestoreOptions, restore } from "./restore.js";
export { type AutosaveStorage, memoryStorage } from "./storage.js";

/** How to save. */
export interface AutosaveOptions {
  /** Bytes of edits of a layer after which it is written anew as a whole; default 4 MiB. */
  readonly compactAfter?: number;
}

/** Saving that goes on. */
export interface Autosave {
  /** Whether something is not written yet: a page that is left now would lose it. */
  readonly isPending: boolean;
  /** The page is being left: writes at once what can be written so. */
  leave(): void;
  /** Resolves when all that was done is written. */
  settled(): Promise<void>;
  /** Writes what is left and ends. The files stay. */
  stop(): Promise<void>;
}

/**
 * Saves all layers of labels and points from now on: each as a whole, then edit by edit. Files of a layer go when it is
 * removed. What the storage refuses is said in a notice, and tried again with the next edit.
 */
export function startAutosave(
  workspace: Workspace,
  storage: AutosaveStorage,
  options: AutosaveOptions = {},
): Autosave {
  const { compactAfter = 2 ** 22 } = options;
  const keepers = new Map<string, Keeper>();
  const leaving = new Set<Promise<void>>();
  let hasFailed = false;
  const onError = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : `${error}`;
    if (!hasFailed) tellNotice(workspace, "error", `Edits could not be saved: ${reason}`);
    hasFailed = true;
  };
  const follow = (scene: Scene, before?: Scene): void => {
    if (scene.layers === before?.layers) return;
    const ids = new Set<string>();
    for (const { id, kind, name } of scene.layers) {
      if (kind !== "labels" && kind !== "points") continue;
      ids.add(id);
      const old = before?.layers.find((layer) => layer.id === id);
      if (!keepers.has(id))
        keepers.set(id, new Keeper({ workspace, storage, layer: id, compactAfter, onError }));
      else if (old && old.name !== name) keepers.get(id)?.rename(name);
    }
    for (const [id, keeper] of keepers) {
      if (ids.has(id)) continue;
      keepers.delete(id);
      const removal = keeper.remove().catch(onError);
      leaving.add(removal);
      removal.finally(() => leaving.delete(removal));
    }
  };
  const stops = [
    workspace.scene.watch(follow),
    watchEdits(workspace, (layer, edit, side) => keepers.get(layer)?.note(edit, side)),
  ];
  follow(workspace.scene.get());
  const settled = async (): Promise<void> => {
    await Promise.all([...[...keepers.values()].map((keeper) => keeper.settled()), ...leaving]);
  };
  return {
    get isPending() {
      return leaving.size > 0 || [...keepers.values()].some((keeper) => keeper.isPending);
    },
    leave: () => {
      for (const keeper of keepers.values()) keeper.leave();
    },
    settled,
    stop: async () => {
      for (const stop of stops) stop();
      await settled();
    },
  };
}
