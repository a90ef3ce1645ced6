/**
 * What all tools that paint have in common: which plane, which label, what stays, and what is said afterwards.
 *
 * @module
 */
import { changeTool } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { commit, type Draft, pagesOf } from "./apply.js";
import type { Place } from "./brush.js";
import type { LabelPages } from "./label-pages.js";
import type { Edit, PlaneAt } from "./label-store.js";
import { tellNotice } from "./notice.js";

/** What a tool paints with. */
export interface Paint {
  readonly store: LabelPages;
  readonly at: PlaneAt;
  readonly label: number;
  /** The label that may be painted over, where not all may be. */
  readonly only?: number;
}

/** What the scene says to paint with: `erase` paints background, and with preserve only over the selected label. */
export function paintOf(workspace: Workspace, layer: string, erase = false): Paint {
  const { tool } = workspace.scene.get();
  const store = pagesOf(workspace, layer);
  const label = erase ? 0 : tool.label;
  const only = erase ? tool.label : 0;
  return { store, at: planeOf(workspace, store), label, ...(tool.preserve ? { only } : {}) };
}

/** The plane that is shown, the nearest that the labels have. */
export function planeOf(workspace: Workspace, { size }: LabelPages): PlaneAt {
  const { at } = workspace.scene.get();
  return { t: Math.min(at.t, size.t - 1), z: Math.min(at.z, size.z - 1) };
}

/** The pixel that a place lies in; undefined outside the labels. */
export function pixelAt({ size }: LabelPages, place: Place): Place | undefined {
  const [y, x] = [Math.floor(place.y), Math.floor(place.x)];
  return y >= 0 && y < size.y && x >= 0 && x < size.x ? { y, x } : undefined;
}

/**
 * Makes the edit of a tool, and says what it did besides: a label that went on under another number is taken into the hand,
 * daughters that lost their mother are named.
 */
export function commitTool(
  workspace: Workspace,
  layer: string,
  draft: Draft,
  painted?: { readonly label: number; readonly at: PlaneAt; readonly place: Place },
): Edit | undefined {
  const edit = commit(workspace, layer, draft);
  if (!edit?.tracks) return edit;
  const { before, after } = edit.tracks;
  const parents = new Map(after.map(({ label, parent }) => [label, parent]));
  for (const { label, parent } of before)
    if (parent !== 0 && parents.get(label) === 0 && parents.has(parent))
      tellNotice(workspace, "info", `${label} is no longer a daughter of ${parent}.`);
  if (painted) takeUp(workspace, pagesOf(workspace, layer), painted);
  return edit;
}

function takeUp(
  workspace: Workspace,
  store: LabelPages,
  { label, at, place }: { readonly label: number; readonly at: PlaneAt; readonly place: Place },
): void {
  const now = store.labelAt(at, Math.floor(place.y), Math.floor(place.x));
  if (label === 0 || now === 0 || now === label || store.cells.areaIn(at.t, label) > 0) return;
  tellNotice(
    workspace,
    "info",
    `${label} was not in the frame before or after: it goes on as ${now}.`,
  );
  if (workspace.scene.get().tool.label === label)
    workspace.scene.update((scene) => changeTool(scene, { label: now }));
}
