/**
 * Nothing is lost in a page: what the page before had drawn comes back, and all that is drawn from now on is kept.
 *
 * @module
 */
import type { Workspace } from "../workspace.js";
import { type Autosave, type RestoreOptions, restore, startAutosave } from "./autosave.js";
import { attemptLater, tellNotice } from "./notice.js";
import { takeWorkFolder } from "./opfs.js";

/** Work that is kept. */
export interface KeptWork {
  /** Ids of the layers that came back. */
  readonly restored: readonly string[];
  /** Undefined where the browser keeps no files for this page: a notice says so. */
  readonly autosave?: Autosave;
  /** Ends it; the files stay. */
  stop(): Promise<void>;
}

/** Brings back, then keeps. To be called once, before anything is opened. */
export async function keepWork(
  workspace: Workspace,
  options: RestoreOptions = {},
): Promise<KeptWork> {
  const folder = await takeWorkFolder().catch(() => undefined);
  if (!folder) {
    tellNotice(workspace, "info", "This browser keeps no files for the page: save often.");
    return { restored: [], stop: async () => undefined };
  }
  const back = await attemptLater(workspace, () => restore(workspace, folder.storage, options));
  const autosave = startAutosave(workspace, folder.storage);
  const leave = (): void => autosave.leave();
  addEventListener("pagehide", leave);
  return {
    restored: back?.layers ?? [],
    autosave,
    stop: async () => {
      removeEventListener("pagehide", leave);
      await autosave.stop();
      folder.release();
    },
  };
}
