/**
 * Cells as they come, part by part, before the whole plane is done: they are cut where parts meet, and the cells of the whole
 * take their place at the end. Nothing of it enters the history.
 *
 * @module
 */
import type { Box } from "@cellwright/core";
import { pagesOf } from "../edit/apply.js";
import { changeBox } from "../edit/change.js";
import type { PlaneAt } from "../edit/label-store.js";
import { newLabelsLayer } from "../edit/layers.js";
import { removeLayer, select } from "../scene/commands.js";
import { forgetLayer, type Workspace } from "../workspace.js";
import type { FindPart } from "./protocol.js";

/** Shows cells that are not final. */
export interface Provisional {
  /** Whether a box is worked on in several parts, so that there is something to show before its end. */
  wanted(box: Box, tile?: number): boolean;
  /** Shows a part of what is found in `seen`. */
  show(part: FindPart, seen: Box): void;
  /** Takes away what was shown. */
  clear(): void;
  /** The same, for good. */
  end(): void;
}

/** Pixels along a side of a part, as core's `predict` has it. */
const TILE = 512;

/** Provisional cells on a plane: in `layer` itself where it is new, else in a layer of their own for as long as it takes. */
export function provisionalLayer(
  workspace: Workspace,
  layer: string,
  isNew: boolean,
  at: PlaneAt,
): Provisional {
  let own: string | undefined;
  let boxes: Box[] = [];
  let next = 1;
  const target = () => {
    if (isNew) return layer;
    if (own === undefined) {
      const { active } = workspace.scene.get();
      const { size } = pagesOf(workspace, layer);
      own = newLabelsLayer(workspace, { name: "segmenting", size });
      if (active !== undefined) workspace.scene.update((scene) => select(scene, active));
    }
    return own;
  };
  const clear = () => {
    const where = own ?? layer;
    if (!workspace.labels.has(where)) return;
    const store = pagesOf(workspace, where);
    for (const box of boxes)
      store.write(
        changeBox(store, at, box, (labels) => labels.fill(0)),
        "after",
      );
    boxes = [];
    next = 1;
  };
  return {
    wanted: ({ height, width }, tile = TILE) => Math.max(height, width) > tile,
    show: ({ box, labels }, seen) => {
      const where = target();
      if (!workspace.labels.has(where)) return;
      const store = pagesOf(workspace, where);
      const inImage = { ...box, y: box.y + seen.y, x: box.x + seen.x };
      let most = 0;
      const changes = changeBox(store, at, inImage, (there, piece) => {
        for (let y = 0; y < piece.height; y++) {
          const from = (piece.y + y - inImage.y) * inImage.width + piece.x - inImage.x;
          for (let x = 0; x < piece.width; x++) {
            const label = labels.data[from + x];
            if (label > most) most = label;
            there[y * piece.width + x] = label === 0 ? 0 : next + label - 1;
          }
        }
      });
      store.write(changes, "after");
      boxes.push(inImage);
      next += most;
    },
    clear,
    end: () => {
      if (own === undefined) return clear();
      const gone = own;
      own = undefined;
      dropLabels(workspace, gone);
    },
  };
}

/** Takes a labels layer away, with its labels. */
export function dropLabels(workspace: Workspace, layer: string): void {
  workspace.scene.update((scene) => removeLayer(scene, layer));
  forgetLayer(workspace, layer);
}
