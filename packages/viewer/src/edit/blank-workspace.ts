/**
 * A workspace without a page: for scripts, and for tests.
 *
 * @module
 */
import { EMPTY_SCENE, type Scene } from "../scene/scene.js";
import { storeOf } from "../scene/store.js";
import type { Job, Notice, Workspace } from "../workspace.js";
import { historyOf } from "./history.js";

/** A workspace that holds nothing. */
export function blankWorkspace(scene: Scene = EMPTY_SCENE): Workspace {
  return {
    scene: storeOf(scene),
    jobs: storeOf<readonly Job[]>([]),
    notices: storeOf<readonly Notice[]>([]),
    images: new Map(),
    labels: new Map(),
    lineages: new Map(),
    points: new Map(),
    types: new Map(),
    corrected: new Map(),
    history: historyOf(),
  };
}
